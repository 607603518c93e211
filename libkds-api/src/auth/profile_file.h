/*
 * profile_file: finds and reads the shared configuration and credentials files.
 *
 * Both are read at one moment: if one of them is replaced meanwhile, both are read again, so that
 * no key of one generation meets a secret of another.
 */
#ifndef KDS_AUTH_PROFILE_FILE_H
#define KDS_AUTH_PROFILE_FILE_H

#include <stdbool.h>

#include "auth/credentials.h"
#include "auth/profile.h"

#define KDS_PATH_BYTES 1024

struct kds_profile_paths {
    char config[KDS_PATH_BYTES];      /* "" = none */
    char credentials[KDS_PATH_BYTES]; /* "" = none */
    char home[KDS_PATH_BYTES];        /* "" = HOME is not set */
};

/** AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else config and credentials in ~/.aws.
 *  @retval KDS_ERR_CONFIG a path is longer than KDS_PATH_BYTES - 1 */
KDS_INTERNAL kds_err_t kds_profile_paths_find(kds_getenv_fn *env,
                                              struct kds_profile_paths *paths,
                                              kds_error_t **error);

/** Replace a leading "~" or "~/" by @p home. @return false if it does not fit. */
KDS_INTERNAL bool
kds_path_expand(const char *path, const char *home, char *out, size_t size);

/** Read and parse. A file that cannot be read counts as empty, with a problem; a missing one is
 *  just empty. @param profiles (given; kds_profiles_free) @retval KDS_ERR_NO_MEMORY */
KDS_INTERNAL kds_err_t kds_profiles_load(const struct kds_profile_paths *paths,
                                         struct kds_profiles **profiles,
                                         kds_error_t **error);

/** The profile to use: @p given, else AWS_PROFILE, else "default". Empty counts as unset.
 *  @return (lent; one of the three) */
KDS_INTERNAL const char *kds_profile_name(const char *given, kds_getenv_fn *env);

#endif /* KDS_AUTH_PROFILE_FILE_H */
