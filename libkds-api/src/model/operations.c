/*
 * operations: look-ups in the generated table.
 */
#include "model/operations.h"

#include "base/slice.h"

const struct kds_operation *kds_operation_at(enum kds_operation_id id)
{
    return &kds_kinesis_operations[id];
}

const struct kds_operation *kds_operation_by_name(kds_slice_t name)
{
    for (size_t i = 0; i < KDS_OP_COUNT; i++) {
        if (kds_slice_is(name, kds_kinesis_operations[i].name)) {
            return &kds_kinesis_operations[i];
        }
    }
    return NULL;
}
