/*
 * test_shape: values to bytes and back, in both formats; jansson and libcbor as second opinions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/slice.h"
#include "codec/service_error.h"
#include "codec/shape.h"
#include "kds/kinesis.h"
#include "model/operations.h"
#include "support/fail_alloc.h"

#include <cbor.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define ROOM ((size_t)64 * 1024 * 1024)

static const struct kds_shape *input(enum kds_operation_id id)
{
    return kds_operation_at(id)->input;
}

static const struct kds_shape *output(enum kds_operation_id id)
{
    return kds_operation_at(id)->output;
}

/* A GetRecords answer with every kind of member. */
static const kds_slice_t parents[] = {KDS_SLICE_LIT("shardId-000000000001")};
static const kds_child_shard_t children[] = {
    {.shard_id = KDS_SLICE_LIT("shardId-000000000002"),
     .parent_shards = parents,
     .parent_shards_count = 1,
     .hash_key_range = {KDS_SLICE_LIT("0"), KDS_SLICE_LIT("5")}}};
static const kds_record_t records[] = {
    {.sequence_number =
         KDS_SLICE_LIT("49590338271490256608559692538361571095921575989136588898"),
     .has_approximate_arrival_timestamp_ms = true,
     .approximate_arrival_timestamp_ms = 1441215410867,
     .data = KDS_SLICE_LIT("\x00\xff binary"),
     .partition_key = KDS_SLICE_LIT("k\"\\\n\x01\xc3\xa9\xf0\x9f\x8c\x8a")},
    {.sequence_number = KDS_SLICE_LIT("2"), .data = KDS_SLICE_LIT("")}};
static const kds_get_records_out_t answer = {.records = records,
                                             .records_count = 2,
                                             .next_shard_iterator = KDS_SLICE_LIT("AAA"),
                                             .has_millis_behind_latest = true,
                                             .child_shards = children,
                                             .child_shards_count = 1};

static void encode(enum kds_format format,
                   const struct kds_shape *shape,
                   const void *value,
                   struct kds_buf *out)
{
    kds_buf_init(out, ROOM);
    assert_int_equal(kds_shape_encode(format, shape, value, out), KDS_OK);
}

static void expect_answer(const kds_get_records_out_t *a)
{
    assert_int_equal(a->records_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(
            kds_slice_eq(a->records[i].sequence_number, records[i].sequence_number));
        assert_true(kds_slice_eq(a->records[i].data, records[i].data));
        assert_true(kds_slice_eq(a->records[i].partition_key, records[i].partition_key));
    }
    assert_int_equal(a->records[0].approximate_arrival_timestamp_ms, 1441215410867);
    assert_false(a->records[1].has_approximate_arrival_timestamp_ms);
    assert_null(a->records[1].partition_key.p);
    assert_non_null(a->records[1].data.p); /* empty is not absent */
    assert_int_equal(a->records[0].partition_key.p[a->records[0].partition_key.n], 0);
    assert_true(a->has_millis_behind_latest);
    assert_int_equal(a->child_shards_count, 1);
    assert_true(
        kds_slice_is(a->child_shards[0].parent_shards[0], "shardId-000000000001"));
    assert_true(kds_slice_is(a->child_shards[0].hash_key_range.ending_hash_key, "5"));
}

static void shape_gives_back_what_it_took_in_both_formats(void **state)
{
    (void)state;
    for (int format = 0; format < 2; format++) {
        struct kds_buf bytes;
        struct kds_arena arena;
        kds_get_records_out_t back;
        encode((enum kds_format)format, output(KDS_OP_GET_RECORDS), &answer, &bytes);
        kds_arena_init(&arena, ROOM);
        assert_int_equal(kds_shape_decode((enum kds_format)format,
                                          output(KDS_OP_GET_RECORDS),
                                          kds_buf_slice(&bytes), &back, &arena, NULL),
                         KDS_OK);
        expect_answer(&back);
        /* Cut anywhere, it is refused and nothing is read beyond the cut. */
        for (size_t n = 1; n < bytes.n; n++) {
            uint8_t *cut = malloc(n);
            memcpy(cut, bytes.p, n);
            assert_int_equal(kds_shape_decode((enum kds_format)format,
                                              output(KDS_OP_GET_RECORDS),
                                              kds_slice_of(cut, n), &back, &arena, NULL),
                             KDS_ERR_PROTOCOL);
            free(cut);
        }
        kds_arena_clear(&arena);
        kds_buf_clear(&bytes);
    }
}

