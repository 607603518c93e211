/*
 * test_producer_service: what a producer and the service exchange, against a real kds-local: the largest
 * record, a stream by its ARN, figures as texts and for CloudWatch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kds/kinesis.h"
#include "kpl/kpl.h"
#include "support/local_server.h"
#include "support/scripted_server.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONG_MS    30000
#define LARGEST    ((size_t)10 * 1024 * 1024) /* of a record, its key included */
#define TEXT_BYTES ((size_t)512 * 1024)

struct fixture {
    struct local_server server;
    kds_client_t *client;
    kpl_conf_t *conf;
    kpl_producer_t *producer;
    char arn[2048];
    atomic_size_t stored, failed;
    char shard[160]; /* of the last one that was stored */
};

static void set(struct fixture *f, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kpl_conf_set(f->conf, name, value, &error) != KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
}

static void ask_for_arn(struct fixture *f)
{
    const kds_describe_stream_summary_in_t in = {.struct_size = sizeof in,
                                                 .stream_name = kds_slice("s")};
    const kds_describe_stream_summary_out_t *out = NULL;
    assert_int_equal(kds_describe_stream_summary(f->client, &in, NULL, &out, NULL),
                     KDS_OK);
    kds_slice_t arn = out->stream_description_summary.stream_arn;
    snprintf(f->arn, sizeof f->arn, "%.*s", (int)arn.n, (const char *)arn.p);
    kds_output_free(out);
}

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    assert_true(local_server_start(&f->server, KDS_LOCAL, "s:2"));
    const kds_client_options_t options = {.struct_size = sizeof options,
                                          .region = "us-east-1",
                                          .endpoint = f->server.endpoint,
                                          .access_key_id = "a",
                                          .secret_access_key = "b"};
    assert_int_equal(kds_client_new(&options, &f->client, NULL), KDS_OK);
    ask_for_arn(f);
    f->conf = kpl_conf_new();
    set(f, "stream", "s");
    set(f, "region", "us-east-1");
    set(f, "endpoint.url", f->server.endpoint);
    set(f, "access.key.id", "a");
    set(f, "secret.access.key", "b");
}

static void count(const kpl_result_t *results, size_t n, void *opaque)
{
    struct fixture *f = opaque;
    for (size_t i = 0; i < n; i++) {
        atomic_fetch_add(results[i].code == KDS_OK ? &f->stored : &f->failed, 1);
        if (results[i].code == KDS_OK) {
            snprintf(f->shard, sizeof f->shard, "%.*s", (int)results[i].shard_id.n,
                     (const char *)results[i].shard_id.p);
        } else {
            print_message("%.*s\n", (int)results[i].message.n,
                          (const char *)results[i].message.p);
        }
    }
}

static void start(struct fixture *f)
{
    kds_error_t *error = NULL;
    if (kpl_producer_new(f->conf, count, f, &f->producer, &error) != KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
}

static void end(struct fixture *f)
{
    kpl_producer_free(f->producer);
    kpl_conf_free(f->conf);
    kds_client_free(f->client);
    local_server_stop(&f->server);
}

static void put(struct fixture *f, const char *key, const void *data, size_t n)
{
    const kpl_record_t r = {
        .struct_size = sizeof r, .partition_key = kds_slice(key), .data = {data, n}};
    assert_int_equal(kpl_put(f->producer, &r, LONG_MS, NULL), KDS_OK);
}

static void put_some(struct fixture *f, size_t records)
{
    char key[40];
    for (size_t i = 0; i < records; i++) {
        snprintf(key, sizeof key, "key-%zu", i);
        put(f, key, "data", 4);
    }
    assert_int_equal(kpl_flush(f->producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f->failed), 0);
}

/* ---- records and streams --------------------------------------------------------------------- */

static bool finds(struct fixture *f, const uint8_t *data, size_t n)
{
    const kds_get_shard_iterator_in_t from = {.struct_size = sizeof from,
                                              .stream_name = kds_slice("s"),
                                              .shard_id = kds_slice(f->shard),
                                              .shard_iterator_type =
                                                  kds_slice("TRIM_HORIZON")};
    const kds_get_shard_iterator_out_t *iterator = NULL;
    const kds_get_records_out_t *out = NULL;
    bool found = false;
    assert_int_equal(kds_get_shard_iterator(f->client, &from, NULL, &iterator, NULL),
                     KDS_OK);
    kds_slice_t at = iterator->shard_iterator;
    for (int call = 0; call < 8 && !found; call++) { /* one has 10 MiB at the most */
        const kds_get_records_in_t in = {.struct_size = sizeof in, .shard_iterator = at};
        const kds_get_records_out_t *last = out;
        assert_int_equal(kds_get_records(f->client, &in, NULL, &out, NULL), KDS_OK);
        kds_output_free(last);
        at = out->next_shard_iterator;
        for (size_t i = 0; i < out->records_count; i++) {
            kds_slice_t d = out->records[i].data;
            found |= d.n == n && memcmp(d.p, data, n) == 0;
        }
    }
    kds_output_free(out);
    kds_output_free(iterator);
    return found;
}

static void producer_puts_a_record_of_ten_mebibytes(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    const kds_update_max_record_size_in_t in = {.struct_size = sizeof in,
                                                .stream_arn = kds_slice(f.arn),
                                                .max_record_size_in_kib = 10240};
    const kds_update_max_record_size_out_t *out = NULL;
    assert_int_equal(kds_update_max_record_size(f.client, &in, NULL, &out, NULL), KDS_OK);
    kds_output_free(out);
    set(&f, "record.max.bytes", "10MiB");
    start(&f);
    uint8_t *data = malloc(LARGEST);
    assert_non_null(data);
    for (size_t i = 0; i < LARGEST; i++) {
        data[i] = (uint8_t)(i * 31 + i / 251);
    }
    put(&f, "small", "before", 6);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    put(&f, "k", data, LARGEST - 1);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), 2);
    assert_true(finds(&f, data, LARGEST - 1));
    const kpl_record_t over = {.struct_size = sizeof over,
                               .partition_key = kds_slice("k"),
                               .data = {data, LARGEST}};
    assert_int_equal(kpl_put(f.producer, &over, 0, NULL), KDS_ERR_TOO_LARGE);
    free(data);
    end(&f);
}

