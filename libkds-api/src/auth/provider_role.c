/*
 * provider_role: roles that profiles name: assumed with other credentials, or with a token of an
 * identity provider.
 *
 * Written down in: docs/credentials.md; "Assume role credential provider" of the AWS SDKs.
 */
#include "auth/instance.h"
#include "auth/provider.h"
#include "auth/small_file.h"
#include "auth/sts.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHAIN_MAX       16
#define TOKEN_BYTES_MAX 20000 /* the service's limit */
#define DURATION_MIN_S  900
#define DURATION_MAX_S  43200

/* The profiles that a chain of roles has led through. */
struct chain {
    const char *names[CHAIN_MAX];
    size_t count;
};

static const char *
key_of(const struct kds_provider_context *ctx, const char *profile, const char *key)
{
    return kds_profile_get(ctx->profiles, KDS_SECTION_PROFILE, profile, key);
}

static void default_session_name(const struct kds_provider_context *ctx, char out[40])
{
    snprintf(out, 40, "kds-session-%" PRId64,
             kds_clock_realtime_us(ctx->clock) / KDS_US_PER_S);
}

static kds_err_t enter(struct chain *chain, const char *profile, kds_error_t **error)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (strcmp(chain->names[i], profile) == 0) {
            return kds_error_set(
                error, KDS_ERR_CREDENTIALS,
                "source_profile: profile \"%.100s\" leads back to itself", profile);
        }
    }
    if (chain->count == CHAIN_MAX) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "source_profile: more than %d profiles one after the other",
                             CHAIN_MAX);
    }
    chain->names[chain->count++] = profile;
    return KDS_OK;
}

/* ---- where the credentials of the assumer come from --------------------------------------- */

static bool static_keys(const struct kds_provider_context *ctx,
                        const char *profile,
                        enum kds_profile_file *file)
{
    *file = KDS_FILE_CREDENTIALS;
    if (!kds_provider_has_keys(ctx->profiles, *file, profile)) {
        *file = KDS_FILE_CONFIG;
    }
    return kds_provider_has_keys(ctx->profiles, *file, profile);
}

static kds_err_t from_named_source(const struct kds_provider_context *ctx,
                                   const char *source,
                                   struct kds_credentials *out,
                                   kds_error_t **error)
{
    bool container = kds_provider_env(ctx, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
                     kds_provider_env(ctx, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const struct {
        const char *name;
        kds_provider_fn *provide;
        bool available;
    } sources[] = {
        {"Environment", kds_provide_environment,
         kds_provider_env(ctx, "AWS_ACCESS_KEY_ID") != NULL},
        {"Ec2InstanceMetadata", kds_provide_instance,
         kds_instance_enabled(ctx->settings)},
        {"EcsContainer", kds_provide_container, container},
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (strcmp(sources[i].name, source) != 0) {
            continue;
        }
        return sources[i].available
                   ? sources[i].provide(ctx, out, error)
                   : kds_error_set(error, KDS_ERR_CREDENTIALS,
                                   "credential_source: %s is not available here", source);
    }
    return kds_error_set(error, KDS_ERR_CREDENTIALS,
                         "credential_source: \"%.60s\" is none of Environment, "
                         "Ec2InstanceMetadata and EcsContainer",
                         source);
}

static kds_err_t assume(const struct kds_provider_context *ctx,
                        const char *profile,
                        struct chain *chain,
                        struct kds_credentials *out,
                        kds_error_t **error);

/* Any way in which a profile may name credentials; keys that are written down come first. */
static kds_err_t from_profile(const struct kds_provider_context *ctx,
                              const char *profile,
                              struct chain *chain,
                              struct kds_credentials *out,
                              kds_error_t **error)
{
    enum kds_profile_file file;
    if (static_keys(ctx, profile, &file)) {
        return kds_provide_keys_of(ctx, file, profile, out, error);
    }
    if (key_of(ctx, profile, "web_identity_token_file") != NULL) {
        return kds_provide_web_identity_of(ctx, profile, out, error);
    }
    if (key_of(ctx, profile, "role_arn") != NULL) {
        return assume(ctx, profile, chain, out, error);
    }
    if (key_of(ctx, profile, "sso_account_id") || key_of(ctx, profile, "sso_role_name")) {
        return kds_provide_sso_of(ctx, profile, out, error);
    }
    if (key_of(ctx, profile, "credential_process") != NULL) {
        return kds_provide_process_of(ctx, profile, out, error);
    }
    return kds_error_set(error, KDS_ERR_CREDENTIALS,
                         "source_profile: profile \"%.100s\" %s", profile,
                         kds_profiles_has(ctx->profiles, KDS_SECTION_PROFILE, profile)
                             ? "has no credentials"
                             : "does not exist");
}

static kds_err_t find_source(const struct kds_provider_context *ctx,
                             const char *profile,
                             struct chain *chain,
                             struct kds_credentials *out,
                             kds_error_t **error)
{
    const char *source = key_of(ctx, profile, "source_profile");
    const char *named = key_of(ctx, profile, "credential_source");
    enum kds_profile_file file;
    if ((source == NULL) == (named == NULL)) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "profile \"%.100s\": a role needs %s of source_profile and "
                             "credential_source",
                             profile, source ? "only one" : "one");
    }
    if (named != NULL) {
        return from_named_source(ctx, named, out, error);
    }
    /* A profile may be its own source if it has keys, which is no loop. */
    if (strcmp(source, profile) == 0 && static_keys(ctx, source, &file)) {
        return kds_provide_keys_of(ctx, file, source, out, error);
    }
    return from_profile(ctx, source, chain, out, error);
}

