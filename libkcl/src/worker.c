/*
 * worker: the life of the public handle: made, started, stopped, released.
 */
#include "worker_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BUSY_BYTES 1024 /* of what kcl_core_busy() says */

int64_t kcl_now_us(void)
{
    return kds_clock_boottime_us(kds_clock_system());
}

void kcl_lock(kcl_worker_t *w)
{
    pthread_mutex_lock(&w->shared.lock);
}

void kcl_unlock(kcl_worker_t *w)
{
    pthread_mutex_unlock(&w->shared.lock);
}

void kcl_wake_locked(kcl_worker_t *w)
{
    w->shared.awake = true;
    pthread_cond_signal(&w->shared.work);
}

bool kcl_forked(const kcl_worker_t *w)
{
    return w->fork_generation != kds_fork_generation();
}

/* ---- queues of jobs ----------------------------------------------------------------------- */

void kcl_queue_init(struct kcl_job_queue *q)
{
    q->last = &q->first;
}

void kcl_push_locked(struct kcl_job_queue *q, struct kcl_job *job)
{
    job->next = NULL;
    *q->last = job;
    q->last = &job->next;
    pthread_cond_signal(&q->filled);
}

struct kcl_job *kcl_take_locked(struct kcl_job_queue *q)
{
    struct kcl_job *job = q->first;
    if (job != NULL) {
        q->first = job->next;
        q->last = q->first ? q->last : &q->first;
    }
    return job;
}

struct kcl_job *kcl_pop_locked(kcl_worker_t *w, struct kcl_job_queue *q)
{
    while (q->first == NULL && !w->shared.quit) {
        kds_cond_wait(&q->filled, &w->shared.lock, KDS_NEVER_US);
    }
    return w->shared.quit ? NULL : kcl_take_locked(q);
}

void kcl_free_jobs(struct kcl_job_queue *q)
{
    struct kcl_job *job;
    while ((job = kcl_take_locked(q)) != NULL) {
        kds_free(job);
    }
}

/* ---- life --------------------------------------------------------------------------------- */

static kds_err_t open_locks(kcl_worker_t *w)
{
    kds_err_t rc = kds_mutex_init(&w->shared.lock);
    rc = rc ? rc : kds_cond_init(&w->shared.work);
    rc = rc ? rc : kds_cond_init(&w->shared.changed);
    rc = rc ? rc : kds_cond_init(&w->shared.store_jobs.filled);
    return rc ? rc : kds_cond_init(&w->shared.tasks.filled);
}

static void release(kcl_worker_t *w)
{
    kds_metric_sender_free(w->sender);
    if (w->shared.core != NULL) {
        kcl_core_free(w->shared.core);
    }
    if (w->ready_fd >= 0) {
        close(w->ready_fd);
    }
    kcl_free_jobs(&w->shared.store_jobs);
    kcl_free_jobs(&w->shared.tasks);
    kds_conf_clear(&kcl_conf_table, &w->conf);
    kds_free(w->pool);
    kds_free(w->store_results);
    kds_free(w);
}

static void release_output(const void *output, void *opaque)
{
    (void)opaque;
    kds_output_free(output);
}

static kds_err_t open_core(kcl_worker_t *w, kds_error_t **error)
{
    uint64_t seed;
    if (kds_random_bytes(&seed, sizeof seed) != KDS_OK || open_locks(w) != KDS_OK) {
        return kds_error_set(error, KDS_ERR_SYSTEM,
                             "the system gave no locks or random numbers");
    }
    kds_err_t rc = kcl_name_worker(w, seed, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (w->pull && (w->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "the system gave no descriptor: %s",
                             strerror(errno));
    }
    const struct kcl_core_options options = {
        .conf = &w->conf,
        .worker_id = w->worker_id,
        .store_is_local = strncmp(w->conf.store, "sqlite", 6) == 0,
        .store_has_fleet = strncmp(w->conf.store, "dynamodb", 8) == 0,
        .seed = seed,
        .pull = w->pull,
        .tasks = kcl_task_mask(w),
        .release = release_output,
        .release_event = kcl_release_event};
    w->shared.core = kcl_core_new(&options);
    w->pool = kds_alloc_zero((size_t)w->conf.processor_threads, sizeof *w->pool);
    if (w->shared.core == NULL || w->pool == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kcl_core_serve(w->shared.core, (size_t)w->conf.processor_threads);
    return KDS_OK;
}

/* A caller that was built for an older library has a shorter one. */
static kds_err_t
take_processor(kcl_worker_t *w, const kcl_processor_t *processor, kds_error_t **error)
{
    const size_t least = offsetof(kcl_processor_t, process) + sizeof processor->process;
    if (processor == NULL) {
        w->pull = true;
        return KDS_OK;
    }
    if (processor->struct_size < least || processor->struct_size > sizeof *processor) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "processor: struct_size is %zu, must be %zu..%zu",
                             processor->struct_size, least, sizeof *processor);
    }
    memcpy(&w->processor, processor, processor->struct_size);
    return processor->process != NULL ? KDS_OK
                                      : kds_error_set(error, KDS_ERR_INVALID_ARG,
                                                      "processor: process is missing");
}

