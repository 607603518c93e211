/*
 * test_endpoint: where a client turns to, from its options, its region and the environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/endpoint.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoint_follows_region_and_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
