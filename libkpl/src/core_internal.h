/*
 * core_internal: what the parts of the core share: core.c (the way of a record), judge.c (what answers
 * mean), collect.c (what is sent when).
 */
#ifndef KPL_SRC_CORE_INTERNAL_H
#define KPL_SRC_CORE_INTERNAL_H

#include "base/rng.h"
#include "core.h"

#define KPL_EPOCHS_MAX 16 /* flushes that are told apart at a time */

struct kpl_stream {
    struct kpl_stream *next;
    char *name;
    bool is_arn;
    struct kpl_shard_map map;
    struct kpl_queue unplaced; /* single records while there is no map */
    struct kpl_queue
        parked;        /* landed on an unknown or wrong shard: judged by the next map */
    int64_t expiry_us; /* nothing that waits expires before */
    int64_t flush_us;  /* what was put before is not to wait; -1 = no flush */
};

/** A call under way. */
struct kpl_request {
    struct kpl_request *next;
    uint64_t id;
    struct kpl_stream *stream;
    int64_t began_us;
    struct kpl_unit **units; /* NULL for a listing */
    size_t count, room;
    kds_put_records_request_entry_t *entries;
};

struct kpl_core {
    const struct kpl_conf *conf;
    struct kds_rng rng;
    struct kpl_stream *streams;
    struct kpl_request *requests;
    size_t in_flight; /* PutRecords among them */
    uint64_t last_id;
    struct kpl_queue finished;
    struct kds_agg_decoder *decoder;
    size_t bytes;
    uint64_t accepted, released;
    uint64_t epoch;              /* one more with each flush */
    size_t open[KPL_EPOCHS_MAX]; /* records outstanding, by epoch */
    struct kpl_counters counters;
};

/** Where an earlier or a new record goes; copies it. @return false when out of memory. */
bool kpl_route(struct kpl_core *core,
               struct kpl_stream *stream,
               int64_t now_us,
               int64_t due_us,
               const struct kds_agg_view *record,
               const struct kpl_user *user);

/** Seal the open aggregate of a shard, if there is one. @return false when out of memory. */
bool kpl_seal(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard);

/** A unit waits in a queue of its stream from now on: mind when it expires. */
void kpl_mind_expiry(struct kpl_stream *stream, const struct kpl_unit *unit);

/* judge.c */

/** A unit has its outcome, which is in unit->ending. */
void kpl_finish(struct kpl_core *core, int64_t now_us, struct kpl_unit *unit);
/** ... which is this failure; what is in unit->ending.message becomes its cause. */
void kpl_finish_failed(struct kpl_core *core,
                       int64_t now_us,
                       struct kpl_unit *unit,
                       kds_err_t code);
void kpl_judge_answer(struct kpl_core *core,
                      int64_t now_us,
                      struct kpl_request *request,
                      const kds_put_records_out_t *output,
                      const kds_error_t *error);
/** There is a new map: judge what waited for it, and place again what it places elsewhere. */
void kpl_apply_map(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);
/** Give up what has expired among what waits. */
void kpl_expire(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);

/* collect.c */

/** Seal what is due. */
void kpl_seal_due(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);
/** A request if one is to be sent now; NULL if none is. */
struct kpl_request *
kpl_collect(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);
/** When this stream needs attention again. */
int64_t
kpl_stream_wake_at_us(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream);

#endif /* KPL_SRC_CORE_INTERNAL_H */
