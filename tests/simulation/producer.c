#include "producer_actor.h"

#include "base/clock.h"
#include "base/slice.h"
#include "kpl/kpl.h"
#include "libkpl/src/conf.h"
#include "libkpl/src/core.h"
#include "libkpl/src/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Requests that fail as a whole are sent at these rates, and no faster, in each stream: P7. */
#define FAILURES_MAX 32 /* one after another, in */
#define FAILURES_US  KDS_US_PER_S
#define LISTINGS_MAX 8  /* that fail, in the same time */
#define PROBES_AFTER 10 /* failures in a row requests are probes, and so far apart: */
#define PROBES_US    (50 * KDS_US_PER_MS)
#define FLUSHES_MAX  16

/* The last times at which something happened, and how often it did. */
struct ring {
    int64_t times_us[FAILURES_MAX];
    size_t count;
};

/* What is seen of one stream. */
struct lane {
    struct ring failures; /* of PutRecords, since one was answered */
    struct ring listings; /* that failed */
    int64_t probed_us;    /* the last request after PROBES_AFTER failures; -1 = none */
    unsigned anew;        /* so often it knows the stream to have been created anew */
    unsigned described;   /* as created so often; 0 = never */
    char token[256];      /* with which that list goes on */
};

/* A call of the core's. */
struct call {
    unsigned stream, created; /* how often that one had been created when it was asked */
    bool creating;            /* and whether it was just being created */
    bool ended;
};

struct producer {
    struct wire *wire;
    struct kpl_conf *conf;
    struct kpl_core *core;
    struct kpl_showcase showcase;
    uint64_t seed, generation;
    int64_t wake_us; /* it asked to be looked at again */
    bool touched;    /* something happened to it since */
    uint32_t group;  /* of the history, while the order counts; else 0 */
    uint32_t *puts;  /* identities of what this process put */
    size_t put_count, put_capacity;
    struct {
        uint64_t ticket;
        size_t puts; /* before it */
    } flushes[FLUSHES_MAX];
    size_t flush_count;
    struct lane lanes[WIRE_STREAMS_MAX];
    struct call *calls; /* by their identities */
    size_t call_capacity;
    unsigned words_owed, words_put, words_stored; /* last ones */
};

/* The tag of records that are put when the trouble is over. */
#define LAST_WORD  ((void *)1)
#define LAST_WORDS 8

static uint32_t next_group = 1;

static void set_number(kpl_conf_t *conf, const char *name, int64_t value)
{
    char text[32];
    kds_error_t *error = NULL;
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (kpl_conf_set(conf, name, text, &error) != KDS_OK) {
        fprintf(stderr, "simulation: %s\n", kds_error_message(error));
        exit(2);
    }
}

static void forget_failures(struct producer *p)
{
    for (size_t i = 0; i < WIRE_STREAMS_MAX; i++) {
        p->lanes[i] = (struct lane){.probed_us = -1};
    }
}

struct producer *
producer_new(struct wire *wire, const struct producer_plan *plan, uint64_t seed)
{
    struct producer *p = world_alloc(sizeof *p);
    p->wire = wire;
    p->seed = seed;
    p->conf = kpl_conf_new();
    kpl_conf_set(p->conf, "stream", WIRE_STREAM, NULL);
    kpl_conf_set(p->conf, "aggregation.enable", plan->aggregate ? "true" : "false", NULL);
    set_number(p->conf, "linger.ms", plan->linger_ms);
    set_number(p->conf, "record.ttl.ms", plan->ttl_ms);
    set_number(p->conf, "aggregation.max.bytes", plan->aggregate_bytes);
    set_number(p->conf, "buffer.max.bytes", plan->buffer_bytes);
    kpl_conf_set(p->conf, "ordered", plan->ordered ? "true" : "false", NULL);
    kpl_conf_set(p->conf, "fail.if.throttled", plan->fail_if_throttled ? "true" : "false",
                 NULL);
    if (plan->keys) {
        kpl_conf_set(p->conf, "record.distribution", "USER_PARTITION_KEY", NULL);
    }
    if (plan->describe_ms > 0) {
        set_number(p->conf, "describe.interval.ms", plan->describe_ms);
    }
    if (plan->connections > 0) {
        set_number(p->conf, "connections.max", plan->connections);
        set_number(p->conf, "batch.max.records", plan->batch_records);
    }
    p->group = plan->ordered ? next_group++ : 0;
    p->core = kpl_core_new(p->conf, seed);
    forget_failures(p);
    if (p->core == NULL || !kpl_showcase_init(&p->showcase)) {
        exit(2);
    }
    return p;
}

