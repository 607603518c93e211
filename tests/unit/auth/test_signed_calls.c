/*
 * test_signed_calls: whole clients whose credentials come through real sockets, or from a callback.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/thread.h"
#include "client/client.h"
#include "kds/kinesis.h"
#include "provider_fixture.h"
#include "support/scripted_server.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AWS_JSON "application/x-amz-json-1.1"
#define STREAMS                                                                          \
    answer("200 OK", AWS_JSON, "{\"StreamNames\":[],\"HasMoreStreams\":false}")
#define EXPIRED answer("400 Bad", AWS_JSON, "{\"__type\":\"ExpiredTokenException\"}")
#define FAULT   answer("500 Bad", AWS_JSON, "{\"__type\":\"InternalFailure\"}")
#define DENIED  answer("403 No", "application/json", "{\"code\":\"Denied\"}")
#define SILENCE                                                                          \
    {                                                                                    \
        NULL, 0, SCRIPTED_KEEP                                                           \
    }
#define KEYS(id)                                                                         \
    answer("200 OK", "application/json",                                                 \
           "{\"AccessKeyId\":\"" id                                                      \
           "\",\"SecretAccessKey\":\"SEKRIT\",\"Token\":\"tok-" id                       \
           "\",\"Expiration\":\"2099-01-01T00:00:00Z\"}")
#define SERVER(name, ...)                                                                \
    const struct scripted_step name##_steps[] = {__VA_ARGS__};                           \
    struct scripted_server *name = scripted_server_start(                                \
        name##_steps, sizeof name##_steps / sizeof name##_steps[0]);                     \
    assert_non_null(name)

/* Texts of answers, good for one test. */
static char texts[16][512];
static size_t text_count;

