/*
 * operations: the public way to an operation by its name.
 */
#include "kds/client.h"

#include "model/operations.h"

const kds_operation_t *kds_operation_find(const char *name)
{
    return kds_operation_by_name(kds_slice(name));
}
