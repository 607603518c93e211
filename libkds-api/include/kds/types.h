/*
 * types: bytes as they travel through every function of the three libraries.
 */
#ifndef KDS_TYPES_H
#define KDS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A run of bytes that somebody else owns: text or data, never assumed to end in NUL.
 *
 * `p` is NULL where a value is absent; an empty value has a non-NULL `p` and `n` 0. Text that
 * the library decoded is additionally followed by a NUL byte (not counted in `n`), so that
 * `(const char *)s.p` can be printed when it holds no NUL of its own.
 */
typedef struct kds_slice {
    const uint8_t *p; /**< First byte; NULL = absent. */
    size_t n;         /**< Length in bytes. */
} kds_slice_t;

/**
 * The bytes of a NUL-terminated string, without the NUL.
 *
 * @param text  (lent until the slice is no longer used) NULL gives an absent slice.
 * @return a slice into @p text.
 *
 * Any thread. Does not block. Cannot fail.
 *
 * @since 0.1
 */
KDS_API kds_slice_t kds_slice(const char *text);

/** Static initialiser of a slice from a string literal; the length is the compiler's. */
#define KDS_SLICE_LIT(literal)                                                           \
    {                                                                                    \
        (const uint8_t *)("" literal), sizeof("" literal) - 1                            \
    }

#ifdef __cplusplus
}
#endif

#endif /* KDS_TYPES_H */
