/*
 * conf: the table of settings.
 */
#include "conf.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define AT(member)  offsetof(struct kcl_conf, member)
#define MIB         INT64_C(1048576)
#define SECONDS_MAX INT64_C(253402300799) /* the end of the year 9999 */

#define IGNORED_NUMBER(ours, anchor, dflt, why)                                          \
    {                                                                                    \
        ours, anchor, KDS_CONF_INT, AT(ignored_number), dflt, 0, INT64_MAX, NULL, NULL,  \
            true, why                                                                    \
    }
#define IGNORED_TEXT(ours, anchor, why)                                                  \
    {                                                                                    \
        ours, anchor, KDS_CONF_STRING, AT(ignored_text), 0, 0, 0, NULL, NULL, true, why  \
    }
#define IGNORED_BOOL(ours, anchor, dflt, why)                                            \
    {                                                                                    \
        ours, anchor, KDS_CONF_BOOL, AT(ignored_bool), dflt, 0, 0, NULL, NULL, true, why \
    }
/* A thing of the KCL that is not here: only the word that means not to have it is taken. */
#define REFUSED(ours, anchor, words, why)                                                \
    {                                                                                    \
        ours, anchor, KDS_CONF_ENUM, AT(ignored_choice), 0, 0, 0, NULL, words, true, why \
    }
/* The KCL's names are the same inside their groups as without them. */
#define IN_GROUP(group, name) name "|" group "." name
#define UTILIZATION(name)     IN_GROUP("workerUtilizationAwareAssignmentConfig", name)
#define HAND_OFF(name)        IN_GROUP("gracefulLeaseHandoffConfig", name)
#define POLLING(name)         IN_GROUP("pollingConfig", name)
#define FAN_OUT(name)         IN_GROUP("fanoutConfig", name)
#define CLEANUP(name)         IN_GROUP("leaseCleanupConfig", name)

#define NO_CHILD  "There is no child process."
#define NO_POOL   "No thread waits for a request."
#define RETRIED   "Calls are repeated by the rules of docs/errors-and-retries.md."
#define NOT_ASKED "Leases are looked at all the time, and a hole is mended when it shows."
#define NOT_MADE  "Only the KCL makes this table."
#define NO_CACHE  "A listing of shards is used once and not kept."
#define NO_JAVA   "A class of Java; only the word for none is taken."
#define CLEARED   "A lease that is done is deleted when a look at the leases shows it."
#define BY_TABLE  "The table says where these rows are; only the KCL moves them."

