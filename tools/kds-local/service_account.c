/*
 * service_account: the operations on the account: its limits and its commitment.
 */
#include "service_internal.h"

#include "base/slice.h"

#define COMMITTED_AT_LEAST_MS (INT64_C(24) * 3600 * 1000)

bool local_describe_limits(struct call *c, const void *input, void *output)
{
    const struct local_service *s = c->service;
    kds_describe_limits_out_t *out = output;
    (void)input;
    for (size_t i = 0; i < s->stream_count; i++) {
        out->on_demand_stream_count += s->streams[i]->on_demand;
    }
    out->shard_limit = local_shard_limit(s);
    out->open_shard_count = (int64_t)local_open_shards(s);
    out->on_demand_stream_count_limit = LOCAL_ON_DEMAND_MAX;
    out->has_channel_count = true;
    out->channel_count = (int64_t)s->channels.count;
    out->has_channel_count_limit = true;
    out->channel_count_limit = LOCAL_CHANNELS_MAX;
    return true;
}

/* Both operations answer the same. */
static bool show_commitment(struct call *c,
                            const kds_minimum_throughput_billing_commitment_output_t **to)
{
    static const char *const names[] = {[LOCAL_UNCOMMITTED] = "DISABLED",
                                        [LOCAL_COMMITTED] = "ENABLED",
                                        [LOCAL_COMMITTED_UNTIL] =
                                            "ENABLED_UNTIL_EARLIEST_ALLOWED_END"};
    const struct local_commitment *now = &c->service->commitment;
    kds_minimum_throughput_billing_commitment_output_t *out =
        kds_arena_zero(c->arena, 1, sizeof *out);
    if (out == NULL) {
        return local_out_of_memory(c);
    }
    out->status = kds_slice(names[now->status]);
    out->has_started_at_ms = now->started_ms >= 0;
    out->started_at_ms = now->started_ms;
    out->has_ended_at_ms = now->ended_ms >= 0;
    out->ended_at_ms = now->ended_ms;
    out->has_earliest_allowed_end_at_ms = now->status != LOCAL_UNCOMMITTED;
    out->earliest_allowed_end_at_ms = now->started_ms + COMMITTED_AT_LEAST_MS;
    *to = out;
    return true;
}

bool local_describe_account(struct call *c, const void *input, void *output)
{
    kds_describe_account_settings_out_t *out = output;
    (void)input;
    local_settle_commitment(c->service, c->now_ms);
    return show_commitment(c, &out->minimum_throughput_billing_commitment);
}

static void commit(struct local_commitment *now, int64_t now_ms)
{
    if (now->status == LOCAL_UNCOMMITTED) {
        now->started_ms = now_ms;
    }
    now->status = LOCAL_COMMITTED;
    now->ended_ms = -1;
}

/* At once, or as soon as the shortest time is over. */
static void end(struct local_commitment *now, int64_t now_ms)
{
    int64_t earliest_ms = now->started_ms + COMMITTED_AT_LEAST_MS;
    if (now->status != LOCAL_COMMITTED) {
        return;
    }
    now->status = now_ms < earliest_ms ? LOCAL_COMMITTED_UNTIL : LOCAL_UNCOMMITTED;
    now->ended_ms = now_ms < earliest_ms ? earliest_ms : now_ms;
}

bool local_update_account(struct call *c, const void *input, void *output)
{
    const kds_update_account_settings_in_t *in = input;
    kds_update_account_settings_out_t *out = output;
    kds_slice_t status = in->minimum_throughput_billing_commitment.status;
    if (!local_one_of(c, status, "minimumThroughputBillingCommitment.status",
                      "ENABLED|DISABLED")) {
        return false;
    }
    local_settle_commitment(c->service, c->now_ms);
    (kds_slice_is(status, "ENABLED") ? commit : end)(&c->service->commitment, c->now_ms);
    local_tell_account(c->service);
    return show_commitment(c, &out->minimum_throughput_billing_commitment);
}
