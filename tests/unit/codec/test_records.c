/*
 * test_records: the records of an answer or an event, as the service writes them and as it might.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/slice.h"
#include "codec/subscribe_event.h"
#include "kds/record.h"
#include "kernel/base64.h"
#include "kernel/cpu.h"
#include "model/operations.h"
#include "support/fail_alloc.h"
#include "support/records_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)64 * 1024 * 1024)

static const struct kds_shape *event_shape(void)
{
    return kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output;
}

/* From a buffer that is exactly as long, and gone before anybody looks at the event. */
static kds_err_t read_event(const char *json,
                            kds_subscribe_to_shard_event_t *event,
                            struct kds_arena *arena)
{
    size_t n = strlen(json);
    uint8_t *payload = malloc(n ? n : 1);
    assert_non_null(payload);
    memcpy(payload, json, n);
    kds_arena_init(arena, ROOM);
    kds_err_t rc = kds_subscribe_event_decode(event_shape(), kds_slice_of(payload, n),
                                              event, arena, NULL);
    free(payload);
    return rc;
}

static void event_is_read_in_any_order_of_its_members(void **state)
{
    static const char json[] =
        "{\"MillisBehindLatest\":5, "
        "\"Records\":[{\"Data\":\"aGk=\",\"PartitionKey\":\"a\\u0000b\","
        "\"SequenceNumber\":\"17\",\"ApproximateArrivalTimestamp\":1.5,\"New\":[{}]},"
        "{\"SequenceNumber\":\"18\",\"Data\":\"\",\"EncryptionType\":null}],"
        "\"ContinuationSequenceNumber\":\"18\",\"Unknown\":{\"a\":[1,2]}}";
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    (void)state;
    assert_int_equal(read_event(json, &event, &arena), KDS_OK);
    assert_int_equal(event.records_count, 2);
    assert_int_equal(event.millis_behind_latest, 5);
    assert_true(kds_slice_is(event.continuation_sequence_number, "18"));
    const kds_record_t *r = event.records;
    assert_true(kds_slice_is(r[0].data, "hi"));
    assert_int_equal(r[0].partition_key.n, 3);
    assert_memory_equal(r[0].partition_key.p, "a\0b", 4);
    assert_int_equal(r[0].approximate_arrival_timestamp_ms, 1500);
    assert_null(r[0].encryption_type.p);
    assert_true(kds_slice_is(r[1].sequence_number, "18"));
    assert_non_null(r[1].data.p);
    assert_int_equal(r[1].data.n, 0);
    assert_false(r[1].has_approximate_arrival_timestamp_ms);
    kds_arena_clear(&arena);
}

static void event_at_a_shards_end_names_the_children(void **state)
{
    static const char json[] =
        "{\"Records\":[],\"ContinuationSequenceNumber\":null,\"MillisBehindLatest\":0,"
        "\"ChildShards\":[{\"ShardId\":\"s-1\",\"ParentShards\":[\"s-0\"],"
        "\"HashKeyRange\":{\"StartingHashKey\":\"0\",\"EndingHashKey\":\"7\"}}]}";
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    (void)state;
    assert_int_equal(read_event(json, &event, &arena), KDS_OK);
    assert_null(event.continuation_sequence_number.p);
    assert_non_null(event.records);
    assert_int_equal(event.records_count, 0);
    assert_int_equal(event.child_shards_count, 1);
    assert_true(kds_slice_is(event.child_shards[0].parent_shards[0], "s-0"));
    assert_true(kds_slice_is(event.child_shards[0].hash_key_range.ending_hash_key, "7"));
    kds_arena_clear(&arena);
}

/* ---- against the oracle ------------------------------------------------------------------- */

static const struct kds_shape *get_records_shape(void)
{
    return kds_operation_at(KDS_OP_GET_RECORDS)->output;
}

/* JSON that means records, in one of many ways of writing them down. */
struct scribe {
    struct kds_rng rng;
    struct kds_buf out;
    bool tidy; /* as the service writes: one order, no blanks, no escapes */
};

static uint64_t below(struct scribe *s, uint64_t n)
{
    return kds_rng_below(&s->rng, n);
}

static void blank(struct scribe *s)
{
    static const char *const blanks[] = {"", "", "", " ", "\n", "\t \r\n"};
    kds_buf_add_text(&s->out, s->tidy ? "" : blanks[below(s, 6)]);
}

