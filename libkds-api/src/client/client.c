/*
 * client: the public handle: options, threads, blocking and asynchronous calls.
 */
#include "client/client.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sized.h"
#include "base/slice.h"
#include "base/thread.h"
#include "client/call.h"
#include "client/client_auth.h"
#include "client/endpoint.h"
#include "net/curl_transport.h"
#include "net/tls_policy.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESPONSE_BYTES_MAX ((size_t)32 * 1024 * 1024)

struct kds_client {
    /* Set by kds_client_new(), read-only afterwards: any thread, no lock. */
    unsigned fork_generation;
    kds_getenv_fn *env;
    const struct kds_service *service;
    enum kds_format format;
    kds_call_options_t defaults;
    char *ca_file; /* NULL = the system's */
    struct kds_client_auth auth;

    struct kds_call_context context; /* the transport's thread; `stopping` any */
};

/* ---- options ------------------------------------------------------------------------------ */

static kds_err_t bad_size(kds_error_t **error, kds_err_t code, size_t given, size_t known)
{
    return kds_error_set(error, code,
                         "struct_size: %zu, must be %zu; or larger, where nothing is set "
                         "that this library does not know",
                         given, known);
}

static kds_err_t take_ms(kds_err_t code,
                         int64_t given,
                         int64_t dflt,
                         const char *name,
                         int64_t *out,
                         kds_error_t **error)
{
    const int64_t most = INT64_C(86400000);
    if (given < 0 || given > most) {
        return kds_error_set(error, code, "%s: %" PRId64 " is outside 0..%" PRId64, name,
                             given, most);
    }
    *out = given ? given : dflt;
    return KDS_OK;
}

static kds_err_t check_options(const kds_client_options_t *o, kds_error_t **error)
{
    if (kds_service_at((int)o->service) == NULL) {
        return kds_error_set(error, KDS_ERR_CONFIG, "service: %d is none of the services",
                             (int)o->service);
    }
    if (o->max_connections > 1024) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "max_connections: %u is outside 0..1024",
                             o->max_connections);
    }
    if ((int)o->http_version < KDS_HTTP_DEFAULT || (int)o->http_version > KDS_HTTP_2) {
        return kds_error_set(error, KDS_ERR_CONFIG, "http_version: %d is none of 0, 1, 2",
                             (int)o->http_version);
    }
    return o->ca_file == NULL ? KDS_OK : kds_tls_check_ca_file(o->ca_file, error);
}

static kds_err_t set_defaults(struct kds_client *client,
                              const kds_client_options_t *o,
                              kds_error_t **error)
{
    kds_call_options_t *d = &client->defaults;
    kds_err_t rc = take_ms(KDS_ERR_CONFIG, o->request_timeout_ms, 10000,
                           "request_timeout_ms", &d->request_timeout_ms, error);
    if (rc == KDS_OK) {
        rc = take_ms(KDS_ERR_CONFIG, o->call_timeout_ms, 60000, "call_timeout_ms",
                     &d->call_timeout_ms, error);
    }
    d->struct_size = sizeof *d;
    client->context.log.fn = o->log;
    client->context.log.opaque = o->log_opaque;
    client->context.log.level = o->log_level ? o->log_level : KDS_LOG_NOTICE;
    return rc;
}

static kds_err_t
set_retries(struct kds_client *client, const kds_client_options_t *o, kds_error_t **error)
{
    struct kds_call_context *c = &client->context;
    struct kds_retry_constants constants;
    kds_retry_mode_t mode;
    unsigned attempts;
    kds_err_t rc = kds_retry_mode_resolve(o->retry_mode, client->env, &mode, error);
    if (rc != KDS_OK) {
        return rc;
    }
    kds_retry_constants_of(mode, client->service->name, &constants);
    attempts = constants.max_attempts;
    rc = kds_max_attempts_resolve(o->max_attempts, client->env, &attempts, error);
    client->defaults.max_attempts = attempts;
    kds_retry_budget_init(&c->budget, &constants);
    c->paced = mode == KDS_RETRY_ADAPTIVE;
    kds_adaptive_init(&c->adaptive, kds_clock_boottime_us(c->clock));
    return rc;
}

