/*
 * fanout: the handle of the thread and its connections.
 */
#include "client/fanout.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/sized.h"
#include "kds/wait.h"

#include <inttypes.h>
#include <string.h>

static bool forked(const struct kds_fanout *f)
{
    return f->fork_generation != kds_fork_generation();
}

/* ---- options ------------------------------------------------------------------------------- */

static kds_err_t take(const char *name,
                      int64_t given,
                      int64_t dflt,
                      int64_t least,
                      int64_t most,
                      int64_t *out,
                      kds_error_t **error)
{
    *out = given != 0 ? given : dflt;
    if (*out >= least && *out <= most)
        return KDS_OK;
    return kds_error_set(error, KDS_ERR_CONFIG,
                         "%s: %" PRId64 " is outside %" PRId64 "..%" PRId64, name, given,
                         least, most);
}

static kds_err_t take_options(struct kds_fanout *f,
                              const kds_fanout_options_t *o,
                              struct kds_h2_pool_options *pool,
                              kds_error_t **error)
{
    const int64_t day_ms = 86400000;
    int64_t credit = 0, connections = 0, connect = 0, request = 0, silence = 0;
    kds_err_t rc = take("credit_bytes", o->credit_bytes, 1 << 20, 64 << 10, 64 << 20,
                        &credit, error);
    if (rc == KDS_OK)
        rc = take("max_connections", o->max_connections, 512, 1, 4096, &connections,
                  error);
    if (rc == KDS_OK)
        rc = take("connect_timeout_ms", o->connect_timeout_ms, 6000, 1, day_ms, &connect,
                  error);
    if (rc == KDS_OK)
        rc = take("request_timeout_ms", o->request_timeout_ms, 20000, 1, day_ms, &request,
                  error);
    if (rc == KDS_OK)
        rc = take("silence_timeout_ms", o->silence_timeout_ms, 60000, 1, day_ms, &silence,
                  error);
    f->credit_bytes = (uint32_t)credit;
    f->request_timeout_us = request * KDS_US_PER_MS;
    f->silence_timeout_us = silence * KDS_US_PER_MS;
    *pool = (struct kds_h2_pool_options){
        .url = f->share.url,
        .ca_file = f->share.ca_file,
        .log = f->share.log,
        .connect_timeout_us = connect * KDS_US_PER_MS,
        .max_connections = (unsigned)connections,
        .window = (uint32_t)credit,
    };
    return rc;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void release(struct kds_fanout *f)
{
    kds_h2_pool_free(f->pool);
    kds_signing_clear(&f->signing);
    kds_loop_free(f->loop);
    if (f->lock_made)
        pthread_mutex_destroy(&f->lock);
    kds_free(f);
}

/* The signer is this thread's own; the credentials are the client's. */
static void take_signing(struct kds_fanout *f)
{
    const struct kds_signing *theirs = f->share.signing;
    f->signing.refresher = theirs->refresher;
    f->signing.service = theirs->service;
    memcpy(f->signing.region, theirs->region, sizeof f->signing.region);
}

/* libcurl goes through it; who counts on that should know that this does not. */
static void tell_about_proxy(const struct kds_client_share *share)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; share->url->tls && i < sizeof names / sizeof names[0]; i++) {
        const char *value = share->env(names[i]);
        if (value != NULL && value[0] != 0) {
            kds_log(share->log, KDS_LOG_WARNING, "fan-out",
                    "%s is set: subscriptions do not go through a proxy, but directly to "
                    "%s",
                    names[i], share->url->host);
            return;
        }
    }
}

static kds_err_t
open_parts(struct kds_fanout *f, const kds_fanout_options_t *o, kds_error_t **error)
{
    struct kds_h2_pool_options pool;
    uint64_t seed = 0;
    kds_err_t rc = take_options(f, o, &pool, error);
    if (rc != KDS_OK)
        return rc;
    rc = kds_mutex_init(&f->lock);
    f->lock_made = rc == KDS_OK;
    if (rc == KDS_OK)
        rc = kds_random_bytes(&seed, sizeof seed);
    if (rc == KDS_OK)
        rc = kds_loop_new("kds-fanout", f->share.clock, &f->loop);
    if (rc != KDS_OK)
        return kds_error_set(error, rc, "a fan-out: %s", kds_err_text(rc));
    kds_rng_seed(&f->rng, seed);
    return kds_h2_pool_new(f->loop, &pool, &f->pool, error);
}

static void do_nothing(void *opaque)
{
    (void)opaque;
}

