/*
 * test_metrics: what a worker counts and sends, under which names, and when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "core_internal.h"
#include "roster_world.h"

#include <stdio.h>
#include <string.h>

/* ---- names ---------------------------------------------------------------------------------- */

/* What dashboards of the KCL 3.5 have: operation, metric, unit, level, and the dimensions beside Operation. With several
 * streams those of a shard have StreamId as well. */
static const struct sent {
    const char *operation, *name;
    enum kds_metric_unit unit;
    enum kds_metric_level level;
    const char *dimension;
} expected[] = {
#define S_COUNT KDS_UNIT_COUNT, KDS_LEVEL_SUMMARY
#define S_BYTES KDS_UNIT_BYTES, KDS_LEVEL_SUMMARY
#define S_MS    KDS_UNIT_MICROSECONDS, KDS_LEVEL_SUMMARY
#define D_COUNT KDS_UNIT_COUNT, KDS_LEVEL_DETAILED
#define D_MS    KDS_UNIT_MICROSECONDS, KDS_LEVEL_DETAILED
#define SHARD   "ShardId"
#define STREAM  "StreamId"
#define WORKER  "WorkerIdentifier"
#define NOBODY  ""
    {"ProcessTask", "RecordsProcessed", S_COUNT, SHARD},
    {"ProcessTask", "DataBytesProcessed", S_BYTES, SHARD},
    {"ProcessTask", "MillisBehindLatest", S_MS, SHARD},
    {"ProcessTask", "RecordProcessor.processRecords.Time", S_MS, SHARD},
    {"ProcessTask", "Success", S_COUNT, SHARD},
    {"ProcessTask", "Time", S_MS, SHARD},
    {"ProcessTask", "KinesisDataFetcher.getRecords.Success", D_COUNT, SHARD},
    {"ProcessTask", "KinesisDataFetcher.getRecords.Time", D_MS, SHARD},
    {"ProcessTask", "KinesisDataFetcher.getShardIterator.Success", D_COUNT, SHARD},
    {"ProcessTask", "KinesisDataFetcher.getShardIterator.Time", D_MS, SHARD},
    {"ProcessTask", "ExpiredIterator", S_COUNT, SHARD},
    {"ProcessTask", "UpdateLease.Success", D_COUNT, SHARD},
    {"ProcessTask", "UpdateLease.Time", D_MS, SHARD},
    {"ApplicationTracker", "MillisBehindLatest", S_MS, NOBODY},
    {"InitializeTask", "RecordProcessor.initialize.Time", S_MS, SHARD},
    {"InitializeTask", "Success", S_COUNT, SHARD},
    {"InitializeTask", "Time", S_MS, SHARD},
    {"ShutdownTask", "RecordProcessor.shutdown.Time", S_MS, SHARD},
    {"ShutdownTask", "Success", S_COUNT, SHARD},
    {"ShutdownTask", "Time", S_MS, SHARD},
    {"ShutdownTask", "CreateLease.Success", D_COUNT, SHARD},
    {"ShutdownTask", "CreateLease.Time", D_MS, SHARD},
    {"ShutdownTask", "CreateLease_TRIM_HORIZON.Success", D_COUNT, SHARD},
    {"ShutdownTask", "MissingMergeParentLease", S_COUNT, SHARD},
    {"ShutdownTask", "UpdateLease.Success", D_COUNT, SHARD},
    {"ShutdownTask", "UpdateLease.Time", D_MS, SHARD},
    {"ShardSyncTask", "Success", S_COUNT, STREAM},
    {"ShardSyncTask", "Time", S_MS, STREAM},
    {"ShardSyncTask", "SyncShards.Success", D_COUNT, STREAM},
    {"ShardSyncTask", "CreateLease.Success", D_COUNT, STREAM},
    {"ShardSyncTask", "CreateLease.Time", D_MS, STREAM},
    {"ShardSyncTask", "CreateLease_TRIM_HORIZON.Success", D_COUNT, STREAM},
    {"ShardSyncTask", "CreateLease_LATEST.Success", D_COUNT, STREAM},
    {"ShardSyncTask", "CreateLease_AT_TIMESTAMP.Success", D_COUNT, STREAM},
    {"RenewAllLeases", "LostLeases", S_COUNT, WORKER},
    {"RenewAllLeases", "CurrentLeases", S_COUNT, WORKER},
    {"RenewAllLeases", "Success", S_COUNT, WORKER},
    {"RenewAllLeases", "Time", S_MS, WORKER},
    {"RenewAllLeases", "RenewLease.Success", D_COUNT, WORKER},
    {"RenewAllLeases", "RenewLease.Time", D_MS, WORKER},
    {"TakeLeases", "TotalLeases", D_COUNT, WORKER},
    {"TakeLeases", "NumWorkers", S_COUNT, WORKER},
    {"TakeLeases", "ExpiredLeases", S_COUNT, WORKER},
    {"TakeLeases", "NeededLeases", D_COUNT, WORKER},
    {"TakeLeases", "LeasesToTake", D_COUNT, WORKER},
    {"TakeLeases", "LeaseSpillover", S_COUNT, WORKER},
    {"TakeLeases", "VeryOldLeases", S_COUNT, WORKER},
    {"TakeLeases", "TakenLeases", S_COUNT, WORKER},
    {"TakeLeases", "UntakenLeases", S_COUNT, WORKER},
    {"TakeLeases", "ListLeases.Success", D_COUNT, WORKER},
    {"TakeLeases", "ListLeases.Time", D_MS, WORKER},
    {"TakeLeases", "TakeLease.Success", D_COUNT, WORKER},
    {"TakeLeases", "TakeLease.Time", D_MS, WORKER},
    {"TakeLeases", "Success", S_COUNT, WORKER},
    {"TakeLeases", "Time", S_MS, WORKER},
    {"LeaseDiscovery", "ListLeaseKeysForWorker.Time", D_MS, WORKER},
    {"LeaseDiscovery", "FetchNewLeases.Time", D_MS, WORKER},
    {"LeaseDiscovery", "NewLeasesDiscovered", D_COUNT, WORKER},
    {"LeaseDiscovery", "OwnerMismatch", D_COUNT, WORKER},
    {"LeaseDiscovery", "GetLease:Error", S_COUNT, WORKER},
    {"LeaseDiscovery", "Success", S_COUNT, WORKER},
    {"LeaseDiscovery", "Time", S_MS, WORKER},
    {"LeaseAssignmentManager", "TotalLeases", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "NumWorkers", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "ExpiredLeases", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "LeaseSpillover", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "NumOfLeasesReassignment", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "NumWorkersWithInvalidEntry", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "NumWorkersWithFailingWorkerMetric", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "LeaseDeserializationFailureCount", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "ForceLeaderRelease", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "LeaseAndWorkerMetricsLoad.Time", D_MS, NOBODY},
    {"LeaseAssignmentManager", "ParallelyAssignLeases.Success", D_COUNT, NOBODY},
    {"LeaseAssignmentManager", "ParallelyAssignLeases.Time", D_MS, NOBODY},
    {"LeaseAssignmentManager", "FailedAssignmentCount", D_COUNT, NOBODY},
    {"LeaseAssignmentManager", "Success", S_COUNT, NOBODY},
    {"LeaseAssignmentManager", "Time", S_MS, NOBODY},
    {"WorkerMetricStatsReporter", "Success", S_COUNT, NOBODY},
    {"WorkerMetricStatsReporter", "Time", S_MS, NOBODY},
    {"WorkerMetricStatsReporter", "InMemoryMetricStatsReporterFailure", S_COUNT, NOBODY},
    {"LeaderDecider", "LeaderDecider:IsLeader", D_COUNT, NOBODY},
    {"PeriodicShardSyncManager", "NumStreamsWithPartialLeases", S_COUNT, NOBODY},
    {"PeriodicShardSyncManager", "NumStreamsToSync", S_COUNT, NOBODY},
    {"PeriodicShardSyncManager", "Success", S_COUNT, NOBODY},
    {"MultiStreamTracker", "ActiveStreams.Count", S_COUNT, NOBODY},
    {"Scheduler:Initialize", "Initialize.Success", S_COUNT, NOBODY},
    {"Migration", "CurrentState:3xWorker", S_COUNT, NOBODY},
    {"Migration", "CurrentState:2xCompatibleWorker", S_COUNT, NOBODY},
    {"Migration", "Fault", S_COUNT, NOBODY},
};
#define EXPECTED (sizeof expected / sizeof expected[0])

