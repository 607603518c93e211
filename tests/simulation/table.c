#include "table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSIONS 8 /* of one item that are remembered */

/* As it was from an instant on. */
struct version {
    int64_t since_us;
    bool there;
    union {
        struct kcl_lease lease;
        struct kcl_fleet_row row;
    } as;
};

/* A lease or a row. */
struct item {
    bool is_row;
    size_t count; /* of versions, ever */
    struct version versions[VERSIONS];
};

struct table {
    struct world *world;
    struct kcl_store *store;
    struct table_plan plan;
    struct item **items; /* in the order in which they came to be */
    size_t count, capacity;
    int64_t indexed_us; /* since when there is an index; 0 = nobody asked for it */
};

struct table *table_new(struct world *world, const struct table_plan *plan)
{
    struct table *t = world_alloc(sizeof *t);
    t->world = world;
    t->plan = *plan;
    t->store = kcl_store_memory_new();
    if (t->store == NULL) {
        exit(2);
    }
    return t;
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->items[i]);
    }
    free(t->items);
    t->store->ops->free(t->store);
    free(t);
}

/* ---- what was ------------------------------------------------------------------------------ */

static struct version *newest(struct item *item)
{
    return &item->versions[(item->count - 1) % VERSIONS];
}

static bool
is_of(struct item *item, const struct kcl_lease *lease, const struct kcl_fleet_row *row)
{
    const struct version *v = newest(item);
    if (item->is_row != (row != NULL)) {
        return false;
    }
    return row == NULL ? strcmp(v->as.lease.shard_id, lease->shard_id) == 0 &&
                             strcmp(v->as.lease.stream, lease->stream) == 0
                       : v->as.row.kind == row->kind &&
                             (row->kind != KCL_FLEET_WORKER ||
                              strcmp(v->as.row.owner, row->owner) == 0);
}

static struct item *
item_of(struct table *t, const struct kcl_lease *lease, const struct kcl_fleet_row *row)
{
    for (size_t i = 0; i < t->count; i++) {
        if (is_of(t->items[i], lease, row)) {
            return t->items[i];
        }
    }
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 16;
        t->items = realloc(t->items, t->capacity * sizeof(struct item *));
        if (t->items == NULL) {
            exit(2);
        }
    }
    struct item *item = world_alloc(sizeof *item);
    item->is_row = row != NULL;
    t->items[t->count++] = item;
    return item;
}

/* From now on it is so, or there is none of that name. */
static void note(struct table *t,
                 const struct kcl_lease *lease,
                 const struct kcl_fleet_row *row,
                 bool there)
{
    struct item *item = item_of(t, lease, row);
    item->count++;
    struct version *v = newest(item);
    v->since_us = t->world->now_us;
    v->there = there;
    if (row != NULL) {
        v->as.row = *row;
    } else {
        v->as.lease = *lease;
    }
}

/* The lease as the store has it now. */
static void note_lease(struct table *t, const char *stream, const char *shard_id)
{
    struct kcl_store_op get = {.kind = KCL_STORE_GET};
    struct kcl_store_result now;
    memcpy(get.stream, stream, sizeof get.stream);
    memcpy(get.shard_id, shard_id, sizeof get.shard_id);
    kcl_store_run(t->store, &get, &now);
    bool there = now.lease.shard_id[0] != 0;
    memcpy(now.lease.stream, stream, sizeof now.lease.stream);
    memcpy(now.lease.shard_id, shard_id, sizeof now.lease.shard_id);
    note(t, &now.lease, NULL, there);
    kcl_store_result_clear(&now);
}

static void note_write(struct table *t, const struct kcl_store_op *op)
{
    switch (op->kind) {
    case KCL_STORE_CREATE:
    case KCL_STORE_DESCRIBE:
        for (size_t i = 0; i < op->lease_count; i++) {
            note_lease(t, op->leases[i].stream, op->leases[i].shard_id);
        }
        break;
    case KCL_STORE_DELETE:
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
    case KCL_STORE_HAND_OVER:
    case KCL_STORE_ASSIGN:
        note_lease(t, op->stream, op->shard_id);
        break;
    case KCL_STORE_ROW_PUT:
    case KCL_STORE_ROW_DELETE:
        note(t, NULL, op->row, op->kind == KCL_STORE_ROW_PUT);
        break;
    case KCL_STORE_OPEN:
    case KCL_STORE_LIST:
    case KCL_STORE_GET:
    case KCL_STORE_INDEX:
    case KCL_STORE_OWNED:
    case KCL_STORE_FLEET:
        break;
    }
}

/* As some copy of it has it. @return NULL if there is none */
static const struct version *some_version(struct table *t, struct item *item)
{
    int64_t at_us = t->world->now_us - world_between(t->world, 0, t->plan.old_us);
    size_t kept = item->count < VERSIONS ? item->count : VERSIONS;
    const struct version *v = NULL;
    for (size_t back = 0; back < kept; back++) {
        v = &item->versions[(item->count - 1 - back) % VERSIONS];
        if (v->since_us <= at_us) {
            return v->there ? v : NULL;
        }
    }
    return item->count > VERSIONS && v->there ? v : NULL;
}

