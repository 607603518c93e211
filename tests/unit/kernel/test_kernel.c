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

/* Each in turn is the best that is allowed; without the set it is the next one again. */
static const unsigned base64_sets[] = {0, KDS_CPU_SSSE3, KDS_CPU_SSSE3 | KDS_CPU_AVX2,
                                       KDS_CPU_ALL};

#define EACH_BASE64_PATH(p)                                                              \
    size_t p = 0;                                                                        \
    p < sizeof base64_sets / sizeof base64_sets[0] &&                                    \
        (kds_cpu_allow(base64_sets[p]), 1);                                              \
    p++

/* Encode and decode @p n bytes in buffers that are exactly as long. */
static void check_base64(const uint8_t *bytes, size_t n)
{
    const size_t length = kds_base64_encoded_size(n);
    uint8_t *in = malloc(n ? n : 1), *expected = malloc(length + 1);
    char *text = malloc(length ? length : 1);
    size_t back;
    assert_true(in != NULL && expected != NULL && text != NULL);
    memcpy(in, bytes, n);
    kds_base64_encode(in, n, text);
    assert_int_equal(EVP_EncodeBlock(expected, in, (int)n), (int)length);
    assert_memory_equal(text, expected, length);
    /* The largest result takes this much room, whatever the padding. */
    uint8_t *out = malloc(kds_base64_decoded_max(length) + (length == 0));
    assert_non_null(out);
    assert_true(kds_base64_decode(text, length, out, &back));
    assert_int_equal(back, n);
    assert_memory_equal(out, in, n);
    assert_true(kds_base64_decode(text, length, (uint8_t *)text, &back)); /* in place */
    assert_int_equal(back, n);
    assert_memory_equal(text, in, n);
    free(in);
    free(expected);
    free(text);
    free(out);
}

static void base64_agrees_with_openssl_on_every_path(void **state)
{
    uint8_t bytes[400];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + 1);
    }
    for (EACH_BASE64_PATH(p)) {
        for (size_t n = 0; n <= 256; n++) {
            check_base64(bytes + n % 97, n);
        }
        /* All 64 values at each place of a wide step. */
        for (size_t v = 0; v < 64; v++) {
            uint8_t same[48];
            uint8_t group[] = {(uint8_t)(v << 2 | v >> 4), (uint8_t)(v << 4 | v >> 2),
                               (uint8_t)(v << 6 | v)};
            for (size_t i = 0; i < sizeof same; i++) {
                same[i] = group[i % 3];
            }
            check_base64(same, sizeof same);
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

/* A text of @p characters with @p c at @p at; its buffer ends where it does. */
static bool decodes(size_t characters, size_t at, uint8_t c, size_t *n)
{
    static uint8_t out[512];
    char *text = malloc(characters);
    assert_non_null(text);
    memset(text, 'Q', characters);
    text[at] = (char)c;
    bool good = kds_base64_decode(text, characters, out, n);
    free(text);
    return good;
}

static void fault_J06_base64_refuses_a_foreign_character_at_every_place(void **state)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n;
    (void)state;
    for (EACH_BASE64_PATH(p)) {
        for (int c = 0; c < 256; c++) {
            bool letter = c != 0 && strchr(letters, c) != NULL;
            assert_int_equal(decodes(128, 0, (uint8_t)c, &n), letter);
            assert_int_equal(decodes(128, 67, (uint8_t)c, &n), letter);
            assert_int_equal(decodes(36, 33, (uint8_t)c, &n), letter);
        }
        for (size_t at = 0; at < 200; at++) {
            assert_false(decodes(200, at, '-', &n));
            assert_false(decodes(200, at, '\n', &n));
            assert_false(decodes(200, at, 0xC1, &n));
            assert_int_equal(decodes(200, at, '=', &n), at == 199); /* "QQQ=" is right */
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void base64_stops_at_the_quote_behind_a_text(void **state)
{
    uint8_t bytes[200], out[512];
    char text[512];
    (void)state;
    memset(bytes, 0xA5, sizeof bytes);
    for (EACH_BASE64_PATH(p)) {
        for (size_t n = 0; n < sizeof bytes; n++) {
            const size_t length = kds_base64_encoded_size(n);
            size_t back;
            memset(text, '"', sizeof text); /* and more than a step behind it */
            kds_base64_encode(bytes, n, text);
            const uint8_t *start = (const uint8_t *)text;
            const uint8_t *stop =
                kds_base64_kernel()->decode(start, start + sizeof text, out, &back);
            assert_ptr_equal(stop, start + length);
            assert_int_equal(back, n);
            assert_memory_equal(out, bytes, n);
            if (n % 3 != 0) { /* without its padding it is none */
                text[length - 1] = '"';
                assert_null(
                    kds_base64_kernel()->decode(start, start + sizeof text, out, &back));
            }
        }
    }
    kds_cpu_allow(KDS_CPU_ALL);
}

static void fault_J06_base64_is_strict(void **state)
{
    static const char *const bad[] = {
        "a",    "aG",   "aGk",  "aGk==", "====", "=aGk",     "aG=k",      "a===",
        "aGl=", "aR==", "aG k", "aGk\n", "aG-_", "aGk=aGk=", "aGVs\0bG8="};
    uint8_t out[256];
    char text[256];
    size_t n;
    (void)state;
    for (EACH_BASE64_PATH(p)) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            size_t length = i == 14 ? 9 : strlen(bad[i]);
            assert_false(kds_base64_decode(bad[i], length, out, &n));
            memset(text, 'A', sizeof text); /* the same at the end of a long one */
            memcpy(text + 128, bad[i], length);
            assert_false(kds_base64_decode(text, 128 + length, out, &n));
        }
        assert_true(kds_base64_decode("", 0, out, &n));
        assert_int_equal(n, 0);
        /* Any character changed to any other: another value, or refused; never the same one. */
        const char good[] = "aGVsbG8=";
        for (size_t at = 0; at < 8; at++) {
            for (int c = 0; c < 256; c++) {
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
    kds_cpu_allow(KDS_CPU_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5_gives_the_digests_of_rfc_1321),
        cmocka_unit_test(md5_agrees_with_openssl_on_every_path),
        cmocka_unit_test(md5_lanes_take_messages_of_any_mix),
        cmocka_unit_test(base64_agrees_with_openssl_on_every_path),
        cmocka_unit_test(base64_stops_at_the_quote_behind_a_text),
        cmocka_unit_test(fault_J06_base64_refuses_a_foreign_character_at_every_place),
        cmocka_unit_test(fault_J06_base64_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
