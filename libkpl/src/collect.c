/*
 * collect: what is sent when: sealing, limits per shard, requests that are worth sending.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

#define SHARD_BYTES_MAX   ((size_t)262144) /* of one shard in one request: the KPL's */
#define SMALL_LINGER_PART 5 /* what is due within a fifth of the linger time goes along */

/* ---- sealing ------------------------------------------------------------------------------ */

/* Due, or put before the flush. */
static bool
is_due(const struct kpl_stream *stream, const struct kpl_unit *u, int64_t now_us)
{
    return u->due_us <= now_us ||
           (u->count > 0 && u->users[0].put_us <= stream->flush_us);
}

void kpl_seal_due(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    bool any = false;
    for (struct kpl_shard *s = stream->map.shards; !any && s != NULL; s = s->next) {
        any = s->filling != NULL && is_due(stream, s->filling, now_us);
    }
    if (!any) {
        return;
    }
    int64_t linger_us = core->conf->linger_ms < 10000
                            ? core->conf->linger_ms * KDS_US_PER_MS
                            : 10 * KDS_US_PER_S;
    int64_t along_us = now_us + linger_us / SMALL_LINGER_PART;
    for (struct kpl_shard *s = stream->map.shards; s != NULL; s = s->next) {
        if (s->filling != NULL && is_due(stream, s->filling, along_us)) {
            if (!kpl_seal(core, stream, s)) {
                s->filling->due_us =
                    now_us + 10 * KDS_US_PER_MS; /* memory may come back */
            }
        }
    }
}

/* ---- queues ------------------------------------------------------------------------------- */

/* When the first unit of @p q may go. */
static int64_t
ready_at_us(struct kpl_shard *shard, const struct kpl_queue *q, int64_t now_us)
{
    const struct kpl_unit *u = q->first;
    int64_t at_us = u->not_before_us;
    if (shard != NULL) {
        int64_t limit_us = kpl_limiter_at_us(&shard->limiter, kpl_unit_size(u), now_us);
        at_us = limit_us > at_us ? limit_us : at_us;
    }
    return at_us;
}

/* Is a request due, whose company can no longer be waited for? */
struct survey {
    bool send;
    size_t count, bytes; /* of what is ready */
    int64_t wake_us;     /* when that may change */
};

static void wake_by(struct survey *s, int64_t at_us)
{
    s->wake_us = at_us < s->wake_us ? at_us : s->wake_us;
}

static void survey_queue(struct survey *s,
                         struct kpl_stream *stream,
                         struct kpl_shard *shard,
                         const struct kpl_queue *q,
                         bool hurry,
                         int64_t now_us)
{
    if (q->first == NULL) {
        return;
    }
    int64_t ready_us = ready_at_us(shard, q, now_us);
    if (ready_us > now_us) {
        wake_by(s, ready_us);
        return;
    }
    if (hurry ? is_due(stream, q->first, now_us) : q->first->due_us <= now_us) {
        s->send = true;
    }
    wake_by(s, q->first->due_us);
    size_t bytes = 0;
    for (const struct kpl_unit *u = q->first; u != NULL && bytes < SHARD_BYTES_MAX;
         u = u->next) {
        bytes += kpl_unit_size(u);
        s->count++;
    }
    s->bytes += bytes;
    s->send |= bytes >= SHARD_BYTES_MAX;
}

static void survey(struct kpl_core *core,
                   int64_t now_us,
                   struct kpl_stream *stream,
                   struct survey *out)
{
    const struct kpl_conf *conf = core->conf;
    *out = (struct survey){.wake_us = KDS_NEVER_US};
    for (struct kpl_shard *s = stream->map.shards; s != NULL; s = s->next) {
        survey_queue(out, stream, s, &s->sealed, true, now_us);
    }
    /* While a map is being asked for, a flush does not send records alone that it would pack. */
    bool asking =
        stream->map.listing == KPL_LISTING_ASKED ||
        (stream->map.listing == KPL_LISTING_WANTED && stream->map.ask_at_us <= now_us);
    survey_queue(out, stream, NULL, &stream->unplaced, !asking, now_us);
    out->send |= out->count >= (size_t)conf->batch_max_records ||
                 out->bytes >= (size_t)conf->batch_max_bytes;
}