kds_err_t kcl_worker_new(const kcl_conf_t *conf,
                         const kcl_processor_t *processor,
                         void *opaque,
                         kcl_worker_t **worker,
                         kds_error_t **error)
{
    kds_err_t rc = kcl_check_conf(conf, error);
    if (rc != KDS_OK) {
        return rc;
    }
    kcl_worker_t *w = kds_alloc_zero(1, sizeof *w);
    if (w == NULL || kds_conf_copy(&kcl_conf_table, &w->conf, conf) != KDS_OK) {
        kds_free(w);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    w->conf.log = conf->log;
    w->opaque = opaque;
    w->ready_fd = -1;
    w->fork_generation = kds_fork_generation();
    kcl_queue_init(&w->shared.store_jobs);
    kcl_queue_init(&w->shared.tasks);
    rc = take_processor(w, processor, error);
    rc = rc ? rc : open_core(w, error);
    rc = rc ? rc : kcl_open_client(w, error);
    if (rc != KDS_OK) {
        release(w);
        return rc;
    }
    *worker = w;
    return KDS_OK;
}

/* ---- starting and stopping ---------------------------------------------------------------- */

#define PATIENCE_FIRST_US KDS_US_PER_S /* before a thread that does not end is told */
#define PATIENCE_LAST_US  (60 * KDS_US_PER_S)

/* A thread that is in a callback ends when that returns. There is no way to end it before, so whoever waits is told
 * what for. */
static void await_threads_locked(kcl_worker_t *w)
{
    int64_t patience_us = PATIENCE_FIRST_US;
    int64_t tell_us = kcl_now_us() + patience_us;
    char why[BUSY_BYTES];
    while (w->shared.threads > 0) {
        int64_t left_us = tell_us - kcl_now_us();
        if (left_us > 0) {
            kds_cond_wait(&w->shared.changed, &w->shared.lock, left_us);
            continue;
        }
        kcl_core_busy(w->shared.core, kcl_now_us(), why, sizeof why);
        kcl_unlock(w);
        kds_log(&w->conf.log, KDS_LOG_WARNING, "worker",
                "kcl_worker_free() waits for a callback that has not returned: %s", why);
        kcl_lock(w);
        patience_us =
            patience_us < PATIENCE_LAST_US / 2 ? patience_us * 2 : PATIENCE_LAST_US;
        tell_us = kcl_now_us() + patience_us;
    }
}

static void end_threads(kcl_worker_t *w)
{
    kcl_lock(w);
    w->shared.quit = true;
    pthread_cond_broadcast(&w->shared.work);
    pthread_cond_broadcast(&w->shared.store_jobs.filled);
    pthread_cond_broadcast(&w->shared.tasks.filled);
    pthread_cond_broadcast(&w->shared.changed);
    kcl_show_ready_locked(w);
    await_threads_locked(w);
    kcl_unlock(w);
    if (w->decider_runs) {
        pthread_join(w->decider, NULL);
    }
    if (w->storer_runs) {
        pthread_join(w->storer, NULL);
    }
    while (w->pool_size > 0) {
        pthread_join(w->pool[--w->pool_size], NULL);
    }
    w->decider_runs = w->storer_runs = false;
}

static bool
start_thread(kcl_worker_t *w, pthread_t *thread, const char *name, void *(*main)(void *))
{
    kcl_lock(w);
    w->shared.threads++; /* kcl_thread_ends() takes it back */
    kcl_unlock(w);
    if (kds_thread_start(thread, name, main, w) == KDS_OK) {
        return true;
    }
    kcl_lock(w);
    w->shared.threads--;
    kcl_unlock(w);
    return false;
}

void kcl_thread_ends_locked(kcl_worker_t *w)
{
    w->shared.threads--;
    pthread_cond_broadcast(&w->shared.changed);
}

static bool start_threads(kcl_worker_t *w)
{
    bool ok = true;
    if (w->store->ops->execute != NULL) { /* otherwise it does not block */
        ok = start_thread(w, &w->storer, "kcl:store", kcl_store_main);
        w->storer_runs = ok;
    }
    while (ok && !w->pull && w->pool_size < (size_t)w->conf.processor_threads) {
        ok = start_thread(w, &w->pool[w->pool_size], "kcl:process", kcl_pool_main);
        w->pool_size += ok;
    }
    w->decider_runs = ok && start_thread(w, &w->decider, "kcl:worker", kcl_decider_main);
    return w->decider_runs;
}

kds_err_t kcl_worker_start(kcl_worker_t *w, kds_error_t **error)
{
    if (kcl_forked(w)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the worker was created by the parent process");
    }
    if (w->started) {
        return kds_error_set(error, KDS_ERR_STATE, "the worker was started before");
    }
    kds_err_t rc = kcl_open_store(w, error);
    if (rc != KDS_OK) {
        return rc;
    }
    w->store_results = kds_alloc_zero(KCL_STORE_BATCH, sizeof *w->store_results);
    if (w->store_results == NULL) {
        w->store->ops->free(w->store);
        w->store = NULL;
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    w->started = true;
    kcl_cpu_open(&w->cpu, "", getenv("ECS_CONTAINER_METADATA_URI_V4"),
                 w->conf.worker_metrics_disabled
                     ? KCL_CPU_NOT
                     : (enum kcl_cpu_wish)w->conf.worker_metrics,
                 kcl_now_us());
    if (!start_threads(w)) {
        end_threads(w);
        return kds_error_set(error, KDS_ERR_SYSTEM, "no thread could be started");
    }
    return KDS_OK;
}

/* Is the calling thread one of ours, or inside a callback of ours? */
static bool own_thread(const kcl_worker_t *w)
{
    pthread_t self = pthread_self();
    bool own = kds_log_inside() || (w->decider_runs && pthread_equal(self, w->decider));
    for (size_t i = 0; i < w->pool_size; i++) {
        own |= pthread_equal(self, w->pool[i]) != 0;
    }
    return own;
}

kds_err_t kcl_worker_stop(kcl_worker_t *w, int64_t timeout_ms, kds_error_t **error)
{
    kds_err_t rc = KDS_OK;
    if (kcl_forked(w)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the worker was created by the parent process");
    }
    if (timeout_ms != 0 && own_thread(w)) {
        return kds_error_set(
            error, KDS_ERR_WOULD_DEADLOCK,
            "a stop inside a callback cannot wait: timeout_ms must be 0");
    }
    int64_t until_us = timeout_ms < 0 || timeout_ms > INT64_MAX / KDS_US_PER_MS
                           ? KDS_NEVER_US
                           : kds_us_add(kcl_now_us(), timeout_ms * KDS_US_PER_MS);
    kcl_lock(w);
    kcl_core_stop(w->shared.core, kcl_now_us());
    if (w->pull && timeout_ms != 0) {
        kcl_mute_locked(w);
    }
    kcl_wake_locked(w);
    while (rc == KDS_OK && w->decider_runs && !kcl_core_stopped(w->shared.core)) {
        int64_t left_us =
            until_us == KDS_NEVER_US ? KDS_NEVER_US : until_us - kcl_now_us();
        if (left_us <= 0) {
            char why[BUSY_BYTES];
            kcl_core_busy(w->shared.core, kcl_now_us(), why, sizeof why);
            rc = kds_error_set(error, KDS_ERR_TIMED_OUT,
                               "the worker has not stopped within %" PRId64 " ms: %s",
                               timeout_ms, why);
        } else {
            kds_cond_wait(&w->shared.changed, &w->shared.lock, left_us);
        }
    }
    kcl_unlock(w);
    return rc;
}

kds_err_t kcl_worker_resume(kcl_worker_t *w, const char *stream, const char *shard_id)
{
    const struct kcl_shard_name name = {.stream = stream, .shard_id = shard_id};
    if (kcl_forked(w)) {
        return KDS_ERR_FORKED;
    }
    kcl_lock(w);
    kds_err_t rc = kcl_core_resume(w->shared.core, kcl_now_us(), &name);
    kcl_wake_locked(w);
    kcl_unlock(w);
    return rc;
}

kds_err_t kcl_worker_failure(kcl_worker_t *w, kds_error_t **error)
{
    kds_err_t rc = KDS_OK;
    if (kcl_forked(w)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the worker was created by the parent process");
    }
    kcl_lock(w);
    const kds_error_t *failure = kcl_core_failure(w->shared.core);
    if (failure != NULL) {
        rc = kds_error_code(failure);
        if (error != NULL) {
            kds_error_free(*error);
            *error = kds_error_copy(failure);
        }
    }
    kcl_unlock(w);
    return rc;
}

size_t
kcl_worker_shards(kcl_worker_t *w, size_t size, kcl_shard_status_t *out, size_t count)
{
    size_t n = 0;
    if (!kcl_forked(w)) {
        kcl_lock(w);
        n = kcl_core_shards(w->shared.core, kcl_now_us(), size, out, count);
        kcl_unlock(w);
    }
    return n;
}

void kcl_worker_stats(kcl_worker_t *w, kcl_stats_t *stats)
{
    if (kcl_forked(w)) {
        return;
    }
    kcl_lock(w);
    kcl_core_stats(w->shared.core, kcl_now_us(), stats);
    kcl_unlock(w);
}

void kcl_worker_free(kcl_worker_t *w)
{
    if (w == NULL || kcl_forked(w)) {
        return;
    }
    if (own_thread(w)) {
        kds_log(&w->conf.log, KDS_LOG_ERROR, "worker",
                "kcl_worker_free() inside a callback does nothing");
        return;
    }
    end_threads(w);
    kcl_upload_end(w);
    kcl_close_pushes(w);
    kds_client_free(w->client); /* what is under way ends, and is told to the core */
    if (w->store != NULL) {
        w->store->ops->free(w->store);
    }
    pthread_cond_destroy(&w->shared.work);
    pthread_cond_destroy(&w->shared.changed);
    pthread_cond_destroy(&w->shared.store_jobs.filled);
    pthread_cond_destroy(&w->shared.tasks.filled);
    pthread_mutex_destroy(&w->shared.lock);
    release(w);
}
