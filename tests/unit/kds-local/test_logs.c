/*
 * test_logs: what the truth log and the fault log say, line by line, and that it is there before the
 * answer is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "h2_peer.h"
#include "pair.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHA256_OF_A "559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"

static char path[64];

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/kds-local-log-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd) != 0;
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

/* The n-th line of the log. @return (given; json_decref) */
static json_t *line_at(size_t n)
{
    char text[4096];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (size_t i = 0; i <= n; i++) {
        assert_non_null(fgets(text, sizeof text, f));
    }
    fclose(f);
    json_t *line = json_loads(text, 0, NULL);
    assert_non_null(line);
    return line;
}

static size_t lines(void)
{
    size_t n = 0;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (int c; (c = fgetc(f)) != EOF;) {
        n += c == '\n';
    }
    fclose(f);
    return n;
}

static void expect_text(const json_t *line, const char *name, const char *wanted)
{
    const char *found = json_string_value(json_object_get(line, name));
    assert_string_equal(found ? found : "(none)", wanted);
}

/* A server whose truth is logged. */
static void begin_with_truth(struct pair *p, const char *plan)
{
    struct truth_log *truth = truth_log_open(path);
    const struct local_service_options options = {
        .seed = 1, .stored = truth_log_stored, .opaque = truth};
    assert_non_null(truth);
    pair_begin_with(p, plan, &options);
    p->site->truth = truth;
}

static void finish_with_truth(struct pair *p)
{
    struct truth_log *truth = p->site->truth;
    pair_finish(p);
    truth_log_close(truth);
}

/* Everything that is needed to judge a client is in the line of its record. */
static void truth_log_has_what_judges_a_client(void **state)
{
    char request[4096], headers[8192];
    struct pair p;
    (void)state;
    begin_with_truth(
        &p, "{\"rules\":[{\"at\":\"after_commit\",\"do\":{\"action\":\"reset\"}}]}");
    pair_request("PutRecord",
                 "{\"StreamName\":\"s\",\"PartitionKey\":\"k\\u0001\",\"Data\":\"QQ==\","
                 "\"ExplicitHashKey\":\"7\"}",
                 request, sizeof request);
    const char *rest = strchr(request, '\n') + 1;
    snprintf(headers, sizeof headers,
             "POST / HTTP/1.1\r\namz-sdk-invocation-id: id-1\r\n"
             "amz-sdk-request: attempt=2; max=4\r\n%s",
             rest);
    pair_connect(&p);
    pair_send_text(&p, headers);
    assert_int_equal(p.end, PAIR_RESET); /* nobody was told, and the line is there */
    assert_int_equal(lines(), 1);
    json_t *line = line_at(0);
    expect_text(line, "stream", "s");
    expect_text(line, "shard", "shardId-000000000000");
    expect_text(line, "sha256", SHA256_OF_A);
    expect_text(line, "partition_key", "k\x01");
    expect_text(line, "explicit_hash_key", "7");
    expect_text(line, "invocation", "id-1");
    expect_text(line, "attempt", "attempt=2; max=4");
    assert_true(strlen(json_string_value(json_object_get(line, "sequence"))) > 20);
    assert_int_equal(json_integer_value(json_object_get(line, "bytes")), 1);
    assert_int_equal(json_integer_value(json_object_get(line, "at_ms")),
                     PAIR_START_S * 1000);
    assert_null(json_object_get(line, "h2_stream"));
    json_decref(line);
    finish_with_truth(&p);
}

static void truth_log_has_the_stream_of_http2(void **state)
{
    struct pair p;
    struct h2_peer peer;
    (void)state;
    begin_with_truth(&p, NULL);
    pair_connect(&p);
    h2_peer_begin(&peer, &p, 0);
    for (int i = 0; i < 2; i++) {
        h2_peer_ask(&peer, "PutRecord",
                    "{\"StreamName\":\"s\",\"PartitionKey\":\"k\",\"Data\":\"QQ==\"}");
    }
    assert_int_equal(lines(), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *line = line_at(i);
        assert_int_equal(json_integer_value(json_object_get(line, "h2_stream")),
                         peer.streams[i].id);
        assert_null(json_object_get(line, "invocation"));
        assert_null(json_object_get(line, "explicit_hash_key"));
        json_decref(line);
    }
    h2_peer_finish(&peer);
    finish_with_truth(&p);
}

static void fault_log_counts_all_faults(void **state)
{
    char request[4096];
    struct pair p;
    (void)state;
    pair_begin(&p, "{\"rules\":["
                   "{\"id\":\"a\",\"at\":\"resp_body:5\",\"on\":{\"op\":\"PutRecord\"},"
                   "\"do\":{\"action\":\"corrupt\"}},"
                   "{\"id\":\"b\",\"at\":\"before_commit\",\"on\":{\"nth\":[2]},"
                   "\"do\":{\"action\":\"reshard\",\"args\":{\"kind\":\"scale\","
                   "\"stream\":\"gone\",\"target\":2}}}]}");
    p.site->faults = fault_log_open(path);
    pair_request("PutRecord",
                 "{\"StreamName\":\"s\",\"PartitionKey\":\"k\",\"Data\":\"QQ==\"}",
                 request, sizeof request);
    pair_connect(&p);
    pair_send_text(&p, request);
    pair_pass(&p, 1500);
    pair_send_text(&p, request);
    static const struct {
        const char *rule, *at, *action;
        int number, match, ms;
    } wanted[] = {{"a", "resp_body:5", "corrupt", 1, 1, 0},
                  {"b", "before_commit", "reshard", 2, 2, 1500},
                  {NULL, NULL, NULL, 0, 0, 0}, /* why it was refused */
                  {"a", "resp_body:5", "corrupt", 3, 2, 1500}};
    assert_int_equal(lines(), 4);
    for (size_t i = 0; i < 4; i++) {
        json_t *line = line_at(i);
        if (wanted[i].rule == NULL) {
            expect_text(line, "refused", "reshard");
            assert_non_null(
                strstr(json_string_value(json_object_get(line, "why")), "gone"));
        } else {
            expect_text(line, "rule", wanted[i].rule);
            expect_text(line, "at", wanted[i].at);
            expect_text(line, "action", wanted[i].action);
            expect_text(line, "op", "PutRecord");
            expect_text(line, "stream", "s");
            assert_int_equal(json_integer_value(json_object_get(line, "fault")),
                             wanted[i].number);
            assert_int_equal(json_integer_value(json_object_get(line, "match")),
                             wanted[i].match);
            assert_int_equal(json_integer_value(json_object_get(line, "at_ms")),
                             wanted[i].ms);
        }
        json_decref(line);
    }
    fault_log_close(p.site->faults);
    p.site->faults = NULL;
    pair_finish(&p);
}

static void logs_that_cannot_be_opened_say_why(void **state)
{
    (void)state;
    assert_null(truth_log_open("/nowhere/log"));
    assert_int_equal(errno, ENOENT);
    assert_null(fault_log_open("/nowhere/log"));
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(truth_log_has_what_judges_a_client, make_path,
                                        remove_path),
        cmocka_unit_test_setup_teardown(truth_log_has_the_stream_of_http2, make_path,
                                        remove_path),
        cmocka_unit_test_setup_teardown(fault_log_counts_all_faults, make_path,
                                        remove_path),
        cmocka_unit_test(logs_that_cannot_be_opened_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
