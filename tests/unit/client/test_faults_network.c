/*
 * test_faults_network: what a client makes of networks that break. The names end with the faults of
 * the catalogue (F-N); "persisted" is what the error says about an effect at the service.
 *
 * F-N16 (a slow link) and F-N17 (all connections of a consumer die) belong to the producer and the
 * consumer: they are about how many calls those make.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kds/kinesis.h"
#include "support/faulty_call.h"
#include "support/resolver.h"

#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct peer_step answer_well[] = {
    {PEER_REQUEST, NULL, 0}, {PEER_SEND, PUT_OK, 0}, {PEER_AGAIN, NULL, 0}};
static const struct peer_script well = {answer_well, NULL};

/* ---- F-N01, F-N02: connecting ------------------------------------------------------------- */

/* A peer that begins to listen when the client logs that it will try again. */
struct late_peer {
    struct peer_port port;
    struct scripted_peer *peer;
};

static void
listen_at_retry(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    struct late_peer *late = opaque;
    (void)level;
    (void)message;
    if (strcmp(tag, "retry") == 0 && late->peer == NULL) {
        late->peer = scripted_peer_start_on(&late->port, &well, 1);
    }
}

static void call_succeeds_when_refused_connection_is_accepted_later_F_N01(void **state)
{
    struct late_peer late = {.peer = NULL};
    (void)state;
    assert_true(peer_port_refusing(&late.port));
    struct faulty_options o = {.port = late.port.port,
                               .max_attempts = 3,
                               .log = listen_at_retry,
                               .log_opaque = &late};
    struct faulty f = faulty_open(NULL, 0, &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    assert_non_null(late.peer); /* the first attempt was refused */
    assert_int_equal(scripted_peer_counts(late.peer).requests, 1);
    faulty_close(&f);
    scripted_peer_stop(late.peer);
}

static void call_is_not_persisted_when_connection_is_refused_F_N01(void **state)
{
    struct peer_port port;
    (void)state;
    assert_true(peer_port_refusing(&port));
    struct faulty_options o = {.port = port.port, .max_attempts = 2};
    struct faulty f = faulty_open(NULL, 0, &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_NO, 2);
    assert_true(got.retryable);
    faulty_close(&f);
    peer_port_release(&port);
}

static void call_ends_at_connect_timeout_when_packets_are_dropped_F_N02(void **state)
{
    struct peer_port port;
    (void)state;
    assert_true(peer_port_silent(&port));
    struct faulty_options o = {
        .port = port.port, .connect_timeout_ms = 100, .request_timeout_ms = 60000};
    struct faulty f = faulty_open(NULL, 0, &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TIMED_OUT, KDS_PERSISTED_NO, 1);
    assert_in_range(got.took_ms, 90, 30000); /* not the request's timeout */
    faulty_close(&f);
    peer_port_release(&port);
}

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    (void)opaque;
    kds_output_free(output);
    kds_error_free(error);
}

static void other_host_is_not_held_up_when_one_drops_packets_F_N02(void **state)
{
    struct peer_port port;
    (void)state;
    assert_true(peer_port_silent(&port));
    struct faulty_options o = {.port = port.port};
    struct faulty stuck = faulty_open(NULL, 0, &o);
    struct faulty_options healthy = {.port = 0};
    struct faulty f = faulty_open(&well, 1, &healthy);
    static const kds_list_streams_in_t input = {.struct_size = sizeof input};
    assert_int_equal(kds_client_start(stuck.client, kds_operation_find("ListStreams"),
                                      &input, NULL, on_end, NULL, NULL),
                     KDS_OK);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    faulty_close(&f);
    faulty_close(&stuck);
    peer_port_release(&port);
}

/* ---- F-N03 .. F-N05: resets --------------------------------------------------------------- */

