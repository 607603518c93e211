/*
 * test_faults_answers: what a client makes of answers that are wrong, odd or hostile. The names end
 * with the faults of the catalogue (F-S), as far as they are of one call; what becomes of a stream
 * or a record over several calls is the producer's and the consumer's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/faulty_call.h"

#include "base/slice.h"
#include "kds/kinesis.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* A whole answer on the heap: status line, more header lines, Content-Length, body. */
static char *answer_of(const char *status, const char *headers, const char *body)
{
    size_t size = strlen(status) + strlen(headers) + strlen(body) + 80;
    char *answer = malloc(size);
    assert_non_null(answer);
    snprintf(answer, size, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status,
             headers, strlen(body), body);
    return answer;
}

/* One PutRecord that is answered so, every time. */
static struct faulty_outcome
put_answered(const char *status, const char *headers, const char *body, uint32_t attempts)
{
    char *answer = answer_of(status, headers, body);
    const struct peer_step steps[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, 0}, {PEER_AGAIN, NULL, 0}};
    const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = attempts};
    struct faulty f = faulty_open(&script, 1, &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_close(&f);
    free(answer);
    return got;
}

/* ---- F-S01: throttling -------------------------------------------------------------------- */

static void throttled_call_is_retryable_and_not_persisted_F_S01(void **state)
{
    static const struct {
        const char *status, *code;
    } throttles[] = {
        {"400 Bad Request", "ProvisionedThroughputExceededException"},
        {"400 Bad Request", "LimitExceededException"},
        {"400 Bad Request", "ThrottlingException"},
        {"400 Bad Request", "KMSThrottlingException"},
        {"429 Too Many Requests", "ThrottlingException"},
        {"400 Bad Request", "TooManyRequestsException"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(throttles); i++) {
        char body[128];
        snprintf(body, sizeof body, "{\"__type\":\"%s\",\"message\":\"slower\"}",
                 throttles[i].code);
        struct faulty_outcome got = put_answered(throttles[i].status, "", body, 1);
        faulty_expect(&got, KDS_ERR_THROTTLED, KDS_PERSISTED_NO, 1);
        assert_true(got.retryable);
        assert_string_equal(got.code, throttles[i].code);
    }
    /* By status alone, and with a status that says less than the code. */
    struct faulty_outcome got = put_answered("429 Too Many Requests", "", "", 1);
    faulty_expect(&got, KDS_ERR_THROTTLED, KDS_PERSISTED_NO, 1);
    got = put_answered("503 Slow Down", "", "{\"__type\":\"SlowDown\"}", 1);
    assert_int_equal(got.err, KDS_ERR_THROTTLED);
    assert_true(got.retryable);
}

/* What the log says that a retry waits. */
struct wait_seen {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    long wait_ms; /* with `lock`; -1 = not seen */
};

static void
on_log(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    struct wait_seen *w = opaque;
    const char *next = strstr(message, "next in ");
    (void)level;
    if (strcmp(tag, "retry") == 0 && next != NULL) {
        pthread_mutex_lock(&w->lock);
        w->wait_ms = strtol(next + sizeof "next in " - 1, NULL, 10);
        pthread_cond_signal(&w->changed);
        pthread_mutex_unlock(&w->lock);
    }
}

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    (void)opaque;
    kds_output_free(output);
    kds_error_free(error);
}

/* How long the client wants to wait after this answer; nothing waits for it. */
static long wait_after(const char *status, const char *headers)
{
    static const kds_list_streams_in_t input = {.struct_size = sizeof input};
    struct wait_seen w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, -1};
    char *answer = answer_of(status, headers, "{\"__type\":\"ThrottlingException\"}");
    const struct peer_step steps[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, 0}, {PEER_HANG, NULL, 0}};
    const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 2, .log = on_log, .log_opaque = &w};
    struct faulty f = faulty_open(&script, 1, &o);
    assert_int_equal(kds_client_start(f.client, kds_operation_find("ListStreams"), &input,
                                      NULL, on_end, NULL, NULL),
                     KDS_OK);
    pthread_mutex_lock(&w.lock);
    while (w.wait_ms < 0) {
        pthread_cond_wait(&w.changed, &w.lock);
    }
    pthread_mutex_unlock(&w.lock);
    faulty_close(&f);
    free(answer);
    return w.wait_ms;
}

