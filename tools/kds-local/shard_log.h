/*
 * shard_log: the records of one shard in the order of their arrival, kept in segments, so that what
 * is too old is given back a segment at a time and no record is allocated by itself.
 *
 * A record's position counts from the shard's first one and never changes. Knows no time, no limit
 * and no request. Not thread-safe.
 */
#ifndef KDS_LOCAL_SHARD_LOG_H
#define KDS_LOCAL_SHARD_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/types.h"
#include "sequence.h"

/** A record as it is kept; its sequence number follows from its shard, position and arrival. */
struct local_kept {
    int64_t arrival_ms;
    const uint8_t *bytes; /* the key, and the data behind it */
    uint32_t data_bytes;
    uint16_t key_bytes;
    bool keyed;     /* it was put with a key */
    bool encrypted; /* the stream said so when it was put */
};

static inline kds_slice_t local_kept_key(const struct local_kept *k)
{
    kds_slice_t key = {k->keyed ? k->bytes : NULL, k->key_bytes};
    return key;
}

static inline kds_slice_t local_kept_data(const struct local_kept *k)
{
    kds_slice_t data = {k->bytes + k->key_bytes, k->data_bytes};
    return data;
}

/** A record as it is shown. What it points to is kept by the log. */
struct local_record {
    char sequence[LOCAL_SEQUENCE_BYTES];
    bool encrypted;
    int64_t arrival_ms;
    kds_slice_t partition_key; /* absent if it was put without one */
    kds_slice_t data;
};

#define LOCAL_KEY_BYTES_MAX UINT16_MAX

struct local_segment;

struct local_log {
    struct local_segment **segments; /* oldest first */
    size_t segment_count, segment_capacity;
    size_t first; /* position of the oldest record that is still there */
    size_t count; /* records ever put: the position of the next one */
    size_t bytes; /* memory held by the segments */
};

/** Allocates nothing: a zeroed log is an empty one. */
void local_log_clear(struct local_log *log);

/**
 * Keep one record at the end; the key, at most LOCAL_KEY_BYTES_MAX, and the data are (copied).
 * @param arrival_ms  not before that of the last one
 * @return (lent until it is trimmed) NULL when out of memory, with nothing added
 */
const struct local_kept *local_log_append(struct local_log *log,
                                          int64_t arrival_ms,
                                          bool encrypted,
                                          kds_slice_t partition_key,
                                          kds_slice_t data);

/** @param position at least first, and below count */
const struct local_kept *local_log_at(const struct local_log *log, size_t position);

/** Forget the records before @p first; segments without others are released. */
void local_log_trim(struct local_log *log, size_t first);

/** An empty log goes on at this position: what stood before it was trimmed. */
void local_log_skip(struct local_log *log, size_t count);

/** Position of the first record that arrived at @p ms or later. */
size_t local_log_find_time(const struct local_log *log, int64_t ms);

#endif /* KDS_LOCAL_SHARD_LOG_H */
