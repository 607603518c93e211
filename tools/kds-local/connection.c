/*
 * connection: socket, then perhaps TLS, then one of the two versions of HTTP.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "connection_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READS_AT_A_TIME     16 /* then it is another connection's turn */
#define WRITES_AT_A_TIME    16 /* likewise, of SENDING_BYTES */
#define DISCARDED_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define PREFACE_KNOWN       14 /* "PRI * HTTP/2.0": no request of HTTP/1.1 begins like this */
#define TLS_HANDSHAKE       0x16

/* ---- life --------------------------------------------------------------------------------- */

static void wake_it(void *c)
{
    connection_wake(c);
}

struct connection *connection_new(struct site *site, int fd, void *owner)
{
    struct connection *c = kds_alloc_zero(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->site = site;
    c->owner = owner;
    c->fd = fd;
    c->number = ++site->connections;
    c->settings.max_streams = site->max_streams;
    c->settings.window = H2_WINDOW_BYTES;
    http1_init(&c->http1);
    exchange_init(&c->exchange, site, c->number, wake_it, c);
    kds_buf_init(&c->first, PREFACE_KNOWN);
    kds_buf_init(&c->plain, 4 * SITE_INPUT_BYTES);
    kds_buf_init(&c->held, 4 * SITE_INPUT_BYTES);
    kds_buf_init(&c->out, ANSWER_BYTES_MAX);
    kds_buf_init(&c->sending, ANSWER_BYTES_MAX + ANSWER_BYTES_MAX / 16);
    return c;
}

/* A reset needs no more than the socket's end, if that does not wait for what is unsent. */
static void prepare_reset(int fd)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void leave_awake(struct connection *c)
{
    if (c->awake_at != NULL) {
        *c->awake_at = c->awake_next;
        if (c->awake_next != NULL) {
            c->awake_next->awake_at = c->awake_at;
        }
        c->awake_at = NULL;
    }
}

void connection_free(struct connection *c)
{
    leave_awake(c);
    if (c->fate == FATE_RESET) {
        prepare_reset(c->fd);
    }
    close(c->fd);
    tls_free(c->tls);
    struct h2 *h2 = c->h2;
    c->h2 = NULL; /* the streams that go now are no idle ones */
    h2_free(h2);
    http1_clear(&c->http1);
    exchange_clear(&c->exchange);
    kds_buf_clear(&c->first);
    kds_buf_clear(&c->plain);
    kds_buf_clear(&c->held);
    kds_buf_clear(&c->out);
    kds_buf_clear(&c->sending);
    kds_free(c);
}

int connection_fd(const struct connection *c)
{
    return c->fd;
}

void *connection_owner(const struct connection *c)
{
    return c->owner;
}

void connection_wake(struct connection *c)
{
    if (c->awake_at == NULL) {
        c->awake_next = c->site->awake;
        c->awake_at = &c->site->awake;
        if (c->awake_next != NULL) {
            c->awake_next->awake_at = &c->awake_next;
        }
        c->site->awake = c;
    }
}

struct connection *connection_take_awake(struct site *site)
{
    struct connection *c = site->awake;
    if (c != NULL) {
        leave_awake(c);
    }
    return c;
}

/* ---- faults ------------------------------------------------------------------------------- */

void connection_becomes(struct connection *c, enum fate fate)
{
    if (c->fate == FATE_NONE) {
        c->fate = fate;
    }
}

static void befall_raw(struct connection *c, const struct fault_args *args)
{
    if (c->h2 != NULL) {
        h2_take(c->h2, &c->out, SIZE_MAX);
    }
    kds_buf_add_slice(&c->out, args->body);
    if (args->end != FAULT_END_KEEP) {
        connection_becomes(c, args->end == FAULT_END_RESET ? FATE_RESET : FATE_CLOSE);
    }
}

bool connection_befall(struct connection *c, const struct fault *fault)
{
    static const enum fate fates[FAULT_ACTION_COUNT] = {
        [FAULT_DO_REFUSE] = FATE_RESET,     [FAULT_DO_RESET] = FATE_RESET,
        [FAULT_DO_RST_STREAM] = FATE_RESET, [FAULT_DO_FIN] = FATE_CLOSE,
        [FAULT_DO_GOAWAY] = FATE_CLOSE,     [FAULT_DO_TRUNCATE] = FATE_BREAK,
        [FAULT_DO_HANG] = FATE_SILENCE};
    if (fault->action == FAULT_DO_RAW) {
        befall_raw(c, fault->args);
        return true;
    }
    if (fates[fault->action] != FATE_NONE) {
        connection_becomes(c, fates[fault->action]);
        return true;
    }
    return false;
}

/* What befalls a connection before anything is known of it. */
static void befall_early(struct connection *c, const struct fault *fault)
{
    const struct fault_args *args = fault->args;
    if (fault->action == FAULT_DO_DELAY) {
        c->gate_us = kds_us_add(c->site->now_us, args->ms * KDS_US_PER_MS);
    } else if (fault->action == FAULT_DO_SETTINGS) {
        c->settings.max_streams =
            args->max_streams < 0 ? c->site->max_streams : (uint32_t)args->max_streams;
        c->settings.window =
            args->initial_window < 0 ? H2_WINDOW_BYTES : (uint32_t)args->initial_window;
    } else {
        connection_befall(c, fault);
    }
}

static void ask_early(struct connection *c, enum fault_point at)
{
    struct fault_scene scene = {.connection = c->number};
    struct fault fault;
    if (site_ask(c->site, at, &scene, &fault)) {
        befall_early(c, &fault);
    }
}

/* ---- what is spoken ----------------------------------------------------------------------- */

static bool take_known(struct connection *c, const uint8_t *p, size_t n)
{
    if (c->speech == SPEECH_HTTP1) {
        serve_http1_take(c, p, n);
        return true;
    }
    return h2_feed(c->h2, p, n);
}

static bool decide(struct connection *c, enum speech speech)
{
    c->speech = speech;
    if (speech == SPEECH_HTTP2 && !serve_http2_open(c)) {
        return false;
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
    if (c->speech == SPEECH_UNKNOWN && c->first.n == 0 && c->tls == NULL &&
        p[0] == TLS_HANDSHAKE && c->site->tls != NULL) {
        c->tls = tls_new(c->site->tls);
        if (c->tls == NULL) {
            return false;
        }
    }
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
    if (c->h2 != NULL && c->fate == FATE_NONE &&
        !h2_take(c->h2, &c->out, SENDING_BYTES)) {
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

/* All is sent: what becomes of the connection now? @return false: it is over. */
static bool meet_fate(struct connection *c)
{
    if (c->fate == FATE_RESET) {
        return false;
    }
    if (c->fate == FATE_CLOSE || c->fate == FATE_BREAK) {
        /* Closing with bytes unread would make the system throw the answer away. */
        c->draining = true;
        if (c->tls != NULL && c->fate == FATE_CLOSE) {
            tls_close(c->tls);
            tls_take(c->tls, &c->sending);
            send_some(c);
        }
        shutdown(c->fd, SHUT_WR);
    }
    return true;
}

/* What is sent makes room: more of an answer may come, and of HTTP/1.1 the next request. */
static void make_more(struct connection *c)
{
    if (c->speech == SPEECH_HTTP1 && c->fate == FATE_NONE) {
        serve_http1_go_on(c);
    }
}

/* Send what can be sent. @return false: the connection is over. */
static bool write_out(struct connection *c)
{
    c->unfinished = false;
    for (int i = 0;; i++) { /* what is long is made in pieces */
        if (i == WRITES_AT_A_TIME) {
            c->unfinished = true;
            return true;
        }
        if (c->sending.n == 0 && !prepare(c)) {
            return false;
        }
        if (c->sending.n == 0) {
            break;
        }
        if (!send_some(c)) {
            return false;
        }
        if (c->sending.n > 0) {
            return true;
        }
        make_more(c);
    }
    if (c->draining) {
        return true;
    }
    if (c->h2 != NULL && h2_done(c->h2)) {
        connection_becomes(c, FATE_CLOSE);
    }
    return meet_fate(c);
}

/* The first byte says whether a handshake begins; it stays where it is. */
static bool may_begin(struct connection *c)
{
    uint8_t first;
    if (c->site->plan != NULL && c->site->tls != NULL &&
        recv(c->fd, &first, 1, MSG_PEEK) == 1 && first == TLS_HANDSHAKE) {
        ask_early(c, FAULT_AT_TLS);
    }
    c->began = true;
    return connection_wants_read(c);
}

/* @return whether what was thrown away is not too much */
static bool discard(struct connection *c, size_t n)
{
    c->discarded += n;
    return c->discarded <= DISCARDED_BYTES_MAX;
}

/* @return false: the connection is over. */
static bool read_in(struct connection *c)
{
    uint8_t *input = c->site->input;
    if (!c->began && !may_begin(c)) {
        return write_out(c);
    }
    for (int i = 0; i < READS_AT_A_TIME && connection_wants_read(c); i++) {
        ssize_t n = recv(c->fd, input, SITE_INPUT_BYTES, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return true;
        }
        if (n <= 0) {
            return false;
        }
        if (c->draining) {
            if (!discard(c, (size_t)n)) {
                return false;
            }
            continue;
        }
        if (!take_input(c, input, (size_t)n)) {
            connection_becomes(c, FATE_CLOSE);
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

/* ---- from outside ------------------------------------------------------------------------- */

bool connection_begin(struct connection *c)
{
    ask_early(c, FAULT_AT_ACCEPT);
    return write_out(c);
}

bool connection_ready(struct connection *c, bool readable, bool writable)
{
    return (!writable || write_out(c)) && (!readable || read_in(c));
}

bool connection_advance(struct connection *c)
{
    if (c->gate_us != 0 && c->gate_us <= c->site->now_us) {
        c->gate_us = 0;
    }
    if (c->fate == FATE_NONE && c->speech == SPEECH_HTTP1) {
        serve_http1_go_on(c);
    } else if (c->fate == FATE_NONE && c->speech == SPEECH_HTTP2) {
        serve_http2_go_on(c);
    }
    return write_out(c);
}

int64_t connection_due_us(const struct connection *c)
{
    if (c->fate != FATE_NONE) {
        return KDS_NEVER_US;
    }
    if (c->gate_us != 0) {
        return c->gate_us;
    }
    return c->speech == SPEECH_HTTP1   ? serve_http1_due_us(c)
           : c->speech == SPEECH_HTTP2 ? serve_http2_due_us(c)
                                       : KDS_NEVER_US;
}

bool connection_wants_read(const struct connection *c)
{
    if (c->fate != FATE_NONE || c->gate_us != 0) {
        return c->draining;
    }
    /* While an answer of HTTP/1.1 waits, no further request is read: a slow reader holds up itself.
     * HTTP/2 must go on reading, or windows never open. */
    return c->speech == SPEECH_HTTP2 || (c->sending.n == 0 && !c->exchange_waits);
}

bool connection_wants_write(const struct connection *c)
{
    return c->sending.n > 0 || c->unfinished;
}

bool connection_wants_hangup(const struct connection *c)
{
    return c->fate == FATE_NONE && c->speech == SPEECH_HTTP1 && serve_http1_streams(c);
}
