/*
 * simulate: producers, consumers and the local server in one thread on a virtual clock, with a network
 * and a store between them that fail as the seed says. A failing seed can be run again and told.
 *
 *   simulate [--seeds N] [--first SEED]     run N seeds (200) from SEED (1) on
 *   simulate --until-broken N               the same, but end at the first broken promise
 *   simulate --replay SEED                  run one and tell every step
 */
#include "actors.h"
#include "seeds.h"
#include "table.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRODUCERS_MAX 2
#define CONSUMERS_MAX 3
#define FAULTS_US     (10 * KDS_US_PER_S) /* things go wrong until then */
#define QUIET_US      (22 * KDS_US_PER_S) /* and the last consequence of it is over then */
#define OLD_US        (KDS_US_PER_S / 2)  /* so old may a listing be */
#define LAST_US       (300 * KDS_US_PER_S) /* by then everything must be over */

/* Who shares the lease store, and how. */
enum kind {
    ALONE, /* workers of this library, in a store that tells what is */
    FLEET, /* as in DynamoDB: listings are old; every worker takes its share */
    LED    /* the same, and one leads, as with the KCL 3.x */
};

struct run {
    struct world world;
    struct wire wire;
    struct history *history;
    struct table *table;
    struct vacancy vacancy;
    struct producer *producers[PRODUCERS_MAX];
    struct consumer *consumers[CONSUMERS_MAX];
    size_t producer_count, consumer_count;
    int64_t ttl_ms, failover_ms;
    enum kind kind;
    char start[40]; /* where reading begins */
    bool mode_changes;
    bool over;      /* the trouble is */
    bool death_due; /* one more, in a world in which nothing else goes wrong */
};

static struct consumer *some_consumer(struct run *r)
{
    return r->consumers[world_between(&r->world, 0, (int64_t)r->consumer_count - 1)];
}

/* Until another process is started: at once, or when its leases are long gone. */
static int64_t some_down_us(struct run *r)
{
    int64_t failover_us = r->failover_ms * KDS_US_PER_MS;
    return world_chance(&r->world, 50) ? 0 : world_between(&r->world, 0, 3 * failover_us);
}

/* ---- what happens ------------------------------------------------------------------------- */

static void on_put(void *context, void *payload)
{
    struct run *r = context;
    char key[32], hash_key[48];
    (void)payload;
    struct producer *p =
        r->producers[world_between(&r->world, 0, (int64_t)r->producer_count - 1)];
    int64_t burst = world_between(&r->world, 1, 8);
    for (int64_t i = 0; i < burst; i++) {
        snprintf(key, sizeof key, "key-%lld", (long long)world_between(&r->world, 0, 40));
        bool given = world_chance(&r->world, 10);
        snprintf(hash_key, sizeof hash_key, "%llu",
                 (unsigned long long)kds_rng_next(&r->world.rng));
        producer_put(p, 0, key, given ? hash_key : NULL,
                     (size_t)world_between(&r->world, 12,
                                           world_chance(&r->world, 5) ? 2000 : 120));
    }
}

static void on_reshard(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    wire_reshard(&r->wire, 0);
}

static void on_mishap(void *context, void *payload)
{
    struct run *r = context;
    (void)payload;
    struct consumer *c = some_consumer(r);
    int64_t failover_us = r->failover_ms * KDS_US_PER_MS;
    switch (world_between(&r->world, 0, 4)) {
    case 0:
        consumer_crash(c, some_down_us(r));
        break;
    case 1:
        consumer_pause(c, r->world.now_us + 3 * failover_us);
        break;
    case 2:
        consumer_restart(c, some_down_us(r));
        break;
    case 3:
        producer_crash(
            r->producers[world_between(&r->world, 0, (int64_t)r->producer_count - 1)]);
        break;
    default:
        producer_flush(r->producers[0]);
        break;
    }
}

