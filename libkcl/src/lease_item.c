/*
 * lease_item: leases to items and back.
 */
#include "lease_item.h"

#include "base/slice.h"
#include "base/text.h"

#include <string.h>

const kds_dynamodb_attribute_value_t *
kcl_item_find(const kds_dynamodb_attribute_t *item, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (kds_slice_is(item[i].key, name)) {
            return &item[i].value;
        }
    }
    return NULL;
}

kds_slice_t kcl_item_state(const kds_dynamodb_attribute_t *item, size_t count)
{
    const kds_dynamodb_attribute_value_t *state = kcl_item_find(item, count, KCL_A_STATE);
    return state != NULL ? state->b : kds_slice_of(NULL, 0);
}

bool kcl_item_name(const kds_dynamodb_attribute_t *item,
                   size_t count,
                   struct kcl_lease_name *out)
{
    struct kcl_lease lease;
    const kds_dynamodb_attribute_value_t *key = kcl_item_find(item, count, KCL_A_KEY);
    if (key == NULL || !kcl_lease_of_key(key->s, &lease)) {
        return false;
    }
    memcpy(out->stream, lease.stream, sizeof out->stream);
    memcpy(out->shard_id, lease.shard_id, sizeof out->shard_id);
    return true;
}

/* ---- reading -------------------------------------------------------------------------------- */

struct reader {
    const kds_dynamodb_attribute_t *item;
    size_t count;
    bool bad; /* something is there and is not what it should be */
};

/* @return absent if it is not there */
static kds_slice_t read_text(struct reader *r, const char *name)
{
    const kds_dynamodb_attribute_value_t *v = kcl_item_find(r->item, r->count, name);
    r->bad = r->bad || (v != NULL && v->s.p == NULL);
    return v ? v->s : kds_slice_of(NULL, 0);
}

static void copy_text(struct reader *r, const char *name, char *out, size_t size)
{
    kds_slice_t text = read_text(r, name);
    r->bad = !kcl_copy_text(out, size, text) || r->bad;
}

static bool read_i64(struct reader *r, const char *name, int64_t *out)
{
    const kds_dynamodb_attribute_value_t *v = kcl_item_find(r->item, r->count, name);
    if (v == NULL) {
        return false;
    }
    bool good = v->n.p != NULL && kds_parse_i64(v->n, out);
    r->bad = r->bad || !good;
    return good;
}

static uint64_t read_u64(struct reader *r, const char *name)
{
    uint64_t out = 0;
    const kds_dynamodb_attribute_value_t *v = kcl_item_find(r->item, r->count, name);
    r->bad = r->bad || (v != NULL && (v->n.p == NULL || !kds_parse_u64(v->n, &out)));
    return out;
}

static size_t
read_names(struct reader *r, const char *name, char out[][KCL_NAME_BYTES], size_t most)
{
    const kds_dynamodb_attribute_value_t *v = kcl_item_find(r->item, r->count, name);
    if (v == NULL) {
        return 0;
    }
    if (v->ss == NULL || v->ss_count > most) {
        r->bad = true;
        return 0;
    }
    for (size_t i = 0; i < v->ss_count; i++) {
        r->bad = !kcl_copy_text(out[i], KCL_NAME_BYTES, v->ss[i]) || r->bad;
    }
    return v->ss_count;
}

static bool read_position(struct reader *r,
                          const char *name,
                          const char *sub_name,
                          struct kcl_position *out)
{
    int64_t sub = 0;
    kds_slice_t text = read_text(r, name);
    read_i64(r, sub_name, &sub);
    if (text.p == NULL) {
        return false;
    }
    r->bad = !kcl_position_parse(text, sub, out) || r->bad;
    if (out->kind != KCL_AFTER_RECORD) {
        out->number = 0;
    }
    return true;
}

static void read_range(struct reader *r, struct kcl_lease *lease)
{
    kds_slice_t first = read_text(r, KCL_A_FIRST), last = read_text(r, KCL_A_LAST);
    if (first.p != NULL && last.p != NULL) {
        lease->has_range = true;
        r->bad = r->bad || !kds_u128_parse(first, &lease->first) ||
                 !kds_u128_parse(last, &lease->last) ||
                 kds_u128_cmp(lease->first, lease->last) > 0;
    }
}

