/*
 * dynamodb_tables: the API as data. Generated from src/model/dynamodb.model by src/model/generate.py; do not edit.
 */
#include "kds/dynamodb.h"
#include "model/dynamodb_operations.h"
#include "model/operations.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_shape attribute_shape;
static const struct kds_shape attribute_value_shape;
static const struct kds_shape name_shape;
static const struct kds_shape index_capacity_shape;
static const struct kds_shape point_in_time_recovery_description_shape;
static const struct kds_shape key_schema_element_shape;
static const struct kds_shape projection_shape;
static const struct kds_shape provisioned_throughput_shape;
static const struct kds_shape on_demand_throughput_shape;
static const struct kds_shape warm_throughput_shape;
static const struct kds_shape provisioned_throughput_description_shape;
static const struct kds_shape global_secondary_index_warm_throughput_description_shape;
static const struct kds_shape update_global_secondary_index_action_shape;
static const struct kds_shape item_shape;
static const struct kds_shape table_warm_throughput_description_shape;
static const struct kds_shape update_shape;
static const struct kds_shape write_request_list_shape;
static const struct kds_field attribute_definition_fields[] = {
    {KDS_SLICE_LIT("AttributeName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_definition, attribute_name), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("AttributeType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_definition, attribute_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape attribute_definition_shape = {
    "AttributeDefinition", sizeof(struct kds_dynamodb_attribute_definition), 2, false, false, attribute_definition_fields};

static const struct kds_field attribute_value_fields[] = {
    {KDS_SLICE_LIT("S"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, s), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("N"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, n), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("B"), KDS_K_BLOB, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, b), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SS"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, ss), offsetof(struct kds_dynamodb_attribute_value, ss_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("NS"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, ns), offsetof(struct kds_dynamodb_attribute_value, ns_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("BS"), KDS_K_LIST, KDS_K_BLOB, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, bs), offsetof(struct kds_dynamodb_attribute_value, bs_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("M"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, m), offsetof(struct kds_dynamodb_attribute_value, m_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("L"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, l), offsetof(struct kds_dynamodb_attribute_value, l_count), &attribute_value_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NULL"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, null), offsetof(struct kds_dynamodb_attribute_value, has_null), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("BOOL"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute_value, boolean), offsetof(struct kds_dynamodb_attribute_value, has_boolean), NULL, 0, INT64_MAX},
};
static const struct kds_shape attribute_value_shape = {
    "AttributeValue", sizeof(struct kds_dynamodb_attribute_value), 10, false, false, attribute_value_fields};

static const struct kds_field billing_mode_summary_fields[] = {
    {KDS_SLICE_LIT("BillingMode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_billing_mode_summary, billing_mode), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LastUpdateToPayPerRequestDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_billing_mode_summary, last_update_to_pay_per_request_date_time_ms), offsetof(struct kds_dynamodb_billing_mode_summary, has_last_update_to_pay_per_request_date_time_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape billing_mode_summary_shape = {
    "BillingModeSummary", sizeof(struct kds_dynamodb_billing_mode_summary), 2, false, false, billing_mode_summary_fields};

static const struct kds_field capacity_fields[] = {
    {KDS_SLICE_LIT("ReadCapacityUnits"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_capacity, read_capacity_units), offsetof(struct kds_dynamodb_capacity, has_read_capacity_units), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("WriteCapacityUnits"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_capacity, write_capacity_units), offsetof(struct kds_dynamodb_capacity, has_write_capacity_units), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("CapacityUnits"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_capacity, capacity_units), offsetof(struct kds_dynamodb_capacity, has_capacity_units), NULL, INT64_MIN, INT64_MAX},
};
static const struct kds_shape capacity_shape = {
    "Capacity", sizeof(struct kds_dynamodb_capacity), 3, false, false, capacity_fields};

static const struct kds_field condition_check_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_condition_check, key), offsetof(struct kds_dynamodb_condition_check, key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_condition_check, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_condition_check, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_condition_check, expression_attribute_names), offsetof(struct kds_dynamodb_condition_check, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_condition_check, expression_attribute_values), offsetof(struct kds_dynamodb_condition_check, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_condition_check, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape condition_check_shape = {
    "ConditionCheck", sizeof(struct kds_dynamodb_condition_check), 6, false, false, condition_check_fields};

static const struct kds_field consumed_capacity_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("CapacityUnits"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, capacity_units), offsetof(struct kds_dynamodb_consumed_capacity, has_capacity_units), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ReadCapacityUnits"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, read_capacity_units), offsetof(struct kds_dynamodb_consumed_capacity, has_read_capacity_units), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("WriteCapacityUnits"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, write_capacity_units), offsetof(struct kds_dynamodb_consumed_capacity, has_write_capacity_units), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("Table"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, table), KDS_NO_OFFSET, &capacity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("LocalSecondaryIndexes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, local_secondary_indexes), offsetof(struct kds_dynamodb_consumed_capacity, local_secondary_indexes_count), &index_capacity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("GlobalSecondaryIndexes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_consumed_capacity, global_secondary_indexes), offsetof(struct kds_dynamodb_consumed_capacity, global_secondary_indexes_count), &index_capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape consumed_capacity_shape = {
    "ConsumedCapacity", sizeof(struct kds_dynamodb_consumed_capacity), 7, false, false, consumed_capacity_fields};

static const struct kds_field continuous_backups_description_fields[] = {
    {KDS_SLICE_LIT("ContinuousBackupsStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_continuous_backups_description, continuous_backups_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("PointInTimeRecoveryDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_continuous_backups_description, point_in_time_recovery_description), KDS_NO_OFFSET, &point_in_time_recovery_description_shape, 0, INT64_MAX},
};
static const struct kds_shape continuous_backups_description_shape = {
    "ContinuousBackupsDescription", sizeof(struct kds_dynamodb_continuous_backups_description), 2, false, false, continuous_backups_description_fields};

static const struct kds_field create_global_secondary_index_action_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_global_secondary_index_action, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_global_secondary_index_action, key_schema), offsetof(struct kds_dynamodb_create_global_secondary_index_action, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("Projection"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_global_secondary_index_action, projection), KDS_NO_OFFSET, &projection_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_global_secondary_index_action, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_global_secondary_index_action, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_global_secondary_index_action, warm_throughput), KDS_NO_OFFSET, &warm_throughput_shape, 0, INT64_MAX},
};
static const struct kds_shape create_global_secondary_index_action_shape = {
    "CreateGlobalSecondaryIndexAction", sizeof(struct kds_dynamodb_create_global_secondary_index_action), 6, false, false, create_global_secondary_index_action_fields};

static const struct kds_field delete_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete, key), offsetof(struct kds_dynamodb_delete, key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete, expression_attribute_names), offsetof(struct kds_dynamodb_delete, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete, expression_attribute_values), offsetof(struct kds_dynamodb_delete, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape delete_shape = {
    "Delete", sizeof(struct kds_dynamodb_delete), 6, false, false, delete_fields};

static const struct kds_field delete_global_secondary_index_action_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_global_secondary_index_action, index_name), KDS_NO_OFFSET, NULL, 3, 255},
};
static const struct kds_shape delete_global_secondary_index_action_shape = {
    "DeleteGlobalSecondaryIndexAction", sizeof(struct kds_dynamodb_delete_global_secondary_index_action), 1, false, false, delete_global_secondary_index_action_fields};

