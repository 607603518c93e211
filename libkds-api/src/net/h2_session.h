/*
 * h2_session: the client's end of one HTTP/2 connection (RFC 9113), without the connection.
 *
 * Bytes that came go in, bytes to be sent come out, the time is told; nghttp2 does the frames. A
 * stream's window opens only as its owner says that it has consumed; the connection's opens for
 * every byte that came, so that a stream whose owner is slow holds back nobody else. All functions
 * of a session on one thread at a time.
 */
#ifndef KDS_NET_H2_SESSION_H
#define KDS_NET_H2_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/internal.h"
#include "net/transport.h"

#define KDS_H2_STREAMS_MAX       200 /* on one connection, whatever the peer allows */
#define KDS_H2_HEADER_BYTES_MAX  (64 * 1024)
#define KDS_H2_HEADERS_MAX       128
#define KDS_H2_INTERIM_MAX       16   /* answers of 1xx before the real one */
#define KDS_H2_EMPTY_FRAMES_MAX  1000 /* DATA frames without a byte between two with one */
#define KDS_H2_PING_AFTER_US     (10 * KDS_US_PER_S) /* of silence */
#define KDS_H2_PING_TIMEOUT_US   (10 * KDS_US_PER_S)
#define KDS_H2_CONNECTION_WINDOW (16 << 20)

/** How a stream ended. */
struct kds_h2_end {
    kds_err_t err;  /* KDS_OK: the peer said all that it had to say */
    uint32_t code;  /* of RST_STREAM or GOAWAY, RFC 9113 section 7; 0 if there was none */
    bool untouched; /* the peer certainly did nothing with the request */
    const char *reason; /* (lent until return) one line; no secret */
};

/** What a stream's owner is told. All in the session's thread; none may free the session. */
struct kds_h2_stream_ops {
    /** The final head of the answer; its body is empty. Once, before any data. */
    void (*on_head)(void *opaque, const struct kds_http_response *head);
    /** Bytes of the body, lent until return. They hold the window until kds_h2_stream_consume(). */
    void (*on_data)(void *opaque, kds_slice_t chunk);
    /** Once, the last; the stream is its owner's alone again. */
    void (*on_end)(void *opaque, const struct kds_h2_end *end);
};

struct kds_h2_session;

/** A request and its answer. Its owner's memory, which must stay until on_end() or until
 *  kds_h2_stream_drop() returned. The owner sets the first block. */
struct kds_h2_stream {
    const struct kds_h2_stream_ops *ops;
    void *opaque;
    const struct kds_http_request
        *request;     /* (lent until the end) its URL is not looked at */
    const char *path; /* (lent until the end) */
    uint32_t window;  /* bytes; 0 = the session's */

    /* The session's, and before it the pool's. */
    struct kds_h2_stream *next, **at; /* in the list that it is in */
    struct kds_h2_session *session;   /* NULL: it is in none */
    void *place;                      /* the pool's */
    int32_t id;
    size_t body_sent;
    size_t header_bytes;
    unsigned header_count, interim;
    bool head_told, ended;
    struct kds_http_response head;
};

struct kds_h2_session_options {
    const char *scheme;    /* (lent for ever) "https" or "http" */
    const char *authority; /* (lent until free) */
    uint32_t window;       /* of a stream, bytes */
    int64_t now_us;
};

/** @param session  (given; kds_h2_session_free) @retval KDS_ERR_NO_MEMORY */
KDS_INTERNAL kds_err_t kds_h2_session_new(const struct kds_h2_session_options *options,
                                          struct kds_h2_session **session)
    KDS_UNUSED_RESULT;

/** As if so many streams had been opened that the next one's number is @p next. */
KDS_INTERNAL void kds_h2_session_skip_ids(struct kds_h2_session *s, uint32_t next);

/** Every open stream ends with @p err and @p reason (borrowed) first. NULL is allowed. */
KDS_INTERNAL void
kds_h2_session_free(struct kds_h2_session *s, kds_err_t err, const char *reason);

/** Bytes that came. @return KDS_OK, or why the connection is of no use any more: see
 *  kds_h2_session_why(). What is to be sent should be sent all the same. */
KDS_INTERNAL kds_err_t kds_h2_session_receive(struct kds_h2_session *s,
                                              kds_slice_t bytes,
                                              int64_t now_us);

/** Append what is to be sent to @p out, until there is nothing more or @p out holds @p most bytes.
 *  @retval KDS_ERR_NO_MEMORY, KDS_ERR_PROTOCOL  the session is of no use any more */
KDS_INTERNAL kds_err_t kds_h2_session_send(struct kds_h2_session *s,
                                           struct kds_buf *out,
                                           size_t most);

/** The watchdog. @param next_us when to be asked again
 *  @retval KDS_ERR_TIMED_OUT  the peer did not answer a PING */
KDS_INTERNAL kds_err_t kds_h2_session_tick(struct kds_h2_session *s,
                                           int64_t now_us,
                                           int64_t *next_us);

/** The peer's SETTINGS have come, and it has taken ours: its limit is known, and so are the windows that
 *  a stream has from its beginning. */
KDS_INTERNAL bool kds_h2_session_ready(const struct kds_h2_session *s);

/** How many streams it takes at once: the peer's limit and ours. */
KDS_INTERNAL unsigned kds_h2_session_limit(const struct kds_h2_session *s);

/** How many streams may be opened now. 0 before it is ready and after GOAWAY. */
KDS_INTERNAL unsigned kds_h2_session_room(const struct kds_h2_session *s);

/** How many are open. */
KDS_INTERNAL unsigned kds_h2_session_streams(const struct kds_h2_session *s);

/** It takes no new stream any more and has none. */
KDS_INTERNAL bool kds_h2_session_over(const struct kds_h2_session *s);

/** Why the last error was, one line. (lent until the next call) */
KDS_INTERNAL const char *kds_h2_session_why(const struct kds_h2_session *s);

/** Open a stream; there must be room. @retval KDS_ERR_NO_MEMORY, KDS_ERR_TRANSPORT  nothing happened,
 *  on_end() will not run */
KDS_INTERNAL kds_err_t kds_h2_session_open(
    struct kds_h2_session *s, struct kds_h2_stream *stream) KDS_UNUSED_RESULT;

/** The owner is done with @p n bytes of what on_data() gave it. Nothing after the end. */
KDS_INTERNAL void kds_h2_stream_consume(struct kds_h2_stream *stream, size_t n);

/** Forget the stream: RST_STREAM is sent, on_end() does not run. Also from inside its callbacks. */
KDS_INTERNAL void kds_h2_stream_drop(struct kds_h2_stream *stream);

/** Put into, take out of a list. */
static inline void kds_h2_stream_link(struct kds_h2_stream *stream,
                                      struct kds_h2_stream **at)
{
    stream->next = *at;
    stream->at = at;
    if (stream->next != NULL)
        stream->next->at = &stream->next;
    *at = stream;
}

static inline void kds_h2_stream_unlink(struct kds_h2_stream *stream)
{
    if (stream->at == NULL)
        return;
    *stream->at = stream->next;
    if (stream->next != NULL)
        stream->next->at = stream->at;
    stream->next = NULL;
    stream->at = NULL;
}

#endif /* KDS_NET_H2_SESSION_H */
