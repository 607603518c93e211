/*
 * service_shards: the operations on the shards of a stream.
 */
#include "service_internal.h"

#include "base/clock.h"
#include "base/slice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIST_SHARDS_MAX 1000

void local_show_shard(struct call *c, const struct local_shard *shard, kds_shard_t *out)
{
    memset(out, 0, sizeof *out);
    out->shard_id = kds_slice(shard->id);
    if (shard->parent != LOCAL_NO_SHARD) {
        out->parent_shard_id = local_format(c, "shardId-%012u", shard->parent);
    }
    if (shard->adjacent_parent != LOCAL_NO_SHARD) {
        out->adjacent_parent_shard_id =
            local_format(c, "shardId-%012u", shard->adjacent_parent);
    }
    out->hash_key_range.starting_hash_key = local_hash_text(c, shard->first);
    out->hash_key_range.ending_hash_key = local_hash_text(c, shard->last);
    out->sequence_number_range.starting_sequence_number =
        kds_slice(shard->starting_sequence);
    if (!local_shard_is_open(shard)) {
        out->sequence_number_range.ending_sequence_number =
            kds_slice(shard->ending_sequence);
    }
}

/* ---- listing ------------------------------------------------------------------------------ */

enum filter {
    FILTER_AFTER_SHARD_ID,
    FILTER_AT_TRIM_HORIZON,
    FILTER_FROM_TRIM_HORIZON,
    FILTER_AT_LATEST,
    FILTER_AT_TIMESTAMP,
    FILTER_FROM_TIMESTAMP
};

static const char *const filter_names[] = {"AFTER_SHARD_ID",    "AT_TRIM_HORIZON",
                                           "FROM_TRIM_HORIZON", "AT_LATEST",
                                           "AT_TIMESTAMP",      "FROM_TIMESTAMP"};

/* What is listed; goes into the page token as two numbers. */
struct listing {
    struct local_stream *stream;
    enum filter filter;
    uint64_t argument; /* a shard's index or milliseconds */
    size_t from;       /* where in the stream's shards the page begins */
};

static bool was_open_at(const struct local_shard *shard, int64_t ms)
{
    return shard->created_ms <= ms &&
           (local_shard_is_open(shard) || shard->closed_ms >= ms);
}

/* @p horizon_ms is the trim horizon, or the stream's beginning if that is later. */
static bool
listed(const struct listing *l, const struct local_shard *shard, int64_t horizon_ms)
{
    int64_t ms = (int64_t)l->argument;
    ms = ms < horizon_ms ? horizon_ms : ms;
    switch (l->filter) {
    case FILTER_AFTER_SHARD_ID:
        return shard->index > l->argument;
    case FILTER_AT_TRIM_HORIZON:
        return was_open_at(shard, horizon_ms);
    case FILTER_FROM_TRIM_HORIZON:
        return true;
    case FILTER_AT_LATEST:
        return local_shard_is_open(shard);
    case FILTER_AT_TIMESTAMP:
        return was_open_at(shard, ms);
    case FILTER_FROM_TIMESTAMP:
        return local_shard_is_open(shard) || shard->closed_ms >= ms;
    }
    return false;
}

static bool read_filter(struct call *c, const kds_shard_filter_t *in, struct listing *out)
{
    if (!local_one_of(c, in->type, "shardFilter.type",
                      "AFTER_SHARD_ID|AT_TRIM_HORIZON|FROM_TRIM_HORIZON|AT_LATEST|"
                      "AT_TIMESTAMP|FROM_TIMESTAMP")) {
        return false;
    }
    size_t i = 0;
    while (!kds_slice_is(in->type, filter_names[i])) {
        i++;
    }
    out->filter = (enum filter)i;
    if (out->filter == FILTER_AFTER_SHARD_ID) {
        if (in->shard_id.p == NULL) {
            return local_refuse(c, LOCAL_BAD_ARGUMENT,
                                "AFTER_SHARD_ID needs ShardFilter.ShardId");
        }
        struct local_shard *shard = local_named_shard(c, out->stream, in->shard_id);
        out->argument = shard ? shard->index : 0;
        return shard != NULL;
    }
    if (out->filter == FILTER_AT_TIMESTAMP || out->filter == FILTER_FROM_TIMESTAMP) {
        out->argument = (uint64_t)in->timestamp_ms;
        return in->has_timestamp_ms
                   ? true
                   : local_refuse(c, LOCAL_BAD_ARGUMENT, "%s needs ShardFilter.Timestamp",
                                  filter_names[i]);
    }
    return true;
}