static void call_succeeds_when_reset_before_a_byte_was_read_F_N03(void **state)
{
    static const struct peer_step reset[] = {{PEER_RESET, NULL, 0}};
    static const struct peer_script scripts[] = {{reset, NULL}, {answer_well, NULL}};
    struct faulty_options o = {.max_attempts = 2};
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    assert_int_equal(scripted_peer_counts(f.peer).connections, 2);
    assert_int_equal(scripted_peer_counts(f.peer).requests, 1);
    faulty_close(&f);
}

/* Swept over the powers of two, and the last byte but one. */
static const size_t reset_at[] = {1,     2,     4,     8,      16,    32,   64,
                                  128,   256,   512,   1024,   2048,  4096, 8192,
                                  16384, 32768, 65536, 131072, 262144};
#define LARGE_BYTES 300000 /* 400,000 as base64 */

static void call_may_be_persisted_when_reset_within_request_F_N04(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reset_at); i++) {
        const struct peer_step steps[] = {{PEER_READ, NULL, reset_at[i]},
                                          {PEER_RESET, NULL, 0}};
        const struct peer_script script = {steps, NULL};
        struct faulty_options o = {.max_attempts = 1};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put_bytes(f.client, LARGE_BYTES);
        faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 1);
        assert_true(got.retryable);
        assert_int_equal(scripted_peer_counts(f.peer).requests, 0);
        faulty_close(&f);
    }
}

static void call_may_be_persisted_when_reset_at_last_byte_F_N04(void **state)
{
    struct faulty_options o = {.max_attempts = 1};
    struct faulty f = faulty_open(&well, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put_bytes(f.client, LARGE_BYTES);
    faulty_expect_success(&got);
    size_t whole = scripted_peer_counts(f.peer).bytes; /* of the same request */
    faulty_close(&f);

    const struct peer_step steps[] = {{PEER_READ, NULL, whole - 1},
                                      {PEER_RESET, NULL, 0}};
    const struct peer_script script = {steps, NULL};
    f = faulty_open(&script, 1, &o);
    got = faulty_put_bytes(f.client, LARGE_BYTES);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 1);
    faulty_close(&f);
}

static const struct peer_step reset_unanswered[] = {{PEER_REQUEST, NULL, 0},
                                                    {PEER_RESET, NULL, 0}};

static void call_may_be_persisted_when_reset_before_reply_F_N05(void **state)
{
    static const struct peer_script script = {reset_unanswered, NULL};
    struct faulty_options o = {.max_attempts = 3};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 3);
    assert_int_equal(scripted_peer_counts(f.peer).requests, 3);
    faulty_close(&f);
}

static void call_is_repeated_once_when_reset_before_reply_F_N05(void **state)
{
    static const struct peer_script scripts[] = {{reset_unanswered, NULL},
                                                 {answer_well, NULL}};
    struct faulty_options o = {.max_attempts = 3};
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    assert_int_equal(scripted_peer_counts(f.peer).requests, 2);
    faulty_close(&f);
}

/* ---- F-N06, F-N07: answers cut or badly framed -------------------------------------------- */

#define CHUNKED_OK                                                                       \
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"                    \
    "Transfer-Encoding: chunked\r\n\r\n38\r\n" PUT_OK_BODY                               \
    "\r\n0\r\nX-Trailer: t\r\n\r\n"

/* The first 0 .. @p most bytes of @p answer, then the end of the connection: never a success. */
static void cut_everywhere(const char *answer, size_t most, enum peer_op end)
{
    for (size_t n = 0; n <= most; n++) {
        const struct peer_step nothing[] = {{PEER_REQUEST, NULL, 0}, {end, NULL, 0}};
        const struct peer_step some[] = {
            {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, n}, {end, NULL, 0}};
        const struct peer_script script = {n ? some : nothing, NULL};
        struct faulty_options o = {.max_attempts = 1};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        if (got.err == KDS_OK || got.persisted != KDS_PERSISTED_MAYBE || !got.retryable) {
            print_message("cut after %zu bytes: %s\n", n, got.message);
        }
        assert_int_not_equal(got.err, KDS_OK);
        assert_int_equal(got.persisted, KDS_PERSISTED_MAYBE);
        assert_true(got.retryable);
        assert_int_equal(scripted_peer_counts(f.peer).requests, 1);
        faulty_close(&f);
    }
}

