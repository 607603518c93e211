/*
 * service_subscribe: SubscribeToShard, and what becomes of its subscriptions.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "service_internal.h"
#include "subscriptions.h"

#include <inttypes.h>
#include <string.h>

struct local_subscription {
    struct local_subscription *next, **at; /* in the shard's list; at NULL = in none */
    struct local_service *service;
    struct local_stream *stream; /* these three NULL: gone */
    struct local_shard *shard;
    struct local_consumer *consumer;
    size_t position;
    int64_t ends_us, beat_us; /* when the next event is due, with or without records */
    int64_t send_us;          /* no records before */
    bool superseded, over, waiting;
    local_ready_fn *ready;
    void *opaque;
};

/* ---- telling ------------------------------------------------------------------------------ */

static void wake(struct local_subscription *sub)
{
    if (sub->waiting) {
        sub->waiting = false;
        if (sub->ready != NULL) {
            sub->ready(sub->opaque);
        }
    }
}

void local_wake_readers(struct local_shard *shard)
{
    for (struct local_subscription *sub = shard->readers; sub != NULL; sub = sub->next) {
        wake(sub);
    }
}

void local_wake_all_readers(struct local_stream *stream)
{
    for (size_t i = 0; i < stream->shard_count; i++) {
        local_wake_readers(stream->shards[i]);
    }
}

static void leave(struct local_subscription *sub)
{
    if (sub->at != NULL) {
        *sub->at = sub->next;
        if (sub->next != NULL) {
            sub->next->at = sub->at;
        }
        sub->at = NULL;
    }
}

void local_orphan_readers(struct local_shard *shard,
                          const struct local_consumer *consumer)
{
    struct local_subscription *next;
    for (struct local_subscription *sub = shard->readers; sub != NULL; sub = next) {
        next = sub->next;
        if (consumer == NULL || sub->consumer == consumer) {
            leave(sub);
            sub->stream = NULL;
            sub->shard = NULL;
            sub->consumer = NULL;
            wake(sub);
        }
    }
}

void local_orphan_consumer(struct local_stream *stream,
                           const struct local_consumer *consumer)
{
    for (size_t i = 0; i < stream->shard_count; i++) {
        local_orphan_readers(stream->shards[i], consumer);
    }
}

/* ---- subscribing -------------------------------------------------------------------------- */

/* When this consumer last called for this shard, and with success; what is too old goes. */
static struct local_attempt *
attempt_of(struct local_consumer *consumer, uint32_t shard, int64_t old_us)
{
    size_t kept = 0, at = SIZE_MAX;
    for (size_t i = 0; i < consumer->attempt_count; i++) {
        const struct local_attempt a = consumer->attempts[i];
        if (a.shard == shard) {
            at = kept;
        }
        if (a.shard == shard || a.called_us > old_us || a.served_us > old_us) {
            consumer->attempts[kept++] = a;
        }
    }
    consumer->attempt_count = kept;
    if (at == SIZE_MAX) {
        struct local_attempt *more =
            kds_realloc_array(consumer->attempts, kept + 1, sizeof *more);
        if (more == NULL) {
            return NULL;
        }
        const struct local_attempt fresh = {shard, INT64_MIN, INT64_MIN};
        consumer->attempts = more;
        consumer->attempts[kept] = fresh;
        consumer->attempt_count = kept + 1;
        at = kept;
    }
    return &consumer->attempts[at];
}

static bool refuse_another(struct call *c, const struct local_subscription *sub)
{
    return local_refuse(c, LOCAL_IN_USE,
                        "Another active subscription exists for this consumer: "
                        "%s:%s:%s:%s",
                        c->service->account, sub->stream->name, sub->shard->id,
                        sub->consumer->name);
}

