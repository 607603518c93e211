/*
 * checkpoint: saying how far the records of a shard were processed.
 *
 * A batch that ends with KCL_DONE is confirmed as a whole, unless `checkpoint=manual`. These functions
 * confirm earlier, or, with `checkpoint=manual`, at all. What is confirmed is persisted soon afterwards
 * (`checkpoint.every.records`), which KCL_EVENT_CHECKPOINT tells. A position is a sequence number and, inside
 * an aggregate, the place of the user record; confirming one confirms everything before it. The end of a
 * shard is persisted when its last record is confirmed, never before: with `checkpoint=manual` its children wait for
 * that (KCL_TASK_SHARD_ENDED).
 */
#ifndef KCL_CHECKPOINT_H
#define KCL_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "kcl/batch.h"
#include "kcl/export.h"
#include "kcl/worker.h"
#include "kds/error.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Confirm the records of the shard up to and including @p record, even if the batch then fails.
 *
 * @param checkpointer  As given to the callback.
 * @param record        (borrowed) One of the batch's records.
 *
 * @retval KDS_OK                    Confirmed.
 * @retval KDS_ERR_CHECKPOINT_RANGE  Before what was confirmed, or beyond what was handed out. Nothing changed.
 * @retval KDS_ERR_LEASE_LOST        The shard is this worker's no more: stop processing. Nothing changed.
 *
 * Inside the callback only. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_checkpoint(kcl_checkpointer_t *checkpointer,
                                 const kcl_record_t *record);

/**
 * Prepare a checkpoint: it is persisted beside the last one, with bytes of the application's, and shown to
 * whoever has the shard next in its INITIALIZE. It is committed by confirming its position, and discarded by
 * confirming another.
 *
 * @param checkpointer  As given to the callback.
 * @param record        (borrowed) One of the batch's records.
 * @param state         (copied) At most 256 bytes; may be absent.
 *
 * @retval KDS_OK
 * @retval KDS_ERR_CHECKPOINT_RANGE, KDS_ERR_LEASE_LOST  As kcl_checkpoint().
 * @retval KDS_ERR_TOO_LARGE  The state is longer. Nothing changed.
 *
 * Inside the callback only. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_checkpoint_prepare(kcl_checkpointer_t *checkpointer,
                                         const kcl_record_t *record,
                                         kds_slice_t state);

/**
 * Confirm the records of a shard up to and including a position, at any time while the shard is held.
 *
 * @param worker              The worker.
 * @param stream              (borrowed) which stream; NULL when the worker reads one.
 * @param shard_id            (borrowed)
 * @param sequence_number     (borrowed) of a record that was handed out.
 * @param subsequence_number  Of that record.
 *
 * @retval KDS_OK                    Confirmed; the same as before is not an error.
 * @retval KDS_ERR_CHECKPOINT_RANGE  Not a position, before what was confirmed, or beyond what was handed out.
 *                                   Nothing changed.
 * @retval KDS_ERR_LEASE_LOST        The shard is not this worker's. Nothing changed.
 * @retval KDS_ERR_FORKED
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_checkpoint(kcl_worker_t *worker,
                                        const char *stream,
                                        const char *shard_id,
                                        kds_slice_t sequence_number,
                                        int64_t subsequence_number);

/**
 * Prepare a checkpoint, as kcl_checkpoint_prepare(), at any time while the shard is held.
 *
 * @param worker              The worker.
 * @param stream              (borrowed) which stream; NULL when the worker reads one.
 * @param shard_id            (borrowed)
 * @param sequence_number     (borrowed) of a record that was handed out.
 * @param subsequence_number  Of that record.
 * @param state               (copied) At most 256 bytes; may be absent.
 *
 * @retval KDS_OK
 * @retval KDS_ERR_CHECKPOINT_RANGE, KDS_ERR_LEASE_LOST, KDS_ERR_TOO_LARGE, KDS_ERR_FORKED  As above.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kds_err_t kcl_worker_prepare(kcl_worker_t *worker,
                                     const char *stream,
                                     const char *shard_id,
                                     kds_slice_t sequence_number,
                                     int64_t subsequence_number,
                                     kds_slice_t state);

#ifdef __cplusplus
}
#endif

#endif /* KCL_CHECKPOINT_H */
