/*
 * judge: what an answer means for each unit, and how units end.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOT_FOUND_TRIES 3 /* a stream may be missing for a moment after it was created */

/* Back-off of a unit whose request failed: base, doubled, at most. */
#define RETRY_FIRST_US (50 * KDS_US_PER_MS)
#define RETRY_LAST_US  (5 * KDS_US_PER_S)

static const kds_slice_t nothing;
/* The KPL's names for what it finds out itself. */
static const kds_slice_t code_wrong_shard = KDS_SLICE_LIT("Wrong Shard");
static const kds_slice_t code_mismatch = KDS_SLICE_LIT("Record Count Mismatch");

/* ---- the end ------------------------------------------------------------------------------ */

/* Many were put at the same time. */
static void
note_latencies(struct kpl_core *core, int64_t now_us, const struct kpl_unit *u)
{
    for (size_t i = 0, next; i < u->count; i = next) {
        int64_t put_us = u->users[i].put_us;
        next = i + 1;
        while (next < u->count && u->users[next].put_us == put_us) {
            next++;
        }
        kpl_histogram_add(&core->counters.latency, now_us - put_us, next - i);
    }
}

/* The one place where user records get their outcome. */
void kpl_finish(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    kpl_stats_t *stats = &core->counters.stats;
    u->ended_us = now_us;
    kpl_measure_end(core, u);
    if (u->code == KDS_OK) {
        stats->user_records_succeeded += u->count;
        stats->kinesis_records++;
        stats->kinesis_bytes += kpl_unit_data_size(u);
        note_latencies(core, now_us, u);
    } else {
        stats->user_records_failed += u->count;
    }
    kpl_queue_push(&core->finished, u);
}

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* NULL when out of memory: then the code must say it. */
static char *text_of(const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t n = strlen(text) + 1;
    char *copy = kds_alloc(n);
    return copy ? memcpy(copy, text, n) : NULL;
}

/* Why a unit fails. (lent until the unit or its stream changes) */
struct cause {
    kds_err_t code;
    kds_slice_t service_code, message;
};

static struct cause last_attempt(const struct kpl_unit *u)
{
    const kpl_attempt_t *last = kpl_unit_last_attempt(u);
    return (struct cause){last->code, last->service_code,
                          last->message.n > 0 ? last->message
                                              : kds_slice(kds_err_text(last->code))};
}

static struct cause last_failure(const struct kpl_stream *stream)
{
    const struct kpl_failure *r = &stream->failure;
    return (struct cause){r->code, kds_slice(r->service_code), kds_slice(r->message)};
}

static void
fail_for(struct kpl_unit *u, kds_err_t code, const char *before, struct cause cause)
{
    u->code = code;
    u->message = text_of("%s%.*s", before, (int)cause.message.n,
                         cause.message.n > 0 ? (const char *)cause.message.p : "");
    if (cause.service_code.n > 0) {
        u->service_code = text_of("%.*s", (int)cause.service_code.n,
                                  (const char *)cause.service_code.p);
    }
}

void kpl_finish_failed(struct kpl_core *core,
                       int64_t now_us,
                       struct kpl_unit *u,
                       kds_err_t code,
                       const char *message)
{
    u->code = code;
    u->message = message ? text_of("%s", message) : NULL;
    kpl_finish(core, now_us, u);
}

void kpl_finish_expired(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    struct cause cause = {KDS_OK, nothing, kds_slice("it was never sent")};
    if (u->attempts > 0) {
        cause = last_attempt(u);
    } else if (u->stream->failure.code != KDS_OK) {
        cause = last_failure(u->stream);
    }
    core->counters.stats.user_records_expired += u->count;
    fail_for(u, KDS_ERR_RECORD_EXPIRED, "record.ttl.ms passed; last: ", cause);
    kpl_unit_note_expiry(u, now_us);
    kpl_measure_attempt(core, u);
    kpl_finish(core, now_us, u);
}

bool kpl_fails_without_key(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    static const struct cause cause = {
        KDS_ERR_INVALID_ARG, KDS_SLICE_LIT("InvalidPartitionKey"), /* the KPL's */
        KDS_SLICE_LIT("partition key: is missing, and spreads the stream's records")};
    if (u->aggregated || u->has_key || u->stream->strategy != KPL_STRATEGY_KEYS) {
        return false;
    }
    fail_for(u, cause.code, "", cause);
    kpl_finish(core, now_us, u);
    return true;
}

