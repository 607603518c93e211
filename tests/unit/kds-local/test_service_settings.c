/*
 * test_service_settings: modes, strategies, retention, encryption, monitoring, the account.
 */
#include "script.h"

#define CREATE(mode, more)                                                               \
    "{\"StreamName\":\"s\",\"StreamModeDetails\":{\"StreamMode\":\"" mode "\"}" more "}"
#define BY_NAME "{\"StreamName\":\"s\""
#define KEY     "\"KeyId\":\"alias/aws/kinesis\""
#define COMMIT(status)                                                                   \
    "{\"MinimumThroughputBillingCommitment\":{\"Status\":\"" status "\"}}"

static void play(const struct step *steps, size_t count, bool limits)
{
    const struct local_service_options options = {.seed = 1, .limits = limits};
    struct script s;
    script_begin(&s, &options);
    script_play(&s, steps, count);
    script_end(&s);
}

#define PLAY_ALL(steps, limits) play(steps, sizeof(steps) / sizeof((steps)[0]), limits)

/* clang-format off */
static void settings_show_on_demand_streams(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", CREATE("ON_DEMAND", ""), OK, NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"OpenShardCount\":4", NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"StreamMode\":\"ON_DEMAND\"", NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"RecordDistributionStrategy\":\"USER_PARTITION_KEY\"", NULL},
        {0, "DescribeStream", BY_NAME "}", 200, NULL, "RecordDistributionStrategy"},
        {0, "SplitShard", BY_NAME ",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"10\"}", REFUSED("ValidationException"), NULL},
        {0, "UpdateShardCount", BY_NAME ",\"TargetShardCount\":8,\"ScalingType\":\"UNIFORM_SCALING\"}", REFUSED("ValidationException"), NULL},
        {0, "DescribeLimits", "{}", 200, "\"OnDemandStreamCount\":1,\"OnDemandStreamCountLimit\":50,\"ChannelCount\":0,\"ChannelCountLimit\":", NULL},
    };
    (void)state;
    PLAY_ALL(steps, false);
}

static void settings_spread_records_when_the_strategy_is_auto(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", CREATE("ON_DEMAND", ",\"RecordDistributionStrategy\":\"AUTO\""), OK, NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\"}", 200, "shardId-000000000000", NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"0\"}", 200, "shardId-000000000001", NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\"}", 200, "shardId-000000000002", NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"\"}", REFUSED("ValidationException"), NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\",\"SequenceNumberForOrdering\":\"1\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "PutRecords", BY_NAME ",\"Records\":[{\"Data\":\"\"},{\"Data\":\"\",\"PartitionKey\":\"k\"}]}", 200, "\"FailedRecordCount\":0", NULL},
        {0, "UpdateStreamMode", "{" STREAM_ARN("s") ",\"StreamModeDetails\":{\"StreamMode\":\"PROVISIONED\"}}", REFUSED("InvalidArgumentException"), NULL},
        {0, "UpdateStreamRecordDistributionStrategy", "{" STREAM_ARN("s") ",\"RecordDistributionStrategy\":\"USER_PARTITION_KEY\"}", OK, NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\"}", 400, "Value null at 'partitionKey'", NULL},
        {0, "PutRecords", BY_NAME ",\"Records\":[{\"Data\":\"\"},{\"Data\":\"\",\"PartitionKey\":\"k\"}]}", REFUSED("ValidationException"), NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"0\"}", 200, "shardId-000000000000", NULL},
        {0, "UpdateStreamMode", "{" STREAM_ARN("s") ",\"StreamModeDetails\":{\"StreamMode\":\"PROVISIONED\"}}", OK, NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "PROVISIONED", "RecordDistributionStrategy"},
        {0, "UpdateStreamRecordDistributionStrategy", "{" STREAM_ARN("s") ",\"RecordDistributionStrategy\":\"AUTO\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "UpdateStreamRecordDistributionStrategy", "{" STREAM_ARN("s") ",\"RecordDistributionStrategy\":\"NONE\"}", REFUSED("ValidationException"), NULL},
    };
    (void)state;
    PLAY_ALL(steps, false);
}

