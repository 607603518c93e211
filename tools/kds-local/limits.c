/*
 * limits: token buckets in millionths.
 */
#include "limits.h"

#define MILLION INT64_C(1000000)

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

void local_limits_init(struct local_limits *l, int64_t now_us)
{
    bucket_init(&l->write_bytes, INT64_C(1048576), now_us);
    bucket_init(&l->write_records, 1000, now_us);
    bucket_init(&l->read_bytes, INT64_C(2097152), now_us);
    bucket_init(&l->read_calls, 5, now_us);
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
    refill(&l->read_calls, now_us);
    refill(&l->read_bytes, now_us);
    if (!has(&l->read_calls, 1) || l->read_bytes.tokens_millionths < 0) {
        return false;
    }
    l->read_calls.tokens_millionths -= MILLION;
    return true;
}

void local_limits_read_bytes(struct local_limits *l, int64_t bytes)
{
    l->read_bytes.tokens_millionths -= bytes * MILLION;
}
