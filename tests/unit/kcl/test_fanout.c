/*
 * test_fanout: reading by subscriptions: their order, their ends, the consumer, falling back to polling, the budget.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "core_fixture.h"

#include <string.h>

static void assert_text(kds_slice_t text, const char *expected)
{
    assert_int_equal(text.n, strlen(expected));
    assert_memory_equal(text.p, expected, text.n);
}

/* ---- fan-out ------------------------------------------------------------------------------ */

static uint64_t start_fan_out(struct core_fixture *f)
{
    fixture_init(f);
    fixture_set(f, "fan.out", "true");
    fixture_set(f, "consumer.arn", "arn:consumer");
    fixture_start(f);
    expect(f, KCL_ACTION_SUBSCRIBE);
    assert_text(f->action.u.subscribe.start.type, "TRIM_HORIZON");
    return f->action.id;
}

static void fan_out_processes_what_is_pushed_and_ends_with_the_shard(void **state)
{
    struct core_fixture f;
    uint64_t id = start_fan_out(&f);
    (void)state;
    assert_string_equal(f.action.u.subscribe.consumer_arn, "arn:consumer");
    push_records(&f, id, "10 20", false);
    push_records(&f, id, "30", false); /* waits behind the first */
    push_records(&f, id, "", true);
    expect(&f, KCL_ACTION_UNSUBSCRIBE);
    assert_int_equal(f.action.id, id);
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(f.action.u.task.batch.count, 2);
    end_task(&f, true);
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    expect_task(&f, KCL_TASK_SHARD_ENDED);
    end_task(&f, true);
    expect(&f, KCL_ACTION_SUBSCRIBE);
    assert_string_equal(f.action.u.subscribe.shard_id, "child-0");
    fixture_clear(&f);
}

static void fault_H11_events_of_a_subscription_that_is_over_are_dropped(void **state)
{
    struct core_fixture f;
    uint64_t id = start_fan_out(&f);
    (void)state;
    push_records(&f, id, "10", false);
    push_failure(&f, id, KDS_ERR_TRANSPORT);
    push_records(&f, id, "20", false); /* late */
    expect(&f, KCL_ACTION_UNSUBSCRIBE);
    push_records(&f, id, "30", false); /* later still */
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(f.action.u.task.batch.count, 1);
    end_task(&f, true);
    expect(&f, KCL_ACTION_SUBSCRIBE);
    assert_text(f.action.u.subscribe.start.type, "AFTER_SEQUENCE_NUMBER");
    assert_text(f.action.u.subscribe.start.sequence_number, "10");
    fixture_clear(&f);
}

static void fault_S21_a_subscription_that_is_refused_is_tried_again_later(void **state)
{
    struct core_fixture f;
    uint64_t id = start_fan_out(&f);
    (void)state;
    for (int i = 0; i < 4; i++) {
        push_failure(&f, id, KDS_ERR_IN_USE);
        expect(&f, KCL_ACTION_UNSUBSCRIBE);
        assert_true(wait_for(&f, KCL_ACTION_SUBSCRIBE) >= 100);
        id = f.action.id;
    }
    fixture_clear(&f);
}

static void
fault_S10_a_subscription_that_is_not_found_is_asked_of_the_listing(void **state)
{
    struct core_fixture f;
    uint64_t id = start_fan_out(&f);
    (void)state;
    for (int i = 0; i < 3; i++) {
        push_failure(&f, id, KDS_ERR_NOT_FOUND);
        expect(&f, KCL_ACTION_UNSUBSCRIBE);
        expect(&f, i < 2 ? KCL_ACTION_SUBSCRIBE : KCL_ACTION_LIST_SHARDS);
        id = f.action.id;
    }
    answer_listing(&f, "shard-0", false);
    expect(&f, KCL_ACTION_SUBSCRIBE);
    fixture_clear(&f);
}

static void fan_out_finds_its_consumer_and_tries_again_if_it_cannot(void **state)
{
    struct core_fixture f;
    kds_error_t *error = NULL;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "fan.out", "true");
    fixture_start(&f);
    expect(&f, KCL_ACTION_FIND_CONSUMER);
    assert_string_equal(f.action.u.find_consumer.name, "a"); /* the application's */
    assert_string_equal(f.action.u.find_consumer.stream_arn, "arn:stream");
    kcl_core_found_consumer(f.core, f.now_us, f.action.id, NULL, error);
    assert_true(wait_for(&f, KCL_ACTION_FIND_CONSUMER) >= 500);
    kcl_core_found_consumer(f.core, f.now_us, f.action.id, "arn:found", NULL);
    expect(&f, KCL_ACTION_SUBSCRIBE);
    assert_string_equal(f.action.u.subscribe.consumer_arn, "arn:found");
    fixture_clear(&f);
}