static void call_may_be_persisted_when_answer_is_cut_anywhere_F_N06(void **state)
{
    (void)state;
    cut_everywhere(PUT_OK, sizeof PUT_OK - 2, PEER_END);
}

static void call_may_be_persisted_when_answer_is_reset_anywhere_F_N06(void **state)
{
    (void)state;
    cut_everywhere(PUT_OK, sizeof PUT_OK - 2, PEER_RESET);
}

static void call_may_be_persisted_when_chunks_are_cut_anywhere_F_N06(void **state)
{
    (void)state;
    /* The CR of the last empty line is as good as its LF. */
    cut_everywhere(CHUNKED_OK, sizeof CHUNKED_OK - 4, PEER_END);
}

static void call_succeeds_when_chunks_are_whole_F_N06(void **state)
{
    static const struct peer_step steps[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, CHUNKED_OK, 0}, {PEER_HANG, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 1};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    faulty_close(&f);
}

/* An answer that must not be taken, then a good one on another connection. */
static void refuse_framing(const char *answer)
{
    const struct peer_step bad[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, 0}, {PEER_AGAIN, NULL, 0}};
    const struct peer_script scripts[] = {{bad, NULL}, well};
    struct faulty_options o = {.max_attempts = 1, .request_timeout_ms = 2000};
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    struct faulty_outcome got = faulty_put(f.client);
    assert_int_not_equal(got.err, KDS_OK);
    assert_int_equal(got.persisted, KDS_PERSISTED_MAYBE);
    got = faulty_put(f.client);
    faulty_expect_success(&got);
    assert_int_equal(scripted_peer_counts(f.peer).connections, 2);
    faulty_close(&f);
}

static void answer_is_refused_when_length_exceeds_body_F_N07(void **state)
{
    static const struct peer_step steps[] = {
        {PEER_REQUEST, NULL, 0},
        {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 57\r\n\r\n" PUT_OK_BODY, 0},
        {PEER_END, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 1};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 1);
    faulty_close(&f);
}

static void answer_is_refused_when_body_exceeds_length_F_N07(void **state)
{
    (void)state;
    refuse_framing("HTTP/1.1 200 OK\r\nContent-Length: 55\r\n\r\n" PUT_OK_BODY);
}

static void answer_is_refused_when_lengths_differ_F_N07(void **state)
{
    (void)state;
    refuse_framing("HTTP/1.1 200 OK\r\nContent-Length: 20\r\nContent-Length: 56\r\n"
                   "\r\n" PUT_OK_BODY);
    refuse_framing("HTTP/1.1 200 OK\r\nContent-Length: 56, 20\r\n\r\n" PUT_OK_BODY);
}

static void answer_is_refused_when_length_and_chunks_are_given_F_N07(void **state)
{
    (void)state;
    refuse_framing("HTTP/1.1 200 OK\r\nContent-Length: 56\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n38\r\n" PUT_OK_BODY
                   "\r\n0\r\n\r\n");
    refuse_framing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                   "Content-Length: 56\r\n\r\n38\r\n" PUT_OK_BODY "\r\n0\r\n\r\n");
}

static void connection_is_not_used_again_when_bytes_follow_answer_F_N07(void **state)
{
    static const struct peer_step extra[] = {{PEER_REQUEST, NULL, 0},
                                             {PEER_SEND, PUT_OK "HTTP/1.1 200 OK\r\n", 0},
                                             {PEER_AGAIN, NULL, 0}};
    static const struct peer_script scripts[] = {{extra, NULL}, {answer_well, NULL}};
    struct faulty_options o = {.max_attempts = 1, .request_timeout_ms = 2000};
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    got = faulty_put(f.client);
    faulty_expect_success(&got);
    assert_int_equal(scripted_peer_counts(f.peer).connections, 2);
    faulty_close(&f);
}

