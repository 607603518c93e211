/*
 * client_auth: what a client needs to find its region and its credentials, put together.
 */
#ifndef KDS_CLIENT_CLIENT_AUTH_H
#define KDS_CLIENT_CLIENT_AUTH_H

#include "auth/refresher.h"
#include "client/auth_hosts.h"
#include "client/client.h"

struct kds_client_auth {
    struct kds_auth_hosts hosts;
    struct kds_auth_settings *settings; /* until the refresher has them */
    struct kds_profiles *profiles;      /* while the client is made; NULL afterwards */
    struct kds_fetch *own_fetch;        /* NULL: a test's is used */
    struct kds_fetch *fetch;
    struct kds_refresher *refresher;
};

/** Read options, environment and shared files. On failure, as after success, kds_client_auth_clear(). */
KDS_INTERNAL kds_err_t kds_client_auth_open(struct kds_client_auth *a,
                                            const kds_client_options_t *options,
                                            const struct kds_client_parts *parts,
                                            const struct kds_log *log,
                                            kds_error_t **error);

/** What options and environment leave open: the profile's region, else, if the options say so, the
 *  instance's, for which it blocks up to 6 s. @return (lent until a's profiles are freed, or
 *  @p buffer) NULL if there is none */
KDS_INTERNAL const char *kds_client_auth_region(struct kds_client_auth *a,
                                                const kds_client_options_t *options,
                                                const struct kds_client_parts *parts,
                                                const struct kds_log *log,
                                                char buffer[KDS_AUTH_REGION_BYTES]);

/** Choose the provider of the credentials; the profiles are released. */
KDS_INTERNAL kds_err_t kds_client_auth_start(struct kds_client_auth *a,
                                             const struct kds_client_parts *parts,
                                             const char *region,
                                             const struct kds_log *log,
                                             bool (*ended)(void *opaque),
                                             void *ended_opaque,
                                             kds_error_t **error);

KDS_INTERNAL void kds_client_auth_clear(struct kds_client_auth *a);

#endif /* KDS_CLIENT_CLIENT_AUTH_H */
