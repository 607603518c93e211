/*
 * roster: its steps, in the order of their urgency.
 */
#include "core_internal.h"

#include "assign.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "roster_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STEP_RETRY_US   (250 * KDS_US_PER_MS)
#define STEP_LAST_US    (10 * KDS_US_PER_S)
#define NOT_FOUND_TRIES 5 /* a stream may be missing for a moment after it was created */
#define TABLE_LAST_US   (600 * KDS_US_PER_S) /* a table that does not become ready */
#define CREATE_AT_ONCE  100
#define LET_GO_US       (500 * KDS_US_PER_MS)

/* ---- life ----------------------------------------------------------------------------------- */

bool kcl_roster_next_name(const char **at, kds_slice_t *out)
{
    while (**at == ',' || **at == ' ') {
        ++*at;
    }
    size_t n = strcspn(*at, ", ");
    *out = kds_slice_of(*at, n);
    *at += n;
    return n > 0;
}

static void name_stream(struct kcl_stream *stream, kds_slice_t name)
{
    bool arn = name.n > 4 && memcmp(name.p, "arn:", 4) == 0;
    stream->listed_us = -1;
    if (arn) {
        stream->arn = name;
    } else {
        stream->name = name;
    }
}

static void clear_streams(struct kcl_roster *r)
{
    for (size_t i = 0; r->streams != NULL && i < r->stream_count; i++) {
        kds_free(r->streams[i]);
    }
    kds_free(r->streams);
    r->streams = NULL;
    r->stream_count = 0;
}

bool kcl_roster_init(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    const char *one =
        core->conf->stream_arn ? core->conf->stream_arn : core->conf->stream;
    const char *all = core->conf->streams ? core->conf->streams : one;
    const char *at = all;
    kds_slice_t name;
    while (kcl_roster_next_name(&at, &name) && r->stream_count < KCL_STREAMS_MAX) {
        r->stream_count++;
    }
    r->streams = kds_alloc_zero(r->stream_count + 1, sizeof *r->streams);
    for (size_t i = 0; r->streams != NULL && i < r->stream_count; i++) {
        r->streams[i] = kds_alloc_zero(1, sizeof *r->streams[i]);
        if (r->streams[i] == NULL) {
            clear_streams(r);
        }
    }
    if (r->streams == NULL) {
        return false;
    }
    at = all;
    for (size_t i = 0; i < r->stream_count && kcl_roster_next_name(&at, &name); i++) {
        name_stream(r->streams[i], name);
    }
    return true;
}

void kcl_roster_clear(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    kcl_view_clear(&r->view);
    kcl_listing_clear(&r->listing);
    kds_free(r->plan.leases);
    kds_free(r->index.found);
    kds_free(r->fleet.gone);
    kds_free(r->chores);
    kds_free(r->running);
    kds_free(r->token);
    clear_streams(r);
}

struct kcl_stream *kcl_roster_find_stream(struct kcl_roster *r, const char *id)
{
    for (size_t i = 0; i < r->stream_count; i++) {
        if (strcmp(r->streams[i]->id, id) == 0) {
            return r->streams[i];
        }
    }
    return NULL;
}

const struct kcl_stream *kcl_roster_stream(const struct kcl_core *core, const char *id)
{
    const struct kcl_roster *r = &core->roster;
    for (size_t i = 0; i < r->stream_count; i++) {
        if (r->streams[i]->described && strcmp(r->streams[i]->id, id) == 0) {
            return r->streams[i];
        }
    }
    return NULL;
}

void kcl_roster_doubt(struct kcl_core *core, const struct kcl_shard *s)
{
    struct kcl_roster *r = &core->roster;
    if (r->doubted == NULL) {
        r->doubted = kcl_roster_find_stream(r, s->lease.stream);
    }
}

bool kcl_roster_doubts(const struct kcl_core *core, const struct kcl_shard *s)
{
    const struct kcl_stream *doubted = core->roster.doubted;
    return doubted != NULL && strcmp(doubted->id, s->lease.stream) == 0;
}

