/*
 * observer: how the service tells what must outlive the process.
 *
 * Objects are told as texts that only the service reads; an object that is told again replaces the
 * one before. All functions return false if they failed.
 */
#ifndef KDS_LOCAL_OBSERVER_H
#define KDS_LOCAL_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "shard_log.h"

enum local_object_kind {
    LOCAL_OBJECT_ACCOUNT,
    LOCAL_OBJECT_STREAM,
    LOCAL_OBJECT_SHARD,
    LOCAL_OBJECT_CONSUMER,
    LOCAL_OBJECT_CHANNEL,
    LOCAL_OBJECT_KINDS
};

/** One object. Kind, stream and name together are its key. */
struct local_object {
    enum local_object_kind kind;
    uint64_t stream;  /* its id; of ACCOUNT and CHANNEL 0 */
    kds_slice_t name; /* of SHARD its id, of STREAM and ACCOUNT empty */
    kds_slice_t
        value; /* JSON; absent: it is gone, a stream with all that belongs to it */
};

struct local_observer {
    bool (*object)(const struct local_object *object, void *opaque);
    bool (*record)(uint64_t stream,
                   uint32_t shard,
                   uint64_t position,
                   const struct local_record *record,
                   void *opaque);
    /* The records before position @p first of this shard are gone. */
    bool (*trimmed)(uint64_t stream, uint32_t shard, uint64_t first, void *opaque);
    /* The end of a call that told something: nothing of it may be lost from here on. */
    bool (*commit)(void *opaque);
    void *opaque;
};

#endif /* KDS_LOCAL_OBSERVER_H */
