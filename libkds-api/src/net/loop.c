/*
 * loop: epoll, an eventfd by which other threads wake it, a heap of timers.
 */
#include "net/loop.h"

#include "base/alloc.h"
#include "base/thread.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 64

struct kds_loop {
    const struct kds_clock *clock;
    int epoll, wake;
    struct kds_loop_watch wake_watch;
    pthread_t thread;
    bool thread_runs;
    bool lock_made;
    atomic_bool stop;

    /* The loop's thread only. */
    struct kds_loop_timer **heap; /* earliest first */
    size_t heap_n, heap_cap;
    struct epoll_event events[EVENTS_AT_ONCE];
    int event_count; /* of those that wait to be handed out */

    /* Any thread, with `lock` held. */
    pthread_mutex_t lock;
    struct kds_loop_task *inbox, **inbox_end;
};

int64_t kds_loop_now_us(const struct kds_loop *l)
{
    return kds_clock_boottime_us(l->clock);
}

bool kds_loop_on_thread(const struct kds_loop *l)
{
    return l->thread_runs && pthread_equal(pthread_self(), l->thread);
}

bool kds_loop_is_stopped(const struct kds_loop *l)
{
    return !l->thread_runs;
}

/* ---- timers -------------------------------------------------------------------------------- */

static void put(struct kds_loop *l, size_t i, struct kds_loop_timer *timer)
{
    l->heap[i] = timer;
    timer->slot = i + 1;
}

static void sift(struct kds_loop *l, size_t i, struct kds_loop_timer *timer)
{
    while (i > 0 && l->heap[(i - 1) / 2]->at_us > timer->at_us) {
        put(l, i, l->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < l->heap_n && l->heap[child + 1]->at_us < l->heap[child]->at_us)
            child++;
        if (child >= l->heap_n || l->heap[child]->at_us >= timer->at_us)
            break;
        put(l, i, l->heap[child]);
        i = child;
    }
    put(l, i, timer);
}

kds_err_t kds_loop_set(struct kds_loop *l, struct kds_loop_timer *timer, int64_t at_us)
{
    if (timer->slot == 0) {
        if (l->heap_n == l->heap_cap) {
            const size_t cap = l->heap_cap ? 2 * l->heap_cap : 64;
            struct kds_loop_timer **heap =
                kds_realloc_array(l->heap, cap, sizeof(struct kds_loop_timer *));
            if (heap == NULL)
                return KDS_ERR_NO_MEMORY;
            l->heap = heap;
            l->heap_cap = cap;
        }
        l->heap_n++;
        timer->slot = l->heap_n;
    }
    timer->at_us = at_us;
    sift(l, timer->slot - 1, timer);
    return KDS_OK;
}

void kds_loop_unset(struct kds_loop *l, struct kds_loop_timer *timer)
{
    if (timer->slot == 0)
        return;
    const size_t i = timer->slot - 1;
    struct kds_loop_timer *last = l->heap[--l->heap_n];
    timer->slot = 0;
    if (last != timer)
        sift(l, i, last);
}

static void run_timers(struct kds_loop *l)
{
    const int64_t now = kds_loop_now_us(l);
    while (l->heap_n > 0 && l->heap[0]->at_us <= now && !atomic_load(&l->stop)) {
        struct kds_loop_timer *timer = l->heap[0];
        kds_loop_unset(l, timer);
        timer->fn(timer->opaque);
    }
}

/* Rounded up, so that it is not woken up in vain. */
static int wait_ms(const struct kds_loop *l)
{
    if (l->heap_n == 0)
        return -1;
    const int64_t us = l->heap[0]->at_us - kds_loop_now_us(l);
    if (us <= 0)
        return 0;
    return us / KDS_US_PER_MS < INT_MAX - 1 ? (int)(us / KDS_US_PER_MS) + 1 : INT_MAX;
}

/* ---- tasks --------------------------------------------------------------------------------- */

static void wake(const struct kds_loop *l)
{
    const uint64_t one = 1;
    ssize_t n = write(l->wake, &one, sizeof one); /* fails only when it is awake anyway */
    (void)n;
}

void kds_loop_post(struct kds_loop *l, struct kds_loop_task *task)
{
    pthread_mutex_lock(&l->lock);
    const bool first = l->inbox == NULL;
    const bool posted = task->posted;
    if (!posted) {
        task->posted = true;
        task->next = NULL;
        *l->inbox_end = task;
        l->inbox_end = &task->next;
    }
    pthread_mutex_unlock(&l->lock);
    if (first && !posted)
        wake(l);
}

