/*
 * test_assign: which leases a worker takes, asks for and leaves; incarnations; who leads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assign.h"
#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

#define S        INT64_C(1000000)
#define FAILOVER (10 * S)
#define HANDOFF  (30 * S)

static struct kcl_view view;
static struct kds_rng rng;
static struct kcl_assign_result result;
static const char *held_shard; /* by me */

static void begin(void)
{
    kcl_view_clear(&view);
    kds_rng_seed(&rng, 7);
    held_shard = NULL;
}

/* A lease as a listing shows it at this instant. */
static void see(int64_t now_us, const char *shard, const char *owner, uint64_t counter)
{
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "%s", shard);
    snprintf(lease.owner, sizeof lease.owner, "%s", owner);
    lease.counter = counter;
    lease.incarnation = owner[0] ? kcl_incarnation(1000 * S, owner) : 0;
    lease.nonce = kcl_nonce(counter, counter, true);
    assert_true(kcl_view_note(&view, now_us, &lease));
}

static void see_handed(int64_t now_us,
                       const char *shard,
                       const char *owner,
                       const char *reader,
                       uint64_t counter)
{
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "%s", shard);
    snprintf(lease.owner, sizeof lease.owner, "%s", owner);
    snprintf(lease.checkpoint_owner, sizeof lease.checkpoint_owner, "%s", reader);
    lease.counter = counter;
    assert_true(kcl_view_note(&view, now_us, &lease));
}

static enum kcl_held held(const void *opaque, const struct kcl_row *row)
{
    (void)opaque;
    return held_shard != NULL && strcmp(view.words.texts[row->shard], held_shard) == 0
               ? KCL_HELD
               : KCL_HELD_NOT;
}

static struct kcl_assign params(int64_t now_us)
{
    return (struct kcl_assign){.worker_id = "me",
                               .incarnation = kcl_incarnation(2000 * S, "me"),
                               .scanned_us = now_us,
                               .failover_us = FAILOVER,
                               .handoff_us = HANDOFF,
                               .max_leases = 1000,
                               .round = 30,
                               .held = held};
}

static size_t decide(const struct kcl_assign *a)
{
    kds_free(result.choices);
    assert_true(kcl_assign(&view, a, &rng, &result));
    return result.count;
}

static size_t decide_at(int64_t now_us)
{
    const struct kcl_assign a = params(now_us);
    return decide(&a);
}

static const char *chosen(size_t i)
{
    return view.words.texts[view.rows[result.choices[i].row].shard];
}

/* ---- taking --------------------------------------------------------------------------------- */

static void a_lease_is_taken_after_the_failover_time_and_not_before(void **state)
{
    (void)state;
    begin();
    see(100 * S, "s-1", "dead", 5); /* first sight of an owned lease starts the time */
    assert_int_equal(decide_at(100 * S + FAILOVER - 1), 0);
    see(100 * S + FAILOVER - 1, "s-1", "dead", 5);
    assert_int_equal(decide_at(100 * S + FAILOVER), 1);
    assert_int_equal(result.choices[0].kind, KCL_TAKE);
    see(100 * S + FAILOVER, "s-1", "dead", 6); /* a sign of life */
    assert_int_equal(decide_at(100 * S + FAILOVER), 0);
    assert_int_equal(decide_at(100 * S + 2 * FAILOVER - 1), 0);
    assert_int_equal(decide_at(100 * S + 2 * FAILOVER), 1);
}

static void a_free_lease_is_taken_at_once(void **state)
{
    (void)state;
    begin();
    see(5 * S, "s-1", "", 9);
    assert_int_equal(decide_at(5 * S), 1);
    assert_string_equal(chosen(0), "s-1");
}

static void shares_are_equal_and_rounded_up(void **state)
{
    char shard[16];
    (void)state;
    begin();
    for (int i = 0; i < 10; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(5 * S, shard, i < 3 ? "a" : i < 6 ? "b" : "", 1);
    }
    assert_int_equal(decide_at(5 * S), 4);
    assert_int_equal(result.workers, 3);
    assert_int_equal(result.target, 4);
}

