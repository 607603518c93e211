/*
 * report: the metrics as texts, and on their way to CloudWatch.
 */
#include "base/metric_text.h"
#include "dimensions.h"
#include "kpl/metrics.h"
#include "metrics.h"
#include "producer_internal.h"

#define LAST_UPLOAD_US KDS_US_PER_S /* what closing waits for at the most */
#define TEXT_BYTES_MAX ((size_t)64 * 1024 * 1024)

char *kpl_producer_metrics_json(kpl_producer_t *p)
{
    struct kds_buf out;
    if (kpl_forked(p)) {
        return NULL;
    }
    kds_buf_init(&out, TEXT_BYTES_MAX);
    kpl_lock(p);
    kds_metrics_json(kpl_metrics_locked(p), &out);
    kpl_unlock(p);
    return kds_buf_take_text(&out);
}

char *kpl_producer_metrics_prometheus(kpl_producer_t *p, bool by_shard)
{
    struct kds_buf out;
    if (kpl_forked(p)) {
        return NULL;
    }
    kds_buf_init(&out, TEXT_BYTES_MAX);
    kpl_lock(p);
    kds_metrics_prometheus(kpl_metrics_locked(p),
                           by_shard ? KDS_SCOPE_SHARD : KDS_SCOPE_STREAM, &out);
    kpl_unlock(p);
    return kds_buf_take_text(&out);
}

char *kpl_metrics_document(void)
{
    struct kds_buf out;
    kds_buf_init(&out, TEXT_BYTES_MAX);
    kds_metric_document(&kpl_metric_table, &out);
    return kds_buf_take_text(&out);
}

struct kds_metrics *kpl_metrics_locked(kpl_producer_t *p)
{
    struct kds_metrics *metrics = kpl_core_metrics(p->shared.core);
    struct kpl_spool_stats spool;
    kpl_spooling_stats(&p->shared.spooling, &spool);
    kds_metric_set(kds_metrics_first(metrics), KPL_METRIC_SPOOLED,
                   (int64_t)spool.records);
    return metrics;
}

/* ---- CloudWatch --------------------------------------------------------------------------- */

kds_err_t kpl_upload_begin(kpl_producer_t *p,
                           const kds_client_options_t *client,
                           kds_error_t **error)
{
    const struct kpl_conf *conf = &p->conf; /* the producer's own copy */
    if (!conf->metrics_upload || conf->metrics_level == KDS_LEVEL_NONE) {
        return KDS_OK;
    }
    struct kds_metric_sender_options options = {
        .client = *client,
        .metric_namespace = conf->metrics_namespace,
        .level = (enum kds_metric_level)conf->metrics_level,
        .scope = (enum kds_metric_scope)conf->metrics_granularity,
        .delay_us = conf->metrics_upload_delay_ms * KDS_US_PER_MS,
    };
    struct kds_metric_dimension dimensions[KPL_DIMENSIONS_MAX];
    if (conf->metrics_dimensions != NULL) {
        options.everywhere = dimensions;
        options.everywhere_count =
            kpl_dimensions_split(conf->metrics_dimensions, dimensions);
    }
    if (conf->metrics_profile != NULL) {
        options.client.profile = conf->metrics_profile;
        options.client.access_key_id = options.client.secret_access_key =
            options.client.session_token = NULL;
    }
    options.client.max_attempts = 0; /* the client's own retries */
    return kds_metric_sender_new(&options, kpl_now_us(), &p->sender, error);
}

int64_t kpl_upload_due_us(const kpl_producer_t *p)
{
    return p->sender != NULL ? kds_metric_sender_due(p->sender) : KDS_NEVER_US;
}

void kpl_upload_locked(kpl_producer_t *p)
{
    kds_metric_sender_take(p->sender, kpl_metrics_locked(p), kpl_now_us());
    kpl_unlock(p);
    kds_metric_sender_send(p->sender);
    kpl_lock(p);
}

void kpl_upload_end(kpl_producer_t *p)
{
    if (p->sender != NULL) {
        kpl_lock(p);
        kpl_upload_locked(p);
        kpl_unlock(p);
        kds_metric_sender_wait(p->sender, LAST_UPLOAD_US);
        kds_metric_sender_free(p->sender);
        p->sender = NULL;
    }
}
