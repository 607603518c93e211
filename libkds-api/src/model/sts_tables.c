/*
 * sts_tables: the API as data. Generated from src/model/sts.model by src/model/generate.py; do not edit.
 */
#include "kds/sts.h"
#include "model/operations.h"
#include "model/sts_operations.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_field policy_descriptor_type_fields[] = {
    {KDS_SLICE_LIT("arn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_policy_descriptor_type, arn), KDS_NO_OFFSET, NULL, 20, 2048},
};
static const struct kds_shape policy_descriptor_type_shape = {
    "PolicyDescriptorType", sizeof(struct kds_sts_policy_descriptor_type), 1, false, false, policy_descriptor_type_fields};

static const struct kds_field tag_fields[] = {
    {KDS_SLICE_LIT("Key"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_tag, key), KDS_NO_OFFSET, NULL, 1, 128},
    {KDS_SLICE_LIT("Value"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_tag, value), KDS_NO_OFFSET, NULL, 0, 256},
};
static const struct kds_shape tag_shape = {
    "Tag", sizeof(struct kds_sts_tag), 2, false, false, tag_fields};

static const struct kds_field provided_context_fields[] = {
    {KDS_SLICE_LIT("ProviderArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_provided_context, provider_arn), KDS_NO_OFFSET, NULL, 20, 2048},
    {KDS_SLICE_LIT("ContextAssertion"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_provided_context, context_assertion), KDS_NO_OFFSET, NULL, 4, 2048},
};
static const struct kds_shape provided_context_shape = {
    "ProvidedContext", sizeof(struct kds_sts_provided_context), 2, false, false, provided_context_fields};

static const struct kds_field credentials_fields[] = {
    {KDS_SLICE_LIT("AccessKeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_credentials, access_key_id), KDS_NO_OFFSET, NULL, 16, 128},
    {KDS_SLICE_LIT("SecretAccessKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sts_credentials, secret_access_key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SessionToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sts_credentials, session_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Expiration"), KDS_K_TIMESTAMP, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_credentials, expiration_ms), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape credentials_shape = {
    "Credentials", sizeof(struct kds_sts_credentials), 4, false, false, credentials_fields};

static const struct kds_field assumed_role_user_fields[] = {
    {KDS_SLICE_LIT("AssumedRoleId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_assumed_role_user, assumed_role_id), KDS_NO_OFFSET, NULL, 2, 193},
    {KDS_SLICE_LIT("Arn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_assumed_role_user, arn), KDS_NO_OFFSET, NULL, 20, 2048},
};
static const struct kds_shape assumed_role_user_shape = {
    "AssumedRoleUser", sizeof(struct kds_sts_assumed_role_user), 2, false, false, assumed_role_user_fields};

static const struct kds_field assume_role_in_fields[] = {
    {KDS_SLICE_LIT("RoleArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, role_arn), KDS_NO_OFFSET, NULL, 20, 2048},
    {KDS_SLICE_LIT("RoleSessionName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, role_session_name), KDS_NO_OFFSET, NULL, 2, 64},
    {KDS_SLICE_LIT("PolicyArns"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, policy_arns), offsetof(struct kds_sts_assume_role_in, policy_arns_count), &policy_descriptor_type_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Policy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, policy), KDS_NO_OFFSET, NULL, 1, INT64_MAX},
    {KDS_SLICE_LIT("DurationSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, duration_seconds), offsetof(struct kds_sts_assume_role_in, has_duration_seconds), NULL, 900, 43200},
    {KDS_SLICE_LIT("Tags"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, tags), offsetof(struct kds_sts_assume_role_in, tags_count), &tag_shape, 0, 50},
    {KDS_SLICE_LIT("TransitiveTagKeys"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, transitive_tag_keys), offsetof(struct kds_sts_assume_role_in, transitive_tag_keys_count), NULL, 0, 50},
    {KDS_SLICE_LIT("ExternalId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, external_id), KDS_NO_OFFSET, NULL, 2, 1224},
    {KDS_SLICE_LIT("SerialNumber"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, serial_number), KDS_NO_OFFSET, NULL, 9, 256},
    {KDS_SLICE_LIT("TokenCode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, token_code), KDS_NO_OFFSET, NULL, 6, 6},
    {KDS_SLICE_LIT("SourceIdentity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, source_identity), KDS_NO_OFFSET, NULL, 2, 64},
    {KDS_SLICE_LIT("ProvidedContexts"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_in, provided_contexts), offsetof(struct kds_sts_assume_role_in, provided_contexts_count), &provided_context_shape, 1, 5},
};
static const struct kds_shape assume_role_in_shape = {
    "AssumeRoleIn", sizeof(struct kds_sts_assume_role_in), 12, true, false, assume_role_in_fields};

static const struct kds_field assume_role_out_fields[] = {
    {KDS_SLICE_LIT("Credentials"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_out, credentials), KDS_NO_OFFSET, &credentials_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("AssumedRoleUser"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_out, assumed_role_user), KDS_NO_OFFSET, &assumed_role_user_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("PackedPolicySize"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_out, packed_policy_size), offsetof(struct kds_sts_assume_role_out, has_packed_policy_size), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SourceIdentity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_out, source_identity), KDS_NO_OFFSET, NULL, 2, 64},
};
static const struct kds_shape assume_role_out_shape = {
    "AssumeRoleOut", sizeof(struct kds_sts_assume_role_out), 4, false, false, assume_role_out_fields};

static const struct kds_field assume_role_with_web_identity_in_fields[] = {
    {KDS_SLICE_LIT("RoleArn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, role_arn), KDS_NO_OFFSET, NULL, 20, 2048},
    {KDS_SLICE_LIT("RoleSessionName"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, role_session_name), KDS_NO_OFFSET, NULL, 2, 64},
    {KDS_SLICE_LIT("WebIdentityToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, web_identity_token), KDS_NO_OFFSET, NULL, 4, 20000},
    {KDS_SLICE_LIT("ProviderId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, provider_id), KDS_NO_OFFSET, NULL, 4, 2048},
    {KDS_SLICE_LIT("PolicyArns"), KDS_K_LIST, KDS_K_STRUCT, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, policy_arns), offsetof(struct kds_sts_assume_role_with_web_identity_in, policy_arns_count), &policy_descriptor_type_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("Policy"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, policy), KDS_NO_OFFSET, NULL, 1, 2048},
    {KDS_SLICE_LIT("DurationSeconds"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_in, duration_seconds), offsetof(struct kds_sts_assume_role_with_web_identity_in, has_duration_seconds), NULL, 900, 43200},
};
static const struct kds_shape assume_role_with_web_identity_in_shape = {
    "AssumeRoleWithWebIdentityIn", sizeof(struct kds_sts_assume_role_with_web_identity_in), 7, true, false, assume_role_with_web_identity_in_fields};

static const struct kds_field assume_role_with_web_identity_out_fields[] = {
    {KDS_SLICE_LIT("Credentials"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, credentials), KDS_NO_OFFSET, &credentials_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("SubjectFromWebIdentityToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, subject_from_web_identity_token), KDS_NO_OFFSET, NULL, 6, 255},
    {KDS_SLICE_LIT("AssumedRoleUser"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, assumed_role_user), KDS_NO_OFFSET, &assumed_role_user_shape, 0, INT64_MAX},
    {KDS_SLICE_LIT("PackedPolicySize"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, packed_policy_size), offsetof(struct kds_sts_assume_role_with_web_identity_out, has_packed_policy_size), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Provider"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, provider), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Audience"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, audience), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("SourceIdentity"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_assume_role_with_web_identity_out, source_identity), KDS_NO_OFFSET, NULL, 2, 64},
};
static const struct kds_shape assume_role_with_web_identity_out_shape = {
    "AssumeRoleWithWebIdentityOut", sizeof(struct kds_sts_assume_role_with_web_identity_out), 7, false, false, assume_role_with_web_identity_out_fields};

static const struct kds_shape get_caller_identity_in_shape = {
    "GetCallerIdentityIn", sizeof(struct kds_sts_get_caller_identity_in), 0, true, false, NULL};

static const struct kds_field get_caller_identity_out_fields[] = {
    {KDS_SLICE_LIT("UserId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_get_caller_identity_out, user_id), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Account"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_get_caller_identity_out, account), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("Arn"), KDS_K_STRING, KDS_K_STRING, KDS_P_ARN, 0, KDS_AT_BODY,
     offsetof(struct kds_sts_get_caller_identity_out, arn), KDS_NO_OFFSET, NULL, 20, 2048},
};
static const struct kds_shape get_caller_identity_out_shape = {
    "GetCallerIdentityOut", sizeof(struct kds_sts_get_caller_identity_out), 3, false, false, get_caller_identity_out_fields};

static const struct kds_operation kds_sts_operations[KDS_STS_OP_COUNT] = {
    {&kds_sts_service, "AssumeRole", &assume_role_in_shape, &assume_role_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, false},
    {&kds_sts_service, "AssumeRoleWithWebIdentity", &assume_role_with_web_identity_in_shape, &assume_role_with_web_identity_out_shape,
     KDS_PLANE_NONE, "POST", "/", false, false, true},
    {&kds_sts_service, "GetCallerIdentity", &get_caller_identity_in_shape, &get_caller_identity_out_shape,
     KDS_PLANE_NONE, "POST", "/", true, false, false},
};

const struct kds_service kds_sts_service = {
    .name = "sts",
    .signing_name = "sts",
    .host_prefix = "sts",
    .environment = "STS",
    .config_key = "sts",
    .target_prefix = NULL,
    .json_type = NULL,
    .cbor_type = NULL,
    .query_version = "2011-06-15",
    .operations = kds_sts_operations,
    .operation_count = KDS_STS_OP_COUNT,
    .errors = NULL,
    .error_count = 0,
};
/* clang-format on */
