/*
 * test_metric_sender: what CloudWatch is sent, how often, in how many requests; failures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "client/metric_sender.h"
#include "support/scripted_server.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const struct kds_metric metrics[] = {
    {"records", "UserRecordsPut", NULL, KDS_METRIC_OUTCOME, KDS_UNIT_COUNT,
     KDS_SCOPE_SHARD, KDS_LEVEL_SUMMARY, false, "Records.", false},
    {"request", "Time", "ProcessTask", KDS_METRIC_SPREAD, KDS_UNIT_MICROSECONDS,
     KDS_SCOPE_STREAM, KDS_LEVEL_DETAILED, false, "Time.", false},
    {"led", "Led", "Leader", KDS_METRIC_COUNTER, KDS_UNIT_COUNT, KDS_SCOPE_ALL,
     KDS_LEVEL_SUMMARY, false, "Runs of whoever leads.", true},
};
static const struct kds_metric_table table = {"test",       "kds_test_", metrics, 3,
                                              "StreamName", "ShardId",   true};

static const char well[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
    "Content-Length: 2\r\n\r\n{}";
static const char refused[] =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\n"
    "Content-Length: 27\r\n\r\n{\"__type\":\"AccessDenied\"}\r\n";

struct fixture {
    struct scripted_step step;
    struct scripted_server *server;
    struct kds_metrics *metrics;
    struct kds_metric_sender *sender;
    char request[256 * 1024];
    unsigned lines;
    char line[512];
};

/* Runs on the client's thread as well; read only when nothing is under way. */
static void note(kds_log_level_t level, const char *tag, const char *text, void *opaque)
{
    struct fixture *f = opaque;
    (void)level;
    (void)tag;
    f->lines++;
    snprintf(f->line, sizeof f->line, "%s", text);
}

static void open_with(struct fixture *f, const char *answer, enum kds_metric_level level)
{
    static const struct kds_metric_dimension everywhere = {"Host", "h1", KDS_SCOPE_ALL};
    static const struct kds_metric_dimension of_all = {"WorkerIdentifier", "w1",
                                                       KDS_SCOPE_ALL};
    char endpoint[64];
    memset(f, 0, sizeof *f);
    f->step.bytes = answer;
    f->server = scripted_server_start(&f->step, 1);
    assert_non_null(f->server);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(f->server));
    const struct kds_metric_sender_options o = {
        .client = {.struct_size = sizeof o.client,
                   .region = "eu-west-1",
                   .endpoint = endpoint,
                   .access_key_id = "AKID",
                   .secret_access_key = "secret",
                   .max_attempts = 1,
                   .log = note,
                   .log_opaque = f,
                   .log_level = KDS_LOG_WARNING},
        .metric_namespace = "App",
        .everywhere = &everywhere,
        .everywhere_count = 1,
        .of_all = &of_all,
        .level = level,
        .scope = KDS_SCOPE_SHARD,
        .delay_us = 60 * KDS_US_PER_S,
    };
    f->metrics = kds_metrics_new(&table, 100000);
    assert_int_equal(kds_metric_sender_new(&o, 1000, &f->sender, NULL), KDS_OK);
}

