"""What the operations of DynamoDB, as far as lease tables need it take and answer, as typed dicts.

Generated from src/model/dynamodb.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class AttributeDefinitionDict(TypedDict):
    """A key attribute."""
    AttributeName: str
    """Name of the attribute."""
    AttributeType: str
    """S, N or B."""


class AttributeValueDict(TypedDict):
    """A value. Exactly one member is given."""
    S: NotRequired[str]
    """Text."""
    N: NotRequired[str]
    """A number, as decimal text of up to 38 digits."""
    B: NotRequired[bytes]
    """Bytes."""
    SS: NotRequired[list[str]]
    """A set of texts."""
    NS: NotRequired[list[str]]
    """A set of numbers."""
    BS: NotRequired[list[bytes]]
    """A set of byte strings."""
    M: NotRequired[dict[str, AttributeValueDict]]
    """A map."""
    L: NotRequired[list[AttributeValueDict]]
    """A list."""
    NULL: NotRequired[bool]
    """True: there is no value."""
    BOOL: NotRequired[bool]
    """A truth value."""


class BillingModeSummaryDict(TypedDict):
    """How a table is billed."""
    BillingMode: NotRequired[str]
    """PROVISIONED or PAY_PER_REQUEST."""
    LastUpdateToPayPerRequestDateTime: NotRequired[datetime]
    """When the table was last switched to PAY_PER_REQUEST."""


class CapacityDict(TypedDict):
    """Capacity that was used."""
    ReadCapacityUnits: NotRequired[float]
    """Read capacity units."""
    WriteCapacityUnits: NotRequired[float]
    """Write capacity units."""
    CapacityUnits: NotRequired[float]
    """Capacity units, of both kinds."""


class ConditionCheckDict(TypedDict):
    """A condition of a transaction."""
    Key: dict[str, AttributeValueDict]
    """The key."""
    TableName: str
    """Name or ARN of the table."""
    ConditionExpression: str
    """Must hold, or nothing is done."""
    ExpressionAttributeNames: NotRequired[dict[str, str]]
    """What the #names of the expressions stand for."""
    ExpressionAttributeValues: NotRequired[dict[str, AttributeValueDict]]
    """What the :values of the expressions stand for."""
    ReturnValuesOnConditionCheckFailure: NotRequired[str]
    """ALL_OLD or NONE: whether a failed condition tells the item."""


class ConsumedCapacityDict(TypedDict):
    """Capacity that a call has used."""
    TableName: NotRequired[str]
    """Name or ARN of the table."""
    CapacityUnits: NotRequired[float]
    """Capacity units, of both kinds."""
    ReadCapacityUnits: NotRequired[float]
    """Read capacity units."""
    WriteCapacityUnits: NotRequired[float]
    """Write capacity units."""
    Table: NotRequired[CapacityDict]
    """The table."""
    LocalSecondaryIndexes: NotRequired[dict[str, CapacityDict]]
    """Local indexes."""
    GlobalSecondaryIndexes: NotRequired[dict[str, CapacityDict]]
    """Global indexes."""


class ContinuousBackupsDescriptionDict(TypedDict):
    """The state of a table's backups."""
    ContinuousBackupsStatus: str
    """ENABLED or DISABLED."""
    PointInTimeRecoveryDescription: NotRequired[PointInTimeRecoveryDescriptionDict]
    """The state of point-in-time recovery."""


class CreateGlobalSecondaryIndexActionDict(TypedDict):
    """An index to create."""
    IndexName: str
    """Name of the index."""
    KeySchema: list[KeySchemaElementDict]
    """The key: a HASH attribute, and maybe a RANGE one."""
    Projection: ProjectionDict
    """Which attributes the index holds."""
    ProvisionedThroughput: NotRequired[ProvisionedThroughputDict]
    """Capacity of a provisioned table."""
    OnDemandThroughput: NotRequired[OnDemandThroughputDict]
    """Limits of an on-demand table."""
    WarmThroughput: NotRequired[WarmThroughputDict]
    """Throughput that is kept ready."""


