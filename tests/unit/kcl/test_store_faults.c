/*
 * test_store_faults: an SQLite lease store on a disk that is full, broken, slow to keep what it was told, or
 * shared with others.
 *
 * A VFS in front of SQLite's own counts the calls that change files, fails the one it is told to, and
 * remembers what a power cut would leave: each file as it was last synchronised, a deleted journal until its
 * folder was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "check_store.h"
#include "sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- files ---------------------------------------------------------------------------------- */

static char folder[] = "/tmp/test_store_faults.XXXXXX";
static char path[64], journal[80];

static void make_folder(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/leases.db", folder);
    snprintf(journal, sizeof journal, "%s-journal", path);
}

static void kept_name(char out[128], const char *name)
{
    snprintf(out, 128, "%s.kept", name);
}

static void remove_folder(void)
{
    char kept[128];
    kept_name(kept, path);
    unlink(kept);
    kept_name(kept, journal);
    unlink(kept);
    unlink(path);
    unlink(journal);
    rmdir(folder);
}

static void copy_file(const char *from, const char *to)
{
    char bytes[4096];
    size_t n;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((n = fread(bytes, 1, sizeof bytes, in)) > 0) {
        assert_int_equal(fwrite(bytes, 1, n, out), n);
    }
    fclose(in);
    fclose(out);
}

/* ---- the VFS -------------------------------------------------------------------------------- */

static struct {
    sqlite3_vfs vfs, *real;
    sqlite3_io_methods methods;
    const sqlite3_io_methods *real_methods;
    unsigned calls;   /* that change something */
    unsigned fail_at; /* this call fails; 0 = none */
    int code;
    bool for_ever;
    bool keeps; /* remember what is synchronised */
    bool forgets_folder_syncs;
} disk;

struct disk_file {
    sqlite3_file base;
    char name[96]; /* "" = none that matters */
    /* SQLite's own file behind it */
};

static sqlite3_file *real_of(sqlite3_file *f)
{
    return (sqlite3_file *)(void *)((char *)f + sizeof(struct disk_file));
}

static bool fails(void)
{
    unsigned at = ++disk.calls;
    return disk.fail_at != 0 &&
           (at == disk.fail_at || (disk.for_ever && at > disk.fail_at));
}

static int on_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static int on_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}

static int on_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    return fails() ? disk.code : real_of(f)->pMethods->xWrite(real_of(f), p, n, at);
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fails() ? disk.code : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int on_sync(sqlite3_file *f, int flags)
{
    char kept[128];
    const struct disk_file *file = (const struct disk_file *)(const void *)f;
    if (fails()) {
        return disk.code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
    }
    if (disk.keeps && file->name[0] != 0) {
        kept_name(kept, file->name);
        copy_file(file->name, kept);
    }
    (void)flags;
    return SQLITE_OK; /* what counts is what was kept */
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int on_lock(sqlite3_file *f, int how)
{
    return real_of(f)->pMethods->xLock(real_of(f), how);
}

static int on_unlock(sqlite3_file *f, int how)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), how);
}

static int on_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int on_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int on_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int on_traits(sqlite3_file *f)
{
    (void)f;
    return 0; /* a disk without favours */
}

static int
on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    struct disk_file *file = (struct disk_file *)(void *)f;
    (void)vfs;
    int rc = disk.real->xOpen(disk.real, name, real_of(f), flags, out_flags);
    snprintf(file->name, sizeof file->name, "%s", name ? name : "");
    f->pMethods = real_of(f)->pMethods != NULL ? &disk.methods : NULL;
    return rc;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    char kept[128];
    (void)vfs;
    if (fails()) {
        return SQLITE_IOERR_DELETE;
    }
    if (sync_folder && !disk.forgets_folder_syncs) {
        kept_name(kept, name);
        unlink(kept);
    }
    return disk.real->xDelete(disk.real, name, 0);
}

