/*
 * shard_map: from pages to a map that covers every hash key.
 */
#include "shard_map.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "gate.h"

#include <stdlib.h>
#include <string.h>

#define BACKOFF_FIRST_US (2 * KDS_US_PER_S) /* half of it is random */
#define BACKOFF_LAST_US  (30 * KDS_US_PER_S)
#define AGAIN_FIRST_US   (100 * KDS_US_PER_MS) /* from list to list while nothing changes */
#define AGAIN_LAST_US    (30 * KDS_US_PER_S)
#define DOUBT_REPEATS                                                                    \
    2 /* so soon a doubt asks again, though the list has told nothing new more often */
#define NO_MAP_TRIES   3 /* listings that fail before what waits for a map goes without */
#define SAME_MAP_TRIES 5 /* ... that tell nothing new; a new stream needs fewer */
#define PAGES_MAX      64 /* of 1000 shards */
#define SHARDS_MAX     ((size_t)PAGES_MAX * 1000)
#define REACH_BITS_MIN 6
#define REACH_BITS_MAX 12
#define REMEMBERED_US  (60 * KDS_US_PER_S) /* the KPL's, for shards that are gone */

void kpl_shard_map_init(struct kpl_shard_map *m)
{
    memset(m, 0, sizeof *m);
    m->made_us = -1;
}

static void free_queue(struct kpl_queue *q)
{
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(q)) != NULL) {
        kpl_unit_free(u);
    }
}

void kpl_shard_clear(struct kpl_shard *s)
{
    kds_agg_builder_free(s->builder);
    kpl_unit_free(s->filling);
    free_queue(&s->sealed);
}

void kpl_shard_map_clear(struct kpl_shard_map *m)
{
    while (m->shards != NULL) {
        struct kpl_shard *next = m->shards->next;
        kpl_shard_clear(m->shards);
        kds_free(m->shards);
        m->shards = next;
    }
    kds_free(m->sorted);
    kds_free(m->reach);
    kds_free(m->token);
}

/* ---- when to ask -------------------------------------------------------------------------- */

static void forget_listing(struct kpl_shard_map *m)
{
    kds_free(m->token);
    m->token = NULL;
    m->pages = 0;
}

static int64_t gap_us(const struct kpl_shard_map *m)
{
    int64_t us = m->repeats > 0 ? AGAIN_FIRST_US : 0;
    for (unsigned n = 1; n < m->repeats && us < AGAIN_LAST_US; n++) {
        us *= 2;
    }
    return us < AGAIN_LAST_US ? us : AGAIN_LAST_US;
}

bool kpl_shard_map_is_hopeless(const struct kpl_shard_map *m)
{
    return m->failures >= NO_MAP_TRIES || m->repeats >= SAME_MAP_TRIES;
}

void kpl_shard_map_want(struct kpl_shard_map *m, int64_t now_us)
{
    if (m->listing == KPL_LISTING_IDLE) {
        /* The last one was made long ago: no haste is seen in that. */
        m->repeats = now_us - m->made_us <= 2 * AGAIN_LAST_US ? m->repeats : 0;
        int64_t earliest_us = m->made_us + gap_us(m);
        m->listing = KPL_LISTING_WANTED;
        m->ask_at_us = earliest_us > now_us ? earliest_us : now_us;
        forget_listing(m);
    }
}

void kpl_shard_map_doubt(struct kpl_shard_map *m, int64_t now_us)
{
    m->doubted = m->sorted != NULL;
    m->stale = m->listing == KPL_LISTING_ASKED;
    m->repeats = m->repeats < DOUBT_REPEATS ? m->repeats : DOUBT_REPEATS;
    if (m->listing == KPL_LISTING_WANTED) {
        forget_listing(m);
        m->listing = m->failures == 0 ? KPL_LISTING_IDLE : m->listing;
    }
    kpl_shard_map_want(m, now_us);
}

void kpl_shard_map_asked(struct kpl_shard_map *m, int64_t now_us)
{
    if (m->pages == 0) {
        m->stale = false;
        m->began_us = now_us;
        for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
            s->listed = false;
        }
    }
    m->listing = KPL_LISTING_ASKED;
}

void kpl_shard_map_failed(struct kpl_shard_map *m, int64_t now_us, struct kds_rng *rng)
{
    forget_listing(m);
    m->listing = KPL_LISTING_WANTED;
    m->ask_at_us =
        now_us + kpl_backoff_us(BACKOFF_FIRST_US, BACKOFF_LAST_US, m->failures, rng);
    m->failures++;
}

/* ---- shards by their ids ------------------------------------------------------------------ */

static struct kpl_shard **bucket_of(struct kpl_shard_map *m, kds_slice_t id)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < id.n; i++) {
        h = (h ^ id.p[i]) * 16777619u;
    }
    return &m->buckets[h % KPL_SHARD_BUCKETS];
}

