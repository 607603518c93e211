/*
 * sso_tables: the API as data. Generated from src/model/sso.model by src/model/generate.py; do not edit.
 */
#include "kds/sso.h"
#include "model/operations.h"
#include "model/sso_operations.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_field role_credentials_fields[] = {
    {KDS_SLICE_LIT("accessKeyId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_role_credentials, access_key_id), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("secretAccessKey"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_role_credentials, secret_access_key), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("sessionToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_role_credentials, session_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("expiration"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_role_credentials, expiration), offsetof(struct kds_sso_role_credentials, has_expiration), NULL, INT64_MIN, INT64_MAX},
};
static const struct kds_shape role_credentials_shape = {
    "RoleCredentials", sizeof(struct kds_sso_role_credentials), 4, false, false, role_credentials_fields};

static const struct kds_field get_role_credentials_in_fields[] = {
    {KDS_SLICE_LIT("role_name"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_QUERY,
     offsetof(struct kds_sso_get_role_credentials_in, role_name), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("account_id"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_QUERY,
     offsetof(struct kds_sso_get_role_credentials_in, account_id), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("x-amz-sso_bearer_token"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_SECRET, KDS_AT_HEADER,
     offsetof(struct kds_sso_get_role_credentials_in, access_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape get_role_credentials_in_shape = {
    "GetRoleCredentialsIn", sizeof(struct kds_sso_get_role_credentials_in), 3, true, false, get_role_credentials_in_fields};

static const struct kds_field get_role_credentials_out_fields[] = {
    {KDS_SLICE_LIT("roleCredentials"), KDS_K_STRUCT, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_get_role_credentials_out, role_credentials), KDS_NO_OFFSET, &role_credentials_shape, 0, INT64_MAX},
};
static const struct kds_shape get_role_credentials_out_shape = {
    "GetRoleCredentialsOut", sizeof(struct kds_sso_get_role_credentials_out), 1, false, false, get_role_credentials_out_fields};

static const struct kds_operation kds_sso_operations[KDS_SSO_OP_COUNT] = {
    {&kds_sso_service, "GetRoleCredentials", &get_role_credentials_in_shape, &get_role_credentials_out_shape,
     KDS_PLANE_NONE, "GET", "/federation/credentials", true, false, true},
};

const struct kds_service kds_sso_service = {
    .name = "sso",
    .signing_name = "sso",
    .host_prefix = "portal.sso",
    .environment = "SSO",
    .config_key = "sso",
    .target_prefix = NULL,
    .json_type = "application/json",
    .cbor_type = NULL,
    .query_version = NULL,
    .operations = kds_sso_operations,
    .operation_count = KDS_SSO_OP_COUNT,
    .errors = NULL,
    .error_count = 0,
};
/* clang-format on */
