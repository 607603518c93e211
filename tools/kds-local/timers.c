/*
 * timers: a binary heap.
 */
#include "timers.h"

#include "base/alloc.h"
#include "base/clock.h"

void timers_clear(struct timers *t)
{
    kds_free(t->heap);
    t->heap = NULL;
    t->count = t->capacity = 0;
}

bool timers_reserve(struct timers *t, size_t count)
{
    if (count <= t->capacity) {
        return true;
    }
    size_t capacity = t->capacity * 2 > count ? t->capacity * 2 : count;
    struct timer **heap = kds_realloc_array(t->heap, capacity, sizeof(struct timer *));
    if (heap == NULL) {
        return false;
    }
    t->heap = heap;
    t->capacity = capacity;
    return true;
}

static void put(struct timers *t, size_t place, struct timer *timer)
{
    t->heap[place - 1] = timer;
    timer->place = place;
}

static void rise(struct timers *t, struct timer *timer, size_t place)
{
    while (place > 1 && t->heap[place / 2 - 1]->due_us > timer->due_us) {
        put(t, place, t->heap[place / 2 - 1]);
        place /= 2;
    }
    put(t, place, timer);
}

static void sink(struct timers *t, struct timer *timer, size_t place)
{
    for (size_t child; (child = 2 * place) <= t->count; place = child) {
        if (child < t->count && t->heap[child]->due_us < t->heap[child - 1]->due_us) {
            child++;
        }
        if (t->heap[child - 1]->due_us >= timer->due_us) {
            break;
        }
        put(t, place, t->heap[child - 1]);
    }
    put(t, place, timer);
}

static void settle(struct timers *t, struct timer *timer, size_t place)
{
    if (place > 1 && t->heap[place / 2 - 1]->due_us > timer->due_us) {
        rise(t, timer, place);
    } else {
        sink(t, timer, place);
    }
}

static void take_out(struct timers *t, struct timer *timer)
{
    struct timer *last = t->heap[--t->count];
    if (last != timer) {
        settle(t, last, timer->place);
    }
    timer->place = 0;
}

void timers_set(struct timers *t, struct timer *timer, int64_t due_us)
{
    if (due_us == KDS_NEVER_US) {
        if (timer->place != 0) {
            take_out(t, timer);
        }
        return;
    }
    timer->due_us = due_us;
    settle(t, timer, timer->place ? timer->place : ++t->count);
}

int64_t timers_next_us(const struct timers *t)
{
    return t->count > 0 ? t->heap[0]->due_us : KDS_NEVER_US;
}

struct timer *timers_take(struct timers *t, int64_t now_us)
{
    struct timer *first =
        t->count > 0 && t->heap[0]->due_us <= now_us ? t->heap[0] : NULL;
    if (first != NULL) {
        take_out(t, first);
    }
    return first;
}
