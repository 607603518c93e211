/*
 * metric_sender: data are copied into an arena under the metrics' lock, and sent in requests of a
 * few hundred. PutMetricData takes 1000 data and 1 MB.
 */
#include "client/metric_sender.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/slice.h"
#include "base/thread.h"
#include "kds/cloudwatch.h"

#include <string.h>

#define DATA_PER_REQUEST 400
#define ARENA_BYTES_MAX  ((size_t)32 * 1024 * 1024)
#define DIMENSIONS_MAX   30 /* of CloudWatch */

struct kds_metric_sender {
    kds_client_t *client;
    struct kds_arena settings; /* copies of the options' texts */
    kds_slice_t metric_namespace;
    const kds_cloudwatch_dimension_t *everywhere;
    enum kds_metric_scope *everywhere_scopes;
    size_t everywhere_count;
    const kds_cloudwatch_dimension_t *of_all;
    enum kds_metric_level level;
    enum kds_metric_scope scope;
    int64_t delay_us;
    int64_t due_us;
    struct kds_log log;

    /* What was taken and not sent yet. */
    struct kds_arena taken;
    kds_cloudwatch_metric_datum_t *data; /* room for KDS_METRIC_SENDER_MAX */
    size_t count;
    size_t dropped;

    pthread_mutex_t mutex; /* the two below, which the client's thread changes */
    pthread_cond_t idle;
    unsigned under_way;
    bool told; /* a failure of this send is in the log */
};

static const char *unit_name(enum kds_metric_unit unit)
{
    static const char *const names[] = {[KDS_UNIT_COUNT] = "Count",
                                        [KDS_UNIT_BYTES] = "Bytes",
                                        [KDS_UNIT_MICROSECONDS] = "Milliseconds"};
    return names[unit];
}

/* ---- life --------------------------------------------------------------------------------- */

static const kds_cloudwatch_dimension_t *copy_dimensions(
    struct kds_arena *a, const struct kds_metric_dimension *from, size_t count)
{
    kds_cloudwatch_dimension_t *to = kds_arena_zero(a, count, sizeof *to);
    for (size_t i = 0; to != NULL && i < count; i++) {
        to[i].name = kds_arena_copy(a, kds_slice(from[i].name));
        to[i].value = kds_arena_copy(a, kds_slice(from[i].value));
    }
    return to;
}

static kds_err_t copy_options(struct kds_metric_sender *s,
                              const struct kds_metric_sender_options *options)
{
    kds_arena_init(&s->settings, ARENA_BYTES_MAX);
    kds_arena_init(&s->taken, ARENA_BYTES_MAX);
    s->metric_namespace =
        kds_arena_copy(&s->settings, kds_slice(options->metric_namespace));
    if (options->everywhere_count > 0) {
        s->everywhere_count = options->everywhere_count;
        s->everywhere =
            copy_dimensions(&s->settings, options->everywhere, options->everywhere_count);
        s->everywhere_scopes = kds_arena_zero(&s->settings, options->everywhere_count,
                                              sizeof *s->everywhere_scopes);
        for (size_t i = 0; s->everywhere_scopes != NULL && i < s->everywhere_count; i++) {
            s->everywhere_scopes[i] = options->everywhere[i].scope;
        }
    }
    if (options->of_all != NULL) {
        s->of_all = copy_dimensions(&s->settings, options->of_all, 1);
    }
    s->level = options->level;
    s->scope = options->scope;
    s->delay_us = options->delay_us;
    s->log.fn = options->client.log;
    s->log.opaque = options->client.log_opaque;
    s->log.level = options->client.log_level;
    s->data = kds_alloc_zero(KDS_METRIC_SENDER_MAX, sizeof *s->data);
    return s->data == NULL ? KDS_ERR_NO_MEMORY : s->settings.err;
}

static kds_err_t make(struct kds_metric_sender *s,
                      const struct kds_metric_sender_options *options,
                      kds_error_t **error)
{
    kds_client_options_t client = options->client;
    client.service = KDS_SERVICE_CLOUDWATCH;
    kds_err_t err = copy_options(s, options);
    return err != KDS_OK ? err : kds_client_new(&client, &s->client, error);
}