/* clang-format off */
static const struct kds_conf_prop props[] = {
    {"application", "applicationName", KDS_CONF_STRING, AT(application), 0, 0, 0, NULL, NULL, false,
     "Name that the workers of one application share. Required."},
    {"stream", "streamName", KDS_CONF_STRING, AT(stream), 0, 0, 0, NULL, NULL, false,
     "Stream to read, by name. Required, unless stream.arn is set."},
    {"stream.arn", "streamArn", KDS_CONF_STRING, AT(stream_arn), 0, 0, 0, NULL, NULL, false,
     "Stream to read, by ARN; wins over stream."},
    {"streams", NULL, KDS_CONF_STRING, AT(streams), 0, 0, 0, NULL, NULL, false,
     "Streams to read, names or ARNs with commas between; instead of stream and stream.arn. Their leases bear account, name and creation of the stream."},
    {"former.streams", "formerStreamsLeasesDeletionStrategy", KDS_CONF_ENUM, AT(former), 0, 0, 0, NULL,
     "keep|delete|listed|NO_STREAMS_LEASES_DELETION|FORMER_STREAMS_AUTO_DETECTION_DEFERRED_DELETION|PROVIDED_STREAMS_DEFERRED_DELETION", false,
     "What becomes of the leases of streams that streams had once and has no more: kept; deleted once nobody has used them for former.streams.wait.ms; the same for those alone that former.streams.list names. The longer words are the KCL's for the same."},
    {"former.streams.list", "streamIdentifiersForLeaseCleanup", KDS_CONF_STRING, AT(former_list), 0, 0, 0, NULL, NULL, false,
     "Streams whose leases may be deleted: names, ARNs, or account:name:creation, with commas between."},
    {"former.streams.wait.ms", "waitPeriodToDeleteFormerStreams", KDS_CONF_DURATION, AT(former_wait_ms), 3600000, 0, INT64_C(2592000000), NULL, NULL, false,
     "How long nobody must have used them; three times failover.ms at least."},
    {"worker.id", "workerId|workerIdentifier", KDS_CONF_STRING, AT(worker_id), 0, 0, 0, NULL, NULL, false,
     "Name of this worker, unlike that of any other; unset: host, process and a random number."},
    {"store", NULL, KDS_CONF_STRING, AT(store), 0, 0, 0, NULL, NULL, false,
     "Where leases and checkpoints are kept: sqlite:PATH for the workers of one machine; dynamodb or dynamodb:TABLE for a fleet, whose table workers of the KCL may share. Required."},
    {"dynamodb.table", "tableName", KDS_CONF_STRING, AT(dynamodb_table), 0, 0, 0, NULL, NULL, false,
     "Lease table, where store does not name it; unset: called as the application."},
    {"dynamodb.endpoint.url", "dynamoDBEndpoint", KDS_CONF_STRING, AT(dynamodb_endpoint), 0, 0, 0, NULL, NULL, false,
     "Address of DynamoDB; unset: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, then the region's."},
    {"dynamodb.billing.mode", "billingMode", KDS_CONF_ENUM, AT(dynamodb_provisioned), 0, 0, 0, NULL, "pay_per_request|provisioned", false,
     "How a lease table that is made is paid for."},
    {"dynamodb.read.capacity", "initialLeaseTableReadCapacity", KDS_CONF_INT, AT(dynamodb_read_capacity), 10, 1, 1000000, NULL, NULL, false,
     "Read units a second of a lease table that is made with provisioned capacity."},
    {"dynamodb.write.capacity", "initialLeaseTableWriteCapacity", KDS_CONF_INT, AT(dynamodb_write_capacity), 10, 1, 1000000, NULL, NULL, false,
     "Write units a second of a lease table that is made with provisioned capacity."},
    {"dynamodb.tags", "tags", KDS_CONF_STRING, AT(dynamodb_tags), 0, 0, 0, NULL, NULL, false,
     "Labels of a lease table that is made: key=value, with commas between, 50 at most."},
    {"dynamodb.point.in.time.recovery", "leaseTablePitrEnabled", KDS_CONF_BOOL, AT(dynamodb_recovery), 0, 0, 0, NULL, NULL, false,
     "Switch point-in-time recovery on for a lease table that is made."},
    {"dynamodb.deletion.protection", "leaseTableDeletionProtectionEnabled", KDS_CONF_BOOL, AT(dynamodb_protection), 0, 0, 0, NULL, NULL, false,
     "Protect a lease table that is made from being deleted."},
    {"dynamodb.region", "dynamoDBRegionName", KDS_CONF_STRING, AT(dynamodb_region), 0, 0, 0, NULL, NULL, false,
     "Region of the lease table; unset: as region."},
    {"dynamodb.worker.metrics.table", "workerMetricsTableName|workerMetricsTableConfig|workerMetricsTableConfig.tableName", KDS_CONF_STRING, AT(dynamodb_metrics_table), 0, 0, 0, NULL, NULL, false,
     "Where the KCL 3.0 to 3.4 keeps the measurements of workers; unset: the application's name and -WorkerMetricStats."},
    {"dynamodb.coordinator.state.table", "coordinatorStateTableName|coordinatorStateTableConfig|coordinatorStateTableConfig.tableName", KDS_CONF_STRING, AT(dynamodb_state_table), 0, 0, 0, NULL, NULL, false,
     "Where the KCL 3.0 to 3.4 keeps the leader and the mode; unset: the application's name and -CoordinatorState."},
    {"dynamodb.request.timeout.ms", "dynamoDbRequestTimeout", KDS_CONF_DURATION, AT(dynamodb_timeout_ms), 0, 0, 600000, NULL, NULL, false,
     "Time for one request to the lease table; 0: as request.timeout.ms. All tries of a call together end with failover.ms."},
    {"region", "regionName", KDS_CONF_STRING, AT(region), 0, 0, 0, NULL, NULL, false,
     "Region; unset: AWS_REGION, then AWS_DEFAULT_REGION."},
    {"endpoint.url", "kinesisEndpoint", KDS_CONF_STRING, AT(endpoint), 0, 0, 0, NULL, NULL, false,
     "Address of the service, with scheme; unset: AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, then the region's."},
    {"tls.ca.file", NULL, KDS_CONF_STRING, AT(ca_file), 0, 0, 0, NULL, NULL, false,
     "PEM file of trusted certificates; unset: the system's."},
    {"profile", NULL, KDS_CONF_STRING, AT(profile), 0, 0, 0, NULL, NULL, false,
     "Profile of the shared files, for credentials and region; unset: AWS_PROFILE."},
    {"credentials.provider", "AwsCredentialsProvider", KDS_CONF_STRING, AT(credentials_provider), 0, 0, 0, NULL, NULL, false,
     "A class of the AWS SDK for Java: DefaultCredentialsProvider and its parts stand for the chain of docs/credentials.md, ProfileCredentialsProvider|NAME for a profile. A role to assume belongs into a profile; other classes are refused."},
    {"access.key.id", NULL, KDS_CONF_STRING, AT(access_key_id), 0, 0, 0, NULL, NULL, false,
     "Access key; unset: AWS_ACCESS_KEY_ID."},
    {"secret.access.key", NULL, KDS_CONF_SECRET, AT(secret_access_key), 0, 0, 0, NULL, NULL, false,
     "Secret of the access key; unset: AWS_SECRET_ACCESS_KEY."},
    {"session.token", NULL, KDS_CONF_SECRET, AT(session_token), 0, 0, 0, NULL, NULL, false,
     "Token of temporary credentials; unset: AWS_SESSION_TOKEN."},
    {"start", "initialPositionInStream|initialPositionInStreamExtended", KDS_CONF_STRING, AT(start), 0, 0, 0, "trim_horizon", NULL, false,
     "Where an application begins that has no leases yet: trim_horizon, latest, an RFC 3339 instant, or seconds since 1970."},
    {"protocol", NULL, KDS_CONF_ENUM, AT(protocol), 0, 0, 0, NULL, "json|cbor", false,
     "How bodies travel. CBOR receives a quarter fewer bytes."},
    {"foreign.records", NULL, KDS_CONF_ENUM, AT(foreign), 0, 0, 0, NULL, "deliver|drop", false,
     "What is done with an aggregate that holds records of another shard: delivered, or dropped as the KCL does."},
    {"gap.records", NULL, KDS_CONF_ENUM, AT(gap_stops), 0, 0, 0, NULL, "continue|stop", false,
     "What is done when records are gone before they could be read: their shard goes on behind the gap, or stops. Either is told."},
    {"failover.ms", "failoverTimeMillis", KDS_CONF_DURATION, AT(failover_ms), 10000, 100, 3600000, NULL, NULL, false,
     "Time without a sign of life after which a worker's leases are taken by others."},
    {"handoff.timeout.ms", HAND_OFF("gracefulLeaseHandoffTimeoutMillis"), KDS_CONF_DURATION, AT(handoff_ms), 30000, 100, 3600000, NULL, NULL, false,
     "Time that a worker has to let go of a shard that another is to read."},
    {"max.leases", "maxLeasesForWorker", KDS_CONF_INT, AT(max_leases), INT32_MAX, 1, INT32_MAX, NULL, NULL, false,
     "Shards that this worker reads at most."},
    {"max.steals", "maxLeasesToStealAtOneTime", KDS_CONF_INT, AT(max_steals), 0, 0, INT32_MAX, NULL, NULL, false,
     "Leases that are asked of other workers at one time; 0: those that are wanting, by and by."},
    {"worker.metrics", NULL, KDS_CONF_ENUM, AT(worker_metrics), 0, 0, 0, NULL, "auto|process|none", false,
     "What a worker says of its processor in a fleet that one leads: what the KCL measures in ECS, EKS and EC2, and nothing elsewhere; what this process uses of what it may use; nothing, and the leader goes by the throughput of leases. All workers of a fleet are to say the same kind."},
    {"worker.metrics.interval.ms", UTILIZATION("workerMetricsReporterFreqInMillis"), KDS_CONF_DURATION, AT(lead.measures_ms), 30000, 1000, 3600000, NULL, NULL, false,
     "How often a worker of such a fleet says it. A leader takes who was silent for twice as long for gone, so all workers are to have the same."},
    {"worker.metrics.disabled", UTILIZATION("disableWorkerMetrics"), KDS_CONF_BOOL, AT(worker_metrics_disabled), 0, 0, 0, NULL, NULL, false,
     "The KCL's word for worker.metrics=none."},
    {"client.version", "clientVersionConfig", KDS_CONF_ENUM, AT(client_version), 0, 0, 0, NULL,
     "table|CLIENT_VERSION_CONFIG_3X|CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X|CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X_PHASE1", false,
     "What the operator takes the fleet to be. How leases move says the table alone; where it says something else than this, that is told."},
    {"lead.forget.ms", UTILIZATION("staleWorkerMetricsEntryCleanupDuration"), KDS_CONF_DURATION, AT(lead_forget_ms), 86400000, 60000, INT64_MAX, NULL, NULL, false,
     "A leader deletes the row of a worker that has not been written for so long."},
    {"lead.interval.ms", "leaseAssignmentIntervalMillis", KDS_CONF_DURATION, AT(lead_interval_ms), 0, 0, 3600000, NULL, NULL, false,
     "How often a worker that leads assigns leases; 0: every two failover.ms. What nobody reads it assigns sooner."},
    {"lead.strategy", "leaseAssignmentStrategy", KDS_CONF_ENUM, AT(lead.by_count), 0, 0, 0, NULL, "WORKER_UTILIZATION_AWARE|LEASE_COUNT_BASED", false,
     "What a worker that leads evens out: how busy the workers are, or how many leases they have."},
    {"lead.lock.ms", "dynamoDbLockBasedLeaderLeaseDurationInMillis", KDS_CONF_DURATION, AT(lead_lock_ms), 0, 0, 86400000, NULL, NULL, false,
     "Silence after which others take a leader for gone; 0: twelve failover.ms. Twice lead.beat.ms at least."},
    {"lead.beat.ms", "dynamoDbLockBasedLeaderHeartbeatPeriodInMillis", KDS_CONF_DURATION, AT(lead_beat_ms), 0, 0, 86400000, NULL, NULL, false,
     "How often a leader shows that it lives; 0: every three failover.ms."},
    {"lead.balance.runs", UTILIZATION("varianceBalancingFrequency"), KDS_CONF_INT, AT(lead.balance_runs), 3, 1, 1000000, NULL, NULL, false,
     "Every so many runs a leader moves leases from busy workers to others."},
    {"lead.threshold", UTILIZATION("reBalanceThresholdPercentage"), KDS_CONF_INT, AT(lead.threshold_percent), 10, 0, 100, NULL, NULL, false,
     "Percent above or below the average that a worker may be before a leader moves leases."},
    {"lead.dampening", UTILIZATION("dampeningPercentage"), KDS_CONF_INT, AT(lead.dampening_percent), 60, 1, 100, NULL, NULL, false,
     "Percent of what a worker has above the average that a leader moves at one time."},
    {"lead.overshoot", UTILIZATION("allowThroughputOvershoot"), KDS_CONF_BOOL, AT(lead.overshoot), 1, 0, 0, NULL, NULL, false,
     "Whether a leader moves the smallest lease of a worker when every one of them is more than that."},
    {"lead.smoothing", UTILIZATION("workerMetricsEMAAlpha"), KDS_CONF_DECIMAL, AT(lead.smoothing_milli), 500, 0, 1000, NULL, NULL, false,
     "Weight of each newer measurement against all before it, for a leader."},
    {"lead.host.kbps", UTILIZATION("maxThroughputPerHostKBps"), KDS_CONF_DECIMAL, AT(lead.host_milli_kbps), 0, 0, INT64_MAX, NULL, NULL, false,
     "KiB a second: a worker whose leases have more than this gets no further one from a leader; 0: without limit."},
    {"audit.interval.ms", "leasesRecoveryAuditorExecutionFrequencyMillis", KDS_CONF_DURATION, AT(audit_interval_ms), 10000, 1, 86400000, NULL, NULL, false,
     "How often the one worker that looks after a stream's leases looks again for a hole that it found."},
    {"audits", "leasesRecoveryAuditorInconsistencyConfidenceThreshold", KDS_CONF_INT, AT(audits), 3, 1, 1000, NULL, NULL, false,
     "So often in a row a hole must be found before shards are listed to mend it: it may be a reshard that is half seen."},
    {"initialization.attempts", "maxInitializationAttempts", KDS_CONF_INT, AT(initialization_attempts), 0, 0, INT32_MAX, NULL, NULL, false,
     "Failures in a row after which a worker that is starting gives up; 0: it goes on trying, except where that is hopeless."},
    {"fan.out", "retrievalMode", KDS_CONF_BOOL, AT(fan_out), 0, 0, 0, NULL, "fanout|polling|default", false,
     "Read by enhanced fan-out, which has 2 MiB a second and shard of its own, in place of polling. The KCL's DEFAULT means polling here."},
    {"fan.out.fallback", NULL, KDS_CONF_ENUM, AT(fan_out_fallback), 0, 0, 0, NULL, "none|polling", false,
     "What is done when fan-out is not possible, because the consumer may not be registered or subscribed or is one too many: told and tried again without reading, or told and read by polling meanwhile."},
    {"consumer.name", FAN_OUT("consumerName"), KDS_CONF_STRING, AT(consumer_name), 0, 0, 0, NULL, NULL, false,
     "Name of the fan-out consumer, registered if it is not; unset: the application's."},
    {"consumer.arn", FAN_OUT("consumerArn"), KDS_CONF_STRING, AT(consumer_arn), 0, 0, 0, NULL, NULL, false,
     "ARN of a registered fan-out consumer; wins over consumer.name."},
    {"max.records", POLLING("maxRecords"), KDS_CONF_INT, AT(max_records), 10000, 1, 10000, NULL, NULL, false,
     "Kinesis records asked for in one call."},
    {"idle.ms", POLLING("idleTimeBetweenReadsInMillis"), KDS_CONF_DURATION, AT(idle_ms), 1000, 200, 3600000, NULL, NULL, false,
     "Pause between calls for a shard that is read up; one that is behind is read on at once."},
    {"idle.behind.ms", POLLING("millisBehindLatestThresholdForReducedTps"), KDS_CONF_DURATION, AT(idle_behind_ms), 0, 0, 86400000, NULL, NULL, false,
     "A shard that is less than this behind is read this rarely, or every idle.ms if that is rarer; 0: as soon as there may be something."},
    {"prefetch.max.bytes", NULL, KDS_CONF_SIZE, AT(prefetch_max_bytes), 64 * MIB, MIB, INT64_C(1) << 40, NULL, NULL, false,
     "Budget for records that are fetched and not yet processed, of all shards together."},
    {"checkpoint.every.records", NULL, KDS_CONF_INT, AT(checkpoint_every_records), 0, 0, INT64_MAX, NULL, NULL, false,
     "Persist a checkpoint when so many records were processed since the last; 0: after every batch. Stopping and the end of a shard persist one in any case."},
    {"checkpoint", NULL, KDS_CONF_ENUM, AT(checkpoint_manual), 0, 0, 0, NULL, "auto|manual", false,
     "What confirms records: a batch that was processed, or only what the application confirms itself."},
    {"batch.max.records", NULL, KDS_CONF_INT, AT(batch_max_records), 10000, 1, INT64_MAX, NULL, NULL, false,
     "User records handed out in one batch."},
    {"processor.threads", NULL, KDS_CONF_INT, AT(processor_threads), 4, 1, 256, NULL, NULL, false,
     "Shards that are processed at the same time."},
    {"processor.retries", NULL, KDS_CONF_INT, AT(processor_retries), 5, 0, 1000000, NULL, NULL, false,
     "How often a batch that failed is handed out again before its shard stops."},
    {"processor.backoff.ms", "taskBackoffTimeMillis", KDS_CONF_DURATION, AT(processor_backoff_ms), 500, 1, 3600000, NULL, NULL, false,
     "Pause before a batch that failed is handed out again; doubled each time, a minute at most."},
    {"processor.stuck.ms", "logWarningForTaskAfterMillis", KDS_CONF_DURATION, AT(processor_stuck_ms), 60000, 100, INT64_C(86400000), NULL, NULL, false,
     "Time after which a task that the application still has is told as stuck."},
    {"dead.letters", NULL, KDS_CONF_BOOL, AT(dead_letters), 0, 0, 0, NULL, NULL, false,
     "Whether an application that asks for its tasks itself takes dead letters; one with callbacks does if it has that callback."},
    {"connect.timeout.ms", NULL, KDS_CONF_DURATION, AT(connect_timeout_ms), 6000, 100, 300000, NULL, NULL, false,
     "Time to connect."},
    {"request.timeout.ms", POLLING("kinesisRequestTimeout"), KDS_CONF_DURATION, AT(request_timeout_ms), 10000, 100, 600000, NULL, NULL, false,
     "Time for one request, from its start to its whole answer."},
    {"metrics.upload", NULL, KDS_CONF_BOOL, AT(metrics_upload), 0, 0, 0, NULL, NULL, false,
     "Send metrics to CloudWatch, which costs money; docs/statistics.md. Without it kcl_worker_metrics_json() and its like have them."},
    {"metrics.level", "metricsLevel", KDS_CONF_ENUM, AT(metrics_level), 2, 0, 0, NULL, "none|summary|detailed", false,
     "Which metrics are sent to CloudWatch."},
    {"metrics.namespace", "namespace", KDS_CONF_STRING, AT(metrics_namespace), 0, 0, 0, NULL, NULL, false,
     "CloudWatch's name for them all; unset: `application`."},
    {"metrics.upload.delay.ms", "metricsBufferTimeMillis", KDS_CONF_DURATION, AT(metrics_upload_delay_ms), 10000, 1, 3600000, NULL, NULL, false,
     "How often they are sent."},
    {"cloudwatch.region", "cloudWatchRegionName", KDS_CONF_STRING, AT(cloudwatch_region), 0, 0, 0, NULL, NULL, false,
     "Region of the metrics; unset: as region."},
    {"cloudwatch.endpoint.url", NULL, KDS_CONF_STRING, AT(cloudwatch_endpoint), 0, 0, 0, NULL, NULL, false,
     "Address of CloudWatch; unset: AWS_ENDPOINT_URL_CLOUDWATCH, AWS_ENDPOINT_URL, then the region's."},
    IGNORED_NUMBER("ignored.shard.sync.interval", "shardSyncIntervalMillis", 60000, NOT_ASKED),
    IGNORED_BOOL("ignored.skip.shard.sync", "skipShardSyncAtWorkerInitializationIfLeasesExist", 0, NOT_ASKED),
    IGNORED_BOOL("ignored.unexpected.children", "ignoreUnexpectedChildShards", 0, "It is for DynamoDB Streams, which are not read here."),
    IGNORED_TEXT("ignored.shard.prioritization", "shardPrioritization", "Parents are always read before their children."),
    IGNORED_NUMBER("ignored.parent.poll.interval", "parentShardPollIntervalMillis", 10000, "A child begins as soon as its parents are seen to be done."),
    IGNORED_BOOL("ignored.cleanup.leases", "cleanupLeasesUponShardCompletion", 1, "Leases of shards that are done are deleted; docs/lease-store.md."),
    IGNORED_BOOL("ignored.priority.assignment", "enablePriorityLeaseAssignment", 1, "What stays free for three times `failover.ms` is taken by anybody."),
    IGNORED_BOOL("ignored.graceful.handoff", HAND_OFF("isGracefulLeaseHandoffEnabled"), 1, "Shards are always handed over; `handoff.timeout.ms` bounds it."),
    IGNORED_BOOL("ignored.empty.batches", "callProcessRecordsEvenForEmptyRecordList", 0, "A processor is called when there are records."),
    IGNORED_BOOL("ignored.validate.sequence", "validateSequenceNumberBeforeCheckpointing", 0, "A checkpoint is always checked against what was handed out."),
    IGNORED_NUMBER("ignored.list.shards.backoff", "listShardsBackoffTimeInMillis", 1500, RETRIED),
    IGNORED_NUMBER("ignored.list.shards.retries", "maxListShardsRetryAttempts", 50, RETRIED),
    IGNORED_NUMBER("ignored.initialization.backoff", "schedulerInitializationBackoffTimeMillis", 1000, RETRIED),
    IGNORED_NUMBER("ignored.describe.stream.retries", FAN_OUT("maxDescribeStreamSummaryRetries"), 10, RETRIED),
    IGNORED_NUMBER("ignored.describe.consumer.retries", FAN_OUT("maxDescribeStreamConsumerRetries"), 10, RETRIED),
    IGNORED_NUMBER("ignored.register.consumer.retries", FAN_OUT("registerStreamConsumerRetries"), 10, RETRIED),
    IGNORED_NUMBER("ignored.fan.out.backoff", FAN_OUT("retryBackoffMillis"), 1000, RETRIED),
    IGNORED_NUMBER("ignored.renewal.threads", "maxLeaseRenewalThreads", 20, NO_POOL),
    IGNORED_NUMBER("ignored.get.records.threads", POLLING("maxGetRecordsThreadPool"), 0, NO_POOL),
    IGNORED_NUMBER("ignored.get.records.retry", POLLING("retryGetRecordsInSeconds"), 0, NO_POOL),
    IGNORED_NUMBER("ignored.metrics.queue.size", "metricsMaxQueueSize", 10000, "Metrics are summed up, not queued."),
    IGNORED_TEXT("ignored.metrics.dimensions", "metricsEnabledDimensions", "`metrics.level` chooses."),
    IGNORED_NUMBER("ignored.metrics.flush", "publisherFlushBuffer", 200, "What came since the last time is sent at once."),
    REFUSED("ignored.metrics.backend", "metricsBackend", "CLOUDWATCH", "OTEL is refused: kcl_worker_metrics_prometheus() has what a collector reads."),
    IGNORED_NUMBER("ignored.metrics.capture", UTILIZATION("inMemoryWorkerMetricsCaptureFrequencyMillis"), 1000, "The processor's time is read once for each `worker.metrics.interval.ms`, which is its mean."),
    IGNORED_NUMBER("ignored.metrics.kept", UTILIZATION("noOfPersistedMetricsPerWorkerMetrics"), 10, "The last 10 measurements are told, as by the KCL's default."),
    REFUSED("ignored.metrics.list", UTILIZATION("workerMetricList"), "automatic|none", "Classes of Java are refused; `worker.metrics` chooses."),
    IGNORED_TEXT("ignored.worker.metrics.billing", "workerMetricsBillingMode", NOT_MADE),
    IGNORED_NUMBER("ignored.worker.metrics.reads", "workerMetricsReadCapacity", 10, NOT_MADE),
    IGNORED_NUMBER("ignored.worker.metrics.writes", "workerMetricsWriteCapacity", 10, NOT_MADE),
    IGNORED_TEXT("ignored.coordinator.state.billing", "coordinatorStateBillingMode", NOT_MADE),
    IGNORED_NUMBER("ignored.coordinator.state.reads", "coordinatorStateReadCapacity", 10, NOT_MADE),
    IGNORED_NUMBER("ignored.coordinator.state.writes", "coordinatorStateWriteCapacity", 10, NOT_MADE),
    IGNORED_BOOL("ignored.migrate.entities", "migrateAllEntitiesToLeaseTable", 0, BY_TABLE),
    IGNORED_NUMBER("ignored.migration.bake.time", "tableMigrationCompleteBakeTimeSeconds", 86400, BY_TABLE),
    REFUSED("ignored.stream.info", "streamInfoMode", "DISABLED", "TRACK_ONLY is refused: no rows of streams are kept."),
    REFUSED("ignored.stream.id.onboarding", "streamIdOnboardingState", "NOT_ONBOARDED", "Other states are refused: streams are known by name or ARN."),
    IGNORED_NUMBER("ignored.scan.segments", "leaseTableScanTotalSegments", 0, "Leases are read page by page."),
    IGNORED_BOOL("ignored.consistent.reads", "consistentReads", 0, "A listing of leases only proposes; what is decided by it is written under the condition that the lease is as it was seen."),
    IGNORED_NUMBER("ignored.epsilon", "epsilonMillis", 25, "A lease's time is counted from before its write was sent, so no margin is needed."),
    IGNORED_NUMBER("ignored.cleanup.interval", CLEANUP("leaseCleanupIntervalMillis"), 60000, CLEARED),
    IGNORED_NUMBER("ignored.cleanup.completed", CLEANUP("completedLeaseCleanupIntervalMillis"), 300000, CLEARED),
    IGNORED_NUMBER("ignored.cleanup.garbage", CLEANUP("garbageLeaseCleanupIntervalMillis"), 1800000, CLEARED),
    IGNORED_NUMBER("ignored.cache.misses", "maxCacheMissesBeforeReload", 1000, NO_CACHE),
    IGNORED_NUMBER("ignored.cache.age", "listShardsCacheAllowedAgeInSeconds", 30, NO_CACHE),
    IGNORED_NUMBER("ignored.cache.warning", "cacheMissWarningModulus", 250, NO_CACHE),
    IGNORED_NUMBER("ignored.dispatch.interval", "shardConsumerDispatchPollIntervalMillis", 1000, "A shard is worked on when something happened to it."),
    IGNORED_NUMBER("ignored.read.timeouts", "readTimeoutsToIgnoreBeforeWarning", 0, "A subscription that breaks off is renewed and counted."),
    IGNORED_NUMBER("ignored.pending.batches", POLLING("maxPendingProcessRecordsInput"), 4, "`prefetch.max.bytes` bounds what is fetched ahead, of all shards together."),
    REFUSED("ignored.shard.detector", "customShardDetectorProvider", "none", NO_JAVA),
    REFUSED("ignored.table.creator", "tableCreatorCallback", "none", NO_JAVA),
    REFUSED("ignored.aggregator", "aggregatorUtil", "none|default", NO_JAVA),
    REFUSED("ignored.task.listener", "taskExecutionListener", "none", NO_JAVA),
    IGNORED_TEXT("ignored.executable.name", "executableName", NO_CHILD),
    IGNORED_TEXT("ignored.processing.language", "processingLanguage", NO_CHILD),
    IGNORED_NUMBER("ignored.max.active.threads", "maxActiveThreads", 0, NO_CHILD),
    IGNORED_NUMBER("ignored.child.timeout", "timeoutInSeconds", 0, NO_CHILD),
    IGNORED_NUMBER("ignored.shutdown.grace", "shutdownGraceMillis", 0, "The time to stop in is given with kcl_worker_stop()."),
};
/* clang-format on */

