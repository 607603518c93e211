/*
 * test_chain: which provider is the one, and that its failure is final.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider_fixture.h"

#include <string.h>

static int setup(void **state)
{
    (void)state;
    fixture_reset();
    fixture_env("AWS_EC2_METADATA_DISABLED", "True");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_end();
    return 0;
}

static void chain_prefers_what_stands_higher(void **state)
{
    static const char *const order[] = {"explicit",    "callback",         "environment",
                                        "profile",     "assume role",      "web identity",
                                        "SSO",         "credentials file", "process",
                                        "config file", "container",        "instance",
                                        "none"};
    size_t count;
    const struct kds_chain_row *rows = kds_chain_rows(&count);
    (void)state;
    assert_int_equal(count, sizeof order / sizeof order[0]);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(rows[i].name, order[i]);
    }
}

static void chain_says_that_nothing_is_configured(void **state)
{
    (void)state;
    fixture_expect_failure("none",
                           "no credentials: neither given nor in the environment");
}

static void environment_gives_its_keys(void **state)
{
    struct kds_credentials c;
    (void)state;
    fixture_env("AWS_ACCESS_KEY_ID", "EK");
    fixture_expect_failure("environment",
                           "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY");
    fixture_env("AWS_SECRET_ACCESS_KEY", "ESEKRIT");
    fixture_expect("environment", "EK", "ESEKRIT", NULL);
    fixture_env("AWS_SECURITY_TOKEN", "old");
    fixture_expect("environment", "EK", "ESEKRIT", "old");
    fixture_env("AWS_SESSION_TOKEN", "new");
    fixture_expect("environment", "EK", "ESEKRIT", "new");
    fixture_env("AWS_SESSION_TOKEN", "");
    fixture_env("AWS_ACCOUNT_ID", "123456789012");
    fixture_env("AWS_CREDENTIAL_EXPIRATION", FIXTURE_LATER);
    assert_int_equal(fixture_provide(NULL, &c, NULL), KDS_OK);
    assert_string_equal(c.account_id, "123456789012");
    assert_int_equal(c.expires_at_ms, FIXTURE_NOW_MS + 6 * 3600 * 1000);
    kds_credentials_clear(&c);
    fixture_env("AWS_CREDENTIAL_EXPIRATION", "soon");
    fixture_expect_failure("environment", "\"soon\" is not an ISO 8601 time");
    fixture_env("AWS_CREDENTIAL_EXPIRATION", FIXTURE_EARLIER);
    fixture_expect_failure("environment", "have expired already");
}

static void chain_takes_explicit_keys_before_all_others(void **state)
{
    const struct kds_auth_options options = {
        .access_key_id = "XK", .secret_access_key = "XSEKRIT", .profile = "absent"};
    struct kds_credentials c;
    (void)state;
    fixture_env("AWS_ACCESS_KEY_ID", "EK");
    fixture_env("AWS_SECRET_ACCESS_KEY", "ESEKRIT");
    fixture_env("AWS_SESSION_TOKEN", "token of another key");
    assert_int_equal(fixture_provide(&options, &c, NULL), KDS_OK);
    assert_string_equal(fixture_chosen(), "explicit");
    assert_string_equal(c.access_key_id, "XK");
    assert_null(c.session_token);
    kds_credentials_clear(&c);
}

static void
chain_passes_the_environment_over_when_a_profile_is_named_in_code(void **state)
{
    const struct kds_auth_options options = {.profile = "a"};
    struct kds_credentials c;
    (void)state;
    fixture_env("AWS_ACCESS_KEY_ID", "EK");
    fixture_env("AWS_SECRET_ACCESS_KEY", "ESEKRIT");
    fixture_env("AWS_PROFILE", "a");
    fixture_file(".aws/credentials",
                 "[a]\naws_access_key_id=K\naws_secret_access_key=S\n");
    assert_int_equal(fixture_provide(&options, &c, NULL), KDS_OK);
    assert_string_equal(fixture_chosen(), "credentials file");
    kds_credentials_clear(&c);
    fixture_expect("environment", "EK", "ESEKRIT", NULL); /* AWS_PROFILE alone does not */
}

static void profile_that_is_named_must_exist_F_C05(void **state)
{
    (void)state;
    fixture_env("AWS_PROFILE", "missing");
    fixture_env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/");
    fixture_expect_failure("profile", "profile \"missing\" is neither in the shared");
    fixture_file(".aws/credentials",
                 "[missing]\naws_access_key_id=K\nbroken SEKRIT line\n");
    fixture_expect_failure("profile", "credentials file: line 3: no '=' after the key");
}

