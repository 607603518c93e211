/*
 * sqlite_file: opening.
 *
 * Rollback journal and extra synchronisation: acknowledged is on disk, and versions of SQLite before
 * 3.51.3 have a race in the write-ahead log when several processes share a file. docs/lease-store.md
 * has the figures.
 */
#include "sqlite_file.h"

#include "base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#define APPLICATION_ID 0x6b636c31 /* "kcl1" */

static const char schema[] =
    "CREATE TABLE lease("
    " application TEXT NOT NULL, scope TEXT NOT NULL, stream TEXT NOT NULL,"
    " shard_id TEXT NOT NULL, owner TEXT NOT NULL, checkpoint_owner TEXT NOT NULL,"
    " counter INTEGER NOT NULL, nonce INTEGER NOT NULL, incarnation INTEGER NOT NULL,"
    " switches INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " checkpoint TEXT NOT NULL, checkpoint_sub INTEGER NOT NULL,"
    " pending TEXT, pending_sub INTEGER, pending_state BLOB,"
    " parent TEXT NOT NULL, adjacent_parent TEXT NOT NULL,"
    " child TEXT NOT NULL, other_child TEXT NOT NULL,"
    " first_hash_key TEXT, last_hash_key TEXT,"
    " PRIMARY KEY(application, scope, stream, shard_id)) WITHOUT ROWID;";

static kds_err_t code_of(int sqlite)
{
    switch (sqlite & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return KDS_ERR_STORE_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return KDS_ERR_STORE_CORRUPT;
    case SQLITE_NOMEM:
        return KDS_ERR_NO_MEMORY;
    default:
        return KDS_ERR_STORE;
    }
}

kds_err_t
kcl_sqlite_fail(const struct kcl_sqlite_file *file, int code, kds_error_t **error)
{
    return kds_error_set(error, code_of(code), "lease store %s: %s", file->path,
                         file->db ? sqlite3_errmsg(file->db) : sqlite3_errstr(code));
}

const char *kcl_sqlite_unfit_file_system(long type)
{
    static const struct {
        unsigned long type;
        const char *name;
    } unfit[] = {{0x6969, "NFS"},       {0x517B, "SMB"},     {0xFF534D42, "CIFS"},
                 {0xFE534D42, "SMB2"},  {0x01021997, "9P"},  {0x00C36400, "Ceph"},
                 {0x7461636f, "OCFS2"}, {0x47504653, "GPFS"}};
    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++) {
        if (((unsigned long)type & 0xFFFFFFFF) == unfit[i].type) {
            return unfit[i].name;
        }
    }
    return NULL;
}

static kds_err_t fail_by_errno(const struct kcl_sqlite_file *file, kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_STORE, "lease store %s: %s", file->path,
                         strerror(errno));
}

/* SQLite would make the file readable for everybody. */
static bool make_if_missing(const char *path, struct stat *st)
{
    return lstat(path, st) == 0 ||
           (errno == ENOENT && (mknod(path, S_IFREG | 0600, 0) == 0 || errno == EEXIST) &&
            lstat(path, st) == 0);
}

/*
 * By its path alone. A descriptor of our own must never exist, not even of a file that was just made: closing one
 * drops all locks that this process has on the file, those of another worker's connection too.
 */
static kds_err_t make_file(struct kcl_sqlite_file *file, kds_error_t **error)
{
    struct stat st;
    struct statfs fs;
    if (!make_if_missing(file->path, &st)) {
        return fail_by_errno(file, error);
    }
    if (!S_ISREG(st.st_mode)) {
        return kds_error_set(error, KDS_ERR_STORE, "lease store %s: not a regular file",
                             file->path);
    }
    if (statfs(file->path, &fs) != 0) {
        return fail_by_errno(file, error);
    }
    const char *unfit = kcl_sqlite_unfit_file_system((long)fs.f_type);
    if (unfit != NULL) {
        return kds_error_set(
            error, KDS_ERR_STORE,
            "lease store %s: on %s, where locks of files do not hold; an "
            "SQLite store is for one machine and a local disk",
            file->path, unfit);
    }
    file->device = st.st_dev;
    file->inode = st.st_ino;
    return KDS_OK;
}

