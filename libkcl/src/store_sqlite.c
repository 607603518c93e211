/*
 * store_sqlite: leases in an SQLite file that the workers of one machine share.
 *
 * Rollback journal and full synchronisation: acknowledged is on disk, and versions of SQLite before
 * 3.51.3 have a race in the write-ahead log when several processes share a file. Every write begins
 * with BEGIN IMMEDIATE, so that it waits for others in one place only. docs/lease-store.md argues.
 */
#include "store.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6b636c31 /* "kcl1" */
#define SCHEMA_VERSION 1
#define LEASES_MAX     100000

static const char schema[] =
    "CREATE TABLE stream("
    " application TEXT NOT NULL, stream TEXT NOT NULL, created_ms INTEGER NOT NULL,"
    " PRIMARY KEY(application, stream)) WITHOUT ROWID;"
    "CREATE TABLE lease("
    " application TEXT NOT NULL, stream TEXT NOT NULL, shard_id TEXT NOT NULL,"
    " owner TEXT NOT NULL, counter INTEGER NOT NULL, nonce INTEGER NOT NULL,"
    " checkpoint TEXT NOT NULL, checkpoint_sub INTEGER NOT NULL,"
    " parent TEXT NOT NULL, adjacent_parent TEXT NOT NULL,"
    " first_hash_key TEXT NOT NULL, last_hash_key TEXT NOT NULL,"
    " PRIMARY KEY(application, stream, shard_id)) WITHOUT ROWID;";

enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_STREAM_GET,
    SQL_STREAM_PUT,
    SQL_LIST,
    SQL_GET,
    SQL_CREATE,
    SQL_UPDATE,
    SQL_COUNT
};

#define COLUMNS                                                                          \
    "shard_id, owner, counter, nonce, checkpoint, checkpoint_sub, parent, "              \
    "adjacent_parent, "                                                                  \
    "first_hash_key, last_hash_key"

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_STREAM_GET] =
        "SELECT created_ms FROM stream WHERE application = ?1 AND stream = ?2",
    [SQL_STREAM_PUT] = "INSERT INTO stream VALUES(?1, ?2, ?3)",
    [SQL_LIST] = "SELECT " COLUMNS " FROM lease WHERE application = ?1 AND stream = ?2",
    [SQL_GET] = "SELECT " COLUMNS
                " FROM lease WHERE application = ?1 AND stream = ?2 AND shard_id = ?3",
    [SQL_CREATE] = "INSERT OR IGNORE INTO lease(application, stream, " COLUMNS
                   ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [SQL_UPDATE] =
        "UPDATE lease SET owner = ?4, counter = ?5, nonce = ?6, checkpoint = ?7,"
        " checkpoint_sub = ?8"
        " WHERE application = ?1 AND stream = ?2 AND shard_id = ?3",
};

struct sqlite_store {
    struct kcl_store base;
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    char *path, *application, *stream;
    dev_t device; /* of the file that was opened: it may be replaced under us */
    ino_t inode;
};

/* ---- errors ------------------------------------------------------------------------------- */

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

static kds_err_t fail(struct sqlite_store *s, int sqlite, kds_error_t **error)
{
    return kds_error_set(error, code_of(sqlite), "lease store %s: %s", s->path,
                         s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(sqlite));
}

/* ---- statements --------------------------------------------------------------------------- */

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    sqlite3_bind_text(st, at, text, -1, SQLITE_TRANSIENT);
}

/* A statement ready to run, with application and stream bound where it has them. */
static sqlite3_stmt *use(struct sqlite_store *s, enum statement which)
{
    sqlite3_stmt *st = s->statements[which];
    sqlite3_reset(st);
    if (sqlite3_bind_parameter_count(st) >= 2) {
        bind_text(st, 1, s->application);
        bind_text(st, 2, s->stream);
    }
    return st;
}

/* Run to its end. @return SQLITE_OK or the error */
static int run(struct sqlite_store *s, enum statement which)
{
    sqlite3_stmt *st = use(s, which);
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int finish(struct sqlite_store *s, int rc)
{
    if (rc == SQLITE_OK) {
        rc = run(s, SQL_COMMIT);
    }
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(s->db)) {
        run(s, SQL_ROLLBACK);
    }
    return rc;
}

