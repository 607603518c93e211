/*
 * aggregator: user records to Kinesis records: an open aggregate for each shard, and a queue of
 * those that are sealed.
 *
 * Sealed ones get their MD5 when the first of them is taken, all together.
 * Wire format: docs/wire/aggregation.md
 */
#include "kds/agg.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sized.h"
#include "base/text.h"
#include "base/u128.h"
#include "codec/agg.h"
#include "codec/agg_range.h"
#include "kernel/md5.h"

#include <stdlib.h>
#include <string.h>

#define KEY_CHARACTERS_MAX 256
#define HASH_LANES         64 /* keys handed to the MD5 kernel at a time */

/* A shard and its open aggregate. */
struct shard {
    kds_u128_t first, last;
    size_t index; /* in the caller's order */
    struct kds_agg_builder *builder;
    kds_u128_t hash; /* of the first record in it */
};

/* A sealed Kinesis record. Its memory serves again once all have been taken. */
struct sealed {
    struct kds_buf bytes; /* data, a single user record's key, the hash key in decimal */
    size_t data_n, key_n, hash_n;
    size_t shard; /* in the caller's order */
    size_t count; /* user records */
};

struct kds_aggregator {
    size_t max_records;
    struct shard *shards; /* by hash key */
    size_t shard_count;
    struct sealed *sealed;
    size_t sealed_count, sealed_capacity;
    size_t taken;    /* sealed[0 .. taken - 1] */
    size_t finished; /* sealed[0 .. finished - 1] have their MD5 */
    size_t open_records;
};

/* ---- making ------------------------------------------------------------------------------- */

static int by_first(const void *a, const void *b)
{
    const struct shard *x = a, *y = b;
    return kds_u128_cmp(x->first, y->first);
}

static kds_err_t add_shards(kds_aggregator_t *a,
                            const kds_aggregator_options_t *options,
                            kds_error_t **error)
{
    const kds_shard_range_t everything = {
        KDS_SLICE_LIT("0"), KDS_SLICE_LIT("340282366920938463463374607431768211455")};
    const kds_shard_range_t *ranges =
        options->shard_count > 0 ? options->shards : &everything;
    size_t count = options->shard_count > 0 ? options->shard_count : 1;

    a->shards = kds_alloc_zero(count, sizeof *a->shards);
    if (a->shards == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    a->shard_count = count;
    for (size_t i = 0; i < count; i++) {
        struct shard *s = &a->shards[i];
        s->index = i;
        if (!kds_agg_range_parse(&ranges[i], &s->first, &s->last)) {
            return kds_error_set(error, KDS_ERR_INVALID_ARG,
                                 "shard %zu: not a range of decimal hash keys", i);
        }
    }
    qsort(a->shards, count, sizeof *a->shards, by_first);
    for (size_t i = 1; i < count; i++) {
        if (kds_u128_cmp(a->shards[i - 1].last, a->shards[i].first) >= 0) {
            return kds_error_set(error, KDS_ERR_INVALID_ARG, "shards %zu and %zu overlap",
                                 a->shards[i - 1].index, a->shards[i].index);
        }
    }
    return KDS_OK;
}

static kds_err_t add_builders(kds_aggregator_t *a, size_t max_bytes, kds_error_t **error)
{
    for (size_t i = 0; i < a->shard_count; i++) {
        a->shards[i].builder = kds_agg_builder_new(max_bytes);
        if (a->shards[i].builder == NULL) {
            return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
        }
    }
    return KDS_OK;
}

static kds_err_t
fill(kds_aggregator_t *a, const kds_aggregator_options_t *options, kds_error_t **error)
{
    size_t max_bytes =
        options->max_bytes > 0 ? options->max_bytes : KDS_AGGREGATE_BYTES_DEFAULT;
    if (max_bytes > KDS_AGGREGATE_BYTES_MAX) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "max_bytes: %zu, must be 0..%d",
                             max_bytes, KDS_AGGREGATE_BYTES_MAX);
    }
    if (options->shards == NULL && options->shard_count > 0) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "shards: NULL, but %zu of them",
                             options->shard_count);
    }
    a->max_records = options->max_records > 0 ? options->max_records : SIZE_MAX;
    kds_err_t rc = add_shards(a, options, error);
    return rc == KDS_OK ? add_builders(a, max_bytes, error) : rc;
}

