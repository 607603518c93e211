/*
 * wire: sockets and OpenSSL.
 */
#include "net/wire.h"

#include "base/error.h"
#include "net/tls_policy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const unsigned char alpn[] = {2, 'h', '2'};

static enum kds_wire_step fail(struct kds_wire *w, kds_err_t err, const char *what)
{
    w->err = err;
    snprintf(w->why, sizeof w->why, "%s", what);
    return KDS_WIRE_FAILED;
}

static enum kds_wire_step fail_errno(struct kds_wire *w, const char *what, int number)
{
    char text[80];
    w->err = number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM
                 ? KDS_ERR_SYSTEM
                 : KDS_ERR_TRANSPORT;
    snprintf(w->why, sizeof w->why, "%s: %s", what,
             strerror_r(number, text, sizeof text));
    return KDS_WIRE_FAILED;
}

/* ---- cleartext ----------------------------------------------------------------------------- */

enum kds_wire_step kds_wire_connect(struct kds_wire *w, const struct kds_address *address)
{
    const int on = 1;
    w->fd =
        socket(address->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0)
        return fail_errno(w, "no socket", errno);
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(w->fd, (const struct sockaddr *)&address->socket, address->n) == 0 ||
        errno == EINPROGRESS || errno == EINTR)
        return KDS_WIRE_WANTS_WRITE;
    return fail_errno(w, "not connected", errno);
}

enum kds_wire_step kds_wire_connected(struct kds_wire *w)
{
    int number = 0;
    socklen_t n = sizeof number;
    if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &number, &n) != 0)
        number = errno;
    return number == 0 ? KDS_WIRE_DONE : fail_errno(w, "not connected", number);
}

static enum kds_wire_step
plain_read(struct kds_wire *w, void *out, size_t n, size_t *done)
{
    const ssize_t got = recv(w->fd, out, n, 0);
    if (got > 0) {
        *done = (size_t)got;
        return KDS_WIRE_DONE;
    }
    if (got == 0)
        return KDS_WIRE_CLOSED;
    if (errno == EAGAIN || errno == EINTR)
        return KDS_WIRE_WANTS_READ;
    return fail_errno(w, "the connection broke", errno);
}

static enum kds_wire_step
plain_write(struct kds_wire *w, const void *p, size_t n, size_t *done)
{
    const ssize_t put = send(w->fd, p, n, MSG_NOSIGNAL);
    if (put > 0) {
        *done = (size_t)put;
        return KDS_WIRE_DONE;
    }
    if (put == 0 || errno == EAGAIN || errno == EINTR)
        return KDS_WIRE_WANTS_WRITE;
    return fail_errno(w, "the connection broke", errno);
}

/* ---- TLS ----------------------------------------------------------------------------------- */

kds_err_t
kds_wire_context_new(const char *ca_file, SSL_CTX **context, kds_error_t **error)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL)
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "no TLS context could be made");
    bool made = SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
                SSL_CTX_set_alpn_protos(ctx, alpn, sizeof alpn) == 0;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    made = made && kds_tls_restrict(NULL, ctx, NULL) == CURLE_OK &&
           (ca_file != NULL ? SSL_CTX_load_verify_file(ctx, ca_file)
                            : SSL_CTX_set_default_verify_paths(ctx)) == 1;
    ERR_clear_error();
    if (!made) {
        SSL_CTX_free(ctx);
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "ca_file: no usable certificate in %.500s",
                             ca_file != NULL ? ca_file : "the system's store");
    }
    *context = ctx;
    return KDS_OK;
}

