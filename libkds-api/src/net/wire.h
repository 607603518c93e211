/*
 * wire: a non-blocking connection, with TLS or without.
 *
 * TLS 1.2 at least, the host verified by its subject's alternative names, and HTTP/2 agreed on: what
 * does not say "h2" is refused, there is nothing to fall back to.
 */
#ifndef KDS_NET_WIRE_H
#define KDS_NET_WIRE_H

#include <openssl/types.h>

#include "net/resolve.h"

/** What a step of a wire came to. */
enum kds_wire_step {
    KDS_WIRE_DONE,
    KDS_WIRE_WANTS_READ,  /* again when the socket is readable */
    KDS_WIRE_WANTS_WRITE, /* ... writable */
    KDS_WIRE_CLOSED,      /* by the peer, in order */
    KDS_WIRE_FAILED       /* see err and why */
};

struct kds_wire {
    int fd;   /* -1 = none */
    SSL *ssl; /* NULL = cleartext, or not yet */
    kds_err_t err;
    char why[200]; /* one line; no secret */
};

/** What all wires of a client share.
 *  @param ca_file  (borrowed) PEM; NULL = the system's
 *  @param context  (given; SSL_CTX_free) */
KDS_INTERNAL kds_err_t kds_wire_context_new(const char *ca_file,
                                            SSL_CTX **context,
                                            kds_error_t **error) KDS_UNUSED_RESULT;

/** Begin. WANTS_WRITE, then kds_wire_connected(). */
KDS_INTERNAL enum kds_wire_step kds_wire_connect(struct kds_wire *w,
                                                 const struct kds_address *address);
KDS_INTERNAL enum kds_wire_step kds_wire_connected(struct kds_wire *w);

/** Begin TLS. @param host (borrowed) as in the URL */
KDS_INTERNAL enum kds_wire_step
kds_wire_start_tls(struct kds_wire *w, SSL_CTX *context, const char *host);
KDS_INTERNAL enum kds_wire_step kds_wire_handshake(struct kds_wire *w);

/** @param done  (borrowed) receives how many bytes, on KDS_WIRE_DONE at least 1 */
KDS_INTERNAL enum kds_wire_step
kds_wire_read(struct kds_wire *w, void *out, size_t n, size_t *done);
KDS_INTERNAL enum kds_wire_step
kds_wire_write(struct kds_wire *w, const void *p, size_t n, size_t *done);

/** Close at once. Nothing is sent that a child of a fork should not send. */
KDS_INTERNAL void kds_wire_close(struct kds_wire *w);

#endif /* KDS_NET_WIRE_H */
