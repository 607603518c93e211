/*
 * test_roster: workers around one store in memory, without a service's records: streams that were made anew, two
 * processes of one name, several streams, hand-overs, holes, a start at the latest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "check_store.h"
#include "core.h"
#include "core_internal.h"
#include "kcl/kcl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S       KDS_US_PER_S
#define WALL_US (INT64_C(1790000000) * S)
#define STEP_US (50 * KDS_US_PER_MS)
#define SILENCE (10 * S)

/* ---- a small world -------------------------------------------------------------------------- */

struct pending {
    uint64_t id;
    int64_t until_us;
};

struct worker {
    struct kcl_core *core;
    struct kcl_conf *conf;
    unsigned ops[KCL_STORE_ROW_DELETE + 1]; /* on the store, by kind */
    struct pending silent[8];               /* iterators that never come */
    char told[2048];                        /* events */
};

static struct {
    int64_t now_us;
    struct kcl_store *store;
    bool store_fails, no_index;
    bool fleet; /* the store has rows that are no leases */
    int64_t created_ms;
    unsigned shards;
    unsigned listings;
    struct worker workers[3];
} world;

static void release(const void *output, void *opaque)
{
    (void)opaque;
    free((void *)(uintptr_t)output);
}

static const void *described(const kds_describe_stream_summary_in_t *in)
{
    kds_describe_stream_summary_out_t *out = calloc(1, sizeof *out + 256);
    assert_non_null(out);
    char *text = (char *)(out + 1);
    kds_slice_t name = in->stream_name;
    if (name.n == 0) { /* the part behind the last slash */
        name = in->stream_arn;
        for (size_t i = 0; i < in->stream_arn.n; i++) {
            if (in->stream_arn.p[i] == '/') {
                name = kds_slice_of(in->stream_arn.p + i + 1, in->stream_arn.n - i - 1);
            }
        }
    }
    int n = sprintf(text, "arn:aws:kinesis:eu-west-1:123456789012:stream/%.*s",
                    (int)name.n, (const char *)name.p);
    out->stream_description_summary.stream_arn = kds_slice_of(text, (size_t)n);
    out->stream_description_summary.stream_name = kds_slice_of(text + n - name.n, name.n);
    out->stream_description_summary.stream_creation_timestamp_ms = world.created_ms;
    return out;
}

static const void *listed(void)
{
    kds_list_shards_out_t *out =
        calloc(1, sizeof *out + world.shards * (sizeof(kds_shard_t) + 120));
    assert_non_null(out);
    kds_shard_t *shards = (kds_shard_t *)(out + 1);
    char *text = (char *)(shards + world.shards);
    kds_u128_t step = kds_u128_div64(KDS_U128_MAX, world.shards), first = {0, 0};
    world.listings++;
    for (unsigned i = 0; i < world.shards; i++, text += 120) {
        kds_u128_t next = kds_u128_add(first, step);
        kds_u128_t last =
            i + 1 < world.shards ? kds_u128_sub(next, (kds_u128_t){0, 1}) : KDS_U128_MAX;
        shards[i].shard_id = kds_slice_of(text, (size_t)sprintf(text, "shard-%u", i));
        shards[i].hash_key_range.starting_hash_key =
            kds_slice_of(text + 40, kds_u128_format(first, text + 40));
        shards[i].hash_key_range.ending_hash_key =
            kds_slice_of(text + 80, kds_u128_format(last, text + 80));
        shards[i].sequence_number_range.starting_sequence_number = kds_slice("1");
        first = next;
    }
    out->shards = shards;
    out->shards_count = world.shards;
    return out;
}

static void wait_in_silence(struct worker *w, uint64_t id)
{
    for (size_t i = 0; i < 8; i++) {
        if (w->silent[i].id == 0) {
            w->silent[i] = (struct pending){id, world.now_us + SILENCE};
            return;
        }
    }
}

static void run_store(struct worker *w, const struct kcl_action *action)
{
    static struct kcl_store_result result;
    w->ops[action->u.store->kind]++;
    if (world.store_fails ||
        (world.no_index && action->u.store->kind == KCL_STORE_INDEX)) {
        memset(&result, 0, sizeof result);
        result.err = world.store_fails ? KDS_ERR_STORE : KDS_ERR_ACCESS_DENIED;
    } else {
        kcl_store_run(world.store, action->u.store, &result);
    }
    kcl_core_done_store(w->core, world.now_us, action->id, &result);
}

