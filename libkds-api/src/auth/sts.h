/*
 * sts: a role's credentials from STS, with or without a signature.
 */
#ifndef KDS_AUTH_STS_H
#define KDS_AUTH_STS_H

#include "auth/provider.h"
#include "auth/reply.h"
#include "kds/sts.h"

/**
 * AssumeRole, signed by @p source.
 *
 * @param code  receives the service's error code; "" if it gave none
 * @retval KDS_ERR_CREDENTIALS  the service refuses, or the input is outside its model
 */
KDS_INTERNAL kds_err_t kds_sts_assume(const struct kds_provider_context *ctx,
                                      const struct kds_credentials *source,
                                      const kds_sts_assume_role_in_t *in,
                                      struct kds_credentials *out,
                                      char code[KDS_REPLY_CODE_BYTES],
                                      kds_error_t **error);

/** AssumeRoleWithWebIdentity, without a signature. As kds_sts_assume(). */
KDS_INTERNAL kds_err_t
kds_sts_assume_with_web_identity(const struct kds_provider_context *ctx,
                                 const kds_sts_assume_role_with_web_identity_in_t *in,
                                 struct kds_credentials *out,
                                 char code[KDS_REPLY_CODE_BYTES],
                                 kds_error_t **error);

#endif /* KDS_AUTH_STS_H */
