/*
 * test_processing: what the application is asked, in which order, and what becomes of its failures and checkpoints.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "core_fixture.h"
#include "core_internal.h"
#include "kcl/pull.h"

#include <stdio.h>
#include <string.h>

#define ALL_TASKS ((2u << KCL_TASK_DEAD_LETTER) - 2)

static void begin(struct core_fixture *f)
{
    fixture_init(f);
    fixture_set(f, "processor.retries", "2");
}

/* Records of shard-0 are there. */
static void start(struct core_fixture *f, const char *sequences)
{
    fixture_start(f);
    expect(f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(f, "it-1");
    expect(f, KCL_ACTION_GET_RECORDS);
    answer_records(f, sequences, 10, 0, "it-2");
    f->hold_reads = true;
}

static void assert_batch(const struct core_fixture *f, size_t count, const char *first)
{
    const kcl_batch_t *b = &f->action.u.task.batch;
    assert_int_equal(b->count, count);
    assert_string_equal((const char *)b->records[0].sequence_number.p, first);
}

/* ---- order -------------------------------------------------------------------------------- */

static void tasks_come_in_order_and_carry_the_shards_state(void **state)
{
    struct core_fixture f;
    int mine;
    (void)state;
    begin(&f);
    f.tasks = ALL_TASKS;
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    struct kcl_action iterator = f.action;
    expect_task(&f, KCL_TASK_INITIALIZE);
    assert_string_equal(f.action.u.task.sequence_number, "TRIM_HORIZON");
    kcl_core_attach(f.core, f.action.id, &mine);
    end_task(&f, false);
    expect_task(&f, KCL_TASK_INITIALIZE); /* again, until it is done */
    end_task(&f, true);
    f.action = iterator;
    answer_iterator(&f, "it-1");
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_records(&f, "10", 10, 0, "it-2");
    f.hold_reads = true;
    expect_task(&f, KCL_TASK_PROCESS);
    assert_ptr_equal(f.action.u.task.batch.state, &mine);
    end_task(&f, true);
    kcl_core_stop(f.core, f.now_us);
    expect_task(&f, KCL_TASK_SHUTDOWN_REQUESTED);
    end_task(&f, true);
    expect_task(&f, KCL_TASK_LEASE_LOST);
    assert_ptr_equal(f.action.u.task.state, &mine);
    end_task(&f, true);
    expect_nothing(&f, 1000);
    assert_true(kcl_core_stopped(f.core));
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "10");
    assert_string_equal(stored(&f, "shard-0").owner, "");
    fixture_clear(&f);
}

/* F-S16: neither the next renewal nor a look at all leases is waited for. */
static void fault_S16_the_children_of_a_split_are_read_at_once(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    f.tasks = 1u << KCL_TASK_PROCESS;
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "it-1");
    expect(&f, KCL_ACTION_GET_RECORDS);
    uint64_t looks = f.core->roster.scans;
    int64_t at_us = f.now_us;
    answer_end(&f, 2, 1); /* nobody is told of the end */
    expect(&f, KCL_ACTION_GET_ITERATOR);
    assert_true(kds_slice_is(f.action.u.get_iterator.shard_id, "child-0"));
    assert_int_equal(f.now_us, at_us);
    assert_int_equal(f.core->roster.scans, looks);
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_SHARD_END);
    fixture_clear(&f);
}

static void fault_P04_nothing_that_waits_is_begun_after_a_suspension(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    start(&f, "10");
    expect(&f, KCL_ACTION_TASK); /* it waits for a thread for too long */
    uint64_t id = f.action.id;
    f.now_us += 3600 * KDS_US_PER_S;
    assert_false(kcl_core_begin_task(f.core, f.now_us, id));
    kcl_core_serve(f.core, 1);
    assert_false(
        kcl_core_done_task(f.core, f.now_us, id, true)); /* it is not known any more */
    fixture_clear(&f);
}

