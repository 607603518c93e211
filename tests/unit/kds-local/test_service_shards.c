/*
 * test_service_shards: resharding by all three operations, what is listed, and what gets too old.
 */
#include "base/rng.h"
#include "script.h"

#define HOUR_MS INT64_C(3600000)

static int scale(struct script *s, unsigned target)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"StreamName\":\"s\",\"TargetShardCount\":%u,\"ScalingType\":"
             "\"UNIFORM_SCALING\"}",
             target);
    return script_ask(s, "UpdateShardCount", body);
}

static void create(struct script *s, unsigned shards)
{
    char body[128];
    snprintf(body, sizeof body, "{\"StreamName\":\"s\",\"ShardCount\":%u}", shards);
    assert_int_equal(script_ask(s, "CreateStream", body), 200);
}

static int put(struct script *s, const char *hash_key)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"StreamName\":\"s\",\"Data\":\"ZGF0YQ==\",\"PartitionKey\":\"k\","
             "\"ExplicitHashKey\":\"%s\"}",
             hash_key);
    return script_ask(s, "PutRecord", body);
}

/* ---- scaling ------------------------------------------------------------------------------- */

static void expect_uniform(struct script *s, uint32_t shards)
{
    const struct local_stream *stream = local_service_stream(s->service, "s");
    assert_int_equal(stream->open_count, shards);
    script_expect_tiling(s, "s");
    for (uint32_t i = 0; i < shards; i++) {
        assert_int_equal(
            kds_u128_cmp(stream->open[i].shard->first, local_uniform_start(i, shards)),
            0);
    }
}

static void shards_scale_to_equal_widths(void **state)
{
    static const unsigned counts[] = {2, 4, 3, 5, 7, 13, 26, 14, 7, 4, 2, 1, 2, 3};
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    create(&s, 1);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        s.now_us += KDS_US_PER_S;
        assert_int_equal(scale(&s, counts[i]), 200);
        expect_uniform(&s, counts[i]);
    }
    script_end(&s);
}

static void shards_scale_within_bounds(void **state)
{
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    create(&s, 4);
    assert_int_equal(scale(&s, 9), 400);
    assert_non_null(strstr(s.answer, "InvalidArgumentException"));
    assert_int_equal(scale(&s, 1), 400);
    assert_int_equal(scale(&s, 0), 400);
    assert_non_null(strstr(s.answer, "ValidationException"));
    assert_int_equal(scale(&s, 10001), 400);
    assert_non_null(strstr(s.answer, "LimitExceededException"));
    assert_int_equal(scale(&s, 8), 200);
    assert_non_null(strstr(s.answer, "\"CurrentShardCount\":4,\"TargetShardCount\":8"));
    assert_int_equal(
        script_ask(&s, "UpdateShardCount",
                   "{\"StreamName\":\"s\",\"TargetShardCount\":8,\"ScalingType\":\"X\"}"),
        400);
    script_end(&s);
}

static void shards_scale_ten_times_a_day(void **state)
{
    const struct local_service_options limits = {.seed = 1, .limits = true};
    struct script s;
    (void)state;
    script_begin(&s, &limits);
    create(&s, 4);
    for (unsigned i = 0; i < 10; i++) {
        s.now_us += KDS_US_PER_S;
        assert_int_equal(scale(&s, i % 2 ? 4 : 5), 200);
    }
    s.now_us += KDS_US_PER_S;
    assert_int_equal(scale(&s, 5), 400);
    assert_non_null(strstr(s.answer, "LimitExceededException"));
    s.now_us += (24 * 3600 - 9) * KDS_US_PER_S; /* the first one is a day old */
    assert_int_equal(scale(&s, 5), 200);
    script_end(&s);
}

/* Random reshards by all three operations, with records between them: the ranges tile at every
 * moment, and below each key the sequence numbers rise from shard to shard. */
