/*
 * roster_fleet: what a worker does for its fleet beside reading: looks at the mode, says how busy it is, keeps the
 * lock of the leader or waits for it, assigns when it leads, says good-bye.
 */
#include "roster_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define FIRST_MEASURES_US (2 * KDS_US_PER_S)
#define AGAIN_US          (5 * KDS_US_PER_S) /* after a failure */
#define HURRY_US          (2 * KDS_US_PER_S) /* between two runs for leases without a reader */
#define MODE_OLD_US       (3 * KCL_MODE_US) /* a fleet changes over in less */
#define SUPPORT           1   /* understands rows of all kinds in the lease table */
#define CPU_LIMIT         100 /* percent that are called fully used, as by the KCL */
#define LEAD_FAILURES     3   /* in a row, and the lock is given up */

static int64_t failover_us(const struct kcl_core *core)
{
    return core->conf->failover_ms * KDS_US_PER_MS;
}

int64_t kcl_roster_wall_s(const struct kcl_core *core, int64_t now_us)
{
    return (now_us + core->wall_us) / KDS_US_PER_S;
}

/* ---- what is known --------------------------------------------------------------------------- */

bool kcl_roster_knows_mode(const struct kcl_core *core)
{
    return core->roster.fleet.known || !core->options.store_has_fleet;
}

bool kcl_roster_is_led(const struct kcl_core *core, int64_t now_us)
{
    const struct kcl_fleet_state *f = &core->roster.fleet;
    return f->mode == KCL_MODE_ASSIGNED ||
           (core->options.store_has_fleet && now_us - f->mode_read_us > MODE_OLD_US);
}

/* ---- steps ---------------------------------------------------------------------------------- */

void kcl_roster_ask_rows(struct kcl_core *core,
                         enum kcl_fleet_step step,
                         enum kcl_store_kind kind,
                         struct kcl_action *action)
{
    bool all = step == KCL_FLEET_LEAD || step == KCL_FLEET_CHECK;
    struct kcl_roster *r = &core->roster;
    memset(&r->op, 0, sizeof r->op);
    r->op.kind = kind;
    r->op.row = all ? NULL : &r->fleet.row;
    r->fleet.step = step;
    action->kind = KCL_ACTION_STORE;
    action->u.store = &r->op;
}

struct kcl_fleet_row *kcl_roster_new_row(struct kcl_core *core, enum kcl_fleet_kind kind)
{
    struct kcl_fleet_row *row = &core->roster.fleet.row;
    memset(row, 0, sizeof *row);
    row->kind = kind;
    snprintf(row->owner, sizeof row->owner, "%s", core->worker_id);
    return row;
}

static void ask_lock_write(struct kcl_core *core, bool release, struct kcl_action *action)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    struct kcl_fleet_row *row = kcl_roster_new_row(core, KCL_FLEET_LEADER);
    row->expects = f->lock_step == KCL_LOCK_MAKE && !release ? KCL_EXPECTS_NOTHING
                                                             : KCL_EXPECTS_SAME;
    memcpy(row->expected, f->lock.version, sizeof row->expected);
    row->duration_ms = kcl_lead_lock_ms(core->conf);
    row->released = release;
    if (release) {
        memcpy(row->version, f->lock.version, sizeof row->version);
    } else {
        kcl_lock_version(&core->rng, row->version);
    }
    kcl_roster_ask_rows(core, release ? KCL_FLEET_UNLOCK : KCL_FLEET_LOCK,
                        KCL_STORE_ROW_PUT, action);
}

static void ask_unlock(struct kcl_core *core, struct kcl_action *action)
{
    ask_lock_write(core, true, action);
    core->roster.fleet.lock.mine = core->roster.fleet.unlocks = false;
}

bool kcl_core_wants_cpu(const struct kcl_core *core, int64_t now_us)
{
    const struct kcl_fleet_state *f = &core->roster.fleet;
    return core->options.store_has_fleet && f->measures && !f->cpu_set &&
           !core->stopping && now_us >= f->measures_at_us;
}

void kcl_core_set_cpu(struct kcl_core *core, double percent)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    struct kcl_metric *cpu = &f->cpu;
    snprintf(cpu->code, sizeof cpu->code, "C");
    cpu->limit = CPU_LIMIT;
    if (cpu->count == KCL_SAMPLES_MAX) {
        memmove(cpu->samples, cpu->samples + 1, --cpu->count * sizeof *cpu->samples);
    }
    cpu->samples[cpu->count++] = percent;
    if (percent < 0) {
        kcl_count(core, KCL_METRIC_TELL_FAILED, 1);
    }
    f->cpu_set = true;
}

