/*
 * stage: records that were put one by one, until there are enough of them to hash together.
 *
 * One MD5 alone takes longer than all else that a put does; several at once take a tenth. Nothing is held
 * back for it: whoever looks at the core empties the stage first, and it counts for the budget, for
 * flushes and for the time to wake as if it were empty already.
 */
#include "core_internal.h"

#include "base/clock.h"
#include "base/copy.h"
#include "base/slice.h"
#include "kernel/md5.h"

#include <string.h>

#define AHEAD 6 /* so many records before one is placed its place is fetched */

bool kpl_stage_init(struct kpl_stage *s)
{
    s->reserve = kpl_unit_new();
    while (s->reserve != NULL && s->reserve->capacity < KPL_STAGED_MAX) {
        if (!kpl_unit_grow(s->reserve)) {
            kpl_unit_free(s->reserve);
            s->reserve = NULL;
        }
    }
    return s->reserve != NULL;
}

void kpl_stage_clear(struct kpl_stage *s)
{
    kpl_unit_free(s->reserve);
    s->reserve = NULL;
}

static size_t size_of(const kpl_record_t *r)
{
    return r->partition_key.n + r->data.n;
}

bool kpl_stage_takes(const struct kpl_stage *s,
                     const struct kpl_stream *stream,
                     const kpl_record_t *r)
{
    return s->count < KPL_STAGED_MAX && (s->count == 0 || s->stream == stream) &&
           size_of(r) <= KPL_STAGED_BYTES - s->bytes;
}

void kpl_stage_add(struct kpl_core *core,
                   struct kpl_stream *stream,
                   int64_t now_us,
                   const kpl_record_t *r,
                   size_t cost)
{
    struct kpl_stage *s = &core->stage;
    struct kpl_staged *row = &s->rows[s->count];
    if (s->count++ == 0) {
        s->stream = stream;
        s->epoch = core->epoch;
    }
    *row = (struct kpl_staged){.text = s->texts + s->bytes,
                               .key_n = (uint32_t)r->partition_key.n,
                               .data_n = (uint32_t)r->data.n,
                               .user = {.tag = r->tag, .put_us = now_us},
                               .cost = cost};
    kds_copy_small(row->text, r->partition_key.p, row->key_n);
    kds_copy_small(row->text + row->key_n, r->data.p, row->data_n);
    s->bytes += size_of(r);
}

static void hash_all(const struct kpl_stage *s, kds_u128_t *hashes)
{
    KDS_UNINITIALIZED struct kds_md5_job jobs[KPL_STAGED_MAX];
    for (size_t i = 0; i < s->count; i++) {
        jobs[i].message = kds_slice_of(s->rows[i].text, s->rows[i].key_n);
        jobs[i].digest = (uint8_t *)&hashes[i];
    }
    kds_md5_many(jobs, s->count);
    for (size_t i = 0; i < s->count; i++) {
        hashes[i] = kds_u128_from_be(jobs[i].digest);
    }
}

static bool place_staged(struct kpl_core *core,
                         struct kpl_way way,
                         const struct kpl_staged *row,
                         kds_u128_t hash)
{
    const struct kds_agg_view view = {
        .partition_key = kds_slice_of(row->text, row->key_n),
        .data = kds_slice_of(row->text + row->key_n, row->data_n),
    };
    const struct kpl_entry entry = {
        .record = kpl_agg_record(&view, hash),
        .user = row->user,
        .hash = hash,
        .due_us = kds_us_add(row->user.put_us, core->linger_us),
        .cost = row->cost,
    };
    struct kpl_unit *u = kpl_place(core, core->stage.stream, way, &entry);
    if (u != NULL && core->stage.epoch != core->epoch) {
        kpl_backdate(core, u, (uint8_t)(core->stage.epoch % KPL_EPOCHS_MAX));
    }
    return u != NULL;
}

/* The first ones have their place. */
static void forget_first(struct kpl_stage *s, size_t n)
{
    s->count -= n;
    memmove(s->rows, s->rows + n, s->count * sizeof *s->rows);
    s->bytes = s->count > 0 ? s->bytes : 0;
}

bool kpl_unstage_all(struct kpl_core *core)
{
    KDS_UNINITIALIZED kds_u128_t hashes[KPL_STAGED_MAX];
    struct kpl_stage *s = &core->stage;
    const struct kpl_way way = kpl_stream_way(core, s->stream);
    size_t i = 0;
    hash_all(s, hashes);
    for (; i < s->count; i++) {
        if (i + AHEAD < s->count) {
            kpl_place_soon(s->stream, way, hashes[i + AHEAD]);
        }
        if (!place_staged(core, way, &s->rows[i], hashes[i])) {
            break;
        }
    }
    forget_first(s, i);
    return s->count == 0;
}

void kpl_stage_abandon(struct kpl_core *core, int64_t now_us)
{
    struct kpl_stage *s = &core->stage;
    if (kpl_unstage(core)) {
        return;
    }
    struct kpl_unit *u = s->reserve;
    s->reserve = NULL;
    kpl_unit_enter(core, u, s->stream, &s->stream->anywhere);
    for (size_t i = 0; i < s->count; i++) {
        kpl_unit_add_user(u, &s->rows[i].user, KDS_U128_MAX, s->rows[i].data_n,
                          core->ttl_us);
        u->cost += s->rows[i].cost;
    }
    forget_first(s, s->count);
    kpl_finish_failed(core, now_us, u, KDS_ERR_CLOSED, "the producer was closed");
}
