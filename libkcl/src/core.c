/*
 * core: which leases this worker holds: the way from nothing to leases, looking at them, taking them.
 */
#include "core.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "core_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEASES_MAX      100000
#define GLOBAL_RETRY_US (250 * KDS_US_PER_MS)
#define GLOBAL_LAST_US  (10 * KDS_US_PER_S)
#define NOT_FOUND_TRIES 5 /* a stream may be missing for a moment after it was created */
#define LATEST_MARGIN_MS                                                                 \
    1000 /* clocks differ: rather a second twice than a record never */
#define SCAN_LAST_US KDS_US_PER_S

/* ---- life --------------------------------------------------------------------------------- */

struct kcl_core *kcl_core_new(const struct kcl_core_options *options)
{
    struct kcl_core *core = kds_alloc_zero(1, sizeof *core);
    if (core == NULL) {
        return NULL;
    }
    core->options = *options;
    core->conf = options->conf;
    core->notes_end = &core->notes;
    core->decoder = kds_agg_decoder_new();
    snprintf(core->worker_id, sizeof core->worker_id, "%s", options->worker_id);
    kds_rng_seed(&core->rng, options->seed);
    kcl_start_parse(options->conf->start ? options->conf->start : "trim_horizon",
                    &core->start, &core->start_ms);
    core->started_us = -1;
    if (core->decoder == NULL) {
        kds_free(core);
        return NULL;
    }
    return core;
}

void kcl_core_free(struct kcl_core *core)
{
    while (core->shards != NULL) {
        struct kcl_shard *next = core->shards->next;
        kcl_shard_free(core, core->shards);
        core->shards = next;
    }
    while (core->notes != NULL) {
        struct kcl_note *next = core->notes->next;
        kds_free(core->notes);
        core->notes = next;
    }
    kds_free(core->told);
    kds_free(core->seen);
    kds_free(core->made);
    kds_free(core->token);
    kds_error_free(core->failure);
    kds_agg_decoder_free(core->decoder);
    kds_free(core);
}

void kcl_core_set_wall(struct kcl_core *core, int64_t wall_minus_now_us)
{
    core->wall_us = wall_minus_now_us;
}

void kcl_note(struct kcl_core *core,
              kcl_event_kind_t kind,
              const struct kcl_shard *shard,
              const struct kcl_position *position,
              const char *message)
{
    struct kcl_note *note = kds_alloc_zero(1, sizeof *note);
    if (note == NULL) {
        return;
    }
    note->kind = kind;
    if (shard != NULL) {
        memcpy(note->shard_id, shard->lease.shard_id, sizeof note->shard_id);
    }
    if (position != NULL) {
        note->position = *position;
    }
    snprintf(note->message, sizeof note->message, "%s", message);
    *core->notes_end = note;
    core->notes_end = &note->next;
}

int64_t kcl_backoff_us(struct kcl_core *core,
                       unsigned failures,
                       int64_t first_us,
                       int64_t last_us)
{
    int64_t most_us = failures < 16 ? first_us << failures : last_us;
    most_us = most_us < last_us ? most_us : last_us;
    return most_us / 2 + (int64_t)kds_rng_below(&core->rng, (uint64_t)(most_us / 2 + 1));
}

void kcl_name_stream(const struct kcl_core *core, kds_slice_t *name, kds_slice_t *arn)
{
    if (core->conf->stream_arn != NULL) {
        *arn = kds_slice(core->conf->stream_arn);
    } else {
        *name = kds_slice(core->conf->stream);
    }
}

static void give_up(struct kcl_core *core, kds_err_t code, const char *why)
{
    if (core->failure == NULL) {
        kds_error_set(&core->failure, code, "%s", why);
    }
    core->phase = KCL_PHASE_FAILED;
    core->stopping = true; /* what is held is checkpointed and released */
    kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
}

/* A global step failed: the same again later, or never. */
static void
step_failed(struct kcl_core *core, int64_t now_us, kds_err_t code, const char *why)
{
    bool hopeless = code == KDS_ERR_STATE || code == KDS_ERR_STORE_CORRUPT ||
                    (code == KDS_ERR_NOT_FOUND && core->failures + 1 >= NOT_FOUND_TRIES);
    if (hopeless) {
        give_up(core, code, why);
        return;
    }
    core->global_at_us =
        now_us + kcl_backoff_us(core, core->failures++, GLOBAL_RETRY_US, GLOBAL_LAST_US);
    kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
}

