/*
 * producer: puts records into streams: aggregated, batched, retried, each with one outcome.
 *
 * Delivery is at least once: a record whose answer was lost is sent again. Records of one thread
 * and partition key keep their order unless a retry intervenes. A producer may be used from any thread. It
 * has three of its own, whatever the number of streams and shards, one more once credentials are to be fetched,
 * and with `metrics.upload` those of another client.
 */
#ifndef KPL_PRODUCER_H
#define KPL_PRODUCER_H

#include <stddef.h>
#include <stdint.h>

#include "kds/error.h"
#include "kds/types.h"
#include "kpl/conf.h"
#include "kpl/export.h"
#include "kpl/result.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A producer. */
typedef struct kpl_producer kpl_producer_t;

/**
 * One user record, as handed to kpl_put(). Size-first: set `struct_size`, zero the rest. The tag means nothing to
 * another process: a record that one left in a spool has NULL in its outcome.
 */
typedef struct kpl_record {
    size_t struct_size; /**< sizeof(kpl_record_t). */

    kds_slice_t stream; /**< Name or ARN, blanks around it do not count; absent = the
                                        setting `stream`. */
    kds_slice_t
        partition_key; /**< UTF-8, 1..256 characters. May be absent for a stream whose
                                        records the service spreads (`record.distribution`). */
    kds_slice_t
        explicit_hash_key; /**< Decimal, 0..2^128-1, zeros in front do not count; absent =
                                        MD5 of the key. */
    kds_slice_t data;      /**< At most `record.max.bytes`; may be empty. */

    void *tag; /**< Comes back with the outcome; never dereferenced. */
} kpl_record_t;

/**
 * Create a producer and its threads. Touches no network until the first put.
 *
 * @param conf      (copied)
 * @param results   Receives outcomes; NULL = nobody wants to know.
 * @param opaque    Given to @p results.
 * @param producer  Receives the producer (given; kpl_producer_free).
 * @param error     Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_CONFIG, KDS_ERR_CREDENTIALS  As kds_client_new().
 * @retval KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM    Nothing was created.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API kds_err_t kpl_producer_new(const kpl_conf_t *conf,
                                   kpl_results_fn *results,
                                   void *opaque,
                                   kpl_producer_t **producer,
                                   kds_error_t **error);

/**
 * Queue one record for delivery.
 *
 * Copies what it needs and returns; the network is never touched on the caller's thread. The
 * record leaves within `linger.ms`, packed with others of its shard. Its outcome is ready no
 * later than `record.ttl.ms`, one `request.timeout.ms` and half a second after this call, whatever hangs:
 * the service, a proxy, the source of the credentials. With a spool it has until it is stored, or the service
 * finds the record itself bad; docs/spool.md.
 *
 * @param producer    The producer.
 * @param record      (borrowed) All memory it points to may be reused on return.
 * @param timeout_ms  How long to wait while `buffer.max.bytes` are outstanding: 0 = do not
 *                    wait, -1 = without limit.
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_OK                  Accepted; exactly one outcome will follow. With a spool it may follow in
 *                                 another process, and twice: docs/spool.md.
 * @retval KDS_ERR_QUEUE_FULL      The budget was exhausted for all of timeout_ms.
 * @retval KDS_ERR_INVALID_ARG     Bad key, hash key, stream or struct_size.
 * @retval KDS_ERR_TOO_LARGE       Data, or data and key, exceed `record.max.bytes`.
 * @retval KDS_ERR_WOULD_DEADLOCK  A time-out other than 0 inside a result callback.
 * @retval KDS_ERR_CLOSED          kpl_close() was called.
 * @retval KDS_ERR_FORKED          Called in a child of the process that created producer.
 * @retval KDS_ERR_NO_MEMORY
 * @retval KDS_ERR_SYSTEM          The spool's disk failed.
 * With anything but KDS_OK the record was not accepted, and no outcome follows; but for `spool.sync=put`, where
 * KDS_ERR_SYSTEM may also say that the record was accepted and may be lost with the machine's power:
 * kpl_put_many() tells the two apart by *accepted.
 *
 * Any thread. Blocks for at most timeout_ms; with a spool, for its disk as well.
 * @since 0.1
 */
KPL_API kds_err_t kpl_put(kpl_producer_t *producer,
                          const kpl_record_t *record,
                          int64_t timeout_ms,
                          kds_error_t **error);

/**
 * Queue several records, cheaper than one by one.
 *
 * @param producer    The producer.
 * @param records     (borrowed) @p count of them, in order.
 * @param count       How many.
 * @param timeout_ms  As for kpl_put(), for all of them together.
 * @param accepted    Receives how many were accepted, counted from the first; the rest was not.
 * @param error       Receives why it stopped (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK if all were accepted, else the error of kpl_put() for records[*accepted]. With `spool.sync=put`
 *         it may be KDS_ERR_SYSTEM for those that were accepted: they may be lost with the machine's power.
 *
 * Any thread. Blocks for at most timeout_ms; with a spool, for its disk as well.
 * @since 0.1
 */
KPL_API kds_err_t kpl_put_many(kpl_producer_t *producer,
                               const kpl_record_t *records,
                               size_t count,
                               int64_t timeout_ms,
                               size_t *accepted,
                               kds_error_t **error);

