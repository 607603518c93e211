/*
 * test_services: values of the other services: nested in themselves, as forms, from XML.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "base/text.h"
#include "codec/query.h"
#include "codec/service_error.h"
#include "codec/shape.h"
#include "codec/xml.h"
#include "kds/cloudwatch.h"
#include "kds/dynamodb.h"
#include "kds/sso.h"
#include "kds/sts.h"
#include "model/operations.h"
#include "support/fail_alloc.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)1024 * 1024)

static const struct kds_operation *find(const struct kds_service *service,
                                        const char *name)
{
    const struct kds_operation *op = kds_service_operation(service, kds_slice(name));
    assert_non_null(op);
    return op;
}

static void expect_text(enum kds_format format,
                        const struct kds_shape *shape,
                        const void *value,
                        const char *text)
{
    struct kds_buf out;
    kds_buf_init(&out, ROOM);
    assert_int_equal(kds_shape_encode(format, shape, value, &out), KDS_OK);
    assert_string_equal(kds_buf_text(&out), text);
    kds_buf_clear(&out);
}

/* ---- values nested in themselves ---------------------------------------------------------- */

static const kds_dynamodb_attribute_value_t numbers[] = {
    {.n = KDS_SLICE_LIT("1")}, {.has_null = true, .null = true}};
static const kds_slice_t names[] = {KDS_SLICE_LIT("a"), KDS_SLICE_LIT("b")};
static const kds_dynamodb_attribute_t inner[] = {
    {KDS_SLICE_LIT("list"), {.l = numbers, .l_count = 2}},
    {KDS_SLICE_LIT("bytes"), {.b = KDS_SLICE_LIT("\x01\x02")}}};
static const kds_dynamodb_attribute_t item[] = {
    {KDS_SLICE_LIT("leaseKey"), {.s = KDS_SLICE_LIT("shardId-0")}},
    {KDS_SLICE_LIT("parents"), {.ss = names, .ss_count = 2}},
    {KDS_SLICE_LIT("flag"), {.has_boolean = true, .boolean = false}},
    {KDS_SLICE_LIT("map"), {.m = inner, .m_count = 2}}};

static const char item_json[] =
    "{\"Item\":{\"leaseKey\":{\"S\":\"shardId-0\"},\"parents\":{\"SS\":[\"a\",\"b\"]},"
    "\"flag\":{\"BOOL\":false},\"map\":{\"M\":{\"list\":{\"L\":[{\"N\":\"1\"},{\"NULL\":"
    "true}"
    "]},\"bytes\":{\"B\":\"AQI=\"}}}}}";

static void shape_writes_and_reads_values_nested_in_themselves(void **state)
{
    (void)state;
    const struct kds_shape *shape = find(&kds_dynamodb_service, "GetItem")->output;
    const kds_dynamodb_get_item_out_t out = {.item = item, .item_count = 4};
    kds_dynamodb_get_item_out_t back;
    struct kds_arena arena;
    expect_text(KDS_FORMAT_JSON, shape, &out, item_json);
    kds_arena_init(&arena, ROOM);
    assert_int_equal(kds_shape_decode(KDS_FORMAT_JSON, shape, kds_slice(item_json), &back,
                                      &arena, NULL),
                     KDS_OK);
    expect_text(KDS_FORMAT_JSON, shape, &back, item_json);
    kds_arena_clear(&arena);
    for (size_t n = 1; n < sizeof item_json - 1; n++) { /* cut anywhere it is refused */
        assert_int_equal(kds_shape_decode(KDS_FORMAT_JSON, shape,
                                          kds_slice_of(item_json, n), &back, &arena,
                                          NULL),
                         KDS_ERR_PROTOCOL);
        kds_arena_clear(&arena);
    }
}

