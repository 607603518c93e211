/*
 * service_limits: what a call is held to before it is performed. Rates: kinesis-wire, "The
 * operations", and the account quotas of the service.
 */
#include "service_internal.h"

#include "base/slice.h"

#include <inttypes.h>

enum scope { UNLIMITED, ACCOUNT, STREAM };

/* Calls per second. What is not here has no documented rate, or one per shard. */
static const struct {
    enum scope scope;
    int64_t per_second;
} rates[KDS_OP_COUNT] = {
    [KDS_OP_CREATE_STREAM] = {ACCOUNT, 5},
    [KDS_OP_DELETE_STREAM] = {ACCOUNT, 5},
    [KDS_OP_DESCRIBE_STREAM] = {ACCOUNT, 10},
    [KDS_OP_DESCRIBE_STREAM_SUMMARY] = {ACCOUNT, 20},
    [KDS_OP_LIST_STREAMS] = {ACCOUNT, 5},
    [KDS_OP_LIST_SHARDS] = {STREAM, 1000},
    [KDS_OP_SPLIT_SHARD] = {STREAM, 5},
    [KDS_OP_MERGE_SHARDS] = {STREAM, 5},
    [KDS_OP_UPDATE_SHARD_COUNT] = {ACCOUNT, 10},
    [KDS_OP_ADD_TAGS_TO_STREAM] = {ACCOUNT, 5},
    [KDS_OP_REMOVE_TAGS_FROM_STREAM] = {STREAM, 5},
    [KDS_OP_LIST_TAGS_FOR_STREAM] = {STREAM, 5},
    [KDS_OP_INCREASE_STREAM_RETENTION_PERIOD] = {STREAM, 5},
    [KDS_OP_DECREASE_STREAM_RETENTION_PERIOD] = {STREAM, 5},
    [KDS_OP_ENABLE_ENHANCED_MONITORING] = {STREAM, 5},
    [KDS_OP_DISABLE_ENHANCED_MONITORING] = {STREAM, 5},
    [KDS_OP_UPDATE_STREAM_WARM_THROUGHPUT] = {ACCOUNT, 5},
    [KDS_OP_DESCRIBE_LIMITS] = {ACCOUNT, 1},
    [KDS_OP_DESCRIBE_ACCOUNT_SETTINGS] = {ACCOUNT, 5},
    [KDS_OP_UPDATE_ACCOUNT_SETTINGS] = {ACCOUNT, 5},
    [KDS_OP_PUT_RESOURCE_POLICY] = {ACCOUNT, 5},
    [KDS_OP_GET_RESOURCE_POLICY] = {ACCOUNT, 5},
    [KDS_OP_DELETE_RESOURCE_POLICY] = {ACCOUNT, 5},
    [KDS_OP_REGISTER_STREAM_CONSUMER] = {STREAM, 5},
    [KDS_OP_DEREGISTER_STREAM_CONSUMER] = {STREAM, 5},
    [KDS_OP_DESCRIBE_STREAM_CONSUMER] = {STREAM, 20},
    [KDS_OP_LIST_STREAM_CONSUMERS] = {STREAM, 5},
    [KDS_OP_CREATE_CHANNEL] = {ACCOUNT, 5},
    [KDS_OP_DESCRIBE_CHANNEL] = {ACCOUNT, 5},
    [KDS_OP_LIST_CHANNELS] = {ACCOUNT, 5},
    [KDS_OP_UPDATE_CHANNEL] = {ACCOUNT, 5},
    [KDS_OP_DELETE_CHANNEL] = {ACCOUNT, 5},
};

bool local_rate_of_account(struct call *c)
{
    struct local_service *s = c->service;
    if (!s->options.limits || rates[c->operation].scope != ACCOUNT ||
        local_bucket_take(&s->rates[c->operation], rates[c->operation].per_second,
                          c->now_us)) {
        return true;
    }
    return local_refuse(
        c, LOCAL_TOO_MANY,
        "Rate exceeded for account %s: %s is limited to %" PRId64 " calls per second.",
        s->account, kds_operation_at(c->operation)->name, rates[c->operation].per_second);
}

bool local_rate_of_stream(struct call *c, struct local_stream *stream)
{
    struct local_service *s = c->service;
    if (!s->options.limits || rates[c->operation].scope != STREAM ||
        local_bucket_take(&stream->rates[c->operation], rates[c->operation].per_second,
                          c->now_us)) {
        return true;
    }
    return local_refuse(c, LOCAL_TOO_MANY,
                        "Rate exceeded for stream %s under account %s: %s is limited to "
                        "%" PRId64 " calls per second.",
                        stream->name, s->account, kds_operation_at(c->operation)->name,
                        rates[c->operation].per_second);
}

bool local_day_has_room(struct call *c, const struct local_window *w, size_t most)
{
    if (!c->service->options.limits || local_window_has_room(w, most, c->now_us)) {
        return true;
    }
    return local_refuse(c, LOCAL_TOO_MANY, "%s is limited to %zu calls in 24 hours.",
                        kds_operation_at(c->operation)->name, most);
}

/* ---- shards of the account ---------------------------------------------------------------- */

size_t local_open_shards(const struct local_service *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->stream_count; i++) {
        n += s->streams[i]->open_count;
    }
    return n;
}

int64_t local_shard_limit(const struct local_service *s)
{
    static const char *const large[] = {"us-east-1", "us-west-2", "eu-west-1"};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        if (kds_slice_is(kds_slice(s->region), large[i])) {
            return 20000;
        }
    }
    return 6000;
}

bool local_account_has_room(struct call *c, int64_t more)
{
    int64_t open = (int64_t)local_open_shards(c->service);
    int64_t limit = local_shard_limit(c->service);
    if (more <= 0 || more <= limit - open) {
        return true;
    }
    return local_refuse(c, LOCAL_TOO_MANY,
                        "This request would exceed the shard limit for the account %s in "
                        "%s. Current shard count for the account: %" PRId64
                        ". Limit: %" PRId64 ". Number of additional shards that would "
                        "have resulted from this request: %" PRId64 ".",
                        c->service->account, c->service->region, open, limit, more);
}

bool local_shards_fit(struct call *c,
                      const struct local_stream *stream,
                      size_t open,
                      size_t kept)
{
    if (open > LOCAL_SHARDS_MAX || kept > LOCAL_SHARDS_HELD_MAX) {
        return local_refuse(c, LOCAL_TOO_MANY,
                            "Stream %s would have %zu open shards and %zu with the "
                            "closed ones; limits are %d and %d.",
                            stream->name, open, kept, LOCAL_SHARDS_MAX,
                            LOCAL_SHARDS_HELD_MAX);
    }
    return local_account_has_room(c, (int64_t)open - (int64_t)stream->open_count);
}

bool local_scale_fits(struct call *c, const struct local_stream *stream, size_t target)
{
    /* A cut makes two shards, and there is one for each new border at most; a join makes one. */
    return local_shards_fit(c, stream, target,
                            stream->shard_count + 2 * target + stream->open_count);
}
