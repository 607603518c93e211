/*
 * wait: until a stream, consumer, channel or table is in the state that is wanted.
 *
 * Asks the service again and again; it has no call that waits.
 */
#ifndef KDS_WAIT_H
#define KDS_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What to wait for, and which input asks for it. */
typedef enum kds_wait_id {
    KDS_WAIT_STREAM_ACTIVE = 0,   /**< kds_describe_stream_summary_in_t */
    KDS_WAIT_STREAM_GONE = 1,     /**< kds_describe_stream_summary_in_t */
    KDS_WAIT_CONSUMER_ACTIVE = 2, /**< kds_describe_stream_consumer_in_t */
    KDS_WAIT_CONSUMER_GONE = 3,   /**< kds_describe_stream_consumer_in_t */
    KDS_WAIT_CHANNEL_ACTIVE = 4,  /**< kds_describe_channel_in_t */
    KDS_WAIT_TABLE_ACTIVE = 5,    /**< kds_dynamodb_describe_table_in_t */
    KDS_WAIT_TABLE_GONE = 6       /**< kds_dynamodb_describe_table_in_t */
} kds_wait_id_t;

/** Options of a wait; NULL wherever one is taken means all defaults. Size-first. */
typedef struct kds_wait_options {
    size_t struct_size;  /**< sizeof(kds_wait_options_t). */
    int64_t interval_ms; /**< From one question to the next. 0 = 2000. */
    int64_t timeout_ms;  /**< For all of it. 0 = 180000. */
} kds_wait_options_t;

/**
 * Wait for a state.
 *
 * @param client   The client, of Kinesis or DynamoDB.
 * @param what     The state.
 * @param input    (borrowed) The input struct that is named beside the state.
 * @param options  (borrowed) May be NULL.
 * @param error    Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_OK                It is in that state.
 * @retval KDS_ERR_TIMED_OUT     It was not within timeout_ms.
 * @retval KDS_ERR_NOT_FOUND     It does not exist, and is waited for to be ACTIVE. A table and a
 *                               channel may not be known yet: these go on being waited for.
 * @retval KDS_ERR_IN_USE        It is being deleted, or has failed, and will not get there.
 * @retval KDS_ERR_INVALID_ARG   No such state; a value out of range; a client of another service.
 * @return otherwise the error of kds_client_call(); throttling and passing faults are waited out.
 *
 * Any thread but the client's own. Blocks for at most timeout_ms and one call.
 * @since 0.1
 */
KDS_API kds_err_t kds_wait(kds_client_t *client,
                           kds_wait_id_t what,
                           const void *input,
                           const kds_wait_options_t *options,
                           kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_WAIT_H */
