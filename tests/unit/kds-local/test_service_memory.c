/*
 * test_service_memory: every allocation of every operation fails once; nothing leaks, nothing is half
 * done, and the service goes on.
 */
#include "script.h"
#include "store.h"
#include "support/fail_alloc.h"

#include <unistd.h>

/* Fails one allocation, or that one and all that follow. */
struct shortage {
    struct fail_alloc base;
    bool once;
};

static void relieve(struct shortage *s)
{
    if (s->once && s->base.failed && s->base.left == 0) {
        s->base.left = SIZE_MAX;
    }
}

static void *short_alloc(size_t size, void *opaque)
{
    struct shortage *s = opaque;
    void *memory = fail_alloc_alloc(size, &s->base);
    relieve(s);
    return memory;
}

static void *short_resize(void *memory, size_t size, void *opaque)
{
    struct shortage *s = opaque;
    void *more = fail_alloc_resize(memory, size, &s->base);
    relieve(s);
    return more;
}

static void short_release(void *memory, void *opaque)
{
    fail_alloc_release(memory, &((struct shortage *)opaque)->base);
}

/* ---- the calls ------------------------------------------------------------------------------ */

#define NAMED    "{\"StreamName\":\"s\""
#define RESOURCE "{\"ResourceARN\":\"" ARN_OF

/* clang-format off */
static const struct {
    const char *operation, *body;
} calls[] = {
    {"CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2,\"Tags\":{\"a\":\"b\"}}"},
    {"CreateStream", "{\"StreamName\":\"o\",\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"},\"RecordDistributionStrategy\":\"AUTO\"}"},
    {"PutRecord", NAMED ",\"Data\":\"eA==\",\"PartitionKey\":\"k\"}"},
    {"PutRecords", NAMED ",\"Records\":[{\"Data\":\"eA==\",\"PartitionKey\":\"k\"},{\"Data\":\"eA==\",\"PartitionKey\":\"j\"}]}"},
    {"PutRecord", "{\"StreamName\":\"o\",\"Data\":\"eA==\"}"},
    {"GetShardIterator", NAMED ",\"ShardId\":\"shardId-000000000000\",\"ShardIteratorType\":\"TRIM_HORIZON\"}"},
    {"SplitShard", NAMED ",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"100\"}"},
    {"MergeShards", NAMED ",\"ShardToMerge\":\"shardId-000000000002\",\"AdjacentShardToMerge\":\"shardId-000000000003\"}"},
    {"UpdateShardCount", NAMED ",\"TargetShardCount\":3,\"ScalingType\":\"UNIFORM_SCALING\"}"},
    {"ListShards", NAMED ",\"MaxResults\":1}"},
    {"DescribeStream", NAMED "}"},
    {"DescribeStreamSummary", NAMED "}"},
    {"ListStreams", "{\"Limit\":1}"},
    {"AddTagsToStream", NAMED ",\"Tags\":{\"c\":\"d\"}}"},
    {"ListTagsForStream", NAMED "}"},
    {"RemoveTagsFromStream", NAMED ",\"TagKeys\":[\"c\"]}"},
    {"TagResource", RESOURCE "stream/s\",\"Tags\":{\"e\":\"f\"}}"},
    {"ListTagsForResource", RESOURCE "stream/s\"}"},
    {"UntagResource", RESOURCE "stream/s\",\"TagKeys\":[\"e\"]}"},
    {"PutResourcePolicy", RESOURCE "stream/s\",\"Policy\":\"{}\"}"},
    {"GetResourcePolicy", RESOURCE "stream/s\"}"},
    {"DeleteResourcePolicy", RESOURCE "stream/s\"}"},
    {"IncreaseStreamRetentionPeriod", NAMED ",\"RetentionPeriodHours\":48}"},
    {"DecreaseStreamRetentionPeriod", NAMED ",\"RetentionPeriodHours\":24}"},
    {"EnableEnhancedMonitoring", NAMED ",\"ShardLevelMetrics\":[\"ALL\"]}"},
    {"DisableEnhancedMonitoring", NAMED ",\"ShardLevelMetrics\":[\"ALL\"]}"},
    {"StartStreamEncryption", NAMED ",\"EncryptionType\":\"KMS\",\"KeyId\":\"k\"}"},
    {"StopStreamEncryption", NAMED ",\"EncryptionType\":\"KMS\",\"KeyId\":\"k\"}"},
    {"UpdateMaxRecordSize", "{" STREAM_ARN("s") ",\"MaxRecordSizeInKiB\":2048}"},
    {"UpdateAccountSettings", "{\"MinimumThroughputBillingCommitment\":{\"Status\":\"ENABLED\"}}"},
    {"DescribeAccountSettings", "{}"},
    {"DescribeLimits", "{}"},
    {"UpdateStreamWarmThroughput", "{\"StreamName\":\"o\",\"WarmThroughputMiBps\":6}"},
    {"UpdateStreamRecordDistributionStrategy", "{" STREAM_ARN("o") ",\"RecordDistributionStrategy\":\"USER_PARTITION_KEY\"}"},
    {"RegisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\",\"Tags\":{\"x\":\"y\"}}"},
    {"DescribeStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\"}"},
    {"ListStreamConsumers", "{" STREAM_ARN("s") "}"},
    {"SubscribeToShard", "{\"ConsumerARN\":\"" ARN_OF "stream/s/consumer/c:1790000000\",\"ShardId\":\"shardId-000000000001\",\"StartingPosition\":{\"Type\":\"LATEST\"},\"DryRun\":true}"},
    {"DeregisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\"}"},
    {"CreateChannel", "{\"ChannelName\":\"c\",\"ServiceExecutionRoleARN\":\"arn:r\",\"StreamConfigurationList\":[{" STREAM_ARN("o") ",\"RecordConfiguration\":{\"RecordFormatType\":\"JSON\"}}],\"S3DestinationConfiguration\":{\"StorageConfiguration\":{\"BucketARN\":\"arn:aws:s3:::b\",\"ExpectedBucketOwner\":\"123456789012\",\"CompressionType\":\"GZIP\"}}}"},
    {"ListChannels", "{}"},
    {"DescribeChannel", "{\"ChannelARN\":\"" ARN_OF "channel/%s\"}"},
    {"UpdateChannel", "{\"ChannelARN\":\"" ARN_OF "channel/%s\",\"S3DestinationConfiguration\":{\"DataFreshnessInSeconds\":600}}"},
    {"DeleteChannel", "{\"ChannelARN\":\"" ARN_OF "channel/%s\"}"},
    {"UpdateStreamMode", "{" STREAM_ARN("o") ",\"StreamModeDetails\":{\"StreamMode\":\"PROVISIONED\"}}"},
    {"DeleteStream", "{\"StreamName\":\"o\"}"},
};
/* clang-format on */

