/*
 * escape: makes a text safe to show on one line.
 */
#ifndef KDS_BASE_ESCAPE_H
#define KDS_BASE_ESCAPE_H

#include <stddef.h>

#include "base/internal.h"

/** Copy @p text into @p out of @p size > 4 bytes, control characters as \xNN, cut to fit. */
KDS_INTERNAL void kds_escape(const char *text, char *out, size_t size);

#endif /* KDS_BASE_ESCAPE_H */
