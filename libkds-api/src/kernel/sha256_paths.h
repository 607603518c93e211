/*
 * sha256_paths: the ways to mix blocks that kernel/sha256.c chooses from.
 */
#ifndef KDS_KERNEL_SHA256_PATHS_H
#define KDS_KERNEL_SHA256_PATHS_H

#include "kernel/cpu.h"
#include "kernel/sha256.h"

#define KDS_SHA256_BLOCK_BYTES 64

/** K of FIPS 180-4 section 4.2.2. */
extern const uint32_t kds_sha256_k[64];

#if KDS_CPU_X86

/** By SHA-NI: mix @p blocks whole blocks at @p p into the state. */
void kds_sha256_mix_ni(struct kds_sha256_state *state, const uint8_t *p, size_t blocks);

/** The same for two messages, in the time of one. */
void kds_sha256_mix_ni2(struct kds_sha256_state *const states[2],
                        const uint8_t *const p[2],
                        size_t blocks);

#endif

#endif /* KDS_KERNEL_SHA256_PATHS_H */
