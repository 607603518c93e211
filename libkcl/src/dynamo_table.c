/*
 * dynamo_table: the table of a DynamoDB lease store: looked for, made, checked.
 *
 * A table that is not ready yet is KDS_ERR_IN_USE: to be tried again in a while.
 */
#include "dynamo_job.h"

#include "base/error.h"
#include "base/slice.h"

#include <string.h>

enum stage { DESCRIBE, CREATE, BACKUPS, SELF_TEST, LAYOUT };

void kcl_dynamo_send_describe(struct kcl_dynamo_job *j)
{
    const kds_dynamodb_describe_table_in_t in = {
        .struct_size = sizeof in, .table_name = kds_slice(j->store->table)};
    kcl_dynamo_call(j, KCL_DYNAMO_DESCRIBE_TABLE, &in);
}

bool kcl_dynamo_tag(const char **at, kds_dynamodb_tag_t *tag, bool *valid)
{
    *at += strspn(*at, ", ");
    size_t n = strcspn(*at, ","), key = strcspn(*at, "=,");
    *valid = n == 0 || (key > 0 && key < n);
    if (n > 0 && *valid) {
        tag->key = kds_slice_of(*at, key);
        tag->value = kds_slice_of(*at + key + 1, n - key - 1);
    }
    *at += n;
    return n > 0 && *valid;
}

static void send_create(struct kcl_dynamo_job *j)
{
    const struct kcl_dynamo_store *s = j->store;
    kds_dynamodb_tag_t tags[KCL_TAGS_MAX];
    const char *at = s->tags;
    size_t tag_count = 0;
    bool valid;
    while (tag_count < KCL_TAGS_MAX && kcl_dynamo_tag(&at, &tags[tag_count], &valid)) {
        tag_count++;
    }
    const kds_dynamodb_attribute_definition_t attribute = {
        .attribute_name = kds_slice(KCL_A_KEY), .attribute_type = kds_slice("S")};
    const kds_dynamodb_key_schema_element_t key = {.attribute_name = kds_slice(KCL_A_KEY),
                                                   .key_type = kds_slice("HASH")};
    const kds_dynamodb_provisioned_throughput_t capacity = {
        .read_capacity_units = s->read_capacity,
        .write_capacity_units = s->write_capacity};
    const kds_dynamodb_create_table_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(s->table),
        .attribute_definitions = &attribute,
        .attribute_definitions_count = 1,
        .key_schema = &key,
        .key_schema_count = 1,
        .billing_mode = kds_slice(s->provisioned ? "PROVISIONED" : "PAY_PER_REQUEST"),
        .provisioned_throughput = s->provisioned ? &capacity : NULL,
        .tags = tag_count > 0 ? tags : NULL,
        .tags_count = tag_count,
        .has_deletion_protection_enabled = s->protection,
        .deletion_protection_enabled = s->protection};
    kcl_dynamo_call(j, KCL_DYNAMO_CREATE_TABLE, &in);
}

/* Only once the table is ACTIVE. */
static void send_backups(struct kcl_dynamo_job *j)
{
    const kds_dynamodb_update_continuous_backups_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(j->store->table),
        .point_in_time_recovery_specification = {.point_in_time_recovery_enabled = true}};
    kcl_dynamo_call(j, KCL_DYNAMO_UPDATE_BACKUPS, &in);
}

/* An update that changes nothing: it shows now, and not at the first renewal, that writing is allowed. */
static void send_self_test(struct kcl_dynamo_job *j)
{
    kds_dynamodb_update_item_in_t in;
    kcl_if_exists(&j->e, KCL_A_KEY, true);
    kcl_set(&j->e, KCL_A_NONCE, kcl_value_u64(&j->e, 0));
    kcl_dynamo_update(j, j->store->table, &in);
    in.key = kcl_dynamo_key(j, KCL_A_KEY, "libkcl:self-test");
    kcl_dynamo_call(j, KCL_DYNAMO_UPDATE_ITEM, &in);
}

void kcl_dynamo_send_layout(struct kcl_dynamo_job *j)
{
    const kds_dynamodb_get_item_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(j->store->state_table),
        .key = kcl_dynamo_key(j, "key", "TableMigration3.5"),
        .key_count = 1,
        .has_consistent_read = true,
        .consistent_read = true};
    kcl_dynamo_call(j, KCL_DYNAMO_GET_ITEM, &in);
}

static void open_send(struct kcl_dynamo_job *j)
{
    static void (*const sends[])(struct kcl_dynamo_job *) = {
        [DESCRIBE] = kcl_dynamo_send_describe,
        [CREATE] = send_create,
        [BACKUPS] = send_backups,
        [SELF_TEST] = send_self_test,
        [LAYOUT] = kcl_dynamo_send_layout};
    sends[j->stage](j);
}

