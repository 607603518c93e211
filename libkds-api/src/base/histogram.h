/*
 * histogram: how often which values came: powers of two, each in 8 equal steps, so that a value
 * read back is right within an eighth. Pure; adding takes no memory.
 */
#ifndef KDS_BASE_HISTOGRAM_H
#define KDS_BASE_HISTOGRAM_H

#include <stdint.h>

#include "base/internal.h"

#define KDS_HISTOGRAM_STEPS 8
#define KDS_HISTOGRAM_POWERS                                                             \
    40 /* from 1 to 2^40; what lies outside counts as the nearest */
#define KDS_HISTOGRAM_SLOTS (KDS_HISTOGRAM_POWERS * KDS_HISTOGRAM_STEPS)

struct kds_histogram {
    uint64_t count;
    uint64_t slots[KDS_HISTOGRAM_SLOTS];
};

KDS_INTERNAL void
kds_histogram_add(struct kds_histogram *h, int64_t value, uint64_t times);

/** The value that @p share of all (0 to 1) do not exceed, within an eighth; 0 if there is none. */
KDS_INTERNAL int64_t kds_histogram_quantile(const struct kds_histogram *h, double share);

/** How many values lie below 2^power. */
KDS_INTERNAL uint64_t kds_histogram_below(const struct kds_histogram *h, unsigned power);

#endif /* KDS_BASE_HISTOGRAM_H */
