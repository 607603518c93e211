"""What the operations of Kinesis Data Streams take and answer, as typed dicts.

Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class TagDict(TypedDict):
    """A label on a stream or consumer."""
    Key: str
    """The label's name."""
    Value: NotRequired[str]
    """Its value."""


class HashKeyRangeDict(TypedDict):
    """The hash keys that a shard takes, both ends included."""
    StartingHashKey: str
    """Smallest hash key, decimal."""
    EndingHashKey: str
    """Largest hash key, decimal."""


class SequenceNumberRangeDict(TypedDict):
    """The sequence numbers that a shard has given out."""
    StartingSequenceNumber: str
    """The first one."""
    EndingSequenceNumber: NotRequired[str]
    """The last one; absent while the shard is open."""


class ShardDict(TypedDict):
    """One shard of a stream."""
    ShardId: str
    """Its identifier, for example shardId-000000000003."""
    ParentShardId: NotRequired[str]
    """The shard it was split from or merged from; may no longer exist."""
    AdjacentParentShardId: NotRequired[str]
    """The second parent, of a merge."""
    HashKeyRange: HashKeyRangeDict
    """The hash keys that it takes."""
    SequenceNumberRange: SequenceNumberRangeDict
    """The sequence numbers that it has given out."""


class ChildShardDict(TypedDict):
    """A shard that goes on where one that was read to its end stopped."""
    ShardId: str
    """Its identifier."""
    ParentShards: list[str]
    """Identifiers of its parents: one after a split, two after a merge."""
    HashKeyRange: HashKeyRangeDict
    """The hash keys that it takes."""


class RecordDict(TypedDict):
    """One Kinesis record, as it is stored."""
    SequenceNumber: str
    """Its place in the shard."""
    ApproximateArrivalTimestamp: NotRequired[datetime]
    """When the service took it."""
    Data: bytes
    """The bytes that were put, an aggregate among them."""
    PartitionKey: NotRequired[str]
    """The key that it was put with; absent on streams that spread records themselves."""
    EncryptionType: NotRequired[str]
    """NONE or KMS."""


class PutRecordsRequestEntryDict(TypedDict):
    """One record to put."""
    Data: bytes
    """The bytes to store."""
    ExplicitHashKey: NotRequired[str]
    """Decides the shard in place of the partition key's hash."""
    PartitionKey: NotRequired[str]
    """Decides the shard by its MD5; may be left out only where the stream spreads records itself."""


class PutRecordsResultEntryDict(TypedDict):
    """What became of one record: either a sequence number and a shard, or an error code."""
    SequenceNumber: NotRequired[str]
    """Its place in the shard."""
    ShardId: NotRequired[str]
    """The shard that took it."""
    ErrorCode: NotRequired[str]
    """ProvisionedThroughputExceededException or InternalFailure."""
    ErrorMessage: NotRequired[str]
    """The service's words."""


class StreamModeDetailsDict(TypedDict):
    """How a stream's capacity is managed."""
    StreamMode: str
    """PROVISIONED or ON_DEMAND."""


class EnhancedMetricsDict(TypedDict):
    """Shard metrics that are switched on."""
    ShardLevelMetrics: NotRequired[list[str]]
    """Names of the metrics."""


class WarmThroughputObjectDict(TypedDict):
    """Capacity of an on-demand stream that is kept ready."""
    TargetMiBps: NotRequired[int]
    """What was asked for, in MiB per second."""
    CurrentMiBps: NotRequired[int]
    """What is ready, in MiB per second."""