/* The service said why, in the last attempt. */
static void finish_refused(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    struct cause cause = last_attempt(u);
    fail_for(u, cause.code, "", cause);
    kpl_finish(core, now_us, u);
}

static void finish_stored(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    u->code = KDS_OK;
    kpl_finish(core, now_us, u);
}

/* ---- one unit ----------------------------------------------------------------------------- */

static void note_attempt(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_unit *u,
                         kds_err_t code,
                         kds_slice_t service_code,
                         kds_slice_t message)
{
    kpl_unit_note_attempt(u, now_us, code, service_code, message);
    kpl_measure_attempt(core, u);
}

/* Back to the front of its shard's queue, or into other units if its time or its shard is over. */
static void
send_again(struct kpl_core *core, int64_t now_us, struct kpl_unit *u, int64_t delay_us)
{
    u->not_before_us = now_us + delay_us;
    u->due_us = now_us;
    core->counters.stats.retries++;
    if (u->expires_us <= now_us || !u->shard->in_use) {
        kpl_remake(core, now_us, u);
    } else {
        kpl_queue_unit(u, true);
    }
}

static int64_t retry_delay_us(struct kpl_core *core, const struct kpl_unit *u)
{
    return kpl_backoff_us(RETRY_FIRST_US, RETRY_LAST_US,
                          u->attempts ? u->attempts - 1 : 0, &core->rng);
}

/* Do the hash keys of all its user records belong to the shard? */
static bool within(const struct kpl_unit *u, const struct kpl_shard *shard)
{
    return shard != NULL && shard->known && !shard->renamed &&
           kds_u128_cmp(u->low, shard->first) >= 0 &&
           kds_u128_cmp(u->high, shard->last) <= 0;
}

static void park(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    core->counters.stats.wrong_shard++;
    u->misplaced = u->misplaced < UINT8_MAX ? (uint8_t)(u->misplaced + 1) : UINT8_MAX;
    u->maybe_persisted = true; /* it is stored, though its readers drop it */
    kpl_shard_map_want(&u->stream->map, now_us);
    u->shard->under_way++;
    kpl_queue_push(&u->stream->parked, u);
    if (u->expires_us < u->stream->expiry_us) {
        u->stream->expiry_us = u->expires_us;
    }
}

static void learn_from(struct kpl_core *core, int64_t now_us, const struct kpl_unit *u)
{
    if (u->shard == &u->stream->anywhere || !u->shard->in_use) {
        return;
    }
    if (u->actual == u->shard) {
        kpl_stream_hit(u->stream);
    } else {
        kpl_stream_missed(core, u->stream, u->sent_us, now_us);
    }
}

/* Is the map that of the stream it was sent to, as far as is known? */
static bool judgeable(const struct kpl_unit *u)
{
    return !u->stream->map.doubted;
}

/* The service took it into the shard u->actual. A single record is read wherever it lies; an aggregate
 * only where all of it belongs: it is judged as a whole, by a map that is newer than it if need be. */
static void
judge_landed(struct kpl_core *core, int64_t now_us, struct kpl_unit *u, bool doubted)
{
    kpl_limiter_succeeded(&u->shard->limiter, now_us);
    kpl_measure_entry(core, u, true, nothing);
    bool stranger = u->aggregated && kpl_stream_is_another(core, u, now_us);
    bool usable = !doubted && !stranger && judgeable(u);
    if (usable) {
        learn_from(core, now_us, u);
    }
    if (!u->aggregated || (usable && within(u, u->actual))) {
        note_attempt(core, now_us, u, KDS_OK, nothing, nothing);
        finish_stored(core, now_us, u);
        return;
    }
    char why[200];
    snprintf(why, sizeof why, "landed in %.140s, %s", u->actual->id,
             stranger ? "which is not the shard that was listed"
                      : "not where all of it belongs");
    note_attempt(core, now_us, u, KDS_ERR_WRONG_SHARD, code_wrong_shard, kds_slice(why));
    if (doubted) {
        kpl_unit_set_actual(u, NULL);
    }
    park(core, now_us, u);
}

