/*
 * records_oracle: the walker over tables, without the hand-written lists, as a second opinion on them.
 */
#ifndef TESTS_SUPPORT_RECORDS_ORACLE_H
#define TESTS_SUPPORT_RECORDS_ORACLE_H

#include <stdbool.h>

#include "codec/shape.h"

#define PLAIN_FIELDS_MAX 8

/** A shape whose own lists are walked as all others are. */
struct plain_shape {
    struct kds_shape shape;
    struct kds_field fields[PLAIN_FIELDS_MAX];
};

void plain_shape_init(struct plain_shape *plain, const struct kds_shape *shape);

struct records_seen {
    bool accepted;
    size_t marked; /* records */
};

/**
 * Read @p bytes, of an answer of GetRecords or an event, both ways, from buffers that are exactly as
 * long. Where the walker accepts them, the hand-written reader must have read the same, with no
 * record marked; where it does not, that one must refuse them as well or mark a record.
 *
 * @param seen  receives what the hand-written reader made of it; may be NULL.
 * @return NULL if they agree, else what is wrong, in words.
 */
const char *records_disagree(enum kds_format format,
                             const struct kds_shape *shape,
                             kds_slice_t bytes,
                             struct records_seen *seen);

#endif /* TESTS_SUPPORT_RECORDS_ORACLE_H */
