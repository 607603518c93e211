/*
 * connection: one client: bytes of its socket to requests, answers to bytes.
 *
 * What it speaks is seen from its first bytes: 0x16 is a TLS handshake, "PRI * HTTP/2.0" is HTTP/2,
 * anything else HTTP/1.1; within TLS the same again. Knows no other connection and no loop: it is
 * told when its socket can be read or written, and says what it waits for.
 */
#ifndef KDS_LOCAL_CONNECTION_H
#define KDS_LOCAL_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "service.h"
#include "tls.h"
#include "truth_log.h"
#include "verify.h"

#define SITE_INPUT_BYTES ((size_t)64 * 1024)

/** What all connections share. */
struct site {
    struct local_service *service; /* (borrowed) as all of these */
    struct truth_log *truth;       /* NULL = none is kept */
    struct verifier *verifier;
    struct tls_context *tls;         /* NULL = TLS is not spoken */
    struct kds_rng ids;              /* of requests */
    struct kds_arena arena;          /* of the request that is served */
    uint8_t input[SITE_INPUT_BYTES]; /* what was just read, of one connection at a time */
};

struct connection;

/** @param fd  (given) non-blocking. @return (given; connection_free) NULL when out of memory, and
 *  then @p fd is still the caller's */
struct connection *connection_new(struct site *site, int fd);
void connection_free(struct connection *c); /* closes the socket */

int connection_fd(const struct connection *c);

/** The socket can be read, or written, or has failed. @return false: the connection is over. */
bool connection_ready(struct connection *c, bool readable, bool writable);

/** What the socket is to be watched for. */
bool connection_wants_read(const struct connection *c);
bool connection_wants_write(const struct connection *c);

#endif /* KDS_LOCAL_CONNECTION_H */
