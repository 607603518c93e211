/*
 * subscribe_attempt: what the loop does for a subscription: subscribe, read events, judge the end,
 * subscribe again. The decisions are the plan's (subscribe_plan.h).
 */
#include "client/fanout.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "client/service_code.h"
#include "client/skew.h"
#include "codec/service_error.h"
#include "codec/shape.h"
#include "codec/subscribe_event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CREDENTIALS_LOOK_US (100 * KDS_US_PER_MS)
#define EVENT_BYTES_MAX     ((size_t)128 << 20) /* of what is decoded of a frame */
#define REFUSAL_ARENA_BYTES ((size_t)256 << 10)

static const char event_stream_type[] = "application/vnd.amazon.eventstream";
static const char json_type[] = "application/x-amz-json-1.1";

static void begin(struct kds_subscription *s);

static int64_t now_us(const struct kds_subscription *s)
{
    return kds_loop_now_us(s->owner->loop);
}

static void note_counts(struct kds_fanout *f)
{
    const struct kds_h2_pool_counts counts = kds_h2_pool_count(f->pool);
    pthread_mutex_lock(&f->lock);
    f->counts = counts;
    pthread_mutex_unlock(&f->lock);
}

static void set_state(struct kds_subscription *s, kds_subscription_state_t state)
{
    s->state = state;
    pthread_mutex_lock(&s->lock);
    if (!s->cancelled && !s->over) {
        s->status.state = state;
        s->status.generation = s->plan.generation;
    }
    pthread_mutex_unlock(&s->lock);
}

/* ---- the end of a subscribing -------------------------------------------------------------- */

/* Nothing of it reaches us any more. */
static void leave_stream(struct kds_subscription *s)
{
    kds_h2_pool_drop(s->owner->pool, &s->stream);
    kds_loop_unset(s->owner->loop, &s->timer);
    kds_event_decoder_clear(&s->decoder);
    kds_buf_clear(&s->refusal);
    kds_snapshot_unref(s->credentials);
    s->credentials = NULL;
    s->streaming = false;
}

static void fail_for_good(struct kds_subscription *s, kds_error_t *error)
{
    struct kds_lent_event *event = kds_alloc_zero(1, sizeof *event);
    s->state = KDS_SUBSCRIPTION_OVER;
    if (event == NULL) { /* then kds_subscription_next() says that it is closed */
        kds_error_free(error);
        pthread_mutex_lock(&s->lock);
        s->over = true;
        s->status.state = KDS_SUBSCRIPTION_OVER;
        pthread_cond_broadcast(&s->changed);
        pthread_mutex_unlock(&s->lock);
        return;
    }
    event->error = error;
    event->told = (kds_subscription_event_t){
        .kind = KDS_SUBSCRIPTION_FAILED,
        .subscription = s,
        .opaque = s->opaque,
        .error = error,
        .generation = s->plan.generation,
    };
    kds_subscription_deliver(s, event);
}

/* @param error (taken) */
static void
end_attempt(struct kds_subscription *s, enum kds_subscribe_end end, kds_error_t *error)
{
    struct kds_fanout *f = s->owner;
    const char *why = error != NULL ? kds_error_message(error) : "";
    leave_stream(s);
    if (f->closing) {
        kds_error_free(error);
        return;
    }
    note_counts(f);
    const bool regular = end == KDS_SUBSCRIBE_OVER && s->plan.moved;
    const int64_t at_us = kds_subscribe_plan_end(&s->plan, end, now_us(s), &f->rng);
    if (at_us < 0 || kds_loop_set(f->loop, &s->timer, at_us) != KDS_OK) {
        kds_log(f->share.log, KDS_LOG_WARNING, "fan-out", "%s: ends: %s", s->shard_id,
                why);
        fail_for_good(s, error);
        return;
    }
    kds_log(f->share.log, regular ? KDS_LOG_INFO : KDS_LOG_NOTICE, "fan-out",
            "%s: subscribes again in %" PRId64 " ms: %s", s->shard_id,
            (at_us - now_us(s)) / KDS_US_PER_MS, why);
    pthread_mutex_lock(&s->lock);
    s->status.interruptions += !regular;
    if (!regular)
        snprintf(s->status.problem, sizeof s->status.problem, "%s", why);
    pthread_mutex_unlock(&s->lock);
    kds_error_free(error);
    set_state(s, KDS_SUBSCRIPTION_WAITING);
}