/* ---- AssumeRole --------------------------------------------------------------------------- */

/* A number that is none, or outside the service's limits, is passed over, as the AWS CLI does. */
static void set_duration(const char *text, bool *has, int64_t *seconds)
{
    *has = text != NULL && kds_parse_i64(kds_slice(text), seconds) &&
           *seconds >= DURATION_MIN_S && *seconds <= DURATION_MAX_S;
}

static kds_err_t assume(const struct kds_provider_context *ctx,
                        const char *profile,
                        struct chain *chain,
                        struct kds_credentials *out,
                        kds_error_t **error)
{
    struct kds_credentials source = {.access_key_id = NULL};
    char session[40], code[KDS_REPLY_CODE_BYTES];
    const char *name = key_of(ctx, profile, "role_session_name");
    kds_err_t rc = enter(chain, profile, error);
    if (rc == KDS_OK && key_of(ctx, profile, "mfa_serial") != NULL) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS,
                           "profile \"%.100s\": mfa_serial needs somebody to ask for a "
                           "code, which a library cannot do",
                           profile);
    }
    if (rc == KDS_OK) {
        rc = find_source(ctx, profile, chain, &source, error);
    }
    if (rc == KDS_OK) {
        default_session_name(ctx, session);
        kds_sts_assume_role_in_t in = {
            .struct_size = sizeof in,
            .role_arn = kds_slice(key_of(ctx, profile, "role_arn")),
            .role_session_name = kds_slice(name ? name : session),
            .external_id = kds_slice(key_of(ctx, profile, "external_id")),
        };
        set_duration(key_of(ctx, profile, "duration_seconds"), &in.has_duration_seconds,
                     &in.duration_seconds);
        rc = kds_sts_assume(ctx, &source, &in, out, code, error);
    }
    kds_credentials_clear(&source);
    return rc;
}

kds_err_t kds_provide_assumed_role(const struct kds_provider_context *ctx,
                                   struct kds_credentials *out,
                                   kds_error_t **error)
{
    struct chain chain = {.count = 0};
    return assume(ctx, ctx->settings->profile, &chain, out, error);
}

/* ---- web identity ------------------------------------------------------------------------- */

