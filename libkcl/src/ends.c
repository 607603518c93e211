/*
 * ends: what is written where a shard ends before the end itself is: leases for the shards behind it, and their names
 * in its own lease. Beside what keeps that lease: as long as this fails, or waits for its answer, it is renewed.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <string.h>

#define RETRY_FIRST_US (50 * KDS_US_PER_MS)
#define RETRY_LAST_US  (10 * KDS_US_PER_S)

/* The write, and what it is lent. */
struct kcl_ends {
    uint64_t id; /* under way; 0 = none is */
    int64_t sent_us;
    struct kcl_store_op op;
    struct kcl_lease parent;
};

bool kcl_ends_busy(const struct kcl_shard *s)
{
    return s->ends != NULL && s->ends->id != 0;
}

bool kcl_ends_written(const struct kcl_shard *s)
{
    return s->children_told && kcl_process_end_confirmed(s);
}

bool kcl_ends_is(const struct kcl_shard *s, uint64_t id)
{
    return id != 0 && s->ends != NULL && s->ends->id == id;
}

static void pause(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    s->ends_at_us =
        now_us + kcl_backoff_us(core, s->ends_failures++, RETRY_FIRST_US, RETRY_LAST_US);
}

/* The lease is to say which shards go on: without them nobody knows when it may be cleared away. */
static void describe(struct kcl_shard *s)
{
    struct kcl_ends *e = s->ends;
    e->parent = s->lease;
    for (size_t i = 0; i < s->child_count; i++) {
        memcpy(e->parent.children[i], s->children[i].shard_id, KCL_NAME_BYTES);
    }
    e->parent.child_count = s->child_count;
    e->op.kind = KCL_STORE_DESCRIBE;
    e->op.leases = &e->parent;
    e->op.lease_count = 1;
}

static void create(struct kcl_shard *s)
{
    s->ends->op.kind = KCL_STORE_CREATE;
    s->ends->op.leases = s->children;
    s->ends->op.lease_count = s->child_count;
}

bool kcl_ends_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action)
{
    if (!s->held || s->children_told || kcl_ends_busy(s) || now_us < s->ends_at_us ||
        !kcl_process_end_confirmed(s)) {
        return false;
    }
    s->ends_at_us = 0;
    if (s->child_count == 0) { /* it was deleted, or is too old to be known */
        s->children_made = s->children_told = true;
        return false;
    }
    if (!s->children_made && !kcl_roster_may_make_children(core, now_us, s)) {
        return false;
    }
    if (s->ends == NULL && (s->ends = kds_alloc_zero(1, sizeof *s->ends)) == NULL) {
        pause(core, now_us, s);
        return false;
    }
    memset(&s->ends->op, 0, sizeof s->ends->op);
    if (s->children_made) {
        describe(s);
    } else {
        create(s);
    }
    s->ends->sent_us = now_us;
    s->ends->id = kcl_core_new_id(core, s);
    action->kind = KCL_ACTION_STORE;
    action->id = s->ends->id;
    action->u.store = &s->ends->op;
    return true;
}

void kcl_ends_done(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   const struct kcl_store_result *result)
{
    bool written = result->err == KDS_OK;
    s->ends->id = 0;
    if (s->lost) {
        return;
    }
    kcl_measure_write(core, s, &s->ends->op, now_us - s->ends->sent_us, written);
    if (written) {
        s->children_told = s->children_made;
        s->children_made = true;
        s->ends_failures = 0;
        return;
    }
    pause(core, now_us,
          s); /* both may be written twice: whether they were does not matter */
    kcl_note(core, KCL_EVENT_TROUBLE, s, NULL,
             result->error ? kds_error_message(result->error) : "the lease store failed");
}

int64_t kcl_ends_wake_at_us(const struct kcl_shard *s)
{
    return s->ends_at_us != 0 && !kcl_ends_busy(s) ? s->ends_at_us : KDS_NEVER_US;
}
