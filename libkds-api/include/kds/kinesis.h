/*
 * kinesis: the operations of Kinesis Data Streams, one typed function each, and their values.
 *
 * Generated from src/model/kinesis.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_KINESIS_H
#define KDS_KINESIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A label on a stream or consumer. */
typedef struct kds_tag {
    /** Required. The label's name. 1..128 characters. */
    kds_slice_t key;
    /** Its value. 0..256 characters. */
    kds_slice_t value;
} kds_tag_t;

/** The hash keys that a shard takes, both ends included. */
typedef struct kds_hash_key_range {
    /** Required. Smallest hash key, decimal. Decimal, 0..2^128-1, no leading zero. */
    kds_slice_t starting_hash_key;
    /** Required. Largest hash key, decimal. Decimal, 0..2^128-1, no leading zero. */
    kds_slice_t ending_hash_key;
} kds_hash_key_range_t;

/** The sequence numbers that a shard has given out. */
typedef struct kds_sequence_number_range {
    /** Required. The first one. */
    kds_slice_t starting_sequence_number;
    /** The last one; absent while the shard is open. */
    kds_slice_t ending_sequence_number;
} kds_sequence_number_range_t;

/** One shard of a stream. */
typedef struct kds_shard {
    /**
     * Required. Its identifier, for example shardId-000000000003. 1..128 characters.
     */
    kds_slice_t shard_id;
    /**
     * The shard it was split from or merged from; may no longer exist. 1..128
     * characters.
     */
    kds_slice_t parent_shard_id;
    /** The second parent, of a merge. 1..128 characters. */
    kds_slice_t adjacent_parent_shard_id;
    /** Required. The hash keys that it takes. */
    kds_hash_key_range_t hash_key_range;
    /** Required. The sequence numbers that it has given out. */
    kds_sequence_number_range_t sequence_number_range;
} kds_shard_t;

/** A shard that goes on where one that was read to its end stopped. */
typedef struct kds_child_shard {
    /** Required. Its identifier. 1..128 characters. */
    kds_slice_t shard_id;
    /**
     * Required. Identifiers of its parents: one after a split, two after a merge.
     * parent_shards_count of them.
     */
    const kds_slice_t *parent_shards;
    size_t parent_shards_count;
    /** Required. The hash keys that it takes. */
    kds_hash_key_range_t hash_key_range;
} kds_child_shard_t;

/** One Kinesis record, as it is stored. */
typedef struct kds_record {
    /** Required. Its place in the shard. */
    kds_slice_t sequence_number;
    /** When the service took it. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_approximate_arrival_timestamp_ms;
    int64_t approximate_arrival_timestamp_ms;
    /**
     * Required. The bytes that were put, an aggregate among them. 0..10485760 bytes.
     */
    kds_slice_t data;
    /**
     * The key that it was put with; absent on streams that spread records themselves.
     * 1..256 characters.
     */
    kds_slice_t partition_key;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
} kds_record_t;

/** One record to put. */
typedef struct kds_put_records_request_entry {
    /** Required. The bytes to store. 0..10485760 bytes. */
    kds_slice_t data;
    /**
     * Decides the shard in place of the partition key's hash. Decimal, 0..2^128-1, no
     * leading zero.
     */
    kds_slice_t explicit_hash_key;
    /**
     * Decides the shard by its MD5; may be left out only where the stream spreads
     * records itself. 1..256 characters.
     */
    kds_slice_t partition_key;
} kds_put_records_request_entry_t;

/**
 * What became of one record: either a sequence number and a shard, or an error code.
 */
typedef struct kds_put_records_result_entry {
    /** Its place in the shard. */
    kds_slice_t sequence_number;
    /** The shard that took it. 1..128 characters. */
    kds_slice_t shard_id;
    /** ProvisionedThroughputExceededException or InternalFailure. */
    kds_slice_t error_code;
    /** The service's words. */
    kds_slice_t error_message;
} kds_put_records_result_entry_t;

