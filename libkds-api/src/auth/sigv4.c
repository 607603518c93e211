/*
 * sigv4: the canonical request is hashed piece by piece, never assembled; the day's key is kept as
 * the states that HMAC begins with.
 */
#include "auth/sigv4.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "kernel/sha256.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ALGORITHM  "AWS4-HMAC-SHA256"
#define HEX_BYTES  (2 * KDS_SHA256_BYTES)
#define WORD_BYTES 64 /* a region or a service, NUL included */
#define DATE_BYTES 8  /* YYYYMMDD */
#define TIME_BYTES 16 /* YYYYMMDDTHHMMSSZ */

struct kds_signer {
    char region[WORD_BYTES], service[WORD_BYTES];
    struct kds_credentials credentials;
    /* Of one day. */
    bool derived;
    char date[DATE_BYTES];
    struct kds_hmac_key key;
    char scope[DATE_BYTES + 2 * WORD_BYTES + 16];
    size_t scope_n;
    char
        intro[KDS_AUTHORIZATION_BYTES]; /* of the Authorization header: up to the names */
    size_t intro_n;
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
    kds_wipe(&s->key, sizeof s->key);
    kds_credentials_clear(&s->credentials);
    kds_free(s);
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
    if (rc != KDS_OK) {
        kds_signer_free(s);
        return rc;
    }
    *signer = s;
    return KDS_OK;
}

/* ---- the day's key ------------------------------------------------------------------------ */

/* The first key of the chain: "AWS4" and the secret. @return false: out of memory */
static bool first_key(const struct kds_signer *s, struct kds_hmac_key *key)
{
    size_t n = strlen(s->credentials.secret_access_key);
    char *text = kds_alloc(4 + n);
    if (text == NULL) {
        return false;
    }
    memcpy(text, "AWS4", 4);
    memcpy(text + 4, s->credentials.secret_access_key, n);
    kds_hmac_key_init(key, text, 4 + n);
    kds_wipe(text, 4 + n);
    kds_free(text);
    return true;
}

/* The chain of four HMACs. @return false: out of memory */
static bool derive_key(struct kds_signer *s, const char *date)
{
    static const kds_slice_t terminator = KDS_SLICE_LIT("aws4_request");
    const kds_slice_t steps[] = {kds_slice_of(date, DATE_BYTES), kds_slice(s->region),
                                 kds_slice(s->service), terminator};
    uint8_t key[KDS_SHA256_BYTES];
    if (!first_key(s, &s->key)) {
        return false;
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        kds_hmac_sha256(&s->key, steps[i].p, steps[i].n, key);
        kds_hmac_key_init(&s->key, key, sizeof key);
    }
    kds_wipe(key, sizeof key);
    return true;
}

/* Whatever is the same for all requests of a day. */
static kds_err_t begin_day(struct kds_signer *s, const char *date, kds_error_t **error)
{
    s->derived = false;
    if (!derive_key(s, date)) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    int n = snprintf(s->scope, sizeof s->scope, "%.8s/%s/%s/aws4_request", date,
                     s->region, s->service);
    int intro_n =
        snprintf(s->intro, sizeof s->intro, ALGORITHM " Credential=%s/%s, SignedHeaders=",
                 s->credentials.access_key_id, s->scope);
    if (n < 0 || intro_n < 0 || (size_t)intro_n >= sizeof s->intro) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "the access key id is too long for a header");
    }
    s->scope_n = (size_t)n;
    s->intro_n = (size_t)intro_n;
    memcpy(s->date, date, DATE_BYTES);
    s->derived = true;
    return KDS_OK;
}

/* ---- digests ------------------------------------------------------------------------------ */

static void hash_add(struct kds_sha256 *h, kds_slice_t text)
{
    kds_sha256_add(h, text.p, text.n);
}

static void hash_char(struct kds_sha256 *h, char c)
{
    kds_sha256_add(h, &c, 1);
}

/* Percent-encodes once more what is sent, as the canonical form wants it. */
static void hash_path(struct kds_sha256 *h, kds_slice_t path)
{
    static const char digits[] = "0123456789ABCDEF";
    if (path.n == 0) {
        hash_char(h, '/');
    }
    for (size_t i = 0; i < path.n; i++) {
        uint8_t c = path.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || memchr("/-_.~", c, 5) != NULL;
        char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
        hash_add(h, plain ? kds_slice_of(path.p + i, 1) : kds_slice_of(encoded, 3));
    }
}

/* Trimmed, inner runs of blanks as one. */
static void hash_value(struct kds_sha256 *h, kds_slice_t value)
{
    value = kds_slice_trim(value);
    size_t from = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == ' ' && i + 1 < value.n && value.p[i + 1] == ' ') {
            hash_add(h, kds_slice_of(value.p + from, i - from));
            from = i + 1;
        }
    }
    hash_add(h, kds_slice_of(value.p + from, value.n - from));
}

