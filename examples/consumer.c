/*
 * consumer: reads all shards of a stream, in order, and remembers how far it got.
 *
 * An example to copy: everything that it needs of the library is in kcl/kcl.h.
 */
#include "common.h"

#include <kcl/kcl.h>

#include <getopt.h>
#include <openssl/evp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "Usage: consumer --application A --stream S --store sqlite:PATH|dynamodb [options]\n"
    "\n"
    "  --dynamodb-endpoint URL  address of DynamoDB, with --store dynamodb\n"
    "  --endpoint URL        address of the service, for example http://127.0.0.1:4567\n"
    "  --region R            region (AWS_REGION)\n"
    "  --ca-file F           PEM file of trusted certificates\n"
    "  --worker ID           name of this worker, unlike any other\n"
    "  --start POSITION      trim_horizon, latest or an RFC 3339 instant (trim_horizon)\n"
    "  --fan-out             read by enhanced fan-out in place of polling\n"
    "  --failover MS         time after which a silent worker's shards are taken\n"
    "  --checkpoint-every N  persist a checkpoint every N records\n"
    "  --deliveries FILE|-   write a JSON line for each record, checkpoint and lease\n"
    "  --until-idle MS       end when no record came for so long\n"
    "  --config FILE         settings from a properties file, ours or the KCL's\n"
    "  --set NAME=VALUE      one setting; may be repeated\n"
    "  --verbose             tell on standard error what the library does\n"
    "\n"
    "Exit status: 0 ended as asked, 1 gave up, 2 wrong usage.\n"
    "SIGTERM: finish what is being processed, checkpoint, release the shards, end with "
    "0.\n";

struct options {
    const char *application, *stream, *store, *endpoint, *region, *ca_file;
    const char *worker, *start, *failover, *checkpoint_every, *deliveries;
    const char *dynamodb_endpoint, *fan_out;
    long until_idle_ms; /* -1 = never */
    bool verbose;
};

struct output {
    FILE *file; /* NULL = nobody wants to know */
    pthread_mutex_t lock;
    const char *worker;
    unsigned long long records;
};

/* ---- lines -------------------------------------------------------------------------------- */

static void sha256_hex(kds_slice_t data, char out[65])
{
    unsigned char digest[32] = {0};
    EVP_Digest(data.p, data.n, digest, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    }
}

static void begin_line(struct output *o, const char *event, const char *shard)
{
    fprintf(o->file, "{\"event\":\"%s\"", event);
    json_member(o->file, "worker", kds_slice(o->worker));
    json_member(o->file, "shard", kds_slice(shard));
}

static void write_record(struct output *o, const char *shard, const kcl_record_t *r)
{
    char sha256[65];
    sha256_hex(r->data, sha256);
    begin_line(o, "record", shard);
    json_member(o->file, "sequence", r->sequence_number);
    fprintf(o->file, ",\"subsequence\":%lld", (long long)r->subsequence_number);
    json_member(o->file, "key", r->partition_key);
    json_member(o->file, "sha256", kds_slice(sha256));
    fprintf(o->file, ",\"at_ms\":%lld}\n", (long long)boottime_ms());
}

/* The records of a batch, each line written before the batch is confirmed. */
static int
on_batch(const kcl_batch_t *batch, kcl_checkpointer_t *checkpointer, void *opaque)
{
    struct output *o = opaque;
    bool written = true;
    (void)checkpointer; /* the whole batch is confirmed by the return value */
    pthread_mutex_lock(&o->lock);
    for (size_t i = 0; o->file != NULL && i < batch->count; i++) {
        write_record(o, batch->shard_id, &batch->records[i]);
        written = written && fflush(o->file) == 0;
    }
    o->records += batch->count;
    pthread_mutex_unlock(&o->lock);
    return written ? KCL_DONE : KCL_FAILED;
}

static const char *lease_action(kcl_event_kind_t kind)
{
    return kind == KCL_EVENT_LEASE_GAINED  ? "gained"
           : kind == KCL_EVENT_LEASE_LOST  ? "lost"
           : kind == KCL_EVENT_SHARD_ENDED ? "ended"
                                           : NULL;
}