static void use_disk(void)
{
    if (disk.real == NULL) {
        disk.real = sqlite3_vfs_find(NULL);
        disk.vfs = *disk.real;
        disk.vfs.zName = "disk";
        disk.vfs.szOsFile = (int)sizeof(struct disk_file) + disk.real->szOsFile;
        disk.vfs.xOpen = on_open;
        disk.vfs.xDelete = on_delete;
        disk.methods = (sqlite3_io_methods){.iVersion = 1,
                                            .xClose = on_close,
                                            .xRead = on_read,
                                            .xWrite = on_write,
                                            .xTruncate = on_truncate,
                                            .xSync = on_sync,
                                            .xFileSize = on_size,
                                            .xLock = on_lock,
                                            .xUnlock = on_unlock,
                                            .xCheckReservedLock = on_reserved,
                                            .xFileControl = on_control,
                                            .xSectorSize = on_sector,
                                            .xDeviceCharacteristics = on_traits};
        assert_int_equal(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
    }
    disk.calls = disk.fail_at = 0;
    disk.for_ever = disk.keeps = disk.forgets_folder_syncs = false;
}

static struct kcl_store *open_store(void)
{
    struct kcl_store *store = NULL;
    kds_error_t *error = NULL;
    if (kcl_store_sqlite_new(path, "a", "stream", 200, 200, &store, &error) != KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
    return store;
}

/* ---- a disk that fails ---------------------------------------------------------------------- */

/* Whatever call fails: the write is done or not done, wholly; told which; and the file stays sound. */
static void check_failures(int code, bool for_ever)
{
    unsigned failures = 0;
    for (unsigned at = 1; at < 200; at++) {
        use_disk();
        make_folder();
        struct kcl_store *s = open_store();
        create_lease(s, "shard-1");
        assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err,
                         KDS_OK);
        disk.calls = 0;
        disk.code = code;
        disk.fail_at = at;
        disk.for_ever = for_ever;
        const struct kcl_store_op *op = checkpoint_of("me", 1, "20", 0);
        kds_err_t err = store_do(s, op)->err;
        bool reached = disk.calls >= at;
        failures += err != KDS_OK;
        disk.fail_at = 0; /* there is room again */
        uint64_t counter = get_lease(s, "shard-1")->counter;
        assert_true(counter == 1 || counter == 2);
        if (err == KDS_OK) {
            assert_int_equal(counter, 2);
        }
        const struct kcl_store_result *r = store_do(s, op); /* the same again */
        assert_true(r->err == KDS_OK ||
                    (r->err == KDS_ERR_LEASE_LOST && r->lease.nonce == op->nonce));
        assert_int_equal(get_lease(s, "shard-1")->counter, 2);
        s->ops->free(s);
        s = open_store(); /* checks the file */
        assert_string_equal(get_lease(s, "shard-1")->checkpoint.sequence, "20");
        s->ops->free(s);
        remove_folder();
        if (!reached) {
            assert_true(failures > 3);
            return;
        }
    }
    fail_msg("a checkpoint needs more than 200 calls");
}

static void fault_Q02_a_full_disk_undoes_the_write_and_harms_nothing(void **state)
{
    (void)state;
    check_failures(SQLITE_FULL, false);
    check_failures(SQLITE_FULL, true);
}

static void fault_Q03_a_failing_disk_undoes_the_write_and_harms_nothing(void **state)
{
    (void)state;
    check_failures(SQLITE_IOERR_WRITE, false);
    check_failures(SQLITE_IOERR_WRITE, true);
}

/* ---- power cuts ----------------------------------------------------------------------------- */

/* The files as a power cut leaves them. */
static void cut_power(void)
{
    const char *const names[] = {path, journal};
    char kept[128];
    for (size_t i = 0; i < 2; i++) {
        kept_name(kept, names[i]);
        if (access(kept, F_OK) == 0) {
            copy_file(kept, names[i]);
        } else {
            unlink(names[i]);
        }
    }
}

/* @return how many of the acknowledged checkpoints a power cut undid */
static unsigned lost_by_power_cuts(void)
{
    unsigned lost = 0;
    make_folder();
    disk.keeps = true;
    struct kcl_store *s = open_store();
    create_lease(s, "shard-1");
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err, KDS_OK);
    for (uint64_t counter = 1; counter < 30; counter++) {
        char sequence[24];
        snprintf(sequence, sizeof sequence, "%llu", (unsigned long long)counter);
        assert_int_equal(store_do(s, checkpoint_of("me", counter, sequence, 0))->err,
                         KDS_OK);
        s->ops->free(s);
        cut_power();
        s = open_store();
        uint64_t found = get_lease(s, "shard-1")->counter;
        assert_true(found <= counter + 1); /* never a newer one */
        if (found != counter + 1) {
            lost++;
            break;
        }
    }
    s->ops->free(s);
    remove_folder();
    return lost;
}

