/*
 * proxy: the HTTP proxy that requests go through: one that was named, none, or as the environment says.
 */
#ifndef KDS_NET_PROXY_H
#define KDS_NET_PROXY_H

#include <curl/curl.h>

#include "base/internal.h"
#include "kds/error.h"

/** As it is asked for. (borrowed) */
struct kds_proxy_options {
    const char *url; /* "http://HOST:PORT"; NULL = the environment's; "" = none */
    const char *user, *password; /* NULL = none */
};

/** As it is used. All NULL = the environment's. */
struct kds_proxy {
    char *url; /* "" = none */
    char *user, *password;
};

/**
 * @param proxy  Receives it (given; kds_proxy_clear).
 * @retval KDS_ERR_CONFIG     not an address of a proxy, or a user without one; no secret is in the message
 * @retval KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_proxy_init(struct kds_proxy *proxy,
                                      const struct kds_proxy_options *options,
                                      kds_error_t **error);

/** Wipes the password. */
KDS_INTERNAL void kds_proxy_clear(struct kds_proxy *proxy);

/** @p proxy is (lent until the transfer ends). */
KDS_INTERNAL void kds_proxy_apply(const struct kds_proxy *proxy, CURL *easy);

#endif /* KDS_NET_PROXY_H */