static void on_event(const kcl_event_t *event, void *opaque)
{
    struct output *o = opaque;
    const char *action = lease_action(event->kind);
    if (event->kind == KCL_EVENT_SHARD_STOPPED || event->kind == KCL_EVENT_TROUBLE) {
        fprintf(stderr, "consumer: %s%s%s\n", event->shard_id,
                event->shard_id[0] ? ": " : "", event->message);
        return;
    }
    if (o->file == NULL) {
        return;
    }
    pthread_mutex_lock(&o->lock);
    if (action != NULL) {
        begin_line(o, "lease", event->shard_id);
        json_member(o->file, "action", kds_slice(action));
    } else {
        begin_line(o, "checkpoint", event->shard_id);
        json_member(o->file, "sequence", kds_slice(event->sequence_number));
        fprintf(o->file, ",\"subsequence\":%lld", (long long)event->subsequence_number);
    }
    fprintf(o->file, ",\"at_ms\":%lld}\n", (long long)boottime_ms());
    fflush(o->file);
    pthread_mutex_unlock(&o->lock);
}

/* ---- options ------------------------------------------------------------------------------ */

enum option_id {
    OPT_APPLICATION = 1,
    OPT_STREAM,
    OPT_STORE,
    OPT_ENDPOINT,
    OPT_DYNAMODB_ENDPOINT,
    OPT_REGION,
    OPT_CA_FILE,
    OPT_WORKER,
    OPT_START,
    OPT_FAN_OUT,
    OPT_FAILOVER,
    OPT_CHECKPOINT_EVERY,
    OPT_DELIVERIES,
    OPT_UNTIL_IDLE,
    OPT_CONFIG,
    OPT_SET,
    OPT_VERBOSE,
    OPT_HELP
};

static const struct option long_options[] = {
    {"application", required_argument, NULL, OPT_APPLICATION},
    {"stream", required_argument, NULL, OPT_STREAM},
    {"store", required_argument, NULL, OPT_STORE},
    {"endpoint", required_argument, NULL, OPT_ENDPOINT},
    {"dynamodb-endpoint", required_argument, NULL, OPT_DYNAMODB_ENDPOINT},
    {"region", required_argument, NULL, OPT_REGION},
    {"ca-file", required_argument, NULL, OPT_CA_FILE},
    {"worker", required_argument, NULL, OPT_WORKER},
    {"start", required_argument, NULL, OPT_START},
    {"fan-out", no_argument, NULL, OPT_FAN_OUT},
    {"failover", required_argument, NULL, OPT_FAILOVER},
    {"checkpoint-every", required_argument, NULL, OPT_CHECKPOINT_EVERY},
    {"deliveries", required_argument, NULL, OPT_DELIVERIES},
    {"until-idle", required_argument, NULL, OPT_UNTIL_IDLE},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"set", required_argument, NULL, OPT_SET},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static void set(kcl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (value != NULL && kcl_conf_set(conf, name, value, &error) != KDS_OK) {
        usage_error("consumer", "%s", kds_error_message(error));
    }
}

static void set_pair(kcl_conf_t *conf, char *pair)
{
    char *equals = strchr(pair, '=');
    if (equals == NULL) {
        usage_error("consumer", "--set %s: must be NAME=VALUE", pair);
    }
    *equals = 0;
    set(conf, pair, equals + 1);
}

static void load(kcl_conf_t *conf, const char *path)
{
    kds_error_t *error = NULL;
    if (kcl_conf_load(conf, path, &error) != KDS_OK) {
        usage_error("consumer", "%s", kds_error_message(error));
    }
}

static void take_idle(struct options *o, const char *value)
{
    char *end;
    o->until_idle_ms = strtol(value, &end, 10);
    if (*end != 0 || o->until_idle_ms < 0) {
        usage_error("consumer", "--until-idle %s: must be a number of milliseconds",
                    value);
    }
}

static void take_option(struct options *o, kcl_conf_t *conf, int id, char *value)
{
    switch (id) {
    case OPT_APPLICATION:
        o->application = value;
        break;
    case OPT_STREAM:
        o->stream = value;
        break;
    case OPT_STORE:
        o->store = value;
        break;
    case OPT_ENDPOINT:
        o->endpoint = value;
        break;
    case OPT_REGION:
        o->region = value;
        break;
    case OPT_CA_FILE:
        o->ca_file = value;
        break;
    case OPT_WORKER:
        o->worker = value;
        break;
    case OPT_START:
        o->start = value;
        break;
    case OPT_FAILOVER:
        o->failover = value;
        break;
    case OPT_CHECKPOINT_EVERY:
        o->checkpoint_every = value;
        break;
    case OPT_DELIVERIES:
        o->deliveries = value;
        break;
    case OPT_UNTIL_IDLE:
        take_idle(o, value);
        break;
    case OPT_CONFIG:
        load(conf, value);
        break;
    case OPT_SET:
        set_pair(conf, value);
        break;
    case OPT_VERBOSE:
        o->verbose = true;
        break;
    case OPT_FAN_OUT:
        o->fan_out = "true";
        break;
    case OPT_DYNAMODB_ENDPOINT:
        o->dynamodb_endpoint = value;
        break;
    case OPT_HELP:
        fputs(help, stdout);
        exit(0);
    default:
        fputs("consumer: try --help\n", stderr);
        exit(2);
    }
}