static const char *dimension_of(const struct kds_metric *m)
{
    return m->scope == KDS_SCOPE_SHARD    ? SHARD
           : m->scope == KDS_SCOPE_STREAM ? STREAM
           : m->anonymous                 ? NOBODY
                                          : WORKER;
}

static void metrics_are_sent_under_the_names_of_the_kcl(void **state)
{
    bool found[EXPECTED] = {false};
    const struct kds_metric_table *t = &kcl_metric_table;
    (void)state;
    assert_string_equal(t->stream_dimension, STREAM);
    assert_string_equal(t->shard_dimension, SHARD);
    assert_null(kcl_metric_table_single.stream_dimension);
    for (size_t i = 0; i < t->count; i++) {
        const struct kds_metric *m = &t->metrics[i];
        size_t k = 0;
        assert_true(m->name != NULL || m->cloudwatch != NULL);
        while (m->cloudwatch != NULL && k < EXPECTED &&
               (strcmp(expected[k].operation, m->operation) != 0 ||
                strcmp(expected[k].name, m->cloudwatch) != 0)) {
            k++;
        }
        if (m->cloudwatch == NULL) {
            continue;
        }
        if (k == EXPECTED || found[k]) {
            fail_msg("%s of %s is not the KCL's, or is there twice", m->cloudwatch,
                     m->operation);
        }
        found[k] = true;
        assert_int_equal(m->unit, expected[k].unit);
        assert_int_equal(m->level, expected[k].level);
        assert_string_equal(dimension_of(m), expected[k].dimension);
    }
    for (size_t k = 0; k < EXPECTED; k++) {
        if (!found[k]) {
            fail_msg("%s of %s is missing", expected[k].name, expected[k].operation);
        }
    }
}

