/*
 * agg_keys: what the builder of aggregated records is made of: regions that grow, fields, and tables
 * in which a key is held once and found again.
 *
 * All of it stands in a header for agg_builder.c alone: the path of one record is one function.
 */
#ifndef KDS_CODEC_AGG_KEYS_H
#define KDS_CODEC_AGG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/copy.h"
#include "base/internal.h"
#include "codec/agg_internal.h"
#include "kds/types.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define REGION_MIN 1024 /* bytes; the first allocation of a region */

/* Slots of a key table: powers of two. Up to SLOTS_CHEAP (16 KiB) they are kept sparse. */
#define SLOTS_MIN   64
#define SLOTS_CHEAP 4096

/*
 * Longest search for a key. A chain of this length does not come up among millions of keys unless
 * somebody chose them; then a key may stand twice in its table.
 */
#define PROBES_MAX 2048

#define GROUP 4 /* slots that are looked at together */

/*
 * Bytes ahead of a write position that are fetched into the cache. Many builders of large messages
 * take turns, and the processor does not foresee so many streams.
 */
#define WRITE_AHEAD 512

struct region {
    uint8_t *p;
    size_t n, cap;
};

struct entry {
    uint32_t tag;
    uint32_t end; /* offset in the region behind this entry's text */
};

/*
 * One key table: its bytes, its entries by index, and open addressing over 4-byte slots in groups of
 * four, one group after the other. With 2^m slots a slot holds index + 1 in its low m bits (0 =
 * free) and the tag's upper bits above; the tag's low m bits say in which group the search begins.
 * A group is looked at as a whole, without a branch for each slot: a new key finds its place with
 * none that is hard to foresee.
 */
struct key_table {
    struct region bytes;
    struct entry *entries;
    size_t entry_cap;
    uint32_t *slots;
    size_t slot_cap;
    uint32_t count; /* entries; at most three quarters of the slots */
    uint32_t mask;  /* slots in use - 1; they may be fewer than slot_cap */
    uint8_t field;  /* the byte in front of every entry */
};

/*
 * The path of one record is one function: split up, gcc passes places and sizes through memory,
 * which costs a quarter of it.
 */
#if defined(__GNUC__)
#define HOT static inline __attribute__((always_inline))
#else
#define HOT static inline
#endif

/* ---- varints ------------------------------------------------------------------------------ */

HOT size_t varint_size(size_t v)
{
    size_t n = 1;
    while (v >= 0x80) {
        v >>= 7;
        n++;
    }
    return n;
}

HOT uint8_t *varint_put(uint8_t *p, size_t v)
{
    while (v >= 0x80) {
        *p++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *p++ = (uint8_t)v;
    return p;
}

/*
 * Indexes of one or two bytes, by turns: shards are at different fill, so a branch would often be
 * guessed wrong. Writes up to one byte too many, which the rest of the record covers.
 */
HOT size_t has_second_byte(size_t v)
{
    return (0x7F - v) >> (8 * sizeof v - 1); /* a comparison becomes a branch in gcc */
}

HOT size_t index_size(size_t v)
{
    return KDS_LIKELY(v < 0x4000) ? 1 + has_second_byte(v) : varint_size(v);
}

HOT uint8_t *index_put(uint8_t *p, size_t v)
{
    if (KDS_UNLIKELY(v >= 0x4000)) {
        return varint_put(p, v);
    }
    p[0] = (uint8_t)(v | has_second_byte(v) << 7);
    p[1] = (uint8_t)(v >> 7);
    return p + 1 + has_second_byte(v);
}

/* A length-delimited field with a one-byte tag. */
HOT size_t field_size(size_t n)
{
    return 1 + varint_size(n) + n;
}

HOT void field_put(uint8_t *p, uint8_t tag, kds_slice_t value)
{
    *p++ = tag;
    p = varint_put(p, value.n);
    kds_copy_small(p, value.p, value.n);
}

/* ---- regions ------------------------------------------------------------------------------ */

/* @p limit is where doubling ends; only a first record goes beyond it. */
static bool region_grow(struct region *r, size_t more, size_t limit)
{
    size_t cap = r->cap > REGION_MIN / 2 ? r->cap * 2 : REGION_MIN;
    if (cap > limit) {
        cap = limit;
    }
    if (cap < r->n + more) {
        cap = r->n + more;
    }
    uint8_t *p = kds_realloc_array(r->p, cap, 1);
    if (p == NULL) {
        return false;
    }
    r->p = p;
    r->cap = cap;
    return true;
}

HOT bool region_room(struct region *r, size_t more, size_t limit)
{
    return KDS_LIKELY(r->cap - r->n >= more) || region_grow(r, more, limit);
}

/* Empty; what one oversized record had taken is given back. */
static void region_reset(struct region *r, size_t limit)
{
    r->n = 0;
    if (r->cap > limit) {
        kds_free(r->p);
        *r = (struct region){NULL, 0, 0};
    }
}

/* ---- key tables --------------------------------------------------------------------------- */

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Only spreads: the result never leaves the process, so byte order does not matter. */
static uint32_t text_tag(kds_slice_t text)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    const uint8_t *p = text.p;
    size_t n = text.n;
    uint64_t h = odd ^ n;

    for (; n > 8; n -= 8, p += 8) {
        h = (h ^ load64(p)) * odd;
        h ^= h >> 32;
    }
    uint64_t tail = 0;
    if (text.n >= 8) {
        tail = load64(text.p + text.n - 8);
    } else {
        for (size_t i = 0; i < n; i++) {
            tail = tail << 8 | p[i];
        }
    }
    h = (h ^ tail) * odd;
    h = (h ^ h >> 29) * odd;
    return (uint32_t)(h >> 32);
}

