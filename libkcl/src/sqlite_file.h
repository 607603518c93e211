/*
 * sqlite_file: the SQLite file of a lease store: made, checked, opened.
 */
#ifndef KCL_SRC_SQLITE_FILE_H
#define KCL_SRC_SQLITE_FILE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "kds/error.h"

#define KCL_SQLITE_SCHEMA 2

struct kcl_sqlite_file {
    const char *path; /* (lent while it is open) */
    sqlite3 *db;
    dev_t device; /* of the file that was opened: it may be replaced under us */
    ino_t inode;
};

/**
 * Open a lease store; make it, with mode 0600, if there is none.
 * @retval KDS_ERR_STORE, KDS_ERR_STORE_BUSY, KDS_ERR_STORE_CORRUPT, KDS_ERR_NO_MEMORY  closed again
 */
kds_err_t kcl_sqlite_open(struct kcl_sqlite_file *file,
                          const char *path,
                          int64_t busy_ms,
                          kds_error_t **error);
void kcl_sqlite_close(struct kcl_sqlite_file *file);

/** False if the path now leads to another file, or to none: writes would go where nobody looks. */
bool kcl_sqlite_same_file(const struct kcl_sqlite_file *file);

/** Set the error for a result code of SQLite. */
kds_err_t
kcl_sqlite_fail(const struct kcl_sqlite_file *file, int code, kds_error_t **error);

/** What a file system of this type, as statfs() tells it, is called if locks do not hold on it;
 *  NULL if they do. */
const char *kcl_sqlite_unfit_file_system(long type);

#endif /* KCL_SRC_SQLITE_FILE_H */
