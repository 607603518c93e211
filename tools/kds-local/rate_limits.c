/*
 * rate_limits: token buckets in millionths, and instants in a ring.
 */
#include "rate_limits.h"

#define MILLION    INT64_C(1000000)
#define DAY_US     (24 * 3600 * MILLION)
#define BLOCKED_US (5 * MILLION)

static void bucket_init(struct local_bucket *b, int64_t per_second, int64_t now_us)
{
    b->per_second = per_second;
    b->tokens_millionths = per_second * MILLION;
    b->at_us = now_us;
}

static void refill(struct local_bucket *b, int64_t now_us)
{
    int64_t full = b->per_second * MILLION;
    int64_t passed_us = now_us - b->at_us;
    if (passed_us > 0) {
        /* Beyond a minute any bucket is full: keeps the product small. */
        passed_us = passed_us > 60 * MILLION ? 60 * MILLION : passed_us;
        b->tokens_millionths += passed_us * b->per_second;
        b->at_us = now_us;
    }
    if (b->tokens_millionths > full) {
        b->tokens_millionths = full;
    }
}

static bool has(const struct local_bucket *b, int64_t n)
{
    return b->tokens_millionths >= n * MILLION;
}

static bool take_one(struct local_bucket *b, int64_t now_us)
{
    refill(b, now_us);
    if (!has(b, 1)) {
        return false;
    }
    b->tokens_millionths -= MILLION;
    return true;
}

bool local_bucket_take(struct local_bucket *b, int64_t per_second, int64_t now_us)
{
    if (b->per_second == 0) {
        bucket_init(b, per_second, now_us);
    }
    return take_one(b, now_us);
}

void local_limits_init(struct local_limits *l, int64_t now_us)
{
    bucket_init(&l->write_bytes, INT64_C(1048576), now_us);
    bucket_init(&l->write_records, 1000, now_us);
    bucket_init(&l->read_bytes, INT64_C(2097152), now_us);
    bucket_init(&l->read_calls, 5, now_us);
    bucket_init(&l->iterators, 5, now_us);
    l->blocked_until_us = INT64_MIN;
}

bool local_limits_write(struct local_limits *l, int64_t now_us, int64_t bytes)
{
    refill(&l->write_bytes, now_us);
    refill(&l->write_records, now_us);
    /* A record larger than a second's worth passes when the bucket is full, and is paid off. */
    int64_t need = bytes < l->write_bytes.per_second ? bytes : l->write_bytes.per_second;
    if (!has(&l->write_bytes, need) || !has(&l->write_records, 1)) {
        return false;
    }
    l->write_bytes.tokens_millionths -= bytes * MILLION;
    l->write_records.tokens_millionths -= MILLION;
    return true;
}

bool local_limits_read(struct local_limits *l, int64_t now_us)
{
    refill(&l->read_bytes, now_us);
    if (now_us < l->blocked_until_us || l->read_bytes.tokens_millionths < 0) {
        return false;
    }
    return take_one(&l->read_calls, now_us);
}

void local_limits_read_bytes(struct local_limits *l, int64_t bytes)
{
    l->read_bytes.tokens_millionths -= bytes * MILLION;
}

void local_limits_block_reads(struct local_limits *l, int64_t now_us)
{
    l->blocked_until_us = now_us + BLOCKED_US;
}

bool local_limits_iterator(struct local_limits *l, int64_t now_us)
{
    return take_one(&l->iterators, now_us);
}

bool local_window_has_room(const struct local_window *w, size_t most, int64_t now_us)
{
    if (w->count < most) {
        return true;
    }
    return now_us - w->at_us[(w->count - most) % LOCAL_WINDOW_MAX] >= DAY_US;
}

void local_window_add(struct local_window *w, int64_t now_us)
{
    w->at_us[w->count++ % LOCAL_WINDOW_MAX] = now_us;
}
