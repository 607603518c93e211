/*
 * channels: the account's delivery channels, as far as the control plane shows them. Nothing is
 * delivered.
 *
 * Data only: knows no request and no clock. Not thread-safe.
 */
#ifndef KDS_LOCAL_CHANNELS_H
#define KDS_LOCAL_CHANNELS_H

#include <stdint.h>

#include "base/arena.h"
#include "labels.h"
#include "stream.h"

struct local_channel {
    enum local_status status;
    int64_t ready_us; /* when CREATING, UPDATING or DELETING ends */
    uint64_t stream;  /* id of the stream that it reads */
    struct local_labels labels;
    struct kds_arena memory;
    kds_channel_description_t *shown; /* but for its status; in memory */
};

struct local_channels {
    struct local_channel **items; /* in order of their names */
    size_t count, capacity;
};

/** The table of kds_channel_description_t. (lent for ever) */
const struct kds_shape *local_channel_shape(void);

/**
 * Add a channel that looks like this. (copied)
 * @return (lent until it is removed) ACTIVE; NULL when out of memory
 */
struct local_channel *local_channels_add(struct local_channels *all,
                                         const kds_channel_description_t *shown,
                                         uint64_t stream);

/** Let it look like this from now on. (copied) false: out of memory, no change. */
bool local_channel_show(struct local_channel *channel,
                        const kds_channel_description_t *shown);

struct local_channel *local_channels_by_name(const struct local_channels *all,
                                             kds_slice_t name);
struct local_channel *local_channels_by_id(const struct local_channels *all,
                                           kds_slice_t id);

/** Index of the first one whose name is above @p name; 0 if @p name is absent. */
size_t local_channels_behind(const struct local_channels *all, kds_slice_t name);

/** Remove and release it. */
void local_channels_remove(struct local_channels *all, struct local_channel *channel);
void local_channels_clear(struct local_channels *all);

#endif /* KDS_LOCAL_CHANNELS_H */
