/*
 * service_streams: the operations on streams and their shards.
 */
#include "service_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "iterator.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIST_SHARDS_MAX      1000
#define DESCRIBE_SHARDS_MAX  100
#define LIST_STREAMS_DEFAULT 100
#define RETENTION_HOURS      24
#define STREAMS_MAX          1000

static const kds_stream_mode_details_t provisioned = {KDS_SLICE_LIT("PROVISIONED")};
static const kds_enhanced_metrics_t no_metrics[1];
static const kds_slice_t active = KDS_SLICE_LIT("ACTIVE");
static const kds_slice_t no_encryption = LOCAL_NO_ENCRYPTION;

/* ---- streams ------------------------------------------------------------------------------ */

bool local_create_stream(struct call *c, const void *input, void *output)
{
    const kds_create_stream_in_t *in = input;
    struct local_service *s = c->service;
    int64_t shards = in->has_shard_count ? in->shard_count : 1;
    (void)output;
    if (local_find_stream(s, in->stream_name) != NULL) {
        return local_refuse(
            c, "ResourceInUseException", "Stream %.*s under account %s already exists.",
            (int)in->stream_name.n, (const char *)in->stream_name.p, s->account);
    }
    if (shards > LOCAL_SHARDS_MAX || s->stream_count == STREAMS_MAX) {
        return local_refuse(c, "LimitExceededException",
                            "%" PRId64
                            " shards in stream %zu exceed the limit of %d shards and %d "
                            "streams",
                            shards, s->stream_count + 1, LOCAL_SHARDS_MAX, STREAMS_MAX);
    }
    struct local_stream *stream = local_stream_new(in->stream_name, s->last_stream_id + 1,
                                                   (uint32_t)shards, c->now_us);
    if (stream == NULL) {
        return local_out_of_memory(c);
    }
    if (in->has_max_record_size_in_kib) {
        stream->max_record_bytes = in->max_record_size_in_kib * 1024;
    }
    struct local_stream **at = &s->streams;
    while (*at != NULL && strcmp((*at)->name, stream->name) < 0) {
        at = &(*at)->next;
    }
    stream->next = *at;
    *at = stream;
    s->last_stream_id++;
    s->stream_count++;
    return true;
}

bool local_delete_stream(struct call *c, const void *input, void *output)
{
    const kds_delete_stream_in_t *in = input;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    (void)output;
    if (stream == NULL) {
        return false;
    }
    struct local_stream **at = &c->service->streams;
    while (*at != stream) {
        at = &(*at)->next;
    }
    *at = stream->next;
    local_stream_free(stream);
    c->service->stream_count--;
    return true;
}

bool local_describe_stream(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_in_t *in = input;
    kds_stream_description_t *d =
        &((kds_describe_stream_out_t *)output)->stream_description;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    size_t from = 0, most = DESCRIBE_SHARDS_MAX;
    if (stream == NULL) {
        return false;
    }
    if (in->exclusive_start_shard_id.p != NULL) {
        struct local_shard *start =
            local_named_shard(c, stream, in->exclusive_start_shard_id);
        if (start == NULL) {
            return false;
        }
        from = start->index + (size_t)1;
    }
    if (in->has_limit && in->limit < DESCRIBE_SHARDS_MAX) {
        most = (size_t)in->limit;
    }
    size_t count = stream->shard_count - from < most ? stream->shard_count - from : most;
    kds_shard_t *shards = kds_arena_zero(c->arena, count ? count : 1, sizeof *shards);
    if (shards == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = 0; i < count; i++) {
        local_show_shard(c, stream, stream->shards[from + i], &shards[i]);
    }
    d->stream_name = kds_slice(stream->name);
    d->stream_arn = local_arn_of(c, stream);
    d->stream_status = active;
    d->stream_mode_details = &provisioned;
    d->shards = shards;
    d->shards_count = count;
    d->has_more_shards = from + count < stream->shard_count;
    d->retention_period_hours = RETENTION_HOURS;
    d->stream_creation_timestamp_ms = stream->created_ms;
    d->enhanced_monitoring = no_metrics;
    d->encryption_type = no_encryption;
    return true;
}

bool local_describe_summary(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_summary_in_t *in = input;
    kds_stream_description_summary_t *d =
        &((kds_describe_stream_summary_out_t *)output)->stream_description_summary;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    d->stream_name = kds_slice(stream->name);
    d->stream_arn = local_arn_of(c, stream);
    d->stream_status = active;
    d->stream_mode_details = &provisioned;
    d->retention_period_hours = RETENTION_HOURS;
    d->stream_creation_timestamp_ms = stream->created_ms;
    d->enhanced_monitoring = no_metrics;
    d->encryption_type = no_encryption;
    d->open_shard_count = (int64_t)stream->open_count;
    d->has_consumer_count = true;
    d->has_max_record_size_in_kib = true;
    d->max_record_size_in_kib = stream->max_record_bytes / 1024;
    return true;
}

