/*
 * agg_stream: the producer's data path without the producer: keys to hashes, hashes to shards,
 * records into the shard's open aggregate, sealed aggregates hashed together.
 *
 * One thread. What libkpl adds (deadlines, limits, outcomes) is not here, except a record's entry in
 * its aggregate's list for the variants that put one by one.
 */
#ifndef BENCH_AGG_STREAM_H
#define BENCH_AGG_STREAM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/u128.h"
#include "codec/agg.h"

#define STREAM_SHARDS    16
#define STREAM_KEY_BYTES 36
#define STREAM_BATCH     64 /* records of one batch put whose keys are hashed together */
#define STREAM_LANES     16 /* sealed aggregates that wait for their MD5 together */

/* The user's records, as they lie in his memory. */
struct source {
    uint8_t *keys; /* STREAM_KEY_BYTES each */
    uint8_t *data;
    uint64_t *hashes; /* one per record, the same for the same key; stands for its MD5 */
    size_t count, data_bytes;
};

/** @p distinct_keys of them, in turn; contents from a fixed seed. */
void source_init(struct source *s, size_t count, size_t data_bytes, size_t distinct_keys);
void source_clear(struct source *s);
struct kds_agg_record source_record(const struct source *s, size_t i);

/* What a producer remembers of a record until its outcome is known. */
struct completion {
    void *tag;
    int64_t arrived_us;
    uint32_t bytes;
    uint32_t attempts;
};

struct shard {
    struct kds_agg_builder *builder;
    struct completion *completions; /* of the open aggregate */
    size_t completion_count, completion_cap;
};

struct stream {
    const struct source *source;
    struct shard shards[STREAM_SHARDS];
    uint64_t starts[STREAM_SHARDS]; /* upper half of each first hash */
    pthread_mutex_t lock;
    struct kds_buf sealed[STREAM_LANES];
    size_t sealed_shard[STREAM_LANES];
    size_t sealed_count;
    bool no_md5; /* leave the aggregates unfinished: what the codec alone costs */
    /* NULL, or told of every finished aggregate. */
    void (*on_finished)(void *opaque, size_t shard, kds_slice_t message);
    void *opaque;
};

void stream_init(struct stream *s, const struct source *source, size_t aggregate_bytes);
void stream_clear(struct stream *s);

/** The hashes of a shard: first, and last inclusive. */
void stream_range(size_t shard, kds_u128_t *first, kds_u128_t *last);

/* Each puts the whole source once; aggregates stay open from call to call. */
void stream_put_batches(void *stream); /* keys hashed STREAM_BATCH at a time */
void stream_put_singles(
    void *stream); /* one key at a time, a lock and a completion each */
void stream_put_hashed(
    void *stream); /* hashes known: the codec and the aggregates' MD5 */

/** Seal and finish what is open. */
void stream_flush(struct stream *s);

#endif /* BENCH_AGG_STREAM_H */
