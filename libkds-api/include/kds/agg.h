/*
 * agg: the aggregated record alone: many user records in one Kinesis record, and back.
 *
 * Without threads, network, clock or global state, for a program that has an event loop and a way
 * to send of its own. The producer library does all of this by itself. Nothing here blocks.
 *
 * A reader that follows the rules of the Kinesis Client Library drops an aggregate as a whole if
 * one of its user records does not belong to the shard that it was read from. So either tell the
 * aggregator the shards, and it makes aggregates for each; or use it where there is one shard only.
 *
 * An aggregator or de-aggregator may be used by any thread, by one at a time. docs/wire/aggregation.md
 */
#ifndef KDS_AGG_H
#define KDS_AGG_H

#include <stddef.h>
#include <stdint.h>

#include "kds/error.h"
#include "kds/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Size of an aggregate in bytes if the options name none: the KPL's. */
#define KDS_AGGREGATE_BYTES_DEFAULT 51200

/** The largest Kinesis record, data and partition key together, that any stream takes, in bytes. */
#define KDS_AGGREGATE_BYTES_MAX 10485760

/** Kinesis records that may wait to be taken before an aggregator takes no more user records. */
#define KDS_AGGREGATOR_READY_MAX 512

/** The hash keys of a shard, as ListShards tells them: decimal, 0..2^128-1, both ends included. */
typedef struct kds_shard_range {
    kds_slice_t first; /**< StartingHashKey */
    kds_slice_t last;  /**< EndingHashKey */
} kds_shard_range_t;

/* ---- aggregating -------------------------------------------------------------------------- */

/** Makes Kinesis records of user records. */
typedef struct kds_aggregator kds_aggregator_t;

/** How to aggregate; NULL wherever one is taken means all defaults. Size-first. */
typedef struct kds_aggregator_options {
    size_t struct_size; /**< sizeof(kds_aggregator_options_t). */

    /** No aggregate is larger, in bytes. 0 = KDS_AGGREGATE_BYTES_DEFAULT. A user record that is
     *  larger on its own becomes a Kinesis record on its own, as it is. */
    size_t max_bytes;

    /** No aggregate holds more user records. 0 = no such limit. */
    size_t max_records;

    /** (copied) The open shards, in any order, none overlapping another. NULL = one aggregate for
     *  whatever comes, which is right for a stream of one shard only. */
    const kds_shard_range_t *shards;
    size_t shard_count; /**< 0 if shards is NULL. */
} kds_aggregator_options_t;

/** One user record. Size-first. */
typedef struct kds_user_record {
    size_t struct_size;        /**< sizeof(kds_user_record_t). */
    kds_slice_t partition_key; /**< UTF-8, 1..256 characters. */
    kds_slice_t
        explicit_hash_key; /**< Decimal, 0..2^128-1, no leading zero; absent = MD5 of the key. */
    kds_slice_t data; /**< May be empty. */
} kds_user_record_t;

/** One Kinesis record, to be sent as it is with PutRecord or PutRecords. Size-first. */
typedef struct kds_aggregate {
    size_t struct_size; /**< sizeof(kds_aggregate_t). */
    kds_slice_t data; /**< An aggregate; or the data of a single user record, as it is. */
    kds_slice_t partition_key; /**< "a"; or that of the single user record. */
    kds_slice_t
        explicit_hash_key; /**< Of the first user record, decimal. Always to be sent. */
    size_t shard;          /**< Index in the options' shards; 0 if there are none. */
    size_t user_records;   /**< How many it holds; 1 = not an aggregate. */
} kds_aggregate_t;

