/*
 * connection: one client: bytes of its socket to requests, answers to bytes.
 *
 * What it speaks is seen from its first bytes: 0x16 is a TLS handshake, "PRI * HTTP/2.0" is HTTP/2,
 * anything else HTTP/1.1; within TLS the same again. Knows no other connection, no loop and no clock:
 * it is told when its socket can be read or written and when it is time, and says what it waits for.
 */
#ifndef KDS_LOCAL_CONNECTION_H
#define KDS_LOCAL_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "site.h"

struct connection;

/** @param fd  (given) non-blocking. @return (given; connection_free) NULL when out of memory, and
 *  then @p fd is still the caller's */
struct connection *connection_new(struct site *site, int fd, void *owner);
void connection_free(struct connection *c); /* closes the socket */

int connection_fd(const struct connection *c);
void *connection_owner(const struct connection *c);

/** Call it once, before anything else. @return false: the connection is over. */
bool connection_begin(struct connection *c);

/** The socket can be read, or written, or has failed. @return false: the connection is over. */
bool connection_ready(struct connection *c, bool readable, bool writable);

/** It is connection_due_us() or later. @return false: the connection is over. */
bool connection_advance(struct connection *c);

/** When to call connection_advance(); KDS_NEVER_US: nothing waits for a time. */
int64_t connection_due_us(const struct connection *c);

/** One for which something has come from elsewhere; NULL: none. Call connection_advance(). */
struct connection *connection_take_awake(struct site *site);

/** What the socket is to be watched for. */
bool connection_wants_read(const struct connection *c);
bool connection_wants_write(const struct connection *c);
/** That its client goes away, though nothing is read; then it is over. */
bool connection_wants_hangup(const struct connection *c);

#endif /* KDS_LOCAL_CONNECTION_H */
