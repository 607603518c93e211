/*
 * test_crc32: against zlib, on every path that this machine has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/crc32.h"

#include "base/rng.h"
#include "kernel/cpu.h"

#include <stdlib.h>
#include <zlib.h>

static const unsigned paths[] = {0, KDS_CPU_SSSE3 | KDS_CPU_PCLMUL,
                                 KDS_CPU_SSSE3 | KDS_CPU_PCLMUL | KDS_CPU_AVX2,
                                 KDS_CPU_ALL};

/* @p n random bytes in memory that is exactly as long: reads past the end are seen. */
static uint8_t *random_bytes(size_t n, struct kds_rng *rng)
{
    uint8_t *bytes = malloc(n ? n : 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)kds_rng_next(rng);
    return bytes;
}

static void check_length(size_t n, struct kds_rng *rng)
{
    uint8_t *bytes = random_bytes(n, rng);
    const uint32_t start = (uint32_t)kds_rng_next(rng);
    assert_int_equal(kds_crc32(0, bytes, n), crc32_z(0, bytes, n));
    assert_int_equal(kds_crc32(start, bytes, n), crc32_z(start, bytes, n));
    free(bytes);
}

static void crc32_agrees_with_zlib_on_every_path(void **state)
{
    static const size_t lengths[] = {1023, 1024, 4097, 16384, 65535, 1000003};
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 1);
    for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++) {
        kds_cpu_allow(paths[p]);
        for (size_t n = 0; n <= 600; n++)
            check_length(n, &rng);
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
            check_length(lengths[i], &rng);
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void crc32_continues_at_every_place(void **state)
{
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 2);
    for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++) {
        uint8_t *bytes = random_bytes(300, &rng);
        const uint32_t whole = (uint32_t)crc32_z(0, bytes, 300);
        kds_cpu_allow(paths[p]);
        for (size_t at = 0; at <= 300; at++)
            assert_int_equal(kds_crc32(kds_crc32(0, bytes, at), bytes + at, 300 - at),
                             whole);
        free(bytes);
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void crc32_of_eight_bytes_is_the_same(void **state)
{
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 3);
    for (int i = 0; i < 1000; i++) {
        uint8_t *bytes = random_bytes(8, &rng);
        assert_int_equal(kds_crc32_8(bytes), crc32_z(0, bytes, 8));
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_agrees_with_zlib_on_every_path),
        cmocka_unit_test(crc32_continues_at_every_place),
        cmocka_unit_test(crc32_of_eight_bytes_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
