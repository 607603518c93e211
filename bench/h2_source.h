/*
 * h2_source: a process that answers each SubscribeToShard over cleartext HTTP/2 with event-stream
 * frames that were made before; as fast as it is read, or one at a time. A yardstick's other end.
 */
#ifndef BENCH_H2_SOURCE_H
#define BENCH_H2_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct h2_source_options {
    const uint8_t *frames; /* (borrowed) sent again and again until `bytes` were */
    size_t frames_n;
    uint64_t bytes; /* a multiple of frames_n; then the stream ends */
    unsigned
        period_us; /* not 0: instead of `frames` an event with the time of its sending, every so often */
    unsigned count;       /* of these */
    uint32_t max_streams; /* on a connection */
};

/** Start the process. @param port receives where it listens @return its id */
pid_t h2_source_start(const struct h2_source_options *options, unsigned *port);
void h2_source_stop(pid_t pid);

#endif /* BENCH_H2_SOURCE_H */
