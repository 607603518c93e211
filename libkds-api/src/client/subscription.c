/*
 * subscription: the handle: events out, credit back, the end. What the loop does for it is in
 * subscribe_attempt.c.
 */
#include "client/fanout.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/sized.h"
#include "base/slice.h"
#include "codec/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CREDIT_MIN ((uint32_t)64 << 10)
#define CREDIT_MAX ((uint32_t)64 << 20)

/* ---- life ---------------------------------------------------------------------------------- */

void kds_lent_event_free(struct kds_lent_event *event)
{
    kds_arena_clear(&event->arena);
    kds_error_free(event->error);
    kds_free(event);
}

void kds_subscription_unref(struct kds_subscription *s)
{
    if (atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    kds_buf_clear(&s->body);
    kds_buf_clear(&s->refusal);
    kds_event_decoder_clear(&s->decoder);
    kds_snapshot_unref(s->credentials);
    kds_free(s->consumer_arn);
    kds_free(s->shard_id);
    kds_free(s);
}

static bool forked(const struct kds_subscription *s)
{
    return s->fork_generation != kds_fork_generation();
}

static char *copy_slice(kds_slice_t s)
{
    char *copy = kds_alloc(s.n + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    return copy;
}

void kds_subscription_post_locked(struct kds_subscription *s)
{
    if (s->fanout == NULL || s->posted)
        return;
    s->posted = true;
    atomic_fetch_add(&s->refs, 1);
    kds_loop_post(s->fanout->loop, &s->task);
}

/* Text, lists and the rest of the options, as the model has them. */
static kds_err_t
check_options(const kds_subscription_options_t *o, kds_error_t **error, kds_fanout_t *f)
{
    const kds_starting_position_t nowhere = {.type = {NULL, 0}};
    const kds_subscribe_to_shard_in_t input = {
        .struct_size = sizeof input,
        .consumer_arn = kds_slice(o->consumer_arn),
        .shard_id = kds_slice(o->shard_id),
        .starting_position = o->start != NULL ? *o->start : nowhere,
    };
    if (o->credit_bytes != 0 &&
        (o->credit_bytes < CREDIT_MIN || o->credit_bytes > CREDIT_MAX))
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "credit_bytes: %" PRIu32 " is outside %" PRIu32 "..%" PRIu32,
                             o->credit_bytes, CREDIT_MIN, CREDIT_MAX);
    return kds_shape_validate(f->operation->input, &input, error);
}

/* Mutex and condition, before anything that is released with them. */
static kds_err_t make(struct kds_subscription **out)
{
    struct kds_subscription *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL)
        return KDS_ERR_NO_MEMORY;
    kds_err_t rc = kds_mutex_init(&s->lock);
    if (rc != KDS_OK) {
        kds_free(s);
        return rc;
    }
    rc = kds_cond_init(&s->changed);
    if (rc != KDS_OK) {
        pthread_mutex_destroy(&s->lock);
        kds_free(s);
        return rc;
    }
    atomic_init(&s->refs, 1);
    *out = s;
    return KDS_OK;
}

static kds_err_t
fill(struct kds_subscription *s, kds_fanout_t *f, const kds_subscription_options_t *o)
{
    const int64_t wall_us =
        kds_clock_realtime_us(f->share.clock) + atomic_load(f->share.skew_us);
    s->on_event = o->on_event;
    s->opaque = o->opaque;
    s->credit_bytes = o->credit_bytes ? o->credit_bytes : f->credit_bytes;
    s->fork_generation = f->fork_generation;
    s->owner = s->fanout = f;
    s->consumer_arn = copy_slice(kds_slice(o->consumer_arn));
    s->shard_id = copy_slice(kds_slice(o->shard_id));
    if (s->consumer_arn == NULL || s->shard_id == NULL)
        return KDS_ERR_NO_MEMORY;
    kds_subscribe_plan_init(&s->plan, o->start, wall_us / KDS_US_PER_MS);
    s->timer.fn = kds_subscription_on_time;
    s->timer.opaque = s;
    s->task.fn = kds_subscription_run;
    s->task.opaque = s;
    s->stream.ops = &kds_subscription_stream_ops;
    s->stream.opaque = s;
    s->stream.window = s->credit_bytes;
    s->queue_end = &s->queue;
    s->status.struct_size = sizeof s->status;
    s->status.millis_behind_latest = -1;
    kds_buf_init(&s->body, 64 * 1024);
    kds_buf_init(&s->refusal, 64 * 1024);
    kds_event_decoder_init(&s->decoder, 0);
    return KDS_OK;
}