static const struct kds_field delete_request_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_request, key), offsetof(struct kds_dynamodb_delete_request, key_count), &attribute_shape, 0, INT64_MAX},
};
static const struct kds_shape delete_request_shape = {
    "DeleteRequest", sizeof(struct kds_dynamodb_delete_request), 1, false, false, delete_request_fields};

static const struct kds_field global_secondary_index_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index, key_schema), offsetof(struct kds_dynamodb_global_secondary_index, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("Projection"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index, projection), KDS_NO_OFFSET, &projection_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index, warm_throughput), KDS_NO_OFFSET, &warm_throughput_shape, 0, INT64_MAX},
};
static const struct kds_shape global_secondary_index_shape = {
    "GlobalSecondaryIndex", sizeof(struct kds_dynamodb_global_secondary_index), 6, false, false, global_secondary_index_fields};

static const struct kds_field global_secondary_index_description_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, key_schema), offsetof(struct kds_dynamodb_global_secondary_index_description, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("Projection"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, projection), KDS_NO_OFFSET, &projection_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("IndexStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, index_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Backfilling"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, backfilling), offsetof(struct kds_dynamodb_global_secondary_index_description, has_backfilling), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("IndexSizeBytes"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, index_size_bytes), offsetof(struct kds_dynamodb_global_secondary_index_description, has_index_size_bytes), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ItemCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, item_count), offsetof(struct kds_dynamodb_global_secondary_index_description, has_item_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("IndexArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, index_arn), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_description, warm_throughput), KDS_NO_OFFSET, &global_secondary_index_warm_throughput_description_shape, 0, INT64_MAX},
};
static const struct kds_shape global_secondary_index_description_shape = {
    "GlobalSecondaryIndexDescription", sizeof(struct kds_dynamodb_global_secondary_index_description), 11, false, false, global_secondary_index_description_fields};

static const struct kds_field global_secondary_index_update_fields[] = {
    {KDS_SLICE_LIT("Update"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_update, update), KDS_NO_OFFSET, &update_global_secondary_index_action_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Create"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_update, create), KDS_NO_OFFSET, &create_global_secondary_index_action_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Delete"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_update, remove), KDS_NO_OFFSET, &delete_global_secondary_index_action_shape, 0, INT64_MAX},
};
static const struct kds_shape global_secondary_index_update_shape = {
    "GlobalSecondaryIndexUpdate", sizeof(struct kds_dynamodb_global_secondary_index_update), 3, false, false, global_secondary_index_update_fields};

