/*
 * test_dynamodb_table: the table of a lease store in DynamoDB: how it is made, its index by owner, and that it is noticed
 * when a fleet moves its rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "check_store.h"
#include "dynamodb_sim.h"

#include <stdio.h>
#include <string.h>

#define TABLE "app"

struct fixture {
    struct dynamodb_sim *sim;
    struct kcl_store *store;
};

static void begin(struct fixture *f, const struct kcl_dynamo_options *options)
{
    struct kcl_dynamo_options all = *options;
    f->sim = dynamodb_sim_new();
    const struct kcl_dynamo_io io = dynamodb_sim_io(f->sim);
    all.table = TABLE;
    all.application = "app";
    assert_int_equal(kcl_store_dynamodb_new(&all, &io, &f->store, NULL), KDS_OK);
}

static void end(struct fixture *f)
{
    f->store->ops->free(f->store);
    dynamodb_sim_free(f->sim);
}

static const struct kcl_dynamo_options plain = {.table = TABLE};

static const struct kcl_store_result *run(struct fixture *f, enum kcl_store_kind kind)
{
    return store_do(f->store, op_of(kind, "", "me", 0));
}

/* ---- how it is made ------------------------------------------------------------------------- */

static void a_table_is_made_with_the_settings_of_its_configuration(void **state)
{
    static const struct {
        struct kcl_dynamo_options options;
        const char *created;
    } cases[] = {{{.table = TABLE}, "PAY_PER_REQUEST protected=0"},
                 {{.provisioned = true,
                   .read_capacity = 7,
                   .write_capacity = 9,
                   .protection = true},
                  "PROVISIONED protected=1"},
                 {{.tags = "team=payments, cost centre=4711,empty="},
                  "PAY_PER_REQUEST protected=0 team=payments cost centre=4711 empty="}};
    struct fixture f;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(&f, &cases[i].options);
        assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_ERR_IN_USE);
        assert_string_equal(dynamodb_sim_created(f.sim), cases[i].created);
        assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
        assert_false(dynamodb_sim_recovery(f.sim, TABLE));
        end(&f);
    }
}

static const struct dynamodb_fault *backups_are_not_ready(enum kcl_dynamo_call which,
                                                          const char *table,
                                                          const char *key,
                                                          void *opaque)
{
    static const struct dynamodb_fault fault = {"ContinuousBackupsUnavailableException",
                                                false};
    unsigned *times = opaque;
    (void)table;
    (void)key;
    return which == KCL_DYNAMO_UPDATE_BACKUPS && (*times)-- > 0 ? &fault : NULL;
}

static void recovery_is_switched_on_once_the_table_is_there(void **state)
{
    const struct kcl_dynamo_options options = {.recovery = true};
    unsigned times = 1;
    struct fixture f;
    (void)state;
    begin(&f, &options);
    dynamodb_sim_set_faults(f.sim, backups_are_not_ready, &times);
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_ERR_IN_USE);
    assert_int_equal(dynamodb_sim_calls(f.sim, KCL_DYNAMO_UPDATE_BACKUPS), 0);
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_ERR_IN_USE); /* not ready yet */
    times = 0;
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
    assert_true(dynamodb_sim_recovery(f.sim, TABLE));
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
    assert_int_equal(dynamodb_sim_calls(f.sim, KCL_DYNAMO_UPDATE_BACKUPS), 2);
    end(&f);
}

static void a_table_that_is_there_keeps_its_settings(void **state)
{
    const struct kcl_dynamo_options options = {
        .recovery = true, .protection = true, .tags = "a=b"};
    struct fixture f;
    (void)state;
    begin(&f, &options);
    dynamodb_sim_add_table(f.sim, TABLE, "leaseKey");
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
    assert_int_equal(dynamodb_sim_calls(f.sim, KCL_DYNAMO_CREATE_TABLE), 0);
    assert_int_equal(dynamodb_sim_calls(f.sim, KCL_DYNAMO_UPDATE_BACKUPS), 0);
    end(&f);
}

