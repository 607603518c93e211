/*
 * rng: random numbers from one seed (splitmix64), so that a schedule can be replayed.
 *
 * For jitter, shuffles and choices; not for secrets. Not thread-safe.
 */
#ifndef KDS_BASE_RNG_H
#define KDS_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/error.h"

struct kds_rng {
    uint64_t state;
};

static inline void kds_rng_seed(struct kds_rng *r, uint64_t seed)
{
    r->state = seed;
}

static inline uint64_t kds_rng_next(struct kds_rng *r)
{
    uint64_t z = (r->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/** Uniform in 0 .. bound - 1; 0 if bound is 0. */
KDS_INTERNAL uint64_t kds_rng_below(struct kds_rng *r, uint64_t bound);

/** Fill from the operating system's generator. @retval KDS_ERR_SYSTEM it failed. */
KDS_INTERNAL kds_err_t kds_random_bytes(void *out, size_t n) KDS_UNUSED_RESULT;

#endif /* KDS_BASE_RNG_H */
