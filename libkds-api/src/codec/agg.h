/*
 * agg: the KPL's aggregated record, both ways.
 *
 * Magic F3 89 9A C2, a protobuf message AggregatedRecord, and the MD5 of that message. Pure bytes in,
 * bytes out: knows no shard, thread, clock or socket; the caller decides which records belong
 * together and when to seal. A builder or decoder belongs to one thread at a time.
 * Wire format: docs/wire/aggregation.md
 */
#ifndef KDS_CODEC_AGG_H
#define KDS_CODEC_AGG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/internal.h"
#include "base/u128.h"
#include "kds/error.h"
#include "kds/types.h"

#define KDS_AGG_OVERHEAD 20 /* magic and MD5 */
#define KDS_AGG_MAGIC    "\xF3\x89\x9A\xC2"

/* ---- writing ------------------------------------------------------------------------------ */

/*
 * Appends records in place: key tables grow in one region each, records in another; indexes are
 * final when assigned, and the size of the sealed message is known exactly at all times.
 *
 * Keys are held once, found again by a hash. Only a flood of keys made to collide lets a key stand
 * twice in its table, which every reader accepts; the time per record stays bounded.
 */
struct kds_agg_builder;

/** No length beyond this is written or read: protobuf's own limit. */
#define KDS_AGG_BYTES_MAX ((size_t)INT32_MAX)

/**
 * @param max_bytes  Size that the sealed message may reach, KDS_AGG_OVERHEAD included; at most
 *                   KDS_AGG_BYTES_MAX counts.
 * @return (given; kds_agg_builder_free) or NULL when out of memory.
 */
KDS_INTERNAL struct kds_agg_builder *kds_agg_builder_new(size_t max_bytes);
KDS_INTERNAL void kds_agg_builder_free(struct kds_agg_builder *b); /* NULL is allowed */

/** One user record as it goes into an aggregate. */
struct kds_agg_record {
    kds_slice_t partition_key;     /* present */
    kds_slice_t explicit_hash_key; /* decimal; absent if the user gave none */
    kds_slice_t data;              /* may be empty */
    uint32_t
        key_tag; /* any well-mixed function of partition_key (bytes of its MD5, which is at
                         hand), the same for every record of a builder; 0 = the builder
                         computes one */
};

/**
 * Size in bytes of the sealed message if @p record were added now. O(1), exact; SIZE_MAX if that
 * is beyond KDS_AGG_BYTES_MAX.
 */
KDS_INTERNAL size_t kds_agg_builder_size_with(const struct kds_agg_builder *b,
                                              const struct kds_agg_record *record);

enum kds_agg_add { KDS_AGG_ADDED, KDS_AGG_FULL, KDS_AGG_NO_MEMORY };

/**
 * Append one record. @p record and what it points to are (copied).
 * @return KDS_AGG_FULL if it would exceed max_bytes (a first record is taken whatever its size, up
 *         to KDS_AGG_BYTES_MAX); KDS_AGG_NO_MEMORY. In both cases the builder is unchanged.
 */
KDS_INTERNAL enum kds_agg_add kds_agg_builder_add(struct kds_agg_builder *b,
                                                  const struct kds_agg_record *record);

/**
 * A record with this tag will be added soon, the tag being no 0: begin to fetch what that looks at.
 * Changes nothing.
 */
KDS_INTERNAL void kds_agg_builder_expect(const struct kds_agg_builder *b,
                                         uint32_t key_tag);

/** User records held. */
KDS_INTERNAL size_t kds_agg_builder_count(const struct kds_agg_builder *b);

/** Exact size of the sealed message; 0 if empty. */
KDS_INTERNAL size_t kds_agg_builder_size(const struct kds_agg_builder *b);

/** One user record inside a builder or a message; slices point into it. */
struct kds_agg_view {
    kds_slice_t partition_key;
    kds_slice_t explicit_hash_key; /* absent if the record has none */
    kds_slice_t data;
};

/**
 * The record of a builder that holds exactly one: it travels without a wrapping.
 * @param out  (lent until the next change of the builder)
 * @return false, and *out is unchanged, if the builder holds none or several.
 */
