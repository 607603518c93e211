/*
 * bench_consume: what a record costs a whole consumer, from the socket to the processor (T10, T14, T15, T20).
 *
 * A real worker against a real kds-local of 16 shards beside it, polling in JSON and CBOR and by fan-out. Counted is
 * the CPU time of the whole process, all its threads, from the start of the worker to the last record. Every record must
 * come with the bytes that were put, or the figures are not printed. Beside it, in turns: a download of the same stream by
 * nghttp2 alone, and OpenSSL's MD5.
 */
#include "bare_subscribe.h"
#include "harness.h"

#include "base/alloc.h"
#include "kcl/kcl.h"
#include "kds/kinesis.h"
#include "kds/subscription.h"
#include "kpl/kpl.h"

#include <openssl/evp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY_SHARDS "1000"

/* ---- a local stream server ---------------------------------------------------------------- */

static pid_t server = -1;
static char endpoint[256];
static char folder[] = "/tmp/bench-consume-XXXXXX";

static void stop_server(void)
{
    char command[300];
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) {
        fprintf(stderr, "bench_consume: %s is left behind\n", folder);
    }
}

static void start_server(void)
{
    static const char ready[] = "listening on ";
    char line[256];
    int out[2];
    if (mkdtemp(folder) == NULL || pipe(out) != 0 || (server = fork()) < 0) {
        bench_fail("kds-local cannot be started");
    }
    if (server == 0) {
        dup2(out[1], STDOUT_FILENO);
        execl(KDS_LOCAL, KDS_LOCAL, "--port", "0", "--stream", "one:1", "--stream",
              "hundred:100", "--stream", "thousand:" MANY_SHARDS, "--stream", "a:16",
              "--stream", "b:16", "--stream", "c:16", "--stream", "d:16", "--stream",
              "e:16", "--stream", "f:16", "--stream", "bulk:16", (char *)NULL);
        _exit(127);
    }
    atexit(stop_server);
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL ||
        strncmp(line, ready, sizeof ready - 1) != 0) {
        bench_fail("kds-local does not say where it listens");
    }
    line[strcspn(line, "\r\n")] = '\0';
    snprintf(endpoint, sizeof endpoint, "%s", line + sizeof ready - 1);
}

/* ---- the records -------------------------------------------------------------------------- */

/* What lies in one stream. */
struct load {
    const char *stream;
    size_t count, bytes;
    bool aggregated;
};

static void fill(uint8_t *out, size_t bytes, size_t n)
{
    memcpy(out, &n, sizeof n);
    for (size_t i = sizeof n; i < bytes; i++) {
        out[i] = (uint8_t)(n * 31 + i * 7);
    }
}

static void set_kpl(kpl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kpl_conf_set(conf, name, value, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
}

static atomic_size_t put_failures;

static void on_result(const kpl_result_t *results, size_t count, void *opaque)
{
    (void)opaque;
    for (size_t i = 0; i < count; i++) {
        atomic_fetch_add(&put_failures, results[i].code != KDS_OK);
    }
}

static void produce(const struct load *load)
{
    kpl_producer_t *producer;
    kds_error_t *error = NULL;
    kpl_conf_t *conf = kpl_conf_new();
    uint8_t *data = malloc(load->bytes);
    char key[40];
    set_kpl(conf, "stream", load->stream);
    set_kpl(conf, "region", "us-east-1");
    set_kpl(conf, "endpoint.url", endpoint);
    set_kpl(conf, "access.key.id", "bench");
    set_kpl(conf, "secret.access.key", "bench");
    set_kpl(conf, "aggregation.enable", load->aggregated ? "true" : "false");
    set_kpl(conf, "rate.limit.percent", "1000000");
    if (data == NULL ||
        kpl_producer_new(conf, on_result, NULL, &producer, &error) != KDS_OK) {
        bench_fail("no producer");
    }
    for (size_t i = 0; i < load->count; i++) {
        kpl_record_t r = {.struct_size = sizeof r};
        fill(data, load->bytes, i);
        snprintf(key, sizeof key, "key-%zu", i % 1000);
        r.partition_key = (kds_slice_t){(const uint8_t *)key, strlen(key)};
        r.data = (kds_slice_t){data, load->bytes};
        if (kpl_put(producer, &r, -1, NULL) != KDS_OK) {
            bench_fail("a put was refused");
        }
    }
    if (kpl_flush(producer, -1, NULL) != KDS_OK || atomic_load(&put_failures) != 0) {
        bench_fail("a record was not stored");
    }
    kpl_producer_free(producer);
    kpl_conf_free(conf);
    free(data);
}

/* ---- the consumer ------------------------------------------------------------------------- */

static atomic_size_t allocations;

static void *count_alloc(size_t size, void *opaque)
{
    (void)opaque;
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return malloc(size ? size : 1);
}

static void *count_resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return realloc(memory, size ? size : 1);
}

