/*
 * fanout: what a fan-out and its subscriptions are made of. For fanout.c, subscription.c and
 * subscribe_attempt.c alone.
 *
 * A subscription is kept by its handle, by the loop, by each event that is lent and by a task that is
 * posted for it; the last of them releases it.
 */
#ifndef KDS_CLIENT_FANOUT_H
#define KDS_CLIENT_FANOUT_H

#include <stdatomic.h>

#include "base/thread.h"
#include "client/client.h"
#include "client/subscribe_plan.h"
#include "codec/event_stream.h"
#include "kds/subscription.h"
#include "net/h2_pool.h"

struct kds_fanout {
    /* Set when it is made: any thread. */
    unsigned fork_generation;
    struct kds_client_share share;
    const struct kds_operation *operation;
    int64_t request_timeout_us, silence_timeout_us;
    uint32_t credit_bytes;
    struct kds_loop *loop;

    /* The loop's thread only. */
    struct kds_h2_pool *pool;
    struct kds_signing signing;
    struct kds_rng rng;
    bool closing;
    struct kds_loop_task nudge; /* does nothing */

    /* Any thread, with `lock` held. Taken before that of a subscription. */
    pthread_mutex_t lock;
    bool lock_made;
    struct kds_subscription *subscriptions;
    unsigned count;
    struct kds_h2_pool_counts counts;
};

/* An event that is lent. */
struct kds_lent_event {
    kds_subscription_event_t told; /* the first member: what is given out is this */
    struct kds_lent_event *next;   /* in the queue */
    kds_subscribe_to_shard_event_t data;
    struct kds_arena arena;
    kds_error_t *error;
};

/* The header lines of the subscribing under way. */
struct kds_subscribe_lines {
    char target[96], amz_date[17], length[24], invocation[KDS_INVOCATION_BYTES];
    char authorization[KDS_AUTHORIZATION_BYTES];
};

struct kds_subscription {
    /* Set when it is made: any thread. */
    atomic_uint refs;
    kds_subscription_fn *on_event;
    void *opaque;
    uint32_t credit_bytes;
    unsigned fork_generation;
    char *consumer_arn, *shard_id;

    /* The loop's thread only, but `next` and `at`: with the fan-out's lock held. */
    struct kds_subscription *next, **at;
    struct kds_fanout *owner; /* lives as long as the loop runs */
    struct kds_subscribe_plan plan;
    kds_subscription_state_t state;
    bool started;
    struct kds_loop_timer timer;
    struct kds_h2_stream stream;
    struct kds_http_request request;
    struct kds_subscribe_lines lines;
    struct kds_credentials_snapshot *credentials; /* of the subscribing under way */
    struct kds_buf body;
    bool streaming; /* the answer is an event stream */
    struct kds_http_response head;
    struct kds_buf refusal; /* the body of an answer that is none */
    struct kds_event_decoder decoder;
    size_t received, given_back, held; /* bytes of this subscribing; see give_back() */

    /* Any thread, with `lock` held. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct kds_fanout *fanout; /* NULL once that is freed, or the loop has let go */
    struct kds_loop_task task;
    bool posted;    /* the task is */
    bool cancelled; /* deliver nothing more */
    bool over;      /* the last event was delivered, or the fan-out is freed */
    bool in_callback;
    uint32_t generation; /* as the plan's */
    size_t returned;     /* bytes of this generation that were released meanwhile */
    struct kds_lent_event *queue, **queue_end;
    kds_subscription_status_t status;
};

/** The clock was set on: look at the timers. For tests, which have one of their own. */
KDS_INTERNAL void kds_fanout_nudge(struct kds_fanout *f);

/* ---- subscription.c ------------------------------------------------------------------------ */

void kds_subscription_unref(struct kds_subscription *s);

/** Run the subscription's task soon, unless the loop has let go. With `lock` held. */
void kds_subscription_post_locked(struct kds_subscription *s);

/** Give an event out. (taken) The loop's thread. False: nothing more is wanted. */
bool kds_subscription_deliver(struct kds_subscription *s, struct kds_lent_event *event);

void kds_lent_event_free(struct kds_lent_event *event);

/* ---- subscribe_attempt.c: the loop's thread ------------------------------------------------ */

/** The subscription's task: start, take back credit, or let go. */
void kds_subscription_run(void *subscription);

/** The subscription's timer. */
void kds_subscription_on_time(void *subscription);

/** End what is under way, and keep the loop from looking at it again. */
void kds_subscription_let_go(struct kds_subscription *s);

extern const struct kds_h2_stream_ops kds_subscription_stream_ops;

#endif /* KDS_CLIENT_FANOUT_H */
