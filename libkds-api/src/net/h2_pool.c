/*
 * h2_pool: connections are made, used and given up.
 *
 * A connection is closed only from its own events and its own timer, so that no callback of a stream
 * can pull one away under somebody's feet; whoever finds it broken elsewhere sets the timer.
 */
#include "net/h2_pool.h"

#include "base/alloc.h"
#include "base/error.h"
#include "net/wire.h"

#include <inttypes.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#define READ_BYTES    (128 * 1024)
#define READ_MARGIN   64 /* readable behind what was read; see codec/event_stream.h */
#define READS_AT_ONCE 8  /* then the others have their turn */
#define SEND_BYTES    (64 * 1024)
#define DIALS_AT_ONCE 16
#define IDLE_US       (60 * KDS_US_PER_S) /* without a stream */
#define ADDRESSES_US  (60 * KDS_US_PER_S) /* how long a look-up is believed */
#define AGAIN_US      (200 * KDS_US_PER_MS)
#define ANY_NUMBER    UINT32_MAX

enum phase { RESOLVING, CONNECTING, SECURING, TALKING };

struct connection {
    struct connection *next, **at;
    struct kds_h2_pool *pool;
    enum phase phase;
    bool ready;     /* it was, and counts as made */
    bool receiving; /* inside kds_h2_session_receive() */
    bool doomed;    /* its timer gives it up, for wire.err and wire.why */
    struct kds_wire wire;
    struct kds_h2_session *session;
    struct kds_loop_watch watch;
    struct kds_loop_timer timer; /* always set */
    int64_t deadline_us;         /* to be ready by */
    int64_t idle_us;             /* since when it has no stream */
    size_t first_address, tried; /* of the pool's */
    struct kds_buf out;
    size_t out_sent;
};

struct kds_h2_pool {
    struct kds_loop *loop;
    struct kds_h2_pool_options options;
    SSL_CTX *tls;
    struct connection *connections;
    unsigned count, pending; /* pending: not ready yet */
    uint32_t known_limit;    /* of the newest peer's streams; 0 = none told yet */
    struct kds_h2_stream *waiting, **waiting_end;
    unsigned waiting_count;
    bool closing;
    struct kds_loop_timer again; /* when no connection could be begun */

    struct kds_resolve *resolve; /* under way */
    struct kds_addresses addresses;
    int64_t addresses_us; /* when they were looked up */
    size_t turn;          /* which address the next connection tries first */
    uint8_t *buffer;
};

static void place(struct kds_h2_pool *p);

static int64_t now_us(const struct kds_h2_pool *p)
{
    return kds_loop_now_us(p->loop);
}

/* ---- the queue ----------------------------------------------------------------------------- */

static void enqueue(struct kds_h2_pool *p, struct kds_h2_stream *stream)
{
    kds_h2_stream_link(stream, p->waiting_end);
    p->waiting_end = &stream->next;
    p->waiting_count++;
}

static void dequeue(struct kds_h2_pool *p, struct kds_h2_stream *stream)
{
    if (p->waiting_end == &stream->next)
        p->waiting_end = stream->at;
    kds_h2_stream_unlink(stream);
    p->waiting_count--;
}

static void
refuse_waiting(struct kds_h2_pool *p, uint32_t n, kds_err_t err, const char *why)
{
    const struct kds_h2_end end = {.err = err, .untouched = true, .reason = why};
    /* Those that ask again meanwhile come behind these. */
    uint32_t left = n < p->waiting_count ? n : p->waiting_count;
    for (; left > 0 && p->waiting != NULL; left--) {
        struct kds_h2_stream *stream = p->waiting;
        dequeue(p, stream);
        stream->ops->on_end(stream->opaque, &end);
    }
}

/* ---- the end of a connection --------------------------------------------------------------- */

static void close_connection(struct connection *c, kds_err_t err, const char *why)
{
    struct kds_h2_pool *p = c->pool;
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    p->count--;
    if (!c->ready)
        p->pending--;
    kds_loop_unset(p->loop, &c->timer);
    kds_loop_unwatch(p->loop, &c->watch);
    kds_wire_close(&c->wire);
    kds_h2_session_free(c->session, err, why);
    kds_buf_clear(&c->out);
    kds_free(c);
}

