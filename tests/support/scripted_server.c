/*
 * scripted_server: one poll() loop over a listener, a few connections and a pipe that ends it.
 */
#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS   32
#define REQUEST_BYTES (256 * 1024)

struct connection {
    int fd; /* -1 = free */
    size_t n;
    char request[REQUEST_BYTES + 1];
};

struct scripted_server {
    const struct scripted_step *steps;
    size_t step_count;
    int listener, stop_pipe[2];
    unsigned port;
    pthread_t thread;
    struct connection connections[CONNECTIONS]; /* the server's thread only */

    pthread_mutex_t lock;
    pthread_cond_t arrived;
    unsigned requests;            /* with `lock` */
    char last[REQUEST_BYTES + 1]; /* with `lock` */
};

/* Length of the whole request at the front of @p text; 0 = not all of it is here. */
static size_t whole_request(const char *text, size_t n)
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
    return length <= n ? length : 0;
}

static void end_connection(struct connection *c, enum scripted_end end)
{
    struct linger abort = {.l_onoff = 1, .l_linger = 0};
    if (end == SCRIPTED_RESET) {
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    }
    if (end != SCRIPTED_KEEP) {
        close(c->fd);
        c->fd = -1;
    }
}

static void play(struct scripted_server *s, struct connection *c)
{
    pthread_mutex_lock(&s->lock);
    size_t i = s->requests < s->step_count ? s->requests : s->step_count - 1;
    memcpy(s->last, c->request, c->n + 1);
    s->requests++;
    pthread_cond_broadcast(&s->arrived);
    pthread_mutex_unlock(&s->lock);

    const struct scripted_step *step = &s->steps[i];
    size_t left = step->n || step->bytes == NULL ? step->n : strlen(step->bytes);
    const char *p = step->bytes;
    while (left > 0) {
        ssize_t sent = send(c->fd, p, left, MSG_NOSIGNAL);
        if (sent <= 0) {
            end_connection(c, SCRIPTED_CLOSE);
            return;
        }
        p += sent;
        left -= (size_t)sent;
    }
    end_connection(c, step->end);
}

static void on_readable(struct scripted_server *s, struct connection *c)
{
    ssize_t got = recv(c->fd, c->request + c->n, REQUEST_BYTES - c->n, 0);
    if (got <= 0) {
        end_connection(c, SCRIPTED_CLOSE);
        return;
    }
    c->n += (size_t)got;
    c->request[c->n] = 0;
    if (whole_request(c->request, c->n) > 0) { /* nobody pipelines here */
        play(s, c);
        c->n = 0;
    }
}

static void on_connection(struct scripted_server *s)
{
    int fd = accept(s->listener, NULL, NULL);
    for (size_t i = 0; fd >= 0 && i < CONNECTIONS; i++) {
        if (s->connections[i].fd < 0) {
            s->connections[i].fd = fd;
            s->connections[i].n = 0;
            return;
        }
    }
    close(fd);
}

static void *serve(void *opaque)
{
    struct scripted_server *s = opaque;
    struct pollfd fds[CONNECTIONS + 2];
    for (;;) {
        for (size_t i = 0; i < CONNECTIONS; i++) {
            fds[i] = (struct pollfd){.fd = s->connections[i].fd, .events = POLLIN};
        }
        fds[CONNECTIONS] = (struct pollfd){.fd = s->listener, .events = POLLIN};
        fds[CONNECTIONS + 1] = (struct pollfd){.fd = s->stop_pipe[0], .events = POLLIN};
        if (poll(fds, CONNECTIONS + 2, -1) < 0) {
            continue;
        }
        if (fds[CONNECTIONS + 1].revents != 0) {
            return NULL;
        }
        for (size_t i = 0; i < CONNECTIONS; i++) {
            if (fds[i].revents != 0) {
                on_readable(s, &s->connections[i]);
            }
        }
        if (fds[CONNECTIONS].revents != 0) {
            on_connection(s);
        }
    }
}

static int listen_on_loopback(unsigned *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        listen(fd, CONNECTIONS) != 0 || getsockname(fd, (struct sockaddr *)&a, &n) != 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(a.sin_port);
    return fd;
}

struct scripted_server *scripted_server_start(const struct scripted_step *steps,
                                              size_t count)
{
    struct scripted_server *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->steps = steps;
    s->step_count = count;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        s->connections[i].fd = -1;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->arrived, NULL);
    s->listener = listen_on_loopback(&s->port);
    if (s->listener < 0 || pipe(s->stop_pipe) != 0 ||
        pthread_create(&s->thread, NULL, serve, s) != 0) {
        free(s);
        return NULL;
    }
    return s;
}

void scripted_server_stop(struct scripted_server *s)
{
    close(s->stop_pipe[1]);
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (s->connections[i].fd >= 0) {
            close(s->connections[i].fd);
        }
    }
    close(s->listener);
    close(s->stop_pipe[0]);
    pthread_cond_destroy(&s->arrived);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

unsigned scripted_server_port(const struct scripted_server *s)
{
    return s->port;
}

unsigned scripted_server_requests(struct scripted_server *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->requests;
    pthread_mutex_unlock(&s->lock);
    return n;
}

void scripted_server_await(struct scripted_server *s, unsigned count)
{
    pthread_mutex_lock(&s->lock);
    while (s->requests < count) {
        pthread_cond_wait(&s->arrived, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
}

void scripted_server_last(struct scripted_server *s, char *out, size_t size)
{
    pthread_mutex_lock(&s->lock);
    snprintf(out, size, "%s", s->last);
    pthread_mutex_unlock(&s->lock);
}
