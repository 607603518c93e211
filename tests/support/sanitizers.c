/*
 * sanitizers: how the sanitizers behave in every test program; ASAN_OPTIONS and the like still win.
 *
 * An impossible size is answered with NULL, as malloc() does, because tests ask for such sizes.
 * Visible, since gcc's run-time libraries look for them from outside the program.
 */
#include "kds/export.h"

KDS_EXPORT const char *__asan_default_options(void);
KDS_EXPORT const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:detect_stack_use_after_return=1:"
           "check_initialization_order=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1:second_deadlock_stack=1";
}
