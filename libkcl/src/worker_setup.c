/*
 * worker_setup: from settings to the handles that a worker needs.
 */
#include "worker_internal.h"

#include "base/error.h"
#include "base/slice.h"

#include "store_dynamodb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OPEN_MS 5000 /* for a lease store that other workers are writing to */

static kds_err_t need(kds_error_t **error, const char *setting, const char *why)
{
    return kds_error_set(error, KDS_ERR_CONFIG, "%s: %s", setting, why);
}

/*
 * The profile that a class of the AWS SDK for Java stands for: that of the settings, or the one that
 * it names. @return false if it is none that stands for one
 */
static bool find_profile(const struct kcl_conf *conf, const char **profile)
{
    static const char *const chain[] = {
        "DefaultCredentialsProvider",
        "DefaultAWSCredentialsProviderChain",
        "EnvironmentVariableCredentialsProvider",
        "WebIdentityTokenFileCredentialsProvider",
        "ContainerCredentialsProvider",
        "InstanceProfileCredentialsProvider",
        "ProfileCredentialsProvider",
    };
    const size_t names_profile = sizeof chain / sizeof chain[0] - 1;
    *profile = conf->profile;
    if (conf->credentials_provider == NULL) {
        return true;
    }
    kds_slice_t rest = kds_slice(conf->credentials_provider);
    size_t n = kds_slice_find(rest, '|');
    kds_slice_t given = kds_slice_of(rest.p, n);
    for (size_t k = kds_slice_find(given, '.'); k < given.n;
         k = kds_slice_find(given, '.')) {
        given = kds_slice_of(given.p + k + 1, given.n - k - 1);
    }
    if (n < rest.n && conf->profile == NULL) {
        *profile = conf->credentials_provider + n + 1;
    }
    for (size_t i = n < rest.n ? names_profile : 0; i <= names_profile; i++) {
        if (kds_slice_is(given, chain[i])) {
            return true;
        }
    }
    return false;
}

static kds_err_t check_provider(const struct kcl_conf *conf, kds_error_t **error)
{
    const char *profile;
    if (find_profile(conf, &profile)) {
        return KDS_OK;
    }
    return kds_error_set(
        error, KDS_ERR_CONFIG,
        "credentials.provider: \"%.100s\" must be DefaultCredentialsProvider "
        "or ProfileCredentialsProvider|NAME; a role to assume belongs into a "
        "profile",
        conf->credentials_provider);
}

static kds_err_t check_tags(const char *tags, kds_error_t **error)
{
    const char *at = tags ? tags : "";
    kds_dynamodb_tag_t tag;
    size_t count = 0;
    bool valid;
    while (kcl_dynamo_tag(&at, &tag, &valid)) {
        count++;
    }
    if (!valid) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "dynamodb.tags: \"%.200s\" must be key=value, with commas "
                             "between",
                             tags);
    }
    return count <= KCL_TAGS_MAX
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_CONFIG,
                               "dynamodb.tags: %zu labels are more than %d", count,
                               KCL_TAGS_MAX);
}

/* Others must not take a leader for gone between two signs of its life. */
static kds_err_t check_lock(const struct kcl_conf *conf, kds_error_t **error)
{
    int64_t lock_ms = kcl_lead_lock_ms(conf), beat_ms = kcl_lead_beat_ms(conf);
    return lock_ms >= 2 * beat_ms
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_CONFIG,
                               "lead.lock.ms: %" PRId64
                               " must be twice lead.beat.ms, which is %" PRId64
                               ", at least",
                               lock_ms, beat_ms);
}

kds_err_t kcl_check_conf(const struct kcl_conf *conf, kds_error_t **error)
{
    enum kcl_start start;
    int64_t ms;
    if (conf->application == NULL) {
        return need(error, "application", "is required");
    }
    if (conf->consumer_arn != NULL && conf->streams != NULL) {
        return need(error, "consumer.arn",
                    "belongs to one stream, and streams has several");
    }
    if (conf->stream == NULL && conf->stream_arn == NULL && conf->streams == NULL) {
        return need(error, "stream", "is required");
    }
    if (conf->store == NULL) {
        return need(error, "store",
                    "is required, for example sqlite:/var/lib/app/leases.db");
    }
    bool sqlite = strncmp(conf->store, "sqlite:", 7) == 0 && conf->store[7] != 0;
    bool dynamodb = strcmp(conf->store, "dynamodb") == 0 ||
                    (strncmp(conf->store, "dynamodb:", 9) == 0 && conf->store[9] != 0);
    if (!sqlite && !dynamodb) {
        return kds_error_set(
            error, KDS_ERR_CONFIG,
            "store: \"%.200s\" must be sqlite:PATH, dynamodb or dynamodb:TABLE",
            conf->store);
    }
    if (conf->start != NULL && !kcl_start_parse(conf->start, &start, &ms)) {
        return kds_error_set(
            error, KDS_ERR_CONFIG,
            "start: \"%.100s\" must be trim_horizon, latest, an RFC 3339 instant such as "
            "2026-01-31T12:00:00Z, or seconds since 1970",
            conf->start);
    }
    if (conf->worker_id != NULL && strlen(conf->worker_id) >= KCL_NAME_BYTES - 8) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "worker.id: %zu characters, must be 1..%d",
                             strlen(conf->worker_id), KCL_NAME_BYTES - 9);
    }
    kds_err_t rc = check_tags(conf->dynamodb_tags, error);
    rc = rc ? rc : check_lock(conf, error);
    return rc ? rc : check_provider(conf, error);
}

