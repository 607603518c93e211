/*
 * worker_internal: what the files of the worker share: worker.c (its life), worker_setup.c (from settings to
 * handles), worker_loop.c (the thread that decides, the store's, calls), worker_tasks.c (the application's
 * tasks).
 */
#ifndef KCL_SRC_WORKER_INTERNAL_H
#define KCL_SRC_WORKER_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/metric_sender.h"
#include "conf.h"
#include "core.h"
#include "cpu.h"
#include "kcl/worker.h"
#include "kds/client.h"
#include "kds/subscription.h"
#include "store.h"

#define KCL_STORE_BATCH 64 /* operations that the store does together, at most */

/** Something a thread has to do, waiting in a queue. */
struct kcl_job {
    kcl_task_t task; /* first: an application that pulls gets its address */
    struct kcl_job *next;
    uint64_t id;
    struct kcl_store_op op; /* of a store job */
};

struct kcl_job_queue {
    struct kcl_job *first, **last;
    pthread_cond_t filled;
};

struct kcl_worker {
    /* Set by kcl_worker_new(), read-only afterwards: any thread, no lock. */
    struct kcl_conf conf;
    kcl_processor_t processor;
    bool pull; /* there is no processor */
    void *opaque;
    char worker_id[KCL_NAME_BYTES];
    unsigned fork_generation;
    kds_client_t *client;
    struct kds_metric_sender *sender; /* of the decider; NULL = nothing is uploaded */
    struct kcl_store *store;          /* the store thread only, once that runs */
    struct kcl_store_result *store_results; /* KCL_STORE_BATCH; the store thread only */
    const kds_operation_t *operations[4];
    int ready_fd; /* pull: readable while a task waits or none will come; -1 = none */

    /* The deciding thread only, while that runs. */
    struct kcl_cpu cpu;
    kds_fanout_t *fanout;    /* NULL before the first subscription */
    struct kcl_push *pushes; /* subscriptions */
    bool finder_runs;        /* the thread that looks for the consumer was started */

    pthread_t decider, storer, finder, *pool;
    size_t pool_size; /* threads of the pool that were started */
    bool decider_runs, storer_runs, started;

    /* Any thread, with `lock` held. */
    struct {
        pthread_mutex_t lock;
        pthread_cond_t work;    /* the deciding thread has something to look at */
        pthread_cond_t changed; /* for who waits for the stop */
        struct kcl_core *core;
        bool awake;     /* the deciding thread is not waiting, or was woken */
        bool quit;      /* all threads end */
        size_t threads; /* of the worker that have not ended */
        bool closed;    /* pull: no task will come any more */
        bool ready;     /* pull: ready_fd is readable */
        struct kcl_job_queue store_jobs, tasks;
    } shared;
};

int64_t kcl_now_us(void);
void kcl_lock(kcl_worker_t *w);
void kcl_unlock(kcl_worker_t *w);
void kcl_wake_locked(kcl_worker_t *w);
bool kcl_forked(const kcl_worker_t *w);

/** The last that a thread of the worker does. */
void kcl_thread_ends_locked(kcl_worker_t *w);

void kcl_queue_init(struct kcl_job_queue *q);
void kcl_push_locked(struct kcl_job_queue *q, struct kcl_job *job);
/** @return NULL if there is none */
struct kcl_job *kcl_take_locked(struct kcl_job_queue *q);
/** Wait for the next. @return NULL when the threads are to end */
struct kcl_job *kcl_pop_locked(kcl_worker_t *w, struct kcl_job_queue *q);
void kcl_free_jobs(struct kcl_job_queue *q);

/* worker_setup.c */

kds_err_t kcl_check_conf(const struct kcl_conf *conf, kds_error_t **error);
kds_err_t kcl_name_worker(kcl_worker_t *w, uint64_t random, kds_error_t **error);
kds_err_t kcl_open_client(kcl_worker_t *w, kds_error_t **error);
kds_err_t kcl_open_store(kcl_worker_t *w, kds_error_t **error);

/* report.c */

/** Prepare for sending metrics to CloudWatch, if the settings want it. */
kds_err_t kcl_upload_begin(kcl_worker_t *w,
                           const kds_client_options_t *client,
                           kds_error_t **error);
/** When the decider is to send them. */
int64_t kcl_upload_due_us(const kcl_worker_t *w);
/** Send; the lock is released meanwhile. */
void kcl_upload_locked(kcl_worker_t *w);
/** Send what is left, and wait a little for it. The threads have ended. */
void kcl_upload_end(kcl_worker_t *w);

/* worker_loop.c: main functions of threads */

void *kcl_decider_main(void *worker);
void *kcl_store_main(void *worker);

/* worker_push.c */

void kcl_subscribe(kcl_worker_t *w, const struct kcl_action *action);
void kcl_unsubscribe(kcl_worker_t *w, uint64_t id);
void kcl_find_consumer(kcl_worker_t *w, const struct kcl_action *action);
/** All subscriptions end. */
void kcl_close_pushes(kcl_worker_t *w);
void kcl_release_event(const void *event, void *opaque);

/* worker_tasks.c */

/** The kinds of task that the application takes. */
unsigned kcl_task_mask(const kcl_worker_t *w);
void *kcl_pool_main(void *worker);
/** A task of the core goes to the application. */
void kcl_queue_task_locked(kcl_worker_t *w, const struct kcl_action *action);
/** Pull: nobody asks for tasks any more; those that wait are withdrawn. */
void kcl_mute_locked(kcl_worker_t *w);
/** Pull: say whether kcl_worker_next() would return at once. */
void kcl_show_ready_locked(kcl_worker_t *w);

#endif /* KCL_SRC_WORKER_INTERNAL_H */
