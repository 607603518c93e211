/*
 * worker: reads a stream: leases shards, hands out their records in order, remembers how far it got.
 *
 * Delivery is at least once: after a crash, records behind the last persisted checkpoint come again.
 * Records of a shard come in order, one batch at a time; a shard's children start when all its
 * parents are done. Workers of one application share a lease store and divide the shards. A worker
 * has a constant number of threads: one that decides, one for the store, a pool of
 * `processor.threads`, and the client's.
 */
#ifndef KCL_WORKER_H
#define KCL_WORKER_H

#include <stddef.h>
#include <stdint.h>

#include "kcl/batch.h"
#include "kcl/conf.h"
#include "kcl/export.h"
#include "kcl/task.h"
#include "kds/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A worker. */
typedef struct kcl_worker kcl_worker_t;

/** Confirms records of the batch that is being processed. */
typedef struct kcl_checkpointer kcl_checkpointer_t;

/** What happened to a shard or its lease. */
typedef enum kcl_event_kind {
    KCL_EVENT_LEASE_GAINED = 1, /**< The shard is this worker's now. */
    KCL_EVENT_LEASE_LOST = 2,   /**< It is not any more; nothing more is handed out. */
    KCL_EVENT_SHARD_ENDED = 3,  /**< Read to its end, and that is persisted. */
    KCL_EVENT_CHECKPOINT = 4,   /**< A checkpoint is persisted. */
    KCL_EVENT_SHARD_STOPPED =
        5, /**< The processor failed too often, or records are gone; the shard waits for
              kcl_worker_resume() or a restart. */
    KCL_EVENT_TROUBLE =
        6, /**< Something fails and is tried again; `message` says what. */
    KCL_EVENT_GAP =
        7, /**< Records are gone before they could be read; `message` says from
                                where to where. */
    KCL_EVENT_STUCK =
        8, /**< For longer than `processor.stuck.ms` a task is open, or a shard that has
              ended waits for its last records to be confirmed; `message` says which. */
    KCL_EVENT_LEASES_DELETED =
        9 /**< Of a stream that is not configured any more (`former.streams`); `message` says which. */
} kcl_event_kind_t;

/** An event. Lent until the callback returns. */
typedef struct kcl_event {
    size_t struct_size;    /**< Of the library's struct; members are only ever added. */
    kcl_event_kind_t kind; /**< What happened. */
    const char *shard_id;  /**< To which shard; "" if to none. */
    const char
        *sequence_number; /**< Of a checkpoint: a number, or "SHARD_END"; else "". */
    int64_t subsequence_number; /**< Of a checkpoint. */
    const char *message;        /**< For a person; may be "". */
} kcl_event_t;

/**
 * What the application does. Size-first: set `struct_size`, zero the rest, fill in what is needed.
 *
 * kcl/task.h says what each is asked and when. For one shard at most one of them runs at a time, on a
 * thread of the pool; for different shards they run at the same time. None is called with a lock held,
 * none after kcl_worker_free() has returned.
 */
typedef struct kcl_processor {
    size_t struct_size; /**< sizeof(kcl_processor_t). */

    /**
     * Process a batch. Required.
     * @param batch         (lent until return)
     * @param checkpointer  (lent until return) for kcl_checkpoint().
     * @param opaque        As given to kcl_worker_new().
     * @return KCL_DONE, or anything else for a failure.
     */
    int (*process)(const kcl_batch_t *batch,
                   kcl_checkpointer_t *checkpointer,
                   void *opaque);

    /** All records of a shard are processed. May be NULL. With `checkpoint=manual` its end waits until the last of them
     *  is confirmed, here or later with kcl_worker_checkpoint(). @return KCL_DONE, or anything else for a failure. */
    int (*shard_ended)(const kcl_task_t *task, void *opaque);

    /** Something happened. Runs on the worker's own thread; must not block. May be NULL. */
    void (*event)(const kcl_event_t *event, void *opaque);

    /**
     * A shard begins. May be NULL.
     * @param state  Receives what the other callbacks are given as `state`; NULL at first.
     * @return KCL_DONE, or anything else for a failure.
     */
    int (*initialize)(const kcl_task_t *task, void **state, void *opaque);

    /** No more records of the shard will come: the last chance to confirm, with kcl_worker_checkpoint(). May be NULL. */
    void (*shutdown_requested)(const kcl_task_t *task, void *opaque);

    /** The shard is this worker's no more. May be NULL. */
    void (*lease_lost)(const kcl_task_t *task, void *opaque);

    /** Keep a record that cannot be processed. May be NULL: then its shard stops. @return KCL_DONE, or
     *  anything else for a failure. */
    int (*dead_letter)(const kcl_batch_t *batch, void *opaque);
} kcl_processor_t;