kds_err_t kcl_name_worker(kcl_worker_t *w, uint64_t random, kds_error_t **error)
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

/* What the clients of all services have in common. */
static kds_client_options_t client_options(const struct kcl_conf *conf)
{
    const char *profile;
    (void)find_profile(conf, &profile);
    return (kds_client_options_t){
        .struct_size = sizeof(kds_client_options_t),
        .region = conf->region,
        .profile = profile,
        .access_key_id = conf->access_key_id,
        .secret_access_key = conf->secret_access_key,
        .session_token = conf->session_token,
        .ca_file = conf->ca_file,
        .connect_timeout_ms = conf->connect_timeout_ms,
        .request_timeout_ms = conf->request_timeout_ms,
        .log = conf->log.fn,
        .log_opaque = conf->log.opaque,
        .log_level = conf->log.level,
    };
}

kds_err_t kcl_open_client(kcl_worker_t *w, kds_error_t **error)
{
    static const char *const names[] = {"DescribeStreamSummary", "ListShards",
                                        "GetShardIterator", "GetRecords"};
    const struct kcl_conf *conf = &w->conf;
    char endpoint[1400];
    kds_client_options_t options = client_options(conf);
    if (conf->cloudwatch_region != NULL) {
        options.region = conf->cloudwatch_region;
    }
    if (conf->cloudwatch_endpoint != NULL) {
        complete_endpoint(conf->cloudwatch_endpoint, endpoint, sizeof endpoint);
        options.endpoint = endpoint;
    }
    kds_err_t rc = kcl_upload_begin(w, &options, error);
    if (rc != KDS_OK) {
        return rc;
    }
    options.region = conf->region;
    options.endpoint = NULL;
    options.protocol = conf->protocol ? KDS_PROTOCOL_CBOR : KDS_PROTOCOL_JSON;
    if (conf->endpoint != NULL) {
        complete_endpoint(conf->endpoint, endpoint, sizeof endpoint);
        options.endpoint = endpoint;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        w->operations[i] = kds_operation_find(names[i]);
    }
    return kds_client_new(&options, &w->client, error);
}

static kds_err_t open_dynamodb(kcl_worker_t *w, kds_error_t **error)
{
    const struct kcl_conf *conf = &w->conf;
    char endpoint[1400];
    kds_client_t *client;
    kds_client_options_t options = client_options(conf);
    options.service = KDS_SERVICE_DYNAMODB;
    /* An answer that comes after the lease has run out is of no use. */
    options.call_timeout_ms = conf->failover_ms;
    if (conf->dynamodb_timeout_ms != 0) {
        options.request_timeout_ms = conf->dynamodb_timeout_ms;
    }
    if (conf->dynamodb_region != NULL) {
        options.region = conf->dynamodb_region;
    }
    if (conf->dynamodb_endpoint != NULL) {
        complete_endpoint(conf->dynamodb_endpoint, endpoint, sizeof endpoint);
        options.endpoint = endpoint;
    }
    kds_err_t rc = kds_client_new(&options, &client, error);
    if (rc != KDS_OK) {
        return rc;
    }
    const char *table = conf->store + strlen("dynamodb");
    const struct kcl_dynamo_options table_options = {
        .table = table[0] == ':'        ? table + 1
                 : conf->dynamodb_table ? conf->dynamodb_table
                                        : conf->application,
        .application = conf->application,
        .state_table = conf->dynamodb_state_table,
        .metrics_table = conf->dynamodb_metrics_table,
        .provisioned = conf->dynamodb_provisioned != 0,
        .read_capacity = conf->dynamodb_read_capacity,
        .write_capacity = conf->dynamodb_write_capacity,
        .tags = conf->dynamodb_tags,
        .recovery = conf->dynamodb_recovery,
        .protection = conf->dynamodb_protection};
    const struct kcl_dynamo_io io = kcl_dynamo_over_client(client);
    return kcl_store_dynamodb_new(&table_options, &io, &w->store, error);
}

/* A stream is the same by name and by ARN. */
static const char *scope_of(const struct kcl_conf *conf, char scope[KCL_NAME_BYTES])
{
    const char *name = conf->stream_arn ? strrchr(conf->stream_arn, '/') : NULL;
    snprintf(scope, KCL_NAME_BYTES, "%s",
             conf->streams      ? "*"
             : name             ? name + 1
             : conf->stream_arn ? conf->stream_arn
                                : conf->stream);
    return scope;
}

kds_err_t kcl_open_store(kcl_worker_t *w, kds_error_t **error)
{
    char scope[KCL_NAME_BYTES];
    if (strncmp(w->conf.store, "dynamodb", 8) == 0) {
        return open_dynamodb(w, error);
    }
    /* A write must end before the lease does. When there is none yet, others are waited for. */
    int64_t busy_ms = w->conf.failover_ms / 3;
    return kcl_store_sqlite_new(w->conf.store + strlen("sqlite:"), w->conf.application,
                                scope_of(&w->conf, scope), busy_ms,
                                busy_ms > OPEN_MS ? busy_ms : OPEN_MS, &w->store, error);
}