static void wait_that_server_asks_for_is_honoured_within_bounds_F_S01(void **state)
{
    static const struct {
        const char *header;
        long least, most; /* our own back-off after the first throttle: 0 .. 1000 ms */
    } cases[] = {
        {"", 0, 1000},
        {"x-amz-retry-after: 1500\r\n", 1500, 1500},
        {"x-amz-retry-after: 4999\r\n", 4999, 4999},
        {"x-amz-retry-after: 86400000\r\n", 5000, 6000},
        {"x-amz-retry-after: 99999999999999999999999999\r\n", 0, 6000},
        {"x-amz-retry-after: -5\r\n", 0, 1000},
        {"x-amz-retry-after: soon\r\n", 0, 1000},
        {"x-amz-retry-after: 1e9\r\n", 0, 1000},
        {"x-amz-retry-after:\r\n", 0, 1000},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        long wait_ms = wait_after("400 Bad Request", cases[i].header);
        if (wait_ms < cases[i].least || wait_ms > cases[i].most) {
            print_message("%s waits %ld ms\n", cases[i].header, wait_ms);
        }
        assert_true(wait_ms >= cases[i].least && wait_ms <= cases[i].most);
    }
}

/* ---- F-S02: server faults ----------------------------------------------------------------- */

static void server_fault_is_retryable_whatever_its_body_F_S02(void **state)
{
    static const char *const statuses[] = {"500 Internal Server Error", "502 Bad Gateway",
                                           "503 Service Unavailable",
                                           "504 Gateway Timeout"};
    const size_t large_bytes = (size_t)10 * 1024 * 1024;
    char *large = malloc(large_bytes + 1);
    (void)state;
    assert_non_null(large);
    memset(large, 'z', large_bytes);
    large[large_bytes] = 0;
    const struct {
        const char *type, *body;
    } bodies[] = {
        {"", ""},
        {"Content-Type: text/xml\r\n",
         "<?xml version=\"1.0\"?><ServiceUnavailableException><Message>m</Message>"
         "</ServiceUnavailableException>"},
        {"Content-Type: text/html\r\n",
         "<html><body>Bad &#0; \x01 gateway</body></html>"},
        {"Content-Type: application/x-amz-json-1.1\r\n", "{\"__type\":\"InternalFail"},
        {"Content-Type: application/x-amz-cbor-1.1\r\n", "\xBF\x66__type"},
        {"", large},
    };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        for (size_t j = 0; j < COUNT(bodies); j++) {
            struct faulty_outcome got =
                put_answered(statuses[i], bodies[j].type, bodies[j].body, 1);
            faulty_expect(&got, KDS_ERR_SERVICE, KDS_PERSISTED_MAYBE, 1);
            assert_true(got.retryable);
            assert_int_equal(got.status, atoi(statuses[i]));
        }
    }
    free(large);
}