#define CALLS (sizeof calls / sizeof calls[0])

/* A call of which nothing is expected. @return its status */
static int ask(struct script *s, const char *operation, const char *body, char id[64])
{
    char target[96], full[1024];
    struct local_answer answer;
    snprintf(target, sizeof target, "Kinesis_20131202.%s", operation);
    const char *hole = strstr(body, "%s");
    snprintf(full, sizeof full, "%.*s%s%s", hole ? (int)(hole - body) : (int)strlen(body),
             body, hole ? id : "", hole ? hole + 2 : "");
    struct kds_arena arena;
    const struct local_request request = {.method = kds_slice("POST"),
                                          .path = kds_slice("/"),
                                          .target = kds_slice(target),
                                          .content_type =
                                              kds_slice("application/x-amz-json-1.1"),
                                          .body = kds_slice(full)};
    memset(&answer, 0, sizeof answer);
    kds_buf_init(&answer.body, 1 << 20);
    kds_arena_init(&arena, LOCAL_REQUEST_MEMORY_MAX);
    local_api_answer(s->service, s->now_us, &request, &arena, &answer);
    kds_arena_clear(&arena);
    const char *text = kds_buf_text(&answer.body);
    s->answer = text ? text : "";
    if (strcmp(operation, "CreateChannel") == 0) {
        script_member(s, "ChannelId", id, 64);
    }
    s->answer = NULL;
    kds_buf_clear(&answer.body);
    return answer.status;
}

static void expect_whole(struct script *s)
{
    static const char *const names[] = {"s", "o"};
    for (size_t i = 0; i < 2; i++) {
        const struct local_stream *stream = local_service_stream(s->service, names[i]);
        if (stream != NULL) {
            script_expect_tiling(s, names[i]);
            for (size_t k = 0; k < stream->shard_count; k++) {
                assert_true(stream->shards[k]->log.first <= stream->shards[k]->log.count);
            }
        }
    }
}

static bool take_object(const struct local_object *object, void *opaque)
{
    *(size_t *)opaque += object->value.n;
    return true;
}

