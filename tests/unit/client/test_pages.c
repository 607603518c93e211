/*
 * test_pages: walks over pages and waits for states, against a peer that answers by script.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kds/dynamodb.h"
#include "kds/kinesis.h"
#include "kds/pages.h"
#include "kds/wait.h"
#include "support/scripted_server.h"

#include <stdio.h>
#include <string.h>

#define STEPS 6

struct fixture {
    char bytes[STEPS][512];
    struct scripted_step steps[STEPS];
    struct scripted_server *server;
    kds_client_t *client;
};

/* Each body is one answer; one that begins with '!' is an error of HTTP 400. */
static void open_with(struct fixture *f,
                      kds_service_id_t service,
                      const char *const *bodies,
                      size_t n)
{
    char endpoint[64];
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < n; i++) {
        bool error = bodies[i][0] == '!';
        const char *body = bodies[i] + error;
        snprintf(f->bytes[i], sizeof f->bytes[i],
                 "HTTP/1.1 %s\r\nContent-Type: application/x-amz-json-1.1\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 error ? "400 Bad Request" : "200 OK", strlen(body), body);
        f->steps[i].bytes = f->bytes[i];
    }
    f->server = scripted_server_start(f->steps, n);
    assert_non_null(f->server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(f->server));
    kds_client_options_t o = {.struct_size = sizeof o,
                              .service = service,
                              .region = "us-east-1",
                              .endpoint = endpoint,
                              .access_key_id = "AKID",
                              .secret_access_key = "secret",
                              .max_attempts = 1};
    assert_int_equal(kds_client_new(&o, &f->client, NULL), KDS_OK);
}

static void close_all(struct fixture *f)
{
    kds_client_free(f->client);
    scripted_server_stop(f->server);
}

static void expect_sent(struct fixture *f, const char *body)
{
    char request[2048];
    scripted_server_last(f->server, request, sizeof request);
    const char *at = strstr(request, "\r\n\r\n");
    assert_non_null(at);
    assert_string_equal(at + 4, body);
}

static void pages_go_on_with_the_token_and_without_what_it_excludes(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{\"Shards\":[],\"NextToken\":\"t1\"}",
                                         "!{\"__type\":\"LimitExceededException\"}",
                                         "{\"Shards\":[],\"NextToken\":\"t2\"}",
                                         "{\"Shards\":[]}"};
    struct fixture f;
    kds_pages_t *pages;
    const void *page;
    const kds_shard_filter_t filter = {.type = KDS_SLICE_LIT("AT_LATEST")};
    const kds_list_shards_in_t in = {.struct_size = sizeof in,
                                     .stream_name = KDS_SLICE_LIT("s"),
                                     .has_max_results = true,
                                     .max_results = 2,
                                     .shard_filter = &filter};
    open_with(&f, KDS_SERVICE_KINESIS, bodies, 4);
    assert_int_equal(kds_pages_new(f.client, kds_operation_find("ListShards"), &in, NULL,
                                   &pages, NULL),
                     KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    expect_sent(&f, "{\"StreamName\":\"s\",\"MaxResults\":2,"
                    "\"ShardFilter\":{\"Type\":\"AT_LATEST\"}}");
    /* A page that fails can be asked for again. */
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_ERR_THROTTLED);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    expect_sent(&f, "{\"NextToken\":\"t1\",\"MaxResults\":2}");
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    expect_sent(&f, "{\"NextToken\":\"t2\",\"MaxResults\":2}");
    assert_non_null(page);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    assert_null(page);
    assert_int_equal(scripted_server_requests(f.server), 4);
    kds_pages_free(pages);
    close_all(&f);
}

static void pages_go_on_behind_the_last_element(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"StreamNames\":[\"a\",\"b\"],\"HasMoreStreams\":true}",
        "{\"StreamNames\":[\"c\"],\"HasMoreStreams\":false}"};
    struct fixture f;
    kds_pages_t *pages;
    const void *page;
    const kds_list_streams_in_t in = {.struct_size = sizeof in};
    open_with(&f, KDS_SERVICE_KINESIS, bodies, 2);
    assert_int_equal(kds_pages_new(f.client, kds_operation_find("ListStreams"), &in, NULL,
                                   &pages, NULL),
                     KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    expect_sent(&f, "{\"ExclusiveStartStreamName\":\"b\"}");
    assert_true(
        kds_slice_is(((const kds_list_streams_out_t *)page)->stream_names[0], "c"));
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    assert_null(page);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK); /* and stays there */
    assert_null(page);
    kds_pages_free(pages);
    close_all(&f);
}

static void pages_go_on_with_a_key(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"Items\":[],\"LastEvaluatedKey\":{\"leaseKey\":{\"S\":\"x\"}}}",
        "{\"Items\":[{\"leaseKey\":{\"S\":\"y\"}}]}"};
    struct fixture f;
    kds_pages_t *pages;
    const void *page;
    const kds_dynamodb_scan_in_t in = {.struct_size = sizeof in,
                                       .table_name = KDS_SLICE_LIT("ttt")};
    open_with(&f, KDS_SERVICE_DYNAMODB, bodies, 2);
    assert_int_equal(kds_pages_new(f.client,
                                   kds_operation_find_in(KDS_SERVICE_DYNAMODB, "Scan"),
                                   &in, NULL, &pages, NULL),
                     KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    expect_sent(
        &f, "{\"TableName\":\"ttt\",\"ExclusiveStartKey\":{\"leaseKey\":{\"S\":\"x\"}}}");
    assert_int_equal(((const kds_dynamodb_scan_out_t *)page)->items_count, 1);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    assert_null(page);
    kds_pages_free(pages);
    close_all(&f);
}

