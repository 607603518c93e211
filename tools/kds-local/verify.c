/*
 * verify: the canonical request is built again, and its signature compared.
 */
#include "verify.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HASH_BYTES          32
#define CANONICAL_BYTES_MAX ((size_t)512 * 1024)
#define SKEW_S              300
#define SCOPE_PARTS         5 /* id, date, region, service, "aws4_request" */
#define SIGNED_MAX          HTTP_FIELDS_MAX

struct verifier {
    const struct verify_credential *credentials;
    size_t count;
    const char *region;
    /* The key of the scope that came last. */
    char key_scope[256];
    uint8_t key[HASH_BYTES];
};

struct authorization {
    kds_slice_t credential, signed_headers, signature;
    kds_slice_t scope[SCOPE_PARTS];
    kds_slice_t date; /* of the request: 20261124T150000Z */
};

struct verifier *verifier_new(const struct verify_credential *credentials,
                              size_t count,
                              const char *region)
{
    struct verifier *v = kds_alloc_zero(1, sizeof *v);
    if (v != NULL) {
        v->credentials = credentials;
        v->count = count;
        v->region = region;
    }
    return v;
}

void verifier_free(struct verifier *v)
{
    if (v != NULL) {
        OPENSSL_cleanse(v->key, sizeof v->key);
        kds_free(v);
    }
}

