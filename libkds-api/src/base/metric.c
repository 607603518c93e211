/*
 * metric: groups of cells, and adding to all that lie above one another.
 */
#include "base/metric.h"

#include "base/alloc.h"

#include <string.h>

#define BUCKETS 1024

struct kds_metrics {
    const struct kds_metric_table *table;
    size_t max_groups;
    size_t groups;
    struct kds_metric_group *first;
    struct kds_metric_group *last;
    struct kds_metric_group *buckets[BUCKETS]; /* by name */
};

static uint32_t hash_text(uint32_t h, const char *text)
{
    for (; text != NULL && *text != 0; text++) {
        h = (h ^ (uint8_t)*text) * 16777619u;
    }
    return (h ^ 0xff) * 16777619u;
}

static struct kds_metric_group **
bucket_of(struct kds_metrics *m, const char *code, const char *stream, const char *shard)
{
    uint32_t h = hash_text(hash_text(hash_text(2166136261u, code), stream), shard);
    return &m->buckets[h % BUCKETS];
}

static enum kds_metric_scope scope_of(const struct kds_metric_group *g)
{
    if (g->shard != NULL) {
        return KDS_SCOPE_SHARD;
    }
    return g->stream != NULL ? KDS_SCOPE_STREAM : KDS_SCOPE_ALL;
}

bool kds_metric_belongs(const struct kds_metric *metric,
                        const struct kds_metric_group *group)
{
    return metric->by_code == (group->code != NULL) && scope_of(group) <= metric->scope;
}

static char *copy_or_null(const char *text, bool *failed)
{
    if (text == NULL) {
        return NULL;
    }
    size_t n = strlen(text) + 1;
    char *copy = kds_alloc(n);
    if (copy == NULL) {
        *failed = true;
        return NULL;
    }
    memcpy(copy, text, n);
    return copy;
}

static void group_free(struct kds_metric_group *g)
{
    for (size_t i = 0; i < g->cell_count; i++) {
        kds_free(g->cells[i].spread);
    }
    kds_free(g->code);
    kds_free(g->stream);
    kds_free(g->shard);
    kds_free(g);
}

/* A shard has no room for what is only counted of everything, if that stands at the table's end. */
static size_t cells_down_to(const struct kds_metric_table *t, enum kds_metric_scope scope)
{
    size_t count = t->count;
    while (count > 0 && t->metrics[count - 1].scope < scope) {
        count--;
    }
    return count;
}

static struct kds_metric_group *group_new(struct kds_metrics *m,
                                          struct kds_metric_group *up,
                                          const char *code,
                                          const char *stream,
                                          const char *shard)
{
    if (m->groups >= m->max_groups) {
        return NULL;
    }
    const struct kds_metric_table *t = m->table;
    size_t count = cells_down_to(t, shard    ? KDS_SCOPE_SHARD
                                    : stream ? KDS_SCOPE_STREAM
                                             : KDS_SCOPE_ALL);
    struct kds_metric_group *g =
        kds_alloc_zero(1, sizeof *g + count * sizeof g->cells[0]);
    if (g == NULL) {
        return NULL;
    }
    bool failed = false;
    g->owner = m;
    g->cell_count = count;
    g->up = up;
    g->code = copy_or_null(code, &failed);
    g->stream = copy_or_null(stream, &failed);
    g->shard = copy_or_null(shard, &failed);
    for (size_t i = 0; i < count && !failed; i++) {
        const struct kds_metric *metric = &t->metrics[i];
        if (metric->kind == KDS_METRIC_SPREAD && metric->name != NULL && shard == NULL &&
            kds_metric_belongs(metric, g)) {
            g->cells[i].spread = kds_alloc_zero(1, sizeof *g->cells[i].spread);
            failed = g->cells[i].spread == NULL;
        }
    }
    if (failed) {
        group_free(g);
        return NULL;
    }
    struct kds_metric_group **bucket = bucket_of(m, code, stream, shard);
    g->same_bucket = *bucket;
    *bucket = g;
    m->groups++;
    if (m->last != NULL) {
        m->last->next = g;
    } else {
        m->first = g;
    }
    m->last = g;
    return g;
}

struct kds_metrics *kds_metrics_new(const struct kds_metric_table *table,
                                    size_t max_groups)
{
    struct kds_metrics *m = kds_alloc_zero(1, sizeof *m);
    if (m == NULL) {
        return NULL;
    }
    m->table = table;
    m->max_groups = max_groups;
    if (group_new(m, NULL, NULL, NULL, NULL) == NULL) {
        kds_free(m);
        return NULL;
    }
    return m;
}

