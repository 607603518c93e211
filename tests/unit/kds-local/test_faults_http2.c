/*
 * test_faults_http2: what each point and action of a fault plan does to a client over HTTP/2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "h2.h"
#include "h2_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define ONCE(on, at, action, args)                                                       \
    "{\"rules\":[{\"on\":{" on "},\"at\":\"" at                                          \
    "\",\"times\":1,\"do\":{\"action\":\"" action "\",\"args\":{" args "}}}]}"
#define PUT                                                                              \
    "{\"StreamName\":\"s\",\"Records\":[{\"Data\":\"QQ==\",\"PartitionKey\":\"a\"}]}"

enum fate {
    ANSWERED, /* 200, whole */
    OTHER,    /* another status, whole */
    WAITING,  /* nothing yet */
    RESET,    /* RST_STREAM, with `error` */
    CUT       /* the connection is over */
};

/* One PutRecords, then an hour, then a ping. */
struct row {
    const char *plan;
    enum fate fate;
    uint32_t error;
    size_t stored;
    enum fate later;
    size_t later_stored;
    bool pong; /* the connection still lives then */
};

static enum fate fate_of(const struct pair *pair, const struct h2_peer_stream *s)
{
    if (s->ended && s->error == 0) {
        return strcmp(s->status, "200") == 0 ? ANSWERED : OTHER;
    }
    if (s->closed) {
        return RESET;
    }
    return pair->end == PAIR_OPEN ? WAITING : CUT;
}

static void play(const struct row *row)
{
    struct pair pair;
    struct h2_peer peer;
    pair_begin(&pair, row->plan);
    pair_connect(&pair);
    h2_peer_begin(&peer, &pair, 0);
    struct h2_peer_stream *s = h2_peer_ask(&peer, "PutRecords", PUT);
    if (fate_of(&pair, s) != row->fate || s->error != row->error ||
        pair_stored(&pair) != row->stored) {
        fail_msg("%s\n  fate %d, error %u, stored %zu", row->plan, (int)fate_of(&pair, s),
                 s->error, pair_stored(&pair));
    }
    h2_peer_pass(&peer, 3600000);
    h2_peer_ping(&peer);
    if (fate_of(&pair, s) != row->later || pair_stored(&pair) != row->later_stored ||
        peer.pongs != row->pong) {
        fail_msg("%s\n  later: fate %d, stored %zu, %d pongs", row->plan,
                 (int)fate_of(&pair, s), pair_stored(&pair), peer.pongs);
    }
    h2_peer_finish(&peer);
    pair_finish(&pair);
}

static void play_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        play(&rows[i]);
    }
}

