/*
 * service: the operations, on typed values. The core of the local server.
 *
 * Pure: the time is handed in, the secret of its tokens comes from a seed, and the same calls give the
 * same answers. No thread, socket, file or clock; not thread-safe.
 */
#ifndef KDS_LOCAL_SERVICE_H
#define KDS_LOCAL_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "kds/kinesis.h"
#include "model/operations.h"
#include "stream.h"

/** One Kinesis record that was stored just now. Everything (lent until return). */
struct local_stored {
    const char *stream;
    const struct local_shard *shard;
    const struct local_record *record;
    kds_slice_t explicit_hash_key; /* absent if it was put without one */
};

typedef void(local_stored_fn)(const struct local_stored *stored, void *opaque);

struct local_service_options {
    uint64_t seed;
    bool limits;             /* hold each shard to the service's throughput */
    const char *region;      /* (copied) of the ARNs; NULL = us-east-1 */
    const char *account;     /* (copied) 12 digits; NULL = 000000000000 */
    local_stored_fn *stored; /* told before the answer is given; may be NULL */
    void *opaque;
};

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
 * @param now_us   wall clock, since 1970
 * @param input    (borrowed) the operation's input struct
 * @param output   (borrowed) room for its output struct; what it points to is in @p arena or in the
 *                 service, and valid until the next call
 * @param fault    (borrowed) filled on failure
 * @return false on failure; nothing was changed, but for PutRecords that ran out of memory half-way
 */
bool local_service_call(struct local_service *s,
                        int64_t now_us,
                        enum kds_operation_id operation,
                        const void *input,
                        void *output,
                        struct kds_arena *arena,
                        struct local_fault *fault);

/** A stream by its name; NULL if there is none. For the one who owns the service. */
struct local_stream *local_service_stream(struct local_service *s, const char *name);

#endif /* KDS_LOCAL_SERVICE_H */
