/*
 * cpu: what the compiler's detection finds, less what a test took away.
 */
#include "kernel/cpu.h"

static unsigned allowed = KDS_CPU_ALL;

static unsigned detect(void)
{
    unsigned found = 0;
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    found |= __builtin_cpu_supports("avx2") ? KDS_CPU_AVX2 : 0U;
    found |= __builtin_cpu_supports("pclmul") ? KDS_CPU_PCLMUL : 0U;
#endif
    return found;
}

unsigned kds_cpu_features(void)
{
    return detect() & allowed;
}

void kds_cpu_force(unsigned features)
{
    allowed = features;
}