static void labels_are_read_as_key_and_value(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        bool valid;
    } cases[] = {{"", 0, true},          {"a=b", 1, true},     {"a=b,c=d=e", 2, true},
                 {" a=b , c=", 2, true}, {"a", 0, false},      {"=b", 0, false},
                 {"a=b,c", 1, false},    {"a=b,,c=d", 2, true}};
    kds_dynamodb_tag_t tag;
    bool valid;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *at = cases[i].text;
        size_t count = 0;
        while (kcl_dynamo_tag(&at, &tag, &valid)) {
            count++;
        }
        assert_int_equal(count, cases[i].count);
        assert_int_equal(valid, cases[i].valid);
    }
}

/* ---- the index by owner --------------------------------------------------------------------- */

static void the_index_is_made_once_and_can_be_asked_when_it_is_active(void **state)
{
    const struct kcl_dynamo_options options = {
        .provisioned = true, .read_capacity = 7, .write_capacity = 9};
    int64_t capacity[2];
    struct fixture f;
    (void)state;
    for (int paid = 0; paid < 2; paid++) {
        begin(&f, paid ? &options : &plain);
        run(&f, KCL_STORE_OPEN); /* makes the table */
        assert_int_equal(run(&f, KCL_STORE_INDEX)->err, KDS_OK);
        assert_string_equal(dynamodb_sim_index(f.sim, TABLE, capacity),
                            "LeaseOwnerToLeaseKeyIndex");
        assert_int_equal(capacity[0], paid ? 7 : 0);
        assert_int_equal(capacity[1], paid ? 9 : 0);
        assert_false(run(&f, KCL_STORE_INDEX)->indexed); /* CREATING */
        dynamodb_sim_set_index(f.sim, TABLE, "ACTIVE");
        assert_true(run(&f, KCL_STORE_INDEX)->indexed);
        assert_int_equal(dynamodb_sim_calls(f.sim, KCL_DYNAMO_UPDATE_TABLE), 1);
        end(&f);
    }
}

static const struct dynamodb_fault *
deny(enum kcl_dynamo_call which, const char *table, const char *key, void *opaque)
{
    (void)table;
    (void)key;
    return which == KCL_DYNAMO_UPDATE_TABLE ? opaque : NULL;
}

static void an_index_that_cannot_be_made_is_told_or_somebody_elses(void **state)
{
    struct dynamodb_fault denied = {"AccessDeniedException", false},
                          busy = {"ResourceInUseException", false};
    struct fixture f;
    (void)state;
    begin(&f, &plain);
    run(&f, KCL_STORE_OPEN);
    dynamodb_sim_set_faults(f.sim, deny, &denied);
    assert_int_equal(run(&f, KCL_STORE_INDEX)->err, KDS_ERR_ACCESS_DENIED);
    dynamodb_sim_set_faults(f.sim, deny, &busy);
    assert_int_equal(run(&f, KCL_STORE_INDEX)->err, KDS_OK);
    assert_false(run(&f, KCL_STORE_INDEX)->indexed);
    end(&f);
}

/* All rows. */
static void on_rows(struct kcl_store_result *result, void *opaque)
{
    *(struct kcl_store_result *)opaque = *result;
}

static void do_fleet(struct fixture *f, struct kcl_store_result *result)
{
    f->store->ops->start(f->store, op_of(KCL_STORE_FLEET, "", "", 0), on_rows, result);
}

static const struct dynamodb_fault *
deny_state(enum kcl_dynamo_call which, const char *table, const char *key, void *opaque)
{
    (void)which;
    (void)key;
    return strcmp(table, "app-CoordinatorState") == 0 ? opaque : NULL;
}

static kds_err_t read_mode(struct fixture *f)
{
    static struct kcl_fleet_row row;
    struct kcl_store_op *op = op_of(KCL_STORE_FLEET, "", "", 0);
    memset(&row, 0, sizeof row);
    row.kind = KCL_FLEET_MODE;
    op->row = &row;
    return store_do(f->store, op)->err;
}

