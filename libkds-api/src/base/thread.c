/*
 * thread: POSIX threads with a monotonic clock and blocked signals.
 */
#include "base/thread.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

kds_err_t kds_mutex_init(pthread_mutex_t *mutex)
{
    return pthread_mutex_init(mutex, NULL) == 0 ? KDS_OK : KDS_ERR_SYSTEM;
}

kds_err_t kds_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) {
        return KDS_ERR_SYSTEM;
    }
    int failed = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
                 pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
    return failed ? KDS_ERR_SYSTEM : KDS_OK;
}

bool kds_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t timeout_us)
{
    if (timeout_us == KDS_NEVER_US) {
        pthread_cond_wait(cond, mutex);
        return true;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t at_us = kds_us_add(
        (int64_t)until.tv_sec * KDS_US_PER_S + until.tv_nsec / 1000 + 1, timeout_us);
    until.tv_sec = (time_t)(at_us / KDS_US_PER_S);
    until.tv_nsec = (long)(at_us % KDS_US_PER_S * 1000);
    return pthread_cond_timedwait(cond, mutex, &until) != ETIMEDOUT;
}

kds_err_t
kds_thread_start(pthread_t *thread, const char *name, void *(*main)(void *), void *opaque)
{
    sigset_t all, before;
    sigfillset(&all);
    /* A thread inherits the mask of its creator. */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, main, opaque);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        return KDS_ERR_SYSTEM;
    }
    pthread_setname_np(*thread, name);
    return KDS_OK;
}

static atomic_uint forks;
static pthread_once_t forks_once = PTHREAD_ONCE_INIT;

static void count_fork(void)
{
    atomic_fetch_add(&forks, 1);
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

unsigned kds_fork_generation(void)
{
    pthread_once(&forks_once, watch_forks);
    return atomic_load(&forks);
}
