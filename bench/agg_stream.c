/*
 * agg_stream: see agg_stream.h.
 */
#include "agg_stream.h"

#include "base/rng.h"
#include "harness.h"
#include "kernel/md5.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        bench_fail("out of memory");
    }
    return memory;
}

/* ---- source ------------------------------------------------------------------------------- */

void source_init(struct source *s, size_t count, size_t data_bytes, size_t distinct_keys)
{
    static const char digits[] = "0123456789abcdef";
    struct kds_rng rng;

    kds_rng_seed(&rng, 6);
    s->count = count;
    s->data_bytes = data_bytes;
    s->keys = must(malloc(count * STREAM_KEY_BYTES));
    s->data = must(malloc(count * data_bytes));
    s->hashes = must(malloc(count * sizeof *s->hashes));
    for (size_t i = 0; i < count; i++) {
        s->hashes[i] =
            i < distinct_keys ? kds_rng_next(&rng) : s->hashes[i - distinct_keys];
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t *key = s->keys + i * STREAM_KEY_BYTES;
        if (i >= distinct_keys) {
            memcpy(key, key - distinct_keys * STREAM_KEY_BYTES, STREAM_KEY_BYTES);
            continue;
        }
        for (size_t k = 0; k < STREAM_KEY_BYTES; k++) { /* looks like a UUID */
            bool dash = k == 8 || k == 13 || k == 18 || k == 23;
            key[k] = (uint8_t)(dash ? '-' : digits[kds_rng_next(&rng) >> 60]);
        }
    }
    for (size_t i = 0; i < count * data_bytes; i++) {
        s->data[i] = (uint8_t)kds_rng_next(&rng);
    }
}

void source_clear(struct source *s)
{
    free(s->keys);
    free(s->data);
    free(s->hashes);
}

struct kds_agg_record source_record(const struct source *s, size_t i)
{
    struct kds_agg_record r = {0};
    r.partition_key.p = s->keys + i * STREAM_KEY_BYTES;
    r.partition_key.n = STREAM_KEY_BYTES;
    r.data.p = s->data + i * s->data_bytes;
    r.data.n = s->data_bytes;
    return r;
}

/* ---- shards ------------------------------------------------------------------------------- */

void stream_range(size_t shard, kds_u128_t *first, kds_u128_t *last)
{
    const uint64_t width = UINT64_C(1) << 60;
    *first = (kds_u128_t){shard * width, 0};
    *last = (kds_u128_t){shard * width + (width - 1), UINT64_MAX};
}

/* A real search, as any stream needs: these ranges are even, but that is not made use of. */
static size_t shard_of(const struct stream *s, uint64_t hash_high)
{
    size_t base = 0;
    for (size_t half = STREAM_SHARDS / 2; half > 0; half /= 2) {
        base += s->starts[base + half] <= hash_high ? half : 0;
    }
    return base;
}

void stream_init(struct stream *s, const struct source *source, size_t aggregate_bytes)
{
    memset(s, 0, sizeof *s);
    s->source = source;
    pthread_mutex_init(&s->lock, NULL);
    for (size_t i = 0; i < STREAM_SHARDS; i++) {
        kds_u128_t first, last;
        stream_range(i, &first, &last);
        s->starts[i] = first.hi;
        s->shards[i].builder = must(kds_agg_builder_new(aggregate_bytes));
        /* The smallest record here takes more than 16 bytes. */
        s->shards[i].completion_cap = aggregate_bytes / 16 + 1;
        s->shards[i].completions =
            must(malloc(s->shards[i].completion_cap * sizeof(struct completion)));
    }
    for (size_t i = 0; i < STREAM_LANES; i++) {
        kds_buf_init(&s->sealed[i], (size_t)16 << 20);
    }
}

void stream_clear(struct stream *s)
{
    for (size_t i = 0; i < STREAM_SHARDS; i++) {
        kds_agg_builder_free(s->shards[i].builder);
        free(s->shards[i].completions);
    }
    for (size_t i = 0; i < STREAM_LANES; i++) {
        kds_buf_clear(&s->sealed[i]);
    }
    pthread_mutex_destroy(&s->lock);
}

