/*
 * worker_loop: the thread that decides, the store's thread, and the calls to the service. All deciding is the
 * core's.
 */
#include "worker_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/thread.h"
#include "client/client.h"

#include <string.h>

/* ---- the store ---------------------------------------------------------------------------- */

/* What waits in the queue, for the store to do together. @return how many; 0 = the end */
static size_t pop_store_jobs_locked(kcl_worker_t *w,
                                    struct kcl_job *jobs[KCL_STORE_BATCH])
{
    size_t count = 0;
    do {
        jobs[count] = kcl_pop_locked(w, &w->shared.store_jobs);
    } while (jobs[count] != NULL && ++count < KCL_STORE_BATCH &&
             w->shared.store_jobs.first != NULL);
    return count;
}

void *kcl_store_main(void *worker)
{
    kcl_worker_t *w = worker;
    struct kcl_job *jobs[KCL_STORE_BATCH];
    const struct kcl_store_op *ops[KCL_STORE_BATCH];
    size_t count;
    kcl_lock(w);
    while ((count = pop_store_jobs_locked(w, jobs)) > 0) {
        for (size_t i = 0; i < count; i++) {
            ops[i] = &jobs[i]->op;
        }
        kcl_unlock(w);
        w->store->ops->execute(w->store, ops, w->store_results, count);
        kcl_lock(w);
        for (size_t i = 0; i < count; i++) {
            kcl_core_done_store(w->shared.core, kcl_now_us(), jobs[i]->id,
                                &w->store_results[i]);
            kds_free(jobs[i]);
        }
        kcl_wake_locked(w);
    }
    kcl_thread_ends_locked(w);
    kcl_unlock(w);
    return NULL;
}

static void queue_store_locked(kcl_worker_t *w, const struct kcl_action *action)
{
    struct kcl_store_result failed = {.err = KDS_ERR_NO_MEMORY};
    struct kcl_job *job = kds_alloc_zero(1, sizeof *job);
    if (job == NULL) {
        kcl_core_done_store(w->shared.core, kcl_now_us(), action->id, &failed);
        return;
    }
    job->id = action->id;
    job->op = *action->u.store;
    kcl_push_locked(&w->shared.store_jobs, job);
}

struct call {
    kcl_worker_t *worker;
    uint64_t id;
};

/* On any thread. */
static void on_store_done(struct kcl_store_result *result, void *opaque)
{
    struct call *call = opaque;
    kcl_worker_t *w = call->worker;
    kcl_lock(w);
    kcl_core_done_store(w->shared.core, kcl_now_us(), call->id, result);
    kcl_wake_locked(w);
    kcl_unlock(w);
    kds_free(call);
}

/* A store that does not block. What the operation points to stays until it is done. */
static void start_store_locked(kcl_worker_t *w, const struct kcl_action *action)
{
    struct kcl_store_result failed = {.err = KDS_ERR_NO_MEMORY};
    struct call *call = kds_alloc_zero(1, sizeof *call);
    if (call == NULL) {
        kcl_core_done_store(w->shared.core, kcl_now_us(), action->id, &failed);
        return;
    }
    call->worker = w;
    call->id = action->id;
    kcl_unlock(w);
    w->store->ops->start(w->store, action->u.store, on_store_done, call);
    kcl_lock(w);
}

/* The answer to a call tells the service's time: what is decided by it is to know. */
static void set_clocks_locked(kcl_worker_t *w, int64_t now_us)
{
    kcl_core_set_wall(w->shared.core, kds_clock_realtime_us(kds_clock_system()) - now_us,
                      kds_client_server_ahead_us(w->client));
}

/* ---- calls -------------------------------------------------------------------------------- */

static void
call_ended(kcl_worker_t *w, uint64_t id, const void *output, const kds_error_t *error)
{
    kcl_lock(w);
    set_clocks_locked(w, kcl_now_us());
    kcl_core_done_call(w->shared.core, kcl_now_us(), id, output, error);
    kcl_wake_locked(w);
    kcl_unlock(w);
}

/* On the client's thread. */
static void on_call_done(const void *output, kds_error_t *error, void *opaque)
{
    struct call *call = opaque;
    call_ended(call->worker, call->id, output, error);
    kds_error_free(error);
    kds_free(call);
}

static const void *input_of(const struct kcl_action *action)
{
    switch (action->kind) {
    case KCL_ACTION_DESCRIBE:
        return &action->u.describe;
    case KCL_ACTION_LIST_SHARDS:
        return &action->u.list_shards;
    case KCL_ACTION_GET_ITERATOR:
        return &action->u.get_iterator;
    case KCL_ACTION_GET_RECORDS:
        return &action->u.get_records;
    case KCL_ACTION_STORE:
    case KCL_ACTION_SUBSCRIBE:
    case KCL_ACTION_UNSUBSCRIBE:
    case KCL_ACTION_FIND_CONSUMER:
    case KCL_ACTION_TASK:
    case KCL_ACTION_EVENT:
        break;
    }
    return NULL;
}