static void server_fault_is_retryable_when_its_body_is_cut_F_S02(void **state)
{
    static const struct peer_step steps[] = {
        {PEER_REQUEST, NULL, 0},
        {PEER_SEND, "HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\n{\"__ty", 0},
        {PEER_CUT, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 2};
    struct faulty f = faulty_open(&script, 1, &o);
    (void)state;
    struct faulty_outcome got = faulty_put(f.client);
    assert_int_equal(got.persisted, KDS_PERSISTED_MAYBE);
    assert_int_equal(got.attempts, 2);
    assert_true(got.retryable);
    faulty_close(&f);
}

/* ---- F-S03 .. F-S05: PutRecords, entry by entry ------------------------------------------- */

/* An answer to @p n records; bit i of @p mask: record i failed, in one of two ways in turn. */
static char *answer_of_mask(unsigned n, uint64_t mask)
{
    char *body = malloc(200 * (size_t)n + 100);
    assert_non_null(body);
    size_t at = (size_t)sprintf(body, "{\"FailedRecordCount\":%d,\"Records\":[",
                                __builtin_popcountll(mask));
    for (unsigned i = 0; i < n; i++) {
        at += (size_t)(mask >> (i % 64) & 1
                           ? sprintf(body + at,
                                     "%s{\"ErrorCode\":\"%s\",\"ErrorMessage\":"
                                     "\"no\"}",
                                     i ? "," : "",
                                     i % 2 ? "InternalFailure"
                                           : "ProvisionedThroughputExceededException")
                           : sprintf(body + at,
                                     "%s{\"SequenceNumber\":\"%u\",\"ShardId\":"
                                     "\"shardId-000000000000\"}",
                                     i ? "," : "", 1000 + i));
    }
    strcpy(body + at, "]}");
    char *answer = answer_of("200 OK", "", body);
    free(body);
    return answer;
}

static const kds_put_records_out_t *put_many(kds_client_t *client, unsigned n)
{
    kds_put_records_request_entry_t *entries = calloc(n, sizeof *entries);
    assert_non_null(entries);
    for (unsigned i = 0; i < n; i++) {
        entries[i].data = kds_slice("d");
        entries[i].partition_key = kds_slice("k");
    }
    const kds_put_records_in_t input = {.struct_size = sizeof input,
                                        .stream_name = KDS_SLICE_LIT("s"),
                                        .records = entries,
                                        .records_count = n};
    const kds_put_records_out_t *out = NULL;
    kds_error_t *error = NULL;
    if (kds_put_records(client, &input, NULL, &out, &error) != KDS_OK) {
        assert_int_equal(kds_error_code(error), KDS_ERR_PROTOCOL);
        assert_int_equal(kds_error_persisted(error), KDS_PERSISTED_MAYBE);
        assert_true(kds_error_retryable(error));
    }
    kds_error_free(error);
    free(entries);
    return out;
}

static void check_mask(const kds_put_records_out_t *out, unsigned n, uint64_t mask)
{
    assert_non_null(out);
    assert_int_equal(out->records_count, n);
    for (unsigned i = 0; i < n; i++) {
        const kds_put_records_result_entry_t *r = &out->records[i];
        char sequence[16];
        snprintf(sequence, sizeof sequence, "%u", 1000 + i);
        if (mask >> (i % 64) & 1) {
            assert_null(r->sequence_number.p);
            assert_true(kds_slice_is(r->error_code,
                                     i % 2 ? "InternalFailure"
                                           : "ProvisionedThroughputExceededException"));
        } else {
            assert_true(kds_slice_is(r->sequence_number, sequence));
            assert_null(r->error_code.p);
        }
    }
}

/* All @p count masks of @p n records, over one connection. */
static void check_masks(unsigned n, const uint64_t *masks, size_t count)
{
    struct peer_step *steps = calloc(2 * count + 1, sizeof *steps);
    char **answers = calloc(count, sizeof *answers);
    assert_true(steps != NULL && answers != NULL);
    for (size_t i = 0; i < count; i++) {
        answers[i] = answer_of_mask(n, masks[i]);
        steps[2 * i].op = PEER_REQUEST;
        steps[2 * i + 1] = (struct peer_step){PEER_SEND, answers[i], 0};
    }
    const struct peer_script script = {steps, NULL};
    struct faulty_options o = {.max_attempts = 1};
    struct faulty f = faulty_open(&script, 1, &o);
    for (size_t i = 0; i < count; i++) {
        const kds_put_records_out_t *out = put_many(f.client, n);
        check_mask(out, n, masks[i]);
        kds_output_free(out);
    }
    faulty_close(&f);
    for (size_t i = 0; i < count; i++) {
        free(answers[i]);
    }
    free(answers);
    free(steps);
}

static void every_pattern_of_partial_failure_is_told_entry_by_entry_F_S03(void **state)
{
    static const uint64_t wide[] = {
        1,          UINT64_C(1) << 51, UINT64_C(0xAAAAAAAAAAAAAAAA),
        UINT64_MAX, UINT64_MAX - 1,    0};
    uint64_t masks[1024];
    (void)state;
    for (size_t i = 0; i < COUNT(masks); i++) {
        masks[i] = i;
    }
    for (unsigned n = 1; n <= 10; n++) {
        check_masks(n, masks, (size_t)1 << n);
    }
    check_masks(500, wide, COUNT(wide)); /* the pattern of 64 over and over */
}

struct odd_answer {
    const char *body;
    int entries; /* -1 = the call ends with KDS_ERR_PROTOCOL */
};

static void check_odd_answers(const struct odd_answer *odd, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *answer = answer_of("200 OK", "", odd[i].body);
        const struct peer_step steps[] = {
            {PEER_REQUEST, NULL, 0}, {PEER_SEND, answer, 0}, {PEER_AGAIN, NULL, 0}};
        const struct peer_script script = {steps, NULL};
        struct faulty_options o = {.max_attempts = 1};
        struct faulty f = faulty_open(&script, 1, &o);
        const kds_put_records_out_t *out = put_many(f.client, 2);
        if ((out ? (int)out->records_count : -1) != odd[i].entries) {
            print_message("%s\n", odd[i].body);
        }
        assert_int_equal(out ? (int)out->records_count : -1, odd[i].entries);
        kds_output_free(out);
        faulty_close(&f);
        free(answer);
    }
}

