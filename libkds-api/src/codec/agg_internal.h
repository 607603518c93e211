/*
 * agg_internal: what the builder and the decoder of aggregated records share: the numbers of the
 * format, and hints to the processor.
 *
 * Wire format: docs/wire/aggregation.md
 */
#ifndef KDS_CODEC_AGG_INTERNAL_H
#define KDS_CODEC_AGG_INTERNAL_H

#include <stdint.h>

#define KDS_AGG_MAGIC_BYTES  4
#define KDS_AGG_DIGEST_BYTES 16

/* Field numbers. */
enum {
    KDS_AGG_F_PARTITION_KEYS = 1, /* AggregatedRecord: repeated string */
    KDS_AGG_F_HASH_KEYS = 2,      /* repeated string, decimal digits */
    KDS_AGG_F_RECORDS = 3,        /* repeated Record */

    KDS_AGG_F_PARTITION_KEY_INDEX = 1, /* Record: required uint64 */
    KDS_AGG_F_HASH_KEY_INDEX = 2,      /* optional uint64 */
    KDS_AGG_F_DATA = 3,                /* required bytes */
    KDS_AGG_F_TAGS = 4,                /* repeated Tag */

    KDS_AGG_F_TAG_KEY = 1,  /* Tag: required string */
    KDS_AGG_F_TAG_VALUE = 2 /* optional string */
};

/* Protobuf's wire types; 3 and 4 (groups), 6 and 7 are not read. */
enum {
    KDS_AGG_W_VARINT = 0,
    KDS_AGG_W_FIXED64 = 1,
    KDS_AGG_W_BYTES = 2,
    KDS_AGG_W_FIXED32 = 5
};

/* What stands in front of a field with a number below 16: one byte. */
#define KDS_AGG_TAG(number, wire) ((uint8_t)((number) << 3 | (wire)))

/* Fetch the cache line @p n bytes behind @p p. Only a hint: the address may lie anywhere. */
#if defined(__GNUC__)
#define KDS_AGG_WILL_READ(p, n)                                                          \
    __builtin_prefetch((const void *)((uintptr_t)(p) + (n)), 0)
#define KDS_AGG_WILL_WRITE(p, n)                                                         \
    __builtin_prefetch((const void *)((uintptr_t)(p) + (n)), 1)
#else
#define KDS_AGG_WILL_READ(p, n)  ((void)0)
#define KDS_AGG_WILL_WRITE(p, n) ((void)0)
#endif

#endif /* KDS_CODEC_AGG_INTERNAL_H */
