/*
 * roster_sync: listings of shards: leases for a stream that has none, leases that are missing, leases that
 * nobody needs any more.
 */
#include "roster_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define RELIST_US (10 * KDS_US_PER_S) /* while a shard's end waits for another's */

/* Between workers that are about to make the first leases: the more there are to be made, the longer. */
#define MAKE_APART_US      KDS_US_PER_MS /* for each lease */
#define MAKE_APART_MOST_US (100 * KDS_US_PER_MS)

/* ---- where to begin ------------------------------------------------------------------------- */

/* F-S12: the latest is an instant from the first moment on, so that nothing that arrives before the first
 * record is read can be skipped: by the service's clock, which dates records, not by this machine's. */
void kcl_roster_pin_start(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_stream *stream)
{
    memset(&stream->start, 0, sizeof stream->start);
    if (core->start == KCL_START_TRIM_HORIZON) {
        stream->start.kind = KCL_AT_TRIM_HORIZON;
    } else if (core->start == KCL_START_TIMESTAMP) {
        stream->start.kind = KCL_AT_TIMESTAMP;
        stream->start.number = core->start_ms;
    } else {
        stream->start.kind = KCL_AT_LATEST;
        stream->start.number = kcl_service_ms(core, now_us) - KCL_LATEST_MARGIN_MS;
        if (stream->start.number < stream->created_ms) {
            stream->start.number = stream->created_ms;
        }
    }
}

/* Which shards are open there. */
static const kds_shard_filter_t *filter_of(const struct kcl_core *core,
                                           int64_t now_us,
                                           const struct kcl_stream *stream,
                                           kds_shard_filter_t *out)
{
    static const kds_slice_t horizon = KDS_SLICE_LIT("AT_TRIM_HORIZON");
    static const kds_slice_t latest = KDS_SLICE_LIT("AT_LATEST");
    static const kds_slice_t timestamp = KDS_SLICE_LIT("AT_TIMESTAMP");
    /* The service's clock is known to a second: what may be past already is. */
    int64_t latest_ms = kcl_service_ms(core, now_us) + KCL_LATEST_MARGIN_MS;
    memset(out, 0, sizeof *out);
    if (stream->start.kind == KCL_AT_TRIM_HORIZON ||
        (stream->start.kind == KCL_AT_TIMESTAMP &&
         stream->start.number <= stream->created_ms)) {
        out->type = horizon;
    } else if (stream->start.kind == KCL_AT_LATEST || stream->start.number > latest_ms) {
        out->type = latest;
    } else {
        out->type = timestamp;
        out->has_timestamp_ms = true;
        out->timestamp_ms = stream->start.number;
    }
    return out;
}

/* ---- a listing ------------------------------------------------------------------------------ */

void kcl_roster_forget_listing(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    kcl_listing_clear(&r->listing);
    kds_free(r->token);
    r->token = NULL;
}

void kcl_roster_begin_listing(struct kcl_core *core,
                              struct kcl_stream *stream,
                              bool first)
{
    core->roster.listed = stream;
    core->roster.first = first;
    kcl_roster_forget_listing(core);
}

void kcl_roster_ask_listing(struct kcl_core *core,
                            int64_t now_us,
                            struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    kds_list_shards_in_t *in = &action->u.list_shards;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    action->kind = KCL_ACTION_LIST_SHARDS;
    if (r->token != NULL) {
        in->next_token = kds_slice(r->token); /* and nothing else beside it */
        return;
    }
    r->listing_sent_us = now_us;
    in->stream_name = r->listed->name;
    in->stream_arn = r->listed->arn;
    if (r->first) {
        in->shard_filter = filter_of(core, now_us, r->listed, &r->filter);
    }
}

/* @return false when out of memory */
static bool keep_token(struct kcl_roster *r, kds_slice_t token)
{
    kds_free(r->token);
    r->token = kds_alloc(token.n + 1);
    return r->token != NULL && kcl_copy_text(r->token, token.n + 1, token);
}

