/*
 * md5_avx2: eight messages in the lanes of 256-bit registers, or sixteen as two interleaved eights.
 *
 * A step waits for the one before it; a second group of lanes fills that time. There is no rotation,
 * so it is two shifts.
 */
#include "kernel/md5_paths.h"

#if KDS_CPU_X86

#include <immintrin.h>

#define LANES  8
#define WORDS  16
#define TARGET __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

#define ADD(x, y) _mm256_add_epi32(x, y)
#define XOR(x, y) _mm256_xor_si256(x, y)
#define AND(x, y) _mm256_and_si256(x, y)

/* As in kernel/md5.c. G's parts have no bit in common, so a sum joins them. */
#define F(x, y, z) XOR(z, AND(x, XOR(y, z)))
#define G(x, y, z) ADD(_mm256_andnot_si256(z, y), AND(z, x))
#define H(x, y, z) XOR(x, XOR(y, z))
#define I(x, y, z) XOR(y, _mm256_or_si256(x, XOR(z, SPREAD32(-1))))
#define ROTL(v, s)                                                                       \
    _mm256_or_si256(_mm256_slli_epi32(v, s), _mm256_srli_epi32(v, 32 - (s)))
#define SPREAD32(v) _mm256_set1_epi32((int)(v))
#define LOAD(p)     _mm256_load_si256((const void *)(p))
#define STORE(p, v) _mm256_store_si256((void *)(p), v)

typedef __m256i vector_t;

/* Eight rows of eight words become eight words of eight rows. */
INLINE void transpose(const __m256i r[LANES], __m256i w[LANES])
{
    __m256i pair[LANES], quad[LANES];
    for (int i = 0; i < LANES; i += 2) {
        pair[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
        pair[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < LANES; i += 4) {
        quad[i] = _mm256_unpacklo_epi64(pair[i], pair[i + 2]);
        quad[i + 1] = _mm256_unpackhi_epi64(pair[i], pair[i + 2]);
        quad[i + 2] = _mm256_unpacklo_epi64(pair[i + 1], pair[i + 3]);
        quad[i + 3] = _mm256_unpackhi_epi64(pair[i + 1], pair[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        w[i] = _mm256_permute2x128_si256(quad[i], quad[i + 4], 0x20);
        w[i + 4] = _mm256_permute2x128_si256(quad[i], quad[i + 4], 0x31);
    }
}

/* One block of each lane. */
INLINE void load_blocks(const uint8_t *const *p, size_t offset, __m256i w[WORDS])
{
    for (size_t half = 0; half < 2; half++) {
        __m256i rows[LANES];
        for (size_t i = 0; i < LANES; i++) {
            rows[i] = _mm256_loadu_si256((const void *)(p[i] + offset + 32 * half));
        }
        transpose(rows, w + LANES * half);
    }
}

/* The whole words of a message from word @p first on, at most eight, others 0; reads nothing else. */
INLINE __m256i whole_words(const uint8_t *p, size_t n, size_t first)
{
    static const int32_t masks[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
    size_t words = n / 4 > first ? n / 4 - first : 0;
    words = words < LANES ? words : LANES;
    __m256i mask = _mm256_loadu_si256((const void *)(masks + LANES - words));
    return _mm256_maskload_epi32((const void *)(words > 0 ? p + 4 * first : p), mask);
}

/* The padded block of each of eight messages. */
INLINE void load_short(const struct kds_md5_job *const *jobs, __m256i w[WORDS])
{
    int32_t at[LANES], last[LANES], bits[LANES];
    for (size_t i = 0; i < LANES; i++) {
        size_t n = jobs[i]->message.n;
        at[i] = (int32_t)(n / 4);
        last[i] = (int32_t)kds_md5_last_word(jobs[i]->message.p, n);
        bits[i] = (int32_t)(8 * n);
    }
    for (size_t half = 0; half < 2; half++) {
        __m256i rows[LANES];
        for (size_t i = 0; i < LANES; i++) {
            rows[i] = whole_words(jobs[i]->message.p, jobs[i]->message.n, LANES * half);
        }
        transpose(rows, w + LANES * half);
    }
    __m256i where = _mm256_loadu_si256((const void *)at);
    __m256i what = _mm256_loadu_si256((const void *)last);
    for (int k = 0; k < WORDS - 2; k++) {
        w[k] = _mm256_or_si256(
            w[k], AND(what, _mm256_cmpeq_epi32(where, _mm256_set1_epi32(k))));
    }
    w[WORDS - 2] = _mm256_loadu_si256((const void *)bits);
    w[WORDS - 1] = _mm256_setzero_si256();
}

INLINE void store_digests(
    vector_t a, vector_t b, vector_t c, vector_t d, const struct kds_md5_job *const *jobs)
{
    __m256i ab_low = _mm256_unpacklo_epi32(a, b);
    __m256i ab_high = _mm256_unpackhi_epi32(a, b);
    __m256i cd_low = _mm256_unpacklo_epi32(c, d);
    __m256i cd_high = _mm256_unpackhi_epi32(c, d);
    const __m256i digests[4] = {
        /* i, and i + 4 in the upper half */
        _mm256_unpacklo_epi64(ab_low, cd_low), _mm256_unpackhi_epi64(ab_low, cd_low),
        _mm256_unpacklo_epi64(ab_high, cd_high), _mm256_unpackhi_epi64(ab_high, cd_high)};
    for (int i = 0; i < 4; i++) {
        _mm_storeu_si128((void *)jobs[i]->digest, _mm256_castsi256_si128(digests[i]));
        _mm_storeu_si128((void *)jobs[i + 4]->digest,
                         _mm256_extracti128_si256(digests[i], 1));
    }
}

#include "kernel/md5_vectors.h"

TARGET static void
mix_wide(struct kds_md5_lanes_state *state, const uint8_t *const *p, size_t blocks)
{
    KDS_UNINITIALIZED __m256i w[2 * WORDS];
    struct vectors v[2] = {load_state(state, 0), load_state(state, LANES)};
    for (size_t i = 0; i < blocks; i++) {
        load_blocks(p, i * KDS_MD5_BLOCK_BYTES, w);
        load_blocks(p + LANES, i * KDS_MD5_BLOCK_BYTES, w + WORDS);
        mix2(v, w);
    }
    store_state(state, 0, v[0]);
    store_state(state, LANES, v[1]);
}

const struct kds_md5_engine kds_md5_avx2 = {
    .narrow = {LANES, mix_narrow, hash_narrow},
    .wide = {2 * LANES, mix_wide, hash_wide},
};

#endif /* KDS_CPU_X86 */