class StreamDescriptionDict(TypedDict):
    """A stream with its shards."""
    StreamName: str
    """Its name."""
    StreamARN: str
    """Its ARN."""
    StreamStatus: str
    """CREATING, DELETING, ACTIVE or UPDATING."""
    StreamModeDetails: NotRequired[StreamModeDetailsDict]
    """How its capacity is managed."""
    Shards: list[ShardDict]
    """One page of its shards."""
    HasMoreShards: bool
    """Whether more pages follow."""
    RetentionPeriodHours: int
    """How long records are kept."""
    StreamCreationTimestamp: datetime
    """When it was created."""
    EnhancedMonitoring: list[EnhancedMetricsDict]
    """Shard metrics that are switched on."""
    EncryptionType: NotRequired[str]
    """NONE or KMS."""
    KeyId: NotRequired[str]
    """The key, if encrypted."""


class StreamDescriptionSummaryDict(TypedDict):
    """A stream without its shards."""
    StreamName: str
    """Its name."""
    StreamARN: str
    """Its ARN."""
    StreamStatus: str
    """CREATING, DELETING, ACTIVE or UPDATING."""
    StreamModeDetails: NotRequired[StreamModeDetailsDict]
    """How its capacity is managed."""
    RetentionPeriodHours: int
    """How long records are kept."""
    StreamCreationTimestamp: datetime
    """When it was created."""
    EnhancedMonitoring: list[EnhancedMetricsDict]
    """Shard metrics that are switched on."""
    EncryptionType: NotRequired[str]
    """NONE or KMS."""
    KeyId: NotRequired[str]
    """The key, if encrypted."""
    OpenShardCount: int
    """Shards that take records."""
    ConsumerCount: NotRequired[int]
    """Registered fan-out consumers."""
    WarmThroughput: NotRequired[WarmThroughputObjectDict]
    """Capacity that is kept ready."""
    MaxRecordSizeInKiB: NotRequired[int]
    """Largest record, key included, in KiB."""
    RecordDistributionStrategy: NotRequired[str]
    """AUTO or USER_PARTITION_KEY; absent on provisioned streams."""
    ChannelCount: NotRequired[int]
    """Delivery channels that read the stream."""


class StreamSummaryDict(TypedDict):
    """A stream in a list."""
    StreamName: str
    """Its name."""
    StreamARN: str
    """Its ARN."""
    StreamStatus: str
    """CREATING, DELETING, ACTIVE or UPDATING."""
    StreamModeDetails: NotRequired[StreamModeDetailsDict]
    """How its capacity is managed."""
    StreamCreationTimestamp: NotRequired[datetime]
    """When it was created."""


class ShardFilterDict(TypedDict):
    """Which shards to list."""
    Type: str
    """AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP or FROM_TIMESTAMP."""
    ShardId: NotRequired[str]
    """With AFTER_SHARD_ID: list what comes behind it."""
    Timestamp: NotRequired[datetime]
    """With the two _TIMESTAMP types: the instant."""


class StartingPositionDict(TypedDict):
    """Where in a shard to start."""
    Type: str
    """AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST or AT_TIMESTAMP."""
    SequenceNumber: NotRequired[str]
    """With the two _SEQUENCE_NUMBER types."""
    Timestamp: NotRequired[datetime]
    """With AT_TIMESTAMP."""


class SubscribeToShardEventDict(TypedDict):
    """What a subscription delivers at a time."""
    Records: list[RecordDict]
    """The records, in order."""
    ContinuationSequenceNumber: NotRequired[str]
    """Subscribe again AFTER_SEQUENCE_NUMBER this one; absent at the end of a shard."""
    MillisBehindLatest: int
    """Distance to the newest record, in ms."""
    ChildShards: NotRequired[list[ChildShardDict]]
    """The shards that go on; only at the end of a shard."""


class ConsumerDict(TypedDict):
    """A registered fan-out consumer."""
    ConsumerName: str
    """Its name."""
    ConsumerARN: str
    """Its ARN; another one after it was registered again."""
    ConsumerStatus: str
    """CREATING, DELETING or ACTIVE."""
    ConsumerCreationTimestamp: datetime
    """When it was registered."""


