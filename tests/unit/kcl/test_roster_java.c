/*
 * test_roster_java: a fleet that a worker of the KCL 3.x leads: what it assigns is read, whatever happened before.
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

#define LEASES 4

/* The leader lives. */
static void beat(void)
{
    static unsigned version;
    struct kcl_fleet_row row;
    memset(&row, 0, sizeof row);
    row.kind = KCL_FLEET_LEADER;
    snprintf(row.owner, sizeof row.owner, "java");
    snprintf(row.version, sizeof row.version, "v%u", version++);
    row.duration_ms = 120000;
    put_row(&row);
}

/* As run_for(), under a leader that lives and assigns nothing. */
static void run_led(int64_t us)
{
    for (int64_t until_us = world.now_us + us; world.now_us < until_us;) {
        beat();
        run_for(until_us - world.now_us < 20 * S ? until_us - world.now_us : 20 * S);
    }
}

static const struct kcl_lease *lease_at(int i)
{
    char shard_id[16];
    snprintf(shard_id, sizeof shard_id, "shard-%d", i);
    return get_lease(world.store, shard_id);
}

static void assign(int i, const char *to)
{
    struct kcl_lease lease = *lease_at(i);
    struct kcl_store_op *op =
        op_of(KCL_STORE_ASSIGN, lease.shard_id, lease.owner, lease.counter);
    snprintf(op->target, sizeof op->target, "%s", to);
    op->nonce = lease.nonce; /* which the KCL leaves alone */
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
}

static void assign_all(const char *to)
{
    for (int i = 0; i < LEASES; i++) {
        if (strcmp(lease_at(i)->owner, to) != 0) {
            assign(i, to);
        }
    }
}

/* The KCL's worker made the leases and leads; "a" was given all of them. */
static void start_led(void)
{
    world.fleet = true;
    world.shards = LEASES;
    put_mode("CLIENT_VERSION_3X");
    beat();
    start(0, "a", NULL, NULL);
    run_led(60 * S);
    assert_int_equal(held(0), 0);
    assign_all("a");
    run_led(15 * S);
    assert_int_equal(held(0), LEASES);
}

/* ---- what bears one's own name -------------------------------------------------------------- */

static void restart_and_hold(void)
{
    start_led();
    end(0);
    run_for(3 * S);
    start(0, "a", NULL, NULL);
    run_led(8 * S);
    assert_int_equal(held(0), 0); /* the one before may live: it would renew */
    run_led(8 * S);
    assert_int_equal(held(0), LEASES);
    assert_null(kcl_core_failure(world.workers[0].core));
    assert_null(strstr(world.workers[0].told, "older process"));
}

static void fault_P06_a_led_worker_that_is_started_anew_has_its_leases_again(void **state)
{
    (void)state;
    restart_and_hold();
}

static void fault_P06_so_has_one_without_the_index(void **state)
{
    (void)state;
    world.no_index = true;
    restart_and_hold();
}

static void leases_that_the_kcl_held_meanwhile_are_read_when_they_come_back(void **state)
{
    (void)state;
    start_led();
    for (int round = 0; round < 2; round++) {
        assign_all("java");
        run_led(5 * S);
        assert_int_equal(held(0), 0);
        if (round > 0) { /* and "a" is another process by now */
            end(0);
            start(0, "a", NULL, NULL);
            run_led(5 * S);
        }
        assign_all("a");
        run_led(5 * S);
        assert_int_equal(held(0), LEASES);
    }
    assert_null(strstr(world.workers[0].told, "older process"));
}

static void fault_D14_a_store_that_was_away_costs_a_led_worker_nothing(void **state)
{
    (void)state;
    for (int k = 0; k < 28; k++) {
        world.no_index = k >= 14;
        start_led();
        run_for(k % 14 * S / 4);
        world.store_fails = true;
        run_for(40 * S);
        assert_int_equal(held(0), 0);
        world.store_fails = false;
        run_led(25 * S);
        assert_int_equal(held(0), LEASES);
        finish(state);
        begin(state);
    }
}

static void two_live_processes(bool indexed)
{
    world.no_index = !indexed;
    start_led();
    start(1, "a", NULL, NULL);
    run_led(15 * S);
    assert_non_null(kcl_core_failure(world.workers[0].core)); /* the older yields */
    assert_null(kcl_core_failure(world.workers[1].core));
    assert_non_null(strstr(world.workers[1].told, "older process"));
    end(0);
    assign_all("a"); /* what it released */
    run_led(5 * S);
    assert_int_equal(held(1), LEASES);
}

