/*
 * test_view: what a worker remembers of leases, while they come and go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

static struct kcl_view view;

static void see(int generation, int number, uint64_t counter)
{
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.stream, sizeof lease.stream, "1:s:2");
    snprintf(lease.shard_id, sizeof lease.shard_id, "s-%d-%d", generation, number);
    snprintf(lease.owner, sizeof lease.owner, "host-%d", generation);
    snprintf(lease.checkpoint_owner, sizeof lease.checkpoint_owner, "host-%d",
             generation - 1);
    snprintf(lease.parents[0], sizeof lease.parents[0], "s-%d-%d", generation - 1,
             number);
    snprintf(lease.children[0], sizeof lease.children[0], "s-%d-%d", generation + 1,
             number);
    lease.parent_count = lease.child_count = 1;
    lease.counter = counter;
    assert_true(kcl_view_note(&view, (int64_t)counter * KDS_US_PER_S, &lease));
}

static void expect(int generation, int number, uint64_t counter)
{
    char shard_id[32], parent[64], owner[32], reader[32];
    snprintf(shard_id, sizeof shard_id, "s-%d-%d", generation, number);
    snprintf(parent, sizeof parent, "1:s:2:s-%d-%d", generation - 1, number);
    snprintf(owner, sizeof owner, "host-%d", generation);
    snprintf(reader, sizeof reader, "host-%d", generation - 1);
    const struct kcl_row *row = kcl_view_find(&view, "1:s:2", shard_id);
    assert_non_null(row);
    assert_int_equal(row->counter, counter);
    assert_int_equal(row->changed_us, (int64_t)counter * KDS_US_PER_S);
    assert_string_equal(view.words.texts[row->shard], shard_id);
    assert_string_equal(view.words.texts[row->stream], "1:s:2");
    assert_string_equal(view.people.texts[row->owner], owner);
    assert_string_equal(view.people.texts[row->reader], reader);
    assert_string_equal(view.keys.texts[row->parents[0]], parent);
    assert_string_equal(view.people.texts[0], "");
    struct kcl_lease lease;
    kcl_view_lease(&view, row, &lease);
    assert_string_equal(lease.shard_id, shard_id);
}

#define LEASES 300

static void names_of_shards_and_workers_that_are_gone_are_forgotten(void **state)
{
    const struct kcl_lease_name odd = {.stream = "1:s:2", .shard_id = "odd"};
    (void)state;
    for (int generation = 1; generation < 200; generation++) {
        for (int i = 0; i < LEASES; i++) {
            see(generation, i, (uint64_t)generation);
        }
        assert_true(kcl_view_note_unreadable(&view, &odd));
        kcl_view_finish(&view);
        kcl_view_thin_out(&view);
        assert_int_equal(view.count, LEASES);
        assert_true(kcl_view_exists(&view, "1:s:2", "odd"));
        assert_int_equal(kcl_view_unreadable(&view, "1:s:2"), 1);
        /* Each lease has four names of its own: key, shard, parent and child. */
        assert_in_range(view.keys.count + view.words.count + view.people.count, LEASES,
                        2 * 4 * LEASES + 2048);
        expect(generation, 0, (uint64_t)generation);
        expect(generation, LEASES - 1, (uint64_t)generation);
    }
    assert_null(kcl_view_find(&view, "1:s:2", "s-1-0"));
    kcl_view_clear(&view);
}

static void a_view_at_rest_is_left_as_it_is(void **state)
{
    (void)state;
    for (int i = 0; i < 5 * LEASES; i++) {
        see(1, i, 7);
    }
    kcl_view_finish(&view);
    kcl_view_thin_out(&view);
    char **texts = view.keys.texts;
    for (int look = 0; look < 50; look++) {
        for (int i = 0; i < 5 * LEASES; i++) {
            see(1, i, 7);
        }
        kcl_view_finish(&view);
        kcl_view_thin_out(&view);
        assert_ptr_equal(view.keys.texts, texts);
    }
    kcl_view_clear(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_shards_and_workers_that_are_gone_are_forgotten),
        cmocka_unit_test(a_view_at_rest_is_left_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
