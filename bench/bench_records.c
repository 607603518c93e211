/*
 * bench_records: the records of answers, events and requests against their targets (T3 to T5 of
 * docs/benchmarks.md), with jansson, libcbor and OpenSSL's base64 as yardsticks.
 *
 * Before anything is timed, what both have read or written is compared.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "codec/subscribe_event.h"
#include "harness.h"
#include "kernel/base64.h"
#include "kernel/cpu.h"
#include "model/operations.h"

#include <cbor.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM         ((size_t)256 * 1024 * 1024)
#define KEY_BYTES    36
#define NUMBER_BYTES 56
#define RECORDS_MAX  2000

/* ---- what is read and written ------------------------------------------------------------- */

struct load {
    size_t count, data_bytes;
    uint8_t *data;    /* count * data_bytes */
    kds_slice_t text; /* the event or answer */
    struct kds_buf text_room;
    struct kds_arena arena;
    struct kds_buf out;
    kds_put_records_request_entry_t entries[RECORDS_MAX];
    char keys[RECORDS_MAX][KEY_BYTES + 1];
    char numbers[RECORDS_MAX][NUMBER_BYTES + 1];
    uint64_t sink;
};

static void load_init(struct load *l, size_t count, size_t data_bytes)
{
    memset(l, 0, sizeof *l);
    l->count = count;
    l->data_bytes = data_bytes;
    l->data = malloc(count * data_bytes);
    if (l->data == NULL) {
        bench_fail("no memory");
    }
    for (size_t i = 0; i < count * data_bytes; i++) {
        l->data[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(l->keys[i], sizeof l->keys[i], "%08zx-0000-4000-8000-%012zx",
                 i * 2654435761u & 0xFFFFFFFF, i);
        snprintf(l->numbers[i], sizeof l->numbers[i],
                 "4959033827149025660855969253836157109592%016zu", i);
        l->entries[i].data = kds_slice_of(l->data + i * data_bytes, data_bytes);
        l->entries[i].partition_key = kds_slice_of(l->keys[i], KEY_BYTES);
    }
    kds_arena_init(&l->arena, ROOM);
    kds_buf_init(&l->text_room, ROOM);
    kds_buf_init(&l->out, ROOM);
}

static void load_clear(struct load *l)
{
    free(l->data);
    kds_arena_clear(&l->arena);
    kds_buf_clear(&l->text_room);
    kds_buf_clear(&l->out);
}

/* As the service writes it. */
static void compose_event(struct load *l)
{
    struct kds_buf *b = &l->text_room;
    kds_buf_printf(
        b,
        "{\"ContinuationSequenceNumber\":\"%s\",\"MillisBehindLatest\":0,\"Records\":[",
        l->numbers[l->count - 1]);
    for (size_t i = 0; i < l->count; i++) {
        kds_buf_printf(b, "%s{\"ApproximateArrivalTimestamp\":1.764%09zuE9,\"Data\":\"",
                       i ? "," : "", i);
        uint8_t *to = kds_buf_reserve(b, kds_base64_encoded_size(l->data_bytes));
        if (to == NULL) {
            bench_fail("no memory");
        }
        kds_base64_encode(l->entries[i].data.p, l->data_bytes, (char *)to);
        kds_buf_commit(b, kds_base64_encoded_size(l->data_bytes));
        kds_buf_printf(b,
                       "\",\"EncryptionType\":\"NONE\",\"PartitionKey\":\"%s\","
                       "\"SequenceNumber\":\"%s\"}",
                       l->keys[i], l->numbers[i]);
    }
    kds_buf_add_text(b, "]}");
    l->text = kds_buf_slice(b);
}

static void cbor_text(struct kds_buf *b, const char *text)
{
    size_t n = strlen(text);
    if (n >= 24) {
        kds_buf_add_byte(b, 0x78);
    }
    kds_buf_add_byte(b, (uint8_t)(n < 24 ? 0x60 + n : n));
    kds_buf_add_text(b, text);
}

/* An answer of GetRecords as the service writes it: indefinite maps and lists. */
static void compose_cbor(struct load *l)
{
    struct kds_buf *b = &l->text_room;
    kds_buf_add_byte(b, 0xBF);
    cbor_text(b, "MillisBehindLatest");
    kds_buf_add_byte(b, 0);
    cbor_text(b, "Records");
    kds_buf_add_byte(b, 0x9F);
    for (size_t i = 0; i < l->count; i++) {
        const uint8_t stamp[] = {0xC1, 0x1B, 0, 0, 1, 0x9A, 0xC0, 0, 0, 0};
        const uint8_t head[] = {0x59, (uint8_t)(l->data_bytes >> 8),
                                (uint8_t)l->data_bytes};
        kds_buf_add_byte(b, 0xBF);
        cbor_text(b, "ApproximateArrivalTimestamp");
        kds_buf_add(b, stamp, sizeof stamp);
        cbor_text(b, "Data");
        kds_buf_add(b, head, sizeof head);
        kds_buf_add_slice(b, l->entries[i].data);
        cbor_text(b, "EncryptionType");
        cbor_text(b, "NONE");
        cbor_text(b, "PartitionKey");
        cbor_text(b, l->keys[i]);
        cbor_text(b, "SequenceNumber");
        cbor_text(b, l->numbers[i]);
        kds_buf_add_byte(b, 0xFF);
    }
    kds_buf_add(b, "\xff\xff", 2);
    l->text = kds_buf_slice(b);
}

/* ---- reading ------------------------------------------------------------------------------ */

static void expect_record(const struct load *l, size_t i, const kds_record_t *r)
{
    if (!kds_slice_eq(r->data, l->entries[i].data) ||
        !kds_slice_is(r->partition_key, l->keys[i]) ||
        !kds_slice_is(r->sequence_number, l->numbers[i]) ||
        !r->has_approximate_arrival_timestamp_ms ||
        !kds_slice_is(r->encryption_type, "NONE")) {
        bench_fail("a record is not what was written");
    }
}

static void read_event(void *opaque)
{
    struct load *l = opaque;
    kds_subscribe_to_shard_event_t event;
    kds_arena_reset(&l->arena);
    if (kds_subscribe_event_decode(kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output,
                                   l->text, &event, &l->arena, NULL) != KDS_OK ||
        event.records_count != l->count) {
        bench_fail("the event is refused");
    }
    l->sink += event.records[l->count - 1].data.p[0];
}

static void read_cbor(void *opaque)
{
    struct load *l = opaque;
    kds_get_records_out_t answer;
    kds_arena_reset(&l->arena);
    if (kds_shape_decode(KDS_FORMAT_CBOR, kds_operation_at(KDS_OP_GET_RECORDS)->output,
                         l->text, &answer, &l->arena, NULL) != KDS_OK ||
        answer.records_count != l->count) {
        bench_fail("the answer is refused");
    }
    l->sink += answer.records[l->count - 1].data.p[0];
}

/* @param check  compare, once, instead of being timed */
static void jansson_read(struct load *l, bool check)
{
    static uint8_t room[128 * 1024];
    json_t *root = json_loadb((const char *)l->text.p, l->text.n, 0, NULL);
    json_t *list = json_object_get(root, "Records"), *record;
    size_t i;
    json_array_foreach(list, i, record)
    {
        json_t *data = json_object_get(record, "Data");
        const size_t n = json_string_length(data);
        const char *text = json_string_value(data);
        if (EVP_DecodeBlock(room, (const uint8_t *)text, (int)n) < 0) {
            bench_fail("OpenSSL refuses the data");
        }
        const kds_record_t r = {
            .data = {room, l->data_bytes},
            .partition_key =
                kds_slice(json_string_value(json_object_get(record, "PartitionKey"))),
            .sequence_number =
                kds_slice(json_string_value(json_object_get(record, "SequenceNumber"))),
            .encryption_type =
                kds_slice(json_string_value(json_object_get(record, "EncryptionType"))),
            .has_approximate_arrival_timestamp_ms = true,
            .approximate_arrival_timestamp_ms =
                (int64_t)(json_real_value(
                              json_object_get(record, "ApproximateArrivalTimestamp")) *
                          1000),
        };
        if (check) {
            expect_record(l, i, &r);
        }
        l->sink += r.data.p[0];
    }
    json_decref(root);
}

static void read_jansson(void *opaque)
{
    jansson_read(opaque, false);
}

static cbor_item_t *cbor_member(const cbor_item_t *map, const char *name)
{
    struct cbor_pair *pairs = cbor_map_handle(map);
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (cbor_string_length(pairs[i].key) == strlen(name) &&
            memcmp(cbor_string_handle(pairs[i].key), name, strlen(name)) == 0) {
            return pairs[i].value;
        }
    }
    bench_fail("libcbor lacks a member");
    return NULL;
}

