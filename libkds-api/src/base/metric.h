/*
 * metric: what a library counts, as a table. One row is one metric: its name in JSON and in
 * Prometheus text, its CloudWatch name as the KPL or the KCL calls it, its unit, its
 * documentation. From the table and the values come the exporters of base/metric_text.h and what is
 * sent to CloudWatch.
 *
 * Values lie in groups: one for everything, one per stream, one per shard, and the same again per
 * error code. A value is added to a group and to all groups above it, except a gauge's. The number of groups is
 * bounded; beyond the bound a value is counted by the nearest group that exists, so sums stay true.
 *
 * Belongs to one thread or lock; no clock, no I/O.
 */
#ifndef KDS_BASE_METRIC_H
#define KDS_BASE_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/internal.h"
#include "kds/types.h"

enum kds_metric_kind {
    KDS_METRIC_COUNTER, /* the sum of its values */
    KDS_METRIC_OUTCOME, /* 1 for a success, 0 for a failure, each counted */
    KDS_METRIC_GAUGE,   /* the last value */
    KDS_METRIC_SPREAD   /* sum, count and how the values are spread */
};

enum kds_metric_unit { KDS_UNIT_COUNT, KDS_UNIT_BYTES, KDS_UNIT_MICROSECONDS };

/** Down to which groups a metric is kept; also how far down an exporter goes. */
enum kds_metric_scope { KDS_SCOPE_ALL, KDS_SCOPE_STREAM, KDS_SCOPE_SHARD };

/** What is sent to CloudWatch: a metric's own level at the least. */
enum kds_metric_level { KDS_LEVEL_NONE, KDS_LEVEL_SUMMARY, KDS_LEVEL_DETAILED };

struct kds_metric {
    const char
        *name; /* without unit and prefix: "user_records"; NULL = only sent, what it says
                         stands in the texts under another name */
    const char *cloudwatch; /* "UserRecordsPut"; NULL = not sent */
    const char *operation;  /* the dimension Operation of the KCL; NULL = none */
    enum kds_metric_kind kind;
    enum kds_metric_unit unit;
    enum kds_metric_scope scope;
    enum kds_metric_level level;
    bool by_code;    /* kept per error code only */
    const char *doc; /* one sentence */
    bool anonymous;  /* sent without the dimension that says who counts */
};

struct kds_metric_table {
    const char *title;  /* "libkpl" */
    const char *prefix; /* of Prometheus names: "kds_producer_" */
    const struct kds_metric *metrics;
    size_t count;
    /* CloudWatch: names of the dimensions, and whether a value is also sent for each group
     * above its own, as the KPL does. */
    const char *stream_dimension;
    const char *shard_dimension;
    bool rolls_up;
};

/** Four figures of the values of a time. */
struct kds_metric_figures {
    uint64_t count;
    double sum;
    double min;
    double max;
};

struct kds_metric_cell {
    struct kds_metric_figures total; /* since the metrics were made */
    struct kds_metric_figures fresh; /* since they were last taken */
    double last;                     /* of a gauge */
    struct kds_histogram *spread; /* of a SPREAD, in groups above the shards; else NULL */
};

struct kds_metric_group {
    struct kds_metric_group *up;   /* NULL for the group of everything */
    struct kds_metric_group *next; /* in order of creation */
    struct kds_metric_group *same_bucket;
    struct kds_metrics *owner;
    char *code; /* NULL = of all codes */
    char *stream;
    char *shard;
    size_t
        cell_count; /* the table's rows, without those behind the last that belongs here */
    struct kds_metric_cell cells[];
};

struct kds_metrics;

/** @return (given; kds_metrics_free) NULL when out of memory. */
KDS_INTERNAL struct kds_metrics *kds_metrics_new(const struct kds_metric_table *table,
                                                 size_t max_groups);

KDS_INTERNAL void kds_metrics_free(struct kds_metrics *m); /* NULL is allowed */

KDS_INTERNAL const struct kds_metric_table *
kds_metrics_table(const struct kds_metrics *m);

/** The group of everything; the others follow by `next`. */
KDS_INTERNAL struct kds_metric_group *kds_metrics_first(const struct kds_metrics *m);

/**
 * The group of a code, a stream, a shard; each may be NULL, a shard needs a stream. Made when it
 * does not exist.
 *
 * @return (lent until retired or freed) where the bound or memory forbids a new one, the nearest
 *         above it; never NULL.
 */
KDS_INTERNAL struct kds_metric_group *kds_metrics_group(struct kds_metrics *m,
                                                        const char *code,
                                                        const char *stream,
                                                        const char *shard);

/** Forget the groups of a shard that is no more; what they counted stays counted above them. */
KDS_INTERNAL void
kds_metrics_retire(struct kds_metrics *m, const char *stream, const char *shard);

/** Add @p value, @p times times, to row @p row, which is no gauge, of a group and of the groups above it. */
KDS_INTERNAL void
kds_metric_add(struct kds_metric_group *group, size_t row, int64_t value, uint64_t times);

/** The value of a gauge now, in this group alone: what it is above is not a sum of this. */
KDS_INTERNAL void
kds_metric_set(struct kds_metric_group *group, size_t row, int64_t value);

/** Whether this group holds values of this row at all. */
KDS_INTERNAL bool kds_metric_belongs(const struct kds_metric *metric,
                                     const struct kds_metric_group *group);

/** What is sent to CloudWatch for one row of one group. Lent until the function returns. */
struct kds_metric_datum {
    const struct kds_metric *metric;
    const struct kds_metric_group *group;
    struct kds_metric_figures figures; /* times in milliseconds, as CloudWatch has them */
};

typedef void(kds_metric_datum_fn)(const struct kds_metric_datum *datum, void *opaque);

/**
 * Hand out what came since the last time, and begin anew.
 *
 * @param level  Rows above it are left out.
 * @param scope  Groups below it are left out.
 */
KDS_INTERNAL void kds_metrics_take(struct kds_metrics *m,
                                   enum kds_metric_level level,
                                   enum kds_metric_scope scope,
                                   kds_metric_datum_fn *fn,
                                   void *opaque);

#endif /* KDS_BASE_METRIC_H */
