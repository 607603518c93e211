/*
 * test_roster: workers around one store in memory, without a service's records: streams that were made anew, two
 * processes of one name, several streams, hand-overs, holes, a start at the latest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "kcl/kcl.h"
#include "roster_world.h"

#include <stdio.h>
#include <string.h>

/* ---- streams -------------------------------------------------------------------------------- */

static void fault_S09_leases_of_a_stream_that_was_made_anew_are_not_used(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(2 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(get_lease(world.store, "shard-1")->created_ms, 1700000000123);
    end(0);
    world.created_ms = 1800000000456;
    start(0, "b", NULL, NULL);
    run_for(60 * S);
    const kds_error_t *failure = kcl_core_failure(world.workers[0].core);
    assert_non_null(failure);
    assert_int_equal(kds_error_code(failure), KDS_ERR_STATE);
    assert_non_null(strstr(kds_error_message(failure), "1700000000123"));
    assert_non_null(strstr(kds_error_message(failure), "1800000000456"));
    assert_string_equal(get_lease(world.store, "shard-1")->owner, "a"); /* as it was */
}

static void fault_S12_the_latest_is_pinned_when_the_leases_are_made(void **state)
{
    (void)state;
    start(0, "a", "start", "latest");
    run_for(2 * S);
    const struct kcl_lease *lease = get_lease(world.store, "shard-2");
    assert_int_equal(lease->checkpoint.kind, KCL_AT_LATEST);
    int64_t pinned_ms = lease->checkpoint.number;
    assert_in_range(pinned_ms, (WALL_US + 5 * S) / 1000 - 1000, (WALL_US + 7 * S) / 1000);
    end(0);
    run_for(600 * S);
    start(0, "b", "start", "latest"); /* ten minutes later it means the same instant */
    run_for(30 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(get_lease(world.store, "shard-2")->checkpoint.number, pinned_ms);
}

static void listed_for(const char *start_at, const char *filter)
{
    begin(NULL);
    start(0, "a", "start", start_at);
    run_for(2 * S);
    assert_string_equal(world.filter, filter);
    finish(NULL);
}

/* The service's clock is known to a second. A shard that was split since the instant was left out if that was later by
 * this worker's reckoning. */
static void fault_Q10_an_instant_that_may_be_past_is_not_the_future(void **state)
{
    (void)state;
    listed_for("1790000003", "AT_TIMESTAMP");
    listed_for("1790000006", "AT_TIMESTAMP"); /* in 1 s */
    listed_for("1790000009", "AT_LATEST");
}

static void several_streams_have_leases_of_their_own(void **state)
{
    static const char *const ids[] = {"123456789012:orders:1700000000",
                                      "123456789012:bills:1700000000"};
    size_t count, pages, seen[2] = {0, 0};
    (void)state;
    start(0, "a", "streams",
          "orders, arn:aws:kinesis:eu-west-1:123456789012:stream/bills");
    run_for(5 * S);
    assert_int_equal(held(0), 8);
    struct kcl_lease *all = list_leases(world.store, &count, &pages);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 2; k++) {
            seen[k] += strcmp(all[i].stream, ids[k]) == 0;
        }
    }
    kds_free(all);
    assert_int_equal(count, 8);
    assert_int_equal(seen[0], 4);
    assert_int_equal(seen[1], 4);
}

static void streams_of_one_name_in_two_accounts_are_two(void **state)
{
    static const char *const ids[] = {"111122223333:orders:1700000000",
                                      "444455556666:orders:1700000000"};
    size_t count, pages, seen[2] = {0, 0};
    (void)state;
    start(0, "a", "streams",
          "arn:aws:kinesis:eu-west-1:111122223333:stream/orders,"
          "arn:aws:kinesis:eu-west-1:444455556666:stream/orders");
    run_for(5 * S);
    assert_int_equal(held(0), 8);
    struct kcl_lease *all = list_leases(world.store, &count, &pages);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 2; k++) {
            seen[k] += strcmp(all[i].stream, ids[k]) == 0;
        }
    }
    kds_free(all);
    assert_int_equal(seen[0], 4);
    assert_int_equal(seen[1], 4);
}

