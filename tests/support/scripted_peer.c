/*
 * scripted_peer: a thread that accepts, and one for each connection that plays its script.
 */
#include "support/scripted_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define KEPT_BYTES      65536 /* of a request; longer ones are only counted */
#define TRICKLE_MS      10

struct played {
    struct scripted_peer *peer;
    const struct peer_script *script;
    int fd;
    SSL *ssl; /* NULL = cleartext so far */
    pthread_t thread;
    size_t n; /* of `request` */
    char request[KEPT_BYTES + 1];
};

struct scripted_peer {
    const struct peer_script *scripts;
    size_t script_count;
    int listener, stop_pipe[2];
    unsigned port;
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;   /* with `lock` from here on */
    unsigned passes; /* of scripted_peer_go(), not used up */
    struct peer_counts counts;
    char last[KEPT_BYTES + 1];
    struct played *played[CONNECTIONS_MAX]; /* the accepting thread's */
    size_t played_count;
};

/* ---- bytes -------------------------------------------------------------------------------- */

/* @return false when the peer is to stop, or @p timeout_ms passed */
static bool await_fd(struct played *c, short events, int timeout_ms, bool *stopped)
{
    struct pollfd fds[2] = {{.fd = c->fd, .events = events},
                            {.fd = c->peer->stop_pipe[0], .events = POLLIN}};
    int n = poll(fds, 2, timeout_ms);
    *stopped = fds[1].revents != 0;
    return n > 0 && !*stopped && fds[0].revents != 0;
}

/* Sockets do not block, so that a stop ends every wait. @return false when it is over */
static bool await_ssl(struct played *c, int result)
{
    bool stopped;
    switch (SSL_get_error(c->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return await_fd(c, POLLIN, -1, &stopped);
    case SSL_ERROR_WANT_WRITE:
        return await_fd(c, POLLOUT, -1, &stopped);
    default:
        return false;
    }
}

static size_t receive(struct played *c, char *p, size_t n)
{
    bool stopped;
    for (;;) {
        if (c->ssl != NULL) {
            int got = SSL_read(c->ssl, p, (int)n);
            if (got > 0) {
                return (size_t)got;
            }
            if (!await_ssl(c, got)) {
                return 0;
            }
            continue;
        }
        ssize_t got = recv(c->fd, p, n, 0);
        if (got >= 0) {
            return (size_t)got;
        }
        if (errno != EAGAIN || !await_fd(c, POLLIN, -1, &stopped)) {
            return 0;
        }
    }
}

static bool send_all(struct played *c, const char *p, size_t n)
{
    bool stopped;
    while (n > 0) {
        ssize_t sent;
        if (c->ssl != NULL) {
            sent = SSL_write(c->ssl, p, (int)n);
            if (sent <= 0 && !await_ssl(c, (int)sent)) {
                return false;
            }
        } else {
            sent = send(c->fd, p, n, MSG_NOSIGNAL);
            if (sent < 0 && (errno != EAGAIN || !await_fd(c, POLLOUT, -1, &stopped))) {
                return false;
            }
        }
        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        }
    }
    return true;
}

static void count_bytes(struct scripted_peer *peer, size_t n)
{
    pthread_mutex_lock(&peer->lock);
    peer->counts.bytes += n;
    pthread_mutex_unlock(&peer->lock);
}

/* ---- requests ----------------------------------------------------------------------------- */

