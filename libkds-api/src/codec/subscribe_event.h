/*
 * subscribe_event: the payload of an event of SubscribeToShard.
 *
 * JSON whatever the client speaks otherwise. Pure; not thread-safe.
 */
#ifndef KDS_CODEC_SUBSCRIBE_EVENT_H
#define KDS_CODEC_SUBSCRIBE_EVENT_H

#include "codec/shape.h"
#include "kds/kinesis.h"

/**
 * Read one event, any order of members, unknown ones skipped.
 *
 * @param shape    The event's table: kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output.
 * @param payload  (borrowed) Needs no padding: nothing behind its end is read. Nothing points into
 *                 it afterwards, so that its buffer may be used again at once.
 * @param event    Receives the event; undefined after an error. Its members are (lent until
 *                 @p arena is cleared).
 * @param arena    Takes records, text and data: no more than the payload, and 80 bytes a record.
 * @retval KDS_ERR_PROTOCOL   Not an event.
 * @retval KDS_ERR_NO_MEMORY, KDS_ERR_TOO_LARGE  Of @p arena.
 */
static inline kds_err_t kds_subscribe_event_decode(const struct kds_shape *shape,
                                                   kds_slice_t payload,
                                                   kds_subscribe_to_shard_event_t *event,
                                                   struct kds_arena *arena,
                                                   kds_error_t **error)
{
    return kds_shape_decode(KDS_FORMAT_JSON, shape, payload, event, arena, error);
}

#endif /* KDS_CODEC_SUBSCRIBE_EVENT_H */
