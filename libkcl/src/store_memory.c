/*
 * store_memory: leases in memory.
 */
#include "store.h"

#include "base/alloc.h"
#include "base/error.h"
#include "names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct memory_store {
    struct kcl_store base;
    struct kcl_names keys;
    struct kcl_lease *leases; /* by the number of the key; shard_id "" = deleted */
    size_t count, capacity;
    struct kcl_fleet_row *rows;
    size_t row_count, row_capacity;
};

static struct kcl_lease *
find(struct memory_store *s, const char *stream, const char *shard_id)
{
    char key[KCL_KEY_BYTES];
    uint32_t at = kcl_lease_key(stream, shard_id, key) ? kcl_names_find(&s->keys, key)
                                                       : KCL_NO_NAME;
    return at < s->count && s->leases[at].shard_id[0] != 0 ? &s->leases[at] : NULL;
}

static kds_err_t no_memory(struct kcl_store_result *result)
{
    return kds_error_set(&result->error, KDS_ERR_NO_MEMORY, "out of memory");
}

static kds_err_t list(const struct memory_store *s,
                      const struct kcl_store_op *op,
                      struct kcl_store_result *result)
{
    size_t at = 0;
    sscanf(op->cursor, "%zu", &at);
    for (; at < s->count && result->lease_count < KCL_STORE_PAGE; at++) {
        bool wanted =
            op->kind == KCL_STORE_LIST || strcmp(s->leases[at].owner, op->owner) == 0;
        if (wanted && s->leases[at].shard_id[0] != 0) {
            struct kcl_lease *lease = kcl_store_result_add(result);
            if (lease == NULL) {
                return result->err;
            }
            *lease = s->leases[at];
        }
    }
    if (at < s->count) {
        snprintf(result->cursor, sizeof result->cursor, "%zu", at);
    }
    return KDS_OK;
}

static bool add_lease(struct memory_store *s, const struct kcl_lease *lease)
{
    char key[KCL_KEY_BYTES];
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? s->capacity * 2 : 32;
        struct kcl_lease *leases = kds_realloc_array(s->leases, capacity, sizeof *leases);
        if (leases == NULL) {
            return false;
        }
        s->leases = leases;
        s->capacity = capacity;
    }
    uint32_t at = kcl_lease_key(lease->stream, lease->shard_id, key)
                      ? kcl_names_add(&s->keys, key)
                      : KCL_NO_NAME;
    if (at == KCL_NO_NAME) {
        return false;
    }
    s->leases[at] = *lease;
    s->count = at < s->count ? s->count : (size_t)at + 1;
    return true;
}

static kds_err_t create(struct memory_store *s,
                        const struct kcl_store_op *op,
                        struct kcl_store_result *result)
{
    for (size_t i = 0; i < op->lease_count; i++) {
        const struct kcl_lease *lease = &op->leases[i];
        if (find(s, lease->stream, lease->shard_id) == NULL && !add_lease(s, lease)) {
            return no_memory(result);
        }
    }
    return KDS_OK;
}

static kds_err_t
change(struct memory_store *s, const struct kcl_store_op *op, struct kcl_lease *now)
{
    struct kcl_lease *lease = find(s, op->stream, op->shard_id);
    bool done =
        lease != NULL && (op->kind == KCL_STORE_GET ||
                          (op->kind == KCL_STORE_DELETE ? lease->counter == op->counter
                                                        : kcl_store_apply(op, lease)));
    if (lease == NULL) {
        return op->kind == KCL_STORE_GET || op->kind == KCL_STORE_DELETE
                   ? KDS_OK
                   : KDS_ERR_LEASE_LOST;
    }
    if (done && op->kind == KCL_STORE_DELETE) {
        lease->shard_id[0] = 0;
        return KDS_OK;
    }
    *now = *lease;
    return done ? KDS_OK : KDS_ERR_LEASE_LOST;
}

static void describe(struct memory_store *s, const struct kcl_store_op *op)
{
    for (size_t i = 0; i < op->lease_count; i++) {
        struct kcl_lease *lease = find(s, op->leases[i].stream, op->leases[i].shard_id);
        if (lease != NULL) {
            kcl_store_describe(lease, &op->leases[i]);
        }
    }
}

/* ---- rows of a fleet ------------------------------------------------------------------------ */

static struct kcl_fleet_row *find_row(struct memory_store *s,
                                      const struct kcl_fleet_row *like)
{
    for (size_t i = 0; i < s->row_count; i++) {
        if (s->rows[i].kind == like->kind &&
            (like->kind != KCL_FLEET_WORKER ||
             strcmp(s->rows[i].owner, like->owner) == 0)) {
            return &s->rows[i];
        }
    }
    return NULL;
}

