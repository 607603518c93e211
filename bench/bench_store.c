/*
 * bench_store: what the SQLite lease store's choices of locking and durability cost, against the others
 * that SQLite has, when one or several processes renew leases in one file at the same time.
 *
 *     bench_store [FOLDER]     on the disk that is to be measured; default: the current folder
 *
 * A transaction is that of a renewal: read the lease, write it. The yardstick is a write() of one page
 * and an fdatasync(), over and over, by one process.
 */
#include "harness.h"
#include "sqlite_file.h"
#include "store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEASURED_NS   2000000000LL
#define BUSY_MS       10000
#define PROCESSES_MAX 16
#define LEASES        64
#define BATCH_MAX     64
#define CALLS         50
#define PAUSE_NS      200000000LL

struct choice {
    const char *name, *pragmas, *begin;
};

static const struct choice choices[] = {
    {"DELETE, EXTRA, IMMEDIATE", "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;",
     "BEGIN IMMEDIATE"},
    {"DELETE, EXTRA, DEFERRED", "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;",
     "BEGIN"},
    {"DELETE, FULL, IMMEDIATE", "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;",
     "BEGIN IMMEDIATE"},
    {"TRUNCATE, EXTRA, IMMEDIATE",
     "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA;", "BEGIN IMMEDIATE"},
    {"PERSIST, EXTRA, IMMEDIATE",
     "PRAGMA journal_mode=PERSIST; PRAGMA synchronous=EXTRA;", "BEGIN IMMEDIATE"},
    {"WAL, FULL, IMMEDIATE", "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
     "BEGIN IMMEDIATE"},
    {"WAL, FULL, DEFERRED", "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", "BEGIN"},
    {"WAL, NORMAL, IMMEDIATE", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
     "BEGIN IMMEDIATE"},
    {"WAL, NORMAL, DEFERRED", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
     "BEGIN"},
};

#define CHOICES (sizeof choices / sizeof choices[0])

struct tally {
    long done, busy;
    int64_t worst_ns;
};

static char folder[512];
static char path[600];

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void remove_file(void)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[sizeof path + 16];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* ---- one page and an fdatasync() -------------------------------------------------------------- */

static double measure_disk(void)
{
    static uint8_t page[4096];
    long done = 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int64_t begin = now_ns();
    while (now_ns() - begin < MEASURED_NS) {
        page[0]++;
        if (pwrite(fd, page, sizeof page, 0) < 0 || fdatasync(fd) != 0) {
            bench_fail("cannot write to the folder");
        }
        done++;
    }
    close(fd);
    remove_file();
    return (double)done * 1e9 / MEASURED_NS;
}

/* ---- transactions of several processes --------------------------------------------------------- */

static void fail_sqlite(sqlite3 *db)
{
    bench_fail(sqlite3_errmsg(db));
}

static sqlite3 *open_file(const struct choice *c)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_busy_timeout(db, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(db, c->pragmas, NULL, NULL, NULL) != SQLITE_OK) {
        fail_sqlite(db);
    }
    return db;
}

static void make_leases(const struct choice *c)
{
    struct kcl_sqlite_file file;
    if (kcl_sqlite_open(&file, path, BUSY_MS, NULL) != KDS_OK ||
        sqlite3_exec(file.db, c->pragmas, NULL, NULL, NULL) != SQLITE_OK) {
        bench_fail("the store cannot be made");
    }
    for (int i = 0; i < LEASES; i++) {
        char sql[400];
        snprintf(
            sql, sizeof sql,
            "INSERT INTO lease VALUES('bench','stream','','shardId-%012d','worker','',"
            "0,0,1,0,0,'49590338271490256608559692538361571095921575989136588898',0,"
            "NULL,NULL,NULL,'','','','',NULL,NULL)",
            i);
        if (sqlite3_exec(file.db, sql, NULL, NULL, NULL) != SQLITE_OK) {
            fail_sqlite(file.db);
        }
    }
    kcl_sqlite_close(&file);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
        fail_sqlite(db);
    }
    return st;
}