class ConsumerDescriptionDict(TypedDict):
    """A registered fan-out consumer and its stream."""
    ConsumerName: str
    """Its name."""
    ConsumerARN: str
    """Its ARN."""
    ConsumerStatus: str
    """CREATING, DELETING or ACTIVE."""
    ConsumerCreationTimestamp: datetime
    """When it was registered."""
    StreamARN: str
    """The stream that it reads."""


class MinimumThroughputBillingCommitmentInputDict(TypedDict):
    """Whether the account commits itself to a minimum of throughput."""
    Status: str
    """ENABLED or DISABLED."""


class MinimumThroughputBillingCommitmentOutputDict(TypedDict):
    """The account's commitment to a minimum of throughput."""
    Status: str
    """ENABLED, DISABLED or ENABLED_UNTIL_EARLIEST_ALLOWED_END."""
    StartedAt: NotRequired[datetime]
    """When it began."""
    EndedAt: NotRequired[datetime]
    """When it ended."""
    EarliestAllowedEndAt: NotRequired[datetime]
    """Before this it cannot end."""


class RecordConfigurationDict(TypedDict):
    """What the records of a channel's stream hold."""
    RecordFormatType: str
    """GSR_JSON, JSON, STRING or BYTE_ARRAY."""
    GSRSchemaARN: NotRequired[str]
    """The schema in the Glue registry; required for tables."""


class ChannelStreamConfigurationDict(TypedDict):
    """A stream that a channel is to read."""
    StreamARN: str
    """The stream."""
    RecordConfiguration: RecordConfigurationDict
    """What its records hold."""


class ChannelStreamDescriptionDict(TypedDict):
    """A stream that a channel reads."""
    StreamARN: str
    """The stream."""
    StreamCreationTimestamp: datetime
    """Tells apart streams that had the same name."""
    RecordConfiguration: RecordConfigurationDict
    """What its records hold."""


class ChannelStreamIdentifierDict(TypedDict):
    """A stream of a channel, in a list."""
    StreamARN: str
    """The stream."""
    StreamCreationTimestamp: datetime
    """Tells apart streams that had the same name."""


class DeadLetterQueueS3ConfigurationDict(TypedDict):
    """Where a channel puts what it cannot deliver."""
    BucketARN: str
    """The bucket."""
    ExpectedBucketOwner: str
    """Account that must own the bucket."""
    ErrorOutputPrefix: NotRequired[str]
    """Prefix of the objects' keys."""


class S3StorageConfigurationDict(TypedDict):
    """How a channel writes objects."""
    BucketARN: str
    """The bucket."""
    ExpectedBucketOwner: str
    """Account that must own the bucket."""
    CompressionType: str
    """NONE, GZIP or ZSTD."""
    OutputKeyTemplate: NotRequired[str]
    """Form of the objects' keys."""
    StorageClass: NotRequired[str]
    """STANDARD, INTELLIGENT_TIERING or GLACIER_IR."""


class S3DestinationConfigurationDict(TypedDict):
    """Delivery as objects in a bucket."""
    StorageConfiguration: S3StorageConfigurationDict
    """How objects are written."""
    DataFreshnessInSeconds: NotRequired[int]
    """How long records may wait; absent: 300."""
    DeadLetterQueueS3Configuration: NotRequired[DeadLetterQueueS3ConfigurationDict]
    """Where what cannot be delivered goes."""


class S3DestinationDescriptionDict(TypedDict):
    """Delivery as objects in a bucket, as it is."""
    DataFreshnessInSeconds: int
    """How long records may wait."""
    DeadLetterQueueS3Configuration: DeadLetterQueueS3ConfigurationDict
    """Where what cannot be delivered goes."""
    StorageConfiguration: S3StorageConfigurationDict
    """How objects are written."""


class S3DestinationUpdateInputDict(TypedDict):
    """What of a delivery to a bucket can be changed."""
    DataFreshnessInSeconds: int
    """How long records may wait."""


