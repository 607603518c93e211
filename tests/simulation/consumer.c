#include "actors.h"
#include "manners.h"
#include "push.h"
#include "table.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "kcl/kcl.h"
#include "libkcl/src/conf.h"
#include "libkcl/src/core_internal.h"
#include "libkcl/src/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct consumer {
    struct wire *wire;
    struct table *table;
    struct vacancy *vacancy;
    unsigned number;
    struct consumer_plan plan;
    struct kcl_conf *conf;
    struct kcl_core *core; /* NULL = there is no process */
    struct application *application;
    struct pushes *pushes;
    struct manners manners;
    char name[64];     /* of the present process */
    bool led;          /* when it began to stop */
    bool healed, calm; /* nothing goes wrong any more; since before it began to stop */
    uint64_t seed, generation;
    int64_t paused_until_us, cut_off_until_us;
    int64_t starts_us; /* the next process, if there is none */
    int64_t down_us;   /* after a clean stop */
    bool restarting;
};

/* Something that comes back to a consumer later. */
struct errand {
    struct consumer *consumer;
    uint64_t generation, id;
    struct kcl_store_op *op; /* a copy */
    bool abandoned;          /* its caller was told that it failed */
    struct kcl_store_result result;
    const void *output;
    kds_error_t *error;
    kcl_task_t task;
    uint32_t shard;
    bool done;
};

/* ---- life --------------------------------------------------------------------------------- */

static void release_output(const void *output, void *opaque)
{
    (void)opaque;
    kds_output_free(output);
}

static void release_event(const void *event, void *opaque)
{
    (void)opaque;
    push_event_free(event);
}

static void on_pushed(void *actor,
                      uint64_t generation,
                      uint64_t id,
                      const void *event,
                      const kds_subscribe_to_shard_event_t *data,
                      bool end,
                      const kds_error_t *error);

static void start(struct consumer *c)
{
    unsigned long long of_process = c->plan.new_names ? c->generation : 0;
    snprintf(c->name, sizeof c->name, "worker-%u.%llu", c->number, of_process);
    const struct kcl_core_options options = {.conf = c->conf,
                                             .worker_id = c->name,
                                             .store_has_fleet = c->plan.fleet,
                                             .seed = c->seed + 1000003 * c->generation,
                                             .tasks = application_tasks(c->application),
                                             .release = release_output,
                                             .release_event = release_event};
    c->core = kcl_core_new(&options);
    if (c->core == NULL) {
        exit(2);
    }
    kcl_core_serve(c->core, c->plan.threads);
    /* What the service's clock says is known from a date without fractions. */
    int64_t ahead_us = c->plan.clock_us + world_between(c->wire->world, 0, KDS_US_PER_S);
    kcl_core_set_wall(c->core, WORLD_EPOCH_US + c->plan.clock_us, -ahead_us);
}

static void set_number(kcl_conf_t *conf, const char *name, int64_t value)
{
    char text[32];
    kds_error_t *error = NULL;
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (kcl_conf_set(conf, name, text, &error) != KDS_OK) {
        fprintf(stderr, "simulation: %s\n", kds_error_message(error));
        exit(2);
    }
}

struct consumer *consumer_new(struct wire *wire,
                              struct table *table,
                              struct vacancy *vacancy,
                              unsigned number,
                              const struct consumer_plan *plan,
                              uint64_t seed)
{
    struct consumer *c = world_alloc(sizeof *c);
    c->wire = wire;
    c->table = table;
    c->vacancy = vacancy;
    c->number = number;
    c->plan = *plan;
    c->seed = seed;
    c->conf = kcl_conf_new();
    kcl_conf_set(c->conf, "application", "simulated", NULL);
    kcl_conf_set(c->conf, "stream", WIRE_STREAM, NULL);
    kcl_conf_set(c->conf, "start", plan->start, NULL);
    set_number(c->conf, "failover.ms", plan->failover_ms);
    set_number(c->conf, "checkpoint.every.records", plan->checkpoint_every);
    set_number(c->conf, "processor.retries", plan->retries);
    set_number(c->conf, "max.records", plan->max_records);
    set_number(c->conf, "batch.max.records", plan->batch_max);
    set_number(c->conf, "processor.stuck.ms", 100);
    kcl_conf_set(c->conf, "checkpoint", plan->application.manual ? "manual" : "auto",
                 NULL);
    c->application =
        application_new(wire->world, wire->history, number, &plan->application);
    c->conf->prefetch_max_bytes = plan->budget_bytes;
    kcl_conf_set(c->conf, "fan.out", plan->fan_out ? "true" : "false", NULL);
    kcl_conf_set(c->conf, "fan.out.fallback", plan->fallback ? "polling" : "none", NULL);
    c->pushes = pushes_new(wire, &c->paused_until_us, on_pushed, c);
    c->starts_us = plan->starts_us;
    manners_init(&c->manners, wire->history, number);
    set_number(c->conf, "idle.ms", plan->idle_ms);
    set_number(c->conf, "handoff.timeout.ms", plan->handoff_ms);
    return c;
}