static void
refuse(struct kcl_dynamo_job *j, kds_err_t code, const char *why, kds_slice_t what)
{
    kcl_dynamo_finish(j, kds_error_set(&j->result.error, code, "lease table %s %s%s%.*s",
                                       j->store->table, why, what.n ? " " : "",
                                       (int)what.n, what.n ? (const char *)what.p : ""));
}

static void described(struct kcl_dynamo_job *j,
                      const kds_dynamodb_describe_table_out_t *out)
{
    static const char *const passing[] = {"CREATING", "DELETING"};
    const kds_dynamodb_table_description_t *t = out->table;
    const kds_slice_t nothing = {NULL, 0};
    if (t == NULL) {
        refuse(j, KDS_ERR_PROTOCOL, "is not described in the answer", nothing);
        return;
    }
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (kds_slice_is(t->table_status, passing[i])) {
            refuse(j, KDS_ERR_IN_USE, "is", t->table_status);
            return;
        }
    }
    if (!kds_slice_is(t->table_status, "ACTIVE") &&
        !kds_slice_is(t->table_status, "UPDATING")) {
        refuse(j, KDS_ERR_STATE, "is", t->table_status);
    } else if (t->key_schema_count != 1 ||
               !kds_slice_is(t->key_schema[0].attribute_name, KCL_A_KEY) ||
               !kds_slice_is(t->key_schema[0].key_type, "HASH")) {
        refuse(j, KDS_ERR_STORE_CORRUPT,
               "is another program's: its key must be leaseKey alone", nothing);
    } else {
        j->stage = atomic_load(&j->store->made) ? BACKUPS : SELF_TEST;
    }
}

/* Tables of the KCL 3.0 to 3.4 count until their content has moved. */
bool kcl_dynamo_found_layout(struct kcl_dynamo_job *j,
                             const kds_dynamodb_get_item_out_t *out,
                             const kds_error_t *error)
{
    bool legacy = out != NULL;
    j->denied = error != NULL && kds_error_code(error) == KDS_ERR_ACCESS_DENIED;
    if (j->denied) {
        return true; /* who reads the mode judges what that means */
    }
    if (error != NULL && kds_error_code(error) != KDS_ERR_NOT_FOUND) {
        return false;
    }
    if (out != NULL) {
        const kds_dynamodb_attribute_value_t *tm =
            kcl_item_find(out->item, out->item_count, "tm");
        legacy = tm == NULL || !kds_slice_is(tm->s, "TABLE_MIGRATION_STATUS_COMPLETE");
    }
    atomic_store(&j->store->legacy, legacy);
    return true;
}

static void
open_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    const kds_slice_t nothing = {NULL, 0};
    bool missing = error != NULL && kds_error_code(error) == KDS_ERR_NOT_FOUND;
    switch ((enum stage)j->stage) {
    case DESCRIBE:
        if (missing) {
            j->stage = CREATE;
        } else if (error != NULL) {
            kcl_dynamo_fail(j, error);
        } else {
            described(j, output);
        }
        return;
    case CREATE:
        /* Whoever made it: it takes some seconds until it can be used. */
        if (error == NULL || kcl_dynamo_is(error, "ResourceInUseException")) {
            atomic_store(&j->store->made, error == NULL && j->store->recovery);
            refuse(j, KDS_ERR_IN_USE, "is CREATING", nothing);
        } else {
            kcl_dynamo_fail(j, error);
        }
        return;
    case BACKUPS:
        if (error == NULL) {
            atomic_store(&j->store->made, false);
            j->stage = SELF_TEST;
        } else if (kcl_dynamo_is(error, "ContinuousBackupsUnavailableException")) {
            refuse(j, KDS_ERR_IN_USE, "is not ready for point-in-time recovery", nothing);
        } else {
            kcl_dynamo_fail(j, error);
        }
        return;
    case SELF_TEST:
        if (error == NULL || kcl_dynamo_is(error, "ConditionalCheckFailedException")) {
            j->stage = LAYOUT;
        } else {
            kcl_dynamo_fail(j, error);
        }
        return;
    case LAYOUT:
        if (kcl_dynamo_found_layout(j, output, error)) {
            kcl_dynamo_finish(j, KDS_OK);
        } else {
            kcl_dynamo_fail(j, error);
        }
        return;
    }
}

const struct kcl_dynamo_script kcl_dynamo_open = {open_send, open_answered};
