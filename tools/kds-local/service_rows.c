/*
 * service_rows: the tables of the rows.
 */
#include "service_rows.h"

#include "observer.h"

/* clang-format off */

/* One member of a row; NUMBER, FLAG, TEXT, TIMES and LABELS are the kinds there are. */
#define MEMBER(name, kind, element, flags, offset, count_offset, shape)                           \
    {KDS_SLICE_LIT(name), kind, element, KDS_P_ANY, flags, KDS_AT_BODY, offset, count_offset, shape, \
     INT64_MIN, INT64_MAX}
#define NUMBER(st, member)                                                                        \
    MEMBER(#member, KDS_K_INT64, KDS_K_STRING, KDS_F_REQUIRED, offsetof(struct st, member),       \
           KDS_NO_OFFSET, NULL)
#define FLAG(st, member)                                                                          \
    MEMBER(#member, KDS_K_BOOL, KDS_K_STRING, KDS_F_REQUIRED, offsetof(struct st, member),        \
           KDS_NO_OFFSET, NULL)
#define TEXT_AT(name, offset)                                                                     \
    MEMBER(name, KDS_K_STRING, KDS_K_STRING, 0, offset, KDS_NO_OFFSET, NULL)
#define TEXT(st, member) TEXT_AT(#member, offsetof(struct st, member))
#define TIMES(st, member)                                                                         \
    MEMBER(#member, KDS_K_LIST, KDS_K_DOUBLE, 0, offsetof(struct st, member),                     \
           offsetof(struct st, member##_count), NULL)
#define LABELS(st)                                                                                \
    MEMBER("tags", KDS_K_LIST, KDS_K_STRUCT, 0, offsetof(struct st, labels.tags),                 \
           offsetof(struct st, labels.tags_count), &tag_shape),                                   \
    TEXT_AT("policy", offsetof(struct st, labels.policy))
#define SHAPE(name, st, fields)                                                                   \
    static const struct kds_shape name = {                                                        \
        #st, sizeof(struct st), sizeof fields / sizeof fields[0], false, false, fields}

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

const struct kds_shape *const local_row_shapes[] = {
    [LOCAL_OBJECT_ACCOUNT] = &account_shape,
    [LOCAL_OBJECT_STREAM] = &stream_shape,
    [LOCAL_OBJECT_SHARD] = &shard_shape,
    [LOCAL_OBJECT_CONSUMER] = &consumer_shape,
    [LOCAL_OBJECT_CHANNEL] = &channel_shape,
};
/* clang-format on */
