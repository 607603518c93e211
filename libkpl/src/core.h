/*
 * core: all that a producer decides: what to aggregate, when to send, what an answer means.
 *
 * Told the time and what happened, it answers with what to do. No thread, socket, file, clock or global
 * state; the same calls with the same seed give the same actions. One thread at a time.
 *
 * The way of a record: kpl_core_put() copies it into the open aggregate of its shard. Full or due, the
 * aggregate is sealed into a unit and waits for its shard's limiter. kpl_core_next() collects units
 * into requests. kpl_core_done() judges each: finished, back to its shard, or taken apart and put
 * again by a newer map of the shards.
 */
#ifndef KPL_SRC_CORE_H
#define KPL_SRC_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metric.h"
#include "conf.h"
#include "kds/kinesis.h"
#include "kpl/producer.h"
#include "shard_map.h"
#include "stats.h"
#include "unit.h"

struct kpl_core;

/** @param conf (borrowed) for the life of the core. @return (given; kpl_core_free) NULL: no memory */
struct kpl_core *kpl_core_new(const struct kpl_conf *conf, uint64_t seed);

/** How long a record waits for company: what waits for more than half of its life is never sent. */
int64_t kpl_linger_us(const struct kpl_conf *conf);

/** Outcomes that were not taken are lost with it. */
void kpl_core_free(struct kpl_core *core);

/** An explicit hash key without zeros in front, which the service refuses and the KPL takes away. */
static inline kds_slice_t kpl_canonical(kds_slice_t number)
{
    while (number.n > 1 && number.p[0] == '0') {
        number.p++;
        number.n--;
    }
    return number;
}

/**
 * The hash key of a record, which does not need the core.
 * @retval KDS_ERR_INVALID_ARG  the explicit hash key is no number of 0..2^128-1
 */
kds_err_t kpl_hash_of(const kpl_record_t *record, kds_u128_t *out, kds_error_t **error);

/** Look at all of a record that does not need the core's state. As kpl_put(). */
kds_err_t kpl_record_check(const struct kpl_conf *conf,
                           const kpl_record_t *record,
                           kds_error_t **error);

#define KPL_PREPARED_MAX 64

/**
 * Look at records and find their hash keys, several at once.
 * @param rc  Receives KDS_OK, or what is wrong with records[returned value].
 * @return how many of the first KPL_PREPARED_MAX are good, from the first on
 */
size_t kpl_prepare(const struct kpl_conf *conf,
                   const kpl_record_t *records,
                   size_t count,
                   kds_u128_t *hashes,
                   kds_err_t *rc,
                   kds_error_t **error);

/** Did a PutRecords fail for a reason that somebody can mend, so that its records stay in the spool? */
bool kpl_stays_in_spool(const struct kpl_conf *conf, const kds_error_t *error);

/** May kpl_core_put() leave it to others to hash this record's key? If not, kpl_core_put_many() with the hash
 *  key does the same, and the work is done without the core. */
bool kpl_may_be_staged(const struct kpl_conf *conf, const kpl_record_t *record);

/**
 * Accept a checked record. (copied)
 * @retval KDS_ERR_QUEUE_FULL   the budget is exhausted; not accepted
 * @retval KDS_ERR_INVALID_ARG  as kpl_hash_of()
 * @retval KDS_ERR_NO_MEMORY    not accepted
 */
kds_err_t kpl_core_put(struct kpl_core *core,
                       int64_t now_us,
                       const kpl_record_t *record,
                       kds_error_t **error);

/** The stream of a record: its own, or the setting's. */
kds_slice_t kpl_stream_of(const struct kpl_conf *conf, const kpl_record_t *record);

/** Look at what kpl_record_check() takes for granted of the settings. @retval KDS_ERR_CONFIG */
kds_err_t kpl_conf_check(const struct kpl_conf *conf, kds_error_t **error);

/**
 * Accept checked records until one is refused.
 * @param rc  Receives KDS_OK, or why records[returned value] was refused, as kpl_core_put().
 * @return how many were accepted, from the first on
 */
size_t kpl_core_put_many(struct kpl_core *core,
                         int64_t now_us,
                         const kpl_record_t *records,
                         const kds_u128_t *hashes,
                         size_t count,
                         kds_err_t *rc,
                         kds_error_t **error);

enum kpl_action_kind {
    KPL_ACTION_LIST_SHARDS,
    KPL_ACTION_SUMMARY, /* DescribeStreamSummary */
    KPL_ACTION_PUT_RECORDS
};

struct kpl_request;

/** Something to do. The input is lent until kpl_core_done() with its id. */
struct kpl_action {
    enum kpl_action_kind kind;
    uint64_t id;
    struct kpl_request *request; /* the core's; NULL = nothing is left to be completed */
    kds_list_shards_in_t list_shards;
    kds_describe_stream_summary_in_t summary;
    kds_put_records_in_t put_records;
};

/** What to do now. Call until it returns false. */
bool kpl_core_next(struct kpl_core *core, int64_t now_us, struct kpl_action *action);

/** As kpl_core_next(), but for what needs no core, the hashing: kpl_action_complete() follows, without a lock
 *  if the core has one, before the input is used. */
bool kpl_core_decide(struct kpl_core *core, int64_t now_us, struct kpl_action *action);
void kpl_action_complete(struct kpl_action *action);

/** When kpl_core_next() may have something again if nothing happens. KDS_NEVER_US = never. */
int64_t kpl_core_wake_at_us(struct kpl_core *core, int64_t now_us);

/**
 * An action ended. An id that is not under way is ignored: answers may come twice.
 * @param output  (borrowed) the operation's output; NULL on failure
 * @param error   (borrowed) why it failed; NULL on success
 */
void kpl_core_done(struct kpl_core *core,
                   int64_t now_us,
                   uint64_t id,
                   const void *output,
                   const kds_error_t *error);

/**
 * Let nothing that was put by now wait for company any more.
 * @return a ticket for kpl_core_flushed()
 */
uint64_t kpl_core_flush(struct kpl_core *core, int64_t now_us);

/** Whether all that was put before the flush with this ticket has been released. */
bool kpl_core_flushed(const struct kpl_core *core, uint64_t ticket);

/** Finish everything that is still here with KDS_ERR_CLOSED. */
void kpl_core_abandon(struct kpl_core *core, int64_t now_us);

/** Finished units, in order of finishing, until they hold @p records user records.
 *  @param out  Receives them (given; kpl_core_release). @return false if there are none */
bool kpl_core_take(struct kpl_core *core, size_t records, struct kpl_queue *out);

/** Their outcomes were reported: give their share of the budget back. @p taken is emptied.
 *  @return how many user records they were */
size_t kpl_core_release(struct kpl_core *core, struct kpl_queue *taken);

/** User records accepted and not released. */
size_t kpl_core_outstanding(const struct kpl_core *core);

/** Bytes of the budget in use. */
size_t kpl_core_bytes(const struct kpl_core *core);

/** How many outcomes wait to be taken. */
size_t kpl_core_results(const struct kpl_core *core);

/** Whether outcomes wait to be taken. */
bool kpl_core_has_results(const struct kpl_core *core);

void kpl_core_stats(const struct kpl_core *core, kpl_stats_t *out);

/** All that is counted, as it is now. (lent until the core is used again) */
struct kds_metrics *kpl_core_metrics(struct kpl_core *core);

/** The stream of a unit, as it was put to. */
kds_slice_t kpl_unit_stream(const struct kpl_unit *u);

#endif /* KPL_SRC_CORE_H */
