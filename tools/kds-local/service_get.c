/*
 * service_get: the operations that read records.
 */
#include "service_internal.h"

#include "base/slice.h"

#include <inttypes.h>
#include <string.h>

#define GET_BYTES_MAX   ((size_t)10 * 1024 * 1024)
#define GET_RECORDS_MAX 10000

static const char position_types[] =
    "AT_SEQUENCE_NUMBER|AFTER_SEQUENCE_NUMBER|TRIM_HORIZON|LATEST|AT_TIMESTAMP";

/* ---- where to read from ------------------------------------------------------------------- */

/* A position as GetShardIterator and SubscribeToShard name it. */
struct start {
    const char *operation; /* as it stands in messages */
    kds_slice_t type, sequence;
    bool has_timestamp_ms;
    int64_t timestamp_ms;
};

static bool foreign_sequence(struct call *c,
                             const struct start *start,
                             const struct local_stream *stream,
                             const struct local_shard *shard)
{
    return local_refuse(
        c, LOCAL_BAD_ARGUMENT,
        "StartingSequenceNumber %.*s used in %s on shard %s in stream %s under account "
        "%s is invalid because it did not come from this stream.",
        (int)start->sequence.n, (const char *)start->sequence.p, start->operation,
        shard->id, stream->name, c->service->account);
}

static bool from_sequence(struct call *c,
                          const struct start *start,
                          const struct local_stream *stream,
                          const struct local_shard *shard,
                          bool behind,
                          size_t *position)
{
    const struct local_log *log = &shard->log;
    kds_slice_t sequence = start->sequence;
    if (sequence.p == NULL) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Must specify startingSequenceNumber with %s",
                            behind ? "AFTER_SEQUENCE_NUMBER" : "AT_SEQUENCE_NUMBER");
    }
    size_t at = local_shard_find(shard, sequence, false);
    size_t above = local_shard_find(shard, sequence, true);
    *position = behind ? above : at;
    if (above > at) {
        return true; /* there is a record of this number */
    }
    /* No record's: the shard's own ends stand for its beginning and its end, and what was
     * trimmed for the oldest record that is left. */
    bool ends = kds_sequence_cmp(sequence, kds_slice(shard->starting_sequence)) == 0 ||
                (!local_shard_is_open(shard) &&
                 kds_sequence_cmp(sequence, kds_slice(shard->ending_sequence)) == 0);
    bool trimmed = !c->service->options.refuse_trimmed && at == log->first &&
                   log->first > 0 &&
                   kds_sequence_cmp(sequence, kds_slice(shard->starting_sequence)) > 0 &&
                   (log->count > log->first || local_shard_is_open(shard) ||
                    kds_sequence_cmp(sequence, kds_slice(shard->ending_sequence)) < 0);
    return ends || trimmed ? true : foreign_sequence(c, start, stream, shard);
}

static bool from_timestamp(struct call *c,
                           const struct start *start,
                           const struct local_shard *shard,
                           size_t *position)
{
    if (!start->has_timestamp_ms) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Must specify timestamp with AT_TIMESTAMP");
    }
    if (start->timestamp_ms > c->now_ms) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "The timestampInMillis parameter cannot be greater than the "
                            "currentTimestampInMillis. timestampInMillis: %" PRId64
                            ", currentTimestampInMillis: %" PRId64,
                            start->timestamp_ms, c->now_ms);
    }
    *position = local_log_find_time(&shard->log, start->timestamp_ms);
    return true;
}

static bool find_start(struct call *c,
                       const struct start *start,
                       const struct local_stream *stream,
                       const struct local_shard *shard,
                       size_t *position)
{
    if (!local_one_of(c, start->type, "shardIteratorType", position_types)) {
        return false;
    }
    if (kds_slice_is(start->type, "AT_TIMESTAMP")) {
        return from_timestamp(c, start, shard, position);
    }
    if (kds_slice_is(start->type, "TRIM_HORIZON")) {
        *position = shard->log.first;
        return true;
    }
    if (kds_slice_is(start->type, "LATEST")) {
        *position = shard->log.count;
        return true;
    }
    return from_sequence(c, start, stream, shard,
                         kds_slice_is(start->type, "AFTER_SEQUENCE_NUMBER"), position);
}

/* ---- iterators ---------------------------------------------------------------------------- */

static kds_slice_t iterator_text(struct call *c,
                                 const struct local_stream *stream,
                                 const struct local_shard *shard,
                                 size_t position)
{
    const struct local_token token = {.kind = LOCAL_TOKEN_ITERATOR,
                                      .stream = stream->id,
                                      .shard = shard->index,
                                      .position = position,
                                      .serial = ++c->service->serial};
    return local_page_token(c, &token);
}

static bool throttled(struct call *c,
                      const struct local_stream *stream,
                      const struct local_shard *shard)
{
    return local_refuse(c, LOCAL_THROTTLED,
                        "Rate exceeded for shard %s in stream %s under account %s.",
                        shard->id, stream->name, c->service->account);
}

