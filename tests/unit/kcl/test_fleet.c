/*
 * test_fleet: modes, the lock of the leader, and what a leader assigns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "fleet.h"

#include <stdio.h>
#include <string.h>

#define S        INT64_C(1000000)
#define FAILOVER (10 * S)
#define WALL_S   1790000000

static struct kcl_view view;
static struct kds_rng rng;
static struct kcl_fleet_row rows[16];
static size_t row_count;
static struct kcl_lead_result result;
static struct kcl_suspects suspects;
static int64_t seen_us; /* when leases are seen */

static int tidy(void **state)
{
    (void)state;
    kds_free(result.moves);
    result.moves = NULL;
    kcl_view_clear(&view);
    return 0;
}

static void begin(void)
{
    tidy(NULL);
    kds_rng_seed(&rng, 3);
    row_count = 0;
    memset(&suspects, 0, sizeof suspects);
    seen_us = 100 * S;
}

/* ---- modes ---------------------------------------------------------------------------------- */

static void the_word_in_the_table_decides_how_leases_move(void **state)
{
    bool measures;
    (void)state;
    assert_int_equal(kcl_mode_of("CLIENT_VERSION_3X", &measures), KCL_MODE_ASSIGNED);
    assert_true(measures);
    assert_int_equal(kcl_mode_of("CLIENT_VERSION_3X_WITH_ROLLBACK", &measures),
                     KCL_MODE_ASSIGNED);
    assert_int_equal(kcl_mode_of("CLIENT_VERSION_UPGRADE_FROM_2X", &measures),
                     KCL_MODE_SHARE);
    assert_true(measures); /* or the fleet never gets to 3.x */
    assert_int_equal(kcl_mode_of("CLIENT_VERSION_2X", &measures), KCL_MODE_SHARE);
    assert_false(measures); /* a 2.x worker cannot read such rows */
    assert_int_equal(kcl_mode_of("", &measures), KCL_MODE_SHARE);
    assert_int_equal(kcl_mode_of("CLIENT_VERSION_9", &measures), KCL_MODE_SHARE);
}

/* ---- the lock ------------------------------------------------------------------------------- */

static struct kcl_fleet_row lock_row(const char *owner, const char *version)
{
    struct kcl_fleet_row row = {.kind = KCL_FLEET_LEADER, .duration_ms = 120000};
    snprintf(row.owner, sizeof row.owner, "%s", owner);
    snprintf(row.version, sizeof row.version, "%s", version);
    return row;
}

static void the_lock_is_taken_when_there_is_none_or_it_was_released(void **state)
{
    struct kcl_lock lock = {.mine = false};
    struct kcl_fleet_row row = lock_row("other", "v1");
    (void)state;
    assert_int_equal(kcl_lock_judge(&lock, NULL, S, "me"), KCL_LOCK_MAKE);
    assert_int_equal(kcl_lock_judge(&lock, &row, S, "me"), KCL_LOCK_WAIT);
    row.released = true;
    assert_int_equal(kcl_lock_judge(&lock, &row, S, "me"), KCL_LOCK_TAKE);
}

static void the_lock_of_a_dead_leader_is_taken_after_its_own_time(void **state)
{
    struct kcl_lock lock = {.mine = false};
    struct kcl_fleet_row row = lock_row("other", "v1");
    (void)state;
    assert_int_equal(kcl_lock_judge(&lock, &row, S, "me"), KCL_LOCK_WAIT);
    assert_int_equal(kcl_lock_judge(&lock, &row, 121 * S - 1, "me"), KCL_LOCK_WAIT);
    row = lock_row("other", "v2"); /* a sign of life */
    assert_int_equal(kcl_lock_judge(&lock, &row, 121 * S - 1, "me"), KCL_LOCK_WAIT);
    assert_int_equal(kcl_lock_judge(&lock, &row, 241 * S - 2, "me"), KCL_LOCK_WAIT);
    assert_int_equal(kcl_lock_judge(&lock, &row, 241 * S - 1, "me"), KCL_LOCK_TAKE);
}

