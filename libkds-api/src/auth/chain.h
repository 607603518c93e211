/*
 * chain: which provider a client's credentials come from.
 *
 * A table in order of precedence: the first provider that is configured is the one, and its failure
 * is final. Whoever configured something wrongly is told so, and never gets credentials of somebody
 * else. Once chosen, a provider stays: files that change meanwhile do not change it.
 */
#ifndef KDS_AUTH_CHAIN_H
#define KDS_AUTH_CHAIN_H

#include <stdbool.h>

#include "auth/provider.h"

struct kds_chain_row {
    const char *name; /* as docs/credentials.md calls it */
    bool (*configured)(const struct kds_auth_settings *settings,
                       const struct kds_profiles *profiles);
    kds_provider_fn *provide;
    bool blocks; /* asks a server, runs a process, calls the application */
    bool renews; /* asking again may give other credentials */
    bool
        stable; /* credentials that have expired are better than none (static stability) */
};

/** The table, for documentation and tests. (lent for ever) */
KDS_INTERNAL const struct kds_chain_row *kds_chain_rows(size_t *count);

/** The provider for these settings. (lent for ever) Never NULL: the last row says that there is none. */
KDS_INTERNAL const struct kds_chain_row *
kds_chain_choose(const struct kds_auth_settings *settings,
                 const struct kds_profiles *profiles);

/**
 * Ask a provider. Credentials that have expired are a failure, unless the row is `stable`.
 *
 * @param out  (given; kds_credentials_clear)
 */
KDS_INTERNAL kds_err_t kds_chain_ask(const struct kds_chain_row *row,
                                     const struct kds_provider_context *ctx,
                                     struct kds_credentials *out,
                                     kds_error_t **error);

#endif /* KDS_AUTH_CHAIN_H */
