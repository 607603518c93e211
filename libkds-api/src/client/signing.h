/*
 * signing: the credentials of a client and the signer that is made of them.
 *
 * The transport's thread only. A signer is kept as long as its credentials are the current ones.
 */
#ifndef KDS_CLIENT_SIGNING_H
#define KDS_CLIENT_SIGNING_H

#include "auth/refresher.h"
#include "auth/sigv4.h"

struct kds_signing {
    struct kds_refresher *refresher; /* its owner is the client */
    char region[KDS_AUTH_REGION_BYTES];
    const char *service; /* (lent for ever) in the scope of a signature */
    struct kds_signer *signer;
    uint64_t generation; /* of the signer's credentials; 0 = no signer yet */
};

/**
 * The credentials to sign with, and a signer for them in s->signer.
 *
 * @param snapshot  (given; kds_snapshot_unref) on KDS_REFRESH_USE
 * @param error     (given; kds_error_free) on KDS_REFRESH_REFUSED
 */
KDS_INTERNAL enum kds_refresh_answer
kds_signing_take(struct kds_signing *s,
                 struct kds_credentials_snapshot **snapshot,
                 kds_error_t **error);

/** A POST to be signed; texts are (lent until it is). */
struct kds_signing_request {
    const char *content_type, *authority, *path;
    const char *target;        /* "" = none */
    const char *session_token; /* NULL = none */
    kds_slice_t body;
    const uint8_t *body_digest; /* its SHA-256, if it is known; else NULL */
};

/** Date and sign it, with s->signer. @param wall_us the service's time: since 1970 */
KDS_INTERNAL kds_err_t kds_signing_sign(const struct kds_signing *s,
                                        const struct kds_signing_request *request,
                                        int64_t wall_us,
                                        char amz_date[17],
                                        char authorization[KDS_AUTHORIZATION_BYTES],
                                        kds_error_t **error);

#define KDS_INVOCATION_BYTES 37

/** A random UUID, by which the attempts of one call can be known; "" if there is no random number. */
KDS_INTERNAL void kds_make_invocation(char out[KDS_INVOCATION_BYTES]);

/** Release the signer; the refresher stays. */
KDS_INTERNAL void kds_signing_clear(struct kds_signing *s);

/** The service says with @p code (borrowed, may be "") that the credentials are no longer good. */
KDS_INTERNAL bool kds_signing_given_up(const char *code);

#endif /* KDS_CLIENT_SIGNING_H */