/* @return why not; NULL if the plan is made */
static const char *make_plan(struct kcl_core *core, kds_err_t *err)
{
    struct kcl_roster *r = &core->roster;
    const struct kcl_beginning b = {r->listed->id, r->listed->created_ms,
                                    r->listed->start};
    bool consistent = true;
    *err = KDS_ERR_PROTOCOL;
    if (r->first && !kcl_listing_covers_all(&r->listing)) {
        return "the listed shards do not cover all hash keys";
    }
    bool room = r->first
                    ? kcl_plan_first(&r->listing, &b, &r->plan)
                    : kcl_plan_missing(&r->listing, &r->view, &b, &r->plan, &consistent);
    if (!room) {
        *err = KDS_ERR_NO_MEMORY;
        return "out of memory";
    }
    if (!consistent) {
        kds_free(r->plan.leases);
        r->plan = (struct kcl_plan){NULL, 0};
        return "the listing has a shard whose parent is still open; asked again";
    }
    return NULL;
}

void kcl_roster_drop_plan(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    kds_free(r->plan.leases);
    r->plan = (struct kcl_plan){NULL, 0};
    r->planned = 0;
    r->plan_for = NULL;
}

static void judge_waiting(struct kcl_core *core, const struct kcl_stream *stream);

/* A hole that the service's own listing does not fill is for a person; it is listed less and less often. */
static void judge_mending(struct kcl_core *core, struct kcl_stream *stream)
{
    char why[KCL_STREAM_BYTES + 160];
    bool fruitless = stream->torn && core->roster.plan.count == 0;
    stream->torn = false;
    if (fruitless && stream->fruitless++ == 0) {
        snprintf(
            why, sizeof why,
            "hash keys of the stream%s%s have no lease, and no lease is missing that "
            "could be made for a shard which is listed",
            stream->id[0] ? " " : "", stream->id);
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
    }
}

static void finish_listing(struct kcl_core *core, int64_t now_us)
{
    struct kcl_roster *r = &core->roster;
    kds_err_t err = KDS_OK;
    bool old = now_us - r->listing_sent_us >= core->conf->failover_ms * KDS_US_PER_MS;
    const char *why =
        old ? "a listing took too long; asked again" : make_plan(core, &err);
    err = old ? KDS_ERR_TIMED_OUT : err;
    if (why != NULL) {
        kcl_measure_sync(core, now_us, r->listed, false);
        kcl_roster_forget_listing(core);
        kcl_roster_failed(core, now_us, err, why);
        return;
    }
    kcl_measure_sync(core, now_us, r->listed, true);
    r->plan_for = r->listed;
    r->plan_checked = !r->first;
    r->plan_until_us = now_us + core->conf->failover_ms * KDS_US_PER_MS;
    if (r->first) {
        /* Another worker may have been faster; many that start at once are not to be equally fast. */
        int64_t most_us = (int64_t)r->plan.count * MAKE_APART_US;
        most_us = most_us < MAKE_APART_MOST_US ? most_us : MAKE_APART_MOST_US;
        r->scan_at_us =
            now_us + (int64_t)kds_rng_below(&core->rng, (uint64_t)most_us + 1);
    }
    judge_mending(core, r->listed);
    if (r->plan.count == 0) {
        kcl_roster_drop_plan(core);
    }
    if (!r->first) {
        judge_waiting(core, r->listed);
        kcl_roster_clear_away(core, r->listed, &r->listing);
        r->listed->listed_us = r->listing_sent_us;
    }
    kcl_roster_forget_listing(core);
    r->listed = NULL;
}

void kcl_roster_listed(struct kcl_core *core,
                       int64_t now_us,
                       const kds_list_shards_out_t *output)
{
    struct kcl_roster *r = &core->roster;
    bool room = kcl_listing_add(&r->listing, output->shards, output->shards_count);
    bool more = output->next_token.n > 0;
    if (room && more && keep_token(r, output->next_token)) {
        return; /* the next page */
    }
    if (!room || more) {
        kcl_roster_forget_listing(core);
        kcl_roster_failed(core, now_us, KDS_ERR_NO_MEMORY, "out of memory");
        return;
    }
    finish_listing(core, now_us);
}

/* ---- leases that are done ------------------------------------------------------------------- */

