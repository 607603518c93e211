/*
 * gate: counting failures, and the waits between probes.
 */
#include "gate.h"

#include "base/clock.h"

#define TOKENS         10
#define PROBE_FIRST_US (100 * KDS_US_PER_MS)
#define PROBE_LAST_US  (5 * KDS_US_PER_S)

bool kpl_gate_is_closed(const struct kpl_gate *g)
{
    return g->spent >= TOKENS;
}

bool kpl_gate_lets_through(const struct kpl_gate *g, size_t under_way, int64_t now_us)
{
    return !kpl_gate_is_closed(g) || (under_way == 0 && g->not_before_us <= now_us);
}

int64_t
kpl_backoff_us(int64_t first_us, int64_t last_us, unsigned runs, struct kds_rng *rng)
{
    int64_t most_us = first_us;
    while (runs-- > 0 && most_us < last_us) {
        most_us *= 2;
    }
    most_us = most_us < last_us ? most_us : last_us;
    return most_us / 2 + (int64_t)kds_rng_below(rng, (uint64_t)(most_us / 2));
}

void kpl_gate_failed(struct kpl_gate *g, int64_t now_us, struct kds_rng *rng)
{
    if (!kpl_gate_is_closed(g)) {
        g->spent++;
    }
    /* What was under way when the gate closed is no probe. */
    if (kpl_gate_is_closed(g) && g->not_before_us <= now_us) {
        g->not_before_us =
            now_us + kpl_backoff_us(PROBE_FIRST_US, PROBE_LAST_US, g->probes, rng);
        g->probes++;
    }
}

void kpl_gate_answered(struct kpl_gate *g)
{
    g->spent -= g->spent > 0;
    g->probes = 0;
}
