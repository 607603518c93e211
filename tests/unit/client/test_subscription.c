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
#include "client/client.h"
#include "client/fanout.h"
#include "support/certificates.h"
#include "support/event_frames.h"
#include "support/h2_server.h"
#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSUMER "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1"
#define EVENTS   "application/vnd.amazon.eventstream"
#define LONG_MS  60000

struct fixture {
    struct h2_server *server;
    kds_client_t *client;
    kds_fanout_t *fanout;
};

/* The system's clock, and how far the test has turned it on. */
static _Atomic int64_t turned_us;

static int64_t boottime_us(void *opaque)
{
    (void)opaque;
    return kds_clock_boottime_us(kds_clock_system()) + atomic_load(&turned_us);
}

static int64_t realtime_us(void *opaque)
{
    (void)opaque;
    return kds_clock_realtime_us(kds_clock_system());
}

static const struct kds_clock test_clock = {boottime_us, realtime_us, NULL};

/* So many seconds go by at once. */
static void jump(struct fixture *f, int64_t seconds)
{
    atomic_fetch_add(&turned_us, seconds * KDS_US_PER_S);
    kds_fanout_nudge(f->fanout);
}

static void open_client(struct fixture *f,
                        const char *scheme,
                        unsigned port,
                        const char *ca_file,
                        const kds_fanout_options_t *options)
{
    const struct kds_client_parts parts = {&test_clock, getenv, NULL};
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "%s://127.0.0.1:%u", scheme, port);
    const kds_client_options_t client = {
        .struct_size = sizeof client,
        .region = "us-east-1",
        .endpoint = endpoint,
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "secret",
        .ca_file = ca_file,
    };
    assert_int_equal(kds_client_new_from(&client, &parts, &f->client, NULL), KDS_OK);
    assert_int_equal(kds_fanout_new(f->client, options, &f->fanout, NULL), KDS_OK);
}

static void open_with(struct fixture *f,
                      const struct h2_server_options *server,
                      const kds_fanout_options_t *options)
{
    f->server = h2_server_start(server);
    open_client(f, "http", h2_server_port(f->server), NULL, options);
}

static kds_subscription_status_t look(kds_subscription_t *s)
{
    kds_subscription_status_t status = {.struct_size = sizeof status};
    assert_int_equal(kds_subscription_get_status(s, &status), KDS_OK);
    return status;
}

/* Until an interruption is told that has @p text in it. */
static void await_problem(kds_subscription_t *s, const char *text)
{
    const kds_subscription_event_t *event;
    for (;;) {
        const kds_subscription_status_t status = look(s);
        if (status.problem[0] != 0 && status.state != KDS_SUBSCRIPTION_ACTIVE &&
            strstr(status.problem, text) != NULL)
            return;
        if (kds_subscription_next(s, 5, &event, NULL) != KDS_ERR_TIMED_OUT)
            fail_msg("an event instead of a problem with '%s'", text);
    }
}

