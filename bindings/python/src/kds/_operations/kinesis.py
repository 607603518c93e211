"""The operations of Kinesis Data Streams, as methods of its client.

Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import kinesis as types
    from kds.types.common import Blob, Timestamp

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
    "Tag": {
        "Key": "string",
        "Value": "string",
    },
    "HashKeyRange": {
        "StartingHashKey": "string",
        "EndingHashKey": "string",
    },
    "SequenceNumberRange": {
        "StartingSequenceNumber": "string",
        "EndingSequenceNumber": "string",
    },
    "Shard": {
        "ShardId": "string",
        "ParentShardId": "string",
        "AdjacentParentShardId": "string",
        "HashKeyRange": "HashKeyRange",
        "SequenceNumberRange": "SequenceNumberRange",
    },
    "ChildShard": {
        "ShardId": "string",
        "ParentShards": "list<string>",
        "HashKeyRange": "HashKeyRange",
    },
    "Record": {
        "SequenceNumber": "string",
        "ApproximateArrivalTimestamp": "timestamp",
        "Data": "blob",
        "PartitionKey": "string",
        "EncryptionType": "string",
    },
    "PutRecordsRequestEntry": {
        "Data": "blob",
        "ExplicitHashKey": "string",
        "PartitionKey": "string",
    },
    "PutRecordsResultEntry": {
        "SequenceNumber": "string",
        "ShardId": "string",
        "ErrorCode": "string",
        "ErrorMessage": "string",
    },
    "StreamModeDetails": {
        "StreamMode": "string",
    },
    "EnhancedMetrics": {
        "ShardLevelMetrics": "list<string>",
    },
    "WarmThroughputObject": {
        "TargetMiBps": "int64",
        "CurrentMiBps": "int64",
    },
    "StreamDescription": {
        "StreamName": "string",
        "StreamARN": "string",
        "StreamStatus": "string",
        "StreamModeDetails": "StreamModeDetails",
        "Shards": "list<Shard>",
        "HasMoreShards": "bool",
        "RetentionPeriodHours": "int64",
        "StreamCreationTimestamp": "timestamp",
        "EnhancedMonitoring": "list<EnhancedMetrics>",
        "EncryptionType": "string",
        "KeyId": "string",
    },
    "StreamDescriptionSummary": {
        "StreamName": "string",
        "StreamARN": "string",
        "StreamStatus": "string",
        "StreamModeDetails": "StreamModeDetails",
        "RetentionPeriodHours": "int64",
        "StreamCreationTimestamp": "timestamp",
        "EnhancedMonitoring": "list<EnhancedMetrics>",
        "EncryptionType": "string",
        "KeyId": "string",
        "OpenShardCount": "int64",
        "ConsumerCount": "int64",
        "WarmThroughput": "WarmThroughputObject",
        "MaxRecordSizeInKiB": "int64",
        "RecordDistributionStrategy": "string",
        "ChannelCount": "int64",
    },
    "StreamSummary": {
        "StreamName": "string",
        "StreamARN": "string",
        "StreamStatus": "string",
        "StreamModeDetails": "StreamModeDetails",
        "StreamCreationTimestamp": "timestamp",
    },
    "ShardFilter": {
        "Type": "string",
        "ShardId": "string",
        "Timestamp": "timestamp",
    },
    "StartingPosition": {
        "Type": "string",
        "SequenceNumber": "string",
        "Timestamp": "timestamp",
    },
    "SubscribeToShardEvent": {
        "Records": "list<Record>",
        "ContinuationSequenceNumber": "string",
        "MillisBehindLatest": "int64",
        "ChildShards": "list<ChildShard>",
    },
    "Consumer": {
        "ConsumerName": "string",
        "ConsumerARN": "string",
        "ConsumerStatus": "string",
        "ConsumerCreationTimestamp": "timestamp",
    },
    "ConsumerDescription": {
        "ConsumerName": "string",
        "ConsumerARN": "string",
        "ConsumerStatus": "string",
        "ConsumerCreationTimestamp": "timestamp",
        "StreamARN": "string",
    },
    "MinimumThroughputBillingCommitmentInput": {
        "Status": "string",
    },
    "MinimumThroughputBillingCommitmentOutput": {
        "Status": "string",
        "StartedAt": "timestamp",
        "EndedAt": "timestamp",
        "EarliestAllowedEndAt": "timestamp",
    },
    "RecordConfiguration": {
        "RecordFormatType": "string",
        "GSRSchemaARN": "string",
    },
    "ChannelStreamConfiguration": {
        "StreamARN": "string",
        "RecordConfiguration": "RecordConfiguration",
    },
    "ChannelStreamDescription": {
        "StreamARN": "string",
        "StreamCreationTimestamp": "timestamp",
        "RecordConfiguration": "RecordConfiguration",
    },
    "ChannelStreamIdentifier": {
        "StreamARN": "string",
        "StreamCreationTimestamp": "timestamp",
    },
    "DeadLetterQueueS3Configuration": {
        "BucketARN": "string",
        "ExpectedBucketOwner": "string",
        "ErrorOutputPrefix": "string",
    },
    "S3StorageConfiguration": {
        "BucketARN": "string",
        "ExpectedBucketOwner": "string",
        "CompressionType": "string",
        "OutputKeyTemplate": "string",
        "StorageClass": "string",
    },
    "S3DestinationConfiguration": {
        "StorageConfiguration": "S3StorageConfiguration",
        "DataFreshnessInSeconds": "int64",
        "DeadLetterQueueS3Configuration": "DeadLetterQueueS3Configuration",
    },
    "S3DestinationDescription": {
        "DataFreshnessInSeconds": "int64",
        "DeadLetterQueueS3Configuration": "DeadLetterQueueS3Configuration",
        "StorageConfiguration": "S3StorageConfiguration",
    },
    "S3DestinationUpdateInput": {
        "DataFreshnessInSeconds": "int64",
    },
    "PartitionField": {
        "Transform": "string",
        "SourceName": "string",
    },
    "PartitionSpec": {
        "PartitionFields": "list<PartitionField>",
    },
    "S3TablesConfiguration": {
        "TableBucketARN": "string",
        "Namespace": "string",
        "TableName": "string",
        "CompressionType": "string",
        "PartitionSpec": "PartitionSpec",
    },
    "S3TablesDestinationConfiguration": {
        "DeadLetterQueueS3Configuration": "DeadLetterQueueS3Configuration",
        "S3TablesConfigurationList": "list<S3TablesConfiguration>",
        "DataFreshnessInSeconds": "int64",
    },
    "S3TablesDestinationDescription": {
        "DataFreshnessInSeconds": "int64",
        "DeadLetterQueueS3Configuration": "DeadLetterQueueS3Configuration",
        "S3TablesConfigurationList": "list<S3TablesConfiguration>",
    },
    "S3TablesDestinationUpdateInput": {
        "DataFreshnessInSeconds": "int64",
    },
    "ChannelEncryptionConfiguration": {
        "EncryptionType": "string",
        "KeyId": "string",
    },
    "CloudWatchLogs": {
        "Enabled": "bool",
        "LogGroupName": "string",
        "LogStreamName": "string",
    },
    "CloudWatchLogsUpdateInput": {
        "Enabled": "bool",
        "LogGroupName": "string",
        "LogStreamName": "string",
    },
    "ChannelLoggingConfiguration": {
        "CloudWatchLogs": "CloudWatchLogs",
    },
    "ChannelLoggingUpdateInput": {
        "CloudWatchLogs": "CloudWatchLogsUpdateInput",
    },
    "ChannelDescription": {
        "ChannelName": "string",
        "ChannelARN": "string",
        "ChannelId": "string",
        "ChannelStatus": "string",
        "ChannelStatusReason": "string",
        "ChannelCreationTimestamp": "timestamp",
        "ServiceExecutionRoleARN": "string",
        "StreamConfigurationList": "list<ChannelStreamDescription>",
        "S3DestinationConfiguration": "S3DestinationDescription",
        "S3TablesDestinationConfiguration": "S3TablesDestinationDescription",
        "EncryptionConfiguration": "ChannelEncryptionConfiguration",
        "LoggingConfiguration": "ChannelLoggingConfiguration",
    },
    "ChannelSummary": {
        "ChannelName": "string",
        "ChannelARN": "string",
        "ChannelId": "string",
        "ChannelStatus": "string",
        "ChannelStatusReason": "string",
        "ChannelCreationTimestamp": "timestamp",
        "ChannelDestinationType": "string",
        "Streams": "list<ChannelStreamIdentifier>",
    },
    "StreamFilter": {
        "StreamARN": "string",
        "StreamCreationTimestamp": "timestamp",
    },
    "CreateStreamIn": {
        "StreamName": "string",
        "ShardCount": "int64",
        "StreamModeDetails": "StreamModeDetails",
        "Tags": "map<string>",
        "WarmThroughputMiBps": "int64",
        "MaxRecordSizeInKiB": "int64",
        "RecordDistributionStrategy": "string",
    },
    "DeleteStreamIn": {
        "StreamName": "string",
        "EnforceConsumerDeletion": "bool",
        "StreamARN": "string",
    },
    "DescribeStreamIn": {
        "StreamName": "string",
        "Limit": "int64",
        "ExclusiveStartShardId": "string",
        "StreamARN": "string",
    },
    "DescribeStreamSummaryIn": {
        "StreamName": "string",
        "StreamARN": "string",
    },
    "ListStreamsIn": {
        "Limit": "int64",
        "ExclusiveStartStreamName": "string",
        "NextToken": "string",
    },
    "ListShardsIn": {
        "StreamName": "string",
        "NextToken": "string",
        "ExclusiveStartShardId": "string",
        "MaxResults": "int64",
        "StreamCreationTimestamp": "timestamp",
        "ShardFilter": "ShardFilter",
        "StreamARN": "string",
    },
    "PutRecordIn": {
        "StreamName": "string",
        "Data": "blob",
        "PartitionKey": "string",
        "ExplicitHashKey": "string",
        "SequenceNumberForOrdering": "string",
        "StreamARN": "string",
        "DryRun": "bool",
    },
    "PutRecordsIn": {
        "Records": "list<PutRecordsRequestEntry>",
        "StreamName": "string",
        "StreamARN": "string",
        "DryRun": "bool",
    },
    "GetShardIteratorIn": {
        "StreamName": "string",
        "ShardId": "string",
        "ShardIteratorType": "string",
        "StartingSequenceNumber": "string",
        "Timestamp": "timestamp",
        "StreamARN": "string",
        "DryRun": "bool",
    },
    "GetRecordsIn": {
        "ShardIterator": "string",
        "Limit": "int64",
        "StreamARN": "string",
        "DryRun": "bool",
    },
    "SplitShardIn": {
        "StreamName": "string",
        "ShardToSplit": "string",
        "NewStartingHashKey": "string",
        "StreamARN": "string",
    },
    "MergeShardsIn": {
        "StreamName": "string",
        "ShardToMerge": "string",
        "AdjacentShardToMerge": "string",
        "StreamARN": "string",
    },
    "AddTagsToStreamIn": {
        "StreamName": "string",
        "Tags": "map<string>",
        "StreamARN": "string",
    },
    "RemoveTagsFromStreamIn": {
        "StreamName": "string",
        "TagKeys": "list<string>",
        "StreamARN": "string",
    },
    "ListTagsForStreamIn": {
        "StreamName": "string",
        "ExclusiveStartTagKey": "string",
        "Limit": "int64",
        "StreamARN": "string",
    },
    "TagResourceIn": {
        "Tags": "map<string>",
        "ResourceARN": "string",
    },
    "UntagResourceIn": {
        "TagKeys": "list<string>",
        "ResourceARN": "string",
    },
    "ListTagsForResourceIn": {
        "ResourceARN": "string",
    },
    "IncreaseStreamRetentionPeriodIn": {
        "StreamName": "string",
        "RetentionPeriodHours": "int64",
        "StreamARN": "string",
    },
    "DecreaseStreamRetentionPeriodIn": {
        "StreamName": "string",
        "RetentionPeriodHours": "int64",
        "StreamARN": "string",
    },
    "EnableEnhancedMonitoringIn": {
        "StreamName": "string",
        "ShardLevelMetrics": "list<string>",
        "StreamARN": "string",
    },
    "DisableEnhancedMonitoringIn": {
        "StreamName": "string",
        "ShardLevelMetrics": "list<string>",
        "StreamARN": "string",
    },
    "StartStreamEncryptionIn": {
        "StreamName": "string",
        "EncryptionType": "string",
        "KeyId": "string",
        "StreamARN": "string",
    },
    "StopStreamEncryptionIn": {
        "StreamName": "string",
        "EncryptionType": "string",
        "KeyId": "string",
        "StreamARN": "string",
    },
    "UpdateShardCountIn": {
        "StreamName": "string",
        "TargetShardCount": "int64",
        "ScalingType": "string",
        "StreamARN": "string",
    },
    "UpdateStreamModeIn": {
        "StreamARN": "string",
        "StreamModeDetails": "StreamModeDetails",
        "WarmThroughputMiBps": "int64",
    },
    "UpdateStreamWarmThroughputIn": {
        "StreamARN": "string",
        "StreamName": "string",
        "WarmThroughputMiBps": "int64",
    },
    "UpdateMaxRecordSizeIn": {
        "StreamARN": "string",
        "MaxRecordSizeInKiB": "int64",
    },
    "UpdateStreamRecordDistributionStrategyIn": {
        "StreamARN": "string",
        "RecordDistributionStrategy": "string",
    },
    "DescribeLimitsIn": {
    },
    "DescribeAccountSettingsIn": {
    },
    "UpdateAccountSettingsIn": {
        "MinimumThroughputBillingCommitment": "MinimumThroughputBillingCommitmentInput",
    },
    "PutResourcePolicyIn": {
        "ResourceARN": "string",
        "Policy": "string",
    },
    "GetResourcePolicyIn": {
        "ResourceARN": "string",
    },
    "DeleteResourcePolicyIn": {
        "ResourceARN": "string",
    },
    "RegisterStreamConsumerIn": {
        "StreamARN": "string",
        "ConsumerName": "string",
        "Tags": "map<string>",
    },
    "DeregisterStreamConsumerIn": {
        "StreamARN": "string",
        "ConsumerName": "string",
        "ConsumerARN": "string",
    },
    "DescribeStreamConsumerIn": {
        "StreamARN": "string",
        "ConsumerName": "string",
        "ConsumerARN": "string",
    },
    "ListStreamConsumersIn": {
        "StreamARN": "string",
        "NextToken": "string",
        "MaxResults": "int64",
        "StreamCreationTimestamp": "timestamp",
    },
    "SubscribeToShardIn": {
        "ConsumerARN": "string",
        "ShardId": "string",
        "StartingPosition": "StartingPosition",
        "DryRun": "bool",
    },
    "CreateChannelIn": {
        "ChannelName": "string",
        "ServiceExecutionRoleARN": "string",
        "StreamConfigurationList": "list<ChannelStreamConfiguration>",
        "S3DestinationConfiguration": "S3DestinationConfiguration",
        "S3TablesDestinationConfiguration": "S3TablesDestinationConfiguration",
        "EncryptionConfiguration": "ChannelEncryptionConfiguration",
        "Tags": "map<string>",
        "LoggingConfiguration": "ChannelLoggingConfiguration",
    },
    "DescribeChannelIn": {
        "ChannelARN": "string",
    },
    "ListChannelsIn": {
        "StreamFilter": "list<StreamFilter>",
        "MaxResults": "int64",
        "NextToken": "string",
    },
    "UpdateChannelIn": {
        "ChannelARN": "string",
        "S3DestinationConfiguration": "S3DestinationUpdateInput",
        "S3TablesDestinationConfiguration": "S3TablesDestinationUpdateInput",
        "LoggingConfiguration": "ChannelLoggingUpdateInput",
    },
    "DeleteChannelIn": {
        "ChannelARN": "string",
    },
}

METHODS = {
    "create_stream": "CreateStream",
    "delete_stream": "DeleteStream",
    "describe_stream": "DescribeStream",
    "describe_stream_summary": "DescribeStreamSummary",
    "list_streams": "ListStreams",
    "list_shards": "ListShards",
    "put_record": "PutRecord",
    "put_records": "PutRecords",
    "get_shard_iterator": "GetShardIterator",
    "get_records": "GetRecords",
    "split_shard": "SplitShard",
    "merge_shards": "MergeShards",
    "add_tags_to_stream": "AddTagsToStream",
    "remove_tags_from_stream": "RemoveTagsFromStream",
    "list_tags_for_stream": "ListTagsForStream",
    "tag_resource": "TagResource",
    "untag_resource": "UntagResource",
    "list_tags_for_resource": "ListTagsForResource",
    "increase_stream_retention_period": "IncreaseStreamRetentionPeriod",
    "decrease_stream_retention_period": "DecreaseStreamRetentionPeriod",
    "enable_enhanced_monitoring": "EnableEnhancedMonitoring",
    "disable_enhanced_monitoring": "DisableEnhancedMonitoring",
    "start_stream_encryption": "StartStreamEncryption",
    "stop_stream_encryption": "StopStreamEncryption",
    "update_shard_count": "UpdateShardCount",
    "update_stream_mode": "UpdateStreamMode",
    "update_stream_warm_throughput": "UpdateStreamWarmThroughput",
    "update_max_record_size": "UpdateMaxRecordSize",
    "update_stream_record_distribution_strategy": "UpdateStreamRecordDistributionStrategy",
    "describe_limits": "DescribeLimits",
    "describe_account_settings": "DescribeAccountSettings",
    "update_account_settings": "UpdateAccountSettings",
    "put_resource_policy": "PutResourcePolicy",
    "get_resource_policy": "GetResourcePolicy",
    "delete_resource_policy": "DeleteResourcePolicy",
    "register_stream_consumer": "RegisterStreamConsumer",
    "deregister_stream_consumer": "DeregisterStreamConsumer",
    "describe_stream_consumer": "DescribeStreamConsumer",
    "list_stream_consumers": "ListStreamConsumers",
    "create_channel": "CreateChannel",
    "describe_channel": "DescribeChannel",
    "list_channels": "ListChannels",
    "update_channel": "UpdateChannel",
    "delete_channel": "DeleteChannel",
}


class Operations:
    """The operations of Kinesis Data Streams."""

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        raise NotImplementedError

    def create_stream(
            self,
            *,
            StreamName: str,
            ShardCount: int | None = None,
            StreamModeDetails: types.StreamModeDetailsDict | None = None,
            Tags: Mapping[str, str] | None = None,
            WarmThroughputMiBps: int | None = None,
            MaxRecordSizeInKiB: int | None = None,
            RecordDistributionStrategy: str | None = None,
    ) -> types.CreateStreamOutDict:
        """Create a stream. It is CREATING when this returns and ACTIVE some time later.

        :param StreamName: Its name, unique in account and region.
        :param ShardCount: Shards of a provisioned stream.
        :param StreamModeDetails: Absent: PROVISIONED.
        :param Tags: Labels.
        :param WarmThroughputMiBps: On-demand streams: capacity to keep ready.
        :param MaxRecordSizeInKiB: Largest record in KiB; absent: 1024.
        :param RecordDistributionStrategy: AUTO or USER_PARTITION_KEY; on-demand streams only.
        """
        answer: types.CreateStreamOutDict = self._call("CreateStream", {
            "StreamName": StreamName, "ShardCount": ShardCount, "StreamModeDetails": StreamModeDetails,
            "Tags": Tags, "WarmThroughputMiBps": WarmThroughputMiBps, "MaxRecordSizeInKiB":
            MaxRecordSizeInKiB, "RecordDistributionStrategy": RecordDistributionStrategy
        })
        return answer

    def delete_stream(
            self,
            *,
            StreamName: str | None = None,
            EnforceConsumerDeletion: bool | None = None,
            StreamARN: str | None = None,
    ) -> types.DeleteStreamOutDict:
        """Delete a stream and all its records.

        :param StreamName: This or StreamARN.
        :param EnforceConsumerDeletion: Delete registered consumers too, instead of refusing.
        :param StreamARN: This or StreamName.
        """
        answer: types.DeleteStreamOutDict = self._call("DeleteStream", {
            "StreamName": StreamName, "EnforceConsumerDeletion": EnforceConsumerDeletion, "StreamARN":
            StreamARN
        })
        return answer

    def describe_stream(
            self,
            *,
            StreamName: str | None = None,
            Limit: int | None = None,
            ExclusiveStartShardId: str | None = None,
            StreamARN: str | None = None,
    ) -> types.DescribeStreamOutDict:
        """A stream with a page of its shards. DescribeStreamSummary and ListShards have higher call limits.

        :param StreamName: This or StreamARN.
        :param Limit: Shards per page, at most 100 in effect.
        :param ExclusiveStartShardId: Start behind this shard.
        :param StreamARN: This or StreamName.
        """
        answer: types.DescribeStreamOutDict = self._call("DescribeStream", {
            "StreamName": StreamName, "Limit": Limit, "ExclusiveStartShardId": ExclusiveStartShardId,
            "StreamARN": StreamARN
        })
        return answer

    def describe_stream_summary(
            self,
            *,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.DescribeStreamSummaryOutDict:
        """A stream without its shards.

        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.DescribeStreamSummaryOutDict = self._call("DescribeStreamSummary", {
            "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def list_streams(
            self,
            *,
            Limit: int | None = None,
            ExclusiveStartStreamName: str | None = None,
            NextToken: str | None = None,
    ) -> types.ListStreamsOutDict:
        """The streams of the account in the region, in order of their names.

        :param Limit: Streams per page.
        :param ExclusiveStartStreamName: Start behind this stream.
        :param NextToken: Go on where the page with this token ended.
        """
        answer: types.ListStreamsOutDict = self._call("ListStreams", {
            "Limit": Limit, "ExclusiveStartStreamName": ExclusiveStartStreamName, "NextToken": NextToken
        })
        return answer

    def list_shards(
            self,
            *,
            StreamName: str | None = None,
            NextToken: str | None = None,
            ExclusiveStartShardId: str | None = None,
            MaxResults: int | None = None,
            StreamCreationTimestamp: Timestamp | None = None,
            ShardFilter: types.ShardFilterDict | None = None,
            StreamARN: str | None = None,
    ) -> types.ListShardsOutDict:
        """The shards of a stream. With NextToken, no other member but MaxResults may be given.

        :param StreamName: This or StreamARN, unless NextToken.
        :param NextToken: Go on where the page with this token ended; lives 300 s.
        :param ExclusiveStartShardId: Start behind this shard.
        :param MaxResults: Shards per page, at most 1000 in effect.
        :param StreamCreationTimestamp: Tells apart streams that had the same name.
        :param ShardFilter: Which shards; absent: all that still hold records.
        :param StreamARN: This or StreamName.
        """
        answer: types.ListShardsOutDict = self._call("ListShards", {
            "StreamName": StreamName, "NextToken": NextToken, "ExclusiveStartShardId":
            ExclusiveStartShardId, "MaxResults": MaxResults, "StreamCreationTimestamp":
            StreamCreationTimestamp, "ShardFilter": ShardFilter, "StreamARN": StreamARN
        })
        return answer

    def put_record(
            self,
            *,
            Data: Blob,
            StreamName: str | None = None,
            PartitionKey: str | None = None,
            ExplicitHashKey: str | None = None,
            SequenceNumberForOrdering: str | None = None,
            StreamARN: str | None = None,
            DryRun: bool | None = None,
    ) -> types.PutRecordOutDict:
        """Store one record.

        :param Data: The bytes to store.
        :param StreamName: This or StreamARN.
        :param PartitionKey: Decides the shard by its MD5; may be left out only where the stream spreads
            records itself.
        :param ExplicitHashKey: Decides the shard in place of the partition key's hash.
        :param SequenceNumberForOrdering: The sequence number of the previous put: keeps the order for one
            key.
        :param StreamARN: This or StreamName.
        :param DryRun: Only check; success is then the service error DryRunOperationException.
        """
        answer: types.PutRecordOutDict = self._call("PutRecord", {
            "Data": Data, "StreamName": StreamName, "PartitionKey": PartitionKey, "ExplicitHashKey":
            ExplicitHashKey, "SequenceNumberForOrdering": SequenceNumberForOrdering, "StreamARN": StreamARN,
            "DryRun": DryRun
        })
        return answer

    def put_records(
            self,
            *,
            Records: Sequence[types.PutRecordsRequestEntryDict],
            StreamName: str | None = None,
            StreamARN: str | None = None,
            DryRun: bool | None = None,
    ) -> types.PutRecordsOutDict:
        """Store up to 500 records. Succeeds even if every record failed: look at each entry of the result.

        :param Records: The records, 10 MiB at most in all.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        :param DryRun: Only check; success is then the service error DryRunOperationException.
        """
        answer: types.PutRecordsOutDict = self._call("PutRecords", {
            "Records": Records, "StreamName": StreamName, "StreamARN": StreamARN, "DryRun": DryRun
        })
        return answer

    def get_shard_iterator(
            self,
            *,
            ShardId: str,
            ShardIteratorType: str,
            StreamName: str | None = None,
            StartingSequenceNumber: str | None = None,
            Timestamp: Timestamp | None = None,
            StreamARN: str | None = None,
            DryRun: bool | None = None,
    ) -> types.GetShardIteratorOutDict:
        """A position in a shard, to read from with GetRecords. Lives 5 minutes.

        :param ShardId: The shard.
        :param ShardIteratorType: AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST or
            AT_TIMESTAMP.
        :param StreamName: This or StreamARN.
        :param StartingSequenceNumber: With the two _SEQUENCE_NUMBER types.
        :param Timestamp: With AT_TIMESTAMP.
        :param StreamARN: This or StreamName.
        :param DryRun: Only check; success is then the service error DryRunOperationException.
        """
        answer: types.GetShardIteratorOutDict = self._call("GetShardIterator", {
            "ShardId": ShardId, "ShardIteratorType": ShardIteratorType, "StreamName": StreamName,
            "StartingSequenceNumber": StartingSequenceNumber, "Timestamp": Timestamp, "StreamARN":
            StreamARN, "DryRun": DryRun
        })
        return answer

    def get_records(
            self,
            *,
            ShardIterator: str,
            Limit: int | None = None,
            StreamARN: str | None = None,
            DryRun: bool | None = None,
    ) -> types.GetRecordsOutDict:
        """Records from a position on. No record does not mean the end: go on with NextShardIterator until it
        is absent.

        :param ShardIterator: The position.
        :param Limit: Records at most; absent: 10000.
        :param StreamARN: Needed only across accounts.
        :param DryRun: Only check; success is then the service error DryRunOperationException.
        """
        answer: types.GetRecordsOutDict = self._call("GetRecords", {
            "ShardIterator": ShardIterator, "Limit": Limit, "StreamARN": StreamARN, "DryRun": DryRun
        })
        return answer

    def split_shard(
            self,
            *,
            ShardToSplit: str,
            NewStartingHashKey: str,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.SplitShardOutDict:
        """Split a shard in two. The stream is UPDATING for some time.

        :param ShardToSplit: The shard.
        :param NewStartingHashKey: The first hash key of the upper child.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.SplitShardOutDict = self._call("SplitShard", {
            "ShardToSplit": ShardToSplit, "NewStartingHashKey": NewStartingHashKey, "StreamName":
            StreamName, "StreamARN": StreamARN
        })
        return answer

    def merge_shards(
            self,
            *,
            ShardToMerge: str,
            AdjacentShardToMerge: str,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.MergeShardsOutDict:
        """Merge two neighbouring shards into one. The stream is UPDATING for some time.

        :param ShardToMerge: One shard.
        :param AdjacentShardToMerge: Its neighbour.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.MergeShardsOutDict = self._call("MergeShards", {
            "ShardToMerge": ShardToMerge, "AdjacentShardToMerge": AdjacentShardToMerge, "StreamName":
            StreamName, "StreamARN": StreamARN
        })
        return answer

    def add_tags_to_stream(
            self,
            *,
            Tags: Mapping[str, str],
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.AddTagsToStreamOutDict:
        """Put labels on a stream.

        :param Tags: Labels; one of the same key is replaced.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.AddTagsToStreamOutDict = self._call("AddTagsToStream", {
            "Tags": Tags, "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def remove_tags_from_stream(
            self,
            *,
            TagKeys: Sequence[str],
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.RemoveTagsFromStreamOutDict:
        """Take labels off a stream.

        :param TagKeys: Names of the labels; unknown ones are ignored.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.RemoveTagsFromStreamOutDict = self._call("RemoveTagsFromStream", {
            "TagKeys": TagKeys, "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def list_tags_for_stream(
            self,
            *,
            StreamName: str | None = None,
            ExclusiveStartTagKey: str | None = None,
            Limit: int | None = None,
            StreamARN: str | None = None,
    ) -> types.ListTagsForStreamOutDict:
        """The labels of a stream, in order of their names.

        :param StreamName: This or StreamARN.
        :param ExclusiveStartTagKey: Start behind this label.
        :param Limit: Labels per page.
        :param StreamARN: This or StreamName.
        """
        answer: types.ListTagsForStreamOutDict = self._call("ListTagsForStream", {
            "StreamName": StreamName, "ExclusiveStartTagKey": ExclusiveStartTagKey, "Limit": Limit,
            "StreamARN": StreamARN
        })
        return answer

    def tag_resource(
            self,
            *,
            Tags: Mapping[str, str],
            ResourceARN: str,
    ) -> types.TagResourceOutDict:
        """Put labels on a stream or consumer.

        :param Tags: Labels; one of the same key is replaced.
        :param ResourceARN: A stream or consumer.
        """
        answer: types.TagResourceOutDict = self._call("TagResource", {
            "Tags": Tags, "ResourceARN": ResourceARN
        })
        return answer

    def untag_resource(
            self,
            *,
            TagKeys: Sequence[str],
            ResourceARN: str,
    ) -> types.UntagResourceOutDict:
        """Take labels off a stream or consumer.

        :param TagKeys: Names of the labels; unknown ones are ignored.
        :param ResourceARN: A stream or consumer.
        """
        answer: types.UntagResourceOutDict = self._call("UntagResource", {
            "TagKeys": TagKeys, "ResourceARN": ResourceARN
        })
        return answer

    def list_tags_for_resource(
            self,
            *,
            ResourceARN: str,
    ) -> types.ListTagsForResourceOutDict:
        """The labels of a stream or consumer.

        :param ResourceARN: A stream or consumer.
        """
        answer: types.ListTagsForResourceOutDict = self._call("ListTagsForResource", {
            "ResourceARN": ResourceARN
        })
        return answer

    def increase_stream_retention_period(
            self,
            *,
            RetentionPeriodHours: int,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.IncreaseStreamRetentionPeriodOutDict:
        """Keep records longer.

        :param RetentionPeriodHours: 24..8760, more than now.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.IncreaseStreamRetentionPeriodOutDict = self._call("IncreaseStreamRetentionPeriod", {
            "RetentionPeriodHours": RetentionPeriodHours, "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def decrease_stream_retention_period(
            self,
            *,
            RetentionPeriodHours: int,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.DecreaseStreamRetentionPeriodOutDict:
        """Keep records less long. What is older becomes inaccessible at once.

        :param RetentionPeriodHours: 24..8760, less than now.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.DecreaseStreamRetentionPeriodOutDict = self._call("DecreaseStreamRetentionPeriod", {
            "RetentionPeriodHours": RetentionPeriodHours, "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def enable_enhanced_monitoring(
            self,
            *,
            ShardLevelMetrics: Sequence[str],
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.EnableEnhancedMonitoringOutDict:
        """Switch metrics per shard on.

        :param ShardLevelMetrics: Names of metrics, or ALL.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.EnableEnhancedMonitoringOutDict = self._call("EnableEnhancedMonitoring", {
            "ShardLevelMetrics": ShardLevelMetrics, "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def disable_enhanced_monitoring(
            self,
            *,
            ShardLevelMetrics: Sequence[str],
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.DisableEnhancedMonitoringOutDict:
        """Switch metrics per shard off.

        :param ShardLevelMetrics: Names of metrics, or ALL.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.DisableEnhancedMonitoringOutDict = self._call("DisableEnhancedMonitoring", {
            "ShardLevelMetrics": ShardLevelMetrics, "StreamName": StreamName, "StreamARN": StreamARN
        })
        return answer

    def start_stream_encryption(
            self,
            *,
            EncryptionType: str,
            KeyId: str,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.StartStreamEncryptionOutDict:
        """Encrypt what is stored from now on.

        :param EncryptionType: KMS.
        :param KeyId: A key's id, ARN, alias or the alias' ARN.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.StartStreamEncryptionOutDict = self._call("StartStreamEncryption", {
            "EncryptionType": EncryptionType, "KeyId": KeyId, "StreamName": StreamName, "StreamARN":
            StreamARN
        })
        return answer

    def stop_stream_encryption(
            self,
            *,
            EncryptionType: str,
            KeyId: str,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.StopStreamEncryptionOutDict:
        """Stop encrypting what is stored.

        :param EncryptionType: KMS.
        :param KeyId: A key's id, ARN, alias or the alias' ARN.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.StopStreamEncryptionOutDict = self._call("StopStreamEncryption", {
            "EncryptionType": EncryptionType, "KeyId": KeyId, "StreamName": StreamName, "StreamARN":
            StreamARN
        })
        return answer

    def update_shard_count(
            self,
            *,
            TargetShardCount: int,
            ScalingType: str,
            StreamName: str | None = None,
            StreamARN: str | None = None,
    ) -> types.UpdateShardCountOutDict:
        """Bring a stream to another number of shards by splits and merges. Between half and double the present
        number.

        :param TargetShardCount: How many shards.
        :param ScalingType: UNIFORM_SCALING.
        :param StreamName: This or StreamARN.
        :param StreamARN: This or StreamName.
        """
        answer: types.UpdateShardCountOutDict = self._call("UpdateShardCount", {
            "TargetShardCount": TargetShardCount, "ScalingType": ScalingType, "StreamName": StreamName,
            "StreamARN": StreamARN
        })
        return answer

    def update_stream_mode(
            self,
            *,
            StreamARN: str,
            StreamModeDetails: types.StreamModeDetailsDict,
            WarmThroughputMiBps: int | None = None,
    ) -> types.UpdateStreamModeOutDict:
        """Change how a stream's capacity is managed; twice a day at most.

        :param StreamARN: The stream.
        :param StreamModeDetails: The new mode.
        :param WarmThroughputMiBps: On-demand streams: capacity to keep ready.
        """
        answer: types.UpdateStreamModeOutDict = self._call("UpdateStreamMode", {
            "StreamARN": StreamARN, "StreamModeDetails": StreamModeDetails, "WarmThroughputMiBps":
            WarmThroughputMiBps
        })
        return answer

    def update_stream_warm_throughput(
            self,
            *,
            WarmThroughputMiBps: int,
            StreamARN: str | None = None,
            StreamName: str | None = None,
    ) -> types.UpdateStreamWarmThroughputOutDict:
        """Change the capacity of an on-demand stream that is kept ready.

        :param WarmThroughputMiBps: MiB per second.
        :param StreamARN: This or StreamName.
        :param StreamName: This or StreamARN.
        """
        answer: types.UpdateStreamWarmThroughputOutDict = self._call("UpdateStreamWarmThroughput", {
            "WarmThroughputMiBps": WarmThroughputMiBps, "StreamARN": StreamARN, "StreamName": StreamName
        })
        return answer

    def update_max_record_size(
            self,
            *,
            MaxRecordSizeInKiB: int,
            StreamARN: str | None = None,
    ) -> types.UpdateMaxRecordSizeOutDict:
        """Change the size of the largest record that a stream takes.

        :param MaxRecordSizeInKiB: Largest record, key included, in KiB.
        :param StreamARN: The stream.
        """
        answer: types.UpdateMaxRecordSizeOutDict = self._call("UpdateMaxRecordSize", {
            "MaxRecordSizeInKiB": MaxRecordSizeInKiB, "StreamARN": StreamARN
        })
        return answer

    def update_stream_record_distribution_strategy(
            self,
            *,
            StreamARN: str,
            RecordDistributionStrategy: str,
    ) -> types.UpdateStreamRecordDistributionStrategyOutDict:
        """Change who spreads the records of an on-demand stream over its shards; at once.

        :param StreamARN: The stream.
        :param RecordDistributionStrategy: AUTO or USER_PARTITION_KEY.
        """
        answer: types.UpdateStreamRecordDistributionStrategyOutDict = self._call("UpdateStreamRecordDistributionStrategy", {
            "StreamARN": StreamARN, "RecordDistributionStrategy": RecordDistributionStrategy
        })
        return answer

    def describe_limits(
            self,
    ) -> types.DescribeLimitsOutDict:
        """How many shards and streams the account has and may have.
        """
        answer: types.DescribeLimitsOutDict = self._call("DescribeLimits", {})
        return answer

    def describe_account_settings(
            self,
    ) -> types.DescribeAccountSettingsOutDict:
        """The account's settings.
        """
        answer: types.DescribeAccountSettingsOutDict = self._call("DescribeAccountSettings", {})
        return answer

    def update_account_settings(
            self,
            *,
            MinimumThroughputBillingCommitment: types.MinimumThroughputBillingCommitmentInputDict,
    ) -> types.UpdateAccountSettingsOutDict:
        """Change the account's settings.

        :param MinimumThroughputBillingCommitment: Its commitment to a minimum of throughput.
        """
        answer: types.UpdateAccountSettingsOutDict = self._call("UpdateAccountSettings", {
            "MinimumThroughputBillingCommitment": MinimumThroughputBillingCommitment
        })
        return answer

    def put_resource_policy(
            self,
            *,
            ResourceARN: str,
            Policy: str,
    ) -> types.PutResourcePolicyOutDict:
        """Set the policy of a stream or consumer.

        :param ResourceARN: A stream or consumer.
        :param Policy: A policy, JSON.
        """
        answer: types.PutResourcePolicyOutDict = self._call("PutResourcePolicy", {
            "ResourceARN": ResourceARN, "Policy": Policy
        })
        return answer

    def get_resource_policy(
            self,
            *,
            ResourceARN: str,
    ) -> types.GetResourcePolicyOutDict:
        """The policy of a stream or consumer.

        :param ResourceARN: A stream or consumer.
        """
        answer: types.GetResourcePolicyOutDict = self._call("GetResourcePolicy", {
            "ResourceARN": ResourceARN
        })
        return answer

    def delete_resource_policy(
            self,
            *,
            ResourceARN: str,
    ) -> types.DeleteResourcePolicyOutDict:
        """Remove the policy of a stream or consumer.

        :param ResourceARN: A stream or consumer.
        """
        answer: types.DeleteResourcePolicyOutDict = self._call("DeleteResourcePolicy", {
            "ResourceARN": ResourceARN
        })
        return answer

    def register_stream_consumer(
            self,
            *,
            StreamARN: str,
            ConsumerName: str,
            Tags: Mapping[str, str] | None = None,
    ) -> types.RegisterStreamConsumerOutDict:
        """Register a fan-out consumer. It is CREATING when this returns and ACTIVE some time later.

        :param StreamARN: The stream.
        :param ConsumerName: Its name, unique in the stream.
        :param Tags: Labels.
        """
        answer: types.RegisterStreamConsumerOutDict = self._call("RegisterStreamConsumer", {
            "StreamARN": StreamARN, "ConsumerName": ConsumerName, "Tags": Tags
        })
        return answer

    def deregister_stream_consumer(
            self,
            *,
            StreamARN: str | None = None,
            ConsumerName: str | None = None,
            ConsumerARN: str | None = None,
    ) -> types.DeregisterStreamConsumerOutDict:
        """Remove a fan-out consumer.

        :param StreamARN: With ConsumerName; or ConsumerARN alone.
        :param ConsumerName: With StreamARN.
        :param ConsumerARN: This, or the two others.
        """
        answer: types.DeregisterStreamConsumerOutDict = self._call("DeregisterStreamConsumer", {
            "StreamARN": StreamARN, "ConsumerName": ConsumerName, "ConsumerARN": ConsumerARN
        })
        return answer

    def describe_stream_consumer(
            self,
            *,
            StreamARN: str | None = None,
            ConsumerName: str | None = None,
            ConsumerARN: str | None = None,
    ) -> types.DescribeStreamConsumerOutDict:
        """A fan-out consumer.

        :param StreamARN: With ConsumerName; or ConsumerARN alone.
        :param ConsumerName: With StreamARN.
        :param ConsumerARN: This, or the two others.
        """
        answer: types.DescribeStreamConsumerOutDict = self._call("DescribeStreamConsumer", {
            "StreamARN": StreamARN, "ConsumerName": ConsumerName, "ConsumerARN": ConsumerARN
        })
        return answer

    def list_stream_consumers(
            self,
            *,
            StreamARN: str,
            NextToken: str | None = None,
            MaxResults: int | None = None,
            StreamCreationTimestamp: Timestamp | None = None,
    ) -> types.ListStreamConsumersOutDict:
        """The fan-out consumers of a stream.

        :param StreamARN: The stream.
        :param NextToken: Go on where the page with this token ended; lives 300 s.
        :param MaxResults: Consumers per page, at most 100 in effect.
        :param StreamCreationTimestamp: Tells apart streams that had the same name.
        """
        answer: types.ListStreamConsumersOutDict = self._call("ListStreamConsumers", {
            "StreamARN": StreamARN, "NextToken": NextToken, "MaxResults": MaxResults,
            "StreamCreationTimestamp": StreamCreationTimestamp
        })
        return answer

    def create_channel(
            self,
            *,
            ChannelName: str,
            ServiceExecutionRoleARN: str,
            StreamConfigurationList: Sequence[types.ChannelStreamConfigurationDict],
            S3DestinationConfiguration: types.S3DestinationConfigurationDict | None = None,
            S3TablesDestinationConfiguration: types.S3TablesDestinationConfigurationDict | None = None,
            EncryptionConfiguration: types.ChannelEncryptionConfigurationDict | None = None,
            Tags: Mapping[str, str] | None = None,
            LoggingConfiguration: types.ChannelLoggingConfigurationDict | None = None,
    ) -> types.CreateChannelOutDict:
        """Create a delivery of a stream to a bucket or a table.

        :param ChannelName: Its name, unique in account and region.
        :param ServiceExecutionRoleARN: The role in which it works.
        :param StreamConfigurationList: The stream that it reads.
        :param S3DestinationConfiguration: This or the next.
        :param S3TablesDestinationConfiguration: This or the one before.
        :param EncryptionConfiguration: The key with which it encrypts.
        :param Tags: Labels.
        :param LoggingConfiguration: How it logs.
        """
        answer: types.CreateChannelOutDict = self._call("CreateChannel", {
            "ChannelName": ChannelName, "ServiceExecutionRoleARN": ServiceExecutionRoleARN,
            "StreamConfigurationList": StreamConfigurationList, "S3DestinationConfiguration":
            S3DestinationConfiguration, "S3TablesDestinationConfiguration":
            S3TablesDestinationConfiguration, "EncryptionConfiguration": EncryptionConfiguration, "Tags":
            Tags, "LoggingConfiguration": LoggingConfiguration
        })
        return answer

    def describe_channel(
            self,
            *,
            ChannelARN: str,
    ) -> types.DescribeChannelOutDict:
        """A channel.

        :param ChannelARN: The channel.
        """
        answer: types.DescribeChannelOutDict = self._call("DescribeChannel", {
            "ChannelARN": ChannelARN
        })
        return answer

    def list_channels(
            self,
            *,
            StreamFilter: Sequence[types.StreamFilterDict] | None = None,
            MaxResults: int | None = None,
            NextToken: str | None = None,
    ) -> types.ListChannelsOutDict:
        """The channels of the account in the region.

        :param StreamFilter: Only channels of these streams.
        :param MaxResults: Channels per page, at most 100 in effect.
        :param NextToken: Go on where the page with this token ended.
        """
        answer: types.ListChannelsOutDict = self._call("ListChannels", {
            "StreamFilter": StreamFilter, "MaxResults": MaxResults, "NextToken": NextToken
        })
        return answer

    def update_channel(
            self,
            *,
            ChannelARN: str,
            S3DestinationConfiguration: types.S3DestinationUpdateInputDict | None = None,
            S3TablesDestinationConfiguration: types.S3TablesDestinationUpdateInputDict | None = None,
            LoggingConfiguration: types.ChannelLoggingUpdateInputDict | None = None,
    ) -> types.UpdateChannelOutDict:
        """Change a channel.

        :param ChannelARN: The channel.
        :param S3DestinationConfiguration: What changes of a delivery to a bucket.
        :param S3TablesDestinationConfiguration: What changes of a delivery to a table.
        :param LoggingConfiguration: How it logs.
        """
        answer: types.UpdateChannelOutDict = self._call("UpdateChannel", {
            "ChannelARN": ChannelARN, "S3DestinationConfiguration": S3DestinationConfiguration,
            "S3TablesDestinationConfiguration": S3TablesDestinationConfiguration, "LoggingConfiguration":
            LoggingConfiguration
        })
        return answer

    def delete_channel(
            self,
            *,
            ChannelARN: str,
    ) -> types.DeleteChannelOutDict:
        """Delete a channel.

        :param ChannelARN: The channel.
        """
        answer: types.DeleteChannelOutDict = self._call("DeleteChannel", {
            "ChannelARN": ChannelARN
        })
        return answer
