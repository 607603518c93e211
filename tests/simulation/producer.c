#include "producer_actor.h"

#include "base/clock.h"
#include "base/slice.h"
#include "disk.h"
#include "kpl/kpl.h"
#include "libkpl/src/conf.h"
#include "libkpl/src/core.h"
#include "libkpl/src/results.h"
#include "libkpl/src/spooling.h"
#include "watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLUSHES_MAX 16

/* When a process with a spool dies. */
enum doom {
    DOOM_NONE,
    DOOM_REPORTING, /* when it is about to tell outcomes */
    DOOM_REPORTED,  /* when it has just told them */
    DOOM_AT_ONCE,
    DOOM_WRITING, /* within a put */
    DOOM_POWER    /* and the machine with it */
};

struct put {
    uint32_t id;
    bool safe; /* from a loss of power */
};

/* Of a flush: first all must be out of the spool, then through the core. */
struct flush {
    uint64_t mark, ticket;
    bool taken;
    size_t puts; /* before it */
};

struct producer {
    struct wire *wire;
    struct kpl_conf *conf;
    struct kpl_core *core;
    struct kpl_spooling spooling;
    struct disk *disk; /* NULL = it has no spool */
    struct kpl_showcase showcase;
    struct watch watch;
    uint64_t seed, generation;
    int64_t wake_us; /* it asked to be looked at again */
    bool touched;    /* something happened to it since */
    uint32_t group;  /* of the history, while the order counts; else 0 */
    struct put *puts;
    size_t put_count, put_capacity;
    struct flush flushes[FLUSHES_MAX];
    size_t flush_count;
    enum doom doom;
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

/* A process starts. */
static void start(struct producer *p)
{
    kds_error_t *error = NULL;
    p->core = kpl_core_new(p->conf, p->seed + p->generation);
    if (p->core == NULL) {
        exit(2);
    }
    watch_forget(&p->watch);
    p->touched = true;
    if (kpl_spooling_open(&p->spooling, p->conf, p->core,
                          p->disk ? disk_mount(p->disk) : NULL, &error) != KDS_OK) {
        history_broken(p->wire->history, "the spool cannot be opened: %s",
                       kds_error_message(error));
        kds_error_free(error);
    }
}

static void plan_spool(struct producer *p, const struct producer_plan *plan)
{
    p->disk = disk_new(p->wire->world);
    disk_set_faults(p->disk, plan->disk_full, plan->sync_fails);
    kpl_conf_set(p->conf, "spool.directory", "simulated", NULL);
    kpl_conf_set(p->conf, "spool.sync", plan->sync ? "put" : "none", NULL);
    /* Smaller than the settings allow, so that much happens. */
    p->conf->spool_segment_bytes = plan->segment_bytes;
    p->conf->spool_max_bytes = plan->spool_bytes;
    p->conf->buffer_max_bytes = plan->buffer_bytes;
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
    if (plan->spool) {
        plan_spool(p, plan);
    } else {
        set_number(p->conf, "buffer.max.bytes", plan->buffer_bytes);
    }
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
    watch_init(&p->watch, wire);
    start(p);
    if (!kpl_showcase_init(&p->showcase)) {
        exit(2);
    }
    return p;
}

void producer_free(struct producer *p)
{
    kpl_spooling_close(&p->spooling);
    kpl_core_free(p->core);
    disk_free(p->disk);
    kpl_showcase_clear(&p->showcase);
    kpl_conf_free(p->conf);
    watch_clear(&p->watch);
    free(p->puts);
    free(p);
}

void producer_heal(struct producer *p)
{
    p->doom = DOOM_NONE;
    if (p->disk != NULL) {
        disk_set_faults(p->disk, 0, 0);
    }
}

/* The setting's stream goes without its name. */
static kds_slice_t name_of(unsigned stream)
{
    return kds_slice(stream == 0 ? NULL : wire_stream_name(stream));
}

/* Means nothing to another process. The high byte tells processes apart, of pointers of 32 bits too. */
static void *tag_of(const struct producer *p, uint32_t id)
{
    return (void *)(uintptr_t)((p->generation % 255 + 1) << 24 | id);
}

/* As the producer puts it: alone, or with its hash. */
static bool accepts(struct producer *p, const kpl_record_t *record)
{
    int64_t now_us = p->wire->world->now_us;
    kds_u128_t hash;
    kds_err_t rc;
    if (kpl_record_check(p->conf, record, NULL) != KDS_OK) {
        return false;
    }
    if (p->disk == NULL && world_chance(p->wire->world, 50)) {
        return kpl_core_put(p->core, now_us, record, NULL) == KDS_OK;
    }
    kpl_hash_of(record, &hash, NULL);
    return kpl_spooling_put(&p->spooling, p->conf, now_us, record, &hash, 1, &rc, NULL) ==
           1;
}

static void note_put(struct producer *p, uint32_t id, bool safe)
{
    if (p->put_count == p->put_capacity) {
        p->put_capacity = p->put_capacity ? 2 * p->put_capacity : 64;
        p->puts = realloc(p->puts, p->put_capacity * sizeof *p->puts);
        if (p->puts == NULL) {
            exit(2);
        }
    }
    p->puts[p->put_count++] = (struct put){id, safe};
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
                           .tag = tag_of(p, id)};
    if (!accepts(p, &record)) {
        history_put_refused(h, id);
        return;
    }
    if (p->group != 0) {
        history_put_in_order(h, id, p->group);
    }
    if (p->disk != NULL) {
        history_put_spooled(h, id);
    }
    bool synced = kpl_spooling_sync(&p->spooling, NULL) == KDS_OK;
    note_put(p, id, synced && p->conf->spool_sync == KPL_SPOOL_SYNC_PUT);
}

