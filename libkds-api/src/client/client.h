/*
 * client: how a client is made from parts that are not the system's.
 */
#ifndef KDS_CLIENT_CLIENT_H
#define KDS_CLIENT_CLIENT_H

#include "auth/credentials.h"
#include "auth/fetch.h"
#include "base/clock.h"
#include "kds/client.h"

/** What a client takes from outside; a test hands in its own. */
struct kds_client_parts {
    const struct kds_clock *clock; /* (lent until the client is freed) */
    kds_getenv_fn *env;
    struct kds_fetch *
        fetch; /* (lent until the client is freed) asks for credentials; NULL = libcurl */
};

/** As kds_client_new(). */
KDS_INTERNAL kds_err_t kds_client_new_from(const kds_client_options_t *options,
                                           const struct kds_client_parts *parts,
                                           kds_client_t **client,
                                           kds_error_t **error);

#endif /* KDS_CLIENT_CLIENT_H */
