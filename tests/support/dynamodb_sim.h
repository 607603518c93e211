/*
 * dynamodb_sim: behaves like the part of DynamoDB that leases need: tables, items, conditions, updates, pages;
 * and fails when it is told to. One thread; answers at once.
 *
 * It reads expressions by a grammar of its own, so that it is a second opinion on what the library
 * writes.
 */
#ifndef TESTS_SUPPORT_DYNAMODB_SIM_H
#define TESTS_SUPPORT_DYNAMODB_SIM_H

#include "kds/dynamodb.h"
#include "store_dynamodb.h"

struct dynamodb_sim;

/** What goes wrong with one call. */
struct dynamodb_fault {
    const char *code; /* the service's word; NULL = the connection breaks */
    bool after;       /* ... after the call had its effect */
};

/** Asked before each call. @return NULL: nothing goes wrong */
typedef const struct dynamodb_fault *(dynamodb_fault_fn)(enum kcl_dynamo_call which,
                                                         const char *table,
                                                         const char *key,
                                                         void *opaque);

struct dynamodb_sim *dynamodb_sim_new(void);
void dynamodb_sim_free(struct dynamodb_sim *sim);

/** A way to it for one store. (the sim outlives it) */
struct kcl_dynamo_io dynamodb_sim_io(struct dynamodb_sim *sim);

void dynamodb_sim_set_faults(struct dynamodb_sim *sim,
                             dynamodb_fault_fn *fn,
                             void *opaque);
/** A failed condition tells the item; true at first. */
void dynamodb_sim_tell_items(struct dynamodb_sim *sim, bool yes);
/** Items that one page looks at, at most. */
void dynamodb_sim_set_page(struct dynamodb_sim *sim, size_t items);
/** What DescribeTable says of all tables; ACTIVE at first. */
void dynamodb_sim_set_status(struct dynamodb_sim *sim, const char *status);

/** A table with this key attribute. */
void dynamodb_sim_add_table(struct dynamodb_sim *sim,
                            const char *table,
                            const char *key_name);
bool dynamodb_sim_has_table(const struct dynamodb_sim *sim, const char *table);

/** What the last CreateTable asked for: MODE protected=0|1 KEY=VALUE ... */
const char *dynamodb_sim_created(const struct dynamodb_sim *sim);
/** Whether point-in-time recovery was switched on. */
bool dynamodb_sim_recovery(const struct dynamodb_sim *sim, const char *table);
/** The index by owner; "" = it has none. @param capacity  receives its own */
const char *dynamodb_sim_index(const struct dynamodb_sim *sim,
                               const char *table,
                               int64_t capacity[2]);
/** CREATING at first. */
void dynamodb_sim_set_index(struct dynamodb_sim *sim,
                            const char *table,
                            const char *status);

/** Put an item as it is. */
void dynamodb_sim_put(struct dynamodb_sim *sim,
                      const char *table,
                      const kds_dynamodb_attribute_t *item,
                      size_t count);
/** @return (lent until the next call) NULL if there is none */
const kds_dynamodb_attribute_t *dynamodb_sim_get(const struct dynamodb_sim *sim,
                                                 const char *table,
                                                 const char *key,
                                                 size_t *count);
/** Calls of this kind so far. */
unsigned dynamodb_sim_calls(const struct dynamodb_sim *sim, enum kcl_dynamo_call which);

#endif /* TESTS_SUPPORT_DYNAMODB_SIM_H */
