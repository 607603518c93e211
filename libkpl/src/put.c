/*
 * put: the caller's side: accepting records, waiting for room, flushing, closing.
 */
#include "producer_internal.h"

#include "base/error.h"

#include <string.h>

/* Of the budget, put since the worker looked last: it may have to send. */
#define WAKE_BYTES ((size_t)384 * 1024)

int64_t kpl_deadline_us(int64_t timeout_ms)
{
    if (timeout_ms <= 0) {
        return timeout_ms < 0 ? KDS_NEVER_US : 0;
    }
    return timeout_ms > INT64_MAX / KDS_US_PER_MS
               ? KDS_NEVER_US
               : kds_us_add(kpl_now_us(), timeout_ms * KDS_US_PER_MS);
}

bool kpl_wait_locked(kpl_producer_t *p, pthread_cond_t *cond, int64_t until_us)
{
    int64_t left_us = until_us == KDS_NEVER_US ? KDS_NEVER_US : until_us - kpl_now_us();
    if (left_us <= 0) {
        return false;
    }
    p->shared.waiting++;
    kds_cond_wait(cond, &p->shared.lock, left_us);
    p->shared.waiting--;
    return true;
}

static kds_err_t refuse_fork(kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_FORKED,
                         "the producer was created by the parent process");
}

/* ---- putting ------------------------------------------------------------------------------ */

/* Records that were checked, on their way in. */
struct batch {
    const kpl_record_t *records;
    const kds_u128_t *hashes; /* NULL: the only one may be staged */
    size_t count;             /* not yet accepted */
    int64_t now_us;           /* a look at the clock for all of them */
    bool wake;                /* the worker is to be told, when the lock is free again */
};

/* Does the worker have to look at what was just put? It is woken outside the lock, which it would
 * only wait for. */
static void note_put_locked(kpl_producer_t *p, struct batch *b, size_t bytes)
{
    p->shared.put_bytes += bytes;
    if (p->shared.worker_wake_us >= 0 &&
        (p->shared.put_bytes >= WAKE_BYTES ||
         kds_us_add(b->now_us, p->linger_us) < p->shared.worker_wake_us)) {
        p->shared.put_bytes = 0;
        p->shared.worker_wake_us = -1;
        b->wake = true;
    }
}

static void wake_before_waiting_locked(kpl_producer_t *p, struct batch *b)
{
    if (b->wake) {
        b->wake = false;
        pthread_cond_signal(&p->shared.work);
    }
    kpl_wake_worker_locked(p);
}

/* Accept what there is room for. @return KDS_OK if that was all of it */
static kds_err_t accept_locked(kpl_producer_t *p, struct batch *b, kds_error_t **error)
{
    kds_err_t rc;
    size_t n, before = kpl_core_bytes(p->shared.core);
    if (b->hashes == NULL) {
        rc = kpl_core_put(p->shared.core, b->now_us, b->records, error);
        n = rc == KDS_OK;
    } else {
        n = kpl_spooling_put(&p->shared.spooling, &p->conf, b->now_us, b->records,
                             b->hashes, b->count, &rc, error);
        b->hashes += n;
    }
    if (n > 0) {
        note_put_locked(p, b, kpl_core_bytes(p->shared.core) - before);
    }
    b->records += n;
    b->count -= n;
    return rc;
}

/* Accept all of it, waiting for room until the deadline. */
static kds_err_t
put_locked(kpl_producer_t *p, struct batch *b, int64_t until_us, kds_error_t **error)
{
    for (;;) {
        if (p->shared.closed) {
            return kds_error_set(error, KDS_ERR_CLOSED, "the producer is closed");
        }
        kds_err_t rc = accept_locked(p, b, error);
        if (rc != KDS_ERR_QUEUE_FULL) {
            return rc;
        }
        kpl_want_room_locked(p, b->now_us);
        wake_before_waiting_locked(p, b);
        if (!kpl_wait_locked(p, &p->shared.changed, until_us)) {
            p->shared.refused = true;
            return rc;
        }
        b->now_us = kpl_now_us();
    }
}