/* Whether the rules of time allow it. */
static bool may_subscribe(struct call *c, const struct local_subscription *sub)
{
    const int64_t takeover_us = c->service->options.takeover_ms * KDS_US_PER_MS;
    const int64_t old_us = c->now_us - takeover_us;
    struct local_attempt *a = attempt_of(sub->consumer, sub->shard->index, old_us);
    if (a == NULL) {
        return local_out_of_memory(c);
    }
    const bool soon = a->called_us > c->now_us - KDS_US_PER_S;
    a->called_us = c->now_us;
    if (a->served_us > old_us) {
        return refuse_another(c, sub);
    }
    if (c->service->options.limits && soon) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "Rate exceeded for SubscribeToShard on shard %s.",
                            sub->shard->id);
    }
    a->served_us = c->now_us;
    return true;
}

static void join(struct local_subscription *sub)
{
    for (struct local_subscription *other = sub->shard->readers; other != NULL;
         other = other->next) {
        if (other->consumer == sub->consumer && !other->over) {
            other->superseded = true;
            wake(other);
        }
    }
    sub->next = sub->shard->readers;
    sub->at = &sub->shard->readers;
    if (sub->next != NULL) {
        sub->next->at = &sub->next;
    }
    sub->shard->readers = sub;
}

bool local_start_reading(struct call *c,
                         struct local_stream *stream,
                         struct local_shard *shard,
                         struct local_consumer *consumer,
                         size_t position)
{
    struct local_subscription *sub = c->subscription;
    sub->service = c->service;
    sub->stream = stream;
    sub->shard = shard;
    sub->consumer = consumer;
    sub->position = position;
    sub->beat_us =
        c->now_us; /* the first event at once: the reader is to know where it is */
    sub->ends_us =
        kds_us_add(c->now_us, c->service->options.subscription_ms * KDS_US_PER_MS);
    if (!may_subscribe(c, sub)) {
        return false;
    }
    join(sub);
    return true;
}

struct local_subscription *local_service_subscribe(struct local_service *s,
                                                   int64_t now_us,
                                                   const kds_subscribe_to_shard_in_t *in,
                                                   struct kds_arena *arena,
                                                   struct local_fault *fault,
                                                   local_ready_fn *ready,
                                                   void *opaque)
{
    kds_subscribe_to_shard_event_t nothing;
    struct local_subscription *sub = kds_alloc_zero(1, sizeof *sub);
    if (sub != NULL) {
        sub->ready = ready;
        sub->opaque = opaque;
    }
    if (!local_service_run(s, now_us, KDS_OP_SUBSCRIBE_TO_SHARD, in, &nothing, arena,
                           fault, sub)) {
        kds_free(sub);
        return NULL;
    }
    return sub;
}

void local_subscription_end(struct local_subscription *sub)
{
    if (sub != NULL) {
        leave(sub);
        kds_free(sub);
    }
}

/* ---- events ------------------------------------------------------------------------------- */

static enum local_event end_with(struct local_subscription *sub,
                                 struct call *c,
                                 const char *code,
                                 const char *why)
{
    sub->over = true;
    local_refuse(c, code, "%s", why);
    return LOCAL_EVENT_EXCEPTION;
}

/* What ends a subscription, whatever is there to read. @return NONE: nothing does */
static enum local_event ended(struct local_subscription *sub, struct call *c)
{
    if (sub->over) {
        return LOCAL_EVENT_END;
    }
    if (sub->stream == NULL || sub->stream->status == LOCAL_DELETING ||
        sub->consumer->status == LOCAL_DELETING) {
        return end_with(sub, c, LOCAL_NOT_FOUND,
                        "The stream, shard or consumer of this subscription no longer "
                        "exists.");
    }
    if (sub->superseded) {
        return end_with(
            sub, c, LOCAL_IN_USE,
            "Another subscription of this consumer has taken over the shard.");
    }
    if (c->now_us >= sub->ends_us) {
        sub->over = true;
        return LOCAL_EVENT_END;
    }
    return LOCAL_EVENT_NONE;
}