void producer_free(struct producer *p)
{
    kpl_core_free(p->core);
    kpl_showcase_clear(&p->showcase);
    kpl_conf_free(p->conf);
    free(p->calls);
    free(p->puts);
    free(p);
}

/* The setting's stream goes without its name. */
static kds_slice_t name_of(unsigned stream)
{
    return kds_slice(stream == 0 ? NULL : wire_stream_name(stream));
}

void producer_put(struct producer *p,
                  unsigned stream,
                  const char *key,
                  const char *hash_key,
                  size_t size)
{
    uint8_t data[4096];
    struct history *h = p->wire->history;
    int64_t now_us = p->wire->world->now_us;
    uint32_t id =
        history_put(h, now_us, key, hash_key, size < sizeof data ? size : sizeof data);
    size_t length = size < 12 ? 12 : size < sizeof data ? size : sizeof data;
    history_payload(h, id, data);
    history_put_to(h, id, stream);
    p->touched = true;
    kpl_record_t record = {.struct_size = sizeof record,
                           .stream = name_of(stream),
                           .partition_key = kds_slice(key),
                           .explicit_hash_key = kds_slice(hash_key),
                           .data = {data, length},
                           .tag = (void *)((uintptr_t)id + 2)};
    if (kpl_record_check(p->conf, &record, NULL) != KDS_OK ||
        kpl_core_put(p->core, now_us, &record, NULL) != KDS_OK) {
        history_put_refused(h, id);
        return;
    }
    if (p->group != 0) {
        history_put_in_order(h, id, p->group);
    }
    if (p->put_count == p->put_capacity) {
        p->put_capacity = p->put_capacity ? 2 * p->put_capacity : 64;
        p->puts = realloc(p->puts, p->put_capacity * sizeof *p->puts);
        if (p->puts == NULL) {
            exit(2);
        }
    }
    p->puts[p->put_count++] = id;
}

void producer_flush(struct producer *p)
{
    p->touched = true;
    uint64_t ticket = kpl_core_flush(p->core, p->wire->world->now_us);
    if (p->flush_count < FLUSHES_MAX) {
        p->flushes[p->flush_count].ticket = ticket;
        p->flushes[p->flush_count++].puts = p->put_count;
    }
}

/* A flush that says it is done has left nothing open; and it says so once that is true. P8. */
static void judge_flushes(struct producer *p)
{
    for (size_t i = 0; i < p->flush_count; i++) {
        bool open = false;
        size_t n = p->flushes[i].puts;
        for (size_t k = 0; !open && k < n; k++) {
            open = !history_is_resolved(p->wire->history, p->puts[k]);
        }
        bool done = kpl_core_flushed(p->core, p->flushes[i].ticket);
        if (done && open) {
            history_broken(p->wire->history, "P8: a flush ended before an outcome");
        }
        if (!done && kpl_core_outstanding(p->core) == 0) {
            history_broken(p->wire->history, "P8: a flush waits for nothing");
        }
        if (done) {
            p->flushes[i--] = p->flushes[--p->flush_count];
        }
    }
}

