/* Generated from src/model/sso_oidc.model by src/model/generate.py; do not edit. */
#ifndef KDS_MODEL_SSO_OIDC_OPERATIONS_H
#define KDS_MODEL_SSO_OIDC_OPERATIONS_H

/** The operations of the SSO portal's sign-in, in the order of their table. */
enum kds_sso_oidc_operation_id { KDS_SSO_OIDC_OP_CREATE_TOKEN, KDS_SSO_OIDC_OP_COUNT };

#endif /* KDS_MODEL_SSO_OIDC_OPERATIONS_H */
