/*
 * service_find: from the names and ARNs of a request to what they name.
 *
 * ARNs: arn:PARTITION:kinesis:REGION:ACCOUNT:stream/NAME, .../consumer/NAME:EPOCH behind it, and
 * ...:channel/ID. Partition, region and account are taken as they come: a local server has one of each.
 */
#include "service_internal.h"

#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"

#include <string.h>

/* The part of an ARN behind its fifth colon. */
static bool resource_part(kds_slice_t arn, kds_slice_t *out)
{
    const uint8_t *at = arn.p, *end = arn.p + arn.n;
    for (int colon = 0; colon < 5; colon++) {
        const uint8_t *next = memchr(at, ':', (size_t)(end - at));
        if (next == NULL ||
            (colon == 2 &&
             !kds_slice_is(kds_slice_of(at, (size_t)(next - at)), "kinesis"))) {
            return false;
        }
        at = next + 1;
    }
    *out = kds_slice_of(at, (size_t)(end - at));
    return true;
}

/* What stands behind @p prefix in @p text. */
static bool after(kds_slice_t text, const char *prefix, kds_slice_t *out)
{
    size_t n = strlen(prefix);
    if (text.n <= n || memcmp(text.p, prefix, n) != 0) {
        return false;
    }
    *out = kds_slice_of(text.p + n, text.n - n);
    return true;
}

/* "NAME/consumer/NAME:EPOCH" in three; the last two absent if it is a stream's. */
struct path {
    kds_slice_t stream, consumer, epoch;
};

static bool read_path(kds_slice_t arn, struct path *out)
{
    static const char mark[] = "/consumer/";
    kds_slice_t part;
    memset(out, 0, sizeof *out);
    if (!resource_part(arn, &part) || !after(part, "stream/", &out->stream)) {
        return false;
    }
    size_t slash = kds_slice_find(out->stream, '/');
    if (slash == out->stream.n) {
        return true;
    }
    kds_slice_t rest = kds_slice_of(out->stream.p + slash, out->stream.n - slash);
    out->stream.n = slash;
    if (!after(rest, mark, &rest)) {
        return false;
    }
    size_t colon = kds_slice_find(rest, ':');
    out->consumer = kds_slice_of(rest.p, colon);
    out->epoch = colon < rest.n ? kds_slice_of(rest.p + colon + 1, rest.n - colon - 1)
                                : kds_slice_of("", 0);
    return true;
}

static bool not_an_arn(struct call *c, kds_slice_t arn, const char *of)
{
    return local_refuse(c, LOCAL_BAD_ARGUMENT, "%.*s is not the ARN of a %s",
                        (int)(arn.n < 200 ? arn.n : 200), (const char *)arn.p, of);
}

/* ---- streams ------------------------------------------------------------------------------ */

static bool stream_missing(struct call *c, kds_slice_t name)
{
    return local_refuse(c, LOCAL_NOT_FOUND, "Stream %.*s under account %s not found.",
                        (int)name.n, (const char *)name.p, c->service->account);
}

/* The name that a request gives, in either way. */
static bool given_name(struct call *c, kds_slice_t *name, kds_slice_t arn)
{
    struct path path;
    if (arn.p != NULL) {
        if (!read_path(arn, &path) || path.consumer.p != NULL) {
            return not_an_arn(c, arn, "stream");
        }
        if (name->p != NULL && !kds_slice_eq(*name, path.stream)) {
            return local_refuse(c, LOCAL_BAD_ARGUMENT,
                                "StreamName %.*s and StreamARN name different streams.",
                                (int)name->n, (const char *)name->p);
        }
        *name = path.stream;
    }
    return name->p != NULL ? true
                           : local_refuse(c, LOCAL_BAD_ARGUMENT,
                                          "Either StreamName or StreamARN must be given");
}

struct local_stream *local_named_stream(struct call *c, kds_slice_t name, kds_slice_t arn)
{
    if (!given_name(c, &name, arn)) {
        return NULL;
    }
    struct local_stream *stream = local_find_stream(c->service, name);
    if (stream == NULL) {
        stream_missing(c, name);
        return NULL;
    }
    return local_rate_of_stream(c, stream) ? stream : NULL;
}

