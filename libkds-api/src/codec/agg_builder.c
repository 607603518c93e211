/*
 * agg_builder: packs user records into one aggregated record, in place.
 *
 * Three regions grow side by side: the two key tables and the records, each already in its final
 * bytes; sealing joins them. Nothing is rewritten or re-packed, so "does it fit" is answered before
 * anything changes. Knows no shard, limit of the service, thread or clock.
 * Wire format: docs/wire/aggregation.md
 */
#include "codec/agg.h"

#include "base/alloc.h"
#include "codec/agg_internal.h"
#include "kernel/md5.h"

#include <string.h>

#define REGION_MIN 1024 /* bytes; the first allocation of a region */

/* Slots of a key table: powers of two. Up to SLOTS_CHEAP (16 KiB) they are kept sparse. */
#define SLOTS_MIN   64
#define SLOTS_CHEAP 4096

/*
 * Longest search for a key. A chain of this length does not come up among millions of keys unless
 * somebody chose them; then a key may stand twice in its table.
 */
#define PROBES_MAX 2048

/*
 * Bytes ahead of a write position that are fetched into the cache. Many builders of large messages
 * take turns, and the processor does not foresee so many streams.
 */
#define WRITE_AHEAD 512

#define FINISH_LANES 32 /* messages handed to the MD5 kernel at a time */

struct region {
    uint8_t *p;
    size_t n, cap;
};

struct entry {
    uint32_t tag;
    uint32_t end; /* offset in the region behind this entry's text */
};

/*
 * One key table: its bytes, its entries by index, and open addressing with linear probing over
 * 4-byte slots. With 2^m slots a slot holds index + 1 in its low m bits (0 = free) and the tag's
 * upper bits above; the tag's low m bits are where the search begins, so all 32 are compared.
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

struct kds_agg_builder {
    struct key_table keys;
    struct key_table hash_keys;
    struct region records;
    size_t count;
    size_t max_bytes;
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
HOT size_t index_size(size_t v)
{
    return KDS_LIKELY(v < 0x4000) ? 1 + (size_t)(v >= 0x80) : varint_size(v);
}

HOT uint8_t *index_put(uint8_t *p, size_t v)
{
    if (KDS_UNLIKELY(v >= 0x4000)) {
        return varint_put(p, v);
    }
    p[0] = (uint8_t)(v | (size_t)(v >= 0x80) << 7);
    p[1] = (uint8_t)(v >> 7);
    return p + index_size(v);
}

/* Keys and small records are copied here rather than by a call. */
HOT void copy_bytes(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 16 && n <= 64) {
        memcpy(to, from, 16);
        memcpy(to + n - 16, from + n - 16, 16);
        if (n > 32) {
            memcpy(to + 16, from + 16, 16);
            memcpy(to + n - 32, from + n - 32, 16);
        }
    } else if (n > 0) {
        memcpy(to, from, n);
    }
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
    copy_bytes(p, value.p, value.n);
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

HOT struct place table_find(const struct key_table *t, kds_slice_t text, uint32_t tag)
{
    struct place place = {t->count, NULL, tag, field_size(text.n)};
    for (uint32_t i = 0; i < PROBES_MAX; i++) {
        uint32_t *slot = &t->slots[(tag + i) & t->mask];
        if (*slot == 0) {
            place.slot = slot;
            break;
        }
        uint32_t index = (*slot & t->mask) - 1;
        if (((*slot ^ tag) & ~t->mask) == 0 &&
            entry_is(t, index, text, place.field_bytes)) {
            place.index = index;
            break;
        }
    }
    return place;
}