kds_err_t kds_aggregator_new(const kds_aggregator_options_t *options,
                             kds_aggregator_t **aggregator,
                             kds_error_t **error)
{
    kds_aggregator_options_t own = {.struct_size = sizeof own};
    if (options != NULL && !kds_sized_copy(&own, sizeof own, options)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "options: struct_size %zu is not possible, or a member is "
                             "not known to this library",
                             options->struct_size);
    }
    kds_aggregator_t *a = kds_alloc_zero(1, sizeof *a);
    if (a == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kds_err_t rc = fill(a, &own, error);
    if (rc != KDS_OK) {
        kds_aggregator_free(a);
        return rc;
    }
    *aggregator = a;
    return KDS_OK;
}

void kds_aggregator_free(kds_aggregator_t *a)
{
    if (a == NULL) {
        return;
    }
    for (size_t i = 0; i < a->shard_count; i++) {
        kds_agg_builder_free(a->shards[i].builder);
    }
    for (size_t i = 0; i < a->sealed_capacity; i++) {
        kds_buf_clear(&a->sealed[i].bytes);
    }
    kds_free(a->shards);
    kds_free(a->sealed);
    kds_free(a);
}

/* ---- sealing ------------------------------------------------------------------------------ */

static bool room_for_sealed(kds_aggregator_t *a)
{
    if (a->taken == a->sealed_count) {
        a->taken = a->finished = a->sealed_count = 0;
    }
    if (a->sealed_count < a->sealed_capacity) {
        return true;
    }
    size_t capacity = a->sealed_capacity > 0 ? 2 * a->sealed_capacity : 16;
    struct sealed *sealed = kds_realloc_array(a->sealed, capacity, sizeof *sealed);
    if (sealed == NULL) {
        return false;
    }
    for (size_t i = a->sealed_capacity; i < capacity; i++) {
        sealed[i] = (struct sealed){.data_n = 0};
        kds_buf_init(&sealed[i].bytes, SIZE_MAX);
    }
    a->sealed = sealed;
    a->sealed_capacity = capacity;
    return true;
}

/* The open aggregate of a shard moves to the end of the queue; on failure it stays. */
static bool seal(kds_aggregator_t *a, struct shard *s)
{
    struct kds_agg_view single;
    char hash[KDS_U128_DIGITS_MAX];
    if (!room_for_sealed(a)) {
        return false;
    }
    struct sealed *out = &a->sealed[a->sealed_count];
    out->count = kds_agg_builder_count(s->builder);
    out->shard = s->index;
    out->key_n = 0;
    out->hash_n = kds_u128_format(s->hash, hash);
    kds_buf_reset(&out->bytes);
    if (kds_agg_builder_single(s->builder, &single)) {
        out->data_n = single.data.n;
        out->key_n = single.partition_key.n;
        kds_buf_add_slice(&out->bytes, single.data);
        kds_buf_add_slice(&out->bytes, single.partition_key);
    } else {
        out->data_n = kds_agg_builder_size(s->builder);
        /* All memory first: sealing empties the builder. */
        kds_buf_reserve(&out->bytes, out->data_n + out->hash_n);
        kds_agg_builder_seal(s->builder, &out->bytes);
    }
    kds_buf_add(&out->bytes, hash, out->hash_n);
    if (out->bytes.err != KDS_OK) {
        return false;
    }
    kds_agg_builder_reset(s->builder);
    a->open_records -= out->count;
    a->sealed_count++;
    return true;
}

kds_err_t kds_aggregator_flush(kds_aggregator_t *a, kds_error_t **error)
{
    for (size_t i = 0; i < a->shard_count; i++) {
        if (kds_agg_builder_count(a->shards[i].builder) > 0 && !seal(a, &a->shards[i])) {
            return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
        }
    }
    return KDS_OK;
}

size_t kds_aggregator_open_records(const kds_aggregator_t *a)
{
    return a->open_records;
}

/* ---- adding ------------------------------------------------------------------------------- */

static kds_err_t check_record(const kds_user_record_t *r, kds_error_t **error)
{
    size_t characters = 0;
    if (r->partition_key.p == NULL || !kds_utf8_valid(r->partition_key, &characters)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "partition key: %s",
                             r->partition_key.p ? "must be UTF-8" : "is missing");
    }
    if (characters < 1 || characters > KEY_CHARACTERS_MAX) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "partition key: %zu characters, must be 1..%d", characters,
                             KEY_CHARACTERS_MAX);
    }
    if (r->data.p == NULL && r->data.n > 0) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "data: NULL with %zu bytes",
                             r->data.n);
    }
    if (r->data.n > KDS_AGGREGATE_BYTES_MAX - r->partition_key.n) {
        return kds_error_set(error, KDS_ERR_TOO_LARGE,
                             "record: %zu bytes of data and %zu of key exceed %d",
                             r->data.n, r->partition_key.n, KDS_AGGREGATE_BYTES_MAX);
    }
    return KDS_OK;
}

