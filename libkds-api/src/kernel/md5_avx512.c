/*
 * md5_avx512: sixteen messages in the lanes of 512-bit registers; thirty-two short ones as two
 * interleaved sixteens. Thirty-two long ones would be no faster: their bytes come too slowly.
 *
 * Each function of three values is one instruction, and so is a rotation; a short message is loaded
 * under a mask that ends with it.
 */
#include "kernel/md5_paths.h"

#if KDS_CPU_X86

#include "kernel/md5_steps.h"

#include <immintrin.h>

#define LANES  16
#define WORDS  16
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

#define ADD(x, y)   _mm512_add_epi32(x, y)
#define SPREAD32(v) _mm512_set1_epi32((int)(v))

/* Each function's table: bit 4x + 2y + z is its value. */
#define F(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xCA)
#define G(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xE4)
#define H(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x96)
#define I(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x39)

struct vectors {
    __m512i a, b, c, d;
};

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

#define STEP1(f, a, b, c, d, k, s, i)                                                    \
    a = ADD(a, ADD(w[k], SPREAD32(kds_md5_sines[i])));                                   \
    a = ADD(a, f(b, c, d));                                                              \
    a = ADD(_mm512_rol_epi32(a, s), b);

#define STEP2(f, a, b, c, d, k, s, i)                                                    \
    a##0 = ADD(a##0, ADD(w[k], SPREAD32(kds_md5_sines[i])));                             \
    a##1 = ADD(a##1, ADD(w[WORDS + (k)], SPREAD32(kds_md5_sines[i])));                   \
    a##0 = ADD(a##0, f(b##0, c##0, d##0));                                               \
    a##1 = ADD(a##1, f(b##1, c##1, d##1));                                               \
    a##0 = ADD(_mm512_rol_epi32(a##0, s), b##0);                                         \
    a##1 = ADD(_mm512_rol_epi32(a##1, s), b##1);

INLINE struct vectors add_vectors(struct vectors x, struct vectors y)
{
    return (struct vectors){ADD(x.a, y.a), ADD(x.b, y.b), ADD(x.c, y.c), ADD(x.d, y.d)};
}

INLINE void mix1(struct vectors *v, const __m512i w[WORDS])
{
    __m512i a = v->a, b = v->b, c = v->c, d = v->d;
    KDS_MD5_STEPS(STEP1, F, G, H, I)
    *v = add_vectors(*v, (struct vectors){a, b, c, d});
}

INLINE void mix2(struct vectors v[2], const __m512i w[2 * WORDS])
{
    __m512i a0 = v[0].a, b0 = v[0].b, c0 = v[0].c, d0 = v[0].d;
    __m512i a1 = v[1].a, b1 = v[1].b, c1 = v[1].c, d1 = v[1].d;
    KDS_MD5_STEPS(STEP2, F, G, H, I)
    v[0] = add_vectors(v[0], (struct vectors){a0, b0, c0, d0});
    v[1] = add_vectors(v[1], (struct vectors){a1, b1, c1, d1});
}

/* ---- blocks of long messages -------------------------------------------------------------- */

INLINE struct vectors load_state(const struct kds_md5_lanes_state *s, size_t at)
{
    return (struct vectors){_mm512_load_si512((const void *)(s->word[0] + at)),
                            _mm512_load_si512((const void *)(s->word[1] + at)),
                            _mm512_load_si512((const void *)(s->word[2] + at)),
                            _mm512_load_si512((const void *)(s->word[3] + at))};
}

INLINE void store_state(struct kds_md5_lanes_state *s, size_t at, struct vectors v)
{
    _mm512_store_si512((void *)(s->word[0] + at), v.a);
    _mm512_store_si512((void *)(s->word[1] + at), v.b);
    _mm512_store_si512((void *)(s->word[2] + at), v.c);
    _mm512_store_si512((void *)(s->word[3] + at), v.d);
}

TARGET static void
mix_narrow(struct kds_md5_lanes_state *state, const uint8_t *const *p, size_t blocks)
{
    KDS_UNINITIALIZED __m512i w[WORDS];
    struct vectors v = load_state(state, 0);
    for (size_t i = 0; i < blocks; i++) {
        load_blocks(p, i * KDS_MD5_BLOCK_BYTES, w);
        mix1(&v, w);
    }
    store_state(state, 0, v);
}

/* ---- short messages ----------------------------------------------------------------------- */

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

INLINE struct vectors start_state(void)
{
    return (struct vectors){
        SPREAD32(kds_md5_start.word[0]), SPREAD32(kds_md5_start.word[1]),
        SPREAD32(kds_md5_start.word[2]), SPREAD32(kds_md5_start.word[3])};
}

INLINE void store_digests(struct vectors v, const struct kds_md5_job *const *jobs)
{
    __m512i ab_low = _mm512_unpacklo_epi32(v.a, v.b);
    __m512i ab_high = _mm512_unpackhi_epi32(v.a, v.b);
    __m512i cd_low = _mm512_unpacklo_epi32(v.c, v.d);
    __m512i cd_high = _mm512_unpackhi_epi32(v.c, v.d);
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

TARGET static void hash_narrow(const struct kds_md5_job *const *jobs)
{
    KDS_UNINITIALIZED __m512i w[WORDS];
    struct vectors v = start_state();
    load_short(jobs, w);
    mix1(&v, w);
    store_digests(v, jobs);
}

TARGET static void hash_wide(const struct kds_md5_job *const *jobs)
{
    KDS_UNINITIALIZED __m512i w[2 * WORDS];
    struct vectors v[2] = {start_state(), start_state()};
    load_short(jobs, w);
    load_short(jobs + LANES, w + WORDS);
    mix2(v, w);
    store_digests(v[0], jobs);
    store_digests(v[1], jobs + LANES);
}

const struct kds_md5_engine kds_md5_avx512 = {
    .narrow = {LANES, mix_narrow, hash_narrow},
    .wide = {2 * LANES, NULL, hash_wide},
};

#endif /* KDS_CPU_X86 */
