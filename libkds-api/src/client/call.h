/*
 * call: one call from its start to its end: attempts, their judgement, the final output or error.
 *
 * Runs on the transport's thread only; client.c starts it there.
 */
#ifndef KDS_CLIENT_CALL_H
#define KDS_CLIENT_CALL_H

#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "client/adaptive.h"
#include "client/retry.h"
#include "client/signing.h"
#include "kds/client.h"
#include "model/operations.h"
#include "net/transport.h"
#include "net/url.h"

/** What the calls of one client share. */
struct kds_call_context {
    const struct kds_clock *clock; /* (lent) */
    struct kds_transport *transport;
    struct kds_url url;
    char url_text[1400];
    struct kds_signing signing;
    struct kds_call *waiting, *last_waiting; /* for credentials, in order of arrival */
    int64_t
        look_at_us; /* when they are looked at for their deadlines; 0 = not yet planned */
    struct kds_log log;
    struct kds_retry_budget budget;
    bool paced; /* by `adaptive` */
    struct kds_adaptive adaptive;
    bool dates_trusted; /* nobody but the endpoint can have written an answer's Date */
    _Atomic int64_t skew_us;         /* added to the wall clock in signatures */
    _Atomic int64_t server_ahead_us; /* of the wall clock, by the last answer's Date */
    struct kds_rng rng;
    atomic_bool stopping; /* no further attempt */
};

struct kds_call;

/**
 * Validate and encode. Any thread; nothing is sent.
 *
 * @param input    (borrowed)
 * @param options  complete: no member is 0.
 * @param call     (given; kds_call_run)
 */
KDS_INTERNAL kds_err_t kds_call_new(struct kds_call_context *context,
                                    const struct kds_operation *operation,
                                    const void *input,
                                    enum kds_format format,
                                    const kds_call_options_t *options,
                                    kds_completion_fn *done,
                                    void *opaque,
                                    struct kds_call **call,
                                    kds_error_t **error);

/** Make attempts until the end, then run `done` and release the call. (taken) A kds_task_fn. */
KDS_INTERNAL void kds_call_run(void *call);

/** Run the calls that wait for credentials: there are some, or none are to be had. A kds_task_fn. */
KDS_INTERNAL void kds_calls_on_credentials(void *context);

/** Release a call that never ran. */
KDS_INTERNAL void kds_call_free(struct kds_call *call);

#endif /* KDS_CLIENT_CALL_H */
