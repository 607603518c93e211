/*
 * dynamodb: the operations of DynamoDB, as far as lease tables need it, one typed function each, and their values.
 *
 * Generated from src/model/dynamodb.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_DYNAMODB_H
#define KDS_DYNAMODB_H

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

typedef struct kds_dynamodb_attribute_definition kds_dynamodb_attribute_definition_t;
typedef struct kds_dynamodb_attribute_value kds_dynamodb_attribute_value_t;
typedef struct kds_dynamodb_billing_mode_summary kds_dynamodb_billing_mode_summary_t;
typedef struct kds_dynamodb_capacity kds_dynamodb_capacity_t;
typedef struct kds_dynamodb_condition_check kds_dynamodb_condition_check_t;
typedef struct kds_dynamodb_consumed_capacity kds_dynamodb_consumed_capacity_t;
typedef struct kds_dynamodb_continuous_backups_description
    kds_dynamodb_continuous_backups_description_t;
typedef struct kds_dynamodb_create_global_secondary_index_action
    kds_dynamodb_create_global_secondary_index_action_t;
typedef struct kds_dynamodb_delete kds_dynamodb_delete_t;
typedef struct kds_dynamodb_delete_global_secondary_index_action
    kds_dynamodb_delete_global_secondary_index_action_t;
typedef struct kds_dynamodb_delete_request kds_dynamodb_delete_request_t;
typedef struct kds_dynamodb_global_secondary_index kds_dynamodb_global_secondary_index_t;
typedef struct kds_dynamodb_global_secondary_index_description
    kds_dynamodb_global_secondary_index_description_t;
typedef struct kds_dynamodb_global_secondary_index_update
    kds_dynamodb_global_secondary_index_update_t;
typedef struct kds_dynamodb_global_secondary_index_warm_throughput_description
    kds_dynamodb_global_secondary_index_warm_throughput_description_t;
typedef struct kds_dynamodb_item_collection_metrics
    kds_dynamodb_item_collection_metrics_t;
typedef struct kds_dynamodb_key_schema_element kds_dynamodb_key_schema_element_t;
typedef struct kds_dynamodb_keys_and_attributes kds_dynamodb_keys_and_attributes_t;
typedef struct kds_dynamodb_local_secondary_index kds_dynamodb_local_secondary_index_t;
typedef struct kds_dynamodb_local_secondary_index_description
    kds_dynamodb_local_secondary_index_description_t;
typedef struct kds_dynamodb_on_demand_throughput kds_dynamodb_on_demand_throughput_t;
typedef struct kds_dynamodb_point_in_time_recovery_description
    kds_dynamodb_point_in_time_recovery_description_t;
typedef struct kds_dynamodb_point_in_time_recovery_specification
    kds_dynamodb_point_in_time_recovery_specification_t;
typedef struct kds_dynamodb_projection kds_dynamodb_projection_t;
typedef struct kds_dynamodb_provisioned_throughput kds_dynamodb_provisioned_throughput_t;
typedef struct kds_dynamodb_provisioned_throughput_description
    kds_dynamodb_provisioned_throughput_description_t;
typedef struct kds_dynamodb_put kds_dynamodb_put_t;
typedef struct kds_dynamodb_put_request kds_dynamodb_put_request_t;
typedef struct kds_dynamodb_sse_specification kds_dynamodb_sse_specification_t;
typedef struct kds_dynamodb_stream_specification kds_dynamodb_stream_specification_t;
typedef struct kds_dynamodb_table_class_summary kds_dynamodb_table_class_summary_t;
typedef struct kds_dynamodb_table_description kds_dynamodb_table_description_t;
typedef struct kds_dynamodb_table_warm_throughput_description
    kds_dynamodb_table_warm_throughput_description_t;
typedef struct kds_dynamodb_tag kds_dynamodb_tag_t;
typedef struct kds_dynamodb_time_to_live_description
    kds_dynamodb_time_to_live_description_t;
typedef struct kds_dynamodb_time_to_live_specification
    kds_dynamodb_time_to_live_specification_t;
typedef struct kds_dynamodb_transact_write_item kds_dynamodb_transact_write_item_t;
typedef struct kds_dynamodb_update kds_dynamodb_update_t;
typedef struct kds_dynamodb_update_global_secondary_index_action
    kds_dynamodb_update_global_secondary_index_action_t;
typedef struct kds_dynamodb_warm_throughput kds_dynamodb_warm_throughput_t;
typedef struct kds_dynamodb_write_request kds_dynamodb_write_request_t;
typedef struct kds_dynamodb_attribute kds_dynamodb_attribute_t;
typedef struct kds_dynamodb_index_capacity kds_dynamodb_index_capacity_t;
typedef struct kds_dynamodb_item kds_dynamodb_item_t;
typedef struct kds_dynamodb_item_collection_metrics_list
    kds_dynamodb_item_collection_metrics_list_t;
typedef struct kds_dynamodb_item_list kds_dynamodb_item_list_t;
typedef struct kds_dynamodb_name kds_dynamodb_name_t;
typedef struct kds_dynamodb_table_collections kds_dynamodb_table_collections_t;
typedef struct kds_dynamodb_table_items kds_dynamodb_table_items_t;
typedef struct kds_dynamodb_table_keys kds_dynamodb_table_keys_t;
typedef struct kds_dynamodb_table_writes kds_dynamodb_table_writes_t;
typedef struct kds_dynamodb_write_request_list kds_dynamodb_write_request_list_t;
typedef struct kds_dynamodb_conditional_check_failed_exception
    kds_dynamodb_conditional_check_failed_exception_t;
typedef struct kds_dynamodb_cancellation_reason kds_dynamodb_cancellation_reason_t;
typedef struct kds_dynamodb_transaction_canceled_exception
    kds_dynamodb_transaction_canceled_exception_t;
typedef struct kds_dynamodb_batch_get_item_in kds_dynamodb_batch_get_item_in_t;
typedef struct kds_dynamodb_batch_get_item_out kds_dynamodb_batch_get_item_out_t;
typedef struct kds_dynamodb_batch_write_item_in kds_dynamodb_batch_write_item_in_t;
typedef struct kds_dynamodb_batch_write_item_out kds_dynamodb_batch_write_item_out_t;
typedef struct kds_dynamodb_create_table_in kds_dynamodb_create_table_in_t;
typedef struct kds_dynamodb_create_table_out kds_dynamodb_create_table_out_t;
typedef struct kds_dynamodb_delete_item_in kds_dynamodb_delete_item_in_t;
typedef struct kds_dynamodb_delete_item_out kds_dynamodb_delete_item_out_t;
typedef struct kds_dynamodb_delete_table_in kds_dynamodb_delete_table_in_t;
typedef struct kds_dynamodb_delete_table_out kds_dynamodb_delete_table_out_t;
typedef struct kds_dynamodb_describe_continuous_backups_in
    kds_dynamodb_describe_continuous_backups_in_t;
typedef struct kds_dynamodb_describe_continuous_backups_out
    kds_dynamodb_describe_continuous_backups_out_t;
typedef struct kds_dynamodb_describe_limits_in kds_dynamodb_describe_limits_in_t;
typedef struct kds_dynamodb_describe_limits_out kds_dynamodb_describe_limits_out_t;
typedef struct kds_dynamodb_describe_table_in kds_dynamodb_describe_table_in_t;
typedef struct kds_dynamodb_describe_table_out kds_dynamodb_describe_table_out_t;
typedef struct kds_dynamodb_describe_time_to_live_in
    kds_dynamodb_describe_time_to_live_in_t;
typedef struct kds_dynamodb_describe_time_to_live_out
    kds_dynamodb_describe_time_to_live_out_t;
typedef struct kds_dynamodb_get_item_in kds_dynamodb_get_item_in_t;
typedef struct kds_dynamodb_get_item_out kds_dynamodb_get_item_out_t;
typedef struct kds_dynamodb_list_tables_in kds_dynamodb_list_tables_in_t;
typedef struct kds_dynamodb_list_tables_out kds_dynamodb_list_tables_out_t;
typedef struct kds_dynamodb_list_tags_of_resource_in
    kds_dynamodb_list_tags_of_resource_in_t;
typedef struct kds_dynamodb_list_tags_of_resource_out
    kds_dynamodb_list_tags_of_resource_out_t;
typedef struct kds_dynamodb_put_item_in kds_dynamodb_put_item_in_t;
typedef struct kds_dynamodb_put_item_out kds_dynamodb_put_item_out_t;
typedef struct kds_dynamodb_query_in kds_dynamodb_query_in_t;
typedef struct kds_dynamodb_query_out kds_dynamodb_query_out_t;
typedef struct kds_dynamodb_scan_in kds_dynamodb_scan_in_t;
typedef struct kds_dynamodb_scan_out kds_dynamodb_scan_out_t;
typedef struct kds_dynamodb_tag_resource_in kds_dynamodb_tag_resource_in_t;
typedef struct kds_dynamodb_tag_resource_out kds_dynamodb_tag_resource_out_t;
typedef struct kds_dynamodb_transact_write_items_in
    kds_dynamodb_transact_write_items_in_t;
typedef struct kds_dynamodb_transact_write_items_out
    kds_dynamodb_transact_write_items_out_t;
typedef struct kds_dynamodb_untag_resource_in kds_dynamodb_untag_resource_in_t;
typedef struct kds_dynamodb_untag_resource_out kds_dynamodb_untag_resource_out_t;
typedef struct kds_dynamodb_update_continuous_backups_in
    kds_dynamodb_update_continuous_backups_in_t;
typedef struct kds_dynamodb_update_continuous_backups_out
    kds_dynamodb_update_continuous_backups_out_t;
typedef struct kds_dynamodb_update_item_in kds_dynamodb_update_item_in_t;
typedef struct kds_dynamodb_update_item_out kds_dynamodb_update_item_out_t;
typedef struct kds_dynamodb_update_table_in kds_dynamodb_update_table_in_t;
typedef struct kds_dynamodb_update_table_out kds_dynamodb_update_table_out_t;
typedef struct kds_dynamodb_update_time_to_live_in kds_dynamodb_update_time_to_live_in_t;
typedef struct kds_dynamodb_update_time_to_live_out
    kds_dynamodb_update_time_to_live_out_t;

/** A key attribute. */
struct kds_dynamodb_attribute_definition {
    /** Required. Name of the attribute. 1..255 characters. */
    kds_slice_t attribute_name;
    /** Required. S, N or B. */
    kds_slice_t attribute_type;
};

