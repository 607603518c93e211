/*
 * test_retry: which failures are repeated, after how long, and what that costs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "client/retry.h"

#include <stdlib.h>
#include <string.h>

static struct kds_retry_budget new_budget(kds_retry_mode_t mode, const char *service)
{
    struct kds_retry_constants constants;
    struct kds_retry_budget budget;
    kds_retry_constants_of(mode, service, &constants);
    kds_retry_budget_init(&budget, &constants);
    return budget;
}

struct answer {
    int status;
    const char *code; /* NULL = none */
    enum kds_failure failure;
};

/* clang-format off */
static const struct answer answers[] = {
    {400, "ResourceNotFoundException",              KDS_FAILURE_PERMANENT},
    {400, "ExpiredIteratorException",               KDS_FAILURE_PERMANENT},
    {400, "ResourceInUseException",                 KDS_FAILURE_PERMANENT},
    {400, "ValidationException",                    KDS_FAILURE_PERMANENT},
    {400, "ConditionalCheckFailedException",        KDS_FAILURE_PERMANENT},
    {400, "DryRunOperationException",               KDS_FAILURE_PERMANENT},
    {400, "NeverHeardOfException",                  KDS_FAILURE_PERMANENT},
    {500, "NeverHeardOfException",                  KDS_FAILURE_TRANSIENT},
    {400, "ProvisionedThroughputExceededException", KDS_FAILURE_THROTTLING},
    {400, "LimitExceededException",                 KDS_FAILURE_THROTTLING},
    {429, "ThrottlingException",                    KDS_FAILURE_THROTTLING},
    {503, "SlowDown",                               KDS_FAILURE_THROTTLING},
    {400, "PriorRequestNotComplete",                KDS_FAILURE_THROTTLING},
    {400, "KMSThrottlingException",                 KDS_FAILURE_LATER},
    {400, "KMSInvalidStateException",               KDS_FAILURE_LATER},
    {400, "KMSDisabledException",                   KDS_FAILURE_PERMANENT},
    {400, "InternalFailure",                        KDS_FAILURE_TRANSIENT},
    {400, "RequestTimeout",                         KDS_FAILURE_TRANSIENT},
    {400, "ReplicatedWriteConflictException",       KDS_FAILURE_TRANSIENT},
    {400, "IDPCommunicationError",                  KDS_FAILURE_TRANSIENT},
    {500, NULL, KDS_FAILURE_TRANSIENT},
    {502, NULL, KDS_FAILURE_TRANSIENT},
    {503, NULL, KDS_FAILURE_TRANSIENT},
    {504, NULL, KDS_FAILURE_TRANSIENT},
    {501, NULL, KDS_FAILURE_PERMANENT},
    {505, NULL, KDS_FAILURE_PERMANENT},
    {429, NULL, KDS_FAILURE_LATER},
    {413, NULL, KDS_FAILURE_PERMANENT},
    {403, NULL, KDS_FAILURE_PERMANENT},
    {307, NULL, KDS_FAILURE_PERMANENT},
};
/* clang-format on */

/* F-S01, F-S02, F-S22 */
static void retry_tells_failures_apart_by_code_then_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        enum kds_failure got =
            kds_failure_of_service(answers[i].status, kds_slice(answers[i].code));
        if (got != answers[i].failure) {
            fail_msg("%d %s: %d", answers[i].status,
                     answers[i].code ? answers[i].code : "-", (int)got);
        }
    }
    assert_int_equal(kds_failure_of_transport(KDS_ERR_TIMED_OUT), KDS_FAILURE_TIMEOUT);
    assert_int_equal(kds_failure_of_transport(KDS_ERR_TRANSPORT), KDS_FAILURE_TRANSIENT);
    assert_int_equal(kds_failure_of_transport(KDS_ERR_CANCELLED), KDS_FAILURE_PERMANENT);
    assert_int_equal(kds_failure_of_transport(KDS_ERR_TOO_LARGE), KDS_FAILURE_PERMANENT);
}

/* Tokens that a failed attempt costs, and the bound of the wait before its repeat. */
static void expect_price(kds_retry_mode_t mode,
                         const char *service,
                         enum kds_failure failure,
                         int64_t cost,
                         int64_t base_us)
{
    struct kds_retry_budget budget = new_budget(mode, service);
    struct kds_rng rng;
    int64_t longest = 0;
    kds_rng_seed(&rng, 5);
    for (int i = 0; i < 400; i++) {
        struct kds_retry_state s = {.attempts = 2};
        budget.tokens = KDS_RETRY_TOKENS;
        int64_t us = kds_retry_after_failure(&budget, &s, failure, 5, "", &rng);
        longest = us > longest ? us : longest;
        assert_int_equal(KDS_RETRY_TOKENS - budget.tokens, cost);
        assert_in_range(us, 0, 2 * base_us);
    }
    assert_true(longest >= 2 * base_us * 9 / 10);
}