bool kcl_sqlite_same_file(const struct kcl_sqlite_file *file)
{
    struct stat st;
    return stat(file->path, &st) == 0 && st.st_dev == file->device &&
           st.st_ino == file->inode;
}

/* What SQLite opened is what was checked: the path may have changed its mind in between. */
static kds_err_t check_same(const struct kcl_sqlite_file *file, kds_error_t **error)
{
    return kcl_sqlite_same_file(file)
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_STORE,
                               "lease store %s: the file was deleted or replaced",
                               file->path);
}

static int read_pragma(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK) {
        return rc;
    }
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        *out = sqlite3_column_int64(st, 0);
    }
    sqlite3_finalize(st);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int make_tables(sqlite3 *db, int64_t *id, int64_t *version)
{
    char sql[sizeof schema + 128];
    snprintf(sql, sizeof sql, "%sPRAGMA application_id = %d; PRAGMA user_version = %d;",
             schema, APPLICATION_ID, KCL_SQLITE_SCHEMA);
    *id = APPLICATION_ID;
    *version = KCL_SQLITE_SCHEMA;
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Make the tables in an empty file; recognise ours; refuse everything else. */
static kds_err_t check_schema(struct kcl_sqlite_file *file, kds_error_t **error)
{
    int64_t id = 0, version = 0, tables = 0;
    int rc = sqlite3_exec(file->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    rc = rc ? rc : read_pragma(file->db, "PRAGMA application_id", &id);
    rc = rc ? rc : read_pragma(file->db, "PRAGMA user_version", &version);
    rc = rc ? rc : read_pragma(file->db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc == SQLITE_OK && tables == 0 && id == 0) {
        rc = make_tables(file->db, &id, &version);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_exec(file->db, "COMMIT", NULL, NULL, NULL);
    }
    if (rc != SQLITE_OK) {
        return kcl_sqlite_fail(file, rc, error);
    }
    if (id != APPLICATION_ID) {
        return kds_error_set(error, KDS_ERR_STORE_CORRUPT,
                             "lease store %s: an SQLite file of another program",
                             file->path);
    }
    return version == KCL_SQLITE_SCHEMA
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_STORE_CORRUPT,
                               "lease store %s: schema version %" PRId64
                               ", this release knows %d",
                               file->path, version, KCL_SQLITE_SCHEMA);
}

/* A damaged file is refused before anything is decided from it. */
static kds_err_t check_integrity(struct kcl_sqlite_file *file, kds_error_t **error)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(file->db, "PRAGMA quick_check(1)", -1, &st, NULL);
    if (rc != SQLITE_OK) {
        return kcl_sqlite_fail(file, rc, error);
    }
    kds_err_t err = KDS_OK;
    rc = sqlite3_step(st);
    const char *verdict =
        rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
    if (verdict == NULL) {
        err = kcl_sqlite_fail(file, rc == SQLITE_ROW ? SQLITE_NOMEM : rc, error);
    } else if (strcmp(verdict, "ok") != 0) {
        err = kds_error_set(error, KDS_ERR_STORE_CORRUPT, "lease store %s: %.200s",
                            file->path, verdict);
    }
    sqlite3_finalize(st);
    return err;
}

kds_err_t kcl_sqlite_open(struct kcl_sqlite_file *file,
                          const char *path,
                          int64_t busy_ms,
                          kds_error_t **error)
{
    memset(file, 0, sizeof *file);
    file->path = path;
    kds_err_t err = make_file(file, error);
    if (err != KDS_OK) {
        return err;
    }
    int rc = sqlite3_open_v2(path, &file->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                             NULL);
    rc = rc ? rc : sqlite3_busy_timeout(file->db, (int)busy_ms);
    rc = rc ? rc
            : sqlite3_exec(file->db,
                           "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;"
                           "PRAGMA mmap_size = 0; PRAGMA cache_size = -8192;"
                           "PRAGMA trusted_schema = OFF;",
                           NULL, NULL, NULL);
    err = rc == SQLITE_OK ? check_same(file, error) : kcl_sqlite_fail(file, rc, error);
    err = err ? err : check_schema(file, error);
    err = err ? err : check_integrity(file, error);
    if (err != KDS_OK) {
        kcl_sqlite_close(file);
    }
    return err;
}

void kcl_sqlite_close(struct kcl_sqlite_file *file)
{
    sqlite3_close(file->db);
    file->db = NULL;
}
