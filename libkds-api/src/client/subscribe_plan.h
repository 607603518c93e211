/*
 * subscribe_plan: when and from where a shard is subscribed to, and which events are right. Pure.
 *
 * Told the time and what happened, answers with what to do. One plan for each subscription, from its
 * beginning to its end; its generation counts the subscribings, so that what an older one still
 * brings can be known and dropped.
 */
#ifndef KDS_CLIENT_SUBSCRIBE_PLAN_H
#define KDS_CLIENT_SUBSCRIBE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/internal.h"
#include "base/rng.h"
#include "kds/kinesis.h"

#define KDS_SEQUENCE_BYTES 130 /* 129 digits and a NUL */

/** How a subscribing ended. */
enum kds_subscribe_end {
    KDS_SUBSCRIBE_OVER,      /* the service closed the stream, between two messages */
    KDS_SUBSCRIBE_REFUSED,   /* the peer certainly did nothing with the request */
    KDS_SUBSCRIBE_BROKEN,    /* connection, frames, silence, 5xx: may pass */
    KDS_SUBSCRIBE_THROTTLED, /* the service asked for less */
    KDS_SUBSCRIBE_IN_USE, /* another subscription exists, or the consumer is not ACTIVE */
    KDS_SUBSCRIBE_SIGNATURE, /* refused for its signature; signed anew it may pass */
    KDS_SUBSCRIBE_MALFORMED, /* an event that contradicts the protocol */
    KDS_SUBSCRIBE_CORRUPT,   /* an event whose payload cannot be read */
    KDS_SUBSCRIBE_FINAL,     /* the same request would fail again */
    KDS_SUBSCRIBE_END_COUNT
};

/** What an error of the service is. @param in_stream it came as a message, when there is no status
 *  @param code (borrowed) may be absent */
KDS_INTERNAL enum kds_subscribe_end
kds_subscribe_end_of(bool in_stream, int http_status, kds_slice_t code);

struct kds_subscribe_plan {
    uint32_t generation;
    enum kds_subscribe_end last_end;
    unsigned failures; /* ends in a row without an event between them */
    unsigned alike;    /* of these, the last ones of the same kind */
    int64_t called_us; /* the last subscribing; 0 = none yet */
    int64_t opened_us; /* the last that the service granted; 0 = none yet */
    bool moved;        /* an event came since the last subscribing */

    /* Where to start while no event has come; LATEST has become the instant of the beginning. */
    char type[32];
    int64_t timestamp_ms;
    bool has_timestamp;
    bool first_is_latest;              /* the first subscribing may say LATEST itself */
    char sequence[KDS_SEQUENCE_BYTES]; /* of the last event, or given; "" = none */
};

/** @param start    (copied) checked against the model before
 *  @param wall_ms  the service's time now, as far as known: since 1970 */
KDS_INTERNAL void kds_subscribe_plan_init(struct kds_subscribe_plan *plan,
                                          const kds_starting_position_t *start,
                                          int64_t wall_ms);

/** It subscribes now. @param position (lent until the next call) where */
KDS_INTERNAL void kds_subscribe_plan_call(struct kds_subscribe_plan *plan,
                                          int64_t now_us,
                                          kds_starting_position_t *position);

/** The service granted it. */
KDS_INTERNAL void kds_subscribe_plan_open(struct kds_subscribe_plan *plan,
                                          int64_t now_us);

/** What an event is. */
enum kds_subscribe_verdict {
    KDS_SUBSCRIBE_DELIVER,
    KDS_SUBSCRIBE_SHARD_END,
    KDS_SUBSCRIBE_WRONG /* ends as KDS_SUBSCRIBE_MALFORMED */
};

/** An event that could be read; the plan moves behind it unless it is wrong.
 *  @param why  (lent for ever) receives what is wrong */
KDS_INTERNAL enum kds_subscribe_verdict
kds_subscribe_plan_event(struct kds_subscribe_plan *plan,
                         const kds_subscribe_to_shard_event_t *event,
                         const char **why);

/** It ended. @return when to subscribe again, or -1: never */
KDS_INTERNAL int64_t kds_subscribe_plan_end(struct kds_subscribe_plan *plan,
                                            enum kds_subscribe_end end,
                                            int64_t now_us,
                                            struct kds_rng *rng);

#endif /* KDS_CLIENT_SUBSCRIBE_PLAN_H */
