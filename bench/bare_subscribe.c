#include "bare_subscribe.h"

#include "harness.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SILENCE_MS 500
#define WINDOW     (16 << 20)

struct request {
    char body[2600];
    size_t sent;
};

struct download {
    int fd;
    uint64_t bytes;
    double wall_s, cpu_s; /* at the first byte */
};

static double clock_s(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int on_data(nghttp2_session *session,
                   uint8_t flags,
                   int32_t id,
                   const uint8_t *p,
                   size_t n,
                   void *opaque)
{
    struct download *d = opaque;
    (void)session;
    (void)flags;
    (void)id;
    (void)p;
    if (d->bytes == 0) {
        d->wall_s = clock_s(CLOCK_MONOTONIC);
        d->cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
    }
    d->bytes += n;
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *opaque)
{
    (void)session;
    (void)id;
    (void)code;
    (void)opaque;
    bench_fail("a bare subscription was closed");
    return 0;
}

static ssize_t
send_bytes(nghttp2_session *session, const uint8_t *p, size_t n, int flags, void *opaque)
{
    (void)session;
    (void)flags;
    return send(((struct download *)opaque)->fd, p, n, MSG_NOSIGNAL);
}

static ssize_t give_body(nghttp2_session *session,
                         int32_t id,
                         uint8_t *out,
                         size_t size,
                         uint32_t *flags,
                         nghttp2_data_source *source,
                         void *opaque)
{
    struct request *r = source->ptr;
    size_t n = strlen(r->body) - r->sent;
    (void)session;
    (void)id;
    (void)opaque;
    n = n < size ? n : size;
    memcpy(out, r->body + r->sent, n);
    r->sent += n;
    *flags = r->body[r->sent] == 0 ? NGHTTP2_DATA_FLAG_EOF : 0;
    return (ssize_t)n;
}

static int connect_to(const char *endpoint)
{
    char host[200], port[8];
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    const int on = 1;
    if (sscanf(endpoint, "http://%199[^:]:%7s", host, port) != 2 ||
        getaddrinfo(host, port, &hints, &found) != 0) {
        bench_fail("the endpoint has no address");
    }
    int fd = socket(found->ai_family, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        bench_fail("not connected");
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    freeaddrinfo(found);
    return fd;
}

static nghttp2_session *open_session(struct download *d)
{
    const nghttp2_settings_entry window = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW};
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_send_callback(callbacks, send_bytes);
    nghttp2_session_client_new(&session, callbacks, d);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, 0, &window, 1);
    nghttp2_session_set_local_window_size(session, 0, 0, WINDOW);
    return session;
}

/* A signature that is none: it is well formed, and nobody checks it. */
static void submit(nghttp2_session *session, struct request *r, const char *authority)
{
    static char const *const fixed[][2] = {
        {":method", "POST"},
        {":scheme", "http"},
        {":path", "/"},
        {"content-type", "application/x-amz-json-1.1"},
        {"x-amz-target", "Kinesis_20131202.SubscribeToShard"},
        {"x-amz-date", "20260101T000000Z"},
        {"authorization",
         "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/kinesis/aws4_request, "
         "SignedHeaders=host;x-amz-date, Signature="
         "0000000000000000000000000000000000000000000000000000000000000000"}};
    const size_t n = sizeof fixed / sizeof fixed[0];
    nghttp2_nv nv[sizeof fixed / sizeof fixed[0] + 1];
    nghttp2_data_provider body = {.source.ptr = r, .read_callback = give_body};
    for (size_t i = 0; i <= n; i++) {
        const char *name = i < n ? fixed[i][0] : ":authority";
        const char *value = i < n ? fixed[i][1] : authority;
        nv[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                             strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
    }
    nghttp2_nv last = nv[n]; /* pseudo headers come first */
    memmove(nv + 1, nv, n * sizeof nv[0]);
    nv[0] = last;
    if (nghttp2_submit_request(session, NULL, nv, n + 1, &body, NULL) < 0) {
        bench_fail("nghttp2 takes no request");
    }
}

struct bare_cost bare_subscribe(const char *endpoint,
                                const char *consumer_arn,
                                size_t shards,
                                uint64_t bytes)
{
    static uint8_t buffer[128 * 1024];
    struct download d = {.fd = connect_to(endpoint)};
    struct request *requests = calloc(shards, sizeof *requests);
    nghttp2_session *session = open_session(&d);
    struct bare_cost cost = {0};
    for (size_t i = 0; requests != NULL && i < shards; i++) {
        snprintf(requests[i].body, sizeof requests[i].body,
                 "{\"ConsumerARN\":\"%s\",\"ShardId\":\"shardId-%012zu\","
                 "\"StartingPosition\":{\"Type\":\"TRIM_HORIZON\"}}",
                 consumer_arn, i);
        submit(session, &requests[i], strstr(endpoint, "//") + 2);
    }
    while (bytes == 0 || d.bytes < bytes) {
        struct pollfd ready = {.fd = d.fd, .events = POLLIN};
        if (nghttp2_session_send(session) != 0) {
            bench_fail("nghttp2 does not send");
        }
        if (bytes == 0 && poll(&ready, 1, SILENCE_MS) == 0 && d.bytes > 0) {
            break;
        }
        const ssize_t n = recv(d.fd, buffer, sizeof buffer, 0);
        if (n <= 0 || nghttp2_session_mem_recv(session, buffer, (size_t)n) < 0) {
            bench_fail("the bare download broke");
        }
    }
    cost.wall_s = clock_s(CLOCK_MONOTONIC) - d.wall_s;
    cost.cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID) - d.cpu_s;
    cost.bytes = d.bytes;
    nghttp2_session_del(session);
    close(d.fd);
    free(requests);
    return cost;
}
