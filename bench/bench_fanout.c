/*
 * bench_fanout: a subscription end to end against a bare download of the same bytes (T14 of
 * docs/benchmarks.md), what it adds to an event's way, and what 500 subscriptions take.
 *
 * The server is another process, which sends what was made before. Wall-clock time: the fan-out's
 * thread and the consumer work side by side, as does the server. Every record is counted and every
 * aggregate checked; the bare download only counts bytes.
 */
#include "h2_source.h"
#include "harness.h"

#include "base/buf.h"
#include "codec/agg.h"
#include "codec/event_stream.h"
#include "kds/subscription.h"
#include "kernel/base64.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECORD_BYTES   1024
#define RECORDS_IN_AGG 48 /* 50 KiB */
#define AGGS_IN_EVENT  16
#define EVENTS         8 /* made before, sent again and again */
#define BULK_BYTES     ((uint64_t)512 << 20)
#define ROUNDS         5
#define TICKS          2000
#define MANY           500
#define CONSUMER       "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1"

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of all threads of this process. */
static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- what is sent -------------------------------------------------------------------------- */

static void
add_aggregate(struct kds_buf *json, struct kds_agg_builder *builder, unsigned n)
{
    struct kds_buf sealed;
    uint8_t data[RECORD_BYTES];
    kds_buf_init(&sealed, 1 << 20);
    for (unsigned i = 0; i < RECORDS_IN_AGG; i++) {
        char key[40];
        memset(data, (int)(n + i), sizeof data);
        snprintf(key, sizeof key, "key-%032u", n * RECORDS_IN_AGG + i);
        const struct kds_agg_record record = {.partition_key = kds_slice(key),
                                              .data = {data, sizeof data}};
        if (kds_agg_builder_add(builder, &record) != KDS_AGG_ADDED)
            bench_fail("an aggregate could not be made");
    }
    if (kds_agg_builder_seal(builder, &sealed) != KDS_OK)
        bench_fail("an aggregate could not be sealed");
    kds_agg_finish(&sealed.p, &sealed.n, 1);
    char *room = (char *)kds_buf_reserve(json, kds_base64_encoded_size(sealed.n));
    if (room == NULL)
        bench_fail("out of memory");
    kds_base64_encode(sealed.p, sealed.n, room);
    kds_buf_commit(json, kds_base64_encoded_size(sealed.n));
    kds_buf_clear(&sealed);
}

static void make_events(struct kds_buf *frames)
{
    struct kds_agg_builder *builder = kds_agg_builder_new(1 << 20);
    for (unsigned e = 0; e < EVENTS; e++) {
        struct kds_event_encoder encoder;
        kds_event_encode_begin(&encoder, frames);
        kds_event_encode_text(&encoder, ":message-type", kds_slice("event"));
        kds_event_encode_text(&encoder, ":event-type",
                              kds_slice("SubscribeToShardEvent"));
        kds_event_encode_text(&encoder, ":content-type", kds_slice("application/json"));
        kds_event_encode_payload(&encoder);
        kds_buf_add_text(frames,
                         "{\"ContinuationSequenceNumber\":\"4960000000000000000000"
                         "0000000000000000000000000000000001\","
                         "\"MillisBehindLatest\":0,\"Records\":[");
        for (unsigned i = 0; i < AGGS_IN_EVENT; i++) {
            kds_buf_printf(
                frames, "%s{\"ApproximateArrivalTimestamp\":1.700000000123E9,\"Data\":\"",
                i ? "," : "");
            add_aggregate(frames, builder, e * AGGS_IN_EVENT + i);
            kds_buf_add_text(frames,
                             "\",\"EncryptionType\":\"NONE\",\"PartitionKey\":\"a\","
                             "\"SequenceNumber\":\"49600000000000000000000000000000"
                             "000000000000000000000001\"}");
        }
        kds_buf_add_text(frames, "]}");
        kds_event_encode_end(&encoder);
    }
    kds_agg_builder_free(builder);
    if (frames->err != KDS_OK)
        bench_fail("the events could not be made");
}

/* ---- the bare download --------------------------------------------------------------------- */

struct bare {
    int fd;
    uint64_t bytes;
    bool done;
    /* Of the latencies. */
    struct kds_event_decoder decoder;
    double *us;
    size_t count;
};