void kcl_roster_give_up(struct kcl_core *core, kds_err_t code, const char *why)
{
    if (core->failure == NULL) {
        kds_error_set(&core->failure, code, "%s", why);
    }
    core->roster.phase = KCL_PHASE_FAILED;
    kcl_core_stop(core, 0); /* what is held is checkpointed and released */
    kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
}

/* ---- a step that failed --------------------------------------------------------------------- */

static bool is_starting(const struct kcl_roster *r)
{
    return r->phase == KCL_PHASE_OPEN || r->phase == KCL_PHASE_DESCRIBE;
}

static bool is_hopeless(const struct kcl_core *core, int64_t now_us, kds_err_t code)
{
    const struct kcl_roster *r = &core->roster;
    int64_t attempts = core->conf->initialization_attempts;
    if (is_starting(r) && attempts > 0 && (int64_t)r->failures + 1 >= attempts) {
        return true;
    }
    if (code == KDS_ERR_STATE || code == KDS_ERR_STORE_CORRUPT) {
        return true;
    }
    if (r->phase == KCL_PHASE_OPEN) {
        return code == KDS_ERR_ACCESS_DENIED ||
               (code == KDS_ERR_IN_USE && now_us - r->failing_since_us > TABLE_LAST_US);
    }
    return r->phase == KCL_PHASE_DESCRIBE && code == KDS_ERR_NOT_FOUND &&
           r->failures + 1 >= NOT_FOUND_TRIES;
}

/* The same again later, or never. */
void kcl_roster_failed(struct kcl_core *core,
                       int64_t now_us,
                       kds_err_t code,
                       const char *why)
{
    struct kcl_roster *r = &core->roster;
    if (is_starting(r)) {
        kcl_count(core, KCL_METRIC_STARTS, 0);
    }
    r->failing_since_us = r->failures ? r->failing_since_us : now_us;
    if (is_hopeless(core, now_us, code)) {
        kcl_roster_give_up(core, code, why);
        return;
    }
    r->at_us = now_us + kcl_backoff_us(core, r->failures++, STEP_RETRY_US, STEP_LAST_US);
    kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
}

