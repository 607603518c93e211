/*
 * core: life, and the actions that follow from what was put.
 */
#include "core.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "core_internal.h"

#include <inttypes.h>
#include <string.h>

/* ---- life --------------------------------------------------------------------------------- */

static int64_t us_of(int64_t ms)
{
    return ms > INT64_MAX / KDS_US_PER_MS ? KDS_NEVER_US : ms * KDS_US_PER_MS;
}

int64_t kpl_linger_us(const struct kpl_conf *conf)
{
    int64_t linger_us = us_of(conf->linger_ms), half_us = us_of(conf->record_ttl_ms) / 2;
    return linger_us < half_us ? linger_us : half_us;
}

struct kpl_core *kpl_core_new(const struct kpl_conf *conf, uint64_t seed)
{
    struct kpl_core *core = kds_alloc_zero(1, sizeof *core);
    if (core == NULL) {
        return NULL;
    }
    core->conf = conf;
    core->ttl_us =
        conf->spool_directory != NULL ? KDS_NEVER_US : us_of(conf->record_ttl_ms);
    core->linger_us = kpl_linger_us(conf);
    core->decoder = kds_agg_decoder_new();
    core->packer = kds_agg_builder_new((size_t)conf->aggregate_max_bytes);
    core->metrics = kds_metrics_new(&kpl_metric_table, KPL_METRIC_GROUPS_MAX);
    kds_rng_seed(&core->rng, seed);
    if (core->decoder == NULL || core->packer == NULL || core->metrics == NULL ||
        !kpl_stage_init(&core->stage)) {
        kds_metrics_free(core->metrics);
        kds_agg_decoder_free(core->decoder);
        kds_agg_builder_free(core->packer);
        kds_free(core);
        return NULL;
    }
    return core;
}

void kpl_core_free(struct kpl_core *core)
{
    struct kpl_unit *u;
    while (core->requests != NULL) {
        struct kpl_request *next = core->requests->next;
        kpl_request_free(core, core->requests);
        core->requests = next;
    }
    while ((u = kpl_queue_pop(&core->finished)) != NULL) {
        kpl_unit_close(core, u);
    }
    kpl_stage_clear(&core->stage);
    while ((u = kpl_queue_pop(&core->spare)) != NULL) {
        kpl_unit_free(u);
    }
    while (core->streams != NULL) {
        struct kpl_stream *next = core->streams->next;
        kpl_stream_free(core->streams);
        core->streams = next;
    }
    kds_agg_decoder_free(core->decoder);
    kds_agg_builder_free(core->packer);
    kds_metrics_free(core->metrics);
    kds_free(core);
}

kds_slice_t kpl_unit_stream(const struct kpl_unit *u)
{
    return kds_slice(u->stream->name);
}

/* ---- actions ------------------------------------------------------------------------------ */

static void name_stream(const struct kpl_stream *s, kds_slice_t *name, kds_slice_t *arn)
{
    *(s->is_arn ? arn : name) = kds_slice(s->name);
}

static const kds_shard_filter_t only_open = {.type = KDS_SLICE_LIT("AT_LATEST")};

static struct kpl_request *begin(struct kpl_core *core,
                                 struct kpl_request *request,
                                 enum kpl_request_kind kind,
                                 struct kpl_stream *stream)
{
    request->kind = kind;
    request->id = ++core->last_id;
    request->stream = stream;
    request->next = core->requests;
    core->requests = request;
    return request;
}

static void describe(struct kpl_action *action,
                     enum kpl_action_kind kind,
                     const struct kpl_request *request)
{
    memset(action, 0, sizeof *action);
    action->kind = kind;
    action->id = request->id;
}

static bool next_listing(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         struct kpl_action *action)
{
    struct kpl_shard_map *m = &stream->map;
    if (m->listing != KPL_LISTING_WANTED || m->ask_at_us > now_us) {
        return false;
    }
    struct kpl_request *request = kds_alloc_zero(1, sizeof *request);
    if (request == NULL) {
        kpl_shard_map_failed(m, now_us, &core->rng);
        return false;
    }
    kpl_shard_map_asked(m, now_us);
    describe(action, KPL_ACTION_LIST_SHARDS,
             begin(core, request, KPL_REQUEST_LISTING, stream));
    kds_list_shards_in_t *in = &action->list_shards;
    in->struct_size = sizeof *in;
    in->has_max_results = true;
    in->max_results = 1000;
    if (m->token != NULL) {
        in->next_token = kds_slice(m->token);
    } else {
        name_stream(stream, &in->stream_name, &in->stream_arn);
        in->shard_filter = &only_open;
    }
    return true;
}

