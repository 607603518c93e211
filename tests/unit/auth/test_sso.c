/*
 * test_sso: a cached log-in, its renewal, and the credentials it gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/sso_cache.h"
#include "base/slice.h"
#include "provider_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

/* SHA-1 of "corp" and of "https://corp.awsapps.test/start", by another program. */
#define CORP_FILE   ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
#define LEGACY_FILE ".aws/sso/cache/ef23e9c34ca711a4bdace0fafbe6686f96b587d8.json"
#define START_URL   "https://corp.awsapps.test/start"

#define SESSION                                                                          \
    "[profile p]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=Role A\n" \
    "[sso-session corp]\nsso_region=eu-north-1\nsso_start_url=" START_URL "\n"
#define LEGACY                                                                           \
    "[profile p]\nsso_account_id=123456789012\nsso_role_name=R\nsso_region=eu-north-1\n" \
    "sso_start_url=" START_URL "\n"
#define IN_5_MINUTES "2026-09-21T14:18:20Z"
#define CLIENT                                                                           \
    ",\"clientId\":\"cid\",\"clientSecret\":\"SEKRITc\","                                \
    "\"refreshToken\":\"SEKRITr\""

#define KEYS                                                                             \
    {                                                                                    \
        .status = 200, .body = "{\"roleCredentials\":{\"accessKeyId\":\"SK\","           \
                               "\"secretAccessKey\":\"SEKRIT\","                         \
                               "\"sessionToken\":\"st\",\"expiration\":1790003600000}}"  \
    }
#define TOKEN                                                                            \
    {                                                                                    \
        .status = 200, .body = "{\"accessToken\":\"SEKRITnew\",\"expiresIn\":3600,"      \
                               "\"refreshToken\":\"SEKRITr2\",\"tokenType\":\"Bearer\"}" \
    }
#define SCRIPT(...)                                                                      \
    static const struct fixture_step script[] = {__VA_ARGS__};                           \
    fixture_script(script, sizeof script / sizeof script[0])

static int setup(void **state)
{
    (void)state;
    fixture_reset();
    fixture_env("AWS_PROFILE", "p");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_end();
    return 0;
}

static void expect_request(unsigned i, const char *text)
{
    if (strstr(fixture_request(i), text) == NULL) {
        print_error("request %u has no \"%s\":\n%s\n", i, text, fixture_request(i));
    }
    assert_non_null(strstr(fixture_request(i), text));
}

/* A cached token; its file was written an hour before the fixture's time. */
static void cache(const char *path, const char *expires_at, const char *more)
{
    char text[1024];
    const struct utimbuf then = {FIXTURE_NOW_MS / 1000 - 3600,
                                 FIXTURE_NOW_MS / 1000 - 3600};
    snprintf(text, sizeof text,
             "{\"startUrl\":\"" START_URL "\",\"region\":\"eu-north-1\",\"accessToken\":"
             "\"SEKRITold\",\"expiresAt\":\"%s\"%s}",
             expires_at, more);
    fixture_file(path, text);
    assert_int_equal(utime(fixture_path(path), &then), 0);
}

static void sso_exchanges_the_cached_token(void **state)
{
    struct kds_credentials c;
    (void)state;
    SCRIPT(KEYS);
    fixture_file(".aws/config", SESSION);
    cache(CORP_FILE, FIXTURE_LATER, "");
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    assert_int_equal(fixture_requests(), 1);
    expect_request(0, "GET https://sso.eu-north-1.test/federation/credentials?"
                      "role_name=Role%20A&account_id=123456789012\n");
    expect_request(0, "x-amz-sso_bearer_token: SEKRITold\n");
    assert_int_equal(fixture_provide(NULL, &c, NULL), KDS_OK);
    assert_int_equal(c.expires_at_ms, INT64_C(1790003600000));
    assert_string_equal(c.account_id, "123456789012");
    kds_credentials_clear(&c);
}

static void sso_of_the_older_kind_is_found_by_its_address_and_never_renewed(void **state)
{
    (void)state;
    SCRIPT(KEYS);
    fixture_file(".aws/config", LEGACY);
    cache(LEGACY_FILE, "2026-09-21T14:18:20UTC", CLIENT); /* written as it was once */
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    assert_int_equal(fixture_requests(), 1);
    cache(LEGACY_FILE, FIXTURE_EARLIER, CLIENT);
    fixture_expect_failure("SSO",
                           "the log-in has expired; run: aws sso login --profile p");
}

