/*
 * refresher: a lock, a thread, and calls of chain.h and refresh.h.
 */
#include "auth/refresher.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/thread.h"

#include <inttypes.h>
#include <string.h>

#define TELL_AGAIN_US (100 * KDS_US_PER_MS)

struct kds_refresher {
    /* Set by kds_refresher_new(), read-only afterwards: any thread, no lock. */
    struct kds_refresher_options options;
    struct kds_auth_settings *settings;
    const struct kds_chain_row *row;

    struct kds_rng rng; /* whoever holds the lock */
    pthread_t thread;   /* if `thread_runs` */

    /* With `lock` held. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct kds_refresh state;
    struct kds_credentials_snapshot *current; /* NULL = none yet */
    kds_error_t *last_error;                  /* of the last fetch; NULL = it went well */
    bool thread_runs;
    bool stop;
};

static struct kds_instant now(const struct kds_refresher *r)
{
    struct kds_instant i = {
        kds_clock_boottime_us(r->options.clock),
        kds_clock_realtime_us(r->options.clock) / KDS_US_PER_MS,
    };
    return i;
}

/* ---- what providers are given ------------------------------------------------------------- */

/* Wait, unless it is time to stop. @return false: it is. */
static bool pause_provider(void *opaque, int64_t us)
{
    struct kds_refresher *r = opaque;
    pthread_mutex_lock(&r->lock);
    int64_t until_us = kds_us_add(kds_clock_boottime_us(kds_clock_system()), us);
    int64_t left_us = us;
    while (!r->stop && left_us > 0) {
        kds_cond_wait(&r->changed, &r->lock, left_us);
        left_us = until_us - kds_clock_boottime_us(kds_clock_system());
    }
    bool go_on = !r->stop;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static bool may_go_on(void *opaque)
{
    return pause_provider(opaque, 0);
}

static kds_err_t ask(struct kds_refresher *r,
                     const struct kds_profiles *profiles,
                     struct kds_credentials *out,
                     kds_error_t **error)
{
    const struct kds_provider_context ctx = {
        .settings = r->settings,
        .profiles = profiles,
        .fetch = r->options.fetch,
        .clock = r->options.clock,
        .log = r->options.log,
        .endpoint = r->options.endpoint,
        .endpoint_opaque = r->options.endpoint_opaque,
        .pause = pause_provider,
        .pause_opaque = r,
    };
    return kds_chain_ask(r->row, &ctx, out, error);
}

/* ---- one fetch ---------------------------------------------------------------------------- */

static bool same_as_current_locked(const struct kds_refresher *r,
                                   const struct kds_credentials *c)
{
    return r->current != NULL && kds_credentials_same(&r->current->credentials, c);
}

/* @param c (taken) */
static kds_err_t install_locked(struct kds_refresher *r, struct kds_credentials *c)
{
    int64_t expires_at_ms = c->expires_at_ms;
    bool same = same_as_current_locked(r, c);
    if (same) {
        kds_credentials_clear(c);
    } else {
        struct kds_credentials_snapshot *s;
        kds_err_t rc = kds_snapshot_new(c, r->state.generation + 1, &s);
        if (rc != KDS_OK) {
            return rc;
        }
        kds_snapshot_unref(r->current);
        r->current = s;
    }
    kds_refresh_succeeded(&r->state, now(r), expires_at_ms, same, &r->rng);
    return KDS_OK;
}

static void tell_success(struct kds_refresher *r, int64_t expires_at_ms)
{
    int64_t left_ms = expires_at_ms - now(r).wall_ms;
    if (expires_at_ms == KDS_CREDENTIALS_FOREVER_MS) {
        kds_log(r->options.log, KDS_LOG_INFO, "credentials",
                "fetched (%s), without expiry", r->row->name);
    } else if (left_ms <= 0) {
        kds_log(r->options.log, KDS_LOG_WARNING, "credentials",
                "fetched (%s), but expired; used all the same", r->row->name);
    } else {
        kds_log(r->options.log, KDS_LOG_INFO, "credentials",
                "fetched (%s), they hold for %" PRId64 " s", r->row->name,
                left_ms / 1000);
    }
}

static void tell_failure(struct kds_refresher *r, const kds_error_t *why, bool more_time)
{
    kds_log(r->options.log, KDS_LOG_WARNING, "credentials", "not fetched (%s): %s%s",
            r->row->name, why ? kds_error_message(why) : "out of memory",
            more_time ? "; the old ones are used beyond their expiry" : "");
}

/* Called without the lock; `running` is set. */
static void fetch_once(struct kds_refresher *r)
{
    struct kds_credentials c = {.access_key_id = NULL};
    struct kds_profiles *profiles = NULL;
    kds_error_t *why = NULL;
    bool more_time = false;
    kds_err_t rc = kds_profiles_load(&r->settings->paths, &profiles, &why);
    rc = rc == KDS_OK ? ask(r, profiles, &c, &why) : rc;
    kds_profiles_free(profiles);
    int64_t expires_at_ms = c.expires_at_ms;

    pthread_mutex_lock(&r->lock);
    if (rc == KDS_OK) {
        rc = install_locked(r, &c);
    }
    if (rc != KDS_OK) {
        more_time = kds_refresh_failed(&r->state, now(r), &r->rng);
    }
    kds_error_free(r->last_error);
    r->last_error = rc == KDS_OK ? NULL : kds_error_copy(why);
    pthread_mutex_unlock(&r->lock);

    if (rc == KDS_OK) {
        tell_success(r, expires_at_ms);
    } else if (rc != KDS_ERR_CANCELLED) {
        tell_failure(r, why, more_time);
    }
    kds_error_free(why);
}

static void *thread_main(void *opaque)
{
    struct kds_refresher *r = opaque;
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct kds_instant t = now(r);
        int64_t next_us = kds_refresh_next_us(&r->state, t);
        if (next_us > t.boot_us) {
            kds_cond_wait(&r->changed, &r->lock,
                          next_us == KDS_NEVER_US ? KDS_NEVER_US : next_us - t.boot_us);
            continue;
        }
        kds_refresh_started(&r->state);
        pthread_mutex_unlock(&r->lock);
        fetch_once(r);
        while (!r->options.ended(r->options.ended_opaque) &&
               pause_provider(r, TELL_AGAIN_US)) {
            /* Somebody waits for it and has no other way to learn. */
        }
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- life --------------------------------------------------------------------------------- */

static kds_err_t read_at_once(struct kds_refresher *r, kds_error_t **error)
{
    struct kds_credentials c;
    kds_err_t rc = ask(r, r->options.profiles, &c, error);
    if (rc != KDS_OK) {
        return rc;
    }
    rc = install_locked(r, &c);
    return rc == KDS_OK ? KDS_OK : kds_error_set(error, rc, "out of memory");
}

static kds_err_t make_lock(struct kds_refresher *r)
{
    kds_err_t rc = kds_mutex_init(&r->lock);
    if (rc != KDS_OK) {
        return rc;
    }
    rc = kds_cond_init(&r->changed);
    if (rc != KDS_OK) {
        pthread_mutex_destroy(&r->lock);
    }
    return rc;
}

kds_err_t kds_refresher_new(const struct kds_refresher_options *options,
                            struct kds_refresher **refresher,
                            kds_error_t **error)
{
    struct kds_refresher *r = kds_alloc_zero(1, sizeof *r);
    kds_err_t rc = r == NULL ? KDS_ERR_NO_MEMORY : make_lock(r);
    if (rc != KDS_OK) {
        kds_free(r);
        kds_auth_settings_free(options->settings);
        return kds_error_set(error, rc, "%s", kds_err_text(rc));
    }
    r->options = *options;
    r->settings = options->settings;
    r->row = kds_chain_choose(r->settings, options->profiles);
    kds_rng_seed(&r->rng, options->seed);
    kds_refresh_init(&r->state, r->row->renews, r->row->stable);
    options->fetch->go_on = may_go_on;
    options->fetch->go_on_opaque = r;
    rc = r->row->blocks ? KDS_OK : read_at_once(r, error);
    r->options.profiles = NULL; /* they were borrowed */
    if (rc != KDS_OK) {
        kds_refresher_free(r);
        return rc;
    }
    *refresher = r;
    return KDS_OK;
}

void kds_refresher_stop(struct kds_refresher *r)
{
    if (r == NULL) {
        return;
    }
    pthread_mutex_lock(&r->lock);
    bool runs = r->thread_runs;
    r->stop = true;
    r->thread_runs = false;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    if (runs) {
        pthread_join(r->thread, NULL);
    }
}

void kds_refresher_free(struct kds_refresher *r)
{
    if (r == NULL) {
        return;
    }
    kds_refresher_stop(r);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    kds_snapshot_unref(r->current);
    kds_error_free(r->last_error);
    kds_auth_settings_free(r->settings);
    kds_free(r);
}

/* ---- what clients ask --------------------------------------------------------------------- */

/* @return false: there is something to do and no thread to do it. */
static bool wake_thread_locked(struct kds_refresher *r)
{
    if (!r->thread_runs && !r->stop) {
        r->thread_runs =
            kds_thread_start(&r->thread, "kds:credentials", thread_main, r) == KDS_OK;
    }
    pthread_cond_broadcast(&r->changed);
    return r->thread_runs;
}

static void refuse_locked(const struct kds_refresher *r, kds_error_t **error)
{
    if (r->last_error != NULL) {
        kds_error_set(error, KDS_ERR_CREDENTIALS, "%s", kds_error_message(r->last_error));
    } else {
        kds_error_set(error, KDS_ERR_CREDENTIALS, "the credentials (%s) have expired",
                      r->row->name);
    }
}

enum kds_refresh_answer kds_refresher_get(struct kds_refresher *r,
                                          struct kds_credentials_snapshot **snapshot,
                                          kds_error_t **error)
{
    pthread_mutex_lock(&r->lock);
    struct kds_instant t = now(r);
    enum kds_refresh_answer answer = kds_refresh_ask(&r->state, t);
    int64_t next_us = kds_refresh_next_us(&r->state, t);
    /* Also wakes a thread that slept over its time, with the machine or by a step of the clock. */
    bool asleep = next_us != KDS_NEVER_US && (!r->thread_runs || next_us <= t.boot_us);
    bool awake = !asleep || wake_thread_locked(r);
    if (answer == KDS_REFRESH_USE) {
        *snapshot = kds_snapshot_ref(r->current); /* whether or not they can be renewed */
    } else if (answer == KDS_REFRESH_WAIT && !awake) {
        answer = KDS_REFRESH_REFUSED;
        kds_error_set(error, KDS_ERR_SYSTEM, "no thread could be started");
    } else if (answer == KDS_REFRESH_REFUSED) {
        refuse_locked(r, error);
    }
    pthread_mutex_unlock(&r->lock);
    return answer;
}

enum kds_refresh_answer kds_refresher_force(struct kds_refresher *r, uint64_t generation)
{
    pthread_mutex_lock(&r->lock);
    enum kds_refresh_answer answer = kds_refresh_force(&r->state, generation);
    if (answer == KDS_REFRESH_WAIT && !wake_thread_locked(r)) {
        answer = KDS_REFRESH_REFUSED;
    }
    pthread_mutex_unlock(&r->lock);
    return answer;
}

bool kds_refresher_on_thread(struct kds_refresher *r)
{
    pthread_mutex_lock(&r->lock);
    bool inside = r->thread_runs && pthread_equal(pthread_self(), r->thread) != 0;
    pthread_mutex_unlock(&r->lock);
    return inside;
}

bool kds_refresher_renews(const struct kds_refresher *r)
{
    return r->row->renews;
}

const char *kds_refresher_provider(const struct kds_refresher *r)
{
    return r->row->name;
}
