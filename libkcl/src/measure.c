/*
 * measure: what is counted when. Per batch and per call, not per record.
 */
#include "core_internal.h"

#include "assign.h"
#include "base/alloc.h"
#include "base/clock.h"

#include <string.h>

/* The name in leases; of the only stream, the name or ARN in the settings. */
static const char *label_of(const struct kcl_core *core, const char *stream)
{
    if (stream[0] != 0) {
        return stream;
    }
    return core->conf->stream != NULL ? core->conf->stream : core->conf->stream_arn;
}

static struct kds_metric_group *group_of(struct kcl_core *core, struct kcl_shard *s)
{
    if (s->metrics == NULL) {
        s->metrics = kds_metrics_group(
            core->metrics, NULL, label_of(core, s->lease.stream), s->lease.shard_id);
    }
    return s->metrics;
}

void kcl_measure(struct kcl_core *core,
                 struct kcl_shard *s,
                 enum kcl_metric_row row,
                 int64_t value,
                 uint64_t times)
{
    kds_metric_add(group_of(core, s), row, value, times);
}

static struct kds_metric_group *all_of(const struct kcl_core *core)
{
    return kds_metrics_first(core->metrics);
}

/* One time and one outcome, of everything. */
static void add_pair(struct kcl_core *core,
                     enum kcl_metric_row time,
                     int64_t took_us,
                     enum kcl_metric_row outcome,
                     bool done)
{
    kds_metric_add(all_of(core), time, took_us, 1);
    kds_metric_add(all_of(core), outcome, done, 1);
}

void kcl_count(struct kcl_core *core, enum kcl_metric_row row, int64_t value)
{
    kds_metric_add(all_of(core), row, value, 1);
}

void kcl_gauge(struct kcl_core *core, enum kcl_metric_row row, size_t value)
{
    kds_metric_set(all_of(core), row, (int64_t)value);
}

/* ---- shards --------------------------------------------------------------------------------- */

void kcl_measure_task(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool done)
{
    static const struct {
        enum kcl_metric_row call, task, success;
    } rows[] = {{KCL_METRIC_PROCESS_TIME, KCL_METRIC_PROCESS_TASK_TIME,
                 KCL_METRIC_PROCESS_SUCCESS},
                {KCL_METRIC_INITIALIZE_TIME, KCL_METRIC_INITIALIZE_TASK_TIME,
                 KCL_METRIC_INITIALIZE_SUCCESS},
                {KCL_METRIC_SHUTDOWN_TIME, KCL_METRIC_SHUTDOWN_TASK_TIME,
                 KCL_METRIC_SHUTDOWN_SUCCESS}};
    int64_t took_us = now_us - s->task_since_us;
    size_t at = s->task_kind == KCL_TASK_PROCESS      ? 0
                : s->task_kind == KCL_TASK_INITIALIZE ? 1
                                                      : 2;
    if (s->task_kind != KCL_TASK_DEAD_LETTER) {
        kcl_measure(core, s, rows[at].call, took_us, 1);
        kcl_measure(core, s, rows[at].task, took_us, 1);
        kcl_measure(core, s, rows[at].success, done, 1);
    }
}

void kcl_measure_call(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool answered)
{
    int64_t took_us = now_us - s->call_sent_us;
    if (s->asked == KCL_ACTION_GET_RECORDS) {
        kcl_measure(core, s, KCL_METRIC_GET_TIME, took_us, 1);
        kcl_measure(core, s, KCL_METRIC_GET_SUCCESS, answered, 1);
    } else if (s->asked == KCL_ACTION_GET_ITERATOR) {
        kcl_measure(core, s, KCL_METRIC_ITERATOR_TIME, took_us, 1);
        kcl_measure(core, s, KCL_METRIC_ITERATOR_SUCCESS, answered, 1);
    }
}

void kcl_measure_page(struct kcl_core *core,
                      struct kcl_shard *s,
                      const struct kcl_page_counts *before)
{
    const struct kcl_page_counts *now = &core->counts;
    const struct {
        enum kcl_metric_row row;
        uint64_t more;
    } counts[] = {
        {KCL_METRIC_KINESIS_RECORDS, now->kinesis_records - before->kinesis_records},
        {KCL_METRIC_CORRUPT, now->corrupt_records - before->corrupt_records},
        {KCL_METRIC_FOREIGN, now->foreign_records - before->foreign_records},
        {KCL_METRIC_REPEATED, now->repeated_records - before->repeated_records},
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        kcl_measure(core, s, counts[i].row, 1, counts[i].more);
    }
}

