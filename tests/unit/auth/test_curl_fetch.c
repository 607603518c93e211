/*
 * test_curl_fetch: the real way to ask for credentials, against a scripted server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "net/curl_fetch.h"
#include "support/scripted_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD(status, length)                                                             \
    "HTTP/1.1 " status                                                                   \
    "\r\nContent-Type: text/x\r\nX-Amzn-ErrorType: E\r\nDate: today\r\n"                 \
    "Content-Length: " length "\r\n"

/* One exchange with a server of one step. */
struct exchange {
    struct scripted_server *server;
    struct kds_fetch *fetch;
    struct kds_fetch_request request;
    struct kds_fetch_answer answer;
    char url[128];
    kds_error_t *error;
};

static void open_exchange(struct exchange *x, const struct scripted_step *step)
{
    memset(x, 0, sizeof *x);
    x->server = scripted_server_start(step, 1);
    assert_non_null(x->server);
    const struct kds_proxy_options environment = {NULL, NULL, NULL};
    assert_int_equal(kds_curl_fetch_new(NULL, &environment, &x->fetch, NULL), KDS_OK);
    snprintf(x->url, sizeof x->url, "http://127.0.0.1:%u/a/../b?c=d",
             scripted_server_port(x->server));
    x->request.url = x->url;
    x->request.connect_timeout_ms = 2000;
    x->request.timeout_ms = 2000;
}

static void close_exchange(struct exchange *x)
{
    kds_error_free(x->error);
    kds_fetch_answer_clear(&x->answer);
    kds_curl_fetch_free(x->fetch);
    scripted_server_stop(x->server);
}

static kds_err_t run(struct exchange *x)
{
    return x->fetch->run(x->fetch, &x->request, &x->answer, &x->error);
}

static void expect_sent(struct exchange *x, const char *text, bool expected)
{
    char request[8192];
    scripted_server_last(x->server, request, sizeof request);
    if ((strstr(request, text) != NULL) != expected) {
        print_error("\"%s\":\n%s\n", text, request);
    }
    assert_int_equal(strstr(request, text) != NULL, expected);
}

static void fetch_speaks_each_method(void **state)
{
    static const struct scripted_step step = {HEAD("404 No", "5") "\r\nhello", 0,
                                              SCRIPTED_KEEP};
    struct exchange x;
    (void)state;
    open_exchange(&x, &step);
    x.request.headers[0] = (struct kds_fetch_header){"X-Mine", "1"};
    x.request.header_count = 1;
    assert_int_equal(run(&x), KDS_OK);
    assert_int_equal(x.answer.status, 404);
    assert_true(kds_slice_is(kds_buf_slice(&x.answer.body), "hello"));
    assert_string_equal(x.answer.content_type, "text/x");
    assert_string_equal(x.answer.error_type, "E");
    assert_string_equal(x.answer.date, "today");
    expect_sent(&x, "GET /a/../b?c=d HTTP/1.1\r\n", true); /* as it was given */
    expect_sent(&x, "X-Mine: 1\r\n", true);
    kds_fetch_answer_clear(&x.answer);
    x.request.method = KDS_FETCH_PUT;
    assert_int_equal(run(&x), KDS_OK);
    expect_sent(&x, "PUT /a", true);
    expect_sent(&x, "Content-Length: 0\r\n", true);
    kds_fetch_answer_clear(&x.answer);
    x.request.method = KDS_FETCH_POST;
    x.request.body = kds_slice("a=b");
    assert_int_equal(run(&x), KDS_OK);
    expect_sent(&x, "POST /a", true);
    expect_sent(&x, "\r\n\r\na=b", true);
    expect_sent(&x, "Expect:", false);
    close_exchange(&x);
}

static void fetch_does_not_follow_redirects_F_C06(void **state)
{
    static const struct scripted_step step = {
        HEAD("302 Found", "0") "Location: http://127.0.0.1:1/evil\r\n\r\n", 0,
        SCRIPTED_KEEP};
    struct exchange x;
    (void)state;
    open_exchange(&x, &step);
    assert_int_equal(run(&x), KDS_OK);
    assert_int_equal(x.answer.status, 302);
    assert_int_equal(scripted_server_requests(x.server), 1);
    close_exchange(&x);
}

static void fetch_goes_past_proxies_where_it_is_told_to_F_C06(void **state)
{
    static const struct scripted_step step = {HEAD("200 OK", "0") "\r\n", 0,
                                              SCRIPTED_KEEP};
    struct exchange x;
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* nobody listens there */
    setenv("no_proxy", "", 1);
    open_exchange(&x, &step);
    assert_int_equal(run(&x), KDS_ERR_TRANSPORT);
    x.request.no_proxy = true;
    assert_int_equal(run(&x), KDS_OK);
    close_exchange(&x);
    unsetenv("http_proxy");
    unsetenv("no_proxy");
}