/**
 * An empty aggregator.
 *
 * @param options     (copied) May be NULL.
 * @param aggregator  Receives it (given; kds_aggregator_free).
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  max_bytes is above KDS_AGGREGATE_BYTES_MAX; a range is no range, or
 *                              overlaps another; a member is set that this library does not know.
 * @retval KDS_ERR_NO_MEMORY
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_aggregator_new(const kds_aggregator_options_t *options,
                                     kds_aggregator_t **aggregator,
                                     kds_error_t **error);

/**
 * Add one user record to the open aggregate of its shard.
 *
 * If it does not fit any more, that aggregate is sealed, to be taken with kds_aggregator_take(), and
 * the record begins the next one. With anything but KDS_OK nothing was added.
 *
 * @param aggregator  The aggregator.
 * @param record      (copied)
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  The key or the explicit hash key is not what it must be.
 * @retval KDS_ERR_TOO_LARGE    Data and key together exceed KDS_AGGREGATE_BYTES_MAX.
 * @retval KDS_ERR_NOT_FOUND    None of the shards takes its hash key.
 * @retval KDS_ERR_QUEUE_FULL   KDS_AGGREGATOR_READY_MAX Kinesis records wait: take them first.
 * @retval KDS_ERR_NO_MEMORY
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_aggregator_add(kds_aggregator_t *aggregator,
                                     const kds_user_record_t *record,
                                     kds_error_t **error);

/**
 * Add many user records, from one run of bytes; keys are hashed several at once.
 *
 * @param aggregator  The aggregator.
 * @param bytes       (copied) One record behind the other: partition key, explicit hash key, data.
 * @param lengths     (borrowed) Three for each record, of those three, in bytes; an explicit hash
 *                    key of 0 bytes is absent.
 * @param count       Records.
 * @param added       Receives how many were added, from the front; the one behind them is that
 *                    which @p error tells of.
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  Besides what kds_aggregator_add() says: the lengths add up to another
 *                              number than that of the bytes; nothing was added.
 * @return otherwise as kds_aggregator_add().
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_aggregator_add_packed(kds_aggregator_t *aggregator,
                                            kds_slice_t bytes,
                                            const uint32_t *lengths,
                                            size_t count,
                                            size_t *added,
                                            kds_error_t **error);

/**
 * Seal what is open, so that it can be taken: when its time has come, or before the end.
 *
 * @param aggregator  The aggregator.
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 * @retval KDS_ERR_NO_MEMORY  What was not sealed is still open: call again.
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_aggregator_flush(kds_aggregator_t *aggregator, kds_error_t **error);

/**
 * User records in aggregates that are open: that kds_aggregator_flush() would seal.
 *
 * @param aggregator  The aggregator.
 * Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API size_t kds_aggregator_open_records(const kds_aggregator_t *aggregator);

/**
 * Take the next Kinesis record that is ready, in the order of sealing. The check sums of all that are
 * ready are made together.
 *
 * @param aggregator  The aggregator.
 * @param out         (lent until the next add, flush or free, not until the next take) With
 *                    struct_size set.
 * @return 1, or 0 if none is ready, or struct_size is not possible: *out is then unchanged.
 *
 * Does not block. Cannot fail otherwise.
 * @since 0.1
 */
KDS_API int kds_aggregator_take(kds_aggregator_t *aggregator, kds_aggregate_t *out);

/**
 * Release an aggregator, with whatever was not taken.
 *
 * @param aggregator  (taken) NULL is allowed.
 * Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_aggregator_free(kds_aggregator_t *aggregator);

/* ---- de-aggregating ----------------------------------------------------------------------- */

/** Finds the user records in Kinesis records. */
typedef struct kds_deaggregator kds_deaggregator_t;

/** What a de-aggregator found. */
typedef enum kds_deaggregated_kind {
    KDS_DEAGGREGATED_END = 0,   /**< Nothing: all records have been read. */
    KDS_DEAGGREGATED_USER = 1,  /**< A user record of an aggregate. */
    KDS_DEAGGREGATED_PLAIN = 2, /**< A Kinesis record that is no aggregate, unchanged. */
    KDS_DEAGGREGATED_BROKEN =
        3, /**< Check sum right, content not readable: the record, unchanged. */
    KDS_DEAGGREGATED_OUTSIDE =
        4 /**< An aggregate with a user record outside the range: as a whole. */
} kds_deaggregated_kind_t;

/** One user record, or one Kinesis record that is left whole. Size-first. */
typedef struct kds_deaggregated {
    size_t struct_size;           /**< sizeof(kds_deaggregated_t). */
    kds_deaggregated_kind_t kind; /**< What it is. */
    size_t record;                /**< Index of the Kinesis record that it came with. */
    size_t
        sub_sequence; /**< Position in the aggregate, from 0; the KCL's sub-sequence number. */
    kds_slice_t
        partition_key; /**< Of the user record; absent for a whole Kinesis record. */
    kds_slice_t explicit_hash_key; /**< Of the user record; absent if it has none. */
    kds_slice_t data; /**< Of the user record, or of the whole Kinesis record. */
} kds_deaggregated_t;

/**
 * A de-aggregator.
 *
 * @return (given; kds_deaggregator_free) NULL when out of memory.
 * Does not block.
 * @since 0.1
 */
