/*
 * test_shard_log: the records of a shard against a plain array of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/slice.h"
#include "shard_log.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <string.h>

/* What stands at a position follows from the position. */
static size_t size_at(size_t position)
{
    return position % 97 == 0 ? 300000 : position * 31 % 400;
}

static bool add(struct local_log *log)
{
    static uint8_t data[300000];
    char key[16];
    size_t position = log->count;
    memset(data, (int)(position % 251), size_at(position));
    snprintf(key, sizeof key, "%zu", position);
    /* Several arrive in one millisecond. */
    if (local_log_append(log, (int64_t)position / 3, false,
                         kds_slice(position % 5 ? key : NULL),
                         kds_slice_of(data, size_at(position))) == NULL) {
        assert_int_equal(log->count, position);
        return false;
    }
    return true;
}

static void check(const struct local_log *log, size_t position)
{
    char key[16];
    const struct local_kept *r = local_log_at(log, position);
    kds_slice_t data = local_kept_data(r);
    snprintf(key, sizeof key, "%zu", position);
    assert_int_equal(r->arrival_ms, (int64_t)position / 3);
    assert_int_equal(data.n, size_at(position));
    assert_non_null(data.p);
    for (size_t i = 0; i < data.n; i += 1 + data.n / 50) {
        assert_int_equal(data.p[i], position % 251);
    }
    if (position % 5) {
        assert_true(kds_slice_is(local_kept_key(r), key));
    } else {
        assert_null(local_kept_key(r).p);
    }
}

static void check_finding(const struct local_log *log, size_t position)
{
    size_t of_time = position / 3 * 3; /* the first one of its millisecond */
    assert_int_equal(local_log_find_time(log, (int64_t)position / 3),
                     of_time < log->first ? log->first : of_time);
}

static void shard_log_keeps_positions_when_it_is_trimmed(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct local_log log = {.first = 0};
        struct kds_rng rng;
        kds_rng_seed(&rng, seed);
        for (int step = 0; step < 1500; step++) {
            assert_true(add(&log));
            if (kds_rng_below(&rng, 40) == 0) {
                local_log_trim(&log, log.first + (size_t)kds_rng_below(
                                                     &rng, log.count - log.first + 1));
                assert_true(log.segment_count > 0 || log.first == log.count);
            }
            if (log.first < log.count) {
                size_t at =
                    log.first + (size_t)kds_rng_below(&rng, log.count - log.first);
                check(&log, at);
                check(&log, log.count - 1);
                check(&log, log.first);
                check_finding(&log, at);
                check_finding(&log, (size_t)kds_rng_below(&rng, log.count));
            }
        }
        local_log_trim(&log, log.count);
        assert_int_equal(log.bytes, 0);
        assert_int_equal(log.segment_count, 0);
        assert_int_equal(local_log_find_time(&log, 0), log.count);
        assert_true(add(&log));
        check(&log, log.count - 1);
        local_log_clear(&log);
    }
}

static void shard_log_goes_on_behind_what_was_trimmed(void **state)
{
    struct local_log log = {.first = 0};
    (void)state;
    local_log_skip(&log, 1000);
    assert_int_equal(local_log_find_time(&log, 5), 1000);
    assert_true(add(&log));
    assert_int_equal(log.first, 1000);
    assert_int_equal(log.count, 1001);
    check(&log, 1000);
    local_log_clear(&log);
}

static int fill(void *opaque)
{
    struct local_log log = {.first = 0};
    int result = 0;
    (void)opaque;
    for (int i = 0; i < 300 && result == 0; i++) {
        result = add(&log) ? 0 : -1;
    }
    for (size_t i = 0; i < log.count; i++) {
        check(&log, i);
    }
    local_log_clear(&log);
    return result;
}

static void shard_log_is_whole_when_memory_is_short(void **state)
{
    (void)state;
    assert_true(fail_alloc_run(fill, NULL) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shard_log_keeps_positions_when_it_is_trimmed),
        cmocka_unit_test(shard_log_goes_on_behind_what_was_trimmed),
        cmocka_unit_test(shard_log_is_whole_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
