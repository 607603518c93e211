/*
 * sso_cache: the token that `aws sso login` leaves behind, as a file.
 *
 * Named by the SHA-1 of the session's name, or of the start URL in profiles of the older kind. Other
 * programs read and write it too.
 */
#ifndef KDS_AUTH_SSO_CACHE_H
#define KDS_AUTH_SSO_CACHE_H

#include <stdint.h>

#include "auth/small_file.h"
#include "base/arena.h"
#include "base/internal.h"
#include "kds/error.h"

/** Texts are in the arena; absent = not in the file. */
struct kds_sso_token {
    kds_slice_t access_token, refresh_token;
    kds_slice_t client_id, client_secret;
    kds_slice_t registration_expires_at; /* as it is written */
    kds_slice_t start_url, region;
    int64_t expires_at_ms;
    int64_t registration_expires_at_ms; /* 0 = not known */
};

/** "HOME/.aws/sso/cache/HEX.json". @return false if it does not fit or there is no SHA-1. */
KDS_INTERNAL bool
kds_sso_cache_path(const char *home, const char *key, char *out, size_t size);

/** Take a cached token apart. Pure.
 *  @return NULL, or what is wrong with it (lent for ever); no value is quoted. */
KDS_INTERNAL const char *kds_sso_token_parse(kds_slice_t bytes,
                                             struct kds_sso_token *out,
                                             struct kds_arena *arena);

/** Write it over the file at @p path, mode 0600, atomically. */
KDS_INTERNAL kds_err_t kds_sso_token_store(const char *path,
                                           const struct kds_sso_token *token,
                                           kds_error_t **error);

#endif /* KDS_AUTH_SSO_CACHE_H */
