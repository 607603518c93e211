"""The calls that every foreign client makes of kds-local, as rows: one table for all clients.

A row is an operation with its input and either what its answer must hold or the name of the error
that must come. It does not know how a client is called; clients.py does that. In inputs, "$name"
stands for what an earlier row saved. Blobs are base64 text, timestamps seconds since 1970.
"""

import base64
import re
import time


class Row:
    """One call: OP with INPUT, then CHECKS on the answer, or one of the ERRORs."""

    def __init__(self, op, given, checks=None, save=None, error=None, newer=False):
        self.op, self.given, self.checks = op, given, checks or {}
        self.save, self.newer = save or {}, newer
        self.errors = (error,) if error else ()


class Text:
    """A value that must be a string of this form."""

    def __init__(self, form):
        self.form = form

    def __call__(self, value):
        return isinstance(value, str) and re.fullmatch(self.form, value, re.S) is not None

    def __repr__(self):
        return f"text of the form {self.form}"


def recent(value):
    """A time stamp of the last minutes: finds seconds that are taken for milliseconds."""
    return isinstance(value, (int, float)) and abs(value - time.time()) < 600


def absent(value):
    return value is None


def has_no_items(value):
    return value in (None, [], {})


def blob(text):
    return base64.b64encode(text).decode()


STREAM_ARN = Text(r"arn:aws:kinesis:us-east-1:\d{12}:stream/[a-zA-Z0-9_.-]+")
CONSUMER_ARN = Text(r"arn:aws:kinesis:us-east-1:\d{12}:stream/[^/]+/consumer/reader:\d+")
SEQUENCE = Text(r"[1-9]\d{20,127}")
MIDDLE = str(2**127)
LAST = str(2**128 - 1)
ALL_BYTES = bytes(range(256))
POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"r","Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":["kinesis:GetRecords"],"Resource":"%s"}]}'
)
MISSING = {"StreamName": "missing"}
MISSING_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/missing"
NOT_FOUND = "ResourceNotFoundException"
INVALID = "InvalidArgumentException"
S = {"StreamName": "$stream"}
# The summary of the stream, asked for until it is ACTIVE.
SETTLED = "(settled)"


def row_settled(checks=None):
    return Row(SETTLED, S, checks)


STREAMS = [
    Row("CreateStream", {**S, "ShardCount": 2}),
    row_settled({"StreamName": "$stream", "OpenShardCount": 2, "RetentionPeriodHours": 24,
                 "StreamARN": STREAM_ARN, "StreamCreationTimestamp": recent,
                 "StreamModeDetails.StreamMode": "PROVISIONED", "EncryptionType": "NONE",
                 "ConsumerCount": 0}),
    Row("CreateStream", {**S, "ShardCount": 2}, error="ResourceInUseException"),
    Row("DescribeStream", S,
        {"StreamDescription.StreamStatus": "ACTIVE",
         "StreamDescription.StreamCreationTimestamp": recent,
         "StreamDescription.HasMoreShards": False,
         "StreamDescription.Shards.0.ShardId": "shardId-000000000000",
         "StreamDescription.Shards.0.HashKeyRange.StartingHashKey": "0",
         "StreamDescription.Shards.1.HashKeyRange.EndingHashKey": LAST,
         "StreamDescription.Shards.0.SequenceNumberRange.StartingSequenceNumber": SEQUENCE,
         "StreamDescription.Shards.0.SequenceNumberRange.EndingSequenceNumber": absent,
         "StreamDescription.Shards.2": absent},
        save={"arn": "StreamDescription.StreamARN"}),
    Row("DescribeStream", MISSING, error=NOT_FOUND),
    Row("DescribeStreamSummary", S, {"StreamDescriptionSummary.StreamStatus": "ACTIVE"}),
    Row("DescribeStreamSummary", MISSING, error=NOT_FOUND),
    Row("ListStreams", {"Limit": 1000}, {"HasMoreStreams": False,
                                        "StreamNames": lambda v: "standing" in v}),
    Row("ListStreams", {"Limit": 1}, {"HasMoreStreams": True, "StreamNames.1": absent}),
    Row("ListStreams", {"NextToken": "no such token"}, error=INVALID, newer=True),
    Row("DescribeLimits", {}, {"OpenShardCount": lambda v: v >= 2, "ShardLimit": lambda v: v > 2}),
    Row("ListShards", {**S, "MaxResults": 1},
        {"Shards.0.ShardId": "shardId-000000000000", "Shards.1": absent,
         "NextToken": Text(".+")}, save={"token": "NextToken"}),
    Row("ListShards", {"NextToken": "$token"},
        {"Shards.0.ShardId": "shardId-000000000001", "Shards.1": absent, "NextToken": absent}),
    Row("ListShards", MISSING, error=NOT_FOUND),
]

