/*
 * deliver: outcomes, on the dispatch thread or inside kpl_poll().
 */
#include "producer_internal.h"

#include <unistd.h>

void kpl_tell_results_locked(kpl_producer_t *p)
{
    if (!kpl_core_has_results(p->shared.core)) {
        return;
    }
    pthread_cond_signal(&p->shared.ready);
    if (p->polled) {
        uint64_t one = 1;
        ssize_t n = write(p->event_fd, &one, sizeof one);
        (void)n; /* it fails only if it is readable already */
    }
}

bool kpl_inside_callback_locked(const kpl_producer_t *p)
{
    return p->shared.delivering && pthread_equal(p->shared.deliverer, pthread_self());
}

/* Has a caller been sent away, and is there room for him now? Asked once for each refusal. */
static bool low_water_locked(kpl_producer_t *p)
{
    bool tell = p->shared.refused && p->conf.low_water != NULL &&
                kpl_core_bytes(p->shared.core) <= p->low_bytes;
    p->shared.refused &= !tell;
    return tell;
}

size_t kpl_deliver_some_locked(kpl_producer_t *p)
{
    struct kpl_queue units;
    if (!kpl_core_take(p->shared.core, KPL_SHOWCASE_RECORDS, &units)) {
        return 0;
    }
    kpl_spooling_report(&p->shared.spooling, &units);
    p->shared.delivering = true;
    p->shared.callback = "the result callback";
    p->shared.deliverer = pthread_self();
    kpl_unlock(p);
    if (p->results != NULL) {
        kpl_showcase_deliver(&p->showcase, &units, p->results, p->opaque);
    }
    kpl_lock(p);
    kpl_spooling_reported(&p->shared.spooling);
    size_t reported = kpl_core_release(p->shared.core, &units);
    if (kpl_spooling_waiting(&p->shared.spooling) > 0) {
        kpl_wake_worker_locked(p); /* there is room for it now */
    }
    if (p->shared.waiting > 0) {
        pthread_cond_broadcast(&p->shared.changed);
    }
    if (low_water_locked(p)) {
        size_t bytes = kpl_core_bytes(p->shared.core);
        p->shared.callback = "the low-water callback";
        kpl_unlock(p);
        p->conf.low_water(bytes, p->conf.low_water_opaque);
        kpl_lock(p);
    }
    p->shared.delivering = false;
    return reported;
}

void *kpl_dispatcher_main(void *producer)
{
    kpl_producer_t *p = producer;
    kpl_lock(p);
    for (;;) {
        if (kpl_deliver_some_locked(p) > 0) {
            continue;
        }
        if (p->shared.stop_dispatcher) {
            break;
        }
        kds_cond_wait(&p->shared.ready, &p->shared.lock, KDS_NEVER_US);
    }
    p->shared.dispatcher_ended = true;
    pthread_cond_broadcast(&p->shared.changed);
    kpl_unlock(p);
    return NULL;
}

size_t kpl_poll(kpl_producer_t *p, int64_t timeout_ms)
{
    size_t count = 0;
    uint64_t drained;
    if (kpl_forked(p) || !p->polled) {
        return 0;
    }
    int64_t until_us = kpl_deadline_us(timeout_ms);
    kpl_lock(p);
    if (!kpl_inside_callback_locked(p)) {
        while (!kpl_core_has_results(p->shared.core) &&
               kpl_wait_locked(p, &p->shared.ready, until_us)) {
            /* woken without a result: look again */
        }
        for (size_t n; (n = kpl_deliver_some_locked(p)) > 0;) {
            count += n;
        }
        ssize_t got = read(p->event_fd, &drained, sizeof drained);
        (void)got; /* nothing to read is as good */
        kpl_tell_results_locked(p);
    }
    kpl_unlock(p);
    return count;
}

int kpl_fd(const kpl_producer_t *p)
{
    return p->event_fd;
}
