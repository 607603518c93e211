/*
 * base64_avx2: 24 bytes and 32 characters a step.
 *
 * How bytes are moved and looked up is W. Mula's and D. Lemire's "Faster Base64 Encoding and
 * Decoding using AVX2 Instructions" (2018); the ends of a text are our own.
 */
#include "kernel/base64_paths.h"

#if KDS_CPU_X86

#include <immintrin.h>

#define WIDE __attribute__((target("avx2,bmi,bmi2")))

enum { STEP_BYTES = 24, STEP_CHARACTERS = 32 };

WIDE static inline __m256i two_halves(const uint8_t *low, const uint8_t *high)
{
    return _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)low)),
        _mm_loadu_si128((const __m128i *)(const void *)high), 1);
}

WIDE static inline __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

WIDE static inline void store(void *p, __m256i v)
{
    _mm256_storeu_si256((__m256i *)p, v);
}

/* ---- encoding ----------------------------------------------------------------------------- */

/* Each half of @p v holds four groups of three bytes, each as b c a b. */
WIDE static inline __m256i characters_of(__m256i v)
{
    const __m256i offsets =
        _mm256_setr_epi8(65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0,
                         65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0);
    __m256i first_third =
        _mm256_mulhi_epu16(_mm256_and_si256(v, _mm256_set1_epi32(0x0fc0fc00)),
                           _mm256_set1_epi32(0x04000040));
    __m256i second_fourth =
        _mm256_mullo_epi16(_mm256_and_si256(v, _mm256_set1_epi32(0x003f03f0)),
                           _mm256_set1_epi32(0x01000010));
    __m256i values = _mm256_or_si256(first_third, second_fourth);
    /* Which range of the alphabet: 0 for A-Z, 1 for a-z, 2.. for each digit, '+' and '/'. */
    __m256i range = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
    range = _mm256_sub_epi8(range, _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25)));
    return _mm256_add_epi8(values, _mm256_shuffle_epi8(offsets, range));
}

/* Reads in[0..28). */
WIDE static inline void encode_first(const uint8_t *in, char *out)
{
    const __m256i groups =
        _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4,
                         3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    store(out, characters_of(_mm256_shuffle_epi8(two_halves(in, in + 12), groups)));
}

/* Reads in[-4..24). */
WIDE static inline void encode_next(const uint8_t *in, char *out)
{
    const __m256i groups =
        _mm256_setr_epi8(5, 4, 6, 5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14, 5, 4, 6,
                         5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14);
    store(out, characters_of(_mm256_shuffle_epi8(two_halves(in - 4, in + 8), groups)));
}

WIDE static void encode(const uint8_t *in, size_t n, char *out)
{
    const uint8_t *start = in;
    if (n >= STEP_BYTES + 4) {
        encode_first(in, out);
        in += STEP_BYTES;
        out += STEP_CHARACTERS;
        n -= STEP_BYTES;
        for (; n >= STEP_BYTES; n -= STEP_BYTES) {
            encode_next(in, out);
            in += STEP_BYTES;
            out += STEP_CHARACTERS;
        }
        /* The whole groups that are left, together with some that are done already. */
        const size_t whole = n / 3 * 3;
        if (whole > 0 && (size_t)(in - start) + whole >= STEP_BYTES + 4) {
            encode_next(in + whole - STEP_BYTES, out + whole / 3 * 4 - STEP_CHARACTERS);
            in += whole;
            out += whole / 3 * 4;
            n -= whole;
        }
    }
    kds_base64_plain.encode(in, n, out);
}

/* ---- decoding ----------------------------------------------------------------------------- */

/* The six bits of each character. @param foreign  receives a bit for each that is none */
WIDE static inline __m256i values_of(__m256i text, unsigned *foreign)
{
    /* A character is of the alphabet if what its two halves look up has no bit in common. */
    const __m256i by_low =
        _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13,
                         0x1A, 0x1B, 0x1B, 0x1B, 0x1A, 0x15, 0x11, 0x11, 0x11, 0x11, 0x11,
                         0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
    const __m256i by_high =
        _mm256_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10,
                         0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x01, 0x02, 0x04, 0x08,
                         0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    const __m256i offsets =
        _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16,
                         19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i slash = _mm256_set1_epi8('/'); /* 0x2F: masks four bits, too */
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), slash);
    __m256i common =
        _mm256_and_si256(_mm256_shuffle_epi8(by_low, _mm256_and_si256(text, slash)),
                         _mm256_shuffle_epi8(by_high, high));
    unsigned good =
        (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(common, _mm256_setzero_si256()));
    __m256i range = _mm256_add_epi8(high, _mm256_cmpeq_epi8(text, slash));
    *foreign = ~good;
    return _mm256_add_epi8(text, _mm256_shuffle_epi8(offsets, range));
}

/* 32 values of six bits to 24 bytes; eight zeros behind them. */
WIDE static inline __m256i bytes_of(__m256i values)
{
    const __m256i order =
        _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0,
                         6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    __m256i v = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
    return _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(v, order),
                                       _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/* All ones, then as many zeros: an address in it makes a mask of any length. */
static const uint8_t ones_then_zeros[64] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

WIDE static const uint8_t *
decode(const uint8_t *in, const uint8_t *end, uint8_t *out, size_t *out_n)
{
    uint8_t *to = out;
    unsigned foreign;
    size_t last;
    /* Each step writes 32 bytes: there is room for them as long as 44 characters are left. */
    while (end - in >= 44) {
        __m256i values = values_of(load(in), &foreign);
        if (foreign == 0) {
            store(to, bytes_of(values));
            in += STEP_CHARACTERS;
            to += STEP_BYTES;
            continue;
        }
        unsigned count = (unsigned)__builtin_ctz(foreign);
        unsigned n = kds_base64_whole_bytes(count);
        store(to, bytes_of(_mm256_and_si256(
                      values, load(ones_then_zeros + STEP_CHARACTERS - count))));
        *out_n = (size_t)(to - out) + n;
        /* Bits behind the last whole byte are in the next one. */
        return to[n] == 0 ? kds_base64_padding(in + count, end, count) : NULL;
    }
    const uint8_t *stop = kds_base64_plain.decode(in, end, to, &last);
    *out_n = (size_t)(to - out) + last;
    return stop;
}

const struct kds_base64_kernel kds_base64_avx2 = {encode, decode};

#else

typedef int kds_base64_avx2_is_of_x86; /* a file must not be empty */

#endif