static void shape_writes_lists_and_maps_of_maps_without_a_name_between(void **state)
{
    (void)state;
    static const char json[] = "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"1\"}}"
                               ",{\"k\":{\"S\":\"2\"}}]}}}";
    const struct kds_shape *shape = find(&kds_dynamodb_service, "BatchGetItem")->input;
    kds_dynamodb_batch_get_item_in_t back;
    struct kds_arena arena;
    kds_arena_init(&arena, ROOM);
    assert_int_equal(
        kds_shape_decode(KDS_FORMAT_JSON, shape, kds_slice(json), &back, &arena, NULL),
        KDS_OK);
    assert_int_equal(back.request_items[0].value.keys_count, 2);
    expect_text(KDS_FORMAT_JSON, shape, &back, json);
    kds_arena_clear(&arena);
}

static void fault_J01_shape_bounds_the_depth_of_values_nested_in_themselves(void **state)
{
    (void)state;
    enum { LEVELS = 64 };
    static kds_dynamodb_attribute_value_t level[LEVELS];
    const struct kds_shape *shape = find(&kds_dynamodb_service, "PutItem")->input;
    kds_dynamodb_attribute_t top = {.key = KDS_SLICE_LIT("k")};
    const kds_dynamodb_put_item_in_t in = {.struct_size = sizeof in,
                                           .table_name = KDS_SLICE_LIT("ttt"),
                                           .item = &top,
                                           .item_count = 1};
    kds_error_t *error = NULL;
    for (size_t i = 0; i + 1 < LEVELS; i++) {
        level[i].l = &level[i + 1];
        level[i].l_count = 1;
    }
    level[LEVELS - 1].s = kds_slice("end");
    top.value = level[LEVELS - 9];
    assert_int_equal(kds_shape_validate(shape, &in, &error), KDS_OK);
    top.value = level[0];
    assert_int_equal(kds_shape_validate(shape, &in, &error), KDS_ERR_INVALID_ARG);
    assert_non_null(strstr(kds_error_message(error), "nested too deeply"));
    kds_error_free(error);
    error = NULL;

    struct kds_buf deep;
    struct kds_arena arena;
    kds_dynamodb_get_item_out_t back;
    kds_buf_init(&deep, ROOM);
    kds_buf_add_text(&deep, "{\"Item\":{\"a\":");
    for (int i = 0; i < 100; i++) {
        kds_buf_add_text(&deep, "{\"L\":[");
    }
    kds_arena_init(&arena, ROOM);
    assert_int_equal(kds_shape_decode(KDS_FORMAT_JSON,
                                      find(&kds_dynamodb_service, "GetItem")->output,
                                      kds_buf_slice(&deep), &back, &arena, &error),
                     KDS_ERR_PROTOCOL);
    assert_non_null(strstr(kds_error_message(error), "nested too deeply"));
    kds_error_free(error);
    kds_arena_clear(&arena);
    kds_buf_clear(&deep);
}

/* ---- numbers ------------------------------------------------------------------------------ */

static void double_text_is_the_shortest_that_gives_it_back(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *text;
    } cases[] = {{0, "0"},          {1, "1"},
                 {-2.5, "-2.5"},    {0.1, "0.1"},
                 {1e300, "1e+300"}, {1.0 / 3, "0.3333333333333333"},
                 {1e-7, "1e-07"},   {123456789, "123456789"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[KDS_DOUBLE_BYTES];
        double back;
        size_t n = kds_format_double(cases[i].v, text);
        assert_true(kds_slice_is(kds_slice_of(text, n), cases[i].text));
        assert_true(kds_parse_double(kds_slice_of(text, n), &back));
        assert_true(back == cases[i].v);
    }
    double v;
    static const char *const wrong[] = {"",   "nan", "inf",   "0x10",
                                        " 1", "1 ",  "1e999", "1,5"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(kds_parse_double(kds_slice(wrong[i]), &v));
    }
}

