/*
 * curl_transport: the transport over libcurl's multi interface, with one thread of its own.
 *
 * HTTP/1.1 over pooled keep-alive connections, or HTTP/2. Follows no redirect, decompresses nothing,
 * sends no Expect, speaks TLS 1.2 at least and verifies the peer.
 */
#ifndef KDS_NET_CURL_TRANSPORT_H
#define KDS_NET_CURL_TRANSPORT_H

#include "net/proxy.h"
#include "net/transport.h"

struct kds_curl_options {
    unsigned max_connections; /* exchanges at the same time; further ones wait */
    int64_t connect_timeout_ms;
    const char *ca_file;            /* (copied) NULL = the system's */
    struct kds_proxy_options proxy; /* (copied) */
    size_t max_response_bytes;
    /* Under TLS where the peer agrees to it, else HTTP/1.1; without TLS the peer must know it. */
    bool http2;
};

/** @param transport (given; ops->free) */
KDS_INTERNAL kds_err_t kds_curl_transport_new(const struct kds_curl_options *options,
                                              struct kds_transport **transport,
                                              kds_error_t **error);

#endif /* KDS_NET_CURL_TRANSPORT_H */
