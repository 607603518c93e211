/*
 * forked_free: releases a handle in a forked child, where whatever other threads were changing is torn.
 */
#ifndef TESTS_SUPPORT_FORKED_FREE_H
#define TESTS_SUPPORT_FORKED_FREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

#define FORKED_FREE_PATIENCE_S 20

static inline void *forked_free_alloc(size_t size, void *opaque)
{
    (void)opaque;
    return malloc(size ? size : 1);
}

static inline void *forked_free_resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    return realloc(memory, size ? size : 1);
}

static inline void forked_free_release(void *memory, void *opaque)
{
    if (memory != NULL) {
        *(size_t *)opaque += 1;
    }
}

/** Call @p release in a child. @return whether it returned there and released no memory of the parent's */
static inline bool forked_free_touches_nothing(void (*release)(void *), void *handle)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        size_t released = 0;
        const struct kds_allocator counting = {forked_free_alloc, forked_free_resize,
                                               forked_free_release, &released};
        alarm(FORKED_FREE_PATIENCE_S);
        kds_allocator_set(&counting);
        release(handle);
        _exit(released == 0 ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

#endif /* TESTS_SUPPORT_FORKED_FREE_H */
