/*
 * arena: chunks that double, handed out from the front.
 */
#include "base/arena.h"

#include "base/alloc.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CHUNK_FIRST_BYTES 1024
#define CHUNK_LAST_BYTES  (1024 * 1024) /* chunks double up to here */

struct kds_arena_chunk {
    struct kds_arena_chunk *next;
    size_t size; /* of data */
    alignas(max_align_t) uint8_t data[];
};

void kds_arena_init(struct kds_arena *a, size_t max)
{
    memset(a, 0, sizeof *a);
    a->max = max;
}

static void release_chunks(struct kds_arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct kds_arena_chunk *next = chunk->next;
        kds_free(chunk);
        chunk = next;
    }
}

void kds_arena_clear(struct kds_arena *a)
{
    release_chunks(a->chunks);
    kds_arena_init(a, a->max);
}

void kds_arena_wipe(struct kds_arena *a)
{
    for (struct kds_arena_chunk *chunk = a->chunks; chunk != NULL; chunk = chunk->next) {
        kds_wipe(chunk->data, chunk->size);
    }
    kds_arena_clear(a);
}

void kds_arena_reset(struct kds_arena *a)
{
    struct kds_arena_chunk *keep = a->chunks;
    if (keep != NULL) {
        release_chunks(keep->next);
        keep->next = NULL;
        a->total = keep->size;
    }
    a->used = 0;
    a->err = KDS_OK;
}

static bool add_chunk(struct kds_arena *a, size_t size)
{
    size_t want = a->chunks ? a->chunks->size * 2 : CHUNK_FIRST_BYTES;
    if (want > CHUNK_LAST_BYTES) {
        want = CHUNK_LAST_BYTES;
    }
    if (want > a->max - a->total) {
        want = a->max - a->total;
    }
    if (want < size) {
        want = size;
    }
    if (want > a->max - a->total) {
        a->err = KDS_ERR_TOO_LARGE;
        return false;
    }
    struct kds_arena_chunk *chunk = kds_alloc(sizeof *chunk + want);
    if (chunk == NULL) {
        a->err = KDS_ERR_NO_MEMORY;
        return false;
    }
    chunk->next = a->chunks;
    chunk->size = want;
    a->chunks = chunk;
    a->used = 0;
    a->total += want;
    return true;
}

void *kds_arena_alloc(struct kds_arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (a->err != KDS_OK) {
        return NULL;
    }
    if (size > a->max || size > SIZE_MAX / 2) {
        a->err = KDS_ERR_TOO_LARGE;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    if ((a->chunks == NULL || a->chunks->size - a->used < size) && !add_chunk(a, size)) {
        return NULL;
    }
    void *p = a->chunks->data + a->used;
    a->used += size;
    return p;
}

void *kds_arena_zero(struct kds_arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        a->err = a->err ? a->err : KDS_ERR_TOO_LARGE;
        return NULL;
    }
    void *p = kds_arena_alloc(a, total);
    if (p != NULL) {
        memset(p, 0, total);
    }
    return p;
}

kds_slice_t kds_arena_copy(struct kds_arena *a, kds_slice_t s)
{
    kds_slice_t copy = {NULL, 0};
    if (s.p == NULL) {
        return copy;
    }
    uint8_t *p = s.n < SIZE_MAX ? kds_arena_alloc(a, s.n + 1) : NULL;
    if (p != NULL) {
        memcpy(p, s.p, s.n);
        p[s.n] = 0;
        copy.p = p;
        copy.n = s.n;
    }
    return copy;
}
