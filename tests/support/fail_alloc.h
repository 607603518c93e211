/*
 * fail_alloc: runs a scenario again and again, failing its first, second, third ... allocation,
 * until it gets through without one failing.
 *
 * Only for allocations through base/alloc.h, on one thread.
 */
#ifndef TESTS_SUPPORT_FAIL_ALLOC_H
#define TESTS_SUPPORT_FAIL_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"

struct fail_alloc {
    size_t left; /* allocations that still succeed */
    bool failed;
    long live; /* blocks taken and not released */
};

static inline bool fail_alloc_due(struct fail_alloc *f)
{
    if (f->left == 0) {
        f->failed = true;
        return true; /* and every later one: memory stays short */
    }
    f->left--;
    return false;
}

static inline void *fail_alloc_alloc(size_t size, void *opaque)
{
    struct fail_alloc *f = opaque;
    void *memory = fail_alloc_due(f) ? NULL : malloc(size ? size : 1);
    f->live += memory != NULL;
    return memory;
}

static inline void *fail_alloc_resize(void *memory, size_t size, void *opaque)
{
    struct fail_alloc *f = opaque;
    if (memory == NULL) {
        return fail_alloc_alloc(size, opaque);
    }
    return fail_alloc_due(f) ? NULL : realloc(memory, size ? size : 1);
}

static inline void fail_alloc_release(void *memory, void *opaque)
{
    struct fail_alloc *f = opaque;
    f->live -= memory != NULL;
    free(memory);
}

/**
 * @param scenario  Starts from nothing and releases everything; returns 0 when it got through, and
 *                  something else when a failed allocation kept it from that. Asserts whatever
 *                  must hold in either case.
 * @return how many allocations were failed, one a run; -1 if a run leaked, failed without a cause,
 *         or claimed to get through the first failed allocation and all that followed.
 */
static inline int fail_alloc_run(int (*scenario)(void *), void *opaque)
{
    for (int failed = 0;; failed++) {
        struct fail_alloc f = {.left = (size_t)failed};
        struct kds_allocator allocator = {fail_alloc_alloc, fail_alloc_resize,
                                          fail_alloc_release, &f};
        kds_allocator_set(&allocator);
        int result = scenario(opaque);
        kds_allocator_set(NULL);
        if (f.live != 0 || (result != 0) != f.failed) {
            return -1;
        }
        if (!f.failed) {
            return failed;
        }
    }
}

#endif /* TESTS_SUPPORT_FAIL_ALLOC_H */
