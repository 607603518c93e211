/*
 * auth_hosts: three services of the model.
 */
#include "client/auth_hosts.h"

#include "base/error.h"
#include "client/endpoint.h"
#include "model/operations.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name; /* as the providers call it */
    const struct kds_service *service;
} known[KDS_AUTH_HOSTS] = {
    {"sts", &kds_sts_service},
    {"sso", &kds_sso_service},
    {"sso-oidc", &kds_sso_oidc_service},
};

static const char *variable(kds_getenv_fn *env, const char *service)
{
    char name[64];
    snprintf(name, sizeof name, "AWS_ENDPOINT_URL_%s", service);
    const char *url = env(name);
    if (url == NULL || url[0] == 0) {
        url = env("AWS_ENDPOINT_URL");
    }
    return url != NULL && url[0] != 0 ? url : NULL;
}

static const char *
setting(const struct kds_profiles *profiles, const char *profile, const char *service)
{
    const char *services =
        kds_profile_get(profiles, KDS_SECTION_PROFILE, profile, "services");
    const char *url = services ? kds_profile_get_nested(profiles, KDS_SECTION_SERVICES,
                                                        services, service, "endpoint_url")
                               : NULL;
    return url ? url
               : kds_profile_get(profiles, KDS_SECTION_PROFILE, profile, "endpoint_url");
}

kds_err_t kds_auth_hosts_take(kds_getenv_fn *env,
                              const struct kds_profiles *profiles,
                              const char *profile,
                              struct kds_auth_hosts *hosts,
                              kds_error_t **error)
{
    memset(hosts, 0, sizeof *hosts);
    for (size_t i = 0; i < KDS_AUTH_HOSTS; i++) {
        const char *text = variable(env, known[i].service->environment);
        struct kds_url url;
        text = text ? text : setting(profiles, profile, known[i].service->config_key);
        if (text == NULL) {
            continue;
        }
        kds_err_t rc = kds_url_parse(text, &url, error);
        if (rc != KDS_OK) {
            return rc;
        }
        int n = snprintf(hosts->urls[i], sizeof hosts->urls[i], "%s://%s%s",
                         url.tls ? "https" : "http", url.authority,
                         strcmp(url.path, "/") != 0 ? url.path : "");
        if (n < 0 || (size_t)n >= sizeof hosts->urls[i]) {
            return kds_error_set(error, KDS_ERR_CONFIG,
                                 "the endpoint of %s is longer than %zu bytes",
                                 known[i].name, sizeof hosts->urls[i] - 1);
        }
    }
    return KDS_OK;
}

kds_err_t kds_auth_hosts_find(const char *service,
                              const char *region,
                              char url[KDS_AUTH_URL_BYTES],
                              void *opaque,
                              kds_error_t **error)
{
    const struct kds_auth_hosts *hosts = opaque;
    for (size_t i = 0; i < KDS_AUTH_HOSTS; i++) {
        if (strcmp(service, known[i].name) != 0) {
            continue;
        }
        if (hosts->urls[i][0] != 0) {
            snprintf(url, KDS_AUTH_URL_BYTES, "%s", hosts->urls[i]);
        } else {
            snprintf(url, KDS_AUTH_URL_BYTES, "https://%s.%s.%s",
                     known[i].service->host_prefix, region, kds_dns_suffix(region));
        }
        return KDS_OK;
    }
    return kds_error_set(error, KDS_ERR_CONFIG, "%.40s: no such service", service);
}
