#include "support/h2_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define STREAMS_MAX     4096
#define HEADERS_MAX     24

struct stream {
    struct connection *connection; /* NULL: gone */
    int32_t id;
    char headers[HEADERS_MAX][2][600];
    size_t header_count;
    char *body;
    size_t body_n;
    bool whole; /* the request is */
    unsigned number;

    bool answered, ended;
    uint8_t *out; /* what is to be sent */
    size_t out_n, out_cap, sent;
};

struct connection {
    struct h2_server *server;
    int fd;
    SSL *ssl;
    bool secured; /* or cleartext */
    nghttp2_session *session;
    uint8_t *pending; /* taken out of the session and not written */
    size_t pending_n;
};

struct h2_server {
    struct h2_server_options options;
    int listener, wake;
    unsigned port;
    pthread_t thread;

    /* With `lock` held. The thread gives it up while it polls. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop;
    struct connection *connections[CONNECTIONS_MAX];
    unsigned connection_count, accepted;
    struct stream *requests[STREAMS_MAX]; /* whole ones, in order */
    unsigned request_count;
};

static void must(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "h2_server: %s\n", what);
        abort();
    }
}

/* ---- nghttp2 ------------------------------------------------------------------------------- */

static int on_begin(nghttp2_session *session, const nghttp2_frame *frame, void *opaque)
{
    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    struct stream *stream = calloc(1, sizeof *stream);
    must(stream != NULL, "memory");
    stream->connection = opaque;
    stream->id = frame->hd.stream_id;
    nghttp2_session_set_stream_user_data(session, stream->id, stream);
    return 0;
}

static int on_header(nghttp2_session *session,
                     const nghttp2_frame *frame,
                     const uint8_t *name,
                     size_t name_n,
                     const uint8_t *value,
                     size_t value_n,
                     uint8_t flags,
                     void *opaque)
{
    struct stream *stream =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    (void)flags;
    (void)opaque;
    if (stream != NULL && stream->header_count < HEADERS_MAX) {
        char(*pair)[600] = stream->headers[stream->header_count++];
        snprintf(pair[0], sizeof pair[0], "%.*s", (int)name_n, (const char *)name);
        snprintf(pair[1], sizeof pair[1], "%.*s", (int)value_n, (const char *)value);
    }
    return 0;
}

static int on_data(nghttp2_session *session,
                   uint8_t flags,
                   int32_t id,
                   const uint8_t *p,
                   size_t n,
                   void *opaque)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    (void)flags;
    (void)opaque;
    stream->body = realloc(stream->body, stream->body_n + n + 1);
    must(stream->body != NULL, "memory");
    memcpy(stream->body + stream->body_n, p, n);
    stream->body_n += n;
    stream->body[stream->body_n] = 0;
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *opaque)
{
    struct connection *c = opaque;
    struct h2_server *s = c->server;
    if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) ||
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
        return 0;
    struct stream *stream =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    must(s->request_count < STREAMS_MAX, "too many requests");
    stream->whole = true;
    stream->number = s->request_count;
    s->requests[s->request_count++] = stream;
    pthread_cond_broadcast(&s->changed);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *opaque)
{
    struct connection *c = opaque;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    (void)code;
    if (stream == NULL)
        return 0;
    stream->connection = NULL;
    if (!stream->whole) {
        free(stream->body);
        free(stream);
    }
    pthread_cond_broadcast(&c->server->changed);
    return 0;
}

static ssize_t read_body(nghttp2_session *session,
                         int32_t id,
                         uint8_t *to,
                         size_t room,
                         uint32_t *flags,
                         nghttp2_data_source *source,
                         void *opaque)
{
    struct connection *c = opaque;
    struct stream *stream = source->ptr;
    size_t n = stream->out_n - stream->sent;
    (void)session;
    (void)id;
    n = n < room ? n : room;
    if (n == 0 && !stream->ended)
        return NGHTTP2_ERR_DEFERRED;
    if (n > 0)
        memcpy(to, stream->out + stream->sent, n);
    stream->sent += n;
    if (stream->ended && stream->sent == stream->out_n)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    pthread_cond_broadcast(&c->server->changed);
    return (ssize_t)n;
}

