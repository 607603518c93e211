/*
 * connection: socket, then perhaps TLS, then one of the two versions of HTTP, then the service.
 */
#include "connection.h"

#include "api.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "h2.h"
#include "http1.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX    ((size_t)64 * 1024 * 1024)
#define SENDING_BYTES       ((size_t)256 * 1024) /* of HTTP/2, made before they can be sent */
#define READS_AT_A_TIME     16 /* then it is another connection's turn */
#define DISCARDED_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define PREFACE_KNOWN       14 /* "PRI * HTTP/2.0": no request of HTTP/1.1 begins like this */
#define TLS_HANDSHAKE       0x16
#define KEPT_BYTES          ((size_t)1024 * 1024) /* of the arena, from request to request */

enum speech { SPEECH_UNKNOWN, SPEECH_HTTP1, SPEECH_HTTP2 };

struct connection {
    struct site *site;
    int fd;
    bool began; /* its first byte was seen */
    struct tls *tls;
    struct kds_buf plain; /* TLS: what was decrypted */
    enum speech speech;
    struct kds_buf first; /* while the speech is unknown */
    struct http1 http1;
    struct h2 *h2;
    struct kds_buf out; /* to be encrypted, or sent */
    struct kds_buf sending;
    size_t sent;   /* of `sending` */
    bool closing;  /* no further request; end when all is sent */
    bool draining; /* our end is said; what still comes is thrown away */
    size_t discarded;
};

/* ---- life --------------------------------------------------------------------------------- */

