/*
 * unpack: a second opinion on what a stored Kinesis record contains.
 *
 * Reads aggregated records with the protobuf compiler's generated code and places keys with OpenSSL's
 * MD5, so that it shares nothing with the library that it judges. For tests only: memory that
 * cannot be had ends the program.
 */
#ifndef SUPPORT_UNPACK_H
#define SUPPORT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/u128.h"
#include "kds/types.h"

struct unpacked_record {
    kds_slice_t partition_key;
    kds_slice_t explicit_hash_key; /* absent if there is none */
    kds_slice_t data;
};

struct unpacked {
    bool aggregated; /* false: one record, the Kinesis record itself */
    size_t count;
    struct unpacked_record *records; /* lent until unpacked_free() */
    void *message;
};

/** All three (lent until unpacked_free()). */
struct unpacked *
unpack(kds_slice_t partition_key, kds_slice_t explicit_hash_key, kds_slice_t data);
void unpacked_free(struct unpacked *u);

/** Whether a KCL that reads the shard first..last delivers it: a Kinesis record that is no
 *  aggregate always, an aggregate only if every user record hashes into the shard. */
bool unpacked_within(const struct unpacked *u, kds_u128_t first, kds_u128_t last);

#endif /* SUPPORT_UNPACK_H */
