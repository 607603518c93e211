/*
 * clock: the system's two clocks.
 */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * KDS_US_PER_S + t.tv_nsec / 1000;
}

static int64_t boottime_us(void *opaque)
{
    (void)opaque;
    return read_us(CLOCK_BOOTTIME);
}

static int64_t realtime_us(void *opaque)
{
    (void)opaque;
    return read_us(CLOCK_REALTIME);
}

const struct kds_clock *kds_clock_system(void)
{
    static const struct kds_clock system = {boottime_us, realtime_us, NULL};
    return &system;
}
