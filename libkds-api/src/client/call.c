/*
 * call: an attempt is signed, sent and judged; then the next one, or the end.
 */
#include "client/call.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "client/output.h"
#include "client/service_code.h"
#include "client/skew.h"
#include "codec/query.h"
#include "codec/service_error.h"
#include "codec/shape_member.h"
#include "codec/token.h"
#include "kds/version.h"
#include "kernel/crc32.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char user_agent[] = "kds";

#define REQUEST_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define ERROR_BYTES_MAX                                                                  \
    ((size_t)64 * 1024) /* of an error body; the rest is not looked at */

struct kds_call {
    struct kds_call_context *context;
    const struct kds_operation *operation;
    enum kds_format format;
    kds_call_options_t options;
    kds_completion_fn *done;
    void *opaque;
    struct kds_buf body;
    uint8_t body_digest[KDS_SHA256_BYTES]; /* for the signature of every attempt */
    bool hashed;                           /* it is there */
    int64_t deadline_us;                   /* of the whole call, boot time */
    struct kds_retry_state retry;
    bool maybe_persisted;   /* some attempt was sent and got no authoritative answer */
    bool paced;             /* the attempt that comes has waited for its turn */
    bool server_dated;      /* an answer said what time it is there */
    int64_t server_skew_us; /* .. and that it is so much later than here */
    kds_error_t *error;     /* of the last attempt */
    struct kds_credentials_snapshot *credentials; /* of the attempt under way */
    uint64_t given_up; /* their generation, which the service refused; 0 = none */
    bool renewed;      /* that happened once */
    struct kds_call *next_waiting; /* for credentials */
    struct kds_buf url;            /* empty: the context's */
    struct kds_http_header
        placed; /* the member that travels as a header; no name: none */
    struct kds_buf placed_value;
    /* The header lines of the attempt under way. */
    char target[96], amz_date[17], attempt[96], invocation[KDS_INVOCATION_BYTES];
    char authorization[KDS_AUTHORIZATION_BYTES];
};

static int64_t now_us(const struct kds_call_context *context)
{
    return kds_clock_boottime_us(context->clock);
}

void kds_call_free(struct kds_call *call)
{
    kds_buf_clear(&call->body);
    kds_buf_clear(&call->url);
    if (call->placed_value.p != NULL) {
        kds_wipe(call->placed_value.p, call->placed_value.n);
    }
    kds_buf_clear(&call->placed_value);
    kds_error_free(call->error);
    kds_snapshot_unref(call->credentials);
    kds_free(call);
}

/* The members that travel in the URL and in a header; for an operation with a path of its own. */
static kds_err_t place_members(struct kds_call *call, const void *input)
{
    const struct kds_operation *op = call->operation;
    kds_buf_init(&call->url, REQUEST_BYTES_MAX);
    kds_buf_init(&call->placed_value, REQUEST_BYTES_MAX);
    if (strcmp(op->path, "/") == 0) {
        return KDS_OK;
    }
    kds_buf_add_text(&call->url, call->context->url_text);
    kds_buf_add_text(&call->url, op->path + 1); /* the context's ends in '/' */
    char mark = '?';
    for (size_t i = 0; i < op->input->field_count; i++) {
        const struct kds_field *field = &op->input->fields[i];
        const kds_slice_t *text = kds_member(input, field);
        if (field->place == KDS_AT_QUERY && text->p != NULL) {
            kds_buf_add_byte(&call->url, (uint8_t)mark);
            kds_buf_add_slice(&call->url, field->wire);
            kds_buf_add_byte(&call->url, '=');
            kds_query_add_encoded(&call->url, *text);
            mark = '&';
        } else if (field->place == KDS_AT_HEADER && text->p != NULL) {
            call->placed.name = (const char *)field->wire.p;
            kds_buf_add_slice(&call->placed_value, *text);
            call->placed.value = kds_buf_text(&call->placed_value);
        }
    }
    return kds_buf_text(&call->url) != NULL && call->placed_value.err == KDS_OK
               ? KDS_OK
               : KDS_ERR_NO_MEMORY;
}

