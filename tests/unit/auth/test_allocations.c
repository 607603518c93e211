/*
 * test_allocations: whole runs of providers in which each allocation fails once, and many readings of
 * files that somebody writes meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/command.h"
#include "auth/secret.h"
#include "base/slice.h"
#include "provider_fixture.h"
#include "support/fail_alloc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CORP_SHA1 "ee0bfd2552fbd840c02cc48b6e823320543c450f" /* of "corp" */
#define CREDENTIALS                                                                      \
    "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"      \
    "<SessionToken>t</SessionToken><Expiration>" FIXTURE_LATER                           \
    "</Expiration></Credentials>"

static int setup(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_end();
    return 0;
}

static int provide(void *opaque)
{
    struct kds_credentials c;
    kds_error_t *error = NULL;
    const struct fixture_step *step = opaque;
    if (step != NULL) {
        fixture_script(step, 1);
    }
    kds_err_t rc = fixture_provide(NULL, &c, &error);
    if (rc == KDS_OK) {
        kds_credentials_clear(&c);
    }
    kds_error_free(error);
    return rc;
}

static void expect_all_failures_survived(const struct fixture_step *step, int at_least)
{
    size_t before = kds_secret_in_use();
    union {
        const struct fixture_step *in;
        void *out;
    } opaque = {step};
    int failed = fail_alloc_run(provide, opaque.out);
    if (failed < at_least) {
        print_error("%s: %d\n", fixture_chosen(), failed);
    }
    assert_true(failed >= at_least);
    assert_int_equal(kds_secret_in_use(), before);
}

static void container_survives_every_failed_allocation(void **state)
{
    static const struct fixture_step step = {
        .status = 200,
        .body = "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"Expiration\":"
                "\"" FIXTURE_LATER "\"}"};
    (void)state;
    fixture_file("token", "t");
    fixture_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", fixture_path("token"));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:9/");
    expect_all_failures_survived(&step, 5);
}

static void roles_survive_every_failed_allocation(void **state)
{
    static const struct fixture_step role = {
        .status = 200,
        .content_type = "text/xml",
        .body = "<AssumeRoleResponse><AssumeRoleResult>" CREDENTIALS
                "</AssumeRoleResult></AssumeRoleResponse>"};
    static const struct fixture_step web = {
        .status = 200,
        .content_type = "text/xml",
        .body = "<AssumeRoleWithWebIdentityResponse><"
                "AssumeRoleWithWebIdentityResult>" CREDENTIALS
                "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"};
    (void)state;
    fixture_file(".aws/config", "[default]\nrole_arn=arn:aws:iam::123456789012:role/r\n"
                                "source_profile=b\n[profile b]\naws_access_key_id=K\n"
                                "aws_secret_access_key=S\n");
    expect_all_failures_survived(&role, 8);
    fixture_file("token", "abcd");
    fixture_env("AWS_WEB_IDENTITY_TOKEN_FILE", fixture_path("token"));
    fixture_env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r");
    fixture_file(".aws/config", "[default]\nregion=x\n");
    expect_all_failures_survived(&web, 8);
}

static void sso_survives_every_failed_allocation(void **state)
{
    static const struct fixture_step step = {
        .status = 200,
        .body = "{\"roleCredentials\":{\"accessKeyId\":\"A\",\"secretAccessKey\":\"S\","
                "\"sessionToken\":\"t\",\"expiration\":1790003600000}}"};
    (void)state;
    fixture_file(".aws/config",
                 "[default]\nsso_session=corp\nsso_account_id=1\nsso_role_name=R\n"
                 "[sso-session corp]\nsso_region=eu-1\nsso_start_url=u\n");
    fixture_file(".aws/sso/cache/" CORP_SHA1 ".json",
                 "{\"accessToken\":\"a\",\"expiresAt\":\"" FIXTURE_LATER "\"}");
    expect_all_failures_survived(&step, 8);
}

static void processes_and_files_survive_every_failed_allocation(void **state)
{
    (void)state;
    fixture_file(".aws/config", "[default]\ncredential_process=echo '{\"Version\":1,"
                                "\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\"}'\n");
    expect_all_failures_survived(NULL, 6);
    fixture_file(".aws/config", "");
    fixture_file(".aws/credentials",
                 "[default]\naws_access_key_id=A\naws_secret_access_key=S\n");
    expect_all_failures_survived(NULL, 4);
}

/* ---- files that change -------------------------------------------------------------------- */

struct writer {
    char path[256], beside[300];
    atomic_bool stop;
};

static void write_generation(const char *path, unsigned generation)
{
    FILE *f = fopen(path, "w"); /* truncates */
    assert_non_null(f);
    fprintf(f, "[default]\naws_access_key_id=G%06u\n", generation);
    fflush(f); /* a reader may see the half of it */
    fprintf(f, "aws_secret_access_key=G%06u\n", generation);
    fclose(f);
}

static void *write_on_and_on(void *opaque)
{
    struct writer *w = opaque;
    for (unsigned i = 0; !atomic_load(&w->stop); i++) {
        if (i % 2 == 0) {
            write_generation(w->path, i);
        } else {
            write_generation(w->beside, i);
            rename(w->beside, w->path);
        }
    }
    return NULL;
}

static void files_that_change_never_give_a_mixed_key_F_C05(void **state)
{
    struct writer w = {.stop = false};
    pthread_t thread;
    unsigned whole = 0;
    (void)state;
    fixture_file(".aws/credentials", "");
    snprintf(w.path, sizeof w.path, "%s", fixture_path(".aws/credentials"));
    snprintf(w.beside, sizeof w.beside, "%s.new", w.path);
    fixture_env("AWS_EC2_METADATA_DISABLED", "true");
    assert_int_equal(pthread_create(&thread, NULL, write_on_and_on, &w), 0);
    for (unsigned i = 0; i < 20000 && whole < 200; i++) {
        struct kds_credentials c;
        if (fixture_provide(NULL, &c, NULL) == KDS_OK) {
            whole++;
            assert_string_equal(c.access_key_id, c.secret_access_key);
            kds_credentials_clear(&c);
        }
    }
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    assert_true(whole > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(container_survives_every_failed_allocation),
        TEST(roles_survive_every_failed_allocation),
        TEST(sso_survives_every_failed_allocation),
        TEST(processes_and_files_survive_every_failed_allocation),
        TEST(files_that_change_never_give_a_mixed_key_F_C05),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
