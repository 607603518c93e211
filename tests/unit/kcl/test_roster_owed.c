/*
 * test_roster_owed: what a worker does for its fleet beside reading and assigning; and a mode that cannot be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "core_internal.h"
#include "roster_world.h"

#include <stdio.h>
#include <string.h>

#define WALL_S (WALL_US / S)

/* ---- a mode that cannot be read ------------------------------------------------------------- */

static kds_err_t mode_error;

static bool
fail_mode(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)silent;
    if (op->kind != KCL_STORE_FLEET || op->row == NULL ||
        op->row->kind != KCL_FLEET_MODE) {
        return false;
    }
    result->err = mode_error;
    return true;
}

static void fault_D12_a_worker_that_may_not_read_the_mode_does_not_start(void **state)
{
    (void)state;
    world.fleet = true;
    start(0, "java", NULL, NULL); /* stands for its workers */
    run_for(30 * S);
    assert_int_equal(held(0), 4);
    world.instead = fail_mode;
    mode_error = KDS_ERR_ACCESS_DENIED;
    start(1, "c", NULL, NULL);
    run_for(60 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(held(1), 0);
    assert_int_equal(kds_error_code(kcl_core_failure(world.workers[1].core)),
                     KDS_ERR_ACCESS_DENIED);
}

static void fault_D13_nothing_is_taken_before_the_mode_was_read(void **state)
{
    (void)state;
    world.fleet = true;
    start(0, "java", NULL, NULL);
    run_for(30 * S);
    world.instead = fail_mode;
    mode_error = KDS_ERR_SERVICE;
    start(1, "c", NULL, NULL);
    run_for(60 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(held(1), 0);
    assert_null(kcl_core_failure(world.workers[1].core));
    world.instead = NULL;
    run_for(60 * S);
    assert_int_equal(held(1), 2);
}

static void
fault_D12_a_mode_that_may_have_changed_since_it_was_read_moves_nothing(void **state)
{
    static const kds_err_t errors[] = {KDS_ERR_ACCESS_DENIED, KDS_ERR_SERVICE};
    for (size_t i = 0; i < 2; i++) {
        world.fleet = true;
        start(0, "a", NULL, NULL);
        start(1, "b", NULL, NULL);
        run_for(60 * S);
        assert_int_equal(held(0), 2);
        assert_int_equal(held(1), 2);
        world.instead = fail_mode;
        mode_error = errors[i];
        run_for(300 * S);
        assert_int_equal(held(1), 2); /* it goes on with what it has */
        end(0);
        run_for(60 * S);
        assert_int_equal(held(1), 2);
        assert_non_null(strstr(world.workers[1].told, "nothing more is taken"));
        world.instead = NULL;
        run_for(120 * S);
        assert_int_equal(held(1), 4);
        finish(state);
        begin(state);
    }
}

/* ---- workers that are gone ------------------------------------------------------------------ */

static void put_worker(const char *name, int64_t updated_s)
{
    struct kcl_fleet_row row;
    memset(&row, 0, sizeof row);
    row.kind = KCL_FLEET_WORKER;
    snprintf(row.owner, sizeof row.owner, "%s", name);
    row.updated_s = updated_s;
    put_row(&row);
}

static void rows_of_workers_that_are_gone_for_a_day_are_deleted_by_who_leads(void **state)
{
    char name[16];
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    put_worker("young", WALL_S - 86000);
    for (int i = 0; i < 150; i++) { /* more than are deleted at once */
        snprintf(name, sizeof name, "old-%d", i);
        put_worker(name, WALL_S - 86500 - i);
    }
    start(0, "a", NULL, NULL);
    run_for(120 * S);
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "old-%d", i);
        assert_int_equal(row_of(KCL_FLEET_WORKER, name).kind, 0);
    }
    assert_int_equal(row_of(KCL_FLEET_WORKER, "young").kind, KCL_FLEET_WORKER);
    assert_int_equal(row_of(KCL_FLEET_WORKER, "a").kind, KCL_FLEET_WORKER);
}

static bool
come_back(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)result;
    (void)silent;
    if (op->kind == KCL_STORE_ROW_DELETE) {
        put_worker("old", WALL_S); /* between the look and the deletion */
    }
    return false;
}

static void a_row_that_was_written_again_is_not_deleted(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    put_worker("old", WALL_S - 100000);
    world.instead = come_back;
    start(0, "a", NULL, NULL);
    run_for(20 * S);
    assert_true(world.workers[0].ops[KCL_STORE_ROW_DELETE] >= 1);
    assert_int_equal(row_of(KCL_FLEET_WORKER, "old").updated_s, WALL_S);
}

/* ---- many leases ---------------------------------------------------------------------------- */

static void more_leases_than_one_run_assigns_do_not_wait_for_the_next(void **state)
{
    (void)state;
    world.fleet = true;
    world.shards = 2500;
    put_mode("CLIENT_VERSION_3X");
    start(0, "a", NULL, NULL);
    int64_t from_us = world.now_us;
    while (row_of(KCL_FLEET_WORKER, "a").kind == 0) {
        run_for(S / 4);
        assert_true(world.now_us - from_us < 5 * S);
    }
    from_us = world.now_us;
    while (held(0) < 2500) {
        run_for(S / 4);
        assert_true(world.now_us - from_us < 5 * S);
    }
}

/* ---- the lock ------------------------------------------------------------------------------- */

static bool
fail_rows(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)silent;
    if (op->kind != KCL_STORE_FLEET || op->row != NULL) {
        return false;
    }
    result->err = KDS_ERR_SERVICE;
    return true;
}