/* What AssumeRoleWithWebIdentity is called with. */
struct identity {
    const char *token_file;
    const char *role_arn;
    const char *session_name; /* NULL = one of ours */
    const char *from;         /* where it is written, for messages */
};

static kds_err_t read_token(const char *path,
                            struct kds_small_file *file,
                            char **token,
                            kds_error_t **error)
{
    kds_error_t *why = NULL;
    kds_err_t rc = kds_small_file_read(path, TOKEN_BYTES_MAX, file, &why);
    if (rc != KDS_OK) {
        rc = kds_error_set(error, rc == KDS_ERR_NO_MEMORY ? rc : KDS_ERR_CREDENTIALS,
                           "web identity token: %s",
                           why ? kds_error_message(why) : "not read");
    } else if (file->p == NULL) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS,
                           "web identity token: there is no file %.300s", path);
    } else {
        bool text = memchr(file->p, 0, file->n) == NULL;
        *token = text ? kds_provider_line((char *)file->p) : NULL;
        if (*token == NULL) {
            rc = kds_error_set(error, KDS_ERR_CREDENTIALS,
                               "web identity token: %.300s is empty or not text", path);
        }
    }
    kds_error_free(why);
    return rc;
}

static kds_err_t exchange(const struct kds_provider_context *ctx,
                          const struct identity *identity,
                          struct kds_credentials *out,
                          char code[KDS_REPLY_CODE_BYTES],
                          kds_error_t **error)
{
    struct kds_small_file file = {.p = NULL};
    char session[40], *token = NULL;
    code[0] = 0;
    kds_err_t rc = read_token(identity->token_file, &file, &token, error);
    if (rc == KDS_OK) {
        default_session_name(ctx, session);
        const kds_sts_assume_role_with_web_identity_in_t in = {
            .struct_size = sizeof in,
            .role_arn = kds_slice(identity->role_arn),
            .role_session_name =
                kds_slice(identity->session_name ? identity->session_name : session),
            .web_identity_token = kds_slice(token),
        };
        rc = kds_sts_assume_with_web_identity(ctx, &in, out, code, error);
    }
    kds_small_file_clear(&file);
    return rc;
}

static kds_err_t run_identity(const struct kds_provider_context *ctx,
                              const struct identity *identity,
                              struct kds_credentials *out,
                              kds_error_t **error)
{
    char code[KDS_REPLY_CODE_BYTES];
    if (identity->role_arn == NULL) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "web identity: %s has a token file but no role",
                             identity->from);
    }
    kds_err_t rc = exchange(ctx, identity, out, code, error);
    if (rc != KDS_OK && strcmp(code, "InvalidIdentityToken") == 0) {
        /* It may have been replaced between our reading and the service's. */
        rc = exchange(ctx, identity, out, code, error);
    }
    return rc;
}

kds_err_t kds_provide_web_identity_of(const struct kds_provider_context *ctx,
                                      const char *profile,
                                      struct kds_credentials *out,
                                      kds_error_t **error)
{
    const struct identity identity = {
        key_of(ctx, profile, "web_identity_token_file"),
        key_of(ctx, profile, "role_arn"),
        key_of(ctx, profile, "role_session_name"),
        "the profile",
    };
    return run_identity(ctx, &identity, out, error);
}

kds_err_t kds_provide_web_identity(const struct kds_provider_context *ctx,
                                   struct kds_credentials *out,
                                   kds_error_t **error)
{
    const struct identity identity = {
        kds_provider_env(ctx, "AWS_WEB_IDENTITY_TOKEN_FILE"),
        kds_provider_env(ctx, "AWS_ROLE_ARN"),
        kds_provider_env(ctx, "AWS_ROLE_SESSION_NAME"),
        "the environment",
    };
    /* A profile that the application named goes before the environment. */
    return identity.token_file != NULL && !ctx->settings->profile_in_code
               ? run_identity(ctx, &identity, out, error)
               : kds_provide_web_identity_of(ctx, ctx->settings->profile, out, error);
}
