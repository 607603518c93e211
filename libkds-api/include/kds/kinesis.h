/*
 * kinesis: the operations of Kinesis Data Streams, one typed function each, and their values.
 *
 * Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_KINESIS_H
#define KDS_KINESIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kds_tag kds_tag_t;
typedef struct kds_hash_key_range kds_hash_key_range_t;
typedef struct kds_sequence_number_range kds_sequence_number_range_t;
typedef struct kds_shard kds_shard_t;
typedef struct kds_child_shard kds_child_shard_t;
typedef struct kds_record kds_record_t;
typedef struct kds_put_records_request_entry kds_put_records_request_entry_t;
typedef struct kds_put_records_result_entry kds_put_records_result_entry_t;
typedef struct kds_stream_mode_details kds_stream_mode_details_t;
typedef struct kds_enhanced_metrics kds_enhanced_metrics_t;
typedef struct kds_warm_throughput_object kds_warm_throughput_object_t;
typedef struct kds_stream_description kds_stream_description_t;
typedef struct kds_stream_description_summary kds_stream_description_summary_t;
typedef struct kds_stream_summary kds_stream_summary_t;
typedef struct kds_shard_filter kds_shard_filter_t;
typedef struct kds_starting_position kds_starting_position_t;
typedef struct kds_subscribe_to_shard_event kds_subscribe_to_shard_event_t;
typedef struct kds_consumer kds_consumer_t;
typedef struct kds_consumer_description kds_consumer_description_t;
typedef struct kds_minimum_throughput_billing_commitment_input
    kds_minimum_throughput_billing_commitment_input_t;
typedef struct kds_minimum_throughput_billing_commitment_output
    kds_minimum_throughput_billing_commitment_output_t;
typedef struct kds_record_configuration kds_record_configuration_t;
typedef struct kds_channel_stream_configuration kds_channel_stream_configuration_t;
typedef struct kds_channel_stream_description kds_channel_stream_description_t;
typedef struct kds_channel_stream_identifier kds_channel_stream_identifier_t;
typedef struct kds_dead_letter_queue_s3_configuration
    kds_dead_letter_queue_s3_configuration_t;
typedef struct kds_s3_storage_configuration kds_s3_storage_configuration_t;
typedef struct kds_s3_destination_configuration kds_s3_destination_configuration_t;
typedef struct kds_s3_destination_description kds_s3_destination_description_t;
typedef struct kds_s3_destination_update_input kds_s3_destination_update_input_t;
typedef struct kds_partition_field kds_partition_field_t;
typedef struct kds_partition_spec kds_partition_spec_t;
typedef struct kds_s3_tables_configuration kds_s3_tables_configuration_t;
typedef struct kds_s3_tables_destination_configuration
    kds_s3_tables_destination_configuration_t;
typedef struct kds_s3_tables_destination_description
    kds_s3_tables_destination_description_t;
typedef struct kds_s3_tables_destination_update_input
    kds_s3_tables_destination_update_input_t;
typedef struct kds_channel_encryption_configuration
    kds_channel_encryption_configuration_t;
typedef struct kds_cloud_watch_logs kds_cloud_watch_logs_t;
typedef struct kds_cloud_watch_logs_update_input kds_cloud_watch_logs_update_input_t;
typedef struct kds_channel_logging_configuration kds_channel_logging_configuration_t;
typedef struct kds_channel_logging_update_input kds_channel_logging_update_input_t;
typedef struct kds_channel_description kds_channel_description_t;
typedef struct kds_channel_summary kds_channel_summary_t;
typedef struct kds_stream_filter kds_stream_filter_t;
typedef struct kds_create_stream_in kds_create_stream_in_t;
typedef struct kds_create_stream_out kds_create_stream_out_t;
typedef struct kds_delete_stream_in kds_delete_stream_in_t;
typedef struct kds_delete_stream_out kds_delete_stream_out_t;
typedef struct kds_describe_stream_in kds_describe_stream_in_t;
typedef struct kds_describe_stream_out kds_describe_stream_out_t;
typedef struct kds_describe_stream_summary_in kds_describe_stream_summary_in_t;
typedef struct kds_describe_stream_summary_out kds_describe_stream_summary_out_t;
typedef struct kds_list_streams_in kds_list_streams_in_t;
typedef struct kds_list_streams_out kds_list_streams_out_t;
typedef struct kds_list_shards_in kds_list_shards_in_t;
typedef struct kds_list_shards_out kds_list_shards_out_t;
typedef struct kds_put_record_in kds_put_record_in_t;
typedef struct kds_put_record_out kds_put_record_out_t;
typedef struct kds_put_records_in kds_put_records_in_t;
typedef struct kds_put_records_out kds_put_records_out_t;
typedef struct kds_get_shard_iterator_in kds_get_shard_iterator_in_t;
typedef struct kds_get_shard_iterator_out kds_get_shard_iterator_out_t;
typedef struct kds_get_records_in kds_get_records_in_t;
typedef struct kds_get_records_out kds_get_records_out_t;
typedef struct kds_split_shard_in kds_split_shard_in_t;
typedef struct kds_split_shard_out kds_split_shard_out_t;
typedef struct kds_merge_shards_in kds_merge_shards_in_t;
typedef struct kds_merge_shards_out kds_merge_shards_out_t;
typedef struct kds_add_tags_to_stream_in kds_add_tags_to_stream_in_t;
typedef struct kds_add_tags_to_stream_out kds_add_tags_to_stream_out_t;
typedef struct kds_remove_tags_from_stream_in kds_remove_tags_from_stream_in_t;
typedef struct kds_remove_tags_from_stream_out kds_remove_tags_from_stream_out_t;
typedef struct kds_list_tags_for_stream_in kds_list_tags_for_stream_in_t;
typedef struct kds_list_tags_for_stream_out kds_list_tags_for_stream_out_t;
typedef struct kds_tag_resource_in kds_tag_resource_in_t;
typedef struct kds_tag_resource_out kds_tag_resource_out_t;
typedef struct kds_untag_resource_in kds_untag_resource_in_t;
typedef struct kds_untag_resource_out kds_untag_resource_out_t;
typedef struct kds_list_tags_for_resource_in kds_list_tags_for_resource_in_t;
typedef struct kds_list_tags_for_resource_out kds_list_tags_for_resource_out_t;
typedef struct kds_increase_stream_retention_period_in
    kds_increase_stream_retention_period_in_t;
typedef struct kds_increase_stream_retention_period_out
    kds_increase_stream_retention_period_out_t;
typedef struct kds_decrease_stream_retention_period_in
    kds_decrease_stream_retention_period_in_t;
typedef struct kds_decrease_stream_retention_period_out
    kds_decrease_stream_retention_period_out_t;
typedef struct kds_enable_enhanced_monitoring_in kds_enable_enhanced_monitoring_in_t;
typedef struct kds_enable_enhanced_monitoring_out kds_enable_enhanced_monitoring_out_t;
typedef struct kds_disable_enhanced_monitoring_in kds_disable_enhanced_monitoring_in_t;
typedef struct kds_disable_enhanced_monitoring_out kds_disable_enhanced_monitoring_out_t;
typedef struct kds_start_stream_encryption_in kds_start_stream_encryption_in_t;
typedef struct kds_start_stream_encryption_out kds_start_stream_encryption_out_t;
typedef struct kds_stop_stream_encryption_in kds_stop_stream_encryption_in_t;
typedef struct kds_stop_stream_encryption_out kds_stop_stream_encryption_out_t;
typedef struct kds_update_shard_count_in kds_update_shard_count_in_t;
typedef struct kds_update_shard_count_out kds_update_shard_count_out_t;
typedef struct kds_update_stream_mode_in kds_update_stream_mode_in_t;
typedef struct kds_update_stream_mode_out kds_update_stream_mode_out_t;
typedef struct kds_update_stream_warm_throughput_in
    kds_update_stream_warm_throughput_in_t;
typedef struct kds_update_stream_warm_throughput_out
    kds_update_stream_warm_throughput_out_t;
typedef struct kds_update_max_record_size_in kds_update_max_record_size_in_t;
typedef struct kds_update_max_record_size_out kds_update_max_record_size_out_t;
typedef struct kds_update_stream_record_distribution_strategy_in
    kds_update_stream_record_distribution_strategy_in_t;
typedef struct kds_update_stream_record_distribution_strategy_out
    kds_update_stream_record_distribution_strategy_out_t;
typedef struct kds_describe_limits_in kds_describe_limits_in_t;
typedef struct kds_describe_limits_out kds_describe_limits_out_t;
typedef struct kds_describe_account_settings_in kds_describe_account_settings_in_t;
typedef struct kds_describe_account_settings_out kds_describe_account_settings_out_t;
typedef struct kds_update_account_settings_in kds_update_account_settings_in_t;
typedef struct kds_update_account_settings_out kds_update_account_settings_out_t;
typedef struct kds_put_resource_policy_in kds_put_resource_policy_in_t;
typedef struct kds_put_resource_policy_out kds_put_resource_policy_out_t;
typedef struct kds_get_resource_policy_in kds_get_resource_policy_in_t;
typedef struct kds_get_resource_policy_out kds_get_resource_policy_out_t;
typedef struct kds_delete_resource_policy_in kds_delete_resource_policy_in_t;
typedef struct kds_delete_resource_policy_out kds_delete_resource_policy_out_t;
typedef struct kds_register_stream_consumer_in kds_register_stream_consumer_in_t;
typedef struct kds_register_stream_consumer_out kds_register_stream_consumer_out_t;
typedef struct kds_deregister_stream_consumer_in kds_deregister_stream_consumer_in_t;
typedef struct kds_deregister_stream_consumer_out kds_deregister_stream_consumer_out_t;
typedef struct kds_describe_stream_consumer_in kds_describe_stream_consumer_in_t;
typedef struct kds_describe_stream_consumer_out kds_describe_stream_consumer_out_t;
typedef struct kds_list_stream_consumers_in kds_list_stream_consumers_in_t;
typedef struct kds_list_stream_consumers_out kds_list_stream_consumers_out_t;
typedef struct kds_subscribe_to_shard_in kds_subscribe_to_shard_in_t;
typedef struct kds_create_channel_in kds_create_channel_in_t;
typedef struct kds_create_channel_out kds_create_channel_out_t;
typedef struct kds_describe_channel_in kds_describe_channel_in_t;
typedef struct kds_describe_channel_out kds_describe_channel_out_t;
typedef struct kds_list_channels_in kds_list_channels_in_t;
typedef struct kds_list_channels_out kds_list_channels_out_t;
typedef struct kds_update_channel_in kds_update_channel_in_t;
typedef struct kds_update_channel_out kds_update_channel_out_t;
typedef struct kds_delete_channel_in kds_delete_channel_in_t;
typedef struct kds_delete_channel_out kds_delete_channel_out_t;

/** A label on a stream or consumer. */
struct kds_tag {
    /** Required. The label's name. 1..128 characters. */
    kds_slice_t key;
    /** Its value. 0..256 characters. */
    kds_slice_t value;
};