static void the_most_leases_of_a_worker_are_kept_to(void **state)
{
    char shard[16];
    (void)state;
    begin();
    for (int i = 0; i < 10; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(5 * S, shard, "", 1);
    }
    struct kcl_assign a = params(5 * S);
    a.max_leases = 3;
    assert_int_equal(decide(&a), 3);
    assert_int_equal(result.spilled, 7);
}

static void very_old_leases_are_taken_beyond_the_share(void **state)
{
    char shard[16];
    (void)state;
    begin();
    held_shard = "mine";
    see(S, "mine", "me", 1);
    for (int i = 0; i < 6; i++) {
        snprintf(shard, sizeof shard, "o-%d", i);
        see(S, shard, "dead", 1);
        snprintf(shard, sizeof shard, "a-%d", i);
        see(S + 3 * FAILOVER, shard, "alive", 1);
    }
    assert_int_equal(decide_at(S + 3 * FAILOVER), 6);
}

/* Whose share they would be, stops, and holds on to another one for long. */
static void what_stays_free_for_the_failover_time_is_taken_beyond_the_share(void **state)
{
    (void)state;
    begin();
    held_shard = "mine";
    see(S, "mine", "me", 1);
    see(S, "stuck", "stopping", 1);
    see(S, "free-1", "", 2);
    see(S, "free-2", "", 2);
    assert_int_equal(decide_at(S), 1); /* two are my share */
    see(S + FAILOVER, "stuck", "stopping", 2);
    assert_int_equal(decide_at(S + FAILOVER), 2);
}

/* A hand-off may take long. If it counted for both, neither would take the place of a dead worker. */
static void what_is_promised_counts_for_the_next_owner_alone(void **state)
{
    (void)state;
    begin();
    held_shard = "promised";
    see_handed(S, "promised", "next", "me", 1);
    see(S, "theirs", "next", 1);
    see(S, "free", "", 1);
    assert_int_equal(decide_at(S), 1);
    assert_string_equal(chosen(0), "free");
    assert_int_equal(result.mine, 0);
    assert_int_equal(result.workers, 2);
}

static void children_wait_for_every_parent(void **state)
{
    struct kcl_lease child, parent;
    (void)state;
    begin();
    memset(&child, 0, sizeof child);
    snprintf(child.shard_id, sizeof child.shard_id, "child");
    snprintf(child.parents[0], KCL_NAME_BYTES, "p-1");
    snprintf(child.parents[1], KCL_NAME_BYTES, "p-2");
    child.parent_count = 2;
    assert_true(kcl_view_note(&view, S, &child));
    memset(&parent, 0, sizeof parent);
    parent.checkpoint.kind = KCL_AT_SHARD_END;
    snprintf(parent.shard_id, sizeof parent.shard_id, "p-1");
    assert_true(kcl_view_note(&view, S, &parent));
    snprintf(parent.shard_id, sizeof parent.shard_id, "p-2");
    parent.checkpoint.kind = KCL_AT_TRIM_HORIZON;
    snprintf(parent.owner, sizeof parent.owner, "somebody");
    assert_true(kcl_view_note(&view, S, &parent));
    assert_int_equal(decide_at(S), 0);
    parent.checkpoint.kind = KCL_AT_SHARD_END;
    assert_true(kcl_view_note(&view, S, &parent));
    assert_int_equal(decide_at(S), 1);
    assert_string_equal(chosen(0), "child");
}

/* F-P07 */
static void
fault_P07_fifty_workers_that_start_at_once_do_not_all_try_everything(void **state)
{
    enum { LEASES = 1000, WORKERS = 50 };
    static unsigned tries[LEASES];
    char shard[16];
    size_t most = 0, sum = 0;
    (void)state;
    begin();
    for (int i = 0; i < LEASES; i++) {
        snprintf(shard, sizeof shard, "s-%03d", i);
        see(S, shard, "", 0);
    }
    struct kcl_assign a = params(S);
    a.round = 0;
    memset(tries, 0, sizeof tries);
    for (uint64_t w = 0; w < WORKERS; w++) {
        kds_rng_seed(&rng, w);
        size_t count = decide(&a);
        assert_true(result.more); /* and looks again soon */
        most = count > most ? count : most;
        for (size_t i = 0; i < count; i++) {
            sum += tries[result.choices[i].row]++;
        }
    }
    assert_true(most <= LEASES / 16 + 1);
    assert_true(sum < LEASES * 6); /* tries in vain; everybody for everything: 49,000 */
    a.round = 6;                   /* alone, it has all after a few looks */
    assert_int_equal(decide(&a), LEASES);
}