void producer_put_last(struct producer *p, unsigned stream)
{
    for (unsigned i = 0; i < LAST_WORDS; i++) {
        char key[16];
        snprintf(key, sizeof key, "last-%u", i);
        kpl_record_t record = {.struct_size = sizeof record,
                               .stream = name_of(stream),
                               .partition_key = kds_slice(key),
                               .data = kds_slice("last word"),
                               .tag = LAST_WORD};
        p->touched = true;
        p->words_owed++;
        p->words_put +=
            kpl_core_put(p->core, p->wire->world->now_us, &record, NULL) == KDS_OK;
    }
}

bool producer_is_well(const struct producer *p)
{
    return p->words_put == p->words_owed && p->words_stored == p->words_owed;
}

void producer_crash(struct producer *p)
{
    world_tell(p->wire->world, "producer: crash");
    kpl_core_free(p->core);
    for (size_t i = 0; i < p->put_count; i++) {
        history_put_died(p->wire->history, p->puts[i]);
    }
    p->generation++;
    p->touched = true;
    p->put_count = p->flush_count = 0;
    forget_failures(p);
    p->group = p->group ? next_group++ : 0;
    p->core = kpl_core_new(p->conf, p->seed + p->generation);
}

/* How often requests fail: at most @p most (at most FAILURES_MAX) in a time. P7. */
static void judge_failure(struct producer *p, struct ring *r, size_t most)
{
    int64_t now_us = p->wire->world->now_us;
    int64_t *oldest = &r->times_us[r->count++ % most];
    if (r->count > most && now_us - *oldest < FAILURES_US) {
        history_broken(p->wire->history, "P7: %zu requests failed within %lld ms", most,
                       (long long)((now_us - *oldest) / 1000));
    }
    *oldest = now_us;
}

/* After some failures in a row each request is a probe, and those are apart. P7. */
static void judge_probe(struct producer *p, struct lane *lane)
{
    int64_t now_us = p->wire->world->now_us;
    if (lane->failures.count < PROBES_AFTER) {
        lane->probed_us = -1;
        return;
    }
    if (lane->probed_us >= 0 && now_us - lane->probed_us < PROBES_US) {
        history_broken(
            p->wire->history, "P7: after %zu failures, two requests in %lld ms",
            lane->failures.count, (long long)(now_us - lane->probed_us) / 1000);
    }
    lane->probed_us = now_us;
}

static void on_done(void *actor,
                    uint64_t generation,
                    uint64_t id,
                    const void *output,
                    const kds_error_t *error)
{
    struct producer *p = actor;
    if (generation == p->generation) {
        p->touched = true;
        kpl_core_done(p->core, p->wire->world->now_us, id, output, error);
    }
    kds_output_free(output);
}

static void on_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct producer *p = opaque;
    for (size_t i = 0; i < count; i++) {
        const kpl_result_t *r = &results[i];
        uint32_t id = (uint32_t)((uintptr_t)r->tag - 2);
        if (r->tag == LAST_WORD) {
            p->words_stored += r->code == KDS_OK;
            continue;
        }
        world_tell(p->wire->world, "producer: user record %u: %s %.*s", id,
                   kds_err_name(r->code), (int)r->message.n,
                   r->message.n ? (const char *)r->message.p : "");
        history_outcome(p->wire->history, p->wire->world->now_us, id, r->code == KDS_OK,
                        r->persisted, r->shard_id, r->sequence_number,
                        r->subsequence_number);
    }
}

/* It knows now that the stream of this name was created so often. */
static void learn_created(struct lane *lane, unsigned created)
{
    if (created > lane->anew + 1) {
        lane->anew = created - 1;
    }
}

/* There is no such stream: if there is one later, it is another, or one that is being created. */
static void
learn_from(struct lane *lane, const struct call *call, const kds_error_t *error)
{
    if (error != NULL && kds_error_code(error) == KDS_ERR_NOT_FOUND && !call->creating) {
        learn_created(lane, call->created + 1);
    }
}

