/*
 * store_sqlite: leases in an SQLite file that the workers of one machine share.
 *
 * Writes that wait together are one transaction, begun with BEGIN IMMEDIATE, so that it waits for
 * other processes in one place only; each keeps its own condition.
 */
#include "store.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "sqlite_file.h"

#include <stdio.h>
#include <string.h>

enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_LIST,
    SQL_GET,
    SQL_CREATE,
    SQL_UPDATE,
    SQL_DELETE,
    SQL_COUNT
};

#define MINE "WHERE application = ?1 AND scope = ?2 AND "
#define ONE  MINE "stream = ?3 AND shard_id = ?4"
#define COLUMNS                                                                          \
    "stream, shard_id, owner, checkpoint_owner, counter, nonce, incarnation, switches, " \
    "created_ms, checkpoint, checkpoint_sub, pending, pending_sub, pending_state, "      \
    "parent, adjacent_parent, child, other_child, first_hash_key, last_hash_key"

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_LIST] = "SELECT " COLUMNS " FROM lease " MINE "(stream, shard_id) > (?3, ?4)"
                 " ORDER BY stream, shard_id LIMIT ?5",
    [SQL_GET] = "SELECT " COLUMNS " FROM lease " ONE,
    [SQL_CREATE] = "INSERT OR IGNORE INTO lease(application, scope, " COLUMNS
                   ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                   " ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [SQL_UPDATE] = "UPDATE lease SET owner = ?5, checkpoint_owner = ?6, counter = ?7,"
                   " nonce = ?8, incarnation = ?9, switches = ?10, created_ms = ?11,"
                   " checkpoint = ?12, checkpoint_sub = ?13, pending = ?14,"
                   " pending_sub = ?15, pending_state = ?16, child = ?19,"
                   " other_child = ?20, first_hash_key = ?21, last_hash_key = ?22 " ONE,
    [SQL_DELETE] = "DELETE FROM lease " ONE,
};

struct sqlite_store {
    struct kcl_store base;
    struct kcl_sqlite_file file;
    sqlite3_stmt *statements[SQL_COUNT];
    char *path, *application, *scope;
};

/* ---- statements --------------------------------------------------------------------------- */

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    sqlite3_bind_text(st, at, text, -1, SQLITE_TRANSIENT);
}

/* A statement ready to run, with application and scope bound where it has them. */
static sqlite3_stmt *use(struct sqlite_store *s, enum statement which)
{
    sqlite3_stmt *st = s->statements[which];
    sqlite3_reset(st);
    if (sqlite3_bind_parameter_count(st) >= 2) {
        bind_text(st, 1, s->application);
        bind_text(st, 2, s->scope);
    }
    return st;
}

/* To its end. @return SQLITE_OK or the error */
static int finish(sqlite3_stmt *st)
{
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static void read_text(sqlite3_stmt *st, int column, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(st, column);
    snprintf(out, size, "%s", text ? (const char *)text : "");
}

static bool read_position(sqlite3_stmt *st, int column, struct kcl_position *out)
{
    char text[KCL_SEQUENCE_BYTES];
    read_text(st, column, text, sizeof text);
    return kcl_position_parse(kds_slice(text), sqlite3_column_int64(st, column + 1), out);
}

static size_t
read_names(sqlite3_stmt *st, int column, char names[][KCL_NAME_BYTES], size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < most; i++) {
        read_text(st, column + (int)i, names[count], KCL_NAME_BYTES);
        count += names[count][0] != 0;
    }
    return count;
}

/* @return false if the row is not one that this library writes */
static bool read_lease(sqlite3_stmt *st, struct kcl_lease *out)
{
    char first[48], last[48];
    memset(out, 0, sizeof *out);
    read_text(st, 0, out->stream, sizeof out->stream);
    read_text(st, 1, out->shard_id, sizeof out->shard_id);
    read_text(st, 2, out->owner, sizeof out->owner);
    read_text(st, 3, out->checkpoint_owner, sizeof out->checkpoint_owner);
    out->counter = (uint64_t)sqlite3_column_int64(st, 4);
    out->nonce = (uint64_t)sqlite3_column_int64(st, 5);
    out->incarnation = (uint64_t)sqlite3_column_int64(st, 6);
    out->switches = (uint64_t)sqlite3_column_int64(st, 7);
    out->created_ms = sqlite3_column_int64(st, 8);
    out->has_pending = sqlite3_column_type(st, 11) != SQLITE_NULL;
    int state = sqlite3_column_bytes(st, 13);
    if (!read_position(st, 9, &out->checkpoint) ||
        (out->has_pending && !read_position(st, 11, &out->pending)) || state < 0 ||
        (size_t)state > sizeof out->pending_state) {
        return false;
    }
    if (state > 0) {
        memcpy(out->pending_state, sqlite3_column_blob(st, 13), (size_t)state);
        out->pending_state_len = (size_t)state;
    }
    out->parent_count = read_names(st, 14, out->parents, KCL_PARENTS_MAX);
    out->child_count = read_names(st, 16, out->children, KCL_CHILDREN_MAX);
    out->has_range = sqlite3_column_type(st, 18) != SQLITE_NULL;
    read_text(st, 18, first, sizeof first);
    read_text(st, 19, last, sizeof last);
    return out->shard_id[0] != 0 &&
           (!out->has_range || (kds_u128_parse(kds_slice(first), &out->first) &&
                                kds_u128_parse(kds_slice(last), &out->last)));
}

