/*
 * core: everything that a worker decides, put together: its leases (roster.c), its shards (shard.c), the
 * events that it tells, and who is asked next.
 */
#include "core.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "core_internal.h"

#include <stdio.h>
#include <string.h>

#define NO_PROGRESS_US KDS_US_PER_MS /* due and yet nothing to do: memory is short */

/* ---- life --------------------------------------------------------------------------------- */

struct kcl_core *kcl_core_new(const struct kcl_core_options *options)
{
    struct kcl_core *core = kds_alloc_zero(1, sizeof *core);
    if (core == NULL) {
        return NULL;
    }
    core->options = *options;
    core->conf = options->conf;
    core->notes_end = &core->notes;
    core->decoder = kds_agg_decoder_new();
    snprintf(core->worker_id, sizeof core->worker_id, "%s", options->worker_id);
    kds_rng_seed(&core->rng, options->seed);
    kcl_start_parse(options->conf->start ? options->conf->start : "trim_horizon",
                    &core->start, &core->start_ms);
    core->started_us = -1;
    core->metrics = kds_metrics_new(
        options->conf->streams != NULL ? &kcl_metric_table : &kcl_metric_table_single,
        KCL_METRIC_GROUPS_MAX);
    if (core->decoder == NULL || core->metrics == NULL || !kcl_roster_init(core)) {
        kds_agg_decoder_free(core->decoder);
        kds_metrics_free(core->metrics);
        kds_free(core);
        return NULL;
    }
    return core;
}

static struct kcl_shard *shard_of(struct kcl_entry *entry)
{
    return (struct kcl_shard *)(void *)entry; /* its first member */
}

struct kcl_shard *kcl_core_each_shard(const struct kcl_core *core, size_t *at)
{
    return shard_of(kcl_agenda_each(&core->agenda, at));
}

static void remove_shard(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_agenda_remove(&core->agenda, &s->entry);
    kcl_shard_free(core, s);
}

void kcl_core_free(struct kcl_core *core)
{
    struct kcl_entry *entry;
    while ((entry = kcl_agenda_first(&core->agenda)) != NULL) {
        remove_shard(core, shard_of(entry));
    }
    kcl_agenda_clear(&core->agenda);
    while (core->notes != NULL) {
        struct kcl_note *next = core->notes->next;
        kds_free(core->notes);
        core->notes = next;
    }
    kds_free(core->told);
    kcl_roster_clear(core);
    kds_error_free(core->failure);
    kds_agg_decoder_free(core->decoder);
    kds_metrics_free(core->metrics);
    kds_free(core);
}

void kcl_core_set_wall(struct kcl_core *core,
                       int64_t wall_minus_now_us,
                       int64_t service_ahead_us)
{
    core->wall_us = wall_minus_now_us;
    core->service_us = wall_minus_now_us + service_ahead_us;
}

int64_t kcl_service_ms(const struct kcl_core *core, int64_t now_us)
{
    return (now_us + core->service_us) / KDS_US_PER_MS;
}

/* ---- what its parts share ----------------------------------------------------------------- */

void kcl_note(struct kcl_core *core,
              kcl_event_kind_t kind,
              const struct kcl_shard *shard,
              const struct kcl_position *position,
              const char *message)
{
    struct kcl_note *note = kds_alloc_zero(1, sizeof *note);
    if (note == NULL) {
        return;
    }
    note->kind = kind;
    if (shard != NULL) {
        memcpy(note->shard_id, shard->lease.shard_id, sizeof note->shard_id);
    }
    if (position != NULL) {
        note->position = *position;
    }
    snprintf(note->message, sizeof note->message, "%s", message);
    *core->notes_end = note;
    core->notes_end = &note->next;
}

int64_t kcl_backoff_us(struct kcl_core *core,
                       unsigned failures,
                       int64_t first_us,
                       int64_t last_us)
{
    int64_t most_us = failures < 16 ? first_us << failures : last_us;
    most_us = most_us < last_us ? most_us : last_us;
    return most_us / 2 + (int64_t)kds_rng_below(&core->rng, (uint64_t)(most_us / 2 + 1));
}

void kcl_name_stream(const struct kcl_core *core,
                     const struct kcl_shard *s,
                     kds_slice_t *name,
                     kds_slice_t *arn)
{
    const struct kcl_stream *stream = kcl_roster_stream(core, s->lease.stream);
    if (stream != NULL) {
        *name = stream->name;
        *arn = stream->arn;
    }
}

/* An id says whose it is in its last 20 bits, so that its answer is found at once; 0 is the roster. */
uint64_t kcl_core_new_id(struct kcl_core *core, const struct kcl_shard *shard)
{
    return ++core->last_id * KCL_AGENDA_MAX +
           (shard ? shard->entry.number % KCL_AGENDA_MAX : 0);
}

static struct kcl_shard *shard_with_id(const struct kcl_core *core, uint64_t id)
{
    uint32_t number = (uint32_t)(id % KCL_AGENDA_MAX);
    return shard_of(kcl_agenda_numbered(&core->agenda, number));
}

