#include "history_internal.h"

#include "base/clock.h"
#include "base/slice.h"
#include "support/unpack.h"
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So often at the most a user record is stored in an aggregate of which its producer learns that readers drop it:
 * then it goes alone. */
#define STRAYS_MAX 3

static void *grown(void *array, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity) {
        return array;
    }
    size_t to = *capacity ? *capacity : 64;
    while (to < need) {
        to *= 2;
    }
    char *p = realloc(array, to * size);
    if (p == NULL) {
        fputs("simulation: out of memory\n", stderr);
        exit(2);
    }
    memset(p + *capacity * size, 0, (to - *capacity) * size);
    *capacity = to;
    return p;
}

size_t history_shard_end(const struct history *h)
{
    return h->stream_count * HISTORY_SHARDS_MAX;
}

struct history *history_new(bool verbose)
{
    static const int64_t always_us = 0;
    struct history *h = world_alloc(sizeof *h);
    h->verbose = verbose;
    h->now_us = &always_us;
    h->from_us = INT64_MIN;
    h->stream_count = 1;
    return h;
}

void history_free(struct history *h)
{
    if (h == NULL) {
        return;
    }
    for (size_t i = 0; i < history_shard_end(h); i++) {
        free(h->shards[i].items);
    }
    free(h->requests);
    free(h->puts);
    free(h);
}

const char *history_verdict(const struct history *h)
{
    return h->verdict[0] ? h->verdict : NULL;
}

void history_broken(struct history *h, const char *format, ...)
{
    if (h->verdict[0]) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(h->verdict, sizeof h->verdict, format, args);
    va_end(args);
}

struct shard *history_shard_at(struct history *h, uint32_t shard)
{
    if (shard >= history_shard_end(h)) {
        fprintf(stderr, "simulation: shard %u is beyond the history's table\n", shard);
        exit(2);
    }
    return &h->shards[shard];
}

/* ---- the streams' truth -------------------------------------------------------------------- */

uint32_t history_stream(struct history *h, unsigned stream)
{
    size_t at = h->shards[0].exists ? h->stream_count++ : 0;
    if (at == HISTORY_STREAMS_MAX) {
        fprintf(stderr, "simulation: more streams than the history's table holds\n");
        exit(2);
    }
    h->streams[at].stream = stream;
    for (size_t i = 0; i < at; i++) {
        h->streams[at].anew += h->streams[i].stream == stream;
    }
    return (uint32_t)at * HISTORY_SHARDS_MAX;
}

void history_shards_came(struct history *h)
{
    h->reshards++;
}

void history_stream_deleted(struct history *h, uint32_t first, int64_t now_us)
{
    h->streams[first / HISTORY_SHARDS_MAX].deleted = true;
    h->streams[first / HISTORY_SHARDS_MAX].deleted_us = now_us;
}

void history_shard(struct history *h,
                   uint32_t shard,
                   int parent,
                   int adjacent,
                   kds_u128_t first,
                   kds_u128_t last)
{
    struct shard *s = history_shard_at(h, shard);
    s->exists = true;
    s->parent = parent;
    s->adjacent = adjacent;
    s->first = first;
    s->last = last;
}

void history_shard_closed(struct history *h, uint32_t shard)
{
    struct shard *s = history_shard_at(h, shard);
    h->reshards += !s->closed;
    s->closed_us = s->closed ? s->closed_us : *h->now_us;
    s->closed = true;
}

/* ---- where reading begins ------------------------------------------------------------------ */

void history_clock(struct history *h, const int64_t *now_us)
{
    h->now_us = now_us;
}

bool history_need_not_be_read(const struct history *h, const struct item *item)
{
    return item->stored_us < h->from_us;
}

bool history_is_before_the_beginning(const struct history *h, const struct shard *s)
{
    return s->closed && s->closed_us < h->from_us;
}

void history_count_confirmed(const struct history *h, struct shard *s)
{
    while (s->confirmed < s->count &&
           (s->items[s->confirmed].confirmed ||
            history_need_not_be_read(h, &s->items[s->confirmed]))) {
        s->confirmed++;
    }
}

void history_reads_from(struct history *h, int64_t from_us)
{
    h->from_us = from_us;
    for (size_t n = 0; n < history_shard_end(h); n++) {
        h->shards[n].confirmed = 0;
        history_count_confirmed(h, &h->shards[n]);
    }
}

