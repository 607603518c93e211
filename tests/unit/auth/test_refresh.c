/*
 * test_refresh: windows, pauses, force and static stability, on made-up time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/credentials.h"
#include "auth/refresh.h"
#include "base/clock.h"

#define MINUTE_MS INT64_C(60000)
#define WALL_MS   INT64_C(1790000000000)
#define BOOT_US   INT64_C(5000000)

static struct kds_rng rng;

/* @p ms after the beginning. */
static struct kds_instant at(int64_t ms)
{
    struct kds_instant i = {BOOT_US + ms * KDS_US_PER_MS, WALL_MS + ms};
    return i;
}

static int64_t next_ms(const struct kds_refresh *r, int64_t now_ms)
{
    int64_t us = kds_refresh_next_us(r, at(now_ms));
    return us == KDS_NEVER_US ? -1 : (us - BOOT_US) / KDS_US_PER_MS;
}

/* Something was fetched at @p now_ms that lives until @p expires_ms. */
static void succeed(struct kds_refresh *r, int64_t now_ms, int64_t expires_ms)
{
    kds_refresh_started(r);
    kds_refresh_succeeded(r, at(now_ms), WALL_MS + expires_ms, false, &rng);
}

static bool fail_at(struct kds_refresh *r, int64_t now_ms)
{
    kds_refresh_started(r);
    return kds_refresh_failed(r, at(now_ms), &rng);
}

static void refresh_fetches_only_when_somebody_asks_at_first(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    assert_int_equal(next_ms(&r, 0), -1);
    assert_int_equal(kds_refresh_ask(&r, at(0)), KDS_REFRESH_WAIT);
    assert_int_equal(next_ms(&r, 0), 0);
    kds_refresh_started(&r);
    assert_int_equal(next_ms(&r, 0), -1); /* one at a time: F-C03 */
    for (int i = 0; i < 200; i++) {
        assert_int_equal(kds_refresh_ask(&r, at(1)), KDS_REFRESH_WAIT);
    }
    assert_int_equal(next_ms(&r, 1), -1);
    kds_refresh_succeeded(&r, at(1), WALL_MS + 60 * MINUTE_MS, false, &rng);
    assert_int_equal(kds_refresh_ask(&r, at(1)), KDS_REFRESH_USE);
    assert_int_equal(r.generation, 1);
}

static void refresh_begins_15_minutes_ahead_with_jitter_F_C03(void **state)
{
    int64_t earliest = INT64_MAX, latest = 0;
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct kds_refresh r;
        kds_rng_seed(&rng, seed);
        kds_refresh_init(&r, true, false);
        succeed(&r, 0, 360 * MINUTE_MS);
        int64_t due = next_ms(&r, 0);
        earliest = due < earliest ? due : earliest;
        latest = due > latest ? due : latest;
    }
    assert_in_range(earliest, 344 * MINUTE_MS, 344 * MINUTE_MS + 5000);
    assert_in_range(latest, 345 * MINUTE_MS - 5000, 345 * MINUTE_MS);
}

static void refresh_of_short_lives_waits_for_half_of_them(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    succeed(&r, 0, 15 * MINUTE_MS);
    assert_int_equal(next_ms(&r, 0), 15 * MINUTE_MS / 2);
    succeed(&r, 0, 10);
    assert_int_equal(next_ms(&r, 0), 1000);
}

static void refresh_lets_nobody_wait_with_unexpired_credentials_F_C03(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    succeed(&r, 0, 60 * MINUTE_MS);
    kds_refresh_started(&r); /* and it takes its time */
    assert_int_equal(kds_refresh_ask(&r, at(46 * MINUTE_MS)), KDS_REFRESH_USE);
    assert_int_equal(kds_refresh_ask(&r, at(55 * MINUTE_MS)), KDS_REFRESH_USE);
    assert_int_equal(kds_refresh_ask(&r, at(60 * MINUTE_MS - 1)), KDS_REFRESH_USE);
    assert_int_equal(kds_refresh_ask(&r, at(60 * MINUTE_MS)), KDS_REFRESH_WAIT);
}

static void refresh_repeats_failures_at_ease_then_in_haste_F_C02(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    succeed(&r, 0, 60 * MINUTE_MS);
    assert_false(fail_at(&r, 46 * MINUTE_MS));
    assert_in_range(next_ms(&r, 46 * MINUTE_MS) - 46 * MINUTE_MS, 30000, 60000);
    assert_false(fail_at(&r, 51 * MINUTE_MS));
    assert_in_range(next_ms(&r, 51 * MINUTE_MS) - 51 * MINUTE_MS, 5000, 10000);
    assert_int_equal(kds_refresh_ask(&r, at(51 * MINUTE_MS)), KDS_REFRESH_USE);
}

static void refresh_refuses_for_a_while_after_a_failure_F_C01(void **state)
{
    struct kds_refresh r;
    int64_t now_ms = 0;
    (void)state;
    kds_refresh_init(&r, true, false);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(kds_refresh_ask(&r, at(now_ms)), KDS_REFRESH_WAIT);
        kds_refresh_started(&r);
        assert_int_equal(kds_refresh_ask(&r, at(now_ms)), KDS_REFRESH_WAIT);
        assert_false(kds_refresh_failed(&r, at(now_ms), &rng));
        assert_int_equal(next_ms(&r, now_ms), -1); /* nobody asks: nothing happens */
        assert_int_equal(kds_refresh_ask(&r, at(now_ms)), KDS_REFRESH_REFUSED);
        int64_t pause_ms = (r.not_before_us - at(now_ms).boot_us) / KDS_US_PER_MS;
        assert_in_range(pause_ms, i < 4 ? 1000 << i : 15000, i < 4 ? 2000 << i : 30000);
        now_ms += pause_ms + 1;
    }
}

