/*
 * sigv4: the canonical request is hashed piece by piece, never assembled.
 */
#include "auth/sigv4.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ALGORITHM  "AWS4-HMAC-SHA256"
#define HEX_BYTES  (2 * KDS_SHA256_BYTES)
#define WORD_BYTES 64 /* a region or a service, NUL included */
#define DATE_BYTES 8  /* YYYYMMDD */

struct kds_signer {
    char region[WORD_BYTES], service[WORD_BYTES];
    struct kds_credentials credentials;
    EVP_MD *sha256;
    EVP_MD_CTX *digest;
    EVP_MAC *hmac;
    EVP_MAC_CTX *keyed; /* holds the derived key of `date` */
    char date[DATE_BYTES];
    bool derived;
};

static bool valid_word(const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }
    return n > 0 && n < WORD_BYTES;
}

void kds_signer_free(struct kds_signer *s)
{
    if (s == NULL) {
        return;
    }
    EVP_MAC_CTX_free(s->keyed); /* cleanses the key */
    EVP_MAC_free(s->hmac);
    EVP_MD_CTX_free(s->digest);
    EVP_MD_free(s->sha256);
    kds_credentials_clear(&s->credentials);
    kds_free(s);
}

static bool open_algorithms(struct kds_signer *s)
{
    /* Fetched once: every one-shot call of OpenSSL 3 would search for them again. */
    s->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    s->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    s->digest = EVP_MD_CTX_new();
    s->keyed = s->hmac ? EVP_MAC_CTX_new(s->hmac) : NULL;
    return s->sha256 != NULL && s->digest != NULL && s->keyed != NULL;
}

kds_err_t kds_signer_new(const char *region,
                         const char *service,
                         const struct kds_credentials *credentials,
                         struct kds_signer **signer,
                         kds_error_t **error)
{
    if (!valid_word(region) || !valid_word(service)) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "region: \"%s\" must be 1..%d letters, digits and '-'",
                             region, WORD_BYTES - 1);
    }
    struct kds_signer *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    snprintf(s->region, sizeof s->region, "%s", region);
    snprintf(s->service, sizeof s->service, "%s", service);
    kds_err_t rc = kds_credentials_init(&s->credentials, credentials->access_key_id,
                                        credentials->secret_access_key,
                                        credentials->session_token, error);
    if (rc == KDS_OK && !open_algorithms(s)) {
        rc = kds_error_set(error, KDS_ERR_SYSTEM, "OpenSSL has no SHA-256 or HMAC");
    }
    if (rc != KDS_OK) {
        kds_signer_free(s);
        return rc;
    }
    *signer = s;
    return KDS_OK;
}

/* ---- key ---------------------------------------------------------------------------------- */

static bool set_key(struct kds_signer *s, const void *key, size_t n)
{
    char name[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(s->keyed, key, n, params) == 1;
}

static bool mac(struct kds_signer *s, kds_slice_t text, uint8_t out[KDS_SHA256_BYTES])
{
    size_t n;
    return EVP_MAC_update(s->keyed, text.p, text.n) == 1 &&
           EVP_MAC_final(s->keyed, out, &n, KDS_SHA256_BYTES) == 1;
}

/* The chain of four HMACs; afterwards s->keyed holds the signing key. */
static bool derive_key(struct kds_signer *s, const char *date)
{
    static const kds_slice_t terminator = KDS_SLICE_LIT("aws4_request");
    const kds_slice_t steps[] = {kds_slice_of(date, DATE_BYTES), kds_slice(s->region),
                                 kds_slice(s->service), terminator};
    uint8_t key[KDS_SHA256_BYTES];
    size_t n = strlen(s->credentials.secret_access_key);
    char *first = kds_alloc(4 + n);

    s->derived = false;
    if (first == NULL) {
        return false;
    }
    memcpy(first, "AWS4", 4);
    memcpy(first + 4, s->credentials.secret_access_key, n);
    bool ok = set_key(s, first, 4 + n);
    kds_wipe(first, 4 + n);
    kds_free(first);
    for (size_t i = 0; ok && i < sizeof steps / sizeof steps[0]; i++) {
        ok = mac(s, steps[i], key) && set_key(s, key, sizeof key);
    }
    kds_wipe(key, sizeof key);
    memcpy(s->date, date, DATE_BYTES);
    s->derived = ok;
    return ok;
}

/* ---- digests ------------------------------------------------------------------------------ */

static bool hash_start(struct kds_signer *s)
{
    return EVP_DigestInit_ex2(s->digest, s->sha256, NULL) == 1;
}

static void hash_add(struct kds_signer *s, kds_slice_t text)
{
    if (text.n > 0) {
        EVP_DigestUpdate(s->digest, text.p, text.n);
    }
}

static void hash_text(struct kds_signer *s, const char *text)
{
    hash_add(s, kds_slice(text));
}

static bool hash_end(struct kds_signer *s, char hex[HEX_BYTES])
{
    uint8_t digest[KDS_SHA256_BYTES];
    bool ok = EVP_DigestFinal_ex(s->digest, digest, NULL) == 1;
    kds_hex(digest, sizeof digest, hex);
    return ok;
}

/* Percent-encodes once more what is sent, as the canonical form wants it. */
static void hash_path(struct kds_signer *s, kds_slice_t path)
{
    static const char digits[] = "0123456789ABCDEF";
    if (path.n == 0) {
        hash_text(s, "/");
    }
    for (size_t i = 0; i < path.n; i++) {
        uint8_t c = path.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || memchr("/-_.~", c, 5) != NULL;
        char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
        hash_add(s, plain ? kds_slice_of(path.p + i, 1) : kds_slice_of(encoded, 3));
    }
}

/* Trimmed, inner runs of blanks as one. */
static void hash_value(struct kds_signer *s, kds_slice_t value)
{
    value = kds_slice_trim(value);
    size_t from = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == ' ' && i + 1 < value.n && value.p[i + 1] == ' ') {
            hash_add(s, kds_slice_of(value.p + from, i - from));
            from = i + 1;
        }
    }
    hash_add(s, kds_slice_of(value.p + from, value.n - from));
}

