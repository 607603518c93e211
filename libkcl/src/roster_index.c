/*
 * roster_index: the index of leases by owner, in a fleet that one leads: a worker finds there what was assigned to it, and
 * looks at all leases only now and then.
 *
 * What the index says is a hint that may be old: each lease that it names is read before it is taken.
 */
#include "roster_internal.h"

#include "base/clock.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define WATCH_US (10 * KDS_US_PER_S)  /* while it is being made */
#define AGAIN_US (600 * KDS_US_PER_S) /* after it could not be */
#define LOOK_US  KDS_US_PER_S         /* at one's own leases */

static bool is_used(const struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    return r->index.active && r->fleet.mode == KCL_MODE_ASSIGNED;
}

bool kcl_roster_looks_by_index(const struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    /* Who leads must see all leases, and so must who waits for another's shard to end. */
    return is_used(core) && !r->fleet.lock.mine && !r->index.waits;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void
ask(struct kcl_core *core, enum kcl_store_kind kind, struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    memset(&r->op, 0, sizeof r->op);
    r->op.kind = kind;
    snprintf(r->op.owner, sizeof r->op.owner, "%s", core->worker_id);
    r->index.asked = true;
    action->kind = KCL_ACTION_STORE;
    action->u.store = &r->op;
}

bool kcl_roster_ask_index(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_index *x = &r->index;
    if (!core->options.store_has_fleet || !r->fleet.measures) {
        return false;
    }
    if (x->found_count > 0 && is_used(core)) {
        x->found_count--;
        ask(core, KCL_STORE_GET, action);
        memcpy(r->op.stream, x->found[x->found_count].stream, sizeof r->op.stream);
        memcpy(r->op.shard_id, x->found[x->found_count].shard_id, sizeof r->op.shard_id);
    } else if (!x->active && now_us >= x->check_at_us) {
        ask(core, KCL_STORE_INDEX, action);
    } else if (is_used(core) && now_us >= x->look_at_us) {
        ask(core, KCL_STORE_OWNED, action);
        memcpy(r->op.cursor, x->cursor, sizeof r->op.cursor);
        x->waits = x->waits && x->cursor[0] != 0;
    } else {
        return false;
    }
    return true;
}

int64_t kcl_roster_index_at_us(const struct kcl_core *core)
{
    const struct kcl_index *x = &core->roster.index;
    if (!core->options.store_has_fleet || !core->roster.fleet.measures) {
        return KDS_NEVER_US;
    }
    if (x->found_count > 0 && is_used(core)) {
        return INT64_MIN;
    }
    return !x->active ? x->check_at_us : is_used(core) ? x->look_at_us : KDS_NEVER_US;
}

/* ---- what came of them ---------------------------------------------------------------------- */

static void
failed(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_index *x = &core->roster.index;
    char why[256];
    x->active = false;
    x->cursor[0] = 0;
    x->found_count = 0;
    x->check_at_us =
        now_us + (result->err == KDS_ERR_ACCESS_DENIED ? AGAIN_US : WATCH_US);
    if (!x->told) {
        snprintf(
            why, sizeof why,
            "leases cannot be found by their owner, all are looked at instead: %.160s",
            result->error ? kds_error_message(result->error) : "the lease store failed");
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
    }
    x->told = true;
}

static void
checked(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_index *x = &core->roster.index;
    x->active = result->indexed;
    x->told = false;
    x->check_at_us = now_us + WATCH_US;
    x->look_at_us = now_us;
}

/* Neither held, nor at its end, nor another's business. */
static bool is_news(const struct kcl_core *core, const struct kcl_lease *found)
{
    char key[KCL_KEY_BYTES];
    const struct kcl_row *row =
        kcl_view_find(&core->roster.view, found->stream, found->shard_id);
    return kcl_roster_stream(core, found->stream) != NULL && !(row && row->ended) &&
           kcl_lease_key(found->stream, found->shard_id, key) &&
           kcl_core_find_shard(core, key) == NULL;
}

static void
looked(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_index *x = &core->roster.index;
    int64_t gap_us = core->conf->failover_ms * KDS_US_PER_MS / 4;
    gap_us = gap_us < LOOK_US ? gap_us : LOOK_US;
    for (size_t i = 0; i < result->lease_count && x->found_count < KCL_FOUND_MAX; i++) {
        const struct kcl_lease *lease = &result->leases[i];
        if (is_news(core, lease)) {
            memcpy(x->found[x->found_count].stream, lease->stream, sizeof lease->stream);
            memcpy(x->found[x->found_count++].shard_id, lease->shard_id,
                   sizeof lease->shard_id);
        }
    }
    memcpy(x->cursor, result->cursor, sizeof x->cursor);
    x->look_at_us =
        x->cursor[0] != 0
            ? now_us
            : now_us + gap_us / 2 +
                  (int64_t)kds_rng_below(&core->rng, (uint64_t)(gap_us / 2 + 1));
}

/* It was assigned to this worker, and nobody else has it. */
static bool may_be_taken(const struct kcl_core *core, const struct kcl_lease *lease)
{
    bool twins = lease->incarnation != core->roster.incarnation &&
                 kcl_incarnation_is_of(lease->incarnation, core->worker_id);
    return lease->shard_id[0] != 0 && strcmp(lease->owner, core->worker_id) == 0 &&
           lease->checkpoint_owner[0] == 0 && !twins &&
           lease->checkpoint.kind != KCL_AT_SHARD_END && is_news(core, lease);
}

static void read_one(struct kcl_core *core, int64_t now_us, const struct kcl_lease *lease)
{
    struct kcl_roster *r = &core->roster;
    if (!may_be_taken(core, lease) || kcl_roster_is_of_another(core, lease) ||
        !kcl_view_note(&r->view, now_us, lease)) {
        return;
    }
    const struct kcl_row *row = kcl_view_find(&r->view, lease->stream, lease->shard_id);
    if (kcl_view_may_begin(&r->view, row)) {
        kcl_core_add_shard(core, lease);
    } else if (!r->index.waits) {
        r->index.waits = true; /* for its parents: only a look at all leases tells */
        r->scan_at_us = now_us;
    }
}

void kcl_roster_index_stored(struct kcl_core *core,
                             int64_t now_us,
                             const struct kcl_store_result *result)
{
    struct kcl_roster *r = &core->roster;
    r->index.asked = false;
    if (result->err != KDS_OK) {
        failed(core, now_us, result);
    } else if (r->op.kind == KCL_STORE_INDEX) {
        checked(core, now_us, result);
    } else if (r->op.kind == KCL_STORE_OWNED) {
        looked(core, now_us, result);
    } else {
        read_one(core, now_us, &result->lease);
    }
}
