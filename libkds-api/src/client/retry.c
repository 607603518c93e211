/*
 * retry: tables of codes and costs; the arithmetic of waiting.
 */
#include "client/retry.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <string.h>

#define MAX_DELAY_US      (20 * KDS_US_PER_S)
#define MAX_SERVER_ADD_US (5 * KDS_US_PER_S) /* more than our own delay */

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- what a failure is -------------------------------------------------------------------- */

/* clang-format off */
/* Whatever HTTP status they come with. What is not listed is judged by its status. */
static const struct {
    const char *code;
    enum kds_failure failure;
} codes[] = {
    {"BandwidthLimitExceeded",                 KDS_FAILURE_THROTTLING},
    {"EC2ThrottledException",                  KDS_FAILURE_THROTTLING},
    {"LimitExceededException",                 KDS_FAILURE_THROTTLING},
    {"PriorRequestNotComplete",                KDS_FAILURE_THROTTLING},
    {"ProvisionedThroughputExceededException", KDS_FAILURE_THROTTLING},
    {"RequestLimitExceeded",                   KDS_FAILURE_THROTTLING},
    {"RequestThrottled",                       KDS_FAILURE_THROTTLING},
    {"RequestThrottledException",              KDS_FAILURE_THROTTLING},
    {"SlowDown",                               KDS_FAILURE_THROTTLING},
    {"ThrottledException",                     KDS_FAILURE_THROTTLING},
    {"Throttling",                             KDS_FAILURE_THROTTLING},
    {"ThrottlingException",                    KDS_FAILURE_THROTTLING},
    {"TooManyRequestsException",               KDS_FAILURE_THROTTLING},
    {"TransactionInProgressException",         KDS_FAILURE_THROTTLING},

    {"IDPCommunicationError",                  KDS_FAILURE_TRANSIENT},
    {"InternalFailure",                        KDS_FAILURE_TRANSIENT},
    {"InternalFailureException",               KDS_FAILURE_TRANSIENT},
    {"InternalServerError",                    KDS_FAILURE_TRANSIENT},
    {"ReplicatedWriteConflictException",       KDS_FAILURE_TRANSIENT},
    {"RequestTimeout",                         KDS_FAILURE_TRANSIENT},
    {"RequestTimeoutException",                KDS_FAILURE_TRANSIENT},
    {"ServiceUnavailable",                     KDS_FAILURE_TRANSIENT},
    {"ServiceUnavailableException",            KDS_FAILURE_TRANSIENT},

    /* The key's own quota, shared with all that the account encrypts: in no SDK's list. */
    {"KMSThrottlingException",                 KDS_FAILURE_LATER},
    /* The key may be usable again; no call of a few seconds sees it. */
    {"KMSInvalidStateException",               KDS_FAILURE_LATER},
    /* The answer to a dry run that found nothing wrong. */
    {"DryRunOperationException",               KDS_FAILURE_PERMANENT},
};
/* clang-format on */

