/*
 * service_restore: puts back what an observer was told. What it is given may be anything: nothing that
 * makes no sense gets in.
 */
#include "service_internal.h"
#include "service_rows.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

#define TIME_END (INT64_C(1) << 53) /* as microseconds, in the year 2255 */

/* Seconds, milliseconds or microseconds since 1970, or -1: nothing that is calculated with them
 * overflows. */
static bool is_time(int64_t v)
{
    return v >= -1 && v < TIME_END;
}

static bool is_instant_or_never(int64_t us)
{
    return us == KDS_NEVER_US || is_time(us);
}

static bool restore_window(struct local_window *w, const double *times, size_t count)
{
    if (count > LOCAL_WINDOW_MAX) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!(times[i] >= 0 && times[i] < (double)TIME_END)) {
            return false;
        }
        local_window_add(w, (int64_t)times[i]);
    }
    return true;
}

static bool restore_labels(struct local_labels *l, const struct label_row *row)
{
    return local_labels_add(l, row->tags, row->tags_count) &&
           local_labels_set_policy(l, row->policy);
}

static bool is_status(int64_t status)
{
    return status >= LOCAL_CREATING && status <= LOCAL_DELETING;
}

static bool restore_account(struct local_service *s, const struct account_row *row)
{
    if (row->commitment < LOCAL_UNCOMMITTED || row->commitment > LOCAL_COMMITTED_UNTIL ||
        !is_time(row->started_ms) || !is_time(row->ended_ms)) {
        return false;
    }
    s->last_stream_id = (uint64_t)row->last_stream_id;
    s->last_channel_id = (uint64_t)row->last_channel_id;
    s->commitment.status = (enum local_commitment_status)row->commitment;
    s->commitment.started_ms = row->started_ms;
    s->commitment.ended_ms = row->ended_ms;
    return true;
}

/* A name as the API takes it: it goes into ARNs, messages and buffers of its size. */
static bool is_name(kds_slice_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ' || name.p[i] >= 0x7F) {
            return false;
        }
    }
    return name.n >= 1 && name.n <= 128;
}

static bool fill_stream(struct local_stream *stream, const struct stream_row *row)
{
    stream->created_ms = row->created_ms;
    stream->status = (enum local_status)row->status;
    stream->ready_us = row->ready_us;
    stream->pending.kind = (enum local_reshard_kind)row->reshard;
    stream->pending.shard = (uint32_t)row->reshard_shard;
    stream->pending.other = (uint32_t)row->reshard_other;
    stream->pending.target = (uint32_t)row->reshard_target;
    stream->on_demand = row->on_demand;
    stream->spread = row->spread;
    stream->warm_mibps = row->warm_mibps;
    stream->warm_ready = row->warm_ready;
    stream->max_record_bytes = row->max_record_bytes;
    stream->retention_hours = row->retention_hours;
    stream->metrics = (unsigned)row->metrics;
    if (row->key_id.p != NULL) {
        stream->encrypted = true;
        stream->key_id = kds_alloc(row->key_id.n + 1);
        if (stream->key_id == NULL) {
            return false;
        }
        memcpy(stream->key_id, row->key_id.p, row->key_id.n);
        stream->key_id[row->key_id.n] = 0;
    }
    return kds_u128_parse(row->reshard_at, &stream->pending.at) &&
           restore_window(&stream->scalings, row->scalings, row->scalings_count) &&
           restore_window(&stream->mode_changes, row->mode_changes,
                          row->mode_changes_count) &&
           restore_window(&stream->key_changes, row->key_changes,
                          row->key_changes_count) &&
           restore_labels(&stream->labels, &row->labels);
}

static bool
restore_stream(struct local_service *s, uint64_t id, const struct stream_row *row)
{
    bool sound = is_name(row->name) && is_status(row->status) && id != 0 &&
                 id <= s->last_stream_id && row->reshard >= LOCAL_NO_RESHARD &&
                 row->reshard <= LOCAL_SCALE && row->reshard_target >= 0 &&
                 row->reshard_target <= LOCAL_SHARDS_MAX && row->retention_hours > 0 &&
                 is_time(row->created_ms) && is_instant_or_never(row->ready_us) &&
                 row->retention_hours <= 8760 && row->max_record_bytes > 0 &&
                 local_find_stream(s, row->name) == NULL &&
                 local_find_stream_id(s, id) == NULL;
    struct local_stream *stream = sound ? local_stream_new(row->name, id, 0) : NULL;
    if (stream == NULL || !fill_stream(stream, row) || !local_insert_stream(s, stream)) {
        local_stream_free(stream);
        return false;
    }
    return true;
}

