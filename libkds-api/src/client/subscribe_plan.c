/*
 * subscribe_plan: a table of waits, and the rules on continuation.
 */
#include "client/subscribe_plan.h"

#include "base/slice.h"
#include "client/retry.h"

#include <stdio.h>
#include <string.h>

/* The service takes one call a second for a consumer and shard, and lets a later subscription take
 * over 5 s after the one before began. */
#define CALL_EVERY_US (1 * KDS_US_PER_S)
#define TAKE_OVER_US  (5 * KDS_US_PER_S)
#define WAIT_MAX_US   (20 * KDS_US_PER_S)

/* How long to wait after an end: `least`, and at random up to `base`, which doubles with each end
 * without an event in between. After `most` ends alike in a row it is given up; 0 = never. */
static const struct {
    int64_t least_us, base_us;
    unsigned most;
    bool first_at_once;
} waits[KDS_SUBSCRIBE_END_COUNT] = {
    [KDS_SUBSCRIBE_OVER] = {0, 100 * KDS_US_PER_MS, 0, true},
    [KDS_SUBSCRIBE_REFUSED] = {0, 50 * KDS_US_PER_MS, 0, true},
    [KDS_SUBSCRIBE_BROKEN] = {0, 100 * KDS_US_PER_MS, 0, false},
    [KDS_SUBSCRIBE_THROTTLED] = {CALL_EVERY_US, CALL_EVERY_US, 0, false},
    [KDS_SUBSCRIBE_IN_USE] = {TAKE_OVER_US, CALL_EVERY_US, 0, false},
    [KDS_SUBSCRIBE_SIGNATURE] = {0, 100 * KDS_US_PER_MS, 3, true},
    [KDS_SUBSCRIBE_MALFORMED] = {0, 100 * KDS_US_PER_MS, 3, false},
    [KDS_SUBSCRIBE_CORRUPT] = {0, 100 * KDS_US_PER_MS, 2, false},
    [KDS_SUBSCRIBE_FINAL] = {0, 0, 1, false},
};

static void copy_text(char *out, size_t size, kds_slice_t text)
{
    const size_t n = text.n < size ? text.n : size - 1;
    if (n > 0)
        memcpy(out, text.p, n);
    out[n] = 0;
}

void kds_subscribe_plan_init(struct kds_subscribe_plan *plan,
                             const kds_starting_position_t *start,
                             int64_t wall_ms)
{
    *plan = (struct kds_subscribe_plan){0};
    copy_text(plan->type, sizeof plan->type, start->type);
    copy_text(plan->sequence, sizeof plan->sequence, start->sequence_number);
    plan->has_timestamp = start->has_timestamp_ms;
    plan->timestamp_ms = start->timestamp_ms;
    if (strcmp(plan->type, "LATEST") == 0) {
        plan->first_is_latest = true;
        plan->has_timestamp = true;
        plan->timestamp_ms = wall_ms;
    }
}

void kds_subscribe_plan_call(struct kds_subscribe_plan *plan,
                             int64_t now_us,
                             kds_starting_position_t *position)
{
    plan->generation++;
    plan->called_us = now_us;
    plan->moved = false;
    *position = (kds_starting_position_t){.type = kds_slice(plan->type)};
    if (plan->sequence[0] != 0)
        position->sequence_number = kds_slice(plan->sequence);
    if (plan->has_timestamp && !plan->first_is_latest) {
        position->has_timestamp_ms = true;
        position->timestamp_ms = plan->timestamp_ms;
    }
    if (plan->first_is_latest) { /* from the second time on, the instant: nothing is skipped */
        plan->first_is_latest = false;
        position->type = kds_slice("LATEST");
        snprintf(plan->type, sizeof plan->type, "AT_TIMESTAMP");
    }
}

void kds_subscribe_plan_open(struct kds_subscribe_plan *plan, int64_t now_us)
{
    plan->opened_us = now_us;
}

/* ---- events -------------------------------------------------------------------------------- */