static void settings_keep_the_absence_of_a_key(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", CREATE("ON_DEMAND", ",\"RecordDistributionStrategy\":\"AUTO\""), OK, NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"eA==\"}", 200, "shardId-000000000000", NULL},
        {0, "GetShardIterator", BY_NAME ",\"ShardId\":\"shardId-000000000000\",\"ShardIteratorType\":\"TRIM_HORIZON\"}", OK, NULL},
    };
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}",
             script_member(&s, "ShardIterator", token, sizeof token));
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    assert_non_null(strstr(s.answer, "\"Data\":\"eA==\""));
    assert_null(strstr(s.answer, "PartitionKey"));
    snprintf(body, sizeof body, "{\"ShardIterator\":\"\\\"%s\\\"\"}", token); /* in quotes once more */
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    script_end(&s);
}

static void settings_change_the_mode_twice_a_day(void **state)
{
#define MODE(m) "{" STREAM_ARN("s") ",\"StreamModeDetails\":{\"StreamMode\":\"" m "\"}}"
    static const struct step steps[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":3}", OK, NULL},
        {0, "UpdateStreamMode", MODE("PROVISIONED"), REFUSED("InvalidArgumentException"), NULL},
        {0, "UpdateStreamMode", MODE("ON_DEMAND"), OK, NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"OpenShardCount\":3", NULL},
        {1000, "UpdateStreamMode", MODE("PROVISIONED"), OK, NULL},
        {1000, "UpdateStreamMode", MODE("ON_DEMAND"), REFUSED("LimitExceededException"), NULL},
        {86397000, "UpdateStreamMode", MODE("ON_DEMAND"), REFUSED("LimitExceededException"), NULL},
        {1000, "UpdateStreamMode", MODE("ON_DEMAND"), OK, NULL},
        {0, "UpdateStreamMode", "{\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"}}", REFUSED("ValidationException"), NULL},
    };
    (void)state;
    PLAY_ALL(steps, true);
}

static void settings_need_a_commitment_for_warm_throughput(void **state)
{
    static const struct step steps[] = {
        {0, "DescribeAccountSettings", "{}", 200, "\"Status\":\"DISABLED\"", "StartedAt"},
        {0, "CreateStream", CREATE("ON_DEMAND", ""), OK, NULL},
        {0, "UpdateStreamWarmThroughput", BY_NAME ",\"WarmThroughputMiBps\":10}", REFUSED("ValidationException"), NULL},
        {0, "UpdateAccountSettings", COMMIT("MAYBE"), REFUSED("ValidationException"), NULL},
        {0, "UpdateAccountSettings", COMMIT("ENABLED"), 200, "\"Status\":\"ENABLED\",\"StartedAt\":1790000000", NULL},
        {0, "UpdateStreamWarmThroughput", BY_NAME ",\"WarmThroughputMiBps\":10}", 200, "\"TargetMiBps\":10,\"CurrentMiBps\":0", NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"TargetMiBps\":10,\"CurrentMiBps\":10", NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"OpenShardCount\":10", NULL},
        {0, "UpdateStreamWarmThroughput", BY_NAME ",\"WarmThroughputMiBps\":0}", 200, "\"TargetMiBps\":0,\"CurrentMiBps\":10", NULL},
        {0, "UpdateStreamWarmThroughput", BY_NAME ",\"WarmThroughputMiBps\":10241}", REFUSED("InvalidArgumentException"), NULL},
        {1000, "UpdateAccountSettings", COMMIT("DISABLED"), 200, "\"Status\":\"ENABLED_UNTIL_EARLIEST_ALLOWED_END\"", NULL},
        {0, "DescribeAccountSettings", "{}", 200, "\"EarliestAllowedEndAt\":1790086400", NULL},
        {86398000, "DescribeAccountSettings", "{}", 200, "ENABLED_UNTIL_EARLIEST_ALLOWED_END", NULL},
        {1000, "DescribeAccountSettings", "{}", 200, "\"Status\":\"DISABLED\"", NULL},
        {0, "UpdateStreamWarmThroughput", BY_NAME ",\"WarmThroughputMiBps\":10}", REFUSED("ValidationException"), NULL},
        {0, "UpdateAccountSettings", COMMIT("ENABLED"), OK, NULL},
        {86400000, "UpdateAccountSettings", COMMIT("DISABLED"), 200, "\"Status\":\"DISABLED\"", NULL},
    };
    (void)state;
    PLAY_ALL(steps, false);
}

