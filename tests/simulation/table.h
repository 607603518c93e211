/*
 * table: a lease store with the rules of DynamoDB around the one in memory: what is listed, and what the index finds, is
 * as it was a while ago, each item at a time of its own, now and then older than what was listed before; every write and
 * what is read by itself is as it is now. The index has to be made first, and there may be no right to it.
 */
#ifndef SIMULATION_TABLE_H
#define SIMULATION_TABLE_H

#include "world.h"

#include "libkcl/src/store.h"

struct table;

struct table_plan {
    int64_t old_us;   /* a listing is as old, at most; 0 = all of it is of now */
    int64_t index_us; /* the index takes so long to be made */
    bool no_index;    /* nobody may make it or ask it */
    size_t page;      /* items in one answer; 0 = as many as there are */
};

struct table *table_new(struct world *world, const struct table_plan *plan);
void table_free(struct table *t);

void table_run(struct table *t,
               const struct kcl_store_op *op,
               struct kcl_store_result *result);

/** Write the word that says how leases move. */
void table_set_mode(struct table *t, const char *word);

/** Whether a row says that this worker works; or, if it led, that it leads. */
bool table_has_row_of(struct table *t, const char *worker_id, bool led);

/** An operation with all that it points to: the one who asks for it may forget it. @return (given; free) */
struct kcl_store_op *table_copy_op(const struct kcl_store_op *op);

#endif /* SIMULATION_TABLE_H */