/** How a stream's capacity is managed. */
typedef struct kds_stream_mode_details {
    /** Required. PROVISIONED or ON_DEMAND. */
    kds_slice_t stream_mode;
} kds_stream_mode_details_t;

/** Shard metrics that are switched on. */
typedef struct kds_enhanced_metrics {
    /** Names of the metrics. shard_level_metrics_count of them. 1..7 entries. */
    const kds_slice_t *shard_level_metrics;
    size_t shard_level_metrics_count;
} kds_enhanced_metrics_t;

/** Capacity of an on-demand stream that is kept ready. */
typedef struct kds_warm_throughput_object {
    /** What was asked for, in MiB per second. */
    bool has_target_mibps;
    int64_t target_mibps;
    /** What is ready, in MiB per second. */
    bool has_current_mibps;
    int64_t current_mibps;
} kds_warm_throughput_object_t;

/** A stream with its shards. */
typedef struct kds_stream_description {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. CREATING, DELETING, ACTIVE or UPDATING. */
    kds_slice_t stream_status;
    /** How its capacity is managed. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** Required. One page of its shards. shards_count of them. */
    const kds_shard_t *shards;
    size_t shards_count;
    /** Required. Whether more pages follow. */
    bool has_more_shards;
    /** Required. How long records are kept. */
    int64_t retention_period_hours;
    /** Required. When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t stream_creation_timestamp_ms;
    /**
     * Required. Shard metrics that are switched on. enhanced_monitoring_count of them.
     */
    const kds_enhanced_metrics_t *enhanced_monitoring;
    size_t enhanced_monitoring_count;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
    /** The key, if encrypted. 1..2048 characters. */
    kds_slice_t key_id;
} kds_stream_description_t;

/** A stream without its shards. */
typedef struct kds_stream_description_summary {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. CREATING, DELETING, ACTIVE or UPDATING. */
    kds_slice_t stream_status;
    /** How its capacity is managed. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** Required. How long records are kept. */
    int64_t retention_period_hours;
    /** Required. When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t stream_creation_timestamp_ms;
    /**
     * Required. Shard metrics that are switched on. enhanced_monitoring_count of them.
     */
    const kds_enhanced_metrics_t *enhanced_monitoring;
    size_t enhanced_monitoring_count;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
    /** The key, if encrypted. 1..2048 characters. */
    kds_slice_t key_id;
    /** Required. Shards that take records. 0..1000000. */
    int64_t open_shard_count;
    /** Registered fan-out consumers. 0..1000000. */
    bool has_consumer_count;
    int64_t consumer_count;
    /** Capacity that is kept ready. */
    const kds_warm_throughput_object_t *warm_throughput;
    /** Largest record, key included, in KiB. 1024..10240. */
    bool has_max_record_size_in_kib;
    int64_t max_record_size_in_kib;
    /** AUTO or USER_PARTITION_KEY; absent on provisioned streams. */
    kds_slice_t record_distribution_strategy;
    /** Delivery channels that read the stream. */
    bool has_channel_count;
    int64_t channel_count;
} kds_stream_description_summary_t;

