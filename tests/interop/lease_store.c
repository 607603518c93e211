/*
 * lease_store: checks our DynamoDB lease store against a server that behaves like DynamoDB.
 *
 *   lease_store ENDPOINT [no-index]     makes the tables interop-rules, -pages, -fleet and -index
 *
 * Prints a line per part; a rule that is broken ends it with an assertion. no-index: this server cannot add an
 * index to a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "check_store.h"
#include "kds/client.h"
#include "store_dynamodb.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *endpoint;

static void pause_100_ms(void)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    nanosleep(&pause, NULL);
}

static struct kcl_store *open_table(const char *table)
{
    struct kcl_store *store = NULL;
    kds_client_t *client = NULL;
    kds_error_t *error = NULL;
    const kds_client_options_t options = {.struct_size = sizeof options,
                                          .service = KDS_SERVICE_DYNAMODB,
                                          .region = "eu-west-1",
                                          .endpoint = endpoint,
                                          .access_key_id = "AKIDEXAMPLE",
                                          .secret_access_key = "secret"};
    if (kds_client_new(&options, &client, &error) != KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
    const struct kcl_dynamo_options where = {.table = table, .application = table};
    const struct kcl_dynamo_io io = kcl_dynamo_over_client(client);
    assert_int_equal(kcl_store_dynamodb_new(&where, &io, &store, NULL), KDS_OK);
    /* A table takes a moment: each try looks again. */
    for (int i = 0; i < 100; i++) {
        kds_err_t err = store_do(store, op_of(KCL_STORE_OPEN, "", "", 0))->err;
        if (err == KDS_OK) {
            return store;
        }
        assert_int_equal(err, KDS_ERR_IN_USE);
        pause_100_ms();
    }
    fail_msg("the table %s does not become ready", table);
    return NULL;
}

static void store_keeps_the_rules(void **state)
{
    struct kcl_store *s = open_table("interop-rules");
    (void)state;
    check_store(s);
    s->ops->free(s);
}

static void store_lists_in_pages(void **state)
{
    struct kcl_store *s = open_table("interop-pages");
    (void)state;
    check_store_pages(s);
    s->ops->free(s);
}

static void store_keeps_rows_of_a_fleet(void **state)
{
    struct kcl_store *s = open_table("interop-fleet");
    (void)state;
    check_store_fleet(s);
    s->ops->free(s);
}

static void add_lease_of(struct kcl_store *s, const char *shard, const char *owner)
{
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    op->leases = lease_of(shard);
    op->lease_count = 1;
    assert_int_equal(store_do(s, op)->err, KDS_OK);
    assert_int_equal(store_do(s, op_of(KCL_STORE_TAKE, shard, owner, 0))->err, KDS_OK);
}

/* An index follows its table a moment later: what is found may grow. */
static size_t owned_by(struct kcl_store *s, const char *owner)
{
    const struct kcl_store_result *r = store_do(s, op_of(KCL_STORE_OWNED, "", owner, 0));
    assert_int_equal(r->err, KDS_OK);
    for (size_t i = 0; i < r->lease_count; i++) {
        assert_memory_equal(r->leases[i].shard_id, "shard-", 6);
    }
    kds_free(r->leases);
    return r->lease_count;
}

static void store_finds_leases_by_their_owner(void **state)
{
    struct kcl_store *s = open_table("interop-index");
    bool indexed = false;
    (void)state;
    add_lease_of(s, "shard-1", "me");
    add_lease_of(s, "shard-2", "another");
    add_lease_of(s, "shard-3", "me");
    for (int i = 0; i < 100 && !indexed; i++) {
        const struct kcl_store_result *r = store_do(s, op_of(KCL_STORE_INDEX, "", "", 0));
        assert_int_equal(r->err, KDS_OK);
        indexed = r->indexed;
        if (!indexed) {
            pause_100_ms();
        }
    }
    assert_true(indexed);
    for (int i = 0; i < 100 && owned_by(s, "me") != 2; i++) {
        pause_100_ms();
    }
    assert_int_equal(owned_by(s, "me"), 2);
    assert_int_equal(owned_by(s, "nobody"), 0);
    s->ops->free(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(store_keeps_the_rules),
                                       cmocka_unit_test(store_lists_in_pages),
                                       cmocka_unit_test(store_keeps_rows_of_a_fleet)};
    const struct CMUnitTest index_tests[] = {
        cmocka_unit_test(store_finds_leases_by_their_owner)};
    bool no_index = argc == 3 && strcmp(argv[2], "no-index") == 0;
    if (argc != 2 && !no_index) {
        fprintf(stderr, "usage: lease_store ENDPOINT [no-index]\n");
        return 2;
    }
    endpoint = argv[1];
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + (no_index ? 0 : cmocka_run_group_tests(index_tests, NULL, NULL));
}