static void retry_prices_follow_mode_and_service(void **state)
{
    (void)state;
    expect_price(KDS_RETRY_STANDARD, "kinesis", KDS_FAILURE_TRANSIENT, 14, 50000);
    expect_price(KDS_RETRY_STANDARD, "kinesis", KDS_FAILURE_TIMEOUT, 14, 50000);
    expect_price(KDS_RETRY_STANDARD, "kinesis", KDS_FAILURE_THROTTLING, 5, 1000000);
    expect_price(KDS_RETRY_ADAPTIVE, "kinesis", KDS_FAILURE_TRANSIENT, 14, 50000);
    expect_price(KDS_RETRY_STANDARD, "dynamodb", KDS_FAILURE_TRANSIENT, 14, 25000);
    expect_price(KDS_RETRY_STANDARD, "dynamodb", KDS_FAILURE_THROTTLING, 5, 1000000);
    expect_price(KDS_RETRY_LEGACY, "kinesis", KDS_FAILURE_TRANSIENT, 5, 1000000);
    expect_price(KDS_RETRY_LEGACY, "kinesis", KDS_FAILURE_TIMEOUT, 10, 1000000);
    assert_int_equal(new_budget(KDS_RETRY_STANDARD, "kinesis").constants.max_attempts, 3);
    assert_int_equal(new_budget(KDS_RETRY_STANDARD, "dynamodb").constants.max_attempts,
                     4);
    assert_int_equal(new_budget(KDS_RETRY_LEGACY, "dynamodb").constants.max_attempts, 3);
}

static void retry_is_free_and_at_once_when_only_signature_was_refused(void **state)
{
    struct kds_retry_budget budget = new_budget(KDS_RETRY_STANDARD, "kinesis");
    struct kds_retry_state s = {.attempts = 1};
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 5);
    assert_int_equal(
        kds_retry_after_failure(&budget, &s, KDS_FAILURE_SIGNATURE, 2, "", &rng), 0);
    assert_int_equal(budget.tokens, KDS_RETRY_TOKENS);
    s.attempts = 2;
    assert_int_equal(
        kds_retry_after_failure(&budget, &s, KDS_FAILURE_SIGNATURE, 2, "", &rng), -1);
}

static void retry_ignores_server_delay_in_legacy_mode(void **state)
{
    struct kds_retry_budget budget = new_budget(KDS_RETRY_LEGACY, "kinesis");
    struct kds_retry_state s = {.attempts = 1};
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 5);
    assert_true(kds_retry_after_failure(&budget, &s, KDS_FAILURE_TRANSIENT, 3, "5000",
                                        &rng) < 1000000);
}

static void retries_wait_longer_and_end(void **state)
{
    struct kds_retry_budget budget;
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 3);
    budget = new_budget(KDS_RETRY_STANDARD, "kinesis");
    int64_t longest[6] = {0};
    for (int round = 0; round < 200; round++) {
        budget = new_budget(KDS_RETRY_STANDARD, "kinesis");
        for (unsigned attempt = 1; attempt <= 5; attempt++) {
            struct kds_retry_state s = {.attempts = attempt};
            int64_t us =
                kds_retry_after_failure(&budget, &s, KDS_FAILURE_TRANSIENT, 6, "", &rng);
            assert_true(us >= 0 && us < (INT64_C(50000) << (attempt - 1)));
            longest[attempt] = us > longest[attempt] ? us : longest[attempt];
        }
    }
    assert_true(longest[5] > longest[1] * 4);
    struct kds_retry_state last = {.attempts = 3};
    assert_int_equal(
        kds_retry_after_failure(&budget, &last, KDS_FAILURE_TRANSIENT, 3, "", &rng), -1);
    assert_int_equal(
        kds_retry_after_failure(&budget, &last, KDS_FAILURE_PERMANENT, 9, "", &rng), -1);
}

