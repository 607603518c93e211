/*
 * certificate: an authority and a server certificate for this machine's loopback, made at start.
 */
#ifndef KDS_LOCAL_CERTIFICATE_H
#define KDS_LOCAL_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct certificate {
    X509 *authority; /* whom clients are to trust */
    X509 *server;    /* for localhost, 127.0.0.1 and ::1 */
    EVP_PKEY *key;   /* of the server's */
};

/** Keys on the curve P-256, valid for ten years from yesterday on. @return false: OpenSSL refused. */
bool certificate_make(struct certificate *out);
void certificate_clear(struct certificate *c);

#endif /* KDS_LOCAL_CERTIFICATE_H */
