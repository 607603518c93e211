/*
 * secret: a pool of 64-byte units with a map of those in use.
 */
#include "auth/secret.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define UNIT_BYTES 64
#define UNITS      1024 /* 64 KiB: what a process may lock by default, and some twenty keys */

static struct {
    pthread_mutex_t lock;
    bool tried;
    uint8_t *pages; /* NULL: the system gave none */
    uint8_t used[UNITS];
    size_t in_use; /* units */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t units_of(size_t bytes)
{
    return (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
}

/* A child must not find the lock held by a thread that it does not have. */
static void lock_pool(void)
{
    pthread_mutex_lock(&pool.lock);
}

static void unlock_pool(void)
{
    pthread_mutex_unlock(&pool.lock);
}

static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void watch_forks(void)
{
    pthread_atfork(lock_pool, unlock_pool, unlock_pool);
}

static void open_pool_locked(void)
{
    size_t bytes = (size_t)UNITS * UNIT_BYTES;
    pool.tried = true;
    void *pages =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return;
    }
    /* Both may be refused by limits of the system; the pool is no worse than the heap then. */
    (void)madvise(pages, bytes, MADV_DONTDUMP);
    (void)mlock(pages, bytes);
    pool.pages = pages;
}

/* First fit. */
static char *take_locked(size_t units)
{
    size_t run = 0;
    for (size_t i = 0; i < UNITS && pool.pages != NULL; i++) {
        run = pool.used[i] ? 0 : run + 1;
        if (run == units) {
            size_t first = i + 1 - units;
            memset(pool.used + first, 1, units);
            pool.in_use += units;
            return (char *)pool.pages + first * UNIT_BYTES;
        }
    }
    return NULL;
}

static bool in_pool_locked(const char *secret)
{
    uintptr_t at = (uintptr_t)secret, from = (uintptr_t)pool.pages;
    return pool.pages != NULL && at >= from && at < from + (uintptr_t)UNITS * UNIT_BYTES;
}

char *kds_secret_copy(const char *text)
{
    size_t bytes = strlen(text) + 1;
    pthread_once(&fork_once, watch_forks);
    pthread_mutex_lock(&pool.lock);
    if (!pool.tried) {
        open_pool_locked();
    }
    char *copy = take_locked(units_of(bytes));
    pthread_mutex_unlock(&pool.lock);
    copy = copy ? copy : kds_alloc(bytes);
    if (copy != NULL) {
        memcpy(copy, text, bytes);
    }
    return copy;
}

void kds_secret_free(char *secret)
{
    if (secret == NULL) {
        return;
    }
    size_t bytes = strlen(secret) + 1;
    kds_wipe(secret, bytes);
    pthread_mutex_lock(&pool.lock);
    bool pooled = in_pool_locked(secret);
    if (pooled) {
        memset(pool.used + ((size_t)((uint8_t *)secret - pool.pages) / UNIT_BYTES), 0,
               units_of(bytes));
        pool.in_use -= units_of(bytes);
    }
    pthread_mutex_unlock(&pool.lock);
    if (!pooled) {
        kds_free(secret);
    }
}

size_t kds_secret_in_use(void)
{
    pthread_mutex_lock(&pool.lock);
    size_t bytes = pool.in_use * UNIT_BYTES;
    pthread_mutex_unlock(&pool.lock);
    return bytes;
}
