/*
 * test_clock: calls of a machine whose wall clock is wrong (F-S19), and what the server's Date may
 * teach it. The peer answers by script, the clock is the test's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "base/text.h"
#include "client/client.h"
#include "client/skew.h"
#include "kds/kinesis.h"
#include "support/scripted_server.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define NOW_S    INT64_C(1795000000) /* 2026-11-18T11:06:40Z */
#define DATE     "Date: Wed, 18 Nov 2026 11:06:40 GMT\r\n"

/* ---- the decision ------------------------------------------------------------------------- */

static void date_is_read_strictly(void **state)
{
    static const char *const bad[] = {"",
                                      "Wed, 18 Nov 2026 11:06:40",
                                      "Wed, 18 Nov 2026 11:06:40 CET",
                                      "Wed, 18 Foo 2026 11:06:40 GMT",
                                      "Wed, 32 Nov 2026 11:06:40 GMT",
                                      "Wed, 18 Nov 2026 25:46:40 GMT",
                                      "Wed, 18 Nov 20x6 11:06:40 GMT",
                                      "Wednesday, 18-Nov-26 11:06:40 GMT",
                                      "Wed, 18 Nov 2026 11:06:40 GMT and more"};
    int64_t us = 0;
    (void)state;
    assert_true(kds_parse_http_date_us(kds_slice("Wed, 18 Nov 2026 11:06:40 GMT"), &us));
    assert_int_equal(us, NOW_S * KDS_US_PER_S);
    assert_true(kds_parse_http_date_us(kds_slice("Sun, 06 Nov 1994 08:49:37 GMT"), &us));
    assert_int_equal(us, INT64_C(784111777) * KDS_US_PER_S);
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (kds_parse_http_date_us(kds_slice(bad[i]), &us)) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
}

