/*
 * conf: the table of settings.
 */
#include "conf.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(struct kpl_conf, member)
#define MIB        INT64_C(1048576)

#define IGNORED_NUMBER(ours, anchor, dflt)                                               \
    {                                                                                    \
        ours, anchor, KDS_CONF_INT, AT(ignored_number), dflt, 0, INT64_MAX, NULL, NULL,  \
            true, "The KPL's."                                                           \
    }
#define IGNORED_TEXT(ours, anchor)                                                       \
    {                                                                                    \
        ours, anchor, KDS_CONF_STRING, AT(ignored_text), 0, 0, 0, NULL, NULL, true,      \
            "The KPL's."                                                                 \
    }
#define IGNORED_BOOL(ours, anchor)                                                       \
    {                                                                                    \
        ours, anchor, KDS_CONF_BOOL, AT(ignored_bool), 0, 0, 0, NULL, NULL, true,        \
            "The KPL's."                                                                 \
    }

/* clang-format off */
static const struct kds_conf_prop props[] = {
    {"stream", NULL, KDS_CONF_STRING, AT(stream), 0, 0, 0, NULL, NULL, false,
     "Stream of records that name none: a name or an ARN."},
    {"region", "region", KDS_CONF_STRING, AT(region), 0, 0, 0, NULL, NULL, false,
     "Region; unset: AWS_REGION, then AWS_DEFAULT_REGION."},
    {"endpoint.url", "kinesisEndpoint", KDS_CONF_STRING, AT(endpoint), 0, 0, 0, NULL, NULL, false,
     "Address of the service, with scheme; unset: AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, then the region's."},
    {"tls.ca.file", "caCertFile", KDS_CONF_STRING, AT(ca_file), 0, 0, 0, NULL, NULL, false,
     "PEM file of trusted certificates; unset: the system's."},
    {"access.key.id", NULL, KDS_CONF_STRING, AT(access_key_id), 0, 0, 0, NULL, NULL, false,
     "Access key; unset: AWS_ACCESS_KEY_ID."},
    {"secret.access.key", NULL, KDS_CONF_SECRET, AT(secret_access_key), 0, 0, 0, NULL, NULL, false,
     "Secret of the access key; unset: AWS_SECRET_ACCESS_KEY."},
    {"session.token", NULL, KDS_CONF_SECRET, AT(session_token), 0, 0, 0, NULL, NULL, false,
     "Token of temporary credentials; unset: AWS_SESSION_TOKEN."},
    {"protocol", NULL, KDS_CONF_ENUM, AT(protocol), 0, 0, 0, NULL, "json|cbor", false,
     "How bodies travel. CBOR sends a quarter fewer bytes."},
    {"dispatch", NULL, KDS_CONF_ENUM, AT(dispatch), 0, 0, 0, NULL, "thread|poll", false,
     "Who runs the result callback: a thread of the producer, or kpl_poll()."},
    {"aggregation.enable", "aggregationEnabled", KDS_CONF_BOOL, AT(aggregation), 1, 0, 0, NULL, NULL, false,
     "Pack user records of one shard into one Kinesis record."},
    {"aggregation.max.records", "aggregationMaxCount", KDS_CONF_INT, AT(aggregate_max_records), INT64_C(4294967295), 1, INT64_MAX, NULL, NULL, false,
     "User records in one aggregate."},
    {"aggregation.max.bytes", "aggregationMaxSize", KDS_CONF_SIZE, AT(aggregate_max_bytes), 51200, 64, 10 * MIB, NULL, NULL, false,
     "Size of one aggregate, all included."},
    {"batch.max.records", "collectionMaxCount", KDS_CONF_INT, AT(batch_max_records), 500, 1, 500, NULL, NULL, false,
     "Kinesis records in one PutRecords."},
    {"batch.max.bytes", "collectionMaxSize", KDS_CONF_SIZE, AT(batch_max_bytes), 5 * MIB, 52224, 10 * MIB, NULL, NULL, false,
     "Data and keys in one PutRecords; a larger lone record is still sent."},
    {"record.max.bytes", "maxUserRecordSize", KDS_CONF_SIZE, AT(record_max_bytes), MIB, 64, 10 * MIB, NULL, NULL, false,
     "Data and partition key of one user record."},
    {"buffer.max.bytes", NULL, KDS_CONF_SIZE, AT(buffer_max_bytes), 64 * MIB, 65536, INT64_C(1) << 40, NULL, NULL, false,
     "Budget for records that are accepted and not yet reported: data, keys and 96 bytes each."},
    {"linger.ms", "recordMaxBufferedTime", KDS_CONF_DURATION, AT(linger_ms), 100, 0, INT64_MAX, NULL, NULL, false,
     "Longest time a record waits for company before it is sent."},
    {"record.ttl.ms", "recordTtl", KDS_CONF_DURATION, AT(record_ttl_ms), 30000, 100, INT64_MAX, NULL, NULL, false,
     "Time from the put after which a record that is not yet stored is given up. The largest value means for ever."},
    {"rate.limit.percent", "rateLimit", KDS_CONF_INT, AT(rate_limit_percent), 150, 1, INT64_MAX, NULL, NULL, false,
     "What is sent to a shard per second at the most, in percent of its 1 MiB and 1000 records."},
    {"fail.if.throttled", "failIfThrottled", KDS_CONF_BOOL, AT(fail_if_throttled), 0, 0, 0, NULL, NULL, false,
     "Give a record up at the first throttling instead of sending it again."},
    {"connections.max", "maxConnections", KDS_CONF_INT, AT(connections_max), 24, 1, 256, NULL, NULL, false,
     "Requests at the same time."},
    {"connect.timeout.ms", "connectTimeout", KDS_CONF_DURATION, AT(connect_timeout_ms), 6000, 100, 300000, NULL, NULL, false,
     "Time to connect."},
    {"request.timeout.ms", "requestTimeout", KDS_CONF_DURATION, AT(request_timeout_ms), 6000, 100, 600000, NULL, NULL, false,
     "Time for one request, from its start to its whole answer."},
    IGNORED_NUMBER("ignored.connections.min", "minConnections", 1),
    IGNORED_NUMBER("ignored.endpoint.port", "kinesisPort", 443),
    IGNORED_TEXT("ignored.cloudwatch.endpoint", "cloudwatchEndpoint"),
    IGNORED_NUMBER("ignored.cloudwatch.port", "cloudwatchPort", 443),
    IGNORED_TEXT("ignored.sts.endpoint", "stsEndpoint"),
    IGNORED_NUMBER("ignored.sts.port", "stsPort", 443),
    IGNORED_TEXT("ignored.metrics.level", "metricsLevel"),
    IGNORED_TEXT("ignored.metrics.granularity", "metricsGranularity"),
    IGNORED_TEXT("ignored.metrics.namespace", "metricsNamespace"),
    IGNORED_NUMBER("ignored.metrics.upload.delay", "metricsUploadDelay", 60000),
    IGNORED_TEXT("ignored.log.level", "logLevel"),
    IGNORED_BOOL("ignored.core.dumps", "enableCoreDumps"),
    IGNORED_TEXT("ignored.threading.model", "threadingModel"),
    IGNORED_NUMBER("ignored.thread.pool.size", "threadPoolSize", 0),
    IGNORED_TEXT("ignored.temp.directory", "tempDirectory"),
    IGNORED_TEXT("ignored.native.executable", "nativeExecutable"),
    IGNORED_NUMBER("ignored.credentials.refresh.delay", "credentialsRefreshDelay", 5000),
    IGNORED_NUMBER("ignored.user.record.timeout", "userRecordTimeoutInMillis", 0),
    IGNORED_BOOL("ignored.return.user.record", "returnUserRecordOnFailure"),
    IGNORED_BOOL("ignored.oldest.future.tracker", "enableOldestFutureTracker"),
    IGNORED_BOOL("ignored.daemon.health.check", "enableDaemonHealthCheck"),
    IGNORED_NUMBER("ignored.daemon.health.check.timeout", "daemonHealthCheckTimeoutMs", 30000),
};
/* clang-format on */