static void run_action(struct worker *w, const struct kcl_action *action)
{
    size_t n = strlen(w->told);
    switch ((int)action->kind) {
    case KCL_ACTION_STORE:
        run_store(w, action);
        break;
    case KCL_ACTION_DESCRIBE:
        kcl_core_done_call(w->core, world.now_us, action->id,
                           described(&action->u.describe), NULL);
        break;
    case KCL_ACTION_LIST_SHARDS:
        kcl_core_done_call(w->core, world.now_us, action->id, listed(), NULL);
        break;
    case KCL_ACTION_EVENT:
        snprintf(w->told + n, sizeof w->told - n, "%s\n", action->u.event.message);
        break;
    default:
        wait_in_silence(w, action->id);
        break;
    }
}

static void pump(struct worker *w)
{
    struct kcl_action action;
    for (size_t i = 0; i < 8; i++) {
        if (w->silent[i].id != 0 && world.now_us >= w->silent[i].until_us) {
            kds_error_t *error = NULL;
            kds_error_set(&error, KDS_ERR_TIMED_OUT, "no answer in time");
            kcl_core_done_call(w->core, world.now_us, w->silent[i].id, NULL, error);
            kds_error_free(error);
            w->silent[i].id = 0;
        }
    }
    while (w->core != NULL && kcl_core_next(w->core, world.now_us, &action)) {
        run_action(w, &action);
    }
}

static void run_for(int64_t us)
{
    int64_t until_us = world.now_us + us;
    for (; world.now_us < until_us; world.now_us += STEP_US) {
        for (size_t i = 0; i < 3; i++) {
            if (world.workers[i].core != NULL) {
                pump(&world.workers[i]);
            }
        }
    }
}

static void
start_with(size_t number, const char *name, const char *const settings[][2], size_t count)
{
    struct worker *w = &world.workers[number];
    w->conf = kcl_conf_new();
    assert_int_equal(kcl_conf_set(w->conf, "application", "app", NULL), KDS_OK);
    assert_int_equal(kcl_conf_set(w->conf, "stream", "orders", NULL), KDS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(kcl_conf_set(w->conf, settings[i][0], settings[i][1], NULL),
                         KDS_OK);
    }
    const struct kcl_core_options options = {.conf = w->conf,
                                             .worker_id = name,
                                             .seed = number + 1,
                                             .store_is_local = !world.fleet,
                                             .store_has_fleet = world.fleet,
                                             .release = release};
    w->core = kcl_core_new(&options);
    assert_non_null(w->core);
    kcl_core_set_wall(w->core, WALL_US);
}

static void start(size_t number, const char *name, const char *setting, const char *value)
{
    const char *const settings[][2] = {{setting, value}};
    start_with(number, name, settings, setting != NULL);
}

static void end(size_t number)
{
    struct worker *w = &world.workers[number];
    if (w->core != NULL) {
        kcl_core_free(w->core);
        kcl_conf_free(w->conf);
    }
    memset(w, 0, sizeof *w);
}

static int begin(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    world.created_ms = 1700000000123;
    world.shards = 4;
    world.now_us = 5 * S;
    world.store = kcl_store_memory_new();
    return world.store == NULL;
}

static int finish(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        end(i);
    }
    world.store->ops->free(world.store);
    return 0;
}

static size_t held(size_t number)
{
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_core_stats(world.workers[number].core, world.now_us, &stats);
    return (size_t)stats.leases_held;
}

/* ---- streams -------------------------------------------------------------------------------- */

