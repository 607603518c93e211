/*
 * test_packed: operations by packed values, against a peer that answers by script.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kds/packed.h"
#include "support/scripted_server.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

struct fixture {
    char bytes[512];
    struct scripted_step step;
    struct scripted_server *server;
    kds_client_t *client;
};

static void open_with(struct fixture *f, const char *status, const char *body)
{
    char endpoint[64];
    memset(f, 0, sizeof *f);
    snprintf(f->bytes, sizeof f->bytes,
             "HTTP/1.1 %s\r\nContent-Type: application/x-amz-json-1.1\r\n"
             "x-amzn-RequestId: id-1\r\nContent-Length: %zu\r\n\r\n%s",
             status, strlen(body), body);
    f->step.bytes = f->bytes;
    f->server = scripted_server_start(&f->step, 1);
    assert_non_null(f->server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(f->server));
    kds_client_options_t o = {.struct_size = sizeof o,
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

static kds_err_t start(struct fixture *f,
                       const char *operation,
                       const void *input,
                       size_t n,
                       kds_packed_call_t **call,
                       kds_error_t **error)
{
    kds_slice_t packed = {input, n};
    return kds_packed_start(f->client, kds_operation_find(operation), packed, NULL, call,
                            error);
}

static void wait_readable(const kds_packed_call_t *call)
{
    struct pollfd p = {.fd = kds_packed_fd(call), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 10000), 1);
}

/* {"Data": h'00ff', "PartitionKey": "k", "Unknown": [1], "StreamName": "s"} */
static const uint8_t put_record[] = "\xa4\x64"
                                    "Data\x42\x00\xff\x6cPartitionKey\x61k\x67Unknown"
                                    "\x81\x01\x6aStreamName\x61s";

static void packed_call_carries_input_and_answer(void **state)
{
    (void)state;
    struct fixture f;
    kds_packed_call_t *call;
    kds_slice_t answer;
    const char *request_id;
    char request[2048];
    static const uint8_t expected[] = "\xa2\x67ShardId\x61x\x6eSequenceNumber\x61"
                                      "7";
    open_with(&f, "200 OK", "{\"ShardId\":\"x\",\"SequenceNumber\":\"7\"}");
    assert_int_equal(
        start(&f, "PutRecord", put_record, sizeof put_record - 1, &call, NULL), KDS_OK);
    wait_readable(call);
    assert_int_equal(kds_packed_end(call, &answer, &request_id, NULL), KDS_OK);
    assert_int_equal(answer.n, sizeof expected - 1);
    assert_memory_equal(answer.p, expected, answer.n);
    assert_string_equal(request_id, "id-1");
    assert_int_equal(kds_packed_end(call, &answer, NULL, NULL), KDS_ERR_STATE);
    kds_packed_free(call);
    scripted_server_last(f.server, request, sizeof request);
    assert_non_null(strstr(request, "{\"StreamName\":\"s\",\"Data\":\"AP8=\","
                                    "\"PartitionKey\":\"k\"}"));
    close_all(&f);
}

static void packed_call_gives_the_error_of_the_service(void **state)
{
    (void)state;
    struct fixture f;
    kds_packed_call_t *call;
    kds_slice_t answer;
    kds_error_t *error = NULL;
    open_with(&f, "400 Bad Request",
              "{\"__type\":\"ResourceNotFoundException\",\"message\":\"no such\"}");
    assert_int_equal(
        start(&f, "PutRecord", put_record, sizeof put_record - 1, &call, NULL), KDS_OK);
    wait_readable(call);
    assert_int_equal(kds_packed_end(call, &answer, NULL, &error), KDS_ERR_NOT_FOUND);
    assert_string_equal(kds_error_service_code(error), "ResourceNotFoundException");
    kds_error_free(error);
    kds_packed_free(call);
    close_all(&f);
}

static void packed_input_is_refused_before_anything_is_sent(void **state)
{
    (void)state;
    struct fixture f;
    static const struct {
        const char *bytes;
        size_t n;
        kds_err_t err;
        const char *says;
    } bad[] = {
        {"\xa1\x64"
         "Data",
         6, KDS_ERR_INVALID_ARG, "PutRecordIn"},           /* cut off */
        {"\x81\x01", 2, KDS_ERR_INVALID_ARG, "an object"}, /* not a map */
        {"\xa0\xa0", 2, KDS_ERR_INVALID_ARG, "behind"},    /* two values */
        {"\xa0", 1, KDS_ERR_INVALID_ARG, "Data"},          /* required */
        {"", 0, KDS_ERR_INVALID_ARG, "Data"},
        {"\xa1\x6aStreamName\x01", 13, KDS_ERR_INVALID_ARG, "PutRecordIn"}, /* type */
        {"", (size_t)KDS_PACKED_INPUT_MAX + 1, KDS_ERR_TOO_LARGE, "67108864"},
    };
    open_with(&f, "200 OK", "{}");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        kds_packed_call_t *call = NULL;
        kds_error_t *error = NULL;
        assert_int_equal(start(&f, "PutRecord", bad[i].bytes, bad[i].n, &call, &error),
                         bad[i].err);
        assert_null(call);
        assert_int_equal(kds_error_code(error), bad[i].err);
        assert_non_null(strstr(kds_error_message(error), bad[i].says));
        kds_error_free(error);
        assert_int_equal(start(&f, "PutRecord", bad[i].bytes, bad[i].n, &call, NULL),
                         bad[i].err);
    }
    assert_int_equal(scripted_server_requests(f.server), 0);
    close_all(&f);
}

static void packed_call_that_has_not_ended_can_be_left_alone(void **state)
{
    (void)state;
    struct fixture f;
    kds_packed_call_t *left, *ended;
    kds_slice_t answer;
    open_with(&f, "200 OK", "{}");
    f.step.bytes = NULL;
    assert_int_equal(
        start(&f, "PutRecord", put_record, sizeof put_record - 1, &left, NULL), KDS_OK);
    assert_int_equal(
        start(&f, "PutRecord", put_record, sizeof put_record - 1, &ended, NULL), KDS_OK);
    kds_packed_free(left);
    kds_packed_free(NULL);
    /* The client's end is the end of what is under way; a call may outlive it. */
    close_all(&f);
    wait_readable(ended);
    kds_err_t rc = kds_packed_end(ended, &answer, NULL, NULL);
    assert_int_not_equal(rc, KDS_ERR_STATE);
    kds_packed_free(ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_call_carries_input_and_answer),
        cmocka_unit_test(packed_call_gives_the_error_of_the_service),
        cmocka_unit_test(packed_input_is_refused_before_anything_is_sent),
        cmocka_unit_test(packed_call_that_has_not_ended_can_be_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