struct kcl_shard *kcl_core_find_shard(const struct kcl_core *core, const char *key)
{
    return shard_of(kcl_agenda_find(&core->agenda, key));
}

void kcl_core_add_shard(struct kcl_core *core, const struct kcl_lease *lease)
{
    struct kcl_shard *s = kcl_shard_new(core, lease);
    if (s != NULL && !kcl_agenda_add(&core->agenda, &s->entry)) {
        kcl_shard_free(core, s);
    }
}

void kcl_core_wake_shard(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_agenda_move(&core->agenda, &s->entry, INT64_MIN);
}

void kcl_core_wake_shards(struct kcl_core *core)
{
    struct kcl_shard *s;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        kcl_core_wake_shard(core, s);
    }
}

/* Something came in for this shard: it is asked again, or is over. */
static void touch(struct kcl_core *core, struct kcl_shard *s)
{
    if (kcl_shard_over(core, s)) {
        remove_shard(core, s);
    } else {
        kcl_core_wake_shard(core, s);
    }
}

/* ---- actions ------------------------------------------------------------------------------ */

static bool next_event(struct kcl_core *core, struct kcl_action *action)
{
    struct kcl_note *note = core->notes;
    if (note == NULL) {
        return false;
    }
    core->notes = note->next;
    if (core->notes == NULL) {
        core->notes_end = &core->notes;
    }
    kds_free(core->told);
    core->told = note;
    bool checkpoint = note->kind == KCL_EVENT_CHECKPOINT;
    action->kind = KCL_ACTION_EVENT;
    action->id = 0;
    action->u.event = (kcl_event_t){
        .struct_size = sizeof(kcl_event_t),
        .kind = note->kind,
        .shard_id = note->shard_id,
        .sequence_number = checkpoint ? kcl_position_text(&note->position) : "",
        .subsequence_number = checkpoint ? note->position.number : 0,
        .message = note->message,
    };
    return true;
}

/* @return whether one of the shards that are due has something to do */
static bool next_shard(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    struct kcl_entry *entry;
    while ((entry = kcl_agenda_first(&core->agenda)) != NULL && entry->due_us <= now_us) {
        struct kcl_shard *s = shard_of(entry);
        if (kcl_shard_next(core, now_us, s, action)) {
            return true;
        }
        if (kcl_shard_over(core, s)) {
            remove_shard(core, s);
            continue;
        }
        int64_t due_us = kcl_shard_wake_at_us(core, s);
        kcl_agenda_move(&core->agenda, entry,
                        due_us > now_us ? due_us : now_us + NO_PROGRESS_US);
    }
    return false;
}

/* What shards wait for is there: ask the first of each line again. */
static bool serve_lines(struct kcl_core *core)
{
    struct kcl_place *p = core->unserved.first;
    bool served = kcl_read_feed(core);
    if (p != NULL && core->slots > 0) {
        kcl_line_leave(&core->unserved, p);
        kcl_core_wake_shard(
            core, (struct kcl_shard *)(void *)((char *)p -
                                               offsetof(struct kcl_shard, unserved)));
        served = true;
    }
    return served;
}

bool kcl_core_next(struct kcl_core *core, int64_t now_us, struct kcl_action *action)
{
    if (core->started_us < 0) {
        core->started_us = core->last_record_us = now_us;
    }
    do {
        /* A shard may have been lost on the way: that is told before anything else begins. */
        if (next_event(core, action) || next_shard(core, now_us, action) ||
            next_event(core, action)) {
            return true;
        }
    } while (serve_lines(core));
    return kcl_roster_next(core, now_us, action);
}

int64_t kcl_core_wake_at_us(const struct kcl_core *core, int64_t now_us)
{
    const struct kcl_entry *first = kcl_agenda_first(&core->agenda);
    int64_t at_us = kcl_roster_wake_at_us(core);
    if (core->notes != NULL) {
        return now_us;
    }
    return first != NULL && first->due_us < at_us ? first->due_us : at_us;
}

/* ---- what happened ------------------------------------------------------------------------ */

void kcl_core_done_store(struct kcl_core *core,
                         int64_t now_us,
                         uint64_t id,
                         struct kcl_store_result *result)
{
    struct kcl_shard *s = shard_with_id(core, id);
    if (id != 0 && id == core->roster.id) {
        kcl_roster_stored(core, now_us, result);
    } else if (kcl_roster_chore_done(core, now_us, id, result)) {
        /* it is told */
    } else if (s != NULL && kcl_ends_is(s, id)) {
        kcl_ends_done(core, now_us, s, result);
        touch(core, s);
    } else if (s != NULL && s->store_id == id) {
        kcl_hold_done(core, now_us, s, result);
        touch(core, s);
    }
    kcl_store_result_clear(result);
}

void kcl_core_done_call(struct kcl_core *core,
                        int64_t now_us,
                        uint64_t id,
                        const void *output,
                        const kds_error_t *error)
{
    struct kcl_shard *s = shard_with_id(core, id);
    if (id != 0 && id == core->roster.id) {
        kcl_roster_called(core, now_us, output, error);
    } else if (s != NULL && s->call_id == id) {
        kcl_poll_done(core, now_us, s, output, error);
        touch(core, s);
    } else if (output != NULL) {
        core->options.release(output, core->options.opaque);
    }
}

