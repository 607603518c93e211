/*
 * push_internal: what the two ends of a simulated subscription share: push.c (the client's), push_serve.c (the way
 * between them, and the server's).
 */
#ifndef SIMULATION_PUSH_INTERNAL_H
#define SIMULATION_PUSH_INTERNAL_H

#include "push.h"

#include "base/buf.h"
#include "base/rng.h"
#include "client/subscribe_plan.h"
#include "subscriptions.h"

/* A subscription, as its process sees it. */
struct push {
    struct push *next;
    struct pushes *all;
    uint64_t generation, id;
    char shard_id[64];
    struct kds_subscribe_plan plan;
    struct kds_rng rng;
    struct attempt *current; /* NULL = none is there any more */
    int64_t hop_us;          /* when the last event gets to the other thread */
    bool closed;             /* unsubscribed, or at its end */
    int64_t
        in_use_us; /* when it was told that another subscription is there; 0 = it was not */
};

struct pushes {
    struct wire *wire;
    const int64_t *paused_until_us;
    push_fn *fn;
    void *actor;
    struct push *list;
};

/* One subscribing: a stream of the connection, with its two ends. */
struct attempt {
    struct push *push;
    unsigned references;
    /* The client's end. */
    uint32_t number; /* the plan's generation */
    bool left;       /* nothing of it reaches the client any more */
    bool granted;
    int64_t heard_us;
    kds_starting_position_t start;
    char type[32], sequence[KDS_SEQUENCE_BYTES];
    /* The server's. */
    struct local_subscription *served;
    bool mute; /* what is sent gets lost */
    int64_t pump_us, arrives_us;
};

enum news { NEWS_GRANTED, NEWS_EVENT, NEWS_EXCEPTION, NEWS_REFUSAL, NEWS_END, NEWS_CUT };

/* Something on its way to the client. */
struct delivery {
    struct attempt *attempt;
    enum news news;
    struct kds_buf bytes;
    char code[64];
    int status;
};

void push_attempt_release(struct attempt *a);

/* push.c: something arrives. */
void push_on_delivery(void *context, void *delivery);

/* push_serve.c: the request of an attempt arrives; the server hears that its client let go. */
void push_on_arrival(void *attempt, void *payload);
void push_on_hang_up(void *attempt, void *payload);

#endif /* SIMULATION_PUSH_INTERNAL_H */
