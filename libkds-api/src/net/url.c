/*
 * url: a strict reader, front to back.
 */
#include "net/url.h"

#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool take_prefix(kds_slice_t *s, const char *prefix)
{
    size_t n = strlen(prefix);
    if (s->n < n || !kds_slice_eq_nocase(kds_slice_of(s->p, n), kds_slice(prefix))) {
        return false;
    }
    s->p += n;
    s->n -= n;
    return true;
}

static kds_err_t bad(kds_error_t **error, const char *text, const char *why)
{
    return kds_error_set(error, KDS_ERR_CONFIG, "endpoint \"%.200s\": %s", text, why);
}

static bool host_character(uint8_t c, bool bracketed)
{
    bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '.' || c == '-' || (bracketed ? c == ':' : c == '_');
}

/* "host" or "[v6]" off the front of @p s into out->host. */
static const char *take_host(kds_slice_t *s, struct kds_url *out)
{
    bool bracketed = s->n > 0 && s->p[0] == '[';
    size_t n = bracketed;
    while (n < s->n && host_character(s->p[n], bracketed)) {
        n++;
    }
    if (bracketed && (n == s->n || s->p[n++] != ']')) {
        return "the bracket of the IPv6 address is not closed";
    }
    if (n <= 2u * bracketed) {
        return "there is no host";
    }
    if (n >= sizeof out->host) {
        return "the host is longer than 255 characters";
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t c = s->p[i];
        out->host[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    out->host[n] = 0;
    s->p += n;
    s->n -= n;
    return NULL;
}

static const char *take_port(kds_slice_t *s, struct kds_url *out)
{
    uint64_t port;
    size_t n = 1;
    out->port = out->tls ? 443 : 80;
    if (s->n == 0 || s->p[0] != ':') {
        return NULL;
    }
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') {
        n++;
    }
    if (!kds_parse_u64(kds_slice_of(s->p + 1, n - 1), &port) || port == 0 ||
        port > 65535) {
        return "the port must be 1..65535";
    }
    out->port = (uint16_t)port;
    s->p += n;
    s->n -= n;
    return NULL;
}

static const char *take_path(kds_slice_t s, struct kds_url *out)
{
    if (s.n > 0 && s.p[0] != '/') {
        return "a character that does not belong there follows host and port";
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= 0x20 || s.p[i] >= 0x7F || s.p[i] == '?' || s.p[i] == '#') {
            return "the path must be printable ASCII without query or fragment";
        }
    }
    while (s.n > 0 && s.p[s.n - 1] == '/') {
        s.n--;
    }
    if (s.n >= sizeof out->path) {
        return "the path is longer than 1023 characters";
    }
    if (s.n > 0) {
        memcpy(out->path, s.p, s.n);
    }
    out->path[s.n] = 0;
    if (s.n == 0) {
        memcpy(out->path, "/", 2);
    }
    return NULL;
}

kds_err_t kds_url_parse(const char *text, struct kds_url *out, kds_error_t **error)
{
    struct kds_url url;
    const char *why;
    kds_slice_t s = kds_slice(text);

    memset(&url, 0, sizeof url);
    url.tls = take_prefix(&s, "https://");
    if (!url.tls && !take_prefix(&s, "http://")) {
        return bad(error, text, "it must begin with http:// or https://");
    }
    if ((why = take_host(&s, &url)) != NULL || (why = take_port(&s, &url)) != NULL ||
        (why = take_path(s, &url)) != NULL) {
        return bad(error, text, why);
    }
    if (url.port == (url.tls ? 443 : 80)) {
        snprintf(url.authority, sizeof url.authority, "%s", url.host);
    } else {
        snprintf(url.authority, sizeof url.authority, "%s:%u", url.host, url.port);
    }
    *out = url;
    return KDS_OK;
}
