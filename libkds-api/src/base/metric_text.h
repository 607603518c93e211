/*
 * metric_text: metrics as JSON, as Prometheus text, and their table as Markdown.
 */
#ifndef KDS_BASE_METRIC_TEXT_H
#define KDS_BASE_METRIC_TEXT_H

#include "base/buf.h"
#include "base/metric.h"

/**
 * One JSON object: {"all":{...},"codes":{"CODE":{...}},"streams":{"NAME":{...,"codes":{...},
 * "shards":{"ID":{...}}}}}. A counter and a gauge are a number, an outcome {"success","failure"},
 * a spread {"count","sum","min","max"} and, above the shards, {"p50","p90","p99"}. Times are in
 * microseconds and end in _us, sizes in _bytes. What has no value yet is 0.
 */
KDS_INTERNAL void kds_metrics_json(const struct kds_metrics *m, struct kds_buf *out);

/**
 * Text of the Prometheus exposition format, version 0.0.4. Times are in seconds. Each metric is
 * written for one kind of groups only, so that a sum over its series is right: its own, or those of
 * @p scope if that is further up.
 */
KDS_INTERNAL void kds_metrics_prometheus(const struct kds_metrics *m,
                                         enum kds_metric_scope scope,
                                         struct kds_buf *out);

/** The table as Markdown, for docs/statistics.md. */
KDS_INTERNAL void kds_metric_document(const struct kds_metric_table *table,
                                      struct kds_buf *out);

#endif /* KDS_BASE_METRIC_TEXT_H */