/* ---- connections --------------------------------------------------------------------------- */

static void drop_connection(struct h2_server *s, unsigned i)
{
    struct connection *c = s->connections[i];
    for (unsigned n = 0; n < s->request_count; n++)
        if (s->requests[n]->connection == c)
            s->requests[n]->connection = NULL;
    s->connections[i] = s->connections[--s->connection_count];
    nghttp2_session_del(c->session);
    SSL_free(c->ssl);
    close(c->fd);
    free(c->pending);
    free(c);
    pthread_cond_broadcast(&s->changed);
}

static int choose_h2(SSL *ssl,
                     const unsigned char **out,
                     unsigned char *out_n,
                     const unsigned char *in,
                     unsigned in_n,
                     void *opaque)
{
    (void)ssl;
    (void)opaque;
    return nghttp2_select_next_protocol((unsigned char **)(uintptr_t)out, out_n, in,
                                        in_n) == 1
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_NOACK;
}

static void accept_connection(struct h2_server *s)
{
    const int on = 1;
    nghttp2_session_callbacks *callbacks = NULL;
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    must(s->connection_count < CONNECTIONS_MAX, "too many connections");
    struct connection *c = calloc(1, sizeof *c);
    must(c != NULL && nghttp2_session_callbacks_new(&callbacks) == 0, "memory");
    c->server = s;
    c->fd = fd;
    c->secured = s->options.tls == NULL;
    if (!c->secured) {
        c->ssl = SSL_new(s->options.tls);
        must(c->ssl != NULL && SSL_set_fd(c->ssl, fd) == 1, "TLS");
        SSL_set_accept_state(c->ssl);
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    must(nghttp2_session_server_new(&c->session, callbacks, c) == 0, "session");
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry entry = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                          s->options.max_streams};
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, &entry,
                            s->options.max_streams == UINT32_MAX ? 0 : 1);
    s->connections[s->connection_count++] = c;
    s->accepted++;
    pthread_cond_broadcast(&s->changed);
}

/* False: the connection is over. */
static bool read_all(struct connection *c)
{
    uint8_t buffer[8192];
    if (!c->secured) {
        const int done = SSL_do_handshake(c->ssl);
        const int why = SSL_get_error(c->ssl, done);
        if (done != 1)
            return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
        c->secured = true;
    }
    for (;;) {
        ssize_t n = c->ssl != NULL ? SSL_read(c->ssl, buffer, sizeof buffer)
                                   : recv(c->fd, buffer, sizeof buffer, 0);
        if (n <= 0)
            return c->ssl != NULL ? SSL_get_error(c->ssl, (int)n) == SSL_ERROR_WANT_READ
                                  : n < 0 && (errno == EAGAIN || errno == EINTR);
        if (nghttp2_session_mem_recv(c->session, buffer, (size_t)n) < 0)
            return false;
    }
}

static bool write_all(struct connection *c)
{
    if (!c->secured)
        return true;
    for (;;) {
        if (c->pending_n == 0) {
            const uint8_t *p;
            ssize_t n = nghttp2_session_mem_send(c->session, &p);
            if (n < 0)
                return false;
            if (n == 0)
                return true;
            c->pending = realloc(c->pending, (size_t)n);
            must(c->pending != NULL, "memory");
            memcpy(c->pending, p, (size_t)n);
            c->pending_n = (size_t)n;
        }
        ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, c->pending, (int)c->pending_n)
                                   : send(c->fd, c->pending, c->pending_n, MSG_NOSIGNAL);
        if (n <= 0)
            return c->ssl != NULL ? SSL_get_error(c->ssl, (int)n) == SSL_ERROR_WANT_WRITE
                                  : n < 0 && (errno == EAGAIN || errno == EINTR);
        c->pending_n -= (size_t)n;
        memmove(c->pending, c->pending + n, c->pending_n);
    }
}

