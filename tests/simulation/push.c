#include "push_internal.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "client/service_code.h"
#include "codec/subscribe_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAKE_OVER_US (5 * KDS_US_PER_S) /* a later subscription is let in after so long */
#define SILENCE_US   (15 * KDS_US_PER_S)
#define HOP_US       (3 * KDS_US_PER_MS) /* between two threads */
#define NEVER_TOLD   20 /* percent of connections whose end no server hears of */
#define ARENA_BYTES  ((size_t)1 << 20)

/* An event that is lent to the worker. */
struct event {
    struct push *push;
    kds_subscribe_to_shard_event_t data;
    struct kds_arena arena;
    bool end;
    kds_error_t *error;
};

static void subscribe_again(void *context, void *payload);

static struct world *world_of(const struct attempt *a)
{
    return a->push->all->wire->world;
}

void push_attempt_release(struct attempt *a)
{
    if (--a->references > 0) {
        return;
    }
    if (a->push->current == a) {
        a->push->current = NULL;
    }
    local_subscription_end(a->served);
    free(a);
}

static bool is_paused(const struct pushes *p)
{
    return p->wire->world->now_us < *p->paused_until_us;
}

/* ---- to the worker -------------------------------------------------------------------------- */

void push_event_free(const void *event)
{
    struct event *e = (struct event *)(uintptr_t)event;
    if (e != NULL) {
        kds_arena_clear(&e->arena);
        kds_error_free(e->error);
        free(e);
    }
}

static void on_hop(void *context, void *payload)
{
    struct event *e = payload;
    struct push *push = e->push;
    (void)context;
    if (is_paused(push->all)) {
        world_at(push->all->wire->world, *push->all->paused_until_us, on_hop, NULL, e);
        return;
    }
    bool failed = e->error != NULL;
    push->all->fn(push->all->actor, push->generation, push->id, failed ? NULL : e,
                  failed ? NULL : &e->data, e->end, e->error);
    if (failed) {
        push_event_free(e);
    }
}

static void hand_over(struct push *push, struct event *e)
{
    struct world *w = push->all->wire->world;
    int64_t at_us = w->now_us + world_between(w, 0, HOP_US);
    push->hop_us = at_us > push->hop_us ? at_us : push->hop_us;
    e->push = push;
    world_at(w, push->hop_us, on_hop, NULL, e);
}

/* ---- the end of a subscribing --------------------------------------------------------------- */

/* The client lets go; the server hears of it, or keeps the subscription until its time is over. */
static void leave(struct attempt *a)
{
    struct world *w = world_of(a);
    if (a->left) {
        return;
    }
    a->left = true;
    if (!world_chance(w, a->push->all->wire->faults.cut > 0 ? NEVER_TOLD : 0)) {
        a->references++;
        world_at(w, w->now_us + world_between(w, 0, 5 * KDS_US_PER_MS), push_on_hang_up,
                 a, NULL);
    }
}

static void
end_attempt(struct attempt *a, enum kds_subscribe_end end, int status, const char *code)
{
    struct push *push = a->push;
    struct world *w = world_of(a);
    leave(a);
    push->in_use_us = end == KDS_SUBSCRIBE_IN_USE ? w->now_us : 0;
    int64_t at_us = kds_subscribe_plan_end(&push->plan, end, w->now_us, &push->rng);
    world_tell(w, "push %llu of %s: ends, kind %d %s; %s", (unsigned long long)push->id,
               push->shard_id, (int)end, code, at_us < 0 ? "for good" : "again");
    if (at_us >= 0) {
        a->references++;
        world_at(w, at_us, subscribe_again, a, NULL);
        return;
    }
    struct event *e = world_alloc(sizeof *e);
    kds_err_t err =
        end == KDS_SUBSCRIBE_MALFORMED
            ? KDS_ERR_PROTOCOL
            : kds_err_of_service(status, kds_slice(code),
                                 kds_failure_of_service(status, kds_slice(code)));
    kds_error_set(&e->error, err, "SubscribeToShard: %s: %s", push->shard_id, code);
    kds_arena_init(&e->arena, ARENA_BYTES);
    push->closed = true;
    hand_over(push, e);
}