static void a_lock_that_another_wrote_is_not_mine_any_more(void **state)
{
    struct kcl_lock lock = {.version = "v1", .mine = true};
    struct kcl_fleet_row row = lock_row("me", "v1");
    (void)state;
    assert_int_equal(kcl_lock_judge(&lock, &row, S, "me"), KCL_LOCK_REFRESH);
    row = lock_row("me", "v2"); /* F-P06: a process of the same name */
    assert_int_equal(kcl_lock_judge(&lock, &row, S, "me"), KCL_LOCK_WAIT);
    assert_false(lock.mine);
}

static void versions_look_like_those_of_the_kcl(void **state)
{
    char a[KCL_VERSION_TEXT], b[KCL_VERSION_TEXT];
    (void)state;
    begin();
    kcl_lock_version(&rng, a);
    kcl_lock_version(&rng, b);
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), 36);
    assert_int_equal(a[8], '-');
    assert_int_equal(a[14], '4');
    assert_int_equal(a[23], '-');
}

/* ---- assigning ------------------------------------------------------------------------------ */

static struct kcl_fleet_row *worker(const char *id, double cpu)
{
    struct kcl_fleet_row *row = &rows[row_count++];
    memset(row, 0, sizeof *row);
    row->kind = KCL_FLEET_WORKER;
    row->updated_s = WALL_S - 10;
    snprintf(row->owner, sizeof row->owner, "%s", id);
    if (cpu >= 0) {
        row->metric_count = 1;
        row->metrics[0] = (struct kcl_metric){
            .code = "C", .samples = {cpu, cpu}, .count = 2, .limit = 80};
    }
    return row;
}

static void see(const char *shard, const char *owner, const char *reader, double kbps)
{
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "%s", shard);
    snprintf(lease.owner, sizeof lease.owner, "%s", owner);
    snprintf(lease.checkpoint_owner, sizeof lease.checkpoint_owner, "%s", reader);
    lease.throughput_kbps = kbps;
    assert_true(kcl_view_note(&view, seen_us, &lease));
}

static struct kcl_lead_rules
    rules; /* as the settings have them, until a test changes them */

static struct kcl_lead at(int64_t now_us, uint64_t run)
{
    kcl_conf_t *conf = kcl_conf_new();
    assert_non_null(conf);
    rules = conf->lead;
    kcl_conf_free(conf);
    return (struct kcl_lead){.scanned_us = now_us,
                             .leads_us = 0,
                             .failover_us = FAILOVER,
                             .handoff_us = 30 * S,
                             .wall_s = WALL_S,
                             .max_leases = 1000,
                             .run = run,
                             .rules = &rules,
                             .suspects = &suspects};
}

static size_t lead(const struct kcl_lead *in)
{
    kds_free(result.moves);
    assert_true(kcl_lead(&view, rows, row_count, in, &rng, &result));
    return result.count;
}

static const char *target(size_t i)
{
    return view.people.texts[result.moves[i].target];
}

static size_t given_to(const char *id)
{
    size_t n = 0;
    for (size_t i = 0; i < result.count; i++) {
        n += strcmp(target(i), id) == 0;
    }
    return n;
}

static void free_leases_are_spread_over_those_who_say_how_busy_they_are(void **state)
{
    char shard[16];
    const struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    worker("a", -1);
    worker("b", -1);
    worker("c", -1);
    for (int i = 0; i < 12; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, "", "", 0);
    }
    assert_int_equal(lead(&in), 12);
    assert_int_equal(given_to("a"), 4);
    assert_int_equal(given_to("b"), 4);
    assert_int_equal(given_to("c"), 4);
    assert_false(result.moves[0].hand_over);
}

/* After all shards were split at once, most leases are free, and what somebody has is little beside it. */
static void what_is_to_come_counts_when_leases_are_spread(void **state)
{
    char shard[16];
    const struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    worker("a", -1);
    worker("b", -1);
    worker("c", -1);
    for (int i = 0; i < 300; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, i < 50 ? "a" : "", "", 0);
    }
    assert_int_equal(lead(&in), 250);
    assert_int_equal(given_to("a"), 50);
    assert_int_equal(given_to("b"), 100);
    assert_int_equal(given_to("c"), 100);
}

