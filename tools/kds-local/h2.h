/*
 * h2: HTTP/2 requests out of bytes, and answers into bytes. RFC 9113, by nghttp2.
 *
 * Pure: bytes in, requests out, answers in, bytes out; no socket, no clock. What a peer may make us
 * hold is bounded: streams, headers, bodies, replies to its pings and settings. Streams that are
 * open stay served after the peer's GOAWAY. One thread.
 */
#ifndef KDS_LOCAL_H2_H
#define KDS_LOCAL_H2_H

#include <stdbool.h>

#include "base/buf.h"
#include "http.h"

#define H2_PREFACE                 "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define H2_STREAMS_MAX             128
#define H2_WINDOW_BYTES            (1024 * 1024) /* of a stream, for uploads */
#define H2_CONNECTION_WINDOW_BYTES (16 * 1024 * 1024)
#define H2_HELD_BYTES_MAX          ((size_t)128 * 1024 * 1024) /* of unfinished bodies, in all */

struct h2;

/**
 * A whole request came. Answer it with h2_answer(), now or later.
 * @param request  (lent until return)
 * @param status   0; or why it is refused: the HTTP status to answer, and @p why the words
 */
typedef void(h2_request_fn)(struct h2 *h2,
                            const struct http_request *request,
                            int status,
                            const char *why,
                            void *opaque);

/** @return (given; h2_free) NULL when out of memory */
struct h2 *h2_new(h2_request_fn *on_request, void *opaque);
void h2_free(struct h2 *h2); /* NULL is allowed */

/** Take bytes, from the preface on. @return false: the peer broke the protocol; end it. */
bool h2_feed(struct h2 *h2, const uint8_t *p, size_t n);

/**
 * Answer a request.
 * @param body  (moved) its bytes become the stream's; it is empty afterwards
 * @return false when out of memory; the stream is reset. True as well for a stream that is gone.
 */
bool h2_answer(struct h2 *h2,
               uint32_t stream,
               const struct http_answer_head *head,
               struct kds_buf *body);

/** Append what is to be sent now, up to about @p most bytes. @return false when out of memory. */
bool h2_take(struct h2 *h2, struct kds_buf *out, size_t most);

/** Nothing more will come or go: the connection can be closed. */
bool h2_done(const struct h2 *h2);

#endif /* KDS_LOCAL_H2_H */