static void read_text(sqlite3_stmt *st, int column, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(st, column);
    snprintf(out, size, "%s", text ? (const char *)text : "");
}

/* @return false if the row is not one that this library writes */
static bool read_lease(sqlite3_stmt *st, struct kcl_lease *out)
{
    char text[KCL_SEQUENCE_BYTES];
    memset(out, 0, sizeof *out);
    read_text(st, 0, out->shard_id, sizeof out->shard_id);
    read_text(st, 1, out->owner, sizeof out->owner);
    out->counter = (uint64_t)sqlite3_column_int64(st, 2);
    out->nonce = (uint64_t)sqlite3_column_int64(st, 3);
    read_text(st, 4, text, sizeof text);
    if (!kcl_position_parse(kds_slice(text), sqlite3_column_int64(st, 5),
                            &out->checkpoint)) {
        return false;
    }
    for (int i = 0; i < KCL_PARENTS_MAX; i++) {
        read_text(st, 6 + i, out->parents[out->parent_count], KCL_NAME_BYTES);
        out->parent_count += out->parents[out->parent_count][0] != 0;
    }
    char first[48], last[48];
    read_text(st, 8, first, sizeof first);
    read_text(st, 9, last, sizeof last);
    return out->shard_id[0] != 0 && kds_u128_parse(kds_slice(first), &out->first) &&
           kds_u128_parse(kds_slice(last), &out->last);
}

static kds_err_t foreign_row(struct sqlite_store *s, kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_STORE_CORRUPT,
                         "lease store %s: a lease of application \"%s\" is malformed",
                         s->path, s->application);
}

/* ---- operations --------------------------------------------------------------------------- */

static kds_err_t
bind_stream(struct sqlite_store *s, const struct kcl_store_op *op, kds_error_t **error)
{
    int rc = run(s, SQL_BEGIN);
    if (rc != SQLITE_OK) {
        return fail(s, rc, error);
    }
    sqlite3_stmt *st = use(s, SQL_STREAM_GET);
    rc = sqlite3_step(st);
    int64_t created = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : op->number;
    sqlite3_reset(st);
    if (rc == SQLITE_DONE) {
        sqlite3_bind_int64(use(s, SQL_STREAM_PUT), 3, op->number);
        rc = sqlite3_step(s->statements[SQL_STREAM_PUT]) == SQLITE_DONE
                 ? SQLITE_OK
                 : sqlite3_errcode(s->db);
        sqlite3_reset(s->statements[SQL_STREAM_PUT]);
    } else {
        rc = rc == SQLITE_ROW ? SQLITE_OK : rc;
    }
    rc = finish(s, rc);
    if (rc != SQLITE_OK) {
        return fail(s, rc, error);
    }
    return created == op->number
               ? KDS_OK
               : kds_error_set(
                     error, KDS_ERR_STATE,
                     "stream %s was created at %" PRId64 " ms, but the leases of "
                     "application \"%s\" in %s belong to one created at %" PRId64
                     " ms: its checkpoints mean nothing here",
                     s->stream, op->number, s->application, s->path, created);
}

static kds_err_t list(struct sqlite_store *s, struct kcl_store_result *result)
{
    sqlite3_stmt *st = use(s, SQL_LIST);
    size_t capacity = 0;
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (result->lease_count == capacity) {
            capacity = capacity ? capacity * 2 : 16;
            struct kcl_lease *more =
                capacity > LEASES_MAX * 2
                    ? NULL
                    : kds_realloc_array(result->leases, capacity, sizeof *more);
            if (more == NULL) {
                sqlite3_reset(st);
                return kds_error_set(&result->error, KDS_ERR_NO_MEMORY, "out of memory");
            }
            result->leases = more;
        }
        if (!read_lease(st, &result->leases[result->lease_count++])) {
            sqlite3_reset(st);
            return foreign_row(s, &result->error);
        }
    }
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? KDS_OK : fail(s, rc, &result->error);
}