/* What is counted per shard and what is counted once must be the same. */
static void compare_books(struct consumer *c)
{
    int64_t now_us = c->wire->world->now_us;
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_core_stats(c->core, now_us, &stats);
    const struct kds_metric_cell *cells =
        kds_metrics_first(kcl_core_metrics(c->core, now_us))->cells;
    const struct {
        enum kcl_metric_row row;
        uint64_t counted;
    } books[] = {
        {KCL_METRIC_RECORDS, stats.user_records},
        {KCL_METRIC_BYTES, stats.user_bytes},
        {KCL_METRIC_KINESIS_RECORDS, stats.kinesis_records},
        {KCL_METRIC_CORRUPT, stats.corrupt_records},
        {KCL_METRIC_FOREIGN, stats.foreign_records},
        {KCL_METRIC_REPEATED, stats.repeated_records},
        {KCL_METRIC_THROTTLED, stats.throttled},
        {KCL_METRIC_EXPIRED_ITERATORS, stats.expired_iterators},
    };
    for (size_t i = 0; i < sizeof books / sizeof books[0]; i++) {
        if (cells[books[i].row].total.sum != (double)books[i].counted) {
            history_broken(c->wire->history, "metric %d is %.0f, its counter %.0f",
                           (int)books[i].row, cells[books[i].row].total.sum,
                           (double)books[i].counted);
        }
    }
}

void consumer_free(struct consumer *c)
{
    if (c->core != NULL) {
        kcl_core_free(c->core);
    }
    pushes_free(c->pushes);
    application_free(c->application);
    kcl_conf_free(c->conf);
    free(c);
}

void consumer_heal(struct consumer *c)
{
    if (c->core != NULL) {
        compare_books(c);
    }
    application_heal(c->application);
    c->healed = true;
    c->plan.store_fails = c->plan.store_late = 0;
}

void consumer_crash(struct consumer *c, int64_t down_us)
{
    struct world *w = c->wire->world;
    if (c->core == NULL) {
        return;
    }
    compare_books(c);
    world_tell(w, "worker %u: crash", c->number);
    kcl_core_free(c->core);
    c->core = NULL;
    vacancy_died(c->vacancy, w->now_us, c->number);
    pushes_drop(c->pushes);
    application_crash(c->application);
    manners_forget(&c->manners);
    c->generation++;
    c->paused_until_us = 0;
    c->starts_us = w->now_us + down_us;
    c->restarting = false;
}

bool consumer_leads(const struct consumer *c)
{
    return c->core != NULL && c->core->roster.fleet.lock.mine;
}

void consumer_cut_off(struct consumer *c, int64_t until_us)
{
    world_tell(c->wire->world, "worker %u: cannot reach its store", c->number);
    c->cut_off_until_us = until_us;
}

void consumer_hang_up(struct consumer *c)
{
    pushes_drop(c->pushes);
}

void consumer_pause(struct consumer *c, int64_t until_us)
{
    world_tell(c->wire->world, "worker %u: stands still", c->number);
    c->paused_until_us = until_us;
}

void consumer_restart(struct consumer *c, int64_t down_us)
{
    if (c->core != NULL) {
        world_tell(c->wire->world, "worker %u: stops cleanly", c->number);
        kcl_core_stop(c->core, c->wire->world->now_us);
        c->restarting = true;
        c->led = consumer_leads(c);
        c->calm = c->healed && c->wire->world->now_us >= c->cut_off_until_us;
        c->down_us = down_us;
    }
}

/* ---- errands ------------------------------------------------------------------------------ */

static struct errand *errand_new(struct consumer *c, uint64_t id)
{
    struct errand *e = world_alloc(sizeof *e);
    e->consumer = c;
    e->generation = c->generation;
    e->id = id;
    return e;
}

