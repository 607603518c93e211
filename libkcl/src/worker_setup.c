/*
 * worker_setup: from settings to the handles that a worker needs.
 */
#include "worker_internal.h"

#include "base/error.h"
#include "base/slice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static kds_err_t need(kds_error_t **error, const char *setting, const char *why)
{
    return kds_error_set(error, KDS_ERR_CONFIG, "%s: %s", setting, why);
}

kds_err_t kcl_check_conf(const struct kcl_conf *conf, kds_error_t **error)
{
    enum kcl_start start;
    int64_t ms;
    if (conf->application == NULL) {
        return need(error, "application", "is required");
    }
    if (conf->stream == NULL && conf->stream_arn == NULL) {
        return need(error, "stream", "is required");
    }
    if (conf->store == NULL) {
        return need(error, "store",
                    "is required, for example sqlite:/var/lib/app/leases.db");
    }
    if (strncmp(conf->store, "sqlite:", 7) != 0 || conf->store[7] == 0) {
        return kds_error_set(
            error, KDS_ERR_CONFIG,
            "store: \"%.200s\" must be sqlite:PATH; this release has no other",
            conf->store);
    }
    if (conf->start != NULL && !kcl_start_parse(conf->start, &start, &ms)) {
        return kds_error_set(
            error, KDS_ERR_CONFIG,
            "start: \"%.100s\" must be trim_horizon, latest or an RFC 3339 "
            "instant such as 2026-01-31T12:00:00Z",
            conf->start);
    }
    if (conf->worker_id != NULL && strlen(conf->worker_id) >= KCL_NAME_BYTES - 8) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "worker.id: %zu characters, must be 1..%d",
                             strlen(conf->worker_id), KCL_NAME_BYTES - 9);
    }
    return KDS_OK;
}

kds_err_t kcl_name_worker(kcl_worker_t *w, uint64_t random, kds_error_t **error)
{
    char host[64];
    if (w->conf.worker_id != NULL) {
        snprintf(w->worker_id, sizeof w->worker_id, "%s", w->conf.worker_id);
        return KDS_OK;
    }
    if (gethostname(host, sizeof host) != 0) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "the host has no name");
    }
    host[sizeof host - 1] = 0;
    snprintf(w->worker_id, sizeof w->worker_id, "%s:%ld:%08" PRIx32, host, (long)getpid(),
             (uint32_t)random);
    return KDS_OK;
}

static void complete_endpoint(const char *endpoint, char *out, size_t size)
{
    snprintf(out, size, "%s%s", strstr(endpoint, "://") ? "" : "https://", endpoint);
}

kds_err_t kcl_open_client(kcl_worker_t *w, kds_error_t **error)
{
    static const char *const names[] = {"DescribeStreamSummary", "ListShards",
                                        "GetShardIterator", "GetRecords"};
    const struct kcl_conf *conf = &w->conf;
    char endpoint[1400];
    kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = conf->region,
        .access_key_id = conf->access_key_id,
        .secret_access_key = conf->secret_access_key,
        .session_token = conf->session_token,
        .ca_file = conf->ca_file,
        .protocol = conf->protocol ? KDS_PROTOCOL_CBOR : KDS_PROTOCOL_JSON,
        .connect_timeout_ms = conf->connect_timeout_ms,
        .request_timeout_ms = conf->request_timeout_ms,
        .log = conf->log.fn,
        .log_opaque = conf->log.opaque,
        .log_level = conf->log.level,
    };
    if (conf->endpoint != NULL) {
        complete_endpoint(conf->endpoint, endpoint, sizeof endpoint);
        options.endpoint = endpoint;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        w->operations[i] = kds_operation_find(names[i]);
    }
    return kds_client_new(&options, &w->client, error);
}

kds_err_t kcl_open_store(kcl_worker_t *w, kds_error_t **error)
{
    /* A write must end before the lease does. */
    return kcl_store_sqlite_new(w->conf.store + strlen("sqlite:"), w->conf.application,
                                w->conf.stream_arn ? w->conf.stream_arn : w->conf.stream,
                                w->conf.failover_ms / 3, &w->store, error);
}