static kds_err_t encode_body(struct kds_call *call, const void *input)
{
    const struct kds_operation *op = call->operation;
    struct kds_writer w;
    if (strcmp(op->method, "GET") == 0) {
        return KDS_OK;
    }
    kds_writer_init(&w, call->format, &call->body);
    if (call->format == KDS_FORMAT_QUERY) {
        kds_buf_printf(&call->body, "Action=%s&Version=%s", op->name,
                       op->service->query_version);
        w.comma = true; /* the members follow */
    }
    kds_shape_write(&w, op->input, input);
    return call->body.err;
}

kds_err_t kds_call_new(struct kds_call_context *context,
                       const struct kds_operation *operation,
                       const void *input,
                       enum kds_format format,
                       const kds_call_options_t *options,
                       kds_completion_fn *done,
                       void *opaque,
                       struct kds_call **out,
                       kds_error_t **error)
{
    kds_err_t rc = kds_shape_validate(operation->input, input, error);
    if (rc != KDS_OK) {
        return rc;
    }
    struct kds_call *call = kds_alloc_zero(1, sizeof *call);
    if (call == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    call->context = context;
    call->operation = operation;
    call->format = format;
    call->options = *options;
    call->done = done;
    call->opaque = opaque;
    call->deadline_us =
        kds_us_add(now_us(context), options->call_timeout_ms * KDS_US_PER_MS);
    kds_buf_init(&call->body, REQUEST_BYTES_MAX);
    if (operation->service->target_prefix != NULL && format != KDS_FORMAT_QUERY) {
        snprintf(call->target, sizeof call->target, "%s%s",
                 operation->service->target_prefix, operation->name);
    }
    kds_make_invocation(call->invocation);
    rc = place_members(call, input);
    if (rc == KDS_OK) {
        rc = encode_body(call, input);
    }
    if (rc != KDS_OK) {
        kds_call_free(call);
        return kds_error_set(error, rc, "%s: the request exceeds %zu bytes",
                             operation->name, REQUEST_BYTES_MAX);
    }
    *out = call;
    return KDS_OK;
}

/* ---- the end ------------------------------------------------------------------------------ */

static void succeed(struct kds_call *call, const void *output)
{
    struct kds_call_context *c = call->context;
    kds_retry_after_success(&c->budget, &call->retry);
    kds_adaptive_note(&c->adaptive, now_us(c), false);
    call->done(output, NULL, call->opaque);
    kds_call_free(call);
}

static void fail(struct kds_call *call)
{
    kds_error_t *error = call->error;
    call->error = NULL;
    call->done(NULL, error, call->opaque);
    kds_call_free(call);
}

/* ---- judging an attempt ------------------------------------------------------------------- */

static kds_persisted_t persisted(const struct kds_call *call)
{
    return call->maybe_persisted && !call->operation->idempotent ? KDS_PERSISTED_MAYBE
                                                                 : KDS_PERSISTED_NO;
}

/* Errors that say more than a message carry it as a struct of the model. */
static void
attach_body(struct kds_call *call, struct kds_http_response *r, kds_slice_t code)
{
    const struct kds_service *service = call->operation->service;
    enum kds_format format = call->format;
    const void *body;
    kds_format_of_content_type(kds_slice(r->content_type), &format);
    for (size_t i = 0; i < service->error_count; i++) {
        if (kds_slice_is(code, service->errors[i]->name) &&
            kds_output_decode(service->errors[i], format, &r->body, r->request_id, &body,
                              NULL) == KDS_OK) {
            kds_error_attach(call->error, body, kds_output_free);
            return;
        }
    }
}

/* The time at the service, from any answer. @return what was refused may pass, signed anew. */
static bool
learn_time(struct kds_call *call, const struct kds_http_response *r, bool suspected)
{
    struct kds_call_context *c = call->context;
    const int64_t local_us = kds_clock_realtime_us(c->clock);
    int64_t server_us, offset_us = atomic_load(&c->skew_us);
    if (!c->dates_trusted || !kds_parse_http_date_us(kds_slice(r->date), &server_us)) {
        return false;
    }
    call->server_dated = true;
    call->server_skew_us = server_us - local_us;
    atomic_store(&c->server_ahead_us, call->server_skew_us);
    bool moved = kds_skew_learn(local_us, r->date, suspected, &offset_us);
    atomic_store(&c->skew_us, offset_us);
    if (moved) {
        kds_log(&c->log, KDS_LOG_WARNING, "clock",
                "the service's clock is %+" PRId64
                " s from ours; signatures are dated by it",
                offset_us / KDS_US_PER_S);
    }
    return moved;
}

static const char *remark(int http_status)
{
    return http_status >= 300 && http_status < 400
               ? "; redirects are not followed, the endpoint must be given as it is"
               : "";
}

static void note_service_error(struct kds_call *call,
                               struct kds_http_response *r,
                               enum kds_failure *failure)
{
    struct kds_arena arena;
    kds_slice_t body = kds_buf_slice(&r->body);
    kds_arena_init(&arena, 4 * ERROR_BYTES_MAX);
    body.n = body.n < ERROR_BYTES_MAX ? body.n : ERROR_BYTES_MAX;

    struct kds_service_error e = kds_service_error_read(
        kds_slice(r->content_type), kds_slice(r->error_type), body, &arena);
    *failure = learn_time(call, r, kds_skew_suspected(e.code))
                   ? KDS_FAILURE_SIGNATURE
                   : kds_failure_of_service(r->status, e.code);
    /* Only a server that failed may have done the work all the same. */
    call->maybe_persisted |= r->status >= 500;
    kds_slice_t said = e.code.n ? e.code : kds_slice("service fault");
    struct kds_error_detail detail = {
        .service_code = e.code,
        .request_id = kds_slice(r->request_id),
        .request_id_2 = kds_slice(r->request_id_2),
        .http_status = r->status,
        .attempts = call->retry.attempts,
        .retryable = *failure != KDS_FAILURE_PERMANENT,
        .persisted = persisted(call),
    };
    kds_error_set_detail(&call->error, kds_err_of_service(r->status, e.code, *failure),
                         &detail, "%s: %.*s (HTTP %d)%s%.*s%s", call->operation->name,
                         (int)said.n, (const char *)said.p, r->status,
                         e.message.n ? ": " : "", (int)e.message.n,
                         e.message.n ? (const char *)e.message.p : "", remark(r->status));
    attach_body(call, r, e.code);
    kds_arena_clear(&arena);
}

static void note_transport_error(struct kds_call *call,
                                 kds_err_t err,
                                 bool sent,
                                 const char *reason,
                                 enum kds_failure *failure)
{
    *failure = kds_failure_of_transport(err);
    call->maybe_persisted |= sent;
    struct kds_error_detail detail = {
        .attempts = call->retry.attempts,
        .retryable = *failure != KDS_FAILURE_PERMANENT,
        .persisted = persisted(call),
    };
    kds_error_set_detail(&call->error, err, &detail, "%s: %s:%u: %s",
                         call->operation->name, call->context->url.host,
                         call->context->url.port, reason);
}

/* An end of our own making. What earlier attempts may have done at the service still counts. */
static kds_err_t
note_local_error(struct kds_call *call, kds_err_t err, const char *reason)
{
    /* Credentials that could not be fetched now may be there later; those that are written down in
     * the environment will not change. */
    bool later = err == KDS_ERR_CREDENTIALS &&
                 kds_refresher_renews(call->context->signing.refresher);
    struct kds_error_detail detail = {
        .attempts = call->retry.attempts,
        .retryable = err == KDS_ERR_TIMED_OUT || err == KDS_ERR_NO_MEMORY || later,
        .persisted = persisted(call),
    };
    return kds_error_set_detail(&call->error, err, &detail, "%s: %s",
                                call->operation->name, reason);
}

static void
again_or_fail(struct kds_call *call, enum kds_failure failure, const char *retry_after)
{
    struct kds_call_context *c = call->context;
    int64_t wait_us = -1;
    kds_adaptive_note(&c->adaptive, now_us(c), failure == KDS_FAILURE_THROTTLING);
    if (!atomic_load(&c->stopping)) {
        wait_us =
            kds_retry_after_failure(&c->budget, &call->retry, failure,
                                    call->options.max_attempts, retry_after, &c->rng);
    }
    if (wait_us < 0 || kds_us_add(now_us(c), wait_us) >= call->deadline_us) {
        fail(call);
        return;
    }
    kds_log(
        &c->log, KDS_LOG_INFO, "retry", "%s; attempt %u failed, next in %" PRId64 " ms",
        kds_error_message(call->error), call->retry.attempts, wait_us / KDS_US_PER_MS);
    if (c->transport->ops->run(c->transport, wait_us, kds_call_run, call) != KDS_OK) {
        fail(call);
    }
}

/* Of an answer that carries data or says where it went, all that is required must be there. Other
 * answers are read as they come: a server may be older than the model. */
static kds_err_t check_output(const struct kds_operation *operation,
                              const void *output,
                              kds_error_t **error)
{
    const char *lacks = operation->plane == KDS_PLANE_DATA
                            ? kds_output_lacks(operation->output, output)
                            : NULL;
    return lacks == NULL
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_PROTOCOL, "the answer lacks %s", lacks);
}

