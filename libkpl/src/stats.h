/*
 * stats: counters of a producer and a histogram of latencies. Pure.
 */
#ifndef KPL_SRC_STATS_H
#define KPL_SRC_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "kpl/producer.h"

/* Powers of two, each in 8 steps: an eighth of exactness from 1 us to 2^40 us. */
#define KPL_HISTOGRAM_STEPS 8
#define KPL_HISTOGRAM_SLOTS (40 * KPL_HISTOGRAM_STEPS)

struct kpl_histogram {
    uint64_t count;
    uint64_t slots[KPL_HISTOGRAM_SLOTS];
};

/** So often. */
void kpl_histogram_add(struct kpl_histogram *h, int64_t us, size_t count);

/** The value that @p percent of 100 do not exceed, within an eighth; 0 if there is none. */
int64_t kpl_histogram_percentile(const struct kpl_histogram *h, unsigned percent);

struct kpl_counters {
    kpl_stats_t stats; /* without the latencies */
    struct kpl_histogram latency;
};

#endif /* KPL_SRC_STATS_H */
