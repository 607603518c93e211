#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"

#include "agenda.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- life --------------------------------------------------------------------------------- */

static void release(const void *output, void *opaque)
{
    struct core_fixture *f = opaque;
    f->outputs--;
    free((void *)(uintptr_t)output);
}

static void *new_output(struct core_fixture *f, size_t size)
{
    void *output = calloc(1, size);
    assert_non_null(output);
    f->outputs++;
    return output;
}

void fixture_init(struct core_fixture *f)
{
    memset(f, 0, sizeof *f);
    f->conf = kcl_conf_new();
    assert_non_null(f->conf);
    f->store = kcl_store_memory_new();
    assert_non_null(f->store);
    f->shards = 1;
    f->created_ms = 1000;
    f->now_us = 1000 * KDS_US_PER_S;
    f->tasks = 1u << KCL_TASK_PROCESS | 1u << KCL_TASK_SHARD_ENDED;
    fixture_set(f, "application", "a");
    fixture_set(f, "stream", "s");
}

void fixture_set(struct core_fixture *f, const char *name, const char *value)
{
    assert_int_equal(kcl_conf_set(f->conf, name, value, NULL), KDS_OK);
}

void fixture_start(struct core_fixture *f)
{
    const struct kcl_core_options options = {.conf = f->conf,
                                             .worker_id = "me",
                                             .seed = 1,
                                             .pull = f->pull,
                                             .tasks = f->tasks,
                                             .release = release,
                                             .release_event = release,
                                             .opaque = f};
    f->core = kcl_core_new(&options);
    assert_non_null(f->core);
    kcl_core_set_wall(f->core, FIXTURE_WALL_US + f->ahead_us, -f->ahead_us);
    kcl_core_serve(f->core, 2);
}

void fixture_restart(struct core_fixture *f)
{
    kcl_core_free(f->core);
    f->now_us += 3600 * KDS_US_PER_S;
    fixture_start(f);
}

void fixture_clear(struct core_fixture *f)
{
    kcl_core_free(f->core);
    f->store->ops->free(f->store);
    kcl_conf_free(f->conf);
    assert_int_equal(f->outputs, 0);
}

/* ---- the way to the leases ---------------------------------------------------------------- */

static void describe(struct core_fixture *f)
{
    if (f->forbid) {
        fail_call(f, KDS_ERR_ACCESS_DENIED);
        return;
    }
    kds_describe_stream_summary_out_t *out = new_output(f, sizeof *out);
    kds_stream_description_summary_t *d = &out->stream_description_summary;
    d->stream_creation_timestamp_ms = f->created_ms;
    d->stream_arn = kds_slice(f->arn ? f->arn : "arn:stream");
    d->stream_name = kds_slice(f->arn ? strrchr(f->arn, '/') + 1 : "s");
    kcl_core_done_call(f->core, f->now_us, f->action.id, out, NULL);
}

struct listed {
    kds_list_shards_out_t out;
    kds_shard_t shards[FIXTURE_SHARDS_MAX];
    char names[FIXTURE_SHARDS_MAX][32];
    char first[FIXTURE_SHARDS_MAX][64], last[FIXTURE_SHARDS_MAX][64];
};

/* The whole range of hash keys in as many equal parts as there are shards. */
static void list(struct core_fixture *f)
{
    struct listed *l = new_output(f, sizeof *l);
    for (size_t i = 0; i < f->shards; i++) {
        snprintf(l->first[i], sizeof l->first[i], "%zu000", i + 1);
        snprintf(l->last[i], sizeof l->last[i], "%zu999", i + 1);
        if (i == 0) {
            snprintf(l->first[i], sizeof l->first[i], "0");
        }
        if (i + 1 == f->shards) {
            snprintf(l->last[i], sizeof l->last[i],
                     "340282366920938463463374607431768211455");
        }
        snprintf(l->names[i], sizeof l->names[i], "shard-%zu", i);
        l->shards[i].shard_id = kds_slice(l->names[i]);
        l->shards[i].hash_key_range.starting_hash_key = kds_slice(l->first[i]);
        l->shards[i].hash_key_range.ending_hash_key = kds_slice(l->last[i]);
    }
    l->out.shards = l->shards;
    l->out.shards_count = f->shards;
    kcl_core_done_call(f->core, f->now_us, f->action.id, &l->out, NULL);
}

static void store_it(struct core_fixture *f)
{
    struct kcl_store_result result;
    const struct kcl_store_op *op = f->action.u.store;
    if (op->throughput_kbps > 0 && strcmp(op->shard_id, "shard-0") == 0) {
        f->kbps = op->throughput_kbps;
    }
    if (op->kind == KCL_STORE_CREATE && f->hold_children) {
        assert_int_equal(f->held_id, 0);
        f->held_id = f->action.id;
        return;
    }
    if (op->kind == KCL_STORE_CREATE && f->deny_children) {
        memset(&result, 0, sizeof result);
        result.err = KDS_ERR_ACCESS_DENIED;
        kcl_core_done_store(f->core, f->now_us, f->action.id, &result);
        return;
    }
    kcl_store_run(f->store, op, &result);
    if (op->kind == KCL_STORE_TAKE && f->long_state > 0) {
        result.lease.has_pending = true;
        assert_true(kcl_position_parse(kds_slice("77"), 0, &result.lease.pending));
        result.lease.pending_state_len = f->long_state;
        result.long_state = kds_alloc(f->long_state);
        assert_non_null(result.long_state);
        memset(result.long_state, 'x', f->long_state);
    }
    kcl_core_done_store(f->core, f->now_us, f->action.id, &result);
}

