/*
 * retry: tables of codes and costs; the arithmetic of waiting.
 */
#include "client/retry.h"

#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"

#define MAX_DELAY_US      (20 * KDS_US_PER_S)
#define MAX_SERVER_ADD_US (5 * KDS_US_PER_S) /* more than our own delay */

static const char *const throttling_codes[] = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "EC2ThrottledException",
    /* Not in the SDKs' list, though it is one by name and nature. */
    "KMSThrottlingException",
};

static const char *const transient_codes[] = {
    "RequestTimeout",     "RequestTimeoutException",     "PriorRequestNotComplete",
    "InternalFailure",    "InternalServerError",         "InternalFailureException",
    "ServiceUnavailable", "ServiceUnavailableException",
};

static bool listed(kds_slice_t code, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kds_slice_is(code, list[i])) {
            return true;
        }
    }
    return false;
}

enum kds_failure kds_failure_of_service(int http_status, kds_slice_t code)
{
    if (code.n > 0) {
        if (listed(code, throttling_codes,
                   sizeof throttling_codes / sizeof throttling_codes[0])) {
            return KDS_FAILURE_THROTTLING;
        }
        if (listed(code, transient_codes,
                   sizeof transient_codes / sizeof transient_codes[0])) {
            return KDS_FAILURE_TRANSIENT;
        }
    }
    if (http_status == 429) {
        return KDS_FAILURE_THROTTLING;
    }
    return http_status >= 500 && http_status != 501 ? KDS_FAILURE_TRANSIENT
                                                    : KDS_FAILURE_PERMANENT;
}

enum kds_failure kds_failure_of_transport(kds_err_t err)
{
    switch ((int)err) {
    case KDS_ERR_TIMED_OUT:
        return KDS_FAILURE_TIMEOUT;
    case KDS_ERR_TRANSPORT:
    case KDS_ERR_TLS: /* a broken handshake looks the same as a bad certificate */
    case KDS_ERR_PROTOCOL:
        return KDS_FAILURE_TRANSIENT;
    default:
        return KDS_FAILURE_PERMANENT;
    }
}

void kds_retry_budget_init(struct kds_retry_budget *budget)
{
    budget->tokens = KDS_RETRY_TOKENS;
}

/* By enum kds_failure. */
static const struct {
    int64_t cost;
    int64_t base_us;
} classes[] = {
    [KDS_FAILURE_PERMANENT] = {0, 0},
    [KDS_FAILURE_THROTTLING] = {5, KDS_US_PER_S},
    [KDS_FAILURE_TRANSIENT] = {14, 50 * KDS_US_PER_MS},
    [KDS_FAILURE_TIMEOUT] = {14, 50 * KDS_US_PER_MS},
};

static int64_t backoff_us(int64_t base_us, unsigned attempts, struct kds_rng *rng)
{
    unsigned doublings = attempts > 1 ? attempts - 1 : 0;
    int64_t limit = doublings < 20 ? base_us << doublings : MAX_DELAY_US;
    if (limit > MAX_DELAY_US) {
        limit = MAX_DELAY_US;
    }
    return (int64_t)kds_rng_below(rng, (uint64_t)limit);
}

/* The server may lengthen our delay, by a bounded amount, and not shorten it. */
static int64_t with_server_delay(int64_t delay_us, const char *retry_after)
{
    uint64_t ms;
    if (!kds_parse_u64(kds_slice(retry_after), &ms)) {
        return delay_us;
    }
    int64_t most_us = delay_us + MAX_SERVER_ADD_US;
    int64_t asked_us =
        ms > (uint64_t)(most_us / KDS_US_PER_MS) ? most_us : (int64_t)ms * KDS_US_PER_MS;
    return asked_us > delay_us ? asked_us : delay_us;
}

int64_t kds_retry_after_failure(struct kds_retry_budget *budget,
                                struct kds_retry_state *state,
                                enum kds_failure failure,
                                unsigned max_attempts,
                                const char *retry_after,
                                struct kds_rng *rng)
{
    if (failure == KDS_FAILURE_PERMANENT || state->attempts >= max_attempts ||
        budget->tokens < classes[failure].cost) {
        return -1;
    }
    budget->tokens -= classes[failure].cost;
    state->last_cost = classes[failure].cost;
    return with_server_delay(backoff_us(classes[failure].base_us, state->attempts, rng),
                             retry_after);
}

void kds_retry_after_success(struct kds_retry_budget *budget,
                             const struct kds_retry_state *state)
{
    budget->tokens += state->attempts > 1 ? state->last_cost : 1;
    if (budget->tokens > KDS_RETRY_TOKENS) {
        budget->tokens = KDS_RETRY_TOKENS;
    }
}
