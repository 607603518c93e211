/*
 * test_timers: whoever is due first comes first, whatever was set, moved and taken out before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"
#include "timers.h"

#define COUNT 200

static void nothing_is_due_in_an_empty_heap(void **state)
{
    struct timers t = {.heap = NULL};
    struct timer timer = {.due_us = 0};
    (void)state;
    assert_int_equal(timers_next_us(&t), KDS_NEVER_US);
    assert_null(timers_take(&t, INT64_MAX));
    timers_set(&t, &timer, KDS_NEVER_US); /* it is not in it */
    assert_true(timers_reserve(&t, 1));
    timers_set(&t, &timer, 7);
    assert_int_equal(timers_next_us(&t), 7);
    assert_null(timers_take(&t, 6));
    assert_ptr_equal(timers_take(&t, 7), &timer);
    assert_null(timers_take(&t, 7));
    timers_clear(&t);
}

/* The earliest of those that are set, by looking at all of them. */
static int64_t earliest(const int64_t *due, size_t count)
{
    int64_t least = KDS_NEVER_US;
    for (size_t i = 0; i < count; i++) {
        least = due[i] < least ? due[i] : least;
    }
    return least;
}

static void order_is_that_of_a_list(void **state)
{
    struct timers t = {.heap = NULL};
    struct timer timers[COUNT] = {{0}};
    int64_t due[COUNT];
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 1);
    assert_true(timers_reserve(&t, COUNT));
    for (size_t i = 0; i < COUNT; i++) {
        due[i] = KDS_NEVER_US;
        timers[i].owner = &due[i];
    }
    for (int step = 0; step < 20000; step++) {
        size_t i = (size_t)kds_rng_below(&rng, COUNT);
        if (kds_rng_below(&rng, 4) > 0) {
            due[i] = kds_rng_below(&rng, 5) ? (int64_t)kds_rng_below(&rng, 1000)
                                            : KDS_NEVER_US;
            timers_set(&t, &timers[i], due[i]);
        } else {
            int64_t now = (int64_t)kds_rng_below(&rng, 1000);
            struct timer *taken = timers_take(&t, now);
            assert_int_equal(taken != NULL, earliest(due, COUNT) <= now);
            if (taken != NULL) {
                int64_t *owner = taken->owner;
                assert_int_equal(*owner, earliest(due, COUNT));
                *owner = KDS_NEVER_US;
            }
        }
        assert_int_equal(timers_next_us(&t), earliest(due, COUNT));
    }
    timers_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_due_in_an_empty_heap),
        cmocka_unit_test(order_is_that_of_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