static void read_output(struct kds_call *call, struct kds_http_response *r)
{
    enum kds_format format = call->format;
    enum kds_failure failure;
    const void *output = NULL;
    kds_error_t *error = NULL;
    kds_format_of_content_type(kds_slice(r->content_type), &format);
    if (kds_output_decode(call->operation->output, format, &r->body, r->request_id,
                          &output, &error) == KDS_OK &&
        check_output(call->operation, output, &error) == KDS_OK) {
        succeed(call, output);
        return;
    }
    kds_output_free(output);
    note_transport_error(call, kds_error_code(error), true, kds_error_message(error),
                         &failure);
    kds_error_free(error);
    again_or_fail(call, failure, "");
}

/* The service refused the credentials. Have newer ones fetched, and if there may be some, make
 * another attempt with them, once a call. @return the call goes on that way. */
static bool ask_for_newer_credentials(struct kds_call *call)
{
    struct kds_call_context *c = call->context;
    if (call->renewed || call->credentials == NULL ||
        !kds_signing_given_up(kds_error_service_code(call->error))) {
        return false;
    }
    call->renewed = true;
    call->given_up = call->credentials->generation;
    return kds_refresher_force(c->signing.refresher, call->given_up) !=
               KDS_REFRESH_REFUSED &&
           call->retry.attempts < call->options.max_attempts &&
           c->transport->ops->run(c->transport, 0, kds_call_run, call) == KDS_OK;
}

