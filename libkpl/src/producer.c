/*
 * producer: the public handle: threads, waiting, the client; all deciding is the core's.
 */
#include "kpl/producer.h"

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
#include "results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAKE_BYTES                                                                       \
    (256 * 1024) /* put since the worker looked last: it may have to send */
#define HASHES_AT_ONCE 64

struct kpl_producer {
    /* Set by kpl_producer_new(), read-only afterwards: any thread, no lock. */
    struct kpl_conf conf;
    unsigned fork_generation;
    kds_client_t *client;
    const kds_operation_t *list_shards, *put_records;
    kpl_results_fn *results;
    void *opaque;
    bool polled;  /* dispatch=poll */
    int event_fd; /* -1 unless polled */
    pthread_t worker, dispatcher;
    bool worker_runs, dispatcher_runs;

    /* The thread that delivers outcomes. */
    struct kpl_showcase showcase;

    /* Any thread, with `lock` held. */
    struct {
        pthread_mutex_t lock;
        pthread_cond_t work;    /* the worker has something to look at */
        pthread_cond_t ready;   /* outcomes wait */
        pthread_cond_t changed; /* budget was released, outcomes were reported */
        struct kpl_core *core;
        int64_t worker_wake_us; /* when the sleeping worker wakes; -1 = it is awake */
        size_t put_bytes;       /* since the worker looked last */
        bool closed, stop_worker, stop_dispatcher;
        bool delivering; /* a callback is running, on: */
        pthread_t deliverer;
    } shared;
};

static int64_t now_us(void)
{
    return kds_clock_boottime_us(kds_clock_system());
}

static void lock(kpl_producer_t *p)
{
    pthread_mutex_lock(&p->shared.lock);
}

static void unlock(kpl_producer_t *p)
{
    pthread_mutex_unlock(&p->shared.lock);
}

static void wake_worker_locked(kpl_producer_t *p)
{
    if (p->shared.worker_wake_us >= 0) {
        p->shared.worker_wake_us = -1;
        pthread_cond_signal(&p->shared.work);
    }
}

static void tell_results_locked(kpl_producer_t *p)
{
    if (!kpl_core_has_results(p->shared.core)) {
        return;
    }
    pthread_cond_signal(&p->shared.ready);
    if (p->polled) {
        uint64_t one = 1;
        ssize_t n = write(p->event_fd, &one, sizeof one);
        (void)n; /* it fails only if it is readable already */
    }
}

/* ---- the worker --------------------------------------------------------------------------- */

/* A call of the core's: which one, for its completion. */
struct call {
    kpl_producer_t *producer;
    uint64_t id;
};

static void
call_ended(kpl_producer_t *p, uint64_t id, const void *output, const kds_error_t *error)
{
    if (error != NULL) {
        kds_log(&p->conf.log, KDS_LOG_INFO, "http", "%s", kds_error_message(error));
    }
    lock(p);
    kpl_core_done(p->shared.core, now_us(), id, output, error);
    tell_results_locked(p);
    wake_worker_locked(p);
    unlock(p);
}

/* On the client's thread. */
static void on_call_done(const void *output, kds_error_t *error, void *opaque)
{
    struct call *call = opaque;
    call_ended(call->producer, call->id, output, error);
    kds_output_free(output);
    kds_error_free(error);
    kds_free(call);
}

static void perform(kpl_producer_t *p, const struct kpl_action *action)
{
    /* The core decides about retries itself, record by record. */
    const kds_call_options_t once = {
        .struct_size = sizeof once,
        .max_attempts = 1,
        .call_timeout_ms = p->conf.request_timeout_ms + p->conf.connect_timeout_ms,
    };
    bool put = action->kind == KPL_ACTION_PUT_RECORDS;
    kds_error_t *error = NULL;
    struct call *call = kds_alloc_zero(1, sizeof *call);
    if (call == NULL) {
        kds_error_set(&error, KDS_ERR_NO_MEMORY, "out of memory");
    } else {
        call->producer = p;
        call->id = action->id;
        kds_client_start(p->client, put ? p->put_records : p->list_shards,
                         put ? (const void *)&action->put_records
                             : (const void *)&action->list_shards,
                         &once, on_call_done, call, &error);
    }
    if (error != NULL) {
        call_ended(p, action->id, NULL, error);
        kds_error_free(error);
        kds_free(call);
    }
}

