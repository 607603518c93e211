/*
 * test_events: event streams over both versions of HTTP: frames, push, windows, and what the fault
 * plan does to them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "codec/event_stream.h"
#include "h2_peer.h"
#include "subscriptions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define ONCE(at, action, args)                                                           \
    "{\"rules\":[{\"at\":\"" at "\",\"times\":1,\"do\":{\"action\":\"" action            \
    "\",\"args\":{" args "}}}]}"
#define ARN "arn:aws:kinesis:us-east-1:000000000000:stream/s"
#define SUBSCRIBE                                                                        \
    "{\"ConsumerARN\":\"" ARN "/consumer/c:1790000000\","                                \
    "\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":"               \
    "\"TRIM_HORIZON\"}}"

/* ---- what was received -------------------------------------------------------------------- */

static size_t describe_message(const struct kds_event_message *m, char *out, size_t room)
{
    struct kds_event_meaning meaning;
    assert_null(kds_event_message_read(m, &meaning));
    kds_slice_t payload = m->payload;
    if (meaning.kind == KDS_EVENT_KIND_EXCEPTION) {
        return (size_t)snprintf(out, room, "x:%.*s ", (int)meaning.name.n,
                                (const char *)meaning.name.p);
    }
    if (kds_slice_is(meaning.name, "initial-response")) {
        return (size_t)snprintf(out, room, "i ");
    }
    size_t n = (size_t)snprintf(out, room, "e");
    char *text = malloc(payload.n + 1);
    memcpy(text, payload.p, payload.n);
    text[payload.n] = 0;
    size_t records = 0;
    for (const char *at = text; (at = strstr(at, "\"Data\":")) != NULL; at++) {
        records++;
    }
    n += (size_t)snprintf(out + n, room - n, "%zu%s ", records,
                          strstr(text, "\"ChildShards\"") ? "c" : "");
    free(text);
    return n;
}

/* "i e0 e2 x:Name !": initial response, events with their number of records, an exception, and what
 * is broken; "~": the end is within a message. */
static const char *describe(const uint8_t *p, size_t n)
{
    static char out[1024];
    struct kds_event_decoder d;
    struct kds_event_message m;
    size_t at = 0;
    enum kds_event_step step;
    out[0] = 0;
    kds_event_decoder_init(&d, 0);
    kds_event_decoder_feed(&d, kds_slice_of(p, n));
    while ((step = kds_event_decoder_next(&d, &m)) == KDS_EVENT_MESSAGE) {
        at += describe_message(&m, out + at, sizeof out - at);
    }
    if (step == KDS_EVENT_BROKEN) {
        snprintf(out + at, sizeof out - at, "!");
    } else if (!kds_event_decoder_may_end(&d)) {
        snprintf(out + at, sizeof out - at, "~");
    }
    kds_event_decoder_clear(&d);
    return out;
}

/* The chunks of an answer of HTTP/1.1, put together. @return whether the last one is there */
static bool unchunk(struct pair *p, uint8_t *out, size_t *n)
{
    const char *at = strstr(pair_text(p), "\r\n\r\n");
    const char *end = (const char *)p->got + p->got_n;
    *n = 0;
    for (at = at ? at + 4 : end; at < end;) {
        char *data;
        size_t size = strtoul(at, &data, 16);
        data += 2;
        if (size == 0) {
            return true;
        }
        size_t have = (size_t)(end - data) < size ? (size_t)(end - data) : size;
        memcpy(out + *n, data, have);
        *n += have;
        at = data + size + 2;
    }
    return false;
}

/* ---- a reader of either version ----------------------------------------------------------- */

struct reader {
    bool http2;
    struct pair pair;
    struct h2_peer peer;
    struct h2_peer_stream *stream;
    uint8_t *body;
};

static void reader_begin(struct reader *r, bool http2, const char *plan)
{
    memset(r, 0, sizeof *r);
    r->http2 = http2;
    r->body = malloc(PAIR_BYTES_MAX);
    pair_begin(&r->pair, plan);
    assert_int_equal(pair_call(&r->pair, "RegisterStreamConsumer",
                               "{\"StreamARN\":\"" ARN "\",\"ConsumerName\":\"c\"}"),
                     200);
    pair_connect(&r->pair);
    if (http2) {
        h2_peer_begin(&r->peer, &r->pair, 0);
    }
}

static void reader_finish(struct reader *r)
{
    if (r->http2) {
        h2_peer_finish(&r->peer);
    }
    pair_finish(&r->pair);
    free(r->body);
}

static void subscribe(struct reader *r)
{
    char request[4096];
    if (r->http2) {
        r->stream = h2_peer_ask(&r->peer, "SubscribeToShard", SUBSCRIBE);
    } else {
        pair_send_text(&r->pair, pair_request("SubscribeToShard", SUBSCRIBE, request,
                                              sizeof request));
    }
}