class DeleteDict(TypedDict):
    """A deletion in a transaction."""
    Key: dict[str, AttributeValueDict]
    """The key."""
    TableName: str
    """Name or ARN of the table."""
    ConditionExpression: NotRequired[str]
    """Must hold, or nothing is done."""
    ExpressionAttributeNames: NotRequired[dict[str, str]]
    """What the #names of the expressions stand for."""
    ExpressionAttributeValues: NotRequired[dict[str, AttributeValueDict]]
    """What the :values of the expressions stand for."""
    ReturnValuesOnConditionCheckFailure: NotRequired[str]
    """ALL_OLD or NONE: whether a failed condition tells the item."""


class DeleteGlobalSecondaryIndexActionDict(TypedDict):
    """An index to delete."""
    IndexName: str
    """Name of the index."""


class DeleteRequestDict(TypedDict):
    """A deletion in a batch."""
    Key: dict[str, AttributeValueDict]
    """The key."""


class GlobalSecondaryIndexDict(TypedDict):
    """A global index."""
    IndexName: str
    """Name of the index."""
    KeySchema: list[KeySchemaElementDict]
    """The key: a HASH attribute, and maybe a RANGE one."""
    Projection: ProjectionDict
    """Which attributes the index holds."""
    ProvisionedThroughput: NotRequired[ProvisionedThroughputDict]
    """Capacity of a provisioned table."""
    OnDemandThroughput: NotRequired[OnDemandThroughputDict]
    """Limits of an on-demand table."""
    WarmThroughput: NotRequired[WarmThroughputDict]
    """Throughput that is kept ready."""


class GlobalSecondaryIndexDescriptionDict(TypedDict):
    """A global index as it is."""
    IndexName: NotRequired[str]
    """Name of the index."""
    KeySchema: NotRequired[list[KeySchemaElementDict]]
    """The key: a HASH attribute, and maybe a RANGE one."""
    Projection: NotRequired[ProjectionDict]
    """Which attributes the index holds."""
    IndexStatus: NotRequired[str]
    """CREATING, UPDATING, DELETING or ACTIVE."""
    Backfilling: NotRequired[bool]
    """Whether the index is still being filled."""
    ProvisionedThroughput: NotRequired[ProvisionedThroughputDescriptionDict]
    """Capacity of a provisioned table."""
    IndexSizeBytes: NotRequired[int]
    """Size of the index, some hours old."""
    ItemCount: NotRequired[int]
    """Items, some hours old."""
    IndexArn: NotRequired[str]
    """ARN of the index."""
    OnDemandThroughput: NotRequired[OnDemandThroughputDict]
    """Limits of an on-demand table."""
    WarmThroughput: NotRequired[GlobalSecondaryIndexWarmThroughputDescriptionDict]
    """Throughput that is kept ready."""


class GlobalSecondaryIndexUpdateDict(TypedDict):
    """A change of a global index; one member is given."""
    Update: NotRequired[UpdateGlobalSecondaryIndexActionDict]
    """Update."""
    Create: NotRequired[CreateGlobalSecondaryIndexActionDict]
    """Create an index."""
    Delete: NotRequired[DeleteGlobalSecondaryIndexActionDict]
    """Delete."""


class GlobalSecondaryIndexWarmThroughputDescriptionDict(TypedDict):
    """Throughput of an index that is kept ready."""
    ReadUnitsPerSecond: NotRequired[int]
    """Read units per second."""
    WriteUnitsPerSecond: NotRequired[int]
    """Write units per second."""
    Status: NotRequired[str]
    """Its state."""


class ItemCollectionMetricsDict(TypedDict):
    """Size of a collection."""
    ItemCollectionKey: NotRequired[dict[str, AttributeValueDict]]
    """Key of the collection."""
    SizeEstimateRangeGB: NotRequired[list[float]]
    """Lower and upper bound of the size."""


class KeySchemaElementDict(TypedDict):
    """A part of a key."""
    AttributeName: str
    """Name of the attribute."""
    KeyType: str
    """HASH or RANGE."""


