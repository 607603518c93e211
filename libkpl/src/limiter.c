/*
 * limiter: tokens grow with time; the rate falls with throttling and comes back.
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

#define CUT            0.67
#define GROWTH_PER_S   0.05
#define SHARE_MIN      0.01
#define STREAM_START   4.0 /* shards: what an on-demand stream begins with */
#define STREAM_CEILING 10000.0

void kpl_limiter_init(struct kpl_limiter *l, int64_t rate_percent, int64_t now_us)
{
    double factor = (double)rate_percent / 100.0 / (double)KDS_US_PER_S;
    *l = (struct kpl_limiter){
        .records_per_us = SHARD_RECORDS_PER_S * factor,
        .bytes_per_us = SHARD_BYTES_PER_S * factor,
        .share = 1,
        .ceiling = 1,
        .records = RECORDS_CAPACITY,
        .bytes = BYTES_CAPACITY,
        .at_us = now_us,
        .grown_us = now_us,
    };
}

void kpl_limiter_init_stream(struct kpl_limiter *l, int64_t rate_percent, int64_t now_us)
{
    kpl_limiter_init(l, rate_percent, now_us);
    l->share = STREAM_START;
    l->ceiling = STREAM_CEILING;
    l->searching = true;
}

static double grown(double tokens, double per_us, int64_t passed_us, double capacity)
{
    tokens += per_us * (double)passed_us;
    return tokens > capacity ? capacity : tokens;
}

static void refill(struct kpl_limiter *l, int64_t now_us)
{
    double scale = l->share > 1 ? l->share : 1;
    int64_t passed_us = now_us - l->at_us;
    if (passed_us <= 0) {
        return;
    }
    l->records = grown(l->records, l->records_per_us * l->share, passed_us,
                       RECORDS_CAPACITY * scale);
    l->bytes =
        grown(l->bytes, l->bytes_per_us * l->share, passed_us, BYTES_CAPACITY * scale);
    l->at_us = now_us;
}

int64_t kpl_limiter_at_us(struct kpl_limiter *l, size_t bytes, int64_t now_us)
{
    refill(l, now_us);
    double need = (double)bytes < BYTES_CAPACITY ? (double)bytes : BYTES_CAPACITY;
    double wait_us = 0;
    if (l->records < 1) {
        wait_us = (1 - l->records) / (l->records_per_us * l->share);
    }
    if (l->bytes < need) {
        double bytes_us = (need - l->bytes) / (l->bytes_per_us * l->share);
        wait_us = bytes_us > wait_us ? bytes_us : wait_us;
    }
    int64_t at_us = wait_us > 0 ? now_us + (int64_t)wait_us + 1 : now_us;
    return at_us > l->not_before_us ? at_us : l->not_before_us;
}

void kpl_limiter_charge(struct kpl_limiter *l, size_t bytes)
{
    l->records -= 1;
    l->bytes -= (double)bytes;
}

static void at_most(double *tokens, double most)
{
    *tokens = *tokens < most ? *tokens : most;
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

    refill(l, now_us);
    at_most(&l->records, 1); /* what was saved up is not there */
    at_most(&l->bytes, 0);
    l->share = l->share * CUT > SHARE_MIN ? l->share * CUT : SHARE_MIN;
    l->searching = false;
    l->grown_us = now_us;
}

void kpl_limiter_succeeded(struct kpl_limiter *l, int64_t now_us)
{
    double passed_s = (double)(now_us - l->grown_us) / (double)KDS_US_PER_S;
    l->throttled_runs = 0;
    if (l->share < l->ceiling && passed_s > 0) {
        passed_s = passed_s < 1 ? passed_s : 1; /* what was idle proves nothing */
        refill(l, now_us);
        l->share += (l->searching ? l->share : GROWTH_PER_S) * passed_s;
        l->share = l->share < l->ceiling ? l->share : l->ceiling;
    }
    l->grown_us = now_us;
}
