/*
 * roster_owed: what who leads owes its fleet beside leases: rows of workers that are long gone are deleted, and a fleet
 * that has left the KCL 2.x is changed over.
 */
#include "roster_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define CHECK_US  (60 * KDS_US_PER_S)  /* whether every worker is ready */
#define STEADY_US (600 * KDS_US_PER_S) /* so long at every check */

/* ---- workers that are gone ------------------------------------------------------------------ */

void kcl_roster_note_gone(struct kcl_core *core,
                          int64_t now_us,
                          const struct kcl_store_result *rows)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    int64_t before_s =
        kcl_roster_wall_s(core, now_us) - core->conf->lead_forget_ms / 1000;
    for (size_t i = 0; i < rows->row_count && f->gone_count < KCL_GONE_MAX; i++) {
        const struct kcl_fleet_row *row = &rows->rows[i];
        if (row->kind != KCL_FLEET_WORKER || row->updated_s == 0 ||
            row->updated_s >= before_s) {
            continue;
        }
        if (f->gone == NULL) {
            f->gone = kds_alloc_zero(KCL_GONE_MAX, sizeof *f->gone);
        }
        if (f->gone == NULL) {
            return; /* at the next run */
        }
        f->gone[f->gone_count].updated_s = row->updated_s;
        memcpy(f->gone[f->gone_count++].owner, row->owner, sizeof row->owner);
    }
}

void kcl_roster_ask_clean(struct kcl_core *core, struct kcl_action *action)
{
    struct kcl_fleet_row *row = kcl_roster_new_row(core, KCL_FLEET_WORKER);
    struct kcl_fleet_state *f = &core->roster.fleet;
    const struct kcl_gone *gone = &f->gone[--f->gone_count];
    memcpy(row->owner, gone->owner, sizeof row->owner);
    row->expects = KCL_EXPECTS_SAME;
    row->expected_s = gone->updated_s;
    kcl_roster_ask_rows(core, KCL_FLEET_CLEAN, KCL_STORE_ROW_DELETE, action);
}

/* ---- from the KCL 2.x to 3.x ---------------------------------------------------------------- */

/* The table says UPGRADE_FROM_2X. */
bool kcl_roster_may_change(const struct kcl_core *core)
{
    const struct kcl_fleet_state *f = &core->roster.fleet;
    return f->known && f->measures && f->mode == KCL_MODE_SHARE;
}

static void ask_change(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_fleet_row *row = kcl_roster_new_row(core, KCL_FLEET_MODE);
    row->expects = KCL_EXPECTS_SAME;
    snprintf(row->expected, sizeof row->expected, "CLIENT_VERSION_UPGRADE_FROM_2X");
    snprintf(row->mode, sizeof row->mode, "CLIENT_VERSION_3X_WITH_ROLLBACK");
    row->changed_ms = (now_us + core->wall_us) / KDS_US_PER_MS;
    core->roster.fleet.changes = false;
    core->roster.fleet.ready_since_us = 0;
    kcl_roster_ask_rows(core, KCL_FLEET_CHANGE, KCL_STORE_ROW_PUT, action);
}

bool kcl_roster_ask_change(struct kcl_core *core,
                           int64_t now_us,
                           struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_fleet_state *f = &r->fleet;
    if (!kcl_roster_may_change(core) || (now_us < f->check_at_us && !f->changes)) {
        return false;
    }
    if (f->changes) {
        ask_change(core, now_us, action);
        return true;
    }
    f->check_at_us = now_us + CHECK_US;
    if (!r->index.active || r->scans == 0 || !kcl_leads(&r->view, core->worker_id)) {
        f->ready_since_us = 0;
        return false; /* it is another's to do, or too early */
    }
    kcl_roster_ask_rows(core, KCL_FLEET_CHECK, KCL_STORE_FLEET, action);
    return true;
}

static bool
is_ready(const struct kcl_core *core, int64_t now_us, const struct kcl_store_result *rows)
{
    int64_t fresh_s = 2 * core->conf->lead.measures_ms / 1000;
    return rows->err == KDS_OK &&
           kcl_fleet_is_ready(&core->roster.view, rows->rows, rows->row_count,
                              kcl_roster_wall_s(core, now_us), fresh_s);
}

void kcl_roster_checked_change(struct kcl_core *core,
                               int64_t now_us,
                               const struct kcl_store_result *rows)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    if (!is_ready(core, now_us, rows)) {
        f->ready_since_us = 0;
    } else if (f->ready_since_us == 0) {
        f->ready_since_us = now_us;
    }
    f->changes = f->ready_since_us != 0 && now_us - f->ready_since_us >= STEADY_US;
}
