/*
 * test_roster_faults: workers whose listings are old, whose writes fail or lose their answers, whose clocks have
 * nothing in common, and who die within the making of leases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roster_world.h"

#include "base/alloc.h"
#include "core_internal.h"

#include <stdio.h>
#include <string.h>

#define FAILOVER (10 * S) /* the default */

static const struct kcl_shard *shard_of(size_t number, const char *shard_id)
{
    return world.workers[number].core
               ? kcl_core_find_shard(world.workers[number].core, shard_id)
               : NULL;
}

/* How many workers may read it now. */
static unsigned readers_of(const char *shard_id)
{
    unsigned count = 0;
    for (size_t i = 0; i < 3; i++) {
        const struct kcl_shard *s = shard_of(i, shard_id);
        int64_t now_us = world.now_us + world.workers[i].clock_us;
        count += s != NULL && s->held && !s->lost && now_us < s->valid_until_us;
    }
    return count;
}

/* As run_for(); no shard ever has two readers. */
static void run_watched(int64_t us)
{
    static const char *const shards[] = {"shard-0", "shard-1", "shard-2", "shard-3"};
    for (int64_t until_us = world.now_us + us; world.now_us < until_us;) {
        run_for(STEP_US);
        for (size_t i = 0; i < 4; i++) {
            assert_true(readers_of(shards[i]) <= 1);
        }
    }
}

/* ---- old listings --------------------------------------------------------------------------- */

#define OLD (10 * S)

/* What a listing shows: the store as it was between OLD and twice as long ago. */
static struct {
    struct listing {
        struct kcl_lease leases[8];
        size_t count;
    } newer, older;
    int64_t taken_us;
} past;

static bool list_the_past(const struct kcl_store_op *op,
                          struct kcl_store_result *result,
                          bool *silent)
{
    (void)silent;
    if (op->kind != KCL_STORE_LIST) {
        return false;
    }
    if (world.now_us - past.taken_us >= OLD) {
        size_t pages;
        struct kcl_lease *now = list_leases(world.store, &past.newer.count, &pages);
        past.older = past.newer;
        memcpy(past.newer.leases, now, past.newer.count * sizeof *now);
        kds_free(now);
        past.taken_us = world.now_us;
    }
    result->leases = kds_alloc_zero(8, sizeof *result->leases);
    assert_non_null(result->leases);
    memcpy(result->leases, past.older.leases, sizeof past.older.leases);
    result->lease_count = past.older.count;
    return true;
}

static void fault_D06_old_listings_lead_to_nothing_wrong(void **state)
{
    (void)state;
    memset(&past, 0, sizeof past);
    world.instead = list_the_past;
    start(0, "a", NULL, NULL);
    run_watched(30 * S);
    start(1, "b", NULL, NULL);
    start(2, "c", NULL, NULL);
    run_watched(300 * S);
    for (int i = 0; i < 60; i++) { /* they are at rest */
        run_watched(S);
        assert_int_equal(held(0) + held(1) + held(2), 4);
        assert_in_range(held(1), 1, 2);
        assert_in_range(held(2), 1, 2);
    }
    end(0);
    run_watched(FAILOVER + 4 * OLD + 2 * S);
    assert_int_equal(held(1) + held(2), 4);
    assert_null(kcl_core_failure(world.workers[1].core));
    assert_null(kcl_core_failure(world.workers[2].core));
}

static void add_lease(const char *shard_id, const char *parent, const char *owner)
{
    struct kcl_lease *lease = lease_of(shard_id);
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    snprintf(lease->owner, sizeof lease->owner, "%s", owner);
    if (parent != NULL) {
        snprintf(lease->parents[0], sizeof lease->parents[0], "%s", parent);
        lease->parent_count = 1;
    }
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
}

/* The newest lease but one is not listed yet. */
static bool list_without_parent(const struct kcl_store_op *op,
                                struct kcl_store_result *result,
                                bool *silent)
{
    (void)silent;
    if (op->kind != KCL_STORE_LIST) {
        return false;
    }
    kcl_store_run(world.store, op, result);
    for (size_t i = 0; i < result->lease_count; i++) {
        if (strcmp(result->leases[i].shard_id, "parent") == 0) {
            result->leases[i] = result->leases[--result->lease_count];
        }
    }
    return true;
}

/* F-S16: the copy of the table that lists the child may be younger than the one that would list its parent. */
static void fault_D06_a_parent_that_is_not_listed_yet_is_read_first(void **state)
{
    (void)state;
    world.fleet = true;
    start(0, "a", NULL, NULL);
    run_for(3 * S);
    assert_int_equal(held(0), 4);
    world.instead = list_without_parent;
    add_lease("parent", NULL, "another");
    add_lease("child", "parent", "");
    add_lease("orphan", "long-gone", "");
    run_for(5 * S);
    assert_int_equal(readers_of("child"), 0);
    assert_int_equal(readers_of("orphan"), 1);
    struct kcl_store_op *op = op_of(KCL_STORE_CHECKPOINT, "parent", "another", 0);
    op->position.kind = KCL_AT_SHARD_END;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    run_for(5 * S);
    assert_int_equal(readers_of("child"), 1);
}

/* ---- writes that fail ----------------------------------------------------------------------- */

/* The kind of write that fails; whether it is done all the same. */
static struct {
    enum kcl_store_kind kind;
    bool done;
} failing;

static bool
fail_one(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)silent;
    if (op->kind != failing.kind) {
        return false;
    }
    if (failing.done) {
        kcl_store_run(world.store, op, result);
        kcl_store_result_clear(result);
        memset(result, 0, sizeof *result);
    }
    result->err = KDS_ERR_STORE;
    return true;
}

