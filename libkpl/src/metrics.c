/*
 * metrics: the table. CloudWatch names, units, levels and scopes are those of the KPL's metrics.md.
 */
#include "metrics.h"

/* name, CloudWatch name, kind, unit, scope, level, per code, meaning */
#define ROW(id, name, cloudwatch, kind, unit, scope, level, code, doc)                   \
    [KPL_METRIC_##id] = {name,                                                           \
                         cloudwatch,                                                     \
                         NULL,                                                           \
                         KDS_METRIC_##kind,                                              \
                         KDS_UNIT_##unit,                                                \
                         KDS_SCOPE_##scope,                                              \
                         KDS_LEVEL_##level,                                              \
                         code,                                                           \
                         doc,                                                            \
                         false}

/* clang-format off */
static const struct kds_metric metrics[KPL_METRICS] = {
    ROW(RECEIVED, "user_records_received", "UserRecordsReceived", COUNTER, COUNT, STREAM, DETAILED, false,
        "User records that were accepted."),
    ROW(PENDING, "user_records_pending", "UserRecordsPending", GAUGE, COUNT, STREAM, DETAILED, false,
        "User records that were accepted and have no outcome yet; looked at every 200 ms while the producer runs."),
    ROW(RECORDS, "user_records", "UserRecordsPut", OUTCOME, COUNT, SHARD, SUMMARY, false,
        "User records that got their outcome. CloudWatch: the mean is the share of successes."),
    ROW(USER_BYTES, "user_data", "UserRecordsDataPut", COUNTER, BYTES, SHARD, DETAILED, false,
        "Data of the user records that were stored."),
    ROW(EXPIRED, "user_records_expired", "UserRecordExpired", COUNTER, COUNT, SHARD, SUMMARY, false,
        "User records that were given up because their time to live ran out."),
    ROW(KINESIS_RECORDS, "kinesis_records", "KinesisRecordsPut", OUTCOME, COUNT, SHARD, SUMMARY, false,
        "Kinesis records that the service answered, each attempt."),
    ROW(KINESIS_BYTES, "kinesis_data", "KinesisRecordsDataPut", COUNTER, BYTES, SHARD, DETAILED, false,
        "Data of the Kinesis records that were stored."),
    ROW(ERRORS_BY_CODE, "errors", "ErrorsByCode", COUNTER, COUNT, SHARD, SUMMARY, true,
        "Failed Kinesis records, and failed requests, by the service's code."),
    ROW(ALL_ERRORS, "all_errors", "AllErrors", COUNTER, COUNT, SHARD, SUMMARY, false,
        "The same of all codes. CloudWatch: good records count as 0, so that the mean is a share."),
    ROW(RETRIES, "retries", "RetriesPerRecord", SPREAD, COUNT, SHARD, DETAILED, false,
        "How often a user record was sent again until it had its outcome."),
    ROW(BUFFERING, "buffering", "BufferingTime", SPREAD, MICROSECONDS, SHARD, SUMMARY, false,
        "From the oldest put of a Kinesis record, or the end of an attempt, to the start of the next attempt."),
    ROW(REQUEST_TIME, "request", "RequestTime", SPREAD, MICROSECONDS, STREAM, DETAILED, false,
        "From the start of a PutRecords to its end."),
    ROW(LATENCY, "latency", NULL, SPREAD, MICROSECONDS, STREAM, SUMMARY, false,
        "From a put to its success; the oldest put of a Kinesis record counts for all in it."),
    ROW(USER_PER_KINESIS, "user_per_kinesis_record", "UserRecordsPerKinesisRecord", SPREAD, COUNT, SHARD,
        DETAILED, false, "User records in a Kinesis record."),
    ROW(KINESIS_PER_REQUEST, "kinesis_per_request", "KinesisRecordsPerPutRecordsRequest", SPREAD, COUNT,
        STREAM, DETAILED, false, "Kinesis records in a PutRecords."),
    ROW(USER_PER_REQUEST, "user_per_request", "UserRecordsPerPutRecordsRequest", SPREAD, COUNT, STREAM,
        DETAILED, false, "User records in a PutRecords."),
    ROW(REQUESTS, "requests", NULL, OUTCOME, COUNT, STREAM, SUMMARY, false,
        "PutRecords that were answered, or failed as a whole."),
    ROW(THROTTLED, "throttled", NULL, COUNTER, COUNT, SHARD, SUMMARY, false,
        "Kinesis records that the service throttled."),
    ROW(WRONG_SHARD, "wrong_shard", NULL, COUNTER, COUNT, ALL, SUMMARY, false,
        "Aggregates that were made anew because they landed on another shard than predicted."),
    ROW(SHARD_MAPS, "shard_maps", NULL, COUNTER, COUNT, ALL, SUMMARY, false,
        "Complete listings of a stream's shards."),
    ROW(BUFFERED, "buffered", NULL, GAUGE, BYTES, ALL, SUMMARY, false,
        "Of the byte budget, in use now."),
    ROW(SPOOLED, "spooled_records", NULL, GAUGE, COUNT, ALL, SUMMARY, false,
        "User records in the spool that are not acknowledged."),
};
/* clang-format on */

const struct kds_metric_table kpl_metric_table = {
    .title = "libkpl",
    .prefix = "kds_producer_",
    .metrics = metrics,
    .count = KPL_METRICS,
    .stream_dimension = "StreamName",
    .shard_dimension = "ShardId",
    .rolls_up = true,
};
