/*
 * test_client: whole calls against a peer that answers by script.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kds/client.h"
#include "kds/kinesis.h"
#include "support/forked_free.h"
#include "support/scripted_server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define PUT_OK                                                                           \
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"                    \
    "x-amzn-RequestId: id-1\r\nContent-Length: 56\r\n\r\n"                               \
    "{\"ShardId\":\"shardId-000000000007\",\"SequenceNumber\":\"49\"}"
#define STATUS(line, extra) "HTTP/1.1 " line "\r\n" extra "Content-Length: 0\r\n\r\n"

struct fixture {
    struct scripted_server *server;
    kds_client_t *client;
};

static kds_client_t *client_new(const char *endpoint, uint32_t attempts)
{
    kds_client_t *client = NULL;
    kds_client_options_t o = {.struct_size = sizeof o,
                              .region = "us-east-1",
                              .endpoint = endpoint,
                              .access_key_id = "AKID",
                              .secret_access_key = "very-secret",
                              .max_attempts = attempts};
    assert_int_equal(kds_client_new(&o, &client, NULL), KDS_OK);
    return client;
}

static struct fixture
open_with(const struct scripted_step *steps, size_t count, uint32_t attempts)
{
    struct fixture f = {.server = scripted_server_start(steps, count)};
    char endpoint[64];
    assert_non_null(f.server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(f.server));
    f.client = client_new(endpoint, attempts);
    return f;
}

static void close_all(struct fixture *f)
{
    kds_client_free(f->client);
    scripted_server_stop(f->server);
}

static const kds_put_record_in_t input = {.struct_size = sizeof input,
                                          .stream_name = KDS_SLICE_LIT("s"),
                                          .data = KDS_SLICE_LIT("hello"),
                                          .partition_key = KDS_SLICE_LIT("k")};

static kds_err_t
put(kds_client_t *client, int64_t request_timeout_ms, kds_error_t **error)
{
    const kds_put_record_out_t *out = NULL;
    kds_call_options_t o = {.struct_size = sizeof o,
                            .request_timeout_ms = request_timeout_ms};
    kds_err_t rc = kds_put_record(client, &input, &o, &out, error);
    if (rc == KDS_OK) {
        assert_true(kds_slice_is(out->sequence_number, "49"));
        assert_string_equal(kds_output_request_id(out), "id-1");
    }
    kds_output_free(out);
    return rc;
}

/* One script, one call, one verdict. */
struct verdict {
    const char *why;
    struct scripted_step steps[3];
    size_t step_count;
    uint32_t max_attempts;
    kds_err_t err;
    kds_persisted_t persisted;
    int status;
    unsigned attempts; /* 0 = the call succeeds */
    unsigned requests; /* that the server saw */
    const char *code;
};

