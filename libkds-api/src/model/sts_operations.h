/* Generated from src/model/sts.model by src/model/generate.py; do not edit. */
#ifndef KDS_MODEL_STS_OPERATIONS_H
#define KDS_MODEL_STS_OPERATIONS_H

/** The operations of STS, as far as roles are assumed, in the order of their table. */
enum kds_sts_operation_id {
    KDS_STS_OP_ASSUME_ROLE,
    KDS_STS_OP_ASSUME_ROLE_WITH_WEB_IDENTITY,
    KDS_STS_OP_GET_CALLER_IDENTITY,
    KDS_STS_OP_COUNT
};

#endif /* KDS_MODEL_STS_OPERATIONS_H */
