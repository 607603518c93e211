/*
 * test_reading: what a worker reads, when, and where it goes on after each single fault; polling and fan-out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "core_fixture.h"

#include <string.h>

static void assert_text(kds_slice_t text, const char *expected)
{
    assert_int_equal(text.n, strlen(expected));
    assert_memory_equal(text.p, expected, text.n);
}

static void
expect_iterator(struct core_fixture *f, const char *type, const char *sequence)
{
    expect(f, KCL_ACTION_GET_ITERATOR);
    assert_text(f->action.u.get_iterator.shard_iterator_type, type);
    assert_text(f->action.u.get_iterator.starting_sequence_number, sequence);
}

static void expect_records(struct core_fixture *f, const char *iterator)
{
    expect(f, KCL_ACTION_GET_RECORDS);
    assert_text(f->action.u.get_records.shard_iterator, iterator);
}

static void start(struct core_fixture *f)
{
    fixture_start(f);
    expect(f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(f, "it-1");
    expect_records(f, "it-1");
}

/* One batch is read and processed, and its checkpoint stored. */
static void read_batch(struct core_fixture *f, const char *sequences, const char *next)
{
    answer_records(f, sequences, 10, 0, next);
    expect_task(f, KCL_TASK_PROCESS);
    end_task(f, true);
}

/* Start anew, behind record 20. */
static void start_behind_20(struct core_fixture *f)
{
    start(f);
    read_batch(f, "10 20", "it-2");
    expect_records(f, "it-2");
    answer_records(f, "", 0, 0, "it-3");
    expect(f, KCL_ACTION_GET_RECORDS);
    assert_string_equal(stored(f, "shard-0").checkpoint.sequence, "20");
    fixture_restart(f);
}

/* ---- pace --------------------------------------------------------------------------------- */

static void reading_goes_on_at_once_while_behind_and_rests_when_caught_up(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    answer_records(&f, "", 0, 5000, "it-2");
    assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), 200);
    answer_records(&f, "", 0, 5000, "it-3");
    assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), 200);
    static const int64_t rests_ms[] = {800, 1000,
                                       1000}; /* the third, fourth, fifth empty answer */
    for (size_t i = 0; i < 3; i++) {
        answer_records(&f, "", 0, 0, "it-n");
        assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), rests_ms[i]);
    }
    fixture_clear(&f);
}

static void
a_shard_that_is_nearly_read_up_is_read_as_rarely_as_the_settings_want(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "pollingConfig.millisBehindLatestThresholdForReducedTps", "3000");
    start(&f);
    answer_records(&f, "", 0, 3000, "it-2");
    assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), 200);
    answer_records(&f, "", 0, 2999, "it-3");
    assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), 3000);
    fixture_clear(&f);
}

static void fault_S24_reading_keeps_to_two_mebibytes_a_second(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    answer_records(&f, "10 11 12 13", 1 << 20, 90000, "it-2"); /* 4 MiB */
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), 2000);
    fixture_clear(&f);
}

static void fault_S01_throttling_is_waited_for_longer_and_longer(void **state)
{
    struct core_fixture f;
    kcl_stats_t stats = {.struct_size = sizeof stats};
    int64_t waited_ms = 0;
    (void)state;
    fixture_init(&f);
    start(&f);
    for (int i = 0; i < 6; i++) {
        fail_call(&f, KDS_ERR_THROTTLED);
        waited_ms = wait_for(&f, KCL_ACTION_GET_RECORDS);
        assert_true(waited_ms >= 100 && waited_ms <= 5000);
    }
    assert_true(waited_ms >= 2500);
    kcl_core_stats(f.core, f.now_us, &stats);
    assert_int_equal(stats.throttled, 6);
    assert_int_equal(f.events[KCL_EVENT_TROUBLE], 0); /* counted, not shouted */
    fixture_clear(&f);
}