static void shape_writes_json_that_jansson_reads(void **state)
{
    struct kds_buf bytes;
    (void)state;
    encode(KDS_FORMAT_JSON, output(KDS_OP_GET_RECORDS), &answer, &bytes);
    json_t *root =
        json_loadb((const char *)bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    json_t *first = json_array_get(json_object_get(root, "Records"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "PartitionKey")),
                        (const char *)records[0].partition_key.p);
    assert_string_equal(json_string_value(json_object_get(first, "Data")),
                        "AP8gYmluYXJ5");
    assert_true(json_real_value(json_object_get(first, "ApproximateArrivalTimestamp")) ==
                (double)1441215410.867);
    assert_int_equal(json_integer_value(json_object_get(root, "MillisBehindLatest")), 0);
    json_decref(root);
    kds_buf_clear(&bytes);
}

static void shape_writes_cbor_that_libcbor_reads(void **state)
{
    struct kds_buf bytes;
    struct cbor_load_result result;
    (void)state;
    encode(KDS_FORMAT_CBOR, output(KDS_OP_GET_RECORDS), &answer, &bytes);
    cbor_item_t *root = cbor_load(bytes.p, bytes.n, &result);
    assert_non_null(root);
    assert_int_equal(result.error.code, CBOR_ERR_NONE);
    assert_int_equal(result.read, bytes.n);
    assert_true(cbor_isa_map(root));
    assert_int_equal(cbor_map_size(root), 4);
    cbor_item_t *first = cbor_array_handle(cbor_map_handle(root)[0].value)[0];
    bool seen_data = false, seen_time = false;
    for (size_t i = 0; i < cbor_map_size(first); i++) {
        struct cbor_pair pair = cbor_map_handle(first)[i];
        kds_slice_t name =
            kds_slice_of(cbor_string_handle(pair.key), cbor_string_length(pair.key));
        if (kds_slice_is(name, "Data")) {
            seen_data = true;
            assert_true(cbor_isa_bytestring(pair.value)); /* not base64 */
            assert_int_equal(cbor_bytestring_length(pair.value), records[0].data.n);
        } else if (kds_slice_is(name, "ApproximateArrivalTimestamp")) {
            seen_time = true;
            assert_int_equal(cbor_tag_value(pair.value), 1);
            cbor_item_t *ms = cbor_tag_item(pair.value);
            assert_true(cbor_get_int(ms) == 1441215410867);
            cbor_decref(&ms);
        }
    }
    assert_true(seen_data && seen_time);
    cbor_decref(&root);
    kds_buf_clear(&bytes);
}