/** The hash keys that a shard takes, both ends included. */
struct kds_hash_key_range {
    /** Required. Smallest hash key, decimal. Decimal, 0..2^128-1, no leading zero. */
    kds_slice_t starting_hash_key;
    /** Required. Largest hash key, decimal. Decimal, 0..2^128-1, no leading zero. */
    kds_slice_t ending_hash_key;
};

/** The sequence numbers that a shard has given out. */
struct kds_sequence_number_range {
    /** Required. The first one. */
    kds_slice_t starting_sequence_number;
    /** The last one; absent while the shard is open. */
    kds_slice_t ending_sequence_number;
};

/** One shard of a stream. */
struct kds_shard {
    /**
     * Required. Its identifier, for example shardId-000000000003. 1..128 characters.
     */
    kds_slice_t shard_id;
    /**
     * The shard it was split from or merged from; may no longer exist. 1..128
     * characters.
     */
    kds_slice_t parent_shard_id;
    /** The second parent, of a merge. 1..128 characters. */
    kds_slice_t adjacent_parent_shard_id;
    /** Required. The hash keys that it takes. */
    kds_hash_key_range_t hash_key_range;
    /** Required. The sequence numbers that it has given out. */
    kds_sequence_number_range_t sequence_number_range;
};

/** A shard that goes on where one that was read to its end stopped. */
struct kds_child_shard {
    /** Required. Its identifier. 1..128 characters. */
    kds_slice_t shard_id;
    /**
     * Required. Identifiers of its parents: one after a split, two after a merge.
     * parent_shards_count of them.
     */
    const kds_slice_t *parent_shards;
    size_t parent_shards_count;
    /** Required. The hash keys that it takes. */
    kds_hash_key_range_t hash_key_range;
};

/** One Kinesis record, as it is stored. */
struct kds_record {
    /** Required. Its place in the shard. */
    kds_slice_t sequence_number;
    /** When the service took it. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_approximate_arrival_timestamp_ms;
    int64_t approximate_arrival_timestamp_ms;
    /**
     * Required. The bytes that were put, an aggregate among them. 0..10485760 bytes.
     */
    kds_slice_t data;
    /**
     * The key that it was put with; absent on streams that spread records themselves.
     * 1..256 characters.
     */
    kds_slice_t partition_key;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
};

/** One record to put. */
struct kds_put_records_request_entry {
    /** Required. The bytes to store. 0..10485760 bytes. */
    kds_slice_t data;
    /**
     * Decides the shard in place of the partition key's hash. Decimal, 0..2^128-1, no
     * leading zero.
     */
    kds_slice_t explicit_hash_key;
    /**
     * Decides the shard by its MD5; may be left out only where the stream spreads
     * records itself. 1..256 characters.
     */
    kds_slice_t partition_key;
};

/**
 * What became of one record: either a sequence number and a shard, or an error code.
 */
struct kds_put_records_result_entry {
    /** Its place in the shard. */
    kds_slice_t sequence_number;
    /** The shard that took it. 1..128 characters. */
    kds_slice_t shard_id;
    /** ProvisionedThroughputExceededException or InternalFailure. */
    kds_slice_t error_code;
    /** The service's words. */
    kds_slice_t error_message;
};

/** How a stream's capacity is managed. */
struct kds_stream_mode_details {
    /** Required. PROVISIONED or ON_DEMAND. */
    kds_slice_t stream_mode;
};

/** Shard metrics that are switched on. */
struct kds_enhanced_metrics {
    /** Names of the metrics. shard_level_metrics_count of them. 1..7 entries. */
    const kds_slice_t *shard_level_metrics;
    size_t shard_level_metrics_count;
};

/** Capacity of an on-demand stream that is kept ready. */
struct kds_warm_throughput_object {
    /** What was asked for, in MiB per second. */
    bool has_target_mibps;
    int64_t target_mibps;
    /** What is ready, in MiB per second. */
    bool has_current_mibps;
    int64_t current_mibps;
};

/** A stream with its shards. */
struct kds_stream_description {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. CREATING, DELETING, ACTIVE or UPDATING. */
    kds_slice_t stream_status;
    /** How its capacity is managed. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** Required. One page of its shards. shards_count of them. */
    const kds_shard_t *shards;
    size_t shards_count;
    /** Required. Whether more pages follow. */
    bool has_more_shards;
    /** Required. How long records are kept. */
    int64_t retention_period_hours;
    /** Required. When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t stream_creation_timestamp_ms;
    /**
     * Required. Shard metrics that are switched on. enhanced_monitoring_count of them.
     */
    const kds_enhanced_metrics_t *enhanced_monitoring;
    size_t enhanced_monitoring_count;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
    /** The key, if encrypted. 1..2048 characters. */
    kds_slice_t key_id;
};

