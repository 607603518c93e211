/*
 * stats: a log-linear histogram.
 */
#include "stats.h"

static unsigned slot_of(int64_t us)
{
    uint64_t v = us < 1 ? 1 : (uint64_t)us;
    unsigned power = 0;
    while (power < 39 && v >> (power + 1) != 0) {
        power++;
    }
    uint64_t base = UINT64_C(1) << power;
    uint64_t step = (v - base) * KPL_HISTOGRAM_STEPS / base;
    return power * KPL_HISTOGRAM_STEPS +
           (unsigned)(step < KPL_HISTOGRAM_STEPS ? step : KPL_HISTOGRAM_STEPS - 1);
}

void kpl_histogram_add(struct kpl_histogram *h, int64_t us, size_t count)
{
    h->count += count;
    h->slots[slot_of(us)] += count;
}

int64_t kpl_histogram_percentile(const struct kpl_histogram *h, unsigned percent)
{
    uint64_t seen = 0;
    uint64_t want = (h->count * percent + 99) / 100;
    if (h->count == 0) {
        return 0;
    }
    unsigned slot = 0;
    for (; slot < KPL_HISTOGRAM_SLOTS - 1; slot++) {
        seen += h->slots[slot];
        if (seen >= want) {
            break;
        }
    }
    int64_t base = INT64_C(1) << slot / KPL_HISTOGRAM_STEPS;
    return base + base * (int64_t)(slot % KPL_HISTOGRAM_STEPS + 1) / KPL_HISTOGRAM_STEPS;
}
