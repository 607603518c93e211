/*
 * crc32_x86: folding with carry-less multiplication.
 *
 * V. Gopal et al., "Fast CRC computation for generic polynomials using PCLMULQDQ instruction",
 * Intel 2009, reflected form. A register holds the rest of what was read so far; folding moves it
 * forward by D bits: its low half times x^(D+32) mod P plus its high half times x^(D-32) mod P.
 */
#include "kernel/crc32_paths.h"

#if KDS_CPU_X86

#include <immintrin.h>
#include <stdbool.h>

#define NARROW __attribute__((target("pclmul,ssse3,sse4.1")))
#define VEX    __attribute__((target("avx2,pclmul")))
#define WIDE   __attribute__((target("vpclmulqdq,avx2,pclmul")))

/* x^(D+32) and x^(D-32) mod P, reflected, shifted left by one. */
#define FOLD_128_LOW   INT64_C(0x1751997d0)
#define FOLD_128_HIGH  INT64_C(0x0ccaa009e)
#define FOLD_256_LOW   INT64_C(0x0f1da05aa)
#define FOLD_256_HIGH  INT64_C(0x15a546366)
#define FOLD_512_LOW   INT64_C(0x154442bd4)
#define FOLD_512_HIGH  INT64_C(0x1c6e41596)
#define FOLD_1024_LOW  INT64_C(0x1e88ef372)
#define FOLD_1024_HIGH INT64_C(0x14a7fe880)
#define FOLD_64        INT64_C(0x163cd6124) /* x^64 mod P */
#define POLYNOMIAL     INT64_C(0x1db710641) /* P with its x^32 */
#define QUOTIENT       INT64_C(0x1f7011641) /* floor(x^64 / P) */

