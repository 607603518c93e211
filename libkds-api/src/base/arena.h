/*
 * arena: memory that is taken piece by piece and released all at once.
 *
 * Holds what one decoded answer or one request needs. A limit, a sticky error, no free of a
 * single piece. Not thread-safe.
 */
#ifndef KDS_BASE_ARENA_H
#define KDS_BASE_ARENA_H

#include <stddef.h>

#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

struct kds_arena_chunk;

struct kds_arena {
    struct kds_arena_chunk *chunks; /* newest first */
    size_t used;                    /* bytes handed out of the newest chunk */
    size_t total;                   /* bytes taken from the allocator */
    size_t max;                     /* total never exceeds this */
    kds_err_t err;                  /* sticky: KDS_ERR_NO_MEMORY or KDS_ERR_TOO_LARGE */
};

/** Allocates nothing. */
KDS_INTERNAL void kds_arena_init(struct kds_arena *a, size_t max);

/** Release everything; the arena is empty and usable again. */
KDS_INTERNAL void kds_arena_clear(struct kds_arena *a);

/** As kds_arena_clear(), with everything overwritten first: for answers that hold secrets. */
KDS_INTERNAL void kds_arena_wipe(struct kds_arena *a);

/** Forget everything, keep the newest chunk for the next use. */
KDS_INTERNAL void kds_arena_reset(struct kds_arena *a);

/** Uninitialised memory aligned for any type; NULL with `err` set. */
KDS_INTERNAL void *kds_arena_alloc(struct kds_arena *a, size_t size);

/** Zeroed array; NULL with `err` set, also when count * size overflows. */
KDS_INTERNAL void *kds_arena_zero(struct kds_arena *a, size_t count, size_t size);

/** A copy of @p s followed by a NUL; absent stays absent; p NULL with `err` set on failure. */
KDS_INTERNAL kds_slice_t kds_arena_copy(struct kds_arena *a, kds_slice_t s);

#endif /* KDS_BASE_ARENA_H */
