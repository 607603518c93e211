/*
 * test_store: the rules of a lease store, on each of them; and files that are no lease stores.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "check_store.h"
#include "sqlite_file.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/test_store.XXXXXX/leases.db";

static void make_folder(void)
{
    char *slash = strrchr(path, '/');
    *slash = 0;
    memcpy(slash - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(path));
    *slash = '/';
}

static void remove_folder(void)
{
    char *slash = strrchr(path, '/');
    unlink(path);
    *slash = 0;
    rmdir(path);
    *slash = '/';
}

static struct kcl_store *open_file(const char *application)
{
    struct kcl_store *store = NULL;
    kds_error_t *error = NULL;
    if (kcl_store_sqlite_new(path, application, "stream", 100, 100, &store, &error) !=
        KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
    return store;
}

static kds_err_t open_failing(char *message, size_t size)
{
    struct kcl_store *store;
    kds_error_t *error = NULL;
    kds_err_t rc = kcl_store_sqlite_new(path, "a", "stream", 50, 50, &store, &error);
    assert_int_not_equal(rc, KDS_OK);
    snprintf(message, size, "%s", kds_error_message(error));
    kds_error_free(error);
    assert_non_null(strstr(message, path)); /* the file is named */
    return rc;
}

/* ---- the rules ------------------------------------------------------------------------------- */

static void memory_store_keeps_the_rules(void **state)
{
    struct kcl_store *s = kcl_store_memory_new();
    (void)state;
    assert_non_null(s);
    check_store(s);
    s->ops->free(s);
    s = kcl_store_memory_new();
    assert_non_null(s);
    check_store_fleet(s);
    check_store_pages(s);
    s->ops->free(s);
}

static void sqlite_store_keeps_the_rules(void **state)
{
    struct stat st;
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    check_store(s);
    s->ops->free(s);
    s = open_file("b");
    check_store_pages(s);
    s->ops->free(s);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600); /* F-Q11 */
    remove_folder();
}

static void sqlite_store_keeps_applications_apart_and_lasts(void **state)
{
    (void)state;
    make_folder();
    struct kcl_store *a = open_file("a"), *b = open_file("b");
    create_lease(a, "shard-1");
    size_t count, pages;
    kds_free(list_leases(b, &count, &pages));
    assert_int_equal(count, 0);
    a->ops->free(a);
    a = open_file("a");
    assert_non_null(get_lease(a, "shard-1"));
    a->ops->free(a);
    b->ops->free(b);
    remove_folder();
}

/* A process that dies in the middle of its writes leaves every acknowledged one behind. */
static void fault_Q04_sqlite_store_keeps_what_was_acknowledged_after_kill_9(void **state)
{
    (void)state;
    make_folder();
    for (int round = 0; round < 5; round++) {
        int acknowledged[2];
        uint64_t last = 0, seen;
        assert_int_equal(pipe(acknowledged), 0);
        pid_t child = fork();
        if (child == 0) {
            struct kcl_store *s = open_file("a");
            create_lease(s, "shard-1");
            for (uint64_t counter = get_lease(s, "shard-1")->counter;; counter++) {
                if (store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", counter))->err !=
                        KDS_OK ||
                    write(acknowledged[1], &counter, sizeof counter) < 0) {
                    _exit(1);
                }
            }
        }
        close(acknowledged[1]);
        for (int i = 0; i < 7; i++) {
            assert_int_equal(read(acknowledged[0], &last, sizeof last), sizeof last);
        }
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(acknowledged[0], &seen, sizeof seen) == sizeof seen) {
            last = seen;
        }
        close(acknowledged[0]);
        struct kcl_store *s = open_file("a");
        assert_true(get_lease(s, "shard-1")->counter >= last + 1);
        s->ops->free(s);
    }
    char journal[64];
    snprintf(journal, sizeof journal, "%s-journal", path);
    unlink(journal);
    remove_folder();
}

/* ---- files that cannot be used --------------------------------------------------------------- */

static void sql(const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int64_t number(const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return value;
}

static void write_file(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void fault_Q06_sqlite_store_refuses_a_file_that_is_no_database(void **state)
{
    char message[512], text[4096];
    (void)state;
    make_folder();
    memset(text, 'x', sizeof text);
    write_file(text, sizeof text);
    assert_int_equal(open_failing(message, sizeof message), KDS_ERR_STORE_CORRUPT);
    assert_non_null(strstr(message, "not a database"));
    remove_folder();
}

static void fault_Q06_sqlite_store_refuses_another_programs_file(void **state)
{
    char message[512];
    (void)state;
    make_folder();
    sql("CREATE TABLE songs(title TEXT)");
    assert_int_equal(open_failing(message, sizeof message), KDS_ERR_STORE_CORRUPT);
    assert_non_null(strstr(message, "another program"));
    remove_folder();
}

static void fault_Q06_sqlite_store_refuses_a_newer_schema(void **state)
{
    char message[512];
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    s->ops->free(s);
    sql("PRAGMA user_version = 3");
    assert_int_equal(open_failing(message, sizeof message), KDS_ERR_STORE_CORRUPT);
    assert_non_null(strstr(message, "schema version 3, this release knows 2"));
    remove_folder();
}

/* A later release that only adds a column keeps the number of the schema. */
static void fault_P12_sqlite_store_leaves_a_later_releases_columns_alone(void **state)
{
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    create_lease(s, "shard-1");
    sql("ALTER TABLE lease ADD COLUMN later TEXT NOT NULL DEFAULT 'none';"
        "UPDATE lease SET later = 'some'");
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "worker", 0))->err,
                     KDS_OK);
    create_lease(s, "shard-2");
    assert_int_equal(number("SELECT count(*) FROM lease WHERE shard_id = 'shard-1' AND"
                            " owner = 'worker' AND counter = 1 AND later = 'some'"),
                     1);
    assert_int_equal(number("SELECT count(*) FROM lease WHERE later = 'none'"), 1);
    s->ops->free(s);
    remove_folder();
}

