/*
 * test_store_dynamodb: the rules of a lease store in DynamoDB, the KCL's format, and DynamoDB's faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "check_store.h"
#include "dynamodb_sim.h"
#include "lease_item.h"

#include <stdio.h>
#include <string.h>

#define TABLE "app"

struct fixture {
    struct dynamodb_sim *sim;
    struct kcl_store *store;
};

static struct kcl_store *open_store(struct dynamodb_sim *sim)
{
    struct kcl_store *store = NULL;
    const struct kcl_dynamo_options options = {.table = TABLE, .application = "app"};
    const struct kcl_dynamo_io io = dynamodb_sim_io(sim);
    assert_int_equal(kcl_store_dynamodb_new(&options, &io, &store, NULL), KDS_OK);
    return store;
}

static void open_all(struct fixture *f, bool with_table)
{
    f->sim = dynamodb_sim_new();
    if (with_table) {
        dynamodb_sim_add_table(f->sim, TABLE, "leaseKey");
    }
    f->store = open_store(f->sim);
}

static void close_all(struct fixture *f)
{
    f->store->ops->free(f->store);
    dynamodb_sim_free(f->sim);
}

static kds_err_t do_it(struct fixture *f, const struct kcl_store_op *op)
{
    return store_do(f->store, op)->err;
}

/* ---- an item that a test makes or looks at -------------------------------------------------- */

static kds_dynamodb_attribute_t s(const char *name, const char *text)
{
    kds_dynamodb_attribute_t a;
    memset(&a, 0, sizeof a);
    a.key = kds_slice(name);
    a.value.s = kds_slice(text);
    return a;
}

static kds_dynamodb_attribute_t n(const char *name, const char *number)
{
    kds_dynamodb_attribute_t a;
    memset(&a, 0, sizeof a);
    a.key = kds_slice(name);
    a.value.n = kds_slice(number);
    return a;
}

static const kds_dynamodb_attribute_value_t *
look(const struct fixture *f, const char *key, const char *name)
{
    size_t count;
    const kds_dynamodb_attribute_t *item = dynamodb_sim_get(f->sim, TABLE, key, &count);
    assert_non_null(item);
    return kcl_item_find(item, count, name);
}

/* What a Java worker of the KCL 2.x writes for a shard that it holds. */
static void put_java_lease(struct fixture *f, const char *checkpoint)
{
    const kds_dynamodb_attribute_t item[] = {
        s("leaseKey", "shard-1"),
        s("leaseOwner", "host.example.com:0f9b8a52-7b0b-4c3e-9d3e-0d2b7a2d6a11"),
        n("leaseCounter", "17"),
        n("ownerSwitchesSinceCheckpoint", "2"),
        s("checkpoint", checkpoint),
        n("checkpointSubSequenceNumber", "4"),
        s("startingHashKey", "0"),
        s("endingHashKey", "340282366920938463463374607431768211455"),
        s("somethingNew", "keep me")};
    dynamodb_sim_put(f->sim, TABLE, item, sizeof item / sizeof item[0]);
}

/* ---- the rules ------------------------------------------------------------------------------ */

static void store_keeps_the_rules(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, true);
    check_store(f.store);
    close_all(&f);
    open_all(&f, true);
    dynamodb_sim_tell_items(f.sim, false); /* as DynamoDB Local: read back instead */
    check_store(f.store);
    close_all(&f);
    open_all(&f, true);
    check_store_pages(f.store);
    close_all(&f);
}

static void store_keeps_rows_of_a_fleet_in_one_table(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, true);
    check_store_fleet(f.store);
    assert_true(kds_slice_is(look(&f, "Leader", "entityType")->s, "LEADER"));
    assert_true(kds_slice_is(look(&f, "Leader", "leaseDuration")->s, "120000"));
    assert_true(kds_slice_is(look(&f, "Migration3.0", "cv")->s, "CLIENT_VERSION_3X"));
    assert_true(kds_slice_is(look(&f, "busy", "entityType")->s, "WORKER_METRIC_STATS"));
    /* The KCL reads the limit as a whole number, and the row not at all if it is none. */
    const kds_dynamodb_attribute_value_t *limits = look(&f, "busy", "opr");
    assert_true(kds_slice_is(limits->m[0].value.l[0].n, "80"));
    close_all(&f);
}

