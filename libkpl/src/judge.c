/*
 * judge: what an answer means for each unit, and how units end.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define NOT_FOUND_TRIES 3 /* a stream may be missing for a moment after it was created */

/* Back-off of a unit whose request failed: base, doubled, at most. */
#define RETRY_FIRST_US (50 * KDS_US_PER_MS)
#define RETRY_LAST_US  (5 * KDS_US_PER_S)

static void copy_text(char *out, size_t size, kds_slice_t text)
{
    size_t n = text.n < size ? text.n : size - 1;
    if (n > 0) {
        memcpy(out, text.p, n);
    }
    out[n] = 0;
}

/* ---- the end ------------------------------------------------------------------------------ */

void kpl_finish(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    kpl_stats_t *stats = &core->counters.stats;
    size_t users = u->count - u->skip;
    u->ended_us = now_us;
    if (u->ending.code == KDS_OK) {
        stats->user_records_succeeded += users;
        stats->kinesis_records++;
        stats->kinesis_bytes += kpl_unit_size(u);
        for (size_t i = u->skip; i < u->count; i++) {
            kpl_histogram_add(&core->counters.latency, now_us - u->users[i].put_us);
        }
    } else {
        stats->user_records_failed += users;
    }
    kpl_queue_push(&core->finished, u);
}

static void finish_stored(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    u->ending.code = KDS_OK;
    u->ending.persisted = KDS_PERSISTED_YES;
    u->ending.message[0] = 0;
    u->ending.service_code[0] = 0;
    kpl_finish(core, now_us, u);
}

void kpl_finish_failed(struct kpl_core *core,
                       int64_t now_us,
                       struct kpl_unit *u,
                       kds_err_t code)
{
    u->ending.code = code;
    u->ending.persisted = u->maybe_persisted ? KDS_PERSISTED_MAYBE : KDS_PERSISTED_NO;
    u->ending.shard_id[0] = 0;
    u->ending.sequence[0] = 0;
    if (u->ending.message[0] == 0) {
        snprintf(u->ending.message, sizeof u->ending.message, "%s", kds_err_text(code));
    }
    kpl_finish(core, now_us, u);
}

static void finish_expired(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    char cause[sizeof u->ending.message];
    snprintf(cause, sizeof cause, "%s",
             u->ending.message[0] ? u->ending.message : "it was never sent");
    snprintf(u->ending.message, sizeof u->ending.message,
             "record.ttl.ms passed; last: %.200s", cause);
    kpl_finish_failed(core, now_us, u, KDS_ERR_RECORD_EXPIRED);
}

/* ---- taking a unit apart -------------------------------------------------------------------- */

/* One expired user record out of several: an outcome of its own. */
static bool expire_one(struct kpl_core *core,
                       int64_t now_us,
                       const struct kpl_unit *from,
                       const struct kds_agg_view *view,
                       const struct kpl_user *user)
{
    struct kpl_unit *u = kpl_unit_new(from->stream, from->shard);
    if (u == NULL || !kpl_unit_reserve(u) || !kpl_unit_set_single(u, view)) {
        kpl_unit_free(u);
        return false;
    }
    kpl_unit_add_user(u, user, now_us);
    u->maybe_persisted = from->maybe_persisted;
    u->ending = from->ending;
    u->attempts = from->attempts;
    memcpy(u->kept, from->kept, sizeof u->kept);
    finish_expired(core, now_us, u);
    return true;
}

/* Put each user record of @p u again, by the map of now; those that have expired end. */
static void remake(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    struct kpl_unit_reader reader;
    struct kds_agg_view view;
    int64_t linger_us = core->conf->linger_ms < 1000
                            ? core->conf->linger_ms * KDS_US_PER_MS
                            : KDS_US_PER_S;
    bool room = kpl_unit_read(&reader, u, core->decoder);
    while (room && u->skip < u->count && kpl_unit_next(&reader, &view)) {
        struct kpl_user user = u->users[u->skip];
        user.attempts_before += u->attempts;
        user.maybe_persisted |= u->maybe_persisted;
        room = user.expires_us <= now_us
                   ? expire_one(core, now_us, u, &view, &u->users[u->skip])
                   : kpl_route(core, u->stream, now_us, now_us + linger_us / 2, &view,
                               &user);
        u->skip += room;
    }
    if (u->skip == u->count) {
        kpl_unit_free(u);
        return;
    }
    snprintf(u->ending.message, sizeof u->ending.message, "out of memory");
    kpl_finish_failed(core, now_us, u, KDS_ERR_NO_MEMORY);
}

/* ---- one unit ----------------------------------------------------------------------------- */

