/*
 * internal: marks a function of libkds-api that only libkpl and libkcl may call.
 *
 * They are built from one tree and released together, so these functions carry no promise: they
 * stand in the version node KDS_PRIVATE of kds-api.map and no installed header declares them.
 */
#ifndef KDS_BASE_INTERNAL_H
#define KDS_BASE_INTERNAL_H

#include "kds/export.h"

#define KDS_INTERNAL KDS_EXPORT

#if defined(__GNUC__)
#define KDS_PRINTF(fmt_index, first_arg)                                                 \
    __attribute__((format(printf, fmt_index, first_arg)))
#define KDS_UNUSED_RESULT __attribute__((warn_unused_result))
#define KDS_LIKELY(x)     __builtin_expect(!!(x), 1)
#define KDS_UNLIKELY(x)   __builtin_expect(!!(x), 0)
#else
#define KDS_PRINTF(fmt_index, first_arg)
#define KDS_UNUSED_RESULT
#define KDS_LIKELY(x)   (x)
#define KDS_UNLIKELY(x) (x)
#endif

/* Begin to fetch what is at an address, which may be any. Only a hint. */
#if defined(__GNUC__)
#define KDS_WILL_READ(p)  __builtin_prefetch((p), 0)
#define KDS_WILL_WRITE(p) __builtin_prefetch((p), 1)
#else
#define KDS_WILL_READ(p)  ((void)0)
#define KDS_WILL_WRITE(p) ((void)0)
#endif

/*
 * In front of a large local array that is written before it is read: hardened builds would set it
 * to zero first (-ftrivial-auto-var-init).
 */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define KDS_UNINITIALIZED __attribute__((uninitialized))
#endif
#endif
#if !defined(KDS_UNINITIALIZED)
#define KDS_UNINITIALIZED
#endif

#endif /* KDS_BASE_INTERNAL_H */
