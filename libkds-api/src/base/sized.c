/*
 * sized: a copy, and a look at what does not fit into it.
 */
#include "base/sized.h"

#include <stdint.h>
#include <string.h>

bool kds_sized_copy(void *out, size_t out_size, const void *in)
{
    const uint8_t *bytes = in;
    size_t size;
    memcpy(&size, in, sizeof size);
    if (size < sizeof size || size > KDS_SIZED_MAX) {
        return false;
    }
    for (size_t i = out_size; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    memset(out, 0, out_size);
    memcpy(out, in, size < out_size ? size : out_size);
    memcpy(out, &out_size, sizeof out_size);
    return true;
}

bool kds_sized_give(void *out, const void *full, size_t full_size)
{
    size_t size;
    memcpy(&size, out, sizeof size);
    if (size < sizeof size || size > KDS_SIZED_MAX) {
        return false;
    }
    memset(out, 0, size);
    memcpy(out, full, size < full_size ? size : full_size);
    memcpy(out, &size, sizeof size);
    return true;
}
