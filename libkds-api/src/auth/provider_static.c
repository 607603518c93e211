/*
 * provider_static: keys that are written down: in the environment, in the shared files; and those that
 * the application gives.
 */
#include "auth/provider.h"
#include "base/error.h"
#include "base/sized.h"
#include "base/slice.h"
#include "base/text.h"

#include <string.h>

kds_err_t kds_provide_explicit(const struct kds_provider_context *ctx,
                               struct kds_credentials *out,
                               kds_error_t **error)
{
    const struct kds_credentials *given = &ctx->settings->given;
    const struct kds_credential_parts parts = {
        given->access_key_id, given->secret_access_key, given->session_token,
        given->account_id, given->expires_at_ms};
    return kds_credentials_make(out, &parts, error);
}

kds_err_t kds_provide_environment(const struct kds_provider_context *ctx,
                                  struct kds_credentials *out,
                                  kds_error_t **error)
{
    const char *token = kds_provider_env(ctx, "AWS_SESSION_TOKEN");
    const char *expiration = kds_provider_env(ctx, "AWS_CREDENTIAL_EXPIRATION");
    struct kds_credential_parts parts = {
        .access_key_id = kds_provider_env(ctx, "AWS_ACCESS_KEY_ID"),
        .secret_access_key = kds_provider_env(ctx, "AWS_SECRET_ACCESS_KEY"),
        .session_token = token ? token : kds_provider_env(ctx, "AWS_SECURITY_TOKEN"),
        .account_id = kds_provider_env(ctx, "AWS_ACCOUNT_ID"),
        .expires_at_ms = KDS_CREDENTIALS_FOREVER_MS,
    };
    if (parts.access_key_id == NULL || parts.secret_access_key == NULL) {
        return kds_error_set(
            error, KDS_ERR_CREDENTIALS, "%s is set but %s is not",
            parts.access_key_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
            parts.access_key_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    }
    if (expiration != NULL &&
        !kds_parse_rfc3339_ms(kds_slice(expiration), &parts.expires_at_ms)) {
        return kds_error_set(
            error, KDS_ERR_CREDENTIALS,
            "AWS_CREDENTIAL_EXPIRATION: \"%.64s\" is not an ISO 8601 time", expiration);
    }
    return kds_credentials_make(out, &parts, error);
}

/* ---- shared files ------------------------------------------------------------------------- */

static const char *const file_names[] = {
    [KDS_FILE_CREDENTIALS] = "credentials", [KDS_FILE_CONFIG] = "configuration"};

bool kds_provider_has_keys(const struct kds_profiles *profiles,
                           enum kds_profile_file file,
                           const char *profile)
{
    return kds_profile_get_from(profiles, file, profile, "aws_access_key_id") != NULL ||
           kds_profile_get_from(profiles, file, profile, "aws_secret_access_key") != NULL;
}

kds_err_t kds_provide_keys_of(const struct kds_provider_context *ctx,
                              enum kds_profile_file file,
                              const char *profile,
                              struct kds_credentials *out,
                              kds_error_t **error)
{
    static const char *const keys[] = {"aws_access_key_id", "aws_secret_access_key",
                                       "aws_session_token", "aws_account_id"};
    const char *values[4];
    for (size_t i = 0; i < 4; i++) {
        values[i] = kds_profile_get_from(ctx->profiles, file, profile, keys[i]);
    }
    if (values[0] == NULL || values[1] == NULL) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "profile \"%.100s\" has no %s in the shared %s file",
                             profile, keys[values[0] != NULL], file_names[file]);
    }
    const struct kds_credential_parts parts = {values[0], values[1], values[2], values[3],
                                               KDS_CREDENTIALS_FOREVER_MS};
    return kds_credentials_make(out, &parts, error);
}

kds_err_t kds_provide_credentials_file(const struct kds_provider_context *ctx,
                                       struct kds_credentials *out,
                                       kds_error_t **error)
{
    return kds_provide_keys_of(ctx, KDS_FILE_CREDENTIALS, ctx->settings->profile, out,
                               error);
}

kds_err_t kds_provide_config_file(const struct kds_provider_context *ctx,
                                  struct kds_credentials *out,
                                  kds_error_t **error)
{
    return kds_provide_keys_of(ctx, KDS_FILE_CONFIG, ctx->settings->profile, out, error);
}

/* ---- the application's -------------------------------------------------------------------- */

/* Where the callback puts what it has. */
struct kds_credentials_request {
    struct kds_credentials credentials;
    bool given;
};

kds_err_t kds_credentials_give(kds_credentials_request_t *request,
                               const kds_credential_values_t *values,
                               kds_error_t **error)
{
    kds_credential_values_t copy;
    if (!kds_sized_copy(&copy, sizeof copy, values)) {
        return kds_error_set(
            error, KDS_ERR_INVALID_ARG,
            "struct_size: %zu, must be %zu; or larger, where nothing is set "
            "that this library does not know",
            values->struct_size, sizeof copy);
    }
    values = &copy;
    const struct kds_credential_parts parts = {
        values->access_key_id, values->secret_access_key, values->session_token,
        values->account_id,
        values->expires_at_ms ? values->expires_at_ms : KDS_CREDENTIALS_FOREVER_MS};
    struct kds_credentials c;
    kds_err_t rc = kds_credentials_make(&c, &parts, error);
    if (rc == KDS_OK) {
        kds_credentials_clear(&request->credentials); /* the last word counts */
        request->credentials = c;
        request->given = true;
    }
    return rc;
}

kds_err_t kds_provide_callback(const struct kds_provider_context *ctx,
                               struct kds_credentials *out,
                               kds_error_t **error)
{
    struct kds_credentials_request request = {.given = false};
    kds_err_t rc = ctx->settings->callback(&request, ctx->settings->callback_opaque);
    if (rc == KDS_OK && request.given) {
        *out = request.credentials;
        return KDS_OK;
    }
    kds_credentials_clear(&request.credentials);
    return kds_error_set(error, KDS_ERR_CREDENTIALS, "the application's callback: %s",
                         rc == KDS_OK ? "gave no credentials" : kds_err_text(rc));
}
