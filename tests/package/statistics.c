/*
 * statistics: prints docs/statistics.md from the tables that the libraries count by.
 */
#include <kcl/kcl.h>
#include <kpl/kpl.h>

#include <stdio.h>
#include <stdlib.h>

static const char introduction[] =
    "# Statistics\n"
    "\n"
    "Written by `cmake --build BUILD --target statistics-page` from the tables in\n"
    "`libkpl/src/metrics.c` and `libkcl/src/metrics.c`; do not edit.\n"
    "\n"
    "Three views of the same figures: one JSON object\n"
    "(`kpl_producer_metrics_json()`, `kcl_worker_metrics_json()`), Prometheus text\n"
    "(`..._metrics_prometheus()`), and CloudWatch, if `metrics.upload=true`. The most\n"
    "important ones are also members of a struct: `kpl_producer_stats()`,\n"
    "`kcl_worker_stats()`.\n"
    "\n"
    "Each metric is kept for everything together and, down to the column *kept per*,\n"
    "for each stream, for each shard, and for each error code. In JSON times are in\n"
    "microseconds; in Prometheus text in seconds; CloudWatch gets milliseconds.\n"
    "\n"
    "A counter counts since the handle was created. A histogram has, in JSON, count,\n"
    "sum, min, max and, except for single shards, the median and the 90th and 99th\n"
    "percentile, each right within an eighth. `result` is a label with the values\n"
    "`success` and `failure`. The number of groups is bounded; what comes beyond is\n"
    "counted for the stream only, so that sums stay true.\n"
    "\n"
    "CloudWatch has the names, units, levels and dimensions of the KPL and the KCL:\n"
    "`metrics.level` and `metrics.granularity` say how much is sent. Every\n"
    "`metrics.upload.delay.ms` what came since the last time is sent as statistic sets;\n"
    "what cannot be sent is told in the log and forgotten. A line without a name in "
    "JSON\n"
    "is only sent. What the KCL sends and libkcl does not stands at the end of this "
    "page.\n";

static const char dimensions[] =
    "\n"
    "In CloudWatch each of libkcl's metrics has the dimension `Operation`; those that "
    "are\n"
    "kept per shard have `ShardId`, and where `streams` has several streams also\n"
    "`StreamId`, as have those that are kept per stream; those of `RenewAllLeases`,\n"
    "`TakeLeases` and `LeaseDiscovery` have `WorkerIdentifier`.\n";

/* Operations and metrics of the KCL 3.5 that have no counterpart. */
static const char not_sent[] =
    "\n"
    "## What the KCL sends and libkcl does not\n"
    "\n"
    "| operation | metrics | why not |\n"
    "|---|---|---|\n"
    "| `BlockOnParentShardTask` and other tasks | `Success`, `Time` | There is no such "
    "task: a shard begins when a look at the leases shows that its parents are done. |\n"
    "| `ShutdownTask` | `MissingMergeParent` | A parent that is not listed is not waited "
    "for. |\n"
    "| `LeaseRenewerInitialize` | `Fault` | A start takes leases of its own name as "
    "`TakeLeases` does. |\n"
    "| `LeaseAssignmentManager` | `AssignExpiredOrUnassignedLeases.Time`, "
    "`BalanceWorkerVariance.Time`, stale entries | Deciding takes no time that counts; "
    "rows of workers that are gone are left to the KCL. |\n"
    "| `LeaderDecider` | the count that bears the name of a class | There is no such "
    "class. |\n"
    "| `WorkerMetrics` | `FleetMinSupportCode` | It is for the move of rows to one "
    "table, which only a leader of the KCL does. |\n"
    "| `PeriodicShardSyncManager` | `Time`, `NumSkippedShardSyncTask` | A look for holes "
    "reads nothing of its own, and none is skipped. |\n"
    "| `MultiStreamTracker` | `StreamsPendingDeletion.Count`, "
    "`NonExistingStreamDelete.Count`, `DeletedStreams.Count` | Leases of streams that "
    "are read no more are deleted one by one; `KCL_EVENT_LEASES_DELETED` tells of which. "
    "|\n"
    "| `Migration` | `GsiReadyStatus`, `WorkerMetricsReadyStatus` | Only a leader of the "
    "KCL moves a fleet from 2.x to 3.x. |\n"
    "| `TableMigration`, `TableMigrationInitialize`, `TableMigrationAsyncMove` | all | "
    "Only a leader of the KCL moves rows to one table. |\n"
    "| `StreamIdFetch` | all | Streams are known by name or ARN. |\n";

/* @p text (taken) of a library. */
static int print_table(char *text, void (*release)(char *))
{
    int failed = text == NULL || printf("\n%s", text) < 0;
    release(text);
    return failed;
}

int main(void)
{
    fputs(introduction, stdout);
    int failed = print_table(kpl_metrics_document(), kpl_text_free) +
                 print_table(kcl_metrics_document(), kcl_text_free);
    fputs(dimensions, stdout);
    fputs(not_sent, stdout);
    return failed || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