static void store_keeps_rows_of_a_fleet_where_the_kcl_3_0_does(void **state)
{
    struct fixture f;
    size_t count;
    (void)state;
    open_all(&f, true);
    dynamodb_sim_add_table(f.sim, "app-CoordinatorState", "key");
    dynamodb_sim_add_table(f.sim, "app-WorkerMetricStats", "wid");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_OK);
    check_store_fleet(f.store);
    assert_non_null(dynamodb_sim_get(f.sim, "app-CoordinatorState", "Leader", &count));
    assert_non_null(dynamodb_sim_get(f.sim, "app-WorkerMetricStats", "busy", &count));
    assert_null(dynamodb_sim_get(f.sim, TABLE, "Leader", &count));
    /* Until everything has moved. */
    const kds_dynamodb_attribute_t moved[] = {s("key", "TableMigration3.5"),
                                              s("tm", "TABLE_MIGRATION_STATUS_COMPLETE")};
    dynamodb_sim_put(f.sim, "app-CoordinatorState", moved, 2);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_OK);
    check_store_fleet(f.store);
    assert_non_null(dynamodb_sim_get(f.sim, TABLE, "Leader", &count));
    close_all(&f);
}

/* ---- the KCL's format ----------------------------------------------------------------------- */

static void a_new_lease_has_all_that_both_decoders_of_the_kcl_need(void **state)
{
    static const char *const texts[] = {"leaseKey", "checkpoint", "entityType",
                                        "startingHashKey", "endingHashKey"};
    static const char *const numbers[] = {"leaseCounter", "ownerSwitchesSinceCheckpoint",
                                          "checkpointSubSequenceNumber"};
    struct fixture f;
    struct kcl_lease *lease = lease_of("shard-7");
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    (void)state;
    open_all(&f, true);
    snprintf(lease->parents[0], KCL_NAME_BYTES, "shard-3");
    snprintf(lease->parents[1], KCL_NAME_BYTES, "shard-4");
    lease->parent_count = 2;
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(do_it(&f, op), KDS_OK);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(look(&f, "shard-7", texts[i])->s.n > 0);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_true(kds_slice_is(look(&f, "shard-7", numbers[i])->n, "0"));
    }
    assert_true(kds_slice_is(look(&f, "shard-7", "checkpoint")->s, "TRIM_HORIZON"));
    assert_int_equal(look(&f, "shard-7", "parentShardId")->ss_count, 2); /* a set */
    assert_null(look(&f, "shard-7", "leaseOwner")); /* never an empty text */
    assert_null(look(&f, "shard-7", "childShardIds"));
    assert_null(look(&f, "shard-7", "streamName"));
    close_all(&f);
}

static void leases_of_several_streams_have_the_kcls_keys(void **state)
{
    struct fixture f;
    struct kcl_lease *lease = lease_of("shard-7");
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    (void)state;
    open_all(&f, true);
    snprintf(lease->stream, sizeof lease->stream, "123456789012:orders:1700000000");
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(do_it(&f, op), KDS_OK);
    const char *key = "123456789012:orders:1700000000:shard-7";
    assert_true(
        kds_slice_is(look(&f, key, "streamName")->s, "123456789012:orders:1700000000"));
    assert_true(kds_slice_is(look(&f, key, "shardId")->s, "shard-7"));
    close_all(&f);
}

static void a_lease_of_a_java_worker_is_read_and_taken(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, true);
    put_java_lease(&f, "49590338271490256608559692538361571095921575989136588898");
    const struct kcl_lease *lease = get_lease(f.store, "shard-1");
    assert_non_null(lease);
    assert_string_equal(lease->owner,
                        "host.example.com:0f9b8a52-7b0b-4c3e-9d3e-0d2b7a2d6a11");
    assert_int_equal(lease->counter, 17);
    assert_int_equal(lease->checkpoint.number, 4);
    assert_int_equal(lease->nonce, 0);
    struct kcl_store_op *op = op_of(KCL_STORE_TAKE, "shard-1", "me", 17);
    op->switches = true;
    assert_int_equal(do_it(&f, op), KDS_OK);
    assert_true(kds_slice_is(look(&f, "shard-1", "leaseCounter")->n, "18"));
    assert_true(kds_slice_is(look(&f, "shard-1", "leaseOwner")->s, "me"));
    assert_true(
        kds_slice_is(look(&f, "shard-1", "ownerSwitchesSinceCheckpoint")->n, "3"));
    assert_int_equal(do_it(&f, checkpoint_of("me", 18, "SHARD_END", 0)), KDS_OK);
    assert_true(
        kds_slice_is(look(&f, "shard-1", "ownerSwitchesSinceCheckpoint")->n, "0"));
    assert_true(kds_slice_is(look(&f, "shard-1", "checkpointSubSequenceNumber")->n, "0"));
    /* F-D10, F-P12: what this release does not know stays. */
    assert_true(kds_slice_is(look(&f, "shard-1", "somethingNew")->s, "keep me"));
    close_all(&f);
}