/** A stream in a list. */
typedef struct kds_stream_summary {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. Its ARN. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Required. CREATING, DELETING, ACTIVE or UPDATING. */
    kds_slice_t stream_status;
    /** How its capacity is managed. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** When it was created. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_stream_creation_timestamp_ms;
    int64_t stream_creation_timestamp_ms;
} kds_stream_summary_t;

/** Which shards to list. */
typedef struct kds_shard_filter {
    /**
     * Required. AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST,
     * AT_TIMESTAMP or FROM_TIMESTAMP.
     */
    kds_slice_t type;
    /** With AFTER_SHARD_ID: list what comes behind it. 1..128 characters. */
    kds_slice_t shard_id;
    /**
     * With the two _TIMESTAMP types: the instant. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_timestamp_ms;
    int64_t timestamp_ms;
} kds_shard_filter_t;

/** Input of CreateStream. */
typedef struct kds_create_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. Its name, unique in account and region. 1..128 characters. */
    kds_slice_t stream_name;
    /** Shards of a provisioned stream. 1... */
    bool has_shard_count;
    int64_t shard_count;
    /** Absent: PROVISIONED. */
    const kds_stream_mode_details_t *stream_mode_details;
    /** Labels. tags_count of them. 1..200 entries. */
    const kds_tag_t *tags;
    size_t tags_count;
    /** On-demand streams: capacity to keep ready. */
    bool has_warm_throughput_mibps;
    int64_t warm_throughput_mibps;
    /** Largest record in KiB; absent: 1024. 1024..10240. */
    bool has_max_record_size_in_kib;
    int64_t max_record_size_in_kib;
    /** AUTO or USER_PARTITION_KEY; on-demand streams only. */
    kds_slice_t record_distribution_strategy;
} kds_create_stream_in_t;

/** Output of CreateStream. */
typedef struct kds_create_stream_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
} kds_create_stream_out_t;

/**
 * Create a stream. It is CREATING when this returns and ACTIVE some time later.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_create_stream(kds_client_t *client,
                                    const kds_create_stream_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_create_stream_out_t **out,
                                    kds_error_t **error);

/** Input of DeleteStream. */
typedef struct kds_delete_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Delete registered consumers too, instead of refusing. */
    bool has_enforce_consumer_deletion;
    bool enforce_consumer_deletion;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
} kds_delete_stream_in_t;

/** Output of DeleteStream. */
typedef struct kds_delete_stream_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
} kds_delete_stream_out_t;

/**
 * Delete a stream and all its records.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_delete_stream(kds_client_t *client,
                                    const kds_delete_stream_in_t *in,
                                    const kds_call_options_t *options,
                                    const kds_delete_stream_out_t **out,
                                    kds_error_t **error);

/** Input of DescribeStream. */
typedef struct kds_describe_stream_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Shards per page, at most 100 in effect. 1..10000. */
    bool has_limit;
    int64_t limit;
    /** Start behind this shard. 1..128 characters. */
    kds_slice_t exclusive_start_shard_id;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
} kds_describe_stream_in_t;

/** Output of DescribeStream. */
typedef struct kds_describe_stream_out {
    /** Required. The stream. */
    kds_stream_description_t stream_description;
} kds_describe_stream_out_t;

/**
 * A stream with a page of its shards. DescribeStreamSummary and ListShards have higher
 * call limits.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_describe_stream(kds_client_t *client,
                                      const kds_describe_stream_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_describe_stream_out_t **out,
                                      kds_error_t **error);

/** Input of DescribeStreamSummary. */
typedef struct kds_describe_stream_summary_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
} kds_describe_stream_summary_in_t;

/** Output of DescribeStreamSummary. */
typedef struct kds_describe_stream_summary_out {
    /** Required. The stream. */
    kds_stream_description_summary_t stream_description_summary;
} kds_describe_stream_summary_out_t;

/**
 * A stream without its shards.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_describe_stream_summary(kds_client_t *client,
                            const kds_describe_stream_summary_in_t *in,
                            const kds_call_options_t *options,
                            const kds_describe_stream_summary_out_t **out,
                            kds_error_t **error);

/** Input of ListStreams. */
typedef struct kds_list_streams_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Streams per page. 1..10000. */
    bool has_limit;
    int64_t limit;
    /** Start behind this stream. 1..128 characters. */
    kds_slice_t exclusive_start_stream_name;
    /** Go on where the page with this token ended. 1..1048576 characters. */
    kds_slice_t next_token;
} kds_list_streams_in_t;

/** Output of ListStreams. */
typedef struct kds_list_streams_out {
    /** Required. Names. stream_names_count of them. */
    const kds_slice_t *stream_names;
    size_t stream_names_count;
    /** Required. Whether more pages follow. */
    bool has_more_streams;
    /** For the next page. */
    kds_slice_t next_token;
    /** The same streams with more about them. stream_summaries_count of them. */
    const kds_stream_summary_t *stream_summaries;
    size_t stream_summaries_count;
} kds_list_streams_out_t;