/* DynamoDB sends a check sum of its bodies. Without one, or with one that is no number, there is
 * nothing to compare. */
static bool is_damaged(const struct kds_http_response *r)
{
    uint64_t sum;
    return kds_parse_u64(kds_slice(r->crc32), &sum) &&
           sum != kds_crc32(0, r->body.p, r->body.n);
}

static void on_attempt_done(const struct kds_http_result *result, void *opaque)
{
    struct kds_call *call = opaque;
    struct kds_http_response *r = result->response;
    enum kds_failure failure;
    call->maybe_persisted |= result->sent_again;
    call->paced = false;
    if (result->err != KDS_OK) {
        note_transport_error(call, result->err, result->sent, result->reason, &failure);
        again_or_fail(call, failure, "");
    } else if (is_damaged(r)) {
        note_transport_error(call, KDS_ERR_PROTOCOL, true,
                             "the answer does not match its check sum x-amz-crc32",
                             &failure);
        again_or_fail(call, failure, "");
    } else if (r->status >= 200 && r->status < 300) {
        learn_time(call, r, false);
        read_output(call, r);
    } else {
        note_service_error(call, r, &failure);
        if (failure != KDS_FAILURE_PERMANENT || !ask_for_newer_credentials(call)) {
            again_or_fail(call, failure, r->retry_after);
        }
    }
}

/* ---- making an attempt -------------------------------------------------------------------- */

static const char *content_type(const struct kds_call *call)
{
    const struct kds_service *service = call->operation->service;
    switch (call->format) {
    case KDS_FORMAT_CBOR:
        return service->cbor_type;
    case KDS_FORMAT_QUERY:
        return "application/x-www-form-urlencoded; charset=utf-8";
    case KDS_FORMAT_JSON:
        break;
    }
    return service->json_type;
}

/* NULL = none. */
static const char *session_token(const struct kds_call *call)
{
    return call->credentials != NULL ? call->credentials->credentials.session_token
                                     : NULL;
}