kds_err_t kds_metric_sender_new(const struct kds_metric_sender_options *options,
                                int64_t now_us,
                                struct kds_metric_sender **sender,
                                kds_error_t **error)
{
    struct kds_metric_sender *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return KDS_ERR_NO_MEMORY;
    }
    kds_err_t err = kds_mutex_init(&s->mutex);
    if (err != KDS_OK) {
        kds_free(s);
        return err;
    }
    err = kds_cond_init(&s->idle);
    if (err != KDS_OK) {
        pthread_mutex_destroy(&s->mutex);
        kds_free(s);
        return err;
    }
    err = make(s, options, error);
    if (err != KDS_OK) {
        kds_metric_sender_free(s);
        return err;
    }
    s->due_us = kds_us_add(now_us, s->delay_us);
    *sender = s;
    return KDS_OK;
}

void kds_metric_sender_free(struct kds_metric_sender *s)
{
    if (s == NULL) {
        return;
    }
    kds_client_free(s->client);
    kds_free(s->data);
    kds_arena_clear(&s->settings);
    kds_arena_clear(&s->taken);
    pthread_cond_destroy(&s->idle);
    pthread_mutex_destroy(&s->mutex);
    kds_free(s);
}

/* ---- taking ------------------------------------------------------------------------------- */

static void add_dimension(kds_cloudwatch_dimension_t *to,
                          size_t *n,
                          kds_slice_t name,
                          kds_slice_t value)
{
    if (name.n > 0 && value.n > 0 && *n < DIMENSIONS_MAX) {
        to[*n].name = name;
        to[*n].value = value;
        (*n)++;
    }
}

static enum kds_metric_scope scope_of(const struct kds_metric_group *g)
{
    return g->shard != NULL    ? KDS_SCOPE_SHARD
           : g->stream != NULL ? KDS_SCOPE_STREAM
                               : KDS_SCOPE_ALL;
}

/* What the KPL's tree has on the way to it: everywhere, error code, stream, shard. Empty ones are left out. */
static size_t dimensions_of(struct kds_metric_sender *s,
                            const struct kds_metric_datum *datum,
                            const struct kds_metric_table *table,
                            kds_cloudwatch_dimension_t to[DIMENSIONS_MAX])
{
    const struct kds_metric_group *g = datum->group;
    const char *const own[][2] = {{"Operation", datum->metric->operation},
                                  {"ErrorCode", g->code},
                                  {table->stream_dimension, g->stream},
                                  {table->shard_dimension, g->shard}};
    size_t n = 0;
    for (size_t i = 0; i < s->everywhere_count; i++) {
        if (s->everywhere_scopes[i] <= scope_of(g)) {
            add_dimension(to, &n, s->everywhere[i].name, s->everywhere[i].value);
        }
    }
    if (s->of_all != NULL && g->up == NULL && !datum->metric->anonymous) {
        add_dimension(to, &n, s->of_all->name, s->of_all->value);
    }
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (own[i][0] != NULL && own[i][1] != NULL) {
            add_dimension(to, &n, kds_slice(own[i][0]),
                          kds_arena_copy(&s->taken, kds_slice(own[i][1])));
        }
    }
    return n;
}

struct taking {
    struct kds_metric_sender *sender;
    const struct kds_metric_table *table;
};

static void take_one(const struct kds_metric_datum *datum, void *opaque)
{
    const struct taking *taking = opaque;
    struct kds_metric_sender *s = taking->sender;
    if (s->count >= KDS_METRIC_SENDER_MAX) {
        s->dropped++;
        return;
    }
    kds_cloudwatch_dimension_t found[DIMENSIONS_MAX];
    size_t n = dimensions_of(s, datum, taking->table, found);
    kds_cloudwatch_dimension_t *dimensions =
        kds_arena_zero(&s->taken, n, sizeof *dimensions);
    kds_cloudwatch_statistic_set_t *set = kds_arena_alloc(&s->taken, sizeof *set);
    if (dimensions == NULL || set == NULL || s->taken.err != KDS_OK) {
        s->dropped++;
        return;
    }
    if (n > 0) {
        memcpy(dimensions, found, n * sizeof *dimensions);
    }
    *set = (kds_cloudwatch_statistic_set_t){.sample_count = (double)datum->figures.count,
                                            .sum = datum->figures.sum,
                                            .minimum = datum->figures.min,
                                            .maximum = datum->figures.max};
    s->data[s->count++] = (kds_cloudwatch_metric_datum_t){
        .metric_name = kds_slice(datum->metric->cloudwatch),
        .dimensions = dimensions,
        .dimensions_count = n,
        .statistic_values = set,
        .unit = kds_slice(unit_name(datum->metric->unit))};
}

