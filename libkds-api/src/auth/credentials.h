/*
 * credentials: who signs. A value with its secrets, and the interface of those that provide one.
 *
 * Secrets are wiped when they are released and stand in no other place.
 */
#ifndef KDS_AUTH_CREDENTIALS_H
#define KDS_AUTH_CREDENTIALS_H

#include "base/internal.h"
#include "kds/error.h"

struct kds_credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL for long-lived keys */
};

/** Deep copy into @p out. Strings (copied), @p token may be NULL or "".
 *  @retval KDS_ERR_CREDENTIALS a part is empty or holds a control character. */
KDS_INTERNAL kds_err_t kds_credentials_init(struct kds_credentials *out,
                                            const char *key_id,
                                            const char *secret,
                                            const char *token,
                                            kds_error_t **error);

/** Wipe and release; a zeroed value is allowed. */
KDS_INTERNAL void kds_credentials_clear(struct kds_credentials *c);

/** Looks a variable up; NULL if it is not set. getenv() fits. */
typedef char *(kds_getenv_fn)(const char *name);

/**
 * Explicit credentials if @p key_id is given, else those of the environment: AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. Empty variables count as unset.
 */
KDS_INTERNAL kds_err_t kds_credentials_resolve(struct kds_credentials *out,
                                               const char *key_id,
                                               const char *secret,
                                               const char *token,
                                               kds_getenv_fn *env,
                                               kds_error_t **error);

#endif /* KDS_AUTH_CREDENTIALS_H */
