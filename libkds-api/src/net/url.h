/*
 * url: an endpoint's address, taken apart strictly.
 */
#ifndef KDS_NET_URL_H
#define KDS_NET_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/error.h"

struct kds_url {
    bool tls;
    uint16_t port;
    char host[256]; /* lower case, IPv6 in brackets */
    char
        authority[264]; /* host, and port where it is not the scheme's: the Host header */
    char path[1024];    /* begins with '/', has no '/' at its end unless it is "/" */
};

/**
 * Scheme http or https, host, optional port and base path; no user, query or fragment.
 * @retval KDS_ERR_CONFIG  the message has the text and what is wrong with it.
 */
KDS_INTERNAL kds_err_t kds_url_parse(const char *text,
                                     struct kds_url *out,
                                     kds_error_t **error);

#endif /* KDS_NET_URL_H */