/* As the service writes it: indefinite lengths, strings in chunks, unknown members, null. */
static void shape_reads_indefinite_cbor(void **state)
{
    static const uint8_t bytes[] = {0xbf, 0x67, 'R',  'e',  'c',  'o',  'r',  'd',
                                    's',  0x9f, 0xbf, /* {"Records":[{ */
                                    0x64, 'D',  'a',  't',  'a',  0x5f, 0x41, 'h',
                                    0x41, 'i',  0xff, /* "Data": "h" "i" */
                                    0x61, 'x',  0x82, 0x01, 0xbf, 0xff, /* "x": [1, {}] */
                                    0x6c, 'P',  'a',  'r',  't',  'i',  't',  'i',
                                    'o',  'n',  'K',  'e',  'y',  0xf6, /* null */
                                    0x6e, 'S',  'e',  'q',  'u',  'e',  'n',  'c',
                                    'e',  'N',  'u',  'm',  'b',  'e',  'r',  0x7f,
                                    0x61, '1',  0x61, '2',  0xff, /* "1" "2" */
                                    0xff, 0xff, 0xff};
    struct kds_arena arena;
    kds_get_records_out_t out;
    (void)state;
    kds_arena_init(&arena, ROOM);
    assert_int_equal(13, 0x6c - 0x60 + 1);
    uint8_t copy[sizeof bytes];
    memcpy(copy, bytes, sizeof bytes);
    assert_int_equal(kds_shape_decode(KDS_FORMAT_CBOR, output(KDS_OP_GET_RECORDS),
                                      kds_slice_of(copy, sizeof copy), &out, &arena,
                                      NULL),
                     KDS_OK);
    assert_int_equal(out.records_count, 1);
    assert_true(kds_slice_is(out.records[0].data, "hi"));
    assert_true(kds_slice_is(out.records[0].sequence_number, "12"));
    assert_null(out.records[0].partition_key.p);
    kds_arena_clear(&arena);
}

/* ---- what JSON is accepted ------------------------------------------------------------------- */

static kds_err_t
read_json(const char *text, kds_get_records_out_t *out, struct kds_arena *arena)
{
    /* Exactly as long as the text: a read past the end is seen by the sanitizer. */
    size_t n = strlen(text);
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, text, n);
    kds_err_t rc = kds_shape_decode(KDS_FORMAT_JSON, output(KDS_OP_GET_RECORDS),
                                    kds_slice_of(copy, n), out, arena, NULL);
    free(copy);
    return rc;
}

static void shape_accepts_what_means_the_same(void **state)
{
    static const char *const good[] = {
        "",
        "{}",
        " { } ",
        "{\"Records\":null}",
        "{\"Records\":[]}",
        "{\"x\":{\"y\":[[],{},1e400,-0]}}",
        "{\"MillisBehindLatest\":9223372036854775807}",
        "{\"MillisBehindLatest\":-0}",
        "{\"\\u0052ecords\":[{\"Data\":\"aGk=\"}]}",
        "{\"NextShardIterator\":\"\\/\\ud83c\\udf0a\\u0000\"}"};
    struct kds_arena arena;
    kds_get_records_out_t out;
    (void)state;
    kds_arena_init(&arena, ROOM);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (read_json(good[i], &out, &arena) != KDS_OK) {
            fail_msg("refused: %s", good[i]);
        }
    }
    assert_int_equal(out.next_shard_iterator.n, 6); /* the NUL is part of it */
    kds_arena_clear(&arena);
}

