/*
 * retry: whether a failed attempt is worth another one, and when. Pure.
 *
 * The standard mode of the AWS SDKs: a token bucket shared by the calls of a client, exponential
 * back-off with full jitter, the server's word within bounds. With the constants of November 2026,
 * or with those before; docs/errors-and-retries.md has both.
 */
#ifndef KDS_CLIENT_RETRY_H
#define KDS_CLIENT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/credentials.h"
#include "base/internal.h"
#include "base/rng.h"
#include "kds/client.h"
#include "kds/error.h"
#include "kds/types.h"

/** Why an attempt failed, as far as a retry is concerned. */
enum kds_failure {
    KDS_FAILURE_PERMANENT,  /* the same call would fail again */
    KDS_FAILURE_LATER,      /* it may pass, but not within the few seconds of a call */
    KDS_FAILURE_THROTTLING, /* the service asked for less */
    KDS_FAILURE_TRANSIENT,  /* 5xx, broken connections */
    KDS_FAILURE_TIMEOUT,
    KDS_FAILURE_SIGNATURE, /* refused for its signature; signed anew it may pass: at once */
    KDS_FAILURE_COUNT
};

/** @param code (borrowed) the service's error code; absent if it gave none. */
KDS_INTERNAL enum kds_failure kds_failure_of_service(int http_status, kds_slice_t code);

/** @param err how the exchange broke. */
KDS_INTERNAL enum kds_failure kds_failure_of_transport(kds_err_t err);

/** The constants of a mode. */
struct kds_retry_constants {
    int64_t cost[KDS_FAILURE_COUNT];    /* tokens */
    int64_t base_us[KDS_FAILURE_COUNT]; /* longest wait before the first retry */
    unsigned max_attempts;              /* unless somebody asks for another number */
    bool heeds_retry_after;
};

/**
 * @param mode     not KDS_RETRY_DEFAULT
 * @param service  kds_service.name
 * @param out      (borrowed)
 */
KDS_INTERNAL void kds_retry_constants_of(kds_retry_mode_t mode,
                                         const char *service,
                                         struct kds_retry_constants *out);

/**
 * @param given  beats AWS_RETRY_MODE unless KDS_RETRY_DEFAULT
 * @retval KDS_ERR_CONFIG  one of the two is none of the modes
 */
KDS_INTERNAL kds_err_t kds_retry_mode_resolve(kds_retry_mode_t given,
                                              kds_getenv_fn *env,
                                              kds_retry_mode_t *out,
                                              kds_error_t **error);

#define KDS_ATTEMPTS_MAX 100

/**
 * @param given  beats AWS_MAX_ATTEMPTS unless 0
 * @param out    keeps its value when neither says anything
 * @retval KDS_ERR_CONFIG  one of the two is outside 1..KDS_ATTEMPTS_MAX
 */
KDS_INTERNAL kds_err_t kds_max_attempts_resolve(uint32_t given,
                                                kds_getenv_fn *env,
                                                unsigned *out,
                                                kds_error_t **error);

#define KDS_RETRY_TOKENS 500

/** The bucket of one client. One thread at a time. */
struct kds_retry_budget {
    struct kds_retry_constants constants;
    int64_t tokens;
};

/** What one call has spent so far. */
struct kds_retry_state {
    unsigned attempts; /* made */
    int64_t last_cost; /* tokens of the last retry; given back on success */
};

KDS_INTERNAL void kds_retry_budget_init(struct kds_retry_budget *budget,
                                        const struct kds_retry_constants *constants);

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
