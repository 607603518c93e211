#include "application.h"

#include "base/clock.h"
#include "base/slice.h"
#include "kcl/kcl.h"
#include "libkcl/src/core_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATE_MAX     4
#define TOLD_MOST_US KDS_US_PER_S /* of a shard that waits, with processor.stuck.ms=100 */
#define TOLD_LOOKS   50           /* so often it could tell meanwhile */

/* What it knows of one shard. */
struct shard {
    bool begun; /* INITIALIZE was done, and neither the end nor LEASE_LOST */
    bool open;  /* a task is */
    bool leaving;
    bool owes; /* it has ended, and its last records are not confirmed; since then: */
    int64_t owes_since_us, owes_until_us;
    unsigned owes_looks;
    bool owes_told;
    char id[64];
    int attachment; /* its address is the shard's state */
    size_t
        refused; /* of the batch that is open: how many are confirmed before it fails */
    struct kcl_position processed, confirmed;
    bool has_processed;
    struct kcl_position
        late[LATE_MAX]; /* processed, and to be confirmed later, in order */
    size_t late_count;
};

struct application {
    struct world *world;
    struct history *history;
    unsigned worker;
    struct application_plan plan;
    struct shard shards[HISTORY_SHARDS_MAX];
    size_t owing; /* shards that owe */
};

struct application *application_new(struct world *world,
                                    struct history *history,
                                    unsigned worker,
                                    const struct application_plan *plan)
{
    struct application *a = world_alloc(sizeof *a);
    a->world = world;
    a->history = history;
    a->worker = worker;
    a->plan = *plan;
    return a;
}

void application_free(struct application *a)
{
    free(a);
}

void application_heal(struct application *a)
{
    a->plan.fails = 0;
}

void application_crash(struct application *a)
{
    memset(a->shards, 0, sizeof a->shards);
    a->owing = 0;
}

unsigned application_tasks(const struct application *a)
{
    unsigned all = (2u << KCL_TASK_DEAD_LETTER) - 2;
    return a->plan.dead_letters ? all : all & ~(1u << KCL_TASK_DEAD_LETTER);
}

uint32_t application_shard_number(const char *shard_id)
{
    unsigned n = 0;
    sscanf(shard_id, "shardId-%u", &n);
    return n;
}

/* ---- the order of tasks ------------------------------------------------------------------- */

static void broken(struct application *a,
                   const kcl_task_t *task,
                   const struct shard *s,
                   const char *how)
{
    history_broken(a->history,
                   "task: worker %u, %s: task of kind %d %s (begun %d, open %d)",
                   a->worker, task->shard_id, (int)task->kind, how, s->begun, s->open);
}

static void check_order(struct application *a, const kcl_task_t *task, struct shard *s)
{
    bool records = task->kind == KCL_TASK_PROCESS || task->kind == KCL_TASK_DEAD_LETTER;
    if (s->open) {
        broken(a, task, s, "began while another was open");
    }
    if (s->begun != (task->kind != KCL_TASK_INITIALIZE)) {
        broken(a, task, s, "out of order");
    }
    if (s->leaving && task->kind != KCL_TASK_LEASE_LOST) {
        broken(a, task, s, "came after the shutdown was requested");
    }
    if (s->begun && task->state != &s->attachment) {
        broken(a, task, s, "lost the state of its shard");
    }
    if ((task->batch.count > 0) != records ||
        (task->kind == KCL_TASK_DEAD_LETTER && task->batch.count != 1)) {
        broken(a, task, s, "has a wrong number of records");
    }
}

/* ---- records ------------------------------------------------------------------------------ */

static bool is_poison(const struct application *a, const kcl_record_t *r)
{
    char text[13] = "";
    unsigned id;
    memcpy(text, r->data.p, r->data.n < 12 ? r->data.n : 12);
    return a->plan.poison != 0 && sscanf(text, "id=%8u;", &id) == 1 &&
           id % a->plan.poison == 0;
}

static struct kcl_position position_of(const kcl_record_t *r)
{
    struct kcl_position p;
    kcl_position_parse(r->sequence_number, r->subsequence_number, &p);
    return p;
}

static void
tell_confirmed(struct application *a, uint32_t shard, const struct kcl_position *p)
{
    history_confirmed(a->history, shard, a->worker, kds_slice(p->sequence),
                      (uint64_t)p->number);
}

