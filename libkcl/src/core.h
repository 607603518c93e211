/*
 * core: all that a worker decides: which leases are its own, what to read when, what to hand out, what
 * to persist.
 *
 * Told the time and what happened, it answers with what to do. No thread, socket, file, clock or global
 * state; the same calls with the same seed give the same actions. One thread at a time.
 *
 * Validity: a lease is held for `failover.ms` from the sending of its last successful write, by this
 * worker's own clock. Another worker takes it only when it has seen the same counter for as long.
 * A lease is taken only when its shard's parents are at their ends.
 */
#ifndef KCL_SRC_CORE_H
#define KCL_SRC_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "kcl/batch.h"
#include "kcl/worker.h"
#include "kds/kinesis.h"
#include "store.h"

struct kcl_core;

struct kcl_core_options {
    const struct kcl_conf *conf; /* (borrowed) for the life of the core */
    const char *worker_id;       /* (copied) */
    uint64_t seed;
    void (*release)(const void *output,
                    void *opaque); /* of outputs given to kcl_core_done_call() */
    void *opaque;
};

/** @return (given; kcl_core_free) NULL when out of memory */
struct kcl_core *kcl_core_new(const struct kcl_core_options *options);

/** At any time: what is under way is forgotten, nothing is persisted. */
void kcl_core_free(struct kcl_core *core);

/** The wall clock minus the clock of all other calls. Needed for `latest`. */
void kcl_core_set_wall(struct kcl_core *core, int64_t wall_minus_now_us);

enum kcl_action_kind {
    KCL_ACTION_STORE,    /* -> kcl_core_done_store() */
    KCL_ACTION_DESCRIBE, /* -> kcl_core_done_call(), and the three below */
    KCL_ACTION_LIST_SHARDS,
    KCL_ACTION_GET_ITERATOR,
    KCL_ACTION_GET_RECORDS,
    KCL_ACTION_PROCESS,     /* -> kcl_core_done_processor() */
    KCL_ACTION_SHARD_ENDED, /* -> kcl_core_done_processor() */
    KCL_ACTION_EVENT        /* tell the application; nothing comes back */
};

/** Something to do. What it points to is lent until it is done; an event until the next call. */
struct kcl_action {
    enum kcl_action_kind kind;
    uint64_t id;
    union {
        const struct kcl_store_op *store;
        kds_describe_stream_summary_in_t describe;
        kds_list_shards_in_t list_shards;
        kds_get_shard_iterator_in_t get_iterator;
        kds_get_records_in_t get_records;
        kcl_batch_t batch;
        const char *ended_shard;
        kcl_event_t event;
    } u;
};

/** What to do now. Call until it returns false. */
bool kcl_core_next(struct kcl_core *core, int64_t now_us, struct kcl_action *action);

/** When kcl_core_next() may have something again if nothing happens. */
int64_t kcl_core_wake_at_us(const struct kcl_core *core, int64_t now_us);

/* Ids that are not under way are ignored: answers may come twice or late. */

/** @param result (taken) what it points to. */
void kcl_core_done_store(struct kcl_core *core,
                         int64_t now_us,
                         uint64_t id,
                         struct kcl_store_result *result);

/** @param output (taken; released by options.release) NULL on failure. @param error (borrowed) */
void kcl_core_done_call(struct kcl_core *core,
                        int64_t now_us,
                        uint64_t id,
                        const void *output,
                        const kds_error_t *error);

/**
 * @param done       the callback returned KCL_DONE
 * @param confirmed  how many records of the batch were confirmed one by one, from the first
 */
void kcl_core_done_processor(
    struct kcl_core *core, int64_t now_us, uint64_t id, bool done, size_t confirmed);

/** Stop cleanly: finish what is being processed, checkpoint, release. */
void kcl_core_stop(struct kcl_core *core, int64_t now_us);

/** Nothing is held any more, after kcl_core_stop() or a failure. */
bool kcl_core_stopped(const struct kcl_core *core);

/** Why it gave up by itself; NULL if it did not. (lent until kcl_core_free()) */
const kds_error_t *kcl_core_failure(const struct kcl_core *core);

void kcl_core_stats(const struct kcl_core *core, int64_t now_us, kcl_stats_t *out);

#endif /* KCL_SRC_CORE_H */
