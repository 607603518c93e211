/*
 * bench_hash: MD5 and SHA-256, each path of this machine (T11, T12 of docs/benchmarks.md).
 *
 * Every digest is compared with OpenSSL's before anything is timed.
 */
#include "base/rng.h"
#include "harness.h"
#include "kernel/cpu.h"
#include "kernel/md5.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_MAX 64

/* What the paths are called, and what they may use. */
static const struct path {
    const char *name;
    unsigned sets;
} paths[] = {
    {"plain C", 0},
    {"AVX2", KDS_CPU_AVX2 | KDS_CPU_SSSE3},
    {"AVX-512", KDS_CPU_AVX2 | KDS_CPU_SSSE3 | KDS_CPU_AVX512},
};

#define PATHS (sizeof paths / sizeof *paths)

/* Some messages of one length, and where their digests go. */
struct set {
    size_t count;
    unsigned sets; /* allowed */
    uint8_t *bytes;
    struct kds_md5_job md5[MESSAGES_MAX];
    uint8_t digests[MESSAGES_MAX][32];
};

static EVP_MD *evp_md5;
static EVP_MD_CTX *evp_context;

static void evp_digest(EVP_MD *md, kds_slice_t message, uint8_t *digest)
{
    if (EVP_DigestInit_ex2(evp_context, md, NULL) != 1 ||
        EVP_DigestUpdate(evp_context, message.p, message.n) != 1 ||
        EVP_DigestFinal_ex(evp_context, digest, NULL) != 1) {
        bench_fail("OpenSSL refuses a digest");
    }
}

static void set_init(struct set *s, size_t count, size_t length, unsigned sets)
{
    struct kds_rng rng;
    kds_rng_seed(&rng, 12);
    s->count = count;
    s->sets = sets;
    s->bytes = malloc(count * length);
    if (s->bytes == NULL) {
        bench_fail("out of memory");
    }
    for (size_t i = 0; i < count * length; i++) {
        s->bytes[i] = (uint8_t)kds_rng_next(&rng);
    }
    for (size_t i = 0; i < count; i++) {
        s->md5[i].message = (kds_slice_t){s->bytes + i * length, length};
        s->md5[i].digest = s->digests[i];
    }
}

static void md5_by_evp(void *opaque)
{
    struct set *s = opaque;
    for (size_t i = 0; i < s->count; i++) {
        evp_digest(evp_md5, s->md5[i].message, s->digests[i]);
    }
}

static void md5_many(void *opaque)
{
    struct set *s = opaque;
    kds_cpu_allow(s->sets);
    kds_md5_many(s->md5, s->count);
}

static void check_md5(struct set *s)
{
    uint8_t expected[16];
    md5_many(s);
    for (size_t i = 0; i < s->count; i++) {
        evp_digest(evp_md5, s->md5[i].message, expected);
        if (memcmp(expected, s->digests[i], sizeof expected) != 0) {
            bench_fail("an MD5 is wrong");
        }
    }
}

static void measure_md5(const char *title, size_t count, size_t length)
{
    static struct set sets[PATHS];
    struct bench_variant v[PATHS + 1] = {
        {"EVP, fetched once (yardstick)", md5_by_evp, &sets[0], count, 0}};
    size_t n = 1;
    for (size_t i = 0; i < PATHS; i++) {
        kds_cpu_allow(KDS_CPU_ALL);
        set_init(&sets[i], count, length, paths[i].sets);
        check_md5(&sets[i]);
        kds_cpu_allow(KDS_CPU_ALL);
        if (kds_cpu_has(paths[i].sets)) {
            v[n++] = (struct bench_variant){paths[i].name, md5_many, &sets[i], count, 0};
        }
    }
    bench_measure(title, v, n);
    for (size_t i = 0; i < n; i++) {
        printf("  %-20s %6.2f GB/s\n", v[i].name, (double)length / v[i].ns);
    }
    for (size_t i = 0; i < PATHS; i++) {
        free(sets[i].bytes);
    }
}

int main(void)
{
    bench_print_machine();
    evp_md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    evp_context = EVP_MD_CTX_new();
    if (evp_md5 == NULL || evp_context == NULL) {
        bench_fail("OpenSSL has no MD5");
    }
    measure_md5("MD5 of 64 keys of 36 bytes, per key", 64, 36);
    measure_md5("MD5 of 32 keys of 100 bytes, per key", 32, 100);
    measure_md5("MD5 of 2 messages of 50 KiB, per message", 2, 51200);
    measure_md5("MD5 of 8 messages of 50 KiB, per message", 8, 51200);
    measure_md5("MD5 of 16 messages of 50 KiB, per message", 16, 51200);
    measure_md5("MD5 of 32 messages of 50 KiB, per message", 32, 51200);
    EVP_MD_CTX_free(evp_context);
    EVP_MD_free(evp_md5);
    return 0;
}
