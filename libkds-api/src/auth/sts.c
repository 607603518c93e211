/*
 * sts: one form, a few attempts, each signed anew.
 */
#include "auth/sts.h"

#include "auth/sigv4.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "codec/token.h"
#include "model/operations.h"
#include "model/sts_operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ATTEMPTS          3
#define PAUSE_US          (200 * KDS_US_PER_MS)
#define CONNECT_MS        3000
#define ATTEMPT_MS        10000
#define FORM_BYTES_MAX    ((size_t)256 * 1024)
#define SKEW_MIN_US       (4 * 60 * KDS_US_PER_S) /* below that the clock is not to blame */
#define FORM_CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"

/* One call with all its attempts. */
struct sts_call {
    const struct kds_provider_context *ctx;
    const struct kds_operation *operation;
    enum kds_reply_kind reply;
    struct kds_signer *signer;                 /* NULL = unsigned */
    const struct kds_credentials *credentials; /* of the signer */
    struct kds_buf form;
    char url[KDS_AUTH_URL_BYTES];
    char authority[KDS_AUTH_URL_BYTES];
    const char *path;
    int64_t skew_us;
    char *code; /* of the last refusal */
};

static const char *region_of(const struct kds_provider_context *ctx)
{
    return ctx->settings->region[0] != 0 ? ctx->settings->region : "us-east-1";
}

/* Authority and path out of the base address; libcurl sends the same. */
static void split_url(struct sts_call *c)
{
    const char *host = strstr(c->url, "://");
    host = host ? host + 3 : c->url;
    size_t n = strcspn(host, "/");
    memcpy(c->authority, host, n);
    c->authority[n] = 0;
    c->path = host[n] != 0 ? host + n : "/";
}

static kds_err_t write_form(struct sts_call *c, const void *input, kds_error_t **error)
{
    const struct kds_operation *op = c->operation;
    struct kds_writer w;
    kds_error_t *why = NULL;
    kds_err_t rc = kds_shape_validate(op->input, input, &why);
    if (rc != KDS_OK) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS, "%s",
                           why ? kds_error_message(why) : kds_err_text(rc));
        kds_error_free(why);
        return rc;
    }
    kds_buf_init(&c->form, FORM_BYTES_MAX);
    /* All at once: it may hold a token, and a buffer that grows leaves copies behind. */
    kds_buf_reserve(&c->form, FORM_BYTES_MAX);
    kds_buf_printf(&c->form, "Action=%s&Version=%s", op->name,
                   op->service->query_version);
    kds_writer_init(&w, KDS_FORMAT_QUERY, &c->form);
    w.comma = true;
    kds_shape_write(&w, op->input, input);
    return c->form.err == KDS_OK ? KDS_OK
                                 : kds_error_set(error, c->form.err, "%s: %s", op->name,
                                                 kds_err_text(c->form.err));
}

static void add(struct kds_fetch_request *request, const char *name, const char *value)
{
    request->headers[request->header_count].name = name;
    request->headers[request->header_count++].value = value;
}

static kds_err_t sign(const struct sts_call *c,
                      char amz_date[17],
                      char authorization[KDS_AUTHORIZATION_BYTES],
                      kds_error_t **error)
{
    const char *token = c->credentials->session_token;
    struct kds_signed_header headers[4] = {
        {KDS_SLICE_LIT("content-type"), KDS_SLICE_LIT(FORM_CONTENT_TYPE)},
        {KDS_SLICE_LIT("host"), kds_slice(c->authority)},
        {KDS_SLICE_LIT("x-amz-date"), kds_slice(amz_date)},
        {KDS_SLICE_LIT("x-amz-security-token"), kds_slice(token)},
    };
    const struct kds_sign_input input = {.method = KDS_SLICE_LIT("POST"),
                                         .path = kds_slice(c->path),
                                         .headers = headers,
                                         .header_count = token ? 4 : 3,
                                         .body = kds_buf_slice(&c->form)};
    return kds_signer_sign(c->signer, &input, amz_date, authorization, error);
}

