/*
 * measure: what is counted when. Per Kinesis record, not per user record: a put costs two additions.
 *
 * As in the KPL, a shard's figures are those of the shard that was predicted, except for user records that
 * were stored, which count where they are.
 */
#include "core_internal.h"

#include <stdio.h>

#define CODE_BYTES 80
#define PENDING_US (200 * KDS_US_PER_MS) /* the KPL's */

/* ---- groups ------------------------------------------------------------------------------- */

static struct kds_metric_group *group_of_stream(const struct kpl_core *core,
                                                struct kpl_stream *stream)
{
    if (stream->metrics == NULL) {
        stream->metrics = kds_metrics_group(core->metrics, NULL, stream->name, NULL);
    }
    return stream->metrics;
}

/* @p shard may be NULL, and stands for none while records cannot be placed. */
static struct kds_metric_group *group_of_shard(const struct kpl_core *core,
                                               struct kpl_stream *stream,
                                               struct kpl_shard *shard)
{
    if (shard == NULL || shard == &stream->anywhere) {
        return group_of_stream(core, stream);
    }
    if (shard->metrics == NULL) {
        shard->metrics = kds_metrics_group(core->metrics, NULL, stream->name, shard->id);
    }
    return shard->metrics;
}

/* Codes come from the service: cut to a bound, without what no metric's name may have. */
static struct kds_metric_group *group_of_code(const struct kpl_core *core,
                                              const struct kpl_stream *stream,
                                              const struct kpl_shard *shard,
                                              kds_slice_t code)
{
    char text[CODE_BYTES];
    size_t n = code.n < sizeof text - 1 ? code.n : sizeof text - 1;
    for (size_t i = 0; i < n; i++) {
        text[i] = code.p[i] >= ' ' && code.p[i] < 0x7f ? (char)code.p[i] : '_';
    }
    while (n > 0 && text[n - 1] == ' ') {
        n--;
    }
    text[n] = 0;
    return kds_metrics_group(core->metrics, n > 0 ? text : "Unknown", stream->name,
                             shard == NULL || shard == &stream->anywhere ? NULL
                                                                         : shard->id);
}

/* ---- events ------------------------------------------------------------------------------- */

void kpl_measure_entry(struct kpl_core *core,
                       const struct kpl_unit *u,
                       bool stored,
                       kds_slice_t code)
{
    struct kds_metric_group *g = group_of_shard(core, u->stream, u->shard);
    kds_metric_add(g, KPL_METRIC_KINESIS_RECORDS, stored, 1);
    kds_metric_add(g, KPL_METRIC_ALL_ERRORS, !stored, 1);
    if (stored) {
        kds_metric_add(g, KPL_METRIC_KINESIS_BYTES, (int64_t)kpl_unit_data_size(u), 1);
    } else {
        kds_metric_add(g, KPL_METRIC_THROTTLED, 1, kpl_is_throttling(code));
        kds_metric_add(group_of_code(core, u->stream, u->shard, code),
                       KPL_METRIC_ERRORS_BY_CODE, 1, 1);
    }
}

void kpl_measure_request(const struct kpl_core *core,
                         int64_t now_us,
                         const struct kpl_request *request,
                         const kds_error_t *error)
{
    struct kds_metric_group *g = group_of_stream(core, request->stream);
    size_t users = 0;
    for (size_t i = 0; i < request->count; i++) {
        const struct kpl_unit *u = request->units[i];
        users += u->count;
        kds_metric_add(group_of_shard(core, u->stream, u->shard),
                       KPL_METRIC_USER_PER_KINESIS, (int64_t)u->count, 1);
    }
    kds_metric_add(g, KPL_METRIC_REQUESTS, error == NULL, 1);
    kds_metric_add(g, KPL_METRIC_KINESIS_PER_REQUEST, (int64_t)request->count, 1);
    kds_metric_add(g, KPL_METRIC_USER_PER_REQUEST, (int64_t)users, 1);
    if (request->count > 0) {
        kds_metric_add(g, KPL_METRIC_REQUEST_TIME, now_us - request->units[0]->sent_us,
                       1);
    }
    if (error != NULL) {
        kds_slice_t code = kds_slice(kds_error_service_code(error));
        if (code.n == 0) {
            code = kds_slice(kds_err_name(kds_error_code(error)));
        }
        kds_metric_add(g, KPL_METRIC_ALL_ERRORS, 1, 1);
        kds_metric_add(group_of_code(core, request->stream, NULL, code),
                       KPL_METRIC_ERRORS_BY_CODE, 1, 1);
    }
}

void kpl_measure_attempt(const struct kpl_core *core, const struct kpl_unit *u)
{
    const kpl_attempt_t *last = kpl_unit_last_attempt(u);
    struct kpl_shard *shard = last->code == KDS_OK ? u->actual : u->shard;
    kds_metric_add(group_of_shard(core, u->stream, shard), KPL_METRIC_BUFFERING,
                   last->delay_us, u->count);
}

void kpl_measure_end(struct kpl_core *core, const struct kpl_unit *u)
{
    bool stored = u->code == KDS_OK;
    struct kds_metric_group *g =
        group_of_shard(core, u->stream, stored ? u->actual : u->shard);
    u->stream->ended += u->count;
    kds_metric_add(g, KPL_METRIC_RECORDS, stored, u->count);
    kds_metric_add(g, KPL_METRIC_RETRIES, u->attempts > 0 ? (int64_t)u->attempts - 1 : 0,
                   u->count);
    if (stored) {
        kds_metric_add(g, KPL_METRIC_USER_BYTES, (int64_t)u->user_bytes, 1);
        kds_metric_add(g, KPL_METRIC_LATENCY, u->ended_us - u->users[0].put_us, u->count);
    } else if (u->code == KDS_ERR_RECORD_EXPIRED) {
        kds_metric_add(g, KPL_METRIC_EXPIRED, 1, u->count);
    }
}

/* ---- what is only known when somebody looks ---------------------------------------------------- */

static void count_pending(const struct kpl_core *core)
{
    struct kds_metric_group *all = kds_metrics_first(core->metrics);
    uint64_t pending = 0;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        struct kds_metric_group *g = group_of_stream(core, s);
        if (g != all) {
            kds_metric_set(g, KPL_METRIC_PENDING, (int64_t)(s->received - s->ended));
        }
        pending += s->received - s->ended;
    }
    kds_metric_set(all, KPL_METRIC_PENDING, (int64_t)pending);
}

void kpl_measure_pending(struct kpl_core *core, int64_t now_us)
{
    if (core->pending_at_us <= now_us) {
        core->pending_at_us = now_us + PENDING_US;
        count_pending(core);
    }
}

struct kds_metrics *kpl_core_metrics(struct kpl_core *core)
{
    struct kds_metric_group *all = kds_metrics_first(core->metrics);
    const kpl_stats_t *stats = &core->counters.stats;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        kds_metric_add(group_of_stream(core, s), KPL_METRIC_RECEIVED, 1,
                       s->received - s->received_told);
        s->received_told = s->received;
    }
    count_pending(core);
    kds_metric_set(all, KPL_METRIC_BUFFERED, (int64_t)core->bytes);
    kds_metric_add(all, KPL_METRIC_WRONG_SHARD, 1,
                   stats->wrong_shard - core->wrong_shard_told);
    core->wrong_shard_told = stats->wrong_shard;
    kds_metric_add(all, KPL_METRIC_SHARD_MAPS, 1, stats->shard_maps - core->maps_told);
    core->maps_told = stats->shard_maps;
    return core->metrics;
}