/* Rows of workers that were killed are many; those who live are seen all the same, and the oldest, to be deleted. */
static void rows_beyond_all_bounds_do_not_hide_who_lives(void **state)
{
    enum { ROWS = 21000, LIVE = 7 };
    struct kcl_fleet_row row;
    struct kcl_store_result result;
    struct fixture f;
    size_t live = 0;
    bool oldest = false;
    (void)state;
    begin(&f, &plain);
    dynamodb_sim_add_table(f.sim, TABLE, "leaseKey");
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
    for (int i = 0; i < ROWS; i++) {
        struct kcl_store_op *op = op_of(KCL_STORE_ROW_PUT, "", "", 0);
        memset(&row, 0, sizeof row);
        row.kind = KCL_FLEET_WORKER;
        snprintf(row.owner, sizeof row.owner, "worker-%05d", i);
        row.updated_s = i % (ROWS / LIVE) == 5 ? 1790000000 + i : 1780000000 + i;
        op->row = &row;
        assert_int_equal(store_do(f.store, op)->err, KDS_OK);
    }
    do_fleet(&f, &result);
    assert_int_equal(result.err, KDS_OK);
    assert_in_range(result.row_count, LIVE, 10000);
    for (size_t i = 0; i < result.row_count; i++) {
        live += result.rows[i].updated_s >= 1790000000;
        oldest = oldest || result.rows[i].updated_s == 1780000000;
    }
    assert_int_equal(live, LIVE);
    assert_true(oldest);
    kcl_store_result_clear(&result);
    end(&f);
}

/* A policy for the lease table alone is one for a fleet of the KCL 2.x, which has no index. */
static void
fault_D12_a_mode_that_is_denied_is_unknown_once_somebody_may_lead(void **state)
{
    struct dynamodb_fault denied = {"AccessDeniedException", false};
    struct fixture f;
    (void)state;
    begin(&f, &plain);
    dynamodb_sim_set_faults(f.sim, deny_state, &denied);
    run(&f, KCL_STORE_OPEN);
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
    assert_int_equal(read_mode(&f), KDS_OK);
    run(&f, KCL_STORE_INDEX);
    assert_int_equal(read_mode(&f), KDS_ERR_ACCESS_DENIED);
    dynamodb_sim_set_faults(f.sim, NULL, NULL);
    assert_int_equal(read_mode(&f), KDS_OK);
    end(&f);
}

static struct kcl_lease *add(struct fixture *f, const char *stream, const char *shard_id)
{
    struct kcl_lease *lease = lease_of(shard_id);
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    snprintf(lease->stream, sizeof lease->stream, "%s", stream);
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(store_do(f->store, op)->err, KDS_OK);
    return lease;
}

static void
take(struct fixture *f, const char *stream, const char *shard_id, const char *owner)
{
    struct kcl_store_op *op = op_of(KCL_STORE_TAKE, shard_id, owner, 0);
    snprintf(op->stream, sizeof op->stream, "%s", stream);
    assert_int_equal(store_do(f->store, op)->err, KDS_OK);
}

static void the_leases_of_one_owner_are_found_page_by_page(void **state)
{
    static const char stream[] = "123456789012:orders:1700000000";
    struct fixture f;
    char shard_id[32], cursor[KCL_KEY_BYTES] = "";
    size_t found = 0, pages = 0;
    (void)state;
    begin(&f, &plain);
    run(&f, KCL_STORE_OPEN);
    for (int i = 0; i < 20; i++) {
        snprintf(shard_id, sizeof shard_id, "shard-%02d", i);
        add(&f, stream, shard_id);
        take(&f, stream, shard_id, i % 2 ? "me" : "you");
    }
    run(&f, KCL_STORE_INDEX);
    assert_int_equal(run(&f, KCL_STORE_OWNED)->err, KDS_ERR_SERVICE); /* CREATING */
    dynamodb_sim_set_index(f.sim, TABLE, "ACTIVE");
    dynamodb_sim_set_page(f.sim, 4);
    do {
        struct kcl_store_op *op = op_of(KCL_STORE_OWNED, "", "me", 0);
        memcpy(op->cursor, cursor, sizeof op->cursor);
        const struct kcl_store_result *r = store_do(f.store, op);
        assert_int_equal(r->err, KDS_OK);
        for (size_t i = 0; i < r->lease_count; i++) {
            snprintf(shard_id, sizeof shard_id, "shard-%02zu", 2 * found++ + 1);
            assert_string_equal(r->leases[i].shard_id, shard_id);
            assert_string_equal(r->leases[i].stream, stream);
        }
        memcpy(cursor, r->cursor, sizeof cursor);
        kds_free(r->leases);
        pages++;
    } while (cursor[0] != 0);
    assert_int_equal(found, 10);
    assert_true(pages >= 3);
    end(&f);
}