struct kpl_shard *kpl_shard_map_by_id(struct kpl_shard_map *m,
                                      kds_slice_t id,
                                      int64_t rate_percent,
                                      int64_t now_us)
{
    struct kpl_shard **bucket = bucket_of(m, id);
    struct kpl_shard *s = *bucket;
    while (s != NULL && !kds_slice_is(id, s->id)) {
        s = s->same_bucket;
    }
    if (s != NULL || id.n == 0 || id.n >= sizeof s->id || m->shard_count >= SHARDS_MAX) {
        return s;
    }
    s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    memcpy(s->id, id.p, id.n);
    s->closed_us = now_us;
    kpl_limiter_init(&s->limiter, rate_percent, now_us);
    s->next = m->shards;
    m->shards = s;
    s->same_bucket = *bucket;
    *bucket = s;
    m->shard_count++;
    return s;
}

static void leave_bucket(struct kpl_shard_map *m, const struct kpl_shard *s)
{
    struct kpl_shard **same = bucket_of(m, kds_slice(s->id));
    while (*same != NULL && *same != s) {
        same = &(*same)->same_bucket;
    }
    if (*same != NULL) {
        *same = s->same_bucket;
    }
}

/* Another shard has its id now, or may have it. */
static void give_up_id(struct kpl_shard_map *m, struct kpl_shard *s)
{
    if (!s->renamed) {
        s->renamed = true;
        leave_bucket(m, s);
    }
}

void kpl_shard_map_forget(struct kpl_shard_map *m, int64_t now_us)
{
    struct kpl_shard **at = &m->shards;
    while (*at != NULL) {
        struct kpl_shard *s = *at;
        if (s->open || s->in_use || s->listed || s->units > 0 || s->filling != NULL ||
            now_us - s->closed_us < REMEMBERED_US) {
            at = &s->next;
            continue;
        }
        leave_bucket(m, s);
        *at = s->next;
        m->shard_count--;
        kpl_shard_clear(s);
        kds_free(s);
    }
}

/* ---- sequence numbers ----------------------------------------------------------------------- */

/* As they have been seen: 186 bits, 56 digits, above bit 148 the second in which the shard was made. That is
 * 3.57 in the first twelve digits, and all that is counted within a shard moves these by one at most. */
#define NUMBER_DIGITS 56
#define FIRST_DIGITS  12

static uint64_t first_digits(kds_slice_t sequence)
{
    uint64_t value = 0;
    if (sequence.n != NUMBER_DIGITS) {
        return 0;
    }
    for (size_t i = 0; i < FIRST_DIGITS; i++) {
        if (sequence.p[i] < '0' || sequence.p[i] > '9') {
            return 0;
        }
        value = value * 10 + (uint64_t)(sequence.p[i] - '0');
    }
    return value;
}

bool kpl_shard_is_another(const struct kpl_shard *s, kds_slice_t sequence)
{
    uint64_t a = s->number, b = first_digits(sequence);
    return a != 0 && b != 0 && (a > b ? a - b : b - a) > 1;
}

/* ---- pages -------------------------------------------------------------------------------- */

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
    struct kpl_shard *s = kpl_shard_map_by_id(m, in->shard_id, rate_percent, now_us);
    if (s != NULL && s->known &&
        (kds_u128_cmp(s->first, first) != 0 || kds_u128_cmp(s->last, last) != 0)) {
        give_up_id(m, s);
        m->doubted = true; /* and its neighbours may be others, too */
        s = kpl_shard_map_by_id(m, in->shard_id, rate_percent, now_us);
    }
    if (s == NULL) {
        return false;
    }
    s->listed = true;
    s->listed_first = first;
    s->listed_last = last;
    s->listed_number = first_digits(in->sequence_number_range.starting_sequence_number);
    return true;
}

static int by_hash(const void *a, const void *b)
{
    const struct kpl_slot *x = a, *y = b;
    return kds_u128_cmp(x->last, y->last);
}

/* Every hash key in exactly one of them? */
static bool covers(const struct kpl_slot *sorted, size_t count)
{
    const kds_u128_t one = {0, 1};
    kds_u128_t expected = {0, 0};
    for (size_t i = 0; i < count; i++) {
        const struct kpl_shard *s = sorted[i].shard;
        if (kds_u128_cmp(s->listed_first, expected) != 0 ||
            kds_u128_cmp(s->listed_first, s->listed_last) > 0) {
            return false;
        }
        expected = kds_u128_add(s->listed_last, one);
    }
    return count > 0 && kds_u128_cmp(sorted[count - 1].last, KDS_U128_MAX) == 0;
}

/* Shards are numbered as they are made: shardId-000000000007. */
static bool is_older(const struct kpl_shard *a, const struct kpl_shard *b)
{
    size_t a_n = strlen(a->id), b_n = strlen(b->id);
    return a_n != b_n ? a_n < b_n : strcmp(a->id, b->id) < 0;
}

/* Does the list put a shard in the place of a younger one that was open? Then it is of another stream. */
static bool
goes_back(const struct kpl_shard_map *m, const struct kpl_slot *sorted, size_t count)
{
    size_t i = 0, k = 0;
    while (i < m->count && k < count) {
        const struct kpl_shard *was = m->sorted[i].shard, *is = sorted[k].shard;
        if (!was->listed && is_older(is, was)) {
            return true;
        }
        int order = kds_u128_cmp(m->sorted[i].last, sorted[k].last);
        i += order <= 0;
        k += order >= 0;
    }
    return false;
}

