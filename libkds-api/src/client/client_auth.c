/*
 * client_auth: settings, profiles, a way to ask servers, a refresher.
 */
#include "client/client_auth.h"

#include "auth/instance.h"
#include "base/error.h"
#include "net/curl_fetch.h"

#include <string.h>
#include <time.h>

static void tell_problem(const struct kds_client_auth *a,
                         enum kds_profile_file file,
                         const char *name,
                         const struct kds_log *log)
{
    const char *problem = kds_profiles_problem(a->profiles, file);
    if (problem != NULL) {
        kds_log(log, KDS_LOG_WARNING, "credentials",
                "the shared %s file counts as empty: %s", name, problem);
    }
    if (kds_profiles_exposed(a->profiles, file)) {
        kds_log(log, KDS_LOG_WARNING, "credentials",
                "the shared %s file can be changed by everybody on this machine", name);
    }
}

kds_err_t kds_client_auth_open(struct kds_client_auth *a,
                               const kds_client_options_t *options,
                               const struct kds_client_parts *parts,
                               const struct kds_log *log,
                               kds_error_t **error)
{
    const struct kds_auth_options wanted = {
        .access_key_id = options->access_key_id,
        .secret_access_key = options->secret_access_key,
        .session_token = options->session_token,
        .profile = options->profile,
        .callback = options->credentials,
        .callback_opaque = options->credentials_opaque,
    };
    a->fetch = parts->fetch;
    kds_err_t rc = kds_auth_settings_new(&wanted, parts->env, &a->settings, error);
    if (rc == KDS_OK) {
        rc = kds_profiles_load(&a->settings->paths, &a->profiles, error);
    }
    if (rc == KDS_OK) {
        rc = kds_auth_hosts_take(parts->env, a->profiles, a->settings->profile, &a->hosts,
                                 error);
    }
    if (rc == KDS_OK && a->fetch == NULL) {
        const struct kds_proxy_options proxy = {options->proxy, options->proxy_user,
                                                options->proxy_password};
        rc = kds_curl_fetch_new(options->ca_file, &proxy, &a->own_fetch, error);
        a->fetch = a->own_fetch;
    }
    if (rc == KDS_OK) {
        tell_problem(a, KDS_FILE_CONFIG, "configuration", log);
        tell_problem(a, KDS_FILE_CREDENTIALS, "credentials", log);
    }
    return rc;
}

/* The caller waits, and nobody can tell it to stop. */
static bool sleep_through(void *opaque, int64_t us)
{
    struct timespec left = {.tv_sec = (time_t)(us / KDS_US_PER_S),
                            .tv_nsec = (long)(us % KDS_US_PER_S * 1000)};
    (void)opaque;
    while (us > 0 && nanosleep(&left, &left) != 0) {
        /* a signal of the application's */
    }
    return true;
}

static const char *instance_region(struct kds_client_auth *a,
                                   const struct kds_client_parts *parts,
                                   const struct kds_log *log,
                                   char buffer[KDS_AUTH_REGION_BYTES])
{
    const struct kds_provider_context ctx = {
        .settings = a->settings,
        .profiles = a->profiles,
        .fetch = a->fetch,
        .clock = parts->clock,
        .log = log,
        .pause = sleep_through,
    };
    kds_error_t *why = NULL;
    kds_err_t rc = kds_instance_region(&ctx, buffer, &why);
    if (rc != KDS_OK) {
        kds_log(log, KDS_LOG_NOTICE, "credentials", "no region from the instance: %s",
                why ? kds_error_message(why) : kds_err_text(rc));
    }
    kds_error_free(why);
    return rc == KDS_OK ? buffer : NULL;
}

const char *kds_client_auth_region(struct kds_client_auth *a,
                                   const kds_client_options_t *options,
                                   const struct kds_client_parts *parts,
                                   const struct kds_log *log,
                                   char buffer[KDS_AUTH_REGION_BYTES])
{
    const char *region =
        kds_profile_get(a->profiles, KDS_SECTION_PROFILE, a->settings->profile, "region");
    if (region == NULL && options->instance_region && kds_instance_enabled(a->settings)) {
        region = instance_region(a, parts, log, buffer);
    }
    return region;
}

kds_err_t kds_client_auth_start(struct kds_client_auth *a,
                                const struct kds_client_parts *parts,
                                const char *region,
                                const struct kds_log *log,
                                bool (*ended)(void *opaque),
                                void *ended_opaque,
                                kds_error_t **error)
{
    struct kds_refresher_options options = {
        .settings = a->settings,
        .profiles = a->profiles,
        .fetch = a->fetch,
        .clock = parts->clock,
        .log = log,
        .endpoint = kds_auth_hosts_find,
        .endpoint_opaque = &a->hosts,
        .ended = ended,
        .ended_opaque = ended_opaque,
    };
    if (kds_random_bytes(&options.seed, sizeof options.seed) != KDS_OK) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "the system gave no random numbers");
    }
    memcpy(a->settings->region, region, strlen(region) + 1); /* checked: a short word */
    kds_err_t rc = kds_refresher_new(&options, &a->refresher, error);
    a->settings = NULL; /* taken */
    if (rc == KDS_OK) {
        kds_log(log, KDS_LOG_INFO, "credentials", "provider: %s",
                kds_refresher_provider(a->refresher));
    }
    kds_profiles_free(a->profiles);
    a->profiles = NULL;
    return rc;
}

void kds_client_auth_clear(struct kds_client_auth *a)
{
    kds_refresher_free(a->refresher);
    kds_auth_settings_free(a->settings);
    kds_profiles_free(a->profiles);
    kds_curl_fetch_free(a->own_fetch);
    memset(a, 0, sizeof *a);
}
