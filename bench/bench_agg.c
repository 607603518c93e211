/*
 * bench_agg: aggregation and de-aggregation against their targets (T6 to T10 of docs/benchmarks.md).
 *
 * Before anything is timed, every aggregate that the benchmark makes is compared with what protobuf-c
 * and OpenSSL make of the same records, and what is read back with what they read.
 */
#include "agg_stream.h"

#include "base/alloc.h"
#include "counting.h"
#include "harness.h"
#include "kernel/cpu.h"
#include "support/agg_oracle.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGGREGATE_SMALL ((size_t)50 * 1024)
#define AGGREGATE_LARGE ((size_t)1000 * 1000)

/* Two rounds of 16 large aggregates, so that each sample meets as many of them. */
#define LARGE_RECORDS ((size_t)2 * STREAM_LANES * 9170)

/* ---- OpenSSL's MD5, at its best: fetched once, one context -------------------------------- */

static EVP_MD *evp_md5;
static EVP_MD_CTX *evp_ctx;

static void evp_digest(const uint8_t *p, size_t n, uint8_t digest[16])
{
    if (EVP_DigestInit_ex2(evp_ctx, evp_md5, NULL) != 1 ||
        EVP_DigestUpdate(evp_ctx, p, n) != 1 ||
        EVP_DigestFinal_ex(evp_ctx, digest, NULL) != 1) {
        bench_fail("OpenSSL refuses MD5");
    }
}

static void evp_open(void)
{
    evp_md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    evp_ctx = EVP_MD_CTX_new();
    if (evp_md5 == NULL || evp_ctx == NULL) {
        bench_fail("OpenSSL has no MD5");
    }
}

static void evp_close(void)
{
    EVP_MD_CTX_free(evp_ctx);
    EVP_MD_free(evp_md5);
}

/* T6, T7: one MD5 for each key. */
static void evp_hash_keys(void *opaque)
{
    const struct source *s = opaque;
    uint8_t digest[16];
    for (size_t i = 0; i < s->count; i++) {
        kds_slice_t key = source_record(s, i).partition_key;
        evp_digest(key.p, key.n, digest);
    }
}

/* ---- the answers are right ---------------------------------------------------------------- */

/* The records of each shard in the order of their puts, by OpenSSL's MD5. */
struct expected {
    const struct source *source;
    bool distinct;
    struct kds_agg_record *records[STREAM_SHARDS];
    size_t count[STREAM_SHARDS], next[STREAM_SHARDS];
    size_t messages, bytes;
};

static void expected_init(struct expected *e, const struct source *source, bool distinct)
{
    memset(e, 0, sizeof *e);
    e->source = source;
    e->distinct = distinct;
    for (size_t i = 0; i < STREAM_SHARDS; i++) {
        e->records[i] = malloc(source->count * sizeof *e->records[i]);
        if (e->records[i] == NULL) {
            bench_fail("out of memory");
        }
    }
    for (size_t i = 0; i < source->count; i++) {
        struct kds_agg_record r = source_record(source, i);
        uint8_t digest[16];
        evp_digest(r.partition_key.p, r.partition_key.n, digest);
        size_t shard = digest[0] >> 4;
        e->records[shard][e->count[shard]++] = r;
    }
}

static void expected_clear(struct expected *e)
{
    for (size_t i = 0; i < STREAM_SHARDS; i++) {
        free(e->records[i]);
    }
}

static void compare_finished(void *opaque, size_t shard, kds_slice_t message)
{
    struct expected *e = opaque;
    AggregatedRecord *parsed = NULL;
    struct kds_buf packed;

    if (agg_oracle_open(message, &parsed) != KDS_AGG_VALID ||
        parsed->n_records > e->count[shard] - e->next[shard]) {
        bench_fail("an aggregate is not what protobuf-c reads");
    }
    kds_buf_init(&packed, message.n);
    agg_oracle_pack(e->records[shard] + e->next[shard], parsed->n_records, e->distinct,
                    &packed);
    if (packed.n != message.n || memcmp(packed.p, message.p, message.n) != 0) {
        bench_fail("an aggregate is not what protobuf-c packs");
    }
    e->next[shard] += parsed->n_records;
    e->messages++;
    e->bytes += message.n;
    kds_buf_clear(&packed);
    aggregated_record__free_unpacked(parsed, NULL);
}

