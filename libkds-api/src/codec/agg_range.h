/*
 * agg_range: what the aggregator and the de-aggregator are given alike: ranges of hash keys, and
 * lengths of what is packed.
 */
#ifndef KDS_CODEC_AGG_RANGE_H
#define KDS_CODEC_AGG_RANGE_H

#include <stdbool.h>

#include "base/u128.h"
#include "kds/agg.h"

/** @return false: an end is not decimal, or the last is before the first. */
static inline bool
kds_agg_range_parse(const kds_shard_range_t *range, kds_u128_t *first, kds_u128_t *last)
{
    return kds_u128_parse(range->first, first) && kds_u128_parse(range->last, last) &&
           kds_u128_cmp(*first, *last) <= 0;
}

/** Whether @p each lengths for each of @p count items add up to exactly @p bytes. */
static inline bool
kds_agg_lengths_fit(const uint32_t *lengths, size_t count, size_t each, size_t bytes)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < each; k++) {
            if (lengths[i * each + k] > bytes) {
                return false;
            }
            bytes -= lengths[i * each + k];
        }
    }
    return bytes == 0;
}

#endif /* KDS_CODEC_AGG_RANGE_H */
