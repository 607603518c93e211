/*
 * metrics: what a producer counts. The table has the KPL's metrics under their CloudWatch names, and
 * what it does not count. Owned by the core; one thread at a time.
 */
#ifndef KPL_SRC_METRICS_H
#define KPL_SRC_METRICS_H

#include "base/metric.h"

/* Rows of the table, in its order. */
enum kpl_metric {
    KPL_METRIC_RECEIVED,
    KPL_METRIC_PENDING,
    KPL_METRIC_RECORDS,
    KPL_METRIC_USER_BYTES,
    KPL_METRIC_EXPIRED,
    KPL_METRIC_KINESIS_RECORDS,
    KPL_METRIC_KINESIS_BYTES,
    KPL_METRIC_ERRORS_BY_CODE,
    KPL_METRIC_ALL_ERRORS,
    KPL_METRIC_RETRIES,
    KPL_METRIC_BUFFERING,
    KPL_METRIC_REQUEST_TIME,
    KPL_METRIC_LATENCY,
    KPL_METRIC_USER_PER_KINESIS,
    KPL_METRIC_KINESIS_PER_REQUEST,
    KPL_METRIC_USER_PER_REQUEST,
    KPL_METRIC_REQUESTS,
    KPL_METRIC_THROTTLED,
    KPL_METRIC_WRONG_SHARD,
    KPL_METRIC_SHARD_MAPS,
    KPL_METRIC_BUFFERED,
    KPL_METRIC_SPOOLED,
    KPL_METRICS
};

/* Groups of a producer: streams, their shards, and both again per error code. */
#define KPL_METRIC_GROUPS_MAX 4096

extern const struct kds_metric_table kpl_metric_table;

#endif /* KPL_SRC_METRICS_H */
