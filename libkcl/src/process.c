/*
 * process: what the application is asked about one shard, one task at a time: to begin, to process batches in
 * order, to end. What it answers moves the shard on; nothing is passed over silently.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/size.h"
#include "base/slice.h"

#include <string.h>

#define PROCESSOR_LAST_US (60 * KDS_US_PER_S)
#define ALONE_RETRIES                                                                    \
    1 /* of a record that is tried alone; its batch was tried often enough */
#define PRESSED_ATTEMPTS                                                                 \
    2 /* after so many the records are given back if others need the room */

/* ---- what is asked next ------------------------------------------------------------------- */

static bool leaving(const struct kcl_core *core, const struct kcl_shard *s)
{
    return core->stopping || s->leaving;
}

static bool asks(const struct kcl_core *core, unsigned kind)
{
    return (core->options.tasks & 1u << kind) != 0;
}

/* The kind of task for a shard that is not ours any more, or is not to be much longer; 0 = none. */
static unsigned farewell(const struct kcl_core *core, const struct kcl_shard *s)
{
    bool ended = s->end_persisted || (s->end_told && asks(core, KCL_TASK_SHARD_ENDED));
    if (!s->initialized || ended) {
        return 0;
    }
    if (s->lost) {
        bool tell = asks(core, KCL_TASK_LEASE_LOST) && !s->lost_told;
        return tell ? KCL_TASK_LEASE_LOST : 0;
    }
    bool tell = asks(core, KCL_TASK_SHUTDOWN_REQUESTED) && !s->leaving_told;
    return tell ? KCL_TASK_SHUTDOWN_REQUESTED : 0;
}

/* The kind of task that is wanted of the application now; 0 = none. */
static unsigned
wanted(const struct kcl_core *core, const struct kcl_shard *s, int64_t now_us)
{
    if (s->processor_id != 0 || !s->held) {
        return 0;
    }
    if (s->lost || leaving(core, s)) {
        return farewell(core, s);
    }
    if (s->stopped || now_us < s->processor_at_us) {
        return 0;
    }
    if (!s->initialized) {
        return KCL_TASK_INITIALIZE;
    }
    if (s->current != NULL || s->ready != NULL) {
        return s->dead ? KCL_TASK_DEAD_LETTER : KCL_TASK_PROCESS;
    }
    return s->at_end && !s->end_told ? KCL_TASK_SHARD_ENDED : 0;
}

bool kcl_process_quiet(const struct kcl_core *core, const struct kcl_shard *s)
{
    return leaving(core, s) && s->processor_id == 0 && farewell(core, s) == 0;
}

bool kcl_process_over(const struct kcl_core *core, const struct kcl_shard *s)
{
    return s->processor_id == 0 && farewell(core, s) == 0;
}

bool kcl_process_end_confirmed(const struct kcl_shard *s)
{
    return s->end_told && kcl_position_cmp(&s->confirmed, &s->passed) >= 0;
}

/* With manual checkpoints the end waits for the application to confirm what was passed to it. */
static bool end_waits(const struct kcl_shard *s)
{
    return s->end_told && s->held && !s->lost && !kcl_process_end_confirmed(s);
}

static void tell_end(struct kcl_shard *s, int64_t now_us)
{
    s->end_told = true;
    s->task_since_us = now_us;
    s->task_stuck = false;
}

/* ---- asking ------------------------------------------------------------------------------- */

static void describe_batch(struct kcl_core *core, struct kcl_shard *s, kcl_batch_t *batch)
{
    struct kcl_page *page = s->current;
    size_t most = s->alone || s->dead ? 1 : kds_size(core->conf->batch_max_records);
    size_t left = page->count - page->done;
    *batch = (kcl_batch_t){
        .struct_size = sizeof(kcl_batch_t),
        .shard_id = s->shard_id,
        .stream = s->stream[0] ? s->stream : NULL,
        .records = page->records + page->done,
        .count = left < most ? left : most,
        .millis_behind_latest = page->behind_ms,
        .attempt = s->attempt + 1,
        .state = s->state,
    };
    struct kcl_position last = kcl_record_position(&batch->records[batch->count - 1]);
    if (kcl_position_cmp(&last, &s->delivered) > 0) {
        s->delivered = last;
    }
}

