/*
 * test_service_limits: what a shard takes and gives, and how often an operation may be called.
 */
#include "base/rng.h"
#include "rate_limits.h"
#include "script.h"
#include "sequence.h"

static const struct local_service_options limited = {.seed = 1, .limits = true};
static const char create[] =
    "{\"StreamName\":\"s\",\"ShardCount\":1,\"MaxRecordSizeInKiB\":10240}";

/* clang-format off */
static void limits_hold_calls_of_the_control_plane(void **state)
{
    static const struct {
        const char *operation, *body;
        unsigned calls; /* in one second */
    } cases[] = {
        {"DescribeLimits", "{}", 1},
        {"ListStreams", "{}", 5},
        {"DescribeStream", "{\"StreamName\":\"s\"}", 10},
        {"DescribeStreamSummary", "{\"StreamName\":\"s\"}", 20},
        {"ListTagsForStream", "{\"StreamName\":\"s\"}", 5},
        {"ListShards", "{\"StreamName\":\"s\"}", 1000},
        {"ListStreamConsumers", "{" STREAM_ARN("s") "}", 5},
        {"DescribeAccountSettings", "{}", 5},
        {"ListChannels", "{}", 5},
    };
    struct script s;
    (void)state;
    script_begin(&s, &limited);
    assert_int_equal(script_ask(&s, "CreateStream", create), 200);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned call = 0; call < cases[i].calls; call++) {
            assert_int_equal(script_ask(&s, cases[i].operation, cases[i].body), 200);
        }
        assert_int_equal(script_ask(&s, cases[i].operation, cases[i].body), 400);
        assert_non_null(strstr(s.answer, "LimitExceededException"));
        s.now_us += KDS_US_PER_S;
        assert_int_equal(script_ask(&s, cases[i].operation, cases[i].body), 200);
    }
    script_end(&s);
    script_begin(&s, NULL);
    for (unsigned call = 0; call < 50; call++) {
        assert_int_equal(script_ask(&s, "DescribeLimits", "{}"), 200);
    }
    script_end(&s);
}
/* clang-format on */

static void iterator_of(struct script *s, char token[512])
{
    script_ask(s, "GetShardIterator",
               "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
               "\"ShardIteratorType\":\"TRIM_HORIZON\"}");
    script_member(s, "ShardIterator", token, 512);
}

static void limits_hold_reads_of_a_shard(void **state)
{
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, &limited);
    assert_int_equal(script_ask(&s, "CreateStream", create), 200);
    for (unsigned i = 0; i < 5; i++) {
        iterator_of(&s, token);
        assert_true(token[0] != 0);
    }
    iterator_of(&s, body);
    assert_non_null(strstr(s.answer, "ProvisionedThroughputExceededException"));
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\",\"DryRun\":true}", token);
    for (unsigned i = 0; i < 10; i++) { /* costs nothing */
        assert_int_equal(script_ask(&s, "GetRecords", body), 400);
        assert_non_null(strstr(s.answer, "DryRunOperationException"));
    }
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}", token);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    }
    assert_int_equal(script_ask(&s, "GetRecords", body), 400);
    assert_non_null(strstr(s.answer, "Rate exceeded for shard shardId-000000000000 in "
                                     "stream s under account 000000000000."));
    s.now_us += KDS_US_PER_S / 5;
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    script_end(&s);
}

static bool put_big(struct script *s, size_t bytes)
{
    static uint8_t data[10 * 1024 * 1024];
    const kds_put_record_in_t in = {.struct_size = sizeof in,
                                    .stream_name = kds_slice("s"),
                                    .data = kds_slice_of(data, bytes),
                                    .partition_key = kds_slice("k")};
    kds_put_record_out_t out;
    struct kds_arena arena;
    struct local_fault fault;
    kds_arena_init(&arena, 1 << 16);
    bool ok = local_service_call(s->service, s->now_us, KDS_OP_PUT_RECORD, &in, &out,
                                 &arena, &fault);
    kds_arena_clear(&arena);
    return ok;
}

static void limits_block_a_shard_after_an_answer_of_ten_mebibytes(void **state)
{
    struct script s;
    char token[512], body[1024];
    (void)state;
    script_begin(&s, &limited);
    assert_int_equal(script_ask(&s, "CreateStream", create), 200);
    assert_false(put_big(&s, 10 * 1024 * 1024)); /* with its key one byte too large */
    for (unsigned i = 0; i < 3; i++) {
        assert_true(put_big(&s, 5 * 1024 * 1024 - 1));
        s.now_us += 6 * KDS_US_PER_S; /* the burst is paid off */
    }
    assert_true(put_big(&s, 5 * 1024 * 1024 - 1));
    assert_false(put_big(&s, 1000)); /* not yet */
    iterator_of(&s, token);
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}", token);
    assert_int_equal(script_ask(&s, "GetRecords", body), 200); /* two records fill it */
    s.now_us += 5 * KDS_US_PER_S - 1;
    assert_int_equal(script_ask(&s, "GetRecords", body), 400);
    s.now_us += 1;
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    script_end(&s);
}