static bool as_expected(const struct kcl_fleet_row *now, const struct kcl_fleet_row *row)
{
    switch (row->expects) {
    case KCL_EXPECTS_NOTHING:
        return now == NULL;
    case KCL_EXPECTS_SAME:
        return now != NULL &&
               (row->kind == KCL_FLEET_WORKER
                    ? now->updated_s == row->expected_s
                    : strcmp(row->kind == KCL_FLEET_LEADER ? now->version : now->mode,
                             row->expected) == 0);
    case KCL_EXPECTS_ANYTHING:
        break;
    }
    return true;
}

static kds_err_t put_row(struct memory_store *s,
                         const struct kcl_fleet_row *row,
                         struct kcl_store_result *result)
{
    struct kcl_fleet_row *now = find_row(s, row);
    if (!as_expected(now, row)) {
        return KDS_ERR_LEASE_LOST;
    }
    if (now == NULL && s->row_count == s->row_capacity) {
        size_t capacity = s->row_capacity ? s->row_capacity * 2 : 8;
        struct kcl_fleet_row *rows = kds_realloc_array(s->rows, capacity, sizeof *rows);
        if (rows == NULL) {
            return no_memory(result);
        }
        s->rows = rows;
        s->row_capacity = capacity;
    }
    now = now ? now : &s->rows[s->row_count++];
    *now = *row;
    return KDS_OK;
}

static kds_err_t delete_row(struct memory_store *s, const struct kcl_fleet_row *row)
{
    struct kcl_fleet_row *now = find_row(s, row);
    if (!as_expected(now, row)) {
        return KDS_ERR_LEASE_LOST;
    }
    if (now != NULL) {
        *now = s->rows[--s->row_count];
    }
    return KDS_OK;
}

static kds_err_t list_rows(struct memory_store *s,
                           const struct kcl_fleet_row *one,
                           struct kcl_store_result *result)
{
    const struct kcl_fleet_row *found = one ? find_row(s, one) : NULL;
    result->rows = kds_alloc_zero(s->row_count ? s->row_count : 1, sizeof *s->rows);
    if (result->rows == NULL) {
        return no_memory(result);
    }
    if (one != NULL) {
        if (found != NULL) {
            result->rows[result->row_count++] = *found;
        }
        return KDS_OK;
    }
    if (s->row_count > 0) {
        memcpy(result->rows, s->rows, s->row_count * sizeof *s->rows);
    }
    result->row_count = s->row_count;
    return KDS_OK;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static kds_err_t execute_one(struct memory_store *s,
                             const struct kcl_store_op *op,
                             struct kcl_store_result *result)
{
    switch (op->kind) {
    case KCL_STORE_LIST:
    case KCL_STORE_OWNED:
        return list(s, op, result);
    case KCL_STORE_INDEX:
        result->indexed = true;
        return KDS_OK;
    case KCL_STORE_CREATE:
        return create(s, op, result);
    case KCL_STORE_DESCRIBE:
        describe(s, op);
        return KDS_OK;
    case KCL_STORE_FLEET:
        return list_rows(s, op->row, result);
    case KCL_STORE_ROW_PUT:
        return put_row(s, op->row, result);
    case KCL_STORE_ROW_DELETE:
        return delete_row(s, op->row);
    case KCL_STORE_GET:
    case KCL_STORE_DELETE:
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
    case KCL_STORE_HAND_OVER:
    case KCL_STORE_ASSIGN:
        return change(s, op, &result->lease);
    case KCL_STORE_OPEN:
        break;
    }
    return KDS_OK;
}

static void execute(struct kcl_store *base,
                    const struct kcl_store_op *const *ops,
                    struct kcl_store_result *results,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memset(&results[i], 0, sizeof results[i]);
        results[i].err =
            execute_one((struct memory_store *)(void *)base, ops[i], &results[i]);
    }
}

static void memory_free(struct kcl_store *base)
{
    struct memory_store *s = (struct memory_store *)(void *)base;
    kcl_names_clear(&s->keys);
    kds_free(s->leases);
    kds_free(s->rows);
    kds_free(s);
}

static const struct kcl_store_ops ops = {.execute = execute, .free = memory_free};

struct kcl_store *kcl_store_memory_new(void)
{
    struct memory_store *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->base.ops = &ops;
    return &s->base;
}