/* Of its own events and timer only. */
static void give_up(struct connection *c, kds_err_t err, const char *why)
{
    struct kds_h2_pool *p = c->pool;
    const bool made = c->ready;
    char text[480];
    snprintf(text, sizeof text, "%s:%u: %s", p->options.url->host, p->options.url->port,
             why);
    kds_log(p->options.log, KDS_LOG_INFO, "http2", "a connection ends: %s", text);
    close_connection(c, err, text);
    if (!made) {
        p->addresses.count = 0;
        refuse_waiting(p, p->known_limit != 0 ? p->known_limit : ANY_NUMBER, err, text);
    }
    place(p);
}

/* From anywhere: the timer gives it up. */
static void call_timer(struct connection *c)
{
    kds_err_t rc = kds_loop_set(c->pool->loop, &c->timer, 0);
    (void)rc; /* it is set already, so that this takes no memory */
}

/* ---- sending ------------------------------------------------------------------------------- */

static kds_err_t write_some(struct connection *c, const char **why)
{
    for (;;) {
        if (c->out_sent == c->out.n) {
            kds_buf_reset(&c->out);
            c->out_sent = 0;
            if (kds_h2_session_send(c->session, &c->out, SEND_BYTES) != KDS_OK &&
                c->out.n == 0) {
                *why = kds_h2_session_why(c->session);
                return KDS_ERR_PROTOCOL;
            }
            if (c->out.n == 0)
                return kds_loop_watch(c->pool->loop, &c->watch, EPOLLIN);
        }
        size_t n = 0;
        const enum kds_wire_step step =
            kds_wire_write(&c->wire, c->out.p + c->out_sent, c->out.n - c->out_sent, &n);
        switch (step) {
        case KDS_WIRE_DONE:
            c->out_sent += n;
            break;
        case KDS_WIRE_WANTS_READ:
            return KDS_OK;
        case KDS_WIRE_WANTS_WRITE:
            return kds_loop_watch(c->pool->loop, &c->watch, EPOLLIN | EPOLLOUT);
        case KDS_WIRE_CLOSED:
            *why = "the peer closed the connection";
            return KDS_ERR_TRANSPORT;
        case KDS_WIRE_FAILED:
            *why = c->wire.why;
            return c->wire.err;
        }
    }
}

/* From anywhere, also inside a stream's callback. */
static void flush(struct connection *c)
{
    const char *why = "the system refused";
    if (c->receiving || c->phase != TALKING)
        return; /* comes afterwards */
    if (write_some(c, &why) != KDS_OK)
        call_timer(c);
}

/* ---- receiving ----------------------------------------------------------------------------- */

static void now_ready(struct connection *c)
{
    struct kds_h2_pool *p = c->pool;
    if (c->ready || !kds_h2_session_ready(c->session))
        return;
    c->ready = true;
    c->idle_us = now_us(p);
    p->pending--;
    p->known_limit = kds_h2_session_limit(c->session);
    call_timer(c);
}

/* False: the connection is gone. */
static bool read_some(struct connection *c)
{
    struct kds_h2_pool *p = c->pool;
    for (int i = 0; i < READS_AT_ONCE; i++) {
        size_t n = 0;
        const enum kds_wire_step step =
            kds_wire_read(&c->wire, p->buffer, READ_BYTES, &n);
        if (step == KDS_WIRE_CLOSED || step == KDS_WIRE_FAILED) {
            give_up(c, step == KDS_WIRE_FAILED ? c->wire.err : KDS_ERR_TRANSPORT,
                    step == KDS_WIRE_FAILED ? c->wire.why
                                            : "the peer closed the connection");
            return false;
        }
        if (step != KDS_WIRE_DONE)
            return true;
        c->receiving = true;
        const kds_err_t rc =
            kds_h2_session_receive(c->session, (kds_slice_t){p->buffer, n}, now_us(p));
        c->receiving = false;
        now_ready(c);
        if (rc != KDS_OK) {
            give_up(c, rc, kds_h2_session_why(c->session));
            return false;
        }
    }
    return true;
}

