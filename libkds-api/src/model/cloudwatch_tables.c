/*
 * cloudwatch_tables: the API as data. Generated from src/model/cloudwatch.model by src/model/generate.py; do not edit.
 */
#include "kds/cloudwatch.h"
#include "model/cloudwatch_operations.h"
#include "model/operations.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_field dimension_fields[] = {
    {KDS_SLICE_LIT("Name"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_dimension, name), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_dimension, value), KDS_NO_OFFSET, NULL, 1, 1024},
};
static const struct kds_shape dimension_shape = {
    "Dimension", sizeof(struct kds_cloudwatch_dimension), 2, false, false, dimension_fields};

static const struct kds_field statistic_set_fields[] = {
    {KDS_SLICE_LIT("SampleCount"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_statistic_set, sample_count), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("Sum"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_statistic_set, sum), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("Minimum"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_statistic_set, minimum), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("Maximum"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_statistic_set, maximum), KDS_NO_OFFSET, NULL, INT64_MIN, INT64_MAX},
};
static const struct kds_shape statistic_set_shape = {
    "StatisticSet", sizeof(struct kds_cloudwatch_statistic_set), 4, false, false, statistic_set_fields};

static const struct kds_field metric_datum_fields[] = {
    {KDS_SLICE_LIT("MetricName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, metric_name), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("Dimensions"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, dimensions), offsetof(struct kds_cloudwatch_metric_datum, dimensions_count), &dimension_shape, 0, 30},
    {KDS_SLICE_LIT("Timestamp"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, timestamp_ms), offsetof(struct kds_cloudwatch_metric_datum, has_timestamp_ms), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Value"), KDS_K_DOUBLE, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, value), offsetof(struct kds_cloudwatch_metric_datum, has_value), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("StatisticValues"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, statistic_values), KDS_NO_OFFSET, &statistic_set_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Values"), KDS_K_LIST, KDS_K_DOUBLE, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, values), offsetof(struct kds_cloudwatch_metric_datum, values_count), NULL, 0, 150},
    {KDS_SLICE_LIT("Counts"), KDS_K_LIST, KDS_K_DOUBLE, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, counts), offsetof(struct kds_cloudwatch_metric_datum, counts_count), NULL, 0, 150},
    {KDS_SLICE_LIT("Unit"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, unit), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("StorageResolution"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_metric_datum, storage_resolution), offsetof(struct kds_cloudwatch_metric_datum, has_storage_resolution), NULL, 1, INT64_MAX},
};
static const struct kds_shape metric_datum_shape = {
    "MetricDatum", sizeof(struct kds_cloudwatch_metric_datum), 9, false, false, metric_datum_fields};

static const struct kds_field entity_attribute_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_entity_attribute, key), KDS_NO_OFFSET, NULL, 1, 256},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_entity_attribute, value), KDS_NO_OFFSET, NULL, 1, 2048},
};
static const struct kds_shape entity_attribute_shape = {
    "EntityAttribute", sizeof(struct kds_cloudwatch_entity_attribute), 2, false, false, entity_attribute_fields};

static const struct kds_field entity_fields[] = {
    {KDS_SLICE_LIT("KeyAttributes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_entity, key_attributes), offsetof(struct kds_cloudwatch_entity, key_attributes_count), &entity_attribute_shape, 2, 4},
    {KDS_SLICE_LIT("Attributes"), KDS_K_MAP, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_entity, attributes), offsetof(struct kds_cloudwatch_entity, attributes_count), &entity_attribute_shape, 0, 10},
};
static const struct kds_shape entity_shape = {
    "Entity", sizeof(struct kds_cloudwatch_entity), 2, false, false, entity_fields};

static const struct kds_field entity_metric_data_fields[] = {
    {KDS_SLICE_LIT("Entity"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_entity_metric_data, entity), KDS_NO_OFFSET, &entity_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("MetricData"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_entity_metric_data, metric_data), offsetof(struct kds_cloudwatch_entity_metric_data, metric_data_count), &metric_datum_shape, 0, INT64_MAX},
};
static const struct kds_shape entity_metric_data_shape = {
    "EntityMetricData", sizeof(struct kds_cloudwatch_entity_metric_data), 2, false, false, entity_metric_data_fields};

static const struct kds_field put_metric_data_in_fields[] = {
    {KDS_SLICE_LIT("Namespace"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_put_metric_data_in, metric_namespace), KDS_NO_OFFSET, NULL, 1, 255},
    {KDS_SLICE_LIT("MetricData"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_put_metric_data_in, metric_data), offsetof(struct kds_cloudwatch_put_metric_data_in, metric_data_count), &metric_datum_shape, 0, 1000},
    {KDS_SLICE_LIT("EntityMetricData"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_put_metric_data_in, entity_metric_data), offsetof(struct kds_cloudwatch_put_metric_data_in, entity_metric_data_count), &entity_metric_data_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("StrictEntityValidation"), KDS_K_BOOL, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_cloudwatch_put_metric_data_in, strict_entity_validation), offsetof(struct kds_cloudwatch_put_metric_data_in, has_strict_entity_validation), NULL, 0, INT64_MAX},
};
static const struct kds_shape put_metric_data_in_shape = {
    "PutMetricDataIn", sizeof(struct kds_cloudwatch_put_metric_data_in), 4, true, false, put_metric_data_in_fields};

static const struct kds_shape put_metric_data_out_shape = {
    "PutMetricDataOut", sizeof(struct kds_cloudwatch_put_metric_data_out), 0, false, false, NULL};

static const struct kds_operation kds_cloudwatch_operations[KDS_CLOUDWATCH_OP_COUNT] = {
    {&kds_cloudwatch_service, "PutMetricData", &put_metric_data_in_shape, &put_metric_data_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
};

const struct kds_service kds_cloudwatch_service = {
    .name = "cloudwatch",
    .signing_name = "monitoring",
    .host_prefix = "monitoring",
    .environment = "CLOUDWATCH",
    .config_key = "cloudwatch",
    .target_prefix = "GraniteServiceVersion20100801.",
    .json_type = "application/x-amz-json-1.0",
    .cbor_type = NULL,
    .query_version = "2010-08-01",
    .operations = kds_cloudwatch_operations,
    .operation_count = KDS_CLOUDWATCH_OP_COUNT,
    .errors = NULL,
    .error_count = 0,
};
/* clang-format on */
