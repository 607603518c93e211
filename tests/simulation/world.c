#include "world.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world_event {
    int64_t at_us;
    uint64_t order;
    world_event_fn *fn;
    void *context;
    void *payload;
};

void *world_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (p == NULL) {
        fputs("simulation: out of memory\n", stderr);
        exit(2);
    }
    return p;
}

void world_init(struct world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    kds_rng_seed(&w->rng, seed);
}

void world_clear(struct world *w)
{
    free(w->heap);
    memset(w, 0, sizeof *w);
}

static bool earlier(const struct world_event *a, const struct world_event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void swap(struct world_event *a, struct world_event *b)
{
    struct world_event t = *a;
    *a = *b;
    *b = t;
}

static void sift_up(struct world *w, size_t i)
{
    while (i > 0 && earlier(&w->heap[i], &w->heap[(i - 1) / 2])) {
        swap(&w->heap[i], &w->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

static void sift_down(struct world *w, size_t i)
{
    for (;;) {
        size_t first = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < w->count; child++) {
            if (earlier(&w->heap[child], &w->heap[first])) {
                first = child;
            }
        }
        if (first == i) {
            return;
        }
        swap(&w->heap[i], &w->heap[first]);
        i = first;
    }
}

void world_at(
    struct world *w, int64_t at_us, world_event_fn *fn, void *context, void *payload)
{
    if (w->count == w->capacity) {
        size_t capacity = w->capacity ? w->capacity * 2 : 64;
        struct world_event *heap = realloc(w->heap, capacity * sizeof *heap);
        if (heap == NULL) {
            fputs("simulation: out of memory\n", stderr);
            exit(2);
        }
        w->heap = heap;
        w->capacity = capacity;
    }
    w->heap[w->count] =
        (struct world_event){.at_us = at_us > w->now_us ? at_us : w->now_us,
                             .order = w->posted++,
                             .fn = fn,
                             .context = context,
                             .payload = payload};
    sift_up(w, w->count++);
}

int64_t world_next_us(const struct world *w)
{
    return w->count ? w->heap[0].at_us : KDS_NEVER_US;
}

void world_step(struct world *w, int64_t until_us)
{
    int64_t next_us = world_next_us(w);
    int64_t to_us = next_us < until_us ? next_us : until_us;
    if (to_us > w->now_us) {
        w->now_us = to_us;
    }
    /* Only what was due when the step began: what an event posts for now is the next step's,
     * so that the actors between two steps see every single change. */
    uint64_t posted_before = w->posted;
    while (w->count > 0 && w->heap[0].at_us <= w->now_us &&
           w->heap[0].order < posted_before) {
        struct world_event event = w->heap[0];
        w->heap[0] = w->heap[--w->count];
        sift_down(w, 0);
        event.fn(event.context, event.payload);
    }
}

bool world_chance(struct world *w, unsigned percent)
{
    return kds_rng_below(&w->rng, 100) < percent;
}

int64_t world_between(struct world *w, int64_t low, int64_t high)
{
    return low + (int64_t)kds_rng_below(&w->rng, (uint64_t)(high - low) + 1);
}

void world_tell(const struct world *w, const char *format, ...)
{
    if (!w->verbose) {
        return;
    }
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%10.3f ms  ", (double)w->now_us / 1000.0);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}