static int run(sqlite3_stmt *st)
{
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

enum part { BEGIN, READ, WRITE, COMMIT, PARTS };

/* @return false if another process was in the way until the time-out, or SQLite saw a deadlock */
static bool renew(sqlite3 *db, sqlite3_stmt *const parts[PARTS], int lease)
{
    int rc = SQLITE_OK;
    char shard[24];
    snprintf(shard, sizeof shard, "shardId-%012d", lease % LEASES);
    sqlite3_bind_text(parts[READ], 1, shard, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(parts[WRITE], 1, shard, -1, SQLITE_TRANSIENT);
    for (int i = 0; rc == SQLITE_OK && i < PARTS; i++) {
        rc = run(parts[i]);
    }
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(db)) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (rc != SQLITE_OK && (rc & 0xFF) != SQLITE_BUSY) {
        fail_sqlite(db);
    }
    return rc == SQLITE_OK;
}

static struct tally renew_for_a_while(const struct choice *c, int process, int64_t begin)
{
    sqlite3 *db = open_file(c);
    struct tally t = {0};
    sqlite3_stmt *parts[PARTS] = {
        prepare(db, c->begin),
        prepare(db, "SELECT counter FROM lease WHERE application = 'bench' AND"
                    " scope = 'stream' AND stream = '' AND shard_id = ?1"),
        prepare(db,
                "UPDATE lease SET counter = counter + 1 WHERE application = 'bench' AND"
                " scope = 'stream' AND stream = '' AND shard_id = ?1"),
        prepare(db, "COMMIT")};
    while (now_ns() < begin) {
        usleep(1000);
    }
    int lease = process;
    for (int64_t from = now_ns(), to; from < begin + MEASURED_NS; from = to) {
        bool good = renew(db, parts, lease);
        to = now_ns();
        t.done += good;
        t.busy += !good;
        t.worst_ns = to - from > t.worst_ns ? to - from : t.worst_ns;
        lease += PROCESSES_MAX;
    }
    for (int i = 0; i < PARTS; i++) {
        sqlite3_finalize(parts[i]);
    }
    sqlite3_close(db);
    return t;
}

/* Every renewal that was reported as done is in the file, once. */
static void check_counters(long done)
{
    sqlite3 *db = open_file(&choices[0]);
    sqlite3_stmt *sum = prepare(db, "SELECT sum(counter) FROM lease");
    if (sqlite3_step(sum) != SQLITE_ROW || sqlite3_column_int64(sum, 0) != done) {
        bench_fail("the file does not have all renewals");
    }
    sqlite3_finalize(sum);
    sqlite3_close(db);
}

static struct tally measure(const struct choice *c, int processes)
{
    int ends[2];
    struct tally all = {0};
    make_leases(c);
    int64_t begin = now_ns() + 300000000;
    if (pipe(ends) != 0) {
        bench_fail("no pipe");
    }
    for (int i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct tally t = renew_for_a_while(c, i, begin);
            _exit(write(ends[1], &t, sizeof t) == (ssize_t)sizeof t ? 0 : 1);
        }
        if (pid < 0) {
            bench_fail("no process");
        }
    }
    close(ends[1]);
    for (int i = 0; i < processes; i++) {
        struct tally t;
        int status;
        if (read(ends[0], &t, sizeof t) != (ssize_t)sizeof t) {
            bench_fail("a process failed");
        }
        if (wait(&status) < 0) {
            bench_fail("a process is missing");
        }
        all.done += t.done;
        all.busy += t.busy;
        all.worst_ns = t.worst_ns > all.worst_ns ? t.worst_ns : all.worst_ns;
    }
    close(ends[0]);
    check_counters(all.done);
    remove_file();
    return all;
}

/* ---- the store itself ------------------------------------------------------------------------- */

struct holder {
    struct kcl_store *store;
    struct kcl_store_op ops[BATCH_MAX];
    struct kcl_store_result results[BATCH_MAX];
};

/* A store, and leases of a process of its own in it. */
static void hold(struct holder *h, int process)
{
    static struct kcl_lease leases[BATCH_MAX];
    struct kcl_store_op make = {.kind = KCL_STORE_CREATE, .leases = leases};
    struct kcl_store_result result = {0};
    if (kcl_store_sqlite_new(path, "bench", "stream", BUSY_MS, BUSY_MS, &h->store,
                             NULL) != KDS_OK) {
        bench_fail("the store cannot be opened");
    }
    memset(h->ops, 0, sizeof h->ops);
    for (int i = 0; i < BATCH_MAX; i++) {
        snprintf(leases[i].shard_id, sizeof leases[i].shard_id, "shardId-%012d",
                 process * BATCH_MAX + i);
        snprintf(leases[i].owner, sizeof leases[i].owner, "worker-%d", process);
        h->ops[i].kind = KCL_STORE_RENEW;
        memcpy(h->ops[i].shard_id, leases[i].shard_id, sizeof leases[i].shard_id);
        memcpy(h->ops[i].owner, leases[i].owner, sizeof leases[i].owner);
    }
    make.lease_count = BATCH_MAX;
    kcl_store_run(h->store, &make, &result);
    if (result.err != KDS_OK) {
        bench_fail("leases cannot be made");
    }
    kcl_store_result_clear(&result);
}