static double age_us(kds_slice_t sent_ns)
{
    struct timespec t;
    char text[32];
    clock_gettime(CLOCK_MONOTONIC, &t);
    snprintf(text, sizeof text, "%.*s", (int)sent_ns.n, (const char *)sent_ns.p);
    return (double)((long long)t.tv_sec * 1000000000 + t.tv_nsec - atoll(text)) / 1e3;
}

static int bare_data(nghttp2_session *session,
                     uint8_t flags,
                     int32_t id,
                     const uint8_t *p,
                     size_t n,
                     void *opaque)
{
    static const char mark[] = "\"ContinuationSequenceNumber\":\"";
    struct bare *b = opaque;
    (void)session;
    (void)flags;
    (void)id;
    b->bytes += n;
    if (b->us == NULL)
        return 0;
    const uint8_t *at = memmem(p, n, mark, sizeof mark - 1);
    if (at != NULL && b->count < TICKS)
        b->us[b->count++] = age_us((kds_slice_t){at + sizeof mark - 1, 20});
    return 0;
}

static int bare_close(nghttp2_session *session, int32_t id, uint32_t code, void *opaque)
{
    (void)session;
    (void)id;
    (void)code;
    ((struct bare *)opaque)->done = true;
    return 0;
}

static ssize_t
bare_send(nghttp2_session *session, const uint8_t *p, size_t n, int flags, void *opaque)
{
    (void)session;
    (void)flags;
    return send(((struct bare *)opaque)->fd, p, n, MSG_NOSIGNAL);
}

static void bare_download(struct bare *b, unsigned port)
{
    static uint8_t buffer[128 * 1024];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port)};
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;
    static char names[4][12] = {":method", ":scheme", ":authority", ":path"};
    static char values[4][12] = {"POST", "http", "localhost", "/"};
    nghttp2_nv nv[4];
    const int on = 1;
    const nghttp2_settings_entry window = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                                           16 << 20};
    for (int i = 0; i < 4; i++)
        nv[i] = (nghttp2_nv){(uint8_t *)names[i], (uint8_t *)values[i], strlen(names[i]),
                             strlen(values[i]), 0};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    b->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (b->fd < 0 || connect(b->fd, (struct sockaddr *)&address, sizeof address) != 0)
        bench_fail("not connected");
    setsockopt(b->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, bare_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, bare_close);
    nghttp2_session_callbacks_set_send_callback(callbacks, bare_send);
    nghttp2_session_client_new(&session, callbacks, b);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, 0, &window, 1);
    nghttp2_session_set_local_window_size(session, 0, 0, 16 << 20);
    nghttp2_submit_request(session, NULL, nv, 4, NULL, NULL);
    while (!b->done) {
        if (nghttp2_session_send(session) != 0)
            bench_fail("nghttp2 does not send");
        const ssize_t n = recv(b->fd, buffer, sizeof buffer, 0);
        if (n <= 0 || nghttp2_session_mem_recv(session, buffer, (size_t)n) < 0)
            bench_fail("the download broke");
    }
    nghttp2_session_del(session);
    close(b->fd);
}

/* ---- the fan-out --------------------------------------------------------------------------- */

static kds_client_t *open_client(unsigned port)
{
    kds_client_t *client = NULL;
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", port);
    const kds_client_options_t options = {.struct_size = sizeof options,
                                          .region = "us-east-1",
                                          .endpoint = endpoint,
                                          .access_key_id = "AKIDEXAMPLE",
                                          .secret_access_key = "secret"};
    if (kds_client_new(&options, &client, NULL) != KDS_OK)
        bench_fail("no client");
    return client;
}

static kds_fanout_t *open_fanout(kds_client_t *client, uint32_t credit)
{
    kds_fanout_t *fanout = NULL;
    const kds_fanout_options_t options = {.struct_size = sizeof options,
                                          .credit_bytes = credit};
    if (kds_fanout_new(client, &options, &fanout, NULL) != KDS_OK)
        bench_fail("no fan-out");
    return fanout;
}

static kds_subscription_t *subscribe(kds_fanout_t *fanout, const char *shard)
{
    kds_subscription_t *s = NULL;
    const kds_starting_position_t start = {.type = kds_slice("TRIM_HORIZON")};
    const kds_subscription_options_t options = {.struct_size = sizeof options,
                                                .consumer_arn = CONSUMER,
                                                .shard_id = shard,
                                                .start = &start};
    if (kds_subscribe(fanout, &options, &s, NULL) != KDS_OK)
        bench_fail("no subscription");
    return s;
}

