/*
 * deliver: outcomes, on the dispatch thread or inside kpl_poll().
 */
#include "producer_internal.h"

#include <unistd.h>

void kpl_tell_results_locked(kpl_producer_t *p)
{
    if (kpl_core_has_results(p->shared.core)) {
        kpl_wake_deliverer_locked(p);
    }
}

void kpl_wake_deliverer_locked(kpl_producer_t *p)
{
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

static void callback_begins_locked(kpl_producer_t *p, const char *which)
{
    p->shared.delivering = true;
    p->shared.callback = which;
    p->shared.deliverer = pthread_self();
    kpl_unlock(p);
}

static void callback_ends(kpl_producer_t *p)
{
    kpl_lock(p);
    p->shared.delivering = false;
}

/* Has a caller been sent away, and is there room for him now? */
static bool low_water_locked(kpl_producer_t *p)
{
    return p->shared.refused && p->conf.low_water != NULL &&
           kpl_core_bytes(p->shared.core) <= p->low_bytes &&
           kpl_spooling_has_room(&p->shared.spooling);
}

/* Once for all refusals. */
static void tell_low_water_locked(kpl_producer_t *p)
{
    if (low_water_locked(p)) {
        size_t bytes = kpl_core_bytes(p->shared.core);
        p->shared.refused = false;
        callback_begins_locked(p, "the low-water callback");
        p->conf.low_water(bytes, p->conf.low_water_opaque);
        callback_ends(p);
    }
}

size_t kpl_deliver_some_locked(kpl_producer_t *p, size_t most)
{
    struct kpl_queue units;
    if (!kpl_core_take(p->shared.core, most, &units)) {
        tell_low_water_locked(p);
        return 0;
    }
    kpl_spooling_report(&p->shared.spooling, &units);
    callback_begins_locked(p, "the result callback");
    if (p->results != NULL) {
        kpl_showcase_deliver(&p->showcase, &units, p->results, p->opaque);
    }
    callback_ends(p);
    kpl_spooling_reported(&p->shared.spooling);
    size_t reported = kpl_core_release(p->shared.core, &units);
    if (kpl_spooling_waiting(&p->shared.spooling) > 0) {
        kpl_wake_worker_locked(p); /* there is room for it now */
    }
    if (p->shared.waiting > 0) {
        pthread_cond_broadcast(&p->shared.changed);
    }
    tell_low_water_locked(p);
    return reported;
}

void *kpl_dispatcher_main(void *producer)
{
    kpl_producer_t *p = producer;
    kpl_lock(p);
    for (;;) {
        if (kpl_deliver_some_locked(p, KPL_SHOWCASE_RECORDS) > 0 ||
            kpl_core_has_results(p->shared.core)) {
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

/* What waits now; more may come as fast as it goes. */
static size_t deliver_waiting_locked(kpl_producer_t *p)
{
    size_t left = kpl_core_results(p->shared.core), count = 0;
    for (;;) {
        size_t most = left < KPL_SHOWCASE_RECORDS ? left : KPL_SHOWCASE_RECORDS;
        size_t n = kpl_deliver_some_locked(p, most);
        count += n;
        if (n == 0 || n >= left) {
            return count;
        }
        left -= n;
    }
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
        while (!kpl_core_has_results(p->shared.core) && !low_water_locked(p) &&
               kpl_wait_locked(p, &p->shared.ready, until_us)) {
            /* woken without a result: look again */
        }
        count = deliver_waiting_locked(p);
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
