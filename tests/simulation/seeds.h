/*
 * seeds: which seeds a simulation runs, from its command line.
 *
 *   [--seeds N] [--first SEED]   N seeds (200) from SEED (1) on
 *   --until-broken N             the same, but end at the first broken promise
 *   --replay SEED                one, and tell every step
 */
#ifndef SIMULATION_SEEDS_H
#define SIMULATION_SEEDS_H

#include <stdbool.h>
#include <stdint.h>

struct seeds {
    uint64_t first, count, now, broken;
    bool begun, verbose, until_broken;
};

/** Ends the program with a message if the arguments are wrong. */
void seeds_read(struct seeds *s, int argc, char **argv);

/** Go on to the next seed, which is then s->now. @return false when there is none */
bool seeds_next(struct seeds *s);

/** How the present one went. */
void seeds_judge(struct seeds *s, bool kept);

/** Tell the sum. @return the exit status */
int seeds_end(const struct seeds *s);

#endif /* SIMULATION_SEEDS_H */
