/*
 * tls_policy: what we ask of TLS beyond what libcurl does by itself. OpenSSL.
 */
#ifndef KDS_NET_TLS_POLICY_H
#define KDS_NET_TLS_POLICY_H

#include <curl/curl.h>

#include "base/internal.h"
#include "kds/error.h"

/**
 * A file of certificates that can be trusted: readable PEM with one at least.
 *
 * @param path  (borrowed)
 * @retval KDS_ERR_CONFIG     the message names the file
 * @retval KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_tls_check_ca_file(const char *path, kds_error_t **error);

/** For CURLOPT_SSL_CTX_FUNCTION, before a connection is made. @param ssl_ctx (borrowed) */
KDS_INTERNAL CURLcode kds_tls_restrict(CURL *easy, void *ssl_ctx, void *opaque);

#endif /* KDS_NET_TLS_POLICY_H */