static void fault_J_shape_refuses_what_is_malformed(void **state)
{
    static const char *const bad[] = {"null",
                                      "[]",
                                      "1",
                                      "\"x\"",
                                      "{",
                                      "}",
                                      "{}}",
                                      "{} x",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{\"a\":01}",
                                      "{\"a\":1.}",
                                      "{\"a\":.5}",
                                      "{\"a\":+1}",
                                      "{\"a\":1e}",
                                      "{\"a\":tru}",
                                      "{\"a\":\"\t\"}",
                                      "{\"a\":\"\\x\"}",
                                      "{\"a\":\"\\u12\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":\"\\udc00\\ud800\"}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\xc0\xaf\"}",
                                      "{\"a\":\"\xed\xa0\x80\"}",
                                      "{'a':1}",
                                      "{\"a\":NaN}",
                                      "{\"a\":[1,]}",
                                      "{\"a\":[1 2]}",
                                      "{\"Records\":{}}",
                                      "{\"Records\":[1]}",
                                      "{\"Records\":[{\"Data\":1}]}",
                                      "{\"Records\":[],\"Records\":[]}",
                                      "{\"MillisBehindLatest\":9223372036854775808}",
                                      "{\"MillisBehindLatest\":1.5}",
                                      "{\"MillisBehindLatest\":1e3}",
                                      "{\"MillisBehindLatest\":\"1\"}",
                                      "{\"MillisBehindLatest\":true}",
                                      "{\"NextShardIterator\":1}",
                                      "\xef\xbb\xbf{}"};
    struct kds_arena arena;
    kds_get_records_out_t out;
    (void)state;
    kds_arena_init(&arena, ROOM);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (read_json(bad[i], &out, &arena) != KDS_ERR_PROTOCOL) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
    kds_arena_clear(&arena);
}

static void fault_J01_shape_bounds_the_depth(void **state)
{
    char text[200];
    struct kds_arena arena;
    kds_get_records_out_t out;
    (void)state;
    kds_arena_init(&arena, ROOM);
    for (size_t depth = 30; depth < 34; depth++) {
        /* The object around it is one level. */
        size_t n = (size_t)snprintf(text, sizeof text, "{\"a\":");
        memset(text + n, '[', depth);
        memset(text + n + depth, ']', depth);
        text[n + 2 * depth] = '}';
        text[n + 2 * depth + 1] = 0;
        assert_int_equal(read_json(text, &out, &arena),
                         depth + 1 <= KDS_DEPTH_MAX ? KDS_OK : KDS_ERR_PROTOCOL);
    }
    uint8_t *tags = malloc(100000);
    memset(tags, 0xc1, 100000); /* CBOR: a tag of a tag of a tag ... */
    assert_int_equal(kds_shape_decode(KDS_FORMAT_CBOR, output(KDS_OP_GET_RECORDS),
                                      kds_slice_of(tags, 100000), &out, &arena, NULL),
                     KDS_ERR_PROTOCOL);
    free(tags);
    kds_arena_clear(&arena);
}

static void fault_J02_shape_reads_time_stamps_exactly(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"1441215410", 1441215410000},
                 {"1441215410.867", 1441215410867},
                 {"1.441215410867E9", 1441215410867},
                 {"1441215410867e-3", 1441215410867},
                 {"1459799926.48", 1459799926480},
                 {"0.0005", 1},
                 {"0.0004999", 0},
                 {"1441215410.8675", 1441215410868},
                 {"-1.5", -1500},
                 {"0e99999999", 0},
                 {"1e-99999999", 0}};
    char text[200];
    struct kds_arena arena;
    kds_get_records_out_t out;
    (void)state;
    kds_arena_init(&arena, ROOM);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text,
                 "{\"Records\":[{\"ApproximateArrivalTimestamp\":%s}]}", cases[i].text);
        assert_int_equal(read_json(text, &out, &arena), KDS_OK);
        assert_int_equal(out.records[0].approximate_arrival_timestamp_ms, cases[i].ms);
    }
    static const char *const beyond[] = {"1e30", "9223372036854775808", "1e400"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text,
                 "{\"Records\":[{\"ApproximateArrivalTimestamp\":%s}]}", beyond[i]);
        assert_int_equal(read_json(text, &out, &arena), KDS_ERR_PROTOCOL);
    }
    kds_arena_clear(&arena);
}

/* Random texts over an alphabet that makes JSON likely: accepted if and only if jansson accepts. */
static void shape_agrees_with_jansson_on_random_text(void **state)
{
    static const char *const pieces[] = {"{",       "}",           "[",     "]",     ",",
                                         ":",       "\"a\"",       "\"b\"", "1",     "-2",
                                         "3.5",     "1e2",         "true",  "null",  " ",
                                         "\"\\n\"", "\"\\u00e9\"", "false", "\"c\"", "0"};
    struct kds_rng rng;
    struct kds_arena arena;
    size_t accepted = 0;
    (void)state;
    kds_rng_seed(&rng, 5);
    kds_arena_init(&arena, ROOM);
    for (int round = 0; round < 200000; round++) {
        char text[256] = "{";
        size_t count = (size_t)kds_rng_below(&rng, 9);
        for (size_t i = 0; i < count; i++) {
            strcat(text, pieces[kds_rng_below(&rng, sizeof pieces / sizeof pieces[0])]);
        }
        strcat(text, "}");
        kds_get_records_out_t out;
        json_t *root = json_loads(text, JSON_DECODE_ANY, NULL);
        bool theirs = json_is_object(root);
        bool ours = read_json(text, &out, &arena) == KDS_OK;
        accepted += ours;
        if (ours != theirs) {
            fail_msg("%s: ours %d, jansson %d", text, ours, theirs);
        }
        json_decref(root);
        kds_arena_reset(&arena);
    }
    assert_true(accepted > 1000);
    kds_arena_clear(&arena);
}

