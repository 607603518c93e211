/*
 * exchange: one request and its answer, and what the fault plan does to them on the way.
 *
 * Decides only: it is told what was read and the time, and says what to do next; both versions of HTTP
 * do it. Knows no socket. The points at which the plan is asked are passed in the order of
 * docs/fault-plan.md, each once.
 */
#ifndef KDS_LOCAL_EXCHANGE_H
#define KDS_LOCAL_EXCHANGE_H

#include "api.h"
#include "fault_plan.h"
#include "http.h"
#include "site.h"
#include "subscriptions.h"
#include "valve.h"

#define ANSWER_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum exchange_step {
    EXCHANGE_STEP_HEAD,
    EXCHANGE_STEP_BODY,
    EXCHANGE_STEP_OPEN,
    EXCHANGE_STEP_ANSWER,
    EXCHANGE_STEP_DONE
};

struct exchange {
    struct site *site;
    struct fault_scene scene;
    char stream_name[130], shard_id[130]; /* what the scene shows */
    enum exchange_step step;
    int64_t wait_us;    /* with EXCHANGE_WAIT: go on then */
    struct fault fault; /* with EXCHANGE_FAULT: do this */
    bool body_armed;    /* a fault waits in the request's body */
    struct fault body_fault;
    bool asked; /* BEFORE_COMMIT, before a delay */
    struct local_answer answer;
    const struct fault_args *extra; /* more headers; NULL = none */
    bool resp_armed;                /* a fault waits in the answer's head or body */
    struct fault resp_fault;
    struct http_answer_head head;
    struct valve valve;    /* what follows the head */
    local_ready_fn *ready; /* of the subscription: pull again */
    void *opaque;
    struct local_subscription
        *subscription; /* NULL unless the answer is an event stream */
    uint64_t body_out; /* bytes of the event stream so far */
    bool last_event;
};

enum exchange_next {
    EXCHANGE_READ, /* more of the request is needed */
    EXCHANGE_WAIT, /* call again at wait_us */
    EXCHANGE_FAULT, /* do what `fault` says; if the stream is still there then, call again */
    EXCHANGE_ANSWER /* head and valve are filled */
};

/**
 * @param connection  its number, from 1
 * @param ready       told that exchange_pull() may give more; never from within it
 */
void exchange_init(struct exchange *x,
                   struct site *site,
                   uint64_t connection,
                   local_ready_fn *ready,
                   void *opaque);
void exchange_clear(struct exchange *x);

/** Ready for another request; memory is kept. */
void exchange_reset(struct exchange *x);

/**
 * Go on as far as it goes.
 * @param q      (borrowed) its head, and of its body what is there
 * @param whole  the body is, too
 */
enum exchange_next
exchange_run(struct exchange *x, const struct http_request *q, bool whole);

/** So many bytes of the request's body may be read before exchange_run() wants to see them. */
size_t exchange_body_stop(const struct exchange *x);

/** Answer a request that is none, in plain words. Then exchange_arm(). */
void exchange_refuse(struct exchange *x, int status, const char *why);

/**
 * The head is written; let the fault of the answer, if there is one, wait for its place.
 * @param head_bytes  in front of the body in the valve; 0 = the head goes its own way
 */
void exchange_arm(struct exchange *x, size_t head_bytes);

/** The answer is an event stream: it has no length, and exchange_pull() makes its events. */
static inline bool exchange_streams(const struct exchange *x)
{
    return x->subscription != NULL;
}

/** What of the answer may go out now. @p out as valve_pull() gives it. */
enum valve_next exchange_pull(struct exchange *x, size_t room, kds_slice_t *out);

#endif /* KDS_LOCAL_EXCHANGE_H */
