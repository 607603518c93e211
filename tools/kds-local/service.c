/*
 * service: what all operations need, and the way to them.
 */
#include "service_internal.h"
#include "subscriptions.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/slice.h"

#include <inttypes.h>
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

/* The set as the service writes it: with commas. */
static bool
not_one_of(struct call *c, kds_slice_t value, const char *member, const char *set)
{
    char list[256];
    size_t n = 0;
    for (; *set != 0 && n + 3 < sizeof list; set++) {
        list[n++] = (char)(*set == '|' ? ',' : *set);
        if (*set == '|') {
            list[n++] = ' ';
        }
    }
    return local_refuse(c, LOCAL_INVALID,
                        "1 validation error detected: Value '%.*s' at '%s' failed to "
                        "satisfy constraint: Member must satisfy enum value set: [%.*s]",
                        (int)(value.n < 100 ? value.n : 100), (const char *)value.p,
                        member, (int)n, list);
}

bool local_one_of(struct call *c, kds_slice_t value, const char *member, const char *set)
{
    if (value.p == NULL) {
        return true;
    }
    for (const char *at = set; *at != 0;) {
        size_t n = strcspn(at, "|");
        if (kds_slice_eq(value, kds_slice_of(at, n))) {
            return true;
        }
        at += n + (at[n] != 0);
    }
    return not_one_of(c, value, member, set);
}

bool local_not_dry(struct call *c, bool has_dry_run, bool dry_run)
{
    if (!has_dry_run || !dry_run || c->service->options.ignore_dry_run) {
        return true;
    }
    return local_refuse(c, "DryRunOperationException",
                        "Request would have succeeded, but DryRun is set.");
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
    s->options.region = s->region;
    s->options.account = s->account;
    if (s->options.memory_max_bytes == 0) {
        s->options.memory_max_bytes = LOCAL_MEMORY_DEFAULT;
    }
    if (s->options.subscription_ms == 0) {
        s->options.subscription_ms = LOCAL_SUBSCRIPTION_MS;
    }
    if (s->options.heartbeat_ms == 0) {
        s->options.heartbeat_ms = LOCAL_HEARTBEAT_MS;
    }
    if (s->options.takeover_ms < 0) {
        s->options.takeover_ms = 0;
    } else if (s->options.takeover_ms == 0) {
        s->options.takeover_ms = LOCAL_TAKEOVER_MS;
    }
    s->commitment.started_ms = s->commitment.ended_ms = -1;
    s->next_event_us = KDS_NEVER_US;
    kds_buf_init(&s->row, LOCAL_ROW_BYTES_MAX);
    return s;
}

void local_service_free(struct local_service *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < s->stream_count; i++) {
        local_stream_free(s->streams[i]);
    }
    kds_free(s->streams);
    kds_free(s->by_id);
    local_channels_clear(&s->channels);
    kds_buf_clear(&s->row);
    kds_free(s);
}

void local_service_observe(struct local_service *s, const struct local_observer *observer)
{
    s->observer = observer;
}

/* ---- the streams -------------------------------------------------------------------------- */