static bool refuse(struct local_fault *fault, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(struct local_fault *fault, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    fault->code = code;
    fault->status = 400;
    return false;
}

/* ---- taking the header apart -------------------------------------------------------------- */

/* The part behind @p name, for example "Signature=", up to the next comma or blank. */
static kds_slice_t parameter(kds_slice_t header, const char *name)
{
    size_t n = strlen(name);
    kds_slice_t none = {NULL, 0};
    for (size_t i = 0; i + n <= header.n; i++) {
        bool starts = i == 0 || header.p[i - 1] == ' ' || header.p[i - 1] == ',';
        if (starts && memcmp(header.p + i, name, n) == 0) {
            size_t end = i + n;
            while (end < header.n && header.p[end] != ',' && header.p[end] != ' ') {
                end++;
            }
            return kds_slice_of(header.p + i + n, end - i - n);
        }
    }
    return none;
}

static bool split_scope(kds_slice_t credential, kds_slice_t out[SCOPE_PARTS])
{
    size_t count = 0;
    while (count < SCOPE_PARTS) {
        size_t n = kds_slice_find(credential, '/');
        out[count++] = kds_slice_of(credential.p, n);
        if (n == credential.n) {
            return count == SCOPE_PARTS;
        }
        credential = kds_slice_of(credential.p + n + 1, credential.n - n - 1);
    }
    return false;
}

static bool take_apart(const struct http_request *request,
                       struct authorization *a,
                       struct local_fault *fault)
{
    static const char algorithm[] = "AWS4-HMAC-SHA256";
    kds_slice_t header = http_field(request, "authorization");
    a->date = http_field(request, "x-amz-date");
    if (header.n == 0) {
        return refuse(fault, "MissingAuthenticationTokenException",
                      "Missing Authentication Token");
    }
    bool known = header.n >= sizeof algorithm - 1 &&
                 memcmp(header.p, algorithm, sizeof algorithm - 1) == 0;
    a->credential = parameter(header, "Credential=");
    a->signed_headers = parameter(header, "SignedHeaders=");
    a->signature = parameter(header, "Signature=");
    if (known && a->credential.n > 0 && a->signed_headers.n > 0 && a->signature.n > 0 &&
        a->date.n > 0) {
        return true;
    }
    return refuse(
        fault, "IncompleteSignatureException", "%s%s%s%s%sAuthorization=%.*s",
        known ? "" : "Authorization header requires 'AWS4-HMAC-SHA256'. ",
        a->credential.n ? "" : "Authorization header requires 'Credential' parameter. ",
        a->signature.n ? "" : "Authorization header requires 'Signature' parameter. ",
        a->signed_headers.n ? ""
                            : "Authorization header requires 'SignedHeaders' parameter. ",
        a->date.n ? ""
                  : "Authorization header requires existence of 'X-Amz-Date' header. ",
        (int)(header.n < 40 ? header.n : 40), (const char *)header.p);
}

/* ---- scope and time ----------------------------------------------------------------------- */

/* "20261124T150000Z" to seconds since 1970; false if it is none. */
static bool parse_date(kds_slice_t text, int64_t *seconds)
{
    char copy[17];
    struct tm t;
    if (text.n != 16) {
        return false;
    }
    memset(&t, 0, sizeof t);
    memcpy(copy, text.p, 16);
    copy[16] = 0;
    const char *end = strptime(copy, "%Y%m%dT%H%M%SZ", &t);
    *seconds = (int64_t)timegm(&t);
    return end != NULL && *end == 0;
}

static bool
check_time(const struct authorization *a, int64_t now_us, struct local_fault *fault)
{
    static const char code[] = "InvalidSignatureException";
    int64_t then, now = now_us / KDS_US_PER_S;
    char now_text[17], edge[17];
    int n = (int)(a->date.n < 32 ? a->date.n : 32);
    if (!parse_date(a->date, &then)) {
        return refuse(fault, "IncompleteSignatureException",
                      "Date must be in ISO-8601 'basic format'. Got '%.*s'.", n,
                      (const char *)a->date.p);
    }
    kds_format_amz_date(now_us, now_text);
    if (then < now - SKEW_S) {
        kds_format_amz_date(now_us - SKEW_S * KDS_US_PER_S, edge);
        return refuse(fault, code,
                      "Signature expired: %.*s is now earlier than %s (%s - 5 min.)", n,
                      (const char *)a->date.p, edge, now_text);
    }
    if (then > now + SKEW_S) {
        kds_format_amz_date(now_us + SKEW_S * KDS_US_PER_S, edge);
        return refuse(fault, code,
                      "Signature not yet current: %.*s is still later than %s (%s + 5 "
                      "min.)",
                      n, (const char *)a->date.p, edge, now_text);
    }
    return true;
}

static bool
check_scope(const struct verifier *v, struct authorization *a, struct local_fault *fault)
{
    static const char code[] = "InvalidSignatureException";
    if (!split_scope(a->credential, a->scope)) {
        return refuse(fault, "IncompleteSignatureException",
                      "Credential must have exactly 5 slash-delimited elements, e.g. "
                      "keyid/date/region/service/term");
    }
    if (a->date.n < 8 || !kds_slice_eq(a->scope[1], kds_slice_of(a->date.p, 8))) {
        return refuse(
            fault, code,
            "Credential should be scoped to the date of the request, not '%.*s'",
            (int)(a->scope[1].n < 32 ? a->scope[1].n : 32), (const char *)a->scope[1].p);
    }
    if (v->region != NULL && !kds_slice_is(a->scope[2], v->region)) {
        return refuse(
            fault, code, "Credential should be scoped to a valid region, not '%.*s'.",
            (int)(a->scope[2].n < 64 ? a->scope[2].n : 64), (const char *)a->scope[2].p);
    }
    if (!kds_slice_is(a->scope[3], "kinesis") ||
        !kds_slice_is(a->scope[4], "aws4_request")) {
        return refuse(fault, code,
                      "Credential should be scoped to correct service: 'kinesis'.");
    }
    return true;
}

static const struct verify_credential *find_credential(const struct verifier *v,
                                                       const struct http_request *request,
                                                       kds_slice_t id)
{
    kds_slice_t token = http_field(request, "x-amz-security-token");
    for (size_t i = 0; i < v->count; i++) {
        const struct verify_credential *c = &v->credentials[i];
        if (kds_slice_is(id, c->id)) {
            return c->token == NULL || kds_slice_is(token, c->token) ? c : NULL;
        }
    }
    return NULL;
}

/* ---- the canonical request ---------------------------------------------------------------- */

static void add_hash(struct kds_buf *out, kds_slice_t bytes)
{
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES];
    unsigned n;
    EVP_Digest(bytes.p, bytes.n, hash, &n, EVP_sha256(), NULL);
    kds_hex(hash, sizeof hash, hex);
    kds_buf_add(out, hex, sizeof hex);
}