static void text_value(struct scribe *s)
{
    static const char *const odd[] = {"\\u0000",  "\\\"",           "\\/",          "\\n",
                                      "\xc3\xa9", "\\ud83d\\ude00", "\xe2\x80\xa8", " "};
    kds_buf_add_byte(&s->out, '"');
    for (uint64_t n = below(s, 70); n > 0; n--) {
        if (!s->tidy && below(s, 40) == 0) {
            kds_buf_add_text(&s->out, odd[below(s, 8)]);
        } else {
            kds_buf_add_byte(&s->out, (uint8_t)('0' + below(s, 42)));
        }
    }
    kds_buf_add_byte(&s->out, '"');
}

static void data_value(struct scribe *s)
{
    uint8_t bytes[200];
    char text[300];
    size_t n = (size_t)below(s, sizeof bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)kds_rng_next(&s->rng);
    }
    kds_base64_encode(bytes, n, text);
    kds_buf_add_byte(&s->out, '"');
    for (size_t i = 0; i < kds_base64_encoded_size(n); i++) {
        const bool escape = !s->tidy && text[i] == '/' && below(s, 2) == 0;
        kds_buf_add_text(&s->out, escape ? "\\" : "");
        kds_buf_add_byte(&s->out, (uint8_t)text[i]);
    }
    kds_buf_add_byte(&s->out, '"');
}

static void time_value(struct scribe *s)
{
    static const char *const odd[] = {"0",
                                      "-1.5",
                                      "1441215410.8675",
                                      "14412154108.67E-1",
                                      "1e3",
                                      "0.0004",
                                      "253402300799.999",
                                      "1.5E+9",
                                      "0.001",
                                      "9007199254740993"};
    uint64_t ms = UINT64_C(1441215410867) + below(s, 1000000000);
    if (!s->tidy && below(s, 3) == 0) {
        kds_buf_add_text(&s->out, odd[below(s, 10)]);
    } else if (below(s, 2) == 0) {
        kds_buf_printf(&s->out, "%llu.%03llu", (unsigned long long)(ms / 1000),
                       (unsigned long long)(ms % 1000));
    } else {
        kds_buf_printf(&s->out, "%llu.%012lluE9",
                       (unsigned long long)(ms / 1000000000000),
                       (unsigned long long)(ms % 1000000000000));
    }
}

static void member(struct scribe *s, unsigned which)
{
    static const char *const names[] = {"SequenceNumber", "ApproximateArrivalTimestamp",
                                        "Data",           "PartitionKey",
                                        "EncryptionType", "NewMember"};
    kds_buf_printf(&s->out, "\"%s\"", names[which]);
    blank(s);
    kds_buf_add_byte(&s->out, ':');
    blank(s);
    if (!s->tidy && below(s, 12) == 0) {
        kds_buf_add_text(&s->out, "null");
    } else if (which == 5) {
        kds_buf_add_text(&s->out, below(s, 2) ? "[{\"a\":[]},1.5e3,true]" : "\"x\\\\\"");
    } else if (which == 4) {
        kds_buf_add_text(&s->out, below(s, 2) ? "\"NONE\"" : "\"KMS\"");
    } else if (which == 2) {
        data_value(s);
    } else if (which == 1) {
        time_value(s);
    } else {
        text_value(s);
    }
    blank(s);
}

