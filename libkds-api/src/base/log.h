/*
 * log: formatting and filtering in front of a user's kds_log_fn.
 */
#ifndef KDS_BASE_LOG_H
#define KDS_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/internal.h"
#include "kds/log.h"

struct kds_log {
    kds_log_fn *fn; /* NULL = nobody listens */
    void *opaque;
    kds_log_level_t level; /* lines above it are not formatted */
};

static inline bool kds_log_wants(const struct kds_log *log, kds_log_level_t level)
{
    return log->fn != NULL && level <= log->level;
}

/** Whether this thread is inside a kds_log_fn: what waits for a thread of ours must not be done there. */
KDS_INTERNAL bool kds_log_inside(void);

/** Format (at most 4 KiB, control characters escaped) and hand over. Allocates nothing. */
KDS_INTERNAL void kds_log(const struct kds_log *log,
                          kds_log_level_t level,
                          const char *tag,
                          const char *format,
                          ...) KDS_PRINTF(4, 5);

#endif /* KDS_BASE_LOG_H */
