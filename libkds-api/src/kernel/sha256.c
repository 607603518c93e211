/*
 * sha256: FIPS 180-4 in plain C, padding, HMAC, and the choice among the ways to mix blocks.
 */
#include "kernel/sha256.h"

#include "base/alloc.h"
#include "base/copy.h"
#include "kernel/cpu.h"
#include "kernel/sha256_paths.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#define BLOCK KDS_SHA256_BLOCK_BYTES

/* From here on OpenSSL is faster than plain C, whatever it does before it begins. */
#define LONG_BYTES 4096

/* clang-format off */
const uint32_t kds_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static const struct kds_sha256_state start = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                               0xa54ff53a, 0x510e527f, 0x9b05688c,
                                               0x1f83d9ab, 0x5be0cd19}};

/* ---- blocks ------------------------------------------------------------------------------- */

static inline uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           (uint32_t)p[3];
}

static inline void store32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static inline uint32_t rotr(uint32_t v, unsigned n)
{
    return v >> n | v << (32 - n);
}

/* Section 6.2.2. */
static void mix_block(struct kds_sha256_state *state, const uint8_t *p)
{
    uint32_t w[64], v[8]; /* v: a to h */
    for (size_t t = 0; t < 16; t++) {
        w[t] = load32(p + 4 * t);
    }
    for (size_t t = 16; t < 64; t++) {
        uint32_t x = w[t - 15], y = w[t - 2];
        w[t] = w[t - 16] + (rotr(x, 7) ^ rotr(x, 18) ^ x >> 3) + w[t - 7] +
               (rotr(y, 17) ^ rotr(y, 19) ^ y >> 10);
    }
    memcpy(v, state->word, sizeof v);
    for (size_t t = 0; t < 64; t++) {
        uint32_t a = v[0], e = v[4];
        uint32_t t1 = v[7] + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) +
                      ((e & v[5]) ^ (~e & v[6])) + kds_sha256_k[t] + w[t];
        uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) +
                      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (size_t i = 0; i < 8; i++) {
        state->word[i] += v[i];
    }
}

static void mix(struct kds_sha256_state *state, const uint8_t *p, size_t blocks)
{
#if KDS_CPU_X86
    if (kds_cpu_has(KDS_CPU_SHA)) {
        kds_sha256_mix_ni(state, p, blocks);
        return;
    }
#endif
    for (size_t i = 0; i < blocks; i++) {
        mix_block(state, p + i * BLOCK);
    }
}

/* The last @p n bytes of a message of @p total, and its padding. @return blocks: one or two. */
static size_t pad(const uint8_t *tail, size_t n, uint64_t total, uint8_t out[2 * BLOCK])
{
    size_t blocks = n <= BLOCK - 9 ? 1 : 2;
    uint8_t *bits = out + blocks * BLOCK - 8;
    memset(out, 0, blocks * BLOCK);
    kds_copy_small(out, tail, n);
    out[n] = 0x80;
    store32(bits, (uint32_t)(total >> 29));
    store32(bits + 4, (uint32_t)(total << 3));
    return blocks;
}

static void write_digest(const struct kds_sha256_state *state,
                         uint8_t digest[KDS_SHA256_BYTES])
{
    for (size_t i = 0; i < 8; i++) {
        store32(digest + 4 * i, state->word[i]);
    }
}

/* ---- piece by piece ----------------------------------------------------------------------- */

void kds_sha256_start(struct kds_sha256 *s)
{
    s->state = start;
    s->bytes = 0;
}

void kds_sha256_add(struct kds_sha256 *s, const void *message, size_t n)
{
    const uint8_t *p = message;
    size_t held = s->bytes % BLOCK;
    s->bytes += n;
    if (held > 0 && n >= BLOCK - held) {
        size_t missing = BLOCK - held;
        memcpy(s->block + held, p, missing);
        mix(&s->state, s->block, 1);
        p += missing;
        n -= missing;
        held = 0;
    }
    if (n >= BLOCK) { /* nothing is held */
        mix(&s->state, p, n / BLOCK);
        p += n - n % BLOCK;
        n %= BLOCK;
    }
    kds_copy_small(s->block + held, p, n);
}

void kds_sha256_end(struct kds_sha256 *s, uint8_t digest[KDS_SHA256_BYTES])
{
    KDS_UNINITIALIZED uint8_t last[2 * BLOCK];
    mix(&s->state, last, pad(s->block, s->bytes % BLOCK, s->bytes, last));
    write_digest(&s->state, digest);
}

/* ---- whole messages ----------------------------------------------------------------------- */

/* For lack of instructions: OpenSSL has better plain code. @return false if it refuses. */
static bool by_openssl(const void *message, size_t n, uint8_t digest[KDS_SHA256_BYTES])
{
    return n >= LONG_BYTES && !kds_cpu_has(KDS_CPU_SHA) &&
           EVP_Digest(message, n, digest, NULL, EVP_sha256(), NULL) == 1;
}