/* Where the page of a token goes on. The listing travels in its serial and position. */
static bool
resume_listing(struct call *c, const kds_list_shards_in_t *in, struct listing *listing)
{
    struct local_token token;
    if (in->stream_name.p != NULL || in->shard_filter != NULL ||
        in->exclusive_start_shard_id.p != NULL || in->has_stream_creation_timestamp_ms) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT,
            "NextToken and a stream, filter or start cannot be given together.");
    }
    if (!local_read_page_token(c, in->next_token, LOCAL_TOKEN_SHARDS, &token)) {
        return false;
    }
    listing->stream = local_find_stream_id(c->service, token.stream);
    if (listing->stream == NULL) {
        return local_refuse(c, LOCAL_NOT_FOUND,
                            "The stream of NextToken no longer exists.");
    }
    /* An ARN only routes the request, but must not name another stream. */
    if (in->stream_arn.p != NULL &&
        local_named_stream(c, kds_slice(listing->stream->name), in->stream_arn) == NULL) {
        return false;
    }
    local_sweep_stream(c->service, listing->stream, c->now_us);
    listing->from = local_stream_above(listing->stream, (uint32_t)token.shard);
    listing->filter = (enum filter)token.serial;
    listing->argument = token.position;
    return in->stream_arn.p != NULL || local_rate_of_stream(c, listing->stream);
}

static bool
begin_listing(struct call *c, const kds_list_shards_in_t *in, struct listing *listing)
{
    listing->stream = local_named_stream(c, in->stream_name, in->stream_arn);
    if (listing->stream == NULL) {
        return false;
    }
    local_sweep_stream(c->service, listing->stream, c->now_us);
    if (in->shard_filter != NULL && !read_filter(c, in->shard_filter, listing)) {
        return false;
    }
    if (in->has_stream_creation_timestamp_ms &&
        in->stream_creation_timestamp_ms / 1000 != listing->stream->created_ms / 1000) {
        return local_refuse(c, LOCAL_NOT_FOUND,
                            "Stream %s under account %s was not created at %" PRId64 ".",
                            listing->stream->name, c->service->account,
                            in->stream_creation_timestamp_ms);
    }
    if (in->exclusive_start_shard_id.p != NULL) {
        struct local_shard *start =
            local_named_shard(c, listing->stream, in->exclusive_start_shard_id);
        if (start == NULL) {
            return false;
        }
        listing->from = local_stream_above(listing->stream, start->index);
    }
    return true;
}

/* The shards of one page, and the token of the next. */
static bool show_page(struct call *c,
                      const struct listing *listing,
                      size_t most,
                      kds_list_shards_out_t *out)
{
    const struct local_stream *stream = listing->stream;
    int64_t horizon_ms = local_stream_horizon_ms(stream, c->now_ms);
    horizon_ms = horizon_ms < stream->created_ms ? stream->created_ms : horizon_ms;
    size_t room = stream->shard_count < most ? stream->shard_count : most;
    kds_shard_t *shards = kds_arena_zero(c->arena, room + 1, sizeof *shards);
    size_t n = 0;
    uint32_t last = 0;
    if (shards == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = listing->from; i < stream->shard_count; i++) {
        if (!listed(listing, stream->shards[i], horizon_ms)) {
            continue;
        }
        if (n == most) {
            const struct local_token token = {.kind = LOCAL_TOKEN_SHARDS,
                                              .stream = stream->id,
                                              .shard = last,
                                              .position = listing->argument,
                                              .serial = (uint64_t)listing->filter};
            out->next_token = local_page_token(c, &token);
            break;
        }
        last = stream->shards[i]->index;
        local_show_shard(c, stream->shards[i], &shards[n++]);
    }
    out->shards = shards;
    out->shards_count = n;
    return true;
}

bool local_list_shards(struct call *c, const void *input, void *output)
{
    const kds_list_shards_in_t *in = input;
    struct listing listing = {.filter = FILTER_FROM_TRIM_HORIZON};
    size_t most = LIST_SHARDS_MAX;
    if (!(in->next_token.p ? resume_listing : begin_listing)(c, in, &listing)) {
        return false;
    }
    if (listing.stream->status == LOCAL_CREATING) {
        return local_refuse(c, LOCAL_IN_USE,
                            "Stream %s under account %s not ACTIVE, instead in state "
                            "CREATING",
                            listing.stream->name, c->service->account);
    }
    if (in->has_max_results && in->max_results < LIST_SHARDS_MAX) {
        most = (size_t)in->max_results;
    }
    return show_page(c, &listing, most, output);
}

/* ---- resharding --------------------------------------------------------------------------- */

/* A stream whose shards the user may change. */
static struct local_stream *
provisioned_stream(struct call *c, kds_slice_t name, kds_slice_t arn)
{
    struct local_stream *stream = local_active_stream(c, name, arn);
    if (stream != NULL && stream->on_demand) {
        local_refuse(c, LOCAL_INVALID,
                     "Stream %s under account %s is in ON_DEMAND mode; its shards cannot "
                     "be changed.",
                     stream->name, c->service->account);
        return NULL;
    }
    return stream;
}