static void errand_free(struct errand *e)
{
    free(e->op);
    free(e);
}

/* A process that stands still learns of it when it goes on. @return true if put off */
static bool put_off(struct errand *e, world_event_fn *fn)
{
    struct consumer *c = e->consumer;
    if (e->generation != c->generation || c->wire->world->now_us >= c->paused_until_us) {
        return false;
    }
    world_at(c->wire->world, c->paused_until_us, fn, NULL, e);
    return true;
}

static int64_t some_ms(struct consumer *c, int64_t most_ms)
{
    return c->wire->world->now_us +
           world_between(c->wire->world, 0, most_ms * KDS_US_PER_MS);
}

/* ---- the store ---------------------------------------------------------------------------- */

/* Who reads what, as the store has it. */
static void tell_vacancy(const struct errand *e)
{
    struct consumer *c = e->consumer;
    const struct kcl_store_op *op = e->op;
    uint32_t shard = application_shard_number(op->shard_id);
    int64_t now_us = c->wire->world->now_us;
    if (op->kind == KCL_STORE_TAKE && e->generation == c->generation) {
        vacancy_taken(c->vacancy, now_us, shard, c->number);
    } else if (op->kind == KCL_STORE_RELEASE) {
        vacancy_released(c->vacancy, now_us, shard);
    } else if (op->kind == KCL_STORE_CHECKPOINT &&
               op->position.kind == KCL_AT_SHARD_END) {
        vacancy_ended(c->vacancy, now_us, shard);
    }
    for (size_t i = 0; op->kind == KCL_STORE_CREATE && i < op->lease_count; i++) {
        const struct kcl_lease *lease = &op->leases[i];
        int parents[2] = {-1, -1};
        for (size_t k = 0; k < lease->parent_count; k++) {
            parents[k] = (int)application_shard_number(lease->parents[k]);
        }
        vacancy_made(c->vacancy, application_shard_number(lease->shard_id), parents);
    }
}

/* The next owner waits no longer, whatever the application does. */
static bool is_overdue(const struct consumer *c, const struct kcl_store_op *op)
{
    const struct kcl_shard *s =
        c->core != NULL ? kcl_core_find_shard(c->core, op->shard_id) : NULL;
    return s != NULL && s->leaving &&
           c->wire->world->now_us - s->leaving_since_us >=
               c->plan.handoff_ms * KDS_US_PER_MS;
}

static void tell_history(struct consumer *c, const struct kcl_store_op *op)
{
    struct history *h = c->wire->history;
    uint32_t shard = application_shard_number(op->shard_id);
    if (op->kind == KCL_STORE_CREATE && op->lease_count > 0 && !history_reads(h)) {
        history_reads_from(h, c->wire->world->now_us); /* and LATEST is now */
    }
    for (size_t i = 0; op->kind == KCL_STORE_CREATE && i < op->lease_count; i++) {
        history_lease_made(h, application_shard_number(op->leases[i].shard_id));
    }
    if (op->kind == KCL_STORE_TAKE) {
        history_lease_taken(h, shard, c->number);
    } else if (op->kind == KCL_STORE_CHECKPOINT) {
        history_checkpoint(h, shard, c->number,
                           kds_slice(kcl_position_text(&op->position)),
                           (uint64_t)op->position.number);
    } else if (op->kind == KCL_STORE_RELEASE &&
               application_has_task(c->application, shard) && !is_overdue(c, op)) {
        history_broken(h, "C5: worker %u released %s with a task open", c->number,
                       op->shard_id);
    }
}

static int64_t soon_or_late(struct consumer *c)
{
    bool late = world_chance(c->wire->world, c->plan.store_late);
    return some_ms(c, late ? 3 * c->plan.failover_ms : 5);
}

static void on_store_answer(void *context, void *payload)
{
    struct errand *e = payload;
    struct consumer *c = e->consumer;
    (void)context;
    if (put_off(e, on_store_answer)) {
        return;
    }
    if (e->generation == c->generation) {
        kcl_core_done_store(c->core, c->wire->world->now_us, e->id, &e->result);
    } else {
        kcl_store_result_clear(&e->result);
    }
    errand_free(e);
}

static void fail_store(struct errand *e)
{
    kcl_store_result_clear(&e->result);
    memset(&e->result, 0, sizeof e->result);
    e->result.err = KDS_ERR_STORE;
}

