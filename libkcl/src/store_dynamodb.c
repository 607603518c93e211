/*
 * store_dynamodb: what each operation asks DynamoDB, and what its answers mean.
 *
 * The conditions are those of the KCL, with the owner beside the counter. A condition that fails
 * tells the item as it is; where it does not (other makers' servers), the item is read.
 */
#include "store_dynamodb.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "dynamo_job.h"

#include <stdio.h>
#include <string.h>

enum stage { WRITE, READ_BACK, OTHER_RELEASE };

static const kds_slice_t all_new = KDS_SLICE_LIT("ALL_NEW");
static const kds_slice_t all_old = KDS_SLICE_LIT("ALL_OLD");

/* ---- what a write asks for ------------------------------------------------------------------ */

static kds_dynamodb_attribute_value_t text(const char *t)
{
    return kcl_value_text(kds_slice(t));
}

static void set_counter(struct kcl_dynamo_job *j)
{
    struct kcl_expression *e = &j->e;
    kcl_if_equal(e, KCL_A_COUNTER, kcl_value_u64(e, j->op.counter));
    kcl_set(e, KCL_A_COUNTER, kcl_value_u64(e, j->op.counter + 1));
    kcl_set(e, KCL_A_NONCE, kcl_value_u64(e, j->op.nonce));
}

static void ask_take(struct kcl_dynamo_job *j)
{
    struct kcl_expression *e = &j->e;
    set_counter(j);
    kcl_set(e, KCL_A_OWNER, text(j->op.owner));
    kcl_set(e, KCL_A_INCARNATION, kcl_value_u64(e, j->op.incarnation));
    kcl_remove(e, KCL_A_READER);
    if (j->op.created_ms != 0) {
        kcl_set_first(e, KCL_A_CREATED, kcl_value_i64(e, j->op.created_ms));
    }
    if (j->op.pin_ms != 0) {
        kcl_set_first(e, KCL_A_START, kcl_value_i64(e, j->op.pin_ms));
    }
    if (j->op.switches) {
        kcl_add(e, KCL_A_SWITCHES, 1);
    }
}

static void set_throughput(struct kcl_dynamo_job *j)
{
    char kbps[32];
    kds_dynamodb_attribute_value_t value = text("");
    if (j->op.throughput_kbps > 0) {
        snprintf(kbps, sizeof kbps, "%.6f", j->op.throughput_kbps);
        value.s = (kds_slice_t){NULL, 0};
        value.n = kds_arena_copy(&j->arena, kds_slice(kbps));
        kcl_set(&j->e, KCL_A_THROUGHPUT, value);
    }
}

static void ask_renew(struct kcl_dynamo_job *j)
{
    set_counter(j);
    kcl_if_either(&j->e, KCL_A_READER, KCL_A_OWNER, text(j->op.owner));
    set_throughput(j);
}

static void ask_checkpoint(struct kcl_dynamo_job *j)
{
    struct kcl_expression *e = &j->e;
    kds_dynamodb_attribute_value_t state = text("");
    set_counter(j);
    kcl_if_either(e, KCL_A_READER, KCL_A_OWNER, text(j->op.owner));
    kcl_set_position(e, KCL_A_CHECKPOINT, KCL_A_SUB, &j->op.position);
    kcl_set(e, KCL_A_SWITCHES, kcl_value_u64(e, 0));
    set_throughput(j);
    if (j->op.has_pending) {
        kcl_set_position(e, KCL_A_PENDING, KCL_A_PENDING_SUB, &j->op.pending);
    } else {
        kcl_remove(e, KCL_A_PENDING);
        kcl_remove(e, KCL_A_PENDING_SUB);
    }
    if (j->op.has_pending && j->op.pending_state_len > 0) {
        state.s = (kds_slice_t){NULL, 0};
        state.b = kds_slice_of(j->op.pending_state, j->op.pending_state_len);
        kcl_set(e, KCL_A_STATE, state);
    } else {
        kcl_remove(e, KCL_A_STATE);
    }
}

/* To the next owner if one waits, else to nobody. */
static void ask_release(struct kcl_dynamo_job *j)
{
    bool waits = (j->op.checkpoint_owner[0] != 0) != (j->stage == OTHER_RELEASE);
    set_counter(j);
    if (waits) {
        kcl_if_equal(&j->e, KCL_A_READER, text(j->op.owner));
        kcl_remove(&j->e, KCL_A_READER);
        kcl_add(&j->e, KCL_A_SWITCHES, 1);
    } else {
        kcl_if_exists(&j->e, KCL_A_READER, false);
        kcl_if_equal(&j->e, KCL_A_OWNER, text(j->op.owner));
        kcl_remove(&j->e, KCL_A_OWNER);
    }
}