bool local_get_shard_iterator(struct call *c, const void *input, void *output)
{
    const kds_get_shard_iterator_in_t *in = input;
    kds_get_shard_iterator_out_t *out = output;
    const struct start start = {"GetShardIterator", in->shard_iterator_type,
                                in->starting_sequence_number, in->has_timestamp_ms,
                                in->timestamp_ms};
    struct local_stream *stream = local_live_stream(c, in->stream_name, in->stream_arn);
    struct local_shard *shard =
        stream ? local_named_shard(c, stream, in->shard_id) : NULL;
    size_t position;
    if (shard == NULL || !find_start(c, &start, stream, shard, &position) ||
        !local_not_dry(c, in->has_dry_run, in->dry_run)) {
        return false;
    }
    if (c->service->options.limits && !local_limits_iterator(&shard->limits, c->now_us)) {
        return throttled(c, stream, shard);
    }
    out->shard_iterator = iterator_text(c, stream, shard, position);
    return true;
}

kds_slice_t local_unquoted(kds_slice_t text)
{
    bool quoted = text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"';
    return quoted ? kds_slice_of(text.p + 1, text.n - 2) : text;
}

static bool expired(struct call *c, const struct local_token *token)
{
    return local_refuse(
        c, "ExpiredIteratorException",
        "Iterator expired. The iterator was created at time %" PRId64
        " while right now it is %" PRId64
        " which is further in the future than the tolerated delay of 300000 "
        "milliseconds.",
        token->issued_ms, c->now_ms);
}

static bool read_iterator(struct call *c,
                          kds_slice_t text,
                          struct local_stream **stream,
                          struct local_shard **shard,
                          size_t *position)
{
    struct local_token token;
    uint8_t name[LOCAL_TOKEN_NAME];
    if (!local_token_read(local_unquoted(text), c->service->secret, &token, name) ||
        token.kind != LOCAL_TOKEN_ITERATOR) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT, "Invalid ShardIterator.");
    }
    *stream = local_find_stream_id(c->service, token.stream);
    /* A stream of that number, but younger, is another server's that was here before. */
    if (*stream == NULL || (*stream)->status == LOCAL_DELETING ||
        token.issued_ms < (*stream)->created_ms) {
        return local_refuse(c, LOCAL_NOT_FOUND,
                            "The stream of the ShardIterator no longer exists.");
    }
    if (c->now_ms - token.issued_ms > LOCAL_TOKEN_LIFE_MS) {
        return expired(c, &token);
    }
    *shard = local_stream_at(*stream, (uint32_t)token.shard);
    if (*shard == NULL) {
        return local_refuse(c, LOCAL_NOT_FOUND,
                            "The shard of the ShardIterator no longer exists.");
    }
    local_trim(c->service, *stream, *shard, c->now_us);
    *position = token.position < SIZE_MAX ? (size_t)token.position : SIZE_MAX;
    if (*position < (*shard)->log.first) {
        *position = (*shard)->log.first; /* what lay between is too old */
    }
    return true;
}

/* ---- reading ------------------------------------------------------------------------------ */

static bool
show_child(struct call *c, const struct local_shard *child, kds_child_shard_t *out)
{
    kds_slice_t *parents = kds_arena_zero(c->arena, 2, sizeof *parents);
    if (parents == NULL) {
        return local_out_of_memory(c);
    }
    parents[0] = local_format(c, "shardId-%012u", child->parent);
    out->parent_shards_count = 1;
    if (child->adjacent_parent != LOCAL_NO_SHARD) {
        parents[1] = local_format(c, "shardId-%012u", child->adjacent_parent);
        out->parent_shards_count = 2;
    }
    out->parent_shards = parents;
    out->shard_id = kds_slice(child->id);
    out->hash_key_range.starting_hash_key = local_hash_text(c, child->first);
    out->hash_key_range.ending_hash_key = local_hash_text(c, child->last);
    return true;
}

bool local_show_children(struct call *c,
                         const struct local_stream *stream,
                         const struct local_shard *shard,
                         const kds_child_shard_t **out,
                         size_t *count)
{
    kds_child_shard_t *children = kds_arena_zero(c->arena, 2, sizeof *children);
    size_t n = 0;
    if (children == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = 0; i < 2; i++) {
        const struct local_shard *child = local_stream_at(stream, shard->children[i]);
        if (child != NULL && !show_child(c, child, &children[n++])) {
            return false;
        }
    }
    *out = children;
    *count = n;
    return true;
}

static void show_record(const struct local_kept *r, kds_record_t *out)
{
    out->has_approximate_arrival_timestamp_ms = true;
    out->approximate_arrival_timestamp_ms = r->arrival_ms;
    out->data = local_kept_data(r);
    out->partition_key = local_kept_key(r);
    out->encryption_type = r->encrypted ? kds_slice("KMS") : kds_slice("NONE");
}

