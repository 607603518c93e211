/*
 * store_memory: leases in memory, and the rules that every store keeps.
 */
#include "store.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

struct memory_store {
    struct kcl_store base;
    struct kcl_lease *leases;
    size_t count, capacity;
    int64_t bound_to; /* creation of the stream; -1 = not yet */
};

bool kcl_store_apply(const struct kcl_store_op *op, struct kcl_lease *lease)
{
    if (lease->counter != op->counter) {
        return false;
    }
    if (op->kind != KCL_STORE_TAKE && strcmp(lease->owner, op->owner) != 0) {
        return false;
    }
    if (op->kind == KCL_STORE_CHECKPOINT) {
        if (kcl_position_cmp(&op->position, &lease->checkpoint) < 0) {
            return false; /* a checkpoint never moves backwards */
        }
        lease->checkpoint = op->position;
    }
    lease->counter++;
    lease->nonce = op->nonce;
    snprintf(lease->owner, sizeof lease->owner, "%s",
             op->kind == KCL_STORE_RELEASE ? "" : op->owner);
    return true;
}

static struct kcl_lease *find(struct memory_store *s, const char *shard_id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->leases[i].shard_id, shard_id) == 0) {
            return &s->leases[i];
        }
    }
    return NULL;
}

static kds_err_t
bind(struct memory_store *s, const struct kcl_store_op *op, kds_error_t **error)
{
    if (s->bound_to >= 0 && s->bound_to != op->number) {
        return kds_error_set(
            error, KDS_ERR_STATE,
            "the leases belong to a stream of the same name that was deleted");
    }
    s->bound_to = op->number;
    return KDS_OK;
}

static kds_err_t list(const struct memory_store *s, struct kcl_store_result *result)
{
    result->leases = kds_alloc_zero(s->count ? s->count : 1, sizeof *s->leases);
    if (result->leases == NULL) {
        return kds_error_set(&result->error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    if (s->count > 0) {
        memcpy(result->leases, s->leases, s->count * sizeof *s->leases);
    }
    result->lease_count = s->count;
    return KDS_OK;
}

static kds_err_t
create(struct memory_store *s, const struct kcl_store_op *op, kds_error_t **error)
{
    size_t need = s->count + op->lease_count;
    if (need > s->capacity) {
        struct kcl_lease *leases = kds_realloc_array(s->leases, need * 2, sizeof *leases);
        if (leases == NULL) {
            return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
        }
        s->leases = leases;
        s->capacity = need * 2;
    }
    for (size_t i = 0; i < op->lease_count; i++) {
        if (find(s, op->leases[i].shard_id) == NULL) {
            s->leases[s->count++] = op->leases[i];
        }
    }
    return KDS_OK;
}

static kds_err_t
change(struct memory_store *s, const struct kcl_store_op *op, struct kcl_lease *now)
{
    struct kcl_lease *lease = find(s, op->shard_id);
    bool done = lease != NULL && kcl_store_apply(op, lease);
    if (lease != NULL) {
        *now = *lease;
    }
    return done ? KDS_OK : KDS_ERR_LEASE_LOST;
}

static void execute(struct kcl_store *base,
                    const struct kcl_store_op *op,
                    struct kcl_store_result *result)
{
    struct memory_store *s = (struct memory_store *)(void *)base;
    memset(result, 0, sizeof *result);
    switch (op->kind) {
    case KCL_STORE_BIND:
        result->err = bind(s, op, &result->error);
        break;
    case KCL_STORE_LIST:
        result->err = list(s, result);
        break;
    case KCL_STORE_CREATE:
        result->err = create(s, op, &result->error);
        break;
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
        result->err = change(s, op, &result->lease);
        break;
    }
}

static void memory_free(struct kcl_store *base)
{
    struct memory_store *s = (struct memory_store *)(void *)base;
    kds_free(s->leases);
    kds_free(s);
}

static const struct kcl_store_ops ops = {execute, memory_free};

struct kcl_store *kcl_store_memory_new(void)
{
    struct memory_store *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->base.ops = &ops;
    s->bound_to = -1;
    return &s->base;
}
