/*
 * dynamodb_calls: the typed functions of kds/dynamodb.h. Generated from src/model/dynamodb.model by src/model/generate.py; do not edit.
 */
#include "kds/dynamodb.h"

#include "model/dynamodb_operations.h"
#include "model/operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_dynamodb_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, &kds_dynamodb_service.operations[id], in, options, out,
                           error);
}

kds_err_t kds_dynamodb_batch_get_item(kds_client_t *client,
                                      const kds_dynamodb_batch_get_item_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_dynamodb_batch_get_item_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_BATCH_GET_ITEM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_batch_write_item(kds_client_t *client,
                                        const kds_dynamodb_batch_write_item_in_t *in,
                                        const kds_call_options_t *options,
                                        const kds_dynamodb_batch_write_item_out_t **out,
                                        kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_BATCH_WRITE_ITEM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_create_table(kds_client_t *client,
                                    const kds_dynamodb_create_table_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_dynamodb_create_table_out_t **out,
                                    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_CREATE_TABLE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_delete_item(kds_client_t *client,
                                   const kds_dynamodb_delete_item_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_delete_item_out_t **out,
                                   kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_DELETE_ITEM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_delete_table(kds_client_t *client,
                                    const kds_dynamodb_delete_table_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_dynamodb_delete_table_out_t **out,
                                    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_DELETE_TABLE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_describe_continuous_backups(
    kds_client_t *client,
    const kds_dynamodb_describe_continuous_backups_in_t *in,
    const kds_call_options_t *options,
    const kds_dynamodb_describe_continuous_backups_out_t **out,
    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_DESCRIBE_CONTINUOUS_BACKUPS, in, options,
                        &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_describe_limits(kds_client_t *client,
                                       const kds_dynamodb_describe_limits_in_t *in,
                                       const kds_call_options_t *options,
                                       const kds_dynamodb_describe_limits_out_t **out,
                                       kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_DESCRIBE_LIMITS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_describe_table(kds_client_t *client,
                                      const kds_dynamodb_describe_table_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_dynamodb_describe_table_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_DESCRIBE_TABLE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t
kds_dynamodb_describe_time_to_live(kds_client_t *client,
                                   const kds_dynamodb_describe_time_to_live_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_describe_time_to_live_out_t **out,
                                   kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_DESCRIBE_TIME_TO_LIVE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_get_item(kds_client_t *client,
                                const kds_dynamodb_get_item_in_t *in,
                                const kds_call_options_t *options,
                                const kds_dynamodb_get_item_out_t **out,
                                kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_GET_ITEM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_list_tables(kds_client_t *client,
                                   const kds_dynamodb_list_tables_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_list_tables_out_t **out,
                                   kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_LIST_TABLES, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t
kds_dynamodb_list_tags_of_resource(kds_client_t *client,
                                   const kds_dynamodb_list_tags_of_resource_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_list_tags_of_resource_out_t **out,
                                   kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_LIST_TAGS_OF_RESOURCE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_put_item(kds_client_t *client,
                                const kds_dynamodb_put_item_in_t *in,
                                const kds_call_options_t *options,
                                const kds_dynamodb_put_item_out_t **out,
                                kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_PUT_ITEM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_query(kds_client_t *client,
                             const kds_dynamodb_query_in_t *in,
                             const kds_call_options_t *options,
                             const kds_dynamodb_query_out_t **out,
                             kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_QUERY, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_scan(kds_client_t *client,
                            const kds_dynamodb_scan_in_t *in,
                            const kds_call_options_t *options,
                            const kds_dynamodb_scan_out_t **out,
                            kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_SCAN, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_tag_resource(kds_client_t *client,
                                    const kds_dynamodb_tag_resource_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_dynamodb_tag_resource_out_t **out,
                                    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_TAG_RESOURCE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t
kds_dynamodb_transact_write_items(kds_client_t *client,
                                  const kds_dynamodb_transact_write_items_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_dynamodb_transact_write_items_out_t **out,
                                  kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_TRANSACT_WRITE_ITEMS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_untag_resource(kds_client_t *client,
                                      const kds_dynamodb_untag_resource_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_dynamodb_untag_resource_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_UNTAG_RESOURCE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_update_continuous_backups(
    kds_client_t *client,
    const kds_dynamodb_update_continuous_backups_in_t *in,
    const kds_call_options_t *options,
    const kds_dynamodb_update_continuous_backups_out_t **out,
    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_UPDATE_CONTINUOUS_BACKUPS, in, options,
                        &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_update_item(kds_client_t *client,
                                   const kds_dynamodb_update_item_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_update_item_out_t **out,
                                   kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_DYNAMODB_OP_UPDATE_ITEM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_dynamodb_update_table(kds_client_t *client,
                                    const kds_dynamodb_update_table_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_dynamodb_update_table_out_t **out,
                                    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_UPDATE_TABLE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t
kds_dynamodb_update_time_to_live(kds_client_t *client,
                                 const kds_dynamodb_update_time_to_live_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_dynamodb_update_time_to_live_out_t **out,
                                 kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_DYNAMODB_OP_UPDATE_TIME_TO_LIVE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