static void fault_P03_a_task_that_ends_after_the_lease_says_so(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    start(&f, "10");
    expect_task(&f, KCL_TASK_PROCESS);
    f.now_us += 3600 * KDS_US_PER_S; /* the process stood still */
    assert_int_equal(confirm(&f, "10", 0), KDS_ERR_LEASE_LOST);
    assert_false(kcl_core_done_task(f.core, f.now_us, f.action.id, true));
    fixture_clear(&f);
}

static void a_stop_does_not_wait_for_what_has_not_begun(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    start(&f, "10");
    expect(&f, KCL_ACTION_TASK);
    kcl_core_stop(f.core, f.now_us);
    assert_false(kcl_core_begin_task(f.core, f.now_us, f.action.id));
    expect_nothing(&f, 1000);
    assert_true(kcl_core_stopped(f.core));
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_TRIM_HORIZON);
    fixture_clear(&f);
}

/* ---- failures ----------------------------------------------------------------------------- */

static void
fault_U03_a_batch_that_fails_comes_again_and_then_stops_its_shard(void **state)
{
    struct core_fixture f;
    int64_t last_us = 0;
    (void)state;
    begin(&f);
    start(&f, "10 20");
    for (unsigned attempt = 1; attempt <= 3; attempt++) {
        expect_task(&f, KCL_TASK_PROCESS);
        assert_batch(&f, 2, "10");
        assert_int_equal(f.action.u.task.batch.attempt, attempt);
        assert_true(attempt == 1 || f.now_us - last_us >= 250 * KDS_US_PER_MS);
        last_us = f.now_us;
        end_task(&f, false);
    }
    expect_nothing(&f, 600000);
    assert_int_equal(f.events[KCL_EVENT_SHARD_STOPPED], 1);
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_TRIM_HORIZON);
    assert_string_equal(stored(&f, "shard-0").owner,
                        "me"); /* so that nobody else fails too */
    fixture_clear(&f);
}

static kds_err_t resume(struct core_fixture *f, const char *shard_id)
{
    const struct kcl_shard_name name = {.shard_id = shard_id};
    return kcl_core_resume(f->core, f->now_us, &name);
}

static void a_shard_that_stopped_goes_on_when_it_is_resumed(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    start(&f, "10 20 30");
    assert_int_equal(resume(&f, "shard-0"), KDS_ERR_STATE);
    assert_int_equal(resume(&f, "shard-7"), KDS_ERR_LEASE_LOST);
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(confirm(&f, "10", 0), KDS_OK);
    end_task(&f, false);
    for (int i = 0; i < 2; i++) {
        expect_task(&f, KCL_TASK_PROCESS);
        end_task(&f, false);
    }
    expect_nothing(&f, 60000);
    assert_int_equal(f.events[KCL_EVENT_SHARD_STOPPED], 1);
    f.hold_reads = false;
    assert_int_equal(resume(&f, "shard-0"), KDS_OK);
    assert_int_equal(resume(&f, "shard-0"), KDS_ERR_STATE);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    assert_memory_equal(f.action.u.get_iterator.starting_sequence_number.p, "10", 2);
    answer_iterator(&f, "it-3");
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_records(&f, "10 20 30", 10, 0, "it-4");
    f.hold_reads = true;
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 2, "20");
    assert_int_equal(f.action.u.task.batch.attempt, 1);
    end_task(&f, true);
    expect_nothing(&f, 1000);
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "30");
    kcl_core_stop(f.core, f.now_us);
    expect_nothing(&f, 1000);
    assert_int_equal(resume(&f, "shard-0"), KDS_ERR_LEASE_LOST);
    fixture_clear(&f);
}

