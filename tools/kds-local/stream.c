/*
 * stream: shards and the finding of them; records at one end, retention at the other.
 */
#include "stream.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "consumers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX_RECORD_BYTES INT64_C(1048576)
#define DEFAULT_RETENTION_HOURS  24
#define MS_PER_HOUR              INT64_C(3600000)

const char *local_status_name(enum local_status status)
{
    static const char *const names[] = {
        [LOCAL_CREATING] = "CREATING",
        [LOCAL_ACTIVE] = "ACTIVE",
        [LOCAL_UPDATING] = "UPDATING",
        [LOCAL_DELETING] = "DELETING",
    };
    return names[status];
}

/* ---- shards ------------------------------------------------------------------------------- */

static void shard_free(struct local_shard *shard)
{
    local_log_clear(&shard->log);
    kds_free(shard);
}

bool local_stream_make_room(struct local_stream *s, size_t more)
{
    size_t need = s->shard_count + more;
    if (need > LOCAL_SHARDS_HELD_MAX) {
        return false;
    }
    if (need <= s->shard_capacity) {
        return true;
    }
    size_t capacity = need * 2;
    struct local_shard **shards =
        kds_realloc_array(s->shards, capacity, sizeof(struct local_shard *));
    if (shards == NULL) {
        return false;
    }
    s->shards = shards;
    struct local_open *open = kds_realloc_array(s->open, capacity, sizeof *open);
    if (open == NULL) {
        return false;
    }
    s->open = open;
    s->shard_capacity = capacity;
    return true;
}

struct local_shard *local_stream_add_shard(struct local_stream *s,
                                           uint32_t index,
                                           kds_u128_t first,
                                           kds_u128_t last)
{
    if (s->shard_count == s->shard_capacity) {
        return NULL; /* the caller made room */
    }
    struct local_shard *shard = kds_alloc_zero(1, sizeof *shard);
    if (shard == NULL) {
        return NULL;
    }
    shard->index = index;
    snprintf(shard->id, sizeof shard->id, "shardId-%012u", shard->index);
    shard->parent = shard->adjacent_parent = LOCAL_NO_SHARD;
    shard->children[0] = shard->children[1] = LOCAL_NO_SHARD;
    shard->first = first;
    shard->last = last;
    shard->closed_ms = -1;
    s->next_index = index + 1;
    s->shards[s->shard_count++] = shard;
    return shard;
}