void check_stream(const struct core_fixture *f, kds_slice_t name, kds_slice_t arn)
{
    assert_int_equal(arn.n > 0, f->arn != NULL);
    assert_int_equal(name.n > 0, f->arn == NULL);
    assert_true(f->arn == NULL || kds_slice_is(arn, f->arn));
}

/* What goes by itself. @return whether it did */
static bool by_itself(struct core_fixture *f)
{
    switch (f->action.kind) {
    case KCL_ACTION_STORE:
        store_it(f);
        return true;
    case KCL_ACTION_EVENT:
        f->events[f->action.u.event.kind]++;
        snprintf(f->message, sizeof f->message, "%s", f->action.u.event.message);
        return true;
    case KCL_ACTION_DESCRIBE:
        check_stream(f, f->action.u.describe.stream_name,
                     f->action.u.describe.stream_arn);
        describe(f);
        return true;
    case KCL_ACTION_LIST_SHARDS:
        if (f->action.id % KCL_AGENDA_MAX != 0) {
            return false; /* a shard asks whether it still exists */
        }
        check_stream(f, f->action.u.list_shards.stream_name,
                     f->action.u.list_shards.stream_arn);
        list(f);
        return true;
    case KCL_ACTION_GET_RECORDS:
        return f->hold_reads;
    case KCL_ACTION_GET_ITERATOR:
    case KCL_ACTION_SUBSCRIBE:
    case KCL_ACTION_UNSUBSCRIBE:
    case KCL_ACTION_FIND_CONSUMER:
    case KCL_ACTION_TASK:
        return false;
    }
    return false;
}

/* ---- expecting ---------------------------------------------------------------------------- */

/* @return false if nothing is asked before the time */
static bool go_on(struct core_fixture *f, int64_t until_us)
{
    for (size_t steps = 0; steps < 100000; steps++) {
        if (kcl_core_next(f->core, f->now_us, &f->action)) {
            if (!by_itself(f)) {
                return true;
            }
            continue;
        }
        int64_t at_us = kcl_core_wake_at_us(f->core, f->now_us);
        if (at_us > until_us) {
            f->now_us = until_us == KDS_NEVER_US ? f->now_us : until_us;
            return false;
        }
        assert_true(at_us > f->now_us);
        f->now_us = at_us;
    }
    fail_msg("the core never rests");
    return false;
}

void expect(struct core_fixture *f, enum kcl_action_kind kind)
{
    assert_true(go_on(f, f->now_us + 600 * KDS_US_PER_S));
    assert_int_equal(f->action.kind, kind);
}

void expect_either(struct core_fixture *f, enum kcl_action_kind a, enum kcl_action_kind b)
{
    assert_true(go_on(f, f->now_us + 600 * KDS_US_PER_S));
    assert_true(f->action.kind == a || f->action.kind == b);
}

void expect_task(struct core_fixture *f, kcl_task_kind_t kind)
{
    expect(f, KCL_ACTION_TASK);
    assert_int_equal(f->action.u.task.kind, kind);
    assert_true(kcl_core_begin_task(f->core, f->now_us, f->action.id));
}

void expect_nothing(struct core_fixture *f, int64_t ms)
{
    assert_false(go_on(f, f->now_us + ms * KDS_US_PER_MS));
}

int64_t wait_for(struct core_fixture *f, enum kcl_action_kind kind)
{
    int64_t from_us = f->now_us;
    expect(f, kind);
    return (f->now_us - from_us) / KDS_US_PER_MS;
}

/* ---- answering ---------------------------------------------------------------------------- */

void answer_iterator(struct core_fixture *f, const char *iterator)
{
    kds_get_shard_iterator_out_t *out = new_output(f, sizeof *out);
    out->shard_iterator = kds_slice(iterator);
    kcl_core_done_call(f->core, f->now_us, f->action.id, out, NULL);
}

struct page {
    kds_get_records_out_t out;
    kds_subscribe_to_shard_event_t event;
    kds_record_t records[16];
    char sequences[16][40];
    kds_child_shard_t children[3];
    kds_slice_t parents[2];
    uint8_t data[];
};

static struct page *new_page(struct core_fixture *f, const char *sequences, size_t size)
{
    struct page *p = new_output(f, sizeof *p + size + 1);
    size_t n = 0;
    int used;
    while (sscanf(sequences, " %39s%n", p->sequences[n], &used) == 1) {
        p->records[n].sequence_number = kds_slice(p->sequences[n]);
        p->records[n].data = (kds_slice_t){p->data, size};
        p->records[n++].partition_key = kds_slice("k");
        sequences += used;
    }
    p->out.records = p->records;
    p->out.records_count = n;
    return p;
}

