/*
 * test_auth: signatures against an independent computation, and where credentials come from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/credentials.h"
#include "auth/sigv4.h"
#include "base/slice.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define KEY_ID "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/* The same by OpenSSL's one-shot functions, from whole texts, as the specification writes it. */
static void expected_signature(const char *canonical_request,
                               const char *date,
                               const char *region,
                               char hex[65])
{
    uint8_t key[32], digest[32];
    char text[512], request_hex[65] = "", first[128];
    const char *const steps[] = {region, "kinesis", "aws4_request"};
    unsigned n;
    EVP_Digest(canonical_request, strlen(canonical_request), digest, NULL, EVP_sha256(),
               NULL);
    kds_hex(digest, 32, request_hex);
    snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%.8s/%s/kinesis/aws4_request\n%s",
             date, date, region, request_hex);
    snprintf(first, sizeof first, "AWS4" SECRET);
    HMAC(EVP_sha256(), first, (int)strlen(first), (const uint8_t *)date, 8, key, &n);
    for (size_t i = 0; i < 3; i++) {
        HMAC(EVP_sha256(), key, 32, (const uint8_t *)steps[i], strlen(steps[i]), key, &n);
    }
    HMAC(EVP_sha256(), key, 32, (const uint8_t *)text, strlen(text), digest, &n);
    kds_hex(digest, 32, hex);
    hex[64] = 0;
}

static struct kds_signer *signer_new(const char *region)
{
    struct kds_credentials c = {NULL, NULL, NULL};
    struct kds_signer *s;
    assert_int_equal(kds_credentials_init(&c, KEY_ID, SECRET, NULL, NULL), KDS_OK);
    assert_int_equal(kds_signer_new(region, "kinesis", &c, &s, NULL), KDS_OK);
    kds_credentials_clear(&c);
    return s;
}

static void check(struct kds_signer *s,
                  const char *date,
                  const char *body,
                  const char *path,
                  const char *canonical_path,
                  const char *target)
{
    char canonical[1024], body_hex[65] = "", hex[65], expected[512];
    char authorization[KDS_AUTHORIZATION_BYTES];
    uint8_t digest[32];
    struct kds_signed_header headers[] = {
        {KDS_SLICE_LIT("content-type"), KDS_SLICE_LIT("application/x-amz-json-1.1")},
        {KDS_SLICE_LIT("host"), KDS_SLICE_LIT("kinesis.us-east-1.amazonaws.com")},
        {KDS_SLICE_LIT("x-amz-date"), kds_slice(date)},
        {KDS_SLICE_LIT("x-amz-target"), kds_slice(target)},
    };
    const struct kds_sign_input input = {.method = KDS_SLICE_LIT("POST"),
                                         .path = kds_slice(path),
                                         .headers = headers,
                                         .header_count = 4,
                                         .body = kds_slice(body)};
    EVP_Digest(body, strlen(body), digest, NULL, EVP_sha256(), NULL);
    kds_hex(digest, 32, body_hex);
    snprintf(canonical, sizeof canonical,
             "POST\n%s\n\ncontent-type:application/x-amz-json-1.1\n"
             "host:kinesis.us-east-1.amazonaws.com\nx-amz-date:%s\n"
             "x-amz-target:Kinesis_20131202.ListStreams\n\n"
             "content-type;host;x-amz-date;x-amz-target\n%s",
             canonical_path, date, body_hex);
    expected_signature(canonical, date, "us-east-1", hex);
    snprintf(expected, sizeof expected,
             "AWS4-HMAC-SHA256 Credential=" KEY_ID
             "/%.8s/us-east-1/kinesis/aws4_request, "
             "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=%s",
             date, hex);
    assert_int_equal(kds_signer_sign(s, &input, date, authorization, NULL), KDS_OK);
    assert_string_equal(authorization, expected);
}

