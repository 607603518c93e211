/*
 * roster_scan: what a look at the leases leads to: leases taken and asked for, holes found, streams that need a
 * listing.
 */
#include "roster_internal.h"

#include "assign.h"
#include "base/alloc.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ALONE_TIMES      4 /* as long between looks, for who reads everything */
#define SCAN_LAST_US     KDS_US_PER_S
#define SCAN_INDEX_TIMES 6 /* fail-over times: of who finds its leases by the index */
#define SCAN_SOON_US     (200 * KDS_US_PER_MS)
#define SCAN_NEW_US      (2 * KDS_US_PER_S) /* of a newcomer that asks others for leases */
#define NEW_LOOKS        3
#define HURRIED_US       (500 * KDS_US_PER_MS) /* of a leader, while leases wait for it */
#define LOOK_COST_US                                                                     \
    INT64_C(100)         /* for each lease: so far apart are looks that are wanted soon */
#define FRUITLESS_MOST 6 /* doublings of the pause between audits */
#define LISTING_US     (1800 * KDS_US_PER_S) /* for leases that nobody needs any more */

/* ---- when to look again --------------------------------------------------------------------- */

/* A listing costs a read per lease: the more there are, the rarer it is. */
static int64_t scan_gap_us(struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    int64_t failover_us = core->conf->failover_ms * KDS_US_PER_MS;
    int64_t gap_us = failover_us / 4 < SCAN_LAST_US ? failover_us / 4 : SCAN_LAST_US;
    int64_t cheap = core->options.store_is_local ? 10 * KCL_STORE_PAGE : KCL_STORE_PAGE;
    gap_us += gap_us * ((int64_t)r->view.count / cheap);
    gap_us = kcl_roster_looks_by_index(core) ? SCAN_INDEX_TIMES * failover_us
             : gap_us < 2 * failover_us      ? gap_us
                                             : 2 * failover_us;
    return gap_us / 2 + (int64_t)kds_rng_below(&core->rng, (uint64_t)(gap_us / 2 + 1));
}

void kcl_roster_look_soon(struct kcl_core *core, int64_t now_us)
{
    struct kcl_roster *r = &core->roster;
    int64_t at_us = r->scan_sent_us + (int64_t)r->view.count * LOOK_COST_US;
    at_us = at_us > now_us ? at_us : now_us;
    r->again = true;
    r->scan_at_us = at_us < r->scan_at_us ? at_us : r->scan_at_us;
}

/* ---- checks --------------------------------------------------------------------------------- */

/* The KCL stores AT_TIMESTAMP without the instant, which each of its workers is configured with. */
static bool lacks_instant(struct kcl_core *core, const struct kcl_lease *lease)
{
    char why[256];
    if (lease->checkpoint.kind != KCL_AT_TIMESTAMP || lease->checkpoint.number != 0 ||
        core->start == KCL_START_TIMESTAMP ||
        kcl_roster_stream(core, lease->stream) == NULL) {
        return false;
    }
    snprintf(why, sizeof why,
             "the lease of %.100s begins AT_TIMESTAMP, and which instant that is nobody "
             "wrote down: set start to the one that the KCL's workers have",
             lease->shard_id);
    kcl_roster_give_up(core, KDS_ERR_CONFIG, why);
    return true;
}

static bool is_of_another(struct kcl_core *core, const struct kcl_lease *lease)
{
    const struct kcl_stream *stream = kcl_roster_stream(core, lease->stream);
    char why[512];
    if (stream == NULL || lease->created_ms == 0 ||
        lease->created_ms == stream->created_ms) {
        return false;
    }
    snprintf(why, sizeof why,
             "the stream was created at %" PRId64
             " ms, but the leases of application \"%.200s\" belong to one created at "
             "%" PRId64 " ms: their checkpoints mean nothing here",
             stream->created_ms, core->conf->application, lease->created_ms);
    kcl_roster_give_up(core, KDS_ERR_STATE, why);
    return true;
}

bool kcl_roster_refuses(struct kcl_core *core, const struct kcl_lease *lease)
{
    return is_of_another(core, lease) || lacks_instant(core, lease);
}

static void tell_skipped(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    const struct kcl_view *v = &r->view;
    char why[256];
    if (r->skipped > 0 && !r->skipped_told) {
        const char *one = v->unread_count ? v->keys.texts[v->unread[0].key] : "?";
        snprintf(why, sizeof why,
                 "leases that cannot be read: %zu, one of them %.100s; they are left "
                 "alone, and the shards behind them wait",
                 r->skipped, one);
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
    }
    r->skipped_told = r->skipped > 0;
}

/* ---- taking --------------------------------------------------------------------------------- */

static enum kcl_held held(const void *opaque, const struct kcl_row *row)
{
    const struct kcl_core *core = opaque;
    const struct kcl_view *v = &core->roster.view;
    const struct kcl_shard *s = kcl_core_find_shard(core, v->keys.texts[row->key]);
    if (kcl_roster_stream(core, v->words.texts[row->stream]) == NULL) {
        return KCL_HELD_FOREIGN;
    }
    return s == NULL ? KCL_HELD_NOT : s->lost ? KCL_HELD_ENDING : KCL_HELD;
}