class KeysAndAttributesDict(TypedDict):
    """What to read of one table."""
    Keys: list[dict[str, AttributeValueDict]]
    """The keys of the items."""
    ConsistentRead: NotRequired[bool]
    """Read what was written last; not on global indexes."""
    ProjectionExpression: NotRequired[str]
    """Which attributes to give."""
    ExpressionAttributeNames: NotRequired[dict[str, str]]
    """What the #names of the expressions stand for."""


class LocalSecondaryIndexDict(TypedDict):
    """A local index."""
    IndexName: str
    """Name of the index."""
    KeySchema: list[KeySchemaElementDict]
    """The key: a HASH attribute, and maybe a RANGE one."""
    Projection: ProjectionDict
    """Which attributes the index holds."""


class LocalSecondaryIndexDescriptionDict(TypedDict):
    """A local index as it is."""
    IndexName: NotRequired[str]
    """Name of the index."""
    KeySchema: NotRequired[list[KeySchemaElementDict]]
    """The key: a HASH attribute, and maybe a RANGE one."""
    Projection: NotRequired[ProjectionDict]
    """Which attributes the index holds."""
    IndexSizeBytes: NotRequired[int]
    """Size of the index, some hours old."""
    ItemCount: NotRequired[int]
    """Items, some hours old."""
    IndexArn: NotRequired[str]
    """ARN of the index."""


class OnDemandThroughputDict(TypedDict):
    """Limits of an on-demand table."""
    MaxReadRequestUnits: NotRequired[int]
    """Most read units per second; -1 = no limit."""
    MaxWriteRequestUnits: NotRequired[int]
    """Most write units per second; -1 = no limit."""


class PointInTimeRecoveryDescriptionDict(TypedDict):
    """The state of point-in-time recovery."""
    PointInTimeRecoveryStatus: NotRequired[str]
    """ENABLED or DISABLED."""
    RecoveryPeriodInDays: NotRequired[int]
    """How far back, 1..35 days."""
    EarliestRestorableDateTime: NotRequired[datetime]
    """Earliest instant that can be restored."""
    LatestRestorableDateTime: NotRequired[datetime]
    """Latest instant that can be restored."""


class PointInTimeRecoverySpecificationDict(TypedDict):
    """Point-in-time recovery as it shall be."""
    PointInTimeRecoveryEnabled: bool
    """Whether it is on."""
    RecoveryPeriodInDays: NotRequired[int]
    """How far back, 1..35 days."""


class ProjectionDict(TypedDict):
    """The attributes of an index."""
    ProjectionType: NotRequired[str]
    """ALL, KEYS_ONLY or INCLUDE."""
    NonKeyAttributes: NotRequired[list[str]]
    """Further attributes in the index."""


class ProvisionedThroughputDict(TypedDict):
    """Capacity as it shall be."""
    ReadCapacityUnits: int
    """Read capacity units."""
    WriteCapacityUnits: int
    """Write capacity units."""


class ProvisionedThroughputDescriptionDict(TypedDict):
    """Capacity as it is."""
    LastIncreaseDateTime: NotRequired[datetime]
    """When capacity last grew."""
    LastDecreaseDateTime: NotRequired[datetime]
    """When capacity last shrank."""
    NumberOfDecreasesToday: NotRequired[int]
    """How often capacity shrank today."""
    ReadCapacityUnits: NotRequired[int]
    """Read capacity units."""
    WriteCapacityUnits: NotRequired[int]
    """Write capacity units."""


class PutDict(TypedDict):
    """A put in a transaction."""
    Item: dict[str, AttributeValueDict]
    """The item."""
    TableName: str
    """Name or ARN of the table."""
    ConditionExpression: NotRequired[str]
    """Must hold, or nothing is done."""
    ExpressionAttributeNames: NotRequired[dict[str, str]]
    """What the #names of the expressions stand for."""
    ExpressionAttributeValues: NotRequired[dict[str, AttributeValueDict]]
    """What the :values of the expressions stand for."""
    ReturnValuesOnConditionCheckFailure: NotRequired[str]
    """ALL_OLD or NONE: whether a failed condition tells the item."""


class PutRequestDict(TypedDict):
    """A put in a batch."""
    Item: dict[str, AttributeValueDict]
    """The item."""


