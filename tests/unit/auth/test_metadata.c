/*
 * test_metadata: the endpoints of instances and containers, answer by answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/instance.h"
#include "auth/metadata_url.h"
#include "provider_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS(id, expiration)                                                             \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"" id                                        \
    "\",\"SecretAccessKey\":\"SEKRIT\",\"Token\":\"tok\",\"Expiration\":\"" expiration   \
    "\"}"
#define OK(text)                                                                         \
    {                                                                                    \
        .status = 200, .body = text                                                      \
    }
#define STATUS(code)                                                                     \
    {                                                                                    \
        .status = code                                                                   \
    }
#define FAIL(code)                                                                       \
    {                                                                                    \
        .err = code                                                                      \
    }
#define SCRIPT(...)                                                                      \
    static const struct fixture_step script[] = {__VA_ARGS__};                           \
    fixture_script(script, sizeof script / sizeof script[0])

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

static void expect_request(unsigned i, const char *text)
{
    if (strstr(fixture_request(i), text) == NULL) {
        print_error("request %u has no \"%s\":\n%s\n", i, text, fixture_request(i));
    }
    assert_non_null(strstr(fixture_request(i), text));
}

/* ---- instance ----------------------------------------------------------------------------- */

static void instance_asks_for_a_token_a_role_and_its_keys_F_C01(void **state)
{
    (void)state;
    SCRIPT(OK("TOKEN"), OK("my-role\nsecond"), OK(KEYS("IK", FIXTURE_LATER)));
    fixture_expect("instance", "IK", "SEKRIT", "tok");
    assert_int_equal(fixture_requests(), 3);
    expect_request(0, "PUT http://169.254.169.254/latest/api/token\n");
    expect_request(0, "x-aws-ec2-metadata-token-ttl-seconds: 21600\n(no proxy)");
    expect_request(
        1, "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/\n");
    expect_request(1, "x-aws-ec2-metadata-token: TOKEN\n(no proxy)");
    expect_request(2, "/iam/security-credentials/my-role\n");
    expect_request(2, "x-aws-ec2-metadata-token: TOKEN\n");
}

static void instance_falls_back_to_version_1_F_C01(void **state)
{
    static const struct fixture_step first[] = {STATUS(403), STATUS(404), STATUS(405),
                                                FAIL(KDS_ERR_TIMED_OUT),
                                                FAIL(KDS_ERR_TRANSPORT)};
    (void)state;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        const struct fixture_step script[] = {first[i], OK("r"),
                                              OK(KEYS("IK", FIXTURE_LATER))};
        fixture_script(script, 3);
        fixture_expect("instance", "IK", "SEKRIT", "tok");
        assert_null(strstr(fixture_request(1), "x-aws-ec2-metadata-token"));
    }
}

static void instance_does_not_fall_back_when_that_is_forbidden_F_C01(void **state)
{
    (void)state;
    SCRIPT(STATUS(403));
    fixture_env("AWS_EC2_METADATA_V1_DISABLED", "TRUE");
    fixture_expect_failure("instance", "HTTP 403");
    assert_int_equal(fixture_requests(), 3); /* tokens only */
    expect_request(2, "PUT ");
    fixture_env("AWS_EC2_METADATA_V1_DISABLED", NULL);
    fixture_file(".aws/config", "[default]\nec2_metadata_v1_disabled = true\n");
    fixture_script(script, 1);
    fixture_expect_failure("instance", "HTTP 403");
    expect_request(1, "PUT ");
}

static void instance_does_not_fall_back_after_a_bad_request(void **state)
{
    (void)state;
    SCRIPT(STATUS(400));
    fixture_expect_failure("instance", "HTTP 400");
    expect_request(1, "PUT ");
}

