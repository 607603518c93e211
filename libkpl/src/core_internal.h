/*
 * core_internal: what the parts of the core share: core.c (life and actions), accept.c and stage.c
 * (records come in), stream.c (what is known of a stream), place.c (units, and where they go when shards
 * change), remake.c (units by another map), collect.c (what is sent when), judge.c (what answers mean).
 */
#ifndef KPL_SRC_CORE_INTERNAL_H
#define KPL_SRC_CORE_INTERNAL_H

#include "base/rng.h"
#include "core.h"
#include "gate.h"
#include "metrics.h"
#include "shard_map.h"
#include "stats.h"

#define KPL_EPOCHS_MAX 16 /* flushes that are told apart at a time */

/** Who decides where a record goes. */
enum kpl_strategy {
    KPL_STRATEGY_UNKNOWN,
    KPL_STRATEGY_KEYS, /* the partition key does */
    KPL_STRATEGY_AUTO  /* the service does: aggregation is of no use */
};

/** Why the last request of a stream failed as a whole. */
struct kpl_failure {
    kds_err_t code; /* KDS_OK = there was none since the last answer */
    unsigned times; /* so often, in a row */
    char service_code[80];
    char message[400];
};

struct kpl_stream {
    struct kpl_stream *next;
    char *name;
    bool is_arn;
    struct kpl_shard_map map;
    struct kpl_shard anywhere; /* stands for all shards while records cannot be placed */
    struct kpl_shard *turn;    /* whose units are collected first next time */
    struct kpl_queue
        parked; /* landed on an unknown or wrong shard: judged by the next map */
    struct kpl_gate gate;
    struct kpl_failure failure;
    size_t in_flight;     /* PutRecords */
    uint32_t generations; /* of shards that came into use */
    int64_t expiry_us;    /* nothing that waits expires before */
    int64_t flush_us;     /* what was put before is not to wait; -1 = no flush */

    enum kpl_strategy strategy;
    bool describing,
        described; /* DescribeStreamSummary is under way; ended at least once */
    unsigned describe_failures; /* in a row */
    int64_t describe_at_us;
    int64_t created_ms; /* the stream was; 0 = unknown */
    bool hit,
        missed; /* units of the answer that is being judged: where they were to, or not */
    unsigned hits;   /* answers whose units all landed as predicted, since one did not */
    unsigned misses; /* maps that failed since hits proved one */
    int64_t missed_map_us;   /* the map that the last miss was counted for */
    bool suspect;            /* predictions fail: nothing is aggregated */
    unsigned strangers;      /* sequence numbers in a row that no new map explained */
    int64_t stranger_map_us; /* the map that the last one was counted for */
    uint64_t missing_id;     /* the request that did not find it; 0 = a later one did */
    uint64_t found_id;       /* the last one that did */
    uint64_t doubted_id;     /* requests up to this one may have gone to another stream */

    struct kds_metric_group *metrics;
    uint64_t received, received_told; /* user records */
    uint64_t ended;                   /* of these, that have their outcome */
};

enum kpl_request_kind { KPL_REQUEST_PUT, KPL_REQUEST_LISTING, KPL_REQUEST_SUMMARY };

/** A call under way. */
struct kpl_request {
    struct kpl_request *next;
    enum kpl_request_kind kind;
    uint64_t id;
    struct kpl_stream *stream;
    struct kpl_unit **units; /* of PutRecords, as all that follows */
    size_t count, room;
    kds_put_records_request_entry_t *entries;
    char (*hash_texts)[KDS_U128_DIGITS_MAX];
};

#define KPL_STAGED_MAX    64
#define KPL_STAGED_BYTES  ((size_t)16 * 1024) /* of all of them together */
#define KPL_STAGEABLE_MAX ((size_t)512) /* of one: a larger one's MD5 does not matter */

/** A record that waits for others to be hashed with. */
struct kpl_staged {
    uint8_t *text; /* key, data */
    uint32_t key_n, data_n;
    struct kpl_user user;
    size_t cost;
};

/** Records of one stream, in the order of their puts. */
struct kpl_stage {
    struct kpl_stream *stream;
    size_t count, bytes;
    uint64_t epoch; /* in which the first of them was put */
    struct kpl_unit
        *reserve; /* for their outcomes, if there is no memory in the very end */
    struct kpl_staged rows[KPL_STAGED_MAX];
    uint8_t texts[KPL_STAGED_BYTES];
};

struct kpl_core {
    const struct kpl_conf *conf;
    int64_t ttl_us, linger_us;
    struct kds_rng rng;
    struct kpl_stream *streams;
    struct kpl_stream *usual; /* of records that name none; NULL = there was none yet */
    struct kpl_stream *turn;  /* which is asked first next time */
    struct kpl_request *requests;
    size_t in_flight; /* PutRecords among them */
    uint64_t last_id;
    struct kpl_queue finished;
    struct kpl_queue spare; /* units that ended, for their memory */
    size_t spare_bytes;
    struct kds_agg_decoder *decoder;
    struct kds_agg_builder *packer; /* for units that are made anew */
    size_t bytes;
    uint64_t accepted, released;
    uint64_t epoch;              /* one more with each flush */
    size_t open[KPL_EPOCHS_MAX]; /* units, by the epoch in which they were begun */
    struct kpl_counters counters;
    struct kds_metrics *metrics;
    int64_t pending_at_us;                /* when what waits is counted again */
    uint64_t wrong_shard_told, maps_told; /* of the counters, to the metrics */
    struct kpl_stage stage;
};

