/*
 * store: two tables, objects and records, and a transaction for each call that changes something.
 *
 * Write-ahead log: a call costs one append. The file is locked for as long as it is open, so that two
 * servers cannot write to one file and its index needs no shared memory.
 */
#include "store.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6b64736c /* "kdsl" */
#define SCHEMA_VERSION 1

static const char schema[] =
    "CREATE TABLE object("
    " kind INTEGER NOT NULL, stream INTEGER NOT NULL, name TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY(kind, stream, name)) WITHOUT ROWID;"
    "CREATE TABLE record("
    " stream INTEGER NOT NULL, shard INTEGER NOT NULL, position INTEGER NOT NULL,"
    " sequence TEXT NOT NULL, arrival_ms INTEGER NOT NULL, encrypted INTEGER NOT NULL,"
    " partition_key TEXT, data BLOB NOT NULL,"
    " PRIMARY KEY(stream, shard, position)) WITHOUT ROWID;";

enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_OBJECT_PUT,
    SQL_OBJECT_DROP,
    SQL_STREAM_DROP,
    SQL_RECORD_PUT,
    SQL_RECORDS_TRIM,
    SQL_STREAM_RECORDS_DROP,
    SQL_SHARD_RECORDS_DROP,
    SQL_OBJECTS,
    SQL_RECORDS,
    SQL_COUNT
};

/* clang-format off */
static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_OBJECT_PUT] = "INSERT OR REPLACE INTO object VALUES(?1, ?2, ?3, ?4)",
    [SQL_OBJECT_DROP] = "DELETE FROM object WHERE kind = ?1 AND stream = ?2 AND name = ?3",
    [SQL_STREAM_DROP] = "DELETE FROM object WHERE kind IN (1, 2, 3) AND stream = ?1",
    [SQL_RECORD_PUT] = "INSERT INTO record VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_RECORDS_TRIM] = "DELETE FROM record WHERE stream = ?1 AND shard = ?2 AND position < ?3",
    [SQL_STREAM_RECORDS_DROP] = "DELETE FROM record WHERE stream = ?1",
    [SQL_SHARD_RECORDS_DROP] = "DELETE FROM record WHERE stream = ?1 AND shard = ?2",
    [SQL_OBJECTS] = "SELECT kind, stream, name, value FROM object ORDER BY 1, 2, 3",
    [SQL_RECORDS] = "SELECT * FROM record ORDER BY stream, shard, position",
};
/* clang-format on */

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    struct local_observer observer;
    bool writing;    /* a transaction is open */
    char error[256]; /* "" = all is well */
};

/* ---- errors ------------------------------------------------------------------------------- */

/* What SQLite's codes say to somebody who gave us a file. */
static const char *meaning(struct store *s, int code)
{
    switch (code & 0xFF) {
    case SQLITE_NOTADB:
        return "is not an SQLite file";
    case SQLITE_CORRUPT:
        return "is damaged";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "is used by another process";
    case SQLITE_FULL:
        return "cannot grow: the disk is full";
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "cannot be written";
    default:
        return s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(code);
    }
}

static bool fail(struct store *s, int code)
{
    if (s->error[0] == 0) {
        snprintf(s->error, sizeof s->error, "%s", meaning(s, code));
    }
    return false;
}

static bool refuse(struct store *s, const char *why)
{
    snprintf(s->error, sizeof s->error, "%s", why);
    return false;
}

/* ---- statements --------------------------------------------------------------------------- */

static void bind_text(sqlite3_stmt *st, int at, kds_slice_t text)
{
    if (text.p != NULL) {
        sqlite3_bind_text64(st, at, (const char *)text.p, text.n, SQLITE_STATIC,
                            SQLITE_UTF8);
    }
}

static sqlite3_stmt *
use(struct store *s, enum statement which, uint64_t first, uint64_t second)
{
    sqlite3_stmt *st = s->statements[which];
    int parameters = sqlite3_bind_parameter_count(st);
    sqlite3_clear_bindings(st);
    if (parameters >= 1) {
        sqlite3_bind_int64(st, 1, (sqlite3_int64)first);
    }
    if (parameters >= 2) {
        sqlite3_bind_int64(st, 2, (sqlite3_int64)second);
    }
    return st;
}

static bool run(struct store *s, sqlite3_stmt *st)
{
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? true : fail(s, rc);
}

static bool script(struct store *s, const char *sql)
{
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? true : fail(s, rc);
}

/* ---- what the service tells --------------------------------------------------------------- */

/* Every change is part of the transaction of its call. */
static bool begin(struct store *s)
{
    if (s->error[0] != 0) {
        return false;
    }
    if (!s->writing) {
        s->writing = run(s, use(s, SQL_BEGIN, 0, 0));
    }
    return s->writing;
}

