/*
 * refresher: a client's credentials: hands out snapshots, and has one thread that fetches new ones.
 *
 * The thread is started when something must be fetched for the first time, so that a client whose
 * keys are written down has none. What to do when is decided in refresh.h.
 */
#ifndef KDS_AUTH_REFRESHER_H
#define KDS_AUTH_REFRESHER_H

#include "auth/chain.h"
#include "auth/refresh.h"

struct kds_refresher;

struct kds_refresher_options {
    struct kds_auth_settings *settings;  /* (taken) even on failure */
    const struct kds_profiles *profiles; /* (borrowed) as they are now */
    struct kds_fetch *fetch;             /* (lent until free) its `go_on` is set */
    const struct kds_clock *clock;       /* (lent until free) */
    const struct kds_log *log;           /* (lent until free) */
    kds_auth_endpoint_fn *endpoint;
    void *endpoint_opaque;
    uint64_t seed; /* of the jitter */
    /** A fetch ended, well or badly: whoever waits may ask again. Runs on the refresher's thread,
     *  without a lock. false = it could not be told now; it is repeated. */
    bool (*ended)(void *opaque);
    void *ended_opaque;
};

/**
 * Choose the provider. Keys that are written down are read at once; nothing else is asked yet.
 *
 * @param refresher  (given; kds_refresher_free)
 * @retval KDS_ERR_CREDENTIALS  there is no provider, or the keys that are written down are no keys
 * @retval KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM
 */
KDS_INTERNAL kds_err_t kds_refresher_new(const struct kds_refresher_options *options,
                                         struct kds_refresher **refresher,
                                         kds_error_t **error);

/** Stop and join the thread; what there is can still be had. As kds_refresher_free(). */
KDS_INTERNAL void kds_refresher_stop(struct kds_refresher *r);

/** Stop and join the thread, wipe and release. Waits for an application's callback that is under way;
 *  everything else ends within 0.1 s. NULL is allowed. */
KDS_INTERNAL void kds_refresher_free(struct kds_refresher *r);

/**
 * The credentials to sign with. Any thread; does not block.
 *
 * @param snapshot  (given; kds_snapshot_unref) on KDS_REFRESH_USE
 * @param error     (given; kds_error_free) on KDS_REFRESH_REFUSED; may be NULL
 */
KDS_INTERNAL enum kds_refresh_answer
kds_refresher_get(struct kds_refresher *r,
                  struct kds_credentials_snapshot **snapshot,
                  kds_error_t **error);

/** The service gave up the credentials of @p generation. KDS_REFRESH_USE: there are newer ones. */
KDS_INTERNAL enum kds_refresh_answer kds_refresher_force(struct kds_refresher *r,
                                                         uint64_t generation);

/** The caller runs inside a provider of this refresher. */
KDS_INTERNAL bool kds_refresher_on_thread(struct kds_refresher *r);

/** Asking again later may give other credentials. Any thread. */
KDS_INTERNAL bool kds_refresher_renews(const struct kds_refresher *r);

/** Which provider was chosen, for logs and tests. (lent until free) */
KDS_INTERNAL const char *kds_refresher_provider(const struct kds_refresher *r);

/* ---- settings ----------------------------------------------------------------------------- */

struct kds_auth_options {
    const char *access_key_id, *secret_access_key,
        *session_token;           /* NULL, "" = not given */
    const char *profile;          /* NULL, "" = not given */
    kds_credentials_fn *callback; /* NULL = none */
    void *callback_opaque;
};

/**
 * What the options and the environment say. Reads no file.
 *
 * @param options   (copied)
 * @param settings  (given; kds_auth_settings_free); its region is empty
 * @retval KDS_ERR_CREDENTIALS  the keys in @p options are no keys
 * @retval KDS_ERR_CONFIG, KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_auth_settings_new(const struct kds_auth_options *options,
                                             kds_getenv_fn *env,
                                             struct kds_auth_settings **settings,
                                             kds_error_t **error);

/** Wipe and release. NULL is allowed. */
KDS_INTERNAL void kds_auth_settings_free(struct kds_auth_settings *s);

#endif /* KDS_AUTH_REFRESHER_H */