static void a_shard_whose_children_are_known_is_nothing_to_do(void **state)
{
    struct kcl_lease lease;
    char shard[16];
    const struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    worker("a", -1);
    worker("b", -1);
    for (int i = 0; i < 60; i++) {
        memset(&lease, 0, sizeof lease);
        snprintf(lease.shard_id, sizeof lease.shard_id, "s-%d", i);
        snprintf(lease.owner, sizeof lease.owner, "a");
        snprintf(lease.children[0], sizeof lease.children[0], "t-%d", i);
        lease.child_count = 1;
        assert_true(kcl_view_note(&view, seen_us, &lease));
        snprintf(shard, sizeof shard, "t-%d", i);
        see(shard, "", "", 0);
    }
    assert_int_equal(lead(&in), 60);
    assert_int_equal(given_to("a"), 30);
    assert_int_equal(given_to("b"), 30);
}

static enum kcl_interest interest_of(const void *opaque, const struct kcl_row *row)
{
    const char *shard = view.words.texts[row->shard];
    (void)opaque;
    return shard[0] == 'd' ? KCL_DISUSED : shard[0] == 'x' ? KCL_STRANGE : KCL_ORDINARY;
}

static void leases_of_streams_that_are_to_be_deleted_are_given_to_nobody(void **state)
{
    struct kcl_lead in = at(100 * S + 2 * FAILOVER, 1);
    (void)state;
    begin();
    worker("a", -1);
    in.interest = interest_of;
    see("d-1", "", "", 0);
    see("d-2", "gone", "", 0);
    see("s-1", "", "", 0);
    assert_int_equal(lead(&in), 1);
    assert_string_equal(view.words.texts[view.rows[result.moves[0].row].shard], "s-1");
}

/* It may know no more of the stream than the leader does, and be well. */
static void who_leaves_a_lease_of_a_strange_stream_is_not_called_gone(void **state)
{
    struct kcl_lead in = at(100 * S + 2 * FAILOVER, 1);
    (void)state;
    begin();
    worker("a", -1);
    in.interest = interest_of;
    see("x-1", "a", "", 0);
    see("s-1", "", "", 0);
    assert_int_equal(lead(&in), 2);
    assert_int_equal(given_to("a"), 2);
    assert_int_equal(result.workers, 1);
}

static void a_worker_without_fresh_measurements_gets_nothing(void **state)
{
    const struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    see("s-1", "", "", 0);
    assert_int_equal(lead(&in), 0);
    assert_int_equal(result.spilled, 1);
    worker("old", -1)->updated_s = WALL_S - 61;
    worker("failing", 10)->metrics[0].samples[1] = -1;
    worker("invalid", -1)->invalid = true;
    assert_int_equal(lead(&in), 0);
    worker("good", -1);
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "good");
}

static void a_worker_that_let_a_lease_expire_gets_none_until_it_speaks_again(void **state)
{
    struct kcl_lead in = at(100 * S + FAILOVER - 1, 1);
    struct kcl_fleet_row *dead;
    (void)state;
    begin();
    dead = worker("dead", -1); /* its row is still fresh, and it has the most room */
    worker("busy", -1);
    see("s-1", "dead", "", 10);
    assert_int_equal(lead(&in), 0);
    in.scanned_us++;
    in.leads_us = 100 * S + 1; /* a new leader watches first */
    assert_int_equal(lead(&in), 0);
    in.leads_us = 0;
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "busy");
    assert_true(result.moves[0].as_seen); /* unless it renews after all */
    seen_us = 105 * S;
    see("s-1", "busy", "", 10);
    see("s-2", "", "", 10); /* free: it goes to the busy one all the same */
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "busy");
    dead->updated_s = WALL_S + 1; /* it lives */
    in.wall_s = WALL_S + 1;
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "dead");
}

static void see_child(const char *shard, const char *parent, const char *owner)
{
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "%s", shard);
    snprintf(lease.parents[0], sizeof lease.parents[0], "%s", parent);
    lease.parent_count = 1;
    snprintf(lease.owner, sizeof lease.owner, "%s", owner);
    assert_true(kcl_view_note(&view, seen_us, &lease));
}