static void shards_tile_and_numbers_rise_through_random_reshards(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct script s;
        struct kds_rng rng;
        char body[256], sequence[128], last[128] = "0";
        const struct local_service_options options = {
            .seed = seed, .control_plane_delay_ms = seed % 2 ? 0 : 300};
        kds_rng_seed(&rng, seed);
        script_begin(&s, &options);
        create(&s, 1 + (unsigned)(seed % 3));
        s.now_us += KDS_US_PER_S;
        for (int step = 0; step < 120; step++) {
            struct local_stream *stream = local_service_stream(s.service, "s");
            size_t at = (size_t)kds_rng_below(&rng, stream->open_count);
            const struct local_shard *shard = stream->open[at].shard;
            s.now_us += (int64_t)kds_rng_below(&rng, 400) * KDS_US_PER_MS;
            switch (kds_rng_below(&rng, 4)) {
            case 0: {
                char key[KDS_U128_DIGITS_MAX];
                kds_u128_t half = kds_u128_add(
                    shard->first,
                    kds_u128_div64(kds_u128_sub(shard->last, shard->first), 2));
                size_t n = kds_u128_format(half, key);
                snprintf(body, sizeof body,
                         "{\"StreamName\":\"s\",\"ShardToSplit\":\"%s\","
                         "\"NewStartingHashKey\":\"%.*s\"}",
                         shard->id, (int)n, key);
                script_ask(&s, "SplitShard", body);
                break;
            }
            case 1:
                snprintf(body, sizeof body,
                         "{\"StreamName\":\"s\",\"ShardToMerge\":\"%s\","
                         "\"AdjacentShardToMerge\":\"%s\"}",
                         shard->id,
                         stream->open[(at + 1) % stream->open_count].shard->id);
                script_ask(&s, "MergeShards", body);
                break;
            case 2:
                scale(&s, 1 + (unsigned)kds_rng_below(&rng, 9));
                break;
            default:
                break;
            }
            script_expect_tiling(&s, "s");
            assert_int_equal(put(&s, "170141183460469231731687303715884105728"), 200);
            script_member(&s, "SequenceNumber", sequence, sizeof sequence);
            assert_true(kds_sequence_cmp(kds_slice(sequence), kds_slice(last)) > 0);
            memcpy(last, sequence, sizeof last);
        }
        script_end(&s);
    }
}

/* ---- retention ----------------------------------------------------------------------------- */

static void iterate(struct script *s, const char *shard, const char *more)
{
    char body[1024], token[512];
    snprintf(body, sizeof body, "{\"StreamName\":\"s\",\"ShardId\":\"%s\",%s}", shard,
             more);
    assert_int_equal(script_ask(s, "GetShardIterator", body), 200);
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}",
             script_member(s, "ShardIterator", token, sizeof token));
    assert_int_equal(script_ask(s, "GetRecords", body), 200);
}

static size_t records_in(const struct script *s)
{
    size_t n = 0;
    for (const char *at = s->answer; (at = strstr(at, "\"Data\"")) != NULL; at++) {
        n++;
    }
    return n;
}

static void shards_forget_what_is_too_old(void **state)
{
    struct script s;
    char first[128], more[256];
    (void)state;
    script_begin(&s, NULL);
    create(&s, 1);
    assert_int_equal(put(&s, "1"), 200);
    script_member(&s, "SequenceNumber", first, sizeof first);
    for (int i = 0; i < 30000; i++) {
        put(&s, "1");
    }
    s.now_us += 12 * HOUR_MS * KDS_US_PER_MS;
    for (int i = 0; i < 3; i++) {
        put(&s, "1");
    }
    struct local_shard *shard = local_service_stream(s.service, "s")->shards[0];
    size_t before = shard->log.bytes;
    iterate(&s, shard->id, "\"ShardIteratorType\":\"TRIM_HORIZON\"");
    assert_true(records_in(&s) > 3);
    s.now_us += (12 * HOUR_MS + 1) * KDS_US_PER_MS;
    iterate(&s, shard->id, "\"ShardIteratorType\":\"TRIM_HORIZON\"");
    assert_int_equal(records_in(&s), 3);
    assert_true(shard->log.bytes < before / 2); /* given back */
    /* Numbers and times that were trimmed begin with the oldest record that is left. */
    snprintf(more, sizeof more,
             "\"ShardIteratorType\":\"AT_SEQUENCE_NUMBER\",\"StartingSequenceNumber\":"
             "\"%s\"",
             first);
    iterate(&s, shard->id, more);
    assert_int_equal(records_in(&s), 3);
    snprintf(more, sizeof more,
             "\"ShardIteratorType\":\"AT_TIMESTAMP\",\"Timestamp\":%lld",
             (long long)SCRIPT_START_S);
    iterate(&s, shard->id, more);
    assert_int_equal(records_in(&s), 3);
    /* A shorter period takes away at once, a longer one brings nothing back. */
    put(&s, "1");
    s.now_us += 20 * HOUR_MS * KDS_US_PER_MS;
    iterate(&s, shard->id, "\"ShardIteratorType\":\"TRIM_HORIZON\"");
    assert_int_equal(records_in(&s), 1);
    assert_int_equal(script_ask(&s, "IncreaseStreamRetentionPeriod",
                                "{\"StreamName\":\"s\",\"RetentionPeriodHours\":100}"),
                     200);
    iterate(&s, shard->id, "\"ShardIteratorType\":\"TRIM_HORIZON\"");
    assert_int_equal(records_in(&s), 1);
    s.now_us += 50 * HOUR_MS * KDS_US_PER_MS;
    iterate(&s, shard->id, "\"ShardIteratorType\":\"TRIM_HORIZON\"");
    assert_int_equal(records_in(&s), 1);
    assert_int_equal(script_ask(&s, "DecreaseStreamRetentionPeriod",
                                "{\"StreamName\":\"s\",\"RetentionPeriodHours\":24}"),
                     200);
    iterate(&s, shard->id, "\"ShardIteratorType\":\"TRIM_HORIZON\"");
    assert_int_equal(records_in(&s), 0);
    script_end(&s);
}