/** A value. Exactly one member is given. */
struct kds_dynamodb_attribute_value {
    /** Text. */
    kds_slice_t s;
    /** A number, as decimal text of up to 38 digits. */
    kds_slice_t n;
    /** Bytes. */
    kds_slice_t b;
    /** A set of texts. ss_count of them. */
    const kds_slice_t *ss;
    size_t ss_count;
    /** A set of numbers. ns_count of them. */
    const kds_slice_t *ns;
    size_t ns_count;
    /** A set of byte strings. bs_count of them. */
    const kds_slice_t *bs;
    size_t bs_count;
    /** A map. m_count of them. */
    const kds_dynamodb_attribute_t *m;
    size_t m_count;
    /** A list. l_count of them. */
    const kds_dynamodb_attribute_value_t *l;
    size_t l_count;
    /** True: there is no value. */
    bool has_null;
    bool null;
    /** A truth value. */
    bool has_boolean;
    bool boolean;
};

/** How a table is billed. */
struct kds_dynamodb_billing_mode_summary {
    /** PROVISIONED or PAY_PER_REQUEST. */
    kds_slice_t billing_mode;
    /**
     * When the table was last switched to PAY_PER_REQUEST. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_last_update_to_pay_per_request_date_time_ms;
    int64_t last_update_to_pay_per_request_date_time_ms;
};

/** Capacity that was used. */
struct kds_dynamodb_capacity {
    /** Read capacity units. */
    bool has_read_capacity_units;
    double read_capacity_units;
    /** Write capacity units. */
    bool has_write_capacity_units;
    double write_capacity_units;
    /** Capacity units, of both kinds. */
    bool has_capacity_units;
    double capacity_units;
};

/** A condition of a transaction. */
struct kds_dynamodb_condition_check {
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** Capacity that a call has used. */
struct kds_dynamodb_consumed_capacity {
    /** Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Capacity units, of both kinds. */
    bool has_capacity_units;
    double capacity_units;
    /** Read capacity units. */
    bool has_read_capacity_units;
    double read_capacity_units;
    /** Write capacity units. */
    bool has_write_capacity_units;
    double write_capacity_units;
    /** The table. */
    const kds_dynamodb_capacity_t *table;
    /** Local indexes. local_secondary_indexes_count of them. */
    const kds_dynamodb_index_capacity_t *local_secondary_indexes;
    size_t local_secondary_indexes_count;
    /** Global indexes. global_secondary_indexes_count of them. */
    const kds_dynamodb_index_capacity_t *global_secondary_indexes;
    size_t global_secondary_indexes_count;
};

/** The state of a table's backups. */
struct kds_dynamodb_continuous_backups_description {
    /** Required. ENABLED or DISABLED. */
    kds_slice_t continuous_backups_status;
    /** The state of point-in-time recovery. */
    const kds_dynamodb_point_in_time_recovery_description_t
        *point_in_time_recovery_description;
};

/** The attributes of an index. */
struct kds_dynamodb_projection {
    /** ALL, KEYS_ONLY or INCLUDE. */
    kds_slice_t projection_type;
    /**
     * Further attributes in the index. non_key_attributes_count of them. 1..20
     * entries.
     */
    const kds_slice_t *non_key_attributes;
    size_t non_key_attributes_count;
};

/** An index to create. */
struct kds_dynamodb_create_global_secondary_index_action {
    /** Required. Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /**
     * Required. The key: a HASH attribute, and maybe a RANGE one. key_schema_count of
     * them. 1.. entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** Required. Which attributes the index holds. */
    kds_dynamodb_projection_t projection;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_t *provisioned_throughput;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
    /** Throughput that is kept ready. */
    const kds_dynamodb_warm_throughput_t *warm_throughput;
};

/** A deletion in a transaction. */
struct kds_dynamodb_delete {
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** An index to delete. */
struct kds_dynamodb_delete_global_secondary_index_action {
    /** Required. Name of the index. 3..255 characters. */
    kds_slice_t index_name;
};

/** A deletion in a batch. */
struct kds_dynamodb_delete_request {
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
};

/** A global index. */
struct kds_dynamodb_global_secondary_index {
    /** Required. Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /**
     * Required. The key: a HASH attribute, and maybe a RANGE one. key_schema_count of
     * them. 1.. entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** Required. Which attributes the index holds. */
    kds_dynamodb_projection_t projection;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_t *provisioned_throughput;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
    /** Throughput that is kept ready. */
    const kds_dynamodb_warm_throughput_t *warm_throughput;
};

/** A global index as it is. */
struct kds_dynamodb_global_secondary_index_description {
    /** Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /**
     * The key: a HASH attribute, and maybe a RANGE one. key_schema_count of them. 1..
     * entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** Which attributes the index holds. */
    const kds_dynamodb_projection_t *projection;
    /** CREATING, UPDATING, DELETING or ACTIVE. */
    kds_slice_t index_status;
    /** Whether the index is still being filled. */
    bool has_backfilling;
    bool backfilling;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_description_t *provisioned_throughput;
    /** Size of the index, some hours old. */
    bool has_index_size_bytes;
    int64_t index_size_bytes;
    /** Items, some hours old. */
    bool has_item_count;
    int64_t item_count;
    /** ARN of the index. */
    kds_slice_t index_arn;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
    /** Throughput that is kept ready. */
    const kds_dynamodb_global_secondary_index_warm_throughput_description_t
        *warm_throughput;
};

/** A change of a global index; one member is given. */
struct kds_dynamodb_global_secondary_index_update {
    /** Update. */
    const kds_dynamodb_update_global_secondary_index_action_t *update;
    /** Create an index. */
    const kds_dynamodb_create_global_secondary_index_action_t *create;
    /** Delete. */
    const kds_dynamodb_delete_global_secondary_index_action_t *remove;
};

/** Throughput of an index that is kept ready. */
struct kds_dynamodb_global_secondary_index_warm_throughput_description {
    /** Read units per second. 1... */
    bool has_read_units_per_second;
    int64_t read_units_per_second;
    /** Write units per second. 1... */
    bool has_write_units_per_second;
    int64_t write_units_per_second;
    /** Its state. */
    kds_slice_t status;
};

/** Size of a collection. */
struct kds_dynamodb_item_collection_metrics {
    /** Key of the collection. item_collection_key_count of them. */
    const kds_dynamodb_attribute_t *item_collection_key;
    size_t item_collection_key_count;
    /** Lower and upper bound of the size. size_estimate_range_gb_count of them. */
    const double *size_estimate_range_gb;
    size_t size_estimate_range_gb_count;
};

/** A part of a key. */
struct kds_dynamodb_key_schema_element {
    /** Required. Name of the attribute. 1..255 characters. */
    kds_slice_t attribute_name;
    /** Required. HASH or RANGE. */
    kds_slice_t key_type;
};

/** What to read of one table. */
struct kds_dynamodb_keys_and_attributes {
    /** Required. The keys of the items. keys_count of them. 1..100 entries. */
    const kds_dynamodb_item_t *keys;
    size_t keys_count;
    /** Read what was written last; not on global indexes. */
    bool has_consistent_read;
    bool consistent_read;
    /** Which attributes to give. */
    kds_slice_t projection_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
};

/** A local index. */
struct kds_dynamodb_local_secondary_index {
    /** Required. Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /**
     * Required. The key: a HASH attribute, and maybe a RANGE one. key_schema_count of
     * them. 1.. entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** Required. Which attributes the index holds. */
    kds_dynamodb_projection_t projection;
};

/** A local index as it is. */
struct kds_dynamodb_local_secondary_index_description {
    /** Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /**
     * The key: a HASH attribute, and maybe a RANGE one. key_schema_count of them. 1..
     * entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** Which attributes the index holds. */
    const kds_dynamodb_projection_t *projection;
    /** Size of the index, some hours old. */
    bool has_index_size_bytes;
    int64_t index_size_bytes;
    /** Items, some hours old. */
    bool has_item_count;
    int64_t item_count;
    /** ARN of the index. */
    kds_slice_t index_arn;
};

/** Limits of an on-demand table. */
struct kds_dynamodb_on_demand_throughput {
    /** Most read units per second; -1 = no limit. */
    bool has_max_read_request_units;
    int64_t max_read_request_units;
    /** Most write units per second; -1 = no limit. */
    bool has_max_write_request_units;
    int64_t max_write_request_units;
};

/** The state of point-in-time recovery. */
struct kds_dynamodb_point_in_time_recovery_description {
    /** ENABLED or DISABLED. */
    kds_slice_t point_in_time_recovery_status;
    /** How far back, 1..35 days. 1..35. */
    bool has_recovery_period_in_days;
    int64_t recovery_period_in_days;
    /**
     * Earliest instant that can be restored. Milliseconds since 1970-01-01T00:00:00Z.
     */
    bool has_earliest_restorable_date_time_ms;
    int64_t earliest_restorable_date_time_ms;
    /**
     * Latest instant that can be restored. Milliseconds since 1970-01-01T00:00:00Z.
     */
    bool has_latest_restorable_date_time_ms;
    int64_t latest_restorable_date_time_ms;
};

/** Point-in-time recovery as it shall be. */
struct kds_dynamodb_point_in_time_recovery_specification {
    /** Required. Whether it is on. */
    bool point_in_time_recovery_enabled;
    /** How far back, 1..35 days. 1..35. */
    bool has_recovery_period_in_days;
    int64_t recovery_period_in_days;
};

/** Capacity as it shall be. */
struct kds_dynamodb_provisioned_throughput {
    /** Required. Read capacity units. 1... */
    int64_t read_capacity_units;
    /** Required. Write capacity units. 1... */
    int64_t write_capacity_units;
};

/** Capacity as it is. */
struct kds_dynamodb_provisioned_throughput_description {
    /** When capacity last grew. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_last_increase_date_time_ms;
    int64_t last_increase_date_time_ms;
    /** When capacity last shrank. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_last_decrease_date_time_ms;
    int64_t last_decrease_date_time_ms;
    /** How often capacity shrank today. 1... */
    bool has_number_of_decreases_today;
    int64_t number_of_decreases_today;
    /** Read capacity units. */
    bool has_read_capacity_units;
    int64_t read_capacity_units;
    /** Write capacity units. */
    bool has_write_capacity_units;
    int64_t write_capacity_units;
};

/** A put in a transaction. */
struct kds_dynamodb_put {
    /** Required. The item. item_count of them. */
    const kds_dynamodb_attribute_t *item;
    size_t item_count;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** A put in a batch. */
struct kds_dynamodb_put_request {
    /** Required. The item. item_count of them. */
    const kds_dynamodb_attribute_t *item;
    size_t item_count;
};

/** Encryption at rest. */
struct kds_dynamodb_sse_specification {
    /** Whether it is on. */
    bool has_enabled;
    bool enabled;
    /** KMS. */
    kds_slice_t sse_type;
    /** The key. */
    kds_slice_t kmsmaster_key_id;
};

/** A stream of changes. */
struct kds_dynamodb_stream_specification {
    /** Required. Whether the table has a stream of changes. */
    bool stream_enabled;
    /** What the stream of changes holds. */
    kds_slice_t stream_view_type;
};

/** A table's class. */
struct kds_dynamodb_table_class_summary {
    /** STANDARD or STANDARD_INFREQUENT_ACCESS. */
    kds_slice_t table_class;
    /** When it last changed. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_last_update_date_time_ms;
    int64_t last_update_date_time_ms;
};

/** A table as it is. */
struct kds_dynamodb_table_description {
    /**
     * The key attributes of the table and its indexes, and no others.
     * attribute_definitions_count of them.
     */
    const kds_dynamodb_attribute_definition_t *attribute_definitions;
    size_t attribute_definitions_count;
    /** Name or ARN of the table. 3..255 characters. */
    kds_slice_t table_name;
    /**
     * The key: a HASH attribute, and maybe a RANGE one. key_schema_count of them. 1..
     * entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** CREATING, UPDATING, DELETING, ACTIVE or another state. */
    kds_slice_t table_status;
    /** When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_creation_date_time_ms;
    int64_t creation_date_time_ms;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_description_t *provisioned_throughput;
    /** Size, some hours old. */
    bool has_table_size_bytes;
    int64_t table_size_bytes;
    /** Items, some hours old. */
    bool has_item_count;
    int64_t item_count;
    /** ARN of the table. */
    kds_slice_t table_arn;
    /** The table's identifier. */
    kds_slice_t table_id;
    /** How the table is billed. */
    const kds_dynamodb_billing_mode_summary_t *billing_mode_summary;
    /** Local indexes. local_secondary_indexes_count of them. */
    const kds_dynamodb_local_secondary_index_description_t *local_secondary_indexes;
    size_t local_secondary_indexes_count;
    /** Global indexes. global_secondary_indexes_count of them. */
    const kds_dynamodb_global_secondary_index_description_t *global_secondary_indexes;
    size_t global_secondary_indexes_count;
    /** The table's stream of changes. */
    const kds_dynamodb_stream_specification_t *stream_specification;
    /** Label of the table's stream of changes. */
    kds_slice_t latest_stream_label;
    /** ARN of the table's stream of changes. 37..1024 characters. */
    kds_slice_t latest_stream_arn;
    /** The table's class. */
    const kds_dynamodb_table_class_summary_t *table_class_summary;
    /** Whether the table refuses to be deleted. */
    bool has_deletion_protection_enabled;
    bool deletion_protection_enabled;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
    /** Throughput that is kept ready. */
    const kds_dynamodb_table_warm_throughput_description_t *warm_throughput;
};

/** Throughput of a table that is kept ready. */
struct kds_dynamodb_table_warm_throughput_description {
    /** Read units per second. 1... */
    bool has_read_units_per_second;
    int64_t read_units_per_second;
    /** Write units per second. 1... */
    bool has_write_units_per_second;
    int64_t write_units_per_second;
    /** Its state. */
    kds_slice_t status;
};

/** A label. */
struct kds_dynamodb_tag {
    /** Required. The key. 1..128 characters. */
    kds_slice_t key;
    /** Required. Its value. 0..256 characters. */
    kds_slice_t value;
};

/** The state of expiry. */
struct kds_dynamodb_time_to_live_description {
    /** ENABLING, DISABLING, ENABLED or DISABLED. */
    kds_slice_t time_to_live_status;
    /** Name of the attribute. 1..255 characters. */
    kds_slice_t attribute_name;
};

/** Expiry as it shall be. */
struct kds_dynamodb_time_to_live_specification {
    /** Required. Whether it is on. */
    bool enabled;
    /** Required. Name of the attribute. 1..255 characters. */
    kds_slice_t attribute_name;
};

/** One change of a transaction; one member is given. */
struct kds_dynamodb_transact_write_item {
    /** Only check a condition. */
    const kds_dynamodb_condition_check_t *condition_check;
    /** Put an item. */
    const kds_dynamodb_put_t *put;
    /** Delete. */
    const kds_dynamodb_delete_t *remove;
    /** Update. */
    const kds_dynamodb_update_t *update;
};

/** An update in a transaction. */
struct kds_dynamodb_update {
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
    /** Required. What to change: SET, REMOVE, ADD, DELETE. */
    kds_slice_t update_expression;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** An index to change. */
struct kds_dynamodb_update_global_secondary_index_action {
    /** Required. Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_t *provisioned_throughput;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
    /** Throughput that is kept ready. */
    const kds_dynamodb_warm_throughput_t *warm_throughput;
};

/** Throughput to keep ready. */
struct kds_dynamodb_warm_throughput {
    /** Read units per second. */
    bool has_read_units_per_second;
    int64_t read_units_per_second;
    /** Write units per second. */
    bool has_write_units_per_second;
    int64_t write_units_per_second;
};

/** One change of a batch; one member is given. */
struct kds_dynamodb_write_request {
    /** Put an item. */
    const kds_dynamodb_put_request_t *put_request;
    /** Delete an item. */
    const kds_dynamodb_delete_request_t *delete_request;
};

/** A named value. */
struct kds_dynamodb_attribute {
    /** Required. Its name. */
    kds_slice_t key;
    /** Required. Its value. */
    kds_dynamodb_attribute_value_t value;
};

/** By name. */
struct kds_dynamodb_index_capacity {
    /** Required. Name of the table or index. */
    kds_slice_t key;
    /** Required. What belongs to it. */
    kds_dynamodb_capacity_t value;
};

/** Attributes of an item or a key. */
struct kds_dynamodb_item {
    /** The attributes. attributes_count of them. */
    const kds_dynamodb_attribute_t *attributes;
    size_t attributes_count;
};

/** A list as the value of a map. */
struct kds_dynamodb_item_collection_metrics_list {
    /** The elements. elements_count of them. */
    const kds_dynamodb_item_collection_metrics_t *elements;
    size_t elements_count;
};

/** A list as the value of a map. */
struct kds_dynamodb_item_list {
    /** The elements. elements_count of them. */
    const kds_dynamodb_item_t *elements;
    size_t elements_count;
};

/** A placeholder of an expression. */
struct kds_dynamodb_name {
    /** Required. The placeholder, for example #a. */
    kds_slice_t key;
    /** Required. What it stands for. */
    kds_slice_t value;
};

/** By name. */
struct kds_dynamodb_table_collections {
    /** Required. Name of the table or index. */
    kds_slice_t key;
    /** Required. What belongs to it. */
    kds_dynamodb_item_collection_metrics_list_t value;
};

/** By name. */
struct kds_dynamodb_table_items {
    /** Required. Name of the table or index. */
    kds_slice_t key;
    /** Required. What belongs to it. */
    kds_dynamodb_item_list_t value;
};

/** By name. */
struct kds_dynamodb_table_keys {
    /** Required. Name of the table or index. */
    kds_slice_t key;
    /** Required. What belongs to it. */
    kds_dynamodb_keys_and_attributes_t value;
};

/** A list as the value of a map. */
struct kds_dynamodb_write_request_list {
    /** The elements. elements_count of them. */
    const kds_dynamodb_write_request_t *elements;
    size_t elements_count;
};

/** By name. */
struct kds_dynamodb_table_writes {
    /** Required. Name of the table or index. */
    kds_slice_t key;
    /** Required. What belongs to it. */
    kds_dynamodb_write_request_list_t value;
};

/** The body of that error. */
struct kds_dynamodb_conditional_check_failed_exception {
    /**
     * The item as it is, if that was asked for and there is one. item_count of them.
     */
    const kds_dynamodb_attribute_t *item;
    size_t item_count;
};

/** Why one change of a transaction was not made. */
struct kds_dynamodb_cancellation_reason {
    /** The item as it is, if that was asked for. item_count of them. */
    const kds_dynamodb_attribute_t *item;
    size_t item_count;
    /** None, ConditionalCheckFailed, TransactionConflict or another. */
    kds_slice_t code;
    /** The service's words. */
    kds_slice_t message;
};

/** The body of that error. */
struct kds_dynamodb_transaction_canceled_exception {
    /** One for each change, in order. cancellation_reasons_count of them. */
    const kds_dynamodb_cancellation_reason_t *cancellation_reasons;
    size_t cancellation_reasons_count;
};

/** Input of BatchGetItem. */
struct kds_dynamodb_batch_get_item_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. By table. request_items_count of them. 1..100 entries. */
    const kds_dynamodb_table_keys_t *request_items;
    size_t request_items_count;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
};

/** Output of BatchGetItem. */
struct kds_dynamodb_batch_get_item_out {
    /** The items, by table. responses_count of them. */
    const kds_dynamodb_table_items_t *responses;
    size_t responses_count;
    /**
     * What was not read; ask again, with back-off. unprocessed_keys_count of them.
     * 1..100 entries.
     */
    const kds_dynamodb_table_keys_t *unprocessed_keys;
    size_t unprocessed_keys_count;
    /**
     * What the call has cost, if that was asked for. consumed_capacity_count of them.
     */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
    size_t consumed_capacity_count;
};

/**
 * Read up to 100 items.
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
kds_dynamodb_batch_get_item(kds_client_t *client,
                            const kds_dynamodb_batch_get_item_in_t *in,
                            const kds_call_options_t *options,
                            const kds_dynamodb_batch_get_item_out_t **out,
                            kds_error_t **error);

/** Input of BatchWriteItem. */
struct kds_dynamodb_batch_write_item_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. By table. request_items_count of them. 1..25 entries. */
    const kds_dynamodb_table_writes_t *request_items;
    size_t request_items_count;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** SIZE or NONE. */
    kds_slice_t return_item_collection_metrics;
};

/** Output of BatchWriteItem. */
struct kds_dynamodb_batch_write_item_out {
    /**
     * What was not done; send it again, with back-off. unprocessed_items_count of
     * them. 1..25 entries.
     */
    const kds_dynamodb_table_writes_t *unprocessed_items;
    size_t unprocessed_items_count;
    /**
     * Sizes of collections, if that was asked for. item_collection_metrics_count of
     * them.
     */
    const kds_dynamodb_table_collections_t *item_collection_metrics;
    size_t item_collection_metrics_count;
    /**
     * What the call has cost, if that was asked for. consumed_capacity_count of them.
     */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
    size_t consumed_capacity_count;
};

/**
 * Put or delete up to 25 items, each on its own and without conditions.
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
kds_dynamodb_batch_write_item(kds_client_t *client,
                              const kds_dynamodb_batch_write_item_in_t *in,
                              const kds_call_options_t *options,
                              const kds_dynamodb_batch_write_item_out_t **out,
                              kds_error_t **error);

/** Input of CreateTable. */
struct kds_dynamodb_create_table_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * The key attributes of the table and its indexes, and no others.
     * attribute_definitions_count of them.
     */
    const kds_dynamodb_attribute_definition_t *attribute_definitions;
    size_t attribute_definitions_count;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /**
     * The key: a HASH attribute, and maybe a RANGE one. key_schema_count of them. 1..
     * entries.
     */
    const kds_dynamodb_key_schema_element_t *key_schema;
    size_t key_schema_count;
    /** Local indexes. local_secondary_indexes_count of them. */
    const kds_dynamodb_local_secondary_index_t *local_secondary_indexes;
    size_t local_secondary_indexes_count;
    /** Global indexes. global_secondary_indexes_count of them. */
    const kds_dynamodb_global_secondary_index_t *global_secondary_indexes;
    size_t global_secondary_indexes_count;
    /** PROVISIONED or PAY_PER_REQUEST. */
    kds_slice_t billing_mode;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_t *provisioned_throughput;
    /** The table's stream of changes. */
    const kds_dynamodb_stream_specification_t *stream_specification;
    /** Encryption at rest. */
    const kds_dynamodb_sse_specification_t *sse_specification;
    /** Labels. tags_count of them. */
    const kds_dynamodb_tag_t *tags;
    size_t tags_count;
    /** STANDARD or STANDARD_INFREQUENT_ACCESS. */
    kds_slice_t table_class;
    /** Whether the table refuses to be deleted. */
    bool has_deletion_protection_enabled;
    bool deletion_protection_enabled;
    /** Throughput that is kept ready. */
    const kds_dynamodb_warm_throughput_t *warm_throughput;
    /** A policy, JSON. */
    kds_slice_t resource_policy;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
};

/** Output of CreateTable. */
struct kds_dynamodb_create_table_out {
    /** The table. */
    const kds_dynamodb_table_description_t *table_description;
};

/**
 * Create a table. It is CREATING when this returns and ACTIVE some time later.
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
KDS_API kds_err_t kds_dynamodb_create_table(kds_client_t *client,
                                            const kds_dynamodb_create_table_in_t *in,
                                            const kds_call_options_t *options,
                                            const kds_dynamodb_create_table_out_t **out,
                                            kds_error_t **error);

/** Input of DeleteItem. */
struct kds_dynamodb_delete_item_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
    /** NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW. */
    kds_slice_t return_values;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** SIZE or NONE. */
    kds_slice_t return_item_collection_metrics;
    /** Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** Output of DeleteItem. */
struct kds_dynamodb_delete_item_out {
    /** The item, as ReturnValues asked. attributes_count of them. */
    const kds_dynamodb_attribute_t *attributes;
    size_t attributes_count;
    /** What the call has cost, if that was asked for. */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
    /** Sizes of collections, if that was asked for. */
    const kds_dynamodb_item_collection_metrics_t *item_collection_metrics;
};

/**
 * Delete an item.
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
KDS_API kds_err_t kds_dynamodb_delete_item(kds_client_t *client,
                                           const kds_dynamodb_delete_item_in_t *in,
                                           const kds_call_options_t *options,
                                           const kds_dynamodb_delete_item_out_t **out,
                                           kds_error_t **error);

/** Input of DeleteTable. */
struct kds_dynamodb_delete_table_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
};

/** Output of DeleteTable. */
struct kds_dynamodb_delete_table_out {
    /** The table. */
    const kds_dynamodb_table_description_t *table_description;
};

/**
 * Delete a table and its items.
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
KDS_API kds_err_t kds_dynamodb_delete_table(kds_client_t *client,
                                            const kds_dynamodb_delete_table_in_t *in,
                                            const kds_call_options_t *options,
                                            const kds_dynamodb_delete_table_out_t **out,
                                            kds_error_t **error);

/** Input of DescribeContinuousBackups. */
struct kds_dynamodb_describe_continuous_backups_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
};

/** Output of DescribeContinuousBackups. */
struct kds_dynamodb_describe_continuous_backups_out {
    /** The state of the backups. */
    const kds_dynamodb_continuous_backups_description_t *continuous_backups_description;
};

/**
 * The state of a table's backups.
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
KDS_API kds_err_t kds_dynamodb_describe_continuous_backups(
    kds_client_t *client,
    const kds_dynamodb_describe_continuous_backups_in_t *in,
    const kds_call_options_t *options,
    const kds_dynamodb_describe_continuous_backups_out_t **out,
    kds_error_t **error);

/** Input of DescribeLimits. */
struct kds_dynamodb_describe_limits_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
};