static const kds_subscription_event_t *next(kds_subscription_t *s)
{
    const kds_subscription_event_t *event = NULL;
    kds_error_t *error = NULL;
    if (kds_subscription_next(s, 30000, &event, &error) != KDS_OK)
        bench_fail(kds_error_message(error));
    if (event->data == NULL)
        bench_fail(kds_error_message(event->error));
    return event;
}

/* All aggregates of an event checked and taken apart. @return user records */
static uint64_t take_apart(struct kds_agg_decoder *d,
                           const kds_subscription_event_t *event)
{
    uint64_t records = 0;
    kds_slice_t data[AGGS_IN_EVENT];
    bool sealed[AGGS_IN_EVENT];
    const size_t n = event->data->records_count;
    if (n != AGGS_IN_EVENT)
        bench_fail("an event is not what was sent");
    for (size_t i = 0; i < n; i++)
        data[i] = event->data->records[i].data;
    kds_agg_check(data, n, sealed);
    for (size_t i = 0; i < n; i++) {
        enum kds_agg_kind kind;
        struct kds_agg_view view;
        size_t count;
        if (!sealed[i] ||
            kds_agg_decoder_open_sealed(d, data[i], &kind, &count) != KDS_OK ||
            kind != KDS_AGG_VALID)
            bench_fail("an aggregate is not what was sent");
        while (kds_agg_decoder_next(d, &view)) {
            if (view.data.n != RECORD_BYTES)
                bench_fail("a record is not what was sent");
            records++;
        }
    }
    return records;
}

static uint64_t fan_out_all(unsigned port, uint64_t events)
{
    kds_client_t *client = open_client(port);
    kds_fanout_t *fanout = open_fanout(client, 16 << 20);
    kds_subscription_t *s = subscribe(fanout, "shard-0");
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    uint64_t records = 0;
    for (uint64_t i = 0; i < events; i++) {
        const kds_subscription_event_t *event = next(s);
        records += take_apart(d, event);
        kds_subscription_release(event);
    }
    kds_agg_decoder_free(d);
    kds_subscription_free(s);
    kds_fanout_free(fanout);
    kds_client_free(client);
    return records;
}

static void measure_throughput(void)
{
    struct kds_buf frames;
    unsigned port;
    double bare_s[ROUNDS], ours_s[ROUNDS], bare_cpu[ROUNDS], ours_cpu[ROUNDS];
    uint64_t records = 0;
    kds_buf_init(&frames, (size_t)64 << 20);
    make_events(&frames);
    const uint64_t repeats = BULK_BYTES / frames.n;
    const struct h2_source_options options = {.frames = frames.p,
                                              .frames_n = frames.n,
                                              .bytes = repeats * frames.n,
                                              .max_streams = 100};
    const pid_t pid = h2_source_start(&options, &port);
    for (int i = 0; i < ROUNDS; i++) {
        struct bare b = {.fd = -1};
        double start = now_s(), cpu = cpu_s();
        bare_download(&b, port);
        bare_s[i] = now_s() - start;
        bare_cpu[i] = cpu_s() - cpu;
        if (b.bytes != options.bytes)
            bench_fail("the bare download is not what was sent");
        start = now_s();
        cpu = cpu_s();
        records = fan_out_all(port, repeats * EVENTS);
        ours_s[i] = now_s() - start;
        ours_cpu[i] = cpu_s() - cpu;
        if (records != repeats * EVENTS * AGGS_IN_EVENT * RECORDS_IN_AGG)
            bench_fail("records are missing");
    }
    h2_source_stop(pid);
    qsort(bare_s, ROUNDS, sizeof(double), by_value);
    qsort(ours_s, ROUNDS, sizeof(double), by_value);
    qsort(bare_cpu, ROUNDS, sizeof(double), by_value);
    qsort(ours_cpu, ROUNDS, sizeof(double), by_value);
    const double bare = bare_s[ROUNDS / 2], ours = ours_s[ROUNDS / 2];
    const double bare_work = bare_cpu[ROUNDS / 2], our_work = ours_cpu[ROUNDS / 2];
    printf("\nfan-out, cleartext, aggregated 1 KiB records, medians of %d\n", ROUNDS);
    printf("  bare nghttp2 download  %.2f GB/s, %.2f ns a byte of this process's time\n",
           (double)options.bytes / bare / 1e9, bare_work / (double)options.bytes * 1e9);
    printf("  subscription           %.2f GB/s, %.2f ns a byte, %.0f user records a "
           "second\n",
           (double)options.bytes / ours / 1e9, our_work / (double)options.bytes * 1e9,
           (double)records / ours);
    bench_print_target(&(struct bench_target){"T14",
                                              "fan-out to user records, share of a bare "
                                              "nghttp2 download of the same bytes",
                                              BENCH_AT_LEAST, 0.4, 0.7},
                       bare / ours);
    bench_print_target(&(struct bench_target){"T14",
                                              "the same by the CPU time of all threads",
                                              BENCH_AT_LEAST, 0.4, 0.7},
                       bare_work / our_work);
    kds_buf_clear(&frames);
}

