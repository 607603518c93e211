/*
 * options: each one checked when it is read.
 */
#include "options.h"

#include "base/slice.h"
#include "base/text.h"
#include "kds/version.h"
#include "stream.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS_MAX 86400000

static const char help[] =
    "Usage: kds-local [options]\n"
    "\n"
    "A local Kinesis Data Streams server: the API in JSON and CBOR, over HTTP/1.1 and "
    "HTTP/2,\n"
    "on one port. When it is ready it prints one line: listening on http://HOST:PORT\n"
    "\n"
    "  --host ADDRESS        address to listen on (127.0.0.1); only loopback, unless\n"
    "  --allow-remote        any address may be used\n"
    "  --port N              port to listen on (4567); 0 takes a free one\n"
    "  --tls                 speak TLS as well, with a certificate made at start; the "
    "line\n"
    "                        that is printed then ends in: authority FILE\n"
    "  --ca-out FILE         write the authority that clients are to trust to FILE\n"
    "  --cert F --key F      use this certificate chain and key, PEM, instead\n"
    "  --credentials ID:SECRET[:TOKEN]\n"
    "                        take only requests that these have signed; may be "
    "repeated.\n"
    "                        Without it: those of AWS_ACCESS_KEY_ID and\n"
    "                        AWS_SECRET_ACCESS_KEY; without these: any signature that "
    "is\n"
    "                        well-formed\n"
    "  --stream NAME:SHARDS  have this stream from the start; may be repeated\n"
    "  --region R            of the ARNs (us-east-1); given, requests must be signed for "
    "it\n"
    "  --account ID          of the ARNs, 12 digits (000000000000)\n"
    "  --limits              hold callers to the service's limits: 1 MiB and 1000 "
    "records a\n"
    "                        second into a shard, 2 MiB and 5 calls a second out of it\n"
    "  --control-plane-delay MS\n"
    "                        how long streams stay CREATING, UPDATING, DELETING (0)\n"
    "  --subscription MS     how long a subscription to a shard lasts (300000)\n"
    "  --heartbeat MS        how long one may be without an event (5000)\n"
    "  --takeover MS         how soon another one may take its place (5000)\n"
    "  --max-streams N       streams of one HTTP/2 connection at a time (128)\n"
    "  --store FILE          keep everything in this SQLite file; without it: in memory\n"
    "  --truth-log FILE      append a JSON line for each record that is stored\n"
    "  --fault-plan FILE     do what this plan says: throttle, fail, cut, delay, "
    "reshard\n"
    "  --fault-log FILE      append a JSON line for each fault that is done; without it "
    "to\n"
    "                        standard error\n"
    "  --seed N              what is random comes from this number (1)\n"
    "  --help                print this and exit\n"
    "  --version             print the version and exit\n"
    "\n"
    "SIGTERM and SIGINT end it at once, with status 0.\n";

static bool wrong(const char *option, const char *value, const char *must)
{
    fprintf(stderr, "kds-local: --%s %s: %s\n", option, value, must);
    return false;
}