/** A stream without its shards. */
struct kds_stream_description_summary {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. CREATING, DELETING, ACTIVE or UPDATING. */
    kds_slice_t stream_status;
    /** How its capacity is managed. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** Required. How long records are kept. */
    int64_t retention_period_hours;
    /** Required. When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t stream_creation_timestamp_ms;
    /**
     * Required. Shard metrics that are switched on. enhanced_monitoring_count of them.
     */
    const kds_enhanced_metrics_t *enhanced_monitoring;
    size_t enhanced_monitoring_count;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
    /** The key, if encrypted. 1..2048 characters. */
    kds_slice_t key_id;
    /** Required. Shards that take records. 0..1000000. */
    int64_t open_shard_count;
    /** Registered fan-out consumers. 0..1000000. */
    bool has_consumer_count;
    int64_t consumer_count;
    /** Capacity that is kept ready. */
    const kds_warm_throughput_object_t *warm_throughput;
    /** Largest record, key included, in KiB. 1024..10240. */
    bool has_max_record_size_in_kib;
    int64_t max_record_size_in_kib;
    /** AUTO or USER_PARTITION_KEY; absent on provisioned streams. */
    kds_slice_t record_distribution_strategy;
    /** Delivery channels that read the stream. */
    bool has_channel_count;
    int64_t channel_count;
};