struct connection *connection_new(struct site *site, int fd)
{
    struct connection *c = kds_alloc_zero(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->site = site;
    c->fd = fd;
    http1_init(&c->http1);
    kds_buf_init(&c->first, PREFACE_KNOWN);
    kds_buf_init(&c->plain, 4 * SITE_INPUT_BYTES);
    kds_buf_init(&c->out, ANSWER_BYTES_MAX);
    kds_buf_init(&c->sending, ANSWER_BYTES_MAX + ANSWER_BYTES_MAX / 16);
    return c;
}

void connection_free(struct connection *c)
{
    close(c->fd);
    tls_free(c->tls);
    h2_free(c->h2);
    http1_clear(&c->http1);
    kds_buf_clear(&c->first);
    kds_buf_clear(&c->plain);
    kds_buf_clear(&c->out);
    kds_buf_clear(&c->sending);
    kds_free(c);
}

int connection_fd(const struct connection *c)
{
    return c->fd;
}

/* ---- answering ---------------------------------------------------------------------------- */

/* Words instead of the API's answer, for what is no request. */
static void answer_plainly(struct local_answer *answer, int status, const char *why)
{
    answer->status = status;
    answer->content_type = "text/plain";
    answer->error_code = NULL;
    kds_buf_printf(&answer->body, "%s\n", why);
}

/* Most requests fit into what the one before left; what a large one took is given back. */
static void release_request(struct kds_arena *arena)
{
    if (arena->total > KEPT_BYTES) {
        kds_arena_clear(arena);
    } else {
        kds_arena_reset(arena);
    }
}

static void answer_request(struct site *site,
                           const struct http_request *q,
                           struct local_answer *answer)
{
    const int64_t now_us = kds_clock_realtime_us(kds_clock_system());
    struct local_fault fault;
    struct local_request request = {.method = q->method,
                                    .path = q->path,
                                    .target = http_field(q, "x-amz-target"),
                                    .content_type = http_field(q, "content-type"),
                                    .body = q->body};
    if (site->truth != NULL) {
        truth_log_request(site->truth, http_field(q, "amz-sdk-invocation-id"),
                          http_field(q, "amz-sdk-request"));
    }
    if (local_api_is_call(&request) &&
        !verify_request(site->verifier, q, now_us, &fault)) {
        local_api_refuse(&request, &fault, answer);
        return;
    }
    local_api_answer(site->service, now_us, &request, &site->arena, answer);
    release_request(&site->arena);
    if (site->truth != NULL && !truth_log_flush(site->truth)) {
        fprintf(stderr, "kds-local: the truth log cannot be written\n");
    }
}

static void make_head(struct site *site,
                      const struct local_answer *answer,
                      struct http_answer_head *head)
{
    http_answer_head(head, answer->status, answer->content_type, answer->error_code,
                     answer->body.n, kds_clock_realtime_us(kds_clock_system()),
                     &site->ids);
}

/* ---- HTTP/1.1 ----------------------------------------------------------------------------- */

static void
write_http1(struct connection *c, const struct local_answer *answer, bool keep)
{
    struct http_answer_head head;
    make_head(c->site, answer, &head);
    kds_buf_printf(&c->out, "HTTP/1.1 %d %s\r\n", head.status, http_reason(head.status));
    for (size_t i = 0; i < head.count; i++) {
        kds_buf_add_text(&c->out, head.fields[i].name);
        kds_buf_add_text(&c->out, ": ");
        kds_buf_add_text(&c->out, head.fields[i].value);
        kds_buf_add_text(&c->out, "\r\n");
    }
    kds_buf_add_text(&c->out, keep ? "\r\n" : "Connection: close\r\n\r\n");
    kds_buf_add(&c->out, answer->body.p, answer->body.n);
    c->closing |= !keep || c->out.err != KDS_OK;
}

static void end_http1_request(struct connection *c)
{
    struct http1 *h = &c->http1;
    struct local_answer answer = {.status = 500};
    const bool broken = h->state == HTTP1_BROKEN;
    kds_buf_init(&answer.body, ANSWER_BYTES_MAX);
    if (broken) {
        answer_plainly(&answer, h->status, h->why);
    } else {
        answer_request(c->site, &h->request, &answer);
    }
    write_http1(c, &answer, !broken && h->keep_alive);
    kds_buf_clear(&answer.body);
    if (!broken) {
        http1_next(h);
    }
}

static void take_http1(struct connection *c, const uint8_t *p, size_t n)
{
    struct http1 *h = &c->http1;
    while (n > 0 && !c->closing) {
        size_t used = http1_feed(h, p, n);
        p += used;
        n -= used;
        if (h->wants_continue) {
            h->wants_continue = false;
            kds_buf_add_text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (h->state == HTTP1_READY || h->state == HTTP1_BROKEN) {
            end_http1_request(c);
        }
    }
}

/* ---- HTTP/2 ------------------------------------------------------------------------------- */

static void on_http2_request(struct h2 *h2,
                             const struct http_request *request,
                             int status,
                             const char *why,
                             void *opaque)
{
    struct connection *c = opaque;
    struct local_answer answer = {.status = 500};
    struct http_answer_head head;
    kds_buf_init(&answer.body, ANSWER_BYTES_MAX);
    if (status != 0) {
        answer_plainly(&answer, status, why);
    } else {
        answer_request(c->site, request, &answer);
    }
    make_head(c->site, &answer, &head);
    h2_answer(h2, request->stream, &head, &answer.body);
    kds_buf_clear(&answer.body);
}

/* ---- what is spoken ----------------------------------------------------------------------- */

static bool take_known(struct connection *c, const uint8_t *p, size_t n)
{
    if (c->speech == SPEECH_HTTP1) {
        take_http1(c, p, n);
        return true;
    }
    return h2_feed(c->h2, p, n);
}

static bool decide(struct connection *c, enum speech speech)
{
    c->speech = speech;
    if (speech == SPEECH_HTTP2) {
        c->h2 = h2_new(on_http2_request, c);
        if (c->h2 == NULL) {
            return false;
        }
    }
    kds_slice_t first = kds_buf_slice(&c->first);
    return take_known(c, first.p, first.n);
}

/* Plain bytes. @return false: the connection is over. */
static bool take_plain(struct connection *c, const uint8_t *p, size_t n)
{
    while (n > 0 && c->speech == SPEECH_UNKNOWN) {
        kds_buf_add_byte(&c->first, *p++);
        n--;
        if (memcmp(c->first.p, H2_PREFACE, c->first.n) != 0) {
            if (!decide(c, SPEECH_HTTP1)) {
                return false;
            }
        } else if (c->first.n == PREFACE_KNOWN && !decide(c, SPEECH_HTTP2)) {
            return false;
        }
    }
    return n == 0 || take_known(c, p, n);
}

/* Bytes of the socket. @return false: the connection is over, when what is to be sent is sent. */
static bool take_input(struct connection *c, const uint8_t *p, size_t n)
{
    if (!c->began && p[0] == TLS_HANDSHAKE && c->site->tls != NULL) {
        c->tls = tls_new(c->site->tls);
        if (c->tls == NULL) {
            return false;
        }
    }
    c->began = true;
    if (c->tls == NULL) {
        return take_plain(c, p, n);
    }
    bool alive = tls_feed(c->tls, p, n, &c->plain);
    bool fine = c->plain.n == 0 || take_plain(c, c->plain.p, c->plain.n);
    kds_buf_reset(&c->plain);
    return alive && fine;
}

/* ---- the socket --------------------------------------------------------------------------- */

/* Fill `sending` with what is ready to leave. @return false: the connection is over. */
static bool prepare(struct connection *c)
{
    if (c->h2 != NULL && !h2_take(c->h2, &c->out, SENDING_BYTES)) {
        return false;
    }
    if (c->tls == NULL) {
        struct kds_buf empty = c->sending;
        c->sending = c->out;
        c->out = empty;
        return c->sending.err == KDS_OK;
    }
    bool ok = tls_write(c->tls, c->out.p, c->out.n);
    kds_buf_reset(&c->out);
    tls_take(c->tls, &c->sending);
    return ok && c->sending.err == KDS_OK;
}

/* @return false: the socket failed. */
static bool send_some(struct connection *c)
{
    while (c->sent < c->sending.n) {
        ssize_t n =
            send(c->fd, c->sending.p + c->sent, c->sending.n - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EAGAIN;
        }
        c->sent += (size_t)n;
    }
    kds_buf_reset(&c->sending);
    c->sent = 0;
    return true;
}

/* Send what can be sent. @return false: the connection is over. */
static bool write_out(struct connection *c)
{
    for (;;) { /* HTTP/2 is taken in pieces */
        if (c->sending.n == 0 && !prepare(c)) {
            return false;
        }
        if (c->sending.n == 0) {
            break;
        }
        if (!send_some(c)) {
            return false;
        }
        if (c->sending.n > 0 || c->h2 == NULL) {
            break;
        }
    }
    if (c->sending.n > 0 || c->draining) {
        return true;
    }
    if (c->h2 != NULL && h2_done(c->h2)) {
        c->closing = true;
    }
    if (c->closing) {
        /* Closing with bytes unread would make the system throw the answer away. */
        c->draining = true;
        if (c->tls != NULL) {
            tls_close(c->tls);
            tls_take(c->tls, &c->sending);
            send_some(c);
        }
        shutdown(c->fd, SHUT_WR);
    }
    return true;
}

/* @return false: the connection is over. */
static bool read_in(struct connection *c)
{
    uint8_t *input = c->site->input;
    for (int i = 0; i < READS_AT_A_TIME && connection_wants_read(c); i++) {
        ssize_t n = recv(c->fd, input, SITE_INPUT_BYTES, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return true;
        }
        if (n <= 0) {
            return false;
        }
        if (c->draining) {
            c->discarded += (size_t)n;
            if (c->discarded > DISCARDED_BYTES_MAX) {
                return false;
            }
            continue;
        }
        if (!take_input(c, input, (size_t)n)) {
            c->closing = true;
        }
        if (!write_out(c)) {
            return false;
        }
        if ((size_t)n < SITE_INPUT_BYTES) {
            return true; /* more would be told by the loop */
        }
    }
    return true;
}

bool connection_ready(struct connection *c, bool readable, bool writable)
{
    return (!writable || write_out(c)) && (!readable || read_in(c));
}

bool connection_wants_read(const struct connection *c)
{
    /* While an answer of HTTP/1.1 waits, no further request is read: a slow reader holds up itself.
     * HTTP/2 must go on reading, or windows never open. */
    return c->draining || c->sending.n == 0 || c->speech == SPEECH_HTTP2;
}

bool connection_wants_write(const struct connection *c)
{
    return c->sending.n > 0;
}
