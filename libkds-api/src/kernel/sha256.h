/*
 * sha256: the digest of signatures (FIPS 180-4), and HMAC over it (RFC 2104) with its key prepared.
 *
 * One message is one dependency chain, so two at once cost what one does: callers that have several
 * hand them over together. Nothing here takes memory, but for long messages on a processor without
 * instructions for SHA-256: those are OpenSSL's.
 */
#ifndef KDS_KERNEL_SHA256_H
#define KDS_KERNEL_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/types.h"

#define KDS_SHA256_BYTES 32

struct kds_sha256_job {
    kds_slice_t message; /* (borrowed) */
    uint8_t *digest;     /* (borrowed) receives KDS_SHA256_BYTES bytes */
};

KDS_INTERNAL void
kds_sha256(const void *message, size_t n, uint8_t digest[KDS_SHA256_BYTES]);

/** All of them; any count, any mix of lengths. */
KDS_INTERNAL void kds_sha256_many(const struct kds_sha256_job *jobs, size_t count);

/* ---- piece by piece ----------------------------------------------------------------------- */

/** The state between two blocks: a to h of FIPS 180-4. */
struct kds_sha256_state {
    uint32_t word[8];
};

/** A digest that is under way. */
struct kds_sha256 {
    struct kds_sha256_state state;
    uint64_t bytes; /* so far */
    uint8_t block[64];
};

KDS_INTERNAL void kds_sha256_start(struct kds_sha256 *s);
KDS_INTERNAL void kds_sha256_add(struct kds_sha256 *s, const void *p, size_t n);
KDS_INTERNAL void kds_sha256_end(struct kds_sha256 *s, uint8_t digest[KDS_SHA256_BYTES]);

/* ---- HMAC --------------------------------------------------------------------------------- */

/** A key, as the two states that its padded forms lead to. As secret as the key. */
struct kds_hmac_key {
    struct kds_sha256_state inner, outer;
};

KDS_INTERNAL void kds_hmac_key_init(struct kds_hmac_key *key, const void *p, size_t n);

/** The MAC of a message. */
KDS_INTERNAL void kds_hmac_sha256(const struct kds_hmac_key *key,
                                  const void *message,
                                  size_t n,
                                  uint8_t mac[KDS_SHA256_BYTES]);

#endif /* KDS_KERNEL_SHA256_H */
