#include "fleet_worker.h"

#include "base/clock.h"
#include "base/error.h"
#include "kcl/kcl.h"
#include "libkcl/src/core_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S            KDS_US_PER_S
#define THREADS      16 /* tasks of one worker at a time */
#define NO_ANSWER_US (10 * S)

struct errand {
    struct fleet_worker *worker;
    unsigned generation;
    uint64_t id;
    struct kcl_store_op *op; /* a copy */
    struct kcl_store_result result;
    bool stored;
    const void *output;
};

static void pump(struct fleet_worker *w);

/* ---- who holds what ------------------------------------------------------------------------- */

static bool claim_is_valid(const struct fleet *f, const struct fleet_claim *c)
{
    const struct fleet_worker *w = &f->workers[c->worker];
    return w->core != NULL && w->generation == c->generation &&
           f->world.now_us < c->until_us;
}

/* A lease begins to be held, is held on or is held no more by an answer of the store, and by nothing else. A lease
 * that two hold validly at once is a broken promise. */
static void note_claim(struct fleet_worker *w, const struct kcl_store_op *op)
{
    struct fleet *f = w->fleet;
    if (op->kind < KCL_STORE_TAKE || op->kind > KCL_STORE_RELEASE) {
        return;
    }
    const struct kcl_shard *s = kcl_core_find_shard(w->core, op->shard_id);
    struct fleet_claim *c = &f->claims[fleet_stream_number(op->shard_id)];
    bool mine = c->worker == w->number && c->generation == w->generation;
    if (s != NULL && s->held && !s->lost && f->world.now_us < s->valid_until_us) {
        if (!mine && claim_is_valid(f, c)) {
            f->broken = "C5: two workers hold one lease";
        }
        *c = (struct fleet_claim){w->number, w->generation, s->valid_until_us};
    } else if (mine) {
        c->until_us = 0;
    }
}

struct fleet_division fleet_look(const struct fleet *f)
{
    struct fleet_division d = {.least = SIZE_MAX};
    size_t *mine = world_alloc(f->worker_count * sizeof *mine);
    for (size_t i = 0; i < f->stream.count; i++) {
        const struct fleet_claim *c = &f->claims[i];
        if (!f->stream.shards[i].closed && claim_is_valid(f, c) &&
            !f->workers[c->worker].stopping) {
            mine[c->worker]++;
            d.held++;
        }
    }
    for (unsigned i = 0; i < f->worker_count; i++) {
        if (f->workers[i].core != NULL && !f->workers[i].stopping) {
            d.alive++;
            d.least = mine[i] < d.least ? mine[i] : d.least;
            d.most = mine[i] > d.most ? mine[i] : d.most;
        }
    }
    free(mine);
    return d;
}

/* ---- errands -------------------------------------------------------------------------------- */

static void release_output(const void *output, void *opaque)
{
    (void)opaque;
    free((void *)(uintptr_t)output);
}

static struct errand *errand_new(struct fleet_worker *w, uint64_t id)
{
    struct errand *e = world_alloc(sizeof *e);
    e->worker = w;
    e->generation = w->generation;
    e->id = id;
    return e;
}

static void errand_free(struct errand *e)
{
    free(e->op);
    free(e);
}

static bool is_there(const struct errand *e)
{
    return e->worker->core != NULL && e->generation == e->worker->generation;
}

/* Half of a round trip. */
static int64_t soon(struct fleet *f)
{
    return f->world.now_us + world_between(&f->world, KDS_US_PER_MS, 5 * KDS_US_PER_MS);
}

static void on_answer(void *context, void *payload)
{
    struct errand *e = payload;
    struct fleet_worker *w = e->worker;
    (void)context;
    if (is_there(e) && e->stored) {
        kcl_core_done_store(w->core, w->fleet->world.now_us, e->id, &e->result);
        note_claim(w, e->op);
    } else if (is_there(e)) {
        kcl_core_done_call(w->core, w->fleet->world.now_us, e->id, e->output, NULL);
    } else if (e->output != NULL) {
        release_output(e->output, NULL);
    }
    kcl_store_result_clear(&e->result);
    errand_free(e);
    pump(w);
}

