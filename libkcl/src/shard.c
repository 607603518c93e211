/*
 * shard: one held shard: keep the lease, read, hand out, persist, end. Pure.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define CALL_GAP_US        (200 * KDS_US_PER_MS) /* 5 GetRecords a second and shard */
#define CALL_RETRY_US      (250 * KDS_US_PER_MS)
#define CALL_RETRY_LAST_US (5 * KDS_US_PER_S)
#define PROCESSOR_LAST_US  (60 * KDS_US_PER_S)
#define PERSIST_LATEST_US                                                                \
    (5 * KDS_US_PER_S) /* confirmed records wait no longer for company */

/* ---- life --------------------------------------------------------------------------------- */

static void begin_op(struct kcl_core *core, struct kcl_shard *s, enum kcl_store_kind kind)
{
    memset(&s->op, 0, sizeof s->op);
    s->op.kind = kind;
    memcpy(s->op.shard_id, s->lease.shard_id, sizeof s->op.shard_id);
    memcpy(s->op.owner, core->worker_id, sizeof s->op.owner);
    s->op.counter = s->lease.counter;
    s->op.nonce =
        kds_rng_next(&core->rng) >> 1 | 1; /* fits a signed column, is never 0 */
    s->op_unknown = false;
    s->op_sent_us = -1;
}

struct kcl_shard *kcl_shard_new(struct kcl_core *core, const struct kcl_lease *lease)
{
    struct kcl_shard *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->lease = *lease;
    s->valid_until_us = KDS_NEVER_US;
    s->renew_at_us = KDS_NEVER_US;
    begin_op(core, s, KCL_STORE_TAKE);
    return s;
}

static void drop_page(struct kcl_core *core, struct kcl_page **page)
{
    if (*page != NULL) {
        core->buffered_bytes -= (*page)->bytes;
        core->options.release((*page)->output, core->options.opaque);
        kcl_page_free(*page);
        *page = NULL;
    }
}

void kcl_shard_free(struct kcl_core *core, struct kcl_shard *s)
{
    drop_page(core, &s->current);
    drop_page(core, &s->ready);
    kds_free(s);
}

void kcl_shard_lose(struct kcl_core *core, struct kcl_shard *s, const char *why)
{
    if (s->held && !s->lost) {
        kcl_note(core, KCL_EVENT_LEASE_LOST, s, NULL, why);
    }
    s->lost = true;
    s->op_unknown = false;
}

bool kcl_shard_over(const struct kcl_shard *s)
{
    return s->lost && s->store_id == 0 && s->call_id == 0 && s->processor_id == 0;
}

/* ---- the store ---------------------------------------------------------------------------- */

static bool everything_processed(const struct kcl_shard *s)
{
    return s->current == NULL && s->ready == NULL && s->processor_id == 0;
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
           (core->stopping && s->processor_id == 0);
}

/* Choose the next write. @return false if none is wanted */
static bool choose_op(struct kcl_core *core, struct kcl_shard *s, int64_t now_us)
{
    if (!s->held) {
        return true; /* the take, which was begun with the shard */
    }
    if (s->end_told && !s->children_made) {
        begin_op(core, s, KCL_STORE_CREATE);
        s->op.leases = s->children;
        s->op.lease_count = s->child_count;
        return true;
    }
    if (s->end_told) {
        begin_op(core, s, KCL_STORE_CHECKPOINT);
        s->op.position.kind = KCL_AT_SHARD_END;
        return true;
    }
    if (checkpoint_due(core, s, now_us)) {
        begin_op(core, s, KCL_STORE_CHECKPOINT);
        s->op.position = s->confirmed;
        return true;
    }
    if (core->stopping && s->processor_id == 0) {
        begin_op(core, s, KCL_STORE_RELEASE);
        return true;
    }
    if (now_us >= s->renew_at_us) {
        begin_op(core, s, KCL_STORE_RENEW);
        return true;
    }
    return false;
}

static bool next_store(struct kcl_core *core,
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
    }
    s->store_id = ++core->last_id;
    action->kind = KCL_ACTION_STORE;
    action->id = s->store_id;
    action->u.store = &s->op;
    return true;
}