/* What is counted of everything only must not take room in each of ten thousand shards. */
static void metrics_of_a_shard_have_room_for_those_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < KCL_METRICS; i++) {
        enum kds_metric_scope scope = kcl_metric_table.metrics[i].scope;
        assert_int_equal(scope == KDS_SCOPE_SHARD, i < KCL_METRIC_SYNC_SUCCESS);
        assert_int_equal(scope == KDS_SCOPE_ALL, i >= KCL_METRIC_LEASES_HELD);
    }
}

/* ---- what is counted when: workers of one store --------------------------------------------- */

static const struct kds_metric_cell *cell(size_t worker, enum kcl_metric_row row)
{
    struct worker *w = &world.workers[worker];
    return &kds_metrics_first(kcl_core_metrics(w->core, world.now_us))->cells[row];
}

static void
assert_outcome(size_t worker, enum kcl_metric_row row, uint64_t count, double successes)
{
    const struct kds_metric_cell *c = cell(worker, row);
    if (c->total.count != count || c->total.sum < successes || c->total.sum > successes) {
        fail_msg("row %d: %g of %llu", (int)row, c->total.sum,
                 (unsigned long long)c->total.count);
    }
}

/* Answers take 7 ms. */
static bool
slowly(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)op;
    (void)result;
    (void)silent;
    world.now_us += 7000;
    return false;
}

static void assert_time(size_t worker, enum kcl_metric_row row)
{
    const struct kds_metric_cell *c = cell(worker, row);
    if (c->total.count == 0 || c->total.min < 7000) {
        fail_msg("row %d: %g us at the least, of %llu", (int)row, c->total.min,
                 (unsigned long long)c->total.count);
    }
}

