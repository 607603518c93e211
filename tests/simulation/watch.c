#include "watch.h"

#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Requests that fail as a whole are sent at these rates, and no faster, in each stream: P7. */
#define FAILURES_US  KDS_US_PER_S /* WATCH_FAILURES_MAX one after another */
#define LISTINGS_MAX 8            /* lists that are begun, in the same time */
#define PROBES_AFTER 10 /* failures in a row requests are probes, and so far apart: */
#define PROBES_US    (50 * KDS_US_PER_MS)

struct watch_call {
    enum kpl_action_kind kind;
    unsigned stream, created; /* how often that one had been created when it was asked */
    bool creating;            /* and whether it was just being created */
    bool ended;
};

void watch_init(struct watch *w, struct wire *wire)
{
    memset(w, 0, sizeof *w);
    w->wire = wire;
    watch_forget(w);
}

void watch_clear(struct watch *w)
{
    free(w->calls);
}

void watch_forget(struct watch *w)
{
    for (size_t i = 0; i < WIRE_STREAMS_MAX; i++) {
        w->lanes[i] = (struct watch_lane){.probed_us = -1};
    }
}

/* ---- how fast it goes on: P7 ---------------------------------------------------------------- */

/* How often it happens: at most @p most times (at most WATCH_FAILURES_MAX) in a time. */
static void
judge_rate(struct watch *w, struct watch_ring *r, size_t most, const char *what)
{
    int64_t now_us = w->wire->world->now_us;
    int64_t *oldest = &r->times_us[r->count++ % most];
    if (r->count > most && now_us - *oldest < FAILURES_US) {
        history_broken(w->wire->history, "P7: %zu %s within %lld ms", most, what,
                       (long long)((now_us - *oldest) / 1000));
    }
    *oldest = now_us;
}

/* After some failures in a row each request is a probe, and those are apart. */
static void judge_probe(struct watch *w, struct watch_lane *lane)
{
    int64_t now_us = w->wire->world->now_us;
    if (lane->failures.count < PROBES_AFTER) {
        lane->probed_us = -1;
        return;
    }
    if (lane->probed_us >= 0 && now_us - lane->probed_us < PROBES_US) {
        history_broken(
            w->wire->history, "P7: after %zu failures, two requests in %lld ms",
            lane->failures.count, (long long)(now_us - lane->probed_us) / 1000);
    }
    lane->probed_us = now_us;
}

/* ---- what readers would drop: P9 ------------------------------------------------------------- */

static void judge_aggregates(struct watch *w, const kds_put_records_in_t *in)
{
    static const uint8_t magic[] = {0xf3, 0x89, 0x9a, 0xc2};
    for (size_t i = 0; w->wire->scatters && i < in->records_count; i++) {
        kds_slice_t data = in->records[i].data;
        if (data.n > sizeof magic && memcmp(data.p, magic, sizeof magic) == 0) {
            history_broken(w->wire->history,
                           "P9: an aggregate for a stream that scatters records");
        }
    }
}

/* ---- what it knows of a stream --------------------------------------------------------------- */

/* It knows now that the stream of this name was created so often. */
static void learn_created(struct watch_lane *lane, unsigned created)
{
    if (created > lane->anew + 1) {
        lane->anew = created - 1;
    }
}

/* Does a list of shards tell all of them, of one moment? */
static bool lists_are_whole(const struct wire *w)
{
    return w->faults.holed_listing == 0 && w->faults.page == 0;
}

static void end_of_listing(struct watch *w,
                           const struct watch_call *call,
                           const kds_list_shards_out_t *page)
{
    struct watch_lane *lane = &w->lanes[call->stream];
    unsigned created = w->wire->streams[call->stream].created;
    if (page == NULL) {
        return;
    }
    if (page->next_token.p != NULL) {
        snprintf(lane->token, sizeof lane->token, "%.*s", (int)page->next_token.n,
                 (const char *)page->next_token.p);
    } else if (call->created == created && lists_are_whole(w->wire)) {
        learn_created(lane, created);
    }
}

/* A description tells that the stream is another one if there was one of the former. */
static void
end_of_summary(struct watch *w, const struct watch_call *call, const void *summary)
{
    struct watch_lane *lane = &w->lanes[call->stream];
    unsigned created = w->wire->streams[call->stream].created;
    if (summary != NULL && call->created == created) {
        if (lane->described > 0 && lane->described < created) {
            learn_created(lane, created);
        }
        lane->described = created;
    }
}

void watch_end(struct watch *w, uint64_t id, const void *output, const kds_error_t *error)
{
    struct watch_call *call = &w->calls[id];
    struct watch_lane *lane = &w->lanes[call->stream];
    if (call->ended) {
        return;
    }
    call->ended = true;
    if (error != NULL && kds_error_code(error) == KDS_ERR_NOT_FOUND && !call->creating) {
        learn_created(lane, call->created + 1); /* if there is one later, it is another */
    }
    switch (call->kind) {
    case KPL_ACTION_LIST_SHARDS:
        end_of_listing(w, call, output);
        break;
    case KPL_ACTION_SUMMARY:
        end_of_summary(w, call, output);
        break;
    case KPL_ACTION_PUT_RECORDS:
        if (output == NULL) {
            judge_rate(w, &lane->failures, WATCH_FAILURES_MAX, "requests failed");
        } else {
            lane->failures.count = 0;
        }
        break;
    }
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* A listing that goes on names no stream. */
static unsigned lane_of_token(struct watch *w, kds_slice_t token)
{
    unsigned stream = 0;
    while (stream < WIRE_STREAMS_MAX && !kds_slice_is(token, w->lanes[stream].token)) {
        stream++;
    }
    if (stream == WIRE_STREAMS_MAX) {
        history_broken(w->wire->history, "a listing goes on with a token of none");
        return 0;
    }
    return stream;
}

static unsigned stream_of(struct watch *w, const struct kpl_action *action)
{
    const kds_slice_t names[] = {
        [KPL_ACTION_LIST_SHARDS] = action->list_shards.stream_name,
        [KPL_ACTION_SUMMARY] = action->summary.stream_name,
        [KPL_ACTION_PUT_RECORDS] = action->put_records.stream_name,
    };
    unsigned stream = wire_stream_number(names[action->kind]);
    return stream < WIRE_STREAMS_MAX ? stream
                                     : lane_of_token(w, action->list_shards.next_token);
}

void watch_begin(struct watch *w, const struct kpl_action *action)
{
    unsigned number = stream_of(w, action);
    const struct wire_stream *stream = &w->wire->streams[number];
    while (w->call_capacity <= action->id) {
        w->call_capacity = w->call_capacity ? 2 * w->call_capacity : 256;
        w->calls = realloc(w->calls, w->call_capacity * sizeof *w->calls);
        if (w->calls == NULL) {
            exit(2);
        }
    }
    w->calls[action->id] =
        (struct watch_call){action->kind, number, stream->created,
                            w->wire->world->now_us < stream->ready_us, false};
    if (action->kind == KPL_ACTION_PUT_RECORDS) {
        judge_probe(w, &w->lanes[number]);
        judge_aggregates(w, &action->put_records);
    } else if (action->kind == KPL_ACTION_LIST_SHARDS &&
               action->list_shards.next_token.p == NULL) {
        judge_rate(w, &w->lanes[number].listings, LISTINGS_MAX, "lists are begun");
    }
    history_request_knows(w->wire->history, w->wire->requests + 1, w->lanes[number].anew);
    world_tell(w->wire->world, "a producer calls: stream %u, which it knows as %u",
               number, w->lanes[number].anew);
}
