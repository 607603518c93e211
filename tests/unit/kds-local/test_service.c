/*
 * test_service: the local server's operations, typed and as bytes, on a clock of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api.h"
#include "base/clock.h"
#include "base/slice.h"
#include "service.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <string.h>

struct fixture {
    struct local_service *service;
    int64_t now_us;
    struct kds_arena arena;
    struct local_fault fault;
    union {
        kds_create_stream_out_t created;
        kds_describe_stream_out_t described;
        kds_describe_stream_summary_out_t summary;
        kds_list_streams_out_t streams;
        kds_list_shards_out_t shards;
        kds_put_record_out_t put;
        kds_put_records_out_t puts;
        kds_get_shard_iterator_out_t iterator;
        kds_get_records_out_t records;
    } out;
};

static void begin(struct fixture *f, bool limits)
{
    const struct local_service_options options = {.seed = 1, .limits = limits};
    memset(f, 0, sizeof *f);
    f->now_us = INT64_C(1790000000) * KDS_US_PER_S;
    f->service = local_service_new(&options);
    assert_non_null(f->service);
    kds_arena_init(&f->arena, (size_t)64 * 1024 * 1024);
}

static void end(struct fixture *f)
{
    kds_arena_clear(&f->arena);
    local_service_free(f->service);
}

static bool call(struct fixture *f, enum kds_operation_id id, const void *in)
{
    return local_service_call(f->service, f->now_us, id, in, &f->out, &f->arena,
                              &f->fault);
}

static void create(struct fixture *f, const char *name, int64_t shards)
{
    const kds_create_stream_in_t in = {.struct_size = sizeof in,
                                       .stream_name = kds_slice(name),
                                       .has_shard_count = true,
                                       .shard_count = shards};
    assert_true(call(f, KDS_OP_CREATE_STREAM, &in));
}

static bool put(struct fixture *f, const char *hash_key, const char *data)
{
    const kds_put_record_in_t in = {.struct_size = sizeof in,
                                    .stream_name = kds_slice("s"),
                                    .partition_key = kds_slice("k"),
                                    .explicit_hash_key = kds_slice(hash_key),
                                    .data = kds_slice(data)};
    return call(f, KDS_OP_PUT_RECORD, &in);
}

static kds_slice_t iterator(struct fixture *f,
                            const char *shard,
                            const char *type,
                            const char *sequence,
                            int64_t ms)
{
    const kds_get_shard_iterator_in_t in = {.struct_size = sizeof in,
                                            .stream_name = kds_slice("s"),
                                            .shard_id = kds_slice(shard),
                                            .shard_iterator_type = kds_slice(type),
                                            .starting_sequence_number =
                                                kds_slice(sequence),
                                            .has_timestamp_ms = ms >= 0,
                                            .timestamp_ms = ms};
    assert_true(call(f, KDS_OP_GET_SHARD_ITERATOR, &in));
    return f->out.iterator.shard_iterator;
}

static bool get(struct fixture *f, kds_slice_t shard_iterator, int64_t limit)
{
    const kds_get_records_in_t in = {.struct_size = sizeof in,
                                     .shard_iterator = shard_iterator,
                                     .has_limit = limit > 0,
                                     .limit = limit};
    return call(f, KDS_OP_GET_RECORDS, &in);
}

static bool split(struct fixture *f, const char *shard, const char *at)
{
    const kds_split_shard_in_t in = {.struct_size = sizeof in,
                                     .stream_name = kds_slice("s"),
                                     .shard_to_split = kds_slice(shard),
                                     .new_starting_hash_key = kds_slice(at)};
    f->now_us += KDS_US_PER_S;
    return call(f, KDS_OP_SPLIT_SHARD, &in);
}

static bool merge(struct fixture *f, const char *a, const char *b)
{
    const kds_merge_shards_in_t in = {.struct_size = sizeof in,
                                      .stream_name = kds_slice("s"),
                                      .shard_to_merge = kds_slice(a),
                                      .adjacent_shard_to_merge = kds_slice(b)};
    f->now_us += KDS_US_PER_S;
    return call(f, KDS_OP_MERGE_SHARDS, &in);
}

static void expect_fault(const struct fixture *f, const char *code, const char *part)
{
    assert_string_equal(f->fault.code, code);
    if (strstr(f->fault.message, part) == NULL) {
        fail_msg("%s: no \"%s\"", f->fault.message, part);
    }
}

#define SHARD(n) "shardId-00000000000" #n

/* ---- shards ---------------------------------------------------------------------------------- */