static bool copy_sequence(char out[LOCAL_SEQUENCE_BYTES], kds_slice_t text)
{
    if (text.n >= LOCAL_SEQUENCE_BYTES || (text.n > 0 && !kds_sequence_valid(text))) {
        return false;
    }
    memcpy(out, text.p, text.n);
    out[text.n] = 0;
    return true;
}

static bool is_index_or_none(int64_t v, int64_t below)
{
    return v >= -1 && v < below;
}

static bool restore_shard(struct local_stream *stream, const struct shard_row *row)
{
    kds_u128_t first, last;
    if (row->index < stream->next_index || row->index >= LOCAL_NO_SHARD ||
        !is_index_or_none(row->parent, row->index) ||
        !is_index_or_none(row->adjacent_parent, row->index) || row->oldest < 0 ||
        !kds_u128_parse(row->first, &first) || !kds_u128_parse(row->last, &last) ||
        row->starting_sequence.p == NULL || row->ending_sequence.p == NULL ||
        row->starting_sequence.n == 0 || !is_time(row->created_s) ||
        !is_time(row->created_ms) || !is_time(row->closed_ms) ||
        !is_time(row->last_arrival_ms) ||
        (row->closed_ms >= 0) != (row->ending_sequence.n > 0) ||
        !local_stream_make_room(stream, 1)) {
        return false;
    }
    struct local_shard *shard =
        local_stream_add_shard(stream, (uint32_t)row->index, first, last);
    if (shard == NULL) {
        return false;
    }
    shard->parent = row->parent < 0 ? LOCAL_NO_SHARD : (uint32_t)row->parent;
    shard->adjacent_parent =
        row->adjacent_parent < 0 ? LOCAL_NO_SHARD : (uint32_t)row->adjacent_parent;
    shard->created_s = row->created_s;
    shard->created_ms = row->created_ms;
    shard->closed_ms = row->closed_ms;
    shard->last_arrival_ms = row->last_arrival_ms;
    local_log_skip(&shard->log, (size_t)row->oldest);
    local_limits_init(&shard->limits, 0);
    return copy_sequence(shard->starting_sequence, row->starting_sequence) &&
           copy_sequence(shard->ending_sequence, row->ending_sequence);
}

static bool restore_consumer(struct local_stream *stream, const struct consumer_row *row)
{
    if (!is_name(row->name) || !is_status(row->status) || !is_time(row->created_ms) ||
        !is_instant_or_never(row->ready_us) ||
        local_consumer_find(stream, row->name) != NULL) {
        return false;
    }
    struct local_consumer *consumer = local_consumer_add(stream, row->name, 0);
    if (consumer == NULL) {
        return false;
    }
    consumer->created_ms = row->created_ms;
    consumer->status = (enum local_status)row->status;
    consumer->ready_us = row->ready_us;
    return restore_labels(&consumer->labels, &row->labels);
}

static bool restore_channel(struct local_service *s,
                            const struct channel_row *row,
                            struct kds_arena *arena)
{
    kds_channel_description_t shown;
    struct local_stream *stream = local_find_stream_id(s, (uint64_t)row->stream);
    if (stream == NULL || !is_status(row->status) ||
        !is_instant_or_never(row->ready_us) ||
        kds_shape_decode(KDS_FORMAT_JSON, local_channel_shape(), row->description, &shown,
                         arena, NULL) != KDS_OK ||
        shown.channel_name.p == NULL || shown.channel_id.p == NULL ||
        shown.stream_configuration_list_count != 1) {
        return false;
    }
    struct local_channel *channel =
        local_channels_add(&s->channels, &shown, (uint64_t)row->stream);
    if (channel == NULL) {
        return false;
    }
    channel->status = (enum local_status)row->status;
    channel->ready_us = row->ready_us;
    stream->channel_count++;
    return restore_labels(&channel->labels, &row->labels);
}

union any_row {
    struct account_row account;
    struct stream_row stream;
    struct shard_row shard;
    struct consumer_row consumer;
    struct channel_row channel;
};

