/*
 * put: the caller's side: accepting records, waiting for room, flushing, closing.
 */
#include "producer_internal.h"

#include "base/error.h"

#include <string.h>

#define WAKE_BYTES                                                                       \
    (256 * 1024) /* put since the worker looked last: it may have to send */
#define HASHES_AT_ONCE 64

int64_t kpl_deadline_us(int64_t timeout_ms)
{
    if (timeout_ms < 0) {
        return KDS_NEVER_US;
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

/* Does the worker have to look at what was just put? */
static void after_put_locked(kpl_producer_t *p, int64_t now, size_t bytes)
{
    p->shared.put_bytes += bytes;
    if (p->shared.put_bytes >= WAKE_BYTES ||
        kds_us_add(now, p->linger_us) < p->shared.worker_wake_us) {
        p->shared.put_bytes = 0;
        kpl_wake_worker_locked(p);
    }
}

/* Accept one checked record, waiting for room until the deadline. */
static kds_err_t put_locked(kpl_producer_t *p,
                            const kpl_record_t *record,
                            kds_u128_t hash,
                            int64_t *now,
                            int64_t until_us,
                            kds_error_t **error)
{
    for (;;) {
        if (p->shared.closed) {
            return kds_error_set(error, KDS_ERR_CLOSED, "the producer is closed");
        }
        kds_err_t rc =
            kpl_spooling_put(&p->shared.spooling, &p->conf, *now, record, hash, error);
        if (rc != KDS_ERR_QUEUE_FULL) {
            if (rc == KDS_OK) {
                after_put_locked(p, *now, record->data.n + record->partition_key.n);
            }
            return rc;
        }
        kpl_wake_worker_locked(p);
        if (!kpl_wait_locked(p, &p->shared.changed, until_us)) {
            p->shared.refused = true;
            return rc;
        }
        *now = kpl_now_us();
    }
}

/* Forget the message of an attempt that succeeded in the end. */
static void drop_error(kds_err_t rc, kds_error_t **error)
{
    if (rc == KDS_OK && error != NULL) {
        kds_error_free(*error);
        *error = NULL;
    }
}

/* Check and hash as many of the records as one turn takes. @return how many are good */
static size_t prepare(const kpl_producer_t *p,
                      const kpl_record_t *records,
                      size_t count,
                      kds_u128_t *hashes,
                      kds_err_t *rc,
                      kds_error_t **error)
{
    size_t n = 0;
    *rc = KDS_OK;
    while (n < count && n < HASHES_AT_ONCE) {
        *rc = kpl_record_check(&p->conf, &records[n], error);
        if (*rc == KDS_OK && records[n].explicit_hash_key.p != NULL) {
            *rc = kpl_hash_of(&records[n], &hashes[n], error);
        }
        if (*rc != KDS_OK) {
            break;
        }
        n++;
    }
    kpl_hash_many(records, n, hashes);
    return n;
}

kds_err_t kpl_put_many(kpl_producer_t *p,
                       const kpl_record_t *records,
                       size_t count,
                       int64_t timeout_ms,
                       size_t *accepted,
                       kds_error_t **error)
{
    kds_u128_t hashes[HASHES_AT_ONCE];
    kds_err_t bad = KDS_OK, rc = KDS_OK;
    *accepted = 0;
    if (kpl_forked(p)) {
        return refuse_fork(error);
    }
    int64_t until_us = timeout_ms == 0 ? 0 : kpl_deadline_us(timeout_ms);
    while (rc == KDS_OK && *accepted < count) {
        size_t n =
            prepare(p, records + *accepted, count - *accepted, hashes, &bad, error);
        int64_t now = kpl_now_us();
        kpl_lock(p);
        if (timeout_ms != 0 && kpl_inside_callback_locked(p)) {
            rc = kds_error_set(
                error, KDS_ERR_WOULD_DEADLOCK,
                "a put inside a result callback cannot wait: timeout_ms must be 0");
        }
        for (size_t i = 0; rc == KDS_OK && i < n; i++) {
            rc = put_locked(p, &records[*accepted], hashes[i], &now, until_us, error);
            *accepted += rc == KDS_OK;
        }
        rc = rc ? rc : kpl_spooling_sync(&p->shared.spooling, error);
        kpl_unlock(p);
        rc = rc == KDS_OK ? bad : rc;
    }
    drop_error(rc, error);
    return rc;
}

kds_err_t kpl_put(kpl_producer_t *p,
                  const kpl_record_t *record,
                  int64_t timeout_ms,
                  kds_error_t **error)
{
    size_t accepted;
    return kpl_put_many(p, record, 1, timeout_ms, &accepted, error);
}

/* ---- flushing and closing ----------------------------------------------------------------- */

kds_err_t kpl_flush(kpl_producer_t *p, int64_t timeout_ms, size_t *left)
{
    kds_err_t rc = KDS_OK;
    if (kpl_forked(p)) {
        return KDS_ERR_FORKED;
    }
    int64_t until_us = timeout_ms == 0 ? 0 : kpl_deadline_us(timeout_ms);
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
    kpl_unlock(p);
    s.spooled_records = spool.records;
    s.spool_waiting = spool.waiting;
    s.spool_recovered = spool.recovered;
    s.spool_bytes = spool.bytes;
    s.struct_size = stats->struct_size;
    memcpy(stats, &s, stats->struct_size < sizeof s ? stats->struct_size : sizeof s);
}