/* prepareCheckpoint(bytes) of the KCL takes what an item has room for. */
static void a_java_workers_prepared_state_of_any_length_is_found_and_kept(void **state)
{
    enum { MOST = 390000 };
    static const size_t sizes[] = {0, 1, KCL_STATE_BYTES, KCL_STATE_BYTES + 1, MOST};
    static uint8_t bytes[MOST];
    struct fixture f;
    (void)state;
    for (size_t i = 0; i < MOST; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        open_all(&f, true);
        kds_dynamodb_attribute_t item[] = {
            s("leaseKey", "shard-1"),       n("leaseCounter", "17"),
            s("checkpoint", "10"),          n("checkpointSubSequenceNumber", "0"),
            s("pendingCheckpoint", "20"),   n("pendingCheckpointSubSequenceNumber", "3"),
            s("pendingCheckpointState", "")};
        item[6].value = (kds_dynamodb_attribute_value_t){.b = {bytes, sizes[i]}};
        dynamodb_sim_put(f.sim, TABLE, item, 7);
        assert_int_equal(get_lease(f.store, "shard-1")->pending_state_len, sizes[i]);
        const struct kcl_store_result *r =
            store_do(f.store, op_of(KCL_STORE_TAKE, "shard-1", "me", 17));
        assert_int_equal(r->err, KDS_OK);
        assert_true(r->lease.has_pending);
        assert_int_equal(r->lease.pending_state_len, sizes[i]);
        bool fits = sizes[i] <= KCL_STATE_BYTES;
        assert_int_equal(r->long_state == NULL, fits);
        assert_memory_equal(fits ? r->lease.pending_state : r->long_state, bytes,
                            sizes[i]);
        kds_free(r->long_state);
        assert_int_equal(do_it(&f, op_of(KCL_STORE_RENEW, "shard-1", "me", 18)), KDS_OK);
        assert_int_equal(look(&f, "shard-1", "pendingCheckpointState")->b.n, sizes[i]);
        assert_int_equal(do_it(&f, checkpoint_of("me", 19, "20", 3)), KDS_OK);
        assert_null(look(&f, "shard-1", "pendingCheckpointState"));
        close_all(&f);
    }
}

static void a_hand_off_of_the_kcls_leader_is_obeyed(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, true);
    create_lease(f.store, "shard-1");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "me", 0)), KDS_OK);
    /* The leader writes this without a change of the counter. */
    struct kcl_store_op *op = op_of(KCL_STORE_HAND_OVER, "shard-1", "me", 0);
    snprintf(op->target, sizeof op->target, "java");
    assert_int_equal(do_it(&f, op), KDS_OK);
    assert_true(kds_slice_is(look(&f, "shard-1", "checkpointOwner")->s, "me"));
    assert_true(kds_slice_is(look(&f, "shard-1", "leaseCounter")->n, "1"));
    /* Released by one who does not know of it yet: the next owner stays. */
    op = op_of(KCL_STORE_RELEASE, "shard-1", "me", 1);
    assert_int_equal(do_it(&f, op), KDS_OK);
    assert_null(look(&f, "shard-1", "checkpointOwner"));
    assert_true(kds_slice_is(look(&f, "shard-1", "leaseOwner")->s, "java"));
    assert_true(kds_slice_is(look(&f, "shard-1", "leaseCounter")->n, "2"));
    close_all(&f);
}

/* ---- faults --------------------------------------------------------------------------------- */

struct plan {
    struct dynamodb_fault fault;
    enum kcl_dynamo_call which;
    unsigned skip, times;
};