/* ---- F-N08 .. F-N11: time ----------------------------------------------------------------- */

static void call_ends_at_request_timeout_when_answer_trickles_F_N08(void **state)
{
    /* A byte every 10 ms, 170 of them: the line is never idle. */
    static const struct peer_step steps[] = {{PEER_REQUEST, NULL, 0},
                                             {PEER_TRICKLE, PUT_OK, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 1, .request_timeout_ms = 150};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TIMED_OUT, KDS_PERSISTED_MAYBE, 1);
    faulty_close(&f);
}

static void call_ends_at_request_timeout_when_peer_is_silent_F_N09(void **state)
{
    static const struct peer_step steps[] = {{PEER_REQUEST, NULL, 0},
                                             {PEER_HANG, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 2, .request_timeout_ms = 100};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TIMED_OUT, KDS_PERSISTED_MAYBE, 2);
    assert_true(got.retryable);
    faulty_close(&f);
}

static void call_ends_at_call_timeout_when_every_attempt_is_silent_F_N09(void **state)
{
    static const struct peer_step steps[] = {{PEER_REQUEST, NULL, 0},
                                             {PEER_HANG, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {
        .max_attempts = 50, .request_timeout_ms = 60, .call_timeout_ms = 200};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    assert_int_equal(got.err, KDS_ERR_TIMED_OUT);
    assert_int_equal(got.persisted, KDS_PERSISTED_MAYBE);
    assert_in_range(got.attempts, 1, 4);
    faulty_close(&f);
}

static void call_succeeds_when_idle_connection_is_closed_F_N10(void **state)
{
    /* The second request finds a connection that ended, or one that ends under it. */
    static const struct peer_step once[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, PUT_OK, 0}, {PEER_END, NULL, 0}};
    static const struct peer_step drop[] = {{PEER_REQUEST, NULL, 0},
                                            {PEER_SEND, PUT_OK, 0},
                                            {PEER_REQUEST, NULL, 0},
                                            {PEER_END, NULL, 0}};
    static const struct peer_script scripts[] = {
        {once, NULL}, {drop, NULL}, {answer_well, NULL}};
    struct faulty_options o = {.max_attempts = 2};
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect_success(&got);
    }
    /* three answers, and one request that died on the connection that was used again */
    assert_int_equal(scripted_peer_counts(f.peer).requests, 4);
    faulty_close(&f);
}

static void late_answer_is_not_given_to_next_call_F_N11(void **state)
{
#define LATE_BODY "{\"ShardId\":\"shardId-000000000007\",\"SequenceNumber\":\"13\"}"
    static const struct peer_step late[] = {
        {PEER_REQUEST, NULL, 0},
        {PEER_AWAIT, NULL, 0},
        {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 56\r\n\r\n" LATE_BODY, 0},
        {PEER_AGAIN, NULL, 0}};
    static const struct peer_script scripts[] = {{late, NULL}, {answer_well, NULL}};
    struct faulty_options o = {.max_attempts = 1, .request_timeout_ms = 100};
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TIMED_OUT, KDS_PERSISTED_MAYBE, 1);
    scripted_peer_go(f.peer);
    got = faulty_put(f.client);
    faulty_expect_success(&got); /* 49, not 13 */
    assert_int_equal(scripted_peer_counts(f.peer).connections, 2);
    faulty_close(&f);
}

/* ---- F-N12: somebody else's answer -------------------------------------------------------- */

