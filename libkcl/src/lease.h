/*
 * lease: who reads a shard and how far it was read, as a value; and positions, which it is made of.
 */
#ifndef KCL_SRC_LEASE_H
#define KCL_SRC_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"
#include "kds/types.h"

#define KCL_NAME_BYTES     136 /* of a shard id or a worker id: 128 characters in the model */
#define KCL_SEQUENCE_BYTES 136 /* 129 digits in the model */
#define KCL_PARENTS_MAX    2

enum kcl_position_kind {
    KCL_AT_TRIM_HORIZON, /* the oldest record that is kept */
    KCL_AT_TIMESTAMP,    /* the first record that arrived at `number` or later, ms */
    KCL_AFTER_RECORD, /* behind user record `number` of the Kinesis record `sequence` */
    KCL_AT_SHARD_END  /* everything was read */
};

/** How far a shard was read. */
struct kcl_position {
    enum kcl_position_kind kind;
    char sequence[KCL_SEQUENCE_BYTES]; /* of KCL_AFTER_RECORD; "" otherwise */
    int64_t number;
};

/** Order of reading. A time stamp or the trim horizon is before every record. */
int kcl_position_cmp(const struct kcl_position *a, const struct kcl_position *b);

/** The text that a store keeps: TRIM_HORIZON, AT_TIMESTAMP, SHARD_END or a sequence number. */
const char *kcl_position_text(const struct kcl_position *p);

/** From that text and the number. @return false if it is none of these */
bool kcl_position_parse(kds_slice_t text, int64_t number, struct kcl_position *out);

struct kcl_lease {
    char shard_id[KCL_NAME_BYTES];
    char owner[KCL_NAME_BYTES]; /* "" = nobody */
    uint64_t counter; /* one more with every write of an owner: its sign of life */
    uint64_t nonce;   /* of the last write, to recognise one's own */
    struct kcl_position checkpoint;
    char parents[KCL_PARENTS_MAX][KCL_NAME_BYTES];
    size_t parent_count;
    kds_u128_t first, last; /* hash keys */
};

#endif /* KCL_SRC_LEASE_H */