/* Inner runs of blanks become one. */
static void add_value(struct kds_buf *out, kds_slice_t value)
{
    bool blank = false;
    value = kds_slice_trim(value);
    for (size_t i = 0; i < value.n; i++) {
        uint8_t c = value.p[i];
        bool is_blank = c == ' ' || c == '\t';
        if (!is_blank) {
            kds_buf_add_byte(out, c);
        } else if (!blank) {
            kds_buf_add_byte(out, ' ');
        }
        blank = is_blank;
    }
}

/* "name:value,value\n". `host` and `:authority` are one header under two names. */
static bool
add_signed(struct kds_buf *out, const struct http_request *request, kds_slice_t name)
{
    bool found = false;
    bool host = kds_slice_is(name, "host") || kds_slice_is(name, ":authority");
    kds_buf_add_slice(out, name);
    kds_buf_add_byte(out, ':');
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *f = &request->fields[i];
        bool same = kds_slice_eq_nocase(f->name, name) ||
                    (host && !found &&
                     (kds_slice_eq_nocase(f->name, kds_slice("host")) ||
                      kds_slice_is(f->name, ":authority")));
        if (same && !(host && found)) {
            if (found) {
                kds_buf_add_byte(out, ',');
            }
            add_value(out, f->value);
            found = true;
        }
    }
    kds_buf_add_byte(out, '\n');
    return found;
}

static kds_slice_t next_name(kds_slice_t *rest)
{
    size_t n = kds_slice_find(*rest, ';');
    kds_slice_t name = kds_slice_of(rest->p, n);
    size_t used = n < rest->n ? n + 1 : n;
    rest->p += used;
    rest->n -= used;
    return name;
}

static bool is_signed(kds_slice_t list, kds_slice_t name)
{
    while (list.n > 0) {
        kds_slice_t one = next_name(&list);
        bool host = kds_slice_is(name, "host") && kds_slice_is(one, ":authority");
        if (kds_slice_eq_nocase(one, name) || host) {
            return true;
        }
    }
    return false;
}

/* The host and every x-amz- header must be signed. */
static bool check_signed(const struct http_request *request,
                         kds_slice_t list,
                         struct local_fault *fault)
{
    kds_slice_t missing = {NULL, 0};
    if (!is_signed(list, kds_slice("host"))) {
        missing = kds_slice("Host");
    }
    for (size_t i = 0; i < request->field_count && missing.p == NULL; i++) {
        kds_slice_t name = request->fields[i].name;
        if (name.n > 6 &&
            kds_slice_eq_nocase(kds_slice_of(name.p, 6), kds_slice("x-amz-")) &&
            !is_signed(list, name)) {
            missing = name;
        }
    }
    return missing.p == NULL ||
           refuse(fault, "InvalidSignatureException",
                  "'%.*s' must be a 'SignedHeader' in the AWS Authorization.",
                  (int)(missing.n < 64 ? missing.n : 64), (const char *)missing.p);
}

static bool canonical_request(const struct http_request *request,
                              const struct authorization *a,
                              struct kds_buf *out,
                              struct local_fault *fault)
{
    kds_slice_t names = a->signed_headers;
    size_t question = kds_slice_find(request->path, '?');
    kds_buf_add_slice(out, request->method);
    kds_buf_add_byte(out, '\n');
    kds_buf_add(out, request->path.p, question);
    kds_buf_add_byte(out, '\n');
    if (question < request->path.n) {
        kds_buf_add(out, request->path.p + question + 1, request->path.n - question - 1);
    }
    kds_buf_add_byte(out, '\n');
    while (names.n > 0) {
        kds_slice_t name = next_name(&names);
        if (!add_signed(out, request, name)) {
            return refuse(fault, "InvalidSignatureException",
                          "The signed header '%.*s' is not in the request.",
                          (int)(name.n < 64 ? name.n : 64), (const char *)name.p);
        }
    }
    kds_buf_add_byte(out, '\n');
    kds_buf_add_slice(out, a->signed_headers);
    kds_buf_add_byte(out, '\n');
    add_hash(out, request->body);
    return true;
}