bool history_reads(const struct history *h)
{
    return h->from_us != KDS_NEVER_US;
}

/* ---- what is stored ------------------------------------------------------------------------ */

uint32_t history_identity(kds_slice_t data)
{
    unsigned id;
    char text[13];
    if (data.n < 12) {
        return HISTORY_UNKNOWN;
    }
    memcpy(text, data.p, 12);
    text[12] = 0;
    return sscanf(text, "id=%8u;", &id) == 1 ? id : HISTORY_UNKNOWN;
}

bool history_same_as_put(const struct history *h,
                         uint32_t id,
                         kds_slice_t key,
                         kds_slice_t data)
{
    uint8_t expected[8192];
    if (id >= h->put_count || !kds_slice_is(key, h->puts[id].key) ||
        data.n != h->puts[id].size || data.n > sizeof expected) {
        return false;
    }
    history_payload(h, id, expected);
    return memcmp(expected, data.p, data.n) == 0;
}

static struct request *request_at(struct history *h, uint64_t number)
{
    h->requests =
        grown(h->requests, &h->request_capacity, (size_t)number + 1, sizeof *h->requests);
    return &h->requests[number];
}

static struct item *new_item(struct shard *s, const char *sequence, uint64_t sub)
{
    s->items = grown(s->items, &s->capacity, s->count + 1, sizeof *s->items);
    struct item *item = &s->items[s->count++];
    snprintf(item->at.sequence, sizeof item->at.sequence, "%s", sequence);
    item->at.sub = sub;
    return item;
}

void history_stored(struct history *h,
                    uint64_t request,
                    uint32_t shard,
                    const char *sequence,
                    kds_slice_t partition_key,
                    kds_slice_t explicit_hash_key,
                    kds_slice_t data)
{
    struct shard *s = history_shard_at(h, shard);
    struct unpacked *u = unpack(partition_key, explicit_hash_key, data);
    bool readable = unpacked_within(u, s->first, s->last);

    h->stored_count++;
    request_at(h, request);
    for (size_t i = 0; i < u->count; i++) {
        uint32_t id = history_identity(u->records[i].data);
        if (kds_slice_is(u->records[i].data, "last word")) {
            continue; /* of no put that is judged here */
        }
        if (!history_same_as_put(h, id, u->records[i].partition_key,
                                 u->records[i].data)) {
            history_broken(h, "P2: shard %u stored user record %zu of %s altered", shard,
                           i, sequence);
            break;
        }
        if (h->puts[id].stream != h->streams[shard / HISTORY_SHARDS_MAX].stream) {
            history_broken(
                h, "P2: user record %u, put to stream %u, is stored in stream %u", id,
                h->puts[id].stream, h->streams[shard / HISTORY_SHARDS_MAX].stream);
        }
        struct item *item = new_item(s, sequence, i);
        item->put = id;
        item->request = request;
        item->readable = readable;
        item->lone = !u->aggregated;
        item->stored_us = *h->now_us;
        if (h->verbose) {
            fprintf(stderr,
                    "               stored: user record %u at shard %u, %s:%zu, call "
                    "%llu%s\n",
                    id, shard, sequence, i, (unsigned long long)request,
                    readable ? "" : ", not readable");
        }
        h->item_count++;
        if (h->puts[id].copies++ == 0) {
            h->puts[id].first_copy = h->item_count;
        }
    }
    history_count_confirmed(h, s);
    unpacked_free(u);
}

void history_request_ambiguous(struct history *h, uint64_t request)
{
    request_at(h, request)->ambiguous = true;
}

void history_request_knows(struct history *h, uint64_t request, unsigned anew)
{
    struct request *r = request_at(h, request);
    r->told = true;
    r->anew = anew;
}

/* ---- the producer -------------------------------------------------------------------------- */

uint32_t history_put(struct history *h,
                     int64_t now_us,
                     const char *partition_key,
                     const char *explicit_hash_key,
                     size_t size)
{
    h->puts = grown(h->puts, &h->put_capacity, h->put_count + 1, sizeof *h->puts);
    struct put *p = &h->puts[h->put_count];
    snprintf(p->key, sizeof p->key, "%s", partition_key);
    snprintf(p->hash_key, sizeof p->hash_key, "%s",
             explicit_hash_key ? explicit_hash_key : "");
    p->size = size < 12 ? 12 : size;
    p->accepted_us = now_us;
    return (uint32_t)h->put_count++;
}