static struct scripted_step answer(const char *status, const char *type, const char *body)
{
    char *text = texts[text_count++ % 16];
    struct scripted_step step = {text, 0, SCRIPTED_KEEP};
    int n = snprintf(text, sizeof texts[0],
                     "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                     status, type, strlen(body), body);
    assert_in_range(n, 1, sizeof texts[0] - 1);
    return step;
}

static int setup(void **state)
{
    (void)state;
    fixture_reset();
    fixture_env("AWS_REGION", "eu-test-1");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_end();
    return 0;
}

static const char *address(const struct scripted_server *s)
{
    static char url[4][64];
    static unsigned turn;
    char *out = url[turn++ % 4];
    snprintf(out, sizeof url[0], "http://127.0.0.1:%u", scripted_server_port(s));
    return out;
}

/* A client of @p service whose credentials come from @p container, if that is not NULL. */
static kds_client_t *client_of(struct scripted_server *service,
                               struct scripted_server *container,
                               kds_client_options_t *options)
{
    static const struct kds_client_parts parts = {NULL, fixture_getenv, NULL};
    struct kds_client_parts with_clock = parts;
    kds_client_t *client;
    kds_error_t *error = NULL;
    with_clock.clock = kds_clock_system();
    options->struct_size = sizeof *options;
    options->endpoint = address(service);
    if (container != NULL) {
        fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", address(container));
    }
    kds_err_t rc = kds_client_new_from(options, &with_clock, &client, &error);
    if (rc != KDS_OK) {
        print_error("%s\n", kds_error_message(error));
    }
    assert_int_equal(rc, KDS_OK);
    return client;
}

static kds_err_t call(kds_client_t *client, kds_error_t **error)
{
    const kds_list_streams_in_t in = {.struct_size = sizeof in};
    const kds_list_streams_out_t *out;
    kds_err_t rc = kds_list_streams(client, &in, NULL, &out, error);
    if (rc == KDS_OK) {
        kds_output_free(out);
    }
    return rc;
}

static void expect_last(struct scripted_server *s, const char *text)
{
    char request[8192];
    scripted_server_last(s, request, sizeof request);
    if (strstr(request, text) == NULL) {
        print_error("no \"%s\" in:\n%s\n", text, request);
    }
    assert_non_null(strstr(request, text));
}

static unsigned threads(void)
{
    DIR *dir = opendir("/proc/self/task");
    unsigned n = 0;
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

/* A wall clock that a test sets forward. */
static _Atomic int64_t wall_offset_us;

static int64_t offset_realtime(void *opaque)
{
    (void)opaque;
    return kds_clock_realtime_us(kds_clock_system()) + wall_offset_us;
}

static int64_t plain_boottime(void *opaque)
{
    (void)opaque;
    return kds_clock_boottime_us(kds_clock_system());
}

/* ---- through sockets ---------------------------------------------------------------------- */

static void calls_wait_for_their_first_credentials(void **state)
{
    kds_client_options_t options = {.max_attempts = 1};
    (void)state;
    SERVER(service, STREAMS);
    SERVER(container, KEYS("C1"));
    kds_client_t *client = client_of(service, container, &options);
    assert_int_equal(scripted_server_requests(container), 0); /* nobody needs them yet */
    assert_int_equal(call(client, NULL), KDS_OK);
    expect_last(service, "Credential=C1/");
    expect_last(service, "X-Amz-Security-Token: tok-C1\r\n");
    assert_int_equal(call(client, NULL), KDS_OK);
    assert_int_equal(scripted_server_requests(container), 1);
    kds_client_free(client);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

static void expired_credentials_are_renewed_once_and_the_call_repeated_F_S18(void **state)
{
    kds_client_options_t options = {.max_attempts = 3};
    kds_error_t *error = NULL;
    (void)state;
    SERVER(service, EXPIRED, STREAMS, EXPIRED, EXPIRED, STREAMS);
    SERVER(container, KEYS("C1"), KEYS("C2"), KEYS("C3"));
    kds_client_t *client = client_of(service, container, &options);
    assert_int_equal(call(client, NULL), KDS_OK);
    assert_int_equal(scripted_server_requests(service), 2);
    assert_int_equal(scripted_server_requests(container), 2);
    expect_last(service, "Credential=C2/"); /* the signer is made anew, F-C04 */
    expect_last(service, "X-Amz-Security-Token: tok-C2\r\n");
    /* Refused twice: one more attempt, not two. */
    assert_int_equal(call(client, &error), KDS_ERR_ACCESS_DENIED);
    assert_string_equal(kds_error_service_code(error), "ExpiredTokenException");
    assert_int_equal(kds_error_attempts(error), 2);
    assert_int_equal(scripted_server_requests(container), 3);
    kds_error_free(error);
    kds_client_free(client);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

static void credentials_that_come_back_the_same_are_not_tried_again_F_S18(void **state)
{
    kds_client_options_t options = {.max_attempts = 3};
    kds_error_t *error = NULL;
    (void)state;
    SERVER(service, EXPIRED);
    SERVER(container, KEYS("C1"));
    kds_client_t *client = client_of(service, container, &options);
    assert_int_equal(call(client, &error), KDS_ERR_ACCESS_DENIED);
    assert_int_equal(kds_error_attempts(error), 1);
    assert_int_equal(scripted_server_requests(container), 2); /* asked, in vain */
    assert_int_equal(call(client, &error), KDS_ERR_ACCESS_DENIED);
    assert_int_equal(scripted_server_requests(container), 2); /* once per generation */
    assert_int_equal(scripted_server_requests(service), 2);
    kds_error_free(error);
    kds_client_free(client);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

static void keys_that_are_written_down_need_no_thread(void **state)
{
    kds_client_options_t options = {.access_key_id = "XK", .secret_access_key = "SEKRIT"};
    (void)state;
    SERVER(service, EXPIRED, STREAMS);
    unsigned before = threads();
    kds_client_t *client = client_of(service, NULL, &options);
    assert_int_equal(call(client, NULL), KDS_ERR_ACCESS_DENIED);
    assert_int_equal(scripted_server_requests(service), 1); /* they would be the same */
    assert_int_equal(call(client, NULL), KDS_OK);
    assert_int_equal(threads(), before + 1); /* the I/O thread */
    kds_client_free(client);
    scripted_server_stop(service);
}

static void files_are_read_again_when_their_keys_are_refused_F_C05(void **state)
{
    kds_client_options_t options = {.profile = "p", .region = "eu-test-1"};
    (void)state;
    fixture_file(".aws/credentials",
                 "[p]\naws_access_key_id=F1\naws_secret_access_key=S\n");
    SERVER(service, EXPIRED, STREAMS);
    kds_client_t *client = client_of(service, NULL, &options);
    fixture_file(".aws/credentials",
                 "[p]\naws_access_key_id=F2\naws_secret_access_key=S\n");
    assert_int_equal(call(client, NULL), KDS_OK);
    expect_last(service, "Credential=F2/");
    kds_client_free(client);
    scripted_server_stop(service);
}

static void environment_that_has_expired_is_final_F_C02(void **state)
{
    static const struct kds_clock clock = {plain_boottime, offset_realtime, NULL};
    const struct kds_client_parts parts = {&clock, fixture_getenv, NULL};
    kds_client_t *client;
    kds_error_t *error = NULL;
    (void)state;
    SERVER(service, STREAMS);
    wall_offset_us = 0;
    fixture_env("AWS_ACCESS_KEY_ID", "EK");
    fixture_env("AWS_SECRET_ACCESS_KEY", "SEKRIT");
    fixture_env("AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00Z");
    kds_client_options_t options = {.struct_size = sizeof options,
                                    .endpoint = address(service)};
    assert_int_equal(kds_client_new_from(&options, &parts, &client, NULL), KDS_OK);
    assert_int_equal(call(client, NULL), KDS_OK);
    wall_offset_us = INT64_C(100) * 366 * 86400 * 1000000;
    assert_int_equal(call(client, &error), KDS_ERR_CREDENTIALS);
    assert_non_null(
        strstr(kds_error_message(error), "the credentials (environment) have expired"));
    assert_false(kds_error_retryable(error));
    assert_int_equal(scripted_server_requests(service), 1);
    wall_offset_us = 0;
    kds_error_free(error);
    kds_client_free(client);
    scripted_server_stop(service);
}

static void instances_and_roles_are_asked_through_sockets_F_C01(void **state)
{
    kds_client_options_t options = {.profile = "p"};
    (void)state;
    SERVER(service, STREAMS);
    SERVER(instance, answer("200 OK", "text/plain", "TOKEN"),
           answer("200 OK", "text/plain", "my-role"), KEYS("I1"));
    SERVER(sts,
           answer("200 OK", "text/xml",
                  "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>R1"
                  "</AccessKeyId><SecretAccessKey>SEKRIT</SecretAccessKey><SessionToken>"
                  "rt</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
                  "</Credentials></AssumeRoleResult></AssumeRoleResponse>"));
    char config[512];
    snprintf(config, sizeof config,
             "[profile p]\nrole_arn=arn:aws:iam::123456789012:role/r\n"
             "credential_source=Ec2InstanceMetadata\nec2_metadata_service_endpoint=%s\n"
             "services=here\n[services here]\nsts =\n  endpoint_url = %s\n",
             address(instance), address(sts));
    fixture_file(".aws/config", config);
    kds_client_t *client = client_of(service, NULL, &options);
    assert_int_equal(call(client, NULL), KDS_OK);
    assert_int_equal(scripted_server_requests(instance), 3);
    expect_last(instance,
                "GET /latest/meta-data/iam/security-credentials/my-role HTTP/1.1\r\n");
    expect_last(instance, "x-aws-ec2-metadata-token: TOKEN\r\n");
    char host[64];
    snprintf(host, sizeof host, "\r\nHost: 127.0.0.1:%u\r\n", scripted_server_port(sts));
    expect_last(sts, host);
    expect_last(sts,
                "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n");
    expect_last(sts, "Credential=I1/");
    expect_last(sts, "/eu-test-1/sts/aws4_request");
    expect_last(sts, "X-Amz-Security-Token: tok-I1\r\n");
    expect_last(sts, "\r\n\r\nAction=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws");
    expect_last(service, "Credential=R1/");
    expect_last(service, "X-Amz-Security-Token: rt\r\n");
    kds_client_free(client);
    scripted_server_stop(sts);
    scripted_server_stop(instance);
    scripted_server_stop(service);
}

static void calls_do_not_wait_beyond_their_time_limit_F_C01(void **state)
{
    kds_client_options_t options = {.call_timeout_ms = 100};
    kds_error_t *error = NULL;
    (void)state;
    SERVER(service, STREAMS);
    SERVER(container, SILENCE); /* never answers */
    kds_client_t *client = client_of(service, container, &options);
    assert_int_equal(call(client, &error), KDS_ERR_TIMED_OUT);
    assert_int_equal(scripted_server_requests(service), 0);
    assert_int_equal(kds_error_persisted(error), KDS_PERSISTED_NO);
    kds_error_free(error);
    int64_t from_us = kds_clock_boottime_us(kds_clock_system());
    kds_client_free(client); /* while the fetch is under way */
    assert_true(kds_clock_boottime_us(kds_clock_system()) - from_us < 1500000);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

static void calls_are_refused_when_no_credentials_are_to_be_had_F_C01(void **state)
{
    kds_client_options_t options = {.max_attempts = 3};
    kds_error_t *error = NULL;
    (void)state;
    SERVER(service, STREAMS);
    SERVER(container, DENIED);
    kds_client_t *client = client_of(service, container, &options);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(call(client, &error), KDS_ERR_CREDENTIALS);
        assert_non_null(strstr(kds_error_message(error), "Denied (HTTP 403)"));
        assert_true(kds_error_retryable(error)); /* a producer keeps its records */
    }
    assert_true(scripted_server_requests(container) <=
                2); /* cached for a second at least */
    assert_int_equal(scripted_server_requests(service), 0);
    kds_error_free(error);
    kds_client_free(client);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

struct count {
    pthread_mutex_t lock;
    pthread_cond_t all;
    unsigned ended, failed;
};

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    struct count *c = opaque;
    pthread_mutex_lock(&c->lock);
    c->ended++;
    c->failed += error != NULL;
    pthread_cond_signal(&c->all);
    pthread_mutex_unlock(&c->lock);
    kds_output_free(output);
    kds_error_free(error);
}

static void await(struct count *c, unsigned n)
{
    pthread_mutex_lock(&c->lock);
    while (c->ended < n) {
        pthread_cond_wait(&c->all, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
}

static void two_hundred_calls_at_once_make_one_fetch_F_C03(void **state)
{
    kds_client_options_t options = {.max_connections = 8};
    struct count c = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};
    const kds_list_streams_in_t in = {.struct_size = sizeof in};
    (void)state;
    SERVER(service, STREAMS);
    SERVER(container, KEYS("C1"));
    kds_client_t *client = client_of(service, container, &options);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(kds_client_start(client, kds_operation_find("ListStreams"), &in,
                                          NULL, on_end, &c, NULL),
                         KDS_OK);
    }
    await(&c, 200);
    assert_int_equal(c.failed, 0);
    assert_int_equal(scripted_server_requests(container), 1);
    kds_client_free(client);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

static void calls_that_wait_end_when_the_client_is_freed(void **state)
{
    kds_client_options_t options = {.call_timeout_ms = 60000};
    struct count c = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};
    const kds_list_streams_in_t in = {.struct_size = sizeof in};
    (void)state;
    SERVER(service, STREAMS);
    SERVER(container, SILENCE);
    kds_client_t *client = client_of(service, container, &options);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(kds_client_start(client, kds_operation_find("ListStreams"), &in,
                                          NULL, on_end, &c, NULL),
                         KDS_OK);
    }
    scripted_server_await(container, 1);
    kds_client_free(client);
    assert_int_equal(c.ended, 5);
    assert_int_equal(c.failed, 5);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

static void forked_child_releases_a_client_that_fetches(void **state)
{
    kds_client_options_t options = {.call_timeout_ms = 100};
    int status;
    (void)state;
    SERVER(service, STREAMS);
    SERVER(container, SILENCE);
    kds_client_t *client = client_of(service, container, &options);
    assert_int_equal(call(client, NULL), KDS_ERR_TIMED_OUT); /* its thread runs on */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool refused = call(client, NULL) == KDS_ERR_FORKED;
        kds_client_free(client); /* there is no thread to join */
        _exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    kds_client_free(client);
    scripted_server_stop(container);
    scripted_server_stop(service);
}

/* ---- the application's callback ----------------------------------------------------------- */

/* What a callback does and what happened to it. */
struct source {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool blocked; /* callbacks do not return while it is set */
    unsigned calls;
    int64_t life_ms; /* 0 = for ever; by the test's wall clock */
    kds_client_t *client;
    kds_err_t inner; /* of a call inside the callback */
};

static int64_t expiry(int64_t life_ms)
{
    return life_ms ? offset_realtime(NULL) / 1000 + life_ms : 0;
}

static kds_err_t give(kds_credentials_request_t *request, void *opaque)
{
    struct source *s = opaque;
    char id[16];
    pthread_mutex_lock(&s->lock);
    snprintf(id, sizeof id, "A%u", ++s->calls);
    pthread_cond_broadcast(&s->changed);
    while (s->blocked) {
        pthread_cond_wait(&s->changed, &s->lock);
    }
    const kds_credential_values_t values = {.struct_size = sizeof values,
                                            .access_key_id = id,
                                            .secret_access_key = "SEKRIT",
                                            .expires_at_ms = expiry(s->life_ms)};
    kds_client_t *client = s->client;
    pthread_mutex_unlock(&s->lock);
    if (client != NULL) {
        s->inner = call(client, NULL);
        kds_client_free(client); /* does nothing here */
    }
    return kds_credentials_give(request, &values, NULL);
}

#define SOURCE                                                                           \
    {                                                                                    \
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER           \
    }

static void unblock(struct source *s)
{
    pthread_mutex_lock(&s->lock);
    s->blocked = false;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* Wait until the callback was asked at least so often. @return how often it was */
static unsigned wait_for_calls(struct source *s, unsigned least)
{
    pthread_mutex_lock(&s->lock);
    while (s->calls < least) {
        pthread_cond_wait(&s->changed, &s->lock);
    }
    unsigned calls = s->calls;
    pthread_mutex_unlock(&s->lock);
    return calls;
}

static void *unblock_soon(void *opaque)
{
    wait_for_calls(opaque, 1);
    unblock(opaque);
    return NULL;
}

static void callback_that_is_slow_holds_up_nobody_but_its_waiters_F_C11(void **state)
{
    struct source s = SOURCE;
    kds_client_options_t options = {
        .credentials = give, .credentials_opaque = &s, .call_timeout_ms = 100};
    pthread_t thread;
    (void)state;
    SERVER(service, STREAMS);
    s.blocked = true;
    kds_client_t *client = client_of(service, NULL, &options);
    assert_int_equal(call(client, NULL), KDS_ERR_TIMED_OUT);
    assert_int_equal(call(client, NULL), KDS_ERR_TIMED_OUT);
    assert_int_equal(wait_for_calls(&s, 1), 1); /* one at a time */
    /* kds_client_free() waits for it. */
    assert_int_equal(kds_thread_start(&thread, "unblock", unblock_soon, &s), KDS_OK);
    kds_client_free(client);
    assert_false(s.blocked);
    pthread_join(thread, NULL);
    scripted_server_stop(service);
}

static void credentials_are_renewed_ahead_while_calls_go_on_F_C03(void **state)
{
    static const struct kds_clock clock = {plain_boottime, offset_realtime, NULL};
    const struct kds_client_parts parts = {&clock, fixture_getenv, NULL};
    struct source s = SOURCE;
    char request[8192] = "";
    kds_client_t *client;
    (void)state;
    SERVER(service, STREAMS);
    wall_offset_us = 0;
    s.life_ms = 3600000;
    kds_client_options_t options = {.struct_size = sizeof options,
                                    .endpoint = address(service),
                                    .credentials = give,
                                    .credentials_opaque = &s};
    assert_int_equal(kds_client_new_from(&options, &parts, &client, NULL), KDS_OK);
    assert_int_equal(call(client, NULL), KDS_OK);
    pthread_mutex_lock(&s.lock);
    s.blocked = true;
    pthread_mutex_unlock(&s.lock);
    wall_offset_us = INT64_C(50) * 60 * 1000000; /* ten minutes are left */
    for (int i = 0; i < 3; i++) {                /* nobody waits for the callback */
        assert_int_equal(call(client, NULL), KDS_OK);
        expect_last(service, "Credential=A1/");
    }
    wait_for_calls(&s, 2); /* it was asked all the same */
    unblock(&s);
    while (strstr(request, "Credential=A2/") == NULL) {
        assert_int_equal(call(client, NULL), KDS_OK);
        scripted_server_last(service, request, sizeof request);
    }
    kds_client_free(client);
    scripted_server_stop(service);
}

static void callback_may_not_wait_for_its_own_client_F_C11(void **state)
{
    struct source s = SOURCE;
    kds_client_options_t options = {.credentials = give, .credentials_opaque = &s};
    (void)state;
    SERVER(service, STREAMS);
    kds_client_t *client = client_of(service, NULL, &options);
    s.client = client;
    assert_int_equal(call(client, NULL), KDS_OK);
    assert_int_equal(s.inner, KDS_ERR_WOULD_DEADLOCK);
    expect_last(service, "Credential=A1/");
    kds_client_free(client);
    scripted_server_stop(service);
}

static void
pass_two_hours(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    (void)level;
    (void)message;
    (void)opaque;
    if (strcmp(tag, "retry") == 0) {
        wall_offset_us = INT64_C(7200000000);
    }
}

static void
attempts_are_signed_anew_when_credentials_expire_between_them_F_C04(void **state)
{
    static const struct kds_clock clock = {plain_boottime, offset_realtime, NULL};
    const struct kds_client_parts parts = {&clock, fixture_getenv, NULL};
    struct source s = SOURCE;
    kds_client_t *client;
    (void)state;
    SERVER(service, FAULT, STREAMS);
    wall_offset_us = 0;
    s.life_ms = 3600000;
    kds_client_options_t options = {.struct_size = sizeof options,
                                    .endpoint = address(service),
                                    .credentials = give,
                                    .credentials_opaque = &s,
                                    .log = pass_two_hours,
                                    .log_level = KDS_LOG_INFO,
                                    .max_attempts = 3};
    assert_int_equal(kds_client_new_from(&options, &parts, &client, NULL), KDS_OK);
    assert_int_equal(call(client, NULL), KDS_OK);
    assert_int_equal(s.calls, 2);
    expect_last(service, "Credential=A2/");
    kds_client_free(client);
    scripted_server_stop(service);
}

/* ---- regions ------------------------------------------------------------------------------ */

static void region_comes_from_the_profile_or_the_instance(void **state)
{
    static const struct fixture_step script[] = {{.status = 200, .body = "T"},
                                                 {.status = 200, .body = "eu-inst-1"}};
    struct kds_client_parts parts = {kds_clock_system(), fixture_getenv, fixture_fetch()};
    kds_client_t *client;
    (void)state;
    SERVER(service, STREAMS);
    fixture_env("AWS_REGION", NULL);
    kds_client_options_t options = {.struct_size = sizeof options,
                                    .endpoint = address(service),
                                    .access_key_id = "XK",
                                    .secret_access_key = "SEKRIT"};
    kds_error_t *error = NULL;
    assert_int_equal(kds_client_new_from(&options, &parts, &client, &error),
                     KDS_ERR_CONFIG);
    kds_error_free(error);
    options.instance_region = true;
    fixture_script(script, 2);
    assert_int_equal(kds_client_new_from(&options, &parts, &client, NULL), KDS_OK);
    assert_non_null(strstr(fixture_request(1), "/latest/meta-data/placement/region\n"));
    assert_int_equal(call(client, NULL), KDS_OK);
    expect_last(service, "/eu-inst-1/kinesis/aws4_request");
    kds_client_free(client);
    fixture_file(".aws/config", "[default]\nregion = eu-prof-1\n");
    assert_int_equal(kds_client_new_from(&options, &parts, &client, NULL), KDS_OK);
    assert_int_equal(call(client, NULL), KDS_OK);
    expect_last(service, "/eu-prof-1/kinesis/aws4_request");
    kds_client_free(client);
    scripted_server_stop(service);
}

static void client_is_refused_when_nothing_is_configured(void **state)
{
    struct kds_client_parts parts = {kds_clock_system(), fixture_getenv, fixture_fetch()};
    kds_client_options_t options = {.struct_size = sizeof options};
    kds_client_t *client;
    kds_error_t *error = NULL;
    (void)state;
    fixture_env("AWS_EC2_METADATA_DISABLED", "true");
    assert_int_equal(kds_client_new_from(&options, &parts, &client, &error),
                     KDS_ERR_CREDENTIALS);
    assert_non_null(strstr(kds_error_message(error), "no credentials"));
    fixture_env("AWS_ENDPOINT_URL_STS", "nonsense");
    assert_int_equal(kds_client_new_from(&options, &parts, &client, &error),
                     KDS_ERR_CONFIG);
    kds_error_free(error);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(calls_wait_for_their_first_credentials),
        TEST(expired_credentials_are_renewed_once_and_the_call_repeated_F_S18),
        TEST(credentials_that_come_back_the_same_are_not_tried_again_F_S18),
        TEST(keys_that_are_written_down_need_no_thread),
        TEST(files_are_read_again_when_their_keys_are_refused_F_C05),
        TEST(environment_that_has_expired_is_final_F_C02),
        TEST(instances_and_roles_are_asked_through_sockets_F_C01),
        TEST(calls_do_not_wait_beyond_their_time_limit_F_C01),
        TEST(calls_are_refused_when_no_credentials_are_to_be_had_F_C01),
        TEST(two_hundred_calls_at_once_make_one_fetch_F_C03),
        TEST(calls_that_wait_end_when_the_client_is_freed),
        TEST(forked_child_releases_a_client_that_fetches),
        TEST(callback_that_is_slow_holds_up_nobody_but_its_waiters_F_C11),
        TEST(credentials_are_renewed_ahead_while_calls_go_on_F_C03),
        TEST(callback_may_not_wait_for_its_own_client_F_C11),
        TEST(attempts_are_signed_anew_when_credentials_expire_between_them_F_C04),
        TEST(region_comes_from_the_profile_or_the_instance),
        TEST(client_is_refused_when_nothing_is_configured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
