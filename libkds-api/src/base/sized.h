/*
 * sized: structs that begin with their own size, so that callers and library may differ in age.
 */
#ifndef KDS_BASE_SIZED_H
#define KDS_BASE_SIZED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/internal.h"

#define KDS_SIZED_MAX 65536 /* a struct_size beyond this is a mistake */

/**
 * Copy a struct whose first member is `size_t struct_size`, into one of the size that the library
 * knows. A shorter one (an older caller) is filled up with zeros; what a longer one (a newer caller)
 * has at its end must be zero. The copy's struct_size is @p out_size.
 *
 * @return false: struct_size is not possible, or the caller sets a member that is not known here.
 */
KDS_INTERNAL bool kds_sized_copy(void *out, size_t out_size, const void *in);

/**
 * The other way round: give @p full of @p full_size bytes to a caller whose struct may be shorter
 * (it gets the front) or longer (its end becomes zero). Its struct_size stays.
 *
 * @return false, and *out is unchanged: its struct_size is not possible.
 */
KDS_INTERNAL bool kds_sized_give(void *out, const void *full, size_t full_size);

#endif /* KDS_BASE_SIZED_H */
