/*
 * poll: reads one shard by GetShardIterator and GetRecords.
 */
#include "core_internal.h"

#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

#define CALL_GAP_US        (200 * KDS_US_PER_MS) /* 5 GetRecords a second and shard */
#define CALL_RETRY_US      (250 * KDS_US_PER_MS)
#define CALL_RETRY_LAST_US (5 * KDS_US_PER_S)

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
    case KCL_AT_LATEST: /* its instant was pinned when the lease was taken */
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

bool kcl_poll_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action)
{
    if (!may_fetch(core, s) || now_us < s->call_at_us) {
        return false;
    }
    s->call_id = kcl_core_new_id(core, s);
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
        lease->has_range = true;
        lease->created_ms = s->lease.created_ms;
        memcpy(lease->stream, s->lease.stream, sizeof lease->stream);
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
    const struct kcl_page_rules rules = {
        .after = &s->fetched,
        .first = s->lease.first,
        .last = s->lease.has_range ? s->lease.last : KDS_U128_MAX,
        .drop_foreign = core->conf->foreign == KCL_FOREIGN_DROP};
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

void kcl_poll_done(struct kcl_core *core,
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

int64_t kcl_poll_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    return may_fetch(core, s) ? s->call_at_us : KDS_NEVER_US;
}
