/*
 * sso_calls: the typed functions of kds/sso.h. Generated from src/model/sso.model by src/model/generate.py; do not edit.
 */
#include "kds/sso.h"

#include "model/operations.h"
#include "model/sso_operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_sso_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, &kds_sso_service.operations[id], in, options, out,
                           error);
}

kds_err_t kds_sso_get_role_credentials(kds_client_t *client,
                                       const kds_sso_get_role_credentials_in_t *in,
                                       const kds_call_options_t *options,
                                       const kds_sso_get_role_credentials_out_t **out,
                                       kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_SSO_OP_GET_ROLE_CREDENTIALS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
