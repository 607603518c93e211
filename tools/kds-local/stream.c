/*
 * stream: append, find, split, merge.
 */
#include "stream.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_MAX_RECORD_BYTES INT64_C(1048576)

/* ---- shards ------------------------------------------------------------------------------- */

static void shard_free(struct local_shard *shard)
{
    if (shard != NULL) {
        kds_arena_clear(&shard->memory);
        kds_free(shard->records);
        kds_free(shard);
    }
}

/* A new open shard at the end of the table; not yet in the list of open ones. */
static struct local_shard *add_shard(struct local_stream *s,
                                     kds_u128_t first,
                                     kds_u128_t last,
                                     int64_t created_s,
                                     int64_t now_us)
{
    if (s->shard_count == s->shard_capacity) {
        return NULL; /* the caller made room */
    }
    struct local_shard *shard = kds_alloc_zero(1, sizeof *shard);
    if (shard == NULL) {
        return NULL;
    }
    shard->index = (uint32_t)s->shard_count;
    snprintf(shard->id, sizeof shard->id, "shardId-%012u", shard->index);
    shard->parent = shard->adjacent_parent = LOCAL_NO_SHARD;
    shard->first = first;
    shard->last = last;
    shard->created_s = created_s;
    shard->created_ms = now_us / KDS_US_PER_MS;
    shard->closed_ms = -1;
    local_sequence_format(created_s, shard->index, 0, created_s,
                          shard->starting_sequence);
    kds_arena_init(&shard->memory, SIZE_MAX / 2);
    local_limits_init(&shard->limits, now_us);
    s->shards[s->shard_count++] = shard;
    return shard;
}