/* ---- the client's end ----------------------------------------------------------------------- */

static void on_event(struct attempt *a, const struct delivery *d)
{
    struct push *push = a->push;
    struct event *e = world_alloc(sizeof *e);
    const char *why = NULL;
    kds_arena_init(&e->arena, ARENA_BYTES);
    if (kds_subscribe_event_decode(kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output,
                                   kds_buf_slice(&d->bytes), &e->data, &e->arena,
                                   NULL) != KDS_OK) {
        history_broken(push->all->wire->history, "an event of %s cannot be read",
                       push->shard_id);
        push_event_free(e);
        return;
    }
    enum kds_subscribe_verdict verdict =
        kds_subscribe_plan_event(&push->plan, &e->data, &why);
    if (verdict == KDS_SUBSCRIBE_WRONG) {
        push_event_free(e);
        end_attempt(a, KDS_SUBSCRIBE_MALFORMED, 0, why);
        return;
    }
    e->end = verdict == KDS_SUBSCRIBE_SHARD_END;
    if (e->end) {
        push->closed = true;
        leave(a);
    }
    hand_over(push, e);
}

void push_on_delivery(void *context, void *payload)
{
    struct delivery *d = payload;
    struct attempt *a = d->attempt;
    struct pushes *all = a->push->all;
    (void)context;
    if (is_paused(all)) {
        world_at(all->wire->world, *all->paused_until_us, push_on_delivery, NULL, d);
        return;
    }
    if (!a->left && !a->push->closed) {
        a->heard_us = all->wire->world->now_us;
        switch (d->news) {
        case NEWS_GRANTED:
            a->granted = true;
            kds_subscribe_plan_open(&a->push->plan, a->heard_us);
            break;
        case NEWS_EVENT:
            on_event(a, d);
            break;
        case NEWS_EXCEPTION:
        case NEWS_REFUSAL:
            end_attempt(a,
                        kds_subscribe_end_of(d->news == NEWS_EXCEPTION, d->status,
                                             kds_slice(d->code)),
                        d->status, d->code);
            break;
        case NEWS_END:
            end_attempt(a, KDS_SUBSCRIBE_OVER, 0, "in order");
            break;
        case NEWS_CUT:
            end_attempt(a, KDS_SUBSCRIBE_BROKEN, 0, "cut");
            break;
        }
    }
    kds_buf_clear(&d->bytes);
    free(d);
    push_attempt_release(a);
}

/* ---- subscribing ---------------------------------------------------------------------------- */

/* Nothing came for too long. */
static void on_silence(void *context, void *payload)
{
    struct attempt *a = context;
    struct world *w = world_of(a);
    int64_t until_us = a->heard_us + (a->granted ? SILENCE_US : WIRE_TIMEOUT_US);
    (void)payload;
    if (a->left || a->push->closed) {
        push_attempt_release(a);
        return;
    }
    until_us = is_paused(a->push->all) ? *a->push->all->paused_until_us + 1 : until_us;
    if (w->now_us < until_us) {
        world_at(w, until_us, on_silence, a, NULL);
        return;
    }
    end_attempt(a, KDS_SUBSCRIBE_BROKEN, 0, "silence");
    push_attempt_release(a);
}

static void on_refused(void *context, void *payload)
{
    struct attempt *a = context;
    (void)payload;
    if (!a->left && !a->push->closed) {
        end_attempt(a, KDS_SUBSCRIBE_REFUSED, 0, "connection refused");
    }
    push_attempt_release(a);
}

static void copy_start(struct attempt *a, const kds_starting_position_t *start)
{
    a->start = *start;
    memcpy(a->type, start->type.p, start->type.n);
    a->start.type = kds_slice_of(a->type, start->type.n);
    if (start->sequence_number.n > 0) {
        memcpy(a->sequence, start->sequence_number.p, start->sequence_number.n);
        a->start.sequence_number = kds_slice_of(a->sequence, start->sequence_number.n);
    }
}