static void serve(struct h2_server *s, struct pollfd *fds)
{
    if ((fds[0].revents & POLLIN) != 0)
        accept_connection(s);
    if ((fds[1].revents & POLLIN) != 0) {
        uint64_t count;
        ssize_t n = read(s->wake, &count, sizeof count);
        (void)n;
    }
    for (unsigned i = s->connection_count; i-- > 0;) {
        struct connection *c = s->connections[i];
        bool alive = read_all(c) && write_all(c);
        if (alive && c->secured && c->pending_n == 0 &&
            !nghttp2_session_want_read(c->session) &&
            !nghttp2_session_want_write(c->session))
            alive = false;
        if (!alive)
            drop_connection(s, i);
    }
}

static void *server_main(void *opaque)
{
    static struct pollfd fds[CONNECTIONS_MAX + 2];
    struct h2_server *s = opaque;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE); /* OpenSSL writes to whoever is gone */
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    pthread_mutex_lock(&s->lock);
    while (!s->stop) {
        const unsigned n = s->connection_count;
        fds[0] = (struct pollfd){s->listener, POLLIN, 0};
        fds[1] = (struct pollfd){s->wake, POLLIN, 0};
        for (unsigned i = 0; i < n; i++)
            fds[2 + i] = (struct pollfd){
                s->connections[i]->fd,
                (short)(POLLIN | (s->connections[i]->pending_n > 0 ? POLLOUT : 0)), 0};
        pthread_mutex_unlock(&s->lock);
        poll(fds, n + 2, -1);
        pthread_mutex_lock(&s->lock);
        serve(s, fds);
    }
    while (s->connection_count > 0)
        drop_connection(s, 0);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void wake(struct h2_server *s)
{
    const uint64_t one = 1;
    ssize_t n = write(s->wake, &one, sizeof one);
    (void)n;
}

/* ---- life ---------------------------------------------------------------------------------- */