static void read_pending(struct reader *r, struct kcl_lease *lease)
{
    lease->has_pending =
        read_position(r, KCL_A_PENDING, KCL_A_PENDING_SUB, &lease->pending);
    kds_slice_t state = kcl_item_state(r->item, r->count);
    if (lease->has_pending && state.n > 0) {
        lease->pending_state_len = state.n;
        if (state.n <= sizeof lease->pending_state) {
            memcpy(lease->pending_state, state.p, state.n);
        }
    }
}

/* The key says which shard; an application with several streams also has it in pieces. */
static void read_identity(struct reader *r, struct kcl_lease *lease)
{
    char key[KCL_KEY_BYTES], whole[KCL_KEY_BYTES];
    copy_text(r, KCL_A_KEY, key, sizeof key);
    copy_text(r, KCL_A_STREAM, lease->stream, sizeof lease->stream);
    if (lease->stream[0] != 0) {
        copy_text(r, KCL_A_SHARD, lease->shard_id, sizeof lease->shard_id);
        r->bad = r->bad || !kcl_lease_key(lease->stream, lease->shard_id, whole) ||
                 strcmp(whole, key) != 0;
    } else {
        r->bad =
            !kcl_copy_text(lease->shard_id, sizeof lease->shard_id, kds_slice(key)) ||
            r->bad;
    }
    r->bad = r->bad || lease->shard_id[0] == 0;
}

static bool read_lease(struct reader *r, struct kcl_lease *lease)
{
    double throughput;
    int64_t start = 0;
    memset(lease, 0, sizeof *lease);
    read_identity(r, lease);
    copy_text(r, KCL_A_OWNER, lease->owner, sizeof lease->owner);
    copy_text(r, KCL_A_READER, lease->checkpoint_owner, sizeof lease->checkpoint_owner);
    r->bad = r->bad || kcl_item_find(r->item, r->count, KCL_A_COUNTER) == NULL;
    lease->counter = read_u64(r, KCL_A_COUNTER);
    lease->switches = read_u64(r, KCL_A_SWITCHES);
    lease->nonce = read_u64(r, KCL_A_NONCE);
    lease->incarnation = read_u64(r, KCL_A_INCARNATION);
    read_i64(r, KCL_A_CREATED, &lease->created_ms);
    read_i64(r, KCL_A_START, &start);
    if (!read_position(r, KCL_A_CHECKPOINT, KCL_A_SUB, &lease->checkpoint)) {
        r->bad = true;
    } else if (kcl_position_is_start(&lease->checkpoint)) {
        lease->checkpoint.number = start;
    }
    read_pending(r, lease);
    lease->parent_count = read_names(r, KCL_A_PARENTS, lease->parents, KCL_PARENTS_MAX);
    lease->child_count = read_names(r, KCL_A_CHILDREN, lease->children, KCL_CHILDREN_MAX);
    read_range(r, lease);
    const kds_dynamodb_attribute_value_t *kbps =
        kcl_item_find(r->item, r->count, KCL_A_THROUGHPUT);
    if (kbps != NULL && kds_parse_double(kbps->n, &throughput) && throughput > 0) {
        lease->throughput_kbps = throughput;
    }
    return !r->bad;
}

enum kcl_item_kind kcl_item_read(const kds_dynamodb_attribute_t *item,
                                 size_t count,
                                 struct kcl_lease *lease,
                                 struct kcl_fleet_row *row)
{
    struct reader r = {item, count, false};
    kds_slice_t entity = read_text(&r, KCL_A_ENTITY);
    bool like_a_lease = kcl_item_find(item, count, KCL_A_COUNTER) != NULL ||
                        kcl_item_find(item, count, KCL_A_CHECKPOINT) != NULL;
    if ((entity.p != NULL && !kds_slice_is(entity, "LEASE")) ||
        (entity.p == NULL && !like_a_lease)) {
        return kcl_row_read(entity, item, count, row);
    }
    if (lease == NULL) {
        return KCL_ITEM_FOREIGN;
    }
    return read_lease(&r, lease) ? KCL_ITEM_LEASE : KCL_ITEM_BAD;
}

/* ---- writing -------------------------------------------------------------------------------- */

