/*
 * simulate_producer: producers against the local server in one thread on a virtual clock, with every
 * fault that the service and the network between can have. Consumers are in simulate; here is what a
 * producer alone promises, P1 to P9, judged by what the server stored.
 *
 *   simulate_producer [--seeds N] [--first SEED]   run N seeds (200) from SEED (1) on
 *   simulate_producer --until-broken N             the same, but end at the first broken promise
 *   simulate_producer --replay SEED                run one and tell every step
 */
#include "producer_actor.h"
#include "seeds.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRODUCERS_MAX 3
#define FAULTS_US     (10 * KDS_US_PER_S) /* things go wrong until then */
#define WELL_US       (7 * KDS_US_PER_S)  /* after them, whatever is put must be stored */
#define LAST_US       (120 * KDS_US_PER_S)

struct run {
    struct world world;
    struct wire wire;
    struct history *history;
    struct producer *producers[PRODUCERS_MAX];
    size_t producer_count;
    unsigned stream_count;
    int64_t ttl_ms;
    int64_t keys, pace; /* distinct ones; records at a time */
    struct wire_faults faults;
    bool spread; /* the service may spread records */
    bool spools; /* some records wait on a disk */
    bool over;   /* the trouble is */
    bool asked;  /* each producer whether it has got over it */
};

/* ---- what happens ------------------------------------------------------------------------- */

static struct producer *any_producer(struct run *r)
{
    return r->producers[world_between(&r->world, 0, (int64_t)r->producer_count - 1)];
}

static unsigned any_stream(struct run *r)
{
    return (unsigned)world_between(&r->world, 0, (int64_t)r->stream_count - 1);
}

static void on_put(void *context, void *payload)
{
    struct run *r = context;
    char key[32], hash_key[48];
    (void)payload;
    struct producer *p = any_producer(r);
    int64_t burst = world_between(&r->world, 1, r->pace);
    for (int64_t i = 0; i < burst; i++) {
        snprintf(key, sizeof key, "key-%lld",
                 (long long)world_between(&r->world, 0, r->keys));
        bool given = world_chance(&r->world, 10);
        snprintf(hash_key, sizeof hash_key, "%llu",
                 (unsigned long long)kds_rng_next(&r->world.rng));
        int64_t most = world_chance(&r->world, r->spools ? 25 : 5) ? 2000 : 120;
        size_t size = (size_t)world_between(&r->world, 12, most);
        producer_put(p, any_stream(r), key, given ? hash_key : NULL, size);
    }
}

static void on_reshard(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    wire_reshard(&r->wire, any_stream(r));
}

static void on_flush(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    producer_flush(any_producer(r));
}

static void on_crash(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    producer_crash(any_producer(r));
}

static void on_flip(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    wire_flip_strategy(&r->wire, any_stream(r));
}

static unsigned some_shards(struct run *r)
{
    return (unsigned)world_between(&r->world, 1, world_chance(&r->world, 15) ? 16 : 4);
}

/* Which stream, as an event's payload: one of the names, which nobody changes. */
static void *payload_of(unsigned stream)
{
    return (void *)(uintptr_t)wire_stream_name(stream);
}

static void on_create(void *context, void *payload)
{
    struct run *r = context;
    unsigned stream = wire_stream_number(kds_slice(payload));
    unsigned shards = some_shards(r);
    if (r->wire.scatters) {
        wire_create_stream(&r->wire, stream, shards + 1);
        wire_flip_strategy(&r->wire, stream);
    } else {
        wire_create_stream(&r->wire, stream, shards);
    }
}

/* Whatever comes around an event that is worth it. */
static void soon(struct run *r, int64_t from_us, int64_t count, world_event_fn *what)
{
    while (count-- > 0) {
        world_at(&r->world, from_us + world_between(&r->world, 0, 700) * KDS_US_PER_MS,
                 what, r, NULL);
    }
}

/* A stream is deleted, and created anew soon. */
static void on_delete(void *context, void *payload)
{
    struct run *r = context;
    unsigned stream = any_stream(r);
    int64_t gap_us =
        r->wire.control_us +
        world_between(&r->world, 1, world_chance(&r->world, 50) ? 100 : 2000) *
            KDS_US_PER_MS;
    (void)payload;
    if (r->wire.streams[stream].exists) {
        wire_delete_stream(&r->wire, stream);
        world_at(&r->world, r->world.now_us + gap_us, on_create, r, payload_of(stream));
        soon(r, r->world.now_us, 2, on_put);
        soon(r, r->world.now_us + gap_us, 3, on_put);
        soon(r, r->world.now_us + gap_us, world_between(&r->world, 0, 2), on_reshard);
    }
}

/* Nobody can be reached, or nobody may put, for a while. */
static void on_outage(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    if (!r->over) {
        *(world_chance(&r->world, 70) ? &r->wire.faults.refuse
                                      : &r->wire.faults.deny_put) = 100;
    }
}

static void on_outage_ends(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    if (!r->over) {
        r->wire.faults = r->faults;
    }
}

