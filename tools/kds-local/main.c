/*
 * kds-local: a local Kinesis stream server. Puts its parts together, and says when it is ready.
 */
#include "base/clock.h"
#include "kds/kinesis.h"
#include "options.h"
#include "server.h"
#include "store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything that lives as long as the server. */
struct parts {
    struct truth_log *truth;
    struct local_service *service;
    struct store *store;
    struct verifier *verifier;
    struct tls_context *tls;
    struct fault_plan *plan;
    struct fault_log *faults;
    char authority[256];    /* the file that was made for clients to trust; "" = none */
    bool authority_is_ours; /* to be removed at the end */
};

static bool fail(const char *what, const char *why)
{
    fprintf(stderr, "kds-local: %s%s%s\n", what, why[0] ? ": " : "", why);
    return false;
}

/* A stream that a store has brought along stays as it is. */
static bool create_stream(struct local_service *service, const struct stream_option *o)
{
    kds_create_stream_in_t in = {.struct_size = sizeof in,
                                 .stream_name = o->name,
                                 .has_shard_count = true,
                                 .shard_count = o->shards};
    kds_create_stream_out_t out;
    struct kds_arena arena;
    struct local_fault fault;
    kds_arena_init(&arena, 4096);
    bool ok = local_service_call(service, kds_clock_realtime_us(kds_clock_system()),
                                 KDS_OP_CREATE_STREAM, &in, &out, &arena, &fault);
    kds_arena_clear(&arena);
    return ok || strcmp(fault.code, "ResourceInUseException") == 0 ||
           fail("--stream", fault.message);
}

static bool create_streams(struct local_service *service, const struct options *o)
{
    bool ok = true;
    for (size_t i = 0; ok && i < o->stream_count; i++) {
        ok = create_stream(service, &o->streams[i]);
    }
    return ok;
}

static bool open_store(struct parts *p, const struct options *o)
{
    char why[512];
    if (o->store == NULL) {
        return true;
    }
    p->store = store_open(o->store, p->service, why, sizeof why);
    return p->store != NULL || fail("--store", why);
}

/* A file of nobody else's, for the authority of a certificate that is made. */
static bool choose_authority_file(struct parts *p)
{
    const char *folder = getenv("TMPDIR");
    snprintf(p->authority, sizeof p->authority, "%s/kds-local-ca-XXXXXX.pem",
             folder && folder[0] ? folder : "/tmp");
    int fd = mkstemps(p->authority, 4);
    if (fd < 0) {
        return fail(p->authority, strerror(errno));
    }
    close(fd);
    p->authority_is_ours = true;
    return true;
}

static bool open_tls(struct parts *p, const struct options *o)
{
    char why[768];
    if (!o->tls) {
        return true;
    }
    if (o->ca_out != NULL) {
        snprintf(p->authority, sizeof p->authority, "%s", o->ca_out);
    } else if (o->cert == NULL && !choose_authority_file(p)) {
        return false;
    }
    p->tls = tls_context_new(o->cert, o->key, p->authority[0] ? p->authority : NULL, why,
                             sizeof why);
    return p->tls != NULL || fail(why, "");
}

static bool open_plan(struct parts *p, const struct options *o)
{
    kds_error_t *error = NULL;
    if (o->fault_plan == NULL) {
        return true;
    }
    if (fault_plan_load(o->fault_plan, NULL, &p->plan, &error) != KDS_OK) {
        fail("--fault-plan", kds_error_message(error));
        kds_error_free(error);
        return false;
    }
    p->faults = fault_log_open(o->fault_log);
    return p->faults != NULL || fail("--fault-log", strerror(errno));
}

static bool open_parts(struct parts *p, const struct options *o)
{
    if (o->truth_log != NULL && (p->truth = truth_log_open(o->truth_log)) == NULL) {
        fprintf(stderr, "kds-local: --truth-log %s: %s\n", o->truth_log, strerror(errno));
        return false;
    }
    struct local_service_options options = {.seed = o->seed,
                                            .limits = o->limits,
                                            .region = o->region,
                                            .account = o->account,
                                            .control_plane_delay_ms =
                                                o->control_plane_delay_ms,
                                            .subscription_ms = o->subscription_ms,
                                            .heartbeat_ms = o->heartbeat_ms,
                                            .takeover_ms = o->takeover_ms,
                                            .stored = p->truth ? truth_log_stored : NULL,
                                            .opaque = p->truth};
    p->service = local_service_new(&options);
    p->verifier = verifier_new(o->credentials, o->credential_count, o->region);
    if (p->service == NULL || p->verifier == NULL) {
        return fail("out of memory", "");
    }
    if (o->credential_count == 0) {
        fputs("kds-local: no credentials are set: any well-formed signature is taken\n",
              stderr);
    }
    return open_plan(p, o) && open_tls(p, o) && open_store(p, o) &&
           create_streams(p->service, o);
}

static void close_parts(struct parts *p)
{
    tls_context_free(p->tls);
    fault_plan_free(p->plan);
    fault_log_close(p->faults);
    verifier_free(p->verifier);
    local_service_free(p->service);
    store_close(p->store);
    truth_log_close(p->truth);
    if (p->authority_is_ours) {
        unlink(p->authority);
    }
}

static bool serve(const struct parts *p, const struct options *o)
{
    char why[256];
    struct server_options options = {.host = o->host,
                                     .port = o->port,
                                     .service = p->service,
                                     .truth = p->truth,
                                     .verifier = p->verifier,
                                     .tls = p->tls,
                                     .max_streams = o->max_streams,
                                     .plan = p->plan,
                                     .faults = p->faults};
    struct server *server = server_new(&options, why, sizeof why);
    if (server == NULL) {
        return fail(why, "");
    }
    printf("listening on %s%s%s\n", server_url(server),
           p->authority[0] ? " authority " : "", p->authority);
    fflush(stdout);
    bool ok = server_run(server);
    server_free(server);
    return ok;
}

int main(int argc, char **argv)
{
    static struct options o; /* large, and needed to the end */
    struct parts p;
    sigset_t ends;
    memset(&p, 0, sizeof p);
    if (!options_parse(&o, argc, argv)) {
        return 2;
    }
    /* Blocked, and read from a descriptor by the server's loop. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    bool ok = open_parts(&p, &o) && serve(&p, &o);
    close_parts(&p);
    return ok ? 0 : 1;
}