static kds_err_t
attempt(struct sts_call *c, struct kds_fetch_answer *answer, kds_error_t **error)
{
    char amz_date[17], authorization[KDS_AUTHORIZATION_BYTES];
    struct kds_fetch_request request = {.method = KDS_FETCH_POST,
                                        .url = c->url,
                                        .body = kds_buf_slice(&c->form),
                                        .connect_timeout_ms = CONNECT_MS,
                                        .timeout_ms = ATTEMPT_MS};
    kds_format_amz_date(kds_clock_realtime_us(c->ctx->clock) + c->skew_us, amz_date);
    add(&request, "Content-Type", FORM_CONTENT_TYPE);
    if (c->signer != NULL) {
        kds_err_t rc = sign(c, amz_date, authorization, error);
        if (rc != KDS_OK) {
            return rc;
        }
        add(&request, "Host", c->authority);
        add(&request, "X-Amz-Date", amz_date);
        add(&request, "Authorization", authorization);
        if (c->credentials->session_token != NULL) {
            add(&request, "X-Amz-Security-Token", c->credentials->session_token);
        }
    }
    return c->ctx->fetch->run(c->ctx->fetch, &request, answer, error);
}

/* ---- judging ------------------------------------------------------------------------------ */

static bool listed(const char *code, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(code, *list) == 0) {
            return true;
        }
    }
    return false;
}

static bool passes(int status, const char *code)
{
    static const char *const list[] = {"Throttling",
                                       "ThrottlingException",
                                       "RequestLimitExceeded",
                                       "IDPCommunicationError",
                                       "ServiceUnavailable",
                                       "InternalFailure",
                                       NULL};
    return status == 429 || status >= 500 || listed(code, list);
}

static bool blames_the_clock(const char *code)
{
    static const char *const list[] = {"RequestExpired",
                                       "RequestTimeTooSkewed",
                                       "RequestInTheFuture",
                                       "SignatureDoesNotMatch",
                                       "InvalidSignatureException",
                                       "AuthFailure",
                                       NULL};
    return listed(code, list);
}

/* "Tue, 24 Nov 2026 15:18:19 GMT", in any locale, by way of RFC 3339. */
static bool parse_date(const char *text, int64_t *us)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char name[4], iso[40];
    int day, year, hour, minute, second;
    int64_t ms;
    if (sscanf(text, "%*3c, %2d %3s %4d %2d:%2d:%2d GMT", &day, name, &year, &hour,
               &minute, &second) != 6) {
        return false;
    }
    const char *at = strlen(name) == 3 ? strstr(months, name) : NULL;
    if (at == NULL || (at - months) % 3 != 0) {
        return false;
    }
    snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02dZ", year,
             (int)(at - months) / 3 + 1, day, hour, minute, second);
    if (!kds_parse_rfc3339_ms(kds_slice(iso), &ms)) {
        return false;
    }
    *us = ms * KDS_US_PER_MS;
    return true;
}

/* @return the clock was wrong and is right now; once a call. */
static bool correct_clock(struct sts_call *c, const struct kds_fetch_answer *answer)
{
    int64_t theirs_us;
    if (c->signer == NULL || c->skew_us != 0 || !blames_the_clock(c->code) ||
        !parse_date(answer->date, &theirs_us)) {
        return false;
    }
    int64_t skew_us = theirs_us - kds_clock_realtime_us(c->ctx->clock);
    if (skew_us < SKEW_MIN_US && skew_us > -SKEW_MIN_US) {
        return false;
    }
    c->skew_us = skew_us;
    return true;
}

static kds_err_t
refused(struct sts_call *c, const struct kds_fetch_answer *answer, kds_error_t **error)
{
    char line[512];
    kds_reply_describe_refusal(answer->status, answer->content_type, answer->error_type,
                               kds_buf_slice(&answer->body), c->code, line, sizeof line);
    return kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: %s", c->operation->name, line);
}