static void fault_N17_shards_that_fail_together_are_tried_again_apart(void **state)
{
    struct core_fixture f;
    int64_t at_us[FIXTURE_SHARDS_MAX];
    (void)state;
    fixture_init(&f);
    f.shards = FIXTURE_SHARDS_MAX;
    fixture_start(&f);
    for (size_t i = 0; i < f.shards; i++) {
        expect(&f, KCL_ACTION_GET_ITERATOR);
        fail_call(&f, KDS_ERR_TRANSPORT);
    }
    for (size_t i = 0; i < f.shards; i++) {
        expect(&f, KCL_ACTION_GET_ITERATOR);
        at_us[i] = f.now_us;
        assert_true(i == 0 || at_us[i] > at_us[i - 1]);
    }
    fixture_clear(&f);
}

/* ---- iterators ---------------------------------------------------------------------------- */

static void
fault_S11_an_expired_iterator_is_replaced_behind_what_was_fetched(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    read_batch(&f, "10 20", "it-2");
    expect_records(&f, "it-2");
    fail_call(&f, KDS_ERR_EXPIRED_ITERATOR);
    expect_iterator(&f, "AFTER_SEQUENCE_NUMBER", "20");
    fixture_clear(&f);
}

static void
fault_S11_an_iterator_that_expires_on_its_first_use_does_not_spin(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    for (int i = 0; i < 5; i++) {
        fail_call(&f, KDS_ERR_EXPIRED_ITERATOR);
        assert_true(wait_for(&f, KCL_ACTION_GET_ITERATOR) >= 100);
        answer_iterator(&f, "it-n");
        expect(&f, KCL_ACTION_GET_RECORDS);
    }
    fixture_clear(&f);
}

/* As a KCL does. */
static void make_lease(struct core_fixture *f, enum kcl_position_kind kind)
{
    struct kcl_lease lease = {
        .shard_id = "shard-0", .has_range = true, .last = KDS_U128_MAX};
    const struct kcl_store_op op = {
        .kind = KCL_STORE_CREATE, .leases = &lease, .lease_count = 1};
    struct kcl_store_result result;
    lease.checkpoint.kind = kind;
    kcl_store_run(f->store, &op, &result);
    assert_int_equal(result.err, KDS_OK);
}

static void fault_S12_latest_means_the_same_instant_for_ever(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "start", "latest");
    fixture_start(&f);
    expect_iterator(&f, "AT_TIMESTAMP", "");
    int64_t pinned_ms = f.action.u.get_iterator.timestamp_ms;
    answer_iterator(&f, "it-1");
    expect_records(&f, "it-1");
    answer_records(&f, "", 0, 0, "it-2");
    expect_records(&f, "it-2");
    fixture_restart(&f); /* an hour later; records may have come meanwhile */
    expect_iterator(&f, "AT_TIMESTAMP", "");
    assert_int_equal(f.action.u.get_iterator.timestamp_ms, pinned_ms);
    fixture_clear(&f);
}

/* What is put now must be read, however wrong this machine's clock is. */
static void fault_S12_latest_is_an_instant_of_the_services_clock(void **state)
{
    static const int64_t ahead_s[] = {180, -180, 86400, 1, 0};
    struct core_fixture f;
    (void)state;
    for (size_t i = 0; i < sizeof ahead_s / sizeof ahead_s[0]; i++) {
        for (int java = 0; java < 2;
             java++) { /* made by a KCL, pinned when it is taken */
            fixture_init(&f);
            fixture_set(&f, "start", "latest");
            f.ahead_us = ahead_s[i] * KDS_US_PER_S;
            if (java) {
                make_lease(&f, KCL_AT_LATEST);
            }
            fixture_start(&f);
            expect_iterator(&f, "AT_TIMESTAMP", "");
            int64_t service_ms = (FIXTURE_WALL_US + f.now_us) / KDS_US_PER_MS;
            assert_in_range(f.action.u.get_iterator.timestamp_ms, service_ms - 5000,
                            service_ms - 1000);
            fixture_clear(&f);
        }
    }
}

