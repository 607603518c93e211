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

/** What a number is made of. */
struct local_sequence_parts {
    int64_t
        shard_created_s; /* when the shard came to be; children are given a later second */
    uint32_t shard;
    uint64_t index; /* of the record in its shard, from 1 on */
    int64_t time_s; /* when the record was taken */
};

void local_sequence_format(int64_t shard_created_s,
                           uint32_t shard,
                           uint64_t index,
                           int64_t time_s,
                           char out[LOCAL_SEQUENCE_BYTES]);

/** The last number of a row of them; zeroed: none yet. */
struct local_sequence {
    struct local_sequence_parts parts;
    uint32_t limbs[7]; /* of nine decimal digits, most significant first */
    char digits[63];   /* the limbs as text, with leading zeros */
};

/** As local_sequence_format(), but cheap when one record follows the other in one second. */
void local_sequence_next(struct local_sequence *s,
                         const struct local_sequence_parts *parts,
                         char out[LOCAL_SEQUENCE_BYTES]);

#endif /* KDS_LOCAL_SEQUENCE_H */
