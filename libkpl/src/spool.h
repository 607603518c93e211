/*
 * spool: records that wait on disk until they are acknowledged.
 *
 * A record is written before its put returns, and is there again after the process was killed; after
 * a loss of power as well with `sync`. Segments are memory that is a file's (spool_disk.h): writing is a
 * copy, reading back lends from it, and acknowledging changes four bytes in place.
 *
 * Records are handed out in the order in which they were written, first those of earlier processes. A
 * segment whose records are all acknowledged is removed. One process uses a directory at a time. Belongs
 * to one thread or lock, but for kpl_spool_sync_part(); blocks on the disk.
 */
#ifndef KPL_SRC_SPOOL_H
#define KPL_SRC_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "kds/error.h"
#include "kpl/producer.h"
#include "spool_disk.h"
#include "spool_format.h"

struct kpl_spool;

struct kpl_spool_options {
    const char *directory;       /* made, mode 0700, if it is not there */
    struct kpl_spool_disk *disk; /* (taken) where its files lie; NULL = there */
    size_t max_bytes;            /* of all segments together */
    size_t segment_bytes;
    bool sync; /* kpl_spool_sync() has something to do */
    const struct kds_log *log;
};

/**
 * Open a spool and look through what earlier processes left.
 *
 * @param options  (copied)
 * @param spool    Receives it (given; kpl_spool_close).
 *
 * @retval KDS_ERR_STATE    Another process uses the directory.
 * @retval KDS_ERR_CORRUPT  A file in it is no segment, or of another version; it is named. Nothing
 *                          was changed.
 * @retval KDS_ERR_SYSTEM   The directory or a file cannot be used; it is named.
 * @retval KDS_ERR_NO_MEMORY
 */
kds_err_t kpl_spool_open(const struct kpl_spool_options *options,
                         struct kpl_spool **spool,
                         kds_error_t **error);

/** Keep on disk what is not acknowledged, release the rest. NULL is allowed. */
void kpl_spool_close(struct kpl_spool *spool);

/** As the end of the process would, for tests and the simulator: release memory and descriptors, change no file.
 *  NULL is allowed. */
void kpl_spool_forget(struct kpl_spool *spool);

/**
 * Write a record behind all others. (copied)
 *
 * @retval KDS_ERR_QUEUE_FULL  The limit is reached, or the disk is full; nothing was written.
 * @retval KDS_ERR_TOO_LARGE   It cannot lie in a segment within the limit.
 * @retval KDS_ERR_SYSTEM, KDS_ERR_NO_MEMORY  Nothing was written.
 */
kds_err_t kpl_spool_append(struct kpl_spool *spool,
                           const kpl_record_t *record,
                           kds_error_t **error);

/** Is there room for a record as large as the last that was refused for want of it? It is made, if it can be. */
bool kpl_spool_has_room(struct kpl_spool *spool);

/** Wait until all that was written is safe from a loss of power, where one thread does everything: tests and the
 *  simulator. Nothing without `sync`. */
kds_err_t kpl_spool_sync(struct kpl_spool *spool, kds_error_t **error);

/** Behind a record. */
struct kpl_spool_place {
    uint64_t segment;
    size_t offset;
};

struct kpl_spool_place kpl_spool_end(const struct kpl_spool *spool);

/** Something that is to be made safe. */
struct kpl_spool_part {
    uint64_t segment;
    uint8_t *from;
    size_t bytes, end;
};

/**
 * The same in steps, the middle one without the lock: other threads go on while one waits for the disk. One part
 * at a time.
 * @return false if all before @p until is safe
 */
bool kpl_spool_sync_begin(struct kpl_spool *spool,
                          struct kpl_spool_place until,
                          struct kpl_spool_part *part);
kds_err_t kpl_spool_sync_part(const struct kpl_spool *spool,
                              const struct kpl_spool_part *part,
                              kds_error_t **error);
void kpl_spool_sync_end(struct kpl_spool *spool,
                        const struct kpl_spool_part *part,
                        bool safe);

/** A record that was handed out; stays where it is until kpl_spool_done(). */
typedef struct kpl_spool_entry kpl_spool_entry_t;

/**
 * The oldest record that was not taken yet.
 *
 * @param record  Receives it, lent until kpl_spool_done(); its tag is NULL if another process put it.
 * @return NULL if there is none
 */
kpl_spool_entry_t *kpl_spool_peek(struct kpl_spool *spool, kpl_record_t *record);

/** The record that kpl_spool_peek() shows is under way. */
void kpl_spool_advance(struct kpl_spool *spool);

/** The tag of a record that was handed out; NULL if another process put it. */
void *kpl_spool_tag(const struct kpl_spool *spool, const kpl_spool_entry_t *entry);

/** Whether another process put a record that was handed out. */
bool kpl_spool_is_found(const struct kpl_spool *spool, const kpl_spool_entry_t *entry);

/** A record that was taken needs not be kept any more. */
void kpl_spool_done(struct kpl_spool *spool, kpl_spool_entry_t *entry);

/** The number of the record that was written last; 0 = none ever was. */
uint64_t kpl_spool_written(const struct kpl_spool *spool);

struct kpl_spool_stats {
    uint64_t records;   /* not acknowledged */
    uint64_t waiting;   /* of these, not taken yet */
    uint64_t recovered; /* found when the spool was opened */
    uint64_t torn;      /* segments whose end could not be read */
    size_t bytes;       /* of the files */
};

void kpl_spool_stats(const struct kpl_spool *spool, struct kpl_spool_stats *out);

#endif /* KPL_SRC_SPOOL_H */
