/*
 * service_rows: the service's objects as rows, as its observer is told them and gives them back.
 *
 * A row is a struct with a table of its members, as the API's are; its text is JSON. Unknown members
 * are passed over, so that an older server can read what a newer one wrote.
 */
#include "service_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stddef.h>
#include <string.h>

/* ---- what a row holds --------------------------------------------------------------------- */

struct account_row {
    int64_t last_stream_id, last_channel_id;
    int64_t commitment, started_ms, ended_ms;
};

struct label_row {
    const kds_tag_t *tags;
    size_t tags_count;
    kds_slice_t policy;
};

struct stream_row {
    kds_slice_t name;
    int64_t created_ms, status, ready_us;
    int64_t reshard, reshard_shard, reshard_other, reshard_target;
    kds_slice_t reshard_at;
    bool on_demand, spread;
    int64_t warm_mibps, warm_ready, max_record_bytes, retention_hours, metrics;
    kds_slice_t key_id; /* absent = not encrypted */
    struct label_row labels;
    const double *scalings, *mode_changes, *key_changes; /* microseconds */
    size_t scalings_count, mode_changes_count, key_changes_count;
};

struct shard_row {
    int64_t index, parent, adjacent_parent; /* -1 = none */
    kds_slice_t first, last;
    int64_t created_s, created_ms, closed_ms;
    kds_slice_t starting_sequence, ending_sequence;
    int64_t oldest; /* position of the oldest record that is left */
    int64_t last_arrival_ms;
};

struct consumer_row {
    kds_slice_t name;
    int64_t created_ms, status, ready_us;
    struct label_row labels;
};

struct channel_row {
    int64_t stream, status, ready_us;
    struct label_row labels;
    kds_slice_t description; /* JSON of the API */
};