static void fault_Q06_sqlite_store_notices_a_damaged_page(void **state)
{
    static const char junk[512] = {1, 2, 3};
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    create_lease(s, "shard-1");
    FILE *f = fopen(path, "r+b");
    fseek(f, 0, SEEK_END);
    for (long at = 4096; at < ftell(f); at += 4096) {
        long end = ftell(f);
        fseek(f, at, SEEK_SET);
        fwrite(junk, 1, sizeof junk, f);
        fseek(f, end, SEEK_SET);
    }
    fclose(f);
    struct kcl_store *again = NULL;
    kds_error_t *error = NULL;
    kds_err_t rc = kcl_store_sqlite_new(path, "a", "stream", 50, 50, &again, &error);
    if (rc == KDS_OK) {
        rc = store_do(again, op_of(KCL_STORE_LIST, "", "", 0))->err;
        again->ops->free(again);
    }
    kds_error_free(error);
    assert_int_equal(rc, KDS_ERR_STORE_CORRUPT);
    s->ops->free(s);
    remove_folder();
}

static void sqlite_store_refuses_a_malformed_lease(void **state)
{
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    create_lease(s, "shard-1");
    sql("UPDATE lease SET checkpoint = 'YESTERDAY'");
    assert_int_equal(store_do(s, op_of(KCL_STORE_LIST, "", "", 0))->err,
                     KDS_ERR_STORE_CORRUPT);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err,
                     KDS_ERR_STORE_CORRUPT);
    s->ops->free(s);
    remove_folder();
}

static void
fault_Q01_sqlite_store_is_busy_while_another_process_holds_the_file(void **state)
{
    char message[512];
    sqlite3 *db;
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    create_lease(s, "shard-1");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err,
                     KDS_ERR_STORE_BUSY);
    assert_int_equal(open_failing(message, sizeof message), KDS_ERR_STORE_BUSY);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err, KDS_OK);
    sqlite3_close(db);
    s->ops->free(s);
    remove_folder();
}

static void *let_go(void *db)
{
    poll(NULL, 0, 200); /* longer than a write would wait */
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return NULL;
}

static void fault_Q01_sqlite_store_waits_longer_when_it_is_opened(void **state)
{
    struct kcl_store *s = NULL;
    pthread_t thread;
    sqlite3 *db;
    (void)state;
    make_folder();
    s = open_file("a");
    s->ops->free(s);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(pthread_create(&thread, NULL, let_go, db), 0);
    assert_int_equal(kcl_store_sqlite_new(path, "a", "stream", 1, 20000, &s, NULL),
                     KDS_OK);
    pthread_join(thread, NULL);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err,
                     KDS_ERR_STORE_BUSY); /* and no longer afterwards */
    sqlite3_close(db);
    s->ops->free(s);
    remove_folder();
}

static void fault_Q07_sqlite_store_notices_that_its_file_is_gone(void **state)
{
    (void)state;
    make_folder();
    struct kcl_store *s = open_file("a");
    create_lease(s, "shard-1");
    unlink(path);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "me", 0))->err,
                     KDS_ERR_STORE);
    s->ops->free(s);
    remove_folder();
}

static void fault_Q07_sqlite_store_names_the_folder_that_is_missing(void **state)
{
    char message[512];
    (void)state;
    make_folder();
    remove_folder();
    assert_int_equal(open_failing(message, sizeof message), KDS_ERR_STORE);
    assert_non_null(strstr(message, "No such file or directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_store_keeps_the_rules),
        cmocka_unit_test(sqlite_store_keeps_the_rules),
        cmocka_unit_test(sqlite_store_keeps_applications_apart_and_lasts),
        cmocka_unit_test(fault_Q04_sqlite_store_keeps_what_was_acknowledged_after_kill_9),
        cmocka_unit_test(fault_Q06_sqlite_store_refuses_a_file_that_is_no_database),
        cmocka_unit_test(fault_Q06_sqlite_store_refuses_another_programs_file),
        cmocka_unit_test(fault_Q06_sqlite_store_refuses_a_newer_schema),
        cmocka_unit_test(fault_P12_sqlite_store_leaves_a_later_releases_columns_alone),
        cmocka_unit_test(fault_Q06_sqlite_store_notices_a_damaged_page),
        cmocka_unit_test(sqlite_store_refuses_a_malformed_lease),
        cmocka_unit_test(
            fault_Q01_sqlite_store_is_busy_while_another_process_holds_the_file),
        cmocka_unit_test(fault_Q01_sqlite_store_waits_longer_when_it_is_opened),
        cmocka_unit_test(fault_Q07_sqlite_store_notices_that_its_file_is_gone),
        cmocka_unit_test(fault_Q07_sqlite_store_names_the_folder_that_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
