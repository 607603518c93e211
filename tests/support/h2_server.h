/*
 * h2_server: a server of HTTP/2 on loopback that does what the test tells it, request by request.
 * It keeps requests in the order of their arrival, whatever connection they came on: the first one
 * is 0. nghttp2 does the frames; one thread of its own; all functions may be called from any thread.
 */
#ifndef SUPPORT_H2_SERVER_H
#define SUPPORT_H2_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ssl_ctx_st SSL_CTX;

struct h2_server_options {
    uint32_t max_streams; /* SETTINGS_MAX_CONCURRENT_STREAMS; UINT32_MAX = not told */
    SSL_CTX *tls;         /* (lent until stop) NULL = cleartext */
    bool without_alpn;    /* under TLS: agree on nothing */
};

struct h2_server;

struct h2_server *h2_server_start(const struct h2_server_options *options);
void h2_server_stop(struct h2_server *s);
unsigned h2_server_port(const struct h2_server *s);

/** Block until @p count requests came, whole. */
void h2_server_await(struct h2_server *s, unsigned count);

/** Block until the client reset request @p n, or its connection ended. */
void h2_server_await_gone(struct h2_server *s, unsigned n);

/** Block until all that was given to send for request @p n is on its way. */
void h2_server_await_sent(struct h2_server *s, unsigned n);

/** Block until @p count connections came. */
void h2_server_await_connections(struct h2_server *s, unsigned count);

unsigned h2_server_requests(struct h2_server *s);
unsigned h2_server_connections(struct h2_server *s); /* accepted so far */
bool h2_server_gone(struct h2_server *s, unsigned n);
size_t h2_server_sent(struct h2_server *s, unsigned n); /* bytes of its body */

/** The body, or a header, of request @p n, NUL-terminated; cut to @p size. */
void h2_server_body(struct h2_server *s, unsigned n, char *out, size_t size);
void h2_server_header(
    struct h2_server *s, unsigned n, const char *name, char *out, size_t size);

/** Answer request @p n; @p content_type NULL = none. Its body is sent from then on. */
void h2_server_head(struct h2_server *s,
                    unsigned n,
                    int status,
                    const char *content_type);
/** More of the body. @p p (copied) */
void h2_server_send(struct h2_server *s, unsigned n, const void *p, size_t size);
/** The body ends. */
void h2_server_end(struct h2_server *s, unsigned n);
void h2_server_reset(struct h2_server *s, unsigned n, uint32_t code);
/** Of the connection that request @p n is on. @p below: streams up to that of request n are finished */
void h2_server_goaway(struct h2_server *s, unsigned n, uint32_t code, bool with_n);
void h2_server_hang_up(struct h2_server *s, unsigned n);
/** A new MAX_CONCURRENT_STREAMS on all connections, and on those to come. */
void h2_server_limit(struct h2_server *s, uint32_t max_streams);

#endif /* SUPPORT_H2_SERVER_H */
