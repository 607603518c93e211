/*
 * kinesis_tables: the API as data. Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
 */
#include "kds/kinesis.h"
#include "model/kinesis_operations.h"
#include "model/operations.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_field tag_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_tag, key), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_tag, value), KDS_NO_OFFSET, NULL, 0, 256},
};
static const struct kds_shape tag_shape = {
    "Tag", sizeof(struct kds_tag), 2, false, false, tag_fields};

static const struct kds_field hash_key_range_fields[] = {
    {KDS_SLICE_LIT("StartingHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_hash_key_range, starting_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("EndingHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_hash_key_range, ending_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
};
static const struct kds_shape hash_key_range_shape = {
    "HashKeyRange", sizeof(struct kds_hash_key_range), 2, false, false, hash_key_range_fields};

static const struct kds_field sequence_number_range_fields[] = {
    {KDS_SLICE_LIT("StartingSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sequence_number_range, starting_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("EndingSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0, KDS_AT_BODY,
     offsetof(struct kds_sequence_number_range, ending_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
};
static const struct kds_shape sequence_number_range_shape = {
    "SequenceNumberRange", sizeof(struct kds_sequence_number_range), 2, false, false, sequence_number_range_fields};

static const struct kds_field shard_fields[] = {
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_shard, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ParentShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_shard, parent_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("AdjacentParentShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_shard, adjacent_parent_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("HashKeyRange"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_shard, hash_key_range), KDS_NO_OFFSET, &hash_key_range_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("SequenceNumberRange"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_shard, sequence_number_range), KDS_NO_OFFSET, &sequence_number_range_shape, 0, INT64_MAX},
};
static const struct kds_shape shard_shape = {
    "Shard", sizeof(struct kds_shard), 5, false, false, shard_fields};

static const struct kds_field child_shard_fields[] = {
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_child_shard, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ParentShards"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_child_shard, parent_shards), offsetof(struct kds_child_shard, parent_shards_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("HashKeyRange"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_child_shard, hash_key_range), KDS_NO_OFFSET, &hash_key_range_shape, 0, INT64_MAX},
};
static const struct kds_shape child_shard_shape = {
    "ChildShard", sizeof(struct kds_child_shard), 3, false, false, child_shard_fields};

static const struct kds_field record_fields[] = {
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_record, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("ApproximateArrivalTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_record, approximate_arrival_timestamp_ms), offsetof(struct kds_record, has_approximate_arrival_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Data"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_record, data), KDS_NO_OFFSET, NULL, 0, 10485760},
    {KDS_SLICE_LIT("PartitionKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_record, partition_key), KDS_NO_OFFSET, NULL, 1, 256},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_record, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape record_shape = {
    "Record", sizeof(struct kds_record), 5, false, false, record_fields};

static const struct kds_field put_records_request_entry_fields[] = {
    {KDS_SLICE_LIT("Data"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_put_records_request_entry, data), KDS_NO_OFFSET, NULL, 0, 10485760},
    {KDS_SLICE_LIT("ExplicitHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_request_entry, explicit_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("PartitionKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_request_entry, partition_key), KDS_NO_OFFSET, NULL, 1, 256},
};
static const struct kds_shape put_records_request_entry_shape = {
    "PutRecordsRequestEntry", sizeof(struct kds_put_records_request_entry), 3, false, false, put_records_request_entry_fields};

static const struct kds_field put_records_result_entry_fields[] = {
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_result_entry, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_result_entry, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ErrorCode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_result_entry, error_code), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ErrorMessage"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_result_entry, error_message), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_records_result_entry_shape = {
    "PutRecordsResultEntry", sizeof(struct kds_put_records_result_entry), 4, false, false, put_records_result_entry_fields};

static const struct kds_field stream_mode_details_fields[] = {
    {KDS_SLICE_LIT("StreamMode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_mode_details, stream_mode), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_mode_details_shape = {
    "StreamModeDetails", sizeof(struct kds_stream_mode_details), 1, false, false, stream_mode_details_fields};

static const struct kds_field enhanced_metrics_fields[] = {
    {KDS_SLICE_LIT("ShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_enhanced_metrics, shard_level_metrics), offsetof(struct kds_enhanced_metrics, shard_level_metrics_count), NULL, 1, 7},
};
static const struct kds_shape enhanced_metrics_shape = {
    "EnhancedMetrics", sizeof(struct kds_enhanced_metrics), 1, false, false, enhanced_metrics_fields};

static const struct kds_field warm_throughput_object_fields[] = {
    {KDS_SLICE_LIT("TargetMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_warm_throughput_object, target_mibps), offsetof(struct kds_warm_throughput_object, has_target_mibps), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("CurrentMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_warm_throughput_object, current_mibps), offsetof(struct kds_warm_throughput_object, has_current_mibps), NULL, 0, INT64_MAX},
};
static const struct kds_shape warm_throughput_object_shape = {
    "WarmThroughputObject", sizeof(struct kds_warm_throughput_object), 2, false, false, warm_throughput_object_fields};

static const struct kds_field stream_description_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, stream_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Shards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, shards), offsetof(struct kds_stream_description, shards_count), &shard_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("HasMoreShards"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, has_more_shards), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("RetentionPeriodHours"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, retention_period_hours), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, stream_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("EnhancedMonitoring"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description, enhanced_monitoring), offsetof(struct kds_stream_description, enhanced_monitoring_count), &enhanced_metrics_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape stream_description_shape = {
    "StreamDescription", sizeof(struct kds_stream_description), 11, false, false, stream_description_fields};

static const struct kds_field stream_description_summary_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, stream_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("RetentionPeriodHours"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, retention_period_hours), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, stream_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("EnhancedMonitoring"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, enhanced_monitoring), offsetof(struct kds_stream_description_summary, enhanced_monitoring_count), &enhanced_metrics_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("OpenShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, open_shard_count), KDS_NO_OFFSET, NULL, 0, 1000000},
    {KDS_SLICE_LIT("ConsumerCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, consumer_count), offsetof(struct kds_stream_description_summary, has_consumer_count), NULL, 0, 1000000},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, warm_throughput), KDS_NO_OFFSET, &warm_throughput_object_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("MaxRecordSizeInKiB"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, max_record_size_in_kib), offsetof(struct kds_stream_description_summary, has_max_record_size_in_kib), NULL, 1024, 10240},
    {KDS_SLICE_LIT("RecordDistributionStrategy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, record_distribution_strategy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_description_summary, channel_count), offsetof(struct kds_stream_description_summary, has_channel_count), NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_description_summary_shape = {
    "StreamDescriptionSummary", sizeof(struct kds_stream_description_summary), 15, false, false, stream_description_summary_fields};

static const struct kds_field stream_summary_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_summary, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_summary, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_summary, stream_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_summary, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_summary, stream_creation_timestamp_ms), offsetof(struct kds_stream_summary, has_stream_creation_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_summary_shape = {
    "StreamSummary", sizeof(struct kds_stream_summary), 5, false, false, stream_summary_fields};

static const struct kds_field shard_filter_fields[] = {
    {KDS_SLICE_LIT("Type"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_shard_filter, type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_shard_filter, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Timestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_shard_filter, timestamp_ms), offsetof(struct kds_shard_filter, has_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape shard_filter_shape = {
    "ShardFilter", sizeof(struct kds_shard_filter), 3, false, false, shard_filter_fields};

static const struct kds_field starting_position_fields[] = {
    {KDS_SLICE_LIT("Type"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_starting_position, type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0, KDS_AT_BODY,
     offsetof(struct kds_starting_position, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("Timestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_starting_position, timestamp_ms), offsetof(struct kds_starting_position, has_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape starting_position_shape = {
    "StartingPosition", sizeof(struct kds_starting_position), 3, false, false, starting_position_fields};

static const struct kds_field subscribe_to_shard_event_fields[] = {
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_RECORDS, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_event, records), offsetof(struct kds_subscribe_to_shard_event, records_count), &record_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ContinuationSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_event, continuation_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("MillisBehindLatest"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_event, millis_behind_latest), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChildShards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_event, child_shards), offsetof(struct kds_subscribe_to_shard_event, child_shards_count), &child_shard_shape, 0, INT64_MAX},
};
static const struct kds_shape subscribe_to_shard_event_shape = {
    "SubscribeToShardEvent", sizeof(struct kds_subscribe_to_shard_event), 4, false, false, subscribe_to_shard_event_fields};

static const struct kds_field consumer_fields[] = {
    {KDS_SLICE_LIT("ConsumerName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer, consumer_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ConsumerARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer, consumer_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ConsumerStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer, consumer_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumerCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer, consumer_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape consumer_shape = {
    "Consumer", sizeof(struct kds_consumer), 4, false, false, consumer_fields};

static const struct kds_field consumer_description_fields[] = {
    {KDS_SLICE_LIT("ConsumerName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer_description, consumer_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ConsumerARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer_description, consumer_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ConsumerStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer_description, consumer_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumerCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer_description, consumer_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_consumer_description, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape consumer_description_shape = {
    "ConsumerDescription", sizeof(struct kds_consumer_description), 5, false, false, consumer_description_fields};

static const struct kds_field minimum_throughput_billing_commitment_input_fields[] = {
    {KDS_SLICE_LIT("Status"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_minimum_throughput_billing_commitment_input, status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape minimum_throughput_billing_commitment_input_shape = {
    "MinimumThroughputBillingCommitmentInput", sizeof(struct kds_minimum_throughput_billing_commitment_input), 1, false, false, minimum_throughput_billing_commitment_input_fields};

static const struct kds_field minimum_throughput_billing_commitment_output_fields[] = {
    {KDS_SLICE_LIT("Status"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_minimum_throughput_billing_commitment_output, status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StartedAt"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_minimum_throughput_billing_commitment_output, started_at_ms), offsetof(struct kds_minimum_throughput_billing_commitment_output, has_started_at_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("EndedAt"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_minimum_throughput_billing_commitment_output, ended_at_ms), offsetof(struct kds_minimum_throughput_billing_commitment_output, has_ended_at_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("EarliestAllowedEndAt"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_minimum_throughput_billing_commitment_output, earliest_allowed_end_at_ms), offsetof(struct kds_minimum_throughput_billing_commitment_output, has_earliest_allowed_end_at_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape minimum_throughput_billing_commitment_output_shape = {
    "MinimumThroughputBillingCommitmentOutput", sizeof(struct kds_minimum_throughput_billing_commitment_output), 4, false, false, minimum_throughput_billing_commitment_output_fields};

static const struct kds_field record_configuration_fields[] = {
    {KDS_SLICE_LIT("RecordFormatType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_record_configuration, record_format_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("GSRSchemaARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_record_configuration, gsrschema_arn), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape record_configuration_shape = {
    "RecordConfiguration", sizeof(struct kds_record_configuration), 2, false, false, record_configuration_fields};

static const struct kds_field channel_stream_configuration_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_configuration, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("RecordConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_configuration, record_configuration), KDS_NO_OFFSET, &record_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape channel_stream_configuration_shape = {
    "ChannelStreamConfiguration", sizeof(struct kds_channel_stream_configuration), 2, false, false, channel_stream_configuration_fields};

static const struct kds_field channel_stream_description_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_description, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_description, stream_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("RecordConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_description, record_configuration), KDS_NO_OFFSET, &record_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape channel_stream_description_shape = {
    "ChannelStreamDescription", sizeof(struct kds_channel_stream_description), 3, false, false, channel_stream_description_fields};

static const struct kds_field channel_stream_identifier_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_identifier, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_stream_identifier, stream_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape channel_stream_identifier_shape = {
    "ChannelStreamIdentifier", sizeof(struct kds_channel_stream_identifier), 2, false, false, channel_stream_identifier_fields};

static const struct kds_field dead_letter_queue_s3_configuration_fields[] = {
    {KDS_SLICE_LIT("BucketARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dead_letter_queue_s3_configuration, bucket_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ExpectedBucketOwner"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dead_letter_queue_s3_configuration, expected_bucket_owner), KDS_NO_OFFSET, NULL, 12, 12},
    {KDS_SLICE_LIT("ErrorOutputPrefix"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dead_letter_queue_s3_configuration, error_output_prefix), KDS_NO_OFFSET, NULL, 1, 512},
};
static const struct kds_shape dead_letter_queue_s3_configuration_shape = {
    "DeadLetterQueueS3Configuration", sizeof(struct kds_dead_letter_queue_s3_configuration), 3, false, false, dead_letter_queue_s3_configuration_fields};

static const struct kds_field s3_storage_configuration_fields[] = {
    {KDS_SLICE_LIT("BucketARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_storage_configuration, bucket_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ExpectedBucketOwner"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_storage_configuration, expected_bucket_owner), KDS_NO_OFFSET, NULL, 12, 12},
    {KDS_SLICE_LIT("CompressionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_storage_configuration, compression_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("OutputKeyTemplate"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_s3_storage_configuration, output_key_template), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("StorageClass"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_s3_storage_configuration, storage_class), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape s3_storage_configuration_shape = {
    "S3StorageConfiguration", sizeof(struct kds_s3_storage_configuration), 5, false, false, s3_storage_configuration_fields};

static const struct kds_field s3_destination_configuration_fields[] = {
    {KDS_SLICE_LIT("StorageConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_configuration, storage_configuration), KDS_NO_OFFSET, &s3_storage_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("DataFreshnessInSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_configuration, data_freshness_in_seconds), offsetof(struct kds_s3_destination_configuration, has_data_freshness_in_seconds), NULL, 300, 900},
    {KDS_SLICE_LIT("DeadLetterQueueS3Configuration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_configuration, dead_letter_queue_s3_configuration), KDS_NO_OFFSET, &dead_letter_queue_s3_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape s3_destination_configuration_shape = {
    "S3DestinationConfiguration", sizeof(struct kds_s3_destination_configuration), 3, false, false, s3_destination_configuration_fields};

static const struct kds_field s3_destination_description_fields[] = {
    {KDS_SLICE_LIT("DataFreshnessInSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_description, data_freshness_in_seconds), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("DeadLetterQueueS3Configuration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_description, dead_letter_queue_s3_configuration), KDS_NO_OFFSET, &dead_letter_queue_s3_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StorageConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_description, storage_configuration), KDS_NO_OFFSET, &s3_storage_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape s3_destination_description_shape = {
    "S3DestinationDescription", sizeof(struct kds_s3_destination_description), 3, false, false, s3_destination_description_fields};

static const struct kds_field s3_destination_update_input_fields[] = {
    {KDS_SLICE_LIT("DataFreshnessInSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_destination_update_input, data_freshness_in_seconds), KDS_NO_OFFSET, NULL, 300, 900},
};
static const struct kds_shape s3_destination_update_input_shape = {
    "S3DestinationUpdateInput", sizeof(struct kds_s3_destination_update_input), 1, false, false, s3_destination_update_input_fields};

static const struct kds_field partition_field_fields[] = {
    {KDS_SLICE_LIT("Transform"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_partition_field, transform), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SourceName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_partition_field, source_name), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape partition_field_shape = {
    "PartitionField", sizeof(struct kds_partition_field), 2, false, false, partition_field_fields};

static const struct kds_field partition_spec_fields[] = {
    {KDS_SLICE_LIT("PartitionFields"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_partition_spec, partition_fields), offsetof(struct kds_partition_spec, partition_fields_count), &partition_field_shape, 0, INT64_MAX},
};
static const struct kds_shape partition_spec_shape = {
    "PartitionSpec", sizeof(struct kds_partition_spec), 1, false, false, partition_spec_fields};

static const struct kds_field s3_tables_configuration_fields[] = {
    {KDS_SLICE_LIT("TableBucketARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_configuration, table_bucket_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("Namespace"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_configuration, table_namespace), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_configuration, table_name), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("CompressionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_configuration, compression_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("PartitionSpec"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_configuration, partition_spec), KDS_NO_OFFSET, &partition_spec_shape, 0, INT64_MAX},
};
static const struct kds_shape s3_tables_configuration_shape = {
    "S3TablesConfiguration", sizeof(struct kds_s3_tables_configuration), 5, false, false, s3_tables_configuration_fields};

static const struct kds_field s3_tables_destination_configuration_fields[] = {
    {KDS_SLICE_LIT("DeadLetterQueueS3Configuration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_configuration, dead_letter_queue_s3_configuration), KDS_NO_OFFSET, &dead_letter_queue_s3_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("S3TablesConfigurationList"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_configuration, s3_tables_configuration_list), offsetof(struct kds_s3_tables_destination_configuration, s3_tables_configuration_list_count), &s3_tables_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("DataFreshnessInSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_configuration, data_freshness_in_seconds), offsetof(struct kds_s3_tables_destination_configuration, has_data_freshness_in_seconds), NULL, 300, 900},
};
static const struct kds_shape s3_tables_destination_configuration_shape = {
    "S3TablesDestinationConfiguration", sizeof(struct kds_s3_tables_destination_configuration), 3, false, false, s3_tables_destination_configuration_fields};

static const struct kds_field s3_tables_destination_description_fields[] = {
    {KDS_SLICE_LIT("DataFreshnessInSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_description, data_freshness_in_seconds), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("DeadLetterQueueS3Configuration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_description, dead_letter_queue_s3_configuration), KDS_NO_OFFSET, &dead_letter_queue_s3_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("S3TablesConfigurationList"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_description, s3_tables_configuration_list), offsetof(struct kds_s3_tables_destination_description, s3_tables_configuration_list_count), &s3_tables_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape s3_tables_destination_description_shape = {
    "S3TablesDestinationDescription", sizeof(struct kds_s3_tables_destination_description), 3, false, false, s3_tables_destination_description_fields};

static const struct kds_field s3_tables_destination_update_input_fields[] = {
    {KDS_SLICE_LIT("DataFreshnessInSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_s3_tables_destination_update_input, data_freshness_in_seconds), KDS_NO_OFFSET, NULL, 300, 900},
};
static const struct kds_shape s3_tables_destination_update_input_shape = {
    "S3TablesDestinationUpdateInput", sizeof(struct kds_s3_tables_destination_update_input), 1, false, false, s3_tables_destination_update_input_fields};

static const struct kds_field channel_encryption_configuration_fields[] = {
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_encryption_configuration, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_encryption_configuration, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape channel_encryption_configuration_shape = {
    "ChannelEncryptionConfiguration", sizeof(struct kds_channel_encryption_configuration), 2, false, false, channel_encryption_configuration_fields};

static const struct kds_field cloud_watch_logs_fields[] = {
    {KDS_SLICE_LIT("Enabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloud_watch_logs, enabled), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LogGroupName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloud_watch_logs, log_group_name), KDS_NO_OFFSET, NULL, 1, 512},
    {KDS_SLICE_LIT("LogStreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloud_watch_logs, log_stream_name), KDS_NO_OFFSET, NULL, 1, 512},
};
static const struct kds_shape cloud_watch_logs_shape = {
    "CloudWatchLogs", sizeof(struct kds_cloud_watch_logs), 3, false, false, cloud_watch_logs_fields};

static const struct kds_field cloud_watch_logs_update_input_fields[] = {
    {KDS_SLICE_LIT("Enabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloud_watch_logs_update_input, enabled), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LogGroupName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloud_watch_logs_update_input, log_group_name), KDS_NO_OFFSET, NULL, 1, 512},
    {KDS_SLICE_LIT("LogStreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloud_watch_logs_update_input, log_stream_name), KDS_NO_OFFSET, NULL, 1, 512},
};
static const struct kds_shape cloud_watch_logs_update_input_shape = {
    "CloudWatchLogsUpdateInput", sizeof(struct kds_cloud_watch_logs_update_input), 3, false, false, cloud_watch_logs_update_input_fields};

static const struct kds_field channel_logging_configuration_fields[] = {
    {KDS_SLICE_LIT("CloudWatchLogs"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_logging_configuration, cloud_watch_logs), KDS_NO_OFFSET, &cloud_watch_logs_shape, 0, INT64_MAX},
};
static const struct kds_shape channel_logging_configuration_shape = {
    "ChannelLoggingConfiguration", sizeof(struct kds_channel_logging_configuration), 1, false, false, channel_logging_configuration_fields};

static const struct kds_field channel_logging_update_input_fields[] = {
    {KDS_SLICE_LIT("CloudWatchLogs"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_logging_update_input, cloud_watch_logs), KDS_NO_OFFSET, &cloud_watch_logs_update_input_shape, 0, INT64_MAX},
};
static const struct kds_shape channel_logging_update_input_shape = {
    "ChannelLoggingUpdateInput", sizeof(struct kds_channel_logging_update_input), 1, false, false, channel_logging_update_input_fields};

static const struct kds_field channel_description_fields[] = {
    {KDS_SLICE_LIT("ChannelName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, channel_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ChannelARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, channel_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ChannelId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, channel_id), KDS_NO_OFFSET, NULL, 1, 64},
    {KDS_SLICE_LIT("ChannelStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, channel_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelStatusReason"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_channel_description, channel_status_reason), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, channel_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ServiceExecutionRoleARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, service_execution_role_arn), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamConfigurationList"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, stream_configuration_list), offsetof(struct kds_channel_description, stream_configuration_list_count), &channel_stream_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("S3DestinationConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_channel_description, s3_destination_configuration), KDS_NO_OFFSET, &s3_destination_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("S3TablesDestinationConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_channel_description, s3_tables_destination_configuration), KDS_NO_OFFSET, &s3_tables_destination_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_channel_description, encryption_configuration), KDS_NO_OFFSET, &channel_encryption_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("LoggingConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_description, logging_configuration), KDS_NO_OFFSET, &channel_logging_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape channel_description_shape = {
    "ChannelDescription", sizeof(struct kds_channel_description), 12, false, false, channel_description_fields};

static const struct kds_field channel_summary_fields[] = {
    {KDS_SLICE_LIT("ChannelName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ChannelARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ChannelId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_id), KDS_NO_OFFSET, NULL, 1, 64},
    {KDS_SLICE_LIT("ChannelStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelStatusReason"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_status_reason), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_creation_timestamp_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChannelDestinationType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, channel_destination_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Streams"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_channel_summary, streams), offsetof(struct kds_channel_summary, streams_count), &channel_stream_identifier_shape, 0, INT64_MAX},
};
static const struct kds_shape channel_summary_shape = {
    "ChannelSummary", sizeof(struct kds_channel_summary), 8, false, false, channel_summary_fields};

static const struct kds_field stream_filter_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stream_filter, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_stream_filter, stream_creation_timestamp_ms), offsetof(struct kds_stream_filter, has_stream_creation_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_filter_shape = {
    "StreamFilter", sizeof(struct kds_stream_filter), 2, false, false, stream_filter_fields};

static const struct kds_field create_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, shard_count), offsetof(struct kds_create_stream_in, has_shard_count), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Tags"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, tags), offsetof(struct kds_create_stream_in, tags_count), &tag_shape, 1, 200},
    {KDS_SLICE_LIT("WarmThroughputMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, warm_throughput_mibps), offsetof(struct kds_create_stream_in, has_warm_throughput_mibps), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("MaxRecordSizeInKiB"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, max_record_size_in_kib), offsetof(struct kds_create_stream_in, has_max_record_size_in_kib), NULL, 1024, 10240},
    {KDS_SLICE_LIT("RecordDistributionStrategy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_stream_in, record_distribution_strategy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape create_stream_in_shape = {
    "CreateStreamIn", sizeof(struct kds_create_stream_in), 7, true, false, create_stream_in_fields};

static const struct kds_shape create_stream_out_shape = {
    "CreateStreamOut", sizeof(struct kds_create_stream_out), 0, false, false, NULL};

static const struct kds_field delete_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_delete_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("EnforceConsumerDeletion"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_delete_stream_in, enforce_consumer_deletion), offsetof(struct kds_delete_stream_in, has_enforce_consumer_deletion), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_delete_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape delete_stream_in_shape = {
    "DeleteStreamIn", sizeof(struct kds_delete_stream_in), 3, true, false, delete_stream_in_fields};

static const struct kds_shape delete_stream_out_shape = {
    "DeleteStreamOut", sizeof(struct kds_delete_stream_out), 0, false, false, NULL};

static const struct kds_field describe_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_in, limit), offsetof(struct kds_describe_stream_in, has_limit), NULL, 1, 10000},
    {KDS_SLICE_LIT("ExclusiveStartShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_in, exclusive_start_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape describe_stream_in_shape = {
    "DescribeStreamIn", sizeof(struct kds_describe_stream_in), 4, true, false, describe_stream_in_fields};

static const struct kds_field describe_stream_out_fields[] = {
    {KDS_SLICE_LIT("StreamDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_out, stream_description), KDS_NO_OFFSET, &stream_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_stream_out_shape = {
    "DescribeStreamOut", sizeof(struct kds_describe_stream_out), 1, false, false, describe_stream_out_fields};

static const struct kds_field describe_stream_summary_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_summary_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_summary_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape describe_stream_summary_in_shape = {
    "DescribeStreamSummaryIn", sizeof(struct kds_describe_stream_summary_in), 2, true, false, describe_stream_summary_in_fields};

static const struct kds_field describe_stream_summary_out_fields[] = {
    {KDS_SLICE_LIT("StreamDescriptionSummary"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_summary_out, stream_description_summary), KDS_NO_OFFSET, &stream_description_summary_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_stream_summary_out_shape = {
    "DescribeStreamSummaryOut", sizeof(struct kds_describe_stream_summary_out), 1, false, false, describe_stream_summary_out_fields};

static const struct kds_field list_streams_in_fields[] = {
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_streams_in, limit), offsetof(struct kds_list_streams_in, has_limit), NULL, 1, 10000},
    {KDS_SLICE_LIT("ExclusiveStartStreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_list_streams_in, exclusive_start_stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_streams_in, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
};
static const struct kds_shape list_streams_in_shape = {
    "ListStreamsIn", sizeof(struct kds_list_streams_in), 3, true, false, list_streams_in_fields};

static const struct kds_field list_streams_out_fields[] = {
    {KDS_SLICE_LIT("StreamNames"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_list_streams_out, stream_names), offsetof(struct kds_list_streams_out, stream_names_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("HasMoreStreams"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_list_streams_out, has_more_streams), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_streams_out, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
    {KDS_SLICE_LIT("StreamSummaries"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_streams_out, stream_summaries), offsetof(struct kds_list_streams_out, stream_summaries_count), &stream_summary_shape, 0, INT64_MAX},
};
static const struct kds_shape list_streams_out_shape = {
    "ListStreamsOut", sizeof(struct kds_list_streams_out), 4, false, false, list_streams_out_fields};

static const struct kds_field list_shards_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
    {KDS_SLICE_LIT("ExclusiveStartShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, exclusive_start_shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("MaxResults"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, max_results), offsetof(struct kds_list_shards_in, has_max_results), NULL, 1, 10000},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, stream_creation_timestamp_ms), offsetof(struct kds_list_shards_in, has_stream_creation_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ShardFilter"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, shard_filter), KDS_NO_OFFSET, &shard_filter_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_list_shards_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape list_shards_in_shape = {
    "ListShardsIn", sizeof(struct kds_list_shards_in), 7, true, false, list_shards_in_fields};

static const struct kds_field list_shards_out_fields[] = {
    {KDS_SLICE_LIT("Shards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_out, shards), offsetof(struct kds_list_shards_out, shards_count), &shard_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_shards_out, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
};
static const struct kds_shape list_shards_out_shape = {
    "ListShardsOut", sizeof(struct kds_list_shards_out), 2, false, false, list_shards_out_fields};

static const struct kds_field put_record_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Data"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, data), KDS_NO_OFFSET, NULL, 0, 10485760},
    {KDS_SLICE_LIT("PartitionKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, partition_key), KDS_NO_OFFSET, NULL, 1, 256},
    {KDS_SLICE_LIT("ExplicitHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, explicit_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("SequenceNumberForOrdering"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, sequence_number_for_ordering), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_record_in, dry_run), offsetof(struct kds_put_record_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape put_record_in_shape = {
    "PutRecordIn", sizeof(struct kds_put_record_in), 7, true, false, put_record_in_fields};

static const struct kds_field put_record_out_fields[] = {
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_put_record_out, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("SequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_put_record_out, sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_record_out, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_record_out_shape = {
    "PutRecordOut", sizeof(struct kds_put_record_out), 3, false, false, put_record_out_fields};

static const struct kds_field put_records_in_fields[] = {
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_ENTRIES, KDS_AT_BODY,
     offsetof(struct kds_put_records_in, records), offsetof(struct kds_put_records_in, records_count), &put_records_request_entry_shape, 1, 500},
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_put_records_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_in, dry_run), offsetof(struct kds_put_records_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape put_records_in_shape = {
    "PutRecordsIn", sizeof(struct kds_put_records_in), 4, true, false, put_records_in_fields};

static const struct kds_field put_records_out_fields[] = {
    {KDS_SLICE_LIT("FailedRecordCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_out, failed_record_count), offsetof(struct kds_put_records_out, has_failed_record_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_put_records_out, records), offsetof(struct kds_put_records_out, records_count), &put_records_result_entry_shape, 1, 500},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_put_records_out, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_records_out_shape = {
    "PutRecordsOut", sizeof(struct kds_put_records_out), 3, false, false, put_records_out_fields};

static const struct kds_field get_shard_iterator_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardIteratorType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, shard_iterator_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StartingSequenceNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_SEQUENCE, 0, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, starting_sequence_number), KDS_NO_OFFSET, NULL, 1, 129},
    {KDS_SLICE_LIT("Timestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, timestamp_ms), offsetof(struct kds_get_shard_iterator_in, has_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_in, dry_run), offsetof(struct kds_get_shard_iterator_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape get_shard_iterator_in_shape = {
    "GetShardIteratorIn", sizeof(struct kds_get_shard_iterator_in), 7, true, false, get_shard_iterator_in_fields};

static const struct kds_field get_shard_iterator_out_fields[] = {
    {KDS_SLICE_LIT("ShardIterator"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_shard_iterator_out, shard_iterator), KDS_NO_OFFSET, NULL, 1, 512},
};
static const struct kds_shape get_shard_iterator_out_shape = {
    "GetShardIteratorOut", sizeof(struct kds_get_shard_iterator_out), 1, false, false, get_shard_iterator_out_fields};

static const struct kds_field get_records_in_fields[] = {
    {KDS_SLICE_LIT("ShardIterator"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_get_records_in, shard_iterator), KDS_NO_OFFSET, NULL, 1, 512},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_records_in, limit), offsetof(struct kds_get_records_in, has_limit), NULL, 1, 10000},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_get_records_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_records_in, dry_run), offsetof(struct kds_get_records_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape get_records_in_shape = {
    "GetRecordsIn", sizeof(struct kds_get_records_in), 4, true, false, get_records_in_fields};

static const struct kds_field get_records_out_fields[] = {
    {KDS_SLICE_LIT("Records"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_RECORDS, KDS_AT_BODY,
     offsetof(struct kds_get_records_out, records), offsetof(struct kds_get_records_out, records_count), &record_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextShardIterator"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_records_out, next_shard_iterator), KDS_NO_OFFSET, NULL, 1, 512},
    {KDS_SLICE_LIT("MillisBehindLatest"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_records_out, millis_behind_latest), offsetof(struct kds_get_records_out, has_millis_behind_latest), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ChildShards"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_get_records_out, child_shards), offsetof(struct kds_get_records_out, child_shards_count), &child_shard_shape, 0, INT64_MAX},
};
static const struct kds_shape get_records_out_shape = {
    "GetRecordsOut", sizeof(struct kds_get_records_out), 4, false, false, get_records_out_fields};

static const struct kds_field split_shard_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_split_shard_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardToSplit"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_split_shard_in, shard_to_split), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("NewStartingHashKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_HASH_KEY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_split_shard_in, new_starting_hash_key), KDS_NO_OFFSET, NULL, 1, 39},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_split_shard_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape split_shard_in_shape = {
    "SplitShardIn", sizeof(struct kds_split_shard_in), 4, true, false, split_shard_in_fields};

static const struct kds_shape split_shard_out_shape = {
    "SplitShardOut", sizeof(struct kds_split_shard_out), 0, false, false, NULL};

static const struct kds_field merge_shards_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_merge_shards_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardToMerge"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_merge_shards_in, shard_to_merge), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("AdjacentShardToMerge"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_merge_shards_in, adjacent_shard_to_merge), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_merge_shards_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape merge_shards_in_shape = {
    "MergeShardsIn", sizeof(struct kds_merge_shards_in), 4, true, false, merge_shards_in_fields};

static const struct kds_shape merge_shards_out_shape = {
    "MergeShardsOut", sizeof(struct kds_merge_shards_out), 0, false, false, NULL};

static const struct kds_field add_tags_to_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_add_tags_to_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Tags"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_add_tags_to_stream_in, tags), offsetof(struct kds_add_tags_to_stream_in, tags_count), &tag_shape, 1, 200},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_add_tags_to_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape add_tags_to_stream_in_shape = {
    "AddTagsToStreamIn", sizeof(struct kds_add_tags_to_stream_in), 3, true, false, add_tags_to_stream_in_fields};

static const struct kds_shape add_tags_to_stream_out_shape = {
    "AddTagsToStreamOut", sizeof(struct kds_add_tags_to_stream_out), 0, false, false, NULL};

static const struct kds_field remove_tags_from_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_remove_tags_from_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("TagKeys"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_remove_tags_from_stream_in, tag_keys), offsetof(struct kds_remove_tags_from_stream_in, tag_keys_count), NULL, 1, 50},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_remove_tags_from_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape remove_tags_from_stream_in_shape = {
    "RemoveTagsFromStreamIn", sizeof(struct kds_remove_tags_from_stream_in), 3, true, false, remove_tags_from_stream_in_fields};

static const struct kds_shape remove_tags_from_stream_out_shape = {
    "RemoveTagsFromStreamOut", sizeof(struct kds_remove_tags_from_stream_out), 0, false, false, NULL};

static const struct kds_field list_tags_for_stream_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_stream_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ExclusiveStartTagKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_stream_in, exclusive_start_tag_key), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_stream_in, limit), offsetof(struct kds_list_tags_for_stream_in, has_limit), NULL, 1, 50},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_stream_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape list_tags_for_stream_in_shape = {
    "ListTagsForStreamIn", sizeof(struct kds_list_tags_for_stream_in), 4, true, false, list_tags_for_stream_in_fields};

static const struct kds_field list_tags_for_stream_out_fields[] = {
    {KDS_SLICE_LIT("Tags"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_stream_out, tags), offsetof(struct kds_list_tags_for_stream_out, tags_count), &tag_shape, 0, 200},
    {KDS_SLICE_LIT("HasMoreTags"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_stream_out, has_more_tags), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape list_tags_for_stream_out_shape = {
    "ListTagsForStreamOut", sizeof(struct kds_list_tags_for_stream_out), 2, false, false, list_tags_for_stream_out_fields};

static const struct kds_field tag_resource_in_fields[] = {
    {KDS_SLICE_LIT("Tags"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_tag_resource_in, tags), offsetof(struct kds_tag_resource_in, tags_count), &tag_shape, 1, 200},
    {KDS_SLICE_LIT("ResourceARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_tag_resource_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape tag_resource_in_shape = {
    "TagResourceIn", sizeof(struct kds_tag_resource_in), 2, true, false, tag_resource_in_fields};

static const struct kds_shape tag_resource_out_shape = {
    "TagResourceOut", sizeof(struct kds_tag_resource_out), 0, false, false, NULL};

static const struct kds_field untag_resource_in_fields[] = {
    {KDS_SLICE_LIT("TagKeys"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_untag_resource_in, tag_keys), offsetof(struct kds_untag_resource_in, tag_keys_count), NULL, 1, 50},
    {KDS_SLICE_LIT("ResourceARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_untag_resource_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape untag_resource_in_shape = {
    "UntagResourceIn", sizeof(struct kds_untag_resource_in), 2, true, false, untag_resource_in_fields};

static const struct kds_shape untag_resource_out_shape = {
    "UntagResourceOut", sizeof(struct kds_untag_resource_out), 0, false, false, NULL};

static const struct kds_field list_tags_for_resource_in_fields[] = {
    {KDS_SLICE_LIT("ResourceARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_resource_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape list_tags_for_resource_in_shape = {
    "ListTagsForResourceIn", sizeof(struct kds_list_tags_for_resource_in), 1, true, false, list_tags_for_resource_in_fields};

static const struct kds_field list_tags_for_resource_out_fields[] = {
    {KDS_SLICE_LIT("Tags"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_tags_for_resource_out, tags), offsetof(struct kds_list_tags_for_resource_out, tags_count), &tag_shape, 0, 200},
};
static const struct kds_shape list_tags_for_resource_out_shape = {
    "ListTagsForResourceOut", sizeof(struct kds_list_tags_for_resource_out), 1, false, false, list_tags_for_resource_out_fields};

static const struct kds_field increase_stream_retention_period_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_increase_stream_retention_period_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("RetentionPeriodHours"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_increase_stream_retention_period_in, retention_period_hours), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_increase_stream_retention_period_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape increase_stream_retention_period_in_shape = {
    "IncreaseStreamRetentionPeriodIn", sizeof(struct kds_increase_stream_retention_period_in), 3, true, false, increase_stream_retention_period_in_fields};

static const struct kds_shape increase_stream_retention_period_out_shape = {
    "IncreaseStreamRetentionPeriodOut", sizeof(struct kds_increase_stream_retention_period_out), 0, false, false, NULL};

static const struct kds_field decrease_stream_retention_period_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_decrease_stream_retention_period_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("RetentionPeriodHours"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_decrease_stream_retention_period_in, retention_period_hours), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_decrease_stream_retention_period_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape decrease_stream_retention_period_in_shape = {
    "DecreaseStreamRetentionPeriodIn", sizeof(struct kds_decrease_stream_retention_period_in), 3, true, false, decrease_stream_retention_period_in_fields};

static const struct kds_shape decrease_stream_retention_period_out_shape = {
    "DecreaseStreamRetentionPeriodOut", sizeof(struct kds_decrease_stream_retention_period_out), 0, false, false, NULL};

static const struct kds_field enable_enhanced_monitoring_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_in, shard_level_metrics), offsetof(struct kds_enable_enhanced_monitoring_in, shard_level_metrics_count), NULL, 1, 7},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape enable_enhanced_monitoring_in_shape = {
    "EnableEnhancedMonitoringIn", sizeof(struct kds_enable_enhanced_monitoring_in), 3, true, false, enable_enhanced_monitoring_in_fields};

static const struct kds_field enable_enhanced_monitoring_out_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_out, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("CurrentShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_out, current_shard_level_metrics), offsetof(struct kds_enable_enhanced_monitoring_out, current_shard_level_metrics_count), NULL, 1, 7},
    {KDS_SLICE_LIT("DesiredShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_out, desired_shard_level_metrics), offsetof(struct kds_enable_enhanced_monitoring_out, desired_shard_level_metrics_count), NULL, 1, 7},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_enable_enhanced_monitoring_out, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape enable_enhanced_monitoring_out_shape = {
    "EnableEnhancedMonitoringOut", sizeof(struct kds_enable_enhanced_monitoring_out), 4, false, false, enable_enhanced_monitoring_out_fields};

static const struct kds_field disable_enhanced_monitoring_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_in, shard_level_metrics), offsetof(struct kds_disable_enhanced_monitoring_in, shard_level_metrics_count), NULL, 1, 7},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape disable_enhanced_monitoring_in_shape = {
    "DisableEnhancedMonitoringIn", sizeof(struct kds_disable_enhanced_monitoring_in), 3, true, false, disable_enhanced_monitoring_in_fields};

static const struct kds_field disable_enhanced_monitoring_out_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_out, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("CurrentShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_out, current_shard_level_metrics), offsetof(struct kds_disable_enhanced_monitoring_out, current_shard_level_metrics_count), NULL, 1, 7},
    {KDS_SLICE_LIT("DesiredShardLevelMetrics"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_out, desired_shard_level_metrics), offsetof(struct kds_disable_enhanced_monitoring_out, desired_shard_level_metrics_count), NULL, 1, 7},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_disable_enhanced_monitoring_out, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape disable_enhanced_monitoring_out_shape = {
    "DisableEnhancedMonitoringOut", sizeof(struct kds_disable_enhanced_monitoring_out), 4, false, false, disable_enhanced_monitoring_out_fields};

static const struct kds_field start_stream_encryption_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_start_stream_encryption_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_start_stream_encryption_in, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_start_stream_encryption_in, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_start_stream_encryption_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape start_stream_encryption_in_shape = {
    "StartStreamEncryptionIn", sizeof(struct kds_start_stream_encryption_in), 4, true, false, start_stream_encryption_in_fields};

static const struct kds_shape start_stream_encryption_out_shape = {
    "StartStreamEncryptionOut", sizeof(struct kds_start_stream_encryption_out), 0, false, false, NULL};

static const struct kds_field stop_stream_encryption_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_stop_stream_encryption_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("EncryptionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stop_stream_encryption_in, encryption_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_stop_stream_encryption_in, key_id), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_stop_stream_encryption_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape stop_stream_encryption_in_shape = {
    "StopStreamEncryptionIn", sizeof(struct kds_stop_stream_encryption_in), 4, true, false, stop_stream_encryption_in_fields};

static const struct kds_shape stop_stream_encryption_out_shape = {
    "StopStreamEncryptionOut", sizeof(struct kds_stop_stream_encryption_out), 0, false, false, NULL};

static const struct kds_field update_shard_count_in_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("TargetShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_in, target_shard_count), KDS_NO_OFFSET, NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("ScalingType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_in, scaling_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape update_shard_count_in_shape = {
    "UpdateShardCountIn", sizeof(struct kds_update_shard_count_in), 4, true, false, update_shard_count_in_fields};

static const struct kds_field update_shard_count_out_fields[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_out, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("CurrentShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_out, current_shard_count), offsetof(struct kds_update_shard_count_out, has_current_shard_count), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("TargetShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_out, target_shard_count), offsetof(struct kds_update_shard_count_out, has_target_shard_count), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_update_shard_count_out, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape update_shard_count_out_shape = {
    "UpdateShardCountOut", sizeof(struct kds_update_shard_count_out), 4, false, false, update_shard_count_out_fields};

static const struct kds_field update_stream_mode_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_update_stream_mode_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamModeDetails"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_stream_mode_in, stream_mode_details), KDS_NO_OFFSET, &stream_mode_details_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughputMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_stream_mode_in, warm_throughput_mibps), offsetof(struct kds_update_stream_mode_in, has_warm_throughput_mibps), NULL, 0, INT64_MAX},
};
static const struct kds_shape update_stream_mode_in_shape = {
    "UpdateStreamModeIn", sizeof(struct kds_update_stream_mode_in), 3, true, false, update_stream_mode_in_fields};

static const struct kds_shape update_stream_mode_out_shape = {
    "UpdateStreamModeOut", sizeof(struct kds_update_stream_mode_out), 0, false, false, NULL};

static const struct kds_field update_stream_warm_throughput_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_update_stream_warm_throughput_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_update_stream_warm_throughput_in, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("WarmThroughputMiBps"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_stream_warm_throughput_in, warm_throughput_mibps), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape update_stream_warm_throughput_in_shape = {
    "UpdateStreamWarmThroughputIn", sizeof(struct kds_update_stream_warm_throughput_in), 3, true, false, update_stream_warm_throughput_in_fields};

static const struct kds_field update_stream_warm_throughput_out_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_update_stream_warm_throughput_out, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_update_stream_warm_throughput_out, stream_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_stream_warm_throughput_out, warm_throughput), KDS_NO_OFFSET, &warm_throughput_object_shape, 0, INT64_MAX},
};
static const struct kds_shape update_stream_warm_throughput_out_shape = {
    "UpdateStreamWarmThroughputOut", sizeof(struct kds_update_stream_warm_throughput_out), 3, false, false, update_stream_warm_throughput_out_fields};

static const struct kds_field update_max_record_size_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_update_max_record_size_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("MaxRecordSizeInKiB"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_max_record_size_in, max_record_size_in_kib), KDS_NO_OFFSET, NULL, 1024, 10240},
};
static const struct kds_shape update_max_record_size_in_shape = {
    "UpdateMaxRecordSizeIn", sizeof(struct kds_update_max_record_size_in), 2, true, false, update_max_record_size_in_fields};

static const struct kds_shape update_max_record_size_out_shape = {
    "UpdateMaxRecordSizeOut", sizeof(struct kds_update_max_record_size_out), 0, false, false, NULL};

static const struct kds_field update_stream_record_distribution_strategy_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_update_stream_record_distribution_strategy_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("RecordDistributionStrategy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_stream_record_distribution_strategy_in, record_distribution_strategy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape update_stream_record_distribution_strategy_in_shape = {
    "UpdateStreamRecordDistributionStrategyIn", sizeof(struct kds_update_stream_record_distribution_strategy_in), 2, true, false, update_stream_record_distribution_strategy_in_fields};

static const struct kds_shape update_stream_record_distribution_strategy_out_shape = {
    "UpdateStreamRecordDistributionStrategyOut", sizeof(struct kds_update_stream_record_distribution_strategy_out), 0, false, false, NULL};

static const struct kds_shape describe_limits_in_shape = {
    "DescribeLimitsIn", sizeof(struct kds_describe_limits_in), 0, true, false, NULL};

static const struct kds_field describe_limits_out_fields[] = {
    {KDS_SLICE_LIT("ShardLimit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_limits_out, shard_limit), KDS_NO_OFFSET, NULL, 0, 1000000},
    {KDS_SLICE_LIT("OpenShardCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_limits_out, open_shard_count), KDS_NO_OFFSET, NULL, 0, 1000000},
    {KDS_SLICE_LIT("OnDemandStreamCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_limits_out, on_demand_stream_count), KDS_NO_OFFSET, NULL, 0, 1000000},
    {KDS_SLICE_LIT("OnDemandStreamCountLimit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_limits_out, on_demand_stream_count_limit), KDS_NO_OFFSET, NULL, 0, 1000000},
    {KDS_SLICE_LIT("ChannelCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_limits_out, channel_count), offsetof(struct kds_describe_limits_out, has_channel_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ChannelCountLimit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_limits_out, channel_count_limit), offsetof(struct kds_describe_limits_out, has_channel_count_limit), NULL, INT64_MIN, INT64_MAX},
};
static const struct kds_shape describe_limits_out_shape = {
    "DescribeLimitsOut", sizeof(struct kds_describe_limits_out), 6, false, false, describe_limits_out_fields};

static const struct kds_shape describe_account_settings_in_shape = {
    "DescribeAccountSettingsIn", sizeof(struct kds_describe_account_settings_in), 0, true, false, NULL};

static const struct kds_field describe_account_settings_out_fields[] = {
    {KDS_SLICE_LIT("MinimumThroughputBillingCommitment"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_account_settings_out, minimum_throughput_billing_commitment), KDS_NO_OFFSET, &minimum_throughput_billing_commitment_output_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_account_settings_out_shape = {
    "DescribeAccountSettingsOut", sizeof(struct kds_describe_account_settings_out), 1, false, false, describe_account_settings_out_fields};

static const struct kds_field update_account_settings_in_fields[] = {
    {KDS_SLICE_LIT("MinimumThroughputBillingCommitment"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_account_settings_in, minimum_throughput_billing_commitment), KDS_NO_OFFSET, &minimum_throughput_billing_commitment_input_shape, 0, INT64_MAX},
};
static const struct kds_shape update_account_settings_in_shape = {
    "UpdateAccountSettingsIn", sizeof(struct kds_update_account_settings_in), 1, true, false, update_account_settings_in_fields};

static const struct kds_field update_account_settings_out_fields[] = {
    {KDS_SLICE_LIT("MinimumThroughputBillingCommitment"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_account_settings_out, minimum_throughput_billing_commitment), KDS_NO_OFFSET, &minimum_throughput_billing_commitment_output_shape, 0, INT64_MAX},
};
static const struct kds_shape update_account_settings_out_shape = {
    "UpdateAccountSettingsOut", sizeof(struct kds_update_account_settings_out), 1, false, false, update_account_settings_out_fields};

static const struct kds_field put_resource_policy_in_fields[] = {
    {KDS_SLICE_LIT("ResourceARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_put_resource_policy_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("Policy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_put_resource_policy_in, policy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_resource_policy_in_shape = {
    "PutResourcePolicyIn", sizeof(struct kds_put_resource_policy_in), 2, true, false, put_resource_policy_in_fields};

static const struct kds_shape put_resource_policy_out_shape = {
    "PutResourcePolicyOut", sizeof(struct kds_put_resource_policy_out), 0, false, false, NULL};

static const struct kds_field get_resource_policy_in_fields[] = {
    {KDS_SLICE_LIT("ResourceARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_get_resource_policy_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape get_resource_policy_in_shape = {
    "GetResourcePolicyIn", sizeof(struct kds_get_resource_policy_in), 1, true, false, get_resource_policy_in_fields};

static const struct kds_field get_resource_policy_out_fields[] = {
    {KDS_SLICE_LIT("Policy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_get_resource_policy_out, policy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape get_resource_policy_out_shape = {
    "GetResourcePolicyOut", sizeof(struct kds_get_resource_policy_out), 1, false, false, get_resource_policy_out_fields};

static const struct kds_field delete_resource_policy_in_fields[] = {
    {KDS_SLICE_LIT("ResourceARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_delete_resource_policy_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape delete_resource_policy_in_shape = {
    "DeleteResourcePolicyIn", sizeof(struct kds_delete_resource_policy_in), 1, true, false, delete_resource_policy_in_fields};

static const struct kds_shape delete_resource_policy_out_shape = {
    "DeleteResourcePolicyOut", sizeof(struct kds_delete_resource_policy_out), 0, false, false, NULL};

static const struct kds_field register_stream_consumer_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_register_stream_consumer_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ConsumerName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_register_stream_consumer_in, consumer_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Tags"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_register_stream_consumer_in, tags), offsetof(struct kds_register_stream_consumer_in, tags_count), &tag_shape, 1, 200},
};
static const struct kds_shape register_stream_consumer_in_shape = {
    "RegisterStreamConsumerIn", sizeof(struct kds_register_stream_consumer_in), 3, true, false, register_stream_consumer_in_fields};

static const struct kds_field register_stream_consumer_out_fields[] = {
    {KDS_SLICE_LIT("Consumer"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_register_stream_consumer_out, consumer), KDS_NO_OFFSET, &consumer_shape, 0, INT64_MAX},
};
static const struct kds_shape register_stream_consumer_out_shape = {
    "RegisterStreamConsumerOut", sizeof(struct kds_register_stream_consumer_out), 1, false, false, register_stream_consumer_out_fields};

static const struct kds_field deregister_stream_consumer_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_deregister_stream_consumer_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ConsumerName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_deregister_stream_consumer_in, consumer_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ConsumerARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_deregister_stream_consumer_in, consumer_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape deregister_stream_consumer_in_shape = {
    "DeregisterStreamConsumerIn", sizeof(struct kds_deregister_stream_consumer_in), 3, true, false, deregister_stream_consumer_in_fields};

static const struct kds_shape deregister_stream_consumer_out_shape = {
    "DeregisterStreamConsumerOut", sizeof(struct kds_deregister_stream_consumer_out), 0, false, false, NULL};

static const struct kds_field describe_stream_consumer_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_consumer_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ConsumerName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, 0, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_consumer_in, consumer_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ConsumerARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_consumer_in, consumer_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape describe_stream_consumer_in_shape = {
    "DescribeStreamConsumerIn", sizeof(struct kds_describe_stream_consumer_in), 3, true, false, describe_stream_consumer_in_fields};

static const struct kds_field describe_stream_consumer_out_fields[] = {
    {KDS_SLICE_LIT("ConsumerDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_stream_consumer_out, consumer_description), KDS_NO_OFFSET, &consumer_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_stream_consumer_out_shape = {
    "DescribeStreamConsumerOut", sizeof(struct kds_describe_stream_consumer_out), 1, false, false, describe_stream_consumer_out_fields};

static const struct kds_field list_stream_consumers_in_fields[] = {
    {KDS_SLICE_LIT("StreamARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_list_stream_consumers_in, stream_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_stream_consumers_in, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
    {KDS_SLICE_LIT("MaxResults"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_stream_consumers_in, max_results), offsetof(struct kds_list_stream_consumers_in, has_max_results), NULL, 1, 10000},
    {KDS_SLICE_LIT("StreamCreationTimestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_stream_consumers_in, stream_creation_timestamp_ms), offsetof(struct kds_list_stream_consumers_in, has_stream_creation_timestamp_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape list_stream_consumers_in_shape = {
    "ListStreamConsumersIn", sizeof(struct kds_list_stream_consumers_in), 4, true, false, list_stream_consumers_in_fields};

static const struct kds_field list_stream_consumers_out_fields[] = {
    {KDS_SLICE_LIT("Consumers"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_stream_consumers_out, consumers), offsetof(struct kds_list_stream_consumers_out, consumers_count), &consumer_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_stream_consumers_out, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
};
static const struct kds_shape list_stream_consumers_out_shape = {
    "ListStreamConsumersOut", sizeof(struct kds_list_stream_consumers_out), 2, false, false, list_stream_consumers_out_fields};

static const struct kds_field subscribe_to_shard_in_fields[] = {
    {KDS_SLICE_LIT("ConsumerARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_in, consumer_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("ShardId"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_in, shard_id), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("StartingPosition"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_in, starting_position), KDS_NO_OFFSET, &starting_position_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("DryRun"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_subscribe_to_shard_in, dry_run), offsetof(struct kds_subscribe_to_shard_in, has_dry_run), NULL, 0, INT64_MAX},
};
static const struct kds_shape subscribe_to_shard_in_shape = {
    "SubscribeToShardIn", sizeof(struct kds_subscribe_to_shard_in), 4, true, false, subscribe_to_shard_in_fields};

static const struct kds_field create_channel_in_fields[] = {
    {KDS_SLICE_LIT("ChannelName"), KDS_K_STRING, KDS_K_STRING, KDS_P_NAME, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, channel_name), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("ServiceExecutionRoleARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, service_execution_role_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("StreamConfigurationList"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, stream_configuration_list), offsetof(struct kds_create_channel_in, stream_configuration_list_count), &channel_stream_configuration_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("S3DestinationConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, s3_destination_configuration), KDS_NO_OFFSET, &s3_destination_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("S3TablesDestinationConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, s3_tables_destination_configuration), KDS_NO_OFFSET, &s3_tables_destination_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("EncryptionConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, encryption_configuration), KDS_NO_OFFSET, &channel_encryption_configuration_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Tags"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, tags), offsetof(struct kds_create_channel_in, tags_count), &tag_shape, 1, 200},
    {KDS_SLICE_LIT("LoggingConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_create_channel_in, logging_configuration), KDS_NO_OFFSET, &channel_logging_configuration_shape, 0, INT64_MAX},
};
static const struct kds_shape create_channel_in_shape = {
    "CreateChannelIn", sizeof(struct kds_create_channel_in), 8, true, false, create_channel_in_fields};

static const struct kds_field create_channel_out_fields[] = {
    {KDS_SLICE_LIT("ChannelDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_create_channel_out, channel_description), KDS_NO_OFFSET, &channel_description_shape, 0, INT64_MAX},
};
static const struct kds_shape create_channel_out_shape = {
    "CreateChannelOut", sizeof(struct kds_create_channel_out), 1, false, false, create_channel_out_fields};

static const struct kds_field describe_channel_in_fields[] = {
    {KDS_SLICE_LIT("ChannelARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_describe_channel_in, channel_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape describe_channel_in_shape = {
    "DescribeChannelIn", sizeof(struct kds_describe_channel_in), 1, true, false, describe_channel_in_fields};

static const struct kds_field describe_channel_out_fields[] = {
    {KDS_SLICE_LIT("ChannelDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_describe_channel_out, channel_description), KDS_NO_OFFSET, &channel_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_channel_out_shape = {
    "DescribeChannelOut", sizeof(struct kds_describe_channel_out), 1, false, false, describe_channel_out_fields};

static const struct kds_field list_channels_in_fields[] = {
    {KDS_SLICE_LIT("StreamFilter"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_channels_in, stream_filter), offsetof(struct kds_list_channels_in, stream_filter_count), &stream_filter_shape, 1, 10000},
    {KDS_SLICE_LIT("MaxResults"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_channels_in, max_results), offsetof(struct kds_list_channels_in, has_max_results), NULL, 1, 10000},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_channels_in, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
};
static const struct kds_shape list_channels_in_shape = {
    "ListChannelsIn", sizeof(struct kds_list_channels_in), 3, true, false, list_channels_in_fields};

static const struct kds_field list_channels_out_fields[] = {
    {KDS_SLICE_LIT("ChannelSummaries"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_list_channels_out, channel_summaries), offsetof(struct kds_list_channels_out, channel_summaries_count), &channel_summary_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_list_channels_out, next_token), KDS_NO_OFFSET, NULL, 1, 1048576},
};
static const struct kds_shape list_channels_out_shape = {
    "ListChannelsOut", sizeof(struct kds_list_channels_out), 2, false, false, list_channels_out_fields};

static const struct kds_field update_channel_in_fields[] = {
    {KDS_SLICE_LIT("ChannelARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_update_channel_in, channel_arn), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("S3DestinationConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_channel_in, s3_destination_configuration), KDS_NO_OFFSET, &s3_destination_update_input_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("S3TablesDestinationConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_channel_in, s3_tables_destination_configuration), KDS_NO_OFFSET, &s3_tables_destination_update_input_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("LoggingConfiguration"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_update_channel_in, logging_configuration), KDS_NO_OFFSET, &channel_logging_update_input_shape, 0, INT64_MAX},
};
static const struct kds_shape update_channel_in_shape = {
    "UpdateChannelIn", sizeof(struct kds_update_channel_in), 4, true, false, update_channel_in_fields};

static const struct kds_field update_channel_out_fields[] = {
    {KDS_SLICE_LIT("ChannelDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_update_channel_out, channel_description), KDS_NO_OFFSET, &channel_description_shape, 0, INT64_MAX},
};
static const struct kds_shape update_channel_out_shape = {
    "UpdateChannelOut", sizeof(struct kds_update_channel_out), 1, false, false, update_channel_out_fields};

static const struct kds_field delete_channel_in_fields[] = {
    {KDS_SLICE_LIT("ChannelARN"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED | KDS_F_ROUTE, KDS_AT_BODY,
     offsetof(struct kds_delete_channel_in, channel_arn), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape delete_channel_in_shape = {
    "DeleteChannelIn", sizeof(struct kds_delete_channel_in), 1, true, false, delete_channel_in_fields};

static const struct kds_shape delete_channel_out_shape = {
    "DeleteChannelOut", sizeof(struct kds_delete_channel_out), 0, false, false, NULL};

static const struct kds_operation kds_kinesis_operations[KDS_OP_COUNT] = {
    {&kds_kinesis_service, "CreateStream", &create_stream_in_shape, &create_stream_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DeleteStream", &delete_stream_in_shape, &delete_stream_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DescribeStream", &describe_stream_in_shape, &describe_stream_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "DescribeStreamSummary", &describe_stream_summary_in_shape, &describe_stream_summary_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "ListStreams", &list_streams_in_shape, &list_streams_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "ListShards", &list_shards_in_shape, &list_shards_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "PutRecord", &put_record_in_shape, &put_record_out_shape,
     KDS_PLANE_DATA, "POST", "/", false, false, false},
    {&kds_kinesis_service, "PutRecords", &put_records_in_shape, &put_records_out_shape,
     KDS_PLANE_DATA, "POST", "/", false, false, false},
    {&kds_kinesis_service, "GetShardIterator", &get_shard_iterator_in_shape, &get_shard_iterator_out_shape,
     KDS_PLANE_DATA, "POST", "/", true, false, false},
    {&kds_kinesis_service, "GetRecords", &get_records_in_shape, &get_records_out_shape,
     KDS_PLANE_DATA, "POST", "/", true, false, false},
    {&kds_kinesis_service, "SplitShard", &split_shard_in_shape, &split_shard_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "MergeShards", &merge_shards_in_shape, &merge_shards_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "AddTagsToStream", &add_tags_to_stream_in_shape, &add_tags_to_stream_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "RemoveTagsFromStream", &remove_tags_from_stream_in_shape, &remove_tags_from_stream_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "ListTagsForStream", &list_tags_for_stream_in_shape, &list_tags_for_stream_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "TagResource", &tag_resource_in_shape, &tag_resource_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "UntagResource", &untag_resource_in_shape, &untag_resource_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "ListTagsForResource", &list_tags_for_resource_in_shape, &list_tags_for_resource_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "IncreaseStreamRetentionPeriod", &increase_stream_retention_period_in_shape, &increase_stream_retention_period_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DecreaseStreamRetentionPeriod", &decrease_stream_retention_period_in_shape, &decrease_stream_retention_period_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "EnableEnhancedMonitoring", &enable_enhanced_monitoring_in_shape, &enable_enhanced_monitoring_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DisableEnhancedMonitoring", &disable_enhanced_monitoring_in_shape, &disable_enhanced_monitoring_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "StartStreamEncryption", &start_stream_encryption_in_shape, &start_stream_encryption_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "StopStreamEncryption", &stop_stream_encryption_in_shape, &stop_stream_encryption_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "UpdateShardCount", &update_shard_count_in_shape, &update_shard_count_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "UpdateStreamMode", &update_stream_mode_in_shape, &update_stream_mode_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "UpdateStreamWarmThroughput", &update_stream_warm_throughput_in_shape, &update_stream_warm_throughput_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "UpdateMaxRecordSize", &update_max_record_size_in_shape, &update_max_record_size_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "UpdateStreamRecordDistributionStrategy", &update_stream_record_distribution_strategy_in_shape, &update_stream_record_distribution_strategy_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DescribeLimits", &describe_limits_in_shape, &describe_limits_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "DescribeAccountSettings", &describe_account_settings_in_shape, &describe_account_settings_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "UpdateAccountSettings", &update_account_settings_in_shape, &update_account_settings_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "PutResourcePolicy", &put_resource_policy_in_shape, &put_resource_policy_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "GetResourcePolicy", &get_resource_policy_in_shape, &get_resource_policy_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "DeleteResourcePolicy", &delete_resource_policy_in_shape, &delete_resource_policy_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "RegisterStreamConsumer", &register_stream_consumer_in_shape, &register_stream_consumer_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DeregisterStreamConsumer", &deregister_stream_consumer_in_shape, &deregister_stream_consumer_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DescribeStreamConsumer", &describe_stream_consumer_in_shape, &describe_stream_consumer_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "ListStreamConsumers", &list_stream_consumers_in_shape, &list_stream_consumers_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "SubscribeToShard", &subscribe_to_shard_in_shape, &subscribe_to_shard_event_shape,
     KDS_PLANE_DATA, "POST", "/", true, true, false},
    {&kds_kinesis_service, "CreateChannel", &create_channel_in_shape, &create_channel_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DescribeChannel", &describe_channel_in_shape, &describe_channel_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "ListChannels", &list_channels_in_shape, &list_channels_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", true, false, false},
    {&kds_kinesis_service, "UpdateChannel", &update_channel_in_shape, &update_channel_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
    {&kds_kinesis_service, "DeleteChannel", &delete_channel_in_shape, &delete_channel_out_shape,
     KDS_PLANE_CONTROL, "POST", "/", false, false, false},
};

const struct kds_service kds_kinesis_service = {
    .name = "kinesis",
    .signing_name = "kinesis",
    .host_prefix = "kinesis",
    .environment = "KINESIS",
    .config_key = "kinesis",
    .target_prefix = "Kinesis_20131202.",
    .json_type = "application/x-amz-json-1.1",
    .cbor_type = "application/x-amz-cbor-1.1",
    .query_version = NULL,
    .operations = kds_kinesis_operations,
    .operation_count = KDS_OP_COUNT,
    .errors = NULL,
    .error_count = 0,
};
/* clang-format on */