static void on_over(void *context, void *payload)
{
    struct run *r = context;
    const struct wire_faults none = {.delay_us = 5 * KDS_US_PER_MS};
    (void)payload;
    world_tell(&r->world, "the trouble is over");
    r->wire.faults = none;
    r->over = true;
    for (size_t i = 0; i < r->producer_count; i++) {
        producer_heal(r->producers[i]);
        producer_flush(r->producers[i]);
    }
}

static void on_last(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    for (size_t i = 0; i < r->producer_count * r->stream_count; i++) {
        producer_put_last(r->producers[i / r->stream_count],
                          (unsigned)(i % r->stream_count));
    }
    r->asked = true;
}

/* ---- the plan of a seed ------------------------------------------------------------------- */

static unsigned percent(struct run *r, int64_t most)
{
    return world_chance(&r->world, 50) ? 0 : (unsigned)world_between(&r->world, 1, most);
}

static void plan_network(struct run *r)
{
    struct wire_faults *f = &r->faults;
    f->refuse = percent(r, 20);
    f->lose_request = percent(r, 15);
    f->lose_answer = percent(r, 15);
    f->repeat_answer = percent(r, 20);
    f->server_error = percent(r, 15);
    f->throttle = percent(r, 15);
    f->partial = percent(r, 40);
    f->wrong_count = percent(r, 10);
    f->refuse_listing = percent(r, 60);
    f->holed_listing = percent(r, 40);
    f->deny_summary = world_chance(&r->world, 25) ? 100 : 0;
    f->deny_summary = r->wire.scatters ? 100 : f->deny_summary;
    f->page = world_chance(&r->world, 30) ? world_between(&r->world, 1, 3) : 0;
    f->delay_us = world_between(&r->world, 1, 1500) * KDS_US_PER_MS;
    if (world_chance(&r->world, 70)) {
        f->delay_us = world_between(&r->world, 1, 50) * KDS_US_PER_MS;
    }
    r->wire.faults = *f;
}

static void plan_server(struct run *r, uint64_t seed)
{
    bool scatters = world_chance(&r->world, 8);
    const struct local_service_options options = {
        .seed = seed,
        .control_plane_delay_ms =
            world_chance(&r->world, 20) ? world_between(&r->world, 1, 300) : 0,
        .limits = world_chance(&r->world, 30),
        .hide_strategy = world_chance(&r->world, 25) && !scatters,
    };
    wire_init_with(&r->wire, &r->world, r->history, &options);
    r->wire.scatters = scatters;
    r->wire.opaque_numbers = world_chance(&r->world, 60);
    r->stream_count = world_chance(&r->world, 60)
                          ? 1
                          : (unsigned)world_between(&r->world, 2, WIRE_STREAMS_MAX);
    for (unsigned i = 0; i < r->stream_count; i++) {
        int64_t at_us = world_chance(&r->world, 10)
                            ? world_between(&r->world, 0, FAULTS_US * 8 / 10)
                            : 0;
        world_at(&r->world, at_us, on_create, r, payload_of(i));
    }
}

/* Small segments and buffers, so that records wait on the disk, and in several files. */
static void plan_spool(struct run *r, struct producer_plan *plan)
{
    plan->spool = true;
    plan->sync = world_chance(&r->world, 50);
    plan->segment_bytes = world_between(&r->world, 1, 8) * 4096;
    plan->spool_bytes = plan->segment_bytes * (world_chance(&r->world, 30) ? 3 : 1000);
    plan->buffer_bytes = world_between(&r->world, 4096, 65536);
    plan->disk_full = percent(r, 30);
    plan->sync_fails = percent(r, 20);
    r->spools = true;
}

static void plan_producers(struct run *r, uint64_t seed)
{
    r->ttl_ms = world_between(&r->world, 3, 30) * 1000;
    r->keys = world_chance(&r->world, 50) ? 3 : 40;
    r->pace = world_chance(&r->world, 20) ? 100 : 8;
    r->producer_count = (size_t)world_between(&r->world, 1, PRODUCERS_MAX);
    for (size_t i = 0; i < r->producer_count; i++) {
        struct producer_plan plan = {
            .aggregate = !world_chance(&r->world, 25),
            .ordered = world_chance(&r->world, 40),
            .fail_if_throttled = world_chance(&r->world, 10),
            .keys = world_chance(&r->world, 40) && !r->wire.scatters,
            .linger_ms =
                world_between(&r->world, 0, world_chance(&r->world, 5) ? 60000 : 200),
            .ttl_ms = r->ttl_ms,
            .aggregate_bytes = world_between(&r->world, 64, 4000),
            .buffer_bytes = world_chance(&r->world, 20) ? 65536 : 64 * 1024 * 1024,
            .describe_ms =
                world_chance(&r->world, 30) ? world_between(&r->world, 300, 3000) : 0,
            .connections = world_between(&r->world, 1, 8),
            .batch_records =
                world_chance(&r->world, 50) ? 500 : world_between(&r->world, 1, 10),
        };
        if (world_chance(&r->world, 30)) {
            plan_spool(r, &plan);
        }
        r->producers[i] = producer_new(&r->wire, &plan, seed * 31 + i);
    }
}