/** Output of DescribeLimits. */
struct kds_dynamodb_describe_limits_out {
    /** Read capacity that the account may have in all. 1... */
    bool has_account_max_read_capacity_units;
    int64_t account_max_read_capacity_units;
    /** Write capacity that the account may have in all. 1... */
    bool has_account_max_write_capacity_units;
    int64_t account_max_write_capacity_units;
    /** Read capacity that one table may have. 1... */
    bool has_table_max_read_capacity_units;
    int64_t table_max_read_capacity_units;
    /** Write capacity that one table may have. 1... */
    bool has_table_max_write_capacity_units;
    int64_t table_max_write_capacity_units;
};

/**
 * The capacity that account and tables may have.
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
kds_dynamodb_describe_limits(kds_client_t *client,
                             const kds_dynamodb_describe_limits_in_t *in,
                             const kds_call_options_t *options,
                             const kds_dynamodb_describe_limits_out_t **out,
                             kds_error_t **error);

/** Input of DescribeTable. */
struct kds_dynamodb_describe_table_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
};

/** Output of DescribeTable. */
struct kds_dynamodb_describe_table_out {
    /** The table. */
    const kds_dynamodb_table_description_t *table;
};

/**
 * A table.
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
kds_dynamodb_describe_table(kds_client_t *client,
                            const kds_dynamodb_describe_table_in_t *in,
                            const kds_call_options_t *options,
                            const kds_dynamodb_describe_table_out_t **out,
                            kds_error_t **error);

/** Input of DescribeTimeToLive. */
struct kds_dynamodb_describe_time_to_live_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
};