size_t local_stream_above(const struct local_stream *s, uint32_t index)
{
    size_t low = 0, high = s->shard_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->shards[middle]->index <= index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct local_shard *local_stream_at(const struct local_stream *s, uint32_t index)
{
    size_t above = local_stream_above(s, index);
    return above > 0 && s->shards[above - 1]->index == index ? s->shards[above - 1]
                                                             : NULL;
}

struct local_shard *local_stream_shard(const struct local_stream *s, kds_slice_t id)
{
    static const char prefix[] = "shardId-";
    const size_t before = sizeof prefix - 1;
    uint64_t index = 0;
    if (id.n != before + 12 || memcmp(id.p, prefix, before) != 0) {
        return NULL;
    }
    for (size_t i = before; i < id.n; i++) {
        if (id.p[i] < '0' || id.p[i] > '9') {
            return NULL;
        }
        index = index * 10 + (id.p[i] - (uint64_t)'0');
    }
    return index < LOCAL_NO_SHARD ? local_stream_at(s, (uint32_t)index) : NULL;
}

size_t local_stream_open_at(const struct local_stream *s, kds_u128_t hash)
{
    size_t low = 0, high = s->open_count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_u128_cmp(s->open[middle].last, hash) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct local_shard *local_stream_place(const struct local_stream *s, kds_u128_t hash)
{
    return s->open[local_stream_open_at(s, hash)].shard;
}

/* ---- streams ------------------------------------------------------------------------------ */

struct local_stream *local_stream_new(kds_slice_t name, uint64_t id, int64_t now_us)
{
    struct local_stream *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    snprintf(s->name, sizeof s->name, "%.*s", (int)name.n, (const char *)name.p);
    s->id = id;
    s->created_ms = now_us / KDS_US_PER_MS;
    s->status = LOCAL_ACTIVE;
    s->ready_us = KDS_NEVER_US;
    s->max_record_bytes = DEFAULT_MAX_RECORD_BYTES;
    s->retention_hours = DEFAULT_RETENTION_HOURS;
    s->warm_mibps = s->warm_ready = -1;
    return s;
}

void local_stream_free(struct local_stream *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < s->shard_count; i++) {
        shard_free(s->shards[i]);
    }
    for (size_t i = 0; i < s->consumer_count; i++) {
        local_consumer_free(s->consumers[i]);
    }
    local_labels_clear(&s->labels);
    kds_free(s->consumers);
    kds_free(s->key_id);
    kds_free(s->shards);
    kds_free(s->open);
    kds_free(s);
}

static void open_shard(struct local_stream *s, struct local_shard *shard, int64_t now_us)
{
    shard->created_s = now_us / KDS_US_PER_S;
    shard->created_ms = now_us / KDS_US_PER_MS;
    local_sequence_format(shard->created_s, shard->index, 0, shard->created_s,
                          shard->starting_sequence);
    local_limits_init(&shard->limits, now_us);
    s->open[s->open_count++] = (struct local_open){shard->last, shard};
}

bool local_stream_lay_out(struct local_stream *s, uint32_t shards, int64_t now_us)
{
    const kds_u128_t one = {0, 1};
    if (!local_stream_make_room(s, shards)) {
        return false;
    }
    for (uint32_t i = 0; i < shards; i++) {
        kds_u128_t last = i + 1 == shards
                              ? KDS_U128_MAX
                              : kds_u128_sub(local_uniform_start(i + 1, shards), one);
        struct local_shard *shard =
            local_stream_add_shard(s, i, local_uniform_start(i, shards), last);
        if (shard == NULL) {
            return false;
        }
        open_shard(s, shard, now_us);
    }
    return true;
}

static int by_hash_key(const void *a, const void *b)
{
    const struct local_open *x = a, *y = b;
    return kds_u128_cmp(x->last, y->last);
}

bool local_stream_link(struct local_stream *s)
{
    const kds_u128_t one = {0, 1};
    kds_u128_t next = {0, 0};
    s->open_count = 0;
    for (size_t i = 0; i < s->shard_count; i++) {
        if (local_shard_is_open(s->shards[i])) {
            s->open[s->open_count++] =
                (struct local_open){s->shards[i]->last, s->shards[i]};
        }
    }
    if (s->open_count == 0) {
        return false;
    }
    qsort(s->open, s->open_count, sizeof *s->open, by_hash_key);
    for (size_t i = 0; i < s->open_count; i++) {
        if (kds_u128_cmp(s->open[i].shard->first, next) != 0) {
            return false;
        }
        next = kds_u128_add(s->open[i].last, one);
    }
    return next.hi == 0 && next.lo == 0;
}

/* ---- records ------------------------------------------------------------------------------ */

void local_shard_number(const struct local_shard *shard,
                        size_t position,
                        const struct local_kept *record,
                        struct local_sequence *row,
                        char out[LOCAL_SEQUENCE_BYTES])
{
    const struct local_sequence_parts parts = {shard->created_s, shard->index,
                                               position + 1, record->arrival_ms / 1000};
    local_sequence_next(row, &parts, out);
}

bool local_shard_append(struct local_shard *shard,
                        int64_t now_us,
                        kds_slice_t partition_key,
                        kds_slice_t data,
                        bool encrypted,
                        struct local_record *out)
{
    int64_t now_ms = now_us / KDS_US_PER_MS;
    /* The wall clock may step back; arrival times are searched and must not. */
    int64_t arrival_ms =
        now_ms < shard->last_arrival_ms ? shard->last_arrival_ms : now_ms;
    const struct local_kept *kept =
        local_log_append(&shard->log, arrival_ms, encrypted, partition_key, data);
    if (kept == NULL) {
        return false;
    }
    shard->last_arrival_ms = arrival_ms;
    out->encrypted = encrypted;
    out->arrival_ms = arrival_ms;
    out->partition_key = local_kept_key(kept);
    out->data = local_kept_data(kept);
    local_shard_number(shard, shard->log.count - 1, kept, &shard->numbers, out->sequence);
    return true;
}

size_t
local_shard_find(const struct local_shard *shard, kds_slice_t sequence, bool behind)
{
    size_t low = shard->log.first, high = shard->log.count;
    while (low < high) {
        struct local_sequence row = {.limbs = {0}};
        char text[LOCAL_SEQUENCE_BYTES];
        size_t middle = low + (high - low) / 2;
        local_shard_number(shard, middle, local_log_at(&shard->log, middle), &row, text);
        int order = kds_sequence_cmp(kds_slice(text), sequence);
        if (order < 0 || (behind && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* ---- retention ---------------------------------------------------------------------------- */

int64_t local_stream_horizon_ms(const struct local_stream *s, int64_t now_ms)
{
    return now_ms - s->retention_hours * MS_PER_HOUR;
}

bool local_shard_trim(struct local_shard *shard, int64_t horizon_ms)
{
    struct local_log *log = &shard->log;
    if (log->first == log->count ||
        local_log_at(log, log->first)->arrival_ms >= horizon_ms) {
        return false; /* nearly always: the oldest one is young enough */
    }
    local_log_trim(log, local_log_find_time(log, horizon_ms));
    return true;
}

void local_stream_drop_shard(struct local_stream *s, struct local_shard *shard)
{
    size_t at = local_stream_above(s, shard->index) - 1;
    memmove(s->shards + at, s->shards + at + 1,
            (s->shard_count - at - 1) * sizeof(struct local_shard *));
    s->shard_count--;
    shard_free(shard);
}