static void fault_S09_leases_of_a_stream_that_was_made_anew_are_not_used(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(2 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(get_lease(world.store, "shard-1")->created_ms, 1700000000123);
    end(0);
    world.created_ms = 1800000000456;
    start(0, "b", NULL, NULL);
    run_for(60 * S);
    const kds_error_t *failure = kcl_core_failure(world.workers[0].core);
    assert_non_null(failure);
    assert_int_equal(kds_error_code(failure), KDS_ERR_STATE);
    assert_non_null(strstr(kds_error_message(failure), "1700000000123"));
    assert_non_null(strstr(kds_error_message(failure), "1800000000456"));
    assert_string_equal(get_lease(world.store, "shard-1")->owner, "a"); /* as it was */
}

static void fault_S12_the_latest_is_pinned_when_the_leases_are_made(void **state)
{
    (void)state;
    start(0, "a", "start", "latest");
    run_for(2 * S);
    const struct kcl_lease *lease = get_lease(world.store, "shard-2");
    assert_int_equal(lease->checkpoint.kind, KCL_AT_LATEST);
    int64_t pinned_ms = lease->checkpoint.number;
    assert_in_range(pinned_ms, (WALL_US + 5 * S) / 1000 - 1000, (WALL_US + 7 * S) / 1000);
    end(0);
    run_for(600 * S);
    start(0, "b", "start", "latest"); /* ten minutes later it means the same instant */
    run_for(30 * S);
    assert_int_equal(held(0), 4);
    assert_int_equal(get_lease(world.store, "shard-2")->checkpoint.number, pinned_ms);
}

static void several_streams_have_leases_of_their_own(void **state)
{
    static const char *const ids[] = {"123456789012:orders:1700000000",
                                      "123456789012:bills:1700000000"};
    size_t count, pages, seen[2] = {0, 0};
    (void)state;
    start(0, "a", "streams",
          "orders, arn:aws:kinesis:eu-west-1:123456789012:stream/bills");
    run_for(5 * S);
    assert_int_equal(held(0), 8);
    struct kcl_lease *all = list_leases(world.store, &count, &pages);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 2; k++) {
            seen[k] += strcmp(all[i].stream, ids[k]) == 0;
        }
    }
    kds_free(all);
    assert_int_equal(count, 8);
    assert_int_equal(seen[0], 4);
    assert_int_equal(seen[1], 4);
}

static void a_stream_that_is_added_gets_leases_beside_the_others(void **state)
{
    size_t count, pages;
    (void)state;
    start(0, "a", "streams", "orders");
    run_for(5 * S);
    kcl_core_stop(world.workers[0].core, world.now_us);
    run_for(S);
    end(0);
    start(0, "a", "streams", "orders,bills");
    run_for(10 * S);
    kds_free(list_leases(world.store, &count, &pages));
    assert_int_equal(count, 8);
    assert_int_equal(held(0), 8);
}

static void who_reads_everything_looks_less_often(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    world.workers[0].ops[KCL_STORE_LIST] = 0;
    run_for(60 * S);
    assert_in_range(world.workers[0].ops[KCL_STORE_LIST], 15, 30);
    start(1, "b", NULL, NULL); /* it comes, asks, and gets its share as soon as ever */
    run_for(10 * S);
    assert_int_equal(held(1), 2);
    world.workers[0].ops[KCL_STORE_LIST] = 0;
    run_for(60 * S);
    assert_in_range(world.workers[0].ops[KCL_STORE_LIST], 60, 120);
}

/* ---- the index by owner --------------------------------------------------------------------- */

/* A fleet that one leads: "a" does, "b" has its share. */
static void start_led(void)
{
    struct kcl_store_op *op = op_of(KCL_STORE_ROW_PUT, "", "", 0);
    static struct kcl_fleet_row row;
    memset(&row, 0, sizeof row);
    row.kind = KCL_FLEET_MODE;
    snprintf(row.mode, sizeof row.mode, "CLIENT_VERSION_3X");
    op->row = &row;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    world.fleet = true;
    world.shards = 8;
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    assert_int_equal(held(0), 8);
    start(1, "b", NULL, NULL);
    run_for(300 * S);
    assert_in_range(held(1), 3, 5);
    memset(world.workers[1].ops, 0, sizeof world.workers[1].ops);
}

/* The leader gives "b" a lease of its own. @return until "b" holds it */
static int64_t give_one(void)
{
    struct kcl_lease lease;
    char shard_id[16] = "";
    size_t before = held(1);
    for (int i = 0; i < 8; i++) {
        snprintf(shard_id, sizeof shard_id, "shard-%d", i);
        lease = *get_lease(world.store, shard_id);
        if (strcmp(lease.owner, "a") == 0) {
            break;
        }
    }
    struct kcl_store_op *op = op_of(KCL_STORE_ASSIGN, shard_id, "a", lease.counter);
    snprintf(op->target, sizeof op->target, "b");
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
    int64_t from_us = world.now_us;
    while (held(1) == before && world.now_us - from_us < 60 * S) {
        run_for(STEP_US);
    }
    return world.now_us - from_us;
}

