/*
 * base64_paths: the ways that kernel/base64.c chooses from, and what they share.
 */
#ifndef KDS_KERNEL_BASE64_PATHS_H
#define KDS_KERNEL_BASE64_PATHS_H

#include "kernel/base64.h"
#include "kernel/cpu.h"

extern const struct kds_base64_kernel kds_base64_plain;
#if KDS_CPU_X86
extern const struct kds_base64_kernel kds_base64_avx2;   /* KDS_CPU_AVX2 */
extern const struct kds_base64_kernel kds_base64_avx512; /* KDS_CPU_VBMI */
#endif

/**
 * The padding at @p p, behind @p characters of the alphabet, of which whole groups of four need
 * none. @return behind it, or NULL if it is not what must stand there.
 */
static inline const uint8_t *
kds_base64_padding(const uint8_t *p, const uint8_t *end, unsigned characters)
{
    switch (characters & 3) {
    case 0:
        return p;
    case 2:
        return end - p >= 2 && p[0] == '=' && p[1] == '=' ? p + 2 : NULL;
    case 3:
        return end - p >= 1 && p[0] == '=' ? p + 1 : NULL;
    default:
        return NULL;
    }
}

/** Bytes that stand wholly in @p characters of the alphabet. */
static inline unsigned kds_base64_whole_bytes(unsigned characters)
{
    return characters * 3 / 4;
}

#endif /* KDS_KERNEL_BASE64_PATHS_H */
