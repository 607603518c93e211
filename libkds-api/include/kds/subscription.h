/*
 * subscription: enhanced fan-out: the records of a shard, pushed by the service.
 *
 * A fan-out is one thread with as many HTTP/2 connections as its subscriptions need; a subscription
 * is one shard read by one registered consumer. The service ends each after five minutes; the
 * fan-out subscribes again, then and after every other kind of end, behind the last event that it
 * delivered, until the shard ends, the service refuses for good, or the subscription is cancelled.
 *
 * Events come in order, one at a time: either to a callback on the fan-out's thread, or to whoever
 * calls kds_subscription_next(). They are lent, not copied: each holds part of the subscription's
 * credit until kds_subscription_release(). Without credit the service is not read any further; this
 * holds back this shard and no other, and bounds the memory: the credit and one event more for each
 * subscription.
 *
 * One thread may hold any number of subscriptions: let the callback put events into a queue of its
 * own, and release them from wherever they were processed.
 *
 * Proxies are not gone through: the service is connected to directly, and where HTTPS_PROXY or its like
 * is set, a warning says so. TLS and the trusted certificates are those of the client; there is no
 * HTTP/1.1 to fall back to.
 */
#ifndef KDS_SUBSCRIPTION_H
#define KDS_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/kinesis.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Carries subscriptions. One per client is enough. */
typedef struct kds_fanout kds_fanout_t;

/** A shard that is being read. */
typedef struct kds_subscription kds_subscription_t;

/** Options of a fan-out; NULL wherever one is taken means all defaults. Size-first: set
 *  `struct_size`, zero the rest, fill in what differs. */
typedef struct kds_fanout_options {
    size_t struct_size;    /**< sizeof(kds_fanout_options_t). */
    uint32_t credit_bytes; /**< Of a subscription, in bytes on the wire, 65536..67108864.
                                     0 = 1 MiB. */
    uint32_t
        max_connections; /**< 1..4096. 0 = 512. The service takes few streams on each. */
    int64_t connect_timeout_ms; /**< Until a connection is usable. 0 = 6000. */
    int64_t
        request_timeout_ms; /**< From subscribing to the service's answer, waiting for a
                                     connection included. 0 = 20000. */
    int64_t
        silence_timeout_ms; /**< Without an event, empty ones included, it subscribes anew. The
                                     service sends one about every 5 s. 0 = 60000. */
} kds_fanout_options_t;

/** What an event is. */
typedef enum kds_subscription_event_kind {
    KDS_SUBSCRIPTION_RECORDS = 0, /**< Records, perhaps none: then only time went by. */
    KDS_SUBSCRIPTION_SHARD_END =
        1, /**< Likewise, and the shard has no more. The last event. */
    KDS_SUBSCRIPTION_FAILED = 2 /**< It will not be read any further. The last event. */
} kds_subscription_event_kind_t;

/** One event. */
typedef struct kds_subscription_event {
    kds_subscription_event_kind_t kind;
    kds_subscription_t *subscription;           /**< Whose. */
    void *opaque;                               /**< As given with the subscription. */
    const kds_subscribe_to_shard_event_t *data; /**< What came; NULL if it FAILED. */
    const kds_error_t *error;                   /**< Why, if it FAILED; else NULL. */
    uint32_t generation; /**< Which subscribing brought it; counts from 1. */
    size_t credit_bytes; /**< What it holds of the credit until it is released. */
} kds_subscription_event_t;

/**
 * Receives events, in order, one at a time.
 *
 * Runs on the fan-out's thread, without a lock held; must not block: all subscriptions wait for it.
 * May release events, subscribe, cancel, and free this or another subscription; not the fan-out.
 *
 * @param event   (given; kds_subscription_release)
 * @param opaque  As given with the subscription.
 */
typedef void(kds_subscription_fn)(const kds_subscription_event_t *event, void *opaque);

/** What to read. Size-first, as above. All but the callback and its opaque is (copied). */
typedef struct kds_subscription_options {
    size_t struct_size;       /**< sizeof(kds_subscription_options_t). */
    const char *consumer_arn; /**< Of a registered consumer that is ACTIVE. */
    const char *shard_id;     /**< The shard. */
    const kds_starting_position_t
        *start;                    /**< Where to start. LATEST means from now on, also if
                                               the first attempts fail. */
    kds_subscription_fn *on_event; /**< NULL: kds_subscription_next() is called. */
    void *opaque;                  /**< Given to on_event, and in each event. */
    uint32_t credit_bytes;         /**< 0 = the fan-out's. */
} kds_subscription_options_t;

