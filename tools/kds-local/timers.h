/*
 * timers: who wants to be called next. A heap of members of their owners; pure, no clock.
 */
#ifndef KDS_LOCAL_TIMERS_H
#define KDS_LOCAL_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t due_us;
    size_t place; /* in the heap, from 1; 0 = not in it */
    void *owner;
};

struct timers {
    struct timer **heap;
    size_t count, capacity;
};

void timers_clear(struct timers *t);

/** Make room, so that timers_set() never fails. @return false when out of memory */
bool timers_reserve(struct timers *t, size_t count);

/** Let @p timer be due then; KDS_NEVER_US takes it out. (lent until it is taken out) */
void timers_set(struct timers *t, struct timer *timer, int64_t due_us);

/** KDS_NEVER_US if there is none. */
int64_t timers_next_us(const struct timers *t);

/** One that is due by now, taken out; NULL if there is none. */
struct timer *timers_take(struct timers *t, int64_t now_us);

#endif /* KDS_LOCAL_TIMERS_H */