/* Of leases that are made one by one, those that are made before the store fails. */
static void make_some(struct errand *e)
{
    struct consumer *c = e->consumer;
    if (c->plan.fleet && e->op->kind == KCL_STORE_CREATE &&
        history_reads(c->wire->history)) {
        e->op->lease_count =
            (size_t)world_between(c->wire->world, 0, (int64_t)e->op->lease_count - 1);
        table_run(c->table, e->op, &e->result);
    }
}

static void tell_op(const struct errand *e)
{
    static const char *const names[] = {
        "open",     "list",   "get",   "index",      "owned",     "create",
        "delete",   "take",   "renew", "checkpoint", "release",   "hand over",
        "describe", "assign", "fleet", "row put",    "row delete"};
    const struct kcl_store_op *op = e->op;
    const struct kcl_lease *now = &e->result.lease;
    world_tell(e->consumer->wire->world, "worker %u: %s %s %s: %s%s%s %s",
               e->consumer->number, names[op->kind], op->shard_id, op->target,
               e->result.err == KDS_OK ? "done" : kds_err_name(e->result.err),
               now->owner[0] ? ", owner " : "", now->owner, now->checkpoint_owner);
}

/* The write reaches the store, or does not; its answer comes back, or does not. */
static void on_store_arrival(void *context, void *payload)
{
    struct errand *e = payload;
    struct consumer *c = e->consumer;
    struct world *w = c->wire->world;
    bool cut_off = w->now_us < c->cut_off_until_us;
    (void)context;
    bool refused =
        c->plan.no_rows && e->op->kind == KCL_STORE_FLEET && e->op->row == NULL;
    bool before = cut_off || refused || world_chance(w, c->plan.store_fails / 2);
    bool after = world_chance(w, c->plan.store_fails / 2);
    if (!before) {
        table_run(c->table, e->op, &e->result);
        tell_op(e);
        if (e->result.err == KDS_OK) {
            tell_history(c, e->op);
            tell_vacancy(e);
        }
    } else if (!cut_off) {
        make_some(e);
    }
    if (before || after) {
        world_tell(w, "worker %u: the store fails %s the write", c->number,
                   before ? "before" : "after");
        fail_store(e);
    }
    if (e->abandoned) {
        kcl_store_result_clear(&e->result);
        errand_free(e);
        return;
    }
    world_at(w, soon_or_late(c), on_store_answer, NULL, e);
}

static struct errand *store_errand(struct consumer *c, const struct kcl_action *action)
{
    struct errand *e = errand_new(c, action->id);
    e->op = table_copy_op(action->u.store);
    return e;
}

static void do_store(struct consumer *c, const struct kcl_action *action)
{
    struct world *w = c->wire->world;
    struct errand *e = store_errand(c, action);
    if (world_chance(w, c->plan.store_late)) {
        /* Its caller does not wait for it: what was told as failed is done later. */
        struct errand *told = store_errand(c, action);
        fail_store(told);
        e->abandoned = true;
        world_at(w, some_ms(c, 50), on_store_answer, NULL, told);
        world_at(w, some_ms(c, 3 * c->plan.failover_ms), on_store_arrival, NULL, e);
        return;
    }
    world_at(w, some_ms(c, 5), on_store_arrival, NULL, e);
}

/* ---- calls -------------------------------------------------------------------------------- */

/* The shard whose call this is. */
static const struct kcl_shard *shard_of_call(struct consumer *c, uint64_t id)
{
    const struct kcl_shard *s;
    for (size_t at = 0; (s = kcl_core_each_shard(c->core, &at)) != NULL;) {
        if (s->call_id == id) {
            return s;
        }
    }
    return NULL;
}

static void tell_manners(struct consumer *c, const struct errand *e)
{
    const struct kcl_shard *s = shard_of_call(c, e->id);
    if (s != NULL && s->asked == KCL_ACTION_GET_RECORDS) {
        const kds_get_records_out_t *out = e->output;
        manners_answered(
            &c->manners, c->wire->world->now_us, application_shard_number(s->shard_id),
            e->error != NULL && kds_error_code(e->error) == KDS_ERR_THROTTLED,
            out != NULL && out->records_count > 0 && out->millis_behind_latest > 0 &&
                out->next_shard_iterator.n > 0);
    }
}

static void on_call_end(void *context, void *payload)
{
    struct errand *e = payload;
    struct consumer *c = e->consumer;
    (void)context;
    if (put_off(e, on_call_end)) {
        return;
    }
    if (e->generation == c->generation) {
        tell_manners(c, e);
        kcl_core_done_call(c->core, c->wire->world->now_us, e->id, e->output, e->error);
    } else {
        kds_output_free(e->output);
    }
    kds_error_free(e->error);
    errand_free(e);
}