/* Until what it did as its @p generation is over, and it waits. */
static void await_generation_over(kds_subscription_t *s, unsigned generation)
{
    const kds_subscription_event_t *event;
    for (;;) {
        const kds_subscription_status_t status = look(s);
        if (status.generation == generation && status.state == KDS_SUBSCRIPTION_WAITING)
            return;
        if (kds_subscription_next(s, 5, &event, NULL) != KDS_ERR_TIMED_OUT)
            fail_msg("an event instead of an end");
    }
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

static void
send_exception(struct fixture *f, unsigned n, const char *type, const char *payload)
{
    struct kds_buf bytes;
    kds_buf_init(&bytes, 4096);
    event_frame_exception(&bytes, type, payload);
    h2_server_send(f->server, n, bytes.p, bytes.n);
    kds_buf_clear(&bytes);
}

static void send_error(struct fixture *f, unsigned n, const char *code, const char *text)
{
    struct kds_buf headers, bytes;
    kds_buf_init(&headers, 4096);
    kds_buf_init(&bytes, 4096);
    event_frame_text(&headers, ":message-type", "error");
    event_frame_text(&headers, ":error-code", code);
    event_frame_text(&headers, ":error-message", text);
    event_frame_add(&bytes,
                    &(struct event_frame){.headers = headers.p, .headers_n = headers.n});
    h2_server_send(f->server, n, bytes.p, bytes.n);
    kds_buf_clear(&headers);
    kds_buf_clear(&bytes);
}

/* An event of which one bit is wrong. */
static void send_damaged(struct fixture *f, unsigned n, const char *sequence)
{
    struct kds_buf bytes;
    char payload[256];
    snprintf(payload, sizeof payload,
             "{\"Records\":[],\"ContinuationSequenceNumber\":\"%s\"}", sequence);
    kds_buf_init(&bytes, 4096);
    event_frame_event(&bytes, "SubscribeToShardEvent", payload);
    bytes.p[bytes.n - 10] ^= 1;
    h2_server_send(f->server, n, bytes.p, bytes.n);
    kds_buf_clear(&bytes);
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

/* ---- renewal ------------------------------------------------------------------------------- */

static void expect_position(struct fixture *f, unsigned n, const char *position)
{
    char body[1024];
    h2_server_body(f->server, n, body, sizeof body);
    if (strstr(body, position) == NULL)
        fail_msg("request %u is %s, wanted %s", n, body, position);
}

#define AFTER(sequence)                                                                  \
    "{\"Type\":\"AFTER_SEQUENCE_NUMBER\",\"SequenceNumber\":\"" sequence "\"}"

static void fault_H12_a_regular_end_is_followed_behind_the_last_event(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    send_records(&f, 0, "18", "Yg==");
    h2_server_end(f.server, 0);
    expect_record(s, "17", "a");
    expect_record(s, "18", "b");
    jump(&f, 301);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("18"));
    send_records(&f, 1, "19", "Yw==");
    expect_record(s, "19", "c");
    kds_subscription_status_t status = look(s);
    assert_int_equal(status.generation, 2);
    assert_int_equal(status.interruptions, 0);
    assert_int_equal(status.events, 3);
    assert_string_equal(status.sequence_number, "19");
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H12_an_end_within_an_event_repeats_the_event(void **state)
{
    struct fixture f;
    struct kds_buf bytes;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    kds_buf_init(&bytes, 4096);
    event_frame_event(&bytes, "SubscribeToShardEvent", "{\"Records\":[]}");
    h2_server_send(f.server, 0, bytes.p, bytes.n - 5);
    h2_server_end(f.server, 0);
    kds_buf_clear(&bytes);
    expect_record(s, "17", "a");
    await_problem(s, "inside a message");
    jump(&f, 30);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("17"));
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H01_a_stream_above_goaway_is_subscribed_elsewhere(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *a = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    expect_record(a, "17", "a");
    kds_subscription_t *b = subscribe(&f, "shard-1");
    accept_stream(&f, 1);
    h2_server_goaway(f.server, 1, 0, false);
    jump(&f, 30);
    accept_stream(&f, 2);
    expect_position(&f, 2, "shard-1");
    assert_int_equal(h2_server_connections(f.server), 2);
    send_records(&f, 0, "18", "Yg=="); /* the one below goes on where it is */
    expect_record(a, "18", "b");
    assert_int_equal(look(a).generation, 1);
    send_records(&f, 2, "5", "Yw==");
    expect_record(b, "5", "c");
    kds_subscription_free(a);
    kds_subscription_free(b);
    close_all(&f);
}

static void fault_H02_a_reset_makes_its_shard_alone_subscribe_again(void **state)
{
    static const uint32_t codes[] = {2, 7, 8};
    struct fixture f;
    unsigned n = 2;
    (void)state;
    open_plain(&f);
    kds_subscription_t *a = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    kds_subscription_t *b = subscribe(&f, "shard-1");
    accept_stream(&f, 1);
    h2_server_reset(f.server, 1, 2);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++, n++) {
        send_records(&f, 0, i == 0 ? "15" : i == 1 ? "16" : "17", "YQ==");
        expect_record(a, i == 0 ? "15" : i == 1 ? "16" : "17", "a");
        await_problem(b, "reset");
        jump(&f, 30);
        accept_stream(&f, n);
        expect_position(&f, n, "shard-1");
        send_records(&f, n, "17", "YQ==");
        expect_record(b, "17", "a");
        h2_server_reset(f.server, n, codes[i]);
    }
    send_records(&f, 0, "18", "Yg==");
    expect_record(a, "18", "b");
    assert_int_equal(look(a).generation, 1);
    kds_subscription_free(a);
    kds_subscription_free(b);
    close_all(&f);
}

static void fault_H09_silence_makes_it_subscribe_again(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    expect_record(s, "17", "a");
    jump(&f, 61);
    await_problem(s, "no event for 60000 ms");
    h2_server_await_gone(f.server, 0);
    jump(&f, 30);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("17"));
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H11_credit_of_an_older_subscribing_is_not_the_next_one_s(void **state)
{
    struct fixture f;
    const kds_subscription_event_t *old;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    old = next(s);
    assert_int_equal(old->generation, 1);
    send_exception(&f, 0, "ResourceInUseException", "{\"message\":\"another one\"}");
    await_problem(s, "ResourceInUseException: another one");
    h2_server_await_gone(f.server, 0);
    send_records(&f, 0, "18", "Yg=="); /* the old stream is nobody's */
    jump(&f, 30);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("17"));
    send_records(&f, 1, "18", "Yw==");
    const kds_subscription_event_t *event = next(s);
    assert_int_equal(event->generation, 2);
    assert_true(kds_slice_is(event->data->records[0].data, "c"));
    assert_int_equal(look(s).held_bytes, old->credit_bytes + event->credit_bytes);
    kds_subscription_release(old);
    assert_int_equal(look(s).held_bytes, event->credit_bytes);
    kds_subscription_release(event);
    kds_subscription_free(s);
    close_all(&f);
}