static void step_done(struct kcl_roster *r)
{
    r->failures = 0;
    r->at_us = 0;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static struct kcl_stream *undescribed(struct kcl_roster *r)
{
    for (size_t i = 0; i < r->stream_count; i++) {
        if (!r->streams[i]->described && !r->streams[i]->adopted) {
            return r->streams[i];
        }
    }
    return NULL;
}

static void
ask_store(struct kcl_roster *r, enum kcl_store_kind kind, struct kcl_action *action)
{
    memset(&r->op, 0, sizeof r->op);
    r->op.kind = kind;
    action->kind = KCL_ACTION_STORE;
    action->u.store = &r->op;
}

static void ask_scan(struct kcl_roster *r, int64_t now_us, struct kcl_action *action)
{
    ask_store(r, KCL_STORE_LIST, action);
    memcpy(r->op.cursor, r->cursor, sizeof r->op.cursor);
    if (r->cursor[0] == 0) {
        r->scan_sent_us = now_us;
        r->skipped = 0;
        r->again = false;
    }
}

static void ask_description(const struct kcl_stream *stream, struct kcl_action *action)
{
    kds_describe_stream_summary_in_t *in = &action->u.describe;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    in->stream_name = stream->name;
    in->stream_arn = stream->arn;
    action->kind = KCL_ACTION_DESCRIBE;
}

static void ask_creation(struct kcl_roster *r, struct kcl_action *action)
{
    size_t left = r->plan.count - r->planned;
    ask_store(r, KCL_STORE_CREATE, action);
    r->op.leases = r->plan.leases + r->planned;
    r->op.lease_count = left < CREATE_AT_ONCE ? left : CREATE_AT_ONCE;
}

/* ---- chores: several at a time, beside the steps ---------------------------------------------- */

static struct kcl_running_chore *running_with(struct kcl_roster *r, uint64_t id)
{
    for (size_t i = 0; r->running != NULL && i < KCL_CHORES_AT_ONCE; i++) {
        if (r->running[i].id == id) {
            return &r->running[i];
        }
    }
    return NULL;
}

static bool may_begin_chore(const struct kcl_roster *r)
{
    return r->chore_count > 0 && r->running_count < KCL_CHORES_AT_ONCE;
}

static void
ask_chore(struct kcl_core *core, struct kcl_store_op *op, const struct kcl_chore *chore)
{
    const struct kcl_view *v = &core->roster.view;
    memset(op, 0, sizeof *op);
    op->kind = chore->kind;
    op->counter = chore->counter;
    op->nonce = kcl_nonce(kds_rng_next(&core->rng), op->counter + 1, false);
    snprintf(op->stream, sizeof op->stream, "%s", v->words.texts[chore->stream]);
    snprintf(op->shard_id, sizeof op->shard_id, "%s", v->words.texts[chore->shard]);
    snprintf(op->owner, sizeof op->owner, "%s", v->people.texts[chore->owner]);
    snprintf(op->target, sizeof op->target, "%s", v->people.texts[chore->target]);
    if (chore->reader != chore->owner) {
        snprintf(op->checkpoint_owner, sizeof op->checkpoint_owner, "%s",
                 v->people.texts[chore->reader]);
    }
}

static bool begin_chore(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_running_chore *place = may_begin_chore(r) ? running_with(r, 0) : NULL;
    if (place == NULL) {
        return false;
    }
    ask_chore(core, &place->op, &r->chores[--r->chore_count]);
    place->id = kcl_core_new_id(core, NULL);
    place->sent_us = now_us;
    r->running_count++;
    action->kind = KCL_ACTION_STORE;
    action->u.store = &place->op;
    action->id = place->id;
    return true;
}

bool kcl_roster_chore_done(struct kcl_core *core,
                           int64_t now_us,
                           uint64_t id,
                           const struct kcl_store_result *result)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_running_chore *done = id != 0 ? running_with(r, id) : NULL;
    if (done == NULL) {
        return false;
    }
    done->id = 0;
    r->running_count--;
    kcl_measure_chore(core, now_us, done, result->err == KDS_OK);
    if (result->err == KDS_OK && done->op.kind == KCL_STORE_HAND_OVER &&
        strcmp(done->op.target, core->worker_id) == 0) {
        /* Its reader learns of it by its next renewal at the latest, and most let go at once. */
        int64_t free_us =
            now_us + core->conf->failover_ms * KDS_US_PER_MS / 3 + LET_GO_US;
        r->scan_at_us = free_us < r->scan_at_us ? free_us : r->scan_at_us;
    }
    /* If the lease was found changed, or cannot be read any more, somebody was faster; the next look shows it. */
    bool changed =
        result->err == KDS_ERR_LEASE_LOST || result->err == KDS_ERR_STORE_CORRUPT;
    if (result->err != KDS_OK && !changed) {
        r->chore_count = 0; /* the next look finds out what is still to be done */
        if (now_us >= r->at_us) {
            kcl_roster_failed(core, now_us, result->err,
                              result->error ? kds_error_message(result->error)
                                            : "the lease store failed");
        }
    }
    return true;
}

/* ---- what is next --------------------------------------------------------------------------- */

static bool choose_step(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    if (r->phase == KCL_PHASE_OPEN) {
        ask_store(r, KCL_STORE_OPEN, action);
    } else if (r->phase == KCL_PHASE_DESCRIBE) {
        ask_description(undescribed(r), action);
    } else if (r->doubted != NULL) {
        ask_description(r->doubted, action);
        r->checking = true;
    } else if (r->plan_for != NULL && r->plan_checked) {
        ask_creation(r, action);
    } else if ((r->adopting = kcl_roster_to_adopt(r, now_us)) != NULL) {
        ask_description(r->adopting, action);
    } else if (kcl_roster_ask_fleet(core, now_us, action)) {
        return true;
    } else if (!kcl_roster_knows_mode(core)) {
        return false; /* whether this worker may take anything is not known */
    } else if (kcl_roster_ask_kin(core, action)) {
        return true;
    } else if (kcl_roster_ask_index(core, now_us, action)) {
        return true;
    } else if (r->chore_count > 0 || r->running_count > 0) {
        return false; /* a look now would find the same again */
    } else if (r->listed != NULL) {
        kcl_roster_ask_listing(core, now_us, action);
    } else if (now_us >= r->scan_at_us) {
        ask_scan(r, now_us, action);
    } else {
        return false;
    }
    return true;
}

