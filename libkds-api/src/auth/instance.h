/*
 * instance: the metadata service of an EC2 instance, beyond the provider of its credentials.
 */
#ifndef KDS_AUTH_INSTANCE_H
#define KDS_AUTH_INSTANCE_H

#include "auth/provider.h"

/** AWS_EC2_METADATA_DISABLED is not "true". */
KDS_INTERNAL bool kds_instance_enabled(const struct kds_auth_settings *settings);

/** The region that the instance runs in. Blocks for up to 6 s.
 *  @retval KDS_ERR_CREDENTIALS and the errors of kds_fetch: it did not tell. */
KDS_INTERNAL kds_err_t kds_instance_region(const struct kds_provider_context *ctx,
                                           char region[KDS_AUTH_REGION_BYTES],
                                           kds_error_t **error);

#endif /* KDS_AUTH_INSTANCE_H */