/* ---- the signature ------------------------------------------------------------------------ */

static void
hmac(const uint8_t *key, size_t key_n, kds_slice_t data, uint8_t out[HASH_BYTES])
{
    unsigned n;
    HMAC(EVP_sha256(), key, (int)key_n, data.p, data.n, out, &n);
}

/* The key of a scope; the last one is remembered. */
static void derive_key(struct verifier *v,
                       const struct verify_credential *c,
                       const struct authorization *a)
{
    char scope[sizeof v->key_scope];
    char start[256];
    int n = snprintf(scope, sizeof scope, "%.*s",
                     (int)(a->credential.n < 250 ? a->credential.n : 250),
                     (const char *)a->credential.p);
    if (n < 250 && strcmp(scope, v->key_scope) == 0) {
        return;
    }
    snprintf(start, sizeof start, "AWS4%.240s", c->secret);
    hmac((const uint8_t *)start, strlen(start), a->scope[1], v->key);
    hmac(v->key, HASH_BYTES, a->scope[2], v->key);
    hmac(v->key, HASH_BYTES, a->scope[3], v->key);
    hmac(v->key, HASH_BYTES, a->scope[4], v->key);
    OPENSSL_cleanse(start, sizeof start);
    memcpy(v->key_scope, scope, sizeof scope);
}

static bool signature_matches(struct verifier *v,
                              const struct authorization *a,
                              kds_slice_t canonical)
{
    struct kds_buf to_sign;
    uint8_t signature[HASH_BYTES];
    char hex[2 * HASH_BYTES];
    size_t id_n = a->scope[0].n + 1; /* the scope is the credential without the id */
    kds_buf_init(&to_sign, 1024);
    kds_buf_add_text(&to_sign, "AWS4-HMAC-SHA256\n");
    kds_buf_add_slice(&to_sign, a->date);
    kds_buf_add_byte(&to_sign, '\n');
    kds_buf_add(&to_sign, a->credential.p + id_n, a->credential.n - id_n);
    kds_buf_add_byte(&to_sign, '\n');
    add_hash(&to_sign, canonical);
    hmac(v->key, HASH_BYTES, kds_buf_slice(&to_sign), signature);
    bool whole = to_sign.err == KDS_OK;
    kds_buf_clear(&to_sign);
    kds_hex(signature, sizeof signature, hex);
    return whole && a->signature.n == sizeof hex &&
           CRYPTO_memcmp(a->signature.p, hex, sizeof hex) == 0;
}

bool verify_request(struct verifier *v,
                    const struct http_request *request,
                    int64_t now_us,
                    struct local_fault *fault)
{
    struct authorization a;
    struct kds_buf canonical;
    if (!take_apart(request, &a, fault)) {
        return false;
    }
    if (v->count == 0) {
        return true;
    }
    if (!check_scope(v, &a, fault) || !check_time(&a, now_us, fault) ||
        !check_signed(request, a.signed_headers, fault)) {
        return false;
    }
    const struct verify_credential *c = find_credential(v, request, a.scope[0]);
    if (c == NULL) {
        return refuse(fault, "UnrecognizedClientException",
                      "The security token included in the request is invalid.");
    }
    derive_key(v, c, &a);
    kds_buf_init(&canonical, CANONICAL_BYTES_MAX);
    bool ok = canonical_request(request, &a, &canonical, fault);
    if (ok && (canonical.err != KDS_OK ||
               !signature_matches(v, &a, kds_buf_slice(&canonical)))) {
        ok =
            refuse(fault, "InvalidSignatureException",
                   "The request signature we calculated does not match the signature you "
                   "provided. Check your AWS Secret Access Key and signing method. "
                   "Consult the service documentation for details.");
    }
    kds_buf_clear(&canonical);
    return ok;
}
