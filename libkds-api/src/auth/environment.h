/*
 * environment: the variables that this room knows, copied once.
 *
 * An application may call setenv() while another thread works; so no thread of ours calls getenv()
 * later. Values may be secrets and are kept and wiped like them.
 */
#ifndef KDS_AUTH_ENVIRONMENT_H
#define KDS_AUTH_ENVIRONMENT_H

#include <stdbool.h>

#include "auth/credentials.h"

#define KDS_ENVIRONMENT_VARIABLES_MAX 32

struct kds_environment {
    char *
        values[KDS_ENVIRONMENT_VARIABLES_MAX]; /* in the order of a table; NULL = unset */
};

/** Copy what is set; empty counts as unset. @retval KDS_ERR_NO_MEMORY @p out is empty. */
KDS_INTERNAL kds_err_t kds_environment_take(kds_getenv_fn *env,
                                            struct kds_environment *out);

/** Wipe and release; a zeroed one is allowed. */
KDS_INTERNAL void kds_environment_clear(struct kds_environment *e);

/** @param name one of the variables in docs/credentials.md. @return NULL if unset or unknown. */
KDS_INTERNAL const char *kds_environment_get(const struct kds_environment *e,
                                             const char *name);

/** "true" in any case. */
KDS_INTERNAL bool kds_environment_true(const struct kds_environment *e, const char *name);

#endif /* KDS_AUTH_ENVIRONMENT_H */