static void instance_ends_after_three_tries_F_C01(void **state)
{
    static const struct {
        struct fixture_step script[3];
        size_t count;
        unsigned requests;
        const char *text;
    } cases[] = {
        {{FAIL(KDS_ERR_TIMED_OUT)}, 1, 6, "scripted failure"},
        {{OK("T"), STATUS(500)}, 2, 6, "HTTP 500"},
        {{OK("T"), STATUS(404)}, 2, 6, "HTTP 404"},
        {{OK("T"), OK("<html>no</html>")}, 2, 6, "is no name"},
        {{OK("T"), OK("")}, 2, 6, "is no name"},
        {{OK("T"), OK("a/../b")}, 2, 6, "is no name"},
        {{OK(""), OK("x")}, 2, 3, "token is not one line"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture_step all[9];
        for (size_t k = 0; k < 9; k++) { /* every try sees the same */
            all[k] = cases[i].script[k % cases[i].count];
        }
        if (cases[i].requests == 3) {
            all[1] = all[2] = all[0];
        }
        fixture_script(all, 9);
        fixture_expect_failure("instance", cases[i].text);
        assert_int_equal(fixture_requests(), cases[i].requests);
    }
}

static void instance_refuses_answers_that_are_no_credentials_F_C01(void **state)
{
    static const char *const bodies[][2] = {
        {"{}", "a part of the key is missing"},
        {"<html>", "not a JSON object"},
        {"", "not a JSON object"},
        {"{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"AccessKeyId\":\"a\","
         "\"SecretAccessKey\":\"SEKRIT\"}",
         "Code is not Success"},
        {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"SEKRIT\"}",
         "there is no expiration"},
        {KEYS("a", "tomorrow"), "the expiration is not an ISO 8601 time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        const struct fixture_step script[] = {
            OK("T"), OK("r"), {.status = 200, .body = bodies[i][0]},
            OK("T"), OK("r"), {.status = 200, .body = bodies[i][0]},
            OK("T"), OK("r"), {.status = 200, .body = bodies[i][0]}};
        fixture_script(script, 9);
        fixture_expect_failure("instance", bodies[i][1]);
        assert_int_equal(fixture_requests(), 9);
    }
}

static void instance_takes_a_new_token_once_after_401_F_C01(void **state)
{
    (void)state;
    SCRIPT(OK("OLD"), STATUS(401), OK("NEW"), OK("r"), OK(KEYS("IK", FIXTURE_LATER)));
    fixture_expect("instance", "IK", "SEKRIT", "tok");
    expect_request(2, "PUT ");
    expect_request(3, "x-aws-ec2-metadata-token: NEW\n");
}

static void instance_starts_over_when_the_role_changes_F_C01(void **state)
{
    (void)state;
    SCRIPT(OK("T"), OK("old"), STATUS(404), OK("T"), OK("new"),
           OK(KEYS("IK", FIXTURE_LATER)));
    fixture_expect("instance", "IK", "SEKRIT", "tok");
    expect_request(5, "/security-credentials/new\n");
}

static void instance_gives_expired_keys_all_the_same_F_C02(void **state)
{
    (void)state;
    SCRIPT(OK("T"), OK("r"), OK(KEYS("IK", FIXTURE_EARLIER)));
    fixture_expect("instance", "IK", "SEKRIT", "tok");
}

static void instance_is_found_by_mode_or_address(void **state)
{
    (void)state;
    SCRIPT(OK("T"), OK("r"), OK(KEYS("IK", FIXTURE_LATER)));
    fixture_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6");
    fixture_expect("instance", "IK", "SEKRIT", "tok");
    expect_request(0, "PUT http://[fd00:ec2::254]/latest/api/token\n");
    fixture_env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/x/");
    fixture_script(script, 3);
    fixture_expect("instance", "IK", "SEKRIT", "tok");
    expect_request(0, "PUT http://127.0.0.1:1338/x/latest/api/token\n");
    fixture_env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://user@evil/");
    fixture_expect_failure("instance", "it names a user");
    fixture_env("AWS_EC2_METADATA_SERVICE_ENDPOINT", NULL);
    fixture_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv5");
    fixture_expect_failure("instance", "is neither ipv4 nor ipv6");
}

static void instance_stops_when_it_is_told_to(void **state)
{
    (void)state;
    SCRIPT(FAIL(KDS_ERR_TIMED_OUT));
    fixture_stop();
    fixture_expect_failure("instance", "scripted failure");
    assert_int_equal(fixture_requests(), 2); /* one try */
}

/* ---- container ---------------------------------------------------------------------------- */

static void container_is_asked_at_the_relative_address_first_F_C06(void **state)
{
    (void)state;
    SCRIPT(OK(KEYS("CK", FIXTURE_LATER)));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil/");
    fixture_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x?y=1");
    fixture_expect("container", "CK", "SEKRIT", "tok");
    expect_request(0, "GET http://169.254.170.2/v2/credentials/x?y=1\n");
    expect_request(0, "(no proxy)");
    assert_null(strstr(fixture_request(0), "Authorization"));
    fixture_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil/");
    fixture_expect_failure("container", "it must begin with '/'");
    fixture_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/a b");
    fixture_expect_failure("container", "a character that does not belong there");
}

static void container_refuses_hosts_that_are_not_its_own_F_C06(void **state)
{
    static const struct {
        const char *url;
        bool allowed;
    } urls[] = {
        {"https://anywhere.example/x", true},
        {"HTTPS://10.0.0.1:8443", true},
        {"http://localhost/x", true},
        {"http://LOCALHOST:8080/x?q=/y", true},
        {"http://127.0.0.1:1/x", true},
        {"http://127.9.8.7/", true},
        {"http://[::1]:80/", true},
        {"http://[0:0:0:0:0:0:0:1]/", true},
        {"http://169.254.170.2/v2", true},
        {"http://169.254.170.23/v1/credentials", true},
        {"http://[fd00:ec2::23]/v1/credentials", true},
        {"http://evil.example/", false},
        {"http://127.0.0.1.nip.example/", false}, /* resolves to loopback */
        {"http://127.0.0.1@evil/", false},
        {"http://user:pass@localhost/", false},
        {"http://localhost:80@evil/", false},
        {"http://evil\\@localhost/", false},
        {"http://localhost#@evil/", false},
        {"http://127.1/", false}, /* libcurl would read it as an address */
        {"http://0x7f.0.0.1/", false},
        {"http://2130706433/", false},
        {"http://0177.0.0.1/", false},
        {"http://169.254.170.20/", false},
        {"http://169.254.169.254/", false},
        {"http://[::ffff:127.0.0.1]/", false},
        {"http://[::1%25lo]/", false},
        {"http://[::1/", false},
        {"http://[fd00:ec2::24]/", false},
        {"http://localhost:0/", false},
        {"http://localhost:99999/", false},
        {"http://localhost:80x/", false},
        {"http://", false},
        {"http:///x", false},
        {"http://?x", false},
        {"ftp://localhost/", false},
        {"file:///etc/passwd", false},
        {"localhost", false},
        {"http://local\thost/", false},
        {"http://localhost./", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        kds_err_t rc = kds_container_url_check("X", urls[i].url, NULL);
        if ((rc == KDS_OK) != urls[i].allowed) {
            print_error("%s\n", urls[i].url);
        }
        assert_int_equal(rc == KDS_OK, urls[i].allowed);
    }
    kds_error_t *error = NULL;
    assert_int_equal(
        kds_container_url_check("X", "http://me:SEKRIT@evil/SEKRIT?SEKRIT", &error),
        KDS_ERR_CREDENTIALS);
    assert_null(strstr(kds_error_message(error), "SEKRIT"));
    kds_error_free(error);
}

static void container_does_not_follow_redirects_F_C06(void **state)
{
    (void)state;
    SCRIPT(STATUS(302));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:9/");
    fixture_expect_failure("container", "HTTP 302");
    assert_int_equal(fixture_requests(), 1);
}

static void container_sends_its_token_F_C07(void **state)
{
    (void)state;
    SCRIPT(OK(KEYS("CK", FIXTURE_LATER)));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:9/");
    fixture_env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic SEKRIT");
    fixture_expect("container", "CK", "SEKRIT", "tok");
    expect_request(0, "Authorization: Basic SEKRIT\n");
    fixture_file("token", "from the file");
    fixture_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", fixture_path("token"));
    fixture_script(script, 1);
    fixture_expect("container", "CK", "SEKRIT", "tok");
    expect_request(0, "Authorization: from the file\n");
    fixture_file("token", "rotated"); /* read at every fetch */
    fixture_script(script, 1);
    fixture_expect("container", "CK", "SEKRIT", "tok");
    expect_request(0, "Authorization: rotated\n");
}

static void container_refuses_tokens_that_are_none_F_C07(void **state)
{
    (void)state;
    SCRIPT(OK(KEYS("CK", FIXTURE_LATER)));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:9/");
    fixture_env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "SEKRIT\r\nX-Evil: 1");
    fixture_expect_failure("container", "the token holds a line break");
    fixture_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", fixture_path("token"));
    fixture_expect_failure("container", "there is no file");
    fixture_file("token", "SEKRIT\n");
    fixture_expect_failure("container", "the token holds a line break");
    fixture_file("token", "");
    fixture_expect_failure("container", "must have 1..8000 bytes");
    char *large = malloc(1024 * 1024 + 1);
    assert_non_null(large);
    memset(large, 'x', 1024 * 1024);
    large[1024 * 1024] = 0;
    fixture_file("token", large);
    free(large);
    fixture_expect_failure("container", "longer than 8000 bytes");
    assert_int_equal(fixture_requests(), 0);
}

static void container_repeats_what_may_pass_and_is_final(void **state)
{
    (void)state;
    SCRIPT(STATUS(503), FAIL(KDS_ERR_TIMED_OUT), OK(KEYS("CK", FIXTURE_LATER)));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:9/");
    fixture_expect("container", "CK", "SEKRIT", "tok");
    assert_int_equal(fixture_paused_us(), 2000000);
    static const struct fixture_step refusal[] = {
        {.status = 403,
         .content_type = "application/json",
         .body = "{\"code\":\"AccessDenied\",\"message\":\"no such task\"}"}};
    fixture_script(refusal, 1);
    fixture_expect_failure("container", "AccessDenied (HTTP 403): no such task");
    assert_int_equal(fixture_requests(), 1);
    static const struct fixture_step expired[] = {OK(KEYS("CK", FIXTURE_EARLIER))};
    fixture_script(expired, 1);
    fixture_expect_failure("container", "have expired already");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(instance_asks_for_a_token_a_role_and_its_keys_F_C01),
        TEST(instance_falls_back_to_version_1_F_C01),
        TEST(instance_does_not_fall_back_when_that_is_forbidden_F_C01),
        TEST(instance_does_not_fall_back_after_a_bad_request),
        TEST(instance_ends_after_three_tries_F_C01),
        TEST(instance_refuses_answers_that_are_no_credentials_F_C01),
        TEST(instance_takes_a_new_token_once_after_401_F_C01),
        TEST(instance_starts_over_when_the_role_changes_F_C01),
        TEST(instance_gives_expired_keys_all_the_same_F_C02),
        TEST(instance_is_found_by_mode_or_address),
        TEST(instance_stops_when_it_is_told_to),
        TEST(container_is_asked_at_the_relative_address_first_F_C06),
        TEST(container_refuses_hosts_that_are_not_its_own_F_C06),
        TEST(container_does_not_follow_redirects_F_C06),
        TEST(container_sends_its_token_F_C07),
        TEST(container_refuses_tokens_that_are_none_F_C07),
        TEST(container_repeats_what_may_pass_and_is_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