static void every_point_of_a_call(void **state)
{
    static const struct row rows[] = {
        {"{}", ANSWERED, 0, 1, ANSWERED, 1, true},
        {ONCE("", "accept", "delay", ""), WAITING, 0, 0, ANSWERED, 1, true},
        {ONCE("", "accept", "hang", ""), WAITING, 0, 0, WAITING, 0, false},
        {ONCE("", "accept", "fin", ""), CUT, 0, 0, CUT, 0, false},
        {ONCE("", "req_head", "reset", ""), CUT, 0, 0, CUT, 0, false},
        {ONCE("", "req_head", "fin", ""), CUT, 0, 0, CUT, 0, false},
        {ONCE("", "req_head", "hang", ""), WAITING, 0, 0, WAITING, 0, true},
        {ONCE("", "req_head", "hang", "\"scope\":\"connection\""), WAITING, 0, 0, WAITING,
         0, false},
        {ONCE("", "req_head", "delay", ""), WAITING, 0, 0, ANSWERED, 1, true},
        {ONCE("", "req_head", "status", "\"status\":503"), OTHER, 0, 0, OTHER, 0, true},
        {ONCE("", "req_head", "rst_stream", "\"error_code\":7"), RESET, 7, 0, RESET, 0,
         true},
        {ONCE("", "req_body:0", "rst_stream", "\"error_code\":11"), RESET, 11, 0, RESET,
         0, true},
        {ONCE("", "req_body:20", "reset", ""), CUT, 0, 0, CUT, 0, false},
        {ONCE("", "req_body:20", "hang", ""), WAITING, 0, 0, WAITING, 0, true},
        {ONCE("", "req_body:20", "delay", ""), WAITING, 0, 0, ANSWERED, 1, true},
        {ONCE("", "req_body:9999", "rst_stream", ""), RESET, 2, 0, RESET, 0, true},
        {ONCE("", "before_commit", "rst_stream", "\"error_code\":99"), RESET, 99, 0,
         RESET, 0, true},
        {ONCE("", "after_commit", "rst_stream", "\"error_code\":8"), RESET, 8, 1, RESET,
         1, true},
        {ONCE("", "before_commit", "delay", ""), WAITING, 0, 0, ANSWERED, 1, true},
        {ONCE("", "after_commit", "delay", ""), WAITING, 0, 1, ANSWERED, 1, true},
        {ONCE("", "after_commit", "reset", ""), CUT, 0, 1, CUT, 1, false},
        {ONCE("", "before_commit", "error", "\"code\":\"SlowDown\""), OTHER, 0, 0, OTHER,
         0, true},
        {ONCE("", "resp_head", "hang", ""), WAITING, 0, 1, WAITING, 1, true},
        {ONCE("", "resp_head", "rst_stream", "\"error_code\":1"), RESET, 1, 1, RESET, 1,
         true},
        {ONCE("", "resp_head", "trickle", "\"bytes\":1,\"ms\":1"), WAITING, 0, 1,
         ANSWERED, 1, true},
        {ONCE("", "resp_body:3", "hang", ""), WAITING, 0, 1, WAITING, 1, true},
        {ONCE("", "resp_body:3", "delay", ""), WAITING, 0, 1, ANSWERED, 1, true},
        {ONCE("", "resp_body:3", "rst_stream", "\"error_code\":8"), RESET, 8, 1, RESET, 1,
         true},
        {ONCE("", "resp_body:3", "reset", ""), CUT, 0, 1, CUT, 1, false},
        {ONCE("", "resp_body:3", "fin", ""), CUT, 0, 1, CUT, 1, false},
        /* Shorter than its Content-Length: the client's library resets it. */
        {ONCE("", "resp_body:3", "truncate", ""), RESET, NGHTTP2_PROTOCOL_ERROR, 1, RESET,
         1, true},
        {ONCE("", "idle", "fin", ""), ANSWERED, 0, 1, ANSWERED, 1, false},
        {ONCE("", "idle", "reset", ""), ANSWERED, 0, 1, ANSWERED, 1, false},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

/* F-H01: below ours, ours, none at all, at each of the points that it may come at. */
static void fault_H01_goaway_at_every_point(void **state)
{
    static const struct {
        const char *plan;
        enum fate fate;
        int32_t last;
        uint32_t error;
    } rows[] = {
        {ONCE("", "req_head", "goaway", "\"error_code\":0"), ANSWERED, 1, 0},
        {ONCE("", "before_commit", "goaway", "\"error_code\":11"), ANSWERED, 1, 11},
        {ONCE("", "after_commit", "goaway", ""), ANSWERED, 1, 2},
        {ONCE("", "resp_head", "goaway", ""), ANSWERED, 1, 2},
        {ONCE("", "resp_body:3", "goaway", ""), ANSWERED, 1, 2},
        {ONCE("", "idle", "goaway", "\"error_code\":0"), ANSWERED, 1, 0},
        {ONCE("", "before_commit", "goaway", "\"last_stream_id\":0"), RESET, 0, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair pair;
        struct h2_peer peer;
        pair_begin(&pair, rows[i].plan);
        pair_connect(&pair);
        h2_peer_begin(&peer, &pair, 0);
        struct h2_peer_stream *s = h2_peer_ask(&peer, "PutRecords", PUT);
        if (peer.goaways < 1 || peer.goaway_last != rows[i].last ||
            peer.goaway_error != rows[i].error || fate_of(&pair, s) != rows[i].fate) {
            fail_msg("%s\n  %d goaways, last %d, error %u, fate %d", rows[i].plan,
                     peer.goaways, peer.goaway_last, peer.goaway_error,
                     (int)fate_of(&pair, s));
        }
        h2_peer_finish(&peer);
        pair_finish(&pair);
    }
}

/* F-H03: settings from the start, and lowered while streams are open. */
static void fault_H03_settings_change(void **state)
{
    struct pair pair;
    struct h2_peer peer;
    (void)state;
    pair_begin(&pair, "{\"rules\":[{\"at\":\"accept\",\"do\":{\"action\":\"settings\","
                      "\"args\":{\"max_concurrent_streams\":5}}},"
                      "{\"at\":\"before_commit\",\"times\":1,\"do\":{\"action\":"
                      "\"settings\",\"args\":{\"max_concurrent_streams\":1,"
                      "\"initial_window_size\":77}}}]}");
    pair_connect(&pair);
    h2_peer_begin(&peer, &pair, 0);
    assert_int_equal(peer.max_streams, 5);
    assert_int_equal(peer.window, H2_WINDOW_BYTES);
    struct h2_peer_stream *s = h2_peer_ask(&peer, "PutRecords", PUT);
    assert_int_equal(fate_of(&pair, s), ANSWERED);
    assert_int_equal(peer.max_streams, 1);
    assert_int_equal(peer.window, 77);
    /* A body of more than the window needs several rounds, and gets through. */
    s = h2_peer_ask(&peer, "PutRecords", PUT);
    assert_int_equal(fate_of(&pair, s), ANSWERED);
    h2_peer_finish(&peer);
    pair_finish(&pair);
}

/* F-H04: an upload gets no window any more; what was there already is served. */
static void fault_H04_windows_close(void **state)
{
    struct pair pair;
    struct h2_peer peer;
    (void)state;
    pair_begin(&pair, ONCE("", "before_commit", "window0", ""));
    pair_connect(&pair);
    h2_peer_begin(&peer, &pair, 0);
    struct h2_peer_stream *first = h2_peer_ask(&peer, "PutRecords", PUT);
    assert_int_equal(fate_of(&pair, first), ANSWERED);
    assert_int_equal(peer.window, 0);
    struct h2_peer_stream *second = h2_peer_ask(&peer, "PutRecords", PUT);
    h2_peer_pass(&peer, 3600000);
    assert_int_equal(fate_of(&pair, second), WAITING);
    assert_int_equal(second->body_sent, 0);
    h2_peer_ping(&peer);
    assert_int_equal(peer.pongs, 1);
    h2_peer_finish(&peer);
    pair_finish(&pair);
}

/* Bytes of the plan in place of an answer: here a PING with a wrong length, F-H06. */
static void raw_bytes_go_between_frames(void **state)
{
    struct pair pair;
    struct h2_peer peer;
    (void)state;
    pair_begin(&pair, ONCE("", "resp_head", "raw",
                           "\"hex\":\"00000106000000000000\",\"end\":\"keep\""));
    pair_connect(&pair);
    h2_peer_begin(&peer, &pair, 0);
    struct h2_peer_stream *s = h2_peer_ask(&peer, "PutRecords", PUT);
    assert_int_not_equal(fate_of(&pair, s), ANSWERED);
    assert_int_equal(pair_stored(&pair), 1);
    assert_false(nghttp2_session_want_read(peer.session)); /* it gave the connection up */
    h2_peer_finish(&peer);
    pair_finish(&pair);
}

/* A fault of one stream leaves the others alone. */
static void other_streams_go_on(void **state)
{
    static const char *const actions[] = {"hang", "rst_stream", "delay"};
    (void)state;
    for (size_t i = 0; i < COUNT(actions); i++) {
        char plan[256];
        struct pair pair;
        struct h2_peer peer;
        snprintf(plan, sizeof plan,
                 "{\"rules\":[{\"on\":{\"nth\":[2]},\"at\":\"before_commit\","
                 "\"do\":{\"action\":\"%s\"}}]}",
                 actions[i]);
        pair_begin(&pair, plan);
        pair_connect(&pair);
        h2_peer_begin(&peer, &pair, 0);
        struct h2_peer_stream *a = h2_peer_ask(&peer, "PutRecords", PUT);
        struct h2_peer_stream *b = h2_peer_ask(&peer, "PutRecords", PUT);
        struct h2_peer_stream *c = h2_peer_ask(&peer, "PutRecords", PUT);
        assert_int_equal(fate_of(&pair, a), ANSWERED);
        assert_int_not_equal(fate_of(&pair, b), ANSWERED);
        assert_int_equal(fate_of(&pair, c), ANSWERED);
        h2_peer_finish(&peer);
        pair_finish(&pair);
    }
}

/* A client that goes away while its request waits leaves nothing behind. */
static void cancelled_streams_are_forgotten(void **state)
{
    struct pair pair;
    struct h2_peer peer;
    (void)state;
    pair_begin(&pair, ONCE("", "before_commit", "delay", "\"ms\":1000"));
    pair_connect(&pair);
    h2_peer_begin(&peer, &pair, 0);
    struct h2_peer_stream *s = h2_peer_ask(&peer, "PutRecords", PUT);
    h2_peer_cancel(&peer, s);
    h2_peer_pass(&peer, 1000);
    assert_int_equal(pair_stored(&pair), 0);
    s = h2_peer_ask(&peer, "PutRecords", PUT);
    assert_int_equal(fate_of(&pair, s), ANSWERED);
    h2_peer_finish(&peer);
    pair_finish(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_of_a_call),
        cmocka_unit_test(fault_H01_goaway_at_every_point),
        cmocka_unit_test(fault_H03_settings_change),
        cmocka_unit_test(fault_H04_windows_close),
        cmocka_unit_test(raw_bytes_go_between_frames),
        cmocka_unit_test(other_streams_go_on),
        cmocka_unit_test(cancelled_streams_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