/* A leader whose own lease ran out, because the store was away, had nobody to give leases to for half a minute. */
static void a_leader_does_not_take_itself_for_gone(void **state)
{
    struct kcl_lead in = at(100 * S + FAILOVER, 1);
    (void)state;
    begin();
    worker("a", -1);
    see("s-1", "a", "", 0);
    assert_int_equal(lead(&in), 0);
    memset(&suspects, 0, sizeof suspects);
    in.me = kcl_view_person(&view, "a");
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "a");
}

/* F-S16: a merged shard's lease was given to the only worker, which did not take it yet; for that it was called dead, and
 * the other parent, that everybody waited for, was given to nobody. */
static void who_waits_for_a_parent_of_its_shard_is_not_gone(void **state)
{
    struct kcl_lead in = at(200 * S, 1);
    struct kcl_lease parent = {
        .shard_id = "parent", .owner = "a", .checkpoint = {.kind = KCL_AT_SHARD_END}};
    (void)state;
    begin();
    worker("a", -1);
    see("parent", "dead", "", 0);
    see_child("child", "parent", "a");
    assert_int_equal(lead(&in), 1);
    assert_string_equal(view.words.texts[view.rows[result.moves[0].row].shard], "parent");
    assert_string_equal(target(0), "a");
    assert_int_equal(result.spilled, 0);
    parent.counter = 1;
    assert_true(kcl_view_note(&view, 200 * S, &parent));
    see_child("other", "parent", "");
    assert_int_equal(lead(&in), 1); /* "a" is to have its time for the child */
    assert_string_equal(view.words.texts[view.rows[result.moves[0].row].shard], "other");
    in.scanned_us += FAILOVER;
    assert_int_equal(lead(&in), 0); /* and had it */
}

static void leases_move_from_those_with_more_than_the_average(void **state)
{
    char shard[16];
    struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("full", -1);
    worker("empty", -1);
    for (int i = 0; i < 10; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, "full", "", 0);
    }
    size_t moved = lead(&in);
    assert_in_range(moved, 2, 5);
    assert_int_equal(given_to("empty"), moved);
    for (size_t i = 0; i < moved; i++) {
        assert_true(result.moves[i].hand_over); /* the reader finishes first */
    }
    in.run = 1; /* not in every run */
    assert_int_equal(lead(&in), 0);
}

/* Twelve have ten leases each, which is not much above the average, and one has none. */
static void a_newcomer_gets_from_many_that_have_just_a_little_too_much(void **state)
{
    char shard[16], id[4];
    const struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("new", -1);
    for (int w = 0; w < 12; w++) {
        snprintf(id, sizeof id, "w%02d", w);
        worker(id, -1);
        for (int i = 0; i < 10; i++) {
            snprintf(shard, sizeof shard, "s-%d-%d", w, i);
            see(shard, id, "", 0);
        }
    }
    size_t moved = lead(&in);
    assert_in_range(moved, 6, 9);
    assert_int_equal(given_to("new"), moved);
}

static void throughput_counts_more_than_the_number_of_leases(void **state)
{
    const struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("few", -1);
    worker("many", -1);
    see("big-1", "few", "", 500);
    see("big-2", "few", "", 500);
    for (int i = 0; i < 5; i++) {
        char shard[16];
        snprintf(shard, sizeof shard, "small-%d", i);
        see(shard, "many", "", 20);
    }
    size_t moved = lead(&in);
    assert_int_equal(moved, 0 + given_to("many")); /* nothing goes to the one with more */
}

/* ---- as the settings want it ---------------------------------------------------------------- */

/* Leases s-0, s-1 ... of one owner. */
static void see_many(const char *owner, int from, int to, double kbps)
{
    char shard[16];
    for (int i = from; i < to; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, owner, "", kbps);
    }
}

static void by_count_leases_are_evened_out_whatever_they_weigh(void **state)
{
    struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("few", 90);
    worker("many", 10);
    see_many("few", 0, 2, 500);
    see_many("many", 2, 14, 1);
    lead(&in);
    assert_int_equal(given_to("few"), 0); /* it is busy */
    rules.by_count = 1;
    assert_in_range(lead(&in), 2, 5);
    assert_int_equal(given_to("few"), result.count);
    see("free", "", "", 100); /* to who has fewer, although that one is busy */
    in.run = 1;
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "few");
}

