#include "support/records_oracle.h"

#include "base/slice.h"
#include "codec/shape_member.h"
#include "kds/kinesis.h"
#include "kds/record.h"

#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)128 * 1024 * 1024)

void plain_shape_init(struct plain_shape *plain, const struct kds_shape *shape)
{
    if (shape->field_count > PLAIN_FIELDS_MAX) {
        abort();
    }
    plain->shape = *shape;
    plain->shape.fields = plain->fields;
    for (size_t i = 0; i < shape->field_count; i++) {
        plain->fields[i] = shape->fields[i];
        plain->fields[i].flags &= (uint8_t) ~(KDS_F_RECORDS | KDS_F_ENTRIES);
    }
}

/* One way of reading. */
struct reading {
    uint8_t *bytes; /* exactly as many as there are */
    struct kds_arena arena;
    void *value;
    kds_err_t rc;
};

static void start(struct reading *g,
                  enum kds_format format,
                  const struct kds_shape *shape,
                  kds_slice_t bytes)
{
    g->bytes = malloc(bytes.n ? bytes.n : 1);
    g->value = calloc(1, shape->size);
    if (g->bytes == NULL || g->value == NULL) {
        abort();
    }
    if (bytes.n > 0) {
        memcpy(g->bytes, bytes.p, bytes.n);
    }
    kds_arena_init(&g->arena, ROOM);
    g->rc = kds_shape_decode(format, shape, kds_slice_of(g->bytes, bytes.n), g->value,
                             &g->arena, NULL);
}

static void end(struct reading *g)
{
    kds_arena_clear(&g->arena);
    free(g->bytes);
    free(g->value);
}

static size_t count_marked(const struct kds_shape *shape, const void *value)
{
    size_t marked = 0;
    for (size_t i = 0; i < shape->field_count; i++) {
        if ((shape->fields[i].flags & KDS_F_RECORDS) == 0) {
            continue;
        }
        const kds_record_t *records = kds_member_pointer(value, &shape->fields[i]);
        for (size_t k = 0; k < kds_member_count(value, &shape->fields[i]); k++) {
            marked += kds_record_fault(&records[k]) != NULL;
        }
    }
    return marked;
}

/* Each text ends in a NUL that does not count. */
static bool texts_end(const struct kds_shape *shape, const void *value)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        if ((shape->fields[i].flags & KDS_F_RECORDS) == 0) {
            continue;
        }
        const kds_record_t *r = kds_member_pointer(value, &shape->fields[i]);
        for (size_t k = 0; k < kds_member_count(value, &shape->fields[i]); k++) {
            const kds_slice_t texts[] = {r[k].sequence_number, r[k].partition_key,
                                         r[k].encryption_type};
            for (size_t t = 0; t < 3; t++) {
                if (texts[t].p != NULL && texts[t].p[texts[t].n] != 0) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* All that both have read, written once more. */
static bool same(const struct kds_shape *plain, const void *a, const void *b)
{
    struct kds_buf left, right;
    kds_buf_init(&left, ROOM);
    kds_buf_init(&right, ROOM);
    bool same = kds_shape_encode(KDS_FORMAT_CBOR, plain, a, &left) == KDS_OK &&
                kds_shape_encode(KDS_FORMAT_CBOR, plain, b, &right) == KDS_OK &&
                kds_slice_eq(kds_buf_slice(&left), kds_buf_slice(&right));
    kds_buf_clear(&left);
    kds_buf_clear(&right);
    return same;
}

const char *records_disagree(enum kds_format format,
                             const struct kds_shape *shape,
                             kds_slice_t bytes,
                             struct records_seen *seen)
{
    struct plain_shape plain;
    struct reading by_table, by_hand;
    const char *wrong = NULL;
    struct records_seen by_hand_seen = {false, 0};
    plain_shape_init(&plain, shape);
    start(&by_table, format, &plain.shape, bytes);
    start(&by_hand, format, shape, bytes);
    const bool accepted = by_hand.rc == KDS_OK;
    if (accepted) {
        by_hand_seen.accepted = true;
        by_hand_seen.marked = count_marked(shape, by_hand.value);
        wrong = texts_end(shape, by_hand.value) ? NULL : "a text has no NUL behind it";
    }
    if (by_table.rc == KDS_OK) {
        wrong = !accepted                  ? "by hand it is refused"
                : by_hand_seen.marked != 0 ? "by hand a record is marked"
                : !same(&plain.shape, by_table.value, by_hand.value)
                    ? "by hand something else is read"
                    : wrong;
    } else if (accepted && by_hand_seen.marked == 0) {
        wrong = "by hand it is accepted";
    }
    end(&by_table);
    end(&by_hand);
    if (seen != NULL) {
        *seen = by_hand_seen;
    }
    return wrong;
}