class PartitionFieldDict(TypedDict):
    """One column by which a table is partitioned."""
    Transform: str
    """TIME_HOUR."""
    SourceName: str
    """A column of type timestamptz."""


class PartitionSpecDict(TypedDict):
    """How a table is partitioned."""
    PartitionFields: list[PartitionFieldDict]
    """The columns."""


class S3TablesConfigurationDict(TypedDict):
    """A table that a channel writes."""
    TableBucketARN: str
    """The table bucket."""
    Namespace: str
    """The namespace."""
    TableName: str
    """The table, which the service creates."""
    CompressionType: str
    """NONE, ZSTD or SNAPPY."""
    PartitionSpec: NotRequired[PartitionSpecDict]
    """How it is partitioned."""


class S3TablesDestinationConfigurationDict(TypedDict):
    """Delivery as rows of a table."""
    DeadLetterQueueS3Configuration: DeadLetterQueueS3ConfigurationDict
    """Where what cannot be delivered goes."""
    S3TablesConfigurationList: list[S3TablesConfigurationDict]
    """The table, one at present."""
    DataFreshnessInSeconds: NotRequired[int]
    """How long records may wait; absent: 300."""


class S3TablesDestinationDescriptionDict(TypedDict):
    """Delivery as rows of a table, as it is."""
    DataFreshnessInSeconds: int
    """How long records may wait."""
    DeadLetterQueueS3Configuration: DeadLetterQueueS3ConfigurationDict
    """Where what cannot be delivered goes."""
    S3TablesConfigurationList: list[S3TablesConfigurationDict]
    """The table."""


class S3TablesDestinationUpdateInputDict(TypedDict):
    """What of a delivery to a table can be changed."""
    DataFreshnessInSeconds: int
    """How long records may wait."""


class ChannelEncryptionConfigurationDict(TypedDict):
    """The key with which a channel encrypts."""
    EncryptionType: str
    """KMS."""
    KeyId: str
    """A key of the customer's."""


class CloudWatchLogsDict(TypedDict):
    """Where a channel logs."""
    Enabled: bool
    """Whether it logs."""
    LogGroupName: NotRequired[str]
    """Absent: a group made from the channel's name and id."""
    LogStreamName: NotRequired[str]
    """Absent: DestinationDelivery."""


class CloudWatchLogsUpdateInputDict(TypedDict):
    """Where a channel logs from now on."""
    Enabled: bool
    """Whether it logs."""
    LogGroupName: NotRequired[str]
    """The group."""
    LogStreamName: NotRequired[str]
    """The stream."""


class ChannelLoggingConfigurationDict(TypedDict):
    """How a channel logs."""
    CloudWatchLogs: CloudWatchLogsDict
    """Where."""


class ChannelLoggingUpdateInputDict(TypedDict):
    """How a channel logs from now on."""
    CloudWatchLogs: CloudWatchLogsUpdateInputDict
    """Where."""


class ChannelDescriptionDict(TypedDict):
    """A channel: a delivery job of the service that reads one stream."""
    ChannelName: str
    """Its name."""
    ChannelARN: str
    """Its ARN, with the id and not the name."""
    ChannelId: str
    """The service's name for it."""
    ChannelStatus: str
    """CREATING, ACTIVE, UPDATING, DELETING or FAILED."""
    ChannelStatusReason: NotRequired[str]
    """Why it failed."""
    ChannelCreationTimestamp: datetime
    """When it was created."""
    ServiceExecutionRoleARN: str
    """The role in which it works."""
    StreamConfigurationList: list[ChannelStreamDescriptionDict]
    """The stream that it reads."""
    S3DestinationConfiguration: NotRequired[S3DestinationDescriptionDict]
    """Delivery to a bucket."""
    S3TablesDestinationConfiguration: NotRequired[S3TablesDestinationDescriptionDict]
    """Delivery to a table."""
    EncryptionConfiguration: NotRequired[ChannelEncryptionConfigurationDict]
    """The key with which it encrypts."""
    LoggingConfiguration: ChannelLoggingConfigurationDict
    """How it logs."""