bool kcl_roster_add_chore(struct kcl_core *core,
                          enum kcl_store_kind kind,
                          const struct kcl_row *row,
                          uint32_t target)
{
    struct kcl_roster *r = &core->roster;
    if (r->chores == NULL) {
        r->chores = kds_alloc_zero(KCL_CHORES_MAX, sizeof *r->chores);
    }
    if (r->running == NULL) {
        r->running = kds_alloc_zero(KCL_CHORES_AT_ONCE, sizeof *r->running);
    }
    if (r->chores == NULL || r->running == NULL || r->chore_count == KCL_CHORES_MAX) {
        r->again = true;
        return false;
    }
    r->chores[r->chore_count++] = (struct kcl_chore){.kind = kind,
                                                     .stream = row->stream,
                                                     .shard = row->shard,
                                                     .owner = row->owner,
                                                     .reader = row->reader,
                                                     .counter = row->counter,
                                                     .target = target};
    return true;
}

static void tell_assignment(struct kcl_core *core, const struct kcl_assign_result *a)
{
    struct kcl_roster *r = &core->roster;
    char why[160];
    if (a->spilled > 0 && !r->spilled_told) {
        snprintf(why, sizeof why,
                 "%zu leases have no worker: max.leases is %" PRId64 " for each",
                 a->spilled, core->conf->max_leases);
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
    }
    r->spilled_told = a->spilled > 0;
}

void kcl_roster_tell_twin(struct kcl_core *core)
{
    if (!core->roster.twin_told) {
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL,
                 "an older process with the same worker.id is running; it is to yield");
        core->roster.twin_told = true;
    }
}

static void carry_out(struct kcl_core *core, const struct kcl_choice *choice)
{
    const struct kcl_row *row = &core->roster.view.rows[choice->row];
    if (choice->kind == KCL_ASK) {
        uint32_t me = kcl_view_person(&core->roster.view, core->worker_id);
        if (me != KCL_NO_NAME) {
            kcl_roster_add_chore(core, KCL_STORE_HAND_OVER, row, me);
        }
        return;
    }
    if (choice->kind == KCL_CHALLENGE) {
        kcl_roster_tell_twin(core);
    }
    kcl_roster_take(core, row);
}

struct kcl_assign kcl_roster_assign(const struct kcl_core *core, int64_t looked_us)
{
    const struct kcl_roster *r = &core->roster;
    return (struct kcl_assign){.worker_id = core->worker_id,
                               .incarnation = r->incarnation,
                               .scanned_us = looked_us,
                               .failover_us = core->conf->failover_ms * KDS_US_PER_MS,
                               .handoff_us = core->conf->handoff_ms * KDS_US_PER_MS,
                               .max_leases = (size_t)core->conf->max_leases,
                               .max_steals = (uint64_t)core->conf->max_steals,
                               .round = r->scans,
                               .only_assigned = kcl_roster_is_led(core, looked_us),
                               .held = held,
                               .opaque = core};
}

/* @return how long to wait before the next look */
static int64_t assign(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_assign_result result;
    const struct kcl_assign a = kcl_roster_assign(core, r->scan_sent_us);
    if (!kcl_assign(&r->view, &a, &core->rng, &result)) {
        return scan_gap_us(core); /* memory is short */
    }
    if (result.older_twin) {
        kcl_roster_give_up(core, KDS_ERR_STATE, KCL_TWIN_TEXT);
    }
    for (size_t i = 0; i < result.count && !core->stopping; i++) {
        carry_out(core, &result.choices[i]);
    }
    tell_assignment(core, &result);
    if (!a.only_assigned) {
        kcl_measure_assignment(core, &result);
    }
    kds_free(result.choices);
    /* Who reads everything itself looks for what others do to the leases, of which there are none: whoever comes asks, and
     * that shows at the next renewal. */
    bool alone = result.workers == 1 && result.leases > 0 && result.mine == result.leases;
    int64_t gap_us = scan_gap_us(core) * (alone ? ALONE_TIMES : 1);
    int64_t soon_us = result.more                           ? SCAN_SOON_US
                      : result.asks && r->scans < NEW_LOOKS ? SCAN_NEW_US
                                                            : gap_us;
    return soon_us < gap_us ? soon_us : gap_us;
}

/* ---- streams -------------------------------------------------------------------------------- */

static bool has_leases(const struct kcl_view *v, const char *stream)
{
    uint32_t word = kcl_names_find(&v->words, stream);
    for (size_t i = 0; i < v->count; i++) {
        if (v->rows[i].stream == word) {
            return true;
        }
    }
    return kcl_view_unreadable(v, stream) > 0;
}