/* ---- stream.c: what is known of a stream ----------------------------------------------------- */

/** @return NULL when out of memory */
struct kpl_stream *
kpl_stream_get(struct kpl_core *core, kds_slice_t name, int64_t now_us);
void kpl_stream_free(struct kpl_stream *stream);

/** Is the shard of a hash key known, and does it matter? */
bool kpl_stream_places(const struct kpl_stream *stream);
/** May records be aggregated? */
bool kpl_stream_aggregates(const struct kpl_core *core, const struct kpl_stream *stream);

/** Both of it, which is the same for many records. */
struct kpl_way {
    bool places, aggregates;
};

static inline struct kpl_way kpl_stream_way(const struct kpl_core *core,
                                            const struct kpl_stream *stream)
{
    return (struct kpl_way){kpl_stream_places(stream),
                            kpl_stream_aggregates(core, stream)};
}

/** A unit landed where it was to, or elsewhere. @param sent_us  when it was sent */
void kpl_stream_hit(struct kpl_stream *stream);
void kpl_stream_missed(struct kpl_core *core,
                       struct kpl_stream *stream,
                       int64_t sent_us,
                       int64_t now_us);
/** That was all of an answer. */
void kpl_stream_weigh(struct kpl_stream *stream);
/** Is it unknown by now who spreads the records? */
bool kpl_stream_is_unproved(const struct kpl_stream *stream);
/** So many maps in a row that do not explain a sequence number: they mean something else there. */
#define KPL_STRANGERS_MAX 3

/** Did the unit land in another shard than the map's of this id, of a stream that was made anew? Then its
 *  shards are asked for. */
bool kpl_stream_is_another(struct kpl_core *core,
                           const struct kpl_unit *u,
                           int64_t now_us);
/** The service does not know the stream, or it may be another one of the same name. */
void kpl_stream_doubt(struct kpl_core *core, struct kpl_stream *stream, int64_t now_us);

/** DescribeStreamSummary ended. */
void kpl_stream_summary(struct kpl_core *core,
                        struct kpl_stream *stream,
                        int64_t now_us,
                        const kds_describe_stream_summary_out_t *output);

/** The next of all shards that hold or take records: begin with NULL; `anywhere` comes first. */
struct kpl_shard *kpl_stream_next_shard(struct kpl_stream *stream,
                                        struct kpl_shard *after);

/* ---- place.c: units, and where they go ---------------------------------------------------------- */

/** A unit of this epoch, counted. (given; kpl_unit_close) NULL when out of memory. */
struct kpl_unit *
kpl_unit_open(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard);
/** ... which is there already. */
void kpl_unit_enter(struct kpl_core *core,
                    struct kpl_unit *u,
                    struct kpl_stream *stream,
                    struct kpl_shard *shard);
void kpl_unit_close(struct kpl_core *core, struct kpl_unit *u);
void kpl_unit_set_actual(struct kpl_unit *u, struct kpl_shard *actual);

/** Seal the open aggregate of a shard, if there is one. @return false when out of memory. */
bool kpl_seal(struct kpl_stream *stream, struct kpl_shard *shard);

/** The shard that takes a hash key, or `anywhere`. */
struct kpl_shard *kpl_shard_for(struct kpl_stream *stream, kds_u128_t hash);

/** A unit of one record, not yet in a queue. @return NULL when out of memory */
struct kpl_unit *kpl_make_single(struct kpl_core *core,
                                 struct kpl_stream *stream,
                                 struct kpl_shard *shard,
                                 const struct kds_agg_view *record,
                                 const struct kpl_user *user,
                                 kds_u128_t hash);

/** A unit is as old as the oldest of what it holds: a flush from before waits for it. */
void kpl_backdate(struct kpl_core *core, struct kpl_unit *u, uint8_t epoch);

/** Wait, behind or before the others of its shard. */
void kpl_queue_unit(struct kpl_unit *u, bool in_front);

/** The map or the strategy changed: what waits elsewhere than new records do goes there too. */
void kpl_place_again(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);

/* ---- accept.c: a record comes in ------------------------------------------------------------- */

/** A record that is about to be placed. */
struct kpl_entry {
    struct kds_agg_record record;
    struct kpl_user user;
    kds_u128_t hash;
    int64_t due_us;
    size_t cost;
};

/** With the hash key, which serves the builder as well if the partition key alone makes it. A key that
 *  is put with and without an explicit one may stand twice in an aggregate, which every reader takes. */
static inline struct kds_agg_record kpl_agg_record(const struct kds_agg_view *v,
                                                   kds_u128_t hash)
{
    return (struct kds_agg_record){v->partition_key, v->explicit_hash_key, v->data,
                                   v->explicit_hash_key.p == NULL ? (uint32_t)hash.lo
                                                                  : 0};
}

