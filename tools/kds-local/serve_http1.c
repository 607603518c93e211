/*
 * serve_http1: HTTP/1.1 over a connection: one exchange at a time. While it waits, what is read
 * beyond it is held, and no more is read.
 */
#include "base/clock.h"
#include "base/slice.h"
#include "connection_internal.h"

#define PULL_BYTES ((size_t)64 * 1024)

/* ---- the answer --------------------------------------------------------------------------- */

static void
write_head(const struct http_answer_head *head, bool keep_alive, struct kds_buf *out)
{
    kds_buf_printf(out, "HTTP/1.1 %d %s\r\n", head->status, http_reason(head->status));
    for (size_t i = 0; i < head->count; i++) {
        kds_buf_add_text(out, head->fields[i].name);
        kds_buf_add_text(out, ": ");
        kds_buf_add_text(out, head->fields[i].value);
        kds_buf_add_text(out, "\r\n");
    }
    kds_buf_add_text(out, keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

static void end_exchange(struct connection *c)
{
    c->answering = c->exchange_waits = false;
    if (!c->keep_alive || c->out.err != KDS_OK) {
        connection_becomes(c, FATE_CLOSE);
        return;
    }
    http1_next(&c->http1);
    exchange_reset(&c->exchange);
    struct fault fault;
    if (site_ask(c->site, FAULT_AT_IDLE, &c->exchange.scene, &fault)) {
        connection_befall(c, &fault);
    }
}

/* @return whether the exchange goes on */
static bool befall(struct connection *c, const struct fault *fault)
{
    if (fault->action == FAULT_DO_RAW && fault->args->end == FAULT_END_KEEP) {
        kds_buf_add_slice(&c->out, fault->args->body);
        c->keep_alive = c->http1.state == HTTP1_READY && c->http1.keep_alive;
        end_exchange(c);
        return false;
    }
    return !connection_befall(c, fault);
}

static void add_piece(struct connection *c, kds_slice_t piece)
{
    if (!exchange_streams(&c->exchange)) {
        kds_buf_add_slice(&c->out, piece);
        return;
    }
    kds_buf_printf(&c->out, "%zx\r\n", piece.n);
    kds_buf_add_slice(&c->out, piece);
    kds_buf_add_text(&c->out, "\r\n");
}

/* Let out of the answer what may go. */
static void pump(struct connection *c)
{
    kds_slice_t piece;
    c->exchange_waits = false;
    while (c->fate == FATE_NONE) {
        /* An event is not made before the one before it is with the system. */
        const bool streams = exchange_streams(&c->exchange);
        if (c->out.n >= SENDING_BYTES || (streams && c->sending.n > 0)) {
            c->exchange_waits = true; /* for the socket */
            return;
        }
        switch (exchange_pull(&c->exchange, PULL_BYTES, &piece)) {
        case VALVE_BYTES:
            add_piece(c, piece);
            break;
        case VALVE_WAIT:
            c->exchange_waits = true;
            return;
        case VALVE_FAULT:
            if (!befall(c, &c->exchange.fault)) {
                return;
            }
            break;
        case VALVE_EMPTY:
            if (exchange_streams(&c->exchange)) {
                kds_buf_add_text(&c->out, "0\r\n\r\n");
            }
            end_exchange(c);
            return;
        }
    }
}

/* The usual answer goes out as it is; one that a fault waits in, through the valve. */
static void answer(struct connection *c)
{
    struct exchange *x = &c->exchange;
    c->keep_alive = c->http1.state == HTTP1_READY && c->http1.keep_alive;
    if (exchange_streams(x)) {
        http_add_field(&x->head, "Transfer-Encoding", "chunked");
        write_head(&x->head, c->keep_alive, &c->out);
        c->answering = true;
        pump(c);
        return;
    }
    if (!x->resp_armed) {
        write_head(&x->head, c->keep_alive, &c->out);
        kds_buf_add(&c->out, x->answer.body.p, x->answer.body.n);
        end_exchange(c);
        return;
    }
    write_head(&x->head, c->keep_alive, &x->valve.bytes);
    exchange_arm(x, x->valve.bytes.n);
    c->answering = true;
    pump(c);
}

/* ---- the request -------------------------------------------------------------------------- */

static void run(struct connection *c)
{
    struct http1 *h = &c->http1;
    c->exchange_waits = false;
    while (c->fate == FATE_NONE) {
        switch (exchange_run(&c->exchange, &h->request, h->state == HTTP1_READY)) {
        case EXCHANGE_READ:
            h->stop = exchange_body_stop(&c->exchange);
            return;
        case EXCHANGE_WAIT:
            c->exchange_waits = true;
            return;
        case EXCHANGE_FAULT:
            if (!befall(c, &c->exchange.fault)) {
                return;
            }
            break;
        case EXCHANGE_ANSWER:
            answer(c);
            return;
        }
    }
}

static void refuse(struct connection *c)
{
    exchange_refuse(&c->exchange, c->http1.status, c->http1.why);
    answer(c);
}

static bool free_to_read(const struct connection *c)
{
    return c->fate == FATE_NONE && !c->exchange_waits;
}

static size_t take_some(struct connection *c, const uint8_t *p, size_t n)
{
    struct http1 *h = &c->http1;
    if (h->state == HTTP1_HEAD && h->head.n == 0 && c->site->plan != NULL) {
        h->stop = 0; /* the plan wants to see the head first */
    }
    size_t used = http1_feed(h, p, n);
    if (h->wants_continue) {
        h->wants_continue = false;
        kds_buf_add_text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (h->state == HTTP1_BROKEN) {
        refuse(c);
    } else if (h->state == HTTP1_READY ||
               (h->state != HTTP1_HEAD && h->body.n >= h->stop)) {
        run(c);
    }
    return used;
}

void serve_http1_take(struct connection *c, const uint8_t *p, size_t n)
{
    while (n > 0 && free_to_read(c)) {
        size_t used = take_some(c, p, n);
        p += used;
        n -= used;
    }
    if (n > 0 && c->exchange_waits) {
        kds_buf_add(&c->held, p, n);
    }
}

void serve_http1_go_on(struct connection *c)
{
    if (c->exchange_waits) {
        if (c->answering) {
            pump(c);
        } else {
            run(c);
        }
    }
    if (free_to_read(c) && c->held.n > 0) {
        struct kds_buf held = c->held;
        kds_buf_init(&c->held, held.max);
        serve_http1_take(c, held.p, held.n);
        kds_buf_clear(&held);
    }
}

int64_t serve_http1_due_us(const struct connection *c)
{
    return c->exchange_waits && c->exchange.wait_us > 0 ? c->exchange.wait_us
                                                        : KDS_NEVER_US;
}

bool serve_http1_streams(const struct connection *c)
{
    return c->answering && exchange_streams(&c->exchange);
}