static void end_because(struct kds_subscription *s,
                        enum kds_subscribe_end end,
                        kds_err_t err,
                        const char *reason)
{
    const struct kds_error_detail detail = {
        .attempts = s->plan.failures + 1,
        .retryable = end != KDS_SUBSCRIBE_FINAL && end != KDS_SUBSCRIBE_CORRUPT,
    };
    kds_error_t *error = NULL;
    kds_error_set_detail(&error, err, &detail, "SubscribeToShard: %s: %s", s->shard_id,
                         reason);
    end_attempt(s, end, error);
}

/* The service refused the credentials: there may be newer ones. */
static bool credentials_may_renew(struct kds_subscription *s, kds_slice_t code)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)code.n, code.p ? (const char *)code.p : "");
    return s->credentials != NULL && kds_signing_given_up(text) &&
           kds_refresher_force(s->owner->signing.refresher, s->credentials->generation) !=
               KDS_REFRESH_REFUSED;
}

/* An answer dates itself: a signature may be refused because the clocks differ. */
static bool clock_was_wrong(struct kds_subscription *s, kds_slice_t code)
{
    const struct kds_client_share *share = &s->owner->share;
    int64_t offset_us = atomic_load(share->skew_us);
    if (!share->dates_trusted ||
        !kds_skew_learn(kds_clock_realtime_us(share->clock), s->head.date,
                        kds_skew_suspected(code), &offset_us))
        return false;
    atomic_store(share->skew_us, offset_us);
    return true;
}

static void end_by_service(struct kds_subscription *s,
                           bool in_stream,
                           kds_slice_t code,
                           kds_slice_t message)
{
    const int status = in_stream ? 0 : s->head.status;
    enum kds_subscribe_end end = kds_subscribe_end_of(in_stream, status, code);
    const enum kds_failure failure = kds_failure_of_service(status, code);
    if (end == KDS_SUBSCRIBE_FINAL &&
        (clock_was_wrong(s, code) || credentials_may_renew(s, code)))
        end = KDS_SUBSCRIBE_SIGNATURE;
    const kds_slice_t said = code.n > 0 ? code : kds_slice("service fault");
    const struct kds_error_detail detail = {
        .service_code = code,
        .request_id = kds_slice(s->head.request_id),
        .request_id_2 = kds_slice(s->head.request_id_2),
        .http_status = s->head.status,
        .attempts = s->plan.failures + 1,
        .retryable = end != KDS_SUBSCRIBE_FINAL,
    };
    kds_error_t *error = NULL;
    kds_error_set_detail(&error, kds_err_of_service(status, code, failure), &detail,
                         "SubscribeToShard: %s: %.*s%s%.*s", s->shard_id, (int)said.n,
                         (const char *)said.p, message.n > 0 ? ": " : "", (int)message.n,
                         message.n > 0 ? (const char *)message.p : "");
    end_attempt(s, end, error);
}

/* ---- credit -------------------------------------------------------------------------------- */

/*
 * The window holds what lies in events that are not released. Bytes of a message that is still coming
 * are given back as long as no event is held, so that one larger than the credit can come whole;
 * while one is held they wait.
 */
static void give_back(struct kds_subscription *s)
{
    const size_t coming = s->held > 0 ? s->decoder.have : 0;
    const size_t kept = s->held + coming;
    if (s->received <= kept + s->given_back)
        return;
    const size_t n = s->received - kept - s->given_back;
    s->given_back += n;
    kds_h2_pool_consume(s->owner->pool, &s->stream, n);
}

/* ---- events -------------------------------------------------------------------------------- */

static void deliver(struct kds_subscription *s,
                    struct kds_lent_event *event,
                    enum kds_subscribe_verdict verdict,
                    size_t bytes)
{
    const bool end = verdict == KDS_SUBSCRIBE_SHARD_END;
    event->told = (kds_subscription_event_t){
        .kind = end ? KDS_SUBSCRIPTION_SHARD_END : KDS_SUBSCRIPTION_RECORDS,
        .subscription = s,
        .opaque = s->opaque,
        .data = &event->data,
        .generation = s->plan.generation,
        .credit_bytes = bytes,
    };
    s->held += bytes;
    if (end) {
        leave_stream(s);
        s->state = KDS_SUBSCRIPTION_OVER;
    }
    if (!kds_subscription_deliver(s, event))
        leave_stream(s); /* the task that was posted lets go of the rest */
}