static void foreign_answer_is_refused_or_harmless_F_N12(void **state)
{
    /* Answers of other operations, on a connection in order: no field is out of bounds. */
    static const char *const bodies[] = {
        "{\"FailedRecordCount\":0,\"Records\":[{\"SequenceNumber\":\"1\"}]}",
        "{\"StreamNames\":[\"a\"],\"HasMoreStreams\":false}",
        "[{\"SequenceNumber\":\"49\"}]",
        "\"49\"",
        "49",
        "null"};
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        char answer[256];
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(bodies[i]),
                 bodies[i]);
        const struct peer_step steps[] = {
            {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, 0}, {PEER_AGAIN, NULL, 0}};
        const struct peer_script script = {steps, NULL};
        struct faulty_options o = {.max_attempts = 1};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        if (got.err == KDS_OK) {
            print_message("taken for a success: %s\n", bodies[i]);
        }
        faulty_expect(&got, KDS_ERR_PROTOCOL, KDS_PERSISTED_MAYBE, 1);
        faulty_close(&f);
    }
}

/* ---- F-N13: names ------------------------------------------------------------------------- */

static struct faulty_outcome put_by_name(const struct peer_script *scripts,
                                         size_t count,
                                         const struct resolver_name *names,
                                         size_t name_count,
                                         uint32_t attempts)
{
    struct faulty_options o = {
        .host = "stream.test", .max_attempts = attempts, .connect_timeout_ms = 2000};
    struct faulty f = faulty_open(scripts, count, &o);
    resolver_script(names, name_count);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_close(&f);
    return got;
}

static void call_is_not_persisted_when_name_does_not_resolve_F_N13(void **state)
{
    static const struct resolver_name names[] = {
        {"stream.test", {NULL}, EAI_NONAME, 0}, /* NXDOMAIN */
        {"stream.test",
         {NULL},
         EAI_AGAIN,
         0}, /* SERVFAIL, and a resolver that timed out */
        {"stream.test", {NULL}, EAI_FAIL, 0},
        {"stream.test", {NULL}, 0, 0}, /* no address */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct faulty_outcome got = put_by_name(&well, 1, &names[i], 1, 2);
        faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_NO, 2);
        assert_non_null(strstr(got.message, "stream.test"));
        assert_true(got.retryable);
    }
}

static void call_uses_next_address_when_first_is_dead_F_N13(void **state)
{
    /* Nobody listens on 127.0.0.2, and ::1 has no such port. */
    static const struct resolver_name names[] = {
        {"stream.test", {"127.0.0.2", "127.0.0.1"}, 0, 0},
        {"stream.test", {"::1", "127.0.0.1"}, 0, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct faulty_outcome got = put_by_name(&well, 1, &names[i], 1, 1);
        faulty_expect_success(&got);
    }
}

static void call_is_not_persisted_when_all_addresses_are_dead_F_N13(void **state)
{
    static const struct resolver_name name = {
        "stream.test", {"127.0.0.2", "127.0.0.3"}, 0, 0};
    (void)state;
    struct faulty_outcome got = put_by_name(&well, 1, &name, 1, 1);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_NO, 1);
}

static void call_follows_name_when_its_address_changes_F_N13(void **state)
{
    static const struct resolver_name before = {"stream.test", {"127.0.0.2"}, 0, 0};
    static const struct resolver_name after = {"stream.test", {"127.0.0.1"}, 0, 0};
    struct faulty_options o = {.host = "stream.test", .max_attempts = 1};
    struct faulty f = faulty_open(&well, 1, &o);
    (void)state;
    resolver_script(&before, 1);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_NO, 1);
    resolver_script(&after, 1);
    got = faulty_put(f.client);
    faulty_expect_success(&got);
    faulty_close(&f);
}

static void call_ends_at_connect_timeout_when_resolver_hangs_F_N13(void **state)
{
    static const struct resolver_name name = {"stream.test", {"127.0.0.1"}, 0, 1};
    struct faulty_options o = {.host = "stream.test", .connect_timeout_ms = 100};
    struct faulty f = faulty_open(&well, 1, &o);
    (void)state;
    resolver_script(&name, 1);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TIMED_OUT, KDS_PERSISTED_NO, 1);
    faulty_close(&f); /* G3: returns although the resolver still hangs */
    resolver_release();
}

/* ---- F-N14: proxies ----------------------------------------------------------------------- */