class ChannelSummaryDict(TypedDict):
    """A channel in a list."""
    ChannelName: str
    """Its name."""
    ChannelARN: str
    """Its ARN."""
    ChannelId: str
    """The service's name for it."""
    ChannelStatus: str
    """CREATING, ACTIVE, UPDATING, DELETING or FAILED."""
    ChannelStatusReason: NotRequired[str]
    """Why it failed."""
    ChannelCreationTimestamp: datetime
    """When it was created."""
    ChannelDestinationType: str
    """S3 or S3_TABLES."""
    Streams: list[ChannelStreamIdentifierDict]
    """The stream that it reads."""


class StreamFilterDict(TypedDict):
    """Which channels to list: those of this stream."""
    StreamARN: str
    """The stream."""
    StreamCreationTimestamp: NotRequired[datetime]
    """Tells apart streams that had the same name."""


class CreateStreamOutDict(TypedDict):
    """Output of CreateStream."""
    ResponseMetadata: ResponseMetadataDict


class DeleteStreamOutDict(TypedDict):
    """Output of DeleteStream."""
    ResponseMetadata: ResponseMetadataDict


class DescribeStreamOutDict(TypedDict):
    """Output of DescribeStream."""
    StreamDescription: StreamDescriptionDict
    """The stream."""
    ResponseMetadata: ResponseMetadataDict


class DescribeStreamSummaryOutDict(TypedDict):
    """Output of DescribeStreamSummary."""
    StreamDescriptionSummary: StreamDescriptionSummaryDict
    """The stream."""
    ResponseMetadata: ResponseMetadataDict


class ListStreamsOutDict(TypedDict):
    """Output of ListStreams."""
    StreamNames: list[str]
    """Names."""
    HasMoreStreams: bool
    """Whether more pages follow."""
    NextToken: NotRequired[str]
    """For the next page."""
    StreamSummaries: NotRequired[list[StreamSummaryDict]]
    """The same streams with more about them."""
    ResponseMetadata: ResponseMetadataDict


class ListShardsOutDict(TypedDict):
    """Output of ListShards."""
    Shards: NotRequired[list[ShardDict]]
    """The shards."""
    NextToken: NotRequired[str]
    """For the next page; absent on the last."""
    ResponseMetadata: ResponseMetadataDict


class PutRecordOutDict(TypedDict):
    """Output of PutRecord."""
    ShardId: str
    """The shard that took it."""
    SequenceNumber: str
    """Its place in the shard."""
    EncryptionType: NotRequired[str]
    """NONE or KMS."""
    ResponseMetadata: ResponseMetadataDict


class PutRecordsOutDict(TypedDict):
    """Output of PutRecords."""
    FailedRecordCount: NotRequired[int]
    """How many entries have an error code."""
    Records: list[PutRecordsResultEntryDict]
    """One entry per record, in the order of the request."""
    EncryptionType: NotRequired[str]
    """NONE or KMS."""
    ResponseMetadata: ResponseMetadataDict


class GetShardIteratorOutDict(TypedDict):
    """Output of GetShardIterator."""
    ShardIterator: NotRequired[str]
    """The position, opaque."""
    ResponseMetadata: ResponseMetadataDict


class GetRecordsOutDict(TypedDict):
    """Output of GetRecords."""
    Records: list[RecordDict]
    """The records, in order."""
    NextShardIterator: NotRequired[str]
    """The position behind them; absent when a closed shard has been read out."""
    MillisBehindLatest: NotRequired[int]
    """Distance to the newest record, in ms."""
    ChildShards: NotRequired[list[ChildShardDict]]
    """The shards that go on; only at the end of a shard."""
    ResponseMetadata: ResponseMetadataDict


