/*
 * kinesis_calls: the typed functions of kds/kinesis.h. Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
 */
#include "kds/kinesis.h"

#include "model/kinesis_operations.h"
#include "model/operations.h"

static kds_err_t call(kds_client_t *client,
                      enum kds_operation_id id,
                      const void *in,
                      const kds_call_options_t *options,
                      const void **out,
                      kds_error_t **error)
{
    return kds_client_call(client, &kds_kinesis_service.operations[id], in, options, out,
                           error);
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

kds_err_t kds_add_tags_to_stream(kds_client_t *client,
                                 const kds_add_tags_to_stream_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_add_tags_to_stream_out_t **out,
                                 kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_ADD_TAGS_TO_STREAM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_remove_tags_from_stream(kds_client_t *client,
                                      const kds_remove_tags_from_stream_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_remove_tags_from_stream_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_REMOVE_TAGS_FROM_STREAM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_list_tags_for_stream(kds_client_t *client,
                                   const kds_list_tags_for_stream_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_list_tags_for_stream_out_t **out,
                                   kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_LIST_TAGS_FOR_STREAM, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_tag_resource(kds_client_t *client,
                           const kds_tag_resource_in_t *in,
                           const kds_call_options_t *options,
                           const kds_tag_resource_out_t **out,
                           kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_TAG_RESOURCE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_untag_resource(kds_client_t *client,
                             const kds_untag_resource_in_t *in,
                             const kds_call_options_t *options,
                             const kds_untag_resource_out_t **out,
                             kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_UNTAG_RESOURCE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_list_tags_for_resource(kds_client_t *client,
                                     const kds_list_tags_for_resource_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_list_tags_for_resource_out_t **out,
                                     kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_LIST_TAGS_FOR_RESOURCE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_increase_stream_retention_period(
    kds_client_t *client,
    const kds_increase_stream_retention_period_in_t *in,
    const kds_call_options_t *options,
    const kds_increase_stream_retention_period_out_t **out,
    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_INCREASE_STREAM_RETENTION_PERIOD, in, options,
                        &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_decrease_stream_retention_period(
    kds_client_t *client,
    const kds_decrease_stream_retention_period_in_t *in,
    const kds_call_options_t *options,
    const kds_decrease_stream_retention_period_out_t **out,
    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_DECREASE_STREAM_RETENTION_PERIOD, in, options,
                        &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_enable_enhanced_monitoring(kds_client_t *client,
                                         const kds_enable_enhanced_monitoring_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_enable_enhanced_monitoring_out_t **out,
                                         kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_ENABLE_ENHANCED_MONITORING, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t
kds_disable_enhanced_monitoring(kds_client_t *client,
                                const kds_disable_enhanced_monitoring_in_t *in,
                                const kds_call_options_t *options,
                                const kds_disable_enhanced_monitoring_out_t **out,
                                kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_DISABLE_ENHANCED_MONITORING, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_start_stream_encryption(kds_client_t *client,
                                      const kds_start_stream_encryption_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_start_stream_encryption_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_START_STREAM_ENCRYPTION, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_stop_stream_encryption(kds_client_t *client,
                                     const kds_stop_stream_encryption_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_stop_stream_encryption_out_t **out,
                                     kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_STOP_STREAM_ENCRYPTION, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_update_shard_count(kds_client_t *client,
                                 const kds_update_shard_count_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_update_shard_count_out_t **out,
                                 kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_UPDATE_SHARD_COUNT, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_update_stream_mode(kds_client_t *client,
                                 const kds_update_stream_mode_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_update_stream_mode_out_t **out,
                                 kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_UPDATE_STREAM_MODE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t
kds_update_stream_warm_throughput(kds_client_t *client,
                                  const kds_update_stream_warm_throughput_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_update_stream_warm_throughput_out_t **out,
                                  kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_UPDATE_STREAM_WARM_THROUGHPUT, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_update_max_record_size(kds_client_t *client,
                                     const kds_update_max_record_size_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_update_max_record_size_out_t **out,
                                     kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_UPDATE_MAX_RECORD_SIZE, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_update_stream_record_distribution_strategy(
    kds_client_t *client,
    const kds_update_stream_record_distribution_strategy_in_t *in,
    const kds_call_options_t *options,
    const kds_update_stream_record_distribution_strategy_out_t **out,
    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_UPDATE_STREAM_RECORD_DISTRIBUTION_STRATEGY, in,
                        options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_describe_limits(kds_client_t *client,
                              const kds_describe_limits_in_t *in,
                              const kds_call_options_t *options,
                              const kds_describe_limits_out_t **out,
                              kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_DESCRIBE_LIMITS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_describe_account_settings(kds_client_t *client,
                                        const kds_describe_account_settings_in_t *in,
                                        const kds_call_options_t *options,
                                        const kds_describe_account_settings_out_t **out,
                                        kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_DESCRIBE_ACCOUNT_SETTINGS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_update_account_settings(kds_client_t *client,
                                      const kds_update_account_settings_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_update_account_settings_out_t **out,
                                      kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_UPDATE_ACCOUNT_SETTINGS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_put_resource_policy(kds_client_t *client,
                                  const kds_put_resource_policy_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_put_resource_policy_out_t **out,
                                  kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_PUT_RESOURCE_POLICY, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_get_resource_policy(kds_client_t *client,
                                  const kds_get_resource_policy_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_get_resource_policy_out_t **out,
                                  kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_GET_RESOURCE_POLICY, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_delete_resource_policy(kds_client_t *client,
                                     const kds_delete_resource_policy_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_delete_resource_policy_out_t **out,
                                     kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_DELETE_RESOURCE_POLICY, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_register_stream_consumer(kds_client_t *client,
                                       const kds_register_stream_consumer_in_t *in,
                                       const kds_call_options_t *options,
                                       const kds_register_stream_consumer_out_t **out,
                                       kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_REGISTER_STREAM_CONSUMER, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_deregister_stream_consumer(kds_client_t *client,
                                         const kds_deregister_stream_consumer_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_deregister_stream_consumer_out_t **out,
                                         kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_DEREGISTER_STREAM_CONSUMER, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_describe_stream_consumer(kds_client_t *client,
                                       const kds_describe_stream_consumer_in_t *in,
                                       const kds_call_options_t *options,
                                       const kds_describe_stream_consumer_out_t **out,
                                       kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_DESCRIBE_STREAM_CONSUMER, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_list_stream_consumers(kds_client_t *client,
                                    const kds_list_stream_consumers_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_list_stream_consumers_out_t **out,
                                    kds_error_t **error)
{
    const void *answer;
    kds_err_t rc =
        call(client, KDS_OP_LIST_STREAM_CONSUMERS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_create_channel(kds_client_t *client,
                             const kds_create_channel_in_t *in,
                             const kds_call_options_t *options,
                             const kds_create_channel_out_t **out,
                             kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_CREATE_CHANNEL, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_describe_channel(kds_client_t *client,
                               const kds_describe_channel_in_t *in,
                               const kds_call_options_t *options,
                               const kds_describe_channel_out_t **out,
                               kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_DESCRIBE_CHANNEL, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_list_channels(kds_client_t *client,
                            const kds_list_channels_in_t *in,
                            const kds_call_options_t *options,
                            const kds_list_channels_out_t **out,
                            kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_LIST_CHANNELS, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_update_channel(kds_client_t *client,
                             const kds_update_channel_in_t *in,
                             const kds_call_options_t *options,
                             const kds_update_channel_out_t **out,
                             kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_UPDATE_CHANNEL, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}

kds_err_t kds_delete_channel(kds_client_t *client,
                             const kds_delete_channel_in_t *in,
                             const kds_call_options_t *options,
                             const kds_delete_channel_out_t **out,
                             kds_error_t **error)
{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_DELETE_CHANNEL, in, options, &answer, error);
    if (rc == KDS_OK) {
        *out = answer;
    }
    return rc;
}