/** A stream in a list. */
struct kds_stream_summary {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. CREATING, DELETING, ACTIVE or UPDATING. */
    kds_slice_t stream_status;
    /** How its capacity is managed. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_stream_creation_timestamp_ms;
    int64_t stream_creation_timestamp_ms;
};

/** Which shards to list. */
struct kds_shard_filter {
    /**
     * Required. AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST,
     * AT_TIMESTAMP or FROM_TIMESTAMP.
     */
    kds_slice_t type;
    /** With AFTER_SHARD_ID: list what comes behind it. 1..128 characters. */
    kds_slice_t shard_id;
    /**
     * With the two _TIMESTAMP types: the instant. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_timestamp_ms;
    int64_t timestamp_ms;
};

/** Where in a shard to start. */
struct kds_starting_position {
    /**
     * Required. AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST or
     * AT_TIMESTAMP.
     */
    kds_slice_t type;
    /** With the two _SEQUENCE_NUMBER types. */
    kds_slice_t sequence_number;
    /** With AT_TIMESTAMP. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_timestamp_ms;
    int64_t timestamp_ms;
};

/** What a subscription delivers at a time. */
struct kds_subscribe_to_shard_event {
    /** Required. The records, in order. records_count of them. */
    const kds_record_t *records;
    size_t records_count;
    /**
     * Subscribe again AFTER_SEQUENCE_NUMBER this one; absent at the end of a shard.
     */
    kds_slice_t continuation_sequence_number;
    /** Required. Distance to the newest record, in ms. */
    int64_t millis_behind_latest;
    /**
     * The shards that go on; only at the end of a shard. child_shards_count of them.
     */
    const kds_child_shard_t *child_shards;
    size_t child_shards_count;
};

/** A registered fan-out consumer. */
struct kds_consumer {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t consumer_name;
    /**
     * Required. Its ARN; another one after it was registered again. 1..2048
     * characters.
     */
    kds_slice_t consumer_arn;
    /** Required. CREATING, DELETING or ACTIVE. */
    kds_slice_t consumer_status;
    /** Required. When it was registered. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t consumer_creation_timestamp_ms;
};

/** A registered fan-out consumer and its stream. */
struct kds_consumer_description {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t consumer_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t consumer_arn;
    /** Required. CREATING, DELETING or ACTIVE. */
    kds_slice_t consumer_status;
    /** Required. When it was registered. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t consumer_creation_timestamp_ms;
    /** Required. The stream that it reads. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Whether the account commits itself to a minimum of throughput. */
struct kds_minimum_throughput_billing_commitment_input {
    /** Required. ENABLED or DISABLED. */
    kds_slice_t status;
};

/** The account's commitment to a minimum of throughput. */
struct kds_minimum_throughput_billing_commitment_output {
    /** Required. ENABLED, DISABLED or ENABLED_UNTIL_EARLIEST_ALLOWED_END. */
    kds_slice_t status;
    /** When it began. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_started_at_ms;
    int64_t started_at_ms;
    /** When it ended. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_ended_at_ms;
    int64_t ended_at_ms;
    /** Before this it cannot end. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_earliest_allowed_end_at_ms;
    int64_t earliest_allowed_end_at_ms;
};

/** What the records of a channel's stream hold. */
struct kds_record_configuration {
    /** Required. GSR_JSON, JSON, STRING or BYTE_ARRAY. */
    kds_slice_t record_format_type;
    /** The schema in the Glue registry; required for tables. */
    kds_slice_t gsrschema_arn;
};

/** A stream that a channel is to read. */
struct kds_channel_stream_configuration {
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. What its records hold. */
    kds_record_configuration_t record_configuration;
};

/** A stream that a channel reads. */
struct kds_channel_stream_description {
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /**
     * Required. Tells apart streams that had the same name. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    int64_t stream_creation_timestamp_ms;
    /** Required. What its records hold. */
    kds_record_configuration_t record_configuration;
};

/** A stream of a channel, in a list. */
struct kds_channel_stream_identifier {
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /**
     * Required. Tells apart streams that had the same name. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    int64_t stream_creation_timestamp_ms;
};

/** Where a channel puts what it cannot deliver. */
struct kds_dead_letter_queue_s3_configuration {
    /** Required. The bucket. 1..2048 characters. */
    kds_slice_t bucket_arn;
    /** Required. Account that must own the bucket. 12..12 characters. */
    kds_slice_t expected_bucket_owner;
    /** Prefix of the objects' keys. 1..512 characters. */
    kds_slice_t error_output_prefix;
};

/** How a channel writes objects. */
struct kds_s3_storage_configuration {
    /** Required. The bucket. 1..2048 characters. */
    kds_slice_t bucket_arn;
    /** Required. Account that must own the bucket. 12..12 characters. */
    kds_slice_t expected_bucket_owner;
    /** Required. NONE, GZIP or ZSTD. */
    kds_slice_t compression_type;
    /** Form of the objects' keys. 1..1024 characters. */
    kds_slice_t output_key_template;
    /** STANDARD, INTELLIGENT_TIERING or GLACIER_IR. */
    kds_slice_t storage_class;
};

/** Delivery as objects in a bucket. */
struct kds_s3_destination_configuration {
    /** Required. How objects are written. */
    kds_s3_storage_configuration_t storage_configuration;
    /** How long records may wait; absent: 300. 300..900. */
    bool has_data_freshness_in_seconds;
    int64_t data_freshness_in_seconds;
    /** Where what cannot be delivered goes. */
    const kds_dead_letter_queue_s3_configuration_t *dead_letter_queue_s3_configuration;
};

/** Delivery as objects in a bucket, as it is. */
struct kds_s3_destination_description {
    /** Required. How long records may wait. */
    int64_t data_freshness_in_seconds;
    /** Required. Where what cannot be delivered goes. */
    kds_dead_letter_queue_s3_configuration_t dead_letter_queue_s3_configuration;
    /** Required. How objects are written. */
    kds_s3_storage_configuration_t storage_configuration;
};

/** What of a delivery to a bucket can be changed. */
struct kds_s3_destination_update_input {
    /** Required. How long records may wait. 300..900. */
    int64_t data_freshness_in_seconds;
};

/** One column by which a table is partitioned. */
struct kds_partition_field {
    /** Required. TIME_HOUR. */
    kds_slice_t transform;
    /** Required. A column of type timestamptz. */
    kds_slice_t source_name;
};

/** How a table is partitioned. */
struct kds_partition_spec {
    /** Required. The columns. partition_fields_count of them. */
    const kds_partition_field_t *partition_fields;
    size_t partition_fields_count;
};

/** A table that a channel writes. */
struct kds_s3_tables_configuration {
    /** Required. The table bucket. 1..2048 characters. */
    kds_slice_t table_bucket_arn;
    /** Required. The namespace. 1..255 characters. */
    kds_slice_t table_namespace;
    /** Required. The table, which the service creates. 1..255 characters. */
    kds_slice_t table_name;
    /** Required. NONE, ZSTD or SNAPPY. */
    kds_slice_t compression_type;
    /** How it is partitioned. */
    const kds_partition_spec_t *partition_spec;
};

/** Delivery as rows of a table. */
struct kds_s3_tables_destination_configuration {
    /** Required. Where what cannot be delivered goes. */
    kds_dead_letter_queue_s3_configuration_t dead_letter_queue_s3_configuration;
    /**
     * Required. The table, one at present. s3_tables_configuration_list_count of them.
     */
    const kds_s3_tables_configuration_t *s3_tables_configuration_list;
    size_t s3_tables_configuration_list_count;
    /** How long records may wait; absent: 300. 300..900. */
    bool has_data_freshness_in_seconds;
    int64_t data_freshness_in_seconds;
};

/** Delivery as rows of a table, as it is. */
struct kds_s3_tables_destination_description {
    /** Required. How long records may wait. */
    int64_t data_freshness_in_seconds;
    /** Required. Where what cannot be delivered goes. */
    kds_dead_letter_queue_s3_configuration_t dead_letter_queue_s3_configuration;
    /** Required. The table. s3_tables_configuration_list_count of them. */
    const kds_s3_tables_configuration_t *s3_tables_configuration_list;
    size_t s3_tables_configuration_list_count;
};

/** What of a delivery to a table can be changed. */
struct kds_s3_tables_destination_update_input {
    /** Required. How long records may wait. 300..900. */
    int64_t data_freshness_in_seconds;
};

/** The key with which a channel encrypts. */
struct kds_channel_encryption_configuration {
    /** Required. KMS. */
    kds_slice_t encryption_type;
    /** Required. A key of the customer's. 1..2048 characters. */
    kds_slice_t key_id;
};

/** Where a channel logs. */
struct kds_cloud_watch_logs {
    /** Required. Whether it logs. */
    bool enabled;
    /** Absent: a group made from the channel's name and id. 1..512 characters. */
    kds_slice_t log_group_name;
    /** Absent: DestinationDelivery. 1..512 characters. */
    kds_slice_t log_stream_name;
};

/** Where a channel logs from now on. */
struct kds_cloud_watch_logs_update_input {
    /** Required. Whether it logs. */
    bool enabled;
    /** The group. 1..512 characters. */
    kds_slice_t log_group_name;
    /** The stream. 1..512 characters. */
    kds_slice_t log_stream_name;
};

/** How a channel logs. */
struct kds_channel_logging_configuration {
    /** Required. Where. */
    kds_cloud_watch_logs_t cloud_watch_logs;
};

/** How a channel logs from now on. */
struct kds_channel_logging_update_input {
    /** Required. Where. */
    kds_cloud_watch_logs_update_input_t cloud_watch_logs;
};

/** A channel: a delivery job of the service that reads one stream. */
struct kds_channel_description {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t channel_name;
    /** Required. Its ARN, with the id and not the name. 1..2048 characters. */
    kds_slice_t channel_arn;
    /** Required. The service's name for it. 1..64 characters. */
    kds_slice_t channel_id;
    /** Required. CREATING, ACTIVE, UPDATING, DELETING or FAILED. */
    kds_slice_t channel_status;
    /** Why it failed. */
    kds_slice_t channel_status_reason;
    /** Required. When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t channel_creation_timestamp_ms;
    /** Required. The role in which it works. */
    kds_slice_t service_execution_role_arn;
    /** Required. The stream that it reads. stream_configuration_list_count of them. */
    const kds_channel_stream_description_t *stream_configuration_list;
    size_t stream_configuration_list_count;
    /** Delivery to a bucket. */
    const kds_s3_destination_description_t *s3_destination_configuration;
    /** Delivery to a table. */
    const kds_s3_tables_destination_description_t *s3_tables_destination_configuration;
    /** The key with which it encrypts. */
    const kds_channel_encryption_configuration_t *encryption_configuration;
    /** Required. How it logs. */
    kds_channel_logging_configuration_t logging_configuration;
};

/** A channel in a list. */
struct kds_channel_summary {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t channel_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t channel_arn;
    /** Required. The service's name for it. 1..64 characters. */
    kds_slice_t channel_id;
    /** Required. CREATING, ACTIVE, UPDATING, DELETING or FAILED. */
    kds_slice_t channel_status;
    /** Why it failed. */
    kds_slice_t channel_status_reason;
    /** Required. When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t channel_creation_timestamp_ms;
    /** Required. S3 or S3_TABLES. */
    kds_slice_t channel_destination_type;
    /** Required. The stream that it reads. streams_count of them. */
    const kds_channel_stream_identifier_t *streams;
    size_t streams_count;
};

/** Which channels to list: those of this stream. */
struct kds_stream_filter {
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /**
     * Tells apart streams that had the same name. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_stream_creation_timestamp_ms;
    int64_t stream_creation_timestamp_ms;
};

/** Input of CreateStream. */
struct kds_create_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Its name, unique in account and region. 1..128 characters. */
    kds_slice_t stream_name;
    /** Shards of a provisioned stream. 1... */
    bool has_shard_count;
    int64_t shard_count;
    /** Absent: PROVISIONED. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** Labels. tags_count of them. 1..200 entries. */
    const kds_tag_t *tags;
    size_t tags_count;
    /** On-demand streams: capacity to keep ready. */
    bool has_warm_throughput_mibps;
    int64_t warm_throughput_mibps;
    /** Largest record in KiB; absent: 1024. 1024..10240. */
    bool has_max_record_size_in_kib;
    int64_t max_record_size_in_kib;
    /** AUTO or USER_PARTITION_KEY; on-demand streams only. */
    kds_slice_t record_distribution_strategy;
};

/** Output of CreateStream. */
struct kds_create_stream_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Create a stream. It is CREATING when this returns and ACTIVE some time later.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_create_stream(kds_client_t *client,
                                    const kds_create_stream_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_create_stream_out_t **out,
                                    kds_error_t **error);

/** Input of DeleteStream. */
struct kds_delete_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Delete registered consumers too, instead of refusing. */
    bool has_enforce_consumer_deletion;
    bool enforce_consumer_deletion;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of DeleteStream. */
struct kds_delete_stream_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Delete a stream and all its records.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_delete_stream(kds_client_t *client,
                                    const kds_delete_stream_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_delete_stream_out_t **out,
                                    kds_error_t **error);

/** Input of DescribeStream. */
struct kds_describe_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Shards per page, at most 100 in effect. 1..10000. */
    bool has_limit;
    int64_t limit;
    /** Start behind this shard. 1..128 characters. */
    kds_slice_t exclusive_start_shard_id;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of DescribeStream. */
struct kds_describe_stream_out {
    /** Required. The stream. */
    kds_stream_description_t stream_description;
};

/**
 * A stream with a page of its shards. DescribeStreamSummary and ListShards have higher
 * call limits.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_describe_stream(kds_client_t *client,
                                      const kds_describe_stream_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_describe_stream_out_t **out,
                                      kds_error_t **error);

/** Input of DescribeStreamSummary. */
struct kds_describe_stream_summary_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of DescribeStreamSummary. */
struct kds_describe_stream_summary_out {
    /** Required. The stream. */
    kds_stream_description_summary_t stream_description_summary;
};

/**
 * A stream without its shards.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_describe_stream_summary(kds_client_t *client,
                            const kds_describe_stream_summary_in_t *in,
                            const kds_call_options_t *options,
                            const kds_describe_stream_summary_out_t **out,
                            kds_error_t **error);

/** Input of ListStreams. */
struct kds_list_streams_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Streams per page. 1..10000. */
    bool has_limit;
    int64_t limit;
    /** Start behind this stream. 1..128 characters. */
    kds_slice_t exclusive_start_stream_name;
    /** Go on where the page with this token ended. 1..1048576 characters. */
    kds_slice_t next_token;
};

/** Output of ListStreams. */
struct kds_list_streams_out {
    /** Required. Names. stream_names_count of them. */
    const kds_slice_t *stream_names;
    size_t stream_names_count;
    /** Required. Whether more pages follow. */
    bool has_more_streams;
    /** For the next page. 1..1048576 characters. */
    kds_slice_t next_token;
    /** The same streams with more about them. stream_summaries_count of them. */
    const kds_stream_summary_t *stream_summaries;
    size_t stream_summaries_count;
};

/**
 * The streams of the account in the region, in order of their names.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_streams(kds_client_t *client,
                                   const kds_list_streams_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_list_streams_out_t **out,
                                   kds_error_t **error);

/** Input of ListShards. */
struct kds_list_shards_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN, unless NextToken. 1..128 characters. */
    kds_slice_t stream_name;
    /**
     * Go on where the page with this token ended; lives 300 s. 1..1048576 characters.
     */
    kds_slice_t next_token;
    /** Start behind this shard. 1..128 characters. */
    kds_slice_t exclusive_start_shard_id;
    /** Shards per page, at most 1000 in effect. 1..10000. */
    bool has_max_results;
    int64_t max_results;
    /**
     * Tells apart streams that had the same name. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_stream_creation_timestamp_ms;
    int64_t stream_creation_timestamp_ms;
    /** Which shards; absent: all that still hold records. */
    const kds_shard_filter_t *shard_filter;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of ListShards. */
struct kds_list_shards_out {
    /** The shards. shards_count of them. */
    const kds_shard_t *shards;
    size_t shards_count;
    /** For the next page; absent on the last. 1..1048576 characters. */
    kds_slice_t next_token;
};

/**
 * The shards of a stream. With NextToken, no other member but MaxResults may be given.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_shards(kds_client_t *client,
                                  const kds_list_shards_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_list_shards_out_t **out,
                                  kds_error_t **error);

/** Input of PutRecord. */
struct kds_put_record_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. The bytes to store. 0..10485760 bytes. */
    kds_slice_t data;
    /**
     * Decides the shard by its MD5; may be left out only where the stream spreads
     * records itself. 1..256 characters.
     */
    kds_slice_t partition_key;
    /**
     * Decides the shard in place of the partition key's hash. Decimal, 0..2^128-1, no
     * leading zero.
     */
    kds_slice_t explicit_hash_key;
    /** The sequence number of the previous put: keeps the order for one key. */
    kds_slice_t sequence_number_for_ordering;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
};

/** Output of PutRecord. */
struct kds_put_record_out {
    /** Required. The shard that took it. 1..128 characters. */
    kds_slice_t shard_id;
    /** Required. Its place in the shard. */
    kds_slice_t sequence_number;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
};

/**
 * Store one record.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_put_record(kds_client_t *client,
                                 const kds_put_record_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_put_record_out_t **out,
                                 kds_error_t **error);

/** Input of PutRecords. */
struct kds_put_records_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Required. The records, 10 MiB at most in all. records_count of them. 1..500
     * entries.
     */
    const kds_put_records_request_entry_t *records;
    size_t records_count;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
};

/** Output of PutRecords. */
struct kds_put_records_out {
    /** How many entries have an error code. */
    bool has_failed_record_count;
    int64_t failed_record_count;
    /**
     * Required. One entry per record, in the order of the request. records_count of
     * them. 1..500 entries.
     */
    const kds_put_records_result_entry_t *records;
    size_t records_count;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
};

/**
 * Store up to 500 records. Succeeds even if every record failed: look at each entry of
 * the result.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_put_records(kds_client_t *client,
                                  const kds_put_records_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_put_records_out_t **out,
                                  kds_error_t **error);

/** Input of GetShardIterator. */
struct kds_get_shard_iterator_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. The shard. 1..128 characters. */
    kds_slice_t shard_id;
    /**
     * Required. AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST or
     * AT_TIMESTAMP.
     */
    kds_slice_t shard_iterator_type;
    /** With the two _SEQUENCE_NUMBER types. */
    kds_slice_t starting_sequence_number;
    /** With AT_TIMESTAMP. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_timestamp_ms;
    int64_t timestamp_ms;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
};

/** Output of GetShardIterator. */
struct kds_get_shard_iterator_out {
    /** The position, opaque. 1..512 characters. */
    kds_slice_t shard_iterator;
};

/**
 * A position in a shard, to read from with GetRecords. Lives 5 minutes.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_get_shard_iterator(kds_client_t *client,
                                         const kds_get_shard_iterator_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_get_shard_iterator_out_t **out,
                                         kds_error_t **error);

/** Input of GetRecords. */
struct kds_get_records_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The position. 1..512 characters. */
    kds_slice_t shard_iterator;
    /** Records at most; absent: 10000. 1..10000. */
    bool has_limit;
    int64_t limit;
    /** Needed only across accounts. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
};

/** Output of GetRecords. */
struct kds_get_records_out {
    /** Required. The records, in order. records_count of them. */
    const kds_record_t *records;
    size_t records_count;
    /**
     * The position behind them; absent when a closed shard has been read out. 1..512
     * characters.
     */
    kds_slice_t next_shard_iterator;
    /** Distance to the newest record, in ms. */
    bool has_millis_behind_latest;
    int64_t millis_behind_latest;
    /**
     * The shards that go on; only at the end of a shard. child_shards_count of them.
     */
    const kds_child_shard_t *child_shards;
    size_t child_shards_count;
};

/**
 * Records from a position on. No record does not mean the end: go on with
 * NextShardIterator until it is absent.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_get_records(kds_client_t *client,
                                  const kds_get_records_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_get_records_out_t **out,
                                  kds_error_t **error);

/** Input of SplitShard. */
struct kds_split_shard_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. The shard. 1..128 characters. */
    kds_slice_t shard_to_split;
    /**
     * Required. The first hash key of the upper child. Decimal, 0..2^128-1, no leading
     * zero.
     */
    kds_slice_t new_starting_hash_key;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of SplitShard. */
struct kds_split_shard_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Split a shard in two. The stream is UPDATING for some time.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_split_shard(kds_client_t *client,
                                  const kds_split_shard_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_split_shard_out_t **out,
                                  kds_error_t **error);

/** Input of MergeShards. */
struct kds_merge_shards_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. One shard. 1..128 characters. */
    kds_slice_t shard_to_merge;
    /** Required. Its neighbour. 1..128 characters. */
    kds_slice_t adjacent_shard_to_merge;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of MergeShards. */
struct kds_merge_shards_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Merge two neighbouring shards into one. The stream is UPDATING for some time.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_merge_shards(kds_client_t *client,
                                   const kds_merge_shards_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_merge_shards_out_t **out,
                                   kds_error_t **error);

/** Input of AddTagsToStream. */
struct kds_add_tags_to_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /**
     * Required. Labels; one of the same key is replaced. tags_count of them. 1..200
     * entries.
     */
    const kds_tag_t *tags;
    size_t tags_count;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of AddTagsToStream. */
struct kds_add_tags_to_stream_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Put labels on a stream.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_add_tags_to_stream(kds_client_t *client,
                                         const kds_add_tags_to_stream_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_add_tags_to_stream_out_t **out,
                                         kds_error_t **error);

/** Input of RemoveTagsFromStream. */
struct kds_remove_tags_from_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /**
     * Required. Names of the labels; unknown ones are ignored. tag_keys_count of them.
     * 1..50 entries.
     */
    const kds_slice_t *tag_keys;
    size_t tag_keys_count;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of RemoveTagsFromStream. */
struct kds_remove_tags_from_stream_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Take labels off a stream.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_remove_tags_from_stream(kds_client_t *client,
                            const kds_remove_tags_from_stream_in_t *in,
                            const kds_call_options_t *options,
                            const kds_remove_tags_from_stream_out_t **out,
                            kds_error_t **error);

/** Input of ListTagsForStream. */
struct kds_list_tags_for_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Start behind this label. 1..128 characters. */
    kds_slice_t exclusive_start_tag_key;
    /** Labels per page. 1..50. */
    bool has_limit;
    int64_t limit;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of ListTagsForStream. */
struct kds_list_tags_for_stream_out {
    /** Required. The labels. tags_count of them. 0..200 entries. */
    const kds_tag_t *tags;
    size_t tags_count;
    /** Required. Whether more pages follow. */
    bool has_more_tags;
};

/**
 * The labels of a stream, in order of their names.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_tags_for_stream(kds_client_t *client,
                                           const kds_list_tags_for_stream_in_t *in,
                                           const kds_call_options_t *options,
                                           const kds_list_tags_for_stream_out_t **out,
                                           kds_error_t **error);

/** Input of TagResource. */
struct kds_tag_resource_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Required. Labels; one of the same key is replaced. tags_count of them. 1..200
     * entries.
     */
    const kds_tag_t *tags;
    size_t tags_count;
    /** Required. A stream or consumer. 1..2048 characters. */
    kds_slice_t resource_arn;
};

/** Output of TagResource. */
struct kds_tag_resource_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Put labels on a stream or consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_tag_resource(kds_client_t *client,
                                   const kds_tag_resource_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_tag_resource_out_t **out,
                                   kds_error_t **error);

/** Input of UntagResource. */
struct kds_untag_resource_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Required. Names of the labels; unknown ones are ignored. tag_keys_count of them.
     * 1..50 entries.
     */
    const kds_slice_t *tag_keys;
    size_t tag_keys_count;
    /** Required. A stream or consumer. 1..2048 characters. */
    kds_slice_t resource_arn;
};

/** Output of UntagResource. */
struct kds_untag_resource_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Take labels off a stream or consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_untag_resource(kds_client_t *client,
                                     const kds_untag_resource_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_untag_resource_out_t **out,
                                     kds_error_t **error);

/** Input of ListTagsForResource. */
struct kds_list_tags_for_resource_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. A stream or consumer. 1..2048 characters. */
    kds_slice_t resource_arn;
};

/** Output of ListTagsForResource. */
struct kds_list_tags_for_resource_out {
    /** The labels. tags_count of them. 0..200 entries. */
    const kds_tag_t *tags;
    size_t tags_count;
};

/**
 * The labels of a stream or consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_tags_for_resource(kds_client_t *client,
                                             const kds_list_tags_for_resource_in_t *in,
                                             const kds_call_options_t *options,
                                             const kds_list_tags_for_resource_out_t **out,
                                             kds_error_t **error);

/** Input of IncreaseStreamRetentionPeriod. */
struct kds_increase_stream_retention_period_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. 24..8760, more than now. */
    int64_t retention_period_hours;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of IncreaseStreamRetentionPeriod. */
struct kds_increase_stream_retention_period_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Keep records longer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_increase_stream_retention_period(
    kds_client_t *client,
    const kds_increase_stream_retention_period_in_t *in,
    const kds_call_options_t *options,
    const kds_increase_stream_retention_period_out_t **out,
    kds_error_t **error);

/** Input of DecreaseStreamRetentionPeriod. */
struct kds_decrease_stream_retention_period_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. 24..8760, less than now. */
    int64_t retention_period_hours;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of DecreaseStreamRetentionPeriod. */
struct kds_decrease_stream_retention_period_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Keep records less long. What is older becomes inaccessible at once.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_decrease_stream_retention_period(
    kds_client_t *client,
    const kds_decrease_stream_retention_period_in_t *in,
    const kds_call_options_t *options,
    const kds_decrease_stream_retention_period_out_t **out,
    kds_error_t **error);

/** Input of EnableEnhancedMonitoring. */
struct kds_enable_enhanced_monitoring_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /**
     * Required. Names of metrics, or ALL. shard_level_metrics_count of them. 1..7
     * entries.
     */
    const kds_slice_t *shard_level_metrics;
    size_t shard_level_metrics_count;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of EnableEnhancedMonitoring. */
struct kds_enable_enhanced_monitoring_out {
    /** The stream. 1..128 characters. */
    kds_slice_t stream_name;
    /** What was on. current_shard_level_metrics_count of them. 1..7 entries. */
    const kds_slice_t *current_shard_level_metrics;
    size_t current_shard_level_metrics_count;
    /** What will be on. desired_shard_level_metrics_count of them. 1..7 entries. */
    const kds_slice_t *desired_shard_level_metrics;
    size_t desired_shard_level_metrics_count;
    /** The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/**
 * Switch metrics per shard on.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_enable_enhanced_monitoring(kds_client_t *client,
                               const kds_enable_enhanced_monitoring_in_t *in,
                               const kds_call_options_t *options,
                               const kds_enable_enhanced_monitoring_out_t **out,
                               kds_error_t **error);

/** Input of DisableEnhancedMonitoring. */
struct kds_disable_enhanced_monitoring_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /**
     * Required. Names of metrics, or ALL. shard_level_metrics_count of them. 1..7
     * entries.
     */
    const kds_slice_t *shard_level_metrics;
    size_t shard_level_metrics_count;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of DisableEnhancedMonitoring. */
struct kds_disable_enhanced_monitoring_out {
    /** The stream. 1..128 characters. */
    kds_slice_t stream_name;
    /** What was on. current_shard_level_metrics_count of them. 1..7 entries. */
    const kds_slice_t *current_shard_level_metrics;
    size_t current_shard_level_metrics_count;
    /** What will be on. desired_shard_level_metrics_count of them. 1..7 entries. */
    const kds_slice_t *desired_shard_level_metrics;
    size_t desired_shard_level_metrics_count;
    /** The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/**
 * Switch metrics per shard off.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_disable_enhanced_monitoring(kds_client_t *client,
                                const kds_disable_enhanced_monitoring_in_t *in,
                                const kds_call_options_t *options,
                                const kds_disable_enhanced_monitoring_out_t **out,
                                kds_error_t **error);

/** Input of StartStreamEncryption. */
struct kds_start_stream_encryption_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. KMS. */
    kds_slice_t encryption_type;
    /** Required. A key's id, ARN, alias or the alias' ARN. 1..2048 characters. */
    kds_slice_t key_id;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of StartStreamEncryption. */
struct kds_start_stream_encryption_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Encrypt what is stored from now on.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_start_stream_encryption(kds_client_t *client,
                            const kds_start_stream_encryption_in_t *in,
                            const kds_call_options_t *options,
                            const kds_start_stream_encryption_out_t **out,
                            kds_error_t **error);

/** Input of StopStreamEncryption. */
struct kds_stop_stream_encryption_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. KMS. */
    kds_slice_t encryption_type;
    /** Required. A key's id, ARN, alias or the alias' ARN. 1..2048 characters. */
    kds_slice_t key_id;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of StopStreamEncryption. */
struct kds_stop_stream_encryption_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Stop encrypting what is stored.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_stop_stream_encryption(kds_client_t *client,
                                             const kds_stop_stream_encryption_in_t *in,
                                             const kds_call_options_t *options,
                                             const kds_stop_stream_encryption_out_t **out,
                                             kds_error_t **error);

/** Input of UpdateShardCount. */
struct kds_update_shard_count_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. How many shards. 1... */
    int64_t target_shard_count;
    /** Required. UNIFORM_SCALING. */
    kds_slice_t scaling_type;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/** Output of UpdateShardCount. */
struct kds_update_shard_count_out {
    /** The stream. 1..128 characters. */
    kds_slice_t stream_name;
    /** How many there are. 1... */
    bool has_current_shard_count;
    int64_t current_shard_count;
    /** How many there will be. 1... */
    bool has_target_shard_count;
    int64_t target_shard_count;
    /** The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
};

/**
 * Bring a stream to another number of shards by splits and merges. Between half and
 * double the present number.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_update_shard_count(kds_client_t *client,
                                         const kds_update_shard_count_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_update_shard_count_out_t **out,
                                         kds_error_t **error);

/** Input of UpdateStreamMode. */
struct kds_update_stream_mode_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. The new mode. */
    kds_stream_mode_details_t stream_mode_details;
    /** On-demand streams: capacity to keep ready. */
    bool has_warm_throughput_mibps;
    int64_t warm_throughput_mibps;
};

/** Output of UpdateStreamMode. */
struct kds_update_stream_mode_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Change how a stream's capacity is managed; twice a day at most.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_update_stream_mode(kds_client_t *client,
                                         const kds_update_stream_mode_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_update_stream_mode_out_t **out,
                                         kds_error_t **error);

/** Input of UpdateStreamWarmThroughput. */
struct kds_update_stream_warm_throughput_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. MiB per second. */
    int64_t warm_throughput_mibps;
};

/** Output of UpdateStreamWarmThroughput. */
struct kds_update_stream_warm_throughput_out {
    /** The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** The stream. 1..128 characters. */
    kds_slice_t stream_name;
    /** What was asked for and what is ready. */
    const kds_warm_throughput_object_t *warm_throughput;
};

/**
 * Change the capacity of an on-demand stream that is kept ready.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_update_stream_warm_throughput(kds_client_t *client,
                                  const kds_update_stream_warm_throughput_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_update_stream_warm_throughput_out_t **out,
                                  kds_error_t **error);

/** Input of UpdateMaxRecordSize. */
struct kds_update_max_record_size_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. Largest record, key included, in KiB. 1024..10240. */
    int64_t max_record_size_in_kib;
};