/* The KCL writes no instant beside AT_TIMESTAMP: each of its workers has it configured. */
static void a_kcls_lease_at_an_instant_begins_at_the_configured_one(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "start", "2026-01-31T12:00:00Z");
    make_lease(&f, KCL_AT_TIMESTAMP);
    fixture_start(&f);
    expect_iterator(&f, "AT_TIMESTAMP", "");
    assert_int_equal(f.action.u.get_iterator.timestamp_ms, INT64_C(1769860800000));
    assert_int_equal(stored(&f, "shard-0").checkpoint.number, 0); /* not ours to say */
    fixture_clear(&f);
}

static void a_kcls_lease_at_an_instant_is_not_read_from_anywhere_else(void **state)
{
    static const char *const starts[] = {"trim_horizon", "latest"};
    struct core_fixture f;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture_init(&f);
        fixture_set(&f, "start", starts[i]);
        make_lease(&f, KCL_AT_TIMESTAMP);
        fixture_start(&f);
        expect_nothing(&f, 60000);
        assert_int_equal(kds_error_code(kcl_core_failure(f.core)), KDS_ERR_CONFIG);
        assert_non_null(strstr(f.message, "set start to"));
        assert_string_equal(stored(&f, "shard-0").owner, "");
        fixture_clear(&f);
    }
}

static void fault_A07_reading_resumes_at_the_checkpoint_not_behind_it(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start_behind_20(&f);
    expect_iterator(&f, "AT_SEQUENCE_NUMBER",
                    "20"); /* the rest of its aggregate may be left */
    answer_iterator(&f, "it-1");
    expect_records(&f, "it-1");
    answer_records(&f, "20 30", 10, 0, "it-2");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(f.action.u.task.batch.count, 1); /* 20 was processed */
    assert_int_equal(f.events[KCL_EVENT_GAP], 0);
    fixture_clear(&f);
}

/* ---- another account's stream --------------------------------------------------------------- */

#define ANOTHERS "arn:aws:kinesis:eu-west-1:999988887777:stream/orders"

static struct kcl_lease stored_for(struct core_fixture *f, const char *stream)
{
    struct kcl_store_op op = {.kind = KCL_STORE_GET, .shard_id = "shard-0"};
    struct kcl_store_result result;
    kcl_copy_text(op.stream, sizeof op.stream, kds_slice(stream));
    kcl_store_run(f->store, &op, &result);
    assert_int_equal(result.err, KDS_OK);
    return result.lease;
}

/* Each call that names a stream names it by its ARN; the fixture checks DescribeStreamSummary and ListShards. */
static void a_stream_of_another_account_is_named_by_its_arn_in_every_call(void **state)
{
    struct core_fixture f;
    (void)state;
    for (int several = 0; several < 2; several++) {
        fixture_init(&f);
        f.arn = ANOTHERS;
        fixture_set(&f, several ? "streams" : "stream.arn", ANOTHERS);
        fixture_start(&f);
        for (int i = 0; i < 3; i++) { /* until its existence is doubted */
            expect(&f, KCL_ACTION_GET_ITERATOR);
            check_stream(&f, f.action.u.get_iterator.stream_name,
                         f.action.u.get_iterator.stream_arn);
            fail_call(&f, KDS_ERR_NOT_FOUND);
        }
        expect(&f, KCL_ACTION_LIST_SHARDS);
        check_stream(&f, f.action.u.list_shards.stream_name,
                     f.action.u.list_shards.stream_arn);
        answer_listing(&f, "shard-0", false);
        expect(&f, KCL_ACTION_GET_ITERATOR);
        answer_iterator(&f, "it-1");
        expect(&f, KCL_ACTION_GET_RECORDS);
        assert_true(kds_slice_is(f.action.u.get_records.stream_arn, ANOTHERS));
        /* One stream needs no name in its leases; several have their owners' accounts. */
        const char *id = several ? "999988887777:orders:1" : "";
        assert_string_equal(stored_for(&f, id).owner, "me");
        fixture_clear(&f);
    }
}