/* How many records from @p position on one answer may hold, and what data that is. */
static size_t fitting(
    const struct local_log *log, size_t position, size_t most, size_t max, size_t *bytes)
{
    size_t n = 0;
    *bytes = 0;
    while (n < most && position + n < log->count) {
        const struct local_kept *r = local_log_at(log, position + n);
        size_t more = (size_t)r->data_bytes + r->key_bytes;
        if (n > 0 && *bytes + more > max) {
            break;
        }
        *bytes += more;
        n++;
    }
    return n;
}

bool local_show_records(struct call *c,
                        const struct local_shard *shard,
                        size_t position,
                        size_t most,
                        size_t max_bytes,
                        const kds_record_t **out,
                        size_t *count,
                        size_t *bytes)
{
    size_t n = fitting(&shard->log, position, most, max_bytes, bytes);
    struct local_sequence row = {.limbs = {0}};
    kds_record_t *records = kds_arena_zero(c->arena, n + 1, sizeof *records);
    char(*sequences)[LOCAL_SEQUENCE_BYTES] =
        kds_arena_alloc(c->arena, (n + 1) * sizeof *sequences);
    if (records == NULL || sequences == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = 0; i < n; i++) {
        const struct local_kept *kept = local_log_at(&shard->log, position + i);
        local_shard_number(shard, position + i, kept, &row, sequences[i]);
        records[i].sequence_number = kds_slice(sequences[i]);
        show_record(kept, &records[i]);
    }
    *out = records;
    *count = n;
    return true;
}

/* What a read costs the shard's limits. @p full  the answer was as large as one can be */
static void charge(struct call *c,
                   struct local_shard *shard,
                   const kds_get_records_out_t *out,
                   bool full)
{
    for (size_t i = 0; i < out->records_count; i++) {
        local_limits_read_bytes(&shard->limits, (int64_t)out->records[i].data.n);
    }
    if (full) {
        local_limits_block_reads(&shard->limits, c->now_us);
    }
}

bool local_get_records(struct call *c, const void *input, void *output)
{
    const kds_get_records_in_t *in = input;
    kds_get_records_out_t *out = output;
    struct local_stream *stream = NULL;
    struct local_shard *shard = NULL;
    size_t position = 0;
    if (!read_iterator(c, in->shard_iterator, &stream, &shard, &position) ||
        (in->stream_arn.p != NULL &&
         local_live_stream(c, kds_slice(stream->name), in->stream_arn) == NULL) ||
        !local_not_dry(c, in->has_dry_run, in->dry_run)) {
        return false;
    }
    if (c->service->options.limits && !local_limits_read(&shard->limits, c->now_us)) {
        return throttled(c, stream, shard);
    }
    const size_t most = in->has_limit ? (size_t)in->limit : GET_RECORDS_MAX;
    size_t bytes;
    if (!local_show_records(c, shard, position, most, GET_BYTES_MAX, &out->records,
                            &out->records_count, &bytes)) {
        return false;
    }
    position += out->records_count;
    charge(c, shard, out,
           bytes >= GET_BYTES_MAX ||
               (out->records_count < most && position < shard->log.count));
    out->has_millis_behind_latest = true;
    if (position < shard->log.count) {
        int64_t behind_ms = c->now_ms - local_log_at(&shard->log, position)->arrival_ms;
        out->millis_behind_latest = behind_ms > 0 ? behind_ms : 0;
    }
    if (position == shard->log.count && !local_shard_is_open(shard)) {
        return local_show_children(c, stream, shard, &out->child_shards,
                                   &out->child_shards_count);
    }
    out->next_shard_iterator = iterator_text(c, stream, shard, position);
    return true;
}

/* ---- subscribing -------------------------------------------------------------------------- */

bool local_subscribe_to_shard(struct call *c, const void *input, void *output)
{
    const kds_subscribe_to_shard_in_t *in = input;
    const struct start start = {"SubscribeToShard", in->starting_position.type,
                                in->starting_position.sequence_number,
                                in->starting_position.has_timestamp_ms,
                                in->starting_position.timestamp_ms};
    struct local_resource at;
    size_t position;
    (void)output;
    if (!local_named_resource(c, in->consumer_arn, &at)) {
        return false;
    }
    if (at.consumer == NULL) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "ConsumerARN is not the ARN of a consumer");
    }
    if (at.consumer->status != LOCAL_ACTIVE) {
        return local_refuse(c, LOCAL_IN_USE,
                            "Consumer %s of stream %s under account %s not ACTIVE, "
                            "instead in state %s",
                            at.consumer->name, at.stream->name, c->service->account,
                            local_status_name(at.consumer->status));
    }
    struct local_shard *shard = local_named_shard(c, at.stream, in->shard_id);
    if (shard == NULL || !find_start(c, &start, at.stream, shard, &position) ||
        !local_not_dry(c, in->has_dry_run, in->dry_run)) {
        return false;
    }
    if (c->subscription == NULL) {
        return local_refuse(c, "UnsupportedOperationException",
                            "SubscribeToShard is served as an event stream only.");
    }
    return local_start_reading(c, at.stream, shard, at.consumer, position);
}
