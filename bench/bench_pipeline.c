/*
 * bench_pipeline: the whole producer but the network (T15, T16, T19, T20), and its memory.
 *
 * T15, T16: in one thread the deciding core is given records in batches as kpl_put_many() gives them,
 * asked for requests, whose bodies are written in CBOR, answered as if all had been stored, and its
 * outcomes are unpacked for a callback. Each record must come back as stored, or no figure is printed.
 * T19, T20: a real producer against kds-local.
 */
#include "agg_stream.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "codec/shape.h"
#include "harness.h"
#include "kpl/kpl.h"
#include "libkpl/src/core.h"
#include "libkpl/src/results.h"
#include "local_server.h"
#include "model/operations.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define RECORDS 65536
#define BATCH   KPL_PREPARED_MAX
#define SHARDS  16

static void set(kpl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kpl_conf_set(conf, name, value, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
}

/* ---- the core with a network that is none --------------------------------------------------- */

struct pipe {
    kpl_conf_t *conf;
    struct kpl_core *core;
    struct kpl_showcase showcase;
    const struct source *source;
    kpl_record_t *records;
    struct kds_buf body;
    int64_t now_us;
    size_t stored, failed, body_bytes;
    bool answers; /* requests are answered */
};

static void count_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct pipe *p = opaque;
    for (size_t i = 0; i < count; i++) {
        *(results[i].code == KDS_OK ? &p->stored : &p->failed) += 1;
    }
}

static void answer_shards(struct pipe *p, uint64_t id)
{
    static kds_shard_t shards[SHARDS];
    static char names[SHARDS][24], first[SHARDS][40], last[SHARDS][40];
    for (unsigned i = 0; i < SHARDS; i++) {
        kds_u128_t low, high;
        stream_range(i, &low, &high);
        snprintf(names[i], sizeof names[i], "shardId-%012u", i);
        first[i][kds_u128_format(low, first[i])] = 0;
        last[i][kds_u128_format(high, last[i])] = 0;
        shards[i].shard_id = kds_slice(names[i]);
        shards[i].hash_key_range.starting_hash_key = kds_slice(first[i]);
        shards[i].hash_key_range.ending_hash_key = kds_slice(last[i]);
    }
    const kds_list_shards_out_t out = {.shards = shards, .shards_count = SHARDS};
    kpl_core_done(p->core, p->now_us, id, &out, NULL);
}

/* Where the service would put an entry: by the hash key that it carries. */
static void place(const kds_put_records_request_entry_t *entry, char *shard, size_t size)
{
    kds_u128_t hash, low, high;
    unsigned i = 0;
    kds_u128_parse(entry->explicit_hash_key, &hash);
    for (; i < SHARDS; i++) {
        stream_range(i, &low, &high);
        if (kds_u128_cmp(hash, high) <= 0) {
            break;
        }
    }
    snprintf(shard, size, "shardId-%012u", i);
}

static void answer_put(struct pipe *p, const struct kpl_action *action)
{
    static kds_put_records_result_entry_t entries[500];
    static char shards[500][24];
    const kds_put_records_in_t *in = &action->put_records;
    kds_buf_reset(&p->body);
    if (kds_shape_encode(KDS_FORMAT_CBOR, kds_operation_at(KDS_OP_PUT_RECORDS)->input, in,
                         &p->body) != KDS_OK) {
        bench_fail("a body could not be written");
    }
    p->body_bytes += p->body.n;
    for (size_t i = 0; i < in->records_count; i++) {
        place(&in->records[i], shards[i], sizeof shards[i]);
        entries[i] = (kds_put_records_result_entry_t){
            .shard_id = kds_slice(shards[i]),
            .sequence_number =
                kds_slice("49678550650194360514240687840139751998158409010729975810")};
    }
    const kds_put_records_out_t out = {.records = entries,
                                       .records_count = in->records_count};
    kpl_core_done(p->core, p->now_us, action->id, &out, NULL);
}

