/*
 * service_labels: the operations on tags and policies: the older ones of streams alone, and the
 * newer ones of whatever an ARN names.
 */
#include "service_internal.h"

#include "base/slice.h"
#include "codec/token.h"

#include <string.h>

#define POLICY_BYTES_MAX  20480 /* as the service's other policies */
#define LIST_TAGS_DEFAULT 50

/* ---- tags --------------------------------------------------------------------------------- */

bool local_check_tags(struct call *c,
                      const struct local_labels *labels,
                      const kds_tag_t *tags,
                      size_t count)
{
    static const struct local_labels none;
    size_t with = local_labels_with(labels ? labels : &none, tags, count);
    if (with <= LOCAL_TAGS_MAX) {
        return true;
    }
    return local_refuse(c, LOCAL_BAD_ARGUMENT,
                        "%zu tags exceed the limit of %d of one resource.", with,
                        LOCAL_TAGS_MAX);
}

static void tell_resource(struct call *c, const struct local_resource *at)
{
    if (at->channel != NULL) {
        local_tell_channel(c->service, at->channel);
    } else if (at->consumer != NULL) {
        local_tell_consumer(c->service, at->stream, at->consumer);
    } else {
        local_tell_stream(c->service, at->stream);
    }
}

static bool
add(struct call *c, const struct local_resource *at, const kds_tag_t *tags, size_t count)
{
    if (!local_check_tags(c, at->labels, tags, count)) {
        return false;
    }
    if (!local_labels_add(at->labels, tags, count)) {
        return local_out_of_memory(c);
    }
    tell_resource(c, at);
    return true;
}

static bool drop(struct call *c,
                 const struct local_resource *at,
                 const kds_slice_t *keys,
                 size_t count)
{
    if (!local_labels_remove(at->labels, keys, count)) {
        return local_out_of_memory(c);
    }
    tell_resource(c, at);
    return true;
}

/* A stream of the older operations, which change nothing while it is not ACTIVE. */
static bool active_resource(struct call *c,
                            kds_slice_t name,
                            kds_slice_t arn,
                            struct local_resource *out)
{
    memset(out, 0, sizeof *out);
    out->stream = local_active_stream(c, name, arn);
    out->labels = out->stream ? &out->stream->labels : NULL;
    return out->stream != NULL;
}

bool local_add_tags(struct call *c, const void *input, void *output)
{
    const kds_add_tags_to_stream_in_t *in = input;
    struct local_resource at;
    (void)output;
    return active_resource(c, in->stream_name, in->stream_arn, &at) &&
           add(c, &at, in->tags, in->tags_count);
}

bool local_remove_tags(struct call *c, const void *input, void *output)
{
    const kds_remove_tags_from_stream_in_t *in = input;
    struct local_resource at;
    (void)output;
    return active_resource(c, in->stream_name, in->stream_arn, &at) &&
           drop(c, &at, in->tag_keys, in->tag_keys_count);
}

bool local_list_tags(struct call *c, const void *input, void *output)
{
    const kds_list_tags_for_stream_in_t *in = input;
    kds_list_tags_for_stream_out_t *out = output;
    static const kds_tag_t none[1];
    struct local_stream *stream = local_named_stream(c, in->stream_name, in->stream_arn);
    size_t most = in->has_limit ? (size_t)in->limit : LIST_TAGS_DEFAULT;
    if (stream == NULL) {
        return false;
    }
    size_t from = local_labels_behind(&stream->labels, in->exclusive_start_tag_key);
    size_t left = stream->labels.tag_count - from;
    out->tags = left ? stream->labels.tags + from : none;
    out->tags_count = left < most ? left : most;
    out->has_more_tags = left > most;
    return true;
}

bool local_tag_resource(struct call *c, const void *input, void *output)
{
    const kds_tag_resource_in_t *in = input;
    struct local_resource at;
    (void)output;
    return local_changeable_resource(c, in->resource_arn, &at) &&
           add(c, &at, in->tags, in->tags_count);
}

bool local_untag_resource(struct call *c, const void *input, void *output)
{
    const kds_untag_resource_in_t *in = input;
    struct local_resource at;
    (void)output;
    return local_changeable_resource(c, in->resource_arn, &at) &&
           drop(c, &at, in->tag_keys, in->tag_keys_count);
}

bool local_list_resource_tags(struct call *c, const void *input, void *output)
{
    const kds_list_tags_for_resource_in_t *in = input;
    kds_list_tags_for_resource_out_t *out = output;
    static const kds_tag_t none[1];
    struct local_resource at;
    if (!local_named_resource(c, in->resource_arn, &at)) {
        return false;
    }
    out->tags = at.labels->tag_count ? at.labels->tags : none;
    out->tags_count = at.labels->tag_count;
    return true;
}

/* ---- policies ----------------------------------------------------------------------------- */

/* Whether this is one JSON object and nothing else. What it says is never applied. */
static bool check_policy(struct call *c, kds_slice_t policy)
{
    struct kds_reader r;
    kds_reader_init(&r, KDS_FORMAT_JSON, policy, c->arena);
    bool object = policy.n > 0 && r.ops->peek(&r) == KDS_T_MAP;
    if (object) {
        kds_reader_skip(&r);
    }
    while (r.p < r.end && strchr(" \t\r\n", *r.p) != NULL && *r.p != 0) {
        r.p++;
    }
    if (!object || r.err != KDS_OK || r.p != r.end) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Policy is not a well-formed JSON object.");
    }
    return policy.n <= POLICY_BYTES_MAX
               ? true
               : local_refuse(c, LOCAL_TOO_MANY, "Policy of %zu bytes exceeds %d.",
                              policy.n, POLICY_BYTES_MAX);
}

/* Streams and consumers can have one. */
static bool owns_policies(struct call *c, const struct local_resource *at)
{
    return at->channel == NULL
               ? true
               : local_refuse(c, LOCAL_BAD_ARGUMENT,
                              "ResourceARN must be the ARN of a stream or consumer.");
}

bool local_put_policy(struct call *c, const void *input, void *output)
{
    const kds_put_resource_policy_in_t *in = input;
    struct local_resource at;
    (void)output;
    if (!local_changeable_resource(c, in->resource_arn, &at) || !owns_policies(c, &at) ||
        !check_policy(c, in->policy)) {
        return false;
    }
    if (!local_labels_set_policy(at.labels, in->policy)) {
        return local_out_of_memory(c);
    }
    tell_resource(c, &at);
    return true;
}

static bool no_policy(struct call *c, kds_slice_t arn)
{
    return local_refuse(c, LOCAL_NOT_FOUND, "%.*s has no policy.",
                        (int)(arn.n < 300 ? arn.n : 300), (const char *)arn.p);
}

bool local_get_policy(struct call *c, const void *input, void *output)
{
    const kds_get_resource_policy_in_t *in = input;
    kds_get_resource_policy_out_t *out = output;
    struct local_resource at;
    if (!local_named_resource(c, in->resource_arn, &at) || !owns_policies(c, &at)) {
        return false;
    }
    out->policy = at.labels->policy;
    return out->policy.p != NULL ? true : no_policy(c, in->resource_arn);
}

bool local_delete_policy(struct call *c, const void *input, void *output)
{
    const kds_delete_resource_policy_in_t *in = input;
    struct local_resource at;
    (void)output;
    if (!local_changeable_resource(c, in->resource_arn, &at) || !owns_policies(c, &at)) {
        return false;
    }
    if (at.labels->policy.p == NULL) {
        return no_policy(c, in->resource_arn);
    }
    local_labels_set_policy(at.labels, kds_slice(NULL));
    tell_resource(c, &at);
    return true;
}
