/*
 * kinesis_calls: the typed functions of kds/kinesis.h. Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
 */
#include "kds/kinesis.h"

#include "model/operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, kds_operation_at(id), in, options, out, error);
}

kds_err_t kds_create_stream(kds_client_t *client,
                            const kds_create_stream_in_t *in,
                            const kds_call_options_t *options,
                            const kds_create_stream_out_t **out,
                            kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_CREATE_STREAM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_delete_stream(kds_client_t *client,
                            const kds_delete_stream_in_t *in,
                            const kds_call_options_t *options,
                            const kds_delete_stream_out_t **out,
                            kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_DELETE_STREAM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_describe_stream(kds_client_t *client,
                              const kds_describe_stream_in_t *in,
                              const kds_call_options_t *options,
                              const kds_describe_stream_out_t **out,
                              kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_DESCRIBE_STREAM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_describe_stream_summary(kds_client_t *client,
                                      const kds_describe_stream_summary_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_describe_stream_summary_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_DESCRIBE_STREAM_SUMMARY, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_list_streams(kds_client_t *client,
                           const kds_list_streams_in_t *in,
                           const kds_call_options_t *options,
                           const kds_list_streams_out_t **out,
                           kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_LIST_STREAMS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_list_shards(kds_client_t *client,
                          const kds_list_shards_in_t *in,
                          const kds_call_options_t *options,
                          const kds_list_shards_out_t **out,
                          kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_LIST_SHARDS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_put_record(kds_client_t *client,
                         const kds_put_record_in_t *in,
                         const kds_call_options_t *options,
                         const kds_put_record_out_t **out,
                         kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_PUT_RECORD, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_put_records(kds_client_t *client,
                          const kds_put_records_in_t *in,
                          const kds_call_options_t *options,
                          const kds_put_records_out_t **out,
                          kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_PUT_RECORDS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_get_shard_iterator(kds_client_t *client,
                                 const kds_get_shard_iterator_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_get_shard_iterator_out_t **out,
                                 kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_GET_SHARD_ITERATOR, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_get_records(kds_client_t *client,
                          const kds_get_records_in_t *in,
                          const kds_call_options_t *options,
                          const kds_get_records_out_t **out,
                          kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_GET_RECORDS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_split_shard(kds_client_t *client,
                          const kds_split_shard_in_t *in,
                          const kds_call_options_t *options,
                          const kds_split_shard_out_t **out,
                          kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_SPLIT_SHARD, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_merge_shards(kds_client_t *client,
                           const kds_merge_shards_in_t *in,
                           const kds_call_options_t *options,
                           const kds_merge_shards_out_t **out,
                           kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_MERGE_SHARDS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
