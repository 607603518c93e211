/*
 * packed_subscription: events that wait in a row until they are taken, and a descriptor that says so.
 *
 * How many wait is bounded by the subscription's credit, which an event holds until it is released.
 */
#include "kds/packed.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/thread.h"
#include "codec/shape.h"
#include "model/operations.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENT_BYTES_MAX ((size_t)256 * 1024 * 1024) /* of a packed event */
#define START_BYTES_MAX ((size_t)64 * 1024)         /* of an unpacked start */

struct kds_packed_subscription {
    int fd;                           /* read-only */
    unsigned fork_generation;         /* read-only */
    kds_subscription_t *subscription; /* read-only */

    /* The caller's. */
    struct kds_buf packed;
    const kds_subscription_event_t *shown; /* holds its credit until the next */
    bool over;

    /* Any thread, with `lock` held. */
    pthread_mutex_t lock;
    struct kds_buf
        waiting; /* pointers to events, the first that is not taken at `taken` */
    size_t taken;
    bool broken; /* there was no memory for a pointer; that event is gone */
};

static const struct kds_operation *operation(void)
{
    return kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD);
}

static void wake_reader(struct kds_packed_subscription *s)
{
    uint64_t one = 1;
    ssize_t n = write(s->fd, &one, sizeof one);
    (void)n; /* it fails only if it is readable already */
}

/* On the fan-out's thread. */
static void on_event(const kds_subscription_event_t *event, void *opaque)
{
    struct kds_packed_subscription *s = opaque;
    pthread_mutex_lock(&s->lock);
    if (!s->broken) {
        kds_buf_add(&s->waiting, &event, sizeof event);
        s->broken = s->waiting.err != KDS_OK;
    }
    bool kept = !s->broken;
    wake_reader(s);
    pthread_mutex_unlock(&s->lock);
    if (!kept) {
        kds_subscription_release(event);
    }
}

static const kds_subscription_event_t *take(struct kds_packed_subscription *s,
                                            bool *broken)
{
    const kds_subscription_event_t *event = NULL;
    uint64_t count;
    pthread_mutex_lock(&s->lock);
    if (s->taken < s->waiting.n) {
        memcpy(&event, s->waiting.p + s->taken, sizeof event);
        s->taken += sizeof event;
    }
    if (s->taken == s->waiting.n) {
        s->waiting.n = s->taken = 0;
    }
    *broken = s->broken;
    if (s->waiting.n == 0 && !s->broken) {
        ssize_t n = read(s->fd, &count, sizeof count);
        (void)n; /* nothing to read is as good */
    }
    pthread_mutex_unlock(&s->lock);
    return event;
}

static void release(struct kds_packed_subscription *s)
{
    bool broken;
    const kds_subscription_event_t *event;
    kds_subscription_release(s->shown);
    while ((event = take(s, &broken)) != NULL) {
        kds_subscription_release(event);
    }
    kds_buf_clear(&s->waiting);
    kds_buf_clear(&s->packed);
    pthread_mutex_destroy(&s->lock);
    close(s->fd);
    kds_free(s);
}

static kds_err_t new_subscription(struct kds_packed_subscription **out,
                                  kds_error_t **error)
{
    struct kds_packed_subscription *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    s->fork_generation = kds_fork_generation();
    kds_buf_init(&s->packed, EVENT_BYTES_MAX);
    kds_buf_init(&s->waiting, EVENT_BYTES_MAX);
    s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->fd < 0) {
        kds_free(s);
        return kds_error_set(error, KDS_ERR_SYSTEM, "eventfd: %s", strerror(errno));
    }
    if (kds_mutex_init(&s->lock) != KDS_OK) {
        close(s->fd);
        kds_free(s);
        return kds_error_set(error, KDS_ERR_SYSTEM, "no mutex");
    }
    *out = s;
    return KDS_OK;
}

/* The shape of StartingPosition, by way of the operation's input. */
static const struct kds_shape *start_shape(void)
{
    const struct kds_shape *input = operation()->input;
    for (size_t i = 0; i < input->field_count; i++) {
        if (input->fields[i].shape != NULL) {
            return input->fields[i].shape;
        }
    }
    return NULL;
}

kds_err_t kds_packed_subscribe(kds_fanout_t *fanout,
                               const char *consumer_arn,
                               const char *shard_id,
                               kds_slice_t start,
                               kds_packed_subscription_t **out,
                               kds_error_t **error)
{
    struct kds_packed_subscription *s;
    struct kds_arena arena;
    kds_starting_position_t position;
    kds_err_t rc = new_subscription(&s, error);
    if (rc != KDS_OK) {
        return rc;
    }
    kds_arena_init(&arena, START_BYTES_MAX);
    rc =
        kds_shape_decode(KDS_FORMAT_CBOR, start_shape(), start, &position, &arena, error);
    if (rc == KDS_OK) {
        const kds_subscription_options_t options = {
            .struct_size = sizeof options,
            .consumer_arn = consumer_arn,
            .shard_id = shard_id,
            .start = &position,
            .on_event = on_event,
            .opaque = s,
        };
        rc = kds_subscribe(fanout, &options, &s->subscription, error);
    } else if (rc == KDS_ERR_PROTOCOL) {
        rc = kds_error_set(error, KDS_ERR_INVALID_ARG, "StartingPosition is malformed");
    }
    kds_arena_clear(&arena);
    if (rc != KDS_OK) {
        release(s);
        return rc;
    }
    *out = s;
    return KDS_OK;
}

int kds_packed_subscription_fd(const kds_packed_subscription_t *s)
{
    return s->fd;
}

/* What a last event says. */
static kds_err_t failed(const kds_subscription_event_t *event, kds_error_t **error)
{
    if (error != NULL) {
        kds_error_free(*error);
        *error = kds_error_copy(event->error);
    }
    return kds_error_code(event->error);
}

kds_err_t kds_packed_subscription_next(kds_packed_subscription_t *s,
                                       kds_slice_t *out,
                                       kds_error_t **error)
{
    bool broken;
    kds_subscription_release(s->shown);
    s->shown = NULL;
    if (s->over) {
        return kds_error_set(error, KDS_ERR_CLOSED, "the last event was given before");
    }
    s->shown = take(s, &broken);
    if (s->shown == NULL) {
        return broken ? kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory")
                      : kds_error_set(error, KDS_ERR_TIMED_OUT, "no event now");
    }
    s->over = s->shown->kind != KDS_SUBSCRIPTION_RECORDS;
    if (s->shown->kind == KDS_SUBSCRIPTION_FAILED) {
        return failed(s->shown, error);
    }
    kds_buf_reset(&s->packed);
    if (kds_shape_encode(KDS_FORMAT_CBOR, operation()->output, s->shown->data,
                         &s->packed) != KDS_OK) {
        s->over = true;
        return kds_error_set(error, s->packed.err, "no room for the event");
    }
    *out = kds_buf_slice(&s->packed);
    return KDS_OK;
}

void kds_packed_subscription_free(kds_packed_subscription_t *s)
{
    if (s != NULL && s->fork_generation == kds_fork_generation()) {
        kds_subscription_free(s->subscription);
        release(s);
    }
}
