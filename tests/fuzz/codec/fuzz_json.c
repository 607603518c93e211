/*
 * fuzz_json: bodies of the operations, in JSON.
 */
#include "shape_round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    shape_round_trip(KDS_FORMAT_JSON, data, size);
    return 0;
}
