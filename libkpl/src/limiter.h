/*
 * limiter: how much may go to one shard now: two token buckets and a back-off. Pure.
 */
#ifndef KPL_SRC_LIMITER_H
#define KPL_SRC_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

struct kpl_limiter {
    double records, bytes; /* tokens */
    double records_per_us, bytes_per_us;
    int64_t at_us;           /* when the tokens were true */
    int64_t not_before_us;   /* the shard asked for rest until then */
    unsigned throttled_runs; /* throttlings since the last success */
};

void kpl_limiter_init(struct kpl_limiter *l, int64_t rate_percent, int64_t now_us);

/** When a Kinesis record of @p bytes may go; at or before @p now_us = now. */
int64_t kpl_limiter_at_us(struct kpl_limiter *l, size_t bytes, int64_t now_us);

/** It goes. */
void kpl_limiter_charge(struct kpl_limiter *l, size_t bytes);

/** The service throttled the shard: rest, longer each time in a row, with jitter. */
void kpl_limiter_throttled(struct kpl_limiter *l, int64_t now_us, struct kds_rng *rng);
void kpl_limiter_succeeded(struct kpl_limiter *l);

#endif /* KPL_SRC_LIMITER_H */