static int insert(struct sqlite_store *s, const struct kcl_lease *l)
{
    char first[KDS_U128_DIGITS_MAX + 1], last[KDS_U128_DIGITS_MAX + 1];
    sqlite3_stmt *st = use(s, SQL_CREATE);
    first[kds_u128_format(l->first, first)] = 0;
    last[kds_u128_format(l->last, last)] = 0;
    bind_text(st, 3, l->shard_id);
    bind_text(st, 4, l->owner);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)l->counter);
    sqlite3_bind_int64(st, 6, (sqlite3_int64)l->nonce);
    bind_text(st, 7, kcl_position_text(&l->checkpoint));
    sqlite3_bind_int64(st, 8, l->checkpoint.number);
    bind_text(st, 9, l->parent_count > 0 ? l->parents[0] : "");
    bind_text(st, 10, l->parent_count > 1 ? l->parents[1] : "");
    bind_text(st, 11, first);
    bind_text(st, 12, last);
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static kds_err_t
create(struct sqlite_store *s, const struct kcl_store_op *op, kds_error_t **error)
{
    int rc = run(s, SQL_BEGIN);
    bool begun = rc == SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < op->lease_count; i++) {
        rc = insert(s, &op->leases[i]);
    }
    rc = begun ? finish(s, rc) : rc;
    return rc == SQLITE_OK ? KDS_OK : fail(s, rc, error);
}

static int update(struct sqlite_store *s, const struct kcl_lease *l)
{
    sqlite3_stmt *st = use(s, SQL_UPDATE);
    bind_text(st, 3, l->shard_id);
    bind_text(st, 4, l->owner);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)l->counter);
    sqlite3_bind_int64(st, 6, (sqlite3_int64)l->nonce);
    bind_text(st, 7, kcl_position_text(&l->checkpoint));
    sqlite3_bind_int64(st, 8, l->checkpoint.number);
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The lease, in a transaction that has begun. @return SQLITE_ROW, SQLITE_DONE (none) or an error */
static int
get(struct sqlite_store *s, const char *shard_id, struct kcl_lease *out, bool *good)
{
    sqlite3_stmt *st = use(s, SQL_GET);
    bind_text(st, 3, shard_id);
    int rc = sqlite3_step(st);
    *good = rc != SQLITE_ROW || read_lease(st, out);
    sqlite3_reset(st);
    return rc;
}

static kds_err_t change(struct sqlite_store *s,
                        const struct kcl_store_op *op,
                        struct kcl_store_result *result)
{
    bool good = true, applied = false;
    int rc = run(s, SQL_BEGIN);
    if (rc != SQLITE_OK) {
        return fail(s, rc, &result->error);
    }
    rc = get(s, op->shard_id, &result->lease, &good);
    if (rc == SQLITE_ROW) {
        applied = good && kcl_store_apply(op, &result->lease);
        rc = applied ? update(s, &result->lease) : SQLITE_OK;
    } else if (rc == SQLITE_DONE) {
        rc = SQLITE_OK;
    }
    rc = finish(s, rc);
    if (rc != SQLITE_OK) {
        return fail(s, rc, &result->error);
    }
    if (!good) {
        return foreign_row(s, &result->error);
    }
    return applied ? KDS_OK : KDS_ERR_LEASE_LOST;
}

/* A file that was deleted or replaced takes writes that nobody else sees. */
static bool same_file(const struct sqlite_store *s)
{
    struct stat st;
    return stat(s->path, &st) == 0 && st.st_dev == s->device && st.st_ino == s->inode;
}

static void execute(struct kcl_store *base,
                    const struct kcl_store_op *op,
                    struct kcl_store_result *result)
{
    struct sqlite_store *s = (struct sqlite_store *)(void *)base;
    memset(result, 0, sizeof *result);
    if (!same_file(s)) {
        result->err =
            kds_error_set(&result->error, KDS_ERR_STORE,
                          "lease store %s: the file was deleted or replaced", s->path);
        return;
    }
    switch (op->kind) {
    case KCL_STORE_BIND:
        result->err = bind_stream(s, op, &result->error);
        break;
    case KCL_STORE_LIST:
        result->err = list(s, result);
        break;
    case KCL_STORE_CREATE:
        result->err = create(s, op, &result->error);
        break;
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
        result->err = change(s, op, result);
        break;
    }
    if (result->err != KDS_OK) {
        kds_free(result->leases);
        result->leases = NULL;
        result->lease_count = 0;
    }
}