bool kpl_is_throttling(kds_slice_t code)
{
    return kds_slice_is(code, "ProvisionedThroughputExceededException") ||
           kds_slice_is(code, "KMSThrottlingException");
}

/* The entry has an error code: it was not stored. */
static void judge_refused(struct kpl_core *core,
                          int64_t now_us,
                          struct kpl_unit *u,
                          const kds_put_records_result_entry_t *entry)
{
    bool slow_down = kpl_is_throttling(entry->error_code);
    note_attempt(core, now_us, u, slow_down ? KDS_ERR_THROTTLED : KDS_ERR_SERVICE,
                 entry->error_code, entry->error_message);
    kpl_measure_entry(core, u, false, entry->error_code);
    core->counters.stats.entries_failed++;
    core->counters.stats.entries_throttled += slow_down;
    if (slow_down) {
        kpl_limiter_throttled(&u->shard->limiter, now_us, &core->rng);
        if (core->conf->fail_if_throttled) {
            finish_refused(core, now_us, u);
            return;
        }
    }
    send_again(core, now_us, u, slow_down ? 0 : retry_delay_us(core, u));
}

static void judge_unknown(struct kpl_core *core,
                          int64_t now_us,
                          struct kpl_unit *u,
                          kds_slice_t code,
                          const char *why)
{
    u->maybe_persisted = true;
    note_attempt(core, now_us, u, KDS_ERR_PROTOCOL, code, kds_slice(why));
    kpl_measure_entry(core, u, false, code);
    core->counters.stats.entries_failed++;
    send_again(core, now_us, u, retry_delay_us(core, u));
}

static void judge_entry(struct kpl_core *core,
                        int64_t now_us,
                        struct kpl_unit *u,
                        bool doubted,
                        const kds_put_records_result_entry_t *entry)
{
    kds_slice_t sequence = entry->sequence_number;
    struct kpl_shard *actual = NULL;
    if (sequence.n > 0 && sequence.n < sizeof u->sequence && entry->shard_id.n > 0) {
        actual = kds_slice_is(entry->shard_id, u->shard->id) && !u->shard->renamed
                     ? u->shard
                     : kpl_shard_map_by_id(&u->stream->map, entry->shard_id,
                                           core->conf->rate_limit_percent, now_us);
    }
    kpl_unit_set_actual(u, actual);
    if (actual != NULL) {
        memcpy(u->sequence, sequence.p, sequence.n);
        u->sequence[sequence.n] = 0;
        judge_landed(core, now_us, u, doubted);
    } else if (sequence.n == 0 && entry->error_code.n > 0) {
        judge_refused(core, now_us, u, entry);
    } else {
        judge_unknown(core, now_us, u, nothing,
                      "the answer says neither success nor failure");
    }
}

/* ---- a request that failed as a whole --------------------------------------------------------- */

/* Would the same request fail again however often? @param tries  so often the answer was this one */
static bool permanent(const kds_error_t *error, unsigned tries)
{
    switch ((int)kds_error_code(error)) {
    case KDS_ERR_NOT_FOUND:
        return tries >= NOT_FOUND_TRIES;
    case KDS_ERR_TIMED_OUT:
    case KDS_ERR_TRANSPORT:
    case KDS_ERR_TLS:
    case KDS_ERR_PROTOCOL:
    case KDS_ERR_NO_MEMORY:
    case KDS_ERR_CANCELLED:
    case KDS_ERR_THROTTLED:
    case KDS_ERR_IN_USE: /* a stream that is being created, or deleted */
        return false;
    default:
        return !kds_error_retryable(error);
    }
}

/* Is it a record that is bad? Else it is the stream, or who asks. */
static bool is_about_records(const kds_error_t *error)
{
    return kds_error_code(error) == KDS_ERR_REJECTED ||
           kds_error_code(error) == KDS_ERR_TOO_LARGE ||
           kds_error_code(error) == KDS_ERR_INVALID_ARG;
}

/* One bad record must not take its neighbours with it: half as many go along next time. */
static bool may_be_a_neighbour(const kds_error_t *error, size_t count)
{
    return count > 1 && is_about_records(error);
}