static void record(struct scribe *s)
{
    unsigned order[] = {0, 1, 2, 3, 4, 5};
    bool comma = false;
    if (!s->tidy) {
        for (size_t i = 5; i > 0; i--) {
            size_t k = (size_t)below(s, i + 1);
            unsigned t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
    }
    kds_buf_add_byte(&s->out, '{');
    blank(s);
    for (size_t i = 0; i < 6; i++) {
        if (s->tidy ? order[i] == 5 : below(s, 5) == 0) {
            continue;
        }
        kds_buf_add_text(&s->out, comma ? "," : "");
        blank(s);
        member(s, order[i]);
        comma = true;
    }
    kds_buf_add_byte(&s->out, '}');
}

static void answer(struct scribe *s, uint64_t seed)
{
    kds_rng_seed(&s->rng, seed);
    kds_buf_init(&s->out, ROOM);
    s->tidy = below(s, 3) == 0;
    kds_buf_add_text(&s->out, "{\"Records\":");
    blank(s);
    kds_buf_add_byte(&s->out, '[');
    for (uint64_t n = below(s, 20), i = 0; i < n; i++) {
        kds_buf_add_text(&s->out, i > 0 ? "," : "");
        blank(s);
        record(s);
        blank(s);
    }
    kds_buf_add_text(&s->out, "],\"MillisBehindLatest\":17");
    kds_buf_add_text(&s->out,
                     below(s, 2) ? "}" : ",\"NextShardIterator\":\"AAAAAAAAAA\"}");
}

static void agree(enum kds_format format,
                  const struct kds_shape *shape,
                  kds_slice_t bytes,
                  struct records_seen *seen)
{
    const char *wrong = records_disagree(format, shape, bytes, seen);
    if (wrong != NULL) {
        fail_msg("%s: %.*s", wrong, (int)bytes.n, (const char *)bytes.p);
    }
}

/* The same in CBOR: what the walker writes when it has read the JSON. */
static void to_cbor(kds_slice_t json, struct kds_buf *out)
{
    struct plain_shape plain;
    struct kds_arena arena;
    kds_get_records_out_t value;
    plain_shape_init(&plain, get_records_shape());
    kds_arena_init(&arena, ROOM);
    kds_buf_init(out, ROOM);
    assert_int_equal(
        kds_shape_decode(KDS_FORMAT_JSON, &plain.shape, json, &value, &arena, NULL),
        KDS_OK);
    assert_int_equal(kds_shape_encode(KDS_FORMAT_CBOR, &plain.shape, &value, out),
                     KDS_OK);
    kds_arena_clear(&arena);
}

/* Some bytes of it changed, or its end cut off. */
static void damage(struct scribe *s)
{
    if (below(s, 4) == 0) {
        s->out.n = (size_t)below(s, s->out.n);
    }
    for (uint64_t n = 1 + below(s, 3); s->out.n > 0 && n > 0; n--) {
        static const char favourites[] = "\"\\{}[],:=\xff\x00 0n";
        s->out.p[below(s, s->out.n)] = below(s, 2) ? (uint8_t)favourites[below(s, 14)]
                                                   : (uint8_t)kds_rng_next(&s->rng);
    }
}

static void records_agree_with_the_walker_however_they_are_written(void **state)
{
    static const unsigned sets[] = {0, KDS_CPU_SSSE3 | KDS_CPU_AVX2, KDS_CPU_ALL};
    struct scribe s;
    struct kds_buf cbor;
    struct records_seen seen;
    size_t accepted = 0, marked = 0;
    (void)state;
    for (uint64_t seed = 0; seed < 1500; seed++) {
        kds_cpu_allow(sets[seed % 3]);
        answer(&s, seed);
        agree(KDS_FORMAT_JSON, get_records_shape(), kds_buf_slice(&s.out), &seen);
        assert_true(seen.accepted && seen.marked == 0);
        agree(KDS_FORMAT_JSON, event_shape(), kds_buf_slice(&s.out), NULL);
        to_cbor(kds_buf_slice(&s.out), &cbor);
        agree(KDS_FORMAT_CBOR, get_records_shape(), kds_buf_slice(&cbor), &seen);
        assert_true(seen.accepted && seen.marked == 0);
        damage(&s);
        agree(KDS_FORMAT_JSON, get_records_shape(), kds_buf_slice(&s.out), &seen);
        accepted += seen.accepted;
        marked += seen.marked;
        kds_buf_clear(&s.out);
        s.out = cbor;
        damage(&s);
        agree(KDS_FORMAT_CBOR, get_records_shape(), kds_buf_slice(&s.out), NULL);
        kds_buf_clear(&s.out);
    }
    kds_cpu_allow(KDS_CPU_ALL);
    assert_true(accepted > 50 && accepted < 1450 && marked > 20); /* all of it was met */
}

static void records_cut_anywhere_are_refused(void **state)
{
    struct scribe s;
    struct records_seen seen;
    (void)state;
    answer(&s, 3);
    for (size_t n = 0; n < s.out.n; n++) {
        agree(KDS_FORMAT_JSON, get_records_shape(), kds_slice_of(s.out.p, n), &seen);
        assert_true(n == 0 || !seen.accepted);
    }
    kds_buf_clear(&s.out);
}

/* ---- one bad record ----------------------------------------------------------------------- */

#define GOOD(n)                                                                          \
    "{\"ApproximateArrivalTimestamp\":1441215410.867,\"Data\":\"aGk=\","                 \
    "\"EncryptionType\":\"NONE\",\"PartitionKey\":\"k\",\"SequenceNumber\":\"" n "\"}"

/* Three records, of which @p bad is the second: its neighbours are there, and it is marked. */
static void
expect_marked(const char *bad, const char *why, kds_slice_t data, kds_slice_t key)
{
    char json[1024];
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    snprintf(json, sizeof json, "{\"Records\":[%s,%s,%s],\"MillisBehindLatest\":1}",
             GOOD("1"), bad, GOOD("3"));
    agree(KDS_FORMAT_JSON, event_shape(), kds_slice(json), NULL);
    assert_int_equal(read_event(json, &event, &arena), KDS_OK);
    assert_int_equal(event.records_count, 3);
    for (size_t i = 0; i < 3; i += 2) {
        assert_null(kds_record_fault(&event.records[i]));
        assert_true(kds_slice_is(event.records[i].data, "hi"));
        assert_true(kds_slice_is(event.records[i].sequence_number, i ? "3" : "1"));
    }
    const kds_record_t *r = &event.records[1];
    assert_string_equal(kds_record_fault(r), why);
    assert_true(kds_slice_is(r->encryption_type, "UNREADABLE"));
    assert_true(kds_slice_is(r->sequence_number, "2"));
    assert_true(kds_slice_eq(r->data, data));
    assert_true(kds_slice_eq(r->partition_key, key));
    kds_arena_clear(&arena);
}

static void fault_J06_bad_base64_marks_one_record_and_keeps_its_page(void **state)
{
    static const char *const bad[] = {"aGk",  "aGk==",  "aG k", "aGl=",   "a",
                                      "aG-_", "aGk\\n", "=",    "aGVsbG8"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char record[256];
        snprintf(record, sizeof record,
                 "{\"Data\":\"%s\",\"EncryptionType\":\"KMS\",\"PartitionKey\":\"p\","
                 "\"SequenceNumber\":\"2\"}",
                 bad[i]);
        expect_marked(record, "data is not base64", kds_slice(bad[i]), kds_slice("p"));
    }
}

static void fault_J05_bad_utf8_marks_one_record_and_keeps_its_page(void **state)
{
    static const char *const bad[] = {
        "\xff", "\xc0\xaf", "\xed\xa0\x80", "\\ud800",          "\\udc00\\ud800",
        "\\x",  "\\u12",    "a\x01z",       "\xf4\x90\x80\x80", "ok\xe2\x82"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char record[256];
        snprintf(record, sizeof record,
                 "{\"Data\":\"aGk=\",\"PartitionKey\":\"%s\",\"SequenceNumber\":\"2\"}",
                 bad[i]);
        expect_marked(record, "text is not UTF-8 or has a malformed escape",
                      kds_slice("hi"), kds_slice(bad[i]));
    }
}

static void fault_J05_bad_utf8_in_cbor_marks_one_record(void **state)
{
    static const uint8_t cbor[] = "\xa1\x67Records\x83"
                                  "\xa2\x64"
                                  "Data\x41"
                                  "a\x6cPartitionKey\x61k"
                                  "\xa2\x64"
                                  "Data\x41"
                                  "b\x6cPartitionKey\x62\xff"
                                  "k"
                                  "\xa2\x64"
                                  "Data\x41"
                                  "c\x6cPartitionKey\x61k";
    kds_get_records_out_t out;
    struct kds_arena arena;
    struct records_seen seen;
    kds_slice_t bytes = {cbor, sizeof cbor - 1};
    (void)state;
    agree(KDS_FORMAT_CBOR, get_records_shape(), bytes, &seen);
    assert_int_equal(seen.marked, 1);
    kds_arena_init(&arena, ROOM);
    assert_int_equal(
        kds_shape_decode(KDS_FORMAT_CBOR, get_records_shape(), bytes, &out, &arena, NULL),
        KDS_OK);
    assert_non_null(kds_record_fault(&out.records[1]));
    assert_true(kds_slice_is(out.records[1].partition_key, "\xffk"));
    assert_true(kds_slice_is(out.records[2].data, "c"));
    kds_arena_clear(&arena);
}

static void fault_J04_keys_of_any_characters_are_read(void **state)
{
    static const char json[] =
        "{\"Records\":[{\"Data\":\"\",\"PartitionKey\":\"\\u0000\\u001f\\u2028e\\u0301"
        "\xf0\x9f\x98\x80\\ud83d\\ude00\",\"SequenceNumber\":\"1\"}]}";
    static const char key[] = "\0\x1f\xe2\x80\xa8"
                              "e\xcc\x81\xf0\x9f\x98\x80\xf0\x9f\x98\x80";
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    (void)state;
    assert_int_equal(read_event(json, &event, &arena), KDS_OK);
    assert_int_equal(event.records[0].partition_key.n, sizeof key - 1);
    assert_memory_equal(event.records[0].partition_key.p, key, sizeof key);
    assert_null(kds_record_fault(&event.records[0]));
    kds_arena_clear(&arena);
}

static void fault_J03_J07_records_of_another_form_are_refused(void **state)
{
    static const char *const bad[] = {
        "{\"Data\":\"\",\"Data\":\"\"}",
        "{\"SequenceNumber\":\"1\",\"Data\":\"\",\"SequenceNumber\":\"1\"}",
        "{\"PartitionKey\":null,\"PartitionKey\":\"\"}",
        "{\"Data\":1}",
        "{\"Data\":[]}",
        "{\"PartitionKey\":{}}",
        "{\"ApproximateArrivalTimestamp\":\"1\"}",
        "{\"ApproximateArrivalTimestamp\":01}",
        "{\"ApproximateArrivalTimestamp\":1.}",
        "{\"ApproximateArrivalTimestamp\":1E}",
        "{\"ApproximateArrivalTimestamp\":1e400}",
        "{\"Data\":\"\"",
        "{\"Data\":\"\",}",
        "{\"Data\" \"\"}",
        "{\"Data\":\"aGk=\"\"}",
        "{\"Data\":\"}",
        "[]",
        "null",
        "\"\"",
    };
    char json[512];
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(json, sizeof json, "{\"Records\":[%s,%s,%s],\"MillisBehindLatest\":1}",
                 GOOD("1"), bad[i], GOOD("3"));
        agree(KDS_FORMAT_JSON, event_shape(), kds_slice(json), NULL);
        if (read_event(json, &event, &arena) != KDS_ERR_PROTOCOL) {
            fail_msg("accepted: %s", bad[i]);
        }
        kds_arena_clear(&arena);
    }
}