/** Output of UpdateMaxRecordSize. */
struct kds_update_max_record_size_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Change the size of the largest record that a stream takes.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_update_max_record_size(kds_client_t *client,
                                             const kds_update_max_record_size_in_t *in,
                                             const kds_call_options_t *options,
                                             const kds_update_max_record_size_out_t **out,
                                             kds_error_t **error);

/** Input of UpdateStreamRecordDistributionStrategy. */
struct kds_update_stream_record_distribution_strategy_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. AUTO or USER_PARTITION_KEY. */
    kds_slice_t record_distribution_strategy;
};

/** Output of UpdateStreamRecordDistributionStrategy. */
struct kds_update_stream_record_distribution_strategy_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Change who spreads the records of an on-demand stream over its shards; at once.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_update_stream_record_distribution_strategy(
    kds_client_t *client,
    const kds_update_stream_record_distribution_strategy_in_t *in,
    const kds_call_options_t *options,
    const kds_update_stream_record_distribution_strategy_out_t **out,
    kds_error_t **error);

/** Input of DescribeLimits. */
struct kds_describe_limits_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
};

/** Output of DescribeLimits. */
struct kds_describe_limits_out {
    /** Required. Open shards that the account may have. 0..1000000. */
    int64_t shard_limit;
    /** Required. Open shards that it has. 0..1000000. */
    int64_t open_shard_count;
    /** Required. On-demand streams that it has. 0..1000000. */
    int64_t on_demand_stream_count;
    /** Required. On-demand streams that it may have. 0..1000000. */
    int64_t on_demand_stream_count_limit;
    /** Channels that it has. */
    bool has_channel_count;
    int64_t channel_count;
    /** Channels that it may have. */
    bool has_channel_count_limit;
    int64_t channel_count_limit;
};

