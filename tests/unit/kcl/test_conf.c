/*
 * test_conf: the settings of the consumer, and files that were written for the KCL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "conf.h"
#include "kcl/kcl.h"

#include <stdlib.h>

/* Every property that the KCL's daemon for other languages reads, 3.5 included. */
static const char kcl_file[] =
    "executableName = sample_app.py\n"
    "streamArn = arn:aws:kinesis:us-east-5:000000000000:stream/words\n"
    "streamName = words\n"
    "applicationName = PythonSample\n"
    "tableName = leases\n"
    "AwsCredentialsProvider = DefaultCredentialsProvider\n"
    "processingLanguage = python/3.8\n"
    "initialPositionInStream = TRIM_HORIZON\n"
    "initialPositionInStreamExtended = 1636609142\n"
    "regionName = us-east-1\n"
    "dynamoDBRegionName = us-east-2\n"
    "cloudWatchRegionName = us-west-1\n"
    "kinesisEndpoint = https://kinesis.example\n"
    "dynamoDBEndpoint = https://dynamodb.example\n"
    "failoverTimeMillis = 10000\n"
    "enablePriorityLeaseAssignment = true\n"
    "workerId = w1\n"
    "workerIdentifier = w2\n"
    "shardSyncIntervalMillis = 60000\n"
    "skipShardSyncAtWorkerInitializationIfLeasesExist = false\n"
    "schedulerInitializationBackoffTimeMillis = 1000\n"
    "shardPrioritization = NONE\n"
    "ignoreUnexpectedChildShards = false\n"
    "maxRecords = 10000\n"
    "idleTimeBetweenReadsInMillis = 1000\n"
    "callProcessRecordsEvenForEmptyRecordList = false\n"
    "parentShardPollIntervalMillis = 10000\n"
    "cleanupLeasesUponShardCompletion = true\n"
    "taskBackoffTimeMillis = 500\n"
    "logWarningForTaskAfterMillis = 30000\n"
    "metricsBufferTimeMillis = 10000\n"
    "metricsMaxQueueSize = 10000\n"
    "metricsLevel = SUMMARY\n"
    "metricsEnabledDimensions = Operation,ShardId\n"
    "validateSequenceNumberBeforeCheckpointing = true\n"
    "maxActiveThreads = 0\n"
    "maxLeasesForWorker = 5\n"
    "maxLeasesToStealAtOneTime = 1\n"
    "maxLeaseRenewalThreads = 20\n"
    "listShardsBackoffTimeInMillis = 1500\n"
    "maxListShardsRetryAttempts = 50\n"
    "retryGetRecordsInSeconds = 3\n"
    "maxGetRecordsThreadPool = 2\n"
    "billingMode = PROVISIONED\n"
    "initialLeaseTableReadCapacity = 10\n"
    "initialLeaseTableWriteCapacity = 10\n"
    "retrievalMode = FANOUT\n"
    "consumerName = fast\n"
    "fanoutConfig.consumerArn = "
    "arn:aws:kinesis:us-east-1:1:stream/words/consumer/fast:1\n"
    "fanoutConfig.maxDescribeStreamSummaryRetries = 10\n"
    "fanoutConfig.maxDescribeStreamConsumerRetries = 10\n"
    "fanoutConfig.registerStreamConsumerRetries = 10\n"
    "fanoutConfig.retryBackoffMillis = 1000\n"
    "timeoutInSeconds = 60\n"
    "shutdownGraceMillis = 1000\n"
    "isGracefulLeaseHandoffEnabled = true\n"
    "gracefulLeaseHandoffTimeoutMillis = 20000\n"
    "inMemoryWorkerMetricsCaptureFrequencyMillis = 1000\n"
    "workerMetricsReporterFreqInMillis = 30000\n"
    "noOfPersistedMetricsPerWorkerMetrics = 10\n"
    "disableWorkerMetrics = false\n"
    "maxThroughputPerHostKBps = 12345.5\n"
    "dampeningPercentage = 60\n"
    "reBalanceThresholdPercentage = 10\n"
    "allowThroughputOvershoot = true\n"
    "varianceBalancingFrequency = 3\n"
    "workerMetricsEMAAlpha = 0.5\n"
    "staleWorkerMetricsEntryCleanupDuration = PT24H\n"
    "workerMetricsTableName = measurements\n"
    "workerMetricsBillingMode = PROVISIONED\n"
    "workerMetricsReadCapacity = 10\n"
    "workerMetricsWriteCapacity = 10\n"
    "coordinatorStateTableName = states\n"
    "coordinatorStateBillingMode = PROVISIONED\n"
    "coordinatorStateReadCapacity = 10\n"
    "coordinatorStateWriteCapacity = 10\n";