/* Length of the request at the front of @p text; 0 = its head is not complete. */
static size_t request_length(const char *text)
{
    static const char name[] = "\r\nContent-Length:";
    const char *end = strstr(text, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    size_t length = (size_t)(end - text) + 4;
    for (const char *p = text; p < end; p++) {
        if (strncasecmp(p, name, sizeof name - 1) == 0) {
            length += strtoul(p + sizeof name - 1, NULL, 10);
        }
    }
    return length;
}

static void note_request(struct played *c)
{
    struct scripted_peer *peer = c->peer;
    pthread_mutex_lock(&peer->lock);
    memcpy(peer->last, c->request, c->n + 1);
    peer->counts.requests++;
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
}

static bool read_request(struct played *c)
{
    size_t total = 0, length = 0;
    char rest[4096];
    c->n = 0;
    while (length == 0 || total < length) {
        bool keeps = c->n < KEPT_BYTES;
        size_t got = keeps ? receive(c, c->request + c->n, KEPT_BYTES - c->n)
                           : receive(c, rest, sizeof rest);
        if (got == 0) {
            return false;
        }
        count_bytes(c->peer, got);
        total += got;
        c->n += keeps ? got : 0;
        c->request[c->n] = 0;
        length = length ? length : request_length(c->request);
    }
    note_request(c);
    return true;
}

static bool read_exactly(struct played *c, size_t n)
{
    char byte;
    for (; n > 0; n--) {
        if (receive(c, &byte, 1) == 0) {
            return false;
        }
        count_bytes(c->peer, 1);
    }
    return true;
}

/* ---- steps: false ends the script --------------------------------------------------------- */

static bool shake_hands(struct played *c)
{
    int result;
    c->ssl = SSL_new(c->script->tls);
    SSL_set_fd(c->ssl, c->fd);
    while ((result = SSL_accept(c->ssl)) != 1 && await_ssl(c, result)) {
    }
    pthread_mutex_lock(&c->peer->lock);
    c->peer->counts.handshakes += result == 1;
    c->peer->counts.refusals += result != 1;
    c->peer->counts.resumed += result == 1 && SSL_session_reused(c->ssl);
    c->peer->counts.early_data +=
        SSL_get_early_data_status(c->ssl) != SSL_EARLY_DATA_NOT_SENT;
    pthread_cond_broadcast(&c->peer->changed);
    pthread_mutex_unlock(&c->peer->lock);
    return result == 1;
}

static bool await_go(struct scripted_peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    while (peer->passes == 0 && !peer->stopping) {
        pthread_cond_wait(&peer->changed, &peer->lock);
    }
    bool go = !peer->stopping;
    peer->passes -= go;
    pthread_mutex_unlock(&peer->lock);
    return go;
}

static bool trickle(struct played *c, const char *p, size_t n)
{
    bool stopped = false;
    for (; n > 0 && !stopped; p++, n--) {
        if (!send_all(c, p, 1)) {
            return false;
        }
        await_fd(c, 0, TRICKLE_MS, &stopped);
    }
    return !stopped;
}

static void hang(struct played *c)
{
    struct pollfd stop = {.fd = c->peer->stop_pipe[0], .events = POLLIN};
    while (poll(&stop, 1, -1) <= 0) {
    }
}

static bool play_step(struct played *c, const struct peer_step *step)
{
    size_t n = step->n || step->text == NULL ? step->n : strlen(step->text);
    struct linger abort = {.l_onoff = 1, .l_linger = 0};
    switch (step->op) {
    case PEER_TLS:
        return shake_hands(c);
    case PEER_REQUEST:
        return read_request(c);
    case PEER_READ:
        return read_exactly(c, step->n);
    case PEER_SEND:
        return send_all(c, step->text, n);
    case PEER_TRICKLE:
        return trickle(c, step->text, n);
    case PEER_AWAIT:
        return await_go(c->peer);
    case PEER_RESET:
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
        return false;
    case PEER_HANG:
        hang(c);
        return false;
    case PEER_END:
        if (c->ssl != NULL) {
            SSL_shutdown(c->ssl);
        }
        return false;
    case PEER_CUT:
    case PEER_AGAIN:
        break;
    }
    return false;
}

static void *play(void *opaque)
{
    struct played *c = opaque;
    const struct peer_step *first = c->script->steps, *step = first;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE); /* of this end; the other one has to look after itself */
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    for (;;) {
        if (step->op == PEER_AGAIN) {
            step = first;
        }
        if (!play_step(c, step)) {
            break;
        }
        first = step->op == PEER_TLS ? step + 1 : first;
        step++;
    }
    SSL_free(c->ssl);
    close(c->fd);
    return NULL;
}

/* ---- accepting ---------------------------------------------------------------------------- */

static void on_connection(struct scripted_peer *peer)
{
    int fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        return;
    }
    struct played *c = calloc(1, sizeof *c);
    if (c == NULL || peer->played_count == CONNECTIONS_MAX) {
        free(c);
        close(fd);
        return;
    }
    size_t i = peer->played_count < peer->script_count ? peer->played_count
                                                       : peer->script_count - 1;
    c->peer = peer;
    c->script = &peer->scripts[i];
    c->fd = fd;
    pthread_mutex_lock(&peer->lock);
    peer->counts.connections++;
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
    if (pthread_create(&c->thread, NULL, play, c) != 0) {
        free(c);
        close(fd);
        return;
    }
    peer->played[peer->played_count++] = c;
}