static void a_stream_that_is_added_gets_leases_beside_the_others(void **state)
{
    size_t count, pages;
    (void)state;
    start(0, "a", "streams", "orders");
    run_for(5 * S);
    kcl_core_stop(world.workers[0].core, world.now_us);
    run_for(S);
    end(0);
    start(0, "a", "streams", "orders,bills");
    run_for(10 * S);
    kds_free(list_leases(world.store, &count, &pages));
    assert_int_equal(count, 8);
    assert_int_equal(held(0), 8);
}

static void who_reads_everything_looks_less_often(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    world.workers[0].ops[KCL_STORE_LIST] = 0;
    run_for(60 * S);
    assert_in_range(world.workers[0].ops[KCL_STORE_LIST], 15, 30);
    start(1, "b", NULL, NULL); /* it comes, asks, and gets its share as soon as ever */
    run_for(10 * S);
    assert_int_equal(held(1), 2);
    world.workers[0].ops[KCL_STORE_LIST] = 0;
    run_for(60 * S);
    assert_in_range(world.workers[0].ops[KCL_STORE_LIST], 60, 120);
}

static void a_hole_is_mended_as_soon_as_the_settings_want_it(void **state)
{
    static const char *const settings[][2] = {
        {"leasesRecoveryAuditorExecutionFrequencyMillis", "1000"},
        {"leasesRecoveryAuditorInconsistencyConfidenceThreshold", "1"}};
    (void)state;
    start_with(0, "a", settings, 2);
    run_for(5 * S);
    const struct kcl_lease *lease = get_lease(world.store, "shard-2");
    store_do(world.store, op_of(KCL_STORE_DELETE, "shard-2", "", lease->counter));
    run_for(8 * S);
    assert_non_null(get_lease(world.store, "shard-2"));
}

static void a_start_that_fails_too_often_is_given_up_if_the_settings_want_it(void **state)
{
    (void)state;
    world.store_fails = true;
    start(0, "a", NULL, NULL);
    start(1, "b", "maxInitializationAttempts", "3");
    run_for(120 * S);
    assert_null(kcl_core_failure(world.workers[0].core));
    assert_int_equal(kds_error_code(kcl_core_failure(world.workers[1].core)),
                     KDS_ERR_STORE);
    assert_int_equal(world.workers[1].ops[KCL_STORE_OPEN], 3);
}

static void a_hole_is_mended(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    const struct kcl_lease *lease = get_lease(world.store, "shard-2");
    assert_int_equal(
        store_do(world.store, op_of(KCL_STORE_DELETE, "shard-2", "", lease->counter))
            ->err,
        KDS_OK);
    assert_null(get_lease(world.store, "shard-2"));
    unsigned listings = world.listings;
    run_for(15 * S);
    assert_int_equal(world.listings, listings); /* it may be half of a reshard */
    run_for(30 * S);
    assert_non_null(get_lease(world.store, "shard-2"));
    assert_int_equal(held(0), 4);
}

/* The listing knows of no shard there: what is told once is not asked for all the time. */
static void
a_hole_that_cannot_be_mended_is_told_and_listed_less_and_less_often(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    for (int i = 2; i < 4; i++) {
        char id[16];
        snprintf(id, sizeof id, "shard-%d", i);
        store_do(world.store,
                 op_of(KCL_STORE_DELETE, id, "", get_lease(world.store, id)->counter));
    }
    world.shards = 2;
    unsigned listings = world.listings;
    run_for(3600 * S);
    const char *told = strstr(world.workers[0].told, "have no lease");
    assert_non_null(told);
    assert_null(strstr(told + 1, "have no lease"));
    assert_in_range(world.listings - listings, 3, 12);
    world.shards = 4; /* and yet it is mended at last, and told anew the next time */
    run_for(3600 * S);
    assert_int_equal(held(0), 4);
}

/* ---- workers -------------------------------------------------------------------------------- */

static void a_worker_that_stops_leaves_nothing_to_wait_for(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(2 * S);
    start(1, "b", NULL, NULL);
    run_for(20 * S);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
    kcl_core_stop(world.workers[0].core, world.now_us);
    run_for(S);
    assert_true(kcl_core_stopped(world.workers[0].core));
    run_for(S / 2);
    assert_int_equal(held(1), 4);
}

