/*
 * packed: records in and outcomes out in blocks, for bindings.
 *
 * A call per record costs a binding more than the record itself, and a callback on a thread of the
 * library more still. Here records are handed over column by column, in one run of bytes and a list
 * of lengths each, and outcomes wait in a block until they are taken; a descriptor says when.
 */
#ifndef KPL_PACKED_H
#define KPL_PACKED_H

#include <stddef.h>
#include <stdint.h>

#include "kds/error.h"
#include "kds/types.h"
#include "kpl/export.h"
#include "kpl/producer.h"
#include "kpl/result.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * One column of records: their values one behind the other, and how long each is.
 */
typedef struct kpl_column {
    kds_slice_t bytes; /**< The values, without anything between them. */
    const uint32_t
        *lengths; /**< Of each record's value; together as long as `bytes`. NULL:
                                  no record has one. */
} kpl_column_t;

/** Records in columns. Size-first: set `struct_size`, zero the rest, fill in what is needed. */
typedef struct kpl_columns {
    size_t struct_size; /**< sizeof(kpl_columns_t). */
    size_t count;       /**< How many records. */

    kds_slice_t stream; /**< Name or ARN, of all; absent = the setting `stream`. */
    kpl_column_t keys;  /**< Partition keys. */
    kpl_column_t data;  /**< Their data. */
    kpl_column_t explicit_hash_keys; /**< A length of 0: this one has none. */
    uint64_t
        first_tag; /**< The first record's tag, the next one's is one more. 0: none has a
                             tag. All fit into a pointer. */
} kpl_columns_t;

/**
 * Queue the records of all columns, in order; otherwise as kpl_put_many().
 *
 * @param producer    The producer.
 * @param columns     (borrowed)
 * @param timeout_ms  As for kpl_put(), for all of them together.
 * @param accepted    Receives how many were accepted, counted from the first; the rest was not.
 * @param error       Receives why it stopped (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  Among others: struct_size is not this library's, or the lengths of a
 *                              column are together more or less than its bytes. Nothing of that was
 *                              accepted.
 * @return otherwise as kpl_put_many().
 *
 * Any thread. Blocks for at most timeout_ms.
 * @since 0.1
 */
KPL_API kds_err_t kpl_put_packed(kpl_producer_t *producer,
                                 const kpl_columns_t *columns,
                                 int64_t timeout_ms,
                                 size_t *accepted,
                                 kds_error_t **error);

/**
 * Queue one record without a tag to the stream of the setting `stream`, without waiting; otherwise as
 * kpl_put(). It has few arguments, since a binding pays for each.
 *
 * @param producer  The producer.
 * @param key       (borrowed) Partition key, NUL-terminated.
 * @param data      (borrowed) NULL only if @p data_n is 0.
 * @param data_n    Its length.
 *
 * @return As kpl_put() with a time-out of 0; its message is had from kpl_put() itself.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API kds_err_t kpl_put_bytes(kpl_producer_t *producer,
                                const char *key,
                                const void *data,
                                size_t data_n);

/** One outcome in a block. Its texts stand behind each other in the block's `text`, in this order. */
typedef struct kpl_outcome {
    uint64_t tag;               /**< As it was put. */
    uint64_t text_at;           /**< Where its first text begins. */
    int64_t subsequence_number; /**< As in kpl_result_t. */
    int64_t latency_us;         /**< From the put to the outcome. */
    int32_t code;               /**< kds_err_t: 0 = stored. */
    int32_t persisted;          /**< kds_persisted_t. */
    uint32_t attempt_count;     /**< How often it was sent. */
    uint32_t shard_id_n;        /**< Text: where it lies. */
    uint32_t sequence_number_n; /**< Text: of the Kinesis record that holds it. */
    uint32_t stream_n;          /**< Text, and so is all below: only of a failure. */
    uint32_t key_n;             /**< Partition key. */
    uint32_t hash_key_n;        /**< Explicit hash key; 0 = it had none. */
    uint32_t data_n;            /**< Its data. */
    uint32_t service_code_n;    /**< The service's last word. */
    uint32_t message_n;         /**< A sentence for a person. */
    uint32_t reserved;          /**< 0. */
} kpl_outcome_t;

/** What kpl_outcomes_take() shows. Size-first. */
typedef struct kpl_block {
    size_t struct_size;        /**< sizeof(kpl_block_t). */
    const kpl_outcome_t *rows; /**< `count` of them, in the order of kpl_results_fn. */
    size_t count;              /**< May be 0. */
    kds_slice_t text;          /**< What the rows' texts are in. */
    uint64_t stored;           /**< Records without a tag that were stored, since the last
                                    block: they have no row. */
    uint64_t lost; /**< Outcomes for which there was no memory; counted, never hidden. */
} kpl_block_t;

/** Outcomes that wait to be taken. */
typedef struct kpl_outcomes kpl_outcomes_t;

/**
 * An empty queue of outcomes. Give kpl_outcomes_add() and the queue to kpl_producer_new().
 *
 * @param max_bytes  Of outcomes that wait. While it is full, kpl_outcomes_add() waits, so that the
 *                   producer's budget fills and puts are held back. 0 = without limit, as
 *                   `dispatch=poll` needs it, where what is not asked for is held back anyway.
 * @return (given; kpl_outcomes_free) NULL when out of memory or descriptors.
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API kpl_outcomes_t *kpl_outcomes_new(size_t max_bytes);

/**
 * The kpl_results_fn of a queue. A record without a tag that was stored is only counted, and wakes
 * nobody.
 *
 * @param results  (copied)
 * @param count    How many.
 * @param opaque   The queue (lent until the producer is freed).
 * A thread of the producer. Blocks while the queue is full. Cannot fail.
 * @since 0.1
 */
KPL_API void kpl_outcomes_add(const kpl_result_t *results, size_t count, void *opaque);

/**
 * A descriptor that is readable while rows wait.
 *
 * @param outcomes  The queue.
 * @return (lent until the queue is freed) for poll(2) and the like only; never read from it.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API int kpl_outcomes_fd(const kpl_outcomes_t *outcomes);

/**
 * Take all outcomes that wait.
 *
 * @param outcomes  The queue.
 * @param block     (borrowed) `struct_size` set; receives as many members as fit. What it points to
 *                  is lent until the next call.
 * One thread at a time. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void kpl_outcomes_take(kpl_outcomes_t *outcomes, kpl_block_t *block);

/**
 * Never wait again for somebody to take outcomes: the bound is lifted. Before kpl_producer_free(),
 * whose last outcomes nobody may be there to take.
 *
 * @param outcomes  The queue.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void kpl_outcomes_unbound(kpl_outcomes_t *outcomes);

/**
 * Release a queue. Its producer must be freed before.
 *
 * @param outcomes  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail. In a forked child it does nothing; the memory stays.
 * @since 0.1
 */
KPL_API void kpl_outcomes_free(kpl_outcomes_t *outcomes);

#ifdef __cplusplus
}
#endif

#endif /* KPL_PACKED_H */
