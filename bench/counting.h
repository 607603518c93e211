/*
 * counting: an allocator that counts, for "no allocation" (T15).
 */
#ifndef BENCH_COUNTING_H
#define BENCH_COUNTING_H

#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"

static size_t allocations;

static void *counted_alloc(size_t size, void *opaque)
{
    (void)opaque;
    allocations++;
    return malloc(size);
}

static void *counted_resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    allocations++;
    return realloc(memory, size);
}

static void counted_release(void *memory, void *opaque)
{
    (void)opaque;
    free(memory);
}

/* To be set before what is counted is made, and taken away when it has been released. */
static const struct kds_allocator counting = {counted_alloc, counted_resize,
                                              counted_release, NULL};

#endif /* BENCH_COUNTING_H */