static void on_records(struct kds_subscription *s, kds_slice_t payload, size_t bytes)
{
    struct kds_lent_event *event = kds_alloc_zero(1, sizeof *event);
    kds_error_t *error = NULL;
    const char *why = NULL;
    if (event == NULL) {
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_NO_MEMORY, "out of memory");
        return;
    }
    kds_arena_init(&event->arena, EVENT_BYTES_MAX);
    kds_err_t rc = kds_subscribe_event_decode(s->owner->operation->output, payload,
                                              &event->data, &event->arena, &error);
    if (rc != KDS_OK) {
        const bool corrupt = rc != KDS_ERR_NO_MEMORY;
        kds_lent_event_free(event);
        end_because(s, corrupt ? KDS_SUBSCRIBE_CORRUPT : KDS_SUBSCRIBE_BROKEN,
                    corrupt ? KDS_ERR_CORRUPT : rc,
                    error != NULL ? kds_error_message(error) : kds_err_text(rc));
        kds_error_free(error);
        return;
    }
    const enum kds_subscribe_verdict verdict =
        kds_subscribe_plan_event(&s->plan, &event->data, &why);
    if (verdict == KDS_SUBSCRIBE_WRONG) {
        kds_lent_event_free(event);
        end_because(s, KDS_SUBSCRIBE_MALFORMED, KDS_ERR_PROTOCOL, why);
        return;
    }
    if (event->data.records_count == 0)
        kds_event_decoder_trim(&s->decoder); /* the shard went quiet */
    deliver(s, event, verdict, bytes);
}

static void on_exception(struct kds_subscription *s,
                         const struct kds_event_message *message,
                         const struct kds_event_meaning *meaning)
{
    struct kds_arena arena;
    kds_slice_t text = meaning->text;
    kds_arena_init(&arena, REFUSAL_ARENA_BYTES);
    if (meaning->kind == KDS_EVENT_KIND_EXCEPTION)
        text = kds_service_error_read(kds_slice("application/json"), meaning->name,
                                      message->payload, &arena)
                   .message;
    end_by_service(s, true, meaning->name, text);
    kds_arena_clear(&arena);
}

static void on_message(struct kds_subscription *s,
                       const struct kds_event_message *message)
{
    struct kds_event_meaning meaning;
    const char *why = kds_event_message_read(message, &meaning);
    if (why != NULL) {
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_PROTOCOL, why);
        return;
    }
    if (meaning.kind != KDS_EVENT_KIND_EVENT) {
        on_exception(s, message, &meaning);
        return;
    }
    if (kds_loop_set(s->owner->loop, &s->timer,
                     now_us(s) + s->owner->silence_timeout_us) != KDS_OK) {
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_NO_MEMORY, "out of memory");
        return;
    }
    if (kds_slice_is(meaning.name, "SubscribeToShardEvent")) {
        on_records(s, message->payload, s->decoder.total);
    } else if (!kds_slice_is(meaning.name, "initial-response")) {
        pthread_mutex_lock(&s->lock);
        s->status.ignored++;
        pthread_mutex_unlock(&s->lock);
    }
}

static void on_stream_bytes(struct kds_subscription *s, kds_slice_t chunk)
{
    struct kds_event_message message;
    enum kds_event_step step = KDS_EVENT_MORE;
    s->received += chunk.n;
    kds_event_decoder_feed(&s->decoder, chunk);
    /* A message may be the last one of this stream, whatever the chunk has behind it. */
    while (s->streaming &&
           (step = kds_event_decoder_next(&s->decoder, &message)) == KDS_EVENT_MESSAGE)
        on_message(s, &message);
    if (!s->streaming)
        return;
    if (step == KDS_EVENT_BROKEN) {
        end_because(s, KDS_SUBSCRIBE_BROKEN, s->decoder.err, s->decoder.why);
        return;
    }
    give_back(s);
}

/* ---- what the stream tells ----------------------------------------------------------------- */

static bool has_type(const char *content_type, const char *wanted)
{
    const size_t n = strlen(wanted);
    return strncmp(content_type, wanted, n) == 0 &&
           (content_type[n] == 0 || content_type[n] == ';' || content_type[n] == ' ');
}

static void on_head(void *opaque, const struct kds_http_response *head)
{
    struct kds_subscription *s = opaque;
    s->head = *head;
    s->streaming = head->status == 200 && has_type(head->content_type, event_stream_type);
    if (!s->streaming)
        return; /* its body says why; the timer goes on */
    kds_subscribe_plan_open(&s->plan, now_us(s));
    set_state(s, KDS_SUBSCRIPTION_ACTIVE);
    note_counts(s->owner);
    if (kds_loop_set(s->owner->loop, &s->timer,
                     now_us(s) + s->owner->silence_timeout_us) != KDS_OK)
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_NO_MEMORY, "out of memory");
}

