/*
 * service: what all operations need, and the way to them.
 */
#include "service_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/slice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- errors ------------------------------------------------------------------------------- */

bool local_refuse(struct call *c, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->fault->message, sizeof c->fault->message, format, args);
    va_end(args);
    c->fault->code = code;
    c->fault->status = 400;
    return false;
}

bool local_out_of_memory(struct call *c)
{
    local_refuse(c, "InternalFailure", "Internal Service Failure: out of memory");
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

struct local_stream *local_find_stream(struct local_service *s, kds_slice_t name)
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
    return local_find_stream(s, kds_slice(name));
}

struct local_stream *local_find_stream_id(struct local_service *s, uint64_t id)
{
    struct local_stream *at = s->streams;
    while (at != NULL && at->id != id) {
        at = at->next;
    }
    return at;
}

/* The stream that a request names, by name or by ARN. NULL with the fault set. */
struct local_stream *local_named_stream(struct call *c, kds_slice_t name, kds_slice_t arn)
{
    if (name.p == NULL && arn.p != NULL) {
        static const char mark[] = ":stream/";
        const uint8_t *at = memmem(arn.p, arn.n, mark, sizeof mark - 1);
        if (at == NULL) {
            local_refuse(c, LOCAL_BAD_ARGUMENT,
                         "StreamARN %.*s is not the ARN of a stream",
                         (int)(arn.n < 200 ? arn.n : 200), (const char *)arn.p);
            return NULL;
        }
        at += sizeof mark - 1;
        name = kds_slice_of(at, (size_t)(arn.p + arn.n - at));
    }
    if (name.p == NULL) {
        local_refuse(c, LOCAL_BAD_ARGUMENT,
                     "Either StreamName or StreamARN must be given");
        return NULL;
    }
    struct local_stream *stream = local_find_stream(c->service, name);
    if (stream == NULL) {
        local_refuse(c, LOCAL_NOT_FOUND, "Stream %.*s under account %s not found.",
                     (int)name.n, (const char *)name.p, c->service->account);
    }
    return stream;
}

struct local_shard *
local_named_shard(struct call *c, struct local_stream *stream, kds_slice_t id)
{
    struct local_shard *shard = local_stream_shard(stream, id);
    if (shard == NULL) {
        local_refuse(c, LOCAL_NOT_FOUND,
                     "Shard %.*s in stream %s under account %s does not exist", (int)id.n,
                     (const char *)id.p, stream->name, c->service->account);
    }
    return shard;
}

/* ---- showing things ----------------------------------------------------------------------- */

kds_slice_t local_arn_of(struct call *c, const struct local_stream *stream)
{
    char text[256];
    snprintf(text, sizeof text, "arn:aws:kinesis:%s:%s:stream/%s", c->service->region,
             c->service->account, stream->name);
    return kds_arena_copy(c->arena, kds_slice(text));
}

kds_slice_t local_hash_text(struct call *c, kds_u128_t v)
{
    char text[KDS_U128_DIGITS_MAX];
    return kds_arena_copy(c->arena, kds_slice_of(text, kds_u128_format(v, text)));
}

void local_show_shard(struct call *c,
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
    out->hash_key_range.starting_hash_key = local_hash_text(c, shard->first);
    out->hash_key_range.ending_hash_key = local_hash_text(c, shard->last);
    out->sequence_number_range.starting_sequence_number =
        kds_slice(shard->starting_sequence);
    if (!local_shard_is_open(shard)) {
        out->sequence_number_range.ending_sequence_number =
            kds_slice(shard->ending_sequence);
    }
}

/* ---- dispatch ----------------------------------------------------------------------------- */

static local_operation_fn *const operations[KDS_OP_COUNT] = {
    [KDS_OP_CREATE_STREAM] = local_create_stream,
    [KDS_OP_DELETE_STREAM] = local_delete_stream,
    [KDS_OP_DESCRIBE_STREAM] = local_describe_stream,
    [KDS_OP_DESCRIBE_STREAM_SUMMARY] = local_describe_summary,
    [KDS_OP_LIST_STREAMS] = local_list_streams,
    [KDS_OP_LIST_SHARDS] = local_list_shards,
    [KDS_OP_PUT_RECORD] = local_put_record,
    [KDS_OP_PUT_RECORDS] = local_put_records,
    [KDS_OP_GET_SHARD_ITERATOR] = local_get_shard_iterator,
    [KDS_OP_GET_RECORDS] = local_get_records,
    [KDS_OP_SPLIT_SHARD] = local_split_shard,
    [KDS_OP_MERGE_SHARDS] = local_merge_shards,
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
    if (operations[operation] == NULL) {
        return local_refuse(&c, "UnknownOperationException", "%s is not served",
                            op->name);
    }
    if (kds_shape_validate(op->input, input, &error) != KDS_OK) {
        local_refuse(&c, "ValidationException", "1 validation error detected: %s",
                     kds_error_message(error));
        kds_error_free(error);
        return false;
    }
    return operations[operation](&c, input, output);
}
