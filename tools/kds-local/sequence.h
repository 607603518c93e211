/*
 * sequence: sequence numbers in the layout that the service was seen to use: time and place in one
 * large decimal number, rising within a shard and above everything in its parents.
 *
 * Clients must treat them as opaque; nothing here takes one apart.
 */
#ifndef KDS_LOCAL_SEQUENCE_H
#define KDS_LOCAL_SEQUENCE_H

#include <stdint.h>

#define LOCAL_SEQUENCE_BYTES 60 /* 57 digits at most, and a NUL */

/**
 * @param shard_created_s  when the shard came to be; children are given a later second
 * @param index            of the record in its shard
 * @param time_s           when the record was taken
 */
void local_sequence_format(int64_t shard_created_s,
                           uint32_t shard,
                           uint64_t index,
                           int64_t time_s,
                           char out[LOCAL_SEQUENCE_BYTES]);

#endif /* KDS_LOCAL_SEQUENCE_H */
