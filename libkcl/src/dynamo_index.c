/*
 * dynamo_index: the index of leases by their owner, which the KCL 3.x has: made, watched, asked.
 */
#include "dynamo_job.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <string.h>

#define INDEX "LeaseOwnerToLeaseKeyIndex"

/* ---- INDEX ---------------------------------------------------------------------------------- */

enum stage { DESCRIBE, CREATE };

const kds_dynamodb_global_secondary_index_description_t *
kcl_dynamo_find_index(const kds_dynamodb_table_description_t *table)
{
    for (size_t i = 0; table != NULL && i < table->global_secondary_indexes_count; i++) {
        if (kds_slice_is(table->global_secondary_indexes[i].index_name, INDEX)) {
            return &table->global_secondary_indexes[i];
        }
    }
    return NULL;
}

static void send_create(struct kcl_dynamo_job *j)
{
    const kds_dynamodb_attribute_definition_t attributes[] = {
        {kds_slice(KCL_A_KEY), kds_slice("S")}, {kds_slice(KCL_A_OWNER), kds_slice("S")}};
    const kds_dynamodb_key_schema_element_t key[] = {
        {kds_slice(KCL_A_OWNER), kds_slice("HASH")},
        {kds_slice(KCL_A_KEY), kds_slice("RANGE")}};
    const kds_dynamodb_provisioned_throughput_t capacity = {
        .read_capacity_units = j->read_capacity,
        .write_capacity_units = j->write_capacity};
    const kds_dynamodb_create_global_secondary_index_action_t create = {
        .index_name = kds_slice(INDEX),
        .key_schema = key,
        .key_schema_count = 2,
        .projection = {.projection_type = kds_slice("KEYS_ONLY")},
        .provisioned_throughput = j->read_capacity > 0 ? &capacity : NULL};
    const kds_dynamodb_global_secondary_index_update_t update = {.create = &create};
    const kds_dynamodb_update_table_in_t in = {.struct_size = sizeof in,
                                               .table_name = kds_slice(j->store->table),
                                               .attribute_definitions = attributes,
                                               .attribute_definitions_count = 2,
                                               .global_secondary_index_updates = &update,
                                               .global_secondary_index_updates_count = 1};
    kcl_dynamo_call(j, KCL_DYNAMO_UPDATE_TABLE, &in);
}

static void index_send(struct kcl_dynamo_job *j)
{
    if (j->stage == DESCRIBE) {
        kcl_dynamo_send_describe(j);
    } else {
        send_create(j);
    }
}

static void look(struct kcl_dynamo_job *j, const kds_dynamodb_table_description_t *t)
{
    const kds_dynamodb_global_secondary_index_description_t *index =
        kcl_dynamo_find_index(t);
    if (index != NULL) {
        j->result.indexed = kds_slice_is(index->index_status, "ACTIVE") ||
                            kds_slice_is(index->index_status, "UPDATING");
        kcl_dynamo_finish(j, KDS_OK);
        return;
    }
    /* A provisioned table's index gets the table's capacity. */
    const kds_dynamodb_provisioned_throughput_description_t *capacity =
        t != NULL ? t->provisioned_throughput : NULL;
    j->read_capacity = capacity ? capacity->read_capacity_units : 0;
    j->write_capacity = capacity ? capacity->write_capacity_units : 0;
    j->stage = CREATE;
}

static void
index_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    const kds_dynamodb_describe_table_out_t *out = output;
    bool somebody_does = j->stage == CREATE && error != NULL &&
                         kcl_dynamo_is(error, "ResourceInUseException");
    if (error != NULL && !somebody_does) {
        kcl_dynamo_fail(j, error);
    } else if (j->stage == DESCRIBE) {
        look(j, out->table);
    } else {
        kcl_dynamo_finish(j, KDS_OK); /* it takes some minutes */
    }
}

const struct kcl_dynamo_script kcl_dynamo_index = {index_send, index_answered};

/* ---- OWNED ---------------------------------------------------------------------------------- */

static void owned_send(struct kcl_dynamo_job *j)
{
    kds_dynamodb_attribute_t from[2];
    memset(from, 0, sizeof from);
    from[0].key = kds_slice(KCL_A_OWNER);
    from[0].value = kcl_value_text(kds_slice(j->op.owner));
    from[1].key = kds_slice(KCL_A_KEY);
    from[1].value = kcl_value_text(kds_slice(j->op.cursor));
    kcl_if_equal(&j->e, KCL_A_OWNER, from[0].value);
    const kds_dynamodb_query_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(j->store->table),
        .index_name = kds_slice(INDEX),
        .has_limit = true,
        .limit = KCL_STORE_PAGE,
        .key_condition_expression = kds_buf_slice(&j->e.condition),
        .expression_attribute_names = j->e.names,
        .expression_attribute_names_count = j->e.name_count,
        .expression_attribute_values = j->e.values,
        .expression_attribute_values_count = j->e.value_count,
        .exclusive_start_key = j->op.cursor[0] ? from : NULL,
        .exclusive_start_key_count = j->op.cursor[0] ? 2 : 0};
    kcl_dynamo_call(j, KCL_DYNAMO_QUERY, &in);
}

static void
owned_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    const kds_dynamodb_query_out_t *page = output;
    struct kcl_store_result *r = &j->result;
    if (error != NULL) {
        kcl_dynamo_fail(j, error);
        return;
    }
    r->leases =
        kds_alloc_zero(page->items_count ? page->items_count : 1, sizeof *r->leases);
    if (r->leases == NULL) {
        kcl_dynamo_finish(j, KDS_ERR_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < page->items_count; i++) {
        const kds_dynamodb_attribute_value_t *key = kcl_item_find(
            page->items[i].attributes, page->items[i].attributes_count, KCL_A_KEY);
        r->lease_count +=
            key != NULL && kcl_lease_of_key(key->s, &r->leases[r->lease_count]);
    }
    const kds_dynamodb_attribute_value_t *last = kcl_item_find(
        page->last_evaluated_key, page->last_evaluated_key_count, KCL_A_KEY);
    bool good = last == NULL || kcl_copy_text(r->cursor, sizeof r->cursor, last->s);
    kcl_dynamo_finish(j, good ? KDS_OK : KDS_ERR_PROTOCOL);
}

const struct kcl_dynamo_script kcl_dynamo_owned = {owned_send, owned_answered};
