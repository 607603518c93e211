/*
 * server: accept, read, answer, write, in one loop.
 */
#include "server.h"

#include "api.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/slice.h"
#include "base/text.h"
#include "http1.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX  4096
#define READ_BYTES       8192 /* on the stack */
#define ANSWER_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define EVENTS_AT_A_TIME 64

struct connection {
    struct connection *next, **at; /* in the server's list */
    int fd;
    struct http1 http;
    struct kds_buf out; /* what is still to be written */
    size_t written;
    bool closing;     /* close when all is written */
    bool wants_write; /* epoll tells when there is room */
};

struct server {
    struct server_options options;
    int listener, epoll, signals;
    char url[80];
    struct connection *connections;
    size_t connection_count;
    struct kds_rng request_ids;
};

/* ---- opening ------------------------------------------------------------------------------ */

static bool fail(char *why, size_t size, const char *what)
{
    snprintf(why, size, "%s: %s", what, strerror(errno));
    return false;
}

static bool parse_address(const char *host,
                          uint16_t port,
                          struct sockaddr_storage *out,
                          socklen_t *size)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof v4);
        *size = sizeof v4;
        return true;
    }
    if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof v6);
        *size = sizeof v6;
        return true;
    }
    return false;
}

static void describe_address(struct server *s)
{
    struct sockaddr_storage address;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    getsockname(s->listener, (struct sockaddr *)(void *)&address, &size);
    memcpy(&v4, &address, sizeof v4);
    memcpy(&v6, &address, sizeof v6);
    if (address.ss_family == AF_INET6) {
        snprintf(s->url, sizeof s->url, "http://[%s]:%u", s->options.host,
                 ntohs(v6.sin6_port));
    } else {
        snprintf(s->url, sizeof s->url, "http://%s:%u", s->options.host,
                 ntohs(v4.sin_port));
    }
}

static bool watch(struct server *s, int fd, void *who, uint32_t events, int how)
{
    struct epoll_event event = {.events = events, .data = {.ptr = who}};
    return epoll_ctl(s->epoll, how, fd, &event) == 0;
}

static bool open_listener(struct server *s, char *why, size_t size)
{
    struct sockaddr_storage address;
    socklen_t n;
    int yes = 1;
    if (!parse_address(s->options.host, s->options.port, &address, &n)) {
        snprintf(why, size, "--host %s: not an address", s->options.host);
        return false;
    }
    s->listener =
        socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->listener < 0) {
        return fail(why, size, "socket");
    }
    setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(s->listener, (struct sockaddr *)(void *)&address, n) != 0 ||
        listen(s->listener, 1024) != 0) {
        char what[80];
        snprintf(what, sizeof what, "cannot listen on %s port %u", s->options.host,
                 s->options.port);
        return fail(why, size, what);
    }
    return true;
}

static bool open_all(struct server *s, char *why, size_t size)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    if (!open_listener(s, why, size)) {
        return false;
    }
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->epoll < 0 || s->signals < 0 ||
        !watch(s, s->listener, &s->listener, EPOLLIN, EPOLL_CTL_ADD) ||
        !watch(s, s->signals, &s->signals, EPOLLIN, EPOLL_CTL_ADD)) {
        return fail(why, size, "epoll");
    }
    describe_address(s);
    return true;
}

struct server *
server_new(const struct server_options *options, char *why, size_t why_size)
{
    struct server *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    s->options = *options;
    s->listener = s->epoll = s->signals = -1;
    kds_rng_seed(&s->request_ids, (uint64_t)kds_clock_realtime_us(kds_clock_system()));
    if (!open_all(s, why, why_size)) {
        server_free(s);
        return NULL;
    }
    return s;
}

const char *server_url(const struct server *s)
{
    return s->url;
}

/* ---- connections -------------------------------------------------------------------------- */

static void drop(struct server *s, struct connection *c)
{
    *c->at = c->next;
    if (c->next != NULL) {
        c->next->at = c->at;
    }
    s->connection_count--;
    close(c->fd);
    http1_clear(&c->http);
    kds_buf_clear(&c->out);
    kds_free(c);
}

void server_free(struct server *s)
{
    while (s->connections != NULL) {
        drop(s, s->connections);
    }
    const int fds[] = {s->listener, s->epoll, s->signals};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    kds_free(s);
}

static void adopt(struct server *s, int fd)
{
    int yes = 1;
    struct connection *c =
        s->connection_count < CONNECTIONS_MAX ? kds_alloc_zero(1, sizeof *c) : NULL;
    if (c == NULL || !watch(s, fd, c, EPOLLIN, EPOLL_CTL_ADD)) {
        kds_free(c);
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    c->fd = fd;
    http1_init(&c->http);
    kds_buf_init(&c->out, ANSWER_BYTES_MAX);
    c->next = s->connections;
    c->at = &s->connections;
    if (c->next != NULL) {
        c->next->at = &c->next;
    }
    s->connections = c;
    s->connection_count++;
}

static void accept_all(struct server *s)
{
    for (;;) {
        int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return; /* none left, or none can be had now: epoll tells again */
        }
        adopt(s, fd);
    }
}

/* ---- answering ---------------------------------------------------------------------------- */

static void add_request_id(struct server *s, struct kds_buf *out)
{
    uint64_t a = kds_rng_next(&s->request_ids), b = kds_rng_next(&s->request_ids);
    kds_buf_printf(out, "x-amzn-RequestId: %08x-%04x-4%03x-a%03x-%012llx\r\n",
                   (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xFFFF),
                   (unsigned)(a & 0xFFF), (unsigned)(b >> 52),
                   (unsigned long long)(b & 0xFFFFFFFFFFFF));
    kds_buf_printf(out, "x-amz-id-2: %016llx%016llx\r\n", (unsigned long long)b,
                   (unsigned long long)a);
}

