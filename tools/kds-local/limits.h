/*
 * limits: what one shard takes and gives per second, as token buckets.
 */
#ifndef KDS_LOCAL_LIMITS_H
#define KDS_LOCAL_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/** A bucket that holds one second's worth. Tokens are kept in millionths. */
struct local_bucket {
    int64_t per_second;
    int64_t tokens_millionths;
    int64_t at_us; /* when tokens_millionths was true */
};

struct local_limits {
    struct local_bucket write_bytes, write_records, read_bytes, read_calls;
};

/** The service's figures: 1 MiB and 1000 records in, 2 MiB and 5 calls out. */
void local_limits_init(struct local_limits *l, int64_t now_us);

/** Charge one record of @p bytes. @return false, and nothing charged, if it is too much. */
bool local_limits_write(struct local_limits *l, int64_t now_us, int64_t bytes);

/** Charge a read before its size is known: is another one allowed now? */
bool local_limits_read(struct local_limits *l, int64_t now_us);

/** Charge the bytes that the read gave; may go below zero, which delays the next ones. */
void local_limits_read_bytes(struct local_limits *l, int64_t bytes);

#endif /* KDS_LOCAL_LIMITS_H */
