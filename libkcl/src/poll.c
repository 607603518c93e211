/*
 * poll: reads one shard by GetShardIterator and GetRecords.
 *
 * A shard that is behind is read on as fast as the service allows: 5 calls and 2 MiB a second, so that after 10 MiB
 * there are 5 seconds of rest. One that is caught up is asked less and less often, `idle.ms` apart at most.
 * Whether a shard still exists is asked of ListShards, never guessed from one answer.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define CALL_GAP_US      (200 * KDS_US_PER_MS)
#define BYTES_PER_SECOND ((int64_t)2 << 20)
#define DOUBTS           3 /* answers in a row after which the shards are listed */

/* ---- calls -------------------------------------------------------------------------------- */

static void
ask_iterator(struct kcl_core *core, struct kcl_shard *s, struct kcl_action *action)
{
    kds_get_shard_iterator_in_t *in = &action->u.get_iterator;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    kcl_name_stream(core, s, &in->stream_name, &in->stream_arn);
    in->shard_id = kds_slice(s->lease.shard_id);
    kds_starting_position_t start;
    kcl_read_start(s, &start);
    in->shard_iterator_type = start.type;
    in->starting_sequence_number = start.sequence_number;
    in->has_timestamp_ms = start.has_timestamp_ms;
    in->timestamp_ms = start.timestamp_ms;
    action->kind = KCL_ACTION_GET_ITERATOR;
}

static void
ask_records(struct kcl_core *core, struct kcl_shard *s, struct kcl_action *action)
{
    kds_get_records_in_t *in = &action->u.get_records;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    in->shard_iterator = kds_slice(s->iterator);
    in->has_limit = true;
    in->limit = core->conf->max_records;
    kds_slice_t name; /* the iterator knows it */
    kcl_name_stream(core, s, &name, &in->stream_arn);
    action->kind = KCL_ACTION_GET_RECORDS;
}

static void
ask_listing(struct kcl_core *core, struct kcl_shard *s, struct kcl_action *action)
{
    kds_list_shards_in_t *in = &action->u.list_shards;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    if (s->listing.token != NULL) {
        in->next_token = kds_slice(s->listing.token);
    } else {
        kcl_name_stream(core, s, &in->stream_name, &in->stream_arn);
        s->listing.shards = 0;
        s->listing.found = s->listing.closed = false;
        s->child_count = 0;
    }
    action->kind = KCL_ACTION_LIST_SHARDS;
}

bool kcl_poll_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action)
{
    bool records = s->doubts < DOUBTS && s->iterator[0] != 0;
    if (!kcl_read_wanted(core, s) || s->call_id != 0 || now_us < s->call_at_us ||
        kcl_roster_doubts(core, s) || (records && !kcl_read_reserve(core, s))) {
        return false;
    }
    s->call_id = kcl_core_new_id(core, s);
    s->call_sent_us = now_us;
    action->id = s->call_id;
    if (s->doubts >= DOUBTS) {
        ask_listing(core, s, action);
    } else if (records) {
        ask_records(core, s, action);
    } else {
        ask_iterator(core, s, action);
    }
    s->asked = action->kind;
    return true;
}

int64_t kcl_poll_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    bool waits = s->call_id != 0 || s->hungry.waits || kcl_roster_doubts(core, s);
    return kcl_read_wanted(core, s) && !waits ? s->call_at_us : KDS_NEVER_US;
}

/* ---- answers ------------------------------------------------------------------------------ */

/* Answers of the same kind in a row count; one of another kind begins anew. */
static void note_doubt(struct kcl_shard *s, enum kcl_doubt doubt)
{
    bool more = doubt != KCL_DOUBTS_NOTHING && doubt == s->doubt;
    s->doubts = more && s->doubts < DOUBTS ? s->doubts + 1 : s->doubts;
    if (!more) {
        s->doubts = doubt != KCL_DOUBTS_NOTHING;
    }
    s->doubt = doubt;
}

bool kcl_poll_doubts(const struct kcl_shard *s)
{
    return s->doubts >= DOUBTS;
}

void kcl_poll_not_found(struct kcl_core *core, struct kcl_shard *s)
{
    note_doubt(s, KCL_DOUBTS_EXISTENCE);
    kcl_roster_doubt(core, s);
}