static bool take_stream(struct options *o, const char *value)
{
    kds_slice_t text = kds_slice(value);
    size_t colon = kds_slice_find(text, ':');
    if (o->stream_count == STREAM_OPTIONS_MAX) {
        return wrong("stream", value, "at most 256 streams");
    }
    struct stream_option *s = &o->streams[o->stream_count];
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

/* The value is taken apart in place and then hidden from who lists processes. */
static bool take_credentials(struct options *o, char *value)
{
    char *copy = strdup(value);
    char *secret = copy ? strchr(copy, ':') : NULL;
    memset(value, 'x', strlen(value));
    if (secret == NULL || secret == copy || secret[1] == 0 || secret[1] == ':') {
        free(copy);
        return wrong("credentials", "", "must be ID:SECRET or ID:SECRET:TOKEN");
    }
    *secret++ = 0;
    char *token = strchr(secret, ':');
    if (token != NULL) {
        *token++ = 0;
    }
    if (o->credential_count == VERIFY_CREDENTIALS_MAX) {
        free(copy);
        return wrong("credentials", "", "at most 64 of them");
    }
    struct verify_credential *c = &o->credentials[o->credential_count++];
    c->id = copy;
    c->secret = secret;
    c->token = token;
    return true;
}

static bool take_account(struct options *o, const char *value)
{
    if (strlen(value) != 12 || strspn(value, "0123456789") != 12) {
        return wrong("account", value, "must be 12 digits");
    }
    o->account = value;
    return true;
}

static bool take_region(struct options *o, const char *value)
{
    size_t n = strlen(value);
    if (n == 0 || n > 63 || strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != n) {
        return wrong("region", value, "must be 1..63 lower-case letters, digits and '-'");
    }
    o->region = value;
    return true;
}

enum option_id {
    OPT_ACCOUNT,
    OPT_ALLOW_REMOTE,
    OPT_CA_OUT,
    OPT_CERT,
    OPT_CREDENTIALS,
    OPT_DELAY,
    OPT_FAULT_LOG,
    OPT_FAULT_PLAN,
    OPT_HEARTBEAT,
    OPT_HELP,
    OPT_HOST,
    OPT_KEY,
    OPT_LIMITS,
    OPT_MAX_STREAMS,
    OPT_PORT,
    OPT_REGION,
    OPT_SEED,
    OPT_STORE,
    OPT_STREAM,
    OPT_SUBSCRIPTION,
    OPT_TAKEOVER,
    OPT_TLS,
    OPT_TRUTH_LOG,
    OPT_VERSION
};

/* Options that are a number, and where it goes. */
static const struct {
    const char *name;
    uint64_t least, most;
} numbers[] = {
    [OPT_PORT] = {"port", 0, 65535},
    [OPT_SEED] = {"seed", 0, UINT64_MAX},
    [OPT_DELAY] = {"control-plane-delay", 0, MS_MAX},
    [OPT_SUBSCRIPTION] = {"subscription", 1, MS_MAX},
    [OPT_HEARTBEAT] = {"heartbeat", 1, MS_MAX},
    [OPT_TAKEOVER] = {"takeover", 0, MS_MAX},
    [OPT_MAX_STREAMS] = {"max-streams", 1, 10000},
};

static bool take_number(int id, const char *value, uint64_t *out)
{
    char must[64];
    if (!kds_parse_u64(kds_slice(value), out) || *out < numbers[id].least ||
        *out > numbers[id].most) {
        snprintf(must, sizeof must, "must be a number of %llu..%llu",
                 (unsigned long long)numbers[id].least,
                 (unsigned long long)numbers[id].most);
        return wrong(numbers[id].name, value, must);
    }
    return true;
}

static void keep_number(struct options *o, int id, uint64_t n)
{
    switch (id) {
    case OPT_PORT:
        o->port = (uint16_t)n;
        break;
    case OPT_SEED:
        o->seed = n;
        break;
    case OPT_DELAY:
        o->control_plane_delay_ms = (int64_t)n;
        break;
    case OPT_SUBSCRIPTION:
        o->subscription_ms = (int64_t)n;
        break;
    case OPT_HEARTBEAT:
        o->heartbeat_ms = (int64_t)n;
        break;
    case OPT_TAKEOVER:
        o->takeover_ms = n ? (int64_t)n : -1; /* the service's word for: at once */
        break;
    default:
        o->max_streams = (uint32_t)n;
        break;
    }
}

static const struct option long_options[] = {
    {"account", required_argument, NULL, OPT_ACCOUNT},
    {"allow-remote", no_argument, NULL, OPT_ALLOW_REMOTE},
    {"ca-out", required_argument, NULL, OPT_CA_OUT},
    {"cert", required_argument, NULL, OPT_CERT},
    {"control-plane-delay", required_argument, NULL, OPT_DELAY},
    {"credentials", required_argument, NULL, OPT_CREDENTIALS},
    {"fault-log", required_argument, NULL, OPT_FAULT_LOG},
    {"fault-plan", required_argument, NULL, OPT_FAULT_PLAN},
    {"heartbeat", required_argument, NULL, OPT_HEARTBEAT},
    {"help", no_argument, NULL, OPT_HELP},
    {"host", required_argument, NULL, OPT_HOST},
    {"key", required_argument, NULL, OPT_KEY},
    {"limits", no_argument, NULL, OPT_LIMITS},
    {"max-streams", required_argument, NULL, OPT_MAX_STREAMS},
    {"port", required_argument, NULL, OPT_PORT},
    {"region", required_argument, NULL, OPT_REGION},
    {"seed", required_argument, NULL, OPT_SEED},
    {"store", required_argument, NULL, OPT_STORE},
    {"stream", required_argument, NULL, OPT_STREAM},
    {"subscription", required_argument, NULL, OPT_SUBSCRIPTION},
    {"takeover", required_argument, NULL, OPT_TAKEOVER},
    {"tls", no_argument, NULL, OPT_TLS},
    {"truth-log", required_argument, NULL, OPT_TRUTH_LOG},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

/* Where options go that are kept as they are. NULL: not one of these. */
static const char **place_of(struct options *o, int id)
{
    switch (id) {
    case OPT_CA_OUT:
        return &o->ca_out;
    case OPT_CERT:
        return &o->cert;
    case OPT_FAULT_LOG:
        return &o->fault_log;
    case OPT_FAULT_PLAN:
        return &o->fault_plan;
    case OPT_HOST:
        return &o->host;
    case OPT_KEY:
        return &o->key;
    case OPT_STORE:
        return &o->store;
    case OPT_TRUTH_LOG:
        return &o->truth_log;
    default:
        return NULL;
    }
}

static bool take_flag(struct options *o, int id)
{
    switch (id) {
    case OPT_ALLOW_REMOTE:
        o->allow_remote = true;
        return true;
    case OPT_LIMITS:
        o->limits = true;
        return true;
    case OPT_TLS:
        o->tls = true;
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

static bool take_option(struct options *o, int id, char *value)
{
    uint64_t number;
    const char **place = place_of(o, id);
    if (place != NULL) {
        *place = value;
        return true;
    }
    switch (id) {
    case OPT_ACCOUNT:
        return take_account(o, value);
    case OPT_REGION:
        return take_region(o, value);
    case OPT_CREDENTIALS:
        return take_credentials(o, value);
    case OPT_STREAM:
        return take_stream(o, value);
    case OPT_PORT:
    case OPT_SEED:
    case OPT_DELAY:
    case OPT_SUBSCRIPTION:
    case OPT_HEARTBEAT:
    case OPT_TAKEOVER:
    case OPT_MAX_STREAMS:
        if (!take_number(id, value, &number)) {
            return false;
        }
        keep_number(o, id, number);
        return true;
    default:
        return take_flag(o, id);
    }
}

static bool loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static bool check_together(const struct options *o)
{
    if (!loopback(o->host) && !o->allow_remote) {
        return wrong(
            "host", o->host,
            "not a loopback address; anybody could use the server. Add --allow-remote "
            "if that is meant");
    }
    if ((o->cert == NULL) != (o->key == NULL)) {
        return wrong(o->cert ? "cert" : "key", o->cert ? o->cert : o->key,
                     "--cert and --key go together");
    }
    if (o->ca_out != NULL && o->cert != NULL) {
        return wrong("ca-out", o->ca_out, "no authority is made with --cert");
    }
    if (o->fault_log != NULL && o->fault_plan == NULL) {
        return wrong("fault-log", o->fault_log,
                     "there are no faults without --fault-plan");
    }
    return true;
}

static void take_environment(struct options *o)
{
    const char *id = getenv("AWS_ACCESS_KEY_ID");
    const char *secret = getenv("AWS_SECRET_ACCESS_KEY");
    if (o->credential_count == 0 && id != NULL && id[0] != 0 && secret != NULL &&
        secret[0] != 0) {
        o->credentials[0].id = id;
        o->credentials[0].secret = secret;
        o->credential_count = 1;
    }
}

bool options_parse(struct options *o, int argc, char **argv)
{
    int id;
    memset(o, 0, sizeof *o);
    o->host = "127.0.0.1";
    o->port = 4567;
    o->seed = 1;
    o->max_streams = 128;
    while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!take_option(o, id, optarg)) {
            return false;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "kds-local: %s: unexpected argument; try --help\n", argv[optind]);
        return false;
    }
    o->tls |= o->cert != NULL || o->ca_out != NULL;
    take_environment(o);
    return check_together(o);
}
