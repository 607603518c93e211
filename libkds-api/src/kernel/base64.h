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

/** One way of doing it; all of them give the same. Whoever has many texts asks once. */
struct kds_base64_kernel {
    /** Writes kds_base64_encoded_size(n) characters, no NUL; @p n at most SIZE_MAX / 2. */
    void (*encode)(const uint8_t *in, size_t n, char *out);

    /**
     * Decode from @p in up to the first character that is neither of the alphabet nor padding, or
     * to @p end: the quote behind a string need not be looked for first.
     *
     * @param out    Has room for kds_base64_decoded_max(end - in) bytes, of which those behind
     *               *out_n hold anything afterwards. May be @p in if nothing stands behind the text.
     * @return where it stopped, padding included; NULL on a bad length, bad padding or non-zero
     *         trailing bits. Nothing is read at @p end and behind it.
     */
    const uint8_t *(*decode)(const uint8_t *in,
                             const uint8_t *end,
                             uint8_t *out,
                             size_t *out_n);
};

/** The best kernel for this processor. (lent for ever) */
KDS_INTERNAL const struct kds_base64_kernel *kds_base64_kernel(void);

/** As the kernel's. */
KDS_INTERNAL void kds_base64_encode(const uint8_t *in, size_t n, char *out);

/**
 * Decode a whole text. @p out has room for kds_base64_decoded_max(n) and may be the same address as
 * @p in.
 * @return false on a foreign character, a bad length, bad padding or non-zero trailing bits;
 *         *out_n and @p out then hold anything.
 */
KDS_INTERNAL bool
kds_base64_decode(const char *in, size_t n, uint8_t *out, size_t *out_n);

#endif /* KDS_KERNEL_BASE64_H */