static void count_release(void *memory, void *opaque)
{
    (void)opaque;
    free(memory);
}

struct reader {
    const struct load *load;
    atomic_size_t seen, wrong;
    double first_wall_s, first_cpu_s; /* at the first batch */
    double last_wall_s, last_cpu_s;   /* at the last record */
    atomic_flag begun;
    atomic_bool over;
};

static double cpu_s(void);
static double wall_s(void);

/* Compares every record with what was put; for a large one its ends, so that this is not what is measured. */
static int
on_batch(const kcl_batch_t *batch, kcl_checkpointer_t *checkpointer, void *opaque)
{
    struct reader *r = opaque;
    size_t wrong = 0;
    (void)checkpointer;
    if (!atomic_flag_test_and_set(&r->begun)) {
        r->first_wall_s = wall_s();
        r->first_cpu_s = cpu_s();
    }
    for (size_t i = 0; i < batch->count; i++) {
        kds_slice_t data = batch->records[i].data;
        size_t n = SIZE_MAX;
        if (data.n == r->load->bytes) {
            memcpy(&n, data.p, sizeof n);
        }
        wrong += n >= r->load->count ||
                 data.p[data.n - 1] != (uint8_t)(n * 31 + (data.n - 1) * 7);
    }
    atomic_fetch_add(&r->wrong, wrong);
    if (atomic_fetch_add(&r->seen, batch->count) + batch->count == r->load->count) {
        r->last_wall_s = wall_s();
        r->last_cpu_s = cpu_s();
        atomic_store(&r->over, true);
    }
    return KCL_DONE;
}

