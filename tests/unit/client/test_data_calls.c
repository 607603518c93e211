/*
 * test_data_calls: whole calls of GetRecords and PutRecords, in both formats: what goes out is what the
 * tables would write, what comes back is read by its own content type, and a bad record is marked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kds/client.h"
#include "kds/kinesis.h"
#include "kds/record.h"
#include "model/operations.h"
#include "support/records_oracle.h"
#include "support/scripted_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON "application/x-amz-json-1.1"
#define CBOR "application/x-amz-cbor-1.1"
#define ROOM ((size_t)1024 * 1024)

static const kds_record_t records[] = {
    {.sequence_number = KDS_SLICE_LIT("1"),
     .has_approximate_arrival_timestamp_ms = true,
     .approximate_arrival_timestamp_ms = 1764000000123,
     .data = KDS_SLICE_LIT("\x00\xff binary"),
     .partition_key = KDS_SLICE_LIT("k\xc3\xa9y"),
     .encryption_type = KDS_SLICE_LIT("KMS")},
    {.sequence_number = KDS_SLICE_LIT("2"), .data = KDS_SLICE_LIT("")}};
static const kds_get_records_out_t answer = {.records = records,
                                             .records_count = 2,
                                             .next_shard_iterator = KDS_SLICE_LIT("AAA"),
                                             .has_millis_behind_latest = true};

/* A client and a peer that answers its one call. */
struct fixture {
    char head[256];
    struct kds_buf body;
    struct peer_step steps[4];
    struct peer_script script;
    struct scripted_peer *peer;
    kds_client_t *client;
};

static void open_all(struct fixture *f, kds_protocol_t protocol, const char *content_type)
{
    char endpoint[64];
    snprintf(f->head, sizeof f->head,
             "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
             content_type, f->body.n);
    const struct peer_step steps[] = {{PEER_REQUEST, NULL, 0},
                                      {PEER_SEND, f->head, 0},
                                      {PEER_SEND, (const char *)f->body.p, f->body.n},
                                      {PEER_END, NULL, 0}};
    memcpy(f->steps, steps, sizeof steps);
    f->script.steps = f->steps;
    f->script.tls = NULL;
    f->peer = scripted_peer_start(&f->script, 1);
    assert_non_null(f->peer);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_peer_port(f->peer));
    const kds_client_options_t options = {.struct_size = sizeof options,
                                          .region = "us-east-1",
                                          .endpoint = endpoint,
                                          .access_key_id = "AKIDEXAMPLE",
                                          .secret_access_key = "secret",
                                          .protocol = protocol,
                                          .max_attempts = 1};
    assert_int_equal(kds_client_new(&options, &f->client, NULL), KDS_OK);
}

static void close_all(struct fixture *f)
{
    kds_client_free(f->client);
    scripted_peer_stop(f->peer);
    kds_buf_clear(&f->body);
}

static const kds_get_records_out_t *get(struct fixture *f)
{
    const kds_get_records_in_t in = {.struct_size = sizeof in,
                                     .shard_iterator = KDS_SLICE_LIT("AAA")};
    const kds_get_records_out_t *out = NULL;
    assert_int_equal(kds_get_records(f->client, &in, NULL, &out, NULL), KDS_OK);
    return out;
}

static void answer_is_read_by_its_own_content_type(void **state)
{
    static const struct {
        kds_protocol_t asked;
        enum kds_format format;
        const char *content_type;
    } rows[] = {{KDS_PROTOCOL_JSON, KDS_FORMAT_JSON, JSON},
                {KDS_PROTOCOL_JSON, KDS_FORMAT_CBOR, CBOR},
                {KDS_PROTOCOL_CBOR, KDS_FORMAT_JSON, JSON},
                {KDS_PROTOCOL_CBOR, KDS_FORMAT_CBOR, CBOR}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture f;
        kds_buf_init(&f.body, ROOM);
        assert_int_equal(kds_shape_encode(rows[i].format,
                                          kds_operation_at(KDS_OP_GET_RECORDS)->output,
                                          &answer, &f.body),
                         KDS_OK);
        open_all(&f, rows[i].asked, rows[i].content_type);
        const kds_get_records_out_t *out = get(&f);
        assert_int_equal(out->records_count, 2);
        for (size_t k = 0; k < 2; k++) {
            const kds_record_t *r = &out->records[k];
            assert_true(kds_slice_eq(r->sequence_number, records[k].sequence_number));
            assert_true(kds_slice_eq(r->data, records[k].data));
            assert_true(kds_slice_eq(r->partition_key, records[k].partition_key));
            assert_true(kds_slice_eq(r->encryption_type, records[k].encryption_type));
            assert_null(kds_record_fault(r));
        }
        assert_int_equal(out->records[0].approximate_arrival_timestamp_ms, 1764000000123);
        kds_output_free(out);
        close_all(&f);
    }
}