/* ---- messages ------------------------------------------------------------------------------ */

static void fault_E01_a_wrong_check_sum_makes_it_subscribe_again(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    send_damaged(&f, 0, "18");
    expect_record(s, "17", "a");
    await_problem(s, "check sum");
    jump(&f, 30);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("17"));
    send_records(&f, 1, "18", "Yg==");
    expect_record(s, "18", "b");
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_E07_the_initial_response_may_come_in_any_form_or_not(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ=="); /* before any */
    expect_record(s, "17", "a");
    send_event(&f, 0, "initial-response", "");
    send_event(&f, 0, "initial-response", "{}");
    send_event(&f, 0, "initial-response", "{\"x\":1}");
    send_records(&f, 0, "18", "Yg==");
    expect_record(s, "18", "b");
    assert_int_equal(look(s).ignored, 0);
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_E05_unknown_events_are_skipped_and_counted(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_event(&f, 0, "SomethingNew", "whatever");
    send_records(&f, 0, "17", "YQ==");
    expect_record(s, "17", "a");
    assert_int_equal(look(s).ignored, 1);
    kds_subscription_free(s);
    close_all(&f);
}

static void
expect_failure(kds_subscription_t *s, kds_err_t code, const char *service_code)
{
    const kds_subscription_event_t *event = next(s);
    assert_int_equal(event->kind, KDS_SUBSCRIPTION_FAILED);
    assert_null(event->data);
    assert_int_equal(kds_error_code(event->error), code);
    assert_string_equal(kds_error_service_code(event->error), service_code);
    assert_false(kds_error_retryable(event->error));
    kds_subscription_release(event);
    assert_int_equal(kds_subscription_next(s, LONG_MS, &event, NULL), KDS_ERR_CLOSED);
    assert_int_equal(look(s).state, KDS_SUBSCRIPTION_OVER);
}

static void fault_E08_an_exception_that_stays_true_is_the_end(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    send_exception(&f, 0, "KMSAccessDeniedException", "{\"message\":\"no\"}");
    send_records(&f, 0, "18", "Yg=="); /* nothing comes behind it */
    expect_record(s, "17", "a");
    expect_failure(s, KDS_ERR_ACCESS_DENIED, "KMSAccessDeniedException");
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_E08_exceptions_that_may_pass_are_waited_out(void **state)
{
    static const char *const payloads[] = {"", "{}", "no JSON", "{\"message\":\"m\"}"};
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    for (unsigned i = 0; i < 4; i++) {
        accept_stream(&f, i);
        send_exception(&f, i, "InternalFailureException", payloads[i]);
        h2_server_await_gone(f.server, i);
        await_generation_over(s, i + 1);
        jump(&f, 100);
    }
    accept_stream(&f, 4);
    send_error(&f, 4, "InternalError", "something broke");
    await_problem(s, "InternalError: something broke");
    jump(&f, 100);
    accept_stream(&f, 5);
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_E11_a_payload_that_stays_unreadable_is_told(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    send_event(&f, 0, "SubscribeToShardEvent", "{\"Records\":[{\"Data\":\"!\"");
    expect_record(s, "17", "a");
    h2_server_await_gone(f.server, 0);
    await_generation_over(s, 1);
    jump(&f, 100);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("17"));
    send_event(&f, 1, "SubscribeToShardEvent", "{\"Records\":[{\"Data\":\"!\"");
    expect_failure(s, KDS_ERR_CORRUPT, "");
    assert_int_equal(h2_server_requests(f.server), 2);
    kds_subscription_free(s);
    close_all(&f);
}

/* ---- answers ------------------------------------------------------------------------------- */

static void
answer(struct fixture *f, unsigned n, int status, const char *type, const char *body)
{
    h2_server_await(f->server, n + 1);
    h2_server_head(f->server, n, status, type);
    h2_server_send(f->server, n, body, strlen(body));
    h2_server_end(f->server, n);
}

static void fault_H10_an_answer_that_is_no_stream_is_judged(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    answer(&f, 0, 500, "application/x-amz-json-1.1", "{\"__type\":\"InternalFailure\"}");
    await_problem(s, "InternalFailure");
    jump(&f, 100);
    answer(&f, 1, 503, "text/html", "<html>");
    await_problem(s, "service fault");
    jump(&f, 100);
    answer(&f, 2, 200, "text/html", "<html>hello");
    await_problem(s, "HTTP 200 of type 'text/html'");
    jump(&f, 100);
    answer(&f, 3, 400, "application/x-amz-json-1.1",
           "{\"__type\":\"ResourceInUseException\",\"message\":\"not ACTIVE\"}");
    await_problem(s, "ResourceInUseException: not ACTIVE");
    jump(&f, 100);
    answer(&f, 4, 400, "application/x-amz-json-1.1",
           "{\"__type\":\"ResourceNotFoundException\",\"message\":\"gone\"}");
    expect_failure(s, KDS_ERR_NOT_FOUND, "ResourceNotFoundException");
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H10_no_answer_is_not_waited_for_for_ever(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    h2_server_await(f.server, 1);
    jump(&f, 21);
    await_problem(s, "no answer within 20000 ms");
    kds_subscription_free(s);
    close_all(&f);
}

/* ---- credit -------------------------------------------------------------------------------- */

static char *big_event(size_t n, const char *sequence)
{
    char *payload = malloc(n + 512);
    assert_non_null(payload);
    const int head =
        sprintf(payload,
                "{\"ContinuationSequenceNumber\":\"%s\",\"MillisBehindLatest\":"
                "0,\"Records\":[{\"PartitionKey\":\"k\",\"SequenceNumber\":"
                "\"%s\",\"Data\":\"",
                sequence, sequence);
    memset(payload + head, 'A', n);
    strcpy(payload + head + n, "\"}]}");
    return payload;
}

static void fault_H04_a_slow_subscriber_stalls_itself_alone(void **state)
{
    const kds_fanout_options_t options = {.struct_size = sizeof options,
                                          .credit_bytes = 65536};
    const kds_subscription_event_t *held[64];
    struct fixture f;
    size_t got = 0, n = 0;
    char sequence[16];
    (void)state;
    open_with(&f, &(struct h2_server_options){.max_streams = 100}, &options);
    kds_subscription_t *slow = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    kds_subscription_t *quick = subscribe(&f, "shard-1");
    accept_stream(&f, 1);
    for (int i = 0; i < 40; i++) { /* 40 x 20 KB: far beyond the credit */
        snprintf(sequence, sizeof sequence, "%d", 100 + i);
        char *payload = big_event(20000, sequence);
        send_event(&f, 0, "SubscribeToShardEvent", payload);
        send_event(&f, 1, "SubscribeToShardEvent", payload);
        free(payload);
        const kds_subscription_event_t *event = next(quick); /* all of these come */
        kds_subscription_release(event);
    }
    while (kds_subscription_next(slow, 0, &held[n], NULL) == KDS_OK)
        got += (size_t)held[n++]->credit_bytes;
    assert_true(got <= 65536 && n >= 2);
    assert_true(h2_server_sent(f.server, 0) <= 65536 + 21000); /* and one event */
    while (n < 40) { /* each that is given back lets others come */
        kds_subscription_release(held[--n]);
        held[n] = NULL;
        for (size_t i = 0; i < n; i++)
            kds_subscription_release(held[i]);
        for (size_t k = (size_t)look(slow).events; k < 40; k++)
            kds_subscription_release(next(slow));
        break;
    }
    assert_int_equal(look(slow).events, 40);
    assert_int_equal(look(slow).generation, 1);
    kds_subscription_free(slow);
    kds_subscription_free(quick);
    close_all(&f);
}

static void subscription_takes_an_event_larger_than_its_credit(void **state)
{
    const kds_fanout_options_t options = {.struct_size = sizeof options,
                                          .credit_bytes = 65536};
    struct fixture f;
    (void)state;
    open_with(&f, &(struct h2_server_options){.max_streams = 100}, &options);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    for (int i = 0; i < 3; i++) {
        char sequence[16];
        snprintf(sequence, sizeof sequence, "%d", 100 + i);
        char *payload = big_event(1000000, sequence);
        send_event(&f, 0, "SubscribeToShardEvent", payload);
        free(payload);
    }
    for (int i = 0; i < 3; i++) {
        const kds_subscription_event_t *event = next(s);
        assert_int_equal(event->data->records[0].data.n, 750000);
        kds_subscription_release(event);
    }
    kds_subscription_free(s);
    close_all(&f);
}

/* ---- connections --------------------------------------------------------------------------- */

static void fault_H13_many_shards_take_as_many_connections_as_they_need(void **state)
{
    enum { SHARDS = 120, LIMIT = 5 };
    static kds_subscription_t *all[SHARDS];
    struct fixture f;
    (void)state;
    open_with(&f, &(struct h2_server_options){.max_streams = LIMIT}, NULL);
    for (unsigned i = 0; i < SHARDS; i++) {
        char shard[32];
        snprintf(shard, sizeof shard, "shard-%u", i);
        all[i] = subscribe(&f, shard);
    }
    for (unsigned i = 0; i < SHARDS; i++)
        accept_stream(&f, i);
    for (unsigned i = 0; i < SHARDS; i++)
        send_records(&f, i, "17", "YQ==");
    for (unsigned i = 0; i < SHARDS; i++)
        expect_record(all[i], "17", "a");
    kds_fanout_status_t status = {.struct_size = sizeof status};
    assert_int_equal(kds_fanout_get_status(f.fanout, &status), KDS_OK);
    assert_int_equal(status.subscriptions, SHARDS);
    assert_int_equal(status.streams, SHARDS);
    assert_int_equal(status.waiting, 0);
    assert_in_range(status.connections, SHARDS / LIMIT, SHARDS / LIMIT + 1);
    for (unsigned i = 0; i < SHARDS; i++)
        kds_subscription_free(all[i]);
    close_all(&f);
}

static void fault_H03_a_limit_of_0_is_waited_out_on_one_connection(void **state)
{
    struct fixture f;
    (void)state;
    open_with(&f, &(struct h2_server_options){.max_streams = 0}, NULL);
    kds_subscription_t *a = subscribe(&f, "shard-0");
    kds_subscription_t *b = subscribe(&f, "shard-1");
    h2_server_await_connections(f.server, 1);
    jump(&f, 5);
    h2_server_limit(f.server, 10);
    accept_stream(&f, 0);
    accept_stream(&f, 1);
    assert_int_equal(h2_server_connections(f.server), 1);
    kds_subscription_free(a);
    kds_subscription_free(b);
    close_all(&f);
}

static void subscription_outlives_a_connection_that_is_cut(void **state)
{
    struct fixture f;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    expect_record(s, "17", "a");
    h2_server_hang_up(f.server, 0);
    await_problem(s, "127.0.0.1");
    jump(&f, 30);
    accept_stream(&f, 1);
    expect_position(&f, 1, AFTER("17"));
    assert_int_equal(h2_server_connections(f.server), 2);
    kds_subscription_free(s);
    close_all(&f);
}

static void subscription_survives_a_process_without_descriptors(void **state)
{
    struct fixture f;
    struct rlimit before, low;
    (void)state;
    open_plain(&f);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    low.rlim_cur = 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    await_problem(s, "");
    kds_subscription_status_t status = look(s);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_non_null(strstr(status.problem, "127.0.0.1"));
    jump(&f, 30);
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    expect_record(s, "17", "a");
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H14_a_server_of_http1_is_told(void **state)
{
    static const struct scripted_step step = {"HTTP/1.1 400 Bad Request\r\n\r\n", 0,
                                              SCRIPTED_CLOSE};
    struct fixture f;
    (void)state;
    struct scripted_server *old = scripted_server_start(&step, 1);
    assert_non_null(old);
    f.server = h2_server_start(&(struct h2_server_options){.max_streams = 1});
    open_client(&f, "http", scripted_server_port(old), NULL, NULL);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    await_problem(s, "");
    kds_subscription_free(s);
    close_all(&f);
    scripted_server_stop(old);
}

static void fault_H14_a_server_that_says_nothing_is_given_up(void **state)
{
    struct fixture f;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t n = sizeof address;
    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0); /* the system connects; nobody answers */
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &n), 0);
    f.server = h2_server_start(&(struct h2_server_options){.max_streams = 1});
    open_client(&f, "http", ntohs(address.sin_port), NULL, NULL);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    const int connection = accept(listener, NULL, NULL);
    assert_true(connection >= 0);
    jump(&f, 7);
    await_problem(s, "not connected in time");
    kds_subscription_free(s);
    close_all(&f);
    close(connection);
    close(listener);
}

/* ---- TLS ----------------------------------------------------------------------------------- */

static void open_tls(struct fixture *f, struct h2_server_options *server, SSL_CTX *tls)
{
    server->tls = tls;
    server->max_streams = 100;
    f->server = h2_server_start(server);
    open_client(f, "https", h2_server_port(f->server), certificates_ca_file(), NULL);
}

static void subscription_works_over_tls(void **state)
{
    struct fixture f;
    struct h2_server_options server = {.max_streams = 100};
    SSL_CTX *tls = certificates_server(&(struct certificate_wish){.names = NULL});
    (void)state;
    open_tls(&f, &server, tls);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    char *payload = big_event(3000000, "17");
    send_event(&f, 0, "SubscribeToShardEvent", payload);
    free(payload);
    const kds_subscription_event_t *event = next(s);
    assert_int_equal(event->data->records[0].data.n, 2250000);
    kds_subscription_release(event);
    kds_subscription_free(s);
    close_all(&f);
    SSL_CTX_free(tls);
}

static void fault_T04_without_alpn_h2_there_is_an_error_and_no_fallback(void **state)
{
    struct fixture f;
    struct h2_server_options server = {.without_alpn = true};
    SSL_CTX *tls = certificates_server(&(struct certificate_wish){.names = NULL});
    (void)state;
    open_tls(&f, &server, tls);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    await_problem(s, "ALPN h2");
    assert_int_equal(h2_server_requests(f.server), 0);
    kds_subscription_free(s);
    close_all(&f);
    SSL_CTX_free(tls);
}

static void fault_T01_a_certificate_that_is_not_good_is_refused(void **state)
{
    static const struct certificate_wish wishes[] = {
        {.names = "DNS:other.example"},
        {.self_signed = true},
        {.other_ca = true},
        {.names = "", .subject = "127.0.0.1"},
        {.from_s = -200000, .to_s = -100000}};
    (void)state;
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        struct fixture f;
        struct h2_server_options server = {.max_streams = 100};
        SSL_CTX *tls = certificates_server(&wishes[i]);
        open_tls(&f, &server, tls);
        kds_subscription_t *s = subscribe(&f, "shard-0");
        await_problem(s, "certificate");
        assert_int_equal(h2_server_requests(f.server), 0);
        kds_subscription_free(s);
        close_all(&f);
        SSL_CTX_free(tls);
    }
}

