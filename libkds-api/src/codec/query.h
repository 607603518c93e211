/*
 * query: values as the members of a form, as STS and CloudWatch take them.
 *
 * `A.B.member.2.C=text`, percent-encoded, joined by '&'; maps as `.entry.N.key` and `.value`. Write
 * only. Source: the AWS query protocol of Smithy.
 */
#ifndef KDS_CODEC_QUERY_H
#define KDS_CODEC_QUERY_H

#include "codec/token.h"

extern const struct kds_writer_ops kds_query_writer_ops;

/** Append @p text with every byte but A-Z a-z 0-9 - _ . ~ as %XX. */
KDS_INTERNAL void kds_query_add_encoded(struct kds_buf *out, kds_slice_t text);

#endif /* KDS_CODEC_QUERY_H */