static void *worker_main(void *opaque)
{
    kpl_producer_t *p = opaque;
    struct kpl_action action;
    lock(p);
    while (!p->shared.stop_worker) {
        p->shared.put_bytes = 0;
        if (kpl_core_next(p->shared.core, now_us(), &action)) {
            unlock(p);
            perform(p, &action);
            lock(p);
            continue;
        }
        tell_results_locked(p); /* records may have expired */
        int64_t now = now_us();
        int64_t at_us = kpl_core_wake_at_us(p->shared.core, now);
        /* Due and yet nothing to do: memory is short. Look again soon, not at once. */
        at_us = at_us <= now ? now + KDS_US_PER_MS : at_us;
        p->shared.worker_wake_us = at_us;
        kds_cond_wait(&p->shared.work, &p->shared.lock,
                      at_us == KDS_NEVER_US ? KDS_NEVER_US : at_us - now);
        p->shared.worker_wake_us = -1;
    }
    unlock(p);
    return NULL;
}

/* ---- outcomes ----------------------------------------------------------------------------- */

/* Report one finished unit, if there is one. Caller holds shared.lock, which is released for the
 * callback. @return how many outcomes were reported */
static size_t deliver_one_locked(kpl_producer_t *p)
{
    struct kpl_unit *unit = kpl_core_take(p->shared.core);
    if (unit == NULL) {
        return 0;
    }
    size_t count = unit->count - unit->skip;
    p->shared.delivering = true;
    p->shared.deliverer = pthread_self();
    unlock(p);
    if (p->results != NULL) {
        kpl_showcase_deliver(&p->showcase, unit, p->results, p->opaque);
    }
    lock(p);
    p->shared.delivering = false;
    kpl_core_release(p->shared.core, unit);
    pthread_cond_broadcast(&p->shared.changed);
    return count;
}

static void *dispatcher_main(void *opaque)
{
    kpl_producer_t *p = opaque;
    lock(p);
    for (;;) {
        if (deliver_one_locked(p) > 0) {
            continue;
        }
        if (p->shared.stop_dispatcher) {
            break;
        }
        kds_cond_wait(&p->shared.ready, &p->shared.lock, KDS_NEVER_US);
    }
    unlock(p);
    return NULL;
}

static bool inside_callback_locked(const kpl_producer_t *p)
{
    return p->shared.delivering && pthread_equal(p->shared.deliverer, pthread_self());
}

static bool forked(const kpl_producer_t *p)
{
    return p->fork_generation != kds_fork_generation();
}

static kds_err_t refuse_fork(kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_FORKED,
                         "the producer was created by the parent process");
}

/* When a call that may wait for @p timeout_ms must end. */
static int64_t deadline_us(int64_t timeout_ms)
{
    if (timeout_ms < 0) {
        return KDS_NEVER_US;
    }
    return timeout_ms > INT64_MAX / KDS_US_PER_MS
               ? KDS_NEVER_US
               : kds_us_add(now_us(), timeout_ms * KDS_US_PER_MS);
}

/* Wait on @p cond until the deadline. @return false when it has passed */
static bool wait_locked(kpl_producer_t *p, pthread_cond_t *cond, int64_t until_us)
{
    int64_t left_us = until_us == KDS_NEVER_US ? KDS_NEVER_US : until_us - now_us();
    if (left_us <= 0) {
        return false;
    }
    kds_cond_wait(cond, &p->shared.lock, left_us);
    return true;
}

