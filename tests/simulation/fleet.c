/*
 * fleet: many workers and many shards around one lease store, without records: how leases are divided, how long a
 * failure takes, what the store is asked.
 *
 *   fleet [--shards N] [--workers N] [--failover MS] [--seed N] [--dynamodb [--led]]
 *
 * Everything is the workers' own deciding code on a virtual clock; only the store's round trip (2 to 10 ms) is
 * assumed. A row for docs/lease-store.md is printed; a promise that is broken ends it with status 1.
 */
#include "world.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "kcl/kcl.h"
#include "libkcl/src/conf.h"
#include "libkcl/src/core.h"
#include "libkcl/src/core_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S KDS_US_PER_S

struct options {
    unsigned shards, workers;
    int64_t failover_ms;
    uint64_t seed;
    bool local; /* a look at the leases costs little */
    bool led;   /* as the KCL 3.x: one assigns */
};

struct fleet;

struct worker {
    struct fleet *fleet;
    unsigned number, generation;
    struct kcl_core *core; /* NULL = it is not there */
    bool stopping;
    int64_t wakes_us; /* the earliest event that pumps it */
};

struct fleet {
    struct options options;
    struct world world;
    struct kcl_conf *conf;
    struct kcl_store *store;
    struct worker *workers;
    unsigned *held; /* scratch: by shard */
    uint64_t ops[KCL_STORE_ROW_DELETE + 1], refused, gained;
    const char *broken;
};

struct errand {
    struct worker *worker;
    unsigned generation;
    uint64_t id;
    struct kcl_store_op op;
    struct kcl_lease *leases; /* the core's may be gone by then */
    struct kcl_fleet_row row;
    struct kcl_store_result *result;
    const void *output;
};

/* ---- the service ---------------------------------------------------------------------------- */

/* An answer and all that it points to, in one piece of memory. */
static const void *describe(void)
{
    kds_describe_stream_summary_out_t *out = world_alloc(sizeof *out);
    out->stream_description_summary.stream_creation_timestamp_ms = 1700000000000;
    return out;
}

static const void *list_shards(const struct fleet *f)
{
    size_t n = f->options.shards;
    char *memory =
        world_alloc(sizeof(kds_list_shards_out_t) + n * (sizeof(kds_shard_t) + 3 * 40));
    kds_list_shards_out_t *out = (void *)memory;
    kds_shard_t *shards = (void *)(memory + sizeof *out);
    char *text = (char *)(shards + n);
    kds_u128_t step = kds_u128_div64(KDS_U128_MAX, n), first = {0, 0};
    for (size_t i = 0; i < n; i++) {
        kds_u128_t next = kds_u128_add(first, step);
        kds_u128_t last =
            i + 1 < n ? kds_u128_sub(next, (kds_u128_t){0, 1}) : KDS_U128_MAX;
        shards[i].shard_id =
            kds_slice_of(text, (size_t)sprintf(text, "shardId-%012zu", i));
        shards[i].hash_key_range.starting_hash_key =
            kds_slice_of(text + 40, kds_u128_format(first, text + 40));
        shards[i].hash_key_range.ending_hash_key =
            kds_slice_of(text + 80, kds_u128_format(last, text + 80));
        shards[i].sequence_number_range.starting_sequence_number = kds_slice("1");
        text += 120;
        first = next;
    }
    out->shards = shards;
    out->shards_count = n;
    return out;
}

static void release_output(const void *output, void *opaque)
{
    (void)opaque;
    free((void *)(uintptr_t)output);
}

/* ---- errands -------------------------------------------------------------------------------- */

static void pump(struct worker *w);

static void errand_free(struct errand *e)
{
    if (e->result != NULL) {
        kcl_store_result_clear(e->result);
    }
    free(e->result);
    free(e->leases);
    free(e);
}

static bool is_there(const struct errand *e)
{
    return e->worker->core != NULL && e->generation == e->worker->generation;
}

static void on_answer(void *context, void *payload)
{
    struct errand *e = payload;
    struct worker *w = e->worker;
    (void)context;
    if (is_there(e) && e->result != NULL) {
        kcl_core_done_store(w->core, w->fleet->world.now_us, e->id, e->result);
    } else if (is_there(e)) {
        kcl_core_done_call(w->core, w->fleet->world.now_us, e->id, e->output, NULL);
    } else if (e->output != NULL) {
        release_output(e->output, NULL);
    }
    errand_free(e);
    pump(w);
}