/* Is a hole there that is not just half of a reshard? */
static bool is_torn(struct kcl_core *core, int64_t now_us, struct kcl_stream *stream)
{
    unsigned rarer =
        stream->fruitless < FRUITLESS_MOST ? stream->fruitless : FRUITLESS_MOST;
    int64_t apart_us = core->conf->audit_interval_ms * KDS_US_PER_MS * (1 << rarer);
    if (now_us - stream->audited_us < apart_us && stream->holes > 0) {
        return false;
    }
    stream->audited_us = now_us;
    stream->holes =
        kcl_view_has_hole(&core->roster.view, stream->id) ? stream->holes + 1 : 0;
    stream->fruitless = stream->holes ? stream->fruitless : 0;
    return stream->holes >= core->conf->audits;
}

/* Leases for a stream that has none are made only if it still has none. */
static void check_plan(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    if (r->plan_for != NULL && !r->plan_checked) {
        if (has_leases(&r->view, r->plan_for->id)) {
            kcl_roster_drop_plan(core);
        } else {
            r->plan_checked = true;
        }
    }
}

/* The first stream that needs a listing gets it. */
static void look_after_streams(struct kcl_core *core, int64_t now_us)
{
    struct kcl_roster *r = &core->roster;
    bool leads = r->view.count == 0 || (r->fleet.mode == KCL_MODE_ASSIGNED
                                            ? r->fleet.lock.mine
                                            : kcl_leads(&r->view, core->worker_id));
    size_t torn_streams = 0, to_sync = 0;
    for (size_t i = 0; i < r->stream_count && r->listed == NULL && r->plan_for == NULL;
         i++) {
        struct kcl_stream *stream = r->streams[i];
        if (stream->adopted && !stream->wanted) {
            continue; /* its leases are made by whoever was told to read it */
        }
        stream->leased = stream->leased || has_leases(&r->view, stream->id);
        if (!stream->leased) {
            kcl_roster_begin_listing(core, stream, true);
            continue;
        }
        bool torn = leads && is_torn(core, now_us, stream);
        bool old = leads && now_us - (stream->listed_us < 0 ? core->started_us
                                                            : stream->listed_us) >=
                                LISTING_US;
        torn_streams += stream->holes > 0;
        if (torn || old || stream->wanted) {
            to_sync++;
            stream->holes = 0;
            stream->torn = torn;
            stream->wanted = false;
            kcl_roster_begin_listing(core, stream, false);
        } else if (leads) {
            kcl_roster_clear_away(core, stream, NULL);
        }
    }
    if (leads) {
        kcl_count(core, KCL_METRIC_AUDIT_SUCCESS, 1);
        kcl_gauge(core, KCL_METRIC_STREAMS_TORN, torn_streams);
        kcl_gauge(core, KCL_METRIC_STREAMS_TO_SYNC, to_sync);
        kcl_roster_clear_former(core);
    }
}

/* Shards at their ends that wait for the lease of another parent of their children. */
static void wake_waiting(struct kcl_core *core)
{
    struct kcl_shard *s;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        if (s->asked_us != 0 && !s->children_made) {
            kcl_core_wake_shard(core, s);
        }
    }
}

void kcl_roster_scanned(struct kcl_core *core,
                        int64_t now_us,
                        const struct kcl_store_result *result)
{
    struct kcl_roster *r = &core->roster;
    for (size_t i = 0; i < result->lease_count; i++) {
        if (kcl_roster_refuses(core, &result->leases[i])) {
            return;
        }
        if (!kcl_view_note(&r->view, now_us, &result->leases[i])) {
            kcl_roster_failed(core, now_us, KDS_ERR_NO_MEMORY, "out of memory");
            return;
        }
    }
    for (size_t i = 0; i < result->unreadable_count; i++) {
        if (!kcl_view_note_unreadable(&r->view, &result->unreadable[i])) {
            kcl_roster_failed(core, now_us, KDS_ERR_NO_MEMORY, "out of memory");
            return;
        }
    }
    r->skipped += result->skipped;
    memcpy(r->cursor, result->cursor, sizeof r->cursor);
    if (r->cursor[0] != 0) {
        return; /* the next page at once */
    }
    kcl_view_finish(&r->view);
    if (r->chore_count == 0 && r->kin.count == 0) { /* which remember names */
        kcl_view_thin_out(&r->view);
    }
    r->looked_us = r->scan_sent_us;
    tell_skipped(core);
    wake_waiting(core);
    check_plan(core);
    kcl_roster_adopt_all(core);
    int64_t gap_us = assign(core);
    look_after_streams(core, now_us);
    if (kcl_roster_hurry(core, now_us)) {
        int64_t soon_us = HURRIED_US + (int64_t)r->view.count * LOOK_COST_US;
        gap_us = gap_us < soon_us ? gap_us : soon_us;
    }
    r->scans++;
    r->scan_at_us = now_us + gap_us;
    if (r->again) {
        kcl_roster_look_soon(core, now_us);
    }
}