/* @return does that change the map? */
static bool take_over(struct kpl_shard *s, int64_t now_us)
{
    bool changed = s->open != s->listed;
    if (s->listed) {
        s->known = true;
        s->first = s->listed_first;
        s->last = s->listed_last;
        s->number = s->listed_number;
    } else if (s->open) {
        s->closed_us = now_us;
    }
    s->open = s->listed;
    s->listed = false;
    return changed;
}

/* Some times as many as shards, so that few of them have a border in their midst. */
static struct kpl_reach *
make_reach(const struct kpl_slot *sorted, size_t count, unsigned *shift)
{
    unsigned bits = REACH_BITS_MIN;
    while (bits < REACH_BITS_MAX && (size_t)1 << bits < 4 * count) {
        bits++;
    }
    struct kpl_reach *reach = kds_alloc_zero((size_t)1 << bits, sizeof *reach);
    *shift = 64 - bits;
    for (uint32_t i = 0, at = 0; reach != NULL && i < (uint32_t)1 << bits; i++) {
        const kds_u128_t first = {(uint64_t)i << *shift, 0};
        const kds_u128_t last = {first.hi | (UINT64_MAX >> bits), UINT64_MAX};
        while (kds_u128_cmp(sorted[at].last, first) < 0) {
            at++;
        }
        reach[i].low = at;
        while (kds_u128_cmp(sorted[at].last, last) < 0) {
            at++;
        }
        reach[i].high = at;
    }
    return reach;
}

static enum kpl_page
make_map(struct kpl_shard_map *m, int64_t now_us, struct kds_rng *rng)
{
    size_t count = 0;
    struct kpl_slot *sorted =
        kds_alloc_zero(m->shard_count ? m->shard_count : 1, sizeof *sorted);
    if (sorted == NULL) {
        kpl_shard_map_failed(m, now_us, rng);
        return KPL_PAGE_NO_MEMORY;
    }
    for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
        if (s->listed) {
            sorted[count++] = (struct kpl_slot){s->listed_last, s};
        }
    }
    qsort(sorted, count, sizeof *sorted, by_hash);
    if (!covers(sorted, count)) {
        kds_free(sorted);
        kpl_shard_map_failed(m, now_us, rng);
        return KPL_PAGE_UNUSABLE;
    }
    unsigned shift;
    struct kpl_reach *reach = make_reach(sorted, count, &shift);
    if (reach == NULL) {
        kds_free(sorted);
        kpl_shard_map_failed(m, now_us, rng);
        return KPL_PAGE_NO_MEMORY;
    }
    bool changed = false;
    m->doubted |= goes_back(m, sorted, count);
    for (struct kpl_shard *s = m->shards; s != NULL; s = s->next) {
        if (m->doubted && !s->listed) {
            give_up_id(m, s);
        }
        changed |= take_over(s, now_us);
    }
    m->repeats = changed ? 0 : m->repeats + 1;
    kds_free(m->sorted);
    kds_free(m->reach);
    m->sorted = sorted;
    m->count = count;
    m->reach = reach;
    m->reach_shift = shift;
    m->made_us = m->began_us;
    m->doubted = false;
    m->listing = KPL_LISTING_IDLE;
    m->failures = 0;
    forget_listing(m);
    return KPL_PAGE_MAP;
}

enum kpl_page kpl_shard_map_page(struct kpl_shard_map *m,
                                 const kds_list_shards_out_t *page,
                                 int64_t rate_percent,
                                 int64_t now_us,
                                 struct kds_rng *rng)
{
    bool room = true;
    if (m->stale) {
        forget_listing(m);
        m->listing = KPL_LISTING_WANTED;
        m->ask_at_us = now_us;
        return KPL_PAGE_MORE;
    }
    for (size_t i = 0; room && i < page->shards_count; i++) {
        room = note_shard(m, &page->shards[i], rate_percent, now_us);
    }
    kds_free(m->token);
    m->token = NULL;
    if (room && page->next_token.p == NULL) {
        return make_map(m, now_us, rng);
    }
    if (room && ++m->pages < PAGES_MAX) {
        m->token = kds_alloc(page->next_token.n + 1);
    }
    if (m->token == NULL) {
        kpl_shard_map_failed(m, now_us, rng);
        return room ? KPL_PAGE_UNUSABLE : KPL_PAGE_NO_MEMORY;
    }
    memcpy(m->token, page->next_token.p, page->next_token.n);
    m->token[page->next_token.n] = 0;
    m->listing = KPL_LISTING_WANTED;
    m->ask_at_us = now_us;
    return KPL_PAGE_MORE;
}

struct kpl_shard *kpl_shard_map_search(const struct kpl_shard_map *m, kds_u128_t hash)
{
    const struct kpl_reach r = m->reach[hash.hi >> m->reach_shift];
    size_t low = r.low, high = r.high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_u128_cmp(m->sorted[middle].last, hash) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return m->sorted[low].shard;
}
