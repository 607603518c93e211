/*
 * metadata_url: scheme, host, port; then the list of hosts.
 */
#include "auth/metadata_url.h"

#include "auth/fetch.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define HOST_BYTES 256

struct parts {
    bool tls;
    bool bracketed;
    char host[HOST_BYTES]; /* without brackets */
};

static bool take_scheme(const char **url, bool *tls)
{
    static const char http[] = "http://", https[] = "https://";
    size_t n = strlen(*url);
    *tls = n >= sizeof https - 1 &&
           kds_slice_eq_nocase(kds_slice_of(*url, sizeof https - 1), kds_slice(https));
    if (*tls) {
        *url += sizeof https - 1;
        return true;
    }
    if (n < sizeof http - 1 ||
        !kds_slice_eq_nocase(kds_slice_of(*url, sizeof http - 1), kds_slice(http))) {
        return false;
    }
    *url += sizeof http - 1;
    return true;
}

static bool host_text(const char *text, size_t n, bool bracketed)
{
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '.';
        if (!word && (bracketed ? c != ':' : c != '-')) {
            return false;
        }
    }
    return n > 0 && n < HOST_BYTES;
}

/* NULL, or what is wrong. */
static const char *take_authority(const char *text, size_t n, struct parts *out)
{
    const char *host = text, *end = text + n, *port;
    uint64_t number;
    if (memchr(text, '@', n) != NULL) {
        return "it names a user";
    }
    out->bracketed = n > 0 && text[0] == '[';
    if (out->bracketed) {
        host++;
        end = memchr(text, ']', n);
        if (end == NULL) {
            return "the bracket of the IPv6 address is not closed";
        }
        port = end + 1;
    } else {
        const char *colon = memchr(text, ':', n);
        end = colon ? colon : end;
        port = end;
    }
    size_t host_n = (size_t)(end - host);
    if (!host_text(host, host_n, out->bracketed)) {
        return "the host is not a name or an address";
    }
    memcpy(out->host, host, host_n);
    out->host[host_n] = 0;
    size_t port_n = (size_t)(text + n - port);
    if (port_n > 0 &&
        (*port != ':' || !kds_parse_u64(kds_slice_of(port + 1, port_n - 1), &number) ||
         number == 0 || number > 65535)) {
        return "the port must be 1..65535";
    }
    return NULL;
}

static const char *take_apart(const char *url, struct parts *out)
{
    for (const char *c = url; *c != 0; c++) {
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7F || *c == '\\' ||
            *c == '#') {
            return "it holds a character that does not belong there";
        }
    }
    if (!take_scheme(&url, &out->tls)) {
        return "it must begin with http:// or https://";
    }
    return take_authority(url, strcspn(url, "/?"), out);
}

static kds_err_t
refuse(kds_error_t **error, const char *name, const char *url, const char *why)
{
    /* A user part may be a password: nothing up to it is shown. */
    const char *at = strrchr(url, '@');
    const char *from = at ? at : url;
    return kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: \"%.*s\": %s", name,
                         kds_fetch_shown(from), from, why);
}

kds_err_t kds_metadata_url_check(const char *name, const char *url, kds_error_t **error)
{
    struct parts parts;
    const char *why = take_apart(url, &parts);
    return why != NULL ? refuse(error, name, url, why) : KDS_OK;
}

static bool allowed_v4(const char *host)
{
    struct in_addr a;
    if (inet_pton(AF_INET, host, &a) != 1) { /* strict: four decimal numbers */
        return false;
    }
    uint32_t address = ntohl(a.s_addr);
    return address >> 24 == 127 || address == 0xA9FEAA02 || address == 0xA9FEAA17;
}

static bool allowed_v6(const char *host)
{
    static const char *const list[] = {"::1", "fd00:ec2::23"};
    struct in6_addr a, b;
    if (inet_pton(AF_INET6, host, &a) != 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (inet_pton(AF_INET6, list[i], &b) == 1 && memcmp(&a, &b, sizeof a) == 0) {
            return true;
        }
    }
    return false;
}

kds_err_t kds_container_url_check(const char *name, const char *url, kds_error_t **error)
{
    struct parts parts;
    const char *why = take_apart(url, &parts);
    if (why != NULL) {
        return refuse(error, name, url, why);
    }
    bool local = parts.bracketed ? allowed_v6(parts.host)
                                 : allowed_v4(parts.host) ||
                                       kds_slice_eq_nocase(kds_slice(parts.host),
                                                           kds_slice("localhost"));
    if (!parts.tls && !local) {
        return refuse(error, name, url,
                      "plain http is for loopback and the container's own address");
    }
    return KDS_OK;
}