static void measure_create(struct kcl_core *core,
                           struct kcl_shard *s,
                           const struct kcl_store_op *op,
                           int64_t took_us,
                           bool written)
{
    kcl_measure(core, s, KCL_METRIC_CHILD_TIME, took_us, 1);
    kcl_measure(core, s, KCL_METRIC_CHILD_SUCCESS, written, op->lease_count);
    kcl_measure(core, s, KCL_METRIC_CHILD_HORIZON, written, op->lease_count);
}

void kcl_measure_write(struct kcl_core *core,
                       struct kcl_shard *s,
                       const struct kcl_store_op *op,
                       int64_t took_us,
                       bool written)
{
    bool end = op->position.kind == KCL_AT_SHARD_END;
    if (op->kind == KCL_STORE_CHECKPOINT) {
        kcl_measure(core, s, end ? KCL_METRIC_END_TIME : KCL_METRIC_CHECKPOINT_TIME,
                    took_us, 1);
        kcl_measure(core, s, end ? KCL_METRIC_END_SUCCESS : KCL_METRIC_CHECKPOINT_SUCCESS,
                    written, 1);
    } else if (op->kind == KCL_STORE_CREATE) {
        measure_create(core, s, op, took_us, written);
    } else if (op->kind == KCL_STORE_RENEW) {
        add_pair(core, KCL_METRIC_RENEW_TIME, took_us, KCL_METRIC_RENEW_SUCCESS, written);
        add_pair(core, KCL_METRIC_RENEW_ALL_TIME, took_us, KCL_METRIC_RENEW_ALL_SUCCESS,
                 written);
    } else if (op->kind == KCL_STORE_TAKE) {
        add_pair(core, KCL_METRIC_TAKE_TIME, took_us, KCL_METRIC_TAKE_SUCCESS, written);
        kcl_count(core, written ? KCL_METRIC_LEASES_TAKEN : KCL_METRIC_LEASES_UNTAKEN, 1);
    }
}

/* ---- steps of the roster -------------------------------------------------------------------- */

void kcl_measure_sync(struct kcl_core *core,
                      int64_t now_us,
                      const struct kcl_stream *stream,
                      bool whole)
{
    struct kds_metric_group *group =
        kds_metrics_group(core->metrics, NULL, label_of(core, stream->id), NULL);
    kds_metric_add(group, KCL_METRIC_SYNC_SUCCESS, whole, 1);
    kds_metric_add(group, KCL_METRIC_SYNC_TASK_SUCCESS, whole, 1);
    kds_metric_add(group, KCL_METRIC_SYNC_TIME, now_us - core->roster.listing_sent_us, 1);
}

static void measure_made(struct kcl_core *core, int64_t took_us, bool made)
{
    static const enum kcl_metric_row rows[] = {
        [KCL_AT_TRIM_HORIZON] = KCL_METRIC_LEASE_MADE_HORIZON,
        [KCL_AT_LATEST] = KCL_METRIC_LEASE_MADE_LATEST,
        [KCL_AT_TIMESTAMP] = KCL_METRIC_LEASE_MADE_TIMESTAMP};
    const struct kcl_store_op *op = &core->roster.op;
    struct kds_metric_group *group = kds_metrics_group(
        core->metrics, NULL, label_of(core, op->leases[0].stream), NULL);
    kds_metric_add(group, KCL_METRIC_LEASE_MADE_TIME, took_us, 1);
    kds_metric_add(group, KCL_METRIC_LEASE_MADE, made, op->lease_count);
    for (size_t i = 0; i < op->lease_count; i++) {
        kds_metric_add(group, rows[op->leases[i].checkpoint.kind], made, 1);
    }
}

