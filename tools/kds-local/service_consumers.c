/*
 * service_consumers: the operations on registered fan-out consumers.
 */
#include "service_internal.h"

#include "base/slice.h"

#include <inttypes.h>

#define CONSUMERS_MAX           20
#define CONSUMERS_MAX_COMMITTED 50 /* with the account's commitment */
#define LIST_CONSUMERS_MAX      100

static kds_slice_t arn_of(struct call *c,
                          const struct local_stream *stream,
                          const struct local_consumer *consumer)
{
    return local_format(c, "arn:aws:kinesis:%s:%s:stream/%s/consumer/%s:%" PRId64,
                        c->service->region, c->service->account, stream->name,
                        consumer->name, consumer->created_ms / 1000);
}

static void show_consumer(struct call *c,
                          const struct local_stream *stream,
                          const struct local_consumer *consumer,
                          kds_consumer_t *out)
{
    out->consumer_name = kds_slice(consumer->name);
    out->consumer_arn = arn_of(c, stream, consumer);
    out->consumer_status = kds_slice(local_status_name(consumer->status));
    out->consumer_creation_timestamp_ms = consumer->created_ms;
}

/* ---- registering -------------------------------------------------------------------------- */

static bool check_counts(struct call *c, const struct local_stream *stream)
{
    size_t creating = 0;
    local_settle_commitment(c->service, c->now_ms);
    size_t most =
        local_is_committed(c->service) ? CONSUMERS_MAX_COMMITTED : CONSUMERS_MAX;
    for (size_t i = 0; i < stream->consumer_count; i++) {
        creating += stream->consumers[i]->status == LOCAL_CREATING;
    }
    if (creating >= LOCAL_CREATING_MAX) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "%zu consumers of stream %s are CREATING, as many as may be "
                            "at a time.",
                            creating, stream->name);
    }
    return stream->consumer_count < most
               ? true
               : local_refuse(c, LOCAL_TOO_MANY,
                              "Stream %s under account %s has %zu consumers, as many as "
                              "it may.",
                              stream->name, c->service->account, stream->consumer_count);
}

bool local_register_consumer(struct call *c, const void *input, void *output)
{
    const kds_register_stream_consumer_in_t *in = input;
    kds_register_stream_consumer_out_t *out = output;
    struct local_stream *stream = local_active_stream(c, kds_slice(NULL), in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    if (local_consumer_find(stream, in->consumer_name) != NULL) {
        return local_refuse(c, LOCAL_IN_USE,
                            "Consumer %.*s of stream %s under account %s already exists.",
                            (int)in->consumer_name.n, (const char *)in->consumer_name.p,
                            stream->name, c->service->account);
    }
    if (!check_counts(c, stream) ||
        !local_check_tags(c, NULL, in->tags, in->tags_count)) {
        return false;
    }
    struct local_consumer *consumer =
        local_consumer_add(stream, in->consumer_name, c->now_us);
    if (consumer == NULL) {
        return local_out_of_memory(c);
    }
    if (!local_labels_add(&consumer->labels, in->tags, in->tags_count)) {
        local_consumer_remove(stream, consumer);
        return local_out_of_memory(c);
    }
    local_consumer_becomes(c->service, stream, consumer, LOCAL_CREATING, c->now_us);
    show_consumer(c, stream, consumer, &out->consumer);
    out->consumer.consumer_status = kds_slice("CREATING"); /* however short it was */
    return true;
}

/* ---- one of them -------------------------------------------------------------------------- */

/* By its ARN, or by its stream's and its name. */
static bool find_consumer(struct call *c,
                          kds_slice_t consumer_arn,
                          kds_slice_t stream_arn,
                          kds_slice_t name,
                          struct local_resource *out)
{
    if (consumer_arn.p == NULL && (stream_arn.p == NULL || name.p == NULL)) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Either ConsumerARN or StreamARN and ConsumerName must be "
                            "given");
    }
    if (!local_named_resource(c, consumer_arn.p ? consumer_arn : stream_arn, out)) {
        return false;
    }
    if (consumer_arn.p == NULL && out->stream != NULL && out->consumer == NULL) {
        out->consumer = local_consumer_find(out->stream, name);
        if (out->consumer == NULL) {
            return local_refuse(c, LOCAL_NOT_FOUND,
                                "Consumer %.*s of stream %s under account %s not found.",
                                (int)name.n, (const char *)name.p, out->stream->name,
                                c->service->account);
        }
        return true;
    }
    bool named = name.p == NULL ||
                 (out->consumer != NULL && kds_slice_is(name, out->consumer->name));
    return out->consumer != NULL && named
               ? true
               : local_refuse(c, LOCAL_BAD_ARGUMENT,
                              "The ARN and the name given are not those of one consumer");
}