size_t kpl_poll(kpl_producer_t *p, int64_t timeout_ms)
{
    size_t count = 0;
    uint64_t drained;
    if (forked(p) || !p->polled) {
        return 0;
    }
    int64_t until_us = deadline_us(timeout_ms);
    lock(p);
    if (!inside_callback_locked(p)) {
        while (!kpl_core_has_results(p->shared.core) &&
               wait_locked(p, &p->shared.ready, until_us)) {
            /* woken without a result: look again */
        }
        for (size_t n; (n = deliver_one_locked(p)) > 0;) {
            count += n;
        }
        ssize_t got = read(p->event_fd, &drained, sizeof drained);
        (void)got; /* nothing to read is as good */
        tell_results_locked(p);
    }
    unlock(p);
    return count;
}

int kpl_fd(const kpl_producer_t *p)
{
    return p->event_fd;
}

/* ---- putting ------------------------------------------------------------------------------ */

/* Does the worker have to look at what was just put? */
static void after_put_locked(kpl_producer_t *p, int64_t now, size_t bytes)
{
    p->shared.put_bytes += bytes;
    int64_t due_us =
        kds_us_add(now, p->conf.linger_ms > 86400000 ? 86400 * KDS_US_PER_S
                                                     : p->conf.linger_ms * KDS_US_PER_MS);
    if (p->shared.put_bytes >= WAKE_BYTES || due_us < p->shared.worker_wake_us) {
        p->shared.put_bytes = 0;
        wake_worker_locked(p);
    }
}

/* Accept one checked record, waiting for room until the deadline. */
static kds_err_t put_locked(kpl_producer_t *p,
                            const kpl_record_t *record,
                            kds_u128_t hash,
                            int64_t *now,
                            int64_t until_us,
                            kds_error_t **error)
{
    for (;;) {
        if (p->shared.closed) {
            return kds_error_set(error, KDS_ERR_CLOSED, "the producer is closed");
        }
        kds_err_t rc = kpl_core_put(p->shared.core, *now, record, hash, error);
        if (rc != KDS_ERR_QUEUE_FULL) {
            if (rc == KDS_OK) {
                after_put_locked(p, *now, record->data.n + record->partition_key.n);
            }
            return rc;
        }
        wake_worker_locked(p);
        if (!wait_locked(p, &p->shared.changed, until_us)) {
            return rc;
        }
        *now = now_us();
    }
}

/* Forget the message of an attempt that succeeded in the end. */
static void drop_error(kds_err_t rc, kds_error_t **error)
{
    if (rc == KDS_OK && error != NULL) {
        kds_error_free(*error);
        *error = NULL;
    }
}

/* Check and hash as many of the records as one turn takes. @return how many are good */
static size_t prepare(const kpl_producer_t *p,
                      const kpl_record_t *records,
                      size_t count,
                      kds_u128_t *hashes,
                      kds_err_t *rc,
                      kds_error_t **error)
{
    size_t n = 0;
    *rc = KDS_OK;
    while (n < count && n < HASHES_AT_ONCE) {
        *rc = kpl_record_check(&p->conf, &records[n], error);
        if (*rc == KDS_OK && records[n].explicit_hash_key.p != NULL) {
            *rc = kpl_hash_of(&records[n], &hashes[n], error);
        }
        if (*rc != KDS_OK) {
            break;
        }
        n++;
    }
    kpl_hash_many(records, n, hashes);
    return n;
}

kds_err_t kpl_put_many(kpl_producer_t *p,
                       const kpl_record_t *records,
                       size_t count,
                       int64_t timeout_ms,
                       size_t *accepted,
                       kds_error_t **error)
{
    kds_u128_t hashes[HASHES_AT_ONCE];
    kds_err_t bad = KDS_OK, rc = KDS_OK;
    *accepted = 0;
    if (forked(p)) {
        return refuse_fork(error);
    }
    int64_t until_us = timeout_ms == 0 ? 0 : deadline_us(timeout_ms);
    while (rc == KDS_OK && *accepted < count) {
        size_t n =
            prepare(p, records + *accepted, count - *accepted, hashes, &bad, error);
        int64_t now = now_us();
        lock(p);
        if (timeout_ms != 0 && inside_callback_locked(p)) {
            rc = kds_error_set(
                error, KDS_ERR_WOULD_DEADLOCK,
                "a put inside a result callback cannot wait: timeout_ms must be 0");
        }
        for (size_t i = 0; rc == KDS_OK && i < n; i++) {
            rc = put_locked(p, &records[*accepted], hashes[i], &now, until_us, error);
            *accepted += rc == KDS_OK;
        }
        unlock(p);
        rc = rc == KDS_OK ? bad : rc;
    }
    drop_error(rc, error);
    return rc;
}