static void talk(struct connection *c)
{
    struct kds_h2_pool *p = c->pool;
    const char *why = "the system refused";
    if (!read_some(c))
        return;
    const kds_err_t rc = write_some(c, &why);
    if (rc != KDS_OK || kds_h2_session_over(c->session)) {
        give_up(c, rc != KDS_OK ? rc : KDS_ERR_TRANSPORT,
                rc != KDS_OK ? why : kds_h2_session_why(c->session));
        return;
    }
    if (p->waiting != NULL)
        place(p);
}

/* ---- making a connection ------------------------------------------------------------------- */

static kds_err_t start_session(struct connection *c)
{
    const struct kds_url *url = c->pool->options.url;
    const struct kds_h2_session_options options = {
        .scheme = url->tls ? "https" : "http",
        .authority = url->authority,
        .window = c->pool->options.window,
        .now_us = now_us(c->pool),
    };
    c->phase = TALKING;
    return kds_h2_session_new(&options, &c->session);
}

/* Try the next address. False: there is none left; wire.err and wire.why say what came of the last. */
static bool dial(struct connection *c)
{
    struct kds_h2_pool *p = c->pool;
    while (c->tried < p->addresses.count) {
        const size_t i = (c->first_address + c->tried++) % p->addresses.count;
        kds_loop_unwatch(p->loop, &c->watch);
        kds_wire_close(&c->wire);
        c->phase = CONNECTING;
        if (kds_wire_connect(&c->wire, &p->addresses.list[i]) != KDS_WIRE_WANTS_WRITE)
            continue;
        c->watch.fd = c->wire.fd;
        if (kds_loop_watch(p->loop, &c->watch, EPOLLOUT) == KDS_OK)
            return true;
        snprintf(c->wire.why, sizeof c->wire.why, "the socket cannot be watched");
        c->wire.err = KDS_ERR_SYSTEM;
    }
    return false;
}

static enum kds_wire_step advance(struct connection *c)
{
    struct kds_h2_pool *p = c->pool;
    if (c->phase == CONNECTING) {
        enum kds_wire_step step = kds_wire_connected(&c->wire);
        if (step != KDS_WIRE_DONE || !p->options.url->tls)
            return step;
        c->phase = SECURING;
        return kds_wire_start_tls(&c->wire, p->tls, p->options.url->host);
    }
    return kds_wire_handshake(&c->wire);
}

static void step(struct connection *c)
{
    struct kds_h2_pool *p = c->pool;
    const enum phase before = c->phase;
    switch (advance(c)) {
    case KDS_WIRE_WANTS_READ:
        if (kds_loop_watch(p->loop, &c->watch, EPOLLIN) == KDS_OK)
            return;
        break;
    case KDS_WIRE_WANTS_WRITE:
        if (kds_loop_watch(p->loop, &c->watch, EPOLLOUT) == KDS_OK)
            return;
        break;
    case KDS_WIRE_DONE:
        if (start_session(c) != KDS_OK) {
            give_up(c, KDS_ERR_NO_MEMORY, "out of memory");
            return;
        }
        talk(c);
        return;
    case KDS_WIRE_CLOSED:
    case KDS_WIRE_FAILED:
        if (before == CONNECTING && c->phase == CONNECTING && dial(c))
            return;
        break;
    }
    give_up(c, c->wire.err != KDS_OK ? c->wire.err : KDS_ERR_TRANSPORT,
            c->wire.why[0] != 0 ? c->wire.why : "the peer closed the connection");
}

static void on_ready(void *opaque, unsigned events)
{
    struct connection *c = opaque;
    (void)events;
    if (c->phase == TALKING)
        talk(c);
    else
        step(c);
}