/**
 * How many shards and streams the account has and may have.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_describe_limits(kds_client_t *client,
                                      const kds_describe_limits_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_describe_limits_out_t **out,
                                      kds_error_t **error);

/** Input of DescribeAccountSettings. */
struct kds_describe_account_settings_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
};

/** Output of DescribeAccountSettings. */
struct kds_describe_account_settings_out {
    /** Its commitment to a minimum of throughput. */
    const kds_minimum_throughput_billing_commitment_output_t
        *minimum_throughput_billing_commitment;
};

/**
 * The account's settings.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_describe_account_settings(kds_client_t *client,
                              const kds_describe_account_settings_in_t *in,
                              const kds_call_options_t *options,
                              const kds_describe_account_settings_out_t **out,
                              kds_error_t **error);

/** Input of UpdateAccountSettings. */
struct kds_update_account_settings_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Its commitment to a minimum of throughput. */
    kds_minimum_throughput_billing_commitment_input_t
        minimum_throughput_billing_commitment;
};

/** Output of UpdateAccountSettings. */
struct kds_update_account_settings_out {
    /** Its commitment as it is now. */
    const kds_minimum_throughput_billing_commitment_output_t
        *minimum_throughput_billing_commitment;
};

/**
 * Change the account's settings.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_update_account_settings(kds_client_t *client,
                            const kds_update_account_settings_in_t *in,
                            const kds_call_options_t *options,
                            const kds_update_account_settings_out_t **out,
                            kds_error_t **error);

/** Input of PutResourcePolicy. */
struct kds_put_resource_policy_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. A stream or consumer. 1..2048 characters. */
    kds_slice_t resource_arn;
    /** Required. A policy, JSON. */
    kds_slice_t policy;
};

