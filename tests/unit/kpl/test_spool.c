/*
 * test_spool: order, acknowledgement, limits, killed processes, torn and foreign files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kernel/crc32.h"
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct kds_log silent;

struct fixture {
    char directory[64];
    struct kpl_spool_options options;
    struct kpl_spool *spool;
};

static struct fixture *reopen(struct fixture *f)
{
    kpl_spool_close(f->spool);
    f->spool = NULL;
    assert_int_equal(kpl_spool_open(&f->options, &f->spool, NULL), KDS_OK);
    return f;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->directory, sizeof f->directory, "/tmp/kpl-spool-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    f->options = (struct kpl_spool_options){.directory = f->directory,
                                            .max_bytes = 64 * 4096,
                                            .segment_bytes = 4096,
                                            .log = &silent};
    *state = reopen(f);
    return 0;
}

static size_t files(const struct fixture *f)
{
    size_t count = 0;
    DIR *d = opendir(f->directory);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        count += strstr(e->d_name, ".spool") != NULL;
    }
    closedir(d);
    return count;
}

static void path_of(const struct fixture *f, const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", f->directory, name);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    kpl_spool_close(f->spool);
    DIR *d = opendir(f->directory);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", f->directory, e->d_name);
        unlink(path);
    }
    closedir(d);
    rmdir(f->directory);
    free(f);
    return 0;
}

static kds_err_t put(struct fixture *f, unsigned i, size_t bytes)
{
    static char data[70000];
    char key[16];
    kds_error_t *error = NULL;
    snprintf(key, sizeof key, "key-%u", i);
    memset(data, (int)('a' + i % 26), sizeof data);
    kpl_record_t r = {.struct_size = sizeof r,
                      .stream = KDS_SLICE_LIT("s"),
                      .partition_key = kds_slice(key),
                      .data = kds_slice_of(data, bytes),
                      .tag = (void *)(uintptr_t)(i + 1)};
    if (i % 3 == 0) {
        r.explicit_hash_key = kds_slice("17");
    }
    if (i % 5 == 0) {
        r.stream = kds_slice_of(NULL, 0);
    }
    kds_err_t rc = kpl_spool_append(f->spool, &r, &error);
    assert_int_equal(rc != KDS_OK, error != NULL);
    kds_error_free(error);
    return rc;
}

/* The next record must be number i; @return its entry. */
static kpl_spool_entry_t *take(struct fixture *f, unsigned i, size_t bytes, bool own)
{
    kpl_record_t r;
    char key[16];
    snprintf(key, sizeof key, "key-%u", i);
    kpl_spool_entry_t *e = kpl_spool_peek(f->spool, &r);
    assert_non_null(e);
    assert_true(kds_slice_is(r.partition_key, key));
    assert_int_equal(r.data.n, bytes);
    assert_true(bytes == 0 || r.data.p[bytes - 1] == 'a' + i % 26);
    assert_int_equal(r.explicit_hash_key.p != NULL, i % 3 == 0);
    assert_int_equal(r.stream.p != NULL, i % 5 != 0);
    assert_ptr_equal(r.tag, own ? (void *)(uintptr_t)(i + 1) : NULL);
    assert_ptr_equal(kpl_spool_tag(f->spool, e), r.tag);
    kpl_spool_advance(f->spool);
    return e;
}

static void nothing_left(struct fixture *f)
{
    kpl_record_t r;
    assert_null(kpl_spool_peek(f->spool, &r));
}