/**
 * The streams of the account in the region, in order of their names.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_streams(kds_client_t *client,
                                   const kds_list_streams_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_list_streams_out_t **out,
                                   kds_error_t **error);

/** Input of ListShards. */
typedef struct kds_list_shards_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN, unless NextToken. 1..128 characters. */
    kds_slice_t stream_name;
    /**
     * Go on where the page with this token ended; lives 300 s. 1..1048576 characters.
     */
    kds_slice_t next_token;
    /** Start behind this shard. 1..128 characters. */
    kds_slice_t exclusive_start_shard_id;
    /** Shards per page, at most 1000 in effect. 1..10000. */
    bool has_max_results;
    int64_t max_results;
    /**
     * Tells apart streams that had the same name. Milliseconds since
     * 1970-01-01T00:00:00Z.
     */
    bool has_stream_creation_timestamp_ms;
    int64_t stream_creation_timestamp_ms;
    /** Which shards; absent: all that still hold records. */
    const kds_shard_filter_t *shard_filter;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
} kds_list_shards_in_t;

/** Output of ListShards. */
typedef struct kds_list_shards_out {
    /** The shards. shards_count of them. */
    const kds_shard_t *shards;
    size_t shards_count;
    /** For the next page; absent on the last. */
    kds_slice_t next_token;
} kds_list_shards_out_t;

/**
 * The shards of a stream. With NextToken, no other member but MaxResults may be given.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_list_shards(kds_client_t *client,
                                  const kds_list_shards_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_list_shards_out_t **out,
                                  kds_error_t **error);

/** Input of PutRecord. */
typedef struct kds_put_record_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. The bytes to store. 0..10485760 bytes. */
    kds_slice_t data;
    /**
     * Decides the shard by its MD5; may be left out only where the stream spreads
     * records itself. 1..256 characters.
     */
    kds_slice_t partition_key;
    /**
     * Decides the shard in place of the partition key's hash. Decimal, 0..2^128-1, no
     * leading zero.
     */
    kds_slice_t explicit_hash_key;
    /** The sequence number of the previous put: keeps the order for one key. */
    kds_slice_t sequence_number_for_ordering;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
} kds_put_record_in_t;

/** Output of PutRecord. */
typedef struct kds_put_record_out {
    /** Required. The shard that took it. 1..128 characters. */
    kds_slice_t shard_id;
    /** Required. Its place in the shard. */
    kds_slice_t sequence_number;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
} kds_put_record_out_t;

/**
 * Store one record.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_put_record(kds_client_t *client,
                                 const kds_put_record_in_t *in,
                                 const kds_call_options_t *options,
                                 const kds_put_record_out_t **out,
                                 kds_error_t **error);

/** Input of PutRecords. */
typedef struct kds_put_records_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /**
     * Required. The records, 10 MiB at most in all. records_count of them. 1..500
     * entries.
     */
    const kds_put_records_request_entry_t *records;
    size_t records_count;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
} kds_put_records_in_t;

/** Output of PutRecords. */
typedef struct kds_put_records_out {
    /** How many entries have an error code. */
    bool has_failed_record_count;
    int64_t failed_record_count;
    /**
     * Required. One entry per record, in the order of the request. records_count of
     * them.
     */
    const kds_put_records_result_entry_t *records;
    size_t records_count;
    /** NONE or KMS. */
    kds_slice_t encryption_type;
} kds_put_records_out_t;

/**
 * Store up to 500 records. Succeeds even if every record failed: look at each entry of
 * the result.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_put_records(kds_client_t *client,
                                  const kds_put_records_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_put_records_out_t **out,
                                  kds_error_t **error);

/** Input of GetShardIterator. */
typedef struct kds_get_shard_iterator_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. The shard. 1..128 characters. */
    kds_slice_t shard_id;
    /**
     * Required. AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST or
     * AT_TIMESTAMP.
     */
    kds_slice_t shard_iterator_type;
    /** With the two _SEQUENCE_NUMBER types. */
    kds_slice_t starting_sequence_number;
    /** With AT_TIMESTAMP. Milliseconds since 1970-01-01T00:00:00Z. */
    bool has_timestamp_ms;
    int64_t timestamp_ms;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
} kds_get_shard_iterator_in_t;

