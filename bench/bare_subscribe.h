/*
 * bare_subscribe: all shards of a stream by SubscribeToShard with nghttp2 alone: no check, no decoding, bytes are counted.
 *
 * The yardstick of a whole consumer: nobody who reads over HTTP/2 does less.
 */
#ifndef BENCH_BARE_SUBSCRIBE_H
#define BENCH_BARE_SUBSCRIBE_H

#include <stddef.h>
#include <stdint.h>

struct bare_cost {
    double wall_s, cpu_s; /* from the first byte of an event to the last */
    uint64_t bytes;
};

/**
 * @param endpoint      http://HOST:PORT
 * @param consumer_arn  of a consumer that has not subscribed yet
 * @param shards        of the stream, called shardId-000000000000 and so on
 * @param bytes         how many to read; 0 = until none come for half a second
 */
struct bare_cost bare_subscribe(const char *endpoint,
                                const char *consumer_arn,
                                size_t shards,
                                uint64_t bytes);

#endif /* BENCH_BARE_SUBSCRIBE_H */