static void pages_end_when_the_token_repeats(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{\"Consumers\":[],\"NextToken\":\"same\"}"};
    struct fixture f;
    kds_pages_t *pages;
    const void *page;
    const kds_list_stream_consumers_in_t in = {
        .struct_size = sizeof in, .stream_arn = KDS_SLICE_LIT("arn:aws:kinesis:x")};
    open_with(&f, KDS_SERVICE_KINESIS, bodies, 1);
    assert_int_equal(kds_pages_new(f.client, kds_operation_find("ListStreamConsumers"),
                                   &in, NULL, &pages, NULL),
                     KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_OK);
    assert_int_equal(kds_pages_next(pages, &page, NULL), KDS_ERR_PROTOCOL);
    kds_pages_free(pages);
    assert_int_equal(
        kds_pages_new(f.client, kds_operation_find("PutRecord"), &in, NULL, &pages, NULL),
        KDS_ERR_INVALID_ARG);
    close_all(&f);
}

#define STREAM(status)                                                                   \
    "{\"StreamDescriptionSummary\":{\"StreamName\":\"s\",\"StreamStatus\":\"" status     \
    "\"}}"
#define NOT_FOUND "!{\"__type\":\"ResourceNotFoundException\"}"
#define THROTTLED "!{\"__type\":\"LimitExceededException\"}"

static void wait_ends_as_the_states_say(void **state)
{
    (void)state;
    static const struct {
        kds_wait_id_t what;
        const char *bodies[3];
        size_t count;
        kds_err_t err;
        unsigned requests;
    } cases[] = {
        {KDS_WAIT_STREAM_ACTIVE,
         {STREAM("CREATING"), THROTTLED, STREAM("ACTIVE")},
         3,
         KDS_OK,
         3},
        {KDS_WAIT_STREAM_ACTIVE, {NOT_FOUND}, 1, KDS_ERR_NOT_FOUND, 1},
        {KDS_WAIT_STREAM_ACTIVE,
         {STREAM("CREATING"), STREAM("DELETING")},
         2,
         KDS_ERR_IN_USE,
         2},
        {KDS_WAIT_STREAM_GONE, {STREAM("DELETING"), NOT_FOUND}, 2, KDS_OK, 2},
        {KDS_WAIT_STREAM_ACTIVE,
         {"!{\"__type\":\"AccessDeniedException\"}"},
         1,
         KDS_ERR_ACCESS_DENIED,
         1},
    };
    static const kds_wait_options_t options = {sizeof options, 1, 60000};
    static const kds_describe_stream_summary_in_t in = {
        .struct_size = sizeof in, .stream_name = KDS_SLICE_LIT("s")};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        open_with(&f, KDS_SERVICE_KINESIS, cases[i].bodies, cases[i].count);
        assert_int_equal(kds_wait(f.client, cases[i].what, &in, &options, NULL),
                         cases[i].err);
        assert_int_equal(scripted_server_requests(f.server), cases[i].requests);
        close_all(&f);
    }
}

static void wait_is_patient_with_a_table_that_is_not_there_yet(void **state)
{
    (void)state;
    static const char *const bodies[] = {NOT_FOUND,
                                         "{\"Table\":{\"TableStatus\":\"ACTIVE\"}}"};
    static const kds_wait_options_t options = {sizeof options, 1, 60000};
    const kds_dynamodb_describe_table_in_t in = {.struct_size = sizeof in,
                                                 .table_name = KDS_SLICE_LIT("ttt")};
    struct fixture f;
    open_with(&f, KDS_SERVICE_DYNAMODB, bodies, 2);
    assert_int_equal(kds_wait(f.client, KDS_WAIT_TABLE_ACTIVE, &in, &options, NULL),
                     KDS_OK);
    close_all(&f);
}

static void wait_tells_the_limit_and_the_last_error(void **state)
{
    (void)state;
    static const char *const bodies[] = {THROTTLED};
    static const kds_wait_options_t options = {sizeof options, 1, 3};
    static const kds_wait_options_t wrong = {sizeof options, -1, 3};
    const kds_describe_stream_summary_in_t in = {.struct_size = sizeof in,
                                                 .stream_name = KDS_SLICE_LIT("s")};
    struct fixture f;
    kds_error_t *error = NULL;
    open_with(&f, KDS_SERVICE_KINESIS, bodies, 1);
    assert_int_equal(kds_wait(f.client, KDS_WAIT_STREAM_ACTIVE, &in, &options, &error),
                     KDS_ERR_TIMED_OUT);
    assert_non_null(strstr(kds_error_message(error), "within 3 ms"));
    assert_non_null(strstr(kds_error_message(error), "LimitExceededException"));
    kds_error_free(error);
    assert_int_equal(kds_wait(f.client, KDS_WAIT_STREAM_ACTIVE, &in, &wrong, NULL),
                     KDS_ERR_INVALID_ARG);
    assert_int_equal(kds_wait(f.client, (kds_wait_id_t)77, &in, NULL, NULL),
                     KDS_ERR_INVALID_ARG);
    assert_int_equal(kds_wait(f.client, KDS_WAIT_TABLE_ACTIVE, &in, NULL, NULL),
                     KDS_ERR_INVALID_ARG);
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_go_on_with_the_token_and_without_what_it_excludes),
        cmocka_unit_test(pages_go_on_behind_the_last_element),
        cmocka_unit_test(pages_go_on_with_a_key),
        cmocka_unit_test(pages_end_when_the_token_repeats),
        cmocka_unit_test(wait_ends_as_the_states_say),
        cmocka_unit_test(wait_is_patient_with_a_table_that_is_not_there_yet),
        cmocka_unit_test(wait_tells_the_limit_and_the_last_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
