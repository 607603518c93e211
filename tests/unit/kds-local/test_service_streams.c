/*
 * test_service_streams: the life of streams: states and delays, names used again, lists and pages.
 */
#include "script.h"

static const struct local_service_options slow = {.seed = 1,
                                                  .control_plane_delay_ms = 1000};

/* clang-format off */
static void streams_go_through_their_states_in_time(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}", OK, NULL},
        {0, "DescribeStream", "{\"StreamName\":\"s\"}", 200, "\"Shards\":[]", "ACTIVE"},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"OpenShardCount\":0", NULL},
        {0, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "ListShards", "{\"StreamName\":\"s\"}", REFUSED("ResourceInUseException"), NULL},
        {0, "SplitShard", "{\"StreamName\":\"s\",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"10\"}", REFUSED("ResourceInUseException"), NULL},
        {0, "AddTagsToStream", "{\"StreamName\":\"s\",\"Tags\":{\"a\":\"b\"}}", 400, "Stream s under account 000000000000 not ACTIVE, instead in state CREATING", NULL},
        {0, "TagResource", "{\"ResourceARN\":\"" ARN_OF "stream/s\",\"Tags\":{\"a\":\"b\"}}", REFUSED("ResourceInUseException"), NULL},
        {0, "PutResourcePolicy", "{\"ResourceARN\":\"" ARN_OF "stream/s\",\"Policy\":\"{}\"}", REFUSED("ResourceInUseException"), NULL},
        {0, "RegisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\"}", REFUSED("ResourceInUseException"), NULL},
        {0, "UpdateStreamMode", "{" STREAM_ARN("s") ",\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"}}", REFUSED("ResourceInUseException"), NULL},
        {999, "DescribeStream", "{\"StreamName\":\"s\"}", 200, "\"StreamStatus\":\"CREATING\"", NULL},
        {1, "DescribeStream", "{\"StreamName\":\"s\"}", 200, "\"StreamStatus\":\"ACTIVE\"", NULL},
        {0, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}", OK, NULL},
        {0, "SplitShard", "{\"StreamName\":\"s\",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"10\"}", OK, NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"StreamStatus\":\"UPDATING\"", NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"OpenShardCount\":2", NULL},
        {0, "MergeShards", "{\"StreamName\":\"s\",\"ShardToMerge\":\"shardId-000000000000\",\"AdjacentShardToMerge\":\"shardId-000000000001\"}", REFUSED("ResourceInUseException"), NULL},
        {500, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"1\"}", 200, "shardId-000000000000", NULL},
        {500, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"1\"}", 200, "shardId-000000000002", NULL},
        {0, "DeleteStream", "{\"StreamName\":\"s\"}", OK, NULL},
        {0, "DeleteStream", "{\"StreamName\":\"s\"}", OK, NULL},
        {0, "ListStreams", "{}", 200, "\"StreamStatus\":\"DELETING\"", NULL},
        {0, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}", 400, "Stream s under account 000000000000 not found.", NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}", REFUSED("ResourceInUseException"), NULL},
        {1000, "DescribeStream", "{\"StreamName\":\"s\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}", OK, NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, &slow);
    PLAY(&s, steps);
    assert_int_equal(local_service_next_event_us(s.service), s.now_us + KDS_US_PER_S);
    local_service_advance(s.service, s.now_us + KDS_US_PER_S);
    assert_int_equal(local_service_next_event_us(s.service), KDS_NEVER_US);
    script_end(&s);
}

static void streams_creating_are_five_at_a_time(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", "{\"StreamName\":\"a\",\"ShardCount\":1}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"b\",\"ShardCount\":1}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"c\",\"ShardCount\":1}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"d\",\"ShardCount\":1}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"e\",\"ShardCount\":1}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"f\",\"ShardCount\":1}", REFUSED("LimitExceededException"), NULL},
        {1000, "CreateStream", "{\"StreamName\":\"f\",\"ShardCount\":1}", OK, NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, &slow);
    PLAY(&s, steps);
    script_end(&s);
}