static void producer_takes_a_stream_by_its_arn(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    set(&f, "stream", f.arn);
    start(&f);
    put_some(&f, 100);
    put(&f, "key", "found by name", 13);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), 101);
    assert_true(finds(&f, (const uint8_t *)"found by name", 13));
    kpl_stats_t stats = {.struct_size = sizeof stats};
    kpl_producer_stats(f.producer, &stats);
    assert_true(stats.shard_maps >= 1); /* its shards are listed by it as well */
    end(&f);
}

/* ---- figures ---------------------------------------------------------------------------------- */

static void producer_tells_its_figures_as_json_and_for_prometheus(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    start(&f);
    put_some(&f, 7);
    char *text = kpl_producer_metrics_json(f.producer);
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    kpl_text_free(text);
    const json_t *records = json_object_get(json_object_get(json, "all"), "user_records");
    assert_int_equal(json_integer_value(json_object_get(records, "success")), 7);
    json_decref(json);
    for (int by_shard = 0; by_shard < 2; by_shard++) {
        text = kpl_producer_metrics_prometheus(f.producer, by_shard);
        assert_non_null(strstr(text, "# TYPE kds_producer_user_records_total counter\n"));
        assert_non_null(strstr(text, "stream=\"s\""));
        assert_int_equal(strstr(text, "shard=\"shardId-") != NULL, by_shard);
        kpl_text_free(text);
    }
    end(&f);
}

static const char well[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
    "Content-Length: 2\r\n\r\n{}";

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
            (value == NULL || strcmp(text_of(d, "Value"), value) == 0)) {
            return true;
        }
    }
    return false;
}

/* What came of the data that a producer tells, by how finely they are told. */
struct told {
    size_t all, stream, shard;
};

static struct told read_data(const char *request)
{
    struct told told = {0, 0, 0};
    json_t *body = json_loads(strstr(request, "\r\n\r\n") + 4, 0, NULL);
    assert_non_null(body);
    assert_string_equal(text_of(body, "Namespace"), "Mine");
    const json_t *data = json_object_get(body, "MetricData");
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *d = json_array_get(data, i);
        bool shard = has_dimension(d, "ShardId", NULL);
        bool stream = has_dimension(d, "StreamName", "s");
        assert_true(has_dimension(d, "Host", "h1"));
        assert_int_equal(has_dimension(d, "Team", "t"), stream);
        assert_int_equal(has_dimension(d, "Stage", "x"), shard);
        if (strcmp(text_of(d, "MetricName"), "UserRecordsPut") == 0) {
            const json_t *set = json_object_get(d, "StatisticValues");
            size_t records = (size_t)json_number_value(json_object_get(set, "Sum"));
            *(shard ? &told.shard : stream ? &told.stream : &told.all) += records;
        }
    }
    json_decref(body);
    return told;
}

static void write_profile(char *path, size_t size)
{
    snprintf(path, size, "/tmp/kpl-credentials-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    fputs("[for-metrics]\naws_access_key_id = AKIDMETRICS\n"
          "aws_secret_access_key = secret\n",
          file);
    fclose(file);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
}

static void producer_sends_its_figures_to_cloudwatch(void **state)
{
    static const struct scripted_step step = {.bytes = well};
    static char request[TEXT_BYTES];
    struct fixture f;
    char endpoint[64], path[64];
    (void)state;
    begin(&f);
    write_profile(path, sizeof path);
    struct scripted_server *cloudwatch = scripted_server_start(&step, 1);
    assert_non_null(cloudwatch);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
             scripted_server_port(cloudwatch));
    set(&f, "metrics.upload", "true");
    set(&f, "cloudwatch.endpoint.url", endpoint);
    set(&f, "metrics.namespace", "Mine");
    set(&f, "metrics.dimensions", "Host=h1,global; Team=t,stream; Stage=x,shard");
    set(&f, "metrics.profile", "for-metrics");
    start(&f);
    put_some(&f, 7);
    kpl_producer_free(f.producer); /* sends what is left */
    f.producer = NULL;
    assert_int_equal(scripted_server_requests(cloudwatch), 1);
    scripted_server_last(cloudwatch, request, sizeof request);
    assert_non_null(strstr(request, "PutMetricData"));
    assert_non_null(strstr(request, "Credential=AKIDMETRICS/"));
    assert_non_null(strstr(request, "/us-east-1/monitoring/aws4_request"));
    struct told told = read_data(request);
    assert_int_equal(told.all, 7);
    assert_int_equal(told.stream, 7);
    assert_int_equal(told.shard, 7);
    scripted_server_stop(cloudwatch);
    unlink(path);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(producer_puts_a_record_of_ten_mebibytes),
        cmocka_unit_test(producer_takes_a_stream_by_its_arn),
        cmocka_unit_test(producer_tells_its_figures_as_json_and_for_prometheus),
        cmocka_unit_test(producer_sends_its_figures_to_cloudwatch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