static void fault_Q05_a_power_cut_undoes_nothing_that_was_acknowledged(void **state)
{
    (void)state;
    use_disk();
    assert_int_equal(lost_by_power_cuts(), 0);
    /* Were the folder not synchronised, the journal would come back: why EXTRA, not FULL. */
    use_disk();
    disk.forgets_folder_syncs = true;
    assert_int_equal(lost_by_power_cuts(), 1);
}

/* ---- others with the same file -------------------------------------------------------------- */

static void fault_Q01_every_kind_of_write_waits_and_then_says_busy(void **state)
{
    static const enum kcl_store_kind kinds[] = {
        KCL_STORE_CREATE,    KCL_STORE_DELETE,     KCL_STORE_TAKE,
        KCL_STORE_RENEW,     KCL_STORE_CHECKPOINT, KCL_STORE_RELEASE,
        KCL_STORE_HAND_OVER, KCL_STORE_DESCRIBE,   KCL_STORE_ASSIGN};
    sqlite3 *db;
    (void)state;
    use_disk();
    make_folder();
    struct kcl_store *s = open_store();
    create_lease(s, "shard-1");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct kcl_store_op *op = op_of(kinds[i], "shard-1", "me", 0);
        op->leases = lease_of("shard-2");
        op->lease_count = 1;
        assert_int_equal(store_do(s, op)->err, KDS_ERR_STORE_BUSY);
    }
    assert_int_equal(get_lease(s, "shard-1")->counter, 0); /* readers go on */
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err, KDS_OK);
    s->ops->free(s);
    remove_folder();
}

/* Several processes take and renew at once: each change is one process's, none is lost or doubled. */
static void fault_Q09_processes_that_compete_never_both_win(void **state)
{
    enum { PROCESSES = 4, ROUNDS = 40 };
    int results[2], ended = 0;
    (void)state;
    use_disk();
    make_folder();
    struct kcl_store *s = open_store();
    create_lease(s, "shard-1");
    assert_int_equal(pipe(results), 0);
    fflush(NULL);
    for (int p = 0; p < PROCESSES; p++) {
        if (fork() == 0) {
            char me[8];
            unsigned won = 0;
            struct kcl_store *mine = NULL;
            snprintf(me, sizeof me, "w-%d", p);
            if (kcl_store_sqlite_new(path, "a", "stream", 20000, 20000, &mine, NULL) !=
                KDS_OK) {
                _exit(1);
            }
            for (int i = 0; i < ROUNDS; i++) {
                uint64_t counter = get_lease(mine, "shard-1")->counter;
                won +=
                    store_do(mine, op_of(KCL_STORE_TAKE, "shard-1", me, counter))->err ==
                    KDS_OK;
            }
            _exit(write(results[1], &won, sizeof won) == sizeof won ? 0 : 1);
        }
    }
    unsigned sum = 0, won;
    for (int p = 0; p < PROCESSES; p++) {
        assert_int_equal(read(results[0], &won, sizeof won), sizeof won);
        sum += won;
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status;
        wait(&status);
        ended += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    assert_int_equal(ended, PROCESSES);
    assert_int_equal(get_lease(s, "shard-1")->counter, sum);
    close(results[0]);
    close(results[1]);
    s->ops->free(s);
    remove_folder();
}

/* Whether another process finds a lock on the file. */
static bool is_locked(void)
{
    int status;
    fflush(NULL);
    if (fork() == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int fd = open(path, O_RDWR);
        _exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK);
    }
    wait(&status);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) == 1;
}