static void on_data(void *opaque, kds_slice_t chunk)
{
    struct kds_subscription *s = opaque;
    if (s->streaming) {
        on_stream_bytes(s, chunk);
        return;
    }
    const size_t room = s->refusal.max - s->refusal.n;
    kds_buf_add(&s->refusal, chunk.p, chunk.n < room ? chunk.n : room);
    kds_h2_pool_consume(s->owner->pool, &s->stream, chunk.n);
}

/* An answer that is no event stream. */
static void end_refused(struct kds_subscription *s)
{
    struct kds_arena arena;
    kds_arena_init(&arena, REFUSAL_ARENA_BYTES);
    const struct kds_service_error e = kds_service_error_read(
        kds_slice(s->head.content_type), kds_slice(s->head.error_type),
        kds_buf_slice(&s->refusal), &arena);
    if (s->head.status >= 200 && s->head.status < 400 && e.code.n == 0) {
        char reason[240];
        snprintf(reason, sizeof reason, "HTTP %d of type '%s' instead of an event stream",
                 s->head.status, s->head.content_type);
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_PROTOCOL, reason);
    } else {
        end_by_service(s, false, e.code, e.message);
    }
    kds_arena_clear(&arena);
}

static void on_end(void *opaque, const struct kds_h2_end *end)
{
    struct kds_subscription *s = opaque;
    if (end->err != KDS_OK)
        end_because(s, end->untouched ? KDS_SUBSCRIBE_REFUSED : KDS_SUBSCRIBE_BROKEN,
                    end->err, end->reason);
    else if (!s->streaming)
        end_refused(s);
    else if (!kds_event_decoder_may_end(&s->decoder))
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_PROTOCOL,
                    "the stream ended inside a message");
    else
        end_because(s, KDS_SUBSCRIBE_OVER, KDS_ERR_TRANSPORT,
                    "the service ended the subscription");
}

const struct kds_h2_stream_ops kds_subscription_stream_ops = {on_head, on_data, on_end};

/* ---- subscribing --------------------------------------------------------------------------- */

static void add(struct kds_http_request *request, const char *name, const char *value)
{
    request->headers[request->header_count].name = name;
    request->headers[request->header_count++].value = value;
}

static kds_err_t write_body(struct kds_subscription *s,
                            const kds_starting_position_t *position)
{
    const kds_subscribe_to_shard_in_t input = {
        .struct_size = sizeof input,
        .consumer_arn = kds_slice(s->consumer_arn),
        .shard_id = kds_slice(s->shard_id),
        .starting_position = *position,
    };
    kds_buf_reset(&s->body);
    return kds_shape_encode(KDS_FORMAT_JSON, s->owner->operation->input, &input,
                            &s->body);
}

static kds_err_t sign(struct kds_subscription *s, kds_error_t **error)
{
    const struct kds_client_share *share = &s->owner->share;
    struct kds_subscribe_lines *l = &s->lines;
    snprintf(l->target, sizeof l->target, "%s%s", share->service->target_prefix,
             s->owner->operation->name);
    snprintf(l->length, sizeof l->length, "%zu", s->body.n);
    kds_make_invocation(l->invocation);
    const struct kds_signing_request request = {
        .content_type = json_type,
        .authority = share->url->authority,
        .path = share->url->path,
        .target = l->target,
        .session_token = s->credentials->credentials.session_token,
        .body = kds_buf_slice(&s->body),
    };
    return kds_signing_sign(&s->owner->signing, &request,
                            kds_clock_realtime_us(share->clock) +
                                atomic_load(share->skew_us),
                            l->amz_date, l->authorization, error);
}

static void compose(struct kds_subscription *s)
{
    struct kds_http_request *r = &s->request;
    *r = (struct kds_http_request){.method = "POST", .body = kds_buf_slice(&s->body)};
    s->stream.request = r;
    s->stream.path = s->owner->share.url->path;
    add(r, "content-type", json_type);
    add(r, "content-length", s->lines.length);
    add(r, "x-amz-target", s->lines.target);
    add(r, "x-amz-date", s->lines.amz_date);
    add(r, "authorization", s->lines.authorization);
    add(r, "user-agent", "kds");
    add(r, "amz-sdk-request", "attempt=1; max=1");
    if (s->lines.invocation[0] != 0)
        add(r, "amz-sdk-invocation-id", s->lines.invocation);
    if (s->credentials->credentials.session_token != NULL)
        add(r, "x-amz-security-token", s->credentials->credentials.session_token);
}

