/*
 * json: RFC 8259, strict, as tokens.
 *
 * Reads: UTF-8 only, surrogate pairs in \u escapes, \u0000 allowed, integers within int64, decimals
 * only where a time stamp is read. Writes: raw UTF-8, the shortest escapes, base64 for blobs.
 */
#ifndef KDS_CODEC_JSON_H
#define KDS_CODEC_JSON_H

#include "codec/token.h"

extern const struct kds_reader_ops kds_json_reader_ops;
extern const struct kds_writer_ops kds_json_writer_ops;

/** What kds_json_put_string() writes. */
KDS_INTERNAL size_t kds_json_string_size(kds_slice_t text);

/** Write @p text as a JSON string, quotes included. @return behind it. */
KDS_INTERNAL uint8_t *kds_json_put_string(uint8_t *to, kds_slice_t text);

/** Append @p text as a JSON string, quotes included. @p text is UTF-8. */
KDS_INTERNAL void kds_json_add_string(struct kds_buf *out, kds_slice_t text);

#endif /* KDS_CODEC_JSON_H */