#define ONE_OK "{\"SequenceNumber\":\"1\",\"ShardId\":\"s\"}"
#define ONE_NO "{\"ErrorCode\":\"InternalFailure\"}"

static void entries_decide_when_failed_count_disagrees_F_S04(void **state)
{
    static const struct odd_answer odd[] = {
        {"{\"FailedRecordCount\":0,\"Records\":[" ONE_OK "," ONE_NO "]}", 2},
        {"{\"FailedRecordCount\":2,\"Records\":[" ONE_OK "," ONE_OK "]}", 2},
        {"{\"Records\":[" ONE_OK "," ONE_NO "]}", 2},
        {"{\"FailedRecordCount\":-1,\"Records\":[" ONE_OK "," ONE_OK "]}", 2},
        {"{\"FailedRecordCount\":null,\"Records\":[" ONE_OK "," ONE_OK "]}", 2},
        {"{\"FailedRecordCount\":9007199254740993,\"Records\":[" ONE_OK "," ONE_OK "]}",
         2},
        {"{\"Records\":[" ONE_OK "," ONE_OK "],\"FailedRecordCount\":7}", 2},
    };
    (void)state;
    check_odd_answers(odd, COUNT(odd));
}

static void nothing_is_out_of_range_when_entries_lack_or_abound_F_S05(void **state)
{
    static const struct odd_answer odd[] = {
        {"{\"FailedRecordCount\":0,\"Records\":[]}", 0},
        {"{\"FailedRecordCount\":0,\"Records\":[" ONE_OK "]}", 1},
        {"{\"FailedRecordCount\":0,\"Records\":[" ONE_OK "," ONE_OK "," ONE_OK "]}", 3},
        {"{\"FailedRecordCount\":0,\"Records\":[{},{}]}", 2},
        {"{\"FailedRecordCount\":0,\"Records\":[{\"SequenceNumber\":\"1\",\"ErrorCode\":"
         "\"InternalFailure\"},{\"SequenceNumber\":null}]}",
         2},
        {"{\"FailedRecordCount\":0,\"Records\":[null,null]}", -1},
        {"{\"FailedRecordCount\":0,\"Records\":null}", -1},
        {"{\"FailedRecordCount\":0,\"Records\":{}}", -1},
        {"{\"FailedRecordCount\":0}", -1},
    };
    (void)state;
    check_odd_answers(odd, COUNT(odd));
}