static void who_does_not_lead_finds_its_leases_by_the_index(void **state)
{
    (void)state;
    start_led();
    run_for(60 * S);
    const unsigned *ops = world.workers[1].ops;
    assert_in_range(ops[KCL_STORE_LIST], 2, 8); /* now and then, all the same */
    assert_in_range(ops[KCL_STORE_OWNED], 50, 130);
    assert_int_equal(ops[KCL_STORE_GET], 0);                /* what it holds is no news */
    assert_true(world.workers[0].ops[KCL_STORE_LIST] > 60); /* who leads sees all */
    assert_true(give_one() <= 2 * S);
    assert_true(ops[KCL_STORE_GET] >= 1);
}

static void without_an_index_all_leases_are_looked_at(void **state)
{
    const char *told = world.workers[1].told;
    (void)state;
    world.no_index = true;
    start_led();
    run_for(60 * S);
    const unsigned *ops = world.workers[1].ops;
    assert_true(ops[KCL_STORE_LIST] >= 50);
    assert_int_equal(ops[KCL_STORE_OWNED], 0);
    assert_true(give_one() <= 2 * S);
    const char *first = strstr(told, "leases cannot be found by their owner");
    assert_non_null(first);
    assert_null(strstr(first + 1, "leases cannot be found by their owner")); /* once */
}

/* ---- how busy a worker is ------------------------------------------------------------------- */

/* The row of "a" as it is in the store. */
static struct kcl_fleet_row row_of_a(void)
{
    static struct kcl_fleet_row like;
    struct kcl_store_op *op = op_of(KCL_STORE_FLEET, "", "", 0);
    struct kcl_store_result result;
    memset(&like, 0, sizeof like);
    like.kind = KCL_FLEET_WORKER;
    snprintf(like.owner, sizeof like.owner, "a");
    op->row = &like;
    kcl_store_run(world.store, op, &result);
    assert_int_equal(result.row_count, 1);
    like = result.rows[0];
    kcl_store_result_clear(&result);
    return like;
}

static void what_the_processor_does_is_told_to_the_fleet(void **state)
{
    (void)state;
    start_led();
    assert_int_equal(row_of_a().metric_count, 0); /* nobody measures */
    for (int i = 0; i < 12; i++) {
        while (!kcl_core_wants_cpu(world.workers[0].core, world.now_us)) {
            world.now_us += STEP_US;
            pump(&world.workers[1]);
            if (!kcl_core_wants_cpu(world.workers[0].core, world.now_us)) {
                pump(&world.workers[0]);
            }
        }
        kcl_core_set_cpu(world.workers[0].core, i == 11 ? -1 : i * 1.5);
        run_for(S);
    }
    const struct kcl_fleet_row row = row_of_a();
    assert_int_equal(row.metric_count, 1);
    assert_string_equal(row.metrics[0].code, "C");
    assert_int_equal(row.metrics[0].count, 10); /* the newest last */
    assert_true(row.metrics[0].samples[0] == 2 * 1.5);
    assert_true(row.metrics[0].samples[8] == 10 * 1.5);
    assert_true(row.metrics[0].samples[9] == -1);
    assert_true(row.metrics[0].limit == 100);
}

/* ---- streams that are read no more ---------------------------------------------------------- */

/* Two streams, of which a worker that comes later reads one. */
static void leave_bills(const char *const settings[][2], size_t count)
{
    start(0, "a", "streams", "orders,bills");
    run_for(5 * S);
    assert_int_equal(held(0), 8);
    kcl_core_stop(world.workers[0].core, world.now_us);
    run_for(S);
    end(0);
    start_with(0, "b", settings, count);
}

static size_t leases_of(const char *stream)
{
    size_t count, pages, found = 0;
    struct kcl_lease *all = list_leases(world.store, &count, &pages);
    for (size_t i = 0; i < count; i++) {
        found += strcmp(all[i].stream, stream) == 0;
    }
    kds_free(all);
    return found;
}