/** Output of DescribeTimeToLive. */
struct kds_dynamodb_describe_time_to_live_out {
    /** The state of expiry. */
    const kds_dynamodb_time_to_live_description_t *time_to_live_description;
};

/**
 * Whether a table's items expire.
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
kds_dynamodb_describe_time_to_live(kds_client_t *client,
                                   const kds_dynamodb_describe_time_to_live_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_describe_time_to_live_out_t **out,
                                   kds_error_t **error);

/** Input of GetItem. */
struct kds_dynamodb_get_item_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
    /** Read what was written last; not on global indexes. */
    bool has_consistent_read;
    bool consistent_read;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** Which attributes to give. */
    kds_slice_t projection_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
};

/** Output of GetItem. */
struct kds_dynamodb_get_item_out {
    /** The item. item_count of them. */
    const kds_dynamodb_attribute_t *item;
    size_t item_count;
    /** What the call has cost, if that was asked for. */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
};

/**
 * Read an item.
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
KDS_API kds_err_t kds_dynamodb_get_item(kds_client_t *client,
                                        const kds_dynamodb_get_item_in_t *in,
                                        const kds_call_options_t *options,
                                        const kds_dynamodb_get_item_out_t **out,
                                        kds_error_t **error);

/** Input of ListTables. */
struct kds_dynamodb_list_tables_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Start behind this table. 3..255 characters. */
    kds_slice_t exclusive_start_table_name;
    /** At most so many, before they are filtered. 1..100. */
    bool has_limit;
    int64_t limit;
};