/* The call that ends, for the first time; NULL if its process died or it has ended. */
static const struct call *
end_call(struct producer *p, uint64_t generation, uint64_t id, const kds_error_t *error)
{
    if (generation != p->generation || p->calls[id].ended) {
        return NULL;
    }
    p->calls[id].ended = true;
    learn_from(&p->lanes[p->calls[id].stream], &p->calls[id], error);
    return &p->calls[id];
}

/* Does a list of shards tell all of them, of one moment? */
static bool lists_are_whole(const struct wire *w)
{
    return w->faults.holed_listing == 0 && w->faults.page == 0;
}

static void on_list_done(void *actor,
                         uint64_t generation,
                         uint64_t id,
                         const void *output,
                         const kds_error_t *error)
{
    struct producer *p = actor;
    const kds_list_shards_out_t *page = output;
    const struct call *call = end_call(p, generation, id, error);
    if (call != NULL) {
        struct lane *lane = &p->lanes[call->stream];
        unsigned created = p->wire->streams[call->stream].created;
        if (error != NULL) {
            judge_failure(p, &lane->listings, LISTINGS_MAX);
        } else if (page->next_token.p != NULL) {
            snprintf(lane->token, sizeof lane->token, "%.*s", (int)page->next_token.n,
                     (const char *)page->next_token.p);
        } else if (call->created == created && lists_are_whole(p->wire)) {
            learn_created(lane, created);
        }
    }
    on_done(actor, generation, id, output, error);
}

static void on_summary_done(void *actor,
                            uint64_t generation,
                            uint64_t id,
                            const void *output,
                            const kds_error_t *error)
{
    struct producer *p = actor;
    const struct call *call = end_call(p, generation, id, error);
    if (call != NULL && error == NULL) {
        struct lane *lane = &p->lanes[call->stream];
        unsigned created = p->wire->streams[call->stream].created;
        if (call->created == created) {
            learn_created(lane,
                          lane->described > 0 && lane->described < created ? created : 0);
            lane->described = created;
        }
    }
    on_done(actor, generation, id, output, error);
}

static void on_put_done(void *actor,
                        uint64_t generation,
                        uint64_t id,
                        const void *output,
                        const kds_error_t *error)
{
    struct producer *p = actor;
    const struct call *call = end_call(p, generation, id, error);
    if (call != NULL && error != NULL) {
        judge_failure(p, &p->lanes[call->stream].failures, FAILURES_MAX);
    } else if (call != NULL) {
        p->lanes[call->stream].failures.count = 0;
    }
    on_done(actor, generation, id, output, error);
}

/* Which user records go, and with which hash key. */
static void tell_entries(const struct producer *p, const kds_put_records_in_t *in)
{
    for (size_t i = 0; p->wire->world->verbose && i < in->records_count; i++) {
        kds_slice_t data = in->records[i].data, key = in->records[i].explicit_hash_key;
        fprintf(stderr, "               producer %u sends %.*s:", p->group, (int)key.n,
                (const char *)key.p);
        for (size_t at = 0; at + 12 <= data.n; at++) {
            unsigned id;
            if (memcmp(data.p + at, "id=", 3) == 0 &&
                sscanf((const char *)data.p + at, "id=%8u;", &id) == 1) {
                fprintf(stderr, " %u", id);
            }
        }
        fputc('\n', stderr);
    }
}

/* A listing that goes on names no stream. */
static unsigned lane_of_token(struct producer *p, kds_slice_t token)
{
    unsigned stream = 0;
    while (stream < WIRE_STREAMS_MAX && !kds_slice_is(token, p->lanes[stream].token)) {
        stream++;
    }
    if (stream == WIRE_STREAMS_MAX) {
        history_broken(p->wire->history, "P7: a listing goes on with a token of none");
        return 0;
    }
    return stream;
}

