/*
 * fleet_worker: the workers of a simulated fleet, around one lease store and one stream, and who of them holds what.
 *
 * A lease that two hold validly at once, and a shard that is begun before its parent's end, break the run.
 */
#ifndef SIMULATION_FLEET_WORKER_H
#define SIMULATION_FLEET_WORKER_H

#include "fleet_stream.h"
#include "table.h"
#include "world.h"

#include "libkcl/src/conf.h"
#include "libkcl/src/core.h"
#include "libkcl/src/store.h"

struct fleet;

struct fleet_worker {
    struct fleet *fleet;
    unsigned number, generation;
    struct kcl_core *core; /* NULL = it is not there */
    bool stopping;
    int64_t wakes_us; /* the earliest event that pumps it */
};

/** Who held a shard's lease last, as that worker's core had it. */
struct fleet_claim {
    unsigned worker, generation;
    int64_t until_us;
};

struct fleet {
    struct world world;
    uint64_t seed;
    bool local;     /* a look at the leases costs little */
    bool reads;     /* workers read the stream; else nothing answers them */
    int64_t old_us; /* so old are listings, at most */
    struct kcl_conf *conf;
    struct table *table;
    struct fleet_stream stream;
    struct fleet_claim *claims; /* by shard */
    struct fleet_worker *workers;
    unsigned worker_count;                  /* places that were ever used */
    uint64_t ops[KCL_STORE_ROW_DELETE + 1]; /* leases of a creation count one each */
    uint64_t gained;                        /* leases that were taken */
    const char *broken;                     /* the first promise that was */
};

/** Who holds what. */
struct fleet_division {
    size_t held; /* leases of open shards with a valid holder */
    unsigned alive;
    size_t least, most; /* of one worker */
};

void fleet_init(struct fleet *f, size_t shards, size_t shards_max, unsigned workers_max);
/** Everybody goes; what is still under way ends in nothing. */
void fleet_clear(struct fleet *f);

void fleet_start(struct fleet *f, unsigned number);
void fleet_kill(struct fleet *f, unsigned number);
void fleet_stop(struct fleet *f, unsigned number);

struct fleet_division fleet_look(const struct fleet *f);
uint64_t fleet_all_ops(const struct fleet *f);
/** Leases in the store. */
size_t fleet_lease_count(const struct fleet *f);

#endif /* SIMULATION_FLEET_WORKER_H */
