/*
 * service_life: what happens because time passes: states end, records and shards get too old.
 *
 * A change takes effect at the instant for which it was planned, whenever the next call looks.
 */
#include "service_internal.h"

#include "base/clock.h"
#include "base/slice.h"

#define SWEEP_EVERY_US (60 * KDS_US_PER_S)

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- streams ------------------------------------------------------------------------------ */

/* Tell what a reshard did: the shards that it added and those that it closed. */
static void tell_reshard(struct local_service *s,
                         const struct local_stream *stream,
                         uint32_t first_new)
{
    for (size_t i = stream->shard_count;
         i-- > 0 && stream->shards[i]->index >= first_new;) {
        const struct local_shard *child = stream->shards[i];
        const uint32_t parents[] = {child->parent, child->adjacent_parent};
        local_tell_shard(s, stream, child);
        for (size_t k = 0; k < 2; k++) {
            /* A parent that is new itself is told on its own turn. */
            if (parents[k] < first_new) {
                local_tell_shard(s, stream, local_stream_at(stream, parents[k]));
            }
        }
    }
}

/* @return false if memory was short: to be tried again */
static bool reshard(struct local_stream *stream, int64_t now_us)
{
    const struct local_reshard *todo = &stream->pending;
    switch (todo->kind) {
    case LOCAL_SPLIT:
        return local_stream_split(stream, local_stream_at(stream, todo->shard), todo->at,
                                  now_us);
    case LOCAL_MERGE:
        return local_stream_merge(stream, local_stream_at(stream, todo->shard),
                                  local_stream_at(stream, todo->other), now_us);
    case LOCAL_SCALE:
        return local_stream_scale(stream, todo->target, now_us);
    case LOCAL_NO_RESHARD:
        break;
    }
    return true;
}

/* What a state leads to. @return false if the stream is gone */
static bool
finish_stream(struct local_service *s, struct local_stream *stream, int64_t now_us)
{
    uint32_t first_new = stream->next_index;
    if (stream->status == LOCAL_DELETING) {
        local_remove_stream(s, stream);
        return false;
    }
    bool done = reshard(stream, now_us);
    tell_reshard(s, stream, first_new);
    local_wake_all_readers(stream); /* of those that were closed */
    if (done) {
        stream->pending.kind = LOCAL_NO_RESHARD;
        stream->status = LOCAL_ACTIVE;
        stream->ready_us = KDS_NEVER_US;
        stream->warm_ready = stream->warm_mibps;
    }
    local_tell_stream(s, stream);
    return true;
}

/* When what begins now is done. */
static int64_t done_at(const struct local_service *s, int64_t now_us)
{
    return kds_us_add(now_us, s->options.control_plane_delay_ms * KDS_US_PER_MS);
}

void local_stream_becomes(struct local_service *s,
                          struct local_stream *stream,
                          enum local_status status,
                          int64_t now_us)
{
    stream->status = status;
    stream->ready_us = done_at(s, now_us);
    if (stream->ready_us > now_us) {
        local_tell_stream(s, stream);
        local_wake_all_readers(stream);
    } else if (!finish_stream(s, stream, now_us)) {
        return;
    }
    s->next_event_us = earlier(s->next_event_us, stream->ready_us);
}

/* ---- consumers and channels --------------------------------------------------------------- */

static void finish_consumer(struct local_service *s,
                            struct local_stream *stream,
                            struct local_consumer *consumer)
{
    if (consumer->status == LOCAL_DELETING) {
        local_tell_gone(s, LOCAL_OBJECT_CONSUMER, stream->id, kds_slice(consumer->name));
        local_orphan_consumer(stream, consumer);
        local_consumer_remove(stream, consumer);
        return;
    }
    consumer->status = LOCAL_ACTIVE;
    consumer->ready_us = KDS_NEVER_US;
    local_tell_consumer(s, stream, consumer);
}

void local_consumer_becomes(struct local_service *s,
                            struct local_stream *stream,
                            struct local_consumer *consumer,
                            enum local_status status,
                            int64_t now_us)
{
    consumer->status = status;
    consumer->ready_us = done_at(s, now_us);
    if (consumer->ready_us <= now_us) {
        finish_consumer(s, stream, consumer);
        return;
    }
    s->next_event_us = earlier(s->next_event_us, consumer->ready_us);
    local_tell_consumer(s, stream, consumer);
    local_wake_all_readers(stream);
}

