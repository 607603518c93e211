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
#include "codec/agg_keys.h"
#include "kernel/md5.h"

#include <string.h>

#define FINISH_LANES 32 /* messages handed to the MD5 kernel at a time */

struct kds_agg_builder {
    struct key_table keys;
    struct key_table hash_keys;
    struct region records;
    size_t count;
    size_t max_bytes;
};

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

/* Where everything of one record goes, and what it costs. Members are set one by one: this is the path
 * of each record, and the second place is seldom of use. */
struct plan {
    struct place key, hash_key; /* the second if has_hash_key */
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

    plan->has_hash_key = r->explicit_hash_key.p != NULL;
    plan->hash_bytes = 0;
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
    KDS_UNINITIALIZED struct plan plan;
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
    KDS_UNINITIALIZED struct plan plan;
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

void kds_agg_builder_expect(const struct kds_agg_builder *b, uint32_t key_tag)
{
    KDS_AGG_WILL_WRITE(group_at(&b->keys, key_tag, 0), 0);
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