static const struct dynamodb_fault *
follow(enum kcl_dynamo_call which, const char *table, const char *key, void *opaque)
{
    struct plan *p = opaque;
    (void)table;
    (void)key;
    if (which != p->which || p->times == 0) {
        return NULL;
    }
    if (p->skip > 0) {
        p->skip--;
        return NULL;
    }
    p->times--;
    return &p->fault;
}

static void fault_D01_throttling_leaves_everything_unknown_and_unchanged(void **state)
{
    struct fixture f;
    struct plan p = {
        {"ProvisionedThroughputExceededException", false}, KCL_DYNAMO_UPDATE_ITEM, 0, 1};
    (void)state;
    open_all(&f, true);
    create_lease(f.store, "shard-1");
    dynamodb_sim_set_faults(f.sim, follow, &p);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "me", 0)),
                     KDS_ERR_THROTTLED);
    assert_int_equal(get_lease(f.store, "shard-1")->counter, 0);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "me", 0)), KDS_OK);
    close_all(&f);
}

static void fault_D02_a_lease_that_another_took_is_told_with_its_owner(void **state)
{
    struct fixture f;
    (void)state;
    for (int told = 0; told < 2; told++) {
        open_all(&f, true);
        dynamodb_sim_tell_items(f.sim, told == 1);
        create_lease(f.store, "shard-1");
        assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "me", 0)), KDS_OK);
        assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "you", 1)), KDS_OK);
        const struct kcl_store_result *r =
            store_do(f.store, checkpoint_of("me", 1, "20", 0));
        assert_int_equal(r->err, KDS_ERR_LEASE_LOST);
        assert_string_equal(r->lease.owner, "you");
        assert_int_equal(r->lease.counter, 2);
        assert_true(kcl_position_is_start(&get_lease(f.store, "shard-1")->checkpoint));
        close_all(&f);
    }
}

/* The write was done, its answer was lost, it is sent again: what is there is told, with its nonce. */
static void fault_D03_D04_a_write_whose_answer_was_lost_is_recognised(void **state)
{
    struct fixture f;
    struct plan p = {{NULL, true}, KCL_DYNAMO_UPDATE_ITEM, 0, 0};
    (void)state;
    open_all(&f, true);
    create_lease(f.store, "shard-1");
    dynamodb_sim_set_faults(f.sim, follow, &p);
    struct kcl_store_op *ops[] = {
        op_of(KCL_STORE_TAKE, "shard-1", "me", 0),
        op_of(KCL_STORE_RENEW, "shard-1", "me", 1),
        checkpoint_of("me", 2, "20", 1),
        op_of(KCL_STORE_RELEASE, "shard-1", "me", 3),
    };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        p.times = 1;
        ops[i]->nonce = 5000 + i;
        assert_int_equal(do_it(&f, ops[i]), KDS_ERR_TRANSPORT);
        const struct kcl_store_result *r = store_do(f.store, ops[i]);
        assert_int_equal(r->err, KDS_ERR_LEASE_LOST);
        assert_int_equal(r->lease.nonce, 5000 + i);
        assert_int_equal(r->lease.counter, ops[i]->counter + 1);
    }
    close_all(&f);
}

static void
fault_D04_creation_and_deletion_whose_answers_were_lost_are_repeated(void **state)
{
    struct fixture f;
    struct plan p = {{NULL, true}, KCL_DYNAMO_PUT_ITEM, 0, 1};
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    (void)state;
    open_all(&f, true);
    op->leases = lease_of("shard-1");
    op->lease_count = 1;
    dynamodb_sim_set_faults(f.sim, follow, &p);
    assert_int_equal(do_it(&f, op), KDS_ERR_TRANSPORT);
    assert_int_equal(do_it(&f, op), KDS_OK);
    p = (struct plan){{NULL, true}, KCL_DYNAMO_DELETE_ITEM, 0, 1};
    op = op_of(KCL_STORE_DELETE, "shard-1", "", 0);
    assert_int_equal(do_it(&f, op), KDS_ERR_TRANSPORT);
    assert_int_equal(do_it(&f, op), KDS_OK);
    assert_null(get_lease(f.store, "shard-1"));
    close_all(&f);
}

static void fault_D08_a_table_that_is_missing_is_made_and_awaited(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, false);
    dynamodb_sim_set_status(f.sim, "CREATING");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_IN_USE);
    assert_true(dynamodb_sim_has_table(f.sim, TABLE));
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_IN_USE);
    dynamodb_sim_set_status(f.sim, "ACTIVE");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_OK);
    dynamodb_sim_set_status(f.sim, "UPDATING"); /* an index is being made */
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_OK);
    dynamodb_sim_set_status(f.sim, "DELETING");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_IN_USE);
    dynamodb_sim_set_status(f.sim, "ARCHIVED");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_STATE);
    close_all(&f);
}