static const struct kds_field global_secondary_index_warm_throughput_description_fields[] = {
    {KDS_SLICE_LIT("ReadUnitsPerSecond"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_warm_throughput_description, read_units_per_second), offsetof(struct kds_dynamodb_global_secondary_index_warm_throughput_description, has_read_units_per_second), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("WriteUnitsPerSecond"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_warm_throughput_description, write_units_per_second), offsetof(struct kds_dynamodb_global_secondary_index_warm_throughput_description, has_write_units_per_second), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("Status"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_global_secondary_index_warm_throughput_description, status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape global_secondary_index_warm_throughput_description_shape = {
    "GlobalSecondaryIndexWarmThroughputDescription", sizeof(struct kds_dynamodb_global_secondary_index_warm_throughput_description), 3, false, false, global_secondary_index_warm_throughput_description_fields};

static const struct kds_field item_collection_metrics_fields[] = {
    {KDS_SLICE_LIT("ItemCollectionKey"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_item_collection_metrics, item_collection_key), offsetof(struct kds_dynamodb_item_collection_metrics, item_collection_key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("SizeEstimateRangeGB"), KDS_K_LIST, KDS_K_DOUBLE, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_item_collection_metrics, size_estimate_range_gb), offsetof(struct kds_dynamodb_item_collection_metrics, size_estimate_range_gb_count), NULL, 0, INT64_MAX},
};
static const struct kds_shape item_collection_metrics_shape = {
    "ItemCollectionMetrics", sizeof(struct kds_dynamodb_item_collection_metrics), 2, false, false, item_collection_metrics_fields};

static const struct kds_field key_schema_element_fields[] = {
    {KDS_SLICE_LIT("AttributeName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_key_schema_element, attribute_name), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("KeyType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_key_schema_element, key_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape key_schema_element_shape = {
    "KeySchemaElement", sizeof(struct kds_dynamodb_key_schema_element), 2, false, false, key_schema_element_fields};

static const struct kds_field keys_and_attributes_fields[] = {
    {KDS_SLICE_LIT("Keys"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_keys_and_attributes, keys), offsetof(struct kds_dynamodb_keys_and_attributes, keys_count), &item_shape, 1, 100},
    {KDS_SLICE_LIT("ConsistentRead"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_keys_and_attributes, consistent_read), offsetof(struct kds_dynamodb_keys_and_attributes, has_consistent_read), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProjectionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_keys_and_attributes, projection_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_keys_and_attributes, expression_attribute_names), offsetof(struct kds_dynamodb_keys_and_attributes, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
};
static const struct kds_shape keys_and_attributes_shape = {
    "KeysAndAttributes", sizeof(struct kds_dynamodb_keys_and_attributes), 4, false, false, keys_and_attributes_fields};

static const struct kds_field local_secondary_index_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index, key_schema), offsetof(struct kds_dynamodb_local_secondary_index, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("Projection"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index, projection), KDS_NO_OFFSET, &projection_shape, 0, INT64_MAX},
};
static const struct kds_shape local_secondary_index_shape = {
    "LocalSecondaryIndex", sizeof(struct kds_dynamodb_local_secondary_index), 3, false, false, local_secondary_index_fields};

static const struct kds_field local_secondary_index_description_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index_description, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index_description, key_schema), offsetof(struct kds_dynamodb_local_secondary_index_description, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("Projection"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index_description, projection), KDS_NO_OFFSET, &projection_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("IndexSizeBytes"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index_description, index_size_bytes), offsetof(struct kds_dynamodb_local_secondary_index_description, has_index_size_bytes), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ItemCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index_description, item_count), offsetof(struct kds_dynamodb_local_secondary_index_description, has_item_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("IndexArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_local_secondary_index_description, index_arn), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape local_secondary_index_description_shape = {
    "LocalSecondaryIndexDescription", sizeof(struct kds_dynamodb_local_secondary_index_description), 6, false, false, local_secondary_index_description_fields};

static const struct kds_field on_demand_throughput_fields[] = {
    {KDS_SLICE_LIT("MaxReadRequestUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_on_demand_throughput, max_read_request_units), offsetof(struct kds_dynamodb_on_demand_throughput, has_max_read_request_units), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("MaxWriteRequestUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_on_demand_throughput, max_write_request_units), offsetof(struct kds_dynamodb_on_demand_throughput, has_max_write_request_units), NULL, INT64_MIN, INT64_MAX},
};
static const struct kds_shape on_demand_throughput_shape = {
    "OnDemandThroughput", sizeof(struct kds_dynamodb_on_demand_throughput), 2, false, false, on_demand_throughput_fields};

static const struct kds_field point_in_time_recovery_description_fields[] = {
    {KDS_SLICE_LIT("PointInTimeRecoveryStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_point_in_time_recovery_description, point_in_time_recovery_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("RecoveryPeriodInDays"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_point_in_time_recovery_description, recovery_period_in_days), offsetof(struct kds_dynamodb_point_in_time_recovery_description, has_recovery_period_in_days), NULL, 1, 35},
    {KDS_SLICE_LIT("EarliestRestorableDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_point_in_time_recovery_description, earliest_restorable_date_time_ms), offsetof(struct kds_dynamodb_point_in_time_recovery_description, has_earliest_restorable_date_time_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LatestRestorableDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_point_in_time_recovery_description, latest_restorable_date_time_ms), offsetof(struct kds_dynamodb_point_in_time_recovery_description, has_latest_restorable_date_time_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape point_in_time_recovery_description_shape = {
    "PointInTimeRecoveryDescription", sizeof(struct kds_dynamodb_point_in_time_recovery_description), 4, false, false, point_in_time_recovery_description_fields};

static const struct kds_field point_in_time_recovery_specification_fields[] = {
    {KDS_SLICE_LIT("PointInTimeRecoveryEnabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_point_in_time_recovery_specification, point_in_time_recovery_enabled), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("RecoveryPeriodInDays"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_point_in_time_recovery_specification, recovery_period_in_days), offsetof(struct kds_dynamodb_point_in_time_recovery_specification, has_recovery_period_in_days), NULL, 1, 35},
};
static const struct kds_shape point_in_time_recovery_specification_shape = {
    "PointInTimeRecoverySpecification", sizeof(struct kds_dynamodb_point_in_time_recovery_specification), 2, false, false, point_in_time_recovery_specification_fields};

static const struct kds_field projection_fields[] = {
    {KDS_SLICE_LIT("ProjectionType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_projection, projection_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("NonKeyAttributes"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_projection, non_key_attributes), offsetof(struct kds_dynamodb_projection, non_key_attributes_count), NULL, 1, 20},
};
static const struct kds_shape projection_shape = {
    "Projection", sizeof(struct kds_dynamodb_projection), 2, false, false, projection_fields};

static const struct kds_field provisioned_throughput_fields[] = {
    {KDS_SLICE_LIT("ReadCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput, read_capacity_units), KDS_NO_OFFSET, NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("WriteCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput, write_capacity_units), KDS_NO_OFFSET, NULL, 1, INT64_MAX},
};
static const struct kds_shape provisioned_throughput_shape = {
    "ProvisionedThroughput", sizeof(struct kds_dynamodb_provisioned_throughput), 2, false, false, provisioned_throughput_fields};

static const struct kds_field provisioned_throughput_description_fields[] = {
    {KDS_SLICE_LIT("LastIncreaseDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput_description, last_increase_date_time_ms), offsetof(struct kds_dynamodb_provisioned_throughput_description, has_last_increase_date_time_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LastDecreaseDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput_description, last_decrease_date_time_ms), offsetof(struct kds_dynamodb_provisioned_throughput_description, has_last_decrease_date_time_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("NumberOfDecreasesToday"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput_description, number_of_decreases_today), offsetof(struct kds_dynamodb_provisioned_throughput_description, has_number_of_decreases_today), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("ReadCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput_description, read_capacity_units), offsetof(struct kds_dynamodb_provisioned_throughput_description, has_read_capacity_units), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("WriteCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_provisioned_throughput_description, write_capacity_units), offsetof(struct kds_dynamodb_provisioned_throughput_description, has_write_capacity_units), NULL, 0, INT64_MAX},
};
static const struct kds_shape provisioned_throughput_description_shape = {
    "ProvisionedThroughputDescription", sizeof(struct kds_dynamodb_provisioned_throughput_description), 5, false, false, provisioned_throughput_description_fields};

static const struct kds_field put_fields[] = {
    {KDS_SLICE_LIT("Item"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put, item), offsetof(struct kds_dynamodb_put, item_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put, expression_attribute_names), offsetof(struct kds_dynamodb_put, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put, expression_attribute_values), offsetof(struct kds_dynamodb_put, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_shape = {
    "Put", sizeof(struct kds_dynamodb_put), 6, false, false, put_fields};

static const struct kds_field put_request_fields[] = {
    {KDS_SLICE_LIT("Item"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_request, item), offsetof(struct kds_dynamodb_put_request, item_count), &attribute_shape, 0, INT64_MAX},
};
static const struct kds_shape put_request_shape = {
    "PutRequest", sizeof(struct kds_dynamodb_put_request), 1, false, false, put_request_fields};

static const struct kds_field sse_specification_fields[] = {
    {KDS_SLICE_LIT("Enabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_sse_specification, enabled), offsetof(struct kds_dynamodb_sse_specification, has_enabled), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SSEType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_sse_specification, sse_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KMSMasterKeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_sse_specification, kmsmaster_key_id), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape sse_specification_shape = {
    "SSESpecification", sizeof(struct kds_dynamodb_sse_specification), 3, false, false, sse_specification_fields};

static const struct kds_field stream_specification_fields[] = {
    {KDS_SLICE_LIT("StreamEnabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_stream_specification, stream_enabled), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamViewType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_stream_specification, stream_view_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape stream_specification_shape = {
    "StreamSpecification", sizeof(struct kds_dynamodb_stream_specification), 2, false, false, stream_specification_fields};

static const struct kds_field table_class_summary_fields[] = {
    {KDS_SLICE_LIT("TableClass"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_class_summary, table_class), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LastUpdateDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_class_summary, last_update_date_time_ms), offsetof(struct kds_dynamodb_table_class_summary, has_last_update_date_time_ms), NULL, 0, INT64_MAX},
};
static const struct kds_shape table_class_summary_shape = {
    "TableClassSummary", sizeof(struct kds_dynamodb_table_class_summary), 2, false, false, table_class_summary_fields};

static const struct kds_field table_description_fields[] = {
    {KDS_SLICE_LIT("AttributeDefinitions"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, attribute_definitions), offsetof(struct kds_dynamodb_table_description, attribute_definitions_count), &attribute_definition_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, table_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, key_schema), offsetof(struct kds_dynamodb_table_description, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("TableStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, table_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("CreationDateTime"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, creation_date_time_ms), offsetof(struct kds_dynamodb_table_description, has_creation_date_time_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableSizeBytes"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, table_size_bytes), offsetof(struct kds_dynamodb_table_description, has_table_size_bytes), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ItemCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, item_count), offsetof(struct kds_dynamodb_table_description, has_item_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("TableArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, table_arn), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, table_id), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("BillingModeSummary"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, billing_mode_summary), KDS_NO_OFFSET, &billing_mode_summary_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("LocalSecondaryIndexes"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, local_secondary_indexes), offsetof(struct kds_dynamodb_table_description, local_secondary_indexes_count), &local_secondary_index_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("GlobalSecondaryIndexes"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, global_secondary_indexes), offsetof(struct kds_dynamodb_table_description, global_secondary_indexes_count), &global_secondary_index_description_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamSpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, stream_specification), KDS_NO_OFFSET, &stream_specification_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("LatestStreamLabel"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, latest_stream_label), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LatestStreamArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, latest_stream_arn), KDS_NO_OFFSET, NULL, 37, 1024},
    {KDS_SLICE_LIT("TableClassSummary"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, table_class_summary), KDS_NO_OFFSET, &table_class_summary_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("DeletionProtectionEnabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, deletion_protection_enabled), offsetof(struct kds_dynamodb_table_description, has_deletion_protection_enabled), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_description, warm_throughput), KDS_NO_OFFSET, &table_warm_throughput_description_shape, 0, INT64_MAX},
};
static const struct kds_shape table_description_shape = {
    "TableDescription", sizeof(struct kds_dynamodb_table_description), 20, false, false, table_description_fields};

static const struct kds_field table_warm_throughput_description_fields[] = {
    {KDS_SLICE_LIT("ReadUnitsPerSecond"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_warm_throughput_description, read_units_per_second), offsetof(struct kds_dynamodb_table_warm_throughput_description, has_read_units_per_second), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("WriteUnitsPerSecond"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_warm_throughput_description, write_units_per_second), offsetof(struct kds_dynamodb_table_warm_throughput_description, has_write_units_per_second), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("Status"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_warm_throughput_description, status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape table_warm_throughput_description_shape = {
    "TableWarmThroughputDescription", sizeof(struct kds_dynamodb_table_warm_throughput_description), 3, false, false, table_warm_throughput_description_fields};

static const struct kds_field tag_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_tag, key), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_tag, value), KDS_NO_OFFSET, NULL, 0, 256},
};
static const struct kds_shape tag_shape = {
    "Tag", sizeof(struct kds_dynamodb_tag), 2, false, false, tag_fields};

static const struct kds_field time_to_live_description_fields[] = {
    {KDS_SLICE_LIT("TimeToLiveStatus"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_time_to_live_description, time_to_live_status), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("AttributeName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_time_to_live_description, attribute_name), KDS_NO_OFFSET, NULL, 1, 255},
};
static const struct kds_shape time_to_live_description_shape = {
    "TimeToLiveDescription", sizeof(struct kds_dynamodb_time_to_live_description), 2, false, false, time_to_live_description_fields};

static const struct kds_field time_to_live_specification_fields[] = {
    {KDS_SLICE_LIT("Enabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_time_to_live_specification, enabled), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("AttributeName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_time_to_live_specification, attribute_name), KDS_NO_OFFSET, NULL, 1, 255},
};
static const struct kds_shape time_to_live_specification_shape = {
    "TimeToLiveSpecification", sizeof(struct kds_dynamodb_time_to_live_specification), 2, false, false, time_to_live_specification_fields};

static const struct kds_field transact_write_item_fields[] = {
    {KDS_SLICE_LIT("ConditionCheck"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_item, condition_check), KDS_NO_OFFSET, &condition_check_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Put"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_item, put), KDS_NO_OFFSET, &put_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Delete"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_item, remove), KDS_NO_OFFSET, &delete_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Update"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_item, update), KDS_NO_OFFSET, &update_shape, 0, INT64_MAX},
};
static const struct kds_shape transact_write_item_shape = {
    "TransactWriteItem", sizeof(struct kds_dynamodb_transact_write_item), 4, false, false, transact_write_item_fields};

static const struct kds_field update_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, key), offsetof(struct kds_dynamodb_update, key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("UpdateExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, update_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, expression_attribute_names), offsetof(struct kds_dynamodb_update, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, expression_attribute_values), offsetof(struct kds_dynamodb_update, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape update_shape = {
    "Update", sizeof(struct kds_dynamodb_update), 7, false, false, update_fields};

static const struct kds_field update_global_secondary_index_action_fields[] = {
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_global_secondary_index_action, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_global_secondary_index_action, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_global_secondary_index_action, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_global_secondary_index_action, warm_throughput), KDS_NO_OFFSET, &warm_throughput_shape, 0, INT64_MAX},
};
static const struct kds_shape update_global_secondary_index_action_shape = {
    "UpdateGlobalSecondaryIndexAction", sizeof(struct kds_dynamodb_update_global_secondary_index_action), 4, false, false, update_global_secondary_index_action_fields};

static const struct kds_field warm_throughput_fields[] = {
    {KDS_SLICE_LIT("ReadUnitsPerSecond"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_warm_throughput, read_units_per_second), offsetof(struct kds_dynamodb_warm_throughput, has_read_units_per_second), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("WriteUnitsPerSecond"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_warm_throughput, write_units_per_second), offsetof(struct kds_dynamodb_warm_throughput, has_write_units_per_second), NULL, INT64_MIN, INT64_MAX},
};
static const struct kds_shape warm_throughput_shape = {
    "WarmThroughput", sizeof(struct kds_dynamodb_warm_throughput), 2, false, false, warm_throughput_fields};

static const struct kds_field write_request_fields[] = {
    {KDS_SLICE_LIT("PutRequest"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_write_request, put_request), KDS_NO_OFFSET, &put_request_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("DeleteRequest"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_write_request, delete_request), KDS_NO_OFFSET, &delete_request_shape, 0, INT64_MAX},
};
static const struct kds_shape write_request_shape = {
    "WriteRequest", sizeof(struct kds_dynamodb_write_request), 2, false, false, write_request_fields};

static const struct kds_field attribute_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_attribute, value), KDS_NO_OFFSET, &attribute_value_shape, 0, INT64_MAX},
};
static const struct kds_shape attribute_shape = {
    "Attribute", sizeof(struct kds_dynamodb_attribute), 2, false, false, attribute_fields};

static const struct kds_field index_capacity_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_index_capacity, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_index_capacity, value), KDS_NO_OFFSET, &capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape index_capacity_shape = {
    "IndexCapacity", sizeof(struct kds_dynamodb_index_capacity), 2, false, false, index_capacity_fields};

static const struct kds_field item_fields[] = {
    {KDS_SLICE_LIT("Attributes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_item, attributes), offsetof(struct kds_dynamodb_item, attributes_count), &attribute_shape, 0, INT64_MAX},
};
static const struct kds_shape item_shape = {
    "Item", sizeof(struct kds_dynamodb_item), 1, false, true, item_fields};

static const struct kds_field item_collection_metrics_list_fields[] = {
    {KDS_SLICE_LIT("Elements"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_item_collection_metrics_list, elements), offsetof(struct kds_dynamodb_item_collection_metrics_list, elements_count), &item_collection_metrics_shape, 0, INT64_MAX},
};
static const struct kds_shape item_collection_metrics_list_shape = {
    "ItemCollectionMetricsList", sizeof(struct kds_dynamodb_item_collection_metrics_list), 1, false, true, item_collection_metrics_list_fields};

static const struct kds_field item_list_fields[] = {
    {KDS_SLICE_LIT("Elements"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_item_list, elements), offsetof(struct kds_dynamodb_item_list, elements_count), &item_shape, 0, INT64_MAX},
};
static const struct kds_shape item_list_shape = {
    "ItemList", sizeof(struct kds_dynamodb_item_list), 1, false, true, item_list_fields};

static const struct kds_field name_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_name, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_name, value), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape name_shape = {
    "Name", sizeof(struct kds_dynamodb_name), 2, false, false, name_fields};

static const struct kds_field table_collections_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_collections, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_collections, value), KDS_NO_OFFSET, &item_collection_metrics_list_shape, 0, INT64_MAX},
};
static const struct kds_shape table_collections_shape = {
    "TableCollections", sizeof(struct kds_dynamodb_table_collections), 2, false, false, table_collections_fields};

static const struct kds_field table_items_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_items, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_items, value), KDS_NO_OFFSET, &item_list_shape, 0, INT64_MAX},
};
static const struct kds_shape table_items_shape = {
    "TableItems", sizeof(struct kds_dynamodb_table_items), 2, false, false, table_items_fields};

static const struct kds_field table_keys_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_keys, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_keys, value), KDS_NO_OFFSET, &keys_and_attributes_shape, 0, INT64_MAX},
};
static const struct kds_shape table_keys_shape = {
    "TableKeys", sizeof(struct kds_dynamodb_table_keys), 2, false, false, table_keys_fields};

static const struct kds_field table_writes_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_writes, key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_table_writes, value), KDS_NO_OFFSET, &write_request_list_shape, 0, INT64_MAX},
};
static const struct kds_shape table_writes_shape = {
    "TableWrites", sizeof(struct kds_dynamodb_table_writes), 2, false, false, table_writes_fields};

static const struct kds_field write_request_list_fields[] = {
    {KDS_SLICE_LIT("Elements"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_write_request_list, elements), offsetof(struct kds_dynamodb_write_request_list, elements_count), &write_request_shape, 0, INT64_MAX},
};
static const struct kds_shape write_request_list_shape = {
    "WriteRequestList", sizeof(struct kds_dynamodb_write_request_list), 1, false, true, write_request_list_fields};

static const struct kds_field conditional_check_failed_exception_fields[] = {
    {KDS_SLICE_LIT("Item"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_conditional_check_failed_exception, item), offsetof(struct kds_dynamodb_conditional_check_failed_exception, item_count), &attribute_shape, 0, INT64_MAX},
};
static const struct kds_shape conditional_check_failed_exception_shape = {
    "ConditionalCheckFailedException", sizeof(struct kds_dynamodb_conditional_check_failed_exception), 1, false, false, conditional_check_failed_exception_fields};

static const struct kds_field cancellation_reason_fields[] = {
    {KDS_SLICE_LIT("Item"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_cancellation_reason, item), offsetof(struct kds_dynamodb_cancellation_reason, item_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Code"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_cancellation_reason, code), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Message"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_cancellation_reason, message), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape cancellation_reason_shape = {
    "CancellationReason", sizeof(struct kds_dynamodb_cancellation_reason), 3, false, false, cancellation_reason_fields};

static const struct kds_field transaction_canceled_exception_fields[] = {
    {KDS_SLICE_LIT("CancellationReasons"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transaction_canceled_exception, cancellation_reasons), offsetof(struct kds_dynamodb_transaction_canceled_exception, cancellation_reasons_count), &cancellation_reason_shape, 0, INT64_MAX},
};
static const struct kds_shape transaction_canceled_exception_shape = {
    "TransactionCanceledException", sizeof(struct kds_dynamodb_transaction_canceled_exception), 1, false, false, transaction_canceled_exception_fields};

static const struct kds_field batch_get_item_in_fields[] = {
    {KDS_SLICE_LIT("RequestItems"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_get_item_in, request_items), offsetof(struct kds_dynamodb_batch_get_item_in, request_items_count), &table_keys_shape, 1, 100},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_get_item_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape batch_get_item_in_shape = {
    "BatchGetItemIn", sizeof(struct kds_dynamodb_batch_get_item_in), 2, true, false, batch_get_item_in_fields};

static const struct kds_field batch_get_item_out_fields[] = {
    {KDS_SLICE_LIT("Responses"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_get_item_out, responses), offsetof(struct kds_dynamodb_batch_get_item_out, responses_count), &table_items_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("UnprocessedKeys"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_get_item_out, unprocessed_keys), offsetof(struct kds_dynamodb_batch_get_item_out, unprocessed_keys_count), &table_keys_shape, 1, 100},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_get_item_out, consumed_capacity), offsetof(struct kds_dynamodb_batch_get_item_out, consumed_capacity_count), &consumed_capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape batch_get_item_out_shape = {
    "BatchGetItemOut", sizeof(struct kds_dynamodb_batch_get_item_out), 3, false, false, batch_get_item_out_fields};

static const struct kds_field batch_write_item_in_fields[] = {
    {KDS_SLICE_LIT("RequestItems"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_write_item_in, request_items), offsetof(struct kds_dynamodb_batch_write_item_in, request_items_count), &table_writes_shape, 1, 25},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_write_item_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnItemCollectionMetrics"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_write_item_in, return_item_collection_metrics), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape batch_write_item_in_shape = {
    "BatchWriteItemIn", sizeof(struct kds_dynamodb_batch_write_item_in), 3, true, false, batch_write_item_in_fields};

static const struct kds_field batch_write_item_out_fields[] = {
    {KDS_SLICE_LIT("UnprocessedItems"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_write_item_out, unprocessed_items), offsetof(struct kds_dynamodb_batch_write_item_out, unprocessed_items_count), &table_writes_shape, 1, 25},
    {KDS_SLICE_LIT("ItemCollectionMetrics"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_write_item_out, item_collection_metrics), offsetof(struct kds_dynamodb_batch_write_item_out, item_collection_metrics_count), &table_collections_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_batch_write_item_out, consumed_capacity), offsetof(struct kds_dynamodb_batch_write_item_out, consumed_capacity_count), &consumed_capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape batch_write_item_out_shape = {
    "BatchWriteItemOut", sizeof(struct kds_dynamodb_batch_write_item_out), 3, false, false, batch_write_item_out_fields};

static const struct kds_field create_table_in_fields[] = {
    {KDS_SLICE_LIT("AttributeDefinitions"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, attribute_definitions), offsetof(struct kds_dynamodb_create_table_in, attribute_definitions_count), &attribute_definition_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("KeySchema"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, key_schema), offsetof(struct kds_dynamodb_create_table_in, key_schema_count), &key_schema_element_shape, 1, INT64_MAX},
    {KDS_SLICE_LIT("LocalSecondaryIndexes"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, local_secondary_indexes), offsetof(struct kds_dynamodb_create_table_in, local_secondary_indexes_count), &local_secondary_index_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("GlobalSecondaryIndexes"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, global_secondary_indexes), offsetof(struct kds_dynamodb_create_table_in, global_secondary_indexes_count), &global_secondary_index_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("BillingMode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, billing_mode), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamSpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, stream_specification), KDS_NO_OFFSET, &stream_specification_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("SSESpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, sse_specification), KDS_NO_OFFSET, &sse_specification_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Tags"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, tags), offsetof(struct kds_dynamodb_create_table_in, tags_count), &tag_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableClass"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, table_class), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("DeletionProtectionEnabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, deletion_protection_enabled), offsetof(struct kds_dynamodb_create_table_in, has_deletion_protection_enabled), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, warm_throughput), KDS_NO_OFFSET, &warm_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ResourcePolicy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, resource_policy), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_in, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
};
static const struct kds_shape create_table_in_shape = {
    "CreateTableIn", sizeof(struct kds_dynamodb_create_table_in), 15, true, false, create_table_in_fields};

static const struct kds_field create_table_out_fields[] = {
    {KDS_SLICE_LIT("TableDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_create_table_out, table_description), KDS_NO_OFFSET, &table_description_shape, 0, INT64_MAX},
};
static const struct kds_shape create_table_out_shape = {
    "CreateTableOut", sizeof(struct kds_dynamodb_create_table_out), 1, false, false, create_table_out_fields};

static const struct kds_field delete_item_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, key), offsetof(struct kds_dynamodb_delete_item_in, key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValues"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, return_values), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnItemCollectionMetrics"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, return_item_collection_metrics), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, expression_attribute_names), offsetof(struct kds_dynamodb_delete_item_in, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, expression_attribute_values), offsetof(struct kds_dynamodb_delete_item_in, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_in, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape delete_item_in_shape = {
    "DeleteItemIn", sizeof(struct kds_dynamodb_delete_item_in), 9, true, false, delete_item_in_fields};

static const struct kds_field delete_item_out_fields[] = {
    {KDS_SLICE_LIT("Attributes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_out, attributes), offsetof(struct kds_dynamodb_delete_item_out, attributes_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_out, consumed_capacity), KDS_NO_OFFSET, &consumed_capacity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ItemCollectionMetrics"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_item_out, item_collection_metrics), KDS_NO_OFFSET, &item_collection_metrics_shape, 0, INT64_MAX},
};
static const struct kds_shape delete_item_out_shape = {
    "DeleteItemOut", sizeof(struct kds_dynamodb_delete_item_out), 3, false, false, delete_item_out_fields};

static const struct kds_field delete_table_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_table_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
};
static const struct kds_shape delete_table_in_shape = {
    "DeleteTableIn", sizeof(struct kds_dynamodb_delete_table_in), 1, true, false, delete_table_in_fields};

static const struct kds_field delete_table_out_fields[] = {
    {KDS_SLICE_LIT("TableDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_delete_table_out, table_description), KDS_NO_OFFSET, &table_description_shape, 0, INT64_MAX},
};
static const struct kds_shape delete_table_out_shape = {
    "DeleteTableOut", sizeof(struct kds_dynamodb_delete_table_out), 1, false, false, delete_table_out_fields};

static const struct kds_field describe_continuous_backups_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_continuous_backups_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
};
static const struct kds_shape describe_continuous_backups_in_shape = {
    "DescribeContinuousBackupsIn", sizeof(struct kds_dynamodb_describe_continuous_backups_in), 1, true, false, describe_continuous_backups_in_fields};

static const struct kds_field describe_continuous_backups_out_fields[] = {
    {KDS_SLICE_LIT("ContinuousBackupsDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_continuous_backups_out, continuous_backups_description), KDS_NO_OFFSET, &continuous_backups_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_continuous_backups_out_shape = {
    "DescribeContinuousBackupsOut", sizeof(struct kds_dynamodb_describe_continuous_backups_out), 1, false, false, describe_continuous_backups_out_fields};

static const struct kds_shape describe_limits_in_shape = {
    "DescribeLimitsIn", sizeof(struct kds_dynamodb_describe_limits_in), 0, true, false, NULL};

static const struct kds_field describe_limits_out_fields[] = {
    {KDS_SLICE_LIT("AccountMaxReadCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_limits_out, account_max_read_capacity_units), offsetof(struct kds_dynamodb_describe_limits_out, has_account_max_read_capacity_units), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("AccountMaxWriteCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_limits_out, account_max_write_capacity_units), offsetof(struct kds_dynamodb_describe_limits_out, has_account_max_write_capacity_units), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("TableMaxReadCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_limits_out, table_max_read_capacity_units), offsetof(struct kds_dynamodb_describe_limits_out, has_table_max_read_capacity_units), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("TableMaxWriteCapacityUnits"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_limits_out, table_max_write_capacity_units), offsetof(struct kds_dynamodb_describe_limits_out, has_table_max_write_capacity_units), NULL, 1, INT64_MAX},
};
static const struct kds_shape describe_limits_out_shape = {
    "DescribeLimitsOut", sizeof(struct kds_dynamodb_describe_limits_out), 4, false, false, describe_limits_out_fields};

static const struct kds_field describe_table_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_table_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
};
static const struct kds_shape describe_table_in_shape = {
    "DescribeTableIn", sizeof(struct kds_dynamodb_describe_table_in), 1, true, false, describe_table_in_fields};

static const struct kds_field describe_table_out_fields[] = {
    {KDS_SLICE_LIT("Table"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_table_out, table), KDS_NO_OFFSET, &table_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_table_out_shape = {
    "DescribeTableOut", sizeof(struct kds_dynamodb_describe_table_out), 1, false, false, describe_table_out_fields};

static const struct kds_field describe_time_to_live_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_time_to_live_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
};
static const struct kds_shape describe_time_to_live_in_shape = {
    "DescribeTimeToLiveIn", sizeof(struct kds_dynamodb_describe_time_to_live_in), 1, true, false, describe_time_to_live_in_fields};

static const struct kds_field describe_time_to_live_out_fields[] = {
    {KDS_SLICE_LIT("TimeToLiveDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_describe_time_to_live_out, time_to_live_description), KDS_NO_OFFSET, &time_to_live_description_shape, 0, INT64_MAX},
};
static const struct kds_shape describe_time_to_live_out_shape = {
    "DescribeTimeToLiveOut", sizeof(struct kds_dynamodb_describe_time_to_live_out), 1, false, false, describe_time_to_live_out_fields};

static const struct kds_field get_item_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_in, key), offsetof(struct kds_dynamodb_get_item_in, key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsistentRead"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_in, consistent_read), offsetof(struct kds_dynamodb_get_item_in, has_consistent_read), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProjectionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_in, projection_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_in, expression_attribute_names), offsetof(struct kds_dynamodb_get_item_in, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
};
static const struct kds_shape get_item_in_shape = {
    "GetItemIn", sizeof(struct kds_dynamodb_get_item_in), 6, true, false, get_item_in_fields};

static const struct kds_field get_item_out_fields[] = {
    {KDS_SLICE_LIT("Item"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_out, item), offsetof(struct kds_dynamodb_get_item_out, item_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_get_item_out, consumed_capacity), KDS_NO_OFFSET, &consumed_capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape get_item_out_shape = {
    "GetItemOut", sizeof(struct kds_dynamodb_get_item_out), 2, false, false, get_item_out_fields};

static const struct kds_field list_tables_in_fields[] = {
    {KDS_SLICE_LIT("ExclusiveStartTableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tables_in, exclusive_start_table_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tables_in, limit), offsetof(struct kds_dynamodb_list_tables_in, has_limit), NULL, 1, 100},
};
static const struct kds_shape list_tables_in_shape = {
    "ListTablesIn", sizeof(struct kds_dynamodb_list_tables_in), 2, true, false, list_tables_in_fields};

static const struct kds_field list_tables_out_fields[] = {
    {KDS_SLICE_LIT("TableNames"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tables_out, table_names), offsetof(struct kds_dynamodb_list_tables_out, table_names_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("LastEvaluatedTableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tables_out, last_evaluated_table_name), KDS_NO_OFFSET, NULL, 3, 255},
};
static const struct kds_shape list_tables_out_shape = {
    "ListTablesOut", sizeof(struct kds_dynamodb_list_tables_out), 2, false, false, list_tables_out_fields};

static const struct kds_field list_tags_of_resource_in_fields[] = {
    {KDS_SLICE_LIT("ResourceArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tags_of_resource_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 1283},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tags_of_resource_in, next_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape list_tags_of_resource_in_shape = {
    "ListTagsOfResourceIn", sizeof(struct kds_dynamodb_list_tags_of_resource_in), 2, true, false, list_tags_of_resource_in_fields};

static const struct kds_field list_tags_of_resource_out_fields[] = {
    {KDS_SLICE_LIT("Tags"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tags_of_resource_out, tags), offsetof(struct kds_dynamodb_list_tags_of_resource_out, tags_count), &tag_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("NextToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_list_tags_of_resource_out, next_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape list_tags_of_resource_out_shape = {
    "ListTagsOfResourceOut", sizeof(struct kds_dynamodb_list_tags_of_resource_out), 2, false, false, list_tags_of_resource_out_fields};

static const struct kds_field put_item_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("Item"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, item), offsetof(struct kds_dynamodb_put_item_in, item_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValues"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, return_values), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnItemCollectionMetrics"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, return_item_collection_metrics), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, expression_attribute_names), offsetof(struct kds_dynamodb_put_item_in, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, expression_attribute_values), offsetof(struct kds_dynamodb_put_item_in, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_in, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape put_item_in_shape = {
    "PutItemIn", sizeof(struct kds_dynamodb_put_item_in), 9, true, false, put_item_in_fields};

static const struct kds_field put_item_out_fields[] = {
    {KDS_SLICE_LIT("Attributes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_out, attributes), offsetof(struct kds_dynamodb_put_item_out, attributes_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_out, consumed_capacity), KDS_NO_OFFSET, &consumed_capacity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ItemCollectionMetrics"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_put_item_out, item_collection_metrics), KDS_NO_OFFSET, &item_collection_metrics_shape, 0, INT64_MAX},
};
static const struct kds_shape put_item_out_shape = {
    "PutItemOut", sizeof(struct kds_dynamodb_put_item_out), 3, false, false, put_item_out_fields};

static const struct kds_field query_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("Select"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, select), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, limit), offsetof(struct kds_dynamodb_query_in, has_limit), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("ConsistentRead"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, consistent_read), offsetof(struct kds_dynamodb_query_in, has_consistent_read), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ScanIndexForward"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, scan_index_forward), offsetof(struct kds_dynamodb_query_in, has_scan_index_forward), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExclusiveStartKey"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, exclusive_start_key), offsetof(struct kds_dynamodb_query_in, exclusive_start_key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProjectionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, projection_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("FilterExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, filter_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("KeyConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, key_condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, expression_attribute_names), offsetof(struct kds_dynamodb_query_in, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_in, expression_attribute_values), offsetof(struct kds_dynamodb_query_in, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
};
static const struct kds_shape query_in_shape = {
    "QueryIn", sizeof(struct kds_dynamodb_query_in), 13, true, false, query_in_fields};

static const struct kds_field query_out_fields[] = {
    {KDS_SLICE_LIT("Items"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_out, items), offsetof(struct kds_dynamodb_query_out, items_count), &item_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Count"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_out, count), offsetof(struct kds_dynamodb_query_out, has_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ScannedCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_out, scanned_count), offsetof(struct kds_dynamodb_query_out, has_scanned_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("LastEvaluatedKey"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_out, last_evaluated_key), offsetof(struct kds_dynamodb_query_out, last_evaluated_key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_query_out, consumed_capacity), KDS_NO_OFFSET, &consumed_capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape query_out_shape = {
    "QueryOut", sizeof(struct kds_dynamodb_query_out), 5, false, false, query_out_fields};

static const struct kds_field scan_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("IndexName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, index_name), KDS_NO_OFFSET, NULL, 3, 255},
    {KDS_SLICE_LIT("Limit"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, limit), offsetof(struct kds_dynamodb_scan_in, has_limit), NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("Select"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, select), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExclusiveStartKey"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, exclusive_start_key), offsetof(struct kds_dynamodb_scan_in, exclusive_start_key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("TotalSegments"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, total_segments), offsetof(struct kds_dynamodb_scan_in, has_total_segments), NULL, 1, 1000000},
    {KDS_SLICE_LIT("Segment"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, segment), offsetof(struct kds_dynamodb_scan_in, has_segment), NULL, 0, 999999},
    {KDS_SLICE_LIT("ProjectionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, projection_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("FilterExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, filter_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, expression_attribute_names), offsetof(struct kds_dynamodb_scan_in, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, expression_attribute_values), offsetof(struct kds_dynamodb_scan_in, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsistentRead"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_in, consistent_read), offsetof(struct kds_dynamodb_scan_in, has_consistent_read), NULL, 0, INT64_MAX},
};
static const struct kds_shape scan_in_shape = {
    "ScanIn", sizeof(struct kds_dynamodb_scan_in), 13, true, false, scan_in_fields};

static const struct kds_field scan_out_fields[] = {
    {KDS_SLICE_LIT("Items"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_out, items), offsetof(struct kds_dynamodb_scan_out, items_count), &item_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Count"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_out, count), offsetof(struct kds_dynamodb_scan_out, has_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("ScannedCount"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_out, scanned_count), offsetof(struct kds_dynamodb_scan_out, has_scanned_count), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("LastEvaluatedKey"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_out, last_evaluated_key), offsetof(struct kds_dynamodb_scan_out, last_evaluated_key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_scan_out, consumed_capacity), KDS_NO_OFFSET, &consumed_capacity_shape, 0, INT64_MAX},
};
static const struct kds_shape scan_out_shape = {
    "ScanOut", sizeof(struct kds_dynamodb_scan_out), 5, false, false, scan_out_fields};

static const struct kds_field tag_resource_in_fields[] = {
    {KDS_SLICE_LIT("ResourceArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_tag_resource_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 1283},
    {KDS_SLICE_LIT("Tags"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_tag_resource_in, tags), offsetof(struct kds_dynamodb_tag_resource_in, tags_count), &tag_shape, 0, INT64_MAX},
};
static const struct kds_shape tag_resource_in_shape = {
    "TagResourceIn", sizeof(struct kds_dynamodb_tag_resource_in), 2, true, false, tag_resource_in_fields};

static const struct kds_shape tag_resource_out_shape = {
    "TagResourceOut", sizeof(struct kds_dynamodb_tag_resource_out), 0, false, false, NULL};

static const struct kds_field transact_write_items_in_fields[] = {
    {KDS_SLICE_LIT("TransactItems"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_items_in, transact_items), offsetof(struct kds_dynamodb_transact_write_items_in, transact_items_count), &transact_write_item_shape, 1, 100},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_items_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnItemCollectionMetrics"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_items_in, return_item_collection_metrics), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ClientRequestToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_items_in, client_request_token), KDS_NO_OFFSET, NULL, 1, 36},
};
static const struct kds_shape transact_write_items_in_shape = {
    "TransactWriteItemsIn", sizeof(struct kds_dynamodb_transact_write_items_in), 4, true, false, transact_write_items_in_fields};

static const struct kds_field transact_write_items_out_fields[] = {
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_items_out, consumed_capacity), offsetof(struct kds_dynamodb_transact_write_items_out, consumed_capacity_count), &consumed_capacity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ItemCollectionMetrics"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_transact_write_items_out, item_collection_metrics), offsetof(struct kds_dynamodb_transact_write_items_out, item_collection_metrics_count), &table_collections_shape, 0, INT64_MAX},
};
static const struct kds_shape transact_write_items_out_shape = {
    "TransactWriteItemsOut", sizeof(struct kds_dynamodb_transact_write_items_out), 2, false, false, transact_write_items_out_fields};

static const struct kds_field untag_resource_in_fields[] = {
    {KDS_SLICE_LIT("ResourceArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_untag_resource_in, resource_arn), KDS_NO_OFFSET, NULL, 1, 1283},
    {KDS_SLICE_LIT("TagKeys"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_untag_resource_in, tag_keys), offsetof(struct kds_dynamodb_untag_resource_in, tag_keys_count), NULL, 0, INT64_MAX},
};
static const struct kds_shape untag_resource_in_shape = {
    "UntagResourceIn", sizeof(struct kds_dynamodb_untag_resource_in), 2, true, false, untag_resource_in_fields};

static const struct kds_shape untag_resource_out_shape = {
    "UntagResourceOut", sizeof(struct kds_dynamodb_untag_resource_out), 0, false, false, NULL};

static const struct kds_field update_continuous_backups_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_continuous_backups_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("PointInTimeRecoverySpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_continuous_backups_in, point_in_time_recovery_specification), KDS_NO_OFFSET, &point_in_time_recovery_specification_shape, 0, INT64_MAX},
};
static const struct kds_shape update_continuous_backups_in_shape = {
    "UpdateContinuousBackupsIn", sizeof(struct kds_dynamodb_update_continuous_backups_in), 2, true, false, update_continuous_backups_in_fields};

static const struct kds_field update_continuous_backups_out_fields[] = {
    {KDS_SLICE_LIT("ContinuousBackupsDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_continuous_backups_out, continuous_backups_description), KDS_NO_OFFSET, &continuous_backups_description_shape, 0, INT64_MAX},
};
static const struct kds_shape update_continuous_backups_out_shape = {
    "UpdateContinuousBackupsOut", sizeof(struct kds_dynamodb_update_continuous_backups_out), 1, false, false, update_continuous_backups_out_fields};

static const struct kds_field update_item_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("Key"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, key), offsetof(struct kds_dynamodb_update_item_in, key_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValues"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, return_values), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnConsumedCapacity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, return_consumed_capacity), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnItemCollectionMetrics"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, return_item_collection_metrics), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("UpdateExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, update_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConditionExpression"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, condition_expression), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeNames"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, expression_attribute_names), offsetof(struct kds_dynamodb_update_item_in, expression_attribute_names_count), &name_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ExpressionAttributeValues"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, expression_attribute_values), offsetof(struct kds_dynamodb_update_item_in, expression_attribute_values_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ReturnValuesOnConditionCheckFailure"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_in, return_values_on_condition_check_failure), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape update_item_in_shape = {
    "UpdateItemIn", sizeof(struct kds_dynamodb_update_item_in), 10, true, false, update_item_in_fields};

static const struct kds_field update_item_out_fields[] = {
    {KDS_SLICE_LIT("Attributes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_out, attributes), offsetof(struct kds_dynamodb_update_item_out, attributes_count), &attribute_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ConsumedCapacity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_out, consumed_capacity), KDS_NO_OFFSET, &consumed_capacity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("ItemCollectionMetrics"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_item_out, item_collection_metrics), KDS_NO_OFFSET, &item_collection_metrics_shape, 0, INT64_MAX},
};
static const struct kds_shape update_item_out_shape = {
    "UpdateItemOut", sizeof(struct kds_dynamodb_update_item_out), 3, false, false, update_item_out_fields};

static const struct kds_field update_table_in_fields[] = {
    {KDS_SLICE_LIT("AttributeDefinitions"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, attribute_definitions), offsetof(struct kds_dynamodb_update_table_in, attribute_definitions_count), &attribute_definition_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("BillingMode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, billing_mode), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("ProvisionedThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, provisioned_throughput), KDS_NO_OFFSET, &provisioned_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("GlobalSecondaryIndexUpdates"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, global_secondary_index_updates), offsetof(struct kds_dynamodb_update_table_in, global_secondary_index_updates_count), &global_secondary_index_update_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StreamSpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, stream_specification), KDS_NO_OFFSET, &stream_specification_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("SSESpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, sse_specification), KDS_NO_OFFSET, &sse_specification_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("TableClass"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, table_class), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("DeletionProtectionEnabled"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, deletion_protection_enabled), offsetof(struct kds_dynamodb_update_table_in, has_deletion_protection_enabled), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("OnDemandThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, on_demand_throughput), KDS_NO_OFFSET, &on_demand_throughput_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("WarmThroughput"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_in, warm_throughput), KDS_NO_OFFSET, &warm_throughput_shape, 0, INT64_MAX},
};
static const struct kds_shape update_table_in_shape = {
    "UpdateTableIn", sizeof(struct kds_dynamodb_update_table_in), 11, true, false, update_table_in_fields};

static const struct kds_field update_table_out_fields[] = {
    {KDS_SLICE_LIT("TableDescription"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_table_out, table_description), KDS_NO_OFFSET, &table_description_shape, 0, INT64_MAX},
};
static const struct kds_shape update_table_out_shape = {
    "UpdateTableOut", sizeof(struct kds_dynamodb_update_table_out), 1, false, false, update_table_out_fields};

static const struct kds_field update_time_to_live_in_fields[] = {
    {KDS_SLICE_LIT("TableName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_time_to_live_in, table_name), KDS_NO_OFFSET, NULL, 1, 1024},
    {KDS_SLICE_LIT("TimeToLiveSpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_time_to_live_in, time_to_live_specification), KDS_NO_OFFSET, &time_to_live_specification_shape, 0, INT64_MAX},
};
static const struct kds_shape update_time_to_live_in_shape = {
    "UpdateTimeToLiveIn", sizeof(struct kds_dynamodb_update_time_to_live_in), 2, true, false, update_time_to_live_in_fields};

static const struct kds_field update_time_to_live_out_fields[] = {
    {KDS_SLICE_LIT("TimeToLiveSpecification"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_dynamodb_update_time_to_live_out, time_to_live_specification), KDS_NO_OFFSET, &time_to_live_specification_shape, 0, INT64_MAX},
};
static const struct kds_shape update_time_to_live_out_shape = {
    "UpdateTimeToLiveOut", sizeof(struct kds_dynamodb_update_time_to_live_out), 1, false, false, update_time_to_live_out_fields};

static const struct kds_operation kds_dynamodb_operations[KDS_DYNAMODB_OP_COUNT] = {
    {&kds_dynamodb_service, "BatchGetItem", &batch_get_item_in_shape, &batch_get_item_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "BatchWriteItem", &batch_write_item_in_shape, &batch_write_item_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "CreateTable", &create_table_in_shape, &create_table_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "DeleteItem", &delete_item_in_shape, &delete_item_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "DeleteTable", &delete_table_in_shape, &delete_table_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "DescribeContinuousBackups", &describe_continuous_backups_in_shape, &describe_continuous_backups_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "DescribeLimits", &describe_limits_in_shape, &describe_limits_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "DescribeTable", &describe_table_in_shape, &describe_table_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "DescribeTimeToLive", &describe_time_to_live_in_shape, &describe_time_to_live_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "GetItem", &get_item_in_shape, &get_item_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "ListTables", &list_tables_in_shape, &list_tables_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "ListTagsOfResource", &list_tags_of_resource_in_shape, &list_tags_of_resource_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "PutItem", &put_item_in_shape, &put_item_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "Query", &query_in_shape, &query_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "Scan", &scan_in_shape, &scan_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
    {&kds_dynamodb_service, "TagResource", &tag_resource_in_shape, &tag_resource_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "TransactWriteItems", &transact_write_items_in_shape, &transact_write_items_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "UntagResource", &untag_resource_in_shape, &untag_resource_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "UpdateContinuousBackups", &update_continuous_backups_in_shape, &update_continuous_backups_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "UpdateItem", &update_item_in_shape, &update_item_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "UpdateTable", &update_table_in_shape, &update_table_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_dynamodb_service, "UpdateTimeToLive", &update_time_to_live_in_shape, &update_time_to_live_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
};

static const struct kds_shape *const errors[] = {&conditional_check_failed_exception_shape, &transaction_canceled_exception_shape};

const struct kds_service kds_dynamodb_service = {
    .name = "dynamodb",
    .signing_name = "dynamodb",
    .host_prefix = "dynamodb",
    .environment = "DYNAMODB",
    .config_key = "dynamodb",
    .target_prefix = "DynamoDB_20120810.",
    .json_type = "application/x-amz-json-1.0",
    .cbor_type = NULL,
    .query_version = NULL,
    .operations = kds_dynamodb_operations,
    .operation_count = KDS_DYNAMODB_OP_COUNT,
    .errors = errors,
    .error_count = 2,
};
/* clang-format on */