static void fault_J09_cbor_records_of_a_bad_form_are_refused(void **state)
{
    /* Behind a map of one record's members; each asks for more than there is, or for nonsense. */
    static const struct {
        const char *record;
        size_t n;
    } bad[] = {
        {"\xa1\x64"
         "Data\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
         14}, /* 2^64-1 bytes */
        {"\xa1\x64"
         "Data\x5a\x7f\xff\xff\xff",
         10},
        {"\xa1\x64"
         "Data\x5c",
         7}, /* a reserved length */
        {"\xa2\x64"
         "Data\x40\x64"
         "Data\x40",
         13},
        {"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9},
        {"\xa1\x64"
         "Data\x61"
         "a",
         8}, /* text */
        {"\xa1\x64"
         "Data\x5f\x61"
         "a\xff",
         10}, /* a chunk of text */
        {"\xa1\xff", 2},
        {"\xbf\x64"
         "Data\xff",
         7},
        {"\x01", 1},
        {"\xa1\x78\x1b"
         "ApproximateArrivalTimestamp\xc1\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
         40},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t cbor[128] = "\xa1\x67Records\x81";
        struct records_seen seen;
        memcpy(cbor + 10, bad[i].record, bad[i].n);
        agree(KDS_FORMAT_CBOR, get_records_shape(), kds_slice_of(cbor, 10 + bad[i].n),
              &seen);
        assert_false(seen.accepted);
    }
}

/* @p head, then @p piece @p count times, then @p tail. (given; free) */
static char *
repeated(const char *head, const char *piece, size_t count, const char *tail, size_t *n)
{
    const size_t h = strlen(head), p = strlen(piece), t = strlen(tail);
    char *text = malloc(h + p * count + t + 1);
    assert_non_null(text);
    memcpy(text, head, h);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + h + i * p, piece, p);
    }
    memcpy(text + h + count * p, tail, t + 1);
    *n = h + p * count + t;
    return text;
}

