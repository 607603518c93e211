/*
 * cloudwatch_calls: the typed functions of kds/cloudwatch.h. Generated from src/model/cloudwatch.model by src/model/generate.py; do not edit.
 */
#include "kds/cloudwatch.h"

#include "model/cloudwatch_operations.h"
#include "model/operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_cloudwatch_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, &kds_cloudwatch_service.operations[id], in, options,
                           out, error);
}

kds_err_t kds_cloudwatch_put_metric_data(kds_client_t *client,
                                         const kds_cloudwatch_put_metric_data_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_cloudwatch_put_metric_data_out_t **out,
                                         kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_CLOUDWATCH_OP_PUT_METRIC_DATA, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