/* A write of ours is in the store, the lease looks like this now. */
static void
wrote(struct kcl_core *core, struct kcl_shard *s, const struct kcl_lease *lease)
{
    int64_t failover_us = core->conf->failover_ms * KDS_US_PER_MS;
    s->lease = *lease;
    s->valid_until_us = s->op_sent_us + failover_us;
    s->renew_at_us = s->op_sent_us + failover_us / 3;
    switch (s->op.kind) {
    case KCL_STORE_TAKE:
        s->held = true;
        s->confirmed = lease->checkpoint;
        s->fetched = lease->checkpoint;
        kcl_note(core, KCL_EVENT_LEASE_GAINED, s, NULL, "");
        break;
    case KCL_STORE_CHECKPOINT:
        core->stats.checkpoints++;
        kcl_note(core, KCL_EVENT_CHECKPOINT, s, &s->op.position, "");
        if (s->op.position.kind == KCL_AT_SHARD_END) {
            kcl_note(core, KCL_EVENT_SHARD_ENDED, s, NULL, "");
            s->lost = true;         /* nothing is left to do */
            core->global_at_us = 0; /* its children may be taken now */
        }
        break;
    case KCL_STORE_RELEASE:
        kcl_shard_lose(core, s, "released");
        break;
    case KCL_STORE_RENEW:
    case KCL_STORE_BIND:
    case KCL_STORE_LIST:
    case KCL_STORE_CREATE:
        break;
    }
}

void kcl_shard_done_store(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_shard *s,
                          struct kcl_store_result *result)
{
    s->store_id = 0;
    if (s->lost) {
        return;
    }
    if (s->op.kind == KCL_STORE_CREATE && result->err == KDS_OK) {
        s->children_made = true;
        s->op_unknown = false;
        return;
    }
    /* Refused, but what is there is what we wrote: an earlier try went through unanswered. */
    const char *owner = s->op.kind == KCL_STORE_RELEASE ? "" : core->worker_id;
    bool ours = result->err == KDS_ERR_LEASE_LOST && result->lease.nonce == s->op.nonce &&
                result->lease.counter == s->op.counter + 1 &&
                strcmp(result->lease.owner, owner) == 0;
    if (result->err == KDS_OK || ours) {
        bool later = s->op.kind == KCL_STORE_CHECKPOINT &&
                     kcl_position_cmp(&s->confirmed, &s->op.position) > 0;
        s->op_unknown = false;
        if (s->op.kind == KCL_STORE_CHECKPOINT && !later) {
            s->unpersisted = 0;
        }
        wrote(core, s, &result->lease);
        s->unpersisted_since_us = now_us;
        return;
    }
    if (result->err == KDS_ERR_LEASE_LOST) {
        kcl_shard_lose(core, s, "another worker holds it");
        return;
    }
    if (!s->held) {
        /* Whether the take went through is unknown; it is not begun again from a state that may be
         * old: the next look at the leases decides. */
        s->lost = true;
        return;
    }
    s->op_unknown = true;
    s->op_retry_us = now_us + kcl_backoff_us(core, 0, 50 * KDS_US_PER_MS, KDS_US_PER_S);
    kcl_note(core, KCL_EVENT_TROUBLE, s, NULL,
             result->error ? kds_error_message(result->error) : "the lease store failed");
}

/* ---- reading ------------------------------------------------------------------------------ */

static const kds_slice_t type_trim_horizon = KDS_SLICE_LIT("TRIM_HORIZON");
static const kds_slice_t type_timestamp = KDS_SLICE_LIT("AT_TIMESTAMP");
static const kds_slice_t type_at = KDS_SLICE_LIT("AT_SEQUENCE_NUMBER");
static const kds_slice_t type_after = KDS_SLICE_LIT("AFTER_SEQUENCE_NUMBER");