/* Nothing is ever read: no iterator comes. */
static void on_silence(void *context, void *payload)
{
    struct errand *e = payload;
    struct fleet_worker *w = e->worker;
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

/* ---- the store ------------------------------------------------------------------------------ */

static void on_store(void *context, void *payload)
{
    struct errand *e = payload;
    struct fleet *f = e->worker->fleet;
    (void)context;
    table_run(f->table, e->op, &e->result);
    e->stored = true;
    f->ops[e->op->kind] += e->op->lease_count > 0 ? e->op->lease_count : 1;
    f->gained += e->op->kind == KCL_STORE_TAKE && e->result.err == KDS_OK;
    if (e->op->kind == KCL_STORE_CHECKPOINT && e->result.err == KDS_OK &&
        e->op->position.kind == KCL_AT_SHARD_END) {
        f->stream.shards[fleet_stream_number(e->op->shard_id)].ended = true;
    }
    world_at(&f->world, soon(f), on_answer, NULL, e);
}

static void do_store(struct fleet_worker *w, const struct kcl_action *action)
{
    struct errand *e = errand_new(w, action->id);
    e->op = table_copy_op(action->u.store);
    world_at(&w->fleet->world, soon(w->fleet), on_store, NULL, e);
}

uint64_t fleet_all_ops(const struct fleet *f)
{
    uint64_t sum = 0;
    for (size_t i = 0; i <= KCL_STORE_ROW_DELETE; i++) {
        sum += f->ops[i];
    }
    return sum;
}

size_t fleet_lease_count(const struct fleet *f)
{
    struct kcl_store_op op = {.kind = KCL_STORE_LIST};
    struct kcl_store_result result;
    size_t count = 0;
    do {
        table_run(f->table, &op, &result);
        count += result.lease_count;
        memcpy(op.cursor, result.cursor, sizeof op.cursor);
        kcl_store_result_clear(&result);
    } while (op.cursor[0] != 0);
    return count;
}

/* ---- the stream ----------------------------------------------------------------------------- */

static void do_call(struct fleet_worker *w, const struct kcl_action *action)
{
    struct fleet *f = w->fleet;
    struct errand *e = errand_new(w, action->id);
    bool reads = action->kind == KCL_ACTION_GET_ITERATOR;
    if (reads && !f->reads) {
        world_at(&f->world, f->world.now_us + NO_ANSWER_US, on_silence, NULL, e);
        return;
    }
    e->output = action->kind == KCL_ACTION_DESCRIBE ? fleet_stream_describe()
                : action->kind == KCL_ACTION_LIST_SHARDS
                    ? fleet_stream_list(&f->stream, &action->u.list_shards)
                : reads ? fleet_stream_iterator(&f->stream, &action->u.get_iterator)
                        : fleet_stream_records(&f->stream, &action->u.get_records);
    world_at(&f->world, soon(f), on_answer, NULL, e);
}

static void on_task_end(void *context, void *payload)
{
    struct errand *e = payload;
    struct fleet_worker *w = e->worker;
    (void)context;
    if (is_there(e)) {
        kcl_core_done_task(w->core, w->fleet->world.now_us, e->id, true);
        kcl_core_serve(w->core, 1);
    }
    errand_free(e);
    pump(w);
}

static void do_task(struct fleet_worker *w, const struct kcl_action *action)
{
    struct fleet *f = w->fleet;
    struct fleet_shard *shard =
        &f->stream.shards[fleet_stream_number(action->u.task.shard_id)];
    if (!kcl_core_begin_task(w->core, f->world.now_us, action->id)) {
        kcl_core_serve(w->core, 1);
        return;
    }
    if (action->u.task.kind == KCL_TASK_PROCESS && shard->handed_us == KDS_NEVER_US) {
        shard->handed_us = f->world.now_us;
    }
    if (shard->has_parent && !f->stream.shards[shard->parent].ended) {
        f->broken = "C7: a shard begins before the end of its parent";
    }
    world_at(&f->world, f->world.now_us + KDS_US_PER_MS, on_task_end, NULL,
             errand_new(w, action->id));
}

/* ---- workers -------------------------------------------------------------------------------- */

static void on_wake(void *context, void *payload)
{
    struct fleet_worker *w = context;
    (void)payload;
    if (w->wakes_us <= w->fleet->world.now_us) {
        w->wakes_us = KDS_NEVER_US;
        pump(w);
    }
}

static void run_action(struct fleet_worker *w, const struct kcl_action *action)
{
    if (action->kind == KCL_ACTION_STORE) {
        do_store(w, action);
    } else if (action->kind == KCL_ACTION_TASK) {
        do_task(w, action);
    } else if (action->kind != KCL_ACTION_EVENT) {
        do_call(w, action);
    }
}

static void pump(struct fleet_worker *w)
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
        fleet_kill(f, w->number); /* nothing is left to lose */
        return;
    }
    int64_t at_us = kcl_core_wake_at_us(w->core, f->world.now_us);
    if (at_us < w->wakes_us) {
        w->wakes_us = at_us > f->world.now_us ? at_us : f->world.now_us + 1;
        world_at(&f->world, w->wakes_us, on_wake, w, NULL);
    }
}

