/*
 * md5: RFC 1321 in plain C, and the choice among the ways to hash many messages.
 */
#include "kernel/md5.h"

#include "kernel/cpu.h"
#include "kernel/md5_paths.h"
#include "kernel/md5_steps.h"

#include <string.h>

#define ROTL(v, s) ((v) << (s) | (v) >> (32 - (s)))

/*
 * The functions of RFC 1321 section 3.4. Each step waits for x of the one before: G is a sum of two
 * parts, of which only one waits, and which have no bit in common.
 */
#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) ((~(z) & (y)) + ((z) & (x)))
#define H(x, y, z) ((x) ^ ((y) ^ (z)))
#define I(x, y, z) ((y) ^ ((x) | ~(z)))

static inline uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static inline void store32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

#define STEP(f, a, b, c, d, k, s, t)                                                     \
    a += load32(p + 4 * (k)) + (t);                                                      \
    a += f(b, c, d);                                                                     \
    a = ROTL(a, s) + b;

static void mix_block(struct kds_md5_state *state, const uint8_t *p)
{
    uint32_t a = state->word[0], b = state->word[1], c = state->word[2],
             d = state->word[3];

    KDS_MD5_STEPS(STEP, F, G, H, I)

    state->word[0] += a;
    state->word[1] += b;
    state->word[2] += c;
    state->word[3] += d;
}

const struct kds_md5_state kds_md5_start = {
    {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};

void kds_md5_state_blocks(struct kds_md5_state *state, const uint8_t *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mix_block(state, p + i * KDS_MD5_BLOCK_BYTES);
    }
}

size_t kds_md5_pad(const uint8_t *tail,
                   size_t n,
                   uint64_t total,
                   uint8_t out[2 * KDS_MD5_BLOCK_BYTES])
{
    size_t blocks = n <= KDS_MD5_TAIL_MAX ? 1 : 2;
    uint8_t *bits = out + blocks * KDS_MD5_BLOCK_BYTES - 8;
    memset(out, 0, blocks * KDS_MD5_BLOCK_BYTES);
    if (n > 0) {
        memcpy(out, tail, n);
    }
    out[n] = 0x80;
    store32(bits, (uint32_t)(total << 3));
    store32(bits + 4, (uint32_t)(total >> 29));
    return blocks;
}

void kds_md5_state_digest(const struct kds_md5_state *state,
                          uint8_t digest[KDS_MD5_BYTES])
{
    for (size_t i = 0; i < 4; i++) {
        store32(digest + 4 * i, state->word[i]);
    }
}

void kds_md5(const void *message, size_t n, uint8_t digest[KDS_MD5_BYTES])
{
    uint8_t last[2 * KDS_MD5_BLOCK_BYTES];
    const uint8_t *p = message;
    size_t whole = n / KDS_MD5_BLOCK_BYTES;
    struct kds_md5_state state = kds_md5_start;

    kds_md5_state_blocks(&state, p, whole);
    size_t blocks = kds_md5_pad(whole > 0 ? p + whole * KDS_MD5_BLOCK_BYTES : p,
                                n % KDS_MD5_BLOCK_BYTES, n, last);
    kds_md5_state_blocks(&state, last, blocks);
    kds_md5_state_digest(&state, digest);
}

void kds_md5_many_plain(const struct kds_md5_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kds_md5(jobs[i].message.p, jobs[i].message.n, jobs[i].digest);
    }
}

void kds_md5_many(const struct kds_md5_job *jobs, size_t count)
{
#if KDS_CPU_X86
    if (count > 1 && kds_cpu_has(KDS_CPU_AVX512)) {
        kds_md5_many_lanes(&kds_md5_avx512, jobs, count);
        return;
    }
    if (count > 1 && kds_cpu_has(KDS_CPU_AVX2)) {
        kds_md5_many_lanes(&kds_md5_avx2, jobs, count);
        return;
    }
#endif
    kds_md5_many_plain(jobs, count);
}
