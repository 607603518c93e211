/*
 * conf: the table of settings.
 */
#include "conf.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "dimensions.h"

#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(struct kpl_conf, member)
#define MIB        INT64_C(1048576)

/* Settings of the KPL that mean nothing here: its files are read all the same. @p why says why. */
#define IGNORED_NUMBER(ours, anchor, dflt, min, max, why)                                \
    {                                                                                    \
        ours, anchor, KDS_CONF_INT, AT(ignored_number), dflt, min, max, NULL, NULL,      \
            true, why                                                                    \
    }
#define IGNORED_TEXT(ours, anchor, why)                                                  \
    {                                                                                    \
        ours, anchor, KDS_CONF_STRING, AT(ignored_text), 0, 0, 0, NULL, NULL, true, why  \
    }
#define IGNORED_BOOL(ours, anchor, dflt, why)                                            \
    {                                                                                    \
        ours, anchor, KDS_CONF_BOOL, AT(ignored_bool), dflt, 0, 0, NULL, NULL, true, why \
    }

#define NO_STS    "The KPL has not used it since 1.0.5."
#define NO_DAEMON "There is no child process."
#define NO_POOL   "The number of threads is constant."

/* clang-format off */
static const struct kds_conf_prop props[] = {
    {"stream", NULL, KDS_CONF_STRING, AT(stream), 0, 0, 0, NULL, NULL, false,
     "Stream of records that name none: a name or an ARN."},
    {"region", "region", KDS_CONF_STRING, AT(region), 0, 0, 0, NULL, NULL, false,
     "Region; unset: AWS_REGION, then AWS_DEFAULT_REGION."},
    {"endpoint.url", "kinesisEndpoint", KDS_CONF_STRING, AT(endpoint), 0, 0, 0, NULL, NULL, false,
     "Address of the service; without a scheme it is a host that is spoken to by TLS. Unset: AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, then the region's."},
    {"endpoint.port", "kinesisPort", KDS_CONF_INT, AT(endpoint_port), 443, 1, 65535, NULL, NULL, false,
     "Port of an `endpoint.url` that has neither scheme nor port."},
    {"tls.ca.file", "caCertFile", KDS_CONF_STRING, AT(ca_file), 0, 0, 0, NULL, NULL, false,
     "PEM file of trusted certificates; unset: the system's."},
    {"tls.verify", "verifyCertificate", KDS_CONF_BOOL, AT(tls_verify), 1, 0, 0, NULL, NULL, false,
     "Certificates are always verified: a producer with false is refused. Name the authority of a test server in `tls.ca.file`."},
    {"proxy.host", "proxyHost", KDS_CONF_STRING, AT(proxy_host), 0, 0, 0, NULL, NULL, false,
     "HTTP proxy for all requests: a host, or a URL of http:// or https://, then with its port. Unset: https_proxy, http_proxy and no_proxy of the environment."},
    {"proxy.port", "proxyPort", KDS_CONF_INT, AT(proxy_port), 443, 1, 65535, NULL, NULL, false,
     "Port of a `proxy.host` that is no URL."},
    {"proxy.user", "proxyUserName", KDS_CONF_STRING, AT(proxy_user), 0, 0, 0, NULL, NULL, false,
     "User at the proxy."},
    {"proxy.password", "proxyPassword", KDS_CONF_SECRET, AT(proxy_password), 0, 0, 0, NULL, NULL, false,
     "Password of `proxy.user`."},
    {"log.level", "logLevel", KDS_CONF_ENUM, AT(log_level), 0, 0, 0, NULL, "given|error|warning|notice|info|debug|trace", false,
     "Which lines the function of kpl_conf_set_log() receives, whatever level was given with it; trace is debug here. given: that level."},
    {"profile", NULL, KDS_CONF_STRING, AT(profile), 0, 0, 0, NULL, NULL, false,
     "Profile of the shared files, for credentials and region; unset: AWS_PROFILE."},
    {"access.key.id", NULL, KDS_CONF_STRING, AT(access_key_id), 0, 0, 0, NULL, NULL, false,
     "Access key; unset: the chain of docs/credentials.md."},
    {"secret.access.key", NULL, KDS_CONF_SECRET, AT(secret_access_key), 0, 0, 0, NULL, NULL, false,
     "Secret of the access key."},
    {"session.token", NULL, KDS_CONF_SECRET, AT(session_token), 0, 0, 0, NULL, NULL, false,
     "Token that belongs to a temporary access key."},
    {"protocol", NULL, KDS_CONF_ENUM, AT(protocol), 0, 0, 0, NULL, "json|cbor", false,
     "How bodies travel. CBOR sends a quarter fewer bytes."},
    {"dispatch", NULL, KDS_CONF_ENUM, AT(dispatch), 0, 0, 0, NULL, "thread|poll", false,
     "Who runs the result callback: a thread of the producer, or kpl_poll()."},
    {"ordered", NULL, KDS_CONF_BOOL, AT(ordered), 0, 0, 0, NULL, NULL, false,
     "Store the records of a partition key in the order of their puts, whatever is retried or resharded. Then one Kinesis record of a shard is under way at a time."},
    {"aggregation.enable", "aggregationEnabled", KDS_CONF_BOOL, AT(aggregation), 1, 0, 0, NULL, NULL, false,
     "Pack user records of one shard into one Kinesis record."},
    {"aggregation.max.records", "aggregationMaxCount", KDS_CONF_INT, AT(aggregate_max_records), INT64_C(4294967295), 1, INT64_MAX, NULL, NULL, false,
     "User records in one aggregate."},
    {"aggregation.max.bytes", "aggregationMaxSize", KDS_CONF_SIZE, AT(aggregate_max_bytes), 51200, 64, 10 * MIB, NULL, NULL, false,
     "Size of one aggregate, all included."},
    {"record.distribution", "recordDistributionStrategyDefault", KDS_CONF_ENUM, AT(distribution), 0, 0, 0, NULL, "detect|USER_PARTITION_KEY|AUTO", false,
     "Who spreads records over shards, until the service says it: the partition key, or the service itself (AUTO; then nothing is aggregated, and a record needs no key). detect: wait for the answer, without aggregating. A record without a key that was put meanwhile fails with InvalidPartitionKey if the keys decide."},
    {"describe.interval.ms", "describeStreamSummaryInterval", KDS_CONF_DURATION, AT(describe_interval_ms), 300000, 0, INT64_MAX, NULL, NULL, false,
     "How often the service is asked (DescribeStreamSummary) who spreads records and whether it is still the same stream, a tenth more or less. 0 = never."},
    {"batch.max.records", "collectionMaxCount", KDS_CONF_INT, AT(batch_max_records), 500, 1, 500, NULL, NULL, false,
     "Kinesis records in one PutRecords."},
    {"batch.max.bytes", "collectionMaxSize", KDS_CONF_SIZE, AT(batch_max_bytes), 5 * MIB, 52224, INT64_MAX, NULL, NULL, false,
     "Data and keys in one PutRecords; a larger lone record is still sent. What is above the service's 10 MiB counts as 10 MiB."},
    {"record.max.bytes", "maxUserRecordSize", KDS_CONF_SIZE, AT(record_max_bytes), MIB, 64, 10 * MIB, NULL, NULL, false,
     "Data and partition key of one user record. The stream's own limit (MaxRecordSize) may be lower."},
    {"buffer.max.bytes", NULL, KDS_CONF_SIZE, AT(buffer_max_bytes), 64 * MIB, 65536, INT64_C(1) << 40, NULL, NULL, false,
     "Budget for records that are accepted and not yet reported: data and keys, and for each 64 bytes, or 640 if it travels alone."},
    {"buffer.low.percent", NULL, KDS_CONF_INT, AT(buffer_low_percent), 50, 0, 99, NULL, NULL, false,
     "What of the budget may still be in use when the low-water callback tells a refused caller to go on."},
    {"linger.ms", "recordMaxBufferedTime", KDS_CONF_DURATION, AT(linger_ms), 100, 0, INT64_MAX, NULL, NULL, false,
     "Longest time a record waits for company before it is sent; half of `record.ttl.ms` at the most."},
    {"record.ttl.ms", "recordTtl", KDS_CONF_DURATION, AT(record_ttl_ms), 30000, 100, INT64_MAX, NULL, NULL, false,
     "Time from the put after which a record that is not yet stored is given up. The largest value means for ever."},
    {"rate.limit.percent", "rateLimit", KDS_CONF_INT, AT(rate_limit_percent), 150, 1, INT64_MAX, NULL, NULL, false,
     "What is sent to a shard per second at the most, in percent of its 1 MiB and 1000 records. Throttling lowers it for a while."},
    {"fail.if.throttled", "failIfThrottled", KDS_CONF_BOOL, AT(fail_if_throttled), 0, 0, 0, NULL, NULL, false,
     "Give a record up at the first throttling instead of sending it again."},
    {"fail.if.refused", NULL, KDS_CONF_BOOL, AT(fail_if_refused), 1, 0, 0, NULL, NULL, false,
     "Give a record up when the service refuses for a reason that does not pass by itself: no permission, no such stream. false: send it again until `record.ttl.ms`, as the KPL does. A record that the service finds bad is given up in any case, one in a spool in no other."},
    {"spool.directory", NULL, KDS_CONF_STRING, AT(spool_directory), 0, 0, 0, NULL, NULL, false,
     "Keep every record in this directory until it has its outcome, also when the process is killed; docs/spool.md. Records then live until they are stored or found bad: neither `record.ttl.ms` nor `fail.if.refused` counts. Unset: in memory only."},
    {"spool.max.bytes", NULL, KDS_CONF_SIZE, AT(spool_max_bytes), 1024 * MIB, 2 * MIB, INT64_C(1) << 50, NULL, NULL, false,
     "All files of the spool together. When it is reached, puts wait or fail as with `buffer.max.bytes`, which with a spool bounds only what is on its way."},
    {"spool.segment.bytes", NULL, KDS_CONF_SIZE, AT(spool_segment_bytes), 16 * MIB, 65536, 1024 * MIB, NULL, NULL, false,
     "One file of the spool; half of `spool.max.bytes` at the most. Its room is taken when it is begun."},
    {"spool.sync", NULL, KDS_CONF_ENUM, AT(spool_sync), 0, 0, 0, NULL, "none|put", false,
     "put: a put returns when its record is safe from a loss of power too, which costs milliseconds; kpl_put_many() pays once. none: safe from a killed process."},
    {"connections.max", "maxConnections", KDS_CONF_INT, AT(connections_max), 24, 1, 256, NULL, NULL, false,
     "Requests at the same time."},
    {"connect.timeout.ms", "connectTimeout", KDS_CONF_DURATION, AT(connect_timeout_ms), 6000, 100, 300000, NULL, NULL, false,
     "Time to connect."},
    {"request.timeout.ms", "requestTimeout", KDS_CONF_DURATION, AT(request_timeout_ms), 6000, 100, 600000, NULL, NULL, false,
     "Time for one request, from its start to its whole answer."},
    {"metrics.upload", NULL, KDS_CONF_BOOL, AT(metrics_upload), 0, 0, 0, NULL, NULL, false,
     "Send metrics to CloudWatch, which costs money; docs/statistics.md. Without it kpl_producer_metrics_json() and its like have them."},
    {"metrics.level", "metricsLevel", KDS_CONF_ENUM, AT(metrics_level), 2, 0, 0, NULL, "none|summary|detailed", false,
     "Which metrics are sent to CloudWatch."},
    {"metrics.granularity", "metricsGranularity", KDS_CONF_ENUM, AT(metrics_granularity), 2, 0, 0, NULL, "global|stream|shard", false,
     "Down to what they are sent: each stream and each shard is a series of its own."},
    {"metrics.namespace", "metricsNamespace", KDS_CONF_STRING, AT(metrics_namespace), 0, 0, 0, "KinesisProducerLibrary", NULL, false,
     "CloudWatch's name for them all."},
    {"metrics.upload.delay.ms", "metricsUploadDelay", KDS_CONF_DURATION, AT(metrics_upload_delay_ms), 60000, 1, 60000, NULL, NULL, false,
     "How often they are sent."},
    {"metrics.dimensions", NULL, KDS_CONF_STRING, AT(metrics_dimensions), 0, 0, 0, NULL, NULL, false,
     "Dimensions of what is sent to CloudWatch beside its own: `Host=h1,global; Team=t,stream`, 16 at the most. What is sent has those of its granularity and of coarser ones: global ones all, stream ones what is told by stream or shard, shard ones what is told by shard. The KPL's addAdditionalMetricsDimension()."},
    {"metrics.profile", NULL, KDS_CONF_STRING, AT(metrics_profile), 0, 0, 0, NULL, NULL, false,
     "Profile of the shared files for CloudWatch's credentials alone; unset: the same as for the stream. The KPL's metricsCredentialsProvider."},
    {"cloudwatch.endpoint.url", "cloudwatchEndpoint", KDS_CONF_STRING, AT(cloudwatch_endpoint), 0, 0, 0, NULL, NULL, false,
     "Address of CloudWatch; as `endpoint.url`."},
    {"cloudwatch.endpoint.port", "cloudwatchPort", KDS_CONF_INT, AT(cloudwatch_port), 443, 1, 65535, NULL, NULL, false,
     "Port of a `cloudwatch.endpoint.url` that has neither scheme nor port."},
    IGNORED_NUMBER("ignored.connections.min", "minConnections", 1, 1, 16, "The KPL does not use it either: connections are opened when there is something to send."),
    IGNORED_TEXT("ignored.ca.path", "caCertPath", "Name one file in `tls.ca.file`."),
    IGNORED_TEXT("ignored.sts.endpoint", "stsEndpoint", NO_STS),
    IGNORED_NUMBER("ignored.sts.port", "stsPort", 443, 0, INT64_MAX, NO_STS),
    IGNORED_BOOL("ignored.core.dumps", "enableCoreDumps", 0, NO_DAEMON),
    IGNORED_TEXT("ignored.temp.directory", "tempDirectory", NO_DAEMON),
    IGNORED_TEXT("ignored.native.executable", "nativeExecutable", NO_DAEMON),
    IGNORED_BOOL("ignored.daemon.health.check", "enableDaemonHealthCheck", 0, NO_DAEMON),
    IGNORED_NUMBER("ignored.daemon.health.check.timeout", "daemonHealthCheckTimeoutMs", 30000, 5000, INT64_MAX, NO_DAEMON),
    {"ignored.threading.model", "threadingModel", KDS_CONF_ENUM, AT(ignored_choice), 0, 0, 0, NULL, "PER_REQUEST|POOLED", true, NO_POOL},
    IGNORED_NUMBER("ignored.thread.pool.size", "threadPoolSize", 0, 0, INT64_MAX, NO_POOL),
    IGNORED_NUMBER("ignored.credentials.refresh.delay", "credentialsRefreshDelay", 5000, 1, 300000, "Credentials are fetched anew before they expire."),
    IGNORED_NUMBER("ignored.user.record.timeout", "userRecordTimeoutInMillis", 0, 0, INT64_MAX, "It gives up a record that may still be sent; `record.ttl.ms` gives it up for good."),
    IGNORED_BOOL("ignored.return.user.record", "returnUserRecordOnFailure", 0, "Every outcome has the record's keys and data, without a copy of them."),
    IGNORED_BOOL("ignored.oldest.future.tracker", "enableOldestFutureTracker", 1, "There is nothing to keep track of."),
    IGNORED_TEXT("ignored.glue.properties", "glueSchemaRegistryPropertiesFilePath", "Encode data before it is put."),
};
/* clang-format on */

