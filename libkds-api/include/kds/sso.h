/*
 * sso: the operations of the SSO portal, one typed function each, and their values.
 *
 * Generated from src/model/sso.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_SSO_H
#define KDS_SSO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kds_sso_role_credentials kds_sso_role_credentials_t;
typedef struct kds_sso_get_role_credentials_in kds_sso_get_role_credentials_in_t;
typedef struct kds_sso_get_role_credentials_out kds_sso_get_role_credentials_out_t;

/** Temporary credentials. */
struct kds_sso_role_credentials {
    /** The key's id. */
    kds_slice_t access_key_id;
    /** The key. */
    kds_slice_t secret_access_key;
    /** Goes with every request. */
    kds_slice_t session_token;
    /** Until when they hold, in milliseconds since 1970. */
    bool has_expiration;
    int64_t expiration;
};

/** Input of GetRoleCredentials. */
struct kds_sso_get_role_credentials_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The role. */
    kds_slice_t role_name;
    /** Required. Its account. */
    kds_slice_t account_id;
    /** Required. The token of the sign-in. */
    kds_slice_t access_token;
};

/** Output of GetRoleCredentials. */
struct kds_sso_get_role_credentials_out {
    /** The credentials. */
    const kds_sso_role_credentials_t *role_credentials;
};

/**
 * Temporary credentials of a role of somebody who has signed in.
 *
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t
kds_sso_get_role_credentials(kds_client_t *client,
                             const kds_sso_get_role_credentials_in_t *in,
                             const kds_call_options_t *options,
                             const kds_sso_get_role_credentials_out_t **out,
                             kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_SSO_H */
