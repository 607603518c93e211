/*
 * crc32_paths: the wide ways to a check sum that kernel/crc32.c chooses from.
 */
#ifndef KDS_KERNEL_CRC32_PATHS_H
#define KDS_KERNEL_CRC32_PATHS_H

#include "kernel/cpu.h"
#include "kernel/crc32.h"

/* From here on folding is worth its set-up, and registers of twice the width are. The wide paths may
 * not be given less. */
#define KDS_CRC32_WIDE_BYTES  16
#define KDS_CRC32_WIDER_BYTES 256

#if KDS_CPU_X86
uint32_t kds_crc32_pclmul_avx(uint32_t crc, const uint8_t *p, size_t n);
uint32_t kds_crc32_pclmul(uint32_t crc, const uint8_t *p, size_t n);
uint32_t kds_crc32_vpclmul(uint32_t crc, const uint8_t *p, size_t n);
#endif

#endif /* KDS_KERNEL_CRC32_PATHS_H */
