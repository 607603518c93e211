/*
 * collect: what is sent when: sealing, limits per shard, requests that are worth sending.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/size.h"

#include <string.h>

#define SHARD_BYTES_MAX   ((size_t)262144) /* of one shard in one request: the KPL's */
#define SMALL_LINGER_PART 5 /* what is due within a fifth of the linger time goes along */
#define REQUEST_BYTES_MAX ((size_t)10485760) /* the service's */

/* ---- sealing ------------------------------------------------------------------------------ */

/* Due, or put before the flush. */
static bool
is_due(const struct kpl_stream *stream, const struct kpl_unit *u, int64_t now_us)
{
    return u->due_us <= now_us || (u->count > 0 && u->oldest_us <= stream->flush_us);
}

void kpl_seal_due(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    bool any = false;
    struct kpl_shard *s = NULL;
    while (!any && (s = kpl_stream_next_shard(stream, s)) != NULL) {
        any = s->filling != NULL && is_due(stream, s->filling, now_us);
    }
    if (!any) {
        return;
    }
    int64_t linger_us = core->linger_us < 10 * KDS_US_PER_S ? core->linger_us : 0;
    int64_t along_us = now_us + linger_us / SMALL_LINGER_PART;
    s = NULL;
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        if (s->filling != NULL && is_due(stream, s->filling, along_us) &&
            !kpl_seal(stream, s)) {
            s->filling->due_us = now_us + 10 * KDS_US_PER_MS; /* memory may come back */
        }
    }
}

/* ---- order ---------------------------------------------------------------------------------- */

static bool overlap(const struct kpl_shard *a, const struct kpl_shard *b)
{
    return kds_u128_cmp(a->first, b->last) <= 0 && kds_u128_cmp(b->first, a->last) <= 0;
}

/* What a shard that is gone still holds goes before anything of its successors. */
static void block_successors(struct kpl_stream *stream)
{
    struct kpl_shard *old = NULL, *s = NULL;
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        s->blocked = false;
    }
    while ((old = kpl_stream_next_shard(stream, old)) != NULL) {
        if (old->in_use ||
            (old->sealed.count == 0 && old->under_way == 0 && old->filling == NULL)) {
            continue;
        }
        s = NULL;
        while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
            s->blocked |= s->generation > old->generation && overlap(old, s);
        }
    }
}

/* ---- what is ready -------------------------------------------------------------------------- */

/* It was packed by a map that may be another stream's by now, and there is no other to judge it by. */
static bool is_doubted(const struct kpl_unit *u)
{
    const struct kpl_shard_map *m = &u->stream->map;
    return u->aggregated && m->doubted && kpl_shard_map_is_hopeless(m);
}

/* When the first unit that waits for @p shard may go; KDS_NEVER_US = not before an answer. */
static int64_t
ready_at_us(const struct kpl_core *core, struct kpl_shard *shard, int64_t now_us)
{
    const struct kpl_unit *u = shard->sealed.first;
    if (core->conf->ordered && (shard->under_way > 0 || shard->blocked)) {
        return KDS_NEVER_US;
    }
    int64_t limit_us = kpl_limiter_at_us(&shard->limiter, kpl_unit_size(u), now_us);
    return limit_us > u->not_before_us ? limit_us : u->not_before_us;
}

/* Is a request due, whose company can no longer be waited for? */
struct survey {
    bool send;
    size_t count; /* of what is ready */
    size_t pressing_count,
        pressing_bytes; /* ... and goes when it is enough for a request */
    int64_t wake_us;    /* when that may change */
};

/* Both questions about the stream are asked, and none has been answered with no. */
static bool is_asking(const struct kpl_stream *stream, int64_t now_us)
{
    bool shards =
        stream->map.listing == KPL_LISTING_ASKED ||
        (stream->map.listing == KPL_LISTING_WANTED && stream->map.ask_at_us <= now_us);
    return stream->strategy != KPL_STRATEGY_AUTO &&
           (shards || (stream->describing && !stream->described));
}

/* An answer under way would let the records be packed that go alone now: neither their number nor a flush
 * sends them before they are due, unless they take up half of the budget. */