/* A record is too old, but nothing has looked at it since. */
static void shards_do_not_give_what_became_too_old_just_now(void **state)
{
    struct script s;
    char token[512], body[1024];
    (void)state;
    for (int longer = 0; longer < 2; longer++) {
        script_begin(&s, NULL);
        create(&s, 1);
        put(&s, "1");
        s.now_us += (24 * HOUR_MS - 5000) * KDS_US_PER_MS;
        assert_int_equal(put(&s, "1"), 200); /* sweeps, and not again for a minute */
        script_ask(&s, "GetShardIterator",
                   "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
                   "\"ShardIteratorType\":\"TRIM_HORIZON\"}");
        snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}",
                 script_member(&s, "ShardIterator", token, sizeof token));
        assert_int_equal(script_ask(&s, "GetRecords", body), 200);
        assert_int_equal(records_in(&s), 2);
        s.now_us += 10000 * KDS_US_PER_MS;
        if (longer) {
            assert_int_equal(
                script_ask(&s, "IncreaseStreamRetentionPeriod",
                           "{\"StreamName\":\"s\",\"RetentionPeriodHours\":48}"),
                200);
        }
        assert_int_equal(script_ask(&s, "GetRecords", body), 200);
        assert_int_equal(records_in(&s), 1);
        script_end(&s);
    }
}

static void fault_S13_starts_at_trimmed_records_can_be_refused(void **state)
{
    struct script s;
    char sequence[128], body[512];
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        const struct local_service_options options = {.seed = 1,
                                                      .refuse_trimmed = strict};
        script_begin(&s, &options);
        create(&s, 1);
        put(&s, "1");
        script_member(&s, "SequenceNumber", sequence, sizeof sequence);
        put(&s, "1");
        snprintf(body, sizeof body,
                 "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
                 "\"ShardIteratorType\":\"AFTER_SEQUENCE_NUMBER\","
                 "\"StartingSequenceNumber\":\"%s\"}",
                 sequence);
        assert_int_equal(script_ask(&s, "GetShardIterator", body), 200);
        s.now_us += 25 * HOUR_MS * KDS_US_PER_MS;
        assert_int_equal(script_ask(&s, "GetShardIterator", body), strict ? 400 : 200);
        assert_true(!strict || strstr(s.answer, "InvalidArgumentException") != NULL);
        script_end(&s);
    }
}

static void iterators_are_only_the_services_own(void **state)
{
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, NULL);
    create(&s, 1);
    script_ask(&s, "GetShardIterator",
               "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
               "\"ShardIteratorType\":\"TRIM_HORIZON\"}");
    script_member(&s, "ShardIterator", token, sizeof token);
    for (size_t i = 0; token[i] != 0; i++) {
        char was = token[i];
        token[i] = was == 'B' ? 'C' : 'B';
        snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}", token);
        assert_int_equal(script_ask(&s, "GetRecords", body), 400);
        assert_non_null(strstr(s.answer, "Invalid ShardIterator."));
        token[i] = was;
    }
    script_end(&s);
}

static void expect_shards(struct script *s, const char *filter, const char *ids)
{
    char body[512], seen[64] = "";
    snprintf(body, sizeof body, "{\"StreamName\":\"s\"%s}", filter);
    assert_int_equal(script_ask(s, "ListShards", body), 200);
    const char *at = s->answer;
    while ((at = strstr(at, "\"ShardId\":\"shardId-00000000000")) != NULL) {
        at += strlen("\"ShardId\":\"shardId-00000000000");
        strncat(seen, at, 1);
    }
    assert_string_equal(seen, ids);
}