static void
measure_look(struct kcl_core *core, int64_t now_us, const struct kcl_store_result *result)
{
    const struct kcl_roster *r = &core->roster;
    bool came = result->err == KDS_OK;
    add_pair(core, KCL_METRIC_LIST_TIME, now_us - r->step_sent_us,
             KCL_METRIC_LIST_SUCCESS, came);
    if (!came || result->cursor[0] == 0) {
        add_pair(core, KCL_METRIC_LOOK_TIME, now_us - r->scan_sent_us,
                 KCL_METRIC_LOOK_SUCCESS, came);
    }
    if (came && r->fleet.lock.mine) {
        kds_metric_add(all_of(core), KCL_METRIC_LEAD_UNREADABLE, 1, result->skipped);
    }
}

static void measure_read(struct kcl_core *core,
                         int64_t took_us,
                         const struct kcl_store_result *result)
{
    kds_metric_add(all_of(core), KCL_METRIC_DISCOVERY_READ_TIME, took_us, 1);
    if (result->err != KDS_OK) {
        kcl_count(core, KCL_METRIC_DISCOVERY_ERRORS, 1);
    } else if (result->lease.shard_id[0] != 0 &&
               strcmp(result->lease.owner, core->worker_id) != 0) {
        kcl_count(core, KCL_METRIC_DISCOVERY_MISMATCH, 1);
    }
}

static void measure_fleet(struct kcl_core *core, int64_t took_us, bool done)
{
    enum kcl_fleet_step step = core->roster.fleet.step;
    if (step == KCL_FLEET_MEASURES) {
        add_pair(core, KCL_METRIC_TELL_TIME, took_us, KCL_METRIC_TELL_SUCCESS, done);
    } else if (step == KCL_FLEET_LEAD) {
        add_pair(core, KCL_METRIC_LEAD_TIME, took_us, KCL_METRIC_LEAD_SUCCESS, done);
        kds_metric_add(all_of(core), KCL_METRIC_LEAD_LOAD_TIME, took_us, 1);
    } else if (step == KCL_FLEET_READ_MODE && !done) {
        kcl_count(core, KCL_METRIC_MODE_FAULTS, 1);
    }
}

void kcl_measure_step(struct kcl_core *core,
                      int64_t now_us,
                      const struct kcl_store_result *result)
{
    const struct kcl_roster *r = &core->roster;
    int64_t took_us = now_us - r->step_sent_us;
    bool done = result->err == KDS_OK;
    if (r->fleet.step != KCL_FLEET_NONE) {
        measure_fleet(core, took_us, done);
    } else if (r->op.kind == KCL_STORE_LIST) {
        measure_look(core, now_us, result);
    } else if (r->op.kind == KCL_STORE_CREATE) {
        measure_made(core, took_us, done);
    } else if (r->op.kind == KCL_STORE_OWNED) {
        add_pair(core, KCL_METRIC_DISCOVERY_TIME, took_us, KCL_METRIC_DISCOVERY_SUCCESS,
                 done);
        kds_metric_add(all_of(core), KCL_METRIC_DISCOVERY_LIST_TIME, took_us, 1);
    } else if (r->op.kind == KCL_STORE_GET && r->index.asked) {
        measure_read(core, took_us, result);
    }
}

void kcl_measure_chore(struct kcl_core *core,
                       int64_t now_us,
                       const struct kcl_running_chore *chore,
                       bool done)
{
    bool assigns =
        chore->op.kind == KCL_STORE_ASSIGN || chore->op.kind == KCL_STORE_HAND_OVER;
    if (assigns && core->roster.fleet.mode == KCL_MODE_ASSIGNED) {
        add_pair(core, KCL_METRIC_ASSIGN_TIME, now_us - chore->sent_us,
                 KCL_METRIC_ASSIGN_SUCCESS, done);
        kds_metric_add(all_of(core), KCL_METRIC_ASSIGN_FAILED, 1, !done);
    }
}

void kcl_measure_assignment(struct kcl_core *core, const struct kcl_assign_result *a)
{
    kcl_gauge(core, KCL_METRIC_LEASES_NEEDED,
              a->target > a->mine ? a->target - a->mine : 0);
    kcl_gauge(core, KCL_METRIC_LEASES_TO_TAKE, a->count);
    kcl_gauge(core, KCL_METRIC_LEASES_SPILLED, a->spilled);
    kcl_gauge(core, KCL_METRIC_LEASES_VERY_OLD, a->very_old);
}