static void on_done(void *actor,
                    uint64_t generation,
                    uint64_t id,
                    const void *output,
                    const kds_error_t *error)
{
    struct errand *e = errand_new(actor, id);
    e->generation = generation;
    e->output = output;
    e->error = kds_error_copy(error);
    on_call_end(NULL, e);
}

static void do_call(struct consumer *c, const struct kcl_action *action)
{
    enum kds_operation_id operation = KDS_OP_COUNT;
    const void *input = NULL;
    switch (action->kind) {
    case KCL_ACTION_DESCRIBE:
        operation = KDS_OP_DESCRIBE_STREAM_SUMMARY;
        input = &action->u.describe;
        break;
    case KCL_ACTION_LIST_SHARDS:
        operation = KDS_OP_LIST_SHARDS;
        input = &action->u.list_shards;
        break;
    case KCL_ACTION_GET_ITERATOR:
        operation = KDS_OP_GET_SHARD_ITERATOR;
        input = &action->u.get_iterator;
        break;
    case KCL_ACTION_GET_RECORDS:
        operation = KDS_OP_GET_RECORDS;
        input = &action->u.get_records;
        manners_reads(&c->manners, c->wire->world->now_us,
                      application_shard_number(shard_of_call(c, action->id)->shard_id));
        break;
    case KCL_ACTION_STORE:
    case KCL_ACTION_SUBSCRIBE:
    case KCL_ACTION_UNSUBSCRIBE:
    case KCL_ACTION_FIND_CONSUMER:
    case KCL_ACTION_TASK:
    case KCL_ACTION_EVENT:
        return;
    }
    wire_call(c->wire, operation, input, on_done, c, c->generation, action->id);
}

/* ---- subscriptions ------------------------------------------------------------------------ */

static void on_pushed(void *actor,
                      uint64_t generation,
                      uint64_t id,
                      const void *event,
                      const kds_subscribe_to_shard_event_t *data,
                      bool end,
                      const kds_error_t *error)
{
    struct consumer *c = actor;
    const struct kcl_pushed pushed = {
        .event = event, .data = data, .end = end, .error = error};
    if (generation == c->generation) {
        kcl_core_pushed(c->core, c->wire->world->now_us, id, &pushed);
    } else {
        push_event_free(event);
    }
}

static void on_found(void *context, void *payload)
{
    struct errand *e = payload;
    struct consumer *c = e->consumer;
    struct wire *w = c->wire;
    kds_error_t *error = NULL;
    (void)context;
    if (put_off(e, on_found)) {
        return;
    }
    if (world_chance(w->world, w->faults.throttle)) {
        kds_error_set(&error, KDS_ERR_THROTTLED, "slow down");
    } else if (world_chance(w->world, w->faults.odd)) {
        kds_error_set(&error, KDS_ERR_ACCESS_DENIED, "no permission");
    }
    if (e->generation == c->generation) {
        kcl_core_found_consumer(c->core, w->world->now_us, e->id,
                                error ? NULL : push_consumer_arn(w), error);
    }
    kds_error_free(error);
    errand_free(e);
}

static void do_push(struct consumer *c, const struct kcl_action *action)
{
    if (action->kind == KCL_ACTION_SUBSCRIBE) {
        pushes_subscribe(c->pushes, c->generation, action->id,
                         action->u.subscribe.shard_id, &action->u.subscribe.start);
    } else if (action->kind == KCL_ACTION_UNSUBSCRIBE) {
        pushes_unsubscribe(c->pushes, action->id);
    } else {
        world_at(c->wire->world, some_ms(c, 50), on_found, NULL,
                 errand_new(c, action->id));
    }
}

/* ---- tasks -------------------------------------------------------------------------------- */

static void on_task_end(void *context, void *payload)
{
    struct errand *e = payload;
    struct consumer *c = e->consumer;
    (void)context;
    if (put_off(e, on_task_end)) {
        return;
    }
    if (e->generation == c->generation) {
        application_end(c->application, c->core, e->shard, e->task.kind, e->done);
        kcl_core_done_task(c->core, c->wire->world->now_us, e->id, e->done);
        kcl_core_serve(c->core, 1);
    }
    errand_free(e);
}

