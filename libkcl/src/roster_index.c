/*
 * roster_index: the index of leases by owner, in a fleet that one leads: a worker finds there what was assigned to it, and
 * looks at all leases only now and then.
 *
 * What the index says is a hint that may be old: each lease that it names is read before it is taken.
 */
#include "roster_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define WATCH_US (10 * KDS_US_PER_S)  /* while it is being made */
#define AGAIN_US (600 * KDS_US_PER_S) /* after it could not be */
#define LOOK_US  KDS_US_PER_S         /* at one's own leases */
#define MANY     16                   /* leases that are new */
#define MANY_OF  100                  /* and one more for so many of all */

static bool is_used(const struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    return r->index.active && r->fleet.mode == KCL_MODE_ASSIGNED;
}

bool kcl_roster_looks_by_index(const struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    return is_used(core) && !r->fleet.lock.mine; /* who leads must see all leases */
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void ask(struct kcl_core *core,
                int64_t now_us,
                enum kcl_store_kind kind,
                struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    memset(&r->op, 0, sizeof r->op);
    r->op.kind = kind;
    snprintf(r->op.owner, sizeof r->op.owner, "%s", core->worker_id);
    r->index.asked = true;
    r->index.sent_us = now_us;
    action->kind = KCL_ACTION_STORE;
    action->u.store = &r->op;
}

/* The next that was named. */
static void ask_lease(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_found *found = &r->index.found[--r->index.found_count];
    ask(core, now_us, KCL_STORE_GET, action);
    memcpy(r->op.stream, found->stream, sizeof r->op.stream);
    memcpy(r->op.shard_id, found->shard_id, sizeof r->op.shard_id);
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
        ask_lease(core, now_us, action);
    } else if (!x->active && now_us >= x->check_at_us) {
        ask(core, now_us, KCL_STORE_INDEX, action);
    } else if (is_used(core) && now_us >= x->look_at_us) {
        ask(core, now_us, KCL_STORE_OWNED, action);
        memcpy(r->op.cursor, x->cursor, sizeof r->op.cursor);
        x->challenged = x->challenged && x->cursor[0] != 0;
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

/* The next page at once, the next look in a while: other steps get their turn. */
static void plan_look(struct kcl_core *core, int64_t now_us)
{
    struct kcl_index *x = &core->roster.index;
    int64_t gap_us = core->conf->failover_ms * KDS_US_PER_MS / 4;
    gap_us = gap_us < LOOK_US ? gap_us : LOOK_US;
    if (x->found_count > 0) {
        return; /* once these are read */
    }
    kds_free(x->found);
    x->found = NULL;
    x->look_at_us =
        x->cursor[0] != 0
            ? now_us
            : now_us + gap_us / 2 +
                  (int64_t)kds_rng_below(&core->rng, (uint64_t)(gap_us / 2 + 1));
}

/* Assigned since it was seen last. */
static bool is_unseen(const struct kcl_core *core, const struct kcl_lease *found)
{
    const struct kcl_view *v = &core->roster.view;
    const struct kcl_row *row = kcl_view_find(v, found->stream, found->shard_id);
    return is_news(core, found) &&
           (row == NULL || strcmp(v->people.texts[row->owner], core->worker_id) != 0);
}

/* So many are new that a look at all leases costs less than reading each, and its parents. */
static bool are_many(const struct kcl_core *core, const struct kcl_store_result *result)
{
    size_t unseen = 0;
    for (size_t i = 0; i < result->lease_count; i++) {
        unseen += is_unseen(core, &result->leases[i]);
    }
    return unseen > MANY + core->roster.view.count / MANY_OF;
}

static void
looked(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_index *x = &core->roster.index;
    bool many = are_many(core, result);
    x->found = kds_alloc_zero(result->lease_count + 1, sizeof *x->found);
    for (size_t i = 0; x->found != NULL && i < result->lease_count; i++) {
        const struct kcl_lease *lease = &result->leases[i];
        kcl_roster_adopt(core, lease->stream);
        if (is_news(core, lease) && !(many && is_unseen(core, lease))) {
            memcpy(x->found[x->found_count].stream, lease->stream, sizeof lease->stream);
            memcpy(x->found[x->found_count++].shard_id, lease->shard_id,
                   sizeof lease->shard_id);
        }
    }
    memcpy(x->cursor, result->cursor, sizeof x->cursor);
    if (many) {
        kcl_roster_look_soon(core, now_us);
    }
}

static void read_named(struct kcl_core *core, const struct kcl_lease *lease)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_index *x = &r->index;
    const struct kcl_assign a = kcl_roster_assign(core, x->sent_us);
    const struct kcl_row *row = kcl_view_find(&r->view, lease->stream, lease->shard_id);
    enum kcl_verdict verdict =
        row != NULL ? kcl_judge_assigned(&r->view, &a, row) : KCL_LEAVE_IT;
    if (verdict == KCL_YIELD) {
        kcl_roster_give_up(core, KDS_ERR_STATE, KCL_TWIN_TEXT);
    }
    if (verdict == KCL_CHALLENGE_IT && !x->challenged) {
        x->challenged = true;
        kcl_roster_tell_twin(core);
        verdict = KCL_TAKE_IT;
    }
    if (verdict == KCL_TAKE_IT) {
        kcl_count(core, KCL_METRIC_DISCOVERED, 1);
        kcl_roster_take(core, row);
    }
}

static void read_one(struct kcl_core *core, int64_t now_us, const struct kcl_lease *lease)
{
    if (lease->shard_id[0] != 0 && !kcl_roster_refuses(core, lease) &&
        kcl_view_note(&core->roster.view, now_us, lease)) {
        read_named(core, lease);
    }
}

void kcl_roster_index_stored(struct kcl_core *core,
                             int64_t now_us,
                             const struct kcl_store_result *result)
{
    struct kcl_roster *r = &core->roster;
    r->index.asked = false;
    if (r->op.kind == KCL_STORE_GET && result->err == KDS_ERR_STORE_CORRUPT) {
        plan_look(core, now_us); /* a look at all leases tells of that one */
        return;
    }
    if (result->err != KDS_OK) {
        failed(core, now_us, result);
    } else if (r->op.kind == KCL_STORE_INDEX) {
        checked(core, now_us, result);
        return;
    } else if (r->op.kind == KCL_STORE_OWNED) {
        looked(core, now_us, result);
    } else {
        read_one(core, now_us, &result->lease);
    }
    plan_look(core, now_us);
}
