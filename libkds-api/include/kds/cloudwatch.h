/*
 * cloudwatch: the operations of CloudWatch, as far as metrics are sent to it, one typed function each, and their values.
 *
 * Generated from src/model/cloudwatch.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_CLOUDWATCH_H
#define KDS_CLOUDWATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kds_cloudwatch_dimension kds_cloudwatch_dimension_t;
typedef struct kds_cloudwatch_statistic_set kds_cloudwatch_statistic_set_t;
typedef struct kds_cloudwatch_metric_datum kds_cloudwatch_metric_datum_t;
typedef struct kds_cloudwatch_entity_attribute kds_cloudwatch_entity_attribute_t;
typedef struct kds_cloudwatch_entity kds_cloudwatch_entity_t;
typedef struct kds_cloudwatch_entity_metric_data kds_cloudwatch_entity_metric_data_t;
typedef struct kds_cloudwatch_put_metric_data_in kds_cloudwatch_put_metric_data_in_t;
typedef struct kds_cloudwatch_put_metric_data_out kds_cloudwatch_put_metric_data_out_t;

/** A name and value that tell one metric from others of its name. */
struct kds_cloudwatch_dimension {
    /** Required. Its name. 1..255 characters. */
    kds_slice_t name;
    /** Required. Its value. 1..1024 characters. */
    kds_slice_t value;
};

/** Many values in four figures. */
struct kds_cloudwatch_statistic_set {
    /** Required. How many. */
    double sample_count;
    /** Required. Their sum. */
    double sum;
    /** Required. The smallest. */
    double minimum;
    /** Required. The largest. */
    double maximum;
};

/** What was measured: Value, or StatisticValues, or Values with their Counts. */
struct kds_cloudwatch_metric_datum {
    /** Required. Name of the metric. 1..255 characters. */
    kds_slice_t metric_name;
    /** Which of its name. dimensions_count of them. 0..30 entries. */
    const kds_cloudwatch_dimension_t *dimensions;
    size_t dimensions_count;
    /**
     * When; absent: now. From two weeks ago to two hours ahead. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_timestamp_ms;
    int64_t timestamp_ms;
    /** One value. */
    bool has_value;
    double value;
    /** Many values in four figures. */
    const kds_cloudwatch_statistic_set_t *statistic_values;
    /** Distinct values. values_count of them. 0..150 entries. */
    const double *values;
    size_t values_count;
    /**
     * How often each of them came; absent: once. counts_count of them. 0..150 entries.
     */
    const double *counts;
    size_t counts_count;
    /** Seconds, Milliseconds, Bytes, Count, Percent, Bytes/Second, None and others. */
    kds_slice_t unit;
    /** Seconds: 1 or 60; absent: 60. 1... */
    bool has_storage_resolution;
    int64_t storage_resolution;
};

/** A name and value of an entity. */
struct kds_cloudwatch_entity_attribute {
    /** Required. Its name. 1..256 characters. */
    kds_slice_t key;
    /** Required. Its value. 1..2048 characters. */
    kds_slice_t value;
};

/** What metrics belong to. */
struct kds_cloudwatch_entity {
    /** What identifies it. key_attributes_count of them. 2..4 entries. */
    const kds_cloudwatch_entity_attribute_t *key_attributes;
    size_t key_attributes_count;
    /** More about it. attributes_count of them. 0..10 entries. */
    const kds_cloudwatch_entity_attribute_t *attributes;
    size_t attributes_count;
};

/** Metrics of one entity. */
struct kds_cloudwatch_entity_metric_data {
    /** The entity. */
    const kds_cloudwatch_entity_t *entity;
    /** What was measured. metric_data_count of them. */
    const kds_cloudwatch_metric_datum_t *metric_data;
    size_t metric_data_count;
};

/** Input of PutMetricData. */
struct kds_cloudwatch_put_metric_data_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Required. Namespace of the metrics; does not begin with ':'. 1..255 characters.
     */
    kds_slice_t metric_namespace;
    /** What was measured. metric_data_count of them. 0..1000 entries. */
    const kds_cloudwatch_metric_datum_t *metric_data;
    size_t metric_data_count;
    /** The same, by entity. entity_metric_data_count of them. */
    const kds_cloudwatch_entity_metric_data_t *entity_metric_data;
    size_t entity_metric_data_count;
    /** Refuse all if an entity is malformed. */
    bool has_strict_entity_validation;
    bool strict_entity_validation;
};

/** Output of PutMetricData. */
struct kds_cloudwatch_put_metric_data_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
};

/**
 * Send up to 1000 data, 1 MB at most in all.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_cloudwatch_put_metric_data(kds_client_t *client,
                               const kds_cloudwatch_put_metric_data_in_t *in,
                               const kds_call_options_t *options,
                               const kds_cloudwatch_put_metric_data_out_t **out,
                               kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_CLOUDWATCH_H */