static void describe_start(const struct kcl_shard *s, kcl_task_t *task)
{
    task->sequence_number = kcl_position_text(&s->confirmed);
    task->subsequence_number =
        s->confirmed.kind == KCL_AFTER_RECORD ? s->confirmed.number : 0;
    if (s->has_prepared) {
        bool record = s->prepared.kind == KCL_AFTER_RECORD;
        task->prepared_sequence_number = kcl_position_text(&s->prepared);
        task->prepared_subsequence_number = record ? s->prepared.number : 0;
        bool fits = s->prepared_state_len <= sizeof s->prepared_state;
        task->prepared_state =
            kds_slice_of(fits ? s->prepared_state : s->long_state, s->prepared_state_len);
    }
}

static void begin_task(struct kcl_core *core,
                       int64_t now_us,
                       struct kcl_shard *s,
                       kcl_task_kind_t kind,
                       struct kcl_action *action)
{
    kcl_task_t *task = &action->u.task;
    memset(task, 0, sizeof *task);
    if (s->current == NULL &&
        (kind == KCL_TASK_PROCESS || kind == KCL_TASK_DEAD_LETTER)) {
        kcl_shard_next_page(s);
    }
    s->processor_id = kcl_core_new_id(core, s);
    s->task_kind = kind;
    s->task_since_us = now_us;
    s->task_stuck = false;
    action->kind = KCL_ACTION_TASK;
    action->id = s->processor_id;
    task->struct_size = sizeof *task;
    task->id = s->processor_id;
    task->kind = kind;
    task->shard_id = s->shard_id;
    task->stream = s->stream[0] ? s->stream : NULL;
    task->state = s->state;
    if (kind == KCL_TASK_PROCESS || kind == KCL_TASK_DEAD_LETTER) {
        describe_batch(core, s, &task->batch);
        s->task_count = task->batch.count;
        s->lent_bytes = core->options.pull ? 0 : s->current->bytes;
        core->lent_bytes += s->lent_bytes;
    } else if (kind == KCL_TASK_INITIALIZE) {
        describe_start(s, task);
    } else if (kind == KCL_TASK_SHARD_ENDED && s->passed.kind == KCL_AFTER_RECORD) {
        task->sequence_number = s->passed.sequence;
        task->subsequence_number = s->passed.number;
    }
}

static void note_if_stuck(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    int64_t limit_us = core->conf->processor_stuck_ms * KDS_US_PER_MS;
    bool open = s->processor_id != 0;
    if ((open || end_waits(s)) && !s->task_stuck &&
        now_us - s->task_since_us >= limit_us) {
        s->task_stuck = true;
        kcl_note(core, KCL_EVENT_STUCK, s, NULL,
                 open
                     ? "the processor has not returned for longer than processor.stuck.ms"
                     : "the shard has ended, and its last records are not confirmed: its "
                       "children wait (checkpoint=manual)");
    }
}

bool kcl_process_next(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      struct kcl_action *action)
{
    note_if_stuck(core, now_us, s);
    if (!s->initialized && !asks(core, KCL_TASK_INITIALIZE)) {
        s->initialized = s->held;
    }
    unsigned kind = wanted(core, s, now_us);
    if (kind == KCL_TASK_SHARD_ENDED && !asks(core, kind)) {
        tell_end(s, now_us); /* nobody wants to be asked: all its records are processed */
        return false;
    }
    if (kind == 0) {
        kcl_line_leave(&core->unserved, &s->unserved);
        return false;
    }
    if (core->slots == 0) {
        kcl_line_join(&core->unserved, &s->unserved);
        return false;
    }
    kcl_line_leave(&core->unserved, &s->unserved);
    core->slots--;
    begin_task(core, now_us, s, (kcl_task_kind_t)kind, action);
    return true;
}

int64_t kcl_process_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    if (s->processor_id != 0 || end_waits(s)) {
        return s->task_stuck ? KDS_NEVER_US
                             : kds_us_add(s->task_since_us,
                                          core->conf->processor_stuck_ms * KDS_US_PER_MS);
    }
    return s->unserved.waits || wanted(core, s, INT64_MAX) == 0 ? KDS_NEVER_US
                                                                : s->processor_at_us;
}

/* ---- confirming --------------------------------------------------------------------------- */

static void
set_confirmed(struct kcl_shard *s, int64_t now_us, const struct kcl_position *p, size_t n)
{
    s->confirmed = *p;
    s->has_prepared = false; /* a plain checkpoint discards it */
    s->unpersisted_since_us = s->unpersisted ? s->unpersisted_since_us : now_us;
    s->unpersisted += n;
}