static void step_done(struct kcl_core *core, enum kcl_phase next)
{
    core->failures = 0;
    core->global_at_us = 0;
    core->phase = next;
}

/* ---- what was seen of the leases ------------------------------------------------------------ */

static struct kcl_seen *find_seen(const struct kcl_core *core, const char *shard_id)
{
    for (size_t i = 0; i < core->seen_count; i++) {
        if (strcmp(core->seen[i].lease.shard_id, shard_id) == 0) {
            return &core->seen[i];
        }
    }
    return NULL;
}

static struct kcl_seen *add_seen(struct kcl_core *core, const struct kcl_lease *lease)
{
    if (core->seen_count == core->seen_capacity) {
        size_t capacity = core->seen_capacity ? core->seen_capacity * 2 : 32;
        struct kcl_seen *seen = kds_realloc_array(core->seen, capacity, sizeof *seen);
        if (seen == NULL) {
            return NULL;
        }
        core->seen = seen;
        core->seen_capacity = capacity;
    }
    struct kcl_seen *s = &core->seen[core->seen_count++];
    s->lease = *lease;
    return s;
}

/* @return false when out of memory */
static bool note_leases(struct kcl_core *core,
                        int64_t now_us,
                        const struct kcl_lease *leases,
                        size_t count)
{
    for (size_t i = 0; i < core->seen_count; i++) {
        core->seen[i].fresh = false;
    }
    for (size_t i = 0; i < count; i++) {
        struct kcl_seen *s = find_seen(core, leases[i].shard_id);
        bool changed = s == NULL || s->lease.counter != leases[i].counter ||
                       strcmp(s->lease.owner, leases[i].owner) != 0;
        if (s == NULL && (s = add_seen(core, &leases[i])) == NULL) {
            return false;
        }
        s->lease = leases[i];
        s->fresh = true;
        if (changed) {
            s->changed_us = now_us;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < core->seen_count; i++) {
        if (core->seen[i].fresh) {
            core->seen[kept++] = core->seen[i];
        }
    }
    core->seen_count = kept;
    return true;
}

static bool parents_ended(const struct kcl_core *core, const struct kcl_lease *lease)
{
    for (size_t i = 0; i < lease->parent_count; i++) {
        /* A parent without a lease is yet to be found: the parents of every shard that is found at
         * another's end come from the first leases, which covered all hash keys. */
        const struct kcl_seen *parent = find_seen(core, lease->parents[i]);
        if (parent == NULL || parent->lease.checkpoint.kind != KCL_AT_SHARD_END) {
            return false;
        }
    }
    return true;
}

static bool have(const struct kcl_core *core, const char *shard_id)
{
    for (const struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
        if (strcmp(s->lease.shard_id, shard_id) == 0) {
            return true;
        }
    }
    return false;
}

/* Take what nobody has, or whose owner has shown no sign of life for the fail-over time. */
static void take_leases(struct kcl_core *core)
{
    int64_t failover_us = core->conf->failover_ms * KDS_US_PER_MS;
    for (size_t i = 0; i < core->seen_count && !core->stopping; i++) {
        const struct kcl_seen *seen = &core->seen[i];
        bool expired = core->scan_sent_us - seen->changed_us >= failover_us;
        if (seen->lease.checkpoint.kind == KCL_AT_SHARD_END ||
            (seen->lease.owner[0] != 0 && !expired) || have(core, seen->lease.shard_id) ||
            !parents_ended(core, &seen->lease)) {
            continue;
        }
        struct kcl_shard *s = kcl_shard_new(core, &seen->lease);
        if (s != NULL) {
            s->next = core->shards;
            core->shards = s;
        }
    }
}

/* ---- leases for a stream that has none ------------------------------------------------------ */

static bool add_made(struct kcl_core *core, const kds_shard_t *in)
{
    if (core->made_count == core->made_capacity) {
        size_t capacity = core->made_capacity ? core->made_capacity * 2 : 16;
        struct kcl_lease *made =
            capacity > LEASES_MAX ? NULL
                                  : kds_realloc_array(core->made, capacity, sizeof *made);
        if (made == NULL) {
            return false;
        }
        core->made = made;
        core->made_capacity = capacity;
    }
    struct kcl_lease *lease = &core->made[core->made_count];
    memset(lease, 0, sizeof *lease);
    if (in->shard_id.n == 0 || in->shard_id.n >= sizeof lease->shard_id ||
        !kds_u128_parse(in->hash_key_range.starting_hash_key, &lease->first) ||
        !kds_u128_parse(in->hash_key_range.ending_hash_key, &lease->last)) {
        return true; /* leaves a hole, which is noticed */
    }
    memcpy(lease->shard_id, in->shard_id.p, in->shard_id.n);
    /* Their parents, if there are any, lie before the beginning: nothing waits for them. */
    lease->checkpoint.kind =
        core->start == KCL_START_TRIM_HORIZON ? KCL_AT_TRIM_HORIZON : KCL_AT_TIMESTAMP;
    lease->checkpoint.number = core->start == KCL_START_TRIM_HORIZON ? 0 : core->start_ms;
    core->made_count++;
    return true;
}

/* Is every hash key covered? Quadratic at worst, once in the life of an application. */
static bool covered(const struct kcl_core *core)
{
    const kds_u128_t one = {0, 1};
    kds_u128_t at = {0, 0};
    for (size_t steps = 0; steps <= core->made_count; steps++) {
        const struct kcl_lease *next = NULL;
        for (size_t i = 0; i < core->made_count; i++) {
            const struct kcl_lease *l = &core->made[i];
            if (kds_u128_cmp(l->first, at) <= 0 && kds_u128_cmp(l->last, at) >= 0 &&
                (next == NULL || kds_u128_cmp(l->last, next->last) > 0)) {
                next = l;
            }
        }
        if (next == NULL) {
            return false;
        }
        if (kds_u128_cmp(next->last, KDS_U128_MAX) == 0) {
            return true;
        }
        at = kds_u128_add(next->last, one);
    }
    return false;
}

/* What the start position means for the listing; pins `latest` to an instant. */
static const kds_shard_filter_t *
shard_filter(struct kcl_core *core, int64_t now_us, kds_shard_filter_t *out)
{
    static const kds_slice_t horizon = KDS_SLICE_LIT("AT_TRIM_HORIZON");
    static const kds_slice_t latest = KDS_SLICE_LIT("AT_LATEST");
    static const kds_slice_t timestamp = KDS_SLICE_LIT("AT_TIMESTAMP");
    int64_t wall_ms = (now_us + core->wall_us) / KDS_US_PER_MS;
    memset(out, 0, sizeof *out);
    if (core->start == KCL_START_LATEST) {
        core->start_ms = wall_ms - LATEST_MARGIN_MS;
        if (core->start_ms < core->created_ms) {
            core->start_ms = core->created_ms;
        }
        out->type = latest;
    } else if (core->start == KCL_START_TRIM_HORIZON ||
               core->start_ms <= core->created_ms) {
        out->type = horizon;
    } else if (core->start_ms >= wall_ms) {
        out->type = latest;
    } else {
        out->type = timestamp;
        out->has_timestamp_ms = true;
        out->timestamp_ms = core->start_ms;
    }
    return out;
}

static void
got_shards(struct kcl_core *core, int64_t now_us, const kds_list_shards_out_t *output)
{
    bool room = true;
    for (size_t i = 0; room && i < output->shards_count; i++) {
        room = add_made(core, &output->shards[i]);
    }
    kds_free(core->token);
    core->token = NULL;
    if (room && output->next_token.n > 0) {
        core->token = kds_alloc(output->next_token.n + 1);
        if (core->token != NULL) {
            memcpy(core->token, output->next_token.p, output->next_token.n);
            core->token[output->next_token.n] = 0;
            return; /* the next page */
        }
        room = false;
    }
    if (room && covered(core)) {
        step_done(core, KCL_PHASE_CREATE);
        return;
    }
    core->made_count = 0;
    step_failed(core, now_us, room ? KDS_ERR_PROTOCOL : KDS_ERR_NO_MEMORY,
                room ? "the listed shards do not cover all hash keys" : "out of memory");
}

/* ---- actions ------------------------------------------------------------------------------ */

static bool next_event(struct kcl_core *core, struct kcl_action *action)
{
    struct kcl_note *note = core->notes;
    if (note == NULL) {
        return false;
    }
    core->notes = note->next;
    if (core->notes == NULL) {
        core->notes_end = &core->notes;
    }
    kds_free(core->told);
    core->told = note;
    bool checkpoint = note->kind == KCL_EVENT_CHECKPOINT;
    action->kind = KCL_ACTION_EVENT;
    action->id = 0;
    action->u.event = (kcl_event_t){
        .struct_size = sizeof(kcl_event_t),
        .kind = note->kind,
        .shard_id = note->shard_id,
        .sequence_number = checkpoint ? kcl_position_text(&note->position) : "",
        .subsequence_number = checkpoint ? note->position.number : 0,
        .message = note->message,
    };
    return true;
}

static void global_store(struct kcl_core *core,
                         enum kcl_store_kind kind,
                         int64_t now_us,
                         struct kcl_action *action)
{
    struct kcl_store_op *op = &core->global_op;
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->number = core->created_ms;
    op->leases = core->made;
    op->lease_count = core->made_count;
    core->scan_sent_us = now_us;
    action->kind = KCL_ACTION_STORE;
    action->u.store = op;
}

static void ask_shards(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    static const struct kds_shard_filter nothing = {.has_timestamp_ms = false};
    kds_list_shards_in_t *in = &action->u.list_shards;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    action->kind = KCL_ACTION_LIST_SHARDS;
    if (core->token != NULL) {
        in->next_token = kds_slice(core->token);
        return;
    }
    core->made_count = 0;
    kcl_name_stream(core, &in->stream_name, &in->stream_arn);
    core->filter = nothing;
    in->shard_filter = shard_filter(core, now_us, &core->filter);
}

/* The step of the phase, or the next look at the leases. */
static bool next_global(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    if (core->global_id != 0 || now_us < core->global_at_us || core->stopping) {
        return false;
    }
    switch (core->phase) {
    case KCL_PHASE_DESCRIBE: {
        kds_describe_stream_summary_in_t *in = &action->u.describe;
        memset(in, 0, sizeof *in);
        in->struct_size = sizeof *in;
        kcl_name_stream(core, &in->stream_name, &in->stream_arn);
        action->kind = KCL_ACTION_DESCRIBE;
        break;
    }
    case KCL_PHASE_BIND:
        global_store(core, KCL_STORE_BIND, now_us, action);
        break;
    case KCL_PHASE_SHARDS:
        ask_shards(core, now_us, action);
        break;
    case KCL_PHASE_CREATE:
        global_store(core, KCL_STORE_CREATE, now_us, action);
        break;
    case KCL_PHASE_SCAN:
    case KCL_PHASE_RUN:
        global_store(core, KCL_STORE_LIST, now_us, action);
        break;
    case KCL_PHASE_FAILED:
        return false;
    }
    core->global_id = ++core->last_id;
    action->id = core->global_id;
    return true;
}

static void free_over(struct kcl_core *core)
{
    struct kcl_shard **at = &core->shards;
    while (*at != NULL) {
        struct kcl_shard *s = *at;
        if (kcl_shard_over(s)) {
            *at = s->next;
            kcl_shard_free(core, s);
        } else {
            at = &s->next;
        }
    }
}

bool kcl_core_next(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    if (core->started_us < 0) {
        core->started_us = core->last_record_us = now_us;
    }
    free_over(core);
    if (next_event(core, action)) {
        return true;
    }
    for (struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
        if (kcl_shard_next(core, now_us, s, action)) {
            return true;
        }
    }
    /* A shard may have been lost on the way: that is told first. */
    return next_event(core, action) || next_global(core, now_us, action);
}

int64_t kcl_core_wake_at_us(const struct kcl_core *core, int64_t now_us)
{
    int64_t at_us = KDS_NEVER_US;
    if (core->notes != NULL) {
        return now_us;
    }
    if (core->global_id == 0 && !core->stopping && core->phase != KCL_PHASE_FAILED) {
        at_us = core->global_at_us;
    }
    for (const struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
        int64_t shard_us = kcl_shard_over(s) ? now_us : kcl_shard_wake_at_us(core, s);
        at_us = shard_us < at_us ? shard_us : at_us;
    }
    return at_us;
}

/* ---- what happened ------------------------------------------------------------------------ */

static int64_t scan_gap_us(struct kcl_core *core)
{
    int64_t gap_us = core->conf->failover_ms * KDS_US_PER_MS / 4;
    gap_us = gap_us < SCAN_LAST_US ? gap_us : SCAN_LAST_US;
    return gap_us / 2 + (int64_t)kds_rng_below(&core->rng, (uint64_t)(gap_us / 2 + 1));
}

static void
scanned(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    if (!note_leases(core, now_us, result->leases, result->lease_count)) {
        step_failed(core, now_us, KDS_ERR_NO_MEMORY, "out of memory");
        return;
    }
    bool none = core->phase == KCL_PHASE_SCAN && result->lease_count == 0;
    step_done(core, none ? KCL_PHASE_SHARDS : KCL_PHASE_RUN);
    if (!none) {
        take_leases(core);
        core->global_at_us = now_us + scan_gap_us(core);
    }
}

static void global_stored(struct kcl_core *core,
                          int64_t now_us,
                          const struct kcl_store_result *result)
{
    core->global_id = 0;
    if (result->err != KDS_OK) {
        step_failed(core, now_us, result->err,
                    result->error ? kds_error_message(result->error)
                                  : "the lease store failed");
        return;
    }
    switch (core->global_op.kind) {
    case KCL_STORE_BIND:
        step_done(core, KCL_PHASE_SCAN);
        break;
    case KCL_STORE_CREATE:
        core->made_count = 0;
        step_done(core, KCL_PHASE_RUN);
        break;
    case KCL_STORE_LIST:
        scanned(core, now_us, result);
        break;
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
        break;
    }
}

void kcl_core_done_store(struct kcl_core *core,
                         int64_t now_us,
                         uint64_t id,
                         struct kcl_store_result *result)
{
    if (id != 0 && id == core->global_id) {
        global_stored(core, now_us, result);
    } else {
        for (struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
            if (id != 0 && s->store_id == id) {
                kcl_hold_done(core, now_us, s, result);
                break;
            }
        }
    }
    kds_free(result->leases);
    kds_error_free(result->error);
    result->leases = NULL;
    result->error = NULL;
}

static void global_called(struct kcl_core *core,
                          int64_t now_us,
                          const void *output,
                          const kds_error_t *error)
{
    core->global_id = 0;
    if (output == NULL) {
        if (core->phase == KCL_PHASE_SHARDS) {
            kds_free(core->token); /* a page is missing: from the beginning */
            core->token = NULL;
        }
        step_failed(core, now_us, kds_error_code(error), kds_error_message(error));
    } else if (core->phase == KCL_PHASE_DESCRIBE) {
        const kds_describe_stream_summary_out_t *out = output;
        core->created_ms = out->stream_description_summary.stream_creation_timestamp_ms;
        step_done(core, KCL_PHASE_BIND);
    } else {
        got_shards(core, now_us, output);
    }
    if (output != NULL) {
        core->options.release(output, core->options.opaque);
    }
}

void kcl_core_done_call(struct kcl_core *core,
                        int64_t now_us,
                        uint64_t id,
                        const void *output,
                        const kds_error_t *error)
{
    if (id != 0 && id == core->global_id) {
        global_called(core, now_us, output, error);
        return;
    }
    for (struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
        if (id != 0 && s->call_id == id) {
            kcl_poll_done(core, now_us, s, output, error);
            return;
        }
    }
    if (output != NULL) {
        core->options.release(output, core->options.opaque);
    }
}

void kcl_core_done_processor(
    struct kcl_core *core, int64_t now_us, uint64_t id, bool done, size_t confirmed)
{
    for (struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
        if (id != 0 && s->processor_id == id) {
            kcl_process_done(core, now_us, s, done, confirmed);
            return;
        }
    }
}

/* ---- the rest ----------------------------------------------------------------------------- */

void kcl_core_stop(struct kcl_core *core, int64_t now_us)
{
    (void)now_us;
    core->stopping = true;
}

bool kcl_core_stopped(const struct kcl_core *core)
{
    /* An answer that is still to come changes nothing any more. */
    for (const struct kcl_shard *s = core->shards; s != NULL; s = s->next) {
        if (!s->lost || s->store_id != 0 || s->processor_id != 0) {
            return false;
        }
    }
    return core->stopping && core->notes == NULL;
}

const kds_error_t *kcl_core_failure(const struct kcl_core *core)
{
    return core->failure;
}

void kcl_core_stats(const struct kcl_core *core, int64_t now_us, kcl_stats_t *out)
{
    kcl_stats_t s = core->stats;
    size_t size = out->struct_size < sizeof s ? out->struct_size : sizeof s;
    s.kinesis_records = core->counts.kinesis_records;
    s.corrupt_records = core->counts.corrupt_records;
    s.foreign_records = core->counts.foreign_records;
    for (const struct kcl_shard *at = core->shards; at != NULL; at = at->next) {
        s.leases_held += at->held && !at->lost;
        s.shards_stopped += at->stopped;
        s.millis_behind_latest = at->behind_ms > s.millis_behind_latest
                                     ? at->behind_ms
                                     : s.millis_behind_latest;
    }
    s.idle_us = core->started_us < 0 ? 0 : now_us - core->last_record_us;
    s.struct_size = out->struct_size;
    memcpy(out, &s, size);
}
