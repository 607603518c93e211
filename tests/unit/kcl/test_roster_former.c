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
#include "core_internal.h"
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

/* ---- streams that others read already ------------------------------------------------------- */

/* The leader's list has a stream more: it made its leases, and gives them to "b", which has not heard of it. */
static void give_bills_to_b(const char *created)
{
    for (int i = 0; i < 4; i++) {
        struct kcl_lease *lease = lease_of("shard-0");
        struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
        snprintf(lease->shard_id, sizeof lease->shard_id, "shard-%d", i);
        snprintf(lease->stream, sizeof lease->stream, "123456789012:bills:%s", created);
        snprintf(lease->owner, sizeof lease->owner, "b");
        op->leases = lease;
        op->lease_count = 1;
        assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    }
}

static void start_b(const char *const settings[][2], size_t count)
{
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    start(0, "a", "streams", "orders");
    run_for(30 * S);
    start_with(1, "b", settings, count);
    run_for(240 * S);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
}

static const char *const orders_alone[][2] = {{"streams", "orders"}};

static void
a_led_worker_reads_what_it_is_assigned_of_a_stream_it_was_not_told_of(void **state)
{
    (void)state;
    for (int indexed = 0; indexed < 2; indexed++) {
        world.no_index = !indexed;
        start_b(orders_alone, 1);
        give_bills_to_b("1700000000");
        run_for(5 * S);
        assert_int_equal(held(1), 6);
        assert_non_null(strstr(world.workers[1].told, "123456789012:bills:1700000000 is "
                                                      "not in streams, and is read"));
        run_for(60 * S);
        assert_int_equal(held(0) + held(1), 8); /* and none is called gone */
        finish(state);
        begin(state);
    }
}

static void a_stream_of_another_account_is_asked_for_there(void **state)
{
    char described_as[128];
    (void)state;
    start_b(orders_alone, 1);
    struct kcl_lease *lease = lease_of("shard-0");
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    snprintf(lease->stream, sizeof lease->stream, "999999999999:bills:1700000000");
    snprintf(lease->owner, sizeof lease->owner, "b");
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    run_for(5 * S);
    assert_int_equal(held(1), 3);
    const struct kcl_stream *stream =
        kcl_roster_stream(world.workers[1].core, "999999999999:bills:1700000000");
    assert_non_null(stream);
    snprintf(described_as, sizeof described_as, "%.*s", (int)stream->arn.n,
             (const char *)stream->arn.p);
    assert_string_equal(described_as,
                        "arn:aws:kinesis:eu-west-1:999999999999:stream/bills");
    assert_int_equal(stream->name.n, 0);
}

static void what_it_cannot_read_of_them_it_leaves_and_tells_once(void **state)
{
    static const char again[] = "which is not in streams, are assigned";
    (void)state;
    start_b(orders_alone, 1);
    give_bills_to_b("1600000000"); /* of an older stream of that name */
    run_for(300 * S);
    const char *first = strstr(world.workers[1].told, again);
    assert_non_null(first);
    assert_null(strstr(first + 1, again));
    assert_int_equal(held(0) + held(1), 4);
    for (int i = 0; i < 20; i++) { /* nor does that make a leader doubt its workers */
        run_for(5 * S);
        assert_int_equal(held(0) + held(1), 4);
    }
}

static void a_led_stream_that_is_to_be_deleted_is_read_by_nobody(void **state)
{
    static const char *const settings[][2] = {{"streams", "orders"},
                                              {"former.streams", "delete"},
                                              {"former.streams.wait.ms", "1m"}};
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    start_with(0, "b", settings, 3);
    run_for(30 * S);
    give_bills_to_b("1700000000");
    run_for(30 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(leases_of(BILLS), 4);
    run_for(60 * S);
    assert_int_equal(leases_of(BILLS), 0);
    assert_int_equal(held(0), 4);
}

static void a_lease_that_does_not_fit_the_settings_is_told(void **state)
{
    (void)state;
    world.fleet = true;
    put_mode("CLIENT_VERSION_3X");
    start(0, "b", NULL, NULL);
    run_for(30 * S);
    give_bills_to_b("1700000000");
    run_for(30 * S);
    assert_int_equal(held(0), 4);
    assert_non_null(strstr(world.workers[0].told, "whose settings have a single stream"));
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
        cmocka_unit_test_setup_teardown(
            a_led_worker_reads_what_it_is_assigned_of_a_stream_it_was_not_told_of, begin,
            finish),
        cmocka_unit_test_setup_teardown(a_stream_of_another_account_is_asked_for_there,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(
            what_it_cannot_read_of_them_it_leaves_and_tells_once, begin, finish),
        cmocka_unit_test_setup_teardown(
            a_led_stream_that_is_to_be_deleted_is_read_by_nobody, begin, finish),
        cmocka_unit_test_setup_teardown(a_lease_that_does_not_fit_the_settings_is_told,
                                        begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
