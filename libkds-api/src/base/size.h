/*
 * size: a number of 64 bits as a size of this machine, which may have fewer.
 */
#ifndef KDS_BASE_SIZE_H
#define KDS_BASE_SIZE_H

#include <stddef.h>
#include <stdint.h>

/** @p n, which is not negative, or the largest size: a limit beyond all memory limits nothing. */
static inline size_t kds_size(int64_t n)
{
    return (uint64_t)n < SIZE_MAX ? (size_t)n : SIZE_MAX;
}

#endif /* KDS_BASE_SIZE_H */
