/*
 * bench_put: what a put costs its caller, through libkpl's public interface (T6, T7).
 *
 * A real producer against a real kds-local of 16 shards beside it. Counted is the CPU time of the
 * calling thread: checks, hash, shard, copy into the aggregate, what is remembered for the outcome,
 * the lock shared with the producer's own threads. Hashing and sending the aggregates is theirs.
 * Every record must come back as stored, or the figures are not printed.
 */
#include "agg_stream.h"

#include "harness.h"
#include "kpl/kpl.h"
#include "local_server.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS    16384
#define DATA_BYTES 64

/* ---- the producer ------------------------------------------------------------------------- */

struct putter {
    kpl_producer_t *producer;
    const struct source *source;
    kpl_record_t *records;
    atomic_size_t stored, failed;
};

static void count_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct putter *p = opaque;
    for (size_t i = 0; i < count; i++) {
        atomic_fetch_add(results[i].code == KDS_OK ? &p->stored : &p->failed, 1);
    }
}

static void set(kpl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kpl_conf_set(conf, name, value, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
}

static void
putter_init(struct putter *p, const struct source *source, const char *endpoint)
{
    kds_error_t *error = NULL;
    kpl_conf_t *conf = kpl_conf_new();
    p->source = source;
    p->records = calloc(source->count, sizeof *p->records);
    if (conf == NULL || p->records == NULL) {
        bench_fail("out of memory");
    }
    set(conf, "stream", "bench");
    set(conf, "region", "us-east-1");
    set(conf, "endpoint.url", endpoint);
    set(conf, "access.key.id", "bench");
    set(conf, "secret.access.key", "bench");
    set(conf, "protocol", "cbor");
    set(conf, "buffer.max.bytes", "1GiB");
    set(conf, "rate.limit.percent", "1000000"); /* kds-local does not limit */
    if (kpl_producer_new(conf, count_results, p, &p->producer, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
    kpl_conf_free(conf);
    for (size_t i = 0; i < source->count; i++) {
        struct kds_agg_record r = source_record(source, i);
        p->records[i].struct_size = sizeof p->records[i];
        p->records[i].partition_key = r.partition_key;
        p->records[i].data = r.data;
    }
}

static void putter_clear(struct putter *p)
{
    kpl_producer_free(p->producer);
    free(p->records);
}

static void flush(void *opaque)
{
    struct putter *p = opaque;
    if (kpl_flush(p->producer, -1, NULL) != KDS_OK) {
        bench_fail("a flush failed");
    }
}

static void put_one_by_one(void *opaque)
{
    struct putter *p = opaque;
    for (size_t i = 0; i < p->source->count; i++) {
        if (kpl_put(p->producer, &p->records[i], 0, NULL) != KDS_OK) {
            bench_fail("a put was refused");
        }
    }
    bench_leave_out(flush, p); /* the next ones find an empty buffer, as these did */
}

static void put_batch(void *opaque)
{
    struct putter *p = opaque;
    size_t accepted = 0;
    if (kpl_put_many(p->producer, p->records, p->source->count, 0, &accepted, NULL) !=
        KDS_OK) {
        bench_fail("a put was refused");
    }
    bench_leave_out(flush, p);
}

/* ---- the yardstick ------------------------------------------------------------------------ */

static void evp_hash_keys(void *opaque)
{
    const struct source *s = opaque;
    static EVP_MD *md5;
    static EVP_MD_CTX *context;
    uint8_t digest[16];
    if (md5 == NULL) {
        md5 = EVP_MD_fetch(NULL, "MD5", NULL);
        context = EVP_MD_CTX_new();
    }
    for (size_t i = 0; i < s->count; i++) {
        kds_slice_t key = source_record(s, i).partition_key;
        if (EVP_DigestInit_ex2(context, md5, NULL) != 1 ||
            EVP_DigestUpdate(context, key.p, key.n) != 1 ||
            EVP_DigestFinal_ex(context, digest, NULL) != 1) {
            bench_fail("OpenSSL refuses MD5");
        }
    }
}

/* For a profiler or a counter of instructions: @p passes over all records, in one way. */
static int run_alone(struct putter *p, bool many, size_t passes)
{
    for (size_t i = 0; i < passes; i++) {
        many ? put_batch(p) : put_one_by_one(p);
    }
    putter_clear(p);
    return 0;
}

int main(int argc, char **argv)
{
    static struct putter p;
    struct source source;

    if (argc == 3) {
        source_init(&source, RECORDS, DATA_BYTES, RECORDS);
        putter_init(&p, &source, local_server_start("bench:16"));
        return run_alone(&p, strcmp(argv[1], "many") == 0, strtoul(argv[2], NULL, 10));
    }
    bench_print_machine();
    printf("\n== T6, T7 through libkpl: 64-byte records, 36-byte keys, 16 shards, 50 KiB "
           "aggregates, against kds-local\n");
    source_init(&source, RECORDS, DATA_BYTES, RECORDS);
    putter_init(&p, &source, local_server_start("bench:16"));
    put_batch(&p); /* learns the shards */
    struct bench_variant v[] = {
        {"EVP MD5 of the key (yardstick)", evp_hash_keys, &source, source.count, 0},
        {"kpl_put_many()", put_batch, &p, source.count, 0},
        {"kpl_put()", put_one_by_one, &p, source.count, 0},
    };
    bench_measure("caller's CPU time per user record", v, sizeof v / sizeof *v);
    flush(&p);
    if (atomic_load(&p.failed) != 0) {
        bench_fail("a record was not stored");
    }
    printf("  checked: %zu records, each reported as stored\n", atomic_load(&p.stored));
    bench_print_target(&(struct bench_target){"T6",
                                              "kpl_put_many() / one EVP MD5 of the key",
                                              BENCH_AT_MOST, 0.6, 0.5},
                       v[1].ns / v[0].ns);
    bench_print_target(
        &(struct bench_target){"T7", "kpl_put() / the same", BENCH_AT_MOST, 1.4, 1.0},
        v[2].ns / v[0].ns);
    putter_clear(&p);
    source_clear(&source);
    return 0;
}