static void often(struct run *r, int64_t most, world_event_fn *what)
{
    for (int64_t n = world_between(&r->world, 0, most); n > 0; n--) {
        world_at(&r->world, world_between(&r->world, 0, FAULTS_US), what, r, NULL);
    }
}

/* Streams change: their shards, who spreads the records, the stream itself. */
static void plan_changes(struct run *r)
{
    often(r, 6, on_reshard);
    r->spread = world_chance(&r->world, 30);
    if (r->spread) {
        often(r, 3, on_flip);
    }
    for (int64_t n = world_chance(&r->world, 35) ? world_between(&r->world, 1, 4) : 0;
         n > 0; n--) {
        world_at(&r->world, world_between(&r->world, 0, FAULTS_US * 7 / 10), on_delete, r,
                 NULL);
    }
}

static void plan_events(struct run *r)
{
    often(r, 60, on_put);
    often(r, 6, on_flush);
    if (world_chance(&r->world, r->spools ? 60 : 20)) {
        often(r, r->spools ? 6 : 2, on_crash);
    }
    if (!r->wire.scatters) {
        plan_changes(r);
    }
    if (world_chance(&r->world, 50)) {
        int64_t at_us = world_between(&r->world, 0, FAULTS_US);
        world_at(&r->world, at_us, on_outage, r, NULL);
        world_at(&r->world, at_us + world_between(&r->world, 1, 9) * KDS_US_PER_S,
                 on_outage_ends, r, NULL);
    }
    world_at(&r->world, 0, on_put, r, NULL);
    world_at(&r->world, FAULTS_US, on_over, r, NULL);
    world_at(&r->world, FAULTS_US + WELL_US, on_last, r, NULL);
}

/* ---- a run -------------------------------------------------------------------------------- */

static int64_t pump(struct run *r)
{
    int64_t wake_us = LAST_US;
    for (size_t i = 0; i < r->producer_count; i++) {
        producer_pump(r->producers[i]);
        int64_t at_us = producer_wake_at_us(r->producers[i]);
        wake_us = at_us < wake_us ? at_us : wake_us;
    }
    return wake_us;
}

static bool finished(const struct run *r)
{
    for (size_t i = 0; i < r->producer_count; i++) {
        if (producer_outstanding(r->producers[i]) > 0) {
            return false;
        }
    }
    return r->asked;
}

static void step_until_finished(struct run *r)
{
    size_t idle_steps = 0;
    while (history_verdict(r->history) == NULL && !finished(r)) {
        int64_t before_us = r->world.now_us;
        int64_t wake_us = pump(r);
        if (r->world.now_us >= LAST_US) {
            return; /* the judge says what is missing */
        }
        world_step(&r->world, wake_us);
        idle_steps = r->world.now_us == before_us ? idle_steps + 1 : 0;
        if (idle_steps > 100000) {
            history_broken(r->history, "P7: the world stands still at %lld us",
                           (long long)r->world.now_us);
        }
    }
}

static void close_run(struct run *r)
{
    while (world_next_us(&r->world) != KDS_NEVER_US) {
        world_step(&r->world, world_next_us(&r->world));
    }
    for (size_t i = 0; i < r->producer_count; i++) {
        producer_free(r->producers[i]);
    }
    wire_clear(&r->wire);
    world_clear(&r->world);
    history_free(r->history);
}

/* @return whether every promise was kept */
static bool run_seed(uint64_t seed, bool verbose, size_t *puts, size_t *stored)
{
    struct run r;
    memset(&r, 0, sizeof r);
    world_init(&r.world, seed);
    r.world.verbose = verbose;
    r.history = history_new(verbose);
    plan_server(&r, seed);
    plan_network(&r);
    plan_producers(&r, seed);
    plan_events(&r);
    step_until_finished(&r);
    if (history_verdict(r.history) == NULL) {
        history_judge_producer(r.history,
                               r.ttl_ms * KDS_US_PER_MS + WIRE_TIMEOUT_US + KDS_US_PER_S);
    }
    for (size_t i = 0; i < r.producer_count; i++) {
        if (r.asked && !producer_is_well(r.producers[i])) {
            history_broken(r.history,
                           "G4: a record that was put %lld s after the trouble "
                           "was not stored",
                           (long long)(WELL_US / KDS_US_PER_S));
        }
    }
    const char *verdict = history_verdict(r.history);
    if (verdict != NULL) {
        printf("seed %llu: %s\n", (unsigned long long)seed, verdict);
    }
    *puts += history_put_count(r.history);
    *stored += history_stored_count(r.history);
    close_run(&r);
    return verdict == NULL;
}

int main(int argc, char **argv)
{
    struct seeds seeds;
    size_t puts = 0, stored = 0;
    seeds_read(&seeds, argc, argv);
    while (seeds_next(&seeds)) {
        seeds_judge(&seeds, run_seed(seeds.now, seeds.verbose, &puts, &stored));
    }
    printf("%zu puts, %zu Kinesis records stored\n", puts, stored);
    return seeds_end(&seeds);
}