/* What a shard's id ends with. */
static uint64_t index_of(kds_slice_t shard_id)
{
    uint64_t index = 0;
    for (size_t i = 0; i < shard_id.n; i++) {
        bool digit = shard_id.p[i] >= '0' && shard_id.p[i] <= '9';
        index = digit ? index * 10 + (shard_id.p[i] - (uint64_t)'0') : 0;
    }
    return index;
}

static bool object_gone(struct store *s, const struct local_object *object)
{
    if (object->kind == LOCAL_OBJECT_STREAM) {
        return run(s, use(s, SQL_STREAM_DROP, object->stream, 0)) &&
               run(s, use(s, SQL_STREAM_RECORDS_DROP, object->stream, 0));
    }
    if (object->kind == LOCAL_OBJECT_SHARD &&
        !run(s, use(s, SQL_SHARD_RECORDS_DROP, object->stream, index_of(object->name)))) {
        return false;
    }
    sqlite3_stmt *st = use(s, SQL_OBJECT_DROP, (uint64_t)object->kind, object->stream);
    bind_text(st, 3, object->name);
    return run(s, st);
}

static bool on_object(const struct local_object *object, void *opaque)
{
    struct store *s = opaque;
    if (!begin(s)) {
        return false;
    }
    if (object->value.p == NULL) {
        return object_gone(s, object);
    }
    sqlite3_stmt *st = use(s, SQL_OBJECT_PUT, (uint64_t)object->kind, object->stream);
    bind_text(st, 3, object->name);
    bind_text(st, 4, object->value);
    return run(s, st);
}

static bool on_record(uint64_t stream,
                      uint32_t shard,
                      uint64_t position,
                      const struct local_record *record,
                      void *opaque)
{
    struct store *s = opaque;
    if (!begin(s)) {
        return false;
    }
    sqlite3_stmt *st = use(s, SQL_RECORD_PUT, stream, shard);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)position);
    bind_text(st, 4, kds_slice(record->sequence));
    sqlite3_bind_int64(st, 5, record->arrival_ms);
    sqlite3_bind_int(st, 6, record->encrypted);
    bind_text(st, 7, record->partition_key);
    sqlite3_bind_blob64(st, 8, record->data.p, record->data.n, SQLITE_STATIC);
    return run(s, st);
}

static bool on_trimmed(uint64_t stream, uint32_t shard, uint64_t first, void *opaque)
{
    struct store *s = opaque;
    if (!begin(s)) {
        return false;
    }
    sqlite3_stmt *st = use(s, SQL_RECORDS_TRIM, stream, shard);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)first);
    return run(s, st);
}

static bool on_commit(void *opaque)
{
    struct store *s = opaque;
    if (s->writing) {
        s->writing = false;
        return run(s, use(s, SQL_COMMIT, 0, 0));
    }
    return s->error[0] == 0;
}

/* ---- putting back ------------------------------------------------------------------------- */

static kds_slice_t column_text(sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) == SQLITE_NULL) {
        return kds_slice_of(NULL, 0);
    }
    const void *bytes = sqlite3_column_blob(st, column);
    size_t n = (size_t)sqlite3_column_bytes(st, column);
    return kds_slice_of(bytes ? bytes : "", n); /* SQLite has no address for nothing */
}

static bool put_object_back(struct local_service *service, sqlite3_stmt *st)
{
    const struct local_object object = {(enum local_object_kind)sqlite3_column_int(st, 0),
                                        (uint64_t)sqlite3_column_int64(st, 1),
                                        column_text(st, 2), column_text(st, 3)};
    return local_service_restore_object(service, &object);
}

static bool put_record_back(struct local_service *service, sqlite3_stmt *st)
{
    struct local_record record = {.arrival_ms = sqlite3_column_int64(st, 4),
                                  .encrypted = sqlite3_column_int(st, 5) != 0,
                                  .partition_key = column_text(st, 6),
                                  .data = column_text(st, 7)};
    kds_slice_t sequence = column_text(st, 3);
    if (sequence.n >= sizeof record.sequence) {
        return false;
    }
    memcpy(record.sequence, sequence.p, sequence.n);
    return local_service_restore_record(service, (uint64_t)sqlite3_column_int64(st, 0),
                                        (uint32_t)sqlite3_column_int64(st, 1),
                                        (uint64_t)sqlite3_column_int64(st, 2), &record);
}