static void a_beginning_that_fails_is_asked_again_without_end(void **state)
{
    static const unsigned tasks[] = {ALL_TASKS,
                                     1u << KCL_TASK_INITIALIZE | 1u << KCL_TASK_PROCESS};
    struct core_fixture f;
    (void)state;
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        begin(&f);
        f.tasks = tasks[i];
        start(&f, "10");
        for (int k = 0; k < 10; k++) {
            expect_task(&f, KCL_TASK_INITIALIZE);
            end_task(&f, false);
        }
        expect_task(&f, KCL_TASK_INITIALIZE);
        end_task(&f, true);
        expect_task(&f, KCL_TASK_PROCESS); /* and no record has to suffer for it */
        assert_batch(&f, 1, "10");
        assert_int_equal(f.events[KCL_EVENT_SHARD_STOPPED], 0);
        end_task(&f, true);
        fixture_clear(&f);
    }
}

static void
fault_U03_what_was_confirmed_before_the_failure_does_not_come_again(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    start(&f, "10 20 30");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(confirm(&f, "20", 0), KDS_OK);
    end_task(&f, false);
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 1, "30");
    assert_int_equal(f.action.u.task.batch.attempt, 2);
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "20");
    end_task(&f, true);
    fixture_clear(&f);
}

static void fault_U03_a_poison_record_alone_becomes_a_dead_letter(void **state)
{
    struct core_fixture f;
    kcl_stats_t stats = {.struct_size = sizeof stats};
    (void)state;
    begin(&f);
    fixture_set(&f, "processor.retries", "0");
    f.tasks |= 1u << KCL_TASK_DEAD_LETTER;
    start(&f, "10 20 30");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 3, "10");
    end_task(&f, false);
    expect_task(&f, KCL_TASK_PROCESS); /* one by one */
    assert_batch(&f, 1, "10");
    end_task(&f, true);
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 1, "20");
    end_task(&f, false);
    expect_task(&f, KCL_TASK_DEAD_LETTER);
    assert_batch(&f, 1, "20");
    end_task(&f, false); /* it could not be kept either: nothing is passed over */
    expect_task(&f, KCL_TASK_DEAD_LETTER);
    assert_batch(&f, 1, "20");
    end_task(&f, true);
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 1, "30");
    end_task(&f, true);
    expect_nothing(&f, 1000);
    kcl_core_stats(f.core, f.now_us, &stats);
    assert_int_equal(stats.dead_letters, 1);
    assert_int_equal(f.events[KCL_EVENT_SHARD_STOPPED], 0);
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "30");
    fixture_clear(&f);
}

static void fault_U01_a_task_that_does_not_end_is_told_and_the_lease_is_kept(void **state)
{
    struct core_fixture f;
    kcl_shard_status_t status;
    (void)state;
    begin(&f);
    start(&f, "10");
    expect_task(&f, KCL_TASK_PROCESS);
    uint64_t id = f.action.id;
    expect_nothing(&f, 3600000);
    assert_int_equal(f.events[KCL_EVENT_STUCK], 1);
    assert_int_equal(f.events[KCL_EVENT_LEASE_LOST], 0);
    assert_int_equal(kcl_core_shards(f.core, f.now_us, sizeof status, &status, 1), 1);
    assert_int_equal(status.doing, KCL_DOING_PROCESSING);
    assert_int_equal(status.doing_for_ms, 3600000);
    assert_true(kcl_core_done_task(f.core, f.now_us, id, true));
    fixture_clear(&f);
}

static void fault_P05_a_jump_of_the_wall_clock_moves_no_timer(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    start(&f, "10");
    expect_task(&f, KCL_TASK_PROCESS);
    struct kcl_action task = f.action;
    for (int64_t jump_us = -86400; jump_us <= 86400; jump_us += 86400) {
        kcl_core_set_wall(f.core, jump_us * KDS_US_PER_S, 0);
        expect_nothing(&f, 20000); /* the lease is renewed as before */
    }
    assert_int_equal(f.events[KCL_EVENT_LEASE_LOST], 0);
    assert_true(kcl_core_done_task(f.core, f.now_us, task.id, true));
    fixture_clear(&f);
}