/* One pass over the source by @p put, every aggregate compared. */
static void check_put(const struct source *source,
                      bool distinct,
                      size_t aggregate_bytes,
                      void (*put)(void *stream))
{
    static struct stream s;
    struct expected e;
    expected_init(&e, source, distinct);
    stream_init(&s, source, aggregate_bytes);
    s.on_finished = compare_finished;
    s.opaque = &e;
    put(&s);
    stream_flush(&s);
    for (size_t i = 0; i < STREAM_SHARDS; i++) {
        if (e.next[i] != e.count[i]) {
            bench_fail("records are missing");
        }
    }
    printf("  checked: %zu aggregates, %.1f bytes a record, equal to protobuf-c's\n",
           e.messages, (double)e.bytes / (double)source->count);
    stream_clear(&s);
    expected_clear(&e);
}

/* ---- reading ------------------------------------------------------------------------------ */

#define READ_BATCH STREAM_SHARDS /* one aggregate of each shard */

struct reader {
    struct kds_buf messages[READ_BATCH];
    kds_slice_t data[READ_BATCH];
    struct kds_agg_decoder *decoder;
    struct kds_agg_view *views; /* of one aggregate */
    size_t records, bytes;
};

static void keep_first(void *opaque, size_t shard, kds_slice_t message)
{
    struct reader *r = opaque;
    if (r->messages[shard].n == 0) {
        kds_buf_add_slice(&r->messages[shard], message);
    }
}

static void check_message(struct reader *r, size_t shard)
{
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    kds_u128_t first, last;
    size_t count = 0;

    if (agg_oracle_compare(r->decoder, r->data[shard], &kind) != NULL ||
        kind != KDS_AGG_VALID ||
        kds_agg_decoder_open(r->decoder, r->data[shard], &kind, &count) != KDS_OK) {
        bench_fail("an aggregate is read otherwise than protobuf-c does");
    }
    stream_range(shard, &first, &last);
    if (!kds_agg_decoder_within(r->decoder, first, last)) {
        bench_fail("an aggregate is found outside its shard");
    }
    stream_range((shard + 1) % STREAM_SHARDS, &first, &last);
    if (kds_agg_decoder_within(r->decoder, first, last)) {
        bench_fail("an aggregate is found in a foreign shard");
    }
    r->records += count;
    r->bytes += r->data[shard].n;
}

static void reader_init(struct reader *r, const struct source *source)
{
    static struct stream s;
    memset(r, 0, sizeof *r);
    r->decoder = kds_agg_decoder_new();
    r->views = malloc(AGGREGATE_SMALL / 16 * sizeof *r->views);
    if (r->decoder == NULL || r->views == NULL) {
        bench_fail("out of memory");
    }
    for (size_t i = 0; i < READ_BATCH; i++) {
        kds_buf_init(&r->messages[i], AGGREGATE_SMALL);
    }
    stream_init(&s, source, AGGREGATE_SMALL);
    s.on_finished = keep_first;
    s.opaque = r;
    stream_put_batches(&s);
    stream_flush(&s);
    stream_clear(&s);
    for (size_t i = 0; i < READ_BATCH; i++) {
        r->data[i] = kds_buf_slice(&r->messages[i]);
        check_message(r, i);
    }
}

static void reader_clear(struct reader *r)
{
    for (size_t i = 0; i < READ_BATCH; i++) {
        kds_buf_clear(&r->messages[i]);
    }
    kds_agg_decoder_free(r->decoder);
    free(r->views);
}

static void read_records(struct reader *r, size_t shard, bool filter)
{
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    size_t count = 0;
    kds_agg_decoder_open_sealed(r->decoder, r->data[shard], &kind, &count);
    if (filter) {
        kds_u128_t first, last;
        stream_range(shard, &first, &last);
        if (!kds_agg_decoder_within(r->decoder, first, last)) {
            bench_fail("an aggregate is found outside its shard");
        }
    }
    if (kds_agg_decoder_read(r->decoder, r->views, AGGREGATE_SMALL / 16) != count) {
        bench_fail("records are missing");
    }
}

/* What a consumer does with one answer: MD5 of all, then range and records of each. */
static void read_checked(void *opaque)
{
    struct reader *r = opaque;
    bool sealed[READ_BATCH];
    kds_agg_check(r->data, READ_BATCH, sealed);
    for (size_t i = 0; i < READ_BATCH; i++) {
        if (!sealed[i]) {
            bench_fail("an MD5 does not fit");
        }
        read_records(r, i, true);
    }
}

static void parse_only(void *opaque)
{
    struct reader *r = opaque;
    for (size_t i = 0; i < READ_BATCH; i++) {
        read_records(r, i, false);
    }
}

static void evp_hash_messages(void *opaque)
{
    const struct reader *r = opaque;
    uint8_t digest[16];
    for (size_t i = 0; i < READ_BATCH; i++) {
        evp_digest(r->data[i].p, r->data[i].n, digest);
    }
}

