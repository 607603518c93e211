/*
 * sso_oidc_tables: the API as data. Generated from src/model/sso_oidc.model by src/model/generate.py; do not edit.
 */
#include "kds/sso_oidc.h"
#include "model/operations.h"
#include "model/sso_oidc_operations.h"

#include <stddef.h>

/* clang-format off */
static const struct kds_field create_token_in_fields[] = {
    {KDS_SLICE_LIT("clientId"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, client_id), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("clientSecret"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED | KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, client_secret), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("grantType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_REQUIRED, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, grant_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("deviceCode"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, device_code), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("code"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, code), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("refreshToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, refresh_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("scope"), KDS_K_LIST, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, scope), offsetof(struct kds_sso_oidc_create_token_in, scope_count), NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("redirectUri"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, redirect_uri), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("codeVerifier"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_in, code_verifier), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape create_token_in_shape = {
    "CreateTokenIn", sizeof(struct kds_sso_oidc_create_token_in), 9, true, false, create_token_in_fields};

static const struct kds_field create_token_out_fields[] = {
    {KDS_SLICE_LIT("accessToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_out, access_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("tokenType"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_out, token_type), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("expiresIn"), KDS_K_INT64, KDS_K_STRING, KDS_P_ANY, 0, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_out, expires_in), offsetof(struct kds_sso_oidc_create_token_out, has_expires_in), NULL, INT64_MIN, INT64_MAX},
    {KDS_SLICE_LIT("refreshToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_out, refresh_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
    {KDS_SLICE_LIT("idToken"), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, KDS_F_SECRET, KDS_AT_BODY,
     offsetof(struct kds_sso_oidc_create_token_out, id_token), KDS_NO_OFFSET, NULL, 0, INT64_MAX},
};
static const struct kds_shape create_token_out_shape = {
    "CreateTokenOut", sizeof(struct kds_sso_oidc_create_token_out), 5, false, false, create_token_out_fields};

static const struct kds_operation kds_sso_oidc_operations[KDS_SSO_OIDC_OP_COUNT] = {
    {&kds_sso_oidc_service, "CreateToken", &create_token_in_shape, &create_token_out_shape,
     KDS_PLANE_NONE, "POST", "/token", false, false, true},
};

const struct kds_service kds_sso_oidc_service = {
    .name = "sso_oidc",
    .signing_name = "sso-oauth",
    .host_prefix = "oidc",
    .environment = "SSO_OIDC",
    .config_key = "sso_oidc",
    .target_prefix = NULL,
    .json_type = "application/json",
    .cbor_type = NULL,
    .query_version = NULL,
    .operations = kds_sso_oidc_operations,
    .operation_count = KDS_SSO_OIDC_OP_COUNT,
    .errors = NULL,
    .error_count = 0,
};
/* clang-format on */
