/*
 * pages: the answers of an operation that gives them page by page, one after the other.
 *
 * Knows DescribeStream, ListChannels, ListShards, ListStreamConsumers, ListStreams and
 * ListTagsForStream of Kinesis; ListTables, ListTagsOfResource, Query and Scan of DynamoDB.
 */
#ifndef KDS_PAGES_H
#define KDS_PAGES_H

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A walk over pages. One thread at a time. */
typedef struct kds_pages kds_pages_t;

/**
 * Start a walk. Nothing is sent yet.
 *
 * @param client     (lent until the walk is freed)
 * @param operation  (lent for ever) One of those named above.
 * @param input      (lent until the walk is freed) The operation's input struct, for the first
 *                   page; the struct itself is copied, what it points to is not.
 * @param options    (copied) For each page. May be NULL.
 * @param pages      Receives the walk (given; kds_pages_free).
 * @param error      Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  The operation has no pages, or struct_size is not the input's.
 * @retval KDS_ERR_NO_MEMORY    Nothing was started.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_pages_new(kds_client_t *client,
                                const kds_operation_t *operation,
                                const void *input,
                                const kds_call_options_t *options,
                                kds_pages_t **pages,
                                kds_error_t **error);

/**
 * The next page.
 *
 * After a failure the walk stands where it stood: call again to try the same page once more.
 *
 * @param pages   The walk.
 * @param output  Receives the operation's output struct (lent until the next call on @p pages);
 *                NULL behind the last page.
 * @param error   Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_PROTOCOL  Among others: the service gave the same token twice, which would
 *                           never end.
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks as kds_client_call().
 * @since 0.1
 */
KDS_API kds_err_t kds_pages_next(kds_pages_t *pages,
                                 const void **output,
                                 kds_error_t **error);

/**
 * End a walk, and release its last page.
 *
 * @param pages  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_pages_free(kds_pages_t *pages);

#ifdef __cplusplus
}
#endif

#endif /* KDS_PAGES_H */