static void unpack_with_protobuf_c(void *opaque)
{
    const struct reader *r = opaque;
    for (size_t i = 0; i < READ_BATCH; i++) {
        AggregatedRecord *parsed = aggregated_record__unpack(
            NULL, r->data[i].n - KDS_AGG_OVERHEAD, r->data[i].p + 4);
        aggregated_record__free_unpacked(parsed, NULL);
    }
}

/* ---- the targets -------------------------------------------------------------------------- */

static void measure_small_records(void)
{
    static struct stream batches, singles, hashed, codec, ten_keys, codec_ten;
    struct source unique, ten;

    printf("\n== T6, T7: 64-byte records, 36-byte keys, %d shards, 50 KiB aggregates\n",
           STREAM_SHARDS);
    source_init(&unique, 16384, 64, 16384);
    source_init(&ten, 16384, 64, 10);
    check_put(&unique, true, AGGREGATE_SMALL, stream_put_batches);
    check_put(&unique, true, AGGREGATE_SMALL, stream_put_singles);
    check_put(&ten, false, AGGREGATE_SMALL, stream_put_batches);
    stream_init(&batches, &unique, AGGREGATE_SMALL);
    stream_init(&singles, &unique, AGGREGATE_SMALL);
    stream_init(&hashed, &unique, AGGREGATE_SMALL);
    stream_init(&codec, &unique, AGGREGATE_SMALL);
    stream_init(&ten_keys, &ten, AGGREGATE_SMALL);
    stream_init(&codec_ten, &ten, AGGREGATE_SMALL);
    codec.no_md5 = codec_ten.no_md5 = true;

    struct bench_variant v[] = {
        {"EVP MD5 of the key (yardstick)", evp_hash_keys, &unique, unique.count, 0},
        {"batch put, unique keys", stream_put_batches, &batches, unique.count, 0},
        {"single put, unique keys", stream_put_singles, &singles, unique.count, 0},
        {"batch put, 10 keys", stream_put_batches, &ten_keys, ten.count, 0},
        {"key hash at hand: codec and trailing MD5", stream_put_hashed, &hashed,
         unique.count, 0},
        {"codec alone", stream_put_hashed, &codec, unique.count, 0},
        {"codec alone, 10 keys", stream_put_hashed, &codec_ten, ten.count, 0},
    };
    bench_measure("per user record", v, sizeof v / sizeof *v);
    bench_print_target(&(struct bench_target){"T6", "batch put / one EVP MD5 of the key",
                                              BENCH_AT_MOST, 0.6, 0.5},
                       v[1].ns / v[0].ns);
    bench_print_target(&(struct bench_target){"T7", "single put (codec level) / the same",
                                              BENCH_AT_MOST, 1.4, 1.0},
                       v[2].ns / v[0].ns);
    stream_clear(&batches);
    stream_clear(&singles);
    stream_clear(&hashed);
    stream_clear(&codec);
    stream_clear(&ten_keys);
    stream_clear(&codec_ten);
    source_clear(&unique);
    source_clear(&ten);
}

static void measure_large_records(void)
{
    static struct stream batches, codec;
    struct source source;
    struct reader reader;

    printf("\n== T8: 1 KiB records, 36-byte keys, 50 KiB aggregates\n");
    source_init(&source, 4096, 1024, 4096);
    check_put(&source, true, AGGREGATE_SMALL, stream_put_batches);
    stream_init(&batches, &source, AGGREGATE_SMALL);
    stream_init(&codec, &source, AGGREGATE_SMALL);
    codec.no_md5 = true;
    reader_init(&reader, &source);
    struct bench_variant v[] = {
        {"OpenSSL MD5 over the aggregates (yardstick)", evp_hash_messages, &reader,
         reader.records, 0},
        {"batch put, unique keys", stream_put_batches, &batches, source.count, 0},
        {"codec alone", stream_put_hashed, &codec, source.count, 0},
    };
    bench_measure("per user record", v, sizeof v / sizeof *v);
    bench_print_target(&(struct bench_target){"T8", "speed against OpenSSL's MD5",
                                              BENCH_AT_LEAST, 2.8, 3.8},
                       v[0].ns / v[1].ns);
    reader_clear(&reader);
    stream_clear(&batches);
    stream_clear(&codec);
    source_clear(&source);
}

