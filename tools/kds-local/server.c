/*
 * server: a listener, its connections, one loop.
 */
#include "server.h"

#include "api.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "connection.h"
#include "timers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX  4096
#define EVENTS_AT_A_TIME 64
#define WAIT_MS_MAX      3600000 /* the wall clock may be set */

/* A connection and what the loop knows of it. */
struct client {
    struct client *next, **at; /* in the server's list */
    struct connection *connection;
    struct timer timer;
    uint32_t events; /* that epoll watches for */
};

struct server {
    struct server_options options;
    int listener, epoll, signals;
    char url[80];
    struct client *clients;
    size_t client_count;
    struct timers timers;
    struct site site;
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
    const char *scheme = s->options.tls ? "https" : "http";
    memset(&address, 0, sizeof address);
    getsockname(s->listener, (struct sockaddr *)(void *)&address, &size);
    memcpy(&v4, &address, sizeof v4);
    memcpy(&v6, &address, sizeof v6);
    if (address.ss_family == AF_INET6) {
        snprintf(s->url, sizeof s->url, "%s://[%s]:%u", scheme, s->options.host,
                 ntohs(v6.sin6_port));
    } else {
        snprintf(s->url, sizeof s->url, "%s://%s:%u", scheme, s->options.host,
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
    s->site.service = options->service;
    s->site.truth = options->truth;
    s->site.verifier = options->verifier;
    s->site.tls = options->tls;
    s->site.max_streams = options->max_streams;
    s->site.plan = options->plan;
    s->site.faults = options->faults;
    s->site.began_us = s->site.now_us = kds_clock_realtime_us(kds_clock_system());
    kds_arena_init(&s->site.arena, LOCAL_REQUEST_MEMORY_MAX);
    s->listener = s->epoll = s->signals = -1;
    kds_rng_seed(&s->site.ids, (uint64_t)s->site.now_us);
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

static void drop(struct server *s, struct client *client)
{
    *client->at = client->next;
    if (client->next != NULL) {
        client->next->at = client->at;
    }
    s->client_count--;
    timers_set(&s->timers, &client->timer, KDS_NEVER_US);
    connection_free(client->connection);
    kds_free(client);
}

void server_free(struct server *s)
{
    while (s->clients != NULL) {
        drop(s, s->clients);
    }
    const int fds[] = {s->listener, s->epoll, s->signals};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    timers_clear(&s->timers);
    kds_arena_clear(&s->site.arena);
    kds_free(s);
}

/* What the connection waits for now. @p alive  false: it is over */
static void settle(struct server *s, struct client *client, bool alive)
{
    const struct connection *c = client->connection;
    if (!alive) {
        drop(s, client);
        return;
    }
    timers_set(&s->timers, &client->timer, connection_due_us(c));
    uint32_t wanted = (connection_wants_read(c) ? (uint32_t)EPOLLIN : 0) |
                      (connection_wants_write(c) ? (uint32_t)EPOLLOUT : 0) |
                      (connection_wants_hangup(c) ? (uint32_t)EPOLLRDHUP : 0);
    if (wanted != client->events) {
        client->events = wanted;
        watch(s, connection_fd(c), client, wanted, EPOLL_CTL_MOD);
    }
}

static struct client *new_client(struct server *s, int fd)
{
    struct client *client = s->client_count < CONNECTIONS_MAX &&
                                    timers_reserve(&s->timers, s->client_count + 1)
                                ? kds_alloc_zero(1, sizeof *client)
                                : NULL;
    if (client == NULL) {
        return NULL;
    }
    client->connection = connection_new(&s->site, fd, client);
    client->events = EPOLLIN;
    client->timer.owner = client;
    if (client->connection == NULL) {
        kds_free(client);
        return NULL;
    }
    return client;
}

static void adopt(struct server *s, int fd)
{
    int yes = 1;
    struct client *client = new_client(s, fd);
    if (client == NULL) {
        close(fd);
        return;
    }
    if (!watch(s, fd, client, client->events, EPOLL_CTL_ADD)) {
        connection_free(client->connection);
        kds_free(client);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    client->next = s->clients;
    client->at = &s->clients;
    if (client->next != NULL) {
        client->next->at = &client->next;
    }
    s->clients = client;
    s->client_count++;
    settle(s, client, connection_begin(client->connection));
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

/* ---- the loop ----------------------------------------------------------------------------- */

static void serve(struct server *s, struct client *client, uint32_t events)
{
    struct connection *c = client->connection;
    const bool broken = events & (EPOLLHUP | EPOLLERR);
    const bool readable = (events & EPOLLIN) || broken;
    /* One that is not read would be told broken again and again. */
    bool alive = !(broken && !connection_wants_read(c) && !connection_wants_write(c));
    alive = alive && !(events & EPOLLRDHUP);
    settle(s, client, alive && connection_ready(c, readable, events & EPOLLOUT));
}

/* What came for one connection may be for others, too: records that another one reads. */
static void wake_others(struct server *s)
{
    struct connection *c;
    while ((c = connection_take_awake(&s->site)) != NULL) {
        settle(s, connection_owner(c), connection_advance(c));
    }
}

/* Let happen what is due. */
static void advance(struct server *s)
{
    struct timer *timer;
    s->site.now_us = kds_clock_realtime_us(kds_clock_system());
    if (local_service_next_event_us(s->options.service) <= s->site.now_us) {
        local_service_advance(s->options.service, s->site.now_us);
    }
    while ((timer = timers_take(&s->timers, s->site.now_us)) != NULL) {
        struct client *client = timer->owner;
        settle(s, client, connection_advance(client->connection));
    }
    wake_others(s);
}

/* Milliseconds to what is due next; -1 = nothing is. */
static int pause_ms(const struct server *s)
{
    const int64_t now_us = s->site.now_us;
    int64_t due_us = local_service_next_event_us(s->options.service);
    if (timers_next_us(&s->timers) < due_us) {
        due_us = timers_next_us(&s->timers);
    }
    if (due_us == KDS_NEVER_US) {
        return -1;
    }
    int64_t wait_ms = due_us <= now_us ? 1 : (due_us - now_us + 999) / 1000;
    return wait_ms < WAIT_MS_MAX ? (int)wait_ms : WAIT_MS_MAX;
}

bool server_run(struct server *s)
{
    struct epoll_event events[EVENTS_AT_A_TIME];
    for (;;) {
        advance(s);
        int n = epoll_wait(s->epoll, events, EVENTS_AT_A_TIME, pause_ms(s));
        if (n < 0 && errno != EINTR) {
            return false;
        }
        s->site.now_us = kds_clock_realtime_us(kds_clock_system());
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
        wake_others(s);
    }
}
