/*
 * bench_spool: what it costs to keep a record on disk until it is acknowledged: the spool, a row in
 * SQLite, a write() to a file. All of them survive a killed process; none waits for the disk.
 */
#include "harness.h"
#include "spool.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA_BYTES 64
#define BATCH      200

static char folder[] = "/tmp/bench-spool-XXXXXX";
static uint8_t data[DATA_BYTES];
static struct kpl_spool *spool;
static sqlite3 *db;
static sqlite3_stmt *insert, *erase;
static int file = -1;

static kpl_record_t a_record(void)
{
    kpl_record_t r = {.struct_size = sizeof r,
                      .stream = KDS_SLICE_LIT("stream"),
                      .partition_key =
                          KDS_SLICE_LIT("0123456789abcdef0123456789abcdef0123")};
    r.data.p = data;
    r.data.n = sizeof data;
    return r;
}

static void run_spool(void *opaque)
{
    (void)opaque;
    kpl_record_t r = a_record();
    for (int i = 0; i < BATCH; i++) {
        kpl_record_t back;
        if (kpl_spool_append(spool, &r, NULL) != KDS_OK) {
            bench_fail("the spool refuses a record");
        }
        kpl_spool_entry_t *e = kpl_spool_peek(spool, &back);
        if (e == NULL || back.data.n != r.data.n ||
            memcmp(back.data.p, data, sizeof data) != 0) {
            bench_fail("the spool gives another record back");
        }
        kpl_spool_advance(spool);
        kpl_spool_done(spool, e);
    }
}

static void step(sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE) {
        bench_fail(sqlite3_errmsg(db));
    }
    sqlite3_reset(s);
}

static void run_sqlite(void *opaque)
{
    (void)opaque;
    kpl_record_t r = a_record();
    for (int i = 0; i < BATCH; i++) {
        sqlite3_bind_blob(insert, 1, r.partition_key.p, (int)r.partition_key.n, NULL);
        sqlite3_bind_blob(insert, 2, r.data.p, (int)r.data.n, NULL);
        step(insert);
        sqlite3_bind_int64(erase, 1, sqlite3_last_insert_rowid(db));
        step(erase);
    }
}

static void run_write(void *opaque)
{
    (void)opaque;
    kpl_record_t r = a_record();
    for (int i = 0; i < BATCH; i++) {
        uint8_t row[128];
        memcpy(row, r.partition_key.p, r.partition_key.n);
        memcpy(row + r.partition_key.n, r.data.p, r.data.n);
        if (write(file, row, r.partition_key.n + r.data.n) < 0) {
            bench_fail("cannot write");
        }
    }
}

static void open_all(void)
{
    static const struct kds_log silent;
    char path[64];
    if (mkdtemp(folder) == NULL) {
        bench_fail("no folder for files");
    }
    const struct kpl_spool_options o = {.directory = folder,
                                        .max_bytes = (size_t)256 << 20,
                                        .segment_bytes = (size_t)16 << 20,
                                        .log = &silent};
    if (kpl_spool_open(&o, &spool, NULL) != KDS_OK) {
        bench_fail("the spool cannot be opened");
    }
    snprintf(path, sizeof path, "%s/db", folder);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                     "CREATE TABLE r(id INTEGER PRIMARY KEY, key BLOB, data BLOB)",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO r(key, data) VALUES(?, ?)", -1, &insert,
                           NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "DELETE FROM r WHERE id = ?", -1, &erase, NULL) !=
            SQLITE_OK) {
        bench_fail(sqlite3_errmsg(db));
    }
    snprintf(path, sizeof path, "%s/file", folder);
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static void remove_all(void)
{
    static const char *const names[] = {"db", "db-wal", "db-shm", "file", "lock"};
    kpl_spool_close(spool);
    sqlite3_finalize(insert);
    sqlite3_finalize(erase);
    sqlite3_close(db);
    close(file);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    struct bench_variant variants[] = {
        {"spool: written, read back, acknowledged", run_spool, NULL, BATCH, 0},
        {"SQLite, WAL/NORMAL: inserted, deleted", run_sqlite, NULL, BATCH, 0},
        {"write() to a file, nothing else", run_write, NULL, BATCH, 0},
    };
    bench_print_machine();
    open_all();
    bench_measure("keeping a record of 64 B on disk", variants, 3);
    remove_all();
    printf("SQLite takes %.0f times as long, a bare write() %.1f times\n",
           variants[1].ns / variants[0].ns, variants[2].ns / variants[0].ns);
    return 0;
}
