/*
 * endpoint: regions, partitions and the environment's overrides.
 */
#include "client/endpoint.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* Partitions whose regions begin like this; the commercial one takes the rest. */
static const struct {
    const char *region_prefix;
    const char *dns_suffix;
} partitions[] = {
    {"cn-", "amazonaws.com.cn"},    {"us-gov-", "amazonaws.com"},
    {"eusc-", "amazonaws.eu"},      {"us-isob-", "sc2s.sgov.gov"},
    {"us-isof-", "csp.hci.ic.gov"}, {"eu-isoe-", "cloud.adc-e.uk"},
    {"us-iso-", "c2s.ic.gov"},      {"", "amazonaws.com"},
};

static const char *given(const char *text)
{
    return text != NULL && text[0] != 0 ? text : NULL;
}

static bool host_label(const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }
    return n > 0 && n < KDS_REGION_BYTES && text[0] != '-' && text[n - 1] != '-';
}

kds_err_t kds_region_resolve(const char *explicit_region,
                             kds_getenv_fn *env,
                             char out[KDS_REGION_BYTES],
                             kds_error_t **error)
{
    const char *region = given(explicit_region);
    region = region ? region : given(env("AWS_REGION"));
    region = region ? region : given(env("AWS_DEFAULT_REGION"));
    if (region == NULL) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "no region: neither given nor in AWS_REGION");
    }
    if (!host_label(region)) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "region: \"%.100s\" must be 1..63 letters, digits and '-'",
                             region);
    }
    snprintf(out, KDS_REGION_BYTES, "%s", region);
    return KDS_OK;
}

const char *kds_dns_suffix(const char *region)
{
    size_t i = 0;
    while (strncmp(region, partitions[i].region_prefix,
                   strlen(partitions[i].region_prefix)) != 0) {
        i++; /* the last prefix is empty */
    }
    return partitions[i].dns_suffix;
}

kds_err_t kds_endpoint_resolve(const char *explicit_url,
                               const char *region,
                               kds_getenv_fn *env,
                               struct kds_url *out,
                               kds_error_t **error)
{
    char text[256];
    const char *url = given(explicit_url);
    url = url ? url : given(env("AWS_ENDPOINT_URL_KINESIS"));
    url = url ? url : given(env("AWS_ENDPOINT_URL"));
    if (url == NULL) {
        snprintf(text, sizeof text, "https://kinesis.%s.%s", region,
                 kds_dns_suffix(region));
        url = text;
    }
    return kds_url_parse(url, out, error);
}
