/*
 * test_service_channels: channels as the control plane shows them.
 */
#include "script.h"

#define SOURCE(s, format)                                                                \
    "\"StreamConfigurationList\":[{" STREAM_ARN(s) ",\"RecordConfiguration\":"           \
                                                   "{\"RecordFormatType\":\"" format     \
                                                   "\",\"GSRSchemaARN\":\"arn:x\"}}]"
#define BUCKET "\"BucketARN\":\"arn:aws:s3:::b\",\"ExpectedBucketOwner\":\"123456789012\""
#define TO_S3                                                                            \
    "\"S3DestinationConfiguration\":{\"StorageConfiguration\":{" BUCKET                  \
    ",\"CompressionType\":\"GZIP\"}}"
#define TO_TABLE                                                                         \
    "\"S3TablesDestinationConfiguration\":{\"DeadLetterQueueS3Configuration\":{" BUCKET  \
    "},\"S3TablesConfigurationList\":[{\"TableBucketARN\":\"arn:aws:s3tables:us-east-1:" \
    "123456789012:bucket/b\",\"Namespace\":\"n\",\"TableName\":\"t\","                   \
    "\"CompressionType\":\"ZSTD\"}]}"
#define CHANNEL(name)                                                                    \
    "{\"ChannelName\":\"" name "\",\"ServiceExecutionRoleARN\":\"arn:aws:iam::1:role/"   \
    "r\","

static const struct local_service_options slow = {.seed = 1,
                                                  .control_plane_delay_ms = 1000};
static const char create[] =
    "{\"StreamName\":\"s\",\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"}}";

/* clang-format off */
static void channels_are_checked_before_they_are_created(void **state)
{
    static const struct step steps[] = {
        {0, "CreateStream", create, OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"p\",\"ShardCount\":1}", OK, NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") "}", REFUSED("InvalidArgumentException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") "," TO_S3 "," TO_TABLE "}", REFUSED("InvalidArgumentException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "GSR_JSON") "," TO_S3 "}", REFUSED("ValidationException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "STRING") "," TO_TABLE "}", REFUSED("ValidationException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("p", "JSON") "," TO_S3 "}", 400, "needs an ON_DEMAND stream", NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("x", "JSON") "," TO_S3 "}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "CreateChannel", CHANNEL("c d") SOURCE("s", "JSON") "," TO_S3 "}", REFUSED("ValidationException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") "," TO_S3 ",\"EncryptionConfiguration\":{\"EncryptionType\":\"KMS\",\"KeyId\":\"alias/aws/kinesis\"}}", REFUSED("InvalidArgumentException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") ",\"S3DestinationConfiguration\":{\"StorageConfiguration\":{" BUCKET ",\"CompressionType\":\"SNAPPY\"}}}", REFUSED("ValidationException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") ",\"S3DestinationConfiguration\":{\"StorageConfiguration\":{\"BucketARN\":\"arn:aws:s3:::b\",\"ExpectedBucketOwner\":\"12345678901x\",\"CompressionType\":\"GZIP\"}}}", REFUSED("ValidationException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") ",\"S3DestinationConfiguration\":{\"DataFreshnessInSeconds\":299,\"StorageConfiguration\":{" BUCKET ",\"CompressionType\":\"GZIP\"}}}", REFUSED("ValidationException"), NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") "," TO_S3 ",\"Tags\":{\"a\":\"b\"}}", 200, "\"ChannelStatus\":\"CREATING\"", NULL},
        {0, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") "," TO_TABLE "}", REFUSED("ResourceInUseException"), NULL},
        {0, "CreateChannel", CHANNEL("d") SOURCE("s", "JSON") "," TO_S3 "}", REFUSED("LimitExceededException"), NULL},
        {0, "CreateChannel", CHANNEL("d") SOURCE("s", "GSR_JSON") "," TO_TABLE "}", OK, NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"ChannelCount\":2", NULL},
        {0, "DescribeLimits", "{}", 200, "\"ChannelCount\":2", NULL},
        {0, "DeleteStream", "{\"StreamName\":\"s\",\"EnforceConsumerDeletion\":true}", REFUSED("ResourceInUseException"), NULL},
        {0, "UpdateStreamMode", "{" STREAM_ARN("s") ",\"StreamModeDetails\":{\"StreamMode\":\"PROVISIONED\"}}", REFUSED("InvalidArgumentException"), NULL},
        {0, "ListChannels", "{\"StreamFilter\":[{" STREAM_ARN("p") "}]}", 200, "{\"ChannelSummaries\":[]}", NULL},
        {0, "ListChannels", "{\"StreamFilter\":[{" STREAM_ARN("s") "}]}", 200, "\"ChannelDestinationType\":\"S3_TABLES\"", NULL},
        {0, "DescribeChannel", "{\"ChannelARN\":\"" ARN_OF "channel/nope\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "DescribeChannel", "{\"ChannelARN\":\"" ARN_OF "stream/s\"}", REFUSED("InvalidArgumentException"), NULL},
        {0, "UpdateChannel", "{\"ChannelARN\":\"" ARN_OF "channel/nope\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "DeleteChannel", "{\"ChannelARN\":\"" ARN_OF "channel/nope\"}", REFUSED("ResourceNotFoundException"), NULL},
    };
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    PLAY(&s, steps);
    script_end(&s);
}
/* clang-format on */

static int
ask_of(struct script *s, const char *operation, const char *arn, const char *more)
{
    char body[1024];
    snprintf(body, sizeof body, "{\"%s\":\"%s\"%s}",
             strstr(operation, "Tag") || strstr(operation, "Policy") ? "ResourceARN"
                                                                     : "ChannelARN",
             arn, more);
    return script_ask(s, operation, body);
}

