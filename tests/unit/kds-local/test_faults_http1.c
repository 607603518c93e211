/*
 * test_faults_http1: what each point and action of a fault plan does to a client over HTTP/1.1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* A plan with one rule that fires once. */
#define ONCE(on, at, action, args)                                                       \
    "{\"rules\":[{\"on\":{" on "},\"at\":\"" at                                          \
    "\",\"times\":1,\"do\":{\"action\":\"" action "\",\"args\":{" args "}}}]}"
#define PUT                                                                              \
    "{\"StreamName\":\"s\",\"Records\":[{\"Data\":\"QQ==\",\"PartitionKey\":\"a\"},"     \
    "{\"Data\":\"Qg==\",\"PartitionKey\":\"b\"},"                                        \
    "{\"Data\":\"Qw==\",\"PartitionKey\":\"c\"},"                                        \
    "{\"Data\":\"RA==\",\"PartitionKey\":\"d\"}]}"
#define FINE "HTTP/1.1 200 OK\r\n"
#define NONE "\x01" /* nothing at all */

/* One PutRecords of four records; then an hour passes. */
struct row {
    const char *plan;
    const char *part; /* of what was received at once; NONE = nothing */
    enum pair_end end;
    size_t stored; /* at once */
    const char *later;
    enum pair_end later_end;
    size_t later_stored;
};

#define SAME NULL, PAIR_OPEN, 0 /* nothing changes with time */

static void expect(
    struct pair *p, const char *plan, const char *part, enum pair_end end, size_t stored)
{
    const char *text = pair_text(p);
    bool fine = strcmp(part, NONE) == 0 ? p->got_n == 0 : strstr(text, part) != NULL;
    if (!fine || p->end != end || pair_stored(p) != stored) {
        fail_msg("%s\n  end %d, stored %zu, received: %s", plan, (int)p->end,
                 pair_stored(p), text);
    }
}

static void play(const struct row *row)
{
    char request[4096];
    struct pair p;
    pair_begin(&p, row->plan);
    pair_connect(&p);
    pair_send_text(&p, pair_request("PutRecords", PUT, request, sizeof request));
    expect(&p, row->plan, row->part, row->end, row->stored);
    pair_pass(&p, 3600000);
    expect(&p, row->plan, row->later ? row->later : row->part,
           row->later ? row->later_end : row->end,
           row->later ? row->later_stored : row->stored);
    pair_finish(&p);
}

static void play_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        play(&rows[i]);
    }
}

