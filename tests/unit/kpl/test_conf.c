/*
 * test_conf: the settings of the producer, and files that were written for the KPL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "conf.h"
#include "kpl/kpl.h"

/* Every property that the KPL 1.0 reads from a file, as its sample writes them. */
static const char kpl_file[] = "# You can load a properties file\n"
                               "AggregationEnabled = true\n"
                               "AggregationMaxCount = 4294967295\n"
                               "AggregationMaxSize = 51201\n"
                               "CloudwatchEndpoint = monitoring.example\n"
                               "CloudwatchPort = 444\n"
                               "CollectionMaxCount = 499\n"
                               "CollectionMaxSize = 5242880\n"
                               "ConnectTimeout = 6000\n"
                               "CredentialsRefreshDelay = 5000\n"
                               "EnableCoreDumps = false\n"
                               "FailIfThrottled = false\n"
                               "KinesisEndpoint = kinesis.example\n"
                               "KinesisPort = 443\n"
                               "LogLevel = info\n"
                               "MaxConnections = 24\n"
                               "MetricsGranularity = stream\n"
                               "MetricsLevel = detailed\n"
                               "MetricsNamespace = KinesisProducerLibrary\n"
                               "MetricsUploadDelay = 60000\n"
                               "MinConnections = 1\n"
                               "NativeExecutable = my_directory/kinesis_producer\n"
                               "RateLimit = 100\n"
                               "RecordMaxBufferedTime = 200\n"
                               "RecordTtl = 30000\n"
                               "Region = us-west-1\n"
                               "RequestTimeout = 6000\n"
                               "TempDirectory = /tmp\n"
                               "VerifyCertificate = true\n"
                               "ThreadingModel = PER_REQUEST\n"
                               "ThreadPoolSize = 0\n"
                               "CaCertPath = /etc/ssl\n"
                               "CaCertFile = ca.pem\n"
                               "UserRecordTimeoutInMillis = 0\n"
                               "EnableOldestFutureTracker = true\n"
                               "ReturnUserRecordOnFailure = false\n"
                               "EnableDaemonHealthCheck = false\n"
                               "DaemonHealthCheckTimeoutMs = 30000\n"
                               "GlueSchemaRegistryPropertiesFilePath = glue.properties\n"
                               "StsEndpoint = sts.example\n"
                               "StsPort = 443\n"
                               "MaxUserRecordSize = 1048576;\n";

static void conf_reads_a_file_of_the_kpl_as_it_is(void **state)
{
    static const struct {
        const char *name, *value;
    } expected[] = {
        {"linger.ms", "200"},
        {"region", "us-west-1"},
        {"rate.limit.percent", "100"},
        {"aggregation.max.bytes", "51201"},
        {"batch.max.records", "499"},
        {"metrics.granularity", "stream"},
        {"endpoint.url", "kinesis.example"},
        {"cloudwatch.endpoint.port", "444"},
        {"tls.ca.file", "ca.pem"},
        {"record.max.bytes", "1048576"},
    };
    kds_error_t *error = NULL;
    char value[200];
    (void)state;
    kpl_conf_t *conf = kpl_conf_new();
    assert_int_equal(kds_conf_apply_properties(&kpl_conf_table, conf, "f",
                                               kds_slice(kpl_file), &error),
                     KDS_OK);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(kpl_conf_get(conf, expected[i].name, value, sizeof value, NULL),
                         KDS_OK);
        assert_string_equal(value, expected[i].value);
    }
    kpl_conf_free(conf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conf_reads_a_file_of_the_kpl_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