static kds_err_t
check_position(const struct kcl_shard *s, int64_t now_us, const struct kcl_position *p)
{
    if (s->lost || now_us >= s->valid_until_us) {
        return KDS_ERR_LEASE_LOST;
    }
    return p->kind == KCL_AFTER_RECORD && kcl_position_cmp(p, &s->confirmed) >= 0 &&
                   kcl_position_cmp(p, &s->delivered) <= 0
               ? KDS_OK
               : KDS_ERR_CHECKPOINT_RANGE;
}

kds_err_t kcl_process_confirm(struct kcl_core *core,
                              int64_t now_us,
                              struct kcl_shard *s,
                              const struct kcl_position *p)
{
    kds_err_t rc = check_position(s, now_us, p);
    if (rc == KDS_OK && kcl_position_cmp(p, &s->confirmed) > 0) {
        set_confirmed(s, now_us, p, 1);
        kcl_core_wake_shard(core, s);
    }
    return rc;
}

kds_err_t kcl_process_prepare(struct kcl_core *core,
                              int64_t now_us,
                              struct kcl_shard *s,
                              const struct kcl_position *p,
                              kds_slice_t state)
{
    kds_err_t rc = check_position(s, now_us, p);
    if (state.n > sizeof s->prepared_state) {
        return KDS_ERR_TOO_LARGE;
    }
    if (rc == KDS_OK) {
        s->has_prepared = true;
        s->prepared = *p;
        s->prepared_state_len = state.n;
        if (state.n > 0) {
            memcpy(s->prepared_state, state.p, state.n);
        }
        s->unpersisted_since_us = s->unpersisted ? s->unpersisted_since_us : now_us;
        s->unpersisted++;
        kcl_core_wake_shard(core, s);
    }
    return rc;
}

void kcl_process_write_prepared(const struct kcl_shard *s, struct kcl_store_op *op)
{
    op->has_pending = s->has_prepared;
    if (op->has_pending) {
        op->pending = s->prepared;
        op->pending_state_len = s->prepared_state_len;
        memcpy(op->pending_state, s->prepared_state, s->prepared_state_len);
    }
}

void kcl_process_read_prepared(struct kcl_shard *s, struct kcl_store_result *taken)
{
    const struct kcl_lease *lease = &taken->lease;
    s->has_prepared = lease->has_pending;
    s->prepared = lease->pending;
    s->prepared_state_len = lease->pending_state_len;
    memcpy(s->prepared_state, lease->pending_state, sizeof s->prepared_state);
    s->long_state = taken->long_state;
    taken->long_state = NULL;
}

/* It was shown, and is not written again: what is in the store stays until a checkpoint takes its place. */
static void forget_long_state(struct kcl_shard *s)
{
    s->has_prepared = s->has_prepared && s->prepared_state_len <= KCL_STATE_BYTES;
    kds_free(s->long_state);
    s->long_state = NULL;
}

