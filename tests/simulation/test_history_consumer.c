/*
 * test_history_consumer: the judges of the consumer's simulation are told of broken promises, at least one for each
 * that they know, and must name the right one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "history.h"
#include "manners.h"
#include "vacancy.h"

#include <stdio.h>
#include <string.h>

#define SIZE 20
#define S    KDS_US_PER_S
#define MOST (13 * S) /* without a reader */

static struct history *h;
static struct vacancy vacancy;

static int64_t now_us;

/* A shard with four records, 10 to 40, which was split in two; worker 1 holds its lease. */
static void begin(void)
{
    uint8_t data[SIZE];
    h = history_new(false);
    now_us = 0;
    history_clock(h, &now_us);
    history_shard(h, 0, -1, -1, (kds_u128_t){0, 0}, KDS_U128_MAX);
    history_shard(h, 1, 0, -1, (kds_u128_t){0, 0}, (kds_u128_t){0, 49});
    history_shard(h, 2, 0, -1, (kds_u128_t){0, 50}, KDS_U128_MAX);
    for (int i = 1; i <= 4; i++) {
        char sequence[4];
        uint32_t id = history_put(h, 0, "k", "1", SIZE);
        now_us = i * S;
        snprintf(sequence, sizeof sequence, "%d", 10 * i);
        history_payload(h, id, data);
        history_stored(h, (uint64_t)i, 0, sequence, kds_slice("k"), kds_slice("1"),
                       kds_slice_of(data, SIZE));
    }
    now_us = 5 * S;
    history_shard_closed(h, 0);
    history_lease_made(h, 1);
    history_lease_made(h, 2);
    history_lease_taken(h, 0, 1);
    vacancy_init(&vacancy, h);
    vacancy_judge(&vacancy, MOST, true);
}

static void deliver(unsigned worker, uint32_t id, const char *sequence)
{
    uint8_t data[SIZE];
    history_payload(h, id, data);
    history_delivered(h, 0, worker, kds_slice(sequence), 0, kds_slice("k"),
                      kds_slice_of(data, SIZE));
}

/* The records from @p first to @p last, and how that ended. */
static void batch(unsigned worker, unsigned first, unsigned last, enum history_end how)
{
    char sequence[12];
    history_delivery_begins(h, 0, worker);
    for (unsigned i = first; i <= last; i++) {
        snprintf(sequence, sizeof sequence, "%u", 10 * i);
        deliver(worker, i - 1, sequence);
    }
    history_delivery_ends(h, 0, worker, how);
}

static void checkpoint(unsigned worker, const char *sequence)
{
    history_checkpoint(h, 0, worker, kds_slice(sequence), 0);
}

static void end(const char *promise)
{
    if (promise == NULL) {
        assert_null(history_verdict(h));
    } else {
        assert_non_null(history_verdict(h));
        assert_memory_equal(history_verdict(h), promise, 2);
    }
    history_free(h);
}

static void the_judge_finds_nothing_wrong_in_what_is_right(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 2, HISTORY_CONFIRMED);
    checkpoint(1, "20");
    batch(1, 3, 3, HISTORY_REFUSED);
    batch(1, 3, 3, HISTORY_CONFIRMED);
    history_lease_taken(h, 0, 2); /* 30 was not persisted */
    batch(2, 3, 4, HISTORY_CONFIRMED);
    checkpoint(2, "SHARD_END");
    history_lease_taken(h, 1, 2);
    history_delivery_begins(h, 1, 2);
    history_judge_consumer(h);
    end(NULL);
}

static void the_judge_finds_a_checkpoint_beyond_what_was_confirmed_C1(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 2, HISTORY_KEPT);
    checkpoint(1, "20");
    end("C1");
}

static void the_judge_finds_a_record_that_nobody_confirmed_C1(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 3, HISTORY_CONFIRMED);
    history_judge_consumer(h);
    end("C1");
}

static void the_judge_finds_a_record_that_was_never_stored_C1(void **state)
{
    (void)state;
    begin();
    history_delivery_begins(h, 0, 1);
    deliver(1, 0, "15");
    end("C1");
}

static void the_judge_finds_altered_bytes_C1(void **state)
{
    (void)state;
    begin();
    history_delivery_begins(h, 0, 1);
    deliver(1, 1, "10");
    end("C1");
}

static void the_judge_finds_a_record_that_comes_twice_C2(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 2, HISTORY_CONFIRMED);
    batch(1, 2, 2, HISTORY_CONFIRMED);
    end("C2");
}

static void the_judge_finds_a_gap_C3(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 1, HISTORY_CONFIRMED);
    batch(1, 3, 3, HISTORY_CONFIRMED);
    end("C3");
}

static void the_judge_finds_a_checkpoint_that_goes_back_C4(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 3, HISTORY_CONFIRMED);
    checkpoint(1, "30");
    checkpoint(1, "20");
    end("C4");
}