struct local_stream *local_live_stream(struct call *c, kds_slice_t name, kds_slice_t arn)
{
    struct local_stream *stream = local_named_stream(c, name, arn);
    if (stream != NULL && stream->status != LOCAL_ACTIVE &&
        stream->status != LOCAL_UPDATING) {
        stream_missing(c, kds_slice(stream->name));
        return NULL;
    }
    return stream;
}

bool local_needs_active(struct call *c, const struct local_stream *stream)
{
    if (stream->status == LOCAL_ACTIVE) {
        return true;
    }
    return local_refuse(
        c, LOCAL_IN_USE, "Stream %s under account %s not ACTIVE, instead in state %s",
        stream->name, c->service->account, local_status_name(stream->status));
}

struct local_stream *
local_active_stream(struct call *c, kds_slice_t name, kds_slice_t arn)
{
    struct local_stream *stream = local_named_stream(c, name, arn);
    return stream != NULL && local_needs_active(c, stream) ? stream : NULL;
}

struct local_shard *
local_named_shard(struct call *c, struct local_stream *stream, kds_slice_t id)
{
    struct local_shard *shard = local_stream_shard(stream, id);
    if (shard != NULL) {
        local_trim(c->service, stream, shard, c->now_us);
        if (local_shard_expired(shard, local_stream_horizon_ms(stream, c->now_ms))) {
            shard = NULL;
        }
    }
    if (shard == NULL) {
        local_refuse(c, LOCAL_NOT_FOUND,
                     "Shard %.*s in stream %s under account %s does not exist", (int)id.n,
                     (const char *)id.p, stream->name, c->service->account);
    }
    return shard;
}

/* ---- resources ---------------------------------------------------------------------------- */

static struct local_consumer *
consumer_at(struct call *c, struct local_stream *stream, const struct path *path)
{
    struct local_consumer *consumer = local_consumer_find(stream, path->consumer);
    int64_t epoch;
    if (consumer == NULL || !kds_parse_i64(path->epoch, &epoch) ||
        epoch != consumer->created_ms / 1000) {
        local_refuse(c, LOCAL_NOT_FOUND,
                     "Consumer %.*s of stream %s under account %s not found.",
                     (int)(path->consumer.n < 128 ? path->consumer.n : 128),
                     (const char *)path->consumer.p, stream->name, c->service->account);
        return NULL;
    }
    return consumer;
}

static struct local_channel *channel_at(struct call *c, kds_slice_t id)
{
    struct local_channel *channel = local_channels_by_id(&c->service->channels, id);
    if (channel == NULL) {
        local_refuse(c, LOCAL_NOT_FOUND, "Channel %.*s under account %s not found.",
                     (int)(id.n < 64 ? id.n : 64), (const char *)id.p,
                     c->service->account);
    }
    return channel;
}

struct local_channel *local_named_channel(struct call *c, kds_slice_t arn)
{
    kds_slice_t part, id;
    if (!resource_part(arn, &part) || !after(part, "channel/", &id)) {
        not_an_arn(c, arn, "channel");
        return NULL;
    }
    return channel_at(c, id);
}

bool local_named_resource(struct call *c, kds_slice_t arn, struct local_resource *out)
{
    struct path path;
    kds_slice_t part, id;
    memset(out, 0, sizeof *out);
    if (resource_part(arn, &part) && after(part, "channel/", &id)) {
        out->channel = channel_at(c, id);
        out->labels = out->channel ? &out->channel->labels : NULL;
        return out->channel != NULL;
    }
    if (!read_path(arn, &path)) {
        return not_an_arn(c, arn, "stream, consumer or channel");
    }
    out->stream = local_find_stream(c->service, path.stream);
    if (out->stream == NULL) {
        return stream_missing(c, path.stream);
    }
    if (!local_rate_of_stream(c, out->stream)) {
        return false;
    }
    out->labels = &out->stream->labels;
    if (path.consumer.p != NULL) {
        out->consumer = consumer_at(c, out->stream, &path);
        out->labels = out->consumer ? &out->consumer->labels : NULL;
    }
    return out->labels != NULL;
}

bool local_changeable_resource(struct call *c,
                               kds_slice_t arn,
                               struct local_resource *out)
{
    return local_named_resource(c, arn, out) &&
           (out->stream == NULL || out->consumer != NULL ||
            local_needs_active(c, out->stream));
}
