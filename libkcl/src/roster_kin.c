/*
 * roster_kin: leases that are taken once their parents were read one by one. What is listed may be old, and lack what was
 * written just before: a parent that it does not have may be there all the same, and not at its end.
 */
#include "roster_internal.h"

#include "base/error.h"

#include <string.h>

/* The parent is at its end; or nothing is to be known of it any more, because its child was begun. */
static bool is_settled(const struct kcl_core *core, const struct kcl_row *row, size_t i)
{
    const struct kcl_view *v = &core->roster.view;
    const struct kcl_row *parent = kcl_view_row(v, row->parents[i]);
    if (parent != NULL || kcl_view_has(v, row->parents[i])) {
        return parent != NULL && parent->ended;
    }
    return row->started || !core->options.store_has_fleet; /* else it may be listed yet */
}

static void add(struct kcl_core *core, const struct kcl_row *row)
{
    struct kcl_lease lease;
    kcl_view_lease(&core->roster.view, row, &lease);
    kcl_core_add_shard(core, &lease);
}

static bool waits(const struct kcl_kin *k, uint32_t key)
{
    for (size_t i = 0; i < k->count; i++) {
        if (k->children[i] == key) {
            return true;
        }
    }
    return false;
}

static void drop_first(struct kcl_kin *k)
{
    memmove(k->children, k->children + 1, --k->count * sizeof *k->children);
    k->parents_read = 0;
}

/* The first child, as it was seen last; NULL if nothing is to be done for it any more. */
static const struct kcl_row *first_row(const struct kcl_core *core)
{
    const struct kcl_view *v = &core->roster.view;
    const struct kcl_row *row = kcl_view_row(v, core->roster.kin.children[0]);
    return row != NULL && !row->ended &&
                   kcl_core_find_shard(core, v->keys.texts[row->key]) == NULL
               ? row
               : NULL;
}

/* Until a parent is to be read. */
static void go_on(struct kcl_core *core)
{
    struct kcl_kin *k = &core->roster.kin;
    while (k->count > 0) {
        const struct kcl_row *row = first_row(core);
        while (row != NULL && k->parents_read < row->parent_count &&
               is_settled(core, row, k->parents_read)) {
            k->parents_read++;
        }
        if (row != NULL && k->parents_read < row->parent_count) {
            return;
        }
        if (row != NULL) {
            add(core, row);
        }
        drop_first(k);
    }
}

void kcl_roster_take(struct kcl_core *core, const struct kcl_row *row)
{
    struct kcl_kin *k = &core->roster.kin;
    size_t settled = 0;
    while (settled < row->parent_count && is_settled(core, row, settled)) {
        settled++;
    }
    if (settled == row->parent_count) {
        add(core, row);
    } else if (k->count < KCL_KIN_MAX && !waits(k, row->key)) { /* or at the next look */
        k->children[k->count++] = row->key;
    }
}

bool kcl_roster_ask_kin(struct kcl_core *core, struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    const struct kcl_row *row = r->kin.count > 0 ? first_row(core) : NULL;
    struct kcl_lease parent;
    if (row == NULL ||
        !kcl_lease_of_key(
            kds_slice(r->view.keys.texts[row->parents[r->kin.parents_read]]), &parent)) {
        r->kin.count = 0;
        return false;
    }
    memset(&r->op, 0, sizeof r->op);
    r->op.kind = KCL_STORE_GET;
    memcpy(r->op.stream, parent.stream, sizeof r->op.stream);
    memcpy(r->op.shard_id, parent.shard_id, sizeof r->op.shard_id);
    r->kin.asked = true;
    action->kind = KCL_ACTION_STORE;
    action->u.store = &r->op;
    return true;
}

void kcl_roster_kin_stored(struct kcl_core *core,
                           int64_t now_us,
                           const struct kcl_store_result *result)
{
    struct kcl_kin *k = &core->roster.kin;
    const struct kcl_lease *parent = &result->lease;
    bool gone = result->err == KDS_OK && parent->shard_id[0] == 0;
    k->asked = false;
    if (result->err != KDS_OK && result->err != KDS_ERR_STORE_CORRUPT) {
        k->count = 0; /* the next look finds them again */
        kcl_roster_failed(core, now_us, result->err,
                          result->error ? kds_error_message(result->error)
                                        : "the lease store failed");
        return;
    }
    bool ended = result->err == KDS_OK && !gone && !kcl_roster_refuses(core, parent) &&
                 kcl_view_note(&core->roster.view, now_us, parent) &&
                 parent->checkpoint.kind == KCL_AT_SHARD_END;
    if (k->count > 0 && (gone || ended)) {
        k->parents_read++;
    } else if (k->count > 0) {
        drop_first(k); /* at a later look */
    }
    go_on(core);
}