/** Output of PutResourcePolicy. */
struct kds_put_resource_policy_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Set the policy of a stream or consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_put_resource_policy(kds_client_t *client,
                                          const kds_put_resource_policy_in_t *in,
                                          const kds_call_options_t *options,
                                          const kds_put_resource_policy_out_t **out,
                                          kds_error_t **error);

/** Input of GetResourcePolicy. */
struct kds_get_resource_policy_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. A stream or consumer. 1..2048 characters. */
    kds_slice_t resource_arn;
};

/** Output of GetResourcePolicy. */
struct kds_get_resource_policy_out {
    /** Required. The policy, JSON. */
    kds_slice_t policy;
};

/**
 * The policy of a stream or consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_get_resource_policy(kds_client_t *client,
                                          const kds_get_resource_policy_in_t *in,
                                          const kds_call_options_t *options,
                                          const kds_get_resource_policy_out_t **out,
                                          kds_error_t **error);

/** Input of DeleteResourcePolicy. */
struct kds_delete_resource_policy_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. A stream or consumer. 1..2048 characters. */
    kds_slice_t resource_arn;
};

/** Output of DeleteResourcePolicy. */
struct kds_delete_resource_policy_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Remove the policy of a stream or consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_delete_resource_policy(kds_client_t *client,
                                             const kds_delete_resource_policy_in_t *in,
                                             const kds_call_options_t *options,
                                             const kds_delete_resource_policy_out_t **out,
                                             kds_error_t **error);

