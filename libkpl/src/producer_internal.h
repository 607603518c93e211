/*
 * producer_internal: the shell around the core, as its parts see it: producer.c (life), put.c (the
 * caller's side), worker.c (the service's side), deliver.c (outcomes). All deciding is the core's.
 */
#ifndef KPL_SRC_PRODUCER_INTERNAL_H
#define KPL_SRC_PRODUCER_INTERNAL_H

#include "base/clock.h"
#include "base/thread.h"
#include "client/metric_sender.h"
#include "conf.h"
#include "core.h"
#include "kds/client.h"
#include "results.h"
#include "spooling.h"

struct kpl_producer {
    /* Set by kpl_producer_new(), read-only afterwards: any thread, no lock. */
    struct kpl_conf conf;
    unsigned fork_generation;
    kds_client_t *client;
    struct kds_metric_sender *sender;     /* of the worker; NULL = nothing is uploaded */
    const kds_operation_t *operations[3]; /* by kind of action */
    kpl_results_fn *results;
    void *opaque;
    size_t low_bytes; /* of the budget */
    int64_t linger_us;
    int64_t
        patience_us; /* with a callback that does not return, before a line is logged */
    bool polled;     /* dispatch=poll */
    int event_fd;    /* -1 unless polled */
    pthread_t worker, dispatcher;
    bool worker_runs, dispatcher_runs;

    /* The thread that delivers outcomes. */
    struct kpl_showcase showcase;

    /* Any thread, with `lock` held. */
    struct {
        pthread_mutex_t lock;
        pthread_cond_t work;    /* the worker has something to look at */
        pthread_cond_t ready;   /* outcomes wait */
        pthread_cond_t changed; /* budget was released, outcomes were reported */
        struct kpl_core *core;
        struct kpl_spooling spooling;
        int64_t worker_wake_us; /* when the sleeping worker wakes; -1 = it is awake */
        size_t put_bytes;       /* since the worker looked last */
        size_t waiting;         /* threads that wait for `changed` */
        bool refused;           /* a put was, for want of room: low water is to be told */
        int64_t
            room_at_us; /* when the spool is asked for room again; KDS_NEVER_US: it is not */
        uint64_t spool_refusals; /* of requests, after which their records stayed */
        int64_t refusal_at_us;   /* the next one is told in the log from then on */
        bool syncing;            /* a thread waits for the spool's disk */
        bool closed, stop_worker, stop_dispatcher;
        bool dispatcher_ended;
        bool delivering; /* a callback is running, on: */
        pthread_t deliverer;
        const char *callback; /* which */
    } shared;
};

static inline int64_t kpl_now_us(void)
{
    return kds_clock_boottime_us(kds_clock_system());
}

static inline void kpl_lock(kpl_producer_t *p)
{
    pthread_mutex_lock(&p->shared.lock);
}

static inline void kpl_unlock(kpl_producer_t *p)
{
    pthread_mutex_unlock(&p->shared.lock);
}

static inline bool kpl_forked(const kpl_producer_t *p)
{
    return p->fork_generation != kds_fork_generation();
}

/* worker.c */

void *kpl_worker_main(void *producer);
/** The worker is to look again, now. */
void kpl_wake_worker_locked(kpl_producer_t *p);
/** A put found no room: the worker looks for some in the spool, whose disk tells nobody when it has any. */
void kpl_want_room_locked(kpl_producer_t *p, int64_t now_us);

/* deliver.c */

void *kpl_dispatcher_main(void *producer);
/** Wake whoever delivers, if outcomes wait. */
void kpl_tell_results_locked(kpl_producer_t *p);
/** Whoever delivers is to look again. */
void kpl_wake_deliverer_locked(kpl_producer_t *p);
/** Report some outcomes, about @p most of them; the lock is released for the callback.
 *  @return how many, 0 = there were none */
size_t kpl_deliver_some_locked(kpl_producer_t *p, size_t most);
/** Is this a callback of this producer's? */
bool kpl_inside_callback_locked(const kpl_producer_t *p);

/* put.c */

/** As kpl_put_many(), with the time at which @p timeout_ms ends. */
kds_err_t kpl_put_until(kpl_producer_t *p,
                        const kpl_record_t *records,
                        size_t count,
                        int64_t timeout_ms,
                        int64_t until_us,
                        size_t *accepted,
                        kds_error_t **error);
/** When a call that may wait for @p timeout_ms must end; 0 = it may not. */
int64_t kpl_deadline_us(int64_t timeout_ms);
/** Wait on @p cond until the deadline. @return false when it has passed */
bool kpl_wait_locked(kpl_producer_t *p, pthread_cond_t *cond, int64_t until_us);

/* report.c */

/** All that is counted, as it is now. */
struct kds_metrics *kpl_metrics_locked(kpl_producer_t *p);
/** Prepare for sending metrics to CloudWatch, if the settings want it. */
kds_err_t kpl_upload_begin(kpl_producer_t *p,
                           const kds_client_options_t *client,
                           kds_error_t **error);
/** When the worker is to send them. */
int64_t kpl_upload_due_us(const kpl_producer_t *p);
/** Send; the lock is released meanwhile. */
void kpl_upload_locked(kpl_producer_t *p);
/** Send what is left, and wait a little for it. The worker has ended. */
void kpl_upload_end(kpl_producer_t *p);

#endif /* KPL_SRC_PRODUCER_INTERNAL_H */
