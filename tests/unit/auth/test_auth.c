/*
 * test_auth: signatures against an independent computation; credentials as values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/credentials.h"
#include "auth/secret.h"
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
    struct kds_credentials c;
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
    /* The same if the body was hashed before. */
    struct kds_sign_input hashed = input;
    hashed.body = (kds_slice_t){NULL, 0};
    hashed.body_digest = digest;
    authorization[0] = '\0';
    EVP_Digest(body, strlen(body), digest, NULL, EVP_sha256(), NULL);
    assert_int_equal(kds_signer_sign(s, &hashed, date, authorization, NULL), KDS_OK);
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
    error = NULL;
    char name[KDS_AUTHORIZATION_BYTES];
    memset(name, 'x', sizeof name);
    headers[0].name = kds_slice_of(name, sizeof name);
    input.header_count = 1;
    assert_int_equal(
        kds_signer_sign(s, &input, "20150830T123600Z", authorization, &error),
        KDS_ERR_TOO_LARGE);
    kds_error_free(error);
    kds_signer_free(s);
    struct kds_credentials c;
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

static void
expect_refusal(const char *id, const char *secret, const char *token, const char *why)
{
    struct kds_credentials c;
    kds_error_t *error = NULL;
    assert_int_equal(kds_credentials_init(&c, id, secret, token, &error),
                     KDS_ERR_CREDENTIALS);
    assert_string_equal(kds_error_message(error), why);
    kds_error_free(error);
}

static void credentials_refuse_what_no_header_can_carry_F_C10(void **state)
{
    char longest[8100];
    struct kds_credentials c;
    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    expect_refusal("", "s", NULL, "the access key id is empty");
    expect_refusal("i", "", NULL, "the secret access key is empty");
    expect_refusal("i", "sec\nret", NULL,
                   "the secret access key holds a blank or a control character");
    expect_refusal("i", "s\xC3\xA9", NULL,
                   "the secret access key holds a blank or a control character");
    expect_refusal("i d", "s", NULL,
                   "the access key id holds a blank or a control character");
    expect_refusal("i", "s", "t\r\nX-Evil: 1",
                   "the session token holds a blank or a control character");
    expect_refusal("i", "s", longest, "the session token has 8099 bytes, at most 8000");
    assert_int_equal(kds_credentials_init(&c, "i", "s", "", NULL), KDS_OK);
    assert_null(c.session_token); /* and so there is no header */
    kds_credentials_clear(&c);
}

static void secrets_live_in_their_pool_and_leave_it_wiped(void **state)
{
    size_t before = kds_secret_in_use();
    char *many[1100];
    (void)state;
    char *secret = kds_secret_copy("TOPSECRET");
    assert_non_null(secret);
    assert_int_equal(kds_secret_in_use(), before + 64);
    kds_secret_free(secret);
    assert_int_equal(secret[0], 0); /* the pool's memory stays mapped */
    assert_int_equal(kds_secret_in_use(), before);
    for (size_t i = 0; i < 1100; i++) { /* more than the pool holds */
        many[i] = kds_secret_copy("x");
        assert_non_null(many[i]);
    }
    for (size_t i = 0; i < 1100; i++) {
        assert_string_equal(many[i], "x");
        kds_secret_free(many[i]);
    }
    assert_int_equal(kds_secret_in_use(), before);
}

static void snapshots_are_wiped_by_the_last_reference(void **state)
{
    size_t before = kds_secret_in_use();
    struct kds_credentials c;
    struct kds_credentials_snapshot *s;
    (void)state;
    assert_int_equal(kds_credentials_init(&c, "i", "s", "t", NULL), KDS_OK);
    assert_int_equal(kds_snapshot_new(&c, 7, &s), KDS_OK);
    assert_ptr_equal(kds_snapshot_ref(s), s);
    kds_snapshot_unref(s);
    assert_string_equal(s->credentials.secret_access_key, "s");
    assert_int_equal(s->generation, 7);
    kds_snapshot_unref(s);
    assert_int_equal(kds_secret_in_use(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signer_agrees_with_the_specification),
        cmocka_unit_test(signer_refuses_what_would_break_a_header),
        cmocka_unit_test(credentials_refuse_what_no_header_can_carry_F_C10),
        cmocka_unit_test(secrets_live_in_their_pool_and_leave_it_wiped),
        cmocka_unit_test(snapshots_are_wiped_by_the_last_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
