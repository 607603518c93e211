/*
 * service_records: the operations that write and read records.
 */
#include "service_internal.h"

#include "base/clock.h"
#include "base/slice.h"
#include "iterator.h"
#include "kernel/md5.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PUT_BYTES_MAX   ((size_t)10 * 1024 * 1024) /* data and keys of one PutRecords */
#define GET_BYTES_MAX   ((size_t)10 * 1024 * 1024)
#define GET_RECORDS_MAX 10000

static const kds_slice_t no_encryption = LOCAL_NO_ENCRYPTION;

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
                   : local_refuse(
                         c, LOCAL_BAD_ARGUMENT,
                         "Invalid ExplicitHashKey. ExplicitHashKey must be in the "
                         "range: [0, "
                         "2^128-1]. Specified value was %.*s",
                         (int)explicit_hash_key.n, (const char *)explicit_hash_key.p);
    }
    if (partition_key.p == NULL) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "PartitionKey is required on this stream.");
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
    return local_refuse(
        c, LOCAL_BAD_ARGUMENT,
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

bool local_put_record(struct call *c, const void *input, void *output)
{
    const kds_put_record_in_t *in = input;
    kds_put_record_out_t *out = output;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    kds_u128_t hash;
    if (stream == NULL || !check_size(c, stream, in->partition_key, in->data) ||
        !place_of(c, in->partition_key, in->explicit_hash_key, &hash)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return local_refuse(c, "DryRunOperationException",
                            "The request would have succeeded.");
    }
    struct local_shard *shard = local_stream_place(stream, hash);
    if (!may_write(c, shard, in->partition_key, in->data)) {
        char text[256];
        throttle_text(c, stream, shard, text, sizeof text);
        return local_refuse(c, throttled, "%s", text);
    }
    const struct local_record *r =
        store(c, stream, shard, in->partition_key, in->explicit_hash_key, in->data);
    if (r == NULL) {
        return local_out_of_memory(c);
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
    return total <= PUT_BYTES_MAX ? true
                                  : local_refuse(c, LOCAL_BAD_ARGUMENT,
                                                 "Records size exceeds %zu bytes: %zu",
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

bool local_put_records(struct call *c, const void *input, void *output)
{
    const kds_put_records_in_t *in = input;
    kds_put_records_out_t *out = output;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    kds_u128_t *hashes = kds_arena_zero(c->arena, in->records_count, sizeof *hashes);
    kds_put_records_result_entry_t *results =
        kds_arena_zero(c->arena, in->records_count, sizeof *results);
    if (hashes == NULL || results == NULL) {
        return local_out_of_memory(c);
    }
    if (!check_entries(c, in, stream, hashes)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return local_refuse(c, "DryRunOperationException",
                            "The request would have succeeded.");
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
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Must specify startingSequenceNumber with %s",
                            behind ? "AFTER_SEQUENCE_NUMBER" : "AT_SEQUENCE_NUMBER");
    }
    /* The shard's own starting number stands for its beginning; others must be a record's. */
    size_t at = local_shard_find_sequence(shard, sequence, false);
    bool known = at < shard->count &&
                 kds_sequence_cmp(kds_slice(shard->records[at]->sequence), sequence) == 0;
    if (!known && kds_sequence_cmp(sequence, kds_slice(shard->starting_sequence)) != 0) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT,
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
        return local_refuse(c, "ValidationException",
                            "ShardIteratorType \"%.*s\" is unknown",
                            (int)(type.n < 100 ? type.n : 100), (const char *)type.p);
    } else if (!in->has_timestamp_ms) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Must specify timestamp with AT_TIMESTAMP");
    } else if (in->timestamp_ms > c->now_ms) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "The timestampInMillis parameter cannot be greater than the "
                            "currentTimestampInMillis. timestampInMillis: %" PRId64
                            ", currentTimestampInMillis: %" PRId64,
                            in->timestamp_ms, c->now_ms);
    } else {
        *position = local_shard_find_time(shard, in->timestamp_ms);
    }
    return true;
}

bool local_get_shard_iterator(struct call *c, const void *input, void *output)
{
    const kds_get_shard_iterator_in_t *in = input;
    kds_get_shard_iterator_out_t *out = output;
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    struct local_shard *shard =
        stream ? local_named_shard(c, stream, in->shard_id) : NULL;
    size_t position;
    if (shard == NULL || !start_position(c, in, stream, shard, &position)) {
        return false;
    }
    if (in->has_dry_run && in->dry_run) {
        return local_refuse(c, "DryRunOperationException",
                            "The request would have succeeded.");
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
        return local_refuse(c, LOCAL_BAD_ARGUMENT, "Invalid ShardIterator.");
    }
    *stream = local_find_stream_id(c->service, token.stream);
    if (*stream == NULL) {
        return local_refuse(c, LOCAL_NOT_FOUND,
                            "The stream of the ShardIterator no longer exists.");
    }
    if (c->now_ms - token.issued_ms > LOCAL_TOKEN_LIFE_MS) {
        return local_refuse(
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
        return local_out_of_memory(c);
    }
    for (size_t i = shard->index + (size_t)1; n < 2 && i < stream->shard_count; i++) {
        const struct local_shard *child = stream->shards[i];
        if (child->parent != shard->index && child->adjacent_parent != shard->index) {
            continue;
        }
        kds_slice_t *parents = kds_arena_zero(c->arena, 2, sizeof *parents);
        if (parents == NULL) {
            return local_out_of_memory(c);
        }
        parents[0] = kds_slice(stream->shards[child->parent]->id);
        children[n].parent_shards_count = 1;
        if (child->adjacent_parent != LOCAL_NO_SHARD) {
            parents[1] = kds_slice(stream->shards[child->adjacent_parent]->id);
            children[n].parent_shards_count = 2;
        }
        children[n].parent_shards = parents;
        children[n].shard_id = kds_slice(child->id);
        children[n].hash_key_range.starting_hash_key = local_hash_text(c, child->first);
        children[n].hash_key_range.ending_hash_key = local_hash_text(c, child->last);
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

bool local_get_records(struct call *c, const void *input, void *output)
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
        return local_refuse(c, "DryRunOperationException",
                            "The request would have succeeded.");
    }
    if (c->service->options.limits && !local_limits_read(&shard->limits, c->now_us)) {
        char text[256];
        throttle_text(c, stream, shard, text, sizeof text);
        return local_refuse(c, throttled, "%s", text);
    }
    size_t n =
        fitting(shard, position, in->has_limit ? (size_t)in->limit : GET_RECORDS_MAX);
    kds_record_t *records = kds_arena_zero(c->arena, n ? n : 1, sizeof *records);
    if (records == NULL) {
        return local_out_of_memory(c);
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