static bool table_init(struct key_table *t, uint8_t field)
{
    t->field = field;
    t->mask = SLOTS_MIN - 1;
    t->slot_cap = SLOTS_MIN;
    t->slots = kds_alloc_zero(SLOTS_MIN, sizeof *t->slots);
    return t->slots != NULL;
}

static void table_clear(struct key_table *t)
{
    kds_free(t->bytes.p);
    kds_free(t->entries);
    kds_free(t->slots);
}

HOT bool
entry_is(const struct key_table *t, uint32_t index, kds_slice_t text, size_t field_bytes)
{
    size_t end = t->entries[index].end;
    size_t start = index > 0 ? t->entries[index - 1].end : 0;
    /* A field's size tells the length of its text. */
    return end - start == field_bytes &&
           (text.n == 0 || memcmp(t->bytes.p + end - text.n, text.p, text.n) == 0);
}

/* Where a text is, or where it will be. */
struct place {
    uint32_t index;     /* == count: the text is new */
    uint32_t *slot;     /* of a new text: the free slot; NULL = the search was given up */
    uint32_t tag;       /* of the text */
    size_t field_bytes; /* its size in the table */
};

/* Of the four slots of a group, a bit each: those that are free, and those with the tag's bits. */
struct scan {
    unsigned free, alike;
};

#if defined(__SSE2__)

HOT struct scan scan_group(const uint32_t *slots, uint32_t tag, uint32_t mask)
{
    const __m128i group = _mm_loadu_si128((const void *)slots);
    const __m128i upper = _mm_and_si128(_mm_xor_si128(group, _mm_set1_epi32((int)tag)),
                                        _mm_set1_epi32((int)~mask));
    const __m128i zero = _mm_setzero_si128();
    struct scan scan;
    scan.free = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(group, zero)));
    scan.alike =
        (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(upper, zero)));
    scan.alike &= ~scan.free;
    return scan;
}

#else

HOT struct scan scan_group(const uint32_t *slots, uint32_t tag, uint32_t mask)
{
    struct scan scan = {0, 0};
    for (unsigned i = 0; i < GROUP; i++) {
        scan.free |= (unsigned)(slots[i] == 0) << i;
        scan.alike |= (unsigned)(slots[i] != 0 && ((slots[i] ^ tag) & ~mask) == 0) << i;
    }
    return scan;
}

#endif

/* The first of the bits of four slots, at least one of which is set. */
HOT uint32_t first_of(unsigned bits)
{
    static const uint8_t first[1 << GROUP] = {0, 0, 1, 0, 2, 0, 1, 0,
                                              3, 0, 1, 0, 2, 0, 1, 0};
    return first[bits];
}

