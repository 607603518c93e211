/*
 * auth_hosts: where the services stand that credentials come from: STS, SSO and its OIDC.
 */
#ifndef KDS_CLIENT_AUTH_HOSTS_H
#define KDS_CLIENT_AUTH_HOSTS_H

#include "auth/provider.h"

#define KDS_AUTH_HOSTS 3

/** What environment and profile say instead of the services' own addresses; "" = nothing. */
struct kds_auth_hosts {
    char urls[KDS_AUTH_HOSTS][KDS_AUTH_URL_BYTES];
};

/** AWS_ENDPOINT_URL_STS, _SSO, _SSO_OIDC, else AWS_ENDPOINT_URL, else `endpoint_url` of the service in
 *  the profile's section of services, else that of the profile. @retval KDS_ERR_CONFIG malformed */
KDS_INTERNAL kds_err_t kds_auth_hosts_take(kds_getenv_fn *env,
                                           const struct kds_profiles *profiles,
                                           const char *profile,
                                           struct kds_auth_hosts *hosts,
                                           kds_error_t **error);

/** A kds_auth_endpoint_fn; @p hosts is a struct kds_auth_hosts. Any thread. */
KDS_INTERNAL kds_auth_endpoint_fn kds_auth_hosts_find;

#endif /* KDS_CLIENT_AUTH_HOSTS_H */