/** Output of ListTables. */
struct kds_dynamodb_list_tables_out {
    /** Names of tables. table_names_count of them. */
    const kds_slice_t *table_names;
    size_t table_names_count;
    /** Where the next page starts; absent on the last. 3..255 characters. */
    kds_slice_t last_evaluated_table_name;
};

/**
 * The tables of the account in the region.
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
KDS_API kds_err_t kds_dynamodb_list_tables(kds_client_t *client,
                                           const kds_dynamodb_list_tables_in_t *in,
                                           const kds_call_options_t *options,
                                           const kds_dynamodb_list_tables_out_t **out,
                                           kds_error_t **error);

/** Input of ListTagsOfResource. */
struct kds_dynamodb_list_tags_of_resource_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. ARN of the table. 1..1283 characters. */
    kds_slice_t resource_arn;
    /** Go on where the page with this token ended; absent on the last. */
    kds_slice_t next_token;
};

/** Output of ListTagsOfResource. */
struct kds_dynamodb_list_tags_of_resource_out {
    /** Labels. tags_count of them. */
    const kds_dynamodb_tag_t *tags;
    size_t tags_count;
    /** Go on where the page with this token ended; absent on the last. */
    kds_slice_t next_token;
};

/**
 * The labels of a table.
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
kds_dynamodb_list_tags_of_resource(kds_client_t *client,
                                   const kds_dynamodb_list_tags_of_resource_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_dynamodb_list_tags_of_resource_out_t **out,
                                   kds_error_t **error);

/** Input of PutItem. */
struct kds_dynamodb_put_item_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. The item. item_count of them. */
    const kds_dynamodb_attribute_t *item;
    size_t item_count;
    /** NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW. */
    kds_slice_t return_values;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** SIZE or NONE. */
    kds_slice_t return_item_collection_metrics;
    /** Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** Output of PutItem. */
