/*
 * worker: the thread that asks the core what to do, and the calls that it makes.
 */
#include "producer_internal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"

void kpl_wake_worker_locked(kpl_producer_t *p)
{
    if (p->shared.worker_wake_us >= 0) {
        p->shared.worker_wake_us = -1;
        pthread_cond_signal(&p->shared.work);
    }
}

/* ---- room on the disk --------------------------------------------------------------------- */

#define ROOM_RETRY_US (250 * KDS_US_PER_MS)

void kpl_want_room_locked(kpl_producer_t *p, int64_t now_us)
{
    if (p->shared.spooling.spool != NULL && p->shared.room_at_us == KDS_NEVER_US) {
        p->shared.room_at_us = kds_us_add(now_us, ROOM_RETRY_US);
    }
}

/* Tell whoever waits, if there is some. */
static void look_for_room_locked(kpl_producer_t *p)
{
    bool asked_for =
        p->shared.waiting > 0 || (p->shared.refused && p->conf.low_water != NULL);
    p->shared.room_at_us = KDS_NEVER_US;
    if (!asked_for) {
        return;
    }
    if (kpl_spooling_has_room(&p->shared.spooling)) {
        pthread_cond_broadcast(&p->shared.changed);
        kpl_wake_deliverer_locked(p); /* low water */
    } else {
        kpl_want_room_locked(p, kpl_now_us());
    }
}

/* ---- calls -------------------------------------------------------------------------------- */

#define REFUSAL_TOLD_US (60 * KDS_US_PER_S) /* a line of the log for all within it */

/* A call of the core's: which one, for its completion. */
struct call {
    kpl_producer_t *producer;
    uint64_t id;
    enum kpl_action_kind kind;
};

/* Somebody has to do something, or the spool fills. */
static bool is_to_be_told_locked(kpl_producer_t *p,
                                 enum kpl_action_kind kind,
                                 const kds_error_t *error)
{
    int64_t now_us = kpl_now_us();
    if (error == NULL || kind != KPL_ACTION_PUT_RECORDS ||
        !kpl_stays_in_spool(&p->conf, error)) {
        return false;
    }
    p->shared.spool_refusals++;
    bool tell = now_us >= p->shared.refusal_at_us;
    if (tell) {
        p->shared.refusal_at_us = kds_us_add(now_us, REFUSAL_TOLD_US);
    }
    return tell;
}

static void call_ended(kpl_producer_t *p,
                       const struct call *call,
                       const void *output,
                       const kds_error_t *error)
{
    kpl_lock(p);
    kpl_core_done(p->shared.core, kpl_now_us(), call->id, output, error);
    kpl_tell_results_locked(p);
    kpl_wake_worker_locked(p);
    bool tell = is_to_be_told_locked(p, call->kind, error);
    kpl_unlock(p);
    if (tell) {
        kds_log(&p->conf.log, KDS_LOG_WARNING, "spool",
                "records stay in the spool until this is mended: %s",
                kds_error_message(error));
    } else if (error != NULL) {
        kds_log(&p->conf.log, KDS_LOG_INFO, "http", "%s", kds_error_message(error));
    }
}

/* On the client's thread. */
static void on_call_done(const void *output, kds_error_t *error, void *opaque)
{
    struct call *call = opaque;
    call_ended(call->producer, call, output, error);
    kds_output_free(output);
    kds_error_free(error);
    kds_free(call);
}

static const void *input_of(const struct kpl_action *action)
{
    switch (action->kind) {
    case KPL_ACTION_LIST_SHARDS:
        return &action->list_shards;
    case KPL_ACTION_SUMMARY:
        return &action->summary;
    case KPL_ACTION_PUT_RECORDS:
        break;
    }
    return &action->put_records;
}

static void perform(kpl_producer_t *p, const struct kpl_action *action)
{
    /* The core decides about retries itself, record by record. */
    const kds_call_options_t once = {
        .struct_size = sizeof once,
        .max_attempts = 1,
        .call_timeout_ms = p->conf.request_timeout_ms, /* whatever it waits for */
    };
    kds_error_t *error = NULL;
    const struct call what = {p, action->id, action->kind};
    struct call *call = kds_alloc(sizeof *call);
    if (call == NULL) {
        kds_error_set(&error, KDS_ERR_NO_MEMORY, "out of memory");
    } else {
        *call = what;
        kds_client_start(p->client, p->operations[action->kind], input_of(action), &once,
                         on_call_done, call, &error);
    }
    if (error != NULL) {
        call_ended(p, &what, NULL, error);
        kds_error_free(error);
        kds_free(call);
    }
}

/* When the worker is to look again if nothing happens. */
static int64_t wake_at_us_locked(kpl_producer_t *p, int64_t now_us)
{
    int64_t at_us = kpl_core_wake_at_us(p->shared.core, now_us);
    /* Due and yet nothing to do: memory is short. Look again soon, not at once. */
    at_us = at_us <= now_us ? now_us + KDS_US_PER_MS : at_us;
    at_us = kpl_upload_due_us(p) < at_us ? kpl_upload_due_us(p) : at_us;
    return p->shared.room_at_us < at_us ? p->shared.room_at_us : at_us;
}

void *kpl_worker_main(void *producer)
{
    kpl_producer_t *p = producer;
    struct kpl_action action;
    kpl_lock(p);
    while (!p->shared.stop_worker) {
        p->shared.put_bytes = 0;
        bool fed = kpl_spooling_feed(&p->shared.spooling, kpl_now_us());
        if (kpl_core_decide(p->shared.core, kpl_now_us(), &action)) {
            kpl_unlock(p);
            kpl_action_complete(&action);
            perform(p, &action);
            kpl_lock(p);
            continue;
        }
        if (fed) {
            continue;
        }
        if (kpl_upload_due_us(p) <= kpl_now_us()) {
            kpl_upload_locked(p);
            continue;
        }
        if (p->shared.room_at_us <= kpl_now_us()) {
            look_for_room_locked(p);
            continue;
        }
        kpl_tell_results_locked(p); /* records may have expired */
        int64_t now = kpl_now_us();
        int64_t at_us = wake_at_us_locked(p, now);
        p->shared.worker_wake_us = at_us;
        kds_cond_wait(&p->shared.work, &p->shared.lock,
                      at_us == KDS_NEVER_US ? KDS_NEVER_US : at_us - now);
        p->shared.worker_wake_us = -1;
    }
    kpl_unlock(p);
    return NULL;
}
