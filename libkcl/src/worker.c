/*
 * worker: the public handle: threads, the client, the store; all deciding is the core's.
 */
#include "kcl/worker.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/slice.h"
#include "base/thread.h"
#include "conf.h"
#include "core.h"
#include "kds/client.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STORE_BATCH 64 /* operations that the store does together, at most */

/* Something a thread of ours has to do, waiting in a queue. */
struct job {
    struct job *next;
    uint64_t id;
    enum kcl_action_kind kind;
    struct kcl_store_op op;  /* KCL_ACTION_STORE */
    kcl_batch_t batch;       /* KCL_ACTION_PROCESS */
    const char *ended_shard; /* KCL_ACTION_SHARD_ENDED */
};

struct job_queue {
    struct job *first, **last;
    pthread_cond_t filled;
};

struct kcl_checkpointer {
    const kcl_batch_t *batch;
    size_t confirmed; /* records in front */
};

struct kcl_worker {
    /* Set by kcl_worker_new(), read-only afterwards: any thread, no lock. */
    struct kcl_conf conf;
    kcl_processor_t processor;
    void *opaque;
    char worker_id[KCL_NAME_BYTES];
    unsigned fork_generation;
    kds_client_t *client;
    struct kcl_store *store; /* the store thread only, once that runs */
    struct kcl_store_result
        *store_results; /* STORE_BATCH of them; the store thread only */
    const kds_operation_t *operations[4];

    pthread_t decider, storer, *pool;
    size_t pool_size; /* threads of the pool that were started */
    bool decider_runs, storer_runs, started;

    /* Any thread, with `lock` held. */
    struct {
        pthread_mutex_t lock;
        pthread_cond_t work;    /* the deciding thread has something to look at */
        pthread_cond_t changed; /* for who waits for the stop */
        struct kcl_core *core;
        bool awake; /* the deciding thread is not waiting, or was woken */
        bool quit;  /* all threads end */
        struct job_queue store_jobs, processor_jobs;
    } shared;
};

static int64_t now_us(void)
{
    return kds_clock_boottime_us(kds_clock_system());
}

static void lock(kcl_worker_t *w)
{
    pthread_mutex_lock(&w->shared.lock);
}

static void unlock(kcl_worker_t *w)
{
    pthread_mutex_unlock(&w->shared.lock);
}

static void wake_locked(kcl_worker_t *w)
{
    w->shared.awake = true;
    pthread_cond_signal(&w->shared.work);
}

/* ---- queues of jobs ----------------------------------------------------------------------- */

static void push_locked(struct job_queue *q, struct job *job)
{
    job->next = NULL;
    *q->last = job;
    q->last = &job->next;
    pthread_cond_signal(&q->filled);
}

/* The next job; NULL when the threads are to end. */
static struct job *pop_locked(kcl_worker_t *w, struct job_queue *q)
{
    while (q->first == NULL && !w->shared.quit) {
        kds_cond_wait(&q->filled, &w->shared.lock, KDS_NEVER_US);
    }
    struct job *job = w->shared.quit ? NULL : q->first;
    if (job != NULL) {
        q->first = job->next;
        q->last = q->first ? q->last : &q->first;
    }
    return job;
}

static void free_jobs(struct job_queue *q)
{
    while (q->first != NULL) {
        struct job *next = q->first->next;
        kds_free(q->first);
        q->first = next;
    }
}

/* ---- the store thread --------------------------------------------------------------------- */

/* What waits in the queue, for the store to do together. @return how many; 0 = the end */
static size_t pop_store_jobs_locked(kcl_worker_t *w, struct job *jobs[STORE_BATCH])
{
    size_t count = 0;
    do {
        jobs[count] = pop_locked(w, &w->shared.store_jobs);
    } while (jobs[count] != NULL && ++count < STORE_BATCH &&
             w->shared.store_jobs.first != NULL);
    return count;
}

static void *store_main(void *opaque)
{
    kcl_worker_t *w = opaque;
    struct job *jobs[STORE_BATCH];
    const struct kcl_store_op *ops[STORE_BATCH];
    size_t count;
    lock(w);
    while ((count = pop_store_jobs_locked(w, jobs)) > 0) {
        for (size_t i = 0; i < count; i++) {
            ops[i] = &jobs[i]->op;
        }
        unlock(w);
        w->store->ops->execute(w->store, ops, w->store_results, count);
        lock(w);
        for (size_t i = 0; i < count; i++) {
            kcl_core_done_store(w->shared.core, now_us(), jobs[i]->id,
                                &w->store_results[i]);
            kds_free(jobs[i]);
        }
        wake_locked(w);
    }
    unlock(w);
    return NULL;
}

