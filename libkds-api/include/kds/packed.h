/*
 * packed: any operation with its input and its answer as one packed value each, for bindings.
 *
 * A binding of another language has no C structs. It packs the input of an operation into one
 * run of bytes, starts the call, waits on a descriptor with whatever its language waits with, and
 * takes the answer as one run of bytes again. No function here blocks, none calls back.
 *
 * Packed is the CBOR (RFC 8949) of application/x-amz-cbor-1.1: a map from the members' names on
 * the wire to their values; blobs are byte strings, instants are tag 1 and whole milliseconds since
 * 1970. It is that for every service and whatever travels to the service. docs/wire/api.md
 */
#ifndef KDS_PACKED_H
#define KDS_PACKED_H

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/subscription.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The longest packed input, in bytes. */
#define KDS_PACKED_INPUT_MAX (64 * 1024 * 1024)

/** One call under way, or ended. One thread at a time. */
typedef struct kds_packed_call kds_packed_call_t;

/**
 * Start an operation and return.
 *
 * Retries, time-outs and errors are those of kds_client_start(). Members of @p input that the
 * operation does not have are skipped.
 *
 * @param client     The client.
 * @param operation  (lent for ever) from kds_operation_find_in().
 * @param input      (copied) The packed input.
 * @param options    (borrowed) May be NULL.
 * @param call       Receives the call (given; kds_packed_free).
 * @param error      Receives the reason of a refusal (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  @p input is malformed, or the model refuses it; the message names
 *                              the member.
 * @retval KDS_ERR_TOO_LARGE    @p input is longer than KDS_PACKED_INPUT_MAX, or a member is longer
 *                              than the model allows.
 * @retval KDS_ERR_SYSTEM       There is no descriptor left.
 * @retval KDS_ERR_CLOSED, KDS_ERR_FORKED, KDS_ERR_NO_MEMORY
 * With anything but KDS_OK nothing was sent.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_packed_start(kds_client_t *client,
                                   const kds_operation_t *operation,
                                   kds_slice_t input,
                                   const kds_call_options_t *options,
                                   kds_packed_call_t **call,
                                   kds_error_t **error);

/**
 * A descriptor that is readable once the call has ended.
 *
 * @param call  The call.
 * @return (lent until the call is freed) for poll(2) and the like only; never read from it.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API int kds_packed_fd(const kds_packed_call_t *call);

/**
 * Take what a call ended with.
 *
 * @param call        The call.
 * @param answer      Receives the packed answer (lent until the call is freed).
 * @param request_id  Receives the service's request id (lent until the call is freed); "" if it
 *                    gave none. May be NULL.
 * @param error       Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_STATE  It has not ended yet, or this was called before.
 * @return otherwise KDS_OK or the error of kds_client_call().
 *
 * One thread at a time. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_packed_end(kds_packed_call_t *call,
                                 kds_slice_t *answer,
                                 const char **request_id,
                                 kds_error_t **error);

/**
 * Release a call. One that has not ended goes on, and its answer is dropped when it comes.
 *
 * @param call  (taken) NULL is allowed.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_packed_free(kds_packed_call_t *call);

/* ---- subscriptions ------------------------------------------------------------------------ */

/** A shard that is being read by fan-out, with its events packed. One thread at a time. */
typedef struct kds_packed_subscription kds_packed_subscription_t;

/**
 * Begin to read a shard, as kds_subscribe().
 *
 * @param fanout        (lent until the subscription is freed)
 * @param consumer_arn  (copied) Of a registered consumer that is ACTIVE.
 * @param shard_id      (copied) The shard.
 * @param start         (copied) A packed StartingPosition.
 * @param subscription  Receives it (given; kds_packed_subscription_free).
 * @param error         Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG  @p start is malformed, or as kds_subscribe() says.
 * @return otherwise as kds_subscribe(); KDS_ERR_SYSTEM also when there is no descriptor left.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_packed_subscribe(kds_fanout_t *fanout,
                                       const char *consumer_arn,
                                       const char *shard_id,
                                       kds_slice_t start,
                                       kds_packed_subscription_t **subscription,
                                       kds_error_t **error);

/**
 * A descriptor that is readable while an event waits.
 *
 * @param subscription  The subscription.
 * @return (lent until it is freed) for poll(2) and the like only; never read from it.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API int kds_packed_subscription_fd(const kds_packed_subscription_t *subscription);

/**
 * The next event, and with it the credit of the one before is given back.
 *
 * @param subscription  The subscription.
 * @param event         Receives a packed SubscribeToShardEvent (lent until the next call). The last one
 *                      of a shard has no ContinuationSequenceNumber.
 * @param error         Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_TIMED_OUT  There is none now.
 * @retval KDS_ERR_CLOSED     The last event was given before.
 * @return otherwise KDS_OK, or why the shard will not be read any further.
 *
 * One thread at a time. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_packed_subscription_next(kds_packed_subscription_t *subscription,
                                               kds_slice_t *event,
                                               kds_error_t **error);

/**
 * Cancel and release a subscription.
 *
 * @param subscription  (taken) NULL is allowed.
 *
 * Any thread. Blocks for a callback of a few microseconds at most. In a forked child it does nothing; the
 * memory stays.
 * @since 0.1
 */
KDS_API void kds_packed_subscription_free(kds_packed_subscription_t *subscription);

#ifdef __cplusplus
}
#endif

#endif /* KDS_PACKED_H */