/* As kcl_checkpoint() and kcl_worker_checkpoint() do, of what was given in the present holding of the shard. */
static void confirm(struct application *a,
                    struct kcl_core *core,
                    struct shard *s,
                    const struct kcl_position *p)
{
    const struct kcl_shard_name name = {.shard_id = s->id};
    bool prepare = world_chance(a->world, 10);
    bool known = !prepare ||
                 kcl_core_prepare(core, a->world->now_us, &name, p, kds_slice("state")) !=
                     KDS_ERR_CHECKPOINT_RANGE;
    kds_err_t rc = kcl_core_confirm(core, a->world->now_us, &name, p);
    if (rc == KDS_OK) { /* nothing is persisted before the next action */
        tell_confirmed(a, application_shard_number(s->id), p);
    }
    s->confirmed = *p;
    s->late_count = 0;
    if (rc == KDS_ERR_CHECKPOINT_RANGE || !known) {
        history_broken(a->history, "checkpoint: %s may not confirm or prepare %s:%lld",
                       s->id, p->sequence, (long long)p->number);
    }
}

/* The oldest is forgotten: a later one confirms it, too. */
static void keep_for_later(struct shard *s)
{
    if (s->late_count == LATE_MAX) {
        memmove(s->late, s->late + 1, --s->late_count * sizeof *s->late);
    }
    s->late[s->late_count++] = s->processed;
}

/* Confirm the end of a shard that was told long ago. It may have been lost meanwhile, which is not told, and have
 * come back: then this is refused, rightly. */
static void settle(struct application *a, struct kcl_core *core, struct shard *s)
{
    const struct kcl_shard_name name = {.shard_id = s->id};
    if (kcl_core_confirm(core, a->world->now_us, &name, &s->processed) == KDS_OK) {
        tell_confirmed(a, application_shard_number(s->id), &s->processed);
    }
    s->owes = false;
    a->owing--;
}

static bool take_records(struct application *a,
                         struct kcl_core *core,
                         const kcl_task_t *task,
                         struct shard *s)
{
    const kcl_batch_t *batch = &task->batch;
    uint32_t shard = application_shard_number(task->shard_id);
    size_t poison = batch->count;
    history_delivery_begins(a->history, shard, a->worker);
    for (size_t i = 0; i < batch->count; i++) {
        const kcl_record_t *r = &batch->records[i];
        history_delivered(a->history, shard, a->worker, r->sequence_number,
                          (uint64_t)r->subsequence_number, r->partition_key, r->data);
        poison = poison == batch->count && is_poison(a, r) ? i : poison;
    }
    world_tell(a->world, "worker %u: %zu records of shard %u, try %u%s", a->worker,
               batch->count, shard, batch->attempt,
               task->kind == KCL_TASK_DEAD_LETTER ? ", as a dead letter" : "");
    bool done = !world_chance(a->world, a->plan.fails) &&
                (poison == batch->count || task->kind == KCL_TASK_DEAD_LETTER);
    if (done) {
        s->processed = position_of(&batch->records[batch->count - 1]);
        s->has_processed = true;
        keep_for_later(s);
    } else if (poison > 0 && world_chance(a->world, 50)) {
        struct kcl_position p =
            position_of(&batch->records[world_between(a->world, 0, (int64_t)poison - 1)]);
        confirm(a, core, s, &p);
        s->processed = p;
        s->has_processed = true;
    }
    return done;
}

bool application_begin(struct application *a,
                       struct kcl_core *core,
                       const kcl_task_t *task)
{
    uint32_t shard = application_shard_number(task->shard_id);
    struct shard *s = &a->shards[shard];
    bool done = !world_chance(a->world, a->plan.fails);
    check_order(a, task, s);
    s->open = true;
    switch (task->kind) {
    case KCL_TASK_INITIALIZE:
        snprintf(s->id, sizeof s->id, "%s", task->shard_id);
        s->has_processed = false;
        s->late_count = 0;
        a->owing -= s->owes;
        s->owes = false;
        kcl_core_attach(core, task->id, &s->attachment);
        break;
    case KCL_TASK_PROCESS:
    case KCL_TASK_DEAD_LETTER:
        done = take_records(a, core, task, s);
        break;
    case KCL_TASK_SHUTDOWN_REQUESTED:
        if (a->plan.manual && s->has_processed && world_chance(a->world, 70)) {
            confirm(a, core, s, &s->processed);
        }
        break;
    case KCL_TASK_SHARD_ENDED:
        if (a->plan.manual && s->has_processed && world_chance(a->world, 50)) {
            confirm(a, core, s, &s->processed);
        }
        break;
    case KCL_TASK_LEASE_LOST:
        break;
    }
    return done;
}