static void fetch_refuses_answers_that_are_too_long(void **state)
{
    char *text = malloc(100000);
    struct scripted_step step = {text, 0, SCRIPTED_CLOSE};
    struct exchange x;
    (void)state;
    assert_non_null(text);
    strcpy(text, HEAD("200 OK", "90000") "\r\n");
    size_t n = strlen(text);
    memset(text + n, 'x', 90000);
    text[n + 90000] = 0;
    open_exchange(&x, &step);
    assert_int_equal(run(&x), KDS_ERR_PROTOCOL);
    assert_string_equal(kds_error_message(x.error), "the answer is too long");
    assert_null(x.answer.body.p);
    close_exchange(&x);
    strcpy(text, "HTTP/1.1 200 OK\r\nX: ");
    n = strlen(text);
    memset(text + n, 'x', 70000); /* one header without an end */
    text[n + 70000] = 0;
    open_exchange(&x, &step);
    assert_int_not_equal(run(&x), KDS_OK);
    close_exchange(&x);
    free(text);
}

static void fetch_tells_broken_answers_apart_F_C01(void **state)
{
    static const struct {
        struct scripted_step step;
        kds_err_t err;
    } cases[] = {
        {{HEAD("200 OK", "9") "\r\nhalf", 0, SCRIPTED_CLOSE}, KDS_ERR_TRANSPORT},
        {{"HTTP/1.1 200 OK\r\nContent-Le", 0, SCRIPTED_CLOSE}, KDS_ERR_TRANSPORT},
        {{NULL, 0, SCRIPTED_RESET}, KDS_ERR_TRANSPORT},
        {{NULL, 0, SCRIPTED_CLOSE}, KDS_ERR_TRANSPORT},
        {{"garbage\r\n\r\n", 0, SCRIPTED_CLOSE}, KDS_ERR_TRANSPORT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct exchange x;
        open_exchange(&x, &cases[i].step);
        assert_int_equal(run(&x), cases[i].err);
        assert_null(
            strstr(kds_error_message(x.error), "c=d")); /* a query may be a secret */
        assert_null(x.answer.body.p);
        close_exchange(&x);
    }
}

static void fetch_ends_with_its_time_limit_F_C01(void **state)
{
    static const struct scripted_step step = {NULL, 0, SCRIPTED_KEEP};
    struct exchange x;
    (void)state;
    open_exchange(&x, &step);
    x.request.timeout_ms = 100;
    assert_int_equal(run(&x), KDS_ERR_TIMED_OUT);
    close_exchange(&x);
}

/* Goes on until the server has the request. */
static bool until_sent(void *opaque)
{
    struct exchange *x = opaque;
    return scripted_server_requests(x->server) == 0;
}

static void fetch_ends_when_it_is_told_to(void **state)
{
    static const struct scripted_step step = {NULL, 0, SCRIPTED_KEEP};
    struct exchange x;
    (void)state;
    open_exchange(&x, &step);
    x.request.timeout_ms = 60000;
    x.fetch->go_on = until_sent;
    x.fetch->go_on_opaque = &x;
    int64_t from_us = kds_clock_boottime_us(kds_clock_system());
    assert_int_equal(run(&x), KDS_ERR_CANCELLED);
    assert_true(kds_clock_boottime_us(kds_clock_system()) - from_us < 10000000);
    close_exchange(&x);
}

static void fetch_sends_no_header_that_holds_a_line_break_F_C07(void **state)
{
    static const struct scripted_step step = {HEAD("200 OK", "0") "\r\n", 0,
                                              SCRIPTED_KEEP};
    static const char *const values[] = {"a\r\nX-Evil: 1", "a\nb", "a\r"};
    struct exchange x;
    (void)state;
    open_exchange(&x, &step);
    x.request.headers[0].name = "Authorization";
    x.request.header_count = 1;
    for (size_t i = 0; i < 3; i++) {
        x.request.headers[0].value = values[i];
        assert_int_equal(run(&x), KDS_ERR_CREDENTIALS);
        assert_null(strstr(kds_error_message(x.error), "Evil"));
    }
    assert_int_equal(scripted_server_requests(x.server), 0);
    close_exchange(&x);
}

static void fetch_speaks_http_only(void **state)
{
    static const struct scripted_step step = {NULL, 0, SCRIPTED_KEEP};
    struct exchange x;
    (void)state;
    open_exchange(&x, &step);
    x.request.url = "file:///etc/hostname";
    assert_int_equal(run(&x), KDS_ERR_TRANSPORT);
    close_exchange(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetch_speaks_each_method),
        cmocka_unit_test(fetch_does_not_follow_redirects_F_C06),
        cmocka_unit_test(fetch_goes_past_proxies_where_it_is_told_to_F_C06),
        cmocka_unit_test(fetch_refuses_answers_that_are_too_long),
        cmocka_unit_test(fetch_tells_broken_answers_apart_F_C01),
        cmocka_unit_test(fetch_ends_with_its_time_limit_F_C01),
        cmocka_unit_test(fetch_ends_when_it_is_told_to),
        cmocka_unit_test(fetch_sends_no_header_that_holds_a_line_break_F_C07),
        cmocka_unit_test(fetch_speaks_http_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
