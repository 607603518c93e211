/*
 * test_subscription: whole fan-outs against a server that does what the test tells it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kds/subscription.h"

#include "base/buf.h"
#include "base/slice.h"
#include "support/event_frames.h"
#include "support/h2_server.h"

#include <stdio.h>
#include <string.h>

#define CONSUMER "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1"
#define EVENTS   "application/vnd.amazon.eventstream"
#define LONG_MS  20000

struct fixture {
    struct h2_server *server;
    kds_client_t *client;
    kds_fanout_t *fanout;
};

static void open_with(struct fixture *f,
                      const struct h2_server_options *server,
                      const kds_fanout_options_t *options)
{
    char endpoint[64];
    f->server = h2_server_start(server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", h2_server_port(f->server));
    const kds_client_options_t client = {
        .struct_size = sizeof client,
        .region = "us-east-1",
        .endpoint = endpoint,
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "secret",
    };
    assert_int_equal(kds_client_new(&client, &f->client, NULL), KDS_OK);
    assert_int_equal(kds_fanout_new(f->client, options, &f->fanout, NULL), KDS_OK);
}

static void open_plain(struct fixture *f)
{
    open_with(f, &(struct h2_server_options){.max_streams = 100}, NULL);
}

static void close_all(struct fixture *f)
{
    kds_fanout_free(f->fanout);
    kds_client_free(f->client);
    h2_server_stop(f->server);
}

static kds_subscription_t *subscribe(struct fixture *f, const char *shard)
{
    kds_subscription_t *s = NULL;
    kds_error_t *error = NULL;
    const kds_starting_position_t start = {.type = kds_slice("TRIM_HORIZON")};
    const kds_subscription_options_t options = {
        .struct_size = sizeof options,
        .consumer_arn = CONSUMER,
        .shard_id = shard,
        .start = &start,
    };
    kds_err_t rc = kds_subscribe(f->fanout, &options, &s, &error);
    if (rc != KDS_OK)
        fail_msg("%s", kds_error_message(error));
    return s;
}

static void
send_event(struct fixture *f, unsigned n, const char *type, const char *payload)
{
    struct kds_buf bytes;
    kds_buf_init(&bytes, (size_t)64 << 20);
    event_frame_event(&bytes, type, payload);
    h2_server_send(f->server, n, bytes.p, bytes.n);
    kds_buf_clear(&bytes);
}

static void
send_records(struct fixture *f, unsigned n, const char *sequence, const char *data)
{
    char payload[1024];
    snprintf(payload, sizeof payload,
             "{\"Records\":[{\"Data\":\"%s\",\"PartitionKey\":\"k\","
             "\"SequenceNumber\":\"%s\"}],\"ContinuationSequenceNumber\":\"%s\","
             "\"MillisBehindLatest\":7}",
             data, sequence, sequence);
    send_event(f, n, "SubscribeToShardEvent", payload);
}

static const kds_subscription_event_t *next(kds_subscription_t *s)
{
    const kds_subscription_event_t *event = NULL;
    kds_error_t *error = NULL;
    if (kds_subscription_next(s, LONG_MS, &event, &error) != KDS_OK)
        fail_msg("%s", kds_error_message(error));
    return event;
}

static void expect_record(kds_subscription_t *s, const char *sequence, const char *data)
{
    const kds_subscription_event_t *event = next(s);
    if (event->kind == KDS_SUBSCRIPTION_FAILED)
        fail_msg("%s", kds_error_message(event->error));
    assert_int_equal(event->kind, KDS_SUBSCRIPTION_RECORDS);
    assert_int_equal(event->data->records_count, 1);
    assert_true(kds_slice_is(event->data->records[0].data, data));
    assert_true(kds_slice_is(event->data->continuation_sequence_number, sequence));
    assert_int_equal(event->data->millis_behind_latest, 7);
    kds_subscription_release(event);
}

static void accept_stream(struct fixture *f, unsigned n)
{
    h2_server_await(f->server, n + 1);
    h2_server_head(f->server, n, 200, EVENTS);
}

static void subscription_delivers_records_and_the_end_of_a_shard(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shardId-000000000000");
    accept_stream(&f, 0);
    char body[1024], header[256];
    h2_server_body(f.server, 0, body, sizeof body);
    assert_string_equal(body, "{\"ConsumerARN\":\"" CONSUMER
                              "\",\"ShardId\":\"shardId-000000000000\","
                              "\"StartingPosition\":{\"Type\":\"TRIM_HORIZON\"}}");
    h2_server_header(f.server, 0, "x-amz-target", header, sizeof header);
    assert_string_equal(header, "Kinesis_20131202.SubscribeToShard");
    send_event(&f, 0, "initial-response", "{}");
    send_records(&f, 0, "17", "aGVsbG8=");
    expect_record(s, "17", "hello");
    send_event(&f, 0, "SubscribeToShardEvent",
               "{\"Records\":[],\"MillisBehindLatest\":0,\"ChildShards\":[{\"ShardId\":"
               "\"shardId-000000000001\",\"ParentShards\":[\"shardId-000000000000\"],"
               "\"HashKeyRange\":{\"StartingHashKey\":\"0\",\"EndingHashKey\":\"1\"}}]}");
    const kds_subscription_event_t *event = next(s);
    assert_int_equal(event->kind, KDS_SUBSCRIPTION_SHARD_END);
    assert_int_equal(event->data->child_shards_count, 1);
    kds_subscription_release(event);
    assert_int_equal(kds_subscription_next(s, LONG_MS, &event, NULL), KDS_ERR_CLOSED);
    h2_server_await_gone(f.server, 0);
    kds_subscription_free(s);
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscription_delivers_records_and_the_end_of_a_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
