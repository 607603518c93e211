/*
 * fanout: reads one shard by a subscription, which the client keeps alive, and finds the consumer that subscribes.
 *
 * Events are pushed as far as the subscription's credit goes; each holds its part until its records are processed, so
 * that a shard whose processor is slow holds back itself and no other.
 */
#include "core_internal.h"

#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

#define FIND_RETRY_US KDS_US_PER_S
#define FIND_LAST_US  (30 * KDS_US_PER_S)
#define CREDIT_LEAST  ((size_t)64 << 10)
#define CREDIT_MOST   ((size_t)1 << 20)

/* ---- the consumer ------------------------------------------------------------------------- */

static struct kcl_subscriber *subscriber_of(struct kcl_core *core,
                                            const struct kcl_shard *s)
{
    const struct kcl_stream *stream = kcl_roster_stream(core, s->lease.stream);
    return stream ? &core->roster.streams[stream - core->roster.streams].subscriber
                  : NULL;
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

static void found(struct kcl_core *core,
                  int64_t now_us,
                  struct kcl_subscriber *by,
                  const char *arn,
                  const kds_error_t *error)
{
    by->find_id = 0;
    if (arn == NULL || !kcl_copy_text(by->arn, sizeof by->arn, kds_slice(arn))) {
        by->find_at_us =
            now_us + kcl_backoff_us(core, by->failures++, FIND_RETRY_US, FIND_LAST_US);
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL,
                 error ? kds_error_message(error) : "the consumer's ARN is too long");
    }
}

void kcl_core_found_consumer(struct kcl_core *core,
                             int64_t now_us,
                             uint64_t id,
                             const char *arn,
                             const kds_error_t *error)
{
    struct kcl_shard *s;
    for (size_t i = 0; i < core->roster.stream_count; i++) {
        struct kcl_subscriber *by = &core->roster.streams[i].subscriber;
        if (id != 0 && by->find_id == id) {
            found(core, now_us, by, arn, error);
        }
    }
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        kcl_core_wake_shard(core, s);
    }
}

/* ---- subscribing -------------------------------------------------------------------------- */

/* Each may hold so much that all together stay within the budget, as far as the least credit allows. */
static size_t credit(const struct kcl_core *core)
{
    size_t shards = core->agenda.count ? core->agenda.count : 1;
    size_t bytes = (size_t)core->conf->prefetch_max_bytes / shards;
    return bytes < CREDIT_LEAST  ? CREDIT_LEAST
           : bytes > CREDIT_MOST ? CREDIT_MOST
                                 : bytes;
}

static void subscribe(struct kcl_core *core,
                      struct kcl_shard *s,
                      const char *arn,
                      struct kcl_action *action)
{
    s->call_id = kcl_core_new_id(core, s);
    s->asked = action->kind = KCL_ACTION_SUBSCRIBE;
    s->over = false;
    action->id = s->call_id;
    memset(&action->u.subscribe, 0, sizeof action->u.subscribe);
    action->u.subscribe.consumer_arn = arn;
    action->u.subscribe.shard_id = s->shard_id;
    action->u.subscribe.credit_bytes = credit(core);
    kcl_read_start(s, &action->u.subscribe.start);
    core->stats.subscriptions++;
}

bool kcl_fanout_next(struct kcl_core *core,
                     int64_t now_us,
                     struct kcl_shard *s,
                     struct kcl_action *action)
{
    bool wanted = kcl_read_wanted(core, s);
    bool subscribed = s->call_id != 0 && s->asked == KCL_ACTION_SUBSCRIBE;
    if (subscribed && (s->over || !wanted)) {
        action->kind = KCL_ACTION_UNSUBSCRIBE;
        action->id = s->call_id;
        s->call_id = 0; /* whatever is still to come of it is not wanted */
        return true;
    }
    if (!wanted || s->call_id != 0 || now_us < s->call_at_us) {
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
    subscribe(core, s, arn, action);
    return true;
}

int64_t kcl_fanout_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    if (!kcl_read_wanted(core, s) || s->call_id != 0) {
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
    if (code == KDS_ERR_REJECTED) {
        kcl_read_rejected(s);
    } else if (code == KDS_ERR_NOT_FOUND) {
        kcl_poll_not_found(s);
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
        rc = KDS_OK;
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
    if (rc != KDS_OK) {
        kcl_read_failed(core, now_us, s, rc,
                        rc == KDS_ERR_NO_MEMORY
                            ? "out of memory"
                            : "an event is malformed; subscribed again");
    }
    if (!taken) {
        core->options.release_event(pushed->event, core->options.opaque);
    }
}