struct kds_dynamodb_put_item_out {
    /** The item, as ReturnValues asked. attributes_count of them. */
    const kds_dynamodb_attribute_t *attributes;
    size_t attributes_count;
    /** What the call has cost, if that was asked for. */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
    /** Sizes of collections, if that was asked for. */
    const kds_dynamodb_item_collection_metrics_t *item_collection_metrics;
};

/**
 * Put an item in place of what is there.
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
KDS_API kds_err_t kds_dynamodb_put_item(kds_client_t *client,
                                        const kds_dynamodb_put_item_in_t *in,
                                        const kds_call_options_t *options,
                                        const kds_dynamodb_put_item_out_t **out,
                                        kds_error_t **error);

/** Input of Query. */
struct kds_dynamodb_query_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /** ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, SPECIFIC_ATTRIBUTES or COUNT. */
    kds_slice_t select;
    /** At most so many, before they are filtered. 1... */
    bool has_limit;
    int64_t limit;
    /** Read what was written last; not on global indexes. */
    bool has_consistent_read;
    bool consistent_read;
    /** False: in descending order. */
    bool has_scan_index_forward;
    bool scan_index_forward;
    /**
     * Go on behind this key: the last page's LastEvaluatedKey.
     * exclusive_start_key_count of them.
     */
    const kds_dynamodb_attribute_t *exclusive_start_key;
    size_t exclusive_start_key_count;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** Which attributes to give. */
    kds_slice_t projection_expression;
    /** Only items for which this holds; it is paid for the others all the same. */
    kds_slice_t filter_expression;
    /** Which key values. */
    kds_slice_t key_condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
};

