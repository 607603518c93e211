/*
 * test_metric: groups and sums, what is sent once, JSON, Prometheus text, bounds, short memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/metric.h"
#include "base/metric_text.h"
#include "support/fail_alloc.h"

#include <jansson.h>
#include <string.h>

enum { PUT, TIME, PENDING, ERRORS, BYTES, UNNAMED, ROWS };

static const struct kds_metric metrics[ROWS] = {
    {"records", "UserRecordsPut", NULL, KDS_METRIC_OUTCOME, KDS_UNIT_COUNT,
     KDS_SCOPE_SHARD, KDS_LEVEL_SUMMARY, false, "Records that got their outcome.", false},
    {"request", "RequestTime", NULL, KDS_METRIC_SPREAD, KDS_UNIT_MICROSECONDS,
     KDS_SCOPE_STREAM, KDS_LEVEL_DETAILED, false, "Time of a request.", false},
    {"pending", "Pending", NULL, KDS_METRIC_GAUGE, KDS_UNIT_COUNT, KDS_SCOPE_ALL,
     KDS_LEVEL_DETAILED, false, "Records under way.", false},
    {"errors", "ErrorsByCode", NULL, KDS_METRIC_COUNTER, KDS_UNIT_COUNT, KDS_SCOPE_SHARD,
     KDS_LEVEL_SUMMARY, true, "Errors.", false},
    {"user", NULL, NULL, KDS_METRIC_COUNTER, KDS_UNIT_BYTES, KDS_SCOPE_STREAM,
     KDS_LEVEL_DETAILED, false, "Bytes.", false},
    {NULL, "Time", "ShardTask", KDS_METRIC_SPREAD, KDS_UNIT_MICROSECONDS, KDS_SCOPE_ALL,
     KDS_LEVEL_SUMMARY, false, "The same of all.", false},
};

static const struct kds_metric_table table = {"test",       "kds_test_", metrics, ROWS,
                                              "StreamName", "ShardId",   true};

static struct kds_metrics *some_metrics(void)
{
    struct kds_metrics *m = kds_metrics_new(&table, 100);
    struct kds_metric_group *a = kds_metrics_group(m, NULL, "s", "shardId-0");
    struct kds_metric_group *b = kds_metrics_group(m, NULL, "s", "shardId-1");
    kds_metric_add(a, PUT, 1, 7);
    kds_metric_add(b, PUT, 1, 2);
    kds_metric_add(b, PUT, 0, 1);
    kds_metric_add(kds_metrics_group(m, NULL, "s", NULL), TIME, 1500, 3);
    kds_metric_add(kds_metrics_group(m, NULL, "t", NULL), TIME, 100000, 1);
    kds_metric_set(kds_metrics_first(m), PENDING, 5);
    kds_metric_set(kds_metrics_first(m), PENDING, 4);
    kds_metric_add(kds_metrics_group(m, "Throttled", "s", "shardId-1"), ERRORS, 1, 2);
    kds_metric_add(a, BYTES, 64, 10);
    return m;
}

static void metric_adds_to_every_group_above(void **state)
{
    (void)state;
    struct kds_metrics *m = some_metrics();
    struct kds_metric_group *all = kds_metrics_first(m);
    struct kds_metric_group *s = kds_metrics_group(m, NULL, "s", NULL);
    assert_int_equal(all->cells[PUT].total.count, 10);
    assert_true(all->cells[PUT].total.sum == 9);
    assert_int_equal(s->cells[PUT].total.count, 10);
    assert_int_equal(kds_metrics_group(m, NULL, "s", "shardId-0")->cells[PUT].total.count,
                     7);
    assert_int_equal(kds_metrics_group(m, NULL, "t", NULL)->cells[PUT].total.count, 0);
    assert_int_equal(all->cells[TIME].total.count, 4);
    assert_true(all->cells[TIME].total.max == 100000);
    assert_true(all->cells[TIME].total.min == 1500);
    assert_int_equal(all->cells[ERRORS].total.count, 0);
    assert_int_equal(
        kds_metrics_group(m, "Throttled", NULL, NULL)->cells[ERRORS].total.count, 2);
    kds_metrics_free(m);
}

struct taken {
    size_t count;
    double puts;
    double time_sum;
    bool shards;
};

static void take(const struct kds_metric_datum *datum, void *opaque)
{
    struct taken *t = opaque;
    t->count++;
    t->shards |= datum->group->shard != NULL;
    if (datum->metric == &metrics[PUT] && datum->group->stream == NULL) {
        t->puts += (double)datum->figures.count;
    }
    if (datum->metric == &metrics[TIME] && datum->group->stream == NULL) {
        t->time_sum += datum->figures.sum;
    }
    assert_non_null(datum->metric->cloudwatch);
}

static void metric_hands_out_each_value_once(void **state)
{
    (void)state;
    struct kds_metrics *m = some_metrics();
    struct taken t = {0};
    kds_metrics_take(m, KDS_LEVEL_DETAILED, KDS_SCOPE_SHARD, take, &t);
    assert_true(t.puts == 10);
    assert_true(t.time_sum == 104.5); /* milliseconds */
    assert_true(t.shards);
    /* 4 groups of PUT (all, s, two shards), 3 of TIME, 1 PENDING, 3 of ERRORS. */
    assert_int_equal(t.count, 11);
    memset(&t, 0, sizeof t);
    kds_metrics_take(m, KDS_LEVEL_DETAILED, KDS_SCOPE_SHARD, take, &t);
    assert_int_equal(t.count, 0);
    kds_metric_add(kds_metrics_group(m, NULL, "s", "shardId-0"), PUT, 1, 1);
    kds_metrics_take(m, KDS_LEVEL_SUMMARY, KDS_SCOPE_STREAM, take, &t);
    assert_int_equal(t.count, 2);
    assert_false(t.shards);
    assert_int_equal(kds_metrics_first(m)->cells[PUT].total.count, 11);
    kds_metrics_free(m);
}