class SplitShardOutDict(TypedDict):
    """Output of SplitShard."""
    ResponseMetadata: ResponseMetadataDict


class MergeShardsOutDict(TypedDict):
    """Output of MergeShards."""
    ResponseMetadata: ResponseMetadataDict


class AddTagsToStreamOutDict(TypedDict):
    """Output of AddTagsToStream."""
    ResponseMetadata: ResponseMetadataDict


class RemoveTagsFromStreamOutDict(TypedDict):
    """Output of RemoveTagsFromStream."""
    ResponseMetadata: ResponseMetadataDict


class ListTagsForStreamOutDict(TypedDict):
    """Output of ListTagsForStream."""
    Tags: list[TagDict]
    """The labels."""
    HasMoreTags: bool
    """Whether more pages follow."""
    ResponseMetadata: ResponseMetadataDict


class TagResourceOutDict(TypedDict):
    """Output of TagResource."""
    ResponseMetadata: ResponseMetadataDict


class UntagResourceOutDict(TypedDict):
    """Output of UntagResource."""
    ResponseMetadata: ResponseMetadataDict


class ListTagsForResourceOutDict(TypedDict):
    """Output of ListTagsForResource."""
    Tags: NotRequired[list[TagDict]]
    """The labels."""
    ResponseMetadata: ResponseMetadataDict


class IncreaseStreamRetentionPeriodOutDict(TypedDict):
    """Output of IncreaseStreamRetentionPeriod."""
    ResponseMetadata: ResponseMetadataDict


class DecreaseStreamRetentionPeriodOutDict(TypedDict):
    """Output of DecreaseStreamRetentionPeriod."""
    ResponseMetadata: ResponseMetadataDict


class EnableEnhancedMonitoringOutDict(TypedDict):
    """Output of EnableEnhancedMonitoring."""
    StreamName: NotRequired[str]
    """The stream."""
    CurrentShardLevelMetrics: NotRequired[list[str]]
    """What was on."""
    DesiredShardLevelMetrics: NotRequired[list[str]]
    """What will be on."""
    StreamARN: NotRequired[str]
    """The stream."""
    ResponseMetadata: ResponseMetadataDict


class DisableEnhancedMonitoringOutDict(TypedDict):
    """Output of DisableEnhancedMonitoring."""
    StreamName: NotRequired[str]
    """The stream."""
    CurrentShardLevelMetrics: NotRequired[list[str]]
    """What was on."""
    DesiredShardLevelMetrics: NotRequired[list[str]]
    """What will be on."""
    StreamARN: NotRequired[str]
    """The stream."""
    ResponseMetadata: ResponseMetadataDict


class StartStreamEncryptionOutDict(TypedDict):
    """Output of StartStreamEncryption."""
    ResponseMetadata: ResponseMetadataDict


class StopStreamEncryptionOutDict(TypedDict):
    """Output of StopStreamEncryption."""
    ResponseMetadata: ResponseMetadataDict


class UpdateShardCountOutDict(TypedDict):
    """Output of UpdateShardCount."""
    StreamName: NotRequired[str]
    """The stream."""
    CurrentShardCount: NotRequired[int]
    """How many there are."""
    TargetShardCount: NotRequired[int]
    """How many there will be."""
    StreamARN: NotRequired[str]
    """The stream."""
    ResponseMetadata: ResponseMetadataDict


class UpdateStreamModeOutDict(TypedDict):
    """Output of UpdateStreamMode."""
    ResponseMetadata: ResponseMetadataDict


class UpdateStreamWarmThroughputOutDict(TypedDict):
    """Output of UpdateStreamWarmThroughput."""
    StreamARN: NotRequired[str]
    """The stream."""
    StreamName: NotRequired[str]
    """The stream."""
    WarmThroughput: NotRequired[WarmThroughputObjectDict]
    """What was asked for and what is ready."""
    ResponseMetadata: ResponseMetadataDict