static bool next_summary(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         struct kpl_action *action)
{
    if (stream->describing || stream->describe_at_us > now_us) {
        return false;
    }
    struct kpl_request *request = kds_alloc_zero(1, sizeof *request);
    if (request == NULL) {
        kpl_stream_summary(core, stream, now_us, NULL);
        return false;
    }
    stream->describing = true;
    describe(action, KPL_ACTION_SUMMARY,
             begin(core, request, KPL_REQUEST_SUMMARY, stream));
    kds_describe_stream_summary_in_t *in = &action->summary;
    in->struct_size = sizeof *in;
    name_stream(stream, &in->stream_name, &in->stream_arn);
    return true;
}

static bool next_put(struct kpl_core *core,
                     int64_t now_us,
                     struct kpl_stream *stream,
                     struct kpl_action *action)
{
    if (core->in_flight >= (size_t)core->conf->connections_max ||
        !kpl_gate_lets_through(&stream->gate, stream->in_flight, now_us)) {
        return false;
    }
    struct kpl_request *request = kpl_collect(core, now_us, stream);
    if (request == NULL) {
        return false;
    }
    core->in_flight++;
    stream->in_flight++;
    core->counters.stats.requests++;
    core->counters.stats.entries += request->count;
    describe(action, KPL_ACTION_PUT_RECORDS,
             begin(core, request, KPL_REQUEST_PUT, stream));
    action->request = request;
    kds_put_records_in_t *in = &action->put_records;
    in->struct_size = sizeof *in;
    in->records = request->entries;
    in->records_count = request->count;
    name_stream(stream, &in->stream_name, &in->stream_arn);
    return true;
}

static bool next_of_stream(struct kpl_core *core,
                           int64_t now_us,
                           struct kpl_stream *stream,
                           struct kpl_action *action)
{
    kpl_seal_due(core, now_us, stream);
    kpl_expire(core, now_us, stream);
    return next_listing(core, now_us, stream, action) ||
           next_summary(core, now_us, stream, action) ||
           next_put(core, now_us, stream, action);
}

bool kpl_core_decide(struct kpl_core *core, int64_t now_us, struct kpl_action *action)
{
    kpl_unstage(core); /* what is left for want of memory is tried again */
    kpl_measure_pending(core, now_us);
    struct kpl_stream *first = core->turn ? core->turn : core->streams;
    struct kpl_stream *s = first;
    while (s != NULL) {
        struct kpl_stream *next = s->next ? s->next : core->streams;
        if (next_of_stream(core, now_us, s, action)) {
            core->turn = next; /* the others have their turn before it */
            return true;
        }
        s = next != first ? next : NULL;
    }
    return false;
}

void kpl_action_complete(struct kpl_action *action)
{
    if (action->request != NULL) {
        kpl_request_complete(action->request);
        action->request = NULL;
    }
}

bool kpl_core_next(struct kpl_core *core, int64_t now_us, struct kpl_action *action)
{
    if (!kpl_core_decide(core, now_us, action)) {
        return false;
    }
    kpl_action_complete(action);
    return true;
}

int64_t kpl_core_wake_at_us(struct kpl_core *core, int64_t now_us)
{
    int64_t at_us = kpl_unstage(core) ? KDS_NEVER_US : now_us;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        int64_t stream_us = kpl_stream_wake_at_us(core, now_us, s);
        at_us = stream_us < at_us ? stream_us : at_us;
    }
    return at_us;
}

/* ---- answers ------------------------------------------------------------------------------ */

static void listing_done(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         const kds_list_shards_out_t *output)
{
    enum kpl_page page = KPL_PAGE_UNUSABLE;
    if (output == NULL) {
        kpl_shard_map_failed(&stream->map, now_us, &core->rng);
    } else {
        page = kpl_shard_map_page(&stream->map, output, core->conf->rate_limit_percent,
                                  now_us, &core->rng);
    }
    if (page == KPL_PAGE_MAP) {
        core->counters.stats.shard_maps++;
        kpl_place_again(core, now_us, stream);
    }
    if (page != KPL_PAGE_MORE) {
        kpl_judge_parked(core, now_us, stream);
    }
}

static void summary_done(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         const kds_describe_stream_summary_out_t *output)
{
    kpl_stream_summary(core, stream, now_us, output);
    kpl_place_again(core, now_us, stream);
}

static struct kpl_request *take_request(struct kpl_core *core, uint64_t id)
{
    struct kpl_request **at = &core->requests;
    while (*at != NULL && (*at)->id != id) {
        at = &(*at)->next;
    }
    struct kpl_request *request = *at;
    if (request != NULL) {
        *at = request->next;
    }
    return request;
}

void kpl_core_done(struct kpl_core *core,
                   int64_t now_us,
                   uint64_t id,
                   const void *output,
                   const kds_error_t *error)
{
    struct kpl_request *request = take_request(core, id);
    if (request == NULL) {
        return;
    }
    if (request->kind != KPL_REQUEST_PUT && error != NULL &&
        kds_error_code(error) == KDS_ERR_NOT_FOUND) {
        kpl_stream_doubt(core, request->stream, now_us);
    }
    switch (request->kind) {
    case KPL_REQUEST_LISTING:
        listing_done(core, now_us, request->stream, output);
        break;
    case KPL_REQUEST_SUMMARY:
        summary_done(core, now_us, request->stream, output);
        break;
    case KPL_REQUEST_PUT:
        core->in_flight--;
        request->stream->in_flight--;
        kpl_judge_answer(core, now_us, request, output, error);
        request->count = 0; /* its units have gone their ways */
        break;
    }
    kpl_request_free(core, request);
}

