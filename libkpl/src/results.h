/*
 * results: finished units as the application sees them: batches of outcomes.
 */
#ifndef KPL_SRC_RESULTS_H
#define KPL_SRC_RESULTS_H

#include "core.h"

/** Room to show one unit; used again for the next. One thread at a time. */
struct kpl_showcase {
    struct kds_agg_decoder *decoder;
    kpl_result_t *results;
    kpl_attempt_t *
        attempts; /* of user records that were put at other times than their unit's first */
    size_t attempts_used;
};

/** @return false when out of memory */
bool kpl_showcase_init(struct kpl_showcase *s);
void kpl_showcase_clear(struct kpl_showcase *s);

/** How many user records are shown at once, if so many have finished. */
#define KPL_SHOWCASE_RECORDS 512

/**
 * Call @p fn for the user records of all units in @p units, in as few batches as may be.
 * Needs no memory but what it has, so that no outcome is lost.
 */
void kpl_showcase_deliver(struct kpl_showcase *s,
                          const struct kpl_queue *units,
                          kpl_results_fn *fn,
                          void *opaque);

#endif /* KPL_SRC_RESULTS_H */