bool kcl_roster_next(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_roster *r = &core->roster;
    if (core->stopping && r->id == 0 && kcl_roster_ask_farewell(core, action)) {
        r->id = kcl_core_new_id(core, NULL);
        action->id = r->id;
        return true;
    }
    if (now_us < r->at_us || core->stopping || r->phase == KCL_PHASE_FAILED) {
        return false;
    }
    if (begin_chore(core, now_us, action)) {
        return true;
    }
    if (r->id != 0) {
        return false;
    }
    if (r->incarnation == 0) {
        r->incarnation = kcl_incarnation(now_us + core->wall_us, core->worker_id);
    }
    if (r->plan_for != NULL && now_us >= r->plan_until_us) {
        kcl_roster_drop_plan(core);
    }
    if (!choose_step(core, now_us, action)) {
        return false;
    }
    r->step_sent_us = now_us;
    r->id = kcl_core_new_id(core, NULL);
    action->id = r->id;
    return true;
}

int64_t kcl_roster_wake_at_us(const struct kcl_core *core)
{
    const struct kcl_roster *r = &core->roster;
    if (core->stopping && r->id == 0 && kcl_roster_has_farewell(core)) {
        return INT64_MIN;
    }
    if (core->stopping || r->phase == KCL_PHASE_FAILED) {
        return KDS_NEVER_US;
    }
    if (may_begin_chore(r)) {
        return r->at_us;
    }
    if (r->id != 0) {
        return KDS_NEVER_US;
    }
    bool chores = r->running_count > 0; /* what they hold up begins when they end */
    int64_t due_us =
        chores || !kcl_roster_knows_mode(core) ? KDS_NEVER_US : r->scan_at_us;
    if (r->phase == KCL_PHASE_RUN && kcl_roster_fleet_at_us(core) < due_us) {
        due_us = kcl_roster_fleet_at_us(core);
    }
    if (r->phase == KCL_PHASE_RUN && kcl_roster_index_at_us(core) < due_us) {
        due_us = kcl_roster_index_at_us(core);
    }
    int64_t adopt_us = kcl_roster_adopt_at_us(r);
    due_us = adopt_us < due_us ? adopt_us : due_us;
    bool at_once = r->phase != KCL_PHASE_RUN || r->doubted != NULL ||
                   (r->plan_for && r->plan_checked) || r->kin.count > 0 ||
                   (r->listed != NULL && !chores);
    return at_once || r->at_us > due_us ? r->at_us : due_us;
}

/* ---- what came of them ---------------------------------------------------------------------- */

static void described(struct kcl_core *core,
                      int64_t now_us,
                      const kds_describe_stream_summary_out_t *out)
{
    struct kcl_roster *r = &core->roster;
    struct kcl_stream *stream = undescribed(r);
    const kds_stream_description_summary_t *d = &out->stream_description_summary;
    char account[16] = "";
    stream->created_ms = d->stream_creation_timestamp_ms;
    stream->described = true;
    kcl_copy_text(stream->subscriber.stream_arn, KCL_ARN_BYTES, d->stream_arn);
    kcl_roster_pin_start(core, now_us, stream);
    if (core->conf->streams != NULL) {
        /* arn:aws:kinesis:REGION:ACCOUNT:stream/NAME */
        const char *arn = (const char *)d->stream_arn.p;
        size_t at = 0, colons = 0;
        while (at < d->stream_arn.n && colons < 4) {
            colons += arn[at++] == ':';
        }
        kds_slice_t rest = kds_slice_of(arn + at, d->stream_arn.n - at);
        kcl_copy_text(account, sizeof account,
                      kds_slice_of(rest.p, kds_slice_find(rest, ':')));
        int n = snprintf(stream->id, sizeof stream->id, "%s:%.*s:%" PRId64, account,
                         (int)d->stream_name.n, (const char *)d->stream_name.p,
                         stream->created_ms / 1000);
        if (account[0] == 0 || n < 0 || (size_t)n >= sizeof stream->id) {
            kcl_roster_give_up(core, KDS_ERR_PROTOCOL,
                               "a stream is described without a usable ARN");
            return;
        }
    }
    step_done(r);
    if (undescribed(r) == NULL) {
        r->phase = KCL_PHASE_RUN;
        kcl_count(core, KCL_METRIC_STARTS, 1);
    }
}

