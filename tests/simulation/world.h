/*
 * world: a virtual clock and the events that are due on it.
 *
 * Everything in a simulated run happens in one thread, at an instant of this clock, in an order
 * that the seed alone decides. Nothing here knows what is simulated.
 */
#ifndef SIMULATION_WORLD_H
#define SIMULATION_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

/** Something that is due. @param context, payload as given to world_at(). */
typedef void(world_event_fn)(void *context, void *payload);

struct world {
    int64_t now_us; /* boot-time clock; the wall clock is WORLD_EPOCH_US later */
    struct kds_rng rng;
    bool verbose; /* tell each step on stderr */

    struct world_event *heap; /* earliest first; equal times in order of posting */
    size_t count, capacity;
    uint64_t posted;
};

#define WORLD_EPOCH_US (INT64_C(1790000000) * 1000000) /* 2026-09-21T14:13:20Z */

void world_init(struct world *w, uint64_t seed);
void world_clear(
    struct world *w); /* payloads of events that never ran are not released */

static inline int64_t world_realtime_us(const struct world *w)
{
    return WORLD_EPOCH_US + w->now_us;
}

/** Run @p fn at @p at_us, or now if that is past. */
void world_at(
    struct world *w, int64_t at_us, world_event_fn *fn, void *context, void *payload);

/** When the next event is due; KDS_NEVER_US if none is. */
int64_t world_next_us(const struct world *w);

/** Move the clock to @p until_us or to the next event, whichever is first, and run what is due. */
void world_step(struct world *w, int64_t until_us);

/** True in @p percent of 100 cases. */
bool world_chance(struct world *w, unsigned percent);

/** Uniform in low .. high, both included. */
int64_t world_between(struct world *w, int64_t low, int64_t high);

/** Tell a step when the run is verbose. */
void world_tell(const struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Test code only: memory or the end of the run. */
void *world_alloc(size_t size);

#endif /* SIMULATION_WORLD_H */
