/*
 * sha256_ni: SHA-256 by the processor's own instructions, for one message or two interleaved ones.
 *
 * Each pair of rounds waits for the one before; a second message fills that time.
 */
#include "kernel/sha256_paths.h"

#if KDS_CPU_X86

#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE static inline __attribute__((always_inline)) TARGET

/* The state as the instructions want it, the highest word first. */
struct vectors {
    __m128i abef, cdgh;
};

INLINE struct vectors load_state(const struct kds_sha256_state *s)
{
    __m128i dcba = _mm_loadu_si128((const void *)s->word);
    __m128i hgfe = _mm_loadu_si128((const void *)(s->word + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1);
    __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    return (struct vectors){_mm_alignr_epi8(cdab, efgh, 8),
                            _mm_blend_epi16(efgh, cdab, 0xF0)};
}

INLINE void store_state(struct kds_sha256_state *s, struct vectors v)
{
    __m128i feba = _mm_shuffle_epi32(v.abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(v.cdgh, 0xB1);
    _mm_storeu_si128((void *)s->word, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((void *)(s->word + 4), _mm_alignr_epi8(dchg, feba, 8));
}

INLINE void load_block(const uint8_t *p, __m128i w[4])
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    w[0] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)p), swap);
    w[1] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 16)), swap);
    w[2] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 32)), swap);
    w[3] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 48)), swap);
}

/* Rounds 4i to 4i + 3. The words of four steps further on take the place of those of this one. */
INLINE void four_rounds(struct vectors *v, __m128i w[4], int i)
{
    __m128i k = _mm_loadu_si128((const void *)(kds_sha256_k + 4 * i));
    __m128i wk = _mm_add_epi32(w[i % 4], k);
    v->cdgh = _mm_sha256rnds2_epu32(v->cdgh, v->abef, wk);
    if (i < 12) {
        __m128i middle = _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4);
        __m128i sum = _mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]);
        w[i % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(sum, middle), w[(i + 3) % 4]);
    }
    v->abef = _mm_sha256rnds2_epu32(v->abef, v->cdgh, _mm_shuffle_epi32(wk, 0x0E));
}

/* Each number stands in the code, so that the words stay in registers. */
#define SIXTEEN_TIMES(X)                                                                 \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#define STEP1(i) four_rounds(v, w, i);
#define STEP2(i)                                                                         \
    four_rounds(&v[0], w[0], i);                                                         \
    four_rounds(&v[1], w[1], i);

INLINE void add_state(struct vectors *v, struct vectors before)
{
    v->abef = _mm_add_epi32(v->abef, before.abef);
    v->cdgh = _mm_add_epi32(v->cdgh, before.cdgh);
}

INLINE void mix1(struct vectors *v, const uint8_t *p)
{
    const struct vectors before = *v;
    __m128i w[4];
    load_block(p, w);
    SIXTEEN_TIMES(STEP1)
    add_state(v, before);
}

INLINE void mix2(struct vectors v[2], const uint8_t *p0, const uint8_t *p1)
{
    const struct vectors before[2] = {v[0], v[1]};
    __m128i w[2][4];
    load_block(p0, w[0]);
    load_block(p1, w[1]);
    SIXTEEN_TIMES(STEP2)
    add_state(&v[0], before[0]);
    add_state(&v[1], before[1]);
}

TARGET void
kds_sha256_mix_ni(struct kds_sha256_state *state, const uint8_t *p, size_t blocks)
{
    struct vectors v = load_state(state);
    for (size_t i = 0; i < blocks; i++) {
        mix1(&v, p + i * KDS_SHA256_BLOCK_BYTES);
    }
    store_state(state, v);
}

TARGET void kds_sha256_mix_ni2(struct kds_sha256_state *const states[2],
                               const uint8_t *const p[2],
                               size_t blocks)
{
    struct vectors v[2] = {load_state(states[0]), load_state(states[1])};
    for (size_t i = 0; i < blocks; i++) {
        mix2(v, p[0] + i * KDS_SHA256_BLOCK_BYTES, p[1] + i * KDS_SHA256_BLOCK_BYTES);
    }
    store_state(states[0], v[0]);
    store_state(states[1], v[1]);
}

#endif /* KDS_CPU_X86 */