static void service_lays_shards_out_without_gap(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 17; n++) {
        struct fixture f;
        const kds_u128_t one = {0, 1};
        kds_u128_t at = {0, 0}, first, last = {0, 0};
        begin(&f, false);
        create(&f, "s", n);
        const kds_list_shards_in_t in = {.struct_size = sizeof in,
                                         .stream_name = kds_slice("s")};
        assert_true(call(&f, KDS_OP_LIST_SHARDS, &in));
        assert_int_equal(f.out.shards.shards_count, n);
        for (size_t i = 0; i < (size_t)n; i++) {
            const kds_hash_key_range_t *range = &f.out.shards.shards[i].hash_key_range;
            assert_true(kds_u128_parse(range->starting_hash_key, &first));
            assert_true(kds_u128_parse(range->ending_hash_key, &last));
            assert_int_equal(kds_u128_cmp(first, at), 0);
            at = kds_u128_add(last, one);
        }
        assert_int_equal(kds_u128_cmp(last, KDS_U128_MAX), 0);
        end(&f);
    }
}

static size_t
list(struct fixture *f, const char *type, const char *after, int64_t ms, char *out)
{
    const kds_shard_filter_t filter = {.type = kds_slice(type),
                                       .shard_id = kds_slice(after),
                                       .has_timestamp_ms = ms >= 0,
                                       .timestamp_ms = ms};
    kds_list_shards_in_t in = {.struct_size = sizeof in,
                               .stream_name = kds_slice("s"),
                               .shard_filter = &filter,
                               .has_max_results = true,
                               .max_results = 2};
    size_t pages = 0;
    out[0] = 0;
    for (;;) {
        assert_true(call(f, KDS_OP_LIST_SHARDS, &in));
        pages++;
        for (size_t i = 0; i < f->out.shards.shards_count; i++) {
            strncat(out, (const char *)f->out.shards.shards[i].shard_id.p + 19, 1);
        }
        if (f->out.shards.next_token.p == NULL) {
            return pages;
        }
        memset(&in, 0, sizeof in);
        in.struct_size = sizeof in;
        in.next_token = f->out.shards.next_token;
        in.has_max_results = true;
        in.max_results = 2;
    }
}

static void service_lists_by_every_filter_and_page(void **state)
{
    struct fixture f;
    char ids[32];
    (void)state;
    begin(&f, false);
    create(&f, "s", 2); /* 0 1 */
    int64_t start_ms = f.now_us / 1000;
    assert_true(split(&f, SHARD(0), "100"));    /* 2 3 out of 0 */
    assert_true(merge(&f, SHARD(3), SHARD(1))); /* 4 out of 3 and 1 */
    list(&f, "FROM_TRIM_HORIZON", NULL, -1, ids);
    assert_string_equal(ids, "01234");
    list(&f, "AT_TRIM_HORIZON", NULL, -1, ids);
    assert_string_equal(ids, "01");
    list(&f, "AT_LATEST", NULL, -1, ids);
    assert_string_equal(ids, "24");
    list(&f, "AFTER_SHARD_ID", SHARD(2), -1, ids);
    assert_string_equal(ids, "34");
    list(&f, "AT_TIMESTAMP", NULL, start_ms + 1500, ids);
    assert_string_equal(ids, "123");
    list(&f, "FROM_TIMESTAMP", NULL, start_ms + 1500, ids);
    assert_string_equal(ids, "1234");
    assert_int_equal(list(&f, "FROM_TRIM_HORIZON", NULL, -1, ids), 3);
    const kds_shard_t *shards = f.out.shards.shards;
    assert_true(kds_slice_is(shards[0].adjacent_parent_shard_id, SHARD(1)));
    assert_null(shards[0].sequence_number_range.ending_sequence_number.p);
    end(&f);
}