static void start_call(kcl_worker_t *w, const struct kcl_action *action)
{
    /* The core decides about retries itself. */
    const kds_call_options_t once = {.struct_size = sizeof once, .max_attempts = 1};
    kds_error_t *error = NULL;
    struct call *call = kds_alloc_zero(1, sizeof *call);
    if (call == NULL) {
        kds_error_set(&error, KDS_ERR_NO_MEMORY, "out of memory");
    } else {
        call->worker = w;
        call->id = action->id;
        kds_client_start(w->client, w->operations[action->kind - KCL_ACTION_DESCRIBE],
                         input_of(action), &once, on_call_done, call, &error);
    }
    if (error != NULL) {
        call_ended(w, action->id, NULL, error);
        kds_error_free(error);
        kds_free(call);
    }
}

/* ---- the deciding thread ------------------------------------------------------------------ */

static void tell(kcl_worker_t *w, const kcl_event_t *event)
{
    if (event->kind == KCL_EVENT_TROUBLE || event->kind == KCL_EVENT_SHARD_STOPPED ||
        event->kind == KCL_EVENT_GAP || event->kind == KCL_EVENT_STUCK ||
        event->kind == KCL_EVENT_LEASES_DELETED) {
        kds_log(&w->conf.log, KDS_LOG_WARNING, "lease", "%s%s%s", event->shard_id,
                event->shard_id[0] ? ": " : "", event->message);
    }
    if (w->processor.event != NULL) {
        w->processor.event(event, w->opaque);
    }
}

/* Caller holds shared.lock, which is released for what may block or call back. */
static void perform_locked(kcl_worker_t *w, const struct kcl_action *action)
{
    switch (action->kind) {
    case KCL_ACTION_STORE:
        if (w->store->ops->start != NULL) {
            start_store_locked(w, action);
        } else {
            queue_store_locked(w, action);
        }
        return;
    case KCL_ACTION_TASK:
        kcl_queue_task_locked(w, action);
        return;
    case KCL_ACTION_EVENT:
        kcl_unlock(w);
        tell(w, &action->u.event);
        kcl_lock(w);
        return;
    case KCL_ACTION_DESCRIBE:
    case KCL_ACTION_LIST_SHARDS:
    case KCL_ACTION_GET_ITERATOR:
    case KCL_ACTION_GET_RECORDS:
        kcl_unlock(w);
        start_call(w, action);
        kcl_lock(w);
        return;
    case KCL_ACTION_SUBSCRIBE:
        kcl_unlock(w);
        kcl_subscribe(w, action);
        kcl_lock(w);
        return;
    case KCL_ACTION_UNSUBSCRIBE:
        kcl_unlock(w);
        kcl_unsubscribe(w, action->id);
        kcl_lock(w);
        return;
    case KCL_ACTION_FIND_CONSUMER:
        kcl_unlock(w);
        kcl_find_consumer(w, action);
        kcl_lock(w);
        return;
    }
}

void *kcl_decider_main(void *worker)
{
    kcl_worker_t *w = worker;
    struct kcl_action action;
    kcl_lock(w);
    while (!w->shared.quit) {
        int64_t now = kcl_now_us();
        w->shared.awake = false;
        set_clocks_locked(w, now);
        if (w->cpu.source != KCL_CPU_NONE && kcl_core_wants_cpu(w->shared.core, now)) {
            kcl_core_set_cpu(w->shared.core, kcl_cpu_percent(&w->cpu, now));
        }
        if (kcl_core_next(w->shared.core, now, &action)) {
            perform_locked(w, &action);
            continue;
        }
        if (kcl_upload_due_us(w) <= now) {
            kcl_upload_locked(w);
            continue;
        }
        if (kcl_core_stopped(w->shared.core)) {
            w->shared.closed = true;
            kcl_show_ready_locked(w);
            pthread_cond_broadcast(&w->shared.changed);
        }
        int64_t at_us = kcl_core_wake_at_us(w->shared.core, now);
        if (!w->shared.awake && !w->shared.quit) {
            /* Due and yet nothing to do: memory is short. Look again soon, not at once. */
            at_us = at_us <= now ? now + KDS_US_PER_MS : at_us;
            at_us = kcl_upload_due_us(w) < at_us ? kcl_upload_due_us(w) : at_us;
            kds_cond_wait(&w->shared.work, &w->shared.lock,
                          at_us == KDS_NEVER_US ? KDS_NEVER_US : at_us - now);
        }
    }
    kcl_thread_ends_locked(w);
    kcl_unlock(w);
    return NULL;
}