/** Output of Query. */
struct kds_dynamodb_query_out {
    /** The items. items_count of them. */
    const kds_dynamodb_item_t *items;
    size_t items_count;
    /** Items given. */
    bool has_count;
    int64_t count;
    /** Items looked at. */
    bool has_scanned_count;
    int64_t scanned_count;
    /**
     * Where the next page starts; absent on the last. last_evaluated_key_count of
     * them.
     */
    const kds_dynamodb_attribute_t *last_evaluated_key;
    size_t last_evaluated_key_count;
    /** What the call has cost, if that was asked for. */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
};

/**
 * Items of one hash key, a page of up to 1 MB.
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
KDS_API kds_err_t kds_dynamodb_query(kds_client_t *client,
                                     const kds_dynamodb_query_in_t *in,
                                     const kds_call_options_t *options,
                                     const kds_dynamodb_query_out_t **out,
                                     kds_error_t **error);

/** Input of Scan. */
struct kds_dynamodb_scan_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Name of the index. 3..255 characters. */
    kds_slice_t index_name;
    /** At most so many, before they are filtered. 1... */
    bool has_limit;
    int64_t limit;
    /** ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, SPECIFIC_ATTRIBUTES or COUNT. */
    kds_slice_t select;
    /**
     * Go on behind this key: the last page's LastEvaluatedKey.
     * exclusive_start_key_count of them.
     */
    const kds_dynamodb_attribute_t *exclusive_start_key;
    size_t exclusive_start_key_count;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** How many parts a parallel scan has. 1..1000000. */
    bool has_total_segments;
    int64_t total_segments;
    /** Which part of a parallel scan. 0..999999. */
    bool has_segment;
    int64_t segment;
    /** Which attributes to give. */
    kds_slice_t projection_expression;
    /** Only items for which this holds; it is paid for the others all the same. */
    kds_slice_t filter_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** Read what was written last; not on global indexes. */
    bool has_consistent_read;
    bool consistent_read;
};

/** Output of Scan. */
struct kds_dynamodb_scan_out {
    /** The items. items_count of them. */
    const kds_dynamodb_item_t *items;
    size_t items_count;
    /** Items given. */
    bool has_count;
    int64_t count;
    /** Items looked at. */
    bool has_scanned_count;
    int64_t scanned_count;
    /**
     * Where the next page starts; absent on the last. last_evaluated_key_count of
     * them.
     */
    const kds_dynamodb_attribute_t *last_evaluated_key;
    size_t last_evaluated_key_count;
    /** What the call has cost, if that was asked for. */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
};

/**
 * All items, a page of up to 1 MB at a time. A page may be empty and not the last.
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
KDS_API kds_err_t kds_dynamodb_scan(kds_client_t *client,
                                    const kds_dynamodb_scan_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_dynamodb_scan_out_t **out,
                                    kds_error_t **error);

/** Input of TagResource. */
struct kds_dynamodb_tag_resource_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. ARN of the table. 1..1283 characters. */
    kds_slice_t resource_arn;
    /** Required. Labels. tags_count of them. */
    const kds_dynamodb_tag_t *tags;
    size_t tags_count;
};

/** Output of TagResource. */
struct kds_dynamodb_tag_resource_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Put labels on a table.
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
KDS_API kds_err_t kds_dynamodb_tag_resource(kds_client_t *client,
                                            const kds_dynamodb_tag_resource_in_t *in,
                                            const kds_call_options_t *options,
                                            const kds_dynamodb_tag_resource_out_t **out,
                                            kds_error_t **error);

/** Input of TransactWriteItems. */
struct kds_dynamodb_transact_write_items_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Required. What to do, all or nothing. transact_items_count of them. 1..100
     * entries.
     */
    const kds_dynamodb_transact_write_item_t *transact_items;
    size_t transact_items_count;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** SIZE or NONE. */
    kds_slice_t return_item_collection_metrics;
    /** Makes a repeat within ten minutes harmless. 1..36 characters. */
    kds_slice_t client_request_token;
};