/* How the client writes to its service. */
static kds_err_t
choose_format(struct kds_client *client, kds_protocol_t protocol, kds_error_t **error)
{
    const struct kds_service *s = client->service;
    const bool form = protocol == KDS_PROTOCOL_JSON && s->json_type == NULL;
    const struct {
        bool spoken;
        enum kds_format format;
    } known[] = {
        [KDS_PROTOCOL_JSON] = {s->json_type != NULL, KDS_FORMAT_JSON},
        [KDS_PROTOCOL_CBOR] = {s->cbor_type != NULL, KDS_FORMAT_CBOR},
        [KDS_PROTOCOL_QUERY] = {s->query_version != NULL, KDS_FORMAT_QUERY},
    };
    const size_t i = form ? KDS_PROTOCOL_QUERY : (size_t)protocol;
    if (i >= sizeof known / sizeof known[0] || !known[i].spoken) {
        return kds_error_set(error, KDS_ERR_CONFIG, "protocol: %s does not speak %d",
                             s->name, (int)protocol);
    }
    client->format = known[i].format;
    return KDS_OK;
}

/* ---- life --------------------------------------------------------------------------------- */

static bool forked(const struct kds_client *client)
{
    return client->fork_generation != kds_fork_generation();
}

static void release(struct kds_client *client)
{
    kds_signing_clear(&client->context.signing);
    kds_client_auth_clear(&client->auth);
    kds_free(client->ca_file);
    kds_free(client);
}

static bool is_loopback(const char *host)
{
    struct in_addr a;
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &a) == 1 && ntohl(a.s_addr) >> 24 == 127);
}

static bool set(const char *text)
{
    return text != NULL && text[0] != 0;
}

/* Options and environment first; then the profile, then the instance. */
static kds_err_t find_region(struct kds_client *client,
                             const kds_client_options_t *o,
                             const struct kds_client_parts *parts,
                             char region[KDS_REGION_BYTES],
                             kds_error_t **error)
{
    char buffer[KDS_AUTH_REGION_BYTES];
    const char *given = o->region;
    if (!set(given) && !set(parts->env("AWS_REGION")) &&
        !set(parts->env("AWS_DEFAULT_REGION"))) {
        given =
            kds_client_auth_region(&client->auth, o, parts, &client->context.log, buffer);
    }
    return kds_region_resolve(given, parts->env, region, error);
}

/* A fetch of credentials ended: calls may wait for that. The refresher's thread. */
static bool on_credentials(void *opaque)
{
    struct kds_call_context *c = opaque;
    return c->transport->ops->run(c->transport, 0, kds_calls_on_credentials, c) == KDS_OK;
}

static kds_err_t resolve(struct kds_client *client,
                         const kds_client_options_t *o,
                         const struct kds_client_parts *parts,
                         kds_error_t **error)
{
    struct kds_call_context *c = &client->context;
    char region[KDS_REGION_BYTES];
    kds_err_t rc = kds_client_auth_open(&client->auth, o, parts, &c->log, error);
    if (rc == KDS_OK) {
        rc = find_region(client, o, parts, region, error);
    }
    if (rc == KDS_OK) {
        rc = kds_endpoint_resolve(o->endpoint, region, client->env, &c->url, error);
    }
    if (rc == KDS_OK) {
        rc = kds_client_auth_start(&client->auth, parts, region, &c->log, on_credentials,
                                   c, error);
    }
    if (rc == KDS_OK) {
        c->signing.refresher = client->auth.refresher;
        c->signing.service = client->service->signing_name;
        memcpy(c->signing.region, region, sizeof region);
    }
    /* Without TLS, somebody on the way could move the clock; not on a way that was chosen. */
    c->dates_trusted = c->url.tls || o->endpoint != NULL || is_loopback(c->url.host);
    snprintf(c->url_text, sizeof c->url_text, "%s://%s%s", c->url.tls ? "https" : "http",
             c->url.authority, c->url.path);
    return rc;
}

static kds_err_t open_transport(struct kds_client *client,
                                const kds_client_options_t *o,
                                kds_error_t **error)
{
    struct kds_curl_options options = {
        .max_connections = o->max_connections ? o->max_connections : 24,
        .ca_file = o->ca_file,
        .proxy = {o->proxy, o->proxy_user, o->proxy_password},
        .max_response_bytes = RESPONSE_BYTES_MAX,
        .http2 = o->http_version == KDS_HTTP_2,
    };
    uint64_t seed = 0;
    kds_err_t rc = take_ms(KDS_ERR_CONFIG, o->connect_timeout_ms, 6000,
                           "connect_timeout_ms", &options.connect_timeout_ms, error);
    if (rc == KDS_OK && kds_random_bytes(&seed, sizeof seed) != KDS_OK) {
        rc = kds_error_set(error, KDS_ERR_SYSTEM, "the system gave no random numbers");
    }
    if (rc == KDS_OK) {
        kds_rng_seed(&client->context.rng, seed);
        rc = kds_curl_transport_new(&options, &client->context.transport, error);
    }
    return rc;
}