class SSESpecificationDict(TypedDict):
    """Encryption at rest."""
    Enabled: NotRequired[bool]
    """Whether it is on."""
    SSEType: NotRequired[str]
    """KMS."""
    KMSMasterKeyId: NotRequired[str]
    """The key."""


class StreamSpecificationDict(TypedDict):
    """A stream of changes."""
    StreamEnabled: bool
    """Whether the table has a stream of changes."""
    StreamViewType: NotRequired[str]
    """What the stream of changes holds."""


class TableClassSummaryDict(TypedDict):
    """A table's class."""
    TableClass: NotRequired[str]
    """STANDARD or STANDARD_INFREQUENT_ACCESS."""
    LastUpdateDateTime: NotRequired[datetime]
    """When it last changed."""


class TableDescriptionDict(TypedDict):
    """A table as it is."""
    AttributeDefinitions: NotRequired[list[AttributeDefinitionDict]]
    """The key attributes of the table and its indexes, and no others."""
    TableName: NotRequired[str]
    """Name or ARN of the table."""
    KeySchema: NotRequired[list[KeySchemaElementDict]]
    """The key: a HASH attribute, and maybe a RANGE one."""
    TableStatus: NotRequired[str]
    """CREATING, UPDATING, DELETING, ACTIVE or another state."""
    CreationDateTime: NotRequired[datetime]
    """When it was created."""
    ProvisionedThroughput: NotRequired[ProvisionedThroughputDescriptionDict]
    """Capacity of a provisioned table."""
    TableSizeBytes: NotRequired[int]
    """Size, some hours old."""
    ItemCount: NotRequired[int]
    """Items, some hours old."""
    TableArn: NotRequired[str]
    """ARN of the table."""
    TableId: NotRequired[str]
    """The table's identifier."""
    BillingModeSummary: NotRequired[BillingModeSummaryDict]
    """How the table is billed."""
    LocalSecondaryIndexes: NotRequired[list[LocalSecondaryIndexDescriptionDict]]
    """Local indexes."""
    GlobalSecondaryIndexes: NotRequired[list[GlobalSecondaryIndexDescriptionDict]]
    """Global indexes."""
    StreamSpecification: NotRequired[StreamSpecificationDict]
    """The table's stream of changes."""
    LatestStreamLabel: NotRequired[str]
    """Label of the table's stream of changes."""
    LatestStreamArn: NotRequired[str]
    """ARN of the table's stream of changes."""
    TableClassSummary: NotRequired[TableClassSummaryDict]
    """The table's class."""
    DeletionProtectionEnabled: NotRequired[bool]
    """Whether the table refuses to be deleted."""
    OnDemandThroughput: NotRequired[OnDemandThroughputDict]
    """Limits of an on-demand table."""
    WarmThroughput: NotRequired[TableWarmThroughputDescriptionDict]
    """Throughput that is kept ready."""


class TableWarmThroughputDescriptionDict(TypedDict):
    """Throughput of a table that is kept ready."""
    ReadUnitsPerSecond: NotRequired[int]
    """Read units per second."""
    WriteUnitsPerSecond: NotRequired[int]
    """Write units per second."""
    Status: NotRequired[str]
    """Its state."""


class TagDict(TypedDict):
    """A label."""
    Key: str
    """The key."""
    Value: str
    """Its value."""


class TimeToLiveDescriptionDict(TypedDict):
    """The state of expiry."""
    TimeToLiveStatus: NotRequired[str]
    """ENABLING, DISABLING, ENABLED or DISABLED."""
    AttributeName: NotRequired[str]
    """Name of the attribute."""


class TimeToLiveSpecificationDict(TypedDict):
    """Expiry as it shall be."""
    Enabled: bool
    """Whether it is on."""
    AttributeName: str
    """Name of the attribute."""


class TransactWriteItemDict(TypedDict):
    """One change of a transaction; one member is given."""
    ConditionCheck: NotRequired[ConditionCheckDict]
    """Only check a condition."""
    Put: NotRequired[PutDict]
    """Put an item."""
    Delete: NotRequired[DeleteDict]
    """Delete."""
    Update: NotRequired[UpdateDict]
    """Update."""


