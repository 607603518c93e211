/*
 * cpu: which wide paths this processor has, found once.
 *
 * Every kernel keeps a table of its paths, plain C last; the best one that the processor has is
 * chosen at the first call. kds_cpu_force() narrows the choice, for tests and benchmarks.
 */
#ifndef KDS_KERNEL_CPU_H
#define KDS_KERNEL_CPU_H

#include "base/internal.h"

enum kds_cpu_feature { KDS_CPU_AVX2 = 1 << 0, KDS_CPU_PCLMUL = 1 << 1 };

#define KDS_CPU_ALL (~0U)

/** Set of enum kds_cpu_feature, less what kds_cpu_force() took away. */
KDS_INTERNAL unsigned kds_cpu_features(void);

/** Leave only these (0 = plain C everywhere). Not thread-safe; KDS_CPU_ALL undoes it. */
KDS_INTERNAL void kds_cpu_force(unsigned allowed);

#endif /* KDS_KERNEL_CPU_H */
