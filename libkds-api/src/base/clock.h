/*
 * clock: time as a value that is handed in. Nothing else in the libraries asks for the time.
 *
 * Deadlines, leases and back-off use the boot-time clock, which also counts while the machine
 * sleeps; only signatures and time stamps use the wall clock.
 */
#ifndef KDS_BASE_CLOCK_H
#define KDS_BASE_CLOCK_H

#include <stdint.h>

#include "base/internal.h"

#define KDS_US_PER_MS INT64_C(1000)
#define KDS_US_PER_S  INT64_C(1000000)
#define KDS_NEVER_US  INT64_MAX

struct kds_clock {
    int64_t (*boottime_us)(void *opaque); /* never jumps */
    int64_t (*realtime_us)(void *opaque); /* since 1970-01-01T00:00:00Z; may jump */
    void *opaque;
};

/** CLOCK_BOOTTIME and CLOCK_REALTIME. (lent for ever) */
KDS_INTERNAL const struct kds_clock *kds_clock_system(void);

static inline int64_t kds_clock_boottime_us(const struct kds_clock *c)
{
    return c->boottime_us(c->opaque);
}

static inline int64_t kds_clock_realtime_us(const struct kds_clock *c)
{
    return c->realtime_us(c->opaque);
}

/** a + b that stops at KDS_NEVER_US instead of wrapping; both not negative. */
static inline int64_t kds_us_add(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

#endif /* KDS_BASE_CLOCK_H */
