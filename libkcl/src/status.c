/*
 * status: what the application is told about a worker and its shards: counters, lag, why a shard is idle.
 */
#include "core_internal.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    [KCL_DOING_NOTHING] = "nothing",
    [KCL_DOING_TAKING] = "taking the lease",
    [KCL_DOING_READING] = "reading",
    [KCL_DOING_CAUGHT_UP] = "caught up",
    [KCL_DOING_PACING] = "pacing",
    [KCL_DOING_BACKING_OFF] = "backing off",
    [KCL_DOING_BUDGET] = "waiting for the budget",
    [KCL_DOING_UNSERVED] = "waiting to be processed",
    [KCL_DOING_PROCESSING] = "processing",
    [KCL_DOING_RETRYING] = "processor failed",
    [KCL_DOING_STOPPED] = "stopped",
    [KCL_DOING_ENDING] = "ending",
    [KCL_DOING_LEAVING] = "leaving",
    [KCL_DOING_UNCONFIRMED] = "waiting to be confirmed",
};

const char *kcl_doing_name(kcl_doing_t doing)
{
    return (unsigned)doing < sizeof names / sizeof names[0] ? names[doing] : "?";
}

static kcl_doing_t reading(const struct kcl_shard *s, int64_t now_us)
{
    if (s->hungry.waits) {
        return KCL_DOING_BUDGET;
    }
    if (kcl_fanout_subscribed(s) && s->behind_ms == 0) {
        return KCL_DOING_CAUGHT_UP;
    }
    if (s->call_id != 0 || now_us >= s->call_at_us) {
        return s->failures > 0 ? KCL_DOING_BACKING_OFF : KCL_DOING_READING;
    }
    return s->waits == KCL_WAITS_NEWS   ? KCL_DOING_CAUGHT_UP
           : s->waits == KCL_WAITS_PACE ? KCL_DOING_PACING
                                        : KCL_DOING_BACKING_OFF;
}

kcl_doing_t
kcl_shard_doing(const struct kcl_core *core, const struct kcl_shard *s, int64_t now_us)
{
    if (s->processor_id != 0) {
        return KCL_DOING_PROCESSING;
    }
    if (s->lost) {
        return KCL_DOING_NOTHING;
    }
    if (!s->held) {
        return KCL_DOING_TAKING;
    }
    if (s->stopped) {
        return KCL_DOING_STOPPED;
    }
    if (core->stopping || s->leaving) {
        return KCL_DOING_LEAVING;
    }
    if (s->attempt > 0 && now_us < s->processor_at_us) {
        return KCL_DOING_RETRYING;
    }
    if (s->unserved.waits) {
        return KCL_DOING_UNSERVED;
    }
    if (s->end_told) {
        return kcl_process_end_confirmed(s) ? KCL_DOING_ENDING : KCL_DOING_UNCONFIRMED;
    }
    return reading(s, now_us);
}

static size_t page_bytes(const struct kcl_page *page)
{
    return page != NULL ? page->bytes : 0;
}

static void describe(const struct kcl_core *core,
                     const struct kcl_shard *s,
                     int64_t now_us,
                     kcl_shard_status_t *out)
{
    memset(out, 0, sizeof *out);
    snprintf(out->shard_id, sizeof out->shard_id, "%s", s->shard_id);
    snprintf(out->stream, sizeof out->stream, "%s", s->stream);
    out->doing = kcl_shard_doing(core, s, now_us);
    out->doing_for_ms =
        s->processor_id != 0 ? (now_us - s->task_since_us) / KDS_US_PER_MS : 0;
    out->behind_ms = s->behind_ms;
    out->user_records = s->user_records;
    out->user_bytes = s->user_bytes;
    out->buffered_bytes = page_bytes(s->current) + page_bytes(s->ready);
    out->failures = s->failures;
    out->attempts = s->attempt;
    snprintf(out->checkpoint, sizeof out->checkpoint, "%s",
             kcl_position_text(&s->lease.checkpoint));
    out->checkpoint_sub =
        s->lease.checkpoint.kind == KCL_AFTER_RECORD ? s->lease.checkpoint.number : 0;
    snprintf(out->trouble, sizeof out->trouble, "%s", s->trouble);
}