void producer_flush(struct producer *p)
{
    p->touched = true;
    kpl_core_flush(p->core, p->wire->world->now_us);
    if (p->flush_count < FLUSHES_MAX) {
        p->flushes[p->flush_count++] =
            (struct flush){.mark = kpl_spooling_mark(&p->spooling), .puts = p->put_count};
    }
}

static bool flushed(struct producer *p, struct flush *f)
{
    if (!f->taken) {
        f->taken = kpl_spooling_taken(&p->spooling, f->mark);
        f->ticket = kpl_core_flush(p->core, p->wire->world->now_us);
    }
    return f->taken && kpl_core_flushed(p->core, f->ticket);
}

/* A flush that says it is done has left nothing open; and it says so once that is true. P8. */
static void judge_flushes(struct producer *p)
{
    for (size_t i = 0; i < p->flush_count; i++) {
        bool open = false;
        size_t n = p->flushes[i].puts;
        for (size_t k = 0; !open && k < n; k++) {
            open = !history_is_resolved(p->wire->history, p->puts[k].id);
        }
        bool done = flushed(p, &p->flushes[i]);
        if (done && open) {
            history_broken(p->wire->history, "P8: a flush ended before an outcome");
        }
        if (!done && producer_outstanding(p) == 0) {
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
        bool put = accepts(p, &record);
        p->words_put += put;
        p->words_owed +=
            put || p->disk == NULL; /* what is on a disk may fill it for long */
    }
}

bool producer_is_well(const struct producer *p)
{
    return p->words_put == p->words_owed && p->words_stored == p->words_owed;
}

/* ---- dying ---------------------------------------------------------------------------------- */

/* What becomes of a put whose process died. */
static bool lives_on(const struct producer *p, const struct put *put, bool power)
{
    return p->disk != NULL &&
           (!power || put->safe || history_is_resolved(p->wire->history, put->id));
}

/* A record is being written when the process is killed: its put never returns. */
static void put_half(struct producer *p)
{
    size_t before = p->put_count;
    disk_write_begins(p->disk);
    producer_put(p, 0, "key-0", NULL, 100);
    disk_write_is_cut(p->disk);
    if (p->put_count > before) {
        history_put_died(p->wire->history, p->puts[before].id);
    }
}

static void die(struct producer *p, bool power)
{
    struct history *h = p->wire->history;
    world_tell(p->wire->world, "producer: %s", power ? "power is lost" : "killed");
    kpl_spooling_forget(&p->spooling);
    kpl_core_free(p->core);
    for (size_t i = 0; i < p->put_count; i++) {
        if (lives_on(p, &p->puts[i], power)) {
            history_put_found(h, p->puts[i].id, power);
        } else {
            history_put_died(h, p->puts[i].id);
        }
    }
    if (power) {
        disk_lose_power(p->disk);
    }
    if (p->disk == NULL) {
        p->put_count = 0;
        p->group = p->group ? next_group++ : 0;
    }
    p->flush_count = 0;
    p->doom = DOOM_NONE;
    p->generation++;
    start(p);
}

void producer_crash(struct producer *p)
{
    p->doom = DOOM_AT_ONCE;
    if (p->disk != NULL) {
        p->doom =
            world_chance(p->wire->world, 30)
                ? DOOM_POWER
                : (enum doom)world_between(p->wire->world, DOOM_REPORTING, DOOM_WRITING);
    }
    if (p->doom == DOOM_WRITING) {
        put_half(p);
    }
    if (p->doom >= DOOM_AT_ONCE) {
        die(p, p->doom == DOOM_POWER);
    }
}

/* ---- outcomes ------------------------------------------------------------------------------- */

/* Records of an earlier process have no tag. */
static uint32_t identity(const struct producer *p, const kpl_result_t *r)
{
    uintptr_t tag = (uintptr_t)r->tag;
    if (tag != 0 && tag >> 24 != p->generation % 255 + 1) {
        history_broken(p->wire->history,
                       "P1: an outcome bears the tag of a process that died");
    }
    return tag != 0 ? (uint32_t)tag & 0xFFFFFF : history_identity(r->data);
}

static bool is_last_word(const kpl_result_t *r)
{
    return kds_slice_is(r->data, "last word");
}

static void on_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct producer *p = opaque;
    for (size_t i = 0; i < count; i++) {
        const kpl_result_t *r = &results[i];
        if (is_last_word(r)) {
            p->words_stored += r->code == KDS_OK;
            continue;
        }
        uint32_t id = identity(p, r);
        world_tell(p->wire->world, "producer: user record %u: %s %.*s", id,
                   kds_err_name(r->code), (int)r->message.n,
                   r->message.n ? (const char *)r->message.p : "");
        history_outcome(p->wire->history, p->wire->world->now_us, id, r->code == KDS_OK,
                        r->persisted, r->shard_id, r->sequence_number,
                        r->subsequence_number);
    }
}