#define TUNNEL_REFUSED "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
#define TUNNEL_WANTS_PASSWORD                                                            \
    "HTTP/1.1 407 Proxy Authentication Required\r\n"                                     \
    "Proxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"

/* A call to https://stream.test:443 through a proxy that answers CONNECT so. */
static struct faulty_outcome put_through(const struct peer_step *steps, char *request)
{
    const struct peer_script script = {steps, NULL};
    struct scripted_peer *proxy = scripted_peer_start(&script, 1);
    char url[80];
    assert_non_null(proxy);
    snprintf(url, sizeof url, "http://user:proxy-secret@127.0.0.1:%u",
             scripted_peer_port(proxy));
    setenv("https_proxy", url, 1);
    struct faulty_options o = {.scheme = "https", .host = "stream.test", .port = 443};
    kds_client_t *client = faulty_client(NULL, &o);
    struct faulty_outcome got = faulty_put(client);
    kds_client_free(client);
    unsetenv("https_proxy");
    scripted_peer_last(proxy, request, 4096);
    scripted_peer_stop(proxy);
    return got;
}

static void call_is_not_persisted_when_proxy_refuses_tunnel_F_N14(void **state)
{
    static const struct peer_step refuse[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, TUNNEL_REFUSED, 0}, {PEER_AGAIN, NULL, 0}};
    static const struct peer_step password[] = {{PEER_REQUEST, NULL, 0},
                                                {PEER_SEND, TUNNEL_WANTS_PASSWORD, 0},
                                                {PEER_AGAIN, NULL, 0}};
    static const struct peer_step cut[] = {
        {PEER_REQUEST, NULL, 0},
        {PEER_SEND, "HTTP/1.1 200 Connection established\r\n\r\n", 0},
        {PEER_READ, NULL, 1},
        {PEER_RESET, NULL, 0}};
    const struct peer_step *const proxies[] = {refuse, password, cut};
    (void)state;
    for (size_t i = 0; i < COUNT(proxies); i++) {
        char request[4096];
        struct faulty_outcome got = put_through(proxies[i], request);
        assert_int_not_equal(got.err, KDS_OK);
        /* The tunnel never stood: not a byte of the call went through it. */
        assert_int_equal(got.persisted, KDS_PERSISTED_NO);
        assert_null(strstr(got.message, "proxy-secret"));
        assert_non_null(strstr(request, "CONNECT stream.test:443 HTTP/1.1\r\n"));
        assert_null(strstr(request, "X-Amz-Target"));
        assert_null(strstr(request, "AWS4-HMAC-SHA256"));
    }
}