/* ---- asking --------------------------------------------------------------------------------- */

static void see_all_of(const char *owner, int from, int count)
{
    char shard[16];
    for (int i = from; i < from + count; i++) {
        snprintf(shard, sizeof shard, "s-%02d", i);
        see(S, shard, owner, 1);
    }
}

static void
a_newcomer_asks_who_has_more_than_its_share_for_a_part_and_then_for_all(void **state)
{
    static const size_t counts[] = {2, 4, 8}; /* 24 / 3 = 8 are wanting */
    (void)state;
    begin();
    see_all_of("a", 0, 20);
    see_all_of("b", 20, 4);
    struct kcl_assign a = params(S);
    for (a.round = 0; a.round < 3; a.round++) {
        assert_int_equal(decide(&a), counts[a.round]);
        assert_true(result.asks);
        for (size_t i = 0; i < result.count; i++) {
            assert_int_equal(result.choices[i].kind, KCL_ASK);
            assert_string_equal(view.people.texts[view.rows[result.choices[i].row].owner],
                                "a");
        }
    }
    a.max_steals = 1; /* as the KCL */
    assert_int_equal(decide(&a), 1);
}

/* Ten workers with ten leases each, and one that has none: it gets nine at once, one of each of nine, not one at
 * a time. */
static void who_comes_to_equal_shares_asks_many_for_one_each(void **state)
{
    char worker[2] = "a";
    unsigned asked[10] = {0};
    (void)state;
    begin();
    for (int i = 0; i < 10; i++, worker[0]++) {
        see_all_of(worker, 10 * i, 10);
    }
    assert_int_equal(decide_at(S), 9);
    for (size_t i = 0; i < result.count; i++) {
        const struct kcl_row *row = &view.rows[result.choices[i].row];
        assert_int_equal(asked[view.people.texts[row->owner][0] - 'a']++, 0);
    }
}

static void what_is_coming_counts_as_mine(void **state)
{
    (void)state;
    begin();
    see_all_of("a", 0, 2);
    see_handed(S, "s-00", "me", "a", 1);
    assert_int_equal(decide_at(S), 0);
    assert_int_equal(result.mine, 1);
}

static void nobody_asks_when_all_have_their_share(void **state)
{
    (void)state;
    begin();
    see_all_of("a", 0, 2);
    see_all_of("b", 2, 1);
    held_shard = "mine";
    see(S, "mine", "me", 1);
    assert_int_equal(decide_at(S), 0); /* 2 1 1 of 4: one more than 4 / 3 is nothing */
}

static void a_worker_of_the_kcl_is_stolen_from(void **state)
{
    struct kcl_lease lease;
    char shard[16];
    (void)state;
    begin();
    for (int i = 0; i < 4; i++) {
        memset(&lease, 0, sizeof lease);
        snprintf(shard, sizeof shard, "s-%d", i);
        snprintf(lease.shard_id, sizeof lease.shard_id, "%s", shard);
        snprintf(lease.owner, sizeof lease.owner, "java");
        assert_true(kcl_view_note(&view, S, &lease)); /* no incarnation */
    }
    assert_int_equal(decide_at(S), 1);
    assert_int_equal(result.choices[0].kind, KCL_STEAL);
}

static void a_lease_that_was_handed_over_is_taken_whatever_the_share(void **state)
{
    (void)state;
    begin();
    held_shard = "mine";
    see(S, "mine", "me", 1);
    see_handed(S, "s-1", "me", "a", 4);
    see_all_of("a", 2, 1);
    assert_int_equal(decide_at(S), 0);
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "s-1");
    snprintf(lease.owner, sizeof lease.owner, "me");
    lease.counter = 5;
    lease.incarnation = kcl_incarnation(1000 * S, "a"); /* of the one who gave it */
    assert_true(kcl_view_note(&view, S, &lease));
    assert_int_equal(decide_at(S), 1);
    assert_string_equal(chosen(0), "s-1");
}

