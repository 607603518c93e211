/*
 * gate: how often requests may fail: the retry budget of a stream. Pure.
 *
 * A request that fails as a whole takes one of a few tokens, one that is answered gives one back. While
 * there are tokens, everything goes at its own pace. Without, only one request at a time goes, as a
 * probe, at growing intervals with jitter: an endpoint that is down or refuses is not flooded.
 */
#ifndef KPL_SRC_GATE_H
#define KPL_SRC_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

struct kpl_gate {
    unsigned spent;        /* of the tokens */
    unsigned probes;       /* that failed in a row */
    int64_t not_before_us; /* the next one */
};

bool kpl_gate_is_closed(const struct kpl_gate *g);

/** May a request go while @p under_way others are? */
bool kpl_gate_lets_through(const struct kpl_gate *g, size_t under_way, int64_t now_us);

void kpl_gate_failed(struct kpl_gate *g, int64_t now_us, struct kds_rng *rng);
void kpl_gate_answered(struct kpl_gate *g);

/** A wait that is doubled with each failure in a row, up to @p last_us; half of it is random. */
int64_t
kpl_backoff_us(int64_t first_us, int64_t last_us, unsigned runs, struct kds_rng *rng);

#endif /* KPL_SRC_GATE_H */
