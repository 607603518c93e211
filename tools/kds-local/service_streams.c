/*
 * service_streams: the operations on streams as a whole.
 */
#include "service_internal.h"

#include "base/clock.h"
#include "base/slice.h"

#include <inttypes.h>
#include <string.h>

#define DESCRIBE_SHARDS_MAX  100
#define LIST_STREAMS_DEFAULT 100

/* ---- creating ----------------------------------------------------------------------------- */

/* What CreateStream asks for, once it is checked. */
struct wish {
    bool on_demand, spread;
    int64_t shards;
};

int64_t local_warm_shards(int64_t mibps)
{
    return mibps > LOCAL_SPREAD_SHARDS ? mibps : LOCAL_SPREAD_SHARDS;
}

static bool read_wish(struct call *c, const kds_create_stream_in_t *in, struct wish *out)
{
    kds_slice_t mode = in->stream_mode_details ? in->stream_mode_details->stream_mode
                                               : kds_slice("PROVISIONED");
    if (!local_one_of(c, mode, "streamModeDetails.streamMode", "PROVISIONED|ON_DEMAND") ||
        !local_one_of(c, in->record_distribution_strategy, "recordDistributionStrategy",
                      "AUTO|USER_PARTITION_KEY")) {
        return false;
    }
    out->on_demand = kds_slice_is(mode, "ON_DEMAND");
    out->spread = kds_slice_is(in->record_distribution_strategy, "AUTO");
    out->shards = in->has_shard_count ? in->shard_count : 1;
    if (out->on_demand) {
        out->shards = local_warm_shards(
            in->has_warm_throughput_mibps ? in->warm_throughput_mibps : 0);
    }
    if (out->spread && !out->on_demand) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "RecordDistributionStrategy AUTO needs an ON_DEMAND stream.");
    }
    return true;
}

static bool check_warm(struct call *c, const struct wish *wish, int64_t mibps)
{
    local_settle_commitment(c->service, c->now_ms);
    if (!wish->on_demand || !local_is_committed(c->service)) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "WarmThroughputMiBps needs an ON_DEMAND stream and the "
                            "account's minimum throughput billing commitment.");
    }
    return mibps <= LOCAL_WARM_MIBPS_MAX
               ? true
               : local_refuse(c, LOCAL_BAD_ARGUMENT,
                              "WarmThroughputMiBps %" PRId64 " exceeds %d.", mibps,
                              LOCAL_WARM_MIBPS_MAX);
}

static bool check_counts(struct call *c, const struct wish *wish)
{
    size_t creating = 0, on_demand = 0;
    for (size_t i = 0; i < c->service->stream_count; i++) {
        creating += c->service->streams[i]->status == LOCAL_CREATING;
        on_demand += c->service->streams[i]->on_demand;
    }
    if (creating >= LOCAL_CREATING_MAX) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "%zu streams are CREATING under account %s, as many as may "
                            "be at a time.",
                            creating, c->service->account);
    }
    if (wish->on_demand && on_demand >= LOCAL_ON_DEMAND_MAX) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "Account %s has %zu on-demand streams, as many as it may.",
                            c->service->account, on_demand);
    }
    if (wish->shards > LOCAL_SHARDS_MAX) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "%" PRId64 " shards exceed the limit of %d of one stream.",
                            wish->shards, LOCAL_SHARDS_MAX);
    }
    return local_account_has_room(c, wish->shards);
}

static struct local_stream *
make_stream(struct call *c, const kds_create_stream_in_t *in, const struct wish *wish)
{
    struct local_service *s = c->service;
    struct local_stream *stream =
        local_stream_new(in->stream_name, s->last_stream_id + 1, c->now_us);
    if (stream == NULL ||
        !local_stream_lay_out(stream, (uint32_t)wish->shards, c->now_us) ||
        !local_labels_add(&stream->labels, in->tags, in->tags_count) ||
        !local_insert_stream(s, stream)) {
        local_stream_free(stream);
        return NULL;
    }
    s->last_stream_id++;
    stream->on_demand = wish->on_demand;
    stream->spread = wish->spread;
    if (in->has_warm_throughput_mibps) {
        stream->warm_mibps = in->warm_throughput_mibps;
    }
    if (in->has_max_record_size_in_kib) {
        stream->max_record_bytes = in->max_record_size_in_kib * 1024;
    }
    return stream;
}

