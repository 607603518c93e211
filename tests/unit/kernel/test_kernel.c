/*
 * test_kernel: MD5 and base64 against OpenSSL, on every path that this machine has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/slice.h"
#include "base/text.h"
#include "kernel/base64.h"
#include "kernel/cpu.h"
#include "kernel/md5.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static void md5_gives_the_digests_of_rfc_1321(void **state)
{
    static const char *const suite[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"1234567890123456789012345678901234567890123456789012345678901234567890123456789"
         "0",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof suite / sizeof suite[0]; i++) {
        uint8_t digest[KDS_MD5_BYTES];
        char hex[33] = "";
        kds_md5(suite[i][0], strlen(suite[i][0]), digest);
        kds_hex(digest, sizeof digest, hex);
        assert_string_equal(hex, suite[i][1]);
    }
}

/* Each set of the processor that changes how messages are hashed; those that it lacks fall back. */
static const unsigned md5_paths[] = {0, KDS_CPU_AVX2, KDS_CPU_AVX2 | KDS_CPU_AVX512,
                                     KDS_CPU_ALL};

#define MANY 100

/* Messages of the given lengths, each in memory exactly as long: reads past the end are seen. */
static void check_md5_many(const size_t *lengths, size_t count, struct kds_rng *rng)
{
    struct kds_md5_job jobs[MANY] = {{{NULL, 0}, NULL}};
    uint8_t *messages[MANY], *digests[MANY], expected[KDS_MD5_BYTES];
    for (size_t i = 0; i < count; i++) {
        messages[i] = malloc(lengths[i] ? lengths[i] : 1);
        digests[i] = malloc(KDS_MD5_BYTES);
        for (size_t k = 0; k < lengths[i]; k++) {
            messages[i][k] = (uint8_t)kds_rng_next(rng);
        }
        jobs[i].message = kds_slice_of(messages[i], lengths[i]);
        jobs[i].digest = digests[i];
    }
    kds_md5_many(jobs, count);
    for (size_t i = 0; i < count; i++) {
        EVP_Digest(messages[i], lengths[i], expected, NULL, EVP_md5(), NULL);
        assert_memory_equal(digests[i], expected, sizeof expected);
        free(messages[i]);
        free(digests[i]);
    }
}

static void check_md5_random(size_t count, size_t longest, struct kds_rng *rng)
{
    size_t lengths[MANY];
    for (size_t i = 0; i < count; i++) {
        lengths[i] = (size_t)kds_rng_below(rng, longest + 1);
    }
    check_md5_many(lengths, count, rng);
}

static void md5_agrees_with_openssl_on_every_path(void **state)
{
    uint8_t bytes[300], digest[KDS_MD5_BYTES], expected[KDS_MD5_BYTES];
    size_t lengths[MANY];
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 1);
    memset(bytes, 0x5a, sizeof bytes);
    for (size_t p = 0; p < sizeof md5_paths / sizeof md5_paths[0]; p++) {
        kds_cpu_allow(md5_paths[p]);
        for (size_t n = 0; n <= sizeof bytes; n++) {
            kds_md5(bytes, n, digest);
            EVP_Digest(bytes, n, expected, NULL, EVP_md5(), NULL);
            assert_memory_equal(digest, expected, sizeof digest);
            for (size_t i = 0; i < MANY; i++) { /* narrow, wide, and what is over */
                lengths[i] = n;
            }
            check_md5_many(lengths, n % MANY + 1, &rng);
        }
        for (size_t count = 0; count <= MANY; count++) {
            check_md5_random(count, 55, &rng);
            check_md5_random(count, 60, &rng);
            check_md5_random(count, 300, &rng);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

/* One that is much longer than the others, one that is much shorter, and all in between. */
static void md5_lanes_take_messages_of_any_mix(void **state)
{
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 2);
    for (size_t p = 0; p < sizeof md5_paths / sizeof md5_paths[0]; p++) {
        kds_cpu_allow(md5_paths[p]);
        for (size_t count = 2; count <= MANY; count += 7) {
            size_t lengths[MANY];
            for (size_t i = 0; i < count; i++) {
                lengths[i] = 4096 + (size_t)kds_rng_below(&rng, 130);
            }
            lengths[kds_rng_below(&rng, count)] = 60000;
            lengths[kds_rng_below(&rng, count)] = 64;
            lengths[kds_rng_below(&rng, count)] = 0;
            check_md5_many(lengths, count, &rng);
            check_md5_random(count, 9000, &rng);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void base64_agrees_with_openssl_on_every_path(void **state)
{
    static const unsigned paths[] = {0, KDS_CPU_SSSE3, KDS_CPU_AVX2, KDS_CPU_ALL};
    uint8_t bytes[300], expected[512];
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + 1);
    }
    for (size_t p = 0; p < 2; p++) {
        kds_cpu_allow(paths[p]);
        for (size_t n = 0; n <= sizeof bytes; n++) {
            size_t length = kds_base64_encoded_size(n), back;
            kds_base64_encode(bytes, n, text);
            assert_int_equal(EVP_EncodeBlock(expected, bytes, (int)n), (int)length);
            assert_memory_equal(text, expected, length);
            /* In place, and exactly as long. */
            char *copy = malloc(length ? length : 1);
            memcpy(copy, text, length);
            assert_true(kds_base64_decode(copy, length, (uint8_t *)copy, &back));
            assert_int_equal(back, n);
            assert_memory_equal(copy, bytes, n);
            free(copy);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void fault_J06_base64_is_strict(void **state)
{
    static const char *const bad[] = {
        "a",    "aG",   "aGk",  "aGk==", "====", "=aGk",     "aG=k",      "a===",
        "aGl=", "aR==", "aG k", "aGk\n", "aG-_", "aGk=aGk=", "aGVs\0bG8="};
    uint8_t out[32];
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(kds_base64_decode(bad[i], i == 14 ? 9 : strlen(bad[i]), out, &n));
    }
    assert_true(kds_base64_decode("", 0, out, &n));
    assert_int_equal(n, 0);
    /* Any character changed to any other: either another value, or refused; never the same one. */
    const char good[] = "aGVsbG8=";
    for (size_t at = 0; at < 8; at++) {
        for (int c = 0; c < 256; c++) {
            char text[8];
            memcpy(text, good, 8);
            if ((char)c == good[at]) {
                continue;
            }
            text[at] = (char)c;
            assert_false(kds_base64_decode(text, 8, out, &n) && n == 5 &&
                         memcmp(out, "hello", 5) == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5_gives_the_digests_of_rfc_1321),
        cmocka_unit_test(md5_agrees_with_openssl_on_every_path),
        cmocka_unit_test(md5_lanes_take_messages_of_any_mix),
        cmocka_unit_test(base64_agrees_with_openssl_on_every_path),
        cmocka_unit_test(fault_J06_base64_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