/**
 * Send all that was accepted so far without further delay, and wait until each has its outcome.
 *
 * @param producer    The producer.
 * @param timeout_ms  0 = only hurry, do not wait; -1 = without limit.
 * @param left        Receives how many records have no outcome yet. May be NULL.
 *
 * @retval KDS_OK                  Every record accepted before the call has its outcome.
 * @retval KDS_ERR_TIMED_OUT       *left records are still under way; they go on.
 * @retval KDS_ERR_WOULD_DEADLOCK  Called inside a result callback with a time-out.
 * @retval KDS_ERR_FORKED
 *
 * Any thread. Blocks for at most timeout_ms. With `dispatch=poll` another thread must poll.
 * @since 0.1
 */
KPL_API kds_err_t kpl_flush(kpl_producer_t *producer, int64_t timeout_ms, size_t *left);

/**
 * Accept nothing more, flush, and wait. May be called again.
 *
 * @param producer    The producer.
 * @param timeout_ms  As for kpl_flush().
 * @param left        Receives how many records have no outcome yet. May be NULL.
 *
 * @return As kpl_flush().
 *
 * Any thread. Blocks for at most timeout_ms.
 * @since 0.1
 */
KPL_API kds_err_t kpl_close(kpl_producer_t *producer, int64_t timeout_ms, size_t *left);

/**
 * Release the producer. Records without an outcome get theirs first: KDS_ERR_CLOSED, with
 * `persisted` saying whether they may be in the stream. Those of a spool stay there for the next producer; what was
 * not on its way yet gets no outcome here.
 *
 * @param producer  (taken) NULL is allowed. No other thread may be inside a call on it.
 *
 * Any thread but inside a callback, where it only logs. Blocks for up to 0.1 s and for as long as a
 * callback runs, without limit: a callback may use what its owner releases next. When that takes 5 s,
 * and again each time it has taken twice as long, a line of KDS_LOG_WARNING says which callback it is. The
 * wait for records is bounded by calling kpl_close() first. In a forked child it does nothing; the memory stays.
 * @since 0.1
 */
KPL_API void kpl_producer_free(kpl_producer_t *producer);

/**
 * With `dispatch=poll`: run the result callback for what is ready when it begins, not for what becomes ready
 * meanwhile; then the low-water callback, if it is due.
 *
 * @param producer    The producer.
 * @param timeout_ms  How long to wait for a first outcome, or for low water: 0 = not at all, -1 = without
 *                    limit.
 * @return how many outcomes were delivered; 0 also with `dispatch=thread` or in a forked child.
 *
 * One thread at a time. Blocks for at most timeout_ms and the callbacks.
 * @since 0.1
 */
KPL_API size_t kpl_poll(kpl_producer_t *producer, int64_t timeout_ms);

/**
 * With `dispatch=poll`: a descriptor that is readable while outcomes wait for kpl_poll().
 *
 * @param producer  The producer.
 * @return (lent until the producer is freed) for poll(2) and the like only; -1 with
 *         `dispatch=thread`.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API int kpl_fd(const kpl_producer_t *producer);

/** Counters since the producer was created. Size-first: set `struct_size` before the call. */
typedef struct kpl_stats {
    size_t struct_size; /**< sizeof(kpl_stats_t). */

    uint64_t user_records_accepted;    /**< By put. */
    uint64_t user_records_succeeded;   /**< Outcomes with KDS_OK. */
    uint64_t user_records_failed;      /**< Other outcomes. */
    uint64_t user_records_outstanding; /**< Accepted and not yet reported. */
    uint64_t user_bytes;               /**< Data accepted. */
    uint64_t kinesis_records;          /**< Stored. */
    uint64_t kinesis_bytes;            /**< Of their data. */
    uint64_t requests;                 /**< PutRecords sent. */
    uint64_t entries;                  /**< Kinesis records in them, retries included. */
    uint64_t entries_failed;           /**< Of these. */
    uint64_t entries_throttled;        /**< Of the failed ones. */
    uint64_t wrong_shard;    /**< Aggregates that landed where not all of them belongs. */
    uint64_t shard_maps;     /**< Complete listings of shards. */
    uint64_t buffered_bytes; /**< Of the budget, now. */
    int64_t latency_p50_us;  /**< From put to success: half took less. */
    int64_t latency_p99_us;  /**< 99 of 100 took less. */
    uint64_t user_records_expired; /**< Of the failed ones: `record.ttl.ms` passed. */
    uint64_t retries;              /**< Kinesis records that were to be sent again. */
    uint64_t spooled_records;      /**< In the spool, without an outcome yet, now. */
    uint64_t spool_waiting;        /**< Of these, not on their way yet, now. */
    uint64_t spool_recovered;      /**< Found in the spool by kpl_producer_new(). */
    uint64_t spool_bytes;          /**< Of its files, now. */
    uint64_t spool_refusals;       /**< Requests refused for what can be mended. */
} kpl_stats_t;

/**
 * Read the counters.
 *
 * @param producer  The producer.
 * @param stats     (borrowed) `struct_size` set; receives as many members as fit.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void kpl_producer_stats(kpl_producer_t *producer, kpl_stats_t *stats);

#ifdef __cplusplus
}
#endif

#endif /* KPL_PRODUCER_H */
