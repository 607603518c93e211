/*
 * store_rules: what a write may change, the same for every store.
 */
#include "store.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

void kcl_store_result_clear(struct kcl_store_result *result)
{
    kds_free(result->leases);
    kds_free(result->rows);
    kds_free(result->unreadable);
    kds_free(result->long_state);
    kds_error_free(result->error);
    result->leases = NULL;
    result->rows = NULL;
    result->unreadable = NULL;
    result->long_state = NULL;
    result->error = NULL;
    result->lease_count = result->row_count = result->unreadable_count = 0;
}

struct kcl_lease *kcl_store_result_add(struct kcl_store_result *result)
{
    const size_t least = 8;
    size_t n = result->lease_count;
    if (n == 0 || (n >= least && (n & (n - 1)) == 0)) {
        size_t capacity = n ? 2 * n : least;
        struct kcl_lease *leases =
            kds_realloc_array(result->leases, capacity, sizeof *leases);
        if (leases == NULL) {
            result->err =
                kds_error_set(&result->error, KDS_ERR_NO_MEMORY, "out of memory");
            return NULL;
        }
        result->leases = leases;
    }
    result->lease_count++;
    return &result->leases[n];
}

void kcl_store_run(struct kcl_store *s,
                   const struct kcl_store_op *op,
                   struct kcl_store_result *result)
{
    s->ops->execute(s, &op, result, 1);
}

static void set_owner(char out[KCL_OWNER_BYTES], const char *owner)
{
    snprintf(out, KCL_OWNER_BYTES, "%s", owner);
}

static bool take(const struct kcl_store_op *op, struct kcl_lease *lease)
{
    if (lease->counter != op->counter) {
        return false;
    }
    lease->switches += op->switches;
    set_owner(lease->owner, op->owner);
    lease->checkpoint_owner[0] = 0;
    lease->incarnation = op->incarnation;
    lease->created_ms = lease->created_ms ? lease->created_ms : op->created_ms;
    if (lease->checkpoint.kind == KCL_AT_LATEST && lease->checkpoint.number == 0 &&
        op->pin_ms != 0) {
        lease->checkpoint.number = op->pin_ms;
    }
    if (op->throughput_kbps > 0) {
        lease->throughput_kbps = op->throughput_kbps;
    }
    lease->counter++;
    return true;
}

/* RENEW, CHECKPOINT, RELEASE */
static bool keep(const struct kcl_store_op *op, struct kcl_lease *lease)
{
    if (lease->counter != op->counter ||
        strcmp(kcl_lease_reader(lease), op->owner) != 0) {
        return false;
    }
    if (op->kind == KCL_STORE_CHECKPOINT) {
        if (kcl_position_cmp(&op->position, &lease->checkpoint) < 0) {
            return false; /* a checkpoint never moves backwards */
        }
        lease->checkpoint = op->position;
        lease->switches = 0;
        lease->has_pending = op->has_pending;
        lease->pending = op->pending;
        memcpy(lease->pending_state, op->pending_state, sizeof lease->pending_state);
        lease->pending_state_len = op->pending_state_len;
    } else if (op->kind == KCL_STORE_RELEASE && lease->checkpoint_owner[0] != 0) {
        lease->checkpoint_owner[0] = 0;
        lease->switches++;
    } else if (op->kind == KCL_STORE_RELEASE) {
        lease->owner[0] = 0;
    }
    lease->counter++;
    return true;
}

static bool hand_over(const struct kcl_store_op *op, struct kcl_lease *lease)
{
    if (strcmp(lease->owner, op->owner) != 0 || lease->checkpoint_owner[0] != 0) {
        return false;
    }
    set_owner(lease->checkpoint_owner, op->owner);
    set_owner(lease->owner, op->target);
    return true;
}

static bool assign(const struct kcl_store_op *op, struct kcl_lease *lease)
{
    bool other = lease->owner[0] != 0 && strcmp(lease->owner, op->target) != 0;
    bool back = strcmp(lease->checkpoint_owner, op->target) == 0;
    if (strcmp(lease->owner, op->owner) != 0 ||
        strcmp(lease->checkpoint_owner, op->checkpoint_owner) != 0 ||
        (op->counter != 0 && lease->counter != op->counter)) {
        return false;
    }
    lease->switches += other || back;
    set_owner(lease->owner, op->target);
    lease->checkpoint_owner[0] = 0;
    lease->counter++;
    return true;
}

bool kcl_store_apply(const struct kcl_store_op *op, struct kcl_lease *lease)
{
    bool done = op->kind == KCL_STORE_TAKE        ? take(op, lease)
                : op->kind == KCL_STORE_HAND_OVER ? hand_over(op, lease)
                : op->kind == KCL_STORE_ASSIGN    ? assign(op, lease)
                                                  : keep(op, lease);
    if (done && op->kind != KCL_STORE_HAND_OVER) {
        lease->nonce =
            op->nonce; /* a hand-off must not hide the owner's own last write */
    }
    return done;
}

void kcl_store_describe(struct kcl_lease *lease, const struct kcl_lease *from)
{
    if (from->child_count > 0) {
        memcpy(lease->children, from->children, sizeof lease->children);
        lease->child_count = from->child_count;
    }
    if (from->has_range) {
        lease->has_range = true;
        lease->first = from->first;
        lease->last = from->last;
    }
}