static kds_err_t sign(struct kds_call *call, kds_error_t **error)
{
    const struct kds_call_context *c = call->context;
    if (call->operation->unsigned_) {
        return KDS_OK;
    }
    if (!call->hashed) {
        kds_sha256(call->body.p, call->body.n, call->body_digest);
        call->hashed = true;
    }
    const struct kds_signing_request request = {
        .content_type = content_type(call),
        .authority = c->url.authority,
        .path = c->url.path,
        .target = call->target,
        .session_token = session_token(call),
        .body_digest = call->body_digest,
    };
    return kds_signing_sign(&c->signing, &request,
                            kds_clock_realtime_us(c->clock) + atomic_load(&c->skew_us),
                            call->amz_date, call->authorization, error);
}

static void add(struct kds_http_request *request, const char *name, const char *value)
{
    request->headers[request->header_count].name = name;
    request->headers[request->header_count++].value = value;
}

/* amz-sdk-request: which attempt it is, and until when an answer is of use, in the server's time. */
static void write_attempt(struct kds_call *call, int64_t timeout_ms)
{
    char ttl[32] = "";
    if (call->server_dated && call->retry.attempts > 1) {
        char date[17];
        kds_format_amz_date(kds_clock_realtime_us(call->context->clock) +
                                call->server_skew_us + timeout_ms * KDS_US_PER_MS,
                            date);
        snprintf(ttl, sizeof ttl, "ttl=%s; ", date);
    }
    snprintf(call->attempt, sizeof call->attempt, "%sattempt=%u; max=%u", ttl,
             call->retry.attempts, call->options.max_attempts);
}

static void
compose(struct kds_call *call, struct kds_http_request *request, int64_t left_ms)
{
    const struct kds_call_context *c = call->context;
    memset(request, 0, sizeof *request);
    request->method = call->operation->method;
    request->url = call->url.n ? (const char *)call->url.p : c->url_text;
    request->body = kds_buf_slice(&call->body);
    request->timeout_ms = left_ms < call->options.request_timeout_ms
                              ? left_ms
                              : call->options.request_timeout_ms;
    write_attempt(call, request->timeout_ms);
    add(request, "Host", c->url.authority);
    if (request->body.n > 0) {
        add(request, "Content-Type", content_type(call));
    }
    if (call->target[0] != 0) {
        add(request, "X-Amz-Target", call->target);
    }
    if (!call->operation->unsigned_) {
        add(request, "X-Amz-Date", call->amz_date);
        add(request, "Authorization", call->authorization);
    }
    if (call->placed.name != NULL) {
        add(request, call->placed.name, call->placed.value);
    }
    add(request, "User-Agent", user_agent);
    add(request, "amz-sdk-request", call->attempt);
    if (call->invocation[0] != 0) {
        add(request, "amz-sdk-invocation-id", call->invocation);
    }
    if (session_token(call) != NULL) {
        add(request, "X-Amz-Security-Token", session_token(call));
    }
}

static kds_err_t make_attempt(struct kds_call *call, int64_t left_ms)
{
    struct kds_transport *transport = call->context->transport;
    struct kds_http_request request;
    kds_error_t *error = NULL;
    kds_err_t rc = sign(call, &error);
    if (rc != KDS_OK) {
        note_local_error(call, rc, error ? kds_error_message(error) : kds_err_text(rc));
        kds_error_free(error);
        return rc;
    }
    call->retry.attempts++;
    compose(call, &request, left_ms);
    rc = transport->ops->send(transport, &request, on_attempt_done, call);
    if (rc != KDS_OK) {
        call->retry.attempts--;
        note_local_error(call, rc, kds_err_text(rc));
    }
    return rc;
}

/* ---- waiting for credentials -------------------------------------------------------------- */

/* Every call that waits runs again: it finds credentials, its end, or waits on. */
void kds_calls_on_credentials(void *context)
{
    struct kds_call_context *c = context;
    struct kds_call *call = c->waiting;
    c->waiting = NULL;
    c->last_waiting = NULL;
    while (call != NULL) {
        struct kds_call *next = call->next_waiting;
        kds_call_run(call);
        call = next;
    }
}