static void spool_gives_records_back_in_order_and_forgets_what_is_done(void **state)
{
    struct fixture *f = *state;
    kpl_spool_entry_t *entries[200];
    for (unsigned i = 0; i < 200; i++) {
        assert_int_equal(put(f, i, i), KDS_OK);
    }
    assert_true(files(f) > 5);
    for (unsigned i = 0; i < 200; i++) {
        entries[i] = take(f, i, i, true);
    }
    nothing_left(f);
    for (unsigned i = 0; i < 200; i++) { /* in another order */
        kpl_spool_done(f->spool, entries[i * 7 % 200]);
    }
    struct kpl_spool_stats stats;
    kpl_spool_stats(f->spool, &stats);
    assert_int_equal(stats.records, 0);
    assert_int_equal(stats.waiting, 0);
    assert_int_equal(files(f), 1); /* the one that is being written */
    assert_int_equal(put(f, 9, 9), KDS_OK);
    kpl_spool_done(f->spool, take(f, 9, 9, true));
    reopen(f);
    assert_int_equal(files(f), 0);
    nothing_left(f);
}

static void spool_sends_after_a_restart_what_was_not_acknowledged(void **state)
{
    struct fixture *f = *state;
    kpl_spool_entry_t *entries[100];
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(put(f, i, 300), KDS_OK);
    }
    for (unsigned i = 0; i < 60; i++) {
        entries[i] = take(f, i, 300, true);
    }
    for (unsigned i = 0; i < 60; i += 2) {
        kpl_spool_done(f->spool, entries[i]);
    }
    reopen(f);
    struct kpl_spool_stats stats;
    kpl_spool_stats(f->spool, &stats);
    assert_int_equal(stats.recovered, 70);
    assert_int_equal(stats.waiting, 70);
    assert_int_equal(put(f, 100, 5), KDS_OK); /* goes behind them */
    for (unsigned i = 0; i < 100; i++) {
        if (i >= 60 || i % 2 == 1) {
            kpl_spool_done(f->spool, take(f, i, 300, false));
        }
    }
    kpl_spool_done(f->spool, take(f, 100, 5, true));
    nothing_left(f);
}

static void spool_refuses_beyond_its_limit_and_goes_on_when_there_is_room(void **state)
{
    struct fixture *f = *state;
    unsigned accepted = 0;
    while (put(f, accepted, 1000) == KDS_OK) {
        accepted++;
    }
    assert_int_equal(accepted, 64 * 3);
    assert_int_equal(put(f, 0, 1000), KDS_ERR_QUEUE_FULL);
    for (unsigned i = 0; i < 3; i++) {
        kpl_spool_done(f->spool, take(f, i, 1000, true));
    }
    assert_int_equal(put(f, accepted, 1000), KDS_OK);
    for (unsigned i = 3; i <= accepted; i++) {
        kpl_spool_done(f->spool, take(f, i, 1000, true));
    }
    nothing_left(f);
    assert_int_equal(put(f, 7, 65536), KDS_OK); /* larger than a segment */
    kpl_spool_done(f->spool, take(f, 7, 65536, true));
    kpl_record_t r = {.struct_size = sizeof r,
                      .data = kds_slice_of(f, 33 * 4096)}; /* never read */
    assert_int_equal(kpl_spool_append(f->spool, &r, NULL), KDS_ERR_TOO_LARGE);
}

static void spool_takes_a_full_disk_for_a_full_queue(void **state)
{
    struct fixture *f = *state;
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit small = {2048, before.rlim_max};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    kds_err_t rc = put(f, 0, 10);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, old);
    assert_int_equal(rc, KDS_ERR_QUEUE_FULL);
    assert_int_equal(files(f), 0);
    assert_int_equal(put(f, 1, 10), KDS_OK);
    kpl_spool_done(f->spool, take(f, 1, 10, true));
}