static void turn(struct pipe *p)
{
    struct kpl_action action;
    struct kpl_queue units;
    while (p->answers && kpl_core_next(p->core, p->now_us, &action)) {
        if (action.kind == KPL_ACTION_PUT_RECORDS) {
            answer_put(p, &action);
        } else if (action.kind == KPL_ACTION_LIST_SHARDS) {
            answer_shards(p, action.id);
        }
    }
    while (kpl_core_take(p->core, KPL_SHOWCASE_RECORDS, &units)) {
        kpl_showcase_deliver(&p->showcase, &units, count_results, p);
        kpl_core_release(p->core, &units);
    }
}

static void put_all(void *opaque)
{
    struct pipe *p = opaque;
    kds_u128_t hashes[BATCH];
    for (size_t at = 0; at < p->source->count; at += BATCH) {
        kds_err_t rc;
        if (kpl_prepare(p->conf, &p->records[at], BATCH, hashes, &rc, NULL) != BATCH) {
            bench_fail("a record was refused");
        }
        if (kpl_core_put_many(p->core, p->now_us, &p->records[at], hashes, BATCH, &rc,
                              NULL) != BATCH) {
            bench_fail("a put was refused");
        }
        p->now_us += 64;
        if (at % 4096 == 0) {
            turn(p);
        }
    }
    kpl_core_flush(p->core, p->now_us);
    turn(p);
}

static void pipe_init(struct pipe *p, const struct source *source)
{
    memset(p, 0, sizeof *p);
    p->source = source;
    p->now_us = KDS_US_PER_S;
    p->conf = kpl_conf_new();
    p->records = calloc(source->count, sizeof *p->records);
    set(p->conf, "stream", "bench");
    set(p->conf, "record.distribution", "USER_PARTITION_KEY");
    set(p->conf, "describe.interval.ms", "0");
    set(p->conf, "buffer.max.bytes", "4GiB");
    set(p->conf, "rate.limit.percent", "100000000");
    p->core = kpl_core_new(p->conf, 1);
    if (p->core == NULL || p->records == NULL || !kpl_showcase_init(&p->showcase)) {
        bench_fail("out of memory");
    }
    kds_buf_init(&p->body, (size_t)64 << 20);
    for (size_t i = 0; i < source->count; i++) {
        struct kds_agg_record r = source_record(source, i);
        p->records[i] = (kpl_record_t){.struct_size = sizeof p->records[i],
                                       .partition_key = r.partition_key,
                                       .data = r.data};
    }
    p->answers = true;
    put_all(p); /* learns the shards, warms the memory */
}

static void pipe_clear(struct pipe *p)
{
    kpl_core_free(p->core);
    kpl_showcase_clear(&p->showcase);
    kpl_conf_free(p->conf);
    kds_buf_clear(&p->body);
    free(p->records);
}

/* ---- memory ------------------------------------------------------------------------------- */

static size_t allocations;

static void *counted_alloc(size_t size, void *opaque)
{
    (void)opaque;
    allocations++;
    return malloc(size);
}

static void *counted_resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    allocations++;
    return realloc(memory, size);
}

static void counted_release(void *memory, void *opaque)
{
    (void)opaque;
    free(memory);
}

static const struct kds_allocator counting = {counted_alloc, counted_resize,
                                              counted_release, NULL};