static kds_slice_t cbor_string_slice(const cbor_item_t *item)
{
    return kds_slice_of(cbor_string_handle(item), cbor_string_length(item));
}

static void libcbor_read(struct load *l, bool check)
{
    struct cbor_load_result result;
    cbor_item_t *root = cbor_load(l->text.p, l->text.n, &result);
    if (root == NULL) {
        bench_fail("libcbor refuses the answer");
    }
    cbor_item_t *list = cbor_member(root, "Records");
    for (size_t i = 0; i < cbor_array_size(list); i++) {
        const cbor_item_t *record = cbor_array_handle(list)[i];
        const cbor_item_t *data = cbor_member(record, "Data");
        cbor_item_t *stamp =
            cbor_tag_item(cbor_member(record, "ApproximateArrivalTimestamp"));
        const kds_record_t r = {
            .data = {cbor_bytestring_handle(data), cbor_bytestring_length(data)},
            .partition_key = cbor_string_slice(cbor_member(record, "PartitionKey")),
            .sequence_number = cbor_string_slice(cbor_member(record, "SequenceNumber")),
            .encryption_type = cbor_string_slice(cbor_member(record, "EncryptionType")),
            .has_approximate_arrival_timestamp_ms = true,
            .approximate_arrival_timestamp_ms = (int64_t)cbor_get_int(stamp),
        };
        if (check) {
            expect_record(l, i, &r);
        }
        l->sink += r.data.p[0];
        cbor_decref(&stamp);
    }
    cbor_decref(&root);
}

