/*
 * agg_oracle: what protobuf-c and OpenSSL say about aggregated records.
 *
 * Independent of the codec and the MD5 under test: shares only their types.
 */
#ifndef TESTS_SUPPORT_AGG_ORACLE_H
#define TESTS_SUPPORT_AGG_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

#include "aggregated_record.pb-c.h"
#include "base/buf.h"
#include "codec/agg.h"

/** Append magic, @p message and its MD5. */
void agg_oracle_seal(kds_slice_t message, struct kds_buf *out);

/**
 * Append the aggregate of @p records, each distinct key once, as protobuf-c packs it. Keys hold no
 * NUL.
 * Looks keys up one by one; @p distinct says that there is no need to.
 */
void agg_oracle_pack(const struct kds_agg_record *records,
                     size_t count,
                     bool distinct,
                     struct kds_buf *out);

/**
 * Judge one Kinesis record's data: seal by OpenSSL, message by protobuf-c, indexes by comparison.
 * @param message  Receives the message if KDS_AGG_VALID, else NULL; free with
 *                 aggregated_record__free_unpacked(message, NULL).
 */
enum kds_agg_kind agg_oracle_open(kds_slice_t data, AggregatedRecord **message);

/**
 * Open @p data with the decoder under test and with the oracle.
 * @param kind  Receives the oracle's verdict.
 * @return NULL if both say the same and give the same records, else what differs.
 */
const char *
agg_oracle_compare(struct kds_agg_decoder *d, kds_slice_t data, enum kds_agg_kind *kind);

#endif /* TESTS_SUPPORT_AGG_ORACLE_H */