kds_err_t kpl_put(kpl_producer_t *p,
                  const kpl_record_t *record,
                  int64_t timeout_ms,
                  kds_error_t **error)
{
    size_t accepted;
    return kpl_put_many(p, record, 1, timeout_ms, &accepted, error);
}

/* ---- flushing and closing ----------------------------------------------------------------- */

kds_err_t kpl_flush(kpl_producer_t *p, int64_t timeout_ms, size_t *left)
{
    kds_err_t rc = KDS_OK;
    if (forked(p)) {
        return KDS_ERR_FORKED;
    }
    int64_t until_us = timeout_ms == 0 ? 0 : deadline_us(timeout_ms);
    lock(p);
    uint64_t ticket = kpl_core_flush(p->shared.core, now_us());
    wake_worker_locked(p);
    if (timeout_ms != 0 && inside_callback_locked(p)) {
        rc = KDS_ERR_WOULD_DEADLOCK;
    }
    while (rc == KDS_OK && !kpl_core_flushed(p->shared.core, ticket)) {
        if (!wait_locked(p, &p->shared.changed, until_us)) {
            rc = KDS_ERR_TIMED_OUT;
        }
    }
    if (left != NULL) {
        *left = kpl_core_outstanding(p->shared.core);
    }
    unlock(p);
    return rc;
}

kds_err_t kpl_close(kpl_producer_t *p, int64_t timeout_ms, size_t *left)
{
    if (forked(p)) {
        return KDS_ERR_FORKED;
    }
    lock(p);
    p->shared.closed = true;
    pthread_cond_broadcast(&p->shared.changed); /* whoever waits for room */
    unlock(p);
    return kpl_flush(p, timeout_ms, left);
}

void kpl_producer_stats(kpl_producer_t *p, kpl_stats_t *stats)
{
    if (forked(p)) {
        return;
    }
    lock(p);
    kpl_core_stats(p->shared.core, stats);
    unlock(p);
}

/* ---- life --------------------------------------------------------------------------------- */

/* Everything but the threads, which have ended or never began. */
static void release(kpl_producer_t *p)
{
    if (p->shared.core != NULL) {
        kpl_core_free(p->shared.core);
    }
    kpl_showcase_clear(&p->showcase);
    kds_conf_clear(&kpl_conf_table, &p->conf);
    if (p->event_fd >= 0) {
        close(p->event_fd);
    }
    kds_free(p);
}

static void join(kpl_producer_t *p, bool *stop, pthread_cond_t *cond, pthread_t thread)
{
    lock(p);
    *stop = true;
    pthread_cond_signal(cond);
    unlock(p);
    pthread_join(thread, NULL);
}

static void stop_all(kpl_producer_t *p)
{
    lock(p);
    p->shared.closed = true;
    pthread_cond_broadcast(&p->shared.changed);
    unlock(p);
    if (p->worker_runs) {
        join(p, &p->shared.stop_worker, &p->shared.work, p->worker);
    }
    kds_client_free(p->client); /* what is under way ends, and is told to the core */
    lock(p);
    kpl_core_abandon(p->shared.core, now_us());
    unlock(p);
    if (p->dispatcher_runs) {
        join(p, &p->shared.stop_dispatcher, &p->shared.ready, p->dispatcher);
    }
    lock(p);
    while (deliver_one_locked(p) > 0) {
        /* with dispatch=poll the rest is reported here */
    }
    unlock(p);
}

