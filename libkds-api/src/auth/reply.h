/*
 * reply: credentials out of what endpoints, processes and services answer.
 *
 * Pure: bytes in, checked credentials out. What a reply says wrongly is told; what it says is not.
 * Written down in: docs/credentials.md; the query protocol of STS in codec/xml.h.
 */
#ifndef KDS_AUTH_REPLY_H
#define KDS_AUTH_REPLY_H

#include "auth/credentials.h"
#include "kds/types.h"

enum kds_reply_kind {
    KDS_REPLY_CONTAINER, /* JSON of the container endpoint */
    KDS_REPLY_IMDS,      /* JSON of the instance's; Code must be Success */
    KDS_REPLY_PROCESS,   /* JSON on a process's standard output; Version must be 1 */
    KDS_REPLY_SSO,       /* JSON of GetRoleCredentials */
    KDS_REPLY_STS_ASSUME_ROLE,  /* XML */
    KDS_REPLY_STS_WEB_IDENTITY, /* XML */
};

/**
 * @param bytes  (borrowed)
 * @param out    (given; kds_credentials_clear)
 * @retval KDS_ERR_CREDENTIALS  the message says what is wrong and quotes no value
 * @retval KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_reply_read(enum kds_reply_kind kind,
                                      kds_slice_t bytes,
                                      struct kds_credentials *out,
                                      kds_error_t **error);

#define KDS_REPLY_CODE_BYTES 128

/**
 * The error code and the sentence of a refusal, on one line: "ExpiredTokenException: it is old".
 *
 * @param content_type, error_type  (borrowed) header values; "" = none
 * @param code  receives the code alone; "" if there is none
 * @param out   receives the line; "HTTP 500" if there is none
 */
KDS_INTERNAL void kds_reply_describe_refusal(int status,
                                             const char *content_type,
                                             const char *error_type,
                                             kds_slice_t body,
                                             char code[KDS_REPLY_CODE_BYTES],
                                             char *out,
                                             size_t size);

#endif /* KDS_AUTH_REPLY_H */