static kds_dynamodb_attribute_value_t
set_of(struct kcl_expression *e, const char names[][KCL_NAME_BYTES], size_t count)
{
    kds_dynamodb_attribute_value_t value;
    memset(&value, 0, sizeof value);
    kds_slice_t *ss = kds_arena_zero(e->arena, count, sizeof *ss);
    if (ss == NULL) {
        e->failed = true;
        return value;
    }
    for (size_t i = 0; i < count; i++) {
        ss[i] = kds_slice(names[i]);
    }
    value.ss = ss;
    value.ss_count = count;
    return value;
}

static kds_dynamodb_attribute_value_t hash_key(struct kcl_expression *e, kds_u128_t v)
{
    char digits[KDS_U128_DIGITS_MAX];
    kds_slice_t text =
        kds_arena_copy(e->arena, kds_slice_of(digits, kds_u128_format(v, digits)));
    e->failed = e->failed || text.p == NULL;
    return kcl_value_text(text);
}

void kcl_set_position(struct kcl_expression *e,
                      const char *name,
                      const char *sub_name,
                      const struct kcl_position *p)
{
    bool record = p->kind == KCL_AFTER_RECORD;
    kcl_set(e, name, kcl_value_text(kds_slice(kcl_position_text(p))));
    kcl_set(e, sub_name, kcl_value_i64(e, record ? p->number : 0));
}

void kcl_set_description(struct kcl_expression *e, const struct kcl_lease *lease)
{
    if (lease->child_count > 0) {
        kcl_set(e, KCL_A_CHILDREN, set_of(e, lease->children, lease->child_count));
    }
    if (lease->has_range) {
        kcl_set(e, KCL_A_FIRST, hash_key(e, lease->first));
        kcl_set(e, KCL_A_LAST, hash_key(e, lease->last));
    }
}

struct maker {
    struct kcl_expression *e;
    kds_dynamodb_attribute_t *out;
    size_t count;
};

static void put(struct maker *m, const char *name, kds_dynamodb_attribute_value_t value)
{
    m->out[m->count].key = kds_slice(name);
    m->out[m->count++].value = value;
}

static void put_text(struct maker *m, const char *name, const char *text)
{
    if (text[0] != 0) { /* an empty text is never written */
        put(m, name, kcl_value_text(kds_slice(text)));
    }
}

size_t kcl_item_of_lease(struct kcl_expression *e,
                         const struct kcl_lease *lease,
                         kds_dynamodb_attribute_t out[KCL_ITEM_MAX])
{
    struct maker m = {e, out, 0};
    char key[KCL_KEY_BYTES];
    bool record = lease->checkpoint.kind == KCL_AFTER_RECORD;
    e->failed = !kcl_lease_key(lease->stream, lease->shard_id, key) || e->failed;
    put(&m, KCL_A_KEY, kcl_value_text(kds_arena_copy(e->arena, kds_slice(key))));
    put_text(&m, KCL_A_ENTITY, "LEASE");
    put(&m, KCL_A_COUNTER, kcl_value_u64(e, lease->counter));
    put(&m, KCL_A_SWITCHES, kcl_value_u64(e, lease->switches));
    put_text(&m, KCL_A_CHECKPOINT, kcl_position_text(&lease->checkpoint));
    put(&m, KCL_A_SUB, kcl_value_i64(e, record ? lease->checkpoint.number : 0));
    put_text(&m, KCL_A_OWNER, lease->owner);
    put_text(&m, KCL_A_STREAM, lease->stream);
    if (lease->stream[0] != 0) {
        put_text(&m, KCL_A_SHARD, lease->shard_id);
    }
    if (lease->parent_count > 0) {
        put(&m, KCL_A_PARENTS, set_of(e, lease->parents, lease->parent_count));
    }
    if (lease->has_range) {
        put(&m, KCL_A_FIRST, hash_key(e, lease->first));
        put(&m, KCL_A_LAST, hash_key(e, lease->last));
    }
    if (!record && lease->checkpoint.number != 0) {
        put(&m, KCL_A_START, kcl_value_i64(e, lease->checkpoint.number));
    }
    if (lease->created_ms != 0) {
        put(&m, KCL_A_CREATED, kcl_value_i64(e, lease->created_ms));
    }
    e->failed = e->failed || e->arena->err != KDS_OK;
    return m.count;
}