/* One call of the store. @return how long it took, ns */
static int64_t renew_together(struct holder *h, size_t batch)
{
    const struct kcl_store_op *list[BATCH_MAX];
    for (size_t i = 0; i < batch; i++) {
        list[i] = &h->ops[i];
    }
    memset(h->results, 0, sizeof h->results);
    int64_t begin = now_ns();
    h->store->ops->execute(h->store, list, h->results, batch);
    int64_t end = now_ns();
    for (size_t i = 0; i < batch; i++) {
        if (h->results[i].err != KDS_OK) {
            bench_fail("a renewal failed");
        }
        h->ops[i].counter = h->results[i].lease.counter;
        kcl_store_result_clear(&h->results[i]);
    }
    return end - begin;
}

/* @return renewals a second when @p batch of them are one call of the store */
static double measure_batch(size_t batch)
{
    static struct holder h;
    long done = 0;
    hold(&h, 0);
    int64_t begin = now_ns();
    while (now_ns() - begin < MEASURED_NS) {
        renew_together(&h, batch);
        done += (long)batch;
    }
    h.store->ops->free(h.store);
    remove_file();
    return (double)done * 1e9 / MEASURED_NS;
}

/* Workers as they are: each renews its leases together, then rests. */
static void renew_at_times(int process, int64_t begin, int64_t took[CALLS])
{
    static struct holder h;
    hold(&h, process);
    for (int i = 0; i < CALLS; i++) {
        int64_t due = begin + i * PAUSE_NS + PAUSE_NS * process / PROCESSES_MAX;
        while (now_ns() < due) {
            usleep(500);
        }
        took[i] = renew_together(&h, BATCH_MAX);
    }
    h.store->ops->free(h.store);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void measure_workers(void)
{
    static int64_t took[PROCESSES_MAX][CALLS];
    int64_t begin = now_ns() + 2000000000;
    int ends[2];
    if (pipe(ends) != 0) {
        bench_fail("no pipe");
    }
    for (int i = 0; i < PROCESSES_MAX; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            renew_at_times(i, begin, took[i]);
            _exit(write(ends[1], took[i], sizeof took[i]) == (ssize_t)sizeof took[i] ? 0
                                                                                     : 1);
        }
        if (pid < 0) {
            bench_fail("no process");
        }
    }
    close(ends[1]);
    for (int i = 0; i < PROCESSES_MAX; i++) {
        if (read(ends[0], took[i], sizeof took[i]) != (ssize_t)sizeof took[i]) {
            bench_fail("a process failed");
        }
        if (wait(NULL) < 0) {
            bench_fail("a process is missing");
        }
    }
    close(ends[0]);
    remove_file();
    int64_t *all = &took[0][0];
    size_t count = (size_t)PROCESSES_MAX * CALLS;
    qsort(all, count, sizeof *all, by_size);
    printf("\n%d processes, each renews %d leases every %lld ms: half within %.1f ms, "
           "99 of 100 within %.1f ms, all within %.1f ms\n",
           PROCESSES_MAX, BATCH_MAX, PAUSE_NS / 1000000, (double)all[count / 2] / 1e6,
           (double)all[count * 99 / 100] / 1e6, (double)all[count - 1] / 1e6);
}

int main(int argc, char **argv)
{
    static const int counts[] = {1, 4, PROCESSES_MAX};
    static const size_t batches[] = {1, 8, BATCH_MAX};
    struct statfs fs;
    snprintf(folder, sizeof folder, "%s", argc > 1 ? argv[1] : ".");
    snprintf(path, sizeof path, "%s/bench-store-%d.db", folder, (int)getpid());
    bench_print_machine();
    if (statfs(folder, &fs) != 0) {
        bench_fail("there is no such folder");
    }
    double disk = measure_disk();
    printf("SQLite %s; file system 0x%lX; a page and fdatasync(): %.0f a second\n",
           sqlite3_libversion(), (unsigned long)fs.f_type, disk);
    printf("\n%-28s %10s %10s %10s %8s %14s\n", "journal, synchronous, begin",
           "processes", "renewals/s", "of a sync", "busy", "longest, ms");
    for (size_t p = 0; p < sizeof counts / sizeof counts[0]; p++) {
        for (size_t i = 0; i < CHOICES; i++) {
            struct tally t = measure(&choices[i], counts[p]);
            double rate = (double)t.done * 1e9 / MEASURED_NS;
            printf("%-28s %10d %10.0f %10.2f %8ld %14.0f\n", choices[i].name, counts[p],
                   rate, rate / disk, t.busy, (double)t.worst_ns / 1e6);
            fflush(stdout);
        }
    }
    printf("\n%-28s %10s %10s\n", "the store: renewals a call", "renewals/s",
           "of a sync");
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        double rate = measure_batch(batches[i]);
        printf("%-28zu %10.0f %10.2f\n", batches[i], rate, rate / disk);
        fflush(stdout);
    }
    measure_workers();
    return 0;
}