static void fault_J08_bombs_of_blanks_keys_and_records_are_read_in_one_pass(void **state)
{
    static const struct {
        const char *head, *piece, *tail;
        size_t records;
    } bombs[] = {
        {"{\"Records\":[", " \n", "]}", 0},
        {"{\"Records\":[{\"Data\":\"\"", ",\"k\":1", "}]}", 1},
        {"{\"Records\":[{\"Data\":\"\"", ",\"\\u0041\":\"\\u0041\"", "}]}", 1},
        {"{\"Records\":[{}", ",{}", "]}", 200001},
        {"{\"Records\":[{\"PartitionKey\":\"", "\\\"", "\"}]}", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        size_t n;
        char *text = repeated(bombs[i].head, bombs[i].piece, 200000, bombs[i].tail, &n);
        kds_subscribe_to_shard_event_t event;
        struct kds_arena arena;
        agree(KDS_FORMAT_JSON, event_shape(), kds_slice_of(text, n), NULL);
        assert_int_equal(read_event(text, &event, &arena), KDS_OK);
        assert_int_equal(event.records_count, bombs[i].records);
        kds_arena_clear(&arena);
        free(text);
    }
}

/* ---- entries ------------------------------------------------------------------------------ */

static void write_both(enum kds_format format, const kds_put_records_in_t *in)
{
    const struct kds_shape *shape = kds_operation_at(KDS_OP_PUT_RECORDS)->input;
    struct plain_shape plain;
    struct kds_buf by_hand, by_table;
    plain_shape_init(&plain, shape);
    kds_buf_init(&by_hand, ROOM);
    kds_buf_init(&by_table, ROOM);
    assert_int_equal(kds_shape_encode(format, shape, in, &by_hand), KDS_OK);
    assert_int_equal(kds_shape_encode(format, &plain.shape, in, &by_table), KDS_OK);
    assert_int_equal(by_hand.n, by_table.n);
    assert_memory_equal(by_hand.p, by_table.p, by_table.n);
    kds_buf_clear(&by_hand);
    kds_buf_clear(&by_table);
}

static void entries_are_written_as_the_walker_writes_them(void **state)
{
    static const char *const keys[] = {"",
                                       "k",
                                       "a\"b",
                                       "\x01",
                                       "\xc3\xa9",
                                       "0123456789abcdef",
                                       "x\\",
                                       "0123456789abcde\n",
                                       "0123456789abcdefg"};
    kds_put_records_request_entry_t entries[40];
    uint8_t *bytes = malloc(70000);
    struct kds_rng rng;
    (void)state;
    assert_non_null(bytes);
    kds_rng_seed(&rng, 5);
    for (size_t i = 0; i < 70000; i++) {
        bytes[i] = (uint8_t)kds_rng_next(&rng);
    }
    for (size_t round = 0; round < 300; round++) {
        const size_t count = (size_t)kds_rng_below(&rng, 41);
        const kds_put_records_in_t in = {.struct_size = sizeof in,
                                         .records = entries,
                                         .records_count = count,
                                         .stream_name = kds_slice("stream")};
        for (size_t i = 0; i < count; i++) {
            kds_put_records_request_entry_t *e = &entries[i];
            memset(e, 0, sizeof *e);
            if (kds_rng_below(&rng, 8) != 0) {
                size_t n = (size_t)kds_rng_below(&rng, round % 50 == 0 ? 70000 : 300);
                e->data = kds_slice_of(bytes + 70000 - n, n);
            }
            if (kds_rng_below(&rng, 8) != 0) {
                e->partition_key =
                    kds_slice(keys[kds_rng_below(&rng, round % 3 ? 2 : 9)]);
            }
            if (kds_rng_below(&rng, 4) == 0) {
                e->explicit_hash_key =
                    kds_slice("340282366920938463463374607431768211455");
            }
        }
        write_both(KDS_FORMAT_JSON, &in);
        write_both(KDS_FORMAT_CBOR, &in);
    }
    free(bytes);
}

static void entries_beyond_the_buffers_limit_are_an_error(void **state)
{
    static const uint8_t bytes[1000];
    const kds_put_records_request_entry_t entry = {.data = {bytes, sizeof bytes}};
    const kds_put_records_request_entry_t absurd = {.data = {bytes, SIZE_MAX - 10}};
    kds_put_records_in_t in = {
        .struct_size = sizeof in, .records = &entry, .records_count = 1};
    const enum kds_format formats[] = {KDS_FORMAT_JSON, KDS_FORMAT_CBOR};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct kds_buf out;
        kds_buf_init(&out, 900);
        in.records = &entry;
        assert_int_equal(kds_shape_encode(formats[i],
                                          kds_operation_at(KDS_OP_PUT_RECORDS)->input,
                                          &in, &out),
                         KDS_ERR_TOO_LARGE);
        kds_buf_reset(&out);
        in.records = &absurd;
        assert_int_equal(kds_shape_encode(formats[i],
                                          kds_operation_at(KDS_OP_PUT_RECORDS)->input,
                                          &in, &out),
                         KDS_ERR_TOO_LARGE);
        kds_buf_clear(&out);
    }
}