/* ---- F-S06: successes that are none ------------------------------------------------------- */

static void success_without_its_content_is_ambiguous_F_S06(void **state)
{
    static const struct {
        const char *type, *body;
    } odd[] = {
        {"Content-Type: application/x-amz-json-1.1\r\n", ""},
        {"Content-Type: application/x-amz-json-1.1\r\n", "{}"},
        {"Content-Type: application/x-amz-json-1.1\r\n", "null"},
        {"Content-Type: application/x-amz-json-1.1\r\n", "[]"},
        {"Content-Type: application/x-amz-json-1.1\r\n", "[" PUT_OK_BODY "]"},
        {"Content-Type: application/x-amz-json-1.1\r\n", "{\"SequenceNumber\":\"1\"}"},
        {"Content-Type: application/x-amz-json-1.1\r\n", PUT_OK_BODY PUT_OK_BODY},
        {"Content-Type: text/html\r\n", "<html>Please sign in to this network</html>"},
        {"Content-Type: application/x-amz-cbor-1.1\r\n", PUT_OK_BODY},
        {"Content-Type: application/json; charset=utf-16\r\n", "{}"},
        {"Content-Type: application/x-amz-json-1.1\r\n",
         "{\"ShardId\":\"\xFF\xFE\",\"SequenceNumber\":\"49\"}"}, /* no UTF-8 */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct faulty_outcome got = put_answered("200 OK", odd[i].type, odd[i].body, 1);
        if (got.err == KDS_OK) {
            print_message("taken for a success: %s\n", odd[i].body);
        }
        faulty_expect(&got, KDS_ERR_PROTOCOL, KDS_PERSISTED_MAYBE, 1);
        assert_true(got.retryable);
    }
}

/* ---- F-S18, F-S22: who is asked, and how errors are named --------------------------------- */

static void refusal_is_not_retried_blindly_F_S18(void **state)
{
    static const char *const codes[] = {
        "ExpiredTokenException", "UnrecognizedClientException", "AccessDeniedException",
        "MissingAuthenticationTokenException", "IncompleteSignatureException"};
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        char body[128];
        snprintf(body, sizeof body, "{\"__type\":\"%s\",\"message\":\"no\"}", codes[i]);
        struct faulty_outcome got = put_answered("400 Bad Request", "", body, 5);
        assert_int_equal(got.err, KDS_ERR_ACCESS_DENIED);
        assert_int_equal(got.persisted, KDS_PERSISTED_NO);
        /* With other credentials it may be tried once more, and no further. */
        assert_in_range(got.attempts, 1, 2);
        assert_string_equal(got.code, codes[i]);
    }
}

/* ---- F-S20: keys of KMS ------------------------------------------------------------------- */

