/*
 * test_discover: leases that a listing of shards asks for, holes, leases that are done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "discover.h"

#include <stdio.h>
#include <string.h>

static struct kcl_view view;
static struct kcl_listing listing;
static struct kcl_plan plan;

static void begin(void)
{
    kcl_view_clear(&view);
    kcl_listing_clear(&listing);
    kds_free(plan.leases);
    plan = (struct kcl_plan){NULL, 0};
}

static int tidy(void **state)
{
    (void)state;
    begin();
    return 0;
}

static void list_range(const char *id,
                       const char *parent,
                       const char *adjacent,
                       bool open,
                       const char *first,
                       const char *last)
{
    kds_shard_t shard;
    memset(&shard, 0, sizeof shard);
    shard.shard_id = kds_slice(id);
    shard.parent_shard_id = parent ? kds_slice(parent) : shard.parent_shard_id;
    shard.adjacent_parent_shard_id =
        adjacent ? kds_slice(adjacent) : shard.adjacent_parent_shard_id;
    shard.hash_key_range.starting_hash_key = kds_slice(first);
    shard.hash_key_range.ending_hash_key = kds_slice(last);
    shard.sequence_number_range.starting_sequence_number = kds_slice("1");
    if (!open) {
        shard.sequence_number_range.ending_sequence_number = kds_slice("9");
    }
    assert_true(kcl_listing_add(&listing, &shard, 1));
}

static void list(const char *id, const char *parent, const char *adjacent, bool open)
{
    list_range(id, parent, adjacent, open, "0",
               "340282366920938463463374607431768211455");
}

static struct kcl_lease *lease_named(const char *id)
{
    static struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "%s", id);
    lease.has_range = true;
    lease.last = KDS_U128_MAX;
    return &lease;
}

static void lease(const char *id)
{
    assert_true(kcl_view_note(&view, 0, lease_named(id)));
}

static struct kcl_beginning at(enum kcl_position_kind kind)
{
    struct kcl_beginning b = {.stream = "", .created_ms = 77};
    b.position.kind = kind;
    b.position.number = kind == KCL_AT_TRIM_HORIZON ? 0 : 123456;
    return b;
}

/* What is planned, as "0@TRIM_HORIZON 6@LATEST". */
static const char *planned_from(enum kcl_position_kind kind)
{
    static char text[512];
    const struct kcl_beginning b = at(kind);
    bool consistent;
    kds_free(plan.leases);
    assert_true(kcl_plan_missing(&listing, &view, &b, &plan, &consistent));
    if (!consistent) {
        return "inconsistent";
    }
    text[0] = 0;
    for (size_t i = 0; i < plan.count; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s@%s", i ? " " : "",
                 plan.leases[i].shard_id, kcl_position_text(&plan.leases[i].checkpoint));
    }
    return text;
}

/* ---- the KCL's own example ------------------------------------------------------------------ */

/* 0+1 -> 6, 2+3 -> 7, 6+7 -> 8, 5 -> 9 and 10; open: 4, 8, 9, 10. */
static void list_example(void)
{
    static const char *const first[] = {"0", "1", "2", "3", "5"};
    begin();
    for (size_t i = 0; i < 5; i++) {
        list(first[i], NULL, NULL, false);
    }
    list("4", NULL, NULL, true);
    list("6", "0", "1", false);
    list("7", "2", "3", false);
    list("8", "6", "7", true);
    list("9", "5", NULL, true);
    list("10", "5", NULL, true);
}

static void the_kcls_example_gives_the_kcls_leases(void **state)
{
    (void)state;
    list_example();
    lease("4");
    lease("5");
    lease("7");
    assert_string_equal(planned_from(KCL_AT_LATEST), "6@LATEST");
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON),
                        "0@TRIM_HORIZON 1@TRIM_HORIZON");
    assert_string_equal(planned_from(KCL_AT_TIMESTAMP), "0@AT_TIMESTAMP 1@AT_TIMESTAMP");
}