/** What a subscription is doing. */
typedef enum kds_subscription_state {
    KDS_SUBSCRIPTION_WAITING = 0, /**< Until it may subscribe (again). */
    KDS_SUBSCRIPTION_SUBSCRIBING =
        1,                       /**< Asked the service, or waits for a connection. */
    KDS_SUBSCRIPTION_ACTIVE = 2, /**< Events come. */
    KDS_SUBSCRIPTION_OVER = 3    /**< Ended, failed or cancelled. */
} kds_subscription_state_t;

/** A look at a subscription. Size-first. */
typedef struct kds_subscription_status {
    size_t struct_size; /**< sizeof(kds_subscription_status_t), set by the caller. */
    kds_subscription_state_t state;
    uint32_t generation;          /**< How often it has subscribed. */
    uint64_t events;              /**< Delivered, empty ones included. */
    uint64_t records;             /**< In them. */
    uint64_t bytes;               /**< On the wire. */
    uint64_t interruptions;       /**< Ends that were not the five minutes' end. */
    uint64_t ignored;             /**< Events of a kind that is not known, skipped. */
    size_t held_bytes;            /**< Of the credit, by events that are not released. */
    int64_t millis_behind_latest; /**< Of the last event; -1 before the first. */
    char sequence_number
        [132]; /**< Behind which it would subscribe now; "" before the first event. */
    char problem
        [256]; /**< The last interruption in a sentence; "" if events came since. */
} kds_subscription_status_t;

/** A look at a fan-out. Size-first. */
typedef struct kds_fanout_status {
    size_t struct_size;     /**< sizeof(kds_fanout_status_t), set by the caller. */
    unsigned subscriptions; /**< Not freed. */
    unsigned connections;   /**< Made, or being made. */
    unsigned streams;       /**< Open on them. */
    unsigned waiting;       /**< Requests that wait for room on a connection. */
} kds_fanout_status_t;

/**
 * Make a fan-out. Touches no network.
 *
 * @param client   (lent until the fan-out is freed) Of Kinesis: endpoint, region, credentials, trusted
 *                 certificates and log are its.
 * @param options  (copied) May be NULL.
 * @param fanout   Receives it (given; kds_fanout_free).
 * @param error    Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_CONFIG       A value out of range; no usable certificates.
 * @retval KDS_ERR_INVALID_ARG  The client is of another service.
 * @retval KDS_ERR_FORKED       The client belongs to the parent process.
 * @retval KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_fanout_new(kds_client_t *client,
                                 const kds_fanout_options_t *options,
                                 kds_fanout_t **fanout,
                                 kds_error_t **error);

/**
 * End all subscriptions, close all connections, release the fan-out. Subscriptions that are not freed
 * yet are over, deliver nothing more, and must still be freed; events that are lent stay valid until
 * they are released.
 *
 * @param fanout  (taken) NULL is allowed. No other thread may be inside a call on it.
 *
 * Any thread but the fan-out's own (there it does nothing but log). Blocks for the callback that is
 * under way. In a forked child it does nothing; the memory stays.
 * @since 0.1
 */
KDS_API void kds_fanout_free(kds_fanout_t *fanout);

/**
 * How many connections, streams and subscriptions there are.
 *
 * @param fanout  The fan-out.
 * @param status  (borrowed) Receives them; its struct_size is set by the caller.
 * @retval KDS_ERR_INVALID_ARG  struct_size is not known.
 *
 * Any thread. Does not block. As of the thread's last round.
 * @since 0.1
 */
KDS_API kds_err_t kds_fanout_get_status(kds_fanout_t *fanout,
                                        kds_fanout_status_t *status);

