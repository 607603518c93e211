/*
 * md5: RFC 1321 in plain C, and the choice among the ways to hash many messages.
 */
#include "kernel/md5.h"

#include "base/copy.h"
#include "kernel/cpu.h"
#include "kernel/md5_paths.h"
#include "kernel/md5_steps.h"

#include <string.h>

#if defined(__GNUC__)
#define HOT static inline __attribute__((always_inline))
#else
#define HOT static inline
#endif

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

/* clang-format off */
const uint32_t kds_md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee,
    0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
    0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
    0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
    0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
    0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
    0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039,
    0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
    0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
/* clang-format on */

/* One write: written as eight, gcc makes vectors of them. */
static inline void store64(uint8_t *p, uint64_t v)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(p, &v, sizeof v);
#else
    store32(p, (uint32_t)v);
    store32(p + 4, (uint32_t)(v >> 32));
#endif
}

#define STEP(f, a, b, c, d, k, s, i)                                                     \
    a += load32(p + 4 * (k)) + kds_md5_sines[i];                                         \
    a += f(b, c, d);                                                                     \
    a = ROTL(a, s) + b;

/* @return the state behind the block at @p p; in registers, wherever it is used. */
HOT struct kds_md5_state mix_block(struct kds_md5_state state, const uint8_t *p)
{
    uint32_t a = state.word[0], b = state.word[1], c = state.word[2], d = state.word[3];

    KDS_MD5_STEPS(STEP, F, G, H, I)

    return (struct kds_md5_state){
        {state.word[0] + a, state.word[1] + b, state.word[2] + c, state.word[3] + d}};
}

const struct kds_md5_state kds_md5_start = {
    {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};

void kds_md5_state_blocks(struct kds_md5_state *state, const uint8_t *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *state = mix_block(*state, p + i * KDS_MD5_BLOCK_BYTES);
    }
}

/*
 * Bytes are written as words, or as runs of whole words: a word that was written in two pieces
 * could be read only when both have left the processor's queue of writes, behind whatever
 * the caller wrote before.
 */
size_t kds_md5_pad(const uint8_t *tail,
                   size_t n,
                   uint64_t total,
                   uint8_t out[2 * KDS_MD5_BLOCK_BYTES])
{
    size_t blocks = n <= KDS_MD5_TAIL_MAX ? 1 : 2, whole = n - n % 4;
    uint8_t *bits = out + blocks * KDS_MD5_BLOCK_BYTES - 8;
    memset(out, 0, blocks * KDS_MD5_BLOCK_BYTES);
    kds_copy_small(out, tail, whole);
    store32(out + whole, kds_md5_last_word(tail, n));
    store32(bits, (uint32_t)(total << 3));
    store32(bits + 4, (uint32_t)(total >> 29));
    return blocks;
}

/* Two writes of eight bytes, as its readers take it for a number. */
HOT void write_digest(struct kds_md5_state state, uint8_t digest[KDS_MD5_BYTES])
{
    store64(digest, state.word[0] | (uint64_t)state.word[1] << 32);
    store64(digest + 8, state.word[2] | (uint64_t)state.word[3] << 32);
}

void kds_md5_state_digest(const struct kds_md5_state *state,
                          uint8_t digest[KDS_MD5_BYTES])
{
    write_digest(*state, digest);
}

void kds_md5(const void *message, size_t n, uint8_t digest[KDS_MD5_BYTES])
{
    KDS_UNINITIALIZED uint8_t last[2 * KDS_MD5_BLOCK_BYTES];
    const uint8_t *p = message, *end = last;
    size_t whole = n / KDS_MD5_BLOCK_BYTES;
    struct kds_md5_state state = kds_md5_start;

    kds_md5_state_blocks(&state, p, whole);
    p = whole > 0 ? p + whole * KDS_MD5_BLOCK_BYTES : p;
    if (kds_md5_pad(p, n % KDS_MD5_BLOCK_BYTES, n, last) == 2) {
        kds_md5_state_blocks(&state, last, 1);
        end += KDS_MD5_BLOCK_BYTES;
    }
    write_digest(mix_block(state, end), digest);
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