/** @return the unit that took it; NULL when out of memory */
struct kpl_unit *kpl_place(struct kpl_core *core,
                           struct kpl_stream *stream,
                           struct kpl_way way,
                           const struct kpl_entry *entry);

/** Nothing that was put by now waits for company. */
void kpl_hurry(struct kpl_core *core, int64_t now_us);

/** A record with this hash key is to be placed soon. Changes nothing. */
static inline void
kpl_place_soon(const struct kpl_stream *stream, struct kpl_way way, kds_u128_t hash)
{
    if (way.places && way.aggregates) {
        const struct kpl_shard *shard = kpl_shard_map_find(&stream->map, hash);
        if (shard->builder != NULL) {
            KDS_WILL_WRITE(shard->filling);
            kds_agg_builder_expect(shard->builder, (uint32_t)hash.lo);
        }
    }
}

/* ---- stage.c: records that wait to be hashed together ------------------------------------------ */

/** @return false when out of memory */
bool kpl_stage_init(struct kpl_stage *s);
void kpl_stage_clear(struct kpl_stage *s);

/** Is there room for a record that may be staged? */
bool kpl_stage_takes(const struct kpl_stage *s,
                     const struct kpl_stream *stream,
                     const kpl_record_t *record);
/** (copied) */
void kpl_stage_add(struct kpl_core *core,
                   struct kpl_stream *stream,
                   int64_t now_us,
                   const kpl_record_t *record,
                   size_t cost);

bool kpl_unstage_all(struct kpl_core *core);

/** Place all that is staged. @return false when out of memory: some still are, for the next time */
static inline bool kpl_unstage(struct kpl_core *core)
{
    return core->stage.count == 0 || kpl_unstage_all(core);
}

/** The producer ends. */
void kpl_stage_abandon(struct kpl_core *core, int64_t now_us);

/* ---- remake.c: units made anew ---------------------------------------------------------------- */

/** Make @p u anew by the map of now, keeping its place if the order counts. (taken) Its user records
 *  that have expired get their outcome. */
void kpl_remake(struct kpl_core *core, int64_t now_us, struct kpl_unit *u);

/** ... leaving its pieces in the queue of its shard, or not; before the others, or behind them. */
void kpl_remake_at(
    struct kpl_core *core, int64_t now_us, struct kpl_unit *u, bool stay, bool in_front);

/* ---- judge.c: what answers mean --------------------------------------------------------------- */

/** Is this code of an entry the service's word for too much? */
bool kpl_is_throttling(kds_slice_t code);

/** A unit has its outcome: u->code, and u->actual and u->sequence or u->message. */
void kpl_finish(struct kpl_core *core, int64_t now_us, struct kpl_unit *u);
/** ... which is this failure; @p message may be NULL. */
void kpl_finish_failed(struct kpl_core *core,
                       int64_t now_us,
                       struct kpl_unit *u,
                       kds_err_t code,
                       const char *message);
void kpl_finish_expired(struct kpl_core *core, int64_t now_us, struct kpl_unit *u);
/** ... if it has no key, and its stream spreads records by keys. @return whether that is so */
bool kpl_fails_without_key(struct kpl_core *core, int64_t now_us, struct kpl_unit *u);

void kpl_judge_answer(struct kpl_core *core,
                      int64_t now_us,
                      struct kpl_request *request,
                      const kds_put_records_out_t *output,
                      const kds_error_t *error);
/** There is a new map, or no hope of one: judge what waited for it. */
void kpl_judge_parked(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);
/** Give up what has expired among what waits. */
void kpl_expire(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);

/* ---- measure.c: what is counted when ----------------------------------------------------------- */

/** An entry of an answer: stored, or why not. */
void kpl_measure_entry(struct kpl_core *core,
                       const struct kpl_unit *u,
                       bool stored,
                       kds_slice_t code);
/** Its last attempt was noted. */
void kpl_measure_attempt(const struct kpl_core *core, const struct kpl_unit *u);
/** How much waits, at most every 200 ms: as often as somebody looks. */
void kpl_measure_pending(struct kpl_core *core, int64_t now_us);
/** A PutRecords ended; @p error is why it failed as a whole, or NULL. */
void kpl_measure_request(const struct kpl_core *core,
                         int64_t now_us,
                         const struct kpl_request *request,
                         const kds_error_t *error);
/** A unit has its outcome. */
void kpl_measure_end(struct kpl_core *core, const struct kpl_unit *u);

/* ---- collect.c: what is sent when ------------------------------------------------------------- */

/** Seal what is due. */
void kpl_seal_due(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);
/** A request if one is to be sent now; NULL if none is. */
struct kpl_request *
kpl_collect(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);
/** Its entries, with the MD5s of its aggregates. Looks at nothing but the request and its units. */
void kpl_request_complete(struct kpl_request *request);
void kpl_request_free(struct kpl_core *core, struct kpl_request *request);
/** When this stream needs attention again. */
int64_t
kpl_stream_wake_at_us(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);

#endif /* KPL_SRC_CORE_INTERNAL_H */