/* Once more. @p out is NULL if nothing is known: the shards themselves are asked again. */
static void checked(struct kcl_core *core, const kds_describe_stream_summary_out_t *out)
{
    struct kcl_roster *r = &core->roster;
    const struct kcl_stream *stream = r->doubted;
    r->doubted = NULL;
    r->checking = false;
    kcl_core_wake_shards(core);
    if (out == NULL || out->stream_description_summary.stream_creation_timestamp_ms ==
                           stream->created_ms) {
        return;
    }
    char why[256];
    snprintf(
        why, sizeof why,
        "the stream was deleted and made anew: it was created at %" PRId64
        " ms, and what was read of it at %" PRId64 " ms; checkpoints mean nothing there",
        out->stream_description_summary.stream_creation_timestamp_ms, stream->created_ms);
    kcl_roster_give_up(core, KDS_ERR_STATE, why);
}

static void created(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    r->planned += r->op.lease_count;
    if (r->plan_for != NULL && r->planned >= r->plan.count) {
        r->plan_for->leased = true;
        kcl_roster_drop_plan(core);
        r->scan_at_us = 0; /* they are taken at once */
    }
}

void kcl_roster_stored(struct kcl_core *core,
                       int64_t now_us,
                       const struct kcl_store_result *result)
{
    struct kcl_roster *r = &core->roster;
    r->id = 0;
    kcl_measure_step(core, now_us, result);
    if (r->fleet.step != KCL_FLEET_NONE) {
        kcl_roster_fleet_stored(core, now_us, result);
        return;
    }
    if (r->kin.asked) {
        kcl_roster_kin_stored(core, now_us, result);
        return;
    }
    if (r->index.asked) {
        kcl_roster_index_stored(core, now_us, result);
        return;
    }
    if (result->err != KDS_OK) {
        kcl_roster_failed(core, now_us, result->err,
                          result->error ? kds_error_message(result->error)
                                        : "the lease store failed");
        return;
    }
    step_done(r);
    if (r->op.kind == KCL_STORE_OPEN) {
        r->phase = KCL_PHASE_DESCRIBE;
    } else if (r->op.kind == KCL_STORE_CREATE) {
        created(core);
    } else if (r->op.kind == KCL_STORE_LIST) {
        kcl_roster_scanned(core, now_us, result);
    }
}

void kcl_roster_called(struct kcl_core *core,
                       int64_t now_us,
                       const void *output,
                       const kds_error_t *error)
{
    struct kcl_roster *r = &core->roster;
    r->id = 0;
    if (r->adopting != NULL) {
        kcl_roster_adopted(core, now_us, output, error);
        if (output != NULL) {
            core->options.release(output, core->options.opaque);
        }
        return;
    }
    if (r->checking) {
        checked(core, output);
        if (output != NULL) {
            core->options.release(output, core->options.opaque);
        }
        return;
    }
    if (output == NULL) {
        if (r->listed != NULL) {
            kcl_measure_sync(core, now_us, r->listed, false);
            kcl_roster_forget_listing(core); /* a page is missing: from the beginning */
        }
        kcl_roster_failed(core, now_us, kds_error_code(error), kds_error_message(error));
        return;
    }
    if (r->phase == KCL_PHASE_DESCRIBE) {
        described(core, now_us, output);
    } else {
        step_done(r);
        kcl_roster_listed(core, now_us, output);
    }
    core->options.release(output, core->options.opaque);
}