kds_err_t kds_subscribe(kds_fanout_t *fanout,
                        const kds_subscription_options_t *given,
                        kds_subscription_t **subscription,
                        kds_error_t **error)
{
    kds_subscription_options_t options;
    struct kds_subscription *s = NULL;
    if (fanout->fork_generation != kds_fork_generation())
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the fan-out was created by the parent process");
    if (!kds_sized_copy(&options, sizeof options, given))
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "struct_size: %zu, must be %zu",
                             given->struct_size, sizeof options);
    kds_err_t rc = check_options(&options, error, fanout);
    if (rc != KDS_OK)
        return rc;
    rc = make(&s);
    if (rc == KDS_OK) {
        rc = fill(s, fanout, &options);
        if (rc != KDS_OK)
            kds_subscription_unref(s);
    }
    if (rc != KDS_OK)
        return kds_error_set(error, rc, "%s", kds_err_text(rc));
    atomic_fetch_add(&s->refs, 1); /* the loop's */
    *subscription = s;
    pthread_mutex_lock(&fanout->lock);
    s->next = fanout->subscriptions;
    s->at = &fanout->subscriptions;
    if (s->next != NULL)
        s->next->at = &s->next;
    fanout->subscriptions = s;
    fanout->count++;
    pthread_mutex_lock(&s->lock);
    kds_subscription_post_locked(s);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_unlock(&fanout->lock);
    return KDS_OK;
}

static struct kds_lent_event *take_queue_locked(struct kds_subscription *s)
{
    struct kds_lent_event *queue = s->queue;
    s->queue = NULL;
    s->queue_end = &s->queue;
    return queue;
}

/* Not through kds_subscription_release(): the references of these are counted here. */
static void drop_queue(struct kds_subscription *s, struct kds_lent_event *queue)
{
    while (queue != NULL) {
        struct kds_lent_event *next = queue->next;
        kds_lent_event_free(queue);
        kds_subscription_unref(s);
        queue = next;
    }
}

void kds_subscription_cancel(kds_subscription_t *s)
{
    if (forked(s))
        return;
    pthread_mutex_lock(&s->lock);
    struct kds_lent_event *queue = take_queue_locked(s);
    s->cancelled = true;
    s->status.state = KDS_SUBSCRIPTION_OVER;
    kds_subscription_post_locked(s);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    drop_queue(s, queue);
}

void kds_subscription_free(kds_subscription_t *s)
{
    if (s == NULL || forked(s))
        return;
    kds_subscription_cancel(s);
    pthread_mutex_lock(&s->lock);
    while (s->in_callback && s->fanout != NULL && !kds_loop_on_thread(s->fanout->loop))
        kds_cond_wait(&s->changed, &s->lock, KDS_NEVER_US);
    pthread_mutex_unlock(&s->lock);
    kds_subscription_unref(s);
}

/* ---- events -------------------------------------------------------------------------------- */

static void count_locked(struct kds_subscription *s, const struct kds_lent_event *event)
{
    kds_subscription_status_t *status = &s->status;
    status->held_bytes += event->told.credit_bytes;
    if (event->told.data == NULL)
        return;
    status->events++;
    status->records += event->data.records_count;
    status->bytes += event->told.credit_bytes;
    status->millis_behind_latest = event->data.millis_behind_latest;
    status->problem[0] = 0;
    const kds_slice_t next = event->data.continuation_sequence_number;
    snprintf(status->sequence_number, sizeof status->sequence_number, "%.*s", (int)next.n,
             next.p ? (const char *)next.p : "");
}

bool kds_subscription_deliver(struct kds_subscription *s, struct kds_lent_event *event)
{
    pthread_mutex_lock(&s->lock);
    if (s->cancelled) {
        pthread_mutex_unlock(&s->lock);
        kds_lent_event_free(event);
        return false;
    }
    count_locked(s, event);
    atomic_fetch_add(&s->refs, 1);
    if (event->told.kind != KDS_SUBSCRIPTION_RECORDS) {
        s->status.state = KDS_SUBSCRIPTION_OVER;
        s->over = true;
    }
    if (s->on_event == NULL) {
        event->next = NULL;
        *s->queue_end = event;
        s->queue_end = &event->next;
        pthread_cond_broadcast(&s->changed);
        pthread_mutex_unlock(&s->lock);
        return true;
    }
    s->in_callback = true;
    pthread_mutex_unlock(&s->lock);
    s->on_event(&event->told, s->opaque);
    pthread_mutex_lock(&s->lock);
    s->in_callback = false;
    const bool wanted = !s->cancelled;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return wanted;
}