/* ---- the pool ----------------------------------------------------------------------------- */

kds_err_t kcl_checkpoint(kcl_checkpointer_t *checkpointer, const kcl_record_t *record)
{
    const kcl_batch_t *batch = checkpointer->batch;
    if (record < batch->records || record >= batch->records + batch->count) {
        return KDS_ERR_CHECKPOINT_RANGE;
    }
    size_t count = (size_t)(record - batch->records) + 1;
    if (count < checkpointer->confirmed) {
        return KDS_ERR_CHECKPOINT_RANGE;
    }
    checkpointer->confirmed = count;
    return KDS_OK;
}

/* Call the application. @return whether it is done */
static bool run_processor(kcl_worker_t *w, const struct job *job, size_t *confirmed)
{
    struct kcl_checkpointer checkpointer = {&job->batch, 0};
    int verdict = KCL_DONE;
    if (job->kind == KCL_ACTION_PROCESS) {
        verdict = w->processor.process(&job->batch, &checkpointer, w->opaque);
    } else if (w->processor.shard_ended != NULL) {
        verdict = w->processor.shard_ended(job->ended_shard, w->opaque);
    }
    *confirmed = checkpointer.confirmed;
    return verdict == KCL_DONE;
}

static void *pool_main(void *opaque)
{
    kcl_worker_t *w = opaque;
    struct job *job;
    lock(w);
    while ((job = pop_locked(w, &w->shared.processor_jobs)) != NULL) {
        size_t confirmed;
        unlock(w);
        bool done = run_processor(w, job, &confirmed);
        lock(w);
        kcl_core_done_processor(w->shared.core, now_us(), job->id, done, confirmed);
        wake_locked(w);
        kds_free(job);
    }
    unlock(w);
    return NULL;
}

/* ---- the deciding thread ------------------------------------------------------------------ */

struct call {
    kcl_worker_t *worker;
    uint64_t id;
};

static void
call_ended(kcl_worker_t *w, uint64_t id, const void *output, const kds_error_t *error)
{
    lock(w);
    kcl_core_done_call(w->shared.core, now_us(), id, output, error);
    wake_locked(w);
    unlock(w);
}

/* On the client's thread. */
static void on_call_done(const void *output, kds_error_t *error, void *opaque)
{
    struct call *call = opaque;
    call_ended(call->worker, call->id, output, error);
    kds_error_free(error);
    kds_free(call);
}