static void on_timer(void *opaque)
{
    struct connection *c = opaque;
    struct kds_h2_pool *p = c->pool;
    const int64_t now = now_us(p);
    int64_t next = c->deadline_us;
    const char *why = "the system refused";
    if (!c->ready) {
        if (c->doomed) {
            give_up(c, c->wire.err, c->wire.why);
            return;
        }
        if (now >= c->deadline_us) {
            give_up(c, KDS_ERR_TIMED_OUT, "not connected in time");
            return;
        }
    } else {
        kds_err_t rc = kds_h2_session_tick(c->session, now, &next);
        why = rc != KDS_OK ? kds_h2_session_why(c->session) : why;
        if (rc == KDS_OK)
            rc = write_some(c, &why);
        if (rc == KDS_OK && kds_h2_session_over(c->session)) {
            rc = KDS_ERR_TRANSPORT;
            why = kds_h2_session_why(c->session);
        }
        if (kds_h2_session_streams(c->session) > 0)
            c->idle_us = now;
        else if (now - c->idle_us >= IDLE_US) {
            rc = KDS_ERR_TRANSPORT;
            why = "no stream for 60 s";
        }
        if (rc != KDS_OK) {
            give_up(c, rc, why);
            return;
        }
    }
    if (kds_loop_set(p->loop, &c->timer, next) != KDS_OK)
        give_up(c, KDS_ERR_NO_MEMORY, "out of memory");
}

/* ---- addresses ----------------------------------------------------------------------------- */

static void on_addresses(void *opaque, const struct kds_addresses *found)
{
    struct kds_h2_pool *p = opaque;
    p->resolve = NULL;
    p->addresses = *found;
    p->addresses_us = now_us(p);
    /* dial() may close it, and a callback may add one: begin again each time. */
    for (struct connection *c = p->connections; c != NULL;) {
        if (c->phase != RESOLVING) {
            c = c->next;
            continue;
        }
        if (found->count == 0) {
            give_up(c, KDS_ERR_TRANSPORT, found->why);
            if (p->resolve != NULL)
                return; /* somebody asks anew: the others wait for that */
        } else if (!dial(c)) {
            give_up(c, c->wire.err, c->wire.why);
        }
        c = p->connections;
    }
}

static kds_err_t find_addresses(struct kds_h2_pool *p)
{
    if (p->resolve != NULL)
        return KDS_OK;
    p->addresses.count = 0;
    return kds_resolve_start(p->loop, p->options.url->host, p->options.url->port,
                             on_addresses, p, &p->resolve);
}

static bool addresses_hold(const struct kds_h2_pool *p)
{
    return p->addresses.count > 0 && now_us(p) - p->addresses_us < ADDRESSES_US;
}

/* False: it could not even be begun. */
static bool add_connection(struct kds_h2_pool *p)
{
    struct connection *c = kds_alloc_zero(1, sizeof *c);
    if (c == NULL)
        return false;
    c->pool = p;
    c->wire.fd = -1;
    c->watch = (struct kds_loop_watch){.fd = -1, .ready = on_ready, .opaque = c};
    c->timer.fn = on_timer;
    c->timer.opaque = c;
    c->first_address = p->turn++;
    c->deadline_us = kds_us_add(now_us(p), p->options.connect_timeout_us);
    kds_buf_init(&c->out, (size_t)16 << 20);
    if (kds_loop_set(p->loop, &c->timer, c->deadline_us) != KDS_OK) {
        kds_free(c);
        return false;
    }
    c->next = p->connections;
    c->at = &p->connections;
    if (c->next != NULL)
        c->next->at = &c->next;
    p->connections = c;
    p->count++;
    p->pending++;
    if (addresses_hold(p)) {
        c->doomed = !dial(c);
        if (c->doomed)
            call_timer(c);
        return true;
    }
    if (find_addresses(p) == KDS_OK)
        return true;
    close_connection(c, KDS_ERR_SYSTEM, "");
    return false;
}

/* ---- placing ------------------------------------------------------------------------------- */

/* Fill what there is. */
static void fill(struct kds_h2_pool *p)
{
    for (struct connection *c = p->connections; c != NULL && p->waiting != NULL;
         c = c->next) {
        unsigned room = c->ready ? kds_h2_session_room(c->session) : 0;
        const bool used = room > 0;
        for (; room > 0 && p->waiting != NULL; room--) {
            struct kds_h2_stream *stream = p->waiting;
            dequeue(p, stream);
            if (kds_h2_session_open(c->session, stream) != KDS_OK) {
                enqueue(p, stream);
                break;
            }
            stream->place = c;
        }
        if (used)
            flush(c);
    }
}