/* ---- checkpoints -------------------------------------------------------------------------- */

static void fault_U09_a_checkpoint_keeps_to_what_was_handed_out(void **state)
{
    struct core_fixture f;
    const struct kcl_shard_name other = {.shard_id = "shard-7"};
    struct kcl_position p;
    (void)state;
    begin(&f);
    start(&f, "10 20 30");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(confirm(&f, "31", 0), KDS_ERR_CHECKPOINT_RANGE);
    assert_int_equal(confirm(&f, "20", 0), KDS_OK);
    assert_int_equal(confirm(&f, "20", 0), KDS_OK); /* the same is not an error */
    assert_int_equal(confirm(&f, "10", 0), KDS_ERR_CHECKPOINT_RANGE);
    assert_true(kcl_position_parse(kds_slice("10"), 0, &p));
    assert_int_equal(kcl_core_confirm(f.core, f.now_us, &other, &p), KDS_ERR_LEASE_LOST);
    assert_true(kcl_position_parse(kds_slice("SHARD_END"), 0, &p));
    const struct kcl_shard_name mine = {.shard_id = "shard-0"};
    assert_int_equal(kcl_core_confirm(f.core, f.now_us, &mine, &p),
                     KDS_ERR_CHECKPOINT_RANGE);
    end_task(&f, true);
    fixture_clear(&f);
}

static void a_batch_does_not_confirm_itself_with_manual_checkpoints(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    fixture_set(&f, "checkpoint", "manual");
    start(&f, "10 20");
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    expect_nothing(&f, 60000);
    assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_TRIM_HORIZON);
    assert_int_equal(confirm(&f, "10", 0), KDS_OK); /* long after its batch */
    expect_nothing(&f, 1000);
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "10");
    assert_int_equal(f.events[KCL_EVENT_CHECKPOINT], 1);
    fixture_clear(&f);
}

static kcl_doing_t doing(const struct core_fixture *f)
{
    kcl_shard_status_t status;
    assert_true(kcl_core_shards(f->core, f->now_us, sizeof status, &status, 1) >= 1);
    return status.doing;
}

/* Two batches are processed and the first is confirmed, then the shard ends. */
static void come_to_an_end(struct core_fixture *f)
{
    fixture_set(f, "checkpoint", "manual");
    fixture_set(f, "processor.stuck.ms", "60000");
    start(f, "10 20");
    expect_task(f, KCL_TASK_PROCESS);
    end_task(f, true);
    f->hold_reads = false;
    expect(f, KCL_ACTION_GET_RECORDS);
    answer_end(f, 2, 1);
    f->hold_reads = true;
}

static void
fault_U09_the_end_waits_until_the_last_record_is_confirmed_with_manual_checkpoints(
    void **state)
{
    struct core_fixture f;
    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        begin(&f);
        f.tasks = 1u << KCL_TASK_PROCESS | (asked ? 1u << KCL_TASK_SHARD_ENDED : 0);
        come_to_an_end(&f);
        if (asked) {
            expect_task(&f, KCL_TASK_SHARD_ENDED);
            assert_string_equal(f.action.u.task.sequence_number, "20");
            assert_int_equal(f.action.u.task.subsequence_number, 0);
            end_task(&f, true);
        }
        expect_nothing(&f, 59000);
        assert_int_equal(doing(&f), KCL_DOING_UNCONFIRMED);
        assert_int_equal(f.events[KCL_EVENT_STUCK], 0);
        expect_nothing(&f, 3600000); /* the lease is kept all the time */
        assert_int_equal(f.events[KCL_EVENT_STUCK], 1);
        assert_int_equal(f.events[KCL_EVENT_LEASE_LOST], 0);
        assert_int_equal(confirm(&f, "10", 0), KDS_OK);
        expect_nothing(&f, 60000);
        assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "10");
        assert_string_equal(stored(&f, "child-0").shard_id, "");
        assert_int_equal(confirm(&f, "20", 0), KDS_OK);
        expect(&f, KCL_ACTION_GET_ITERATOR); /* of a child */
        assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_SHARD_END);
        assert_int_equal(f.events[KCL_EVENT_SHARD_ENDED], 1);
        fixture_clear(&f);
    }
}

