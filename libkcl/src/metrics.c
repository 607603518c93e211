/*
 * metrics: the table. CloudWatch names, operations, units and levels are those of the KCL's
 * monitoring page.
 */
#include "metrics.h"

#define ROW(id, name, operation, cloudwatch, kind, unit, scope, level, doc)              \
    [KCL_METRIC_##id] = {name,                                                           \
                         cloudwatch,                                                     \
                         operation,                                                      \
                         KDS_METRIC_##kind,                                              \
                         KDS_UNIT_##unit,                                                \
                         KDS_SCOPE_##scope,                                              \
                         KDS_LEVEL_##level,                                              \
                         false,                                                          \
                         doc}

/* clang-format off */
static const struct kds_metric metrics[KCL_METRICS] = {
    ROW(RECORDS, "records", "ProcessTask", "RecordsProcessed", COUNTER, COUNT, SHARD, SUMMARY,
        "User records that were processed."),
    ROW(BYTES, "data", "ProcessTask", "DataBytesProcessed", COUNTER, BYTES, SHARD, SUMMARY,
        "Their data."),
    ROW(LAG, "lag", "ProcessTask", "MillisBehindLatest", GAUGE, MICROSECONDS, SHARD, SUMMARY,
        "How far behind the newest record of the shard the last answer was."),
    ROW(PROCESS_TIME, "process", "ProcessTask", "RecordProcessor.processRecords.Time", SPREAD,
        MICROSECONDS, SHARD, SUMMARY, "Time of a call of the processor."),
    ROW(PROCESS_SUCCESS, "batches", "ProcessTask", "Success", OUTCOME, COUNT, SHARD, SUMMARY,
        "Batches that the processor took, and that it failed."),
    ROW(GET_TIME, "fetch", "ProcessTask", "KinesisDataFetcher.getRecords.Time", SPREAD, MICROSECONDS,
        SHARD, DETAILED, "Time of a GetRecords."),
    ROW(GET_SUCCESS, "fetches", "ProcessTask", "KinesisDataFetcher.getRecords.Success", OUTCOME, COUNT,
        SHARD, DETAILED, "GetRecords that were answered, and that failed."),
    ROW(ITERATOR_TIME, "iterator", "ProcessTask", "KinesisDataFetcher.getShardIterator.Time", SPREAD,
        MICROSECONDS, SHARD, DETAILED, "Time of a GetShardIterator."),
    ROW(ITERATOR_SUCCESS, "iterators", "ProcessTask", "KinesisDataFetcher.getShardIterator.Success",
        OUTCOME, COUNT, SHARD, DETAILED, "GetShardIterator that were answered, and that failed."),
    ROW(EXPIRED_ITERATORS, "expired_iterators", "ProcessTask", "ExpiredIterator", COUNTER, COUNT, SHARD,
        SUMMARY, "Iterators that had expired when they were used."),
    ROW(CHECKPOINT_TIME, "checkpoint", "ProcessTask", "UpdateLease.Time", SPREAD, MICROSECONDS, SHARD,
        DETAILED, "Time of writing a checkpoint."),
    ROW(CHECKPOINT_SUCCESS, "checkpoints", "ProcessTask", "UpdateLease.Success", OUTCOME, COUNT, SHARD,
        DETAILED, "Checkpoints that were written, and that could not be."),
    ROW(INITIALIZE_TIME, "initialize", "InitializeTask", "RecordProcessor.initialize.Time", SPREAD,
        MICROSECONDS, SHARD, SUMMARY, "Time of the processor's initialize."),
    ROW(SHUTDOWN_TIME, "shutdown", "ShutdownTask", "RecordProcessor.shutdown.Time", SPREAD, MICROSECONDS,
        SHARD, SUMMARY, "Time of the processor's last call for a shard."),
    ROW(KINESIS_RECORDS, "kinesis_records", NULL, NULL, COUNTER, COUNT, SHARD, SUMMARY,
        "Kinesis records that were received."),
    ROW(RESUBSCRIBES, "resubscribes", NULL, NULL, COUNTER, COUNT, SHARD, SUMMARY,
        "Subscriptions that were renewed, for whatever reason."),
    ROW(CORRUPT, "corrupt_records", NULL, NULL, COUNTER, COUNT, SHARD, SUMMARY,
        "Records that were handed out raw because they cannot be read."),
    ROW(FOREIGN, "foreign_records", NULL, NULL, COUNTER, COUNT, SHARD, SUMMARY,
        "User records whose key belongs to another shard."),
    ROW(REPEATED, "repeated_records", NULL, NULL, COUNTER, COUNT, SHARD, SUMMARY,
        "Records that the service sent again, and that were not handed out again."),
    ROW(THROTTLED, "throttled", NULL, NULL, COUNTER, COUNT, SHARD, SUMMARY,
        "Calls that the service throttled."),
    ROW(LEASES_HELD, "leases_held", "RenewAllLeases", "CurrentLeases", GAUGE, COUNT, ALL, SUMMARY,
        "Leases that are this worker's."),
    ROW(LEASES_LOST, "leases_lost", "RenewAllLeases", "LostLeases", COUNTER, COUNT, ALL, SUMMARY,
        "Leases that another worker took, or that ran out."),
    ROW(LEASES_TOTAL, "leases", "TakeLeases", "TotalLeases", GAUGE, COUNT, ALL, DETAILED,
        "Leases in the store."),
    ROW(LEASES_EXPIRED, "leases_expired", "TakeLeases", "ExpiredLeases", GAUGE, COUNT, ALL, SUMMARY,
        "Leases that nobody holds."),
    ROW(LEASES_TAKEN, "leases_taken", "TakeLeases", "TakenLeases", COUNTER, COUNT, ALL, SUMMARY,
        "Leases that this worker took."),
    ROW(WORKERS, "workers", "TakeLeases", "NumWorkers", GAUGE, COUNT, ALL, SUMMARY,
        "Workers that hold leases."),
    ROW(RENEW_TIME, "renew", "RenewAllLeases", "RenewLease.Time", SPREAD, MICROSECONDS, ALL, DETAILED,
        "Time of renewing a lease."),
    ROW(RENEW_SUCCESS, "renewals", "RenewAllLeases", "RenewLease.Success", OUTCOME, COUNT, ALL, DETAILED,
        "Renewals that were written, and that could not be."),
    ROW(SYNC_SUCCESS, "shard_syncs", "ShardSyncTask", "SyncShards.Success", OUTCOME, COUNT, STREAM,
        DETAILED, "Listings of a stream's shards that came to an end, and that failed."),
    ROW(SHARDS_STOPPED, "shards_stopped", NULL, NULL, GAUGE, COUNT, ALL, SUMMARY,
        "Shards whose processor failed too often, now."),
    ROW(FETCHED, "fetched", NULL, NULL, GAUGE, BYTES, ALL, SUMMARY,
        "Of the byte budget, in use now."),
};
/* clang-format on */

/* The KCL has the dimension StreamId only when an application reads several streams. */
#define TABLE(dimension)                                                                 \
    {                                                                                    \
        .title = "libkcl", .prefix = "kds_consumer_", .metrics = metrics,                \
        .count = KCL_METRICS, .stream_dimension = (dimension),                           \
        .shard_dimension = "ShardId", .rolls_up = false                                  \
    }

const struct kds_metric_table kcl_metric_table = TABLE("StreamId");
const struct kds_metric_table kcl_metric_table_single = TABLE(NULL);
