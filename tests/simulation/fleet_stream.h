/*
 * fleet_stream: a stream for a simulated fleet: shards that are split, each with one record, which is there as soon as
 * the shard is.
 *
 * Answers are one piece of memory each, to be given back by free(); names in them are the stream's.
 */
#ifndef SIMULATION_FLEET_STREAM_H
#define SIMULATION_FLEET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"
#include "kds/kinesis.h"

struct fleet_shard {
    char id[32];
    bool has_parent;
    size_t parent;
    size_t children[2];
    kds_u128_t first, last;
    bool closed;
    bool ended;        /* its lease is at SHARD_END */
    int64_t born_us;   /* when the split was done; 0 for those of the beginning */
    int64_t handed_us; /* when its record was handed out; KDS_NEVER_US = not yet */
};

/** All zeros is an empty one. */
struct fleet_stream {
    struct fleet_shard *shards;
    size_t count, most, open;
};

/** @p count shards that divide the hash keys; with those that come of them there will be at most @p most. */
void fleet_stream_init(struct fleet_stream *s, size_t count, size_t most);
void fleet_stream_clear(struct fleet_stream *s);

/** Split an open shard in two. */
void fleet_stream_split(struct fleet_stream *s, size_t shard, int64_t now_us);

/** The number of a shard, from its id. */
size_t fleet_stream_number(const char *shard_id);

/* ---- answers -------------------------------------------------------------------------------- */

const void *fleet_stream_describe(void);
const void *fleet_stream_list(const struct fleet_stream *s,
                              const kds_list_shards_in_t *in);
const void *fleet_stream_iterator(const struct fleet_stream *s,
                                  const kds_get_shard_iterator_in_t *in);
const void *fleet_stream_records(const struct fleet_stream *s,
                                 const kds_get_records_in_t *in);

#endif /* SIMULATION_FLEET_STREAM_H */
