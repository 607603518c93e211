/*
 * h2_pool: streams over as many HTTP/2 connections to one host as their number needs.
 *
 * A request waits until a connection has room for it: the peer says how many streams it takes at
 * once, and few of them need many connections. All functions on the loop's thread, or, once the loop
 * is stopped, on its owner's.
 */
#ifndef KDS_NET_H2_POOL_H
#define KDS_NET_H2_POOL_H

#include "base/log.h"
#include "net/h2_session.h"
#include "net/loop.h"
#include "net/url.h"

struct kds_h2_pool;

struct kds_h2_pool_options {
    const struct kds_url *url;  /* (lent until free) */
    const char *ca_file;        /* (borrowed) NULL = the system's */
    const struct kds_log *log;  /* (lent until free) */
    int64_t connect_timeout_us; /* from the look-up of the name to the peer's SETTINGS */
    unsigned max_connections;
    uint32_t window; /* of a stream, bytes */
};

struct kds_h2_pool_counts {
    unsigned connections; /* with those that are being made */
    unsigned streams;     /* open */
    unsigned waiting;     /* for room */
};

/** @param pool  (given; kds_h2_pool_free) */
KDS_INTERNAL kds_err_t kds_h2_pool_new(struct kds_loop *loop,
                                       const struct kds_h2_pool_options *options,
                                       struct kds_h2_pool **pool,
                                       kds_error_t **error) KDS_UNUSED_RESULT;

/** All streams end with KDS_ERR_CANCELLED first. NULL is allowed. */
KDS_INTERNAL void kds_h2_pool_free(struct kds_h2_pool *p);

/** Open the stream as soon as there is room. Its end is told by on_end(), never inside this call. */
KDS_INTERNAL void kds_h2_pool_request(struct kds_h2_pool *p,
                                      struct kds_h2_stream *stream);

/** Forget a stream, waiting or open; on_end() does not run. */
KDS_INTERNAL void kds_h2_pool_drop(struct kds_h2_pool *p, struct kds_h2_stream *stream);

/** As kds_h2_stream_consume(); the peer is told. */
KDS_INTERNAL void
kds_h2_pool_consume(struct kds_h2_pool *p, struct kds_h2_stream *stream, size_t n);

KDS_INTERNAL struct kds_h2_pool_counts kds_h2_pool_count(const struct kds_h2_pool *p);

#endif /* KDS_NET_H2_POOL_H */