static void bind_position(sqlite3_stmt *st, int at, const struct kcl_position *p)
{
    bind_text(st, at, kcl_position_text(p));
    sqlite3_bind_int64(st, at + 1, p->number);
}

/* Parameters 3 to 22 of SQL_CREATE and SQL_UPDATE. */
static void bind_lease(sqlite3_stmt *st, const struct kcl_lease *l)
{
    char first[KDS_U128_DIGITS_MAX + 1], last[KDS_U128_DIGITS_MAX + 1];
    bind_text(st, 3, l->stream);
    bind_text(st, 4, l->shard_id);
    bind_text(st, 5, l->owner);
    bind_text(st, 6, l->checkpoint_owner);
    sqlite3_bind_int64(st, 7, (sqlite3_int64)l->counter);
    sqlite3_bind_int64(st, 8, (sqlite3_int64)l->nonce);
    sqlite3_bind_int64(st, 9, (sqlite3_int64)l->incarnation);
    sqlite3_bind_int64(st, 10, (sqlite3_int64)l->switches);
    sqlite3_bind_int64(st, 11, l->created_ms);
    bind_position(st, 12, &l->checkpoint);
    for (int at = 14; at <= 16; at++) {
        sqlite3_bind_null(st, at);
    }
    if (l->has_pending) {
        bind_position(st, 14, &l->pending);
        sqlite3_bind_blob(st, 16, l->pending_state, (int)l->pending_state_len,
                          SQLITE_TRANSIENT);
    }
    bind_text(st, 17, l->parent_count > 0 ? l->parents[0] : "");
    bind_text(st, 18, l->parent_count > 1 ? l->parents[1] : "");
    bind_text(st, 19, l->child_count > 0 ? l->children[0] : "");
    bind_text(st, 20, l->child_count > 1 ? l->children[1] : "");
    sqlite3_bind_null(st, 21);
    sqlite3_bind_null(st, 22);
    if (l->has_range) {
        first[kds_u128_format(l->first, first)] = 0;
        last[kds_u128_format(l->last, last)] = 0;
        bind_text(st, 21, first);
        bind_text(st, 22, last);
    }
}

static kds_err_t foreign_row(struct sqlite_store *s, kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_STORE_CORRUPT,
                         "lease store %s: a lease of application \"%s\" is malformed",
                         s->path, s->application);
}

static int
write_lease(struct sqlite_store *s, enum statement which, const struct kcl_lease *l)
{
    sqlite3_stmt *st = use(s, which);
    bind_lease(st, l);
    return finish(st);
}

/* @return SQLITE_ROW, SQLITE_DONE (none) or an error */
static int get(struct sqlite_store *s,
               const char *stream,
               const char *shard_id,
               struct kcl_lease *out,
               bool *good)
{
    sqlite3_stmt *st = use(s, SQL_GET);
    bind_text(st, 3, stream);
    bind_text(st, 4, shard_id);
    int rc = sqlite3_step(st);
    *good = rc != SQLITE_ROW || read_lease(st, out);
    sqlite3_reset(st);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------ */

static void split_cursor(const char *cursor,
                         char stream[KCL_STREAM_BYTES],
                         char shard_id[KCL_NAME_BYTES])
{
    const char *colon = strrchr(cursor, ':');
    size_t n = colon ? (size_t)(colon - cursor) : 0;
    kcl_copy_text(stream, KCL_STREAM_BYTES, kds_slice_of(cursor, n));
    kcl_copy_text(shard_id, KCL_NAME_BYTES, kds_slice(colon ? colon + 1 : cursor));
}

static kds_err_t list(struct sqlite_store *s,
                      const struct kcl_store_op *op,
                      struct kcl_store_result *result)
{
    char stream[KCL_STREAM_BYTES], shard_id[KCL_NAME_BYTES];
    split_cursor(op->cursor, stream, shard_id);
    sqlite3_stmt *st = use(s, SQL_LIST);
    bind_text(st, 3, stream);
    bind_text(st, 4, shard_id);
    sqlite3_bind_int(st, 5, KCL_STORE_PAGE);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct kcl_lease *lease = kcl_store_result_add(result);
        if (lease == NULL || !read_lease(st, lease)) {
            sqlite3_reset(st);
            return lease ? foreign_row(s, &result->error) : result->err;
        }
    }
    sqlite3_reset(st);
    if (rc != SQLITE_DONE) {
        return kcl_sqlite_fail(&s->file, rc, &result->error);
    }
    if (result->lease_count == KCL_STORE_PAGE) {
        const struct kcl_lease *last = &result->leases[result->lease_count - 1];
        kcl_lease_key(last->stream, last->shard_id, result->cursor);
    }
    return KDS_OK;
}