/* Nothing is ever read: no iterator comes. */
static void on_silence(void *context, void *payload)
{
    struct errand *e = payload;
    struct worker *w = e->worker;
    kds_error_t *error = NULL;
    (void)context;
    if (is_there(e)) {
        kds_error_set(&error, KDS_ERR_TIMED_OUT, "no answer in time");
        kcl_core_done_call(w->core, w->fleet->world.now_us, e->id, NULL, error);
        kds_error_free(error);
    }
    errand_free(e);
    pump(w);
}

static int64_t soon(struct fleet *f)
{
    return f->world.now_us + world_between(&f->world, KDS_US_PER_MS, 5 * KDS_US_PER_MS);
}

static void on_store(void *context, void *payload)
{
    struct errand *e = payload;
    struct fleet *f = e->worker->fleet;
    (void)context;
    e->result = world_alloc(sizeof *e->result);
    kcl_store_run(f->store, &e->op, e->result);
    f->ops[e->op.kind]++;
    f->refused += e->result->err != KDS_OK;
    f->gained += e->op.kind == KCL_STORE_TAKE && e->result->err == KDS_OK;
    world_at(&f->world, soon(f), on_answer, NULL, e);
}

static void run_action(struct worker *w, const struct kcl_action *action)
{
    struct fleet *f = w->fleet;
    if (action->kind == KCL_ACTION_EVENT) {
        return;
    }
    struct errand *e = world_alloc(sizeof *e);
    e->worker = w;
    e->generation = w->generation;
    e->id = action->id;
    if (action->kind == KCL_ACTION_GET_ITERATOR) {
        world_at(&f->world, f->world.now_us + 10 * S, on_silence, NULL, e);
        return;
    }
    if (action->kind != KCL_ACTION_STORE) {
        e->output = action->kind == KCL_ACTION_DESCRIBE ? describe() : list_shards(f);
        world_at(&f->world, soon(f), on_answer, NULL, e);
        return;
    }
    e->op = *action->u.store;
    if (e->op.lease_count > 0) {
        e->leases = world_alloc(e->op.lease_count * sizeof *e->leases);
        memcpy(e->leases, e->op.leases, e->op.lease_count * sizeof *e->leases);
        e->op.leases = e->leases;
    }
    if (e->op.row != NULL) {
        e->row = *e->op.row;
        e->op.row = &e->row;
    }
    world_at(&f->world, soon(f), on_store, NULL, e);
}

static void on_wake(void *context, void *payload)
{
    struct worker *w = context;
    (void)payload;
    if (w->wakes_us <= w->fleet->world.now_us) {
        w->wakes_us = KDS_NEVER_US;
        pump(w);
    }
}

static void pump(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct kcl_action action;
    if (w->core == NULL) {
        return;
    }
    while (kcl_core_next(w->core, f->world.now_us, &action)) {
        run_action(w, &action);
    }
    if (kcl_core_failure(w->core) != NULL) {
        f->broken = "a worker gave up";
    }
    if (w->stopping && kcl_core_stopped(w->core)) {
        kcl_core_free(w->core);
        w->core = NULL;
        return;
    }
    int64_t at_us = kcl_core_wake_at_us(w->core, f->world.now_us);
    if (at_us < w->wakes_us) {
        w->wakes_us = at_us > f->world.now_us ? at_us : f->world.now_us + 1;
        world_at(&f->world, w->wakes_us, on_wake, w, NULL);
    }
}

/* ---- workers -------------------------------------------------------------------------------- */

static void start_worker(struct fleet *f, unsigned number)
{
    struct worker *w = &f->workers[number];
    char name[64];
    w->fleet = f;
    w->number = number;
    w->generation++;
    w->stopping = false;
    w->wakes_us = KDS_NEVER_US;
    snprintf(name, sizeof name, "host-%u.example.com:%u", number, w->generation);
    const struct kcl_core_options options = {.conf = f->conf,
                                             .worker_id = name,
                                             .seed = f->options.seed * 100003 +
                                                     number * 1000 + w->generation,
                                             .store_is_local = f->options.local,
                                             .store_has_fleet = !f->options.local,
                                             .release = release_output};
    w->core = kcl_core_new(&options);
    if (w->core == NULL) {
        exit(2);
    }
    kcl_core_set_wall(w->core, WORLD_EPOCH_US);
    pump(w);
}

