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
        cmocka_unit_test(conf_starts_at_a_word_an_instant_or_a_second),
        cmocka_unit_test(conf_says_what_is_wrong_with_a_value_when_the_worker_is_made),
    };
    setenv("AWS_ACCESS_KEY_ID", "k", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