static void metric_writes_json_that_a_parser_takes(void **state)
{
    (void)state;
    struct kds_metrics *m = some_metrics();
    struct kds_buf out;
    kds_buf_init(&out, 1 << 20);
    kds_metric_add(kds_metrics_group(m, NULL, "q\"\\\n\x01z", NULL), TIME, 1, 1);
    kds_metrics_json(m, &out);
    json_t *json = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    json_t *all = json_object_get(json, "all");
    json_t *puts = json_object_get(all, "records");
    assert_int_equal(json_number_value(json_object_get(puts, "success")), 9);
    assert_int_equal(json_number_value(json_object_get(puts, "failure")), 1);
    assert_int_equal(json_number_value(json_object_get(all, "pending")), 4);
    json_t *time = json_object_get(all, "request_us");
    assert_int_equal(json_integer_value(json_object_get(time, "count")), 5);
    assert_in_range(json_integer_value(json_object_get(time, "p50")), 1500, 1750);
    json_t *s = json_object_get(json_object_get(json, "streams"), "s");
    json_t *shard = json_object_get(json_object_get(s, "shards"), "shardId-1");
    assert_int_equal(
        json_number_value(json_object_get(json_object_get(shard, "records"), "failure")),
        1);
    json_t *code = json_object_get(json_object_get(s, "codes"), "Throttled");
    assert_int_equal(json_number_value(json_object_get(code, "errors")), 2);
    assert_int_equal(
        json_number_value(json_object_get(json_object_get(s, "all"), "user_bytes")), 640);
    assert_non_null(json_object_get(json_object_get(json, "streams"), "q\"\\\nz"));
    json_decref(json);
    kds_buf_clear(&out);
    kds_metrics_free(m);
}

static void metric_writes_prometheus_text_whose_series_add_up(void **state)
{
    static const char *const lines[] = {
        "# HELP kds_test_records_total Records that got their outcome.\n",
        "# TYPE kds_test_records_total counter\n",
        "kds_test_records_total{stream=\"s\",result=\"success\"} 9\n",
        "kds_test_records_total{stream=\"s\",result=\"failure\"} 1\n",
        "# TYPE kds_test_request_seconds histogram\n",
        "kds_test_request_seconds_bucket{stream=\"s\",le=\"0.001024\"} 0\n",
        "kds_test_request_seconds_bucket{stream=\"s\",le=\"0.002048\"} 3\n",
        "kds_test_request_seconds_bucket{stream=\"s\",le=\"+Inf\"} 3\n",
        "kds_test_request_seconds_sum{stream=\"s\"} 0.0045\n",
        "kds_test_request_seconds_count{stream=\"s\"} 3\n",
        "kds_test_pending 4\n",
        "kds_test_errors_total{stream=\"s\",code=\"Throttled\"} 2\n",
        "kds_test_user_bytes_total{stream=\"s\"} 640\n",
    };
    (void)state;
    struct kds_metrics *m = some_metrics();
    struct kds_buf out;
    kds_buf_init(&out, 1 << 20);
    kds_metrics_prometheus(m, KDS_SCOPE_STREAM, &out);
    const char *text = kds_buf_text(&out);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strstr(text, lines[i]) == NULL) {
            fail_msg("no line %s in\n%s", lines[i], text);
        }
    }
    assert_null(strstr(text, "shardId"));
    kds_buf_reset(&out);
    kds_metrics_prometheus(m, KDS_SCOPE_SHARD, &out);
    text = kds_buf_text(&out);
    assert_non_null(strstr(text,
                           "kds_test_records_total{stream=\"s\",shard=\"shardId-0\","
                           "result=\"success\"} 7\n"));
    assert_null(strstr(text, "kds_test_records_total{stream=\"s\",result"));
    kds_buf_clear(&out);
    kds_metrics_free(m);
}

