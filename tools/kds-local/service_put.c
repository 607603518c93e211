/*
 * service_put: the operations that write records.
 *
 * A request is checked whole before its first record is stored; its keys are hashed together.
 */
#include "service_internal.h"

#include "base/slice.h"
#include "kernel/md5.h"

#include <inttypes.h>
#include <string.h>

#define PUT_BYTES_MAX ((size_t)10 * 1024 * 1024) /* data and keys of one PutRecords */

/* ---- checks ------------------------------------------------------------------------------- */

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

static const char key_missing[] =
    "1 validation error detected: Value null at 'partitionKey' failed to satisfy "
    "constraint: Member must not be null";

/* Whether there is what decides the shard. @p alone: an entry may fail by itself. */
static bool
check_key(struct call *c, const struct local_stream *stream, kds_slice_t key, bool alone)
{
    enum local_missing_key rule = c->service->options.missing_key;
    if (key.p != NULL || stream->spread || (alone && rule == LOCAL_MISSING_KEY_ENTRY)) {
        return true;
    }
    return local_refuse(
        c, rule == LOCAL_MISSING_KEY_VALIDATION ? LOCAL_INVALID : LOCAL_BAD_ARGUMENT,
        "%s", key_missing);
}

/* ---- storing ------------------------------------------------------------------------------ */

static bool
may_write(struct call *c, struct local_shard *shard, kds_slice_t key, kds_slice_t data)
{
    return !c->service->options.limits ||
           local_limits_write(&shard->limits, c->now_us, (int64_t)(key.n + data.n));
}

static kds_slice_t throttle_text(struct call *c,
                                 const struct local_stream *stream,
                                 const struct local_shard *shard)
{
    return local_format(c, "Rate exceeded for shard %s in stream %s under account %s.",
                        shard->id, stream->name, c->service->account);
}

/* The shard that takes a record: by its hash key, or where the service likes. */
static struct local_shard *place(struct local_stream *stream, kds_u128_t hash)
{
    /* In turn, and so by intention not by the key: whoever relies on that is to notice. */
    return stream->spread ? stream->open[stream->next_spread++ % stream->open_count].shard
                          : local_stream_place(stream, hash);
}

/* Store one record. @return false if there is no memory for it */
static bool store(struct call *c,
                  struct local_stream *stream,
                  struct local_shard *shard,
                  kds_slice_t key,
                  kds_slice_t explicit_hash_key,
                  kds_slice_t data,
                  char sequence[LOCAL_SEQUENCE_BYTES])
{
    struct local_service *s = c->service;
    struct local_record r;
    int64_t before = (int64_t)shard->log.bytes;
    if (s->record_bytes > s->options.memory_max_bytes ||
        !local_shard_append(shard, c->now_us, key, data, stream->encrypted, &r)) {
        return false;
    }
    s->record_bytes += (int64_t)shard->log.bytes - before;
    memcpy(sequence, r.sequence, sizeof r.sequence);
    local_wake_readers(shard);
    local_tell_record(s, stream, shard, shard->log.count - 1, &r);
    if (s->options.stored != NULL) {
        struct local_stored stored = {stream->name, shard, &r, explicit_hash_key};
        s->options.stored(&stored, s->options.opaque);
    }
    return true;
}

/* ---- one record --------------------------------------------------------------------------- */

static bool check_ordering(struct call *c,
                           const struct local_stream *stream,
                           const kds_put_record_in_t *in)
{
    if (!stream->spread || in->sequence_number_for_ordering.p == NULL) {
        return true;
    }
    return local_refuse(c, LOCAL_BAD_ARGUMENT,
                        "SequenceNumberForOrdering cannot be used on stream %s, whose "
                        "RecordDistributionStrategy is AUTO.",
                        stream->name);
}

static kds_u128_t hash_of(kds_slice_t key, kds_slice_t explicit_hash_key)
{
    kds_u128_t hash = {0, 0};
    uint8_t digest[KDS_MD5_BYTES];
    if (explicit_hash_key.p != NULL) {
        kds_u128_parse(explicit_hash_key, &hash); /* it was validated */
        return hash;
    }
    kds_md5(key.p, key.n, digest);
    return kds_u128_from_be(digest);
}

bool local_put_record(struct call *c, const void *input, void *output)
{
    const kds_put_record_in_t *in = input;
    kds_put_record_out_t *out = output;
    struct local_stream *stream = local_live_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL || !check_key(c, stream, in->partition_key, false) ||
        !check_size(c, stream, in->partition_key, in->data) ||
        !check_ordering(c, stream, in) ||
        !local_not_dry(c, in->has_dry_run, in->dry_run)) {
        return false;
    }
    kds_u128_t hash = stream->spread ? (kds_u128_t){0, 0}
                                     : hash_of(in->partition_key, in->explicit_hash_key);
    struct local_shard *shard = place(stream, hash);
    if (!may_write(c, shard, in->partition_key, in->data)) {
        kds_slice_t text = throttle_text(c, stream, shard);
        return local_refuse(c, LOCAL_THROTTLED, "%.*s", (int)text.n,
                            (const char *)text.p);
    }
    char *sequence = kds_arena_alloc(c->arena, LOCAL_SEQUENCE_BYTES);
    if (sequence == NULL || !store(c, stream, shard, in->partition_key,
                                   in->explicit_hash_key, in->data, sequence)) {
        return local_out_of_memory(c);
    }
    out->shard_id = kds_slice(shard->id);
    out->sequence_number = kds_slice(sequence);
    out->encryption_type = local_encryption_of(stream);
    return true;
}

