/*
 * chain: the table.
 */
#include "auth/chain.h"

#include "auth/instance.h"
#include "base/error.h"

static const char *env(const struct kds_auth_settings *s, const char *name)
{
    return kds_environment_get(&s->environment, name);
}

static bool
has(const struct kds_auth_settings *s, const struct kds_profiles *p, const char *key)
{
    return kds_profile_get(p, KDS_SECTION_PROFILE, s->profile, key) != NULL;
}

/* ---- is it configured? -------------------------------------------------------------------- */

static bool explicitly_given(const struct kds_auth_settings *s,
                             const struct kds_profiles *p)
{
    (void)p;
    return s->given.access_key_id != NULL;
}

static bool callback_given(const struct kds_auth_settings *s,
                           const struct kds_profiles *p)
{
    (void)p;
    return s->callback != NULL;
}

static bool environment_set(const struct kds_auth_settings *s,
                            const struct kds_profiles *p)
{
    (void)p;
    return !s->profile_in_code && (env(s, "AWS_ACCESS_KEY_ID") != NULL ||
                                   env(s, "AWS_SECRET_ACCESS_KEY") != NULL);
}

/* A profile that somebody named cannot be had. */
static bool profile_lost(const struct kds_auth_settings *s, const struct kds_profiles *p)
{
    return s->profile_named && (kds_profiles_problem(p, KDS_FILE_CREDENTIALS) != NULL ||
                                kds_profiles_problem(p, KDS_FILE_CONFIG) != NULL ||
                                !kds_profiles_has(p, KDS_SECTION_PROFILE, s->profile));
}

static bool role_named(const struct kds_auth_settings *s, const struct kds_profiles *p)
{
    return has(s, p, "role_arn") && !has(s, p, "web_identity_token_file");
}

static bool token_file_named(const struct kds_auth_settings *s,
                             const struct kds_profiles *p)
{
    return (!s->profile_in_code && env(s, "AWS_WEB_IDENTITY_TOKEN_FILE") != NULL) ||
           has(s, p, "web_identity_token_file");
}

static bool sso_named(const struct kds_auth_settings *s, const struct kds_profiles *p)
{
    return has(s, p, "sso_account_id") || has(s, p, "sso_role_name");
}

static bool in_credentials_file(const struct kds_auth_settings *s,
                                const struct kds_profiles *p)
{
    return kds_provider_has_keys(p, KDS_FILE_CREDENTIALS, s->profile);
}

static bool process_named(const struct kds_auth_settings *s, const struct kds_profiles *p)
{
    return has(s, p, "credential_process");
}

static bool in_config_file(const struct kds_auth_settings *s,
                           const struct kds_profiles *p)
{
    return kds_provider_has_keys(p, KDS_FILE_CONFIG, s->profile);
}

static bool container_set(const struct kds_auth_settings *s, const struct kds_profiles *p)
{
    (void)p;
    return env(s, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != NULL ||
           env(s, "AWS_CONTAINER_CREDENTIALS_FULL_URI") != NULL;
}

static bool instance_enabled(const struct kds_auth_settings *s,
                             const struct kds_profiles *p)
{
    (void)p;
    return kds_instance_enabled(s);
}

static bool always(const struct kds_auth_settings *s, const struct kds_profiles *p)
{
    (void)s;
    (void)p;
    return true;
}

/* ---- ends that are none ------------------------------------------------------------------- */

static kds_err_t provide_lost_profile(const struct kds_provider_context *ctx,
                                      struct kds_credentials *out,
                                      kds_error_t **error)
{
    const struct kds_auth_settings *s = ctx->settings;
    const char *credentials = kds_profiles_problem(ctx->profiles, KDS_FILE_CREDENTIALS);
    const char *config = kds_profiles_problem(ctx->profiles, KDS_FILE_CONFIG);
    (void)out;
    if (credentials != NULL || config != NULL) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "profile \"%.100s\": %s file: %s", s->profile,
                             credentials ? "credentials" : "configuration",
                             credentials ? credentials : config);
    }
    return kds_error_set(
        error, KDS_ERR_CREDENTIALS,
        "profile \"%.100s\" is neither in the shared configuration nor in "
        "the credentials file",
        s->profile);
}

static kds_err_t provide_nothing(const struct kds_provider_context *ctx,
                                 struct kds_credentials *out,
                                 kds_error_t **error)
{
    (void)out;
    return kds_error_set(error, KDS_ERR_CREDENTIALS,
                         "no credentials: neither given nor in the environment, profile "
                         "\"%.100s\", a container or an instance",
                         ctx->settings->profile);
}

/* ---- the table ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct kds_chain_row rows[] = {
    /* name               configured           provide                       blocks renews stable */
    {"explicit",          explicitly_given,    kds_provide_explicit,         false, false, false},
    {"callback",          callback_given,      kds_provide_callback,         true,  true,  false},
    {"environment",       environment_set,     kds_provide_environment,      false, false, false},
    {"profile",           profile_lost,        provide_lost_profile,         false, true,  false},
    {"assume role",       role_named,          kds_provide_assumed_role,     true,  true,  false},
    {"web identity",      token_file_named,    kds_provide_web_identity,     true,  true,  false},
    {"SSO",               sso_named,           kds_provide_sso,              true,  true,  false},
    {"credentials file",  in_credentials_file, kds_provide_credentials_file, false, true,  false},
    {"process",           process_named,       kds_provide_process,          true,  true,  false},
    {"config file",       in_config_file,      kds_provide_config_file,      false, true,  false},
    {"container",         container_set,       kds_provide_container,        true,  true,  false},
    {"instance",          instance_enabled,    kds_provide_instance,         true,  true,  true},
    {"none",              always,              provide_nothing,              false, false, false},
};
/* clang-format on */

const struct kds_chain_row *kds_chain_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

const struct kds_chain_row *kds_chain_choose(const struct kds_auth_settings *settings,
                                             const struct kds_profiles *profiles)
{
    size_t i = 0;
    while (!rows[i].configured(settings, profiles)) {
        i++; /* the last one always is */
    }
    return &rows[i];
}

kds_err_t kds_chain_ask(const struct kds_chain_row *row,
                        const struct kds_provider_context *ctx,
                        struct kds_credentials *out,
                        kds_error_t **error)
{
    struct kds_credentials c = {.access_key_id = NULL};
    /* Once chosen, a provider stays, but what named it may be gone from the files by now. */
    if (!row->configured(ctx->settings, ctx->profiles)) {
        return profile_lost(ctx->settings, ctx->profiles)
                   ? provide_lost_profile(ctx, out, error)
                   : kds_error_set(error, KDS_ERR_CREDENTIALS,
                                   "profile \"%.100s\" no longer names any (%s)",
                                   ctx->settings->profile, row->name);
    }
    kds_err_t rc = row->provide(ctx, &c, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (error != NULL) { /* of an attempt before the one that went well */
        kds_error_free(*error);
        *error = NULL;
    }
    if (!row->stable &&
        c.expires_at_ms <= kds_clock_realtime_us(ctx->clock) / KDS_US_PER_MS) {
        kds_credentials_clear(&c);
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "the credentials (%s) have expired already", row->name);
    }
    *out = c;
    return KDS_OK;
}