static void channels_go_through_their_states(void **state)
{
    struct script s;
    char arn[256], id[64];
    (void)state;
    script_begin(&s, &slow);
    script_ask(&s, "CreateStream", create);
    s.now_us += KDS_US_PER_S;
    assert_int_equal(
        script_ask(&s, "CreateChannel", CHANNEL("c") SOURCE("s", "JSON") "," TO_S3 "}"),
        200);
    script_member(&s, "ChannelARN", arn, sizeof arn);
    script_member(&s, "ChannelId", id, sizeof id);
    assert_true(strncmp(arn, ARN_OF "channel/", strlen(ARN_OF "channel/")) == 0);
    assert_string_equal(arn + strlen(ARN_OF "channel/"), id);
    assert_non_null(strstr(s.answer, "\"DataFreshnessInSeconds\":300"));
    assert_non_null(strstr(s.answer, "kinesis-channel/errors/c/"));
    assert_non_null(strstr(s.answer, "\"StorageClass\":\"STANDARD\""));
    assert_int_equal(ask_of(&s, "UpdateChannel", arn, ""), 400);
    assert_non_null(strstr(s.answer, "ResourceInUseException"));
    s.now_us += KDS_US_PER_S;
    ask_of(&s, "DescribeChannel", arn, "");
    assert_non_null(strstr(s.answer, "\"ChannelStatus\":\"ACTIVE\""));
    assert_int_equal(ask_of(&s, "UpdateChannel", arn,
                            ",\"S3DestinationConfiguration\":{\"DataFreshnessInSeconds\":"
                            "600},\"LoggingConfiguration\":{\"CloudWatchLogs\":{"
                            "\"Enabled\":true}}"),
                     200);
    assert_non_null(strstr(s.answer, "\"ChannelStatus\":\"UPDATING\""));
    assert_non_null(strstr(s.answer, "\"DataFreshnessInSeconds\":600"));
    assert_non_null(strstr(s.answer, "\"LogGroupName\":\"/aws/kinesis/c/"));
    s.now_us += KDS_US_PER_S;
    assert_int_equal(ask_of(&s, "UpdateChannel", arn,
                            ",\"S3TablesDestinationConfiguration\":{"
                            "\"DataFreshnessInSeconds\":600}"),
                     400);
    assert_int_equal(ask_of(&s, "TagResource", arn, ",\"Tags\":{\"a\":\"b\"}"), 200);
    assert_int_equal(ask_of(&s, "ListTagsForResource", arn, ""), 200);
    assert_non_null(strstr(s.answer, "\"Key\":\"a\""));
    assert_int_equal(ask_of(&s, "GetResourcePolicy", arn, ""), 400);
    assert_int_equal(ask_of(&s, "DeleteChannel", arn, ""), 200);
    ask_of(&s, "DescribeChannel", arn, "");
    assert_non_null(strstr(s.answer, "\"ChannelStatus\":\"DELETING\""));
    assert_non_null(strstr(s.answer, "\"DataFreshnessInSeconds\":600"));
    s.now_us += KDS_US_PER_S;
    assert_int_equal(ask_of(&s, "DescribeChannel", arn, ""), 400);
    assert_int_equal(script_ask(&s, "DeleteStream", "{\"StreamName\":\"s\"}"), 200);
    script_end(&s);
}

static void channels_are_listed_in_pages(void **state)
{
    struct script s;
    char body[1024], token[512];
    unsigned seen = 0, pages = 0;
    (void)state;
    script_begin(&s, NULL);
    for (unsigned i = 0; i < 7; i++) {
        snprintf(body, sizeof body,
                 "{\"StreamName\":\"s%u\",\"StreamModeDetails\":{\"StreamMode\":"
                 "\"ON_DEMAND\"}}",
                 i);
        assert_int_equal(script_ask(&s, "CreateStream", body), 200);
        snprintf(body, sizeof body,
                 "{\"ChannelName\":\"c%u\",\"ServiceExecutionRoleARN\":\"r\","
                 "\"StreamConfigurationList\":[{\"StreamARN\":\"" ARN_OF
                 "stream/s%u\",\"RecordConfiguration\":{\"RecordFormatType\":\"JSON\"}}],"
                 "%s}",
                 i, i, TO_S3);
        assert_int_equal(script_ask(&s, "CreateChannel", body), 400); /* no ARN */
        snprintf(body, sizeof body,
                 "{\"ChannelName\":\"c%u\",\"ServiceExecutionRoleARN\":\"arn:r\","
                 "\"StreamConfigurationList\":[{\"StreamARN\":\"" ARN_OF
                 "stream/s%u\",\"RecordConfiguration\":{\"RecordFormatType\":\"JSON\"}}],"
                 "%s}",
                 i, i, TO_S3);
        assert_int_equal(script_ask(&s, "CreateChannel", body), 200);
    }
    snprintf(body, sizeof body, "{\"MaxResults\":3}");
    do {
        assert_int_equal(script_ask(&s, "ListChannels", body), 200);
        for (const char *at = s.answer; (at = strstr(at, "ChannelName")) != NULL; at++) {
            seen++;
        }
        script_member(&s, "NextToken", token, sizeof token);
        snprintf(body, sizeof body, "{\"MaxResults\":3,\"NextToken\":\"%s\"}", token);
        pages++;
    } while (token[0] != 0);
    assert_int_equal(seen, 7);
    assert_int_equal(pages, 3);
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_are_checked_before_they_are_created),
        cmocka_unit_test(channels_go_through_their_states),
        cmocka_unit_test(channels_are_listed_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