static void signer_agrees_with_the_specification(void **state)
{
    const char *const target = "Kinesis_20131202.ListStreams";
    struct kds_signer *s = signer_new("us-east-1");
    (void)state;
    check(s, "20150830T123600Z", "{}", "/", "/", target);
    check(s, "20150830T235959Z", "", "", "/", target); /* the same day: the key is kept */
    check(s, "20150831T000000Z", "{\"Limit\":1}", "/base/path", "/base/path",
          target); /* midnight */
    check(s, "20150830T123600Z", "{}", "/a%20b", "/a%2520b",
          target); /* encoded once more */
    check(s, "20150830T123600Z", "{}", "/", "/",
          "  Kinesis_20131202.ListStreams "); /* trimmed */
    kds_signer_free(s);
}

static void signer_refuses_what_would_break_a_header(void **state)
{
    char authorization[KDS_AUTHORIZATION_BYTES];
    kds_error_t *error = NULL;
    struct kds_signer *s = signer_new("us-east-1");
    struct kds_signed_header headers[] = {
        {KDS_SLICE_LIT("host"), KDS_SLICE_LIT("a\r\nX: y")},
        {KDS_SLICE_LIT("date"), KDS_SLICE_LIT("x")}};
    struct kds_sign_input input = {
        .method = KDS_SLICE_LIT("POST"), .headers = headers, .header_count = 1};
    (void)state;
    assert_int_equal(
        kds_signer_sign(s, &input, "20150830T123600Z", authorization, &error),
        KDS_ERR_INVALID_ARG);
    headers[0].value = kds_slice("a");
    input.header_count = 2;
    assert_int_equal(
        kds_signer_sign(s, &input, "20150830T123600Z", authorization, &error),
        KDS_ERR_INVALID_ARG); /* out of order */
    kds_error_free(error);
    kds_signer_free(s);
    struct kds_credentials c = {NULL, NULL, NULL};
    assert_int_equal(kds_credentials_init(&c, KEY_ID, SECRET, NULL, NULL), KDS_OK);
    static const char *const regions[] = {
        "", "a b", "a\r\nb", "a/b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        assert_int_equal(kds_signer_new(regions[i], "kinesis", &c, &s, NULL),
                         KDS_ERR_CONFIG);
    }
    kds_credentials_clear(&c);
}

/* ---- credentials ------------------------------------------------------------------------------ */

static const char *variables[3]; /* key id, secret, token */

static char *env(const char *name)
{
    static char copies[3][64];
    static const char *const names[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0 && variables[i] != NULL) {
            snprintf(copies[i], sizeof copies[i], "%s", variables[i]);
            return copies[i];
        }
    }
    return NULL;
}

static void expect_none(const char *message)
{
    struct kds_credentials c = {NULL, NULL, NULL};
    kds_error_t *error = NULL;
    assert_int_equal(kds_credentials_resolve(&c, NULL, NULL, NULL, env, &error),
                     KDS_ERR_CREDENTIALS);
    assert_string_equal(kds_error_message(error), message);
    kds_error_free(error);
}

static void credentials_come_from_options_then_the_environment(void **state)
{
    struct kds_credentials c = {NULL, NULL, NULL};
    (void)state;
    variables[0] = variables[1] = variables[2] = NULL;
    expect_none("no credentials: neither given nor in AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY");
    variables[0] = "id";
    expect_none("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not");
    variables[1] = "secret";
    variables[2] = ""; /* empty is unset */
    assert_int_equal(kds_credentials_resolve(&c, NULL, NULL, NULL, env, NULL), KDS_OK);
    assert_string_equal(c.secret_access_key, "secret");
    assert_null(c.session_token);
    kds_credentials_clear(&c);
    variables[2] = "token";
    assert_int_equal(kds_credentials_resolve(&c, "mine", "own", NULL, env, NULL), KDS_OK);
    assert_string_equal(c.access_key_id, "mine");
    assert_null(c.session_token); /* not the environment's token for another key */
    kds_credentials_clear(&c);
    variables[1] = "sec\nret";
    expect_none("the secret access key holds a blank or a control character");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signer_agrees_with_the_specification),
        cmocka_unit_test(signer_refuses_what_would_break_a_header),
        cmocka_unit_test(credentials_come_from_options_then_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