static bool put_rows_back(struct store *s,
                          enum statement which,
                          struct local_service *service,
                          bool (*put_back)(struct local_service *service,
                                           sqlite3_stmt *st))
{
    sqlite3_stmt *st = use(s, which, 0, 0);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (!put_back(service, st)) {
            sqlite3_reset(st);
            return refuse(s, which == SQL_OBJECTS
                                 ? "is damaged: an object in it makes no sense"
                                 : "is damaged: a record in it makes no sense");
        }
    }
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? true : fail(s, rc);
}

static bool put_back(struct store *s, struct local_service *service)
{
    return put_rows_back(s, SQL_OBJECTS, service, put_object_back) &&
           put_rows_back(s, SQL_RECORDS, service, put_record_back) &&
           (local_service_restored(service) ||
            refuse(s, "is damaged: its shards do not fit together"));
}

/* ---- the file ----------------------------------------------------------------------------- */

/* SQLite makes files that others may read; ours is made before, for its owner alone. */
static bool make_file(struct store *s, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) {
        snprintf(s->error, sizeof s->error, "%s", strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    close(fd);
    return S_ISREG(about.st_mode) ? true : refuse(s, "is not a regular file");
}

static bool pragma(struct store *s, const char *sql, char *out, size_t size)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(st);
        const unsigned char *text =
            rc == SQLITE_ROW ? sqlite3_column_text(st, 0) : (const unsigned char *)"";
        snprintf(out, size, "%s", text ? (const char *)text : "");
    }
    sqlite3_finalize(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? true : fail(s, rc);
}

static bool make_schema(struct store *s)
{
    char text[128];
    snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             APPLICATION_ID, SCHEMA_VERSION);
    return script(s, "BEGIN IMMEDIATE") && script(s, schema) && script(s, text) &&
           script(s, "COMMIT");
}

/* A file of ours, made ready if it is new. */
static bool check_schema(struct store *s)
{
    char id[32], version[32], tables[32], check[256];
    char ours[32], newest[32];
    snprintf(ours, sizeof ours, "%d", APPLICATION_ID);
    snprintf(newest, sizeof newest, "%d", SCHEMA_VERSION);
    if (!pragma(s, "PRAGMA application_id", id, sizeof id) ||
        !pragma(s, "PRAGMA user_version", version, sizeof version) ||
        !pragma(s, "SELECT count(*) FROM sqlite_schema", tables, sizeof tables)) {
        return false;
    }
    if (strcmp(id, "0") == 0 && strcmp(tables, "0") == 0) {
        return make_schema(s);
    }
    if (strcmp(id, ours) != 0) {
        return refuse(s, "is an SQLite file of another program");
    }
    if (strcmp(version, newest) != 0) {
        snprintf(s->error, sizeof s->error,
                 "has format version %s; this program knows version %s", version, newest);
        return false;
    }
    return pragma(s, "PRAGMA quick_check(1)", check, sizeof check) &&
           (strcmp(check, "ok") == 0 || refuse(s, "is damaged"));
}

static bool prepare(struct store *s)
{
    for (size_t i = 0; i < SQL_COUNT; i++) {
        int rc = sqlite3_prepare_v3(s->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &s->statements[i], NULL);
        if (rc != SQLITE_OK) {
            return fail(s, rc);
        }
    }
    return true;
}

static bool open_file(struct store *s, const char *path)
{
    if (!make_file(s, path)) {
        return false;
    }
    int rc = sqlite3_open_v2(
        path, &s->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (rc != SQLITE_OK) {
        return fail(s, rc);
    }
    /* Not trusted: a file may hold anything. */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return script(s, "PRAGMA locking_mode = EXCLUSIVE") && check_schema(s) &&
           script(s, "PRAGMA journal_mode = WAL") &&
           script(s, "PRAGMA synchronous = NORMAL") &&
           /* Takes the lock, and shows whether the file can be written. */
           script(s, "BEGIN IMMEDIATE; COMMIT") && prepare(s);
}

/* ---- from outside ------------------------------------------------------------------------- */

struct store *
store_open(const char *path, struct local_service *service, char *why, size_t why_size)
{
    struct store *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        snprintf(why, why_size, "%s: out of memory", path);
        return NULL;
    }
    if (!open_file(s, path) || !put_back(s, service)) {
        snprintf(why, why_size, "%s %s", path, s->error);
        store_close(s);
        return NULL;
    }
    s->observer = (struct local_observer){on_object, on_record, on_trimmed, on_commit, s};
    local_service_observe(service, &s->observer);
    return s;
}

void store_close(struct store *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(s->statements[i]);
    }
    sqlite3_close(s->db);
    kds_free(s);
}

const char *store_error(const struct store *s)
{
    return s->error[0] != 0 ? s->error : NULL;
}
