/*
 * bench_event_stream: reading event-stream frames against its targets (T1, T2 of docs/benchmarks.md).
 *
 * Messages as SubscribeToShard sends them, fed 16 KiB at a time, so that larger ones straddle. Before
 * anything is timed, all payloads are compared with what was framed, and all check sums with zlib's.
 *
 *   bench_event_stream small N    read 10,000 messages of 100 B N times: bench/instructions counts
 */
#include "codec/event_stream.h"
#include "harness.h"
#include "kernel/crc32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define STREAM_BYTES   ((size_t)4 << 20)
#define SMALL_MESSAGES 10000
#define CHUNK_BYTES    ((size_t)16 << 10)

struct job {
    struct kds_buf stream; /* frames */
    uint8_t *payload;
    size_t payload_n, messages;
    struct kds_event_decoder decoder;
    uint8_t *copy; /* where the floor copies to */
    uint32_t sink;
};

static void frame(struct job *job)
{
    struct kds_event_encoder e;
    kds_event_encode_begin(&e, &job->stream);
    kds_event_encode_text(&e, ":message-type", kds_slice("event"));
    kds_event_encode_text(&e, ":event-type", kds_slice("SubscribeToShardEvent"));
    kds_event_encode_text(&e, ":content-type", kds_slice("application/json"));
    kds_event_encode_payload(&e);
    kds_buf_add(&job->stream, job->payload, job->payload_n);
    kds_event_encode_end(&e);
    job->messages++;
}

static void open_job(struct job *job, size_t payload_n)
{
    memset(job, 0, sizeof *job);
    kds_buf_init(&job->stream, 4 * STREAM_BYTES);
    job->payload_n = payload_n;
    job->payload = malloc(payload_n);
    if (job->payload == NULL)
        bench_fail("out of memory");
    for (size_t i = 0; i < payload_n; i++)
        job->payload[i] = (uint8_t)(i * 2654435761u >> 13);
    while (job->stream.n < STREAM_BYTES)
        frame(job);
    job->copy = malloc(job->stream.n);
    if (job->stream.err != KDS_OK || job->copy == NULL)
        bench_fail("out of memory");
    kds_event_decoder_init(&job->decoder, 0);
}

static void close_job(struct job *job)
{
    kds_buf_clear(&job->stream);
    kds_event_decoder_clear(&job->decoder);
    free(job->payload);
    free(job->copy);
}

/* ---- the variants -------------------------------------------------------------------------- */

static void decode(void *opaque)
{
    struct job *job = opaque;
    struct kds_event_message m;
    size_t messages = 0;
    for (size_t at = 0; at < job->stream.n; at += CHUNK_BYTES) {
        const size_t left = job->stream.n - at;
        kds_event_decoder_feed(
            &job->decoder,
            (kds_slice_t){job->stream.p + at, left < CHUNK_BYTES ? left : CHUNK_BYTES});
        while (kds_event_decoder_next(&job->decoder, &m) == KDS_EVENT_MESSAGE)
            messages++;
    }
    if (messages != job->messages)
        bench_fail("messages are missing");
}

static void zlib_sum(void *opaque)
{
    struct job *job = opaque;
    for (size_t at = 0; at < job->stream.n; at += CHUNK_BYTES) {
        const size_t left = job->stream.n - at;
        job->sink += (uint32_t)crc32_z(0, job->stream.p + at,
                                       left < CHUNK_BYTES ? left : CHUNK_BYTES);
    }
}

/* What cannot be left out: each byte summed, each copied to where its message is whole. */
static void floor_sum_and_copy(void *opaque)
{
    struct job *job = opaque;
    for (size_t at = 0; at < job->stream.n; at += CHUNK_BYTES) {
        const size_t left = job->stream.n - at;
        const size_t n = left < CHUNK_BYTES ? left : CHUNK_BYTES;
        /* One message's buffer is used again and again, as the decoder's is. */
        const size_t to =
            at % (job->payload_n < CHUNK_BYTES ? CHUNK_BYTES : job->payload_n);
        job->sink += kds_crc32(0, job->stream.p + at, n);
        memcpy(job->copy + to, job->stream.p + at, n);
    }
}

