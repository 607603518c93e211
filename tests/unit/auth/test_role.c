/*
 * test_role: roles assumed with other credentials and with tokens, against a scripted STS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESULT(op, id, expiration)                                                       \
    "<" op "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n<" op         \
    "Result>\n  <Credentials>\n    <AccessKeyId>\n" id                                   \
    "\n</AccessKeyId><SecretAccessKey>SEKRIT&amp;/+=</"                                  \
    "SecretAccessKey>\n<SessionToken>\n"                                                 \
    "  tok&#x3D;&#61;\n</SessionToken><Expiration>" expiration                           \
    "</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:"        \
    "assumed-role/r/s</Arn><AssumedRoleId>X:s</AssumedRoleId></AssumedRoleUser></" op    \
    "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" op          \
    "Response>"
#define XML .content_type = "text/xml"
#define ROLE(id)                                                                         \
    {                                                                                    \
        .status = 200, XML, .body = RESULT("AssumeRole", id, FIXTURE_LATER)              \
    }
#define WEB(id)                                                                          \
    {                                                                                    \
        .status = 200, XML,                                                              \
        .body = RESULT("AssumeRoleWithWebIdentity", id, FIXTURE_LATER)                   \
    }
#define REFUSAL(code_, name)                                                             \
    {                                                                                    \
        .status = code_, XML,                                                            \
        .body = "<ErrorResponse><Error><Type>Sender</Type><Code>" name                   \
                "</Code><Message>because</Message></Error><RequestId>2</RequestId>"      \
                "</ErrorResponse>"                                                       \
    }
#define SCRIPT(...)                                                                      \
    static const struct fixture_step script[] = {__VA_ARGS__};                           \
    fixture_script(script, sizeof script / sizeof script[0])
#define ARN  "arn:aws:iam::123456789012:role/r"
#define BASE "[profile base]\naws_access_key_id=BK\naws_secret_access_key=SEKRIT\n"

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

static void role_is_assumed_with_the_source_profile(void **state)
{
    struct kds_credentials c;
    (void)state;
    SCRIPT(ROLE("RK"));
    fixture_file(".aws/config",
                 BASE "[profile p]\nrole_arn=" ARN "\nsource_profile=base\n"
                      "external_id=e/1\nduration_seconds=900\nrole_session_name=me@x\n");
    fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
    expect_request(0, "POST https://sts.eu-test-1.test\n");
    expect_request(0,
                   "Authorization: AWS4-HMAC-SHA256 Credential=BK/20260921/eu-test-1/sts/"
                   "aws4_request, SignedHeaders=content-type;host;x-amz-date,");
    expect_request(0, "X-Amz-Date: 20260921T141320Z\n");
    expect_request(0, "Action=AssumeRole&Version=2011-06-15&");
    expect_request(0, "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr");
    expect_request(0, "RoleSessionName=me%40x");
    expect_request(0, "ExternalId=e%2F1");
    expect_request(0, "DurationSeconds=900");
    assert_int_equal(fixture_provide(NULL, &c, NULL), KDS_OK);
    assert_string_equal(c.account_id, "123456789012");
    assert_int_equal(c.expires_at_ms, FIXTURE_NOW_MS + 6 * 3600 * 1000);
    kds_credentials_clear(&c);
}

static void role_has_a_session_name_of_ours_and_passes_odd_durations_over(void **state)
{
    static const char *const odd[] = {"abc", "899", "43201", "-1"};
    (void)state;
    SCRIPT(ROLE("RK"));
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char config[512];
        snprintf(config, sizeof config,
                 BASE "[profile p]\nrole_arn=" ARN "\nsource_profile=base\n"
                      "duration_seconds=%s\n",
                 odd[i]);
        fixture_file(".aws/config", config);
        fixture_script(script, 1);
        fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
        expect_request(0, "RoleSessionName=kds-session-1790000000");
        assert_null(strstr(fixture_request(0), "DurationSeconds"));
    }
}

static void role_chains_sign_with_the_role_before(void **state)
{
    (void)state;
    SCRIPT(ROLE("MIDDLE"), ROLE("LAST"));
    fixture_file(".aws/config",
                 BASE "[profile p]\nrole_arn=" ARN "/2\nsource_profile=middle\n"
                      "[profile middle]\nrole_arn=" ARN "/1\nsource_profile=base\n");
    fixture_expect("assume role", "LAST", "SEKRIT&/+=", "tok==");
    assert_int_equal(fixture_requests(), 2);
    expect_request(0, "Credential=BK/");
    expect_request(0, "role%2Fr%2F1");
    expect_request(1, "Credential=MIDDLE/");
    expect_request(1, "X-Amz-Security-Token: tok==\n");
    expect_request(1, "role%2Fr%2F2");
}

static void role_chains_that_lead_back_are_found_F_C05(void **state)
{
    (void)state;
    fixture_file(".aws/config", "[profile p]\nrole_arn=" ARN "\nsource_profile=q\n"
                                "[profile q]\nrole_arn=" ARN "\nsource_profile=p\n");
    fixture_expect_failure("assume role", "profile \"p\" leads back to itself");
    fixture_file(".aws/config", "[profile p]\nrole_arn=" ARN "\nsource_profile=p\n");
    fixture_expect_failure("assume role", "profile \"p\" leads back to itself");
    char config[4096] = "[profile p]\nrole_arn=" ARN "\nsource_profile=q0\n";
    for (int i = 0; i < 20; i++) {
        size_t n = strlen(config);
        snprintf(config + n, sizeof config - n,
                 "[profile q%d]\nrole_arn=" ARN "\nsource_profile=q%d\n", i, i + 1);
    }
    fixture_file(".aws/config", config);
    fixture_expect_failure("assume role", "more than 16 profiles");
    assert_int_equal(fixture_requests(), 0);
}

static void role_may_be_its_own_source_with_keys(void **state)
{
    (void)state;
    SCRIPT(ROLE("RK"));
    fixture_file(".aws/config", "[profile p]\nrole_arn=" ARN "\nsource_profile=p\n");
    fixture_file(".aws/credentials",
                 "[p]\naws_access_key_id=OWN\naws_secret_access_key=S\n");
    fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
    expect_request(0, "Credential=OWN/");
    /* A source with keys and a role of its own: the keys win. */
    fixture_file(".aws/config",
                 "[profile p]\nrole_arn=" ARN "\nsource_profile=q\n"
                 "[profile q]\nrole_arn=" ARN "\nsource_profile=p\naws_access_key_id=QK\n"
                 "aws_secret_access_key=S\n");
    fixture_script(script, 1);
    fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
    expect_request(0, "Credential=QK/");
}

