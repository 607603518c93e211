/*
 * metadata_url: addresses that credentials may be fetched from, judged on the host that they name.
 *
 * Pure. Stricter than any URL parser: what is let through has one reading only.
 */
#ifndef KDS_AUTH_METADATA_URL_H
#define KDS_AUTH_METADATA_URL_H

#include <stddef.h>

#include "base/internal.h"
#include "kds/error.h"

/** Well-formed: http or https, a host without user, an optional port, a path and query of
 *  printable ASCII. @retval KDS_ERR_CREDENTIALS the message has @p name and what is wrong. */
KDS_INTERNAL kds_err_t kds_metadata_url_check(const char *name,
                                              const char *url,
                                              kds_error_t **error);

/**
 * Also: https to anywhere, http only to loopback addresses, "localhost", and the addresses of ECS
 * (169.254.170.2) and EKS (169.254.170.23, fd00:ec2::23). A name that resolves to one of them is
 * not one of them.
 */
KDS_INTERNAL kds_err_t kds_container_url_check(const char *name,
                                               const char *url,
                                               kds_error_t **error);

#endif /* KDS_AUTH_METADATA_URL_H */
