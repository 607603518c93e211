/*
 * metric_text: the exporters of base/metric.h. Names follow from the table: unit last, base units in
 * Prometheus (https://prometheus.io/docs/practices/naming/).
 */
#include "base/metric_text.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static void add_number(struct kds_buf *out, double v)
{
    char text[KDS_DOUBLE_BYTES];
    kds_buf_add(out, text, kds_format_double(v, text));
}

/* Text between quotes; JSON and Prometheus labels share these escapes. */
static void add_escaped(struct kds_buf *out, const char *text)
{
    for (const char *p = text; *p != 0; p++) {
        if (*p == '"' || *p == '\\') {
            kds_buf_add_byte(out, '\\');
            kds_buf_add_byte(out, (uint8_t)*p);
        } else if (*p == '\n') {
            kds_buf_add_text(out, "\\n");
        } else if ((uint8_t)*p >= 0x20) {
            kds_buf_add_byte(out, (uint8_t)*p);
        }
    }
}

/* ---- JSON --------------------------------------------------------------------------------- */

static const char *json_suffix(enum kds_metric_unit unit)
{
    static const char *const suffixes[] = {[KDS_UNIT_COUNT] = "",
                                           [KDS_UNIT_BYTES] = "_bytes",
                                           [KDS_UNIT_MICROSECONDS] = "_us"};
    return suffixes[unit];
}

static void json_member(struct kds_buf *out, const char *name, double v)
{
    kds_buf_printf(out, "\"%s\":", name);
    add_number(out, v);
}

static void json_cell(struct kds_buf *out,
                      const struct kds_metric *metric,
                      const struct kds_metric_cell *cell)
{
    const struct kds_metric_figures *f = &cell->total;
    if (metric->kind == KDS_METRIC_COUNTER) {
        add_number(out, f->sum);
    } else if (metric->kind == KDS_METRIC_GAUGE) {
        add_number(out, cell->last);
    } else if (metric->kind == KDS_METRIC_OUTCOME) {
        kds_buf_add_byte(out, '{');
        json_member(out, "success", f->sum);
        kds_buf_add_byte(out, ',');
        json_member(out, "failure", (double)f->count - f->sum);
        kds_buf_add_byte(out, '}');
    } else {
        kds_buf_printf(out, "{\"count\":%" PRIu64 ",", f->count);
        json_member(out, "sum", f->sum);
        kds_buf_add_byte(out, ',');
        json_member(out, "min", f->min);
        kds_buf_add_byte(out, ',');
        json_member(out, "max", f->max);
        if (cell->spread != NULL) {
            kds_buf_printf(out,
                           ",\"p50\":%" PRId64 ",\"p90\":%" PRId64 ",\"p99\":%" PRId64,
                           kds_histogram_quantile(cell->spread, 0.5),
                           kds_histogram_quantile(cell->spread, 0.9),
                           kds_histogram_quantile(cell->spread, 0.99));
        }
        kds_buf_add_byte(out, '}');
    }
}

/* The members of one group, without braces. @return how many there were */
static size_t json_cells(struct kds_buf *out,
                         const struct kds_metric_table *t,
                         const struct kds_metric_group *g)
{
    size_t written = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (t->metrics[i].name == NULL || !kds_metric_belongs(&t->metrics[i], g)) {
            continue;
        }
        kds_buf_printf(out, "%s\"%s%s\":", written++ > 0 ? "," : "", t->metrics[i].name,
                       json_suffix(t->metrics[i].unit));
        json_cell(out, &t->metrics[i], &g->cells[i]);
    }
    return written;
}