/* How many records of the page, behind those that are done, are confirmed. */
static size_t count_confirmed(const struct kcl_shard *s)
{
    const struct kcl_page *page = s->current;
    size_t low = page->done, high = page->done + s->task_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct kcl_position p = kcl_record_position(&page->records[middle]);
        if (kcl_position_cmp(&p, &s->confirmed) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - page->done;
}

/* ---- what came of it ---------------------------------------------------------------------- */

/* The next @p count records are processed. */
static void
pass_records(struct kcl_core *core, int64_t now_us, struct kcl_shard *s, size_t count)
{
    struct kcl_page *page = s->current;
    size_t bytes = 0;
    if (count == 0) {
        return;
    }
    for (size_t i = page->done; i < page->done + count; i++) {
        bytes += page->records[i].data.n;
    }
    core->stats.user_bytes += bytes;
    s->user_bytes += bytes;
    core->stats.user_records += count;
    kcl_measure(core, s, KCL_METRIC_RECORDS, (int64_t)count, 1);
    kcl_measure(core, s, KCL_METRIC_BYTES, (int64_t)bytes, 1);
    s->user_records += count;
    page->done += count;
    s->passed = kcl_record_position(&page->records[page->done - 1]);
    if (!core->conf->checkpoint_manual &&
        kcl_position_cmp(&s->passed, &s->confirmed) > 0) {
        set_confirmed(s, now_us, &s->passed, count);
    }
    s->alone -= s->alone < count ? s->alone : count;
    s->attempt = 0;
    s->dead = false;
    if (page->done == page->count) {
        kcl_shard_drop_page(core, s, &s->current);
        s->alone = 0;
    }
}

static void stop_shard(struct kcl_core *core, struct kcl_shard *s)
{
    s->stopped = true;
    kcl_shard_drop_page(core, s, &s->current);
    kcl_shard_drop_ready(core, s);
    kcl_note(core, KCL_EVENT_SHARD_STOPPED, s, NULL,
             "the processor failed too often; the shard is not read on");
}

void kcl_process_resume(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    s->stopped = s->dead = false;
    s->attempt = 0;
    s->alone = 0;
    s->processor_at_us = s->call_at_us = now_us;
    s->failures = 0;
    s->gap_told = s->gap_stopped;
    s->gap_stopped = false;
    kcl_poll_rewind(core, s);
    if (kcl_position_cmp(&s->delivered, &s->passed) > 0) {
        s->delivered = s->passed;
    }
}

static void try_again(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    s->processor_at_us =
        now_us + kcl_backoff_us(core, s->attempt++,
                                core->conf->processor_backoff_ms * KDS_US_PER_MS,
                                PROCESSOR_LAST_US);
    bool others_wait = core->hungry.first != NULL;
    if (others_wait && s->attempt >= PRESSED_ATTEMPTS && s->alone == 0 && !s->dead) {
        kcl_poll_rewind(core, s); /* its records are read again when its turn comes */
    }
}

static void task_failed(struct kcl_core *core, int64_t now_us, struct kcl_shard *s)
{
    uint64_t retries = (uint64_t)core->conf->processor_retries;
    core->stats.processor_failures++;
    if (s->alone > 0 && retries > ALONE_RETRIES) {
        retries = ALONE_RETRIES;
    }
    bool forever = s->task_kind == KCL_TASK_INITIALIZE ||
                   s->task_kind == KCL_TASK_SHARD_ENDED ||
                   s->task_kind == KCL_TASK_DEAD_LETTER;
    if (forever || s->attempt < retries) {
        try_again(core, now_us, s);
        return;
    }
    if (!asks(core, KCL_TASK_DEAD_LETTER)) {
        stop_shard(core, s);
    } else if (s->task_count > 1) {
        s->alone = s->task_count; /* which of them is it? */
        s->attempt = 0;
    } else {
        s->dead = true;
        s->attempt = 0;
    }
}

static void
batch_done(struct kcl_core *core, int64_t now_us, struct kcl_shard *s, bool done)
{
    size_t passed = done ? s->task_count : count_confirmed(s);
    bool all = passed == s->task_count;
    core->stats.dead_letters += done && s->task_kind == KCL_TASK_DEAD_LETTER;
    pass_records(core, now_us, s, passed);
    if (!all) {
        s->task_count -= passed;
        task_failed(core, now_us, s);
    }
}

/* The task is not the application's any more. */
static void take_back(struct kcl_core *core, struct kcl_shard *s)
{
    s->processor_id = 0;
    core->lent_bytes -= s->lent_bytes;
    s->lent_bytes = 0;
}

void kcl_process_done(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool done)
{
    kcl_measure_task(core, now_us, s, done);
    take_back(core, s);
    switch (s->task_kind) {
    case KCL_TASK_PROCESS:
    case KCL_TASK_DEAD_LETTER:
        batch_done(core, now_us, s, done);
        return;
    case KCL_TASK_SHUTDOWN_REQUESTED:
        s->leaving_told = true;
        return;
    case KCL_TASK_LEASE_LOST:
        s->lost_told = true;
        return;
    case KCL_TASK_INITIALIZE:
        s->initialized |= done;
        if (done && s->long_state != NULL) {
            forget_long_state(s);
        }
        break;
    case KCL_TASK_SHARD_ENDED:
        if (done) {
            tell_end(s, now_us);
        }
        break;
    }
    if (done) {
        s->attempt = 0;
    } else {
        task_failed(core, now_us, s);
    }
}

void kcl_process_withdraw(struct kcl_core *core, struct kcl_shard *s)
{
    /* It never began: nothing came of it. */
    take_back(core, s);
    if (kcl_position_cmp(&s->delivered, &s->passed) > 0) {
        s->delivered = s->passed;
    }
}