const struct kds_conf_table kcl_conf_table = {"libkcl", props,
                                              sizeof props / sizeof props[0], NULL, 0};

kcl_conf_t *kcl_conf_new(void)
{
    struct kcl_conf *conf = kds_alloc_zero(1, sizeof *conf);
    if (conf != NULL && kds_conf_defaults(&kcl_conf_table, conf) != KDS_OK) {
        kds_free(conf);
        return NULL;
    }
    return conf;
}

void kcl_conf_free(kcl_conf_t *conf)
{
    if (conf != NULL) {
        kds_conf_clear(&kcl_conf_table, conf);
        kds_free(conf);
    }
}

kds_err_t
kcl_conf_set(kcl_conf_t *conf, const char *name, const char *value, kds_error_t **error)
{
    return kds_conf_set(&kcl_conf_table, conf, kds_slice(name), kds_slice(value), error);
}

kds_err_t kcl_conf_load(kcl_conf_t *conf, const char *path, kds_error_t **error)
{
    return kds_conf_load(&kcl_conf_table, conf, path, error);
}

kds_err_t kcl_conf_get(
    const kcl_conf_t *conf, const char *name, char *out, size_t size, kds_error_t **error)
{
    struct kds_buf text;
    kds_buf_init(&text, 65536);
    kds_err_t rc = kds_conf_get(&kcl_conf_table, conf, kds_slice(name), &text, error);
    if (rc == KDS_OK) {
        snprintf(out, size, "%.*s", (int)text.n, text.n ? (const char *)text.p : "");
    }
    kds_buf_clear(&text);
    return rc;
}

