/*
 * histogram: values by the power of two and the eighth of it that they lie in.
 */
#include "base/histogram.h"

static unsigned slot_of(int64_t value)
{
    uint64_t v = value < 1 ? 1 : (uint64_t)value;
    unsigned power = 63 - (unsigned)__builtin_clzll(v);
    if (power >= KDS_HISTOGRAM_POWERS) {
        return KDS_HISTOGRAM_SLOTS - 1;
    }
    uint64_t base = UINT64_C(1) << power;
    return power * KDS_HISTOGRAM_STEPS +
           (unsigned)((v - base) * KDS_HISTOGRAM_STEPS / base);
}

/* The first value above a slot. */
static int64_t slot_end(unsigned slot)
{
    int64_t base = INT64_C(1) << slot / KDS_HISTOGRAM_STEPS;
    return base + base * (int64_t)(slot % KDS_HISTOGRAM_STEPS + 1) / KDS_HISTOGRAM_STEPS;
}

void kds_histogram_add(struct kds_histogram *h, int64_t value, uint64_t times)
{
    h->count += times;
    h->slots[slot_of(value)] += times;
}

int64_t kds_histogram_quantile(const struct kds_histogram *h, double share)
{
    if (h->count == 0) {
        return 0;
    }
    uint64_t want = (uint64_t)((double)h->count * share);
    want += (double)want < (double)h->count * share;
    uint64_t seen = 0;
    unsigned slot = 0;
    for (; slot < KDS_HISTOGRAM_SLOTS - 1; slot++) {
        seen += h->slots[slot];
        if (seen >= want && seen > 0) {
            break;
        }
    }
    return slot_end(slot);
}

uint64_t kds_histogram_below(const struct kds_histogram *h, unsigned power)
{
    uint64_t seen = 0;
    for (unsigned slot = 0;
         slot < power * KDS_HISTOGRAM_STEPS && slot < KDS_HISTOGRAM_SLOTS; slot++) {
        seen += h->slots[slot];
    }
    return seen;
}
