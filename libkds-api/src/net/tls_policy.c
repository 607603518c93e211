/*
 * tls_policy: names only where RFC 9525 wants them, no weak keys, and no client that trusts nobody
 * because its file is empty.
 */
#include "net/tls_policy.h"

#include "base/error.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define SECURITY_LEVEL 2 /* 112 bits: RSA of 2048, no SHA-1 in signatures */

/* libcurl looks into the subject for a host's name if there is no other; RFC 9525 forbids it. */
static int check_names(int ok, X509_STORE_CTX *store)
{
    if (ok && X509_STORE_CTX_get_error_depth(store) == 0 &&
        X509_get_ext_by_NID(X509_STORE_CTX_get_current_cert(store), NID_subject_alt_name,
                            -1) < 0) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
        return 0;
    }
    return ok;
}

CURLcode kds_tls_restrict(CURL *easy, void *ssl_ctx, void *opaque)
{
    (void)easy;
    (void)opaque;
    if (SSL_CTX_get_verify_mode(ssl_ctx) != SSL_VERIFY_NONE) {
        SSL_CTX_set_verify(ssl_ctx, SSL_CTX_get_verify_mode(ssl_ctx), check_names);
    }
    if (SSL_CTX_get_security_level(ssl_ctx) < SECURITY_LEVEL) {
        SSL_CTX_set_security_level(ssl_ctx, SECURITY_LEVEL);
    }
    return CURLE_OK;
}

kds_err_t kds_tls_check_ca_file(const char *path, kds_error_t **error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return kds_error_set(error, KDS_ERR_CONFIG, "ca_file: cannot read %.500s: %s",
                             path, strerror(errno));
    }
    fclose(file);
    X509_STORE *store = X509_STORE_new();
    if (store == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    bool usable = X509_STORE_load_file(store, path) == 1;
    X509_STORE_free(store);
    ERR_clear_error();
    return usable ? KDS_OK
                  : kds_error_set(error, KDS_ERR_CONFIG,
                                  "ca_file: no usable certificate in %.500s", path);
}
