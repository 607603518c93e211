/*
 * roster_world: a few workers around one store in memory, on a clock that only the test moves; without records.
 */
#ifndef TESTS_KCL_ROSTER_WORLD_H
#define TESTS_KCL_ROSTER_WORLD_H

#include "base/clock.h"
#include "check_store.h"
#include "core.h"

#define S       KDS_US_PER_S
#define WALL_US (INT64_C(1790000000) * S)
#define STEP_US (50 * KDS_US_PER_MS)
#define SILENCE (10 * S)

struct pending {
    uint64_t id;
    int64_t until_us;
};

struct worker {
    struct kcl_core *core;
    int64_t clock_us; /* what its clock is ahead of the world's */
    struct kcl_conf *conf;
    unsigned ops[KCL_STORE_ROW_DELETE + 1]; /* on the store, by kind */
    struct pending silent[8];               /* iterators that never come */
    char told[2048];                        /* events */
};

/** What stands in for the store. @return false: it is to answer itself, as always; true: @p result is the answer,
 *  or, if @p silent was set, none will come */
typedef bool(instead_fn)(const struct kcl_store_op *op,
                         struct kcl_store_result *result,
                         bool *silent);

struct world {
    int64_t now_us;
    struct kcl_store *store;
    bool store_fails, no_index;
    instead_fn *instead; /* NULL = nothing */
    bool fleet;          /* the store has rows that are no leases */
    int64_t created_ms;
    unsigned shards;
    unsigned listings;
    char filter[32]; /* of the last one */
    struct worker workers[3];
};
extern struct world world;

/** Set up and tear down of a test. */
int begin(void **state);
int finish(void **state);

/** A worker of this name, with one setting or none. */
void start(size_t number, const char *name, const char *setting, const char *value);
void start_with(size_t number,
                const char *name,
                const char *const settings[][2],
                size_t count);
/** It is gone without a word. */
void end(size_t number);

/** Rows of a fleet, as another worker writes them. */
void put_row(const struct kcl_fleet_row *row);
void put_mode(const char *word);
/** As it is in the store; kind 0 = there is none. */
struct kcl_fleet_row row_of(enum kcl_fleet_kind kind, const char *owner);

/** Everybody works for so long. */
void run_for(int64_t us);
/** This one does what it wants to now. */
void pump(struct worker *w);

/** Leases that it holds. */
size_t held(size_t number);

#endif /* TESTS_KCL_ROSTER_WORLD_H */
