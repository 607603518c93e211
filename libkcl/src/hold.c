/*
 * hold: the lease of one shard: taken, kept, checkpointed, given back. One write at a time; a write whose
 * fate is unknown is sent again until it is known.
 */
#include "core_internal.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define PERSIST_LATEST_US                                                                \
    (5 * KDS_US_PER_S) /* confirmed records wait no longer for company */

static void begin_op(struct kcl_core *core, struct kcl_shard *s, enum kcl_store_kind kind)
{
    memset(&s->op, 0, sizeof s->op);
    s->op.kind = kind;
    memcpy(s->op.shard_id, s->lease.shard_id, sizeof s->op.shard_id);
    memcpy(s->op.stream, s->lease.stream, sizeof s->op.stream);
    snprintf(s->op.owner, sizeof s->op.owner, "%s", core->worker_id);
    s->op.counter = s->lease.counter;
    s->op.known = s->lease.checkpoint;
    s->op.nonce =
        kcl_nonce(kds_rng_next(&core->rng), s->op.counter + 1, kind != KCL_STORE_RELEASE);
    s->op.incarnation = core->roster.incarnation;
    s->op_unknown = false;
    s->op_sent_us = -1;
}

void kcl_hold_begin(struct kcl_core *core, struct kcl_shard *s)
{
    s->valid_until_us = KDS_NEVER_US;
    s->renew_at_us = KDS_NEVER_US;
    begin_op(core, s, KCL_STORE_TAKE);
    s->op.switches =
        (s->lease.owner[0] && strcmp(s->lease.owner, core->worker_id) != 0) ||
        strcmp(s->lease.checkpoint_owner, core->worker_id) == 0;
}

void kcl_hold_lose(struct kcl_core *core, struct kcl_shard *s, const char *why)
{
    if (s->held && !s->lost) {
        kcl_count(core, KCL_METRIC_LEASES_LOST, 1);
        kcl_note(core, KCL_EVENT_LEASE_LOST, s, NULL, why);
    }
    s->lost = true;
    s->op_unknown = false;
}

/* Is what was confirmed to be persisted now? */
static bool
checkpoint_due(const struct kcl_core *core, const struct kcl_shard *s, int64_t now_us)
{
    if (s->unpersisted == 0) {
        return false;
    }
    return core->conf->checkpoint_every_records == 0 ||
           s->unpersisted >= (uint64_t)core->conf->checkpoint_every_records ||
           now_us - s->unpersisted_since_us >= PERSIST_LATEST_US ||
           kcl_process_quiet(core, s);
}

/* It was to be handed over, and the application does not let go: the next owner waits no longer. */
static bool
overdue(const struct kcl_core *core, const struct kcl_shard *s, int64_t now_us)
{
    return s->leaving && !core->stopping &&
           now_us - s->leaving_since_us >= core->conf->handoff_ms * KDS_US_PER_MS;
}

/*
 * KiB a second, the newest time counting as much as all before. Leaders divide by it. A shard that checkpoints
 * all the time is never renewed besides, so each write may be the one to say it.
 * @return 0 if it is too early to measure again
 */
static double
measure_throughput(const struct kcl_core *core, struct kcl_shard *s, int64_t now_us)
{
    if (s->measured_us != 0 &&
        now_us - s->measured_us < core->conf->failover_ms * KDS_US_PER_MS / 3) {
        return 0;
    }
    double s_passed = (double)(now_us - s->measured_us) / KDS_US_PER_S;
    double kbps = (double)(s->user_bytes - s->measured_bytes) / 1024 / s_passed;
    if (s->measured_us != 0 && s_passed > 0) {
        s->kbps = s->kbps > 0 ? (s->kbps + kbps) / 2 : kbps;
    }
    s->measured_us = now_us;
    s->measured_bytes = s->user_bytes;
    return s->kbps;
}

/* Choose the next write. @return false if none is wanted */
static bool choose_op(struct kcl_core *core, struct kcl_shard *s, int64_t now_us)
{
    if (!s->held) {
        return true; /* the take, which was begun with the shard */
    }
    if (kcl_ends_written(s)) {
        begin_op(core, s, KCL_STORE_CHECKPOINT);
        s->op.position.kind = KCL_AT_SHARD_END;
        return true;
    }
    bool ends = kcl_ends_busy(s); /* the next checkpoint is likely to be the last */
    if (!ends && checkpoint_due(core, s, now_us)) {
        begin_op(core, s, KCL_STORE_CHECKPOINT);
        s->op.position = s->confirmed;
        s->persisting = s->unpersisted;
        s->op.throughput_kbps = measure_throughput(core, s, now_us);
        kcl_process_write_prepared(s, &s->op);
        return true;
    }
    if (!ends && (kcl_process_quiet(core, s) || overdue(core, s, now_us))) {
        begin_op(core, s, KCL_STORE_RELEASE);
        memcpy(s->op.checkpoint_owner, s->lease.checkpoint_owner,
               sizeof s->op.checkpoint_owner);
        return true;
    }
    if (now_us >= s->renew_at_us) {
        begin_op(core, s, KCL_STORE_RENEW);
        s->op.throughput_kbps = measure_throughput(core, s, now_us);
        return true;
    }
    return false;
}