/* Until it confirms what was left at the end of a shard. */
static int64_t some_debt_us(const struct application *a)
{
    return world_chance(a->world, 70) ? world_between(a->world, 0, TOLD_MOST_US / 10)
                                      : world_between(a->world, 0, 5 * TOLD_MOST_US);
}

void application_end(struct application *a,
                     struct kcl_core *core,
                     uint32_t shard,
                     kcl_task_kind_t kind,
                     bool done)
{
    struct shard *s = &a->shards[shard];
    (void)core;
    s->open = false;
    switch (kind) {
    case KCL_TASK_INITIALIZE:
        s->begun = done;
        break;
    case KCL_TASK_PROCESS:
    case KCL_TASK_DEAD_LETTER:
        history_delivery_ends(a->history, shard, a->worker,
                              !done            ? HISTORY_REFUSED
                              : a->plan.manual ? HISTORY_KEPT
                                               : HISTORY_CONFIRMED);
        break;
    case KCL_TASK_SHUTDOWN_REQUESTED:
        s->leaving = true;
        break;
    case KCL_TASK_SHARD_ENDED:
        if (done) {
            s->begun = false;
            s->owes = a->plan.manual && s->has_processed;
            a->owing += s->owes;
            s->owes_told = false;
            s->owes_looks = 0;
            s->owes_since_us = a->world->now_us;
            s->owes_until_us = a->world->now_us + some_debt_us(a);
        }
        break;
    case KCL_TASK_LEASE_LOST:
        s->begun = s->leaving = false;
        break;
    }
}

bool application_has_task(const struct application *a, uint32_t shard)
{
    return a->shards[shard].open;
}

/* From some other thread, whatever the shard's task is at: something that was processed before, and all before that. */
static void
confirm_one_of_late(struct application *a, struct kcl_core *core, struct shard *s)
{
    size_t at = (size_t)world_between(a->world, 0, (int64_t)s->late_count - 1);
    size_t left = s->late_count - at - 1;
    struct kcl_position p = s->late[at];
    confirm(a, core, s, &p);
    memmove(s->late, s->late + at + 1, left * sizeof *s->late);
    s->late_count = left;
}

/* A shard that waits for nothing but its last confirmation says so. */
static void
judge_told(struct application *a, const struct kcl_core *core, const struct shard *s)
{
    char key[KCL_KEY_BYTES];
    const struct kcl_shard *of =
        kcl_lease_key("", s->id, key) ? kcl_core_find_shard(core, key) : NULL;
    bool long_ago =
        a->world->now_us - s->owes_since_us > TOLD_MOST_US && s->owes_looks >= TOLD_LOOKS;
    if (long_ago && !s->owes_told && of != NULL && of->end_told && of->held &&
        !of->lost && kcl_position_cmp(&of->confirmed, &s->processed) < 0) {
        history_broken(a->history,
                       "U09: nobody is told that the end of %s waits to be confirmed",
                       s->id);
    }
}

void application_told_stuck(struct application *a, uint32_t shard)
{
    a->shards[shard].owes_told = true;
}

void application_confirm_later(struct application *a, struct kcl_core *core)
{
    struct shard *s = &a->shards[world_between(a->world, 0, HISTORY_SHARDS_MAX - 1)];
    if (a->plan.manual && s->begun && s->late_count > 0) {
        confirm_one_of_late(a, core, s);
    }
    for (size_t i = 0; a->owing > 0 && i < HISTORY_SHARDS_MAX; i++) {
        s = &a->shards[i];
        s->owes_looks += s->owes;
        if (s->owes && a->world->now_us >= s->owes_until_us) {
            judge_told(a, core, s);
            settle(a, core, s);
        }
    }
}
