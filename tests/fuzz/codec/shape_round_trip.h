/*
 * shape_round_trip: what is read must be written so that it is read again as the same.
 */
#ifndef FUZZ_SHAPE_ROUND_TRIP_H
#define FUZZ_SHAPE_ROUND_TRIP_H

#include "codec/shape.h"

/** Read @p data as a body of any operation: the first byte names it, the rest is the body. Whatever
 *  is valid is written in both formats and read back. Aborts on a difference. */
void shape_round_trip(enum kds_format format, const uint8_t *data, size_t size);

#endif /* FUZZ_SHAPE_ROUND_TRIP_H */