static kds_err_t read_one(struct sqlite_store *s,
                          const struct kcl_store_op *op,
                          struct kcl_store_result *result)
{
    bool good;
    int rc = get(s, op->stream, op->shard_id, &result->lease, &good);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        return kcl_sqlite_fail(&s->file, rc, &result->error);
    }
    return good ? KDS_OK : foreign_row(s, &result->error);
}

static void read_op(struct sqlite_store *s,
                    const struct kcl_store_op *op,
                    struct kcl_store_result *result)
{
    if (op->kind == KCL_STORE_LIST) {
        result->err = list(s, op, result);
    } else if (op->kind == KCL_STORE_GET) {
        result->err = read_one(s, op, result);
    } else if (op->kind == KCL_STORE_ROW_PUT || op->kind == KCL_STORE_ROW_DELETE) {
        result->err =
            kds_error_set(&result->error, KDS_ERR_STATE,
                          "lease store %s: has no leader and no measurements", s->path);
    }
    if (result->err != KDS_OK) {
        kds_free(result->leases);
        result->leases = NULL;
        result->lease_count = 0;
    }
}

/* ---- writing, in a transaction that has begun --------------------------------------------- */

static int change(struct sqlite_store *s,
                  const struct kcl_store_op *op,
                  struct kcl_store_result *result)
{
    bool good;
    int rc = get(s, op->stream, op->shard_id, &result->lease, &good);
    if (rc == SQLITE_DONE) {
        result->err = op->kind == KCL_STORE_DELETE ? KDS_OK : KDS_ERR_LEASE_LOST;
        return SQLITE_OK;
    }
    if (rc != SQLITE_ROW) {
        return rc;
    }
    if (!good) {
        result->err = foreign_row(s, &result->error);
        return SQLITE_OK;
    }
    if (op->kind == KCL_STORE_DELETE && result->lease.counter == op->counter) {
        sqlite3_stmt *st = use(s, SQL_DELETE);
        bind_text(st, 3, op->stream);
        bind_text(st, 4, op->shard_id);
        result->lease.shard_id[0] = 0;
        return finish(st);
    }
    if (op->kind == KCL_STORE_DELETE || !kcl_store_apply(op, &result->lease)) {
        result->err = KDS_ERR_LEASE_LOST;
        return SQLITE_OK;
    }
    return write_lease(s, SQL_UPDATE, &result->lease);
}

static int describe(struct sqlite_store *s, const struct kcl_lease *from)
{
    struct kcl_lease lease;
    bool good;
    int rc = get(s, from->stream, from->shard_id, &lease, &good);
    if (rc != SQLITE_ROW || !good) {
        return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
    }
    kcl_store_describe(&lease, from);
    return write_lease(s, SQL_UPDATE, &lease);
}

static int write_op(struct sqlite_store *s,
                    const struct kcl_store_op *op,
                    struct kcl_store_result *result)
{
    int rc = SQLITE_OK;
    if (op->kind != KCL_STORE_CREATE && op->kind != KCL_STORE_DESCRIBE) {
        return change(s, op, result);
    }
    for (size_t i = 0; rc == SQLITE_OK && i < op->lease_count; i++) {
        rc = op->kind == KCL_STORE_CREATE ? write_lease(s, SQL_CREATE, &op->leases[i])
                                          : describe(s, &op->leases[i]);
    }
    return rc;
}