static void
fault_P06_two_live_processes_of_one_name_are_noticed_where_one_leads(void **state)
{
    (void)state;
    two_live_processes(true);
}

static void fault_P06_they_are_noticed_without_the_index_too(void **state)
{
    (void)state;
    two_live_processes(false);
}

/* ---- what waits ----------------------------------------------------------------------------- */

static void hand_over(int i, const char *reader, const char *to)
{
    assign(i, reader);
    struct kcl_store_op *op =
        op_of(KCL_STORE_HAND_OVER, lease_at(i)->shard_id, reader, 0);
    snprintf(op->target, sizeof op->target, "%s", to);
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
}

static void leases_that_wait_do_not_hold_up_others(void **state)
{
    enum { WAITING = 200 };
    (void)state;
    world.fleet = true;
    world.shards = WAITING + LEASES;
    put_mode("CLIENT_VERSION_3X");
    beat();
    start(0, "a", NULL, NULL);
    run_led(60 * S);
    for (int i = 0; i < WAITING + LEASES; i++) {
        assign(i, "java");
    }
    run_led(40 * S);
    for (int i = 0; i < WAITING; i++) {
        hand_over(i, "java", "a"); /* which takes its time */
    }
    run_led(5 * S);
    assert_int_equal(held(0), 0);
    for (int i = WAITING; i < WAITING + LEASES; i++) {
        assign(i, "a");
    }
    run_led(3 * S);
    assert_int_equal(held(0), LEASES);
}

static void many_that_are_assigned_at_once_are_looked_at_together(void **state)
{
    enum { MANY = 300 };
    const unsigned *ops = world.workers[0].ops;
    (void)state;
    world.fleet = true;
    world.shards = MANY;
    put_mode("CLIENT_VERSION_3X");
    beat();
    start(0, "a", NULL, NULL);
    run_led(60 * S);
    unsigned looks = ops[KCL_STORE_LIST];
    for (int i = 0; i < MANY; i++) {
        assign(i, "a");
    }
    run_led(2 * S);
    assert_int_equal(held(0), MANY);
    assert_in_range(ops[KCL_STORE_LIST] - looks, 1, 3);
    assert_in_range(ops[KCL_STORE_GET], 0, 20);
}

static void add_lease(const char *shard_id, const char *parent, const char *owner)
{
    struct kcl_lease *lease = lease_of(shard_id);
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    memset(lease, 0, sizeof *lease);
    snprintf(lease->shard_id, sizeof lease->shard_id, "%s", shard_id);
    snprintf(lease->owner, sizeof lease->owner, "%s", owner);
    if (parent != NULL) {
        snprintf(lease->parents[0], sizeof lease->parents[0], "%s", parent);
        lease->parent_count = 1;
    }
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
}

/* Both leases are younger than this worker's last look at all of them. */
static void a_child_is_not_read_before_a_parent_that_no_look_has_shown(void **state)
{
    (void)state;
    start_led();
    unsigned looks = world.workers[0].ops[KCL_STORE_LIST];
    add_lease("parent", NULL, "java");
    add_lease("child", "parent", "a");
    run_for(3 * S);
    assert_int_equal(held(0), LEASES);
    struct kcl_store_op *op = op_of(KCL_STORE_CHECKPOINT, "parent", "java", 0);
    op->position.kind = KCL_AT_SHARD_END;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    run_for(3 * S);
    assert_int_equal(held(0), LEASES + 1);
    assert_int_equal(world.workers[0].ops[KCL_STORE_LIST], looks);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        TEST(fault_P06_a_led_worker_that_is_started_anew_has_its_leases_again),
        TEST(fault_P06_so_has_one_without_the_index),
        TEST(leases_that_the_kcl_held_meanwhile_are_read_when_they_come_back),
        TEST(fault_D14_a_store_that_was_away_costs_a_led_worker_nothing),
        TEST(fault_P06_two_live_processes_of_one_name_are_noticed_where_one_leads),
        TEST(fault_P06_they_are_noticed_without_the_index_too),
        TEST(leases_that_wait_do_not_hold_up_others),
        TEST(many_that_are_assigned_at_once_are_looked_at_together),
        TEST(a_child_is_not_read_before_a_parent_that_no_look_has_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