static void
fault_U09_the_end_may_be_confirmed_before_it_comes_or_while_it_is_told(void **state)
{
    struct core_fixture f;
    (void)state;
    for (int early = 0; early < 2; early++) {
        begin(&f);
        come_to_an_end(&f);
        if (early) {
            assert_int_equal(confirm(&f, "20", 0), KDS_OK);
        }
        expect_task(&f, KCL_TASK_SHARD_ENDED);
        assert_int_equal(confirm(&f, "20", 0), KDS_OK);
        end_task(&f, true);
        expect(&f, KCL_ACTION_GET_ITERATOR); /* of a child */
        assert_int_equal(stored(&f, "shard-0").checkpoint.kind, KCL_AT_SHARD_END);
        fixture_clear(&f);
    }
}

static void fault_U09_what_was_not_confirmed_at_the_end_comes_again(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    come_to_an_end(&f);
    expect_task(&f, KCL_TASK_SHARD_ENDED);
    assert_int_equal(confirm(&f, "10", 0), KDS_OK);
    end_task(&f, true);
    expect_nothing(&f, 1000);
    kcl_core_stop(f.core, f.now_us);
    expect_nothing(&f, 1000); /* no task any more, and no wait */
    assert_int_equal(confirm(&f, "20", 0), KDS_ERR_LEASE_LOST);
    assert_string_equal(stored(&f, "shard-0").owner, "");
    fixture_restart(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "it-1");
    f.hold_reads = false;
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_records(&f, "10 20", 10, 0, "it-2");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(f.action.u.task.batch.count, 1);
    assert_true(kds_slice_is(f.action.u.task.batch.records[0].sequence_number, "20"));
    end_task(&f, true);
    fixture_clear(&f);
}

static void checkpoints_wait_for_company_but_not_for_ever(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    fixture_set(&f, "checkpoint.every.records", "3");
    start(&f, "10 20");
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    expect_nothing(&f, 4000);
    assert_int_equal(f.events[KCL_EVENT_CHECKPOINT], 0);
    expect_nothing(&f, 1100);
    assert_int_equal(f.events[KCL_EVENT_CHECKPOINT], 1);
    assert_string_equal(stored(&f, "shard-0").checkpoint.sequence, "20");
    fixture_clear(&f);
}

/* Records without a pause: each write is a checkpoint, and none a renewal. */
static void throughput_is_told_by_a_shard_that_only_checkpoints(void **state)
{
    struct core_fixture f;
    char sequence[8];
    (void)state;
    begin(&f);
    start(&f, "1");
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    f.hold_reads = false;
    for (int i = 2; i <= 40; i++) {
        expect(&f, KCL_ACTION_GET_RECORDS);
        snprintf(sequence, sizeof sequence, "%d", i);
        answer_records(&f, sequence, 8192, 0, "it");
        expect_task(&f, KCL_TASK_PROCESS);
        end_task(&f, true);
    }
    assert_true(f.kbps > 38 && f.kbps < 42); /* 8 KiB each 200 ms */
    fixture_clear(&f);
}

/* It is shown until it was taken note of, and never written again. */
static void fault_D10_a_long_state_of_a_java_worker_is_shown(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    f.tasks = ALL_TASKS;
    f.long_state = 300000;
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    struct kcl_action iterator = f.action;
    for (int i = 0; i < 2; i++) {
        expect_task(&f, KCL_TASK_INITIALIZE);
        const kcl_task_t *task = &f.action.u.task;
        assert_string_equal(task->prepared_sequence_number, "77");
        assert_int_equal(task->prepared_state.n, 300000);
        assert_int_equal(task->prepared_state.p[299999], 'x');
        end_task(&f, i == 1); /* asked again */
    }
    f.action = iterator;
    answer_iterator(&f, "it-1");
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_records(&f, "10 20", 10, 0, "it-2");
    f.hold_reads = true;
    expect_task(&f, KCL_TASK_PROCESS);
    end_task(&f, true);
    expect_nothing(&f, 1000);
    assert_false(stored(&f, "shard-0").has_pending);
    fixture_clear(&f);
}