static void request(struct kds_subscription *s)
{
    struct kds_fanout *f = s->owner;
    kds_starting_position_t position;
    kds_error_t *error = NULL;
    kds_subscribe_plan_call(&s->plan, now_us(s), &position);
    pthread_mutex_lock(&s->lock);
    s->generation = s->plan.generation;
    s->returned = 0;
    pthread_mutex_unlock(&s->lock);
    s->received = s->given_back = s->held = 0;
    s->head = (struct kds_http_response){0};
    kds_err_t rc = write_body(s, &position);
    if (rc == KDS_OK)
        rc = sign(s, &error);
    if (rc == KDS_OK)
        rc = kds_loop_set(f->loop, &s->timer, now_us(s) + f->request_timeout_us);
    if (rc != KDS_OK) {
        end_because(s,
                    rc == KDS_ERR_NO_MEMORY ? KDS_SUBSCRIBE_BROKEN : KDS_SUBSCRIBE_FINAL,
                    rc, error != NULL ? kds_error_message(error) : kds_err_text(rc));
        kds_error_free(error);
        return;
    }
    compose(s);
    set_state(s, KDS_SUBSCRIPTION_SUBSCRIBING);
    kds_h2_pool_request(f->pool, &s->stream);
    note_counts(f);
}

static void begin(struct kds_subscription *s)
{
    struct kds_fanout *f = s->owner;
    kds_error_t *error = NULL;
    switch (kds_signing_take(&f->signing, &s->credentials, &error)) {
    case KDS_REFRESH_USE:
        request(s);
        return;
    case KDS_REFRESH_WAIT: /* another thread fetches them */
        if (kds_loop_set(f->loop, &s->timer, now_us(s) + CREDENTIALS_LOOK_US) == KDS_OK)
            return;
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_NO_MEMORY, "out of memory");
        return;
    case KDS_REFRESH_REFUSED:
        end_because(s,
                    kds_refresher_renews(f->signing.refresher) ? KDS_SUBSCRIBE_BROKEN
                                                               : KDS_SUBSCRIBE_FINAL,
                    error != NULL ? kds_error_code(error) : KDS_ERR_NO_MEMORY,
                    error != NULL ? kds_error_message(error) : "out of memory");
        kds_error_free(error);
        return;
    }
}

void kds_subscription_on_time(void *opaque)
{
    struct kds_subscription *s = opaque;
    char reason[96];
    switch (s->state) {
    case KDS_SUBSCRIPTION_WAITING:
        begin(s);
        return;
    case KDS_SUBSCRIPTION_SUBSCRIBING:
        snprintf(reason, sizeof reason, "no answer within %" PRId64 " ms",
                 s->owner->request_timeout_us / KDS_US_PER_MS);
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_TIMED_OUT, reason);
        return;
    case KDS_SUBSCRIPTION_ACTIVE:
        /* Who holds events back cannot blame the service for its silence. */
        if (s->held > 0 &&
            kds_loop_set(s->owner->loop, &s->timer,
                         now_us(s) + s->owner->silence_timeout_us) == KDS_OK)
            return;
        snprintf(reason, sizeof reason, "no event for %" PRId64 " ms",
                 s->owner->silence_timeout_us / KDS_US_PER_MS);
        end_because(s, KDS_SUBSCRIBE_BROKEN, KDS_ERR_TIMED_OUT, reason);
        return;
    case KDS_SUBSCRIPTION_OVER:
        return;
    }
}

/* ---- the task ------------------------------------------------------------------------------ */

void kds_subscription_let_go(struct kds_subscription *s)
{
    struct kds_fanout *f = s->owner;
    leave_stream(s);
    s->state = KDS_SUBSCRIPTION_OVER;
    pthread_mutex_lock(&f->lock);
    *s->at = s->next;
    if (s->next != NULL)
        s->next->at = s->at;
    f->count--;
    pthread_mutex_lock(&s->lock);
    const bool stranded = s->posted && kds_loop_is_stopped(f->loop);
    s->fanout = NULL; /* nothing is posted from here on */
    s->over = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_unlock(&f->lock);
    if (stranded)
        kds_subscription_unref(s); /* its task will not run */
    kds_subscription_unref(s);
}

void kds_subscription_run(void *opaque)
{
    struct kds_subscription *s = opaque;
    pthread_mutex_lock(&s->lock);
    const bool cancelled = s->cancelled;
    const size_t returned = s->returned;
    const bool gone = s->fanout == NULL;
    s->returned = 0;
    s->posted = false;
    pthread_mutex_unlock(&s->lock);
    if (gone) {
        /* let go already; this was posted before */
    } else if (cancelled) {
        kds_subscription_let_go(s);
    } else if (!s->started) {
        s->started = true;
        begin(s);
    } else if (returned > 0 && s->streaming) {
        s->held -= returned < s->held ? returned : s->held;
        give_back(s);
    }
    kds_subscription_unref(s); /* the task's */
}