static void *accept_all(void *opaque)
{
    struct scripted_peer *peer = opaque;
    for (;;) {
        struct pollfd fds[2] = {{.fd = peer->listener, .events = POLLIN},
                                {.fd = peer->stop_pipe[0], .events = POLLIN}};
        if (poll(fds, 2, -1) < 0) {
            continue;
        }
        if (fds[1].revents != 0) {
            return NULL;
        }
        on_connection(peer);
    }
}

static int bind_loopback(unsigned *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)(void *)&a, sizeof a) != 0 ||
        getsockname(fd, (struct sockaddr *)(void *)&a, &n) != 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(a.sin_port);
    return fd;
}

struct scripted_peer *scripted_peer_start_on(struct peer_port *port,
                                             const struct peer_script *scripts,
                                             size_t count)
{
    struct scripted_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        return NULL;
    }
    peer->scripts = scripts;
    peer->script_count = count;
    peer->listener = port->fd;
    peer->port = port->port;
    pthread_mutex_init(&peer->lock, NULL);
    pthread_cond_init(&peer->changed, NULL);
    if (listen(peer->listener, CONNECTIONS_MAX) != 0 ||
        pipe2(peer->stop_pipe, O_CLOEXEC) != 0 ||
        pthread_create(&peer->thread, NULL, accept_all, peer) != 0) {
        free(peer);
        return NULL;
    }
    return peer;
}

struct scripted_peer *scripted_peer_start(const struct peer_script *scripts, size_t count)
{
    struct peer_port port;
    return peer_port_refusing(&port) ? scripted_peer_start_on(&port, scripts, count)
                                     : NULL;
}

void scripted_peer_stop(struct scripted_peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    peer->stopping = true;
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
    close(peer->stop_pipe[1]);
    pthread_join(peer->thread, NULL);
    for (size_t i = 0; i < peer->played_count; i++) {
        pthread_join(peer->played[i]->thread, NULL);
        free(peer->played[i]);
    }
    close(peer->listener);
    close(peer->stop_pipe[0]);
    pthread_cond_destroy(&peer->changed);
    pthread_mutex_destroy(&peer->lock);
    free(peer);
}

/* ---- from other threads ------------------------------------------------------------------- */

unsigned scripted_peer_port(const struct scripted_peer *peer)
{
    return peer->port;
}

void scripted_peer_go(struct scripted_peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    peer->passes++;
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
}

struct peer_counts scripted_peer_counts(struct scripted_peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    struct peer_counts counts = peer->counts;
    pthread_mutex_unlock(&peer->lock);
    return counts;
}

void scripted_peer_await_connections(struct scripted_peer *peer, unsigned count)
{
    pthread_mutex_lock(&peer->lock);
    while (peer->counts.connections < count) {
        pthread_cond_wait(&peer->changed, &peer->lock);
    }
    pthread_mutex_unlock(&peer->lock);
}

void scripted_peer_await_requests(struct scripted_peer *peer, unsigned count)
{
    pthread_mutex_lock(&peer->lock);
    while (peer->counts.requests < count) {
        pthread_cond_wait(&peer->changed, &peer->lock);
    }
    pthread_mutex_unlock(&peer->lock);
}

void scripted_peer_last(struct scripted_peer *peer, char *out, size_t size)
{
    pthread_mutex_lock(&peer->lock);
    snprintf(out, size, "%s", peer->last);
    pthread_mutex_unlock(&peer->lock);
}

/* ---- ports without a peer ----------------------------------------------------------------- */

bool peer_port_refusing(struct peer_port *port)
{
    memset(port->filler, -1, sizeof port->filler);
    port->fd = bind_loopback(&port->port);
    return port->fd >= 0;
}

/* Linux drops the SYN of a connection for which the queue of the listener has no room. */
bool peer_port_silent(struct peer_port *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (!peer_port_refusing(port) || listen(port->fd, 0) != 0) {
        return false;
    }
    a.sin_port = htons((uint16_t)port->port);
    for (size_t i = 0; i < sizeof port->filler / sizeof port->filler[0]; i++) {
        port->filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (connect(port->filler[i], (struct sockaddr *)(void *)&a, sizeof a) != 0 &&
            errno != EINPROGRESS) {
            return false;
        }
    }
    return true;
}

void peer_port_release(struct peer_port *port)
{
    for (size_t i = 0; i < sizeof port->filler / sizeof port->filler[0]; i++) {
        if (port->filler[i] >= 0) {
            close(port->filler[i]);
        }
    }
    close(port->fd);
}
