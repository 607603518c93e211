/*
 * cpu: what CPUID tells, asked once, less what a test took away.
 */
#include "kernel/cpu.h"

#if KDS_CPU_X86
#include <cpuid.h>
#endif

/* Detected sets, and a bit that says that they have been. */
#define DETECTED (1u << 31)

atomic_uint kds_cpu_usable;
static atomic_uint allowed = KDS_CPU_ALL;

#if KDS_CPU_X86

/* Which registers the system saves (XCR0): bits 1 and 2 for AVX, 5 to 7 as well for AVX-512. */
static unsigned saved_registers(void)
{
    unsigned low;
    unsigned high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static bool all(unsigned have, unsigned wanted)
{
    return (have & wanted) == wanted;
}

/* Intel 64 Software Developer's Manual, volume 2, CPUID: leaf 1 and leaf 7. */
static unsigned detect(void)
{
    unsigned a;
    unsigned b;
    unsigned c;
    unsigned d;
    unsigned sets = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0)
        return 0;
    const unsigned basic = c;
    if (all(basic, bit_SSSE3 | bit_SSE4_1))
        sets |= KDS_CPU_SSSE3;
    if ((sets & KDS_CPU_SSSE3) != 0 && all(basic, bit_PCLMUL))
        sets |= KDS_CPU_PCLMUL;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0)
        return sets;
    if ((sets & KDS_CPU_SSSE3) != 0 && all(b, bit_SHA))
        sets |= KDS_CPU_SHA;
    const unsigned saved = all(basic, bit_OSXSAVE) ? saved_registers() : 0;
    if (!all(saved, 0x06) || !all(basic, bit_AVX) || !all(b, bit_AVX2 | bit_BMI2))
        return sets;
    sets |= KDS_CPU_AVX2;
    if ((sets & KDS_CPU_PCLMUL) != 0 && all(c, bit_VPCLMULQDQ))
        sets |= KDS_CPU_VPCLMUL;
    if (all(saved, 0xe6) &&
        all(b, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL))
        sets |= KDS_CPU_AVX512;
    if ((sets & KDS_CPU_AVX512) != 0 && all(c, bit_AVX512VBMI))
        sets |= KDS_CPU_VBMI;
    return sets;
}

#else

static unsigned detect(void)
{
    return 0;
}

#endif

unsigned kds_cpu_ask(void)
{
    const unsigned sets =
        (detect() & atomic_load_explicit(&allowed, memory_order_relaxed)) | DETECTED;
    atomic_store_explicit(&kds_cpu_usable, sets, memory_order_relaxed);
    return sets;
}

void kds_cpu_allow(unsigned sets)
{
    atomic_store_explicit(&allowed, sets, memory_order_relaxed);
    kds_cpu_ask();
}
