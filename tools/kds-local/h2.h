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
#define H2_WINDOW_BYTES            (1024 * 1024) /* of a stream, for uploads */
#define H2_CONNECTION_WINDOW_BYTES (16 * 1024 * 1024)
#define H2_HELD_BYTES_MAX          ((size_t)128 * 1024 * 1024) /* of unfinished bodies, in all */

struct h2;

/** What pull() gives. */
enum h2_pull {
    H2_BYTES, /* these, and perhaps more */
    H2_LATER, /* nothing before h2_resume() */
    H2_END    /* that was all */
};

/** What the session tells; @p user is what begin() gave for the stream. */
struct h2_events {
    /** A request begins. @return (lent until gone()) NULL: out of memory, the stream is reset */
    void *(*begin)(struct h2 *h2, uint32_t stream, void *opaque);
    /**
     * Its head is here, or its body has reached h2_stop(), or all of it is here.
     * @param status  0; or why it is refused: the HTTP status to answer, and @p why the words
     */
    void (*request)(struct h2 *h2, void *user, bool whole, int status, const char *why);
    /** Bytes of the answer's body. @param out  receives at most @p room (lent until the next) */
    enum h2_pull (*pull)(void *user, size_t room, kds_slice_t *out);
    void (*gone)(void *user);
};

/** What our SETTINGS say. */
struct h2_settings {
    uint32_t max_streams, window;
};

/** @return (given; h2_free) NULL when out of memory */
struct h2 *
h2_new(const struct h2_events *events, const struct h2_settings *settings, void *opaque);
void h2_free(struct h2 *h2); /* NULL is allowed; tells gone() of every stream */

/** Take bytes, from the preface on. @return false: the peer broke the protocol; end it. */
bool h2_feed(struct h2 *h2, const uint8_t *p, size_t n);

/** The request as far as it is here. @p out  (lent until the answer) */
void h2_request(const struct h2 *h2, uint32_t stream, struct http_request *out);

/** Tell the request when its body has this many bytes; SIZE_MAX = only when it is whole. */
void h2_stop(struct h2 *h2, uint32_t stream, size_t bytes);

/**
 * Answer a request; the request is forgotten.
 * @param body  whether something follows the head: pull() is asked for it
 * @return false when out of memory; the stream is reset. True as well for a stream that is gone.
 */
bool h2_answer(struct h2 *h2,
               uint32_t stream,
               const struct http_answer_head *head,
               bool body);

/** Ask pull() again. */
void h2_resume(struct h2 *h2, uint32_t stream);

/** Append what is to be sent now, up to about @p most bytes. @return false when out of memory. */
bool h2_take(struct h2 *h2, struct kds_buf *out, size_t most);

/** Nothing more will come or go: the connection can be closed. */
bool h2_done(const struct h2 *h2);

/* ---- what a peer must be able to live with ------------------------------------------------ */

void h2_reset_stream(struct h2 *h2, uint32_t stream, uint32_t error_code);
/** @param last_stream  streams above it are reset, too */
void h2_goaway(struct h2 *h2, uint32_t last_stream, uint32_t error_code);
/** Values of -1 are not told. */
void h2_tell_settings(struct h2 *h2, int64_t max_streams, int64_t window);
/** No window for uploads from now on, neither of streams nor of the connection. */
void h2_close_window(struct h2 *h2);

#endif /* KDS_LOCAL_H2_H */