/* prepareCheckpoint() in shardEnded of the KCL. */
static void a_prepared_end_of_a_java_worker_is_shown(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    f.tasks = ALL_TASKS;
    struct kcl_lease lease = {
        .shard_id = "shard-0", .has_pending = true, .has_range = true};
    struct kcl_store_op op = {
        .kind = KCL_STORE_CREATE, .leases = &lease, .lease_count = 1};
    struct kcl_store_result result;
    lease.pending.kind = KCL_AT_SHARD_END;
    lease.last = KDS_U128_MAX;
    memcpy(lease.pending_state, "java", 4);
    lease.pending_state_len = 4;
    kcl_store_run(f.store, &op, &result);
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    expect_task(&f, KCL_TASK_INITIALIZE);
    assert_string_equal(f.action.u.task.prepared_sequence_number, "SHARD_END");
    assert_int_equal(f.action.u.task.prepared_subsequence_number, 0);
    assert_memory_equal(f.action.u.task.prepared_state.p, "java", 4);
    end_task(&f, true);
    expect_nothing(&f, 60000); /* renewals leave it alone */
    assert_int_equal(stored(&f, "shard-0").pending.kind, KCL_AT_SHARD_END);
    fixture_clear(&f);
}

static void a_prepared_checkpoint_is_shown_to_who_comes_next(void **state)
{
    struct core_fixture f;
    const struct kcl_shard_name mine = {.shard_id = "shard-0"};
    struct kcl_position p;
    char long_state[KCL_STATE_BYTES + 1] = "";
    (void)state;
    begin(&f);
    f.tasks = ALL_TASKS;
    fixture_set(&f, "checkpoint", "manual");
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    struct kcl_action iterator = f.action;
    expect_task(&f, KCL_TASK_INITIALIZE);
    assert_null(f.action.u.task.prepared_sequence_number);
    end_task(&f, true);
    f.action = iterator;
    answer_iterator(&f, "it-1");
    f.hold_reads = false;
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_records(&f, "10 20 30", 10, 0, "it-2");
    f.hold_reads = true;
    expect_task(&f, KCL_TASK_PROCESS);
    assert_int_equal(confirm(&f, "10", 0), KDS_OK);
    assert_true(kcl_position_parse(kds_slice("20"), 0, &p));
    assert_int_equal(
        kcl_core_prepare(f.core, f.now_us, &mine, &p,
                         (kds_slice_t){(const uint8_t *)long_state, sizeof long_state}),
        KDS_ERR_TOO_LARGE);
    assert_int_equal(kcl_core_prepare(f.core, f.now_us, &mine, &p, kds_slice("mine")),
                     KDS_OK);
    end_task(&f, true);
    expect_nothing(&f, 1000);
    fixture_restart(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    expect_task(&f, KCL_TASK_INITIALIZE);
    assert_string_equal(f.action.u.task.sequence_number, "10");
    assert_string_equal(f.action.u.task.prepared_sequence_number, "20");
    assert_memory_equal(f.action.u.task.prepared_state.p, "mine", 4);
    end_task(&f, true);
    fixture_clear(&f);
}

static void batches_are_no_larger_than_asked(void **state)
{
    struct core_fixture f;
    (void)state;
    begin(&f);
    fixture_set(&f, "batch.max.records", "2");
    start(&f, "10 20 30");
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 2, "10");
    end_task(&f, true);
    expect_task(&f, KCL_TASK_PROCESS);
    assert_batch(&f, 1, "30");
    end_task(&f, true);
    fixture_clear(&f);
}

