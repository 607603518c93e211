/*
 * conf: the settings as a struct. The table behind it is in conf.c.
 */
#ifndef KPL_SRC_CONF_H
#define KPL_SRC_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/log.h"
#include "kpl/conf.h"

enum kpl_dispatch { KPL_DISPATCH_THREAD, KPL_DISPATCH_POLL };

enum kpl_spool_sync_when { KPL_SPOOL_SYNC_NONE, KPL_SPOOL_SYNC_PUT };

enum kpl_log_level {
    KPL_LOG_GIVEN,
    KPL_LOG_ERROR,
    KPL_LOG_WARNING,
    KPL_LOG_NOTICE,
    KPL_LOG_INFO,
    KPL_LOG_DEBUG,
    KPL_LOG_TRACE
};

enum kpl_distribution {
    KPL_DISTRIBUTION_DETECT,
    KPL_DISTRIBUTION_KEYS,
    KPL_DISTRIBUTION_AUTO
};

struct kpl_conf {
    char *stream, *region, *endpoint, *ca_file;
    bool tls_verify;
    char *proxy_host, *proxy_user, *proxy_password;
    int64_t proxy_port;
    int log_level;
    char *profile;
    char *access_key_id, *secret_access_key, *session_token;
    int protocol, dispatch, distribution;
    bool ordered, aggregation, fail_if_throttled, fail_if_refused, metrics_upload;
    int64_t endpoint_port;
    int64_t aggregate_max_records, aggregate_max_bytes;
    int64_t describe_interval_ms;
    int64_t batch_max_records, batch_max_bytes;
    int64_t record_max_bytes, buffer_max_bytes, buffer_low_percent;
    int64_t linger_ms, record_ttl_ms;
    int64_t rate_limit_percent;
    int64_t connections_max, connect_timeout_ms, request_timeout_ms;
    int metrics_level, metrics_granularity;
    int64_t metrics_upload_delay_ms, cloudwatch_port;
    char *metrics_namespace, *cloudwatch_endpoint, *metrics_profile, *metrics_dimensions;
    char *spool_directory;
    int64_t spool_max_bytes, spool_segment_bytes;
    int spool_sync;

    int64_t ignored_number; /* settings that mean nothing here land in these */
    bool ignored_bool;
    char *ignored_text;
    int ignored_choice;

    /* Not in the table. */
    struct kds_log log;
    kpl_low_water_fn *low_water;
    void *low_water_opaque;
};

extern const struct kds_conf_table kpl_conf_table;

#endif /* KPL_SRC_CONF_H */