static void refresh_after_expiry_waits_for_demand(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    succeed(&r, 0, 60 * MINUTE_MS);
    assert_int_equal(next_ms(&r, 61 * MINUTE_MS), -1);
    assert_int_equal(kds_refresh_ask(&r, at(61 * MINUTE_MS)), KDS_REFRESH_WAIT);
    assert_int_equal(next_ms(&r, 61 * MINUTE_MS), 61 * MINUTE_MS);
    assert_false(fail_at(&r, 61 * MINUTE_MS));
    assert_int_equal(kds_refresh_ask(&r, at(61 * MINUTE_MS)), KDS_REFRESH_REFUSED);
}

static void refresh_extends_what_an_instance_gave_F_C02(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, true);
    succeed(&r, 0, 60 * MINUTE_MS);
    assert_false(fail_at(&r, 50 * MINUTE_MS)); /* there is time */
    assert_true(fail_at(&r, 59 * MINUTE_MS));
    int64_t more_ms = r.expires_at_ms - WALL_MS - 59 * MINUTE_MS;
    assert_in_range(more_ms, 17 * MINUTE_MS, 25 * MINUTE_MS);
    assert_int_equal(kds_refresh_ask(&r, at(61 * MINUTE_MS)), KDS_REFRESH_USE);
    assert_in_range(next_ms(&r, 59 * MINUTE_MS) - 59 * MINUTE_MS, 2 * MINUTE_MS,
                    10 * MINUTE_MS);
    /* What comes expired is used as well. */
    succeed(&r, 70 * MINUTE_MS, 60 * MINUTE_MS);
    assert_int_equal(kds_refresh_ask(&r, at(70 * MINUTE_MS)), KDS_REFRESH_USE);
    assert_true(next_ms(&r, 70 * MINUTE_MS) >= 72 * MINUTE_MS);
}

static void refresh_is_forced_once_per_generation_F_S18(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    succeed(&r, 0, 60 * MINUTE_MS);
    assert_int_equal(kds_refresh_force(&r, 1), KDS_REFRESH_WAIT);
    assert_int_equal(kds_refresh_force(&r, 1), KDS_REFRESH_WAIT); /* another call */
    assert_int_equal(kds_refresh_ask(&r, at(1)), KDS_REFRESH_USE);
    assert_int_equal(next_ms(&r, 1), 1);
    kds_refresh_started(&r);
    assert_int_equal(kds_refresh_force(&r, 1), KDS_REFRESH_WAIT);
    /* The same key comes back: the generation stays, and it was forced. */
    kds_refresh_succeeded(&r, at(2), WALL_MS + 60 * MINUTE_MS, true, &rng);
    assert_int_equal(r.generation, 1);
    assert_int_equal(kds_refresh_force(&r, 1), KDS_REFRESH_REFUSED);
    succeed(&r, 3, 60 * MINUTE_MS);
    assert_int_equal(kds_refresh_force(&r, 1),
                     KDS_REFRESH_USE); /* there are newer ones */
    assert_int_equal(kds_refresh_force(&r, 2), KDS_REFRESH_WAIT);
}

static void refresh_does_not_ask_again_for_what_is_written_down(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, false, false);
    kds_refresh_succeeded(&r, at(0), KDS_CREDENTIALS_FOREVER_MS, false, &rng);
    assert_int_equal(kds_refresh_ask(&r, at(0)), KDS_REFRESH_USE);
    assert_int_equal(next_ms(&r, 0), -1);
    assert_int_equal(kds_refresh_force(&r, 1), KDS_REFRESH_REFUSED);
    kds_refresh_init(&r, false, false); /* the environment's, with an expiry */
    kds_refresh_succeeded(&r, at(0), WALL_MS + 1000, false, &rng);
    assert_int_equal(next_ms(&r, 0), -1);
    assert_int_equal(kds_refresh_ask(&r, at(1000)), KDS_REFRESH_REFUSED);
}

static void refresh_of_files_can_be_forced_but_is_never_due(void **state)
{
    struct kds_refresh r;
    (void)state;
    kds_refresh_init(&r, true, false);
    kds_refresh_succeeded(&r, at(0), KDS_CREDENTIALS_FOREVER_MS, false, &rng);
    assert_int_equal(next_ms(&r, 0), -1);
    assert_int_equal(kds_refresh_force(&r, 1), KDS_REFRESH_WAIT);
    assert_int_equal(next_ms(&r, 0), 0);
    assert_false(fail_at(&r, 0));
    assert_int_equal(next_ms(&r, 0), -1);
    assert_int_equal(kds_refresh_ask(&r, at(0)), KDS_REFRESH_USE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refresh_fetches_only_when_somebody_asks_at_first),
        cmocka_unit_test(refresh_begins_15_minutes_ahead_with_jitter_F_C03),
        cmocka_unit_test(refresh_of_short_lives_waits_for_half_of_them),
        cmocka_unit_test(refresh_lets_nobody_wait_with_unexpired_credentials_F_C03),
        cmocka_unit_test(refresh_repeats_failures_at_ease_then_in_haste_F_C02),
        cmocka_unit_test(refresh_refuses_for_a_while_after_a_failure_F_C01),
        cmocka_unit_test(refresh_after_expiry_waits_for_demand),
        cmocka_unit_test(refresh_extends_what_an_instance_gave_F_C02),
        cmocka_unit_test(refresh_is_forced_once_per_generation_F_S18),
        cmocka_unit_test(refresh_does_not_ask_again_for_what_is_written_down),
        cmocka_unit_test(refresh_of_files_can_be_forced_but_is_never_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
