/*
 * history: what was put, stored, answered, delivered and checkpointed in one run, and the judgement
 * whether the promises of producer and consumer were kept.
 *
 * Told by whoever saw it happen (the simulated server, the actors); asked at the end. It believes
 * neither library: what a stored record contains is read by the protobuf compiler's code, and
 * where it must lie is computed from OpenSSL's MD5.
 */
#ifndef SIMULATION_HISTORY_H
#define SIMULATION_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"
#include "kds/error.h"
#include "kds/types.h"

#define HISTORY_SEQUENCE_MAX 132 /* digits of a sequence number, and a NUL */
#define HISTORY_SHARDS_MAX   64  /* of one stream */
#define HISTORY_STREAMS_MAX  24  /* one that is created anew counts as another */
#define HISTORY_UNKNOWN      UINT32_MAX

struct history;

/** A position in a shard: user record @p sub of the Kinesis record with this sequence number. */
struct history_position {
    char sequence[HISTORY_SEQUENCE_MAX];
    uint64_t sub;
};

/** @param verbose  tell on stderr what is stored */
struct history *history_new(bool verbose);
void history_free(struct history *h);

/** The first broken promise, as a sentence; NULL while none is known. */
const char *history_verdict(const struct history *h);

/** Record a broken promise; only the first is kept. */
void history_broken(struct history *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- the streams' truth -------------------------------------------------------------------- */

/**
 * Stream @p stream was created, or created anew. Where nobody says so there is one, of number 0.
 * @return what is to be added to the number of a shard of it wherever this file asks for one
 */
uint32_t history_stream(struct history *h, unsigned stream);

/** It came to be while producers were at work: to who had met none, its shards changed. */
void history_shards_came(struct history *h);

/** The stream whose first shard has this number is gone, with all that it holds: nobody reads that any more. */
void history_stream_deleted(struct history *h, uint32_t first, int64_t now_us);

/** A shard came to be. @param parent, adjacent  numbers, or -1. */
void history_shard(struct history *h,
                   uint32_t shard,
                   int parent,
                   int adjacent,
                   kds_u128_t first,
                   kds_u128_t last);
void history_shard_closed(struct history *h, uint32_t shard);

/** Where nobody says so, the time is always 0. @param now_us (borrowed) for the life of @p h */
void history_clock(struct history *h, const int64_t *now_us);

/** The application reads from this instant on: what was stored, and shards that were closed, before need not be read.
 *  KDS_NEVER_US: it did not begin yet. Where nobody says so it reads all. */
void history_reads_from(struct history *h, int64_t from_us);
bool history_reads(const struct history *h);

/**
 * The server stored one Kinesis record. Call in the order of storing.
 * @param request  which call stored it, see history_request_ambiguous().
 */
void history_stored(struct history *h,
                    uint64_t request,
                    uint32_t shard,
                    const char *sequence,
                    kds_slice_t partition_key,
                    kds_slice_t explicit_hash_key,
                    kds_slice_t data);

/** The answer to this call never reached its producer, or not in a form that it may believe. */
void history_request_ambiguous(struct history *h, uint64_t request);

/** Whoever sent this call knew that its stream had been created anew so often: by the shards of a later one it cannot
 *  have packed its records. Where nobody says so it knows it. */
void history_request_knows(struct history *h, uint64_t request, unsigned anew);

/* ---- the producer -------------------------------------------------------------------------- */

/** @return the identity of a new user record, to be written into its data by history_payload(). */
uint32_t history_put(struct history *h,
                     int64_t now_us,
                     const char *partition_key,
                     const char *explicit_hash_key,
                     size_t size);

/** It was put to this stream; else to stream 0. */
void history_put_to(struct history *h, uint32_t id, unsigned stream);

/** The data of user record @p id: @p size bytes that name it. */
void history_payload(const struct history *h, uint32_t id, uint8_t *out);

/** The put was promised to be stored after every other of @p group (never 0) that was put before it
 *  with the same keys. */
void history_put_in_order(struct history *h, uint32_t id, uint32_t group);

/** Whether user record @p id was refused, has its outcome, or never will have one. */
bool history_is_resolved(const struct history *h, uint32_t id);

/** The put was refused after all. */
void history_put_refused(struct history *h, uint32_t id);

/** Its outcome arrived. @p shard and @p sequence count only for a success. */
void history_outcome(struct history *h,
                     int64_t now_us,
                     uint32_t id,
                     bool success,
                     kds_persisted_t persisted,
                     kds_slice_t shard,
                     kds_slice_t sequence,
                     int64_t sub);

/** It waits on a disk, and for as long as it must. */
void history_put_spooled(struct history *h, uint32_t id);

/** Its process died with it: if that gave it no outcome yet, none is owed, and nothing is judged. */
void history_put_died(struct history *h, uint32_t id);

/** Its process died, and another one finds it on the disk: it may be stored and reported once more, unless it was
 *  reported as stored. @param undone  what was noted of that may be undone */
void history_put_found(struct history *h, uint32_t id, bool undone);

/** The identity that the data of a user record names; HISTORY_UNKNOWN if it names none. */
uint32_t history_identity(kds_slice_t data);

/* ---- the consumer -------------------------------------------------------------------------- */

/** The shard has a lease. */
void history_lease_made(struct history *h, uint32_t shard);

/** Worker @p worker took hold of the shard's lease, as the store has it. */
void history_lease_taken(struct history *h, uint32_t shard, unsigned worker);

/** A batch is handed to user code of @p worker: its user records in order. */
void history_delivery_begins(struct history *h, uint32_t shard, unsigned worker);
void history_delivered(struct history *h,
                       uint32_t shard,
                       unsigned worker,
                       kds_slice_t sequence,
                       uint64_t sub,
                       kds_slice_t partition_key,
                       kds_slice_t data);
enum history_end {
    HISTORY_CONFIRMED, /* user code confirmed all that was delivered since the beginning */
    HISTORY_REFUSED,   /* it will be given what it did not confirm by itself again */
    HISTORY_KEPT       /* it processed it, and confirms it later */
};
void history_delivery_ends(struct history *h,
                           uint32_t shard,
                           unsigned worker,
                           enum history_end how);

/** User code confirmed everything up to this record. */
void history_confirmed(struct history *h,
                       uint32_t shard,
                       unsigned worker,
                       kds_slice_t sequence,
                       uint64_t sub);

/** The store now has this checkpoint for the shard. "SHARD_END" or a sequence number. */
void history_checkpoint(struct history *h,
                        uint32_t shard,
                        unsigned worker,
                        kds_slice_t sequence,
                        uint64_t sub);

/* ---- the end ------------------------------------------------------------------------------- */

/** Every put has had its outcome within @p limit_us, and each outcome is true. P1 P2 P3 P4 P5. */
void history_judge_producer(struct history *h, int64_t limit_us);

/** Everything readable that was stored has been confirmed by user code. C1 C8. */
void history_judge_consumer(struct history *h);

/** Everything that is stored was confirmed, and every closed shard is at its end. */
bool history_all_consumed(const struct history *h);

size_t history_put_count(const struct history *h);
size_t history_stored_count(const struct history *h);

#endif /* SIMULATION_HISTORY_H */
