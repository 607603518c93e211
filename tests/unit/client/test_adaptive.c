/*
 * test_adaptive: the limiter of the adaptive mode, against figures worked out by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "client/adaptive.h"

#define MS KDS_US_PER_MS

static void expect_near(double got, double want)
{
    double apart = got - want;
    if (apart > 1e-6 || apart < -1e-6) {
        fail_msg("%.9f, must be %.9f", got, want);
    }
}

/* Three ends in a half second, two in the next and so on: smoothed with 0.8; the rate follows at
 * twice that until the first throttle bends it. */
static void adaptive_measures_and_cuts_as_the_mode_says(void **state)
{
    static const struct {
        int at_ms;
        bool throttled;
        double measured, rate;
    } steps[] = {
        {200, false, 0.0, 0.5},          {400, false, 0.0, 0.5},
        {600, false, 4.8, 9.6},          {800, false, 4.8, 9.6},
        {1000, false, 4.16, 8.32},       {1200, false, 4.16, 8.32},
        {1400, false, 4.16, 8.32},       {1600, false, 5.632, 11.264},
        {1800, false, 5.632, 11.264},    {2000, true, 4.3264, 3.02848},
        {2200, false, 4.3264, 3.486639}, {2400, false, 4.3264, 3.821874},
    };
    struct kds_adaptive a;
    (void)state;
    kds_adaptive_init(&a, 0);
    /* The curve's far end stands above twice the measured rate, which caps it. */
    a.throttled_us = -100 * KDS_US_PER_S;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        kds_adaptive_note(&a, steps[i].at_ms * MS, steps[i].throttled);
        expect_near(a.measured, steps[i].measured);
        if (steps[i].at_ms <= 2000) {
            expect_near(a.rate, steps[i].rate);
        } else { /* to four digits: K = cbrt(4.3264 * 0.3 / 0.4) = 1.48047 */
            assert_in_range((int)(a.rate * 1e4 + 0.5), (int)(steps[i].rate * 1e4) - 2,
                            (int)(steps[i].rate * 1e4) + 2);
        }
    }
}

/* After a throttle at 10 attempts a second: K = cbrt(10 * 0.3 / 0.4) = 1.957434 s. */
static void adaptive_grows_along_cubic_after_throttle(void **state)
{
    static const double rates[] = {7.0,          9.648936009,  10.000030850, 10.453284521,
                                   13.408697022, 21.266268354, 36.425998517};
    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct kds_adaptive a;
        kds_adaptive_init(&a, 5 * KDS_US_PER_S);
        a.peak = 10;
        a.throttled_us = 5 * KDS_US_PER_S;
        a.measured = 1000; /* no cap */
        a.period = INT64_MAX;
        kds_adaptive_note(&a, (int64_t)(5 + i) * KDS_US_PER_S, false);
        expect_near(a.rate, rates[i]);
    }
}

static void adaptive_limits_nothing_before_first_throttle(void **state)
{
    struct kds_adaptive a;
    (void)state;
    kds_adaptive_init(&a, 0);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(kds_adaptive_take(&a, i, 0), 0);
        kds_adaptive_note(&a, i, false);
    }
}

static void adaptive_spaces_attempts_by_rate_and_refuses_beyond_time_limit(void **state)
{
    struct kds_adaptive a;
    (void)state;
    kds_adaptive_init(&a, 0);
    for (int i = 1; i <= 100; i++) {
        kds_adaptive_note(&a, i * 10 * MS, i == 100); /* 100 a second, then a throttle */
    }
    int64_t now = KDS_US_PER_S, last = -1;
    int waits = 0;
    assert_true(a.rate > 50 && a.rate < 71);
    for (int i = 0; i < 100; i++) {
        int64_t wait = kds_adaptive_take(&a, now, 10 * KDS_US_PER_S);
        if (wait > 0) {
            waits++;
            assert_true(wait > last);
            last = wait;
        }
    }
    assert_true(waits >= 25);
    double tokens = a.tokens;
    assert_int_equal(kds_adaptive_take(&a, now, 1000), -1);
    expect_near(a.tokens, tokens); /* refused: nothing taken */
    /* What waits is paid off in that time. */
    assert_int_equal(kds_adaptive_take(&a, now + last + KDS_US_PER_S, 0), 0);
}

static void adaptive_never_falls_below_one_attempt_in_two_seconds(void **state)
{
    struct kds_adaptive a;
    (void)state;
    kds_adaptive_init(&a, 0);
    for (int i = 1; i < 50; i++) {
        kds_adaptive_note(&a, i * KDS_US_PER_S, true);
    }
    expect_near(a.rate, 0.5);
    expect_near(a.capacity, 1.0);
    assert_true(kds_adaptive_take(&a, 100 * KDS_US_PER_S, 0) == 0);
    assert_int_equal(kds_adaptive_take(&a, 100 * KDS_US_PER_S, KDS_NEVER_US),
                     2 * KDS_US_PER_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adaptive_measures_and_cuts_as_the_mode_says),
        cmocka_unit_test(adaptive_grows_along_cubic_after_throttle),
        cmocka_unit_test(adaptive_limits_nothing_before_first_throttle),
        cmocka_unit_test(adaptive_spaces_attempts_by_rate_and_refuses_beyond_time_limit),
        cmocka_unit_test(adaptive_never_falls_below_one_attempt_in_two_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
