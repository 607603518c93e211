/*
 * conf: the settings as a struct. The table behind it is in conf.c.
 */
#ifndef KCL_SRC_CONF_H
#define KCL_SRC_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/log.h"
#include "kcl/conf.h"

enum kcl_former {
    KCL_FORMER_KEEP,
    KCL_FORMER_DELETE,
    KCL_FORMER_LISTED,
    KCL_FORMER_KINDS
};

enum kcl_foreign { KCL_FOREIGN_DELIVER, KCL_FOREIGN_DROP };

/** How a leader assigns; fleet.h. */
struct kcl_lead_rules {
    int64_t measures_ms; /* between two rows of measurements of a worker */
    int64_t balance_runs;
    int64_t threshold_percent, dampening_percent;
    int64_t smoothing_milli, host_milli_kbps; /* thousandths; host: 0 = no limit */
    int by_count; /* leases are evened out, whatever they weigh */
    bool overshoot;
};

enum kcl_client_version {
    KCL_CLIENT_BY_TABLE,
    KCL_CLIENT_3X,
    KCL_CLIENT_WITH_2X,
    KCL_CLIENT_WITH_2X_PHASE1
};

struct kcl_conf {
    char *application, *stream, *stream_arn, *streams, *worker_id, *store;
    char *dynamodb_endpoint, *dynamodb_region, *dynamodb_table;
    char *dynamodb_state_table, *dynamodb_metrics_table; /* of the KCL 3.0 to 3.4 */
    int dynamodb_provisioned;
    int64_t dynamodb_read_capacity, dynamodb_write_capacity;
    char *dynamodb_tags;
    bool dynamodb_recovery, dynamodb_protection;
    char *region, *endpoint, *ca_file;
    char *profile, *credentials_provider;
    char *access_key_id, *secret_access_key, *session_token;
    char *start; /* trim_horizon, latest, an RFC 3339 instant or seconds since 1970 */
    int protocol, foreign, checkpoint_manual, gap_stops;
    int64_t handoff_ms, max_leases, max_steals;
    int64_t failover_ms, max_records, idle_ms, prefetch_max_bytes;
    int64_t checkpoint_every_records;
    int64_t processor_threads, processor_retries, processor_backoff_ms,
        processor_stuck_ms;
    int64_t batch_max_records;
    bool dead_letters, fan_out;
    int fan_out_fallback;
    int former; /* kcl_former, in our words or in the KCL's: modulo KCL_FORMER_KINDS */
    char *former_list;
    int64_t former_wait_ms;
    char *consumer_name, *consumer_arn;
    int client_version; /* kcl_client_version */
    struct kcl_lead_rules lead;
    int64_t lead_interval_ms, lead_lock_ms, lead_beat_ms; /* 0 = by failover_ms */
    int64_t lead_forget_ms;
    int64_t audit_interval_ms, audits;
    int64_t initialization_attempts; /* 0 = no end */
    int64_t idle_behind_ms;
    int64_t dynamodb_timeout_ms; /* 0 = request_timeout_ms */
    int64_t connect_timeout_ms, request_timeout_ms;
    int worker_metrics; /* kcl_cpu_wish */
    bool worker_metrics_disabled;
    bool metrics_upload;
    int metrics_level;
    int64_t metrics_upload_delay_ms;
    char *metrics_namespace, *cloudwatch_endpoint, *cloudwatch_region;
    int64_t ignored_number;
    bool ignored_bool;
    int ignored_choice;
    char *ignored_text;

    struct kds_log log; /* not in the table */
};

extern const struct kds_conf_table kcl_conf_table;

/** What follows from the fail-over time where it is not set: silence of a leader that others take for its end, its
 *  signs of life, its runs. */
int64_t kcl_lead_lock_ms(const struct kcl_conf *conf);
int64_t kcl_lead_beat_ms(const struct kcl_conf *conf);
int64_t kcl_lead_interval_ms(const struct kcl_conf *conf);

/** Where a lease starts that has no checkpoint yet. */
enum kcl_start { KCL_START_TRIM_HORIZON, KCL_START_LATEST, KCL_START_TIMESTAMP };

/** @param ms receives the instant of KCL_START_TIMESTAMP. @return false if the text is neither */
bool kcl_start_parse(const char *text, enum kcl_start *start, int64_t *ms);

#endif /* KCL_SRC_CONF_H */