static void conf_reads_a_file_of_the_kcl_as_it_is(void **state)
{
    static const struct {
        const char *name, *value;
    } expected[] = {
        {"application", "PythonSample"},
        {"worker.id", "w2"},
        {"start", "1636609142"},
        {"dynamodb.region", "us-east-2"},
        {"cloudwatch.region", "us-west-1"},
        {"handoff.timeout.ms", "20000"},
        {"max.leases", "5"},
        {"metrics.level", "summary"},
        {"dynamodb.billing.mode", "provisioned"},
        {"dynamodb.worker.metrics.table", "measurements"},
        {"dynamodb.coordinator.state.table", "states"},
        {"fan.out", "true"},
        {"consumer.name", "fast"},
        {"consumer.arn", "arn:aws:kinesis:us-east-1:1:stream/words/consumer/fast:1"},
    };
    kds_error_t *error = NULL;
    char value[200];
    (void)state;
    kcl_conf_t *conf = kcl_conf_new();
    assert_int_equal(kds_conf_apply_properties(&kcl_conf_table, conf, "f",
                                               kds_slice(kcl_file), &error),
                     KDS_OK);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(kcl_conf_get(conf, expected[i].name, value, sizeof value, NULL),
                         KDS_OK);
        assert_string_equal(value, expected[i].value);
    }
    kcl_conf_free(conf);
}

/* Every property of the KCL 3.5's configuration classes, with a value of its own kind, and what it means here: a setting
 * of ours with its value then, or NULL where it is accepted without effect. */