void kcl_core_pushed(struct kcl_core *core,
                     int64_t now_us,
                     uint64_t id,
                     const struct kcl_pushed *pushed)
{
    struct kcl_shard *s = shard_with_id(core, id);
    if (s != NULL && s->call_id == id) {
        kcl_fanout_pushed(core, now_us, s, pushed);
        touch(core, s);
    } else {
        core->options.release_event(pushed->event, core->options.opaque);
    }
}

/* ---- tasks -------------------------------------------------------------------------------- */

static struct kcl_shard *shard_with_task(const struct kcl_core *core, uint64_t id)
{
    struct kcl_shard *s = shard_with_id(core, id);
    return s != NULL && id != 0 && s->processor_id == id ? s : NULL;
}

void kcl_core_serve(struct kcl_core *core, size_t more)
{
    core->slots += more;
}

void kcl_core_mute(struct kcl_core *core)
{
    struct kcl_shard *s;
    core->options.tasks &=
        ~(1u << KCL_TASK_SHUTDOWN_REQUESTED | 1u << KCL_TASK_LEASE_LOST);
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        kcl_core_wake_shard(core, s);
    }
}

bool kcl_core_begin_task(struct kcl_core *core, int64_t now_us, uint64_t id)
{
    struct kcl_shard *s = shard_with_task(core, id);
    if (s == NULL) {
        return false;
    }
    bool farewell = s->task_kind == KCL_TASK_LEASE_LOST ||
                    s->task_kind == KCL_TASK_SHUTDOWN_REQUESTED;
    bool held = !s->lost && now_us < s->valid_until_us;
    bool late = core->stopping || s->leaving;
    if (farewell ? s->task_kind == KCL_TASK_LEASE_LOST || held : held && !late) {
        s->task_since_us = now_us;
        return true;
    }
    kcl_process_withdraw(core, s);
    touch(core, s);
    return false;
}

bool kcl_core_done_task(struct kcl_core *core, int64_t now_us, uint64_t id, bool done)
{
    struct kcl_shard *s = shard_with_task(core, id);
    if (s == NULL) {
        return false;
    }
    bool held = !s->lost && now_us < s->valid_until_us;
    kcl_process_done(core, now_us, s, done);
    touch(core, s);
    return held;
}

void kcl_core_attach(struct kcl_core *core, uint64_t id, void *state)
{
    struct kcl_shard *s = shard_with_task(core, id);
    if (s != NULL) {
        s->state = state;
    }
}

static struct kcl_shard *shard_named(const struct kcl_core *core,
                                     const struct kcl_shard_name *name)
{
    char key[KCL_KEY_BYTES];
    if (name->task_id != 0) {
        return shard_with_task(core, name->task_id);
    }
    return kcl_lease_key(name->stream ? name->stream : "", name->shard_id, key)
               ? kcl_core_find_shard(core, key)
               : NULL;
}

kds_err_t kcl_core_confirm(struct kcl_core *core,
                           int64_t now_us,
                           const struct kcl_shard_name *name,
                           const struct kcl_position *position)
{
    struct kcl_shard *s = shard_named(core, name);
    return s ? kcl_process_confirm(core, now_us, s, position) : KDS_ERR_LEASE_LOST;
}

kds_err_t kcl_core_prepare(struct kcl_core *core,
                           int64_t now_us,
                           const struct kcl_shard_name *name,
                           const struct kcl_position *position,
                           kds_slice_t state)
{
    struct kcl_shard *s = shard_named(core, name);
    return s ? kcl_process_prepare(core, now_us, s, position, state) : KDS_ERR_LEASE_LOST;
}

kds_err_t
kcl_core_resume(struct kcl_core *core, int64_t now_us, const struct kcl_shard_name *name)
{
    struct kcl_shard *s = shard_named(core, name);
    if (s == NULL || s->lost || !s->held || now_us >= s->valid_until_us) {
        return KDS_ERR_LEASE_LOST;
    }
    if (!s->stopped) {
        return KDS_ERR_STATE;
    }
    kcl_process_resume(core, now_us, s);
    touch(core, s);
    return KDS_OK;
}

/* ---- the rest ----------------------------------------------------------------------------- */

void kcl_core_stop(struct kcl_core *core, int64_t now_us)
{
    struct kcl_shard *s;
    (void)now_us;
    core->stopping = true;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        kcl_core_wake_shard(core, s);
    }
}

bool kcl_core_stopped(const struct kcl_core *core)
{
    /* An answer that is still to come changes nothing any more. */
    const struct kcl_shard *s;
    for (size_t at = 0; (s = kcl_core_each_shard(core, &at)) != NULL;) {
        if (!s->lost || s->store_id != 0 || kcl_ends_busy(s) ||
            !kcl_process_over(core, s)) {
            return false;
        }
    }
    return core->stopping && core->notes == NULL && !kcl_roster_has_farewell(core);
}

const kds_error_t *kcl_core_failure(const struct kcl_core *core)
{
    return core->failure;
}