static void release_output(const void *output, void *opaque)
{
    (void)opaque;
    kds_output_free(output);
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
    case KCL_ACTION_PROCESS:
    case KCL_ACTION_SHARD_ENDED:
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

/* Hand the action to a thread. Caller holds shared.lock. @return false when out of memory */
static bool queue_locked(kcl_worker_t *w, const struct kcl_action *action)
{
    struct job *job = kds_alloc_zero(1, sizeof *job);
    if (job == NULL) {
        return false;
    }
    job->id = action->id;
    job->kind = action->kind;
    if (action->kind == KCL_ACTION_STORE) {
        job->op = *action->u.store;
        push_locked(&w->shared.store_jobs, job);
        return true;
    }
    if (action->kind == KCL_ACTION_PROCESS) {
        job->batch = action->u.batch;
    } else {
        job->ended_shard = action->u.ended_shard;
    }
    push_locked(&w->shared.processor_jobs, job);
    return true;
}

static void tell(kcl_worker_t *w, const kcl_event_t *event)
{
    if (event->kind == KCL_EVENT_TROUBLE || event->kind == KCL_EVENT_SHARD_STOPPED) {
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
    struct kcl_store_result failed = {.err = KDS_ERR_NO_MEMORY};
    switch (action->kind) {
    case KCL_ACTION_STORE:
        if (!queue_locked(w, action)) {
            kcl_core_done_store(w->shared.core, now_us(), action->id, &failed);
        }
        return;
    case KCL_ACTION_PROCESS:
    case KCL_ACTION_SHARD_ENDED:
        if (!queue_locked(w, action)) {
            kcl_core_done_processor(w->shared.core, now_us(), action->id, false, 0);
        }
        return;
    case KCL_ACTION_EVENT:
        unlock(w);
        tell(w, &action->u.event);
        lock(w);
        return;
    case KCL_ACTION_DESCRIBE:
    case KCL_ACTION_LIST_SHARDS:
    case KCL_ACTION_GET_ITERATOR:
    case KCL_ACTION_GET_RECORDS:
        unlock(w);
        start_call(w, action);
        lock(w);
        return;
    }
}

static void *decider_main(void *opaque)
{
    kcl_worker_t *w = opaque;
    struct kcl_action action;
    lock(w);
    while (!w->shared.quit) {
        int64_t now = now_us();
        w->shared.awake = false;
        kcl_core_set_wall(w->shared.core,
                          kds_clock_realtime_us(kds_clock_system()) - now);
        if (kcl_core_next(w->shared.core, now, &action)) {
            perform_locked(w, &action);
            continue;
        }
        if (kcl_core_stopped(w->shared.core)) {
            pthread_cond_broadcast(&w->shared.changed);
        }
        int64_t at_us = kcl_core_wake_at_us(w->shared.core, now);
        if (!w->shared.awake && !w->shared.quit) {
            /* Due and yet nothing to do: memory is short. Look again soon, not at once. */
            at_us = at_us <= now ? now + KDS_US_PER_MS : at_us;
            kds_cond_wait(&w->shared.work, &w->shared.lock,
                          at_us == KDS_NEVER_US ? KDS_NEVER_US : at_us - now);
        }
    }
    unlock(w);
    return NULL;
}

/* ---- life --------------------------------------------------------------------------------- */

static bool forked(const kcl_worker_t *w)
{
    return w->fork_generation != kds_fork_generation();
}

static kds_err_t need(kds_error_t **error, const char *setting, const char *why)
{
    return kds_error_set(error, KDS_ERR_CONFIG, "%s: %s", setting, why);
}

static kds_err_t check_conf(const struct kcl_conf *conf, kds_error_t **error)
{
    enum kcl_start start;
    int64_t ms;
    if (conf->application == NULL) {
        return need(error, "application", "is required");
    }
    if (conf->stream == NULL && conf->stream_arn == NULL) {
        return need(error, "stream", "is required");
    }
    if (conf->store == NULL) {
        return need(error, "store",
                    "is required, for example sqlite:/var/lib/app/leases.db");
    }
    if (strncmp(conf->store, "sqlite:", 7) != 0 || conf->store[7] == 0) {
        return kds_error_set(
            error, KDS_ERR_CONFIG,
            "store: \"%.200s\" must be sqlite:PATH; this release has no other",
            conf->store);
    }
    if (conf->start != NULL && !kcl_start_parse(conf->start, &start, &ms)) {
        return kds_error_set(
            error, KDS_ERR_CONFIG,
            "start: \"%.100s\" must be trim_horizon, latest or an RFC 3339 "
            "instant such as 2026-01-31T12:00:00Z",
            conf->start);
    }
    if (conf->worker_id != NULL && strlen(conf->worker_id) >= KCL_NAME_BYTES - 8) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "worker.id: %zu characters, must be 1..%d",
                             strlen(conf->worker_id), KCL_NAME_BYTES - 9);
    }
    return KDS_OK;
}

static kds_err_t name_worker(kcl_worker_t *w, uint64_t random, kds_error_t **error)
{
    char host[64];
    if (w->conf.worker_id != NULL) {
        snprintf(w->worker_id, sizeof w->worker_id, "%s", w->conf.worker_id);
        return KDS_OK;
    }
    if (gethostname(host, sizeof host) != 0) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "the host has no name");
    }
    host[sizeof host - 1] = 0;
    snprintf(w->worker_id, sizeof w->worker_id, "%s:%ld:%08" PRIx32, host, (long)getpid(),
             (uint32_t)random);
    return KDS_OK;
}

static void complete_endpoint(const char *endpoint, char *out, size_t size)
{
    snprintf(out, size, "%s%s", strstr(endpoint, "://") ? "" : "https://", endpoint);
}