/* ---- what a stop waits for ---------------------------------------------------------------- */

#define BUSY_NAMED 4 /* shards that one message names */

static const char *task_name(kcl_task_kind_t kind)
{
    switch (kind) {
    case KCL_TASK_INITIALIZE:
        return "INITIALIZE";
    case KCL_TASK_PROCESS:
        return "PROCESS";
    case KCL_TASK_SHARD_ENDED:
        return "SHARD_ENDED";
    case KCL_TASK_SHUTDOWN_REQUESTED:
        return "SHUTDOWN_REQUESTED";
    case KCL_TASK_LEASE_LOST:
        return "LEASE_LOST";
    case KCL_TASK_DEAD_LETTER:
        return "DEAD_LETTER";
    }
    return "?";
}

static void add_text(char *out, size_t size, const char *format, ...) KDS_PRINTF(3, 4);

static void add_text(char *out, size_t size, const char *format, ...)
{
    size_t n = strlen(out);
    va_list args;
    va_start(args, format);
    vsnprintf(out + n, size - n, format, args);
    va_end(args);
}

static void add_task(const struct kcl_core *core,
                     const struct kcl_shard *s,
                     int64_t now_us,
                     char *out,
                     size_t size)
{
    int64_t ms = (now_us - s->task_since_us) / KDS_US_PER_MS;
    add_text(out, size, "%s%s%s%s: %s has been with the %s for %" PRId64 ".%" PRId64 " s",
             out[0] ? "; " : "", s->stream, s->stream[0] ? ":" : "", s->shard_id,
             task_name(s->task_kind), core->options.pull ? "application" : "processor",
             ms / 1000, ms % 1000 / 100);
}

void kcl_core_busy(const struct kcl_core *core, int64_t now_us, char *out, size_t size)
{
    const struct kcl_shard *s;
    size_t tasks = 0, open = 0;
    out[0] = 0;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        if (s->processor_id != 0 && tasks++ < BUSY_NAMED) {
            add_task(core, s, now_us, out, size);
        }
        open += !s->lost;
    }
    if (tasks > BUSY_NAMED) {
        add_text(out, size, "; and %zu shards more", tasks - BUSY_NAMED);
    }
    if (tasks == 0 && open > 0) {
        add_text(out, size, "the lease store has not confirmed the end of %zu shards",
                 open);
    } else if (tasks == 0) {
        add_text(out, size, "the last writes are not over");
    }
}

/* ---- the whole ---------------------------------------------------------------------------- */

size_t kcl_core_shards(const struct kcl_core *core,
                       int64_t now_us,
                       size_t size,
                       kcl_shard_status_t *out,
                       size_t count)
{
    const struct kcl_shard *s;
    size_t n = 0;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL; n++) {
        kcl_shard_status_t status;
        if (n < count) {
            describe(core, s, now_us, &status);
            memcpy((char *)out + n * size, &status,
                   size < sizeof status ? size : sizeof status);
        }
    }
    return n;
}

void kcl_core_stats(const struct kcl_core *core, int64_t now_us, kcl_stats_t *out)
{
    const struct kcl_shard *shard;
    kcl_stats_t s = core->stats;
    size_t size = out->struct_size < sizeof s ? out->struct_size : sizeof s;
    s.kinesis_records = core->counts.kinesis_records;
    s.corrupt_records = core->counts.corrupt_records;
    s.foreign_records = core->counts.foreign_records;
    s.repeated_records = core->counts.repeated_records;
    s.buffered_bytes = core->buffered_bytes;
    for (size_t at = 0; (shard = kcl_core_each_shard(core, &at)) != NULL;) {
        s.leases_held += shard->held && !shard->lost;
        s.shards_stopped += shard->stopped;
        s.stuck_processors += shard->processor_id != 0 && shard->task_stuck;
        s.millis_behind_latest = shard->behind_ms > s.millis_behind_latest
                                     ? shard->behind_ms
                                     : s.millis_behind_latest;
    }
    s.idle_us = core->started_us < 0 ? 0 : now_us - core->last_record_us;
    s.struct_size = out->struct_size;
    memcpy(out, &s, size);
}
