/*
 * report: the metrics as texts, and on their way to CloudWatch.
 */
#include "base/clock.h"
#include "base/metric_text.h"
#include "kcl/metrics.h"
#include "metrics.h"
#include "worker_internal.h"

#define LAST_UPLOAD_US KDS_US_PER_S /* what freeing waits for at the most */
#define TEXT_BYTES_MAX ((size_t)64 * 1024 * 1024)

char *kcl_worker_metrics_json(kcl_worker_t *w)
{
    struct kds_buf out;
    if (kcl_forked(w)) {
        return NULL;
    }
    kds_buf_init(&out, TEXT_BYTES_MAX);
    kcl_lock(w);
    kds_metrics_json(kcl_core_metrics(w->shared.core, kcl_now_us()), &out);
    kcl_unlock(w);
    return kds_buf_take_text(&out);
}

char *kcl_worker_metrics_prometheus(kcl_worker_t *w, bool by_shard)
{
    struct kds_buf out;
    if (kcl_forked(w)) {
        return NULL;
    }
    kds_buf_init(&out, TEXT_BYTES_MAX);
    kcl_lock(w);
    kds_metrics_prometheus(kcl_core_metrics(w->shared.core, kcl_now_us()),
                           by_shard ? KDS_SCOPE_SHARD : KDS_SCOPE_STREAM, &out);
    kcl_unlock(w);
    return kds_buf_take_text(&out);
}

char *kcl_metrics_document(void)
{
    struct kds_buf out;
    kds_buf_init(&out, TEXT_BYTES_MAX);
    kds_metric_document(&kcl_metric_table, &out);
    return kds_buf_take_text(&out);
}

/* ---- CloudWatch --------------------------------------------------------------------------- */

kds_err_t
kcl_upload_begin(kcl_worker_t *w, const kds_client_options_t *client, kds_error_t **error)
{
    const struct kcl_conf *conf = &w->conf;
    if (!conf->metrics_upload || conf->metrics_level == KDS_LEVEL_NONE) {
        return KDS_OK;
    }
    const struct kds_metric_dimension worker = {"WorkerIdentifier", w->worker_id,
                                                KDS_SCOPE_ALL};
    const struct kds_metric_sender_options options = {
        .client = *client,
        .metric_namespace =
            conf->metrics_namespace ? conf->metrics_namespace : conf->application,
        .of_all = &worker,
        .level = (enum kds_metric_level)conf->metrics_level,
        .scope = KDS_SCOPE_SHARD,
        .delay_us = conf->metrics_upload_delay_ms * KDS_US_PER_MS,
    };
    return kds_metric_sender_new(&options, kcl_now_us(), &w->sender, error);
}

int64_t kcl_upload_due_us(const kcl_worker_t *w)
{
    return w->sender != NULL ? kds_metric_sender_due(w->sender) : KDS_NEVER_US;
}

void kcl_upload_locked(kcl_worker_t *w)
{
    int64_t now_us = kcl_now_us();
    kds_metric_sender_take(w->sender, kcl_core_metrics(w->shared.core, now_us), now_us);
    kcl_unlock(w);
    kds_metric_sender_send(w->sender);
    kcl_lock(w);
}

void kcl_upload_end(kcl_worker_t *w)
{
    if (w->sender != NULL) {
        kcl_lock(w);
        kcl_upload_locked(w);
        kcl_unlock(w);
        kds_metric_sender_wait(w->sender, LAST_UPLOAD_US);
        kds_metric_sender_free(w->sender);
        w->sender = NULL;
    }
}