void kcl_roster_clear_away(struct kcl_core *core,
                           const struct kcl_stream *stream,
                           const struct kcl_listing *l)
{
    struct kcl_roster *r = &core->roster;
    uint32_t word = kcl_names_find(&r->view.words, stream->id);
    for (size_t i = 0; i < r->view.count; i++) {
        const struct kcl_row *row = &r->view.rows[i];
        /* Long enough for whoever listed shards while it was there to have given that up. */
        bool rests = r->scan_sent_us - row->changed_us >=
                     3 * core->conf->failover_ms * KDS_US_PER_MS;
        if (row->stream == word && rests && kcl_lease_is_done(&r->view, row, l) &&
            kcl_core_find_shard(core, r->view.keys.texts[row->key]) == NULL &&
            !kcl_roster_add_chore(core, KCL_STORE_DELETE, row, 0)) {
            return; /* the rest at the next look */
        }
    }
}

/* ---- where a shard ends --------------------------------------------------------------------- */

/* @return NULL if every parent of its children has a lease */
static const char *missing_parent(const struct kcl_core *core, const struct kcl_shard *s)
{
    for (size_t i = 0; i < s->child_count; i++) {
        const struct kcl_lease *child = &s->children[i];
        for (size_t k = 0; k < child->parent_count; k++) {
            if (strcmp(child->parents[k], s->lease.shard_id) != 0 &&
                !kcl_view_exists(&core->roster.view, child->stream, child->parents[k])) {
                return child->parents[k];
            }
        }
    }
    return NULL;
}

/* A parent that is still listed gets its lease where its own parent ends, or from the plan; one that is
 * not lies before the beginning, or is gone, and nobody waits for it. */
static void judge_waiting(struct kcl_core *core, const struct kcl_stream *stream)
{
    struct kcl_shard *s;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        const char *parent = s->asked_us != 0 ? missing_parent(core, s) : NULL;
        if (parent != NULL && strcmp(s->lease.stream, stream->id) == 0) {
            s->family_known = !kcl_listing_has(&core->roster.listing, parent);
        }
    }
}

/* Every other parent of it was seen at its end. */
static bool
may_begin(const struct kcl_view *v, const struct kcl_lease *child, const char *ended)
{
    for (size_t i = 0; i < child->parent_count; i++) {
        const struct kcl_row *row = kcl_view_find(v, child->stream, child->parents[i]);
        if (strcmp(child->parents[i], ended) != 0 && (row == NULL || !row->ended)) {
            return false;
        }
    }
    return true;
}

/* They are as this worker made them, or the write that takes them finds something else. */
void kcl_roster_take_children(struct kcl_core *core,
                              int64_t now_us,
                              const struct kcl_shard *s)
{
    bool led = kcl_roster_is_led(core, now_us);
    for (size_t i = 0; i < s->child_count; i++) {
        const struct kcl_lease *child = &s->children[i];
        char key[KCL_KEY_BYTES];
        bool room = core->agenda.count < (uint64_t)core->conf->max_leases;
        if (!led && room && !core->stopping && !s->leaving &&
            may_begin(&core->roster.view, child, s->shard_id) &&
            kcl_lease_key(child->stream, child->shard_id, key) &&
            kcl_core_find_shard(core, key) == NULL) {
            kcl_core_add_shard(core, child);
        } else if (!led || core->roster.fleet.lock.mine) { /* else it is to be assigned */
            kcl_roster_look_soon(core, now_us);
        }
    }
}

bool kcl_roster_may_make_children(struct kcl_core *core,
                                  int64_t now_us,
                                  struct kcl_shard *s)
{
    struct kcl_roster *r = &core->roster;
    if (s->family_known || missing_parent(core, s) == NULL) {
        return true;
    }
    kcl_measure(core, s, KCL_METRIC_MISSING_PARENT, 1, s->asked_us == 0);
    struct kcl_stream *stream = kcl_roster_find_stream(r, s->lease.stream);
    if (stream != NULL && (s->asked_us == 0 || now_us - stream->listed_us >= RELIST_US)) {
        s->asked_us = now_us;
        stream->wanted = true;
        if (kcl_roster_looks_by_index(core)) { /* else the next look is near */
            kcl_roster_look_soon(core, now_us);
        }
    }
    return false;
}