static bool is_number(kds_slice_t s)
{
    if (s.n == 0 || s.n >= KDS_SEQUENCE_BYTES || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

/* Both without leading zeros. */
static bool is_lower(kds_slice_t a, kds_slice_t b)
{
    return a.n != b.n ? a.n < b.n : kds_slice_cmp(a, b) < 0;
}

static const char *wrong_end(const kds_subscribe_to_shard_event_t *event)
{
    if (event->child_shards_count == 0)
        return "an event without a continuation and without child shards";
    for (size_t i = 0; i < event->child_shards_count; i++)
        if (event->child_shards[i].parent_shards_count == 0)
            return "a child shard without parents";
    return NULL;
}

static const char *wrong_continuation(const struct kds_subscribe_plan *plan,
                                      const kds_subscribe_to_shard_event_t *event)
{
    const kds_slice_t next = event->continuation_sequence_number;
    const kds_slice_t last = kds_slice(plan->sequence);
    if (event->child_shards_count != 0)
        return "an event with a continuation and with child shards";
    if (!is_number(next))
        return "a continuation that is not a number";
    if (is_number(last) && is_lower(next, last))
        return "a continuation that goes backwards";
    return NULL;
}

enum kds_subscribe_verdict
kds_subscribe_plan_event(struct kds_subscribe_plan *plan,
                         const kds_subscribe_to_shard_event_t *event,
                         const char **why)
{
    const bool end = event->continuation_sequence_number.p == NULL;
    *why = end ? wrong_end(event) : wrong_continuation(plan, event);
    if (*why != NULL)
        return KDS_SUBSCRIBE_WRONG;
    plan->moved = true;
    plan->failures = plan->alike = 0;
    if (end)
        return KDS_SUBSCRIBE_SHARD_END;
    copy_text(plan->sequence, sizeof plan->sequence, event->continuation_sequence_number);
    snprintf(plan->type, sizeof plan->type, "AFTER_SEQUENCE_NUMBER");
    plan->has_timestamp = false;
    return KDS_SUBSCRIBE_DELIVER;
}

/* ---- errors of the service ------------------------------------------------------------------ */

/* Messages of the stream that stay true until somebody does something. What is not known here may
 * pass, and is asked again. */
static const char *const final_in_stream[] = {
    "ResourceNotFoundException", "KMSDisabledException", "KMSAccessDeniedException",
    "KMSNotFoundException",      "KMSOptInRequired",     "AccessDeniedException",
    "InvalidArgumentException",  "ValidationException",
};

enum kds_subscribe_end
kds_subscribe_end_of(bool in_stream, int http_status, kds_slice_t code)
{
    if (kds_slice_is(code, "ResourceInUseException"))
        return KDS_SUBSCRIBE_IN_USE;
    switch ((int)kds_failure_of_service(http_status, code)) {
    case KDS_FAILURE_THROTTLING:
    case KDS_FAILURE_LATER:
        return KDS_SUBSCRIBE_THROTTLED;
    case KDS_FAILURE_PERMANENT:
        break;
    default:
        return KDS_SUBSCRIBE_BROKEN;
    }
    for (size_t i = 0; in_stream && i < sizeof final_in_stream / sizeof *final_in_stream;
         i++)
        if (kds_slice_is(code, final_in_stream[i]))
            return KDS_SUBSCRIBE_FINAL;
    return in_stream ? KDS_SUBSCRIBE_BROKEN : KDS_SUBSCRIBE_FINAL;
}

/* ---- ends ---------------------------------------------------------------------------------- */

static int64_t
wait_after(enum kds_subscribe_end end, unsigned failures, struct kds_rng *rng)
{
    int64_t most = waits[end].base_us;
    if (failures == 1 && waits[end].first_at_once)
        return waits[end].least_us;
    for (unsigned i = 1; i < failures && most < WAIT_MAX_US; i++)
        most *= 2;
    if (most > WAIT_MAX_US)
        most = WAIT_MAX_US;
    return waits[end].least_us + (int64_t)kds_rng_below(rng, (uint64_t)most + 1);
}

int64_t kds_subscribe_plan_end(struct kds_subscribe_plan *plan,
                               enum kds_subscribe_end end,
                               int64_t now_us,
                               struct kds_rng *rng)
{
    plan->alike = plan->alike > 0 && plan->last_end == end ? plan->alike + 1 : 1;
    plan->last_end = end;
    plan->failures++;
    if (waits[end].most != 0 && plan->alike >= waits[end].most)
        return -1;
    int64_t at = kds_us_add(now_us, wait_after(end, plan->failures, rng));
    if (at < plan->called_us + CALL_EVERY_US)
        at = plan->called_us + CALL_EVERY_US;
    if (plan->opened_us != 0 && at < plan->opened_us + TAKE_OVER_US)
        at = plan->opened_us + TAKE_OVER_US;
    return at;
}