static void who_cannot_lead_releases_the_lock(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    assert_string_equal(row_of(KCL_FLEET_LEADER, "").owner, "a");
    assert_false(row_of(KCL_FLEET_LEADER, "").released);
    world.instead = fail_rows;
    run_for(65 * S);
    assert_true(row_of(KCL_FLEET_LEADER, "").released);
    run_for(100 * S); /* others have time to take it */
    assert_true(row_of(KCL_FLEET_LEADER, "").released);
    world.instead = NULL;
    run_for(60 * S);
    assert_false(row_of(KCL_FLEET_LEADER, "").released);
}

static bool
old_tables(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)silent;
    if (op->kind != KCL_STORE_FLEET || op->row == NULL ||
        op->row->kind != KCL_FLEET_MODE) {
        return false;
    }
    kcl_store_run(world.store, op, result);
    result->legacy = true;
    return true;
}

/* A worker of the KCL has the lease and renews it. */
static void java_renews(const char *shard_id)
{
    struct kcl_lease lease = *get_lease(world.store, shard_id);
    struct kcl_store_op *op =
        op_of(strcmp(lease.owner, "java") == 0 ? KCL_STORE_RENEW : KCL_STORE_ASSIGN,
              shard_id, lease.owner, lease.counter);
    snprintf(op->target, sizeof op->target, "java");
    op->nonce = lease.nonce;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
}

static void run_beside_java(int64_t us)
{
    for (int64_t until_us = world.now_us + us; world.now_us < until_us;) {
        java_renews("shard-3");
        put_worker("java", (world.now_us + WALL_US) / S);
        run_for(3 * S);
    }
}

static void tables_of_the_kcl_3_0_are_left_to_a_leader_of_the_kcl(void **state)
{
    (void)state;
    world.fleet = true;
    world.instead = old_tables;
    put_mode("CLIENT_VERSION_3X");
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    assert_int_equal(held(0), 4); /* nobody else is there to lead */
    run_beside_java(60 * S);
    assert_true(row_of(KCL_FLEET_LEADER, "").released);
    run_beside_java(120 * S);
    assert_true(row_of(KCL_FLEET_LEADER, "").released);
    run_for(150 * S); /* the last worker of the KCL is gone */
    assert_false(row_of(KCL_FLEET_LEADER, "").released);
    assert_int_equal(held(0), 4);
}

static void in_one_table_nothing_is_left_to_others(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    run_beside_java(120 * S);
    assert_false(row_of(KCL_FLEET_LEADER, "").released);
    assert_string_equal(row_of(KCL_FLEET_LEADER, "").owner, "a");
}

/* ---- from the KCL 2.x to 3.x ---------------------------------------------------------------- */

static const char *mode(void)
{
    static struct kcl_fleet_row row;
    row = row_of(KCL_FLEET_MODE, "");
    return row.mode;
}

static void
a_fleet_in_which_everybody_speaks_for_ten_minutes_is_changed_over(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_UPGRADE_FROM_2X");
    start(0, "a", NULL, NULL);
    start(1, "b", NULL, NULL);
    run_for(600 * S);
    assert_string_equal(mode(), "CLIENT_VERSION_UPGRADE_FROM_2X");
    run_for(150 * S);
    assert_string_equal(mode(), "CLIENT_VERSION_3X_WITH_ROLLBACK");
    const struct kcl_fleet_row row = row_of(KCL_FLEET_MODE, "");
    assert_true(row.changed_ms > (WALL_US + 600 * S) / 1000);
    run_for(200 * S);
    assert_int_equal(held(0) + held(1), 4);
    assert_int_equal(row_of(KCL_FLEET_LEADER, "").kind, KCL_FLEET_LEADER);
}

static void one_that_is_silent_keeps_it_where_it_is(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_UPGRADE_FROM_2X");
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    for (int i = 0; i < 400; i++) { /* a worker of the KCL 2.x */
        java_renews("shard-3");
        run_for(3 * S);
    }
    assert_string_equal(mode(), "CLIENT_VERSION_UPGRADE_FROM_2X");
}

static void without_the_index_it_stays_too(void **state)
{
    (void)state;
    world.fleet = true;
    world.no_index = true;
    put_mode("CLIENT_VERSION_UPGRADE_FROM_2X");
    start(0, "a", NULL, NULL);
    run_for(1200 * S);
    assert_string_equal(mode(), "CLIENT_VERSION_UPGRADE_FROM_2X");
}

static void it_is_not_changed_over_when_an_operator_turned_it_back(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_UPGRADE_FROM_2X");
    start(0, "a", NULL, NULL);
    run_for(500 * S);
    put_mode("CLIENT_VERSION_2X");
    run_for(1200 * S);
    assert_string_equal(mode(), "CLIENT_VERSION_2X");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        TEST(fault_D12_a_worker_that_may_not_read_the_mode_does_not_start),
        TEST(fault_D13_nothing_is_taken_before_the_mode_was_read),
        TEST(fault_D12_a_mode_that_may_have_changed_since_it_was_read_moves_nothing),
        TEST(rows_of_workers_that_are_gone_for_a_day_are_deleted_by_who_leads),
        TEST(a_row_that_was_written_again_is_not_deleted),
        TEST(more_leases_than_one_run_assigns_do_not_wait_for_the_next),
        TEST(who_cannot_lead_releases_the_lock),
        TEST(tables_of_the_kcl_3_0_are_left_to_a_leader_of_the_kcl),
        TEST(in_one_table_nothing_is_left_to_others),
        TEST(a_fleet_in_which_everybody_speaks_for_ten_minutes_is_changed_over),
        TEST(one_that_is_silent_keeps_it_where_it_is),
        TEST(without_the_index_it_stays_too),
        TEST(it_is_not_changed_over_when_an_operator_turned_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