static void fault_P01_spool_keeps_what_a_killed_process_had_put(void **state)
{
    struct fixture *f = *state;
    int told[2];
    assert_int_equal(pipe(told), 0);
    kpl_spool_close(f->spool);
    f->spool = NULL;
    pid_t child = fork();
    if (child == 0) {
        kpl_spool_open(&f->options, &f->spool, NULL);
        for (unsigned i = 0; i < 120; i++) {
            put(f, i, 200);
            if (i % 4 == 0) {
                kpl_record_t r;
                kpl_spool_entry_t *e = kpl_spool_peek(f->spool, &r);
                kpl_spool_advance(f->spool);
                kpl_spool_done(f->spool, e);
            }
        }
        char done = 1;
        ssize_t n = write(told[1], &done, 1);
        (void)n;
        raise(SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(told[0]);
    close(told[1]);
    reopen(f);
    for (unsigned i = 30; i < 120; i++) {
        kpl_spool_done(f->spool, take(f, i, 200, false));
    }
    nothing_left(f);
}

static void spool_belongs_to_one_process_at_a_time(void **state)
{
    struct fixture *f = *state;
    struct kpl_spool *other = NULL;
    kds_error_t *error = NULL;
    assert_int_equal(kpl_spool_open(&f->options, &other, &error), KDS_ERR_STATE);
    assert_non_null(strstr(kds_error_message(error), f->directory));
    kds_error_free(error);
    assert_int_equal(put(f, 1, 1), KDS_OK);
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(kpl_spool_open(&f->options, &other, NULL), KDS_ERR_STATE);
    kpl_spool_done(f->spool, take(f, 1, 1, true));
}

static void
fault_P08_spool_of_a_killed_process_is_free_while_its_child_lives(void **state)
{
    struct fixture *f = *state;
    int alive[2], born[2];
    char byte = 0;
    assert_int_equal(pipe(alive), 0); /* the child ends with the test */
    assert_int_equal(pipe(born), 0);
    kpl_spool_close(f->spool);
    f->spool = NULL;
    pid_t process = fork();
    if (process == 0) {
        kpl_spool_open(&f->options, &f->spool, NULL);
        put(f, 1, 16);
        if (fork() == 0) {
            close(alive[1]);
            ssize_t n = write(born[1], &byte, 1);
            n += read(alive[0], &byte, 1);
            _exit((int)n);
        }
        /* Until the child has run it holds what was its parent's. */
        raise(read(born[0], &byte, 1) == 1 ? SIGKILL : SIGABRT);
    }
    int status;
    waitpid(process, &status, 0);
    reopen(f);
    kpl_spool_done(f->spool, take(f, 1, 16, false));
    close(alive[0]);
    close(alive[1]);
    close(born[0]);
    close(born[1]);
}

/* Change one byte of the first segment, which must be closed. */
static void spoil(const struct fixture *f, long offset, int with)
{
    char path[128];
    path_of(f, "0000000000000001.spool", path);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    int was = fgetc(file);
    fseek(file, offset, SEEK_SET);
    fputc(was ^ with, file);
    fclose(file);
}

static void spool_takes_no_lengths_that_wrap_F_R09(void **state)
{
    (void)state;
    static uint8_t segment[4096];
    const size_t at = KPL_SPOOL_HEAD_BYTES;
    struct kpl_spool_entry e = {.state = KPL_SPOOL_LIVE,
                                .number = 1,
                                .bytes = sizeof e + 8,
                                .offset = (uint32_t)at,
                                .data_bytes = UINT32_MAX,
                                .key_bytes = 4};
    kpl_record_t r;
    /* The check sum fits what 32 bits have of the sum of the lengths. */
    memcpy(segment + at, &e, sizeof e);
    const size_t from = offsetof(struct kpl_spool_entry, number);
    e.crc = kds_crc32(0, segment + at + from, sizeof e + 3 - from);
    memcpy(segment + at, &e, sizeof e);
    assert_int_equal(kpl_spool_read(segment, sizeof segment, at, &e, &r), KPL_SPOOL_TORN);
}

static void spool_refuses_a_file_that_sizes_cannot_count_F_R09(void **state)
{
    struct fixture *f = *state;
    char path[128];
    kds_error_t *error = NULL;
    if (SIZE_MAX > UINT32_MAX) {
        skip();
    }
    kpl_spool_close(f->spool);
    f->spool = NULL;
    path_of(f, "0000000000000077.spool", path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(lseek(fd, INT64_C(0x100000FFF), SEEK_SET), INT64_C(0x100000FFF));
    assert_int_equal(write(fd, "", 1), 1); /* 4096 in the low 32 bits */
    close(fd);
    assert_int_equal(kpl_spool_open(&f->options, &f->spool, &error), KDS_ERR_SYSTEM);
    assert_non_null(strstr(kds_error_message(error), "cannot be mapped"));
    kds_error_free(error);
    assert_int_equal(unlink(path), 0);
    reopen(f);
}

static void spool_recognises_a_torn_tail_wherever_it_is_torn(void **state)
{
    struct fixture *f = *state;
    const size_t entry = sizeof(struct kpl_spool_entry);
    for (size_t at = 0; at < entry + 6 + 16; at++) {
        if (at >= 8 && at < 16) {
            continue; /* the tag is not checked: it means nothing to another process */
        }
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(put(f, 10 + 3 * i + 1, 16), KDS_OK);
        }
        char path[128];
        path_of(f, "0000000000000001.spool", path);
        kpl_spool_close(f->spool);
        f->spool = NULL;
        const long third = KPL_SPOOL_HEAD_BYTES + 2 * (long)(entry + 24);
        spoil(f, third + (long)at, 0x40);
        reopen(f);
        struct kpl_spool_stats stats;
        kpl_spool_stats(f->spool, &stats);
        assert_int_equal(stats.recovered, 2);
        assert_int_equal(stats.torn, 1);
        kpl_spool_done(f->spool, take(f, 11, 16, false));
        kpl_spool_done(f->spool, take(f, 14, 16, false));
        nothing_left(f);
        kpl_spool_close(f->spool);
        f->spool = NULL;
        reopen(f);
    }
}

static void spool_refuses_files_that_are_none_of_its(void **state)
{
    struct fixture *f = *state;
    static const long places[] = {0, 8, 12, 16, 24, 32};
    assert_int_equal(put(f, 1, 16), KDS_OK);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        kds_error_t *error = NULL;
        kpl_spool_close(f->spool);
        f->spool = NULL;
        spoil(f, places[i], 1);
        assert_int_equal(kpl_spool_open(&f->options, &f->spool, &error), KDS_ERR_CORRUPT);
        assert_non_null(strstr(kds_error_message(error), "0000000000000001.spool"));
        kds_error_free(error);
        spoil(f, places[i], 1);
        reopen(f);
    }
    kpl_spool_close(f->spool);
    f->spool = NULL;
    char path[128];
    path_of(f, "0000000000000001.spool", path);
    assert_int_equal(truncate(path, 2048), 0);
    assert_int_equal(kpl_spool_open(&f->options, &f->spool, NULL), KDS_ERR_CORRUPT);
    assert_int_equal(unlink(path), 0);
    path_of(f, "0000000000000007.spool", path); /* made, never written to */
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(fd, 4096), 0);
    close(fd);
    reopen(f);
    assert_int_equal(files(f), 0);
}

