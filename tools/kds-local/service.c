/*
 * service: each operation as a function of the streams.
 */
#include "service.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/slice.h"
#include "iterator.h"
#include "kernel/md5.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PUT_BYTES_MAX        ((size_t)10 * 1024 * 1024) /* data and keys of one PutRecords */
#define GET_BYTES_MAX        ((size_t)10 * 1024 * 1024)
#define GET_RECORDS_MAX      10000
#define LIST_SHARDS_MAX      1000
#define DESCRIBE_SHARDS_MAX  100
#define LIST_STREAMS_DEFAULT 100
#define RETENTION_HOURS      24
#define STREAMS_MAX          1000

struct local_service {
    struct local_service_options options;
    char region[64], account[16];
    uint64_t secret;
    uint64_t last_stream_id, serial;
    struct local_stream *streams; /* in order of their names */
    size_t stream_count;
};

/* What one call carries through its helpers. */
struct call {
    struct local_service *service;
    int64_t now_us, now_ms;
    struct kds_arena *arena;
    struct local_fault *fault;
};

static bool refuse(struct call *c, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(struct call *c, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->fault->message, sizeof c->fault->message, format, args);
    va_end(args);
    c->fault->code = code;
    c->fault->status = 400;
    return false;
}

static const char not_found[] = "ResourceNotFoundException";
static const char bad_argument[] = "InvalidArgumentException";

static bool out_of_memory(struct call *c)
{
    refuse(c, "InternalFailure", "Internal Service Failure: out of memory");
    c->fault->status = 500;
    return false;
}

/* ---- life --------------------------------------------------------------------------------- */

struct local_service *local_service_new(const struct local_service_options *options)
{
    struct local_service *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    struct kds_rng rng;
    kds_rng_seed(&rng, options->seed);
    s->options = *options;
    s->secret = kds_rng_next(&rng);
    snprintf(s->region, sizeof s->region, "%s",
             options->region ? options->region : "us-east-1");
    snprintf(s->account, sizeof s->account, "%s",
             options->account ? options->account : "000000000000");
    return s;
}

void local_service_free(struct local_service *s)
{
    if (s == NULL) {
        return;
    }
    while (s->streams != NULL) {
        struct local_stream *next = s->streams->next;
        local_stream_free(s->streams);
        s->streams = next;
    }
    kds_free(s);
}

/* ---- finding things ----------------------------------------------------------------------- */

static struct local_stream *find_stream(struct local_service *s, kds_slice_t name)
{
    for (struct local_stream *at = s->streams; at != NULL; at = at->next) {
        if (kds_slice_is(name, at->name)) {
            return at;
        }
    }
    return NULL;
}

struct local_stream *local_service_stream(struct local_service *s, const char *name)
{
    return find_stream(s, kds_slice(name));
}

static struct local_stream *find_stream_id(struct local_service *s, uint64_t id)
{
    struct local_stream *at = s->streams;
    while (at != NULL && at->id != id) {
        at = at->next;
    }
    return at;
}

/* The stream that a request names, by name or by ARN. NULL with the fault set. */
static struct local_stream *
named_stream(struct call *c, kds_slice_t name, kds_slice_t arn)
{
    if (name.p == NULL && arn.p != NULL) {
        static const char mark[] = ":stream/";
        const uint8_t *at = memmem(arn.p, arn.n, mark, sizeof mark - 1);
        if (at == NULL) {
            refuse(c, bad_argument, "StreamARN %.*s is not the ARN of a stream",
                   (int)(arn.n < 200 ? arn.n : 200), (const char *)arn.p);
            return NULL;
        }
        at += sizeof mark - 1;
        name = kds_slice_of(at, (size_t)(arn.p + arn.n - at));
    }
    if (name.p == NULL) {
        refuse(c, bad_argument, "Either StreamName or StreamARN must be given");
        return NULL;
    }
    struct local_stream *stream = find_stream(c->service, name);
    if (stream == NULL) {
        refuse(c, not_found, "Stream %.*s under account %s not found.", (int)name.n,
               (const char *)name.p, c->service->account);
    }
    return stream;
}