KDS_INTERNAL bool kds_agg_builder_single(const struct kds_agg_builder *b,
                                         struct kds_agg_view *out);

/** Forget the records, keep the memory. */
KDS_INTERNAL void kds_agg_builder_reset(struct kds_agg_builder *b);

/**
 * Append magic, message and 16 bytes of room for the MD5 to @p out and empty the builder, which
 * keeps its memory. The MD5 is not yet there: several sealed messages are finished together by
 * kds_agg_finish(). An empty builder appends nothing. On error (out->err) the builder is unchanged.
 */
KDS_INTERNAL kds_err_t kds_agg_builder_seal(struct kds_agg_builder *b,
                                            struct kds_buf *out);

/** Write the MD5 of each sealed message into its last 16 bytes, hashing several at once. */
KDS_INTERNAL void
kds_agg_finish(uint8_t *const *messages, const size_t *sizes, size_t count);

/* ---- reading ------------------------------------------------------------------------------ */

enum kds_agg_kind {
    KDS_AGG_PLAIN, /* not an aggregate: magic, length or MD5 do not fit. Deliver unchanged. */
    KDS_AGG_VALID, /* every record can be read */
    KDS_AGG_CORRUPT /* magic and MD5 fit, the message does not parse or an index lies outside its
                        table. Deliver raw, with a mark. */
};

/**
 * Which of some Kinesis records are sealed aggregates: the magic, more than 16 bytes behind it, and
 * an MD5 that fits. Hashes several at once: hand over all records of one answer together.
 *
 * @param records  (borrowed) @p count slices of data.
 * @param sealed   (borrowed) Receives @p count answers.
 */
KDS_INTERNAL void kds_agg_check(const kds_slice_t *records, size_t count, bool *sealed);

/*
 * A decoder checks a message completely before it gives out the first record, keeps only the two
 * tables (8 bytes an entry), and uses no memory per record. Its memory is kept from message to
 * message.
 */
struct kds_agg_decoder;

/** @return (given; kds_agg_decoder_free) or NULL when out of memory. */
KDS_INTERNAL struct kds_agg_decoder *kds_agg_decoder_new(void);
KDS_INTERNAL void kds_agg_decoder_free(struct kds_agg_decoder *d); /* NULL is allowed */

/**
 * Look at one Kinesis record's data.
 *
 * @param data   (lent until the next open or free)
 * @param kind   Receives the verdict.
 * @param count  Receives the number of user records; 0 unless KDS_AGG_VALID.
 * @retval KDS_ERR_NO_MEMORY  Nothing was decided.
 */
KDS_INTERNAL kds_err_t kds_agg_decoder_open(struct kds_agg_decoder *d,
                                            kds_slice_t data,
                                            enum kds_agg_kind *kind,
                                            size_t *count);

/** As kds_agg_decoder_open() for data that kds_agg_check() found sealed: does not hash it again. */
KDS_INTERNAL kds_err_t kds_agg_decoder_open_sealed(struct kds_agg_decoder *d,
                                                   kds_slice_t data,
                                                   enum kds_agg_kind *kind,
                                                   size_t *count);

/** The next user record in order. @return false at the end. Only after KDS_AGG_VALID. */
KDS_INTERNAL bool kds_agg_decoder_next(struct kds_agg_decoder *d,
                                       struct kds_agg_view *out);

/** As kds_agg_decoder_next(), many at once. @return how many; fewer than @p room at the end. */
KDS_INTERNAL size_t kds_agg_decoder_read(struct kds_agg_decoder *d,
                                         struct kds_agg_view *out,
                                         size_t room);

/**
 * Whether every user record hashes into [first, last]: the KCL drops an aggregate as a whole when
 * one does not. Each distinct key is hashed once, several at a time. False also for an explicit
 * hash key that is no decimal number of 0 .. 2^128-1 (leading zeros do not matter, as for the KCL).
 * Only after KDS_AGG_VALID; does not move kds_agg_decoder_next().
 */
KDS_INTERNAL bool
kds_agg_decoder_within(struct kds_agg_decoder *d, kds_u128_t first, kds_u128_t last);

#endif /* KDS_CODEC_AGG_H */
