/*
 * test_roster_led: a fleet that one worker leads: the index of leases by owner, and how busy each says it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "core_internal.h"
#include "roster_world.h"

#include <stdio.h>
#include <string.h>

/* ---- the index by owner --------------------------------------------------------------------- */

/* A fleet that one leads: "a" does, "b" has its share. */
static void start_led(void)
{
    put_mode("CLIENT_VERSION_3X");
    world.fleet = true;
    world.shards = 8;
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    assert_int_equal(held(0), 8);
    start(1, "b", NULL, NULL);
    run_for(300 * S);
    assert_in_range(held(1), 3, 5);
    memset(world.workers[1].ops, 0, sizeof world.workers[1].ops);
}

/* The leader gives "b" a lease of its own. @return until "b" holds it */
static int64_t give_one(void)
{
    struct kcl_lease lease;
    char shard_id[16] = "";
    size_t before = held(1);
    for (int i = 0; i < 8; i++) {
        snprintf(shard_id, sizeof shard_id, "shard-%d", i);
        lease = *get_lease(world.store, shard_id);
        if (strcmp(lease.owner, "a") == 0) {
            break;
        }
    }
    struct kcl_store_op *op = op_of(KCL_STORE_ASSIGN, shard_id, "a", lease.counter);
    snprintf(op->target, sizeof op->target, "b");
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    int64_t from_us = world.now_us;
    while (held(1) == before && world.now_us - from_us < 60 * S) {
        run_for(STEP_US);
    }
    return world.now_us - from_us;
}

static void who_does_not_lead_finds_its_leases_by_the_index(void **state)
{
    (void)state;
    start_led();
    run_for(240 * S);
    const unsigned *ops = world.workers[1].ops;
    assert_in_range(ops[KCL_STORE_LIST], 2, 8); /* now and then, all the same */
    assert_in_range(ops[KCL_STORE_OWNED], 200, 520);
    assert_int_equal(ops[KCL_STORE_GET], 0);                /* what it holds is no news */
    assert_true(world.workers[0].ops[KCL_STORE_LIST] > 60); /* who leads sees all */
    assert_true(give_one() <= 2 * S);
    assert_true(ops[KCL_STORE_GET] >= 1);
}

/* Who leads from now on may have looked half a minute ago. */
static void a_new_leader_looks_at_all_leases_at_once(void **state)
{
    (void)state;
    start_led();
    run_for(10 * S);
    const unsigned *looks = &world.workers[1].ops[KCL_STORE_LIST];
    kcl_core_stop(world.workers[0].core, world.now_us);
    unsigned before = *looks;
    while (!world.workers[1].core->roster.fleet.lock.mine) {
        before = *looks;
        run_for(STEP_US);
    }
    run_for(STEP_US);
    assert_true(*looks > before);
}

static void without_an_index_all_leases_are_looked_at(void **state)
{
    const char *told = world.workers[1].told;
    (void)state;
    world.no_index = true;
    start_led();
    run_for(60 * S);
    const unsigned *ops = world.workers[1].ops;
    assert_true(ops[KCL_STORE_LIST] >= 50);
    assert_int_equal(ops[KCL_STORE_OWNED], 0);
    assert_true(give_one() <= 2 * S);
    const char *first = strstr(told, "leases cannot be found by their owner");
    assert_non_null(first);
    assert_null(strstr(first + 1, "leases cannot be found by their owner")); /* once */
}

/* ---- how busy a worker is ------------------------------------------------------------------- */

static void what_the_processor_does_is_told_to_the_fleet(void **state)
{
    (void)state;
    start_led();
    assert_int_equal(row_of(KCL_FLEET_WORKER, "a").metric_count, 0); /* nobody measures */
    for (int i = 0; i < 12; i++) {
        while (!kcl_core_wants_cpu(world.workers[0].core, world.now_us)) {
            world.now_us += STEP_US;
            pump(&world.workers[1]);
            if (!kcl_core_wants_cpu(world.workers[0].core, world.now_us)) {
                pump(&world.workers[0]);
            }
        }
        kcl_core_set_cpu(world.workers[0].core, i == 11 ? -1 : i * 1.5);
        run_for(S);
    }
    const struct kcl_fleet_row row = row_of(KCL_FLEET_WORKER, "a");
    assert_int_equal(row.metric_count, 1);
    assert_string_equal(row.metrics[0].code, "C");
    assert_int_equal(row.metrics[0].count, 10); /* the newest last */
    assert_true(row.metrics[0].samples[0] == 2 * 1.5);
    assert_true(row.metrics[0].samples[8] == 10 * 1.5);
    assert_true(row.metrics[0].samples[9] == -1);
    assert_true(row.metrics[0].limit == 100);
}

/* ---- settings of a leader ------------------------------------------------------------------- */

/* Rows of a kind that were written, and what the last lock said. */
static unsigned locks, runs;
static int64_t lock_ms;

static bool
watch(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)result;
    (void)silent;
    if (op->kind == KCL_STORE_ROW_PUT && op->row->kind == KCL_FLEET_LEADER) {
        locks++;
        lock_ms = op->row->duration_ms;
    }
    runs += op->kind == KCL_STORE_FLEET && op->row == NULL;
    return false;
}

static void a_leader_keeps_to_its_settings(void **state)
{
    static const char *const settings[][2] = {
        {"dynamoDbLockBasedLeaderLeaseDurationInMillis", "60000"},
        {"dynamoDbLockBasedLeaderHeartbeatPeriodInMillis", "5000"},
        {"leaseAssignmentIntervalMillis", "10000"},
        {"workerMetricsReporterFreqInMillis", "15000"}};
    const unsigned *ops = world.workers[0].ops;
    (void)state;
    put_mode("CLIENT_VERSION_3X");
    world.fleet = true;
    world.instead = watch;
    start_with(0, "a", settings, 4);
    run_for(20 * S);
    locks = runs = 0;
    unsigned puts = ops[KCL_STORE_ROW_PUT];
    run_for(300 * S);
    assert_in_range(locks, 58, 61);
    assert_in_range(runs, 29, 31);
    assert_int_equal(lock_ms, 60000);
    assert_in_range(ops[KCL_STORE_ROW_PUT] - puts - locks, 19, 21);
}

static void a_mode_that_is_not_the_operators_is_told_once(void **state)
{
    char *told = world.workers[0].told;
    (void)state;
    put_mode("CLIENT_VERSION_3X");
    world.fleet = true;
    start(0, "a", "clientVersionConfig", "CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X");
    run_for(300 * S);
    const char *first = strstr(told, "but the table says 3X");
    assert_non_null(first);
    assert_null(strstr(first + 1, "but the table says 3X"));
    assert_int_equal(held(0), 4); /* and the table is followed */
    put_mode("CLIENT_VERSION_3X_WITH_ROLLBACK");
    run_for(100 * S);
    told[0] = 0;
    put_mode("CLIENT_VERSION_3X");
    run_for(100 * S);
    assert_non_null(strstr(told, "but the table says 3X")); /* it came anew */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_does_not_lead_finds_its_leases_by_the_index,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(a_new_leader_looks_at_all_leases_at_once, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(without_an_index_all_leases_are_looked_at, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(what_the_processor_does_is_told_to_the_fleet,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(a_leader_keeps_to_its_settings, begin, finish),
        cmocka_unit_test_setup_teardown(a_mode_that_is_not_the_operators_is_told_once,
                                        begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