static void sso_renews_the_token_and_keeps_it_private(void **state)
{
    struct stat st;
    struct kds_small_file file;
    (void)state;
    SCRIPT(TOKEN, KEYS);
    fixture_file(".aws/config", SESSION);
    cache(CORP_FILE, IN_5_MINUTES,
          CLIENT ",\"registrationExpiresAt\":\"" FIXTURE_LATER "\"");
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    expect_request(
        0, "POST https://sso-oidc.eu-north-1.test/token\nContent-Type: application/"
           "json\n");
    expect_request(0, "{\"clientId\":\"cid\",\"clientSecret\":\"SEKRITc\",\"grantType\":"
                      "\"refresh_token\",\"refreshToken\":\"SEKRITr\"}");
    expect_request(1, "x-amz-sso_bearer_token: SEKRITnew\n");
    assert_int_equal(stat(fixture_path(CORP_FILE), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(kds_small_file_read(fixture_path(CORP_FILE), 4096, &file, NULL),
                     KDS_OK);
    assert_string_equal(
        (char *)file.p,
        "{\"startUrl\": \"" START_URL "\", \"region\": \"eu-north-1\", "
        "\"accessToken\": \"SEKRITnew\", \"expiresAt\": "
        "\"2026-09-21T15:13:20Z\", \"clientId\": \"cid\", \"clientSecret\": "
        "\"SEKRITc\", \"registrationExpiresAt\": \"" FIXTURE_LATER "\", "
        "\"refreshToken\": \"SEKRITr2\"}");
    kds_small_file_clear(&file);
    fixture_script(script + 1, 1); /* the new one is used as it is */
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    assert_int_equal(fixture_requests(), 1);
}

static void
sso_uses_a_token_that_cannot_be_renewed_as_long_as_it_holds_F_C02(void **state)
{
    (void)state;
    SCRIPT({.status = 400,
            .content_type = "application/json",
            .error_type = "InvalidGrantException",
            .body = "{}"},
           KEYS);
    fixture_file(".aws/config", SESSION);
    cache(CORP_FILE, IN_5_MINUTES, CLIENT);
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    expect_request(1, "x-amz-sso_bearer_token: SEKRITold\n");
    assert_non_null(strstr(fixture_log_text(),
                           "the SSO token is not renewed: SSO: CreateToken: "
                           "InvalidGrantException"));
    cache(CORP_FILE, FIXTURE_EARLIER, CLIENT);
    fixture_script(script, 1);
    fixture_expect_failure("SSO", "the log-in has expired");
}

static void sso_does_not_renew_what_was_renewed_just_now(void **state)
{
    const struct utimbuf now = {FIXTURE_NOW_MS / 1000 - 59, FIXTURE_NOW_MS / 1000 - 59};
    (void)state;
    SCRIPT(KEYS);
    fixture_file(".aws/config", SESSION);
    cache(CORP_FILE, IN_5_MINUTES, CLIENT);
    assert_int_equal(utime(fixture_path(CORP_FILE), &now), 0);
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    assert_int_equal(fixture_requests(), 1);
}

static void sso_does_not_renew_with_a_registration_that_is_over(void **state)
{
    (void)state;
    SCRIPT(KEYS);
    fixture_file(".aws/config", SESSION);
    cache(CORP_FILE, IN_5_MINUTES,
          CLIENT ",\"registrationExpiresAt\":\"" FIXTURE_EARLIER "\"");
    fixture_expect("SSO", "SK", "SEKRIT", "st");
    assert_int_equal(fixture_requests(), 1);
}

static void sso_asks_to_log_in_again(void **state)
{
    (void)state;
    SCRIPT({.status = 401,
            .content_type = "application/json",
            .error_type = "UnauthorizedException",
            .body = "{\"message\":\"Session token not found or invalid\"}"});
    fixture_file(".aws/config", SESSION);
    fixture_expect_failure("SSO", "nobody is logged in; run: aws sso login --profile p");
    cache(CORP_FILE, FIXTURE_LATER, "");
    fixture_expect_failure("SSO", "the log-in is no longer accepted; run: aws sso login");
    static const struct fixture_step other[] = {
        {.status = 404,
         .content_type = "application/json",
         .error_type = "ResourceNotFoundException",
         .body = "{\"message\":\"no access\"}"}};
    fixture_script(other, 1);
    fixture_expect_failure("SSO", "ResourceNotFoundException (HTTP 404): no access");
}

static void sso_refuses_profiles_that_do_not_fit(void **state)
{
    static const struct {
        const char *config, *text;
    } cases[] = {
        {"[profile p]\nsso_account_id=1\n", "has no sso_role_name"},
        {"[profile p]\nsso_role_name=1\n", "has no sso_account_id"},
        {"[profile p]\nsso_account_id=1\nsso_role_name=R\n", "has no sso_start_url"},
        {"[profile p]\nsso_account_id=1\nsso_role_name=R\nsso_start_url=u\n",
         "has no sso_region"},
        {"[profile p]\nsso_account_id=1\nsso_role_name=R\nsso_session=x\n",
         "session \"x\" has no sso_start_url"},
        {SESSION "[profile p]\nsso_region=us-east-1\n",
         "sso_region of profile \"p\" is not"},
        {SESSION "[sso-session corp]\nsso_region=evil.example/\n",
         "must be letters, digits"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_file(".aws/config", cases[i].config);
        fixture_expect_failure("SSO", cases[i].text);
    }
}

static void sso_refuses_caches_that_are_none(void **state)
{
    static const char *const texts[][2] = {
        {"", "not a JSON object"},
        {"[]", "not a JSON object"},
        {"{\"accessToken\":\"SEKRIT\"}", "no accessToken or no expiresAt"},
        {"{\"accessToken\":\"SEKRIT\",\"expiresAt\":\"soon\"}", "not an ISO 8601 time"},
        {"{\"accessToken\":\"SEKRIT\",\"accessToken\":\"x\"}", "stands twice"},
        {"{\"accessToken\":\"SEK\\u0000RIT\",\"expiresAt\":\"x\"}", "NUL"},
        {"{\"accessToken\":\"SEKRIT\"} x", "something follows"},
    };
    (void)state;
    fixture_file(".aws/config", SESSION);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fixture_file(CORP_FILE, texts[i][0]);
        fixture_expect_failure("SSO", texts[i][1]);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sso_exchanges_the_cached_token),
        TEST(sso_of_the_older_kind_is_found_by_its_address_and_never_renewed),
        TEST(sso_renews_the_token_and_keeps_it_private),
        TEST(sso_uses_a_token_that_cannot_be_renewed_as_long_as_it_holds_F_C02),
        TEST(sso_does_not_renew_what_was_renewed_just_now),
        TEST(sso_does_not_renew_with_a_registration_that_is_over),
        TEST(sso_asks_to_log_in_again),
        TEST(sso_refuses_profiles_that_do_not_fit),
        TEST(sso_refuses_caches_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