static void settings_bound_the_retention_period(void **state)
{
#define HOURS(n) BY_NAME ",\"RetentionPeriodHours\":" n "}"
    static const struct step steps[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":1}", OK, NULL},
        {0, "IncreaseStreamRetentionPeriod", HOURS("24"), REFUSED("InvalidArgumentException"), NULL},
        {0, "IncreaseStreamRetentionPeriod", HOURS("8761"), REFUSED("InvalidArgumentException"), NULL},
        {0, "IncreaseStreamRetentionPeriod", HOURS("8760"), OK, NULL},
        {0, "DescribeStream", BY_NAME "}", 200, "\"RetentionPeriodHours\":8760", NULL},
        {0, "DecreaseStreamRetentionPeriod", HOURS("23"), REFUSED("InvalidArgumentException"), NULL},
        {0, "DecreaseStreamRetentionPeriod", HOURS("8760"), REFUSED("InvalidArgumentException"), NULL},
        {0, "DecreaseStreamRetentionPeriod", HOURS("25"), OK, NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"RetentionPeriodHours\":25", NULL},
        {0, "UpdateMaxRecordSize", "{" STREAM_ARN("s") ",\"MaxRecordSizeInKiB\":10240}", OK, NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"MaxRecordSizeInKiB\":10240", NULL},
        {0, "UpdateMaxRecordSize", "{" STREAM_ARN("s") ",\"MaxRecordSizeInKiB\":1023}", REFUSED("ValidationException"), NULL},
        {0, "UpdateMaxRecordSize", "{\"MaxRecordSizeInKiB\":1024}", REFUSED("InvalidArgumentException"), NULL},
    };
    (void)state;
    PLAY_ALL(steps, false);
}

static void settings_flag_encryption_on_what_is_stored(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":1}", OK, NULL},
        {0, "StopStreamEncryption", BY_NAME ",\"EncryptionType\":\"KMS\"," KEY "}", REFUSED("InvalidArgumentException"), NULL},
        {0, "StartStreamEncryption", BY_NAME ",\"EncryptionType\":\"NONE\"," KEY "}", REFUSED("ValidationException"), NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\"}", 200, "\"EncryptionType\":\"NONE\"", NULL},
        {0, "StartStreamEncryption", BY_NAME ",\"EncryptionType\":\"KMS\"," KEY "}", OK, NULL},
        {0, "DescribeStreamSummary", BY_NAME "}", 200, "\"EncryptionType\":\"KMS\"," KEY, NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\"}", 200, "\"EncryptionType\":\"KMS\"", NULL},
        {0, "PutRecords", BY_NAME ",\"Records\":[{\"Data\":\"\",\"PartitionKey\":\"k\"}]}", 200, "\"EncryptionType\":\"KMS\"", NULL},
        {0, "StopStreamEncryption", BY_NAME ",\"EncryptionType\":\"KMS\"," KEY "}", OK, NULL},
        {0, "DescribeStream", BY_NAME "}", 200, "\"EncryptionType\":\"NONE\"", "KeyId"},
        {0, "GetShardIterator", BY_NAME ",\"ShardId\":\"shardId-000000000000\",\"ShardIteratorType\":\"TRIM_HORIZON\"}", OK, NULL},
    };
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}",
             script_member(&s, "ShardIterator", token, sizeof token));
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    const char *none = strstr(s.answer, "\"EncryptionType\":\"NONE\"");
    const char *kms = strstr(s.answer, "\"EncryptionType\":\"KMS\"");
    assert_true(none != NULL && kms != NULL && none < kms);
    script_end(&s);
}