static void call_failed(struct kcl_core *core,
                        int64_t now_us,
                        struct kcl_shard *s,
                        const kds_error_t *e)
{
    kds_err_t code = kds_error_code(e);
    if (code == KDS_ERR_EXPIRED_ITERATOR) {
        core->stats.expired_iterators++;
        kcl_measure(core, s, KCL_METRIC_EXPIRED_ITERATORS, 1, 1);
        /* A new one behind what was fetched: at once, unless it was just made. */
        s->iterator[0] = 0;
        if (s->fresh) {
            kcl_read_failed(core, now_us, s, code, kds_error_message(e));
        } else {
            s->call_at_us = now_us;
        }
        return;
    }
    if (code == KDS_ERR_REJECTED) {
        s->iterator[0] = 0; /* it may be damaged; a fresh one says more */
        if (s->asked == KCL_ACTION_GET_ITERATOR) {
            kcl_read_rejected(core, s);
        }
    }
    if (code == KDS_ERR_NOT_FOUND) {
        kcl_poll_not_found(core, s);
    }
    if (s->asked == KCL_ACTION_LIST_SHARDS) {
        note_doubt(s,
                   KCL_DOUBTS_NOTHING); /* nothing is known: ask the shard itself again */
        kds_free(s->listing.token);
        s->listing.token = NULL;
    }
    kcl_read_failed(core, now_us, s, code, kds_error_message(e));
}

static bool got_iterator(struct kcl_shard *s,
                         int64_t now_us,
                         const kds_get_shard_iterator_out_t *output)
{
    kds_slice_t text = output->shard_iterator;
    if (text.n == 0 || text.n >= sizeof s->iterator) {
        return false;
    }
    memcpy(s->iterator, text.p, text.n);
    s->iterator[text.n] = 0;
    s->fresh = true;
    s->call_at_us = now_us;
    return true;
}

static void plan_next_call(const struct kcl_core *core, struct kcl_shard *s, size_t bytes)
{
    int64_t gap_us = CALL_GAP_US;
    int64_t idle_us = core->conf->idle_ms * KDS_US_PER_MS;
    int64_t bytes_us = (int64_t)bytes * KDS_US_PER_S / BYTES_PER_SECOND;
    int64_t behind_us = core->conf->idle_behind_ms * KDS_US_PER_MS;
    s->waits = KCL_WAITS_PACE;
    if (s->behind_ms >= 0 && s->behind_ms < core->conf->idle_behind_ms) {
        gap_us = behind_us > idle_us ? behind_us : idle_us;
        s->waits = KCL_WAITS_NEWS;
    } else if (s->behind_ms == 0 && s->empty > 0) {
        gap_us = s->empty < 8 ? gap_us << (s->empty - 1) : idle_us;
        gap_us = gap_us < idle_us ? gap_us : idle_us;
        s->waits = KCL_WAITS_NEWS;
    }
    s->call_at_us = s->call_sent_us + (gap_us > bytes_us ? gap_us : bytes_us);
}

/* @return KDS_OK, and the output is taken */
static kds_err_t got_records(struct kcl_core *core,
                             int64_t now_us,
                             struct kcl_shard *s,
                             const kds_get_records_out_t *output)
{
    const struct kcl_arrival a = {
        .output = output,
        .records = output->records,
        .count = output->records_count,
        .behind_ms = output->millis_behind_latest,
        .children = output->child_shards,
        .child_count = output->child_shards_count,
        .last = output->next_shard_iterator.n == 0,
    };
    char next[sizeof s->iterator] = "";
    /* An end at which nothing is left, but nobody is named who goes on. */
    bool silent_end =
        a.last && a.child_count == 0 && a.count == 0 && output->millis_behind_latest <= 0;
    size_t bytes = 0;
    if (output->next_shard_iterator.n >= sizeof next) {
        return KDS_ERR_PROTOCOL;
    }
    if (!a.last) {
        memcpy(next, output->next_shard_iterator.p, output->next_shard_iterator.n);
    }
    for (size_t i = 0; i < a.count; i++) {
        bytes += a.records[i].data.n;
    }
    kds_err_t rc = kcl_read_arrived(core, now_us, s, &a);
    if (rc != KDS_OK) {
        note_doubt(s, silent_end ? KCL_DOUBTS_END : KCL_DOUBTS_NOTHING);
        return rc; /* the same iterator again */
    }
    core->stats.get_records_calls++;
    memcpy(s->iterator, next, sizeof next);
    s->fresh = false;
    s->rejections = 0;
    note_doubt(s, KCL_DOUBTS_NOTHING);
    plan_next_call(core, s, bytes);
    return KDS_OK;
}

/* ---- does it still exist? ----------------------------------------------------------------- */

static bool is_me(const struct kcl_shard *s, kds_slice_t shard_id)
{
    return kds_slice_is(shard_id, s->lease.shard_id);
}

