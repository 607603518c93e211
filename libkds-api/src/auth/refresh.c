/*
 * refresh: the arithmetic of windows and pauses.
 */
#include "auth/refresh.h"

#include "auth/credentials.h"
#include "base/clock.h"

#include <string.h>

#define MINUTE_MS          (60 * INT64_C(1000))
#define ADVISORY_JITTER_MS MINUTE_MS
#define EASY_PAUSE_MS      MINUTE_MS            /* between failures while there is time */
#define HASTY_PAUSE_MS     (10 * INT64_C(1000)) /* ... in the mandatory window */
#define NEGATIVE_FIRST_MS  (1 * INT64_C(1000))  /* nobody is served meanwhile */
#define NEGATIVE_MOST_MS   (30 * INT64_C(1000))
#define STABLE_MARGIN_MS                                                                 \
    (2 * MINUTE_MS) /* put the expiry off before anybody notices it */
#define STABLE_EXTRA_MS  (15 * MINUTE_MS)
#define STABLE_JITTER_MS (8 * MINUTE_MS) /* on top of 2 minutes */

static int64_t below(struct kds_rng *rng, int64_t bound)
{
    return (int64_t)kds_rng_below(rng, (uint64_t)bound);
}

void kds_refresh_init(struct kds_refresh *r, bool renews, bool stable)
{
    memset(r, 0, sizeof *r);
    r->renews = renews;
    r->stable = stable;
}

static bool usable(const struct kds_refresh *r, struct kds_instant now)
{
    return r->have && now.wall_ms < r->expires_at_ms;
}

enum kds_refresh_answer kds_refresh_ask(struct kds_refresh *r, struct kds_instant now)
{
    if (usable(r, now)) {
        return KDS_REFRESH_USE;
    }
    if (r->running) {
        return KDS_REFRESH_WAIT;
    }
    if ((!r->renews && r->have) || now.boot_us < r->not_before_us) {
        return KDS_REFRESH_REFUSED;
    }
    r->wanted = true;
    return KDS_REFRESH_WAIT;
}

enum kds_refresh_answer kds_refresh_force(struct kds_refresh *r, uint64_t generation)
{
    if (generation < r->generation) {
        return KDS_REFRESH_USE;
    }
    if (r->forced == generation) {
        return r->running || r->force_pending ? KDS_REFRESH_WAIT : KDS_REFRESH_REFUSED;
    }
    if (!r->renews) {
        return KDS_REFRESH_REFUSED;
    }
    r->forced = generation;
    r->force_pending = true;
    return KDS_REFRESH_WAIT;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t kds_refresh_next_us(const struct kds_refresh *r, struct kds_instant now)
{
    if (r->running) {
        return KDS_NEVER_US;
    }
    if (r->force_pending) {
        return now.boot_us;
    }
    if (!usable(r, now)) {
        return r->wanted ? later(now.boot_us, r->not_before_us) : KDS_NEVER_US;
    }
    if (!r->renews || r->due_at_ms == KDS_CREDENTIALS_FOREVER_MS) {
        return KDS_NEVER_US;
    }
    int64_t left_ms = later(r->due_at_ms - now.wall_ms, 0);
    return later(kds_us_add(now.boot_us, left_ms * KDS_US_PER_MS), r->not_before_us);
}

void kds_refresh_started(struct kds_refresh *r)
{
    r->running = true;
    r->wanted = false;
    r->force_pending = false;
}

/* Old credentials get more time, at a moment when nobody has yet been refused. */
static void put_off(struct kds_refresh *r, struct kds_instant now, struct kds_rng *rng)
{
    int64_t jitter_ms = 2 * MINUTE_MS + below(rng, STABLE_JITTER_MS);
    r->expires_at_ms = now.wall_ms + STABLE_EXTRA_MS + jitter_ms;
    r->due_at_ms = now.wall_ms + jitter_ms;
}

/* 15 minutes ahead, or half of what is left if that is later: short lives are no endless loop. */
static int64_t advised(int64_t expires_at_ms, struct kds_instant now, struct kds_rng *rng)
{
    int64_t left_ms = expires_at_ms - now.wall_ms;
    int64_t ahead_ms = KDS_REFRESH_ADVISORY_MS + below(rng, ADVISORY_JITTER_MS);
    int64_t wait_ms = later(left_ms - ahead_ms, left_ms / 2);
    return now.wall_ms + later(wait_ms, 1000);
}

void kds_refresh_succeeded(struct kds_refresh *r,
                           struct kds_instant now,
                           int64_t expires_at_ms,
                           bool same,
                           struct kds_rng *rng)
{
    r->running = false;
    r->failures = 0;
    r->not_before_us = 0;
    r->generation += !same || !r->have;
    r->have = true;
    r->expires_at_ms = expires_at_ms;
    if (expires_at_ms == KDS_CREDENTIALS_FOREVER_MS) {
        r->due_at_ms = expires_at_ms;
    } else if (expires_at_ms <= now.wall_ms && r->stable) {
        put_off(r, now, rng);
    } else {
        r->due_at_ms = advised(expires_at_ms, now, rng);
    }
}

/* Up to half of the pause is left to chance, so that a fleet does not come back as one. */
static int64_t pause_us(int64_t ms, struct kds_rng *rng)
{
    return (ms / 2 + below(rng, ms / 2 + 1)) * KDS_US_PER_MS;
}

bool kds_refresh_failed(struct kds_refresh *r,
                        struct kds_instant now,
                        struct kds_rng *rng)
{
    int64_t left_ms = r->have ? r->expires_at_ms - now.wall_ms : 0;
    int64_t ms = EASY_PAUSE_MS;
    bool more_time = r->stable && r->have && left_ms < STABLE_MARGIN_MS;
    r->running = false;
    r->failures++;
    if (more_time) {
        put_off(r, now, rng);
    } else if (left_ms <= 0) {
        ms = r->failures < 6 ? NEGATIVE_FIRST_MS << r->failures : NEGATIVE_MOST_MS;
        ms = ms < NEGATIVE_MOST_MS ? ms : NEGATIVE_MOST_MS;
    } else if (left_ms < KDS_REFRESH_MANDATORY_MS) {
        ms = HASTY_PAUSE_MS;
    }
    r->not_before_us = kds_us_add(now.boot_us, pause_us(ms, rng));
    return more_time;
}
