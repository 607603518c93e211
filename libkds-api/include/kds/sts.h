/*
 * sts: the operations of STS, as far as roles are assumed, one typed function each, and their values.
 *
 * Generated from src/model/sts.model by src/model/generate.py; do not edit.
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_STS_H
#define KDS_STS_H

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

typedef struct kds_sts_policy_descriptor_type kds_sts_policy_descriptor_type_t;
typedef struct kds_sts_tag kds_sts_tag_t;
typedef struct kds_sts_provided_context kds_sts_provided_context_t;
typedef struct kds_sts_credentials kds_sts_credentials_t;
typedef struct kds_sts_assumed_role_user kds_sts_assumed_role_user_t;
typedef struct kds_sts_assume_role_in kds_sts_assume_role_in_t;
typedef struct kds_sts_assume_role_out kds_sts_assume_role_out_t;
typedef struct kds_sts_assume_role_with_web_identity_in
    kds_sts_assume_role_with_web_identity_in_t;
typedef struct kds_sts_assume_role_with_web_identity_out
    kds_sts_assume_role_with_web_identity_out_t;
typedef struct kds_sts_get_caller_identity_in kds_sts_get_caller_identity_in_t;
typedef struct kds_sts_get_caller_identity_out kds_sts_get_caller_identity_out_t;

/** A managed policy. */
struct kds_sts_policy_descriptor_type {
    /** Its ARN. 20..2048 characters. */
    kds_slice_t arn;
};

/** A label of a session. */
struct kds_sts_tag {
    /** Required. Its name. 1..128 characters. */
    kds_slice_t key;
    /** Required. Its value. 0..256 characters. */
    kds_slice_t value;
};

/** What another provider says of the session. */
struct kds_sts_provided_context {
    /** The provider. 20..2048 characters. */
    kds_slice_t provider_arn;
    /** Its words. 4..2048 characters. */
    kds_slice_t context_assertion;
};

/** Temporary credentials. */
struct kds_sts_credentials {
    /** Required. The key's id. 16..128 characters. */
    kds_slice_t access_key_id;
    /** Required. The key. */
    kds_slice_t secret_access_key;
    /** Required. Goes with every request. */
    kds_slice_t session_token;
    /** Required. Until when they hold. Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t expiration_ms;
};

/** Who the caller is in the role. */
struct kds_sts_assumed_role_user {
    /** Required. Its identifier. 2..193 characters. */
    kds_slice_t assumed_role_id;
    /** Required. Its ARN, with the account. 20..2048 characters. */
    kds_slice_t arn;
};

/** Input of AssumeRole. */
struct kds_sts_assume_role_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The role. 20..2048 characters. */
    kds_slice_t role_arn;
    /** Required. Name of the session, in logs. 2..64 characters. */
    kds_slice_t role_session_name;
    /** Policies that narrow the role. policy_arns_count of them. */
    const kds_sts_policy_descriptor_type_t *policy_arns;
    size_t policy_arns_count;
    /** A policy that narrows the role, JSON. 1.. characters. */
    kds_slice_t policy;
    /** How long they shall hold; absent: 3600. 900..43200. */
    bool has_duration_seconds;
    int64_t duration_seconds;
    /** Labels of the session. tags_count of them. 0..50 entries. */
    const kds_sts_tag_t *tags;
    size_t tags_count;
    /**
     * Labels that go on to further roles. transitive_tag_keys_count of them. 0..50
     * entries.
     */
    const kds_slice_t *transitive_tag_keys;
    size_t transitive_tag_keys_count;
    /** What the role's owner asks for. 2..1224 characters. */
    kds_slice_t external_id;
    /** The device of a second factor. 9..256 characters. */
    kds_slice_t serial_number;
    /** What the device shows. 6..6 characters. */
    kds_slice_t token_code;
    /** Who stands behind the session. 2..64 characters. */
    kds_slice_t source_identity;
    /**
     * What others say of the session. provided_contexts_count of them. 1..5 entries.
     */
    const kds_sts_provided_context_t *provided_contexts;
    size_t provided_contexts_count;
};

/** Output of AssumeRole. */
struct kds_sts_assume_role_out {
    /** The credentials. */
    const kds_sts_credentials_t *credentials;
    /** Who the caller is now. */
    const kds_sts_assumed_role_user_t *assumed_role_user;
    /** Per cent of the allowed size. */
    bool has_packed_policy_size;
    int64_t packed_policy_size;
    /** Who stands behind the session. 2..64 characters. */
    kds_slice_t source_identity;
};

/**
 * Temporary credentials of a role.
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
KDS_API kds_err_t kds_sts_assume_role(kds_client_t *client,
                                      const kds_sts_assume_role_in_t *in,
                                      const kds_call_options_t *options,
                                      const kds_sts_assume_role_out_t **out,
                                      kds_error_t **error);

/** Input of AssumeRoleWithWebIdentity. */
struct kds_sts_assume_role_with_web_identity_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
    /** Required. The role. 20..2048 characters. */
    kds_slice_t role_arn;
    /** Required. Name of the session, in logs. 2..64 characters. */
    kds_slice_t role_session_name;
    /** Required. The token. 4..20000 characters. */
    kds_slice_t web_identity_token;
    /** The provider, of OAuth 2.0 tokens. 4..2048 characters. */
    kds_slice_t provider_id;
    /** Policies that narrow the role. policy_arns_count of them. */
    const kds_sts_policy_descriptor_type_t *policy_arns;
    size_t policy_arns_count;
    /** A policy that narrows the role, JSON. 1..2048 characters. */
    kds_slice_t policy;
    /** How long they shall hold; absent: 3600. 900..43200. */
    bool has_duration_seconds;
    int64_t duration_seconds;
};

/** Output of AssumeRoleWithWebIdentity. */
struct kds_sts_assume_role_with_web_identity_out {
    /** The credentials. */
    const kds_sts_credentials_t *credentials;
    /** Whom the token names. 6..255 characters. */
    kds_slice_t subject_from_web_identity_token;
    /** Who the caller is now. */
    const kds_sts_assumed_role_user_t *assumed_role_user;
    /** Per cent of the allowed size. */
    bool has_packed_policy_size;
    int64_t packed_policy_size;
    /** Who issued the token. */
    kds_slice_t provider;
    /** For whom it was issued. */
    kds_slice_t audience;
    /** Who stands behind the session. 2..64 characters. */
    kds_slice_t source_identity;
};

/**
 * Temporary credentials of a role, for the token of an identity provider.
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
KDS_API kds_err_t kds_sts_assume_role_with_web_identity(
    kds_client_t *client,
    const kds_sts_assume_role_with_web_identity_in_t *in,
    const kds_call_options_t *options,
    const kds_sts_assume_role_with_web_identity_out_t **out,
    kds_error_t **error);

/** Input of GetCallerIdentity. */
struct kds_sts_get_caller_identity_in {
    /** sizeof of this struct; zero everything behind it, then fill in. */
    size_t struct_size;
};

/** Output of GetCallerIdentity. */
struct kds_sts_get_caller_identity_out {
    /** The caller's identifier. */
    kds_slice_t user_id;
    /** Its account. */
    kds_slice_t account;
    /** Its ARN. 20..2048 characters. */
    kds_slice_t arn;
};

/**
 * Who the caller is.
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
kds_sts_get_caller_identity(kds_client_t *client,
                            const kds_sts_get_caller_identity_in_t *in,
                            const kds_call_options_t *options,
                            const kds_sts_get_caller_identity_out_t **out,
                            kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_STS_H */