static void a_reader_that_does_not_hand_over_in_time_loses_it(void **state)
{
    int64_t at_us;
    (void)state;
    begin();
    for (at_us = S; at_us < S + HANDOFF + FAILOVER; at_us += S) {
        see_handed(at_us, "s-1", "me", "a", (uint64_t)(at_us / S)); /* it lives */
        assert_int_equal(decide_at(at_us), 0);
    }
    see_handed(at_us, "s-1", "me", "a", 99);
    assert_int_equal(decide_at(at_us), 1);
    assert_int_equal(result.choices[0].kind, KCL_TAKE);
}

static void a_worker_that_is_led_takes_what_is_assigned_and_nothing_else(void **state)
{
    (void)state;
    begin();
    see(S, "free", "", 1);
    see_all_of("a", 0, 10);
    see_handed(S, "coming", "me", "a", 1);
    struct kcl_assign a = params(S);
    a.only_assigned = true;
    assert_int_equal(decide(&a), 0);
    see_handed(S, "coming", "me", "", 2);
    assert_int_equal(decide(&a), 1);
    assert_string_equal(chosen(0), "coming");
    a.scanned_us = S + 2 * FAILOVER; /* silent, and still nobody else's to take */
    assert_int_equal(decide(&a), 1);
    assert_string_equal(chosen(0), "coming");
}

/* ---- two processes of one name -------------------------------------------------------------- */

static void see_twin(int64_t now_us, uint64_t incarnation, uint64_t counter)
{
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "s-1");
    snprintf(lease.owner, sizeof lease.owner, "me");
    lease.counter = counter;
    lease.incarnation = incarnation;
    lease.nonce = kcl_nonce(counter, counter, true);
    assert_true(kcl_view_note(&view, now_us, &lease));
}

static void
fault_P06_the_later_of_two_processes_of_one_name_challenges_the_older(void **state)
{
    (void)state;
    begin();
    see_twin(S, kcl_incarnation(1999 * S, "me"), 1);
    assert_int_equal(decide_at(S), 0); /* it may be dead: then its leases expire */
    see_twin(2 * S, kcl_incarnation(1999 * S, "me"), 2);
    assert_int_equal(decide_at(2 * S), 1);
    assert_int_equal(result.choices[0].kind, KCL_CHALLENGE);
    assert_false(result.older_twin);
}

static void fault_P06_the_older_of_two_processes_of_one_name_yields(void **state)
{
    (void)state;
    begin();
    see_twin(S, kcl_incarnation(2001 * S, "me"), 1);
    assert_int_equal(decide_at(S), 0);
    assert_true(result.older_twin);
    /* One that is dead is no reason to. */
    assert_int_equal(decide_at(S + FAILOVER), 1);
    assert_int_equal(result.choices[0].kind, KCL_TAKE);
    assert_false(result.older_twin);
}

static void
fault_P06_an_incarnation_that_a_later_writer_left_there_is_nobodys(void **state)
{
    struct kcl_lease lease;
    (void)state;
    begin();
    see_twin(S, kcl_incarnation(2001 * S, "me"), 1);
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "s-1");
    snprintf(lease.owner, sizeof lease.owner, "me");
    lease.incarnation = kcl_incarnation(2001 * S, "me");
    lease.nonce = kcl_nonce(1, 1, true);
    lease.counter = 3; /* the KCL's worker had it for two writes, and it was given back */
    assert_true(kcl_view_note(&view, S, &lease));
    assert_int_equal(decide_at(S), 1);
    assert_int_equal(result.choices[0].kind, KCL_TAKE);
    assert_false(result.older_twin);
}

static void a_nonce_says_who_wrote_and_with_which_counter(void **state)
{
    struct kcl_lease lease;
    (void)state;
    memset(&lease, 0, sizeof lease);
    assert_false(kcl_lease_is_ours(&lease)); /* an item of the KCL */
    for (uint64_t counter = 0; counter < UINT64_C(1) << 40; counter = counter * 3 + 1) {
        lease.counter = counter;
        lease.nonce = kcl_nonce(UINT64_MAX, counter, true);
        assert_true(lease.nonce <= INT64_MAX); /* of a column */
        assert_true(kcl_lease_is_ours(&lease));
        lease.counter++;
        assert_false(kcl_lease_is_ours(&lease));
        lease.counter--;
        lease.nonce = kcl_nonce(0, counter, false);
        assert_true(lease.nonce != 0);
        assert_false(kcl_lease_is_ours(&lease));
    }
}

