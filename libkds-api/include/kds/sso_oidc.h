/*
 * sso_oidc: the operations of the SSO portal's sign-in, one typed function each, and their values.
 *
 * Generated from src/model/sso_oidc.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_SSO_OIDC_H
#define KDS_SSO_OIDC_H

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

typedef struct kds_sso_oidc_create_token_in kds_sso_oidc_create_token_in_t;
typedef struct kds_sso_oidc_create_token_out kds_sso_oidc_create_token_out_t;

/** Input of CreateToken. */
struct kds_sso_oidc_create_token_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The registered client. */
    kds_slice_t client_id;
    /** Required. Its secret. */
    kds_slice_t client_secret;
    /** Required. refresh_token, authorization_code or a device code's. */
    kds_slice_t grant_type;
    /** Of the device's sign-in. */
    kds_slice_t device_code;
    /** Of the browser's sign-in. */
    kds_slice_t code;
    /** The refresh token. */
    kds_slice_t refresh_token;
    /** What the token shall allow. scope_count of them. */
    const kds_slice_t *scope;
    size_t scope_count;
    /** Where the browser was sent. */
    kds_slice_t redirect_uri;
    /** Proves who asked for the code. */
    kds_slice_t code_verifier;
};

/** Output of CreateToken. */
struct kds_sso_oidc_create_token_out {
    /** The token. */
    kds_slice_t access_token;
    /** Bearer. */
    kds_slice_t token_type;
    /** Seconds until it ends. */
    bool has_expires_in;
    int64_t expires_in;
    /** The next refresh token. */
    kds_slice_t refresh_token;
    /** Who signed in. */
    kds_slice_t id_token;
};

/**
 * A new access token for a refresh token.
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
KDS_API kds_err_t kds_sso_oidc_create_token(kds_client_t *client,
                                            const kds_sso_oidc_create_token_in_t *in,
                                            const kds_call_options_t *options,
                                            const kds_sso_oidc_create_token_out_t **out,
                                            kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_SSO_OIDC_H */
