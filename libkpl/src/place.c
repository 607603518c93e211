/*
 * place: which unit a record goes into, and how units are made anew when the shards have changed.
 *
 * Where the order of puts counts, a shard that is gone keeps what it holds and sends it before its
 * successors send anything with the same hash keys (collect.c); else its units go over to them.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "kernel/md5.h"

/* ---- units and what names them ---------------------------------------------------------------- */

struct kpl_unit *
kpl_unit_open(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
{
    struct kpl_unit *u = kpl_unit_new(stream, shard);
    if (u != NULL) {
        u->epoch = (uint8_t)(core->epoch % KPL_EPOCHS_MAX);
        core->open[u->epoch]++;
        shard->units++;
    }
    return u;
}

void kpl_unit_close(struct kpl_core *core, struct kpl_unit *u)
{
    if (u != NULL) {
        core->open[u->epoch]--;
        core->bytes -= u->cost;
        u->shard->units--;
        kpl_unit_set_actual(u, NULL);
        kpl_unit_free(u);
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

static void push_all(struct kpl_queue *pieces, bool in_front)
{
    struct kpl_queue reversed = {NULL, NULL, 0};
    struct kpl_unit *u;
    while (in_front && (u = kpl_queue_pop(pieces)) != NULL) {
        kpl_queue_push_front(&reversed, u);
    }
    while ((u = kpl_queue_pop(in_front ? &reversed : pieces)) != NULL) {
        kpl_queue_unit(u, in_front);
    }
}

static struct kpl_shard *shard_for(struct kpl_stream *stream, kds_u128_t hash)
{
    return kpl_stream_places(stream) ? kpl_shard_map_find(&stream->map, hash)
                                     : &stream->anywhere;
}

/* ---- a new record --------------------------------------------------------------------------- */

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
static struct kpl_unit *make_single(struct kpl_core *core,
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
    kpl_unit_add_user(u, user, hash, core->ttl_us);
    return u;
}

static bool
open_aggregate(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
{
    if (shard->builder == NULL) {
        shard->builder = kds_agg_builder_new((size_t)core->conf->aggregate_max_bytes);
    }
    if (shard->filling == NULL) {
        shard->filling = kpl_unit_open(core, stream, shard);
    }
    return shard->builder != NULL && shard->filling != NULL &&
           kpl_unit_reserve(shard->filling);
}

/* An aggregate that nothing was added to after all must not look like one. */
static void drop_if_empty(struct kpl_core *core, struct kpl_shard *shard)
{
    if (shard->filling != NULL && shard->filling->count == 0) {
        kpl_unit_close(core, shard->filling);
        shard->filling = NULL;
    }
}

/* @return the open aggregate that took the record; NULL when out of memory */
static struct kpl_unit *add_to_aggregate(struct kpl_core *core,
                                         struct kpl_stream *stream,
                                         struct kpl_shard *shard,
                                         const struct kds_agg_view *record)
{
    const struct kds_agg_record r = {record->partition_key, record->explicit_hash_key,
                                     record->data, 0};
    enum kds_agg_add added = KDS_AGG_NO_MEMORY;
    if (open_aggregate(core, stream, shard)) {
        added = kds_agg_builder_add(shard->builder, &r);
    }
    if (added == KDS_AGG_FULL && kpl_seal(stream, shard) &&
        open_aggregate(core, stream, shard)) {
        added = kds_agg_builder_add(shard->builder, &r);
    }
    if (added != KDS_AGG_ADDED) {
        drop_if_empty(core, shard);
        return NULL;
    }
    return shard->filling;
}

bool kpl_place(struct kpl_core *core,
               struct kpl_stream *stream,
               int64_t due_us,
               const struct kds_agg_view *record,
               const struct kpl_user *user,
               kds_u128_t hash,
               size_t cost)
{
    struct kpl_shard *shard = shard_for(stream, hash);
    struct kpl_unit *u;
    if (!kpl_stream_aggregates(core, stream) || record->partition_key.p == NULL) {
        /* What was aggregated before goes before. */
        u = kpl_seal(stream, shard) ? make_single(core, stream, shard, record, user, hash)
                                    : NULL;
        if (u == NULL) {
            return false;
        }
        u->due_us = due_us;
        u->cost = cost;
        kpl_queue_unit(u, false);
        return true;
    }
    u = add_to_aggregate(core, stream, shard, record);
    if (u == NULL) {
        return false;
    }
    kpl_unit_add_user(u, user, hash, core->ttl_us);
    u->due_us = due_us < u->due_us ? due_us : u->due_us;
    u->cost += cost;
    if (u->count >= (uint64_t)core->conf->aggregate_max_records ||
        kds_agg_builder_size(shard->builder) >= (size_t)core->conf->aggregate_max_bytes) {
        kpl_seal(stream,
                 shard); /* if memory is short, it is tried again when it is due */
    }
    return true;
}

/* ---- units made anew ------------------------------------------------------------------------ */

/* What is known of each user record while its unit is taken apart. */
struct part {
    struct kpl_shard *target; /* NULL = expired, or done */
    kds_u128_t hash;
    bool done;
};

struct making {
    struct kpl_core *core;
    int64_t now_us;
    struct kpl_unit *from;
    struct part *parts;
    struct kpl_queue pieces;
};

static kds_u128_t hash_of_view(const struct kds_agg_view *view)
{
    uint8_t digest[KDS_MD5_BYTES];
    kds_u128_t hash;
    if (view->explicit_hash_key.p != NULL &&
        kds_u128_parse(view->explicit_hash_key, &hash)) {
        return hash; /* it was looked at when it was put */
    }
    kds_md5(view->partition_key.p, view->partition_key.n, digest);
    return kds_u128_from_be(digest);
}

static bool sort_parts(struct making *m)
{
    struct kpl_unit_reader reader;
    struct kds_agg_view view;
    if (!kpl_unit_read(&reader, m->from, m->core->decoder)) {
        return false;
    }
    for (size_t i = 0; i < m->from->count && kpl_unit_next(&reader, &view); i++) {
        struct part *part = &m->parts[i];
        part->hash = hash_of_view(&view);
        part->target = shard_for(m->from->stream, part->hash);
        if (kds_us_add(m->from->users[i].put_us, m->core->ttl_us) <= m->now_us) {
            part->target = NULL;
        }
    }
    return true;
}

static void add_piece(struct making *m, struct kpl_unit *piece)
{
    kpl_unit_inherit(piece, m->from);
    piece->due_us = m->now_us;
    piece->not_before_us = m->from->not_before_us;
    kpl_queue_push(&m->pieces, piece);
}

/* What the packer holds becomes a unit; @p users are its user records. */
static bool close_piece(struct making *m, struct kpl_unit *piece)
{
    if (piece->count == 0 || !kpl_unit_set_aggregate(piece, m->core->packer)) {
        kds_agg_builder_reset(m->core->packer);
        kpl_unit_close(m->core, piece);
        return false;
    }
    add_piece(m, piece);
    return true;
}

/* All parts of one target, in order, in as many aggregates as they need. */
static bool pack_target(struct making *m, size_t first)
{
    struct kpl_shard *target = m->parts[first].target;
    struct kpl_unit_reader reader;
    struct kds_agg_view view;
    struct kpl_unit *piece = kpl_unit_open(m->core, m->from->stream, target);
    bool room = piece != NULL && kpl_unit_read(&reader, m->from, m->core->decoder);
    for (size_t i = 0; room && i < m->from->count && kpl_unit_next(&reader, &view); i++) {
        struct part *part = &m->parts[i];
        if (part->target != target || part->done) {
            continue;
        }
        const struct kds_agg_record r = {view.partition_key, view.explicit_hash_key,
                                         view.data, 0};
        enum kds_agg_add added = kds_agg_builder_add(m->core->packer, &r);
        if (added == KDS_AGG_FULL) {
            room = close_piece(m, piece);
            piece = room ? kpl_unit_open(m->core, m->from->stream, target) : NULL;
            added = piece ? kds_agg_builder_add(m->core->packer, &r) : KDS_AGG_NO_MEMORY;
        }
        room = added == KDS_AGG_ADDED && kpl_unit_reserve(piece);
        if (room) {
            kpl_unit_add_user(piece, &m->from->users[i], part->hash, m->core->ttl_us);
            part->done = true;
        }
    }
    if (!room) {
        kds_agg_builder_reset(m->core->packer);
        kpl_unit_close(m->core, piece);
        return false;
    }
    return close_piece(m, piece);
}

/* Each part in a unit of its own: those that have expired, or all. */
static bool cut_singles(struct making *m, bool expired)
{
    struct kpl_unit_reader reader;
    struct kds_agg_view view;
    bool room = kpl_unit_read(&reader, m->from, m->core->decoder);
    for (size_t i = 0; room && i < m->from->count && kpl_unit_next(&reader, &view); i++) {
        struct part *part = &m->parts[i];
        struct kpl_shard *shard = expired ? m->from->shard : part->target;
        if (part->done || expired != (part->target == NULL)) {
            continue;
        }
        struct kpl_unit *piece = make_single(m->core, m->from->stream, shard, &view,
                                             &m->from->users[i], part->hash);
        room = piece != NULL;
        if (room) {
            add_piece(m, piece);
            part->done = true;
        }
    }
    return room;
}

static bool make_pieces(struct making *m)
{
    bool room = sort_parts(m) && cut_singles(m, true);
    bool keyless = !m->from->aggregated && !m->from->has_key;
    if (room && (keyless || !kpl_stream_aggregates(m->core, m->from->stream))) {
        room = cut_singles(m, false);
    }
    for (size_t i = 0; room && i < m->from->count; i++) {
        if (!m->parts[i].done) {
            room = pack_target(m, i);
        }
    }
    return room;
}

/* Expired pieces get their outcome; the others share what their unit cost. */
static void settle_pieces(struct making *m)
{
    size_t left = m->from->cost;
    for (size_t n = m->pieces.count; n > 0; n--) {
        struct kpl_unit *piece = kpl_queue_pop(&m->pieces);
        piece->cost = n == 1 ? left : m->from->cost / m->from->count * piece->count;
        left -= piece->cost;
        if (kds_us_add(piece->users[0].put_us, m->core->ttl_us) <= m->now_us) {
            kpl_finish_expired(m->core, m->now_us, piece);
        } else {
            kpl_queue_push(&m->pieces, piece);
        }
    }
    m->from->cost = 0;
}

/* @return the pieces of @p u in order, which is (taken) if there are any: none when out of memory */
static struct kpl_queue
take_apart(struct kpl_core *core, int64_t now_us, struct kpl_unit *u, bool *done)
{
    struct making m = {.core = core, .now_us = now_us, .from = u};
    struct kpl_unit *piece;
    m.parts = kds_alloc_zero(u->count, sizeof *m.parts);
    *done = m.parts != NULL && make_pieces(&m);
    kds_free(m.parts);
    if (*done) {
        settle_pieces(&m);
        kpl_unit_close(core, u);
    } else {
        while ((piece = kpl_queue_pop(&m.pieces)) != NULL) {
            kpl_unit_close(core, piece);
        }
    }
    return m.pieces;
}

/* The pieces stay in the queue of @p home instead of going to those of their own shards. */
static void keep_at(struct kpl_queue *pieces, struct kpl_shard *home)
{
    for (struct kpl_unit *u = pieces->first; u != NULL; u = u->next) {
        u->shard->units--;
        u->shard = home;
        home->units++;
    }
}

static void remake(
    struct kpl_core *core, int64_t now_us, struct kpl_unit *u, bool stay, bool in_front)
{
    struct kpl_shard *home = u->shard;
    bool done;
    struct kpl_queue pieces = take_apart(core, now_us, u, &done);
    if (!done) {
        kpl_finish_failed(core, now_us, u, KDS_ERR_NO_MEMORY, NULL);
        return;
    }
    if (stay) {
        keep_at(&pieces, home);
    }
    push_all(&pieces, in_front);
}

void kpl_remake(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    remake(core, now_us, u, core->conf->ordered, core->conf->ordered);
}

/* ---- everything that waits ------------------------------------------------------------------ */

/* A record that was never sent joins the others of its shard, as if it were put now. */
static bool join(struct kpl_core *core, struct kpl_unit *u)
{
    struct kpl_unit_reader reader;
    struct kds_agg_view view;
    if (u->attempts > 0 || u->count != 1 || u->aggregated ||
        !kpl_unit_read(&reader, u, core->decoder) || !kpl_unit_next(&reader, &view) ||
        !kpl_place(core, u->stream, u->due_us, &view, &u->users[0], u->hash, u->cost)) {
        return false;
    }
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
            remake(core, now_us, u, stay, false);
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
        s->moved |=
            s->in_use && !use; /* only then: later its successors may hold newer ones */
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