static void kill_worker(struct fleet *f, unsigned number)
{
    kcl_core_free(f->workers[number].core);
    f->workers[number].core = NULL;
}

static void stop_worker(struct fleet *f, unsigned number)
{
    kcl_core_stop(f->workers[number].core, f->world.now_us);
    f->workers[number].stopping = true;
    pump(&f->workers[number]);
}

/* ---- what is so now ------------------------------------------------------------------------- */

struct division {
    unsigned held, alive, least, most;
};

/* Who holds what. A lease that two hold validly at once is a broken promise (C5). */
static struct division look(struct fleet *f)
{
    struct division d = {.least = UINT32_MAX};
    memset(f->held, 0, f->options.shards * sizeof *f->held);
    for (unsigned i = 0; i < f->options.workers + 1; i++) {
        const struct kcl_shard *s;
        unsigned mine = 0;
        if (f->workers[i].core == NULL || f->workers[i].stopping) {
            continue;
        }
        for (size_t at = 0; (s = kcl_core_each_shard(f->workers[i].core, &at)) != NULL;) {
            unsigned shard = (unsigned)strtoul(s->lease.shard_id + 8, NULL, 10);
            bool valid = s->held && !s->lost && f->world.now_us < s->valid_until_us;
            mine += valid;
            if (valid && f->held[shard]++ > 0) {
                f->broken = "C5: two workers hold one lease";
            }
        }
        d.alive++;
        d.held += mine;
        d.least = mine < d.least ? mine : d.least;
        d.most = mine > d.most ? mine : d.most;
    }
    return d;
}

static bool is_whole(struct fleet *f)
{
    return look(f).held == f->options.shards;
}

static bool is_fair(struct fleet *f)
{
    struct division d = look(f);
    unsigned share = (f->options.shards + d.alive - 1) / d.alive;
    return d.held == f->options.shards && d.most <= share + share / 20 + 1 &&
           d.least + share / 10 + 1 >= f->options.shards / d.alive;
}

/* Until it is so. @return seconds; -1 and broken if it takes too long */
static double
wait_for(struct fleet *f, bool (*so)(struct fleet *), int64_t most_us, const char *what)
{
    int64_t from_us = f->world.now_us;
    while (!so(f) && f->broken == NULL) {
        if (f->world.now_us - from_us > most_us) {
            f->broken = what;
            return -1;
        }
        world_step(&f->world, f->world.now_us + S / 10);
    }
    return (double)(f->world.now_us - from_us) / 1e6;
}

static void wait_us(struct fleet *f, int64_t us)
{
    int64_t until_us = f->world.now_us + us;
    while (f->world.now_us < until_us) {
        world_step(&f->world, until_us);
        look(f);
    }
}

/* ---- the scenario --------------------------------------------------------------------------- */

static uint64_t all_ops(const struct fleet *f)
{
    uint64_t sum = 0;
    for (size_t i = 0; i <= KCL_STORE_ROW_DELETE; i++) {
        sum += f->ops[i];
    }
    return sum;
}

static void run(struct fleet *f)
{
    const struct options *o = &f->options;
    int64_t failover_us = o->failover_ms * KDS_US_PER_MS;
    int64_t bound_us = 120 * failover_us + 600 * S;
    for (unsigned i = 0; i < o->workers; i++) {
        start_worker(f, i);
    }
    double whole_s = wait_for(f, is_whole, bound_us, "leases stay without a worker");
    uint64_t tries = f->ops[KCL_STORE_TAKE];
    double fair_s = whole_s + wait_for(f, is_fair, bound_us, "the shares stay unequal");
    uint64_t moves = f->gained - o->shards;

    wait_us(f, 60 * S); /* settle */
    uint64_t gained = f->gained, before = all_ops(f), lists = f->ops[KCL_STORE_LIST];
    wait_us(f, 60 * S);
    uint64_t at_rest = all_ops(f) - before,
             lists_at_rest = f->ops[KCL_STORE_LIST] - lists;
    if (f->gained != gained) {
        f->broken = "F-P07: leases move at rest";
    }

    kill_worker(f, 0);
    double killed_s = wait_for(f, is_whole, bound_us, "a dead worker's leases stay");
    wait_for(f, is_fair, bound_us, "the shares stay unequal after a death");
    stop_worker(f, 1);
    double stopped_s = wait_for(f, is_whole, bound_us, "a stopped worker's leases stay");
    wait_for(f, is_fair, bound_us, "the shares stay unequal after a stop");
    gained = f->gained;
    start_worker(f, o->workers);
    start_worker(f, 1);
    double joined_s = wait_for(f, is_fair, bound_us, "newcomers get no share");
    uint64_t joined_moves = f->gained - gained;
    for (unsigned i = 2; i < o->workers / 2 + 1; i++) {
        kill_worker(f, i);
    }
    double half_s = wait_for(f, is_whole, bound_us, "leases stay after half have died");
    printf("| %u | %u | %.1f | %.1f | %.2f | %llu | %.1f | %.1f | %.1f | %.2f | %.1f | "
           "%llu | %llu |\n",
           o->shards, o->workers, whole_s, fair_s, (double)tries / o->shards,
           (unsigned long long)moves, killed_s, stopped_s, joined_s,
           (double)joined_moves * o->workers / (2.0 * o->shards), half_s,
           (unsigned long long)at_rest, (unsigned long long)lists_at_rest);
}

