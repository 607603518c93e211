/*
 * operations: look-ups in the generated tables.
 */
#include "model/operations.h"

#include "base/slice.h"
#include "kds/client.h"

const struct kds_service *kds_service_at(int id)
{
    static const struct kds_service *const services[] = {
        [KDS_SERVICE_KINESIS] = &kds_kinesis_service,
        [KDS_SERVICE_DYNAMODB] = &kds_dynamodb_service,
        [KDS_SERVICE_CLOUDWATCH] = &kds_cloudwatch_service,
        [KDS_SERVICE_STS] = &kds_sts_service,
        [KDS_SERVICE_SSO] = &kds_sso_service,
        [KDS_SERVICE_SSO_OIDC] = &kds_sso_oidc_service,
    };
    const int count = (int)(sizeof services / sizeof services[0]);
    return id >= 0 && id < count ? services[id] : NULL;
}

const struct kds_operation *kds_service_operation(const struct kds_service *service,
                                                  kds_slice_t name)
{
    for (size_t i = 0; i < service->operation_count; i++) {
        if (kds_slice_is(name, service->operations[i].name)) {
            return &service->operations[i];
        }
    }
    return NULL;
}

const struct kds_operation *kds_operation_at(enum kds_operation_id id)
{
    return &kds_kinesis_service.operations[id];
}

const struct kds_operation *kds_operation_by_name(kds_slice_t name)
{
    return kds_service_operation(&kds_kinesis_service, name);
}