static void run_tasks(struct kds_loop *l)
{
    pthread_mutex_lock(&l->lock);
    struct kds_loop_task *task = l->inbox;
    l->inbox = NULL;
    l->inbox_end = &l->inbox;
    while (task != NULL) {
        struct kds_loop_task *next = task->next;
        task->posted = false;
        pthread_mutex_unlock(&l->lock);
        task->fn(task->opaque); /* may release the task, or post it again */
        pthread_mutex_lock(&l->lock);
        task = next;
    }
    pthread_mutex_unlock(&l->lock);
}

/* ---- sockets ------------------------------------------------------------------------------- */

kds_err_t
kds_loop_watch(struct kds_loop *l, struct kds_loop_watch *watch, unsigned events)
{
    struct epoll_event event = {.events = events, .data = {.ptr = watch}};
    if (watch->events == events)
        return KDS_OK;
    const int op = watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(l->epoll, op, watch->fd, &event) != 0)
        return KDS_ERR_SYSTEM;
    watch->events = events;
    return KDS_OK;
}

void kds_loop_unwatch(struct kds_loop *l, struct kds_loop_watch *watch)
{
    if (watch->events != 0)
        epoll_ctl(l->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->events = 0;
    for (int i = 0; i < l->event_count; i++)
        if (l->events[i].data.ptr == watch)
            l->events[i].data.ptr = NULL;
}

static void run_events(struct kds_loop *l)
{
    int n = epoll_wait(l->epoll, l->events, EVENTS_AT_ONCE, wait_ms(l));
    l->event_count = n > 0 ? n : 0;
    for (int i = 0; i < l->event_count; i++) {
        struct kds_loop_watch *watch = l->events[i].data.ptr;
        if (watch != NULL)
            watch->ready(watch->opaque, l->events[i].events);
    }
    l->event_count = 0;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void on_wake(void *opaque, unsigned events)
{
    struct kds_loop *l = opaque;
    uint64_t count;
    (void)events;
    ssize_t n = read(l->wake, &count, sizeof count);
    (void)n;
}

static void *loop_main(void *opaque)
{
    struct kds_loop *l = opaque;
    while (!atomic_load(&l->stop)) {
        run_tasks(l);
        run_timers(l);
        if (!atomic_load(&l->stop))
            run_events(l);
    }
    return NULL;
}

static kds_err_t open_fds(struct kds_loop *l)
{
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->epoll < 0 || l->wake < 0)
        return KDS_ERR_SYSTEM;
    l->wake_watch = (struct kds_loop_watch){.fd = l->wake, .ready = on_wake, .opaque = l};
    return kds_loop_watch(l, &l->wake_watch, EPOLLIN);
}

kds_err_t
kds_loop_new(const char *name, const struct kds_clock *clock, struct kds_loop **loop)
{
    struct kds_loop *l = kds_alloc_zero(1, sizeof *l);
    if (l == NULL)
        return KDS_ERR_NO_MEMORY;
    l->clock = clock;
    l->epoll = l->wake = -1;
    l->inbox_end = &l->inbox;
    kds_err_t rc = kds_mutex_init(&l->lock);
    l->lock_made = rc == KDS_OK;
    if (rc == KDS_OK)
        rc = open_fds(l);
    if (rc == KDS_OK)
        rc = kds_thread_start(&l->thread, name, loop_main, l);
    if (rc != KDS_OK) {
        kds_loop_free(l);
        return rc;
    }
    l->thread_runs = true;
    *loop = l;
    return KDS_OK;
}

void kds_loop_stop(struct kds_loop *l)
{
    if (l->thread_runs) {
        atomic_store(&l->stop, true);
        wake(l);
        pthread_join(l->thread, NULL);
    }
    l->thread_runs = false; /* not before: its last tasks ask */
}

void kds_loop_free(struct kds_loop *l)
{
    if (l == NULL)
        return;
    if (l->epoll >= 0)
        close(l->epoll);
    if (l->wake >= 0)
        close(l->wake);
    if (l->lock_made)
        pthread_mutex_destroy(&l->lock);
    kds_free(l->heap);
    kds_free(l);
}