static void limits_bound_the_memory_of_records(void **state)
{
    const struct local_service_options small = {.seed = 1,
                                                .memory_max_bytes = 16 * 1024 * 1024};
    struct script s;
    unsigned taken = 0;
    (void)state;
    script_begin(&s, &small);
    assert_int_equal(script_ask(&s, "CreateStream", create), 200);
    while (taken < 100 && put_big(&s, 5 * 1024 * 1024 - 1)) {
        taken++;
    }
    assert_int_equal(taken, 4); /* the last one begins below the bound */
    assert_int_equal(script_ask(&s, "PutRecords",
                                "{\"StreamName\":\"s\",\"Records\":[{\"Data\":\"\","
                                "\"PartitionKey\":\"k\"}]}"),
                     200);
    assert_non_null(strstr(s.answer, "\"ErrorCode\":\"InternalFailure\""));
    s.now_us += 25 * 3600 * KDS_US_PER_S; /* they are too old: there is room again */
    assert_true(put_big(&s, 5 * 1024 * 1024 - 1));
    assert_int_equal(script_ask(&s, "DeleteStream", "{\"StreamName\":\"s\"}"), 200);
    assert_int_equal(script_ask(&s, "CreateStream", create), 200);
    for (taken = 0; taken < 100 && put_big(&s, 5 * 1024 * 1024 - 1);) {
        taken++;
    }
    assert_int_equal(taken, 4);
    script_end(&s);
}

static void limits_count_a_window_of_a_day(void **state)
{
    struct local_window w;
    const int64_t day = INT64_C(86400000000);
    (void)state;
    memset(&w, 0, sizeof w);
    for (int64_t i = 0; i < 100; i++) {
        assert_true(local_window_has_room(&w, 25, i * day / 25));
        local_window_add(&w, i * day / 25);
    }
    assert_false(local_window_has_room(&w, 25, 99 * day / 25));
    assert_false(local_window_has_room(&w, 2, 99 * day / 25));
    assert_true(local_window_has_room(&w, 2, 99 * day / 25 + day));
}

/* ---- sequence numbers ---------------------------------------------------------------------- */

static void sequence_has_the_layout_of_the_service(void **state)
{
    char text[LOCAL_SEQUENCE_BYTES];
    (void)state;
    /* A number of AWS' documentation, taken apart: shard 6 of 2018-11-21. */
    local_sequence_format(0x5BF4E5C2, 6, 0x67648A17, 0x5C181EEA, text);
    assert_string_equal(text, "49590338271490256608559692538361571095921575989136588898");
    local_sequence_format(INT64_C(0xFFFFFFFFF), UINT32_MAX, UINT64_MAX,
                          INT64_C(0xFFFFFFFFF), text);
    assert_true(strlen(text) < LOCAL_SEQUENCE_BYTES);
    assert_string_equal(text, "73559785961562665201200657303213636610246346105283411954");
    local_sequence_format(0, 0, 0, 0, text);
    assert_string_equal(text, "49039857307708443467467104868809893875799651909875269634");
}

static void sequence_rises_with_each_of_its_parts(void **state)
{
    char low[LOCAL_SEQUENCE_BYTES], high[LOCAL_SEQUENCE_BYTES];
    (void)state;
    for (uint64_t i = 1; i < UINT64_C(1) << 62; i = i * 3 + 1) {
        local_sequence_format(1790000000, 5, i, 1790000000, low);
        local_sequence_format(1790000000, 5, i + 1, 1790000000, high);
        assert_true(kds_sequence_cmp(kds_slice(low), kds_slice(high)) < 0);
        local_sequence_format(1790000001, 6, 0, 1790000000, high);
        assert_true(kds_sequence_cmp(kds_slice(low), kds_slice(high)) < 0);
    }
}

/* Each number of a row is what it would be alone. */
static void sequence_counts_on_from_the_number_before(void **state)
{
    struct local_sequence row;
    struct kds_rng rng;
    (void)state;
    memset(&row, 0, sizeof row);
    kds_rng_seed(&rng, 3);
    struct local_sequence_parts parts = {1790000000, 7, 0, 1790000000};
    for (int i = 0; i < 20000; i++) {
        char alone[LOCAL_SEQUENCE_BYTES], text[LOCAL_SEQUENCE_BYTES];
        switch (kds_rng_below(&rng, 30)) {
        case 0:
            parts.time_s++;
            break;
        case 1:
            parts.shard = (uint32_t)kds_rng_next(&rng);
            break;
        case 2:
            parts.index = kds_rng_next(&rng) >> kds_rng_below(&rng, 64);
            break;
        case 3:
            parts.shard_created_s++;
            break;
        default:
            break;
        }
        parts.index += kds_rng_below(&rng, 40) != 0;
        local_sequence_format(parts.shard_created_s, parts.shard, parts.index,
                              parts.time_s, alone);
        local_sequence_next(&row, &parts, text);
        assert_string_equal(text, alone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_hold_calls_of_the_control_plane),
        cmocka_unit_test(limits_hold_reads_of_a_shard),
        cmocka_unit_test(limits_block_a_shard_after_an_answer_of_ten_mebibytes),
        cmocka_unit_test(limits_bound_the_memory_of_records),
        cmocka_unit_test(limits_count_a_window_of_a_day),
        cmocka_unit_test(sequence_has_the_layout_of_the_service),
        cmocka_unit_test(sequence_rises_with_each_of_its_parts),
        cmocka_unit_test(sequence_counts_on_from_the_number_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