static void fault_D08_two_workers_that_make_the_table_at_once_both_go_on(void **state)
{
    struct fixture f;
    struct plan p = {
        {"ResourceNotFoundException", false}, KCL_DYNAMO_DESCRIBE_TABLE, 0, 1};
    (void)state;
    open_all(&f, true); /* made by the other one between the two calls */
    dynamodb_sim_set_faults(f.sim, follow, &p);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_IN_USE);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_OK);
    close_all(&f);
}

static void fault_D08_a_table_with_another_key_is_refused(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, false);
    dynamodb_sim_add_table(f.sim, TABLE, "songId");
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_STORE_CORRUPT);
    close_all(&f);
}

static void fault_D09_pages_that_are_empty_or_fail_lose_no_lease(void **state)
{
    struct fixture f;
    char key[32];
    size_t count, pages;
    (void)state;
    open_all(&f, true);
    for (int i = 0; i < 20; i++) { /* rows of others between, which leave pages empty */
        snprintf(key, sizeof key, "shard-%02d", i);
        if (i % 7 == 0) {
            create_lease(f.store, key);
        } else {
            const kds_dynamodb_attribute_t other[] = {s("leaseKey", key),
                                                      s("entityType", "STREAM")};
            dynamodb_sim_put(f.sim, TABLE, other, 2);
        }
    }
    dynamodb_sim_set_page(f.sim, 2);
    kds_free(list_leases(f.store, &count, &pages));
    assert_int_equal(count, 3);
    assert_int_equal(pages, 10);
    struct plan p = {{"InternalServerError", false}, KCL_DYNAMO_SCAN, 1, 1};
    dynamodb_sim_set_faults(f.sim, follow, &p);
    struct kcl_store_op *op = op_of(KCL_STORE_LIST, "", "", 0);
    const struct kcl_store_result *r = store_do(f.store, op);
    assert_int_equal(r->err, KDS_OK);
    memcpy(op->cursor, r->cursor, sizeof op->cursor);
    kds_free(r->leases);
    r = store_do(f.store, op);
    assert_int_equal(r->err, KDS_ERR_SERVICE); /* no page, and no word of an end */
    assert_null(r->leases);
    close_all(&f);
}

static void fault_D10_items_that_are_no_leases_are_left_alone(void **state)
{
    struct fixture f;
    size_t count, pages;
    (void)state;
    open_all(&f, true);
    const kds_dynamodb_attribute_t rows[][3] = {
        {s("leaseKey", "Leader"), s("entityType", "LEADER"), s("ownerName", "x")},
        {s("leaseKey", "w-1"), s("entityType", "WORKER_METRIC_STATS"), n("lut", "1")},
        {s("leaseKey", "Migration3.0"), s("cv", "CLIENT_VERSION_2X"), s("mb", "x")},
        {s("leaseKey", "later"), s("entityType", "OF_A_LATER_RELEASE"), n("x", "1")}};
    for (size_t i = 0; i < 4; i++) {
        dynamodb_sim_put(f.sim, TABLE, rows[i], 3);
    }
    create_lease(f.store, "shard-1");
    struct kcl_lease *all = list_leases(f.store, &count, &pages);
    assert_int_equal(count, 1);
    assert_string_equal(all[0].shard_id, "shard-1");
    kds_free(all);
    close_all(&f);
}