static kds_err_t parse_hash_key(kds_slice_t text, kds_u128_t *hash, kds_error_t **error)
{
    return kds_u128_parse(text, hash)
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_INVALID_ARG,
                               "explicit hash key: \"%.*s\" must be a decimal number of "
                               "0..2^128-1 without leading zeros",
                               (int)(text.n < 60 ? text.n : 60), (const char *)text.p);
}

/* NULL if none of them takes the hash key. */
static struct shard *find_shard(const kds_aggregator_t *a, kds_u128_t hash)
{
    size_t from = 0,
           to = a->shard_count; /* those that begin at or below are before `to` */
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (kds_u128_cmp(a->shards[middle].first, hash) <= 0) {
            from = middle;
        } else {
            to = middle;
        }
    }
    struct shard *s = &a->shards[from];
    return kds_u128_cmp(s->first, hash) <= 0 && kds_u128_cmp(hash, s->last) <= 0 ? s
                                                                                 : NULL;
}

static kds_err_t append(kds_aggregator_t *a,
                        struct shard *s,
                        const struct kds_agg_record *record,
                        kds_u128_t hash)
{
    enum kds_agg_add done = kds_agg_builder_count(s->builder) < a->max_records
                                ? kds_agg_builder_add(s->builder, record)
                                : KDS_AGG_FULL;
    if (done == KDS_AGG_FULL) {
        if (!seal(a, s)) {
            return KDS_ERR_NO_MEMORY;
        }
        done = kds_agg_builder_add(s->builder, record);
    }
    if (done != KDS_AGG_ADDED) { /* a first record is never too large */
        return KDS_ERR_NO_MEMORY;
    }
    if (kds_agg_builder_count(s->builder) == 1) {
        s->hash = hash;
    }
    a->open_records++;
    return KDS_OK;
}

/* A record that was checked, and its hash key. */
static kds_err_t place(kds_aggregator_t *a,
                       const kds_user_record_t *r,
                       kds_u128_t hash,
                       kds_error_t **error)
{
    const struct kds_agg_record record = {r->partition_key, r->explicit_hash_key, r->data,
                                          0};
    struct shard *s = find_shard(a, hash);
    if (s == NULL) {
        char text[KDS_U128_DIGITS_MAX];
        return kds_error_set(error, KDS_ERR_NOT_FOUND,
                             "hash key %.*s: none of the shards takes it",
                             (int)kds_u128_format(hash, text), text);
    }
    if (a->sealed_count - a->taken >= KDS_AGGREGATOR_READY_MAX) {
        return kds_error_set(error, KDS_ERR_QUEUE_FULL,
                             "%d Kinesis records wait to be taken",
                             KDS_AGGREGATOR_READY_MAX);
    }
    kds_err_t rc = append(a, s, &record, hash);
    return rc == KDS_OK ? KDS_OK : kds_error_set(error, rc, "out of memory");
}

kds_err_t kds_aggregator_add(kds_aggregator_t *a,
                             const kds_user_record_t *record,
                             kds_error_t **error)
{
    kds_user_record_t r = {.struct_size = sizeof r};
    kds_u128_t hash;
    if (!kds_sized_copy(&r, sizeof r, record)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "record: struct_size %zu is not possible, or a member is "
                             "not known to this library",
                             record->struct_size);
    }
    kds_err_t rc = check_record(&r, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (r.explicit_hash_key.p != NULL) {
        rc = parse_hash_key(r.explicit_hash_key, &hash, error);
        return rc == KDS_OK ? place(a, &r, hash, error) : rc;
    }
    uint8_t digest[KDS_MD5_BYTES];
    kds_md5(r.partition_key.p, r.partition_key.n, digest);
    return place(a, &r, kds_u128_from_be(digest), error);
}

/* ---- many at once ------------------------------------------------------------------------- */

/* The record at @p at, which moves behind it. */
static kds_user_record_t unpack(const uint8_t **at, const uint32_t lengths[3])
{
    kds_user_record_t r = {.struct_size = sizeof r};
    r.partition_key = (kds_slice_t){*at, lengths[0]};
    *at += lengths[0];
    r.explicit_hash_key = (kds_slice_t){lengths[1] > 0 ? *at : NULL, lengths[1]};
    *at += lengths[1];
    r.data = (kds_slice_t){*at, lengths[2]};
    *at += lengths[2];
    return r;
}