static void hash_names(struct kds_sha256 *h, const struct kds_sign_input *input)
{
    for (size_t i = 0; i < input->header_count; i++) {
        if (i > 0) {
            hash_char(h, ';');
        }
        hash_add(h, input->headers[i].name);
    }
}

static void hash_canonical_request(const struct kds_sign_input *input,
                                   uint8_t digest[KDS_SHA256_BYTES])
{
    KDS_UNINITIALIZED struct kds_sha256 h;
    char body[HEX_BYTES];
    if (input->body_digest != NULL) {
        kds_hex(input->body_digest, KDS_SHA256_BYTES, body);
    } else {
        kds_sha256(input->body.p, input->body.n, digest);
        kds_hex(digest, KDS_SHA256_BYTES, body);
    }
    kds_sha256_start(&h);
    hash_add(&h, input->method);
    hash_char(&h, '\n');
    hash_path(&h, input->path);
    hash_char(&h, '\n');
    hash_add(&h, input->query);
    hash_char(&h, '\n');
    for (size_t i = 0; i < input->header_count; i++) {
        hash_add(&h, input->headers[i].name);
        hash_char(&h, ':');
        hash_value(&h, input->headers[i].value);
        hash_char(&h, '\n');
    }
    hash_char(&h, '\n');
    hash_names(&h, input);
    hash_char(&h, '\n');
    kds_sha256_add(&h, body, sizeof body);
    kds_sha256_end(&h, digest);
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

/* Text of a bounded length. */
struct writer {
    char *at, *end;
    bool full; /* something did not fit */
};

static void put(struct writer *w, const void *p, size_t n)
{
    if ((size_t)(w->end - w->at) < n) {
        w->full = true;
        return;
    }
    memcpy(w->at, p, n);
    w->at += n;
}

static void put_text(struct writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static void put_hex(struct writer *w, const uint8_t digest[KDS_SHA256_BYTES])
{
    char hex[HEX_BYTES];
    kds_hex(digest, KDS_SHA256_BYTES, hex);
    put(w, hex, sizeof hex);
}

/* The MAC of the string to sign. */
static void sign_request(const struct kds_signer *s,
                         const char *amz_date,
                         const uint8_t request[KDS_SHA256_BYTES],
                         uint8_t signature[KDS_SHA256_BYTES])
{
    char text[sizeof s->scope + TIME_BYTES + HEX_BYTES + 32];
    struct writer w = {text, text + sizeof text, false};
    put_text(&w, ALGORITHM "\n");
    put(&w, amz_date, TIME_BYTES);
    put_text(&w, "\n");
    put(&w, s->scope, s->scope_n);
    put_text(&w, "\n");
    put_hex(&w, request);
    kds_hmac_sha256(&s->key, text, (size_t)(w.at - text), signature);
}

/* "Credential=..., SignedHeaders=..., Signature=..." @return false if it does not fit. */
static bool compose(const struct kds_signer *s,
                    const struct kds_sign_input *input,
                    const uint8_t signature[KDS_SHA256_BYTES],
                    char out[KDS_AUTHORIZATION_BYTES])
{
    struct writer w = {out, out + KDS_AUTHORIZATION_BYTES, false};
    put(&w, s->intro, s->intro_n);
    for (size_t i = 0; i < input->header_count; i++) {
        put(&w, ";", i > 0);
        put(&w, input->headers[i].name.p, input->headers[i].name.n);
    }
    put_text(&w, ", Signature=");
    put_hex(&w, signature);
    put(&w, "", 1);
    return !w.full;
}

kds_err_t kds_signer_sign(struct kds_signer *s,
                          const struct kds_sign_input *input,
                          const char amz_date[17],
                          char authorization[KDS_AUTHORIZATION_BYTES],
                          kds_error_t **error)
{
    uint8_t request[KDS_SHA256_BYTES], signature[KDS_SHA256_BYTES];
    kds_err_t rc = check_headers(input, error);
    if (rc == KDS_OK && (!s->derived || memcmp(s->date, amz_date, DATE_BYTES) != 0)) {
        rc = begin_day(s, amz_date, error);
    }
    if (rc != KDS_OK) {
        return rc;
    }
    hash_canonical_request(input, request);
    sign_request(s, amz_date, request, signature);
    if (!compose(s, input, signature, authorization)) {
        return kds_error_set(error, KDS_ERR_TOO_LARGE,
                             "the names of the signed headers do not fit into %d bytes",
                             KDS_AUTHORIZATION_BYTES);
    }
    return KDS_OK;
}