/* ---- listings ------------------------------------------------------------------------------ */

static void list_leases(struct table *t,
                        const struct kcl_store_op *op,
                        struct kcl_store_result *result)
{
    size_t at = 0, most = t->plan.page ? t->plan.page : t->count;
    sscanf(op->cursor, "%zu", &at);
    for (; at < t->count && most > 0; at++) {
        const struct version *v =
            t->items[at]->is_row ? NULL : some_version(t, t->items[at]);
        most -= v != NULL;
        if (v == NULL ||
            (op->kind == KCL_STORE_OWNED && strcmp(v->as.lease.owner, op->owner) != 0)) {
            continue;
        }
        struct kcl_lease *lease = kcl_store_result_add(result);
        if (lease == NULL) {
            return;
        }
        *lease = v->as.lease;
        if (op->kind == KCL_STORE_OWNED) { /* the index has nothing but names */
            memset(lease, 0, sizeof *lease);
            memcpy(lease->stream, v->as.lease.stream, sizeof lease->stream);
            memcpy(lease->shard_id, v->as.lease.shard_id, sizeof lease->shard_id);
        }
    }
    if (at < t->count) {
        snprintf(result->cursor, sizeof result->cursor, "%zu", at);
    }
}

static void list_rows(struct table *t, struct kcl_store_result *result)
{
    result->rows = kds_alloc_zero(t->count + 1, sizeof *result->rows);
    for (size_t i = 0; result->rows != NULL && i < t->count; i++) {
        const struct version *v =
            t->items[i]->is_row ? some_version(t, t->items[i]) : NULL;
        if (v != NULL) {
            result->rows[result->row_count++] = v->as.row;
        }
    }
}

static void
ask_index(struct table *t, const struct kcl_store_op *op, struct kcl_store_result *result)
{
    int64_t now_us = t->world->now_us;
    if (t->plan.no_index) {
        result->err =
            kds_error_set(&result->error, KDS_ERR_ACCESS_DENIED, "no right to the index");
        return;
    }
    if (op->kind == KCL_STORE_INDEX) {
        t->indexed_us = t->indexed_us ? t->indexed_us : now_us + t->plan.index_us;
        result->indexed = now_us >= t->indexed_us;
    } else {
        list_leases(t, op, result);
    }
}

/* ---- the whole ----------------------------------------------------------------------------- */

void table_run(struct table *t,
               const struct kcl_store_op *op,
               struct kcl_store_result *result)
{
    memset(result, 0, sizeof *result);
    if (t->plan.old_us > 0 && op->kind == KCL_STORE_LIST) {
        list_leases(t, op, result);
    } else if (t->plan.old_us > 0 && op->kind == KCL_STORE_FLEET && op->row == NULL) {
        list_rows(t, result);
    } else if (t->plan.old_us > 0 &&
               (op->kind == KCL_STORE_INDEX || op->kind == KCL_STORE_OWNED)) {
        ask_index(t, op, result);
    } else {
        kcl_store_run(t->store, op, result);
        if (t->plan.old_us > 0 && result->err == KDS_OK) {
            note_write(t, op);
        }
    }
}

void table_set_mode(struct table *t, const char *word)
{
    struct kcl_fleet_row row = {.kind = KCL_FLEET_MODE};
    struct kcl_store_op op = {.kind = KCL_STORE_ROW_PUT, .row = &row};
    struct kcl_store_result result;
    snprintf(row.mode, sizeof row.mode, "%s", word);
    table_run(t, &op, &result);
}

bool table_has_row_of(struct table *t, const char *worker_id, bool led)
{
    const struct kcl_store_op op = {.kind = KCL_STORE_FLEET};
    struct kcl_store_result result;
    bool found = false;
    kcl_store_run(t->store, &op, &result);
    for (size_t i = 0; i < result.row_count; i++) {
        const struct kcl_fleet_row *row = &result.rows[i];
        bool speaks = row->kind == KCL_FLEET_WORKER ||
                      (row->kind == KCL_FLEET_LEADER && led && !row->released);
        found |= speaks && strcmp(row->owner, worker_id) == 0;
    }
    kcl_store_result_clear(&result);
    return found;
}

/* In one piece. */
struct copy {
    struct kcl_store_op op;
    struct kcl_fleet_row row;
    struct kcl_lease leases[];
};

struct kcl_store_op *table_copy_op(const struct kcl_store_op *op)
{
    struct copy *copy =
        world_alloc(sizeof *copy + op->lease_count * sizeof *copy->leases);
    copy->op = *op;
    if (op->lease_count > 0) {
        memcpy(copy->leases, op->leases, op->lease_count * sizeof *copy->leases);
        copy->op.leases = copy->leases;
    }
    if (op->row != NULL) {
        copy->row = *op->row;
        copy->op.row = &copy->row;
    }
    return &copy->op;
}