static void a_packed_batch_says_the_same(void **state)
{
    static const char data[] = "abc";
    kcl_record_t records[2] = {0};
    uint64_t buffer[64];
    const kcl_batch_t batch = {.records = records, .count = 2};
    const kcl_packed_record_t *p = (const kcl_packed_record_t *)buffer;
    const char *bytes = (const char *)buffer;
    (void)state;
    records[0].data = records[1].data = kds_slice(data);
    records[0].sequence_number = records[1].sequence_number = kds_slice("1234");
    records[0].partition_key = kds_slice("key");
    records[1].subsequence_number = 1;
    records[1].aggregated = records[1].corrupt = true;
    size_t size = kcl_batch_packed_size(&batch);
    assert_int_equal(kcl_batch_pack(&batch, buffer, size - 1), KDS_ERR_TOO_LARGE);
    assert_int_equal(kcl_batch_pack(&batch, buffer, size), KDS_OK);
    assert_memory_equal(bytes + p[0].key_at, "key", p[0].key_len);
    assert_memory_equal(bytes + p[1].data_at, "abc", p[1].data_len);
    assert_int_equal(p[1].key_len, KCL_ABSENT);
    assert_int_equal(p[0].sequence_at, p[1].sequence_at); /* copied once */
    assert_int_equal(p[1].flags, KCL_PACKED_AGGREGATED | KCL_PACKED_CORRUPT);
    assert_int_equal(p[1].subsequence_number, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_come_in_order_and_carry_the_shards_state),
        cmocka_unit_test(fault_S16_the_children_of_a_split_are_read_at_once),
        cmocka_unit_test(fault_P04_nothing_that_waits_is_begun_after_a_suspension),
        cmocka_unit_test(fault_P03_a_task_that_ends_after_the_lease_says_so),
        cmocka_unit_test(a_stop_does_not_wait_for_what_has_not_begun),
        cmocka_unit_test(
            fault_U03_a_batch_that_fails_comes_again_and_then_stops_its_shard),
        cmocka_unit_test(a_shard_that_stopped_goes_on_when_it_is_resumed),
        cmocka_unit_test(a_beginning_that_fails_is_asked_again_without_end),
        cmocka_unit_test(
            fault_U03_what_was_confirmed_before_the_failure_does_not_come_again),
        cmocka_unit_test(fault_U03_a_poison_record_alone_becomes_a_dead_letter),
        cmocka_unit_test(
            fault_U01_a_task_that_does_not_end_is_told_and_the_lease_is_kept),
        cmocka_unit_test(fault_P05_a_jump_of_the_wall_clock_moves_no_timer),
        cmocka_unit_test(fault_U09_a_checkpoint_keeps_to_what_was_handed_out),
        cmocka_unit_test(a_batch_does_not_confirm_itself_with_manual_checkpoints),
        cmocka_unit_test(
            fault_U09_the_end_waits_until_the_last_record_is_confirmed_with_manual_checkpoints),
        cmocka_unit_test(
            fault_U09_the_end_may_be_confirmed_before_it_comes_or_while_it_is_told),
        cmocka_unit_test(fault_U09_what_was_not_confirmed_at_the_end_comes_again),
        cmocka_unit_test(checkpoints_wait_for_company_but_not_for_ever),
        cmocka_unit_test(throughput_is_told_by_a_shard_that_only_checkpoints),
        cmocka_unit_test(fault_D10_a_long_state_of_a_java_worker_is_shown),
        cmocka_unit_test(a_prepared_end_of_a_java_worker_is_shown),
        cmocka_unit_test(a_prepared_checkpoint_is_shown_to_who_comes_next),
        cmocka_unit_test(batches_are_no_larger_than_asked),
        cmocka_unit_test(a_packed_batch_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