static void ask_measures(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_fleet_row *row = kcl_roster_new_row(core, KCL_FLEET_WORKER);
    struct kcl_fleet_state *f = &core->roster.fleet;
    if (f->cpu.count > 0) { /* else the leader goes by the throughput of the leases */
        row->metrics[0] = f->cpu;
        row->metric_count = 1;
    }
    f->cpu_set = false;
    row->updated_s = kcl_roster_wall_s(core, now_us);
    row->support = SUPPORT;
    kcl_roster_ask_rows(core, KCL_FLEET_MEASURES, KCL_STORE_ROW_PUT, action);
}

bool kcl_roster_ask_fleet(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_action *action)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    bool led = f->mode == KCL_MODE_ASSIGNED;
    if (!core->options.store_has_fleet) {
        return false;
    }
    if (now_us >= f->mode_at_us) {
        kcl_roster_new_row(core, KCL_FLEET_MODE);
        kcl_roster_ask_rows(core, KCL_FLEET_READ_MODE, KCL_STORE_FLEET, action);
    } else if (f->measures && now_us >= f->measures_at_us) {
        ask_measures(core, now_us, action);
    } else if (kcl_roster_ask_change(core, now_us, action)) {
        return true;
    } else if (f->unlocks) {
        ask_unlock(core, action);
    } else if (led && f->lock_step != KCL_LOCK_WAIT) {
        ask_lock_write(core, false, action);
    } else if (led && now_us >= f->lock_at_us) {
        kcl_roster_new_row(core, KCL_FLEET_LEADER);
        kcl_roster_ask_rows(core, KCL_FLEET_READ_LOCK, KCL_STORE_FLEET, action);
    } else if (led && f->lock.mine && f->gone_count > 0) {
        kcl_roster_ask_clean(core, action);
    } else if (led && f->lock.mine && now_us >= f->lead_at_us) {
        kcl_roster_ask_rows(core, KCL_FLEET_LEAD, KCL_STORE_FLEET, action);
    } else {
        return false;
    }
    return true;
}

int64_t kcl_roster_fleet_at_us(const struct kcl_core *core)
{
    const struct kcl_fleet_state *f = &core->roster.fleet;
    int64_t at_us = f->mode_at_us;
    if (!core->options.store_has_fleet) {
        return KDS_NEVER_US;
    }
    if (f->measures && f->measures_at_us < at_us) {
        at_us = f->measures_at_us;
    }
    if ((f->changes || f->check_at_us < at_us) && kcl_roster_may_change(core)) {
        at_us = f->changes ? INT64_MIN : f->check_at_us;
    }
    if (f->unlocks || (f->lock.mine && f->gone_count > 0)) {
        at_us = INT64_MIN;
    }
    if (f->mode == KCL_MODE_ASSIGNED) {
        at_us = f->lock_at_us < at_us ? f->lock_at_us : at_us;
        at_us = f->lock_step != KCL_LOCK_WAIT ? INT64_MIN : at_us;
        at_us = f->lock.mine && f->lead_at_us < at_us ? f->lead_at_us : at_us;
    }
    return at_us;
}

/* ---- the end -------------------------------------------------------------------------------- */

bool kcl_roster_has_farewell(const struct kcl_core *core)
{
    const struct kcl_fleet_state *f = &core->roster.fleet;
    return f->measured || f->lock.mine || f->step == KCL_FLEET_FORGET ||
           f->step == KCL_FLEET_UNLOCK;
}

bool kcl_roster_ask_farewell(struct kcl_core *core, struct kcl_action *action)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    if (f->measured) { /* first, or a leader goes on giving it leases */
        kcl_roster_new_row(core, KCL_FLEET_WORKER);
        kcl_roster_ask_rows(core, KCL_FLEET_FORGET, KCL_STORE_ROW_DELETE, action);
        f->measured = false;
    } else if (f->lock.mine) {
        ask_unlock(core, action);
    } else {
        return false;
    }
    return true;
}

/* ---- leading -------------------------------------------------------------------------------- */

static void move(struct kcl_core *core, const struct kcl_move *m)
{
    enum kcl_store_kind kind = m->hand_over ? KCL_STORE_HAND_OVER : KCL_STORE_ASSIGN;
    struct kcl_row row = core->roster.view.rows[m->row];
    row.counter = m->as_seen ? row.counter : 0;
    kcl_roster_add_chore(core, kind, &row, m->target);
}

/* As many as there is room for, those first that come first. Chores are done last first. */
static void move_all(struct kcl_core *core, const struct kcl_lead_result *result)
{
    struct kcl_roster *r = &core->roster;
    size_t room = KCL_CHORES_MAX - r->chore_count;
    r->fleet.cut_short = result->count > room;
    for (size_t i = r->fleet.cut_short ? room : result->count; i > 0; i--) {
        move(core, &result->moves[i - 1]);
    }
}

