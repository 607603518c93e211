/*
 * secret: memory for secrets: kept out of core dumps and off the swap, wiped when it is released.
 *
 * A small pool of pages of its own, shared by the process; when it is full or the system refuses
 * to set it apart, ordinary memory is used, which is still wiped. Any thread.
 */
#ifndef KDS_AUTH_SECRET_H
#define KDS_AUTH_SECRET_H

#include <stddef.h>

#include "base/internal.h"

/** A NUL-terminated copy of @p text (borrowed); NULL when out of memory. (given; kds_secret_free) */
KDS_INTERNAL char *kds_secret_copy(const char *text);

/** Wipe and release. NULL is allowed. */
KDS_INTERNAL void kds_secret_free(char *secret);

/** Bytes of the pool that are in use, for tests. */
KDS_INTERNAL size_t kds_secret_in_use(void);

#endif /* KDS_AUTH_SECRET_H */
