/*
 * worker_push: the subscriptions of a worker, on the client's fan-out.
 */
#include "worker_internal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/thread.h"

/* One subscription. */
struct kcl_push {
    struct kcl_push *next;
    kcl_worker_t *worker;
    uint64_t id;
    kds_subscription_t *subscription;
};

void kcl_release_event(const void *event, void *opaque)
{
    (void)opaque;
    kds_subscription_release(event);
}

static void push_event(kcl_worker_t *w,
                       uint64_t id,
                       const kds_subscription_event_t *e,
                       const kds_error_t *error)
{
    const struct kcl_pushed pushed = {
        .event = e,
        .data = e ? e->data : NULL,
        .end = e != NULL && e->kind == KDS_SUBSCRIPTION_SHARD_END,
        .error = e ? e->error : error,
    };
    kcl_lock(w);
    kcl_core_pushed(w->shared.core, kcl_now_us(), id, &pushed);
    kcl_wake_locked(w);
    kcl_unlock(w);
}

/* On the fan-out's thread. */
static void on_event(const kds_subscription_event_t *event, void *opaque)
{
    const struct kcl_push *push = opaque;
    push_event(push->worker, push->id, event, NULL);
}

/* Only the deciding thread subscribes and unsubscribes: the list needs no lock. */
void kcl_subscribe(kcl_worker_t *w, const struct kcl_action *action)
{
    kds_error_t *error = NULL;
    struct kcl_push *push = kds_alloc_zero(1, sizeof *push);
    const kds_subscription_options_t options = {
        .struct_size = sizeof options,
        .consumer_arn = action->u.subscribe.consumer_arn,
        .shard_id = action->u.subscribe.shard_id,
        .start = &action->u.subscribe.start,
        .on_event = on_event,
        .opaque = push,
        .credit_bytes = (uint32_t)action->u.subscribe.credit_bytes,
    };
    kds_err_t rc =
        push ? KDS_OK : kds_error_set(&error, KDS_ERR_NO_MEMORY, "out of memory");
    if (rc == KDS_OK && w->fanout == NULL) {
        rc = kds_fanout_new(w->client, NULL, &w->fanout, &error);
    }
    if (rc == KDS_OK) {
        push->worker = w;
        push->id = action->id;
        rc = kds_subscribe(w->fanout, &options, &push->subscription, &error);
    }
    if (rc != KDS_OK) {
        push_event(w, action->id, NULL, error);
        kds_error_free(error);
        kds_free(push);
        return;
    }
    push->next = w->pushes;
    w->pushes = push;
}

static void free_push(struct kcl_push *push)
{
    kds_subscription_free(push->subscription);
    kds_free(push);
}

void kcl_unsubscribe(kcl_worker_t *w, uint64_t id)
{
    for (struct kcl_push **at = &w->pushes; *at != NULL; at = &(*at)->next) {
        if ((*at)->id == id) {
            struct kcl_push *push = *at;
            *at = push->next;
            free_push(push);
            return;
        }
    }
}

void kcl_close_pushes(kcl_worker_t *w)
{
    if (w->finder_runs) {
        pthread_join(w->finder, NULL);
        w->finder_runs = false;
    }
    while (w->pushes != NULL) {
        struct kcl_push *next = w->pushes->next;
        free_push(w->pushes);
        w->pushes = next;
    }
    kds_fanout_free(w->fanout);
    w->fanout = NULL;
}

/* ---- the consumer ------------------------------------------------------------------------- */

/* For one that is being registered to become active. The core asks again; who frees the worker waits no
 * longer than this. */
#define FIND_WAIT_MS 5000

/* A job for a thread of its own, because it waits for as long as registering takes. */
struct find {
    kcl_worker_t *worker;
    uint64_t id;
    char stream_arn[2049], name[256];
};

static void *find_main(void *opaque)
{
    struct find *f = opaque;
    kcl_worker_t *w = f->worker;
    kds_error_t *error = NULL;
    kds_fanout_consumer_t consumer;
    kds_err_t rc = kds_fanout_find_consumer(w->client, f->stream_arn, f->name,
                                            FIND_WAIT_MS, &consumer, &error);
    kcl_lock(w);
    kcl_core_found_consumer(w->shared.core, kcl_now_us(), f->id,
                            rc == KDS_OK ? consumer.arn : NULL, error);
    kcl_wake_locked(w);
    kcl_unlock(w);
    kds_error_free(error);
    kds_free(f);
    return NULL;
}

static void not_found(kcl_worker_t *w, uint64_t id, const char *why)
{
    kds_error_t *error = NULL;
    kds_error_set(&error, KDS_ERR_SYSTEM, "%s", why);
    kcl_lock(w);
    kcl_core_found_consumer(w->shared.core, kcl_now_us(), id, NULL, error);
    kcl_unlock(w);
    kds_error_free(error);
}

void kcl_find_consumer(kcl_worker_t *w, const struct kcl_action *action)
{
    struct find *f = kds_alloc_zero(1, sizeof *f);
    if (w->finder_runs) {
        pthread_join(w->finder, NULL); /* it has told its end */
        w->finder_runs = false;
    }
    if (f != NULL) {
        f->worker = w;
        f->id = action->id;
        kcl_copy_text(f->stream_arn, sizeof f->stream_arn,
                      kds_slice(action->u.find_consumer.stream_arn));
        kcl_copy_text(f->name, sizeof f->name, kds_slice(action->u.find_consumer.name));
        w->finder_runs =
            kds_thread_start(&w->finder, "kcl:consumer", find_main, f) == KDS_OK;
    }
    if (!w->finder_runs) {
        kds_free(f);
        not_found(w, action->id, "no thread could be started to look for the consumer");
    }
}