class UpdateDict(TypedDict):
    """An update in a transaction."""
    Key: dict[str, AttributeValueDict]
    """The key."""
    UpdateExpression: str
    """What to change: SET, REMOVE, ADD, DELETE."""
    TableName: str
    """Name or ARN of the table."""
    ConditionExpression: NotRequired[str]
    """Must hold, or nothing is done."""
    ExpressionAttributeNames: NotRequired[dict[str, str]]
    """What the #names of the expressions stand for."""
    ExpressionAttributeValues: NotRequired[dict[str, AttributeValueDict]]
    """What the :values of the expressions stand for."""
    ReturnValuesOnConditionCheckFailure: NotRequired[str]
    """ALL_OLD or NONE: whether a failed condition tells the item."""


class UpdateGlobalSecondaryIndexActionDict(TypedDict):
    """An index to change."""
    IndexName: str
    """Name of the index."""
    ProvisionedThroughput: NotRequired[ProvisionedThroughputDict]
    """Capacity of a provisioned table."""
    OnDemandThroughput: NotRequired[OnDemandThroughputDict]
    """Limits of an on-demand table."""
    WarmThroughput: NotRequired[WarmThroughputDict]
    """Throughput that is kept ready."""


class WarmThroughputDict(TypedDict):
    """Throughput to keep ready."""
    ReadUnitsPerSecond: NotRequired[int]
    """Read units per second."""
    WriteUnitsPerSecond: NotRequired[int]
    """Write units per second."""


class WriteRequestDict(TypedDict):
    """One change of a batch; one member is given."""
    PutRequest: NotRequired[PutRequestDict]
    """Put an item."""
    DeleteRequest: NotRequired[DeleteRequestDict]
    """Delete an item."""


class ConditionalCheckFailedExceptionDict(TypedDict):
    """The body of that error."""
    Item: NotRequired[dict[str, AttributeValueDict]]
    """The item as it is, if that was asked for and there is one."""


class CancellationReasonDict(TypedDict):
    """Why one change of a transaction was not made."""
    Item: NotRequired[dict[str, AttributeValueDict]]
    """The item as it is, if that was asked for."""
    Code: NotRequired[str]
    """None, ConditionalCheckFailed, TransactionConflict or another."""
    Message: NotRequired[str]
    """The service's words."""


class TransactionCanceledExceptionDict(TypedDict):
    """The body of that error."""
    CancellationReasons: NotRequired[list[CancellationReasonDict]]
    """One for each change, in order."""


class BatchGetItemOutDict(TypedDict):
    """Output of BatchGetItem."""
    Responses: NotRequired[dict[str, list[dict[str, AttributeValueDict]]]]
    """The items, by table."""
    UnprocessedKeys: NotRequired[dict[str, KeysAndAttributesDict]]
    """What was not read; ask again, with back-off."""
    ConsumedCapacity: NotRequired[list[ConsumedCapacityDict]]
    """What the call has cost, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class BatchWriteItemOutDict(TypedDict):
    """Output of BatchWriteItem."""
    UnprocessedItems: NotRequired[dict[str, list[WriteRequestDict]]]
    """What was not done; send it again, with back-off."""
    ItemCollectionMetrics: NotRequired[dict[str, list[ItemCollectionMetricsDict]]]
    """Sizes of collections, if that was asked for."""
    ConsumedCapacity: NotRequired[list[ConsumedCapacityDict]]
    """What the call has cost, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class CreateTableOutDict(TypedDict):
    """Output of CreateTable."""
    TableDescription: NotRequired[TableDescriptionDict]
    """The table."""
    ResponseMetadata: ResponseMetadataDict


