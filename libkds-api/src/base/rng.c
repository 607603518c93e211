/*
 * rng: uniform numbers below a bound, and the system's generator.
 */
#include "base/rng.h"

#include <errno.h>
#include <sys/random.h>

uint64_t kds_rng_below(struct kds_rng *r, uint64_t bound)
{
    if (bound < 2) {
        return 0;
    }
    /* Reject the uneven rest of the range, so that every value is equally likely. */
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t v;
    do {
        v = kds_rng_next(r);
    } while (v >= limit);
    return v % bound;
}

kds_err_t kds_random_bytes(void *out, size_t n)
{
    uint8_t *p = out;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno != EINTR) {
            return KDS_ERR_SYSTEM;
        }
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
    return KDS_OK;
}
