/*
 * provider_fixture: tables in static memory, and a folder below /tmp.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "provider_fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLES    32
#define REQUESTS     64
#define REQUEST_SIZE 8192
#define LOG_SIZE     16384

static struct {
    char home[64];
    struct {
        const char *name;
        char *value;
    } variables[VARIABLES];
    size_t variable_count;
    const struct fixture_step *steps;
    size_t step_count;
    unsigned requests;
    char request[REQUESTS][REQUEST_SIZE];
    int64_t boot_us, wall_us, paused_us;
    bool stopping;
    int64_t look_ms; /* how long a look takes whether to stop */
    const char *chosen;
    char log[LOG_SIZE];
} f;

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void fixture_end(void)
{
    for (size_t i = 0; i < f.variable_count; i++) {
        free(f.variables[i].value);
    }
    f.variable_count = 0;
    if (f.home[0] != 0) {
        nftw(f.home, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        f.home[0] = 0;
    }
}

void fixture_reset(void)
{
    fixture_end();
    memset(&f, 0, sizeof f);
    strcpy(f.home, "/tmp/kds-test-auth-XXXXXX");
    assert_non_null(mkdtemp(f.home));
    f.wall_us = FIXTURE_NOW_MS * 1000;
    f.boot_us = 1000000;
    fixture_env("HOME", f.home);
}

void fixture_env(const char *name, const char *value)
{
    assert_true(f.variable_count < VARIABLES);
    f.variables[f.variable_count].name = name;
    f.variables[f.variable_count++].value = value ? strdup(value) : NULL;
}

char *fixture_getenv(const char *name)
{
    for (size_t i = f.variable_count; i > 0; i--) {
        if (strcmp(f.variables[i - 1].name, name) == 0) {
            return f.variables[i - 1].value;
        }
    }
    return NULL;
}

const char *fixture_path(const char *path)
{
    static char whole[256];
    snprintf(whole, sizeof whole, "%s/%s", f.home, path);
    return whole;
}

void fixture_file(const char *path, const char *text)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s", fixture_path(path));
    for (char *slash = strchr(whole + strlen(f.home) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(whole, 0700);
        *slash = '/';
    }
    FILE *out = fopen(whole, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

/* ---- the network -------------------------------------------------------------------------- */

void fixture_script(const struct fixture_step *steps, size_t count)
{
    f.steps = steps;
    f.step_count = count;
    f.requests = 0;
}

unsigned fixture_requests(void)
{
    return f.requests;
}

const char *fixture_request(unsigned i)
{
    assert_true(i < f.requests);
    return f.request[i];
}

static void note(const struct kds_fetch_request *request)
{
    static const char *const methods[] = {"GET", "PUT", "POST"};
    char *out = f.request[f.requests];
    size_t n = (size_t)snprintf(out, REQUEST_SIZE, "%s %s\n", methods[request->method],
                                request->url);
    assert_true(request->timeout_ms > 0 && request->connect_timeout_ms > 0);
    for (size_t i = 0; i < request->header_count; i++) {
        n += (size_t)snprintf(out + n, REQUEST_SIZE - n, "%s: %s\n",
                              request->headers[i].name, request->headers[i].value);
    }
    n += (size_t)snprintf(out + n, REQUEST_SIZE - n, "%s\n%.*s",
                          request->no_proxy ? "(no proxy)" : "(proxy)",
                          (int)request->body.n,
                          request->body.n ? (const char *)request->body.p : "");
    assert_true(n < REQUEST_SIZE);
}

static kds_err_t run(struct kds_fetch *self,
                     const struct kds_fetch_request *request,
                     struct kds_fetch_answer *answer,
                     kds_error_t **error)
{
    (void)self;
    assert_true(f.requests < REQUESTS);
    assert_true(f.step_count > 0);
    const struct fixture_step *step =
        &f.steps[f.requests < f.step_count ? f.requests : f.step_count - 1];
    note(request);
    f.requests++;
    if (step->err != KDS_OK) {
        return kds_error_set(error, step->err, "scripted failure");
    }
    answer->status = step->status;
    kds_buf_init(&answer->body, KDS_FETCH_ANSWER_BYTES_MAX);
    kds_buf_add_text(&answer->body, step->body ? step->body : "");
    snprintf(answer->content_type, sizeof answer->content_type, "%s",
             step->content_type ? step->content_type : "");
    snprintf(answer->error_type, sizeof answer->error_type, "%s",
             step->error_type ? step->error_type : "");
    snprintf(answer->date, sizeof answer->date, "%s", step->date ? step->date : "");
    if (answer->body.err != KDS_OK) {
        kds_fetch_answer_clear(answer);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return KDS_OK;
}

struct kds_fetch *fixture_fetch(void)
{
    static struct kds_fetch fetch = {.run = run};
    return &fetch;
}

kds_err_t fixture_endpoint(const char *service,
                           const char *region,
                           char url[KDS_AUTH_URL_BYTES],
                           void *opaque,
                           kds_error_t **error)
{
    (void)opaque;
    (void)error;
    snprintf(url, KDS_AUTH_URL_BYTES, "https://%s.%s.test", service, region);
    return KDS_OK;
}

/* ---- time --------------------------------------------------------------------------------- */

static int64_t boottime(void *opaque)
{
    (void)opaque;
    return f.boot_us;
}

static int64_t realtime(void *opaque)
{
    (void)opaque;
    return f.wall_us;
}

const struct kds_clock *fixture_clock(void)
{
    static const struct kds_clock clock = {boottime, realtime, NULL};
    return &clock;
}

void fixture_advance_ms(int64_t ms)
{
    f.boot_us += ms * 1000;
    f.wall_us += ms * 1000;
}

static bool pause_fixture(void *opaque, int64_t us)
{
    (void)opaque;
    f.paused_us += us;
    fixture_advance_ms(us > 0 ? us / 1000 : f.look_ms);
    return !f.stopping;
}

int64_t fixture_paused_us(void)
{
    return f.paused_us;
}

void fixture_stop(void)
{
    f.stopping = true;
}

static void
take_line(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    size_t n = strlen(f.log);
    (void)opaque;
    (void)level;
    snprintf(f.log + n, sizeof f.log - n, "%s: %s\n", tag, message);
}

const char *fixture_log_text(void)
{
    return f.log;
}

const struct kds_log *fixture_log(void)
{
    static const struct kds_log log = {take_line, NULL, KDS_LOG_DEBUG};
    return &log;
}

void fixture_hurry(void)
{
    f.look_ms = 10000;
}

/* ---- asking ------------------------------------------------------------------------------- */

const char *fixture_chosen(void)
{
    return f.chosen;
}

kds_err_t fixture_provide(const struct kds_auth_options *options,
                          struct kds_credentials *out,
                          kds_error_t **error)
{
    static const struct kds_auth_options nothing = {.profile = NULL};
    struct kds_auth_settings *settings = NULL;
    struct kds_profiles *profiles = NULL;
    kds_err_t rc = kds_auth_settings_new(options ? options : &nothing, fixture_getenv,
                                         &settings, error);
    if (rc == KDS_OK) {
        strcpy(settings->region, "eu-test-1");
        rc = kds_profiles_load(&settings->paths, &profiles, error);
    }
    if (rc == KDS_OK) {
        const struct kds_provider_context ctx = {
            .settings = settings,
            .profiles = profiles,
            .fetch = fixture_fetch(),
            .clock = fixture_clock(),
            .log = fixture_log(),
            .endpoint = fixture_endpoint,
            .pause = pause_fixture,
        };
        const struct kds_chain_row *row = kds_chain_choose(settings, profiles);
        f.chosen = row->name;
        rc = kds_chain_ask(row, &ctx, out, error);
    }
    kds_profiles_free(profiles);
    kds_auth_settings_free(settings);
    return rc;
}

void fixture_expect(const char *row,
                    const char *id,
                    const char *secret,
                    const char *token)
{
    struct kds_credentials c;
    kds_error_t *error = NULL;
    kds_err_t rc = fixture_provide(NULL, &c, &error);
    if (rc != KDS_OK) {
        print_error("%s: %s\n", f.chosen, kds_error_message(error));
    }
    assert_int_equal(rc, KDS_OK);
    assert_string_equal(f.chosen, row);
    assert_string_equal(c.access_key_id, id);
    assert_string_equal(c.secret_access_key, secret);
    if (token == NULL) {
        assert_null(c.session_token);
    } else {
        assert_string_equal(c.session_token, token);
    }
    kds_credentials_clear(&c);
}

void fixture_expect_failure(const char *row, const char *text)
{
    struct kds_credentials c;
    kds_error_t *error = NULL;
    kds_err_t rc = fixture_provide(NULL, &c, &error);
    assert_int_not_equal(rc, KDS_OK);
    assert_string_equal(f.chosen, row);
    if (strstr(kds_error_message(error), text) == NULL) {
        print_error("\"%s\" is not in \"%s\"\n", text, kds_error_message(error));
    }
    assert_non_null(strstr(kds_error_message(error), text));
    assert_null(
        strstr(kds_error_message(error), "SEKRIT")); /* secrets of the tests hold it */
    assert_null(strstr(f.log, "SEKRIT"));
    kds_error_free(error);
}
