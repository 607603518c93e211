/*
 * service: the operations, on typed values. The core of the local server.
 *
 * Pure: the time is handed in, the secret of its tokens comes from a seed, and the same calls give the
 * same answers. No thread, socket, file or clock; not thread-safe.
 *
 * What takes the service some time (a stream that is CREATING, UPDATING or DELETING, a consumer or a
 * channel likewise) takes control_plane_delay_ms here. Nothing runs by itself: each call first lets
 * happen what was due by then. Sizes and counts always hold; what is limited per second or per day
 * is limited only with `limits`.
 */
#ifndef KDS_LOCAL_SERVICE_H
#define KDS_LOCAL_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "kds/kinesis.h"
#include "model/operations.h"
#include "observer.h"
#include "stream.h"

/** One Kinesis record that was stored just now. Everything (lent until return). */
struct local_stored {
    const char *stream;
    const struct local_shard *shard;
    const struct local_record *record;
    kds_slice_t explicit_hash_key; /* absent if it was put without one */
};

typedef void(local_stored_fn)(const struct local_stored *stored, void *opaque);

/** What a put without a partition key gets on a stream that needs one; nobody knows the truth. */
enum local_missing_key {
    LOCAL_MISSING_KEY_VALIDATION, /* the whole request: ValidationException */
    LOCAL_MISSING_KEY_ARGUMENT,   /* the whole request: InvalidArgumentException */
    LOCAL_MISSING_KEY_ENTRY /* PutRecords: the entry alone, InvalidArgumentException */
};

struct local_service_options {
    uint64_t seed;
    bool limits;         /* hold calls and shards to what the service allows in a time */
    const char *region;  /* (copied) of the ARNs; NULL = us-east-1 */
    const char *account; /* (copied) 12 digits; NULL = 000000000000 */
    int64_t control_plane_delay_ms; /* how long what is asynchronous takes; 0 = at once */
    enum local_missing_key missing_key;
    bool ignore_dry_run; /* perform the call, as servers before September 2026 do */
    /* A start at a record that was trimmed: InvalidArgumentException, where otherwise it stands for the
     * oldest record that is left. */
    bool refuse_trimmed;
    bool hide_strategy; /* DescribeStreamSummary without the strategy, as they do */
    int64_t
        memory_max_bytes; /* of records; puts beyond it fail. 0: LOCAL_MEMORY_DEFAULT */
    /* Of subscriptions; 0: the service's (subscriptions.h). How long one lasts; how long it may be
     * without an event; how soon another may take over, -1: at once. */
    int64_t subscription_ms, heartbeat_ms, takeover_ms;
    local_stored_fn *stored; /* told before the answer is given; may be NULL */
    void *opaque;
};

#define LOCAL_MEMORY_DEFAULT (INT64_C(8) << 30)

struct local_service;

/** @return (given; local_service_free) NULL when out of memory */
struct local_service *local_service_new(const struct local_service_options *options);
void local_service_free(struct local_service *s); /* NULL is allowed */

/** An error as the service words it. */
struct local_fault {
    const char *code; /* "ResourceNotFoundException" */
    int status;       /* of HTTP */
    char message[512];
};

/**
 * Perform one operation.
 *
 * SubscribeToShard is checked like the others, DryRun included. The events of a stream are not this
 * function's but those of subscriptions.h: a call that passes all checks is refused with
 * UnsupportedOperationException.
 *
 * @param now_us   wall clock, since 1970
 * @param input    (borrowed) the operation's input struct
 * @param output   (borrowed) room for its output struct; what it points to is in @p arena or in the
 *                 service, and valid until the next call
 * @param fault    (borrowed) filled on failure
 * @return false on failure; nothing was changed, unless the observer failed: then it cannot be known,
 *         and every later call fails, too
 */
bool local_service_call(struct local_service *s,
                        int64_t now_us,
                        enum kds_operation_id operation,
                        const void *input,
                        void *output,
                        struct kds_arena *arena,
                        struct local_fault *fault);

/**
 * Which stream and shard a call is about; absent what it does not name. For the one who logs and
 * filters calls: says nothing about whether they exist.
 * @param stream, shard  (borrowed) receive texts of @p input or of the service
 */
void local_service_scene(struct local_service *s,
                         enum kds_operation_id operation,
                         const void *input,
                         kds_slice_t *stream,
                         kds_slice_t *shard);

/** A stream by its name; NULL if there is none. For the one who owns the service. */
struct local_stream *local_service_stream(struct local_service *s, const char *name);

/** When the next stream, consumer or channel changes its state; KDS_NEVER_US: not by itself. */
int64_t local_service_next_event_us(const struct local_service *s);

/** Let happen what is due by now, and release what is too old. Each call does it, too. */
void local_service_advance(struct local_service *s, int64_t now_us);

/* ---- keeping it --------------------------------------------------------------------------- */

/** Tell every change from now on to @p observer. (lent until the service is freed) */
void local_service_observe(struct local_service *s,
                           const struct local_observer *observer);

/**
 * Put back what an observer was told, into a new service: the account, then the streams, then each
 * one's shards, consumers and records in order, then the channels; then local_service_restored().
 * @return false: out of memory, or not what this service writes
 */
bool local_service_restore_object(struct local_service *s,
                                  const struct local_object *object);
bool local_service_restore_record(struct local_service *s,
                                  uint64_t stream,
                                  uint32_t shard,
                                  uint64_t position,
                                  const struct local_record *record);

/** Check that it is whole: hash keys tile, nothing points to what is not there. */
bool local_service_restored(struct local_service *s);

#endif /* KDS_LOCAL_SERVICE_H */
