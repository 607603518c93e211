/*
 * result: what became of one user record. Every accepted record gets exactly one; with a spool, by the process that
 * delivers it.
 */
#ifndef KPL_RESULT_H
#define KPL_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include "kds/error.h"
#include "kds/types.h"
#include "kpl/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One attempt to send the Kinesis record that held the user record; or, as the last one, that it expired. */
typedef struct kpl_attempt {
    int64_t
        delay_us; /**< From the put, or the end of the attempt before, to its start. */
    int64_t duration_us; /**< From its start to its end. */
    kds_err_t code;      /**< KDS_OK, or why it failed. */
    kds_slice_t
        service_code; /**< The service's word for it, or the KPL's ("Wrong Shard", "Record Count
                           Mismatch", "Expired"); absent with KDS_OK and where nobody spoke. */
    kds_slice_t message; /**< For a person; may be absent. */
} kpl_attempt_t;

/** Attempts that are kept in detail; earlier ones are only counted. */
#define KPL_ATTEMPTS_KEPT 8

/**
 * The outcome of one user record. The library makes it; it is lent until the callback that
 * receives it returns. Members are only ever added at the end.
 */
typedef struct kpl_result {
    size_t struct_size; /**< Of the library's struct. */

    kds_err_t code;            /**< KDS_OK: stored. Else why it is given up. */
    kds_persisted_t persisted; /**< Whether it is in the stream: YES with KDS_OK. */
    void *tag; /**< As it was put; NULL if another process put it into the spool. */

    kds_slice_t stream;        /**< Name or ARN it was put to. */
    kds_slice_t partition_key; /**< As it was put. */
    kds_slice_t
        explicit_hash_key; /**< As it was put, without zeros in front; absent if there was none. */
    kds_slice_t data; /**< As it was put. */

    kds_slice_t shard_id;        /**< With KDS_OK: where it lies. */
    kds_slice_t sequence_number; /**< With KDS_OK: of the Kinesis record that holds it. */
    int64_t
        subsequence_number; /**< With KDS_OK: its place in the aggregate; -1 = alone. */

    unsigned attempt_count; /**< How often it was sent. */
    const kpl_attempt_t *
        attempts; /**< The last attempts_kept of them. With KDS_ERR_RECORD_EXPIRED one more
                                        stands last, "Expired", which was not sent. */
    size_t attempts_kept; /**< At most KPL_ATTEMPTS_KEPT. */

    kds_slice_t
        service_code; /**< On failure: the service's last word, or the KPL's; may be absent. */
    kds_slice_t message; /**< On failure: a sentence for a person. */
    int64_t latency_us;  /**< From the put to the outcome. */
} kpl_result_t;

/**
 * Receives outcomes, in the order in which they were reached.
 *
 * Called with batches of them, for every record that was accepted, exactly once (but for what stays in a spool), on
 * the producer's dispatch thread or inside kpl_poll(); never inside kpl_put(), never at the same time as itself, never with a lock
 * held, never after kpl_producer_free() has returned. May call kpl_put() with time-out 0; must not
 * flush, close or free the producer.
 *
 * @param results  (lent until return) @p count of them.
 * @param count    At least 1.
 * @param opaque   The pointer given to kpl_producer_new().
 */
typedef void(kpl_results_fn)(const kpl_result_t *results, size_t count, void *opaque);

#ifdef __cplusplus
}
#endif

#endif /* KPL_RESULT_H */
