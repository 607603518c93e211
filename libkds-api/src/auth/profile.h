/*
 * profile: the shared configuration and credentials files, as sections, keys and values.
 *
 * Pure: bytes come in, nothing is read here (profile_file.h does). Knows the syntax and not what a
 * key means. Values can be secrets: they are wiped when the profiles are released.
 * Written down in: docs/credentials.md; the AWS SDKs' "shared config and credentials files".
 *
 * How to ask:
 *     kds_profile_get(p, KDS_SECTION_PROFILE, "dev", "region")
 *     kds_profile_get(p, KDS_SECTION_SSO_SESSION, "corp", "sso_region")
 *     kds_profile_get_nested(p, KDS_SECTION_SERVICES, "local", "kinesis", "endpoint_url")
 * A file that is malformed gives no values at all; kds_profiles_problem() says what is wrong with it,
 * for whoever needs the value and does not get it.
 */
#ifndef KDS_AUTH_PROFILE_H
#define KDS_AUTH_PROFILE_H

#include <stdbool.h>

#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

#define KDS_PROFILE_FILE_BYTES_MAX ((size_t)1024 * 1024)
#define KDS_PROFILE_LINE_BYTES_MAX ((size_t)16 * 1024)
#define KDS_PROFILE_SECTIONS_MAX   4096
#define KDS_PROFILE_HEADERS_MAX    8192 /* a section may have several */
#define KDS_PROFILE_ENTRIES_MAX    16384

enum kds_section_kind {
    KDS_SECTION_PROFILE, /* [default], [profile NAME]; [NAME] in the credentials file */
    KDS_SECTION_SSO_SESSION, /* [sso-session NAME], configuration file only */
    KDS_SECTION_SERVICES     /* [services NAME], configuration file only */
};

enum kds_profile_file { KDS_FILE_CREDENTIALS, KDS_FILE_CONFIG };

/** Both files, parsed. Immutable, so any number of threads may read it. */
struct kds_profiles;

/**
 * @param config, credentials  (copied) the files' bytes; absent = there is no such file. A file
 *                             that is malformed or beyond a limit counts as empty, with a problem.
 * @param profiles             (given; kds_profiles_free)
 * @retval KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_profiles_parse(kds_slice_t config,
                                          kds_slice_t credentials,
                                          struct kds_profiles **profiles,
                                          kds_error_t **error);

/** Wipe and release. NULL is allowed. */
KDS_INTERNAL void kds_profiles_free(struct kds_profiles *p);

/** What is wrong with a file, for example "line 3: no '=' after the key"; NULL = nothing.
 *  Never quotes a value. @return (lent until the profiles are freed) */
KDS_INTERNAL const char *kds_profiles_problem(const struct kds_profiles *p,
                                              enum kds_profile_file file);

/** The file's mode lets everybody on the machine change it. */
KDS_INTERNAL bool kds_profiles_exposed(const struct kds_profiles *p,
                                       enum kds_profile_file file);
KDS_INTERNAL void kds_profiles_set_exposed(struct kds_profiles *p,
                                           enum kds_profile_file file);

/** Note that a file could not be read at all; it must be empty. @p why (copied), cut at 200 bytes. */
KDS_INTERNAL void kds_profiles_set_problem(struct kds_profiles *p,
                                           enum kds_profile_file file,
                                           const char *why);

/** The section exists in one of the files, even if it is empty. */
KDS_INTERNAL bool kds_profiles_has(const struct kds_profiles *p,
                                   enum kds_section_kind kind,
                                   const char *name);

/**
 * The value of a key; the credentials file wins over the configuration file.
 *
 * @param name  as it stands in the file, case counts
 * @param key   lower case
 * @return (lent until the profiles are freed) NULL if it is not set or empty.
 */
KDS_INTERNAL const char *kds_profile_get(const struct kds_profiles *p,
                                         enum kds_section_kind kind,
                                         const char *name,
                                         const char *key);

/** As kds_profile_get(), for a key that is indented below an empty @p key. */
KDS_INTERNAL const char *kds_profile_get_nested(const struct kds_profiles *p,
                                                enum kds_section_kind kind,
                                                const char *name,
                                                const char *key,
                                                const char *nested);

/** As kds_profile_get() for a profile, from one file only: parts of a key pair must not mix. */
KDS_INTERNAL const char *kds_profile_get_from(const struct kds_profiles *p,
                                              enum kds_profile_file file,
                                              const char *name,
                                              const char *key);

#endif /* KDS_AUTH_PROFILE_H */