/* A thread of the pool comes to it, or too late. */
static void on_task_begin(void *context, void *payload)
{
    struct errand *e = payload;
    struct consumer *c = e->consumer;
    (void)context;
    if (put_off(e, on_task_begin)) {
        return;
    }
    if (e->generation != c->generation) {
        errand_free(e);
        return;
    }
    if (!kcl_core_begin_task(c->core, c->wire->world->now_us, e->id)) {
        kcl_core_serve(c->core, 1);
        errand_free(e);
        return;
    }
    e->shard = application_shard_number(e->task.shard_id);
    e->done = application_begin(c->application, c->core, &e->task);
    world_at(c->wire->world, some_ms(c, 20), on_task_end, NULL, e);
}

static void do_task(struct consumer *c, const struct kcl_action *action)
{
    struct errand *e = errand_new(c, action->id);
    e->task = action->u.task;
    /* The thread may be starved for longer than the lease lasts. */
    int64_t late_ms = world_chance(c->wire->world, 90)   ? 0
                      : world_chance(c->wire->world, 80) ? 100
                                                         : 4 * c->plan.failover_ms;
    int64_t at_us = some_ms(c, late_ms);
    manners_starved(&c->manners, at_us - c->wire->world->now_us);
    world_at(c->wire->world, at_us, on_task_begin, NULL, e);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void tell_event(struct consumer *c, const kcl_event_t *event)
{
    if (event->kind == KCL_EVENT_STUCK) {
        application_told_stuck(c->application, application_shard_number(event->shard_id));
    } else if (event->kind == KCL_EVENT_LEASE_LOST ||
               event->kind == KCL_EVENT_LEASE_GAINED) {
        manners_forget_shard(&c->manners, application_shard_number(event->shard_id));
    }
    if (event->kind == KCL_EVENT_LEASE_LOST && !c->restarting) {
        vacancy_lost(c->vacancy, application_shard_number(event->shard_id), c->number);
    }
    static const char *const names[] = {"",        "gained",       "lost",
                                        "ended",   "checkpointed", "stopped",
                                        "trouble", "gap",          "stuck"};
    world_tell(c->wire->world, "worker %u: %s %s %s %s", c->number, event->shard_id,
               names[event->kind], event->sequence_number, event->message);
}

/* A leader would go on giving it leases; nobody would lead. */
static void judge_rows(const struct consumer *c)
{
    if (table_has_row_of(c->table, c->name, c->led)) {
        history_broken(c->wire->history, "C6: worker %u stopped and left a row",
                       c->number);
    }
}

void consumer_pump(struct consumer *c)
{
    struct kcl_action action;
    int64_t now_us = c->wire->world->now_us;
    if (c->core == NULL && now_us >= c->starts_us) {
        start(c);
    }
    if (c->core == NULL || now_us < c->paused_until_us) {
        return;
    }
    application_confirm_later(c->application, c->core);
    while (kcl_core_next(c->core, now_us, &action)) {
        switch (action.kind) {
        case KCL_ACTION_STORE:
            do_store(c, &action);
            break;
        case KCL_ACTION_TASK:
            do_task(c, &action);
            break;
        case KCL_ACTION_SUBSCRIBE:
        case KCL_ACTION_UNSUBSCRIBE:
        case KCL_ACTION_FIND_CONSUMER:
            do_push(c, &action);
            break;
        case KCL_ACTION_EVENT:
            tell_event(c, &action.u.event);
            break;
        case KCL_ACTION_DESCRIBE:
        case KCL_ACTION_LIST_SHARDS:
        case KCL_ACTION_GET_ITERATOR:
        case KCL_ACTION_GET_RECORDS:
            do_call(c, &action);
            break;
        }
    }
    if (kcl_core_failure(c->core) != NULL && !c->restarting) {
        history_broken(c->wire->history, "worker %u gave up: %s", c->number,
                       kds_error_message(kcl_core_failure(c->core)));
    }
    if (c->restarting && kcl_core_stopped(c->core)) {
        if (c->calm) {
            vacancy_stopped(c->vacancy, c->number);
            judge_rows(c);
        }
        consumer_crash(c, c->down_us); /* nothing is left to lose */
    }
}

int64_t consumer_wake_at_us(struct consumer *c)
{
    int64_t now_us = c->wire->world->now_us;
    return c->core == NULL               ? c->starts_us
           : now_us < c->paused_until_us ? c->paused_until_us
                                         : kcl_core_wake_at_us(c->core, now_us);
}