class UpdateMaxRecordSizeOutDict(TypedDict):
    """Output of UpdateMaxRecordSize."""
    ResponseMetadata: ResponseMetadataDict


class UpdateStreamRecordDistributionStrategyOutDict(TypedDict):
    """Output of UpdateStreamRecordDistributionStrategy."""
    ResponseMetadata: ResponseMetadataDict


class DescribeLimitsOutDict(TypedDict):
    """Output of DescribeLimits."""
    ShardLimit: int
    """Open shards that the account may have."""
    OpenShardCount: int
    """Open shards that it has."""
    OnDemandStreamCount: int
    """On-demand streams that it has."""
    OnDemandStreamCountLimit: int
    """On-demand streams that it may have."""
    ChannelCount: NotRequired[int]
    """Channels that it has."""
    ChannelCountLimit: NotRequired[int]
    """Channels that it may have."""
    ResponseMetadata: ResponseMetadataDict


class DescribeAccountSettingsOutDict(TypedDict):
    """Output of DescribeAccountSettings."""
    MinimumThroughputBillingCommitment: NotRequired[MinimumThroughputBillingCommitmentOutputDict]
    """Its commitment to a minimum of throughput."""
    ResponseMetadata: ResponseMetadataDict


class UpdateAccountSettingsOutDict(TypedDict):
    """Output of UpdateAccountSettings."""
    MinimumThroughputBillingCommitment: NotRequired[MinimumThroughputBillingCommitmentOutputDict]
    """Its commitment as it is now."""
    ResponseMetadata: ResponseMetadataDict


class PutResourcePolicyOutDict(TypedDict):
    """Output of PutResourcePolicy."""
    ResponseMetadata: ResponseMetadataDict


class GetResourcePolicyOutDict(TypedDict):
    """Output of GetResourcePolicy."""
    Policy: str
    """The policy, JSON."""
    ResponseMetadata: ResponseMetadataDict


class DeleteResourcePolicyOutDict(TypedDict):
    """Output of DeleteResourcePolicy."""
    ResponseMetadata: ResponseMetadataDict


class RegisterStreamConsumerOutDict(TypedDict):
    """Output of RegisterStreamConsumer."""
    Consumer: ConsumerDict
    """The consumer."""
    ResponseMetadata: ResponseMetadataDict


class DeregisterStreamConsumerOutDict(TypedDict):
    """Output of DeregisterStreamConsumer."""
    ResponseMetadata: ResponseMetadataDict


class DescribeStreamConsumerOutDict(TypedDict):
    """Output of DescribeStreamConsumer."""
    ConsumerDescription: ConsumerDescriptionDict
    """The consumer."""
    ResponseMetadata: ResponseMetadataDict


class ListStreamConsumersOutDict(TypedDict):
    """Output of ListStreamConsumers."""
    Consumers: NotRequired[list[ConsumerDict]]
    """The consumers."""
    NextToken: NotRequired[str]
    """For the next page; absent on the last."""
    ResponseMetadata: ResponseMetadataDict


class CreateChannelOutDict(TypedDict):
    """Output of CreateChannel."""
    ChannelDescription: ChannelDescriptionDict
    """The channel."""
    ResponseMetadata: ResponseMetadataDict


class DescribeChannelOutDict(TypedDict):
    """Output of DescribeChannel."""
    ChannelDescription: ChannelDescriptionDict
    """The channel."""
    ResponseMetadata: ResponseMetadataDict


class ListChannelsOutDict(TypedDict):
    """Output of ListChannels."""
    ChannelSummaries: list[ChannelSummaryDict]
    """The channels."""
    NextToken: NotRequired[str]
    """For the next page; absent on the last."""
    ResponseMetadata: ResponseMetadataDict


class UpdateChannelOutDict(TypedDict):
    """Output of UpdateChannel."""
    ChannelDescription: ChannelDescriptionDict
    """The channel."""
    ResponseMetadata: ResponseMetadataDict