/* Wait until all that was accepted is safe, if the settings ask for that: one thread for the disk, without the
 * lock, and the others for it. */
static kds_err_t sync_locked(kpl_producer_t *p, struct batch *b, kds_error_t **error)
{
    struct kpl_spool *spool = p->shared.spooling.spool;
    struct kpl_spool_part part;
    kds_err_t rc = KDS_OK;
    if (spool == NULL) {
        return KDS_OK;
    }
    struct kpl_spool_place until = kpl_spool_end(spool);
    while (rc == KDS_OK) {
        if (p->shared.syncing) {
            wake_before_waiting_locked(p, b);
            kpl_wait_locked(p, &p->shared.changed, KDS_NEVER_US);
            continue;
        }
        if (!kpl_spool_sync_begin(spool, until, &part)) {
            break;
        }
        p->shared.syncing = true;
        wake_before_waiting_locked(p, b);
        kpl_unlock(p);
        rc = kpl_spool_sync_part(spool, &part, error);
        kpl_lock(p);
        p->shared.syncing = false;
        kpl_spool_sync_end(spool, &part, rc == KDS_OK);
        if (p->shared.waiting > 0) {
            pthread_cond_broadcast(&p->shared.changed);
        }
    }
    return rc;
}

/* Put checked records. @return how many were accepted, from the first on */
static size_t put_checked(kpl_producer_t *p,
                          const kpl_record_t *records,
                          const kds_u128_t *hashes,
                          size_t count,
                          int64_t timeout_ms,
                          int64_t until_us,
                          kds_err_t *rc,
                          kds_error_t **error)
{
    struct batch b = {records, hashes, count, kpl_now_us(), false};
    kpl_lock(p);
    if (timeout_ms != 0 && kpl_inside_callback_locked(p)) {
        *rc = kds_error_set(
            error, KDS_ERR_WOULD_DEADLOCK,
            "a put inside a result callback cannot wait: timeout_ms must be 0");
    } else {
        *rc = put_locked(p, &b, until_us, error);
    }
    kds_err_t unsafe = b.count < count ? sync_locked(p, &b, error) : KDS_OK;
    *rc = unsafe ? unsafe : *rc;
    kpl_unlock(p);
    if (b.wake) {
        pthread_cond_signal(&p->shared.work);
    }
    return count - b.count;
}

/* Forget the message of an attempt that succeeded in the end. */
static void drop_error(kds_err_t rc, kds_error_t **error)
{
    if (rc == KDS_OK && error != NULL) {
        kds_error_free(*error);
        *error = NULL;
    }
}

kds_err_t kpl_put_until(kpl_producer_t *p,
                        const kpl_record_t *records,
                        size_t count,
                        int64_t timeout_ms,
                        int64_t until_us,
                        size_t *accepted,
                        kds_error_t **error)
{
    KDS_UNINITIALIZED kds_u128_t hashes[KPL_PREPARED_MAX];
    kds_err_t bad = KDS_OK, rc = KDS_OK;
    *accepted = 0;
    if (kpl_forked(p)) {
        return refuse_fork(error);
    }
    while (rc == KDS_OK && *accepted < count) {
        const kpl_record_t *next = records + *accepted;
        size_t n = kpl_prepare(&p->conf, next, count - *accepted, hashes, &bad, error);
        if (n > 0) {
            *accepted +=
                put_checked(p, next, hashes, n, timeout_ms, until_us, &rc, error);
        }
        rc = rc == KDS_OK ? bad : rc;
    }
    drop_error(rc, error);
    return rc;
}

