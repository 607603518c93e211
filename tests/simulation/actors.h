/*
 * actors: producers and consumers as the simulated world sees them: a core, driven in one thread.
 */
#ifndef SIMULATION_ACTORS_H
#define SIMULATION_ACTORS_H

#include "application.h"
#include "history.h"
#include "producer_actor.h"
#include "vacancy.h"
#include "wire.h"
#include "world.h"

/* Linked from the libraries' sources: both have a core.h, so neither is included here. */
struct consumer;
struct table;

struct consumer_plan {
    int64_t failover_ms, checkpoint_every;
    int64_t max_records, batch_max, retries;
    int64_t budget_bytes; /* may be less than the setting allows */
    size_t threads;
    struct application_plan application;
    unsigned store_fails; /* percent of operations, before or after they are done */
    unsigned
        store_late; /* percent of operations and of answers, by more than a lease lasts */
    bool
        fleet; /* in the store are rows that are no leases, and leases are made one by one */
    bool new_names; /* a process that is started anew has another worker.id */
    bool no_rows; /* it may not read what the others say of themselves, and cannot lead */
    int64_t idle_ms, handoff_ms;
    int64_t starts_us;
    int64_t clock_us;       /* its wall clock is ahead of everybody else's */
    const char *start;      /* (borrowed) for the consumer's life */
    bool fan_out, fallback; /* read by subscriptions; by polling where that is refused */
};

struct consumer *consumer_new(struct wire *wire,
                              struct table *table,
                              struct vacancy *vacancy,
                              unsigned number,
                              const struct consumer_plan *plan,
                              uint64_t seed);
void consumer_free(struct consumer *c);
/** From now on nothing goes wrong in processor and store. */
void consumer_heal(struct consumer *c);
/** The process dies; another one is there @p down_us later. */
void consumer_crash(struct consumer *c, int64_t down_us);
/** It leads its fleet. */
bool consumer_leads(const struct consumer *c);
/** It cannot reach its store until then. */
void consumer_cut_off(struct consumer *c, int64_t until_us);
/** The process stands still; what happens meanwhile it learns afterwards. */
void consumer_pause(struct consumer *c, int64_t until_us);
/** Stop cleanly, then start anew @p down_us later. */
void consumer_restart(struct consumer *c, int64_t down_us);
/** Its connections are gone. */
void consumer_hang_up(struct consumer *c);
void consumer_pump(struct consumer *c);
int64_t consumer_wake_at_us(struct consumer *c);

#endif /* SIMULATION_ACTORS_H */