class DeleteChannelOutDict(TypedDict):
    """Output of DeleteChannel."""
    ResponseMetadata: ResponseMetadataDict


__all__ = (
    "TagDict",
    "HashKeyRangeDict",
    "SequenceNumberRangeDict",
    "ShardDict",
    "ChildShardDict",
    "RecordDict",
    "PutRecordsRequestEntryDict",
    "PutRecordsResultEntryDict",
    "StreamModeDetailsDict",
    "EnhancedMetricsDict",
    "WarmThroughputObjectDict",
    "StreamDescriptionDict",
    "StreamDescriptionSummaryDict",
    "StreamSummaryDict",
    "ShardFilterDict",
    "StartingPositionDict",
    "SubscribeToShardEventDict",
    "ConsumerDict",
    "ConsumerDescriptionDict",
    "MinimumThroughputBillingCommitmentInputDict",
    "MinimumThroughputBillingCommitmentOutputDict",
    "RecordConfigurationDict",
    "ChannelStreamConfigurationDict",
    "ChannelStreamDescriptionDict",
    "ChannelStreamIdentifierDict",
    "DeadLetterQueueS3ConfigurationDict",
    "S3StorageConfigurationDict",
    "S3DestinationConfigurationDict",
    "S3DestinationDescriptionDict",
    "S3DestinationUpdateInputDict",
    "PartitionFieldDict",
    "PartitionSpecDict",
    "S3TablesConfigurationDict",
    "S3TablesDestinationConfigurationDict",
    "S3TablesDestinationDescriptionDict",
    "S3TablesDestinationUpdateInputDict",
    "ChannelEncryptionConfigurationDict",
    "CloudWatchLogsDict",
    "CloudWatchLogsUpdateInputDict",
    "ChannelLoggingConfigurationDict",
    "ChannelLoggingUpdateInputDict",
    "ChannelDescriptionDict",
    "ChannelSummaryDict",
    "StreamFilterDict",
    "CreateStreamOutDict",
    "DeleteStreamOutDict",
    "DescribeStreamOutDict",
    "DescribeStreamSummaryOutDict",
    "ListStreamsOutDict",
    "ListShardsOutDict",
    "PutRecordOutDict",
    "PutRecordsOutDict",
    "GetShardIteratorOutDict",
    "GetRecordsOutDict",
    "SplitShardOutDict",
    "MergeShardsOutDict",
    "AddTagsToStreamOutDict",
    "RemoveTagsFromStreamOutDict",
    "ListTagsForStreamOutDict",
    "TagResourceOutDict",
    "UntagResourceOutDict",
    "ListTagsForResourceOutDict",
    "IncreaseStreamRetentionPeriodOutDict",
    "DecreaseStreamRetentionPeriodOutDict",
    "EnableEnhancedMonitoringOutDict",
    "DisableEnhancedMonitoringOutDict",
    "StartStreamEncryptionOutDict",
    "StopStreamEncryptionOutDict",
    "UpdateShardCountOutDict",
    "UpdateStreamModeOutDict",
    "UpdateStreamWarmThroughputOutDict",
    "UpdateMaxRecordSizeOutDict",
    "UpdateStreamRecordDistributionStrategyOutDict",
    "DescribeLimitsOutDict",
    "DescribeAccountSettingsOutDict",
    "UpdateAccountSettingsOutDict",
    "PutResourcePolicyOutDict",
    "GetResourcePolicyOutDict",
    "DeleteResourcePolicyOutDict",
    "RegisterStreamConsumerOutDict",
    "DeregisterStreamConsumerOutDict",
    "DescribeStreamConsumerOutDict",
    "ListStreamConsumersOutDict",
    "CreateChannelOutDict",
    "DescribeChannelOutDict",
    "ListChannelsOutDict",
    "UpdateChannelOutDict",
    "DeleteChannelOutDict",
)