/* ---- what texts must be like: the KPL's patterns --------------------------------------------- */

/* Letters, digits and some others, at least one of them. */
static bool are_among(kds_slice_t s, const char *others)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i], letter = c | 0x20;
        if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') &&
            (c == 0 || strchr(others, c) == NULL)) {
            return false;
        }
    }
    return s.n > 0;
}

static kds_slice_t after(kds_slice_t s, size_t n)
{
    return kds_slice_of(s.p + n, s.n - n);
}

/* Take letters of a kind, at least one. */
static bool take_run(kds_slice_t *s, uint8_t low, uint8_t high)
{
    size_t n = 0;
    while (n < s->n && s->p[n] >= low && s->p[n] <= high) {
        n++;
    }
    *s = after(*s, n);
    return n > 0;
}

static bool take_dash(kds_slice_t *s)
{
    bool there = s->n > 0 && s->p[0] == '-';
    *s = after(*s, there);
    return there;
}

/* ^([a-z]+-([a-z]+-)?[a-z]+-[0-9])?$, and more digits for what may come */
static bool fits_region(kds_slice_t s)
{
    int words = 0;
    if (s.n == 0) {
        return true;
    }
    while (take_run(&s, 'a', 'z')) {
        words++;
        if (!take_dash(&s)) {
            return false;
        }
    }
    return (words == 2 || words == 3) && take_run(&s, '0', '9') && s.n == 0;
}