static void profile_gives_its_keys_from_one_file_only_F_C05(void **state)
{
    (void)state;
    fixture_file(".aws/config",
                 "[default]\naws_access_key_id=CK\naws_secret_access_key=CSEKRIT\n"
                 "aws_session_token=CT\n");
    fixture_expect("config file", "CK", "CSEKRIT", "CT");
    fixture_file(".aws/credentials", "[default]\naws_access_key_id = K\n");
    fixture_expect_failure("credentials file",
                           "has no aws_secret_access_key in the shared credentials file");
    fixture_file(".aws/credentials",
                 "[default]\naws_access_key_id = K\naws_secret_access_key = KSEKRIT\n");
    fixture_expect("credentials file", "K", "KSEKRIT", NULL);
    fixture_file(".aws/credentials", "");
    fixture_file(".aws/config", "[default]\naws_secret_access_key=CSEKRIT\n");
    fixture_expect_failure("config file",
                           "has no aws_access_key_id in the shared configuration");
}

static void profile_of_nobodys_choice_may_be_malformed(void **state)
{
    (void)state;
    fixture_file(".aws/config", "[default\n");
    fixture_expect_failure("none", "no credentials");
}

static void chain_prefers_roles_to_keys_and_keys_to_processes(void **state)
{
    static const struct {
        const char *config, *row;
    } cases[] = {
        {"role_arn=x\nweb_identity_token_file=y\ncredential_process=z\n", "web identity"},
        {"role_arn=x\nsso_role_name=y\ncredential_process=z\n", "assume role"},
        {"sso_account_id=y\ncredential_process=z\n", "SSO"},
        {"credential_process='\naws_access_key_id=k\n", "process"},
        {"aws_access_key_id=k\n", "config file"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256] = "[default]\n";
        strcat(text, cases[i].config);
        fixture_file(".aws/config", text);
        fixture_expect_failure(cases[i].row, "");
    }
    fixture_file(".aws/credentials",
                 "[default]\naws_access_key_id=K\naws_secret_access_key=S\n");
    fixture_file(".aws/config", "[default]\ncredential_process=false\n");
    fixture_expect("credentials file", "K", "S", NULL);
}

/* ---- the application's callback ----------------------------------------------------------- */

static kds_err_t give(kds_credentials_request_t *request, void *opaque)
{
    kds_credential_values_t values = {.struct_size = sizeof values,
                                      .access_key_id = "AK",
                                      .secret_access_key = opaque,
                                      .expires_at_ms = FIXTURE_NOW_MS + 1000};
    values.struct_size = 1;
    assert_int_equal(kds_credentials_give(request, &values, NULL), KDS_ERR_INVALID_ARG);
    values.struct_size = sizeof values;
    kds_err_t rc = kds_credentials_give(request, &values, NULL);
    return rc == KDS_OK ? kds_credentials_give(request, &values, NULL)
                        : rc; /* replaces */
}

static kds_err_t give_nothing(kds_credentials_request_t *request, void *opaque)
{
    (void)request;
    return opaque ? KDS_ERR_TIMED_OUT : KDS_OK;
}

static void callback_is_asked_instead_of_all_others(void **state)
{
    static char secret[] = "CSEKRIT", bad[] = "SEKRIT with blanks";
    struct kds_auth_options options = {.callback = give, .callback_opaque = secret};
    struct kds_credentials c;
    kds_error_t *error = NULL;
    (void)state;
    fixture_env("AWS_ACCESS_KEY_ID", "EK");
    assert_int_equal(fixture_provide(&options, &c, NULL), KDS_OK);
    assert_string_equal(fixture_chosen(), "callback");
    assert_string_equal(c.secret_access_key, "CSEKRIT");
    assert_int_equal(c.expires_at_ms, FIXTURE_NOW_MS + 1000);
    kds_credentials_clear(&c);
    options.callback_opaque = bad;
    assert_int_equal(fixture_provide(&options, &c, &error), KDS_ERR_CREDENTIALS);
    assert_string_equal(kds_error_message(error),
                        "the application's callback: no usable credentials");
    options.callback = give_nothing;
    options.callback_opaque = NULL;
    assert_int_equal(fixture_provide(&options, &c, &error), KDS_ERR_CREDENTIALS);
    assert_string_equal(kds_error_message(error),
                        "the application's callback: gave no credentials");
    kds_error_free(error);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(chain_prefers_what_stands_higher),
        TEST(chain_says_that_nothing_is_configured),
        TEST(environment_gives_its_keys),
        TEST(chain_takes_explicit_keys_before_all_others),
        TEST(chain_passes_the_environment_over_when_a_profile_is_named_in_code),
        TEST(profile_that_is_named_must_exist_F_C05),
        TEST(profile_gives_its_keys_from_one_file_only_F_C05),
        TEST(profile_of_nobodys_choice_may_be_malformed),
        TEST(chain_prefers_roles_to_keys_and_keys_to_processes),
        TEST(callback_is_asked_instead_of_all_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