/* clang-format off */
static const struct verdict verdicts[] = {
    {"success", {{PUT_OK, 0, SCRIPTED_KEEP}}, 1, 3, KDS_OK, 0, 0, 0, 1, ""},
    {"F-N01 reset after the request, then fine",
     {{NULL, 0, SCRIPTED_RESET}, {PUT_OK, 0, SCRIPTED_KEEP}}, 2, 3, KDS_OK, 0, 0, 0, 2, ""},
    {"F-N01 reset after the request",
     {{NULL, 0, SCRIPTED_RESET}}, 1, 1, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 0, 1, 1, ""},
    {"F-N05 closed within the headers",
     {{"HTTP/1.1 200 OK\r\nContent-Le", 0, SCRIPTED_CLOSE}}, 1, 1,
     KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 0, 1, 1, ""},
    {"F-N05 closed within the body",
     {{"HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n{\"Shard", 0, SCRIPTED_CLOSE}}, 1, 1,
     KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 0, 1, 1, ""},
    {"F-N05 closed behind the headers: an empty answer is none",
     {{"HTTP/1.1 200 OK\r\n\r\n", 0, SCRIPTED_CLOSE}}, 1, 1,
     KDS_ERR_PROTOCOL, KDS_PERSISTED_MAYBE, 0, 1, 1, ""},
    {"answer that is no JSON",
     {{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", 0, SCRIPTED_KEEP}}, 1, 1,
     KDS_ERR_PROTOCOL, KDS_PERSISTED_MAYBE, 0, 1, 1, ""},
    {"answer that is no HTTP",
     {{"SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, SCRIPTED_CLOSE}}, 1, 1,
     KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 0, 1, 1, ""},
    {"F-S06 error without a body",
     {{STATUS("503 Service Unavailable", ""), 0, SCRIPTED_KEEP}}, 1, 2,
     KDS_ERR_SERVICE, KDS_PERSISTED_MAYBE, 503, 2, 2, ""},
    {"F-S06 HTML of a proxy",
     {{"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n"
       "<html></html>", 0, SCRIPTED_KEEP}}, 1, 1,
     KDS_ERR_SERVICE, KDS_PERSISTED_MAYBE, 502, 1, 1, ""},
    {"permanent refusal in JSON: one attempt, certainly no effect",
     {{"HTTP/1.1 400 Bad Request\r\nContent-Length: 57\r\n\r\n"
       "{\"__type\":\"ResourceNotFoundException\",\"message\":\"gone\"}  ", 0, SCRIPTED_KEEP}},
     1, 3, KDS_ERR_NOT_FOUND, KDS_PERSISTED_NO, 400, 1, 1, "ResourceNotFoundException"},
    {"code in a header only",
     {{STATUS("400 Bad Request", "x-amzn-ErrorType: AccessDeniedException:http://x\r\n"), 0,
       SCRIPTED_KEEP}},
     1, 3, KDS_ERR_ACCESS_DENIED, KDS_PERSISTED_NO, 400, 1, 1, "AccessDeniedException"},
    {"a refusal does not undo the doubt of the attempt before it",
     {{NULL, 0, SCRIPTED_RESET},
      {STATUS("400 Bad Request", "x-amzn-ErrorType: ResourceNotFoundException\r\n"), 0,
       SCRIPTED_KEEP}},
     2, 3, KDS_ERR_NOT_FOUND, KDS_PERSISTED_MAYBE, 400, 2, 2, "ResourceNotFoundException"},
};
/* clang-format on */

static void check_verdict(const struct verdict *v)
{
    struct fixture f = open_with(v->steps, v->step_count, v->max_attempts);
    kds_error_t *error = NULL;
    print_message("%s\n", v->why);
    assert_int_equal(put(f.client, 0, &error), v->err);
    assert_int_equal(scripted_server_requests(f.server), v->requests);
    if (v->err != KDS_OK) {
        assert_int_equal(kds_error_persisted(error), v->persisted);
        assert_int_equal(kds_error_http_status(error), v->status);
        assert_int_equal(kds_error_attempts(error), v->attempts);
        assert_string_equal(kds_error_service_code(error), v->code);
        assert_null(strpbrk(kds_error_message(error), "\r\n"));
    }
    kds_error_free(error);
    close_all(&f);
}

static void client_judges_every_answer_by_what_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        check_verdict(&verdicts[i]);
    }
}

static void client_gives_up_at_request_timeout_when_answer_hangs(void **state)
{
    static const struct scripted_step hang[] = {{NULL, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(hang, 1, 1);
    kds_error_t *error = NULL;
    (void)state; /* F-N03 */
    assert_int_equal(put(f.client, 50, &error), KDS_ERR_TIMED_OUT);
    assert_int_equal(kds_error_persisted(error), KDS_PERSISTED_MAYBE);
    assert_true(kds_error_retryable(error));
    kds_error_free(error);
    close_all(&f);
}

static void client_names_host_port_and_cause_when_nobody_listens(void **state)
{
    static const struct scripted_step unused[] = {{NULL, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(unused, 1, 1);
    char where[32];
    kds_error_t *error = NULL;
    (void)state; /* F-N08 */
    snprintf(where, sizeof where, "127.0.0.1:%u", scripted_server_port(f.server));
    scripted_server_stop(f.server);
    assert_int_equal(put(f.client, 0, &error), KDS_ERR_TRANSPORT);
    assert_non_null(strstr(kds_error_message(error), where));
    assert_int_equal(kds_error_persisted(error), KDS_PERSISTED_NO);
    kds_error_free(error);
    kds_client_free(f.client);
}

static void client_survives_server_that_closes_idle_connections(void **state)
{
    static const struct scripted_step steps[] = {{PUT_OK, 0, SCRIPTED_CLOSE}};
    struct fixture f = open_with(steps, 1, 3);
    (void)state; /* F-N04 */
    for (int i = 0; i < 20; i++) {
        assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    }
    assert_int_equal(scripted_server_requests(f.server), 20);
    close_all(&f);
}

/* libcurl sends a request once more, unasked, when the connection that it used again dies. */
static void client_keeps_doubt_of_request_that_transport_sent_twice(void **state)
{
    static const struct scripted_step steps[] = {
        {PUT_OK, 0, SCRIPTED_KEEP},
        {NULL, 0, SCRIPTED_CLOSE},
        {STATUS("400 Bad Request", "x-amzn-ErrorType: ResourceNotFoundException\r\n"), 0,
         SCRIPTED_KEEP}};
    struct fixture f = open_with(steps, COUNT(steps), 1);
    kds_error_t *error = NULL;
    (void)state;
    assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    assert_int_equal(put(f.client, 0, &error), KDS_ERR_NOT_FOUND);
    assert_int_equal(scripted_server_requests(f.server), 3);
    assert_int_equal(kds_error_persisted(error), KDS_PERSISTED_MAYBE);
    kds_error_free(error);
    close_all(&f);
}

static void client_sends_signed_request_without_secret(void **state)
{
    static const struct scripted_step steps[] = {{PUT_OK, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(steps, 1, 1);
    char request[4096];
    (void)state;
    assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    scripted_server_last(f.server, request, sizeof request);
    assert_non_null(strstr(request, "POST / HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "X-Amz-Target: Kinesis_20131202.PutRecord\r\n"));
    assert_non_null(strstr(request, "Authorization: AWS4-HMAC-SHA256 Credential=AKID/"));
    assert_null(strstr(request, "very-secret"));
    assert_null(strstr(request, "Expect:"));
    assert_null(strstr(request, "Accept-Encoding:"));
    close_all(&f);
}

/* ---- free, threads, fork ------------------------------------------------------------------ */

struct ended {
    kds_err_t err;
    kds_persisted_t persisted;
    unsigned calls;
};

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    struct ended *e = opaque;
    e->calls++;
    e->err = error ? kds_error_code(error) : KDS_OK;
    e->persisted = error ? kds_error_persisted(error) : KDS_PERSISTED_YES;
    kds_error_free(error);
    kds_output_free(output);
}

static void client_free_ends_calls_under_way_before_it_returns(void **state)
{
    static const struct scripted_step hang[] = {{NULL, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(hang, 1, 3);
    struct ended e = {.calls = 0};
    (void)state;
    assert_int_equal(kds_client_start(f.client, kds_operation_find("PutRecord"), &input,
                                      NULL, on_end, &e, NULL),
                     KDS_OK);
    scripted_server_await(f.server, 1);
    close_all(&f);
    assert_int_equal(e.calls, 1);
    assert_int_equal(e.err, KDS_ERR_CANCELLED);
    assert_int_equal(e.persisted, KDS_PERSISTED_MAYBE);
}

/* Told by the client's log that a retry was put off. */
struct retry_seen {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool seen; /* with `lock` */
};

static void
on_log(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    struct retry_seen *r = opaque;
    (void)level;
    (void)message;
    if (strcmp(tag, "retry") == 0) {
        pthread_mutex_lock(&r->lock);
        r->seen = true;
        pthread_cond_signal(&r->changed);
        pthread_mutex_unlock(&r->lock);
    }
}

static void await_retry(struct retry_seen *r)
{
    pthread_mutex_lock(&r->lock);
    while (!r->seen) {
        pthread_cond_wait(&r->changed, &r->lock);
    }
    pthread_mutex_unlock(&r->lock);
}

static void client_free_keeps_doubt_of_call_that_waits_for_its_retry(void **state)
{
    /* The second attempt would come after 5 s. */
    static const struct scripted_step later = {
        STATUS("503 Busy", "x-amz-retry-after: 5000\r\n"), 0, SCRIPTED_KEEP};
    struct retry_seen retry = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
                               false};
    struct scripted_server *server = scripted_server_start(&later, 1);
    struct ended e = {.calls = 0};
    kds_client_t *client;
    char endpoint[64];
    (void)state;
    assert_non_null(server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(server));
    kds_client_options_t o = {.struct_size = sizeof o,
                              .region = "us-east-1",
                              .endpoint = endpoint,
                              .access_key_id = "AKID",
                              .secret_access_key = "very-secret",
                              .log = on_log,
                              .log_opaque = &retry,
                              .log_level = KDS_LOG_INFO};
    assert_int_equal(kds_client_new(&o, &client, NULL), KDS_OK);
    assert_int_equal(kds_client_start(client, kds_operation_find("PutRecord"), &input,
                                      NULL, on_end, &e, NULL),
                     KDS_OK);
    await_retry(&retry);
    kds_client_free(client);
    assert_int_equal(scripted_server_requests(server), 1);
    scripted_server_stop(server);
    assert_int_equal(e.calls, 1);
    assert_int_equal(e.err, KDS_ERR_CANCELLED);
    assert_int_equal(e.persisted, KDS_PERSISTED_MAYBE);
}

static void *put_twenty_times(void *opaque)
{
    size_t good = 0;
    for (int i = 0; i < 20; i++) {
        good += put(opaque, 0, NULL) == KDS_OK;
    }
    return (void *)(uintptr_t)good;
}

static void client_serves_eight_threads(void **state)
{
    static const struct scripted_step steps[] = {{PUT_OK, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(steps, 1, 1);
    pthread_t threads[8];
    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, put_twenty_times, f.client),
                         0);
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_int_equal((uintptr_t)good, 20);
    }
    assert_int_equal(scripted_server_requests(f.server), 160);
    close_all(&f);
}

struct chain {
    kds_client_t *client;
    atomic_int blocking_rc, left;
};

static void start_next(const void *output, kds_error_t *error, void *opaque)
{
    struct chain *c = opaque;
    const kds_put_record_out_t *out;
    kds_output_free(output);
    kds_error_free(error);
    atomic_store(&c->blocking_rc, kds_put_record(c->client, &input, NULL, &out, NULL));
    if (atomic_fetch_sub(&c->left, 1) > 1) {
        kds_client_start(c->client, kds_operation_find("PutRecord"), &input, NULL,
                         start_next, c, NULL);
    }
}

static void client_callback_may_start_calls_but_not_block(void **state)
{
    static const struct scripted_step steps[] = {{PUT_OK, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(steps, 1, 1);
    struct chain c = {.client = f.client, .left = 5};
    (void)state;
    assert_int_equal(kds_client_start(f.client, kds_operation_find("PutRecord"), &input,
                                      NULL, start_next, &c, NULL),
                     KDS_OK);
    scripted_server_await(f.server, 5);
    close_all(&f);
    assert_int_equal(atomic_load(&c.blocking_rc), KDS_ERR_WOULD_DEADLOCK);
}

static void client_refuses_calls_in_forked_child(void **state)
{
    static const struct scripted_step steps[] = {{PUT_OK, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(steps, 1, 1);
    int status = -1;
    (void)state;
    assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    pid_t child = fork();
    if (child == 0) {
        const kds_put_record_out_t *out;
        kds_err_t rc = kds_put_record(f.client, &input, NULL, &out, NULL);
        kds_client_free(f.client);
        _exit(rc == KDS_ERR_FORKED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    close_all(&f);
}

static void free_client(void *client)
{
    kds_client_free(client);
}

static void fault_P08_client_is_left_alone_by_a_forked_child(void **state)
{
    static const struct scripted_step steps[] = {{PUT_OK, 0, SCRIPTED_KEEP}};
    struct fixture f = open_with(steps, 1, 1);
    (void)state;
    assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    assert_true(forked_free_touches_nothing(free_client, f.client));
    assert_int_equal(put(f.client, 0, NULL), KDS_OK);
    close_all(&f);
}

static void client_refuses_what_would_break_a_header_line(void **state)
{
    static const char evil[] = "x\r\nX-Evil: 1";
    (void)state;
    for (int i = 0; i < 3; i++) {
        kds_client_t *client = NULL;
        kds_client_options_t o = {.struct_size = sizeof o,
                                  .region = i == 0 ? evil : "us-east-1",
                                  .endpoint =
                                      i == 1 ? "http://h\r\nX-Evil: 1" : "http://h",
                                  .access_key_id = "AKID",
                                  .secret_access_key = "secret",
                                  .session_token = i == 2 ? evil : NULL};
        assert_int_not_equal(kds_client_new(&o, &client, NULL), KDS_OK);
        assert_null(client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_judges_every_answer_by_what_is_known),
        cmocka_unit_test(client_gives_up_at_request_timeout_when_answer_hangs),
        cmocka_unit_test(client_names_host_port_and_cause_when_nobody_listens),
        cmocka_unit_test(client_survives_server_that_closes_idle_connections),
        cmocka_unit_test(client_keeps_doubt_of_request_that_transport_sent_twice),
        cmocka_unit_test(client_sends_signed_request_without_secret),
        cmocka_unit_test(client_free_ends_calls_under_way_before_it_returns),
        cmocka_unit_test(client_free_keeps_doubt_of_call_that_waits_for_its_retry),
        cmocka_unit_test(client_serves_eight_threads),
        cmocka_unit_test(client_callback_may_start_calls_but_not_block),
        cmocka_unit_test(client_refuses_calls_in_forked_child),
        cmocka_unit_test(fault_P08_client_is_left_alone_by_a_forked_child),
        cmocka_unit_test(client_refuses_what_would_break_a_header_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