void kds_subscription_release(const kds_subscription_event_t *told)
{
    /* `told` is the first member of what was allocated. */
    struct kds_lent_event *event = (struct kds_lent_event *)(uintptr_t)told;
    if (event == NULL)
        return;
    struct kds_subscription *s = event->told.subscription;
    if (!forked(s)) {
        pthread_mutex_lock(&s->lock);
        s->status.held_bytes -= event->told.credit_bytes;
        if (event->told.generation == s->generation && event->told.credit_bytes > 0) {
            s->returned += event->told.credit_bytes;
            kds_subscription_post_locked(s);
        }
        pthread_mutex_unlock(&s->lock);
    }
    kds_lent_event_free(event);
    kds_subscription_unref(s);
}

/* With `lock` held. Whether there is an answer yet. */
static bool look_locked(struct kds_subscription *s,
                        kds_err_t *rc,
                        const kds_subscription_event_t **event)
{
    if (s->cancelled || s->queue == NULL) {
        *rc = s->cancelled ? KDS_ERR_CANCELLED : KDS_ERR_CLOSED;
        return s->cancelled || s->over;
    }
    *event = &s->queue->told;
    s->queue = s->queue->next;
    if (s->queue == NULL)
        s->queue_end = &s->queue;
    *rc = KDS_OK;
    return true;
}

static bool on_loop_locked(const struct kds_subscription *s)
{
    return s->fanout != NULL && kds_loop_on_thread(s->fanout->loop);
}

kds_err_t kds_subscription_next(kds_subscription_t *s,
                                int64_t timeout_ms,
                                const kds_subscription_event_t **event,
                                kds_error_t **error)
{
    kds_err_t rc = KDS_ERR_TIMED_OUT;
    char problem[sizeof s->status.problem] = "";
    if (forked(s))
        return kds_error_set(error, KDS_ERR_FORKED,
                             "the subscription was created by the parent process");
    if (s->on_event != NULL)
        return kds_error_set(error, KDS_ERR_STATE,
                             "the subscription gives its events to a callback");
    const struct kds_clock *clock = kds_clock_system();
    const int64_t until_us =
        timeout_ms < 0 || timeout_ms > KDS_NEVER_US / KDS_US_PER_MS
            ? KDS_NEVER_US
            : kds_us_add(kds_clock_boottime_us(clock), timeout_ms * KDS_US_PER_MS);
    pthread_mutex_lock(&s->lock);
    while (!look_locked(s, &rc, event)) {
        if (timeout_ms != 0 && on_loop_locked(s)) {
            rc = KDS_ERR_WOULD_DEADLOCK;
            break;
        }
        const int64_t left_us = until_us == KDS_NEVER_US
                                    ? KDS_NEVER_US
                                    : until_us - kds_clock_boottime_us(clock);
        if (timeout_ms == 0 || left_us <= 0) {
            rc = KDS_ERR_TIMED_OUT;
            memcpy(problem, s->status.problem, sizeof problem);
            break;
        }
        kds_cond_wait(&s->changed, &s->lock, left_us);
    }
    pthread_mutex_unlock(&s->lock);
    if (rc == KDS_OK)
        return KDS_OK;
    return kds_error_set(error, rc, "%s: %s%s%s", s->shard_id, kds_err_text(rc),
                         problem[0] ? "; the last problem: " : "", problem);
}

/* Give out as much of a status as the caller knows. */
kds_err_t kds_subscription_get_status(kds_subscription_t *s,
                                      kds_subscription_status_t *status)
{
    const size_t size = status->struct_size;
    if (size < sizeof(size_t) || size > sizeof *status)
        return KDS_ERR_INVALID_ARG;
    pthread_mutex_lock(&s->lock);
    memcpy(status, &s->status, size);
    pthread_mutex_unlock(&s->lock);
    status->struct_size = size;
    return KDS_OK;
}
