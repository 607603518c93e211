/*
 * test_roster_former: streams that a worker read once and reads no more: their leases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "roster_world.h"

#include <stdio.h>
#include <string.h>

/* ---- streams that are read no more ---------------------------------------------------------- */

/* Two streams, of which a worker that comes later reads one. */
static void leave_bills(const char *const settings[][2], size_t count)
{
    start(0, "a", "streams", "orders,bills");
    run_for(5 * S);
    assert_int_equal(held(0), 8);
    kcl_core_stop(world.workers[0].core, world.now_us);
    run_for(S);
    end(0);
    start_with(0, "b", settings, count);
}

static size_t leases_of(const char *stream)
{
    size_t count, pages, found = 0;
    struct kcl_lease *all = list_leases(world.store, &count, &pages);
    for (size_t i = 0; i < count; i++) {
        found += strcmp(all[i].stream, stream) == 0;
    }
    kds_free(all);
    return found;
}

#define ORDERS "123456789012:orders:1700000000"
#define BILLS  "123456789012:bills:1700000000"

static void leases_of_a_former_stream_are_kept_unless_told_otherwise(void **state)
{
    static const char *const settings[][2] = {{"streams", "orders"},
                                              {"former.streams.wait.ms", "1s"}};
    (void)state;
    leave_bills(settings, 2);
    start_with(1, "c", settings, 2); /* and do not keep others from being shared */
    run_for(300 * S);
    assert_int_equal(leases_of(BILLS), 4);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
}

static void leases_of_a_former_stream_are_deleted_when_they_have_rested(void **state)
{
    static const char *const settings[][2] = {
        {"streams", "orders"},
        {"formerStreamsLeasesDeletionStrategy",
         "FORMER_STREAMS_AUTO_DETECTION_DEFERRED_DELETION"},
        {"former.streams.wait.ms", "2m"}};
    (void)state;
    leave_bills(settings, 3);
    run_for(115 * S);
    assert_int_equal(leases_of(BILLS), 4);
    run_for(10 * S);
    assert_int_equal(leases_of(BILLS), 0);
    assert_int_equal(leases_of(ORDERS), 4);
    assert_int_equal(held(0), 4);
    assert_non_null(strstr(world.workers[0].told, BILLS));
}

static void only_listed_streams_lose_their_leases_when_a_list_is_given(void **state)
{
    static const struct {
        const char *list;
        size_t left;
    } cases[] = {
        {"others", 4},        {"bill", 4},
        {"others, bills", 0}, {"arn:aws:kinesis:eu-west-1:123456789012:stream/bills", 0},
        {BILLS, 0},           {"123456789012:bills:1600000000", 4}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const settings[][2] = {{"streams", "orders"},
                                           {"former.streams", "listed"},
                                           {"former.streams.list", cases[i].list},
                                           {"former.streams.wait.ms", "0"}};
        leave_bills(settings, 4);
        run_for(29 * S); /* three times the fail-over time in any case */
        assert_int_equal(leases_of(BILLS), 4);
        run_for(10 * S);
        assert_int_equal(leases_of(BILLS), cases[i].left);
        assert_int_equal(leases_of(ORDERS), 4);
        finish(state);
        begin(state);
    }
}

static void leases_of_a_stream_that_another_worker_reads_are_left_alone(void **state)
{
    static const char *const settings[][2] = {{"streams", "orders"},
                                              {"former.streams", "delete"},
                                              {"former.streams.wait.ms", "0"}};
    (void)state;
    start(1, "z", "streams", "orders,bills"); /* has not heard of the shorter list yet */
    run_for(5 * S);
    start_with(0, "a", settings, 3);
    run_for(300 * S);
    assert_int_equal(leases_of(BILLS), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            leases_of_a_former_stream_are_kept_unless_told_otherwise, begin, finish),
        cmocka_unit_test_setup_teardown(
            leases_of_a_former_stream_are_deleted_when_they_have_rested, begin, finish),
        cmocka_unit_test_setup_teardown(
            only_listed_streams_lose_their_leases_when_a_list_is_given, begin, finish),
        cmocka_unit_test_setup_teardown(
            leases_of_a_stream_that_another_worker_reads_are_left_alone, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
