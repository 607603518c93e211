/*
 * site: what all connections of a server share.
 */
#ifndef KDS_LOCAL_SITE_H
#define KDS_LOCAL_SITE_H

#include "base/arena.h"
#include "base/rng.h"
#include "fault_log.h"
#include "fault_plan.h"
#include "service.h"
#include "tls.h"
#include "truth_log.h"
#include "verify.h"

#define SITE_INPUT_BYTES ((size_t)64 * 1024)

struct connection;

struct site {
    struct local_service *service; /* (borrowed) as all of these */
    struct truth_log *truth;       /* NULL = none is kept */
    struct verifier *verifier;
    struct tls_context *tls;         /* NULL = TLS is not spoken */
    uint32_t max_streams;            /* of an HTTP/2 connection */
    struct fault_plan *plan;         /* NULL = nothing goes wrong */
    struct fault_log *faults;        /* NULL = what goes wrong is told nobody */
    int64_t now_us;                  /* wall clock; set before anything is called */
    int64_t began_us;                /* likewise, when the server began */
    uint64_t connections;            /* so far */
    struct connection *awake;        /* for which something has come */
    struct kds_rng ids;              /* of requests */
    struct kds_arena arena;          /* of the request that is served */
    uint8_t input[SITE_INPUT_BYTES]; /* what was just read, of one connection at a time */
};

/** A point was reached: ask the plan, and log what fires. */
bool site_ask(struct site *site,
              enum fault_point at,
              struct fault_scene *scene,
              struct fault *fault);

/** Do what a rule's RESHARD says to a stream; what is wrong with it goes to the fault log. */
void site_reshard(struct site *site, const struct fault_reshard *reshard);

#endif /* KDS_LOCAL_SITE_H */