/* Remember the call. @return its stream */
static unsigned note_call(struct producer *p, const struct kpl_action *action)
{
    const kds_slice_t names[] = {
        [KPL_ACTION_LIST_SHARDS] = action->list_shards.stream_name,
        [KPL_ACTION_SUMMARY] = action->summary.stream_name,
        [KPL_ACTION_PUT_RECORDS] = action->put_records.stream_name,
    };
    kds_slice_t token = action->list_shards.next_token;
    unsigned stream = wire_stream_number(names[action->kind]);
    while (p->call_capacity <= action->id) {
        p->call_capacity = p->call_capacity ? 2 * p->call_capacity : 256;
        p->calls = realloc(p->calls, p->call_capacity * sizeof *p->calls);
        if (p->calls == NULL) {
            exit(2);
        }
    }
    if (stream == WIRE_STREAMS_MAX) {
        stream = lane_of_token(p, token);
    }
    const struct wire_stream *s = &p->wire->streams[stream];
    p->calls[action->id] =
        (struct call){stream, s->created, p->wire->world->now_us < s->ready_us, false};
    return stream;
}

static void send(struct producer *p, const struct kpl_action *action)
{
    unsigned stream = note_call(p, action);
    static const enum kds_operation_id operations[] = {
        [KPL_ACTION_LIST_SHARDS] = KDS_OP_LIST_SHARDS,
        [KPL_ACTION_SUMMARY] = KDS_OP_DESCRIBE_STREAM_SUMMARY,
        [KPL_ACTION_PUT_RECORDS] = KDS_OP_PUT_RECORDS,
    };
    const void *const inputs[] = {
        [KPL_ACTION_LIST_SHARDS] = &action->list_shards,
        [KPL_ACTION_SUMMARY] = &action->summary,
        [KPL_ACTION_PUT_RECORDS] = &action->put_records,
    };
    if (action->kind == KPL_ACTION_PUT_RECORDS) {
        tell_entries(p, &action->put_records);
        judge_probe(p, &p->lanes[stream]);
    }
    static wire_done_fn *const ends[] = {
        [KPL_ACTION_LIST_SHARDS] = on_list_done,
        [KPL_ACTION_SUMMARY] = on_summary_done,
        [KPL_ACTION_PUT_RECORDS] = on_put_done,
    };
    world_tell(p->wire->world, "producer %u: call %llu, stream %u, which it knows as %u",
               (unsigned)(p->seed % 31), (unsigned long long)action->id, stream,
               p->lanes[stream].anew);
    wire_call(p->wire, operations[action->kind], inputs[action->kind], ends[action->kind],
              p, p->generation, action->id);
    history_request_knows(p->wire->history, p->wire->requests, p->lanes[stream].anew);
}

void producer_pump(struct producer *p)
{
    struct kpl_action action;
    struct kpl_queue units;
    if (!p->touched && p->wire->world->now_us < p->wake_us) {
        return; /* others woke the world: its own thread would sleep on */
    }
    while (kpl_core_next(p->core, p->wire->world->now_us, &action)) {
        send(p, &action);
    }
    while (kpl_core_take(p->core, KPL_SHOWCASE_RECORDS, &units)) {
        kpl_showcase_deliver(&p->showcase, &units, on_results, p);
        kpl_core_release(p->core, &units);
    }
    if (kpl_core_bytes(p->core) > (size_t)p->conf->buffer_max_bytes) {
        history_broken(p->wire->history, "P6: %zu bytes buffered, at most %lld",
                       kpl_core_bytes(p->core), (long long)p->conf->buffer_max_bytes);
    }
    judge_flushes(p);
    p->touched = false;
    p->wake_us = kpl_core_wake_at_us(p->core, p->wire->world->now_us);
}

int64_t producer_wake_at_us(const struct producer *p)
{
    return p->touched ? p->wire->world->now_us : p->wake_us;
}

size_t producer_outstanding(const struct producer *p)
{
    return kpl_core_outstanding(p->core);
}
