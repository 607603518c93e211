/*
 * bench_hash: MD5 and SHA-256, each path of this machine, and signing (T11, T12 of
 * docs/benchmarks.md).
 *
 * Every digest is compared with OpenSSL's before anything is timed.
 */
#include "auth/sigv4.h"
#include "base/rng.h"
#include "base/slice.h"
#include "counting.h"
#include "harness.h"
#include "kernel/cpu.h"
#include "kernel/md5.h"
#include "kernel/sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
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
    struct kds_sha256_job sha256[MESSAGES_MAX];
    uint8_t digests[MESSAGES_MAX][32];
};

static EVP_MD *evp_md5, *evp_sha256;
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
        s->sha256[i].message = s->md5[i].message;
        s->sha256[i].digest = s->digests[i];
    }
}

static void md5_by_evp(void *opaque)
{
    struct set *s = opaque;
    for (size_t i = 0; i < s->count; i++) {
        evp_digest(evp_md5, s->md5[i].message, s->digests[i]);
    }
}

/* Asks the processor, so only where something changes. */
static void allow(unsigned sets)
{
    static unsigned allowed = KDS_CPU_ALL;
    if (sets != allowed) {
        kds_cpu_allow(sets);
        allowed = sets;
    }
}

static void md5_many(void *opaque)
{
    struct set *s = opaque;
    allow(s->sets);
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
        allow(KDS_CPU_ALL);
        set_init(&sets[i], count, length, paths[i].sets);
        check_md5(&sets[i]);
        allow(KDS_CPU_ALL);
        if (kds_cpu_has(paths[i].sets)) {
            v[n++] = (struct bench_variant){paths[i].name, md5_many, &sets[i], count, 0};
        }
    }
    bench_measure(title, v, n);
    allow(KDS_CPU_ALL);
    for (size_t i = 0; i < n; i++) {
        printf("  %-20s %6.2f GB/s\n", v[i].name, (double)length / v[i].ns);
    }
    for (size_t i = 0; i < PATHS; i++) {
        free(sets[i].bytes);
    }
}

/* ---- SHA-256 ------------------------------------------------------------------------------ */

static void sha256_by_evp(void *opaque)
{
    struct set *s = opaque;
    for (size_t i = 0; i < s->count; i++) {
        evp_digest(evp_sha256, s->sha256[i].message, s->digests[i]);
    }
}

static void sha256_one_by_one(void *opaque)
{
    struct set *s = opaque;
    for (size_t i = 0; i < s->count; i++) {
        kds_sha256(s->sha256[i].message.p, s->sha256[i].message.n, s->digests[i]);
    }
}

static void sha256_many(void *opaque)
{
    struct set *s = opaque;
    kds_sha256_many(s->sha256, s->count);
}

static void check_sha256(struct set *s, void (*run)(void *))
{
    uint8_t expected[32];
    memset(s->digests, 0, sizeof s->digests);
    run(s);
    for (size_t i = 0; i < s->count; i++) {
        evp_digest(evp_sha256, s->sha256[i].message, expected);
        if (memcmp(expected, s->digests[i], sizeof expected) != 0) {
            bench_fail("a SHA-256 is wrong");
        }
    }
}

static void measure_sha256(size_t count, size_t length)
{
    static struct set s;
    printf("\n== T12: %zu bodies of %zu KiB\n", count, length / 1024);
    set_init(&s, count, length, KDS_CPU_ALL);
    check_sha256(&s, sha256_one_by_one);
    check_sha256(&s, sha256_many);
    struct bench_variant v[] = {
        {"EVP, fetched once (yardstick)", sha256_by_evp, &s, count, 0},
        {"kds_sha256(), one after the other", sha256_one_by_one, &s, count, 0},
        {"kds_sha256_many()", sha256_many, &s, count, 0},
    };
    bench_measure("SHA-256, per body", v, sizeof v / sizeof *v);
    bench_print_target(&(struct bench_target){"T12", "bodies that wait, against EVP",
                                              BENCH_AT_LEAST, 1.0, 1.8},
                       v[0].ns / v[2].ns);
    free(s.bytes);
}

/* ---- signing ------------------------------------------------------------------------------ */

struct signing {
    struct kds_signer *signer;
    struct kds_sign_input input;
    uint8_t body_digest[32];
    char authorization[KDS_AUTHORIZATION_BYTES];
};

#define AMZ_DATE "20261128T120000Z"
#define SECRET   "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static const struct kds_signed_header headers[] = {
    {KDS_SLICE_LIT("content-type"), KDS_SLICE_LIT("application/x-amz-json-1.1")},
    {KDS_SLICE_LIT("host"), KDS_SLICE_LIT("kinesis.us-east-1.amazonaws.com")},
    {KDS_SLICE_LIT("x-amz-date"), KDS_SLICE_LIT(AMZ_DATE)},
    {KDS_SLICE_LIT("x-amz-target"), KDS_SLICE_LIT("Kinesis_20131202.PutRecords")},
};

static void sign(void *opaque)
{
    struct signing *s = opaque;
    if (kds_signer_sign(s->signer, &s->input, AMZ_DATE, s->authorization, NULL) !=
        KDS_OK) {
        bench_fail("a request cannot be signed");
    }
}

