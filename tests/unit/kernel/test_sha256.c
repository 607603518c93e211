/*
 * test_sha256: SHA-256 and HMAC against OpenSSL, on every path that this machine has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/slice.h"
#include "kernel/cpu.h"
#include "kernel/sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

static const unsigned paths[] = {0, KDS_CPU_SSSE3 | KDS_CPU_SHA, KDS_CPU_ALL};

#define PATHS (sizeof paths / sizeof paths[0])
#define MANY  9

/* Memory exactly as long: reads past the end are seen. */
static uint8_t *random_bytes(size_t n, struct kds_rng *rng)
{
    uint8_t *bytes = malloc(n ? n : 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)kds_rng_next(rng);
    }
    return bytes;
}

static void assert_digest(const uint8_t *digest, const void *message, size_t n)
{
    uint8_t expected[KDS_SHA256_BYTES];
    assert_int_equal(EVP_Digest(message, n, expected, NULL, EVP_sha256(), NULL), 1);
    assert_memory_equal(digest, expected, sizeof expected);
}

static void every_length_gives_openssls_digest(void **state)
{
    static const size_t longer[] = {4095, 4096, 4097, 70000};
    uint8_t digest[KDS_SHA256_BYTES];
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 1);
    for (size_t path = 0; path < PATHS; path++) {
        kds_cpu_allow(paths[path]);
        for (size_t i = 0; i <= 300 + sizeof longer / sizeof longer[0]; i++) {
            size_t n = i <= 300 ? i : longer[i - 301];
            uint8_t *message = random_bytes(n, &rng);
            kds_sha256(message, n, digest);
            assert_digest(digest, message, n);
            free(message);
        }
    }
    kds_sha256(NULL, 0, digest);
    assert_digest(digest, "", 0);
    kds_cpu_allow(KDS_CPU_ALL);
}

static void check_many(const size_t *lengths, size_t count, struct kds_rng *rng)
{
    struct kds_sha256_job jobs[MANY];
    uint8_t *messages[MANY], digests[MANY][KDS_SHA256_BYTES];
    for (size_t i = 0; i < count; i++) {
        messages[i] = random_bytes(lengths[i], rng);
        jobs[i].message = kds_slice_of(messages[i], lengths[i]);
        jobs[i].digest = digests[i];
    }
    kds_sha256_many(jobs, count);
    for (size_t i = 0; i < count; i++) {
        assert_digest(digests[i], messages[i], lengths[i]);
        free(messages[i]);
    }
}

static void many_messages_of_any_mix(void **state)
{
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 2);
    for (size_t path = 0; path < PATHS; path++) {
        kds_cpu_allow(paths[path]);
        for (size_t round = 0; round < 200; round++) {
            size_t lengths[MANY], count = round % (MANY + 1);
            for (size_t i = 0; i < count; i++) {
                lengths[i] = (size_t)kds_rng_below(&rng, i % 3 == 2 ? 9000 : 200);
            }
            check_many(lengths, count, &rng);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void pieces_give_the_digest_of_the_whole(void **state)
{
    uint8_t digest[KDS_SHA256_BYTES];
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 3);
    for (size_t path = 0; path < PATHS; path++) {
        kds_cpu_allow(paths[path]);
        for (size_t round = 0; round < 300; round++) {
            size_t n = (size_t)kds_rng_below(&rng, 700);
            uint8_t *message = random_bytes(n, &rng);
            struct kds_sha256 s;
            kds_sha256_start(&s);
            for (size_t at = 0, some; at < n; at += some) {
                some = 1 + (size_t)kds_rng_below(&rng, round % 2 ? 200 : 20);
                some = some < n - at ? some : n - at;
                kds_sha256_add(&s, message + at, some);
            }
            kds_sha256_add(&s, NULL, 0);
            kds_sha256_end(&s, digest);
            assert_digest(digest, message, n);
            free(message);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

/* Also keys that are longer than a block, which are hashed first. */
static void hmac_agrees_with_openssl(void **state)
{
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 4);
    for (size_t path = 0; path < PATHS; path++) {
        kds_cpu_allow(paths[path]);
        for (size_t n = 0; n <= 140; n++) {
            uint8_t mac[KDS_SHA256_BYTES], expected[KDS_SHA256_BYTES];
            uint8_t *key = random_bytes(n, &rng), *message = random_bytes(2 * n, &rng);
            struct kds_hmac_key prepared;
            kds_hmac_key_init(&prepared, key, n);
            for (size_t round = 0; round < 2; round++) { /* the prepared key stays good */
                kds_hmac_sha256(&prepared, message, 2 * n, mac);
                assert_non_null(
                    HMAC(EVP_sha256(), key, (int)n, message, 2 * n, expected, NULL));
                assert_memory_equal(mac, expected, sizeof expected);
            }
            free(key);
            free(message);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_gives_openssls_digest),
        cmocka_unit_test(many_messages_of_any_mix),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test(hmac_agrees_with_openssl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
