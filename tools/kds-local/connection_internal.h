/*
 * connection_internal: what the files of a connection share: connection.c has the socket and TLS,
 * serve_http1.c and serve_http2.c what is spoken over it.
 */
#ifndef KDS_LOCAL_CONNECTION_INTERNAL_H
#define KDS_LOCAL_CONNECTION_INTERNAL_H

#include "connection.h"
#include "exchange.h"
#include "h2.h"
#include "http1.h"

#define SENDING_BYTES ((size_t)256 * 1024) /* made before they can be sent */

enum speech { SPEECH_UNKNOWN, SPEECH_HTTP1, SPEECH_HTTP2 };

/** What becomes of the connection when all that was made is sent. */
enum fate {
    FATE_NONE,
    FATE_CLOSE,  /* in order */
    FATE_BREAK,  /* FIN without TLS's own good-bye */
    FATE_RESET,  /* RST */
    FATE_SILENCE /* it stays, and nothing is read or written any more */
};

struct stream_exchange;

struct connection {
    struct site *site;
    void *owner;
    struct connection *awake_next, **awake_at; /* in the site's list; at NULL: in none */
    int fd;
    uint64_t number; /* from 1 */
    int64_t gate_us; /* nothing is read before; 0 = now */
    bool began;      /* its first byte was seen */
    enum fate fate;
    struct tls *tls;
    struct kds_buf plain; /* TLS: what was decrypted */
    enum speech speech;
    struct kds_buf first; /* while the speech is unknown */

    struct http1 http1;
    struct exchange exchange; /* of HTTP/1.1: one at a time */
    bool exchange_waits;      /* for a time, or for its answer to be sent */
    bool answering;
    bool keep_alive;
    struct kds_buf held; /* HTTP/1.1: read, and for after this exchange */

    struct h2 *h2;
    struct h2_settings settings;
    struct stream_exchange *streams;

    struct kds_buf out; /* to be encrypted, or sent */
    struct kds_buf sending;
    size_t sent;     /* of `sending` */
    bool unfinished; /* more could be sent, but others have their turn */
    bool draining;   /* our end is said; what still comes is thrown away */
    size_t discarded;
};

/** The first fate is the one. */
void connection_becomes(struct connection *c, enum fate fate);

/** An event has come for one of its subscriptions: connection_advance() is to be called. */
void connection_wake(struct connection *c);

/**
 * What a fault does to a whole connection, whatever is spoken: RESET, REFUSE, FIN, RAW, and HANG and
 * TRUNCATE as HTTP/1.1 has them. @return false: it is none of these
 */
bool connection_befall(struct connection *c, const struct fault *fault);

/* ---- HTTP/1.1 ----------------------------------------------------------------------------- */

void serve_http1_take(struct connection *c, const uint8_t *p, size_t n);
/** Go on with an exchange that waits, and with what was held for after it. */
void serve_http1_go_on(struct connection *c);
int64_t serve_http1_due_us(const struct connection *c);
bool serve_http1_streams(const struct connection *c);

/* ---- HTTP/2 ------------------------------------------------------------------------------- */

bool serve_http2_open(struct connection *c);
/** Go on with the exchanges whose time has come. */
void serve_http2_go_on(struct connection *c);
int64_t serve_http2_due_us(const struct connection *c);

#endif /* KDS_LOCAL_CONNECTION_INTERNAL_H */