/* ---- the rest ----------------------------------------------------------------------------- */

uint64_t kpl_core_flush(struct kpl_core *core, int64_t now_us)
{
    kpl_unstage(core);
    uint64_t ticket = core->epoch;
    kpl_hurry(core, now_us);
    /* The next epoch's counter must be free; else later records join this one, and the flush waits
     * for them as well. */
    if (core->open[(ticket + 1) % KPL_EPOCHS_MAX] == 0) {
        core->epoch++;
    }
    return ticket;
}

bool kpl_core_flushed(const struct kpl_core *core, uint64_t ticket)
{
    uint64_t oldest = core->epoch < KPL_EPOCHS_MAX ? 0 : core->epoch - KPL_EPOCHS_MAX + 1;
    if (core->stage.count > 0 && core->stage.epoch <= ticket) {
        return false;
    }
    for (uint64_t e = oldest; e <= ticket; e++) {
        if (core->open[e % KPL_EPOCHS_MAX] > 0) {
            return false;
        }
    }
    return true;
}

static void abandon(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    kpl_finish_failed(core, now_us, u, KDS_ERR_CLOSED, "the producer was closed");
}

static void abandon_queue(struct kpl_core *core, int64_t now_us, struct kpl_queue *q)
{
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(q)) != NULL) {
        abandon(core, now_us, u);
    }
}

/* An open aggregate that cannot be sealed for lack of memory is let go unsealed: its outcomes come
 * without their keys and data. */
static void abandon_shard(struct kpl_core *core,
                          int64_t now_us,
                          struct kpl_stream *stream,
                          struct kpl_shard *shard)
{
    if (!kpl_seal(stream, shard)) {
        struct kpl_unit *u = shard->filling;
        shard->filling = NULL;
        kds_agg_builder_reset(shard->builder);
        abandon(core, now_us, u);
    }
    abandon_queue(core, now_us, &shard->sealed);
}

void kpl_core_abandon(struct kpl_core *core, int64_t now_us)
{
    kpl_stage_abandon(core, now_us);
    while (core->requests != NULL) {
        struct kpl_request *request = core->requests;
        core->requests = request->next;
        for (size_t i = 0; i < request->count; i++) {
            request->units[i]->maybe_persisted = true;
            abandon(core, now_us, request->units[i]);
        }
        request->count = 0;
        kpl_request_free(core, request);
    }
    core->in_flight = 0;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        struct kpl_shard *shard = NULL;
        abandon_queue(core, now_us, &s->parked);
        while ((shard = kpl_stream_next_shard(s, shard)) != NULL) {
            abandon_shard(core, now_us, s, shard);
        }
    }
}

bool kpl_core_take(struct kpl_core *core, size_t records, struct kpl_queue *out)
{
    *out = (struct kpl_queue){NULL, NULL, 0};
    for (size_t n = 0; n < records && core->finished.first != NULL;) {
        struct kpl_unit *u = kpl_queue_pop(&core->finished);
        n += u->count;
        kpl_queue_push(out, u);
    }
    return out->first != NULL;
}

size_t kpl_core_release(struct kpl_core *core, struct kpl_queue *taken)
{
    struct kpl_unit *u;
    size_t records = 0;
    while ((u = kpl_queue_pop(taken)) != NULL) {
        records += u->count;
        kpl_unit_close(core, u);
    }
    core->released += records;
    return records;
}

size_t kpl_core_outstanding(const struct kpl_core *core)
{
    return (size_t)(core->accepted - core->released);
}

size_t kpl_core_bytes(const struct kpl_core *core)
{
    return core->bytes;
}

size_t kpl_core_results(const struct kpl_core *core)
{
    size_t records = 0;
    for (const struct kpl_unit *u = core->finished.first; u != NULL; u = u->next) {
        records += u->count;
    }
    return records;
}

bool kpl_core_has_results(const struct kpl_core *core)
{
    return core->finished.first != NULL;
}

void kpl_core_stats(const struct kpl_core *core, kpl_stats_t *out)
{
    kpl_stats_t s = core->counters.stats;
    size_t size = out->struct_size < sizeof s ? out->struct_size : sizeof s;
    s.user_records_accepted = core->accepted;
    s.user_records_outstanding = core->accepted - core->released;
    s.buffered_bytes = core->bytes;
    s.latency_p50_us = kpl_histogram_percentile(&core->counters.latency, 50);
    s.latency_p99_us = kpl_histogram_percentile(&core->counters.latency, 99);
    s.struct_size = out->struct_size;
    memcpy(out, &s, size);
}