static void fault_J06_call_succeeds_with_one_record_marked(void **state)
{
    struct fixture f;
    (void)state;
    kds_buf_init(&f.body, ROOM);
    kds_buf_add_text(&f.body,
                     "{\"Records\":[{\"Data\":\"aGk=\",\"SequenceNumber\":\"1\"},"
                     "{\"Data\":\"a!\",\"SequenceNumber\":\"2\"},"
                     "{\"Data\":\"aGk=\",\"SequenceNumber\":\"3\"}],"
                     "\"NextShardIterator\":\"B\",\"MillisBehindLatest\":0}");
    open_all(&f, KDS_PROTOCOL_JSON, JSON);
    const kds_get_records_out_t *out = get(&f);
    assert_int_equal(out->records_count, 3);
    assert_true(kds_slice_is(out->next_shard_iterator, "B")); /* the shard goes on */
    assert_null(kds_record_fault(&out->records[0]));
    assert_string_equal(kds_record_fault(&out->records[1]), "data is not base64");
    assert_true(kds_slice_is(out->records[1].data, "a!"));
    assert_null(kds_record_fault(&out->records[2]));
    kds_output_free(out);
    close_all(&f);
}

/* What the peer got behind the empty line is what the walker writes of the same input. */
static void expect_sent(struct fixture *f, enum kds_format format, const void *in)
{
    static char request[8192];
    struct plain_shape plain;
    struct kds_buf expected;
    plain_shape_init(&plain, kds_operation_at(KDS_OP_PUT_RECORDS)->input);
    kds_buf_init(&expected, ROOM);
    assert_int_equal(kds_shape_encode(format, &plain.shape, in, &expected), KDS_OK);
    scripted_peer_last(f->peer, request, sizeof request);
    const char *body = strstr(request, "\r\n\r\n");
    assert_non_null(body);
    assert_memory_equal(body + 4, expected.p, expected.n);
    kds_buf_clear(&expected);
}

static void request_is_what_the_tables_write(void **state)
{
    static const kds_put_records_request_entry_t entries[] = {
        {.data = KDS_SLICE_LIT("some \x01 data"), .partition_key = KDS_SLICE_LIT("k")},
        {.data = KDS_SLICE_LIT(""),
         .explicit_hash_key = KDS_SLICE_LIT("340282366920938463463374607431768211455"),
         .partition_key = KDS_SLICE_LIT("quote \" and \xc3\xa9 in a longer key")}};
    const kds_put_records_in_t in = {.struct_size = sizeof in,
                                     .records = entries,
                                     .records_count = 2,
                                     .stream_name = KDS_SLICE_LIT("stream")};
    (void)state;
    for (int cbor = 0; cbor < 2; cbor++) {
        struct fixture f;
        const kds_put_records_out_t *out = NULL;
        kds_buf_init(&f.body, ROOM);
        kds_buf_add_text(&f.body, "{\"FailedRecordCount\":0,\"Records\":["
                                  "{\"SequenceNumber\":\"1\",\"ShardId\":\"s-0\"},"
                                  "{\"SequenceNumber\":\"2\",\"ShardId\":\"s-1\"}]}");
        open_all(&f, cbor ? KDS_PROTOCOL_CBOR : KDS_PROTOCOL_JSON, JSON);
        assert_int_equal(kds_put_records(f.client, &in, NULL, &out, NULL), KDS_OK);
        assert_int_equal(out->records_count, 2);
        assert_true(kds_slice_is(out->records[1].shard_id, "s-1"));
        expect_sent(&f, cbor ? KDS_FORMAT_CBOR : KDS_FORMAT_JSON, &in);
        kds_output_free(out);
        close_all(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_is_read_by_its_own_content_type),
        cmocka_unit_test(fault_J06_call_succeeds_with_one_record_marked),
        cmocka_unit_test(request_is_what_the_tables_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