class DeleteItemOutDict(TypedDict):
    """Output of DeleteItem."""
    Attributes: NotRequired[dict[str, AttributeValueDict]]
    """The item, as ReturnValues asked."""
    ConsumedCapacity: NotRequired[ConsumedCapacityDict]
    """What the call has cost, if that was asked for."""
    ItemCollectionMetrics: NotRequired[ItemCollectionMetricsDict]
    """Sizes of collections, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class DeleteTableOutDict(TypedDict):
    """Output of DeleteTable."""
    TableDescription: NotRequired[TableDescriptionDict]
    """The table."""
    ResponseMetadata: ResponseMetadataDict


class DescribeContinuousBackupsOutDict(TypedDict):
    """Output of DescribeContinuousBackups."""
    ContinuousBackupsDescription: NotRequired[ContinuousBackupsDescriptionDict]
    """The state of the backups."""
    ResponseMetadata: ResponseMetadataDict


class DescribeLimitsOutDict(TypedDict):
    """Output of DescribeLimits."""
    AccountMaxReadCapacityUnits: NotRequired[int]
    """Read capacity that the account may have in all."""
    AccountMaxWriteCapacityUnits: NotRequired[int]
    """Write capacity that the account may have in all."""
    TableMaxReadCapacityUnits: NotRequired[int]
    """Read capacity that one table may have."""
    TableMaxWriteCapacityUnits: NotRequired[int]
    """Write capacity that one table may have."""
    ResponseMetadata: ResponseMetadataDict


class DescribeTableOutDict(TypedDict):
    """Output of DescribeTable."""
    Table: NotRequired[TableDescriptionDict]
    """The table."""
    ResponseMetadata: ResponseMetadataDict


class DescribeTimeToLiveOutDict(TypedDict):
    """Output of DescribeTimeToLive."""
    TimeToLiveDescription: NotRequired[TimeToLiveDescriptionDict]
    """The state of expiry."""
    ResponseMetadata: ResponseMetadataDict


class GetItemOutDict(TypedDict):
    """Output of GetItem."""
    Item: NotRequired[dict[str, AttributeValueDict]]
    """The item."""
    ConsumedCapacity: NotRequired[ConsumedCapacityDict]
    """What the call has cost, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class ListTablesOutDict(TypedDict):
    """Output of ListTables."""
    TableNames: NotRequired[list[str]]
    """Names of tables."""
    LastEvaluatedTableName: NotRequired[str]
    """Where the next page starts; absent on the last."""
    ResponseMetadata: ResponseMetadataDict


class ListTagsOfResourceOutDict(TypedDict):
    """Output of ListTagsOfResource."""
    Tags: NotRequired[list[TagDict]]
    """Labels."""
    NextToken: NotRequired[str]
    """Go on where the page with this token ended; absent on the last."""
    ResponseMetadata: ResponseMetadataDict


class PutItemOutDict(TypedDict):
    """Output of PutItem."""
    Attributes: NotRequired[dict[str, AttributeValueDict]]
    """The item, as ReturnValues asked."""
    ConsumedCapacity: NotRequired[ConsumedCapacityDict]
    """What the call has cost, if that was asked for."""
    ItemCollectionMetrics: NotRequired[ItemCollectionMetricsDict]
    """Sizes of collections, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class QueryOutDict(TypedDict):
    """Output of Query."""
    Items: NotRequired[list[dict[str, AttributeValueDict]]]
    """The items."""
    Count: NotRequired[int]
    """Items given."""
    ScannedCount: NotRequired[int]
    """Items looked at."""
    LastEvaluatedKey: NotRequired[dict[str, AttributeValueDict]]
    """Where the next page starts; absent on the last."""
    ConsumedCapacity: NotRequired[ConsumedCapacityDict]
    """What the call has cost, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class ScanOutDict(TypedDict):
    """Output of Scan."""
    Items: NotRequired[list[dict[str, AttributeValueDict]]]
    """The items."""
    Count: NotRequired[int]
    """Items given."""
    ScannedCount: NotRequired[int]
    """Items looked at."""
    LastEvaluatedKey: NotRequired[dict[str, AttributeValueDict]]
    """Where the next page starts; absent on the last."""
    ConsumedCapacity: NotRequired[ConsumedCapacityDict]
    """What the call has cost, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class TagResourceOutDict(TypedDict):
    """Output of TagResource."""
    ResponseMetadata: ResponseMetadataDict


class TransactWriteItemsOutDict(TypedDict):
    """Output of TransactWriteItems."""
    ConsumedCapacity: NotRequired[list[ConsumedCapacityDict]]
    """What the call has cost, if that was asked for."""
    ItemCollectionMetrics: NotRequired[dict[str, list[ItemCollectionMetricsDict]]]
    """Sizes of collections, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class UntagResourceOutDict(TypedDict):
    """Output of UntagResource."""
    ResponseMetadata: ResponseMetadataDict