/* ---- latency ------------------------------------------------------------------------------- */

static void print_latency(const char *who, double *us, size_t n)
{
    qsort(us, n, sizeof *us, by_value);
    printf("  %-22s p50 %6.1f us  p99 %6.1f us\n", who, us[n / 2], us[n * 99 / 100]);
}

static void measure_latency(void)
{
    static double bare_us[TICKS], ours_us[TICKS];
    unsigned port;
    const struct h2_source_options options = {
        .period_us = 1000, .count = TICKS, .max_streams = 100};
    const pid_t pid = h2_source_start(&options, &port);
    struct bare b = {.fd = -1, .us = bare_us};
    bare_download(&b, port);
    kds_client_t *client = open_client(port);
    kds_fanout_t *fanout = open_fanout(client, 0);
    kds_subscription_t *s = subscribe(fanout, "shard-0");
    for (int i = 0; i < TICKS; i++) {
        const kds_subscription_event_t *event = next(s);
        ours_us[i] = age_us(event->data->continuation_sequence_number);
        kds_subscription_release(event);
    }
    kds_subscription_free(s);
    kds_fanout_free(fanout);
    kds_client_free(client);
    h2_source_stop(pid);
    printf("\nfrom the server's send to the application, an event a millisecond\n");
    print_latency("bare nghttp2", bare_us, b.count);
    print_latency("subscription", ours_us, TICKS);
}

/* ---- many ---------------------------------------------------------------------------------- */

static long status_of(const char *name)
{
    char line[256];
    long value = -1;
    const size_t n = strlen(name);
    FILE *f = fopen("/proc/self/status", "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, n) == 0)
            value = strtol(line + n + 1, NULL, 10);
    if (f != NULL)
        fclose(f);
    return value;
}

static void measure_many(void)
{
    static kds_subscription_t *all[MANY];
    unsigned port;
    const struct h2_source_options options = {
        .period_us = 100000, .count = 100000, .max_streams = 5};
    const pid_t pid = h2_source_start(&options, &port);
    kds_client_t *client = open_client(port);
    kds_fanout_t *fanout = open_fanout(client, 0);
    const long threads = status_of("Threads"), memory = status_of("VmRSS");
    const double start = now_s();
    for (int i = 0; i < MANY; i++) {
        char shard[32];
        snprintf(shard, sizeof shard, "shardId-%012d", i);
        all[i] = subscribe(fanout, shard);
    }
    for (int i = 0; i < MANY; i++)
        kds_subscription_release(next(all[i]));
    const double took = now_s() - start;
    kds_fanout_status_t status = {.struct_size = sizeof status};
    kds_fanout_get_status(fanout, &status);
    printf("\n%d subscriptions, 5 streams a connection, in one process\n", MANY);
    printf("  first event of each after %.0f ms\n", took * 1e3);
    printf(
        "  connections %u, threads %ld more than before, memory %ld KiB more: %.1f KiB "
        "a subscription\n",
        status.connections, status_of("Threads") - threads, status_of("VmRSS") - memory,
        (double)(status_of("VmRSS") - memory) / MANY);
    for (int i = 0; i < MANY; i++)
        kds_subscription_free(all[i]);
    kds_fanout_free(fanout);
    kds_client_free(client);
    h2_source_stop(pid);
}

int main(void)
{
    bench_print_machine();
    measure_throughput();
    measure_latency();
    measure_many();
    return 0;
}