/* A name is verified and told to the server; an address is verified only. */
static bool set_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    char bare[256];
    unsigned char address[16];
    const size_t brackets = host[0] == '[' ? 1 : 0;
    snprintf(bare, sizeof bare, "%.*s", (int)(strlen(host) - 2 * brackets),
             host + brackets);
    if (inet_pton(AF_INET, bare, address) == 1 || inet_pton(AF_INET6, bare, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(param, bare) == 1;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(param, bare, 0) == 1 &&
           SSL_set_tlsext_host_name(ssl, bare) == 1;
}

enum kds_wire_step
kds_wire_start_tls(struct kds_wire *w, SSL_CTX *context, const char *host)
{
    w->ssl = SSL_new(context);
    if (w->ssl == NULL || !set_host(w->ssl, host) || SSL_set_fd(w->ssl, w->fd) != 1) {
        ERR_clear_error();
        return fail(w, KDS_ERR_NO_MEMORY, "TLS could not be started");
    }
    SSL_set_connect_state(w->ssl);
    return kds_wire_handshake(w);
}

static enum kds_wire_step handshake_failed(struct kds_wire *w)
{
    const long verdict = SSL_get_verify_result(w->ssl);
    const char *why = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    w->err = KDS_ERR_TLS;
    if (verdict != X509_V_OK)
        snprintf(w->why, sizeof w->why, "TLS: the certificate is refused: %s",
                 X509_verify_cert_error_string(verdict));
    else
        snprintf(w->why, sizeof w->why, "TLS: the handshake failed: %s",
                 why != NULL ? why : "the connection broke");
    return KDS_WIRE_FAILED;
}

static enum kds_wire_step step_of(struct kds_wire *w, int result)
{
    const int number = errno;
    switch (SSL_get_error(w->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return KDS_WIRE_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return KDS_WIRE_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return KDS_WIRE_CLOSED;
    case SSL_ERROR_SYSCALL:
        ERR_clear_error();
        return number == 0 ? KDS_WIRE_CLOSED
                           : fail_errno(w, "the connection broke", number);
    default: {
        const char *why = ERR_reason_error_string(ERR_peek_error());
        ERR_clear_error();
        w->err = KDS_ERR_TLS;
        snprintf(w->why, sizeof w->why, "TLS: %s", why != NULL ? why : "an error");
        return KDS_WIRE_FAILED;
    }
    }
}

enum kds_wire_step kds_wire_handshake(struct kds_wire *w)
{
    const unsigned char *chosen = NULL;
    unsigned n = 0;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(w->ssl);
    if (result != 1) {
        const int kind = SSL_get_error(w->ssl, result);
        if (kind == SSL_ERROR_WANT_READ)
            return KDS_WIRE_WANTS_READ;
        if (kind == SSL_ERROR_WANT_WRITE)
            return KDS_WIRE_WANTS_WRITE;
        return handshake_failed(w);
    }
    SSL_get0_alpn_selected(w->ssl, &chosen, &n);
    if (n != 2 || memcmp(chosen, "h2", 2) != 0)
        return fail(w, KDS_ERR_TLS,
                    "TLS: the server does not agree on HTTP/2 (ALPN h2), which event "
                    "streams need");
    return KDS_WIRE_DONE;
}

/* ---- both ---------------------------------------------------------------------------------- */

enum kds_wire_step kds_wire_read(struct kds_wire *w, void *out, size_t n, size_t *done)
{
    if (w->ssl == NULL)
        return plain_read(w, out, n, done);
    ERR_clear_error();
    errno = 0;
    const int result = SSL_read_ex(w->ssl, out, n, done);
    return result == 1 ? KDS_WIRE_DONE : step_of(w, result);
}

enum kds_wire_step
kds_wire_write(struct kds_wire *w, const void *p, size_t n, size_t *done)
{
    if (w->ssl == NULL)
        return plain_write(w, p, n, done);
    ERR_clear_error();
    errno = 0;
    const int result = SSL_write_ex(w->ssl, p, n, done);
    return result == 1 ? KDS_WIRE_DONE : step_of(w, result);
}

void kds_wire_close(struct kds_wire *w)
{
    SSL_free(w->ssl);
    w->ssl = NULL;
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
}
