/*
 * worker_tasks: what the application is asked: by callbacks on the pool's threads, or when it asks itself.
 */
#include "worker_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "kcl/checkpoint.h"
#include "kcl/pull.h"
#include "page.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct kcl_checkpointer {
    kcl_worker_t *worker;
    const kcl_task_t *task;
};

unsigned kcl_task_mask(const kcl_worker_t *w)
{
    const kcl_processor_t *p = &w->processor;
    unsigned all = (2u << KCL_TASK_DEAD_LETTER) - 1;
    if (w->pull) {
        /* A dead letter cannot be told from a batch by who does not look for it. */
        return w->conf.dead_letters ? all : all & ~(1u << KCL_TASK_DEAD_LETTER);
    }
    return (p->initialize ? 1u << KCL_TASK_INITIALIZE : 0) | 1u << KCL_TASK_PROCESS |
           (p->shard_ended ? 1u << KCL_TASK_SHARD_ENDED : 0) |
           (p->shutdown_requested ? 1u << KCL_TASK_SHUTDOWN_REQUESTED : 0) |
           (p->lease_lost ? 1u << KCL_TASK_LEASE_LOST : 0) |
           (p->dead_letter ? 1u << KCL_TASK_DEAD_LETTER : 0);
}

void kcl_queue_task_locked(kcl_worker_t *w, const struct kcl_action *action)
{
    struct kcl_job *job = kds_alloc_zero(1, sizeof *job);
    if (job == NULL) {
        kcl_core_done_task(w->shared.core, kcl_now_us(), action->id, false);
        kcl_core_serve(w->shared.core, 1);
        return;
    }
    job->id = action->id;
    job->task = action->u.task;
    kcl_push_locked(&w->shared.tasks, job);
    if (w->pull) {
        kcl_show_ready_locked(w);
    }
}

/* ---- callbacks ---------------------------------------------------------------------------- */

static int call_back(kcl_worker_t *w, const kcl_task_t *task)
{
    const kcl_processor_t *p = &w->processor;
    struct kcl_checkpointer checkpointer = {w, task};
    void *state = task->state;
    int verdict;
    switch (task->kind) {
    case KCL_TASK_INITIALIZE:
        verdict = p->initialize(task, &state, w->opaque);
        kcl_worker_attach(w, task, state);
        return verdict;
    case KCL_TASK_PROCESS:
        return p->process(&task->batch, &checkpointer, w->opaque);
    case KCL_TASK_SHARD_ENDED:
        return p->shard_ended(task, w->opaque);
    case KCL_TASK_SHUTDOWN_REQUESTED:
        p->shutdown_requested(task, w->opaque);
        return KCL_DONE;
    case KCL_TASK_LEASE_LOST:
        p->lease_lost(task, w->opaque);
        return KCL_DONE;
    case KCL_TASK_DEAD_LETTER:
        return p->dead_letter(&task->batch, w->opaque);
    }
    return KCL_FAILED;
}

void *kcl_pool_main(void *worker)
{
    kcl_worker_t *w = worker;
    struct kcl_job *job;
    kcl_lock(w);
    while ((job = kcl_pop_locked(w, &w->shared.tasks)) != NULL) {
        if (kcl_core_begin_task(w->shared.core, kcl_now_us(), job->id)) {
            kcl_unlock(w);
            int verdict = call_back(w, &job->task);
            kcl_lock(w);
            kcl_core_done_task(w->shared.core, kcl_now_us(), job->id,
                               verdict == KCL_DONE);
        }
        kcl_core_serve(w->shared.core, 1);
        kcl_wake_locked(w);
        kds_free(job);
    }
    kcl_thread_ends_locked(w);
    kcl_unlock(w);
    return NULL;
}

/* ---- pulling ------------------------------------------------------------------------------ */

void kcl_show_ready_locked(kcl_worker_t *w)
{
    bool ready = w->shared.tasks.first != NULL || w->shared.closed || w->shared.quit;
    uint64_t one = 1;
    if (w->ready_fd < 0 || ready == w->shared.ready) {
        return;
    }
    /* Neither blocks: the counter is 0 or 1. */
    ssize_t n = ready ? write(w->ready_fd, &one, sizeof one)
                      : read(w->ready_fd, &one, sizeof one);
    w->shared.ready = n == (ssize_t)sizeof one ? ready : w->shared.ready;
    if (w->shared.closed) {
        pthread_cond_broadcast(&w->shared.tasks.filled);
    }
}

/* The next task that may still begin; NULL if there is none now. */
static struct kcl_job *take_task_locked(kcl_worker_t *w)
{
    struct kcl_job *job = NULL;
    bool begun = false;
    while (!begun && (job = kcl_take_locked(&w->shared.tasks)) != NULL) {
        begun = kcl_core_begin_task(w->shared.core, kcl_now_us(), job->id);
        kcl_core_serve(w->shared.core, 1); /* another may wait in its place */
        kcl_wake_locked(w);
        if (!begun) {
            kds_free(job);
        }
    }
    kcl_show_ready_locked(w);
    return begun ? job : NULL;
}

void kcl_mute_locked(kcl_worker_t *w)
{
    struct kcl_job *job;
    kcl_core_mute(w->shared.core);
    while ((job = kcl_take_locked(&w->shared.tasks)) != NULL) {
        /* It is late for all but what the core was just muted for, which may as well be over. */
        if (kcl_core_begin_task(w->shared.core, kcl_now_us(), job->id)) {
            kcl_core_done_task(w->shared.core, kcl_now_us(), job->id, true);
        }
        kcl_core_serve(w->shared.core, 1);
        kds_free(job);
    }
    kcl_show_ready_locked(w);
}

