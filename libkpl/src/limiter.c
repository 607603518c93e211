/*
 * limiter: tokens grow with time, rests with throttling.
 */
#include "limiter.h"

#include "base/clock.h"

/* The KPL's: a full bucket passes one record of the largest size. */
#define RECORDS_CAPACITY    1000.0
#define BYTES_CAPACITY      (10.0 * 1024 * 1024)
#define SHARD_RECORDS_PER_S 1000.0
#define SHARD_BYTES_PER_S   (1024.0 * 1024)

#define FIRST_REST_US (100 * KDS_US_PER_MS)
#define LONGEST_RESTS 5 /* doublings: 3.2 s */

void kpl_limiter_init(struct kpl_limiter *l, int64_t rate_percent, int64_t now_us)
{
    double factor = (double)rate_percent / 100.0 / (double)KDS_US_PER_S;
    l->records = RECORDS_CAPACITY;
    l->bytes = BYTES_CAPACITY;
    l->records_per_us = SHARD_RECORDS_PER_S * factor;
    l->bytes_per_us = SHARD_BYTES_PER_S * factor;
    l->at_us = now_us;
    l->not_before_us = 0;
    l->throttled_runs = 0;
}

static double grown(double tokens, double per_us, int64_t passed_us, double capacity)
{
    tokens += per_us * (double)passed_us;
    return tokens > capacity ? capacity : tokens;
}

int64_t kpl_limiter_at_us(struct kpl_limiter *l, size_t bytes, int64_t now_us)
{
    if (now_us > l->at_us) {
        l->records =
            grown(l->records, l->records_per_us, now_us - l->at_us, RECORDS_CAPACITY);
        l->bytes = grown(l->bytes, l->bytes_per_us, now_us - l->at_us, BYTES_CAPACITY);
        l->at_us = now_us;
    }
    double need = (double)bytes < BYTES_CAPACITY ? (double)bytes : BYTES_CAPACITY;
    double wait_us = 0;
    if (l->records < 1) {
        wait_us = (1 - l->records) / l->records_per_us;
    }
    if (l->bytes < need && (need - l->bytes) / l->bytes_per_us > wait_us) {
        wait_us = (need - l->bytes) / l->bytes_per_us;
    }
    int64_t at_us = wait_us > 0 ? now_us + (int64_t)wait_us + 1 : now_us;
    return at_us > l->not_before_us ? at_us : l->not_before_us;
}

void kpl_limiter_charge(struct kpl_limiter *l, size_t bytes)
{
    l->records -= 1;
    l->bytes -= (double)bytes;
}

void kpl_limiter_throttled(struct kpl_limiter *l, int64_t now_us, struct kds_rng *rng)
{
    unsigned doublings =
        l->throttled_runs < LONGEST_RESTS ? l->throttled_runs : LONGEST_RESTS;
    int64_t most_us = FIRST_REST_US << doublings;
    if (l->not_before_us > now_us) {
        return; /* another entry of the same answer */
    }
    /* At least half of it: several producers spread out, none comes back at once. */
    l->not_before_us =
        now_us + most_us / 2 + (int64_t)kds_rng_below(rng, (uint64_t)(most_us / 2));
    l->throttled_runs++;
}

void kpl_limiter_succeeded(struct kpl_limiter *l)
{
    l->throttled_runs = 0;
}