static void only_one_generation_is_made(void **state)
{
    (void)state;
    list_example();
    lease("0");
    lease("1");
    lease("2");
    lease("3");
    lease("4");
    lease("5"); /* the others are made where these end */
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "");
    assert_string_equal(planned_from(KCL_AT_LATEST), "");
}

static void see_lease(const char *id, const char *parents, bool ended)
{
    struct kcl_lease *l = lease_named(id);
    int used;
    while (sscanf(parents, " %99s%n", l->parents[l->parent_count], &used) == 1) {
        l->parent_count++;
        parents += used;
    }
    l->checkpoint.kind = ended ? KCL_AT_SHARD_END : KCL_AT_TRIM_HORIZON;
    assert_true(kcl_view_note(&view, 0, l));
}

/* F-S16, C9: whatever the configured position, and for whatever reason its lease is gone. */
static void assert_made_from_its_beginning(const char *expected)
{
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), expected);
    assert_string_equal(planned_from(KCL_AT_LATEST), expected);
    assert_string_equal(planned_from(KCL_AT_TIMESTAMP), expected);
}

static void a_lost_child_is_made_again_from_its_beginning(void **state)
{
    (void)state;
    begin();
    list("p", NULL, NULL, false);
    list("c-1", "p", NULL, true);
    list("c-2", "p", NULL, true);
    see_lease("p", "", true);
    see_lease("c-1", "p", false);
    assert_made_from_its_beginning("c-2@TRIM_HORIZON");
}

static void a_lost_child_whose_parents_lease_was_cleared_away_is_made_again(void **state)
{
    (void)state;
    begin();
    list("p", NULL, NULL, false);
    list("c-1", "p", NULL, true);
    list("c-2", "p", NULL, true);
    see_lease("c-1", "p", false);
    /* As the KCL does it: c-2 is made from its beginning where p ends once more. */
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "p@TRIM_HORIZON");
    assert_string_equal(planned_from(KCL_AT_TIMESTAMP), "p@AT_TIMESTAMP");
    /* The KCL would pass by what came in the meantime. */
    assert_string_equal(planned_from(KCL_AT_LATEST), "c-2@TRIM_HORIZON");
}

static void all_lost_children_of_an_ended_parent_are_made_again(void **state)
{
    (void)state;
    begin();
    list("p", NULL, NULL, false);
    list("c-1", "p", NULL, true);
    list("c-2", "p", NULL, false); /* it was split meanwhile, which nobody saw */
    list("g-1", "c-2", NULL, true);
    list("g-2", "c-2", NULL, true);
    see_lease("p", "", true);
    assert_made_from_its_beginning("c-1@TRIM_HORIZON c-2@TRIM_HORIZON");
}

static void a_lost_child_of_a_merge_waits_for_parents_that_have_not_ended(void **state)
{
    (void)state;
    begin();
    list("p-1", NULL, NULL, false);
    list("p-2", NULL, NULL, false);
    list("m", "p-1", "p-2", true);
    see_lease("p-1", "", true);
    see_lease("p-2", "", false);
    assert_made_from_its_beginning(""); /* it is made where p-2 ends */
    see_lease("p-2", "", true);
    assert_made_from_its_beginning("m@TRIM_HORIZON");
    begin();
    list("p-2", NULL, NULL, false); /* p-1 is so old that it is not listed any more */
    list("m", "p-1", "p-2", true);
    see_lease("p-2", "", true);
    assert_made_from_its_beginning("m@TRIM_HORIZON");
}

static void a_child_whose_parent_will_get_a_lease_is_not_lost(void **state)
{
    (void)state;
    begin();
    list("p-1", NULL, NULL, false);
    list("p-2", NULL, NULL, false);
    list("m", "p-1", "p-2", true);
    see_lease("p-1", "", true);
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "p-2@TRIM_HORIZON");
    assert_string_equal(planned_from(KCL_AT_LATEST), "p-2@LATEST");
}