static void time_stamp_text_is_rfc3339(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00Z"},
                 {1792488645123, "2026-10-20T09:30:45.123Z"},
                 {-1, "1969-12-31T23:59:59.999Z"},
                 {INT64_MAX, "0000-00-00T00:00:00Z"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[KDS_RFC3339_BYTES];
        int64_t back;
        kds_format_rfc3339_ms(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
        if (i < 3) {
            assert_true(kds_parse_rfc3339_ms(kds_slice(text), &back));
            assert_int_equal(back, cases[i].ms);
        }
    }
}

/* ---- forms -------------------------------------------------------------------------------- */

static const kds_cloudwatch_dimension_t dimensions[] = {
    {KDS_SLICE_LIT("StreamName"), KDS_SLICE_LIT("a b&c")}};
static const double values[] = {1, 2.5};
static const kds_cloudwatch_metric_datum_t data[] = {
    {.metric_name = KDS_SLICE_LIT("UserRecordsPut"),
     .dimensions = dimensions,
     .dimensions_count = 1,
     .has_timestamp_ms = true,
     .timestamp_ms = 1792488645123,
     .values = values,
     .values_count = 2,
     .unit = KDS_SLICE_LIT("Count")},
    {.metric_name = KDS_SLICE_LIT("m"), .has_value = true, .value = 7}};
static const kds_cloudwatch_put_metric_data_in_t metrics = {.struct_size = sizeof metrics,
                                                            .metric_namespace =
                                                                KDS_SLICE_LIT("KPL"),
                                                            .metric_data = data,
                                                            .metric_data_count = 2};

static void query_names_members_by_their_path(void **state)
{
    (void)state;
    const struct kds_shape *shape = find(&kds_cloudwatch_service, "PutMetricData")->input;
    expect_text(KDS_FORMAT_QUERY, shape, &metrics,
                "Namespace=KPL&MetricData.member.1.MetricName=UserRecordsPut"
                "&MetricData.member.1.Dimensions.member.1.Name=StreamName"
                "&MetricData.member.1.Dimensions.member.1.Value=a%20b%26c"
                "&MetricData.member.1.Timestamp=2026-10-20T09%3A30%3A45.123Z"
                "&MetricData.member.1.Values.member.1=1"
                "&MetricData.member.1.Values.member.2=2.5"
                "&MetricData.member.1.Unit=Count"
                "&MetricData.member.2.MetricName=m&MetricData.member.2.Value=7");
    expect_text(
        KDS_FORMAT_JSON, shape, &metrics,
        "{\"Namespace\":\"KPL\",\"MetricData\":[{\"MetricName\":\"UserRecordsPut\","
        "\"Dimensions\":[{\"Name\":\"StreamName\",\"Value\":\"a b&c\"}],"
        "\"Timestamp\":1792488645.123,\"Values\":[1,2.5],\"Unit\":\"Count\"},"
        "{\"MetricName\":\"m\",\"Value\":7}]}");
}

static void shape_refuses_numbers_that_are_not_finite(void **state)
{
    (void)state;
    const struct kds_shape *shape = find(&kds_cloudwatch_service, "PutMetricData")->input;
    kds_cloudwatch_metric_datum_t one = {
        .metric_name = KDS_SLICE_LIT("m"), .has_value = true, .value = (double)NAN};
    kds_cloudwatch_put_metric_data_in_t in = metrics;
    kds_error_t *error = NULL;
    in.metric_data = &one;
    in.metric_data_count = 1;
    assert_int_equal(kds_shape_validate(shape, &in, &error), KDS_ERR_INVALID_ARG);
    assert_string_equal(kds_error_message(error),
                        "PutMetricData.MetricData[0].Value: must be a finite number");
    kds_error_free(error);
}

/* ---- XML ---------------------------------------------------------------------------------- */

static const char role[] =
    "<?xml version=\"1.0\"?>\n<!-- > -->"
    "<a:AssumeRoleResponse xmlns:a=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
    "  <AssumeRoleResult>\n    <New attr='>'><Deep/>text</New>\n    <Credentials>\n"
    "      <AccessKeyId>ASIAEXAMPLE000000</AccessKeyId>\n"
    "      <SecretAccessKey>a&lt;b&#x41;&#66;<![CDATA[</&>]]>c</SecretAccessKey>\n"
    "      <SessionToken>\n        tok/en=\n      </SessionToken>\n"
    "      <Expiration>2026-11-21T08:00:00Z</Expiration>\n    </Credentials>\n"
    "    <AssumedRoleUser><AssumedRoleId/><Arn>arn:aws:sts::123456789012:x</Arn>"
    "</AssumedRoleUser>\n    <PackedPolicySize>6</PackedPolicySize>\n"
    "  </AssumeRoleResult>\n  <ResponseMetadata><RequestId>r-1</RequestId>"
    "</ResponseMetadata>\n</a:AssumeRoleResponse>\n";

static void xml_gives_the_members_of_the_result(void **state)
{
    (void)state;
    const struct kds_shape *shape = find(&kds_sts_service, "AssumeRole")->output;
    kds_sts_assume_role_out_t out;
    struct kds_arena arena;
    kds_slice_t request_id;
    kds_arena_init(&arena, ROOM);
    assert_int_equal(
        kds_shape_decode(KDS_FORMAT_QUERY, shape, kds_slice(role), &out, &arena, NULL),
        KDS_OK);
    assert_true(kds_slice_is(out.credentials->access_key_id, "ASIAEXAMPLE000000"));
    assert_true(kds_slice_is(out.credentials->secret_access_key, "a<bAB</&>c"));
    assert_true(kds_slice_is(out.credentials->session_token, "tok/en="));
    assert_int_equal(out.credentials->expiration_ms, INT64_C(1795248000000));
    assert_true(kds_slice_is(out.assumed_role_user->arn, "arn:aws:sts::123456789012:x"));
    assert_int_equal(out.assumed_role_user->assumed_role_id.n, 0);
    assert_int_equal(out.packed_policy_size, 6);
    assert_true(kds_xml_find_text(kds_slice(role), "RequestId", &arena, &request_id));
    assert_true(kds_slice_is(request_id, "r-1"));
    kds_arena_clear(&arena);
}

static void fault_X_xml_refuses_what_is_cut_or_malformed(void **state)
{
    (void)state;
    const struct kds_shape *shape = find(&kds_sts_service, "AssumeRole")->output;
    kds_sts_assume_role_out_t out;
    struct kds_arena arena;
    kds_arena_init(&arena, ROOM);
    for (size_t n = 1; n < strlen(role) - 1; n++) {
        uint8_t *cut = malloc(n);
        memcpy(cut, role, n);
        assert_int_equal(kds_shape_decode(KDS_FORMAT_QUERY, shape, kds_slice_of(cut, n),
                                          &out, &arena, NULL),
                         KDS_ERR_PROTOCOL);
        kds_arena_clear(&arena);
        free(cut);
    }
    static const char *const wrong[] = {
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
        "no xml",
        "<AResponse><AResult><SourceIdentity>&bomb;</SourceIdentity></AResult></"
        "AResponse>",
        "<AResponse><AResult><SourceIdentity>&#xD800;</SourceIdentity></AResult></"
        "AResponse>",
        "<AResponse><AResult><PackedPolicySize>x</PackedPolicySize></AResult></"
        "AResponse>",
        "<AResponse><AResult><SourceIdentity>a</SourceIdentity>"
        "<SourceIdentity>b</SourceIdentity></AResult></AResponse>",
        "<AResponse/>behind",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(kds_shape_decode(KDS_FORMAT_QUERY, shape, kds_slice(wrong[i]),
                                          &out, &arena, NULL),
                         KDS_ERR_PROTOCOL);
        kds_arena_clear(&arena);
    }
}

static void fault_S22_xml_errors_tell_code_and_message(void **state)
{
    (void)state;
    static const struct {
        const char *body, *code, *message;
    } cases[] = {
        {"<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
         "<Message>too &amp; "
         "old</Message></Error><RequestId>1</RequestId></ErrorResponse>",
         "ExpiredToken", "too & old"},
        {"<AccessDeniedException>\n <Message>no</Message>\n</AccessDeniedException>",
         "AccessDeniedException", "no"},
        {"<UnknownOperationException/>\n", "UnknownOperationException", NULL},
        {"<!DOCTYPE html><html><head/></html>", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kds_arena arena;
        kds_slice_t none = {NULL, 0};
        kds_arena_init(&arena, ROOM);
        struct kds_service_error e = kds_service_error_read(
            kds_slice("text/xml; charset=utf-8"), none, kds_slice(cases[i].body), &arena);
        assert_true(cases[i].code ? kds_slice_is(e.code, cases[i].code)
                                  : e.code.p == NULL);
        assert_true(cases[i].message ? kds_slice_is(e.message, cases[i].message)
                                     : e.message.p == NULL);
        kds_arena_clear(&arena);
    }
}

/* ---- places and tables -------------------------------------------------------------------- */

static void shape_leaves_out_of_the_body_what_travels_elsewhere(void **state)
{
    (void)state;
    const struct kds_operation *op = find(&kds_sso_service, "GetRoleCredentials");
    const kds_sso_get_role_credentials_in_t in = {.struct_size = sizeof in,
                                                  .role_name = KDS_SLICE_LIT("r"),
                                                  .account_id = KDS_SLICE_LIT("1"),
                                                  .access_token = KDS_SLICE_LIT("t")};
    expect_text(KDS_FORMAT_JSON, op->input, &in, "{}");
    assert_string_equal(op->method, "GET");
    assert_true(op->unsigned_);
}

static void operations_are_found_in_their_service_only(void **state)
{
    (void)state;
    assert_int_equal(kds_kinesis_service.operation_count, 45);
    assert_int_equal(kds_dynamodb_service.operation_count, 22);
    assert_non_null(kds_operation_find_in(KDS_SERVICE_STS, "AssumeRole"));
    assert_null(kds_operation_find_in(KDS_SERVICE_STS, "PutItem"));
    assert_null(kds_operation_find_in((kds_service_id_t)99, "PutItem"));
    assert_null(kds_operation_find("PutItem"));
}

static int scenario(void *opaque)
{
    const struct kds_shape *shape = find(&kds_sts_service, "AssumeRole")->output;
    struct kds_arena arena;
    struct kds_buf form;
    kds_sts_assume_role_out_t out;
    (void)opaque;
    kds_arena_init(&arena, ROOM);
    kds_buf_init(&form, ROOM);
    kds_err_t rc =
        kds_shape_decode(KDS_FORMAT_QUERY, shape, kds_slice(role), &out, &arena, NULL);
    if (rc == KDS_OK) {
        rc = kds_shape_encode(KDS_FORMAT_QUERY,
                              find(&kds_cloudwatch_service, "PutMetricData")->input,
                              &metrics, &form);
    }
    assert_true(rc == KDS_OK || rc == KDS_ERR_NO_MEMORY);
    kds_buf_clear(&form);
    kds_arena_clear(&arena);
    return rc != KDS_OK;
}

static void services_report_short_memory_and_leak_nothing(void **state)
{
    (void)state;
    assert_true(fail_alloc_run(scenario, NULL) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_writes_and_reads_values_nested_in_themselves),
        cmocka_unit_test(shape_writes_lists_and_maps_of_maps_without_a_name_between),
        cmocka_unit_test(fault_J01_shape_bounds_the_depth_of_values_nested_in_themselves),
        cmocka_unit_test(double_text_is_the_shortest_that_gives_it_back),
        cmocka_unit_test(time_stamp_text_is_rfc3339),
        cmocka_unit_test(query_names_members_by_their_path),
        cmocka_unit_test(shape_refuses_numbers_that_are_not_finite),
        cmocka_unit_test(xml_gives_the_members_of_the_result),
        cmocka_unit_test(fault_X_xml_refuses_what_is_cut_or_malformed),
        cmocka_unit_test(fault_S22_xml_errors_tell_code_and_message),
        cmocka_unit_test(shape_leaves_out_of_the_body_what_travels_elsewhere),
        cmocka_unit_test(operations_are_found_in_their_service_only),
        cmocka_unit_test(services_report_short_memory_and_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