static bool restore_row(struct local_service *s,
                        const struct local_object *object,
                        const union any_row *row,
                        struct kds_arena *arena)
{
    struct local_stream *stream = local_find_stream_id(s, object->stream);
    switch (object->kind) {
    case LOCAL_OBJECT_ACCOUNT:
        return restore_account(s, &row->account);
    case LOCAL_OBJECT_STREAM:
        return restore_stream(s, object->stream, &row->stream);
    case LOCAL_OBJECT_SHARD:
        return stream != NULL && restore_shard(stream, &row->shard);
    case LOCAL_OBJECT_CONSUMER:
        return stream != NULL && restore_consumer(stream, &row->consumer);
    case LOCAL_OBJECT_CHANNEL:
        return restore_channel(s, &row->channel, arena);
    case LOCAL_OBJECT_KINDS:
        break;
    }
    return false;
}

bool local_service_restore_object(struct local_service *s,
                                  const struct local_object *object)
{
    union any_row row;
    struct kds_arena arena;
    if (object->kind >= LOCAL_OBJECT_KINDS) {
        return false;
    }
    kds_arena_init(&arena, 2 * LOCAL_ROW_BYTES_MAX);
    bool ok = kds_shape_decode(KDS_FORMAT_JSON, local_row_shapes[object->kind],
                               object->value, &row, &arena, NULL) == KDS_OK &&
              restore_row(s, object, &row, &arena);
    kds_arena_clear(&arena);
    return ok;
}

bool local_service_restore_record(struct local_service *s,
                                  uint64_t stream_id,
                                  uint32_t index,
                                  uint64_t position,
                                  const struct local_record *record)
{
    struct local_stream *stream = local_find_stream_id(s, stream_id);
    struct local_shard *shard = stream ? local_stream_at(stream, index) : NULL;
    char sequence[LOCAL_SEQUENCE_BYTES];
    if (shard == NULL || position != shard->log.count || !is_time(record->arrival_ms) ||
        record->partition_key.n > LOCAL_KEY_BYTES_MAX || record->data.n > UINT32_MAX) {
        return false;
    }
    int64_t before = (int64_t)shard->log.bytes;
    const struct local_kept *kept =
        local_log_append(&shard->log, record->arrival_ms, record->encrypted,
                         record->partition_key, record->data);
    if (kept == NULL) {
        return false;
    }
    s->record_bytes += (int64_t)shard->log.bytes - before;
    shard->last_arrival_ms = record->arrival_ms;
    local_shard_number(shard, (size_t)position, kept, &shard->numbers, sequence);
    return strcmp(sequence, record->sequence) == 0;
}

/* Let each shard know what was made out of it. */
static void link_children(const struct local_stream *stream)
{
    for (size_t i = 0; i < stream->shard_count; i++) {
        const struct local_shard *child = stream->shards[i];
        const uint32_t parents[] = {child->parent, child->adjacent_parent};
        for (size_t k = 0; k < 2; k++) {
            struct local_shard *parent = local_stream_at(stream, parents[k]);
            if (parent != NULL) {
                parent->children[parent->children[0] != LOCAL_NO_SHARD] = child->index;
            }
        }
    }
}

static bool is_open(const struct local_stream *stream, uint32_t index)
{
    const struct local_shard *shard = local_stream_at(stream, index);
    return shard != NULL && local_shard_is_open(shard);
}

/* What is still to be done to the shards must be possible. */
static bool pending_is_sound(const struct local_stream *stream)
{
    const struct local_reshard *todo = &stream->pending;
    const struct local_shard *shard = local_stream_at(stream, todo->shard);
    switch (todo->kind) {
    case LOCAL_SPLIT:
        return is_open(stream, todo->shard) && kds_u128_cmp(todo->at, shard->first) > 0 &&
               kds_u128_cmp(todo->at, shard->last) <= 0;
    case LOCAL_MERGE:
        return is_open(stream, todo->shard) && is_open(stream, todo->other) &&
               todo->shard != todo->other;
    case LOCAL_SCALE:
        return todo->target > 0;
    case LOCAL_NO_RESHARD:
        break;
    }
    return true;
}

bool local_service_restored(struct local_service *s)
{
    for (size_t i = 0; i < s->stream_count; i++) {
        if (!local_stream_link(s->streams[i]) || !pending_is_sound(s->streams[i])) {
            return false;
        }
        link_children(s->streams[i]);
    }
    local_plan_events(s);
    return true;
}
