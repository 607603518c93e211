/*
 * test_conf: the settings of the producer, and files that were written for the KPL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/slice.h"
#include "conf.h"
#include "dimensions.h"
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

/* What the KPL writes of its own defaults that are empty. */
static const char kpl_defaults[] = "RecordDistributionStrategyDefault=\n"
                                   "CloudwatchEndpoint =\n"
                                   "KinesisEndpoint =\n"
                                   "Region =\n"
                                   "ProxyHost =\n"
                                   "CaCertFile =\n";

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

static void conf_reads_the_empty_defaults_of_the_kpl(void **state)
{
    char value[200];
    (void)state;
    kpl_conf_t *conf = kpl_conf_new();
    assert_int_equal(kds_conf_apply_properties(&kpl_conf_table, conf, "f",
                                               kds_slice(kpl_defaults), NULL),
                     KDS_OK);
    kpl_conf_get(conf, "record.distribution", value, sizeof value, NULL);
    assert_string_equal(value, "detect");
    kpl_conf_free(conf);
}

static void conf_refuses_what_the_kpl_refuses_and_says_why(void **state)
{
    static const struct {
        const char *name, *value, *rule;
    } refused[] = {
        {"MetricsNamespace", "AWS/Foo", "does not begin with AWS/"},
        {"MetricsNamespace", "", "1..255"},
        {"Region", "not a region", "us-east-1"},
        {"Region", "us-east-1-", "us-east-1"},
        {"Region", "us-east", "us-east-1"},
        {"Region", "us-east-", "us-east-1"},
        {"Region", "Us-east-1", "us-east-1"},
        {"Region", "east-1", "us-east-1"},
        {"Region", "a-b-c-d-1", "us-east-1"},
        {"KinesisEndpoint", "bad_host/../x", "a host"},
        {"KinesisEndpoint", "host/path", "a host"},
        {"KinesisEndpoint", "host:", "a host"},
        {"KinesisEndpoint", "host:80x", "a host"},
        {"KinesisEndpoint", ":80", "a host"},
        {"KinesisEndpoint", "[::1", "a host"},
        {"KinesisEndpoint", "[]:80", "a host"},
        {"CloudwatchEndpoint", "a b", "a host"},
        {"ThreadingModel", "BOGUS", "PER_REQUEST|POOLED"},
        {"RecordDistributionStrategyDefault", "BOTH", "AUTO"},
        {"metrics.dimensions", "Host=h1", "granularity"},
        {"metrics.dimensions", "Host=h1,local", "granularity"},
        {"metrics.dimensions", "=h1,global", "granularity"},
        {"metrics.dimensions", "Host=,global", "granularity"},
        {"metrics.dimensions", "Host,global", "granularity"},
        {"metrics.dimensions", ";", "granularity"},
    };
    (void)state;
    kpl_conf_t *conf = kpl_conf_new();
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        kds_error_t *error = NULL;
        assert_int_equal(kpl_conf_set(conf, refused[i].name, refused[i].value, &error),
                         KDS_ERR_CONFIG);
        assert_non_null(strstr(kds_error_message(error), refused[i].value));
        assert_non_null(strstr(kds_error_message(error), refused[i].rule));
        kds_error_free(error);
    }
    kpl_conf_free(conf);
}

static void conf_takes_what_the_kpl_takes(void **state)
{
    static const char *const taken[][2] = {
        {"Region", "us-gov-west-1"},
        {"Region", "cn-north-1"},
        {"Region", "eusc-de-east-1"},
        {"KinesisEndpoint", "kinesis.us-east-1.amazonaws.com"},
        {"KinesisEndpoint", "localhost:4567"},
        {"KinesisEndpoint", "127.0.0.1"},
        {"KinesisEndpoint", "[::1]:4567"},
        {"KinesisEndpoint", "http://under_score:4567/path"},
        {"MetricsNamespace", "AWSome"},
        {"ThreadingModel", "POOLED"},
        {"metrics.dimensions", ""},
        {"metrics.dimensions", "Host=h1,global"},
        {"metrics.dimensions", " Host = h 1 , Global ;Team=a=b,SHARD; "},
    };
    (void)state;
    kpl_conf_t *conf = kpl_conf_new();
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        assert_int_equal(kpl_conf_set(conf, taken[i][0], taken[i][1], NULL), KDS_OK);
    }
    kpl_conf_free(conf);
}

static void conf_takes_dimensions_apart(void **state)
{
    char text[] = " Host = h 1 , Global ;Team=a=b,SHARD;Stage=x,stream";
    struct kds_metric_dimension d[KPL_DIMENSIONS_MAX];
    (void)state;
    assert_int_equal(kpl_dimensions_split(text, d), 3);
    assert_string_equal(d[0].name, "Host");
    assert_string_equal(d[0].value, "h 1");
    assert_int_equal(d[0].scope, KDS_SCOPE_ALL);
    assert_string_equal(d[1].name, "Team");
    assert_string_equal(d[1].value, "a=b");
    assert_int_equal(d[1].scope, KDS_SCOPE_SHARD);
    assert_string_equal(d[2].value, "x");
    assert_int_equal(d[2].scope, KDS_SCOPE_STREAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conf_reads_a_file_of_the_kpl_as_it_is),
        cmocka_unit_test(conf_reads_the_empty_defaults_of_the_kpl),
        cmocka_unit_test(conf_refuses_what_the_kpl_refuses_and_says_why),
        cmocka_unit_test(conf_takes_what_the_kpl_takes),
        cmocka_unit_test(conf_takes_dimensions_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
