/*
 * dynamo_rows: the rows of a fleet in DynamoDB: one, all, written, deleted.
 */
#include "dynamo_job.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX  10000
#define ROWS_KEPT (ROWS_MAX / 2) /* of more, those that are news */
#define ROWS_OLD  64             /* and some to be deleted */

enum stage { LEASE_TABLE, STATE_TABLE, METRICS_TABLE, WHOLE_TABLE };

/* Reading the mode begins with where it is, which changes when the fleet moves its rows. */
static bool asks_layout(const struct kcl_dynamo_job *j)
{
    return j->op.row != NULL && j->row.kind == KCL_FLEET_MODE && !j->again;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *table_of(const struct kcl_dynamo_job *j)
{
    const struct kcl_dynamo_store *s = j->store;
    return j->stage == LEASE_TABLE   ? s->table
           : j->stage == STATE_TABLE ? s->state_table
                                     : s->metrics_table;
}

static const char *key_name_of(const struct kcl_dynamo_job *j)
{
    return j->stage == LEASE_TABLE ? KCL_A_KEY : j->stage == STATE_TABLE ? "key" : "wid";
}

/* Where the row of the operation is. */
static void find_place(struct kcl_dynamo_job *j)
{
    bool legacy = atomic_load(&j->store->legacy);
    j->stage = !legacy                           ? LEASE_TABLE
               : j->row.kind == KCL_FLEET_WORKER ? METRICS_TABLE
                                                 : STATE_TABLE;
}

static void send_get(struct kcl_dynamo_job *j)
{
    find_place(j);
    const kds_dynamodb_get_item_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(table_of(j)),
        .key = kcl_dynamo_key(j, key_name_of(j), kcl_row_key(&j->row)),
        .key_count = 1,
        .has_consistent_read = true,
        .consistent_read = true};
    kcl_dynamo_call(j, KCL_DYNAMO_GET_ITEM, &in);
}

static void send_scan(struct kcl_dynamo_job *j)
{
    kds_dynamodb_scan_in_t in = {.struct_size = sizeof in,
                                 .table_name = kds_slice(table_of(j))};
    if (j->stage == LEASE_TABLE) { /* what has no type is a lease */
        kcl_if_exists(&j->e, KCL_A_ENTITY, true);
        kcl_if_differs(&j->e, KCL_A_ENTITY, kcl_value_text(kds_slice("LEASE")));
        in.filter_expression = kds_buf_slice(&j->e.condition);
        in.expression_attribute_names = j->e.names;
        in.expression_attribute_names_count = j->e.name_count;
        in.expression_attribute_values = j->e.values;
        in.expression_attribute_values_count = j->e.value_count;
    }
    if (j->cursor[0] != 0) {
        in.exclusive_start_key = kcl_dynamo_key(j, key_name_of(j), j->cursor);
        in.exclusive_start_key_count = 1;
    }
    kcl_dynamo_call(j, KCL_DYNAMO_SCAN, &in);
}

static void rows_send(struct kcl_dynamo_job *j)
{
    if (asks_layout(j)) {
        kcl_dynamo_send_layout(j);
    } else if (j->stage == WHOLE_TABLE) {
        kcl_dynamo_send_describe(j);
    } else if (j->op.row != NULL) {
        send_get(j);
    } else {
        send_scan(j);
    }
}

static int by_news(const void *a, const void *b)
{
    const struct kcl_fleet_row *x = a, *y = b;
    int64_t at = x->kind == KCL_FLEET_WORKER ? x->updated_s : INT64_MAX;
    int64_t bt = y->kind == KCL_FLEET_WORKER ? y->updated_s : INT64_MAX;
    return (bt > at) - (bt < at);
}

/* Workers that were killed leave their rows: they must not keep a leader from seeing those who live. */
static void drop_old(struct kcl_store_result *r)
{
    qsort(r->rows, r->row_count, sizeof *r->rows, by_news);
    memmove(r->rows + ROWS_KEPT, r->rows + r->row_count - ROWS_OLD,
            ROWS_OLD * sizeof *r->rows);
    r->row_count = ROWS_KEPT + ROWS_OLD;
}

static bool
add_row(struct kcl_dynamo_job *j, const kds_dynamodb_attribute_t *item, size_t count)
{
    struct kcl_store_result *r = &j->result;
    if (r->row_count == ROWS_MAX) {
        drop_old(r);
    }
    if (r->row_count == j->row_capacity) {
        size_t capacity = j->row_capacity ? j->row_capacity * 2 : 8;
        struct kcl_fleet_row *rows = kds_realloc_array(r->rows, capacity, sizeof *rows);
        if (rows == NULL) {
            return false;
        }
        r->rows = rows;
        j->row_capacity = capacity;
    }
    r->row_count +=
        kcl_item_read(item, count, NULL, &r->rows[r->row_count]) == KCL_ITEM_ROW;
    return true;
}

