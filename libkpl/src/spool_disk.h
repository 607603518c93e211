/*
 * spool_disk: what a spool asks of the place where its segments lie: room, memory that is the file, and that
 * what was written there be safe. spool.c decides what is in them. spool_files.c is such a place in a directory.
 *
 * A segment is a file that is known by its number. Every failure names the file.
 */
#ifndef KPL_SRC_SPOOL_DISK_H
#define KPL_SRC_SPOOL_DISK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/error.h"

#define KPL_SPOOL_PAGE_BYTES 4096
#define KPL_SPOOL_NAME       "%016" PRIx64 ".spool" /* of a file, by its number */

struct kpl_spool_disk {
    const struct kpl_spool_disk_ops *ops;
};

struct kpl_spool_disk_ops {
    /** The numbers of all segments, rising. @param numbers  Receives them (given; kds_free). */
    kds_err_t (*list)(struct kpl_spool_disk *disk,
                      uint64_t **numbers,
                      size_t *count,
                      kds_error_t **error);

    /**
     * Make a segment of zeros that takes all of its room now, so that writing to it cannot fail later.
     * @param safe  its name is safe from a loss of power when this returns
     * @param base  Receives its memory (lent until unmap).
     * @retval KDS_ERR_QUEUE_FULL  the disk is full
     */
    kds_err_t (*make)(struct kpl_spool_disk *disk,
                      uint64_t number,
                      size_t bytes,
                      bool safe,
                      uint8_t **base,
                      kds_error_t **error);

    /** The memory of a segment that is there. @param base  Receives NULL if it has no bytes. */
    kds_err_t (*map)(struct kpl_spool_disk *disk,
                     uint64_t number,
                     uint8_t **base,
                     size_t *bytes,
                     kds_error_t **error);

    /** Wait until a part of a segment's memory, which begins with a page, is safe from a loss of power. */
    kds_err_t (*sync)(struct kpl_spool_disk *disk,
                      uint64_t number,
                      uint8_t *from,
                      size_t bytes,
                      kds_error_t **error);

    void (*unmap)(struct kpl_spool_disk *disk, uint8_t *base, size_t bytes);
    void (*remove)(struct kpl_spool_disk *disk, uint64_t number);
    /** Releases the disk, changes nothing on it. */
    void (*close)(struct kpl_spool_disk *disk);
};

/**
 * The files in a directory, which is made, mode 0700, if it is not there; for one process at a time.
 * @param disk  Receives it (given; its close).
 * @retval KDS_ERR_STATE   another process uses the directory
 * @retval KDS_ERR_SYSTEM, KDS_ERR_NO_MEMORY
 */
kds_err_t kpl_spool_files_open(const char *directory,
                               struct kpl_spool_disk **disk,
                               kds_error_t **error);

#endif /* KPL_SRC_SPOOL_DISK_H */
