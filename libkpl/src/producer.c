/*
 * producer: the life of the public handle: settings, client, threads.
 */
#include "producer_internal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/size.h"
#include "base/slice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* So long kpl_producer_free() waits for a callback before it says so; then twice as long, and so on. */
#define PATIENCE_US (5 * KDS_US_PER_S)

/* ---- life --------------------------------------------------------------------------------- */

/* Everything but the threads, which have ended or never began. */
static void release(kpl_producer_t *p)
{
    kds_metric_sender_free(p->sender);
    kpl_spooling_close(&p->shared.spooling);
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

static void stop_worker(kpl_producer_t *p)
{
    kpl_lock(p);
    p->shared.stop_worker = true;
    pthread_cond_signal(&p->shared.work);
    kpl_unlock(p);
    pthread_join(p->worker, NULL);
}

/* A callback may use what its owner releases after this, so there is no going on without it. */
static void await_dispatcher(kpl_producer_t *p)
{
    int64_t patience_us = p->patience_us, began_us = kpl_now_us();
    kpl_lock(p);
    p->shared.stop_dispatcher = true;
    pthread_cond_signal(&p->shared.ready);
    while (!p->shared.dispatcher_ended) {
        if (!kpl_wait_locked(p, &p->shared.changed, began_us + patience_us)) {
            const char *callback =
                p->shared.delivering ? p->shared.callback : "the delivery of outcomes";
            kpl_unlock(p);
            kds_log(&p->conf.log, KDS_LOG_WARNING, "producer",
                    "kpl_producer_free() has waited for %lld ms: %s has not returned",
                    (long long)(patience_us / KDS_US_PER_MS), callback);
            patience_us *= 2;
            kpl_lock(p);
        }
    }
    kpl_unlock(p);
    pthread_join(p->dispatcher, NULL);
}

static void stop_all(kpl_producer_t *p)
{
    kpl_lock(p);
    p->shared.closed = true;
    pthread_cond_broadcast(&p->shared.changed);
    kpl_unlock(p);
    if (p->worker_runs) {
        stop_worker(p);
    }
    kds_client_free(p->client); /* what is under way ends, and is told to the core */
    kpl_upload_end(p);
    kpl_lock(p);
    kpl_core_abandon(p->shared.core, kpl_now_us());
    kpl_unlock(p);
    if (p->dispatcher_runs) {
        await_dispatcher(p);
    }
    kpl_lock(p);
    while (kpl_deliver_some_locked(p, KPL_SHOWCASE_RECORDS) > 0) {
        /* with dispatch=poll the rest is reported here */
    }
    kpl_unlock(p);
}

void kpl_producer_free(kpl_producer_t *p)
{
    if (p == NULL || kpl_forked(p)) {
        return;
    }
    kpl_lock(p);
    bool inside = kpl_inside_callback_locked(p);
    kpl_unlock(p);
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

/* The KPL's setting is a host without a scheme. NULL stays NULL. */
static const char *complete_address(
    const char *scheme, const char *host, int64_t port, char *out, size_t size)
{
    if (host == NULL) {
        return NULL;
    }
    if (strstr(host, "://") != NULL) {
        snprintf(out, size, "%s", host);
    } else if (strchr(host, ':') != NULL) {
        snprintf(out, size, "%s://%s", scheme, host);
    } else {
        snprintf(out, size, "%s://%s:%lld", scheme, host, (long long)port);
    }
    return out;
}

static kds_err_t open_client(kpl_producer_t *p, kds_error_t **error)
{
    const struct kpl_conf *conf = &p->conf;
    char endpoint[1400], proxy[400];
    kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = conf->region,
        .profile = conf->profile,
        .access_key_id = conf->access_key_id,
        .secret_access_key = conf->secret_access_key,
        .session_token = conf->session_token,
        .ca_file = conf->ca_file,
        .proxy = complete_address("http", conf->proxy_host, conf->proxy_port, proxy,
                                  sizeof proxy),
        .proxy_user = conf->proxy_user,
        .proxy_password = conf->proxy_password,
        .protocol = conf->protocol ? KDS_PROTOCOL_CBOR : KDS_PROTOCOL_JSON,
        .connect_timeout_ms = conf->connect_timeout_ms,
        .request_timeout_ms = conf->request_timeout_ms,
        .max_connections =
            (uint32_t)conf->connections_max + 2, /* for questions about streams */
        .log = conf->log.fn,
        .log_opaque = conf->log.opaque,
        .log_level = conf->log.level,
    };
    options.endpoint = complete_address("https", conf->cloudwatch_endpoint,
                                        conf->cloudwatch_port, endpoint, sizeof endpoint);
    kds_err_t rc = kpl_upload_begin(p, &options, error);
    if (rc != KDS_OK) {
        return rc;
    }
    options.endpoint = complete_address("https", conf->endpoint, conf->endpoint_port,
                                        endpoint, sizeof endpoint);
    p->operations[KPL_ACTION_LIST_SHARDS] = kds_operation_find("ListShards");
    p->operations[KPL_ACTION_SUMMARY] = kds_operation_find("DescribeStreamSummary");
    p->operations[KPL_ACTION_PUT_RECORDS] = kds_operation_find("PutRecords");
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
    p->shared.room_at_us = KDS_NEVER_US;
    p->shared.core = kpl_core_new(&p->conf, seed);
    if (p->shared.core == NULL || !kpl_showcase_init(&p->showcase)) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return kpl_spooling_open(&p->shared.spooling, &p->conf, p->shared.core, NULL, error);
}

static kds_err_t start_threads(kpl_producer_t *p, kds_error_t **error)
{
    p->worker_runs =
        kds_thread_start(&p->worker, "kpl:worker", kpl_worker_main, p) == KDS_OK;
    if (p->worker_runs && !p->polled) {
        p->dispatcher_runs = kds_thread_start(&p->dispatcher, "kpl:dispatch",
                                              kpl_dispatcher_main, p) == KDS_OK;
    }
    return p->worker_runs && (p->polled || p->dispatcher_runs)
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_SYSTEM, "no thread could be started");
}

static const kds_log_level_t log_levels[] = {
    [KPL_LOG_ERROR] = KDS_LOG_ERROR,   [KPL_LOG_WARNING] = KDS_LOG_WARNING,
    [KPL_LOG_NOTICE] = KDS_LOG_NOTICE, [KPL_LOG_INFO] = KDS_LOG_INFO,
    [KPL_LOG_DEBUG] = KDS_LOG_DEBUG,   [KPL_LOG_TRACE] = KDS_LOG_DEBUG,
};

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
    if (conf->log_level != KPL_LOG_GIVEN) {
        p->conf.log.level = log_levels[conf->log_level];
    }
    p->conf.low_water = conf->low_water;
    p->conf.low_water_opaque = conf->low_water_opaque;
    p->linger_us = kpl_linger_us(conf);
    p->patience_us = PATIENCE_US;
    p->low_bytes = kds_size(conf->buffer_max_bytes / 100 * conf->buffer_low_percent);
    p->results = results;
    p->opaque = opaque;
    p->polled = conf->dispatch == KPL_DISPATCH_POLL;
    p->event_fd = -1;
    p->fork_generation = kds_fork_generation();
    kds_err_t rc = kpl_conf_check(&p->conf, error);
    rc = rc ? rc : open_core(p, error);
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