/* A string to sign of 150 bytes, as SigV4 has it. */
static void one_hmac(void *opaque)
{
    static const uint8_t key[32] = {1}, text[150] = {2};
    (void)opaque;
    uint8_t out[32];
    if (HMAC(EVP_sha256(), key, sizeof key, text, sizeof text, out, NULL) == NULL) {
        bench_fail("OpenSSL refuses HMAC");
    }
}

static void hmac(const uint8_t key[32], size_t key_n, const char *text, uint8_t out[32])
{
    if (HMAC(EVP_sha256(), key, (int)key_n, (const uint8_t *)text, strlen(text), out,
             NULL) == NULL) {
        bench_fail("OpenSSL refuses HMAC");
    }
}

static void hex_of(const uint8_t digest[32], char out[65])
{
    for (size_t i = 0; i < 32; i++) {
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    }
}

/* The whole signature once more, by OpenSSL and printf. */
static void check_signature(const struct signing *s)
{
    char body[65], request[65], signature[65], text[1024], expected[1024];
    uint8_t digest[32];
    hex_of(s->body_digest, body);
    snprintf(text, sizeof text,
             "POST\n/\n\ncontent-type:application/x-amz-json-1.1\n"
             "host:kinesis.us-east-1.amazonaws.com\nx-amz-date:" AMZ_DATE "\n"
             "x-amz-target:Kinesis_20131202.PutRecords\n\n"
             "content-type;host;x-amz-date;x-amz-target\n%s",
             body);
    evp_digest(evp_sha256, kds_slice(text), digest);
    hex_of(digest, request);
    hmac((const uint8_t *)"AWS4" SECRET, strlen("AWS4" SECRET), "20261128", digest);
    hmac(digest, 32, "us-east-1", digest);
    hmac(digest, 32, "kinesis", digest);
    hmac(digest, 32, "aws4_request", digest);
    snprintf(text, sizeof text,
             "AWS4-HMAC-SHA256\n" AMZ_DATE
             "\n20261128/us-east-1/kinesis/aws4_request\n%s",
             request);
    hmac(digest, 32, text, digest);
    hex_of(digest, signature);
    snprintf(expected, sizeof expected,
             "AWS4-HMAC-SHA256 "
             "Credential=AKIDEXAMPLE/20261128/us-east-1/kinesis/aws4_request, "
             "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=%s",
             signature);
    if (strcmp(expected, s->authorization) != 0) {
        bench_fail("a signature is wrong");
    }
}

static void measure_signing(void)
{
    static struct signing s;
    struct kds_credentials credentials;
    printf(
        "\n== T11: signing a request whose body's hash is known, with the day's key\n");
    kds_allocator_set(&counting);
    if (kds_credentials_init(&credentials, "AKIDEXAMPLE", SECRET, NULL, NULL) != KDS_OK ||
        kds_signer_new("us-east-1", "kinesis", &credentials, &s.signer, NULL) != KDS_OK) {
        bench_fail("there is no signer");
    }
    evp_digest(evp_sha256, kds_slice("the body"), s.body_digest);
    s.input = (struct kds_sign_input){.method = KDS_SLICE_LIT("POST"),
                                      .path = KDS_SLICE_LIT("/"),
                                      .headers = headers,
                                      .header_count = sizeof headers / sizeof *headers,
                                      .body_digest = s.body_digest};
    sign(&s);
    check_signature(&s);
    allocations = 0;
    struct bench_variant v[] = {
        {"one HMAC() of OpenSSL (yardstick)", one_hmac, NULL, 1, 0},
        {"kds_signer_sign()", sign, &s, 1, 0},
    };
    bench_measure("per request", v, sizeof v / sizeof *v);
    printf("  allocations: %zu\n", allocations);
    bench_print_target(
        &(struct bench_target){"T11", "signing / one HMAC()", BENCH_AT_MOST, 1.3, 0.7},
        v[1].ns / v[0].ns);
    kds_signer_free(s.signer);
    kds_credentials_clear(&credentials);
    kds_allocator_set(NULL);
}

int main(void)
{
    bench_print_machine();
    evp_md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    evp_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    evp_context = EVP_MD_CTX_new();
    if (evp_md5 == NULL || evp_sha256 == NULL || evp_context == NULL) {
        bench_fail("OpenSSL has no MD5 or SHA-256");
    }
    measure_md5("MD5 of 64 keys of 36 bytes, per key", 64, 36);
    measure_md5("MD5 of 32 keys of 100 bytes, per key", 32, 100);
    measure_md5("MD5 of 2 messages of 50 KiB, per message", 2, 51200);
    measure_md5("MD5 of 8 messages of 50 KiB, per message", 8, 51200);
    measure_md5("MD5 of 16 messages of 50 KiB, per message", 16, 51200);
    measure_md5("MD5 of 32 messages of 50 KiB, per message", 32, 51200);
    measure_signing();
    measure_sha256(2, 51200);
    measure_sha256(2, 1024 * 1024);
    measure_sha256(3, 1024 * 1024);
    EVP_MD_CTX_free(evp_context);
    EVP_MD_free(evp_md5);
    EVP_MD_free(evp_sha256);
    return 0;
}
