/*
 * sso_cache: a name, a JSON object, and back.
 */
#include "auth/sso_cache.h"

#include "auth/json_pick.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "codec/json.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SHA1_BYTES     20
#define FILE_BYTES_MAX ((size_t)64 * 1024)
#define TIME_BYTES     64

bool kds_sso_cache_path(const char *home, const char *key, char *out, size_t size)
{
    uint8_t digest[SHA1_BYTES];
    char hex[2 * SHA1_BYTES];
    if (home[0] == 0 ||
        EVP_Digest(key, strlen(key), digest, NULL, EVP_sha1(), NULL) != 1) {
        return false;
    }
    kds_hex(digest, sizeof digest, hex);
    int n =
        snprintf(out, size, "%s/.aws/sso/cache/%.*s.json", home, (int)sizeof hex, hex);
    return n > 0 && (size_t)n < size;
}

/* ISO 8601 as we know it, and with "UTC" instead of "Z", as older versions of the AWS CLI wrote. */
static bool parse_time(kds_slice_t text, int64_t *ms)
{
    char copy[TIME_BYTES];
    if (text.n > 3 && text.n < sizeof copy &&
        memcmp(text.p + text.n - 3, "UTC", 3) == 0) {
        memcpy(copy, text.p, text.n - 3);
        copy[text.n - 3] = 'Z';
        text = kds_slice_of(copy, text.n - 2);
    }
    return kds_parse_rfc3339_ms(text, ms);
}

const char *
kds_sso_token_parse(kds_slice_t bytes, struct kds_sso_token *out, struct kds_arena *arena)
{
    struct kds_json_want wants[] = {
        {.name = "accessToken"},  {.name = "expiresAt"},
        {.name = "refreshToken"}, {.name = "clientId"},
        {.name = "clientSecret"}, {.name = "registrationExpiresAt"},
        {.name = "startUrl"},     {.name = "region"},
    };
    const char *why =
        kds_json_pick(bytes, NULL, wants, sizeof wants / sizeof wants[0], arena);
    memset(out, 0, sizeof *out);
    if (why != NULL) {
        return why;
    }
    if (!wants[0].found || !wants[1].found || wants[0].text.n == 0) {
        return "it has no accessToken or no expiresAt";
    }
    if (!parse_time(wants[1].text, &out->expires_at_ms)) {
        return "expiresAt is not an ISO 8601 time";
    }
    out->access_token = wants[0].text;
    out->refresh_token = wants[2].text;
    out->client_id = wants[3].text;
    out->client_secret = wants[4].text;
    out->registration_expires_at = wants[5].text;
    out->start_url = wants[6].text;
    out->region = wants[7].text;
    if (wants[5].found && !parse_time(wants[5].text, &out->registration_expires_at_ms)) {
        out->registration_expires_at_ms = 0;
    }
    return NULL;
}

static void add_member(struct kds_buf *b, const char *name, kds_slice_t value)
{
    if (value.p != NULL) {
        kds_buf_add_text(b, b->n > 1 ? ", " : "");
        kds_json_add_string(b, kds_slice(name));
        kds_buf_add_text(b, ": ");
        kds_json_add_string(b, value);
    }
}

static kds_slice_t format_time(int64_t ms, char out[TIME_BYTES])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    memset(&tm, 0, sizeof tm);
    gmtime_r(&seconds, &tm);
    size_t n = strftime(out, TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return kds_slice_of(out, n);
}

kds_err_t kds_sso_token_store(const char *path,
                              const struct kds_sso_token *token,
                              kds_error_t **error)
{
    char expires_at[TIME_BYTES];
    struct kds_buf b;
    kds_err_t rc;
    kds_buf_init(&b, FILE_BYTES_MAX);
    kds_buf_reserve(&b, FILE_BYTES_MAX);
    kds_buf_add_byte(&b, '{');
    add_member(&b, "startUrl", token->start_url);
    add_member(&b, "region", token->region);
    add_member(&b, "accessToken", token->access_token);
    add_member(&b, "expiresAt", format_time(token->expires_at_ms, expires_at));
    add_member(&b, "clientId", token->client_id);
    add_member(&b, "clientSecret", token->client_secret);
    add_member(&b, "registrationExpiresAt", token->registration_expires_at);
    add_member(&b, "refreshToken", token->refresh_token);
    kds_buf_add_byte(&b, '}');
    if (b.err == KDS_OK) {
        rc = kds_small_file_replace(path, kds_buf_slice(&b), error);
    } else {
        rc = kds_error_set(error, b.err, "%s", kds_err_text(b.err));
    }
    if (b.p != NULL) {
        kds_wipe(b.p, b.cap);
    }
    kds_buf_clear(&b);
    return rc;
}
