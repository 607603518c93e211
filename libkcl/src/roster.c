/*
 * roster: which leases this worker takes: the way from nothing to leases, looking at them, taking them.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEASES_MAX      100000
#define GLOBAL_RETRY_US (250 * KDS_US_PER_MS)
#define GLOBAL_LAST_US  (10 * KDS_US_PER_S)
#define NOT_FOUND_TRIES 5 /* a stream may be missing for a moment after it was created */
#define SCAN_LAST_US    KDS_US_PER_S

static void give_up(struct kcl_core *core, kds_err_t code, const char *why)
{
    if (core->failure == NULL) {
        kds_error_set(&core->failure, code, "%s", why);
    }
    core->phase = KCL_PHASE_FAILED;
    kcl_core_stop(core, 0); /* what is held is checkpointed and released */
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
    return true;
}

/* A whole listing was read: what it did not have is gone. */
static void forget_gone(struct kcl_core *core)
{
    size_t kept = 0;
    for (size_t i = 0; i < core->seen_count; i++) {
        if (core->seen[i].fresh) {
            core->seen[kept] = core->seen[i];
            core->seen[kept++].fresh = false;
        }
    }
    core->seen_count = kept;
}

/* Leases of a stream of this name that was deleted: their checkpoints mean nothing here. */
static bool other_stream(struct kcl_core *core, const struct kcl_store_result *result)
{
    for (size_t i = 0; i < result->lease_count; i++) {
        int64_t created_ms = result->leases[i].created_ms;
        if (created_ms != 0 && created_ms != core->created_ms) {
            char why[256];
            snprintf(why, sizeof why,
                     "the stream was created at %" PRId64 " ms, but the leases of "
                     "application \"%s\" belong to one created at %" PRId64
                     " ms: their checkpoints mean nothing here",
                     core->created_ms, core->conf->application, created_ms);
            give_up(core, KDS_ERR_STATE, why);
            return true;
        }
    }
    return false;
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

/* Take what nobody has, or whose owner has shown no sign of life for the fail-over time. */
static void take_leases(struct kcl_core *core)
{
    int64_t failover_us = core->conf->failover_ms * KDS_US_PER_MS;
    for (size_t i = 0; i < core->seen_count && !core->stopping; i++) {
        const struct kcl_seen *seen = &core->seen[i];
        bool expired = core->scan_sent_us - seen->changed_us >= failover_us;
        if (seen->lease.checkpoint.kind == KCL_AT_SHARD_END ||
            (seen->lease.owner[0] != 0 && !expired) ||
            kcl_core_find_shard(core, seen->lease.shard_id) != NULL ||
            !parents_ended(core, &seen->lease)) {
            continue;
        }
        kcl_core_add_shard(core, &seen->lease);
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
    const kds_slice_t parents[] = {in->parent_shard_id, in->adjacent_parent_shard_id};
    for (size_t i = 0; i < 2; i++) {
        if (parents[i].n > 0 && kcl_copy_text(lease->parents[lease->parent_count],
                                              KCL_NAME_BYTES, parents[i])) {
            lease->parent_count++;
        }
    }
    lease->has_range = true;
    lease->created_ms = core->created_ms;
    lease->checkpoint.kind = core->start == KCL_START_TRIM_HORIZON ? KCL_AT_TRIM_HORIZON
                             : core->start == KCL_START_LATEST     ? KCL_AT_LATEST
                                                                   : KCL_AT_TIMESTAMP;
    lease->checkpoint.number = core->start == KCL_START_TRIM_HORIZON ? 0 : core->start_ms;
    core->made_count++;
    return true;
}

static bool is_made(const struct kcl_core *core, const char *shard_id)
{
    for (size_t i = 0; i < core->made_count; i++) {
        if (strcmp(core->made[i].shard_id, shard_id) == 0) {
            return true;
        }
    }
    return false;
}

/* A parent that was not listed lies before the beginning: nothing waits for it. One that was listed, because
 * it closed at the very beginning, is read first. */
static void forget_parents_before_the_beginning(struct kcl_core *core)
{
    for (size_t i = 0; i < core->made_count; i++) {
        struct kcl_lease *lease = &core->made[i];
        size_t kept = 0;
        for (size_t k = 0; k < lease->parent_count; k++) {
            if (is_made(core, lease->parents[k])) {
                memmove(lease->parents[kept++], lease->parents[k], KCL_NAME_BYTES);
            }
        }
        lease->parent_count = kept;
    }
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
        core->start_ms = wall_ms - KCL_LATEST_MARGIN_MS;
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
        forget_parents_before_the_beginning(core);
        step_done(core, KCL_PHASE_CREATE);
        return;
    }
    core->made_count = 0;
    step_failed(core, now_us, room ? KDS_ERR_PROTOCOL : KDS_ERR_NO_MEMORY,
                room ? "the listed shards do not cover all hash keys" : "out of memory");
}

/* ---- its steps ------------------------------------------------------------------------------ */

static void global_store(struct kcl_core *core,
                         enum kcl_store_kind kind,
                         int64_t now_us,
                         struct kcl_action *action)
{
    struct kcl_store_op *op = &core->global_op;
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->leases = core->made;
    op->lease_count = core->made_count;
    if (kind == KCL_STORE_LIST) {
        memcpy(op->cursor, core->cursor, sizeof op->cursor);
        core->scan_sent_us = core->cursor[0] ? core->scan_sent_us : now_us;
    }
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
bool kcl_roster_next(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
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
    case KCL_PHASE_OPEN:
        global_store(core, KCL_STORE_OPEN, now_us, action);
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
    core->global_id = kcl_core_new_id(core, NULL);
    action->id = core->global_id;
    return true;
}

int64_t kcl_roster_wake_at_us(const struct kcl_core *core)
{
    bool idle =
        core->global_id == 0 && !core->stopping && core->phase != KCL_PHASE_FAILED;
    return idle ? core->global_at_us : KDS_NEVER_US;
}

static int64_t scan_gap_us(struct kcl_core *core)
{
    int64_t gap_us = core->conf->failover_ms * KDS_US_PER_MS / 4;
    gap_us = gap_us < SCAN_LAST_US ? gap_us : SCAN_LAST_US;
    return gap_us / 2 + (int64_t)kds_rng_below(&core->rng, (uint64_t)(gap_us / 2 + 1));
}

static void
scanned(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    if (other_stream(core, result)) {
        return;
    }
    if (!note_leases(core, now_us, result->leases, result->lease_count)) {
        step_failed(core, now_us, KDS_ERR_NO_MEMORY, "out of memory");
        return;
    }
    memcpy(core->cursor, result->cursor, sizeof core->cursor);
    if (core->cursor[0] != 0) {
        return; /* the next page at once */
    }
    forget_gone(core);
    bool none = core->phase == KCL_PHASE_SCAN && core->seen_count == 0;
    step_done(core, none ? KCL_PHASE_SHARDS : KCL_PHASE_RUN);
    if (!none) {
        take_leases(core);
        core->global_at_us = now_us + scan_gap_us(core);
    }
}

void kcl_roster_stored(struct kcl_core *core,
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
    if (core->global_op.kind == KCL_STORE_OPEN) {
        step_done(core, KCL_PHASE_SCAN);
    } else if (core->global_op.kind == KCL_STORE_CREATE) {
        core->made_count = 0;
        step_done(core, KCL_PHASE_RUN);
    } else {
        scanned(core, now_us, result);
    }
}

void kcl_roster_called(struct kcl_core *core,
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
        step_done(core, KCL_PHASE_OPEN);
    } else {
        got_shards(core, now_us, output);
    }
    if (output != NULL) {
        core->options.release(output, core->options.opaque);
    }
}
