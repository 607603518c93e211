/*
 * stream: streams, their shards and the records in them.
 *
 * Data and its rules only: knows no request, no text format, no clock. Records are only ever added,
 * so a record's index in its shard never changes.
 */
#ifndef KDS_LOCAL_STREAM_H
#define KDS_LOCAL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/u128.h"
#include "kds/types.h"
#include "limits.h"
#include "sequence.h"

#define LOCAL_SHARDS_MAX 10000 /* of one stream, closed ones included */
#define LOCAL_NO_SHARD   UINT32_MAX

struct local_record {
    char sequence[LOCAL_SEQUENCE_BYTES];
    int64_t arrival_ms;
    kds_slice_t partition_key; /* absent if it was put without one */
    kds_slice_t data;
};

struct local_shard {
    uint32_t index; /* its number in the shard id */
    char id[24];
    uint32_t parent, adjacent_parent; /* LOCAL_NO_SHARD = none */
    kds_u128_t first, last;           /* hash keys, both included */
    int64_t created_s;             /* as its sequence numbers say; above its parents' */
    int64_t created_ms, closed_ms; /* closed_ms -1 = open */
    char starting_sequence[LOCAL_SEQUENCE_BYTES];
    char ending_sequence[LOCAL_SEQUENCE_BYTES]; /* "" = open */
    struct kds_arena memory;                    /* of the records */
    struct local_record **records;
    size_t count, capacity;
    struct local_limits limits;
};

struct local_stream {
    struct local_stream *next;
    char name[129];
    uint64_t id; /* never given out again: tells a stream from one that had its name */
    int64_t created_ms;
    int64_t max_record_bytes;
    struct local_shard **shards; /* by index; the structs do not move */
    size_t shard_count, shard_capacity;
    uint32_t *open; /* indexes of the open shards in order of their hash keys */
    size_t open_count;
};

/** @return (given; local_stream_free) NULL when out of memory */
struct local_stream *
local_stream_new(kds_slice_t name, uint64_t id, uint32_t shards, int64_t now_us);
void local_stream_free(struct local_stream *s);

/** The shard of this id, for example "shardId-000000000001"; NULL if there is none. */
struct local_shard *local_stream_shard(struct local_stream *s, kds_slice_t id);

/** The open shard that takes this hash key. */
struct local_shard *local_stream_place(struct local_stream *s, kds_u128_t hash);

/** Store one record. (copied) NULL when out of memory, with nothing stored. */
const struct local_record *local_shard_append(struct local_shard *shard,
                                              int64_t now_us,
                                              kds_slice_t partition_key,
                                              kds_slice_t data);

/** Index of the first record at or behind @p sequence (behind: not equal to it). */
size_t local_shard_find_sequence(const struct local_shard *shard,
                                 kds_slice_t sequence,
                                 bool behind);

/** Index of the first record that arrived at @p ms or later. */
size_t local_shard_find_time(const struct local_shard *shard, int64_t ms);

static inline bool local_shard_is_open(const struct local_shard *shard)
{
    return shard->closed_ms < 0;
}

/** Split at @p at, the first hash key of the upper child. false: out of memory or of shards. */
bool local_stream_split(struct local_stream *s,
                        struct local_shard *shard,
                        kds_u128_t at,
                        int64_t now_us);

/** Merge two neighbours, in either order. false: out of memory or of shards. */
bool local_stream_merge(struct local_stream *s,
                        struct local_shard *a,
                        struct local_shard *b,
                        int64_t now_us);

#endif /* KDS_LOCAL_STREAM_H */
