/*
 * test_other_services: how requests to STS, SSO, DynamoDB and CloudWatch look, and what comes of
 * their answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kds/cloudwatch.h"
#include "kds/dynamodb.h"
#include "kds/sso.h"
#include "kds/sts.h"
#include "support/scripted_server.h"

#include <stdio.h>
#include <string.h>

struct fixture {
    char bytes[1024];
    struct scripted_step step;
    struct scripted_server *server;
    kds_client_t *client;
    char request[4096];
};

static void open_with(struct fixture *f,
                      kds_service_id_t service,
                      kds_protocol_t protocol,
                      const char *status,
                      const char *type,
                      const char *body)
{
    char endpoint[64];
    memset(f, 0, sizeof *f);
    snprintf(f->bytes, sizeof f->bytes,
             "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", status,
             type, strlen(body), body);
    f->step.bytes = f->bytes;
    f->server = scripted_server_start(&f->step, 1);
    assert_non_null(f->server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(f->server));
    kds_client_options_t o = {.struct_size = sizeof o,
                              .service = service,
                              .protocol = protocol,
                              .region = "eu-west-1",
                              .endpoint = endpoint,
                              .access_key_id = "AKID",
                              .secret_access_key = "secret",
                              .session_token = "token-of-the-client",
                              .max_attempts = 1};
    assert_int_equal(kds_client_new(&o, &f->client, NULL), KDS_OK);
}

static const char *sent(struct fixture *f)
{
    scripted_server_last(f->server, f->request, sizeof f->request);
    return f->request;
}

static void close_all(struct fixture *f)
{
    kds_client_free(f->client);
    scripted_server_stop(f->server);
}

static void sts_is_sent_a_form_and_answers_in_xml(void **state)
{
    (void)state;
    struct fixture f;
    const kds_sts_assume_role_out_t *out;
    const kds_sts_assume_role_in_t in = {
        .struct_size = sizeof in,
        .role_arn = KDS_SLICE_LIT("arn:aws:iam::123456789012:role/r"),
        .role_session_name = KDS_SLICE_LIT("me")};
    open_with(&f, KDS_SERVICE_STS, KDS_PROTOCOL_JSON, "200 OK", "text/xml",
              "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA"
              "</AccessKeyId></Credentials></AssumeRoleResult></AssumeRoleResponse>");
    assert_int_equal(kds_sts_assume_role(f.client, &in, NULL, &out, NULL), KDS_OK);
    assert_true(kds_slice_is(out->credentials->access_key_id, "ASIA"));
    kds_output_free(out);
    assert_non_null(strstr(sent(&f), "POST / HTTP/1.1\r\n"));
    assert_non_null(strstr(f.request, "/eu-west-1/sts/aws4_request"));
    assert_non_null(strstr(
        f.request, "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"));
    assert_null(strstr(f.request, "X-Amz-Target"));
    assert_string_equal(strstr(f.request, "\r\n\r\n") + 4,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%"
                        "3A123456789012%3Arole%2Fr&RoleSessionName=me");
    close_all(&f);
}

static void web_identity_is_sent_without_a_signature(void **state)
{
    (void)state;
    struct fixture f;
    kds_error_t *error = NULL;
    const kds_sts_assume_role_with_web_identity_out_t *out;
    const kds_sts_assume_role_with_web_identity_in_t in = {
        .struct_size = sizeof in,
        .role_arn = KDS_SLICE_LIT("arn:aws:iam::123456789012:role/r"),
        .role_session_name = KDS_SLICE_LIT("me"),
        .web_identity_token = KDS_SLICE_LIT("eyJ0")};
    open_with(&f, KDS_SERVICE_STS, KDS_PROTOCOL_QUERY, "400 Bad Request", "text/xml",
              "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>bad"
              "</Message></Error></ErrorResponse>");
    assert_int_not_equal(
        kds_sts_assume_role_with_web_identity(f.client, &in, NULL, &out, &error), KDS_OK);
    assert_string_equal(kds_error_service_code(error), "InvalidIdentityToken");
    assert_null(strstr(kds_error_message(error), "eyJ0"));
    kds_error_free(error);
    assert_null(strstr(sent(&f), "Authorization"));
    assert_null(strstr(f.request, "token-of-the-client"));
    close_all(&f);
}

static void sso_puts_members_into_the_url_and_a_header(void **state)
{
    (void)state;
    struct fixture f;
    const kds_sso_get_role_credentials_out_t *out;
    const kds_sso_get_role_credentials_in_t in = {.struct_size = sizeof in,
                                                  .role_name = KDS_SLICE_LIT("a role/x"),
                                                  .account_id = KDS_SLICE_LIT("1"),
                                                  .access_token = KDS_SLICE_LIT("tok")};
    open_with(
        &f, KDS_SERVICE_SSO, KDS_PROTOCOL_JSON, "200 OK", "application/json",
        "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"expiration\":1700000000000}}");
    assert_int_equal(kds_sso_get_role_credentials(f.client, &in, NULL, &out, NULL),
                     KDS_OK);
    assert_true(kds_slice_is(out->role_credentials->access_key_id, "ASIA"));
    assert_int_equal(out->role_credentials->expiration, INT64_C(1700000000000));
    kds_output_free(out);
    assert_non_null(strstr(sent(&f), "GET /federation/credentials?role_name=a%20role%2Fx&"
                                     "account_id=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(f.request, "x-amz-sso_bearer_token: tok\r\n"));
    assert_null(strstr(f.request, "Authorization"));
    assert_null(strstr(f.request, "Content-Length"));
    close_all(&f);
}

static void dynamodb_tells_the_item_that_failed_a_condition(void **state)
{
    (void)state;
    struct fixture f;
    kds_error_t *error = NULL;
    const kds_dynamodb_put_item_out_t *out;
    const kds_dynamodb_attribute_t item = {.key = KDS_SLICE_LIT("leaseKey"),
                                           .value = {.s = KDS_SLICE_LIT("k")}};
    const kds_dynamodb_put_item_in_t in = {.struct_size = sizeof in,
                                           .table_name = KDS_SLICE_LIT("ttt"),
                                           .item = &item,
                                           .item_count = 1};
    open_with(
        &f, KDS_SERVICE_DYNAMODB, KDS_PROTOCOL_JSON, "400 Bad Request",
        "application/x-amz-json-1.0",
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
        "ConditionalCheckFailedException\",\"Item\":{\"leaseOwner\":{\"S\":\"w2\"}},"
        "\"message\":\"The conditional request failed\"}");
    assert_int_not_equal(kds_dynamodb_put_item(f.client, &in, NULL, &out, &error),
                         KDS_OK);
    assert_string_equal(kds_error_service_code(error), "ConditionalCheckFailedException");
    const kds_dynamodb_conditional_check_failed_exception_t *body = kds_error_body(error);
    assert_non_null(body);
    assert_true(kds_slice_is(body->item[0].value.s, "w2"));
    kds_error_free(error);
    assert_non_null(strstr(sent(&f), "X-Amz-Target: DynamoDB_20120810.PutItem\r\n"));
    assert_non_null(strstr(f.request, "Content-Type: application/x-amz-json-1.0\r\n"));
    close_all(&f);
}

static void cloudwatch_is_sent_json_or_a_form(void **state)
{
    (void)state;
    static const struct {
        kds_protocol_t protocol;
        const char *type, *body;
    } cases[] = {
        {KDS_PROTOCOL_JSON, "application/x-amz-json-1.0",
         "{\"Namespace\":\"n\",\"MetricData\":[{\"MetricName\":\"m\",\"Value\":0.5}]}"},
        {KDS_PROTOCOL_QUERY, "text/xml",
         "Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1."
         "MetricName=m&MetricData.member.1.Value=0.5"}};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        const kds_cloudwatch_put_metric_data_out_t *out;
        const kds_cloudwatch_metric_datum_t datum = {
            .metric_name = KDS_SLICE_LIT("m"), .has_value = true, .value = 0.5};
        const kds_cloudwatch_put_metric_data_in_t in = {.struct_size = sizeof in,
                                                        .metric_namespace =
                                                            KDS_SLICE_LIT("n"),
                                                        .metric_data = &datum,
                                                        .metric_data_count = 1};
        open_with(&f, KDS_SERVICE_CLOUDWATCH, cases[i].protocol, "200 OK", cases[i].type,
                  i ? "<PutMetricDataResponse/>" : "");
        assert_int_equal(kds_cloudwatch_put_metric_data(f.client, &in, NULL, &out, NULL),
                         KDS_OK);
        kds_output_free(out);
        assert_non_null(strstr(sent(&f), "/eu-west-1/monitoring/aws4_request"));
        assert_string_equal(strstr(f.request, "\r\n\r\n") + 4, cases[i].body);
        close_all(&f);
    }
}

static void client_refuses_what_its_service_does_not_speak(void **state)
{
    (void)state;
    static const struct {
        int service, protocol;
        kds_err_t err;
    } cases[] = {
        {KDS_SERVICE_DYNAMODB, KDS_PROTOCOL_CBOR, KDS_ERR_CONFIG},
        {KDS_SERVICE_KINESIS, KDS_PROTOCOL_QUERY, KDS_ERR_CONFIG},
        {KDS_SERVICE_KINESIS, 9, KDS_ERR_CONFIG},
        {99, KDS_PROTOCOL_JSON, KDS_ERR_CONFIG},
        {KDS_SERVICE_KINESIS, KDS_PROTOCOL_CBOR, KDS_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kds_client_t *client = NULL;
        kds_client_options_t o = {.struct_size = sizeof o,
                                  .service = (kds_service_id_t)cases[i].service,
                                  .protocol = (kds_protocol_t)cases[i].protocol,
                                  .region = "eu-west-1",
                                  .access_key_id = "AKID",
                                  .secret_access_key = "secret"};
        assert_int_equal(kds_client_new(&o, &client, NULL), cases[i].err);
        kds_client_free(client);
    }
}

static void
fault_D11_an_answer_that_does_not_match_its_check_sum_is_not_believed(void **state)
{
    (void)state;
    /* The check sum of "{}", of something else, none, and one that is no number. */
    static const struct {
        const char *type;
        kds_err_t err;
    } cases[] = {{"application/x-amz-json-1.0\r\nx-amz-crc32: 2745614147", KDS_OK},
                 {"application/x-amz-json-1.0\r\nx-amz-crc32: 7", KDS_ERR_PROTOCOL},
                 {"application/x-amz-json-1.0", KDS_OK},
                 {"application/x-amz-json-1.0\r\nx-amz-crc32: x", KDS_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        kds_error_t *error = NULL;
        const kds_dynamodb_get_item_out_t *out = NULL;
        const kds_dynamodb_attribute_t key = {.key = KDS_SLICE_LIT("leaseKey"),
                                              .value.s = KDS_SLICE_LIT("s")};
        const kds_dynamodb_get_item_in_t in = {.struct_size = sizeof in,
                                               .table_name = KDS_SLICE_LIT("leases"),
                                               .key = &key,
                                               .key_count = 1};
        open_with(&f, KDS_SERVICE_DYNAMODB, KDS_PROTOCOL_JSON, "200 OK", cases[i].type,
                  "{}");
        assert_int_equal(kds_dynamodb_get_item(f.client, &in, NULL, &out, &error),
                         cases[i].err);
        if (error != NULL) {
            assert_non_null(strstr(kds_error_message(error), "x-amz-crc32"));
            assert_true(kds_error_retryable(error));
        }
        kds_error_free(error);
        kds_output_free(out);
        close_all(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sts_is_sent_a_form_and_answers_in_xml),
        cmocka_unit_test(web_identity_is_sent_without_a_signature),
        cmocka_unit_test(sso_puts_members_into_the_url_and_a_header),
        cmocka_unit_test(dynamodb_tells_the_item_that_failed_a_condition),
        cmocka_unit_test(
            fault_D11_an_answer_that_does_not_match_its_check_sum_is_not_believed),
        cmocka_unit_test(cloudwatch_is_sent_json_or_a_form),
        cmocka_unit_test(client_refuses_what_its_service_does_not_speak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
