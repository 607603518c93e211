/*
 * tls: OpenSSL over memory.
 */
#include "tls.h"

#include "base/alloc.h"
#include "certificate.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

struct tls_context {
    SSL_CTX *ctx;
};

struct tls {
    SSL *ssl;
    BIO *in, *out; /* ciphertext; the SSL's */
};

/* ---- the context -------------------------------------------------------------------------- */

static bool fail(char *why, size_t size, const char *what)
{
    char reason[160];
    unsigned long code = ERR_peek_last_error();
    ERR_error_string_n(code, reason, sizeof reason);
    snprintf(why, size, "%s: %s", what, code ? reason : "refused");
    ERR_clear_error();
    return false;
}

static int choose_protocol(SSL *ssl,
                           const unsigned char **out,
                           unsigned char *out_n,
                           const unsigned char *offered,
                           unsigned int offered_n,
                           void *opaque)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    (void)ssl;
    (void)opaque;
    unsigned char *chosen;
    int rc =
        SSL_select_next_proto(&chosen, out_n, ours, sizeof ours - 1, offered, offered_n);
    *out = chosen;
    return rc == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static bool
use_files(SSL_CTX *ctx, const char *cert, const char *key, char *why, size_t n)
{
    char what[512];
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1) {
        snprintf(what, sizeof what, "--cert %.400s", cert);
        return fail(why, n, what);
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        snprintf(what, sizeof what, "--key %.400s", key);
        return fail(why, n, what);
    }
    return true;
}

static bool write_authority(X509 *authority, const char *path, char *why, size_t n)
{
    FILE *f = fopen(path, "we");
    bool ok = f != NULL && PEM_write_X509(f, authority) == 1;
    if (f != NULL && fclose(f) != 0) {
        ok = false;
    }
    if (!ok) {
        snprintf(why, n, "--ca-out %.200s: %s", path, strerror(errno));
    }
    return ok;
}

static bool use_made(SSL_CTX *ctx, const char *ca_out, char *why, size_t n)
{
    struct certificate c;
    if (!certificate_make(&c)) {
        return fail(why, n, "no certificate could be made");
    }
    bool ok = SSL_CTX_use_certificate(ctx, c.server) == 1 &&
              SSL_CTX_use_PrivateKey(ctx, c.key) == 1;
    if (!ok) {
        fail(why, n, "the certificate made was refused");
    } else if (ca_out != NULL) {
        ok = write_authority(c.authority, ca_out, why, n);
    }
    certificate_clear(&c);
    return ok;
}

struct tls_context *tls_context_new(
    const char *cert, const char *key, const char *ca_out, char *why, size_t why_size)
{
    struct tls_context *context = kds_alloc_zero(1, sizeof *context);
    if (context == NULL || (context->ctx = SSL_CTX_new(TLS_server_method())) == NULL) {
        snprintf(why, why_size, "out of memory");
        kds_free(context);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context->ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(context->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context->ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context->ctx, choose_protocol, NULL);
    bool ok = cert != NULL ? use_files(context->ctx, cert, key, why, why_size)
                           : use_made(context->ctx, ca_out, why, why_size);
    if (!ok) {
        tls_context_free(context);
        return NULL;
    }
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (context != NULL) {
        SSL_CTX_free(context->ctx);
        kds_free(context);
    }
}

/* ---- a connection ------------------------------------------------------------------------- */

struct tls *tls_new(struct tls_context *context)
{
    struct tls *t = kds_alloc_zero(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->ssl = SSL_new(context->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    if (t->ssl == NULL || t->in == NULL || t->out == NULL) {
        SSL_free(t->ssl);
        BIO_free(t->in);
        BIO_free(t->out);
        kds_free(t);
        return NULL;
    }
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_accept_state(t->ssl);
    return t;
}

void tls_free(struct tls *t)
{
    if (t != NULL) {
        SSL_free(t->ssl); /* and what it reads and writes */
        kds_free(t);
    }
}

bool tls_feed(struct tls *t, const uint8_t *p, size_t n, struct kds_buf *plain)
{
    size_t taken;
    ERR_clear_error();
    if (n > 0 && (BIO_write_ex(t->in, p, n, &taken) != 1 || taken != n)) {
        return false;
    }
    for (;;) { /* reading does the handshake, too */
        uint8_t *to = kds_buf_reserve(plain, 16384);
        size_t got;
        if (to == NULL) {
            return false;
        }
        if (SSL_read_ex(t->ssl, to, 16384, &got) != 1) {
            return SSL_get_error(t->ssl, 0) == SSL_ERROR_WANT_READ;
        }
        kds_buf_commit(plain, got);
    }
}

bool tls_write(struct tls *t, const uint8_t *p, size_t n)
{
    size_t done;
    ERR_clear_error();
    return n == 0 || (SSL_write_ex(t->ssl, p, n, &done) == 1 && done == n);
}

void tls_take(struct tls *t, struct kds_buf *cipher)
{
    size_t n = BIO_ctrl_pending(t->out), got = 0;
    uint8_t *to = n > 0 ? kds_buf_reserve(cipher, n) : NULL;
    if (to != NULL && BIO_read_ex(t->out, to, n, &got) == 1) {
        kds_buf_commit(cipher, got);
    }
}

void tls_close(struct tls *t)
{
    if (SSL_is_init_finished(t->ssl)) {
        SSL_shutdown(t->ssl);
    }
}

void tls_protocol(const struct tls *t, char out[16])
{
    const unsigned char *name = NULL;
    unsigned int n = 0;
    SSL_get0_alpn_selected(t->ssl, &name, &n);
    n = n < 15 ? n : 15;
    if (n > 0) {
        memcpy(out, name, n);
    }
    out[n] = 0;
}
