/*
 * metrics: everything that a producer counts, by stream, shard and error code; docs/statistics.md has the
 * table. kpl_producer_stats() has the most important figures as a struct; with `metrics.upload=true` they
 * also go to CloudWatch, under the KPL's names.
 */
#ifndef KPL_METRICS_H
#define KPL_METRICS_H

#include <stdbool.h>

#include "kpl/export.h"
#include "kpl/producer.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The metrics as one JSON object: "all" for everything, "streams" by name, in them "shards" and
 * "codes". Times are in microseconds.
 *
 * @param producer  The producer.
 * @return (given; kpl_text_free) NUL-terminated; NULL when out of memory or in a forked child.
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API char *kpl_producer_metrics_json(kpl_producer_t *producer);

/**
 * The metrics in the Prometheus text format, to be served as `text/plain; version=0.0.4`.
 *
 * @param producer  The producer.
 * @param by_shard  With a series for each shard; otherwise for each stream.
 * @return (given; kpl_text_free) NUL-terminated; NULL when out of memory or in a forked child.
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API char *kpl_producer_metrics_prometheus(kpl_producer_t *producer, bool by_shard);

/**
 * The documentation of all metrics as a Markdown table.
 *
 * @return (given; kpl_text_free) NUL-terminated; NULL when out of memory.
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API char *kpl_metrics_document(void);

#ifdef __cplusplus
}
#endif

#endif /* KPL_METRICS_H */
