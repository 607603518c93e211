/*
 * stream: what is known of a stream: its shards, who decides where a record lands, whether that may
 * be believed.
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

/* Chance puts one of n records where it was predicted: so many answers in a row that it does so once in 2^40.
 * Answers, because a service that spreads in turn puts the records of one all right or all wrong. */
#define PROOF_BITS      40
#define PROOF_HITS_MIN  8
#define MISSES_REFUTE   3 /* maps in a row by which a prediction failed */
#define DESCRIBE_GAP_US (2 * KDS_US_PER_S) /* two questions are never closer */

static const enum kpl_strategy started_with[] = {
    [KPL_DISTRIBUTION_DETECT] = KPL_STRATEGY_UNKNOWN,
    [KPL_DISTRIBUTION_KEYS] = KPL_STRATEGY_KEYS,
    [KPL_DISTRIBUTION_AUTO] = KPL_STRATEGY_AUTO,
};

struct kpl_stream *kpl_stream_get(struct kpl_core *core, kds_slice_t name, int64_t now_us)
{
    struct kpl_stream *s = core->streams;
    while (s != NULL && !kds_slice_is(name, s->name)) {
        s = s->next;
    }
    if (s != NULL) {
        return s;
    }
    s = kds_alloc_zero(1, sizeof *s);
    char *copy = kds_alloc(name.n + 1);
    if (s == NULL || copy == NULL) {
        kds_free(s);
        kds_free(copy);
        return NULL;
    }
    memcpy(copy, name.p, name.n);
    copy[name.n] = 0;
    s->name = copy;
    s->is_arn = strncmp(copy, "arn:", 4) == 0;
    s->expiry_us = KDS_NEVER_US;
    s->flush_us = s->missed_map_us = s->stranger_map_us = -1;
    s->strategy = started_with[core->conf->distribution];
    s->described = core->conf->describe_interval_ms == 0; /* nobody will be asked */
    s->describe_at_us = s->described ? KDS_NEVER_US : now_us;
    s->anywhere.last = KDS_U128_MAX;
    s->anywhere.in_use = true;
    kpl_limiter_init_stream(&s->anywhere.limiter, core->conf->rate_limit_percent, now_us);
    kpl_shard_map_init(&s->map);
    kpl_shard_map_want(&s->map, now_us);
    s->next = core->streams;
    core->streams = s;
    return s;
}

static void free_units(struct kpl_queue *q)
{
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(q)) != NULL) {
        kpl_unit_free(u);
    }
}

void kpl_stream_free(struct kpl_stream *stream)
{
    kpl_shard_map_clear(&stream->map);
    kpl_shard_clear(&stream->anywhere);
    free_units(&stream->parked);
    kds_free(stream->name);
    kds_free(stream);
}

bool kpl_stream_places(const struct kpl_stream *stream)
{
    return stream->map.sorted != NULL &&
           (stream->strategy == KPL_STRATEGY_KEYS ||
            (stream->strategy == KPL_STRATEGY_UNKNOWN && stream->described));
}

/* So many answers in a row say that the keys decide, though nobody else does. */
static unsigned hits_needed(const struct kpl_stream *stream)
{
    unsigned bits = 1;
    while (stream->map.count >> (bits + 1) != 0) {
        bits++;
    }
    unsigned hits = (PROOF_BITS + bits - 1) / bits;
    return hits > PROOF_HITS_MIN ? hits : PROOF_HITS_MIN;
}

static bool is_proved(const struct kpl_stream *stream)
{
    return stream->hits >= hits_needed(stream);
}

bool kpl_stream_is_unproved(const struct kpl_stream *stream)
{
    return stream->strategy == KPL_STRATEGY_UNKNOWN && !is_proved(stream);
}

bool kpl_stream_aggregates(const struct kpl_core *core, const struct kpl_stream *stream)
{
    return core->conf->aggregation && !stream->suspect && !stream->map.doubted &&
           kpl_stream_places(stream) &&
           (stream->strategy == KPL_STRATEGY_KEYS || stream->map.count == 1 ||
            is_proved(stream));
}

/* ---- whether predictions hold --------------------------------------------------------------- */

static void
describe_soon(const struct kpl_core *core, struct kpl_stream *s, int64_t now_us)
{
    int64_t at_us = s->described ? now_us + DESCRIBE_GAP_US : now_us;
    if (core->conf->describe_interval_ms > 0 && s->describe_at_us > at_us) {
        s->describe_at_us = at_us;
    }
}

void kpl_stream_hit(struct kpl_stream *stream)
{
    stream->hit = true;
}

