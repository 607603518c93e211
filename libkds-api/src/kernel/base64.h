/*
 * base64: RFC 4648 section 4, with padding, without line breaks, strict.
 */
#ifndef KDS_KERNEL_BASE64_H
#define KDS_KERNEL_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/internal.h"

static inline size_t kds_base64_encoded_size(size_t n)
{
    return (n / 3 + (n % 3 != 0)) * 4;
}

/** Bytes that decoding @p n characters can give at the most. */
static inline size_t kds_base64_decoded_max(size_t n)
{
    return n / 4 * 3;
}

/** Writes kds_base64_encoded_size(n) characters, no NUL; @p n at most SIZE_MAX / 2. */
KDS_INTERNAL void kds_base64_encode(const uint8_t *in, size_t n, char *out);

/**
 * Decode. @p out may be the same address as @p in (it never overtakes the reader).
 * @return false on a foreign character, a bad length, bad padding or non-zero trailing bits;
 *         *out_n is then the number of good bytes before it.
 */
KDS_INTERNAL bool
kds_base64_decode(const char *in, size_t n, uint8_t *out, size_t *out_n);

#endif /* KDS_KERNEL_BASE64_H */
