/*
 * fanout: reads one shard by a subscription, which the client keeps alive, and finds the consumer that subscribes.
 *
 * Events are pushed as far as the subscription's credit goes; each holds its part until its records are processed, so
 * that a shard whose processor is slow holds back itself and no other.
 */
#include "core_internal.h"

#include "base/clock.h"
#include "base/size.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define FIND_RETRY_US   KDS_US_PER_S
#define FIND_LAST_US    (30 * KDS_US_PER_S)
#define FIND_AGAIN_US   (600 * KDS_US_PER_S) /* after falling back */
#define THROTTLED_LIMIT 3 /* in a row: a limit on consumers rather than on calls */
#define CREDIT_LEAST    ((size_t)64 << 10)
#define CREDIT_MOST     ((size_t)1 << 20)
#define BUDGET_PARTS                                                                     \
    2 /* of the budget one is for credit, the rest for what records take beyond it */
#define TURN_US (10 * KDS_US_PER_S) /* of a subscription while others wait for room */

/* ---- the consumer ------------------------------------------------------------------------- */

static struct kcl_subscriber *subscriber_of(struct kcl_core *core,
                                            const struct kcl_shard *s)
{
    struct kcl_stream *stream = kcl_roster_find_stream(&core->roster, s->lease.stream);
    return stream ? &stream->subscriber : NULL;
}

static const char *consumer_arn(const struct kcl_core *core,
                                const struct kcl_subscriber *by)
{
    return core->conf->consumer_arn != NULL ? core->conf->consumer_arn
           : by->arn[0] != 0                ? by->arn
                                            : NULL;
}

static bool find_consumer(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_subscriber *by,
                          struct kcl_action *action)
{
    const struct kcl_conf *conf = core->conf;
    if (by->find_id != 0 || now_us < by->find_at_us) {
        return false;
    }
    by->find_id = kcl_core_new_id(core, NULL);
    action->kind = KCL_ACTION_FIND_CONSUMER;
    action->id = by->find_id;
    action->u.find_consumer.stream_arn = by->stream_arn;
    action->u.find_consumer.name =
        conf->consumer_name != NULL ? conf->consumer_name : conf->application;
    return true;
}

/* ---- falling back ------------------------------------------------------------------------- */

bool kcl_fanout_subscribed(const struct kcl_shard *s)
{
    return s->call_id != 0 && s->asked == KCL_ACTION_SUBSCRIBE;
}

bool kcl_fanout_serves(const struct kcl_core *core, const struct kcl_shard *s)
{
    if (!core->conf->fan_out || !core->conf->fan_out_fallback) {
        return core->conf->fan_out;
    }
    const struct kcl_stream *stream = kcl_roster_stream(core, s->lease.stream);
    return stream == NULL || !stream->subscriber.polling;
}

/* Whether trying again soon is of no use: the consumer may not be registered or subscribed, or is one too many. */
static bool is_for_long(kds_err_t code, unsigned times)
{
    return code == KDS_ERR_ACCESS_DENIED || code == KDS_ERR_REJECTED ||
           (code == KDS_ERR_THROTTLED && times >= THROTTLED_LIMIT);
}

static void tell_impossible(struct kcl_core *core, const char *why)
{
    char message[256];
    snprintf(message, sizeof message, "%s: %.160s",
             core->conf->fan_out_fallback
                 ? "fan-out is not possible; read by polling for ten minutes"
                 : "fan-out is not possible, and fan.out.fallback is none; tried again",
             why);
    kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, message);
}

static void fall_back(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_subscriber *by,
                      const char *why)
{
    by->polling = true;
    by->find_at_us = now_us + FIND_AGAIN_US;
    tell_impossible(core, why);
    kcl_core_wake_shards(core);
}

bool kcl_fanout_again(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      struct kcl_action *action)
{
    struct kcl_subscriber *by = core->conf->fan_out ? subscriber_of(core, s) : NULL;
    if (by == NULL || now_us < by->find_at_us) {
        return false;
    }
    if (consumer_arn(core, by) != NULL) {
        by->polling = false; /* whether it can be subscribed shows when it is */
        kcl_core_wake_shards(core);
        return false;
    }
    return find_consumer(core, now_us, by, action);
}