static kds_err_t open_client(kcl_worker_t *w, kds_error_t **error)
{
    static const char *const names[] = {"DescribeStreamSummary", "ListShards",
                                        "GetShardIterator", "GetRecords"};
    const struct kcl_conf *conf = &w->conf;
    char endpoint[1400];
    kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = conf->region,
        .access_key_id = conf->access_key_id,
        .secret_access_key = conf->secret_access_key,
        .session_token = conf->session_token,
        .ca_file = conf->ca_file,
        .protocol = conf->protocol ? KDS_PROTOCOL_CBOR : KDS_PROTOCOL_JSON,
        .connect_timeout_ms = conf->connect_timeout_ms,
        .request_timeout_ms = conf->request_timeout_ms,
        .log = conf->log.fn,
        .log_opaque = conf->log.opaque,
        .log_level = conf->log.level,
    };
    if (conf->endpoint != NULL) {
        complete_endpoint(conf->endpoint, endpoint, sizeof endpoint);
        options.endpoint = endpoint;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        w->operations[i] = kds_operation_find(names[i]);
    }
    return kds_client_new(&options, &w->client, error);
}

static kds_err_t open_locks(kcl_worker_t *w)
{
    kds_err_t rc = kds_mutex_init(&w->shared.lock);
    rc = rc ? rc : kds_cond_init(&w->shared.work);
    rc = rc ? rc : kds_cond_init(&w->shared.changed);
    rc = rc ? rc : kds_cond_init(&w->shared.store_jobs.filled);
    return rc ? rc : kds_cond_init(&w->shared.processor_jobs.filled);
}

static void release(kcl_worker_t *w)
{
    if (w->shared.core != NULL) {
        kcl_core_free(w->shared.core);
    }
    free_jobs(&w->shared.store_jobs);
    free_jobs(&w->shared.processor_jobs);
    kds_conf_clear(&kcl_conf_table, &w->conf);
    kds_free(w->pool);
    kds_free(w->store_results);
    kds_free(w);
}

static kds_err_t open_core(kcl_worker_t *w, kds_error_t **error)
{
    uint64_t seed;
    if (kds_random_bytes(&seed, sizeof seed) != KDS_OK || open_locks(w) != KDS_OK) {
        return kds_error_set(error, KDS_ERR_SYSTEM,
                             "the system gave no locks or random numbers");
    }
    kds_err_t rc = name_worker(w, seed, error);
    if (rc != KDS_OK) {
        return rc;
    }
    const struct kcl_core_options options = {.conf = &w->conf,
                                             .worker_id = w->worker_id,
                                             .seed = seed,
                                             .release = release_output};
    w->shared.core = kcl_core_new(&options);
    w->pool = kds_alloc_zero((size_t)w->conf.processor_threads, sizeof *w->pool);
    return w->shared.core != NULL && w->pool != NULL
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
}

kds_err_t kcl_worker_new(const kcl_conf_t *conf,
                         const kcl_processor_t *processor,
                         void *opaque,
                         kcl_worker_t **worker,
                         kds_error_t **error)
{
    kds_err_t rc = check_conf(conf, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (processor->struct_size != sizeof *processor || processor->process == NULL) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             processor->process
                                 ? "processor: struct_size is %zu, must be %zu"
                                 : "processor: process is missing",
                             processor->struct_size, sizeof *processor);
    }
    kcl_worker_t *w = kds_alloc_zero(1, sizeof *w);
    if (w == NULL || kds_conf_copy(&kcl_conf_table, &w->conf, conf) != KDS_OK) {
        kds_free(w);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    w->conf.log = conf->log;
    w->processor = *processor;
    w->opaque = opaque;
    w->fork_generation = kds_fork_generation();
    w->shared.store_jobs.last = &w->shared.store_jobs.first;
    w->shared.processor_jobs.last = &w->shared.processor_jobs.first;
    rc = open_core(w, error);
    rc = rc ? rc : open_client(w, error);
    if (rc != KDS_OK) {
        release(w);
        return rc;
    }
    *worker = w;
    return KDS_OK;
}

/* ---- starting and stopping ---------------------------------------------------------------- */