static void service_refuses_bad_tokens(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    create(&f, "s", 3);
    kds_list_shards_in_t in = {.struct_size = sizeof in,
                               .stream_name = kds_slice("s"),
                               .has_max_results = true,
                               .max_results = 1};
    assert_true(call(&f, KDS_OP_LIST_SHARDS, &in));
    in.next_token = f.out.shards.next_token;
    assert_false(call(&f, KDS_OP_LIST_SHARDS, &in));
    expect_fault(&f, "InvalidArgumentException", "cannot be given together");
    in.stream_name.p = NULL;
    in.stream_arn = kds_slice("arn:aws:kinesis:us-east-1:000000000000:stream/t");
    assert_false(call(&f, KDS_OP_LIST_SHARDS, &in));
    expect_fault(&f, "InvalidArgumentException", "name different streams");
    in.stream_arn = kds_slice("arn:aws:kinesis:us-east-1:000000000000:stream/s");
    assert_true(call(&f, KDS_OP_LIST_SHARDS, &in)); /* it only routes */
    in.stream_arn.p = NULL;
    f.now_us += 301 * KDS_US_PER_S;
    assert_false(call(&f, KDS_OP_LIST_SHARDS, &in));
    expect_fault(&f, "ExpiredNextTokenException", "");
    in.next_token = kds_slice("AAAA");
    assert_false(call(&f, KDS_OP_LIST_SHARDS, &in));
    expect_fault(&f, "InvalidArgumentException", "NextToken is invalid");
    end(&f);
}