void fleet_start(struct fleet *f, unsigned number)
{
    struct fleet_worker *w = &f->workers[number];
    char name[64];
    w->fleet = f;
    w->number = number;
    w->generation++;
    w->stopping = false;
    w->wakes_us = KDS_NEVER_US;
    f->worker_count = number < f->worker_count ? f->worker_count : number + 1;
    snprintf(name, sizeof name, "host-%u.example.com:%u", number, w->generation);
    const struct kcl_core_options options = {
        .conf = f->conf,
        .worker_id = name,
        .seed = f->seed * 100003 + number * UINT64_C(1000) + w->generation,
        .store_is_local = f->local,
        .store_has_fleet = !f->local,
        .tasks = 1u << KCL_TASK_PROCESS,
        .release = release_output};
    w->core = kcl_core_new(&options);
    if (w->core == NULL) {
        exit(2);
    }
    kcl_core_serve(w->core, f->reads ? THREADS : 0);
    kcl_core_set_wall(w->core, WORLD_EPOCH_US, 0);
    pump(w);
}

void fleet_kill(struct fleet *f, unsigned number)
{
    kcl_core_free(f->workers[number].core);
    f->workers[number].core = NULL;
}

void fleet_stop(struct fleet *f, unsigned number)
{
    kcl_core_stop(f->workers[number].core, f->world.now_us);
    f->workers[number].stopping = true;
    pump(&f->workers[number]);
}

/* ---- the whole ------------------------------------------------------------------------------ */

void fleet_init(struct fleet *f, size_t shards, size_t shards_max, unsigned workers_max)
{
    world_init(&f->world, f->seed);
    const struct table_plan plan = {.old_us = f->old_us};
    f->table = table_new(&f->world, &plan);
    f->workers = world_alloc(workers_max * sizeof *f->workers);
    f->claims = world_alloc(shards_max * sizeof *f->claims);
    fleet_stream_init(&f->stream, shards, shards_max);
}

void fleet_clear(struct fleet *f)
{
    for (unsigned i = 0; i < f->worker_count; i++) {
        if (f->workers[i].core != NULL) {
            fleet_kill(f, i);
        }
    }
    while (world_next_us(&f->world) != KDS_NEVER_US) {
        world_step(&f->world, world_next_us(&f->world));
    }
    world_clear(&f->world);
    table_free(f->table);
    fleet_stream_clear(&f->stream);
    free(f->workers);
    free(f->claims);
}