#define ORDERS "123456789012:orders:1700000000"
#define BILLS  "123456789012:bills:1700000000"

static void leases_of_a_former_stream_are_kept_unless_told_otherwise(void **state)
{
    static const char *const settings[][2] = {{"streams", "orders"},
                                              {"former.streams.wait.ms", "1s"}};
    (void)state;
    leave_bills(settings, 2);
    start_with(1, "c", settings, 2); /* and do not keep others from being shared */
    run_for(300 * S);
    assert_int_equal(leases_of(BILLS), 4);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
}

static void leases_of_a_former_stream_are_deleted_when_they_have_rested(void **state)
{
    static const char *const settings[][2] = {
        {"streams", "orders"},
        {"formerStreamsLeasesDeletionStrategy",
         "FORMER_STREAMS_AUTO_DETECTION_DEFERRED_DELETION"},
        {"former.streams.wait.ms", "2m"}};
    (void)state;
    leave_bills(settings, 3);
    run_for(115 * S);
    assert_int_equal(leases_of(BILLS), 4);
    run_for(10 * S);
    assert_int_equal(leases_of(BILLS), 0);
    assert_int_equal(leases_of(ORDERS), 4);
    assert_int_equal(held(0), 4);
    assert_non_null(strstr(world.workers[0].told, BILLS));
}

static void only_listed_streams_lose_their_leases_when_a_list_is_given(void **state)
{
    static const struct {
        const char *list;
        size_t left;
    } cases[] = {
        {"others", 4},        {"bill", 4},
        {"others, bills", 0}, {"arn:aws:kinesis:eu-west-1:123456789012:stream/bills", 0},
        {BILLS, 0},           {"123456789012:bills:1600000000", 4}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const settings[][2] = {{"streams", "orders"},
                                           {"former.streams", "listed"},
                                           {"former.streams.list", cases[i].list},
                                           {"former.streams.wait.ms", "0"}};
        leave_bills(settings, 4);
        run_for(29 * S); /* three times the fail-over time in any case */
        assert_int_equal(leases_of(BILLS), 4);
        run_for(10 * S);
        assert_int_equal(leases_of(BILLS), cases[i].left);
        assert_int_equal(leases_of(ORDERS), 4);
        finish(state);
        begin(state);
    }
}

static void leases_of_a_stream_that_another_worker_reads_are_left_alone(void **state)
{
    static const char *const settings[][2] = {{"streams", "orders"},
                                              {"former.streams", "delete"},
                                              {"former.streams.wait.ms", "0"}};
    (void)state;
    start(1, "z", "streams", "orders,bills"); /* has not heard of the shorter list yet */
    run_for(5 * S);
    start_with(0, "a", settings, 3);
    run_for(300 * S);
    assert_int_equal(leases_of(BILLS), 4);
}

static void a_hole_is_mended(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    const struct kcl_lease *lease = get_lease(world.store, "shard-2");
    assert_int_equal(
        store_do(world.store, op_of(KCL_STORE_DELETE, "shard-2", "", lease->counter))
            ->err,
        KDS_OK);
    assert_null(get_lease(world.store, "shard-2"));
    unsigned listings = world.listings;
    run_for(15 * S);
    assert_int_equal(world.listings, listings); /* it may be half of a reshard */
    run_for(30 * S);
    assert_non_null(get_lease(world.store, "shard-2"));
    assert_int_equal(held(0), 4);
}

/* ---- workers -------------------------------------------------------------------------------- */

static void a_worker_that_stops_leaves_nothing_to_wait_for(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(2 * S);
    start(1, "b", NULL, NULL);
    run_for(20 * S);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
    kcl_core_stop(world.workers[0].core, world.now_us);
    run_for(S);
    assert_true(kcl_core_stopped(world.workers[0].core));
    run_for(S / 2);
    assert_int_equal(held(1), 4);
}

static void shares_move_by_hand_over_and_never_twice(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    start(1, "b", NULL, NULL);
    for (int i = 0; i < 200; i++) {
        size_t before = held(0) + held(1);
        run_for(STEP_US);
        assert_true(before <= 4);
    }
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
    assert_non_null(strstr(world.workers[0].told, "released"));
    assert_null(strstr(world.workers[0].told, "another worker holds it"));
}

