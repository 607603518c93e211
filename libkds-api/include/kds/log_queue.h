/*
 * log_queue: log lines that wait for their reader, for bindings.
 *
 * A kds_log_fn runs on threads of the libraries, which code of another language had better not do.
 * The function of a queue keeps the lines; whoever reads them waits on a descriptor. One queue may
 * serve any number of handles.
 */
#ifndef KDS_LOG_QUEUE_H
#define KDS_LOG_QUEUE_H

#include <stddef.h>

#include "kds/export.h"
#include "kds/log.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A queue of log lines. */
typedef struct kds_log_queue kds_log_queue_t;

/**
 * An empty queue.
 *
 * @param max_bytes  Of lines that wait; what comes while it is full is counted and dropped.
 * @return (given; kds_log_queue_free) NULL when out of memory or descriptors.
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_log_queue_t *kds_log_queue_new(size_t max_bytes);

/**
 * The kds_log_fn of a queue: add a line.
 *
 * @param level    Severity.
 * @param tag      (copied)
 * @param message  (copied)
 * @param opaque   The queue (lent until every handle that logs to it is freed).
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_log_queue_add(kds_log_level_t level,
                               const char *tag,
                               const char *message,
                               void *opaque);

/**
 * A descriptor that is readable while lines wait.
 *
 * @param queue  The queue.
 * @return (lent until the queue is freed) for poll(2) and the like only; never read from it.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API int kds_log_queue_fd(const kds_log_queue_t *queue);

/**
 * Take all lines that wait.
 *
 * @param queue  The queue.
 * @return (lent until the next call) lines of the form `LEVEL TAG MESSAGE`, each ended by a
 *         newline, LEVEL the number of a kds_log_level_t; 0 bytes if none waits. Where lines were
 *         dropped, a warning of the tag `log` says how many.
 * One thread at a time. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API kds_slice_t kds_log_queue_take(kds_log_queue_t *queue);

/**
 * Release a queue. No handle that logs to it may be left.
 *
 * @param queue  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail. In a forked child it does nothing; the memory stays.
 * @since 0.1
 */
KDS_API void kds_log_queue_free(kds_log_queue_t *queue);

#ifdef __cplusplus
}
#endif

#endif /* KDS_LOG_QUEUE_H */
