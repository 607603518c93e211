#include "shape_round_trip.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/operations.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT ((size_t)64 * 1024 * 1024)

/* Any operation of any service; those of Kinesis first. */
static const struct kds_shape *choose(uint8_t first)
{
    size_t i = first / 2;
    const struct kds_service *service = kds_service_at(0);
    for (int id = 1; service != NULL && i >= service->operation_count; id++) {
        i -= service->operation_count;
        service = kds_service_at(id);
    }
    const struct kds_operation *o =
        service ? &service->operations[i] : kds_operation_at(KDS_OP_GET_RECORDS);
    return first % 2 ? o->input : o->output;
}

/* @return the value written in @p as, after it was read from @p body; empty if it is not valid. */
static bool reread(const struct kds_shape *shape,
                   enum kds_format from,
                   kds_slice_t body,
                   enum kds_format as,
                   struct kds_buf *out)
{
    struct kds_arena arena;
    kds_arena_init(&arena, LIMIT);
    void *value = calloc(1, shape->size ? shape->size : 1);
    if (value == NULL) {
        abort();
    }
    kds_err_t rc = kds_shape_decode(from, shape, body, value, &arena, NULL);
    if (rc == KDS_OK && kds_shape_encode(as, shape, value, out) != KDS_OK) {
        abort();
    }
    free(value);
    kds_arena_clear(&arena);
    return rc == KDS_OK;
}

void shape_round_trip(enum kds_format format, const uint8_t *data, size_t size)
{
    static const enum kds_format formats[] = {KDS_FORMAT_JSON, KDS_FORMAT_CBOR};
    if (size == 0) {
        return;
    }
    const struct kds_shape *shape = choose(data[0]);
    kds_slice_t body = {data + 1, size - 1};
    for (size_t i = 0; i < 2; i++) {
        struct kds_buf once, twice;
        kds_buf_init(&once, LIMIT);
        kds_buf_init(&twice, LIMIT);
        if (reread(shape, format, body, formats[i], &once)) {
            if (!reread(shape, formats[i], kds_buf_slice(&once), formats[i], &twice) ||
                once.n != twice.n || memcmp(once.p, twice.p, once.n) != 0) {
                abort();
            }
        }
        kds_buf_clear(&once);
        kds_buf_clear(&twice);
    }
}
