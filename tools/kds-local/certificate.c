/*
 * certificate: by OpenSSL, in memory. The authority's key is forgotten once it has signed.
 */
#include "certificate.h"

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#define DAY_S 86400L

/* Serial number, validity, subject and public key. */
static bool fill_in(X509 *x, EVP_PKEY *key, const char *name)
{
    unsigned char serial[8];
    BIGNUM *number;
    X509_NAME *subject = X509_get_subject_name(x);
    if (RAND_bytes(serial, sizeof serial) != 1) {
        return false;
    }
    serial[0] &= 0x7F; /* it must be positive */
    number = BN_bin2bn(serial, sizeof serial, NULL);
    bool ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    return ok && X509_set_version(x, X509_VERSION_3) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(x), -DAY_S) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(x), 3650 * DAY_S) != NULL &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                      (const unsigned char *)name, -1, -1, 0) == 1 &&
           X509_set_pubkey(x, key) == 1;
}

static bool extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension != NULL && X509_add_ext(x, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static X509 *make_authority(EVP_PKEY *key)
{
    X509 *x = X509_new();
    if (x != NULL && fill_in(x, key, "kds-local authority") &&
        X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
        extend(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        extend(x, x, NID_subject_key_identifier, "hash") &&
        X509_sign(x, key, EVP_sha256()) > 0) {
        return x;
    }
    X509_free(x);
    return NULL;
}

static X509 *make_server(EVP_PKEY *key, X509 *authority, EVP_PKEY *authority_key)
{
    X509 *x = X509_new();
    if (x != NULL && fill_in(x, key, "localhost") &&
        X509_set_issuer_name(x, X509_get_subject_name(authority)) == 1 &&
        extend(x, authority, NID_basic_constraints, "critical,CA:FALSE") &&
        extend(x, authority, NID_key_usage, "critical,digitalSignature") &&
        extend(x, authority, NID_ext_key_usage, "serverAuth") &&
        extend(x, authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
        extend(x, authority, NID_subject_key_identifier, "hash") &&
        extend(x, authority, NID_authority_key_identifier, "keyid") &&
        X509_sign(x, authority_key, EVP_sha256()) > 0) {
        return x;
    }
    X509_free(x);
    return NULL;
}

bool certificate_make(struct certificate *out)
{
    memset(out, 0, sizeof *out);
    EVP_PKEY *authority_key = EVP_EC_gen("P-256");
    out->key = EVP_EC_gen("P-256");
    if (authority_key != NULL && out->key != NULL) {
        out->authority = make_authority(authority_key);
    }
    if (out->authority != NULL) {
        out->server = make_server(out->key, out->authority, authority_key);
    }
    EVP_PKEY_free(authority_key);
    if (out->server == NULL) {
        certificate_clear(out);
        return false;
    }
    return true;
}

void certificate_clear(struct certificate *c)
{
    X509_free(c->authority);
    X509_free(c->server);
    EVP_PKEY_free(c->key);
    memset(c, 0, sizeof *c);
}
