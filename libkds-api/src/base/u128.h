/*
 * u128: hash keys as unsigned 128-bit numbers, and sequence numbers of any length.
 *
 * Hash keys are 0 .. 2^128-1 in decimal without leading zeros. Sequence numbers are decimal text
 * of up to 129 digits, compared by value.
 */
#ifndef KDS_BASE_U128_H
#define KDS_BASE_U128_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/types.h"

typedef struct kds_u128 {
    uint64_t hi, lo;
} kds_u128_t;

#define KDS_U128_DIGITS_MAX 39 /* of 2^128-1 */
#define KDS_U128_MAX        ((kds_u128_t){UINT64_MAX, UINT64_MAX})

static inline int kds_u128_cmp(kds_u128_t a, kds_u128_t b)
{
    if (a.hi != b.hi) {
        return a.hi < b.hi ? -1 : 1;
    }
    return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static inline uint64_t kds_u64_from_be(const uint8_t b[8])
{
    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
           (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
           (uint64_t)b[6] << 8 | (uint64_t)b[7];
}

/** Big-endian bytes, as an MD5 digest gives them. Inline: once per record, put or read. */
static inline kds_u128_t kds_u128_from_be(const uint8_t bytes[16])
{
    return (kds_u128_t){kds_u64_from_be(bytes), kds_u64_from_be(bytes + 8)};
}

/** Strict decimal: digits only, no leading zero, at most 2^128-1. False leaves *out alone. */
KDS_INTERNAL bool kds_u128_parse(kds_slice_t text, kds_u128_t *out);

/** @return number of digits written; no NUL is added. */
KDS_INTERNAL size_t kds_u128_format(kds_u128_t v, char out[KDS_U128_DIGITS_MAX]);

KDS_INTERNAL kds_u128_t kds_u128_add(kds_u128_t a, kds_u128_t b); /* wraps */
KDS_INTERNAL kds_u128_t kds_u128_sub(kds_u128_t a, kds_u128_t b); /* wraps */

/** floor(a / b); b must not be 0. */
KDS_INTERNAL kds_u128_t kds_u128_div64(kds_u128_t a, uint64_t b);

/** a * b, wraps. */
KDS_INTERNAL kds_u128_t kds_u128_mul64(kds_u128_t a, uint64_t b);

/** Decimal digits only, 1 to 129 of them. */
KDS_INTERNAL bool kds_sequence_valid(kds_slice_t sequence);

/** Compare two valid sequence numbers by value, whatever their leading zeros. */
KDS_INTERNAL int kds_sequence_cmp(kds_slice_t a, kds_slice_t b);

#endif /* KDS_BASE_U128_H */