void history_put_to(struct history *h, uint32_t id, unsigned stream)
{
    h->puts[id].stream = stream;
}

void history_payload(const struct history *h, uint32_t id, uint8_t *out)
{
    size_t size = h->puts[id].size;
    char head[13];
    snprintf(head, sizeof head, "id=%08u;", id);
    memcpy(out, head, 12);
    for (size_t i = 12; i < size; i++) {
        out[i] = (uint8_t)(id * 31u + i * 7u);
    }
}

void history_put_in_order(struct history *h, uint32_t id, uint32_t group)
{
    h->puts[id].group = group;
}

bool history_is_resolved(const struct history *h, uint32_t id)
{
    const struct put *p = &h->puts[id];
    return p->refused || p->died || p->outcomes > 0;
}

void history_put_refused(struct history *h, uint32_t id)
{
    h->puts[id].refused = true;
}

static void copy_text(char *out, size_t size, kds_slice_t text)
{
    size_t n = text.n < size ? text.n : size - 1;
    if (n > 0) {
        memcpy(out, text.p, n);
    }
    out[n] = 0;
}

static uint32_t shard_number(kds_slice_t shard)
{
    char text[64];
    unsigned number;
    copy_text(text, sizeof text, shard);
    return sscanf(text, "shardId-%u", &number) == 1 ? number : HISTORY_UNKNOWN;
}