static void ask_hand_over(struct kcl_dynamo_job *j)
{
    kcl_if_exists(&j->e, KCL_A_KEY, true);
    kcl_if_equal(&j->e, KCL_A_OWNER, text(j->op.owner));
    kcl_if_exists(&j->e, KCL_A_READER, false);
    kcl_set(&j->e, KCL_A_OWNER, text(j->op.target));
    kcl_set(&j->e, KCL_A_READER, text(j->op.owner));
}

static void if_as_read(struct kcl_expression *e, const char *name, const char *value)
{
    if (value[0] != 0) {
        kcl_if_equal(e, name, text(value));
    } else {
        kcl_if_exists(e, name, false);
    }
}

static void ask_assign(struct kcl_dynamo_job *j)
{
    const struct kcl_store_op *op = &j->op;
    bool other = op->owner[0] != 0 && strcmp(op->owner, op->target) != 0;
    bool back =
        op->checkpoint_owner[0] != 0 && strcmp(op->checkpoint_owner, op->target) == 0;
    kcl_if_exists(&j->e, KCL_A_KEY, true);
    if_as_read(&j->e, KCL_A_OWNER, op->owner);
    if_as_read(&j->e, KCL_A_READER, op->checkpoint_owner);
    if (op->counter != 0) {
        kcl_if_equal(&j->e, KCL_A_COUNTER, kcl_value_u64(&j->e, op->counter));
    }
    kcl_set(&j->e, KCL_A_NONCE, kcl_value_u64(&j->e, op->nonce));
    kcl_remove(&j->e, KCL_A_READER);
    kcl_add(&j->e, KCL_A_COUNTER, 1);
    if (op->target[0] != 0) {
        kcl_set(&j->e, KCL_A_OWNER, text(op->target));
    } else {
        kcl_remove(&j->e, KCL_A_OWNER);
    }
    if (other || back) {
        kcl_add(&j->e, KCL_A_SWITCHES, 1);
    }
}

/* ---- one lease: TAKE to HAND_OVER, ASSIGN --------------------------------------------------- */

static void send_get(struct kcl_dynamo_job *j)
{
    const kds_dynamodb_get_item_in_t in = {.struct_size = sizeof in,
                                           .table_name = kds_slice(j->store->table),
                                           .key = kcl_dynamo_key(j, KCL_A_KEY, j->key),
                                           .key_count = 1,
                                           .has_consistent_read = true,
                                           .consistent_read = true};
    kcl_dynamo_call(j, KCL_DYNAMO_GET_ITEM, &in);
}

static void change_send(struct kcl_dynamo_job *j)
{
    kds_dynamodb_update_item_in_t in;
    if (j->stage == READ_BACK) {
        send_get(j);
        return;
    }
    switch ((int)j->op.kind) {
    case KCL_STORE_TAKE:
        ask_take(j);
        break;
    case KCL_STORE_RENEW:
        ask_renew(j);
        break;
    case KCL_STORE_CHECKPOINT:
        ask_checkpoint(j);
        break;
    case KCL_STORE_RELEASE:
        ask_release(j);
        break;
    case KCL_STORE_HAND_OVER:
        ask_hand_over(j);
        break;
    default:
        ask_assign(j);
        break;
    }
    kcl_dynamo_update(j, j->store->table, &in);
    in.key = kcl_dynamo_key(j, KCL_A_KEY, j->key);
    in.return_values = all_new;
    in.return_values_on_condition_check_failure = all_old;
    kcl_dynamo_call(j, KCL_DYNAMO_UPDATE_ITEM, &in);
}

/* A KCL's state may be as long as an item. @return false when out of memory */
static bool keep_long_state(struct kcl_dynamo_job *j, kds_slice_t state)
{
    struct kcl_store_result *r = &j->result;
    if (j->op.kind == KCL_STORE_TAKE && r->lease.has_pending &&
        state.n > KCL_STATE_BYTES) {
        kds_free(r->long_state);
        r->long_state = kds_alloc(state.n);
        if (r->long_state == NULL) {
            return false;
        }
        memcpy(r->long_state, state.p, state.n);
    }
    return true;
}

/* @return false, and the job ended, if it is no lease */
static bool
read_lease(struct kcl_dynamo_job *j, const kds_dynamodb_attribute_t *item, size_t count)
{
    if (count == 0) {
        return true;
    }
    if (kcl_item_read(item, count, &j->result.lease, NULL) == KCL_ITEM_LEASE) {
        bool room = keep_long_state(j, kcl_item_state(item, count));
        if (!room) {
            kcl_dynamo_finish(j, KDS_ERR_NO_MEMORY);
        }
        return room;
    }
    memset(&j->result.lease, 0, sizeof j->result.lease);
    kcl_dynamo_finish(j, kds_error_set(&j->result.error, KDS_ERR_STORE_CORRUPT,
                                       "lease table %s: the item %s is no lease of ours",
                                       j->store->table, j->key));
    return false;
}

