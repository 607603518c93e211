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
#include "kds/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A worker. */
typedef struct kcl_worker kcl_worker_t;

/** Confirms records of the batch that is being processed. */
typedef struct kcl_checkpointer kcl_checkpointer_t;

/** What a callback returns. Anything but KCL_DONE is a failure. */
enum {
    KCL_DONE = 0x4b434c, /**< The batch is processed; it may be checkpointed. */
    KCL_FAILED = -1      /**< It is not; hand it out again. */
};

/** What happened to a shard or its lease. */
typedef enum kcl_event_kind {
    KCL_EVENT_LEASE_GAINED = 1, /**< The shard is this worker's now. */
    KCL_EVENT_LEASE_LOST = 2,   /**< It is not any more; nothing more is handed out. */
    KCL_EVENT_SHARD_ENDED = 3,  /**< Read to its end, and that is persisted. */
    KCL_EVENT_CHECKPOINT = 4,   /**< A checkpoint is persisted. */
    KCL_EVENT_SHARD_STOPPED =
        5, /**< The processor failed too often; the shard waits for a restart. */
    KCL_EVENT_TROUBLE = 6 /**< Something fails and is tried again; `message` says what. */
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
 * For one shard at most one of them runs at a time, in order, on a thread of the pool; for
 * different shards they run at the same time. None is called with a lock held, none after
 * kcl_worker_free() has returned.
 */
typedef struct kcl_processor {
    size_t struct_size; /**< sizeof(kcl_processor_t). */

    /**
     * Process a batch. Required.
     * @param batch         (lent until return)
     * @param checkpointer  (lent until return) for kcl_checkpoint().
     * @param opaque        As given to kcl_worker_new().
     * @return KCL_DONE, or anything else for a failure: the records behind the last one that
     *         was confirmed are handed out again after a pause, `processor.retries` times; then
     *         the shard stops, and its neighbours go on.
     */
    int (*process)(const kcl_batch_t *batch,
                   kcl_checkpointer_t *checkpointer,
                   void *opaque);

    /**
     * All records of a shard are processed; its end is about to be persisted. May be NULL.
     * @return KCL_DONE, or anything else to be asked again after a pause.
     */
    int (*shard_ended)(const char *shard_id, void *opaque);

    /** Something happened. Runs on the worker's own thread; must not block. May be NULL. */
    void (*event)(const kcl_event_t *event, void *opaque);
} kcl_processor_t;

/**
 * Create a worker. Touches neither network nor store.
 *
 * @param conf       (copied)
 * @param processor  (copied)
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
 * Any thread. Opens a file.
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
 * @retval KDS_ERR_TIMED_OUT       Still busy; it goes on stopping.
 * @retval KDS_ERR_WOULD_DEADLOCK  Called inside a callback with a time-out.
 * @retval KDS_ERR_FORKED
 *
 * Any thread. Blocks for at most timeout_ms.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_stop(kcl_worker_t *worker,
                                  int64_t timeout_ms,
                                  kds_error_t **error);

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
 * Any thread but inside a callback, where it does nothing. Blocks until running callbacks return.
 * In a forked child it releases memory only.
 * @since 0.1
 */
KCL_API void kcl_worker_free(kcl_worker_t *worker);

/**
 * Confirm the records of the batch up to and including @p record, even if the batch then fails.
 *
 * @param checkpointer  As given to process().
 * @param record        (borrowed) One of the batch's records.
 *
 * @retval KDS_OK                    Confirmed; it is persisted soon, which an event tells.
 * @retval KDS_ERR_CHECKPOINT_RANGE  Not of this batch, or before one that was confirmed.
 *
 * Inside process() only. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_checkpoint(kcl_checkpointer_t *checkpointer,
                                 const kcl_record_t *record);

/** Counters since the worker was created. Size-first: set `struct_size` before the call. */
typedef struct kcl_stats {
    size_t struct_size; /**< sizeof(kcl_stats_t). */

    uint64_t user_records;    /**< Handed out and processed. */
    uint64_t user_bytes;      /**< Of their data. */
    uint64_t kinesis_records; /**< Received. */
    uint64_t
        corrupt_records; /**< Handed out raw, because their aggregate cannot be read. */
    uint64_t foreign_records;    /**< User records that belong to another shard. */
    uint64_t get_records_calls;  /**< That were answered. */
    uint64_t processor_failures; /**< Batches that were not KCL_DONE. */
    uint64_t checkpoints;        /**< Persisted. */
    uint64_t leases_held;        /**< Now. */
    uint64_t shards_stopped;     /**< Now, because their processor failed. */
    int64_t
        millis_behind_latest; /**< Of the shard that is furthest behind, when last read. */
    int64_t
        idle_us; /**< Since a record was last received; since the start if none was. */
} kcl_stats_t;

/**
 * Read the counters.
 *
 * @param worker  The worker.
 * @param stats   (borrowed) `struct_size` set; receives as many members as fit.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API void kcl_worker_stats(kcl_worker_t *worker, kcl_stats_t *stats);

#ifdef __cplusplus
}
#endif

#endif /* KCL_WORKER_H */
