/*
 * sts_calls: the typed functions of kds/sts.h. Generated from src/model/sts.model by src/model/generate.py; do not edit.
 */
#include "kds/sts.h"

#include "model/operations.h"
#include "model/sts_operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_sts_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, &kds_sts_service.operations[id], in, options, out,
                           error);
}

kds_err_t kds_sts_assume_role(kds_client_t *client,
                              const kds_sts_assume_role_in_t *in,
                              const kds_call_options_t *options,
                              const kds_sts_assume_role_out_t **out,
                              kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_STS_OP_ASSUME_ROLE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_sts_assume_role_with_web_identity(
    kds_client_t *client,
    const kds_sts_assume_role_with_web_identity_in_t *in,
    const kds_call_options_t *options,
    const kds_sts_assume_role_with_web_identity_out_t **out,
    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_STS_OP_ASSUME_ROLE_WITH_WEB_IDENTITY, in, options,
                        &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_sts_get_caller_identity(kds_client_t *client,
                                      const kds_sts_get_caller_identity_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_sts_get_caller_identity_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_STS_OP_GET_CALLER_IDENTITY, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
