/*
 * certificates: a certificate authority and server certificates, good and bad, made on the spot.
 * OpenSSL; any failure ends the test program with a message, as nothing can be tested then.
 */
#ifndef SUPPORT_CERTIFICATES_H
#define SUPPORT_CERTIFICATES_H

#include <stdbool.h>

typedef struct ssl_ctx_st SSL_CTX;

/* A certificate as it is wanted; zeroed = good for a year, for localhost and 127.0.0.1. */
struct certificate_wish {
    const char
        *names; /* subjectAltName; NULL = "DNS:localhost,IP:127.0.0.1"; "" = without */
    const char *subject; /* CN; NULL = "kds test" */
    long from_s, to_s;   /* validity from now on; both 0 = yesterday to next year */
    bool self_signed;
    bool other_ca;     /* signed by one that nobody trusts */
    unsigned rsa_bits; /* 0 = an elliptic key */
};

/** A server's side with such a certificate. (given; SSL_CTX_free) */
SSL_CTX *certificates_server(const struct certificate_wish *wish);

/** A file with the authority's certificate in PEM; removed when the program ends. (lent for ever) */
const char *certificates_ca_file(void);

/** A file with @p n bytes; removed when the program ends. (lent for ever) At most 16. */
const char *certificates_file(const void *bytes, unsigned long n);

#endif /* SUPPORT_CERTIFICATES_H */