static void fault_T02_old_tls_is_refused(void **state)
{
    struct fixture f;
    struct h2_server_options server = {.max_streams = 100};
    SSL_CTX *tls = certificates_server(&(struct certificate_wish){.names = NULL});
    (void)state;
    SSL_CTX_set_security_level(tls, 0);
    SSL_CTX_set_max_proto_version(tls, TLS1_1_VERSION);
    open_tls(&f, &server, tls);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    await_problem(s, "TLS");
    kds_subscription_free(s);
    close_all(&f);
    SSL_CTX_free(tls);
}

/* ---- callbacks, threads, ends -------------------------------------------------------------- */

struct listener {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned events;
    bool free_at_once;
};

static void listen_to(const kds_subscription_event_t *event, void *opaque)
{
    struct listener *l = opaque;
    kds_subscription_t *s = event->subscription;
    assert_ptr_equal(event->opaque, opaque);
    kds_subscription_release(event);
    if (l->free_at_once)
        kds_subscription_free(s);
    pthread_mutex_lock(&l->lock);
    l->events++;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
}

static kds_subscription_t *subscribe_to(struct fixture *f, struct listener *l)
{
    kds_subscription_t *s = NULL;
    const kds_starting_position_t start = {.type = kds_slice("LATEST")};
    const kds_subscription_options_t options = {
        .struct_size = sizeof options,
        .consumer_arn = CONSUMER,
        .shard_id = "shard-0",
        .start = &start,
        .on_event = listen_to,
        .opaque = l,
    };
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->changed, NULL);
    assert_int_equal(kds_subscribe(f->fanout, &options, &s, NULL), KDS_OK);
    return s;
}

