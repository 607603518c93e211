/*
 * fuzz_entries: a request of PutRecords, read by its tables, must be written by hand as the tables
 * write it, to the byte. The first byte chooses the format.
 */
#include "base/slice.h"
#include "model/operations.h"
#include "support/records_oracle.h"

#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(enum kds_format format, const void *value)
{
    const struct kds_shape *shape = kds_operation_at(KDS_OP_PUT_RECORDS)->input;
    struct plain_shape plain;
    struct kds_buf by_hand, by_table;
    plain_shape_init(&plain, shape);
    kds_buf_init(&by_hand, ROOM);
    kds_buf_init(&by_table, ROOM);
    if (kds_shape_encode(format, shape, value, &by_hand) != KDS_OK ||
        kds_shape_encode(format, &plain.shape, value, &by_table) != KDS_OK ||
        !kds_slice_eq(kds_buf_slice(&by_hand), kds_buf_slice(&by_table))) {
        abort();
    }
    kds_buf_clear(&by_hand);
    kds_buf_clear(&by_table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kds_shape *shape = kds_operation_at(KDS_OP_PUT_RECORDS)->input;
    struct kds_arena arena;
    if (size == 0) {
        return 0;
    }
    const enum kds_format format = data[0] & 1 ? KDS_FORMAT_CBOR : KDS_FORMAT_JSON;
    void *value = calloc(1, shape->size);
    if (value == NULL) {
        abort();
    }
    kds_arena_init(&arena, ROOM);
    if (kds_shape_decode(format, shape, kds_slice_of(data + 1, size - 1), value, &arena,
                         NULL) == KDS_OK) {
        compare(KDS_FORMAT_JSON, value);
        compare(KDS_FORMAT_CBOR, value);
    }
    free(value);
    kds_arena_clear(&arena);
    return 0;
}
