/*
 * h2_source: nghttp2, a thread for each connection, nothing copied on the way out.
 */
#include "h2_source.h"

#include "codec/event_stream.h"
#include "harness.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct h2_source_options *options;

struct response {
    uint64_t sent;
    unsigned ticks;
    struct kds_buf tick; /* the event under way */
    size_t tick_sent;
    int32_t id;
    struct response *next;
};

struct connection {
    int fd;
    nghttp2_session *session;
    struct response *responses;
};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* An event whose sequence number is the time. */
static void make_tick(struct response *r)
{
    struct kds_event_encoder e;
    kds_buf_reset(&r->tick);
    kds_event_encode_begin(&e, &r->tick);
    kds_event_encode_text(&e, ":message-type", kds_slice("event"));
    kds_event_encode_text(&e, ":event-type", kds_slice("SubscribeToShardEvent"));
    kds_event_encode_text(&e, ":content-type", kds_slice("application/json"));
    kds_event_encode_payload(&e);
    kds_buf_printf(&r->tick,
                   "{\"Records\":[{\"Data\":\"aGVsbG8=\",\"PartitionKey\":\"k\","
                   "\"SequenceNumber\":\"1\"}],\"MillisBehindLatest\":0,"
                   "\"ContinuationSequenceNumber\":\"%lld\"}",
                   (long long)now_ns());
    kds_event_encode_end(&e);
    r->tick_sent = 0;
}

static ssize_t read_ticks(nghttp2_session *session,
                          int32_t id,
                          uint8_t *to,
                          size_t room,
                          uint32_t *flags,
                          nghttp2_data_source *source,
                          void *opaque)
{
    struct response *r = source->ptr;
    size_t n = r->tick.n - r->tick_sent;
    (void)session;
    (void)id;
    (void)opaque;
    if (n == 0 && r->ticks < options->count)
        return NGHTTP2_ERR_DEFERRED;
    n = n < room ? n : room;
    if (n > 0)
        memcpy(to, r->tick.p + r->tick_sent, n);
    r->tick_sent += n;
    if (r->ticks >= options->count && r->tick_sent == r->tick.n)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static ssize_t read_frames(nghttp2_session *session,
                           int32_t id,
                           uint8_t *to,
                           size_t room,
                           uint32_t *flags,
                           nghttp2_data_source *source,
                           void *opaque)
{
    struct response *r = source->ptr;
    uint64_t n = options->frames_n - r->sent % options->frames_n;
    (void)session;
    (void)id;
    (void)to;
    (void)opaque;
    n = n < options->bytes - r->sent ? n : options->bytes - r->sent;
    n = n < room ? n : room;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (r->sent + n == options->bytes)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static void write_fully(int fd, struct iovec *iov, int count)
{
    while (count > 0) {
        ssize_t n = writev(fd, iov, count);
        if (n <= 0)
            pthread_exit(NULL);
        for (; count > 0 && (size_t)n >= iov->iov_len; iov++, count--)
            n -= (ssize_t)iov->iov_len;
        if (count > 0) {
            iov->iov_base = (char *)iov->iov_base + n;
            iov->iov_len -= (size_t)n;
        }
    }
}

static int send_frames(nghttp2_session *session,
                       nghttp2_frame *frame,
                       const uint8_t *head,
                       size_t n,
                       nghttp2_data_source *source,
                       void *opaque)
{
    struct connection *c = opaque;
    struct response *r = source->ptr;
    const uint8_t *from = options->frames + r->sent % options->frames_n;
    struct iovec iov[2] = {{(void *)(uintptr_t)head, 9}, {(void *)(uintptr_t)from, n}};
    (void)session;
    (void)frame;
    write_fully(c->fd, iov, 2);
    r->sent += n;
    return 0;
}

static ssize_t
send_bytes(nghttp2_session *session, const uint8_t *p, size_t n, int flags, void *opaque)
{
    struct connection *c = opaque;
    struct iovec iov = {(void *)(uintptr_t)p, n};
    (void)session;
    (void)flags;
    write_fully(c->fd, &iov, 1);
    return (ssize_t)n;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *opaque)
{
    struct connection *c = opaque;
    if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) ||
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
        return 0;
    struct response *r = calloc(1, sizeof *r);
    static char status[] = ":status", ok[] = "200", name[] = "content-type",
                type[] = "application/vnd.amazon.eventstream";
    const nghttp2_nv nv[] = {{(uint8_t *)status, (uint8_t *)ok, 7, 3, 0},
                             {(uint8_t *)name, (uint8_t *)type, 12, sizeof type - 1, 0}};
    const nghttp2_data_provider body = {
        .source = {.ptr = r},
        .read_callback = options->period_us != 0 ? read_ticks : read_frames};
    kds_buf_init(&r->tick, 4096);
    r->id = frame->hd.stream_id;
    r->next = c->responses;
    c->responses = r;
    nghttp2_submit_response(session, r->id, nv, 2, &body);
    return 0;
}

static nghttp2_session *make_session(struct connection *c)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_send_callback(callbacks, send_bytes);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_frames);
    nghttp2_session_server_new(&session, callbacks, c);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry entry = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                          options->max_streams};
    nghttp2_submit_settings(session, 0, &entry, 1);
    return session;
}

static void tick_all(struct connection *c)
{
    for (struct response *r = c->responses; r != NULL; r = r->next)
        if (r->ticks < options->count && r->tick_sent == r->tick.n) {
            make_tick(r);
            r->ticks++;
            nghttp2_session_resume_data(c->session, r->id);
        }
}

static void *serve(void *opaque)
{
    static _Thread_local uint8_t buffer[16384];
    struct connection c = {.fd = (int)(intptr_t)opaque};
    c.session = make_session(&c);
    for (;;) {
        struct pollfd p = {c.fd, POLLIN, 0};
        nghttp2_session_send(c.session);
        const int wait = options->period_us != 0 ? (int)(options->period_us / 1000) : -1;
        if (poll(&p, 1, wait) > 0) {
            const ssize_t n = recv(c.fd, buffer, sizeof buffer, 0);
            if (n <= 0 || nghttp2_session_mem_recv(c.session, buffer, (size_t)n) < 0)
                break;
        } else if (options->period_us != 0) {
            tick_all(&c);
        }
    }
    close(c.fd);
    return NULL;
}

static void listen_for_ever(int listener)
{
    const int on = 1;
    for (;;) {
        pthread_t thread;
        const int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
    }
}

pid_t h2_source_start(const struct h2_source_options *wanted, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t n = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 512) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &n) != 0)
        bench_fail("no socket");
    *port = ntohs(address.sin_port);
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        options = wanted;
        listen_for_ever(listener);
    }
    close(listener);
    return pid;
}

void h2_source_stop(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