/* What befalls a fleet. */
static void on_fleet_mishap(void *context, void *payload)
{
    static const char *const words[] = {
        "CLIENT_VERSION_3X", "CLIENT_VERSION_3X_WITH_ROLLBACK", "CLIENT_VERSION_2X",
        "CLIENT_VERSION_UPGRADE_FROM_2X"};
    struct run *r = context;
    int64_t until_us =
        r->world.now_us + world_between(&r->world, 0, 3 * r->failover_ms * KDS_US_PER_MS);
    (void)payload;
    switch (world_between(&r->world, 0, 3)) {
    case 0:
        for (size_t i = 0; i < r->consumer_count; i++) {
            consumer_cut_off(r->consumers[i], until_us);
        }
        break;
    case 1:
        consumer_cut_off(some_consumer(r), until_us);
        break;
    case 2:
        for (size_t i = 0; i < r->consumer_count; i++) {
            if (consumer_leads(r->consumers[i])) {
                consumer_crash(r->consumers[i], some_down_us(r));
            }
        }
        break;
    default:
        if (r->mode_changes) {
            const char *word = words[world_between(&r->world, 0, 3)];
            world_tell(&r->world, "the mode is %s", word);
            table_set_mode(r->table, word);
        }
        break;
    }
}

static void on_over(void *context, void *payload)
{
    struct run *r = context;
    const struct wire_faults none = {.delay_us = 5 * KDS_US_PER_MS};
    (void)payload;
    world_tell(&r->world, "the trouble is over");
    r->wire.faults = none;
    for (size_t i = 0; i < r->consumer_count; i++) {
        consumer_heal(r->consumers[i]);
    }
    r->over = true;
}

/* The longest that a shard may be without a reader after a death. */
static int64_t vacancy_most_us(const struct run *r, const struct consumer *dies)
{
    bool led = false;
    for (size_t i = 0; i < r->consumer_count; i++) {
        led |= r->consumers[i] != dies && consumer_leads(r->consumers[i]);
    }
    int64_t failover_us = r->failover_ms * KDS_US_PER_MS;
    int64_t look_us = failover_us / 4 < KDS_US_PER_S ? failover_us / 4 : KDS_US_PER_S;
    if (r->kind != LED) {
        return failover_us + 2 * look_us + OLD_US + KDS_US_PER_S;
    }
    /* The leader looks every two fail-over times, and whoever dies just after a look is seen at the one after the next;
     * a lock ages for twelve, and is looked at in every one. */
    return (led ? 5 : 20) * failover_us + 2 * look_us + OLD_US + 3 * KDS_US_PER_S;
}

/* A worker goes when all is well: its shards are to have readers soon. */
static void on_death(void *context, void *payload)
{
    struct run *r = context;
    struct consumer *c = some_consumer(r);
    (void)payload;
    vacancy_judge(&r->vacancy, vacancy_most_us(r, c), r->consumer_count > 1);
    if (r->kind != LED) {
        vacancy_judge_begun(&r->vacancy);
    }
    wire_reshard(&r->wire, 0);
    r->death_due = false;
    if (world_chance(&r->world, 50)) {
        consumer_crash(c, 0);
    } else {
        consumer_restart(c, 0);
    }
}

/* ---- the plan of a seed ------------------------------------------------------------------- */

static unsigned percent(struct run *r, int64_t most)
{
    return world_chance(&r->world, 50) ? 0 : (unsigned)world_between(&r->world, 1, most);
}

static void plan_network(struct run *r)
{
    struct wire_faults *f = &r->wire.faults;
    f->refuse = percent(r, 20);
    f->lose_request = percent(r, 15);
    f->lose_answer = percent(r, 15);
    f->repeat_answer = percent(r, 20);
    f->server_error = percent(r, 15);
    f->throttle = percent(r, 15);
    f->partial = percent(r, 40);
    f->odd = percent(r, 30);
    f->cut = percent(r, 30);
    f->delay_us = world_between(&r->world, 1, 1500) * KDS_US_PER_MS;
    if (world_chance(&r->world, 70)) {
        f->delay_us = world_between(&r->world, 1, 50) * KDS_US_PER_MS;
    }
}

/* Reading begins with the oldest record, or now, or at an instant, before or after workers are there. */
static int64_t plan_start(struct run *r)
{
    snprintf(r->start, sizeof r->start, "trim_horizon");
    if (world_chance(&r->world, 70)) {
        return 0;
    }
    int64_t ms = world_between(&r->world, 0, 6000);
    if (world_chance(&r->world, 50)) {
        snprintf(r->start, sizeof r->start, "latest");
        history_reads_from(r->history, KDS_NEVER_US);
    } else {
        /* WORLD_EPOCH_US is at 14:13:20 */
        snprintf(r->start, sizeof r->start, "2026-09-21T14:13:%02d.%03dZ",
                 20 + (int)(ms / 1000), (int)(ms % 1000));
        history_reads_from(r->history, ms * KDS_US_PER_MS);
    }
    return world_between(&r->world, 0, 5 * KDS_US_PER_S);
}

