/*
 * task: what an application is asked about one shard, whether by callback (kcl/worker.h) or because it asks for
 * the next task itself (kcl/pull.h).
 *
 * For one shard at most one task is open at a time, in this order:
 *
 *     INITIALIZE  PROCESS*  ( SHARD_ENDED | [SHUTDOWN_REQUESTED] LEASE_LOST )
 *
 * DEAD_LETTER takes the place of a PROCESS. A task of a kind that the application has no callback for is left
 * out. A shard that comes back to this worker begins with INITIALIZE again.
 */
#ifndef KCL_TASK_H
#define KCL_TASK_H

#include <stddef.h>
#include <stdint.h>

#include "kcl/batch.h"
#include "kcl/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a task comes to. Anything but KCL_DONE is a failure. */
enum {
    KCL_DONE = 0x4b434c, /**< It is done; a batch may be checkpointed. */
    KCL_FAILED = -1      /**< It is not; ask again. */
};

/** What is asked. */
typedef enum kcl_task_kind {
    /** A shard begins: nothing of it was handed out since this worker holds it. A failure is asked again after
     *  a pause, without end. */
    KCL_TASK_INITIALIZE = 1,
    /** Process a batch. After a failure the records behind the last one that was confirmed come again after a
     *  pause, `processor.retries` times. Then the records of the batch are tried one by one, if somebody takes
     *  dead letters; else the shard stops, and its neighbours go on. */
    KCL_TASK_PROCESS = 2,
    /** All records of the shard are processed. Once this is done and all of them are confirmed, its end is
     *  persisted, after which its children begin. With `checkpoint=manual` that means: confirm the last record, whose
     *  position the task has, before this, in it, or later from any thread (kcl_worker_checkpoint()); as long as
     *  it is not, the lease is renewed, the shard's KCL_DOING_UNCONFIRMED tells so, and after `processor.stuck.ms`
     *  KCL_EVENT_STUCK does. This is the shard's last task even so: if the worker stops or loses the lease before, the
     *  confirming fails with KDS_ERR_LEASE_LOST, and what is not confirmed comes again to who has the shard next. Whoever
     *  wants to be asked again instead does not end this with KCL_DONE.
     *  A failure is asked again after a pause, without end. */
    KCL_TASK_SHARD_ENDED = 3,
    /** The worker stops, or another one is to have the shard: no more records will come. What was processed may
     *  still be checkpointed. What it comes to does not matter. */
    KCL_TASK_SHUTDOWN_REQUESTED = 4,
    /** The shard is this worker's no more, and nothing of it can be checkpointed. What it comes to does not
     *  matter. */
    KCL_TASK_LEASE_LOST = 5,
    /** One record that was processed in vain too often: keep it elsewhere. Done, the shard goes on behind it;
     *  a failure is asked again after a pause, without end. */
    KCL_TASK_DEAD_LETTER = 6
} kcl_task_kind_t;

/** A task. Everything it points to is lent until it is done. */
typedef struct kcl_task {
    size_t struct_size;   /**< Of the library's struct; members are only ever added. */
    uint64_t id;          /**< Of this task, unlike that of any other of this worker. */
    kcl_task_kind_t kind; /**< What is asked. */
    const char *stream; /**< Which stream, as account:name:creation, when the worker reads
                               several; else NULL. */
    const char *shard_id; /**< Which shard. */
    void *state;       /**< What the application attached to the shard; NULL at first. */
    kcl_batch_t batch; /**< PROCESS, DEAD_LETTER; else its count is 0. */

    /* INITIALIZE, and the first two SHARD_ENDED: */
    const char
        *sequence_number; /**< INITIALIZE: where it goes on, behind this record, or from
                                      TRIM_HORIZON, LATEST or AT_TIMESTAMP. SHARD_ENDED: the
                                      last record of the shard; NULL if it had none. Else NULL. */
    int64_t subsequence_number; /**< Of that record. */
    const char
        *prepared_sequence_number; /**< Prepared by who had the shard before, and not
                                               committed; NULL if nothing is. "SHARD_END" if a
                                               worker of the KCL prepared that. */
    int64_t prepared_subsequence_number; /**< Of that. */
    kds_slice_t prepared_state; /**< What was kept with it; may be absent. More than 256
                                     bytes only from a worker of the KCL. */
} kcl_task_t;

#ifdef __cplusplus
}
#endif

#endif /* KCL_TASK_H */