static void streams_are_refused_with_the_reason(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":10001}", REFUSED("LimitExceededException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":0}", REFUSED("ValidationException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s/t\",\"ShardCount\":1}", REFUSED("ValidationException"), NULL},
        {0, "CreateStream", "{\"ShardCount\":1}", REFUSED("ValidationException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"MaxRecordSizeInKiB\":10241}", REFUSED("ValidationException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"StreamModeDetails\":{\"StreamMode\":\"FAST\"}}", 400, "Value 'FAST' at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]", NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"RecordDistributionStrategy\":\"RANDOM\"}", REFUSED("ValidationException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"RecordDistributionStrategy\":\"AUTO\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"s\",\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"},\"WarmThroughputMiBps\":5}", REFUSED("InvalidArgumentException"), NULL},
        {0, "CreateStream", "{\"StreamName\":\"a\",\"ShardCount\":10000}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"b\",\"ShardCount\":10000}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"c\",\"ShardCount\":1}", 400, "exceed the shard limit for the account 000000000000", NULL},
        {0, "DescribeLimits", "{}", 200, "\"ShardLimit\":20000,\"OpenShardCount\":20000", NULL},
        {0, "DeleteStream", "{\"StreamName\":\"nope\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "DescribeStream", "{" STREAM_ARN("a") ",\"StreamName\":\"b\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "DescribeStream", "{\"StreamARN\":\"arn:aws:kinesis:us-east-1:000000000000:stream/a/consumer/c:1\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "DescribeStream", "{\"StreamARN\":\"arn:aws:sqs:us-east-1:000000000000:stream/a\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "DescribeStream", "{\"StreamARN\":\"arn:aws:kinesis\"}", REFUSED("InvalidArgumentException"), NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    script_end(&s);
}

static void streams_with_consumers_or_channels_are_kept(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}", OK, NULL},
        {0, "RegisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\"}", OK, NULL},
        {0, "DeleteStream", "{\"StreamName\":\"s\"}", REFUSED("ResourceInUseException"), NULL},
        {0, "DeleteStream", "{\"StreamName\":\"s\",\"EnforceConsumerDeletion\":false}", REFUSED("ResourceInUseException"), NULL},
        {0, "DeleteStream", "{\"StreamName\":\"s\",\"EnforceConsumerDeletion\":true}", OK, NULL},
        {0, "DescribeStream", "{\"StreamName\":\"s\"}", REFUSED("ResourceNotFoundException"), NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    script_end(&s);
}
/* clang-format on */

static void streams_of_one_name_are_told_apart(void **state)
{
    static const struct step create = {
        0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}", OK, NULL};
    static const struct step drop = {5000, "DeleteStream", "{\"StreamName\":\"s\"}", OK,
                                     NULL};
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, NULL);
    script_step(&s, &create);
    uint64_t first = local_service_stream(s.service, "s")->id;
    script_ask(&s, "GetShardIterator",
               "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
               "\"ShardIteratorType\":\"LATEST\"}");
    script_member(&s, "ShardIterator", token, sizeof token);
    script_step(&s, &drop);
    script_step(&s, &create);
    assert_int_not_equal(local_service_stream(s.service, "s")->id, first);
    assert_int_equal(local_service_stream(s.service, "s")->created_ms,
                     SCRIPT_START_S * 1000 + 5000);
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}", token);
    assert_int_equal(script_ask(&s, "GetRecords", body), 400);
    assert_non_null(strstr(s.answer, "ResourceNotFoundException"));
    assert_int_equal(
        script_ask(&s, "ListShards",
                   "{\"StreamName\":\"s\",\"StreamCreationTimestamp\":1790000000}"),
        400);
    assert_int_equal(
        script_ask(&s, "ListShards",
                   "{\"StreamName\":\"s\",\"StreamCreationTimestamp\":1790000005}"),
        200);
    script_end(&s);
}

static void streams_are_listed_in_pages(void **state)
{
    struct script s;
    char body[1024], token[512], seen[256] = "", names[16];
    (void)state;
    script_begin(&s, NULL);
    static const char *const all[] = {"d", "b", "a", "e", "c"};
    for (size_t i = 0; i < 5; i++) {
        snprintf(body, sizeof body, "{\"StreamName\":\"%s\",\"ShardCount\":1}", all[i]);
        assert_int_equal(script_ask(&s, "CreateStream", body), 200);
    }
    snprintf(body, sizeof body, "{\"Limit\":2}");
    for (int page = 0; page < 3; page++) {
        assert_int_equal(script_ask(&s, "ListStreams", body), 200);
        const char *at = strchr(s.answer, '[');
        snprintf(names, sizeof names, "%.*s", (int)strcspn(at, "]"), at);
        strcat(seen, names);
        script_member(&s, "NextToken", token, sizeof token);
        assert_true((token[0] == 0) == (page == 2));
        assert_true((strstr(s.answer, "\"HasMoreStreams\":true") != NULL) == (page < 2));
        snprintf(body, sizeof body, "{\"Limit\":2,\"NextToken\":\"%s\"}", token);
        if (page == 0) { /* what a token was made behind may be gone */
            assert_int_equal(script_ask(&s, "DeleteStream", "{\"StreamName\":\"b\"}"),
                             200);
        }
    }
    assert_string_equal(seen, "[\"a\",\"b\"[\"c\",\"d\"[\"e\"");
    assert_int_equal(
        script_ask(&s, "ListStreams", "{\"ExclusiveStartStreamName\":\"cc\"}"), 200);
    assert_non_null(strstr(s.answer, "\"StreamNames\":[\"d\",\"e\"]"));
    assert_int_equal(script_ask(&s, "ListStreams", "{\"NextToken\":\"b\"}"), 400);
    script_ask(&s, "ListStreams", "{\"Limit\":2}");
    script_member(&s, "NextToken", token, sizeof token);
    snprintf(body, sizeof body, "{\"NextToken\":\"%s\"}", token);
    s.now_us += 301 * KDS_US_PER_S;
    assert_int_equal(script_ask(&s, "ListStreams", body), 400);
    assert_non_null(strstr(s.answer, "ExpiredNextTokenException"));
    script_end(&s);
}

/* What a seed gives: each answer of a run, one after the other. */
static void record_run(uint64_t seed, char *out, size_t size)
{
    static const char *const all[][2] = {
        {"CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":3}"},
        {"PutRecord", "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}"},
        {"ListShards", "{\"StreamName\":\"s\",\"MaxResults\":1}"},
        {"GetShardIterator", "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
                             "\"ShardIteratorType\":\"LATEST\"}"},
        {"DescribeStream", "{\"StreamName\":\"s\"}"},
    };
    const struct local_service_options options = {.seed = seed,
                                                  .control_plane_delay_ms = 5};
    struct script s;
    size_t n = 0;
    script_begin(&s, &options);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        s.now_us += 7000;
        script_ask(&s, all[i][0], all[i][1]);
        n += (size_t)snprintf(out + n, size - n, "%s\n", s.answer);
        assert_true(n < size);
    }
    script_end(&s);
}

static void streams_answer_the_same_for_the_same_seed(void **state)
{
    static char first[8192], second[8192], other[8192];
    (void)state;
    record_run(5, first, sizeof first);
    record_run(5, second, sizeof second);
    record_run(6, other, sizeof other);
    assert_string_equal(first, second);
    assert_string_not_equal(first, other); /* its tokens are another server's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_go_through_their_states_in_time),
        cmocka_unit_test(streams_creating_are_five_at_a_time),
        cmocka_unit_test(streams_are_refused_with_the_reason),
        cmocka_unit_test(streams_with_consumers_or_channels_are_kept),
        cmocka_unit_test(streams_of_one_name_are_told_apart),
        cmocka_unit_test(streams_are_listed_in_pages),
        cmocka_unit_test(streams_answer_the_same_for_the_same_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
