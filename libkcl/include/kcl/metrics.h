/*
 * metrics: everything that a worker counts, by stream and shard; docs/statistics.md has the table.
 * kcl_worker_stats() has the most important figures as a struct, kcl_worker_shards() what each shard is
 * doing; with `metrics.upload=true` the metrics also go to CloudWatch, under the KCL's names.
 */
#ifndef KCL_METRICS_H
#define KCL_METRICS_H

#include <stdbool.h>

#include "kcl/export.h"
#include "kcl/worker.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The metrics as one JSON object: "all" for everything, "streams" by name, in them "shards". Times
 * are in microseconds.
 *
 * @param worker  The worker.
 * @return (given; kcl_text_free) NUL-terminated; NULL when out of memory or in a forked child.
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API char *kcl_worker_metrics_json(kcl_worker_t *worker);

/**
 * The metrics in the Prometheus text format, to be served as `text/plain; version=0.0.4`.
 *
 * @param worker    The worker.
 * @param by_shard  With a series for each shard; otherwise for each stream.
 * @return (given; kcl_text_free) NUL-terminated; NULL when out of memory or in a forked child.
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API char *kcl_worker_metrics_prometheus(kcl_worker_t *worker, bool by_shard);

/**
 * The documentation of all metrics as a Markdown table.
 *
 * @return (given; kcl_text_free) NUL-terminated; NULL when out of memory.
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API char *kcl_metrics_document(void);

#ifdef __cplusplus
}
#endif

#endif /* KCL_METRICS_H */
