/*
 * environment: a table of names.
 */
#include "auth/environment.h"

#include "auth/secret.h"
#include "base/slice.h"

#include <string.h>

static const char *const names[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
};

#define COUNT (sizeof names / sizeof names[0])

_Static_assert(COUNT <= KDS_ENVIRONMENT_VARIABLES_MAX, "a place for every variable");

kds_err_t kds_environment_take(kds_getenv_fn *env, struct kds_environment *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < COUNT; i++) {
        const char *value = env(names[i]);
        if (value == NULL || value[0] == 0) {
            continue;
        }
        out->values[i] = kds_secret_copy(value);
        if (out->values[i] == NULL) {
            kds_environment_clear(out);
            return KDS_ERR_NO_MEMORY;
        }
    }
    return KDS_OK;
}

void kds_environment_clear(struct kds_environment *e)
{
    for (size_t i = 0; i < COUNT; i++) {
        kds_secret_free(e->values[i]);
        e->values[i] = NULL;
    }
}

const char *kds_environment_get(const struct kds_environment *e, const char *name)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            return e->values[i];
        }
    }
    return NULL;
}

bool kds_environment_true(const struct kds_environment *e, const char *name)
{
    const char *value = kds_environment_get(e, name);
    return value != NULL && kds_slice_eq_nocase(kds_slice(value), kds_slice("true"));
}