/* ---- requests ----------------------------------------------------------------------------- */

/* Move what is ready from one queue into the request. */
static void take_ready(struct kpl_core *core,
                       int64_t now_us,
                       struct kpl_shard *shard,
                       struct kpl_queue *q,
                       struct kpl_request *request,
                       size_t *bytes)
{
    size_t shard_bytes = 0;
    while (q->first != NULL && request->count < request->room &&
           ready_at_us(shard, q, now_us) <= now_us) {
        size_t size = kpl_unit_size(q->first);
        /* A lone record may exceed the limit of a request, but nothing goes with it. */
        if (request->count > 0 && *bytes + size > (size_t)core->conf->batch_max_bytes) {
            return;
        }
        if (shard_bytes > 0 && shard_bytes + size > SHARD_BYTES_MAX) {
            return;
        }
        struct kpl_unit *u = kpl_queue_pop(q);
        if (shard != NULL) {
            kpl_limiter_charge(&shard->limiter, size);
        }
        u->sent_us = now_us;
        request->units[request->count++] = u;
        shard_bytes += size;
        *bytes += size;
    }
}

/* The MD5 of every aggregate that has none yet, several at once; then the entries. */
static void complete(struct kpl_request *request)
{
    uint8_t *messages[500];
    size_t sizes[500], n = 0;
    for (size_t i = 0; i < request->count; i++) {
        struct kpl_unit *u = request->units[i];
        if (u->aggregated && !u->digested) {
            messages[n] = u->bytes.p;
            sizes[n++] = u->bytes.n;
            u->digested = true;
        }
    }
    kds_agg_finish(messages, sizes, n);
    for (size_t i = 0; i < request->count; i++) {
        request->entries[i] = kpl_unit_entry(request->units[i]);
    }
}

static struct kpl_request *request_new(size_t room)
{
    struct kpl_request *request = kds_alloc_zero(1, sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    request->room = room;
    request->units = kds_alloc_zero(room, sizeof(struct kpl_unit *));
    request->entries = kds_alloc_zero(room, sizeof *request->entries);
    if (request->units == NULL || request->entries == NULL) {
        kds_free(request->units);
        kds_free(request->entries);
        kds_free(request);
        return NULL;
    }
    return request;
}

struct kpl_request *
kpl_collect(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    struct survey s;
    size_t bytes = 0, room = (size_t)core->conf->batch_max_records;
    survey(core, now_us, stream, &s);
    if (!s.send) {
        return NULL;
    }
    struct kpl_request *request = request_new(s.count < room ? s.count : room);
    if (request == NULL) {
        return NULL; /* memory may come back before the records expire */
    }
    take_ready(core, now_us, NULL, &stream->unplaced, request, &bytes);
    for (struct kpl_shard *shard = stream->map.shards;
         shard != NULL && request->count < request->room; shard = shard->next) {
        take_ready(core, now_us, shard, &shard->sealed, request, &bytes);
    }
    complete(request);
    return request;
}

int64_t
kpl_stream_wake_at_us(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    struct survey s;
    survey(core, now_us, stream, &s);
    if (core->in_flight >= (size_t)core->conf->connections_max) {
        s.wake_us = KDS_NEVER_US; /* an answer wakes */
        s.send = false;
    }
    if (s.send) {
        s.wake_us = now_us;
    }
    if (stream->map.listing == KPL_LISTING_WANTED) {
        wake_by(&s, stream->map.ask_at_us);
    }
    wake_by(&s, stream->expiry_us);
    for (struct kpl_shard *shard = stream->map.shards; shard != NULL;
         shard = shard->next) {
        if (shard->filling != NULL) {
            wake_by(&s, is_due(stream, shard->filling, now_us) ? now_us
                                                               : shard->filling->due_us);
        }
    }
    return s.wake_us;
}
