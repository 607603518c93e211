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
struct kcl_store;

struct consumer_plan {
    int64_t failover_ms, checkpoint_every;
    int64_t max_records, batch_max, retries;
    int64_t budget_bytes; /* may be less than the setting allows */
    size_t threads;
    struct application_plan application;
    unsigned store_fails;   /* percent of writes, before or after they are done */
    bool fan_out, fallback; /* read by subscriptions; by polling where that is refused */
};

struct consumer *consumer_new(struct wire *wire,
                              struct kcl_store *store,
                              struct vacancy *vacancy,
                              unsigned number,
                              const struct consumer_plan *plan,
                              uint64_t seed);
void consumer_free(struct consumer *c);
/** From now on nothing goes wrong in processor and store. */
void consumer_heal(struct consumer *c);
void consumer_crash(struct consumer *c);
/** The process stands still; what happens meanwhile it learns afterwards. */
void consumer_pause(struct consumer *c, int64_t until_us);
/** Stop cleanly, then start anew. */
void consumer_restart(struct consumer *c);
/** Its connections are gone. */
void consumer_hang_up(struct consumer *c);
void consumer_pump(struct consumer *c);
int64_t consumer_wake_at_us(struct consumer *c);

struct kcl_store *consumer_store_new(void);
void consumer_store_free(struct kcl_store *store);

#endif /* SIMULATION_ACTORS_H */