bool local_create_stream(struct call *c, const void *input, void *output)
{
    const kds_create_stream_in_t *in = input;
    struct local_service *s = c->service;
    struct wish wish;
    (void)output;
    if (!read_wish(c, in, &wish)) {
        return false;
    }
    if (local_find_stream(s, in->stream_name) != NULL) {
        return local_refuse(
            c, LOCAL_IN_USE, "Stream %.*s under account %s already exists.",
            (int)in->stream_name.n, (const char *)in->stream_name.p, s->account);
    }
    if ((in->has_warm_throughput_mibps &&
         !check_warm(c, &wish, in->warm_throughput_mibps)) ||
        !local_check_tags(c, NULL, in->tags, in->tags_count) || !check_counts(c, &wish)) {
        return false;
    }
    struct local_stream *stream = make_stream(c, in, &wish);
    if (stream == NULL) {
        return local_out_of_memory(c);
    }
    local_tell_account(s);
    local_stream_becomes(s, stream, LOCAL_CREATING, c->now_us);
    for (size_t i = 0; i < stream->shard_count; i++) {
        local_tell_shard(s, stream, stream->shards[i]);
    }
    return true;
}

/* ---- deleting ----------------------------------------------------------------------------- */

bool local_delete_stream(struct call *c, const void *input, void *output)
{
    const kds_delete_stream_in_t *in = input;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    bool enforced = in->has_enforce_consumer_deletion && in->enforce_consumer_deletion;
    (void)output;
    if (stream == NULL) {
        return false;
    }
    if (stream->status == LOCAL_DELETING) {
        return true; /* it goes already */
    }
    if (stream->consumer_count > 0 && !enforced) {
        return local_refuse(c, LOCAL_IN_USE,
                            "Stream %s under account %s has %zu consumers registered; "
                            "deregister them or set EnforceConsumerDeletion.",
                            stream->name, c->service->account, stream->consumer_count);
    }
    if (stream->channel_count > 0) {
        return local_refuse(c, LOCAL_IN_USE,
                            "Stream %s under account %s has %zu channels; delete them "
                            "first.",
                            stream->name, c->service->account, stream->channel_count);
    }
    local_stream_becomes(c->service, stream, LOCAL_DELETING, c->now_us);
    return true;
}

/* ---- describing --------------------------------------------------------------------------- */

static const kds_enhanced_metrics_t *monitoring_of(struct call *c,
                                                   const struct local_stream *stream)
{
    kds_enhanced_metrics_t *m = kds_arena_zero(c->arena, 1, sizeof *m);
    if (m != NULL) {
        m->shard_level_metrics =
            local_metrics(c, stream->metrics, &m->shard_level_metrics_count);
    }
    return m;
}

/* One page of shards into @p d. */
static bool show_page(struct call *c,
                      const kds_describe_stream_in_t *in,
                      struct local_stream *stream,
                      kds_stream_description_t *d)
{
    size_t from = 0, most = DESCRIBE_SHARDS_MAX;
    if (in->exclusive_start_shard_id.p != NULL) {
        struct local_shard *start =
            local_named_shard(c, stream, in->exclusive_start_shard_id);
        if (start == NULL) {
            return false;
        }
        from = local_stream_above(stream, start->index);
    }
    if (in->has_limit && in->limit < DESCRIBE_SHARDS_MAX) {
        most = (size_t)in->limit;
    }
    size_t all = stream->status == LOCAL_CREATING ? from : stream->shard_count;
    size_t count = all - from < most ? all - from : most;
    kds_shard_t *shards = kds_arena_zero(c->arena, count ? count : 1, sizeof *shards);
    if (shards == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = 0; i < count; i++) {
        local_show_shard(c, stream->shards[from + i], &shards[i]);
    }
    d->shards = shards;
    d->shards_count = count;
    d->has_more_shards = from + count < all;
    return true;
}

bool local_describe_stream(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_in_t *in = input;
    kds_stream_description_t *d =
        &((kds_describe_stream_out_t *)output)->stream_description;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    local_sweep_stream(c->service, stream, c->now_us);
    if (!show_page(c, in, stream, d)) {
        return false;
    }
    d->stream_name = kds_slice(stream->name);
    d->stream_arn = local_arn_of(c, stream);
    d->stream_status = kds_slice(local_status_name(stream->status));
    d->stream_mode_details = local_mode_of(stream);
    d->retention_period_hours = stream->retention_hours;
    d->stream_creation_timestamp_ms = stream->created_ms;
    d->enhanced_monitoring = monitoring_of(c, stream);
    d->enhanced_monitoring_count = 1;
    d->encryption_type = local_encryption_of(stream);
    d->key_id = kds_slice(stream->key_id);
    return d->enhanced_monitoring ? true : local_out_of_memory(c);
}