const struct kds_conf_table kpl_conf_table = {"libkpl", props,
                                              sizeof props / sizeof props[0]};

kpl_conf_t *kpl_conf_new(void)
{
    struct kpl_conf *conf = kds_alloc_zero(1, sizeof *conf);
    if (conf != NULL && kds_conf_defaults(&kpl_conf_table, conf) != KDS_OK) {
        kds_free(conf);
        return NULL;
    }
    return conf;
}

void kpl_conf_free(kpl_conf_t *conf)
{
    if (conf != NULL) {
        kds_conf_clear(&kpl_conf_table, conf);
        kds_free(conf);
    }
}

kds_err_t
kpl_conf_set(kpl_conf_t *conf, const char *name, const char *value, kds_error_t **error)
{
    return kds_conf_set(&kpl_conf_table, conf, kds_slice(name), kds_slice(value), error);
}

kds_err_t kpl_conf_load(kpl_conf_t *conf, const char *path, kds_error_t **error)
{
    return kds_conf_load(&kpl_conf_table, conf, path, error);
}

kds_err_t kpl_conf_get(
    const kpl_conf_t *conf, const char *name, char *out, size_t size, kds_error_t **error)
{
    struct kds_buf text;
    kds_buf_init(&text, 65536);
    kds_err_t rc = kds_conf_get(&kpl_conf_table, conf, kds_slice(name), &text, error);
    if (rc == KDS_OK) {
        snprintf(out, size, "%.*s", (int)text.n, text.n ? (const char *)text.p : "");
    }
    kds_buf_clear(&text);
    return rc;
}

void kpl_conf_set_log(kpl_conf_t *conf,
                      kds_log_fn *log,
                      void *opaque,
                      kds_log_level_t level)
{
    conf->log.fn = log;
    conf->log.opaque = opaque;
    conf->log.level = level;
}

char *kpl_conf_document(void)
{
    struct kds_buf text;
    kds_buf_init(&text, 1024 * 1024);
    kds_conf_document(&kpl_conf_table, &text);
    kds_buf_add_byte(&text, 0);
    if (text.err != KDS_OK) {
        kds_buf_clear(&text);
        return NULL;
    }
    return (char *)text.p; /* the same allocator releases it */
}

void kpl_text_free(char *text)
{
    kds_free(text);
}