/* Where the first stream stands whose name is not below @p name. */
static size_t stream_position(const struct local_service *s, kds_slice_t name)
{
    size_t low = 0, high = s->stream_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_slice_cmp(kds_slice(s->streams[middle]->name), name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Where the first stream stands whose id is not below @p id. */
static size_t id_position(const struct local_service *s, uint64_t id)
{
    size_t low = 0, high = s->stream_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->by_id[middle]->id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct local_stream *local_find_stream(struct local_service *s, kds_slice_t name)
{
    size_t at = stream_position(s, name);
    return at < s->stream_count && kds_slice_is(name, s->streams[at]->name)
               ? s->streams[at]
               : NULL;
}

struct local_stream *local_service_stream(struct local_service *s, const char *name)
{
    return local_find_stream(s, kds_slice(name));
}

struct local_stream *local_find_stream_id(struct local_service *s, uint64_t id)
{
    size_t at = id_position(s, id);
    return at < s->stream_count && s->by_id[at]->id == id ? s->by_id[at] : NULL;
}

static bool grow(struct local_stream ***list, size_t capacity)
{
    struct local_stream **more =
        kds_realloc_array(*list, capacity, sizeof(struct local_stream *));
    if (more != NULL) {
        *list = more;
    }
    return more != NULL;
}

static void insert_at(struct local_stream **list,
                      size_t count,
                      size_t at,
                      struct local_stream *stream)
{
    memmove(list + at + 1, list + at, (count - at) * sizeof(struct local_stream *));
    list[at] = stream;
}

static void remove_at(struct local_stream **list, size_t count, size_t at)
{
    memmove(list + at, list + at + 1, (count - at - 1) * sizeof(struct local_stream *));
}

bool local_insert_stream(struct local_service *s, struct local_stream *stream)
{
    if (s->stream_count == s->stream_capacity) {
        size_t capacity = s->stream_capacity ? s->stream_capacity * 2 : 16;
        if (!grow(&s->streams, capacity) || !grow(&s->by_id, capacity)) {
            return false;
        }
        s->stream_capacity = capacity;
    }
    insert_at(s->streams, s->stream_count, stream_position(s, kds_slice(stream->name)),
              stream);
    insert_at(s->by_id, s->stream_count, id_position(s, stream->id), stream);
    s->stream_count++;
    return true;
}

void local_remove_stream(struct local_service *s, struct local_stream *stream)
{
    local_tell_gone(s, LOCAL_OBJECT_STREAM, stream->id, kds_slice(""));
    remove_at(s->streams, s->stream_count, stream_position(s, kds_slice(stream->name)));
    remove_at(s->by_id, s->stream_count, id_position(s, stream->id));
    s->stream_count--;
    for (size_t i = 0; i < stream->shard_count; i++) {
        s->record_bytes -= (int64_t)stream->shards[i]->log.bytes;
        local_orphan_readers(stream->shards[i], NULL);
    }
    local_stream_free(stream);
}

/* ---- showing things ----------------------------------------------------------------------- */

kds_slice_t local_format(struct call *c, const char *format, ...)
{
    char text[2560];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return kds_arena_copy(c->arena, kds_slice(text));
}

kds_slice_t local_arn_of(struct call *c, const struct local_stream *stream)
{
    return local_format(c, "arn:aws:kinesis:%s:%s:stream/%s", c->service->region,
                        c->service->account, stream->name);
}

kds_slice_t local_hash_text(struct call *c, kds_u128_t v)
{
    char text[KDS_U128_DIGITS_MAX];
    return kds_arena_copy(c->arena, kds_slice_of(text, kds_u128_format(v, text)));
}

kds_slice_t local_encryption_of(const struct local_stream *stream)
{
    return stream->encrypted ? kds_slice("KMS") : kds_slice("NONE");
}

const kds_stream_mode_details_t *local_mode_of(const struct local_stream *stream)
{
    static const kds_stream_mode_details_t provisioned = {KDS_SLICE_LIT("PROVISIONED")};
    static const kds_stream_mode_details_t on_demand = {KDS_SLICE_LIT("ON_DEMAND")};
    return stream->on_demand ? &on_demand : &provisioned;
}

/* ---- tokens of pages ---------------------------------------------------------------------- */

kds_slice_t local_page_token(struct call *c, const struct local_token *token)
{
    char text[LOCAL_TOKEN_BYTES];
    struct local_token full = *token;
    full.issued_ms = c->now_ms;
    local_token_write(&full, c->service->secret, text);
    return kds_arena_copy(c->arena, kds_slice(text));
}

bool local_read_page_token(struct call *c,
                           kds_slice_t text,
                           enum local_token_kind kind,
                           struct local_token *out)
{
    uint8_t *name = kds_arena_alloc(c->arena, LOCAL_TOKEN_NAME);
    if (name == NULL) {
        return local_out_of_memory(c);
    }
    if (!local_token_read(text, c->service->secret, out, name) || out->kind != kind) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT, "NextToken is invalid.");
    }
    if (c->now_ms - out->issued_ms > LOCAL_TOKEN_LIFE_MS) {
        return local_refuse(c, "ExpiredNextTokenException", "NextToken has expired.");
    }
    return true;
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
    [KDS_OP_ADD_TAGS_TO_STREAM] = local_add_tags,
    [KDS_OP_REMOVE_TAGS_FROM_STREAM] = local_remove_tags,
    [KDS_OP_LIST_TAGS_FOR_STREAM] = local_list_tags,
    [KDS_OP_TAG_RESOURCE] = local_tag_resource,
    [KDS_OP_UNTAG_RESOURCE] = local_untag_resource,
    [KDS_OP_LIST_TAGS_FOR_RESOURCE] = local_list_resource_tags,
    [KDS_OP_INCREASE_STREAM_RETENTION_PERIOD] = local_increase_retention,
    [KDS_OP_DECREASE_STREAM_RETENTION_PERIOD] = local_decrease_retention,
    [KDS_OP_ENABLE_ENHANCED_MONITORING] = local_enable_monitoring,
    [KDS_OP_DISABLE_ENHANCED_MONITORING] = local_disable_monitoring,
    [KDS_OP_START_STREAM_ENCRYPTION] = local_start_encryption,
    [KDS_OP_STOP_STREAM_ENCRYPTION] = local_stop_encryption,
    [KDS_OP_UPDATE_SHARD_COUNT] = local_update_shard_count,
    [KDS_OP_UPDATE_STREAM_MODE] = local_update_mode,
    [KDS_OP_UPDATE_STREAM_WARM_THROUGHPUT] = local_update_warm,
    [KDS_OP_UPDATE_MAX_RECORD_SIZE] = local_update_record_size,
    [KDS_OP_UPDATE_STREAM_RECORD_DISTRIBUTION_STRATEGY] = local_update_strategy,
    [KDS_OP_DESCRIBE_LIMITS] = local_describe_limits,
    [KDS_OP_DESCRIBE_ACCOUNT_SETTINGS] = local_describe_account,
    [KDS_OP_UPDATE_ACCOUNT_SETTINGS] = local_update_account,
    [KDS_OP_PUT_RESOURCE_POLICY] = local_put_policy,
    [KDS_OP_GET_RESOURCE_POLICY] = local_get_policy,
    [KDS_OP_DELETE_RESOURCE_POLICY] = local_delete_policy,
    [KDS_OP_REGISTER_STREAM_CONSUMER] = local_register_consumer,
    [KDS_OP_DEREGISTER_STREAM_CONSUMER] = local_deregister_consumer,
    [KDS_OP_DESCRIBE_STREAM_CONSUMER] = local_describe_consumer,
    [KDS_OP_LIST_STREAM_CONSUMERS] = local_list_consumers,
    [KDS_OP_SUBSCRIBE_TO_SHARD] = local_subscribe_to_shard,
    [KDS_OP_CREATE_CHANNEL] = local_create_channel,
    [KDS_OP_DESCRIBE_CHANNEL] = local_describe_channel,
    [KDS_OP_LIST_CHANNELS] = local_list_channels,
    [KDS_OP_UPDATE_CHANNEL] = local_update_channel,
    [KDS_OP_DELETE_CHANNEL] = local_delete_channel,
};

/* The ranges that the service checks itself, with another exception than the model's. */
static bool check_read_limit(struct call *c, const void *input)
{
    const kds_get_records_in_t *in = input;
    if (c->operation != KDS_OP_GET_RECORDS || !in->has_limit || in->limit <= 10000) {
        return true;
    }
    return local_refuse(c, LOCAL_BAD_ARGUMENT,
                        "Limit %" PRId64 " exceeds the maximum of 10000.", in->limit);
}

/* The model's pattern knows digits only: 39 of them may be more than 2^128-1. */
static bool check_hash_key(struct call *c, kds_slice_t key)
{
    kds_u128_t hash;
    bool number = key.n == 39 && key.p[0] != '0';
    for (size_t i = 0; number && i < key.n; i++) {
        number = key.p[i] >= '0' && key.p[i] <= '9';
    }
    return !number || kds_u128_parse(key, &hash) ||
           local_refuse(c, LOCAL_BAD_ARGUMENT,
                        "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: "
                        "[0, 2^128-1]. Specified value was %.*s",
                        (int)key.n, (const char *)key.p);
}

static bool check_hash_keys(struct call *c, const void *input)
{
    if (c->operation == KDS_OP_PUT_RECORD) {
        return check_hash_key(c, ((const kds_put_record_in_t *)input)->explicit_hash_key);
    }
    const kds_put_records_in_t *in = input;
    for (size_t i = 0; c->operation == KDS_OP_PUT_RECORDS && i < in->records_count; i++) {
        if (!check_hash_key(c, in->records[i].explicit_hash_key)) {
            return false;
        }
    }
    return true;
}

static bool validate(struct call *c, const struct kds_operation *op, const void *input)
{
    kds_error_t *error = NULL;
    if (!check_read_limit(c, input) || !check_hash_keys(c, input)) {
        return false;
    }
    if (kds_shape_validate(op->input, input, &error) != KDS_OK) {
        local_refuse(c, LOCAL_INVALID, "1 validation error detected: %s",
                     kds_error_message(error));
        kds_error_free(error);
        return false;
    }
    return true;
}

static bool observer_failed(struct call *c)
{
    local_refuse(c, "InternalFailure",
                 "Internal Service Failure: what was stored could not be kept");
    c->fault->status = 500;
    return false;
}

/* Nothing is acknowledged before it is kept. */
static bool keep(struct local_service *s)
{
    if (s->told && !s->broken) {
        s->broken = !s->observer->commit(s->observer->opaque);
        s->told = false;
    }
    return !s->broken;
}

void local_service_advance(struct local_service *s, int64_t now_us)
{
    if (!s->broken) {
        local_let_pass(s, now_us);
        keep(s);
    }
}

bool local_service_call(struct local_service *s,
                        int64_t now_us,
                        enum kds_operation_id operation,
                        const void *input,
                        void *output,
                        struct kds_arena *arena,
                        struct local_fault *fault)
{
    return local_service_run(s, now_us, operation, input, output, arena, fault, NULL);
}

bool local_service_run(struct local_service *s,
                       int64_t now_us,
                       enum kds_operation_id operation,
                       const void *input,
                       void *output,
                       struct kds_arena *arena,
                       struct local_fault *fault,
                       struct local_subscription *subscription)
{
    const struct kds_operation *op = kds_operation_at(operation);
    struct call c = {s,     now_us,      now_us / KDS_US_PER_MS, operation, arena,
                     fault, subscription};
    memset(output, 0, op->output->size);
    if (s->broken) {
        return observer_failed(&c);
    }
    local_let_pass(s, now_us);
    bool ok = validate(&c, op, input) && local_rate_of_account(&c) &&
              operations[operation](&c, input, output);
    return keep(s) ? ok : observer_failed(&c);
}