static void
a_child_of_a_parent_that_is_not_listed_any_more_is_made_from_its_beginning(void **state)
{
    (void)state;
    begin();
    list("c-1", "p", NULL, true); /* p went when it was read; nobody was told of c-1 */
    see_lease("p", "", true);
    assert_made_from_its_beginning("c-1@TRIM_HORIZON");
}

static void parents_that_are_no_longer_listed_do_not_count(void **state)
{
    (void)state;
    begin();
    list("c", "gone", "gone-too", true);
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "c@TRIM_HORIZON");
    assert_int_equal(plan.leases[0].parent_count, 2);
    assert_int_equal(plan.leases[0].created_ms, 77);
}

static void fault_S16_a_child_beside_an_open_parent_is_waited_for(void **state)
{
    (void)state;
    begin();
    list("c", "p", NULL, true); /* listed before its parent */
    list("p", NULL, NULL, true);
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "inconsistent");
}

static void fault_S16_a_lineage_in_a_circle_or_of_great_length_ends(void **state)
{
    char id[16], parent[16];
    (void)state;
    begin();
    list("a", "b", NULL, false);
    list("b", "a", NULL, false);
    list("c", "b", NULL, true);
    planned_from(KCL_AT_TRIM_HORIZON);
    begin();
    for (int i = 20000; i > 0; i--) { /* children before their parents */
        snprintf(id, sizeof id, "s-%05d", i);
        snprintf(parent, sizeof parent, "s-%05d", i - 1);
        list(id, parent, NULL, i == 20000);
    }
    list("s-00000", NULL, NULL, false);
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "s-00000@TRIM_HORIZON");
}

/* ---- the first listing ---------------------------------------------------------------------- */

static void a_new_application_gets_a_lease_for_each_listed_shard(void **state)
{
    const struct kcl_beginning b = at(KCL_AT_LATEST);
    (void)state;
    begin();
    list_range("a", NULL, NULL, true, "0", "99");
    list_range("b", NULL, NULL, false, "100", "340282366920938463463374607431768211455");
    assert_true(kcl_listing_covers_all(&listing));
    assert_true(kcl_plan_first(&listing, &b, &plan));
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.leases[0].checkpoint.number, 123456); /* F-S12: pinned */
    assert_int_equal(plan.leases[1].first.lo, 100);
}

static void a_listing_with_a_hole_is_noticed(void **state)
{
    (void)state;
    begin();
    assert_false(kcl_listing_covers_all(&listing));
    list_range("a", NULL, NULL, true, "0", "99");
    list_range("b", NULL, NULL, true, "101", "340282366920938463463374607431768211455");
    assert_false(kcl_listing_covers_all(&listing));
    list_range("c", NULL, NULL, true, "50", "100"); /* overlaps do no harm */
    assert_true(kcl_listing_covers_all(&listing));
}

static void malformed_shards_are_left_out(void **state)
{
    (void)state;
    begin();
    list_range("a", NULL, NULL, true, "7", "3");
    list_range("b", NULL, NULL, true, "x", "3");
    list_range("", NULL, NULL, true, "0", "3");
    assert_false(kcl_listing_has(&listing, "a"));
    assert_false(kcl_listing_has(&listing, "b"));
}

/* ---- holes ---------------------------------------------------------------------------------- */

static void see_range(const char *id, uint64_t first, uint64_t last, bool ended)
{
    struct kcl_lease *l = lease_named(id);
    l->first = (kds_u128_t){0, first};
    l->last = last ? (kds_u128_t){0, last} : KDS_U128_MAX;
    l->checkpoint.kind = ended ? KCL_AT_SHARD_END : KCL_AT_TRIM_HORIZON;
    assert_true(kcl_view_note(&view, 0, l));
}