static enum kcl_interest interest(const void *opaque, const struct kcl_row *row)
{
    const struct kcl_core *core = opaque;
    const char *id = core->roster.view.words.texts[row->stream];
    return kcl_roster_stream(core, id) != NULL ? KCL_ORDINARY
           : kcl_roster_is_former(core, id)    ? KCL_DISUSED
                                               : KCL_STRANGE;
}

static void
lead(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *rows)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_lead_result result;
    const struct kcl_lead in = {.scanned_us = r->scan_sent_us,
                                .leads_us = r->fleet.leads_us,
                                .failover_us = failover_us(core),
                                .handoff_us = core->conf->handoff_ms * KDS_US_PER_MS,
                                .wall_s = kcl_roster_wall_s(core, now_us),
                                .max_leases = (uint64_t)core->conf->max_leases,
                                .me = kcl_view_person(&r->view, core->worker_id),
                                .run = r->fleet.runs++,
                                .rules = &core->conf->lead,
                                .suspects = &r->fleet.suspects,
                                .interest = interest,
                                .opaque = core};
    if (!kcl_lead(&r->view, rows->rows, rows->row_count, &in, &core->rng, &result)) {
        return; /* memory is short: at the next run */
    }
    kcl_measure_lead(core, &result);
    move_all(core, &result);
    if (r->fleet.cut_short) {
        kcl_roster_look_soon(core, now_us);
    }
    if (result.spilled > 0 && !r->spilled_told) {
        kcl_note(
            core, KCL_EVENT_TROUBLE, NULL, NULL,
            "leases have no worker: none that says how busy it is has room for them");
    }
    r->spilled_told = result.spilled > 0;
    kds_free(result.moves);
    kcl_roster_note_gone(core, now_us, rows);
}

/* ---- what came of them ---------------------------------------------------------------------- */

static void
read_mode(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    const char *word = result->row_count > 0 ? result->rows[0].mode : "";
    enum kcl_mode mode = kcl_mode_of(word, &f->measures);
    const char *objection = kcl_mode_objection(core->conf->client_version, word);
    int64_t jitter_us = (int64_t)kds_rng_below(&core->rng, KCL_MODE_US / 2);
    if (objection[0] != 0 && objection != f->objection) {
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, objection);
    }
    f->objection = objection;
    if (strcmp(word, "CLIENT_VERSION_3X_WITH_ROLLBACK") == 0) {
        kcl_count(core, KCL_METRIC_MODE_3X, 1);
    } else if (strcmp(word, "CLIENT_VERSION_2X") == 0 ||
               strcmp(word, "CLIENT_VERSION_UPGRADE_FROM_2X") == 0) {
        kcl_count(core, KCL_METRIC_MODE_2X, 1);
    }
    f->mode_at_us = now_us + KCL_MODE_US + jitter_us;
    f->mode_read_us = now_us;
    f->unread_told = false;
    f->legacy = result->legacy;
    if (mode != f->mode || !f->known) {
        f->mode = mode;
        f->measures_at_us = now_us + FIRST_MEASURES_US;
        f->lock_at_us = now_us;
        f->lock_step = KCL_LOCK_WAIT;
    }
    f->known = true;
}

/* Nothing is taken by guess: while it is not known yet, and once it may have changed since. */
static void
miss_mode(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    bool denied = result->err == KDS_ERR_ACCESS_DENIED;
    if (denied && !f->known) {
        kcl_roster_give_up(core, result->err,
                           result->error
                               ? kds_error_message(result->error)
                               : "whether one worker leads the fleet may not be read");
        return;
    }
    f->mode_at_us = now_us + (denied ? KCL_MODE_US : AGAIN_US);
    if (f->known && f->mode == KCL_MODE_SHARE && kcl_roster_is_led(core, now_us) &&
        !f->unread_told) {
        f->unread_told = true;
        kcl_note(
            core, KCL_EVENT_TROUBLE, NULL, NULL,
            "whether one worker leads the fleet cannot be read any more: what is held is "
            "read on, and nothing more is taken");
    }
}

/* ---- the lock ------------------------------------------------------------------------------- */

/* What is to be moved from the tables of the KCL 3.0 to 3.4 is moved by who leads, and only the KCL does. */
static bool stands_back(const struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    return r->fleet.legacy && kcl_java_reads(&r->view, r->looked_us, failover_us(core));
}

