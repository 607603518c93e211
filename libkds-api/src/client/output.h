/*
 * output: an operation's answer in one piece: the struct, and behind it all that it points to.
 */
#ifndef KDS_CLIENT_OUTPUT_H
#define KDS_CLIENT_OUTPUT_H

#include "base/buf.h"
#include "codec/shape.h"
#include "kds/client.h"

/**
 * Decode @p body, which is taken: the output keeps it as long as it points into it.
 *
 * @param output  (given; kds_output_free)
 * @retval KDS_ERR_PROTOCOL, KDS_ERR_NO_MEMORY  @p body is left alone.
 */
KDS_INTERNAL kds_err_t kds_output_decode(const struct kds_shape *shape,
                                         enum kds_format format,
                                         struct kds_buf *body,
                                         const char *request_id,
                                         const void **output,
                                         kds_error_t **error);

/** The name of a member that the model requires and that did not come; NULL = none lacks. */
KDS_INTERNAL const char *kds_output_lacks(const struct kds_shape *shape,
                                          const void *output);

#endif /* KDS_CLIENT_OUTPUT_H */
