/*
 * fleet: many workers and many shards around one lease store: how leases are divided, how long a failure takes, how
 * soon the children of split shards are read, what the store is asked.
 *
 *   fleet [--shards N] [--workers N] [--failover MS] [--seed N] [--dynamodb | --led] [--old MS] [--splits N]
 *
 * Everything is the workers' own deciding code on a virtual clock; only the round trips (2 to 10 ms) are assumed.
 * With --splits every shard is split so many times, each time all at once; without it nothing is read. A row for
 * docs/lease-store.md is printed; a promise that is broken ends it with status 1.
 */
#include "fleet_worker.h"

#include "base/clock.h"
#include "kcl/kcl.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S KDS_US_PER_S

struct options {
    unsigned shards, workers, splits;
    int64_t failover_ms, old_ms; /* ... so old are listings, at most */
    uint64_t seed;
    bool local, led; /* SQLite; as the KCL 3.x: one assigns */
};

struct run {
    struct fleet fleet;
    struct options options;
    int64_t bound_us; /* for each wait */
};

/* ---- waiting -------------------------------------------------------------------------------- */

static bool is_whole(const struct fleet *f)
{
    return fleet_look(f).held == f->stream.open;
}

static bool is_fair(const struct fleet *f)
{
    struct fleet_division d = fleet_look(f);
    size_t share = (f->stream.open + d.alive - 1) / d.alive;
    return d.held == f->stream.open && d.most <= share + share / 20 + 1 &&
           d.least + share / 10 + 1 >= f->stream.open / d.alive;
}

static bool is_read(const struct fleet *f)
{
    for (size_t i = 0; i < f->stream.count; i++) {
        if (f->stream.shards[i].handed_us == KDS_NEVER_US) {
            return false;
        }
    }
    return true;
}

static bool is_cleared(const struct fleet *f)
{
    return fleet_lease_count(f) == f->stream.open;
}

static void run_until(struct fleet *f, int64_t until_us)
{
    while (f->world.now_us < until_us) {
        world_step(&f->world, until_us);
    }
}

/* Until it is so. @return seconds; -1 and broken if it takes too long */
static double wait_for(struct run *r, bool (*so)(const struct fleet *), const char *what)
{
    struct fleet *f = &r->fleet;
    int64_t from_us = f->world.now_us;
    while (!so(f) && f->broken == NULL) {
        if (f->world.now_us - from_us > r->bound_us) {
            f->broken = what;
            return -1;
        }
        run_until(f, f->world.now_us + S / 10);
    }
    return (double)(f->world.now_us - from_us) / 1e6;
}

/* ---- leases --------------------------------------------------------------------------------- */

static void start_all(struct run *r)
{
    for (unsigned i = 0; i < r->options.workers; i++) {
        fleet_start(&r->fleet, i);
    }
}

/* In a minute in which nothing happens. */
static void rest(struct run *r, uint64_t *ops, uint64_t *looks)
{
    struct fleet *f = &r->fleet;
    run_until(f, f->world.now_us + 60 * S); /* settle */
    uint64_t gained = f->gained, before = fleet_all_ops(f),
             lists = f->ops[KCL_STORE_LIST];
    run_until(f, f->world.now_us + 60 * S);
    *ops = fleet_all_ops(f) - before;
    *looks = f->ops[KCL_STORE_LIST] - lists;
    if (f->gained != gained) {
        f->broken = "F-P07: leases move at rest";
    }
}

static void run_leases(struct run *r)
{
    const struct options *o = &r->options;
    struct fleet *f = &r->fleet;
    uint64_t ops, looks;
    start_all(r);
    double whole_s = wait_for(r, is_whole, "leases stay without a worker");
    uint64_t tries = f->ops[KCL_STORE_TAKE], makes = f->ops[KCL_STORE_CREATE];
    double fair_s = whole_s + wait_for(r, is_fair, "the shares stay unequal");
    uint64_t moves = f->gained - o->shards;
    rest(r, &ops, &looks);

    fleet_kill(f, 0);
    double killed_s = wait_for(r, is_whole, "a dead worker's leases stay");
    wait_for(r, is_fair, "the shares stay unequal after a death");
    fleet_stop(f, 1);
    double stopped_s = wait_for(r, is_whole, "a stopped worker's leases stay");
    wait_for(r, is_fair, "the shares stay unequal after a stop");
    uint64_t gained = f->gained;
    fleet_start(f, o->workers);
    fleet_start(f, 1);
    double joined_s = wait_for(r, is_fair, "newcomers get no share");
    uint64_t joined_moves = f->gained - gained;
    for (unsigned i = 2; i < o->workers / 2 + 1; i++) {
        fleet_kill(f, i);
    }
    double half_s = wait_for(r, is_whole, "leases stay after half have died");
    printf("| %u | %u | %.2f | %.1f | %.1f | %.2f | %llu | %.1f | %.1f | %.1f | %.2f | "
           "%.1f | %llu | %llu |\n",
           o->shards, o->workers, (double)makes / o->shards, whole_s, fair_s,
           (double)tries / o->shards, (unsigned long long)moves, killed_s, stopped_s,
           joined_s, (double)joined_moves * o->workers / (2.0 * o->shards), half_s,
           (unsigned long long)ops, (unsigned long long)looks);
}