static void fan_out_finds_its_consumer_at_another_accounts_stream(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    f.arn = ANOTHERS;
    fixture_set(&f, "streams", ANOTHERS);
    fixture_set(&f, "fan.out", "true");
    fixture_start(&f);
    expect(&f, KCL_ACTION_FIND_CONSUMER);
    assert_string_equal(f.action.u.find_consumer.stream_arn, ANOTHERS);
    fixture_clear(&f);
}

/* ---- gaps --------------------------------------------------------------------------------- */

static void fault_S13_a_position_that_is_refused_goes_on_behind_a_told_gap(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start_behind_20(&f);
    for (int i = 0; i < 2; i++) {
        expect_iterator(&f, "AT_SEQUENCE_NUMBER", "20");
        fail_call(&f, KDS_ERR_REJECTED);
    }
    expect_iterator(&f, "TRIM_HORIZON", "");
    answer_iterator(&f, "it-1");
    expect_records(&f, "it-1");
    answer_records(&f, "50", 10, 0, "it-2");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(f.events[KCL_EVENT_GAP], 1);
    fixture_clear(&f);
}

static void fault_S13_records_that_are_trimmed_silently_are_noticed(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    fixture_set(&f, "gap.records", "stop");
    start_behind_20(&f);
    expect_iterator(&f, "AT_SEQUENCE_NUMBER", "20");
    answer_iterator(&f, "it-1");
    expect_records(&f, "it-1");
    answer_records(&f, "50", 10, 0, "it-2"); /* where is 20? */
    expect_nothing(&f, 60000);
    assert_int_equal(f.events[KCL_EVENT_GAP], 1);
    assert_int_equal(f.events[KCL_EVENT_SHARD_STOPPED], 1);
    /* Resumed, it goes on behind the gap and does not stop at it again; at the next one it does. */
    const struct kcl_shard_name name = {.shard_id = "shard-0"};
    assert_int_equal(kcl_core_resume(f.core, f.now_us, &name), KDS_OK);
    expect_iterator(&f, "AT_SEQUENCE_NUMBER", "20");
    answer_iterator(&f, "it-3");
    expect_records(&f, "it-3");
    answer_records(&f, "50", 10, 0, "it-4");
    f.hold_reads = true;
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    expect_nothing(&f, 1000);
    assert_int_equal(f.events[KCL_EVENT_GAP], 1);
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "50");
    fixture_clear(&f);
}

static void fault_S17_a_shard_that_is_gone_ends_with_a_gap_and_its_children(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start_behind_20(&f);
    for (int i = 0; i < 3; i++) {
        expect(&f, KCL_ACTION_GET_ITERATOR);
        fail_call(&f, KDS_ERR_NOT_FOUND);
    }
    expect(&f, KCL_ACTION_LIST_SHARDS);
    answer_listing(&f, "child-0 child-1 shard-2", false);
    expect_task(&f, KCL_TASK_SHARD_ENDED);
    assert_int_equal(f.events[KCL_EVENT_GAP], 1);
    end_task(&f, true);
    expect(&f, KCL_ACTION_GET_ITERATOR); /* of a child */
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_SHARD_END);
    assert_int_equal(stored(&f, "child-1").checkpoint.kind, KCL_AT_TRIM_HORIZON);
    fixture_clear(&f);
}

/* ---- ends --------------------------------------------------------------------------------- */