static void finish_sealed(struct stream *s)
{
    uint8_t *messages[STREAM_LANES];
    size_t sizes[STREAM_LANES];
    for (size_t i = 0; i < s->sealed_count; i++) {
        messages[i] = s->sealed[i].p;
        sizes[i] = s->sealed[i].n;
    }
    if (!s->no_md5) {
        kds_agg_finish(messages, sizes, s->sealed_count);
    }
    for (size_t i = 0; i < s->sealed_count; i++) {
        if (s->on_finished != NULL) {
            s->on_finished(s->opaque, s->sealed_shard[i], kds_buf_slice(&s->sealed[i]));
        }
        kds_buf_reset(&s->sealed[i]);
    }
    s->sealed_count = 0;
}

static void seal_shard(struct stream *s, size_t shard)
{
    s->sealed_shard[s->sealed_count] = shard;
    if (kds_agg_builder_seal(s->shards[shard].builder, &s->sealed[s->sealed_count]) !=
        KDS_OK) {
        bench_fail("an aggregate cannot be sealed");
    }
    s->shards[shard].completion_count = 0;
    if (++s->sealed_count == STREAM_LANES) {
        finish_sealed(s);
    }
}

void stream_flush(struct stream *s)
{
    for (size_t i = 0; i < STREAM_SHARDS; i++) {
        if (kds_agg_builder_count(s->shards[i].builder) > 0) {
            seal_shard(s, i);
        }
    }
    finish_sealed(s);
}

static void append(struct stream *s, size_t shard, const struct kds_agg_record *r)
{
    if (kds_agg_builder_add(s->shards[shard].builder, r) != KDS_AGG_FULL) {
        return;
    }
    seal_shard(s, shard);
    if (kds_agg_builder_add(s->shards[shard].builder, r) != KDS_AGG_ADDED) {
        bench_fail("a record is not taken");
    }
}

/* ---- puts --------------------------------------------------------------------------------- */

/* The tag is what the digest has beside the part that chose the shard. */
static void put_hashed(struct stream *s, size_t i, const uint8_t digest[KDS_MD5_BYTES])
{
    struct kds_agg_record r = source_record(s->source, i);
    memcpy(&r.key_tag, digest + KDS_MD5_BYTES - sizeof r.key_tag, sizeof r.key_tag);
    append(s, shard_of(s, kds_u128_from_be(digest).hi), &r);
}

void stream_put_batches(void *stream)
{
    struct stream *s = stream;
    struct kds_md5_job jobs[STREAM_BATCH];
    uint8_t digests[STREAM_BATCH][KDS_MD5_BYTES];

    for (size_t i = 0; i < s->source->count; i += STREAM_BATCH) {
        size_t left = s->source->count - i;
        size_t n = left < STREAM_BATCH ? left : STREAM_BATCH;
        for (size_t k = 0; k < n; k++) {
            jobs[k].message = source_record(s->source, i + k).partition_key;
            jobs[k].digest = digests[k];
        }
        kds_md5_many(jobs, n);
        for (size_t k = 0; k < n; k++) {
            put_hashed(s, i + k, digests[k]);
        }
    }
}

void stream_put_singles(void *stream)
{
    struct stream *s = stream;
    for (size_t i = 0; i < s->source->count; i++) {
        struct kds_agg_record r = source_record(s->source, i);
        uint8_t digest[KDS_MD5_BYTES];
        kds_md5(r.partition_key.p, r.partition_key.n, digest);
        memcpy(&r.key_tag, digest + KDS_MD5_BYTES - sizeof r.key_tag, sizeof r.key_tag);
        size_t n = shard_of(s, kds_u128_from_be(digest).hi);
        struct shard *shard = &s->shards[n];

        pthread_mutex_lock(&s->lock);
        append(s, n, &r);
        shard->completions[shard->completion_count++] = (struct completion){
            .tag = shard, .arrived_us = (int64_t)i, .bytes = (uint32_t)r.data.n};
        pthread_mutex_unlock(&s->lock);
    }
}

void stream_put_hashed(void *stream)
{
    struct stream *s = stream;
    for (size_t i = 0; i < s->source->count; i++) {
        struct kds_agg_record r = source_record(s->source, i);
        uint64_t hash = s->source->hashes[i];
        r.key_tag = (uint32_t)hash;
        append(s, shard_of(s, hash), &r);
    }
}
