/* Generated from src/model/cloudwatch.model by src/model/generate.py; do not edit. */
#ifndef KDS_MODEL_CLOUDWATCH_OPERATIONS_H
#define KDS_MODEL_CLOUDWATCH_OPERATIONS_H

/** The operations of CloudWatch, as far as metrics are sent to it, in the order of their table. */
enum kds_cloudwatch_operation_id {
    KDS_CLOUDWATCH_OP_PUT_METRIC_DATA,
    KDS_CLOUDWATCH_OP_COUNT
};

#endif /* KDS_MODEL_CLOUDWATCH_OPERATIONS_H */
