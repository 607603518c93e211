/*
 * proxy: checking it, keeping it, telling libcurl.
 */
#include "net/proxy.h"

#include "auth/secret.h"
#include "base/alloc.h"
#include "base/error.h"
#include "net/url.h"

#include <stdio.h>
#include <string.h>

static char *copy_of(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = kds_alloc(n);
    return copy != NULL ? memcpy(copy, text, n) : NULL;
}

/* With its port, for which libcurl has a number of its own. */
static kds_err_t complete(const char *text, char out[300], kds_error_t **error)
{
    struct kds_url url;
    out[0] = 0;
    if (text[0] == 0) {
        return KDS_OK;
    }
    if (kds_url_parse(text, &url, NULL) != KDS_OK || strcmp(url.path, "/") != 0) {
        /* A password may stand where none belongs. */
        const char *shown = strchr(text, '@') == NULL ? text : "(with a user)";
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "proxy: %.200s, must be http://HOST:PORT or "
                             "https://HOST:PORT, without user and path",
                             shown);
    }
    snprintf(out, 300, "%s://%s:%u", url.tls ? "https" : "http", url.host, url.port);
    return KDS_OK;
}

kds_err_t kds_proxy_init(struct kds_proxy *proxy,
                         const struct kds_proxy_options *options,
                         kds_error_t **error)
{
    char url[300];
    memset(proxy, 0, sizeof *proxy);
    bool named = options->url != NULL && options->url[0] != 0;
    if (!named && (options->user != NULL || options->password != NULL)) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "proxy: a user or a password, but no proxy");
    }
    if (options->url == NULL) {
        return KDS_OK;
    }
    kds_err_t rc = complete(options->url, url, error);
    if (rc != KDS_OK) {
        return rc;
    }
    proxy->url = copy_of(url);
    proxy->user = options->user ? copy_of(options->user) : NULL;
    proxy->password = options->password ? kds_secret_copy(options->password) : NULL;
    if (proxy->url == NULL || (options->user != NULL && proxy->user == NULL) ||
        (options->password != NULL && proxy->password == NULL)) {
        kds_proxy_clear(proxy);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return KDS_OK;
}

void kds_proxy_clear(struct kds_proxy *proxy)
{
    kds_free(proxy->url);
    kds_free(proxy->user);
    kds_secret_free(proxy->password);
    memset(proxy, 0, sizeof *proxy);
}

void kds_proxy_apply(const struct kds_proxy *proxy, CURL *easy)
{
    if (proxy->url == NULL) {
        return;
    }
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy->url);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); /* whatever no_proxy says */
    if (proxy->user != NULL) {
        curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user);
    }
    if (proxy->password != NULL) {
        curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->password);
    }
}