static void a_take_whose_answer_was_lost_is_taken_again(void **state)
{
    (void)state;
    begin();
    see_twin(S, kcl_incarnation(2000 * S, "me"), 1);
    assert_int_equal(decide_at(S), 1);
    assert_int_equal(result.choices[0].kind, KCL_TAKE);
}

static void an_incarnation_tells_its_worker_and_its_order(void **state)
{
    (void)state;
    assert_true(kcl_incarnation_is_of(kcl_incarnation(5, "a"), "a"));
    assert_false(kcl_incarnation_is_of(kcl_incarnation(5, "a"), "b"));
    assert_false(kcl_incarnation_is_of(0, "a"));
    assert_true(kcl_incarnation(6, "a") > kcl_incarnation(5, "a"));
    assert_true(kcl_incarnation(INT64_C(1790000000000000), "a") < UINT64_C(1) << 63);
}

/* ---- who leads ------------------------------------------------------------------------------ */

static void the_leader_is_the_one_that_java_chooses(void **state)
{
    static const size_t expected[16] = {0, 0, 2, 3, 4,  2, 2,  2,
                                        3, 8, 6, 9, 12, 4, 10, 11};
    (void)state;
    for (size_t n = 1; n <= 16; n++) {
        assert_int_equal(kcl_java_leader(n), expected[n - 1]);
    }
    begin();
    assert_true(kcl_leads(&view, "me")); /* without owners everybody does */
    see(S, "s-1", "b", 1);
    see(S, "s-2", "a", 1);
    see(S, "s-3", "c", 1);
    assert_true(kcl_leads(&view, "c"));
    assert_false(kcl_leads(&view, "a"));
    assert_false(kcl_leads(&view, "me"));
}

static int tidy(void **state)
{
    (void)state;
    kds_free(result.choices);
    kcl_view_clear(&view);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lease_is_taken_after_the_failover_time_and_not_before),
        cmocka_unit_test(a_free_lease_is_taken_at_once),
        cmocka_unit_test(shares_are_equal_and_rounded_up),
        cmocka_unit_test(the_most_leases_of_a_worker_are_kept_to),
        cmocka_unit_test(very_old_leases_are_taken_beyond_the_share),
        cmocka_unit_test(what_stays_free_for_the_failover_time_is_taken_beyond_the_share),
        cmocka_unit_test(what_is_promised_counts_for_the_next_owner_alone),
        cmocka_unit_test(children_wait_for_every_parent),
        cmocka_unit_test(
            fault_P07_fifty_workers_that_start_at_once_do_not_all_try_everything),
        cmocka_unit_test(
            a_newcomer_asks_who_has_more_than_its_share_for_a_part_and_then_for_all),
        cmocka_unit_test(who_comes_to_equal_shares_asks_many_for_one_each),
        cmocka_unit_test(what_is_coming_counts_as_mine),
        cmocka_unit_test(nobody_asks_when_all_have_their_share),
        cmocka_unit_test(a_worker_of_the_kcl_is_stolen_from),
        cmocka_unit_test(a_lease_that_was_handed_over_is_taken_whatever_the_share),
        cmocka_unit_test(a_reader_that_does_not_hand_over_in_time_loses_it),
        cmocka_unit_test(a_worker_that_is_led_takes_what_is_assigned_and_nothing_else),
        cmocka_unit_test(
            fault_P06_the_later_of_two_processes_of_one_name_challenges_the_older),
        cmocka_unit_test(fault_P06_the_older_of_two_processes_of_one_name_yields),
        cmocka_unit_test(a_take_whose_answer_was_lost_is_taken_again),
        cmocka_unit_test(an_incarnation_tells_its_worker_and_its_order),
        cmocka_unit_test(
            fault_P06_an_incarnation_that_a_later_writer_left_there_is_nobodys),
        cmocka_unit_test(a_nonce_says_who_wrote_and_with_which_counter),
        cmocka_unit_test(the_leader_is_the_one_that_java_chooses),
    };
    return cmocka_run_group_tests(tests, NULL, tidy);
}