static void finish_channel(struct local_service *s, struct local_channel *channel)
{
    if (channel->status == LOCAL_DELETING) {
        struct local_stream *stream = local_find_stream_id(s, channel->stream);
        if (stream != NULL) {
            stream->channel_count--;
        }
        local_tell_gone(s, LOCAL_OBJECT_CHANNEL, 0, channel->shown->channel_id);
        local_channels_remove(&s->channels, channel);
        return;
    }
    channel->status = LOCAL_ACTIVE;
    channel->ready_us = KDS_NEVER_US;
    local_tell_channel(s, channel);
}

void local_channel_becomes(struct local_service *s,
                           struct local_channel *channel,
                           enum local_status status,
                           int64_t now_us)
{
    channel->status = status;
    channel->ready_us = done_at(s, now_us);
    if (channel->ready_us <= now_us) {
        finish_channel(s, channel);
        return;
    }
    s->next_event_us = earlier(s->next_event_us, channel->ready_us);
    local_tell_channel(s, channel);
}

/* ---- what is due -------------------------------------------------------------------------- */

static void
run_stream(struct local_service *s, struct local_stream *stream, int64_t now_us)
{
    for (size_t i = stream->consumer_count; i-- > 0;) {
        if (stream->consumers[i]->ready_us <= now_us) {
            finish_consumer(s, stream, stream->consumers[i]);
        }
    }
    if (stream->ready_us <= now_us) {
        finish_stream(s, stream, stream->ready_us);
    }
}

void local_plan_events(struct local_service *s)
{
    int64_t next = KDS_NEVER_US;
    for (size_t i = 0; i < s->stream_count; i++) {
        const struct local_stream *stream = s->streams[i];
        next = earlier(next, stream->ready_us);
        for (size_t k = 0; k < stream->consumer_count; k++) {
            next = earlier(next, stream->consumers[k]->ready_us);
        }
    }
    for (size_t i = 0; i < s->channels.count; i++) {
        next = earlier(next, s->channels.items[i]->ready_us);
    }
    s->next_event_us = next;
}

static void run_events(struct local_service *s, int64_t now_us)
{
    /* From behind: what is finished may be gone. */
    for (size_t i = s->channels.count; i-- > 0;) {
        if (s->channels.items[i]->ready_us <= now_us) {
            finish_channel(s, s->channels.items[i]);
        }
    }
    for (size_t i = s->stream_count; i-- > 0;) {
        run_stream(s, s->streams[i], now_us);
    }
    local_plan_events(s);
}

/* ---- retention ---------------------------------------------------------------------------- */

void local_trim(struct local_service *s,
                struct local_stream *stream,
                struct local_shard *shard,
                int64_t now_us)
{
    int64_t before = (int64_t)shard->log.bytes;
    if (local_shard_trim(shard,
                         local_stream_horizon_ms(stream, now_us / KDS_US_PER_MS))) {
        s->record_bytes -= before - (int64_t)shard->log.bytes;
        local_tell_trimmed(s, stream, shard);
    }
}

void local_sweep_stream(struct local_service *s,
                        struct local_stream *stream,
                        int64_t now_us)
{
    int64_t horizon_ms = local_stream_horizon_ms(stream, now_us / KDS_US_PER_MS);
    for (size_t i = stream->shard_count; i-- > 0;) {
        struct local_shard *shard = stream->shards[i];
        local_trim(s, stream, shard, now_us);
        /* One that a pending reshard names is open, and so never expired. */
        if (local_shard_expired(shard, horizon_ms)) {
            local_tell_gone(s, LOCAL_OBJECT_SHARD, stream->id, kds_slice(shard->id));
            s->record_bytes -= (int64_t)shard->log.bytes;
            local_orphan_readers(shard, NULL);
            local_stream_drop_shard(stream, shard);
        }
    }
}

/* ---- from outside ------------------------------------------------------------------------- */

int64_t local_service_next_event_us(const struct local_service *s)
{
    return s->next_event_us;
}

void local_let_pass(struct local_service *s, int64_t now_us)
{
    if (now_us >= s->next_event_us) {
        run_events(s, now_us);
    }
    if (now_us >= s->next_sweep_us) {
        for (size_t i = 0; i < s->stream_count; i++) {
            local_sweep_stream(s, s->streams[i], now_us);
        }
        s->next_sweep_us = kds_us_add(now_us, SWEEP_EVERY_US);
    }
}

/* ---- the account's commitment ------------------------------------------------------------- */

void local_settle_commitment(struct local_service *s, int64_t now_ms)
{
    if (s->commitment.status == LOCAL_COMMITTED_UNTIL &&
        now_ms >= s->commitment.ended_ms) {
        s->commitment.status = LOCAL_UNCOMMITTED;
        local_tell_account(s);
    }
}

bool local_is_committed(const struct local_service *s)
{
    return s->commitment.status != LOCAL_UNCOMMITTED;
}
