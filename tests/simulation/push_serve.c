#include "push_internal.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>

#define STREAM_ARN  "arn:aws:kinesis:us-east-1:000000000000:stream/" WIRE_STREAM
#define ARENA_BYTES ((size_t)1 << 20)

static void serve_events(void *context, void *payload);

static struct world *world_of(const struct attempt *a)
{
    return a->push->all->wire->world;
}

/* ---- on the way ----------------------------------------------------------------------------- */

static void send_news(struct attempt *a, struct delivery *d)
{
    struct world *w = world_of(a);
    int64_t at_us = w->now_us + world_between(w, 0, a->push->all->wire->faults.delay_us);
    if (a->mute) {
        kds_buf_clear(&d->bytes);
        free(d);
        return;
    }
    a->arrives_us = at_us > a->arrives_us ? at_us : a->arrives_us;
    d->attempt = a;
    a->references++;
    world_at(w, a->arrives_us, push_on_delivery, NULL, d);
}

static struct delivery *new_delivery(enum news news, const char *code, int status)
{
    struct delivery *d = world_alloc(sizeof *d);
    d->news = news;
    d->status = status;
    snprintf(d->code, sizeof d->code, "%s", code);
    kds_buf_init(&d->bytes, ARENA_BYTES);
    return d;
}

static void tell(struct attempt *a, enum news news, const char *code, int status)
{
    send_news(a, new_delivery(news, code, status));
}

/* ---- the server's end ----------------------------------------------------------------------- */

static void plan_pump(struct attempt *a, int64_t at_us)
{
    struct world *w = world_of(a);
    at_us = at_us > w->now_us ? at_us : w->now_us;
    if (a->pump_us < 0 || at_us < a->pump_us) {
        a->pump_us = at_us;
        a->references++;
        world_at(w, at_us, serve_events, a, NULL);
    }
}

/* During a call of the service. */
static void on_ready(void *opaque)
{
    struct attempt *a = opaque;
    plan_pump(a, world_of(a)->now_us);
}

static void drop_served(struct attempt *a)
{
    local_subscription_end(a->served);
    a->served = NULL;
}

static void send_event(struct attempt *a,
                       struct kds_arena *arena,
                       kds_subscribe_to_shard_event_t *event)
{
    struct wire *wire = a->push->all->wire;
    struct delivery *d = new_delivery(NEWS_EVENT, "", 200);
    if (world_chance(wire->world, wire->faults.odd)) {
        odd_event(wire->world, arena, event);
    }
    if (kds_shape_encode(KDS_FORMAT_JSON,
                         kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output, event,
                         &d->bytes) != KDS_OK) {
        fputs("simulation: an event could not be encoded\n", stderr);
        exit(2);
    }
    send_news(a, d);
}

/* What befalls the connection between two events. @return whether it is gone */
static bool befall(struct attempt *a)
{
    static const char *const exceptions[] = {
        "InternalFailureException", "KMSThrottlingException", "ResourceInUseException",
        "ResourceNotFoundException"};
    struct wire *wire = a->push->all->wire;
    struct world *w = wire->world;
    if (!world_chance(w, wire->faults.cut)) {
        return false;
    }
    switch (world_between(w, 0, 3)) {
    case 0: /* both ends hear of it */
        tell(a, NEWS_CUT, "", 0);
        drop_served(a);
        return true;
    case 1: /* the client alone does */
        tell(a, NEWS_CUT, "", 0);
        a->mute = true;
        return false;
    case 2: /* nobody does */
        a->mute = true;
        return false;
    default:
        tell(a, NEWS_EXCEPTION, exceptions[world_between(w, 0, 3)], 0);
        drop_served(a);
        return true;
    }
}

