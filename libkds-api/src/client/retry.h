/*
 * retry: whether a failed attempt is worth another one, and when. Pure.
 *
 * The standard mode of the AWS SDKs with the constants of 2026: a token bucket shared by the calls of
 * a client, exponential back-off with full jitter, the server's word within bounds.
 */
#ifndef KDS_CLIENT_RETRY_H
#define KDS_CLIENT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "base/rng.h"
#include "kds/error.h"
#include "kds/types.h"

/** Why an attempt failed, as far as a retry is concerned. */
enum kds_failure {
    KDS_FAILURE_PERMANENT,  /* the same call would fail again */
    KDS_FAILURE_THROTTLING, /* the service asked for less */
    KDS_FAILURE_TRANSIENT,  /* 5xx, broken connections */
    KDS_FAILURE_TIMEOUT
};

/** @param code (borrowed) the service's error code; absent if it gave none. */
KDS_INTERNAL enum kds_failure kds_failure_of_service(int http_status, kds_slice_t code);

/** @param err how the exchange broke. */
KDS_INTERNAL enum kds_failure kds_failure_of_transport(kds_err_t err);

#define KDS_RETRY_TOKENS 500

/** The bucket of one client. One thread at a time. */
struct kds_retry_budget {
    int64_t tokens;
};

/** What one call has spent so far. */
struct kds_retry_state {
    unsigned attempts; /* made */
    int64_t last_cost; /* tokens of the last retry; given back on success */
};

KDS_INTERNAL void kds_retry_budget_init(struct kds_retry_budget *budget);

/**
 * After attempt number state->attempts failed: wait how long, or give up?
 *
 * @param retry_after  (borrowed) the server's x-amz-retry-after in milliseconds; "" if none
 * @return microseconds to wait before the next attempt; -1 = give up.
 */
KDS_INTERNAL int64_t kds_retry_after_failure(struct kds_retry_budget *budget,
                                             struct kds_retry_state *state,
                                             enum kds_failure failure,
                                             unsigned max_attempts,
                                             const char *retry_after,
                                             struct kds_rng *rng);

KDS_INTERNAL void kds_retry_after_success(struct kds_retry_budget *budget,
                                          const struct kds_retry_state *state);

#endif /* KDS_CLIENT_RETRY_H */
