/*
 * certificates: X.509 by hand, as small as a check of it allows.
 */
#include "support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_S     86400L
#define FILES_MAX 16

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

static struct authority trusted, other;
static char ca_file[64];
static char files[FILES_MAX][64];
static unsigned file_count;

static void need(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "certificates: %s failed\n", what);
        abort();
    }
}

static EVP_PKEY *make_key(unsigned rsa_bits)
{
    EVP_PKEY *key = rsa_bits ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256");
    need(key != NULL, "making a key");
    return key;
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    need(extension != NULL, "making an extension");
    need(X509_add_ext(certificate, extension, -1) == 1, "adding an extension");
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(const char *subject, long from_s, long to_s, EVP_PKEY *key)
{
    static long serial = 1;
    X509 *certificate = X509_new();
    need(certificate != NULL, "making a certificate");
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), to_s);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)subject, -1, -1, 0);
    return certificate;
}

static void sign(X509 *certificate, const X509_NAME *issuer, EVP_PKEY *key)
{
    need(X509_set_issuer_name(certificate, issuer) == 1, "naming the issuer");
    need(X509_sign(certificate, key, EVP_sha256()) > 0, "signing");
}

static void remove_files(void)
{
    unlink(ca_file);
    while (file_count > 0) {
        unlink(files[--file_count]);
    }
    X509_free(trusted.certificate);
    X509_free(other.certificate);
    EVP_PKEY_free(trusted.key);
    EVP_PKEY_free(other.key);
}

static void make_authority(struct authority *a, const char *name)
{
    a->key = make_key(0);
    a->certificate = make_certificate(name, -DAY_S, 3650 * DAY_S, a->key);
    add_extension(a->certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(a->certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(a->certificate, X509_get_subject_name(a->certificate), a->key);
}

static FILE *open_file(char path[64])
{
    snprintf(path, 64, "/tmp/kds-test-XXXXXX");
    int fd = mkstemp(path);
    need(fd >= 0, "making a file");
    return fdopen(fd, "w");
}

static void make_authorities(void)
{
    if (trusted.key != NULL) {
        return;
    }
    atexit(remove_files);
    make_authority(&trusted, "kds test authority");
    make_authority(&other, "somebody else's authority");
    FILE *file = open_file(ca_file);
    PEM_write_X509(file, trusted.certificate);
    fclose(file);
}

const char *certificates_ca_file(void)
{
    make_authorities();
    return ca_file;
}

const char *certificates_file(const void *bytes, unsigned long n)
{
    make_authorities();
    need(file_count < FILES_MAX, "making one more file");
    FILE *file = open_file(files[file_count]);
    need(n == 0 || fwrite(bytes, n, 1, file) == 1, "writing a file");
    fclose(file);
    return files[file_count++];
}

SSL_CTX *certificates_server(const struct certificate_wish *wish)
{
    static const char usual[] = "DNS:localhost,IP:127.0.0.1";
    const char *names = wish->names ? wish->names : usual;
    bool ever = wish->from_s == 0 && wish->to_s == 0;
    make_authorities();
    EVP_PKEY *key = make_key(wish->rsa_bits);
    X509 *certificate = make_certificate(wish->subject ? wish->subject : "kds test",
                                         ever ? -DAY_S : wish->from_s,
                                         ever ? 365 * DAY_S : wish->to_s, key);
    if (names[0] != 0) {
        add_extension(certificate, NID_subject_alt_name, names);
    }
    const struct authority *issuer = wish->other_ca ? &other : &trusted;
    sign(certificate,
         X509_get_subject_name(wish->self_signed ? certificate : issuer->certificate),
         wish->self_signed ? key : issuer->key);

    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    need(context != NULL, "making a TLS context");
    SSL_CTX_set_security_level(context, 0); /* the server is the one that is bad here */
    need(SSL_CTX_use_certificate(context, certificate) == 1, "using a certificate");
    need(SSL_CTX_use_PrivateKey(context, key) == 1, "using a key");
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}