void kds_metrics_free(struct kds_metrics *m)
{
    if (m == NULL) {
        return;
    }
    for (struct kds_metric_group *g = m->first; g != NULL;) {
        struct kds_metric_group *next = g->next;
        group_free(g);
        g = next;
    }
    kds_free(m);
}

const struct kds_metric_table *kds_metrics_table(const struct kds_metrics *m)
{
    return m->table;
}

struct kds_metric_group *kds_metrics_first(const struct kds_metrics *m)
{
    return m->first;
}

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

struct kds_metric_group *kds_metrics_group(struct kds_metrics *m,
                                           const char *code,
                                           const char *stream,
                                           const char *shard)
{
    if (code == NULL && stream == NULL) {
        return m->first;
    }
    struct kds_metric_group *g = *bucket_of(m, code, stream, shard);
    for (; g != NULL; g = g->same_bucket) {
        if (same(g->shard, shard) && same(g->code, code) && same(g->stream, stream)) {
            return g;
        }
    }
    struct kds_metric_group *up;
    if (shard != NULL) {
        up = kds_metrics_group(m, code, stream, NULL);
    } else {
        up = kds_metrics_group(m, stream != NULL ? code : NULL, NULL, NULL);
    }
    g = group_new(m, up, code, stream, shard);
    return g != NULL ? g : up;
}

void kds_metrics_retire(struct kds_metrics *m, const char *stream, const char *shard)
{
    struct kds_metric_group **at = &m->first;
    m->last = NULL;
    while (*at != NULL) {
        struct kds_metric_group *g = *at;
        if (g->shard != NULL && same(g->shard, shard) && same(g->stream, stream)) {
            struct kds_metric_group **in = bucket_of(m, g->code, stream, shard);
            while (*in != g) {
                in = &(*in)->same_bucket;
            }
            *in = g->same_bucket;
            *at = g->next;
            m->groups--;
            group_free(g);
        } else {
            m->last = g;
            at = &g->next;
        }
    }
}

static void figures_add(struct kds_metric_figures *f, double value, uint64_t times)
{
    f->min = f->count == 0 || value < f->min ? value : f->min;
    f->max = f->count == 0 || value > f->max ? value : f->max;
    f->sum += value * (double)times;
    f->count += times;
}

void kds_metric_add(struct kds_metric_group *group,
                    size_t row,
                    int64_t value,
                    uint64_t times)
{
    const struct kds_metric *metric = &group->owner->table->metrics[row];
    if (times == 0) {
        return;
    }
    for (struct kds_metric_group *g = group; g != NULL; g = g->up) {
        if (!kds_metric_belongs(metric, g)) {
            continue;
        }
        struct kds_metric_cell *cell = &g->cells[row];
        figures_add(&cell->total, (double)value, times);
        figures_add(&cell->fresh, (double)value, times);
        if (cell->spread != NULL) {
            kds_histogram_add(cell->spread, value, times);
        }
    }
}

void kds_metric_set(struct kds_metric_group *group, size_t row, int64_t value)
{
    struct kds_metric_cell *cell = &group->cells[row];
    figures_add(&cell->total, (double)value, 1);
    figures_add(&cell->fresh, (double)value, 1);
    cell->last = (double)value;
}

/* CloudWatch counts time in milliseconds. */
static struct kds_metric_figures in_milliseconds(struct kds_metric_figures f)
{
    f.sum /= 1000;
    f.min /= 1000;
    f.max /= 1000;
    return f;
}

static bool is_sent(const struct kds_metrics *m,
                    const struct kds_metric *metric,
                    const struct kds_metric_group *g,
                    enum kds_metric_level level,
                    enum kds_metric_scope scope)
{
    if (metric->cloudwatch == NULL || metric->level > level || scope_of(g) > scope ||
        !kds_metric_belongs(metric, g)) {
        return false;
    }
    return m->table->rolls_up || scope_of(g) == metric->scope;
}

void kds_metrics_take(struct kds_metrics *m,
                      enum kds_metric_level level,
                      enum kds_metric_scope scope,
                      kds_metric_datum_fn *fn,
                      void *opaque)
{
    for (struct kds_metric_group *g = m->first; g != NULL; g = g->next) {
        for (size_t i = 0; i < g->cell_count; i++) {
            const struct kds_metric *metric = &m->table->metrics[i];
            struct kds_metric_cell *cell = &g->cells[i];
            if (cell->fresh.count > 0 && is_sent(m, metric, g, level, scope)) {
                struct kds_metric_datum datum = {metric, g, cell->fresh};
                if (metric->unit == KDS_UNIT_MICROSECONDS) {
                    datum.figures = in_milliseconds(datum.figures);
                }
                fn(&datum, opaque);
            }
            memset(&cell->fresh, 0, sizeof cell->fresh);
        }
    }
}