/* Index of the first item behind (sequence, sub). */
size_t history_behind(const struct shard *s, kds_slice_t sequence, uint64_t sub)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct item *item = &s->items[middle];
        int order = kds_sequence_cmp(kds_slice(item->at.sequence), sequence);
        if (order < 0 || (order == 0 && item->at.sub <= sub)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The user record where its outcome says that it is, in the @p at-th stream; NULL if it is not there. */
static const struct item *
acknowledged_item(const struct history *h, uint32_t id, size_t at)
{
    const struct put *p = &h->puts[id];
    const struct shard *s = &h->shards[at * HISTORY_SHARDS_MAX + p->shard];
    uint64_t sub = p->sub < 0 ? 0 : (uint64_t)p->sub;
    size_t after = history_behind(s, kds_slice(p->sequence), sub);
    const struct item *item = after ? &s->items[after - 1] : NULL;
    return item != NULL && strcmp(item->at.sequence, p->sequence) == 0 &&
                   item->at.sub == sub && item->put == id
               ? item
               : NULL;
}

/* Could whoever stored it not know better than to store it so that readers drop it, or is there nothing to be read
 * any more where it lies? */
static bool is_excused(const struct history *h, const struct item *item, size_t at)
{
    const struct request *r = &h->requests[item->request];
    return (r->told && r->anew < h->streams[at].anew) ||
           (h->streams[at].deleted &&
            h->puts[item->put].resolved_us >= h->streams[at].deleted_us);
}

static void judge_success(struct history *h, uint32_t id)
{
    const struct put *p = &h->puts[id];
    bool found = false, good = false;
    if (p->shard >= HISTORY_SHARDS_MAX) {
        history_broken(h, "P2: user record %u succeeded in no shard", id);
        return;
    }
    /* A stream that is created anew may begin with the same sequence numbers. */
    for (size_t i = 0; !good && i < h->stream_count; i++) {
        const struct item *item =
            h->streams[i].stream == p->stream ? acknowledged_item(h, id, i) : NULL;
        found |= item != NULL;
        good = item != NULL && (item->readable || is_excused(h, item, i));
    }
    if (!found) {
        history_broken(
            h,
            "P2: user record %u is not at stream %u, shard %u, %s:%lld as acknowledged",
            id, p->stream, p->shard, p->sequence, (long long)p->sub);
    } else if (!good) {
        history_broken(h, "P2: user record %u was acknowledged, but a KCL drops it", id);
    }
}

void history_outcome(struct history *h,
                     int64_t now_us,
                     uint32_t id,
                     bool success,
                     kds_persisted_t persisted,
                     kds_slice_t shard,
                     kds_slice_t sequence,
                     int64_t sub)
{
    if (id >= h->put_count) {
        history_broken(h, "P1: an outcome for user record %u, which was never put", id);
        return;
    }
    struct put *p = &h->puts[id];
    if (p->refused) {
        history_broken(h, "P1: an outcome for user record %u, whose put was refused", id);
    }
    if (p->outcomes > 0 && p->found == p->found_before) {
        history_broken(h, "P1: %u outcomes for user record %u", p->outcomes + 1, id);
    } else if (p->success) {
        judge_success(h, id); /* of the process that died */
    }
    p->outcomes++;
    p->found_before = p->found;
    p->resolved_us = now_us;
    p->success = success;
    p->persisted = persisted;
    p->sub = sub;
    p->shard = success ? shard_number(shard) : HISTORY_UNKNOWN;
    copy_text(p->sequence, sizeof p->sequence, sequence);
}

void history_put_spooled(struct history *h, uint32_t id)
{
    h->puts[id].spooled = true;
}

void history_put_found(struct history *h, uint32_t id, bool undone)
{
    struct put *p = &h->puts[id];
    if (p->success && p->found == p->found_before && !undone) {
        return;
    }
    p->found++;
    p->group =
        p->outcomes > 0 && !p->success ? 0 : p->group; /* it is left out of the order */
}

void history_put_died(struct history *h, uint32_t id)
{
    struct put *p = &h->puts[id];
    p->died |= p->outcomes == 0 || p->found > p->found_before;
}

/* ---- the end ------------------------------------------------------------------------------- */

static void count_clear_copies(struct history *h)
{
    for (size_t n = 0; n < history_shard_end(h); n++) {
        for (size_t i = 0; i < h->shards[n].count; i++) {
            const struct item *item = &h->shards[n].items[i];
            bool clear = !h->requests[item->request].ambiguous;
            h->puts[item->put].clear_copies += clear && item->readable;
            h->puts[item->put].stray_copies += clear && !item->readable;
        }
    }
}

static bool same_place(const struct put *a, const struct put *b)
{
    return a->group == b->group && a->stream == b->stream &&
           a->hash_key[0] == b->hash_key[0] && strcmp(a->key, b->key) == 0 &&
           strcmp(a->hash_key, b->hash_key) == 0;
}

/* Of two that were acknowledged, the one that was put first was stored first. */
static void judge_order(struct history *h, uint32_t id)
{
    const struct put *p = &h->puts[id];
    for (uint32_t i = id; p->group != 0 && p->success && i-- > 0;) {
        const struct put *before = &h->puts[i];
        if (!before->success || before->died || !same_place(before, p)) {
            continue;
        }
        if (before->first_copy > p->first_copy) {
            history_broken(h,
                           "P4: user record %u was stored before %u, which was put "
                           "first with the same key",
                           id, i);
        }
        return; /* the one before that was judged with it */
    }
}

void history_judge_producer(struct history *h, int64_t limit_us)
{
    count_clear_copies(h);
    for (size_t i = 0; i < h->put_count; i++) {
        const struct put *p = &h->puts[i];
        uint32_t id = (uint32_t)i;
        if (p->refused || p->died) {
            continue;
        }
        if (p->outcomes == 0) {
            history_broken(h, "P1: user record %u has no outcome", id);
        }
        if (!p->spooled && p->resolved_us - p->accepted_us > limit_us) {
            history_broken(h, "P5: user record %u was resolved after %lld ms", id,
                           (long long)((p->resolved_us - p->accepted_us) / 1000));
        }
        /* One, and one more for each change of the shards that it can have met: what lands on a shard
         * that is gone again before its range is known is sent again. */
        if (p->clear_copies > 1 + h->reshards + p->found) {
            history_broken(h, "P3: %u clear copies of user record %u after %u reshards",
                           p->clear_copies, id, h->reshards);
        }
        if (p->stray_copies > STRAYS_MAX * (1 + p->found)) {
            history_broken(h, "P3: user record %u was packed wrongly %u times", id,
                           p->stray_copies);
        }
        if (p->success) {
            judge_success(h, id);
            judge_order(h, id);
        } else if (p->persisted == KDS_PERSISTED_NO && p->copies > 0) {
            history_broken(h,
                           "P3: user record %u failed as not persisted, %u copies exist",
                           id, p->copies);
        }
    }
}

size_t history_put_count(const struct history *h)
{
    return h->put_count;
}

size_t history_stored_count(const struct history *h)
{
    return h->stored_count;
}