static void the_judge_finds_a_checkpoint_behind_the_end_C4(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 4, HISTORY_CONFIRMED);
    checkpoint(1, "SHARD_END");
    checkpoint(1, "40");
    end("C4");
}

static void the_judge_finds_an_end_before_the_leases_behind_it_C9(void **state)
{
    (void)state;
    begin();
    history_shard(h, 3, 0, -1, (kds_u128_t){0, 0}, (kds_u128_t){0, 1}); /* has none */
    batch(1, 1, 4, HISTORY_CONFIRMED);
    checkpoint(1, "SHARD_END");
    end("C9");
}

static void the_judge_finds_records_for_who_does_not_hold_the_lease_C5(void **state)
{
    (void)state;
    begin();
    history_lease_taken(h, 0, 2);
    batch(1, 1, 1, HISTORY_CONFIRMED);
    end("C5");
}

static void the_judge_finds_a_checkpoint_of_who_does_not_hold_the_lease_C5(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 1, HISTORY_CONFIRMED);
    history_lease_taken(h, 0, 2);
    checkpoint(1, "10");
    end("C5");
}

static void the_judge_finds_a_child_that_begins_before_its_parents_end_C7(void **state)
{
    (void)state;
    begin();
    history_lease_taken(h, 1, 2);
    history_delivery_begins(h, 1, 2);
    end("C7");
}

static void the_judge_finds_the_end_of_an_open_shard_C8(void **state)
{
    (void)state;
    begin();
    history_checkpoint(h, 1, 1, kds_slice("SHARD_END"), 0);
    end("C8");
}

static void the_judge_finds_a_closed_shard_that_is_not_at_its_end_C9(void **state)
{
    (void)state;
    begin();
    batch(1, 1, 4, HISTORY_CONFIRMED);
    checkpoint(1, "40");
    history_judge_consumer(h);
    end("C9");
}

/* ---- C6 ------------------------------------------------------------------------------------- */

static void the_judge_allows_the_fail_over_time_and_two_looks_C6(void **state)
{
    (void)state;
    begin();
    vacancy_taken(&vacancy, S, 0, 1);
    vacancy_died(&vacancy, 5 * S, 1);
    assert_int_equal(vacancy_until_us(&vacancy), 5 * S + MOST);
    vacancy_taken(&vacancy, 5 * S + MOST, 0, 2);
    assert_int_equal(vacancy_until_us(&vacancy), 0);
    vacancy_released(&vacancy, 60 * S, 0);
    vacancy_taken(&vacancy, 60 * S + 10 * S, 0, 1);
    vacancy_ended(&vacancy, 6 * S, 0);
    vacancy_died(&vacancy, 70 * S, 1); /* it read nothing any more */
    vacancy_end(&vacancy, 1000 * S);
    end(NULL);
}

static void the_judge_finds_a_dead_workers_shard_that_waits_too_long_C6(void **state)
{
    (void)state;
    begin();
    vacancy_taken(&vacancy, S, 0, 1);
    vacancy_died(&vacancy, 5 * S, 1);
    vacancy_taken(&vacancy, 5 * S + MOST + 1, 0, 2);
    end("C6");
}

static void
the_judge_finds_a_released_shard_that_waits_for_twice_the_fail_over_time_C6(void **state)
{
    (void)state;
    begin();
    vacancy_taken(&vacancy, S, 0, 1);
    vacancy_released(&vacancy, 5 * S, 0);
    vacancy_taken(&vacancy, 5 * S + 20 * S, 0, 2);
    end("C6");
}

static void the_judge_finds_a_shard_that_is_never_read_again_C6(void **state)
{
    (void)state;
    begin();
    vacancy_taken(&vacancy, S, 0, 1);
    vacancy_died(&vacancy, 5 * S, 1);
    vacancy_end(&vacancy, 60 * S);
    end("C6");
}

static void the_judge_allows_what_lies_before_the_start_to_be_left_out(void **state)
{
    (void)state;
    begin();
    history_reads_from(h, 3 * S);
    batch(1, 3, 4, HISTORY_CONFIRMED);
    checkpoint(1, "SHARD_END");
    history_judge_consumer(h);
    end(NULL);
    begin();
    history_reads_from(h, 6 * S); /* the whole shard does */
    history_lease_taken(h, 1, 2);
    history_delivery_begins(h, 1, 2);
    history_judge_consumer(h);
    end(NULL);
}

static void the_judge_finds_a_gap_behind_the_start_C3(void **state)
{
    (void)state;
    begin();
    history_reads_from(h, 2 * S);
    batch(1, 3, 4, HISTORY_CONFIRMED);
    end("C3");
}

static void
the_judge_finds_a_shard_left_out_that_was_open_at_the_start_C7_C9(void **state)
{
    (void)state;
    begin();
    history_reads_from(h, 5 * S);
    history_lease_taken(h, 1, 2);
    history_delivery_begins(h, 1, 2);
    end("C7");
    begin();
    history_reads_from(h, 5 * S);
    history_judge_consumer(h);
    end("C9");
}