static struct local_shard *
named_shard(struct call *c, struct local_stream *stream, kds_slice_t id)
{
    struct local_shard *shard = local_stream_shard(stream, id);
    if (shard == NULL) {
        refuse(c, not_found, "Shard %.*s in stream %s under account %s does not exist",
               (int)id.n, (const char *)id.p, stream->name, c->service->account);
    }
    return shard;
}

/* ---- showing things ----------------------------------------------------------------------- */

static kds_slice_t arn_of(struct call *c, const struct local_stream *stream)
{
    char text[256];
    snprintf(text, sizeof text, "arn:aws:kinesis:%s:%s:stream/%s", c->service->region,
             c->service->account, stream->name);
    return kds_arena_copy(c->arena, kds_slice(text));
}

static kds_slice_t hash_text(struct call *c, kds_u128_t v)
{
    char text[KDS_U128_DIGITS_MAX];
    return kds_arena_copy(c->arena, kds_slice_of(text, kds_u128_format(v, text)));
}

static void show_shard(struct call *c,
                       const struct local_stream *stream,
                       const struct local_shard *shard,
                       kds_shard_t *out)
{
    memset(out, 0, sizeof *out);
    out->shard_id = kds_slice(shard->id);
    if (shard->parent != LOCAL_NO_SHARD) {
        out->parent_shard_id = kds_slice(stream->shards[shard->parent]->id);
    }
    if (shard->adjacent_parent != LOCAL_NO_SHARD) {
        out->adjacent_parent_shard_id =
            kds_slice(stream->shards[shard->adjacent_parent]->id);
    }
    out->hash_key_range.starting_hash_key = hash_text(c, shard->first);
    out->hash_key_range.ending_hash_key = hash_text(c, shard->last);
    out->sequence_number_range.starting_sequence_number =
        kds_slice(shard->starting_sequence);
    if (!local_shard_is_open(shard)) {
        out->sequence_number_range.ending_sequence_number =
            kds_slice(shard->ending_sequence);
    }
}

static const kds_stream_mode_details_t provisioned = {KDS_SLICE_LIT("PROVISIONED")};
static const kds_enhanced_metrics_t no_metrics[1];
static const kds_slice_t active = KDS_SLICE_LIT("ACTIVE");
static const kds_slice_t no_encryption = KDS_SLICE_LIT("NONE");

/* ---- streams ------------------------------------------------------------------------------ */

