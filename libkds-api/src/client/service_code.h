/*
 * service_code: which of our error codes the service's own is. Pure.
 */
#ifndef KDS_CLIENT_SERVICE_CODE_H
#define KDS_CLIENT_SERVICE_CODE_H

#include "base/internal.h"
#include "client/retry.h"
#include "kds/error.h"
#include "kds/types.h"

/** @param code (borrowed) the service's; may be absent @param failure what a retry makes of it */
KDS_INTERNAL kds_err_t kds_err_of_service(int http_status,
                                          kds_slice_t code,
                                          enum kds_failure failure);

#endif /* KDS_CLIENT_SERVICE_CODE_H */
