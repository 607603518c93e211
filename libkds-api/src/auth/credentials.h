/*
 * credentials: who signs: a value with its secrets, and immutable snapshots of it.
 *
 * Secrets are wiped when they are released and stand in no other place.
 */
#ifndef KDS_AUTH_CREDENTIALS_H
#define KDS_AUTH_CREDENTIALS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/error.h"

#define KDS_CREDENTIALS_FOREVER_MS INT64_MAX

#define KDS_KEY_ID_BYTES_MAX 256 /* the service's own limit is 128 */
#define KDS_SECRET_BYTES_MAX 1024
#define KDS_TOKEN_BYTES_MAX                                                              \
    8000 /* real ones have up to about 4 KiB; a header line 8 KiB */
#define KDS_ACCOUNT_ID_BYTES_MAX 64

struct kds_credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL for long-lived keys */
    char *account_id;    /* NULL = not known */
    int64_t
        expires_at_ms; /* wall clock, since 1970; KDS_CREDENTIALS_FOREVER_MS = never */
};

/** The parts of credentials before they are checked; NULL and "" are the same. (borrowed) */
struct kds_credential_parts {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
    const char *account_id;
    int64_t expires_at_ms; /* KDS_CREDENTIALS_FOREVER_MS = never */
};

/** Deep copy into @p out. Parts (copied).
 *  @retval KDS_ERR_CREDENTIALS a part is empty, too long, or holds a blank, a control character or
 *          one beyond ASCII. */
KDS_INTERNAL kds_err_t kds_credentials_make(struct kds_credentials *out,
                                            const struct kds_credential_parts *parts,
                                            kds_error_t **error);

/** kds_credentials_make() of a key that never expires. @p token may be NULL or "". */
KDS_INTERNAL kds_err_t kds_credentials_init(struct kds_credentials *out,
                                            const char *key_id,
                                            const char *secret,
                                            const char *token,
                                            kds_error_t **error);

/** Wipe and release; a zeroed value is allowed. */
KDS_INTERNAL void kds_credentials_clear(struct kds_credentials *c);

/** The same key with the same secret and token. */
KDS_INTERNAL bool kds_credentials_same(const struct kds_credentials *a,
                                       const struct kds_credentials *b);

/** Looks a variable up; NULL if it is not set. getenv() fits. */
typedef char *(kds_getenv_fn)(const char *name);

/* ---- snapshots ---------------------------------------------------------------------------- */

/** Credentials as they are handed out: counted, never changed. Any thread. */
struct kds_credentials_snapshot {
    atomic_uint references;
    uint64_t generation; /* 1 is the first; another key, another number */
    struct kds_credentials credentials;
};

/** @param c (taken) even on failure. @param out (given; kds_snapshot_unref)
 *  @retval KDS_ERR_NO_MEMORY */
KDS_INTERNAL kds_err_t kds_snapshot_new(struct kds_credentials *c,
                                        uint64_t generation,
                                        struct kds_credentials_snapshot **out);

KDS_INTERNAL struct kds_credentials_snapshot *
kds_snapshot_ref(struct kds_credentials_snapshot *s);

/** NULL is allowed. The last one wipes. */
KDS_INTERNAL void kds_snapshot_unref(struct kds_credentials_snapshot *s);

#endif /* KDS_AUTH_CREDENTIALS_H */
