/*
 * operations: the service's operations as a table: name, input shape, output shape.
 *
 * Generated tables (kinesis_tables.c) behind a written door. The client encodes inputs and decodes
 * outputs with them, the local server the other way round.
 */
#ifndef KDS_MODEL_OPERATIONS_H
#define KDS_MODEL_OPERATIONS_H

#include "base/internal.h"
#include "codec/shape.h"
#include "model/kinesis_operations.h"

/** Which of an account's hosts serves an operation (endpoint rules). */
enum kds_plane { KDS_PLANE_DATA, KDS_PLANE_CONTROL };

struct kds_operation {
    const char *name;              /* "PutRecords"; X-Amz-Target is the prefix and this */
    const struct kds_shape *input; /* members that decide the host carry KDS_F_ROUTE */
    const struct kds_shape *output; /* may have no member; of a stream: one event */
    enum kds_plane plane;
    bool idempotent; /* a repeat after an unknown end changes nothing more */
    bool streamed;   /* answered by an event stream */
};

#define KDS_KINESIS_TARGET_PREFIX "Kinesis_20131202."

/* Generated: kinesis_tables.c. Read it through the functions below. */
extern const struct kds_operation kds_kinesis_operations[KDS_OP_COUNT];

/** (lent for ever) */
KDS_INTERNAL const struct kds_operation *kds_operation_at(enum kds_operation_id id);
/** By its name on the wire. (lent for ever) NULL if there is none. */
KDS_INTERNAL const struct kds_operation *kds_operation_by_name(kds_slice_t name);

#endif /* KDS_MODEL_OPERATIONS_H */