static void begin_attempt(struct push *push)
{
    struct wire *wire = push->all->wire;
    struct world *w = wire->world;
    struct attempt *a = world_alloc(sizeof *a);
    kds_starting_position_t start;
    if (push->in_use_us != 0 && w->now_us - push->in_use_us < TAKE_OVER_US) {
        history_broken(wire->history,
                       "manners: %s is subscribed again %lld ms after it was in use",
                       push->shard_id, (long long)(w->now_us - push->in_use_us) / 1000);
    }
    kds_subscribe_plan_call(&push->plan, w->now_us, &start);
    a->push = push;
    push->current = a;
    a->number = push->plan.generation;
    a->heard_us = w->now_us;
    a->pump_us = -1;
    copy_start(a, &start);
    world_tell(w, "push %llu of %s: subscribes, %s %s", (unsigned long long)push->id,
               push->shard_id, a->type, a->sequence);
    a->references = 1;
    if (world_chance(w, wire->faults.refuse)) {
        world_at(w, w->now_us + KDS_US_PER_MS, on_refused, a, NULL);
        return;
    }
    world_at(w, w->now_us + WIRE_TIMEOUT_US, on_silence, a, NULL);
    if (!world_chance(w, wire->faults.lose_request)) {
        a->references++;
        world_at(w, w->now_us + world_between(w, 0, wire->faults.delay_us),
                 push_on_arrival, a, NULL);
    }
}

static void subscribe_again(void *context, void *payload)
{
    struct attempt *a = context;
    struct push *push = a->push;
    (void)payload;
    if (!push->closed && is_paused(push->all)) {
        world_at(world_of(a), *push->all->paused_until_us, subscribe_again, a, NULL);
        return;
    }
    if (!push->closed && a->number == push->plan.generation) {
        begin_attempt(push);
    }
    push_attempt_release(a);
}

void pushes_subscribe(struct pushes *p,
                      uint64_t generation,
                      uint64_t id,
                      const char *shard_id,
                      const kds_starting_position_t *start)
{
    struct push *push = world_alloc(sizeof *push);
    const kds_subscribe_to_shard_in_t in = {.struct_size = sizeof in,
                                            .consumer_arn =
                                                kds_slice(push_consumer_arn(p->wire)),
                                            .shard_id = kds_slice(shard_id),
                                            .starting_position = *start};
    kds_error_t *error = NULL;
    if (kds_shape_validate(kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->input, &in,
                           &error) != KDS_OK) {
        history_broken(p->wire->history, "a core asked for what the model refuses: %s",
                       kds_error_message(error));
        kds_error_free(error);
    }
    push->all = p;
    push->generation = generation;
    push->id = id;
    snprintf(push->shard_id, sizeof push->shard_id, "%s", shard_id);
    kds_rng_seed(&push->rng, kds_rng_next(&p->wire->world->rng));
    kds_subscribe_plan_init(&push->plan, start,
                            world_realtime_us(p->wire->world) / KDS_US_PER_MS);
    push->next = p->list;
    p->list = push;
    begin_attempt(push);
}

static void close_push(struct push *push)
{
    push->closed = true;
    if (push->current != NULL) {
        leave(push->current);
    }
}

void pushes_unsubscribe(struct pushes *p, uint64_t id)
{
    for (struct push *push = p->list; push != NULL; push = push->next) {
        if (push->id == id && !push->closed) {
            close_push(push);
        }
    }
}

void pushes_drop(struct pushes *p)
{
    for (struct push *push = p->list; push != NULL; push = push->next) {
        close_push(push);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

struct pushes *
pushes_new(struct wire *w, const int64_t *paused_until_us, push_fn *fn, void *actor)
{
    struct pushes *p = world_alloc(sizeof *p);
    *p = (struct pushes){
        .wire = w, .paused_until_us = paused_until_us, .fn = fn, .actor = actor};
    return p;
}

void pushes_free(struct pushes *p)
{
    while (p->list != NULL) {
        struct push *next = p->list->next;
        free(p->list);
        p->list = next;
    }
    free(p);
}