class UpdateContinuousBackupsOutDict(TypedDict):
    """Output of UpdateContinuousBackups."""
    ContinuousBackupsDescription: NotRequired[ContinuousBackupsDescriptionDict]
    """The state of the backups."""
    ResponseMetadata: ResponseMetadataDict


class UpdateItemOutDict(TypedDict):
    """Output of UpdateItem."""
    Attributes: NotRequired[dict[str, AttributeValueDict]]
    """The item, as ReturnValues asked."""
    ConsumedCapacity: NotRequired[ConsumedCapacityDict]
    """What the call has cost, if that was asked for."""
    ItemCollectionMetrics: NotRequired[ItemCollectionMetricsDict]
    """Sizes of collections, if that was asked for."""
    ResponseMetadata: ResponseMetadataDict


class UpdateTableOutDict(TypedDict):
    """Output of UpdateTable."""
    TableDescription: NotRequired[TableDescriptionDict]
    """The table."""
    ResponseMetadata: ResponseMetadataDict


class UpdateTimeToLiveOutDict(TypedDict):
    """Output of UpdateTimeToLive."""
    TimeToLiveSpecification: NotRequired[TimeToLiveSpecificationDict]
    """Expiry of items."""
    ResponseMetadata: ResponseMetadataDict


__all__ = (
    "AttributeDefinitionDict",
    "AttributeValueDict",
    "BillingModeSummaryDict",
    "CapacityDict",
    "ConditionCheckDict",
    "ConsumedCapacityDict",
    "ContinuousBackupsDescriptionDict",
    "CreateGlobalSecondaryIndexActionDict",
    "DeleteDict",
    "DeleteGlobalSecondaryIndexActionDict",
    "DeleteRequestDict",
    "GlobalSecondaryIndexDict",
    "GlobalSecondaryIndexDescriptionDict",
    "GlobalSecondaryIndexUpdateDict",
    "GlobalSecondaryIndexWarmThroughputDescriptionDict",
    "ItemCollectionMetricsDict",
    "KeySchemaElementDict",
    "KeysAndAttributesDict",
    "LocalSecondaryIndexDict",
    "LocalSecondaryIndexDescriptionDict",
    "OnDemandThroughputDict",
    "PointInTimeRecoveryDescriptionDict",
    "PointInTimeRecoverySpecificationDict",
    "ProjectionDict",
    "ProvisionedThroughputDict",
    "ProvisionedThroughputDescriptionDict",
    "PutDict",
    "PutRequestDict",
    "SSESpecificationDict",
    "StreamSpecificationDict",
    "TableClassSummaryDict",
    "TableDescriptionDict",
    "TableWarmThroughputDescriptionDict",
    "TagDict",
    "TimeToLiveDescriptionDict",
    "TimeToLiveSpecificationDict",
    "TransactWriteItemDict",
    "UpdateDict",
    "UpdateGlobalSecondaryIndexActionDict",
    "WarmThroughputDict",
    "WriteRequestDict",
    "ConditionalCheckFailedExceptionDict",
    "CancellationReasonDict",
    "TransactionCanceledExceptionDict",
    "BatchGetItemOutDict",
    "BatchWriteItemOutDict",
    "CreateTableOutDict",
    "DeleteItemOutDict",
    "DeleteTableOutDict",
    "DescribeContinuousBackupsOutDict",
    "DescribeLimitsOutDict",
    "DescribeTableOutDict",
    "DescribeTimeToLiveOutDict",
    "GetItemOutDict",
    "ListTablesOutDict",
    "ListTagsOfResourceOutDict",
    "PutItemOutDict",
    "QueryOutDict",
    "ScanOutDict",
    "TagResourceOutDict",
    "TransactWriteItemsOutDict",
    "UntagResourceOutDict",
    "UpdateContinuousBackupsOutDict",
    "UpdateItemOutDict",
    "UpdateTableOutDict",
    "UpdateTimeToLiveOutDict",
)
