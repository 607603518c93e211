/*
 * lease_store: checks our DynamoDB lease store against a server that behaves like DynamoDB.
 *
 *   lease_store ENDPOINT     makes the tables interop-rules, interop-pages and interop-fleet
 *
 * Prints a line per part; a rule that is broken ends it with an assertion.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_store.h"
#include "kds/client.h"
#include "store_dynamodb.h"

#include <stdio.h>
#include <time.h>

static const char *endpoint;

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
        const struct timespec pause = {.tv_nsec = 100000000};
        nanosleep(&pause, NULL);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(store_keeps_the_rules),
                                       cmocka_unit_test(store_lists_in_pages),
                                       cmocka_unit_test(store_keeps_rows_of_a_fleet)};
    if (argc != 2) {
        fprintf(stderr, "usage: lease_store ENDPOINT\n");
        return 2;
    }
    endpoint = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