static void read_libcbor(void *opaque)
{
    libcbor_read(opaque, false);
}

/* What is read once by each is what was written. */
static void check_event(struct load *l)
{
    kds_subscribe_to_shard_event_t event;
    kds_subscribe_event_decode(kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output,
                               l->text, &event, &l->arena, NULL);
    for (size_t i = 0; i < l->count; i++) {
        expect_record(l, i, &event.records[i]);
    }
    jansson_read(l, true);
}

static void check_cbor(struct load *l)
{
    kds_get_records_out_t answer;
    kds_shape_decode(KDS_FORMAT_CBOR, kds_operation_at(KDS_OP_GET_RECORDS)->output,
                     l->text, &answer, &l->arena, NULL);
    for (size_t i = 0; i < l->count; i++) {
        expect_record(l, i, &answer.records[i]);
    }
    libcbor_read(l, true);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void write_entries(struct load *l, enum kds_format format)
{
    const kds_put_records_in_t in = {.struct_size = sizeof in,
                                     .records = l->entries,
                                     .records_count = l->count,
                                     .stream_name = KDS_SLICE_LIT("stream")};
    kds_buf_reset(&l->out);
    if (kds_shape_encode(format, kds_operation_at(KDS_OP_PUT_RECORDS)->input, &in,
                         &l->out) != KDS_OK) {
        bench_fail("the request is not written");
    }
    l->sink += l->out.n;
}

static void write_json(void *opaque)
{
    write_entries(opaque, KDS_FORMAT_JSON);
}

static void write_cbor(void *opaque)
{
    write_entries(opaque, KDS_FORMAT_CBOR);
}

/* @return bytes in l->text_room */
static size_t jansson_write(struct load *l)
{
    static uint8_t room[128 * 1024];
    json_t *root = json_object(), *list = json_array();
    for (size_t i = 0; i < l->count; i++) {
        const kds_put_records_request_entry_t *e = &l->entries[i];
        json_t *entry = json_object();
        int n = EVP_EncodeBlock(room, e->data.p, (int)e->data.n);
        json_object_set_new(entry, "Data", json_stringn((const char *)room, (size_t)n));
        json_object_set_new(
            entry, "PartitionKey",
            json_stringn((const char *)e->partition_key.p, e->partition_key.n));
        json_array_append_new(list, entry);
    }
    json_object_set_new(root, "Records", list);
    json_object_set_new(root, "StreamName", json_string("stream"));
    size_t n = json_dumpb(root, (char *)l->text_room.p, l->text_room.cap, JSON_COMPACT);
    json_decref(root);
    return n;
}

static void write_jansson(void *opaque)
{
    struct load *l = opaque;
    l->sink += jansson_write(l);
}

static void check_write(struct load *l)
{
    if (kds_buf_reserve(&l->text_room, l->count * (l->data_bytes * 2 + 200)) == NULL) {
        bench_fail("no memory");
    }
    size_t n = jansson_write(l);
    write_json(l);
    if (n != l->out.n || memcmp(l->out.p, l->text_room.p, n) != 0) {
        bench_fail("jansson writes another request");
    }
}

/* ---- what the tables do around it --------------------------------------------------------- */

static void check_request(void *opaque)
{
    struct load *l = opaque;
    const kds_put_records_in_t in = {.struct_size = sizeof in,
                                     .records = l->entries,
                                     .records_count = l->count,
                                     .stream_name = KDS_SLICE_LIT("stream")};
    if (kds_shape_validate(kds_operation_at(KDS_OP_PUT_RECORDS)->input, &in, NULL) !=
        KDS_OK) {
        bench_fail("the request is refused");
    }
}

static void compose_outcome(struct load *l)
{
    struct kds_buf *b = &l->text_room;
    kds_buf_add_text(b, "{\"FailedRecordCount\":0,\"Records\":[");
    for (size_t i = 0; i < l->count; i++) {
        kds_buf_printf(b, "%s{\"SequenceNumber\":\"%s\",\"ShardId\":\"shardId-%012zu\"}",
                       i ? "," : "", l->numbers[i], i % 16);
    }
    kds_buf_add_text(b, "]}");
    l->text = kds_buf_slice(b);
}

static void read_outcome(void *opaque)
{
    struct load *l = opaque;
    kds_put_records_out_t out;
    kds_arena_reset(&l->arena);
    if (kds_shape_decode(KDS_FORMAT_JSON, kds_operation_at(KDS_OP_PUT_RECORDS)->output,
                         l->text, &out, &l->arena, NULL) != KDS_OK ||
        out.records_count != l->count) {
        bench_fail("the outcome is refused");
    }
    l->sink += out.records[l->count - 1].shard_id.p[0];
}

static void read_outcome_jansson(void *opaque)
{
    struct load *l = opaque;
    json_t *root = json_loadb((const char *)l->text.p, l->text.n, 0, NULL);
    json_t *list = json_object_get(root, "Records"), *entry;
    size_t i;
    json_array_foreach(list, i, entry)
    {
        l->sink += json_string_length(json_object_get(entry, "SequenceNumber"));
        l->sink += json_string_length(json_object_get(entry, "ShardId"));
    }
    json_decref(root);
}

/* ---- base64 ------------------------------------------------------------------------------- */

struct texts {
    const struct kds_base64_kernel *kernel;
    uint8_t bytes[96 * 1024]; /* room for whatever the text may decode to */
    char text[96 * 1024];
    size_t n;
};

static void encode_text(void *opaque)
{
    struct texts *t = opaque;
    for (size_t i = 0; i < 100; i++) {
        t->kernel->encode(t->bytes, t->n, t->text);
    }
}

static void decode_text(void *opaque)
{
    struct texts *t = opaque;
    size_t n;
    const uint8_t *start = (const uint8_t *)t->text;
    for (size_t i = 0; i < 100; i++) {
        t->kernel->decode(start, start + sizeof t->text, t->bytes, &n);
    }
}

static void encode_evp(void *opaque)
{
    struct texts *t = opaque;
    for (size_t i = 0; i < 100; i++) {
        EVP_EncodeBlock((uint8_t *)t->text, t->bytes, (int)t->n);
    }
}

static void decode_evp(void *opaque)
{
    struct texts *t = opaque;
    for (size_t i = 0; i < 100; i++) {
        EVP_DecodeBlock(t->bytes, (const uint8_t *)t->text,
                        (int)kds_base64_encoded_size(t->n));
    }
}

static void bench_base64(size_t n)
{
    static struct texts texts[3];
    static const unsigned sets[] = {KDS_CPU_ALL, KDS_CPU_SSSE3 | KDS_CPU_AVX2, 0};
    char title[64];
    for (size_t i = 0; i < 3; i++) {
        kds_cpu_allow(sets[i]);
        texts[i].kernel = kds_base64_kernel();
        texts[i].n = n;
        memset(texts[i].text, '"', sizeof texts[i].text);
        encode_text(&texts[i]);
    }
    kds_cpu_allow(KDS_CPU_ALL);
    struct bench_variant v[] = {
        {.name = "encode: the widest here",
         .run = encode_text,
         .opaque = &texts[0],
         .units = 100},
        {.name = "encode: AVX2", .run = encode_text, .opaque = &texts[1], .units = 100},
        {.name = "encode: plain C",
         .run = encode_text,
         .opaque = &texts[2],
         .units = 100},
        {.name = "encode: EVP_EncodeBlock",
         .run = encode_evp,
         .opaque = &texts[0],
         .units = 100},
        {.name = "decode: the widest here",
         .run = decode_text,
         .opaque = &texts[0],
         .units = 100},
        {.name = "decode: AVX2", .run = decode_text, .opaque = &texts[1], .units = 100},
        {.name = "decode: plain C",
         .run = decode_text,
         .opaque = &texts[2],
         .units = 100},
        {.name = "decode: EVP_DecodeBlock",
         .run = decode_evp,
         .opaque = &texts[0],
         .units = 100},
    };
    snprintf(title, sizeof title, "base64 of %zu bytes, ns a text", n);
    bench_measure(title, v, sizeof v / sizeof v[0]);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static struct load load;

static double measure(const char *title,
                      void (*ours)(void *),
                      void (*theirs)(void *),
                      const char *yardstick)
{
    struct bench_variant v[] = {
        {.name = "libkds-api", .run = ours, .opaque = &load, .units = load.count},
        {.name = yardstick, .run = theirs, .opaque = &load, .units = load.count},
    };
    bench_measure(title, v, 2);
    return v[1].ns / v[0].ns;
}

static double bench_event(const char *title, size_t count, size_t bytes)
{
    load_init(&load, count, bytes);
    compose_event(&load);
    check_event(&load);
    double ratio = measure(title, read_event, read_jansson, "jansson, EVP_DecodeBlock");
    load_clear(&load);
    return ratio;
}

static double bench_cbor(void)
{
    load_init(&load, 2000, 64);
    compose_cbor(&load);
    check_cbor(&load);
    double ratio = measure("GetRecords answer, CBOR, 64 B, ns a record", read_cbor,
                           read_libcbor, "libcbor");
    load_clear(&load);
    return ratio;
}

/* @param ns  receives what a record takes */
static double bench_put(const char *title, size_t count, size_t bytes, double *ns)
{
    load_init(&load, count, bytes);
    check_write(&load);
    struct bench_variant v[] = {
        {.name = "libkds-api, JSON", .run = write_json, .opaque = &load, .units = count},
        {.name = "libkds-api, CBOR", .run = write_cbor, .opaque = &load, .units = count},
        {.name = "jansson, EVP_EncodeBlock",
         .run = write_jansson,
         .opaque = &load,
         .units = count},
    };
    bench_measure(title, v, 3);
    *ns = v[0].ns;
    load_clear(&load);
    return v[2].ns / v[0].ns;
}

static void bench_tables(void)
{
    load_init(&load, 500, 64);
    compose_outcome(&load);
    struct bench_variant v[] = {
        {.name = "request checked against the model",
         .run = check_request,
         .opaque = &load,
         .units = 500},
        {.name = "answer read", .run = read_outcome, .opaque = &load, .units = 500},
        {.name = "answer read by jansson",
         .run = read_outcome_jansson,
         .opaque = &load,
         .units = 500},
    };
    bench_measure("PutRecords of 500: what the tables do, ns an entry", v, 3);
    load_clear(&load);
}

int main(void)
{
    static const struct bench_target targets[] = {
        {"T3", "event, JSON, 64 B, times as fast as jansson", BENCH_AT_LEAST, 55, 120},
        {"T3", "event, JSON, 1 KiB", BENCH_AT_LEAST, 130, 200},
        {"T4", "GetRecords, CBOR, 64 B, times as fast as libcbor", BENCH_AT_LEAST, 40,
         65},
        {"T5", "PutRecords, JSON, 50 KiB, times as fast as jansson", BENCH_AT_LEAST, 100,
         170},
        {"T5", "PutRecords, JSON, 64 B, ns a record", BENCH_AT_MOST, 16, 16},
    };
    double reached[5], ns;
    bench_print_machine();
    reached[0] = bench_event("SubscribeToShard event, 64 B, ns a record", 2000, 64);
    reached[1] = bench_event("SubscribeToShard event, 1 KiB, ns a record", 500, 1024);
    reached[2] = bench_cbor();
    reached[3] = bench_put("PutRecords, 50 KiB, ns a record", 80, (size_t)50 * 1024, &ns);
    bench_put("PutRecords, 64 B, ns a record", 500, 64, &reached[4]);
    bench_tables();
    bench_base64(64);
    bench_base64(1024);
    bench_base64((size_t)64 * 1024);
    printf("\n");
    for (size_t i = 0; i < 5; i++) {
        bench_print_target(&targets[i], reached[i]);
    }
    return 0;
}