static const struct known {
    const char *name, *value, *ours, *then;
} known[] = {
    /* LeaseManagementConfig */
    {"failoverTimeMillis", "20000", "failover.ms", "20000"},
    {"leaseAssignmentIntervalMillis", "20000", "lead.interval.ms", "20000"},
    {"leaseAssignmentStrategy", "LEASE_COUNT_BASED", "lead.strategy",
     "LEASE_COUNT_BASED"},
    {"enablePriorityLeaseAssignment", "true", NULL, NULL},
    {"shardSyncIntervalMillis", "60000", NULL, NULL},
    {"cleanupLeasesUponShardCompletion", "true", NULL, NULL},
    {"leaseCleanupIntervalMillis", "60000", NULL, NULL},
    {"completedLeaseCleanupIntervalMillis", "300000", NULL, NULL},
    {"garbageLeaseCleanupIntervalMillis", "1800000", NULL, NULL},
    {"leaseCleanupConfig.leaseCleanupIntervalMillis", "60000", NULL, NULL},
    {"leaseCleanupConfig.completedLeaseCleanupIntervalMillis", "300000", NULL, NULL},
    {"leaseCleanupConfig.garbageLeaseCleanupIntervalMillis", "1800000", NULL, NULL},
    {"maxLeasesForWorker", "2147483647", "max.leases", "2147483647"},
    {"maxLeasesToStealAtOneTime", "1", "max.steals", "1"},
    {"initialLeaseTableReadCapacity", "11", "dynamodb.read.capacity", "11"},
    {"initialLeaseTableWriteCapacity", "12", "dynamodb.write.capacity", "12"},
    {"maxLeaseRenewalThreads", "20", NULL, NULL},
    {"leaseTableScanTotalSegments", "0", NULL, NULL},
    {"ignoreUnexpectedChildShards", "false", NULL, NULL},
    {"consistentReads", "true", NULL, NULL},
    {"listShardsBackoffTimeInMillis", "1500", NULL, NULL},
    {"maxListShardsRetryAttempts", "50", NULL, NULL},
    {"epsilonMillis", "25", NULL, NULL},
    {"dynamoDbRequestTimeout", "PT60S", "dynamodb.request.timeout.ms", "60000"},
    {"billingMode", "PAY_PER_REQUEST", "dynamodb.billing.mode", "pay_per_request"},
    {"leaseTableDeletionProtectionEnabled", "true", "dynamodb.deletion.protection",
     "true"},
    {"leaseTablePitrEnabled", "true", "dynamodb.point.in.time.recovery", "true"},
    {"tags", "a=b", "dynamodb.tags", "a=b"},
    {"leasesRecoveryAuditorExecutionFrequencyMillis", "120000", "audit.interval.ms",
     "120000"},
    {"leasesRecoveryAuditorInconsistencyConfidenceThreshold", "4", "audits", "4"},
    {"initialPositionInStream", "LATEST", "start", "LATEST"},
    {"maxCacheMissesBeforeReload", "1000", NULL, NULL},
    {"listShardsCacheAllowedAgeInSeconds", "30", NULL, NULL},
    {"cacheMissWarningModulus", "250", NULL, NULL},
    {"dynamoDbLockBasedLeaderLeaseDurationInMillis", "120000", "lead.lock.ms", "120000"},
    {"dynamoDbLockBasedLeaderHeartbeatPeriodInMillis", "30000", "lead.beat.ms", "30000"},
    {"streamInfoMode", "DISABLED", NULL, NULL},
    {"streamIdOnboardingState", "NOT_ONBOARDED", NULL, NULL},
    {"customShardDetectorProvider", "none", NULL, NULL},
    {"tableCreatorCallback", "none", NULL, NULL},
    {"gracefulLeaseHandoffTimeoutMillis", "25000", "handoff.timeout.ms", "25000"},
    {"isGracefulLeaseHandoffEnabled", "true", NULL, NULL},
    {"gracefulLeaseHandoffConfig.gracefulLeaseHandoffTimeoutMillis", "25000",
     "handoff.timeout.ms", "25000"},
    {"gracefulLeaseHandoffConfig.isGracefulLeaseHandoffEnabled", "true", NULL, NULL},
#define UTILIZATION(name, ...)                                                           \
    {name, __VA_ARGS__},                                                                 \
    {                                                                                    \
        "workerUtilizationAwareAssignmentConfig." name, __VA_ARGS__                      \
    }
    UTILIZATION("inMemoryWorkerMetricsCaptureFrequencyMillis", "1000", NULL, NULL),
    UTILIZATION("workerMetricsReporterFreqInMillis",
                "15000",
                "worker.metrics.interval.ms",
                "15000"),
    UTILIZATION("noOfPersistedMetricsPerWorkerMetrics", "10", NULL, NULL),
    UTILIZATION("disableWorkerMetrics", "true", "worker.metrics.disabled", "true"),
    UTILIZATION("workerMetricList", "automatic", NULL, NULL),
    UTILIZATION("maxThroughputPerHostKBps", "12345.5", "lead.host.kbps", "12345.5"),
    UTILIZATION("maxThroughputPerHostKBps",
                "1.7976931348623157E308",
                "lead.host.kbps",
                "9223372036854775.807"), /* Java's largest: without limit */
    UTILIZATION("dampeningPercentage", "80", "lead.dampening", "80"),
    UTILIZATION("reBalanceThresholdPercentage", "20", "lead.threshold", "20"),
    UTILIZATION("allowThroughputOvershoot", "false", "lead.overshoot", "false"),
    UTILIZATION(
        "staleWorkerMetricsEntryCleanupDuration", "PT24H", "lead.forget.ms", "86400000"),
    UTILIZATION("varianceBalancingFrequency", "5", "lead.balance.runs", "5"),
    UTILIZATION("workerMetricsEMAAlpha", "0.25", "lead.smoothing", "0.25"),
    {"workerMetricsTableConfig", "m", "dynamodb.worker.metrics.table", "m"},
    {"workerMetricsTableConfig.tableName", "m", "dynamodb.worker.metrics.table", "m"},
    /* CoordinatorConfig */
    {"applicationName", "app", "application", "app"},
    {"maxInitializationAttempts", "20", "initialization.attempts", "20"},
    {"parentShardPollIntervalMillis", "10000", NULL, NULL},
    {"skipShardSyncAtWorkerInitializationIfLeasesExist", "false", NULL, NULL},
    {"shardConsumerDispatchPollIntervalMillis", "1000", NULL, NULL},
    {"shardPrioritization", "ParentsFirst", NULL, NULL},
    {"schedulerInitializationBackoffTimeMillis", "1000", NULL, NULL},
    {"clientVersionConfig", "CLIENT_VERSION_CONFIG_3X", "client.version",
     "CLIENT_VERSION_CONFIG_3X"},
    {"migrateAllEntitiesToLeaseTable", "true", NULL, NULL},
    {"tableMigrationCompleteBakeTimeSeconds", "86400", NULL, NULL},
    {"coordinatorStateTableConfig", "c", "dynamodb.coordinator.state.table", "c"},
    {"coordinatorStateTableConfig.tableName", "c", "dynamodb.coordinator.state.table",
     "c"},
    /* LifecycleConfig, ProcessorConfig */
    {"taskBackoffTimeMillis", "600", "processor.backoff.ms", "600"},
    {"logWarningForTaskAfterMillis", "30000", "processor.stuck.ms", "30000"},
    {"readTimeoutsToIgnoreBeforeWarning", "0", NULL, NULL},
    {"aggregatorUtil", "default", NULL, NULL},
    {"taskExecutionListener", "none", NULL, NULL},
    {"callProcessRecordsEvenForEmptyRecordList", "false", NULL, NULL},
    /* MetricsConfig */
    {"namespace", "Mine", "metrics.namespace", "Mine"},
    {"metricsLevel", "DETAILED", "metrics.level", "detailed"},
    {"metricsEnabledDimensions", "ALL", NULL, NULL},
    {"metricsBufferTimeMillis", "5000", "metrics.upload.delay.ms", "5000"},
    {"metricsMaxQueueSize", "10000", NULL, NULL},
    {"publisherFlushBuffer", "200", NULL, NULL},
    {"metricsBackend", "CLOUDWATCH", NULL, NULL},
    /* RetrievalConfig */
    {"initialPositionInStreamExtended", "1636609142", "start", "1636609142"},
#define POLLING(name, ...)                                                               \
    {name, __VA_ARGS__},                                                                 \
    {                                                                                    \
        "pollingConfig." name, __VA_ARGS__                                               \
    }
    POLLING("maxRecords", "500", "max.records", "500"),
    POLLING("idleTimeBetweenReadsInMillis", "1500", "idle.ms", "1500"),
    POLLING("kinesisRequestTimeout", "PT30S", "request.timeout.ms", "30000"),
    POLLING("maxPendingProcessRecordsInput", "4", NULL, NULL),
    POLLING("millisBehindLatestThresholdForReducedTps", "2000", "idle.behind.ms", "2000"),
    POLLING("retryGetRecordsInSeconds", "3", NULL, NULL),
    POLLING("maxGetRecordsThreadPool", "2", NULL, NULL),
#define FAN_OUT(name, ...)                                                               \
    {name, __VA_ARGS__},                                                                 \
    {                                                                                    \
        "fanoutConfig." name, __VA_ARGS__                                                \
    }
    FAN_OUT("consumerArn", "arn:c", "consumer.arn", "arn:c"),
    FAN_OUT("consumerName", "c", "consumer.name", "c"),
    FAN_OUT("maxDescribeStreamSummaryRetries", "10", NULL, NULL),
    FAN_OUT("maxDescribeStreamConsumerRetries", "10", NULL, NULL),
    FAN_OUT("registerStreamConsumerRetries", "10", NULL, NULL),
    FAN_OUT("retryBackoffMillis", "1000", NULL, NULL),
};

