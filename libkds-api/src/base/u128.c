/*
 * u128: 128-bit arithmetic from 64-bit halves; decimal both ways.
 */
#include "base/u128.h"

#include "base/slice.h"

#define SEQUENCE_DIGITS_MAX 129 /* the service's model */

kds_u128_t kds_u128_add(kds_u128_t a, kds_u128_t b)
{
    kds_u128_t r = {a.hi + b.hi, a.lo + b.lo};
    r.hi += r.lo < a.lo;
    return r;
}

kds_u128_t kds_u128_sub(kds_u128_t a, kds_u128_t b)
{
    kds_u128_t r = {a.hi - b.hi, a.lo - b.lo};
    r.hi -= a.lo < b.lo;
    return r;
}

/* 64 x 64 -> 128 bits by halves, as C11 has no wider type. */
static kds_u128_t mul_wide(uint64_t a, uint64_t b)
{
    uint64_t a1 = a >> 32, a0 = a & UINT32_MAX, b1 = b >> 32, b0 = b & UINT32_MAX;
    uint64_t low = a0 * b0;
    uint64_t middle = a1 * b0 + (low >> 32);
    uint64_t middle2 = a0 * b1 + (middle & UINT32_MAX);
    kds_u128_t r = {a1 * b1 + (middle >> 32) + (middle2 >> 32),
                    middle2 << 32 | (low & UINT32_MAX)};
    return r;
}

kds_u128_t kds_u128_mul64(kds_u128_t a, uint64_t b)
{
    kds_u128_t r = mul_wide(a.lo, b);
    r.hi += a.hi * b;
    return r;
}

/* Schoolbook, bit by bit: it runs when shards are laid out, not per record. */
kds_u128_t kds_u128_div64(kds_u128_t a, uint64_t b)
{
    kds_u128_t quotient = {0, 0};
    uint64_t rest = 0;
    for (int bit = 127; bit >= 0; bit--) {
        uint64_t top = rest >> 63;
        uint64_t digit = bit >= 64 ? a.hi >> (bit - 64) & 1 : a.lo >> bit & 1;
        rest = rest << 1 | digit;
        if (top || rest >= b) {
            rest -= b;
            if (bit >= 64) {
                quotient.hi |= UINT64_C(1) << (bit - 64);
            } else {
                quotient.lo |= UINT64_C(1) << bit;
            }
        }
    }
    return quotient;
}

static bool all_digits(kds_slice_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') {
            return false;
        }
    }
    return text.n > 0;
}

bool kds_u128_parse(kds_slice_t text, kds_u128_t *out)
{
    kds_u128_t v = {0, 0};
    if (text.n > KDS_U128_DIGITS_MAX || !all_digits(text) ||
        (text.n > 1 && text.p[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        kds_u128_t digit = {0, (uint64_t)(text.p[i] - '0')};
        /* 10 v + digit wraps only past (2^128-1)/10, that is in the last of 39 digits. */
        if (v.hi > UINT64_MAX / 10) {
            return false;
        }
        kds_u128_t next = kds_u128_add(kds_u128_mul64(v, 10), digit);
        if (kds_u128_cmp(next, v) < 0) {
            return false;
        }
        v = next;
    }
    *out = v;
    return true;
}

size_t kds_u128_format(kds_u128_t v, char out[KDS_U128_DIGITS_MAX])
{
    /* 10^19 is the largest power of ten in 64 bits: three groups of digits suffice. */
    const uint64_t group = UINT64_C(10000000000000000000);
    char digits[3 * 19];
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        kds_u128_t quotient = kds_u128_div64(v, group);
        uint64_t rest = kds_u128_sub(v, kds_u128_mul64(quotient, group)).lo;
        for (int d = 0; d < 19; d++) {
            digits[n++] = (char)('0' + rest % 10);
            rest /= 10;
        }
        v = quotient;
    }
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = digits[n - 1 - i];
    }
    return n;
}

bool kds_sequence_valid(kds_slice_t sequence)
{
    return sequence.n <= SEQUENCE_DIGITS_MAX && all_digits(sequence);
}

static kds_slice_t without_leading_zeros(kds_slice_t s)
{
    while (s.n > 1 && s.p[0] == '0') {
        s.p++;
        s.n--;
    }
    return s;
}

int kds_sequence_cmp(kds_slice_t a, kds_slice_t b)
{
    a = without_leading_zeros(a);
    b = without_leading_zeros(b);
    if (a.n != b.n) {
        return a.n < b.n ? -1 : 1;
    }
    return kds_slice_cmp(a, b);
}
