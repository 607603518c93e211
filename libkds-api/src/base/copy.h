/*
 * copy: copies of a few bytes, done in place rather than by a call.
 */
#ifndef KDS_BASE_COPY_H
#define KDS_BASE_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** memcpy() for lengths that are mostly small; @p from may be NULL if @p n is 0. */
static inline void kds_copy_small(uint8_t *to, const uint8_t *from, size_t n)
{
    /* Two pieces that overlap cover every length between the one and the double of a size. */
    if (n > 64) {
        memcpy(to, from, n);
    } else if (n > 32) {
        memcpy(to, from, 32);
        memcpy(to + n - 32, from + n - 32, 32);
    } else if (n >= 16) {
        memcpy(to, from, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n > 0) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

#endif /* KDS_BASE_COPY_H */