static kds_err_t
keep_ca_file(struct kds_client *client, const char *path, kds_error_t **error)
{
    if (path == NULL)
        return KDS_OK;
    const size_t n = strlen(path) + 1;
    client->ca_file = kds_alloc(n);
    if (client->ca_file == NULL)
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    memcpy(client->ca_file, path, n);
    return KDS_OK;
}

kds_err_t kds_client_new(const kds_client_options_t *options,
                         kds_client_t **client,
                         kds_error_t **error)
{
    const struct kds_client_parts system = {kds_clock_system(), getenv, NULL};
    return kds_client_new_from(options, &system, client, error);
}

kds_err_t kds_client_new_from(const kds_client_options_t *given,
                              const struct kds_client_parts *parts,
                              kds_client_t **client,
                              kds_error_t **error)
{
    kds_client_options_t copy, *options = &copy;
    if (!kds_sized_copy(&copy, sizeof copy, given)) {
        return bad_size(error, KDS_ERR_CONFIG, given->struct_size, sizeof copy);
    }
    kds_err_t rc = check_options(options, error);
    if (rc != KDS_OK) {
        return rc;
    }
    struct kds_client *c = kds_alloc_zero(1, sizeof *c);
    if (c == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    c->fork_generation = kds_fork_generation();
    c->service = kds_service_at((int)options->service);
    c->env = parts->env;
    c->context.clock = parts->clock;
    rc = keep_ca_file(c, options->ca_file, error);
    if (rc == KDS_OK) {
        rc = set_defaults(c, options, error);
    }
    if (rc == KDS_OK) {
        rc = set_retries(c, options, error);
    }
    if (rc == KDS_OK) {
        rc = choose_format(c, options->protocol, error);
    }
    if (rc == KDS_OK) {
        rc = resolve(c, options, parts, error);
    }
    if (rc == KDS_OK) {
        rc = open_transport(c, options, error);
    }
    if (rc != KDS_OK) {
        release(c);
        return rc;
    }
    *client = c;
    return KDS_OK;
}

kds_err_t kds_client_share(kds_client_t *client,
                           struct kds_client_share *share,
                           kds_error_t **error)
{
    struct kds_call_context *c = &client->context;
    if (forked(client)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the client was created by the parent process");
    }
    *share = (struct kds_client_share){
        .service = client->service,
        .clock = c->clock,
        .log = &c->log,
        .url = &c->url,
        .signing = &c->signing,
        .skew_us = &c->skew_us,
        .dates_trusted = c->dates_trusted,
        .ca_file = client->ca_file,
        .env = client->env,
    };
    return KDS_OK;
}

int64_t kds_client_server_ahead_us(const kds_client_t *client)
{
    return atomic_load(&client->context.server_ahead_us);
}

/* The calling thread is one of the client's. */
static bool on_own_thread(const struct kds_client *client)
{
    struct kds_transport *transport = client->context.transport;
    return transport->ops->on_thread(transport) ||
           kds_refresher_on_thread(client->auth.refresher);
}

void kds_client_free(kds_client_t *client)
{
    if (client == NULL || forked(client)) {
        return;
    }
    struct kds_transport *transport = client->context.transport;
    if (on_own_thread(client)) {
        kds_log(&client->context.log, KDS_LOG_ERROR, "client",
                "kds_client_free() inside a callback of the client does nothing");
        return;
    }
    atomic_store(&client->context.stopping, true);
    kds_refresher_stop(client->auth.refresher); /* it posts to the transport */
    transport->ops->free(transport);
    release(client);
}

/* ---- calls -------------------------------------------------------------------------------- */

static kds_err_t merge_options(const struct kds_client *client,
                               const kds_call_options_t *options,
                               kds_call_options_t *out,
                               kds_error_t **error)
{
    kds_call_options_t copy, *given = &copy;
    *out = client->defaults;
    if (options == NULL) {
        return KDS_OK;
    }
    if (!kds_sized_copy(&copy, sizeof copy, options)) {
        return bad_size(error, KDS_ERR_INVALID_ARG, options->struct_size, sizeof copy);
    }
    if (given->max_attempts > KDS_ATTEMPTS_MAX) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "max_attempts: %u is outside 0..%d", given->max_attempts,
                             KDS_ATTEMPTS_MAX);
    }
    kds_err_t rc =
        take_ms(KDS_ERR_INVALID_ARG, given->call_timeout_ms, out->call_timeout_ms,
                "call_timeout_ms", &out->call_timeout_ms, error);
    if (rc == KDS_OK) {
        rc = take_ms(KDS_ERR_INVALID_ARG, given->request_timeout_ms,
                     out->request_timeout_ms, "request_timeout_ms",
                     &out->request_timeout_ms, error);
    }
    out->max_attempts = given->max_attempts ? given->max_attempts : out->max_attempts;
    return rc;
}