static void a_host_with_enough_throughput_gets_no_further_lease(void **state)
{
    struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    worker("a", -1);
    see_many("a", 0, 4, 100);
    see("free", "", "", 100);
    rules.host_milli_kbps = 399999;
    assert_int_equal(lead(&in), 0);
    assert_int_equal(result.spilled, 1);
    rules.host_milli_kbps = 400000; /* as much is not more */
    assert_int_equal(lead(&in), 1);
}

static void without_overshoot_a_lease_that_is_too_large_stays(void **state)
{
    struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("a", -1);
    worker("b", -1);
    see_many("a", 0, 3, 100);
    see_many("b", 3, 4, 100);
    assert_int_equal(lead(&in), 1);
    rules.overshoot = false; /* 60 % of the 100 above the average are less than a lease */
    assert_int_equal(lead(&in), 0);
}

static void the_threshold_says_what_is_out_of_balance(void **state)
{
    struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("a", 70);
    worker("b", 50);
    see_many("a", 0, 10, 100);
    see_many("b", 10, 20, 100);
    assert_in_range(lead(&in), 1, 3);
    rules.threshold_percent = 20;
    assert_int_equal(lead(&in), 0);
}

static void dampening_says_how_much_moves_at_one_time(void **state)
{
    struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("a", -1);
    worker("b", -1);
    see_many("a", 0, 20, 0);
    rules.dampening_percent = 20;
    assert_int_equal(lead(&in), 2);
    rules.dampening_percent = 100;
    assert_int_equal(lead(&in), 10);
}

static void smoothing_says_what_the_newest_sample_counts(void **state)
{
    struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("a", 50)->metrics[0].samples[1] = 90;
    worker("b", 50);
    see_many("a", 0, 10, 100);
    see_many("b", 10, 20, 100);
    rules.smoothing_milli = 0; /* the first for ever */
    assert_int_equal(lead(&in), 0);
    rules.smoothing_milli = 1000; /* the newest alone */
    assert_true(lead(&in) > 0);
}

static void who_measures_rarely_is_fresh_for_longer(void **state)
{
    struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    worker("a", -1)->updated_s = WALL_S - 100;
    see("free", "", "", 100);
    assert_int_equal(lead(&in), 0);
    rules.measures_ms = 50000;
    assert_int_equal(lead(&in), 1);
}

static void an_operator_is_told_when_the_table_says_something_else(void **state)
{
    static const char *const words[] = {"",
                                        "CLIENT_VERSION_INIT",
                                        "CLIENT_VERSION_2X",
                                        "CLIENT_VERSION_UPGRADE_FROM_2X",
                                        "CLIENT_VERSION_3X_WITH_ROLLBACK",
                                        "CLIENT_VERSION_3X"};
    static const bool told[][6] = {
        [KCL_CLIENT_BY_TABLE] = {false},
        [KCL_CLIENT_3X] = {true, true, true, true, false, false},
        [KCL_CLIENT_WITH_2X] = {false, false, false, false, false, true},
        [KCL_CLIENT_WITH_2X_PHASE1] = {false, false, false, true, true, true},
    };
    (void)state;
    for (int version = KCL_CLIENT_BY_TABLE; version <= KCL_CLIENT_WITH_2X_PHASE1;
         version++) {
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(kcl_mode_objection(version, words[i])[0] != 0,
                             told[version][i]);
        }
    }
}

static void equal_workers_are_left_alone(void **state)
{
    char shard[16];
    const struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("a", 40);
    worker("b", 42);
    for (int i = 0; i < 10; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, i % 2 ? "a" : "b", "", 100);
    }
    assert_int_equal(lead(&in), 0);
}

static void processors_at_rest_are_left_alone(void **state)
{
    char shard[16];
    const struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("a", 0.1);
    worker("b", 1.9);
    for (int i = 0; i < 10; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, i % 2 ? "a" : "b", "", 1);
    }
    assert_int_equal(lead(&in), 0);
}

static void a_processor_that_is_busy_gives_leases_away(void **state)
{
    char shard[16];
    const struct kcl_lead in = at(100 * S, 0);
    (void)state;
    begin();
    worker("hot", 95);
    worker("cool", 15);
    for (int i = 0; i < 12; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, i % 2 ? "hot" : "cool", "", 50);
    }
    size_t moved = lead(&in);
    assert_true(moved >= 1);
    assert_int_equal(given_to("cool"), moved);
}