/* ---- reshards ------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Split all that is open, and print how long the children waited for their first record. */
static void split_all(struct run *r, unsigned generation)
{
    struct fleet *f = &r->fleet;
    size_t before = f->stream.count;
    uint64_t ops = fleet_all_ops(f), lists = f->ops[KCL_STORE_LIST];
    int64_t split_us = f->world.now_us;
    for (size_t i = 0; i < before; i++) {
        if (!f->stream.shards[i].closed) {
            fleet_stream_split(&f->stream, i, split_us);
        }
    }
    wait_for(r, is_read, "C9: children of split shards stay unread");
    size_t count = f->stream.count - before;
    int64_t *waits_us = world_alloc(count * sizeof *waits_us);
    for (size_t i = 0; i < count; i++) {
        waits_us[i] = f->stream.shards[before + i].handed_us - split_us;
    }
    qsort(waits_us, count, sizeof *waits_us, by_time);
    ops = fleet_all_ops(f) - ops;
    lists = f->ops[KCL_STORE_LIST] - lists;
    double fair_s = wait_for(r, is_fair, "the shares stay unequal after a split");
    printf("| %u | %u | %u | %zu | %.2f | %.2f | %.2f | %.1f | %llu |", r->options.shards,
           r->options.workers, generation, count, (double)waits_us[count / 2] / 1e6,
           (double)waits_us[count * 99 / 100] / 1e6, (double)waits_us[count - 1] / 1e6,
           (double)ops / (double)count, (unsigned long long)lists);
    free(waits_us);
    double cleared_s = wait_for(r, is_cleared, "leases of ended shards stay");
    printf(" %.1f | %.1f |\n", fair_s, fair_s + cleared_s);
    fflush(stdout);
}

static void run_splits(struct run *r)
{
    start_all(r);
    wait_for(r, is_read, "shards stay unread");
    wait_for(r, is_fair, "the shares stay unequal");
    run_until(&r->fleet, r->fleet.world.now_us + 60 * S);
    for (unsigned i = 1; i <= r->options.splits && r->fleet.broken == NULL; i++) {
        split_all(r, i);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

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
        } else if (strcmp(argv[i], "--splits") == 0) {
            o.splits = (unsigned)number_after(argc, argv, &i);
        } else if (strcmp(argv[i], "--failover") == 0) {
            o.failover_ms = (int64_t)number_after(argc, argv, &i);
        } else if (strcmp(argv[i], "--old") == 0) {
            o.old_ms = (int64_t)number_after(argc, argv, &i);
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

static struct kcl_conf *make_conf(const struct options *o)
{
    struct kcl_conf *conf = kcl_conf_new();
    char text[32];
    kcl_conf_set(conf, "application", "fleet", NULL);
    kcl_conf_set(conf, "stream", "stream", NULL);
    snprintf(text, sizeof text, "%lld", (long long)o->failover_ms);
    kcl_conf_set(conf, "failover.ms", text, NULL);
    return conf;
}

int main(int argc, char **argv)
{
    const struct options o = read_options(argc, argv);
    struct run r = {.options = o,
                    .bound_us = 120 * o.failover_ms * KDS_US_PER_MS + 600 * S,
                    .fleet = {.seed = o.seed,
                              .local = o.local,
                              .reads = o.splits > 0,
                              .old_us = o.old_ms * KDS_US_PER_MS}};
    mallopt(M_MMAP_THRESHOLD, 64 << 20); /* pages of leases are big and short-lived */
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    r.fleet.conf = make_conf(&o);
    fleet_init(&r.fleet, o.shards, (size_t)o.shards << (o.splits + 1), o.workers + 1);
    if (o.led) {
        table_set_mode(r.fleet.table, "CLIENT_VERSION_3X");
    }
    if (o.splits > 0) {
        run_splits(&r);
    } else {
        run_leases(&r);
    }
    fleet_clear(&r.fleet);
    kcl_conf_free(r.fleet.conf);
    if (r.fleet.broken != NULL) {
        fprintf(stderr, "fleet: %s\n", r.fleet.broken);
    }
    return r.fleet.broken != NULL;
}
