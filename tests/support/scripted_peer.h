/*
 * scripted_peer: a peer on loopback that plays exact bytes, connection by connection: what it reads,
 * what it sends and how it ends, down to the byte and, under TLS, down to the handshake. It waits
 * for events that the test injects, not for time.
 *
 * Unlike scripted_server it is told about every byte, so that it can break anywhere. One thread for
 * each connection; the accessors may be called from any thread.
 */
#ifndef SUPPORT_SCRIPTED_PEER_H
#define SUPPORT_SCRIPTED_PEER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ssl_ctx_st SSL_CTX;

enum peer_op {
    PEER_END =
        0,    /* close in order, under TLS with close_notify; also the end of a script */
    PEER_TLS, /* shake hands; a refusal ends the script and is counted */
    PEER_REQUEST, /* read a whole request, counted by its Content-Length */
    PEER_READ,    /* read exactly `n` bytes, however many stay unread */
    PEER_SEND,    /* send `text`, or `n` bytes of it */
    PEER_TRICKLE, /* send `text` a byte at a time, 10 ms apart, for as long as the peer reads */
    PEER_AWAIT, /* until scripted_peer_go() was called once more */
    PEER_RESET, /* end with RST */
    PEER_CUT,   /* close the socket in order, under TLS without close_notify */
    PEER_HANG,  /* neither read nor send until the test ends the peer */
    PEER_AGAIN /* from the step after the last PEER_TLS on; a closed connection ends it */
};

struct peer_step {
    enum peer_op op;
    const char *text; /* (lent until stop) */
    size_t n;         /* 0 = all of `text` */
};

/* What one connection sees. */
struct peer_script {
    const struct peer_step
        *steps;   /* (lent until stop) ends with PEER_END or what ends it */
    SSL_CTX *tls; /* (lent until stop) for PEER_TLS */
};

struct scripted_peer;

/**
 * Listen on 127.0.0.1.
 * @param scripts  (lent until stop) one for each connection; the last one is repeated
 * @return (given; scripted_peer_stop) NULL: no socket
 */
struct scripted_peer *scripted_peer_start(const struct peer_script *scripts,
                                          size_t count);
void scripted_peer_stop(struct scripted_peer *peer);

unsigned scripted_peer_port(const struct scripted_peer *peer);

/** Let one PEER_AWAIT pass, of whatever connection. */
void scripted_peer_go(struct scripted_peer *peer);

/** What happened so far. */
struct peer_counts {
    unsigned connections;
    unsigned requests;   /* whole ones */
    unsigned handshakes; /* TLS, completed */
    unsigned refusals;   /* TLS, not completed */
    unsigned early_data; /* handshakes that carried some */
    unsigned resumed;    /* handshakes with a session from before */
    size_t bytes;        /* of requests, after decryption */
};
struct peer_counts scripted_peer_counts(struct scripted_peer *peer);

/** Block until @p count connections, or whole requests, came. */
void scripted_peer_await_connections(struct scripted_peer *peer, unsigned count);
void scripted_peer_await_requests(struct scripted_peer *peer, unsigned count);

/** The last whole request, NUL-terminated; cut to @p size. */
void scripted_peer_last(struct scripted_peer *peer, char *out, size_t size);

/* A port on 127.0.0.1 without a peer. */
struct peer_port {
    int fd, filler[8];
    unsigned port;
};
bool peer_port_refusing(struct peer_port *port); /* nobody listens */
bool peer_port_silent(struct peer_port *port); /* connections hang: packets are dropped */
void peer_port_release(struct peer_port *port);

/** Begin to listen on a port that refused. @param port (taken) */
struct scripted_peer *scripted_peer_start_on(struct peer_port *port,
                                             const struct peer_script *scripts,
                                             size_t count);

#endif /* SUPPORT_SCRIPTED_PEER_H */
