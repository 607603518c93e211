/*
 * xml: the answers of STS and CloudWatch, as tokens. Read only.
 *
 * Elements, text, CDATA, the five entities and numeric references; comments and processing
 * instructions are passed over, attributes and name spaces are not looked at, a document type is
 * refused. Elements do not tell whether they are a list, a map or text: the reader's caller knows,
 * from the shape. An answer's outer elements, `<XResponse>` and `<XResult>`, are stepped into.
 * Source: the AWS query protocol of Smithy; XML 1.0.
 */
#ifndef KDS_CODEC_XML_H
#define KDS_CODEC_XML_H

#include "codec/token.h"

extern const struct kds_reader_ops kds_xml_reader_ops;

/**
 * The text of the first element called @p name, wherever it stands, with blanks cut off.
 *
 * @param arena  takes the text
 * @return false if there is none, or the bytes are not XML up to there
 */
KDS_INTERNAL bool kds_xml_find_text(kds_slice_t bytes,
                                    const char *name,
                                    struct kds_arena *arena,
                                    kds_slice_t *out);

/** The name of the outermost element, in @p bytes. @return false if there is none. */
KDS_INTERNAL bool kds_xml_root(kds_slice_t bytes, kds_slice_t *name);

#endif /* KDS_CODEC_XML_H */
