/*
 * md5_avx2: eight messages in the lanes of 256-bit registers, or sixteen as two interleaved eights.
 *
 * A step waits for the one before it; a second group of lanes fills that time. There is no rotation,
 * so it is two shifts.
 */
#include "kernel/md5_paths.h"

#if KDS_CPU_X86

#include "kernel/md5_steps.h"

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
#define I(x, y, z) XOR(y, _mm256_or_si256(x, XOR(z, ones)))
#define ROTL(v, s)                                                                       \
    _mm256_or_si256(_mm256_slli_epi32(v, s), _mm256_srli_epi32(v, 32 - (s)))
#define SPREAD32(v) _mm256_set1_epi32((int)(v))

struct vectors {
    __m256i a, b, c, d;
};

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

#define STEP1(f, a, b, c, d, k, s, i)                                                    \
    a = ADD(a, ADD(w[k], SPREAD32(kds_md5_sines[i])));                                   \
    a = ADD(a, f(b, c, d));                                                              \
    a = ADD(ROTL(a, s), b);

#define STEP2(f, a, b, c, d, k, s, i)                                                    \
    a##0 = ADD(a##0, ADD(w[k], SPREAD32(kds_md5_sines[i])));                             \
    a##1 = ADD(a##1, ADD(w[WORDS + (k)], SPREAD32(kds_md5_sines[i])));                   \
    a##0 = ADD(a##0, f(b##0, c##0, d##0));                                               \
    a##1 = ADD(a##1, f(b##1, c##1, d##1));                                               \
    a##0 = ADD(ROTL(a##0, s), b##0);                                                     \
    a##1 = ADD(ROTL(a##1, s), b##1);

INLINE struct vectors add_vectors(struct vectors x, struct vectors y)
{
    return (struct vectors){ADD(x.a, y.a), ADD(x.b, y.b), ADD(x.c, y.c), ADD(x.d, y.d)};
}

INLINE void mix1(struct vectors *v, const __m256i w[WORDS])
{
    const __m256i ones = SPREAD32(-1);
    __m256i a = v->a, b = v->b, c = v->c, d = v->d;
    KDS_MD5_STEPS(STEP1, F, G, H, I)
    *v = add_vectors(*v, (struct vectors){a, b, c, d});
}

INLINE void mix2(struct vectors v[2], const __m256i w[2 * WORDS])
{
    const __m256i ones = SPREAD32(-1);
    __m256i a0 = v[0].a, b0 = v[0].b, c0 = v[0].c, d0 = v[0].d;
    __m256i a1 = v[1].a, b1 = v[1].b, c1 = v[1].c, d1 = v[1].d;
    KDS_MD5_STEPS(STEP2, F, G, H, I)
    v[0] = add_vectors(v[0], (struct vectors){a0, b0, c0, d0});
    v[1] = add_vectors(v[1], (struct vectors){a1, b1, c1, d1});
}

/* ---- blocks of long messages -------------------------------------------------------------- */

INLINE struct vectors load_state(const struct kds_md5_lanes_state *s, size_t at)
{
    return (struct vectors){_mm256_load_si256((const void *)(s->word[0] + at)),
                            _mm256_load_si256((const void *)(s->word[1] + at)),
                            _mm256_load_si256((const void *)(s->word[2] + at)),
                            _mm256_load_si256((const void *)(s->word[3] + at))};
}

INLINE void store_state(struct kds_md5_lanes_state *s, size_t at, struct vectors v)
{
    _mm256_store_si256((void *)(s->word[0] + at), v.a);
    _mm256_store_si256((void *)(s->word[1] + at), v.b);
    _mm256_store_si256((void *)(s->word[2] + at), v.c);
    _mm256_store_si256((void *)(s->word[3] + at), v.d);
}

TARGET static void
mix_narrow(struct kds_md5_lanes_state *state, const uint8_t *const *p, size_t blocks)
{
    KDS_UNINITIALIZED __m256i w[WORDS];
    struct vectors v = load_state(state, 0);
    for (size_t i = 0; i < blocks; i++) {
        load_blocks(p, i * KDS_MD5_BLOCK_BYTES, w);
        mix1(&v, w);
    }
    store_state(state, 0, v);
}

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

/* ---- short messages ----------------------------------------------------------------------- */

/* The whole words of a message from word @p first on, at most eight, others 0; reads nothing else. */
INLINE __m256i whole_words(const uint8_t *p, size_t n, size_t first)
{
    static const int32_t masks[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
    size_t words = n / 4 > first ? n / 4 - first : 0;
    words = words < LANES ? words : LANES;
    __m256i mask = _mm256_loadu_si256((const void *)(masks + LANES - words));
    return _mm256_maskload_epi32((const void *)(p + 4 * first), mask);
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

INLINE struct vectors start_state(void)
{
    return (struct vectors){
        SPREAD32(kds_md5_start.word[0]), SPREAD32(kds_md5_start.word[1]),
        SPREAD32(kds_md5_start.word[2]), SPREAD32(kds_md5_start.word[3])};
}

INLINE void store_digests(struct vectors v, const struct kds_md5_job *const *jobs)
{
    __m256i ab_low = _mm256_unpacklo_epi32(v.a, v.b);
    __m256i ab_high = _mm256_unpackhi_epi32(v.a, v.b);
    __m256i cd_low = _mm256_unpacklo_epi32(v.c, v.d);
    __m256i cd_high = _mm256_unpackhi_epi32(v.c, v.d);
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

TARGET static void hash_narrow(const struct kds_md5_job *const *jobs)
{
    KDS_UNINITIALIZED __m256i w[WORDS];
    struct vectors v = start_state();
    load_short(jobs, w);
    mix1(&v, w);
    store_digests(v, jobs);
}

TARGET static void hash_wide(const struct kds_md5_job *const *jobs)
{
    KDS_UNINITIALIZED __m256i w[2 * WORDS];
    struct vectors v[2] = {start_state(), start_state()};
    load_short(jobs, w);
    load_short(jobs + LANES, w + WORDS);
    mix2(v, w);
    store_digests(v[0], jobs);
    store_digests(v[1], jobs + LANES);
}

const struct kds_md5_engine kds_md5_avx2 = {
    .narrow = {LANES, mix_narrow, hash_narrow},
    .wide = {2 * LANES, mix_wide, hash_wide},
};

#endif /* KDS_CPU_X86 */
