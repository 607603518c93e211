/*
 * cpu: which wide instruction sets the kernels may use.
 *
 * The library is compiled for the base instruction set; a kernel's wide paths carry their own
 * target attributes and are chosen here, once. Results never depend on the choice.
 */
#ifndef KDS_KERNEL_CPU_H
#define KDS_KERNEL_CPU_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/internal.h"

#if defined(__x86_64__)
#define KDS_CPU_X86 1
#else
#define KDS_CPU_X86 0
#endif

/** Each set includes that the system saves its registers. */
enum kds_cpu_set {
    KDS_CPU_SSSE3 = 1 << 0,   /* with SSE4.1 */
    KDS_CPU_PCLMUL = 1 << 1,  /* carry-less multiplication of 128 bits */
    KDS_CPU_SHA = 1 << 2,     /* SHA-NI, with SSSE3 and SSE4.1 */
    KDS_CPU_AVX2 = 1 << 3,    /* with BMI2 */
    KDS_CPU_VPCLMUL = 1 << 4, /* of 256 bits, with AVX2 */
    KDS_CPU_AVX512 = 1 << 5,  /* F, BW, DQ and VL, with AVX2 */
    KDS_CPU_VBMI = 1 << 6,    /* shuffles of bytes across 64, with AVX512 */
    KDS_CPU_ALL = (1 << 7) - 1
};

/* The sets that are there and allowed, and a bit that says so; 0 = not asked yet. */
extern atomic_uint kds_cpu_usable;
unsigned kds_cpu_ask(void);

/** Whether all sets of @p wanted are there and allowed. A load and a comparison. */
static inline bool kds_cpu_has(unsigned wanted)
{
    unsigned sets = atomic_load_explicit(&kds_cpu_usable, memory_order_relaxed);
    if (sets == 0)
        sets = kds_cpu_ask();
    return (sets & wanted) == wanted;
}

/**
 * Allow these sets only, of those that are there; KDS_CPU_ALL allows all again. For tests,
 * which run each path. Not while another thread is inside a kernel.
 */
KDS_INTERNAL void kds_cpu_allow(unsigned sets);

#endif /* KDS_KERNEL_CPU_H */
