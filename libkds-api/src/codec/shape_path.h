/*
 * shape_path: a member deep in a value, by the names on the way. Pure.
 */
#ifndef KDS_CODEC_SHAPE_PATH_H
#define KDS_CODEC_SHAPE_PATH_H

#include "codec/shape.h"

/**
 * The member at @p path, for example "StreamDescription.Shards.ShardId". A list on the way stands
 * for its last element.
 *
 * @param field  Receives the member's field, whose offset counts from the result.
 * @return the struct that holds the member; NULL if something on the way is absent or not there
 */
KDS_INTERNAL const void *kds_shape_at(const struct kds_shape *shape,
                                      const void *value,
                                      const char *path,
                                      const struct kds_field **field);

/** The field called @p name on the wire; NULL if there is none. */
KDS_INTERNAL const struct kds_field *kds_shape_field(const struct kds_shape *shape,
                                                     kds_slice_t name);

#endif /* KDS_CODEC_SHAPE_PATH_H */