/* ---- many --------------------------------------------------------------------------------- */

/* What PutRecords needs beside its input, for as many entries as it has. */
struct batch {
    kds_u128_t *hashes;
    uint8_t (*digests)[KDS_MD5_BYTES];
    struct kds_md5_job *jobs;
    kds_put_records_result_entry_t *results;
    char (*sequences)[LOCAL_SEQUENCE_BYTES];
};

static bool take_room(struct call *c, size_t count, struct batch *out)
{
    out->hashes = kds_arena_zero(c->arena, count, sizeof *out->hashes);
    out->digests = kds_arena_zero(c->arena, count, sizeof *out->digests);
    out->jobs = kds_arena_zero(c->arena, count, sizeof *out->jobs);
    out->results = kds_arena_zero(c->arena, count, sizeof *out->results);
    out->sequences = kds_arena_alloc(c->arena, count * sizeof *out->sequences);
    return out->hashes && out->digests && out->jobs && out->results && out->sequences
               ? true
               : local_out_of_memory(c);
}

/* Everything that would refuse the whole request, before the first record is stored. */
static bool check_entries(struct call *c,
                          const kds_put_records_in_t *in,
                          const struct local_stream *stream)
{
    size_t total = 0;
    for (size_t i = 0; i < in->records_count; i++) {
        const kds_put_records_request_entry_t *e = &in->records[i];
        total += e->data.n + e->partition_key.n;
        if (!check_key(c, stream, e->partition_key, true) ||
            !check_size(c, stream, e->partition_key, e->data)) {
            return false;
        }
    }
    return total <= PUT_BYTES_MAX ? true
                                  : local_refuse(c, LOCAL_BAD_ARGUMENT,
                                                 "Records size exceeds %zu bytes: %zu",
                                                 PUT_BYTES_MAX, total);
}

static void hash_entries(const kds_put_records_in_t *in, const struct batch *b)
{
    size_t jobs = 0;
    for (size_t i = 0; i < in->records_count; i++) {
        const kds_put_records_request_entry_t *e = &in->records[i];
        if (e->explicit_hash_key.p != NULL) {
            kds_u128_parse(e->explicit_hash_key, &b->hashes[i]); /* it was validated */
        } else {
            b->jobs[jobs++] = (struct kds_md5_job){e->partition_key, b->digests[i]};
        }
    }
    kds_md5_many(b->jobs, jobs);
    for (size_t i = 0; i < in->records_count; i++) {
        if (in->records[i].explicit_hash_key.p == NULL) {
            b->hashes[i] = kds_u128_from_be(b->digests[i]);
        }
    }
}

static void
fail_entry(kds_put_records_result_entry_t *result, const char *code, kds_slice_t why)
{
    result->error_code = kds_slice(code);
    result->error_message = why;
}

static void put_entry(struct call *c,
                      struct local_stream *stream,
                      const kds_put_records_request_entry_t *e,
                      kds_u128_t hash,
                      char sequence[LOCAL_SEQUENCE_BYTES],
                      kds_put_records_result_entry_t *result)
{
    if (e->partition_key.p == NULL && !stream->spread) {
        fail_entry(result, LOCAL_BAD_ARGUMENT, kds_slice(key_missing));
        return;
    }
    struct local_shard *shard = place(stream, hash);
    if (!may_write(c, shard, e->partition_key, e->data)) {
        fail_entry(result, LOCAL_THROTTLED, throttle_text(c, stream, shard));
        return;
    }
    if (!store(c, stream, shard, e->partition_key, e->explicit_hash_key, e->data,
               sequence)) {
        fail_entry(result, "InternalFailure", kds_slice("Internal Service Failure"));
        return;
    }
    result->shard_id = kds_slice(shard->id);
    result->sequence_number = kds_slice(sequence);
}

bool local_put_records(struct call *c, const void *input, void *output)
{
    const kds_put_records_in_t *in = input;
    kds_put_records_out_t *out = output;
    struct local_stream *stream = local_live_stream(c, in->stream_name, in->stream_arn);
    struct batch b;
    if (stream == NULL || !take_room(c, in->records_count, &b) ||
        !check_entries(c, in, stream) ||
        !local_not_dry(c, in->has_dry_run, in->dry_run)) {
        return false;
    }
    if (!stream->spread) {
        hash_entries(in, &b);
    }
    for (size_t i = 0; i < in->records_count; i++) {
        put_entry(c, stream, &in->records[i], b.hashes[i], b.sequences[i], &b.results[i]);
        out->failed_record_count += b.results[i].error_code.p != NULL;
    }
    out->has_failed_record_count = true;
    out->records = b.results;
    out->records_count = in->records_count;
    out->encryption_type = local_encryption_of(stream);
    return true;
}