static void plan_table(struct run *r)
{
    static const char *const shares[] = {"", "CLIENT_VERSION_2X",
                                         "CLIENT_VERSION_UPGRADE_FROM_2X"};
    const char *word = "CLIENT_VERSION_3X";
    r->kind = world_chance(&r->world, 60)   ? ALONE
              : world_chance(&r->world, 50) ? FLEET
                                            : LED;
    struct table_plan plan = {.old_us = 0};
    if (r->kind != ALONE) {
        plan.old_us = world_between(&r->world, 1, OLD_US);
        plan.index_us = world_between(&r->world, 0, 5 * KDS_US_PER_S);
        plan.no_index = world_chance(&r->world, 20);
        plan.page = (size_t)world_between(&r->world, 1, 20);
    }
    r->table = table_new(&r->world, &plan);
    world_tell(&r->world, "the store is of kind %d", (int)r->kind);
    r->mode_changes = r->kind != ALONE && world_chance(&r->world, 10);
    if (r->kind == FLEET) {
        word = shares[world_between(&r->world, 0, 2)];
    }
    if (r->kind != ALONE && word[0] != 0) {
        table_set_mode(r->table, word);
    }
}

static void plan_actors(struct run *r, uint64_t seed)
{
    r->ttl_ms = world_between(&r->world, 3, 30) * 1000;
    r->failover_ms = world_between(&r->world, 2, r->kind == LED ? 15 : 30) * 100;
    const struct producer_plan producer = {
        .aggregate = !world_chance(&r->world, 15),
        .linger_ms = world_between(&r->world, 0, 200),
        .ttl_ms = r->ttl_ms,
        .aggregate_bytes = world_between(&r->world, 64, 4000),
        .buffer_bytes = world_chance(&r->world, 20) ? 65536 : 64 * 1024 * 1024,
    };
    bool poison = world_chance(&r->world, 30);
    bool fan_out = world_chance(&r->world, 40);
    /* Below what the setting allows. A subscription's credit is 64 KiB at least: with less than that for each, shards
     * take turns of ten seconds, and a run is too short for all. */
    int64_t tight_bytes = fan_out ? world_between(&r->world, 256 << 10, 512 << 10)
                                  : world_between(&r->world, 1, 4000);
    int64_t clock_us = r->kind == LED ? 2 * KDS_US_PER_S : 180 * KDS_US_PER_S;
    struct consumer_plan consumer = {
        .failover_ms = r->failover_ms,
        .checkpoint_every =
            world_chance(&r->world, 50) ? 0 : world_between(&r->world, 1, 50),
        .max_records = world_between(&r->world, 1, 30),
        .batch_max = world_chance(&r->world, 50) ? 10000 : world_between(&r->world, 1, 9),
        .retries = poison ? world_between(&r->world, 0, 2) : 1000000,
        .budget_bytes = world_chance(&r->world, 30) ? tight_bytes : 1 << 20,
        .threads = (size_t)world_between(&r->world, 1, 3),
        .application = {.fails = percent(r, 20),
                        .poison = poison ? (unsigned)world_between(&r->world, 5, 40) : 0,
                        .manual = world_chance(&r->world, 40),
                        .dead_letters = poison},
        .store_fails = percent(r, 20),
        .store_late = percent(r, 5),
        .fleet = r->kind != ALONE,
        .new_names = world_chance(&r->world, 50),
        .idle_ms = world_chance(&r->world, 95) ? 1000 : 60000,
        .handoff_ms = world_chance(&r->world, 50) ? 30000 : 3 * r->failover_ms + 1000,
        .starts_us = plan_start(r),
        .start = r->start,
        .fan_out = fan_out,
        .fallback = world_chance(&r->world, 50),
    };
    bool one_cannot_lead = r->kind == LED && world_chance(&r->world, 10);
    r->producer_count = (size_t)world_between(&r->world, 1, PRODUCERS_MAX);
    r->consumer_count = (size_t)world_between(&r->world, 1, CONSUMERS_MAX);
    for (size_t i = 0; i < r->producer_count; i++) {
        r->producers[i] = producer_new(&r->wire, &producer, seed * 31 + i);
    }
    for (size_t i = 0; i < r->consumer_count; i++) {
        consumer.no_rows = one_cannot_lead && i == 0 && r->consumer_count > 1;
        consumer.clock_us = world_between(&r->world, -clock_us, clock_us);
        r->consumers[i] = consumer_new(&r->wire, r->table, &r->vacancy, (unsigned)i,
                                       &consumer, seed * 37 + i);
    }
}