/* The item was not as expected; it is known now. */
static void refused(struct kcl_dynamo_job *j)
{
    const struct kcl_lease *now = &j->result.lease;
    /* A hand-off began or ended since it was last read: released the other way. */
    if (j->op.kind == KCL_STORE_RELEASE && !j->again && now->counter == j->op.counter &&
        now->shard_id[0] != 0 && strcmp(kcl_lease_reader(now), j->op.owner) == 0 &&
        (now->checkpoint_owner[0] != 0) != (j->op.checkpoint_owner[0] != 0)) {
        j->stage = OTHER_RELEASE;
        j->again = true;
        return;
    }
    kcl_dynamo_finish(j, KDS_ERR_LEASE_LOST);
}

static void
change_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    if (j->stage == READ_BACK) {
        const kds_dynamodb_get_item_out_t *out = output;
        if (error != NULL) {
            kcl_dynamo_fail(j, error);
        } else if (read_lease(j, out->item, out->item_count)) {
            refused(j);
        }
        return;
    }
    if (error == NULL) {
        const kds_dynamodb_update_item_out_t *out = output;
        if (read_lease(j, out->attributes, out->attributes_count)) {
            kcl_dynamo_finish(j, KDS_OK);
        }
        return;
    }
    if (!kcl_dynamo_is(error, "ConditionalCheckFailedException")) {
        kcl_dynamo_fail(j, error);
        return;
    }
    const kds_dynamodb_conditional_check_failed_exception_t *body = kds_error_body(error);
    if (body == NULL || body->item_count == 0) {
        j->stage = READ_BACK;
    } else if (read_lease(j, body->item, body->item_count)) {
        refused(j);
    }
}

/* ---- GET, DELETE ---------------------------------------------------------------------------- */

static void
get_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    const kds_dynamodb_get_item_out_t *out = output;
    if (error != NULL) {
        kcl_dynamo_fail(j, error);
    } else if (read_lease(j, out->item, out->item_count)) {
        kcl_dynamo_finish(j, KDS_OK);
    }
}

static void delete_send(struct kcl_dynamo_job *j)
{
    if (j->stage == READ_BACK) {
        send_get(j);
        return;
    }
    kcl_if_equal(&j->e, KCL_A_COUNTER, kcl_value_u64(&j->e, j->op.counter));
    const kds_dynamodb_delete_item_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(j->store->table),
        .key = kcl_dynamo_key(j, KCL_A_KEY, j->key),
        .key_count = 1,
        .condition_expression = kds_buf_slice(&j->e.condition),
        .expression_attribute_names = j->e.names,
        .expression_attribute_names_count = j->e.name_count,
        .expression_attribute_values = j->e.values,
        .expression_attribute_values_count = j->e.value_count};
    kcl_dynamo_call(j, KCL_DYNAMO_DELETE_ITEM, &in);
}

static void
delete_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    const kds_dynamodb_get_item_out_t *out = output;
    if (error == NULL && j->stage == WRITE) {
        kcl_dynamo_finish(j, KDS_OK);
    } else if (error == NULL) {
        if (read_lease(j, out->item, out->item_count)) {
            kcl_dynamo_finish(j, out->item_count ? KDS_ERR_LEASE_LOST : KDS_OK);
        }
    } else if (kcl_dynamo_is(error, "ConditionalCheckFailedException")) {
        j->stage = READ_BACK; /* gone already, or changed? */
    } else {
        kcl_dynamo_fail(j, error);
    }
}

/* ---- LIST ----------------------------------------------------------------------------------- */

static void list_send(struct kcl_dynamo_job *j)
{
    kds_dynamodb_scan_in_t in = {.struct_size = sizeof in,
                                 .table_name = kds_slice(j->store->table),
                                 .has_limit = true,
                                 .limit = KCL_STORE_PAGE};
    if (j->op.cursor[0] != 0) {
        in.exclusive_start_key = kcl_dynamo_key(j, KCL_A_KEY, j->op.cursor);
        in.exclusive_start_key_count = 1;
    }
    kcl_dynamo_call(j, KCL_DYNAMO_SCAN, &in);
}

