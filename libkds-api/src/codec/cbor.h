/*
 * cbor: RFC 8949 as application/x-amz-cbor-1.1 uses it, as tokens.
 *
 * Reads definite and indefinite lengths, skips tags it does not know. Blobs are byte strings; time
 * stamps are tag 1 and integer milliseconds, not the seconds that RFC 8949 means. Writes definite
 * lengths in the shortest form.
 */
#ifndef KDS_CODEC_CBOR_H
#define KDS_CODEC_CBOR_H

#include "codec/token.h"

extern const struct kds_reader_ops kds_cbor_reader_ops;
extern const struct kds_writer_ops kds_cbor_writer_ops;

#endif /* KDS_CODEC_CBOR_H */
