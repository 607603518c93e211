/*
 * refresh: when credentials are fetched, who waits for them, and who is refused. Pure.
 *
 * The shell around it (refresher.h) has the thread, the lock and the clock. One thread at a time.
 *
 * Whoever has unexpired credentials never waits. New ones are fetched from 15 minutes before the
 * expiry on (half their life, if that is less), one fetch at a time. A failure is repeated at ease at
 * first, in haste in the last 10 minutes. Without usable credentials a fetch happens only when
 * somebody asks, and after a failure everybody is refused for a while, so that neither an idle
 * client nor a busy one asks for ever.
 */
#ifndef KDS_AUTH_REFRESH_H
#define KDS_AUTH_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "base/rng.h"

#define KDS_REFRESH_ADVISORY_MS  (15 * 60 * INT64_C(1000))
#define KDS_REFRESH_MANDATORY_MS (10 * 60 * INT64_C(1000))

struct kds_instant {
    int64_t boot_us; /* never jumps: pauses */
    int64_t wall_ms; /* since 1970: expiries */
};

struct kds_refresh {
    bool renews; /* asking again may give other credentials */
    bool stable; /* expired ones are better than none */
    bool have;
    bool running;          /* a fetch is under way */
    bool wanted;           /* somebody waits */
    bool force_pending;    /* a forced fetch has not begun */
    uint64_t generation;   /* of what we have; 0 = nothing yet */
    uint64_t forced;       /* the generation that was given up last */
    unsigned failures;     /* in a row */
    int64_t expires_at_ms; /* put off by static stability */
    int64_t due_at_ms; /* when a fetch is advised; KDS_CREDENTIALS_FOREVER_MS = never */
    int64_t not_before_us; /* boot time; the pause after a failure */
};

enum kds_refresh_answer {
    KDS_REFRESH_USE,    /* there are usable credentials (after a force: newer ones) */
    KDS_REFRESH_WAIT,   /* a fetch is under way or due */
    KDS_REFRESH_REFUSED /* there are none, and none are to be had now */
};

KDS_INTERNAL void kds_refresh_init(struct kds_refresh *r, bool renews, bool stable);

/** Somebody needs credentials. */
KDS_INTERNAL enum kds_refresh_answer kds_refresh_ask(struct kds_refresh *r,
                                                     struct kds_instant now);

/** The service does not accept those of @p generation any more. Each generation is given up once. */
KDS_INTERNAL enum kds_refresh_answer kds_refresh_force(struct kds_refresh *r,
                                                       uint64_t generation);

/** When a fetch shall begin, boot time; KDS_NEVER_US = not unless something happens. */
KDS_INTERNAL int64_t kds_refresh_next_us(const struct kds_refresh *r,
                                         struct kds_instant now);

KDS_INTERNAL void kds_refresh_started(struct kds_refresh *r);

/** @param same  the same key as before: the generation stays */
KDS_INTERNAL void kds_refresh_succeeded(struct kds_refresh *r,
                                        struct kds_instant now,
                                        int64_t expires_at_ms,
                                        bool same,
                                        struct kds_rng *rng);

/** @return the old credentials were given more time than they have */
KDS_INTERNAL bool
kds_refresh_failed(struct kds_refresh *r, struct kds_instant now, struct kds_rng *rng);

#endif /* KDS_AUTH_REFRESH_H */