void kds_sha256(const void *message, size_t n, uint8_t digest[KDS_SHA256_BYTES])
{
    KDS_UNINITIALIZED struct kds_sha256 s;
    if (by_openssl(message, n, digest)) {
        return;
    }
    kds_sha256_start(&s);
    kds_sha256_add(&s, message, n);
    kds_sha256_end(&s, digest);
}

#if KDS_CPU_X86

/* A message in one of two lanes. */
struct lane {
    const struct kds_sha256_job *job; /* NULL = none */
    struct kds_sha256_state state;
    const uint8_t *p; /* where it goes on */
    size_t left;      /* blocks that are there */
    bool ending;      /* they are those of `last` */
    uint8_t last[2 * BLOCK];
};

static void begin_end(struct lane *l)
{
    kds_slice_t message = l->job->message;
    size_t n = message.n % BLOCK;
    l->left = pad(message.p + (message.n - n), n, message.n, l->last);
    l->p = l->last;
    l->ending = true;
}

static void take(struct lane *l, const struct kds_sha256_job *job)
{
    l->job = job;
    l->state = start;
    l->p = job->message.p;
    l->left = job->message.n / BLOCK;
    l->ending = false;
    if (l->left == 0) {
        begin_end(l);
    }
}

/* @p blocks were mixed. At the end of its message a lane takes the next one, or becomes empty. */
static void advance(struct lane *l,
                    size_t blocks,
                    const struct kds_sha256_job **next,
                    const struct kds_sha256_job *end)
{
    l->p += blocks * BLOCK;
    l->left -= blocks;
    if (l->left > 0) {
        return;
    }
    if (!l->ending) {
        begin_end(l);
        return;
    }
    write_digest(&l->state, l->job->digest);
    l->job = NULL;
    if (*next != end) {
        take(l, (*next)++);
    }
}

static void hash_pairs(const struct kds_sha256_job *jobs, size_t count)
{
    KDS_UNINITIALIZED struct lane lanes[2];
    const struct kds_sha256_job *next = jobs + 2, *end = jobs + count;
    struct kds_sha256_state *const states[2] = {&lanes[0].state, &lanes[1].state};
    take(&lanes[0], &jobs[0]);
    take(&lanes[1], &jobs[1]);
    while (lanes[0].job != NULL && lanes[1].job != NULL) {
        size_t blocks = lanes[0].left < lanes[1].left ? lanes[0].left : lanes[1].left;
        const uint8_t *const p[2] = {lanes[0].p, lanes[1].p};
        kds_sha256_mix_ni2(states, p, blocks);
        advance(&lanes[0], blocks, &next, end);
        advance(&lanes[1], blocks, &next, end);
    }
    struct lane *l = &lanes[lanes[0].job != NULL ? 0 : 1];
    while (l->job != NULL) {
        kds_sha256_mix_ni(&l->state, l->p, l->left);
        advance(l, l->left, &next, end);
    }
}

#endif

void kds_sha256_many(const struct kds_sha256_job *jobs, size_t count)
{
#if KDS_CPU_X86
    if (count > 1 && kds_cpu_has(KDS_CPU_SHA)) {
        hash_pairs(jobs, count);
        return;
    }
#endif
    for (size_t i = 0; i < count; i++) {
        kds_sha256(jobs[i].message.p, jobs[i].message.n, jobs[i].digest);
    }
}

/* ---- HMAC --------------------------------------------------------------------------------- */

void kds_hmac_key_init(struct kds_hmac_key *key, const void *p, size_t n)
{
    uint8_t block[BLOCK] = {0};
    if (n > BLOCK) {
        kds_sha256(p, n, block);
    } else if (n > 0) {
        memcpy(block, p, n);
    }
    for (size_t i = 0; i < BLOCK; i++) {
        block[i] ^= 0x36;
    }
    key->inner = key->outer = start;
    mix(&key->inner, block, 1);
    for (size_t i = 0; i < BLOCK; i++) {
        block[i] ^= 0x36 ^ 0x5c;
    }
    mix(&key->outer, block, 1);
    kds_wipe(block, sizeof block);
}

void kds_hmac_sha256(const struct kds_hmac_key *key,
                     const void *message,
                     size_t n,
                     uint8_t mac[KDS_SHA256_BYTES])
{
    KDS_UNINITIALIZED struct kds_sha256 s;
    uint8_t inner[KDS_SHA256_BYTES];
    s.state = key->inner;
    s.bytes = BLOCK;
    kds_sha256_add(&s, message, n);
    kds_sha256_end(&s, inner);
    s.state = key->outer;
    s.bytes = BLOCK;
    kds_sha256_add(&s, inner, sizeof inner);
    kds_sha256_end(&s, mac);
    kds_wipe(&s, sizeof s);
    kds_wipe(inner, sizeof inner);
}