static bool is(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* An object of groups that are told apart by @p name_of, behind a comma if one is needed. */
static void json_groups(struct kds_buf *out,
                        const struct kds_metrics *m,
                        const char *title,
                        const char *stream,
                        bool shards)
{
    size_t written = 0;
    for (const struct kds_metric_group *g = kds_metrics_first(m); g != NULL;
         g = g->next) {
        const char *name = shards ? g->shard : g->code;
        if (name == NULL || !is(g->stream, stream) || (shards && g->code != NULL) ||
            (!shards && g->shard != NULL)) {
            continue;
        }
        if (written++ == 0) {
            kds_buf_printf(out, ",\"%s\":{\"", title);
        } else {
            kds_buf_add_text(out, ",\"");
        }
        add_escaped(out, name);
        kds_buf_add_text(out, "\":{");
        json_cells(out, kds_metrics_table(m), g);
        kds_buf_add_byte(out, '}');
    }
    if (written > 0) {
        kds_buf_add_byte(out, '}');
    }
}

void kds_metrics_json(const struct kds_metrics *m, struct kds_buf *out)
{
    const struct kds_metric_table *t = kds_metrics_table(m);
    size_t streams = 0;
    kds_buf_add_text(out, "{\"all\":{");
    json_cells(out, t, kds_metrics_first(m));
    kds_buf_add_byte(out, '}');
    json_groups(out, m, "codes", NULL, false);
    for (const struct kds_metric_group *g = kds_metrics_first(m); g != NULL;
         g = g->next) {
        if (g->stream == NULL || g->shard != NULL || g->code != NULL) {
            continue;
        }
        kds_buf_add_text(out, streams++ == 0 ? ",\"streams\":{\"" : ",\"");
        add_escaped(out, g->stream);
        kds_buf_add_text(out, "\":{\"all\":{");
        json_cells(out, t, g);
        kds_buf_add_byte(out, '}');
        json_groups(out, m, "codes", g->stream, false);
        json_groups(out, m, "shards", g->stream, true);
        kds_buf_add_byte(out, '}');
    }
    kds_buf_add_text(out, streams > 0 ? "}}" : "}");
}

/* ---- Prometheus --------------------------------------------------------------------------- */

static const char *base_unit(enum kds_metric_unit unit)
{
    static const char *const units[] = {[KDS_UNIT_COUNT] = "",
                                        [KDS_UNIT_BYTES] = "_bytes",
                                        [KDS_UNIT_MICROSECONDS] = "_seconds"};
    return units[unit];
}

static double in_base_unit(const struct kds_metric *metric, double v)
{
    return metric->unit == KDS_UNIT_MICROSECONDS ? v / 1e6 : v;
}

static bool is_total(const struct kds_metric *metric)
{
    return metric->kind == KDS_METRIC_COUNTER || metric->kind == KDS_METRIC_OUTCOME;
}

static void prometheus_name(struct kds_buf *out,
                            const struct kds_metric_table *t,
                            const struct kds_metric *metric)
{
    kds_buf_printf(out, "%s%s%s%s", t->prefix, metric->name, base_unit(metric->unit),
                   is_total(metric) ? "_total" : "");
}

/* One line. @p suffix goes behind the name; @p extra is one more label, with its value, or NULL. */
static void prometheus_line(struct kds_buf *out,
                            const struct kds_metric_table *t,
                            const struct kds_metric *metric,
                            const struct kds_metric_group *g,
                            const char *suffix,
                            const char *extra,
                            const char *extra_value,
                            double v)
{
    const char *const labels[][2] = {{"stream", g->stream},
                                     {"shard", g->shard},
                                     {"code", g->code},
                                     {extra, extra_value}};
    size_t written = 0;
    prometheus_name(out, t, metric);
    kds_buf_add_text(out, suffix);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (labels[i][0] != NULL && labels[i][1] != NULL) {
            kds_buf_printf(out, "%s%s=\"", written++ == 0 ? "{" : ",", labels[i][0]);
            add_escaped(out, labels[i][1]);
            kds_buf_add_byte(out, '"');
        }
    }
    kds_buf_add_text(out, written > 0 ? "} " : " ");
    add_number(out, v);
    kds_buf_add_byte(out, '\n');
}

/* Bounds at powers of two: from 2 to 2048 things or kB, from about 1 ms to about 67 s. */
#define BUCKET_FIRST_COUNT 1
#define BUCKET_FIRST_BYTES 10
#define BUCKET_FIRST_TIME  10
#define BUCKETS            17

static unsigned first_bucket(enum kds_metric_unit unit)
{
    static const unsigned powers[] = {[KDS_UNIT_COUNT] = BUCKET_FIRST_COUNT,
                                      [KDS_UNIT_BYTES] = BUCKET_FIRST_BYTES,
                                      [KDS_UNIT_MICROSECONDS] = BUCKET_FIRST_TIME};
    return powers[unit];
}

static void prometheus_spread(struct kds_buf *out,
                              const struct kds_metric_table *t,
                              const struct kds_metric *metric,
                              const struct kds_metric_group *g,
                              const struct kds_metric_cell *cell)
{
    unsigned first = first_bucket(metric->unit);
    for (unsigned i = first; cell->spread != NULL && i < first + BUCKETS; i++) {
        char bound[KDS_DOUBLE_BYTES + 1];
        /* A bucket holds its bound; values are whole, so the one below 2^i is 2^i - 1. */
        double top = metric->unit == KDS_UNIT_MICROSECONDS
                         ? in_base_unit(metric, (double)(UINT64_C(1) << i))
                         : (double)((UINT64_C(1) << i) - 1);
        bound[kds_format_double(top, bound)] = 0;
        prometheus_line(out, t, metric, g, "_bucket", "le", bound,
                        (double)kds_histogram_below(cell->spread, i));
    }
    prometheus_line(out, t, metric, g, "_bucket", "le", "+Inf",
                    (double)cell->total.count);
    prometheus_line(out, t, metric, g, "_sum", NULL, NULL,
                    in_base_unit(metric, cell->total.sum));
    prometheus_line(out, t, metric, g, "_count", NULL, NULL, (double)cell->total.count);
}