static bool make_room(struct local_stream *s, size_t more)
{
    size_t need = s->shard_count + more;
    if (need > LOCAL_SHARDS_MAX) {
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
    uint32_t *open = kds_realloc_array(s->open, capacity, sizeof(uint32_t));
    if (open == NULL) {
        return false;
    }
    s->open = open;
    s->shard_capacity = capacity;
    return true;
}

static void close_shard(struct local_shard *shard, int64_t now_us)
{
    shard->closed_ms = now_us / KDS_US_PER_MS;
    local_sequence_format(shard->created_s, shard->index, shard->count + 1,
                          now_us / KDS_US_PER_S, shard->ending_sequence);
}

/* Put @p count indexes in the place of @p gone of them, from @p at on. */
static void replace_open(
    struct local_stream *s, size_t at, size_t gone, const uint32_t *with, size_t count)
{
    memmove(s->open + at + count, s->open + at + gone,
            (s->open_count - at - gone) * sizeof *s->open);
    memcpy(s->open + at, with, count * sizeof *with);
    s->open_count += count - gone;
}

static size_t open_position(const struct local_stream *s, const struct local_shard *shard)
{
    size_t i = 0;
    while (s->open[i] != shard->index) {
        i++;
    }
    return i;
}

/* ---- streams ------------------------------------------------------------------------------ */

/* Uniform: each shard takes floor(2^128 / n) hash keys, the last one also the rest. */
static bool lay_out(struct local_stream *s, uint32_t shards, int64_t now_us)
{
    kds_u128_t width = KDS_U128_MAX;
    const kds_u128_t one = {0, 1};
    if (shards > 1) {
        /* floor(2^128 / n) from 2^128 - 1, which differ only if n divides 2^128. */
        kds_u128_t all = KDS_U128_MAX;
        width = kds_u128_div64(all, shards);
        kds_u128_t rest = kds_u128_sub(all, kds_u128_mul64(width, shards));
        if (rest.hi == 0 && rest.lo == shards - 1u) {
            width = kds_u128_add(width, one);
        }
    }
    for (uint32_t i = 0; i < shards; i++) {
        kds_u128_t first = kds_u128_mul64(width, i);
        kds_u128_t last = i + 1 == shards
                              ? KDS_U128_MAX
                              : kds_u128_sub(kds_u128_mul64(width, i + 1u), one);
        if (add_shard(s, first, last, now_us / KDS_US_PER_S, now_us) == NULL) {
            return false;
        }
        s->open[s->open_count++] = i;
    }
    return true;
}

struct local_stream *
local_stream_new(kds_slice_t name, uint64_t id, uint32_t shards, int64_t now_us)
{
    struct local_stream *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    snprintf(s->name, sizeof s->name, "%.*s", (int)name.n, (const char *)name.p);
    s->id = id;
    s->created_ms = now_us / KDS_US_PER_MS;
    s->max_record_bytes = DEFAULT_MAX_RECORD_BYTES;
    if (!make_room(s, shards) || !lay_out(s, shards, now_us)) {
        local_stream_free(s);
        return NULL;
    }
    return s;
}

void local_stream_free(struct local_stream *s)
{
    for (size_t i = 0; i < s->shard_count; i++) {
        shard_free(s->shards[i]);
    }
    kds_free(s->shards);
    kds_free(s->open);
    kds_free(s);
}

struct local_shard *local_stream_shard(struct local_stream *s, kds_slice_t id)
{
    for (size_t i = 0; i < s->shard_count; i++) {
        if (kds_slice_is(id, s->shards[i]->id)) {
            return s->shards[i];
        }
    }
    return NULL;
}

struct local_shard *local_stream_place(struct local_stream *s, kds_u128_t hash)
{
    size_t low = 0, high = s->open_count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_u128_cmp(s->shards[s->open[middle]]->last, hash) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return s->shards[s->open[low]];
}

/* ---- records ------------------------------------------------------------------------------ */

static bool room_for_record(struct local_shard *shard)
{
    if (shard->count < shard->capacity) {
        return true;
    }
    size_t capacity = shard->capacity ? shard->capacity * 2 : 64;
    struct local_record **records =
        kds_realloc_array(shard->records, capacity, sizeof(struct local_record *));
    if (records == NULL) {
        return false;
    }
    shard->records = records;
    shard->capacity = capacity;
    return true;
}

const struct local_record *local_shard_append(struct local_shard *shard,
                                              int64_t now_us,
                                              kds_slice_t partition_key,
                                              kds_slice_t data)
{
    if (!room_for_record(shard)) {
        return NULL;
    }
    struct local_record *r =
        kds_arena_alloc(&shard->memory, sizeof *r + partition_key.n + data.n);
    if (r == NULL) {
        shard->memory.err = KDS_OK; /* the next one may be smaller */
        return NULL;
    }
    uint8_t *bytes = (uint8_t *)(r + 1);
    r->arrival_ms = now_us / KDS_US_PER_MS;
    r->partition_key = kds_slice_of(partition_key.p ? bytes : NULL, partition_key.n);
    r->data = kds_slice_of(bytes + partition_key.n, data.n);
    if (partition_key.n > 0) {
        memcpy(bytes, partition_key.p, partition_key.n);
    }
    if (data.n > 0) {
        memcpy(bytes + partition_key.n, data.p, data.n);
    }
    local_sequence_format(shard->created_s, shard->index, shard->count + 1,
                          now_us / KDS_US_PER_S, r->sequence);
    shard->records[shard->count++] = r;
    return r;
}

size_t local_shard_find_sequence(const struct local_shard *shard,
                                 kds_slice_t sequence,
                                 bool behind)
{
    size_t low = 0, high = shard->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order =
            kds_sequence_cmp(kds_slice(shard->records[middle]->sequence), sequence);
        if (order < 0 || (behind && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t local_shard_find_time(const struct local_shard *shard, int64_t ms)
{
    size_t low = 0, high = shard->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (shard->records[middle]->arrival_ms < ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* ---- resharding --------------------------------------------------------------------------- */

/* The second that a child's sequence numbers begin with: above that of its parents. */
static int64_t
child_second(const struct local_shard *a, const struct local_shard *b, int64_t now_us)
{
    int64_t s = now_us / KDS_US_PER_S;
    s = s > a->created_s ? s : a->created_s + 1;
    return s > b->created_s ? s : b->created_s + 1;
}

/* Take back shards that were added by a step that failed half-way. */
static void undo_shards(struct local_stream *s, size_t count)
{
    while (s->shard_count > count) {
        shard_free(s->shards[--s->shard_count]);
    }
}

bool local_stream_split(struct local_stream *s,
                        struct local_shard *shard,
                        kds_u128_t at,
                        int64_t now_us)
{
    const kds_u128_t one = {0, 1};
    size_t before = s->shard_count;
    if (!make_room(s, 2)) {
        return false;
    }
    int64_t second = child_second(shard, shard, now_us);
    struct local_shard *low =
        add_shard(s, shard->first, kds_u128_sub(at, one), second, now_us);
    struct local_shard *high = low ? add_shard(s, at, shard->last, second, now_us) : NULL;
    if (high == NULL) {
        undo_shards(s, before);
        return false;
    }
    low->parent = high->parent = shard->index;
    close_shard(shard, now_us);
    uint32_t children[] = {low->index, high->index};
    replace_open(s, open_position(s, shard), 1, children, 2);
    return true;
}

bool local_stream_merge(struct local_stream *s,
                        struct local_shard *a,
                        struct local_shard *b,
                        int64_t now_us)
{
    struct local_shard *lower = kds_u128_cmp(a->first, b->first) < 0 ? a : b;
    struct local_shard *upper = lower == a ? b : a;
    if (!make_room(s, 1)) {
        return false;
    }
    struct local_shard *child =
        add_shard(s, lower->first, upper->last, child_second(a, b, now_us), now_us);
    if (child == NULL) {
        return false;
    }
    child->parent = a->index;
    child->adjacent_parent = b->index;
    close_shard(a, now_us);
    close_shard(b, now_us);
    replace_open(s, open_position(s, lower), 2, &child->index, 1);
    return true;
}
