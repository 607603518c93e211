/*
 * kds-local: a local Kinesis stream server. Options, streams, and the line that says it is ready.
 */
#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"
#include "kds/kinesis.h"
#include "kds/version.h"
#include "server.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_OPTIONS_MAX 256

static const char help[] =
    "Usage: kds-local [options]\n"
    "\n"
    "A local Kinesis Data Streams server: the API with JSON and CBOR over HTTP/1.1. "
    "Keeps\n"
    "everything in memory. When it is ready it prints one line: listening on "
    "http://HOST:PORT\n"
    "\n"
    "  --host ADDRESS        address to listen on (127.0.0.1); only loopback, unless\n"
    "  --allow-remote        any address may be used; there is no access control\n"
    "  --port N              port to listen on (4567); 0 takes a free one\n"
    "  --stream NAME:SHARDS  have this stream from the start; may be repeated\n"
    "  --limits              hold each shard to the service's limits: 1 MiB and 1000\n"
    "                        records a second in, 2 MiB and 5 calls a second out\n"
    "  --truth-log FILE      append a JSON line for each record that is stored\n"
    "  --seed N              what is random comes from this number (1)\n"
    "  --help                print this and exit\n"
    "  --version             print the version and exit\n"
    "\n"
    "SIGTERM and SIGINT end it at once, with status 0.\n";

struct stream_option {
    kds_slice_t name;
    int64_t shards;
};

struct options {
    const char *host, *truth_log;
    uint16_t port;
    uint64_t seed;
    bool limits, allow_remote;
    struct stream_option streams[STREAM_OPTIONS_MAX];
    size_t stream_count;
};

static bool wrong(const char *option, const char *value, const char *must)
{
    fprintf(stderr, "kds-local: --%s %s: %s\n", option, value, must);
    return false;
}

static bool take_stream(struct options *o, const char *value)
{
    kds_slice_t text = kds_slice(value);
    size_t colon = kds_slice_find(text, ':');
    struct stream_option *s = &o->streams[o->stream_count];
    if (o->stream_count == STREAM_OPTIONS_MAX) {
        return wrong("stream", value, "at most 256 streams");
    }
    if (colon == 0 || colon >= text.n ||
        !kds_parse_i64(kds_slice_of(text.p + colon + 1, text.n - colon - 1),
                       &s->shards) ||
        s->shards < 1 || s->shards > LOCAL_SHARDS_MAX) {
        return wrong("stream", value, "must be NAME:SHARDS with 1..10000 shards");
    }
    s->name = kds_slice_of(text.p, colon);
    o->stream_count++;
    return true;
}

static bool
take_number(const char *option, const char *value, uint64_t most, uint64_t *out)
{
    char must[64];
    uint64_t v;
    if (!kds_parse_u64(kds_slice(value), &v) || v > most) {
        snprintf(must, sizeof must, "must be a number of 0..%llu",
                 (unsigned long long)most);
        return wrong(option, value, must);
    }
    *out = v;
    return true;
}

enum option_id {
    OPT_HOST,
    OPT_PORT,
    OPT_STREAM,
    OPT_LIMITS,
    OPT_TRUTH_LOG,
    OPT_SEED,
    OPT_ALLOW_REMOTE,
    OPT_HELP,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"host", required_argument, NULL, OPT_HOST},
    {"port", required_argument, NULL, OPT_PORT},
    {"stream", required_argument, NULL, OPT_STREAM},
    {"limits", no_argument, NULL, OPT_LIMITS},
    {"truth-log", required_argument, NULL, OPT_TRUTH_LOG},
    {"seed", required_argument, NULL, OPT_SEED},
    {"allow-remote", no_argument, NULL, OPT_ALLOW_REMOTE},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static bool take_option(struct options *o, int id, const char *value)
{
    uint64_t number;
    switch (id) {
    case OPT_HOST:
        o->host = value;
        return true;
    case OPT_PORT:
        if (!take_number("port", value, 65535, &number)) {
            return false;
        }
        o->port = (uint16_t)number;
        return true;
    case OPT_STREAM:
        return take_stream(o, value);
    case OPT_LIMITS:
        o->limits = true;
        return true;
    case OPT_TRUTH_LOG:
        o->truth_log = value;
        return true;
    case OPT_SEED:
        return take_number("seed", value, UINT64_MAX, &o->seed);
    case OPT_ALLOW_REMOTE:
        o->allow_remote = true;
        return true;
    case OPT_HELP:
        fputs(help, stdout);
        exit(0);
    case OPT_VERSION:
        printf("kds-local %s\n", kds_version_text());
        exit(0);
    default:
        fputs("kds-local: try --help\n", stderr);
        return false;
    }
}

static bool loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static bool parse(int argc, char **argv, struct options *o)
{
    int id;
    while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!take_option(o, id, optarg)) {
            return false;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "kds-local: %s: unexpected argument; try --help\n", argv[optind]);
        return false;
    }
    if (!loopback(o->host) && !o->allow_remote) {
        return wrong(
            "host", o->host,
            "not a loopback address; anybody could use the server. Add --allow-remote "
            "if that is meant");
    }
    return true;
}

static bool create_streams(struct local_service *service, const struct options *o)
{
    int64_t now_us = kds_clock_realtime_us(kds_clock_system());
    for (size_t i = 0; i < o->stream_count; i++) {
        kds_create_stream_in_t in = {.struct_size = sizeof in,
                                     .stream_name = o->streams[i].name,
                                     .has_shard_count = true,
                                     .shard_count = o->streams[i].shards};
        kds_create_stream_out_t out;
        struct kds_arena arena;
        struct local_fault fault;
        kds_arena_init(&arena, 4096);
        bool ok = local_service_call(service, now_us, KDS_OP_CREATE_STREAM, &in, &out,
                                     &arena, &fault);
        kds_arena_clear(&arena);
        if (!ok) {
            fprintf(stderr, "kds-local: --stream: %s\n", fault.message);
            return false;
        }
    }
    return true;
}

/* @return the exit status */
static int
serve(const struct options *o, struct local_service *service, struct truth_log *truth)
{
    char why[256];
    struct server_options options = {
        .host = o->host, .port = o->port, .service = service, .truth = truth};
    if (!create_streams(service, o)) {
        return 1;
    }
    struct server *server = server_new(&options, why, sizeof why);
    if (server == NULL) {
        fprintf(stderr, "kds-local: %s\n", why);
        return 1;
    }
    printf("listening on %s\n", server_url(server));
    fflush(stdout);
    bool ok = server_run(server);
    server_free(server);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options o = {.host = "127.0.0.1", .port = 4567, .seed = 1};
    struct truth_log *truth = NULL;
    sigset_t ends;
    if (!parse(argc, argv, &o)) {
        return 2;
    }
    /* Blocked, and read from a descriptor by the server's loop. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    if (o.truth_log != NULL && (truth = truth_log_open(o.truth_log)) == NULL) {
        fprintf(stderr, "kds-local: --truth-log %s: %s\n", o.truth_log, strerror(errno));
        return 1;
    }
    struct local_service_options options = {.seed = o.seed,
                                            .limits = o.limits,
                                            .stored = truth ? truth_log_stored : NULL,
                                            .opaque = truth};
    struct local_service *service = local_service_new(&options);
    int status = 1;
    if (service == NULL) {
        fputs("kds-local: out of memory\n", stderr);
    } else {
        status = serve(&o, service, truth);
    }
    local_service_free(service);
    truth_log_close(truth);
    return status;
}