static void await_events(struct listener *l, unsigned count)
{
    pthread_mutex_lock(&l->lock);
    while (l->events < count)
        pthread_cond_wait(&l->changed, &l->lock);
    pthread_mutex_unlock(&l->lock);
}

static void subscription_calls_back(void **state)
{
    struct fixture f;
    struct listener l = {.events = 0};
    const kds_subscription_event_t *event;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe_to(&f, &l);
    accept_stream(&f, 0);
    for (int i = 0; i < 10; i++) {
        char sequence[8];
        snprintf(sequence, sizeof sequence, "%d", 10 + i);
        send_records(&f, 0, sequence, "YQ==");
    }
    await_events(&l, 10);
    assert_int_equal(kds_subscription_next(s, 0, &event, NULL), KDS_ERR_STATE);
    kds_subscription_free(s);
    h2_server_await_gone(f.server, 0);
    assert_int_equal(l.events, 10);
    close_all(&f);
}

static void subscription_may_be_freed_in_its_callback(void **state)
{
    struct fixture f;
    struct listener l = {.free_at_once = true};
    (void)state;
    open_plain(&f);
    subscribe_to(&f, &l);
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    send_records(&f, 0, "18", "YQ==");
    await_events(&l, 1);
    h2_server_await_gone(f.server, 0);
    close_all(&f);
    assert_int_equal(l.events, 1);
}