/* What only on-demand streams have. */
static bool show_capacity(struct call *c,
                          const struct local_stream *stream,
                          kds_stream_description_summary_t *d)
{
    if (stream->on_demand && !c->service->options.hide_strategy) {
        d->record_distribution_strategy =
            stream->spread ? kds_slice("AUTO") : kds_slice("USER_PARTITION_KEY");
    }
    if (stream->warm_mibps < 0) {
        return true;
    }
    kds_warm_throughput_object_t *warm = kds_arena_zero(c->arena, 1, sizeof *warm);
    if (warm == NULL) {
        return local_out_of_memory(c);
    }
    warm->has_target_mibps = true;
    warm->target_mibps = stream->warm_mibps;
    warm->has_current_mibps = true;
    warm->current_mibps = stream->warm_ready < 0 ? 0 : stream->warm_ready;
    d->warm_throughput = warm;
    return true;
}

bool local_describe_summary(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_summary_in_t *in = input;
    kds_stream_description_summary_t *d =
        &((kds_describe_stream_summary_out_t *)output)->stream_description_summary;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL || !show_capacity(c, stream, d)) {
        return false;
    }
    d->stream_name = kds_slice(stream->name);
    d->stream_arn = local_arn_of(c, stream);
    d->stream_status = kds_slice(local_status_name(stream->status));
    d->stream_mode_details = local_mode_of(stream);
    d->retention_period_hours = stream->retention_hours;
    d->stream_creation_timestamp_ms = stream->created_ms;
    d->enhanced_monitoring = monitoring_of(c, stream);
    d->enhanced_monitoring_count = 1;
    d->encryption_type = local_encryption_of(stream);
    d->key_id = kds_slice(stream->key_id);
    d->open_shard_count =
        stream->status == LOCAL_CREATING ? 0 : (int64_t)stream->open_count;
    d->has_consumer_count = true;
    d->consumer_count = (int64_t)stream->consumer_count;
    d->has_max_record_size_in_kib = true;
    d->max_record_size_in_kib = stream->max_record_bytes / 1024;
    d->has_channel_count = true;
    d->channel_count = (int64_t)stream->channel_count;
    return d->enhanced_monitoring ? true : local_out_of_memory(c);
}

/* ---- listing ------------------------------------------------------------------------------ */

static void
show_summary(struct call *c, const struct local_stream *stream, kds_stream_summary_t *out)
{
    out->stream_name = kds_slice(stream->name);
    out->stream_arn = local_arn_of(c, stream);
    out->stream_status = kds_slice(local_status_name(stream->status));
    out->stream_mode_details = local_mode_of(stream);
    out->has_stream_creation_timestamp_ms = true;
    out->stream_creation_timestamp_ms = stream->created_ms;
}

/* Where the list begins: behind a name, of the request or of its token. */
static bool list_from(struct call *c, const kds_list_streams_in_t *in, size_t *from)
{
    struct local_token token;
    kds_slice_t behind = in->exclusive_start_stream_name;
    if (in->next_token.p != NULL) {
        if (!local_read_page_token(c, in->next_token, LOCAL_TOKEN_STREAMS, &token)) {
            return false;
        }
        behind = token.name;
    }
    *from = 0;
    while (behind.p != NULL && *from < c->service->stream_count &&
           kds_slice_cmp(kds_slice(c->service->streams[*from]->name), behind) <= 0) {
        ++*from;
    }
    return true;
}

bool local_list_streams(struct call *c, const void *input, void *output)
{
    const kds_list_streams_in_t *in = input;
    kds_list_streams_out_t *out = output;
    size_t most = in->has_limit ? (size_t)in->limit : LIST_STREAMS_DEFAULT;
    size_t from, all = c->service->stream_count;
    if (!list_from(c, in, &from)) {
        return false;
    }
    size_t n = all - from < most ? all - from : most;
    kds_slice_t *names = kds_arena_zero(c->arena, n + 1, sizeof *names);
    kds_stream_summary_t *summaries = kds_arena_zero(c->arena, n + 1, sizeof *summaries);
    if (names == NULL || summaries == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = 0; i < n; i++) {
        show_summary(c, c->service->streams[from + i], &summaries[i]);
        names[i] = summaries[i].stream_name;
    }
    if (from + n < all) {
        const struct local_token token = {.kind = LOCAL_TOKEN_STREAMS,
                                          .name = names[n - 1]};
        out->has_more_streams = true;
        out->next_token = local_page_token(c, &token);
    }
    out->stream_names = names;
    out->stream_names_count = n;
    out->stream_summaries = summaries;
    out->stream_summaries_count = n;
    return true;
}
