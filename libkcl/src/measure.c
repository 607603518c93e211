/*
 * measure: what is counted when. Per batch and per call, not per record.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

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

void kcl_measure_task(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool done)
{
    int64_t took_us = now_us - s->task_since_us;
    switch (s->task_kind) {
    case KCL_TASK_PROCESS:
        kcl_measure(core, s, KCL_METRIC_PROCESS_TIME, took_us, 1);
        kcl_measure(core, s, KCL_METRIC_PROCESS_SUCCESS, done, 1);
        break;
    case KCL_TASK_INITIALIZE:
        kcl_measure(core, s, KCL_METRIC_INITIALIZE_TIME, took_us, 1);
        break;
    case KCL_TASK_SHARD_ENDED:
    case KCL_TASK_LEASE_LOST:
    case KCL_TASK_SHUTDOWN_REQUESTED:
        kcl_measure(core, s, KCL_METRIC_SHUTDOWN_TIME, took_us, 1);
        break;
    case KCL_TASK_DEAD_LETTER:
        break;
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

void kcl_measure_write(struct kcl_core *core,
                       int64_t now_us,
                       struct kcl_shard *s,
                       bool written)
{
    struct kds_metric_group *all = kds_metrics_first(core->metrics);
    int64_t took_us = now_us - s->op_sent_us;
    if (s->op.kind == KCL_STORE_CHECKPOINT) {
        kcl_measure(core, s, KCL_METRIC_CHECKPOINT_TIME, took_us, 1);
        kcl_measure(core, s, KCL_METRIC_CHECKPOINT_SUCCESS, written, 1);
    } else if (s->op.kind == KCL_STORE_RENEW) {
        kds_metric_add(all, KCL_METRIC_RENEW_TIME, took_us, 1);
        kds_metric_add(all, KCL_METRIC_RENEW_SUCCESS, written, 1);
    } else if (s->op.kind == KCL_STORE_TAKE) {
        kds_metric_add(all, KCL_METRIC_LEASES_TAKEN, 1, written);
    }
}

void kcl_measure_lost(struct kcl_core *core)
{
    kds_metric_add(kds_metrics_first(core->metrics), KCL_METRIC_LEASES_LOST, 1, 1);
}

void kcl_measure_sync(struct kcl_core *core, const struct kcl_stream *stream, bool whole)
{
    kds_metric_add(
        kds_metrics_group(core->metrics, NULL, label_of(core, stream->id), NULL),
        KCL_METRIC_SYNC_SUCCESS, whole, 1);
}

/* ---- what is only known when somebody looks ---------------------------------------------------- */

static void set_if_larger(struct kds_metric_group *group, size_t row, int64_t value)
{
    if (value > (int64_t)group->cells[row].last) {
        group->cells[row].last = (double)value;
    }
}

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
            int64_t lag_us = s->behind_ms * KDS_US_PER_MS;
            kds_metric_set(group_of(core, s), KCL_METRIC_LAG, lag_us);
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
    kds_metric_set(all, KCL_METRIC_FETCHED, (int64_t)stats.buffered_bytes);
    refresh_lags(core);
    refresh_leases(core, now_us);
    return core->metrics;
}