NARROW static inline __attribute__((always_inline)) __m128i load(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

NARROW static inline __attribute__((always_inline)) __m128i
fold(__m128i x, __m128i by, __m128i next)
{
    const __m128i low = _mm_clmulepi64_si128(x, by, 0x00);
    const __m128i high = _mm_clmulepi64_si128(x, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* At offset k: k bytes of "none" less than 16, the indices from 0, again none. */
static const uint8_t shifts[48] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0,    1,    2,    3,    4,    5,    6,    7,
    8,    9,    10,   11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};

/* The rest @p x and the @p n bytes (1 to 15) before @p end: the first n bytes of x move up by 16
 * bytes, and what is left of x goes before the new bytes. Reads 16 bytes before the end. */
NARROW static inline __attribute__((always_inline)) __m128i
fold_tail(__m128i x, const uint8_t *end, size_t n, __m128i by)
{
    const __m128i up = load(shifts + n);
    const __m128i down = load(shifts + 16 + n);
    const __m128i last = _mm_blendv_epi8(load(end - 16), _mm_shuffle_epi8(x, down), up);
    return fold(_mm_shuffle_epi8(x, up), by, last);
}

/* 128 bits to 32, by Barrett's reduction, and complemented. */
NARROW static inline __attribute__((always_inline)) uint32_t reduce(__m128i x, __m128i by)
{
    const __m128i low32 = _mm_setr_epi32(-1, 0, 0, 0);
    const __m128i barrett = _mm_set_epi64x(QUOTIENT, POLYNOMIAL);
    x = _mm_xor_si128(_mm_clmulepi64_si128(x, by, 0x10), _mm_srli_si128(x, 8));
    x = _mm_xor_si128(
        _mm_clmulepi64_si128(_mm_and_si128(x, low32), _mm_cvtsi64_si128(FOLD_64), 0x00),
        _mm_srli_si128(x, 4));
    __m128i q = _mm_clmulepi64_si128(_mm_and_si128(x, low32), barrett, 0x10);
    q = _mm_clmulepi64_si128(_mm_and_si128(q, low32), barrett, 0x00);
    return ~(uint32_t)_mm_extract_epi32(_mm_xor_si128(q, x), 1);
}

/* A whole step from @p p on lies before @p end. Integers, as the last one may begin before the bytes. */
static inline bool has(const uint8_t *p, const uint8_t *end, size_t step)
{
    return (uintptr_t)p <= (uintptr_t)end - step;
}

/* The rest of the work once one register holds all that was read before @p p. */
NARROW static inline __attribute__((always_inline)) uint32_t
finish(__m128i x, const uint8_t *p, const uint8_t *end)
{
    const __m128i by = _mm_set_epi64x(FOLD_128_HIGH, FOLD_128_LOW);
    for (; has(p, end, 16); p += 16)
        x = fold(x, by, load(p));
    if (p < end)
        x = fold_tail(x, end, (size_t)(end - p), by);
    return reduce(x, by);
}

NARROW static inline __attribute__((always_inline)) uint32_t
by_128(uint32_t crc, const uint8_t *p, size_t n)
{
    const uint8_t *const end = p + n;
    __m128i x = _mm_xor_si128(load(p), _mm_cvtsi32_si128((int)~crc));
    if (n < 64)
        return finish(x, p + 16, end);
    __m128i x1 = load(p + 16);
    __m128i x2 = load(p + 32);
    __m128i x3 = load(p + 48);
    const __m128i far = _mm_set_epi64x(FOLD_512_HIGH, FOLD_512_LOW);
    for (p += 64; has(p, end, 64); p += 64) {
        x = fold(x, far, load(p));
        x1 = fold(x1, far, load(p + 16));
        x2 = fold(x2, far, load(p + 32));
        x3 = fold(x3, far, load(p + 48));
    }
    const __m128i by = _mm_set_epi64x(FOLD_128_HIGH, FOLD_128_LOW);
    return finish(fold(fold(fold(x, by, x1), by, x2), by, x3), p, end);
}

NARROW uint32_t kds_crc32_pclmul(uint32_t crc, const uint8_t *p, size_t n)
{
    return by_128(crc, p, n);
}

/* The same with instructions of three operands: a third fewer. */
VEX uint32_t kds_crc32_pclmul_avx(uint32_t crc, const uint8_t *p, size_t n)
{
    return by_128(crc, p, n);
}

WIDE static inline __attribute__((always_inline)) __m256i load_wide(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

WIDE static inline __attribute__((always_inline)) __m256i
fold_wide(__m256i x, __m256i by, __m256i next)
{
    const __m256i low = _mm256_clmulepi64_epi128(x, by, 0x00);
    const __m256i high = _mm256_clmulepi64_epi128(x, by, 0x11);
    return _mm256_xor_si256(_mm256_xor_si256(low, high), next);
}

WIDE uint32_t kds_crc32_vpclmul(uint32_t crc, const uint8_t *p, size_t n)
{
    const uint8_t *const end = p + n;
    const __m256i far =
        _mm256_broadcastsi128_si256(_mm_set_epi64x(FOLD_1024_HIGH, FOLD_1024_LOW));
    const __m256i near =
        _mm256_broadcastsi128_si256(_mm_set_epi64x(FOLD_256_HIGH, FOLD_256_LOW));
    const __m128i by = _mm_set_epi64x(FOLD_128_HIGH, FOLD_128_LOW);
    __m256i x = _mm256_xor_si256(load_wide(p),
                                 _mm256_zextsi128_si256(_mm_cvtsi32_si128((int)~crc)));
    __m256i x1 = load_wide(p + 32);
    __m256i x2 = load_wide(p + 64);
    __m256i x3 = load_wide(p + 96);
    for (p += 128; has(p, end, 128); p += 128) {
        x = fold_wide(x, far, load_wide(p));
        x1 = fold_wide(x1, far, load_wide(p + 32));
        x2 = fold_wide(x2, far, load_wide(p + 64));
        x3 = fold_wide(x3, far, load_wide(p + 96));
    }
    x = fold_wide(fold_wide(fold_wide(x, near, x1), near, x2), near, x3);
    for (; has(p, end, 32); p += 32)
        x = fold_wide(x, near, load_wide(p));
    return finish(fold(_mm256_castsi256_si128(x), by, _mm256_extracti128_si256(x, 1)), p,
                  end);
}

#else

typedef int kds_crc32_x86_is_empty; /* a translation unit may not be */

#endif
