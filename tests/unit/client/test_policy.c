/*
 * test_policy: what the client decides without a network: where to, and whether again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "client/endpoint.h"
#include "client/retry.h"

#include <stdio.h>
#include <string.h>

static const char *region_variable, *url_variable, *kinesis_url_variable;

static char *env(const char *name)
{
    static char copy[200];
    const char *value = strcmp(name, "AWS_DEFAULT_REGION") == 0 ? region_variable
                        : strcmp(name, "AWS_ENDPOINT_URL") == 0 ? url_variable
                        : strcmp(name, "AWS_ENDPOINT_URL_KINESIS") == 0
                            ? kinesis_url_variable
                            : NULL;
    snprintf(copy, sizeof copy, "%s", value ? value : "");
    return value ? copy : NULL;
}

static void endpoint_follows_region_and_environment(void **state)
{
    static const struct {
        const char *region, *host;
    } cases[] = {{"eu-west-1", "kinesis.eu-west-1.amazonaws.com"},
                 {"cn-north-1", "kinesis.cn-north-1.amazonaws.com.cn"},
                 {"us-gov-west-1", "kinesis.us-gov-west-1.amazonaws.com"},
                 {"us-iso-east-1", "kinesis.us-iso-east-1.c2s.ic.gov"},
                 {"us-isob-east-1", "kinesis.us-isob-east-1.sc2s.sgov.gov"},
                 {"eusc-de-east-1", "kinesis.eusc-de-east-1.amazonaws.eu"}};
    struct kds_url url;
    char region[KDS_REGION_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kds_endpoint_resolve(NULL, cases[i].region, env, &url, NULL),
                         KDS_OK);
        assert_string_equal(url.host, cases[i].host);
        assert_true(url.tls);
    }
    url_variable = "http://everything:1";
    assert_int_equal(kds_endpoint_resolve(NULL, "r", env, &url, NULL), KDS_OK);
    assert_string_equal(url.host, "everything");
    kinesis_url_variable = "http://kinesis:2";
    assert_int_equal(kds_endpoint_resolve(NULL, "r", env, &url, NULL), KDS_OK);
    assert_string_equal(url.host, "kinesis");
    assert_int_equal(kds_endpoint_resolve("http://given:3", "r", env, &url, NULL),
                     KDS_OK);
    assert_string_equal(url.host, "given");
    assert_int_equal(kds_region_resolve(NULL, env, region, NULL), KDS_ERR_CONFIG);
    region_variable = "eu-west-3";
    assert_int_equal(kds_region_resolve(NULL, env, region, NULL), KDS_OK);
    assert_string_equal(region, "eu-west-3");
    assert_int_equal(kds_region_resolve("evil.com/", env, region, NULL), KDS_ERR_CONFIG);
}

static void failures_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(kds_failure_of_service(400, kds_slice("ResourceNotFoundException")),
                     KDS_FAILURE_PERMANENT);
    assert_int_equal(
        kds_failure_of_service(400, kds_slice("ProvisionedThroughputExceededException")),
        KDS_FAILURE_THROTTLING);
    assert_int_equal(kds_failure_of_service(400, kds_slice("KMSThrottlingException")),
                     KDS_FAILURE_THROTTLING);
    assert_int_equal(kds_failure_of_service(400, kds_slice("InternalFailure")),
                     KDS_FAILURE_TRANSIENT);
    assert_int_equal(kds_failure_of_service(503, kds_slice(NULL)), KDS_FAILURE_TRANSIENT);
    assert_int_equal(kds_failure_of_service(501, kds_slice(NULL)), KDS_FAILURE_PERMANENT);
    assert_int_equal(kds_failure_of_service(429, kds_slice(NULL)),
                     KDS_FAILURE_THROTTLING);
    assert_int_equal(kds_failure_of_service(403, kds_slice(NULL)), KDS_FAILURE_PERMANENT);
    assert_int_equal(kds_failure_of_transport(KDS_ERR_TIMED_OUT), KDS_FAILURE_TIMEOUT);
    assert_int_equal(kds_failure_of_transport(KDS_ERR_TRANSPORT), KDS_FAILURE_TRANSIENT);
    assert_int_equal(kds_failure_of_transport(KDS_ERR_CANCELLED), KDS_FAILURE_PERMANENT);
}

static void retries_wait_longer_and_end(void **state)
{
    struct kds_retry_budget budget;
    struct kds_rng rng;
    (void)state;
    kds_rng_seed(&rng, 3);
    kds_retry_budget_init(&budget);
    int64_t longest[6] = {0};
    for (int round = 0; round < 200; round++) {
        kds_retry_budget_init(&budget);
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
    kds_retry_budget_init(&budget);
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
    kds_retry_budget_init(&budget);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoint_follows_region_and_environment),
        cmocka_unit_test(failures_are_told_apart),
        cmocka_unit_test(retries_wait_longer_and_end),
        cmocka_unit_test(fault_S01_server_delay_is_honoured_within_bounds),
        cmocka_unit_test(retries_share_a_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
