/*
 * watch: what is seen of the calls of one simulated producer: how fast it goes on, which P7 bounds, that it
 * aggregates only where that can be read, which is P9, and what they tell it about its streams, by which P2 is judged.
 */
#ifndef SIMULATION_WATCH_H
#define SIMULATION_WATCH_H

#include "history.h"
#include "wire.h"

#include "libkpl/src/core.h"

#define WATCH_FAILURES_MAX 32

/* The last times at which something happened, and how often it did. */
struct watch_ring {
    int64_t times_us[WATCH_FAILURES_MAX];
    size_t count;
};

/* What is seen of one stream. */
struct watch_lane {
    struct watch_ring failures; /* of PutRecords, since one was answered */
    struct watch_ring listings; /* that were begun */
    int64_t probed_us;          /* the last probe; -1 = none */
    unsigned anew;      /* so often it knows the stream to have been created anew */
    unsigned described; /* as created so often; 0 = never */
    char token[256];    /* with which its list of shards goes on */
};

struct watch {
    struct wire *wire;
    struct watch_lane lanes[WIRE_STREAMS_MAX];
    struct watch_call *calls; /* by their identities */
    size_t call_capacity;
};

void watch_init(struct watch *w, struct wire *wire);
void watch_clear(struct watch *w);
/** The process died: another one knows nothing. */
void watch_forget(struct watch *w);

/** The core asks for this call, which is the wire's next one. */
void watch_begin(struct watch *w, const struct kpl_action *action);

/** A call ended, perhaps not for the first time. */
void watch_end(struct watch *w,
               uint64_t id,
               const void *output,
               const kds_error_t *error);

#endif /* SIMULATION_WATCH_H */