static kds_err_t check_pull(const kcl_worker_t *w, kds_error_t **error)
{
    if (kcl_forked(w)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the worker was created by the parent process");
    }
    return w->pull && w->started
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_STATE,
                               w->pull
                                   ? "the worker was not started"
                                   : "the worker has a processor, which gets its tasks");
}

kds_err_t kcl_worker_next(kcl_worker_t *w,
                          int64_t timeout_ms,
                          const kcl_task_t **task,
                          kds_error_t **error)
{
    struct kcl_job *job = NULL;
    kds_err_t rc = check_pull(w, error);
    if (rc != KDS_OK) {
        return rc;
    }
    int64_t until_us = timeout_ms < 0 || timeout_ms > INT64_MAX / KDS_US_PER_MS
                           ? KDS_NEVER_US
                           : kds_us_add(kcl_now_us(), timeout_ms * KDS_US_PER_MS);
    kcl_lock(w);
    while ((job = take_task_locked(w)) == NULL && rc == KDS_OK) {
        int64_t left_us =
            until_us == KDS_NEVER_US ? KDS_NEVER_US : until_us - kcl_now_us();
        if (w->shared.closed || w->shared.quit) {
            rc = kds_error_set(error, KDS_ERR_CLOSED, "the worker has stopped");
        } else if (left_us <= 0) {
            rc = kds_error_set(error, KDS_ERR_TIMED_OUT, "no task within %" PRId64 " ms",
                               timeout_ms);
        } else {
            kds_cond_wait(&w->shared.tasks.filled, &w->shared.lock, left_us);
        }
    }
    kcl_unlock(w);
    if (job != NULL) {
        *task = &job->task;
        rc = KDS_OK;
    }
    return rc;
}

kds_err_t kcl_worker_finish(kcl_worker_t *w, const kcl_task_t *task, int verdict)
{
    if (kcl_forked(w)) {
        return KDS_ERR_FORKED;
    }
    struct kcl_job *job = (struct kcl_job *)(uintptr_t)task; /* its first member */
    kcl_lock(w);
    bool held =
        kcl_core_done_task(w->shared.core, kcl_now_us(), job->id, verdict == KCL_DONE);
    bool farewell = job->task.kind == KCL_TASK_LEASE_LOST;
    kcl_wake_locked(w);
    kcl_unlock(w);
    kds_free(job);
    return held || farewell ? KDS_OK : KDS_ERR_LEASE_LOST;
}

void kcl_worker_attach(kcl_worker_t *w, const kcl_task_t *task, void *state)
{
    if (!kcl_forked(w)) {
        kcl_lock(w);
        kcl_core_attach(w->shared.core, task->id, state);
        kcl_unlock(w);
    }
}

int kcl_worker_fd(const kcl_worker_t *w)
{
    return w->ready_fd;
}

/* ---- checkpoints -------------------------------------------------------------------------- */

static kds_err_t confirm(kcl_worker_t *w,
                         const struct kcl_shard_name *name,
                         const struct kcl_position *position,
                         const kds_slice_t *prepare)
{
    kcl_lock(w);
    kds_err_t rc =
        prepare ? kcl_core_prepare(w->shared.core, kcl_now_us(), name, position, *prepare)
                : kcl_core_confirm(w->shared.core, kcl_now_us(), name, position);
    kcl_wake_locked(w);
    kcl_unlock(w);
    return rc;
}

static kds_err_t confirm_record(const kcl_checkpointer_t *checkpointer,
                                const kcl_record_t *record,
                                const kds_slice_t *prepare)
{
    const struct kcl_shard_name name = {.task_id = checkpointer->task->id};
    const kcl_batch_t *batch = &checkpointer->task->batch;
    if (record < batch->records || record >= batch->records + batch->count) {
        return KDS_ERR_CHECKPOINT_RANGE;
    }
    const struct kcl_position p = kcl_record_position(record);
    return confirm(checkpointer->worker, &name, &p, prepare);
}

kds_err_t kcl_checkpoint(kcl_checkpointer_t *checkpointer, const kcl_record_t *record)
{
    return confirm_record(checkpointer, record, NULL);
}

kds_err_t kcl_checkpoint_prepare(kcl_checkpointer_t *checkpointer,
                                 const kcl_record_t *record,
                                 kds_slice_t state)
{
    return confirm_record(checkpointer, record, &state);
}

static kds_err_t confirm_named(kcl_worker_t *w,
                               const struct kcl_shard_name *name,
                               kds_slice_t sequence_number,
                               int64_t subsequence_number,
                               const kds_slice_t *prepare)
{
    struct kcl_position p;
    if (kcl_forked(w)) {
        return KDS_ERR_FORKED;
    }
    return kcl_position_parse(sequence_number, subsequence_number, &p)
               ? confirm(w, name, &p, prepare)
               : KDS_ERR_CHECKPOINT_RANGE;
}

kds_err_t kcl_worker_checkpoint(kcl_worker_t *w,
                                const char *stream,
                                const char *shard_id,
                                kds_slice_t sequence_number,
                                int64_t subsequence_number)
{
    const struct kcl_shard_name name = {.stream = stream, .shard_id = shard_id};
    return confirm_named(w, &name, sequence_number, subsequence_number, NULL);
}

kds_err_t kcl_worker_prepare(kcl_worker_t *w,
                             const char *stream,
                             const char *shard_id,
                             kds_slice_t sequence_number,
                             int64_t subsequence_number,
                             kds_slice_t state)
{
    const struct kcl_shard_name name = {.stream = stream, .shard_id = shard_id};
    return confirm_named(w, &name, sequence_number, subsequence_number, &state);
}