static void settings_switch_metrics(void **state)
{
#define METRICS(list) BY_NAME ",\"ShardLevelMetrics\":[" list "]}"
    static const struct step steps[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":1}", OK, NULL},
        {0, "EnableEnhancedMonitoring", METRICS("\"IncomingBytes\",\"OutgoingBytes\""), 200, "\"CurrentShardLevelMetrics\":[],\"DesiredShardLevelMetrics\":[\"IncomingBytes\",\"OutgoingBytes\"]", NULL},
        {0, "DisableEnhancedMonitoring", METRICS("\"IncomingBytes\""), 200, "\"DesiredShardLevelMetrics\":[\"OutgoingBytes\"]", NULL},
        {0, "DescribeStream", BY_NAME "}", 200, "\"EnhancedMonitoring\":[{\"ShardLevelMetrics\":[\"OutgoingBytes\"]}]", NULL},
        {0, "EnableEnhancedMonitoring", METRICS("\"ALL\""), 200, "\"IteratorAgeMilliseconds\"]", NULL},
        {0, "DisableEnhancedMonitoring", METRICS("\"ALL\""), 200, "\"DesiredShardLevelMetrics\":[]", NULL},
        {0, "EnableEnhancedMonitoring", METRICS("\"Everything\""), REFUSED("ValidationException"), NULL},
        {0, "EnableEnhancedMonitoring", METRICS(""), REFUSED("ValidationException"), NULL},
    };
    (void)state;
    PLAY_ALL(steps, false);
}