/** Output of GetShardIterator. */
typedef struct kds_get_shard_iterator_out {
    /** The position, opaque. 1..512 characters. */
    kds_slice_t shard_iterator;
} kds_get_shard_iterator_out_t;

/**
 * A position in a shard, to read from with GetRecords. Lives 5 minutes.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_get_shard_iterator(kds_client_t *client,
                                         const kds_get_shard_iterator_in_t *in,
                                         const kds_call_options_t *options,
                                         const kds_get_shard_iterator_out_t **out,
                                         kds_error_t **error);

/** Input of GetRecords. */
typedef struct kds_get_records_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The position. 1..512 characters. */
    kds_slice_t shard_iterator;
    /** Records at most; absent: 10000. 1..10000. */
    bool has_limit;
    int64_t limit;
    /** Needed only across accounts. 1..2048 characters. */
    kds_slice_t stream_arn;
    /** Only check; success is then the service error DryRunOperationException. */
    bool has_dry_run;
    bool dry_run;
} kds_get_records_in_t;

/** Output of GetRecords. */
typedef struct kds_get_records_out {
    /** Required. The records, in order. records_count of them. */
    const kds_record_t *records;
    size_t records_count;
    /**
     * The position behind them; absent when a closed shard has been read out. 1..512
     * characters.
     */
    kds_slice_t next_shard_iterator;
    /** Distance to the newest record, in ms. */
    bool has_millis_behind_latest;
    int64_t millis_behind_latest;
    /**
     * The shards that go on; only at the end of a shard. child_shards_count of them.
     */
    const kds_child_shard_t *child_shards;
    size_t child_shards_count;
} kds_get_records_out_t;

/**
 * Records from a position on. No record does not mean the end: go on with
 * NextShardIterator until it is absent.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_get_records(kds_client_t *client,
                                  const kds_get_records_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_get_records_out_t **out,
                                  kds_error_t **error);

/** Input of SplitShard. */
typedef struct kds_split_shard_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. The shard. 1..128 characters. */
    kds_slice_t shard_to_split;
    /**
     * Required. The first hash key of the upper child. Decimal, 0..2^128-1, no leading
     * zero.
     */
    kds_slice_t new_starting_hash_key;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
} kds_split_shard_in_t;

/** Output of SplitShard. */
typedef struct kds_split_shard_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
} kds_split_shard_out_t;

/**
 * Split a shard in two. The stream is UPDATING for some time.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_split_shard(kds_client_t *client,
                                  const kds_split_shard_in_t *in,
                                  const kds_call_options_t *options,
                                  const kds_split_shard_out_t **out,
                                  kds_error_t **error);

/** Input of MergeShards. */
typedef struct kds_merge_shards_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** This or StreamARN. 1..128 characters. */
    kds_slice_t stream_name;
    /** Required. One shard. 1..128 characters. */
    kds_slice_t shard_to_merge;
    /** Required. Its neighbour. 1..128 characters. */
    kds_slice_t adjacent_shard_to_merge;
    /** This or StreamName. 1..2048 characters. */
    kds_slice_t stream_arn;
} kds_merge_shards_in_t;

/** Output of MergeShards. */
typedef struct kds_merge_shards_out {
    /** Nothing is answered; C has no empty struct. */
    char nothing;
} kds_merge_shards_out_t;

/**
 * Merge two neighbouring shards into one. The stream is UPDATING for some time.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_merge_shards(kds_client_t *client,
                                   const kds_merge_shards_in_t *in,
                                   const kds_call_options_t *options,
                                   const kds_merge_shards_out_t **out,
                                   kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_KINESIS_H */