/* ---- what is refused before it is sent ------------------------------------------------------- */

static void expect_invalid(enum kds_operation_id id,
                           const void *value,
                           kds_err_t code,
                           const char *message)
{
    kds_error_t *error = NULL;
    assert_int_equal(kds_shape_validate(input(id), value, &error), code);
    assert_string_equal(kds_error_message(error), message);
    kds_error_free(error);
}

static void shape_names_member_value_and_limit(void **state)
{
    static kds_put_records_request_entry_t entries[501];
    char name[130];
    (void)state;
    kds_put_records_in_t put = {.struct_size = sizeof put,
                                .stream_name = kds_slice("s"),
                                .records = entries,
                                .records_count = 501};
    expect_invalid(KDS_OP_PUT_RECORDS, &put, KDS_ERR_TOO_LARGE,
                   "PutRecords.Records: 501 entries, must be 1..500");
    put.records_count = 0;
    expect_invalid(KDS_OP_PUT_RECORDS, &put, KDS_ERR_INVALID_ARG,
                   "PutRecords.Records: 0 entries, must be 1..500");
    put.records_count = 2;
    entries[0].data = kds_slice("");
    expect_invalid(KDS_OP_PUT_RECORDS, &put, KDS_ERR_INVALID_ARG,
                   "PutRecords.Records[1].Data: is required");
    entries[1].data = kds_slice("");
    entries[1].partition_key = kds_slice("");
    expect_invalid(KDS_OP_PUT_RECORDS, &put, KDS_ERR_INVALID_ARG,
                   "PutRecords.Records[1].PartitionKey: 0 characters, must be 1..256");
    entries[1].partition_key = kds_slice("k");
    entries[1].explicit_hash_key = kds_slice("340282366920938463463374607431768211456");
    expect_invalid(
        KDS_OP_PUT_RECORDS, &put, KDS_ERR_INVALID_ARG,
        "PutRecords.Records[1].ExplicitHashKey: "
        "\"340282366920938463463374607431768211456\" must be a decimal number of "
        "0..2^128-1 without leading zeros");
    entries[1].explicit_hash_key.p = NULL;
    put.stream_name = kds_slice("a b");
    expect_invalid(
        KDS_OP_PUT_RECORDS, &put, KDS_ERR_INVALID_ARG,
        "PutRecords.StreamName: \"a b\" must be made of letters, digits, '_', '.' and "
        "'-'");
    memset(name, 'n', 129);
    name[129] = 0;
    put.stream_name = kds_slice(name);
    expect_invalid(KDS_OP_PUT_RECORDS, &put, KDS_ERR_TOO_LARGE,
                   "PutRecords.StreamName: 129 characters, must be 1..128");
    put.stream_name = kds_slice("s");
    put.struct_size = 8;
    assert_int_equal(kds_shape_validate(input(KDS_OP_PUT_RECORDS), &put, NULL),
                     KDS_ERR_INVALID_ARG);
    kds_get_records_in_t get = {.struct_size = sizeof get,
                                .shard_iterator = kds_slice("i"),
                                .has_limit = true,
                                .limit = 10001};
    expect_invalid(KDS_OP_GET_RECORDS, &get, KDS_ERR_INVALID_ARG,
                   "GetRecords.Limit: 10001, must be 1..10000");
}

