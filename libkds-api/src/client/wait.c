/*
 * wait: what each state is asked with and told by, as a table; and the loop.
 */
#include "kds/wait.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "codec/shape_member.h"
#include "codec/shape_path.h"
#include "model/operations.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

struct rule {
    const struct kds_service *service;
    const char *operation;
    const char *status;      /* where the answer has it */
    const char *hopeless[2]; /* states from which there is no way */
    bool gone;               /* wanted: that it is not there; otherwise: ACTIVE */
    bool may_appear;         /* not being there may pass */
};

static const struct rule rules[] = {
    [KDS_WAIT_STREAM_ACTIVE] = {&kds_kinesis_service,
                                "DescribeStreamSummary",
                                "StreamDescriptionSummary.StreamStatus",
                                {"DELETING", NULL},
                                false,
                                false},
    [KDS_WAIT_STREAM_GONE] = {&kds_kinesis_service,
                              "DescribeStreamSummary",
                              "StreamDescriptionSummary.StreamStatus",
                              {NULL, NULL},
                              true,
                              false},
    [KDS_WAIT_CONSUMER_ACTIVE] = {&kds_kinesis_service,
                                  "DescribeStreamConsumer",
                                  "ConsumerDescription.ConsumerStatus",
                                  {"DELETING", NULL},
                                  false,
                                  false},
    [KDS_WAIT_CONSUMER_GONE] = {&kds_kinesis_service,
                                "DescribeStreamConsumer",
                                "ConsumerDescription.ConsumerStatus",
                                {NULL, NULL},
                                true,
                                false},
    [KDS_WAIT_CHANNEL_ACTIVE] = {&kds_kinesis_service,
                                 "DescribeChannel",
                                 "ChannelDescription.ChannelStatus",
                                 {"DELETING", "FAILED"},
                                 false,
                                 true},
    [KDS_WAIT_TABLE_ACTIVE] = {&kds_dynamodb_service,
                               "DescribeTable",
                               "Table.TableStatus",
                               {"DELETING", NULL},
                               false,
                               true},
    [KDS_WAIT_TABLE_GONE] = {&kds_dynamodb_service,
                             "DescribeTable",
                             "Table.TableStatus",
                             {NULL, NULL},
                             true,
                             false},
};

enum verdict { DONE, AGAIN, FAILED };

static kds_slice_t
status_of(const struct rule *rule, const struct kds_operation *op, const void *output)
{
    const struct kds_field *field;
    kds_slice_t none = {NULL, 0};
    const void *holder = kds_shape_at(op->output, output, rule->status, &field);
    return holder ? *(const kds_slice_t *)kds_member(holder, field) : none;
}

static enum verdict judge_answer(const struct rule *rule,
                                 const struct kds_operation *op,
                                 const void *output,
                                 kds_error_t **error)
{
    kds_slice_t status = status_of(rule, op, output);
    if (rule->gone) {
        return AGAIN;
    }
    for (size_t i = 0; i < 2 && rule->hopeless[i] != NULL; i++) {
        if (kds_slice_is(status, rule->hopeless[i])) {
            kds_error_set(error, KDS_ERR_IN_USE, "%s: it is %s and will not be ACTIVE",
                          op->name, rule->hopeless[i]);
            return FAILED;
        }
    }
    return kds_slice_is(status, "ACTIVE") ? DONE : AGAIN;
}

static enum verdict judge_error(const struct rule *rule, const kds_error_t *error)
{
    if (kds_error_code(error) == KDS_ERR_NOT_FOUND) {
        return rule->gone ? DONE : rule->may_appear ? AGAIN : FAILED;
    }
    return kds_error_retryable(error) ? AGAIN : FAILED;
}

/* Ask once. @p error is set in FAILED, and may be in AGAIN. */
static enum verdict ask(kds_client_t *client,
                        const struct rule *rule,
                        const struct kds_operation *op,
                        const void *input,
                        kds_error_t **error)
{
    const void *output;
    if (kds_client_call(client, op, input, NULL, &output, error) != KDS_OK) {
        return judge_error(rule, *error);
    }
    enum verdict verdict = judge_answer(rule, op, output, error);
    kds_output_free(output);
    return verdict;
}

static kds_err_t check_options(const kds_wait_options_t *given,
                               kds_wait_options_t *out,
                               kds_error_t **error)
{
    const int64_t most = INT64_C(86400000);
    const kds_wait_options_t defaults = {sizeof *out, 2000, 180000};
    *out = defaults;
    if (given == NULL) {
        return KDS_OK;
    }
    if (given->struct_size != sizeof *given || given->interval_ms < 0 ||
        given->interval_ms > most || given->timeout_ms < 0 || given->timeout_ms > most) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "options: struct_size %zu, interval_ms %" PRId64
                             ", timeout_ms %" PRId64 ": must be %zu, 0..%" PRId64
                             ", 0..%" PRId64,
                             given->struct_size, given->interval_ms, given->timeout_ms,
                             sizeof *given, most, most);
    }
    out->interval_ms = given->interval_ms ? given->interval_ms : out->interval_ms;
    out->timeout_ms = given->timeout_ms ? given->timeout_ms : out->timeout_ms;
    return KDS_OK;
}

static int64_t now_us(void)
{
    return kds_clock_boottime_us(kds_clock_system());
}

/* Nothing can end it early: there is nobody to tell. */
static void sleep_us(int64_t us)
{
    struct timespec left = {(time_t)(us / KDS_US_PER_S),
                            (long)(us % KDS_US_PER_S) * 1000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

kds_err_t kds_wait(kds_client_t *client,
                   kds_wait_id_t what,
                   const void *input,
                   const kds_wait_options_t *options,
                   kds_error_t **error)
{
    kds_wait_options_t o;
    if ((unsigned)what >= sizeof rules / sizeof rules[0]) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "wait: %d is no state",
                             (int)what);
    }
    kds_err_t rc = check_options(options, &o, error);
    if (rc != KDS_OK) {
        return rc;
    }
    const struct rule *rule = &rules[what];
    const struct kds_operation *op =
        kds_service_operation(rule->service, kds_slice(rule->operation));
    const int64_t end_us = kds_us_add(now_us(), o.timeout_ms * KDS_US_PER_MS);
    kds_error_t *last = NULL;
    enum verdict verdict;
    while ((verdict = ask(client, rule, op, input, &last)) == AGAIN &&
           kds_us_add(now_us(), o.interval_ms * KDS_US_PER_MS) <= end_us) {
        kds_error_free(last);
        last = NULL;
        sleep_us(o.interval_ms * KDS_US_PER_MS);
    }
    rc = KDS_OK;
    if (verdict == AGAIN) {
        rc = kds_error_set(error, KDS_ERR_TIMED_OUT,
                           "%s: not in the wanted state within %" PRId64 " ms%s%s",
                           op->name, o.timeout_ms, last ? "; last: " : "",
                           last ? kds_error_message(last) : "");
    } else if (verdict == FAILED) {
        rc = kds_error_set(error, kds_error_code(last), "%s", kds_error_message(last));
    }
    kds_error_free(last);
    return rc;
}