static void end_threads(kcl_worker_t *w)
{
    lock(w);
    w->shared.quit = true;
    pthread_cond_broadcast(&w->shared.work);
    pthread_cond_broadcast(&w->shared.store_jobs.filled);
    pthread_cond_broadcast(&w->shared.processor_jobs.filled);
    pthread_cond_broadcast(&w->shared.changed);
    unlock(w);
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

static bool start_threads(kcl_worker_t *w)
{
    w->storer_runs = kds_thread_start(&w->storer, "kcl:store", store_main, w) == KDS_OK;
    bool ok = w->storer_runs;
    while (ok && w->pool_size < (size_t)w->conf.processor_threads) {
        ok = kds_thread_start(&w->pool[w->pool_size], "kcl:process", pool_main, w) ==
             KDS_OK;
        w->pool_size += ok;
    }
    w->decider_runs =
        ok && kds_thread_start(&w->decider, "kcl:worker", decider_main, w) == KDS_OK;
    return w->decider_runs;
}

kds_err_t kcl_worker_start(kcl_worker_t *w, kds_error_t **error)
{
    if (forked(w)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the worker was created by the parent process");
    }
    if (w->started) {
        return kds_error_set(error, KDS_ERR_STATE, "the worker was started before");
    }
    /* A write must end before the lease does. */
    kds_err_t rc =
        kcl_store_sqlite_new(w->conf.store + strlen("sqlite:"), w->conf.application,
                             w->conf.stream_arn ? w->conf.stream_arn : w->conf.stream,
                             w->conf.failover_ms / 3, &w->store, error);
    if (rc != KDS_OK) {
        return rc;
    }
    w->store_results = kds_alloc_zero(STORE_BATCH, sizeof *w->store_results);
    if (w->store_results == NULL) {
        w->store->ops->free(w->store);
        w->store = NULL;
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    w->started = true;
    if (!start_threads(w)) {
        end_threads(w);
        return kds_error_set(error, KDS_ERR_SYSTEM, "no thread could be started");
    }
    return KDS_OK;
}

/* Is the calling thread one of ours? */
static bool own_thread(const kcl_worker_t *w)
{
    pthread_t self = pthread_self();
    bool own = w->decider_runs && pthread_equal(self, w->decider);
    for (size_t i = 0; i < w->pool_size; i++) {
        own |= pthread_equal(self, w->pool[i]) != 0;
    }
    return own;
}

kds_err_t kcl_worker_stop(kcl_worker_t *w, int64_t timeout_ms, kds_error_t **error)
{
    kds_err_t rc = KDS_OK;
    if (forked(w)) {
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
                           : kds_us_add(now_us(), timeout_ms * KDS_US_PER_MS);
    lock(w);
    kcl_core_stop(w->shared.core, now_us());
    wake_locked(w);
    while (rc == KDS_OK && w->decider_runs && !kcl_core_stopped(w->shared.core)) {
        int64_t left_us = until_us == KDS_NEVER_US ? KDS_NEVER_US : until_us - now_us();
        if (left_us <= 0) {
            rc = kds_error_set(error, KDS_ERR_TIMED_OUT,
                               "the worker has not stopped within %" PRId64 " ms",
                               timeout_ms);
        } else {
            kds_cond_wait(&w->shared.changed, &w->shared.lock, left_us);
        }
    }
    unlock(w);
    return rc;
}

kds_err_t kcl_worker_failure(kcl_worker_t *w, kds_error_t **error)
{
    kds_err_t rc = KDS_OK;
    if (forked(w)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the worker was created by the parent process");
    }
    lock(w);
    const kds_error_t *failure = kcl_core_failure(w->shared.core);
    if (failure != NULL) {
        rc = kds_error_code(failure);
        if (error != NULL) {
            kds_error_free(*error);
            *error = kds_error_copy(failure);
        }
    }
    unlock(w);
    return rc;
}

void kcl_worker_stats(kcl_worker_t *w, kcl_stats_t *stats)
{
    if (forked(w)) {
        return;
    }
    lock(w);
    kcl_core_stats(w->shared.core, now_us(), stats);
    unlock(w);
}

void kcl_worker_free(kcl_worker_t *w)
{
    if (w == NULL) {
        return;
    }
    if (forked(w)) {
        kds_client_free(
            w->client); /* knows that it is in a child; the store is the parent's */
        release(w);
        return;
    }
    if (own_thread(w)) {
        kds_log(&w->conf.log, KDS_LOG_ERROR, "worker",
                "kcl_worker_free() inside a callback does nothing");
        return;
    }
    end_threads(w);
    kds_client_free(w->client); /* what is under way ends, and is told to the core */
    if (w->store != NULL) {
        w->store->ops->free(w->store);
    }
    pthread_cond_destroy(&w->shared.work);
    pthread_cond_destroy(&w->shared.changed);
    pthread_cond_destroy(&w->shared.store_jobs.filled);
    pthread_cond_destroy(&w->shared.processor_jobs.filled);
    pthread_mutex_destroy(&w->shared.lock);
    release(w);
}