static void blocked_key_is_told_and_not_hammered_F_S20(void **state)
{
    static const struct {
        const char *code;
        kds_err_t err;
        bool retryable;
    } keys[] = {
        {"KMSThrottlingException", KDS_ERR_THROTTLED, true},
        {"KMSInvalidStateException", KDS_ERR_SERVICE, true},
        {"KMSDisabledException", KDS_ERR_SERVICE, false},
        {"KMSNotFoundException", KDS_ERR_SERVICE, false},
        {"KMSOptInRequired", KDS_ERR_SERVICE, false},
        {"KMSAccessDeniedException", KDS_ERR_ACCESS_DENIED, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        char body[128];
        snprintf(body, sizeof body, "{\"__type\":\"%s\",\"message\":\"key\"}",
                 keys[i].code);
        struct faulty_outcome got = put_answered("400 Bad Request", "", body, 5);
        faulty_expect(&got, keys[i].err, KDS_PERSISTED_NO, 1);
        assert_int_equal(got.retryable, keys[i].retryable);
        assert_string_equal(got.code, keys[i].code);
    }
}

static void error_is_named_by_its_bare_code_F_S22(void **state)
{
    static const struct {
        const char *status, *headers, *body, *code;
        kds_err_t err;
        bool retryable;
    } cases[] = {
        {"400 Bad Request", "", "{\"__type\":\"ResourceNotFoundException\"}",
         "ResourceNotFoundException", KDS_ERR_NOT_FOUND, false},
        {"400 Bad Request", "",
         "{\"__type\":\"com.amazonaws.kinesis.v20131202#ResourceNotFoundException\"}",
         "ResourceNotFoundException", KDS_ERR_NOT_FOUND, false},
        {"400 Bad Request", "",
         "{\"__type\":\"ResourceNotFoundException:http://internal.amazon.com/doc/\"}",
         "ResourceNotFoundException", KDS_ERR_NOT_FOUND, false},
        {"400 Bad Request", "", "{\"code\":\"ResourceInUseException\"}",
         "ResourceInUseException", KDS_ERR_IN_USE, false},
        {"400 Bad Request", "x-amzn-ErrorType: ExpiredIteratorException\r\n", "",
         "ExpiredIteratorException", KDS_ERR_EXPIRED_ITERATOR, false},
        {"400 Bad Request", "x-amzn-errortype: ExpiredIteratorException:http://x/\r\n",
         "{\"__type\":\"ValidationException\"}", "ExpiredIteratorException",
         KDS_ERR_EXPIRED_ITERATOR, false},
        {"400 Bad Request", "",
         "{\"__type\":\"ValidationException\",\"Message\":\"Ung\xC3\xBCltig\"}",
         "ValidationException", KDS_ERR_REJECTED, false},
        {"418 Teapot", "", "{\"__type\":\"NobodyKnowsThisException\"}",
         "NobodyKnowsThisException", KDS_ERR_SERVICE, false},
        {"507 Full", "", "{\"__type\":\"NobodyKnowsThisException\"}",
         "NobodyKnowsThisException", KDS_ERR_SERVICE, true},
        {"400 Bad Request", "", "{\"__type\":7}", "", KDS_ERR_SERVICE, false},
        {"400 Bad Request", "", "{\"__type\":\"\"}", "", KDS_ERR_SERVICE, false},
        {"400 Bad Request", "", "{\"__type\":\"#\"}", "", KDS_ERR_SERVICE, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct faulty_outcome got =
            put_answered(cases[i].status, cases[i].headers, cases[i].body, 1);
        if (got.err != cases[i].err || strcmp(got.code, cases[i].code) != 0) {
            print_message("%s: %s\n", cases[i].body, got.message);
        }
        assert_string_equal(got.code, cases[i].code);
        assert_int_equal(got.err, cases[i].err);
        assert_int_equal(got.retryable, cases[i].retryable);
        assert_int_equal(got.status, atoi(cases[i].status));
    }
}

/* ---- F-S23: what is refused here ---------------------------------------------------------- */

static kds_err_t put_record(kds_client_t *client,
                            size_t data_bytes,
                            const char *key,
                            const char *hash_key,
                            char *message)
{
    char *data = calloc(1, data_bytes + 1);
    const kds_put_record_out_t *out = NULL;
    kds_error_t *error = NULL;
    assert_non_null(data);
    const kds_put_record_in_t input = {
        .struct_size = sizeof input,
        .stream_name = KDS_SLICE_LIT("s"),
        .data = kds_slice_of(data, data_bytes),
        .partition_key = kds_slice(key),
        .explicit_hash_key = hash_key ? kds_slice(hash_key) : (kds_slice_t){NULL, 0}};
    kds_err_t rc = kds_put_record(client, &input, NULL, &out, &error);
    snprintf(message, 256, "%s", error ? kds_error_message(error) : "");
    kds_output_free(out);
    kds_error_free(error);
    free(data);
    return rc;
}

/* @p count times @p character */
static const char *many(const char *character, size_t count, char *out)
{
    size_t n = strlen(character);
    for (size_t i = 0; i < count; i++) {
        memcpy(out + i * n, character, n);
    }
    out[count * n] = 0;
    return out;
}

static void input_outside_the_model_is_refused_before_it_is_sent_F_S23(void **state)
{
    static const struct peer_step steps[] = {
        {PEER_REQUEST, NULL, 0}, {PEER_SEND, PUT_OK, 0}, {PEER_AGAIN, NULL, 0}};
    static const struct peer_script script = {steps, NULL};
    char key256[300], key257[300], wide256[1100], wide257[1100];
    many("k", 256, key256);
    many("k", 257, key257);
    many("\xF0\x9F\x90\x9F", 256, wide256); /* 4 bytes, one character */
    many("\xF0\x9F\x90\x9F", 257, wide257);
    const struct {
        size_t bytes;
        const char *key, *hash_key;
        bool good;
    } cases[] = {
        {10485760, "k", NULL, true},
        {10485761, "k", NULL, false},
        {0, "k", NULL, true},
        {1, key256, NULL, true},
        {1, key257, NULL, false},
        {1, wide256, NULL, true},
        {1, wide257, NULL, false},
        {1, "", NULL, false},
        {1, "\xC0\x80", NULL, false}, /* no UTF-8 */
        {1, "k", "0", true},
        {1, "k", "340282366920938463463374607431768211455", true},
        {1, "k", "340282366920938463463374607431768211456", false},
        {1, "k", "999999999999999999999999999999999999999", false},
        {1, "k", "01", false},
        {1, "k", "+1", false},
        {1, "k", "-1", false},
        {1, "k", "", false},
        {1, "k", " 1", false},
    };
    struct faulty_options o = {.max_attempts = 1};
    struct faulty f = faulty_open(&script, 1, &o);
    unsigned sent = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char message[256];
        kds_err_t rc = put_record(f.client, cases[i].bytes, cases[i].key,
                                  cases[i].hash_key, message);
        if ((rc == KDS_OK) != cases[i].good) {
            print_message("case %zu: %s\n", i, message);
        }
        assert_int_equal(rc == KDS_OK, cases[i].good);
        if (!cases[i].good) {
            assert_true(rc == KDS_ERR_INVALID_ARG || rc == KDS_ERR_TOO_LARGE);
            assert_non_null(strstr(message, "PutRecord")); /* names the member */
        }
        sent += cases[i].good;
        assert_int_equal(scripted_peer_counts(f.peer).requests, sent);
    }
    faulty_close(&f);
}

static void batch_of_501_is_refused_before_it_is_sent_F_S23(void **state)
{
    static kds_put_records_request_entry_t entries[501];
    struct faulty_options o = {.port = 1}; /* nobody listens there */
    struct faulty f = faulty_open(NULL, 0, &o);
    const kds_put_records_out_t *out = NULL;
    kds_error_t *error = NULL;
    (void)state;
    for (size_t i = 0; i < COUNT(entries); i++) {
        entries[i].data = kds_slice("d");
        entries[i].partition_key = kds_slice("k");
    }
    const kds_put_records_in_t input = {.struct_size = sizeof input,
                                        .stream_name = KDS_SLICE_LIT("s"),
                                        .records = entries,
                                        .records_count = COUNT(entries)};
    kds_err_t rc = kds_put_records(f.client, &input, NULL, &out, &error);
    assert_true(rc == KDS_ERR_INVALID_ARG || rc == KDS_ERR_TOO_LARGE);
    assert_non_null(strstr(kds_error_message(error), "501"));
    assert_non_null(strstr(kds_error_message(error), "500"));
    assert_int_equal(kds_error_attempts(error), 0);
    kds_error_free(error);
    faulty_close(&f);
}

/* ---- F-S25: headers ----------------------------------------------------------------------- */

static void missing_request_id_is_empty_F_S25(void **state)
{
    struct faulty_outcome got = put_answered("200 OK", "", PUT_OK_BODY, 1);
    (void)state;
    faulty_expect_success(&got);
    assert_string_equal(got.request_id, "");
    got = put_answered("400 Bad Request", "", "{\"__type\":\"ValidationException\"}", 1);
    assert_string_equal(got.request_id, "");
}

static void headers_are_bounded_F_S25(void **state)
{
    char *long_one = malloc((size_t)1024 * 1024 + 64);
    char *many_lines = malloc((size_t)20 * 8000 + 64);
    size_t at = 0;
    (void)state;
    assert_true(long_one != NULL && many_lines != NULL);
    strcpy(long_one, "x-amzn-RequestId: ");
    memset(long_one + 18, 'i', (size_t)1024 * 1024);
    strcpy(long_one + 18 + (size_t)1024 * 1024, "\r\n");
    for (int i = 0; i < 8000; i++) {
        at += (size_t)sprintf(many_lines + at, "X-H-%d: v\r\n", i);
    }
    const char *const hostile[] = {long_one, many_lines};
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct faulty_outcome got = put_answered("200 OK", hostile[i], PUT_OK_BODY, 1);
        assert_int_not_equal(got.err, KDS_OK);
        assert_int_equal(got.persisted, KDS_PERSISTED_MAYBE);
    }
    free(long_one);
    free(many_lines);
}