static void shares_move_although_the_store_fails_now_and_then(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    start(1, "b", NULL, NULL);
    for (int i = 0; i < 100; i++) {
        world.store_fails = i % 3 == 0; /* writes that a look led to among them */
        run_for(STEP_US);
    }
    world.store_fails = false;
    run_for(30 * S);
    assert_int_equal(held(0), 2);
    assert_int_equal(held(1), 2);
}

static void fault_P06_the_older_of_two_live_processes_of_one_name_gives_up(void **state)
{
    (void)state;
    start(0, "same", NULL, NULL);
    run_for(5 * S);
    assert_int_equal(held(0), 4);
    start(1, "same", NULL, NULL);
    run_for(10 * S);
    const kds_error_t *failure = kcl_core_failure(world.workers[0].core);
    assert_non_null(failure);
    assert_non_null(strstr(kds_error_message(failure), "same worker.id"));
    assert_null(kcl_core_failure(world.workers[1].core));
    assert_non_null(strstr(world.workers[1].told, "older process"));
    assert_true(kcl_core_stopped(world.workers[0].core));
    assert_int_equal(held(1), 4);
}

static void
fault_P06_a_restart_under_the_same_name_waits_for_the_failover_time(void **state)
{
    (void)state;
    start(0, "same", NULL, NULL);
    run_for(5 * S);
    end(0); /* killed */
    start(1, "same", NULL, NULL);
    run_for(3 * S);
    size_t early = held(1);
    run_for(10 * S);
    assert_true(early < 4); /* who knows whether the other still reads? */
    assert_int_equal(held(1), 4);
    assert_null(kcl_core_failure(world.workers[1].core));
}

static void
fault_D07_D14_leases_run_out_while_the_store_is_away_and_come_back(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    assert_int_equal(held(0), 4);
    world.store_fails = true;
    run_for(6 * S);
    assert_int_equal(held(0), 4); /* they were renewed a moment before */
    run_for(5 * S);
    assert_int_equal(held(0), 0);
    run_for(3600 * S);
    assert_int_equal(held(0), 0);
    assert_null(kcl_core_failure(world.workers[0].core));
    world.store_fails = false;
    run_for(25 * S); /* the longest wait between two tries, and a look */
    assert_int_equal(held(0), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            fault_S09_leases_of_a_stream_that_was_made_anew_are_not_used, begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_S12_the_latest_is_pinned_when_the_leases_are_made, begin, finish),
        cmocka_unit_test_setup_teardown(
            leases_of_a_former_stream_are_kept_unless_told_otherwise, begin, finish),
        cmocka_unit_test_setup_teardown(
            leases_of_a_former_stream_are_deleted_when_they_have_rested, begin, finish),
        cmocka_unit_test_setup_teardown(
            only_listed_streams_lose_their_leases_when_a_list_is_given, begin, finish),
        cmocka_unit_test_setup_teardown(
            leases_of_a_stream_that_another_worker_reads_are_left_alone, begin, finish),
        cmocka_unit_test_setup_teardown(who_does_not_lead_finds_its_leases_by_the_index,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(without_an_index_all_leases_are_looked_at, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(what_the_processor_does_is_told_to_the_fleet,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(who_reads_everything_looks_less_often, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(several_streams_have_leases_of_their_own, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(
            a_stream_that_is_added_gets_leases_beside_the_others, begin, finish),
        cmocka_unit_test_setup_teardown(a_hole_is_mended, begin, finish),
        cmocka_unit_test_setup_teardown(a_worker_that_stops_leaves_nothing_to_wait_for,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(shares_move_by_hand_over_and_never_twice, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(shares_move_although_the_store_fails_now_and_then,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(
            fault_P06_the_older_of_two_live_processes_of_one_name_gives_up, begin,
            finish),
        cmocka_unit_test_setup_teardown(
            fault_P06_a_restart_under_the_same_name_waits_for_the_failover_time, begin,
            finish),
        cmocka_unit_test_setup_teardown(
            fault_D07_D14_leases_run_out_while_the_store_is_away_and_come_back, begin,
            finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
