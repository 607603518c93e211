/*
 * limiter: how much may go to one shard now: two token buckets whose rate gives way to throttling, and a
 * rest after it. Pure.
 *
 * The buckets are the KPL's. What fills them is a share of the full rate: cut by a third when the
 * service throttles, growing again by a twentieth a second, so that several producers on one stream,
 * which know nothing of each other, come to an arrangement.
 */
#ifndef KPL_SRC_LIMITER_H
#define KPL_SRC_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

struct kpl_limiter {
    double records_per_us, bytes_per_us; /* of one shard, unthrottled */
    double share;   /* of that, now; more than 1 where it stands for several shards */
    double ceiling; /* what share grows to */
    bool searching; /* never throttled yet: share doubles each second */
    double records, bytes;   /* tokens */
    int64_t at_us;           /* when the tokens were true */
    int64_t grown_us;        /* when share was */
    int64_t not_before_us;   /* the shard asked for rest until then */
    unsigned throttled_runs; /* throttlings since the last success */
};

/** For one shard. */
void kpl_limiter_init(struct kpl_limiter *l, int64_t rate_percent, int64_t now_us);

/** For a whole stream of which it is not known how many shards it has. */
void kpl_limiter_init_stream(struct kpl_limiter *l, int64_t rate_percent, int64_t now_us);

/** When a Kinesis record of @p bytes may go; at or before @p now_us = now. */
int64_t kpl_limiter_at_us(struct kpl_limiter *l, size_t bytes, int64_t now_us);

/** It goes. */
void kpl_limiter_charge(struct kpl_limiter *l, size_t bytes);

/** The service throttled the shard: rest, longer each time in a row, with jitter; then slower. */
void kpl_limiter_throttled(struct kpl_limiter *l, int64_t now_us, struct kds_rng *rng);
void kpl_limiter_succeeded(struct kpl_limiter *l, int64_t now_us);

#endif /* KPL_SRC_LIMITER_H */
