/*
 * sanitizers: how AddressSanitizer behaves in every test program; ASAN_OPTIONS still wins.
 *
 * An impossible size is answered with NULL, as malloc() does, because tests ask for such sizes.
 * Visible, since gcc's run-time library looks for it from outside the program.
 */
#include "kds/export.h"

KDS_EXPORT const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:detect_stack_use_after_return=1:"
           "check_initialization_order=1";
}
