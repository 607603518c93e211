/*
 * client: how a client is made from parts that are not the system's.
 */
#ifndef KDS_CLIENT_CLIENT_H
#define KDS_CLIENT_CLIENT_H

#include "auth/credentials.h"
#include "auth/fetch.h"
#include "base/clock.h"
#include "base/log.h"
#include "client/signing.h"
#include "kds/client.h"
#include "model/operations.h"
#include "net/url.h"

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

/** What a fan-out uses of its client. (lent until the client is freed) */
struct kds_client_share {
    const struct kds_service *service;
    const struct kds_clock *clock;
    const struct kds_log *log;
    const struct kds_url *url;
    const struct kds_signing
        *signing; /* region, service and refresher; the signer is the client's */
    _Atomic int64_t *skew_us; /* added to the wall clock in signatures */
    bool dates_trusted;
    const char *ca_file; /* NULL = the system's */
    kds_getenv_fn *env;
};

/** @retval KDS_ERR_FORKED  the client belongs to the parent process */
KDS_INTERNAL kds_err_t kds_client_share(kds_client_t *client,
                                        struct kds_client_share *share,
                                        kds_error_t **error);

/**
 * How far the service's clock is ahead of the wall clock of this machine, by the Date of the last answer: up to a
 * second, and the answer's way, too little. 0 if no answer had one that can be trusted. Any thread.
 */
KDS_INTERNAL int64_t kds_client_server_ahead_us(const kds_client_t *client);

#endif /* KDS_CLIENT_CLIENT_H */