static void settle(struct reader *r)
{
    if (r->http2) {
        h2_peer_settle(&r->peer);
    } else {
        pair_settle(&r->pair);
    }
}

static void pass(struct reader *r, int64_t ms)
{
    if (r->http2) {
        h2_peer_pass(&r->peer, ms);
    } else {
        pair_pass(&r->pair, ms);
    }
}

static void put(struct reader *r)
{
    assert_int_equal(
        pair_call(&r->pair, "PutRecord",
                  "{\"StreamName\":\"s\",\"ExplicitHashKey\":\"0\",\"PartitionKey\":"
                  "\"k\",\"Data\":\"QQ==\"}"),
        200);
    settle(r);
}

/* What came, and how it stands: "." goes on, ";" ended in order, "/" broken off. */
static const char *got(struct reader *r)
{
    static char out[1100];
    size_t n;
    const char *text;
    char end;
    if (r->http2) {
        const struct h2_peer_stream *s = r->stream;
        text = describe(s->got, s->got_n);
        end = s->ended && s->error == 0               ? ';'
              : s->closed || r->pair.end != PAIR_OPEN ? '/'
                                                      : '.';
    } else {
        bool whole = unchunk(&r->pair, r->body, &n);
        text = describe(r->body, n);
        end = whole ? ';' : r->pair.end != PAIR_OPEN ? '/' : '.';
    }
    snprintf(out, sizeof out, "%s%c", text, end);
    return out;
}

/* ---- the stream itself -------------------------------------------------------------------- */

static void records_are_pushed(void **state)
{
    (void)state;
    for (int http2 = 0; http2 < 2; http2++) {
        struct reader r;
        reader_begin(&r, http2, NULL);
        put(&r);
        put(&r);
        subscribe(&r);
        assert_string_equal(got(&r), "i e2 .");
        put(&r);
        assert_string_equal(got(&r), "i e2 e1 .");
        pass(&r, 4999);
        assert_string_equal(got(&r), "i e2 e1 .");
        pass(&r, 1);
        assert_string_equal(got(&r), "i e2 e1 e0 .");
        assert_int_equal(pair_call(&r.pair, "SplitShard",
                                   "{\"StreamName\":\"s\",\"ShardToSplit\":"
                                   "\"shardId-000000000000\",\"NewStartingHashKey\":"
                                   "\"1000\"}"),
                         200);
        settle(&r);
        assert_string_equal(got(&r), "i e2 e1 e0 e0c ;");
        reader_finish(&r);
    }
}