bool local_deregister_consumer(struct call *c, const void *input, void *output)
{
    const kds_deregister_stream_consumer_in_t *in = input;
    struct local_resource at;
    (void)output;
    if (!find_consumer(c, in->consumer_arn, in->stream_arn, in->consumer_name, &at)) {
        return false;
    }
    if (at.consumer->status != LOCAL_DELETING) {
        local_consumer_becomes(c->service, at.stream, at.consumer, LOCAL_DELETING,
                               c->now_us);
    }
    return true;
}

bool local_describe_consumer(struct call *c, const void *input, void *output)
{
    const kds_describe_stream_consumer_in_t *in = input;
    kds_consumer_description_t *out =
        &((kds_describe_stream_consumer_out_t *)output)->consumer_description;
    struct local_resource at;
    if (!find_consumer(c, in->consumer_arn, in->stream_arn, in->consumer_name, &at)) {
        return false;
    }
    kds_consumer_t shown;
    show_consumer(c, at.stream, at.consumer, &shown);
    out->consumer_name = shown.consumer_name;
    out->consumer_arn = shown.consumer_arn;
    out->consumer_status = shown.consumer_status;
    out->consumer_creation_timestamp_ms = shown.consumer_creation_timestamp_ms;
    out->stream_arn = local_arn_of(c, at.stream);
    return true;
}

/* ---- all of them -------------------------------------------------------------------------- */

static bool check_created(struct call *c,
                          const kds_list_stream_consumers_in_t *in,
                          const struct local_stream *stream)
{
    if (!in->has_stream_creation_timestamp_ms ||
        in->stream_creation_timestamp_ms / 1000 == stream->created_ms / 1000) {
        return true;
    }
    return local_refuse(
        c, LOCAL_NOT_FOUND, "Stream %s under account %s was not created at %" PRId64 ".",
        stream->name, c->service->account, in->stream_creation_timestamp_ms);
}

bool local_list_consumers(struct call *c, const void *input, void *output)
{
    const kds_list_stream_consumers_in_t *in = input;
    kds_list_stream_consumers_out_t *out = output;
    struct local_token token = {.name = {NULL, 0}};
    size_t most = LIST_CONSUMERS_MAX;
    struct local_stream *stream = local_named_stream(c, kds_slice(NULL), in->stream_arn);
    if (stream == NULL || !check_created(c, in, stream)) {
        return false;
    }
    if (in->next_token.p != NULL) {
        if (!local_read_page_token(c, in->next_token, LOCAL_TOKEN_CONSUMERS, &token)) {
            return false;
        }
        if (token.stream != stream->id) {
            return local_refuse(c, LOCAL_BAD_ARGUMENT, "NextToken is invalid.");
        }
    }
    if (in->has_max_results && in->max_results < LIST_CONSUMERS_MAX) {
        most = (size_t)in->max_results;
    }
    size_t from = local_consumer_behind(stream, token.name);
    size_t left = stream->consumer_count - from;
    size_t n = left < most ? left : most;
    kds_consumer_t *consumers = kds_arena_zero(c->arena, n + 1, sizeof *consumers);
    if (consumers == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = 0; i < n; i++) {
        show_consumer(c, stream, stream->consumers[from + i], &consumers[i]);
    }
    if (n < left) {
        const struct local_token next = {.kind = LOCAL_TOKEN_CONSUMERS,
                                         .stream = stream->id,
                                         .name = consumers[n - 1].consumer_name};
        out->next_token = local_page_token(c, &next);
    }
    out->consumers = consumers;
    out->consumers_count = n;
    return true;
}
