/*
 * process: hands one shard's records to the application, in order, one batch at a time.
 */
#include "core_internal.h"

#include "base/clock.h"

#define PROCESSOR_LAST_US (60 * KDS_US_PER_S)

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

bool kcl_process_next(struct kcl_core *core,
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
    s->processor_id = kcl_core_new_id(core, s);
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

void kcl_process_done(struct kcl_core *core,
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
        kcl_shard_drop_page(core, &s->current);
        s->attempt = 0;
    } else {
        processor_failed(core, now_us, s);
    }
}

int64_t kcl_process_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    bool work = s->current != NULL || s->ready != NULL || (s->at_end && !s->end_told);
    return work && s->processor_id == 0 && !s->stopped && !core->stopping
               ? s->processor_at_us
               : KDS_NEVER_US;
}