static void *cancel_it(void *subscription)
{
    kds_subscription_cancel(subscription);
    return NULL;
}

static void subscription_is_cancelled_by_another_thread(void **state)
{
    struct fixture f;
    pthread_t thread;
    const kds_subscription_event_t *event;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    assert_int_equal(pthread_create(&thread, NULL, cancel_it, s), 0);
    assert_int_equal(kds_subscription_next(s, -1, &event, NULL), KDS_ERR_CANCELLED);
    pthread_join(thread, NULL);
    h2_server_await_gone(f.server, 0);
    kds_subscription_free(s);
    close_all(&f);
}

static void fanout_may_go_before_its_subscriptions_and_events(void **state)
{
    struct fixture f;
    const kds_subscription_event_t *held, *event;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    send_records(&f, 0, "17", "YQ==");
    held = next(s);
    kds_fanout_free(f.fanout);
    f.fanout = NULL;
    assert_int_equal(kds_subscription_next(s, -1, &event, NULL), KDS_ERR_CLOSED);
    kds_subscription_free(s);
    assert_true(kds_slice_is(held->data->records[0].data, "a"));
    kds_subscription_release(held);
    close_all(&f);
}

static char *proxied(const char *name)
{
    static char proxy[] = "http://proxy.example:3128";
    return strcmp(name, "HTTPS_PROXY") == 0 ? proxy : NULL;
}