static bool take_record(uint64_t stream,
                        uint32_t shard,
                        uint64_t position,
                        const struct local_record *record,
                        void *opaque)
{
    *(size_t *)opaque += record->data.n + (size_t)stream + shard + (size_t)position;
    return true;
}

static bool take_trimmed(uint64_t stream, uint32_t shard, uint64_t first, void *opaque)
{
    *(size_t *)opaque += (size_t)stream + shard + (size_t)first;
    return true;
}

static bool take_commit(void *opaque)
{
    return opaque != NULL;
}

/* All calls, one after the other. @return whether each one was answered with success */
static bool all_calls(bool observed, const struct shortage *shortage)
{
    size_t told = 0;
    const struct local_observer observer = {take_object, take_record, take_trimmed,
                                            take_commit, &told};
    const struct local_service_options options = {.seed = 1};
    struct script s = {.now_us = SCRIPT_START_S * KDS_US_PER_S};
    char id[64] = "";
    bool ok = true;
    s.service = local_service_new(&options);
    if (s.service == NULL) {
        return false;
    }
    if (observed) {
        local_service_observe(s.service, &observer);
    }
    for (size_t i = 0; i < CALLS; i++) {
        int status = ask(&s, calls[i].operation, calls[i].body, id);
        ok = ok && (status == 200 || strstr(calls[i].body, "DryRun") != NULL);
        expect_whole(&s);
    }
    if (shortage->once && shortage->base.failed && !observed) {
        /* There is memory again: what the shortage left over is finished. */
        ask(&s, calls[0].operation, calls[0].body, id);
        assert_int_equal(ask(&s, calls[2].operation, calls[2].body, id), 200);
        assert_int_equal(local_service_stream(s.service, "s")->status, LOCAL_ACTIVE);
    }
    local_service_free(s.service);
    return ok;
}

static void run_short(bool observed, bool once)
{
    struct shortage s = {.base = {.failed = true}};
    size_t runs = 0;
    for (; s.base.failed; runs++) {
        s = (struct shortage){.base = {.left = runs}, .once = once};
        const struct kds_allocator allocator = {short_alloc, short_resize, short_release,
                                                &s};
        kds_allocator_set(&allocator);
        bool ok = all_calls(observed, &s);
        kds_allocator_set(NULL);
        assert_int_equal(s.base.live, 0);
        assert_true(ok || s.base.failed); /* without a shortage all calls succeed */
    }
    assert_true(runs > 100);
}

static void service_survives_one_failed_allocation(void **state)
{
    (void)state;
    run_short(false, true);
}

static void service_survives_memory_that_stays_short(void **state)
{
    (void)state;
    run_short(false, false);
}

static void service_survives_a_row_that_could_not_be_written(void **state)
{
    (void)state;
    run_short(true, true);
}

static void store_is_opened_whole_or_not_at_all(void **state)
{
    char path[] = "/tmp/kds-test-memory-XXXXXX", why[512], id[64] = "";
    const struct local_service_options options = {.seed = 1};
    struct shortage shortage = {.base = {.failed = true}};
    struct script s;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    script_begin(&s, &options);
    struct store *store = store_open(path, s.service, why, sizeof why);
    assert_non_null(store);
    for (size_t i = 0; i + 1 < CALLS; i++) {
        if (strstr(calls[i].operation, "De") == NULL) { /* keep what there is */
            ask(&s, calls[i].operation, calls[i].body, id);
        }
    }
    size_t streams = local_service_stream(s.service, "s")->shard_count;
    script_end(&s);
    store_close(store);
    for (size_t runs = 0; shortage.base.failed; runs++) {
        shortage = (struct shortage){.base = {.left = runs}, .once = true};
        const struct kds_allocator allocator = {short_alloc, short_resize, short_release,
                                                &shortage};
        kds_allocator_set(&allocator);
        s.service = local_service_new(&options);
        store = s.service ? store_open(path, s.service, why, sizeof why) : NULL;
        assert_true(store == NULL || shortage.base.failed ||
                    local_service_stream(s.service, "s")->shard_count == streams);
        assert_true((store != NULL) == !shortage.base.failed);
        local_service_free(s.service);
        store_close(store);
        kds_allocator_set(NULL);
        assert_int_equal(shortage.base.live, 0);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_survives_one_failed_allocation),
        cmocka_unit_test(service_survives_memory_that_stays_short),
        cmocka_unit_test(service_survives_a_row_that_could_not_be_written),
        cmocka_unit_test(store_is_opened_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
