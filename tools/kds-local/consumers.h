/*
 * consumers: the registered fan-out consumers of a stream.
 *
 * Data only: knows no request and no clock. Not thread-safe.
 */
#ifndef KDS_LOCAL_CONSUMERS_H
#define KDS_LOCAL_CONSUMERS_H

#include <stdint.h>

#include "labels.h"
#include "stream.h"

/** When a consumer called for a shard. */
struct local_attempt {
    uint32_t shard;
    int64_t called_us, served_us; /* last; INT64_MIN = never */
};

struct local_consumer {
    char name[129];
    int64_t created_ms;
    enum local_status status; /* CREATING, ACTIVE or DELETING */
    int64_t ready_us;         /* when CREATING or DELETING ends */
    struct local_labels labels;
    struct local_attempt *attempts; /* the newest ones, one for each shard */
    size_t attempt_count;
};

/** @return (lent until it is removed) the new one, ACTIVE; NULL when out of memory */
struct local_consumer *
local_consumer_add(struct local_stream *s, kds_slice_t name, int64_t now_us);

/** NULL if there is none of this name. */
struct local_consumer *local_consumer_find(const struct local_stream *s,
                                           kds_slice_t name);

/** Index of the first one whose name is above @p name; 0 if @p name is absent. */
size_t local_consumer_behind(const struct local_stream *s, kds_slice_t name);

/** Remove and release it. */
void local_consumer_remove(struct local_stream *s, struct local_consumer *consumer);
void local_consumer_free(struct local_consumer *consumer);

#endif /* KDS_LOCAL_CONSUMERS_H */