static bool create_stream(struct call *c, const void *input, void *output)
{
    const kds_create_stream_in_t *in = input;
    struct local_service *s = c->service;
    int64_t shards = in->has_shard_count ? in->shard_count : 1;
    (void)output;
    if (find_stream(s, in->stream_name) != NULL) {
        return refuse(
            c, "ResourceInUseException", "Stream %.*s under account %s already exists.",
            (int)in->stream_name.n, (const char *)in->stream_name.p, s->account);
    }
    if (shards > LOCAL_SHARDS_MAX || s->stream_count == STREAMS_MAX) {
        return refuse(c, "LimitExceededException",
                      "%" PRId64
                      " shards in stream %zu exceed the limit of %d shards and %d "
                      "streams",
                      shards, s->stream_count + 1, LOCAL_SHARDS_MAX, STREAMS_MAX);
    }
    struct local_stream *stream = local_stream_new(in->stream_name, s->last_stream_id + 1,
                                                   (uint32_t)shards, c->now_us);
    if (stream == NULL) {
        return out_of_memory(c);
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

static bool delete_stream(struct call *c, const void *input, void *output)
{
    const kds_delete_stream_in_t *in = input;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
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

static bool describe_stream(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_in_t *in = input;
    kds_stream_description_t *d =
        &((kds_describe_stream_out_t *)output)->stream_description;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    size_t from = 0, most = DESCRIBE_SHARDS_MAX;
    if (stream == NULL) {
        return false;
    }
    if (in->exclusive_start_shard_id.p != NULL) {
        struct local_shard *start = named_shard(c, stream, in->exclusive_start_shard_id);
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
        return out_of_memory(c);
    }
    for (size_t i = 0; i < count; i++) {
        show_shard(c, stream, stream->shards[from + i], &shards[i]);
    }
    d->stream_name = kds_slice(stream->name);
    d->stream_arn = arn_of(c, stream);
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

static bool describe_summary(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_summary_in_t *in = input;
    kds_stream_description_summary_t *d =
        &((kds_describe_stream_summary_out_t *)output)->stream_description_summary;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    d->stream_name = kds_slice(stream->name);
    d->stream_arn = arn_of(c, stream);
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

static bool list_streams(struct call *c, const void *input, void *output)
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
        return out_of_memory(c);
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
        summaries[n].stream_arn = arn_of(c, at);
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
        return refuse(c, "ValidationException", "ShardFilter.Type \"%.*s\" is unknown",
                      (int)(in->type.n < 100 ? in->type.n : 100),
                      (const char *)in->type.p);
    }
    out->filter = (enum filter)i;
    if (out->filter == FILTER_AFTER_SHARD_ID) {
        struct local_shard *shard =
            in->shard_id.p ? named_shard(c, stream, in->shard_id) : NULL;
        if (shard == NULL) {
            return in->shard_id.p ? false
                                  : refuse(c, bad_argument,
                                           "AFTER_SHARD_ID needs ShardFilter.ShardId");
        }
        out->argument = shard->index;
    }
    if (out->filter == FILTER_AT_TIMESTAMP || out->filter == FILTER_FROM_TIMESTAMP) {
        if (!in->has_timestamp_ms) {
            return refuse(c, bad_argument, "%s needs ShardFilter.Timestamp", names[i]);
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
        return refuse(
            c, bad_argument,
            "NextToken and a stream, filter or start cannot be given together.");
    }
    if (!local_token_read(in->next_token, c->service->secret, &token) ||
        token.kind != LOCAL_TOKEN_SHARDS) {
        return refuse(c, bad_argument, "NextToken is invalid.");
    }
    if (c->now_ms - token.issued_ms > LOCAL_TOKEN_LIFE_MS) {
        return refuse(c, "ExpiredNextTokenException", "NextToken has expired.");
    }
    *stream = find_stream_id(c->service, token.stream);
    if (*stream == NULL) {
        return refuse(c, not_found, "The stream of NextToken no longer exists.");
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
    *stream = named_stream(c, in->stream_name, in->stream_arn);
    if (*stream == NULL || (in->shard_filter != NULL &&
                            !read_filter(c, in->shard_filter, *stream, listing))) {
        return false;
    }
    if (in->exclusive_start_shard_id.p != NULL) {
        struct local_shard *start = named_shard(c, *stream, in->exclusive_start_shard_id);
        if (start == NULL) {
            return false;
        }
        *from = start->index + (size_t)1;
    }
    return true;
}

static bool list_shards(struct call *c, const void *input, void *output)
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
        return out_of_memory(c);
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
        show_shard(c, stream, stream->shards[from], &shards[n++]);
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
    return refuse(
        c, bad_argument,
        "Shard %s in stream %s under account %s is closed and cannot be resharded.",
        shard->id, stream->name, c->service->account);
}

static bool split_shard(struct call *c, const void *input, void *output)
{
    const kds_split_shard_in_t *in = input;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    const kds_u128_t one = {0, 1};
    kds_u128_t at;
    (void)output;
    struct local_shard *shard =
        stream ? named_shard(c, stream, in->shard_to_split) : NULL;
    if (shard == NULL || !needs_open(c, stream, shard)) {
        return false;
    }
    if (!kds_u128_parse(in->new_starting_hash_key, &at) ||
        kds_u128_cmp(at, kds_u128_add(shard->first, one)) <= 0 ||
        kds_u128_cmp(at, shard->last) >= 0) {
        return refuse(
            c, bad_argument,
            "NewStartingHashKey %.*s used in SplitShard() on shard %s in stream %s under "
            "account %s is not both greater than one plus the shard's StartingHashKey "
            "and "
            "less than the shard's EndingHashKey.",
            (int)in->new_starting_hash_key.n, (const char *)in->new_starting_hash_key.p,
            shard->id, stream->name, c->service->account);
    }
    return local_stream_split(stream, shard, at, c->now_us)
               ? true
               : refuse(c, "LimitExceededException", "no room for more than %d shards",
                        LOCAL_SHARDS_MAX);
}

static bool adjacent(const struct local_shard *a, const struct local_shard *b)
{
    const kds_u128_t one = {0, 1};
    return kds_u128_cmp(kds_u128_add(a->last, one), b->first) == 0 ||
           kds_u128_cmp(kds_u128_add(b->last, one), a->first) == 0;
}

static bool merge_shards(struct call *c, const void *input, void *output)
{
    const kds_merge_shards_in_t *in = input;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    (void)output;
    struct local_shard *a = stream ? named_shard(c, stream, in->shard_to_merge) : NULL;
    struct local_shard *b =
        a ? named_shard(c, stream, in->adjacent_shard_to_merge) : NULL;
    if (b == NULL || !needs_open(c, stream, a) || !needs_open(c, stream, b)) {
        return false;
    }
    /* The last hash key wraps to zero, which the first shard begins with: not neighbours. */
    bool around =
        kds_u128_cmp(a->last, KDS_U128_MAX) == 0 && b->first.hi == 0 && b->first.lo == 0;
    around |=
        kds_u128_cmp(b->last, KDS_U128_MAX) == 0 && a->first.hi == 0 && a->first.lo == 0;
    if (a == b || !adjacent(a, b) || (around && stream->open_count > 2)) {
        return refuse(
            c, bad_argument,
            "Shards %s and %s in stream %s under account %s are not an adjacent pair of "
            "shards eligible for merging",
            a->id, b->id, stream->name, c->service->account);
    }
    return local_stream_merge(stream, a, b, c->now_us)
               ? true
               : refuse(c, "LimitExceededException", "no room for more than %d shards",
                        LOCAL_SHARDS_MAX);
}

/* ---- writing ------------------------------------------------------------------------------ */

static bool place_of(struct call *c,
                     kds_slice_t partition_key,
                     kds_slice_t explicit_hash_key,
                     kds_u128_t *out)
{
    uint8_t digest[KDS_MD5_BYTES];
    if (explicit_hash_key.p != NULL) {
        return kds_u128_parse(explicit_hash_key, out)
                   ? true
                   : refuse(c, bad_argument,
                            "Invalid ExplicitHashKey. ExplicitHashKey must be in the "
                            "range: [0, "
                            "2^128-1]. Specified value was %.*s",
                            (int)explicit_hash_key.n, (const char *)explicit_hash_key.p);
    }
    if (partition_key.p == NULL) {
        return refuse(c, bad_argument, "PartitionKey is required on this stream.");
    }
    kds_md5(partition_key.p, partition_key.n, digest);
    *out = kds_u128_from_be(digest);
    return true;
}

static bool check_size(struct call *c,
                       const struct local_stream *stream,
                       kds_slice_t key,
                       kds_slice_t data)
{
    if (data.n + key.n <= (size_t)stream->max_record_bytes) {
        return true;
    }
    return refuse(c, bad_argument,
                  "Record of %zu bytes, data and partition key, exceeds the %" PRId64
                  " bytes that stream %s takes",
                  data.n + key.n, stream->max_record_bytes, stream->name);
}

/* Store one record. NULL out of memory. */
static const struct local_record *store(struct call *c,
                                        struct local_stream *stream,
                                        struct local_shard *shard,
                                        kds_slice_t key,
                                        kds_slice_t explicit_hash_key,
                                        kds_slice_t data)
{
    const struct local_record *r = local_shard_append(shard, c->now_us, key, data);
    if (r != NULL && c->service->options.stored != NULL) {
        struct local_stored stored = {stream->name, shard, r, explicit_hash_key};
        c->service->options.stored(&stored, c->service->options.opaque);
    }
    return r;
}

static bool
may_write(struct call *c, struct local_shard *shard, kds_slice_t key, kds_slice_t data)
{
    return !c->service->options.limits ||
           local_limits_write(&shard->limits, c->now_us, (int64_t)(key.n + data.n));
}

static const char throttled[] = "ProvisionedThroughputExceededException";

static void throttle_text(struct call *c,
                          const struct local_stream *stream,
                          const struct local_shard *shard,
                          char *out,
                          size_t size)
{
    snprintf(out, size, "Rate exceeded for shard %s in stream %s under account %s.",
             shard->id, stream->name, c->service->account);
}

static bool put_record(struct call *c, const void *input, void *output)
{
    const kds_put_record_in_t *in = input;
    kds_put_record_out_t *out = output;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    kds_u128_t hash;
    if (stream == NULL || !check_size(c, stream, in->partition_key, in->data) ||
        !place_of(c, in->partition_key, in->explicit_hash_key, &hash)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return refuse(c, "DryRunOperationException", "The request would have succeeded.");
    }
    struct local_shard *shard = local_stream_place(stream, hash);
    if (!may_write(c, shard, in->partition_key, in->data)) {
        char text[256];
        throttle_text(c, stream, shard, text, sizeof text);
        return refuse(c, throttled, "%s", text);
    }
    const struct local_record *r =
        store(c, stream, shard, in->partition_key, in->explicit_hash_key, in->data);
    if (r == NULL) {
        return out_of_memory(c);
    }
    out->shard_id = kds_slice(shard->id);
    out->sequence_number = kds_slice(r->sequence);
    out->encryption_type = no_encryption;
    return true;
}

/* Everything that would refuse the whole request, before the first record is stored. */
static bool check_entries(struct call *c,
                          const kds_put_records_in_t *in,
                          const struct local_stream *stream,
                          kds_u128_t *hashes)
{
    size_t total = 0;
    for (size_t i = 0; i < in->records_count; i++) {
        const kds_put_records_request_entry_t *e = &in->records[i];
        total += e->data.n + e->partition_key.n;
        if (!check_size(c, stream, e->partition_key, e->data) ||
            !place_of(c, e->partition_key, e->explicit_hash_key, &hashes[i])) {
            return false;
        }
    }
    return total <= PUT_BYTES_MAX
               ? true
               : refuse(c, bad_argument, "Records size exceeds %zu bytes: %zu",
                        PUT_BYTES_MAX, total);
}

static void put_entry(struct call *c,
                      struct local_stream *stream,
                      const kds_put_records_request_entry_t *e,
                      kds_u128_t hash,
                      kds_put_records_result_entry_t *result)
{
    struct local_shard *shard = local_stream_place(stream, hash);
    const struct local_record *r = NULL;
    if (!may_write(c, shard, e->partition_key, e->data)) {
        char text[256];
        throttle_text(c, stream, shard, text, sizeof text);
        result->error_code = kds_slice(throttled);
        result->error_message = kds_arena_copy(c->arena, kds_slice(text));
        return;
    }
    r = store(c, stream, shard, e->partition_key, e->explicit_hash_key, e->data);
    if (r == NULL) {
        result->error_code = kds_slice("InternalFailure");
        result->error_message = kds_slice("Internal Service Failure");
        return;
    }
    result->shard_id = kds_slice(shard->id);
    result->sequence_number = kds_slice(r->sequence);
}

static bool put_records(struct call *c, const void *input, void *output)
{
    const kds_put_records_in_t *in = input;
    kds_put_records_out_t *out = output;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    kds_u128_t *hashes = kds_arena_zero(c->arena, in->records_count, sizeof *hashes);
    kds_put_records_result_entry_t *results =
        kds_arena_zero(c->arena, in->records_count, sizeof *results);
    if (hashes == NULL || results == NULL) {
        return out_of_memory(c);
    }
    if (!check_entries(c, in, stream, hashes)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return refuse(c, "DryRunOperationException", "The request would have succeeded.");
    }
    for (size_t i = 0; i < in->records_count; i++) {
        put_entry(c, stream, &in->records[i], hashes[i], &results[i]);
        out->failed_record_count += results[i].error_code.p != NULL;
    }
    out->has_failed_record_count = true;
    out->records = results;
    out->records_count = in->records_count;
    out->encryption_type = no_encryption;
    return true;
}

/* ---- reading ------------------------------------------------------------------------------ */

static kds_slice_t iterator_text(struct call *c,
                                 const struct local_stream *stream,
                                 const struct local_shard *shard,
                                 size_t position)
{
    struct local_token token = {.kind = LOCAL_TOKEN_ITERATOR,
                                .stream = stream->id,
                                .shard = shard->index,
                                .position = position,
                                .serial = ++c->service->serial,
                                .issued_ms = c->now_ms};
    char text[LOCAL_TOKEN_BYTES];
    local_token_write(&token, c->service->secret, text);
    return kds_arena_copy(c->arena, kds_slice(text));
}

static bool from_sequence(struct call *c,
                          const kds_get_shard_iterator_in_t *in,
                          const struct local_stream *stream,
                          const struct local_shard *shard,
                          bool behind,
                          size_t *position)
{
    kds_slice_t sequence = in->starting_sequence_number;
    if (sequence.p == NULL) {
        return refuse(c, bad_argument, "Must specify startingSequenceNumber with %s",
                      behind ? "AFTER_SEQUENCE_NUMBER" : "AT_SEQUENCE_NUMBER");
    }
    /* The shard's own starting number stands for its beginning; others must be a record's. */
    size_t at = local_shard_find_sequence(shard, sequence, false);
    bool known = at < shard->count &&
                 kds_sequence_cmp(kds_slice(shard->records[at]->sequence), sequence) == 0;
    if (!known && kds_sequence_cmp(sequence, kds_slice(shard->starting_sequence)) != 0) {
        return refuse(
            c, bad_argument,
            "StartingSequenceNumber %.*s used in GetShardIterator on shard %s in stream "
            "%s under account %s is invalid because it did not come from this stream.",
            (int)sequence.n, (const char *)sequence.p, shard->id, stream->name,
            c->service->account);
    }
    *position = known && behind ? at + 1 : at;
    return true;
}

static bool start_position(struct call *c,
                           const kds_get_shard_iterator_in_t *in,
                           const struct local_stream *stream,
                           const struct local_shard *shard,
                           size_t *position)
{
    kds_slice_t type = in->shard_iterator_type;
    if (kds_slice_is(type, "TRIM_HORIZON")) {
        *position = 0;
    } else if (kds_slice_is(type, "LATEST")) {
        *position = shard->count;
    } else if (kds_slice_is(type, "AT_SEQUENCE_NUMBER")) {
        return from_sequence(c, in, stream, shard, false, position);
    } else if (kds_slice_is(type, "AFTER_SEQUENCE_NUMBER")) {
        return from_sequence(c, in, stream, shard, true, position);
    } else if (!kds_slice_is(type, "AT_TIMESTAMP")) {
        return refuse(c, "ValidationException", "ShardIteratorType \"%.*s\" is unknown",
                      (int)(type.n < 100 ? type.n : 100), (const char *)type.p);
    } else if (!in->has_timestamp_ms) {
        return refuse(c, bad_argument, "Must specify timestamp with AT_TIMESTAMP");
    } else if (in->timestamp_ms > c->now_ms) {
        return refuse(c, bad_argument,
                      "The timestampInMillis parameter cannot be greater than the "
                      "currentTimestampInMillis. timestampInMillis: %" PRId64
                      ", currentTimestampInMillis: %" PRId64,
                      in->timestamp_ms, c->now_ms);
    } else {
        *position = local_shard_find_time(shard, in->timestamp_ms);
    }
    return true;
}

static bool get_shard_iterator(struct call *c, const void *input, void *output)
{
    const kds_get_shard_iterator_in_t *in = input;
    kds_get_shard_iterator_out_t *out = output;
    struct local_stream *stream = named_stream(c, in->stream_name, in->stream_arn);
    struct local_shard *shard = stream ? named_shard(c, stream, in->shard_id) : NULL;
    size_t position;
    if (shard == NULL || !start_position(c, in, stream, shard, &position)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return refuse(c, "DryRunOperationException", "The request would have succeeded.");
    }
    out->shard_iterator = iterator_text(c, stream, shard, position);
    return true;
}

static bool read_iterator(struct call *c,
                          kds_slice_t text,
                          struct local_stream **stream,
                          struct local_shard **shard,
                          size_t *position)
{
    struct local_token token;
    if (!local_token_read(text, c->service->secret, &token) ||
        token.kind != LOCAL_TOKEN_ITERATOR) {
        return refuse(c, bad_argument, "Invalid ShardIterator.");
    }
    *stream = find_stream_id(c->service, token.stream);
    if (*stream == NULL) {
        return refuse(c, not_found, "The stream of the ShardIterator no longer exists.");
    }
    if (c->now_ms - token.issued_ms > LOCAL_TOKEN_LIFE_MS) {
        return refuse(
            c, "ExpiredIteratorException",
            "Iterator expired. The iterator was created at time %" PRId64
            " while right now it is %" PRId64
            " which is further in the future than the tolerated delay of 300000 "
            "milliseconds.",
            token.issued_ms, c->now_ms);
    }
    *shard = (*stream)->shards[token.shard];
    *position = (size_t)token.position;
    return true;
}

/* The shards that were made out of @p shard. */
static bool show_children(struct call *c,
                          const struct local_stream *stream,
                          const struct local_shard *shard,
                          kds_get_records_out_t *out)
{
    kds_child_shard_t *children = kds_arena_zero(c->arena, 2, sizeof *children);
    size_t n = 0;
    if (children == NULL) {
        return out_of_memory(c);
    }
    for (size_t i = shard->index + (size_t)1; n < 2 && i < stream->shard_count; i++) {
        const struct local_shard *child = stream->shards[i];
        if (child->parent != shard->index && child->adjacent_parent != shard->index) {
            continue;
        }
        kds_slice_t *parents = kds_arena_zero(c->arena, 2, sizeof *parents);
        if (parents == NULL) {
            return out_of_memory(c);
        }
        parents[0] = kds_slice(stream->shards[child->parent]->id);
        children[n].parent_shards_count = 1;
        if (child->adjacent_parent != LOCAL_NO_SHARD) {
            parents[1] = kds_slice(stream->shards[child->adjacent_parent]->id);
            children[n].parent_shards_count = 2;
        }
        children[n].parent_shards = parents;
        children[n].shard_id = kds_slice(child->id);
        children[n].hash_key_range.starting_hash_key = hash_text(c, child->first);
        children[n].hash_key_range.ending_hash_key = hash_text(c, child->last);
        n++;
    }
    out->child_shards = children;
    out->child_shards_count = n;
    return true;
}

static void show_record(const struct local_record *r, kds_record_t *out)
{
    out->sequence_number = kds_slice(r->sequence);
    out->has_approximate_arrival_timestamp_ms = true;
    out->approximate_arrival_timestamp_ms = r->arrival_ms;
    out->data = r->data;
    out->partition_key = r->partition_key;
    out->encryption_type = no_encryption;
}

/* How many records from @p position on one answer may hold. */
static size_t fitting(const struct local_shard *shard, size_t position, size_t most)
{
    size_t bytes = 0, n = 0;
    while (n < most && position + n < shard->count) {
        bytes += shard->records[position + n]->data.n +
                 shard->records[position + n]->partition_key.n;
        if (n > 0 && bytes > GET_BYTES_MAX) {
            break;
        }
        n++;
    }
    return n;
}

static bool get_records(struct call *c, const void *input, void *output)
{
    const kds_get_records_in_t *in = input;
    kds_get_records_out_t *out = output;
    struct local_stream *stream = NULL;
    struct local_shard *shard = NULL;
    size_t position = 0;
    if (!read_iterator(c, in->shard_iterator, &stream, &shard, &position)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return refuse(c, "DryRunOperationException", "The request would have succeeded.");
    }
    if (c->service->options.limits && !local_limits_read(&shard->limits, c->now_us)) {
        char text[256];
        throttle_text(c, stream, shard, text, sizeof text);
        return refuse(c, throttled, "%s", text);
    }
    size_t n =
        fitting(shard, position, in->has_limit ? (size_t)in->limit : GET_RECORDS_MAX);
    kds_record_t *records = kds_arena_zero(c->arena, n ? n : 1, sizeof *records);
    if (records == NULL) {
        return out_of_memory(c);
    }
    for (size_t i = 0; i < n; i++) {
        show_record(shard->records[position + i], &records[i]);
        local_limits_read_bytes(&shard->limits, (int64_t)records[i].data.n);
    }
    position += n;
    out->records = records;
    out->records_count = n;
    out->has_millis_behind_latest = true;
    if (position < shard->count) {
        out->millis_behind_latest = c->now_ms - shard->records[position]->arrival_ms;
    }
    if (position == shard->count && !local_shard_is_open(shard)) {
        return show_children(c, stream, shard, out);
    }
    out->next_shard_iterator = iterator_text(c, stream, shard, position);
    return true;
}

/* ---- dispatch ----------------------------------------------------------------------------- */

typedef bool(operation_fn)(struct call *c, const void *input, void *output);

static operation_fn *const operations[KDS_OP_COUNT] = {
    [KDS_OP_CREATE_STREAM] = create_stream,
    [KDS_OP_DELETE_STREAM] = delete_stream,
    [KDS_OP_DESCRIBE_STREAM] = describe_stream,
    [KDS_OP_DESCRIBE_STREAM_SUMMARY] = describe_summary,
    [KDS_OP_LIST_STREAMS] = list_streams,
    [KDS_OP_LIST_SHARDS] = list_shards,
    [KDS_OP_PUT_RECORD] = put_record,
    [KDS_OP_PUT_RECORDS] = put_records,
    [KDS_OP_GET_SHARD_ITERATOR] = get_shard_iterator,
    [KDS_OP_GET_RECORDS] = get_records,
    [KDS_OP_SPLIT_SHARD] = split_shard,
    [KDS_OP_MERGE_SHARDS] = merge_shards,
};

bool local_service_call(struct local_service *s,
                        int64_t now_us,
                        enum kds_operation_id operation,
                        const void *input,
                        void *output,
                        struct kds_arena *arena,
                        struct local_fault *fault)
{
    const struct kds_operation *op = kds_operation_at(operation);
    struct call c = {s, now_us, now_us / KDS_US_PER_MS, arena, fault};
    kds_error_t *error = NULL;
    memset(output, 0, op->output->size);
    if (kds_shape_validate(op->input, input, &error) != KDS_OK) {
        refuse(&c, "ValidationException", "1 validation error detected: %s",
               kds_error_message(error));
        kds_error_free(error);
        return false;
    }
    return operations[operation](&c, input, output);
}