bool kcl_hold_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action)
{
    if (s->store_id != 0 || (s->op_unknown && now_us < s->op_retry_us) ||
        (!s->op_unknown && !choose_op(core, s, now_us))) {
        return false;
    }
    if (s->op_sent_us < 0) {
        s->op_sent_us = now_us;
        const struct kcl_stream *stream = kcl_roster_stream(core, s->lease.stream);
        s->op.created_ms = stream ? stream->created_ms : 0;
        if (s->lease.checkpoint.kind == KCL_AT_LATEST &&
            s->lease.checkpoint.number == 0) {
            s->op.pin_ms = kcl_service_ms(core, now_us) - KCL_LATEST_MARGIN_MS;
        }
    }
    s->store_id = kcl_core_new_id(core, s);
    action->kind = KCL_ACTION_STORE;
    action->id = s->store_id;
    action->u.store = &s->op;
    return true;
}

/* Where it was left. A KCL's lease does not say which instant AT_TIMESTAMP is: the settings do, and without one
 * such a lease is not taken. */
static struct kcl_position left_at(const struct kcl_core *core,
                                   const struct kcl_lease *lease)
{
    struct kcl_position p = lease->checkpoint;
    if (p.kind == KCL_AT_TIMESTAMP && p.number == 0) {
        p.number = core->start_ms;
    }
    return p;
}

/* A write of ours is in the store, the lease looks like this now. */
static void wrote(struct kcl_core *core,
                  int64_t now_us,
                  struct kcl_shard *s,
                  struct kcl_store_result *result)
{
    const struct kcl_lease *lease = &result->lease;
    int64_t failover_us = core->conf->failover_ms * KDS_US_PER_MS;
    s->lease = *lease;
    s->valid_until_us = s->op_sent_us + failover_us;
    s->renew_at_us = s->op_sent_us + failover_us / 3;
    /* Another worker is named as the next: it gets the lease as soon as nothing is open. */
    if (lease->checkpoint_owner[0] != 0 && !s->leaving) {
        s->leaving = true;
        s->leaving_since_us = s->op_sent_us;
    }
    if (s->op.kind == KCL_STORE_TAKE) {
        s->held = true;
        kcl_process_read_prepared(s, result);
        s->confirmed = left_at(core, lease);
        s->fetched = s->delivered = s->passed = s->confirmed;
        kcl_note(core, KCL_EVENT_LEASE_GAINED, s, NULL, "");
    } else if (s->op.kind == KCL_STORE_RELEASE) {
        kcl_hold_lose(core, s, "released");
    } else if (s->op.kind == KCL_STORE_CHECKPOINT) {
        core->stats.checkpoints++;
        kcl_note(core, KCL_EVENT_CHECKPOINT, s, &s->op.position, "");
        if (s->op.position.kind == KCL_AT_SHARD_END) {
            kcl_note(core, KCL_EVENT_SHARD_ENDED, s, NULL, "");
            s->lost = s->end_persisted = true; /* nothing is left to do */
            kcl_roster_take_children(core, now_us, s);
        }
    }
}

void kcl_hold_done(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_store_result *result)
{
    s->store_id = 0;
    if (s->lost) {
        return;
    }
    /* Refused, but what is there is what we wrote: an earlier try went through unanswered. */
    bool ours = result->err == KDS_ERR_LEASE_LOST && result->lease.nonce == s->op.nonce &&
                result->lease.counter == s->op.counter + 1;
    kcl_measure_write(core, s, &s->op, now_us - s->op_sent_us,
                      result->err == KDS_OK || ours);
    if (result->err == KDS_OK || ours) {
        s->op_unknown = false;
        if (s->op.kind == KCL_STORE_CHECKPOINT &&
            s->op.position.kind != KCL_AT_SHARD_END) {
            s->unpersisted -= s->persisting; /* more may have come meanwhile */
            s->unpersisted_since_us = now_us;
        }
        wrote(core, now_us, s, result);
        return;
    }
    if (result->err == KDS_ERR_LEASE_LOST) {
        if (strcmp(result->lease.owner, core->worker_id) == 0 &&
            kcl_lease_is_ours(&result->lease) &&
            result->lease.incarnation > core->roster.incarnation &&
            kcl_incarnation_is_of(result->lease.incarnation, core->worker_id)) {
            kcl_roster_give_up(core, KDS_ERR_STATE, KCL_TWIN_TEXT);
        }
        kcl_hold_lose(core, s, "another worker holds it");
        return;
    }
    if (!s->held) {
        /* Whether the take went through is unknown; it is not begun again from a state that may be
         * old: the next look at the leases decides. */
        s->lost = true;
        kcl_roster_look_soon(core, now_us);
        return;
    }
    s->op_unknown = true;
    s->op_retry_us = now_us + kcl_backoff_us(core, 0, 50 * KDS_US_PER_MS, KDS_US_PER_S);
    kcl_note(core, KCL_EVENT_TROUBLE, s, NULL,
             result->error ? kds_error_message(result->error) : "the lease store failed");
}

int64_t kcl_hold_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    int64_t at_us = s->valid_until_us;
    if (s->leaving) {
        int64_t overdue_us = s->leaving_since_us + core->conf->handoff_ms * KDS_US_PER_MS;
        at_us = overdue_us < at_us ? overdue_us : at_us;
    }
    if (s->store_id == 0) {
        int64_t store_us = s->op_unknown ? s->op_retry_us : s->renew_at_us;
        at_us = store_us < at_us ? store_us : at_us;
        if (s->unpersisted > 0 && s->unpersisted_since_us + PERSIST_LATEST_US < at_us) {
            at_us = s->unpersisted_since_us + PERSIST_LATEST_US;
        }
    }
    return at_us;
}
