/*
 * adaptive: a token bucket whose rate follows CUBIC. Source: the SDKs' adaptive retry mode; the
 * curve is RFC 9438's with these constants.
 */
#include "client/adaptive.h"

#include "base/clock.h"

#define BETA      0.7 /* what a throttle leaves of the rate */
#define SCALE     0.4 /* how fast the curve bends */
#define SMOOTHING 0.8 /* weight of the newest half second */
#define RATE_MIN  0.5
#define PERIOD_US (KDS_US_PER_S / 2)

static double min2(double a, double b)
{
    return a < b ? a : b;
}

static double max2(double a, double b)
{
    return a > b ? a : b;
}

static double seconds(int64_t us)
{
    return (double)us / (double)KDS_US_PER_S;
}

/* Newton's; good to the last digits for what rates can be, and spares libm. */
static double cube_root(double x)
{
    double y = max2(x, 1.0);
    for (int i = 0; x > 0 && i < 100; i++) {
        double next = (2 * y + x / (y * y)) / 3;
        if (next >= y) { /* it comes from above and no longer falls */
            return y;
        }
        y = next;
    }
    return x > 0 ? y : 0;
}

void kds_adaptive_init(struct kds_adaptive *a, int64_t now_us)
{
    *a = (struct kds_adaptive){
        .rate = RATE_MIN, .filled_us = now_us, .period = now_us / PERIOD_US};
}

static void fill(struct kds_adaptive *a, int64_t now_us)
{
    if (now_us > a->filled_us) {
        a->tokens =
            min2(a->capacity, a->tokens + seconds(now_us - a->filled_us) * a->rate);
        a->filled_us = now_us;
    }
}

int64_t kds_adaptive_take(struct kds_adaptive *a, int64_t now_us, int64_t most_us)
{
    if (!a->on) {
        return 0;
    }
    fill(a, now_us);
    double lacks = 1.0 - a->tokens;
    double wait_us = lacks > 0 ? lacks / a->rate * (double)KDS_US_PER_S : 0;
    if (wait_us > (double)most_us) {
        return -1;
    }
    a->tokens -= 1.0;
    return (int64_t)wait_us;
}

static void measure(struct kds_adaptive *a, int64_t now_us)
{
    int64_t period = now_us / PERIOD_US;
    a->ends++;
    if (period > a->period) {
        double rate = a->ends / seconds((period - a->period) * PERIOD_US);
        a->measured = SMOOTHING * rate + (1 - SMOOTHING) * a->measured;
        a->ends = 0;
        a->period = period;
    }
}

/* The point of the curve @p t seconds behind the throttle. */
static double curve(double peak, double t)
{
    double d = t - cube_root(peak * (1 - BETA) / SCALE);
    return SCALE * d * d * d + peak;
}

static void set_rate(struct kds_adaptive *a, int64_t now_us, double rate)
{
    fill(a, now_us); /* at the old rate until now */
    a->rate = max2(rate, RATE_MIN);
    a->capacity = max2(rate, 1.0);
    a->tokens = min2(a->tokens, a->capacity);
}

void kds_adaptive_note(struct kds_adaptive *a, int64_t now_us, bool throttled)
{
    double rate;
    measure(a, now_us);
    if (throttled) {
        a->peak = a->on ? min2(a->measured, a->rate) : a->measured;
        a->throttled_us = now_us;
        rate = BETA * a->peak;
    } else {
        rate = curve(a->peak, seconds(now_us - a->throttled_us));
    }
    set_rate(a, now_us, min2(rate, 2 * a->measured));
    a->on |= throttled;
}