kds_err_t kds_fanout_new(kds_client_t *client,
                         const kds_fanout_options_t *options,
                         kds_fanout_t **fanout,
                         kds_error_t **error)
{
    const kds_fanout_options_t defaults = {.struct_size = sizeof defaults};
    kds_fanout_options_t copy;
    if (options == NULL)
        options = &defaults;
    if (!kds_sized_copy(&copy, sizeof copy, options))
        return kds_error_set(error, KDS_ERR_CONFIG, "struct_size: %zu, must be %zu",
                             options->struct_size, sizeof copy);
    struct kds_fanout *f = kds_alloc_zero(1, sizeof *f);
    if (f == NULL)
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    f->fork_generation = kds_fork_generation();
    f->operation = kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD);
    f->nudge.fn = do_nothing;
    kds_err_t rc = kds_client_share(client, &f->share, error);
    if (rc == KDS_OK && f->share.service != f->operation->service)
        rc = kds_error_set(error, KDS_ERR_INVALID_ARG,
                           "a fan-out needs a client of kinesis, not of %s",
                           f->share.service->name);
    if (rc == KDS_OK) {
        take_signing(f);
        tell_about_proxy(&f->share);
        rc = open_parts(f, &copy, error);
    }
    if (rc != KDS_OK) {
        if (f->loop != NULL)
            kds_loop_stop(f->loop);
        release(f);
        return rc;
    }
    *fanout = f;
    return KDS_OK;
}

void kds_fanout_free(kds_fanout_t *f)
{
    if (f == NULL || forked(f))
        return;
    if (kds_loop_on_thread(f->loop)) {
        kds_log(f->share.log, KDS_LOG_ERROR, "fan-out",
                "kds_fanout_free() inside a callback of the fan-out does nothing");
        return;
    }
    kds_loop_stop(f->loop);
    f->closing = true;         /* what the loop did is done here from now on */
    kds_h2_pool_free(f->pool); /* first: nothing may be written on the caller's thread */
    f->pool = NULL;
    while (f->subscriptions != NULL)
        kds_subscription_let_go(f->subscriptions);
    release(f);
}

void kds_fanout_nudge(struct kds_fanout *f)
{
    kds_loop_post(f->loop, &f->nudge);
}

/* ---- a look -------------------------------------------------------------------------------- */

kds_err_t kds_fanout_get_status(kds_fanout_t *f, kds_fanout_status_t *status)
{
    if (status->struct_size != sizeof *status)
        return KDS_ERR_INVALID_ARG;
    pthread_mutex_lock(&f->lock);
    status->subscriptions = f->count;
    status->connections = f->counts.connections;
    status->streams = f->counts.streams;
    status->waiting = f->counts.waiting;
    pthread_mutex_unlock(&f->lock);
    return KDS_OK;
}

/* ---- consumers ----------------------------------------------------------------------------- */

static kds_err_t describe(kds_client_t *client,
                          const kds_describe_stream_consumer_in_t *in,
                          kds_fanout_consumer_t *consumer,
                          kds_error_t **error)
{
    const kds_describe_stream_consumer_out_t *out = NULL;
    kds_err_t rc = kds_describe_stream_consumer(client, in, NULL, &out, error);
    if (rc != KDS_OK)
        return rc;
    const kds_slice_t arn = out->consumer_description.consumer_arn;
    if (arn.n == 0 || arn.n >= sizeof consumer->arn) {
        rc = kds_error_set(error, KDS_ERR_PROTOCOL,
                           "DescribeStreamConsumer: the answer lacks a usable ARN");
    } else {
        memcpy(consumer->arn, arn.p, arn.n);
        consumer->arn[arn.n] = 0;
    }
    kds_output_free(out);
    return rc;
}

/* Register it if it is not there. Somebody else may be faster: then it is. */
static kds_err_t describe_or_register(kds_client_t *client,
                                      const kds_describe_stream_consumer_in_t *in,
                                      kds_fanout_consumer_t *consumer,
                                      kds_error_t **error)
{
    const kds_register_stream_consumer_in_t new = {.struct_size = sizeof new,
                                                   .stream_arn = in->stream_arn,
                                                   .consumer_name = in->consumer_name};
    const kds_register_stream_consumer_out_t *out = NULL;
    kds_err_t rc = describe(client, in, consumer, error);
    if (rc != KDS_ERR_NOT_FOUND)
        return rc;
    rc = kds_register_stream_consumer(client, &new, NULL, &out, error);
    consumer->registered = rc == KDS_OK;
    if (rc == KDS_OK)
        kds_output_free(out);
    return rc == KDS_ERR_IN_USE ? KDS_OK : rc;
}

kds_err_t kds_fanout_find_consumer(kds_client_t *client,
                                   const char *stream_arn,
                                   const char *name,
                                   int64_t timeout_ms,
                                   kds_fanout_consumer_t *consumer,
                                   kds_error_t **error)
{
    const kds_describe_stream_consumer_in_t in = {.struct_size = sizeof in,
                                                  .stream_arn = kds_slice(stream_arn),
                                                  .consumer_name = kds_slice(name)};
    const kds_wait_options_t wait = {
        .struct_size = sizeof wait, .interval_ms = 500, .timeout_ms = timeout_ms};
    kds_error_t *why = NULL; /* of steps that another may make good */
    memset(consumer, 0, sizeof *consumer);
    kds_err_t rc = describe_or_register(client, &in, consumer, &why);
    if (rc == KDS_OK)
        rc = kds_wait(client, KDS_WAIT_CONSUMER_ACTIVE, &in, &wait, &why);
    if (rc == KDS_OK)
        rc = describe(client, &in, consumer, &why);
    if (rc != KDS_OK && error != NULL) {
        kds_error_free(*error);
        *error = why;
    } else {
        kds_error_free(why);
    }
    return rc;
}