static void service_refuses_impossible_reshards(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    create(&f, "s", 4);
    assert_false(split(&f, SHARD(0), "1"));
    expect_fault(&f, "InvalidArgumentException",
                 "NewStartingHashKey 1 used in SplitShard()");
    assert_false(split(&f, SHARD(9), "5"));
    expect_fault(&f, "ResourceNotFoundException",
                 "Shard shardId-000000000009 in stream s");
    assert_true(split(&f, SHARD(0), "2"));
    assert_false(split(&f, SHARD(0), "3"));
    expect_fault(&f, "InvalidArgumentException", "is closed");
    assert_false(merge(&f, SHARD(1), SHARD(3)));
    expect_fault(&f, "InvalidArgumentException", "are not an adjacent pair");
    assert_false(merge(&f, SHARD(1), SHARD(1)));
    assert_false(
        merge(&f, SHARD(3), SHARD(4))); /* last and first: the ring is not closed */
    expect_fault(&f, "InvalidArgumentException", "are not an adjacent pair");
    end(&f);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void service_places_records_at_the_borders_of_shards(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    create(&f, "s", 2);
    assert_true(put(&f, "0", "a"));
    assert_true(kds_slice_is(f.out.put.shard_id, SHARD(0)));
    assert_true(put(&f, "170141183460469231731687303715884105727", "a"));
    assert_true(kds_slice_is(f.out.put.shard_id, SHARD(0)));
    assert_true(put(&f, "170141183460469231731687303715884105728", "a"));
    assert_true(kds_slice_is(f.out.put.shard_id, SHARD(1)));
    assert_true(put(&f, "340282366920938463463374607431768211455", "a"));
    assert_true(kds_slice_is(f.out.put.shard_id, SHARD(1)));
    assert_false(put(&f, "340282366920938463463374607431768211456", "a"));
    expect_fault(&f, "InvalidArgumentException", "ExplicitHashKey");
    static const char *const bad[] = {"+1", "01", ""};
    for (size_t i = 0; i < 3; i++) {
        assert_false(put(&f, bad[i], "a"));
        expect_fault(&f, "ValidationException", "ExplicitHashKey");
    }
    end(&f);
}

static void service_numbers_rise_within_shards_and_lineages(void **state)
{
    struct fixture f;
    char last[LOCAL_SEQUENCE_BYTES] = "0";
    (void)state;
    begin(&f, false);
    create(&f, "s", 1);
    for (int i = 0; i < 300; i++) {
        assert_true(put(&f, "7", "a"));
        assert_true(kds_sequence_cmp(f.out.put.sequence_number, kds_slice(last)) > 0);
        snprintf(last, sizeof last, "%s", (const char *)f.out.put.sequence_number.p);
        f.now_us += i % 3 * 400000;
    }
    f.now_us -= KDS_US_PER_S; /* the split happens in the same second */
    assert_true(split(&f, SHARD(0), "100"));
    assert_true(put(&f, "7", "a"));
    assert_true(kds_slice_is(f.out.put.shard_id, SHARD(1)));
    assert_true(kds_sequence_cmp(f.out.put.sequence_number, kds_slice(last)) > 0);
    const struct local_stream *s = local_service_stream(f.service, "s");
    assert_true(
        kds_sequence_cmp(kds_slice(s->shards[0]->ending_sequence), kds_slice(last)) >= 0);
    end(&f);
}

static void fault_S24_service_throttles_by_record(void **state)
{
    struct fixture f;
    static kds_put_records_request_entry_t entries[500];
    (void)state;
    begin(&f, true);
    create(&f, "s", 1);
    for (size_t i = 0; i < 500; i++) {
        entries[i].partition_key = kds_slice("k");
        entries[i].data = kds_slice("d");
    }
    const kds_put_records_in_t in = {.struct_size = sizeof in,
                                     .stream_name = kds_slice("s"),
                                     .records = entries,
                                     .records_count = 500};
    assert_true(call(&f, KDS_OP_PUT_RECORDS, &in));
    assert_int_equal(f.out.puts.failed_record_count, 0);
    assert_true(call(&f, KDS_OP_PUT_RECORDS, &in));
    assert_int_equal(f.out.puts.failed_record_count, 0);
    assert_true(call(&f, KDS_OP_PUT_RECORDS, &in)); /* the 1001st in this second */
    assert_int_equal(f.out.puts.failed_record_count, 500);
    assert_true(kds_slice_is(f.out.puts.records[0].error_code,
                             "ProvisionedThroughputExceededException"));
    assert_null(f.out.puts.records[0].shard_id.p);
    f.now_us += 100000; /* a tenth of a second: a hundred more */
    assert_true(call(&f, KDS_OP_PUT_RECORDS, &in));
    assert_int_equal(f.out.puts.failed_record_count, 400);
    end(&f);
}

static void service_refuses_bad_puts_whole(void **state)
{
    struct fixture f;
    static uint8_t big[1048577];
    static kds_put_records_request_entry_t entries[501];
    (void)state;
    begin(&f, false);
    create(&f, "s", 1);
    entries[0].data = kds_slice("good");
    entries[0].partition_key = kds_slice("k");
    entries[1].data = kds_slice_of(big, 1048576);
    entries[1].partition_key = kds_slice("k");
    kds_put_records_in_t in = {.struct_size = sizeof in,
                               .stream_name = kds_slice("s"),
                               .records = entries,
                               .records_count = 2};
    assert_false(call(&f, KDS_OP_PUT_RECORDS, &in));
    expect_fault(&f, "InvalidArgumentException", "Record of 1048577 bytes");
    entries[1].data.n = 1048575;
    assert_true(call(&f, KDS_OP_PUT_RECORDS, &in));
    in.records_count = 501;
    assert_false(call(&f, KDS_OP_PUT_RECORDS, &in));
    expect_fault(&f, "ValidationException",
                 "PutRecords.Records: 501 entries, must be 1..500");
    in.records_count = 12;
    for (size_t i = 0; i < 12; i++) {
        entries[i] = entries[1];
    }
    assert_false(call(&f, KDS_OP_PUT_RECORDS, &in));
    expect_fault(&f, "InvalidArgumentException", "Records size exceeds 10485760 bytes");
    in.stream_name = kds_slice("nope");
    assert_false(call(&f, KDS_OP_PUT_RECORDS, &in));
    expect_fault(&f, "ResourceNotFoundException",
                 "Stream nope under account 000000000000 not found.");
    assert_int_equal(local_service_stream(f.service, "s")->shards[0]->log.count, 2);
    end(&f);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void service_reads_from_every_kind_of_iterator(void **state)
{
    struct fixture f;
    char second[LOCAL_SEQUENCE_BYTES];
    (void)state;
    begin(&f, false);
    create(&f, "s", 1);
    int64_t start_ms = f.now_us / 1000;
    put(&f, "1", "one");
    f.now_us += 10000;
    put(&f, "1", "two");
    snprintf(second, sizeof second, "%s", (const char *)f.out.put.sequence_number.p);
    f.now_us += 10000;
    put(&f, "1", "three");
    static const struct {
        const char *type;
        bool sequence;
        int64_t after_ms;
        size_t count;
    } cases[] = {
        {"TRIM_HORIZON", false, -1, 3},         {"AT_SEQUENCE_NUMBER", true, -1, 2},
        {"AFTER_SEQUENCE_NUMBER", true, -1, 1}, {"AT_TIMESTAMP", false, 10, 2},
        {"AT_TIMESTAMP", false, 0, 3},          {"LATEST", false, -1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kds_slice_t it =
            iterator(&f, SHARD(0), cases[i].type, cases[i].sequence ? second : NULL,
                     cases[i].after_ms < 0 ? -1 : start_ms + cases[i].after_ms);
        assert_true(get(&f, it, 0));
        assert_int_equal(f.out.records.records_count, cases[i].count);
        assert_non_null(f.out.records.next_shard_iterator.p);
        assert_false(kds_slice_eq(f.out.records.next_shard_iterator, it));
        assert_null(f.out.records.child_shards);
    }
    assert_true(get(&f, iterator(&f, SHARD(0), "TRIM_HORIZON", NULL, -1), 1));
    assert_int_equal(f.out.records.records_count, 1);
    assert_int_equal(f.out.records.millis_behind_latest, 10);
    end(&f);
}

static void fault_S11_service_expires_and_checks_iterators(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    create(&f, "s", 1);
    kds_slice_t it = iterator(&f, SHARD(0), "TRIM_HORIZON", NULL, -1);
    f.now_us += 300 * KDS_US_PER_S;
    assert_true(get(&f, it, 0));
    f.now_us += KDS_US_PER_S;
    assert_false(get(&f, it, 0));
    expect_fault(&f, "ExpiredIteratorException", "Iterator expired.");
    assert_false(get(&f, kds_slice("AAAAAAAA"), 0));
    expect_fault(&f, "InvalidArgumentException", "Invalid ShardIterator.");
    it = iterator(&f, SHARD(0), "TRIM_HORIZON", NULL, -1);
    const kds_delete_stream_in_t gone = {.struct_size = sizeof gone,
                                         .stream_name = kds_slice("s")};
    assert_true(call(&f, KDS_OP_DELETE_STREAM, &gone));
    create(&f, "s", 1); /* the same name, another stream */
    assert_false(get(&f, it, 0));
    expect_fault(&f, "ResourceNotFoundException", "no longer exists");
    end(&f);
}

static void fault_S14_service_ends_a_shard_with_its_children(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f, false);
    create(&f, "s", 1);
    put(&f, "1", "one");
    put(&f, "1", "two");
    assert_true(split(&f, SHARD(0), "100"));
    assert_true(get(&f, iterator(&f, SHARD(0), "TRIM_HORIZON", NULL, -1), 1));
    assert_non_null(f.out.records.next_shard_iterator.p); /* one is left */
    assert_true(get(&f, f.out.records.next_shard_iterator, 1));
    assert_int_equal(f.out.records.records_count, 1);
    assert_null(f.out.records.next_shard_iterator.p);
    assert_int_equal(f.out.records.child_shards_count, 2);
    assert_true(kds_slice_is(f.out.records.child_shards[1].parent_shards[0], SHARD(0)));
    assert_true(merge(&f, SHARD(1), SHARD(2)));
    assert_true(get(&f, iterator(&f, SHARD(1), "LATEST", NULL, -1), 0));
    assert_null(f.out.records.next_shard_iterator.p);
    assert_int_equal(f.out.records.child_shards_count, 1);
    assert_int_equal(f.out.records.child_shards[0].parent_shards_count, 2);
    end(&f);
}

/* ---- as bytes -------------------------------------------------------------------------------- */

static void ask(struct fixture *f,
                const char *method,
                const char *path,
                const char *target,
                const char *type,
                const char *body,
                struct local_answer *answer)
{
    struct kds_arena arena;
    const struct local_request request = {.method = kds_slice(method),
                                          .path = kds_slice(path),
                                          .target = kds_slice(target),
                                          .content_type = kds_slice(type),
                                          .body = kds_slice(body)};
    memset(answer, 0, sizeof *answer);
    kds_buf_init(&answer->body, 1 << 20);
    kds_arena_init(&arena, LOCAL_REQUEST_MEMORY_MAX);
    local_api_answer(f->service, f->now_us, &request, &arena, answer);
    kds_arena_clear(&arena);
}

static void expect_answer(struct fixture *f,
                          const char *target,
                          const char *type,
                          const char *body,
                          int status,
                          const char *part)
{
    struct local_answer answer;
    ask(f, "POST", "/", target, type, body, &answer);
    assert_int_equal(answer.status, status);
    if (strstr(kds_buf_text(&answer.body), part) == NULL) {
        fail_msg("%s: no \"%s\"", kds_buf_text(&answer.body), part);
    }
    kds_buf_clear(&answer.body);
}

static void api_answers_in_kind(void **state)
{
    struct fixture f;
    struct local_answer answer;
    (void)state;
    begin(&f, false);
    const char *json = "application/x-amz-json-1.1", *cbor = "application/x-amz-cbor-1.1";
    expect_answer(&f, "Kinesis_20131202.CreateStream", json,
                  "{\"StreamName\":\"s\",\"ShardCount\":1}", 200, "");
    expect_answer(&f, "Kinesis_20131202.ListStreams", json, "{}", 200,
                  "{\"StreamNames\":[\"s\"],\"HasMoreStreams\":false");
    expect_answer(&f, "Kinesis_20131202.ListStreams", json, "", 200, "\"s\"");
    expect_answer(&f, "Kinesis_20131202.ListStreams", cbor, "\xa0", 200, "kStreamNames");
    expect_answer(&f, "Kinesis_20131202.ListStreams", cbor, "{}", 400,
                  "SerializationException");
    expect_answer(&f, "Kinesis_20131202.ListStreams", json, "{\"Limit\":\"x\"}", 400,
                  "\"__type\":\"SerializationException\"");
    expect_answer(&f, "Kinesis_20131202.ListStreams", json, "{\"Limit\":0}", 400,
                  "ListStreams.Limit: 0, must be 1..10000");
    expect_answer(&f, "Kinesis_20131202.Nothing", json, "{}", 400,
                  "UnknownOperationException");
    expect_answer(&f, NULL, json, "{}", 400, "UnknownOperationException");
    expect_answer(&f, "Kinesis_20131202.ListStreams", "text/plain", "{}", 404,
                  "<UnknownOperationException/>");
    expect_answer(&f, "Kinesis_20131202.DescribeStreamSummary", json, "{}", 400,
                  "Either StreamName or StreamARN must be given");
    expect_answer(&f, "Kinesis_20131202.DescribeStreamSummary", json,
                  "{\"StreamARN\":\"arn:aws:kinesis:us-east-1:000000000000:stream/s\"}",
                  200, "\"OpenShardCount\":1");
    ask(&f, "GET", "/healthcheck", NULL, NULL, "", &answer);
    assert_int_equal(answer.status, 200);
    kds_buf_clear(&answer.body);
    ask(&f, "PUT", "/", NULL, json, "", &answer);
    assert_int_equal(answer.status, 403);
    kds_buf_clear(&answer.body);
    end(&f);
}

/* ---- short memory ---------------------------------------------------------------------------- */

static void scenario(void)
{
    struct fixture f;
    const struct local_service_options options = {.seed = 1};
    memset(&f, 0, sizeof f);
    f.now_us = INT64_C(1790000000) * KDS_US_PER_S;
    f.service = local_service_new(&options);
    if (f.service == NULL) {
        return;
    }
    kds_arena_init(&f.arena, (size_t)1 << 20);
    const kds_create_stream_in_t in = {.struct_size = sizeof in,
                                       .stream_name = kds_slice("s"),
                                       .has_shard_count = true,
                                       .shard_count = 2};
    if (call(&f, KDS_OP_CREATE_STREAM, &in)) {
        for (int i = 0; i < 100; i++) {
            put(&f, "1", "data");
        }
        split(&f, SHARD(0), "100");
        put(&f, "1", "data");
        merge(&f, SHARD(1), SHARD(2));
        /* Whatever failed: the open shards cover every hash key. */
        const struct local_stream *s = local_service_stream(f.service, "s");
        const kds_u128_t one = {0, 1};
        kds_u128_t at = {0, 0};
        for (size_t i = 0; i < s->open_count; i++) {
            const struct local_shard *shard = s->open[i].shard;
            assert_int_equal(kds_u128_cmp(shard->first, at), 0);
            at = kds_u128_add(shard->last, one);
        }
        assert_int_equal(kds_u128_cmp(at, (kds_u128_t){0, 0}), 0);
    }
    end(&f);
}

static void service_stays_whole_when_memory_is_short(void **state)
{
    struct fail_alloc f = {.failed = true};
    size_t runs = 0;
    (void)state;
    for (; f.failed; runs++) {
        f = (struct fail_alloc){.left = runs};
        const struct kds_allocator allocator = {fail_alloc_alloc, fail_alloc_resize,
                                                fail_alloc_release, &f};
        kds_allocator_set(&allocator);
        scenario();
        kds_allocator_set(NULL);
        assert_int_equal(f.live, 0);
    }
    assert_true(runs > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_lays_shards_out_without_gap),
        cmocka_unit_test(service_lists_by_every_filter_and_page),
        cmocka_unit_test(service_refuses_bad_tokens),
        cmocka_unit_test(service_refuses_impossible_reshards),
        cmocka_unit_test(service_places_records_at_the_borders_of_shards),
        cmocka_unit_test(service_numbers_rise_within_shards_and_lineages),
        cmocka_unit_test(fault_S24_service_throttles_by_record),
        cmocka_unit_test(service_refuses_bad_puts_whole),
        cmocka_unit_test(service_reads_from_every_kind_of_iterator),
        cmocka_unit_test(fault_S11_service_expires_and_checks_iterators),
        cmocka_unit_test(fault_S14_service_ends_a_shard_with_its_children),
        cmocka_unit_test(api_answers_in_kind),
        cmocka_unit_test(service_stays_whole_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
