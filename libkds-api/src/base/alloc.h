/*
 * alloc: the one place where the libraries take memory.
 *
 * A replaceable table, so that a test can fail the n-th allocation and a benchmark can count
 * them. The table is set before the first handle exists and read without a lock.
 */
#ifndef KDS_BASE_ALLOC_H
#define KDS_BASE_ALLOC_H

#include <stddef.h>

#include "base/internal.h"

struct kds_allocator {
    void *(*alloc)(size_t size, void *opaque);                /* NULL = out of memory */
    void *(*resize)(void *memory, size_t size, void *opaque); /* as realloc */
    void (*release)(void *memory, void *opaque);              /* NULL is allowed */
    void *opaque;
};

/** @param allocator (lent for ever) NULL = malloc, realloc and free again. */
KDS_INTERNAL void kds_allocator_set(const struct kds_allocator *allocator);

/** Uninitialised memory; NULL when out of memory. Size 0 gives a valid pointer. */
KDS_INTERNAL void *kds_alloc(size_t size);

/** Zeroed memory for an array; NULL also when count * size overflows. */
KDS_INTERNAL void *kds_alloc_zero(size_t count, size_t size);

/** As realloc for an array; NULL (and @p memory still valid) also on overflow. */
KDS_INTERNAL void *kds_realloc_array(void *memory, size_t count, size_t size);

/** NULL is allowed. */
KDS_INTERNAL void kds_free(void *memory);

/** Overwrite a secret in a way that the compiler cannot leave out. */
KDS_INTERNAL void kds_wipe(void *memory, size_t size);

#endif /* KDS_BASE_ALLOC_H */
