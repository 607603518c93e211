/*
 * rate_limits: how much of something is allowed per second, as token buckets, and how often per day.
 */
#ifndef KDS_LOCAL_RATE_LIMITS_H
#define KDS_LOCAL_RATE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A bucket that holds one second's worth. Tokens are kept in millionths. */
struct local_bucket {
    int64_t per_second; /* 0 = not yet used: see local_bucket_take() */
    int64_t tokens_millionths;
    int64_t at_us; /* when tokens_millionths was true */
};

/** Take one token of a bucket of so many a second; a zeroed one is filled first. */
bool local_bucket_take(struct local_bucket *b, int64_t per_second, int64_t now_us);

/** What one shard takes and gives. */
struct local_limits {
    struct local_bucket write_bytes, write_records, read_bytes, read_calls, iterators;
    int64_t blocked_until_us; /* reads, after an answer of the largest size */
};

/** The service's figures: 1 MiB and 1000 records in; 2 MiB, 5 reads and 5 iterators out. */
void local_limits_init(struct local_limits *l, int64_t now_us);

/** Charge one record of @p bytes. @return false, and nothing charged, if it is too much. */
bool local_limits_write(struct local_limits *l, int64_t now_us, int64_t bytes);

/** Charge a read before its size is known: is another one allowed now? */
bool local_limits_read(struct local_limits *l, int64_t now_us);

/** Charge the bytes that the read gave; may go below zero, which delays the next ones. */
void local_limits_read_bytes(struct local_limits *l, int64_t bytes);

/** An answer as large as an answer can be was given: no reads for five seconds. */
void local_limits_block_reads(struct local_limits *l, int64_t now_us);

/** Charge one iterator. */
bool local_limits_iterator(struct local_limits *l, int64_t now_us);

/* ---- so many in 24 hours ------------------------------------------------------------------ */

#define LOCAL_WINDOW_MAX 25

/** When something last happened; zeroed: never. */
struct local_window {
    int64_t at_us[LOCAL_WINDOW_MAX];
    size_t
        count; /* of all that happened; the newest is at_us[(count - 1) % LOCAL_WINDOW_MAX] */
};

/** Whether it happened fewer than @p most times, at most LOCAL_WINDOW_MAX, in the last 24 hours. */
bool local_window_has_room(const struct local_window *w, size_t most, int64_t now_us);
void local_window_add(struct local_window *w, int64_t now_us);

#endif /* KDS_LOCAL_RATE_LIMITS_H */