static bool writes(const struct kcl_store_op *op)
{
    switch (op->kind) {
    case KCL_STORE_CREATE:
    case KCL_STORE_DELETE:
    case KCL_STORE_TAKE:
    case KCL_STORE_RENEW:
    case KCL_STORE_CHECKPOINT:
    case KCL_STORE_RELEASE:
    case KCL_STORE_HAND_OVER:
    case KCL_STORE_DESCRIBE:
    case KCL_STORE_ASSIGN:
        return true;
    case KCL_STORE_OPEN:
    case KCL_STORE_LIST:
    case KCL_STORE_GET:
    case KCL_STORE_INDEX:
    case KCL_STORE_OWNED:
    case KCL_STORE_FLEET:
    case KCL_STORE_ROW_PUT:
    case KCL_STORE_ROW_DELETE:
        break;
    }
    return false;
}

static void fail_writes(const struct kcl_store_op *const *ops,
                        struct kcl_store_result *results,
                        size_t count,
                        kds_err_t err,
                        const kds_error_t *error)
{
    for (size_t i = 0; i < count; i++) {
        if (writes(ops[i])) {
            kcl_store_result_clear(&results[i]);
            memset(&results[i], 0, sizeof results[i]);
            results[i].err = err;
            results[i].error = kds_error_copy(error);
        }
    }
}

/* All writes or none. */
static void write_all(struct sqlite_store *s,
                      const struct kcl_store_op *const *ops,
                      struct kcl_store_result *results,
                      size_t count)
{
    int rc = finish(use(s, SQL_BEGIN));
    for (size_t i = 0; rc == SQLITE_OK && i < count; i++) {
        if (writes(ops[i])) {
            rc = write_op(s, ops[i], &results[i]);
        }
    }
    rc = rc ? rc : finish(use(s, SQL_COMMIT));
    if (rc != SQLITE_OK) {
        kds_error_t *error = NULL;
        kds_err_t err = kcl_sqlite_fail(&s->file, rc, &error);
        if (!sqlite3_get_autocommit(s->file.db)) {
            finish(use(s, SQL_ROLLBACK));
        }
        fail_writes(ops, results, count, err, error);
        kds_error_free(error);
    }
}

static void execute(struct kcl_store *base,
                    const struct kcl_store_op *const *ops,
                    struct kcl_store_result *results,
                    size_t count)
{
    struct sqlite_store *s = (struct sqlite_store *)(void *)base;
    bool any = false;
    memset(results, 0, count * sizeof *results);
    if (!kcl_sqlite_same_file(&s->file)) {
        for (size_t i = 0; i < count; i++) {
            results[i].err = kds_error_set(
                &results[i].error, KDS_ERR_STORE,
                "lease store %s: the file was deleted or replaced", s->path);
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        any = any || writes(ops[i]);
    }
    if (any) {
        write_all(s, ops, results, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!writes(ops[i])) {
            read_op(s, ops[i], &results[i]);
        }
    }
}

/* ---- life --------------------------------------------------------------------------------- */

static void sqlite_free(struct kcl_store *base)
{
    struct sqlite_store *s = (struct sqlite_store *)(void *)base;
    for (size_t i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(s->statements[i]);
    }
    kcl_sqlite_close(&s->file);
    kds_free(s->path);
    kds_free(s->application);
    kds_free(s->scope);
    kds_free(s);
}

static const struct kcl_store_ops ops = {.execute = execute, .free = sqlite_free};

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = kds_alloc(n);
    if (p != NULL) {
        memcpy(p, text, n);
    }
    return p;
}

static kds_err_t prepare(struct sqlite_store *s, kds_error_t **error)
{
    for (size_t i = 0; i < SQL_COUNT; i++) {
        int rc = sqlite3_prepare_v3(s->file.db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &s->statements[i], NULL);
        if (rc != SQLITE_OK) {
            return kcl_sqlite_fail(&s->file, rc, error);
        }
    }
    return KDS_OK;
}

kds_err_t kcl_store_sqlite_new(const char *path,
                               const char *application,
                               const char *scope,
                               int64_t busy_ms,
                               int64_t open_ms,
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
    s->scope = copy(scope);
    kds_err_t rc = KDS_OK;
    if (s->path == NULL || s->application == NULL || s->scope == NULL) {
        rc = kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    rc = rc ? rc : kcl_sqlite_open(&s->file, s->path, open_ms, error);
    rc = rc ? rc : prepare(s, error);
    if (rc != KDS_OK) {
        sqlite_free(&s->base);
        return rc;
    }
    sqlite3_busy_timeout(s->file.db, (int)busy_ms);
    *store = &s->base;
    return KDS_OK;
}
