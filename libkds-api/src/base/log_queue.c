/*
 * log_queue: two buffers, one that is filled and one that is read.
 */
#include "kds/log_queue.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/thread.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DROPPED_LINE_BYTES 64

struct kds_log_queue {
    int fd;                   /* read-only */
    size_t max;               /* read-only */
    unsigned fork_generation; /* read-only */
    struct kds_buf shown;     /* the reader's */

    /* Any thread, with `lock` held. */
    pthread_mutex_t lock;
    struct kds_buf waiting;
    unsigned long dropped; /* since the reader took lines last */
};

kds_log_queue_t *kds_log_queue_new(size_t max_bytes)
{
    struct kds_log_queue *q = kds_alloc_zero(1, sizeof *q);
    if (q == NULL) {
        return NULL;
    }
    q->max = max_bytes;
    q->fork_generation = kds_fork_generation();
    kds_buf_init(&q->shown, max_bytes + DROPPED_LINE_BYTES);
    kds_buf_init(&q->waiting, max_bytes + DROPPED_LINE_BYTES);
    q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (q->fd < 0) {
        kds_free(q);
        return NULL;
    }
    if (kds_mutex_init(&q->lock) != KDS_OK) {
        close(q->fd);
        kds_free(q);
        return NULL;
    }
    return q;
}

/* A line that does not fit, or for which there is no memory, leaves no part of itself. */
static void add_locked(struct kds_log_queue *q,
                       kds_log_level_t level,
                       const char *tag,
                       const char *message)
{
    size_t before = q->waiting.n;
    size_t room = before < q->max ? q->max - before : 0;
    if (strlen(tag) + strlen(message) + 4 > room) {
        q->dropped++;
        return;
    }
    kds_buf_printf(&q->waiting, "%d %s %s\n", (int)level, tag, message);
    if (q->waiting.err != KDS_OK) {
        q->waiting.n = before;
        q->waiting.err = KDS_OK;
        q->dropped++;
    }
}

void kds_log_queue_add(kds_log_level_t level,
                       const char *tag,
                       const char *message,
                       void *opaque)
{
    struct kds_log_queue *q = opaque;
    uint64_t one = 1;
    pthread_mutex_lock(&q->lock);
    bool told = q->waiting.n > 0 || q->dropped > 0;
    add_locked(q, level, tag, message);
    if (!told) {
        ssize_t n = write(q->fd, &one, sizeof one);
        (void)n; /* it fails only if it is readable already */
    }
    pthread_mutex_unlock(&q->lock);
}

int kds_log_queue_fd(const kds_log_queue_t *q)
{
    return q->fd;
}

kds_slice_t kds_log_queue_take(kds_log_queue_t *q)
{
    uint64_t count;
    kds_buf_reset(&q->shown);
    pthread_mutex_lock(&q->lock);
    struct kds_buf taken = q->waiting;
    q->waiting = q->shown;
    q->shown = taken;
    if (q->dropped > 0) {
        kds_buf_printf(&q->shown, "%d log %lu lines were dropped\n", KDS_LOG_WARNING,
                       q->dropped);
        q->dropped = 0;
    }
    ssize_t n = read(q->fd, &count, sizeof count);
    (void)n; /* nothing to read is as good */
    pthread_mutex_unlock(&q->lock);
    return kds_buf_slice(&q->shown);
}

void kds_log_queue_free(kds_log_queue_t *q)
{
    if (q != NULL && q->fork_generation == kds_fork_generation()) {
        pthread_mutex_destroy(&q->lock);
        kds_buf_clear(&q->waiting);
        kds_buf_clear(&q->shown);
        close(q->fd);
        kds_free(q);
    }
}