bool local_list_streams(struct call *c, const void *input, void *output)
{
    const kds_list_streams_in_t *in = input;
    kds_list_streams_out_t *out = output;
    size_t most = in->has_limit ? (size_t)in->limit : LIST_STREAMS_DEFAULT;
    kds_slice_t behind = in->exclusive_start_stream_name;
    if (in->next_token.p != NULL) {
        behind = in->next_token; /* the name that the page before ended with */
    }
    kds_slice_t *names =
        kds_arena_zero(c->arena, c->service->stream_count + 1, sizeof *names);
    kds_stream_summary_t *summaries =
        kds_arena_zero(c->arena, c->service->stream_count + 1, sizeof *summaries);
    if (names == NULL || summaries == NULL) {
        return local_out_of_memory(c);
    }
    size_t n = 0;
    for (struct local_stream *at = c->service->streams; at != NULL; at = at->next) {
        if (behind.p != NULL && kds_slice_cmp(kds_slice(at->name), behind) <= 0) {
            continue;
        }
        if (n == most) {
            out->has_more_streams = true;
            out->next_token = names[n - 1];
            break;
        }
        names[n] = kds_slice(at->name);
        summaries[n].stream_name = names[n];
        summaries[n].stream_arn = local_arn_of(c, at);
        summaries[n].stream_status = active;
        summaries[n].stream_mode_details = &provisioned;
        summaries[n].has_stream_creation_timestamp_ms = true;
        summaries[n].stream_creation_timestamp_ms = at->created_ms;
        n++;
    }
    out->stream_names = names;
    out->stream_names_count = n;
    out->stream_summaries = summaries;
    out->stream_summaries_count = n;
    return true;
}

/* ---- shards ------------------------------------------------------------------------------- */

enum filter {
    FILTER_AFTER_SHARD_ID,
    FILTER_AT_TRIM_HORIZON,
    FILTER_FROM_TRIM_HORIZON,
    FILTER_AT_LATEST,
    FILTER_AT_TIMESTAMP,
    FILTER_FROM_TIMESTAMP
};

/* What is listed; goes into the page token as two numbers. */
struct listing {
    enum filter filter;
    uint64_t argument; /* a shard's index or milliseconds */
};

static bool listed(const struct listing *l, const struct local_shard *shard)
{
    int64_t ms = (int64_t)l->argument;
    switch (l->filter) {
    case FILTER_AFTER_SHARD_ID:
        return shard->index > l->argument;
    case FILTER_AT_TRIM_HORIZON: /* nothing is trimmed: the horizon is the beginning */
        return shard->parent == LOCAL_NO_SHARD;
    case FILTER_FROM_TRIM_HORIZON:
        return true;
    case FILTER_AT_LATEST:
        return local_shard_is_open(shard);
    case FILTER_AT_TIMESTAMP:
        return shard->created_ms <= ms &&
               (local_shard_is_open(shard) || shard->closed_ms >= ms);
    case FILTER_FROM_TIMESTAMP:
        return local_shard_is_open(shard) || shard->closed_ms >= ms;
    }
    return false;
}

static bool read_filter(struct call *c,
                        const kds_shard_filter_t *in,
                        struct local_stream *stream,
                        struct listing *out)
{
    static const char *const names[] = {"AFTER_SHARD_ID",    "AT_TRIM_HORIZON",
                                        "FROM_TRIM_HORIZON", "AT_LATEST",
                                        "AT_TIMESTAMP",      "FROM_TIMESTAMP"};
    size_t i = 0;
    while (i < sizeof names / sizeof names[0] && !kds_slice_is(in->type, names[i])) {
        i++;
    }
    if (i == sizeof names / sizeof names[0]) {
        return local_refuse(
            c, "ValidationException", "ShardFilter.Type \"%.*s\" is unknown",
            (int)(in->type.n < 100 ? in->type.n : 100), (const char *)in->type.p);
    }
    out->filter = (enum filter)i;
    if (out->filter == FILTER_AFTER_SHARD_ID) {
        struct local_shard *shard =
            in->shard_id.p ? local_named_shard(c, stream, in->shard_id) : NULL;
        if (shard == NULL) {
            return in->shard_id.p
                       ? false
                       : local_refuse(c, LOCAL_BAD_ARGUMENT,
                                      "AFTER_SHARD_ID needs ShardFilter.ShardId");
        }
        out->argument = shard->index;
    }
    if (out->filter == FILTER_AT_TIMESTAMP || out->filter == FILTER_FROM_TIMESTAMP) {
        if (!in->has_timestamp_ms) {
            return local_refuse(c, LOCAL_BAD_ARGUMENT, "%s needs ShardFilter.Timestamp",
                                names[i]);
        }
        out->argument = (uint64_t)in->timestamp_ms;
    }
    return true;
}