static void
keep_line(kds_log_level_t level, const char *tag, const char *text, void *opaque)
{
    (void)tag;
    if (level == KDS_LOG_WARNING)
        snprintf(opaque, 256, "%s", text);
}

static void fanout_says_that_it_goes_through_no_proxy(void **state)
{
    const struct kds_client_parts parts = {&test_clock, proxied, NULL};
    kds_client_t *client = NULL;
    kds_fanout_t *fanout = NULL;
    char line[256] = "";
    const kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = "us-east-1",
        .endpoint = "https://127.0.0.1:1",
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "secret",
        .log = keep_line,
        .log_opaque = line,
    };
    (void)state;
    assert_int_equal(kds_client_new_from(&options, &parts, &client, NULL), KDS_OK);
    assert_int_equal(kds_fanout_new(client, NULL, &fanout, NULL), KDS_OK);
    assert_non_null(strstr(line, "HTTPS_PROXY"));
    assert_null(strstr(line, "proxy.example")); /* there may be a password in it */
    kds_fanout_free(fanout);
    kds_client_free(client);
}

static void subscription_refuses_what_the_service_would(void **state)
{
    struct fixture f;
    kds_subscription_t *s = NULL;
    kds_error_t *error = NULL;
    const kds_starting_position_t start = {.type = kds_slice("TRIM_HORIZON")};
    kds_subscription_options_t o = {.struct_size = sizeof o,
                                    .consumer_arn = "no arn",
                                    .shard_id = "shard-0",
                                    .start = &start};
    (void)state;
    open_plain(&f);
    assert_int_equal(kds_subscribe(f.fanout, &o, &s, &error), KDS_ERR_INVALID_ARG);
    assert_non_null(strstr(kds_error_message(error), "ConsumerARN"));
    o.consumer_arn = CONSUMER;
    o.shard_id = NULL;
    assert_int_equal(kds_subscribe(f.fanout, &o, &s, &error), KDS_ERR_INVALID_ARG);
    o.shard_id = "shard-0";
    o.start = NULL;
    assert_int_equal(kds_subscribe(f.fanout, &o, &s, &error), KDS_ERR_INVALID_ARG);
    o.start = &start;
    o.credit_bytes = 1000;
    assert_int_equal(kds_subscribe(f.fanout, &o, &s, &error), KDS_ERR_INVALID_ARG);
    assert_non_null(strstr(kds_error_message(error), "65536"));
    o.credit_bytes = 0;
    o.struct_size = 3;
    assert_int_equal(kds_subscribe(f.fanout, &o, &s, &error), KDS_ERR_INVALID_ARG);
    kds_error_free(error);
    kds_fanout_t *none = NULL;
    const kds_fanout_options_t wrong = {.struct_size = sizeof wrong,
                                        .max_connections = 100000};
    assert_int_equal(kds_fanout_new(f.client, &wrong, &none, NULL), KDS_ERR_CONFIG);
    close_all(&f);
}