static void settings_only_check_in_a_dry_run(void **state)
{
#define DRY ",\"DryRun\":true}"
    static const struct step steps[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":1}", OK, NULL},
        {0, "RegisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\"}", OK, NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\"" DRY, REFUSED("DryRunOperationException"), NULL},
        {0, "PutRecord", "{\"StreamName\":\"t\",\"Data\":\"\",\"PartitionKey\":\"k\"" DRY, REFUSED("ResourceNotFoundException"), NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\"" DRY, REFUSED("ValidationException"), NULL},
        {0, "PutRecords", BY_NAME ",\"Records\":[{\"Data\":\"\",\"PartitionKey\":\"k\"}]" DRY, REFUSED("DryRunOperationException"), NULL},
        {0, "GetShardIterator", BY_NAME ",\"ShardId\":\"shardId-000000000000\",\"ShardIteratorType\":\"TRIM_HORIZON\"" DRY, REFUSED("DryRunOperationException"), NULL},
        {0, "GetShardIterator", BY_NAME ",\"ShardId\":\"shardId-000000000001\",\"ShardIteratorType\":\"TRIM_HORIZON\"" DRY, REFUSED("ResourceNotFoundException"), NULL},
        {0, "GetRecords", "{\"ShardIterator\":\"x\"" DRY, REFUSED("InvalidArgumentException"), NULL},
        {0, "SubscribeToShard", "{\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/c:1790000000\",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"LATEST\"}" DRY, REFUSED("DryRunOperationException"), NULL},
        {0, "SubscribeToShard", "{\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/c:1790000001\",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"LATEST\"}" DRY, REFUSED("ResourceNotFoundException"), NULL},
        {0, "SubscribeToShard", "{\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/c:1790000000\",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"AT_TIMESTAMP\"}" DRY, REFUSED("InvalidArgumentException"), NULL},
        {0, "SubscribeToShard", "{\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/c:1790000000\",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"SOMEWHERE\"}" DRY, REFUSED("ValidationException"), NULL},
        {0, "SubscribeToShard", "{\"ConsumerARN\":\"" ARN_OF "stream/s\",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"LATEST\"}" DRY, REFUSED("InvalidArgumentException"), NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\",\"DryRun\":false}", OK, NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    assert_int_equal(local_service_stream(s.service, "s")->shards[0]->log.count, 1);
    script_end(&s);
    const struct local_service_options old = {.seed = 1, .ignore_dry_run = true};
    script_begin(&s, &old);
    assert_int_equal(script_ask(&s, "CreateStream", BY_NAME ",\"ShardCount\":1}"), 200);
    assert_int_equal(script_ask(&s, "PutRecord", BY_NAME ",\"Data\":\"\",\"PartitionKey\":\"k\"" DRY), 200);
    script_end(&s);
}

static void settings_choose_what_a_missing_key_means(void **state)
{
    static const struct local_service_options argument = {.seed = 1, .missing_key = LOCAL_MISSING_KEY_ARGUMENT};
    static const struct local_service_options entry = {.seed = 1, .missing_key = LOCAL_MISSING_KEY_ENTRY};
    static const struct step by_argument[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":1}", OK, NULL},
        {0, "PutRecords", BY_NAME ",\"Records\":[{\"Data\":\"\"},{\"Data\":\"\",\"PartitionKey\":\"k\"}]}", REFUSED("InvalidArgumentException"), NULL},
    };
    static const struct step by_entry[] = {
        {0, "CreateStream", BY_NAME ",\"ShardCount\":1}", OK, NULL},
        {0, "PutRecord", BY_NAME ",\"Data\":\"\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "PutRecords", BY_NAME ",\"Records\":[{\"Data\":\"\"},{\"Data\":\"\",\"PartitionKey\":\"k\"}]}", 200, "{\"FailedRecordCount\":1,\"Records\":[{\"ErrorCode\":\"InvalidArgumentException\"", NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, &argument);
    PLAY(&s, by_argument);
    script_end(&s);
    script_begin(&s, &entry);
    PLAY(&s, by_entry);
    script_end(&s);
}
/* clang-format on */

static void settings_bound_the_number_of_on_demand_streams(void **state)
{
    struct script s;
    char body[256];
    (void)state;
    script_begin(&s, NULL);
    for (unsigned i = 0; i <= 50; i++) {
        snprintf(body, sizeof body,
                 "{\"StreamName\":\"s%u\",\"StreamModeDetails\":{\"StreamMode\":"
                 "\"ON_DEMAND\"}}",
                 i);
        assert_int_equal(script_ask(&s, "CreateStream", body), i < 50 ? 200 : 400);
    }
    assert_non_null(strstr(s.answer, "LimitExceededException"));
    script_end(&s);
}

static void settings_hide_the_strategy_as_an_old_server_does(void **state)
{
    const struct local_service_options old = {.seed = 1, .hide_strategy = true};
    struct script s;
    (void)state;
    script_begin(&s, &old);
    script_ask(&s, "CreateStream", CREATE("ON_DEMAND", ""));
    assert_int_equal(script_ask(&s, "DescribeStreamSummary", BY_NAME "}"), 200);
    assert_null(strstr(s.answer, "RecordDistributionStrategy"));
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_show_on_demand_streams),
        cmocka_unit_test(settings_spread_records_when_the_strategy_is_auto),
        cmocka_unit_test(settings_keep_the_absence_of_a_key),
        cmocka_unit_test(settings_change_the_mode_twice_a_day),
        cmocka_unit_test(settings_need_a_commitment_for_warm_throughput),
        cmocka_unit_test(settings_bound_the_retention_period),
        cmocka_unit_test(settings_flag_encryption_on_what_is_stored),
        cmocka_unit_test(settings_switch_metrics),
        cmocka_unit_test(settings_only_check_in_a_dry_run),
        cmocka_unit_test(settings_bound_the_number_of_on_demand_streams),
        cmocka_unit_test(settings_hide_the_strategy_as_an_old_server_does),
        cmocka_unit_test(settings_choose_what_a_missing_key_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