/* Closing any descriptor of a file drops the locks that the process has on it. */
static void
fault_Q09_a_second_worker_of_a_process_drops_no_lock_of_the_first(void **state)
{
    sqlite3 *first; /* stands for the first worker's connection, in a transaction */
    struct kcl_store *second = NULL;
    (void)state;
    use_disk();
    make_folder();
    struct kcl_store *s = open_store();
    s->ops->free(s);
    assert_int_equal(sqlite3_open(path, &first), SQLITE_OK);
    assert_int_equal(sqlite3_exec(first, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_true(is_locked());
    assert_int_equal(kcl_store_sqlite_new(path, "b", "stream", 50, 50, &second, NULL),
                     KDS_ERR_STORE_BUSY);
    assert_true(is_locked());
    sqlite3_close(first);
    assert_false(is_locked());
    remove_folder();
}

/* ---- the file itself ------------------------------------------------------------------------ */

static void fault_Q06_a_damaged_file_is_refused_and_left_as_it_is(void **state)
{
    (void)state;
    unsigned refused = 0, opened = 0;
    use_disk();
    for (long at = 0; at < 4096 * 3; at += 97) {
        struct stat before, after;
        kds_error_t *error = NULL;
        struct kcl_store *s = NULL;
        make_folder();
        s = open_store();
        create_lease(s, "shard-1");
        s->ops->free(s);
        s = NULL;
        assert_int_equal(stat(path, &before), 0);
        FILE *f = fopen(path, "r+b");
        assert_non_null(f);
        fseek(f, at, SEEK_SET);
        int byte = fgetc(f);
        if (byte != EOF) {
            fseek(f, at, SEEK_SET);
            fputc(byte ^ 0xFF, f);
        }
        fclose(f);
        kds_err_t err = kcl_store_sqlite_new(path, "a", "stream", 50, 50, &s, &error);
        if (err == KDS_OK) {
            opened++; /* unused bytes, or content that is still a lease */
            s->ops->free(s);
        } else {
            assert_true(err == KDS_ERR_STORE_CORRUPT || err == KDS_ERR_STORE);
            assert_non_null(strstr(kds_error_message(error), path));
            refused++;
            assert_int_equal(stat(path, &after), 0);
            assert_int_equal(after.st_size, before.st_size);
        }
        kds_error_free(error);
        remove_folder();
    }
    assert_true(refused > 5);
    assert_true(opened > 5);
}

static void fault_Q07_file_systems_without_locks_are_refused_by_name(void **state)
{
    (void)state;
    assert_string_equal(kcl_sqlite_unfit_file_system(0x6969), "NFS");
    assert_string_equal(kcl_sqlite_unfit_file_system((long)(int)0xFF534D42), "CIFS");
    assert_string_equal(kcl_sqlite_unfit_file_system((long)0xFE534D42), "SMB2");
    assert_null(kcl_sqlite_unfit_file_system(0xEF53));     /* ext */
    assert_null(kcl_sqlite_unfit_file_system(0x01021994)); /* tmpfs */
}

static void fault_Q07_a_replaced_file_takes_no_write(void **state)
{
    char other[80];
    (void)state;
    use_disk();
    make_folder();
    struct kcl_store *s = open_store();
    create_lease(s, "shard-1");
    snprintf(other, sizeof other, "%s.other", path);
    copy_file(path, other);
    assert_int_equal(rename(other, path), 0);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err,
                     KDS_ERR_STORE);
    s->ops->free(s);
    s = open_store();
    assert_int_equal(get_lease(s, "shard-1")->counter, 0);
    s->ops->free(s);
    remove_folder();
}

static void
fault_Q08_the_journal_is_no_write_ahead_log_and_nothing_is_mapped(void **state)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    (void)state;
    use_disk();
    make_folder();
    struct kcl_store *s = open_store();
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(st, 0), "delete");
    sqlite3_finalize(st);
    sqlite3_close(db);
    char wal[80];
    snprintf(wal, sizeof wal, "%s-wal", path);
    assert_int_equal(access(wal, F_OK), -1);
    s->ops->free(s);
    remove_folder();
}