static void close_all(struct fixture *f)
{
    kds_metric_sender_free(f->sender);
    kds_metrics_free(f->metrics);
    scripted_server_stop(f->server);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static bool has_dimension(const json_t *datum, const char *name, const char *value)
{
    const json_t *dimensions = json_object_get(datum, "Dimensions");
    for (size_t i = 0; i < json_array_size(dimensions); i++) {
        const json_t *d = json_array_get(dimensions, i);
        if (strcmp(text_of(d, "Name"), name) == 0 &&
            strcmp(text_of(d, "Value"), value) == 0) {
            return true;
        }
    }
    return false;
}

static void metric_sender_sends_figures_with_their_dimensions(void **state)
{
    (void)state;
    static struct fixture f;
    open_with(&f, well, KDS_LEVEL_DETAILED);
    kds_metric_add(kds_metrics_group(f.metrics, NULL, "s", "shardId-7"), 0, 1, 3);
    kds_metric_add(kds_metrics_group(f.metrics, NULL, "s", NULL), 1, 2500, 2);
    kds_metric_add(kds_metrics_first(f.metrics), 2, 1, 1);
    assert_int_equal(kds_metric_sender_due(f.sender), 1000 + 60 * KDS_US_PER_S);
    kds_metric_sender_take(f.sender, f.metrics, 70 * KDS_US_PER_S);
    assert_int_equal(kds_metric_sender_due(f.sender), 130 * KDS_US_PER_S);
    kds_metric_sender_send(f.sender);
    assert_true(kds_metric_sender_wait(f.sender, 20 * KDS_US_PER_S));
    assert_int_equal(scripted_server_requests(f.server), 1);
    scripted_server_last(f.server, f.request, sizeof f.request);
    assert_non_null(strstr(f.request, "/eu-west-1/monitoring/aws4_request"));
    json_t *body = json_loads(strstr(f.request, "\r\n\r\n") + 4, 0, NULL);
    assert_string_equal(text_of(body, "Namespace"), "App");
    const json_t *data = json_object_get(body, "MetricData");
    assert_int_equal(json_array_size(data), 6);
    size_t shards = 0;
    size_t times = 0;
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *d = json_array_get(data, i);
        const json_t *set = json_object_get(d, "StatisticValues");
        bool led = strcmp(text_of(d, "MetricName"), "Led") == 0;
        assert_true(has_dimension(d, "Host", "h1"));
        assert_int_equal(has_dimension(d, "WorkerIdentifier", "w1"),
                         !has_dimension(d, "StreamName", "s") && !led);
        if (led) {
            continue;
        }
        if (strcmp(text_of(d, "MetricName"), "Time") == 0) {
            times++;
            assert_true(has_dimension(d, "Operation", "ProcessTask"));
            assert_string_equal(text_of(d, "Unit"), "Milliseconds");
            assert_true(json_number_value(json_object_get(set, "Sum")) == 5);
            assert_true(json_number_value(json_object_get(set, "Maximum")) == 2.5);
        } else {
            shards += has_dimension(d, "ShardId", "shardId-7");
            assert_string_equal(text_of(d, "MetricName"), "UserRecordsPut");
            assert_true(json_number_value(json_object_get(set, "SampleCount")) == 3);
        }
    }
    assert_int_equal(shards, 1);
    assert_int_equal(times, 2);
    json_decref(body);
    /* Nothing new: nothing is sent. */
    kds_metric_sender_take(f.sender, f.metrics, 130 * KDS_US_PER_S);
    kds_metric_sender_send(f.sender);
    assert_true(kds_metric_sender_wait(f.sender, 0));
    assert_int_equal(scripted_server_requests(f.server), 1);
    close_all(&f);
}

static void count_900_shards(struct fixture *f)
{
    for (int i = 0; i < 900; i++) {
        char shard[32];
        snprintf(shard, sizeof shard, "shardId-%d", i);
        kds_metric_add(kds_metrics_group(f->metrics, NULL, "s", shard), 0, 1, 1);
    }
}

static void metric_sender_splits_and_bounds_what_is_too_much(void **state)
{
    (void)state;
    static struct fixture f;
    open_with(&f, well, KDS_LEVEL_SUMMARY);
    count_900_shards(&f);
    kds_metric_sender_take(f.sender, f.metrics, 0);
    kds_metric_sender_send(f.sender);
    assert_true(kds_metric_sender_wait(f.sender, 20 * KDS_US_PER_S));
    assert_int_equal(scripted_server_requests(f.server), 3); /* 902 data */
    assert_int_equal(f.lines, 0);
    for (int round = 0; round < 12; round++) {
        for (struct kds_metric_group *g = kds_metrics_first(f.metrics); g != NULL;
             g = g->next) {
            if (g->shard != NULL) {
                kds_metric_add(g, 0, 1, 1);
            }
        }
        kds_metric_sender_take(f.sender, f.metrics, 0);
    }
    kds_metric_sender_send(f.sender);
    assert_non_null(strstr(f.line, "824 metrics were dropped: at most 10000"));
    assert_true(kds_metric_sender_wait(f.sender, 20 * KDS_US_PER_S));
    assert_int_equal(scripted_server_requests(f.server), 3 + 25);
    close_all(&f);
}

static void metric_sender_tells_a_failure_once_and_forgets(void **state)
{
    (void)state;
    static struct fixture f;
    open_with(&f, refused, KDS_LEVEL_SUMMARY);
    count_900_shards(&f);
    kds_metric_sender_take(f.sender, f.metrics, 0);
    kds_metric_sender_send(f.sender);
    assert_true(kds_metric_sender_wait(f.sender, 20 * KDS_US_PER_S));
    assert_int_equal(scripted_server_requests(f.server), 3);
    assert_int_equal(f.lines, 1);
    assert_non_null(strstr(f.line, "AccessDenied"));
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metric_sender_sends_figures_with_their_dimensions),
        cmocka_unit_test(metric_sender_splits_and_bounds_what_is_too_much),
        cmocka_unit_test(metric_sender_tells_a_failure_once_and_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