/* From where to go on after this event. */
static bool show_continuation(struct local_subscription *sub,
                              struct call *c,
                              kds_subscribe_to_shard_event_t *out)
{
    const struct local_shard *shard = sub->shard;
    struct local_sequence row = {.limbs = {0}};
    char text[LOCAL_SEQUENCE_BYTES];
    if (out->records_count > 0) {
        out->continuation_sequence_number =
            out->records[out->records_count - 1].sequence_number;
        return true;
    }
    if (sub->position > shard->log.first) {
        size_t last = sub->position - 1;
        local_shard_number(shard, last, local_log_at(&shard->log, last), &row, text);
        out->continuation_sequence_number = kds_arena_copy(c->arena, kds_slice(text));
    } else {
        out->continuation_sequence_number = kds_slice(shard->starting_sequence);
    }
    return out->continuation_sequence_number.p != NULL;
}

static enum local_event records(struct local_subscription *sub,
                                struct call *c,
                                kds_subscribe_to_shard_event_t *out)
{
    const struct local_log *log = &sub->shard->log;
    size_t bytes = 0;
    if (!local_show_records(c, sub->shard, sub->position, LOCAL_EVENT_RECORDS_MAX,
                            LOCAL_EVENT_BYTES_MAX, &out->records, &out->records_count,
                            &bytes)) {
        sub->over = true;
        return LOCAL_EVENT_EXCEPTION;
    }
    sub->position += out->records_count;
    if (c->service->options.limits) {
        sub->send_us =
            c->now_us + (int64_t)bytes * KDS_US_PER_S / LOCAL_EVENT_BYTES_PER_SEC;
    }
    if (sub->position < log->count) {
        int64_t behind_ms = c->now_ms - local_log_at(log, sub->position)->arrival_ms;
        out->millis_behind_latest = behind_ms > 0 ? behind_ms : 0;
    }
    sub->beat_us =
        kds_us_add(c->now_us, c->service->options.heartbeat_ms * KDS_US_PER_MS);
    if (!show_continuation(sub, c, out)) {
        sub->over = true;
        local_out_of_memory(c);
        return LOCAL_EVENT_EXCEPTION;
    }
    return LOCAL_EVENT_RECORDS;
}

/* A closed shard is read out. */
static enum local_event last_event(struct local_subscription *sub,
                                   struct call *c,
                                   kds_subscribe_to_shard_event_t *out)
{
    sub->over = true;
    static const kds_record_t none;
    out->records = &none; /* an empty list, not an absent one */
    return local_show_children(c, sub->stream, sub->shard, &out->child_shards,
                               &out->child_shards_count)
               ? LOCAL_EVENT_RECORDS
               : LOCAL_EVENT_EXCEPTION;
}

enum local_event local_subscription_next(struct local_subscription *sub,
                                         int64_t now_us,
                                         struct kds_arena *arena,
                                         kds_subscribe_to_shard_event_t *out,
                                         struct local_fault *fault)
{
    struct call c = {.service = sub->service,
                     .now_us = now_us,
                     .now_ms = now_us / KDS_US_PER_MS,
                     .operation = KDS_OP_SUBSCRIBE_TO_SHARD,
                     .arena = arena,
                     .fault = fault};
    memset(out, 0, sizeof *out);
    sub->waiting = false;
    enum local_event end = ended(sub, &c);
    if (end != LOCAL_EVENT_NONE) {
        return end;
    }
    local_trim(sub->service, sub->stream, sub->shard, now_us);
    if (sub->position < sub->shard->log.first) {
        sub->position = sub->shard->log.first; /* what lay between is too old */
    }
    const bool some = sub->position < sub->shard->log.count;
    if (!some && !local_shard_is_open(sub->shard)) {
        return last_event(sub, &c, out);
    }
    if ((some && now_us >= sub->send_us) || (!some && now_us >= sub->beat_us)) {
        return records(sub, &c, out);
    }
    sub->waiting = !some; /* what comes on top of what waits already changes nothing */
    return LOCAL_EVENT_NONE;
}

int64_t local_subscription_due_us(const struct local_subscription *sub)
{
    if (sub->stream == NULL || sub->superseded || sub->over) {
        return 0;
    }
    const bool some = sub->position < sub->shard->log.count;
    int64_t due_us = some ? sub->send_us : sub->beat_us;
    return due_us < sub->ends_us ? due_us : sub->ends_us;
}