static void fault_S10_not_found_is_never_the_end_of_a_shard(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++) {
            fail_call(&f, KDS_ERR_NOT_FOUND);
            expect(&f, i < 2 ? KCL_ACTION_GET_RECORDS : KCL_ACTION_LIST_SHARDS);
        }
        answer_listing(&f, "shard-0 child-0", true); /* it exists, even if it is closed */
        expect_records(&f, "it-1");
    }
    fail_call(&f, KDS_ERR_NOT_FOUND); /* nor if nobody knows */
    expect(&f, KCL_ACTION_GET_RECORDS);
    fail_call(&f, KDS_ERR_NOT_FOUND);
    expect(&f, KCL_ACTION_GET_RECORDS);
    fail_call(&f, KDS_ERR_NOT_FOUND);
    expect(&f, KCL_ACTION_LIST_SHARDS);
    fail_call(&f, KDS_ERR_NOT_FOUND);
    expect_records(&f, "it-1");
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_TRIM_HORIZON);
    fixture_clear(&f);
}

/* Its shards have the same names, but their records have nothing to do with the checkpoints. */
static void fault_S09_a_stream_that_is_made_anew_meanwhile_ends_the_worker(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start_behind_20(&f);
    expect_iterator(&f, "AT_SEQUENCE_NUMBER", "20");
    f.created_ms = 2000;
    fail_call(&f,
              KDS_ERR_REJECTED); /* without this question it would be taken for trimmed */
    expect_nothing(&f, 60000);
    assert_int_equal(kds_error_code(kcl_core_failure(f.core)), KDS_ERR_STATE);
    assert_int_equal(f.events[KCL_EVENT_GAP], 0);
    assert_int_equal(f.events[KCL_EVENT_LEASE_LOST], 1); /* released */
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "20");
    fixture_clear(&f);
}

static void fault_S09_a_stream_that_cannot_be_described_again_is_read_on(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start_behind_20(&f);
    expect_iterator(&f, "AT_SEQUENCE_NUMBER", "20");
    f.forbid = true;
    fail_call(&f, KDS_ERR_NOT_FOUND);
    expect_iterator(&f, "AT_SEQUENCE_NUMBER", "20");
    assert_null(kcl_core_failure(f.core));
    fixture_clear(&f);
}

static void fault_S14_an_end_needs_children_with_parents(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    answer_end(&f, 2, 0);
    expect_records(&f, "it-1");
    answer_end(&f, 3, 1);
    expect_records(&f, "it-1");
    answer_end(&f, 2, 3);
    expect_records(&f, "it-1");
    answer_end(&f, 2, 1);
    expect_task(&f, KCL_TASK_SHARD_ENDED);
    fixture_clear(&f);
}

/* A shard whose end is confirmed, and whose children's leases cannot be made. */
static void end_without_children(struct core_fixture *f, bool silent)
{
    fixture_init(f);
    start(f);
    answer_records(f, "10 20", 10, 0, "it-2");
    expect_task(f, KCL_TASK_PROCESS);
    end_task(f, true);
    expect_records(f, "it-2");
    f->deny_children = !silent;
    f->hold_children = silent;
    answer_end(f, 2, 1);
    expect_task(f, KCL_TASK_SHARD_ENDED);
    end_task(f, true);
}

static void fault_D12_a_lease_is_kept_while_those_of_its_children_are_denied(void **state)
{
    struct core_fixture f;
    (void)state;
    end_without_children(&f, false);
    expect_nothing(&f, 3600000);
    assert_int_equal(f.events[KCL_EVENT_LEASE_LOST], 0);
    assert_string_equal(stored(&f, "shard-0").owner, "me");
    assert_true(stored(&f, "shard-0").counter > 1000); /* it was renewed */
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AFTER_RECORD);
    assert_in_range(f.events[KCL_EVENT_TROUBLE], 100, 1000); /* told, now and then */
    f.deny_children = false;
    expect(&f, KCL_ACTION_GET_ITERATOR); /* of a child */
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_SHARD_END);
    assert_int_equal(stored(&f, "shard-0").child_count, 2);
    fixture_clear(&f);
}