static void a_hole_between_leases_is_found_and_overlaps_are_none(void **state)
{
    (void)state;
    begin();
    assert_true(kcl_view_has_hole(&view, "")); /* none at all */
    see_range("parent", 0, 0, true);
    assert_true(kcl_view_has_hole(&view, ""));
    see_range("a", 0, 99, false);
    see_range("b", 100, 0, false);
    assert_false(kcl_view_has_hole(&view, ""));
    see_range("b", 100, 0, true);
    assert_true(kcl_view_has_hole(&view, ""));
    see_range("c", 50, 0, false); /* begins before a ends */
    assert_false(kcl_view_has_hole(&view, ""));
    assert_true(kcl_view_has_hole(&view, "another"));
    struct kcl_lease *old = lease_named("old");
    old->has_range = false; /* of an old KCL: it may be anywhere */
    see_range("c", 100, 0, true);
    assert_true(kcl_view_has_hole(&view, ""));
    assert_true(kcl_view_note(&view, 0, old));
    old = lease_named("old");
    old->has_range = false;
    assert_true(kcl_view_note(&view, 0, old));
    assert_false(kcl_view_has_hole(&view, ""));
}

/* ---- leases that cannot be read ------------------------------------------------------------- */

static void see_unreadable(const char *id)
{
    struct kcl_lease_name name = {.stream = ""};
    snprintf(name.shard_id, sizeof name.shard_id, "%s", id);
    assert_true(kcl_view_note_unreadable(&view, &name));
}

static bool child_may_begin(void)
{
    return kcl_view_may_begin(&view, kcl_view_find(&view, "", "c-1"));
}

static void see_child(void)
{
    struct kcl_lease *child = lease_named("c-1");
    snprintf(child->parents[0], KCL_NAME_BYTES, "p");
    child->parent_count = 1;
    assert_true(kcl_view_note(&view, 0, child));
}

static void fault_D10_a_parent_that_cannot_be_read_holds_up_its_children(void **state)
{
    (void)state;
    begin();
    see_child();
    kcl_view_finish(&view);
    assert_true(child_may_begin());
    see_child();
    see_unreadable("p");
    kcl_view_finish(&view);
    assert_false(child_may_begin());
    see_child();
    kcl_view_finish(&view); /* it is gone */
    assert_true(child_may_begin());
    assert_false(kcl_view_exists(&view, "", "p"));
}

static void fault_D10_a_lease_may_become_unreadable_and_readable_again(void **state)
{
    (void)state;
    begin();
    see_child();
    lease("p");
    kcl_view_finish(&view);
    assert_false(child_may_begin());
    for (int i = 0; i < 3; i++) {
        see_child();
        see_unreadable("p");
        kcl_view_finish(&view);
        assert_null(kcl_view_find(&view, "", "p"));
        assert_true(kcl_view_exists(&view, "", "p"));
        assert_int_equal(kcl_view_unreadable(&view, ""), 1);
        assert_int_equal(kcl_view_unreadable(&view, "another"), 0);
        assert_false(child_may_begin());
        see_child();
        struct kcl_lease *p = lease_named("p");
        p->checkpoint.kind = KCL_AT_SHARD_END;
        assert_true(kcl_view_note(&view, 0, p));
        kcl_view_finish(&view);
        assert_int_equal(kcl_view_unreadable(&view, ""), 0);
        assert_true(child_may_begin());
    }
}

static void fault_D10_no_lease_is_made_in_place_of_one_that_cannot_be_read(void **state)
{
    (void)state;
    begin();
    list("p", NULL, NULL, false);
    list("c-1", "p", NULL, true);
    list("c-2", "p", NULL, true);
    see_unreadable("p");
    lease("elsewhere");
    kcl_view_finish(&view);
    assert_string_equal(planned_from(KCL_AT_LATEST), ""); /* where p ends, they are */
    assert_string_equal(planned_from(KCL_AT_TRIM_HORIZON), "");
}

static void fault_D10_a_lease_that_cannot_be_read_may_fill_a_hole(void **state)
{
    (void)state;
    begin();
    see_unreadable("a");
    kcl_view_finish(&view);
    assert_false(kcl_view_has_hole(&view, ""));
    assert_true(kcl_view_has_hole(&view, "another"));
}

/* ---- leases that are done ------------------------------------------------------------------- */