static void fanout_knows_a_forked_child(void **state)
{
    struct fixture f;
    int status = -1;
    (void)state;
    open_plain(&f);
    kds_subscription_t *s = subscribe(&f, "shard-0");
    accept_stream(&f, 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const kds_subscription_event_t *event;
        kds_subscription_t *other;
        const kds_subscription_options_t o = {.struct_size = sizeof o};
        const bool told = kds_subscription_next(s, -1, &event, NULL) == KDS_ERR_FORKED &&
                          kds_subscribe(f.fanout, &o, &other, NULL) == KDS_ERR_FORKED;
        kds_subscription_free(s);
        kds_fanout_free(f.fanout);
        _exit(told ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    send_records(&f, 0, "17", "YQ=="); /* the parent's connection is untouched */
    expect_record(s, "17", "a");
    kds_subscription_free(s);
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscription_delivers_records_and_the_end_of_a_shard),
        cmocka_unit_test(fault_H12_a_regular_end_is_followed_behind_the_last_event),
        cmocka_unit_test(fault_H12_an_end_within_an_event_repeats_the_event),
        cmocka_unit_test(fault_H01_a_stream_above_goaway_is_subscribed_elsewhere),
        cmocka_unit_test(fault_H02_a_reset_makes_its_shard_alone_subscribe_again),
        cmocka_unit_test(fault_H09_silence_makes_it_subscribe_again),
        cmocka_unit_test(fault_H11_credit_of_an_older_subscribing_is_not_the_next_one_s),
        cmocka_unit_test(fault_E01_a_wrong_check_sum_makes_it_subscribe_again),
        cmocka_unit_test(fault_E07_the_initial_response_may_come_in_any_form_or_not),
        cmocka_unit_test(fault_E05_unknown_events_are_skipped_and_counted),
        cmocka_unit_test(fault_E08_an_exception_that_stays_true_is_the_end),
        cmocka_unit_test(fault_E08_exceptions_that_may_pass_are_waited_out),
        cmocka_unit_test(fault_E11_a_payload_that_stays_unreadable_is_told),
        cmocka_unit_test(fault_H10_an_answer_that_is_no_stream_is_judged),
        cmocka_unit_test(fault_H10_no_answer_is_not_waited_for_for_ever),
        cmocka_unit_test(fault_H04_a_slow_subscriber_stalls_itself_alone),
        cmocka_unit_test(subscription_takes_an_event_larger_than_its_credit),
        cmocka_unit_test(fault_H13_many_shards_take_as_many_connections_as_they_need),
        cmocka_unit_test(fault_H03_a_limit_of_0_is_waited_out_on_one_connection),
        cmocka_unit_test(subscription_outlives_a_connection_that_is_cut),
        cmocka_unit_test(subscription_survives_a_process_without_descriptors),
        cmocka_unit_test(fault_H14_a_server_of_http1_is_told),
        cmocka_unit_test(fault_H14_a_server_that_says_nothing_is_given_up),
        cmocka_unit_test(subscription_works_over_tls),
        cmocka_unit_test(fault_T04_without_alpn_h2_there_is_an_error_and_no_fallback),
        cmocka_unit_test(fault_T01_a_certificate_that_is_not_good_is_refused),
        cmocka_unit_test(fault_T02_old_tls_is_refused),
        cmocka_unit_test(subscription_calls_back),
        cmocka_unit_test(subscription_may_be_freed_in_its_callback),
        cmocka_unit_test(subscription_is_cancelled_by_another_thread),
        cmocka_unit_test(fanout_may_go_before_its_subscriptions_and_events),
        cmocka_unit_test(fanout_says_that_it_goes_through_no_proxy),
        cmocka_unit_test(subscription_refuses_what_the_service_would),
        cmocka_unit_test(fanout_knows_a_forked_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
