/*
 * push: subscriptions of simulated workers: the client's own plan (client/subscribe_plan.h) at one end, the local
 * server's subscriptions at the other, and between them a connection that is refused, cut, silent or late.
 *
 * Events travel as the JSON that they are on a socket, in order within a subscribing. Between the client's thread and
 * the worker's is a moment: what was on its way when a worker unsubscribed still comes.
 */
#ifndef SIMULATION_PUSH_H
#define SIMULATION_PUSH_H

#include "wire.h"

/** The subscriptions of one process. */
struct pushes;

/** An event. @param event (given; push_event_free) NULL with @p error. @param data inside it
 *  @param end  of the shard. @param error (lent until return) why there will be no more */
typedef void(push_fn)(void *actor,
                      uint64_t generation,
                      uint64_t id,
                      const void *event,
                      const kds_subscribe_to_shard_event_t *data,
                      bool end,
                      const kds_error_t *error);

/** @param paused_until_us  (borrowed) the process stands still until then */
struct pushes *
pushes_new(struct wire *w, const int64_t *paused_until_us, push_fn *fn, void *actor);
void pushes_free(struct pushes *p);

/** The ARN of the consumer, which is registered. (lent until the wire is cleared) */
const char *push_consumer_arn(struct wire *w);

/** @param start (copied). @param generation comes back with each event */
void pushes_subscribe(struct pushes *p,
                      uint64_t generation,
                      uint64_t id,
                      const char *shard_id,
                      const kds_starting_position_t *start);
void pushes_unsubscribe(struct pushes *p, uint64_t id);
/** The process is gone, and with it all connections. */
void pushes_drop(struct pushes *p);

void push_event_free(const void *event);

#endif /* SIMULATION_PUSH_H */