static void on_look(void *context)
{
    struct kds_call_context *c = context;
    c->look_at_us = 0;
    kds_calls_on_credentials(c);
}

/* As long as a call waits, a task is planned that looks at it no later than its deadline. */
static kds_err_t wait_for_credentials(struct kds_call *call)
{
    struct kds_call_context *c = call->context;
    if (c->look_at_us == 0 || call->deadline_us < c->look_at_us) {
        kds_err_t rc = c->transport->ops->run(c->transport, call->deadline_us - now_us(c),
                                              on_look, c);
        if (rc != KDS_OK) {
            return note_local_error(call, rc, kds_err_text(rc));
        }
        c->look_at_us = call->deadline_us;
    }
    call->next_waiting = NULL;
    if (c->last_waiting != NULL) {
        c->last_waiting->next_waiting = call;
    } else {
        c->waiting = call;
    }
    c->last_waiting = call;
    return KDS_OK;
}

/* The credentials of the coming attempt into call->credentials. @param waits there are none yet */
static kds_err_t take_credentials(struct kds_call *call, bool *waits)
{
    struct kds_signing *s = &call->context->signing;
    enum kds_refresh_answer answer = KDS_REFRESH_USE;
    kds_error_t *why = NULL;
    *waits = false;
    kds_snapshot_unref(call->credentials);
    call->credentials = NULL;
    if (call->operation->unsigned_) {
        return KDS_OK;
    }
    if (call->given_up != 0) {
        answer = kds_refresher_force(s->refresher, call->given_up);
        if (answer == KDS_REFRESH_REFUSED) {
            return kds_error_code(call->error); /* the service's word stands */
        }
    }
    if (answer == KDS_REFRESH_USE) {
        call->given_up = 0;
        answer = kds_signing_take(s, &call->credentials, &why);
    }
    if (answer == KDS_REFRESH_REFUSED) {
        kds_err_t rc = why ? kds_error_code(why) : KDS_ERR_NO_MEMORY;
        note_local_error(call, rc, why ? kds_error_message(why) : kds_err_text(rc));
        kds_error_free(why);
        return rc;
    }
    *waits = answer == KDS_REFRESH_WAIT;
    return *waits ? wait_for_credentials(call) : KDS_OK;
}

/* ---- the next step ------------------------------------------------------------------------ */

/* Of the adaptive mode: wait for the turn of this attempt, unless it has come. */
static kds_err_t await_turn(struct kds_call *call, bool *waits)
{
    struct kds_call_context *c = call->context;
    *waits = false;
    if (!c->paced || call->paced) {
        return KDS_OK;
    }
    int64_t now = now_us(c);
    int64_t wait_us = kds_adaptive_take(&c->adaptive, now, call->deadline_us - now);
    if (wait_us < 0) {
        return call->error != NULL
                   ? kds_error_code(call->error)
                   : note_local_error(call, KDS_ERR_THROTTLED,
                                      "its turn would come after its time limit");
    }
    call->paced = true;
    if (wait_us == 0) {
        return KDS_OK;
    }
    *waits = true;
    kds_err_t rc = c->transport->ops->run(c->transport, wait_us, kds_call_run, call);
    return rc == KDS_OK ? KDS_OK : note_local_error(call, rc, kds_err_text(rc));
}

void kds_call_run(void *opaque)
{
    struct kds_call *call = opaque;
    const struct kds_call_context *c = call->context;
    bool waits = false;
    int64_t left_ms = (call->deadline_us - now_us(c)) / KDS_US_PER_MS;
    kds_err_t rc;

    if (atomic_load(&c->stopping)) {
        rc = note_local_error(call, KDS_ERR_CANCELLED, "the client was freed");
    } else if (left_ms <= 0) {
        char reason[64];
        snprintf(reason, sizeof reason, "not ended within %" PRId64 " ms",
                 call->options.call_timeout_ms);
        rc = note_local_error(call, KDS_ERR_TIMED_OUT, reason);
    } else {
        rc = take_credentials(call, &waits);
        if (rc == KDS_OK && !waits) {
            rc = await_turn(call, &waits);
        }
        if (rc == KDS_OK && !waits) {
            rc = make_attempt(call, left_ms);
        }
    }
    if (rc != KDS_OK) {
        fail(call);
    }
}
