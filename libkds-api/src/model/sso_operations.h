/* Generated from src/model/sso.model by src/model/generate.py; do not edit. */
#ifndef KDS_MODEL_SSO_OPERATIONS_H
#define KDS_MODEL_SSO_OPERATIONS_H

/** The operations of the SSO portal, in the order of their table. */
enum kds_sso_operation_id { KDS_SSO_OP_GET_ROLE_CREDENTIALS, KDS_SSO_OP_COUNT };

#endif /* KDS_MODEL_SSO_OPERATIONS_H */