/* Of the attempts that are remembered. */
static unsigned attempts_with(const struct kpl_unit *u, kds_err_t code)
{
    unsigned count = 0;
    for (size_t i = 0; i < u->kept_n; i++) {
        count += u->kept[i].code == code;
    }
    return count;
}

/* Is a record given up that was so often answered like this? */
static bool
gives_up(const struct kpl_core *core, const kds_error_t *error, unsigned tries)
{
    bool otherwise = core->conf->fail_if_refused && core->conf->spool_directory == NULL;
    return permanent(error, tries) && (otherwise || is_about_records(error));
}

bool kpl_stays_in_spool(const struct kpl_conf *conf, const kds_error_t *error)
{
    bool lasts =
        permanent(error, NOT_FOUND_TRIES) || kds_error_code(error) == KDS_ERR_CREDENTIALS;
    return conf->spool_directory != NULL && lasts && !is_about_records(error);
}

static void judge_failed_call(struct kpl_core *core,
                              int64_t now_us,
                              struct kpl_unit *u,
                              size_t count,
                              const kds_error_t *error)
{
    kds_err_t code = kds_error_code(error);
    bool slow_down = code == KDS_ERR_THROTTLED;
    u->maybe_persisted |= kds_error_persisted(error) != KDS_PERSISTED_NO;
    note_attempt(core, now_us, u, code, kds_slice(kds_error_service_code(error)),
                 kds_slice(kds_error_message(error)));
    core->counters.stats.entries_failed++;
    core->counters.stats.entries_throttled += slow_down;
    if (slow_down) {
        kpl_limiter_throttled(&u->shard->limiter, now_us, &core->rng);
    }
    if (may_be_a_neighbour(error, count)) {
        u->company = (uint16_t)(count / 2);
        send_again(core, now_us, u, 0);
    } else if (gives_up(core, error, attempts_with(u, code)) ||
               (slow_down && core->conf->fail_if_throttled)) {
        finish_refused(core, now_us, u);
    } else {
        send_again(core, now_us, u, retry_delay_us(core, u));
    }
}

/* ---- a stream that refuses ---------------------------------------------------------------------- */

static void note_failure(struct kpl_stream *stream, const kds_error_t *error)
{
    struct kpl_failure *r = &stream->failure;
    const char *word = kds_error_service_code(error), *text = kds_error_message(error);
    r->times = r->code == kds_error_code(error) ? r->times + 1 : 1;
    r->code = kds_error_code(error);
    snprintf(r->service_code, sizeof r->service_code, "%s", word ? word : "");
    snprintf(r->message, sizeof r->message, "%s", text ? text : kds_err_text(r->code));
}

/* The gate lets no more through than a few of them before they expire. */
static void
fail_what_waits(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    struct kpl_shard *s = NULL;
    struct cause cause = last_failure(stream);
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        struct kpl_unit *u;
        while ((u = kpl_queue_pop(&s->sealed)) != NULL) {
            fail_for(u, cause.code, "", cause);
            kpl_finish(core, now_us, u);
        }
    }
}

/* A request of the stream failed as a whole, and not for a record in it. What waits would, too: once only
 * probes go, it shares their fate if that is for good. */
static void judge_stream(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         const kds_error_t *error)
{
    note_failure(stream, error);
    if (kpl_gate_is_closed(&stream->gate) &&
        gives_up(core, error, stream->failure.times)) {
        fail_what_waits(core, now_us, stream);
    }
}

/* What was listed meanwhile may be the old one's, while it was deleted. */
static void found_again(struct kpl_stream *stream, int64_t now_us, uint64_t id)
{
    stream->found_id = id > stream->found_id ? id : stream->found_id;
    if (stream->missing_id != 0 && id > stream->missing_id) {
        stream->missing_id = 0;
        kpl_shard_map_doubt(&stream->map, now_us);
    }
}

