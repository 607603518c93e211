/*
 * stats: what a worker counted, and how each of its shards is doing.
 */
#ifndef KCL_STATS_H
#define KCL_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "kcl/export.h"
#include "kcl/task.h"
#include "kcl/worker.h"

#ifdef __cplusplus
extern "C" {
#endif

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
    uint64_t processor_failures; /**< Tasks that were not KCL_DONE. */
    uint64_t checkpoints;        /**< Persisted. */
    uint64_t leases_held;        /**< Now. */
    uint64_t shards_stopped;     /**< Now, because their processor failed. */
    int64_t
        millis_behind_latest; /**< Of the shard that is furthest behind, when last read. */
    int64_t
        idle_us; /**< Since a record was last received; since the start if none was. */
    uint64_t repeated_records; /**< Received again and not handed out again. */
    uint64_t dead_letters;     /**< Records that ended as dead letters. */
    uint64_t gaps;         /**< Times that records were gone before they could be read. */
    uint64_t throttled;    /**< Calls that the service throttled. */
    uint64_t failed_calls; /**< Calls that failed otherwise. */
    uint64_t expired_iterators; /**< That had to be asked for anew. */
    uint64_t subscriptions;     /**< That were begun, with fan-out. */
    uint64_t buffered_bytes;    /**< Now: fetched and not yet processed. */
    uint64_t
        stuck_processors; /**< Now: tasks open for longer than `processor.stuck.ms`. */
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

/** What a shard is doing, or why it is idle. */
typedef enum kcl_doing {
    KCL_DOING_NOTHING = 0,     /**< It was lost and is about to be forgotten. */
    KCL_DOING_TAKING = 1,      /**< Its lease is being taken. */
    KCL_DOING_READING = 2,     /**< A call or a subscription is under way. */
    KCL_DOING_CAUGHT_UP = 3,   /**< There was nothing new; it is asked again soon. */
    KCL_DOING_PACING = 4,      /**< It waits for the service's limit on calls or bytes. */
    KCL_DOING_BACKING_OFF = 5, /**< The last call failed or was throttled. */
    KCL_DOING_BUDGET = 6,      /**< It waits for room in `prefetch.max.bytes`. */
    KCL_DOING_UNSERVED = 7,    /**< Records wait for a free thread of the pool, or for
                                    kcl_worker_next(). */
    KCL_DOING_PROCESSING = 8,  /**< The application has a task. */
    KCL_DOING_RETRYING = 9, /**< The processor failed; the pause before the next try. */
    KCL_DOING_STOPPED = 10, /**< The processor failed too often. */
    KCL_DOING_ENDING = 11,  /**< Its end is being persisted. */
    KCL_DOING_LEAVING = 12, /**< It is being given to another worker. */
    KCL_DOING_UNCONFIRMED = 13 /**< It has ended, and waits for its last records to be
                                    confirmed (`checkpoint=manual`). */
} kcl_doing_t;

/** One shard that this worker holds or is taking. */
typedef struct kcl_shard_status {
    char stream[168];      /**< Which stream, when the worker reads several; else "". */
    char shard_id[136];    /**< Which shard. */
    kcl_doing_t doing;     /**< What it is doing. */
    int64_t doing_for_ms;  /**< PROCESSING: for how long the task is open; else 0. */
    int64_t behind_ms;     /**< Behind the newest record, when last read; -1 = unknown. */
    uint64_t user_records; /**< Processed since it was taken. */
    uint64_t user_bytes;   /**< Of their data. */
    uint64_t buffered_bytes; /**< Fetched and not yet processed. */
    uint64_t failures;       /**< Calls that failed, in a row. */
    uint64_t attempts;       /**< Of the task that failed last, in a row. */
    char checkpoint
        [136]; /**< The persisted one: a sequence number or the name of a start. */
    int64_t checkpoint_sub; /**< Of that record. */
    char trouble[160];      /**< What went wrong last, while it still does; else "". */
} kcl_shard_status_t;

/**
 * The shards of this worker.
 *
 * @param worker  The worker.
 * @param size    sizeof(kcl_shard_status_t), as the caller knows it.
 * @param out     (borrowed) Room for @p count of them.
 * @param count   How many fit.
 * @return how many there are; the first @p count of them were written.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API size_t kcl_worker_shards(kcl_worker_t *worker,
                                 size_t size,
                                 kcl_shard_status_t *out,
                                 size_t count);

/** A short name of what a shard is doing, for a person: "caught up". (lent for ever)
 *  Any thread. Cannot fail.
 *  @since 0.1 */
KCL_API const char *kcl_doing_name(kcl_doing_t doing);

#ifdef __cplusplus
}
#endif

#endif /* KCL_STATS_H */