static void parse(int argc, char **argv, struct options *o, kcl_conf_t *conf)
{
    int id;
    while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        take_option(o, conf, id, optarg);
    }
    if (optind < argc) {
        usage_error("consumer", "%s: unexpected argument", argv[optind]);
    }
    set(conf, "application", o->application);
    set(conf, "stream", o->stream);
    set(conf, "store", o->store);
    set(conf, "endpoint.url", o->endpoint);
    set(conf, "dynamodb.endpoint.url", o->dynamodb_endpoint);
    set(conf, "fan.out", o->fan_out);
    set(conf, "region", o->region);
    set(conf, "tls.ca.file", o->ca_file);
    set(conf, "worker.id", o->worker);
    set(conf, "start", o->start);
    set(conf, "failover.ms", o->failover);
    set(conf, "checkpoint.every.records", o->checkpoint_every);
    if (o->verbose) {
        kcl_conf_set_log(conf, log_to_stderr, NULL, KDS_LOG_DEBUG);
    }
}

/* ---- running ------------------------------------------------------------------------------ */

static bool idle(kcl_worker_t *worker, const struct options *o)
{
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_worker_stats(worker, &stats);
    return o->until_idle_ms >= 0 && stats.idle_us / 1000 >= o->until_idle_ms;
}

/* Until a signal, the idle time or a failure. @return the exit status */
static int run(kcl_worker_t *worker, const struct options *o)
{
    kds_error_t *error = NULL;
    int status = 0;
    /* A signal comes while this waits, and at no other time: none is missed, and nobody has to look often. */
    const struct timespec moment = {.tv_sec = o->until_idle_ms < 0,
                                    .tv_nsec =
                                        o->until_idle_ms < 0 ? 0 : 20 * 1000 * 1000};
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    while (!end_requested && !idle(worker, o)) {
        if (kcl_worker_failure(worker, &error) != KDS_OK) {
            fprintf(stderr, "consumer: %s\n", kds_error_message(error));
            status = 1;
            break;
        }
        ppoll(NULL, 0, &moment, &before);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (kcl_worker_stop(worker, 30000, &error) != KDS_OK) {
        fprintf(stderr, "consumer: %s\n", kds_error_message(error));
        status = 1;
    }
    kds_error_free(error);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {.until_idle_ms = -1};
    struct output output = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const kcl_processor_t processor = {
        .struct_size = sizeof processor, .process = on_batch, .event = on_event};
    char name[64];
    kcl_worker_t *worker;
    kds_error_t *error = NULL;
    kcl_conf_t *conf = kcl_conf_new();
    if (conf == NULL) {
        fputs("consumer: out of memory\n", stderr);
        return 1;
    }
    parse(argc, argv, &o, conf);
    if (o.worker == NULL) {
        snprintf(name, sizeof name, "consumer-%ld", (long)getpid());
        o.worker = name;
        set(conf, "worker.id", name);
    }
    output.worker = o.worker;
    output.file = o.deliveries ? open_output(o.deliveries) : NULL;
    catch_end();
    if (kcl_worker_new(conf, &processor, &output, &worker, &error) != KDS_OK) {
        usage_error("consumer", "%s", kds_error_message(error));
    }
    kcl_conf_free(conf);
    int status = 1;
    if (kcl_worker_start(worker, &error) != KDS_OK) {
        fprintf(stderr, "consumer: %s\n", kds_error_message(error));
        kds_error_free(error);
    } else {
        status = run(worker, &o);
    }
    kcl_worker_free(worker);
    if (output.file != NULL) {
        fclose(output.file);
    }
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "%llu records\n", output.records);
    }
    return status;
}