static void a_hand_off_that_takes_too_long_is_cut_short(void **state)
{
    struct kcl_lead in = at(100 * S + 30 * S + FAILOVER - 1, 1);
    (void)state;
    begin();
    worker("next", -1);
    see("s-1", "next", "stuck", 0);
    struct kcl_lease lease;
    memset(&lease, 0, sizeof lease);
    snprintf(lease.shard_id, sizeof lease.shard_id, "s-1");
    snprintf(lease.owner, sizeof lease.owner, "next");
    snprintf(lease.checkpoint_owner, sizeof lease.checkpoint_owner, "stuck");
    lease.counter = 9; /* it lives */
    assert_true(kcl_view_note(&view, 139 * S, &lease));
    assert_int_equal(lead(&in), 0);
    in.scanned_us++;
    assert_int_equal(lead(&in), 1);
    assert_string_equal(target(0), "next");
    assert_false(result.moves[0].hand_over);
}

static void the_most_leases_of_a_worker_are_kept_to(void **state)
{
    char shard[16];
    struct kcl_lead in = at(100 * S, 1);
    (void)state;
    begin();
    worker("a", -1);
    for (int i = 0; i < 5; i++) {
        snprintf(shard, sizeof shard, "s-%d", i);
        see(shard, "", "", 0);
    }
    in.max_leases = 3;
    assert_int_equal(lead(&in), 3);
    assert_int_equal(result.spilled, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_word_in_the_table_decides_how_leases_move),
        cmocka_unit_test(the_lock_is_taken_when_there_is_none_or_it_was_released),
        cmocka_unit_test(the_lock_of_a_dead_leader_is_taken_after_its_own_time),
        cmocka_unit_test(a_lock_that_another_wrote_is_not_mine_any_more),
        cmocka_unit_test(versions_look_like_those_of_the_kcl),
        cmocka_unit_test(free_leases_are_spread_over_those_who_say_how_busy_they_are),
        cmocka_unit_test(what_is_to_come_counts_when_leases_are_spread),
        cmocka_unit_test(a_shard_whose_children_are_known_is_nothing_to_do),
        cmocka_unit_test(leases_of_streams_that_are_to_be_deleted_are_given_to_nobody),
        cmocka_unit_test(who_leaves_a_lease_of_a_strange_stream_is_not_called_gone),
        cmocka_unit_test(a_worker_without_fresh_measurements_gets_nothing),
        cmocka_unit_test(
            a_worker_that_let_a_lease_expire_gets_none_until_it_speaks_again),
        cmocka_unit_test(a_leader_does_not_take_itself_for_gone),
        cmocka_unit_test(who_waits_for_a_parent_of_its_shard_is_not_gone),
        cmocka_unit_test(leases_move_from_those_with_more_than_the_average),
        cmocka_unit_test(a_newcomer_gets_from_many_that_have_just_a_little_too_much),
        cmocka_unit_test(throughput_counts_more_than_the_number_of_leases),
        cmocka_unit_test(equal_workers_are_left_alone),
        cmocka_unit_test(processors_at_rest_are_left_alone),
        cmocka_unit_test(by_count_leases_are_evened_out_whatever_they_weigh),
        cmocka_unit_test(a_host_with_enough_throughput_gets_no_further_lease),
        cmocka_unit_test(without_overshoot_a_lease_that_is_too_large_stays),
        cmocka_unit_test(the_threshold_says_what_is_out_of_balance),
        cmocka_unit_test(dampening_says_how_much_moves_at_one_time),
        cmocka_unit_test(smoothing_says_what_the_newest_sample_counts),
        cmocka_unit_test(who_measures_rarely_is_fresh_for_longer),
        cmocka_unit_test(an_operator_is_told_when_the_table_says_something_else),
        cmocka_unit_test(a_processor_that_is_busy_gives_leases_away),
        cmocka_unit_test(a_hand_off_that_takes_too_long_is_cut_short),
        cmocka_unit_test(the_most_leases_of_a_worker_are_kept_to),
    };
    return cmocka_run_group_tests(tests, NULL, tidy);
}
