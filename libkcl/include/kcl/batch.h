/*
 * batch: records as they are handed to the application.
 */
#ifndef KCL_BATCH_H
#define KCL_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kcl/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One user record. Everything it points to is lent as long as its batch. */
typedef struct kcl_record {
    kds_slice_t data;          /**< The bytes that were put. */
    kds_slice_t partition_key; /**< Absent if it was put without one. */
    kds_slice_t
        explicit_hash_key; /**< Only inside aggregates; absent if it was put without. */
    kds_slice_t sequence_number; /**< Of the Kinesis record. Ends in NUL. */
    int64_t subsequence_number;  /**< Its place in the aggregate, from 0; 0 when alone. */
    int64_t arrival_ms; /**< When the service took it, ms since 1970; 0 = unknown. */
    bool aggregated;    /**< It was part of an aggregate. */
    bool
        corrupt; /**< Cannot be read: looks like an aggregate and is none, or came in a form that
                      kds/record.h tells of. `data` is the raw bytes. */
} kcl_record_t;

/** Records of one shard, in order. Lent until the task that it belongs to is done. */
typedef struct kcl_batch {
    size_t struct_size;   /**< Of the library's struct; members are only ever added. */
    const char *shard_id; /**< Which shard. */
    const kcl_record_t *records; /**< `count` of them. */
    size_t count;                /**< At least 1. */
    int64_t
        millis_behind_latest; /**< How far behind the newest record of the shard it is. */
    unsigned attempt;   /**< 1, and more when a batch that failed is handed out again. */
    void *state;        /**< What the application attached to the shard; NULL at first. */
    const char *stream; /**< Which stream, when the worker reads several; else NULL. */
} kcl_batch_t;

#ifdef __cplusplus
}
#endif

#endif /* KCL_BATCH_H */
