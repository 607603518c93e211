#include "actors.h"

#include "base/clock.h"
#include "base/slice.h"
#include "kpl/kpl.h"
#include "libkpl/src/conf.h"
#include "libkpl/src/core.h"
#include "libkpl/src/results.h"

#include <stdio.h>
#include <stdlib.h>

struct producer {
    struct wire *wire;
    struct kpl_conf *conf;
    struct kpl_core *core;
    struct kpl_showcase showcase;
    uint64_t seed, generation;
};

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
    p->core = kpl_core_new(p->conf, seed);
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
    free(p);
}

void producer_put(struct producer *p, const char *key, const char *hash_key, size_t size)
{
    uint8_t data[4096];
    struct history *h = p->wire->history;
    int64_t now_us = p->wire->world->now_us;
    uint32_t id =
        history_put(h, now_us, key, hash_key, size < sizeof data ? size : sizeof data);
    size_t length = size < 12 ? 12 : size < sizeof data ? size : sizeof data;
    history_payload(h, id, data);
    kpl_record_t record = {.struct_size = sizeof record,
                           .partition_key = kds_slice(key),
                           .explicit_hash_key = kds_slice(hash_key),
                           .data = {data, length},
                           .tag = (void *)((uintptr_t)id + 1)};
    kds_u128_t hash;
    kpl_hash_of(&record, &hash, NULL);
    if (kpl_record_check(p->conf, &record, NULL) != KDS_OK ||
        kpl_core_put(p->core, now_us, &record, hash, NULL) != KDS_OK) {
        history_put_refused(h, id);
    }
}

void producer_flush(struct producer *p)
{
    kpl_core_flush(p->core, p->wire->world->now_us);
}

void producer_crash(struct producer *p)
{
    world_tell(p->wire->world, "producer: crash");
    kpl_core_free(p->core);
    history_producer_died(p->wire->history);
    p->generation++;
    p->core = kpl_core_new(p->conf, p->seed + p->generation);
}

static void on_done(void *actor,
                    uint64_t generation,
                    uint64_t id,
                    const void *output,
                    const kds_error_t *error)
{
    struct producer *p = actor;
    if (generation == p->generation) {
        kpl_core_done(p->core, p->wire->world->now_us, id, output, error);
    }
    kds_output_free(output);
}

static void on_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct producer *p = opaque;
    for (size_t i = 0; i < count; i++) {
        const kpl_result_t *r = &results[i];
        uint32_t id = (uint32_t)((uintptr_t)r->tag - 1);
        world_tell(p->wire->world, "producer: user record %u: %s %.*s", id,
                   kds_err_name(r->code), (int)r->message.n,
                   r->message.n ? (const char *)r->message.p : "");
        history_outcome(p->wire->history, p->wire->world->now_us, id, r->code == KDS_OK,
                        r->persisted, r->shard_id, r->sequence_number,
                        r->subsequence_number);
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
    wire_call(p->wire, operations[action->kind], inputs[action->kind], on_done, p,
              p->generation, action->id);
}

void producer_pump(struct producer *p)
{
    struct kpl_action action;
    struct kpl_queue units;
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
}

int64_t producer_wake_at_us(struct producer *p)
{
    return kpl_core_wake_at_us(p->core, p->wire->world->now_us);
}

size_t producer_outstanding(const struct producer *p)
{
    return kpl_core_outstanding(p->core);
}