/* A peer that takes no stream at all now is waited for, not surrounded by more connections. */
static bool wants_connection(const struct kds_h2_pool *p)
{
    unsigned expected = p->pending;
    if (p->waiting_count == 0 || p->closing || p->count >= p->options.max_connections ||
        p->pending >= DIALS_AT_ONCE)
        return false;
    if (p->known_limit != 0)
        return (uint64_t)p->pending * p->known_limit < p->waiting_count;
    for (const struct connection *c = p->connections; c != NULL; c = c->next)
        expected += c->ready && !kds_h2_session_over(c->session) &&
                    kds_h2_session_limit(c->session) == 0;
    return expected == 0;
}

static void place(struct kds_h2_pool *p)
{
    if (p->closing)
        return;
    fill(p);
    while (wants_connection(p))
        if (!add_connection(p)) {
            kds_err_t rc = kds_loop_set(p->loop, &p->again, now_us(p) + AGAIN_US);
            (void)
                rc; /* without memory for that the requests end by their owners' timers */
            return;
        }
}

static void on_again(void *opaque)
{
    place(opaque);
}

/* ---- for the owner ------------------------------------------------------------------------- */

void kds_h2_pool_request(struct kds_h2_pool *p, struct kds_h2_stream *stream)
{
    stream->session = NULL;
    stream->place = NULL;
    enqueue(p, stream);
    place(p);
}

void kds_h2_pool_drop(struct kds_h2_pool *p, struct kds_h2_stream *stream)
{
    struct connection *c = stream->place;
    if (stream->at == NULL)
        return; /* it is in nobody's list: ended */
    if (stream->session == NULL) {
        dequeue(p, stream);
        return;
    }
    kds_h2_stream_drop(stream);
    stream->place = NULL;
    flush(c);
    if (p->waiting != NULL)
        call_timer(c); /* its room is given away */
}

void kds_h2_pool_consume(struct kds_h2_pool *p, struct kds_h2_stream *stream, size_t n)
{
    (void)p;
    if (stream->session == NULL)
        return;
    kds_h2_stream_consume(stream, n);
    flush(stream->place);
}

struct kds_h2_pool_counts kds_h2_pool_count(const struct kds_h2_pool *p)
{
    struct kds_h2_pool_counts counts = {.connections = p->count,
                                        .waiting = p->waiting_count};
    for (const struct connection *c = p->connections; c != NULL; c = c->next)
        counts.streams += c->session != NULL ? kds_h2_session_streams(c->session) : 0;
    return counts;
}

kds_err_t kds_h2_pool_new(struct kds_loop *loop,
                          const struct kds_h2_pool_options *options,
                          struct kds_h2_pool **pool,
                          kds_error_t **error)
{
    kds_err_t rc = KDS_OK;
    struct kds_h2_pool *p = kds_alloc_zero(1, sizeof *p);
    if (p != NULL)
        p->buffer = kds_alloc_zero(1, READ_BYTES + READ_MARGIN);
    if (p == NULL || p->buffer == NULL) {
        kds_free(p);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    p->loop = loop;
    p->options = *options;
    p->waiting_end = &p->waiting;
    p->again.fn = on_again;
    p->again.opaque = p;
    if (options->url->tls)
        rc = kds_wire_context_new(options->ca_file, &p->tls, error);
    if (rc != KDS_OK) {
        kds_h2_pool_free(p);
        return rc;
    }
    *pool = p;
    return KDS_OK;
}

void kds_h2_pool_free(struct kds_h2_pool *p)
{
    if (p == NULL)
        return;
    p->closing = true;
    kds_loop_unset(p->loop, &p->again);
    kds_resolve_drop(p->resolve);
    while (p->connections != NULL)
        close_connection(p->connections, KDS_ERR_CANCELLED, "the client was freed");
    refuse_waiting(p, ANY_NUMBER, KDS_ERR_CANCELLED, "the client was freed");
    SSL_CTX_free(p->tls);
    kds_free(p->buffer);
    kds_free(p);
}
