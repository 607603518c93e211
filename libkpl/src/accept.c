/*
 * accept: a record comes in: is there room, which aggregate takes it.
 *
 * One file, so that the path of a record is one function where the compiler finds that good.
 */
#include "core_internal.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/size.h"
#include "base/slice.h"

#include <inttypes.h>

/* Split up, the path of a record passes its parts through memory. */
#if defined(__GNUC__)
#define HOT static inline __attribute__((always_inline))
#else
#define HOT static inline
#endif

/* Of the budget, beside data and keys: for what is remembered of a record, alone or among others. */
#define RECORD_OVERHEAD_BYTES 64
#define LONE_OVERHEAD_BYTES   640

/* So many records ahead the memory is fetched in which the key of one will be looked for. */
#define EXPECTED_AHEAD 6

/* ---- into an aggregate ------------------------------------------------------------------------ */

static bool
make_aggregate(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
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

/* Is there one that takes a record more, as far as its unit is concerned? */
HOT bool
open_aggregate(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
{
    return (shard->filling != NULL && kpl_unit_reserve(shard->filling)) ||
           make_aggregate(core, stream, shard);
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
HOT struct kpl_unit *add_to_aggregate(struct kpl_core *core,
                                      struct kpl_stream *stream,
                                      struct kpl_shard *shard,
                                      const struct kds_agg_record *record)
{
    enum kds_agg_add added = KDS_AGG_NO_MEMORY;
    if (open_aggregate(core, stream, shard)) {
        added = kds_agg_builder_add(shard->builder, record);
    }
    if (added == KDS_AGG_FULL && kpl_seal(stream, shard) &&
        open_aggregate(core, stream, shard)) {
        added = kds_agg_builder_add(shard->builder, record);
    }
    if (added != KDS_AGG_ADDED) {
        drop_if_empty(core, shard);
        return NULL;
    }
    return shard->filling;
}

static struct kpl_unit *place_alone(struct kpl_core *core,
                                    struct kpl_stream *stream,
                                    struct kpl_shard *shard,
                                    const struct kpl_entry *e)
{
    const struct kds_agg_view view = {e->record.partition_key,
                                      e->record.explicit_hash_key, e->record.data};
    /* What was aggregated before goes before. */
    struct kpl_unit *u =
        kpl_seal(stream, shard)
            ? kpl_make_single(core, stream, shard, &view, &e->user, e->hash)
            : NULL;
    if (u != NULL) {
        u->due_us = e->due_us;
        u->cost = e->cost;
        if (!kpl_fails_without_key(core, e->user.put_us, u)) {
            kpl_queue_unit(u, false);
        }
    }
    return u;
}

/* What a record costs is more than it adds to an aggregate. */
HOT bool is_full(const struct kpl_core *core, const struct kpl_shard *shard)
{
    size_t max = (size_t)core->conf->aggregate_max_bytes;
    return shard->filling->count >= (uint64_t)core->conf->aggregate_max_records ||
           (shard->filling->cost >= max && kds_agg_builder_size(shard->builder) >= max);
}

HOT struct kpl_unit *place(struct kpl_core *core,
                           struct kpl_stream *stream,
                           struct kpl_way way,
                           const struct kpl_entry *e)
{
    struct kpl_shard *shard =
        way.places ? kpl_shard_map_find(&stream->map, e->hash) : &stream->anywhere;
    if (!way.aggregates || e->record.partition_key.p == NULL) {
        return place_alone(core, stream, shard, e);
    }
    struct kpl_unit *u = add_to_aggregate(core, stream, shard, &e->record);
    if (u == NULL) {
        return NULL;
    }
    kpl_unit_add_user(u, &e->user, e->hash, e->record.data.n, core->ttl_us);
    u->due_us = e->due_us < u->due_us ? e->due_us : u->due_us;
    u->cost += e->cost;
    if (is_full(core, shard)) {
        kpl_seal(stream,
                 shard); /* if memory is short, it is tried again when it is due */
    }
    return u;
}

struct kpl_unit *kpl_place(struct kpl_core *core,
                           struct kpl_stream *stream,
                           struct kpl_way way,
                           const struct kpl_entry *entry)
{
    return place(core, stream, way, entry);
}

/* ---- putting ------------------------------------------------------------------------------ */

void kpl_hurry(struct kpl_core *core, int64_t now_us)
{
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        s->flush_us = now_us;
    }
}

static kds_err_t refuse_full(struct kpl_core *core, int64_t now_us, kds_error_t **error)
{
    kpl_hurry(core, now_us); /* nothing waits for company that is refused */
    return kds_error_set(error, KDS_ERR_QUEUE_FULL,
                         "buffer.max.bytes: %zu of %" PRId64 " bytes are outstanding",
                         core->bytes, core->conf->buffer_max_bytes);
}

/* An empty buffer takes a record of any size, or it would never be sent. */
HOT bool has_room(const struct kpl_core *core, size_t cost)
{
    size_t budget = kds_size(core->conf->buffer_max_bytes);
    return core->bytes == 0 || (core->bytes < budget && cost <= budget - core->bytes);
}

HOT size_t cost_of(struct kpl_way way, const kpl_record_t *r)
{
    return r->data.n + r->partition_key.n + r->explicit_hash_key.n +
           (way.aggregates ? RECORD_OVERHEAD_BYTES : LONE_OVERHEAD_BYTES);
}

/* The one place where user records are accepted. */
HOT void count_accepted(struct kpl_core *core,
                        struct kpl_stream *stream,
                        const kpl_record_t *r,
                        size_t cost)
{
    core->bytes += cost;
    core->accepted++;
    stream->received++;
    core->counters.stats.user_bytes += r->data.n;
}

HOT kds_err_t accept_record(struct kpl_core *core,
                            struct kpl_stream *stream,
                            struct kpl_way way,
                            int64_t now_us,
                            const kpl_record_t *r,
                            kds_u128_t hash,
                            kds_error_t **error)
{
    const struct kds_agg_view view = {r->partition_key,
                                      kpl_canonical(r->explicit_hash_key), r->data};
    const struct kpl_entry entry = {
        .record = kpl_agg_record(&view, hash),
        .user = {.tag = r->tag, .put_us = now_us},
        .hash = hash,
        .due_us = kds_us_add(now_us, core->linger_us),
        .cost = cost_of(way, r),
    };
    if (!has_room(core, entry.cost)) {
        return refuse_full(core, now_us, error);
    }
    if (place(core, stream, way, &entry) == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    count_accepted(core, stream, r, entry.cost);
    return KDS_OK;
}

static struct kpl_stream *
stream_of(struct kpl_core *core, const kpl_record_t *record, int64_t now_us)
{
    if (record->stream.p != NULL) {
        return kpl_stream_get(core, kpl_stream_of(core->conf, record), now_us);
    }
    if (core->usual == NULL) {
        core->usual = kpl_stream_get(core, kpl_stream_of(core->conf, record), now_us);
    }
    return core->usual;
}

static bool of_same_stream(const kpl_record_t *a, const kpl_record_t *b)
{
    return a->stream.p == b->stream.p && a->stream.n == b->stream.n;
}

size_t kpl_core_put_many(struct kpl_core *core,
                         int64_t now_us,
                         const kpl_record_t *records,
                         const kds_u128_t *hashes,
                         size_t count,
                         kds_err_t *rc,
                         kds_error_t **error)
{
    struct kpl_stream *stream = NULL;
    struct kpl_way way = {false, false};
    if (!kpl_unstage(core)) { /* what was put before goes before */
        *rc = kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (stream == NULL || !of_same_stream(&records[i], &records[i - 1])) {
            stream = stream_of(core, &records[i], now_us);
            if (stream == NULL) {
                *rc = kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
                return i;
            }
            way = kpl_stream_way(core, stream); /* a put does not change it */
        }
        if (i + EXPECTED_AHEAD < count) {
            kpl_place_soon(stream, way, hashes[i + EXPECTED_AHEAD]);
        }
        *rc = accept_record(core, stream, way, now_us, &records[i], hashes[i], error);
        if (*rc != KDS_OK) {
            return i;
        }
    }
    *rc = KDS_OK;
    return count;
}

bool kpl_may_be_staged(const struct kpl_conf *conf, const kpl_record_t *r)
{
    return conf->aggregation && conf->spool_directory == NULL &&
           r->explicit_hash_key.p == NULL && r->partition_key.n > 0 &&
           r->partition_key.n + r->data.n <= KPL_STAGEABLE_MAX;
}

static kds_err_t put_hashed(struct kpl_core *core,
                            int64_t now_us,
                            const kpl_record_t *record,
                            kds_error_t **error)
{
    kds_u128_t hash;
    kds_err_t rc = kpl_hash_of(record, &hash, error);
    if (rc == KDS_OK) {
        kpl_core_put_many(core, now_us, record, &hash, 1, &rc, error);
    }
    return rc;
}

kds_err_t kpl_core_put(struct kpl_core *core,
                       int64_t now_us,
                       const kpl_record_t *record,
                       kds_error_t **error)
{
    struct kpl_stream *stream = stream_of(core, record, now_us);
    if (stream == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    struct kpl_way way = kpl_stream_way(core, stream);
    if (!way.aggregates || !kpl_may_be_staged(core->conf, record)) {
        return put_hashed(core, now_us, record, error);
    }
    size_t cost = cost_of(way, record);
    if (!has_room(core, cost)) {
        return refuse_full(core, now_us, error);
    }
    if (!kpl_stage_takes(&core->stage, stream, record) && !kpl_unstage(core)) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kpl_stage_add(core, stream, now_us, record, cost);
    count_accepted(core, stream, record, cost);
    return KDS_OK;
}