static void look_at_listed(struct kcl_shard *s, const kds_shard_t *in)
{
    kds_slice_t parents[2];
    size_t n = 0;
    s->listing.shards++;
    if (is_me(s, in->shard_id)) {
        s->listing.found = true;
        s->listing.closed = in->sequence_number_range.ending_sequence_number.n > 0;
    }
    if (in->parent_shard_id.n > 0) {
        parents[n++] = in->parent_shard_id;
    }
    if (in->adjacent_parent_shard_id.n > 0) {
        parents[n++] = in->adjacent_parent_shard_id;
    }
    bool child = (n > 0 && is_me(s, parents[0])) || (n > 1 && is_me(s, parents[1]));
    if (child && s->child_count < 2) {
        s->child_count += kcl_read_child(s, &s->children[s->child_count], in->shard_id,
                                         &in->hash_key_range, parents, n);
    }
}

static void listed_all(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    bool gone =
        s->doubt == KCL_DOUBTS_EXISTENCE && !s->listing.found && s->listing.shards > 0;
    bool ended = s->doubt == KCL_DOUBTS_END && s->listing.closed && s->child_count > 0;
    note_doubt(s, KCL_DOUBTS_NOTHING);
    if (gone) {
        /* Its records are past their retention; whoever can be found of its descendants goes on. */
        s->gap_from = s->fetched;
        kcl_read_gap(core, s,
                     s->child_count > 0 ? s->children[0].shard_id : "no child of it");
    }
    if (gone || ended) {
        s->at_end = !s->stopped;
        s->failures = 0;
        s->trouble[0] = 0;
        return;
    }
    s->child_count = 0;
    s->call_at_us = now_us + CALL_GAP_US;
}

static kds_err_t got_listing(struct kcl_core *core,
                             int64_t now_us,
                             struct kcl_shard *s,
                             const kds_list_shards_out_t *output)
{
    for (size_t i = 0; i < output->shards_count; i++) {
        look_at_listed(s, &output->shards[i]);
    }
    kds_free(s->listing.token);
    s->listing.token = NULL;
    if (output->next_token.n > 0) {
        s->listing.token = kds_alloc(output->next_token.n + 1);
        if (s->listing.token == NULL) {
            return KDS_ERR_NO_MEMORY;
        }
        memcpy(s->listing.token, output->next_token.p, output->next_token.n);
        s->listing.token[output->next_token.n] = 0;
        s->call_at_us = now_us;
    } else {
        listed_all(core, now_us, s);
    }
    return KDS_OK;
}

/* ---- an answer ---------------------------------------------------------------------------- */

static kds_err_t
got_output(struct kcl_core *core, int64_t now_us, struct kcl_shard *s, const void *output)
{
    kds_err_t rc;
    if (s->asked == KCL_ACTION_GET_RECORDS) {
        rc = got_records(core, now_us, s, output);
        if (rc == KDS_OK) {
            return KDS_OK; /* its records live in it */
        }
    } else if (s->asked == KCL_ACTION_LIST_SHARDS) {
        rc = got_listing(core, now_us, s, output);
    } else {
        rc = got_iterator(s, now_us, output) ? KDS_OK : KDS_ERR_PROTOCOL;
    }
    core->options.release(output, core->options.opaque);
    return rc;
}

void kcl_poll_done(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   const void *output,
                   const kds_error_t *error)
{
    s->call_id = 0;
    kcl_measure_call(core, now_us, s, output != NULL);
    kcl_read_unreserve(core, s);
    if (output == NULL) {
        if (!s->lost) {
            call_failed(core, now_us, s, error);
        }
        return;
    }
    if (!kcl_read_wanted(core, s)) {
        core->options.release(output, core->options.opaque);
        return;
    }
    kds_err_t rc = got_output(core, now_us, s, output);
    if (rc != KDS_OK) {
        kcl_read_failed(core, now_us, s, rc,
                        rc == KDS_ERR_NO_MEMORY ? "out of memory"
                                                : "the answer is malformed; asked again");
    }
}

void kcl_poll_rewind(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_read_rewind(core, s);
    kcl_read_unreserve(core, s);
    s->iterator[0] = 0;
    if (kcl_fanout_subscribed(s)) {
        s->over = true; /* so is the subscription's */
        return;
    }
    /* An answer that is still to come goes on from elsewhere: it is not wanted. */
    s->call_id = 0;
}

void kcl_poll_clear(struct kcl_shard *s)
{
    kds_free(s->listing.token);
}