static void not_found(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_subscriber *by,
                      kds_err_t code,
                      const char *why)
{
    if (!is_for_long(code, ++by->failures)) {
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
    } else if (core->conf->fan_out_fallback) {
        fall_back(core, now_us, by, why);
        return;
    } else {
        tell_impossible(core, why);
    }
    by->find_at_us =
        now_us + kcl_backoff_us(core, by->failures - 1, FIND_RETRY_US, FIND_LAST_US);
}

static void found(struct kcl_core *core,
                  int64_t now_us,
                  struct kcl_subscriber *by,
                  const char *arn,
                  const kds_error_t *error)
{
    by->find_id = 0;
    if (arn == NULL) {
        not_found(core, now_us, by, error ? kds_error_code(error) : KDS_ERR_NOT_FOUND,
                  error ? kds_error_message(error) : "the consumer was not found");
    } else if (!kcl_copy_text(by->arn, sizeof by->arn, kds_slice(arn))) {
        not_found(core, now_us, by, KDS_ERR_PROTOCOL, "the consumer's ARN is too long");
    } else {
        by->polling = false;
        by->failures = 0;
    }
}

void kcl_core_found_consumer(struct kcl_core *core,
                             int64_t now_us,
                             uint64_t id,
                             const char *arn,
                             const kds_error_t *error)
{
    for (size_t i = 0; i < core->roster.stream_count; i++) {
        struct kcl_subscriber *by = &core->roster.streams[i]->subscriber;
        if (id != 0 && by->find_id == id) {
            found(core, now_us, by, arn, error);
        }
    }
    kcl_core_wake_shards(core);
}

/* ---- subscribing -------------------------------------------------------------------------- */

/* So much that all shards together, those that other workers have now as well, stay within the budget, as far as the
 * least credit allows. */
size_t kcl_fanout_credit(const struct kcl_core *core)
{
    size_t shards = core->roster.view.count > core->agenda.count ? core->roster.view.count
                                                                 : core->agenda.count;
    size_t bytes =
        kds_size(core->conf->prefetch_max_bytes) / BUDGET_PARTS / (shards ? shards : 1);
    return bytes < CREDIT_LEAST  ? CREDIT_LEAST
           : bytes > CREDIT_MOST ? CREDIT_MOST
                                 : bytes;
}

/* Subscriptions have all the room: from now on they take turns. */
static bool reserve(struct kcl_core *core, struct kcl_shard *s)
{
    bool others = core->hungry.first != NULL;
    bool room = kcl_read_reserve(core, s);
    if (!room && !others) {
        kcl_core_wake_shards(core); /* they may have planned to stay */
    }
    return room;
}

static void subscribe(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      const char *arn,
                      struct kcl_action *action)
{
    s->call_id = kcl_core_new_id(core, s);
    s->asked = action->kind = KCL_ACTION_SUBSCRIBE;
    s->over = false;
    s->turn_until_us = now_us + TURN_US;
    s->iterator[0] = 0; /* of polling that stood in */
    action->id = s->call_id;
    memset(&action->u.subscribe, 0, sizeof action->u.subscribe);
    action->u.subscribe.consumer_arn = arn;
    action->u.subscribe.shard_id = s->shard_id;
    action->u.subscribe.credit_bytes =
        s->credit_bytes < CREDIT_MOST ? s->credit_bytes : CREDIT_MOST;
    kcl_read_start(s, &action->u.subscribe.start);
    core->stats.subscriptions++;
}

static bool
turn_is_over(const struct kcl_core *core, const struct kcl_shard *s, int64_t now_us)
{
    return now_us >= s->turn_until_us && kcl_read_pressed(core);
}

static bool
unsubscribe(struct kcl_core *core, struct kcl_shard *s, struct kcl_action *action)
{
    action->kind = KCL_ACTION_UNSUBSCRIBE;
    action->id = s->call_id;
    s->call_id = 0; /* whatever is still to come of it is not wanted */
    kcl_read_unreserve(core, s);
    return true;
}