static bool needs_open(struct call *c,
                       const struct local_stream *stream,
                       const struct local_shard *shard)
{
    if (local_shard_is_open(shard)) {
        return true;
    }
    return local_refuse(
        c, LOCAL_BAD_ARGUMENT,
        "Shard %s in stream %s under account %s is closed and cannot be resharded.",
        shard->id, stream->name, c->service->account);
}

static bool
begin_reshard(struct call *c, struct local_stream *stream, struct local_reshard todo)
{
    stream->pending = todo;
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

bool local_split_shard(struct call *c, const void *input, void *output)
{
    const kds_split_shard_in_t *in = input;
    struct local_stream *stream = provisioned_stream(c, in->stream_name, in->stream_arn);
    const kds_u128_t one = {0, 1};
    kds_u128_t at;
    (void)output;
    struct local_shard *shard =
        stream ? local_named_shard(c, stream, in->shard_to_split) : NULL;
    if (shard == NULL || !needs_open(c, stream, shard)) {
        return false;
    }
    if (!kds_u128_parse(in->new_starting_hash_key, &at) ||
        kds_u128_cmp(at, kds_u128_add(shard->first, one)) <= 0 ||
        kds_u128_cmp(at, shard->last) >= 0) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT,
            "NewStartingHashKey %.*s used in SplitShard() on shard %s in stream %s under "
            "account %s is not both greater than one plus the shard's StartingHashKey "
            "and less than the shard's EndingHashKey.",
            (int)in->new_starting_hash_key.n, (const char *)in->new_starting_hash_key.p,
            shard->id, stream->name, c->service->account);
    }
    return local_shards_fit(c, stream, stream->open_count + 1, stream->shard_count + 2) &&
           begin_reshard(c, stream,
                         (struct local_reshard){
                             .kind = LOCAL_SPLIT, .shard = shard->index, .at = at});
}

/* The last hash key wraps to zero, which the first shard begins with: not neighbours. */
static bool touches(const struct local_shard *lower, const struct local_shard *upper)
{
    const kds_u128_t one = {0, 1};
    return kds_u128_cmp(lower->first, upper->first) < 0 &&
           kds_u128_cmp(kds_u128_add(lower->last, one), upper->first) == 0;
}

bool local_merge_shards(struct call *c, const void *input, void *output)
{
    const kds_merge_shards_in_t *in = input;
    struct local_stream *stream = provisioned_stream(c, in->stream_name, in->stream_arn);
    (void)output;
    struct local_shard *a =
        stream ? local_named_shard(c, stream, in->shard_to_merge) : NULL;
    struct local_shard *b =
        a ? local_named_shard(c, stream, in->adjacent_shard_to_merge) : NULL;
    if (b == NULL || !needs_open(c, stream, a) || !needs_open(c, stream, b)) {
        return false;
    }
    if (!touches(a, b) && !touches(b, a)) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT,
            "Shards %s and %s in stream %s under account %s are not an adjacent pair of "
            "shards eligible for merging",
            a->id, b->id, stream->name, c->service->account);
    }
    return local_shards_fit(c, stream, stream->open_count - 1, stream->shard_count + 1) &&
           begin_reshard(c, stream,
                         (struct local_reshard){
                             .kind = LOCAL_MERGE, .shard = a->index, .other = b->index});
}

/* The service's rules for the number of shards to scale to. */
static bool
check_target(struct call *c, const struct local_stream *stream, int64_t target)
{
    int64_t open = (int64_t)stream->open_count;
    if (target > LOCAL_SHARDS_MAX) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "TargetShardCount %" PRId64 " exceeds the limit of %d.",
                            target, LOCAL_SHARDS_MAX);
    }
    if (target > 2 * open || 2 * target < open) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "UpdateShardCount cannot bring stream %s from %" PRId64
                            " to %" PRId64
                            " shards: not less than half and not more than double.",
                            stream->name, open, target);
    }
    return true;
}

bool local_update_shard_count(struct call *c, const void *input, void *output)
{
    const kds_update_shard_count_in_t *in = input;
    kds_update_shard_count_out_t *out = output;
    int64_t target = in->target_shard_count;
    if (!local_one_of(c, in->scaling_type, "scalingType", "UNIFORM_SCALING")) {
        return false;
    }
    struct local_stream *stream = provisioned_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL || !check_target(c, stream, target) ||
        !local_day_has_room(c, &stream->scalings, LOCAL_SCALINGS_MAX) ||
        !local_scale_fits(c, stream, (size_t)target)) {
        return false;
    }
    out->stream_name = kds_slice(stream->name);
    out->stream_arn = local_arn_of(c, stream);
    out->has_current_shard_count = true;
    out->current_shard_count = (int64_t)stream->open_count;
    out->has_target_shard_count = true;
    out->target_shard_count = target;
    local_window_add(&stream->scalings, c->now_us);
    return begin_reshard(
        c, stream,
        (struct local_reshard){.kind = LOCAL_SCALE, .target = (uint32_t)target});
}