int64_t kds_metric_sender_due(const struct kds_metric_sender *s)
{
    return s->due_us;
}

void kds_metric_sender_take(struct kds_metric_sender *s,
                            struct kds_metrics *metrics,
                            int64_t now_us)
{
    struct taking taking = {s, kds_metrics_table(metrics)};
    s->due_us = kds_us_add(now_us, s->delay_us);
    kds_metrics_take(metrics, s->level, s->scope, take_one, &taking);
}

/* ---- sending ------------------------------------------------------------------------------ */

static void sent(const void *output, kds_error_t *error, void *opaque)
{
    struct kds_metric_sender *s = opaque;
    bool tell = false;
    kds_output_free(output);
    pthread_mutex_lock(&s->mutex);
    if (error != NULL) {
        tell = !s->told;
        s->told = true;
    }
    pthread_mutex_unlock(&s->mutex);
    if (tell) {
        kds_log(&s->log, KDS_LOG_WARNING, "metrics", "CloudWatch: %s",
                kds_error_message(error));
    }
    kds_error_free(error);
    pthread_mutex_lock(&s->mutex);
    if (--s->under_way == 0) {
        pthread_cond_broadcast(&s->idle);
    }
    pthread_mutex_unlock(&s->mutex);
}

static void start_request(struct kds_metric_sender *s, size_t first, size_t count)
{
    const kds_cloudwatch_put_metric_data_in_t in = {
        .struct_size = sizeof in,
        .metric_namespace = s->metric_namespace,
        .metric_data = s->data + first,
        .metric_data_count = count,
    };
    kds_error_t *error = NULL;
    pthread_mutex_lock(&s->mutex);
    s->under_way++;
    pthread_mutex_unlock(&s->mutex);
    kds_err_t err = kds_client_start(
        s->client, kds_operation_find_in(KDS_SERVICE_CLOUDWATCH, "PutMetricData"), &in,
        NULL, sent, s, &error);
    if (err != KDS_OK) {
        if (error == NULL) {
            kds_log(&s->log, KDS_LOG_WARNING, "metrics", "CloudWatch: %s",
                    kds_err_text(err));
        }
        sent(NULL, error, s);
    }
}

void kds_metric_sender_send(struct kds_metric_sender *s)
{
    pthread_mutex_lock(&s->mutex);
    s->told = false;
    pthread_mutex_unlock(&s->mutex);
    for (size_t i = 0; i < s->count; i += DATA_PER_REQUEST) {
        size_t left = s->count - i;
        start_request(s, i, left < DATA_PER_REQUEST ? left : DATA_PER_REQUEST);
    }
    if (s->dropped > 0) {
        kds_log(&s->log, KDS_LOG_WARNING, "metrics",
                "%zu metrics were dropped: at most %d are sent at once", s->dropped,
                KDS_METRIC_SENDER_MAX);
    }
    s->count = 0;
    s->dropped = 0;
    kds_arena_reset(&s->taken);
}

bool kds_metric_sender_wait(struct kds_metric_sender *s, int64_t timeout_us)
{
    const struct kds_clock *clock = kds_clock_system();
    int64_t end_us = kds_us_add(kds_clock_boottime_us(clock), timeout_us);
    pthread_mutex_lock(&s->mutex);
    while (s->under_way > 0) {
        int64_t left_us = end_us - kds_clock_boottime_us(clock);
        if (left_us <= 0) {
            break;
        }
        kds_cond_wait(&s->idle, &s->mutex, left_us);
    }
    bool idle = s->under_way == 0;
    pthread_mutex_unlock(&s->mutex);
    return idle;
}