/* It dies before it can tell: what is stored is acknowledged, and no other process will tell it. */
static void on_lost_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct producer *p = opaque;
    for (size_t i = 0; i < count; i++) {
        if (results[i].code == KDS_OK) {
            history_put_died(p->wire->history, identity(p, &results[i]));
        }
    }
}

/* @return whether there were some, and it lives */
static bool deliver(struct producer *p)
{
    struct kpl_queue units;
    enum doom doom = p->doom;
    if (!kpl_core_take(p->core, KPL_SHOWCASE_RECORDS, &units)) {
        return false;
    }
    kpl_spooling_report(&p->spooling, &units);
    kpl_showcase_deliver(&p->showcase, &units,
                         doom == DOOM_REPORTING ? on_lost_results : on_results, p);
    if (doom == DOOM_NONE) {
        kpl_spooling_reported(&p->spooling);
    }
    kpl_core_release(p->core, &units);
    if (doom != DOOM_NONE) {
        die(p, false);
    }
    return true;
}

/* ---- calls ---------------------------------------------------------------------------------- */

static void on_done(void *actor,
                    uint64_t generation,
                    uint64_t id,
                    const void *output,
                    const kds_error_t *error)
{
    struct producer *p = actor;
    if (generation == p->generation) {
        p->touched = true;
        watch_end(&p->watch, id, output, error);
        kpl_core_done(p->core, p->wire->world->now_us, id, output, error);
    }
    kds_output_free(output);
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

static void send(struct producer *p, const struct kpl_action *action)
{
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
    }
    watch_begin(&p->watch, action);
    wire_call(p->wire, operations[action->kind], inputs[action->kind], on_done, p,
              p->generation, action->id);
}

/* As the producer's threads do it: what is on the disk moves up as there is room for it. */
static void work(struct producer *p)
{
    struct kpl_action action;
    bool again = true;
    while (again) {
        again = kpl_spooling_feed(&p->spooling, p->wire->world->now_us);
        while (kpl_core_next(p->core, p->wire->world->now_us, &action)) {
            send(p, &action);
        }
        again |= deliver(p);
    }
}

void producer_pump(struct producer *p)
{
    if (!p->touched && p->wire->world->now_us < p->wake_us) {
        return; /* others woke the world: its own thread would sleep on */
    }
    work(p);
    struct kpl_spool_stats spool;
    kpl_spooling_stats(&p->spooling, &spool);
    if (p->disk != NULL && spool.bytes > (size_t)p->conf->spool_max_bytes) {
        history_broken(p->wire->history, "P6: %zu bytes of files, at most %lld",
                       spool.bytes, (long long)p->conf->spool_max_bytes);
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
    return kpl_core_outstanding(p->core) + (size_t)kpl_spooling_waiting(&p->spooling);
}