static size_t heap_bytes(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static void measure(size_t data_bytes, double strong, double aim)
{
    struct source source;
    static struct pipe p;
    char what[64];
    source_init(&source, RECORDS, data_bytes, RECORDS);
    pipe_init(&p, &source);
    struct bench_variant v[] = {
        {"put to outcome, no network", put_all, &p, source.count, 0}};
    bench_measure("CPU time per user record", v, 1);
    if (p.failed != 0 || kpl_core_outstanding(p.core) != 0) {
        bench_fail("a record was not stored");
    }
    snprintf(what, sizeof what, "pipeline, %zu B, million records per CPU-second",
             data_bytes);
    bench_print_target(&(struct bench_target){"T16", what, BENCH_AT_LEAST, strong, aim},
                       1e3 / v[0].ns);

    kds_allocator_set(&counting);
    allocations = 0;
    put_all(&p);
    double each = (double)allocations / (double)source.count;
    kds_allocator_set(NULL);
    bench_print_target(
        &(struct bench_target){"T15", "allocations per record", BENCH_AT_MOST, 1, 0.01},
        each);
    pipe_clear(&p);
    source_clear(&source);
}

static void measure_outstanding(void)
{
    struct source source;
    static struct pipe p;
    source_init(&source, 16 * RECORDS, 64, 16 * RECORDS);
    pipe_init(&p, &source);
    size_t before = heap_bytes();
    p.answers = false; /* nobody answers: all are outstanding */
    put_all(&p);
    size_t count = kpl_core_outstanding(p.core);
    printf("  memory of %zu outstanding records of 64 B and 36 B keys: %.1f MiB, %.0f B "
           "each; budget in use %.1f MiB\n",
           count, (double)(heap_bytes() - before) / 1048576,
           (double)(heap_bytes() - before) / (double)count,
           (double)kpl_core_bytes(p.core) / 1048576);
    pipe_clear(&p);
    source_clear(&source);
}

/* ---- at rest ------------------------------------------------------------------------------ */

#define LONE    200
#define LINGER  20 /* ms */
#define IDLE_US 2000000

static int64_t lateness_us[LONE], timer_us[LONE];
static size_t lone_count;

static void note_lone(const kpl_result_t *results, size_t count, void *opaque)
{
    (void)opaque;
    for (size_t i = 0; i < count && lone_count < LONE; i++) {
        /* From the put to the sending of the only attempt. */
        lateness_us[lone_count++] = results[i].attempts[0].delay_us - LINGER * 1000;
    }
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static double cpu_s(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void measure_rest(void)
{
    kds_error_t *error = NULL;
    kpl_producer_t *producer;
    kpl_conf_t *conf = kpl_conf_new();
    char linger[16];
    snprintf(linger, sizeof linger, "%d", LINGER);
    set(conf, "stream", "bench");
    set(conf, "region", "us-east-1");
    set(conf, "endpoint.url", local_server_start("bench:16"));
    set(conf, "access.key.id", "bench");
    set(conf, "secret.access.key", "bench");
    set(conf, "linger.ms", linger);
    if (kpl_producer_new(conf, note_lone, NULL, &producer, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
    kpl_conf_free(conf);
    kpl_record_t record = {.struct_size = sizeof record,
                           .partition_key = kds_slice("k"),
                           .data = kds_slice("alone")};
    for (size_t i = 0; i < LONE; i++) {
        const struct timespec pause = {0, 3 * LINGER * 1000000L};
        kpl_put(producer, &record, -1, NULL);
        timer_us[i] = kds_clock_boottime_us(kds_clock_system());
        nanosleep(&pause, NULL);
        timer_us[i] = kds_clock_boottime_us(kds_clock_system()) - timer_us[i] -
                      3 * LINGER * KDS_US_PER_MS;
    }
    kpl_flush(producer, -1, NULL);
    qsort(lateness_us, lone_count, sizeof *lateness_us, by_size);
    qsort(timer_us, LONE, sizeof *timer_us, by_size);
    printf(
        "  late by, ms, half of them and at p99: a bare nanosleep %.2f and %.2f; a lone "
        "record of %zu %.2f\n",
        (double)timer_us[LONE / 2] / 1000, (double)timer_us[LONE * 99 / 100] / 1000,
        lone_count, (double)lateness_us[lone_count / 2] / 1000);
    bench_print_target(&(struct bench_target){"T19",
                                              "a lone record leaves late by, ms, p99",
                                              BENCH_AT_MOST, 5, 2},
                       (double)lateness_us[lone_count * 99 / 100] / 1000);
    double before = cpu_s();
    usleep(IDLE_US);
    bench_print_target(&(struct bench_target){"T20",
                                              "percent of a core of an idle producer",
                                              BENCH_AT_MOST, 0.1, 0.01},
                       (cpu_s() - before) / (IDLE_US / 1e6) * 100);
    kpl_producer_free(producer);
}

int main(void)
{
    bench_print_machine();
    printf("\n== T15, T16: 36-byte unique keys, 16 shards, 50 KiB aggregates, batch put, "
           "CBOR bodies, outcomes and statistics\n");
    measure(64, 1.0, 3.0);
    measure(1024, 0.35, 0.6);
    measure_outstanding();
    printf("\n== T19, T20: a real producer against kds-local, linger.ms %d\n", LINGER);
    measure_rest();
    return 0;
}