static void fault_D10_a_malformed_lease_is_counted_and_never_overwritten(void **state)
{
    struct fixture f;
    (void)state;
    kds_dynamodb_attribute_t bad[][4] = {
        {s("leaseKey", "shard-1"), n("leaseCounter", "1"), s("checkpoint", "YESTERDAY")},
        {s("leaseKey", "shard-1"), s("leaseCounter", "1"), s("checkpoint", "LATEST")},
        {s("leaseKey", "shard-1"), n("leaseCounter", "-1"), s("checkpoint", "LATEST")},
        {s("leaseKey", "shard-1"), n("leaseCounter", "1"), n("checkpoint", "7")},
        {s("leaseKey", "shard-1"), n("leaseCounter", "1"), s("leaseOwner", "x")},
        {s("leaseKey", "shard-1"), s("leaseOwner", "x"), s("checkpoint", "LATEST")}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        open_all(&f, true);
        dynamodb_sim_put(f.sim, TABLE, bad[i], 3);
        const struct kcl_store_result *r =
            store_do(f.store, op_of(KCL_STORE_LIST, "", "", 0));
        assert_int_equal(r->err, KDS_OK);
        assert_int_equal(r->lease_count, 0);
        assert_int_equal(r->skipped, 1);
        assert_int_equal(r->unreadable_count, 1);
        assert_string_equal(r->unreadable[0].shard_id, "shard-1");
        kds_free(r->leases);
        kds_free(r->unreadable);
        assert_int_equal(do_it(&f, op_of(KCL_STORE_GET, "shard-1", "", 0)),
                         KDS_ERR_STORE_CORRUPT);
        create_lease(f.store, "shard-1"); /* there is something: it stays */
        assert_true(look(&f, "shard-1", "entityType") == NULL);
        close_all(&f);
    }
}

static void fault_D12_missing_permission_to_write_shows_at_the_start(void **state)
{
    struct fixture f;
    struct plan p = {{"AccessDeniedException", false}, KCL_DYNAMO_UPDATE_ITEM, 0, 1};
    size_t count;
    (void)state;
    open_all(&f, true);
    dynamodb_sim_set_faults(f.sim, follow, &p);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_ERR_ACCESS_DENIED);
    assert_int_equal(do_it(&f, op_of(KCL_STORE_OPEN, "", "", 0)), KDS_OK);
    assert_null(dynamodb_sim_get(f.sim, TABLE, "libkcl:self-test", &count));
    close_all(&f);
}

static void fault_D13_internal_errors_are_told_as_unknown(void **state)
{
    static const char *const codes[] = {
        "InternalServerError", "TransactionConflictException", "LimitExceededException"};
    struct fixture f;
    (void)state;
    open_all(&f, true);
    create_lease(f.store, "shard-1");
    for (size_t i = 0; i < 3; i++) {
        struct plan p = {{codes[i], false}, KCL_DYNAMO_UPDATE_ITEM, 0, 1};
        dynamodb_sim_set_faults(f.sim, follow, &p);
        assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "me", i)),
                         KDS_ERR_SERVICE);
        assert_int_equal(do_it(&f, op_of(KCL_STORE_TAKE, "shard-1", "me", i)), KDS_OK);
    }
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_keeps_the_rules),
        cmocka_unit_test(store_keeps_rows_of_a_fleet_in_one_table),
        cmocka_unit_test(store_keeps_rows_of_a_fleet_where_the_kcl_3_0_does),
        cmocka_unit_test(a_new_lease_has_all_that_both_decoders_of_the_kcl_need),
        cmocka_unit_test(leases_of_several_streams_have_the_kcls_keys),
        cmocka_unit_test(a_lease_of_a_java_worker_is_read_and_taken),
        cmocka_unit_test(a_java_workers_prepared_state_of_any_length_is_found_and_kept),
        cmocka_unit_test(a_hand_off_of_the_kcls_leader_is_obeyed),
        cmocka_unit_test(fault_D01_throttling_leaves_everything_unknown_and_unchanged),
        cmocka_unit_test(fault_D02_a_lease_that_another_took_is_told_with_its_owner),
        cmocka_unit_test(fault_D03_D04_a_write_whose_answer_was_lost_is_recognised),
        cmocka_unit_test(
            fault_D04_creation_and_deletion_whose_answers_were_lost_are_repeated),
        cmocka_unit_test(fault_D08_a_table_that_is_missing_is_made_and_awaited),
        cmocka_unit_test(fault_D08_two_workers_that_make_the_table_at_once_both_go_on),
        cmocka_unit_test(fault_D08_a_table_with_another_key_is_refused),
        cmocka_unit_test(fault_D09_pages_that_are_empty_or_fail_lose_no_lease),
        cmocka_unit_test(fault_D10_items_that_are_no_leases_are_left_alone),
        cmocka_unit_test(fault_D10_a_malformed_lease_is_counted_and_never_overwritten),
        cmocka_unit_test(fault_D12_missing_permission_to_write_shows_at_the_start),
        cmocka_unit_test(fault_D13_internal_errors_are_told_as_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
