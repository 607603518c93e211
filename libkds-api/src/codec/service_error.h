/*
 * service_error: what an error answer says, whatever form it has.
 *
 * The type comes from the header x-amzn-ErrorType, else from the body's __type or code; names
 * arrive with a name space in front and a URL behind, which are cut off. Source: the JSON 1.1
 * protocol of Smithy, and what the service was seen to send.
 */
#ifndef KDS_CODEC_SERVICE_ERROR_H
#define KDS_CODEC_SERVICE_ERROR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/internal.h"
#include "codec/shape.h"
#include "kds/types.h"

struct kds_service_error {
    kds_slice_t code;    /* "ResourceNotFoundException"; absent if nothing names one */
    kds_slice_t message; /* absent if there is none */
};

/** How a content type says that a body is written; false if it is neither JSON, CBOR nor XML. */
KDS_INTERNAL bool kds_format_of_content_type(kds_slice_t content_type,
                                             enum kds_format *out);

/**
 * Read an error answer. Never fails: what cannot be read is absent.
 *
 * @param content_type  (borrowed) decides how the body is read; absent = JSON is tried
 * @param error_type    (borrowed) the header x-amzn-ErrorType; may be absent
 * @param body          (lent until @p arena is cleared)
 */
KDS_INTERNAL struct kds_service_error kds_service_error_read(kds_slice_t content_type,
                                                             kds_slice_t error_type,
                                                             kds_slice_t body,
                                                             struct kds_arena *arena);

#endif /* KDS_CODEC_SERVICE_ERROR_H */