static void spool_files_are_the_owners_alone(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char path[128];
    assert_int_equal(put(f, 1, 1), KDS_OK);
    path_of(f, "0000000000000001.spool", path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    f->options.sync = true;
    reopen(f);
    assert_int_equal(put(f, 2, 1), KDS_OK);
    assert_int_equal(kpl_spool_sync(f->spool, NULL), KDS_OK);
    struct kpl_spool_options nowhere = f->options;
    nowhere.directory = "/proc/spool";
    kds_error_t *error = NULL;
    struct kpl_spool *none = NULL;
    assert_int_equal(kpl_spool_open(&nowhere, &none, &error), KDS_ERR_SYSTEM);
    assert_non_null(strstr(kds_error_message(error), "/proc/spool"));
    kds_error_free(error);
}

/* In place of the system's. */
static unsigned syncs, failing_sync;

int msync(void *from, size_t bytes, int flags)
{
    if (++syncs == failing_sync) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_msync, from, bytes, flags);
}

static void spool_syncs_in_the_end_what_a_failed_sync_left(void **state)
{
    struct fixture *f = *state;
    f->options.sync = true;
    reopen(f);
    for (failing_sync = 1; failing_sync <= 2; failing_sync++) {
        assert_int_equal(put(f, 1, 3500), KDS_OK); /* each in a segment of its own */
        assert_int_equal(put(f, 2, 3500), KDS_OK);
        syncs = 0;
        assert_int_equal(kpl_spool_sync(f->spool, NULL), KDS_ERR_SYSTEM);
        assert_int_equal(kpl_spool_sync(f->spool, NULL), KDS_OK);
        assert_int_equal(syncs, 3); /* both, and one of them twice */
        assert_int_equal(kpl_spool_sync(f->spool, NULL), KDS_OK);
        assert_int_equal(syncs, 3);
    }
    failing_sync = 0;
}