KDS_API kds_deaggregator_t *kds_deaggregator_new(void);

/**
 * Begin with the data of some Kinesis records; what was read before is forgotten. Check sums are
 * made several at once: hand over all records of one answer together.
 *
 * @param deaggregator  The de-aggregator.
 * @param records       (borrowed) Slices of data; what they point to is (lent until the next open
 *                      or free).
 * @param count         Records.
 * @param range         (borrowed) The shard that they were read from: an aggregate with a user record
 *                      outside is not opened. NULL = every aggregate is.
 * @param error         Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  @p range is no range.
 * @retval KDS_ERR_NO_MEMORY
 * With anything but KDS_OK nothing is open.
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_deaggregator_open(kds_deaggregator_t *deaggregator,
                                        const kds_slice_t *records,
                                        size_t count,
                                        const kds_shard_range_t *range,
                                        kds_error_t **error);

/**
 * As kds_deaggregator_open() for records that stand one behind the other in one run of bytes.
 *
 * @param deaggregator  The de-aggregator.
 * @param bytes         (lent until the next open or free)
 * @param lengths       (borrowed) One for each record, in bytes.
 * @param count         Records.
 * @param range         (borrowed) As above. May be NULL.
 * @param error         Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  Also: the lengths add up to another number than that of the bytes.
 * @return otherwise as kds_deaggregator_open().
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_deaggregator_open_packed(kds_deaggregator_t *deaggregator,
                                               kds_slice_t bytes,
                                               const uint32_t *lengths,
                                               size_t count,
                                               const kds_shard_range_t *range,
                                               kds_error_t **error);

/**
 * The next user record, in the order of the Kinesis records and of each aggregate.
 *
 * An aggregate is checked whole before its first user record is given out. One without any gives
 * nothing.
 *
 * @param deaggregator  The de-aggregator.
 * @param out           With struct_size set; its slices point into the opened records. Its kind is
 *                      KDS_DEAGGREGATED_END behind the last one.
 *
 * @retval KDS_ERR_INVALID_ARG  struct_size is not possible.
 * @retval KDS_ERR_NO_MEMORY    *out is unchanged; calling again goes on with the same one.
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_deaggregator_next(kds_deaggregator_t *deaggregator,
                                        kds_deaggregated_t *out);

/** Columns of a row of kds_deaggregator_read_packed(), by number. */
typedef enum kds_deaggregated_column {
    KDS_COLUMN_KIND = 0,         /**< A kds_deaggregated_kind_t. */
    KDS_COLUMN_RECORD = 1,       /**< Index of the Kinesis record. */
    KDS_COLUMN_SUB_SEQUENCE = 2, /**< Position in the aggregate. */
    KDS_COLUMN_KEY_AT =
        3, /**< Where the partition key begins in the opened bytes; -1 = absent. */
    KDS_COLUMN_KEY_END = 4,      /**< Where it ends. */
    KDS_COLUMN_HASH_KEY_AT = 5,  /**< Likewise of the explicit hash key. */
    KDS_COLUMN_HASH_KEY_END = 6, /**< Where it ends. */
    KDS_COLUMN_DATA_AT = 7,      /**< Likewise of the data, which is never absent. */
    KDS_COLUMN_DATA_END = 8      /**< Where it ends. */
} kds_deaggregated_column_t;

/** Columns in a row. */
#define KDS_DEAGGREGATED_COLUMNS 9

/**
 * As kds_deaggregator_next(), many at once, as offsets into the bytes that were opened with
 * kds_deaggregator_open_packed().
 *
 * @param deaggregator  The de-aggregator.
 * @param rows          (borrowed) Receives KDS_DEAGGREGATED_COLUMNS numbers for each.
 * @param room          Rows that @p rows has room for.
 * @param count         Receives how many were written; fewer than @p room only at the end.
 *
 * @retval KDS_ERR_STATE      The records were not opened packed.
 * @retval KDS_ERR_NO_MEMORY  *count rows were written; calling again goes on behind them.
 *
 * Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_deaggregator_read_packed(kds_deaggregator_t *deaggregator,
                                               int64_t *rows,
                                               size_t room,
                                               size_t *count);

/**
 * Release a de-aggregator.
 *
 * @param deaggregator  (taken) NULL is allowed.
 * Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_deaggregator_free(kds_deaggregator_t *deaggregator);

#ifdef __cplusplus
}
#endif

#endif /* KDS_AGG_H */
