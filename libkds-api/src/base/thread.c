/*
 * thread: POSIX threads with a monotonic clock and blocked signals.
 */
#include "base/thread.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

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

/* ---- forks -------------------------------------------------------------------------------- */

static atomic_uint forks;
static pthread_once_t forks_once = PTHREAD_ONCE_INIT;

/* Held while the process forks, so that a child finds the list whole. */
static pthread_mutex_t own_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kds_own_fd *own_fds;

static void lock_own(void)
{
    pthread_mutex_lock(&own_lock);
}

static void unlock_own(void)
{
    pthread_mutex_unlock(&own_lock);
}

static void begin_child(void)
{
    atomic_fetch_add(&forks, 1);
    for (const struct kds_own_fd *own = own_fds; own != NULL; own = own->next) {
        close(own->fd);
    }
    own_fds = NULL;
    unlock_own();
}

static void watch_forks(void)
{
    pthread_atfork(lock_own, unlock_own, begin_child);
}

unsigned kds_fork_generation(void)
{
    pthread_once(&forks_once, watch_forks);
    return atomic_load(&forks);
}

static void add_own_locked(struct kds_own_fd *own)
{
    own->next = own_fds;
    own->at = &own_fds;
    if (own->next != NULL) {
        own->next->at = &own->next;
    }
    own_fds = own;
}

int kds_own_fd_open(
    struct kds_own_fd *own, int directory, const char *path, int flags, unsigned mode)
{
    pthread_once(&forks_once, watch_forks);
    lock_own(); /* no child comes into being with it and without knowing of it */
    own->fd = openat(directory, path, flags, (mode_t)mode);
    if (own->fd >= 0) {
        add_own_locked(own);
    }
    unlock_own();
    return own->fd;
}

void kds_own_fd_close(struct kds_own_fd *own)
{
    if (own->at == NULL) {
        return;
    }
    lock_own();
    *own->at = own->next;
    if (own->next != NULL) {
        own->next->at = own->at;
    }
    own->at = NULL;
    close(own->fd);
    unlock_own();
}
