/*
 * alloc: the current allocator, and the system's as the first one.
 */
#include "base/alloc.h"

#include <openssl/crypto.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *system_alloc(size_t size, void *opaque)
{
    (void)opaque;
    return malloc(size);
}

static void *system_resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    return realloc(memory, size);
}

static void system_release(void *memory, void *opaque)
{
    (void)opaque;
    free(memory);
}

static const struct kds_allocator system_allocator = {system_alloc, system_resize,
                                                      system_release, NULL};
static const struct kds_allocator *current = &system_allocator;

void kds_allocator_set(const struct kds_allocator *allocator)
{
    current = allocator ? allocator : &system_allocator;
}

void *kds_alloc(size_t size)
{
    return current->alloc(size ? size : 1, current->opaque);
}

void *kds_alloc_zero(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    void *p = kds_alloc(total);
    if (p != NULL) {
        memset(p, 0, total);
    }
    return p;
}

void *kds_realloc_array(void *memory, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    return current->resize(memory, total ? total : 1, current->opaque);
}

void kds_free(void *memory)
{
    if (memory != NULL) {
        current->release(memory, current->opaque);
    }
}

void kds_wipe(void *memory, size_t size)
{
    OPENSSL_cleanse(memory, size);
}
