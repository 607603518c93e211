/*
 * subscriptions: who reads a shard as a stream of events, and which event is next.
 *
 * Pure, like the rest of the service: told the time, and asked. Whoever serves a subscription is told
 * through `ready` that asking anew may give something before its due time; nothing is asked in a loop.
 * The rules: one subscription at a time for a consumer and shard; another call takes over, but not
 * within takeover_ms of the last one that succeeded; it ends after subscription_ms.
 */
#ifndef KDS_LOCAL_SUBSCRIPTIONS_H
#define KDS_LOCAL_SUBSCRIPTIONS_H

#include "service.h"

#define LOCAL_SUBSCRIPTION_MS INT64_C(300000)
#define LOCAL_HEARTBEAT_MS    INT64_C(5000)
#define LOCAL_TAKEOVER_MS     INT64_C(5000)
#define LOCAL_EVENT_BYTES_MAX                                                            \
    ((size_t)256 * 1024) /* data; one larger record goes alone */
#define LOCAL_EVENT_RECORDS_MAX   10000
#define LOCAL_EVENT_BYTES_PER_SEC (INT64_C(2) * 1024 * 1024) /* with `limits` */

struct local_subscription;

/** Something may have come. Called during a call of the service, which must not be called back. */
typedef void(local_ready_fn)(void *opaque);

/**
 * SubscribeToShard.
 * @param ready  told once after each local_subscription_next() that gave nothing; may be NULL
 * @return (given; local_subscription_end) NULL with @p fault filled
 */
struct local_subscription *local_service_subscribe(struct local_service *s,
                                                   int64_t now_us,
                                                   const kds_subscribe_to_shard_in_t *in,
                                                   struct kds_arena *arena,
                                                   struct local_fault *fault,
                                                   local_ready_fn *ready,
                                                   void *opaque);

/** Not served any more. NULL is allowed; the service must still be there. */
void local_subscription_end(struct local_subscription *sub);

enum local_event {
    LOCAL_EVENT_NONE,      /* nothing before local_subscription_due_us(), or `ready` */
    LOCAL_EVENT_RECORDS,   /* one, perhaps without a record */
    LOCAL_EVENT_EXCEPTION, /* and nothing after it */
    LOCAL_EVENT_END        /* in order */
};

/**
 * The next event; it counts as delivered.
 * @param out    filled with LOCAL_EVENT_RECORDS (lent until the service's next call)
 * @param fault  filled with LOCAL_EVENT_EXCEPTION, and with RECORDS for which there is no memory
 */
enum local_event local_subscription_next(struct local_subscription *sub,
                                         int64_t now_us,
                                         struct kds_arena *arena,
                                         kds_subscribe_to_shard_event_t *out,
                                         struct local_fault *fault);

/** When to ask again at the latest. */
int64_t local_subscription_due_us(const struct local_subscription *sub);

#endif /* KDS_LOCAL_SUBSCRIPTIONS_H */