enum kds_failure kds_failure_of_service(int http_status, kds_slice_t code)
{
    for (size_t i = 0; code.n > 0 && i < COUNT(codes); i++) {
        if (kds_slice_is(code, codes[i].code)) {
            return codes[i].failure;
        }
    }
    if (http_status == 429) {
        return KDS_FAILURE_LATER; /* the SDKs do not repeat it without a code either */
    }
    return http_status >= 500 && http_status != 501 && http_status != 505
               ? KDS_FAILURE_TRANSIENT
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

/* ---- modes -------------------------------------------------------------------------------- */

static const struct kds_retry_constants since_2026 = {
    .cost = {[KDS_FAILURE_THROTTLING] = 5,
             [KDS_FAILURE_TRANSIENT] = 14,
             [KDS_FAILURE_TIMEOUT] = 14},
    .base_us = {[KDS_FAILURE_THROTTLING] = KDS_US_PER_S,
                [KDS_FAILURE_TRANSIENT] = 50 * KDS_US_PER_MS,
                [KDS_FAILURE_TIMEOUT] = 50 * KDS_US_PER_MS},
    .max_attempts = 3,
    .heeds_retry_after = true,
};

static const struct kds_retry_constants before_2026 = {
    .cost = {[KDS_FAILURE_THROTTLING] = 5,
             [KDS_FAILURE_TRANSIENT] = 5,
             [KDS_FAILURE_TIMEOUT] = 10},
    .base_us = {[KDS_FAILURE_THROTTLING] = KDS_US_PER_S,
                [KDS_FAILURE_TRANSIENT] = KDS_US_PER_S,
                [KDS_FAILURE_TIMEOUT] = KDS_US_PER_S},
    .max_attempts = 3,
    .heeds_retry_after = false,
};

void kds_retry_constants_of(kds_retry_mode_t mode,
                            const char *service,
                            struct kds_retry_constants *out)
{
    if (mode == KDS_RETRY_LEGACY) {
        *out = before_2026;
        return;
    }
    *out = since_2026;
    if (strcmp(service, "dynamodb") == 0) { /* its answers are a few milliseconds away */
        out->max_attempts = 4;
        out->base_us[KDS_FAILURE_TRANSIENT] = 25 * KDS_US_PER_MS;
        out->base_us[KDS_FAILURE_TIMEOUT] = 25 * KDS_US_PER_MS;
    }
}

kds_err_t kds_retry_mode_resolve(kds_retry_mode_t given,
                                 kds_getenv_fn *env,
                                 kds_retry_mode_t *out,
                                 kds_error_t **error)
{
    static const struct {
        const char *name;
        kds_retry_mode_t mode;
    } known[] = {{"standard", KDS_RETRY_STANDARD},
                 {"adaptive", KDS_RETRY_ADAPTIVE},
                 {"legacy", KDS_RETRY_LEGACY}};
    const char *text = env("AWS_RETRY_MODE");
    if (given < KDS_RETRY_DEFAULT || given > KDS_RETRY_LEGACY) {
        return kds_error_set(error, KDS_ERR_CONFIG, "retry_mode: %d is none of the modes",
                             (int)given);
    }
    *out = given != KDS_RETRY_DEFAULT ? given : KDS_RETRY_STANDARD;
    if (given != KDS_RETRY_DEFAULT || text == NULL || text[0] == 0) {
        return KDS_OK;
    }
    for (size_t i = 0; i < COUNT(known); i++) {
        if (kds_slice_eq_nocase(kds_slice(text), kds_slice(known[i].name))) {
            *out = known[i].mode;
            return KDS_OK;
        }
    }
    return kds_error_set(
        error, KDS_ERR_CONFIG,
        "AWS_RETRY_MODE: \"%.40s\" is none of standard, adaptive, legacy", text);
}

kds_err_t kds_max_attempts_resolve(uint32_t given,
                                   kds_getenv_fn *env,
                                   unsigned *out,
                                   kds_error_t **error)
{
    const char *text = env("AWS_MAX_ATTEMPTS");
    uint64_t value = given;
    if (given > KDS_ATTEMPTS_MAX) {
        return kds_error_set(error, KDS_ERR_CONFIG, "max_attempts: %u is outside 1..%d",
                             given, KDS_ATTEMPTS_MAX);
    }
    if (given == 0) {
        if (text == NULL || text[0] == 0) {
            return KDS_OK;
        }
        if (!kds_parse_u64(kds_slice(text), &value) || value == 0 ||
            value > KDS_ATTEMPTS_MAX) {
            return kds_error_set(error, KDS_ERR_CONFIG,
                                 "AWS_MAX_ATTEMPTS: \"%.40s\" must be 1..%d", text,
                                 KDS_ATTEMPTS_MAX);
        }
    }
    *out = (unsigned)value;
    return KDS_OK;
}

/* ---- waiting ------------------------------------------------------------------------------ */

void kds_retry_budget_init(struct kds_retry_budget *budget,
                           const struct kds_retry_constants *constants)
{
    budget->constants = *constants;
    budget->tokens = KDS_RETRY_TOKENS;
}

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
    const struct kds_retry_constants *k = &budget->constants;
    if (failure == KDS_FAILURE_PERMANENT || failure == KDS_FAILURE_LATER ||
        state->attempts >= max_attempts || budget->tokens < k->cost[failure]) {
        return -1;
    }
    budget->tokens -= k->cost[failure];
    state->last_cost = k->cost[failure];
    int64_t delay_us = backoff_us(k->base_us[failure], state->attempts, rng);
    return k->heeds_retry_after ? with_server_delay(delay_us, retry_after) : delay_us;
}

void kds_retry_after_success(struct kds_retry_budget *budget,
                             const struct kds_retry_state *state)
{
    budget->tokens += state->attempts > 1 ? state->last_cost : 1;
    if (budget->tokens > KDS_RETRY_TOKENS) {
        budget->tokens = KDS_RETRY_TOKENS;
    }
}