static void
ask_iterator(struct kcl_core *core, struct kcl_shard *s, struct kcl_action *action)
{
    kds_get_shard_iterator_in_t *in = &action->u.get_iterator;
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    kcl_name_stream(core, &in->stream_name, &in->stream_arn);
    in->shard_id = kds_slice(s->lease.shard_id);
    switch (s->fetched.kind) {
    case KCL_AT_TRIM_HORIZON:
    case KCL_AT_SHARD_END:
        in->shard_iterator_type = type_trim_horizon;
        break;
    case KCL_AT_TIMESTAMP:
        in->shard_iterator_type = type_timestamp;
        in->has_timestamp_ms = true;
        in->timestamp_ms = s->fetched.number;
        break;
    case KCL_AFTER_RECORD:
        /* After a checkpoint the rest of its aggregate may still have to be delivered; behind a
         * record that was fetched whole there is nothing of it left. */
        in->shard_iterator_type = s->fetched.number == INT64_MAX ? type_after : type_at;
        in->starting_sequence_number = kds_slice(s->fetched.sequence);
        break;
    }
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
    if (core->conf->stream_arn != NULL) {
        in->stream_arn = kds_slice(core->conf->stream_arn);
    }
    action->kind = KCL_ACTION_GET_RECORDS;
}

static bool may_fetch(const struct kcl_core *core, const struct kcl_shard *s)
{
    /* One batch ahead; beyond the common budget only a shard that has nothing at all. */
    return s->held && !core->stopping && !s->stopped && !s->at_end && s->call_id == 0 &&
           s->ready == NULL &&
           (s->current == NULL ||
            core->buffered_bytes < (size_t)core->conf->prefetch_max_bytes);
}

static bool next_call(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      struct kcl_action *action)
{
    if (!may_fetch(core, s) || now_us < s->call_at_us) {
        return false;
    }
    s->call_id = ++core->last_id;
    action->id = s->call_id;
    if (s->iterator[0] == 0) {
        ask_iterator(core, s, action);
    } else {
        ask_records(core, s, action);
    }
    return true;
}

static void call_failed(struct kcl_core *core,
                        int64_t now_us,
                        struct kcl_shard *s,
                        kds_err_t code,
                        const char *why)
{
    if (code == KDS_ERR_EXPIRED_ITERATOR) {
        s->iterator[0] = 0; /* a new one behind what was fetched */
        s->call_at_us = now_us;
        return;
    }
    if (code == KDS_ERR_REJECTED) {
        s->iterator[0] = 0; /* it may be damaged; a fresh one says more */
    }
    s->call_at_us =
        now_us + kcl_backoff_us(core, s->failures++, CALL_RETRY_US, CALL_RETRY_LAST_US);
    if (code != KDS_ERR_THROTTLED) {
        kcl_note(core, KCL_EVENT_TROUBLE, s, NULL, why);
    }
}

static void got_iterator(struct kcl_core *core,
                         int64_t now_us,
                         struct kcl_shard *s,
                         const kds_get_shard_iterator_out_t *output)
{
    kds_slice_t text = output->shard_iterator;
    if (text.n == 0 || text.n >= sizeof s->iterator) {
        call_failed(core, now_us, s, KDS_ERR_PROTOCOL,
                    "the answer has no shard iterator");
    } else {
        memcpy(s->iterator, text.p, text.n);
        s->iterator[text.n] = 0;
        s->failures = 0;
        s->call_at_us = now_us;
    }
    core->options.release(output, core->options.opaque);
}

static bool copy_name(char out[KCL_NAME_BYTES], kds_slice_t name)
{
    if (name.n == 0 || name.n >= KCL_NAME_BYTES) {
        return false;
    }
    memcpy(out, name.p, name.n);
    out[name.n] = 0;
    return true;
}