static void conf_knows_every_property_of_the_kcl(void **state)
{
    char value[200];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct known *k = &known[i];
        kcl_conf_t *conf = kcl_conf_new();
        kds_error_t *error = NULL;
        kds_err_t rc = kcl_conf_set(conf, k->name, k->value, &error);
        if (rc != KDS_OK) {
            fail_msg("%s=%s: %s", k->name, k->value, kds_error_message(error));
        }
        assert_int_equal(
            kcl_conf_get(conf, k->ours ? k->ours : k->name, value, sizeof value, NULL),
            KDS_OK);
        if (k->ours != NULL) {
            assert_string_equal(value, k->then);
        }
        kcl_conf_free(conf);
    }
}

static void conf_refuses_what_a_worker_here_cannot_do(void **state)
{
    static const struct {
        const char *name, *value, *message;
    } rows[] = {
        {"metricsBackend", "OTEL",
         "ignored.metrics.backend: \"OTEL\" is not one of CLOUDWATCH"},
        {"streamInfoMode", "TRACK_ONLY",
         "ignored.stream.info: \"TRACK_ONLY\" is not one of DISABLED"},
        {"streamIdOnboardingState", "ONBOARDED",
         "ignored.stream.id.onboarding: \"ONBOARDED\" is not one of NOT_ONBOARDED"},
        {"tableCreatorCallback", "com.example.Create",
         "ignored.table.creator: \"com.example.Create\" is not one of none"},
        {"clientVersionConfig", "CLIENT_VERSION_CONFIG_4X",
         "client.version: \"CLIENT_VERSION_CONFIG_4X\" is not one of "
         "table|CLIENT_VERSION_CONFIG_3X|CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X|"
         "CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X_PHASE1"},
        {"varianceBalancingFrequency", "0", "lead.balance.runs: 0 is outside 1..1000000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        kcl_conf_t *conf = kcl_conf_new();
        kds_error_t *error = NULL;
        assert_int_equal(kcl_conf_set(conf, rows[i].name, rows[i].value, &error),
                         KDS_ERR_CONFIG);
        assert_string_equal(kds_error_message(error), rows[i].message);
        kds_error_free(error);
        kcl_conf_free(conf);
    }
}

static void conf_starts_at_a_word_an_instant_or_a_second(void **state)
{
    static const struct {
        const char *text;
        bool valid;
        enum kcl_start start;
        int64_t ms;
    } rows[] = {
        {"TRIM_HORIZON", true, KCL_START_TRIM_HORIZON, 0},
        {"latest", true, KCL_START_LATEST, 0},
        {"2021-11-11T05:39:02Z", true, KCL_START_TIMESTAMP, INT64_C(1636609142000)},
        {"1636609142", true, KCL_START_TIMESTAMP, INT64_C(1636609142000)},
        {"0", true, KCL_START_TIMESTAMP, 0},
        {"-1", false, KCL_START_TIMESTAMP, 0},
        {"253402300800", false, KCL_START_TIMESTAMP, 0},
        {"yesterday", false, KCL_START_TIMESTAMP, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum kcl_start start = KCL_START_TRIM_HORIZON;
        int64_t ms = 0;
        assert_int_equal(kcl_start_parse(rows[i].text, &start, &ms), rows[i].valid);
        if (rows[i].valid) {
            assert_int_equal(start, rows[i].start);
            assert_int_equal(ms, rows[i].ms);
        }
    }
}

static int
processed(const kcl_batch_t *batch, kcl_checkpointer_t *checkpointer, void *opaque)
{
    (void)batch;
    (void)checkpointer;
    (void)opaque;
    return 0;
}

/* What a worker says to these settings. */
static void expect_worker(const char *name,
                          const char *value,
                          kds_err_t expected,
                          const char *message)
{
    const kcl_processor_t processor = {.struct_size = sizeof processor,
                                       .process = processed};
    kds_error_t *error = NULL;
    kcl_worker_t *worker = NULL;
    kcl_conf_t *conf = kcl_conf_new();
    kcl_conf_set(conf, "application", "a", NULL);
    kcl_conf_set(conf, "stream", "s", NULL);
    kcl_conf_set(conf, "store", "sqlite:/nonexistent/leases.db", NULL);
    kcl_conf_set(conf, "region", "us-east-1", NULL);
    assert_int_equal(kcl_conf_set(conf, name, value, NULL), KDS_OK);
    kds_err_t rc = kcl_worker_new(conf, &processor, NULL, &worker, &error);
    assert_int_equal(rc, expected);
    assert_string_equal(error ? kds_error_message(error) : "", message);
    kds_error_free(error);
    kcl_worker_free(worker);
    kcl_conf_free(conf);
}

#define NOWHERE "is neither in the shared configuration nor in the credentials file"
#define MUST_BE                                                                          \
    " must be DefaultCredentialsProvider or ProfileCredentialsProvider|NAME; a role to " \
    "assume belongs into a profile"

static void conf_says_what_is_wrong_with_a_value_when_the_worker_is_made(void **state)
{
    static const struct {
        const char *name, *value;
        kds_err_t code;
        const char *message;
    } rows[] = {
        {"AwsCredentialsProvider", "DefaultCredentialsProvider", KDS_OK, ""},
        {"AwsCredentialsProvider", "software.example.ContainerCredentialsProvider",
         KDS_OK, ""},
        {"AwsCredentialsProvider", "StsProvider|arn:1", KDS_ERR_CONFIG,
         "credentials.provider: \"StsProvider|arn:1\"" MUST_BE},
        {"AwsCredentialsProvider", "DefaultCredentialsProvider|x", KDS_ERR_CONFIG,
         "credentials.provider: \"DefaultCredentialsProvider|x\"" MUST_BE},
        {"AwsCredentialsProvider", "a.", KDS_ERR_CONFIG,
         "credentials.provider: \"a.\"" MUST_BE},
        {"AwsCredentialsProvider", "ProfileCredentialsProvider|other",
         KDS_ERR_CREDENTIALS, "profile \"other\" " NOWHERE},
        {"profile", "mine", KDS_ERR_CREDENTIALS, "profile \"mine\" " NOWHERE},
        {"lead.beat.ms", "60000", KDS_OK, ""}, /* of a lock of 120 s */
        {"lead.beat.ms", "60001", KDS_ERR_CONFIG,
         "lead.lock.ms: 120000 must be twice lead.beat.ms, which is 60001, at least"},
        {"lead.lock.ms", "59999", KDS_ERR_CONFIG,
         "lead.lock.ms: 59999 must be twice lead.beat.ms, which is 30000, at least"},
        {"start", "tomorrow", KDS_ERR_CONFIG,
         "start: \"tomorrow\" must be trim_horizon, latest, an RFC 3339 instant such as "
         "2026-01-31T12:00:00Z, or seconds since 1970"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_worker(rows[i].name, rows[i].value, rows[i].code, rows[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conf_reads_a_file_of_the_kcl_as_it_is),
        cmocka_unit_test(conf_knows_every_property_of_the_kcl),
        cmocka_unit_test(conf_refuses_what_a_worker_here_cannot_do),
        cmocka_unit_test(conf_starts_at_a_word_an_instant_or_a_second),
        cmocka_unit_test(conf_says_what_is_wrong_with_a_value_when_the_worker_is_made),
    };
    setenv("AWS_ACCESS_KEY_ID", "k", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