/* ---- error bodies ---------------------------------------------------------------------------- */

static void fault_S22_service_error_reads_every_form(void **state)
{
    static const struct {
        const char *type, *header, *body, *code, *message;
    } cases[] = {
        {"application/x-amz-json-1.1", NULL,
         "{\"__type\":\"FooError\",\"message\":\"m\"}", "FooError", "m"},
        {"application/json; charset=utf-8", NULL, "{\"__type\":\"FooError:http://x/y/\"}",
         "FooError", NULL},
        {NULL, NULL, "{\"__type\":\"aws.protocoltests.json#FooError\",\"Message\":\"M\"}",
         "FooError", "M"},
        {NULL, "aws.x#FooError:http://x/y/",
         "{\"__type\":\"Other\",\"errorMessage\":\"e\"}", "FooError", "e"},
        {NULL, NULL, "{\"code\":\"FooError\"}", "FooError", NULL},
        {"application/x-amz-cbor-1.1", NULL,
         "\xa2\x66__type\x68"
         "FooError\x67message\x61m",
         "FooError", "m"},
        {"text/html", NULL, "<html>", NULL, NULL},
        {"application/x-amz-json-1.1", NULL, "<html>", NULL, NULL},
        {NULL, NULL, "", NULL, NULL},
        {"application/x-amz-json-1.1", NULL, "{\"__type\":5}", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kds_arena arena;
        kds_arena_init(&arena, 65536);
        struct kds_service_error e =
            kds_service_error_read(kds_slice(cases[i].type), kds_slice(cases[i].header),
                                   kds_slice(cases[i].body), &arena);
        assert_true(cases[i].code ? kds_slice_is(e.code, cases[i].code)
                                  : e.code.p == NULL);
        assert_true(cases[i].message ? kds_slice_is(e.message, cases[i].message)
                                     : e.message.p == NULL);
        kds_arena_clear(&arena);
    }
}

/* ---- short memory ---------------------------------------------------------------------------- */

static int scenario(void *opaque)
{
    struct kds_buf bytes;
    struct kds_arena arena;
    kds_get_records_out_t back;
    enum kds_format format = *(enum kds_format *)opaque;
    kds_buf_init(&bytes, ROOM);
    kds_arena_init(&arena, ROOM);
    kds_err_t rc = kds_shape_encode(format, output(KDS_OP_GET_RECORDS), &answer, &bytes);
    if (rc == KDS_OK) {
        rc = kds_shape_decode(format, output(KDS_OP_GET_RECORDS), kds_buf_slice(&bytes),
                              &back, &arena, NULL);
    }
    assert_true(rc == KDS_OK || rc == KDS_ERR_NO_MEMORY);
    kds_arena_clear(&arena);
    kds_buf_clear(&bytes);
    return rc != KDS_OK;
}

static void shape_reports_short_memory_and_leaks_nothing(void **state)
{
    (void)state;
    for (int format = 0; format < 2; format++) {
        enum kds_format f = (enum kds_format)format;
        assert_true(fail_alloc_run(scenario, &f) > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_gives_back_what_it_took_in_both_formats),
        cmocka_unit_test(shape_writes_json_that_jansson_reads),
        cmocka_unit_test(shape_writes_cbor_that_libcbor_reads),
        cmocka_unit_test(shape_reads_indefinite_cbor),
        cmocka_unit_test(shape_accepts_what_means_the_same),
        cmocka_unit_test(fault_J_shape_refuses_what_is_malformed),
        cmocka_unit_test(fault_J01_shape_bounds_the_depth),
        cmocka_unit_test(fault_J02_shape_reads_time_stamps_exactly),
        cmocka_unit_test(shape_agrees_with_jansson_on_random_text),
        cmocka_unit_test(shape_names_member_value_and_limit),
        cmocka_unit_test(fault_S22_service_error_reads_every_form),
        cmocka_unit_test(shape_reports_short_memory_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
