/*
 * curl_fetch: one HTTP exchange at a time over libcurl, for the providers of credentials.
 *
 * Blocks the calling thread, looking every 50 ms whether to go on. Follows no redirect, speaks HTTP
 * only, TLS 1.2 at least, verifies the peer, keeps no connection.
 */
#ifndef KDS_NET_CURL_FETCH_H
#define KDS_NET_CURL_FETCH_H

#include "auth/fetch.h"
#include "net/proxy.h"

/**
 * @param ca_file  (copied) PEM file of trusted certificates; NULL = the system's
 * @param proxy    (copied) for requests that are not to go without one
 * @param fetch    (given; kds_curl_fetch_free) one thread at a time
 * @retval KDS_ERR_CONFIG     as kds_proxy_init()
 * @retval KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_curl_fetch_new(const char *ca_file,
                                          const struct kds_proxy_options *proxy,
                                          struct kds_fetch **fetch,
                                          kds_error_t **error);

/** NULL is allowed. */
KDS_INTERNAL void kds_curl_fetch_free(struct kds_fetch *fetch);

#endif /* KDS_NET_CURL_FETCH_H */
