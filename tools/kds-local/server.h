/*
 * server: sockets around the service: one thread, one poll loop.
 */
#ifndef KDS_LOCAL_SERVER_H
#define KDS_LOCAL_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "fault_log.h"
#include "service.h"
#include "tls.h"
#include "truth_log.h"
#include "verify.h"

struct server;

struct server_options {
    const char *host;              /* an address, not a name */
    uint16_t port;                 /* 0 = a free one */
    struct local_service *service; /* (borrowed) until server_free() */
    struct truth_log *truth;       /* (borrowed) may be NULL */
    struct verifier *verifier;     /* (borrowed) */
    struct tls_context *tls;       /* (borrowed) NULL = cleartext only */
    uint32_t max_streams;          /* of an HTTP/2 connection */
    struct fault_plan *plan;       /* (borrowed) NULL = nothing goes wrong */
    struct fault_log *faults;      /* (borrowed) may be NULL */
};

/**
 * Listen.
 * @param why  (borrowed) receives a sentence on failure
 * @return (given; server_free) NULL on failure
 */
struct server *
server_new(const struct server_options *options, char *why, size_t why_size);
void server_free(struct server *s);

/** "http://127.0.0.1:4567" (lent until server_free()) */
const char *server_url(const struct server *s);

/** Serve until SIGTERM or SIGINT, which must be blocked. @return false if the system refused. */
bool server_run(struct server *s);

#endif /* KDS_LOCAL_SERVER_H */
