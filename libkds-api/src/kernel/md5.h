/*
 * md5: the digest that the service uses to place records and the aggregation format uses as its
 * check sum (RFC 1321). Not for security.
 *
 * One message is one dependency chain, so only several messages at once go faster: callers that
 * have several hand them over together.
 */
#ifndef KDS_KERNEL_MD5_H
#define KDS_KERNEL_MD5_H

#include <stddef.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/types.h"

#define KDS_MD5_BYTES 16

struct kds_md5_job {
    kds_slice_t message; /* (borrowed) */
    uint8_t *digest;     /* (borrowed) receives KDS_MD5_BYTES bytes */
};

KDS_INTERNAL void kds_md5(const void *message, size_t n, uint8_t digest[KDS_MD5_BYTES]);

/** All of them; any count, any mix of lengths. */
KDS_INTERNAL void kds_md5_many(const struct kds_md5_job *jobs, size_t count);

#endif /* KDS_KERNEL_MD5_H */