static void origin_does_not_see_password_of_proxy_F_N14(void **state)
{
    char proxy[80], request[4096];
    struct scripted_peer *between = scripted_peer_start(&well, 1);
    struct faulty_options o = {.port = 0};
    (void)state;
    assert_non_null(between);
    snprintf(proxy, sizeof proxy, "http://user:proxy-secret@127.0.0.1:%u",
             scripted_peer_port(between));
    setenv("http_proxy", proxy, 1);
    setenv("no_proxy", "127.0.0.1", 1);
    /* Named in NO_PROXY: straight to the origin, without what the proxy would need. */
    struct faulty f = faulty_open(&well, 1, &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    scripted_peer_last(f.peer, request, sizeof request);
    assert_null(strstr(request, "Proxy-"));
    assert_int_equal(scripted_peer_counts(between).connections, 0);
    unsetenv("http_proxy");
    unsetenv("no_proxy");
    faulty_close(&f);
    scripted_peer_stop(between);
}

/* The peer is the proxy, and answers for the origin. */
static struct faulty_outcome
put_by_proxy(const struct faulty_options *given, char *request, unsigned *connections)
{
    struct scripted_peer *proxy = scripted_peer_start(&well, 1);
    char url[80];
    struct faulty_options o = *given;
    assert_non_null(proxy);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", scripted_peer_port(proxy));
    o.proxy = url;
    o.host = "stream.test";
    o.port = 80;
    kds_client_t *client = faulty_client(NULL, &o);
    struct faulty_outcome got = faulty_put(client);
    kds_client_free(client);
    scripted_peer_last(proxy, request, 4096);
    *connections = (unsigned)scripted_peer_counts(proxy).connections;
    scripted_peer_stop(proxy);
    return got;
}

static void call_goes_through_the_proxy_that_is_named_F_N14(void **state)
{
    static const struct faulty_options plain = {.port = 0};
    static const struct faulty_options known = {.proxy_user = "us:er",
                                                .proxy_password = "proxy-secret"};
    char request[4096];
    unsigned connections;
    (void)state;
    /* The environment has no say. */
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("no_proxy", "stream.test", 1);
    struct faulty_outcome got = put_by_proxy(&plain, request, &connections);
    faulty_expect_success(&got);
    assert_int_equal(connections, 1);
    assert_non_null(strstr(request, "POST http://stream.test/ HTTP/1.1\r\n"));
    assert_null(strstr(request, "Proxy-Authorization"));
    got = put_by_proxy(&known, request, &connections);
    faulty_expect_success(&got);
    assert_non_null(/* base64 of us:er:proxy-secret */
                    strstr(request,
                           "Proxy-Authorization: Basic dXM6ZXI6cHJveHktc2VjcmV0\r\n"));
    unsetenv("http_proxy");
    unsetenv("no_proxy");
}

static void call_goes_straight_when_no_proxy_is_wanted_F_N14(void **state)
{
    struct faulty_options o = {.proxy = ""};
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    struct faulty f = faulty_open(&well, 1, &o);
    struct faulty_outcome got = faulty_put(f.client);
    unsetenv("http_proxy");
    faulty_expect_success(&got);
    faulty_close(&f);
}

static void client_refuses_a_proxy_that_is_none_F_N14(void **state)
{
    static const char *const bad[] = {
        "proxy.example:3128", "ftp://proxy.example", "http://proxy.example/path",
        "http://u:proxy-secret@proxy.example:1", "http://proxy.example:99999"};
    kds_client_options_t o = {.struct_size = sizeof o,
                              .region = "us-east-1",
                              .access_key_id = "AKID",
                              .secret_access_key = "very-secret"};
    kds_client_t *client;
    (void)state;
    for (size_t i = 0; i <= COUNT(bad); i++) {
        kds_error_t *error = NULL;
        o.proxy = i < COUNT(bad) ? bad[i] : NULL;
        o.proxy_password = i < COUNT(bad) ? NULL : "proxy-secret";
        assert_int_equal(kds_client_new(&o, &client, &error), KDS_ERR_CONFIG);
        assert_non_null(strstr(kds_error_message(error), "proxy:"));
        assert_null(strstr(kds_error_message(error), "proxy-secret"));
        kds_error_free(error);
    }
}

/* ---- F-N15: redirects --------------------------------------------------------------------- */

static void redirect_is_not_followed_F_N15(void **state)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    struct scripted_peer *elsewhere = scripted_peer_start(&well, 1);
    (void)state;
    assert_non_null(elsewhere);
    for (size_t i = 0; i < COUNT(statuses); i++) {
        char answer[160];
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%u/\r\n"
                 "Content-Length: 0\r\n\r\n",
                 statuses[i], scripted_peer_port(elsewhere));
        const struct peer_step steps[] = {
            {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, 0}, {PEER_AGAIN, NULL, 0}};
        const struct peer_script script = {steps, NULL};
        struct faulty_options o = {.max_attempts = 3};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect(&got, KDS_ERR_SERVICE, KDS_PERSISTED_NO, 1);
        assert_int_equal(got.status, statuses[i]);
        faulty_close(&f);
    }
    assert_int_equal(scripted_peer_counts(elsewhere).connections, 0);
    scripted_peer_stop(elsewhere);
}