static int64_t retry_delay_us(struct kpl_core *core, const struct kpl_unit *u)
{
    unsigned doublings = u->attempts > 0 ? u->attempts - 1 : 0;
    int64_t most_us = doublings < 7 ? RETRY_FIRST_US << doublings : RETRY_LAST_US;
    most_us = most_us < RETRY_LAST_US ? most_us : RETRY_LAST_US;
    return most_us / 2 + (int64_t)kds_rng_below(&core->rng, (uint64_t)(most_us / 2));
}

/* Back to the front of its shard's queue, or to an end if its time is over. */
static void
send_again(struct kpl_core *core, int64_t now_us, struct kpl_unit *u, int64_t delay_us)
{
    if (u->expires_us <= now_us) {
        if (u->count == 1) {
            finish_expired(core, now_us, u);
        } else {
            remake(core, now_us, u);
        }
        return;
    }
    u->not_before_us = now_us + delay_us;
    u->due_us = now_us;
    kpl_queue_push_front(u->shard ? &u->shard->sealed : &u->stream->unplaced, u);
    kpl_mind_expiry(u->stream, u);
}

static bool within(const struct kpl_unit *u, const struct kpl_shard *shard)
{
    for (size_t i = u->skip; i < u->count; i++) {
        if (kds_u128_cmp(u->users[i].hash, shard->first) < 0 ||
            kds_u128_cmp(u->users[i].hash, shard->last) > 0) {
            return false;
        }
    }
    return true;
}

/* The service took it, into the shard that unit->ending names. */
static void judge_landed(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    struct kpl_shard_map *m = &u->stream->map;
    struct kpl_shard *actual = kpl_shard_map_by_id(m, kds_slice(u->ending.shard_id));
    kpl_unit_note_attempt(u, now_us, KDS_OK);
    if (u->shard != NULL && actual == u->shard) {
        kpl_limiter_succeeded(&u->shard->limiter);
        finish_stored(core, now_us, u);
        return;
    }
    if (u->shard != NULL && u->sent_us > m->made_us) {
        kpl_shard_map_want(m, now_us); /* another shard than predicted by this map */
    }
    /* A single record is read wherever it lies; an aggregate only where all of it belongs. */
    if (!u->aggregated || (actual != NULL && within(u, actual))) {
        finish_stored(core, now_us, u);
        return;
    }
    u->kept[(u->attempts < KPL_ATTEMPTS_KEPT ? u->attempts : KPL_ATTEMPTS_KEPT) - 1]
        .code = KDS_ERR_WRONG_SHARD;
    u->maybe_persisted = true;
    snprintf(u->ending.message, sizeof u->ending.message,
             "landed in %.100s, not in the shard it was made for", u->ending.shard_id);
    core->counters.stats.wrong_shard++;
    kpl_shard_map_want(m, now_us);
    kpl_queue_push(&u->stream->parked, u);
    kpl_mind_expiry(u->stream, u);
}

static bool throttled(kds_slice_t code)
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
    bool slow_down = throttled(entry->error_code);
    copy_text(u->ending.service_code, sizeof u->ending.service_code, entry->error_code);
    copy_text(u->ending.message, sizeof u->ending.message, entry->error_message);
    kpl_unit_note_attempt(u, now_us, slow_down ? KDS_ERR_THROTTLED : KDS_ERR_SERVICE);
    core->counters.stats.entries_failed++;
    core->counters.stats.entries_throttled += slow_down;
    if (slow_down && core->conf->fail_if_throttled) {
        kpl_finish_failed(core, now_us, u, KDS_ERR_THROTTLED);
        return;
    }
    if (slow_down && u->shard != NULL) {
        kpl_limiter_throttled(&u->shard->limiter, now_us, &core->rng);
    }
    send_again(core, now_us, u, slow_down && u->shard ? 0 : retry_delay_us(core, u));
}

static void
judge_unknown(struct kpl_core *core, int64_t now_us, struct kpl_unit *u, const char *why)
{
    u->maybe_persisted = true;
    snprintf(u->ending.message, sizeof u->ending.message, "%s", why);
    kpl_unit_note_attempt(u, now_us, KDS_ERR_PROTOCOL);
    core->counters.stats.entries_failed++;
    send_again(core, now_us, u, retry_delay_us(core, u));
}

static void judge_entry(struct kpl_core *core,
                        int64_t now_us,
                        struct kpl_unit *u,
                        const kds_put_records_result_entry_t *entry)
{
    if (entry->sequence_number.n > 0 && entry->shard_id.n > 0) {
        copy_text(u->ending.shard_id, sizeof u->ending.shard_id, entry->shard_id);
        copy_text(u->ending.sequence, sizeof u->ending.sequence, entry->sequence_number);
        judge_landed(core, now_us, u);
    } else if (entry->error_code.n > 0) {
        judge_refused(core, now_us, u, entry);
    } else {
        judge_unknown(core, now_us, u, "the answer says neither success nor failure");
    }
}