void kcl_measure_lead(struct kcl_core *core, const struct kcl_lead_result *result)
{
    kcl_gauge(core, KCL_METRIC_LEAD_LEASES, core->roster.view.count);
    kcl_gauge(core, KCL_METRIC_LEAD_WORKERS, result->workers);
    kcl_gauge(core, KCL_METRIC_LEAD_EXPIRED, result->orphans);
    kcl_gauge(core, KCL_METRIC_LEAD_SPILLED, result->spilled);
    kcl_gauge(core, KCL_METRIC_LEAD_INVALID, result->invalid);
    kcl_gauge(core, KCL_METRIC_LEAD_FAILING, result->failing);
    for (size_t i = 0; i < result->count; i++) {
        kds_metric_add(all_of(core), KCL_METRIC_LEAD_REASSIGNED, 1,
                       result->moves[i].hand_over);
    }
}

/* ---- what is only known when somebody looks ---------------------------------------------------- */

static void set_if_larger(struct kds_metric_group *group, size_t row, int64_t value)
{
    if (value > (int64_t)group->cells[row].last) {
        group->cells[row].last = (double)value;
    }
}

#define LAG_MOST_MS                                                                      \
    INT64_C(1000000000000000) /* nobody is further behind; it came from outside */

/* Of each shard, and of those that are furthest behind. */
static void refresh_lags(struct kcl_core *core)
{
    struct kcl_shard *s;
    struct kds_metric_group *g;
    for (g = kds_metrics_first(core->metrics); g != NULL; g = g->next) {
        g->cells[KCL_METRIC_LAG].last = 0; /* shards that are gone are not behind */
    }
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        if (s->held && !s->lost && s->behind_ms >= 0) {
            int64_t lag_ms = s->behind_ms < LAG_MOST_MS ? s->behind_ms : LAG_MOST_MS;
            int64_t lag_us = lag_ms * KDS_US_PER_MS;
            kds_metric_set(group_of(core, s), KCL_METRIC_LAG, lag_us);
            kds_metric_set(all_of(core), KCL_METRIC_APPLICATION_LAG, lag_us);
            for (g = group_of(core, s)->up; g != NULL; g = g->up) {
                set_if_larger(g, KCL_METRIC_LAG, lag_us);
            }
        }
    }
}

/* Of the leases as they were seen last. */
static void refresh_leases(struct kcl_core *core, int64_t now_us)
{
    struct kds_metric_group *all = kds_metrics_first(core->metrics);
    const struct kcl_view *view = &core->roster.view;
    int64_t failover_us = core->conf->failover_ms * KDS_US_PER_MS;
    int64_t expired = 0, workers = 0;
    bool *seen = kds_alloc_zero(view->people.count + 1, sizeof *seen);
    for (size_t i = 0; i < view->count; i++) {
        const struct kcl_row *row = &view->rows[i];
        bool over = row->owner == 0 || now_us - row->changed_us >= failover_us;
        expired += over && !row->ended;
        if (seen != NULL && !over && row->owner < view->people.count) {
            workers += !seen[row->owner];
            seen[row->owner] = true;
        }
    }
    kds_free(seen);
    kds_metric_set(all, KCL_METRIC_LEASES_TOTAL, (int64_t)view->count);
    kds_metric_set(all, KCL_METRIC_LEASES_EXPIRED, expired);
    kds_metric_set(all, KCL_METRIC_WORKERS, workers);
}

struct kds_metrics *kcl_core_metrics(struct kcl_core *core, int64_t now_us)
{
    struct kds_metric_group *all = kds_metrics_first(core->metrics);
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_core_stats(core, now_us, &stats);
    kds_metric_set(all, KCL_METRIC_LEASES_HELD, (int64_t)stats.leases_held);
    kds_metric_set(all, KCL_METRIC_SHARDS_STOPPED, (int64_t)stats.shards_stopped);
    if (core->conf->streams != NULL) {
        kcl_gauge(core, KCL_METRIC_STREAMS, core->roster.stream_count);
    }
    kds_metric_set(all, KCL_METRIC_FETCHED, (int64_t)stats.buffered_bytes);
    refresh_lags(core);
    refresh_leases(core, now_us);
    return core->metrics;
}