static void prometheus_cell(struct kds_buf *out,
                            const struct kds_metric_table *t,
                            const struct kds_metric *metric,
                            const struct kds_metric_group *g,
                            const struct kds_metric_cell *cell)
{
    const struct kds_metric_figures *f = &cell->total;
    switch (metric->kind) {
    case KDS_METRIC_SPREAD:
        prometheus_spread(out, t, metric, g, cell);
        break;
    case KDS_METRIC_OUTCOME:
        prometheus_line(out, t, metric, g, "", "result", "success", f->sum);
        prometheus_line(out, t, metric, g, "", "result", "failure",
                        (double)f->count - f->sum);
        break;
    case KDS_METRIC_COUNTER:
    case KDS_METRIC_GAUGE:
    default:
        prometheus_line(out, t, metric, g, "", NULL, NULL,
                        in_base_unit(metric, is_total(metric) ? f->sum : cell->last));
        break;
    }
}

static const char *prometheus_type(enum kds_metric_kind kind)
{
    static const char *const types[] = {[KDS_METRIC_COUNTER] = "counter",
                                        [KDS_METRIC_OUTCOME] = "counter",
                                        [KDS_METRIC_GAUGE] = "gauge",
                                        [KDS_METRIC_SPREAD] = "histogram"};
    return types[kind];
}

static bool at_scope(const struct kds_metric_group *g, enum kds_metric_scope scope)
{
    return (g->shard != NULL) == (scope == KDS_SCOPE_SHARD) &&
           (g->stream != NULL) == (scope != KDS_SCOPE_ALL);
}

void kds_metrics_prometheus(const struct kds_metrics *m,
                            enum kds_metric_scope scope,
                            struct kds_buf *out)
{
    const struct kds_metric_table *t = kds_metrics_table(m);
    for (size_t i = 0; i < t->count; i++) {
        const struct kds_metric *metric = &t->metrics[i];
        enum kds_metric_scope its = metric->scope < scope ? metric->scope : scope;
        if (metric->name == NULL) {
            continue;
        }
        kds_buf_add_text(out, "# HELP ");
        prometheus_name(out, t, metric);
        kds_buf_printf(out, " %s\n# TYPE ", metric->doc);
        prometheus_name(out, t, metric);
        kds_buf_printf(out, " %s\n", prometheus_type(metric->kind));
        for (const struct kds_metric_group *g = kds_metrics_first(m); g != NULL;
             g = g->next) {
            if (at_scope(g, its) && kds_metric_belongs(metric, g)) {
                prometheus_cell(out, t, metric, g, &g->cells[i]);
            }
        }
    }
}

/* ---- documentation ------------------------------------------------------------------------ */

void kds_metric_document(const struct kds_metric_table *table, struct kds_buf *out)
{
    static const char *const scopes[] = {[KDS_SCOPE_ALL] = "all",
                                         [KDS_SCOPE_STREAM] = "stream",
                                         [KDS_SCOPE_SHARD] = "shard"};
    static const char *const levels[] = {[KDS_LEVEL_NONE] = "",
                                         [KDS_LEVEL_SUMMARY] = "summary",
                                         [KDS_LEVEL_DETAILED] = "detailed"};
    kds_buf_printf(
        out,
        "## %s\n\n| JSON | Prometheus | type | CloudWatch | level | kept per | "
        "meaning |\n|---|---|---|---|---|---|---|\n",
        table->title);
    for (size_t i = 0; i < table->count; i++) {
        const struct kds_metric *metric = &table->metrics[i];
        if (metric->name != NULL) {
            kds_buf_printf(out, "| `%s%s` | `", metric->name, json_suffix(metric->unit));
            prometheus_name(out, table, metric);
            kds_buf_printf(out, "` | %s | ", prometheus_type(metric->kind));
        } else {
            kds_buf_add_text(out, "|  |  |  | ");
        }
        if (metric->cloudwatch != NULL) {
            kds_buf_printf(out, "`%s`%s%s | %s", metric->cloudwatch,
                           metric->operation != NULL ? " of " : "",
                           metric->operation != NULL ? metric->operation : "",
                           levels[metric->level]);
        } else {
            kds_buf_add_text(out, "| ");
        }
        kds_buf_printf(out, " | %s%s | %s |\n", scopes[metric->scope],
                       metric->by_code ? ", code" : "", metric->doc);
    }
}
