/*
 * odd: answers that a service should not give, and now and then does: an end without children, children without an end,
 * records twice or out of order, an iterator that expires at once, a stream that is not found for a moment.
 */
#ifndef SIMULATION_ODD_H
#define SIMULATION_ODD_H

#include <stdbool.h>

#include "base/arena.h"
#include "kds/kinesis.h"
#include "model/operations.h"
#include "world.h"

/** An error in place of an answer to a reading call. @return its code; NULL = none */
const char *odd_error(struct world *w, enum kds_operation_id operation);

/** Iterators that expired before their time. */
struct odd_iterators {
    uint64_t hashes[16]; /* the last ones */
    size_t count;
};

/** Whether this iterator has expired, or does now, in @p percent of 100 cases. */
bool odd_expired(struct world *w,
                 struct odd_iterators *seen,
                 kds_slice_t iterator,
                 unsigned percent);

/** Change what GetRecords answers, so that a careful reader loses nothing by it. */
void odd_records(struct world *w, struct kds_arena *arena, kds_get_records_out_t *out);

/** The same for an event of a subscription. */
void odd_event(struct world *w,
               struct kds_arena *arena,
               kds_subscribe_to_shard_event_t *event);

#endif /* SIMULATION_ODD_H */