static void find_fails(struct core_fixture *f, kds_err_t code)
{
    kds_error_t *error = NULL;
    kds_error_set(&error, code, "as the test wants it");
    expect(f, KCL_ACTION_FIND_CONSUMER);
    kcl_core_found_consumer(f->core, f->now_us, f->action.id, NULL, error);
    kds_error_free(error);
}

static void
a_consumer_that_is_impossible_is_told_with_the_setting_that_helps(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "fan.out", "true");
    fixture_start(&f);
    for (int i = 0; i < 5; i++) {
        find_fails(&f, KDS_ERR_ACCESS_DENIED);
    }
    expect(&f, KCL_ACTION_FIND_CONSUMER); /* it may be allowed yet */
    assert_non_null(strstr(f.message, "fan.out.fallback is none"));
    assert_non_null(strstr(f.message, "as the test wants it"));
    fixture_clear(&f);
}

static void read_by_polling(struct core_fixture *f)
{
    expect(f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(f, "it-1");
    expect(f, KCL_ACTION_GET_RECORDS);
    answer_records(f, "10", 10, 0, "it-2");
    f->hold_reads = true;
    expect_task(f, KCL_TASK_PROCESS);
    end_task(f, true);
}

static void a_consumer_that_is_impossible_makes_way_for_polling_if_it_may(void **state)
{
    static const struct {
        kds_err_t code;
        unsigned times;
    } cases[] = {
        {KDS_ERR_ACCESS_DENIED, 1}, {KDS_ERR_REJECTED, 1}, {KDS_ERR_THROTTLED, 3}};
    struct core_fixture f;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_init(&f);
        fixture_set(&f, "fan.out", "true");
        fixture_set(&f, "fan.out.fallback", "polling");
        fixture_start(&f);
        for (unsigned k = 0; k < cases[i].times; k++) {
            find_fails(&f, cases[i].code);
        }
        read_by_polling(&f);
        assert_int_equal(f.events[KCL_EVENT_TROUBLE], cases[i].times);
        assert_non_null(strstr(f.message, "read by polling"));
        f.hold_reads = false;
        fixture_clear(&f);
    }
}

/* After ten minutes it is tried once more, and goes on where polling got to. */
static void fan_out_comes_back_when_it_has_become_possible(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "fan.out", "true");
    fixture_set(&f, "fan.out.fallback", "polling");
    fixture_start(&f);
    find_fails(&f, KDS_ERR_ACCESS_DENIED);
    read_by_polling(&f);
    f.hold_reads = false;
    int64_t from_us = f.now_us;
    do {
        assert_true(f.now_us - from_us < 700 * KDS_US_PER_S);
        assert_true(kcl_core_wake_at_us(f.core, f.now_us) != KDS_NEVER_US);
        expect_either(&f, KCL_ACTION_GET_RECORDS, KCL_ACTION_FIND_CONSUMER);
        if (f.action.kind == KCL_ACTION_GET_RECORDS) {
            answer_records(&f, "", 0, 0, "it-3");
        }
    } while (f.action.kind == KCL_ACTION_GET_RECORDS);
    assert_true(f.now_us - from_us >= 590 * KDS_US_PER_S);
    kcl_core_found_consumer(f.core, f.now_us, f.action.id, "arn:found", NULL);
    expect_either(&f, KCL_ACTION_GET_RECORDS, KCL_ACTION_SUBSCRIBE);
    if (f.action.kind == KCL_ACTION_GET_RECORDS) { /* was under way */
        answer_records(&f, "", 0, 0, "it-3");
        expect(&f, KCL_ACTION_SUBSCRIBE);
    }
    assert_text(f.action.u.subscribe.start.type, "AFTER_SEQUENCE_NUMBER");
    assert_text(f.action.u.subscribe.start.sequence_number, "10");
    fixture_clear(&f);
}

static void a_subscription_that_is_denied_makes_way_for_polling_if_it_may(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "fan.out", "true");
    fixture_set(&f, "consumer.arn", "arn:consumer");
    fixture_set(&f, "fan.out.fallback", "polling");
    fixture_start(&f);
    expect(&f, KCL_ACTION_SUBSCRIBE);
    uint64_t id = f.action.id;
    push_failure(&f, id, KDS_ERR_ACCESS_DENIED);
    push_records(&f, id, "10", false); /* late: left out, and read by polling */
    expect(&f, KCL_ACTION_UNSUBSCRIBE);
    read_by_polling(&f);
    assert_non_null(strstr(f.message, "read by polling"));
    fixture_clear(&f);
}