static void fault_D05_a_lease_whose_taking_failed_is_not_held(void **state)
{
    (void)state;
    failing.kind = KCL_STORE_TAKE;
    failing.done = false;
    world.instead = fail_one;
    start(0, "a", NULL, NULL);
    for (int i = 0; i < 100; i++) {
        run_for(100 * KDS_US_PER_MS);
        assert_int_equal(held(0), 0);
        assert_int_equal(readers_of("shard-1"), 0);
    }
    world.instead = NULL;
    run_for(15 * S);
    assert_int_equal(held(0), 4);
}

static void fault_D05_a_renewal_that_failed_changes_nothing_in_memory(void **state)
{
    (void)state;
    for (int done = 0; done < 2; done++) { /* it never arrived; its answer was lost */
        start(0, "a", NULL, NULL);
        run_for(15 * S);
        const struct kcl_shard *s = shard_of(0, "shard-1");
        assert_non_null(s);
        uint64_t counter = s->lease.counter;
        int64_t until_us = s->valid_until_us;
        failing.kind = KCL_STORE_RENEW;
        failing.done = done;
        world.instead = fail_one;
        run_for(FAILOVER / 2); /* a renewal is due in between */
        assert_int_equal(s->lease.counter, counter);
        assert_int_equal(s->valid_until_us, until_us);
        assert_int_equal(get_lease(world.store, "shard-1")->counter,
                         counter + (done != 0));
        world.instead = NULL;
        run_for(2 * S); /* it recognises what it wrote */
        assert_int_equal(readers_of("shard-1"), 1);
        assert_in_range(s->lease.counter, counter + 1, counter + 2);
        assert_int_equal(get_lease(world.store, "shard-1")->counter, s->lease.counter);
        assert_true(s->valid_until_us > until_us);
        end(0);
        run_for(20 * S);
    }
}

/* ---- a worker that dies while leases are made ----------------------------------------------- */

enum { MANY = 250 }; /* three writes of leases */

static bool make_one_part(const struct kcl_store_op *op,
                          struct kcl_store_result *result,
                          bool *silent)
{
    (void)result;
    *silent = op->kind == KCL_STORE_CREATE && world.workers[0].ops[KCL_STORE_CREATE] > 1;
    return *silent;
}

static void fault_P11_what_a_worker_left_half_made_another_completes(void **state)
{
    size_t count, pages;
    (void)state;
    world.shards = MANY;
    world.instead = make_one_part;
    start(0, "a", NULL, NULL);
    run_for(2 * S);
    kds_free(list_leases(world.store, &count, &pages));
    assert_int_equal(count, 100);
    end(0);
    world.instead = NULL;
    start(1, "b", NULL, NULL);
    run_for(60 * S);
    kds_free(list_leases(world.store, &count, &pages));
    assert_int_equal(count, MANY);
    assert_int_equal(held(1), MANY);
}

/* ---- leases that cannot be read ------------------------------------------------------------- */

static bool list_unreadable(const struct kcl_store_op *op,
                            struct kcl_store_result *result,
                            bool *silent)
{
    (void)silent;
    if (op->kind != KCL_STORE_LIST) {
        return false;
    }
    result->skipped = result->unreadable_count = world.shards;
    result->unreadable = kds_alloc_zero(world.shards, sizeof *result->unreadable);
    assert_non_null(result->unreadable);
    for (unsigned i = 0; i < world.shards; i++) {
        snprintf(result->unreadable[i].shard_id, KCL_NAME_BYTES, "shard-%u", i);
    }
    return true;
}

static void
fault_D10_an_application_whose_leases_cannot_be_read_does_not_begin_anew(void **state)
{
    const char *told;
    (void)state;
    world.instead = list_unreadable;
    start(0, "a", "start", "latest");
    run_for(600 * S);
    assert_int_equal(world.workers[0].ops[KCL_STORE_CREATE], 0);
    assert_int_equal(held(0), 0);
    assert_null(kcl_core_failure(world.workers[0].core));
    told = strstr(world.workers[0].told, "cannot be read: 4, one of them shard-0");
    assert_non_null(told);
    assert_null(strstr(told + 1, "cannot be read")); /* once */
}

/* ---- clocks --------------------------------------------------------------------------------- */

static void fault_Q10_clocks_that_differ_by_days_change_nothing(void **state)
{
    (void)state;
    world.workers[1].clock_us = 40 * 86400 * S; /* that machine runs for longer */
    world.workers[2].clock_us = 2 * 86400 * S;
    start(0, "a", NULL, NULL);
    run_watched(5 * S);
    start(1, "b", NULL, NULL);
    run_watched(30 * S);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
    start(2, "c", NULL, NULL);
    run_watched(30 * S);
    assert_true(held(2) >= 1);
    end(1);
    run_watched(FAILOVER / 2);
    assert_true(held(0) + held(2) < 4); /* nobody judges by another's clock */
    run_watched(FAILOVER / 2 + 4 * S);
    assert_int_equal(held(0) + held(2), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fault_D06_old_listings_lead_to_nothing_wrong,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_D06_a_parent_that_is_not_listed_yet_is_read_first, begin, finish),
        cmocka_unit_test_setup_teardown(fault_D05_a_lease_whose_taking_failed_is_not_held,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_D05_a_renewal_that_failed_changes_nothing_in_memory, begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_P11_what_a_worker_left_half_made_another_completes, begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_D10_an_application_whose_leases_cannot_be_read_does_not_begin_anew,
            begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_Q10_clocks_that_differ_by_days_change_nothing, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
