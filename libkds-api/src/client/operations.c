/*
 * operations: the public way to an operation by its name.
 */
#include "kds/client.h"

#include "model/operations.h"

const kds_operation_t *kds_operation_find(const char *name)
{
    return kds_operation_by_name(kds_slice(name));
}

const kds_operation_t *kds_operation_find_in(kds_service_id_t id, const char *name)
{
    const struct kds_service *service = kds_service_at((int)id);
    return service ? kds_service_operation(service, kds_slice(name)) : NULL;
}