/* ---- the budget of fan-out ------------------------------------------------------------------ */

#define CROWD 20 /* shards; a budget of 1 MiB has room for 16 times the least credit */

static size_t count_doing(const struct core_fixture *f, kcl_doing_t doing)
{
    kcl_shard_status_t status[CROWD];
    size_t n = kcl_core_shards(f->core, f->now_us, sizeof status[0], status, CROWD);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        found += status[i].doing == doing;
    }
    return found;
}

static size_t buffered(const struct core_fixture *f)
{
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_core_stats(f->core, f->now_us, &stats);
    return (size_t)stats.buffered_bytes;
}

static void start_crowd(struct core_fixture *f, uint64_t ids[16])
{
    fixture_init(f);
    f->shards = CROWD;
    fixture_set(f, "fan.out", "true");
    fixture_set(f, "consumer.arn", "arn:consumer");
    fixture_set(f, "prefetch.max.bytes", "1MiB");
    fixture_start(f);
    size_t credit = 0;
    for (size_t i = 0; i < 16; i++) {
        expect(f, KCL_ACTION_SUBSCRIBE);
        ids[i] = f->action.id;
        credit += f->action.u.subscribe.credit_bytes;
    }
    assert_true(credit <= 1 << 20);
}

static void fan_out_beyond_the_budget_takes_turns(void **state)
{
    struct core_fixture f;
    uint64_t ids[16];
    (void)state;
    start_crowd(&f, ids);
    expect_nothing(&f, 5000);
    assert_int_equal(count_doing(&f, KCL_DOING_BUDGET), CROWD - 16);
    for (size_t i = 0; i < 3 * CROWD; i++) { /* everybody has a turn, again and again */
        assert_true(wait_for(&f, KCL_ACTION_UNSUBSCRIBE) <= 10000);
        expect(&f, KCL_ACTION_SUBSCRIBE);
        assert_true(count_doing(&f, KCL_DOING_BUDGET) <= CROWD - 15);
    }
    assert_true(f.now_us < 1200 * KDS_US_PER_S);
    fixture_clear(&f);
}

static void fan_out_keeps_to_the_budget_whatever_is_pushed(void **state)
{
    struct core_fixture f;
    uint64_t ids[16];
    (void)state;
    start_crowd(&f, ids);
    kcl_core_mute(f.core);
    for (size_t i = 0; i < 16; i++) { /* three times the credit in each */
        push_sized(&f, ids[i], "10", 192 << 10);
        assert_true(buffered(&f) <= 1 << 20);
    }
    assert_true(buffered(&f) >= 192 << 10); /* somebody's was taken */
    fixture_clear(&f);
}

static void fan_out_unsubscribes_before_the_worker_stops(void **state)
{
    struct core_fixture f;
    (void)state;
    start_fan_out(&f);
    kcl_core_stop(f.core, f.now_us);
    expect(&f, KCL_ACTION_UNSUBSCRIBE);
    expect_nothing(&f, 1000);
    assert_true(kcl_core_stopped(f.core));
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fan_out_processes_what_is_pushed_and_ends_with_the_shard),
        cmocka_unit_test(fault_H11_events_of_a_subscription_that_is_over_are_dropped),
        cmocka_unit_test(fault_S21_a_subscription_that_is_refused_is_tried_again_later),
        cmocka_unit_test(
            fault_S10_a_subscription_that_is_not_found_is_asked_of_the_listing),
        cmocka_unit_test(fan_out_finds_its_consumer_and_tries_again_if_it_cannot),
        cmocka_unit_test(fan_out_unsubscribes_before_the_worker_stops),
        cmocka_unit_test(
            a_consumer_that_is_impossible_is_told_with_the_setting_that_helps),
        cmocka_unit_test(a_consumer_that_is_impossible_makes_way_for_polling_if_it_may),
        cmocka_unit_test(fan_out_comes_back_when_it_has_become_possible),
        cmocka_unit_test(a_subscription_that_is_denied_makes_way_for_polling_if_it_may),
        cmocka_unit_test(fan_out_beyond_the_budget_takes_turns),
        cmocka_unit_test(fan_out_keeps_to_the_budget_whatever_is_pushed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
