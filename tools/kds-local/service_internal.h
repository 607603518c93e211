/*
 * service_internal: what the parts of the service share. service.c finds and dispatches;
 * service_streams.c has the operations on streams and shards; service_records.c those that write
 * and read. Only these three include it.
 */
#ifndef KDS_LOCAL_SERVICE_INTERNAL_H
#define KDS_LOCAL_SERVICE_INTERNAL_H

#include "service.h"

#define LOCAL_NOT_FOUND     "ResourceNotFoundException"
#define LOCAL_BAD_ARGUMENT  "InvalidArgumentException"
#define LOCAL_NO_ENCRYPTION KDS_SLICE_LIT("NONE")

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

/* ---- errors: they set the fault and return false ------------------------------------------ */

bool local_refuse(struct call *c, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool local_out_of_memory(struct call *c);

/* ---- finding; NULL if it is not there, named_*() with the fault set ----------------------- */

struct local_stream *local_find_stream(struct local_service *s, kds_slice_t name);
struct local_stream *local_find_stream_id(struct local_service *s, uint64_t id);
struct local_stream *
local_named_stream(struct call *c, kds_slice_t name, kds_slice_t arn);
struct local_shard *
local_named_shard(struct call *c, struct local_stream *stream, kds_slice_t id);

/* ---- showing; text lives in the call's arena ---------------------------------------------- */

kds_slice_t local_arn_of(struct call *c, const struct local_stream *stream);
kds_slice_t local_hash_text(struct call *c, kds_u128_t v);
void local_show_shard(struct call *c,
                      const struct local_stream *stream,
                      const struct local_shard *shard,
                      kds_shard_t *out);

/* ---- the operations: input and output are the structs of kds/kinesis.h -------------------- */

typedef bool(local_operation_fn)(struct call *c, const void *input, void *output);

local_operation_fn local_create_stream;
local_operation_fn local_delete_stream;
local_operation_fn local_describe_stream;
local_operation_fn local_describe_summary;
local_operation_fn local_list_streams;
local_operation_fn local_list_shards;
local_operation_fn local_put_record;
local_operation_fn local_put_records;
local_operation_fn local_get_shard_iterator;
local_operation_fn local_get_records;
local_operation_fn local_split_shard;
local_operation_fn local_merge_shards;

#endif /* KDS_LOCAL_SERVICE_INTERNAL_H */