void kpl_judge_answer(struct kpl_core *core,
                      int64_t now_us,
                      struct kpl_request *request,
                      const kds_put_records_out_t *output,
                      const kds_error_t *error)
{
    struct kpl_stream *stream = request->stream;
    bool whole = output != NULL && output->records_count == request->count;
    kpl_measure_request(core, now_us, request, error);
    if (output != NULL) {
        kpl_gate_answered(&stream->gate);
        stream->failure.code = KDS_OK;
        found_again(stream, now_us, request->id);
    } else if (!may_be_a_neighbour(error, request->count)) {
        kpl_gate_failed(&stream->gate, now_us, &core->rng);
        if (kds_error_code(error) == KDS_ERR_NOT_FOUND) {
            stream->missing_id =
                request->id > stream->found_id ? request->id : stream->missing_id;
            kpl_stream_doubt(core, stream, now_us);
        }
    }
    /* From the last to the first: each that goes back does so to the front of its queue. */
    for (size_t i = request->count; i-- > 0;) {
        struct kpl_unit *u = request->units[i];
        u->shard->under_way--;
        if (output == NULL) {
            judge_failed_call(core, now_us, u, request->count, error);
        } else if (!whole) {
            judge_unknown(core, now_us, u, code_mismatch,
                          "the answer has another number of records");
        } else {
            judge_entry(core, now_us, u, request->id <= stream->doubted_id,
                        &output->records[i]);
        }
    }
    kpl_stream_weigh(stream);
    if (error != NULL && !is_about_records(error)) {
        judge_stream(core, now_us, stream, error);
    }
    if (stream->parked.count > 0 && kpl_shard_map_is_hopeless(&stream->map)) {
        kpl_judge_parked(core, now_us,
                         stream); /* the next list may be half a minute away */
    }
}

/* ---- what waits for a map ------------------------------------------------------------------- */

/* By a map from before it landed nothing is said of it, if it says who its shard was. */
static bool explained(struct kpl_stream *stream, const struct kpl_unit *u)
{
    bool another =
        u->actual != NULL && kpl_shard_is_another(u->actual, kds_slice(u->sequence));
    if (stream->map.made_us < u->ended_us) {
        return !another || stream->strangers >= KPL_STRANGERS_MAX;
    }
    stream->strangers = another ? stream->strangers : 0;
    return true;
}

void kpl_judge_parked(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    bool hopeless = kpl_shard_map_is_hopeless(&stream->map);
    if (hopeless) {
        stream->suspect = true; /* alone, each record is read wherever it lands */
    }
    for (size_t n = stream->parked.count; n > 0; n--) {
        struct kpl_unit *u = kpl_queue_pop(&stream->parked);
        if (judgeable(u) && explained(stream, u) && within(u, u->actual)) {
            u->shard->under_way--;
            kpl_unit_attempt_was_good(u);
            finish_stored(core, now_us, u);
        } else if (!hopeless && (!judgeable(u) || stream->map.made_us < u->ended_us)) {
            kpl_queue_push(&stream->parked, u); /* the listing began before it landed */
            kpl_shard_map_want(&stream->map, now_us);
        } else {
            u->shard->under_way--;
            kpl_remake(core, now_us, u);
        }
    }
}

/* ---- expiry ------------------------------------------------------------------------------- */

/* Everything in @p q whose time is over ends or is taken apart; the rest keeps its order. */
static void expire_queue(struct kpl_core *core, int64_t now_us, struct kpl_queue *q)
{
    struct kpl_queue backwards = {NULL, NULL, 0};
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(q)) != NULL) {
        kpl_queue_push_front(&backwards, u);
    }
    while ((u = kpl_queue_pop(&backwards)) != NULL) {
        if (u->expires_us <= now_us) {
            kpl_remake(core, now_us, u);
        } else {
            kpl_queue_unit(u, true);
        }
    }
}

static void
expire_parked(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    for (size_t n = stream->parked.count; n > 0; n--) {
        struct kpl_unit *u = kpl_queue_pop(&stream->parked);
        if (u->expires_us <= now_us) {
            u->shard->under_way--;
            kpl_remake(core, now_us, u);
        } else {
            kpl_queue_push(&stream->parked, u);
            stream->expiry_us =
                u->expires_us < stream->expiry_us ? u->expires_us : stream->expiry_us;
        }
    }
}

void kpl_expire(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    struct kpl_shard *s = NULL;
    if (stream->expiry_us > now_us) {
        return;
    }
    stream->expiry_us = KDS_NEVER_US;
    while ((s = kpl_stream_next_shard(stream, s)) != NULL) {
        expire_queue(core, now_us, &s->sealed);
    }
    expire_parked(core, now_us, stream);
}
