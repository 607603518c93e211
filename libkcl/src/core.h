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

#include "base/metric.h"
#include "conf.h"
#include "kcl/stats.h"
#include "kcl/task.h"
#include "kcl/worker.h"
#include "kds/kinesis.h"
#include "store.h"

struct kcl_core;

struct kcl_core_options {
    const struct kcl_conf *conf; /* (borrowed) for the life of the core */
    const char *worker_id;       /* (copied) */
    bool store_is_local;         /* a look at all leases costs little */
    bool store_has_fleet; /* rows that are no leases, and other workers than ours */
    uint64_t seed;
    bool pull;      /* the application asks for its tasks, and may keep many */
    unsigned tasks; /* the kinds that the application takes: 1 << KCL_TASK_..., or-ed */
    void (*release)(const void *output,
                    void *opaque); /* of outputs given to kcl_core_done_call() */
    void (*release_event)(const void *event, void *opaque); /* of kcl_core_pushed() */
    void *opaque;
};

/** @return (given; kcl_core_free) NULL when out of memory */
struct kcl_core *kcl_core_new(const struct kcl_core_options *options);

/** At any time: what is under way is forgotten, nothing is persisted. */
void kcl_core_free(struct kcl_core *core);

/** The wall clock minus the clock of all other calls; needed for `latest`.
 *  @param service_ahead_us  how far the service's clock is ahead of that wall clock: records are dated by it */
void kcl_core_set_wall(struct kcl_core *core,
                       int64_t wall_minus_now_us,
                       int64_t service_ahead_us);

/** Whether the fleet is to be told now how busy the processor is: then kcl_core_set_cpu() comes before
 *  kcl_core_next(). Without it nothing is told of it, and a leader goes by the throughput of leases. */
bool kcl_core_wants_cpu(const struct kcl_core *core, int64_t now_us);
/** @param percent  since the last time; -1 = it could not be measured */
void kcl_core_set_cpu(struct kcl_core *core, double percent);

enum kcl_action_kind {
    KCL_ACTION_STORE,    /* -> kcl_core_done_store() */
    KCL_ACTION_DESCRIBE, /* -> kcl_core_done_call(), and the three below */
    KCL_ACTION_LIST_SHARDS,
    KCL_ACTION_GET_ITERATOR,
    KCL_ACTION_GET_RECORDS,
    KCL_ACTION_SUBSCRIBE, /* -> kcl_core_pushed(), again and again */
    KCL_ACTION_UNSUBSCRIBE, /* the one with this id, whose end was perhaps pushed; nothing comes back */
    KCL_ACTION_FIND_CONSUMER, /* -> kcl_core_found_consumer() */
    KCL_ACTION_TASK,          /* -> kcl_core_done_task() */
    KCL_ACTION_EVENT          /* tell the application; nothing comes back */
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
        struct {
            const char *consumer_arn, *shard_id;
            kds_starting_position_t start;
            size_t credit_bytes;
        } subscribe;
        struct {
            const char *stream_arn, *name;
        } find_consumer;
        kcl_task_t task;
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

/** An event of a subscription. */
struct kcl_pushed {
    const void *event; /* (taken; released by options.release_event) */
    const kds_subscribe_to_shard_event_t *data; /* inside it; NULL: it failed */
    bool end;                                   /* of the shard */
    const kds_error_t *error;                   /* (borrowed) why it failed */
};

void kcl_core_pushed(struct kcl_core *core,
                     int64_t now_us,
                     uint64_t id,
                     const struct kcl_pushed *pushed);

/** @param arn  (copied) NULL: it was not found, for the reason of @p error (borrowed) */
void kcl_core_found_consumer(struct kcl_core *core,
                             int64_t now_us,
                             uint64_t id,
                             const char *arn,
                             const kds_error_t *error);

/* ---- tasks: what the application is asked ------------------------------------------------------ */

/** The application can take @p more tasks; at first it can take none. Each one that is given out uses
 *  one up. */
void kcl_core_serve(struct kcl_core *core, size_t more);

/** Nobody takes farewells any more: SHUTDOWN_REQUESTED and LEASE_LOST are left out. */
void kcl_core_mute(struct kcl_core *core);

/** Whether a task that was given out may still begin. If not, it is withdrawn: nothing comes back. */
bool kcl_core_begin_task(struct kcl_core *core, int64_t now_us, uint64_t id);

/** @param done  it came to KCL_DONE
 *  @return false if the shard is not held any more */
bool kcl_core_done_task(struct kcl_core *core, int64_t now_us, uint64_t id, bool done);

/** What later tasks of the shard have as their state. */
void kcl_core_attach(struct kcl_core *core, uint64_t id, void *state);

/** A shard, by the id of its open task or by name. */
struct kcl_shard_name {
    uint64_t task_id;   /* 0: by name */
    const char *stream; /* NULL when there is only one */
    const char *shard_id;
};

/** Confirm everything up to @p position.
 *  @retval KDS_ERR_LEASE_LOST, KDS_ERR_CHECKPOINT_RANGE  nothing changed */
kds_err_t kcl_core_confirm(struct kcl_core *core,
                           int64_t now_us,
                           const struct kcl_shard_name *name,
                           const struct kcl_position *position);

/** Persist @p position as a prepared one, beside what is confirmed.
 *  @retval KDS_ERR_LEASE_LOST, KDS_ERR_CHECKPOINT_RANGE, KDS_ERR_TOO_LARGE  nothing changed */
kds_err_t kcl_core_prepare(struct kcl_core *core,
                           int64_t now_us,
                           const struct kcl_shard_name *name,
                           const struct kcl_position *position,
                           kds_slice_t state);

/** A shard that stopped is read on, behind the last record that was processed, or behind the gap.
 *  @retval KDS_ERR_LEASE_LOST, KDS_ERR_STATE (it did not stop)  nothing changed */
kds_err_t
kcl_core_resume(struct kcl_core *core, int64_t now_us, const struct kcl_shard_name *name);

/** Stop cleanly: finish what is being processed, checkpoint, release. */
void kcl_core_stop(struct kcl_core *core, int64_t now_us);

/** Nothing is held any more, after kcl_core_stop() or a failure. */
bool kcl_core_stopped(const struct kcl_core *core);

/** What keeps it from having stopped, for a person: which shards' tasks the application still has, and
 *  since when; or what else is not over. */
void kcl_core_busy(const struct kcl_core *core, int64_t now_us, char *out, size_t size);

/** Why it gave up by itself; NULL if it did not. (lent until kcl_core_free()) */
const kds_error_t *kcl_core_failure(const struct kcl_core *core);

void kcl_core_stats(const struct kcl_core *core, int64_t now_us, kcl_stats_t *out);

/** All that is counted, as it is now. (lent until the core is used again) */
struct kds_metrics *kcl_core_metrics(struct kcl_core *core, int64_t now_us);

/** As kcl_worker_shards(). */
size_t kcl_core_shards(const struct kcl_core *core,
                       int64_t now_us,
                       size_t size,
                       kcl_shard_status_t *out,
                       size_t count);

#endif /* KCL_SRC_CORE_H */
