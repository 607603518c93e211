/*
 * test_service_consumers: registered consumers; tags and policies of whatever has them.
 */
#include "script.h"

#define CONSUMER_ARN(c) "\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/" c "\""
#define NAMED(c)        "{" STREAM_ARN("s") ",\"ConsumerName\":\"" c "\"}"
#define RESOURCE(r)     "{\"ResourceARN\":\"" ARN_OF r "\""

static const struct local_service_options slow = {.seed = 1,
                                                  .control_plane_delay_ms = 1000};
static const char create[] = "{\"StreamName\":\"s\",\"ShardCount\":1}";

/* clang-format off */
static void consumers_come_and_go(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", create, OK, NULL},
        {1000, "RegisterStreamConsumer", NAMED("c"), 200, "\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/c:1790000001\",\"ConsumerStatus\":\"CREATING\"", NULL},
        {0, "RegisterStreamConsumer", NAMED("c"), REFUSED("ResourceInUseException"), NULL},
        {0, "DescribeStreamConsumer", NAMED("c"), 200, "CREATING", NULL},
        {0, "SubscribeToShard", "{" CONSUMER_ARN("c:1790000001") ",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"LATEST\"}}", REFUSED("ResourceInUseException"), NULL},
        {1000, "DescribeStreamConsumer", "{" CONSUMER_ARN("c:1790000001") "}", 200, "\"ConsumerStatus\":\"ACTIVE\",\"ConsumerCreationTimestamp\":1790000001,\"StreamARN\":\"" ARN_OF "stream/s\"", NULL},
        {0, "DescribeStreamConsumer", "{" CONSUMER_ARN("c:1790000002") "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "DescribeStreamConsumer", "{" CONSUMER_ARN("c") "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "DescribeStreamConsumer", NAMED("d"), REFUSED("ResourceNotFoundException"), NULL},
        {0, "DescribeStreamConsumer", "{\"ConsumerName\":\"c\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "DescribeStreamConsumer", "{" STREAM_ARN("s") "}", REFUSED("InvalidArgumentException"), NULL},
        {0, "DescribeStreamConsumer", "{}", REFUSED("InvalidArgumentException"), NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"ConsumerCount\":1", NULL},
        {0, "DeregisterStreamConsumer", NAMED("c"), OK, NULL},
        {0, "DescribeStreamConsumer", NAMED("c"), 200, "DELETING", NULL},
        {0, "RegisterStreamConsumer", NAMED("c"), REFUSED("ResourceInUseException"), NULL},
        {1000, "DescribeStreamConsumer", NAMED("c"), REFUSED("ResourceNotFoundException"), NULL},
        {0, "RegisterStreamConsumer", NAMED("c"), 200, "c:1790000003", NULL},
        {0, "RegisterStreamConsumer", "{" STREAM_ARN("t") ",\"ConsumerName\":\"c\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "RegisterStreamConsumer", NAMED("a/b"), REFUSED("ValidationException"), NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, &slow);
    PLAY(&s, steps);
    script_end(&s);
}
/* clang-format on */

static int enrol(struct script *s, unsigned i)
{
    char body[256];
    snprintf(body, sizeof body, "{" STREAM_ARN("s") ",\"ConsumerName\":\"c%02u\"}", i);
    return script_ask(s, "RegisterStreamConsumer", body);
}

static void consumers_are_counted(void **state)
{
    struct script s;
    (void)state;
    script_begin(&s, &slow);
    script_ask(&s, "CreateStream", create);
    s.now_us += KDS_US_PER_S;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(enrol(&s, i), 200);
    }
    assert_int_equal(enrol(&s, 5), 400); /* five are CREATING */
    assert_non_null(strstr(s.answer, "LimitExceededException"));
    for (unsigned i = 5; i < 20; i++) {
        s.now_us += KDS_US_PER_S;
        assert_int_equal(enrol(&s, i), 200);
    }
    s.now_us += KDS_US_PER_S;
    assert_int_equal(enrol(&s, 20), 400);
    assert_int_equal(
        script_ask(&s, "UpdateAccountSettings",
                   "{\"MinimumThroughputBillingCommitment\":{\"Status\":\"ENABLED\"}}"),
        200);
    for (unsigned i = 20; i < 50; i++) {
        s.now_us += KDS_US_PER_S;
        assert_int_equal(enrol(&s, i), 200);
    }
    s.now_us += KDS_US_PER_S;
    assert_int_equal(enrol(&s, 50), 400);
    script_end(&s);
}

static void consumers_are_listed_in_pages(void **state)
{
    struct script s;
    char body[1024], token[512];
    unsigned seen = 0, pages = 0;
    (void)state;
    script_begin(&s, NULL);
    script_ask(&s, "CreateStream", create);
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(enrol(&s, i), 200);
    }
    snprintf(body, sizeof body, "{" STREAM_ARN("s") ",\"MaxResults\":5}");
    do {
        assert_int_equal(script_ask(&s, "ListStreamConsumers", body), 200);
        for (const char *at = s.answer; (at = strstr(at, "ConsumerName")) != NULL; at++) {
            seen++;
        }
        script_member(&s, "NextToken", token, sizeof token);
        snprintf(body, sizeof body,
                 "{" STREAM_ARN("s") ",\"MaxResults\":5,\"NextToken\":\"%s\"}", token);
        pages++;
    } while (token[0] != 0);
    assert_int_equal(seen, 12);
    assert_int_equal(pages, 3);
    assert_int_equal(script_ask(&s, "ListStreamConsumers",
                                "{" STREAM_ARN("s") ",\"NextToken\":\"AAAA\"}"),
                     400);
    assert_int_equal(
        script_ask(&s, "ListStreamConsumers",
                   "{" STREAM_ARN("s") ",\"StreamCreationTimestamp\":1790000009}"),
        400);
    assert_int_equal(script_ask(&s, "ListStreamConsumers", "{" STREAM_ARN("t") "}"), 400);
    script_end(&s);
}

/* ---- tags and policies --------------------------------------------------------------------- */

/* clang-format off */
static void labels_are_put_on_streams_and_consumers(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1,\"Tags\":{\"b\":\"1\",\"a\":\"\"}}", OK, NULL},
        {0, "ListTagsForStream", "{\"StreamName\":\"s\"}", 200, "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"b\",\"Value\":\"1\"}],\"HasMoreTags\":false}", NULL},
        {0, "AddTagsToStream", "{\"StreamName\":\"s\",\"Tags\":{\"b\":\"2\",\"c\":\"3\"}}", OK, NULL},
        {0, "ListTagsForStream", "{\"StreamName\":\"s\",\"Limit\":1,\"ExclusiveStartTagKey\":\"a\"}", 200, "{\"Tags\":[{\"Key\":\"b\",\"Value\":\"2\"}],\"HasMoreTags\":true}", NULL},
        {0, "ListTagsForStream", "{\"StreamName\":\"s\",\"ExclusiveStartTagKey\":\"c\"}", 200, "{\"Tags\":[],\"HasMoreTags\":false}", NULL},
        {0, "AddTagsToStream", "{\"StreamName\":\"s\",\"Tags\":{\"a\":\"1\"}}", OK, NULL},
        {0, "ListTagsForStream", "{\"StreamName\":\"s\"}", 200, "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"},{\"Key\":\"b\",\"Value\":\"2\"},{\"Key\":\"c\",\"Value\":\"3\"}],", NULL},
        {0, "RemoveTagsFromStream", "{\"StreamName\":\"s\",\"TagKeys\":[\"a\",\"zz\"]}", OK, NULL},
        {0, "ListTagsForResource", RESOURCE("stream/s") "}", 200, "{\"Tags\":[{\"Key\":\"b\",\"Value\":\"2\"},{\"Key\":\"c\",\"Value\":\"3\"}]}", NULL},
        {0, "UntagResource", RESOURCE("stream/s") ",\"TagKeys\":[\"b\",\"c\"]}", OK, NULL},
        {0, "ListTagsForResource", RESOURCE("stream/s") "}", 200, "{\"Tags\":[]}", NULL},
        {0, "RegisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\",\"Tags\":{\"x\":\"y\"}}", OK, NULL},
        {0, "TagResource", RESOURCE("stream/s/consumer/c:1790000000") ",\"Tags\":{\"x\":\"z\"}}", OK, NULL},
        {0, "ListTagsForResource", RESOURCE("stream/s/consumer/c:1790000000") "}", 200, "{\"Tags\":[{\"Key\":\"x\",\"Value\":\"z\"}]}", NULL},
        {0, "ListTagsForResource", RESOURCE("stream/s/consumer/c:1") "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "ListTagsForResource", RESOURCE("stream/t") "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "ListTagsForResource", RESOURCE("shard/t") "}", REFUSED("InvalidArgumentException"), NULL},
        {0, "ListTagsForResource", RESOURCE("stream/s/shard/t") "}", REFUSED("InvalidArgumentException"), NULL},
        {0, "TagResource", RESOURCE("stream/s") ",\"Tags\":{\"\":\"z\"}}", REFUSED("ValidationException"), NULL},
        {0, "AddTagsToStream", "{\"StreamName\":\"s\",\"Tags\":{}}", REFUSED("ValidationException"), NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    script_end(&s);
}

static void policies_are_stored_as_they_are(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", create, OK, NULL},
        {0, "RegisterStreamConsumer", NAMED("c"), OK, NULL},
        {0, "GetResourcePolicy", RESOURCE("stream/s") "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/s") ",\"Policy\":\"{\\\"Version\\\": [1]} \"}", OK, NULL},
        {0, "GetResourcePolicy", RESOURCE("stream/s") "}", 200, "{\"Policy\":\"{\\\"Version\\\": [1]} \"}", NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/s") ",\"Policy\":\"{\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/s") ",\"Policy\":\"{} {}\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/s") ",\"Policy\":\"[1]\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/s") ",\"Policy\":\"\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "GetResourcePolicy", RESOURCE("stream/s") "}", 200, "Version", NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/s/consumer/c:1790000000") ",\"Policy\":\"{}\"}", OK, NULL},
        {0, "DeleteResourcePolicy", RESOURCE("stream/s") "}", OK, NULL},
        {0, "DeleteResourcePolicy", RESOURCE("stream/s") "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "GetResourcePolicy", RESOURCE("stream/s/consumer/c:1790000000") "}", 200, "{\"Policy\":\"{}\"}", NULL},
        {0, "PutResourcePolicy", RESOURCE("stream/t") ",\"Policy\":\"{}\"}", REFUSED("ResourceNotFoundException"), NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    script_end(&s);
}
/* clang-format on */

static void labels_are_fifty_at_most(void **state)
{
    struct script s;
    char body[256];
    (void)state;
    script_begin(&s, NULL);
    script_ask(&s, "CreateStream", create);
    for (unsigned i = 0; i < 50; i++) {
        snprintf(body, sizeof body, "{\"StreamName\":\"s\",\"Tags\":{\"k%u\":\"v\"}}", i);
        assert_int_equal(script_ask(&s, "AddTagsToStream", body), 200);
    }
    assert_int_equal(script_ask(&s, "AddTagsToStream",
                                "{\"StreamName\":\"s\",\"Tags\":{\"k7\":\"w\"}}"),
                     200);
    assert_int_equal(script_ask(&s, "AddTagsToStream",
                                "{\"StreamName\":\"s\",\"Tags\":{\"new\":\"w\"}}"),
                     400);
    assert_non_null(strstr(s.answer, "51 tags exceed the limit of 50"));
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consumers_come_and_go),
        cmocka_unit_test(consumers_are_counted),
        cmocka_unit_test(consumers_are_listed_in_pages),
        cmocka_unit_test(labels_are_put_on_streams_and_consumers),
        cmocka_unit_test(policies_are_stored_as_they_are),
        cmocka_unit_test(labels_are_fifty_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
