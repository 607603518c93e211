/*
 * application: what a simulated consumer's user code does with its tasks: processes, refuses, confirms in the middle, at
 * the end or much later, prepares, keeps dead letters. It holds the library to the order of tasks that kcl/task.h
 * promises.
 */
#ifndef SIMULATION_APPLICATION_H
#define SIMULATION_APPLICATION_H

#include "history.h"
#include "kcl/task.h"
#include "world.h"

struct kcl_core;
struct application;

struct application_plan {
    unsigned fails;    /* percent of tasks */
    unsigned poison;   /* one record in so many cannot be processed; 0 = none */
    bool manual;       /* confirms only by itself */
    bool dead_letters; /* takes them */
};

struct application *application_new(struct world *world,
                                    struct history *history,
                                    unsigned worker,
                                    const struct application_plan *plan);
void application_free(struct application *a);

/** Nothing goes wrong any more, but for poison. */
void application_heal(struct application *a);
/** The process died: it knows of no shard. */
void application_crash(struct application *a);

/** The kinds of task that it takes, for the core. */
unsigned application_tasks(const struct application *a);

/** A task begins. @return whether it will come to KCL_DONE */
bool application_begin(struct application *a,
                       struct kcl_core *core,
                       const kcl_task_t *task);

/** The task that began comes to its end. */
void application_end(struct application *a,
                     struct kcl_core *core,
                     uint32_t shard,
                     kcl_task_kind_t kind,
                     bool done);

/** The worker says that the shard waits for something. */
void application_told_stuck(struct application *a, uint32_t shard);

/** Whether it has a task of the shard. */
bool application_has_task(const struct application *a, uint32_t shard);

/** With `manual`: confirm something that was processed before, perhaps long before. */
void application_confirm_later(struct application *a, struct kcl_core *core);

/** The number in a shard's id. */
uint32_t application_shard_number(const char *shard_id);

#endif /* SIMULATION_APPLICATION_H */
