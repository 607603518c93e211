/*
 * kinesis_tables: the API as data. Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
 */
#include "model/operations.h"

#include "kds/kinesis.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_field tag_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_tag, key), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_tag, value), KDS_NO_OFFSET, NULL, 0, 256},
};
static const struct kds_shape tag_shape = {
    "Tag", sizeof(struct kds_tag), 2, false, tag_fields};

static const struct kds_field hash_key_range_fields[] = {
    {KDS_SLICE_LIT("StartingHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, KDS_F_REQUIRED,
     offsetof(struct kds_hash_key_range, starting_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("EndingHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, KDS_F_REQUIRED,
     offsetof(struct kds_hash_key_range, ending_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
};
static const struct kds_shape hash_key_range_shape = {
    "HashKeyRange", sizeof(struct kds_hash_key_range), 2, false, hash_key_range_fields};

static const struct kds_field sequence_number_range_fields[] = {
    {KDS_SLICE_LIT("StartingSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, KDS_F_REQUIRED,
     offsetof(struct kds_sequence_number_range, starting_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("EndingSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0,
     offsetof(struct kds_sequence_number_range, ending_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
};
static const struct kds_shape sequence_number_range_shape = {
    "SequenceNumberRange", sizeof(struct kds_sequence_number_range), 2, false, sequence_number_range_fields};

static const struct kds_field shard_fields[] = {
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_shard, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ParentShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_shard, parent_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("AdjacentParentShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_shard, adjacent_parent_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("HashKeyRange"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_shard, hash_key_range), KDS_NO_OFFSET, &hash_key_range_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("SequenceNumberRange"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_shard, sequence_number_range), KDS_NO_OFFSET, &sequence_number_range_shape, 0, INT64_MAX},
};
static const struct kds_shape shard_shape = {
    "Shard", sizeof(struct kds_shard), 5, false, shard_fields};

static const struct kds_field child_shard_fields[] = {
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_child_shard, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ParentShards"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_child_shard, parent_shards), offsetof(struct kds_child_shard, parent_shards_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("HashKeyRange"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_child_shard, hash_key_range), KDS_NO_OFFSET, &hash_key_range_shape, 0, INT64_MAX},
};
static const struct kds_shape child_shard_shape = {
    "ChildShard", sizeof(struct kds_child_shard), 3, false, child_shard_fields};

static const struct kds_field record_fields[] = {
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, KDS_F_REQUIRED,
     offsetof(struct kds_record, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("ApproximateArrivalTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_record, approximate_arrival_timestamp_ms), offsetof(struct kds_record, has_approximate_arrival_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Data"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_record, data), KDS_NO_OFFSET, NULL, 0, 10485760},
    {KDS_SLICE_LIT("PartitionKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_record, partition_key), KDS_NO_OFFSET, NULL, 1, 256},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_record, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape record_shape = {
    "Record", sizeof(struct kds_record), 5, false, record_fields};

static const struct kds_field put_records_request_entry_fields[] = {
    {KDS_SLICE_LIT("Data"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_put_records_request_entry, data), KDS_NO_OFFSET, NULL, 0, 10485760},
    {KDS_SLICE_LIT("ExplicitHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, 0,
     offsetof(struct kds_put_records_request_entry, explicit_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("PartitionKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_records_request_entry, partition_key), KDS_NO_OFFSET, NULL, 1, 256},
};
static const struct kds_shape put_records_request_entry_shape = {
    "PutRecordsRequestEntry", sizeof(struct kds_put_records_request_entry), 3, false, put_records_request_entry_fields};

static const struct kds_field put_records_result_entry_fields[] = {
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0,
     offsetof(struct kds_put_records_result_entry, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_put_records_result_entry, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ErrorCode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_records_result_entry, error_code), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ErrorMessage"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_records_result_entry, error_message), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_records_result_entry_shape = {
    "PutRecordsResultEntry", sizeof(struct kds_put_records_result_entry), 4, false, put_records_result_entry_fields};

static const struct kds_field stream_mode_details_fields[] = {
    {KDS_SLICE_LIT("StreamMode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_mode_details, stream_mode), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_mode_details_shape = {
    "StreamModeDetails", sizeof(struct kds_stream_mode_details), 1, false, stream_mode_details_fields};

static const struct kds_field enhanced_metrics_fields[] = {
    {KDS_SLICE_LIT("ShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_enhanced_metrics, shard_level_metrics), offsetof(struct kds_enhanced_metrics, shard_level_metrics_count), NULL, 1, 7},
};
static const struct kds_shape enhanced_metrics_shape = {
    "EnhancedMetrics", sizeof(struct kds_enhanced_metrics), 1, false, enhanced_metrics_fields};

static const struct kds_field warm_throughput_object_fields[] = {
    {KDS_SLICE_LIT("TargetMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_warm_throughput_object, target_mibps), offsetof(struct kds_warm_throughput_object, has_target_mibps), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("CurrentMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_warm_throughput_object, current_mibps), offsetof(struct kds_warm_throughput_object, has_current_mibps), NULL, 0, INT64_MAX},
};
static const struct kds_shape warm_throughput_object_shape = {
    "WarmThroughputObject", sizeof(struct kds_warm_throughput_object), 2, false, warm_throughput_object_fields};

static const struct kds_field stream_description_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, stream_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Shards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, shards), offsetof(struct kds_stream_description, shards_count), &shard_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("HasMoreShards"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, has_more_shards), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("RetentionPeriodHours"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, retention_period_hours), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, stream_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("EnhancedMonitoring"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description, enhanced_monitoring), offsetof(struct kds_stream_description, enhanced_monitoring_count), &enhanced_metrics_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape stream_description_shape = {
    "StreamDescription", sizeof(struct kds_stream_description), 11, false, stream_description_fields};

static const struct kds_field stream_description_summary_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, stream_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("RetentionPeriodHours"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, retention_period_hours), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, stream_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("EnhancedMonitoring"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, enhanced_monitoring), offsetof(struct kds_stream_description_summary, enhanced_monitoring_count), &enhanced_metrics_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("OpenShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_description_summary, open_shard_count), KDS_NO_OFFSET, NULL, 0, 1000000},
    {KDS_SLICE_LIT("ConsumerCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, consumer_count), offsetof(struct kds_stream_description_summary, has_consumer_count), NULL, 0, 1000000},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, warm_throughput), KDS_NO_OFFSET, &warm_throughput_object_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("MaxRecordSizeInKiB"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, max_record_size_in_kib), offsetof(struct kds_stream_description_summary, has_max_record_size_in_kib), NULL, 1024, 10240},
    {KDS_SLICE_LIT("RecordDistributionStrategy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, record_distribution_strategy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_description_summary, channel_count), offsetof(struct kds_stream_description_summary, has_channel_count), NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_description_summary_shape = {
    "StreamDescriptionSummary", sizeof(struct kds_stream_description_summary), 15, false, stream_description_summary_fields};

static const struct kds_field stream_summary_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_stream_summary, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED,
     offsetof(struct kds_stream_summary, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_stream_summary, stream_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_summary, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_stream_summary, stream_creation_timestamp_ms), offsetof(struct kds_stream_summary, has_stream_creation_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_summary_shape = {
    "StreamSummary", sizeof(struct kds_stream_summary), 5, false, stream_summary_fields};

static const struct kds_field shard_filter_fields[] = {
    {KDS_SLICE_LIT("Type"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_shard_filter, type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_shard_filter, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Timestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_shard_filter, timestamp_ms), offsetof(struct kds_shard_filter, has_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape shard_filter_shape = {
    "ShardFilter", sizeof(struct kds_shard_filter), 3, false, shard_filter_fields};

static const struct kds_field create_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_create_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_create_stream_in, shard_count), offsetof(struct kds_create_stream_in, has_shard_count), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_create_stream_in, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Tags"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_create_stream_in, tags), offsetof(struct kds_create_stream_in, tags_count), &tag_shape, 1, 200},
    {KDS_SLICE_LIT("WarmThroughputMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_create_stream_in, warm_throughput_mibps), offsetof(struct kds_create_stream_in, has_warm_throughput_mibps), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("MaxRecordSizeInKiB"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_create_stream_in, max_record_size_in_kib), offsetof(struct kds_create_stream_in, has_max_record_size_in_kib), NULL, 1024, 10240},
    {KDS_SLICE_LIT("RecordDistributionStrategy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_create_stream_in, record_distribution_strategy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape create_stream_in_shape = {
    "CreateStreamIn", sizeof(struct kds_create_stream_in), 7, true, create_stream_in_fields};

static const struct kds_shape create_stream_out_shape = {
    "CreateStreamOut", sizeof(struct kds_create_stream_out), 0, false, NULL};

static const struct kds_field delete_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_delete_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("EnforceConsumerDeletion"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_delete_stream_in, enforce_consumer_deletion), offsetof(struct kds_delete_stream_in, has_enforce_consumer_deletion), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_delete_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape delete_stream_in_shape = {
    "DeleteStreamIn", sizeof(struct kds_delete_stream_in), 3, true, delete_stream_in_fields};

static const struct kds_shape delete_stream_out_shape = {
    "DeleteStreamOut", sizeof(struct kds_delete_stream_out), 0, false, NULL};

static const struct kds_field describe_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_describe_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_describe_stream_in, limit), offsetof(struct kds_describe_stream_in, has_limit), NULL, 1, 10000},
    {KDS_SLICE_LIT("ExclusiveStartShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_describe_stream_in, exclusive_start_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_describe_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape describe_stream_in_shape = {
    "DescribeStreamIn", sizeof(struct kds_describe_stream_in), 4, true, describe_stream_in_fields};

static const struct kds_field describe_stream_out_fields[] = {
    {KDS_SLICE_LIT("StreamDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_describe_stream_out, stream_description), KDS_NO_OFFSET, &stream_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_stream_out_shape = {
    "DescribeStreamOut", sizeof(struct kds_describe_stream_out), 1, false, describe_stream_out_fields};

static const struct kds_field describe_stream_summary_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_describe_stream_summary_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_describe_stream_summary_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape describe_stream_summary_in_shape = {
    "DescribeStreamSummaryIn", sizeof(struct kds_describe_stream_summary_in), 2, true, describe_stream_summary_in_fields};

static const struct kds_field describe_stream_summary_out_fields[] = {
    {KDS_SLICE_LIT("StreamDescriptionSummary"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_describe_stream_summary_out, stream_description_summary), KDS_NO_OFFSET, &stream_description_summary_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_stream_summary_out_shape = {
    "DescribeStreamSummaryOut", sizeof(struct kds_describe_stream_summary_out), 1, false, describe_stream_summary_out_fields};

static const struct kds_field list_streams_in_fields[] = {
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_streams_in, limit), offsetof(struct kds_list_streams_in, has_limit), NULL, 1, 10000},
    {KDS_SLICE_LIT("ExclusiveStartStreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_list_streams_in, exclusive_start_stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_streams_in, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
};
static const struct kds_shape list_streams_in_shape = {
    "ListStreamsIn", sizeof(struct kds_list_streams_in), 3, true, list_streams_in_fields};

static const struct kds_field list_streams_out_fields[] = {
    {KDS_SLICE_LIT("StreamNames"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_list_streams_out, stream_names), offsetof(struct kds_list_streams_out, stream_names_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("HasMoreStreams"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_list_streams_out, has_more_streams), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_streams_out, next_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamSummaries"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0,
     offsetof(struct kds_list_streams_out, stream_summaries), offsetof(struct kds_list_streams_out, stream_summaries_count), &stream_summary_shape, 0, INT64_MAX},
};
static const struct kds_shape list_streams_out_shape = {
    "ListStreamsOut", sizeof(struct kds_list_streams_out), 4, false, list_streams_out_fields};

static const struct kds_field list_shards_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_list_shards_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_shards_in, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
    {KDS_SLICE_LIT("ExclusiveStartShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_list_shards_in, exclusive_start_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("MaxResults"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_shards_in, max_results), offsetof(struct kds_list_shards_in, has_max_results), NULL, 1, 10000},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_shards_in, stream_creation_timestamp_ms), offsetof(struct kds_list_shards_in, has_stream_creation_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ShardFilter"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_shards_in, shard_filter), KDS_NO_OFFSET, &shard_filter_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_list_shards_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape list_shards_in_shape = {
    "ListShardsIn", sizeof(struct kds_list_shards_in), 7, true, list_shards_in_fields};

static const struct kds_field list_shards_out_fields[] = {
    {KDS_SLICE_LIT("Shards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0,
     offsetof(struct kds_list_shards_out, shards), offsetof(struct kds_list_shards_out, shards_count), &shard_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_list_shards_out, next_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape list_shards_out_shape = {
    "ListShardsOut", sizeof(struct kds_list_shards_out), 2, false, list_shards_out_fields};

static const struct kds_field put_record_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_put_record_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Data"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_put_record_in, data), KDS_NO_OFFSET, NULL, 0, 10485760},
    {KDS_SLICE_LIT("PartitionKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_record_in, partition_key), KDS_NO_OFFSET, NULL, 1, 256},
    {KDS_SLICE_LIT("ExplicitHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, 0,
     offsetof(struct kds_put_record_in, explicit_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("SequenceNumberForOrdering"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0,
     offsetof(struct kds_put_record_in, sequence_number_for_ordering), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_put_record_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_record_in, dry_run), offsetof(struct kds_put_record_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape put_record_in_shape = {
    "PutRecordIn", sizeof(struct kds_put_record_in), 7, true, put_record_in_fields};

static const struct kds_field put_record_out_fields[] = {
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_put_record_out, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, KDS_F_REQUIRED,
     offsetof(struct kds_put_record_out, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_record_out, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_record_out_shape = {
    "PutRecordOut", sizeof(struct kds_put_record_out), 3, false, put_record_out_fields};

static const struct kds_field put_records_in_fields[] = {
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_put_records_in, records), offsetof(struct kds_put_records_in, records_count), &put_records_request_entry_shape, 1, 500},
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_put_records_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_put_records_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_records_in, dry_run), offsetof(struct kds_put_records_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape put_records_in_shape = {
    "PutRecordsIn", sizeof(struct kds_put_records_in), 4, true, put_records_in_fields};

static const struct kds_field put_records_out_fields[] = {
    {KDS_SLICE_LIT("FailedRecordCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_records_out, failed_record_count), offsetof(struct kds_put_records_out, has_failed_record_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_put_records_out, records), offsetof(struct kds_put_records_out, records_count), &put_records_result_entry_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_put_records_out, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_records_out_shape = {
    "PutRecordsOut", sizeof(struct kds_put_records_out), 3, false, put_records_out_fields};

static const struct kds_field get_shard_iterator_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_get_shard_iterator_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_get_shard_iterator_in, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardIteratorType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_get_shard_iterator_in, shard_iterator_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StartingSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0,
     offsetof(struct kds_get_shard_iterator_in, starting_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("Timestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_shard_iterator_in, timestamp_ms), offsetof(struct kds_get_shard_iterator_in, has_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_get_shard_iterator_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_shard_iterator_in, dry_run), offsetof(struct kds_get_shard_iterator_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape get_shard_iterator_in_shape = {
    "GetShardIteratorIn", sizeof(struct kds_get_shard_iterator_in), 7, true, get_shard_iterator_in_fields};

static const struct kds_field get_shard_iterator_out_fields[] = {
    {KDS_SLICE_LIT("ShardIterator"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_shard_iterator_out, shard_iterator), KDS_NO_OFFSET, NULL, 1, 512},
};
static const struct kds_shape get_shard_iterator_out_shape = {
    "GetShardIteratorOut", sizeof(struct kds_get_shard_iterator_out), 1, false, get_shard_iterator_out_fields};

static const struct kds_field get_records_in_fields[] = {
    {KDS_SLICE_LIT("ShardIterator"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_get_records_in, shard_iterator), KDS_NO_OFFSET, NULL, 1, 512},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_records_in, limit), offsetof(struct kds_get_records_in, has_limit), NULL, 1, 10000},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_get_records_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_records_in, dry_run), offsetof(struct kds_get_records_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape get_records_in_shape = {
    "GetRecordsIn", sizeof(struct kds_get_records_in), 4, true, get_records_in_fields};

static const struct kds_field get_records_out_fields[] = {
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED,
     offsetof(struct kds_get_records_out, records), offsetof(struct kds_get_records_out, records_count), &record_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextShardIterator"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_records_out, next_shard_iterator), KDS_NO_OFFSET, NULL, 1, 512},
    {KDS_SLICE_LIT("MillisBehindLatest"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0,
     offsetof(struct kds_get_records_out, millis_behind_latest), offsetof(struct kds_get_records_out, has_millis_behind_latest), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChildShards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0,
     offsetof(struct kds_get_records_out, child_shards), offsetof(struct kds_get_records_out, child_shards_count), &child_shard_shape, 0, INT64_MAX},
};
static const struct kds_shape get_records_out_shape = {
    "GetRecordsOut", sizeof(struct kds_get_records_out), 4, false, get_records_out_fields};

static const struct kds_field split_shard_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_split_shard_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardToSplit"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_split_shard_in, shard_to_split), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("NewStartingHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, KDS_F_REQUIRED,
     offsetof(struct kds_split_shard_in, new_starting_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_split_shard_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape split_shard_in_shape = {
    "SplitShardIn", sizeof(struct kds_split_shard_in), 4, true, split_shard_in_fields};

static const struct kds_shape split_shard_out_shape = {
    "SplitShardOut", sizeof(struct kds_split_shard_out), 0, false, NULL};

static const struct kds_field merge_shards_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0,
     offsetof(struct kds_merge_shards_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardToMerge"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_merge_shards_in, shard_to_merge), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("AdjacentShardToMerge"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED,
     offsetof(struct kds_merge_shards_in, adjacent_shard_to_merge), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0,
     offsetof(struct kds_merge_shards_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape merge_shards_in_shape = {
    "MergeShardsIn", sizeof(struct kds_merge_shards_in), 4, true, merge_shards_in_fields};

static const struct kds_shape merge_shards_out_shape = {
    "MergeShardsOut", sizeof(struct kds_merge_shards_out), 0, false, NULL};

const struct kds_operation kds_kinesis_operations[KDS_OP_COUNT] = {
    {"CreateStream", &create_stream_in_shape, &create_stream_out_shape, false},
    {"DeleteStream", &delete_stream_in_shape, &delete_stream_out_shape, false},
    {"DescribeStream", &describe_stream_in_shape, &describe_stream_out_shape, true},
    {"DescribeStreamSummary", &describe_stream_summary_in_shape, &describe_stream_summary_out_shape, true},
    {"ListStreams", &list_streams_in_shape, &list_streams_out_shape, true},
    {"ListShards", &list_shards_in_shape, &list_shards_out_shape, true},
    {"PutRecord", &put_record_in_shape, &put_record_out_shape, false},
    {"PutRecords", &put_records_in_shape, &put_records_out_shape, false},
    {"GetShardIterator", &get_shard_iterator_in_shape, &get_shard_iterator_out_shape, true},
    {"GetRecords", &get_records_in_shape, &get_records_out_shape, true},
    {"SplitShard", &split_shard_in_shape, &split_shard_out_shape, false},
    {"MergeShards", &merge_shards_in_shape, &merge_shards_out_shape, false},
};
/* clang-format on */