static bool fits_port(kds_slice_t s)
{
    kds_slice_t digits = after(s, 1);
    return s.p[0] == ':' && take_run(&digits, '0', '9') && digits.n == 0;
}

/* The KPL's host, ^([A-Za-z0-9-\.]+)?$; here with a port if need be, an address in brackets, or a URL, of which
 * the client judges. */
static bool fits_endpoint(kds_slice_t s)
{
    bool bracket = s.n > 0 && s.p[0] == '[';
    size_t end = kds_slice_find(s, bracket ? ']' : ':');
    if (end + 2 < s.n && memcmp(s.p + end, "://", 3) == 0) {
        return true;
    }
    if (s.n == 0 || (bracket && end == s.n)) {
        return s.n == 0;
    }
    kds_slice_t host = kds_slice_of(s.p + bracket, end - bracket);
    kds_slice_t port = after(s, end + bracket);
    return are_among(host, bracket ? ":." : "-.") && (port.n == 0 || fits_port(port));
}

/* (?!AWS/).{1,255} */
static bool fits_namespace(kds_slice_t s)
{
    return s.n >= 1 && s.n <= 255 && !(s.n >= 4 && memcmp(s.p, "AWS/", 4) == 0);
}

#define ENDPOINT_WORDS                                                                   \
    "a host, of letters, digits, - and ., with or without a port, or a URL"

static const struct kds_conf_rule rules[] = {
    {"region", fits_region, "a region such as us-east-1"},
    {"endpoint.url", fits_endpoint, ENDPOINT_WORDS},
    {"cloudwatch.endpoint.url", fits_endpoint, ENDPOINT_WORDS},
    {"metrics.namespace", fits_namespace,
     "a namespace of 1..255 characters that does not begin with AWS/"},
    {"metrics.dimensions", kpl_are_dimensions,
     "name=value,granularity; ... with global, stream or shard"},
};

const struct kds_conf_table kpl_conf_table = {"libkpl", props,
                                              sizeof props / sizeof props[0], rules,
                                              sizeof rules / sizeof rules[0]};

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

void kpl_conf_set_low_water(kpl_conf_t *conf, kpl_low_water_fn *low_water, void *opaque)
{
    conf->low_water = low_water;
    conf->low_water_opaque = opaque;
}

char *kpl_conf_document(void)
{
    struct kds_buf text;
    kds_buf_init(&text, 1024 * 1024);
    kds_conf_document(&kpl_conf_table, &text);
    return kds_buf_take_text(&text);
}

void kpl_text_free(char *text)
{
    kds_free(text);
}