/* One attempt and its judgement. @param again  another one may help */
static kds_err_t try_once(struct sts_call *c,
                          struct kds_credentials *out,
                          bool *again,
                          kds_error_t **error)
{
    struct kds_fetch_answer answer = {.status = 0};
    kds_err_t rc = attempt(c, &answer, error);
    c->code[0] = 0;
    *again = rc == KDS_ERR_TRANSPORT || rc == KDS_ERR_TIMED_OUT || rc == KDS_ERR_PROTOCOL;
    if (rc == KDS_OK && answer.status == 200) {
        rc = kds_reply_read(c->reply, kds_buf_slice(&answer.body), out, error);
    } else if (rc == KDS_OK) {
        rc = refused(c, &answer, error);
        *again = correct_clock(c, &answer) || passes(answer.status, c->code);
    }
    kds_fetch_answer_clear(&answer);
    return rc;
}

static kds_err_t run(struct sts_call *c, struct kds_credentials *out, kds_error_t **error)
{
    int64_t pause_us = PAUSE_US;
    bool again;
    kds_err_t rc = try_once(c, out, &again, error);
    for (unsigned made = 1; rc != KDS_OK && again && made < ATTEMPTS; made++) {
        if (!c->ctx->pause(c->ctx->pause_opaque, pause_us)) {
            break;
        }
        pause_us *= 2;
        rc = try_once(c, out, &again, error);
    }
    if (rc == KDS_OK) {
        out->expires_at_ms -= c->skew_us / KDS_US_PER_MS; /* as our clock counts */
    }
    return rc;
}

static kds_err_t call(struct sts_call *c,
                      const void *input,
                      struct kds_credentials *out,
                      kds_error_t **error)
{
    const struct kds_provider_context *ctx = c->ctx;
    c->code[0] = 0;
    kds_err_t rc =
        ctx->endpoint("sts", region_of(ctx), c->url, ctx->endpoint_opaque, error);
    split_url(c);
    if (rc == KDS_OK) {
        rc = write_form(c, input, error);
    }
    if (rc == KDS_OK && c->credentials != NULL) {
        rc = kds_signer_new(region_of(ctx), "sts", c->credentials, &c->signer, error);
    }
    if (rc == KDS_OK) {
        rc = run(c, out, error);
    }
    kds_signer_free(c->signer);
    if (c->form.p != NULL) {
        kds_wipe(c->form.p, c->form.cap);
    }
    kds_buf_clear(&c->form);
    return rc;
}

kds_err_t kds_sts_assume(const struct kds_provider_context *ctx,
                         const struct kds_credentials *source,
                         const kds_sts_assume_role_in_t *in,
                         struct kds_credentials *out,
                         char code[KDS_REPLY_CODE_BYTES],
                         kds_error_t **error)
{
    struct sts_call c = {.ctx = ctx,
                         .operation = &kds_sts_service.operations[KDS_STS_OP_ASSUME_ROLE],
                         .reply = KDS_REPLY_STS_ASSUME_ROLE,
                         .credentials = source,
                         .code = code};
    return call(&c, in, out, error);
}

kds_err_t
kds_sts_assume_with_web_identity(const struct kds_provider_context *ctx,
                                 const kds_sts_assume_role_with_web_identity_in_t *in,
                                 struct kds_credentials *out,
                                 char code[KDS_REPLY_CODE_BYTES],
                                 kds_error_t **error)
{
    struct sts_call c = {
        .ctx = ctx,
        .operation =
            &kds_sts_service.operations[KDS_STS_OP_ASSUME_ROLE_WITH_WEB_IDENTITY],
        .reply = KDS_REPLY_STS_WEB_IDENTITY,
        .code = code};
    return call(&c, in, out, error);
}