static void fault_D12_a_stop_does_not_wait_for_leases_that_are_denied(void **state)
{
    struct core_fixture f;
    (void)state;
    end_without_children(&f, false);
    expect_nothing(&f, 60000);
    kcl_core_stop(f.core, f.now_us);
    expect_nothing(&f, 1000);
    assert_true(kcl_core_stopped(f.core));
    assert_string_equal(stored(&f, "shard-0").owner, "");
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "20");
    fixture_clear(&f);
}

static void
fault_D13_a_lease_is_kept_while_the_making_of_others_is_not_answered(void **state)
{
    struct core_fixture f;
    (void)state;
    end_without_children(&f, true);
    expect_nothing(&f, 600000);
    assert_int_equal(f.events[KCL_EVENT_LEASE_LOST], 0);
    assert_string_equal(stored(&f, "shard-0").owner, "me");
    f.hold_children = false;
    struct kcl_store_result late = {.err = KDS_ERR_TIMED_OUT};
    kcl_core_done_store(f.core, f.now_us, f.held_id, &late);
    expect(&f, KCL_ACTION_GET_ITERATOR); /* of a child */
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_SHARD_END);
    fixture_clear(&f);
}

static void fault_S14_a_silent_end_is_confirmed_by_the_listing(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    for (int i = 0; i < 3; i++) {
        answer_end(&f, 0, 0);
        expect(&f, i < 2 ? KCL_ACTION_GET_RECORDS : KCL_ACTION_LIST_SHARDS);
    }
    answer_listing(&f, "shard-0 child-0", false); /* open: the answers were wrong */
    for (int i = 0; i < 3; i++) {
        expect_records(&f, "it-1");
        answer_end(&f, 0, 0);
    }
    expect(&f, KCL_ACTION_LIST_SHARDS);
    answer_listing(&f, "shard-0 child-0", true);
    expect_task(&f, KCL_TASK_SHARD_ENDED);
    fixture_clear(&f);
}

static void fault_S14_odd_numbers_do_no_harm(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    start(&f);
    answer_records(&f, "", 0, -5, "it-1"); /* and the iterator is the same again */
    expect_records(&f, "it-1");
    answer_records(&f, "", 0, INT64_MAX, "it-2");
    assert_int_equal(wait_for(&f, KCL_ACTION_GET_RECORDS), 200);
    fixture_clear(&f);
}

static void fault_S15_repeats_are_dropped_and_disorder_is_mended(void **state)
{
    struct core_fixture f;
    kcl_stats_t stats = {.struct_size = sizeof stats};
    (void)state;
    fixture_init(&f);
    start(&f);
    read_batch(&f, "10 20", "it-2");
    expect_records(&f, "it-2");
    answer_records(&f, "40 20 30 030 10", 10, 0, "it-3");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(f.action.u.task.batch.count, 2);
    assert_text(f.action.u.task.batch.records[1].sequence_number, "40");
    kcl_core_stats(f.core, f.now_us, &stats);
    assert_int_equal(stats.repeated_records, 3);
    end_task(&f, true);
    fixture_clear(&f);
}

/* ---- the budget --------------------------------------------------------------------------- */

static void reading_waits_for_the_budget_and_says_so(void **state)
{
    struct core_fixture f;
    kcl_shard_status_t status[2];
    (void)state;
    fixture_init(&f);
    f.shards = 2;
    f.pull = true; /* what the application holds counts */
    fixture_set(&f, "prefetch.max.bytes", "1MiB");
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "a");
    expect(&f, KCL_ACTION_GET_RECORDS); /* which has the whole budget for what may come */
    struct kcl_action records = f.action;
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "b");
    expect_nothing(&f, 2000);
    assert_int_equal(kcl_core_shards(f.core, f.now_us, sizeof *status, status, 2), 2);
    assert_true(status[0].doing == KCL_DOING_BUDGET ||
                status[1].doing == KCL_DOING_BUDGET);
    f.action = records;
    answer_records(&f, "10", 100, 0, "a2");
    expect_task(&f, KCL_TASK_PROCESS);
    struct kcl_action task = f.action;
    expect_nothing(&f, 1000); /* what is processed holds its part */
    f.action = task;
    end_task(&f, true);
    expect(&f, KCL_ACTION_GET_RECORDS); /* now the other one, which waited longer */
    assert_text(f.action.u.get_records.shard_iterator, "b");
    fixture_clear(&f);
}

