/*
 * crc32: the check sum of zlib, gzip and event-stream frames (reflected polynomial 0xEDB88320).
 */
#ifndef KDS_KERNEL_CRC32_H
#define KDS_KERNEL_CRC32_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/internal.h"

/** Of @p n bytes that follow those of which @p crc is the check sum; 0 before the first byte. */
KDS_INTERNAL uint32_t kds_crc32(uint32_t crc, const void *p, size_t n);

/* Row k: what a byte with k bytes after it adds to the check sum. */
extern const uint32_t kds_crc32_table[8][256];

static inline uint32_t kds_crc32_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/** One step over eight bytes, on the register, which is the check sum's complement. */
static inline uint32_t kds_crc32_step8(uint32_t reg, const uint8_t *p)
{
    const uint32_t a = kds_crc32_le32(p) ^ reg;
    const uint32_t b = kds_crc32_le32(p + 4);
    return kds_crc32_table[7][a & 0xff] ^ kds_crc32_table[6][a >> 8 & 0xff] ^
           kds_crc32_table[5][a >> 16 & 0xff] ^ kds_crc32_table[4][a >> 24] ^
           kds_crc32_table[3][b & 0xff] ^ kds_crc32_table[2][b >> 8 & 0xff] ^
           kds_crc32_table[1][b >> 16 & 0xff] ^ kds_crc32_table[0][b >> 24];
}

/** Of exactly eight bytes: without a call, for the prelude of a frame. */
static inline uint32_t kds_crc32_8(const uint8_t p[8])
{
    return ~kds_crc32_step8(UINT32_MAX, p);
}

#endif /* KDS_KERNEL_CRC32_H */