/** Input of RegisterStreamConsumer. */
struct kds_register_stream_consumer_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. Its name, unique in the stream. 1..128 characters. */
    kds_slice_t consumer_name;
    /** Labels. tags_count of them. 1..200 entries. */
    const kds_tag_t *tags;
    size_t tags_count;
};

/** Output of RegisterStreamConsumer. */
struct kds_register_stream_consumer_out {
    /** Required. The consumer. */
    kds_consumer_t consumer;
};

/**
 * Register a fan-out consumer. It is CREATING when this returns and ACTIVE some time
 * later.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_register_stream_consumer(kds_client_t *client,
                             const kds_register_stream_consumer_in_t *in,
                             const kds_call_options_t *options,
                             const kds_register_stream_consumer_out_t **out,
                             kds_error_t **error);

/** Input of DeregisterStreamConsumer. */
struct kds_deregister_stream_consumer_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** With ConsumerName; or ConsumerARN alone. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** With StreamARN. 1..128 characters. */
    kds_slice_t consumer_name;
    /** This, or the two others. 1..2048 characters. */
    kds_slice_t consumer_arn;
};

/** Output of DeregisterStreamConsumer. */
struct kds_deregister_stream_consumer_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Remove a fan-out consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_deregister_stream_consumer(kds_client_t *client,
                               const kds_deregister_stream_consumer_in_t *in,
                               const kds_call_options_t *options,
                               const kds_deregister_stream_consumer_out_t **out,
                               kds_error_t **error);

/** Input of DescribeStreamConsumer. */
struct kds_describe_stream_consumer_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** With ConsumerName; or ConsumerARN alone. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** With StreamARN. 1..128 characters. */
    kds_slice_t consumer_name;
    /** This, or the two others. 1..2048 characters. */
    kds_slice_t consumer_arn;
};

/** Output of DescribeStreamConsumer. */
struct kds_describe_stream_consumer_out {
    /** Required. The consumer. */
    kds_consumer_description_t consumer_description;
};

/**
 * A fan-out consumer.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_describe_stream_consumer(kds_client_t *client,
                             const kds_describe_stream_consumer_in_t *in,
                             const kds_call_options_t *options,
                             const kds_describe_stream_consumer_out_t **out,
                             kds_error_t **error);

/** Input of ListStreamConsumers. */
struct kds_list_stream_consumers_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The stream. 1..2048 characters. */
    kds_slice_t stream_arn;
    /**
     * Go on where the page with this token ended; lives 300 s. 1..1048576 characters.
     */
    kds_slice_t next_token;
    /** Consumers per page, at most 100 in effect. 1..10000. */
    bool has_max_results;
    int64_t max_results;
    /**
     * Tells apart streams that had the same name. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_stream_creation_timestamp_ms;
    int64_t stream_creation_timestamp_ms;
};

/** Output of ListStreamConsumers. */
struct kds_list_stream_consumers_out {
    /** The consumers. consumers_count of them. */
    const kds_consumer_t *consumers;
    size_t consumers_count;
    /** For the next page; absent on the last. 1..1048576 characters. */
    kds_slice_t next_token;
};

/**
 * The fan-out consumers of a stream.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_stream_consumers(kds_client_t *client,
                                            const kds_list_stream_consumers_in_t *in,
                                            const kds_call_options_t *options,
                                            const kds_list_stream_consumers_out_t **out,
                                            kds_error_t **error);

/** Input of SubscribeToShard. */
struct kds_subscribe_to_shard_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The consumer. 1..2048 characters. */
    kds_slice_t consumer_arn;
    /** Required. The shard. 1..128 characters. */
    kds_slice_t shard_id;
    /** Required. Where to start. */
    kds_starting_position_t starting_position;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
};

/** Input of CreateChannel. */
struct kds_create_channel_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Its name, unique in account and region. 1..128 characters. */
    kds_slice_t channel_name;
    /** Required. The role in which it works. 1..2048 characters. */
    kds_slice_t service_execution_role_arn;
    /**
     * Required. The stream that it reads. stream_configuration_list_count of them. 1..
     * entries.
     */
    const kds_channel_stream_configuration_t *stream_configuration_list;
    size_t stream_configuration_list_count;
    /** This or the next. */
    const kds_s3_destination_configuration_t *s3_destination_configuration;
    /** This or the one before. */
    const kds_s3_tables_destination_configuration_t *s3_tables_destination_configuration;
    /** The key with which it encrypts. */
    const kds_channel_encryption_configuration_t *encryption_configuration;
    /** Labels. tags_count of them. 1..200 entries. */
    const kds_tag_t *tags;
    size_t tags_count;
    /** How it logs. */
    const kds_channel_logging_configuration_t *logging_configuration;
};

/** Output of CreateChannel. */
struct kds_create_channel_out {
    /** Required. The channel. */
    kds_channel_description_t channel_description;
};

/**
 * Create a delivery of a stream to a bucket or a table.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_create_channel(kds_client_t *client,
                                     const kds_create_channel_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_create_channel_out_t **out,
                                     kds_error_t **error);

/** Input of DescribeChannel. */
struct kds_describe_channel_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The channel. 1..2048 characters. */
    kds_slice_t channel_arn;
};

/** Output of DescribeChannel. */
struct kds_describe_channel_out {
    /** Required. The channel. */
    kds_channel_description_t channel_description;
};

/**
 * A channel.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_describe_channel(kds_client_t *client,
                                       const kds_describe_channel_in_t *in,
                                       const kds_call_options_t *options,
                                       const kds_describe_channel_out_t **out,
                                       kds_error_t **error);

/** Input of ListChannels. */
struct kds_list_channels_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Only channels of these streams. stream_filter_count of them. 1..10000 entries.
     */
    const kds_stream_filter_t *stream_filter;
    size_t stream_filter_count;
    /** Channels per page, at most 100 in effect. 1..10000. */
    bool has_max_results;
    int64_t max_results;
    /** Go on where the page with this token ended. 1..1048576 characters. */
    kds_slice_t next_token;
};

/** Output of ListChannels. */
struct kds_list_channels_out {
    /** Required. The channels. channel_summaries_count of them. */
    const kds_channel_summary_t *channel_summaries;
    size_t channel_summaries_count;
    /** For the next page; absent on the last. 1..1048576 characters. */
    kds_slice_t next_token;
};

/**
 * The channels of the account in the region.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_channels(kds_client_t *client,
                                    const kds_list_channels_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_list_channels_out_t **out,
                                    kds_error_t **error);

/** Input of UpdateChannel. */
struct kds_update_channel_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The channel. 1..2048 characters. */
    kds_slice_t channel_arn;
    /** What changes of a delivery to a bucket. */
    const kds_s3_destination_update_input_t *s3_destination_configuration;
    /** What changes of a delivery to a table. */
    const kds_s3_tables_destination_update_input_t *s3_tables_destination_configuration;
    /** How it logs. */
    const kds_channel_logging_update_input_t *logging_configuration;
};

/** Output of UpdateChannel. */
struct kds_update_channel_out {
    /** Required. The channel. */
    kds_channel_description_t channel_description;
};

/**
 * Change a channel.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_update_channel(kds_client_t *client,
                                     const kds_update_channel_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_update_channel_out_t **out,
                                     kds_error_t **error);

/** Input of DeleteChannel. */
struct kds_delete_channel_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The channel. 1..2048 characters. */
    kds_slice_t channel_arn;
};

/** Output of DeleteChannel. */
struct kds_delete_channel_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Delete a channel.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_delete_channel(kds_client_t *client,
                                     const kds_delete_channel_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_delete_channel_out_t **out,
                                     kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_KINESIS_H */