static void spool_keeps_what_is_being_synced_though_it_is_acknowledged(void **state)
{
    struct fixture *f = *state;
    struct kpl_spool_part part;
    f->options.sync = true;
    reopen(f);
    assert_int_equal(put(f, 1, 3500), KDS_OK);
    assert_int_equal(put(f, 2, 3500), KDS_OK);
    const struct kpl_spool_place until = kpl_spool_end(f->spool);
    assert_true(kpl_spool_sync_begin(f->spool, until, &part));
    kpl_spool_done(f->spool, take(f, 1, 3500, true));
    assert_int_equal(files(f), 2);
    assert_int_equal(put(f, 3, 3500), KDS_OK);
    assert_int_equal(kpl_spool_sync_part(f->spool, &part, NULL), KDS_OK);
    kpl_spool_sync_end(f->spool, &part, true);
    assert_int_equal(files(f), 2); /* it went; the third came */
    assert_true(kpl_spool_sync_begin(f->spool, until, &part));
    kpl_spool_sync_end(f->spool, &part, true);
    assert_false(kpl_spool_sync_begin(f->spool, until, &part)); /* the third is behind */
    assert_true(kpl_spool_sync_begin(f->spool, kpl_spool_end(f->spool), &part));
    kpl_spool_sync_end(f->spool, &part, true);
}

static void spool_has_room_for_what_it_refused_when_the_disk_has(void **state)
{
    struct fixture *f = *state;
    struct rlimit limit, small;
    assert_true(kpl_spool_has_room(f->spool));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 100;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    kds_err_t rc = put(f, 1, 5000);
    bool room = kpl_spool_has_room(f->spool);
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(rc, KDS_ERR_QUEUE_FULL);
    assert_false(room);
    assert_true(kpl_spool_has_room(f->spool));
    assert_int_equal(files(f), 1);
    assert_int_equal(put(f, 1, 5000), KDS_OK); /* where it was made */
    assert_int_equal(files(f), 1);
    assert_true(kpl_spool_has_room(f->spool));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(spool_gives_records_back_in_order_and_forgets_what_is_done),
        TEST(spool_sends_after_a_restart_what_was_not_acknowledged),
        TEST(spool_refuses_beyond_its_limit_and_goes_on_when_there_is_room),
        TEST(spool_takes_a_full_disk_for_a_full_queue),
        TEST(fault_P01_spool_keeps_what_a_killed_process_had_put),
        TEST(spool_belongs_to_one_process_at_a_time),
        TEST(fault_P08_spool_of_a_killed_process_is_free_while_its_child_lives),
        TEST(spool_syncs_in_the_end_what_a_failed_sync_left),
        TEST(spool_keeps_what_is_being_synced_though_it_is_acknowledged),
        TEST(spool_has_room_for_what_it_refused_when_the_disk_has),
        TEST(spool_recognises_a_torn_tail_wherever_it_is_torn),
        TEST(spool_takes_no_lengths_that_wrap_F_R09),
        TEST(spool_refuses_a_file_that_sizes_cannot_count_F_R09),
        TEST(spool_refuses_files_that_are_none_of_its),
        TEST(spool_files_are_the_owners_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
