/*
 * tls: ciphertext in, plaintext out, and the other way round. TLS 1.2 at least; ALPN h2, http/1.1.
 *
 * No socket: bytes are handed in and taken out. One thread.
 */
#ifndef KDS_LOCAL_TLS_H
#define KDS_LOCAL_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct tls_context;
struct tls;

/**
 * @param cert, key  (borrowed) PEM files; both NULL = a certificate for loopback is made
 * @param ca_out     (borrowed) file that receives the authority of a certificate that is made; with
 *                   cert it is not written. NULL = none is written.
 * @param why        (borrowed) receives a sentence on failure
 * @return (given; tls_context_free)
 */
struct tls_context *tls_context_new(
    const char *cert, const char *key, const char *ca_out, char *why, size_t why_size);
void tls_context_free(struct tls_context *context); /* NULL is allowed */

/** A connection's. @return (given; tls_free) NULL when out of memory */
struct tls *tls_new(struct tls_context *context);
void tls_free(struct tls *t); /* NULL is allowed */

/**
 * Take ciphertext; append what it says to @p plain.
 * @return false: the handshake failed, a record is broken, or the peer closed in order. What is to be
 *         sent (an alert) can still be taken.
 */
bool tls_feed(struct tls *t, const uint8_t *p, size_t n, struct kds_buf *plain);

/** Encrypt. @return false when it cannot; the connection is over. */
bool tls_write(struct tls *t, const uint8_t *p, size_t n);

/** Append the ciphertext that is to be sent. */
void tls_take(struct tls *t, struct kds_buf *cipher);

/** Tell the peer that nothing more comes. */
void tls_close(struct tls *t);

/** What ALPN chose: "h2", "http/1.1", or "" before the handshake's end and without ALPN. */
void tls_protocol(const struct tls *t, char out[16]);

#endif /* KDS_LOCAL_TLS_H */