struct h2_server *h2_server_start(const struct h2_server_options *options)
{
    struct h2_server *s = calloc(1, sizeof *s);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t n = sizeof address;
    must(s != NULL, "memory");
    s->options = *options;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    must(s->listener >= 0 && s->wake >= 0 &&
             bind(s->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
             listen(s->listener, 256) == 0 &&
             getsockname(s->listener, (struct sockaddr *)&address, &n) == 0,
         "no socket");
    s->port = ntohs(address.sin_port);
    if (options->tls != NULL && !options->without_alpn)
        SSL_CTX_set_alpn_select_cb(options->tls, choose_h2, NULL);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    must(pthread_create(&s->thread, NULL, server_main, s) == 0, "no thread");
    return s;
}

void h2_server_stop(struct h2_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_mutex_unlock(&s->lock);
    wake(s);
    pthread_join(s->thread, NULL);
    for (unsigned i = 0; i < s->request_count; i++) {
        free(s->requests[i]->body);
        free(s->requests[i]->out);
        free(s->requests[i]);
    }
    close(s->listener);
    close(s->wake);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

unsigned h2_server_port(const struct h2_server *s)
{
    return s->port;
}

/* ---- what came ----------------------------------------------------------------------------- */

void h2_server_await(struct h2_server *s, unsigned count)
{
    pthread_mutex_lock(&s->lock);
    while (s->request_count < count)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void h2_server_await_gone(struct h2_server *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    while (s->request_count <= n || s->requests[n]->connection != NULL)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void h2_server_await_sent(struct h2_server *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    while (s->requests[n]->sent < s->requests[n]->out_n)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void h2_server_await_connections(struct h2_server *s, unsigned count)
{
    pthread_mutex_lock(&s->lock);
    while (s->accepted < count)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

unsigned h2_server_requests(struct h2_server *s)
{
    pthread_mutex_lock(&s->lock);
    const unsigned n = s->request_count;
    pthread_mutex_unlock(&s->lock);
    return n;
}

unsigned h2_server_connections(struct h2_server *s)
{
    pthread_mutex_lock(&s->lock);
    const unsigned n = s->accepted;
    pthread_mutex_unlock(&s->lock);
    return n;
}

bool h2_server_gone(struct h2_server *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    const bool gone = s->request_count > n && s->requests[n]->connection == NULL;
    pthread_mutex_unlock(&s->lock);
    return gone;
}

size_t h2_server_sent(struct h2_server *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    const size_t sent = s->requests[n]->sent;
    pthread_mutex_unlock(&s->lock);
    return sent;
}

void h2_server_body(struct h2_server *s, unsigned n, char *out, size_t size)
{
    pthread_mutex_lock(&s->lock);
    snprintf(out, size, "%s", s->requests[n]->body ? s->requests[n]->body : "");
    pthread_mutex_unlock(&s->lock);
}

void h2_server_header(
    struct h2_server *s, unsigned n, const char *name, char *out, size_t size)
{
    out[0] = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->requests[n]->header_count; i++)
        if (strcmp(s->requests[n]->headers[i][0], name) == 0)
            snprintf(out, size, "%s", s->requests[n]->headers[i][1]);
    pthread_mutex_unlock(&s->lock);
}

/* ---- what is to be done -------------------------------------------------------------------- */

/* With the lock held; the thread does the writing. */
static struct stream *begin(struct h2_server *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    must(n < s->request_count, "no such request");
    return s->requests[n];
}

static void finish(struct h2_server *s)
{
    pthread_mutex_unlock(&s->lock);
    wake(s);
}

static nghttp2_nv pair(const char *name, const char *value)
{
    nghttp2_nv nv = {(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                     strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
    return nv;
}

void h2_server_head(struct h2_server *s, unsigned n, int status, const char *content_type)
{
    struct stream *stream = begin(s, n);
    char text[8];
    nghttp2_nv nv[3];
    size_t count = 0;
    snprintf(text, sizeof text, "%d", status);
    nv[count++] = pair(":status", text);
    nv[count++] = pair("x-amzn-requestid", "request-of-the-script");
    if (content_type != NULL)
        nv[count++] = pair("content-type", content_type);
    const nghttp2_data_provider body = {.source = {.ptr = stream},
                                        .read_callback = read_body};
    stream->answered = true;
    if (stream->connection != NULL)
        nghttp2_submit_response(stream->connection->session, stream->id, nv, count,
                                &body);
    finish(s);
}

static void resume(struct stream *stream)
{
    if (stream->connection != NULL && stream->answered)
        nghttp2_session_resume_data(stream->connection->session, stream->id);
}

void h2_server_send(struct h2_server *s, unsigned n, const void *p, size_t size)
{
    struct stream *stream = begin(s, n);
    if (stream->out_n + size > stream->out_cap) {
        stream->out_cap = 2 * (stream->out_n + size);
        stream->out = realloc(stream->out, stream->out_cap);
        must(stream->out != NULL, "memory");
    }
    memcpy(stream->out + stream->out_n, p, size);
    stream->out_n += size;
    resume(stream);
    finish(s);
}

void h2_server_end(struct h2_server *s, unsigned n)
{
    struct stream *stream = begin(s, n);
    stream->ended = true;
    resume(stream);
    finish(s);
}

void h2_server_reset(struct h2_server *s, unsigned n, uint32_t code)
{
    struct stream *stream = begin(s, n);
    if (stream->connection != NULL)
        nghttp2_submit_rst_stream(stream->connection->session, NGHTTP2_FLAG_NONE,
                                  stream->id, code);
    finish(s);
}

void h2_server_goaway(struct h2_server *s, unsigned n, uint32_t code, bool with_n)
{
    struct stream *stream = begin(s, n);
    if (stream->connection != NULL)
        nghttp2_submit_goaway(stream->connection->session, NGHTTP2_FLAG_NONE,
                              with_n ? stream->id : stream->id - 2, code, NULL, 0);
    finish(s);
}

void h2_server_hang_up(struct h2_server *s, unsigned n)
{
    struct stream *stream = begin(s, n);
    if (stream->connection != NULL)
        shutdown(stream->connection->fd, SHUT_RDWR);
    finish(s);
}

void h2_server_limit(struct h2_server *s, uint32_t max_streams)
{
    const nghttp2_settings_entry entry = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                          max_streams};
    pthread_mutex_lock(&s->lock);
    s->options.max_streams = max_streams;
    for (unsigned i = 0; i < s->connection_count; i++)
        nghttp2_submit_settings(s->connections[i]->session, NGHTTP2_FLAG_NONE, &entry, 1);
    finish(s);
}
