/*
 * records: the lists that carry data, read and written by hand instead of by their tables: the
 * records of an answer or event, and the entries of PutRecords.
 *
 * They say the same as the walkers of codec/shape.h would, which call them for the members that are
 * marked so (KDS_F_RECORDS, KDS_F_ENTRIES) and are the oracle of their tests; but where one text or
 * one record's data cannot be read, that record alone is marked (kds/record.h). Pure.
 */
#ifndef KDS_CODEC_RECORDS_H
#define KDS_CODEC_RECORDS_H

#include "codec/token.h"
#include "kds/kinesis.h"

/**
 * Read the list that @p r is at, of records of JSON or CBOR.
 *
 * One pass, no allocation per record. The members of a record may come in any order; the order of
 * the record before is looked for first. In JSON all is copied or decoded into the arena, no more
 * of it than the input is long; in CBOR data points into the input and text is copied.
 *
 * @param records  Receives the first of *count records, in the arena of @p r.
 */
KDS_INTERNAL void
kds_records_read(struct kds_reader *r, const kds_record_t **records, size_t *count);

/**
 * Write a list of entries, in JSON or CBOR, into room that is taken once.
 * @return false if the format is another one; nothing was written then.
 */
KDS_INTERNAL bool kds_entries_write(struct kds_writer *w,
                                    const kds_put_records_request_entry_t *entries,
                                    size_t count);

#endif /* KDS_CODEC_RECORDS_H */
