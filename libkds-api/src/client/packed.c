/*
 * packed: one call whose end wakes a descriptor; owned by its caller and by the client until then.
 */
#include "kds/packed.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "codec/shape.h"
#include "model/operations.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Of a decoded input and of a packed answer. */
#define VALUE_BYTES_MAX ((size_t)256 * 1024 * 1024)

enum { UNDER_WAY, ENDED, TAKEN };

struct kds_packed_call {
    const struct kds_operation *operation; /* read-only */
    int fd;                                /* read-only */
    atomic_int owners; /* the caller, and the client until the end: any thread */

    /* Written by the client's thread before `state` becomes ENDED, then the caller's. */
    atomic_int state;
    const void *output;
    kds_error_t *error;

    struct kds_buf answer; /* the caller's */
};

static void let_go(struct kds_packed_call *call)
{
    if (atomic_fetch_sub(&call->owners, 1) == 1) {
        kds_output_free(call->output);
        kds_error_free(call->error);
        kds_buf_clear(&call->answer);
        close(call->fd);
        kds_free(call);
    }
}

/* On the client's thread. */
static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    struct kds_packed_call *call = opaque;
    uint64_t one = 1;
    call->output = output;
    call->error = error;
    atomic_store(&call->state, ENDED);
    ssize_t n = write(call->fd, &one, sizeof one);
    (void)n; /* the first write to an eventfd does not fail */
    let_go(call);
}

/* Unpack the input into a struct of the operation's, and hand it to the client. */
static kds_err_t start(struct kds_packed_call *call,
                       kds_client_t *client,
                       kds_slice_t input,
                       const kds_call_options_t *options,
                       struct kds_arena *arena,
                       kds_error_t **error)
{
    const struct kds_shape *shape = call->operation->input;
    void *value = kds_arena_zero(arena, 1, shape->size);
    if (value == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kds_err_t rc = kds_shape_decode(KDS_FORMAT_CBOR, shape, input, value, arena, error);
    if (rc == KDS_ERR_PROTOCOL && error != NULL) {
        kds_error_t *why = *error;
        *error = NULL;
        kds_error_set(error, KDS_ERR_INVALID_ARG, "%s", kds_error_message(why));
        kds_error_free(why);
    }
    if (rc != KDS_OK) {
        return rc == KDS_ERR_PROTOCOL ? KDS_ERR_INVALID_ARG : rc;
    }
    if (shape->sized) {
        size_t size = shape->size;
        memcpy(value, &size, sizeof size);
    }
    atomic_store(&call->owners, 2);
    rc = kds_client_start(client, call->operation, value, options, on_end, call, error);
    if (rc != KDS_OK) {
        atomic_store(&call->owners, 1); /* on_end() will not run */
    }
    return rc;
}

kds_err_t kds_packed_start(kds_client_t *client,
                           const kds_operation_t *operation,
                           kds_slice_t input,
                           const kds_call_options_t *options,
                           kds_packed_call_t **out,
                           kds_error_t **error)
{
    struct kds_arena arena;
    if (input.n > KDS_PACKED_INPUT_MAX) {
        return kds_error_set(error, KDS_ERR_TOO_LARGE,
                             "%s: the input has %zu bytes, at most %d are taken",
                             operation->name, input.n, KDS_PACKED_INPUT_MAX);
    }
    struct kds_packed_call *call = kds_alloc_zero(1, sizeof *call);
    if (call == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    call->operation = operation;
    kds_buf_init(&call->answer, VALUE_BYTES_MAX);
    atomic_init(&call->state, UNDER_WAY);
    atomic_init(&call->owners, 1);
    call->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (call->fd < 0) {
        kds_free(call);
        return kds_error_set(error, KDS_ERR_SYSTEM, "eventfd: %s", strerror(errno));
    }
    kds_arena_init(&arena, VALUE_BYTES_MAX);
    kds_err_t rc = start(call, client, input, options, &arena, error);
    kds_arena_clear(&arena);
    if (rc != KDS_OK) {
        let_go(call);
        return rc;
    }
    *out = call;
    return KDS_OK;
}

int kds_packed_fd(const kds_packed_call_t *call)
{
    return call->fd;
}

kds_err_t kds_packed_end(kds_packed_call_t *call,
                         kds_slice_t *answer,
                         const char **request_id,
                         kds_error_t **error)
{
    if (atomic_load(&call->state) != ENDED) {
        return kds_error_set(error, KDS_ERR_STATE,
                             "%s: has not ended, or was taken before",
                             call->operation->name);
    }
    atomic_store(&call->state, TAKEN);
    if (call->output == NULL) {
        kds_err_t rc = kds_error_code(call->error);
        if (error != NULL) {
            kds_error_free(*error);
            *error = call->error;
            call->error = NULL;
        }
        return rc;
    }
    if (kds_shape_encode(KDS_FORMAT_CBOR, call->operation->output, call->output,
                         &call->answer) != KDS_OK) {
        return kds_error_set(error, call->answer.err, "%s: no room for the answer",
                             call->operation->name);
    }
    *answer = kds_buf_slice(&call->answer);
    if (request_id != NULL) {
        *request_id = kds_output_request_id(call->output);
    }
    return KDS_OK;
}

void kds_packed_free(kds_packed_call_t *call)
{
    if (call != NULL) {
        let_go(call);
    }
}
