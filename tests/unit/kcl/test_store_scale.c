/*
 * test_store_scale: a hundred thousand leases. What is bounded is counted in pages, rows and bytes, never in time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/error.h"
#include "store.h"
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEASES = 100000, AT_ONCE = 100, OPS = 100 };

static struct kcl_store_op ops[OPS];
static const struct kcl_store_op *const *op_list(void)
{
    static const struct kcl_store_op *list[OPS];
    for (size_t i = 0; i < OPS; i++) {
        list[i] = &ops[i];
    }
    return list;
}

static void run_all(struct kcl_store *s)
{
    static struct kcl_store_result results[OPS];
    s->ops->execute(s, op_list(), results, OPS);
    for (size_t i = 0; i < OPS; i++) {
        assert_int_equal(results[i].err, KDS_OK);
        kcl_store_result_clear(&results[i]);
    }
}

static void name_shard(char *out, size_t size, size_t number)
{
    snprintf(out, size, "shardId-%012zu", number);
}

/* OPS writes of AT_ONCE leases each, together. */
static void create_all(struct kcl_store *s)
{
    struct kcl_lease *leases = kds_alloc_zero((size_t)OPS * AT_ONCE, sizeof *leases);
    assert_non_null(leases);
    for (size_t done = 0; done < LEASES; done += (size_t)OPS * AT_ONCE) {
        for (size_t i = 0; i < (size_t)OPS * AT_ONCE; i++) {
            name_shard(leases[i].shard_id, sizeof leases[i].shard_id, done + i);
            leases[i].has_range = true;
        }
        memset(ops, 0, sizeof ops);
        for (size_t i = 0; i < OPS; i++) {
            ops[i].kind = KCL_STORE_CREATE;
            ops[i].leases = leases + i * AT_ONCE;
            ops[i].lease_count = AT_ONCE;
        }
        run_all(s);
    }
    kds_free(leases);
}

/* A worker takes or renews the first leases. */
static void write_some(struct kcl_store *s, enum kcl_store_kind kind, uint64_t counter)
{
    memset(ops, 0, sizeof ops);
    for (size_t i = 0; i < OPS; i++) {
        ops[i].kind = kind;
        ops[i].counter = counter;
        ops[i].nonce = counter + 1;
        snprintf(ops[i].owner, sizeof ops[i].owner, "worker");
        name_shard(ops[i].shard_id, sizeof ops[i].shard_id, i * (LEASES / OPS));
    }
    run_all(s);
}

/* A look at all, as a worker does it. @return pages */
static size_t look(struct kcl_store *s, struct kcl_view *v, int64_t now_us)
{
    struct kcl_store_op op = {.kind = KCL_STORE_LIST};
    struct kcl_store_result result;
    size_t pages = 0;
    do {
        kcl_store_run(s, &op, &result);
        assert_int_equal(result.err, KDS_OK);
        assert_true(result.lease_count <= KCL_STORE_PAGE);
        for (size_t i = 0; i < result.lease_count; i++) {
            assert_true(kcl_view_note(v, now_us, &result.leases[i]));
        }
        memcpy(op.cursor, result.cursor, sizeof op.cursor);
        kcl_store_result_clear(&result);
        pages++;
    } while (op.cursor[0] != 0);
    kcl_view_finish(v);
    return pages;
}

/* Each lease is listed once, in as few pages as there can be, and a worker's memory of them does not grow. */
static void check_looks(struct kcl_store *s)
{
    struct kcl_view v;
    char id[KCL_NAME_BYTES];
    memset(&v, 0, sizeof v);
    assert_in_range(look(s, &v, 1), LEASES / KCL_STORE_PAGE, LEASES / KCL_STORE_PAGE + 1);
    assert_int_equal(v.count, LEASES);
    for (size_t i = 0; i < LEASES; i++) {
        name_shard(id, sizeof id, i);
        assert_non_null(kcl_view_find(&v, "", id));
    }
    size_t keys = v.keys.count, words = v.words.count, room = v.capacity;
    write_some(s, KCL_STORE_TAKE, 0);
    assert_in_range(look(s, &v, 2), LEASES / KCL_STORE_PAGE, LEASES / KCL_STORE_PAGE + 1);
    assert_int_equal(v.count, LEASES);
    assert_int_equal(v.keys.count, keys);
    assert_int_equal(v.words.count, words);
    assert_int_equal(v.capacity, room);
    size_t changed = 0;
    for (size_t i = 0; i < v.count; i++) {
        changed += v.rows[i].changed_us == 2;
    }
    assert_int_equal(changed, OPS);
    kcl_view_clear(&v);
}

static void fault_Q13_a_hundred_thousand_leases_in_memory(void **state)
{
    struct kcl_store *s = kcl_store_memory_new();
    (void)state;
    assert_non_null(s);
    create_all(s);
    check_looks(s);
    s->ops->free(s);
}

static void fault_Q13_a_hundred_thousand_leases_in_a_file_that_does_not_grow(void **state)
{
    char path[] = "/tmp/test_store_scale.XXXXXX/leases.db";
    char *slash = strrchr(path, '/');
    struct kcl_store *s;
    kds_error_t *error = NULL;
    struct stat before, after;
    (void)state;
    *slash = 0;
    assert_non_null(mkdtemp(path));
    *slash = '/';
    assert_int_equal(kcl_store_sqlite_new(path, "a", "stream", 100, 100, &s, &error),
                     KDS_OK);
    create_all(s);
    check_looks(s);
    assert_int_equal(stat(path, &before), 0);
    assert_true(before.st_size < (off_t)LEASES * 400);
    for (uint64_t i = 1; i <= 50; i++) {
        write_some(s, KCL_STORE_RENEW, i);
    }
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_size <= before.st_size + before.st_size / 100);
    s->ops->free(s);
    unlink(path);
    *slash = 0;
    rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_Q13_a_hundred_thousand_leases_in_memory),
        cmocka_unit_test(
            fault_Q13_a_hundred_thousand_leases_in_a_file_that_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
