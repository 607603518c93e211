/*
 * crc32: plain C, eight bytes a step, and the choice of the way.
 */
#include "kernel/crc32.h"

#include "kernel/crc32_paths.h"

/*
 * A check sum is linear, so an entry is the sum of the entries of its index's bits. The compiler
 * makes the table from these eight of each row.
 */
#define ENTRY(i, b0, b1, b2, b3, b4, b5, b6, b7)                                         \
    (((i)&1 ? b0 : 0u) ^ ((i)&2 ? b1 : 0u) ^ ((i)&4 ? b2 : 0u) ^ ((i)&8 ? b3 : 0u) ^     \
     ((i)&16 ? b4 : 0u) ^ ((i)&32 ? b5 : 0u) ^ ((i)&64 ? b6 : 0u) ^ ((i)&128 ? b7 : 0u))
#define FOUR(i, ...)                                                                     \
    ENTRY(i, __VA_ARGS__), ENTRY((i) + 1, __VA_ARGS__), ENTRY((i) + 2, __VA_ARGS__),     \
        ENTRY((i) + 3, __VA_ARGS__)
#define SIXTEEN(i, ...)                                                                  \
    FOUR(i, __VA_ARGS__), FOUR((i) + 4, __VA_ARGS__), FOUR((i) + 8, __VA_ARGS__),        \
        FOUR((i) + 12, __VA_ARGS__)
#define QUARTER(i, ...)                                                                  \
    SIXTEEN(i, __VA_ARGS__), SIXTEEN((i) + 16, __VA_ARGS__),                             \
        SIXTEEN((i) + 32, __VA_ARGS__), SIXTEEN((i) + 48, __VA_ARGS__)
#define ROW(...)                                                                         \
    {                                                                                    \
        QUARTER(0, __VA_ARGS__), QUARTER(64, __VA_ARGS__), QUARTER(128, __VA_ARGS__),    \
            QUARTER(192, __VA_ARGS__)                                                    \
    }

/* clang-format off: one row a line */
const uint32_t kds_crc32_table[8][256] = {
    ROW(0x77073096,
        0xee0e612c,
        0x076dc419,
        0x0edb8832,
        0x1db71064,
        0x3b6e20c8,
        0x76dc4190,
        0xedb88320),
    ROW(0x191b3141,
        0x32366282,
        0x646cc504,
        0xc8d98a08,
        0x4ac21251,
        0x958424a2,
        0xf0794f05,
        0x3b83984b),
    ROW(0x01c26a37,
        0x0384d46e,
        0x0709a8dc,
        0x0e1351b8,
        0x1c26a370,
        0x384d46e0,
        0x709a8dc0,
        0xe1351b80),
    ROW(0xb8bc6765,
        0xaa09c88b,
        0x8f629757,
        0xc5b428ef,
        0x5019579f,
        0xa032af3e,
        0x9b14583d,
        0xed59b63b),
    ROW(0x3d6029b0,
        0x7ac05360,
        0xf580a6c0,
        0x30704bc1,
        0x60e09782,
        0xc1c12f04,
        0x58f35849,
        0xb1e6b092),
    ROW(0xcb5cd3a5,
        0x4dc8a10b,
        0x9b914216,
        0xec53826d,
        0x03d6029b,
        0x07ac0536,
        0x0f580a6c,
        0x1eb014d8),
    ROW(0xa6770bb4,
        0x979f1129,
        0xf44f2413,
        0x33ef4e67,
        0x67de9cce,
        0xcfbd399c,
        0x440b7579,
        0x8816eaf2),
    ROW(0xccaa009e,
        0x4225077d,
        0x844a0efa,
        0xd3e51bb5,
        0x7cbb312b,
        0xf9766256,
        0x299dc2ed,
        0x533b85da),
};
/* clang-format on */

/* Out of line, so that the choice below is nothing but a jump. */
static __attribute__((noinline)) uint32_t
crc32_plain(uint32_t crc, const uint8_t *p, size_t n)
{
    uint32_t reg = ~crc;
    for (; n >= 8; p += 8, n -= 8)
        reg = kds_crc32_step8(reg, p);
    for (; n > 0; p++, n--)
        reg = kds_crc32_table[0][(reg ^ *p) & 0xff] ^ reg >> 8;
    return ~reg;
}

uint32_t kds_crc32(uint32_t crc, const void *p, size_t n)
{
#if KDS_CPU_X86
    if (n >= KDS_CRC32_WIDER_BYTES && kds_cpu_has(KDS_CPU_VPCLMUL))
        return kds_crc32_vpclmul(crc, (const uint8_t *)p, n);
    if (n >= KDS_CRC32_WIDE_BYTES && kds_cpu_has(KDS_CPU_PCLMUL | KDS_CPU_AVX2))
        return kds_crc32_pclmul_avx(crc, (const uint8_t *)p, n);
    if (n >= KDS_CRC32_WIDE_BYTES && kds_cpu_has(KDS_CPU_PCLMUL))
        return kds_crc32_pclmul(crc, (const uint8_t *)p, n);
#endif
    return crc32_plain(crc, (const uint8_t *)p, n);
}