kds_err_t kpl_put_many(kpl_producer_t *p,
                       const kpl_record_t *records,
                       size_t count,
                       int64_t timeout_ms,
                       size_t *accepted,
                       kds_error_t **error)
{
    return kpl_put_until(p, records, count, timeout_ms, kpl_deadline_us(timeout_ms),
                         accepted, error);
}

kds_err_t kpl_put(kpl_producer_t *p,
                  const kpl_record_t *record,
                  int64_t timeout_ms,
                  kds_error_t **error)
{
    kds_u128_t hash;
    if (kpl_forked(p)) {
        return refuse_fork(error);
    }
    int64_t until_us = kpl_deadline_us(timeout_ms);
    kds_err_t rc = kpl_record_check(&p->conf, record, error);
    bool staged = rc == KDS_OK && kpl_may_be_staged(&p->conf, record);
    if (rc == KDS_OK && !staged) {
        rc = kpl_hash_of(record, &hash, error);
    }
    if (rc == KDS_OK) {
        put_checked(p, record, staged ? NULL : &hash, 1, timeout_ms, until_us, &rc,
                    error);
    }
    drop_error(rc, error);
    return rc;
}

/* ---- flushing and closing ----------------------------------------------------------------- */

kds_err_t kpl_flush(kpl_producer_t *p, int64_t timeout_ms, size_t *left)
{
    kds_err_t rc = KDS_OK;
    if (kpl_forked(p)) {
        return KDS_ERR_FORKED;
    }
    int64_t until_us = kpl_deadline_us(timeout_ms);
    kpl_lock(p);
    if (timeout_ms != 0 && kpl_inside_callback_locked(p)) {
        rc = KDS_ERR_WOULD_DEADLOCK;
    }
    uint64_t mark = kpl_spooling_mark(&p->shared.spooling);
    while (rc == KDS_OK && !kpl_spooling_taken(&p->shared.spooling, mark)) {
        kpl_core_flush(p->shared.core, kpl_now_us()); /* what makes room is to hurry */
        kpl_wake_worker_locked(p);
        if (!kpl_wait_locked(p, &p->shared.changed, until_us)) {
            rc = KDS_ERR_TIMED_OUT;
        }
    }
    uint64_t ticket = kpl_core_flush(p->shared.core, kpl_now_us());
    kpl_wake_worker_locked(p);
    while (rc == KDS_OK && !kpl_core_flushed(p->shared.core, ticket)) {
        if (!kpl_wait_locked(p, &p->shared.changed, until_us)) {
            rc = KDS_ERR_TIMED_OUT;
        }
    }
    if (left != NULL) {
        *left = kpl_core_outstanding(p->shared.core) +
                (size_t)kpl_spooling_waiting(&p->shared.spooling);
    }
    kpl_unlock(p);
    return rc;
}

kds_err_t kpl_close(kpl_producer_t *p, int64_t timeout_ms, size_t *left)
{
    if (kpl_forked(p)) {
        return KDS_ERR_FORKED;
    }
    kpl_lock(p);
    p->shared.closed = true;
    pthread_cond_broadcast(&p->shared.changed); /* whoever waits for room */
    kpl_unlock(p);
    return kpl_flush(p, timeout_ms, left);
}

void kpl_producer_stats(kpl_producer_t *p, kpl_stats_t *stats)
{
    if (kpl_forked(p)) {
        return;
    }
    kpl_stats_t s = {.struct_size = sizeof s};
    struct kpl_spool_stats spool;
    kpl_lock(p);
    kpl_core_stats(p->shared.core, &s);
    kpl_spooling_stats(&p->shared.spooling, &spool);
    s.spool_refusals = p->shared.spool_refusals;
    kpl_unlock(p);
    s.spooled_records = spool.records;
    s.spool_waiting = spool.waiting;
    s.spool_recovered = spool.recovered;
    s.spool_bytes = spool.bytes;
    s.struct_size = stats->struct_size;
    memcpy(stats, &s, stats->struct_size < sizeof s ? stats->struct_size : sizeof s);
}