static bool awaits_answers(const struct kpl_core *core,
                           const struct kpl_stream *stream,
                           int64_t now_us)
{
    return core->conf->aggregation && is_asking(stream, now_us) &&
           core->bytes < kds_size(core->conf->buffer_max_bytes) / 2;
}

static void wake_by(struct survey *s, int64_t at_us)
{
    s->wake_us = at_us < s->wake_us ? at_us : s->wake_us;
}

static void survey_shard(const struct kpl_core *core,
                         struct survey *s,
                         struct kpl_stream *stream,
                         struct kpl_shard *shard,
                         int64_t now_us)
{
    const struct kpl_unit *first = shard->sealed.first;
    if (first == NULL) {
        return;
    }
    int64_t ready_us = ready_at_us(core, shard, now_us);
    if (ready_us > now_us) {
        wake_by(s, ready_us);
        return;
    }
    wake_by(s, first->due_us);
    bool patient = shard == &stream->anywhere && awaits_answers(core, stream, now_us);
    s->send |= patient ? first->due_us <= now_us : is_due(stream, first, now_us);
    size_t bytes = 0, count = 0, most = (size_t)core->conf->batch_max_records;
    for (const struct kpl_unit *u = first;
         u != NULL && bytes < SHARD_BYTES_MAX && count < most;
         u = core->conf->ordered ? NULL : u->next) {
        bytes += kpl_unit_size(u);
        count++;
    }
    s->count += count;
    if (!patient) {
        s->pressing_count += count;
        s->pressing_bytes += bytes;
        s->send |= bytes >= SHARD_BYTES_MAX;
    }
}

static size_t batch_bytes(const struct kpl_core *core)
{
    return (uint64_t)core->conf->batch_max_bytes < REQUEST_BYTES_MAX
               ? (size_t)core->conf->batch_max_bytes
               : REQUEST_BYTES_MAX;
}

static void survey(struct kpl_core *core,
                   int64_t now_us,
                   struct kpl_stream *stream,
                   struct survey *out)
{
    struct kpl_shard *s = NULL;
    *out = (struct survey){.wake_us = KDS_NEVER_US};
    if (core->conf->ordered) {
        block_successors(stream);
    }
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        survey_shard(core, out, stream, s, now_us);
    }
    out->send |= out->pressing_count >= (size_t)core->conf->batch_max_records ||
                 out->pressing_bytes >= batch_bytes(core);
}

/* ---- requests ----------------------------------------------------------------------------- */

struct taking {
    struct kpl_core *core;
    struct kpl_request *request;
    size_t bytes, company;
    int64_t now_us;
};

static bool has_room(const struct taking *t, const struct kpl_unit *u)
{
    size_t count = t->request->count;
    size_t company = u->company > 0 && u->company < t->company ? u->company : t->company;
    /* A lone record may exceed the limit of a request, but nothing goes with it. */
    return count < company &&
           (count == 0 || t->bytes + kpl_unit_size(u) <= batch_bytes(t->core));
}

/* Move what is ready for one shard into the request. */
static void take_ready(struct taking *t, struct kpl_shard *shard)
{
    struct kpl_queue *q = &shard->sealed;
    size_t shard_bytes = 0;
    while (q->first != NULL && has_room(t, q->first) &&
           ready_at_us(t->core, shard, t->now_us) <= t->now_us) {
        size_t size = kpl_unit_size(q->first);
        if (shard_bytes > 0 && shard_bytes + size > SHARD_BYTES_MAX) {
            return;
        }
        struct kpl_unit *u = kpl_queue_pop(q);
        if (is_doubted(u)) {
            kpl_remake(t->core, t->now_us, u);
            continue;
        }
        kpl_limiter_charge(&shard->limiter, size);
        u->sent_us = t->now_us;
        shard->under_way++;
        t->company = u->company > 0 && u->company < t->company ? u->company : t->company;
        t->request->units[t->request->count++] = u;
        shard_bytes += size;
        t->bytes += size;
    }
}