/* ---- where rows are ------------------------------------------------------------------------- */

static void
put(struct fixture *f, const char *table, const char *texts[][2], size_t count)
{
    kds_dynamodb_attribute_t item[4];
    memset(item, 0, sizeof item);
    for (size_t i = 0; i < count; i++) {
        item[i].key = kds_slice(texts[i][0]);
        item[i].value.s = kds_slice(texts[i][1]);
    }
    dynamodb_sim_put(f->sim, table, item, count);
}

static const char *mode(struct fixture *f)
{
    static struct kcl_fleet_row row;
    struct kcl_store_op *op = op_of(KCL_STORE_FLEET, "", "", 0);
    memset(&row, 0, sizeof row);
    row.kind = KCL_FLEET_MODE;
    op->row = &row;
    const struct kcl_store_result *r = store_do(f->store, op);
    assert_int_equal(r->err, KDS_OK);
    memset(&row, 0, sizeof row);
    if (r->row_count > 0) {
        row = r->rows[0];
    }
    kds_free(r->rows);
    return row.mode;
}

static void
rows_that_the_fleet_moves_are_found_with_the_next_look_at_the_mode(void **state)
{
    const char *moved[][2] = {{"key", "TableMigration3.5"},
                              {"tm", "TABLE_MIGRATION_STATUS_COMPLETE"}};
    const char *old[][2] = {{"key", "Migration3.0"}, {"cv", "CLIENT_VERSION_2X"}};
    const char *new[][2] = {{"leaseKey", "Migration3.0"},
                            {"cv", "CLIENT_VERSION_3X"},
                            {"entityType", "CLIENT_VERSION_MIGRATION"}};
    struct fixture f;
    (void)state;
    begin(&f, &plain);
    dynamodb_sim_add_table(f.sim, TABLE, "leaseKey");
    assert_int_equal(run(&f, KCL_STORE_OPEN)->err, KDS_OK);
    assert_string_equal(mode(&f), "");
    /* A worker of the KCL 3.0 joins and makes its tables. */
    dynamodb_sim_add_table(f.sim, "app-CoordinatorState", "key");
    put(&f, "app-CoordinatorState", old, 2);
    assert_string_equal(mode(&f), "CLIENT_VERSION_2X");
    /* The fleet moves on to the KCL 3.5 and its single table. */
    put(&f, TABLE, new, 3);
    assert_string_equal(mode(&f), "CLIENT_VERSION_2X");
    put(&f, "app-CoordinatorState", moved, 2);
    assert_string_equal(mode(&f), "CLIENT_VERSION_3X");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_made_with_the_settings_of_its_configuration),
        cmocka_unit_test(recovery_is_switched_on_once_the_table_is_there),
        cmocka_unit_test(a_table_that_is_there_keeps_its_settings),
        cmocka_unit_test(labels_are_read_as_key_and_value),
        cmocka_unit_test(the_index_is_made_once_and_can_be_asked_when_it_is_active),
        cmocka_unit_test(an_index_that_cannot_be_made_is_told_or_somebody_elses),
        cmocka_unit_test(rows_beyond_all_bounds_do_not_hide_who_lives),
        cmocka_unit_test(
            fault_D12_a_mode_that_is_denied_is_unknown_once_somebody_may_lead),
        cmocka_unit_test(the_leases_of_one_owner_are_found_page_by_page),
        cmocka_unit_test(
            rows_that_the_fleet_moves_are_found_with_the_next_look_at_the_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