static void metric_counts_further_up_when_groups_are_at_their_bound(void **state)
{
    (void)state;
    struct kds_metrics *m = kds_metrics_new(&table, 3);
    kds_metric_add(kds_metrics_group(m, NULL, "s", "shardId-0"), PUT, 1, 1);
    kds_metric_add(kds_metrics_group(m, NULL, "s", "shardId-1"), PUT, 1, 1);
    kds_metric_add(kds_metrics_group(m, NULL, "t", "shardId-1"), PUT, 1, 1);
    assert_int_equal(kds_metrics_group(m, NULL, "s", NULL)->cells[PUT].total.count, 2);
    assert_ptr_equal(kds_metrics_group(m, NULL, "t", NULL), kds_metrics_first(m));
    assert_int_equal(kds_metrics_first(m)->cells[PUT].total.count, 3);
    kds_metrics_retire(m, "s", "shardId-0");
    kds_metric_add(kds_metrics_group(m, NULL, "s", "shardId-9"), PUT, 1, 1);
    assert_string_equal(kds_metrics_group(m, NULL, "s", "shardId-9")->shard, "shardId-9");
    assert_int_equal(kds_metrics_first(m)->cells[PUT].total.count, 4);
    kds_metrics_free(m);
}

static void metric_without_a_name_is_only_sent(void **state)
{
    (void)state;
    struct kds_metrics *m = kds_metrics_new(&table, 100);
    struct kds_buf out;
    struct taken t = {0};
    kds_buf_init(&out, 1 << 20);
    kds_metric_add(kds_metrics_first(m), UNNAMED, 5000, 1);
    kds_metrics_json(m, &out);
    kds_metrics_prometheus(m, KDS_SCOPE_SHARD, &out);
    assert_null(strstr(kds_buf_text(&out), "null"));
    assert_null(strstr(kds_buf_text(&out), "5000"));
    assert_null(kds_metrics_first(m)->cells[UNNAMED].spread); /* nobody reads it */
    kds_metrics_take(m, KDS_LEVEL_DETAILED, KDS_SCOPE_SHARD, take, &t);
    assert_int_equal(t.count, 1);
    kds_buf_clear(&out);
    kds_metrics_free(m);
}

static void metric_groups_have_room_for_what_belongs_to_them(void **state)
{
    (void)state;
    struct kds_metrics *m = kds_metrics_new(&table, 100);
    assert_int_equal(kds_metrics_group(m, NULL, "s", "shardId-0")->cell_count,
                     ERRORS + 1);
    assert_int_equal(kds_metrics_group(m, NULL, "s", NULL)->cell_count, BYTES + 1);
    assert_int_equal(kds_metrics_first(m)->cell_count, ROWS);
    kds_metrics_free(m);
}

static int count_a_little(void *opaque)
{
    (void)opaque;
    struct kds_metrics *m = kds_metrics_new(&table, 100);
    if (m == NULL) {
        return 1;
    }
    struct kds_metric_group *code = kds_metrics_group(m, "c", "s", "shardId-0");
    struct kds_metric_group *shard = kds_metrics_group(m, NULL, "s", "shardId-0");
    kds_metric_add(code, ERRORS, 1, 1);
    kds_metric_add(shard, PUT, 1, 1);
    assert_int_equal(kds_metrics_first(m)->cells[PUT].total.count, 1);
    int short_of = code->shard == NULL || shard->shard == NULL;
    kds_metrics_free(m);
    return short_of;
}

static void metric_counts_further_up_when_memory_is_short(void **state)
{
    (void)state;
    assert_in_range(fail_alloc_run(count_a_little, NULL), 8, 100);
}

static void histogram_is_right_within_an_eighth(void **state)
{
    (void)state;
    for (int64_t v = 1; v < INT64_C(1) << 39; v += 1 + v / 7) {
        struct kds_histogram h = {0};
        kds_histogram_add(&h, v, 1);
        int64_t read = kds_histogram_quantile(&h, 0.5);
        assert_true(read >= v && read <= v + v / 8 + 1);
    }
    struct kds_histogram h = {0};
    assert_int_equal(kds_histogram_quantile(&h, 0.99), 0);
    kds_histogram_add(&h, INT64_MIN, 1);
    kds_histogram_add(&h, INT64_MAX, 99);
    assert_int_equal(kds_histogram_below(&h, 1), 1);
    assert_int_equal(h.count, 100);
    assert_true(kds_histogram_quantile(&h, 0.005) <= 2);
    assert_true(kds_histogram_quantile(&h, 0.5) > INT64_C(1) << 39);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metric_adds_to_every_group_above),
        cmocka_unit_test(metric_hands_out_each_value_once),
        cmocka_unit_test(metric_writes_json_that_a_parser_takes),
        cmocka_unit_test(metric_writes_prometheus_text_whose_series_add_up),
        cmocka_unit_test(metric_counts_further_up_when_groups_are_at_their_bound),
        cmocka_unit_test(metric_without_a_name_is_only_sent),
        cmocka_unit_test(metric_groups_have_room_for_what_belongs_to_them),
        cmocka_unit_test(metric_counts_further_up_when_memory_is_short),
        cmocka_unit_test(histogram_is_right_within_an_eighth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