static void connections_are_refused_reset_closed_hung_delayed(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "accept", "refuse", ""), NONE, PAIR_RESET, 0, SAME},
        {ONCE("", "accept", "reset", ""), NONE, PAIR_RESET, 0, SAME},
        {ONCE("", "accept", "fin", ""), NONE, PAIR_FIN, 0, SAME},
        {ONCE("", "accept", "hang", ""), NONE, PAIR_OPEN, 0, SAME},
        {ONCE("", "accept", "delay", "\"ms\":5000"), NONE, PAIR_OPEN, 0, FINE, PAIR_OPEN,
         4},
        {ONCE("", "accept", "raw", "\"text\":\"220 smtp\""), "220 smtp", PAIR_FIN, 0,
         SAME},
        /* HTTP/1.1 has no settings: it is as if there were no rule. */
        {ONCE("", "accept", "settings", "\"max_concurrent_streams\":1"), FINE, PAIR_OPEN,
         4, SAME},
        {ONCE("\"conn\":2", "accept", "reset", ""), FINE, PAIR_OPEN, 4, SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

static void requests_fail_at_their_head(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "req_head", "reset", ""), NONE, PAIR_RESET, 0, SAME},
        {ONCE("", "req_head", "fin", ""), NONE, PAIR_FIN, 0, SAME},
        {ONCE("", "req_head", "hang", ""), NONE, PAIR_OPEN, 0, SAME},
        {ONCE("", "req_head", "delay", "\"ms\":5000"), NONE, PAIR_OPEN, 0, FINE,
         PAIR_OPEN, 4},
        {ONCE("", "req_head", "status",
              "\"status\":307,\"headers\":{\"Location\":\"http://h/\"}"),
         "HTTP/1.1 307 Temporary Redirect\r\n", PAIR_FIN, 0, SAME},
        {ONCE("", "req_head", "status", "\"status\":503,\"text\":\"<html>\""),
         "\r\n\r\n<html>", PAIR_FIN, 0, SAME},
        {ONCE("", "req_head", "raw", "\"hex\":\"00ff\",\"end\":\"reset\""), "",
         PAIR_RESET, 0, SAME},
        {ONCE("", "req_head", "goaway", ""), NONE, PAIR_FIN, 0, SAME},
        {ONCE("", "req_head", "rst_stream", ""), NONE, PAIR_RESET, 0, SAME},
        {ONCE("", "req_head", "window0", ""), FINE, PAIR_OPEN, 4, SAME},
        {ONCE("\"op\":\"PutRecord\"", "req_head", "reset", ""), FINE, PAIR_OPEN, 4, SAME},
        {ONCE("\"op\":\"PutRecords\"", "req_head", "reset", ""), NONE, PAIR_RESET, 0,
         SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

/* F-N04: cut in the body, at every power of two, at its last byte and behind it. */
static void fault_N04_requests_fail_in_their_body(void **state)
{
    static const size_t at[] = {0, 1, 2, 4, 8, 16, 32, 64, 128, sizeof PUT - 1, 100000};
    (void)state;
    for (size_t i = 0; i < COUNT(at); i++) {
        char plan[256], request[4096];
        struct pair p;
        snprintf(plan, sizeof plan,
                 "{\"rules\":[{\"at\":\"req_body:%zu\",\"do\":{\"action\":\"reset\"}}]}",
                 at[i]);
        pair_request("PutRecords", PUT, request, sizeof request);
        pair_begin(&p, plan);
        pair_connect(&p);
        /* Everything in front of the place is taken in peace. */
        size_t peace =
            strlen(request) - strlen(PUT) + (at[i] < strlen(PUT) ? at[i] : strlen(PUT));
        pair_send(&p, request, peace - 1);
        assert_int_equal(p.end, PAIR_OPEN);
        pair_send(&p, request + peace - 1, strlen(request) - peace + 1);
        expect(&p, plan, NONE, PAIR_RESET, 0);
        pair_finish(&p);
    }
}

static void requests_hang_or_wait_in_their_body(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "req_body:9", "hang", ""), NONE, PAIR_OPEN, 0, SAME},
        {ONCE("", "req_body:9", "fin", ""), NONE, PAIR_FIN, 0, SAME},
        {ONCE("", "req_body:9", "delay", "\"ms\":5000"), NONE, PAIR_OPEN, 0, FINE,
         PAIR_OPEN, 4},
        {ONCE("", "req_body:9", "goaway", ""), NONE, PAIR_FIN, 0, SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

/* F-N05: the difference between the two points is what is stored. */
static void fault_N05_calls_fail_before_and_after_they_are_done(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "before_commit", "reset", ""), NONE, PAIR_RESET, 0, SAME},
        {ONCE("", "after_commit", "reset", ""), NONE, PAIR_RESET, 4, SAME},
        {ONCE("", "before_commit", "fin", ""), NONE, PAIR_FIN, 0, SAME},
        {ONCE("", "after_commit", "fin", ""), NONE, PAIR_FIN, 4, SAME},
        {ONCE("", "before_commit", "hang", ""), NONE, PAIR_OPEN, 0, SAME},
        {ONCE("", "after_commit", "hang", ""), NONE, PAIR_OPEN, 4, SAME},
        {ONCE("", "before_commit", "delay", "\"ms\":9"), NONE, PAIR_OPEN, 0, FINE,
         PAIR_OPEN, 4},
        {ONCE("", "after_commit", "delay", "\"ms\":9"), NONE, PAIR_OPEN, 4, FINE,
         PAIR_OPEN, 4},
        {ONCE("", "before_commit", "status", "\"status\":500,\"text\":\"x\""),
         "HTTP/1.1 500 ", PAIR_OPEN, 0, SAME},
        {ONCE("", "after_commit", "status", "\"status\":500,\"text\":\"x\""),
         "HTTP/1.1 500 ", PAIR_OPEN, 4, SAME},
        {ONCE("", "before_commit", "error",
              "\"code\":\"ThrottlingException\",\"message\":\"slow\",\"headers\":"
              "{\"x-amz-retry-after\":\"-1\"}"),
         "{\"__type\":\"ThrottlingException\",\"message\":\"slow\"}", PAIR_OPEN, 0, SAME},
        {ONCE("", "before_commit", "error", "\"headers\":{\"x-amz-retry-after\":\"-1\"}"),
         "x-amz-retry-after: -1\r\n", PAIR_OPEN, 0, SAME},
        {ONCE("", "after_commit", "error", "\"status\":500"), "HTTP/1.1 500 ", PAIR_OPEN,
         4, SAME},
        {ONCE("", "before_commit", "raw", "\"text\":\"HTTP/1.1 200\",\"end\":\"fin\""),
         "HTTP/1.1 200", PAIR_FIN, 0, SAME},
        {ONCE("", "after_commit", "raw", "\"text\":\"junk\",\"end\":\"keep\""), "junk",
         PAIR_OPEN, 4, SAME},
        {ONCE("\"stream\":\"s\"", "before_commit", "reset", ""), NONE, PAIR_RESET, 0,
         SAME},
        {ONCE("\"stream\":\"t\"", "before_commit", "reset", ""), FINE, PAIR_OPEN, 4,
         SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

/* F-S03, F-S05: of four records each has its own fate. */
static void fault_S03_S05_batches_fail_in_part(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "before_commit", "partial", "\"records\":[\"ok\",\"throttle\"]"),
         "{\"FailedRecordCount\":1,\"Records\":[{\"SequenceNumber\":", PAIR_OPEN, 3,
         SAME},
        {ONCE("", "after_commit", "partial", "\"records\":[\"ok\",\"throttle\"]"),
         "},{\"ErrorCode\":\"ProvisionedThroughputExceededException\",", PAIR_OPEN, 4,
         SAME},
        {ONCE("", "before_commit", "partial", "\"mask\":15,\"fail\":\"internal\""),
         "{\"FailedRecordCount\":4,\"Records\":[{\"ErrorCode\":\"InternalFailure\"",
         PAIR_OPEN, 0, SAME},
        {ONCE("", "before_commit", "partial", "\"records\":[\"missing\",\"missing\"]"),
         "{\"FailedRecordCount\":0,\"Records\":[", PAIR_OPEN, 4, SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

/* Entries of the answer: "ok" with the shard's last digit, or the error's first letter. */
static const char *entries_of(const char *text, char *out)
{
    size_t n = 0;
    for (const char *at = strstr(text, "\"Records\":["); at && (at = strchr(at, '{'));
         at++) {
        const char *end = strchr(at, '}');
        const char *shard = strstr(at, "shardId-00000000000");
        const char *code = strstr(at, "ErrorCode\":\"");
        out[n++] = shard && shard < end ? shard[19] : code && code < end ? code[12] : '?';
    }
    out[n] = 0;
    return out;
}

static void every_pattern_of_a_batch_can_be_had(void **state)
{
    char plain[16], request[4096], plan[256];
    struct pair p;
    (void)state;
    pair_request("PutRecords", PUT, request, sizeof request);
    pair_begin(&p, NULL);
    pair_connect(&p);
    pair_send_text(&p, request);
    entries_of(pair_text(&p), plain);
    assert_int_equal(strlen(plain), 4);
    pair_finish(&p);
    for (unsigned mask = 1; mask < 16; mask++) {
        char wanted[16], got[16];
        size_t kept = 0;
        for (unsigned i = 0; i < 4; i++) {
            wanted[i] = mask >> i & 1 ? 'P' : plain[i];
            kept += !(mask >> i & 1);
        }
        wanted[4] = 0;
        snprintf(plan, sizeof plan,
                 "{\"rules\":[{\"at\":\"before_commit\",\"do\":{\"action\":\"partial\","
                 "\"args\":{\"mask\":%u}}}]}",
                 mask);
        pair_begin(&p, plan);
        pair_connect(&p);
        pair_send_text(&p, request);
        assert_string_equal(entries_of(pair_text(&p), got), wanted);
        assert_int_equal(pair_stored(&p), kept);
        pair_finish(&p);
    }
    static const struct {
        const char *records;
        int order[6]; /* of the plain entries; -1 = end */
    } moved[] = {{"\"missing\"", {1, 2, 3, -1}},
                 {"\"ok\",\"extra\"", {0, 1, 1, 2, 3, -1}},
                 {"\"swap\"", {1, 0, 2, 3, -1}},
                 {"\"swap\",\"swap\",\"swap\"", {3, 0, 1, 2, -1}}};
    for (size_t i = 0; i < COUNT(moved); i++) {
        char wanted[16], got[16];
        size_t n = 0;
        for (; moved[i].order[n] >= 0; n++) {
            wanted[n] = plain[moved[i].order[n]];
        }
        wanted[n] = 0;
        snprintf(plan, sizeof plan,
                 "{\"rules\":[{\"at\":\"before_commit\",\"do\":{\"action\":\"partial\","
                 "\"args\":{\"records\":[%s]}}}]}",
                 moved[i].records);
        pair_begin(&p, plan);
        pair_connect(&p);
        pair_send_text(&p, request);
        assert_string_equal(entries_of(pair_text(&p), got), wanted);
        assert_int_equal(pair_stored(&p), 4);
        pair_finish(&p);
    }
}

static void answers_fail_at_their_head(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "resp_head", "reset", ""), NONE, PAIR_RESET, 4, SAME},
        {ONCE("", "resp_head", "fin", ""), NONE, PAIR_FIN, 4, SAME},
        {ONCE("", "resp_head", "hang", ""), NONE, PAIR_OPEN, 4, SAME},
        {ONCE("", "resp_head", "delay", "\"ms\":9"), NONE, PAIR_OPEN, 4, FINE, PAIR_OPEN,
         4},
        {ONCE("", "resp_head", "status", "\"status\":504"),
         "HTTP/1.1 504 Gateway Timeout", PAIR_OPEN, 4, SAME},
        {ONCE("", "resp_head", "raw", "\"text\":\"HTTP/1.1 200 OK\\r\\nContent-Le\""),
         "Content-Le", PAIR_FIN, 4, SAME},
        {ONCE("", "resp_head", "truncate", ""), NONE, PAIR_FIN, 4, SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

/* F-N06: the answer is cut at every one of its bytes. */
static void fault_N06_answers_are_cut_anywhere(void **state)
{
    char request[4096], plan[256];
    struct pair p;
    (void)state;
    pair_request("PutRecords", PUT, request, sizeof request);
    pair_begin(&p, NULL);
    pair_connect(&p);
    pair_send_text(&p, request);
    const size_t whole = p.got_n;
    const size_t head = (size_t)(strstr(pair_text(&p), "\r\n\r\n") + 4 - pair_text(&p));
    pair_finish(&p);
    for (size_t n = 0; n < whole; n++) {
        snprintf(plan, sizeof plan,
                 "{\"rules\":[{\"at\":\"resp_head\",\"do\":{\"action\":\"truncate\","
                 "\"args\":{\"bytes\":%zu}}}]}",
                 n);
        pair_begin(&p, plan);
        pair_connect(&p);
        pair_send_text(&p, request);
        assert_int_equal(p.got_n, n);
        assert_int_equal(p.end, PAIR_FIN);
        pair_finish(&p);
        if (n < head) {
            continue;
        }
        snprintf(plan, sizeof plan,
                 "{\"rules\":[{\"at\":\"resp_body:%zu\",\"do\":{\"action\":\"reset\"}}]}",
                 n - head);
        pair_begin(&p, plan);
        pair_connect(&p);
        pair_send_text(&p, request);
        assert_int_equal(p.got_n, n);
        assert_int_equal(p.end, PAIR_RESET);
        pair_finish(&p);
    }
}

static void one_byte_of_an_answer_is_wrong(void **state)
{
    char request[4096], right[4096];
    struct pair p;
    (void)state;
    pair_request("ListStreams", "{}", request, sizeof request);
    pair_begin(&p, ONCE("\"nth\":[2]", "resp_body:5", "corrupt", "\"mask\":1"));
    pair_connect(&p);
    pair_send_text(&p, request);
    snprintf(right, sizeof right, "%s", strstr(pair_text(&p), "\r\n\r\n") + 4);
    pair_forget(&p);
    pair_send_text(&p, request);
    const char *wrong = strstr(pair_text(&p), "\r\n\r\n") + 4;
    assert_int_equal(strlen(wrong), strlen(right));
    for (size_t i = 0; i < strlen(right); i++) {
        assert_int_equal(wrong[i], right[i] ^ (i == 5));
    }
    pair_finish(&p);
}

/* F-N08: so many bytes at a time, and not one more. */
static void fault_N08_answers_trickle(void **state)
{
    char request[4096];
    struct pair p;
    (void)state;
    pair_request("ListStreams", "{}", request, sizeof request);
    pair_begin(&p, ONCE("", "resp_head", "trickle", "\"bytes\":3,\"ms\":1000"));
    pair_connect(&p);
    pair_send_text(&p, request);
    for (size_t n = 3; n < 60; n += 3) {
        assert_int_equal(p.got_n, n);
        pair_pass(&p, 999);
        assert_int_equal(p.got_n, n);
        pair_pass(&p, 1);
    }
    pair_pass(&p, 1000000);
    assert_non_null(strstr(pair_text(&p), "\"StreamNames\":[\"s\"]"));
    pair_forget(&p);
    pair_send_text(&p, request); /* and the connection is as good as before */
    assert_non_null(strstr(pair_text(&p), "\"StreamNames\":[\"s\"]"));
    pair_finish(&p);
}

/* What came behind an exchange that waits is served after it, in order. */
static void pipelined_requests_wait_for_the_first(void **state)
{
    char request[4096], both[8192];
    struct pair p;
    (void)state;
    pair_request("ListStreams", "{}", request, sizeof request);
    snprintf(both, sizeof both, "%s%s", request, request);
    pair_begin(&p, ONCE("", "before_commit", "delay", "\"ms\":1000"));
    pair_connect(&p);
    pair_send_text(&p, both);
    assert_int_equal(p.got_n, 0);
    pair_pass(&p, 1000);
    const char *first = strstr(pair_text(&p), FINE);
    assert_non_null(first);
    assert_non_null(strstr(first + 1, FINE));
    pair_finish(&p);
}

/* F-N10: the connection ends when it is idle, after a whole answer. */
static void fault_N10_idle_connections_end(void **state)
{
    static const struct row rows[] = {
        {ONCE("", "idle", "fin", ""), "ShardId", PAIR_FIN, 4, SAME},
        {ONCE("", "idle", "reset", ""), "ShardId", PAIR_RESET, 4, SAME},
        {ONCE("", "idle", "goaway", ""), "ShardId", PAIR_FIN, 4, SAME},
        {ONCE("\"nth\":[2]", "idle", "fin", ""), FINE, PAIR_OPEN, 4, SAME},
    };
    (void)state;
    play_all(rows, COUNT(rows));
}

static size_t open_shards(struct pair *p)
{
    return local_service_stream(p->site->service, "s")->open_count;
}

/* The stream is resharded by the second of three calls. */
static void streams_are_resharded_at_a_given_moment(void **state)
{
    static const struct {
        const char *args;
        size_t open;
    } rows[] = {
        {"\"kind\":\"split\",\"stream\":\"s\",\"shard\":\"shardId-000000000000\","
         "\"hash_key\":\"1000\"",
         3},
        {"\"kind\":\"merge\",\"stream\":\"s\",\"shard\":\"shardId-000000000000\","
         "\"adjacent\":\"shardId-000000000001\"",
         1},
        {"\"kind\":\"scale\",\"stream\":\"s\",\"target\":4", 4},
        {"\"kind\":\"scale\",\"stream\":\"nowhere\",\"target\":4", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char request[4096], plan[512];
        struct pair p;
        snprintf(
            plan, sizeof plan,
            "{\"rules\":[{\"on\":{\"op\":\"PutRecords\",\"nth\":[2]},"
            "\"at\":\"before_commit\",\"do\":{\"action\":\"reshard\",\"args\":{%s}}}]}",
            rows[i].args);
        pair_begin(&p, plan);
        pair_connect(&p);
        pair_request("PutRecords", PUT, request, sizeof request);
        pair_send_text(&p, request);
        assert_int_equal(open_shards(&p), 2);
        pair_send_text(&p, request);
        assert_int_equal(open_shards(&p), rows[i].open);
        pair_send_text(&p, request);
        assert_int_equal(open_shards(&p), rows[i].open);
        assert_int_equal(pair_stored(&p), 12);
        pair_finish(&p);
    }
}

static void handshakes_fail(void **state)
{
    static const struct {
        const char *plan;
        size_t least; /* bytes of an alert, since what is sent is no handshake */
        enum pair_end end;
        size_t later;
    } rows[] = {
        {ONCE("", "tls", "reset", ""), 0, PAIR_RESET, 0},
        {ONCE("", "tls", "fin", ""), 0, PAIR_FIN, 0},
        {ONCE("", "tls", "hang", ""), 0, PAIR_OPEN, 0},
        {ONCE("", "tls", "delay", "\"ms\":10"), 0, PAIR_OPEN, 7},
        {ONCE("\"nth\":[2]", "tls", "hang", ""), 7, PAIR_FIN, 7},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char why[256];
        struct pair p;
        pair_begin(&p, rows[i].plan);
        p.site->tls = tls_context_new(NULL, NULL, NULL, why, sizeof why);
        assert_non_null(p.site->tls);
        pair_connect(&p);
        pair_send(&p, "\x16\x03\x01\x00\x04oops", 9);
        assert_int_equal(p.got_n, rows[i].least);
        assert_int_equal(p.end, rows[i].end);
        pair_pass(&p, 1000);
        assert_int_equal(p.got_n, rows[i].later);
        struct tls_context *tls = p.site->tls;
        pair_finish(&p);
        tls_context_free(tls);
    }
}

/* Two runs of the same plan and the same requests end alike; another seed ends otherwise. */
static void same_seed_same_faults(void **state)
{
    char ends[3][65] = {{0}};
    (void)state;
    for (int run = 0; run < 3; run++) {
        char plan[256], request[4096];
        struct pair p;
        snprintf(plan, sizeof plan,
                 "{\"seed\":%d,\"rules\":[{\"on\":{\"prob\":0.5},\"at\":\"after_commit\","
                 "\"do\":{\"action\":\"reset\"}}]}",
                 run == 2 ? 8 : 7);
        pair_request("ListStreams", "{}", request, sizeof request);
        pair_begin(&p, plan);
        for (int i = 0; i < 64; i++) {
            pair_connect(&p);
            pair_send_text(&p, request);
            ends[run][i] = p.end == PAIR_RESET ? 'r' : '.';
        }
        pair_finish(&p);
    }
    assert_string_equal(ends[0], ends[1]);
    assert_string_not_equal(ends[0], ends[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_refused_reset_closed_hung_delayed),
        cmocka_unit_test(requests_fail_at_their_head),
        cmocka_unit_test(fault_N04_requests_fail_in_their_body),
        cmocka_unit_test(requests_hang_or_wait_in_their_body),
        cmocka_unit_test(fault_N05_calls_fail_before_and_after_they_are_done),
        cmocka_unit_test(fault_S03_S05_batches_fail_in_part),
        cmocka_unit_test(every_pattern_of_a_batch_can_be_had),
        cmocka_unit_test(answers_fail_at_their_head),
        cmocka_unit_test(fault_N06_answers_are_cut_anywhere),
        cmocka_unit_test(one_byte_of_an_answer_is_wrong),
        cmocka_unit_test(fault_N08_answers_trickle),
        cmocka_unit_test(pipelined_requests_wait_for_the_first),
        cmocka_unit_test(fault_N10_idle_connections_end),
        cmocka_unit_test(streams_are_resharded_at_a_given_moment),
        cmocka_unit_test(handshakes_fail),
        cmocka_unit_test(same_seed_same_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