static void fault_S01_server_delay_is_honoured_within_bounds(void **state)
{
    static const char *const ignored[] = {"-1", "x", "", "1.5",
                                          "99999999999999999999999"};
    struct kds_retry_budget budget;
    struct kds_rng rng;
    struct kds_retry_state s = {.attempts = 1};
    (void)state;
    kds_rng_seed(&rng, 3);
    budget = new_budget(KDS_RETRY_STANDARD, "kinesis");
    int64_t us =
        kds_retry_after_failure(&budget, &s, KDS_FAILURE_TRANSIENT, 3, "2000", &rng);
    assert_int_equal(us, 2000000);
    us = kds_retry_after_failure(&budget, &s, KDS_FAILURE_TRANSIENT, 3, "3600000", &rng);
    assert_true(us >= 5000000 && us < 5050000);
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        us = kds_retry_after_failure(&budget, &s, KDS_FAILURE_TRANSIENT, 3, ignored[i],
                                     &rng);
        assert_true(us < 50000);
    }
}

static void retries_share_a_budget(void **state)
{
    struct kds_retry_budget budget;
    struct kds_rng rng;
    struct kds_retry_state s = {.attempts = 1};
    int retries = 0;
    (void)state;
    kds_rng_seed(&rng, 3);
    budget = new_budget(KDS_RETRY_STANDARD, "kinesis");
    while (kds_retry_after_failure(&budget, &s, KDS_FAILURE_TIMEOUT, 3, "", &rng) >= 0) {
        retries++;
    }
    assert_int_equal(retries, 500 / 14);
    s.attempts = 2;
    kds_retry_after_success(&budget, &s); /* gives the last cost back */
    assert_true(kds_retry_after_failure(&budget, &s, KDS_FAILURE_TIMEOUT, 3, "", &rng) >=
                0);
    s.attempts = 1;
    for (int i = 0; i < 1000; i++) {
        kds_retry_after_success(&budget, &s);
    }
    assert_int_equal(budget.tokens, KDS_RETRY_TOKENS);
}

static const char *mode_variable, *attempts_variable;

static char *env(const char *name)
{
    const char *value = strcmp(name, "AWS_RETRY_MODE") == 0     ? mode_variable
                        : strcmp(name, "AWS_MAX_ATTEMPTS") == 0 ? attempts_variable
                                                                : NULL;
    return (char *)(uintptr_t)value;
}

static void retry_options_beat_environment_which_is_read_strictly(void **state)
{
    static const char *const bad_counts[] = {"0", "101", "-1", "3x", " 3", "1e9"};
    kds_retry_mode_t mode;
    unsigned attempts = 3;
    (void)state;
    mode_variable = attempts_variable = NULL;
    assert_int_equal(kds_retry_mode_resolve(0, env, &mode, NULL), KDS_OK);
    assert_int_equal(mode, KDS_RETRY_STANDARD);
    assert_int_equal(kds_max_attempts_resolve(0, env, &attempts, NULL), KDS_OK);
    assert_int_equal(attempts, 3);
    mode_variable = "Adaptive";
    attempts_variable = "7";
    assert_int_equal(kds_retry_mode_resolve(0, env, &mode, NULL), KDS_OK);
    assert_int_equal(mode, KDS_RETRY_ADAPTIVE);
    assert_int_equal(kds_max_attempts_resolve(0, env, &attempts, NULL), KDS_OK);
    assert_int_equal(attempts, 7);
    assert_int_equal(kds_retry_mode_resolve(KDS_RETRY_LEGACY, env, &mode, NULL), KDS_OK);
    assert_int_equal(mode, KDS_RETRY_LEGACY);
    assert_int_equal(kds_max_attempts_resolve(100, env, &attempts, NULL), KDS_OK);
    assert_int_equal(attempts, 100);
    assert_int_equal(kds_max_attempts_resolve(101, env, &attempts, NULL), KDS_ERR_CONFIG);
    mode_variable = "brave";
    assert_int_equal(kds_retry_mode_resolve(0, env, &mode, NULL), KDS_ERR_CONFIG);
    assert_int_equal(kds_retry_mode_resolve((kds_retry_mode_t)9, env, &mode, NULL),
                     KDS_ERR_CONFIG);
    for (size_t i = 0; i < sizeof bad_counts / sizeof bad_counts[0]; i++) {
        attempts_variable = bad_counts[i];
        assert_int_equal(kds_max_attempts_resolve(0, env, &attempts, NULL),
                         KDS_ERR_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_tells_failures_apart_by_code_then_status),
        cmocka_unit_test(retry_prices_follow_mode_and_service),
        cmocka_unit_test(retry_is_free_and_at_once_when_only_signature_was_refused),
        cmocka_unit_test(retry_ignores_server_delay_in_legacy_mode),
        cmocka_unit_test(retries_wait_longer_and_end),
        cmocka_unit_test(fault_S01_server_delay_is_honoured_within_bounds),
        cmocka_unit_test(retries_share_a_budget),
        cmocka_unit_test(retry_options_beat_environment_which_is_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
