/*
 * http1: HTTP/1.1 requests out of bytes as they arrive. RFC 9112, the parts that clients of the API
 * use: fixed and chunked bodies, Expect, keep-alive, pipelining.
 *
 * Pure: bytes in, a request out; any chunking of the bytes gives the same requests. Everything is
 * bounded; what is ambiguous (two lengths, a length and chunks) is refused.
 */
#ifndef KDS_LOCAL_HTTP1_H
#define KDS_LOCAL_HTTP1_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "http.h"

enum http1_state {
    HTTP1_HEAD,       /* reading the request line and headers */
    HTTP1_BODY,       /* reading a body of known length */
    HTTP1_CHUNK_SIZE, /* reading the line with a chunk's size */
    HTTP1_CHUNK_DATA,
    HTTP1_CHUNK_END, /* reading the line break behind a chunk */
    HTTP1_TRAILER,
    HTTP1_READY, /* a whole request is here */
    HTTP1_BROKEN /* refused; see `status` and `why` */
};

struct http1 {
    enum http1_state state;
    struct kds_buf head, body, line;
    size_t body_left; /* of the body or the chunk */
    size_t
        stop; /* http1_feed() pauses behind the head when this is 0, and where the body has so many
                    bytes; SIZE_MAX: it does not. The reader's to set; http1_next() forgets it */
    struct http_request request; /* lent until http1_next(); whole in HTTP1_READY */
    bool keep_alive;
    bool wants_continue; /* answer 100 now; the reader clears it */
    int status;          /* HTTP1_BROKEN: what to answer */
    const char *why;     /* (lent for ever) */
};

void http1_init(struct http1 *h);
void http1_clear(struct http1 *h);

/**
 * Take bytes.
 * @return how many of @p n were used; fewer only in HTTP1_READY, HTTP1_BROKEN and at `stop`.
 */
size_t http1_feed(struct http1 *h, const uint8_t *p, size_t n);

/** After HTTP1_READY: forget the request, keep the memory, read the next one. */
void http1_next(struct http1 *h);

#endif /* KDS_LOCAL_HTTP1_H */