/* Would the same request fail again however often? */
static bool permanent(const struct kpl_unit *u, const kds_error_t *error)
{
    switch ((int)kds_error_code(error)) {
    case KDS_ERR_NOT_FOUND:
        return u->attempts >= NOT_FOUND_TRIES;
    case KDS_ERR_TIMED_OUT:
    case KDS_ERR_TRANSPORT:
    case KDS_ERR_TLS:
    case KDS_ERR_PROTOCOL:
    case KDS_ERR_NO_MEMORY:
    case KDS_ERR_CANCELLED:
        return false;
    default:
        return !kds_error_retryable(error);
    }
}

static void judge_failed_call(struct kpl_core *core,
                              int64_t now_us,
                              struct kpl_unit *u,
                              const kds_error_t *error)
{
    kds_err_t code = kds_error_code(error);
    copy_text(u->ending.service_code, sizeof u->ending.service_code,
              kds_slice(kds_error_service_code(error)));
    copy_text(u->ending.message, sizeof u->ending.message,
              kds_slice(kds_error_message(error)));
    u->maybe_persisted |= kds_error_persisted(error) != KDS_PERSISTED_NO;
    kpl_unit_note_attempt(u, now_us, code);
    core->counters.stats.entries_failed++;
    core->counters.stats.entries_throttled += code == KDS_ERR_THROTTLED;
    if (permanent(u, error) ||
        (code == KDS_ERR_THROTTLED && core->conf->fail_if_throttled)) {
        kpl_finish_failed(core, now_us, u, code);
    } else {
        send_again(core, now_us, u, retry_delay_us(core, u));
    }
}

void kpl_judge_answer(struct kpl_core *core,
                      int64_t now_us,
                      struct kpl_request *request,
                      const kds_put_records_out_t *output,
                      const kds_error_t *error)
{
    bool whole = output != NULL && output->records_count == request->count;
    /* From the last to the first: each that goes back does so to the front of its queue. */
    for (size_t i = request->count; i-- > 0;) {
        struct kpl_unit *u = request->units[i];
        if (output == NULL) {
            judge_failed_call(core, now_us, u, error);
        } else if (!whole) {
            judge_unknown(core, now_us, u, "the answer has another number of records");
        } else {
            judge_entry(core, now_us, u, &output->records[i]);
        }
    }
}

/* ---- a new map ---------------------------------------------------------------------------- */

static void judge_parked(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    for (size_t n = stream->parked.count; n > 0; n--) {
        struct kpl_unit *u = kpl_queue_pop(&stream->parked);
        struct kpl_shard *actual =
            kpl_shard_map_by_id(&stream->map, kds_slice(u->ending.shard_id));
        if (stream->map.made_us < u->ended_us) {
            kpl_queue_push(&stream->parked, u); /* the listing began before it landed */
            kpl_shard_map_want(&stream->map, now_us);
        } else if (actual != NULL && within(u, actual)) {
            finish_stored(core, now_us, u);
        } else {
            remake(core, now_us, u);
        }
    }
}

static void remake_queue(struct kpl_core *core, int64_t now_us, struct kpl_queue *q)
{
    for (size_t n = q->count; n > 0; n--) {
        remake(core, now_us, kpl_queue_pop(q));
    }
}

void kpl_apply_map(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    for (struct kpl_shard *s = stream->map.shards; s != NULL; s = s->next) {
        if (!s->open && (s->filling != NULL || s->sealed.count > 0)) {
            kpl_seal(core, stream, s); /* what cannot be sealed now goes when it is due */
            remake_queue(core, now_us, &s->sealed);
        }
    }
    remake_queue(core, now_us, &stream->unplaced);
    judge_parked(core, now_us, stream);
}

/* ---- expiry ------------------------------------------------------------------------------- */

/* Everything in @p q whose time is over ends or is taken apart; the rest keeps its order. */
static void expire_queue(struct kpl_core *core, int64_t now_us, struct kpl_queue *q)
{
    for (size_t n = q->count; n > 0; n--) {
        struct kpl_unit *u = kpl_queue_pop(q);
        if (u->expires_us > now_us) {
            kpl_queue_push(q, u);
            kpl_mind_expiry(u->stream, u);
        } else if (u->count == 1) {
            finish_expired(core, now_us, u);
        } else {
            remake(core, now_us, u);
        }
    }
}

void kpl_expire(struct kpl_core *core, int64_t now_us, struct kpl_stream *stream)
{
    if (stream->expiry_us > now_us) {
        return;
    }
    stream->expiry_us = KDS_NEVER_US;
    for (struct kpl_shard *s = stream->map.shards; s != NULL; s = s->next) {
        expire_queue(core, now_us, &s->sealed);
    }
    expire_queue(core, now_us, &stream->unplaced);
    expire_queue(core, now_us, &stream->parked);
}