kds_err_t kds_client_start(kds_client_t *client,
                           const kds_operation_t *operation,
                           const void *input,
                           const kds_call_options_t *options,
                           kds_completion_fn *done,
                           void *opaque,
                           kds_error_t **error)
{
    kds_call_options_t merged;
    struct kds_call *call = NULL;
    if (forked(client)) {
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the client was created by the parent process");
    }
    if (atomic_load(&client->context.stopping)) {
        return kds_error_set(error, KDS_ERR_CLOSED, "the client is being freed");
    }
    if (operation->service != client->service) {
        return kds_error_set(
            error, KDS_ERR_INVALID_ARG, "%s: an operation of %s, but the client is of %s",
            operation->name, operation->service->name, client->service->name);
    }
    if (operation->streamed) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "%s: answered by an event stream, not by a call",
                             operation->name);
    }
    kds_err_t rc = merge_options(client, options, &merged, error);
    if (rc == KDS_OK) {
        rc = kds_call_new(&client->context, operation, input, client->format, &merged,
                          done, opaque, &call, error);
    }
    if (rc != KDS_OK) {
        return rc;
    }
    struct kds_transport *transport = client->context.transport;
    rc = transport->ops->run(transport, 0, kds_call_run, call);
    if (rc != KDS_OK) {
        kds_call_free(call);
        return kds_error_set(error, rc, "out of memory");
    }
    return KDS_OK;
}

/* A thread that waits for the end of its call. */
struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
    const void *output;
    kds_error_t *error;
};

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    struct waiter *w = opaque;
    pthread_mutex_lock(&w->lock);
    w->output = output;
    w->error = error;
    w->done = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
}

static kds_err_t hand_over(struct waiter *w, const void **output, kds_error_t **error)
{
    if (w->error == NULL) {
        *output = w->output;
        return KDS_OK;
    }
    kds_err_t rc = kds_error_code(w->error);
    if (error != NULL) {
        kds_error_free(*error);
        *error = w->error;
    } else {
        kds_error_free(w->error);
    }
    return rc;
}

kds_err_t kds_client_call(kds_client_t *client,
                          const kds_operation_t *operation,
                          const void *input,
                          const kds_call_options_t *options,
                          const void **output,
                          kds_error_t **error)
{
    struct waiter w = {.done = false};
    if (!forked(client) && on_own_thread(client)) {
        return kds_error_set(error, KDS_ERR_WOULD_DEADLOCK,
                             "%s: a blocking call inside a callback of its client",
                             operation->name);
    }
    kds_err_t rc = kds_mutex_init(&w.lock);
    if (rc != KDS_OK) {
        return kds_error_set(error, rc, "no mutex could be made");
    }
    rc = kds_cond_init(&w.ended);
    if (rc != KDS_OK) {
        pthread_mutex_destroy(&w.lock);
        return kds_error_set(error, rc, "no condition could be made");
    }
    rc = kds_client_start(client, operation, input, options, on_end, &w, error);
    if (rc == KDS_OK) {
        pthread_mutex_lock(&w.lock);
        while (!w.done) {
            kds_cond_wait(&w.ended, &w.lock, KDS_NEVER_US);
        }
        pthread_mutex_unlock(&w.lock);
        rc = hand_over(&w, output, error);
    }
    pthread_cond_destroy(&w.ended);
    pthread_mutex_destroy(&w.lock);
    return rc;
}
