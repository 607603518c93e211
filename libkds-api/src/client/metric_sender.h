/*
 * metric_sender: sends metrics to CloudWatch, every so often, as the KPL and the KCL do.
 *
 * Its owner has a loop that knows the time: when kds_metric_sender_due() says so, it calls
 * kds_metric_sender_take() under the lock of the metrics and kds_metric_sender_send() without it.
 * Neither blocks. What cannot be sent is told in the log and forgotten; it is never tried for longer
 * than a call's own retries. One owner's thread at a time.
 */
#ifndef KDS_CLIENT_METRIC_SENDER_H
#define KDS_CLIENT_METRIC_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/internal.h"
#include "base/metric.h"
#include "kds/client.h"
#include "kds/error.h"

/** Most data that one take keeps; what is beyond is counted in the log line. */
#define KDS_METRIC_SENDER_MAX 10000

/** A dimension that the sender adds. */
struct kds_metric_dimension {
    const char *name;
    const char *value;
    enum kds_metric_scope
        scope; /* only of data that are told so finely: by stream, by shard; ALL: of each */
};

struct kds_metric_sender_options {
    kds_client_options_t client;                   /* `service` is set by the sender */
    const char *metric_namespace;                  /* 1..255 characters */
    const struct kds_metric_dimension *everywhere; /* of each datum in their scope */
    size_t everywhere_count;
    const struct kds_metric_dimension
        *of_all; /* of data of the group of everything that are not anonymous; or NULL */
    enum kds_metric_level level;
    enum kds_metric_scope scope;
    int64_t delay_us; /* between two takes */
};

struct kds_metric_sender;

/**
 * @param options  (copied)
 * @param now_us   Boot-time clock; the first take is due a delay later.
 * @param sender   Receives it (given; kds_metric_sender_free).
 * @retval KDS_ERR_CONFIG, KDS_ERR_CREDENTIALS as kds_client_new(); KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t
kds_metric_sender_new(const struct kds_metric_sender_options *options,
                      int64_t now_us,
                      struct kds_metric_sender **sender,
                      kds_error_t **error);

/** When the next take is due. */
KDS_INTERNAL int64_t kds_metric_sender_due(const struct kds_metric_sender *sender);

/** Copy what came since the last time. Not sent yet. */
KDS_INTERNAL void kds_metric_sender_take(struct kds_metric_sender *sender,
                                         struct kds_metrics *metrics,
                                         int64_t now_us);

/** Start sending what was taken. */
KDS_INTERNAL void kds_metric_sender_send(struct kds_metric_sender *sender);

/** Wait until nothing is under way, at most @p timeout_us. @return whether that was reached */
KDS_INTERNAL bool kds_metric_sender_wait(struct kds_metric_sender *sender,
                                         int64_t timeout_us);

/** What is still under way is given up. NULL is allowed. */
KDS_INTERNAL void kds_metric_sender_free(struct kds_metric_sender *sender);

#endif /* KDS_CLIENT_METRIC_SENDER_H */
