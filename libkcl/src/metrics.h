/*
 * metrics: what a worker counts. The table has the KCL's metrics under their CloudWatch names and
 * operations, and what it does not count. Owned by the core; one thread at a time.
 */
#ifndef KCL_SRC_METRICS_H
#define KCL_SRC_METRICS_H

#include "base/metric.h"

/* Rows of the table, in its order. */
enum kcl_metric_row {
    /* reading and processing, per shard */
    KCL_METRIC_RECORDS,
    KCL_METRIC_BYTES,
    KCL_METRIC_LAG,
    KCL_METRIC_PROCESS_TIME,
    KCL_METRIC_PROCESS_SUCCESS,
    KCL_METRIC_GET_TIME,
    KCL_METRIC_GET_SUCCESS,
    KCL_METRIC_ITERATOR_TIME,
    KCL_METRIC_ITERATOR_SUCCESS,
    KCL_METRIC_EXPIRED_ITERATORS,
    KCL_METRIC_CHECKPOINT_TIME,
    KCL_METRIC_CHECKPOINT_SUCCESS,
    KCL_METRIC_INITIALIZE_TIME,
    KCL_METRIC_SHUTDOWN_TIME,
    KCL_METRIC_KINESIS_RECORDS,
    KCL_METRIC_RESUBSCRIBES,
    KCL_METRIC_CORRUPT,
    KCL_METRIC_FOREIGN,
    KCL_METRIC_REPEATED,
    KCL_METRIC_THROTTLED,
    /* leases */
    KCL_METRIC_LEASES_HELD,
    KCL_METRIC_LEASES_LOST,
    KCL_METRIC_LEASES_TOTAL,
    KCL_METRIC_LEASES_EXPIRED,
    KCL_METRIC_LEASES_TAKEN,
    KCL_METRIC_WORKERS,
    KCL_METRIC_RENEW_TIME,
    KCL_METRIC_RENEW_SUCCESS,
    KCL_METRIC_SYNC_SUCCESS,
    /* the worker */
    KCL_METRIC_SHARDS_STOPPED,
    KCL_METRIC_FETCHED,
    KCL_METRICS
};

/* Groups of a worker: streams and their shards. */
#define KCL_METRIC_GROUPS_MAX 16384

extern const struct kds_metric_table kcl_metric_table;        /* of several streams */
extern const struct kds_metric_table kcl_metric_table_single; /* of one */

#endif /* KCL_SRC_METRICS_H */
