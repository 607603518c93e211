/*
 * pull: an application that asks for the next task itself, from an event loop or from another language.
 *
 * Create the worker without a processor, then
 *
 *     while (kcl_worker_next(worker, -1, &task, NULL) == KDS_OK) {
 *         ... task->batch ...
 *         kcl_worker_finish(worker, task, KCL_DONE);
 *     }
 *
 * Tasks of different shards may be open at the same time, in several threads; of one shard only one is. Records
 * that are handed out and not finished count against `prefetch.max.bytes`.
 */
#ifndef KCL_PULL_H
#define KCL_PULL_H

#include <stddef.h>
#include <stdint.h>

#include "kcl/export.h"
#include "kcl/task.h"
#include "kcl/worker.h"
#include "kds/error.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The next task.
 *
 * @param worker      A worker that was created without a processor, and started.
 * @param timeout_ms  How long to wait: 0 = do not wait, -1 = without limit.
 * @param task        Receives the task (lent until kcl_worker_finish()).
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_OK         A task; finish it.
 * @retval KDS_ERR_TIMED_OUT  There is none now.
 * @retval KDS_ERR_CLOSED     There will be none: the worker has stopped. If it gave up by itself,
 *                            kcl_worker_failure() says why.
 * @retval KDS_ERR_STATE      The worker was not started, or has a processor.
 * @retval KDS_ERR_FORKED
 *
 * Any thread. Blocks for at most timeout_ms.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_next(kcl_worker_t *worker,
                                  int64_t timeout_ms,
                                  const kcl_task_t **task,
                                  kds_error_t **error);

/**
 * Say what a task came to. What it points to is gone afterwards.
 *
 * @param worker   The worker.
 * @param task     (taken) from kcl_worker_next().
 * @param verdict  KCL_DONE, or anything else for a failure.
 *
 * @retval KDS_OK
 * @retval KDS_ERR_LEASE_LOST  The shard was lost meanwhile: what was processed will be handed out
 *                             again, to this worker or another.
 * @retval KDS_ERR_FORKED
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_finish(kcl_worker_t *worker,
                                    const kcl_task_t *task,
                                    int verdict);

/**
 * Attach something of the application's to the shard of an open task. It comes back as `state` of
 * the shard's later tasks, LEASE_LOST or SHARD_ENDED being the last.
 *
 * @param worker  The worker.
 * @param task    (borrowed) an open task.
 * @param state   Never looked at.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API void kcl_worker_attach(kcl_worker_t *worker, const kcl_task_t *task, void *state);

/**
 * A descriptor that is readable while a task waits or none will come any more. Now and then it is so in vain, when
 * what waited was withdrawn: then kcl_worker_next() says KDS_ERR_TIMED_OUT. Do not read from it or close it.
 *
 * @param worker  A worker that was created without a processor.
 * @return the descriptor (lent until kcl_worker_free()), -1 if the worker has a processor.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API int kcl_worker_fd(const kcl_worker_t *worker);

/**
 * One record of a packed batch. Offsets count from the beginning of the buffer; an absent text has the
 * length KCL_ABSENT.
 */
typedef struct kcl_packed_record {
    uint64_t data_at;           /**< Offset of the data. */
    uint64_t key_at;            /**< Of the partition key. */
    uint64_t hash_at;           /**< Of the explicit hash key. */
    uint64_t sequence_at;       /**< Of the sequence number. */
    uint32_t data_len;          /**< Bytes of data. */
    uint32_t key_len;           /**< Of the partition key, or KCL_ABSENT. */
    uint32_t hash_len;          /**< Of the explicit hash key, or KCL_ABSENT. */
    uint32_t sequence_len;      /**< Of the sequence number. */
    int64_t subsequence_number; /**< As in kcl_record_t. */
    int64_t arrival_ms;         /**< As in kcl_record_t. */
    uint32_t flags;             /**< KCL_PACKED_... */
    uint32_t reserved;          /**< 0. */
} kcl_packed_record_t;

/** Length of a text that is absent in a packed record. */
#define KCL_ABSENT UINT32_C(0xffffffff)

enum {
    KCL_PACKED_AGGREGATED = 1, /**< As kcl_record_t.aggregated. */
    KCL_PACKED_CORRUPT = 2     /**< As kcl_record_t.corrupt. */
};

/**
 * How many bytes kcl_batch_pack() needs for a batch.
 *
 * @param batch  (borrowed)
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API size_t kcl_batch_packed_size(const kcl_batch_t *batch);

/**
 * Copy a batch into one buffer: `count` structs kcl_packed_record_t, then the bytes that they point to. For a
 * language that would pay for each pointer it follows: one buffer crosses, and is sliced there.
 *
 * A sequence number that is that of the record before is not copied again.
 *
 * @param batch   (borrowed)
 * @param buffer  (borrowed) Aligned to 8 bytes.
 * @param size    Bytes at @p buffer.
 *
 * @retval KDS_OK
 * @retval KDS_ERR_TOO_LARGE  @p size is less than kcl_batch_packed_size(); nothing was written.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_batch_pack(const kcl_batch_t *batch, void *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* KCL_PULL_H */