/**
 * Create a worker. Touches neither network nor store.
 *
 * @param conf       (copied)
 * @param processor  (copied) NULL for an application that asks for its tasks itself; kcl/pull.h.
 * @param opaque     Given to the processor's functions.
 * @param worker     Receives the worker (given; kcl_worker_free).
 * @param error      Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_CONFIG, KDS_ERR_CREDENTIALS  A setting is missing or wrong.
 * @retval KDS_ERR_INVALID_ARG  The processor has no process function, or a wrong struct_size.
 * @retval KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_new(const kcl_conf_t *conf,
                                 const kcl_processor_t *processor,
                                 void *opaque,
                                 kcl_worker_t **worker,
                                 kds_error_t **error);

/**
 * Open the lease store and start the threads.
 *
 * @param worker  The worker.
 * @param error   Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_STORE, KDS_ERR_STORE_BUSY, KDS_ERR_STORE_CORRUPT  The store cannot be used; the
 *         message names the file. Nothing was started.
 * @retval KDS_ERR_STATE   It was started before.
 * @retval KDS_ERR_FORKED, KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM
 *
 * Any thread. Opens a file; blocks for up to 5 s while other processes have it locked.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_start(kcl_worker_t *worker, kds_error_t **error);

/**
 * Stop cleanly: batches that are being processed end, what was confirmed is checkpointed, and the
 * leases are released, so that another worker goes on at once. May be called again.
 *
 * @param worker      The worker.
 * @param timeout_ms  How long to wait; 0 = only begin; -1 = without limit.
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_OK                  Stopped.
 * @retval KDS_ERR_TIMED_OUT       Still busy; it goes on stopping. The message names the shards whose task the
 *                                 processor still has, and for how long.
 * @retval KDS_ERR_WOULD_DEADLOCK  Called inside a callback, of the log too, with a time-out.
 * @retval KDS_ERR_FORKED
 *
 * Any thread. Blocks for at most timeout_ms.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_stop(kcl_worker_t *worker,
                                  int64_t timeout_ms,
                                  kds_error_t **error);

/**
 * Let a shard go on that stopped, because its processor failed too often or because records were gone
 * (`gap.records=stop`): KCL_EVENT_SHARD_STOPPED told so. Its records come again from the first that was not
 * processed, with all attempts anew; behind a gap from the first that is still there.
 *
 * @param worker    The worker.
 * @param stream    (borrowed) which stream, as account:name:creation; NULL when the worker reads one.
 * @param shard_id  (borrowed)
 *
 * @retval KDS_OK              It is read on.
 * @retval KDS_ERR_STATE       It did not stop. Nothing changed.
 * @retval KDS_ERR_LEASE_LOST  The shard is not this worker's. Nothing changed.
 * @retval KDS_ERR_FORKED
 *
 * Any thread, inside a callback as well. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_resume(kcl_worker_t *worker,
                                    const char *stream,
                                    const char *shard_id);

/**
 * Why a worker gave up by itself: KDS_OK while it runs or after it was stopped.
 *
 * A worker gives up when the stream was deleted and created anew (its checkpoints mean nothing
 * there), when it does not exist, or when the store is not a lease store.
 *
 * @param worker  The worker.
 * @param error   Receives the reason (given; kds_error_free). May be NULL.
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_failure(kcl_worker_t *worker, kds_error_t **error);

/**
 * Release a worker. One that was not stopped ends at once: its leases are not released, and other
 * workers wait for them to expire.
 *
 * @param worker  (taken) NULL is allowed. No other thread may be inside a call on it.
 *
 * Any thread but inside a callback, of the log too, where it does nothing but log. Blocks until running callbacks
 * return, however long that takes: a thread cannot be ended from outside, and what it uses cannot be released under
 * it. After a second, and then less and less often, a warning names the shards whose callbacks it waits for. All else
 * that it waits for is bounded: a call to the service under way by `request.timeout.ms`, a consumer that is looked
 * for by 5 s. Whoever cannot wait stops with a time-out and leaves the worker unreleased.
 *
 * In a forked child it does nothing; the memory stays.
 * @since 0.1
 */
KCL_API void kcl_worker_free(kcl_worker_t *worker);

#ifdef __cplusplus
}
#endif

#endif /* KCL_WORKER_H */
