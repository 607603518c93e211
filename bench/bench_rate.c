/*
 * bench_rate: how many records a second a producer delivers from end to end (T13): libkpl to kds-local, in
 * cleartext and over TLS, beside librdkafka to its own mock broker, all on the same two cores.
 *
 * 64 B of data and a unique key of 36 B. The clock runs from the first put until each record has its
 * outcome. librdkafka's mock broker keeps little of what it is sent; kds-local keeps all of it.
 */
#include "agg_stream.h"

#include "base/clock.h"
#include "harness.h"
#include "kpl/kpl.h"
#include "local_server.h"

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDS 2000000
#define FIRST   (800 * BATCH) /* of a new producer */
#define SOURCE  65536         /* records in memory, put in turn */
#define BATCH   64
#define ROUNDS  3

static struct source source;

static double seconds_since(int64_t began_us)
{
    return (double)(kds_clock_boottime_us(kds_clock_system()) - began_us) / 1e6;
}

/* ---- libkpl ------------------------------------------------------------------------------- */

struct tally {
    atomic_size_t stored, failed;
};

static void count_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct tally *t = opaque;
    size_t stored = 0;
    for (size_t i = 0; i < count; i++) {
        stored += results[i].code == KDS_OK;
    }
    atomic_fetch_add(&t->stored, stored);
    atomic_fetch_add(&t->failed, count - stored);
}

static void set(kpl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kpl_conf_set(conf, name, value, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
}

static kpl_producer_t *producer_of(const char *endpoint, const char *ca, struct tally *t)
{
    kpl_producer_t *p;
    kds_error_t *error = NULL;
    kpl_conf_t *conf = kpl_conf_new();
    set(conf, "stream", "bench");
    set(conf, "endpoint.url", endpoint);
    set(conf, "region", "eu-west-1");
    set(conf, "access.key.id", "local");
    set(conf, "secret.access.key", "local");
    set(conf, "protocol", "cbor");
    set(conf, "rate.limit.percent", "1000000"); /* the server has no limits */
    set(conf, "buffer.max.bytes", "256MiB");
    if (ca != NULL) {
        set(conf, "tls.ca.file", ca);
    }
    if (kpl_producer_new(conf, count_results, t, &p, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
    kpl_conf_free(conf);
    return p;
}

static void put_all(kpl_producer_t *p, size_t records)
{
    kpl_record_t batch[BATCH];
    for (size_t i = 0; i < records; i += BATCH) {
        size_t accepted;
        for (size_t k = 0; k < BATCH; k++) {
            struct kds_agg_record r = source_record(&source, (i + k) % SOURCE);
            batch[k] = (kpl_record_t){.struct_size = sizeof batch[k],
                                      .partition_key = r.partition_key,
                                      .data = r.data};
        }
        if (kpl_put_many(p, batch, BATCH, -1, &accepted, NULL) != KDS_OK) {
            bench_fail("a put was refused");
        }
    }
}

/* @return records a second */
static double run_libkpl(const char *endpoint, const char *ca)
{
    struct tally t = {0};
    kpl_producer_t *p = producer_of(endpoint, ca, &t);
    put_all(p, BATCH); /* connections and the map of shards are there */
    kpl_flush(p, -1, NULL);
    int64_t began_us = kds_clock_boottime_us(kds_clock_system());
    put_all(p, RECORDS);
    kpl_close(p, -1, NULL);
    double seconds = seconds_since(began_us);
    kpl_producer_free(p);
    if (atomic_load(&t.stored) != RECORDS + BATCH || atomic_load(&t.failed) != 0) {
        bench_fail("a record was not stored");
    }
    return RECORDS / seconds;
}

/* From the making of the producer on: the shards are not known yet. */
static void run_first(const char *endpoint, const char *ca)
{
    struct tally t = {0};
    kpl_stats_t stats = {.struct_size = sizeof stats};
    int64_t began_us = kds_clock_boottime_us(kds_clock_system());
    kpl_producer_t *p = producer_of(endpoint, ca, &t);
    put_all(p, FIRST);
    kpl_close(p, -1, NULL);
    double seconds = seconds_since(began_us);
    kpl_producer_stats(p, &stats);
    kpl_producer_free(p);
    if (atomic_load(&t.stored) != FIRST) {
        bench_fail("a record was not stored");
    }
    printf(
        "the first %d records of a producer, over TLS: %llu Kinesis records, all stored "
        "after %.0f ms\n",
        FIRST, (unsigned long long)stats.kinesis_records, seconds * 1e3);
}

/* ---- librdkafka --------------------------------------------------------------------------- */

static void count_message(rd_kafka_t *k, const rd_kafka_message_t *m, void *opaque)
{
    (void)k;
    *(size_t *)opaque += m->err == 0;
}

static void set_kafka(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char error[256];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
        bench_fail(error);
    }
}

static double run_librdkafka(void)
{
    char error[256];
    size_t delivered = 0;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set_kafka(conf, "test.mock.num.brokers", "1");
    set_kafka(conf, "linger.ms", "100");
    set_kafka(conf, "queue.buffering.max.messages", "1000000");
    set_kafka(conf, "queue.buffering.max.kbytes", "262144");
    rd_kafka_conf_set_dr_msg_cb(conf, count_message);
    rd_kafka_conf_set_opaque(conf, &delivered);
    rd_kafka_t *k = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (k == NULL) {
        bench_fail(error);
    }
    rd_kafka_topic_t *topic = rd_kafka_topic_new(k, "bench", NULL);
    int64_t began_us = kds_clock_boottime_us(kds_clock_system());
    for (size_t i = 0; i < RECORDS; i++) {
        struct kds_agg_record r = source_record(&source, i % SOURCE);
        while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                (void *)(uintptr_t)r.data.p, r.data.n, r.partition_key.p,
                                r.partition_key.n, NULL) != 0) {
            rd_kafka_poll(k, 10); /* its queue is full */
        }
        if (i % 4096 == 0) {
            rd_kafka_poll(k, 0);
        }
    }
    rd_kafka_flush(k, 120000);
    double seconds = seconds_since(began_us);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(k);
    if (delivered != RECORDS) {
        bench_fail("librdkafka did not deliver every record");
    }
    return RECORDS / seconds;
}

static double best(double a, double b)
{
    return a > b ? a : b;
}

int main(void)
{
    static const struct bench_target target = {
        "T13", "records a second from end to end, cleartext, beside librdkafka's",
        BENCH_AT_LEAST, 0.5, 1.0};
    char ca[] = "/tmp/bench-rate-XXXXXX";
    int fd = mkstemp(ca);
    double ours = 0, tls = 0, kafka = 0;
    if (fd < 0) {
        bench_fail("no file for the authority");
    }
    close(fd);
    bench_print_machine();
    source_init(&source, SOURCE, 64, SOURCE);
    for (int round = 0; round < ROUNDS; round++) {
        ours = best(ours, run_libkpl(local_server_start("bench:16"), NULL));
        local_server_stop();
        const char *endpoint = local_server_start_tls("bench:16", ca);
        run_first(endpoint, ca);
        tls = best(tls, run_libkpl(endpoint, ca));
        local_server_stop();
        kafka = best(kafka, run_librdkafka());
    }
    unlink(ca);
    printf("best of %d rounds, million records a second: libkpl %.2f, over TLS %.2f, "
           "librdkafka %.2f\n",
           ROUNDS, ours / 1e6, tls / 1e6, kafka / 1e6);
    bench_print_target(&target, ours / kafka);
    source_clear(&source);
    return 0;
}