bool kcl_fanout_next(struct kcl_core *core,
                     int64_t now_us,
                     struct kcl_shard *s,
                     struct kcl_action *action)
{
    bool wanted = kcl_read_wanted(core, s);
    if (kcl_fanout_subscribed(s) && (s->over || !wanted || !kcl_fanout_serves(core, s) ||
                                     turn_is_over(core, s, now_us))) {
        return unsubscribe(core, s, action);
    }
    if (!wanted || s->call_id != 0 || now_us < s->call_at_us ||
        kcl_roster_doubts(core, s)) {
        return false;
    }
    if (kcl_poll_doubts(s)) {
        return kcl_poll_next(core, now_us, s, action);
    }
    struct kcl_subscriber *by = subscriber_of(core, s);
    const char *arn = by ? consumer_arn(core, by) : NULL;
    if (arn == NULL) {
        return by != NULL && find_consumer(core, now_us, by, action);
    }
    if (!reserve(core, s)) {
        return false;
    }
    subscribe(core, now_us, s, arn, action);
    return true;
}

int64_t kcl_fanout_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    if (kcl_fanout_subscribed(s) && core->hungry.first != NULL) {
        return s->turn_until_us;
    }
    if (!kcl_read_wanted(core, s) || s->call_id != 0 || s->hungry.waits ||
        kcl_roster_doubts(core, s)) {
        return KDS_NEVER_US;
    }
    const struct kcl_stream *stream = kcl_roster_stream(core, s->lease.stream);
    if (stream == NULL || consumer_arn(core, &stream->subscriber) != NULL) {
        return stream ? s->call_at_us : KDS_NEVER_US;
    }
    const struct kcl_subscriber *by = &stream->subscriber;
    int64_t find_us = by->find_id != 0 ? KDS_NEVER_US : by->find_at_us;
    return find_us > s->call_at_us ? find_us : s->call_at_us;
}

/* ---- events ------------------------------------------------------------------------------- */

static void failed(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   const kds_error_t *error)
{
    kds_err_t code = kds_error_code(error);
    s->over = true;
    struct kcl_subscriber *by = subscriber_of(core, s);
    if (code == KDS_ERR_ACCESS_DENIED && core->conf->fan_out_fallback && by != NULL) {
        fall_back(core, now_us, by, kds_error_message(error));
        return;
    }
    if (code == KDS_ERR_REJECTED) {
        kcl_read_rejected(core, s);
    } else if (code == KDS_ERR_NOT_FOUND) {
        kcl_poll_not_found(core, s);
    }
    kcl_read_failed(core, now_us, s, code, kds_error_message(error));
}

void kcl_fanout_pushed(struct kcl_core *core,
                       int64_t now_us,
                       struct kcl_shard *s,
                       const struct kcl_pushed *pushed)
{
    const kds_subscribe_to_shard_event_t *data = pushed->data;
    kds_err_t rc = KDS_OK;
    bool taken = false;
    if (s->over || !kcl_read_wanted(core, s)) {
        s->over = true; /* one is left out: none behind it may be taken */
    } else if (data == NULL) {
        failed(core, now_us, s, pushed->error);
    } else {
        const struct kcl_arrival a = {.output = pushed->event,
                                      .pushed = true,
                                      .records = data->records,
                                      .count = data->records_count,
                                      .behind_ms = data->millis_behind_latest,
                                      .children = data->child_shards,
                                      .child_count = data->child_shards_count,
                                      .last = pushed->end};
        rc = kcl_read_arrived(core, now_us, s, &a);
        taken = rc == KDS_OK;
        s->over = !taken || pushed->end;
        s->rejections = 0;
    }
    if (rc == KDS_ERR_QUEUE_FULL) {
        s->call_at_us = now_us; /* it waits in line for more room */
    } else if (rc != KDS_OK) {
        kcl_read_failed(core, now_us, s, rc,
                        rc == KDS_ERR_NO_MEMORY
                            ? "out of memory"
                            : "an event is malformed; subscribed again");
    }
    if (!taken) {
        core->options.release_event(pushed->event, core->options.opaque);
    }
}