static void add_date(struct kds_buf *out, int64_t now_us)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(now_us / KDS_US_PER_S);
    struct tm t;
    gmtime_r(&seconds, &t);
    kds_buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[t.tm_wday],
                   t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min,
                   t.tm_sec);
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {{200, "OK"},
                 {400, "Bad Request"},
                 {403, "Forbidden"},
                 {404, "Not Found"},
                 {413, "Content Too Large"},
                 {431, "Header Too Large"},
                 {500, "Internal Server Error"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) {
            return known[i].reason;
        }
    }
    return "Error";
}

static void add_answer(struct server *s,
                       struct connection *c,
                       const struct local_answer *answer,
                       int64_t now_us,
                       bool keep_alive)
{
    struct kds_buf *out = &c->out;
    kds_buf_printf(out, "HTTP/1.1 %d %s\r\n", answer->status, reason_of(answer->status));
    add_request_id(s, out);
    if (answer->content_type != NULL) {
        kds_buf_printf(out, "Content-Type: %s\r\n", answer->content_type);
    }
    if (answer->error_code != NULL) {
        kds_buf_printf(out, "x-amzn-ErrorType: %s\r\n", answer->error_code);
    }
    add_date(out, now_us);
    kds_buf_printf(out, "Content-Length: %zu\r\n%s\r\n", answer->body.n,
                   keep_alive ? "" : "Connection: close\r\n");
    kds_buf_add(out, answer->body.p, answer->body.n);
    c->closing |= !keep_alive || out->err != KDS_OK;
}

static void answer_request(struct server *s, struct connection *c)
{
    const struct http1 *h = &c->http;
    int64_t now_us = kds_clock_realtime_us(kds_clock_system());
    struct local_request request = {.method = h->method,
                                    .path = h->path,
                                    .target = h->headers.target,
                                    .content_type = h->headers.content_type,
                                    .body = kds_buf_slice(&h->body)};
    struct local_answer answer = {.status = 500};
    kds_buf_init(&answer.body, ANSWER_BYTES_MAX);
    if (s->options.truth != NULL) {
        truth_log_request(s->options.truth, h->headers.invocation, h->headers.attempt);
    }
    local_api_answer(s->options.service, now_us, &request, &answer);
    if (s->options.truth != NULL && !truth_log_flush(s->options.truth)) {
        fprintf(stderr, "kds-local: the truth log cannot be written\n");
    }
    add_answer(s, c, &answer, now_us, h->keep_alive);
    kds_buf_clear(&answer.body);
}

static void answer_broken(struct server *s, struct connection *c)
{
    struct local_answer answer = {.status = c->http.status, .content_type = "text/plain"};
    kds_buf_init(&answer.body, 1024);
    kds_buf_printf(&answer.body, "%s\n", c->http.why);
    add_answer(s, c, &answer, kds_clock_realtime_us(kds_clock_system()), false);
    kds_buf_clear(&answer.body);
}

/* ---- the loop ----------------------------------------------------------------------------- */

/* Write what can be written. @return false when the connection is over. */
static bool write_out(struct server *s, struct connection *c)
{
    while (c->written < c->out.n) {
        ssize_t n =
            send(c->fd, c->out.p + c->written, c->out.n - c->written, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno != EAGAIN) {
            return false;
        }
        if (n < 0) {
            break;
        }
        c->written += (size_t)n;
    }
    bool left = c->written < c->out.n;
    if (!left) {
        kds_buf_reset(&c->out);
        c->written = 0;
    }
    if (left != c->wants_write) {
        /* While an answer waits, nothing more is read: a slow reader holds up itself. */
        watch(s, c->fd, c, left ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
        c->wants_write = left;
    }
    return left || !c->closing;
}

/* Take bytes into requests and answer each one. */
static void take(struct server *s, struct connection *c, const uint8_t *p, size_t n)
{
    while (n > 0 && !c->closing) {
        size_t used = http1_feed(&c->http, p, n);
        p += used;
        n -= used;
        if (c->http.wants_continue) {
            c->http.wants_continue = false;
            kds_buf_add_text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (c->http.state == HTTP1_READY) {
            answer_request(s, c);
            http1_next(&c->http);
        } else if (c->http.state == HTTP1_BROKEN) {
            answer_broken(s, c);
        }
    }
}

/* @return false when the connection is over */
static bool read_in(struct server *s, struct connection *c)
{
    uint8_t bytes[READ_BYTES];
    for (int i = 0; i < 16 && !c->wants_write && !c->closing; i++) {
        ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return true;
        }
        if (n <= 0) {
            return false;
        }
        take(s, c, bytes, (size_t)n);
        if (!write_out(s, c)) {
            return false;
        }
    }
    return true;
}

static void serve(struct server *s, struct connection *c, uint32_t events)
{
    bool alive = true;
    if (events & EPOLLOUT) {
        alive = write_out(s, c);
    }
    if (alive && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        alive = read_in(s, c);
    }
    if (!alive) {
        drop(s, c);
    }
}

bool server_run(struct server *s)
{
    struct epoll_event events[EVENTS_AT_A_TIME];
    for (;;) {
        int n = epoll_wait(s->epoll, events, EVENTS_AT_A_TIME, -1);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            void *who = events[i].data.ptr;
            if (who == &s->signals) {
                return true;
            }
            if (who == &s->listener) {
                accept_all(s);
            } else {
                serve(s, who, events[i].events);
            }
        }
    }
}