/* ---- the answers are right ----------------------------------------------------------------- */

static void check(struct job *job)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    size_t messages = 0;
    kds_event_decoder_init(&d, 0);
    for (size_t at = 0; at < job->stream.n; at += CHUNK_BYTES) {
        const size_t left = job->stream.n - at;
        kds_event_decoder_feed(
            &d,
            (kds_slice_t){job->stream.p + at, left < CHUNK_BYTES ? left : CHUNK_BYTES});
        while (kds_event_decoder_next(&d, &m) == KDS_EVENT_MESSAGE) {
            if (m.header_count != 3 || m.payload.n != job->payload_n ||
                memcmp(m.payload.p, job->payload, job->payload_n) != 0)
                bench_fail("a message is not what was framed");
            messages++;
        }
    }
    if (messages != job->messages)
        bench_fail("messages are missing");
    if (kds_crc32(0, job->stream.p, job->stream.n) !=
        crc32_z(0, job->stream.p, job->stream.n))
        bench_fail("a check sum is not zlib's");
    kds_event_decoder_clear(&d);
}

/* ---- what is measured ---------------------------------------------------------------------- */

struct ratios {
    double zlib, floor; /* our speed over theirs */
};

static struct ratios measure(size_t payload_n, const char *title)
{
    static struct job job;
    open_job(&job, payload_n);
    check(&job);
    struct bench_variant variants[] = {
        {"kds_event_decoder, contiguous payload out", decode, &job, job.messages, 0},
        {"zlib crc32 alone", zlib_sum, &job, job.messages, 0},
        {"our check sum and memcpy (the floor)", floor_sum_and_copy, &job, job.messages,
         0},
    };
    bench_measure(title, variants, 3);
    const double bytes = (double)job.stream.n / (double)job.messages;
    printf("  %.2f GB/s, zlib %.2f, the floor %.2f\n", bytes / variants[0].ns,
           bytes / variants[1].ns, bytes / variants[2].ns);
    close_job(&job);
    return (struct ratios){variants[1].ns / variants[0].ns,
                           variants[2].ns / variants[0].ns};
}

/* For a counter of instructions: @p passes over 10,000 messages, as one chunk. */
static int run_small(size_t passes)
{
    static struct job job;
    struct kds_event_message m;
    open_job(&job, 100);
    const kds_slice_t chunk = {job.stream.p,
                               job.stream.n / job.messages * SMALL_MESSAGES};
    for (size_t i = 0; i < passes; i++) {
        size_t messages = 0;
        kds_event_decoder_feed(&job.decoder, chunk);
        while (kds_event_decoder_next(&job.decoder, &m) == KDS_EVENT_MESSAGE)
            messages++;
        if (messages != SMALL_MESSAGES)
            bench_fail("messages are missing");
    }
    close_job(&job);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        size_t n;
        const char *title;
    } sizes[] = {{100, "100 B"},
                 {1024, "1 KiB"},
                 {16 << 10, "16 KiB"},
                 {256 << 10, "256 KiB"},
                 {1 << 20, "1 MiB"}};
    double least_zlib = 1e9, least_floor = 1e9;
    if (argc == 3 && strcmp(argv[1], "small") == 0)
        return run_small(strtoul(argv[2], NULL, 10));
    bench_print_machine();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const struct ratios r = measure(sizes[i].n, sizes[i].title);
        if (sizes[i].n < 16 << 10)
            continue;
        least_zlib = r.zlib < least_zlib ? r.zlib : least_zlib;
        least_floor = r.floor < least_floor ? r.floor : least_floor;
    }
    printf("\n");
    bench_print_target(&(struct bench_target){"T1",
                                              "event stream, 16 KiB to 1 MiB, speed over "
                                              "zlib's crc32, the least",
                                              BENCH_AT_LEAST, 3.5, 0},
                       least_zlib);
    bench_print_target(
        &(struct bench_target){"T1",
                               "event stream, 16 KiB to 1 MiB, share of the "
                               "floor, the least",
                               BENCH_AT_LEAST, 0, 0.85},
        least_floor);
    return 0;
}
