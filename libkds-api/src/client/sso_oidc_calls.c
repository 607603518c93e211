/*
 * sso_oidc_calls: the typed functions of kds/sso_oidc.h. Generated from src/model/sso_oidc.model by src/model/generate.py; do not edit.
 */
#include "kds/sso_oidc.h"

#include "model/operations.h"
#include "model/sso_oidc_operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_sso_oidc_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, &kds_sso_oidc_service.operations[id], in, options, out,
                           error);
}

kds_err_t kds_sso_oidc_create_token(kds_client_t *client,
                                    const kds_sso_oidc_create_token_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_sso_oidc_create_token_out_t **out,
                                    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_SSO_OIDC_OP_CREATE_TOKEN, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
