/*
 * manners: how one worker treats the service and those who come after it: it does not hurry where it was told to wait, does
 * not wait where there is something to read, and leaves nothing behind that others wait for.
 */
#ifndef SIMULATION_MANNERS_H
#define SIMULATION_MANNERS_H

#include "history.h"

struct manners {
    struct history *history;
    unsigned worker;
    struct {
        int64_t
            behind_us; /* since when it knows that there is more to read; 0 = it does not */
        int64_t throttled_us; /* when it was told to wait; 0 = it was not */
    } shards[HISTORY_SHARDS_MAX];
};

void manners_init(struct manners *m, struct history *h, unsigned worker);
/** Another process, or the shard is not its own any more. */
void manners_forget(struct manners *m);
void manners_forget_shard(struct manners *m, uint32_t shard);

/** A thread of its pool is away for so long: what it would have processed is in the way of what is to be read. */
void manners_starved(struct manners *m, int64_t for_us);

/** It asks for records of the shard. */
void manners_reads(struct manners *m, int64_t now_us, uint32_t shard);
/** What it was answered. @param behind  there is more; what came is to be processed first */
void manners_answered(
    struct manners *m, int64_t now_us, uint32_t shard, bool throttled, bool behind);

#endif /* SIMULATION_MANNERS_H */