/* ---- F-N18: SIGPIPE ----------------------------------------------------------------------- */

static void process_survives_when_peer_closes_under_write_F_N18(void **state)
{
    static const struct peer_step steps[] = {{PEER_READ, NULL, 1}, {PEER_CUT, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 3};
    (void)state;
    signal(SIGPIPE, SIG_DFL); /* nobody ignores it */
    struct faulty f = faulty_open(&script, 1, &o);
    struct faulty_outcome got = faulty_put_bytes(f.client, LARGE_BYTES);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 3);
    faulty_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_succeeds_when_refused_connection_is_accepted_later_F_N01),
        cmocka_unit_test(call_is_not_persisted_when_connection_is_refused_F_N01),
        cmocka_unit_test(call_ends_at_connect_timeout_when_packets_are_dropped_F_N02),
        cmocka_unit_test(other_host_is_not_held_up_when_one_drops_packets_F_N02),
        cmocka_unit_test(call_succeeds_when_reset_before_a_byte_was_read_F_N03),
        cmocka_unit_test(call_may_be_persisted_when_reset_within_request_F_N04),
        cmocka_unit_test(call_may_be_persisted_when_reset_at_last_byte_F_N04),
        cmocka_unit_test(call_may_be_persisted_when_reset_before_reply_F_N05),
        cmocka_unit_test(call_is_repeated_once_when_reset_before_reply_F_N05),
        cmocka_unit_test(call_may_be_persisted_when_answer_is_cut_anywhere_F_N06),
        cmocka_unit_test(call_may_be_persisted_when_answer_is_reset_anywhere_F_N06),
        cmocka_unit_test(call_may_be_persisted_when_chunks_are_cut_anywhere_F_N06),
        cmocka_unit_test(call_succeeds_when_chunks_are_whole_F_N06),
        cmocka_unit_test(answer_is_refused_when_length_exceeds_body_F_N07),
        cmocka_unit_test(answer_is_refused_when_body_exceeds_length_F_N07),
        cmocka_unit_test(answer_is_refused_when_lengths_differ_F_N07),
        cmocka_unit_test(answer_is_refused_when_length_and_chunks_are_given_F_N07),
        cmocka_unit_test(connection_is_not_used_again_when_bytes_follow_answer_F_N07),
        cmocka_unit_test(call_ends_at_request_timeout_when_answer_trickles_F_N08),
        cmocka_unit_test(call_ends_at_request_timeout_when_peer_is_silent_F_N09),
        cmocka_unit_test(call_ends_at_call_timeout_when_every_attempt_is_silent_F_N09),
        cmocka_unit_test(call_succeeds_when_idle_connection_is_closed_F_N10),
        cmocka_unit_test(late_answer_is_not_given_to_next_call_F_N11),
        cmocka_unit_test(foreign_answer_is_refused_or_harmless_F_N12),
        cmocka_unit_test(call_is_not_persisted_when_name_does_not_resolve_F_N13),
        cmocka_unit_test(call_uses_next_address_when_first_is_dead_F_N13),
        cmocka_unit_test(call_is_not_persisted_when_all_addresses_are_dead_F_N13),
        cmocka_unit_test(call_follows_name_when_its_address_changes_F_N13),
        cmocka_unit_test(call_ends_at_connect_timeout_when_resolver_hangs_F_N13),
        cmocka_unit_test(call_is_not_persisted_when_proxy_refuses_tunnel_F_N14),
        cmocka_unit_test(origin_does_not_see_password_of_proxy_F_N14),
        cmocka_unit_test(call_goes_through_the_proxy_that_is_named_F_N14),
        cmocka_unit_test(call_goes_straight_when_no_proxy_is_wanted_F_N14),
        cmocka_unit_test(client_refuses_a_proxy_that_is_none_F_N14),
        cmocka_unit_test(redirect_is_not_followed_F_N15),
        cmocka_unit_test(process_survives_when_peer_closes_under_write_F_N18),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