static void
read_lock(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    f->lock_step = kcl_lock_judge(&f->lock, result->row_count > 0 ? result->rows : NULL,
                                  now_us, core->worker_id);
    if (f->lock_step != KCL_LOCK_WAIT && stands_back(core)) {
        f->lock_step = KCL_LOCK_WAIT;
        f->unlocks = f->lock.mine;
    }
    kcl_gauge(core, KCL_METRIC_LEADS, f->lock.mine);
    int64_t beat_us = kcl_lead_beat_ms(core->conf) * KDS_US_PER_MS;
    f->lock_at_us =
        now_us + (f->lock_step == KCL_LOCK_WAIT ? failover_us(core) : beat_us);
}

static void wrote_lock(struct kcl_core *core, int64_t now_us, kds_err_t err)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    bool newly = f->lock_step != KCL_LOCK_REFRESH;
    f->lock_step = KCL_LOCK_WAIT;
    if (err != KDS_OK) {
        f->lock.mine = false; /* somebody was faster, or nobody knows: looked at again */
        kcl_gauge(core, KCL_METRIC_LEADS, 0);
        return;
    }
    memcpy(f->lock.version, f->row.version, sizeof f->lock.version);
    f->lock.seen_us = now_us;
    f->lock.mine = true;
    kcl_gauge(core, KCL_METRIC_LEADS, 1);
    if (newly) {
        f->leads_us = now_us; /* what it saw before counts for nothing */
        f->runs = 0;
        f->lead_at_us = now_us;
        core->roster.scan_at_us = now_us; /* the last look may be half a minute old */
    }
}

static void
led(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    f->led_us = now_us;
    f->lead_at_us = now_us + kcl_lead_interval_ms(core->conf) * KDS_US_PER_MS;
    if (result->err == KDS_OK) {
        f->lead_failures = 0;
        lead(core, now_us, result);
    } else if (++f->lead_failures >= LEAD_FAILURES) {
        f->unlocks = true; /* another may be able to: it has the lock's time for it */
        f->lock_step = KCL_LOCK_WAIT;
        f->lock_at_us = now_us + kcl_lead_lock_ms(core->conf) * KDS_US_PER_MS;
        kcl_count(core, KCL_METRIC_LEAD_GIVEN_UP, 1);
        kcl_gauge(core, KCL_METRIC_LEADS, 0);
        f->lead_failures = 0;
    }
}

static bool waits_for_a_reader(const struct kcl_core *core)
{
    const struct kcl_view *v = &core->roster.view;
    for (size_t i = 0; i < v->count; i++) {
        const struct kcl_row *row = &v->rows[i];
        if (!row->ended && v->people.texts[row->reader][0] == 0 &&
            kcl_view_may_begin(v, row) && interest(core, row) != KCL_DISUSED) {
            return true;
        }
    }
    return false;
}

bool kcl_roster_hurry(struct kcl_core *core, int64_t now_us)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_fleet_state *f = &r->fleet;
    if (!f->lock.mine || r->spilled_told || !waits_for_a_reader(core)) {
        return false;
    }
    if (f->cut_short || now_us - f->led_us >= HURRY_US) {
        f->lead_at_us = now_us;
    }
    return true;
}

void kcl_roster_fleet_stored(struct kcl_core *core,
                             int64_t now_us,
                             const struct kcl_store_result *result)
{
    struct kcl_fleet_state *f = &core->roster.fleet;
    enum kcl_fleet_step step = f->step;
    bool failed = result->err != KDS_OK && result->err != KDS_ERR_LEASE_LOST;
    f->step = KCL_FLEET_NONE;
    if (failed && !core->stopping) {
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL,
                 result->error ? kds_error_message(result->error)
                               : "the rows of the fleet cannot be used");
    }
    switch (step) {
    case KCL_FLEET_READ_MODE:
        if (failed) {
            miss_mode(core, now_us, result);
        } else {
            read_mode(core, now_us, result);
        }
        break;
    case KCL_FLEET_MEASURES:
        f->measured = f->measured || !failed;
        f->measures_at_us =
            now_us + (failed ? AGAIN_US : core->conf->lead.measures_ms * KDS_US_PER_MS);
        break;
    case KCL_FLEET_READ_LOCK:
        if (failed) {
            f->lock_at_us = now_us + AGAIN_US;
        } else {
            read_lock(core, now_us, result);
        }
        break;
    case KCL_FLEET_LOCK:
        wrote_lock(core, now_us, result->err);
        break;
    case KCL_FLEET_LEAD:
        led(core, now_us, result);
        break;
    case KCL_FLEET_CHECK:
        kcl_roster_checked_change(core, now_us, result);
        break;
    case KCL_FLEET_CHANGE:
        f->mode_at_us = now_us; /* whoever did it: it is followed at once */
        break;
    case KCL_FLEET_CLEAN: /* or it was written again */
    case KCL_FLEET_FORGET:
    case KCL_FLEET_UNLOCK:
    case KCL_FLEET_NONE:
        break;
    }
}