static void plan_events(struct run *r)
{
    int64_t puts = world_between(&r->world, 5, 60);
    int64_t reshards = world_between(&r->world, 0, 5);
    int64_t mishaps = world_between(&r->world, 0, 4);
    for (int64_t i = 0; i < puts; i++) {
        world_at(&r->world, world_between(&r->world, 0, FAULTS_US), on_put, r, NULL);
    }
    for (int64_t i = 0; i < reshards; i++) {
        world_at(&r->world, world_between(&r->world, 0, FAULTS_US), on_reshard, r, NULL);
    }
    for (int64_t i = 0; i < mishaps; i++) {
        world_at(&r->world, world_between(&r->world, 0, FAULTS_US), on_mishap, r, NULL);
    }
    int64_t troubles = r->kind != ALONE ? world_between(&r->world, 0, 3) : 0;
    for (int64_t i = 0; i < troubles; i++) {
        world_at(&r->world, world_between(&r->world, 0, FAULTS_US), on_fleet_mishap, r,
                 NULL);
    }
    world_at(&r->world, FAULTS_US, on_over, r, NULL);
    r->death_due = !r->mode_changes && world_chance(&r->world, 25);
    if (r->death_due) {
        world_at(&r->world, QUIET_US + world_between(&r->world, 0, KDS_US_PER_S),
                 on_death, r, NULL);
    }
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
    for (size_t i = 0; i < r->consumer_count; i++) {
        consumer_pump(r->consumers[i]);
        int64_t at_us = consumer_wake_at_us(r->consumers[i]);
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
    return r->over && !r->death_due && r->world.now_us > vacancy_until_us(&r->vacancy) &&
           history_all_consumed(r->history);
}

static void step_until_finished(struct run *r)
{
    size_t idle_steps = 0;
    while (history_verdict(r->history) == NULL && !finished(r)) {
        int64_t before_us = r->world.now_us;
        int64_t wake_us = pump(r);
        if (r->world.now_us >= LAST_US) {
            return; /* the judges say what is missing */
        }
        world_step(&r->world, wake_us);
        idle_steps = r->world.now_us == before_us ? idle_steps + 1 : 0;
        if (idle_steps > 100000) {
            history_broken(r->history, "the world stands still at %lld us",
                           (long long)r->world.now_us);
        }
    }
}

/* Let what is under way come to its end, so that nothing is left behind. */
static void drain_events(struct run *r)
{
    while (world_next_us(&r->world) != KDS_NEVER_US) {
        world_step(&r->world, world_next_us(&r->world));
    }
}

static void close_run(struct run *r)
{
    for (size_t i = 0; i < r->consumer_count; i++) {
        consumer_pause(r->consumers[i], 0);
        consumer_hang_up(r->consumers[i]);
    }
    drain_events(r);
    for (size_t i = 0; i < r->producer_count; i++) {
        producer_free(r->producers[i]);
    }
    for (size_t i = 0; i < r->consumer_count; i++) {
        consumer_free(r->consumers[i]);
    }
    table_free(r->table);
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
    history_clock(r.history, &r.world.now_us);
    vacancy_init(&r.vacancy, r.history);
    const struct local_service_options options = {
        .seed = seed, .subscription_ms = world_between(&r.world, 2, 30) * 1000};
    wire_init_with(&r.wire, &r.world, r.history, &options);
    wire_create_stream(&r.wire, 0, (unsigned)world_between(&r.world, 1, 4));
    plan_network(&r);
    plan_table(&r);
    plan_actors(&r, seed);
    plan_events(&r);
    step_until_finished(&r);
    if (history_verdict(r.history) == NULL) {
        history_judge_producer(r.history,
                               r.ttl_ms * KDS_US_PER_MS + WIRE_TIMEOUT_US + KDS_US_PER_S);
        history_judge_consumer(r.history);
        vacancy_end(&r.vacancy, r.world.now_us);
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