static void
see_family(const char *id, const char *parent, const char *child, const char *position)
{
    struct kcl_lease *l = lease_named(id);
    assert_true(kcl_position_parse(kds_slice(position), 0, &l->checkpoint));
    if (parent != NULL) {
        snprintf(l->parents[0], KCL_NAME_BYTES, "%s", parent);
        l->parent_count = 1;
    }
    if (child != NULL) {
        snprintf(l->children[0], KCL_NAME_BYTES, "%s", child);
        l->child_count = 1;
    }
    assert_true(kcl_view_note(&view, 0, l));
}

static bool done(const char *id, const struct kcl_listing *l)
{
    return kcl_lease_is_done(&view, kcl_view_find(&view, "", id), l);
}

static void an_ended_lease_stays_until_its_children_are_begun(void **state)
{
    (void)state;
    begin();
    see_family("p", NULL, "c", "SHARD_END");
    assert_false(done("p", NULL)); /* the child has no lease: it may be lost */
    see_family("c", "p", NULL, "TRIM_HORIZON");
    assert_false(done("p", NULL));
    see_family("c", "p", NULL, "LATEST");
    assert_false(done("p", NULL));
    see_family("c", "p", NULL, "100");
    assert_true(done("p", NULL));
    assert_false(done("c", NULL)); /* not ended */
    see_family("c", "p", "g", "SHARD_END");
    see_family("g", "c", NULL, "7");
    assert_false(done("c", NULL)); /* its parent is there: one after the other */
    assert_true(done("p", NULL));
}

static void an_ended_lease_whose_shard_is_gone_is_done(void **state)
{
    (void)state;
    begin();
    see_family("p", NULL, NULL, "SHARD_END"); /* nobody wrote down its children */
    assert_false(done("p", NULL));
    list("p", NULL, NULL, false);
    assert_false(done("p", &listing));
    begin();
    see_family("p", NULL, NULL, "SHARD_END");
    list("other", NULL, NULL, true);
    assert_true(done("p", &listing));
    see_family("p", NULL, NULL,
               "5"); /* F-S17: not read to its end: that is the reader's */
    assert_false(done("p", &listing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kcls_example_gives_the_kcls_leases),
        cmocka_unit_test(only_one_generation_is_made),
        cmocka_unit_test(a_lost_child_is_made_again_from_its_beginning),
        cmocka_unit_test(a_lost_child_whose_parents_lease_was_cleared_away_is_made_again),
        cmocka_unit_test(all_lost_children_of_an_ended_parent_are_made_again),
        cmocka_unit_test(a_lost_child_of_a_merge_waits_for_parents_that_have_not_ended),
        cmocka_unit_test(a_child_whose_parent_will_get_a_lease_is_not_lost),
        cmocka_unit_test(
            a_child_of_a_parent_that_is_not_listed_any_more_is_made_from_its_beginning),
        cmocka_unit_test(parents_that_are_no_longer_listed_do_not_count),
        cmocka_unit_test(fault_S16_a_child_beside_an_open_parent_is_waited_for),
        cmocka_unit_test(fault_S16_a_lineage_in_a_circle_or_of_great_length_ends),
        cmocka_unit_test(a_new_application_gets_a_lease_for_each_listed_shard),
        cmocka_unit_test(a_listing_with_a_hole_is_noticed),
        cmocka_unit_test(malformed_shards_are_left_out),
        cmocka_unit_test(a_hole_between_leases_is_found_and_overlaps_are_none),
        cmocka_unit_test(fault_D10_a_parent_that_cannot_be_read_holds_up_its_children),
        cmocka_unit_test(fault_D10_a_lease_may_become_unreadable_and_readable_again),
        cmocka_unit_test(fault_D10_no_lease_is_made_in_place_of_one_that_cannot_be_read),
        cmocka_unit_test(fault_D10_a_lease_that_cannot_be_read_may_fill_a_hole),
        cmocka_unit_test(an_ended_lease_stays_until_its_children_are_begun),
        cmocka_unit_test(an_ended_lease_whose_shard_is_gone_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, tidy);
}
