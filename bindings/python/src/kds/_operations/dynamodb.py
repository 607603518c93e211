"""The operations of DynamoDB, as far as lease tables need it, as methods of its client.

Generated from src/model/dynamodb.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import dynamodb as types

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
    "AttributeDefinition": {
        "AttributeName": "string",
        "AttributeType": "string",
    },
    "AttributeValue": {
        "S": "string",
        "N": "string",
        "B": "blob",
        "SS": "list<string>",
        "NS": "list<string>",
        "BS": "list<blob>",
        "M": "map<AttributeValue>",
        "L": "list<AttributeValue>",
        "NULL": "bool",
        "BOOL": "bool",
    },
    "BillingModeSummary": {
        "BillingMode": "string",
        "LastUpdateToPayPerRequestDateTime": "timestamp",
    },
    "Capacity": {
        "ReadCapacityUnits": "double",
        "WriteCapacityUnits": "double",
        "CapacityUnits": "double",
    },
    "ConditionCheck": {
        "Key": "map<AttributeValue>",
        "TableName": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "ConsumedCapacity": {
        "TableName": "string",
        "CapacityUnits": "double",
        "ReadCapacityUnits": "double",
        "WriteCapacityUnits": "double",
        "Table": "Capacity",
        "LocalSecondaryIndexes": "map<Capacity>",
        "GlobalSecondaryIndexes": "map<Capacity>",
    },
    "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "string",
        "PointInTimeRecoveryDescription": "PointInTimeRecoveryDescription",
    },
    "CreateGlobalSecondaryIndexAction": {
        "IndexName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "Projection": "Projection",
        "ProvisionedThroughput": "ProvisionedThroughput",
        "OnDemandThroughput": "OnDemandThroughput",
        "WarmThroughput": "WarmThroughput",
    },
    "Delete": {
        "Key": "map<AttributeValue>",
        "TableName": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "DeleteGlobalSecondaryIndexAction": {
        "IndexName": "string",
    },
    "DeleteRequest": {
        "Key": "map<AttributeValue>",
    },
    "GlobalSecondaryIndex": {
        "IndexName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "Projection": "Projection",
        "ProvisionedThroughput": "ProvisionedThroughput",
        "OnDemandThroughput": "OnDemandThroughput",
        "WarmThroughput": "WarmThroughput",
    },
    "GlobalSecondaryIndexDescription": {
        "IndexName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "Projection": "Projection",
        "IndexStatus": "string",
        "Backfilling": "bool",
        "ProvisionedThroughput": "ProvisionedThroughputDescription",
        "IndexSizeBytes": "int64",
        "ItemCount": "int64",
        "IndexArn": "string",
        "OnDemandThroughput": "OnDemandThroughput",
        "WarmThroughput": "GlobalSecondaryIndexWarmThroughputDescription",
    },
    "GlobalSecondaryIndexUpdate": {
        "Update": "UpdateGlobalSecondaryIndexAction",
        "Create": "CreateGlobalSecondaryIndexAction",
        "Delete": "DeleteGlobalSecondaryIndexAction",
    },
    "GlobalSecondaryIndexWarmThroughputDescription": {
        "ReadUnitsPerSecond": "int64",
        "WriteUnitsPerSecond": "int64",
        "Status": "string",
    },
    "ItemCollectionMetrics": {
        "ItemCollectionKey": "map<AttributeValue>",
        "SizeEstimateRangeGB": "list<double>",
    },
    "KeySchemaElement": {
        "AttributeName": "string",
        "KeyType": "string",
    },
    "KeysAndAttributes": {
        "Keys": "list<map<AttributeValue>>",
        "ConsistentRead": "bool",
        "ProjectionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
    },
    "LocalSecondaryIndex": {
        "IndexName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "Projection": "Projection",
    },
    "LocalSecondaryIndexDescription": {
        "IndexName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "Projection": "Projection",
        "IndexSizeBytes": "int64",
        "ItemCount": "int64",
        "IndexArn": "string",
    },
    "OnDemandThroughput": {
        "MaxReadRequestUnits": "int64",
        "MaxWriteRequestUnits": "int64",
    },
    "PointInTimeRecoveryDescription": {
        "PointInTimeRecoveryStatus": "string",
        "RecoveryPeriodInDays": "int64",
        "EarliestRestorableDateTime": "timestamp",
        "LatestRestorableDateTime": "timestamp",
    },
    "PointInTimeRecoverySpecification": {
        "PointInTimeRecoveryEnabled": "bool",
        "RecoveryPeriodInDays": "int64",
    },
    "Projection": {
        "ProjectionType": "string",
        "NonKeyAttributes": "list<string>",
    },
    "ProvisionedThroughput": {
        "ReadCapacityUnits": "int64",
        "WriteCapacityUnits": "int64",
    },
    "ProvisionedThroughputDescription": {
        "LastIncreaseDateTime": "timestamp",
        "LastDecreaseDateTime": "timestamp",
        "NumberOfDecreasesToday": "int64",
        "ReadCapacityUnits": "int64",
        "WriteCapacityUnits": "int64",
    },
    "Put": {
        "Item": "map<AttributeValue>",
        "TableName": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "PutRequest": {
        "Item": "map<AttributeValue>",
    },
    "SSESpecification": {
        "Enabled": "bool",
        "SSEType": "string",
        "KMSMasterKeyId": "string",
    },
    "StreamSpecification": {
        "StreamEnabled": "bool",
        "StreamViewType": "string",
    },
    "TableClassSummary": {
        "TableClass": "string",
        "LastUpdateDateTime": "timestamp",
    },
    "TableDescription": {
        "AttributeDefinitions": "list<AttributeDefinition>",
        "TableName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "TableStatus": "string",
        "CreationDateTime": "timestamp",
        "ProvisionedThroughput": "ProvisionedThroughputDescription",
        "TableSizeBytes": "int64",
        "ItemCount": "int64",
        "TableArn": "string",
        "TableId": "string",
        "BillingModeSummary": "BillingModeSummary",
        "LocalSecondaryIndexes": "list<LocalSecondaryIndexDescription>",
        "GlobalSecondaryIndexes": "list<GlobalSecondaryIndexDescription>",
        "StreamSpecification": "StreamSpecification",
        "LatestStreamLabel": "string",
        "LatestStreamArn": "string",
        "TableClassSummary": "TableClassSummary",
        "DeletionProtectionEnabled": "bool",
        "OnDemandThroughput": "OnDemandThroughput",
        "WarmThroughput": "TableWarmThroughputDescription",
    },
    "TableWarmThroughputDescription": {
        "ReadUnitsPerSecond": "int64",
        "WriteUnitsPerSecond": "int64",
        "Status": "string",
    },
    "Tag": {
        "Key": "string",
        "Value": "string",
    },
    "TimeToLiveDescription": {
        "TimeToLiveStatus": "string",
        "AttributeName": "string",
    },
    "TimeToLiveSpecification": {
        "Enabled": "bool",
        "AttributeName": "string",
    },
    "TransactWriteItem": {
        "ConditionCheck": "ConditionCheck",
        "Put": "Put",
        "Delete": "Delete",
        "Update": "Update",
    },
    "Update": {
        "Key": "map<AttributeValue>",
        "UpdateExpression": "string",
        "TableName": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "UpdateGlobalSecondaryIndexAction": {
        "IndexName": "string",
        "ProvisionedThroughput": "ProvisionedThroughput",
        "OnDemandThroughput": "OnDemandThroughput",
        "WarmThroughput": "WarmThroughput",
    },
    "WarmThroughput": {
        "ReadUnitsPerSecond": "int64",
        "WriteUnitsPerSecond": "int64",
    },
    "WriteRequest": {
        "PutRequest": "PutRequest",
        "DeleteRequest": "DeleteRequest",
    },
    "Attribute": {
        "Key": "string",
        "Value": "AttributeValue",
    },
    "IndexCapacity": {
        "Key": "string",
        "Value": "Capacity",
    },
    "Name": {
        "Key": "string",
        "Value": "string",
    },
    "TableCollections": {
        "Key": "string",
        "Value": "list<ItemCollectionMetrics>",
    },
    "TableItems": {
        "Key": "string",
        "Value": "list<map<AttributeValue>>",
    },
    "TableKeys": {
        "Key": "string",
        "Value": "KeysAndAttributes",
    },
    "TableWrites": {
        "Key": "string",
        "Value": "list<WriteRequest>",
    },
    "ConditionalCheckFailedException": {
        "Item": "map<AttributeValue>",
    },
    "CancellationReason": {
        "Item": "map<AttributeValue>",
        "Code": "string",
        "Message": "string",
    },
    "TransactionCanceledException": {
        "CancellationReasons": "list<CancellationReason>",
    },
    "BatchGetItemIn": {
        "RequestItems": "map<KeysAndAttributes>",
        "ReturnConsumedCapacity": "string",
    },
    "BatchWriteItemIn": {
        "RequestItems": "map<list<WriteRequest>>",
        "ReturnConsumedCapacity": "string",
        "ReturnItemCollectionMetrics": "string",
    },
    "CreateTableIn": {
        "AttributeDefinitions": "list<AttributeDefinition>",
        "TableName": "string",
        "KeySchema": "list<KeySchemaElement>",
        "LocalSecondaryIndexes": "list<LocalSecondaryIndex>",
        "GlobalSecondaryIndexes": "list<GlobalSecondaryIndex>",
        "BillingMode": "string",
        "ProvisionedThroughput": "ProvisionedThroughput",
        "StreamSpecification": "StreamSpecification",
        "SSESpecification": "SSESpecification",
        "Tags": "list<Tag>",
        "TableClass": "string",
        "DeletionProtectionEnabled": "bool",
        "WarmThroughput": "WarmThroughput",
        "ResourcePolicy": "string",
        "OnDemandThroughput": "OnDemandThroughput",
    },
    "DeleteItemIn": {
        "TableName": "string",
        "Key": "map<AttributeValue>",
        "ReturnValues": "string",
        "ReturnConsumedCapacity": "string",
        "ReturnItemCollectionMetrics": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "DeleteTableIn": {
        "TableName": "string",
    },
    "DescribeContinuousBackupsIn": {
        "TableName": "string",
    },
    "DescribeLimitsIn": {
    },
    "DescribeTableIn": {
        "TableName": "string",
    },
    "DescribeTimeToLiveIn": {
        "TableName": "string",
    },
    "GetItemIn": {
        "TableName": "string",
        "Key": "map<AttributeValue>",
        "ConsistentRead": "bool",
        "ReturnConsumedCapacity": "string",
        "ProjectionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
    },
    "ListTablesIn": {
        "ExclusiveStartTableName": "string",
        "Limit": "int64",
    },
    "ListTagsOfResourceIn": {
        "ResourceArn": "string",
        "NextToken": "string",
    },
    "PutItemIn": {
        "TableName": "string",
        "Item": "map<AttributeValue>",
        "ReturnValues": "string",
        "ReturnConsumedCapacity": "string",
        "ReturnItemCollectionMetrics": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "QueryIn": {
        "TableName": "string",
        "IndexName": "string",
        "Select": "string",
        "Limit": "int64",
        "ConsistentRead": "bool",
        "ScanIndexForward": "bool",
        "ExclusiveStartKey": "map<AttributeValue>",
        "ReturnConsumedCapacity": "string",
        "ProjectionExpression": "string",
        "FilterExpression": "string",
        "KeyConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
    },
    "ScanIn": {
        "TableName": "string",
        "IndexName": "string",
        "Limit": "int64",
        "Select": "string",
        "ExclusiveStartKey": "map<AttributeValue>",
        "ReturnConsumedCapacity": "string",
        "TotalSegments": "int64",
        "Segment": "int64",
        "ProjectionExpression": "string",
        "FilterExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ConsistentRead": "bool",
    },
    "TagResourceIn": {
        "ResourceArn": "string",
        "Tags": "list<Tag>",
    },
    "TransactWriteItemsIn": {
        "TransactItems": "list<TransactWriteItem>",
        "ReturnConsumedCapacity": "string",
        "ReturnItemCollectionMetrics": "string",
        "ClientRequestToken": "string",
    },
    "UntagResourceIn": {
        "ResourceArn": "string",
        "TagKeys": "list<string>",
    },
    "UpdateContinuousBackupsIn": {
        "TableName": "string",
        "PointInTimeRecoverySpecification": "PointInTimeRecoverySpecification",
    },
    "UpdateItemIn": {
        "TableName": "string",
        "Key": "map<AttributeValue>",
        "ReturnValues": "string",
        "ReturnConsumedCapacity": "string",
        "ReturnItemCollectionMetrics": "string",
        "UpdateExpression": "string",
        "ConditionExpression": "string",
        "ExpressionAttributeNames": "map<string>",
        "ExpressionAttributeValues": "map<AttributeValue>",
        "ReturnValuesOnConditionCheckFailure": "string",
    },
    "UpdateTableIn": {
        "AttributeDefinitions": "list<AttributeDefinition>",
        "TableName": "string",
        "BillingMode": "string",
        "ProvisionedThroughput": "ProvisionedThroughput",
        "GlobalSecondaryIndexUpdates": "list<GlobalSecondaryIndexUpdate>",
        "StreamSpecification": "StreamSpecification",
        "SSESpecification": "SSESpecification",
        "TableClass": "string",
        "DeletionProtectionEnabled": "bool",
        "OnDemandThroughput": "OnDemandThroughput",
        "WarmThroughput": "WarmThroughput",
    },
    "UpdateTimeToLiveIn": {
        "TableName": "string",
        "TimeToLiveSpecification": "TimeToLiveSpecification",
    },
}

METHODS = {
    "batch_get_item": "BatchGetItem",
    "batch_write_item": "BatchWriteItem",
    "create_table": "CreateTable",
    "delete_item": "DeleteItem",
    "delete_table": "DeleteTable",
    "describe_continuous_backups": "DescribeContinuousBackups",
    "describe_limits": "DescribeLimits",
    "describe_table": "DescribeTable",
    "describe_time_to_live": "DescribeTimeToLive",
    "get_item": "GetItem",
    "list_tables": "ListTables",
    "list_tags_of_resource": "ListTagsOfResource",
    "put_item": "PutItem",
    "query": "Query",
    "scan": "Scan",
    "tag_resource": "TagResource",
    "transact_write_items": "TransactWriteItems",
    "untag_resource": "UntagResource",
    "update_continuous_backups": "UpdateContinuousBackups",
    "update_item": "UpdateItem",
    "update_table": "UpdateTable",
    "update_time_to_live": "UpdateTimeToLive",
}


class Operations:
    """The operations of DynamoDB, as far as lease tables need it."""

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        raise NotImplementedError

    def batch_get_item(
            self,
            *,
            RequestItems: Mapping[str, types.KeysAndAttributesDict],
            ReturnConsumedCapacity: str | None = None,
    ) -> types.BatchGetItemOutDict:
        """Read up to 100 items.

        :param RequestItems: By table.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        """
        answer: types.BatchGetItemOutDict = self._call("BatchGetItem", {
            "RequestItems": RequestItems, "ReturnConsumedCapacity": ReturnConsumedCapacity
        })
        return answer

    def batch_write_item(
            self,
            *,
            RequestItems: Mapping[str, Sequence[types.WriteRequestDict]],
            ReturnConsumedCapacity: str | None = None,
            ReturnItemCollectionMetrics: str | None = None,
    ) -> types.BatchWriteItemOutDict:
        """Put or delete up to 25 items, each on its own and without conditions.

        :param RequestItems: By table.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ReturnItemCollectionMetrics: SIZE or NONE.
        """
        answer: types.BatchWriteItemOutDict = self._call("BatchWriteItem", {
            "RequestItems": RequestItems, "ReturnConsumedCapacity": ReturnConsumedCapacity,
            "ReturnItemCollectionMetrics": ReturnItemCollectionMetrics
        })
        return answer

    def create_table(
            self,
            *,
            TableName: str,
            AttributeDefinitions: Sequence[types.AttributeDefinitionDict] | None = None,
            KeySchema: Sequence[types.KeySchemaElementDict] | None = None,
            LocalSecondaryIndexes: Sequence[types.LocalSecondaryIndexDict] | None = None,
            GlobalSecondaryIndexes: Sequence[types.GlobalSecondaryIndexDict] | None = None,
            BillingMode: str | None = None,
            ProvisionedThroughput: types.ProvisionedThroughputDict | None = None,
            StreamSpecification: types.StreamSpecificationDict | None = None,
            SSESpecification: types.SSESpecificationDict | None = None,
            Tags: Sequence[types.TagDict] | None = None,
            TableClass: str | None = None,
            DeletionProtectionEnabled: bool | None = None,
            WarmThroughput: types.WarmThroughputDict | None = None,
            ResourcePolicy: str | None = None,
            OnDemandThroughput: types.OnDemandThroughputDict | None = None,
    ) -> types.CreateTableOutDict:
        """Create a table. It is CREATING when this returns and ACTIVE some time later.

        :param TableName: Name or ARN of the table.
        :param AttributeDefinitions: The key attributes of the table and its indexes, and no others.
        :param KeySchema: The key: a HASH attribute, and maybe a RANGE one.
        :param LocalSecondaryIndexes: Local indexes.
        :param GlobalSecondaryIndexes: Global indexes.
        :param BillingMode: PROVISIONED or PAY_PER_REQUEST.
        :param ProvisionedThroughput: Capacity of a provisioned table.
        :param StreamSpecification: The table's stream of changes.
        :param SSESpecification: Encryption at rest.
        :param Tags: Labels.
        :param TableClass: STANDARD or STANDARD_INFREQUENT_ACCESS.
        :param DeletionProtectionEnabled: Whether the table refuses to be deleted.
        :param WarmThroughput: Throughput that is kept ready.
        :param ResourcePolicy: A policy, JSON.
        :param OnDemandThroughput: Limits of an on-demand table.
        """
        answer: types.CreateTableOutDict = self._call("CreateTable", {
            "TableName": TableName, "AttributeDefinitions": AttributeDefinitions, "KeySchema": KeySchema,
            "LocalSecondaryIndexes": LocalSecondaryIndexes, "GlobalSecondaryIndexes":
            GlobalSecondaryIndexes, "BillingMode": BillingMode, "ProvisionedThroughput":
            ProvisionedThroughput, "StreamSpecification": StreamSpecification, "SSESpecification":
            SSESpecification, "Tags": Tags, "TableClass": TableClass, "DeletionProtectionEnabled":
            DeletionProtectionEnabled, "WarmThroughput": WarmThroughput, "ResourcePolicy": ResourcePolicy,
            "OnDemandThroughput": OnDemandThroughput
        })
        return answer

    def delete_item(
            self,
            *,
            TableName: str,
            Key: Mapping[str, types.AttributeValueDict],
            ReturnValues: str | None = None,
            ReturnConsumedCapacity: str | None = None,
            ReturnItemCollectionMetrics: str | None = None,
            ConditionExpression: str | None = None,
            ExpressionAttributeNames: Mapping[str, str] | None = None,
            ExpressionAttributeValues: Mapping[str, types.AttributeValueDict] | None = None,
            ReturnValuesOnConditionCheckFailure: str | None = None,
    ) -> types.DeleteItemOutDict:
        """Delete an item.

        :param TableName: Name or ARN of the table.
        :param Key: The key.
        :param ReturnValues: NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ReturnItemCollectionMetrics: SIZE or NONE.
        :param ConditionExpression: Must hold, or nothing is done.
        :param ExpressionAttributeNames: What the #names of the expressions stand for.
        :param ExpressionAttributeValues: What the :values of the expressions stand for.
        :param ReturnValuesOnConditionCheckFailure: ALL_OLD or NONE: whether a failed condition tells the
            item.
        """
        answer: types.DeleteItemOutDict = self._call("DeleteItem", {
            "TableName": TableName, "Key": Key, "ReturnValues": ReturnValues, "ReturnConsumedCapacity":
            ReturnConsumedCapacity, "ReturnItemCollectionMetrics": ReturnItemCollectionMetrics,
            "ConditionExpression": ConditionExpression, "ExpressionAttributeNames":
            ExpressionAttributeNames, "ExpressionAttributeValues": ExpressionAttributeValues,
            "ReturnValuesOnConditionCheckFailure": ReturnValuesOnConditionCheckFailure
        })
        return answer

    def delete_table(
            self,
            *,
            TableName: str,
    ) -> types.DeleteTableOutDict:
        """Delete a table and its items.

        :param TableName: Name or ARN of the table.
        """
        answer: types.DeleteTableOutDict = self._call("DeleteTable", {
            "TableName": TableName
        })
        return answer

    def describe_continuous_backups(
            self,
            *,
            TableName: str,
    ) -> types.DescribeContinuousBackupsOutDict:
        """The state of a table's backups.

        :param TableName: Name or ARN of the table.
        """
        answer: types.DescribeContinuousBackupsOutDict = self._call("DescribeContinuousBackups", {
            "TableName": TableName
        })
        return answer

    def describe_limits(
            self,
    ) -> types.DescribeLimitsOutDict:
        """The capacity that account and tables may have.
        """
        answer: types.DescribeLimitsOutDict = self._call("DescribeLimits", {})
        return answer

    def describe_table(
            self,
            *,
            TableName: str,
    ) -> types.DescribeTableOutDict:
        """A table.

        :param TableName: Name or ARN of the table.
        """
        answer: types.DescribeTableOutDict = self._call("DescribeTable", {
            "TableName": TableName
        })
        return answer

    def describe_time_to_live(
            self,
            *,
            TableName: str,
    ) -> types.DescribeTimeToLiveOutDict:
        """Whether a table's items expire.

        :param TableName: Name or ARN of the table.
        """
        answer: types.DescribeTimeToLiveOutDict = self._call("DescribeTimeToLive", {
            "TableName": TableName
        })
        return answer

    def get_item(
            self,
            *,
            TableName: str,
            Key: Mapping[str, types.AttributeValueDict],
            ConsistentRead: bool | None = None,
            ReturnConsumedCapacity: str | None = None,
            ProjectionExpression: str | None = None,
            ExpressionAttributeNames: Mapping[str, str] | None = None,
    ) -> types.GetItemOutDict:
        """Read an item.

        :param TableName: Name or ARN of the table.
        :param Key: The key.
        :param ConsistentRead: Read what was written last; not on global indexes.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ProjectionExpression: Which attributes to give.
        :param ExpressionAttributeNames: What the #names of the expressions stand for.
        """
        answer: types.GetItemOutDict = self._call("GetItem", {
            "TableName": TableName, "Key": Key, "ConsistentRead": ConsistentRead, "ReturnConsumedCapacity":
            ReturnConsumedCapacity, "ProjectionExpression": ProjectionExpression,
            "ExpressionAttributeNames": ExpressionAttributeNames
        })
        return answer

    def list_tables(
            self,
            *,
            ExclusiveStartTableName: str | None = None,
            Limit: int | None = None,
    ) -> types.ListTablesOutDict:
        """The tables of the account in the region.

        :param ExclusiveStartTableName: Start behind this table.
        :param Limit: At most so many, before they are filtered.
        """
        answer: types.ListTablesOutDict = self._call("ListTables", {
            "ExclusiveStartTableName": ExclusiveStartTableName, "Limit": Limit
        })
        return answer

    def list_tags_of_resource(
            self,
            *,
            ResourceArn: str,
            NextToken: str | None = None,
    ) -> types.ListTagsOfResourceOutDict:
        """The labels of a table.

        :param ResourceArn: ARN of the table.
        :param NextToken: Go on where the page with this token ended; absent on the last.
        """
        answer: types.ListTagsOfResourceOutDict = self._call("ListTagsOfResource", {
            "ResourceArn": ResourceArn, "NextToken": NextToken
        })
        return answer

    def put_item(
            self,
            *,
            TableName: str,
            Item: Mapping[str, types.AttributeValueDict],
            ReturnValues: str | None = None,
            ReturnConsumedCapacity: str | None = None,
            ReturnItemCollectionMetrics: str | None = None,
            ConditionExpression: str | None = None,
            ExpressionAttributeNames: Mapping[str, str] | None = None,
            ExpressionAttributeValues: Mapping[str, types.AttributeValueDict] | None = None,
            ReturnValuesOnConditionCheckFailure: str | None = None,
    ) -> types.PutItemOutDict:
        """Put an item in place of what is there.

        :param TableName: Name or ARN of the table.
        :param Item: The item.
        :param ReturnValues: NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ReturnItemCollectionMetrics: SIZE or NONE.
        :param ConditionExpression: Must hold, or nothing is done.
        :param ExpressionAttributeNames: What the #names of the expressions stand for.
        :param ExpressionAttributeValues: What the :values of the expressions stand for.
        :param ReturnValuesOnConditionCheckFailure: ALL_OLD or NONE: whether a failed condition tells the
            item.
        """
        answer: types.PutItemOutDict = self._call("PutItem", {
            "TableName": TableName, "Item": Item, "ReturnValues": ReturnValues, "ReturnConsumedCapacity":
            ReturnConsumedCapacity, "ReturnItemCollectionMetrics": ReturnItemCollectionMetrics,
            "ConditionExpression": ConditionExpression, "ExpressionAttributeNames":
            ExpressionAttributeNames, "ExpressionAttributeValues": ExpressionAttributeValues,
            "ReturnValuesOnConditionCheckFailure": ReturnValuesOnConditionCheckFailure
        })
        return answer

    def query(
            self,
            *,
            TableName: str,
            IndexName: str | None = None,
            Select: str | None = None,
            Limit: int | None = None,
            ConsistentRead: bool | None = None,
            ScanIndexForward: bool | None = None,
            ExclusiveStartKey: Mapping[str, types.AttributeValueDict] | None = None,
            ReturnConsumedCapacity: str | None = None,
            ProjectionExpression: str | None = None,
            FilterExpression: str | None = None,
            KeyConditionExpression: str | None = None,
            ExpressionAttributeNames: Mapping[str, str] | None = None,
            ExpressionAttributeValues: Mapping[str, types.AttributeValueDict] | None = None,
    ) -> types.QueryOutDict:
        """Items of one hash key, a page of up to 1 MB.

        :param TableName: Name or ARN of the table.
        :param IndexName: Name of the index.
        :param Select: ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, SPECIFIC_ATTRIBUTES or COUNT.
        :param Limit: At most so many, before they are filtered.
        :param ConsistentRead: Read what was written last; not on global indexes.
        :param ScanIndexForward: False: in descending order.
        :param ExclusiveStartKey: Go on behind this key: the last page's LastEvaluatedKey.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ProjectionExpression: Which attributes to give.
        :param FilterExpression: Only items for which this holds; it is paid for the others all the same.
        :param KeyConditionExpression: Which key values.
        :param ExpressionAttributeNames: What the #names of the expressions stand for.
        :param ExpressionAttributeValues: What the :values of the expressions stand for.
        """
        answer: types.QueryOutDict = self._call("Query", {
            "TableName": TableName, "IndexName": IndexName, "Select": Select, "Limit": Limit,
            "ConsistentRead": ConsistentRead, "ScanIndexForward": ScanIndexForward, "ExclusiveStartKey":
            ExclusiveStartKey, "ReturnConsumedCapacity": ReturnConsumedCapacity, "ProjectionExpression":
            ProjectionExpression, "FilterExpression": FilterExpression, "KeyConditionExpression":
            KeyConditionExpression, "ExpressionAttributeNames": ExpressionAttributeNames,
            "ExpressionAttributeValues": ExpressionAttributeValues
        })
        return answer

    def scan(
            self,
            *,
            TableName: str,
            IndexName: str | None = None,
            Limit: int | None = None,
            Select: str | None = None,
            ExclusiveStartKey: Mapping[str, types.AttributeValueDict] | None = None,
            ReturnConsumedCapacity: str | None = None,
            TotalSegments: int | None = None,
            Segment: int | None = None,
            ProjectionExpression: str | None = None,
            FilterExpression: str | None = None,
            ExpressionAttributeNames: Mapping[str, str] | None = None,
            ExpressionAttributeValues: Mapping[str, types.AttributeValueDict] | None = None,
            ConsistentRead: bool | None = None,
    ) -> types.ScanOutDict:
        """All items, a page of up to 1 MB at a time. A page may be empty and not the last.

        :param TableName: Name or ARN of the table.
        :param IndexName: Name of the index.
        :param Limit: At most so many, before they are filtered.
        :param Select: ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, SPECIFIC_ATTRIBUTES or COUNT.
        :param ExclusiveStartKey: Go on behind this key: the last page's LastEvaluatedKey.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param TotalSegments: How many parts a parallel scan has.
        :param Segment: Which part of a parallel scan.
        :param ProjectionExpression: Which attributes to give.
        :param FilterExpression: Only items for which this holds; it is paid for the others all the same.
        :param ExpressionAttributeNames: What the #names of the expressions stand for.
        :param ExpressionAttributeValues: What the :values of the expressions stand for.
        :param ConsistentRead: Read what was written last; not on global indexes.
        """
        answer: types.ScanOutDict = self._call("Scan", {
            "TableName": TableName, "IndexName": IndexName, "Limit": Limit, "Select": Select,
            "ExclusiveStartKey": ExclusiveStartKey, "ReturnConsumedCapacity": ReturnConsumedCapacity,
            "TotalSegments": TotalSegments, "Segment": Segment, "ProjectionExpression":
            ProjectionExpression, "FilterExpression": FilterExpression, "ExpressionAttributeNames":
            ExpressionAttributeNames, "ExpressionAttributeValues": ExpressionAttributeValues,
            "ConsistentRead": ConsistentRead
        })
        return answer

    def tag_resource(
            self,
            *,
            ResourceArn: str,
            Tags: Sequence[types.TagDict],
    ) -> types.TagResourceOutDict:
        """Put labels on a table.

        :param ResourceArn: ARN of the table.
        :param Tags: Labels.
        """
        answer: types.TagResourceOutDict = self._call("TagResource", {
            "ResourceArn": ResourceArn, "Tags": Tags
        })
        return answer

    def transact_write_items(
            self,
            *,
            TransactItems: Sequence[types.TransactWriteItemDict],
            ReturnConsumedCapacity: str | None = None,
            ReturnItemCollectionMetrics: str | None = None,
            ClientRequestToken: str | None = None,
    ) -> types.TransactWriteItemsOutDict:
        """Up to 100 changes, all or nothing.

        :param TransactItems: What to do, all or nothing.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ReturnItemCollectionMetrics: SIZE or NONE.
        :param ClientRequestToken: Makes a repeat within ten minutes harmless.
        """
        answer: types.TransactWriteItemsOutDict = self._call("TransactWriteItems", {
            "TransactItems": TransactItems, "ReturnConsumedCapacity": ReturnConsumedCapacity,
            "ReturnItemCollectionMetrics": ReturnItemCollectionMetrics, "ClientRequestToken":
            ClientRequestToken
        })
        return answer

    def untag_resource(
            self,
            *,
            ResourceArn: str,
            TagKeys: Sequence[str],
    ) -> types.UntagResourceOutDict:
        """Take labels off a table.

        :param ResourceArn: ARN of the table.
        :param TagKeys: Names of labels.
        """
        answer: types.UntagResourceOutDict = self._call("UntagResource", {
            "ResourceArn": ResourceArn, "TagKeys": TagKeys
        })
        return answer

    def update_continuous_backups(
            self,
            *,
            TableName: str,
            PointInTimeRecoverySpecification: types.PointInTimeRecoverySpecificationDict,
    ) -> types.UpdateContinuousBackupsOutDict:
        """Switch point-in-time recovery on or off.

        :param TableName: Name or ARN of the table.
        :param PointInTimeRecoverySpecification: Point-in-time recovery.
        """
        answer: types.UpdateContinuousBackupsOutDict = self._call("UpdateContinuousBackups", {
            "TableName": TableName, "PointInTimeRecoverySpecification": PointInTimeRecoverySpecification
        })
        return answer

    def update_item(
            self,
            *,
            TableName: str,
            Key: Mapping[str, types.AttributeValueDict],
            ReturnValues: str | None = None,
            ReturnConsumedCapacity: str | None = None,
            ReturnItemCollectionMetrics: str | None = None,
            UpdateExpression: str | None = None,
            ConditionExpression: str | None = None,
            ExpressionAttributeNames: Mapping[str, str] | None = None,
            ExpressionAttributeValues: Mapping[str, types.AttributeValueDict] | None = None,
            ReturnValuesOnConditionCheckFailure: str | None = None,
    ) -> types.UpdateItemOutDict:
        """Change an item, or create it.

        :param TableName: Name or ARN of the table.
        :param Key: The key.
        :param ReturnValues: NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW.
        :param ReturnConsumedCapacity: INDEXES, TOTAL or NONE.
        :param ReturnItemCollectionMetrics: SIZE or NONE.
        :param UpdateExpression: What to change: SET, REMOVE, ADD, DELETE.
        :param ConditionExpression: Must hold, or nothing is done.
        :param ExpressionAttributeNames: What the #names of the expressions stand for.
        :param ExpressionAttributeValues: What the :values of the expressions stand for.
        :param ReturnValuesOnConditionCheckFailure: ALL_OLD or NONE: whether a failed condition tells the
            item.
        """
        answer: types.UpdateItemOutDict = self._call("UpdateItem", {
            "TableName": TableName, "Key": Key, "ReturnValues": ReturnValues, "ReturnConsumedCapacity":
            ReturnConsumedCapacity, "ReturnItemCollectionMetrics": ReturnItemCollectionMetrics,
            "UpdateExpression": UpdateExpression, "ConditionExpression": ConditionExpression,
            "ExpressionAttributeNames": ExpressionAttributeNames, "ExpressionAttributeValues":
            ExpressionAttributeValues, "ReturnValuesOnConditionCheckFailure":
            ReturnValuesOnConditionCheckFailure
        })
        return answer

    def update_table(
            self,
            *,
            TableName: str,
            AttributeDefinitions: Sequence[types.AttributeDefinitionDict] | None = None,
            BillingMode: str | None = None,
            ProvisionedThroughput: types.ProvisionedThroughputDict | None = None,
            GlobalSecondaryIndexUpdates: Sequence[types.GlobalSecondaryIndexUpdateDict] | None = None,
            StreamSpecification: types.StreamSpecificationDict | None = None,
            SSESpecification: types.SSESpecificationDict | None = None,
            TableClass: str | None = None,
            DeletionProtectionEnabled: bool | None = None,
            OnDemandThroughput: types.OnDemandThroughputDict | None = None,
            WarmThroughput: types.WarmThroughputDict | None = None,
    ) -> types.UpdateTableOutDict:
        """Change a table.

        :param TableName: Name or ARN of the table.
        :param AttributeDefinitions: The key attributes of the table and its indexes, and no others.
        :param BillingMode: PROVISIONED or PAY_PER_REQUEST.
        :param ProvisionedThroughput: Capacity of a provisioned table.
        :param GlobalSecondaryIndexUpdates: Changes of global indexes.
        :param StreamSpecification: The table's stream of changes.
        :param SSESpecification: Encryption at rest.
        :param TableClass: STANDARD or STANDARD_INFREQUENT_ACCESS.
        :param DeletionProtectionEnabled: Whether the table refuses to be deleted.
        :param OnDemandThroughput: Limits of an on-demand table.
        :param WarmThroughput: Throughput that is kept ready.
        """
        answer: types.UpdateTableOutDict = self._call("UpdateTable", {
            "TableName": TableName, "AttributeDefinitions": AttributeDefinitions, "BillingMode":
            BillingMode, "ProvisionedThroughput": ProvisionedThroughput, "GlobalSecondaryIndexUpdates":
            GlobalSecondaryIndexUpdates, "StreamSpecification": StreamSpecification, "SSESpecification":
            SSESpecification, "TableClass": TableClass, "DeletionProtectionEnabled":
            DeletionProtectionEnabled, "OnDemandThroughput": OnDemandThroughput, "WarmThroughput":
            WarmThroughput
        })
        return answer

    def update_time_to_live(
            self,
            *,
            TableName: str,
            TimeToLiveSpecification: types.TimeToLiveSpecificationDict,
    ) -> types.UpdateTimeToLiveOutDict:
        """Switch the expiry of items on or off; once an hour at most.

        :param TableName: Name or ARN of the table.
        :param TimeToLiveSpecification: Expiry of items.
        """
        answer: types.UpdateTimeToLiveOutDict = self._call("UpdateTimeToLive", {
            "TableName": TableName, "TimeToLiveSpecification": TimeToLiveSpecification
        })
        return answer