static void heads_tell_what_follows(void **state)
{
    struct reader r;
    (void)state;
    reader_begin(&r, false, NULL);
    subscribe(&r);
    const char *text = pair_text(&r.pair);
    assert_non_null(strstr(text, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(text, "Content-Type: application/vnd.amazon.eventstream\r\n"));
    assert_non_null(strstr(text, "Transfer-Encoding: chunked\r\n"));
    assert_null(strstr(text, "Content-Length"));
    reader_finish(&r);
}

/* It ends in order after five minutes, and the connection is as good as before. */
static void streams_end_and_connections_stay(void **state)
{
    (void)state;
    for (int http2 = 0; http2 < 2; http2++) {
        struct reader r;
        reader_begin(&r, http2, NULL);
        subscribe(&r);
        pass(&r, 299999);
        assert_int_equal(strchr(got(&r), ';'), NULL);
        pass(&r, 1);
        assert_non_null(strchr(got(&r), ';'));
        assert_int_equal(r.pair.end, PAIR_OPEN);
        pair_forget(&r.pair);
        put(&r);
        subscribe(&r);
        assert_string_equal(got(&r), "i e1 .");
        reader_finish(&r);
    }
}

static void newcomers_take_over(void **state)
{
    (void)state;
    for (int http2 = 0; http2 < 2; http2++) {
        struct reader r;
        struct local_fault fault;
        struct kds_arena arena;
        kds_arena_init(&arena, 65536);
        reader_begin(&r, http2, NULL);
        subscribe(&r);
        const kds_subscribe_to_shard_in_t in = {
            .struct_size = sizeof in,
            .consumer_arn = kds_slice(ARN "/consumer/c:1790000000"),
            .shard_id = kds_slice("shardId-000000000000"),
            .starting_position = {.type = kds_slice("LATEST")}};
        r.pair.site->now_us += 5000000;
        struct local_subscription *other = local_service_subscribe(
            r.pair.site->service, r.pair.site->now_us, &in, &arena, &fault, NULL, NULL);
        assert_non_null(other);
        settle(&r);
        assert_string_equal(got(&r), "i e0 x:ResourceInUseException ;");
        local_subscription_end(other);
        kds_arena_clear(&arena);
        reader_finish(&r);
    }
}

static void refusals_are_no_event_streams(void **state)
{
    char request[4096];
    struct reader r;
    (void)state;
    reader_begin(&r, false, NULL);
    pair_send_text(&r.pair,
                   pair_request("SubscribeToShard",
                                "{\"ConsumerARN\":\"" ARN "/consumer/d:1\",\"ShardId\":"
                                "\"shardId-000000000000\",\"StartingPosition\":{"
                                "\"Type\":\"LATEST\"}}",
                                request, sizeof request));
    assert_non_null(strstr(pair_text(&r.pair), "HTTP/1.1 400 Bad Request\r\n"));
    assert_non_null(
        strstr(pair_text(&r.pair), "{\"__type\":\"ResourceNotFoundException\""));
    reader_finish(&r);
}

/* A client that goes away gives its place back at once. */
static void clients_that_leave_are_forgotten(void **state)
{
    struct reader r;
    (void)state;
    reader_begin(&r, true, NULL);
    subscribe(&r);
    const struct local_stream *s = local_service_stream(r.pair.site->service, "s");
    assert_non_null(s->shards[0]->readers);
    h2_peer_cancel(&r.peer, r.stream);
    assert_null(s->shards[0]->readers);
    pass(&r, 5000);
    subscribe(&r);
    assert_non_null(s->shards[0]->readers);
    pair_connect(&r.pair); /* drops the connection before */
    assert_null(s->shards[0]->readers);
    reader_finish(&r);
}

/* F-H04: a reader that does not read has at most one event made for it, and holds up nobody. */
static void fault_H04_slow_readers_hold_back_themselves(void **state)
{
    const size_t large = 200000;
    char *body = malloc(large * 2);
    struct reader r;
    (void)state;
    reader_begin(&r, true, NULL);
    h2_peer_finish(&r.peer);
    pair_connect(&r.pair);
    h2_peer_begin_manual(&r.peer, &r.pair, 65535);
    subscribe(&r);
    const struct local_stream *s = local_service_stream(r.pair.site->service, "s");
    int head = snprintf(body, 200,
                        "{\"StreamName\":\"s\",\"ExplicitHashKey\":\"0\","
                        "\"PartitionKey\":\"k\",\"Data\":\"");
    memset(body + head, 'A', large);
    snprintf(body + head + large, 8, "\"}");
    for (int i = 0; i < 20; i++) {
        assert_int_equal(pair_call(&r.pair, "PutRecord", body), 200);
        settle(&r);
    }
    assert_int_equal(s->shards[0]->log.count, 20);
    /* As much as the window lets through, and not one byte more. */
    assert_int_equal(r.stream->got_n, 65535);
    /* Another stream of the same connection would wait too; it is the connection's window. */
    size_t consumed = 0;
    for (int i = 0; i < 10000 && strstr(got(&r), "~") != NULL; i++) {
        size_t more = r.stream->got_n - consumed;
        consumed += more;
        h2_peer_consume(&r.peer, r.stream, more);
        if (more == 0) {
            break;
        }
    }
    size_t records = 0;
    for (const char *at = got(&r); (at = strchr(at, 'e')) != NULL; at++) {
        records += strtoul(at + 1, NULL, 10);
    }
    assert_int_equal(records, 10); /* of 2 MiB that the test keeps */
    free(body);
    reader_finish(&r);
}

/* ---- faults ------------------------------------------------------------------------------- */

/* Records are put one at a time, so that events are 1: e0, 2: e1, 3: e1. */
struct row {
    const char *plan;
    const char *http1, *http2; /* what the reader has got in the end; NULL = as http1 */
};

static void play(const struct row *row, bool http2)
{
    struct reader r;
    const char *wanted = http2 && row->http2 ? row->http2 : row->http1;
    reader_begin(&r, http2, row->plan);
    subscribe(&r);
    put(&r);
    put(&r);
    pass(&r, 1000);
    if (strcmp(got(&r), wanted) != 0) {
        fail_msg("%s over %s\n  got:  %s\n  want: %s", row->plan,
                 http2 ? "HTTP/2" : "HTTP/1.1", got(&r), wanted);
    }
    reader_finish(&r);
}

static void faults_befall_events(void **state)
{
    static const struct row rows[] = {
        {"{}", "i e0 e1 e1 .", NULL},
        {ONCE("event:0", "reset", ""), "/", NULL},
        {ONCE("event:0", "hang", ""), ".", NULL},
        {ONCE("event:2", "reset", ""), "i e0 /", NULL},
        {ONCE("event:2", "fin", ""), "i e0 /", NULL},
        {ONCE("event:2", "hang", ""), "i e0 .", NULL},
        {ONCE("event:2", "hang", "\"scope\":\"connection\""), "i e0 .", NULL},
        {ONCE("event:2", "delay", "\"ms\":1000"), "i e0 e1 e1 .", NULL},
        {ONCE("event:2", "delay", "\"ms\":1001"), "i e0 .", NULL},
        {ONCE("event:2", "trickle", "\"bytes\":1,\"ms\":1"), "i e0 e1 e1 .", NULL},
        {ONCE("event:2", "trickle", "\"bytes\":1,\"ms\":100"), "i e0 ~.", NULL},
        {ONCE("event:2", "truncate", ""), "i e0 /", "i e0 ;"},
        {ONCE("event:2", "truncate", "\"bytes\":40"), "i e0 ~/", "i e0 ~;"},
        {ONCE("event:2", "corrupt", ""), "i e0 !.", NULL},
        {ONCE("event:2", "corrupt", "\"byte\":0"), "i e0 !.", NULL},
        {ONCE("event:2", "error", "\"code\":\"KMSThrottlingException\""),
         "i e0 x:KMSThrottlingException ;", NULL},
        {ONCE("event:1", "error", ""), "i x:InternalFailure ;", NULL},
        {ONCE("event:2", "raw", "\"hex\":\"000000100000000005c248eb\""), "i e0 ~/", NULL},
        {ONCE("event:2", "raw", "\"hex\":\"\",\"end\":\"keep\""), "i e0 e1 .", NULL},
        {ONCE("event:0", "raw", "\"hex\":\"\",\"end\":\"keep\""), "e0 e1 e1 .", NULL},
        {ONCE("event:2", "rst_stream", "\"error_code\":7"), "i e0 /", NULL},
        {ONCE("event:2", "goaway", ""), "i e0 /", "i e0 e1 e1 ."},
        {ONCE("event:2", "goaway", "\"last_stream_id\":0"), "i e0 /", NULL},
        {ONCE("event:2", "window0", ""), "i e0 e1 e1 .", NULL},
        {ONCE("event:2", "settings", "\"max_concurrent_streams\":0"), "i e0 e1 e1 .",
         NULL},
        {ONCE("event:2", "reshard",
              "\"kind\":\"split\",\"stream\":\"s\",\"shard\":\"shardId-000000000000\","
              "\"hash_key\":\"1000\""),
         "i e0 e1 e0c ;", NULL},
        {ONCE("before_commit", "error", ""), ";", "!;"}, /* JSON, not frames */
        {ONCE("after_commit", "reset", ""), "/", NULL},
        {ONCE("resp_head", "hang", ""), ".", NULL},
        {ONCE("resp_head", "truncate", "\"bytes\":5"), "~/", "~;"},
        {ONCE("resp_body:130", "reset", ""), "i ~/", NULL},
        {ONCE("resp_body:150", "corrupt", ""), "i !.", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        play(&rows[i], false);
        play(&rows[i], true);
    }
}

/* F-H02: every code, known and not, between two events and within one. */
static void fault_H02_streams_are_reset_with_every_code(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 15; code++) {
        for (int within = 0; within < 2; within++) {
            char plan[256];
            struct reader r;
            snprintf(plan, sizeof plan,
                     "{\"rules\":[{\"at\":\"%s\",\"times\":1,\"do\":{\"action\":"
                     "\"rst_stream\",\"args\":{\"error_code\":%u}}}]}",
                     within ? "resp_body:300" : "event:2", code);
            reader_begin(&r, true, plan);
            subscribe(&r);
            put(&r);
            assert_true(r.stream->closed);
            assert_int_equal(r.stream->error, code);
            assert_int_equal(r.pair.end, PAIR_OPEN);
            pass(&r, 5000);
            subscribe(&r); /* the connection is as good as before */
            assert_string_equal(got(&r), "i e1 .");
            reader_finish(&r);
        }
    }
}

/* F-H12: the end comes in the middle of a burst; going on from the last event leaves nothing out. */
static void fault_H12_ends_in_a_burst(void **state)
{
    (void)state;
    for (int http2 = 0; http2 < 2; http2++) {
        struct reader r;
        reader_begin(&r, http2, ONCE("event:3", "fin", ""));
        subscribe(&r);
        put(&r);
        put(&r);
        put(&r);
        assert_string_equal(got(&r), "i e0 e1 /");
        reader_finish(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_pushed),
        cmocka_unit_test(heads_tell_what_follows),
        cmocka_unit_test(streams_end_and_connections_stay),
        cmocka_unit_test(newcomers_take_over),
        cmocka_unit_test(refusals_are_no_event_streams),
        cmocka_unit_test(clients_that_leave_are_forgotten),
        cmocka_unit_test(fault_H04_slow_readers_hold_back_themselves),
        cmocka_unit_test(faults_befall_events),
        cmocka_unit_test(fault_H02_streams_are_reset_with_every_code),
        cmocka_unit_test(fault_H12_ends_in_a_burst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
