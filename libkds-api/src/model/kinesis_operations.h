/* Generated from src/model/kinesis.model by src/model/generate.py; do not edit. */
#ifndef KDS_MODEL_KINESIS_OPERATIONS_H
#define KDS_MODEL_KINESIS_OPERATIONS_H

/** The operations of Kinesis, in the order of their table. */
enum kds_operation_id {
    KDS_OP_CREATE_STREAM,
    KDS_OP_DELETE_STREAM,
    KDS_OP_DESCRIBE_STREAM,
    KDS_OP_DESCRIBE_STREAM_SUMMARY,
    KDS_OP_LIST_STREAMS,
    KDS_OP_LIST_SHARDS,
    KDS_OP_PUT_RECORD,
    KDS_OP_PUT_RECORDS,
    KDS_OP_GET_SHARD_ITERATOR,
    KDS_OP_GET_RECORDS,
    KDS_OP_SPLIT_SHARD,
    KDS_OP_MERGE_SHARDS,
    KDS_OP_COUNT
};

#endif /* KDS_MODEL_KINESIS_OPERATIONS_H */
