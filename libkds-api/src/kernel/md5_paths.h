/*
 * md5_paths: the ways to hash many messages that kernel/md5.c chooses from.
 */
#ifndef KDS_KERNEL_MD5_PATHS_H
#define KDS_KERNEL_MD5_PATHS_H

#include "kernel/md5.h"

#define KDS_MD5_BLOCK_BYTES 64

/** The state of one digest: A, B, C, D of RFC 1321 section 3.3. */
struct kds_md5_state {
    uint32_t word[4];
};

void kds_md5_state_init(struct kds_md5_state *state);

/** Mix @p count whole blocks at @p p into the state. */
void kds_md5_state_blocks(struct kds_md5_state *state, const uint8_t *p, size_t count);

/** Mix the last @p n bytes of a message of @p total bytes, padded, and write the digest. */
void kds_md5_state_finish(struct kds_md5_state *state,
                          const uint8_t *tail,
                          size_t n,
                          uint64_t total,
                          uint8_t digest[KDS_MD5_BYTES]);

/** Plain C: one after the other. */
void kds_md5_many_plain(const struct kds_md5_job *jobs, size_t count);

#endif /* KDS_KERNEL_MD5_PATHS_H */