/**
 * Begin to read a shard.
 *
 * @param fanout        (lent until the subscription is freed or the fan-out is)
 * @param options       (copied)
 * @param subscription  Receives it (given; kds_subscription_free). Set before the first event.
 * @param error         Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG, KDS_ERR_TOO_LARGE  A value that the service would refuse.
 * @retval KDS_ERR_FORKED, KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM
 *
 * What goes wrong later is an event. The service has one subscription per consumer and shard: a new
 * one takes over from an older one elsewhere, 5 s after that began at the earliest; until then it
 * is waited for.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_subscribe(kds_fanout_t *fanout,
                                const kds_subscription_options_t *options,
                                kds_subscription_t **subscription,
                                kds_error_t **error);

/**
 * Wait for the next event of a subscription without a callback.
 *
 * @param subscription  The subscription.
 * @param timeout_ms    0 = do not wait; negative = for ever.
 * @param event         Receives it (given; kds_subscription_release).
 * @param error         Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_TIMED_OUT  No event yet; the message has the last interruption, if there was one.
 * @retval KDS_ERR_CLOSED     The last event was delivered before, or the fan-out is freed.
 * @retval KDS_ERR_CANCELLED  The subscription was cancelled.
 * @retval KDS_ERR_STATE      It has a callback.
 * @retval KDS_ERR_WOULD_DEADLOCK  On the fan-out's thread with a time to wait.
 * @retval KDS_ERR_FORKED
 *
 * A subscription that fails gives its KDS_SUBSCRIPTION_FAILED event first.
 *
 * One thread at a time for a subscription. Blocks for at most timeout_ms.
 * @since 0.1
 */
KDS_API kds_err_t kds_subscription_next(kds_subscription_t *subscription,
                                        int64_t timeout_ms,
                                        const kds_subscription_event_t **event,
                                        kds_error_t **error);

/**
 * Give an event back, and with it its part of the credit.
 *
 * @param event  (taken) NULL is allowed.
 *
 * Any thread, in any order, also after the subscription or the fan-out was freed. Does not block.
 * @since 0.1
 */
KDS_API void kds_subscription_release(const kds_subscription_event_t *event);

/**
 * Deliver nothing more. kds_subscription_next() returns KDS_ERR_CANCELLED at once, a callback that is
 * under way is the last. The stream is closed.
 *
 * @param subscription  The subscription.
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API void kds_subscription_cancel(kds_subscription_t *subscription);

/**
 * Cancel and release. After it has returned no callback of the subscription runs. Events that are lent
 * stay valid until they are released.
 *
 * @param subscription  (taken) NULL is allowed. No other thread may be inside a call on it.
 *
 * Any thread. On the fan-out's own it does not block; on another it waits for the callback of this
 * subscription that is under way: hold no lock that it takes.
 * @since 0.1
 */
KDS_API void kds_subscription_free(kds_subscription_t *subscription);

/**
 * What a subscription is doing, for logs, metrics and the question why a shard is idle.
 *
 * @param subscription  The subscription.
 * @param status        (borrowed) Receives it; its struct_size is set by the caller.
 * @retval KDS_ERR_INVALID_ARG  struct_size is not known.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_subscription_get_status(kds_subscription_t *subscription,
                                              kds_subscription_status_t *status);

/** A consumer, found or made. */
typedef struct kds_fanout_consumer {
    char arn
        [2049]; /**< For kds_subscribe(). Another one after the consumer was deleted. */
    bool registered; /**< It was not there, and was registered. */
} kds_fanout_consumer_t;

/**
 * Find a stream's consumer by its name, register it if it is not there, and wait until it is ACTIVE.
 *
 * @param client      Of Kinesis.
 * @param stream_arn  (borrowed)
 * @param name        (borrowed) The consumer's.
 * @param timeout_ms  For the wait. 0 = 180000.
 * @param consumer    (borrowed) Receives it.
 * @param error       Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_THROTTLED  Also when the stream has as many consumers as it may.
 * @retval KDS_ERR_IN_USE     It is being deleted.
 * @retval KDS_ERR_TIMED_OUT  It was not ACTIVE in time; it stays registered.
 * @return otherwise the errors of kds_client_call().
 *
 * Any thread but the client's own. Blocks for the calls and timeout_ms.
 * @since 0.1
 */
KDS_API kds_err_t kds_fanout_find_consumer(kds_client_t *client,
                                           const char *stream_arn,
                                           const char *name,
                                           int64_t timeout_ms,
                                           kds_fanout_consumer_t *consumer,
                                           kds_error_t **error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_SUBSCRIPTION_H */