static void set_kcl(kcl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kcl_conf_set(conf, name, value, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
}

static kcl_worker_t *
start_worker(const char *stream, const char *way, struct reader *reader)
{
    static int serial;
    const kcl_processor_t processor = {.struct_size = sizeof processor,
                                       .process = on_batch};
    kcl_worker_t *worker;
    kds_error_t *error = NULL;
    kcl_conf_t *conf = kcl_conf_new();
    char text[300];
    snprintf(text, sizeof text, "app-%d", ++serial);
    set_kcl(conf, "application", text);
    set_kcl(conf, "stream", stream);
    snprintf(text, sizeof text, "sqlite:%s/%d", folder, serial);
    set_kcl(conf, "store", text);
    set_kcl(conf, "region", "us-east-1");
    set_kcl(conf, "endpoint.url", endpoint);
    set_kcl(conf, "access.key.id", "bench");
    set_kcl(conf, "secret.access.key", "bench");
    set_kcl(conf, "protocol", strcmp(way, "cbor") == 0 ? "cbor" : "json");
    set_kcl(conf, "fan.out", strcmp(way, "fan-out") == 0 ? "true" : "false");
    set_kcl(conf, "checkpoint.every.records", "1000000");
    if (kcl_worker_new(conf, &processor, reader, &worker, &error) != KDS_OK ||
        kcl_worker_start(worker, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
    kcl_conf_free(conf);
    return worker;
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double wall_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* @return allocations per user record */
static double consume(const struct load *load, const char *way)
{
    struct reader reader = {.load = load};
    double began_s = wall_s();
    atomic_store(&allocations, 0);
    double cpu = cpu_s();
    kcl_worker_t *worker = start_worker(load->stream, way, &reader);
    while (atomic_load(&reader.seen) < load->count && wall_s() - began_s < 60) {
        pause_ms(5);
    }
    cpu = cpu_s() - cpu;
    double took_s = wall_s() - began_s;
    size_t taken = atomic_load(&allocations);
    kcl_worker_stop(worker, 10000, NULL);
    kcl_worker_free(worker);
    if (atomic_load(&reader.seen) != load->count || atomic_load(&reader.wrong) != 0) {
        bench_fail("a record is missing, twice there or altered");
    }
    double n = (double)load->count;
    printf("  %6zu B  %-10s  %-8s  %9.0f records/CPU-s  %7.1f MB/CPU-s  %6.2f s  %.3f "
           "allocations a record\n",
           load->bytes, load->aggregated ? "aggregated" : "single", way, n / cpu,
           n * (double)load->bytes / cpu / 1e6, took_s, (double)taken / n);
    return (double)taken / n;
}

/* ---- beside yardsticks ---------------------------------------------------------------------- */

#define SHARDS 16
#define ROUNDS 5

/* A consumer of its own for each round: the service lets one subscribe again only after five seconds. */
static void register_consumer(const char *stream, int number, char arn[2049])
{
    const kds_client_options_t options = {.struct_size = sizeof options,
                                          .region = "us-east-1",
                                          .endpoint = endpoint,
                                          .access_key_id = "bench",
                                          .secret_access_key = "bench"};
    kds_describe_stream_summary_in_t in = {.struct_size = sizeof in};
    const kds_describe_stream_summary_out_t *out;
    kds_fanout_consumer_t consumer;
    kds_client_t *client;
    char name[32];
    in.stream_name = kds_slice(stream);
    snprintf(name, sizeof name, "bare-%d", number);
    if (kds_client_new(&options, &client, NULL) != KDS_OK ||
        kds_describe_stream_summary(client, &in, NULL, &out, NULL) != KDS_OK) {
        bench_fail("the stream is not described");
    }
    snprintf(arn, 2049, "%.*s", (int)out->stream_description_summary.stream_arn.n,
             (const char *)out->stream_description_summary.stream_arn.p);
    if (kds_fanout_find_consumer(client, arn, name, 0, &consumer, NULL) != KDS_OK) {
        bench_fail("no consumer");
    }
    snprintf(arn, 2049, "%s", consumer.arn);
    kds_output_free(out);
    kds_client_free(client);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* From the first batch to the last record. */
static void read_all(const struct load *load, const char *way, double *wall, double *cpu)
{
    struct reader reader = {.load = load, .begun = ATOMIC_FLAG_INIT};
    double began_s = wall_s();
    kcl_worker_t *worker = start_worker(load->stream, way, &reader);
    while (!atomic_load(&reader.over) && wall_s() - began_s < 120) {
        pause_ms(5);
    }
    kcl_worker_stop(worker, 10000, NULL);
    kcl_worker_free(worker);
    if (atomic_load(&reader.seen) != load->count || atomic_load(&reader.wrong) != 0) {
        bench_fail("a record is missing, twice there or altered");
    }
    *wall = reader.last_wall_s - reader.first_wall_s;
    *cpu = reader.last_cpu_s - reader.first_cpu_s;
}

static void beside_a_download(const struct load *load)
{
    double bare_wall[ROUNDS], bare_cpu[ROUNDS], wall[ROUNDS], cpu[ROUNDS];
    uint64_t bytes = 0;
    char arn[2049];
    for (int i = -1; i < ROUNDS; i++) { /* the first only finds out how much there is */
        register_consumer(load->stream, i + 1, arn);
        const struct bare_cost bare = bare_subscribe(endpoint, arn, SHARDS, bytes);
        bytes = bytes ? bytes : bare.bytes;
        if (i >= 0) {
            bare_wall[i] = bare.wall_s;
            bare_cpu[i] = bare.cpu_s;
            read_all(load, "fan-out", &wall[i], &cpu[i]);
        }
    }
    printf(
        "\n== the same by fan-out beside a bare nghttp2 download, %zu records of %zu B "
        "aggregated, %.0f MB on the wire, medians of %d\n",
        load->count, load->bytes, (double)bytes / 1e6, ROUNDS);
    printf("  bare   %.3f s, CPU %.3f s\n  worker %.3f s, CPU %.3f s\n",
           median(bare_wall, ROUNDS), median(bare_cpu, ROUNDS), median(wall, ROUNDS),
           median(cpu, ROUNDS));
    bench_print_target(
        &(struct bench_target){"T14",
                               "whole consumer by fan-out, wall clock, x the download",
                               BENCH_AT_LEAST, 0.4, 0.7},
        median(bare_wall, ROUNDS) / median(wall, ROUNDS));
    printf("       the same by the CPU time of all threads                              "
           "%.2f\n",
           median(bare_cpu, ROUNDS) / median(cpu, ROUNDS));
}

static double md5_bytes_per_s(void)
{
    static uint8_t data[50 * 1024];
    uint8_t digest[16];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_MD *md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    double began_s = cpu_s();
    size_t bytes = 0;
    while (cpu_s() - began_s < 0.2) {
        if (EVP_DigestInit_ex2(ctx, md5, NULL) != 1 ||
            EVP_DigestUpdate(ctx, data, sizeof data) != 1 ||
            EVP_DigestFinal_ex(ctx, digest, NULL) != 1) {
            bench_fail("no MD5");
        }
        bytes += sizeof data;
    }
    double took_s = cpu_s() - began_s;
    EVP_MD_free(md5);
    EVP_MD_CTX_free(ctx);
    return (double)bytes / took_s;
}

static void beside_md5(const struct load *load)
{
    double speed[ROUNDS], yardstick[ROUNDS], wall, cpu;
    for (int i = 0; i < ROUNDS; i++) {
        read_all(load, "cbor", &wall, &cpu);
        speed[i] = (double)(load->count * load->bytes) / cpu;
        yardstick[i] = md5_bytes_per_s();
    }
    printf("       polling in CBOR, by CPU time, speed x OpenSSL's MD5 alone             "
           " %.2f\n",
           median(speed, ROUNDS) / median(yardstick, ROUNDS));
}

/* ---- at rest ------------------------------------------------------------------------------ */

static long status_number(const char *name)
{
    char line[256];
    long value = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            value = strtol(line + strlen(name) + 1, NULL, 10);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return value;
}

/* @return CPU time a second at rest */
static double rest(const char *stream, size_t shards)
{
    struct load none = {.stream = stream};
    struct reader reader = {.load = &none};
    kcl_stats_t stats = {.struct_size = sizeof stats};
    long before_kib = status_number("VmRSS:"), threads = status_number("Threads:");
    double began_s = wall_s();
    kcl_worker_t *worker = start_worker(stream, "json", &reader);
    do {
        pause_ms(50);
        kcl_worker_stats(worker, &stats);
    } while (stats.leases_held < shards && wall_s() - began_s < 60);
    double held_s = wall_s() - began_s;
    pause_ms(3000); /* every shard has been asked, and rests */
    double cpu = cpu_s(), at_s = wall_s();
    pause_ms(3000);
    cpu = (cpu_s() - cpu) / (wall_s() - at_s);
    printf("  %5zu shards: %ld threads, %ld KiB more memory, all held after %.2f s, %.3f "
           "%% of a "
           "core at rest\n",
           (size_t)stats.leases_held, status_number("Threads:") - threads,
           status_number("VmRSS:") - before_kib, held_s, cpu * 100);
    kcl_worker_stop(worker, 60000, NULL);
    kcl_worker_free(worker);
    return cpu;
}

int main(int argc, char **argv)
{
    static const struct load loads[] = {
        {"a", 100000, 100, false}, {"b", 30000, 1024, false}, {"c", 3000, 10240, false},
        {"d", 400000, 100, true},  {"e", 60000, 1024, true},  {"f", 3000, 10240, true},
    };
    static const char *const ways[] = {"json", "cbor", "fan-out"};
    const struct kds_allocator counting = {count_alloc, count_resize, count_release,
                                           NULL};
    bool fan_out = argc < 2 || strcmp(argv[1], "--no-fan-out") != 0;
    double allocated = 0;

    bench_print_machine();
    kds_allocator_set(&counting);
    start_server();
    printf("\n== a whole consumer: from the socket to the processor, 16 shards, "
           "kds-local beside "
           "it\n");
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        produce(&loads[i]);
        for (size_t way = 0; way < (fan_out ? 3u : 2u); way++) {
            double a = consume(&loads[i], ways[way]);
            allocated = a > allocated ? a : allocated;
        }
    }
    kds_allocator_set(NULL);
    const struct load bulk = {"bulk", 300000, 1024, true};
    produce(&bulk);
    beside_a_download(&bulk);
    beside_md5(&bulk);
    printf("\n== a worker at rest, polling an empty stream\n");
    double idle = rest("one", 1);
    rest("hundred", 100);
    rest("thousand", 1000);
    bench_print_target(
        &(struct bench_target){"T15", "allocations a record, consumer end to end, worst",
                               BENCH_AT_MOST, 1, 0},
        allocated);
    bench_print_target(&(struct bench_target){"T20",
                                              "% of a core, consumer at rest, 1 shard",
                                              BENCH_AT_MOST, 0.1, 0},
                       idle * 100);
    return 0;
}