/* Where the page of a token goes on. The listing travels in its serial and position. */
static bool resume_listing(struct call *c,
                           const kds_list_shards_in_t *in,
                           struct local_stream **stream,
                           struct listing *listing,
                           size_t *from)
{
    struct local_token token;
    if (in->stream_name.p != NULL || in->stream_arn.p != NULL ||
        in->shard_filter != NULL || in->exclusive_start_shard_id.p != NULL) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT,
            "NextToken and a stream, filter or start cannot be given together.");
    }
    if (!local_token_read(in->next_token, c->service->secret, &token) ||
        token.kind != LOCAL_TOKEN_SHARDS) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT, "NextToken is invalid.");
    }
    if (c->now_ms - token.issued_ms > LOCAL_TOKEN_LIFE_MS) {
        return local_refuse(c, "ExpiredNextTokenException", "NextToken has expired.");
    }
    *stream = local_find_stream_id(c->service, token.stream);
    if (*stream == NULL) {
        return local_refuse(c, LOCAL_NOT_FOUND,
                            "The stream of NextToken no longer exists.");
    }
    *from = (size_t)token.shard;
    listing->filter = (enum filter)(token.serial & 7);
    listing->argument = token.position;
    return true;
}

static bool begin_listing(struct call *c,
                          const kds_list_shards_in_t *in,
                          struct local_stream **stream,
                          struct listing *listing,
                          size_t *from)
{
    *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    if (*stream == NULL || (in->shard_filter != NULL &&
                            !read_filter(c, in->shard_filter, *stream, listing))) {
        return false;
    }
    if (in->exclusive_start_shard_id.p != NULL) {
        struct local_shard *start =
            local_named_shard(c, *stream, in->exclusive_start_shard_id);
        if (start == NULL) {
            return false;
        }
        *from = start->index + (size_t)1;
    }
    return true;
}

bool local_list_shards(struct call *c, const void *input, void *output)
{
    const kds_list_shards_in_t *in = input;
    kds_list_shards_out_t *out = output;
    struct listing listing = {FILTER_FROM_TRIM_HORIZON, 0};
    struct local_stream *stream;
    size_t from = 0, most = LIST_SHARDS_MAX, n = 0;
    if (!(in->next_token.p ? resume_listing : begin_listing)(c, in, &stream, &listing,
                                                             &from)) {
        return false;
    }
    if (in->has_max_results && in->max_results < LIST_SHARDS_MAX) {
        most = (size_t)in->max_results;
    }
    size_t room = stream->shard_count < most ? stream->shard_count : most;
    kds_shard_t *shards = kds_arena_zero(c->arena, room + 1, sizeof *shards);
    if (shards == NULL) {
        return local_out_of_memory(c);
    }
    for (; from < stream->shard_count; from++) {
        if (!listed(&listing, stream->shards[from])) {
            continue;
        }
        if (n == most) {
            struct local_token token = {.kind = LOCAL_TOKEN_SHARDS,
                                        .stream = stream->id,
                                        .shard = from,
                                        .position = listing.argument,
                                        .serial = (uint64_t)listing.filter,
                                        .issued_ms = c->now_ms};
            char text[LOCAL_TOKEN_BYTES];
            local_token_write(&token, c->service->secret, text);
            out->next_token = kds_arena_copy(c->arena, kds_slice(text));
            break;
        }
        local_show_shard(c, stream, stream->shards[from], &shards[n++]);
    }
    out->shards = shards;
    out->shards_count = n;
    return true;
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

bool local_split_shard(struct call *c, const void *input, void *output)
{
    const kds_split_shard_in_t *in = input;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
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
            "and "
            "less than the shard's EndingHashKey.",
            (int)in->new_starting_hash_key.n, (const char *)in->new_starting_hash_key.p,
            shard->id, stream->name, c->service->account);
    }
    return local_stream_split(stream, shard, at, c->now_us)
               ? true
               : local_refuse(c, "LimitExceededException",
                              "no room for more than %d shards", LOCAL_SHARDS_MAX);
}

static bool adjacent(const struct local_shard *a, const struct local_shard *b)
{
    const kds_u128_t one = {0, 1};
    return kds_u128_cmp(kds_u128_add(a->last, one), b->first) == 0 ||
           kds_u128_cmp(kds_u128_add(b->last, one), a->first) == 0;
}

bool local_merge_shards(struct call *c, const void *input, void *output)
{
    const kds_merge_shards_in_t *in = input;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    (void)output;
    struct local_shard *a =
        stream ? local_named_shard(c, stream, in->shard_to_merge) : NULL;
    struct local_shard *b =
        a ? local_named_shard(c, stream, in->adjacent_shard_to_merge) : NULL;
    if (b == NULL || !needs_open(c, stream, a) || !needs_open(c, stream, b)) {
        return false;
    }
    /* The last hash key wraps to zero, which the first shard begins with: not neighbours. */
    bool around =
        kds_u128_cmp(a->last, KDS_U128_MAX) == 0 && b->first.hi == 0 && b->first.lo == 0;
    around |=
        kds_u128_cmp(b->last, KDS_U128_MAX) == 0 && a->first.hi == 0 && a->first.lo == 0;
    if (a == b || !adjacent(a, b) || (around && stream->open_count > 2)) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT,
            "Shards %s and %s in stream %s under account %s are not an adjacent pair of "
            "shards eligible for merging",
            a->id, b->id, stream->name, c->service->account);
    }
    return local_stream_merge(stream, a, b, c->now_us)
               ? true
               : local_refuse(c, "LimitExceededException",
                              "no room for more than %d shards", LOCAL_SHARDS_MAX);
}