void kpl_producer_free(kpl_producer_t *p)
{
    if (p == NULL) {
        return;
    }
    if (forked(p)) {
        kds_client_free(p->client); /* knows that it is in a child */
        release(p);
        return;
    }
    lock(p);
    bool inside = inside_callback_locked(p);
    unlock(p);
    if (inside) {
        kds_log(&p->conf.log, KDS_LOG_ERROR, "producer",
                "kpl_producer_free() inside a result callback does nothing");
        return;
    }
    stop_all(p);
    pthread_cond_destroy(&p->shared.work);
    pthread_cond_destroy(&p->shared.ready);
    pthread_cond_destroy(&p->shared.changed);
    pthread_mutex_destroy(&p->shared.lock);
    release(p);
}

/* The KPL's setting is a host without a scheme; it always means TLS. */
static void complete_endpoint(const char *endpoint, char *out, size_t size)
{
    snprintf(out, size, "%s%s", strstr(endpoint, "://") ? "" : "https://", endpoint);
}

static kds_err_t open_client(kpl_producer_t *p, kds_error_t **error)
{
    const struct kpl_conf *conf = &p->conf;
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
        .max_connections =
            (uint32_t)conf->connections_max + 1, /* one for listing shards */
        .log = conf->log.fn,
        .log_opaque = conf->log.opaque,
        .log_level = conf->log.level,
    };
    if (conf->endpoint != NULL) {
        complete_endpoint(conf->endpoint, endpoint, sizeof endpoint);
        options.endpoint = endpoint;
    }
    p->list_shards = kds_operation_find("ListShards");
    p->put_records = kds_operation_find("PutRecords");
    return kds_client_new(&options, &p->client, error);
}

static kds_err_t open_locks(kpl_producer_t *p)
{
    kds_err_t rc = kds_mutex_init(&p->shared.lock);
    rc = rc ? rc : kds_cond_init(&p->shared.work);
    rc = rc ? rc : kds_cond_init(&p->shared.ready);
    return rc ? rc : kds_cond_init(&p->shared.changed);
}

static kds_err_t open_core(kpl_producer_t *p, kds_error_t **error)
{
    uint64_t seed;
    if (kds_random_bytes(&seed, sizeof seed) != KDS_OK || open_locks(p) != KDS_OK) {
        return kds_error_set(error, KDS_ERR_SYSTEM,
                             "the system gave no locks or random numbers");
    }
    if (p->polled) {
        p->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (p->event_fd < 0) {
            return kds_error_set(error, KDS_ERR_SYSTEM, "eventfd: %s", strerror(errno));
        }
    }
    p->shared.worker_wake_us = -1;
    p->shared.core = kpl_core_new(&p->conf, seed);
    if (p->shared.core == NULL || !kpl_showcase_init(&p->showcase)) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return KDS_OK;
}

static kds_err_t start_threads(kpl_producer_t *p, kds_error_t **error)
{
    p->worker_runs = kds_thread_start(&p->worker, "kpl:worker", worker_main, p) == KDS_OK;
    if (p->worker_runs && !p->polled) {
        p->dispatcher_runs = kds_thread_start(&p->dispatcher, "kpl:dispatch",
                                              dispatcher_main, p) == KDS_OK;
    }
    return p->worker_runs && (p->polled || p->dispatcher_runs)
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_SYSTEM, "no thread could be started");
}

kds_err_t kpl_producer_new(const kpl_conf_t *conf,
                           kpl_results_fn *results,
                           void *opaque,
                           kpl_producer_t **producer,
                           kds_error_t **error)
{
    kpl_producer_t *p = kds_alloc_zero(1, sizeof *p);
    if (p == NULL || kds_conf_copy(&kpl_conf_table, &p->conf, conf) != KDS_OK) {
        kds_free(p);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    p->conf.log = conf->log;
    p->results = results;
    p->opaque = opaque;
    p->polled = conf->dispatch == KPL_DISPATCH_POLL;
    p->event_fd = -1;
    p->fork_generation = kds_fork_generation();
    kds_err_t rc = open_core(p, error);
    rc = rc ? rc : open_client(p, error);
    if (rc != KDS_OK) {
        release(p);
        return rc;
    }
    rc = start_threads(p, error);
    if (rc != KDS_OK) {
        kpl_producer_free(p);
        return rc;
    }
    *producer = p;
    return KDS_OK;
}