static void shares_move_by_hand_over_and_never_twice(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    start(1, "b", NULL, NULL);
    for (int i = 0; i < 200; i++) {
        size_t before = held(0) + held(1);
        run_for(STEP_US);
        assert_true(before <= 4);
    }
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
    assert_non_null(strstr(world.workers[0].told, "released"));
    assert_null(strstr(world.workers[0].told, "another worker holds it"));
}

static void shares_move_although_the_store_fails_now_and_then(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    start(1, "b", NULL, NULL);
    for (int i = 0; i < 100; i++) {
        world.store_fails = i % 3 == 0; /* writes that a look led to among them */
        run_for(STEP_US);
    }
    world.store_fails = false;
    run_for(30 * S);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
}

static void fault_P06_the_older_of_two_live_processes_of_one_name_gives_up(void **state)
{
    (void)state;
    start(0, "same", NULL, NULL);
    run_for(5 * S);
    assert_int_equal(held(0), 4);
    start(1, "same", NULL, NULL);
    run_for(10 * S);
    const kds_error_t *failure = kcl_core_failure(world.workers[0].core);
    assert_non_null(failure);
    assert_non_null(strstr(kds_error_message(failure), "same worker.id"));
    assert_null(kcl_core_failure(world.workers[1].core));
    assert_non_null(strstr(world.workers[1].told, "older process"));
    assert_true(kcl_core_stopped(world.workers[0].core));
    assert_int_equal(held(1), 4);
}

static void
fault_P06_a_restart_under_the_same_name_waits_for_the_failover_time(void **state)
{
    (void)state;
    start(0, "same", NULL, NULL);
    run_for(5 * S);
    end(0); /* killed */
    start(1, "same", NULL, NULL);
    run_for(3 * S);
    size_t early = held(1);
    run_for(10 * S);
    assert_true(early < 4); /* who knows whether the other still reads? */
    assert_int_equal(held(1), 4);
    assert_null(kcl_core_failure(world.workers[1].core));
}

static void
fault_D07_D14_leases_run_out_while_the_store_is_away_and_come_back(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    assert_int_equal(held(0), 4);
    world.store_fails = true;
    run_for(6 * S);
    assert_int_equal(held(0), 4); /* they were renewed a moment before */
    run_for(5 * S);
    assert_int_equal(held(0), 0);
    run_for(3600 * S);
    assert_int_equal(held(0), 0);
    assert_null(kcl_core_failure(world.workers[0].core));
    world.store_fails = false;
    run_for(25 * S); /* the longest wait between two tries, and a look */
    assert_int_equal(held(0), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            fault_S09_leases_of_a_stream_that_was_made_anew_are_not_used, begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_S12_the_latest_is_pinned_when_the_leases_are_made, begin, finish),
        cmocka_unit_test(fault_Q10_an_instant_that_may_be_past_is_not_the_future),
        cmocka_unit_test_setup_teardown(who_reads_everything_looks_less_often, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(streams_of_one_name_in_two_accounts_are_two,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(several_streams_have_leases_of_their_own, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(
            a_stream_that_is_added_gets_leases_beside_the_others, begin, finish),
        cmocka_unit_test_setup_teardown(a_worker_that_stops_leaves_nothing_to_wait_for,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(shares_move_by_hand_over_and_never_twice, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(shares_move_although_the_store_fails_now_and_then,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_P06_the_older_of_two_live_processes_of_one_name_gives_up, begin,
            finish),
        cmocka_unit_test_setup_teardown(
            fault_P06_a_restart_under_the_same_name_waits_for_the_failover_time, begin,
            finish),
        cmocka_unit_test_setup_teardown(
            fault_D07_D14_leases_run_out_while_the_store_is_away_and_come_back, begin,
            finish),
        cmocka_unit_test_setup_teardown(a_hole_is_mended, begin, finish),
        cmocka_unit_test_setup_teardown(
            a_hole_that_cannot_be_mended_is_told_and_listed_less_and_less_often, begin,
            finish),
        cmocka_unit_test_setup_teardown(a_hole_is_mended_as_soon_as_the_settings_want_it,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(
            a_start_that_fails_too_often_is_given_up_if_the_settings_want_it, begin,
            finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