/* Same records for both sizes: as many as sixteen large aggregates hold, and more. */
static void measure_large_aggregates(void)
{
    static struct stream small, large, small_hashed, large_hashed;
    struct source source;

    printf("\n== T9: 64-byte records in aggregates of 1 MB\n");
    source_init(&source, LARGE_RECORDS, 64, LARGE_RECORDS);
    check_put(&source, true, AGGREGATE_LARGE, stream_put_batches);
    stream_init(&small, &source, AGGREGATE_SMALL);
    stream_init(&large, &source, AGGREGATE_LARGE);
    stream_init(&small_hashed, &source, AGGREGATE_SMALL);
    stream_init(&large_hashed, &source, AGGREGATE_LARGE);
    struct bench_variant v[] = {
        {"50 KiB (yardstick)", stream_put_batches, &small, source.count, 0},
        {"1 MB", stream_put_batches, &large, source.count, 0},
        {"50 KiB, key hash at hand", stream_put_hashed, &small_hashed, source.count, 0},
        {"1 MB, key hash at hand", stream_put_hashed, &large_hashed, source.count, 0},
    };
    bench_measure("per user record", v, sizeof v / sizeof *v);
    bench_print_target(&(struct bench_target){"T9", "time of 1 MB / time of 50 KiB",
                                              BENCH_AT_MOST, 1.8, 1.6},
                       v[1].ns / v[0].ns);
    stream_clear(&small);
    stream_clear(&large);
    stream_clear(&small_hashed);
    stream_clear(&large_hashed);
    source_clear(&source);
}

static void measure_reading(size_t data_bytes, const char *speed, const char *parse)
{
    struct source source;
    struct reader r;

    printf("\n== T10: %d aggregates of 50 KiB, %zu-byte records, unique keys\n",
           READ_BATCH, data_bytes);
    source_init(&source, 16384, data_bytes, 16384);
    reader_init(&r, &source);
    printf("  checked: %zu records equal to what protobuf-c reads\n", r.records);
    struct bench_variant v[] = {
        {"OpenSSL MD5 over the same bytes (yardstick)", evp_hash_messages, &r, r.records,
         0},
        {"MD5 check, range filter, records", read_checked, &r, r.records, 0},
        {"parse alone: whole check, then every record", parse_only, &r, r.records, 0},
        {"protobuf-c unpack and free, no MD5", unpack_with_protobuf_c, &r, r.records, 0},
    };
    bench_measure("per user record", v, sizeof v / sizeof *v);
    bench_print_target(&(struct bench_target){"T10", speed, BENCH_AT_LEAST, 3.0, 0},
                       v[0].ns / v[1].ns);
    bench_print_target(&(struct bench_target){"T10", parse, BENCH_AT_MOST, 0, 10.0},
                       v[2].ns);
    reader_clear(&r);
    source_clear(&source);
}

/* ---- allocations -------------------------------------------------------------------------- */

static void count_allocations(void)
{
    static struct stream s;
    struct source source;
    struct reader r;

    kds_allocator_set(&counting);
    source_init(&source, 65536, 64, 65536);
    stream_init(&s, &source, AGGREGATE_SMALL);
    reader_init(&r, &source);
    stream_put_batches(&s);
    stream_put_batches(&s);
    read_checked(&r);

    allocations = 0;
    stream_put_batches(&s);
    printf("\n== T15, codec's part: allocations once warm\n"
           "  writing %zu records: %zu\n",
           source.count, allocations);
    allocations = 0;
    read_checked(&r);
    printf("  reading %zu records: %zu\n", r.records, allocations);
    reader_clear(&r);
    stream_clear(&s);
    source_clear(&source);
    kds_allocator_set(NULL);
}

/* Leave the processor only what @p name allows. */
static void allow_path(const char *name)
{
    static const struct {
        const char *name;
        unsigned sets;
    } paths[] = {{"plain", 0}, {"avx2", KDS_CPU_SSSE3 | KDS_CPU_AVX2}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (strcmp(name, paths[i].name) == 0) {
            kds_cpu_allow(paths[i].sets);
            printf("allowed: %s\n", name);
            return;
        }
    }
    bench_fail("usage: bench_agg [plain|avx2]");
}

/* Without an argument, every instruction set that is there. */
int main(int argc, char **argv)
{
    bench_print_machine();
    if (argc > 1) {
        allow_path(argv[1]);
    }
    evp_open();
    measure_small_records();
    measure_large_records();
    measure_large_aggregates();
    measure_reading(64, "64 B: speed against OpenSSL's MD5",
                    "64 B: parse alone, ns a record");
    measure_reading(1024, "1 KiB: speed against OpenSSL's MD5",
                    "1 KiB: parse alone, ns a record");
    count_allocations();
    evp_close();
    return 0;
}
