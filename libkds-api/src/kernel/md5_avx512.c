/*
 * md5_avx512: sixteen messages in the lanes of 512-bit registers; thirty-two short ones as two
 * interleaved sixteens. Thirty-two long ones would be no faster: their bytes come too slowly.
 *
 * Each function of three values is one instruction, and so is a rotation; a short message is loaded
 * under a mask that ends with it.
 */
#include "kernel/md5_paths.h"

#if KDS_CPU_X86

#include <immintrin.h>

#define LANES  16
#define WORDS  16
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

#define ADD(x, y)   _mm512_add_epi32(x, y)
#define SPREAD32(v) _mm512_set1_epi32((int)(v))
#define LOAD(p)     _mm512_load_si512((const void *)(p))
#define STORE(p, v) _mm512_store_si512((void *)(p), v)

#define ROTL(v, s) _mm512_rol_epi32(v, s)

/* Each function's table: bit 4x + 2y + z is its value. */
#define F(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xCA)
#define G(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xE4)
#define H(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x96)
#define I(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x39)

typedef __m512i vector_t;

/* Sixteen rows of sixteen words become sixteen words of sixteen rows. */
INLINE void transpose(const __m512i r[LANES], __m512i w[WORDS])
{
    __m512i pair[LANES], quad[LANES];
    for (int i = 0; i < LANES; i += 2) {
        pair[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        pair[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < LANES; i += 4) { /* quad[i + k]: words k, 4 + k, 8 + k, 12 + k */
        quad[i] = _mm512_unpacklo_epi64(pair[i], pair[i + 2]);
        quad[i + 1] = _mm512_unpackhi_epi64(pair[i], pair[i + 2]);
        quad[i + 2] = _mm512_unpacklo_epi64(pair[i + 1], pair[i + 3]);
        quad[i + 3] = _mm512_unpackhi_epi64(pair[i + 1], pair[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
        __m512i low = _mm512_shuffle_i32x4(quad[k], quad[k + 4], 0x44);
        __m512i high = _mm512_shuffle_i32x4(quad[k], quad[k + 4], 0xEE);
        __m512i low2 = _mm512_shuffle_i32x4(quad[k + 8], quad[k + 12], 0x44);
        __m512i high2 = _mm512_shuffle_i32x4(quad[k + 8], quad[k + 12], 0xEE);
        w[k] = _mm512_shuffle_i32x4(low, low2, 0x88);
        w[k + 4] = _mm512_shuffle_i32x4(low, low2, 0xDD);
        w[k + 8] = _mm512_shuffle_i32x4(high, high2, 0x88);
        w[k + 12] = _mm512_shuffle_i32x4(high, high2, 0xDD);
    }
}

/* One block of each lane. */
INLINE void load_blocks(const uint8_t *const *p, size_t offset, __m512i w[WORDS])
{
    __m512i rows[LANES];
    for (size_t i = 0; i < LANES; i++) {
        rows[i] = _mm512_loadu_si512((const void *)(p[i] + offset));
    }
    transpose(rows, w);
}

/* The padded block of each of sixteen messages. */
INLINE void load_short(const struct kds_md5_job *const *jobs, __m512i w[WORDS])
{
    const __m512i end = _mm512_set1_epi8((char)0x80);
    __m512i rows[LANES];
    int32_t bits[LANES];
    for (size_t i = 0; i < LANES; i++) {
        uint64_t bit = UINT64_C(1) << jobs[i]->message.n;
        rows[i] = _mm512_maskz_loadu_epi8(bit - 1, jobs[i]->message.p);
        rows[i] = _mm512_mask_mov_epi8(rows[i], bit, end);
        bits[i] = (int32_t)(8 * jobs[i]->message.n);
    }
    transpose(rows, w);
    w[WORDS - 2] = _mm512_loadu_si512(bits);
}

INLINE void store_digests(
    vector_t a, vector_t b, vector_t c, vector_t d, const struct kds_md5_job *const *jobs)
{
    __m512i ab_low = _mm512_unpacklo_epi32(a, b);
    __m512i ab_high = _mm512_unpackhi_epi32(a, b);
    __m512i cd_low = _mm512_unpacklo_epi32(c, d);
    __m512i cd_high = _mm512_unpackhi_epi32(c, d);
    const __m512i digests[4] = {
        /* i, i + 4, i + 8, i + 12 */
        _mm512_unpacklo_epi64(ab_low, cd_low), _mm512_unpackhi_epi64(ab_low, cd_low),
        _mm512_unpacklo_epi64(ab_high, cd_high), _mm512_unpackhi_epi64(ab_high, cd_high)};
    for (int i = 0; i < 4; i++) {
        _mm_storeu_si128((void *)jobs[i]->digest, _mm512_castsi512_si128(digests[i]));
        _mm_storeu_si128((void *)jobs[i + 4]->digest,
                         _mm512_extracti32x4_epi32(digests[i], 1));
        _mm_storeu_si128((void *)jobs[i + 8]->digest,
                         _mm512_extracti32x4_epi32(digests[i], 2));
        _mm_storeu_si128((void *)jobs[i + 12]->digest,
                         _mm512_extracti32x4_epi32(digests[i], 3));
    }
}

#include "kernel/md5_vectors.h"

const struct kds_md5_engine kds_md5_avx512 = {
    .narrow = {LANES, mix_narrow, hash_narrow},
    .wide = {2 * LANES, NULL, hash_wide},
};

#endif /* KDS_CPU_X86 */
