/*
 * loop: one thread that waits for sockets, timers and tasks.
 *
 * Everything but kds_loop_post() and kds_loop_on_thread() is for the loop's own thread, or for the
 * owner while no thread runs. Watches, timers and tasks are their owners' memory, so nothing here
 * can run out of it once the loop is made.
 */
#ifndef KDS_NET_LOOP_H
#define KDS_NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/internal.h"
#include "kds/error.h"
#include "net/transport.h"

struct kds_loop;

/** A socket that is waited for. */
struct kds_loop_watch {
    int fd;
    void (*ready)(void *opaque,
                  unsigned events); /* EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
    void *opaque;
    unsigned events; /* the loop's */
};

/** Something to be done at a time. Zero it before its first use. */
struct kds_loop_timer {
    kds_task_fn *fn;
    void *opaque;
    int64_t at_us; /* boot time */
    size_t slot;   /* the loop's: where it is in the heap, counted from 1; 0 = not set */
};

/** Something to be done soon, asked for by any thread. Zero it before its first use. */
struct kds_loop_task {
    kds_task_fn *fn;
    void *opaque;
    struct kds_loop_task *next; /* the loop's */
    bool posted;                /* the loop's */
};

/** @param name    of the thread, at most 15 characters
 *  @param loop    (given; kds_loop_free) its thread runs */
KDS_INTERNAL kds_err_t kds_loop_new(const char *name,
                                    const struct kds_clock *clock,
                                    struct kds_loop **loop) KDS_UNUSED_RESULT;

/** Join the thread. Tasks that were posted and did not run never will. Then the owner may call
 *  everything else on its own thread. */
KDS_INTERNAL void kds_loop_stop(struct kds_loop *l);
KDS_INTERNAL void kds_loop_free(struct kds_loop *l);

/** Run @p task on the loop's thread; once, if it is posted again before it ran. Any thread. */
KDS_INTERNAL void kds_loop_post(struct kds_loop *l, struct kds_loop_task *task);
KDS_INTERNAL bool kds_loop_on_thread(const struct kds_loop *l);

/** kds_loop_stop() has returned: no task will run. */
KDS_INTERNAL bool kds_loop_is_stopped(const struct kds_loop *l);

KDS_INTERNAL int64_t kds_loop_now_us(const struct kds_loop *l);

/** Wait for @p events of watch->fd, instead of those before. @retval KDS_ERR_SYSTEM */
KDS_INTERNAL kds_err_t kds_loop_watch(struct kds_loop *l,
                                      struct kds_loop_watch *watch,
                                      unsigned events) KDS_UNUSED_RESULT;

/** No longer; before its fd is closed. ready() does not run again. */
KDS_INTERNAL void kds_loop_unwatch(struct kds_loop *l, struct kds_loop_watch *watch);

/** Run timer->fn at @p at_us, instead of when it was set to. @retval KDS_ERR_NO_MEMORY it is not set */
KDS_INTERNAL kds_err_t kds_loop_set(struct kds_loop *l,
                                    struct kds_loop_timer *timer,
                                    int64_t at_us) KDS_UNUSED_RESULT;
KDS_INTERNAL void kds_loop_unset(struct kds_loop *l, struct kds_loop_timer *timer);

#endif /* KDS_NET_LOOP_H */