static void hash_names(struct kds_signer *s, const struct kds_sign_input *input)
{
    for (size_t i = 0; i < input->header_count; i++) {
        hash_text(s, i ? ";" : "");
        hash_add(s, input->headers[i].name);
    }
}

static bool hash_canonical_request(struct kds_signer *s,
                                   const struct kds_sign_input *input,
                                   char hex[HEX_BYTES])
{
    char body[HEX_BYTES];
    if (!hash_start(s)) {
        return false;
    }
    hash_add(s, input->body);
    if (!hash_end(s, body) || !hash_start(s)) {
        return false;
    }
    hash_add(s, input->method);
    hash_text(s, "\n");
    hash_path(s, input->path);
    hash_text(s, "\n");
    hash_add(s, input->query);
    hash_text(s, "\n");
    for (size_t i = 0; i < input->header_count; i++) {
        hash_add(s, input->headers[i].name);
        hash_text(s, ":");
        hash_value(s, input->headers[i].value);
        hash_text(s, "\n");
    }
    hash_text(s, "\n");
    hash_names(s, input);
    hash_text(s, "\n");
    hash_add(s, kds_slice_of(body, sizeof body));
    return hash_end(s, hex);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static kds_err_t check_headers(const struct kds_sign_input *input, kds_error_t **error)
{
    for (size_t i = 0; i < input->header_count; i++) {
        const struct kds_signed_header *h = &input->headers[i];
        for (size_t k = 0; k < h->value.n; k++) {
            if (h->value.p[k] < 0x20 || h->value.p[k] == 0x7F) {
                return kds_error_set(
                    error, KDS_ERR_INVALID_ARG, "header %.*s: control character 0x%02x",
                    (int)h->name.n, (const char *)h->name.p, h->value.p[k]);
            }
        }
        if (i > 0 && kds_slice_cmp(input->headers[i - 1].name, h->name) >= 0) {
            return kds_error_set(error, KDS_ERR_INVALID_ARG,
                                 "header %.*s is out of order", (int)h->name.n,
                                 (const char *)h->name.p);
        }
    }
    return KDS_OK;
}

/* "Credential=..., SignedHeaders=..., Signature=..." @return false if it does not fit. */
static bool compose(const struct kds_signer *s,
                    const struct kds_sign_input *input,
                    const char *scope,
                    const char signature[HEX_BYTES],
                    char out[KDS_AUTHORIZATION_BYTES])
{
    const size_t size = KDS_AUTHORIZATION_BYTES;
    int n = snprintf(out, size, ALGORITHM " Credential=%s/%s, SignedHeaders=",
                     s->credentials.access_key_id, scope);
    for (size_t i = 0; n > 0 && (size_t)n < size && i < input->header_count; i++) {
        n += snprintf(out + n, size - (size_t)n, "%s%.*s", i ? ";" : "",
                      (int)input->headers[i].name.n,
                      (const char *)input->headers[i].name.p);
    }
    if (n > 0 && (size_t)n < size) {
        n +=
            snprintf(out + n, size - (size_t)n, ", Signature=%.*s", HEX_BYTES, signature);
    }
    return n > 0 && (size_t)n < size;
}

kds_err_t kds_signer_sign(struct kds_signer *s,
                          const struct kds_sign_input *input,
                          const char amz_date[17],
                          char authorization[KDS_AUTHORIZATION_BYTES],
                          kds_error_t **error)
{
    char request[HEX_BYTES], signature[HEX_BYTES];
    char scope[DATE_BYTES + 2 * WORD_BYTES + 16], text[sizeof scope + 160];
    uint8_t digest[KDS_SHA256_BYTES];
    kds_err_t rc = check_headers(input, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if ((!s->derived || memcmp(s->date, amz_date, DATE_BYTES) != 0) &&
        !derive_key(s, amz_date)) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "OpenSSL refused to derive a key");
    }
    snprintf(scope, sizeof scope, "%.8s/%s/%s/aws4_request", amz_date, s->region,
             s->service);
    bool ok = hash_canonical_request(s, input, request);
    int n = snprintf(text, sizeof text, ALGORITHM "\n%s\n%s\n%.*s", amz_date, scope,
                     HEX_BYTES, request);
    /* A NULL key keeps the one that is set. */
    ok = ok && EVP_MAC_init(s->keyed, NULL, 0, NULL) == 1 &&
         mac(s, kds_slice_of(text, (size_t)n), digest);
    kds_hex(digest, sizeof digest, signature);
    if (!ok || !compose(s, input, scope, signature, authorization)) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "the request could not be signed");
    }
    return KDS_OK;
}