static void serve_events(void *context, void *payload)
{
    struct attempt *a = context;
    struct world *w = world_of(a);
    struct kds_arena arena;
    kds_subscribe_to_shard_event_t out;
    struct local_fault fault;
    (void)payload;
    a->pump_us = a->pump_us <= w->now_us ? -1 : a->pump_us;
    kds_arena_init(&arena, (size_t)64 << 20);
    while (a->served != NULL && !befall(a)) {
        enum local_event event = local_subscription_next(a->served, world_realtime_us(w),
                                                         &arena, &out, &fault);
        if (event == LOCAL_EVENT_NONE) {
            plan_pump(a, local_subscription_due_us(a->served) - WORLD_EPOCH_US);
            break;
        }
        if (event == LOCAL_EVENT_RECORDS) {
            send_event(a, &arena, &out);
            continue;
        }
        tell(a, event == LOCAL_EVENT_END ? NEWS_END : NEWS_EXCEPTION,
             event == LOCAL_EVENT_END ? "" : fault.code, 0);
        drop_served(a);
    }
    kds_arena_clear(&arena);
    push_attempt_release(a);
}

/* @return why not; NULL if there is nothing against it */
static const char *refusal(struct wire *wire, int *status)
{
    struct world *w = wire->world;
    *status = 400;
    if (world_chance(w, wire->faults.throttle)) {
        return "LimitExceededException";
    }
    if (world_chance(w, wire->faults.server_error)) {
        *status = 500;
        return "InternalFailure";
    }
    return world_chance(w, wire->faults.odd / 2)
               ? odd_error(w, KDS_OP_GET_RECORDS) /* those of reading */
               : NULL;
}

void push_on_arrival(void *context, void *payload)
{
    struct attempt *a = context;
    struct wire *wire = a->push->all->wire;
    struct kds_arena arena;
    struct local_fault fault;
    int status;
    (void)payload;
    const kds_subscribe_to_shard_in_t in = {.struct_size = sizeof in,
                                            .consumer_arn =
                                                kds_slice(push_consumer_arn(wire)),
                                            .shard_id = kds_slice(a->push->shard_id),
                                            .starting_position = a->start};
    const char *why = refusal(wire, &status);
    kds_arena_init(&arena, ARENA_BYTES);
    if (why == NULL) {
        a->served = local_service_subscribe(wire->service, world_realtime_us(wire->world),
                                            &in, &arena, &fault, on_ready, a);
        why = a->served ? NULL : fault.code;
        status = a->served ? 200 : fault.status;
    }
    if (why != NULL) {
        tell(a, NEWS_REFUSAL, why, status);
    } else {
        a->mute = world_chance(wire->world, wire->faults.lose_answer);
        tell(a, NEWS_GRANTED, "", status);
        plan_pump(a, wire->world->now_us);
    }
    kds_arena_clear(&arena);
    push_attempt_release(a);
}

void push_on_hang_up(void *context, void *payload)
{
    struct attempt *a = context;
    (void)payload;
    drop_served(a);
    push_attempt_release(a);
}

/* ---- the consumer --------------------------------------------------------------------------- */

const char *push_consumer_arn(struct wire *w)
{
    const kds_register_stream_consumer_in_t in = {.struct_size = sizeof in,
                                                  .stream_arn = kds_slice(STREAM_ARN),
                                                  .consumer_name =
                                                      kds_slice("simulated")};
    kds_register_stream_consumer_out_t out;
    struct kds_arena arena;
    struct local_fault fault;
    if (w->consumer_arn[0] != 0) {
        return w->consumer_arn;
    }
    kds_arena_init(&arena, ARENA_BYTES);
    if (!local_service_call(w->service, world_realtime_us(w->world),
                            KDS_OP_REGISTER_STREAM_CONSUMER, &in, &out, &arena, &fault)) {
        fprintf(stderr, "simulation: %s\n", fault.message);
        exit(2);
    }
    snprintf(w->consumer_arn, sizeof w->consumer_arn, "%.*s",
             (int)out.consumer.consumer_arn.n, (const char *)out.consumer.consumer_arn.p);
    kds_arena_clear(&arena);
    return w->consumer_arn;
}