static uint64_t number_after(int argc, char **argv, int *i)
{
    if (++*i >= argc) {
        fprintf(stderr, "fleet: %s: a number is missing\n", argv[argc - 1]);
        exit(2);
    }
    return strtoull(argv[*i], NULL, 10);
}

static struct options read_options(int argc, char **argv)
{
    struct options o = {
        .shards = 1000, .workers = 20, .failover_ms = 10000, .seed = 1, .local = true};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--shards") == 0) {
            o.shards = (unsigned)number_after(argc, argv, &i);
        } else if (strcmp(argv[i], "--workers") == 0) {
            o.workers = (unsigned)number_after(argc, argv, &i);
        } else if (strcmp(argv[i], "--failover") == 0) {
            o.failover_ms = (int64_t)number_after(argc, argv, &i);
        } else if (strcmp(argv[i], "--seed") == 0) {
            o.seed = number_after(argc, argv, &i);
        } else if (strcmp(argv[i], "--dynamodb") == 0) {
            o.local = false;
        } else if (strcmp(argv[i], "--led") == 0) {
            o.led = true;
            o.local = false;
        } else {
            fprintf(stderr, "fleet: %s: unknown\n", argv[i]);
            exit(2);
        }
    }
    return o;
}

static void set_mode(struct fleet *f, const char *word)
{
    struct kcl_fleet_row row = {.kind = KCL_FLEET_MODE};
    struct kcl_store_op op = {.kind = KCL_STORE_ROW_PUT, .row = &row};
    struct kcl_store_result result;
    snprintf(row.mode, sizeof row.mode, "%s", word);
    kcl_store_run(f->store, &op, &result);
}

/* Everybody goes; what is still under way ends in nothing. */
static void finish(struct fleet *f)
{
    for (unsigned i = 0; i < f->options.workers + 1; i++) {
        if (f->workers[i].core != NULL) {
            kill_worker(f, i);
        }
    }
    while (world_next_us(&f->world) != KDS_NEVER_US) {
        world_step(&f->world, world_next_us(&f->world));
    }
    world_clear(&f->world);
    f->store->ops->free(f->store);
    kcl_conf_free(f->conf);
    free(f->workers);
    free(f->held);
}

int main(int argc, char **argv)
{
    char text[32];
    struct fleet f = {.options = read_options(argc, argv)};
    world_init(&f.world, f.options.seed);
    f.conf = kcl_conf_new();
    f.store = kcl_store_memory_new();
    kcl_conf_set(f.conf, "application", "fleet", NULL);
    kcl_conf_set(f.conf, "stream", "stream", NULL);
    snprintf(text, sizeof text, "%lld", (long long)f.options.failover_ms);
    kcl_conf_set(f.conf, "failover.ms", text, NULL);
    f.workers = world_alloc((f.options.workers + 1) * sizeof *f.workers);
    f.held = world_alloc(f.options.shards * sizeof *f.held);
    if (f.options.led) {
        set_mode(&f, "CLIENT_VERSION_3X");
    }
    run(&f);
    finish(&f);
    if (f.broken != NULL) {
        fprintf(stderr, "fleet: %s\n", f.broken);
    }
    return f.broken != NULL;
}