/* ---- opening ------------------------------------------------------------------------------ */

static void sqlite_free(struct kcl_store *base)
{
    struct sqlite_store *s = (struct sqlite_store *)(void *)base;
    for (size_t i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(s->statements[i]);
    }
    sqlite3_close(s->db);
    kds_free(s->path);
    kds_free(s->application);
    kds_free(s->stream);
    kds_free(s);
}

static const struct kcl_store_ops ops = {execute, sqlite_free};

/* SQLite would make the file readable for everybody. */
static kds_err_t make_file(struct sqlite_store *s, kds_error_t **error)
{
    struct stat st;
    int fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0) {
            close(fd);
        }
        return kds_error_set(error, KDS_ERR_STORE, "lease store %s: %s", s->path,
                             strerror(why));
    }
    s->device = st.st_dev;
    s->inode = st.st_ino;
    close(fd);
    return KDS_OK;
}

static int read_pragma(struct sqlite_store *s, const char *sql, int64_t *out)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
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

/* Make the tables in an empty file; recognise ours; refuse everything else. */
static kds_err_t check_schema(struct sqlite_store *s, kds_error_t **error)
{
    int64_t id = 0, version = 0, tables = 0;
    char sql[sizeof schema + 128];
    int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    rc = rc ? rc : read_pragma(s, "PRAGMA application_id", &id);
    rc = rc ? rc : read_pragma(s, "PRAGMA user_version", &version);
    rc = rc ? rc : read_pragma(s, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc == SQLITE_OK && tables == 0 && id == 0) {
        snprintf(sql, sizeof sql,
                 "%sPRAGMA application_id = %d; PRAGMA user_version = %d;", schema,
                 APPLICATION_ID, SCHEMA_VERSION);
        rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
        id = APPLICATION_ID;
        version = SCHEMA_VERSION;
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    }
    if (rc != SQLITE_OK) {
        return fail(s, rc, error);
    }
    if (id != APPLICATION_ID) {
        return kds_error_set(error, KDS_ERR_STORE_CORRUPT,
                             "lease store %s: an SQLite file of another program",
                             s->path);
    }
    return version == SCHEMA_VERSION
               ? KDS_OK
               : kds_error_set(error, KDS_ERR_STORE_CORRUPT,
                               "lease store %s: schema version %" PRId64
                               ", this release knows %d",
                               s->path, version, SCHEMA_VERSION);
}

static kds_err_t
open_database(struct sqlite_store *s, int64_t busy_ms, kds_error_t **error)
{
    int rc = sqlite3_open_v2(s->path, &s->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                             NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_busy_timeout(s->db, (int)busy_ms);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_exec(s->db,
                          "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
                          "PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;",
                          NULL, NULL, NULL);
    }
    if (rc != SQLITE_OK) {
        return fail(s, rc, error);
    }
    kds_err_t err = check_schema(s, error);
    for (size_t i = 0; err == KDS_OK && i < SQL_COUNT; i++) {
        rc = sqlite3_prepare_v3(s->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                &s->statements[i], NULL);
        err = rc == SQLITE_OK ? KDS_OK : fail(s, rc, error);
    }
    return err;
}

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = kds_alloc(n);
    if (p != NULL) {
        memcpy(p, text, n);
    }
    return p;
}

kds_err_t kcl_store_sqlite_new(const char *path,
                               const char *application,
                               const char *stream,
                               int64_t busy_ms,
                               struct kcl_store **store,
                               kds_error_t **error)
{
    struct sqlite_store *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    s->base.ops = &ops;
    s->path = copy(path);
    s->application = copy(application);
    s->stream = copy(stream);
    kds_err_t rc = KDS_OK;
    if (s->path == NULL || s->application == NULL || s->stream == NULL) {
        rc = kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    rc = rc ? rc : make_file(s, error);
    rc = rc ? rc : open_database(s, busy_ms, error);
    if (rc != KDS_OK) {
        sqlite_free(&s->base);
        return rc;
    }
    *store = &s->base;
    return KDS_OK;
}
