/*
 * base64_avx512: 48 bytes and 64 characters a step, the last step masked to what is left.
 *
 * After W. Mula and D. Lemire, "Base64 encoding and decoding at almost the speed of a memory copy"
 * (2019). Never touches a byte outside of the text and its result.
 */
#include "kernel/base64_paths.h"

#if KDS_CPU_X86

#include <immintrin.h>

#define WIDE                                                                             \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,bmi,bmi2")))

enum { STEP_BYTES = 48, STEP_CHARACTERS = 64, AHEAD = 1088 };

/* The lowest @p n bits, of 0 to 64. */
WIDE static inline __mmask64 first(size_t n)
{
    return _bzhi_u64(~UINT64_C(0), (unsigned)n);
}

WIDE static inline __m512i load_table(const void *p)
{
    return _mm512_loadu_si512(p);
}

/* ---- encoding ----------------------------------------------------------------------------- */

static const char alphabet[65] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Each three bytes a b c as b a c b. */
static const uint8_t groups[64] = {1,  0,  2,  1,  4,  3,  5,  4,  7,  6,  8,  7,  10,
                                   9,  11, 10, 13, 12, 14, 13, 16, 15, 17, 16, 19, 18,
                                   20, 19, 22, 21, 23, 22, 25, 24, 26, 25, 28, 27, 29,
                                   28, 31, 30, 32, 31, 34, 33, 35, 34, 37, 36, 38, 37,
                                   40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46};

WIDE static inline __m512i characters_of(__m512i bytes, __m512i order, __m512i letters)
{
    const __m512i shifts = _mm512_set1_epi64(0x3036242a1016040a);
    __m512i values =
        _mm512_multishift_epi64_epi8(shifts, _mm512_permutexvar_epi8(order, bytes));
    return _mm512_permutexvar_epi8(values, letters); /* by the low six bits */
}

WIDE static void encode(const uint8_t *in, size_t n, char *out)
{
    const __m512i order = load_table(groups), letters = load_table(alphabet);
    /* Where texts are long they are not in the caches, and the stores wait the longest. */
    for (; n >= AHEAD; n -= STEP_BYTES) {
        __builtin_prefetch(in + AHEAD - 64);
        __builtin_prefetch(out + AHEAD, 1);
        _mm512_storeu_si512(out, characters_of(load_table(in), order, letters));
        in += STEP_BYTES;
        out += STEP_CHARACTERS;
    }
    for (; n >= STEP_BYTES; n -= STEP_BYTES) {
        __m512i bytes = _mm512_maskz_loadu_epi8(first(STEP_BYTES), in);
        _mm512_storeu_si512(out, characters_of(bytes, order, letters));
        in += STEP_BYTES;
        out += STEP_CHARACTERS;
    }
    if (n > 0) {
        const size_t whole = n + (n + 2) / 3; /* characters that stand for something */
        const size_t all = kds_base64_encoded_size(n);
        __m512i text =
            characters_of(_mm512_maskz_loadu_epi8(first(n), in), order, letters);
        text = _mm512_mask_mov_epi8(_mm512_set1_epi8('='), first(whole), text);
        _mm512_mask_storeu_epi8(out, first(all), text);
    }
}

/* ---- decoding ----------------------------------------------------------------------------- */

/* clang-format off */
#define X 0x80
static const uint8_t value_of[128] = {
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,62,X,X,X,63, 52,53,54,55,56,57,58,59,60,61,X,X,X,X,X,X,
    X,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14, 15,16,17,18,19,20,21,22,23,24,25,X,X,X,X,X,
    X,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48,49,50,51,X,X,X,X,X,
};
#undef X
/* clang-format on */

/* From four bytes that hold 24 bits to three, the highest first. */
static const uint8_t packing[64] = {2,  1,  0,  6,  5,  4,  10, 9,  8,  14, 13, 12, 18,
                                    17, 16, 22, 21, 20, 26, 25, 24, 30, 29, 28, 34, 33,
                                    32, 38, 37, 36, 42, 41, 40, 46, 45, 44, 50, 49, 48,
                                    54, 53, 52, 58, 57, 56, 62, 61, 60, 63, 63, 63, 63,
                                    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63};

WIDE static inline __m512i bytes_of(__m512i values, __m512i order)
{
    __m512i v = _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));
    v = _mm512_madd_epi16(v, _mm512_set1_epi32(0x00011000));
    return _mm512_permutexvar_epi8(order, v);
}

WIDE static const uint8_t *
decode(const uint8_t *in, const uint8_t *end, uint8_t *out, size_t *out_n)
{
    const __m512i low = load_table(value_of), high = load_table(value_of + 64);
    const __m512i order = load_table(packing);
    uint8_t *to = out;
    for (;;) {
        const size_t left = (size_t)(end - in);
        __m512i text = _mm512_maskz_loadu_epi8(
            first(left < STEP_CHARACTERS ? left : STEP_CHARACTERS), in);
        __m512i values = _mm512_permutex2var_epi8(low, text, high);
        /* Above 127 a character finds something all the same. What is not there is foreign. */
        uint64_t foreign = _mm512_movepi8_mask(_mm512_or_si512(values, text));
        if (foreign == 0) {
            _mm512_mask_storeu_epi8(to, first(STEP_BYTES), bytes_of(values, order));
            in += STEP_CHARACTERS;
            to += STEP_BYTES;
            continue;
        }
        unsigned count = (unsigned)_tzcnt_u64(foreign);
        unsigned n = kds_base64_whole_bytes(count);
        __m512i bytes = bytes_of(_mm512_maskz_mov_epi8(first(count), values), order);
        _mm512_mask_storeu_epi8(to, first(n), bytes);
        *out_n = (size_t)(to - out) + n;
        /* Bits behind the last whole byte are in the next one. */
        return _mm512_mask_test_epi8_mask(UINT64_C(1) << n, bytes, bytes) == 0
                   ? kds_base64_padding(in + count, end, count)
                   : NULL;
    }
}

const struct kds_base64_kernel kds_base64_avx512 = {encode, decode};

#else

typedef int kds_base64_avx512_is_of_x86; /* a file must not be empty */

#endif
