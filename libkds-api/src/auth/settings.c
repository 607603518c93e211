/*
 * settings: options and environment as one value.
 */
#include "auth/refresher.h"

#include "auth/secret.h"
#include "base/alloc.h"
#include "base/error.h"

static bool given(const char *text)
{
    return text != NULL && text[0] != 0;
}

void kds_auth_settings_free(struct kds_auth_settings *s)
{
    if (s != NULL) {
        kds_credentials_clear(&s->given);
        kds_environment_clear(&s->environment);
        kds_secret_free(s->profile);
        kds_free(s);
    }
}

static kds_err_t fill_in(struct kds_auth_settings *s,
                         const struct kds_auth_options *o,
                         kds_getenv_fn *env,
                         kds_error_t **error)
{
    kds_err_t rc = kds_environment_take(env, &s->environment);
    if (rc != KDS_OK) {
        return kds_error_set(error, rc, "out of memory");
    }
    s->callback = o->callback;
    s->callback_opaque = o->callback_opaque;
    s->profile_in_code = given(o->profile);
    s->profile_named =
        s->profile_in_code || kds_environment_get(&s->environment, "AWS_PROFILE") != NULL;
    s->profile = kds_secret_copy(kds_profile_name(o->profile, env));
    if (s->profile == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    rc = kds_profile_paths_find(env, &s->paths, error);
    if (rc == KDS_OK && (given(o->access_key_id) || given(o->secret_access_key))) {
        rc = kds_credentials_init(&s->given, o->access_key_id, o->secret_access_key,
                                  o->session_token, error);
    }
    return rc;
}

kds_err_t kds_auth_settings_new(const struct kds_auth_options *options,
                                kds_getenv_fn *env,
                                struct kds_auth_settings **settings,
                                kds_error_t **error)
{
    struct kds_auth_settings *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kds_err_t rc = fill_in(s, options, env, error);
    if (rc != KDS_OK) {
        kds_auth_settings_free(s);
        return rc;
    }
    *settings = s;
    return KDS_OK;
}