static void metrics_tell_of_a_start_and_of_leases_that_are_made_and_taken(void **state)
{
    (void)state;
    world.instead = slowly;
    start(0, "a", NULL, NULL);
    run_for(20 * S);
    assert_int_equal(held(0), 4);
    assert_outcome(0, KCL_METRIC_STARTS, 1, 1);
    assert_outcome(0, KCL_METRIC_SYNC_SUCCESS, 1, 1);
    assert_outcome(0, KCL_METRIC_SYNC_TASK_SUCCESS, 1, 1);
    assert_int_equal(cell(0, KCL_METRIC_SYNC_TIME)->total.count, 1);
    assert_outcome(0, KCL_METRIC_LEASE_MADE, 4, 4);
    assert_outcome(0, KCL_METRIC_LEASE_MADE_HORIZON, 4, 4);
    assert_outcome(0, KCL_METRIC_LEASE_MADE_LATEST, 0, 0);
    assert_outcome(0, KCL_METRIC_TAKE_SUCCESS, 4, 4);
    assert_outcome(0, KCL_METRIC_LEASES_TAKEN, 4, 4);
    assert_outcome(0, KCL_METRIC_LEASES_UNTAKEN, 0, 0);
    uint64_t renewals = cell(0, KCL_METRIC_RENEW_SUCCESS)->total.count;
    assert_in_range(renewals, 12, 24);
    assert_outcome(0, KCL_METRIC_RENEW_ALL_SUCCESS, renewals, (double)renewals);
    uint64_t looks = cell(0, KCL_METRIC_LOOK_SUCCESS)->total.count;
    assert_in_range(looks, 3, 20);
    assert_outcome(0, KCL_METRIC_LOOK_SUCCESS, looks, (double)looks);
    assert_outcome(0, KCL_METRIC_LIST_SUCCESS, looks, (double)looks); /* of one page */
    static const enum kcl_metric_row times[] = {
        KCL_METRIC_LEASE_MADE_TIME, KCL_METRIC_TAKE_TIME, KCL_METRIC_RENEW_ALL_TIME,
        KCL_METRIC_LOOK_TIME, KCL_METRIC_LIST_TIME};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        assert_time(0, times[i]);
    }
    uint64_t audits = cell(0, KCL_METRIC_AUDIT_SUCCESS)->total.count;
    assert_in_range(audits, looks - 1, looks);
    assert_true(cell(0, KCL_METRIC_STREAMS_TORN)->last == 0);
    assert_true(cell(0, KCL_METRIC_LEASES_NEEDED)->last == 0);
    assert_int_equal(cell(0, KCL_METRIC_STREAMS)->total.count, 0); /* there is only one */
}

static void metrics_tell_of_a_store_that_fails(void **state)
{
    (void)state;
    start(0, "a", NULL, NULL);
    run_for(5 * S);
    world.store_fails = true;
    start(1, "b", NULL, NULL);
    run_for(5 * S);
    const struct kds_metric_cell *starts = cell(1, KCL_METRIC_STARTS);
    assert_true(starts->total.count > 2 && starts->total.sum < 1);
    const struct kds_metric_cell *looks = cell(0, KCL_METRIC_LOOK_SUCCESS);
    assert_true(looks->total.sum < (double)looks->total.count);
    const struct kds_metric_cell *renewals = cell(0, KCL_METRIC_RENEW_ALL_SUCCESS);
    assert_true(renewals->total.sum < (double)renewals->total.count);
    world.store_fails = false;
    run_for(20 * S);
    assert_true(cell(1, KCL_METRIC_STARTS)->total.sum == 1);
}

static unsigned needed, to_take;

static bool
note_need(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)op;
    (void)result;
    (void)silent;
    if (world.workers[1].core != NULL) {
        const struct kds_metric_cell *cells =
            kds_metrics_first(world.workers[1].core->metrics)->cells;
        needed += cells[KCL_METRIC_LEASES_NEEDED].last == 2;
        to_take += cells[KCL_METRIC_LEASES_TO_TAKE].last > 0;
    }
    return false;
}

static void metrics_tell_what_a_newcomer_needs_and_what_is_too_much(void **state)
{
    (void)state;
    start(0, "a", "max.leases", "3");
    run_for(5 * S);
    assert_true(cell(0, KCL_METRIC_LEASES_SPILLED)->last == 1);
    run_for(30 * S);
    assert_true(cell(0, KCL_METRIC_LEASES_VERY_OLD)->last == 1);
    needed = to_take = 0;
    world.instead = note_need;
    start(1, "b", NULL, NULL);
    run_for(20 * S);
    assert_int_equal(held(1), 2);
    assert_true(needed > 0);
    assert_true(to_take > 0);
    assert_true(cell(1, KCL_METRIC_LEASES_NEEDED)->last == 0);
    assert_true(cell(0, KCL_METRIC_LEASES_SPILLED)->last == 0);
}