static void skew_is_learned_only_from_suspicion_and_far_plausible_date(void **state)
{
    static const struct {
        int64_t local_s, before_s;
        const char *date;
        bool suspected, moved;
        int64_t after_s;
    } cases[] = {
        {NOW_S - 960, 0, "Wed, 18 Nov 2026 11:06:40 GMT", true, true, 960},
        {NOW_S + 960, 0, "Wed, 18 Nov 2026 11:06:40 GMT", true, true, -960},
        {NOW_S - 86400, 0, "Wed, 18 Nov 2026 11:06:40 GMT", true, true, 86400},
        {NOW_S - 960, 0, "Wed, 18 Nov 2026 11:06:40 GMT", false, false, 0},
        {NOW_S - 240, 0, "Wed, 18 Nov 2026 11:06:40 GMT", true, false, 0},
        {NOW_S - 241, 0, "Wed, 18 Nov 2026 11:06:40 GMT", true, true, 241},
        {NOW_S, 0, "Thu, 01 Jan 1970 00:00:00 GMT", true, false, 0},
        {NOW_S, 0, "Sat, 01 Jan 2400 00:00:00 GMT", true, false, 0},
        {NOW_S - 960, 0, "yesterday", true, false, 0},
        {NOW_S - 960, 0, "", true, false, 0},
        /* corrected already: the refusal has another cause */
        {NOW_S - 960, 960, "Wed, 18 Nov 2026 11:06:40 GMT", true, false, 960},
        {NOW_S - 960, 960, "Wed, 18 Nov 2026 11:06:40 GMT", false, false, 960},
        /* the local clock was set right meanwhile */
        {NOW_S, 960, "Wed, 18 Nov 2026 11:06:40 GMT", false, false, 0},
        {NOW_S, 960, "Wed, 18 Nov 2026 11:06:40 GMT", true, true, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t offset = cases[i].before_s * KDS_US_PER_S;
        bool moved = kds_skew_learn(cases[i].local_s * KDS_US_PER_S, cases[i].date,
                                    cases[i].suspected, &offset);
        if (moved != cases[i].moved || offset != cases[i].after_s * KDS_US_PER_S) {
            fail_msg("case %zu", i);
        }
    }
}

/* ---- whole calls -------------------------------------------------------------------------- */

static int64_t wall_us; /* the machine's, set by the test before the client exists */

static int64_t boottime(void *opaque)
{
    (void)opaque;
    return kds_clock_boottime_us(kds_clock_system());
}

static int64_t realtime(void *opaque)
{
    return *(const int64_t *)opaque;
}

static char *no_variable(const char *name)
{
    (void)name;
    return NULL;
}

#define PUT_OK                                                                           \
    "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 56\r\n\r\n"                              \
    "{\"ShardId\":\"shardId-000000000007\",\"SequenceNumber\":\"49\"}"
#define REFUSED(code)                                                                    \
    "HTTP/1.1 400 Bad Request\r\n" DATE "x-amzn-ErrorType: " code                        \
    "\r\nContent-Length: 0\r\n\r\n"

struct outcome {
    kds_err_t rc;
    unsigned requests;
    bool retryable;
    kds_persisted_t persisted;
    char last[4096];
    int64_t ahead_us; /* what the client knows of the server's clock */
};

static struct outcome put_with_clock(int64_t off_s,
                                     const struct scripted_step *steps,
                                     size_t count,
                                     uint32_t max_attempts)
{
    static const struct kds_clock clock = {boottime, realtime, &wall_us};
    static const struct kds_client_parts parts = {&clock, no_variable, NULL};
    static const kds_put_record_in_t input = {.struct_size = sizeof input,
                                              .stream_name = KDS_SLICE_LIT("s"),
                                              .data = KDS_SLICE_LIT("hello"),
                                              .partition_key = KDS_SLICE_LIT("k")};
    struct scripted_server *server = scripted_server_start(steps, count);
    struct outcome got = {.rc = KDS_OK};
    char endpoint[64];
    assert_non_null(server);
    wall_us = (NOW_S + off_s) * KDS_US_PER_S;
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(server));
    kds_client_options_t o = {.struct_size = sizeof o,
                              .region = "us-east-1",
                              .endpoint = endpoint,
                              .access_key_id = "AKID",
                              .secret_access_key = "very-secret",
                              .max_attempts = max_attempts};
    const kds_put_record_out_t *out = NULL;
    kds_error_t *error = NULL;
    kds_client_t *client;
    assert_int_equal(kds_client_new_from(&o, &parts, &client, NULL), KDS_OK);
    got.rc = kds_put_record(client, &input, NULL, &out, &error);
    kds_output_free(out);
    if (error != NULL) {
        got.retryable = kds_error_retryable(error);
        got.persisted = kds_error_persisted(error);
        kds_error_free(error);
    }
    got.ahead_us = kds_client_server_ahead_us(client);
    kds_client_free(client);
    got.requests = scripted_server_requests(server);
    scripted_server_last(server, got.last, sizeof got.last);
    scripted_server_stop(server);
    return got;
}

