/*
 * slice: small pure functions on kds_slice_t, passed by value.
 */
#ifndef KDS_BASE_SLICE_H
#define KDS_BASE_SLICE_H

#include <stdbool.h>
#include <string.h>

#include "base/internal.h"
#include "kds/types.h"

static inline kds_slice_t kds_slice_of(const void *p, size_t n)
{
    kds_slice_t s = {(const uint8_t *)p, n};
    return s;
}

static inline bool kds_slice_eq(kds_slice_t a, kds_slice_t b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** Compare with a NUL-terminated string. */
static inline bool kds_slice_is(kds_slice_t s, const char *text)
{
    size_t n = strlen(text);
    return s.n == n && (n == 0 || memcmp(s.p, text, n) == 0);
}

/** Byte order as memcmp; a prefix is smaller. */
KDS_INTERNAL int kds_slice_cmp(kds_slice_t a, kds_slice_t b);

/** ASCII only, locale-independent. */
KDS_INTERNAL bool kds_slice_eq_nocase(kds_slice_t a, kds_slice_t b);

/** Without ASCII white space at both ends. */
KDS_INTERNAL kds_slice_t kds_slice_trim(kds_slice_t s);

/** Index of the first @p byte, or s.n. */
KDS_INTERNAL size_t kds_slice_find(kds_slice_t s, uint8_t byte);

#endif /* KDS_BASE_SLICE_H */