static void fault_Q11_file_and_journal_are_the_owners_alone(void **state)
{
    struct stat st;
    (void)state;
    use_disk();
    make_folder();
    mode_t before = umask(022);
    disk.keeps = true; /* the journal's content is still there to be looked at */
    struct kcl_store *s = open_store();
    create_lease(s, "shard-1");
    umask(before);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    s->ops->free(s);
    char link_name[80];
    snprintf(link_name, sizeof link_name, "%s.link", path);
    assert_int_equal(symlink(path, link_name), 0);
    struct kcl_store *other = NULL;
    assert_int_equal(kcl_store_sqlite_new(link_name, "a", "stream", 50, 50, &other, NULL),
                     KDS_ERR_STORE);
    unlink(link_name);
    remove_folder();
}

/* Writes that wait together are one transaction: one that is refused takes no other with it, one that
 * fails takes all. */
static void fault_R08_writes_that_wait_together_are_synchronised_once(void **state)
{
    static struct kcl_store_result results[20];
    const struct kcl_store_op *ops[20];
    static struct kcl_store_op own[20];
    (void)state;
    use_disk();
    make_folder();
    struct kcl_store *s = open_store();
    for (int i = 0; i < 20; i++) {
        char shard[16];
        snprintf(shard, sizeof shard, "shard-%d", i);
        create_lease(s, shard);
        own[i] = *op_of(KCL_STORE_TAKE, shard, "me", i == 7 ? 5 : 0);
        ops[i] = &own[i];
    }
    disk.calls = 0;
    s->ops->execute(s, ops, results, 20);
    unsigned together = disk.calls;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(results[i].err, i == 7 ? KDS_ERR_LEASE_LOST : KDS_OK);
        own[i].counter = results[i].lease.counter;
        kcl_store_result_clear(&results[i]);
    }
    disk.calls = 0;
    assert_int_equal(store_do(s, ops[0])->err, KDS_OK);
    assert_true(together < 4 * disk.calls);
    own[0].counter++;
    disk.calls = 0;
    disk.fail_at = 3;
    disk.code = SQLITE_IOERR_WRITE;
    s->ops->execute(s, ops, results, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(results[i].err, KDS_ERR_STORE);
        kcl_store_result_clear(&results[i]);
    }
    assert_int_equal(get_lease(s, "shard-9")->counter, 1);
    s->ops->free(s);
    remove_folder();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_Q01_every_kind_of_write_waits_and_then_says_busy),
        cmocka_unit_test(fault_Q02_a_full_disk_undoes_the_write_and_harms_nothing),
        cmocka_unit_test(fault_Q03_a_failing_disk_undoes_the_write_and_harms_nothing),
        cmocka_unit_test(fault_Q05_a_power_cut_undoes_nothing_that_was_acknowledged),
        cmocka_unit_test(fault_Q06_a_damaged_file_is_refused_and_left_as_it_is),
        cmocka_unit_test(fault_Q07_file_systems_without_locks_are_refused_by_name),
        cmocka_unit_test(fault_Q07_a_replaced_file_takes_no_write),
        cmocka_unit_test(
            fault_Q08_the_journal_is_no_write_ahead_log_and_nothing_is_mapped),
        cmocka_unit_test(fault_Q09_processes_that_compete_never_both_win),
        cmocka_unit_test(
            fault_Q09_a_second_worker_of_a_process_drops_no_lock_of_the_first),
        cmocka_unit_test(fault_Q11_file_and_journal_are_the_owners_alone),
        cmocka_unit_test(fault_R08_writes_that_wait_together_are_synchronised_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