static void metrics_tell_of_a_leader_and_of_those_it_leads(void **state)
{
    (void)state;
    put_mode("CLIENT_VERSION_3X_WITH_ROLLBACK");
    world.fleet = true;
    world.shards = 8;
    world.instead = slowly;
    start(0, "a", NULL, NULL);
    run_for(30 * S);
    start(1, "b", NULL, NULL);
    run_for(300 * S);
    assert_in_range(held(1), 3, 5);
    assert_true(cell(0, KCL_METRIC_LEADS)->last == 1);
    assert_true(cell(1, KCL_METRIC_LEADS)->last == 0);
    uint64_t runs = cell(0, KCL_METRIC_LEAD_SUCCESS)->total.count;
    assert_in_range(runs, 15, 30);
    assert_outcome(0, KCL_METRIC_LEAD_SUCCESS, runs, (double)runs);
    assert_outcome(1, KCL_METRIC_LEAD_SUCCESS, 0, 0);
    assert_true(cell(0, KCL_METRIC_LEAD_WORKERS)->last == 2);
    assert_true(cell(0, KCL_METRIC_LEAD_LEASES)->last == 8);
    assert_true(cell(0, KCL_METRIC_LEAD_EXPIRED)->total.max == 8); /* at first */
    assert_true(cell(0, KCL_METRIC_LEAD_EXPIRED)->last == 0);
    assert_true(cell(0, KCL_METRIC_LEAD_REASSIGNED)->total.sum >= 3);
    assert_true(cell(0, KCL_METRIC_ASSIGN_SUCCESS)->total.sum >= 11);
    static const enum kcl_metric_row led[] = {
        KCL_METRIC_DISCOVERY_TIME, KCL_METRIC_DISCOVERY_LIST_TIME,
        KCL_METRIC_DISCOVERY_READ_TIME, KCL_METRIC_TELL_TIME};
    for (size_t i = 0; i < sizeof led / sizeof led[0]; i++) {
        assert_time(1, led[i]);
    }
    assert_time(0, KCL_METRIC_LEAD_TIME);
    assert_time(0, KCL_METRIC_LEAD_LOAD_TIME);
    assert_time(0, KCL_METRIC_ASSIGN_TIME);
    uint64_t asked = cell(1, KCL_METRIC_DISCOVERY_SUCCESS)->total.count;
    assert_outcome(1, KCL_METRIC_DISCOVERY_SUCCESS, asked, (double)asked);
    assert_true(cell(1, KCL_METRIC_DISCOVERED)->total.sum >= 3);
    assert_in_range(cell(1, KCL_METRIC_MODE_3X)->total.sum, 3, 6);
    uint64_t told = cell(1, KCL_METRIC_TELL_SUCCESS)->total.count;
    assert_in_range(told, 9, 12);
    kcl_core_set_cpu(world.workers[1].core, -1);
    assert_outcome(1, KCL_METRIC_TELL_FAILED, 1, 1);
    run_for(60 * S);
    assert_true(cell(0, KCL_METRIC_LEAD_FAILING)->last == 1);
}

static bool
break_lead(const struct kcl_store_op *op, struct kcl_store_result *result, bool *silent)
{
    (void)silent;
    result->err = KDS_ERR_STORE;
    return op->kind == KCL_STORE_FLEET &&
           (op->row == NULL || op->row->kind == KCL_FLEET_MODE);
}

static void metrics_tell_of_a_leader_that_gives_up(void **state)
{
    (void)state;
    put_mode("CLIENT_VERSION_2X");
    world.fleet = true;
    start(0, "a", NULL, NULL);
    run_for(10 * S);
    assert_outcome(0, KCL_METRIC_MODE_2X, 1, 1);
    put_mode("CLIENT_VERSION_3X");
    run_for(120 * S);
    world.instead = break_lead;
    run_for(120 * S);
    const struct kds_metric_cell *runs = cell(0, KCL_METRIC_LEAD_SUCCESS);
    assert_true(runs->total.count > 0 && runs->total.sum < (double)runs->total.count);
    assert_true(cell(0, KCL_METRIC_LEAD_GIVEN_UP)->total.sum >= 1);
    assert_true(cell(0, KCL_METRIC_MODE_FAULTS)->total.sum >= 1);
}

static void metrics_count_the_streams_where_there_are_several(void **state)
{
    (void)state;
    start(0, "a", "streams", "orders,bills");
    run_for(5 * S);
    assert_true(cell(0, KCL_METRIC_STREAMS)->last == 2);
}

/* ---- what is counted when: one shard -------------------------------------------------------- */

static const struct kds_metric_cell *
of_shard(struct core_fixture *f, const char *shard, enum kcl_metric_row row)
{
    return &kds_metrics_group(kcl_core_metrics(f->core, f->now_us), NULL, "s", shard)
                ->cells[row];
}

