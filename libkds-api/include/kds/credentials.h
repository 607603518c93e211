/*
 * credentials: how an application gives a client the credentials of its own making.
 *
 * Without this page a client finds its credentials by itself; docs/credentials.md says where. With a
 * callback in kds_client_options_t it asks the application instead, and nobody else.
 */
#ifndef KDS_CREDENTIALS_H
#define KDS_CREDENTIALS_H

#include <stddef.h>
#include <stdint.h>

#include "kds/error.h"
#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One question for credentials; valid while the callback runs. */
typedef struct kds_credentials_request kds_credentials_request_t;

/** Credentials. Size-first: set `struct_size`, zero the rest, fill in what there is. */
typedef struct kds_credential_values {
    size_t struct_size;            /**< sizeof(kds_credential_values_t). */
    const char *access_key_id;     /**< Printable ASCII without blanks. */
    const char *secret_access_key; /**< Printable ASCII without blanks. */
    const char *session_token;     /**< NULL or "" = none. */
    const char *account_id;        /**< NULL or "" = not known. */
    int64_t expires_at_ms; /**< Milliseconds since 1970-01-01T00:00:00Z; 0 = never. */
} kds_credential_values_t;

/**
 * Asks the application for credentials: it calls kds_credentials_give() and returns KDS_OK, or
 * returns an error, whose text the calls that wait then carry.
 *
 * Called when a client needs its first credentials, some 15 minutes before those it has expire
 * (half their life before, if they live less than that), again after a failure, and once when the
 * service says that they are no longer good. Runs on the client's credentials thread, never
 * concurrently with itself, never with a lock held; it may block, and calls that have unexpired
 * credentials do not wait for it. It must not make a blocking call on this client (refused with
 * KDS_ERR_WOULD_DEADLOCK) and must not free it; other clients may be used. kds_client_free() waits
 * for a callback that is under way, and none runs afterwards.
 *
 * @param request  (lent until the callback returns)
 * @param opaque   The pointer from the client's options.
 */
typedef kds_err_t(kds_credentials_fn)(kds_credentials_request_t *request, void *opaque);

/**
 * Answer a request. A second answer within one callback replaces the first.
 *
 * @param request  (lent until the callback returns)
 * @param values   (copied) Secrets may be wiped as soon as this returns.
 * @param error    Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_OK               They will be used, unless they have expired already.
 * @retval KDS_ERR_INVALID_ARG  Wrong struct_size.
 * @retval KDS_ERR_CREDENTIALS  A part is empty, too long or holds a blank or control character.
 * @retval KDS_ERR_NO_MEMORY    Nothing was taken.
 *
 * The thread of the callback. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_credentials_give(kds_credentials_request_t *request,
                                       const kds_credential_values_t *values,
                                       kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_CREDENTIALS_H */
