/*
 * place: units and what names them, and where they go when the shards have changed.
 *
 * Where the order of puts counts, a shard that is gone keeps what it holds and sends it before its
 * successors send anything with the same hash keys (collect.c); else its units go over to them.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

/* Of units that ended: as many as the memory of a few requests takes, so that a steady flow of records
 * needs no other. */
#define SPARE_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* ---- units and what names them ---------------------------------------------------------------- */

static struct kpl_unit *take_spare(struct kpl_core *core)
{
    struct kpl_unit *u = kpl_queue_pop(&core->spare);
    if (u != NULL) {
        core->spare_bytes -= kpl_unit_footprint(u);
    }
    return u;
}

static void give_back(struct kpl_core *core, struct kpl_unit *u)
{
    size_t bytes = kpl_unit_footprint(u);
    if (bytes > SPARE_BYTES_MAX - core->spare_bytes) {
        kpl_unit_free(u);
        return;
    }
    kpl_unit_renew(u);
    core->spare_bytes += bytes;
    kpl_queue_push_front(&core->spare, u); /* the last one is in the caches */
}

void kpl_unit_enter(struct kpl_core *core,
                    struct kpl_unit *u,
                    struct kpl_stream *stream,
                    struct kpl_shard *shard)
{
    u->stream = stream;
    u->shard = shard;
    u->epoch = (uint8_t)(core->epoch % KPL_EPOCHS_MAX);
    core->open[u->epoch]++;
    shard->units++;
}

struct kpl_unit *
kpl_unit_open(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
{
    struct kpl_unit *u = take_spare(core);
    u = u != NULL ? u : kpl_unit_new();
    if (u != NULL) {
        kpl_unit_enter(core, u, stream, shard);
    }
    return u;
}

/* It is as old as the oldest of what it holds: a flush from before waits for it. */
void kpl_backdate(struct kpl_core *core, struct kpl_unit *u, uint8_t epoch)
{
    unsigned now = (unsigned)(core->epoch % KPL_EPOCHS_MAX) + KPL_EPOCHS_MAX;
    if ((now - epoch) % KPL_EPOCHS_MAX > (now - u->epoch) % KPL_EPOCHS_MAX) {
        core->open[u->epoch]--;
        core->open[epoch]++;
        u->epoch = epoch;
    }
}

void kpl_unit_close(struct kpl_core *core, struct kpl_unit *u)
{
    if (u != NULL) {
        core->open[u->epoch]--;
        core->bytes -= u->cost;
        u->shard->units--;
        kpl_unit_set_actual(u, NULL);
        give_back(core, u);
    }
}

void kpl_unit_set_actual(struct kpl_unit *u, struct kpl_shard *actual)
{
    if (u->actual != NULL) {
        u->actual->units--;
    }
    u->actual = actual;
    if (actual != NULL) {
        actual->units++;
    }
}

void kpl_queue_unit(struct kpl_unit *u, bool in_front)
{
    struct kpl_queue *q = &u->shard->sealed;
    if (in_front) {
        kpl_queue_push_front(q, u);
    } else {
        kpl_queue_push(q, u);
    }
    if (u->expires_us < u->stream->expiry_us) {
        u->stream->expiry_us = u->expires_us;
    }
}

struct kpl_shard *kpl_shard_for(struct kpl_stream *stream, kds_u128_t hash)
{
    return kpl_stream_places(stream) ? kpl_shard_map_find(&stream->map, hash)
                                     : &stream->anywhere;
}

/* ---- filled units --------------------------------------------------------------------------- */

bool kpl_seal(struct kpl_stream *stream, struct kpl_shard *shard)
{
    struct kpl_unit *u = shard->filling;
    (void)stream;
    if (u == NULL) {
        return true;
    }
    if (!kpl_unit_set_aggregate(u, shard->builder)) {
        return false;
    }
    shard->filling = NULL;
    kpl_queue_unit(u, false);
    return true;
}

/* A unit of one record, not yet in a queue. */
struct kpl_unit *kpl_make_single(struct kpl_core *core,
                                 struct kpl_stream *stream,
                                 struct kpl_shard *shard,
                                 const struct kds_agg_view *record,
                                 const struct kpl_user *user,
                                 kds_u128_t hash)
{
    struct kpl_unit *u = kpl_unit_open(core, stream, shard);
    if (u == NULL || !kpl_unit_set_single(u, record)) {
        kpl_unit_close(core, u);
        return NULL;
    }
    kpl_unit_add_user(u, user, hash, record->data.n, core->ttl_us);
    return u;
}

/* ---- everything that waits ------------------------------------------------------------------ */

/* A record that was never sent joins the others of its shard, as if it were put now. */
static bool join(struct kpl_core *core, struct kpl_unit *u)
{
    struct kpl_unit_reader reader;
    struct kds_agg_view view;
    if (u->attempts > 0 || u->count != 1 || u->aggregated ||
        !kpl_unit_read(&reader, u, core->decoder) || !kpl_unit_next(&reader, &view)) {
        return false;
    }
    const struct kpl_entry entry = {
        .record = kpl_agg_record(&view, u->hash),
        .user = u->users[0],
        .hash = u->hash,
        .due_us = u->due_us,
        .cost = u->cost,
    };
    struct kpl_unit *to =
        kpl_place(core, u->stream, kpl_stream_way(core, u->stream), &entry);
    if (to == NULL) {
        return false;
    }
    kpl_backdate(core, to, u->epoch);
    u->cost = 0;
    kpl_unit_close(core, u);
    return true;
}

static void empty_shard(struct kpl_core *core,
                        int64_t now_us,
                        struct kpl_stream *stream,
                        struct kpl_shard *shard)
{
    bool stay = core->conf->ordered && shard->under_way > 0;
    kpl_seal(stream, shard); /* what cannot be sealed now goes when it is due */
    for (size_t n = shard->sealed.count; n > 0; n--) {
        struct kpl_unit *u = kpl_queue_pop(&shard->sealed);
        if (stay || !join(core, u)) {
            kpl_remake_at(core, now_us, u, stay, false);
        }
    }
}

void kpl_place_again(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    bool places = kpl_stream_places(stream);
    struct kpl_shard *s = NULL;
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        bool use = s == &stream->anywhere ? !places : places && s->open;
        if (use && !s->in_use) {
            s->generation = ++stream->generations;
        }
        /* Only what went out of use just now: later its successors may hold newer records. */
        s->moved |= s->in_use && !use;
        s->in_use = use;
    }
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        if (s->moved) {
            s->moved = false;
            empty_shard(core, now_us, stream, s);
        } else if (!s->in_use && !core->conf->ordered) {
            empty_shard(core, now_us, stream, s);
        }
    }
    kpl_shard_map_forget(&stream->map, now_us);
}