static void reading_takes_a_budget_beyond_all_memory_for_none_F_R09(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    f.shards = 2;
    fixture_set(&f, "prefetch.max.bytes", "1024GiB"); /* 0 in the low 32 bits */
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "a");
    expect(&f, KCL_ACTION_GET_RECORDS);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "b");
    expect(&f, KCL_ACTION_GET_RECORDS); /* the first one's is not answered yet */
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_N17_shards_that_fail_together_are_tried_again_apart),
        cmocka_unit_test(reading_goes_on_at_once_while_behind_and_rests_when_caught_up),
        cmocka_unit_test(
            a_shard_that_is_nearly_read_up_is_read_as_rarely_as_the_settings_want),
        cmocka_unit_test(fault_S24_reading_keeps_to_two_mebibytes_a_second),
        cmocka_unit_test(fault_S01_throttling_is_waited_for_longer_and_longer),
        cmocka_unit_test(
            fault_S11_an_expired_iterator_is_replaced_behind_what_was_fetched),
        cmocka_unit_test(
            fault_S11_an_iterator_that_expires_on_its_first_use_does_not_spin),
        cmocka_unit_test(fault_S12_latest_means_the_same_instant_for_ever),
        cmocka_unit_test(fault_S12_latest_is_an_instant_of_the_services_clock),
        cmocka_unit_test(a_kcls_lease_at_an_instant_begins_at_the_configured_one),
        cmocka_unit_test(a_kcls_lease_at_an_instant_is_not_read_from_anywhere_else),
        cmocka_unit_test(fault_A07_reading_resumes_at_the_checkpoint_not_behind_it),
        cmocka_unit_test(fault_S13_a_position_that_is_refused_goes_on_behind_a_told_gap),
        cmocka_unit_test(fault_S13_records_that_are_trimmed_silently_are_noticed),
        cmocka_unit_test(fault_S17_a_shard_that_is_gone_ends_with_a_gap_and_its_children),
        cmocka_unit_test(fault_S10_not_found_is_never_the_end_of_a_shard),
        cmocka_unit_test(fault_S09_a_stream_that_is_made_anew_meanwhile_ends_the_worker),
        cmocka_unit_test(fault_S09_a_stream_that_cannot_be_described_again_is_read_on),
        cmocka_unit_test(fault_S14_an_end_needs_children_with_parents),
        cmocka_unit_test(
            fault_D12_a_lease_is_kept_while_those_of_its_children_are_denied),
        cmocka_unit_test(fault_D12_a_stop_does_not_wait_for_leases_that_are_denied),
        cmocka_unit_test(
            fault_D13_a_lease_is_kept_while_the_making_of_others_is_not_answered),
        cmocka_unit_test(a_stream_of_another_account_is_named_by_its_arn_in_every_call),
        cmocka_unit_test(fan_out_finds_its_consumer_at_another_accounts_stream),
        cmocka_unit_test(fault_S14_a_silent_end_is_confirmed_by_the_listing),
        cmocka_unit_test(fault_S14_odd_numbers_do_no_harm),
        cmocka_unit_test(fault_S15_repeats_are_dropped_and_disorder_is_mended),
        cmocka_unit_test(reading_waits_for_the_budget_and_says_so),
        cmocka_unit_test(reading_takes_a_budget_beyond_all_memory_for_none_F_R09),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
