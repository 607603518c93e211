/*
 * adaptive: how many attempts a second a client may make, learned from throttles. Pure.
 *
 * The limiter of the SDKs' adaptive retry mode: after a throttle the rate falls to 0.7 of what was
 * measured and then grows along a cubic curve, slowly near the rate that was too much and fast
 * beyond it. Before the first throttle nothing is limited. One thread at a time.
 */
#ifndef KDS_CLIENT_ADAPTIVE_H
#define KDS_CLIENT_ADAPTIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"

struct kds_adaptive {
    bool on; /* there was a throttle */

    /* The bucket; tokens below 0 are promised to attempts that wait. */
    double rate, capacity, tokens; /* rate: attempts a second */
    int64_t filled_us;

    /* What was measured, over half seconds. */
    double measured; /* ends of attempts a second, smoothed */
    int64_t period;  /* number of the half second */
    unsigned ends;   /* in it */

    /* The curve. */
    double peak; /* the rate that was too much */
    int64_t throttled_us;
};

KDS_INTERNAL void kds_adaptive_init(struct kds_adaptive *a, int64_t now_us);

/**
 * An attempt wants to be made.
 * @return microseconds that it has to wait first, its token being taken already; -1 if that would
 *         be more than @p most_us (no token is taken then).
 */
KDS_INTERNAL int64_t kds_adaptive_take(struct kds_adaptive *a,
                                       int64_t now_us,
                                       int64_t most_us);

/** An attempt ended; everything but a throttle counts as success. */
KDS_INTERNAL void
kds_adaptive_note(struct kds_adaptive *a, int64_t now_us, bool throttled);

#endif /* KDS_CLIENT_ADAPTIVE_H */
