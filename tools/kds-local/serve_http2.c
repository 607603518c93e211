/*
 * serve_http2: HTTP/2 over a connection: an exchange for each stream.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "connection_internal.h"

struct stream_exchange {
    struct stream_exchange *next, **at; /* in the connection's list */
    struct connection *connection;
    struct exchange exchange;
    uint32_t id;
    bool whole;    /* the request */
    bool waits;    /* for exchange.wait_us */
    bool answered; /* the head is on its way */
    bool over;     /* hung, or reset: nothing of it goes on */
};

/* ---- faults ------------------------------------------------------------------------------- */

static void tell_goaway(struct stream_exchange *s, const struct fault_args *args)
{
    const int64_t last = args->last_stream;
    h2_goaway(s->connection->h2, last < 0 ? s->id : (uint32_t)last, args->h2_error);
}

/* What leaves the exchange as it is. @return false: it is none of these */
static bool befall_session(struct stream_exchange *s, const struct fault *fault)
{
    struct h2 *h2 = s->connection->h2;
    const struct fault_args *args = fault->args;
    if (fault->action == FAULT_DO_GOAWAY) {
        tell_goaway(s, args);
    } else if (fault->action == FAULT_DO_SETTINGS) {
        h2_tell_settings(h2, args->max_streams, args->initial_window);
    } else if (fault->action == FAULT_DO_WINDOW0) {
        h2_close_window(h2);
    } else {
        return false;
    }
    return true;
}

/* @return whether the exchange goes on */
static bool befall(struct stream_exchange *s, const struct fault *fault)
{
    if (befall_session(s, fault)) {
        return true;
    }
    s->over = true;
    if (fault->action == FAULT_DO_RST_STREAM) {
        h2_reset_stream(s->connection->h2, s->id, fault->args->h2_error);
    } else if (fault->action != FAULT_DO_HANG || fault->args->whole_connection) {
        connection_befall(s->connection, fault);
    }
    return false;
}

/* ---- the request -------------------------------------------------------------------------- */

static void answer(struct stream_exchange *s)
{
    struct exchange *x = &s->exchange;
    exchange_arm(x, 0);
    s->answered = true;
    const bool body = x->valve.bytes.n > 0 || x->valve.armed || exchange_streams(x);
    if (!h2_answer(s->connection->h2, s->id, &x->head, body)) {
        s->over = true;
    }
}

static void run(struct stream_exchange *s)
{
    struct connection *c = s->connection;
    struct http_request request;
    s->waits = false;
    while (!s->over && c->fate == FATE_NONE) {
        h2_request(c->h2, s->id, &request);
        switch (exchange_run(&s->exchange, &request, s->whole)) {
        case EXCHANGE_READ:
            h2_stop(c->h2, s->id, exchange_body_stop(&s->exchange));
            return;
        case EXCHANGE_WAIT:
            s->waits = true;
            return;
        case EXCHANGE_FAULT:
            if (!befall(s, &s->exchange.fault)) {
                return;
            }
            break;
        case EXCHANGE_ANSWER:
            answer(s);
            return;
        }
    }
}

static void on_request(struct h2 *h2, void *user, bool whole, int status, const char *why)
{
    struct stream_exchange *s = user;
    (void)h2;
    s->whole = whole;
    if (s->over || s->answered) {
        return;
    }
    if (status != 0) {
        exchange_refuse(&s->exchange, status, why);
        answer(s);
    } else if (!s->waits && (whole || s->connection->site->plan != NULL)) {
        run(s);
    }
}

/* An event has come; the stream is asked again. */
static void on_ready(void *opaque)
{
    struct stream_exchange *s = opaque;
    s->exchange.wait_us = 0;
    connection_wake(s->connection);
}

static void *on_begin(struct h2 *h2, uint32_t stream, void *opaque)
{
    struct connection *c = opaque;
    struct stream_exchange *s = kds_alloc_zero(1, sizeof *s);
    (void)h2;
    if (s == NULL) {
        return NULL;
    }
    exchange_init(&s->exchange, c->site, c->number, on_ready, s);
    s->connection = c;
    s->id = stream;
    s->next = c->streams;
    s->at = &c->streams;
    if (s->next != NULL) {
        s->next->at = &s->next;
    }
    c->streams = s;
    return s;
}

/* ---- the answer --------------------------------------------------------------------------- */

static enum h2_pull on_pull(void *user, size_t room, kds_slice_t *out)
{
    struct stream_exchange *s = user;
    s->waits = false;
    while (!s->over && s->connection->fate == FATE_NONE) {
        switch (exchange_pull(&s->exchange, room, out)) {
        case VALVE_BYTES:
            return H2_BYTES;
        case VALVE_WAIT:
            s->waits = true;
            return H2_LATER;
        case VALVE_FAULT:
            if (s->exchange.fault.action == FAULT_DO_TRUNCATE) {
                return H2_END;
            }
            if (befall(s, &s->exchange.fault)) {
                on_ready(s); /* behind what the fault sends */
                s->waits = true;
            }
            return H2_LATER;
        case VALVE_EMPTY:
            return H2_END;
        }
    }
    return H2_LATER;
}

/* The stream is over: the connection may be without any. */
static void on_gone(void *user)
{
    struct stream_exchange *s = user;
    struct connection *c = s->connection;
    const struct fault_scene scene = {.connection = c->number};
    struct fault fault;
    *s->at = s->next;
    if (s->next != NULL) {
        s->next->at = s->at;
    }
    if (c->h2 != NULL && s->answered && c->fate == FATE_NONE) {
        s->exchange.scene = scene;
        if (site_ask(c->site, FAULT_AT_IDLE, &s->exchange.scene, &fault)) {
            befall(s, &fault);
        }
    }
    exchange_clear(&s->exchange);
    kds_free(s);
}

/* ---- all of them -------------------------------------------------------------------------- */

bool serve_http2_open(struct connection *c)
{
    static const struct h2_events events = {
        .begin = on_begin, .request = on_request, .pull = on_pull, .gone = on_gone};
    c->h2 = h2_new(&events, &c->settings, c);
    return c->h2 != NULL;
}

void serve_http2_go_on(struct connection *c)
{
    struct stream_exchange *next;
    for (struct stream_exchange *s = c->streams; s != NULL; s = next) {
        next = s->next;
        if (!s->waits || s->over || s->exchange.wait_us > c->site->now_us) {
            continue;
        }
        if (s->answered) {
            s->waits = false;
            h2_resume(c->h2, s->id);
        } else {
            run(s);
        }
    }
}

int64_t serve_http2_due_us(const struct connection *c)
{
    int64_t due_us = KDS_NEVER_US;
    for (const struct stream_exchange *s = c->streams; s != NULL; s = s->next) {
        if (s->waits && !s->over && s->exchange.wait_us < due_us) {
            due_us = s->exchange.wait_us;
        }
    }
    return due_us;
}