/* Some records on their way in. */
struct batch {
    kds_user_record_t records[HASH_LANES];
    uint8_t digests[HASH_LANES]
                   [KDS_MD5_BYTES]; /* of the keys of those without explicit hash key */
    size_t count;
};

/* Unpack and check up to @p count records, to the first that is not valid; hash them together. */
static kds_err_t batch_fill(struct batch *batch,
                            const uint8_t **at,
                            const uint32_t *lengths,
                            size_t count,
                            kds_error_t **error)
{
    KDS_UNINITIALIZED struct kds_md5_job jobs[HASH_LANES];
    kds_err_t rc = KDS_OK;
    size_t waiting = 0, n = 0;
    for (; n < count; n++) {
        batch->records[n] = unpack(at, lengths + 3 * n);
        rc = check_record(&batch->records[n], error);
        if (rc != KDS_OK) {
            break;
        }
        if (batch->records[n].explicit_hash_key.p == NULL) {
            jobs[waiting].message = batch->records[n].partition_key;
            jobs[waiting++].digest = batch->digests[n];
        }
    }
    kds_md5_many(jobs, waiting);
    batch->count = n;
    return rc;
}

/* @return KDS_OK, or why record *added of the batch was refused. */
static kds_err_t batch_add(kds_aggregator_t *a,
                           const struct batch *batch,
                           size_t *added,
                           kds_error_t **error)
{
    for (*added = 0; *added < batch->count; ++*added) {
        const kds_user_record_t *r = &batch->records[*added];
        kds_err_t rc = KDS_OK;
        kds_u128_t hash;
        if (r->explicit_hash_key.p != NULL) {
            rc = parse_hash_key(r->explicit_hash_key, &hash, error);
        } else {
            hash = kds_u128_from_be(batch->digests[*added]);
        }
        rc = rc == KDS_OK ? place(a, r, hash, error) : rc;
        if (rc != KDS_OK) {
            return rc;
        }
    }
    return KDS_OK;
}

kds_err_t kds_aggregator_add_packed(kds_aggregator_t *a,
                                    kds_slice_t bytes,
                                    const uint32_t *lengths,
                                    size_t count,
                                    size_t *added,
                                    kds_error_t **error)
{
    const uint8_t *at = bytes.p;
    kds_err_t rc = KDS_OK;
    size_t done = 0;

    *added = 0;
    if (!kds_agg_lengths_fit(lengths, count, 3, bytes.n)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "lengths: do not add up to %zu bytes", bytes.n);
    }
    while (done < count && rc == KDS_OK) {
        KDS_UNINITIALIZED struct batch batch;
        kds_error_t *invalid = NULL;
        size_t n, some = count - done < HASH_LANES ? count - done : HASH_LANES;
        kds_err_t rc_invalid =
            batch_fill(&batch, &at, lengths + 3 * done, some, &invalid);
        rc = batch_add(a, &batch, &n, error);
        done += n;
        if (rc == KDS_OK && rc_invalid != KDS_OK) { /* which stands behind the batch */
            rc = kds_error_set(error, rc_invalid, "%s", kds_error_message(invalid));
        }
        kds_error_free(invalid);
    }
    *added = done;
    return rc;
}

/* ---- taking ------------------------------------------------------------------------------- */

static void finish(kds_aggregator_t *a)
{
    KDS_UNINITIALIZED uint8_t *messages[HASH_LANES];
    KDS_UNINITIALIZED size_t sizes[HASH_LANES];
    while (a->finished < a->sealed_count) {
        size_t n = 0;
        for (; a->finished < a->sealed_count && n < HASH_LANES; a->finished++) {
            struct sealed *s = &a->sealed[a->finished];
            if (s->count > 1) {
                messages[n] = s->bytes.p;
                sizes[n++] = s->data_n;
            }
        }
        kds_agg_finish(messages, sizes, n);
    }
}

int kds_aggregator_take(kds_aggregator_t *a, kds_aggregate_t *out)
{
    if (a->taken == a->sealed_count) {
        return 0;
    }
    finish(a);
    const struct sealed *s = &a->sealed[a->taken];
    const uint8_t *p = s->bytes.p;
    kds_aggregate_t full = {.struct_size = out->struct_size};
    full.data = (kds_slice_t){p, s->data_n};
    full.partition_key =
        s->count > 1 ? kds_slice("a") : (kds_slice_t){p + s->data_n, s->key_n};
    full.explicit_hash_key = (kds_slice_t){p + s->data_n + s->key_n, s->hash_n};
    full.shard = s->shard;
    full.user_records = s->count;
    if (!kds_sized_give(out, &full, sizeof full)) {
        return 0;
    }
    a->taken++;
    return 1;
}