/* The group in which the @p i -th step of a search for @p tag looks. */
HOT uint32_t *group_at(const struct key_table *t, uint32_t tag, uint32_t i)
{
    return t->slots + ((tag + i * GROUP) & t->mask & ~(uint32_t)(GROUP - 1));
}

HOT struct place table_find(const struct key_table *t, kds_slice_t text, uint32_t tag)
{
    struct place place = {t->count, NULL, tag, field_size(text.n)};
    for (uint32_t i = 0; i < PROBES_MAX / GROUP; i++) {
        uint32_t *group = group_at(t, tag, i);
        struct scan scan = scan_group(group, tag, t->mask);
        for (; scan.alike != 0; scan.alike &= scan.alike - 1) {
            uint32_t index = (group[first_of(scan.alike)] & t->mask) - 1;
            if (KDS_LIKELY(entry_is(t, index, text, place.field_bytes))) {
                place.index = index;
                return place;
            }
        }
        if (KDS_LIKELY(scan.free != 0)) {
            place.slot = group + first_of(scan.free);
            return place;
        }
    }
    return place;
}

static void slot_insert(struct key_table *t, uint32_t index, uint32_t tag)
{
    for (uint32_t i = 0; i < PROBES_MAX / GROUP; i++) {
        uint32_t *group = group_at(t, tag, i);
        struct scan scan = scan_group(group, tag, t->mask);
        if (scan.free != 0) {
            group[first_of(scan.free)] = (tag & ~t->mask) | (index + 1);
            return;
        }
    }
}

static bool slots_double(struct key_table *t)
{
    size_t count = ((size_t)t->mask + 1) * 2;
    if (count > t->slot_cap) {
        uint32_t *slots = kds_realloc_array(t->slots, count, sizeof *slots);
        if (slots == NULL) {
            return false;
        }
        t->slots = slots;
        t->slot_cap = count;
    }
    memset(t->slots, 0, count * sizeof *t->slots);
    t->mask = (uint32_t)(count - 1);
    for (uint32_t i = 0; i < t->count; i++) {
        slot_insert(t, i, t->entries[i].tag);
    }
    return true;
}

static bool entries_grow(struct key_table *t)
{
    size_t cap = t->entry_cap > 0 ? t->entry_cap * 2 : SLOTS_MIN / 2;
    struct entry *entries = kds_realloc_array(t->entries, cap, sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    t->entries = entries;
    t->entry_cap = cap;
    return true;
}

/*
 * While all slots fit into the cache a search should end at its first one; beyond, fewer cache lines
 * are worth more than fewer steps along them.
 */
HOT uint32_t fill_limit(const struct key_table *t)
{
    return t->mask < SLOTS_CHEAP ? t->mask / 4 : t->mask / 4 * 3;
}

/* Room in both indexes for one more entry. Done before a search, so that its place stays good. */
HOT bool table_ready(struct key_table *t)
{
    return (KDS_LIKELY(t->count < t->entry_cap) || entries_grow(t)) &&
           (KDS_LIKELY(t->count <= fill_limit(t)) || slots_double(t));
}

/* The bytes must have been made room for. */
HOT void table_add(struct key_table *t, kds_slice_t text, const struct place *place)
{
    field_put(t->bytes.p + t->bytes.n, t->field, text);
    t->bytes.n += place->field_bytes;
    t->entries[t->count] = (struct entry){place->tag, (uint32_t)t->bytes.n};
    if (KDS_LIKELY(place->slot != NULL)) {
        *place->slot = (place->tag & ~t->mask) | (t->count + 1);
    }
    t->count++;
    KDS_AGG_WILL_WRITE(t->bytes.p, t->bytes.n + WRITE_AHEAD);
    KDS_AGG_WILL_WRITE(t->entries + t->count, WRITE_AHEAD);
}

static void table_reset(struct key_table *t, size_t limit)
{
    /* Follow the use: clearing must not cost more than filling did. */
    if (t->count < t->mask / 8 && t->mask >= SLOTS_MIN) {
        t->mask /= 2;
    }
    memset(t->slots, 0, ((size_t)t->mask + 1) * sizeof *t->slots);
    region_reset(&t->bytes, limit);
    t->count = 0;
}

#endif /* KDS_CODEC_AGG_KEYS_H */