/* The leases of the shards that go on. @return false if they are malformed */
static bool read_children(struct kcl_shard *s, const kds_get_records_out_t *output)
{
    if (output->child_shards_count < 1 || output->child_shards_count > 2) {
        return false;
    }
    memset(s->children, 0, sizeof s->children);
    for (size_t i = 0; i < output->child_shards_count; i++) {
        const kds_child_shard_t *in = &output->child_shards[i];
        struct kcl_lease *lease = &s->children[i];
        if (!copy_name(lease->shard_id, in->shard_id) || in->parent_shards_count < 1 ||
            in->parent_shards_count > KCL_PARENTS_MAX ||
            !kds_u128_parse(in->hash_key_range.starting_hash_key, &lease->first) ||
            !kds_u128_parse(in->hash_key_range.ending_hash_key, &lease->last)) {
            return false;
        }
        for (size_t k = 0; k < in->parent_shards_count; k++) {
            if (!copy_name(lease->parents[k], in->parent_shards[k])) {
                return false;
            }
        }
        lease->parent_count = in->parent_shards_count;
        lease->checkpoint.kind = KCL_AT_TRIM_HORIZON;
    }
    s->child_count = output->child_shards_count;
    return true;
}

/* Where to go on: the next iterator, or the end. @return false if the answer is malformed */
static bool read_continuation(struct kcl_shard *s, const kds_get_records_out_t *output)
{
    kds_slice_t next = output->next_shard_iterator;
    if (next.n > 0) {
        if (next.n >= sizeof s->iterator || output->child_shards_count > 0) {
            return false;
        }
        memcpy(s->iterator, next.p, next.n);
        s->iterator[next.n] = 0;
        return true;
    }
    /* A shard ends only on evidence: no iterator, and the shards that go on. */
    if (!read_children(s, output)) {
        return false;
    }
    s->at_end = true;
    return true;
}

static void got_records(struct kcl_core *core,
                        int64_t now_us,
                        struct kcl_shard *s,
                        const kds_get_records_out_t *output)
{
    bool malformed;
    const struct kcl_page_rules rules = {.after = &s->fetched,
                                         .first = s->lease.first,
                                         .last = s->lease.last,
                                         .drop_foreign =
                                             core->conf->foreign == KCL_FOREIGN_DROP};
    struct kcl_page *page =
        kcl_page_new(output, &rules, core->decoder, &core->counts, &malformed);
    if (page == NULL || !read_continuation(s, output)) {
        kcl_page_free(page);
        call_failed(core, now_us, s, KDS_ERR_PROTOCOL,
                    page == NULL && !malformed ? "out of memory"
                                               : "the answer is malformed; asked again");
        core->options.release(output, core->options.opaque);
        return;
    }
    core->stats.get_records_calls++;
    s->failures = 0;
    s->behind_ms = page->behind_ms;
    bool behind = page->behind_ms > 0 || output->records_count > 0;
    s->call_at_us = now_us + (behind ? CALL_GAP_US : core->conf->idle_ms * KDS_US_PER_MS);
    if (output->records_count > 0) {
        core->last_record_us = now_us;
        kcl_record_t last = {
            .sequence_number = output->records[output->records_count - 1].sequence_number,
            .subsequence_number = INT64_MAX};
        s->fetched = kcl_record_position(&last);
    }
    if (page->count == 0) {
        kcl_page_free(page);
        core->options.release(output, core->options.opaque);
        return;
    }
    core->buffered_bytes += page->bytes;
    s->ready = page;
}

void kcl_shard_done_call(struct kcl_core *core,
                         int64_t now_us,
                         struct kcl_shard *s,
                         const void *output,
                         const kds_error_t *error)
{
    s->call_id = 0;
    if (output == NULL) {
        if (!s->lost) {
            call_failed(core, now_us, s, kds_error_code(error), kds_error_message(error));
        }
    } else if (s->lost) {
        core->options.release(output, core->options.opaque);
    } else if (s->iterator[0] == 0) {
        got_iterator(core, now_us, s, output);
    } else {
        got_records(core, now_us, s, output);
    }
}

/* ---- processing --------------------------------------------------------------------------- */

static void hand_out(struct kcl_shard *s, struct kcl_action *action)
{
    struct kcl_page *page = s->current;
    action->kind = KCL_ACTION_PROCESS;
    action->u.batch = (kcl_batch_t){
        .struct_size = sizeof(kcl_batch_t),
        .shard_id = s->lease.shard_id,
        .records = page->records + page->done,
        .count = page->count - page->done,
        .millis_behind_latest = page->behind_ms,
        .attempt = s->attempt + 1,
    };
}

