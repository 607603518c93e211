/*
 * small_file: whole files of bounded size: read consistently, replaced atomically.
 *
 * What is read or written may be secret, so it is never copied further than asked and never shown.
 */
#ifndef KDS_AUTH_SMALL_FILE_H
#define KDS_AUTH_SMALL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

/** Which generation of a file was read: what changes when it is written or replaced. */
struct kds_file_stamp {
    uint64_t device, inode, size;
    int64_t mtime_ns;
};

struct kds_small_file {
    uint8_t *p; /* followed by a NUL; NULL = there is no such file */
    size_t n;
    struct kds_file_stamp stamp;
    bool others_may_write; /* its mode lets everybody on the machine change it */
};

/**
 * Read a file from its beginning to its end. One that is changed meanwhile is read again, a few
 * times. A missing file is no failure here; an unreadable one, a directory, or one longer than
 * @p max is.
 *
 * @param out  (given; kds_small_file_clear)
 * @retval KDS_ERR_TOO_LARGE, KDS_ERR_NO_MEMORY
 * @retval KDS_ERR_SYSTEM  the message has the path and the reason
 */
KDS_INTERNAL kds_err_t kds_small_file_read(const char *path,
                                           size_t max,
                                           struct kds_small_file *out,
                                           kds_error_t **error);

/** Wipe and release; a zeroed one is allowed. */
KDS_INTERNAL void kds_small_file_clear(struct kds_small_file *f);

/** The file at @p path is still the one that was read, or still missing. */
KDS_INTERNAL bool kds_small_file_unchanged(const char *path,
                                           const struct kds_small_file *f);

/**
 * Replace a file: written beside it with mode 0600, synced, then renamed over it, so that a reader
 * sees the old one or the new one and a crash leaves one of them.
 *
 * @retval KDS_ERR_SYSTEM  the old file, if there was one, is as it was.
 */
KDS_INTERNAL kds_err_t kds_small_file_replace(const char *path,
                                              kds_slice_t bytes,
                                              kds_error_t **error);

#endif /* KDS_AUTH_SMALL_FILE_H */