static void slot_insert(struct key_table *t, uint32_t index, uint32_t tag)
{
    for (uint32_t i = 0; i < PROBES_MAX; i++) {
        uint32_t *slot = &t->slots[(tag + i) & t->mask];
        if (*slot == 0) {
            *slot = (tag & ~t->mask) | (index + 1);
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

/* ---- builder ------------------------------------------------------------------------------ */

struct kds_agg_builder *kds_agg_builder_new(size_t max_bytes)
{
    struct kds_agg_builder *b = kds_alloc_zero(1, sizeof *b);
    if (b == NULL) {
        return NULL;
    }
    b->max_bytes = max_bytes < KDS_AGG_BYTES_MAX ? max_bytes : KDS_AGG_BYTES_MAX;
    if (!table_init(&b->keys, KDS_AGG_TAG(KDS_AGG_F_PARTITION_KEYS, KDS_AGG_W_BYTES)) ||
        !table_init(&b->hash_keys, KDS_AGG_TAG(KDS_AGG_F_HASH_KEYS, KDS_AGG_W_BYTES))) {
        kds_agg_builder_free(b);
        return NULL;
    }
    return b;
}

void kds_agg_builder_free(struct kds_agg_builder *b)
{
    if (b != NULL) {
        table_clear(&b->keys);
        table_clear(&b->hash_keys);
        kds_free(b->records.p);
        kds_free(b);
    }
}

size_t kds_agg_builder_count(const struct kds_agg_builder *b)
{
    return b->count;
}

HOT size_t sealed_size(const struct kds_agg_builder *b)
{
    return KDS_AGG_OVERHEAD + b->keys.bytes.n + b->hash_keys.bytes.n + b->records.n;
}

size_t kds_agg_builder_size(const struct kds_agg_builder *b)
{
    return b->count > 0 ? sealed_size(b) : 0;
}

/* Where everything of one record goes, and what it costs. */
struct plan {
    struct place key, hash_key;
    bool has_hash_key;
    size_t key_bytes;    /* new in the partition key table */
    size_t hash_bytes;   /* new in the explicit hash key table */
    size_t inner_bytes;  /* the Record message */
    size_t record_bytes; /* with its tag and length */
};

HOT bool too_long(const struct kds_agg_record *r)
{
    return r->partition_key.n > KDS_AGG_BYTES_MAX ||
           r->explicit_hash_key.n > KDS_AGG_BYTES_MAX || r->data.n > KDS_AGG_BYTES_MAX;
}

static struct place find_hash_key(const struct key_table *t, kds_slice_t text)
{
    return table_find(t, text, text_tag(text));
}

/* No sum wraps: every part is below 2^31 and max_bytes bounds what is there already. */
HOT void make_plan(const struct kds_agg_builder *b,
                   const struct kds_agg_record *r,
                   struct plan *plan)
{
    uint32_t tag = r->key_tag != 0 ? r->key_tag : text_tag(r->partition_key);

    *plan = (struct plan){.has_hash_key = r->explicit_hash_key.p != NULL};
    plan->key = table_find(&b->keys, r->partition_key, tag);
    plan->key_bytes = plan->key.index == b->keys.count ? plan->key.field_bytes : 0;
    plan->inner_bytes = 1 + index_size(plan->key.index) + field_size(r->data.n);
    if (plan->has_hash_key) {
        plan->hash_key = find_hash_key(&b->hash_keys, r->explicit_hash_key);
        plan->inner_bytes += 1 + index_size(plan->hash_key.index);
        if (plan->hash_key.index == b->hash_keys.count) {
            plan->hash_bytes = plan->hash_key.field_bytes;
        }
    }
    plan->record_bytes = field_size(plan->inner_bytes);
}

HOT uint64_t size_after(const struct kds_agg_builder *b, const struct plan *plan)
{
    return (uint64_t)sealed_size(b) + plan->key_bytes + plan->hash_bytes +
           plan->record_bytes;
}

size_t kds_agg_builder_size_with(const struct kds_agg_builder *b,
                                 const struct kds_agg_record *record)
{
    if (too_long(record)) {
        return SIZE_MAX;
    }
    struct plan plan;
    make_plan(b, record, &plan);
    uint64_t size = size_after(b, &plan);
    return size <= KDS_AGG_BYTES_MAX ? (size_t)size : SIZE_MAX;
}

HOT void write_record(struct kds_agg_builder *b,
                      const struct kds_agg_record *r,
                      const struct plan *plan)
{
    uint8_t *p = b->records.p + b->records.n;

    *p++ = KDS_AGG_TAG(KDS_AGG_F_RECORDS, KDS_AGG_W_BYTES);
    p = varint_put(p, plan->inner_bytes);
    *p++ = KDS_AGG_TAG(KDS_AGG_F_PARTITION_KEY_INDEX, KDS_AGG_W_VARINT);
    p = index_put(p, plan->key.index);
    if (plan->has_hash_key) {
        *p++ = KDS_AGG_TAG(KDS_AGG_F_HASH_KEY_INDEX, KDS_AGG_W_VARINT);
        p = index_put(p, plan->hash_key.index);
    }
    field_put(p, KDS_AGG_TAG(KDS_AGG_F_DATA, KDS_AGG_W_BYTES), r->data);
    b->records.n += plan->record_bytes;
    KDS_AGG_WILL_WRITE(b->records.p, b->records.n + WRITE_AHEAD);
}

enum kds_agg_add kds_agg_builder_add(struct kds_agg_builder *b,
                                     const struct kds_agg_record *record)
{
    if (too_long(record)) {
        return KDS_AGG_FULL;
    }
    if (!table_ready(&b->keys) ||
        (record->explicit_hash_key.p != NULL && !table_ready(&b->hash_keys))) {
        return KDS_AGG_NO_MEMORY;
    }
    struct plan plan;
    make_plan(b, record, &plan);
    size_t limit = b->count > 0 ? b->max_bytes : KDS_AGG_BYTES_MAX;
    if (size_after(b, &plan) > limit) {
        return KDS_AGG_FULL;
    }
    if (!region_room(&b->keys.bytes, plan.key_bytes, b->max_bytes) ||
        !region_room(&b->hash_keys.bytes, plan.hash_bytes, b->max_bytes) ||
        !region_room(&b->records, plan.record_bytes, b->max_bytes)) {
        return KDS_AGG_NO_MEMORY;
    }
    if (plan.key_bytes > 0) {
        table_add(&b->keys, record->partition_key, &plan.key);
    }
    if (plan.hash_bytes > 0) {
        table_add(&b->hash_keys, record->explicit_hash_key, &plan.hash_key);
    }
    write_record(b, record, &plan);
    b->count++;
    return KDS_AGG_ADDED;
}

static const uint8_t *skip_varint(const uint8_t *p)
{
    while (*p >= 0x80) {
        p++;
    }
    return p + 1;
}

/* Behind a field's tag and length, both of which this file wrote. */
static kds_slice_t text_between(const uint8_t *field, const uint8_t *end)
{
    const uint8_t *text = skip_varint(field + 1);
    return (kds_slice_t){text, (size_t)(end - text)};
}

static kds_slice_t only_entry(const struct key_table *t)
{
    return text_between(t->bytes.p, t->bytes.p + t->bytes.n);
}

bool kds_agg_builder_single(const struct kds_agg_builder *b, struct kds_agg_view *out)
{
    if (b->count != 1) {
        return false;
    }
    bool has_hash_key = b->hash_keys.count > 0;
    const uint8_t *inner = skip_varint(b->records.p + 1);
    const uint8_t *data = inner + (has_hash_key ? 4 : 2); /* each index is 0: two bytes */

    out->partition_key = only_entry(&b->keys);
    out->explicit_hash_key =
        has_hash_key ? only_entry(&b->hash_keys) : (kds_slice_t){NULL, 0};
    out->data = text_between(data, b->records.p + b->records.n);
    return true;
}

void kds_agg_builder_reset(struct kds_agg_builder *b)
{
    table_reset(&b->keys, b->max_bytes);
    table_reset(&b->hash_keys, b->max_bytes);
    region_reset(&b->records, b->max_bytes);
    b->count = 0;
}

static uint8_t *put_region(uint8_t *p, const struct region *r)
{
    if (r->n > 0) {
        memcpy(p, r->p, r->n);
    }
    return p + r->n;
}

kds_err_t kds_agg_builder_seal(struct kds_agg_builder *b, struct kds_buf *out)
{
    size_t size = kds_agg_builder_size(b);
    if (size == 0) {
        return out->err;
    }
    uint8_t *p = kds_buf_reserve(out, size);
    if (p == NULL) {
        return out->err;
    }
    memcpy(p, KDS_AGG_MAGIC, KDS_AGG_MAGIC_BYTES);
    p = put_region(p + KDS_AGG_MAGIC_BYTES, &b->keys.bytes);
    p = put_region(p, &b->hash_keys.bytes);
    p = put_region(p, &b->records);
    memset(p, 0, KDS_AGG_DIGEST_BYTES);
    kds_buf_commit(out, size);
    kds_agg_builder_reset(b);
    return KDS_OK;
}

void kds_agg_finish(uint8_t *const *messages, const size_t *sizes, size_t count)
{
    struct kds_md5_job jobs[FINISH_LANES];
    size_t waiting = 0;

    for (size_t i = 0; i < count; i++) {
        jobs[waiting].message =
            (kds_slice_t){messages[i] + KDS_AGG_MAGIC_BYTES, sizes[i] - KDS_AGG_OVERHEAD};
        jobs[waiting].digest = messages[i] + sizes[i] - KDS_AGG_DIGEST_BYTES;
        if (++waiting == FINISH_LANES) {
            kds_md5_many(jobs, waiting);
            waiting = 0;
        }
    }
    kds_md5_many(jobs, waiting);
}