static void the_judge_finds_that_nobody_begins_C6(void **state)
{
    (void)state;
    begin();
    history_reads_from(h, KDS_NEVER_US);
    assert_false(history_all_consumed(h));
    history_judge_consumer(h);
    end("C6");
}

static void the_judge_finds_a_child_that_nobody_takes_after_its_parents_C6(void **state)
{
    (void)state;
    begin();
    vacancy_made(&vacancy, 2, (int[]){0, 1});
    vacancy_ended(&vacancy, 5 * S, 0);
    vacancy_end(&vacancy, 60 * S); /* the other parent is read */
    vacancy_ended(&vacancy, 60 * S, 1);
    vacancy_taken(&vacancy, 60 * S + MOST, 2, 1);
    end(NULL);
    begin();
    vacancy_made(&vacancy, 1, (int[]){0, -1});
    vacancy_ended(&vacancy, 5 * S, 0);
    vacancy_end(&vacancy, 60 * S);
    end("C6");
}

static void the_judge_finds_that_nobody_ever_reads_C6(void **state)
{
    (void)state;
    begin();
    vacancy_judge_begun(&vacancy);
    end("C6");
}

static void the_judge_finds_a_shard_that_is_kept_by_who_stopped_C6(void **state)
{
    (void)state;
    begin();
    vacancy_taken(&vacancy, S, 0, 1);
    vacancy_released(&vacancy, 2 * S, 0);
    vacancy_taken(&vacancy, 2 * S, 1, 2);
    vacancy_stopped(&vacancy, 1);
    assert_null(history_verdict(h));
    vacancy_stopped(&vacancy, 2);
    end("C6");
}

static void the_judge_finds_bad_manners(void **state)
{
    struct manners m;
    (void)state;
    begin();
    manners_init(&m, h, 1);
    manners_answered(&m, S, 0, true, false);
    manners_reads(&m, S + 100000, 0);
    manners_answered(&m, 2 * S, 0, false, true);
    manners_reads(&m, 47 * S, 0);
    manners_reads(&m, 48 * S, 0);
    assert_null(history_verdict(h));
    manners_answered(&m, 50 * S, 0, true, false);
    manners_reads(&m, 50 * S + 99999, 0);
    end("manners");
    begin();
    manners_init(&m, h, 1);
    manners_answered(&m, 2 * S, 0, false, true);
    manners_reads(&m, 47 * S + 1, 0);
    end("C6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_judge_finds_nothing_wrong_in_what_is_right),
        cmocka_unit_test(the_judge_finds_a_checkpoint_beyond_what_was_confirmed_C1),
        cmocka_unit_test(the_judge_finds_a_record_that_nobody_confirmed_C1),
        cmocka_unit_test(the_judge_finds_a_record_that_was_never_stored_C1),
        cmocka_unit_test(the_judge_finds_altered_bytes_C1),
        cmocka_unit_test(the_judge_finds_a_record_that_comes_twice_C2),
        cmocka_unit_test(the_judge_finds_a_gap_C3),
        cmocka_unit_test(the_judge_finds_a_checkpoint_that_goes_back_C4),
        cmocka_unit_test(the_judge_finds_a_checkpoint_behind_the_end_C4),
        cmocka_unit_test(the_judge_finds_an_end_before_the_leases_behind_it_C9),
        cmocka_unit_test(the_judge_finds_records_for_who_does_not_hold_the_lease_C5),
        cmocka_unit_test(the_judge_finds_a_checkpoint_of_who_does_not_hold_the_lease_C5),
        cmocka_unit_test(the_judge_finds_a_child_that_begins_before_its_parents_end_C7),
        cmocka_unit_test(the_judge_finds_the_end_of_an_open_shard_C8),
        cmocka_unit_test(the_judge_finds_a_closed_shard_that_is_not_at_its_end_C9),
        cmocka_unit_test(the_judge_allows_the_fail_over_time_and_two_looks_C6),
        cmocka_unit_test(the_judge_finds_a_dead_workers_shard_that_waits_too_long_C6),
        cmocka_unit_test(
            the_judge_finds_a_released_shard_that_waits_for_twice_the_fail_over_time_C6),
        cmocka_unit_test(the_judge_finds_a_shard_that_is_never_read_again_C6),
        cmocka_unit_test(the_judge_allows_what_lies_before_the_start_to_be_left_out),
        cmocka_unit_test(the_judge_finds_a_gap_behind_the_start_C3),
        cmocka_unit_test(
            the_judge_finds_a_shard_left_out_that_was_open_at_the_start_C7_C9),
        cmocka_unit_test(the_judge_finds_that_nobody_begins_C6),
        cmocka_unit_test(the_judge_finds_a_child_that_nobody_takes_after_its_parents_C6),
        cmocka_unit_test(the_judge_finds_that_nobody_ever_reads_C6),
        cmocka_unit_test(the_judge_finds_a_shard_that_is_kept_by_who_stopped_C6),
        cmocka_unit_test(the_judge_finds_bad_manners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
