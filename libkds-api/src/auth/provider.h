/*
 * provider: what every provider of credentials is given, and the list of them.
 *
 * A provider runs on one thread at a time and may block: it reads files, asks servers, runs a
 * process. Everything outside comes in through its context, so that a test can script all of it.
 * Which provider is asked is decided in chain.h.
 */
#ifndef KDS_AUTH_PROVIDER_H
#define KDS_AUTH_PROVIDER_H

#include <stdbool.h>

#include "auth/credentials.h"
#include "auth/environment.h"
#include "auth/fetch.h"
#include "auth/profile.h"
#include "auth/profile_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "kds/credentials.h"

#define KDS_AUTH_REGION_BYTES 64
#define KDS_AUTH_URL_BYTES    512

/** The base address of "sts", "sso" or "sso-oidc" in a region, without a '/' at its end.
 *  @retval KDS_ERR_CONFIG the message says why there is none */
typedef kds_err_t(kds_auth_endpoint_fn)(const char *service,
                                        const char *region,
                                        char url[KDS_AUTH_URL_BYTES],
                                        void *opaque,
                                        kds_error_t **error);

/** What does not change while a client lives. */
struct kds_auth_settings {
    struct kds_credentials given; /* by the application; no key id = none */
    struct kds_environment environment;
    struct kds_profile_paths paths;
    char *profile;        /* the profile's name */
    bool profile_in_code; /* named by the application */
    bool profile_named;   /* by the application or AWS_PROFILE: it must exist */
    char region[KDS_AUTH_REGION_BYTES]; /* of the client; "" = none. Where STS is asked */
    kds_credentials_fn *callback;       /* the application's; NULL = none */
    void *callback_opaque;
};

struct kds_provider_context {
    const struct kds_auth_settings *settings;
    const struct kds_profiles *profiles; /* read for this run */
    struct kds_fetch *fetch;
    const struct kds_clock *clock;
    const struct kds_log *log;
    kds_auth_endpoint_fn *endpoint;
    void *endpoint_opaque;
    /** Wait; false = stop now, the owner is being freed. */
    bool (*pause)(void *opaque, int64_t us);
    void *pause_opaque;
};

/** Fetch credentials. @param out (given; kds_credentials_clear) written on KDS_OK only. */
typedef kds_err_t(kds_provider_fn)(const struct kds_provider_context *ctx,
                                   struct kds_credentials *out,
                                   kds_error_t **error);

/* One function per way to get credentials; each assumes that it is the one that is configured. */
KDS_INTERNAL kds_provider_fn kds_provide_explicit;
KDS_INTERNAL kds_provider_fn kds_provide_callback;
KDS_INTERNAL kds_provider_fn kds_provide_environment;
KDS_INTERNAL kds_provider_fn kds_provide_credentials_file;
KDS_INTERNAL kds_provider_fn kds_provide_config_file;
KDS_INTERNAL kds_provider_fn kds_provide_assumed_role;
KDS_INTERNAL kds_provider_fn kds_provide_web_identity;
KDS_INTERNAL kds_provider_fn kds_provide_sso;
KDS_INTERNAL kds_provider_fn kds_provide_process;
KDS_INTERNAL kds_provider_fn kds_provide_container;
KDS_INTERNAL kds_provider_fn kds_provide_instance;

/* ---- what providers share ----------------------------------------------------------------- */

static inline const char *kds_provider_env(const struct kds_provider_context *ctx,
                                           const char *name)
{
    return kds_environment_get(&ctx->settings->environment, name);
}

/** A key of the profile in use; NULL if it is not set. */
static inline const char *kds_provider_key(const struct kds_provider_context *ctx,
                                           const char *key)
{
    return kds_profile_get(ctx->profiles, KDS_SECTION_PROFILE, ctx->settings->profile,
                           key);
}

/** The key pair of a profile in one of the files. @retval KDS_ERR_CREDENTIALS it is partial. */
KDS_INTERNAL kds_err_t kds_provide_keys_of(const struct kds_provider_context *ctx,
                                           enum kds_profile_file file,
                                           const char *profile,
                                           struct kds_credentials *out,
                                           kds_error_t **error);

/** The file has a part of a key pair for the profile. */
KDS_INTERNAL bool kds_provider_has_keys(const struct kds_profiles *profiles,
                                        enum kds_profile_file file,
                                        const char *profile);

/** Run a profile's `credential_process`. */
KDS_INTERNAL kds_err_t kds_provide_process_of(const struct kds_provider_context *ctx,
                                              const char *profile,
                                              struct kds_credentials *out,
                                              kds_error_t **error);

/** AssumeRoleWithWebIdentity as a profile says. */
KDS_INTERNAL kds_err_t kds_provide_web_identity_of(const struct kds_provider_context *ctx,
                                                   const char *profile,
                                                   struct kds_credentials *out,
                                                   kds_error_t **error);

/** SSO as a profile says. */
KDS_INTERNAL kds_err_t kds_provide_sso_of(const struct kds_provider_context *ctx,
                                          const char *profile,
                                          struct kds_credentials *out,
                                          kds_error_t **error);

/**
 * Send a request up to @p attempts times, @p pause_us apart: again after a broken exchange, a 429
 * or a 5xx. Whatever status comes last is the answer.
 *
 * @param answer  (given; kds_fetch_answer_clear) on KDS_OK
 */
KDS_INTERNAL kds_err_t kds_provider_fetch(const struct kds_provider_context *ctx,
                                          const struct kds_fetch_request *request,
                                          unsigned attempts,
                                          int64_t pause_us,
                                          struct kds_fetch_answer *answer,
                                          kds_error_t **error);

/** An answer that is not 200, as an error: "WHO: CODE (HTTP 403): sentence". */
KDS_INTERNAL kds_err_t kds_provider_refused(const char *who,
                                            const struct kds_fetch_answer *answer,
                                            kds_error_t **error);

/** A line of text that ends with the first line break; blanks around it are cut. NULL if it holds
 *  a control character or is empty. @p text is changed. */
KDS_INTERNAL char *kds_provider_line(char *text);

#endif /* KDS_AUTH_PROVIDER_H */
