/*
 * thread: mutexes, conditions and threads as this library uses them.
 *
 * Conditions wait on CLOCK_MONOTONIC; threads start with all signals blocked, so that no handler
 * of the application runs on them; a handle can tell that it woke up in a forked child.
 *
 * In a child only the thread that forked goes on. What the others were changing, under a lock or not, is
 * torn there for ever, so a handle is not to be touched in a child: what it has stays where it is, and
 * releasing it does nothing. Descriptors that would go on meaning something are closed as the child begins.
 */
#ifndef KDS_BASE_THREAD_H
#define KDS_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/error.h"

/** @retval KDS_ERR_SYSTEM the system is out of resources; nothing was made. */
KDS_INTERNAL kds_err_t kds_mutex_init(pthread_mutex_t *mutex) KDS_UNUSED_RESULT;
KDS_INTERNAL kds_err_t kds_cond_init(pthread_cond_t *cond) KDS_UNUSED_RESULT;

/** Wait until signalled or @p timeout_us passed (KDS_NEVER_US = no limit).
 *  @return false when the time passed. May wake up without a cause. */
KDS_INTERNAL bool
kds_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t timeout_us);

/** Start a thread with all signals blocked. @param name at most 15 characters, shown by ps. */
KDS_INTERNAL kds_err_t kds_thread_start(pthread_t *thread,
                                        const char *name,
                                        void *(*main)(void *),
                                        void *opaque) KDS_UNUSED_RESULT;

/** Counts forks: a handle remembers the value of its birth and refuses when it differs. */
KDS_INTERNAL unsigned kds_fork_generation(void);

/** A descriptor that no child is to hold. */
struct kds_own_fd {
    int fd;
    struct kds_own_fd *next, **at; /* of a list of all; NULL = not in it */
};

/** As openat(); every child closes it before fork() returns there. @param own  (lent until kds_own_fd_close)
 *  @return the descriptor; -1 with errno */
KDS_INTERNAL int kds_own_fd_open(
    struct kds_own_fd *own, int directory, const char *path, int flags, unsigned mode);
/** Close it, in the process that opened it. Nothing if it is not open. */
KDS_INTERNAL void kds_own_fd_close(struct kds_own_fd *own);

#endif /* KDS_BASE_THREAD_H */