#define FILTER(type)       ",\"ShardFilter\":{\"Type\":\"" type "\"}"
#define FILTER_AT(type, s) ",\"ShardFilter\":{\"Type\":\"" type "\",\"Timestamp\":" s "}"

static void fault_S17_closed_shards_vanish_after_the_retention_period(void **state)
{
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, NULL);
    create(&s, 2);
    put(&s, "1");
    s.now_us += HOUR_MS * KDS_US_PER_MS;
    assert_int_equal(scale(&s, 4), 200); /* 2 3 out of 0, 4 5 out of 1 */
    expect_shards(&s, "", "012345");
    expect_shards(&s, FILTER("AT_TRIM_HORIZON"), "01");
    expect_shards(&s, FILTER("AT_LATEST"), "2345");
    /* A time before the first record stands for the oldest that is left. */
    expect_shards(&s, FILTER_AT("AT_TIMESTAMP", "5"), "01");
    expect_shards(&s, FILTER_AT("FROM_TIMESTAMP", "5"), "012345");
    s.now_us += (24 * HOUR_MS - 1) * KDS_US_PER_MS;
    expect_shards(&s, FILTER("AT_TRIM_HORIZON"), "01");
    script_ask(&s, "ListShards", "{\"StreamName\":\"s\",\"MaxResults\":3}");
    script_member(&s, "NextToken", token, sizeof token);
    script_ask(&s, "GetShardIterator",
               "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
               "\"ShardIteratorType\":\"TRIM_HORIZON\"}");
    s.now_us += 2 * KDS_US_PER_MS;
    expect_shards(&s, "", "2345");
    expect_shards(&s, FILTER("AT_TRIM_HORIZON"), "2345");
    expect_shards(&s, FILTER("FROM_TRIM_HORIZON"), "2345");
    assert_int_equal(script_ask(&s, "ListShards", "{\"StreamName\":\"s\"}"), 200);
    assert_non_null(strstr(s.answer, "\"ParentShardId\":\"shardId-000000000000\""));
    snprintf(body, sizeof body, "{\"NextToken\":\"%s\"}", token);
    assert_int_equal(script_ask(&s, "ListShards", body), 200);
    assert_non_null(
        strstr(s.answer, "{\"Shards\":[{\"ShardId\":\"shardId-000000000003\""));
    assert_int_equal(
        script_ask(&s, "GetShardIterator",
                   "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
                   "\"ShardIteratorType\":\"TRIM_HORIZON\"}"),
        400);
    assert_non_null(strstr(s.answer, "ResourceNotFoundException"));
    script_expect_tiling(&s, "s");
    assert_int_equal(scale(&s, 2), 200);
    expect_shards(&s, FILTER("AT_LATEST"), "67");
    script_end(&s);
}

static void shards_are_described_in_pages(void **state)
{
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    create(&s, 101);
    assert_int_equal(script_ask(&s, "DescribeStream", "{\"StreamName\":\"s\"}"), 200);
    assert_non_null(strstr(s.answer, "shardId-000000000099"));
    assert_null(strstr(s.answer, "shardId-000000000100"));
    assert_non_null(strstr(s.answer, "\"HasMoreShards\":true"));
    assert_int_equal(script_ask(&s, "DescribeStream",
                                "{\"StreamName\":\"s\",\"ExclusiveStartShardId\":"
                                "\"shardId-000000000099\",\"Limit\":1}"),
                     200);
    assert_non_null(strstr(s.answer, "shardId-000000000100"));
    assert_non_null(strstr(s.answer, "\"HasMoreShards\":false"));
    assert_int_equal(script_ask(&s, "DescribeStream",
                                "{\"StreamName\":\"s\",\"ExclusiveStartShardId\":"
                                "\"shardId-000000000101\"}"),
                     400);
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_scale_to_equal_widths),
        cmocka_unit_test(shards_scale_within_bounds),
        cmocka_unit_test(shards_scale_ten_times_a_day),
        cmocka_unit_test(shards_tile_and_numbers_rise_through_random_reshards),
        cmocka_unit_test(shards_forget_what_is_too_old),
        cmocka_unit_test(fault_S17_closed_shards_vanish_after_the_retention_period),
        cmocka_unit_test(shards_do_not_give_what_became_too_old_just_now),
        cmocka_unit_test(fault_S13_starts_at_trimmed_records_can_be_refused),
        cmocka_unit_test(iterators_are_only_the_services_own),
        cmocka_unit_test(shards_are_described_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
