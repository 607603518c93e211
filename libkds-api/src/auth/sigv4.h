/*
 * sigv4: signature version 4 for a request that is complete.
 *
 * Pure: the time is given. A signer keeps the day's derived key, so that a request costs two digests
 * and one HMAC, and takes no memory. One thread at a time.
 * Written down in: AWS Signature Version 4, "Create a signed request".
 */
#ifndef KDS_AUTH_SIGV4_H
#define KDS_AUTH_SIGV4_H

#include <stdint.h>

#include "auth/credentials.h"
#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"
#include "kernel/sha256.h"

struct kds_signer;

/**
 * @param region, service  (copied) letters, digits and '-', at most 63 characters.
 * @param credentials      (copied)
 * @param signer           (given; kds_signer_free)
 */
KDS_INTERNAL kds_err_t kds_signer_new(const char *region,
                                      const char *service,
                                      const struct kds_credentials *credentials,
                                      struct kds_signer **signer,
                                      kds_error_t **error);
KDS_INTERNAL void kds_signer_free(struct kds_signer *s); /* NULL is allowed */

/** A header that is signed. */
struct kds_signed_header {
    kds_slice_t name;  /* lower case */
    kds_slice_t value; /* as it is sent */
};

struct kds_sign_input {
    kds_slice_t method; /* "POST" */
    kds_slice_t path;   /* as it is sent; "/" if empty */
    kds_slice_t query;  /* canonical already; may be empty */
    const struct kds_signed_header
        *headers; /* in order of name; with host and x-amz-date */
    size_t header_count;
    kds_slice_t body;
    const uint8_t
        *body_digest; /* its SHA-256, if it is known; the body is then not looked at */
};

#define KDS_AUTHORIZATION_BYTES 1024

/**
 * The value of the Authorization header, NUL-terminated.
 *
 * @param amz_date  (borrowed) the value of x-amz-date: YYYYMMDDTHHMMSSZ
 * @retval KDS_ERR_INVALID_ARG  headers out of order, or a line break in one.
 * @retval KDS_ERR_TOO_LARGE    the names of the headers do not fit.
 * @retval KDS_ERR_CREDENTIALS  the access key id does not fit.
 * @retval KDS_ERR_NO_MEMORY    only with the first request of a day.
 */
KDS_INTERNAL kds_err_t kds_signer_sign(struct kds_signer *s,
                                       const struct kds_sign_input *input,
                                       const char amz_date[17],
                                       char authorization[KDS_AUTHORIZATION_BYTES],
                                       kds_error_t **error);

#endif /* KDS_AUTH_SIGV4_H */