/* The MD5 of every aggregate that has none yet, several at once; then the entries. */
void kpl_request_complete(struct kpl_request *request)
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
        request->entries[i] = kpl_unit_entry(request->units[i], request->hash_texts[i]);
    }
}

void kpl_request_free(struct kpl_core *core, struct kpl_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        kpl_unit_close(core, request->units[i]);
    }
    kds_free(request->units);
    kds_free(request->entries);
    kds_free(request->hash_texts);
    kds_free(request);
}

static struct kpl_request *request_new(struct kpl_core *core, size_t room)
{
    struct kpl_request *request = kds_alloc_zero(1, sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    request->room = room;
    request->units = kds_alloc_zero(room, sizeof(struct kpl_unit *));
    request->entries = kds_alloc_zero(room, sizeof *request->entries);
    request->hash_texts = kds_alloc_zero(room, sizeof *request->hash_texts);
    if (request->units == NULL || request->entries == NULL ||
        request->hash_texts == NULL) {
        kpl_request_free(core, request);
        return NULL;
    }
    return request;
}

/* A service that spreads records in turn must not do so in step with this. */
static struct kpl_shard *any_shard(struct kpl_core *core, struct kpl_stream *stream)
{
    struct kpl_shard *s = &stream->anywhere;
    for (uint64_t n = kds_rng_below(&core->rng, stream->map.shard_count + 1); n > 0;
         n--) {
        s = kpl_stream_next_shard(stream, s);
    }
    return s;
}

/* Each shard has its turn: one request begins where the last one ended. */
static void take_in_turn(struct taking *t, struct kpl_stream *stream)
{
    struct kpl_shard *first = stream->turn ? stream->turn : &stream->anywhere;
    if (kpl_stream_is_unproved(stream)) {
        first = any_shard(t->core, stream);
    }
    struct kpl_shard *s = first;
    do {
        take_ready(t, s);
        s = kpl_stream_next_shard(stream, s);
        s = s ? s : &stream->anywhere;
    } while (s != first && t->request->count < t->company);
    stream->turn = s;
}

struct kpl_request *
kpl_collect(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    struct survey s;
    size_t room = (size_t)core->conf->batch_max_records;
    survey(core, now_us, stream, &s);
    if (!s.send) {
        return NULL;
    }
    room = s.count < room ? s.count : room;
    struct kpl_request *request = request_new(core, room);
    if (request == NULL) {
        return NULL; /* memory may come back before the records expire */
    }
    struct taking t = {
        .core = core, .request = request, .company = room, .now_us = now_us};
    take_in_turn(&t, stream);
    if (request->count == 0) {
        kpl_request_free(core, request);
        return NULL;
    }
    return request;
}

/* ---- waking ------------------------------------------------------------------------------- */

/* When requests may go as far as others under way and failures are concerned. */
static int64_t
gate_us(const struct kpl_core *core, const struct kpl_stream *stream, int64_t now_us)
{
    if (core->in_flight >= (size_t)core->conf->connections_max ||
        (kpl_gate_is_closed(&stream->gate) && stream->in_flight > 0)) {
        return KDS_NEVER_US; /* an answer wakes */
    }
    return kpl_gate_is_closed(&stream->gate) ? stream->gate.not_before_us : now_us;
}

int64_t
kpl_stream_wake_at_us(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    struct survey s;
    survey(core, now_us, stream, &s);
    int64_t at_us = gate_us(core, stream, now_us);
    if (s.send) {
        s.wake_us = now_us;
    }
    s.wake_us = s.wake_us > at_us ? s.wake_us : at_us;
    if (stream->map.listing == KPL_LISTING_WANTED) {
        wake_by(&s, stream->map.ask_at_us);
    }
    if (!stream->describing) {
        wake_by(&s, stream->describe_at_us);
    }
    wake_by(&s, stream->expiry_us);
    for (struct kpl_shard *shard = NULL;
         (shard = kpl_stream_next_shard(stream, shard)) != NULL;) {
        if (shard->filling != NULL) {
            wake_by(&s, is_due(stream, shard->filling, now_us) ? now_us
                                                               : shard->filling->due_us);
        }
    }
    return s.wake_us;
}