void kcl_conf_set_log(kcl_conf_t *conf,
                      kds_log_fn *log,
                      void *opaque,
                      kds_log_level_t level)
{
    conf->log.fn = log;
    conf->log.opaque = opaque;
    conf->log.level = level;
}

char *kcl_conf_document(void)
{
    struct kds_buf text;
    kds_buf_init(&text, 1024 * 1024);
    kds_conf_document(&kcl_conf_table, &text);
    return kds_buf_take_text(&text);
}

/* The KCL's defaults of 120 s, 30 s and 20 s, by its fail-over time of 10 s. */
int64_t kcl_lead_lock_ms(const struct kcl_conf *conf)
{
    return conf->lead_lock_ms ? conf->lead_lock_ms : 12 * conf->failover_ms;
}

int64_t kcl_lead_beat_ms(const struct kcl_conf *conf)
{
    return conf->lead_beat_ms ? conf->lead_beat_ms : 3 * conf->failover_ms;
}

int64_t kcl_lead_interval_ms(const struct kcl_conf *conf)
{
    return conf->lead_interval_ms ? conf->lead_interval_ms : 2 * conf->failover_ms;
}

void kcl_text_free(char *text)
{
    kds_free(text);
}

bool kcl_start_parse(const char *text, enum kcl_start *start, int64_t *ms)
{
    kds_slice_t s = kds_slice(text);
    if (kds_slice_eq_nocase(s, kds_slice("trim_horizon"))) {
        *start = KCL_START_TRIM_HORIZON;
        return true;
    }
    if (kds_slice_eq_nocase(s, kds_slice("latest"))) {
        *start = KCL_START_LATEST;
        return true;
    }
    *start = KCL_START_TIMESTAMP;
    if (kds_parse_i64(s, ms)) { /* as the KCL writes an instant */
        bool fits = *ms >= 0 && *ms <= SECONDS_MAX;
        *ms *= fits ? 1000 : 0;
        return fits;
    }
    return kds_parse_rfc3339_ms(s, ms);
}