#define NUMBER(st, member)                                                               \
    {                                                                                    \
        KDS_SLICE_LIT(#member), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,    \
            KDS_AT_BODY, offsetof(struct st, member), KDS_NO_OFFSET, NULL, INT64_MIN,    \
            INT64_MAX                                                                    \
    }
#define FLAG(st, member)                                                                 \
    {                                                                                    \
        KDS_SLICE_LIT(#member), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,     \
            KDS_AT_BODY, offsetof(struct st, member), KDS_NO_OFFSET, NULL, 0, 0          \
    }
#define TEXT_AT(name, offset)                                                            \
    {                                                                                    \
        KDS_SLICE_LIT(name), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,      \
            offset, KDS_NO_OFFSET, NULL, 0, INT64_MAX                                    \
    }
#define TEXT(st, member) TEXT_AT(#member, offsetof(struct st, member))
#define TIMES(st, member)                                                                \
    {                                                                                    \
        KDS_SLICE_LIT(#member), KDS_K_LIST, KDS_K_DOUBLE, KDS_P_ANY, 0, KDS_AT_BODY,     \
            offsetof(struct st, member), offsetof(struct st, member##_count), NULL, 0,   \
            LOCAL_WINDOW_MAX                                                             \
    }
#define LABELS(st)                                                                       \
    {KDS_SLICE_LIT("tags"),                                                              \
     KDS_K_LIST,                                                                         \
     KDS_K_STRUCT,                                                                       \
     KDS_P_ANY,                                                                          \
     0,                                                                                  \
     KDS_AT_BODY,                                                                        \
     offsetof(struct st, labels.tags),                                                   \
     offsetof(struct st, labels.tags_count),                                             \
     &tag_shape,                                                                         \
     0,                                                                                  \
     LOCAL_TAGS_MAX},                                                                    \
        TEXT_AT("policy", offsetof(struct st, labels.policy))
#define SHAPE(name, st, fields)                                                          \
    static const struct kds_shape name = {                                               \
        #st, sizeof(struct st), sizeof fields / sizeof fields[0], false, false, fields}

/* clang-format off */
static const struct kds_field tag_fields[] = {TEXT(kds_tag, key), TEXT(kds_tag, value)};
SHAPE(tag_shape, kds_tag, tag_fields);

static const struct kds_field account_fields[] = {
    NUMBER(account_row, last_stream_id),
    NUMBER(account_row, last_channel_id),
    NUMBER(account_row, commitment),
    NUMBER(account_row, started_ms),
    NUMBER(account_row, ended_ms),
};
SHAPE(account_shape, account_row, account_fields);

static const struct kds_field stream_fields[] = {
    TEXT(stream_row, name),
    NUMBER(stream_row, created_ms),
    NUMBER(stream_row, status),
    NUMBER(stream_row, ready_us),
    NUMBER(stream_row, reshard),
    NUMBER(stream_row, reshard_shard),
    NUMBER(stream_row, reshard_other),
    NUMBER(stream_row, reshard_target),
    TEXT(stream_row, reshard_at),
    FLAG(stream_row, on_demand),
    FLAG(stream_row, spread),
    NUMBER(stream_row, warm_mibps),
    NUMBER(stream_row, warm_ready),
    NUMBER(stream_row, max_record_bytes),
    NUMBER(stream_row, retention_hours),
    NUMBER(stream_row, metrics),
    TEXT(stream_row, key_id),
    LABELS(stream_row),
    TIMES(stream_row, scalings),
    TIMES(stream_row, mode_changes),
    TIMES(stream_row, key_changes),
};
SHAPE(stream_shape, stream_row, stream_fields);

static const struct kds_field shard_fields[] = {
    NUMBER(shard_row, index),
    NUMBER(shard_row, parent),
    NUMBER(shard_row, adjacent_parent),
    TEXT(shard_row, first),
    TEXT(shard_row, last),
    NUMBER(shard_row, created_s),
    NUMBER(shard_row, created_ms),
    NUMBER(shard_row, closed_ms),
    TEXT(shard_row, starting_sequence),
    TEXT(shard_row, ending_sequence),
    NUMBER(shard_row, oldest),
    NUMBER(shard_row, last_arrival_ms),
};
SHAPE(shard_shape, shard_row, shard_fields);

static const struct kds_field consumer_fields[] = {
    TEXT(consumer_row, name),
    NUMBER(consumer_row, created_ms),
    NUMBER(consumer_row, status),
    NUMBER(consumer_row, ready_us),
    LABELS(consumer_row),
};
SHAPE(consumer_shape, consumer_row, consumer_fields);

static const struct kds_field channel_fields[] = {
    NUMBER(channel_row, stream),
    NUMBER(channel_row, status),
    NUMBER(channel_row, ready_us),
    LABELS(channel_row),
    TEXT(channel_row, description),
};
SHAPE(channel_shape, channel_row, channel_fields);
/* clang-format on */

/* ---- telling ------------------------------------------------------------------------------ */

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
                     const struct kds_shape *shape,
                     const void *row)
{
    kds_buf_reset(&s->row);
    if (kds_shape_encode(KDS_FORMAT_JSON, shape, row, &s->row) != KDS_OK) {
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
    tell_row(s, LOCAL_OBJECT_ACCOUNT, 0, kds_slice(""), &account_shape, &row);
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
    tell_row(s, LOCAL_OBJECT_STREAM, stream->id, kds_slice(""), &stream_shape, &row);
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
    tell_row(s, LOCAL_OBJECT_SHARD, stream->id, kds_slice(shard->id), &shard_shape, &row);
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
    tell_row(s, LOCAL_OBJECT_CONSUMER, stream->id, kds_slice(consumer->name),
             &consumer_shape, &row);
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
        tell_row(s, LOCAL_OBJECT_CHANNEL, 0, channel->shown->channel_id, &channel_shape,
                 &row);
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

/* ---- putting back ------------------------------------------------------------------------- */

static void restore_window(struct local_window *w, const double *times, size_t count)
{
    for (size_t i = 0; i < count && i < LOCAL_WINDOW_MAX; i++) {
        local_window_add(w, (int64_t)times[i]);
    }
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
    if (row->commitment < LOCAL_UNCOMMITTED || row->commitment > LOCAL_COMMITTED_UNTIL) {
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
    restore_window(&stream->scalings, row->scalings, row->scalings_count);
    restore_window(&stream->mode_changes, row->mode_changes, row->mode_changes_count);
    restore_window(&stream->key_changes, row->key_changes, row->key_changes_count);
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
           restore_labels(&stream->labels, &row->labels);
}

static bool
restore_stream(struct local_service *s, uint64_t id, const struct stream_row *row)
{
    bool sound = is_name(row->name) && is_status(row->status) && id != 0 &&
                 id <= s->last_stream_id && row->reshard >= LOCAL_NO_RESHARD &&
                 row->reshard <= LOCAL_SCALE && row->reshard_target >= 0 &&
                 row->reshard_target <= LOCAL_SHARDS_MAX && row->retention_hours > 0 &&
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
        row->starting_sequence.n == 0 ||
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
    if (!is_name(row->name) || !is_status(row->status) ||
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
    static const struct kds_shape *const shapes[LOCAL_OBJECT_KINDS] = {
        [LOCAL_OBJECT_ACCOUNT] = &account_shape,
        [LOCAL_OBJECT_STREAM] = &stream_shape,
        [LOCAL_OBJECT_SHARD] = &shard_shape,
        [LOCAL_OBJECT_CONSUMER] = &consumer_shape,
        [LOCAL_OBJECT_CHANNEL] = &channel_shape,
    };
    union any_row row;
    struct kds_arena arena;
    if (object->kind >= LOCAL_OBJECT_KINDS) {
        return false;
    }
    kds_arena_init(&arena, 2 * LOCAL_ROW_BYTES_MAX);
    bool ok = kds_shape_decode(KDS_FORMAT_JSON, shapes[object->kind], object->value, &row,
                               &arena, NULL) == KDS_OK &&
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
    if (shard == NULL || position != shard->log.count ||
        !kds_sequence_valid(kds_slice(record->sequence))) {
        return false;
    }
    struct local_record *r =
        local_log_append(&shard->log, record->partition_key, record->data);
    if (r == NULL) {
        return false;
    }
    memcpy(r->sequence, record->sequence, sizeof r->sequence);
    r->encrypted = record->encrypted;
    r->arrival_ms = record->arrival_ms;
    shard->last_arrival_ms = record->arrival_ms;
    return true;
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