void kpl_stream_weigh(struct kpl_stream *stream)
{
    stream->hits =
        stream->missed ? 0 : stream->hits + (stream->hits < PROOF_BITS && stream->hit);
    if (stream->hit && is_proved(stream)) {
        stream->misses = 0;
        stream->suspect = false;
    }
    stream->hit = stream->missed = false;
}

void kpl_stream_missed(struct kpl_core *core,
                       struct kpl_stream *stream,
                       int64_t sent_us,
                       int64_t now_us)
{
    stream->missed = true;
    if (sent_us <= stream->map.made_us) {
        return; /* the map was another one */
    }
    kpl_shard_map_want(&stream->map, now_us);
    if (stream->missed_map_us == stream->map.made_us) {
        return; /* what one reshard causes counts once */
    }
    stream->missed_map_us = stream->map.made_us;
    describe_soon(core, stream, now_us);
    if (++stream->misses >= MISSES_REFUTE) {
        stream->suspect = true;
    }
}

bool kpl_stream_is_another(struct kpl_core *core,
                           const struct kpl_unit *u,
                           int64_t now_us)
{
    struct kpl_stream *s = u->stream;
    if (!kpl_shard_is_another(u->actual, kds_slice(u->sequence))) {
        return false;
    }
    if (s->strangers >= KPL_STRANGERS_MAX) {
        return false; /* the numbers mean something else here */
    }
    if (u->sent_us > s->map.made_us && s->stranger_map_us != s->map.made_us) {
        s->stranger_map_us = s->map.made_us;
        s->strangers++;
    }
    kpl_shard_map_want(&s->map, now_us);
    describe_soon(core, s, now_us);
    return true;
}

void kpl_stream_doubt(struct kpl_core *core, struct kpl_stream *stream, int64_t now_us)
{
    stream->suspect |= stream->map.sorted != NULL;
    stream->hits = 0;
    stream->doubted_id = core->last_id;
    for (struct kpl_unit *u = stream->parked.first; u != NULL; u = u->next) {
        kpl_unit_set_actual(u, NULL); /* by the next map nothing can be said of it */
    }
    kpl_shard_map_doubt(&stream->map, now_us);
    describe_soon(core, stream, now_us);
}

/* ---- what the service says -------------------------------------------------------------------- */

/* The next question: soon after a failure, then rarer; in the end as often as after an answer. */
static int64_t describe_delay_us(struct kpl_core *core, const struct kpl_stream *s)
{
    static const int64_t after_failure_s[] = {1, 1, 5, 15, 60};
    int64_t interval_ms = core->conf->describe_interval_ms;
    int64_t interval_us = interval_ms > INT64_MAX / 2 / KDS_US_PER_MS
                              ? INT64_MAX / 2
                              : interval_ms * KDS_US_PER_MS;
    if (s->describe_failures > 0 &&
        s->describe_failures <= sizeof after_failure_s / sizeof *after_failure_s) {
        int64_t delay_us = after_failure_s[s->describe_failures - 1] * KDS_US_PER_S;
        interval_us = delay_us < interval_us ? delay_us : interval_us;
    }
    return interval_us - interval_us / 10 +
           (int64_t)kds_rng_below(&core->rng, (uint64_t)interval_us / 5 + 1);
}

static void learn(struct kpl_core *core,
                  struct kpl_stream *s,
                  int64_t now_us,
                  const kds_stream_description_summary_t *d)
{
    bool automatic = kds_slice_is(d->record_distribution_strategy, "AUTO");
    bool recreated = s->created_ms != 0 && d->stream_creation_timestamp_ms != 0 &&
                     s->created_ms != d->stream_creation_timestamp_ms;
    s->strategy = automatic ? KPL_STRATEGY_AUTO : KPL_STRATEGY_KEYS;
    s->created_ms = d->stream_creation_timestamp_ms;
    if (recreated) {
        kpl_stream_doubt(core, s,
                         now_us); /* the map is another stream's, until a new one */
    } else if (s->map.failures == 0 && s->map.listing == KPL_LISTING_IDLE) {
        s->suspect = false;
    }
}

void kpl_stream_summary(struct kpl_core *core,
                        struct kpl_stream *stream,
                        int64_t now_us,
                        const kds_describe_stream_summary_out_t *output)
{
    stream->describing = false;
    stream->described = true;
    if (output == NULL) {
        stream->describe_failures++;
    } else {
        stream->describe_failures = 0;
        learn(core, stream, now_us, &output->stream_description_summary);
    }
    stream->describe_at_us = kds_us_add(now_us, describe_delay_us(core, stream));
}

struct kpl_shard *kpl_stream_next_shard(struct kpl_stream *stream,
                                        struct kpl_shard *after)
{
    if (after == NULL) {
        return &stream->anywhere;
    }
    return after == &stream->anywhere ? stream->map.shards : after->next;
}
