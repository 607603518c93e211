/*
 * results: finished units as the application sees them.
 */
#ifndef KPL_SRC_RESULTS_H
#define KPL_SRC_RESULTS_H

#include "core.h"

/** Room to show one unit; used again for the next. One thread at a time. */
struct kpl_showcase {
    struct kds_agg_decoder *decoder;
    kpl_result_t *results;
    size_t capacity;
};

/** @return false when out of memory */
bool kpl_showcase_init(struct kpl_showcase *s);
void kpl_showcase_clear(struct kpl_showcase *s);

/**
 * Call @p fn for the user records of @p unit, in one or more batches.
 * Needs memory for a batch of any size but takes what it gets, so that no outcome is lost.
 */
void kpl_showcase_deliver(struct kpl_showcase *s,
                          const struct kpl_unit *unit,
                          kpl_results_fn *fn,
                          void *opaque);

#endif /* KPL_SRC_RESULTS_H */