static void metrics_tell_of_the_tasks_of_a_shard_and_of_its_end(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    f.tasks =
        1u << KCL_TASK_INITIALIZE | 1u << KCL_TASK_PROCESS | 1u << KCL_TASK_SHARD_ENDED;
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "it-1");
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_records(&f, "10", 10, 2500, "it-2");
    f.hold_reads = true;
    expect_task(&f, KCL_TASK_INITIALIZE);
    f.now_us += 3000;
    end_task(&f, true);
    expect_task(&f, KCL_TASK_PROCESS);
    f.now_us += 5000;
    end_task(&f, true);
    f.hold_reads = false;
    expect(&f, KCL_ACTION_GET_RECORDS);
    assert_true(kds_metrics_first(kcl_core_metrics(f.core, f.now_us))
                    ->cells[KCL_METRIC_APPLICATION_LAG]
                    .last == 2500e3);
    answer_end(&f, 2, 1);
    expect_task(&f, KCL_TASK_SHARD_ENDED);
    f.now_us += 2000;
    end_task(&f, true);
    expect(&f, KCL_ACTION_GET_ITERATOR); /* of a child */
    static const struct {
        enum kcl_metric_row row;
        uint64_t count;
        double sum;
    } rows[] = {
        {KCL_METRIC_INITIALIZE_SUCCESS, 1, 1}, {KCL_METRIC_INITIALIZE_TASK_TIME, 1, 3000},
        {KCL_METRIC_PROCESS_SUCCESS, 1, 1},    {KCL_METRIC_PROCESS_TASK_TIME, 1, 5000},
        {KCL_METRIC_SHUTDOWN_SUCCESS, 1, 1},   {KCL_METRIC_SHUTDOWN_TASK_TIME, 1, 2000},
        {KCL_METRIC_SHUTDOWN_TIME, 1, 2000},   {KCL_METRIC_CHECKPOINT_SUCCESS, 1, 1},
        {KCL_METRIC_END_SUCCESS, 1, 1},        {KCL_METRIC_CHILD_SUCCESS, 2, 2},
        {KCL_METRIC_CHILD_HORIZON, 2, 2},      {KCL_METRIC_MISSING_PARENT, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct kds_metric_cell *c = of_shard(&f, "shard-0", rows[i].row);
        if (c->total.count != rows[i].count || c->total.sum < rows[i].sum ||
            c->total.sum > rows[i].sum) {
            fail_msg("row %d: %g of %llu", (int)rows[i].row, c->total.sum,
                     (unsigned long long)c->total.count);
        }
    }
    fixture_clear(&f);
}

static void metrics_tell_of_a_merge_whose_other_parent_has_no_lease(void **state)
{
    struct core_fixture f;
    (void)state;
    fixture_init(&f);
    f.tasks = 1u << KCL_TASK_PROCESS;
    fixture_start(&f);
    expect(&f, KCL_ACTION_GET_ITERATOR);
    answer_iterator(&f, "it-1");
    expect(&f, KCL_ACTION_GET_RECORDS);
    answer_end(&f, 1, 2);
    expect_nothing(&f, 1000);
    assert_true(of_shard(&f, "shard-0", KCL_METRIC_MISSING_PARENT)->total.sum == 1);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_sent_under_the_names_of_the_kcl),
        cmocka_unit_test(metrics_of_a_shard_have_room_for_those_alone),
        cmocka_unit_test_setup_teardown(
            metrics_tell_of_a_start_and_of_leases_that_are_made_and_taken, begin, finish),
        cmocka_unit_test_setup_teardown(metrics_tell_of_a_store_that_fails, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(
            metrics_tell_what_a_newcomer_needs_and_what_is_too_much, begin, finish),
        cmocka_unit_test_setup_teardown(metrics_tell_of_a_leader_and_of_those_it_leads,
                                        begin, finish),
        cmocka_unit_test_setup_teardown(metrics_tell_of_a_leader_that_gives_up, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(metrics_count_the_streams_where_there_are_several,
                                        begin, finish),
        cmocka_unit_test(metrics_tell_of_the_tasks_of_a_shard_and_of_its_end),
        cmocka_unit_test(metrics_tell_of_a_merge_whose_other_parent_has_no_lease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