RECORDS = [
    Row("PutRecord", {**S, "PartitionKey": "k", "ExplicitHashKey": "0", "Data": blob(ALL_BYTES)},
        {"ShardId": "shardId-000000000000", "SequenceNumber": SEQUENCE, "EncryptionType": "NONE"},
        save={"first": "SequenceNumber"}),
    Row("PutRecord", {**MISSING, "PartitionKey": "k", "Data": blob(b"x")}, error=NOT_FOUND),
    Row("PutRecord", {**S, "PartitionKey": "k", "ExplicitHashKey": str(2**128), "Data": blob(b"x")},
        error=INVALID),
    Row("PutRecords", {**S, "Records": [
        {"PartitionKey": "schlüssel", "ExplicitHashKey": "1", "Data": blob(b"zwei")},
        {"PartitionKey": "b", "ExplicitHashKey": LAST, "Data": blob(b"")}]},
        {"FailedRecordCount": 0, "Records.0.ShardId": "shardId-000000000000",
         "Records.0.SequenceNumber": SEQUENCE, "Records.0.ErrorCode": absent,
         "Records.1.ShardId": "shardId-000000000001", "Records.2": absent}),
    Row("PutRecords", {**MISSING, "Records": [{"PartitionKey": "a", "Data": blob(b"x")}]},
        error=NOT_FOUND),
    Row("GetShardIterator", {**S, "ShardId": "shardId-000000000000",
                             "ShardIteratorType": "TRIM_HORIZON"},
        {"ShardIterator": Text(r"\S+")}, save={"iterator": "ShardIterator"}),
    Row("GetRecords", {"ShardIterator": "$iterator", "Limit": 1},
        {"Records.0.Data": blob(ALL_BYTES), "Records.0.PartitionKey": "k",
         "Records.0.SequenceNumber": "$first", "Records.0.ApproximateArrivalTimestamp": recent,
         "Records.1": absent, "NextShardIterator": Text(r"\S+")},
        save={"next": "NextShardIterator"}),
    Row("GetRecords", {"ShardIterator": "$next"},
        {"Records.0.Data": blob(b"zwei"), "Records.0.PartitionKey": "schlüssel",
         "Records.1": absent, "MillisBehindLatest": 0, "ChildShards": has_no_items}),
    Row("GetRecords", {"ShardIterator": "garbage"}, error=INVALID),
    Row("GetShardIterator", {**S, "ShardId": "shardId-000000000000",
                             "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                             "StartingSequenceNumber": "$first"},
        save={"iterator": "ShardIterator"}),
    Row("GetRecords", {"ShardIterator": "$iterator"}, {"Records.0.Data": blob(b"zwei")}),
    Row("GetShardIterator", {**S, "ShardId": "shardId-000000000001",
                             "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1000000000.5},
        save={"iterator": "ShardIterator"}),
    Row("GetRecords", {"ShardIterator": "$iterator"}, {"Records.0.PartitionKey": "b",
                                                       "Records.0.Data": lambda v: not v}),
    Row("GetShardIterator", {**S, "ShardId": "shardId-000000000009", "ShardIteratorType": "LATEST"},
        error=NOT_FOUND),
    Row("GetRecords", {"ShardIterator": "$iterator", "DryRun": True},
        error="DryRunOperationException", newer=True),
]

LABELS = [
    Row("AddTagsToStream", {**S, "Tags": {"team": "blau", "leer": ""}}),
    Row("AddTagsToStream", {**MISSING, "Tags": {"a": "b"}}, error=NOT_FOUND),
    Row("ListTagsForStream", S, {"Tags.0.Key": "leer", "Tags.1.Value": "blau",
                                 "HasMoreTags": False}),
    Row("ListTagsForStream", MISSING, error=NOT_FOUND),
    Row("RemoveTagsFromStream", {**S, "TagKeys": ["leer"]}),
    Row("RemoveTagsFromStream", {**MISSING, "TagKeys": ["leer"]}, error=NOT_FOUND),
    Row("TagResource", {"ResourceARN": "$arn", "Tags": {"more": "1"}}),
    Row("TagResource", {"ResourceARN": MISSING_ARN, "Tags": {"more": "1"}}, error=NOT_FOUND),
    Row("ListTagsForResource", {"ResourceARN": "$arn"}, {"Tags": lambda v: len(v) == 2}),
    Row("ListTagsForResource", {"ResourceARN": MISSING_ARN}, error=NOT_FOUND),
    Row("UntagResource", {"ResourceARN": "$arn", "TagKeys": ["more"]}),
    Row("UntagResource", {"ResourceARN": MISSING_ARN, "TagKeys": ["more"]}, error=NOT_FOUND),
    Row("ListTagsForStream", S, {"Tags.0.Key": "team", "Tags.1": absent}),
    Row("PutResourcePolicy", {"ResourceARN": "$arn", "Policy": POLICY}),
    Row("PutResourcePolicy", {"ResourceARN": MISSING_ARN, "Policy": POLICY}, error=NOT_FOUND),
    Row("GetResourcePolicy", {"ResourceARN": "$arn"}, {"Policy": Text(r".*kinesis:GetRecords.*")}),
    Row("GetResourcePolicy", {"ResourceARN": MISSING_ARN}, error=NOT_FOUND),
    Row("DeleteResourcePolicy", {"ResourceARN": "$arn"}),
    Row("DeleteResourcePolicy", {"ResourceARN": MISSING_ARN}, error=NOT_FOUND),
]

SETTINGS = [
    Row("IncreaseStreamRetentionPeriod", {**S, "RetentionPeriodHours": 48}),
    Row("IncreaseStreamRetentionPeriod", {**MISSING, "RetentionPeriodHours": 48}, error=NOT_FOUND),
    row_settled({"RetentionPeriodHours": 48}),
    Row("DecreaseStreamRetentionPeriod", {**S, "RetentionPeriodHours": 24}),
    Row("DecreaseStreamRetentionPeriod", {**MISSING, "RetentionPeriodHours": 24}, error=NOT_FOUND),
    row_settled({"RetentionPeriodHours": 24}),
    Row("EnableEnhancedMonitoring", {**S, "ShardLevelMetrics": ["IncomingBytes"]},
        {"StreamName": "$stream", "CurrentShardLevelMetrics": has_no_items,
         "DesiredShardLevelMetrics": ["IncomingBytes"]}),
    Row("EnableEnhancedMonitoring", {**MISSING, "ShardLevelMetrics": ["IncomingBytes"]},
        error=NOT_FOUND),
    row_settled({"EnhancedMonitoring.0.ShardLevelMetrics": ["IncomingBytes"]}),
    Row("DisableEnhancedMonitoring", {**S, "ShardLevelMetrics": ["ALL"]},
        {"CurrentShardLevelMetrics": ["IncomingBytes"], "DesiredShardLevelMetrics": has_no_items}),
    Row("DisableEnhancedMonitoring", {**MISSING, "ShardLevelMetrics": ["ALL"]}, error=NOT_FOUND),
    row_settled(),
    Row("StartStreamEncryption", {**S, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
    Row("StartStreamEncryption", {**MISSING, "EncryptionType": "KMS", "KeyId": "alias/x"},
        error=NOT_FOUND),
    row_settled({"EncryptionType": "KMS", "KeyId": Text(".+")}),
    Row("StopStreamEncryption", {**S, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
    Row("StopStreamEncryption", {**MISSING, "EncryptionType": "KMS", "KeyId": "alias/x"},
        error=NOT_FOUND),
    row_settled({"EncryptionType": "NONE"}),
    # Stays for a day and is what warm throughput needs; all clients share the account.
    Row("UpdateAccountSettings", {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}},
        {"MinimumThroughputBillingCommitment.Status": "ENABLED",
         "MinimumThroughputBillingCommitment.StartedAt": recent}),
    Row("DescribeAccountSettings", {}, {"MinimumThroughputBillingCommitment.Status": "ENABLED"}),
    Row("UpdateAccountSettings", {"MinimumThroughputBillingCommitment": {"Status": "sometimes"}},
        error="ValidationException"),
    Row("UpdateMaxRecordSize", {"StreamARN": "$arn", "MaxRecordSizeInKiB": 2048}),
    Row("UpdateMaxRecordSize", {"StreamARN": MISSING_ARN, "MaxRecordSizeInKiB": 2048},
        error=NOT_FOUND),
    row_settled(),
]

CONSUMERS = [
    Row("RegisterStreamConsumer", {"StreamARN": "$arn", "ConsumerName": "reader"},
        {"Consumer.ConsumerName": "reader", "Consumer.ConsumerARN": CONSUMER_ARN,
         "Consumer.ConsumerCreationTimestamp": recent},
        save={"consumer": "Consumer.ConsumerARN"}),
    Row("RegisterStreamConsumer", {"StreamARN": "$arn", "ConsumerName": "reader"},
        error="ResourceInUseException"),
    Row("DescribeStreamConsumer", {"ConsumerARN": "$consumer"},
        {"ConsumerDescription.StreamARN": "$arn", "ConsumerDescription.ConsumerStatus": "ACTIVE"}),
    Row("DescribeStreamConsumer", {"StreamARN": "$arn", "ConsumerName": "nobody"}, error=NOT_FOUND),
    Row("ListStreamConsumers", {"StreamARN": "$arn"},
        {"Consumers.0.ConsumerName": "reader", "Consumers.1": absent, "NextToken": absent}),
    Row("ListStreamConsumers", {"StreamARN": MISSING_ARN}, error=NOT_FOUND),
    Row("SubscribeToShard", {"ConsumerARN": MISSING_ARN + "/consumer/nobody:1",
                             "ShardId": "shardId-000000000000",
                             "StartingPosition": {"Type": "LATEST"}}, error=NOT_FOUND),
    Row("DeregisterStreamConsumer", {"ConsumerARN": "$consumer"}),
    Row("DeregisterStreamConsumer", {"StreamARN": "$arn", "ConsumerName": "nobody"},
        error=NOT_FOUND),
]

RESHARDING = [
    Row("SplitShard", {**S, "ShardToSplit": "shardId-000000000000",
                       "NewStartingHashKey": str(2**126)}),
    row_settled({"OpenShardCount": 3}),
    Row("SplitShard", {**S, "ShardToSplit": "shardId-000000000099", "NewStartingHashKey": MIDDLE},
        error=NOT_FOUND),
    Row("ListShards", {**S, "ShardFilter": {"Type": "AT_LATEST"}},
        {"Shards.0.ShardId": "shardId-000000000001",
         "Shards.1.ParentShardId": "shardId-000000000000", "Shards.3": absent}),
    Row("GetShardIterator", {**S, "ShardId": "shardId-000000000000",
                             "ShardIteratorType": "TRIM_HORIZON"},
        save={"iterator": "ShardIterator"}),
    Row("GetRecords", {"ShardIterator": "$iterator"},
        {"NextShardIterator": absent, "Records.1.Data": blob(b"zwei"),
         "ChildShards.0.ShardId": "shardId-000000000002",
         "ChildShards.1.ParentShards": ["shardId-000000000000"]}),
    Row("MergeShards", {**S, "ShardToMerge": "shardId-000000000002",
                        "AdjacentShardToMerge": "shardId-000000000003"}),
    row_settled({"OpenShardCount": 2}),
    Row("MergeShards", {**S, "ShardToMerge": "shardId-000000000099",
                        "AdjacentShardToMerge": "shardId-000000000001"}, error=NOT_FOUND),
    Row("UpdateShardCount", {**S, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"},
        {"StreamName": "$stream", "CurrentShardCount": 2, "TargetShardCount": 4}),
    Row("UpdateShardCount", {**MISSING, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"},
        error=NOT_FOUND),
    row_settled({"OpenShardCount": 4}),
]

MODES = [
    Row("UpdateStreamMode", {"StreamARN": "$arn", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
    Row("UpdateStreamMode", {"StreamARN": MISSING_ARN,
                             "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, error=NOT_FOUND),
    row_settled({"StreamModeDetails.StreamMode": "ON_DEMAND"}),
    Row("UpdateStreamWarmThroughput", {"StreamARN": "$arn", "WarmThroughputMiBps": 6},
        {"StreamARN": "$arn", "WarmThroughput.TargetMiBps": 6}),
    row_settled(),
    Row("UpdateStreamWarmThroughput", {**MISSING, "WarmThroughputMiBps": 1}, error=NOT_FOUND),
    Row("UpdateStreamRecordDistributionStrategy",
        {"StreamARN": "$arn", "RecordDistributionStrategy": "AUTO"}),
    Row("UpdateStreamRecordDistributionStrategy",
        {"StreamARN": MISSING_ARN, "RecordDistributionStrategy": "AUTO"}, error=NOT_FOUND),
]

BUCKET = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": "000000000000"}
CHANNEL_ARN = "arn:aws:kinesis:us-east-1:000000000000:channel/missing"
CHANNELS = [
    Row("CreateChannel", {
        "ChannelName": "$stream", "ServiceExecutionRoleARN": "arn:aws:iam::000000000000:role/r",
        "StreamConfigurationList": [{"StreamARN": "$arn",
                                     "RecordConfiguration": {"RecordFormatType": "JSON"}}],
        "S3DestinationConfiguration": {
            "StorageConfiguration": {**BUCKET, "CompressionType": "NONE"},
            "DeadLetterQueueS3Configuration": BUCKET}},
        {"ChannelDescription.ChannelName": "$stream",
         "ChannelDescription.ChannelCreationTimestamp": recent},
        save={"channel": "ChannelDescription.ChannelARN"}),
    Row("DescribeChannel", {"ChannelARN": "$channel"},
        {"ChannelDescription.ChannelARN": "$channel", "ChannelDescription.ChannelStatus": "ACTIVE"}),
    Row("DescribeChannel", {"ChannelARN": CHANNEL_ARN}, error=NOT_FOUND),
    Row("ListChannels", {}, {"ChannelSummaries.0.ChannelARN": Text("arn:.+"),
                             "NextToken": absent}),
    Row("ListChannels", {"NextToken": "no such token"}, error=INVALID),
    Row("UpdateChannel", {"ChannelARN": "$channel",
                          "S3DestinationConfiguration": {"DataFreshnessInSeconds": 600}},
        {"ChannelDescription.ChannelARN": "$channel"}),
    Row("UpdateChannel", {"ChannelARN": CHANNEL_ARN,
                          "S3DestinationConfiguration": {"DataFreshnessInSeconds": 600}},
        error=NOT_FOUND),
    Row("DeleteChannel", {"ChannelARN": "$channel"}),
    Row("DeleteChannel", {"ChannelARN": CHANNEL_ARN}, error=NOT_FOUND),
]

ENDING = [
    Row("DeleteStream", {**S, "EnforceConsumerDeletion": True}),
    Row("DeleteStream", MISSING, error=NOT_FOUND),
]

ROWS = STREAMS + RECORDS + LABELS + SETTINGS + CONSUMERS + RESHARDING + MODES + CHANNELS + ENDING
