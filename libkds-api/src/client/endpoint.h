/*
 * endpoint: which address a client talks to. Pure: the environment is handed in.
 */
#ifndef KDS_CLIENT_ENDPOINT_H
#define KDS_CLIENT_ENDPOINT_H

#include "auth/credentials.h"
#include "net/url.h"

#define KDS_REGION_BYTES 64

/**
 * @p explicit_region, else AWS_REGION, else AWS_DEFAULT_REGION.
 * @retval KDS_ERR_CONFIG  none is set, or it is no host label of at most 63 characters.
 */
KDS_INTERNAL kds_err_t kds_region_resolve(const char *explicit_region,
                                          kds_getenv_fn *env,
                                          char out[KDS_REGION_BYTES],
                                          kds_error_t **error);

/** What the names of a region's hosts end in: "amazonaws.com". (lent for ever) */
KDS_INTERNAL const char *kds_dns_suffix(const char *region);

/**
 * @p explicit_url, else AWS_ENDPOINT_URL_KINESIS, else AWS_ENDPOINT_URL, else the service's host
 * in the partition of @p region.
 */
KDS_INTERNAL kds_err_t kds_endpoint_resolve(const char *explicit_url,
                                            const char *region,
                                            kds_getenv_fn *env,
                                            struct kds_url *out,
                                            kds_error_t **error);

#endif /* KDS_CLIENT_ENDPOINT_H */