void answer_records(struct core_fixture *f,
                    const char *sequences,
                    size_t size,
                    int64_t behind_ms,
                    const char *next)
{
    struct page *p = new_page(f, sequences, size);
    p->out.millis_behind_latest = behind_ms;
    p->out.next_shard_iterator = kds_slice(next);
    kcl_core_done_call(f->core, f->now_us, f->action.id, &p->out, NULL);
}

static void add_children(struct page *p, size_t children, size_t parents)
{
    static const char *const names[] = {"child-0", "child-1", "child-2"};
    p->parents[0] = kds_slice("shard-0");
    p->parents[1] = kds_slice("shard-1");
    for (size_t i = 0; i < children; i++) {
        p->children[i].shard_id = kds_slice(names[i]);
        p->children[i].parent_shards = p->parents;
        p->children[i].parent_shards_count = parents;
        p->children[i].hash_key_range.starting_hash_key = kds_slice("0");
        p->children[i].hash_key_range.ending_hash_key = kds_slice("999");
    }
}

void answer_end(struct core_fixture *f, size_t children, size_t parents)
{
    struct page *p = new_page(f, "", 0);
    add_children(p, children, parents);
    p->out.child_shards = p->children;
    p->out.child_shards_count = children;
    kcl_core_done_call(f->core, f->now_us, f->action.id, &p->out, NULL);
}

void answer_listing(struct core_fixture *f, const char *names, bool closed)
{
    struct {
        kds_list_shards_out_t out;
        kds_shard_t shards[8];
        char names[8][40];
    } *l = new_output(f, sizeof *l);
    int used;
    size_t n = 0;
    while (sscanf(names, " %39s%n", l->names[n], &used) == 1) {
        kds_shard_t *s = &l->shards[n];
        s->shard_id = kds_slice(l->names[n]);
        s->hash_key_range.starting_hash_key = kds_slice("0");
        s->hash_key_range.ending_hash_key = kds_slice("999");
        if (strncmp(l->names[n], "child", 5) == 0) {
            s->parent_shard_id = kds_slice("shard-0");
        } else if (closed) {
            s->sequence_number_range.ending_sequence_number = kds_slice("99");
        }
        n++;
        names += used;
    }
    l->out.shards = l->shards;
    l->out.shards_count = n;
    kcl_core_done_call(f->core, f->now_us, f->action.id, &l->out, NULL);
}

static kds_error_t *new_error(kds_err_t code)
{
    kds_error_t *error = NULL;
    kds_error_set(&error, code, "as the test wants it");
    return error;
}

void fail_call(struct core_fixture *f, kds_err_t code)
{
    kds_error_t *error = new_error(code);
    kcl_core_done_call(f->core, f->now_us, f->action.id, NULL, error);
    kds_error_free(error);
}

void end_task(struct core_fixture *f, bool done)
{
    kcl_core_done_task(f->core, f->now_us, f->action.id, done);
    kcl_core_serve(f->core, 1);
}

void push_records(struct core_fixture *f, uint64_t id, const char *sequences, bool end)
{
    struct page *p = new_page(f, sequences, 10);
    p->event.records = p->records;
    p->event.records_count = p->out.records_count;
    if (end) {
        add_children(p, 1, 1);
        p->event.child_shards = p->children;
        p->event.child_shards_count = 1;
    }
    const struct kcl_pushed pushed = {.event = p, .data = &p->event, .end = end};
    kcl_core_pushed(f->core, f->now_us, id, &pushed);
}

void push_sized(struct core_fixture *f, uint64_t id, const char *sequences, size_t size)
{
    struct page *p = new_page(f, sequences, size);
    p->event.records = p->records;
    p->event.records_count = p->out.records_count;
    const struct kcl_pushed pushed = {.event = p, .data = &p->event};
    kcl_core_pushed(f->core, f->now_us, id, &pushed);
}

void push_failure(struct core_fixture *f, uint64_t id, kds_err_t code)
{
    kds_error_t *error = new_error(code);
    const struct kcl_pushed pushed = {.event = new_output(f, 1), .error = error};
    kcl_core_pushed(f->core, f->now_us, id, &pushed);
    kds_error_free(error);
}

/* ---- looking ------------------------------------------------------------------------------ */

kds_err_t confirm(struct core_fixture *f, const char *sequence, int64_t sub)
{
    const struct kcl_shard_name name = {.shard_id = "shard-0"};
    struct kcl_position p;
    assert_true(kcl_position_parse(kds_slice(sequence), sub, &p));
    return kcl_core_confirm(f->core, f->now_us, &name, &p);
}

struct kcl_lease stored(struct core_fixture *f, const char *shard_id)
{
    struct kcl_store_op op = {.kind = KCL_STORE_GET};
    struct kcl_store_result result;
    snprintf(op.shard_id, sizeof op.shard_id, "%s", shard_id);
    kcl_store_run(f->store, &op, &result);
    assert_int_equal(result.err, KDS_OK);
    return result.lease;
}