static void call_is_signed_anew_when_clock_is_off_F_S19(void **state)
{
    static const int64_t off_s[] = {-960, 960, -86400, 86400, -NOW_S};
    static const struct scripted_step scripts[][2] = {
        {{REFUSED("InvalidSignatureException"), 0, SCRIPTED_KEEP},
         {PUT_OK, 0, SCRIPTED_KEEP}},
        {{REFUSED("SignatureDoesNotMatch"), 0, SCRIPTED_KEEP},
         {PUT_OK, 0, SCRIPTED_KEEP}},
        {{REFUSED("RequestExpired"), 0, SCRIPTED_KEEP}, {PUT_OK, 0, SCRIPTED_KEEP}},
        {{REFUSED("RequestInTheFuture"), 0, SCRIPTED_KEEP}, {PUT_OK, 0, SCRIPTED_KEEP}},
        {{REFUSED("RequestTimeTooSkewed"), 0, SCRIPTED_KEEP}, {PUT_OK, 0, SCRIPTED_KEEP}},
        {{REFUSED("AuthFailure"), 0, SCRIPTED_KEEP}, {PUT_OK, 0, SCRIPTED_KEEP}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(off_s); i++) {
        for (size_t k = 0; k < COUNT(scripts); k++) {
            struct outcome got = put_with_clock(off_s[i], scripts[k], 2, 3);
            assert_int_equal(got.rc, KDS_OK);
            assert_int_equal(got.requests, 2);
            assert_non_null(strstr(got.last, "X-Amz-Date: 20261118T110640Z\r\n"));
            /* The server's time and the request's time limit of 10 s. */
            assert_non_null(strstr(
                got.last, "amz-sdk-request: ttl=20261118T110650Z; attempt=2; max=3\r\n"));
        }
    }
}

static void call_is_refused_once_when_clock_is_right_and_signature_wrong(void **state)
{
    static const struct scripted_step steps[] = {
        {REFUSED("InvalidSignatureException"), 0, SCRIPTED_KEEP}};
    (void)state; /* F-S19 */
    struct outcome got = put_with_clock(100, steps, 1, 3);
    assert_int_equal(got.rc, KDS_ERR_ACCESS_DENIED);
    assert_int_equal(got.requests, 1);
    assert_false(got.retryable);
}

static void call_is_refused_twice_when_new_signature_does_not_help(void **state)
{
    static const struct scripted_step steps[] = {
        {REFUSED("InvalidSignatureException"), 0, SCRIPTED_KEEP}};
    (void)state; /* F-S19 */
    struct outcome got = put_with_clock(-960, steps, 1, 3);
    assert_int_equal(got.rc, KDS_ERR_ACCESS_DENIED);
    assert_int_equal(got.requests, 2);
    assert_false(got.retryable);
    assert_int_equal(got.persisted, KDS_PERSISTED_NO);
}

static void error_is_retryable_when_no_attempt_is_left_to_sign_anew(void **state)
{
    static const struct scripted_step steps[] = {
        {REFUSED("RequestTimeTooSkewed"), 0, SCRIPTED_KEEP}};
    (void)state; /* F-S19 */
    struct outcome got = put_with_clock(-960, steps, 1, 1);
    assert_int_equal(got.rc, KDS_ERR_ACCESS_DENIED);
    assert_int_equal(got.requests, 1);
    assert_true(got.retryable);
}

/* Also far within what signatures tolerate, and from any answer. */
static void clock_of_the_server_is_known_from_any_answer_F_S12(void **state)
{
    static const int64_t off_s[] = {0, 1, -180, 180, 86400};
    static const struct scripted_step good[] = {{PUT_OK, 0, SCRIPTED_KEEP}};
    static const struct scripted_step bad[] = {
        {REFUSED("ValidationException"), 0, SCRIPTED_KEEP}};
    static const struct scripted_step undated[] = {
        {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 0, SCRIPTED_KEEP}};
    (void)state;
    for (size_t i = 0; i < COUNT(off_s); i++) {
        struct outcome got = put_with_clock(off_s[i], good, 1, 1);
        assert_int_equal(got.rc, KDS_OK);
        assert_int_equal(got.ahead_us, -off_s[i] * KDS_US_PER_S);
        got = put_with_clock(off_s[i], bad, 1, 1);
        assert_int_not_equal(got.rc, KDS_OK);
        assert_int_equal(got.ahead_us, -off_s[i] * KDS_US_PER_S);
        assert_int_equal(put_with_clock(off_s[i], undated, 1, 1).ahead_us, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_is_read_strictly),
        cmocka_unit_test(skew_is_learned_only_from_suspicion_and_far_plausible_date),
        cmocka_unit_test(call_is_signed_anew_when_clock_is_off_F_S19),
        cmocka_unit_test(call_is_refused_once_when_clock_is_right_and_signature_wrong),
        cmocka_unit_test(call_is_refused_twice_when_new_signature_does_not_help),
        cmocka_unit_test(clock_of_the_server_is_known_from_any_answer_F_S12),
        cmocka_unit_test(error_is_retryable_when_no_attempt_is_left_to_sign_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
