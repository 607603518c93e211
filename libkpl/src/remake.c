/*
 * remake: a unit made anew by the map of now: its user records in as many units as they have shards.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "kernel/md5.h"

/* Landed elsewhere so often, the records go alone: one is read wherever it lands. A stream whose records
 * the service spreads places some as predicted by chance, so that predictions are not given up. */
#define MISPLACED_MAX 3

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
        part->target = kpl_shard_for(m->from->stream, part->hash);
        if (kds_us_add(m->from->users[i].put_us, m->core->ttl_us) <= m->now_us) {
            part->target = NULL;
        }
    }
    return true;
}

static void add_piece(struct making *m, struct kpl_unit *piece)
{
    kpl_unit_inherit(piece, m->from);
    kpl_backdate(m->core, piece, m->from->epoch);
    piece->due_us = m->now_us;
    piece->not_before_us = m->from->not_before_us;
    kpl_queue_push(&m->pieces, piece);
}

/* All parts of one target, in order, in one unit: what fitted into one aggregate still does. */
static bool pack_target(struct making *m, size_t first)
{
    struct kpl_shard *target = m->parts[first].target;
    struct kds_agg_builder *packer = m->core->packer;
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
        room =
            kpl_unit_reserve(piece) && kds_agg_builder_add(packer, &r) == KDS_AGG_ADDED;
        if (room) {
            kpl_unit_add_user(piece, &m->from->users[i], part->hash, view.data.n,
                              m->core->ttl_us);
            part->done = true;
        }
    }
    if (!room || !kpl_unit_set_aggregate(piece, packer)) {
        kds_agg_builder_reset(packer);
        kpl_unit_close(m->core, piece);
        return false;
    }
    add_piece(m, piece);
    return true;
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
        struct kpl_unit *piece = kpl_make_single(m->core, m->from->stream, shard, &view,
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
    if (room && (keyless || m->from->misplaced >= MISPLACED_MAX ||
                 !kpl_stream_aggregates(m->core, m->from->stream))) {
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

static void push_all_in_front(struct kpl_queue *pieces)
{
    struct kpl_queue reversed = {NULL, NULL, 0};
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(pieces)) != NULL) {
        kpl_queue_push_front(&reversed, u);
    }
    while ((u = kpl_queue_pop(&reversed)) != NULL) {
        kpl_queue_unit(u, true);
    }
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

void kpl_remake_at(
    struct kpl_core *core, int64_t now_us, struct kpl_unit *u, bool stay, bool in_front)
{
    struct kpl_shard *home = u->shard;
    bool done;
    if (kpl_fails_without_key(core, now_us, u)) {
        return;
    }
    struct kpl_queue pieces = take_apart(core, now_us, u, &done);
    if (!done) {
        kpl_finish_failed(core, now_us, u, KDS_ERR_NO_MEMORY, NULL);
        return;
    }
    if (stay) {
        keep_at(&pieces, home);
    }
    if (in_front) {
        push_all_in_front(&pieces);
        return;
    }
    while ((u = kpl_queue_pop(&pieces)) != NULL) {
        kpl_seal(u->stream, u->shard); /* what has joined it before goes before */
        kpl_queue_unit(u, false);
    }
}

void kpl_remake(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    kpl_remake_at(core, now_us, u, core->conf->ordered, core->conf->ordered);
}