/* ---- short memory ------------------------------------------------------------------------- */

static int read_with_short_memory(void *opaque)
{
    const kds_slice_t *bytes = opaque;
    kds_get_records_out_t out;
    struct kds_arena arena;
    kds_arena_init(&arena, ROOM);
    const enum kds_format format = bytes->p[0] == '{' ? KDS_FORMAT_JSON : KDS_FORMAT_CBOR;
    kds_err_t rc =
        kds_shape_decode(format, get_records_shape(), *bytes, &out, &arena, NULL);
    kds_arena_clear(&arena);
    assert_true(rc == KDS_OK || rc == KDS_ERR_NO_MEMORY);
    return rc != KDS_OK;
}

static int write_with_short_memory(void *opaque)
{
    struct kds_buf out;
    kds_buf_init(&out, ROOM);
    kds_err_t rc = kds_shape_encode(
        KDS_FORMAT_JSON, kds_operation_at(KDS_OP_PUT_RECORDS)->input, opaque, &out);
    kds_buf_clear(&out);
    assert_true(rc == KDS_OK || rc == KDS_ERR_NO_MEMORY);
    return rc != KDS_OK;
}

static void fault_R01_records_report_short_memory_and_leak_nothing(void **state)
{
    struct scribe s;
    struct kds_buf cbor;
    const kds_put_records_request_entry_t entries[] = {
        {.data = KDS_SLICE_LIT("some data"),
         .partition_key = KDS_SLICE_LIT("a \"key\"")}};
    kds_put_records_in_t in = {
        .struct_size = sizeof in, .records = entries, .records_count = 1};
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        answer(&s, seed);
        to_cbor(kds_buf_slice(&s.out), &cbor);
        kds_slice_t json = kds_buf_slice(&s.out), same = kds_buf_slice(&cbor);
        assert_true(fail_alloc_run(read_with_short_memory, &json) >= 0);
        assert_true(fail_alloc_run(read_with_short_memory, &same) >= 0);
        kds_buf_clear(&s.out);
        kds_buf_clear(&cbor);
    }
    assert_true(fail_alloc_run(write_with_short_memory, &in) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_is_read_in_any_order_of_its_members),
        cmocka_unit_test(event_at_a_shards_end_names_the_children),
        cmocka_unit_test(records_agree_with_the_walker_however_they_are_written),
        cmocka_unit_test(records_cut_anywhere_are_refused),
        cmocka_unit_test(fault_J06_bad_base64_marks_one_record_and_keeps_its_page),
        cmocka_unit_test(fault_J05_bad_utf8_marks_one_record_and_keeps_its_page),
        cmocka_unit_test(fault_J05_bad_utf8_in_cbor_marks_one_record),
        cmocka_unit_test(fault_J04_keys_of_any_characters_are_read),
        cmocka_unit_test(fault_J03_J07_records_of_another_form_are_refused),
        cmocka_unit_test(fault_J09_cbor_records_of_a_bad_form_are_refused),
        cmocka_unit_test(fault_J08_bombs_of_blanks_keys_and_records_are_read_in_one_pass),
        cmocka_unit_test(entries_are_written_as_the_walker_writes_them),
        cmocka_unit_test(entries_beyond_the_buffers_limit_are_an_error),
        cmocka_unit_test(fault_R01_records_report_short_memory_and_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
