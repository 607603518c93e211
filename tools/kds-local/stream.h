/*
 * stream: streams, their shards and the records in them.
 *
 * Data and its rules only: knows no request, no text format, no clock. Records are only ever added
 * at one end and trimmed at the other, so a record's position in its shard never changes.
 * Not thread-safe.
 */
#ifndef KDS_LOCAL_STREAM_H
#define KDS_LOCAL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"
#include "kds/types.h"
#include "labels.h"
#include "model/operations.h"
#include "rate_limits.h"
#include "sequence.h"
#include "shard_log.h"

#define LOCAL_SHARDS_MAX      10000  /* open ones of one stream */
#define LOCAL_SHARDS_HELD_MAX 250000 /* of one stream, closed ones included */
#define LOCAL_NO_SHARD        UINT32_MAX

/** Of streams, consumers and channels. */
enum local_status { LOCAL_CREATING, LOCAL_ACTIVE, LOCAL_UPDATING, LOCAL_DELETING };

/** "ACTIVE" (lent for ever) */
const char *local_status_name(enum local_status status);

struct local_subscription;

struct local_shard {
    uint32_t index; /* its number in the shard id */
    char id[24];
    uint32_t parent, adjacent_parent; /* LOCAL_NO_SHARD = none; may have been trimmed */
    uint32_t children[2];             /* LOCAL_NO_SHARD = none */
    kds_u128_t first, last;           /* hash keys, both included */
    int64_t created_s;             /* as its sequence numbers say; above its parents' */
    int64_t created_ms, closed_ms; /* closed_ms -1 = open */
    char starting_sequence[LOCAL_SEQUENCE_BYTES];
    char ending_sequence[LOCAL_SEQUENCE_BYTES]; /* "" = open */
    struct local_log log;
    int64_t last_arrival_ms;       /* of the newest record */
    struct local_sequence numbers; /* the newest record's */
    struct local_limits limits;
    struct local_subscription *readers; /* the service's */
};

/* One entry of the list of open shards: what is searched lies side by side. */
struct local_open {
    kds_u128_t last;
    struct local_shard *shard;
};

enum local_reshard_kind { LOCAL_NO_RESHARD, LOCAL_SPLIT, LOCAL_MERGE, LOCAL_SCALE };

/** What is done to the shards when the stream is ACTIVE again. */
struct local_reshard {
    enum local_reshard_kind kind;
    uint32_t shard, other; /* SPLIT: shard; MERGE: both */
    kds_u128_t at;         /* SPLIT: first hash key of the upper child */
    uint32_t target;       /* SCALE: open shards */
};

struct local_consumer;

struct local_stream {
    char name[129];
    uint64_t id; /* never given out again: tells a stream from one that had its name */
    int64_t created_ms;
    enum local_status status;
    int64_t ready_us; /* when CREATING, UPDATING or DELETING ends */
    struct local_reshard pending;

    bool on_demand;
    bool spread;                    /* the service places the records: strategy AUTO */
    uint64_t next_spread;           /* which open shard takes the next one */
    int64_t warm_mibps, warm_ready; /* asked for, and there; -1 = never asked for */
    int64_t max_record_bytes;
    int64_t retention_hours;
    unsigned metrics; /* a bit for each of local_metric_names */
    bool encrypted;
    char *key_id; /* NULL unless encrypted */
    struct local_labels labels;

    struct local_window scalings, mode_changes, key_changes;
    struct local_bucket rates[KDS_OP_COUNT];

    struct local_consumer **consumers; /* in order of their names */
    size_t consumer_count, consumer_capacity;
    size_t channel_count;

    struct local_shard **shards; /* in order of their index; the structs do not move */
    size_t shard_count, shard_capacity;
    uint32_t next_index;
    struct local_open *open; /* in order of their hash keys; they tile 0 .. 2^128-1 */
    size_t open_count;
};

/** @return (given; local_stream_free) without shards; NULL when out of memory */
struct local_stream *local_stream_new(kds_slice_t name, uint64_t id, int64_t now_us);
void local_stream_free(struct local_stream *s); /* NULL is allowed */

/** The first shards, uniform. false: out of memory or too many. */
bool local_stream_lay_out(struct local_stream *s, uint32_t shards, int64_t now_us);

/** The shard of this index or id, for example "shardId-000000000001"; NULL if there is none. */
struct local_shard *local_stream_at(const struct local_stream *s, uint32_t index);
struct local_shard *local_stream_shard(const struct local_stream *s, kds_slice_t id);

/** Where in shards[] the first one above @p index stands. */
size_t local_stream_above(const struct local_stream *s, uint32_t index);

/** The open shard that takes this hash key, and where in open[] it stands. */
size_t local_stream_open_at(const struct local_stream *s, kds_u128_t hash);
struct local_shard *local_stream_place(const struct local_stream *s, kds_u128_t hash);

/**
 * Store one record. (copied)
 * @param out  receives how it is shown; points into the log (lent until it is trimmed)
 * @return false when out of memory, with nothing stored
 */
bool local_shard_append(struct local_shard *shard,
                        int64_t now_us,
                        kds_slice_t partition_key,
                        kds_slice_t data,
                        bool encrypted,
                        struct local_record *out);

/** The sequence number of @p record at @p position. @param row of the numbers before it */
void local_shard_number(const struct local_shard *shard,
                        size_t position,
                        const struct local_kept *record,
                        struct local_sequence *row,
                        char out[LOCAL_SEQUENCE_BYTES]);

/** Position of the first record at or behind @p sequence (behind: not equal to it). */
size_t
local_shard_find(const struct local_shard *shard, kds_slice_t sequence, bool behind);

static inline bool local_shard_is_open(const struct local_shard *shard)
{
    return shard->closed_ms < 0;
}

/** Records that arrived before this are no longer there. */
int64_t local_stream_horizon_ms(const struct local_stream *s, int64_t now_ms);

/** Forget the records of a shard that are too old. @return whether there were any */
bool local_shard_trim(struct local_shard *shard, int64_t horizon_ms);

/** A closed shard of which nothing is left to read. */
static inline bool local_shard_expired(const struct local_shard *shard,
                                       int64_t horizon_ms)
{
    return !local_shard_is_open(shard) && shard->closed_ms < horizon_ms;
}

/** Remove a closed shard for good. */
void local_stream_drop_shard(struct local_stream *s, struct local_shard *shard);

/* ---- resharding (reshard.c) --------------------------------------------------------------- */

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

/**
 * Bring the stream to @p target open shards of equal width, by splits and merges.
 * @return false: out of memory or of shards; part of the steps are done, the rest with the next call
 */
bool local_stream_scale(struct local_stream *s, uint32_t target, int64_t now_us);

/** First hash key of the @p i-th of @p n equal shards. */
kds_u128_t local_uniform_start(uint32_t i, uint32_t n);

/* ---- for reshard.c and for rebuilding a stream -------------------------------------------- */

/** Room for this many more shards. */
bool local_stream_make_room(struct local_stream *s, size_t more);

/** A new shard behind all others, neither open nor closed yet. NULL: out of memory or room. */
struct local_shard *local_stream_add_shard(struct local_stream *s,
                                           uint32_t index,
                                           kds_u128_t first,
                                           kds_u128_t last);

/** Put the open shards in order; false unless they tile all hash keys. */
bool local_stream_link(struct local_stream *s);

#endif /* KDS_LOCAL_STREAM_H */
