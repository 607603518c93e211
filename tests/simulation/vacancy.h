/*
 * vacancy: how long a shard is without a reader: promise C6.
 *
 * Told who takes which lease and who is gone. It judges only from vacancy_judge() on, when nothing else goes wrong;
 * what became vacant before does not count.
 */
#ifndef SIMULATION_VACANCY_H
#define SIMULATION_VACANCY_H

#include "history.h"

struct vacancy {
    struct history *history;
    int64_t most_us; /* the longest that may be; 0 = not judged yet */
    bool begun;      /* somebody took a lease */
    bool peers;      /* somebody else is there to take what is released */
    struct {
        bool read;
        unsigned reader;
        bool made, ended;
        int parents[2]; /* -1 = none */
        int64_t since_us,
            until_us; /* vacant since, and at most until; until 0 = it is not */
    } shards[HISTORY_SHARDS_MAX];
};

void vacancy_init(struct vacancy *v, struct history *h);
/** From now on. */
void vacancy_judge(struct vacancy *v, int64_t most_us, bool peers);

void vacancy_taken(struct vacancy *v, int64_t now_us, uint32_t shard, unsigned worker);
/** It is free for everybody. */
void vacancy_released(struct vacancy *v, int64_t now_us, uint32_t shard);
/** Its reader could not keep it, and knows it. */
void vacancy_lost(struct vacancy *v, uint32_t shard, unsigned worker);
/** It was read to its end. */
void vacancy_ended(struct vacancy *v, int64_t now_us, uint32_t shard);
/** All that it read is vacant. */
void vacancy_died(struct vacancy *v, int64_t now_us, unsigned worker);

/** There is a lease for it, which may be taken when its parents were read to their ends. @param parents  numbers, or -1 */
void vacancy_made(struct vacancy *v, uint32_t shard, const int parents[2]);
/** A process that stopped in order leaves nothing that it reads. */
void vacancy_stopped(struct vacancy *v, unsigned worker);
/** Everything went well for long. */
void vacancy_judge_begun(struct vacancy *v);

/** Nothing more will be told. */
void vacancy_end(struct vacancy *v, int64_t now_us);
/** When what is vacant now must have a reader; 0 = nothing is. */
int64_t vacancy_until_us(const struct vacancy *v);

#endif /* SIMULATION_VACANCY_H */