/** Output of TransactWriteItems. */
struct kds_dynamodb_transact_write_items_out {
    /**
     * What the call has cost, if that was asked for. consumed_capacity_count of them.
     */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
    size_t consumed_capacity_count;
    /**
     * Sizes of collections, if that was asked for. item_collection_metrics_count of
     * them.
     */
    const kds_dynamodb_table_collections_t *item_collection_metrics;
    size_t item_collection_metrics_count;
};

/**
 * Up to 100 changes, all or nothing.
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
kds_dynamodb_transact_write_items(kds_client_t *client,
                                  const kds_dynamodb_transact_write_items_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_dynamodb_transact_write_items_out_t **out,
                                  kds_error_t **error);

/** Input of UntagResource. */
struct kds_dynamodb_untag_resource_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. ARN of the table. 1..1283 characters. */
    kds_slice_t resource_arn;
    /** Required. Names of labels. tag_keys_count of them. */
    const kds_slice_t *tag_keys;
    size_t tag_keys_count;
};

/** Output of UntagResource. */
struct kds_dynamodb_untag_resource_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Take labels off a table.
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
kds_dynamodb_untag_resource(kds_client_t *client,
                            const kds_dynamodb_untag_resource_in_t *in,
                            const kds_call_options_t *options,
                            const kds_dynamodb_untag_resource_out_t **out,
                            kds_error_t **error);

/** Input of UpdateContinuousBackups. */
struct kds_dynamodb_update_continuous_backups_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. Point-in-time recovery. */
    kds_dynamodb_point_in_time_recovery_specification_t
        point_in_time_recovery_specification;
};

/** Output of UpdateContinuousBackups. */
struct kds_dynamodb_update_continuous_backups_out {
    /** The state of the backups. */
    const kds_dynamodb_continuous_backups_description_t *continuous_backups_description;
};

/**
 * Switch point-in-time recovery on or off.
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
KDS_API kds_err_t kds_dynamodb_update_continuous_backups(
    kds_client_t *client,
    const kds_dynamodb_update_continuous_backups_in_t *in,
    const kds_call_options_t *options,
    const kds_dynamodb_update_continuous_backups_out_t **out,
    kds_error_t **error);

/** Input of UpdateItem. */
struct kds_dynamodb_update_item_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. The key. key_count of them. */
    const kds_dynamodb_attribute_t *key;
    size_t key_count;
    /** NONE, ALL_OLD, UPDATED_OLD, ALL_NEW or UPDATED_NEW. */
    kds_slice_t return_values;
    /** INDEXES, TOTAL or NONE. */
    kds_slice_t return_consumed_capacity;
    /** SIZE or NONE. */
    kds_slice_t return_item_collection_metrics;
    /** What to change: SET, REMOVE, ADD, DELETE. */
    kds_slice_t update_expression;
    /** Must hold, or nothing is done. */
    kds_slice_t condition_expression;
    /**
     * What the #names of the expressions stand for. expression_attribute_names_count
     * of them.
     */
    const kds_dynamodb_name_t *expression_attribute_names;
    size_t expression_attribute_names_count;
    /**
     * What the :values of the expressions stand for. expression_attribute_values_count
     * of them.
     */
    const kds_dynamodb_attribute_t *expression_attribute_values;
    size_t expression_attribute_values_count;
    /** ALL_OLD or NONE: whether a failed condition tells the item. */
    kds_slice_t return_values_on_condition_check_failure;
};

/** Output of UpdateItem. */
struct kds_dynamodb_update_item_out {
    /** The item, as ReturnValues asked. attributes_count of them. */
    const kds_dynamodb_attribute_t *attributes;
    size_t attributes_count;
    /** What the call has cost, if that was asked for. */
    const kds_dynamodb_consumed_capacity_t *consumed_capacity;
    /** Sizes of collections, if that was asked for. */
    const kds_dynamodb_item_collection_metrics_t *item_collection_metrics;
};

/**
 * Change an item, or create it.
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
KDS_API kds_err_t kds_dynamodb_update_item(kds_client_t *client,
                                           const kds_dynamodb_update_item_in_t *in,
                                           const kds_call_options_t *options,
                                           const kds_dynamodb_update_item_out_t **out,
                                           kds_error_t **error);

/** Input of UpdateTable. */
struct kds_dynamodb_update_table_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * The key attributes of the table and its indexes, and no others.
     * attribute_definitions_count of them.
     */
    const kds_dynamodb_attribute_definition_t *attribute_definitions;
    size_t attribute_definitions_count;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** PROVISIONED or PAY_PER_REQUEST. */
    kds_slice_t billing_mode;
    /** Capacity of a provisioned table. */
    const kds_dynamodb_provisioned_throughput_t *provisioned_throughput;
    /** Changes of global indexes. global_secondary_index_updates_count of them. */
    const kds_dynamodb_global_secondary_index_update_t *global_secondary_index_updates;
    size_t global_secondary_index_updates_count;
    /** The table's stream of changes. */
    const kds_dynamodb_stream_specification_t *stream_specification;
    /** Encryption at rest. */
    const kds_dynamodb_sse_specification_t *sse_specification;
    /** STANDARD or STANDARD_INFREQUENT_ACCESS. */
    kds_slice_t table_class;
    /** Whether the table refuses to be deleted. */
    bool has_deletion_protection_enabled;
    bool deletion_protection_enabled;
    /** Limits of an on-demand table. */
    const kds_dynamodb_on_demand_throughput_t *on_demand_throughput;
    /** Throughput that is kept ready. */
    const kds_dynamodb_warm_throughput_t *warm_throughput;
};

/** Output of UpdateTable. */
struct kds_dynamodb_update_table_out {
    /** The table. */
    const kds_dynamodb_table_description_t *table_description;
};

/**
 * Change a table.
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
KDS_API kds_err_t kds_dynamodb_update_table(kds_client_t *client,
                                            const kds_dynamodb_update_table_in_t *in,
                                            const kds_call_options_t *options,
                                            const kds_dynamodb_update_table_out_t **out,
                                            kds_error_t **error);

/** Input of UpdateTimeToLive. */
struct kds_dynamodb_update_time_to_live_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Name or ARN of the table. 1..1024 characters. */
    kds_slice_t table_name;
    /** Required. Expiry of items. */
    kds_dynamodb_time_to_live_specification_t time_to_live_specification;
};

/** Output of UpdateTimeToLive. */
struct kds_dynamodb_update_time_to_live_out {
    /** Expiry of items. */
    const kds_dynamodb_time_to_live_specification_t *time_to_live_specification;
};

/**
 * Switch the expiry of items on or off; once an hour at most.
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
kds_dynamodb_update_time_to_live(kds_client_t *client,
                                 const kds_dynamodb_update_time_to_live_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_dynamodb_update_time_to_live_out_t **out,
                                 kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_DYNAMODB_H */