static void odd_headers_do_no_harm_F_S25(void **state)
{
    /* faulty_call checks that no control character comes out again. */
    static const char *const odd[] = {
        "x-amzn-RequestId: one\r\nx-amzn-RequestId: two\r\n",
        "x-amzn-RequestId: \x1b[31mred\x07\x7f\r\n",
        "x-amzn-ErrorType: A\tB\r\nContent-Type: \x01\r\n",
        "Bad Name: v\r\n",
        ": nameless\r\n",
        "X-Fold: a\r\n b\r\n",
        "Date: not a date\r\nx-amz-retry-after: \xFF\r\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct faulty_outcome got = put_answered(
            "400 Bad Request", odd[i], "{\"__type\":\"ValidationException\"}", 1);
        assert_int_not_equal(got.err, KDS_OK);
        for (const char *p = got.request_id; *p != 0; p++) {
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7F);
        }
        for (const char *p = got.code; *p != 0; p++) {
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7F);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(throttled_call_is_retryable_and_not_persisted_F_S01),
        cmocka_unit_test(wait_that_server_asks_for_is_honoured_within_bounds_F_S01),
        cmocka_unit_test(server_fault_is_retryable_whatever_its_body_F_S02),
        cmocka_unit_test(server_fault_is_retryable_when_its_body_is_cut_F_S02),
        cmocka_unit_test(every_pattern_of_partial_failure_is_told_entry_by_entry_F_S03),
        cmocka_unit_test(entries_decide_when_failed_count_disagrees_F_S04),
        cmocka_unit_test(nothing_is_out_of_range_when_entries_lack_or_abound_F_S05),
        cmocka_unit_test(success_without_its_content_is_ambiguous_F_S06),
        cmocka_unit_test(refusal_is_not_retried_blindly_F_S18),
        cmocka_unit_test(blocked_key_is_told_and_not_hammered_F_S20),
        cmocka_unit_test(error_is_named_by_its_bare_code_F_S22),
        cmocka_unit_test(input_outside_the_model_is_refused_before_it_is_sent_F_S23),
        cmocka_unit_test(batch_of_501_is_refused_before_it_is_sent_F_S23),
        cmocka_unit_test(missing_request_id_is_empty_F_S25),
        cmocka_unit_test(headers_are_bounded_F_S25),
        cmocka_unit_test(odd_headers_do_no_harm_F_S25),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
