/*
 * h2_peer: a client of HTTP/2 for a pair, by nghttp2: sends requests, keeps what comes back.
 */
#ifndef TESTS_UNIT_KDS_LOCAL_H2_PEER_H
#define TESTS_UNIT_KDS_LOCAL_H2_PEER_H

#include <nghttp2/nghttp2.h>

#include "pair.h"

#define H2_PEER_STREAMS 8
#define H2_PEER_BYTES   ((size_t)2 * 1024 * 1024)

struct h2_peer_stream {
    int32_t id;
    const char *body; /* of the request */
    size_t body_n, body_sent;
    char status[8];
    uint8_t *got;
    size_t got_n;
    bool ended;     /* END_STREAM came */
    bool closed;    /* it is over, in whatever way */
    uint32_t error; /* of its end */
};

struct h2_peer {
    struct pair *pair;
    nghttp2_session *session;
    struct h2_peer_stream streams[H2_PEER_STREAMS];
    size_t stream_count;
    size_t taken; /* of pair->got */
    bool broken;  /* the session gave up */
    int goaways, pongs;
    int32_t goaway_last;
    uint32_t goaway_error;
    uint32_t max_streams, window; /* that the server told last */
};

/** @param pair  (borrowed) connected just now @param window  of our streams; 0 = the usual one */
void h2_peer_begin(struct h2_peer *p, struct pair *pair, uint32_t window);
/** The same, and our windows open only with h2_peer_consume(). */
void h2_peer_begin_manual(struct h2_peer *p, struct pair *pair, uint32_t window);
void h2_peer_finish(struct h2_peer *p);

/** @param body  (lent until the end) @return its stream */
struct h2_peer_stream *
h2_peer_ask(struct h2_peer *p, const char *operation, const char *body);

/** Exchange bytes until both sides have nothing more. */
void h2_peer_settle(struct h2_peer *p);
/** Let time pass, and settle. */
void h2_peer_pass(struct h2_peer *p, int64_t ms);
void h2_peer_ping(struct h2_peer *p);
void h2_peer_consume(struct h2_peer *p, struct h2_peer_stream *s, size_t n);
void h2_peer_cancel(struct h2_peer *p, struct h2_peer_stream *s);

#endif /* TESTS_UNIT_KDS_LOCAL_H2_PEER_H */