static void role_needs_one_source_and_no_prompt(void **state)
{
    static const struct {
        const char *lines, *text;
    } cases[] = {
        {"", "needs one of source_profile and credential_source"},
        {"source_profile=base\ncredential_source=Environment\n", "needs only one of"},
        {"credential_source=Nowhere\n", "\"Nowhere\" is none of Environment"},
        {"credential_source=Environment\n", "Environment is not available here"},
        {"credential_source=EcsContainer\n", "EcsContainer is not available here"},
        {"source_profile=absent\n", "profile \"absent\" does not exist"},
        {"source_profile=empty\n", "profile \"empty\" has no credentials"},
        {"source_profile=base\nmfa_serial=arn:x\n", "mfa_serial needs somebody"},
        {"source_profile=base\nrole_session_name=x\n", "RoleSessionName"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char config[1024];
        snprintf(config, sizeof config,
                 BASE "[profile empty]\nregion=x\n[profile p]\nrole_arn=" ARN "\n%s",
                 cases[i].lines);
        fixture_file(".aws/config", config);
        fixture_expect_failure("assume role", cases[i].text);
    }
    assert_int_equal(fixture_requests(), 0);
}

static void role_takes_named_sources(void **state)
{
    (void)state;
    SCRIPT({.status = 200,
            .body =
                "{\"AccessKeyId\":\"CK\",\"SecretAccessKey\":\"SEKRIT\",\"Token\":\"ct\","
                "\"Expiration\":\"" FIXTURE_LATER "\"}"},
           ROLE("RK"));
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1/");
    fixture_file(".aws/config",
                 "[profile p]\nrole_arn=" ARN "\ncredential_source=EcsContainer\n");
    fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
    expect_request(1, "Credential=CK/");
    expect_request(1, "X-Amz-Security-Token: ct\n");
}

static void role_repeats_what_may_pass_F_C09(void **state)
{
    static const struct {
        struct fixture_step step;
        unsigned requests;
    } cases[] = {
        {REFUSAL(400, "Throttling"), 3},
        {{.err = KDS_ERR_TIMED_OUT}, 3},
        {REFUSAL(500, "InternalFailure"), 3},
        {REFUSAL(403, "AccessDenied"), 1},
        {REFUSAL(400, "ExpiredToken"), 1},
        {REFUSAL(403, "RegionDisabledException"), 1},
    };
    (void)state;
    fixture_file(".aws/config",
                 BASE "[profile p]\nrole_arn=" ARN "\nsource_profile=base\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_script(&cases[i].step, 1);
        fixture_expect_failure("assume role", cases[i].step.err ? "scripted" : "because");
        assert_int_equal(fixture_requests(), cases[i].requests);
    }
}

static void role_is_signed_by_the_service_s_clock_F_C09(void **state)
{
    (void)state;
    SCRIPT({.status = 403,
            XML,
            .date = "Mon, 21 Sep 2026 15:13:20 GMT",
            .body = "<ErrorResponse><Error><Code>RequestExpired</Code></Error>"
                    "</ErrorResponse>"},
           ROLE("RK"));
    fixture_file(".aws/config",
                 BASE "[profile p]\nrole_arn=" ARN "\nsource_profile=base\n");
    fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
    expect_request(0, "X-Amz-Date: 20260921T141320Z\n");
    expect_request(1, "X-Amz-Date: 20260921T1513"); /* an hour on, and the pause */
    /* Ours is seven hours ahead: what they give has not expired. */
    static const struct fixture_step behind[] = {
        {.status = 403,
         XML,
         .date = "Mon, 21 Sep 2026 07:13:20 GMT",
         .body = "<ErrorResponse><Error><Code>RequestInTheFuture</Code></Error>"
                 "</ErrorResponse>"},
        {.status = 200, XML, .body = RESULT("AssumeRole", "RK", FIXTURE_EARLIER)}};
    fixture_script(behind, 2);
    fixture_expect("assume role", "RK", "SEKRIT&/+=", "tok==");
    /* A clock that is right is not to blame. */
    static const struct fixture_step again[] = {
        {.status = 403,
         XML,
         .date = "Mon, 21 Sep 2026 14:13:20 GMT",
         .body = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error>"
                 "</ErrorResponse>"}};
    fixture_script(again, 1);
    fixture_expect_failure("assume role", "SignatureDoesNotMatch");
    assert_int_equal(fixture_requests(), 1);
}

static void role_refuses_answers_that_are_no_credentials(void **state)
{
    static const struct {
        const char *body, *text;
    } cases[] = {
        {"", "not XML"},
        {"{}", "not XML"},
        {"<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>",
         "no credentials"},
        {"<!DOCTYPE x [<!ENTITY a \"b\">]><AssumeRoleResponse/>", "STS"},
        {RESULT("AssumeRole", "", FIXTURE_LATER), "the access key id is empty"},
        {RESULT("AssumeRole", "a b", FIXTURE_LATER), "holds a blank"},
        {RESULT("AssumeRole", "a", "soon"), "not the XML of credentials"},
        {RESULT("AssumeRole", "a", FIXTURE_EARLIER), "have expired already"},
    };
    (void)state;
    fixture_file(".aws/config",
                 BASE "[profile p]\nrole_arn=" ARN "\nsource_profile=base\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct fixture_step step = {.status = 200, XML, .body = cases[i].body};
        fixture_script(&step, 1);
        fixture_expect_failure("assume role", cases[i].text);
    }
}

/* ---- web identity ------------------------------------------------------------------------- */

static void web_identity_exchanges_the_token_unsigned_F_C09(void **state)
{
    (void)state;
    SCRIPT(WEB("WK"));
    fixture_file("token", "SEKRIT.jwt-1\n");
    fixture_file(".aws/config", "[profile p]\nregion=x\n");
    fixture_env("AWS_WEB_IDENTITY_TOKEN_FILE", fixture_path("token"));
    fixture_expect_failure("web identity",
                           "the environment has a token file but no role");
    fixture_env("AWS_ROLE_ARN", ARN);
    fixture_env("AWS_ROLE_SESSION_NAME", "pod");
    fixture_expect("web identity", "WK", "SEKRIT&/+=", "tok==");
    expect_request(0, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&");
    expect_request(0, "WebIdentityToken=SEKRIT.jwt-1");
    expect_request(0, "RoleSessionName=pod");
    assert_null(strstr(fixture_request(0), "Authorization"));
    fixture_file("token", "SEKRIT.jwt-2"); /* it rotates */
    fixture_script(script, 1);
    fixture_expect("web identity", "WK", "SEKRIT&/+=", "tok==");
    expect_request(0, "WebIdentityToken=SEKRIT.jwt-2");
}

static void web_identity_comes_from_the_profile_as_well(void **state)
{
    char config[512];
    (void)state;
    SCRIPT(WEB("WK"));
    fixture_file("token", "abcd");
    snprintf(config, sizeof config,
             "[profile p]\nrole_arn=" ARN "\nweb_identity_token_file=%s\n",
             fixture_path("token"));
    fixture_file(".aws/config", config);
    fixture_expect("web identity", "WK", "SEKRIT&/+=", "tok==");
    /* Named in code, it goes before the variables. */
    const struct kds_auth_options options = {.profile = "p"};
    struct kds_credentials c;
    fixture_env("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/other");
    assert_int_equal(fixture_provide(&options, &c, NULL), KDS_OK);
    kds_credentials_clear(&c);
    fixture_env("AWS_WEB_IDENTITY_TOKEN_FILE", NULL);
    fixture_file(".aws/config", "[profile p]\nrole_arn=" ARN
                                "\nweb_identity_token_file=/nonexistent/token\n");
    fixture_expect_failure("web identity", "there is no file /nonexistent/token");
    fixture_file("token", "  \n");
    fixture_file(".aws/config", config);
    fixture_expect_failure("web identity", "is empty or not text");
}

static void web_identity_reads_the_token_again_once_when_it_is_refused_F_C09(void **state)
{
    (void)state;
    SCRIPT(REFUSAL(400, "InvalidIdentityToken"), WEB("WK"));
    fixture_file("token", "abcd");
    fixture_file(".aws/config", "[profile p]\nregion=x\n");
    fixture_env("AWS_WEB_IDENTITY_TOKEN_FILE", fixture_path("token"));
    fixture_env("AWS_ROLE_ARN", ARN);
    fixture_expect("web identity", "WK", "SEKRIT&/+=", "tok==");
    static const struct fixture_step never[] = {REFUSAL(400, "InvalidIdentityToken")};
    fixture_script(never, 1);
    fixture_expect_failure("web identity", "InvalidIdentityToken");
    assert_int_equal(fixture_requests(), 2);
    static const struct fixture_step later[] = {REFUSAL(400, "IDPCommunicationError"),
                                                WEB("WK")};
    fixture_script(later, 2);
    fixture_expect("web identity", "WK", "SEKRIT&/+=", "tok==");
    static const struct fixture_step claim[] = {REFUSAL(403, "IDPRejectedClaim")};
    fixture_script(claim, 1);
    fixture_expect_failure("web identity", "IDPRejectedClaim (HTTP 403): because");
    assert_int_equal(fixture_requests(), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(role_is_assumed_with_the_source_profile),
        TEST(role_has_a_session_name_of_ours_and_passes_odd_durations_over),
        TEST(role_chains_sign_with_the_role_before),
        TEST(role_chains_that_lead_back_are_found_F_C05),
        TEST(role_may_be_its_own_source_with_keys),
        TEST(role_needs_one_source_and_no_prompt),
        TEST(role_takes_named_sources),
        TEST(role_repeats_what_may_pass_F_C09),
        TEST(role_is_signed_by_the_service_s_clock_F_C09),
        TEST(role_refuses_answers_that_are_no_credentials),
        TEST(web_identity_exchanges_the_token_unsigned_F_C09),
        TEST(web_identity_comes_from_the_profile_as_well),
        TEST(web_identity_reads_the_token_again_once_when_it_is_refused_F_C09),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