static bool next_processor(struct kcl_core *core,
                           int64_t now_us,
                           struct kcl_shard *s,
                           struct kcl_action *action)
{
    if (!s->held || s->stopped || s->processor_id != 0 || core->stopping ||
        now_us < s->processor_at_us) {
        return false;
    }
    if (s->current == NULL) {
        s->current = s->ready;
        s->ready = NULL;
    }
    if (s->current != NULL) {
        hand_out(s, action);
    } else if (s->at_end && !s->end_told) {
        action->kind = KCL_ACTION_SHARD_ENDED;
        action->u.ended_shard = s->lease.shard_id;
    } else {
        return false;
    }
    s->processor_id = ++core->last_id;
    action->id = s->processor_id;
    return true;
}

static void
confirm(struct kcl_core *core, int64_t now_us, struct kcl_shard *s, size_t count)
{
    struct kcl_page *page = s->current;
    if (count == 0) {
        return;
    }
    for (size_t i = page->done; i < page->done + count; i++) {
        core->stats.user_bytes += page->records[i].data.n;
    }
    page->done += count;
    core->stats.user_records += count;
    s->confirmed = kcl_record_position(&page->records[page->done - 1]);
    s->unpersisted_since_us = s->unpersisted ? s->unpersisted_since_us : now_us;
    s->unpersisted += count;
}

static void processor_failed(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    core->stats.processor_failures++;
    if (s->current != NULL && s->attempt >= (uint64_t)core->conf->processor_retries) {
        s->stopped = true;
        kcl_note(core, KCL_EVENT_SHARD_STOPPED, s, NULL,
                 "the processor failed too often; the shard is not read on");
        return;
    }
    s->processor_at_us =
        now_us + kcl_backoff_us(core, s->attempt++,
                                core->conf->processor_backoff_ms * KDS_US_PER_MS,
                                PROCESSOR_LAST_US);
}

void kcl_shard_done_processor(struct kcl_core *core,
                              int64_t now_us,
                              struct kcl_shard *s,
                              bool done,
                              size_t confirmed)
{
    s->processor_id = 0;
    if (s->current == NULL) {
        if (done) {
            s->end_told = true;
            s->attempt = 0;
        } else {
            processor_failed(core, now_us, s);
        }
        return;
    }
    size_t left = s->current->count - s->current->done;
    confirm(core, now_us, s, done || confirmed > left ? left : confirmed);
    if (s->current->done == s->current->count) {
        drop_page(core, &s->current);
        s->attempt = 0;
    } else {
        processor_failed(core, now_us, s);
    }
}

/* ---- the whole ---------------------------------------------------------------------------- */

bool kcl_shard_next(struct kcl_core *core,
                    int64_t now_us,
                    struct kcl_shard *s,
                    struct kcl_action *action)
{
    if (!s->lost && now_us >= s->valid_until_us) {
        kcl_shard_lose(core, s, "it could not be renewed in time");
    }
    if (s->lost) {
        return false;
    }
    return next_store(core, now_us, s, action) || next_call(core, now_us, s, action) ||
           next_processor(core, now_us, s, action);
}

int64_t kcl_shard_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    int64_t at_us = s->valid_until_us;
    if (s->lost) {
        return KDS_NEVER_US;
    }
    if (s->store_id == 0) {
        int64_t store_us = s->op_unknown ? s->op_retry_us : s->renew_at_us;
        at_us = store_us < at_us ? store_us : at_us;
        if (s->unpersisted > 0 && s->unpersisted_since_us + PERSIST_LATEST_US < at_us) {
            at_us = s->unpersisted_since_us + PERSIST_LATEST_US;
        }
    }
    if (may_fetch(core, s) && s->call_at_us < at_us) {
        at_us = s->call_at_us;
    }
    bool work = !everything_processed(s) || (s->at_end && !s->end_told);
    if (work && s->processor_id == 0 && !s->stopped && !core->stopping &&
        s->processor_at_us < at_us) {
        at_us = s->processor_at_us;
    }
    return at_us;
}