/* The mode, or no word of it. */
static void mode_answered(struct kcl_dynamo_job *j,
                          const kds_dynamodb_get_item_out_t *out)
{
    bool there = out != NULL && out->item_count > 0;
    j->result.legacy = atomic_load(&j->store->legacy);
    if (there && !add_row(j, out->item, out->item_count)) {
        kcl_dynamo_finish(j, KDS_ERR_NO_MEMORY);
    } else if (j->denied && j->result.row_count == 0) {
        j->stage = WHOLE_TABLE;
    } else {
        kcl_dynamo_finish(j, KDS_OK);
    }
}

/* The other table may not be read. Without the index nobody can lead: the KCL waits for it before it does. */
static void judge_denial(struct kcl_dynamo_job *j,
                         const kds_dynamodb_describe_table_out_t *out)
{
    if (kcl_dynamo_find_index(out->table) == NULL) {
        kcl_dynamo_finish(j, KDS_OK);
        return;
    }
    kcl_dynamo_finish(
        j,
        kds_error_set(&j->result.error, KDS_ERR_ACCESS_DENIED,
                      "lease table %s: whether one worker leads its fleet is not known, "
                      "because reading table %s is denied; allow dynamodb:GetItem on it",
                      j->store->table, j->store->state_table));
}

static void next_table(struct kcl_dynamo_job *j)
{
    j->cursor[0] = 0;
    if (j->stage == METRICS_TABLE || !atomic_load(&j->store->legacy)) {
        kcl_dynamo_finish(j, KDS_OK);
    } else {
        j->stage++;
    }
}

static void
rows_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    bool missing = error != NULL && kds_error_code(error) == KDS_ERR_NOT_FOUND;
    bool good = true;
    if (asks_layout(j)) {
        j->again = true;
        if (!kcl_dynamo_found_layout(j, output, error)) {
            kcl_dynamo_fail(j, error);
        }
        return;
    }
    if (error != NULL &&
        (!missing || j->stage == LEASE_TABLE || j->stage == WHOLE_TABLE)) {
        kcl_dynamo_fail(j, error);
        return;
    }
    if (j->stage == WHOLE_TABLE) {
        judge_denial(j, output);
        return;
    }
    if (j->op.row != NULL && j->row.kind == KCL_FLEET_MODE) {
        mode_answered(j, output);
        return;
    }
    if (j->op.row != NULL) {
        const kds_dynamodb_get_item_out_t *out = output;
        good =
            out == NULL || out->item_count == 0 || add_row(j, out->item, out->item_count);
        kcl_dynamo_finish(j, good ? KDS_OK : KDS_ERR_NO_MEMORY);
        return;
    }
    const kds_dynamodb_scan_out_t *page = output;
    for (size_t i = 0; good && page != NULL && i < page->items_count; i++) {
        good = add_row(j, page->items[i].attributes, page->items[i].attributes_count);
    }
    if (!good) {
        kcl_dynamo_finish(j, KDS_ERR_NO_MEMORY);
    } else if (page == NULL || page->last_evaluated_key_count == 0) {
        next_table(j);
    } else if (!kcl_copy_text(j->cursor, sizeof j->cursor,
                              page->last_evaluated_key[0].value.s)) {
        kcl_dynamo_finish(j, KDS_ERR_PROTOCOL);
    }
}

const struct kcl_dynamo_script kcl_dynamo_rows = {rows_send, rows_answered};

/* ---- writing -------------------------------------------------------------------------------- */

static void row_send(struct kcl_dynamo_job *j)
{
    kds_dynamodb_update_item_in_t in;
    find_place(j);
    kcl_row_expect(&j->e, key_name_of(j), &j->row);
    if (j->op.kind == KCL_STORE_ROW_PUT) {
        kcl_row_set(&j->e, &j->row);
    }
    kcl_dynamo_update(j, table_of(j), &in);
    in.key = kcl_dynamo_key(j, key_name_of(j), kcl_row_key(&j->row));
    if (j->op.kind == KCL_STORE_ROW_PUT) {
        kcl_dynamo_call(j, KCL_DYNAMO_UPDATE_ITEM, &in);
        return;
    }
    const kds_dynamodb_delete_item_in_t gone = {
        .struct_size = sizeof gone,
        .table_name = in.table_name,
        .key = in.key,
        .key_count = in.key_count,
        .condition_expression = in.condition_expression,
        .expression_attribute_names = in.expression_attribute_names,
        .expression_attribute_names_count = in.expression_attribute_names_count,
        .expression_attribute_values = in.expression_attribute_values,
        .expression_attribute_values_count = in.expression_attribute_values_count};
    kcl_dynamo_call(j, KCL_DYNAMO_DELETE_ITEM, &gone);
}

static void
row_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    (void)output;
    if (error == NULL) {
        kcl_dynamo_finish(j, KDS_OK);
    } else if (kcl_dynamo_is(error, "ConditionalCheckFailedException")) {
        kcl_dynamo_finish(j, KDS_ERR_LEASE_LOST);
    } else {
        kcl_dynamo_fail(j, error);
    }
}

const struct kcl_dynamo_script kcl_dynamo_row = {row_send, row_answered};
