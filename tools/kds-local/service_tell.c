/*
 * service_tell: tells the observer what has changed, as rows.
 */
#include "service_internal.h"
#include "service_rows.h"

#include "base/slice.h"

static void tell(struct local_service *s, const struct local_object *object)
{
    s->told = true;
    if (!s->broken) {
        s->broken = !s->observer->object(object, s->observer->opaque);
    }
}

static void tell_row(struct local_service *s,
                     enum local_object_kind kind,
                     uint64_t stream,
                     kds_slice_t name,
                     const void *row)
{
    kds_buf_reset(&s->row);
    if (kds_shape_encode(KDS_FORMAT_JSON, local_row_shapes[kind], row, &s->row) !=
        KDS_OK) {
        s->told = s->broken = true;
        return;
    }
    const struct local_object object = {kind, stream, name, kds_buf_slice(&s->row)};
    tell(s, &object);
}

static struct label_row labels_of(const struct local_labels *l)
{
    return (struct label_row){l->tags, l->tag_count, l->policy};
}

void local_tell_account(struct local_service *s)
{
    if (s->observer == NULL) {
        return;
    }
    const struct account_row row = {
        .last_stream_id = (int64_t)s->last_stream_id,
        .last_channel_id = (int64_t)s->last_channel_id,
        .commitment = s->commitment.status,
        .started_ms = s->commitment.started_ms,
        .ended_ms = s->commitment.ended_ms,
    };
    tell_row(s, LOCAL_OBJECT_ACCOUNT, 0, kds_slice(""), &row);
}

/* The instants of a window, oldest first. @return how many */
static size_t times_of(const struct local_window *w, double out[LOCAL_WINDOW_MAX])
{
    size_t n = w->count < LOCAL_WINDOW_MAX ? w->count : LOCAL_WINDOW_MAX;
    for (size_t i = 0; i < n; i++) {
        out[i] = (double)w->at_us[(w->count - n + i) % LOCAL_WINDOW_MAX];
    }
    return n;
}

void local_tell_stream(struct local_service *s, const struct local_stream *stream)
{
    double times[3][LOCAL_WINDOW_MAX];
    char at[KDS_U128_DIGITS_MAX];
    if (s->observer == NULL) {
        return;
    }
    const struct stream_row row = {
        .name = kds_slice(stream->name),
        .created_ms = stream->created_ms,
        .status = stream->status,
        .ready_us = stream->ready_us,
        .reshard = stream->pending.kind,
        .reshard_shard = stream->pending.shard,
        .reshard_other = stream->pending.other,
        .reshard_target = stream->pending.target,
        .reshard_at = kds_slice_of(at, kds_u128_format(stream->pending.at, at)),
        .on_demand = stream->on_demand,
        .spread = stream->spread,
        .warm_mibps = stream->warm_mibps,
        .warm_ready = stream->warm_ready,
        .max_record_bytes = stream->max_record_bytes,
        .retention_hours = stream->retention_hours,
        .metrics = stream->metrics,
        .key_id = kds_slice(stream->key_id),
        .labels = labels_of(&stream->labels),
        .scalings = times[0],
        .mode_changes = times[1],
        .key_changes = times[2],
        .scalings_count = times_of(&stream->scalings, times[0]),
        .mode_changes_count = times_of(&stream->mode_changes, times[1]),
        .key_changes_count = times_of(&stream->key_changes, times[2]),
    };
    tell_row(s, LOCAL_OBJECT_STREAM, stream->id, kds_slice(""), &row);
}

static int64_t index_or_none(uint32_t shard)
{
    return shard == LOCAL_NO_SHARD ? -1 : (int64_t)shard;
}

void local_tell_shard(struct local_service *s,
                      const struct local_stream *stream,
                      const struct local_shard *shard)
{
    char first[KDS_U128_DIGITS_MAX], last[KDS_U128_DIGITS_MAX];
    if (s->observer == NULL) {
        return;
    }
    const struct shard_row row = {
        .index = shard->index,
        .parent = index_or_none(shard->parent),
        .adjacent_parent = index_or_none(shard->adjacent_parent),
        .first = kds_slice_of(first, kds_u128_format(shard->first, first)),
        .last = kds_slice_of(last, kds_u128_format(shard->last, last)),
        .created_s = shard->created_s,
        .created_ms = shard->created_ms,
        .closed_ms = shard->closed_ms,
        .starting_sequence = kds_slice(shard->starting_sequence),
        .ending_sequence = kds_slice(shard->ending_sequence),
        .oldest = (int64_t)shard->log.first,
        .last_arrival_ms = shard->last_arrival_ms,
    };
    tell_row(s, LOCAL_OBJECT_SHARD, stream->id, kds_slice(shard->id), &row);
}

void local_tell_consumer(struct local_service *s,
                         const struct local_stream *stream,
                         const struct local_consumer *consumer)
{
    if (s->observer == NULL) {
        return;
    }
    const struct consumer_row row = {
        .name = kds_slice(consumer->name),
        .created_ms = consumer->created_ms,
        .status = consumer->status,
        .ready_us = consumer->ready_us,
        .labels = labels_of(&consumer->labels),
    };
    tell_row(s, LOCAL_OBJECT_CONSUMER, stream->id, kds_slice(consumer->name), &row);
}

void local_tell_channel(struct local_service *s, const struct local_channel *channel)
{
    struct kds_buf text;
    if (s->observer == NULL) {
        return;
    }
    kds_buf_init(&text, LOCAL_ROW_BYTES_MAX);
    if (kds_shape_encode(KDS_FORMAT_JSON, local_channel_shape(), channel->shown, &text) !=
        KDS_OK) {
        s->told = s->broken = true;
    } else {
        const struct channel_row row = {
            .stream = (int64_t)channel->stream,
            .status = channel->status,
            .ready_us = channel->ready_us,
            .labels = labels_of(&channel->labels),
            .description = kds_buf_slice(&text),
        };
        tell_row(s, LOCAL_OBJECT_CHANNEL, 0, channel->shown->channel_id, &row);
    }
    kds_buf_clear(&text);
}

void local_tell_gone(struct local_service *s,
                     enum local_object_kind kind,
                     uint64_t stream,
                     kds_slice_t name)
{
    const struct local_object object = {kind, stream, name, {NULL, 0}};
    if (s->observer != NULL) {
        tell(s, &object);
    }
}

void local_tell_record(struct local_service *s,
                       const struct local_stream *stream,
                       const struct local_shard *shard,
                       uint64_t position,
                       const struct local_record *record)
{
    if (s->observer == NULL) {
        return;
    }
    s->told = true;
    if (!s->broken) {
        s->broken = !s->observer->record(stream->id, shard->index, position, record,
                                         s->observer->opaque);
    }
}

void local_tell_trimmed(struct local_service *s,
                        const struct local_stream *stream,
                        const struct local_shard *shard)
{
    if (s->observer == NULL) {
        return;
    }
    local_tell_shard(s, stream, shard); /* with the position of what is left */
    if (!s->broken) {
        s->broken = !s->observer->trimmed(stream->id, shard->index, shard->log.first,
                                          s->observer->opaque);
    }
}