/* It is there all the same: its children wait, and no lease is made in its place. */
static bool
note_unreadable(struct kcl_store_result *r, const kds_dynamodb_scan_out_t *page, size_t i)
{
    r->skipped++;
    if (r->unreadable == NULL) {
        r->unreadable = kds_alloc_zero(page->items_count, sizeof *r->unreadable);
    }
    if (r->unreadable == NULL) {
        return false;
    }
    r->unreadable_count +=
        kcl_item_name(page->items[i].attributes, page->items[i].attributes_count,
                      &r->unreadable[r->unreadable_count]);
    return true;
}

static void
list_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    const kds_dynamodb_scan_out_t *page = output;
    struct kcl_store_result *r = &j->result;
    if (error != NULL) {
        kcl_dynamo_fail(j, error);
        return;
    }
    r->leases =
        kds_alloc_zero(page->items_count ? page->items_count : 1, sizeof *r->leases);
    bool room = r->leases != NULL;
    for (size_t i = 0; room && i < page->items_count; i++) {
        enum kcl_item_kind kind =
            kcl_item_read(page->items[i].attributes, page->items[i].attributes_count,
                          &r->leases[r->lease_count], NULL);
        r->lease_count += kind == KCL_ITEM_LEASE;
        room = kind != KCL_ITEM_BAD || note_unreadable(r, page, i);
    }
    if (!room) {
        kcl_dynamo_finish(j, KDS_ERR_NO_MEMORY);
        return;
    }
    bool good =
        page->last_evaluated_key_count == 0 ||
        kcl_copy_text(r->cursor, sizeof r->cursor, page->last_evaluated_key[0].value.s);
    kcl_dynamo_finish(j, good ? KDS_OK : KDS_ERR_PROTOCOL);
}

/* ---- CREATE, DESCRIBE: one lease after the other -------------------------------------------- */

static void each_send(struct kcl_dynamo_job *j)
{
    const struct kcl_lease *lease = &j->leases[j->index];
    if (j->op.kind == KCL_STORE_DESCRIBE) {
        kds_dynamodb_update_item_in_t change;
        kcl_lease_key(lease->stream, lease->shard_id, j->key);
        kcl_if_exists(&j->e, KCL_A_KEY, true);
        kcl_set_description(&j->e, lease);
        kcl_dynamo_update(j, j->store->table, &change);
        change.key = kcl_dynamo_key(j, KCL_A_KEY, j->key);
        kcl_dynamo_call(j, KCL_DYNAMO_UPDATE_ITEM, &change);
        return;
    }
    kcl_if_exists(&j->e, KCL_A_KEY, false);
    const kds_dynamodb_put_item_in_t in = {
        .struct_size = sizeof in,
        .table_name = kds_slice(j->store->table),
        .item = j->item,
        .item_count = kcl_item_of_lease(&j->e, lease, j->item),
        .condition_expression = kds_buf_slice(&j->e.condition),
        .expression_attribute_names = j->e.names,
        .expression_attribute_names_count = j->e.name_count};
    kcl_dynamo_call(j, KCL_DYNAMO_PUT_ITEM, &in);
}

static void
each_answered(struct kcl_dynamo_job *j, const void *output, const kds_error_t *error)
{
    (void)output;
    /* There is one already, or to describe there is none: as it should be. */
    if (error != NULL && !kcl_dynamo_is(error, "ConditionalCheckFailedException")) {
        kcl_dynamo_fail(j, error);
    } else if (++j->index == j->op.lease_count) {
        kcl_dynamo_finish(j, KDS_OK);
    }
}

/* ---- all of them ---------------------------------------------------------------------------- */

const struct kcl_dynamo_script *kcl_dynamo_script_of(enum kcl_store_kind kind)
{
    static const struct kcl_dynamo_script change = {change_send, change_answered};
    static const struct kcl_dynamo_script get = {send_get, get_answered};
    static const struct kcl_dynamo_script delete = {delete_send, delete_answered};
    static const struct kcl_dynamo_script list = {list_send, list_answered};
    static const struct kcl_dynamo_script each = {each_send, each_answered};
    switch (kind) {
    case KCL_STORE_OPEN:
        return &kcl_dynamo_open;
    case KCL_STORE_LIST:
        return &list;
    case KCL_STORE_GET:
        return &get;
    case KCL_STORE_INDEX:
        return &kcl_dynamo_index;
    case KCL_STORE_OWNED:
        return &kcl_dynamo_owned;
    case KCL_STORE_DELETE:
        return &delete;
    case KCL_STORE_CREATE:
    case KCL_STORE_DESCRIBE:
        return &each;
    case KCL_STORE_FLEET:
        return &kcl_dynamo_rows;
    case KCL_STORE_ROW_PUT:
    case KCL_STORE_ROW_DELETE:
        return &kcl_dynamo_row;
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
    case KCL_STORE_HAND_OVER:
    case KCL_STORE_ASSIGN:
        break;
    }
    return &change;
}
