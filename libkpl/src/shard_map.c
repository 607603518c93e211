/*
 * shard_map: from pages to a map that covers every hash key.
 */
#include "shard_map.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

/* The KPL's: 1 s, half as long again each time, 30 s at most. */
#define BACKOFF_FIRST_US KDS_US_PER_S
#define BACKOFF_LAST_US  (30 * KDS_US_PER_S)
#define PAGES_MAX        64 /* of 1000 shards */

void kpl_shard_map_init(struct kpl_shard_map *m)
{
    memset(m, 0, sizeof *m);
    m->made_us = -1;
    m->backoff_us = BACKOFF_FIRST_US;
}

void kpl_shard_map_clear(struct kpl_shard_map *m)
{
    while (m->shards != NULL) {
        struct kpl_shard *next = m->shards->next;
        kds_agg_builder_free(m->shards->builder);
        kpl_unit_free(m->shards->filling);
        kpl_queue_free(&m->shards->sealed);
        kds_free(m->shards);
        m->shards = next;
    }
    kds_free(m->sorted);
    kds_free(m->token);
}

static void forget_listing(struct kpl_shard_map *m)
{
    kds_free(m->token);
    m->token = NULL;
    m->pages = 0;
}

void kpl_shard_map_want(struct kpl_shard_map *m, int64_t now_us)
{
    if (m->listing == KPL_LISTING_IDLE) {
        m->listing = KPL_LISTING_WANTED;
        m->ask_at_us = now_us;
        forget_listing(m);
    }
}

void kpl_shard_map_asked(struct kpl_shard_map *m, int64_t now_us)
{
    if (m->pages == 0) {
        m->began_us = now_us;
        for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
            s->listed = false;
        }
    }
    m->listing = KPL_LISTING_ASKED;
}

void kpl_shard_map_failed(struct kpl_shard_map *m, int64_t now_us)
{
    forget_listing(m);
    m->listing = KPL_LISTING_WANTED;
    m->ask_at_us = kds_us_add(now_us, m->backoff_us);
    m->backoff_us = m->backoff_us * 3 / 2;
    if (m->backoff_us > BACKOFF_LAST_US) {
        m->backoff_us = BACKOFF_LAST_US;
    }
}

struct kpl_shard *kpl_shard_map_by_id(const struct kpl_shard_map *m, kds_slice_t id)
{
    struct kpl_shard *s = m->shards;
    while (s != NULL && !kds_slice_is(id, s->id)) {
        s = s->next;
    }
    return s;
}

/* @return false when out of memory; a shard that cannot be understood is left out */
static bool note_shard(struct kpl_shard_map *m,
                       const kds_shard_t *in,
                       int64_t rate_percent,
                       int64_t now_us)
{
    kds_u128_t first, last;
    if (!kds_u128_parse(in->hash_key_range.starting_hash_key, &first) ||
        !kds_u128_parse(in->hash_key_range.ending_hash_key, &last) ||
        in->shard_id.n == 0 || in->shard_id.n >= sizeof m->shards->id ||
        in->sequence_number_range.ending_sequence_number.n > 0) {
        return true; /* leaves a hole, or is closed: some servers list those too */
    }
    struct kpl_shard *s = kpl_shard_map_by_id(m, in->shard_id);
    if (s == NULL) {
        s = kds_alloc_zero(1, sizeof *s);
        if (s == NULL) {
            return false;
        }
        memcpy(s->id, in->shard_id.p, in->shard_id.n);
        kpl_limiter_init(&s->limiter, rate_percent, now_us);
        s->next = m->shards;
        m->shards = s;
    }
    s->first = first;
    s->last = last;
    s->listed = true;
    return true;
}

static int by_hash(const void *a, const void *b)
{
    const struct kpl_shard *x = *(struct kpl_shard *const *)a;
    const struct kpl_shard *y = *(struct kpl_shard *const *)b;
    return kds_u128_cmp(x->first, y->first);
}

/* Every hash key in exactly one of them? */
static bool covers(struct kpl_shard *const *sorted, size_t count)
{
    const kds_u128_t zero = {0, 0}, one = {0, 1};
    if (count == 0 || kds_u128_cmp(sorted[0]->first, zero) != 0 ||
        kds_u128_cmp(sorted[count - 1]->last, KDS_U128_MAX) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (kds_u128_cmp(sorted[i]->first, sorted[i]->last) > 0 ||
            (i > 0 && kds_u128_cmp(kds_u128_add(sorted[i - 1]->last, one),
                                   sorted[i]->first) != 0)) {
            return false;
        }
    }
    return true;
}

static enum kpl_page make_map(struct kpl_shard_map *m, int64_t now_us)
{
    size_t count = 0;
    for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
        count += s->listed;
    }
    struct kpl_shard **sorted =
        kds_alloc_zero(count ? count : 1, sizeof(struct kpl_shard *));
    if (sorted == NULL) {
        kpl_shard_map_failed(m, now_us);
        return KPL_PAGE_NO_MEMORY;
    }
    count = 0;
    for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
        if (s->listed) {
            sorted[count++] = s;
        }
    }
    qsort(sorted, count, sizeof(struct kpl_shard *), by_hash);
    if (!covers(sorted, count)) {
        kds_free(sorted);
        kpl_shard_map_failed(m, now_us);
        return KPL_PAGE_UNUSABLE;
    }
    for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
        s->open = s->listed;
    }
    kds_free(m->sorted);
    m->sorted = sorted;
    m->count = count;
    m->made_us = m->began_us;
    m->listing = KPL_LISTING_IDLE;
    m->backoff_us = BACKOFF_FIRST_US;
    forget_listing(m);
    return KPL_PAGE_MAP;
}

enum kpl_page kpl_shard_map_page(struct kpl_shard_map *m,
                                 const kds_list_shards_out_t *page,
                                 int64_t rate_percent,
                                 int64_t now_us)
{
    bool room = true;
    for (size_t i = 0; room && i < page->shards_count; i++) {
        room = note_shard(m, &page->shards[i], rate_percent, now_us);
    }
    kds_free(m->token);
    m->token = NULL;
    if (room && page->next_token.p == NULL) {
        return make_map(m, now_us);
    }
    if (room && ++m->pages < PAGES_MAX) {
        m->token = kds_alloc(page->next_token.n + 1);
    }
    if (m->token == NULL) {
        kpl_shard_map_failed(m, now_us);
        return room ? KPL_PAGE_UNUSABLE : KPL_PAGE_NO_MEMORY;
    }
    memcpy(m->token, page->next_token.p, page->next_token.n);
    m->token[page->next_token.n] = 0;
    m->listing = KPL_LISTING_WANTED;
    m->ask_at_us = now_us;
    return KPL_PAGE_MORE;
}

struct kpl_shard *kpl_shard_map_find(const struct kpl_shard_map *m, kds_u128_t hash)
{
    if (m->sorted == NULL) {
        return NULL;
    }
    size_t low = 0, high = m->count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_u128_cmp(m->sorted[middle]->last, hash) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return m->sorted[low];
}
