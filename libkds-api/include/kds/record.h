/*
 * record: what may be wrong with one record of an answer.
 */
#ifndef KDS_RECORD_H
#define KDS_RECORD_H

#include "kds/export.h"
#include "kds/kinesis.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Whether a record of GetRecords or of SubscribeToShard came in a form that cannot be read.
 *
 * One such record does not take the others of its answer with it. It is handed out with a mark:
 * what could not be read, its data or a text such as the partition key, is given as it stood in the
 * answer, undecoded, and its `encryption_type` reads "UNREADABLE". A consumer should look at
 * every record, as its data are not what was put; the bytes are there to be kept or logged.
 *
 * @param record  (borrowed) of an answer, or a copy of one made while the answer is there.
 * @return (lent for ever) what is wrong, for example "data is not base64"; NULL = nothing.
 *
 * Any thread. Does not block. Cannot fail.
 *
 * @since 0.1
 */
KDS_API const char *kds_record_fault(const kds_record_t *record);

#ifdef __cplusplus
}
#endif

#endif /* KDS_RECORD_H */
